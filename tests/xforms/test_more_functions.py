"""Functions of the specification beyond XPath's own: places, digests, lists, checklists."""

from __future__ import annotations

import pytest

import xforms
from tests.xforms.small_forms import bind, document, start, value_of


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("distance('0 1 0 0', '0 91 0 0')", "10018696.05"),
        ("distance('0 1 0 0;0 91 0 0')", "10018696.05"),
        ("area('0 0 0 0;0 1 0 0;1 1 0 0;1 0 0 0;0 0 0 0')", "12391256135.81"),
        ("area('0 0 0 0')", "0"),
        ("geofence('0.5 0.5 0 0', '0 0 0 0;0 1 0 0;1 1 0 0;1 0 0 0;0 0 0 0')", "true"),
        ("geofence('2 2 0 0', '0 0 0 0;0 1 0 0;1 1 0 0;1 0 0 0;0 0 0 0')", "false"),
        ("digest('abc', 'MD5', 'hex')", "900150983cd24fb0d6963f7d28e17f72"),
        ("digest('abc', 'SHA-256')", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
        ("base64-decode('2YXZg9ip')", "مكة"),
        ("checklist(1, 2, true(), false(), true())", "true"),
        ("checklist(-1, 1, true(), true())", "false"),
        ("weighted-checklist(3, -1, true(), 2, true(), 1, false(), 9)", "true"),
        ("distance('0 0;0 1', '0 2')", ""),
        ("date('2026-1-2')", "2026-01-02"),
        ("decimal-date-time(20000.5)", "20000.5"),
        ("round(-1.55, 1)", "-1.5"),
        ("substr('abcdef', -2.5)", "ef"),
        ("substr('abcdef', '')", "abcdef"),
        ("pow(1, number('none'))", ""),
        ("selected('', '')", "true"),
        ("selected('a', '')", "false"),
        ("name(/data/@id)", "id"),
        ("count(/data/namespace::*)", "0"),
        ("round(sin(pi() div 2) + cos(0) + atan2(0, 1), 3)", "2"),
        ("exp10(2) + log10(1000) + exp(0) + log(1)", "104"),
        ("if(random() < 1, 'yes', 'no')", "yes"),
        ("local-name(..)", "data"),
        ("count(/data/result/ancestor::*)", "1"),
        ("/data/@id", "visit"),
    ],
)
def test_a_function_gives_what_the_reference_engines_give(expression: str, expected: str) -> None:
    assert value_of(expression) == expected


def test_each_node_of_a_set_is_an_answer_to_a_checklist() -> None:
    answers = {"a": "no", "b": "", "c": "0", "d": "1", "e": "2", "f": "4"}
    assert value_of("checklist(2, 2, /data/a | /data/b | /data/c)", **answers) == "true"
    weighted = "weighted-checklist(5, 5, /data/a | /data/b | /data/c, /data/d | /data/e | /data/f)"
    assert value_of(weighted, **answers) == "true"


def test_a_path_as_a_condition_asks_whether_there_is_such_a_node_answered_or_not() -> None:
    assert value_of("count(/data/people[../name])", name="", people="") == "1"


def test_a_distance_between_several_takes_one_place_each() -> None:
    binds = bind("line", type="geotrace") + bind("far", calculate="distance(/data/line, /data/end)")
    with pytest.raises(xforms.FormError, match="/data/line holds many"):
        start("<line/><end/><far/>", binds)


def test_a_cell_is_pulled_from_an_attached_list() -> None:
    xml = document(
        "<key/><name/>",
        bind("name", calculate="pulldata('hotels', 'name', 'code', /data/key)"),
        model='<instance id="hotels" src="jr://file-csv/hotels.csv"/>',
    )
    session = xforms.load(xml, {"jr://file-csv/hotels.csv": "code,name\nh1,Dar\nh2,Safwa\n"}).new()
    session.answer("/data/key", "h2")
    assert session.state("/data/name").value == "Safwa"
    session.answer("/data/key", "h9")
    assert session.state("/data/name").value == ""


def test_places_of_a_map_are_choices_with_their_coordinates() -> None:
    xml = document(
        "<camp/><where/>",
        bind("where", calculate="instance('camps')/root/item[id = /data/camp]/geometry"),
        '<select1 ref="/data/camp"><itemset nodeset="instance(\'camps\')/root/item"><value ref="id"/>'
        '<label ref="name"/></itemset></select1>',
        '<instance id="camps" src="jr://file/camps.geojson"/>',
    )
    camps = (
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "id": "m1", "properties": {"name": "منى ١"},'
        ' "geometry": {"type": "Point", "coordinates": [39.89, 21.41]}}]}'
    )
    session = xforms.load(xml, {"jr://file/camps.geojson": camps}).new()
    assert session.state("/data/camp").choices == (xforms.Choice("m1", "منى ١"),)
    session.answer("/data/camp", "m1")
    assert session.state("/data/where").value == "21.41 39.89 0 0"


def test_a_seed_settles_the_order_of_choices() -> None:
    choices = "".join(f"<item><name>{name}</name><label>{name}</label></item>" for name in "abcdef")
    body = (
        '<select1 ref="/data/a"><itemset nodeset="randomize(instance(\'c\')/root/item, 42)"><value ref="name"/>'
        '<label ref="label"/></itemset></select1>'
    )
    model = f'<instance id="c"><root>{choices}</root></instance>'
    orders = [[choice.value for choice in start("<a/>", "", body, model).state("/data/a").choices] for _ in range(2)]
    assert orders[0] == orders[1] != list("abcdef")
    assert sorted(orders[0]) == list("abcdef")


def test_what_is_not_answered_is_no_part_of_a_sum_nor_of_the_least_and_the_most() -> None:
    answers = {"a": "3", "b": "", "c": " "}
    assert value_of("sum(/data/a | /data/b | /data/c)", **answers) == "3"
    assert value_of("max(/data/a, /data/b)", **answers) == "3"
    assert value_of("min(/data/b, /data/c)", **answers) == ""
