"""Expressions: grammar, conversions, operators and functions."""

from __future__ import annotations

import math
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import xforms
from tests.xforms.small_forms import bind, document, question, start, value_of
from xforms.xpath.compile import FUNCTIONS
from xforms.xpath.values import date_of, number_of, number_text

CITIES = (
    '<instance id="cities"><root>'
    "<item><name>mk</name><label>Makkah</label><beds>120</beds></item>"
    "<item><name>md</name><label>Madinah</label><beds>80</beds></item>"
    "<item><name>jd</name><label>Jeddah</label><beds>40</beds></item>"
    "</root></instance>"
)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        # precedence and spelling
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("2 - -3", "5"),
        ("--4", "4"),
        ("- 3 + 5", "2"),
        ("7 mod 3 + 7 div 2", "4.5"),
        ("-7 mod 3", "-1"),
        ("1 = 1 and 2 > 1 or false()", "true"),
        ("1 < 2 = true()", "true"),
        ("'it' != \"is\"", "true"),
        (".5 + 1.", "1.5"),
        # numbers
        ("1 div 0", "Infinity"),
        ("-1 div 0", "-Infinity"),
        ("0 div 0", ""),
        ("0.1 + 0.2", "0.30000000000000004"),
        ("10 * 100000", "1000000"),
        ("1 div 10000000", "0.0000001"),
        # comparisons across kinds
        ("'2' > 10", "false"),
        ("'02' = 2", "true"),
        ("'02' = '2'", "false"),
        ("true() = 'x'", "true"),
        ("true() > 0", "true"),
        ("'' < 1", "false"),
        ("'' = ''", "true"),
        # booleans and choices
        ("not('')", "true"),
        ("boolean('false')", "true"),
        ("boolean-from-string('false')", "false"),
        ("if('', 'full', 'empty')", "empty"),
        ("if(2 > 1, 1 + 1, 'x')", "2"),
        ("coalesce('', 0 div 0, 'third')", "third"),
        ("selected('red green', 'green')", "true"),
        ("selected('red green', 'gree')", "false"),
        ("selected-at('red green', 1)", "green"),
        ("selected-at('red green', 2)", ""),
        ("count-selected(' red  green ')", "2"),
        # text
        ("concat('a', 1, true())", "a1true"),
        ("join('-', 'a', 'b', 3)", "a-b-3"),
        ("contains('مكة المكرمة', 'مكة')", "true"),
        ("starts-with('abc', 'ab')", "true"),
        ("ends-with('abc', 'bc')", "true"),
        ("string-length('مكة')", "3"),
        ("normalize-space('  a \n b ')", "a b"),
        ("substr('hello', 1, 3)", "el"),
        ("substr('hello', -3)", "llo"),
        ("substring('12345', 2, 3)", "234"),
        ("substring('12345', 1.5, 2.6)", "234"),
        ("substring-before('1999/04', '/')", "1999"),
        ("substring-after('1999/04', '/')", "04"),
        ("translate('bar', 'abc', 'AB')", "BAr"),
        ("regex('12345', '[0-9]{5}')", "true"),
        ("regex('123456', '[0-9]{5}')", "false"),
        # numbers again
        ("int(2.9)", "2"),
        ("int('-2.9')", "-2"),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-2"),
        ("round(3.14159, 2)", "3.14"),
        ("round(1250, -2)", "1300"),
        ("floor(2.7) + ceiling(2.1)", "5"),
        ("abs(-3)", "3"),
        ("pow(2, 10)", "1024"),
        ("sqrt(16)", "4"),
        ("number('12abc')", ""),
        ("min(3, '1', 2)", "1"),
        ("max(3, '11', 2)", "11"),
        ("sum('4')", "4"),
        # dates
        ("today()", "2026-11-22"),
        ("now()", "2026-11-22T12:00:00.000+03:00"),
        ("date('2026-11-22') - date('2026-11-20')", "2"),
        ("date(0)", "1970-01-01"),
        ("date(today() + 7)", "2026-11-29"),
        ("date('2026-13-01')", ""),
        ("today() < date('2026-11-23')", "true"),
        ("decimal-date-time('1970-01-02T00:00:00Z')", "1"),
        ("decimal-time('06:00')", "0.25"),
        ("format-date('2026-03-09', '%d/%m/%Y %e %n %b %a %%')", "09/03/2026 9 3 Mar Mon %"),
        ("format-date-time('2026-03-09T07:05:03.250+03:00', '%H:%M:%S.%3 %h')", "07:05:03.250 7"),
        ("format-date('', '%Y')", ""),
    ],
)
def test_an_expression_gives(expression: str, value: str) -> None:
    assert value_of(expression) == value


def test_operator_words_and_the_star_are_names_where_a_name_is_expected() -> None:
    binds = bind("r", calculate="/data/div div /data/mod") + bind("s/t", calculate="count(/data/g/* | /data/mod) * 2")
    session = start("<div>6</div><mod>3</mod><g><and/><or/></g><r/><s><t/></s>", binds)
    assert (session.state("/data/r").value, session.state("/data/s/t").value) == ("2", "6")


