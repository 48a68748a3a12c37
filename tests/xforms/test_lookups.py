"""Filters with equations are looked up in an index; what they find is what searching finds."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

import xforms
from tests.xforms.small_forms import bind, document, question

CELLS = st.sampled_from(["", "a", "b", "1", "1.0", "01"])
ITEMS = st.lists(st.tuples(CELLS, CELLS), max_size=8)
# The second of each pair says the same in a way that no index serves: a cell wrapped up is no cell.
CONDITIONS = (
    ("[x = /data/p]", "[string(x) = /data/p]"),
    ("[/data/p = x and y = /data/q]", "[string(x) = /data/p and string(y) = /data/q]"),
    ("[x = /data/p][y = /data/q]", "[string(x) = /data/p][string(y) = /data/q]"),
    ("[x = 'a' and contains(y, /data/q)]", "[string(x) = 'a' and contains(y, /data/q)]"),
    ("[x = number(/data/p)]", "[number(x) = number(/data/p)]"),
    ("[x = 1 and y = /data/q]", "[number(x) = 1 and string(y) = /data/q]"),
    ("[x = /data/p][2]", "[string(x) = /data/p][position() = 2]"),
    ("[x = /data/p and position() < 3]", "[string(x) = /data/p and position() < 3]"),
    ("[position() = /data/n]", "[position() - /data/n = 0]"),
    ("[x = /data/p or y = /data/q]", "[string(x) = /data/p or string(y) = /data/q]"),
    ("[x = /data/p and not(y = /data/q)]", "[string(x) = /data/p and not(string(y) = /data/q)]"),
)


def listed(items: list[tuple[str, str]], one: str, other: str) -> xforms.Form:
    """A form with the items as a list, two calculations that filter it, and the same items as a repeat."""
    rows = "".join(f"<item><x>{x}</x><y>{y}</y></item>" for x, y in items)
    found = {
        name: f"concat(join(' ', instance('items')/root/item{condition}/y), '|', join(' ', /data/row{condition}/y))"
        for name, condition in (("one", one), ("other", other))
    }
    return xforms.load(
        document(
            '<p/><q/><n/><row jr:template=""><x/><y/></row><one/><other/>',
            "".join(bind(name, calculate=expression) for name, expression in found.items()),
            '<repeat nodeset="/data/row"><input ref="/data/row/x"/><input ref="/data/row/y"/></repeat>',
            f'<instance id="items"><root>{rows}</root></instance>',
        )
    )


@pytest.mark.parametrize(("one", "other"), CONDITIONS)
@given(items=ITEMS, p=CELLS, q=CELLS, n=st.sampled_from(["", "0", "1", "2", "1.5", "9"]))
def test_what_is_looked_up_is_what_searching_finds(
    one: str, other: str, items: list[tuple[str, str]], p: str, q: str, n: str
) -> None:
    session = listed(items, one, other).new()
    for at, (x, y) in enumerate(items, 1):
        session.new_repeat("/data/row")
        session.answer(f"/data/row[{at}]/x", x)
        session.answer(f"/data/row[{at}]/y", y)
    for name, value in (("p", p), ("q", q), ("n", n)):
        session.answer(f"/data/{name}", value)
        assert session.state("/data/one").value == session.state("/data/other").value
    assert session.evaluate_all() == frozenset()


@given(
    data=st.lists(st.tuples(st.sampled_from(["x", "hide", "new", "gone"]), st.integers(1, 4), CELLS), max_size=12),
    wanted=CELLS,
)
def test_instances_are_found_by_what_they_hold_now(data: list[tuple[str, int, str]], wanted: str) -> None:
    fields = '<wanted/><row jr:template=""><hide/><x/></row><found/><searched/>'
    binds = (
        bind("row/x", relevant="../hide != 'a'")
        + bind("found", calculate="count(/data/row[x = /data/wanted])")
        + bind("searched", calculate="count(/data/row[count(x) = 1 and string(x) = /data/wanted])")
    )
    body = '<repeat nodeset="/data/row"><input ref="/data/row/hide"/><input ref="/data/row/x"/></repeat>'
    session = xforms.load(document(fields, binds, body)).new()
    session.answer("/data/wanted", wanted)
    for what, at, value in data:
        at = min(at, session.instances("/data/row"))
        if what == "new":
            session.new_repeat("/data/row")
        elif at and what == "gone":
            session.remove_repeat(f"/data/row[{at}]")
        elif at:
            session.answer(f"/data/row[{at}]/{what}", value)
        assert session.state("/data/found").value == session.state("/data/searched").value


def test_a_cascade_of_two_conditions_offers_what_fulfils_both() -> None:
    rows = "".join(
        f"<item><name>{region}{kind}</name><label>{region}</label><region>{region}</region><kind>{kind}</kind></item>"
        for region in "ab"
        for kind in "xy"
    )
    items = "<itemset nodeset=\"instance('places')/root/item[region = /data/region and kind = /data/kind]\">"
    session = xforms.load(
        document(
            "<region/><kind/><place/>",
            "",
            question("place", "select1", f'{items}<value ref="name"/><label ref="label"/></itemset>'),
            f'<instance id="places"><root>{rows}</root></instance>',
        )
    ).new()
    session.answer("/data/region", "b")
    assert session.state("/data/place").choices == ()
    assert "/data/place" in session.answer("/data/kind", "x")
    assert [choice.value for choice in session.state("/data/place").choices] == ["bx"]


def test_an_instance_finds_its_likes_by_a_cell_of_its_own() -> None:
    fields = '<row jr:template=""><x/><likes/></row>'
    binds = bind("row/likes", calculate="count(../../row[x = current()/../x])")
    body = '<repeat nodeset="/data/row"><input ref="/data/row/x"/></repeat>'
    session = xforms.load(document(fields, binds, body)).new()
    for at, x in enumerate(("a", "b", "a"), 1):
        session.new_repeat("/data/row")
        session.answer(f"/data/row[{at}]/x", x)
    assert [session.state(f"/data/row[{at}]/likes").value for at in (1, 2, 3)] == ["2", "1", "2"]
    session.answer("/data/row[2]/x", "a")
    assert [session.state(f"/data/row[{at}]/likes").value for at in (1, 2, 3)] == ["3", "3", "3"]
