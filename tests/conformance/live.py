"""Walks forms in JavaRosa with a fresh seed and replays each walk here: nothing recorded beforehand, nothing tuned to.

The forms are the published ones of the case folder, the checklist that is shipped and our own of ``own/``. The seed is
printed; ``SEED=`` takes it up again.
"""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from pathlib import Path

import xforms
from tests.conformance import jvm
from tests.conformance.cases import ROOT, folder
from tests.conformance.outcome import Outcome
from tests.conformance.own import workbooks
from tests.conformance.walks import Walk, chance_in
from xforms.publish import publish

WALKS = int(os.environ.get("WALKS", "6"))
"""Walks a form."""
SHIPPED = ROOT / "resources" / "checklists"
NOWHERE = '{"type": "FeatureCollection", "features": []}'
"""What stands for a map that a published form refers to and that was not published with it."""


def run() -> Outcome:
    """Walks and replays.

    Raises:
        NoJava: There is no Java.
    """
    outcome = Outcome()
    seed = int(os.environ.get("SEED") or secrets.randbelow(1_000_000))
    print(f"\nwalks in JavaRosa with the seed {seed}: SEED={seed} repeats them")  # noqa: T201
    made = ROOT / "build" / "conformance"
    forms = [*sorted((folder() / "real").glob("*.xml")), *_our_own(made)]
    loaded: dict[str, tuple[xforms.Form, frozenset[str]]] = {}
    for path in forms:
        xml = path.read_text("utf-8")
        loaded[path.name] = xforms.load(xml, _lists(path.parent)), chance_in(xml)
    for told in jvm.walk(seed, WALKS, forms, made / "walks.jsonl"):
        tally = outcome.areas[told["form"]]
        form, chance = loaded[told["form"]]
        reasons = [f"JavaRosa: {told['error']}"] if "error" in told else []
        try:
            reasons += [] if reasons else Walk(told, form, _clock, tally, chance).replay()
        except (xforms.XFormsError, AttributeError, RecursionError) as error:
            reasons.append(f"{type(error).__name__}: {error}"[:200])
            tally["properties"] += len(told["init"])
        tally["cases"] += 1
        tally["passed"] += not reasons
        if reasons:
            outcome.failures.append((told["id"], f"{len(reasons)} differ", reasons[0]))
    return outcome


def _clock() -> datetime:
    return datetime.now().astimezone()


def _our_own(made: Path) -> list[Path]:
    made.mkdir(parents=True, exist_ok=True)
    for name, text in workbooks.LISTS.items():
        (made / name).write_text(text, "utf-8")
    xmls = {name: workbooks.form(name) for name in workbooks.NAMES}
    for workbook in sorted(SHIPPED.glob("*.xlsx")):
        beside = workbook.with_name(f"{workbook.stem}-media")
        files = {file.name: file.read_bytes() for file in beside.iterdir()} if beside.is_dir() else {}
        published = publish(workbook, files=files)
        xmls[workbook.stem] = published.xml
        for address, content in published.files.items():
            (made / address.rpartition("/")[2]).write_bytes(content)
    paths = []
    for name, xml in xmls.items():
        paths.append(made / f"{name}.xml")
        paths[-1].write_text(xml, "utf-8")
    return paths


def _lists(beside: Path) -> dict[str, str]:
    lists = {f"jr://file-csv/{path.name}": path.read_text("utf-8") for path in beside.glob("*.csv")}
    return lists | {"jr://file/cities.geojson": NOWHERE}
