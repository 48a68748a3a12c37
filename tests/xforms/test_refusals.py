"""What a form may not hold, and that each refusal names the thing and its place."""

from __future__ import annotations

import pytest

import xforms
from tests.xforms.small_forms import bind, document, question
from xforms.safexml import MAX_BYTES


def refused(xml: str | bytes) -> xforms.FormError:
    with pytest.raises(xforms.FormError) as error:
        xforms.load(xml)
    return error.value


def calculated(expression: str) -> str:
    return document("<a/><r/>", bind("r", calculate=expression))


@pytest.mark.parametrize(
    ("expression", "code", "named"),
    [
        ("pulldata('hotels', 'name', 'key', 'x')", "unknown_instance", "pulldata()"),
        ("vlookup('hotels', 'x')", "unknown_function", "vlookup()"),
        ("indexed-repeat(/data/a, /data/r, 1)", "unsupported_path", "indexed-repeat()"),
        ("/data/nowhere", "unknown_field", "/data/nowhere"),
        ("../a = yes", "unknown_field", "yes"),
        ("/data/a/sideways::data", "unsupported_axis", "sideways::"),
        ("('a')[1]", "not_a_node_set", "follow a path"),
        ("position()", "unsupported_function", "position()"),
        ("instance('nowhere')/root/item", "unknown_instance", "'nowhere'"),
        ("$a + 1", "xpath_syntax", "$"),
        ("1 +", "xpath_syntax", "1 +"),
        ("concat('a'", "xpath_syntax", "concat('a'"),
        ("if(1, 2)", "wrong_arguments", "if()"),
        ("selected('a')", "wrong_arguments", "selected()"),
        ("true(1)", "wrong_arguments", "true()"),
        ("count('a')", "not_a_node_set", "count()"),
        ("'a' | /data/a", "not_a_node_set", "|"),
        ("regex(/data/a, '[')", "bad_regex", "'['"),
        ("format-date(/data/a, '%q')", "bad_date_format", "%q"),
        ("../x:a", "unknown_prefix", "x:"),
        ("(" * 60 + "1" + ")" * 60, "xpath_too_deep", "48"),
        ("1" + "=1" * 60, "xpath_too_deep", "50"),
        ("'" + "x" * 40_000 + "'", "xpath_too_long", "32768"),
    ],
)
def test_an_expression_that_cannot_run_is_refused_with_the_field_and_the_reason(
    expression: str, code: str, named: str
) -> None:
    error = refused(calculated(expression))
    assert (error.code, error.where) == (code, "/data/r")
    assert error.message.startswith("calculate: ")
    assert named in error.message


def test_a_sum_of_a_thousand_numbers_is_no_deep_expression() -> None:
    session = xforms.load(calculated("/data/a" + " - 1 + 2 * 1" * 1_000)).new()
    session.answer("/data/a", "5")
    assert session.state("/data/r").value == "1005"


def test_a_long_chain_of_conditions_is_no_deep_one() -> None:
    chain = " or ".join(f"/data/a = '{number}'" for number in range(1_000))
    session = xforms.load(calculated(chain)).new()
    session.answer("/data/a", "999")
    assert session.state("/data/r").value == "true"


def test_fields_that_depend_on_each_other_are_refused_with_the_whole_ring() -> None:
    binds = bind("a", calculate="/data/b + 1") + bind("b", calculate="/data/c") + bind("c", relevant="/data/a > 1")
    error = refused(document("<a/><b/><c/>", binds))
    assert error.code == "cycle"
    assert error.message == "fields depend on each other: /data/a -> /data/b -> /data/c -> /data/a"


def test_a_group_whose_relevance_hangs_on_a_question_inside_it_is_refused() -> None:
    error = refused(document("<g><q/></g>", bind("g", relevant="/data/g/q = 'yes'")))
    assert error.code == "cycle"
    assert "/data/g/q" in error.message


@pytest.mark.parametrize("expression", [". + 1", "concat(.., 1)", "/data/g", "/*", "sum(/data/g/*)"])
def test_a_calculation_of_a_field_from_itself_or_from_a_group_it_stands_in_is_refused(expression: str) -> None:
    error = refused(document("<g><b>1</b><a/></g>", bind("g/a", calculate=expression)))
    assert (error.code, error.where) == ("cycle", "/data/g/a")


