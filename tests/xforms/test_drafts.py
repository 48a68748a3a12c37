"""Answers to XML and back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from lxml import etree

import xforms
from tests.xforms.small_forms import NOON, bind, document, noon

FIELDS = "<open>yes</open><group><count/><note/></group><twice/><stamp/><meta><instanceID/></meta>"
BINDS = (
    bind("group", relevant="/data/open = 'yes'")
    + bind("twice", calculate="/data/group/count * 2")
    + bind("stamp", calculate="if(/data/open = 'yes', now(), '')")
    + '<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>'
)


@pytest.fixture
def form() -> xforms.Form:
    return xforms.load(document(FIELDS, BINDS))


def test_a_draft_keeps_what_is_not_relevant_and_a_final_report_leaves_it_out(form: xforms.Form) -> None:
    session = form.new()
    session.answer("/data/group/count", "4")
    session.answer("/data/open", "no")
    draft, final = etree.fromstring(session.serialise()), etree.fromstring(session.serialise(final=True))
    assert draft.findtext("group/count") == "4"
    assert final.find("group") is None
    assert final.findtext("open") == "no"
    assert (final.get("id"), final.get("version")) == ("visit", "1")


def test_a_restored_draft_is_the_draft(form: xforms.Form) -> None:
    session = form.new(now=noon)
    session.answer("/data/group/count", "4")
    session.answer("/data/group/note", ' غير "نظيف" <&> \r\n\t سطر ثانٍ ')
    session.answer("/data/open", "no")
    draft = session.serialise()
    restored = form.restore(draft, now=lambda: NOON + timedelta(days=9))
    assert restored.serialise() == draft
    assert restored.states() == session.states()


def test_what_the_clock_and_chance_gave_stays_as_it_was_when_a_draft_is_taken_up(form: xforms.Form) -> None:
    session = form.new(now=noon)
    later: datetime = NOON + timedelta(days=9)
    restored = form.restore(session.serialise(), now=lambda: later)
    for ref in ("/data/stamp", "/data/meta/instanceID"):
        assert restored.state(ref).value == session.state(ref).value != ""
    assert restored.evaluate_all() == frozenset()


def test_characters_that_xml_cannot_hold_are_dropped_from_an_answer(form: xforms.Form) -> None:
    session = form.new()
    session.answer("/data/group/note", "a\x00b\x0bc\ud800d\uffffe")
    assert session.state("/data/group/note").value == "abcde"
    assert form.restore(session.serialise()).state("/data/group/note").value == "abcde"


def test_the_end_time_is_written_into_the_final_report_only() -> None:
    binds = '<bind nodeset="/data/until" type="dateTime" jr:preload="timestamp" jr:preloadParams="end"/>'
    session = xforms.load(document("<until/>", binds)).new(now=noon)
    assert etree.fromstring(session.serialise()).findtext("until") == ""
    assert etree.fromstring(session.serialise(final=True)).findtext("until") == "2026-11-22T12:00:00.000+03:00"


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        ('<data id="other" version="1"/>', "other_form"),
        ('<datum id="visit" version="1"/>', "other_form"),
        ('<data id="visit" version="2"/>', "other_version"),
        ('<data id="visit" version="1"><stranger/></data>', "unknown_field"),
        ('<data id="visit" version="1"><open><deeper/></open></data>', "unknown_field"),
        ('<data id="visit" version="1"><open>a</open><open>b</open></data>', "duplicate_field"),
        ('<data id="visit" version="1"><open>', "malformed"),
        ('<!DOCTYPE data [<!ENTITY e "x">]><data id="visit" version="1"/>', "doctype"),
        ("", "malformed"),
    ],
)
def test_a_draft_of_something_else_is_refused_with_a_stable_code(form: xforms.Form, draft: str, code: str) -> None:
    with pytest.raises(xforms.RestoreError) as refused:
        form.restore(draft)
    assert refused.value.code == code


def test_a_field_that_a_draft_does_not_hold_begins_as_the_form_says(form: xforms.Form) -> None:
    session = form.restore('<data id="visit" version="1"><group><count>3</count></group></data>')
    assert session.state("/data/open").value == "yes"
    assert session.state("/data/group/note").value == ""
    assert session.state("/data/group/count").value == "3"


def test_fields_of_another_namespace_are_restored_to_their_place() -> None:
    fields = '<name/><m:meta xmlns:m="http://openrosa.org/xforms"><m:instanceID/></m:meta>'
    form = xforms.load(document(fields))
    session = form.new()
    session.answer("/data/m:meta/m:instanceID", "uuid:1")
    draft = session.serialise()
    assert etree.fromstring(draft).findtext("{http://openrosa.org/xforms}meta/{http://openrosa.org/xforms}instanceID")
    assert form.restore(draft).serialise() == draft


def test_an_edited_report_gets_an_identifier_of_its_own_and_names_the_one_before(form: xforms.Form) -> None:
    submitted = form.new().serialise(final=True)
    edited = form.edit(submitted)
    before = etree.fromstring(submitted).findtext("meta/instanceID")
    assert edited.state("/data/meta/deprecatedID").value == before
    assert edited.state("/data/meta/instanceID").value not in ("", before)
    again = form.edit(edited.serialise(final=True))
    assert again.state("/data/meta/deprecatedID").value == edited.state("/data/meta/instanceID").value


def test_a_form_that_provides_for_no_identifier_gives_one_all_the_same() -> None:
    session = xforms.load(document("<a/>")).new()
    assert session.state("/data/meta/instanceID").value.startswith("uuid:")


METADATA = {
    "start": ("dateTime", "timestamp"),
    "day": ("date", "date"),
    "end": ("dateTime", "timestamp"),
    "who": ("string", "property"),
}


def test_an_edited_report_keeps_when_and_by_whom_it_was_begun() -> None:
    binds = "".join(
        f'<bind nodeset="/data/{name}" type="{kind}" jr:preload="{preload}" jr:preloadParams="{parameter}"/>'
        for (name, (kind, preload)), parameter in zip(
            METADATA.items(), ["start", "today", "end", "username"], strict=True
        )
    )
    first_load = '<setvalue event="odk-instance-first-load" ref="/data/begun" value="now()"/>'
    fields = "".join(f"<{name}/>" for name in METADATA) + "<begun/>"
    form = xforms.load(document(fields, binds, model=first_load))
    submitted = form.new(now=noon, properties={"username": "hind"}).serialise(final=True)
    edited = form.edit(submitted, now=lambda: NOON + timedelta(days=9))
    before = {name: etree.fromstring(submitted).findtext(name) for name in (*METADATA, "begun")}
    assert {name: edited.state(f"/data/{name}").value for name in before} == before
    again = etree.fromstring(edited.serialise(final=True))
    assert again.findtext("start") == before["start"]
    assert again.findtext("end") == "2026-12-01T12:00:00.000+03:00"


def test_an_instance_that_the_form_gives_with_a_field_twice_has_it_once() -> None:
    repeat = '<repeat nodeset="/data/r"><input ref="/data/r/v"/></repeat>'
    form = xforms.load(document("<r><v>1</v></r><r><v>2</v><v>3</v></r>", "", repeat))
    session = form.new(now=noon)
    assert session.state("/data/r[2]/v").value == "2"
    assert form.restore(session.serialise(), now=noon).states() == session.states()
