"""Choices with pictures and answers in their labels, marks of a range, and two ways from before there were lists."""

from __future__ import annotations

import pytest

import xforms
from tests.xforms.sheets import converted, xform_of
from tests.xforms.small_forms import document, noon, question
from xforms import Choice

HOTELS = {
    "jr://file-csv/hotels.csv": "code,name_ar,name_en,area,stars\n"
    "h1,الصفوة,Al Safwa,haram,5\nh2,العزيزية,Aziziyah,aziziyah,3\nh3,الصفا,Al Safa,haram,3\n"
}


def offered(session: xforms.Session, ref: str) -> list[tuple[str, str]]:
    return [(choice.value, choice.label) for choice in session.state(ref).choices]


MEDIA = """
| survey |
| | type | name | label::en | label::ar |
| | select_one signs | sign | Sign | العلامة |
| choices |
| | list_name | name | label::en | label::ar | media::image::en | media::audio::ar | media::video::en |
| | signs | exit | Exit | مخرج | exit.png | exit.mp3 | exit.mp4 |
| | signs | none | None | لا شيء | | | |
"""


def test_a_choice_carries_its_picture_sound_and_film_in_the_language_of_the_session() -> None:
    form = xforms.load(xform_of(MEDIA))
    english, arabic = (form.new(name).state("/data/sign").choices for name in ("en", "ar"))
    assert english[0].media == {"image": "jr://images/exit.png", "video": "jr://video/exit.mp4"}
    assert arabic[0].media == {"audio": "jr://audio/exit.mp3"}
    assert english[1] == Choice("none", "None")


def test_a_choice_written_out_in_the_question_carries_its_picture_too() -> None:
    texts = (
        '<itext><translation lang="en"><text id="l-0"><value>Exit</value><value form="image">jr://images/e.png</value>'
        "</text></translation></itext>"
    )
    item = "<item><label ref=\"jr:itext('l-0')\"/><value>exit</value></item>"
    session = xforms.load(document("<a/>", "", question("a", "select1", item), texts)).new()
    assert session.state("/data/a").choices == (Choice("exit", "Exit", {"image": "jr://images/e.png"}),)


WOVEN = """
| survey |
| | type | name | label | calculation |
| | text | who | Who? | |
| | select_one people | helper | Helper | |
| | calculate | said | | jr:choice-name(${helper}, '${helper}') |
| choices |
| | list_name | name | label |
| | people | self | ${who} |
| | people | other | Somebody else |
"""


def test_the_label_of_a_choice_holds_what_was_answered_elsewhere() -> None:
    session = xforms.load(xform_of(WOVEN)).new(now=noon)
    session.answer("/data/helper", "self")
    assert "/data/helper" in session.answer("/data/who", "Hind")
    assert offered(session, "/data/helper") == [("self", "Hind"), ("other", "Somebody else")]
    session.answer("/data/who", "Noor")
    assert offered(session, "/data/helper")[0] == ("self", "Noor")


TICKS = """
| survey |
| | type | name | label | parameters |
| | range | heat | Heat | start=0 end=10 step=5 tick_labelset=heat |
| choices |
| | list_name | name | label |
| | heat | 0 | Cold |
| | heat | 10 | Hot |
"""


def test_the_marks_of_a_range_are_shown_and_bind_nobody() -> None:
    session = xforms.load(xform_of(TICKS)).new()
    assert offered(session, "/data/heat") == [("0", "Cold"), ("10", "Hot")]
    session.answer("/data/heat", "5")
    assert session.problems() == ()


SEARCH = """
| survey |
| | type | name | label::en | label::ar | appearance |
| | text | area | Area | الحي | |
| | select_one found | any | Any | أي | minimal search('hotels') |
| | select_one found | near | Near | قريب | search('hotels', 'matches', 'area', ${area}) |
| | select_one found | three | Three | ثلاث | search('hotels', 'startswith', 'name_en, code', 'A', 'stars', '3') |
| choices |
| | list_name | name | label::en | label::ar |
| | found | 99 | None of them | لا شيء منها |
| | found | code | name_en,stars | name_ar |
"""