@pytest.mark.parametrize(
    ("xml", "code", "named"),
    [
        (
            document("<g><a/></g>", "", '<repeat nodeset="/data/g"/><repeat nodeset="/data/g"/>'),
            "bad_repeat",
            "/data/g",
        ),
        (document("<a/><a/>"), "duplicate_field", "/data/a"),
        (document("<a/>", bind("a", type="intent")), "unsupported_type", "'intent'"),
        (document("<a/>", bind("a", readOnly="true()")), "unsupported_attribute", "readOnly"),
        (document("<a/>", bind("b")), "unknown_field", "/data/b"),
        (document("<a/>", bind("a", type="int") + bind("a", type="date")), "duplicate_bind", "/data/a"),
        (
            document("<a/>", '<bind nodeset="/data/a" jr:preload="property" jr:preloadParams="shoesize"/>'),
            "unsupported_preload",
            "property shoesize",
        ),
        (
            document("<a/>", "", "", '<setvalue ref="/data/a" event="xforms-moon-risen"/>'),
            "unsupported_event",
            "xforms-moon-risen",
        ),
        (document("<a/>", "", "", '<action event="x"/>'), "unsupported_element", "<action>"),
        (document("<a/>", "", question("a", "secret")), "unsupported_element", "<secret>"),
        (document("<a/>", "", question("nowhere")), "unknown_field", "/data/nowhere"),
        (document("<a/>", "", question("a") + question("a")), "duplicate_control", "/data/a"),
        (document("<g><a/></g>", "", question("g")), "not_a_question", "group"),
        (document("<a/>", "", question("a", "input", "<label>See <b>this</b></label>")), "unsupported_element", "<b>"),
        (
            document(
                "<a/>",
                "",
                question("a", "select1", '<itemset nodeset="1 + 1"><value ref="v"/><label ref="l"/></itemset>'),
            ),
            "unsupported_itemset",
            "1 + 1",
        ),
        (
            document("<a/>", "", "", '<instance id="x" src="jr://file-csv/x.csv"/>'),
            "missing_resource",
            "jr://file-csv/x.csv",
        ),
        (
            document("<a/>", "", "", '<instance id="x"><root/></instance><instance id="x"><root/></instance>'),
            "bad_instance",
            "id of its own",
        ),
        (
            document(
                "<a/>",
                "",
                "",
                '<itext><translation lang="ar"><text id="t"><value form="smell">x</value></text></translation></itext>',
            ),
            "unsupported_media",
            "'smell'",
        ),
    ],
)
def test_what_the_engine_does_not_run_is_refused_by_name(xml: str, code: str, named: str) -> None:
    error = refused(xml)
    assert error.code == code
    assert named in str(error)


@pytest.mark.parametrize(
    "xml", ["<data/>", "<h:html xmlns:h='http://www.w3.org/1999/xhtml'><h:head/><h:body/></h:html>"]
)
def test_another_document_is_refused_as_no_form(xml: str) -> None:
    assert refused(xml).code == "not_a_form"


def test_a_form_without_an_id_is_refused() -> None:
    assert refused(document("<a/>").replace(' id="visit"', "")).code == "not_a_form"


BOMB = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>'
    "<a>&c;</a>"
)
THIEF = '<!DOCTYPE a [<!ENTITY file SYSTEM "file:///etc/passwd">]><a>&file;</a>'


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (BOMB, "doctype"),
        (THIEF, "doctype"),
        (THIEF.encode(), "doctype"),
        (THIEF.replace("DOCTYPE", "doctype"), "doctype"),
        (THIEF.encode("utf-16"), "encoding"),
        (b"\xff\xfe\x00", "encoding"),
        ('<?xml version="1.0" encoding="utf-7"?>' + THIEF.replace("<", "+ADw-"), "malformed"),
        ("<a>" * 100 + "</a>" * 100, "too_deep"),
        ("<a>" * 5_000 + "</a>" * 5_000, "too_deep"),
        ("<a>&undefined;</a>", "malformed"),
        ("<a>", "malformed"),
        ("", "malformed"),
        ("x" * (MAX_BYTES + 1), "too_large"),
        ("م" * (MAX_BYTES // 2 + 1), "too_large"),
    ],
    ids=range(14),
)
def test_hostile_xml_is_refused_before_it_can_do_harm(xml: str | bytes, code: str) -> None:
    assert refused(xml).code == code


def test_an_xml_declaration_and_a_byte_order_mark_do_no_harm() -> None:
    xml = '<?xml version="1.0" encoding="UTF-8"?>\n' + document("<a/>")
    assert xforms.load(xml).id == "visit"
    assert xforms.load(xml.encode("utf-8-sig")).id == "visit"


def test_a_broken_list_beside_the_form_is_refused_with_its_line() -> None:
    xml = document("<a/>", "", "", '<instance id="x" src="jr://file-csv/x.csv"/>')
    with pytest.raises(xforms.FormError, match="line 3") as error:
        xforms.load(xml, {"jr://file-csv/x.csv": "name,label\na,A\nb,B,C\n"})
    assert (error.value.code, error.value.where) == ("bad_csv", "jr://file-csv/x.csv")


def test_a_list_of_another_kind_is_refused_by_its_address() -> None:
    xml = document("<a/>", "", "", '<instance id="x" src="jr://file/x.kml"/>')
    with pytest.raises(xforms.FormError, match=r"x\.kml"):
        xforms.load(xml, {"jr://file/x.kml": "{}"})
