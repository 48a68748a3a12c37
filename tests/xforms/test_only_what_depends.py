"""A change asks again only what depends on it: the clock, which every rule here reads, counts its looks."""

from __future__ import annotations

from datetime import datetime

import pytest

import xforms
from tests.xforms.small_forms import NOON, bind, document, question

ROOMS = '<room jr:template=""><beds/><guests/><free/></room><total/>'
REPEAT = '<repeat nodeset="/data/room"><input ref="/data/room/beds"/><input ref="/data/room/guests"/></repeat>'


class Clock:
    """Tells noon, and how often it was looked at."""

    def __init__(self) -> None:
        self.looks = 0

    def __call__(self) -> datetime:
        self.looks += 1
        return NOON

    def counted(self) -> int:
        """The looks since the last time somebody asked."""
        looks, self.looks = self.looks, 0
        return looks


@pytest.fixture
def clock() -> Clock:
    return Clock()


def timed(expression: str) -> str:
    """The expression, which now looks at the clock once each time it is run."""
    return f"if(now() != '', {expression}, '')"


def begun(clock: Clock, fields: str, binds: str, body: str = "") -> xforms.Session:
    session = xforms.load(document(fields, binds, body)).new(now=clock)
    session.answer("/data/first", "done")  # what nobody asked for yet is worked out before the first change
    clock.counted()
    return session


def test_an_answer_asks_each_of_its_dependants_once_and_nothing_else(clock: Clock) -> None:
    binds = (
        bind("near", calculate=timed("/data/size + 1"))
        + bind("far", calculate=timed("/data/near + /data/size"))
        + bind("other", calculate=timed("/data/else"))
        + bind("shut", relevant=timed("/data/size > 3") + " = 'true'")
    )
    session = begun(clock, "<first/><size/><else/><near/><far/><other/><shut/>", binds)
    assert session.answer("/data/size", "4") == {"/data/size", "/data/near", "/data/far", "/data/shut"}
    assert clock.counted() == 3
    session.answer("/data/else", "x")
    assert clock.counted() == 1


def test_what_comes_out_as_before_asks_nobody_further(clock: Clock) -> None:
    binds = bind("large", calculate=timed("string(/data/size > 10)")) + bind("after", calculate=timed("/data/large"))
    session = begun(clock, "<first/><size/><large/><after/>", binds)
    assert session.answer("/data/size", "4") == {"/data/size"}
    assert clock.counted() == 1
    assert session.answer("/data/size", "11") == {"/data/size", "/data/large", "/data/after"}
    assert clock.counted() == 2


def test_the_same_answer_again_asks_nothing(clock: Clock) -> None:
    session = begun(clock, "<first/><size>4</size><near/>", bind("near", calculate=timed("/data/size")))
    assert session.answer("/data/size", "4") == frozenset()
    assert clock.counted() == 0


def test_a_text_is_put_together_again_only_when_a_value_woven_into_it_changes(clock: Clock) -> None:
    label = f'<label>Beds: <output value="{timed("/data/beds")}"/></label>'
    binds = bind("guests", constraint="string-length(.) > 1") + bind("guests_again", calculate="/data/guests")
    session = begun(clock, "<first/><beds/><guests/><guests_again/>", binds, question("guests", "input", label))
    assert "/data/guests" in session.answer("/data/guests", "7")
    assert clock.counted() == 0
    assert session.answer("/data/beds", "3") == {"/data/beds", "/data/guests"}
    assert clock.counted() == 1
    assert session.state("/data/guests").label == "Beds: 3"
    assert session.state("/data/guests").problem == xforms.Problem("constraint")


def test_a_rule_is_asked_again_only_when_it_may_judge_otherwise(clock: Clock) -> None:
    binds = bind("guests", constraint=timed(". <= /data/beds") + " = 'true'") + bind("beds", required="true()")
    session = begun(clock, "<first/><beds/><guests/><note/>", binds)
    session.answer("/data/guests", "5")
    assert clock.counted() == 1
    session.answer("/data/note", "x")
    assert clock.counted() == 0
    assert session.answer("/data/beds", "6") == {"/data/beds", "/data/guests"}
    assert clock.counted() == 1


@pytest.mark.parametrize("rooms", [2, 30])
def test_an_answer_in_a_repeat_asks_its_own_instance_and_the_sums_however_many_there_are(
    clock: Clock, rooms: int
) -> None:
    binds = (
        bind("room/free", calculate=timed("../beds - ../guests"))
        + bind("room/guests", constraint=timed(". <= ../beds") + " = 'true'")
        + bind("total", calculate=timed("sum(/data/room/beds)"))
    )
    session = begun(clock, f"<first/>{ROOMS}", binds, REPEAT)
    for at in range(1, rooms + 1):
        session.new_repeat("/data/room")
        session.answer(f"/data/room[{at}]/guests", "1")
        session.answer(f"/data/room[{at}]/beds", "2")
    clock.counted()
    changed = session.answer("/data/room[2]/beds", "3")
    assert changed == {"/data/room[2]/beds", "/data/room[2]/free", "/data/total"}
    assert clock.counted() == 3


def test_an_instance_is_looked_at_again_when_another_makes_it_wrong() -> None:
    binds = bind("room/beds", constraint="count(../../room[beds = current()]) = 1")
    session = xforms.load(document(ROOMS, binds, REPEAT)).new()
    for at, beds in enumerate(("3", "4", "5"), 1):
        session.new_repeat("/data/room")
        session.answer(f"/data/room[{at}]/beds", beds)
    assert session.answer("/data/room[3]/beds", "3") == {"/data/room[3]/beds", "/data/room[1]/beds"}
    assert session.state("/data/room[1]/beds").problem == xforms.Problem("constraint")
    assert session.evaluate_all() == frozenset()
