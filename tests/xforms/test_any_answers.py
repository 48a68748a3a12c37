"""Whatever is answered, in whatever order: nothing raises, nothing is left out, nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import xforms
from tests.xforms.small_forms import bind, document, noon, question
from xforms.publish import publish

WORKBOOK = Path(__file__).parents[2] / "resources" / "checklists" / "accommodation.xlsx"

LIST = (
    '<instance id="places"><root>'
    "<item><name>a</name><label>A</label><kind>x</kind></item><item><name>b</name><label>B</label><kind>y</kind></item>"
    "<item><name>c</name><label>C</label><kind>x</kind></item></root></instance>"
)
TANGLED = document(
    "<kind/><place/><count/><g><h><deep/></h><other>3</other></g><total/><text/><after/>",
    bind("place", relevant="/data/kind != ''", required="/data/count > 2")
    + bind("count", type="int", constraint=". < /data/g/other * 10")
    + bind("g", relevant="/data/count > 0", readonly="/data/kind = 'locked'")
    + bind("g/h", relevant="selected(/data/place, 'a') or selected(/data/place, 'c')")
    + bind("g/h/deep", type="date", required="true()")
    + bind("total", calculate="sum(/data/g/*) + coalesce(/data/count, 1)")
    + bind(
        "text",
        calculate="concat(/data/total, '|', substr(/data/kind, 0, 2), '|', jr:choice-name(/data/place, '/data/place'))",
    )
    + bind("after", relevant="contains(/data/text, '1')", constraint="regex(., /data/kind)"),
    question("kind")
    + question(
        "place",
        "select1",
        "<itemset nodeset=\"instance('places')/root/item[kind = /data/kind]\">"
        '<value ref="name"/><label ref="label"/></itemset>',
    )
    + question("after", "input", '<label>After <output value="/data/total + 1"/></label>'),
    LIST,
)
VALUES = st.one_of(
    st.sampled_from(
        [
            "",
            "x",
            "y",
            "a",
            "b",
            "locked",
            "0",
            "1",
            "3",
            "25",
            "-1",
            "1.5",
            "2026-01-02",
            "2026-01-02T03:04",
            "yes",
            "no",
        ]
    ),
    st.sampled_from(
        ["conform", "nonconform", "partial", "na", "hotel", "temporary", "60", "0001-01-01T00:00+14:00", "9" * 400]
    ),
    st.text(max_size=20),
)


@pytest.fixture(scope="module", params=["tangled", "accommodation"])
def form(request: pytest.FixtureRequest) -> xforms.Form:
    return xforms.load(TANGLED if request.param == "tangled" else publish(WORKBOOK).xml)


@given(data=st.data())
def test_random_answers_never_raise_and_agree_with_working_everything_out_and_with_the_draft(
    form: xforms.Form, data: st.DataObject
) -> None:
    session = form.new(now=noon)
    refs = sorted(session.states())
    for ref, value in data.draw(st.lists(st.tuples(st.sampled_from(refs), VALUES), max_size=12)):
        before = session.states()
        try:
            changed = session.answer(ref, value)
        except xforms.AnswerError:  # a group, calculated, or read-only: nothing may have changed
            changed = frozenset()
        after = session.states()
        assert changed == {each for each in after if after[each] != before[each]}
    assert session.evaluate_all() == frozenset()

    draft = session.serialise()
    restored = form.restore(draft, now=noon)
    assert restored.states() == session.states()
    assert restored.serialise() == draft
    assert restored.serialise(final=True) == session.serialise(final=True)


@given(data=st.data())
def test_the_order_of_answers_to_different_questions_does_not_matter(form: xforms.Form, data: st.DataObject) -> None:
    one, other = form.new(now=noon), form.new(now=noon)
    # An answer to "kind" may lock others, so there the order does matter.
    refs = [ref for ref in answerable(form) if ref != "/data/kind"]
    answers = data.draw(st.dictionaries(st.sampled_from(refs), VALUES, max_size=8))
    for ref, value in answers.items():
        one.answer(ref, value)
    for ref, value in data.draw(st.permutations(list(answers.items()))):
        other.answer(ref, value)
    for ref, state in one.states().items():
        if not ref.endswith("instanceID"):
            assert other.state(ref) == state


def answerable(form: xforms.Form) -> list[str]:
    """References that take an answer while nothing is answered yet."""
    found, session = [], form.new()
    for ref, state in session.states().items():
        try:
            session.answer(ref, state.value)
        except xforms.AnswerError:
            continue
        found.append(ref)
    return found
