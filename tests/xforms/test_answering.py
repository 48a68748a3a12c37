"""What a session shows while a checklist is being filled."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

import xforms
from tests.xforms.small_forms import NOON, bind, document, question, start

YES_NO = (
    '<instance id="answers"><root>'
    "<item><name>yes</name><label>Yes</label></item><item><name>no</name><label>No</label></item>"
    "</root></instance>"
)
CITIES = (
    '<instance id="cities"><root>'
    "<item><name>aziziyah</name><label>Aziziyah</label><region>makkah</region></item>"
    "<item><name>kudai</name><label>Kudai</label><region>makkah</region></item>"
    "<item><name>quba</name><label>Quba</label><region>madinah</region></item>"
    "</root></instance>"
)
PLACES = (
    "<itemset nodeset=\"instance('cities')/root/item[region = /data/region]\">"
    '<value ref="name"/><label ref="label"/></itemset>'
)


def test_a_question_becomes_relevant_when_the_answer_it_depends_on_is_given() -> None:
    session = start("<lifts/><contract/>", bind("contract", relevant="/data/lifts = 'yes'"))
    assert not session.state("/data/contract").relevant
    assert session.answer("/data/lifts", "yes") == {"/data/lifts", "/data/contract"}
    assert session.state("/data/contract").relevant


def test_what_stands_in_a_group_that_is_not_relevant_is_not_relevant() -> None:
    binds = bind("lifts") + bind("lift", relevant="/data/lifts = 'yes'") + bind("lift/count", required="true()")
    session = start("<lifts/><lift><count/></lift>", binds)
    assert not session.state("/data/lift/count").relevant
    assert session.problems() == ()
    session.answer("/data/lifts", "yes")
    assert session.state("/data/lift/count").relevant
    assert [ref for ref, _ in session.problems()] == ["/data/lift/count"]


def test_a_value_that_is_not_relevant_is_kept_but_expressions_see_nothing() -> None:
    binds = bind("count", relevant="/data/open = 'yes'") + bind("copy", calculate="concat('[', /data/count, ']')")
    session = start("<open>yes</open><count/><copy/>", binds)
    session.answer("/data/count", "7")
    assert session.state("/data/copy").value == "[7]"
    session.answer("/data/open", "no")
    assert session.state("/data/count").value == "7"
    assert session.state("/data/copy").value == "[]"
    session.answer("/data/open", "yes")
    assert session.state("/data/copy").value == "[7]"


def test_an_empty_required_question_blocks_with_its_own_message_until_it_is_answered() -> None:
    session = start("<name/>", bind("name", required="true()", required_message="Who is in charge?"))
    assert session.problems() == (("/data/name", xforms.Problem("required", "Who is in charge?")),)
    session.answer("/data/name", "   ")
    assert session.state("/data/name").problem is not None
    session.answer("/data/name", "Salem")
    assert session.problems() == ()


def test_required_may_depend_on_another_answer() -> None:
    session = start("<result/><note/>", bind("note", required="/data/result = 'nonconform'"))
    assert not session.state("/data/note").required
    session.answer("/data/result", "nonconform")
    assert session.state("/data/note").required


def test_an_answer_that_breaks_a_constraint_is_kept_and_flagged_with_the_forms_message() -> None:
    session = start("<count/>", bind("count", type="int", constraint=". >= 0", constraint_message="Not below zero."))
    session.answer("/data/count", "-3")
    state = session.state("/data/count")
    assert (state.value, state.problem) == ("-3", xforms.Problem("constraint", "Not below zero."))
    session.answer("/data/count", "3")
    assert session.state("/data/count").problem is None


def test_a_constraint_is_not_asked_about_an_empty_answer() -> None:
    assert start("<count/>", bind("count", type="int", constraint=". >= 1")).problems() == ()


def test_a_constraint_is_asked_again_when_another_field_it_reads_changes() -> None:
    session = start("<beds>10</beds><guests>8</guests>", bind("guests", constraint=". <= /data/beds"))
    assert session.answer("/data/beds", "5") == {"/data/beds", "/data/guests"}
    assert [ref for ref, _ in session.problems()] == ["/data/guests"]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("int", "12", "12.5"),
        ("int", "-1", "١٢"),
        ("decimal", "12.5", "12,5"),
        ("date", "2026-02-28", "2026-02-29"),
        ("time", "13:05", "25:00"),
        ("dateTime", "2026-11-22T10:00:00.000+03:00", "2026-11-22"),
        ("geopoint", "21.4225 39.8262 0 5", "39.8262"),
        ("geopoint", "21.4225 39.8262", "91 39.8262"),
        ("boolean", "true", "maybe"),
    ],
)
def test_a_value_of_the_wrong_type_is_kept_and_flagged(kind: str, good: str, bad: str) -> None:
    session = start("<field/>", bind("field", type=kind))
    session.answer("/data/field", bad)
    assert session.state("/data/field").value == bad
    assert session.problems() == (("/data/field", xforms.Problem("type")),)
    session.answer("/data/field", good)
    assert session.problems() == ()


def test_a_value_outside_the_choices_of_a_select_is_flagged() -> None:
    choices = '<itemset nodeset="instance(\'answers\')/root/item"><value ref="name"/><label ref="label"/></itemset>'
    session = start(
        "<one/><many/>", "", question("one", "select1", choices) + question("many", "select", choices), YES_NO
    )
    session.answer("/data/one", "perhaps")
    session.answer("/data/many", "yes no")
    assert session.problems() == (("/data/one", xforms.Problem("type")),)
    session.answer("/data/many", "yes perhaps")
    assert [ref for ref, _ in session.problems()] == ["/data/one", "/data/many"]


def test_choices_follow_the_answer_that_filters_them() -> None:
    body = question("region") + question("place", "select1", PLACES)
    session = start("<region>makkah</region><place/>", "", body, CITIES)
    assert [choice.value for choice in session.state("/data/place").choices] == ["aziziyah", "kudai"]
    session.answer("/data/place", "kudai")
    assert session.problems() == ()
    assert "/data/place" in session.answer("/data/region", "madinah")
    assert session.state("/data/place").choices == (xforms.Choice("quba", "Quba"),)
    assert session.state("/data/place").value == ""


def test_an_answer_counts_while_the_choices_offer_it_and_waits_while_they_do_not() -> None:
    """As in both reference engines; here it comes back with its choices, and a draft keeps it for that."""
    body = question("region") + question("place", "select1", PLACES)
    binds = bind("place", required="true()") + bind("told", calculate="concat('in ', /data/place)")
    form = xforms.load(document("<region>makkah</region><place/><told/>", binds, body, CITIES))
    session = form.new()
    session.answer("/data/place", "kudai")
    changed = session.answer("/data/region", "madinah")
    assert {"/data/place", "/data/told"} <= changed
    assert session.state("/data/told").value == "in "
    assert session.problems() == (("/data/place", xforms.Problem("required")),)
    assert "kudai" not in session.serialise(final=True)

    restored = form.restore(session.serialise())
    assert restored.states() == session.states()
    for each in (session, restored):
        each.answer("/data/region", "makkah")
        assert each.state("/data/told").value == "in kudai"
        assert each.problems() == ()

    session.answer("/data/region", "madinah")
    session.answer("/data/place", "")
    session.answer("/data/region", "makkah")
    assert session.state("/data/place").value == ""


def test_of_several_answers_those_offered_count_in_their_order() -> None:
    body = question("region") + question("place", "select", PLACES)
    session = start("<region>makkah</region><place/>", "", body, CITIES)
    session.answer("/data/place", "kudai elsewhere aziziyah")
    assert session.state("/data/place").value == "kudai aziziyah"


def test_a_ranking_takes_in_what_comes_to_be_offered() -> None:
    body = question("region") + question("place", "rank", PLACES)
    session = start("<region>makkah</region><place/>", "", body, CITIES)
    session.answer("/data/place", "kudai")
    assert session.state("/data/place").value == "kudai aziziyah"
    session.answer("/data/region", "madinah")
    assert session.state("/data/place").value == ""
    session.answer("/data/region", "makkah")
    assert session.state("/data/place").value == "kudai aziziyah"


def test_choices_that_an_answer_settles_itself_do_not_take_it_away() -> None:
    places = PLACES.replace("/data/region", "/data/place")
    session = start("<region/><place/>", "", question("place", "select1", places), CITIES)
    session.answer("/data/place", "makkah")
    assert session.problems() == (("/data/place", xforms.Problem("type")),)


def test_choices_may_be_read_from_a_list_beside_the_form() -> None:
    model = '<instance id="cities" src="jr://file-csv/cities.csv"/>'
    body = question("region") + question("place", "select1", PLACES)
    xml = document("<region/><place/>", "", body, model)
    csv = 'name,label,region\nquba,"Quba, south",madinah\nkudai,Kudai,makkah\n'
    session = xforms.load(xml, {"jr://file-csv/cities.csv": csv}).new()
    session.answer("/data/region", "madinah")
    assert session.state("/data/place").choices == (xforms.Choice("quba", "Quba, south"),)


def test_choices_may_be_written_out_in_the_question() -> None:
    items = "<item><label>Low</label><value>1</value></item><item><label>High</label><value>2</value></item>"
    session = start("<level/>", "", question("level", "select1", items))
    assert session.state("/data/level").choices == (xforms.Choice("1", "Low"), xforms.Choice("2", "High"))


def test_a_label_shows_the_answers_it_mentions() -> None:
    label = '<label>Guests: <output value="/data/guests"/> of <output value="/data/beds"/></label>'
    session = start("<beds>10</beds><guests/><check/>", "", question("check", "input", label))
    assert session.state("/data/check").label == "Guests:  of 10"
    assert session.answer("/data/guests", "12") == {"/data/guests", "/data/check"}
    assert session.state("/data/check").label == "Guests: 12 of 10"


def test_calculations_follow_one_another_in_whatever_order_they_are_written() -> None:
    binds = bind("third", calculate="/data/second + 1") + bind("second", calculate="/data/first * 2")
    session = start("<third/><second/><first/>", binds)
    assert session.state("/data/third").value == ""
    session.answer("/data/first", "4")
    assert session.state("/data/third").value == "9"


def test_a_calculated_field_and_a_read_only_field_take_no_answer() -> None:
    binds = (
        bind("sum", calculate="1 + 1") + bind("stamp", readonly="true()") + bind("group", readonly="/data/done = 'yes'")
    )
    session = start("<sum/><stamp/><done/><group><inside/></group>", binds)
    with pytest.raises(xforms.AnswerError) as calculated:
        session.answer("/data/sum", "3")
    with pytest.raises(xforms.AnswerError) as fixed:
        session.answer("/data/stamp", "x")
    assert (calculated.value.code, fixed.value.code) == ("calculated", "readonly")
    session.answer("/data/group/inside", "x")
    assert session.answer("/data/done", "yes") >= {"/data/group", "/data/group/inside"}
    with pytest.raises(xforms.AnswerError) as inherited:
        session.answer("/data/group/inside", "y")
    assert inherited.value.code == "readonly"


def test_a_group_and_an_unknown_field_take_no_answer() -> None:
    session = start("<group><inside/></group>")
    with pytest.raises(xforms.AnswerError) as group:
        session.answer("/data/group", "x")
    with pytest.raises(xforms.AnswerError) as unknown:
        session.answer("/data/nowhere", "x")
    assert (group.value.code, unknown.value.code) == ("not_a_question", "unknown_field")
    assert unknown.value.where == "/data/nowhere"


def test_defaults_are_filled_in_when_a_session_begins() -> None:
    model = (
        '<setvalue event="odk-instance-first-load" ref="/data/day" value="today()"/>'
        '<setvalue event="odk-instance-first-load" ref="/data/next" value="concat(/data/day, \'!\')"/>'
    )
    session = start("<language>ar</language><day/><next/>", "", "", model)
    assert session.state("/data/language").value == "ar"
    assert session.state("/data/day").value == "2026-11-22"
    assert session.state("/data/next").value == "2026-11-22!"


def test_preloaded_fields_hold_identity_day_and_start() -> None:
    binds = (
        '<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>'
        '<bind nodeset="/data/day" type="date" jr:preload="date" jr:preloadParams="today"/>'
        '<bind nodeset="/data/from" type="dateTime" jr:preload="timestamp" jr:preloadParams="start"/>'
    )
    session = start("<day/><from/><meta><instanceID/></meta>", binds)
    assert session.state("/data/day").value == "2026-11-22"
    assert session.state("/data/from").value == "2026-11-22T12:00:00.000+03:00"
    assert session.state("/data/meta/instanceID").value.startswith("uuid:")
    assert session.problems() == ()


def test_only_what_depends_on_an_answer_is_worked_out_again() -> None:
    asked: list[datetime] = []

    def clock() -> datetime:
        asked.append(NOON)
        return NOON

    binds = bind("seen", calculate="if(/data/name = '', '', now())")
    session = start("<name/><other/><seen/>", binds, now=clock)
    session.answer("/data/name", "Salem")
    assert asked
    asked.clear()
    session.answer("/data/other", "something")
    assert asked == []


def test_an_answer_given_again_changes_nothing() -> None:
    session = start("<name/>", bind("name", required="true()"))
    assert session.answer("/data/name", "Salem") == {"/data/name"}
    assert session.answer("/data/name", "Salem") == frozenset()


def test_once_keeps_the_first_value() -> None:
    moments = iter(NOON + timedelta(minutes=minute) for minute in range(100))
    binds = bind("first", calculate="once(if(/data/name = '', '', now()))")
    session = start("<name/><first/>", binds, now=lambda: next(moments))
    session.answer("/data/name", "Salem")
    stamp = session.state("/data/first").value
    session.answer("/data/name", "Fahd")
    assert stamp
    assert session.state("/data/first").value == stamp


def test_attributes_of_other_namespaces_reach_the_question() -> None:
    binds = '<bind nodeset="/data/item" midan:code="E01" midan:severity="critical" jr:requiredMsg="!"/>'
    form = xforms.load(document("<item/>", binds, question("item")))
    (item,) = form.layout
    assert isinstance(item, xforms.Question)
    assert item.attributes == {
        "{https://midan.example/xforms}code": "E01",
        "{https://midan.example/xforms}severity": "critical",
    }
    assert item.attributes_in("https://midan.example/xforms") == {"code": "E01", "severity": "critical"}
    assert item.attributes_in("https://midan.example/other") == {}


def test_the_layout_is_the_tree_that_is_shown() -> None:
    body = (
        '<group ref="/data/site" appearance="field-list"><label>Site</label>'
        '<range ref="/data/site/floors" start="1" end="9" step="1"/>'
        '<upload ref="/data/site/photo" mediatype="image/*" appearance="draw"/></group>'
        '<trigger ref="/data/seen"/>'
    )
    binds = bind("site/floors", type="int") + bind("site/photo", type="binary")
    form = xforms.load(document("<site><floors/><photo/></site><seen/>", binds, body))
    group, seen = form.layout
    assert isinstance(group, xforms.Group)
    floors, photo = group.children
    assert (group.ref, group.appearance) == ("/data/site", "field-list")
    assert isinstance(floors, xforms.Question)
    assert (floors.control, floors.type, floors.parameters) == ("range", "int", {"start": "1", "end": "9", "step": "1"})
    assert isinstance(photo, xforms.Question)
    assert (photo.control, photo.type, photo.mediatype, photo.appearance) == ("upload", "binary", "image/*", "draw")
    assert isinstance(seen, xforms.Question)
    assert seen.control == "trigger"
    assert form.new().state("/data/site").label == "Site"


def test_a_required_calculation_that_nobody_can_answer_blocks_nothing() -> None:
    binds = bind("total", calculate="/data/a * 2", type="date", required="/data/a != ''")
    session = start("<a/><total/>", binds, question("a"))
    session.answer("/data/a", "x")
    assert (session.state("/data/total").required, session.state("/data/total").problem) == (True, None)
    session.answer("/data/a", "2")
    assert session.state("/data/total").problem is None
    assert session.problems() == ()