def test_paths_go_up_down_and_sideways() -> None:
    fields = "<a>1</a><g><b>2</b><h><c>3</c></h></g><r><x/></r>"
    for expression in ("../../g/h/c", "/data/g/h/c", "//c", "current()/../../g/h/c", "../parent::data/child::g/h/c"):
        session = start(fields, bind("r/x", calculate=expression))
        assert session.state("/data/r/x").value == "3", expression


def test_sums_and_counts_leave_out_what_is_not_relevant() -> None:
    binds = (
        bind("rooms/second", relevant="/data/open = 'yes'")
        + bind("total", calculate="sum(/data/rooms/*)")
        + bind("number", calculate="count(/data/rooms/*)")
        + bind("filled", calculate="count-non-empty(/data/rooms/*)")
    )
    fields = "<open>yes</open><rooms><first>3</first><second>4</second></rooms><total/><number/><filled/>"
    session = start(fields, binds)
    assert [session.state(f"/data/{name}").value for name in ("total", "number", "filled")] == ["7", "2", "2"]
    session.answer("/data/open", "no")
    assert [session.state(f"/data/{name}").value for name in ("total", "number", "filled")] == ["3", "1", "1"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("instance('cities')/root/item[name = /data/key]/label", "Madinah"),
        ("instance('cities')/root/item[/data/key = name]/label", "Madinah"),
        ("instance('cities')/root/item[name = current()/../key]/beds + 1", "81"),
        ("instance('cities')/root/item[beds > 50][2]/name", "md"),
        ("instance('cities')/root/item[position() = last()]/label", "Jeddah"),
        ("instance('cities')/root/item[beds > 50 and name != /data/key]/label", "Makkah"),
        ("count(instance('cities')/root/item[beds < 100])", "2"),
        ("sum(instance('cities')/root/item/beds)", "240"),
        ("instance('cities')/root/item[name = 'nowhere']/label", ""),
        ("instance('cities')//item[starts-with(label, 'J')]/../item[1]/name", "mk"),
        ("instance('cities')/root/item/name = 'jd'", "true"),
        ("instance('cities')/root/item/beds > 200", "false"),
    ],
)
def test_a_list_of_the_form_is_looked_up(expression: str, value: str) -> None:
    session = start("<key>md</key><result/>", bind("result", calculate=expression), "", CITIES)
    assert session.state("/data/result").value == value


def test_a_filter_by_equality_over_20000_choices_takes_no_search() -> None:
    items = "".join(f"<item><name>n{i}</name><label>L{i}</label><area>a{i // 20}</area></item>" for i in range(20_000))
    nodeset = "instance('big')/root/item[area = /data/area]"
    choices = f'<itemset nodeset="{nodeset}"><value ref="name"/><label ref="label"/></itemset>'
    model = f'<instance id="big"><root>{items}</root></instance>'
    session = start("<area/><place/>", "", question("area") + question("place", "select1", choices), model)
    session.answer("/data/area", "a1")  # builds the index
    begun = time.perf_counter()
    for number in range(100):
        session.answer("/data/area", f"a{number}")
    # A search costs some 30 ms each; a hundredth of that leaves room for any machine.
    assert (time.perf_counter() - begun) / 100 < 0.010
    assert [choice.value for choice in session.state("/data/place").choices] == [f"n{i}" for i in range(1980, 2000)]


def test_a_pattern_made_of_an_answer_that_is_no_pattern_fits_nothing() -> None:
    assert value_of("regex('abc', /data/pattern)", pattern="(") == "false"


def test_a_uuid_is_made_once_and_anew_in_each_session() -> None:
    form = xforms.load(document("<id/>", bind("id", calculate="uuid()")))
    first, second = form.new(), form.new()
    identity = first.state("/data/id").value
    assert len(identity) == 36
    assert identity != second.state("/data/id").value
    first.evaluate_all()
    assert first.state("/data/id").value == identity


def test_a_number_in_a_date_field_becomes_a_date() -> None:
    session = start("<due/>", bind("due", type="date", calculate="today() + 3"))
    assert session.state("/data/due").value == "2026-11-25"
    assert session.problems() == ()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_and_read_again_is_the_same_number(number: float) -> None:
    assert number_of(number_text(number)) == number


@given(st.dates())
def test_a_date_turned_to_days_and_back_is_the_same_date(day: object) -> None:
    assert date_of(number_of(str(day))) == str(day)


@given(st.text(max_size=40))
def test_any_text_converts_to_a_number_or_to_nan(text: str) -> None:
    number = number_of(text)
    assert math.isnan(number) or isinstance(number, float)


@given(st.text(alphabet="()[]/.@*+-=<>!|,:'\"$ab1 divmodnrtuefalsc&؟\n", max_size=60))
def test_any_text_is_an_expression_or_is_refused_as_one(text: str) -> None:
    xml = document("<a>1</a><r/>", bind("r", calculate=text.replace("\n", " ")))
    try:
        session = xforms.load(xml).new()
    except xforms.FormError:
        return  # anything but a FormError would fail the test
    assert session.evaluate_all() == frozenset()


def test_the_readme_names_every_function() -> None:
    words = set(
        (Path(xforms.__file__).parent / "README.md").read_text("utf-8").replace("`", " ").replace(",", " ").split()
    )
    assert words >= FUNCTIONS
