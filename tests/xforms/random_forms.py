"""Forms nobody wrote: random trees of groups, repeats and questions, with random rules over what stands in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from xml.sax.saxutils import quoteattr

from tests.xforms.small_forms import document

MARKS = {"repeat": "_r", "group": "_g"}
"""How the names of repeats and groups end."""
TYPES = ("string", "string", "int", "int", "decimal", "date", "select1", "select", "boolean", "geopoint")
LITERALS = ("''", "'a'", "'b'", "'a b'", "0", "1", "2.5", "-3", "'2026-11-22'", "true()", "date('2026-01-01')")
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
LIST = (
    '<instance id="list"><root>'
    "<item><name>a</name><label>A</label><kind>x</kind><itextId>t-0</itextId></item>"
    "<item><name>b</name><label>B</label><kind>y</kind><itextId>t-1</itextId></item>"
    "<item><name>1</name><label>One</label><kind>x</kind><itextId>t-2</itextId></item></root></instance>"
)
TEXTS = (
    '<itext><translation lang="ar"><text id="t-0"><value>ألف</value></text><text id="t-1"><value>باء</value></text>'
    '<text id="t-2"><value>واحد <output value="/data/first"/></value></text></translation>'
    '<translation lang="en"><text id="t-0"><value>A</value></text><text id="t-1"><value>B</value></text>'
    '<text id="t-2"><value>One <output value="/data/first"/></value></text></translation></itext>'
)


@dataclass
class Spot:
    """One element of the form being made; ``repeats`` are those it stands in, itself among them."""

    ref: str
    kind: str
    repeats: tuple[str, ...]
    calculated: bool = False
    children: list[Spot] = field(default_factory=list)


@dataclass
class Made:
    """What is drawn so far: every place, the binds and actions, in the order in which they were drawn."""

    draw: Random
    spots: list[Spot] = field(default_factory=list)
    binds: list[str] = field(default_factory=list)

    def leaves(self) -> list[Spot]:
        """The questions so far: what a rule may read without a ring."""
        return [spot for spot in self.spots if spot.kind not in ("group", "repeat")]


def random_form(seed: int) -> str:
    """A form that loads; the same one for the same seed."""
    draw = Random(seed)
    made = Made(draw)
    first = Spot("/data/first", "string", ())
    made.spots.append(first)
    box = Spot("/data/box/@size", "string", ())
    made.binds.append(f'<bind nodeset="/data/box/@size" calculate={quoteattr(_value(made, box))}/>')
    top = [first, *(_spot(made, "/data", (), f"n{at}", 0) for at in range(draw.randint(1, 4)))]
    body = "".join(_shown(made, spot) for spot in top)
    actions = "".join(_first_load(made) for _ in range(draw.randint(0, 2)))
    return document(
        '<box size="" colour="red"/>' + "".join(map(_data, top)), "".join(made.binds), body, TEXTS + LIST + actions
    )


def _spot(made: Made, above: str, repeats: tuple[str, ...], name: str, depth: int) -> Spot:
    kinds = ["question"] * 3 + (["group", "repeat", "repeat"] if depth < 3 else [])
    kind = made.draw.choice(kinds)
    ref = f"{above}/{name}{MARKS.get(kind, '')}"
    if kind == "question":
        spot = Spot(ref, made.draw.choice(TYPES), repeats)
        _rules(made, spot)
        made.spots.append(spot)
        return spot
    spot = Spot(ref, kind, (*repeats, ref) if kind == "repeat" else repeats)
    if made.draw.random() < 0.5:
        made.binds.append(f"<bind nodeset={quoteattr(ref)} relevant={quoteattr(_truth(made, spot))}/>")
    # A rule of what stands in it may read it from now on; it itself read only what came before.
    made.spots.append(spot)
    for at in range(made.draw.randint(1, 3)):
        spot.children.append(_spot(made, ref, spot.repeats, f"{name}{at}", depth + 1))
    return spot


def _rules(made: Made, spot: Spot) -> None:
    rules: dict[str, str] = {}
    if spot.kind not in ("select1", "select"):
        rules["type"] = spot.kind
    for rule in ("relevant", "required", "readonly", "constraint"):
        if made.draw.randint(0, 3) == 0:
            rules[rule] = _truth(made, spot)
    if "constraint" in rules:
        rules["constraint"] = f". != 'b' or {rules['constraint']}"
        rules["jr:constraintMsg"] = "No"
    if made.draw.randint(0, 2) == 0:
        rules["calculate"] = made.draw.choice(["{}", "{}", "once({})"]).format(_value(made, spot))
        spot.calculated = True
    made.binds.append(
        f"<bind nodeset={quoteattr(spot.ref)} {' '.join(f'{k}={quoteattr(v)}' for k, v in rules.items())}/>"
    )


def _value(made: Made, at: Spot, depth: int = 0) -> str:
    """An expression; deeper ones are simple."""
    draw = made.draw
    simple = [draw.choice(LITERALS), _path(made, at)]
    if depth >= 2:
        return draw.choice(simple)
    one, other = _value(made, at, depth + 1), _value(made, at, depth + 1)
    shapes = [
        f"({one} {draw.choice(['+', '-', '*', 'div', 'mod'])} {other})",
        f"concat({one}, '-', {other})",
        f"if({_truth(made, at, depth + 1)}, {one}, {other})",
        f"coalesce({one}, {other})",
        f"string-length({one})",
        f"round({one}, 1)",
        f"substr({one}, 0, 2)",
        f"number({one})",
        f"count-selected({one})",
    ]
    repeats = [spot for spot in made.spots if spot.kind == "repeat"]
    for repeat in repeats[-1:]:
        inside = [leaf for leaf in made.leaves() if leaf.ref.startswith(f"{repeat.ref}/")]
        shapes.append(f"count({repeat.ref})")
        shapes += [f"{name}({inside[0].ref})" for name in ("sum", "max", "count-non-empty") if inside]
        shapes += [f"join(' ', {inside[0].ref})"] if inside else []
        shapes += [f"indexed-repeat({inside[0].ref}, {repeat.ref}, {other})"] if inside else []
        shapes += (
            [f"count({repeat.ref}[{inside[0].ref.removeprefix(repeat.ref + '/')} = {made.draw.choice(LITERALS)}])"]
            if inside
            else []
        )
    if at.repeats:
        above = "/".join([".."] * (at.ref.count("/") - at.repeats[-1].count("/")))
        shapes.append(f"position({above or '.'})")
    selects = [leaf for leaf in made.leaves() if leaf.kind == "select1" and not leaf.calculated]
    shapes += [f"jr:choice-name({leaf.ref}, '{leaf.ref}')" for leaf in selects[-1:]]
    return draw.choice(shapes)


def _truth(made: Made, at: Spot, depth: int = 0) -> str:
    one, other = (_value(made, at, depth + 1) for _ in range(2))
    compared = f"{one} {made.draw.choice(COMPARISONS)} {other}"
    shapes = [compared, compared, f"selected({one}, 'a')", f"not({one})", f"regex({one}, '[a-z]+')", one]
    if depth == 0:
        shapes += [f"({compared}) and {_truth(made, at, 1)}", f"({compared}) or {_truth(made, at, 1)}"]
    return made.draw.choice(shapes)


def _path(made: Made, at: Spot) -> str:
    """A question that was made before, named from the root or from where the rule stands; sometimes an attribute."""
    if made.draw.random() < 0.05 and at.ref != "/data/box/@size":
        return "/data/box/@size"
    leaf = made.draw.choice(made.leaves())
    if made.draw.random() < 0.5:
        return leaf.ref
    mine, its = at.ref.split("/")[1:], leaf.ref.split("/")[1:]
    shared = 0
    while shared < min(len(mine), len(its)) - 1 and mine[shared] == its[shared]:
        shared += 1
    return "/".join([".."] * (len(mine) - shared) + its[shared:])


def _data(spot: Spot) -> str:
    name = spot.ref.rpartition("/")[2]
    template = ' jr:template=""' if spot.kind == "repeat" and len(name) % 2 else ""
    inside = "".join(map(_data, spot.children))
    return f"<{name}{template}>{inside}</{name}>"


def _shown(made: Made, spot: Spot) -> str:
    draw, ref = made.draw, spot.ref
    inside = "".join(_shown(made, child) for child in spot.children)
    label = f"<label>L <output value={quoteattr(_value(made, spot, 1))}/></label>"
    if spot.kind == "group":
        return f'<group ref="{ref}">{label}{inside}</group>'
    if spot.kind == "repeat":
        count = draw.choice(["", "", ' jr:count="if(/data/first &gt; 3, 3, /data/first)"'])
        return f'<group ref="{ref}">{label}<repeat nodeset="{ref}"{count}>{inside}</repeat></group>'
    # What is calculated takes an answer where it is asked, which working everything out would take away.
    if spot.calculated or (spot.kind != "select1" and draw.randint(0, 5) == 0):
        return ""
    action = ""
    if draw.randint(0, 4) == 0:
        event = draw.choice(["xforms-value-changed", "odk-instance-first-load odk-new-repeat"])
        action = f'<setvalue event="{event}" ref="{_filled(made)}" value="concat({ref}, \'!\')"/>'
    if spot.kind in ("select1", "select"):
        filtered = draw.choice(["", "[kind = 'x']", "[kind = /data/first]", "[name != /data/first]"])
        shown = draw.choice(["label", "jr:itext(itextId)"])
        items = f"instance('list')/root/item{filtered}"
        return (
            f'<{spot.kind} ref="{ref}">{label}{action}<itemset nodeset="{items}"><value ref="name"/>'
            f'<label ref="{shown}"/></itemset></{spot.kind}>'
        )
    return f'<input ref="{ref}">{label}{action}</input>'


def _filled(made: Made) -> str:
    """A question that an action may fill: none that is calculated."""
    return made.draw.choice([leaf for leaf in made.leaves() if not leaf.calculated]).ref


def _first_load(made: Made) -> str:
    ref = _filled(made)
    target = next(spot for spot in made.spots if spot.ref == ref)
    return f'<setvalue event="odk-instance-first-load" ref="{target.ref}" value={quoteattr(_value(made, target, 1))}/>'
