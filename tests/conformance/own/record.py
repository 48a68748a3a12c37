"""Records in JavaRosa the walks through our own forms that the tests replay: `python -m tests.conformance.own.record`.

The walks are few and the same each time, since the seed is; they are recorded anew only when a form or the driver
changes.
"""

from __future__ import annotations

import gzip
import json

from tests.conformance import jvm
from tests.conformance.cases import ROOT
from tests.conformance.own import workbooks
from tests.conformance.own.replaying import TRACES

SEED = 1448
WALKS = 12


def main() -> None:
    made = ROOT / "build" / "own"
    made.mkdir(parents=True, exist_ok=True)
    for name, text in workbooks.LISTS.items():
        (made / name).write_text(text, "utf-8")
    forms = []
    for name in workbooks.NAMES:
        forms.append(made / f"{name}.xml")
        forms[-1].write_text(workbooks.form(name), "utf-8")
    walks = []
    for told in jvm.walk(SEED, WALKS, forms, made / "walks.jsonl"):
        if "error" in told:
            raise SystemExit(f"{told['id']}: {told['error']}")
        walks.append(told)
    # All first walks before all second ones: whoever stops at the first difference has seen every form early.
    walks.sort(key=lambda told: int(told["id"].rpartition(".")[2]))
    lines = [json.dumps(told, ensure_ascii=False, separators=(",", ":")) for told in walks]
    # Without a name and a time in its header the file is the same for the same walks.
    with TRACES.open("wb") as held, gzip.GzipFile("", "wb", 9, held, mtime=0) as packed:
        packed.write(("\n".join(lines) + "\n").encode())
    for name in workbooks.NAMES:
        (workbooks.FOLDER / f"{name}.xml").write_text(workbooks.form(name), "utf-8")
    print(f"{len(lines)} walks, {TRACES.stat().st_size} bytes: {TRACES}")  # noqa: T201


if __name__ == "__main__":
    main()
