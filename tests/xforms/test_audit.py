"""The audit log: what a form asks for, what is written of what happens on the screen, and that nothing piles up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

import xforms
from tests.xforms.sheets import xform_of
from tests.xforms.small_forms import NOON, document
from xforms.audit import MAX_FIXES, AuditSettings, Event, Locating, Recorder

T0 = int(NOON.timestamp() * 1000)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def form(parameters: str = "") -> xforms.Form:
    return xforms.load(
        xform_of(
            "| survey |\n| | type | name | label | parameters | constraint |\n"
            f"| | audit | audit | | {parameters} | |\n| | text | who | Who? | | . != 'nobody' |\n"
            "| | begin group | room | Room | | |\n| | integer | beds | Beds | | |\n| | text | note | Note | | |\n"
            "| | end group | | | | |\n"
        )
    )


class Screen:
    """A form on a screen, with the log that it makes."""

    def __init__(self, parameters: str = "", user: str = "") -> None:
        self.clock = Clock()
        self.lines: list[str] = []
        loaded = form(parameters)
        self.session = loaded.new()
        assert loaded.audit is not None
        self.log = Recorder(loaded.audit, self.lines.append, self.value, self.clock, user)

    def value(self, ref: str) -> str:
        return self.session.relevant_value(ref) or ""

    def rows(self) -> list[list[str]]:
        return [line.rstrip("\n").split(",") for line in self.lines]


def test_a_form_without_an_audit_field_wants_no_log() -> None:
    assert xforms.load(document("<a/><audit/>")).audit is None


def test_a_form_tells_all_that_it_wants_written() -> None:
    wanted = form(
        "location-priority=balanced location-min-interval=60 location-max-age=120 track-changes=true "
        "identify-user=true track-changes-reasons=on-form-edit"
    ).audit
    assert wanted == AuditSettings("/data/meta/audit", Locating("balanced", 60, 120), True, True, True)
    assert ",".join(wanted.columns) == (
        "event,node,start,end,latitude,longitude,accuracy,old-value,new-value,user,change-reason"
    )


@pytest.mark.parametrize(
    "attributes",
    [
        'odk:location-priority="balanced"',
        'odk:location-priority="lazy" odk:location-min-interval="1" odk:location-max-age="2"',
        'odk:location-priority="balanced" odk:location-min-interval="x" odk:location-max-age="2"',
        'odk:location-priority="balanced" odk:location-min-interval="nan" odk:location-max-age="2"',
        'odk:location-priority="balanced" odk:location-min-interval="20" odk:location-max-age="2"',
    ],
)
def test_parameters_of_the_place_that_make_no_sense_are_refused_with_the_field(attributes: str) -> None:
    binds = f'<bind xmlns:odk="http://www.opendatakit.org/xforms" nodeset="/data/meta/audit" {attributes}/>'
    with pytest.raises(xforms.FormError) as refused:
        xforms.load(document("<a/><meta><audit/></meta>", binds))
    assert (refused.value.code, refused.value.where) == ("bad_audit", "/data/meta/audit")


def test_the_log_of_a_short_visit() -> None:
    screen = Screen()
    screen.log.started()
    screen.log.showed(["/data/who"])
    screen.clock.wait(2.5)
    screen.log.noted(Event.CONSTRAINT_ERROR, "/data/who")
    screen.log.showed(["/data/room/beds", "/data/room/note"], "/data/room")
    screen.clock.wait(1)
    screen.log.left()
    screen.log.noted(Event.END_SCREEN)
    screen.log.saved()
    screen.log.finalised()
    screen.log.closed()
    assert screen.rows() == [
        ["event", "node", "start", "end"],
        ["form start", "", str(T0), ""],
        ["constraint error", "/data/who", str(T0 + 2500), ""],
        ["question", "/data/who", str(T0), str(T0 + 2500)],
        ["group questions", "/data/room", str(T0 + 2500), str(T0 + 3500)],
        ["end screen", "", str(T0 + 3500), ""],
        ["form save", "", str(T0 + 3500), ""],
        ["form finalize", "", str(T0 + 3500), ""],
        ["form exit", "", str(T0 + 3500), ""],
    ]


def test_a_sheet_opened_again_goes_on_without_a_second_header() -> None:
    screen = Screen()
    screen.log.resumed()
    assert screen.rows() == [["form resume", "", str(T0), ""]]


def test_values_before_and_after_are_written_where_they_differ() -> None:
    screen = Screen("track-changes=true")
    screen.log.showed(["/data/room/beds", "/data/room/note"], "/data/room")
    screen.session.answer("/data/room/beds", "4")
    screen.log.showed(["/data/room/beds"])
    screen.session.answer("/data/room/beds", "5")
    screen.log.left()
    assert [[row[0], row[1], *row[4:]] for row in screen.rows()] == [
        ["group questions", "/data/room", "", ""],
        ["question", "/data/room/beds", "", "4"],
        ["question", "/data/room/note", "", ""],
        ["question", "/data/room/beds", "4", "5"],
    ]


@pytest.mark.parametrize(
    ("value", "written"),
    [("a,b", '"a,b"'), ('say "a", b', '"say ""a"", b"'), ("a\nb", '"a\nb"'), ('a "b"', 'a "b"'), ("=1+1", "=1+1")],
)
def test_values_are_quoted_as_the_specification_says(value: str, written: str) -> None:
    screen = Screen("track-changes=true")
    screen.log.showed(["/data/who"])
    screen.session.answer("/data/who", value)
    screen.log.left()
    assert screen.lines == [f"question,/data/who,{T0},{T0},,{written}\n"]


def test_each_line_names_the_user_and_the_reason_of_a_change_stands_in_its_own() -> None:
    screen = Screen("identify-user=true track-changes=true track-changes-reasons=on-form-edit", user="hind")
    screen.log.resumed()
    screen.log.saved(reason="counted again")
    assert [[row[0], *row[-2:]] for row in screen.rows()] == [
        ["form resume", "hind", ""],
        ["change reason", "hind", "counted again"],
        ["form save", "hind", ""],
    ]


def test_a_log_that_names_its_user_is_not_begun_without_one() -> None:
    with pytest.raises(ValueError, match="user"):
        Screen("identify-user=true")


PLACED = "location-priority=high-accuracy location-min-interval=1 location-max-age=60"


def test_the_most_accurate_fix_that_is_young_enough_is_written() -> None:
    screen = Screen(PLACED)

    def place() -> list[str]:
        screen.log.noted(Event.JUMP)
        return screen.rows()[-1][4:]

    assert place() == ["", "", ""]
    screen.log.located(21.4, 39.8, 50.0)
    assert place() == ["21.4", "39.8", "50.0"]
    screen.clock.wait(30)
    screen.log.located(21.5, 39.9, 5.0)
    screen.log.located(21.6, 39.9, 500.0)
    assert place() == ["21.5", "39.9", "5.0"]
    screen.clock.wait(60.001)
    assert place() == ["", "", ""]


def test_a_device_that_fixes_its_place_all_the_time_fills_no_memory() -> None:
    screen = Screen(PLACED)
    for at in range(MAX_FIXES * 3):
        screen.log.located(21.4, 39.8, float(at))
    screen.log.noted(Event.JUMP)
    assert screen.rows()[-1][6] == str(float(MAX_FIXES * 2))


def test_places_are_not_kept_where_nobody_wants_them() -> None:
    screen = Screen()
    screen.log.located(21.4, 39.8, 1.0)
    screen.log.noted(Event.JUMP)
    assert screen.rows() == [["jump", "", str(T0), ""]]


def test_times_never_run_backwards_when_the_clock_is_set_back() -> None:
    screen = Screen()
    screen.log.showed(["/data/who"])
    screen.clock.wait(10)
    screen.log.noted(Event.JUMP)
    screen.clock.wait(-3600)
    screen.log.left()
    assert screen.rows() == [
        ["jump", "", str(T0 + 10_000), ""],
        ["question", "/data/who", str(T0), str(T0 + 10_000)],
    ]


def test_leaving_twice_writes_once() -> None:
    screen = Screen()
    leave: Callable[[], None] = screen.log.left
    screen.log.showed(["/data/who"])
    leave()
    leave()
    assert len(screen.lines) == 1
