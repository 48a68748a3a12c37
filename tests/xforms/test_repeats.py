"""Sections that are filled any number of times."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import xforms
from tests.xforms.small_forms import bind, document, noon, question, start

ROOMS = '<room jr:template=""><beds/><double/><place/><so-far/></room><all/><rooms/>'
RULES = (
    bind("room/beds", type="int", constraint=". < 9")
    + bind("room/double", calculate="../beds * 2")
    + bind("room/place", calculate="position(..)")
    + bind(
        "room/so-far",
        calculate="../beds + coalesce(/data/room[position() = position(current()/..) - 1]/so-far, 0)",
    )
    + bind("all", calculate="sum(/data/room/beds)")
    + bind("rooms", calculate="count(/data/room)")
)
BODY = f'<repeat nodeset="/data/room">{question("room/beds")}</repeat>'


@pytest.fixture
def session() -> xforms.Session:
    return start(ROOMS, RULES, BODY)


def value(session: xforms.Session, ref: str) -> str:
    return session.state(ref).value


def test_an_instance_is_named_by_its_place_and_calculates_for_itself(session: xforms.Session) -> None:
    session.new_repeat("/data/room")
    session.new_repeat("/data/room")
    session.answer("/data/room[1]/beds", "2")
    changed = session.answer("/data/room[2]/beds", "3")
    assert changed == {"/data/room[2]/beds", "/data/room[2]/double", "/data/room[2]/so-far", "/data/all"}
    assert [value(session, f"/data/room[{at}]/double") for at in (1, 2)] == ["4", "6"]
    assert (value(session, "/data/all"), value(session, "/data/rooms")) == ("5", "2")


def test_what_stands_behind_a_removed_instance_moves_up(session: xforms.Session) -> None:
    for beds in ("1", "2", "3"):
        session.new_repeat("/data/room")
        session.answer(f"/data/room[{beds}]/beds", beds)
    changed = session.remove_repeat("/data/room[2]")
    assert "/data/room[2]" in changed
    assert value(session, "/data/room[2]/beds") == "3"
    assert value(session, "/data/room[2]/place") == "2"
    assert (value(session, "/data/all"), value(session, "/data/rooms")) == ("4", "2")
    with pytest.raises(xforms.AnswerError):
        session.state("/data/room[3]/beds")


def test_a_running_total_reads_the_instance_before(session: xforms.Session) -> None:
    for at in (1, 2, 3):
        session.new_repeat("/data/room")
        session.answer(f"/data/room[{at}]/beds", "2")
    session.answer("/data/room[1]/beds", "5")
    assert [value(session, f"/data/room[{at}]/so-far") for at in (1, 2, 3)] == ["5", "7", "9"]


def test_a_wrong_answer_in_one_instance_blocks_finalising_by_its_own_name(session: xforms.Session) -> None:
    session.new_repeat("/data/room")
    session.new_repeat("/data/room")
    session.answer("/data/room[2]/beds", "10")
    assert [(ref, problem.kind) for ref, problem in session.problems()] == [("/data/room[2]/beds", "constraint")]


def test_a_form_may_count_its_instances_itself() -> None:
    session = start(
        '<many/><room jr:template=""><beds>1</beds></room><all/>',
        bind("many", type="int") + bind("all", calculate="sum(/data/room/beds)"),
        question("many") + f'<repeat nodeset="/data/room" jr:count="/data/many">{question("room/beds")}</repeat>',
    )
    session.answer("/data/many", "3")
    assert value(session, "/data/all") == "3"
    session.answer("/data/room[1]/beds", "5")
    session.answer("/data/many", "1")
    assert value(session, "/data/all") == "5"
    with pytest.raises(xforms.AnswerError) as refused:
        session.new_repeat("/data/room")
    assert refused.value.code == "counted"


def test_no_count_makes_more_instances_than_a_device_can_bear() -> None:
    session = start(
        '<many/><room jr:template=""><beds/></room><rooms/>',
        bind("rooms", calculate="count(/data/room)"),
        f'<repeat nodeset="/data/room" jr:count="/data/many">{question("room/beds")}</repeat>',
    )
    session.answer("/data/many", "999999999999")
    assert value(session, "/data/rooms") == "10000"


def test_repeats_nest_and_indexed_repeat_looks_into_a_chosen_one() -> None:
    session = start(
        '<floor jr:template=""><room jr:template=""><beds/></room><sum/></floor><second/>',
        bind("floor/sum", calculate="sum(../room/beds)")
        + bind("second", calculate="indexed-repeat(/data/floor/room/beds, /data/floor, 2, /data/floor/room, 1)"),
        '<repeat nodeset="/data/floor"><repeat nodeset="/data/floor/room">'
        f"{question('floor/room/beds')}</repeat></repeat>",
    )
    for floor in (1, 2):
        session.new_repeat("/data/floor")
        for room in (1, 2):
            session.new_repeat(f"/data/floor[{floor}]/room")
            session.answer(f"/data/floor[{floor}]/room[{room}]/beds", str(10 * floor + room))
    assert [value(session, f"/data/floor[{floor}]/sum") for floor in (1, 2)] == ["23", "43"]
    assert value(session, "/data/second") == "21"


def test_a_new_instance_gets_what_its_actions_give_and_a_restored_one_keeps_its_own() -> None:
    form = xforms.load(
        document(
            '<room jr:template=""><beds/></room>',
            body='<repeat nodeset="/data/room"><setvalue event="odk-new-repeat" ref="/data/room/beds" '
            f'value="position(..) * 10"/>{question("room/beds")}</repeat>',
        )
    )
    session = form.new()
    session.new_repeat("/data/room")
    session.new_repeat("/data/room")
    assert value(session, "/data/room[2]/beds") == "20"
    session.answer("/data/room[2]/beds", "7")
    restored = form.restore(session.serialise())
    assert [value(restored, f"/data/room[{at}]/beds") for at in (1, 2)] == ["10", "7"]


def test_choices_may_be_the_instances_of_a_repeat() -> None:
    session = start(
        '<guest jr:template=""><id/><name/></guest><eldest/>',
        body=f'<repeat nodeset="/data/guest">{question("guest/name")}</repeat>'
        + question(
            "eldest",
            "select1",
            '<itemset nodeset="/data/guest[name != \'\']"><value ref="id"/><label ref="name"/></itemset>',
        ),
    )
    session.new_repeat("/data/guest")
    session.answer("/data/guest[1]/id", "a")
    session.answer("/data/guest[1]/name", "هند")
    assert session.state("/data/eldest").choices == (xforms.Choice("a", "هند"),)


@given(st.lists(st.tuples(st.sampled_from(["add", "remove", "answer"]), st.integers(1, 5), st.integers(0, 9))))
def test_whatever_comes_and_goes_agrees_with_working_everything_out_and_with_the_draft(
    steps: list[tuple[str, int, int]],
) -> None:
    form = xforms.load(document(ROOMS, RULES, BODY))
    session = form.new(now=noon)
    for step, at, number in steps:
        there = f"/data/room[{at}]" in session.states()
        if step == "add":
            session.new_repeat("/data/room")
        elif step == "remove" and there:
            session.remove_repeat(f"/data/room[{at}]")
        elif step == "answer" and there:
            session.answer(f"/data/room[{at}]/beds", str(number))
    assert session.evaluate_all() == frozenset()
    assert form.restore(session.serialise(), now=noon).states() == session.states()


def test_a_final_report_leaves_out_instances_that_are_not_relevant() -> None:
    session = start(
        "<open>no</open><room><beds>4</beds></room>",
        bind("room", relevant="/data/open = 'yes'"),
        f'<repeat nodeset="/data/room">{question("room/beds")}</repeat>',
    )
    assert etree.fromstring(session.serialise(final=True)).find("room") is None
    assert etree.fromstring(session.serialise()).findtext("room/beds") == "4"


def test_a_repeat_says_how_many_it_has_and_whether_one_may_be_added() -> None:
    rules = RULES + bind("room", relevant="/data/on = 'y'")
    body = question("on") + f'<group ref="/data/room"><label>Room of <output value="/data/on"/></label>{BODY}</group>'
    session = start(f"<on/>{ROOMS}", rules, body)
    assert (session.instances("/data/room"), session.may_add("/data/room")) == (0, False)
    session.answer("/data/on", "y")
    session.new_repeat("/data/room")
    assert (session.instances("/data/room"), session.may_add("/data/room")) == (1, True)
    assert session.state("/data/room").label == "Room of y"
    with pytest.raises(xforms.AnswerError):
        session.instances("/data/room[1]")


def test_a_counted_repeat_takes_no_instance_by_hand() -> None:
    counted = '<repeat nodeset="/data/room" jr:count="/data/n">' + question("room/beds") + "</repeat>"
    session = start(f"<n/>{ROOMS}", RULES, question("n") + counted)
    session.answer("/data/n", "2")
    assert (session.instances("/data/room"), session.may_add("/data/room")) == (2, False)


def test_all_that_moves_up_with_an_instance_is_told_as_changed() -> None:
    body = '<group ref="/data/one"><repeat nodeset="/data/one"><input ref="/data/one/name"/></repeat></group>'
    session = start('<one jr:template=""><name/></one>', "", body)
    for name in ("Safa", "Marwa"):
        session.new_repeat("/data/one")
        session.answer(f"/data/one[{session.instances('/data/one')}]/name", name)
    assert session.remove_repeat("/data/one[1]") >= {"/data/one[1]", "/data/one[1]/name"}
    assert session.state("/data/one[1]/name").value == "Marwa"
