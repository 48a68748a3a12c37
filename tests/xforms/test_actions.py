"""Values that come by themselves: when a sheet begins, when something changes, when an instance comes."""

from __future__ import annotations

import xforms
from tests.xforms.small_forms import bind, document, noon, question, start


def test_a_change_fills_another_field_once_and_leaves_it_to_be_changed() -> None:
    action = '<setvalue event="xforms-value-changed" ref="/data/copy" value="concat(/data/a, \'!\')"/>'
    session = start("<a/><copy/>", body=question("a", inside=action) + question("copy"))
    assert session.answer("/data/a", "x") == {"/data/a", "/data/copy"}
    session.answer("/data/copy", "mine")
    assert session.state("/data/copy").value == "mine"
    session.answer("/data/a", "y")
    assert session.state("/data/copy").value == "y!"


def test_actions_that_set_each_other_off_come_to_an_end() -> None:
    def more(other: str) -> str:
        return f'<setvalue event="xforms-value-changed" ref="/data/{other}" value=". + 1"/>'

    session = start("<a>0</a><b>0</b>", body=question("a", inside=more("b")) + question("b", inside=more("a")))
    session.answer("/data/a", "5")
    assert int(session.state("/data/a").value) > 5


def test_the_first_load_fills_a_new_sheet_only_and_every_load_a_restored_one_too() -> None:
    model = (
        '<setvalue event="odk-instance-first-load" ref="/data/first">1</setvalue>'
        '<setvalue event="odk-instance-load" ref="/data/loads" value="coalesce(., 0) + 1"/>'
    )
    form = xforms.load(document("<first/><loads/>", body=question("first"), model=model))
    session = form.new()
    session.answer("/data/first", "")
    restored = form.restore(session.serialise())
    assert restored.state("/data/first").value == ""
    assert (session.state("/data/loads").value, restored.state("/data/loads").value) == ("1", "2")


def test_a_form_may_ask_for_properties_of_the_device() -> None:
    binds = '<bind nodeset="/data/who" jr:preload="property" jr:preloadParams="username"/>'
    form = xforms.load(document("<who/>", binds))
    assert form.new(properties={"username": "hind"}).state("/data/who").value == "hind"
    assert form.new(now=noon).state("/data/who").value == ""


def test_a_repeat_grows_with_the_answer_in_its_last_instance() -> None:
    session = start(
        '<room jr:template=""><more/></room><wanted/>',
        bind("wanted", calculate="count(/data/room[more = 'yes']) + 1"),
        f'<repeat nodeset="/data/room" jr:count="/data/wanted">{question("room/more")}</repeat>',
    )
    assert "/data/room[2]" not in session.states()
    session.answer("/data/room[1]/more", "yes")
    assert "/data/room[2]" in session.states()
    session.answer("/data/room[1]/more", "no")
    assert "/data/room[2]" not in session.states()


def test_repeats_that_count_repeats_stay_within_what_a_device_can_bear() -> None:
    session = start(
        '<many/><a jr:template=""><b jr:template=""><c/></b></a>',
        body='<repeat nodeset="/data/a" jr:count="/data/many"><repeat nodeset="/data/a/b" jr:count="/data/many">'
        f"{question('a/b/c')}</repeat></repeat>",
    )
    session.answer("/data/many", "700")
    assert len(session.states()) <= 50_010
