"""Forms as large as a season may bring, made from nothing: a checklist, a cascade of choices, a register of rooms."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

SECTIONS, ITEMS = 12, 20
LISTS = {
    "yesno": ("yes", "no"),
    "kinds": ("hotel", "camp", "house", "clinic"),
    "grades": ("conform", "partial", "nonconform", "na"),
}
LANGUAGES = (("English (en)", "Item", "See"), ("Arabic (ar)", "البند", "انظر"))


def document(fields: str, binds: Iterable[str], body: str, model: str = "") -> str:
    """The frame of a form around what it holds."""
    return (
        '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"'
        ' xmlns:jr="http://openrosa.org/javarosa">'
        f'<h:head><h:title>Large</h:title><model><instance><data id="large" version="1">{fields}'
        f"<meta><instanceID/></meta></data></instance>{model}{''.join(binds)}"
        '<bind nodeset="/data/meta/instanceID" type="string" jr:preload="uid"/></model></h:head>'
        f"<h:body>{body}</h:body></h:html>"
    )


def bind(ref: str, **rules: str) -> str:
    """The rules of one field; ``message`` is that of the constraint."""
    named = {"message": "jr:constraintMsg"}
    written = "".join(f" {named.get(name, name)}={quoteattr(value)}" for name, value in rules.items())
    return f"<bind nodeset={quoteattr(ref)}{written}/>"


def checklist(seed: int = 1448) -> str:
    """A checklist of 12 sections of 20 items: 480 questions, 1,500 expressions, two languages.

    An item is asked in two or three of four kinds of places, a fifth of them also by the grade of another one, and
    graded; a grade that is not in order asks for a note. Sections are asked only if the visit came so far, and count up
    their scores; the end weighs the sections.
    """
    chance = random.Random(seed)
    made = [_section(at, chance) for at in range(SECTIONS)]
    fields, binds, bodies, texts = ("".join(parts) for parts in zip(*made, strict=True))
    scores = " + ".join(f"coalesce(/data/s{at}/score, 0)" for at in range(SECTIONS))
    asked = " + ".join(f"coalesce(/data/s{at}/asked, 0)" for at in range(SECTIONS))
    ends = [
        bind("/data/score", type="decimal", calculate=scores),
        bind("/data/asked", type="int", calculate=asked),
        bind("/data/share", type="int", calculate="if(/data/asked > 0, round(/data/score div /data/asked * 100), 0)"),
        bind(
            "/data/verdict",
            type="string",
            calculate="if(/data/share >= 90, 'good', if(/data/share >= 70, 'fair', 'bad'))",
        ),
        bind("/data/begin", type="string", required="true()"),
        bind("/data/kind", type="string", required="true()", relevant="/data/begin = 'yes'"),
        bind("/data/guests", type="int", constraint=". >= 0 and . <= 5000", message="0 to 5000"),
    ]
    return document(
        f"<begin/><kind/><guests/>{fields}<score/><asked/><share/><verdict/>",
        [binds, *ends],
        f"{_select('/data/begin', 'begin', 'yesno')}{_select('/data/kind', 'kind', 'kinds')}"
        f'<input ref="/data/guests">{_label("guests")}</input>{bodies}',
        _itext(texts) + "".join(_list(name, values) for name, values in LISTS.items()),
    )


def _section(at: int, chance: random.Random) -> tuple[str, str, str, str]:
    """Fields, binds, body and texts of a section."""
    above = f"/data/s{at}"
    relevant = "/data/begin = 'yes'" if at == 0 else f"/data/begin = 'yes' and /data/s{at - 1}/asked > 0"
    if at % 3 == 2:
        relevant += " and /data/guests > 0"
    fields, body, names = "", "", []
    binds = [bind(above, relevant=relevant)]
    for item in range(ITEMS):
        ref, name = f"{above}/i{item}", f"s{at}i{item}"
        fields += f"<i{item}/><i{item}_note/>"
        names += [name, f"{name}_note"]
        kinds = " or ".join(
            f"selected(/data/kind, '{kind}')" for kind in chance.sample(LISTS["kinds"], chance.choice((2, 3)))
        )
        before = f"{above}/i{chance.randrange(item)}" if item else "/data/begin"
        asked = (
            f" and selected({before}, '{chance.choice(('conform', 'partial', 'na'))}')" if chance.random() < 0.2 else ""
        )
        binds += [
            bind(ref, type="string", required="true()", relevant=f"({kinds}){asked if item else ''}"),
            bind(
                f"{ref}_note",
                type="string",
                relevant=f"selected({ref}, 'nonconform') or selected({ref}, 'partial')",
                required=f"{ref} = 'nonconform' and {before} != 'na'",
                constraint="string-length(.) >= 3 and regex(., '[^ ].*')",
                message="three letters or more",
            ),
        ]
        body += _select(ref, name, "grades") + f'<input ref="{ref}_note">{_label(f"{name}_note")}</input>'
    items = [f"{above}/i{item}" for item in range(ITEMS)]
    score = " + ".join(f"(if({ref} = 'conform', 1, 0) + if({ref} = 'partial', 0.5, 0))" for ref in items)
    count = " + ".join(f"(if({ref} != '' and {ref} != 'na', 1, 0))" for ref in items)
    binds += [
        bind(f"{above}/score", type="decimal", calculate=score),
        bind(f"{above}/asked", type="int", calculate=count),
    ]
    texts = "".join(f"{name} " for name in names)
    return (
        f"<s{at}>{fields}<score/><asked/></s{at}>",
        "".join(binds),
        f'<group ref="{above}">{_label(f"s{at}")}{body}</group>',
        f"{texts}s{at} ",
    )


def _select(ref: str, text: str, choices: str) -> str:
    return (
        f'<select1 ref="{ref}">{_label(text)}<itemset nodeset="instance(\'{choices}\')/root/item">'
        '<value ref="name"/><label ref="jr:itext(itextId)"/></itemset></select1>'
    )


def _label(text: str) -> str:
    return f"<label ref=\"jr:itext('{text}:label')\"/>"


def _list(name: str, values: Iterable[str]) -> str:
    items = "".join(f"<item><itextId>{name}-{value}</itextId><name>{value}</name></item>" for value in values)
    return f'<instance id="{name}"><root>{items}</root></instance>'


def _itext(names: str) -> str:
    choices = [f"{name}-{value}" for name, values in LISTS.items() for value in values]

    def translation(language: str, item: str, see: str) -> Iterator[str]:
        for name in ["begin", "kind", "guests", *names.split()]:
            woven = f' {see} <output value="/data/guests"/>' if name.endswith("9") else ""
            yield f'<text id="{name}:label"><value>{item} {escape(name)}{woven}</value></text>'
        for choice in choices:
            yield f'<text id="{choice}"><value>{item} {choice}</value></text>'

    return "".join(
        f'<translation lang="{name}">{"".join(translation(name, item, see))}</translation>'
        for name, item, see in LANGUAGES
    ).join(("<itext>", "</itext>"))


def cascade(choices: int = 20_000, regions: int = 20, kinds: int = 4) -> str:
    """Places by region and kind: ``place`` offers those of the region, ``narrow`` those of the kind in it, too."""
    items = "".join(
        f"<item><name>p{at}</name><label>Place {at}</label><region>r{at % regions}</region>"
        f"<kind>k{at // regions % kinds}</kind></item>"
        for at in range(choices)
    )
    region, kind = "region = /data/region", "kind = /data/kind"
    filtered = {"place": region, "narrow": f"{region} and {kind}"}
    body = "".join(
        f'<select1 ref="/data/{name}"><itemset nodeset="instance(\'places\')/root/item[{condition}]">'
        '<value ref="name"/><label ref="label"/></itemset></select1>'
        for name, condition in filtered.items()
    )
    return document(
        "<region/><kind/><place/><narrow/>",
        [bind(f"/data/{name}", type="string") for name in ("region", "kind", "place", "narrow")],
        f'<input ref="/data/region"/><input ref="/data/kind"/>{body}',
        f'<instance id="places"><root>{items}</root></instance>',
    )


def rooms() -> str:
    """A register of rooms: each has beds and guests and what is free of them, the whole is summed up beside it."""
    return document(
        '<room jr:template=""><kind/><beds/><guests/><free/></room><total/><taken/><spare/><large/>',
        [
            bind("/data/room/beds", type="int", constraint=". >= 0 and . <= 20"),
            bind("/data/room/guests", type="int", constraint=". <= ../beds"),
            bind("/data/room/free", type="int", calculate="../beds - ../guests"),
            bind("/data/total", type="int", calculate="sum(/data/room/beds)"),
            bind("/data/taken", type="int", calculate="sum(/data/room/guests)"),
            bind("/data/spare", type="int", calculate="/data/total - /data/taken"),
            bind("/data/large", type="int", calculate="count(/data/room[kind = 'large'])"),
        ],
        '<group ref="/data/room"><label>Room</label><repeat nodeset="/data/room">'
        + "".join(f'<input ref="/data/room/{name}"/>' for name in ("kind", "beds", "guests"))
        + "</repeat></group>",
    )
