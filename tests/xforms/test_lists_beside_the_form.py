"""Secondary instances of every kind, and how large they may be."""

from __future__ import annotations

import pytest

import xforms
from tests.xforms.sheets import xform_of
from tests.xforms.small_forms import bind, document
from xforms import instances
from xforms.data import Element
from xforms.table import Table

CSV = "name,label,area\nh1,Al Safwa,haram\nh2,Aziziyah\n"
LISTS = {
    "jr://file-csv/l.csv": CSV,
    "jr://file/l.xml": "<root><item><name>h1</name><label>Al Safwa</label><area>haram</area></item>"
    "<item><name>h2</name><label>Aziziyah</label><area/></item></root>",
    "jr://file/l.geojson": '{"type": "FeatureCollection", "features": ['
    '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [39.8, 21.4]}, '
    '"properties": {"name": "h1", "label": "Al Safwa", "area": "haram"}}, '
    '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [39.9, 21.5]}, '
    '"properties": {"name": "h2", "label": "Aziziyah"}}]}',
}
LOOKED_UP = [
    ("instance('l')/root/item[name = 'h2']/label", "Aziziyah"),
    ("instance('l')/root/item[label = 'Al Safwa'][1]/name", "h1"),
    ("count(instance('l')/root/item)", "2"),
    ("count(instance('l')/root/item[area = ''])", "1"),
    ("instance('l')/root/item[position() = 2]/name", "h2"),
    ("local-name(instance('l')/root/item[1]/*[name() = 'label'])", "label"),
    ("count(instance('l')/root/item[2]/following-sibling::*)", "0"),
    ("pulldata('l', 'label', 'name', 'h1')", "Al Safwa"),
    ("pulldata('l', 'label', 'name', 'h9')", ""),
    ("pulldata('l', 'nothing', 'name', 'h1')", ""),
    ("contains(instance('l')/root, 'Aziziyah')", "true"),
]


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize(("expression", "value"), LOOKED_UP)
def test_a_list_reads_the_same_whatever_it_is_written_in(address: str, expression: str, value: str) -> None:
    model = f'<instance id="l" src="{address}"/>'
    form = xforms.load(document("<r/>", bind("r", calculate=expression), "", model), LISTS)
    wanted = "0" if "area = ''" in expression and address.endswith("geojson") else value  # there it has no area at all
    assert form.new().state("/data/r").value == wanted


def test_a_row_reads_the_same_before_and_after_its_cells_were_walked() -> None:
    document = Table(["name", "name", "area"], [["a", "b", None]]).document
    row = document.children[0].children[0]

    def read() -> list[object]:
        cells = [row.cells("name"), row.cells("area"), row.cells("nothing")]
        return [row.child("name"), row.child("area"), row.child("nothing"), cells[1:], cells[0][0]]

    before = read()
    children = row.children
    assert [child.text for child in children] == ["a", "b"]
    assert row.named("name") == children
    assert read() == before == ["a", "", "", [[], []], "a"]
    assert row.string == "ab"
    assert isinstance(row.parent, Element)


def test_twenty_thousand_rows_are_a_list_like_any_other() -> None:
    rows = "".join(f"n{at},label {at},area {at % 100}\n" for at in range(20_000))
    expression = "count(instance('l')/root/item[area = /data/a])"
    model = '<instance id="l" src="jr://file-csv/l.csv"/>'
    form = xforms.load(
        document("<a/><r/>", bind("r", calculate=expression), "", model),
        {"jr://file-csv/l.csv": f"name,label,area\n{rows}"},
    )
    session = form.new()
    session.answer("/data/a", "area 7")
    assert session.state("/data/r").value == "200"


@pytest.mark.parametrize(
    ("csv", "code", "named"),
    [
        ("name,label\na,b,c\n", "bad_csv", "line 2"),
        ('name,label\na,"never closed\nb,c\n', "bad_csv", "line 3"),
        ('name,label\na,"' + "x" * 200_000 + '"\n', "bad_csv", "line 2"),
        (",".join(map(str, range(100_000))) + "\n", "too_large", f"{instances.MAX_COLUMNS} columns"),
        ("a\n" + "b\n" * (instances.MAX_ROWS + 1), "too_large", f"{instances.MAX_ROWS} rows"),
        ("a" * (16 * 1024 * 1024 + 1), "too_large", "characters"),
    ],
    ids=["cells", "quote", "cell", "columns", "rows", "bytes"],
)
def test_a_list_that_is_broken_or_too_large_is_refused_with_its_address(csv: str, code: str, named: str) -> None:
    with pytest.raises(xforms.FormError, match=named) as refused:
        instances.from_resource("jr://file-csv/l.csv", csv)
    assert (refused.value.code, refused.value.where) == (code, "jr://file-csv/l.csv")