def test_the_appearance_search_draws_choices_from_a_list_the_form_only_names() -> None:
    session = xforms.load(xform_of(SEARCH), HOTELS).new("en")
    everything = [("99", "None of them"), ("h1", "Al Safwa, 5"), ("h2", "Aziziyah, 3"), ("h3", "Al Safa, 3")]
    assert offered(session, "/data/any") == everything
    assert offered(session, "/data/near") == everything[:1]
    assert session.answer("/data/area", "haram") == {"/data/area", "/data/near"}
    assert offered(session, "/data/near") == [everything[0], everything[1], everything[3]]
    assert offered(session, "/data/three") == [everything[0], everything[2], everything[3]]
    session.set_language("ar")
    assert offered(session, "/data/near")[1] == ("h1", "الصفوة")
    session.answer("/data/near", "h2")
    assert session.state("/data/near").value == ""


@pytest.mark.parametrize(
    ("search", "code"),
    [("search('nowhere')", "missing_resource"), ("search(1)", "bad_search"), ("search('hotels', 'x')", "bad_search")],
)
def test_a_search_that_cannot_be_run_is_refused_with_its_question(search: str, code: str) -> None:
    xml = document("<a/>", "", f'<select1 ref="/data/a" appearance="{search}"/>')
    with pytest.raises(xforms.FormError) as refused:
        xforms.load(xml, HOTELS)
    assert (refused.value.code, refused.value.where) == (code, "/data/a")


EXTERNAL = """
| survey |
| | type | name | label | choice_filter |
| | text | region | Region | |
| | select_one_external cities | city | City | region=${region} |
| external_choices |
| | list_name | name | label | region |
| | cities | m | Makkah | hijaz |
| | cities | r | Riyadh | najd |
| | cities | j | Jeddah | hijaz |
| | others | x | X | hijaz |
"""


def test_choices_of_the_sheet_external_choices_come_from_the_list_beside_the_form() -> None:
    made = converted(EXTERNAL)
    form = xforms.load(str(made.xform), {"jr://file-csv/itemsets.csv": made.itemsets})
    question = form.layout[1]
    assert isinstance(question, xforms.Question)
    assert question.control == "select1"
    session = form.new()
    session.answer("/data/region", "hijaz")
    assert offered(session, "/data/city") == [("m", "Makkah"), ("j", "Jeddah")]
    session.answer("/data/city", "r")
    assert session.state("/data/city").value == ""


def test_without_that_list_the_form_is_refused_or_takes_a_text() -> None:
    xml = xform_of(EXTERNAL)
    with pytest.raises(xforms.FormError, match=r"itemsets\.csv") as refused:
        xforms.load(xml)
    assert (refused.value.code, refused.value.where) == ("missing_resource", "/data/city")
    (_, question) = xforms.load(xml, strict=False).layout
    assert isinstance(question, xforms.Question)
    assert question.control == "input"


def test_external_choices_are_shown_in_the_language_of_the_session() -> None:
    csv = "list_name,name,label::English (en),label::Arabic (ar)\ncities,m,Makkah,مكة\n"
    texts = "".join(f'<translation lang="{name}"/>' for name in ("English (en)", "Arabic (ar)"))
    body = '<input ref="/data/a" query="instance(\'cities\')/root/item"/>'
    form = xforms.load(document("<a/>", "", body, f"<itext>{texts}</itext>"), {"jr://file-csv/itemsets.csv": csv})
    assert [offered(form.new(name), "/data/a") for name in ("en", "ar")] == [[("m", "Makkah")], [("m", "مكة")]]


def test_choices_drawn_from_answers_beside_texts_that_hold_answers_are_taken_as_they_are() -> None:
    text = '<text id="t"><value>T <output value="/data/a"/></value></text>'
    itemset = '<itemset nodeset="current()/../r"><value ref="n"/><label ref="jr:itext(n)"/></itemset>'
    body = f'<select1 ref="/data/a">{itemset}</select1><repeat nodeset="/data/r">{question("r/n")}</repeat>'
    model = f'<itext><translation lang="en">{text}</translation></itext>'
    session = xforms.load(document("<a/><r><n>t</n></r>", "", body, model)).new()
    assert [choice.value for choice in session.state("/data/a").choices] == ["t"]


def test_who_names_a_choice_whose_label_holds_an_answer_is_told_when_that_changes() -> None:
    session = xforms.load(xform_of(WOVEN)).new(now=noon)
    session.answer("/data/helper", "self")
    session.answer("/data/who", "Hind")
    assert session.state("/data/said").value == "Hind"
    assert session.evaluate_all() == frozenset()
