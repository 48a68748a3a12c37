"""Forms nobody wrote, filled as nobody would: nothing raises, nothing is left out, nothing is lost.

More examples with ``MIDAN_HYPOTHESIS=thorough``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

import xforms
from tests.xforms.random_forms import random_form
from tests.xforms.small_forms import NOON

VALUES = st.sampled_from(
    [
        "",
        "a",
        "b",
        "a b",
        "b a",
        "1",
        "0",
        "2",
        "3.5",
        "-1",
        "x",
        "yes",
        "2026-11-22",
        "21.4 39.8 0 0",
        "true",
        " ",
        "b\n",
    ]
)
IDENTIFIERS = {"/data/meta/instanceID", "/data/meta/deprecatedID"}
MOVES = st.lists(
    st.tuples(st.sampled_from(["answer"] * 6 + ["add", "add", "remove", "speak"]), st.integers(0, 10_000), VALUES),
    max_size=10,
)


def moved(session: xforms.Session, move: str, at: int, value: str) -> frozenset[str]:
    """Does something to whatever ``at`` happens to name."""
    refs = list(session.states())
    ref = refs[at % len(refs)]
    if move == "answer":
        return session.answer(ref, value)
    if move == "speak":
        return session.set_language(("ar", "en")[at % 2])
    if move == "remove":
        return session.remove_repeat(ref)
    return session.new_repeat(re.sub(r"\[\d+\]$", "", ref))


# A form of the seed is made in no time, so that ten times as many as of other things are tried.
@settings(max_examples=10 * settings.get_profile(settings.get_current_profile_name()).max_examples)
@given(seed=st.integers(0, 2**32), moves=MOVES)
def test_whatever_is_done_to_whatever_form_agrees_with_working_everything_out(
    seed: int, moves: list[tuple[str, int, str]]
) -> None:
    form = xforms.load(random_form(seed))
    session = form.new(now=lambda: NOON)
    for move in moves:
        before = session.states()
        try:
            changed = moved(session, *move)
        except xforms.AnswerError:
            changed = frozenset()
        after = session.states()
        differing = {ref for ref in after if ref not in before or after[ref] != before[ref]}
        # What moved up has changed too, even where the one behind looks like the one that went.
        assert differing <= changed
        assert changed <= differing or move[0] == "remove"
        assert session.evaluate_all() == frozenset()

    draft = session.serialise()
    restored = form.restore(draft, session.language, now=lambda: NOON)
    assert restored.states() == session.states()
    assert restored.serialise() == draft
    assert restored.problems() == session.problems()
    edited = form.edit(draft, session.language, now=lambda: NOON).states()
    assert {ref for ref, state in session.states().items() if edited[ref] != state} <= IDENTIFIERS
    final = session.serialise(final=True)
    assert restored.serialise(final=True) == final
    assert set(written(etree.fromstring(final))) == {ref for ref, state in session.states().items() if state.relevant}


def written(element: etree._Element, above: str = "", place: str = "") -> Iterator[str]:
    """References of all that a sheet holds; repeats, whose names end with ``_r``, with their places."""
    name = str(element.tag)
    ref = f"{above}/{name}{place}"
    yield ref
    if "size" in element.attrib:  # the one attribute that a rule is about
        yield f"{ref}/@size"
    count: dict[str, int] = {}
    for child in element:
        tag = str(child.tag)
        count[tag] = count.get(tag, 0) + 1
        yield from written(child, ref, f"[{count[tag]}]" if tag.endswith("_r") else "")
