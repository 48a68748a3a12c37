"""Taking a stored sheet up costs only what is asked of it, and gives what working everything out would give."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import xforms
from tests.xforms.small_forms import bind, document, noon, question

FIELDS = (
    "<kind/><size>7</size><g><note>none</note><h><deep/></h></g><total/><meta><instanceID/></meta>",
    bind("size", type="int", constraint=". < 10", constraint_message="Too large")
    + bind("g", relevant="/data/kind = 'a' or 'b' = /data/kind")
    + bind("g/note", required="/data/kind != 'b'")
    + bind("g/h", relevant="/data/total > 8 and /data/kind != '' and /data/size != '3'")
    + bind("g/h/deep", type="date", required="true()")
    + bind("total", calculate="/data/size + 1")
    + '<bind nodeset="/data/meta/instanceID" jr:preload="uid"/>',
    question("kind", "select1", "".join(f"<item><label>{v}</label><value>{v}</value></item>" for v in "ab")),
)
ANSWERS = st.dictionaries(
    st.sampled_from(["kind", "size", "g/note", "g/h/deep"]),
    st.sampled_from(["", "a", "b", "c", "3", "8", "12", "2026-01-02"]),
)


@pytest.fixture(scope="module")
def form() -> xforms.Form:
    return xforms.load(document(*FIELDS))


@pytest.fixture(scope="module")
def with_a_repeat() -> xforms.Form:
    """The same form beside a repeat, so that its sheets are walked instead of laid out in one go."""
    fields, binds, body = FIELDS
    repeat = '<repeat nodeset="/data/visit"><input ref="/data/visit/word"/></repeat>'
    return xforms.load(document(f"{fields}<visit><word/></visit>", binds, body + repeat))


def answered(form: xforms.Form, answers: dict[str, str]) -> xforms.Session:
    session = form.new(now=noon)
    for name, value in answers.items():
        session.answer(f"/data/{name}", value)
    return session


@given(answers=ANSWERS)
def test_a_form_without_repeats_settles_as_one_with_a_repeat_does(
    form: xforms.Form, with_a_repeat: xforms.Form, answers: dict[str, str]
) -> None:
    here, there = (
        each.restore(answered(each, answers).serialise(), now=noon).states() for each in (form, with_a_repeat)
    )
    identifier = "/data/meta/instanceID"
    assert {ref: state for ref, state in here.items() if ref != identifier} == {
        ref: state for ref, state in there.items() if ref in here and ref != identifier
    }


@given(answers=ANSWERS)
def test_problems_and_values_are_the_same_whether_states_were_made_or_not(
    form: xforms.Form, answers: dict[str, str]
) -> None:
    draft = answered(form, answers).serialise()
    bare, shown = form.restore(draft), form.restore(draft)
    states = shown.states()
    assert bare.problems() == shown.problems()
    assert bare.problems() == tuple((ref, state.problem) for ref, state in states.items() if state.problem)
    for ref, state in states.items():
        assert bare.relevant_value(ref) == (state.value if state.relevant else None)


@given(answers=ANSWERS, ref=st.sampled_from(["kind", "size"]), value=st.sampled_from(["", "a", "b", "3", "12"]))
def test_the_first_answer_tells_what_changed_also_where_no_state_was_asked_for_before(
    form: xforms.Form, answers: dict[str, str], ref: str, value: str
) -> None:
    draft = answered(form, answers).serialise()
    before = form.restore(draft).states()
    session = form.restore(draft)
    changed = session.answer(f"/data/{ref}", value)
    assert changed == {each for each, state in session.states().items() if state != before[each]}


def test_what_a_stored_sheet_lacks_is_as_the_form_begins(form: xforms.Form) -> None:
    sheet = etree.fromstring(answered(form, {"kind": "a", "g/note": "seen"}).serialise())
    group = sheet.find("g")
    assert group is not None
    sheet.remove(group)
    session = form.restore(etree.tostring(sheet))
    assert session.relevant_value("/data/g/note") == "none"
    assert session.relevant_value("/data/kind") == "a"


def test_text_between_the_fields_of_a_group_is_no_value_of_it(form: xforms.Form) -> None:
    sheet = form.new().serialise().replace("<g>", "<g> words ").replace("<h><deep/></h>", "<h> more </h>")
    assert "words" in sheet
    assert "more" in sheet
    session = form.restore(sheet)
    assert (session.state("/data/g").value, session.state("/data/g/h").value) == ("", "")
    assert "words" not in session.serialise()
    assert "more" not in session.serialise()


def test_an_edited_sheet_whose_meta_lacks_the_identifier_gets_it_there_and_can_be_taken_up_again(
    form: xforms.Form,
) -> None:
    sheet = etree.fromstring(form.new().serialise())
    meta = sheet.find("meta")
    assert meta is not None
    meta.clear()
    edited = form.edit(etree.tostring(sheet)).serialise()
    assert len(etree.fromstring(edited).findall("meta")) == 1
    assert (form.restore(edited).relevant_value("/data/meta/instanceID") or "").startswith("uuid:")


def test_a_field_that_the_form_does_not_have_has_no_value(form: xforms.Form) -> None:
    with pytest.raises(xforms.AnswerError) as refused:
        form.new().relevant_value("/data/none")
    assert refused.value.code == "unknown_field"
