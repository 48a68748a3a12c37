"""What a form asks of the device by itself: where it is, and sound in the background."""

from __future__ import annotations

import pytest

import xforms
from tests.xforms.small_forms import bind, document, noon, question

ODK = "http://www.opendatakit.org/xforms"
MAKKAH = "21.4225 39.8262 277.0 4.5"


def action(name: str, ref: str, event: str, more: str = "") -> str:
    return f'<odk:{name} xmlns:odk="{ODK}" ref="{ref}" event="{event}" {more}/>'


def starting() -> xforms.Form:
    """Begins with its place, and notes it again whenever ``a`` changes."""
    return xforms.load(
        document(
            "<a/><begun/><here/>",
            bind("begun", type="geopoint") + bind("here", type="geopoint", readonly="true()"),
            question("a", inside=action("setgeopoint", "/data/here", "xforms-value-changed")),
            action("setgeopoint", "/data/begun", "odk-instance-first-load"),
        )
    )


def test_a_form_begins_with_the_place_of_the_device() -> None:
    session = starting().new(now=noon, place=lambda: "21.4225 39.8262 277 4.5")
    assert session.state("/data/begun").value == MAKKAH
    assert session.state("/data/here").value == ""
    assert not list(session.unplaced)


def test_a_change_takes_the_place_anew_though_the_field_is_read_only() -> None:
    session = starting().new(place=lambda: MAKKAH)
    assert session.answer("/data/a", "x") == {"/data/a", "/data/here"}
    assert session.state("/data/here").value == MAKKAH


@pytest.mark.parametrize("unknown", ["", "no client implementation", "91 0"])
def test_what_the_device_does_not_know_yet_waits_until_it_does(unknown: str) -> None:
    session = starting().new(place=lambda: unknown)
    assert list(session.unplaced) == ["/data/begun"]
    session.answer("/data/a", "x")
    assert list(session.unplaced) == ["/data/begun", "/data/here"]
    assert session.locate(MAKKAH) == {"/data/begun", "/data/here"}
    assert session.state("/data/begun").value == session.state("/data/here").value == MAKKAH
    assert not list(session.unplaced)
    assert session.locate("1 2") == frozenset()


def test_no_place_is_taken_that_is_none() -> None:
    with pytest.raises(xforms.AnswerError) as refused:
        starting().new().locate("somewhere")
    assert refused.value.code == "bad_place"


def test_a_restored_sheet_keeps_the_place_it_began_at() -> None:
    form = starting()
    draft = form.new(place=lambda: MAKKAH).serialise()
    assert form.restore(draft, place=lambda: "1 2").state("/data/begun").value == MAKKAH


def test_a_restored_sheet_goes_on_waiting_where_it_is_told_what_waited() -> None:
    form = starting()
    session = form.new()
    session.answer("/data/a", "x")
    again = form.restore(session.serialise(), unplaced=session.unplaced)
    assert again.unplaced == session.unplaced == ("/data/begun", "/data/here")
    assert again.locate(MAKKAH) == {"/data/begun", "/data/here"}
    known = form.restore(session.serialise(), place=lambda: MAKKAH, unplaced=session.unplaced)
    assert known.state("/data/here").value == MAKKAH
    assert not known.unplaced


def test_no_sheet_waits_for_the_place_of_a_field_it_does_not_have() -> None:
    form = starting()
    with pytest.raises(xforms.AnswerError) as refused:
        form.restore(form.new().serialise(), unplaced=["/data/nowhere"])
    assert refused.value.code == "unknown_field"


def test_an_instance_that_went_waits_for_no_place() -> None:
    inside = question("r/x", inside=action("setgeopoint", "/data/r/g", "xforms-value-changed"))
    form = xforms.load(document("<r><x/><g/></r>", "", f'<repeat nodeset="/data/r">{inside}</repeat>'))
    session = form.new()
    session.new_repeat("/data/r")
    session.answer("/data/r[1]/x", "1")
    session.answer("/data/r[2]/x", "2")
    session.remove_repeat("/data/r[1]")
    assert session.unplaced == ("/data/r[1]/g",)
    session.locate("1 2")
    assert session.state("/data/r[1]/g").value == "1.0 2.0"


def test_a_form_tells_what_it_wants_recorded() -> None:
    recorded = action("recordaudio", "/data/b", "odk-instance-load", 'odk:quality="low"')
    form = xforms.load(document("<b/>", bind("b", type="binary"), model=recorded))
    assert form.recordings == (xforms.Recording("/data/b", frozenset({"odk-instance-load"}), "low"),)


def test_properties_are_given_as_addresses_where_the_form_asks_for_them() -> None:
    asked = ("username", "uri:username", "uri:email", "uri:deviceid")
    fields = "".join(f"<f{at}/>" for at in range(len(asked)))
    binds = "".join(
        f'<bind nodeset="/data/f{at}" jr:preload="property" jr:preloadParams="{name}"/>'
        for at, name in enumerate(asked)
    )
    session = xforms.load(document(fields, binds)).new(properties={"username": "hind", "email": "hind@example.org"})
    got = [session.state(f"/data/f{at}").value for at in range(len(asked))]
    assert got == ["hind", "username:hind", "mailto:hind@example.org", ""]
