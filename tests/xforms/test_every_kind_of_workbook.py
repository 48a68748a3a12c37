"""Whatever the converter makes of a workbook runs: every type of question, every column, every parameter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lxml import etree
from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

import xforms
from tests.xforms.sheets import xform_of
from tests.xforms.small_forms import NOON, noon

CHOICES = """
| choices |
| | list_name | name | label | x |
| | l | a | A | 1 |
| | l | b | B | 2 |
"""
LISTS = {
    "jr://file-csv/f.csv": "name,label,x\n1,One,a\n2,Two,b\n",
    "jr://file-csv/q.csv": "name,label\n1,One\n",
    "jr://file/q.xml": "<root><item><name>1</name><label>One</label></item></root>",
    "jr://file/x.xml": "<root><item><name>1</name><label>One</label></item></root>",
    "jr://file/g.geojson": '{"type": "FeatureCollection", "features": [{"type": "Feature", "id": "n1", '
    '"geometry": {"type": "Point", "coordinates": [39.8, 21.4]}, "properties": {"title": "Gate"}}]}',
    "jr://file-csv/itemsets.csv": "list_name,name,label,x\ncities,m,Makkah,a\n",
}
PROPERTIES = {"deviceid": "d", "username": "hind", "email": "h@e.org", "phonenumber": "5", "simserial": "s"}
PLACE = "21.4225 39.8262 277.0 4.5"
NOT_IN_WORKBOOKS = {
    "q select",
    "q select1",
    "select multiple from",
    "select multiple using",
    "select one external",
    "select one using",
}
"""Names of types that the converter knows and refuses in a workbook."""


def run(sheets: str) -> xforms.Session:
    """Fills whatever a form asks, and takes the draft up again."""
    form = xforms.load(xform_of(sheets if "| choices |" in sheets else sheets + CHOICES), LISTS)
    session = form.new(now=noon, properties=PROPERTIES, place=lambda: PLACE)
    for question in questions(form.layout):
        for ref in [each for each in session.states() if without_places(each) == question.ref]:
            if not session.state(ref).readonly:
                session.answer(ref, some_answer(question, session.state(ref)))
                assert session.state(ref).problem is None, question
    assert session.evaluate_all() == frozenset()
    draft = session.serialise()
    restored = form.restore(draft, now=noon, place=lambda: PLACE)
    assert restored.states() == session.states()
    assert restored.serialise() == draft
    etree.fromstring(session.serialise(final=True))
    return session


def questions(layout: xforms.Layout) -> Iterator[xforms.Question]:
    for part in layout:
        if isinstance(part, xforms.Question):
            yield part
        else:
            yield from questions(part.children)


def without_places(ref: str) -> str:
    return "/".join(part.partition("[")[0] for part in ref.split("/"))


ANSWERS = {
    "int": "7",
    "decimal": "0.5",
    "date": "2026-11-22",
    "time": "12:30:00.000+03:00",
    "dateTime": "2026-11-22T12:30:00.000+03:00",
    "geopoint": PLACE,
    "geotrace": "1 1 0 0; 2 2 0 0",
    "geoshape": "1 1 0 0; 2 2 0 0; 3 1 0 0; 1 1 0 0",
    "binary": "file.bin",
}


def some_answer(question: xforms.Question, state: xforms.State) -> str:
    if question.control == "trigger" and question.type == "string":
        return "OK"
    if question.control == "rank":
        return " ".join(choice.value for choice in state.choices)
    if question.control in ("select1", "select"):
        return state.choices[-1].value if state.choices else ""
    return ANSWERS.get(question.type, "7")


@pytest.mark.parametrize("kind", sorted(set(QUESTION_TYPE_DICT) - NOT_IN_WORKBOOKS))
def test_every_type_that_the_converter_knows_runs(kind: str) -> None:
    written = f"{kind} l" if "select" in kind or kind == "rank" else kind
    name = "audit" if kind == "audit" else "q"
    session = run(
        "| survey |\n| | type | name | label | calculation | trigger |\n| | text | z | Z | | |\n"
        f"| | {written} | {name} | Q | {'1 + 1' if 'calculate' in kind else ''} "
        f"| {'${z}' if kind == 'background-geopoint' else ''} |\n"
    )
    assert session.state("/data/z").value == "7"


@pytest.mark.parametrize("kind", sorted(NOT_IN_WORKBOOKS))
def test_these_the_converter_itself_refuses(kind: str) -> None:
    with pytest.raises(Exception, match="Unknown question type"):
        xform_of(f"| survey |\n| | type | name | label |\n| | {kind} l | q | Q |\n{CHOICES}")


PRELOADED = {
    "start": NOON.isoformat(timespec="milliseconds"),
    "today": "2026-11-22",
    "deviceid": "d",
    "username": "hind",
    "email": "h@e.org",
    "phonenumber": "5",
    "simserial": "s",
    "subscriberid": "",
    "uri:username": "username:hind",
    "uri:phonenumber": "tel:5",
    "start-geopoint": PLACE,
}


@pytest.mark.parametrize("kind", PRELOADED)
def test_what_is_known_when_a_sheet_begins_stands_in_it(kind: str) -> None:
    session = run(f"| survey |\n| | type | name | label |\n| | text | z | Z |\n| | {kind} | q | |\n")
    assert session.state("/data/q").value == PRELOADED[kind]


def rows(*lines: str) -> str:
    return "| survey |\n" + "".join(f"| | {line} |\n" for line in lines)


SURVEYS = {
    "calculation": rows("type|name|label|calculation", "text|a|A|", "calculate|c||${a} + 1"),
    "trigger": rows(
        "type|name|label|calculation|trigger",
        "text|a|A||",
        "text|b|B||",
        "dateTime|c|C|now()|${a}",
        "calculate|d||concat(${a}, '!')|${a}, ${b}",
    ),
    "dynamic defaults": rows("type|name|label|default", "text|a|A|x", "dateTime|c|C|now()", "text|d|D|concat(${a}, 1)"),
    "dynamic defaults in a repeat": rows(
        "type|name|label|default", "text|a|A|x", "begin repeat|r|R|", "text|d|D|${a}", "end repeat|||"
    ),
    "relevant, required, readonly, constraint": rows(
        "type|name|label|readonly|required|relevant|constraint|constraint_message|required_message",
        "text|x|X|||1 = 1|. != '1'|Not one|",
        "text|y|Y|${x} = 1|${x} = 7||||Say why: ${x}",
    ),
    "choice_filter": rows("type|name|label|choice_filter", "select_one l|a|A|", "select_one l|b|B|name = ${a}"),
    "repeat_count": rows(
        "type|name|label|repeat_count",
        "integer|a|A|",
        "begin repeat|r|R|${a}",
        "text|d|D|",
        "end repeat|||",
        "begin repeat|s|S|${a} - 4",
        "text|e|E|",
        "end repeat|||",
        "begin repeat|t|T|2",
        "text|f|F|",
        "end repeat|||",
    ),
    "nested repeats": rows(
        "type|name|label|calculation",
        "begin repeat|r|R|",
        "begin repeat|s|S|",
        "text|x|X|",
        "calculate|p||position(..)",
        "calculate|q||indexed-repeat(${x}, ${r}, 1, ${s}, 1)",
        "end repeat|||",
        "end repeat|||",
        "calculate|n||count(${r})",
        "calculate|j||join(' ', ${x})",
    ),
    "range": rows(
        "type|name|label|parameters|appearance",
        "range|a|A|start=0 end=1 step=0.1|",
        "range|b|B|start=0 end=10 step=1 tick_interval=2 placeholder=6|",
        "range|c|C|start=0 end=10 step=1|rating",
        "range|d|D|start=0 end=10 step=1|vertical no-ticks picker",
    ),
    "media": rows(
        "type|name|label|media::image|media::audio|media::video|media::big-image|autoplay",
        "text|a|A|a.jpg|a.mp3|a.mp4||audio",
        "note|b|B|b.jpg|||big.jpg|",
        "text|c||c.jpg||||",
    ),
    "hints": rows("type|name|label|hint|guidance_hint", "text|a|A|H|G ${b}", "text|b|B||G2", "text|c|**C** ${a}|_H_|"),
    "or_other": rows("type|name|label", "select_one l or_other|a|A", "select_multiple l or_other|b|B"),
    "rank": rows("type|name|label", "rank l|a|A"),
    "randomize": rows(
        "type|name|label|parameters",
        "select_one l|x|X|randomize=true",
        "integer|y|Y|",
        "select_one l|z|Z|randomize=true seed=${y}",
    ),
    "lists from files": rows(
        "type|name|label|choice_filter|parameters|appearance",
        "select_one_from_file f.csv|a|A|||minimal",
        "select_multiple_from_file f.csv|b|B|name=${a}|value=name label=x|",
        "select_one_from_file f.csv|d|D||randomize=true|",
        "select_one_from_file x.xml|e|E|||",
        "select_one_from_file g.geojson|g|G|||map",
    ),
    "choices from a repeat": rows(
        "type|name|label",
        "begin repeat|r|R",
        "text|n|N",
        "end repeat||",
        "select_one ${n}|a|A",
        "rank ${n}|b|B",
    ),
    "lists looked up": rows(
        "type|name|label|calculation",
        "csv-external|q||",
        "xml-external|x||",
        "text|k|K|",
        "calculate|a||instance('q')/root/item[name = ${k}]/label",
        "calculate|b||pulldata('q', 'label', 'name', ${k})",
        "calculate|c||instance('x')/root/item[1]/label",
    ),
    "the sheet saved last": rows(
        "type|name|label|default|calculation",
        "text|x|X|${last-saved#x}|",
        "calculate|y|||${last-saved#x}",
    ),
    "search": rows("type|name|label|appearance", "select_one l|x|X|minimal search('f')"),
    "external choices": rows(
        "type|name|label|choice_filter", "select_one l|x|X|", "select_one_external cities|y|Y|x=${x}"
    )
    + "| external_choices |\n| | list_name | name | label | x |\n| | cities | m | Makkah | a |\n",
    "places": rows(
        "type|name|label|parameters|appearance",
        "geopoint|a|A|capture-accuracy=10 warning-accuracy=50 allow-mock-accuracy=true|placement-map",
        "geotrace|b|B|incremental=true|",
        "geoshape|c|C|allow-mock-accuracy=false|maps",
    ),
    "place after an answer": rows(
        "type|name|label|trigger", "begin repeat|r|R|", "text|x|X|", "background-geopoint|g||${x}", "end repeat|||"
    ),
    "files": rows(
        "type|name|label|parameters|appearance",
        "image|a|A|max-pixels=640|annotate",
        "image|b|B|app=org.example|",
        "image|c|C|max-pixels=640|signature",
        "audio|d|D|quality=voice-only|",
        "background-audio|e||quality=low|",
        "video|f|F||",
        "file|g|G||",
    ),
    "audit": rows(
        "type|name|label|parameters",
        "audit|audit||location-priority=balanced location-min-interval=60 location-max-age=120 track-changes=true "
        "identify-user=true track-changes-reasons=on-form-edit",
        "text|x|X|",
    ),
    "osm": rows("type|name|label", "osm tags|x|X") + "| osm |\n| | list_name | name | label |\n| | tags | b | B |\n",
    "text": rows(
        "type|name|label|parameters|appearance",
        "text|x|X|rows=5|multiline",
        "text|y|Y||numbers thousands-sep",
        "text|z|Z||url",
        "text|w|W||masked",
        "integer|v|V||counter",
        "decimal|u|U||bearing",
    ),
    "table-list": rows(
        "type|name|label|appearance",
        "begin group|g|G|table-list",
        "select_one l|x|X|",
        "select_one l|y|Y|",
        "end group|||",
    ),
    "groups": rows(
        "type|name|label|appearance|relevant",
        "begin group|g|G ${y}|field-list|",
        "text|x|X||",
        "begin group|h|||${x} = '7'",
        "text|y|Y||",
        "end group||||",
        "end group||||",
    ),
    "loop": rows("type|name|label", "begin loop over l|lo|%(label)s", "integer|n|How many %(label)s", "end loop||"),
    "dates": rows("type|name|label|appearance", "date|a|A|no-calendar", "date|b|B|islamic", "date|c|C|month-year"),
    "translations": rows(
        "type|name|label::Arabic (ar)|label::English (en)|hint::English (en)|required|required_message::English (en)",
        "text|x|الاسم|Name|H|yes|Needed",
        "select_one m|y|اختيار|Choice|||",
    )
    + "| choices |\n| | list_name | name | label::Arabic (ar) | label::English (en) |\n| | m | k | ك | K |\n",
    "another app": rows("type|name|label|no_app_error_string|appearance", "text|x|X|missing|ex:org.example(a='b')"),
    "columns of one's own": rows(
        "type|name|label|bind::colour|bind::odk:flag|body::accuracyThreshold|compact_tag",
        "geopoint|x|X|red|1|5|g",
    ),
    "names of choices": rows(
        "type|name|label|calculation", "select_one l|x|X|", "calculate|y||jr:choice-name(${x}, '${x}')"
    ),
    "entities": rows("type|name|label|save_to", "text|x|X|p")
    + "| entities |\n| | dataset | label |\n| | trees | ${x} |\n",
}


@pytest.mark.parametrize("sheets", SURVEYS.values(), ids=SURVEYS.keys())
def test_what_a_workbook_may_hold_runs(sheets: str) -> None:
    run(sheets)


def test_columns_of_ones_own_are_handed_through() -> None:
    (question,) = xforms.load(xform_of(SURVEYS["columns of one's own"])).layout
    assert isinstance(question, xforms.Question)
    assert question.attributes["colour"] == "red"
    assert question.attributes_in("http://www.opendatakit.org/xforms") == {"flag": "1"}
    assert question.parameters["accuracyThreshold"] == "5"