@pytest.mark.parametrize(
    ("geojson", "code"),
    [
        ("[" * 100_000, "bad_geojson"),
        (
            '{"type": "FeatureCollection", "features": [{"geometry": {"type": "Polygon", "coordinates": 1}}]}',
            "bad_geojson",
        ),
        ('{"type": "FeatureCollection", "features": 7}', "bad_geojson"),
        (
            '{"type": "FeatureCollection", "features": [' + '{"geometry": {"type": "Point", "coordinates": [1, 2]}, '
            '"properties": {' + ", ".join(f'"p{at}": 1' for at in range(1_001)) + "}}]}",
            "too_large",
        ),
    ],
    ids=["deep", "shape", "number", "properties"],
)
def test_a_geojson_that_is_broken_or_too_large_is_refused(geojson: str, code: str) -> None:
    with pytest.raises(xforms.FormError) as refused:
        instances.from_resource("jr://file/l.geojson", geojson)
    assert (refused.value.code, refused.value.where) == (code, "jr://file/l.geojson")


def test_an_attached_document_that_is_no_xml_is_refused_with_its_address() -> None:
    with pytest.raises(xforms.FormError) as refused:
        instances.from_resource("jr://file/l.xml", "<root>")
    assert (refused.value.code, refused.value.where) == ("malformed", "jr://file/l.xml")


LAST = """
| survey |
| | type | name | label | default | calculation | choice_filter |
| | text | who | Who? | ${last-saved#who} | | |
| | integer | visits | Visits | | | |
| | calculate | number | | | coalesce(${last-saved#number}, 0) + 1 | |
"""


def test_a_sheet_begins_with_what_the_one_saved_last_held() -> None:
    form = xforms.load(xform_of(LAST))
    first = form.new()
    assert (first.state("/data/who").value, first.state("/data/number").value) == ("", "1")
    first.answer("/data/who", "Hind")
    second = form.new(last_saved=first.serialise(final=True))
    assert (second.state("/data/who").value, second.state("/data/number").value) == ("Hind", "2")
    third = form.new(last_saved=second.serialise(final=True).encode())
    assert third.state("/data/number").value == "3"


def test_a_restored_sheet_keeps_what_it_took_from_the_one_before() -> None:
    form = xforms.load(xform_of(LAST))
    saved = form.new(last_saved="<data><who>Noor</who><number>7</number></data>")
    restored = form.restore(saved.serialise())
    assert restored.states() == saved.states()
    assert (restored.state("/data/who").value, restored.state("/data/number").value) == ("Noor", "8")


def test_choices_may_come_from_the_sheet_saved_last_and_each_session_has_its_own() -> None:
    itemset = '<itemset nodeset="instance(\'__last-saved\')/data/room"><value ref="n"/><label ref="n"/></itemset>'
    form = xforms.load(
        document(
            "<a/>",
            "",
            f'<select1 ref="/data/a">{itemset}</select1>',
            '<instance id="__last-saved" src="jr://instance/last-saved"/>',
        )
    )
    sheets = ("<data><room><n>1</n></room><room><n>2</n></room></data>", "<data><room><n>3</n></room></data>")
    found = [[choice.value for choice in form.new(last_saved=each).state("/data/a").choices] for each in sheets]
    assert found == [["1", "2"], ["3"]]
    session = form.new(last_saved=sheets[0])
    session.answer("/data/a", "3")
    assert [problem.kind for _, problem in session.problems()] == ["type"]


def test_a_sheet_saved_last_that_is_no_xml_is_refused() -> None:
    with pytest.raises(xforms.RestoreError) as refused:
        xforms.load(document("<a/>")).new(last_saved="<data>")
    assert refused.value.code == "malformed"
