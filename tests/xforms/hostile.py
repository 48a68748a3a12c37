"""Forms made to hang or to fill the memory of whoever opens them, each run in a process with little of both.

python -m tests.xforms.hostile            every case, in a table
python -m tests.xforms.hostile NAME ...   some cases, as a line of JSON each
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import xforms
from tests.xforms.small_forms import bind, document, noon, question

MEMORY = 1_200 * 1024 * 1024
"""Bytes of address space that a case may have: the interpreter and its libraries take 150 MB of them."""
SECONDS = 60
"""Seconds of work that a case may take."""

CSV, MODEL = "jr://file-csv/l.csv", '<instance id="l" src="jr://file-csv/l.csv"/>'
POINT = '{"geometry": {"type": "Point", "coordinates": [39.8, 21.4]}}'
GEOJSON = "jr://file/l.geojson"


def calculated(expression: str, fields: str = "", binds: str = "", body: str = "", model: str = "") -> str:
    return document(f"<r/><a/>{fields}", bind("r", calculate=expression) + binds, body, model)


def filled(xml: str, *answers: tuple[str, str], resources: dict[str, str] | None = None) -> str:
    """Loads, begins, answers, looks, writes; tells how much there was of it, and whether it was given up."""
    session = xforms.load(xml, resources).new(now=noon)
    for ref, value in answers:
        session.answer(ref, value)
    states = session.states()
    longest = max(len(state.value) for state in states.values())
    draft = session.serialise()
    return f"{len(states)} fields, the longest of {longest} letters, {len(draft)} in all, overrun: {session.overrun}"


def listed(text: str, address: str = CSV) -> str:
    return filled(calculated("1", model=MODEL.replace(CSV, address)), resources={address: text})


def running(expression: str, count: int) -> str:
    """A repeat whose instances read each other."""
    return filled(
        document(
            '<n jr:template=""><v/></n><a/>',
            bind("n/v", calculate=expression),
            f'<repeat nodeset="/data/n" jr:count="/data/a">{question("n/v")}</repeat>',
        ),
        ("/data/a", str(count)),
    )


def entities(kind: str) -> str:
    levels = "".join(f'<!ENTITY e{at} "{f"&e{at - 1};" * 10}">' for at in range(1, 12))
    declared = {"expansion": f'<!ENTITY e0 "lol">{levels}', "file": '<!ENTITY e11 SYSTEM "file:///etc/passwd">'}
    declared["network"] = '<!ENTITY e11 SYSTEM "http://192.0.2.1/x">'
    return filled(f"<!DOCTYPE h [{declared[kind]}]>{calculated('1')}".replace("Visit", "&e11;"))


def branching() -> str:
    """Each change sets off two: two to the power of forty actions."""
    names = [f"f{at}" for at in range(40)]
    body = "".join(
        question(
            name,
            inside="".join(
                f'<setvalue event="xforms-value-changed" ref="/data/f{at + 1}" value="concat(/data/{name}, {which})"/>'
                for which in (1, 2)
            ),
        )
        for at, name in enumerate(names[:-1])
    )
    return filled(document("".join(f"<{name}/>" for name in names), "", body), ("/data/f0", "x"))


def doubling() -> str:
    """Each value twice the one before: two to the power of sixty letters."""
    binds = "".join(bind(f"d{at}", calculate=f"concat(/data/d{at - 1}, /data/d{at - 1})") for at in range(1, 61))
    return filled(document("<d0>xxxxxxxx</d0>" + "".join(f"<d{at}/>" for at in range(1, 61)), binds))


def joining() -> str:
    """One expression of three thousand parts, each of which holds all texts of the form."""
    return filled(
        calculated(
            f"concat({', '.join(['join(/data/a, /data/g/*)'] * 900)})",
            f"<g>{''.join(f'<f{at}/>' for at in range(99))}</g>",
        ),
        ("/data/a", "x" * 100_000),
    )


def summing() -> str:
    """Three thousand instances, each with the sum of all, and one of them answered."""
    body = f'<repeat nodeset="/data/n" jr:count="/data/a">{question("n/v")}</repeat>'
    fields = '<n jr:template=""><v>1</v><s/></n><a/>'
    return filled(
        document(fields, bind("n/s", calculate="sum(/data/n/v)"), body), ("/data/a", "3000"), ("/data/n[7]/v", "2")
    )


def grown() -> str:
    """Instances that hold all before them."""
    return running("concat(indexed-repeat(/data/n/v, /data/n, position(..) - 1), 'xxxxxxxxxx', /data/n/v)", 1_000)


def scanning() -> str:
    """Four thousand fields, each asked about each, and again about each."""
    fields = "".join(f"<f{at}/>" for at in range(4_000))
    return filled(
        calculated("count(/data/g//*[count(/data/g//*[count(/data/g//*) > 1]) > 1])", f"<g>{fields}</g>"),
        ("/data/g/f7", "x"),
    )


def itext(count: int) -> str:
    texts = "".join(f'<text id="t{at}"><value>x</value></text>' for at in range(count))
    return filled(calculated("1", model=f'<itext><translation lang="en">{texts}</translation></itext>'))


def many(count: int) -> str:
    fields = "".join(f"<f{at}/>" for at in range(count))
    return filled(calculated("1", fields, "".join(f'<bind nodeset="/data/f{at}"/>' for at in range(count))))


def shuffled() -> str:
    rows = "".join(f"n{at},l\n" for at in range(200_000))
    itemset = (
        '<itemset nodeset="randomize(instance(\'l\')/root/item)"><value ref="name"/><label ref="label"/></itemset>'
    )
    return filled(
        calculated("1", body=f'<select1 ref="/data/a">{itemset}</select1>', model=MODEL),
        ("/data/a", "n7"),
        resources={CSV: f"name,label\n{rows}"},
    )


def matched(pattern: str) -> str:
    return filled(calculated(f"regex(/data/a, '{pattern}')"), ("/data/a", "a" * 9_999 + "b"))


def towers() -> str:
    tower = "10"
    for _ in range(40):
        tower = f"pow({tower}, 10)"
    return filled(calculated(f"concat({tower}, '-', pow(-1, {tower}), round({tower}, 300), exp10({tower}))"))


CASES: dict[str, Callable[[], str]] = {
    "entity expansion": lambda: entities("expansion"),
    "external entity, file": lambda: entities("file"),
    "external entity, network": lambda: entities("network"),
    "groups 100 deep": lambda: filled(document("<g>" * 100 + "</g>" * 100)),
    "groups 100,000 deep": lambda: filled(document("<g>" * 100_000 + "</g>" * 100_000)),
    "a document of 200 MB": lambda: filled(calculated("1").replace("Visit", "x" * 200_000_000)),
    "three million elements": lambda: filled(
        calculated("1", model=f"<instance id='l'><root>{'<i/>' * 3_200_000}</root></instance>")
    ),
    "30,000 fields": lambda: many(30_000),
    "300,000 fields": lambda: many(300_000),
    "200,000 instances given": lambda: filled(
        document("<n><v/></n>" * 200_000, "", f'<repeat nodeset="/data/n">{question("n/v")}</repeat>')
    ),
    "itext of a million texts": lambda: itext(1_000_000),
    "itext of 100,000 texts": lambda: itext(100_000),
    "an expression of 1 MB": lambda: filled(calculated("1" + " + 1" * 250_000)),
    "brackets 10,000 deep": lambda: filled(calculated("(" * 10_000 + "1" + ")" * 10_000)),
    "conditions 5,000 deep": lambda: filled(calculated("//*[" * 5_000 + "1" + "]" * 5_000)),
    "conditions 8,000 in a row": lambda: filled(calculated("/data/*" + "[1]" * 8_000)),
    "a path of 10,000 steps": lambda: filled(calculated("/data" + "/.." * 10_000)),
    "conditions that look at all": scanning,
    "a regex that backtracks": lambda: matched("(a+)+$"),
    "a regex of alternatives": lambda: matched("(a|aa|a?)*c"),
    "a regex of many stars": lambda: matched("a*a*a*a*a*a*a*a*c"),
    "a regex counted": lambda: matched("((a{1,100}){1,100}){1,100}"),
    "a count of 1,000,000,000": lambda: running("position(..)", 1_000_000_000),
    "instances that sum all": summing,
    "instances that hold all": grown,
    "values that double": doubling,
    "a text of all texts": joining,
    "towers of powers": towers,
    "actions that branch": branching,
    "a CSV of 200 MB": lambda: listed("a,b\n" + "xxxx,yyyy\n" * 20_000_000),
    "a CSV of 100,000 columns": lambda: listed(",".join(map(str, range(100_000))) + "\n" + "," * 99_999),
    "a CSV of 8,000,000 rows": lambda: listed("a\n" * 8_000_000),
    "a CSV of 200,000 rows": lambda: listed(
        "name,label,area\n" + "".join(f"n{at},Label {at},{at % 9}\n" for at in range(200_000))
    ),
    "a quote never closed": lambda: listed('a,b\nx,"' + "y\n" * 7_000_000),
    "a list shuffled": shuffled,
    "a deep GeoJSON": lambda: listed("[" * 10_000_000, GEOJSON),
    "a wide GeoJSON": lambda: listed(
        '{"type": "FeatureCollection", "features": [' + f"{POINT}, " * 220_000 + f"{POINT}]}}", GEOJSON
    ),
}


def run(*names: str) -> dict[str, dict[str, Any]]:
    """Runs cases in a process of their own; tells by name what became of each, the peak memory so far and its time."""
    child = subprocess.run(
        [sys.executable, "-m", "tests.xforms.hostile", *names], capture_output=True, text=True, timeout=SECONDS * 3
    )
    found = {each["name"]: each for each in map(json.loads, child.stdout.splitlines())}
    died = {"code": f"died ({child.returncode})", "said": child.stderr[-300:], "mb": 0, "s": 0.0}
    return {name: found.get(name, died) for name in names}


def _alone(name: str) -> None:
    began = time.process_time()
    try:
        code, said = "ran", CASES[name]()
    except xforms.XFormsError as error:
        code, said = error.code, str(error)
    spent = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {"name": name, "code": code, "said": said[:300], "mb": round(peak), "s": round(spent, 2)}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _table() -> int:
    died = 0
    for name in CASES:
        found = run(name)[name]
        died += found["code"].startswith("died")
        said = " ".join(found["said"].split())[:110]
        sys.stdout.write(f"{name:28}{found['s']:7.2f} s{found['mb']:6} MB  {found['code']:20}{said}\n")
        sys.stdout.flush()
    return died


if __name__ == "__main__":
    if len(sys.argv) > 1:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        for asked in sys.argv[1:]:
            _alone(asked)
    else:
        sys.exit(_table())
