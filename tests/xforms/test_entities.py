"""Attributes that a form has rules for, as those of entities: worked out, stored, read by others."""

from __future__ import annotations

import pytest
from lxml import etree

import xforms
from tests.xforms.sheets import xform_of
from tests.xforms.small_forms import bind, document, noon, start

ROOMS = """
| survey |
| | type | name | label | save_to | relevant |
| | text | tent | Tent | number | |
| | text | known | Known as | | |
| | begin group | more | More | | ${tent} != '' |
| | text | area | Area | | |
| | end group | | | | |
| entities |
| | dataset | label | entity_id | create_if | update_if |
| | tents | concat('Tent ', ${tent}) | ${known} | ${known} = '' | ${known} != '' |
"""
TENTS = {"jr://file-csv/tents.csv": "name,label,__version,__trunkVersion,__branchId\nt7,Tent 7,4,4,b\n"}
LIST = '<instance id="tents" src="jr://file-csv/tents.csv"/>'
ENTITY = "/data/meta/entity"


@pytest.fixture(scope="module")
def form() -> xforms.Form:
    return xforms.load(xform_of(ROOMS).replace("<bind", f"{LIST}<bind", 1), TENTS)


def test_the_attributes_of_an_entity_are_worked_out_like_fields(form: xforms.Form) -> None:
    session = form.new(now=noon)
    assert session.state(f"{ENTITY}/@create").value == "true"
    changed = session.answer("/data/known", "t7")
    assert {f"{ENTITY}/@{name}" for name in ("id", "create", "update", "baseVersion")} < changed
    assert session.state(f"{ENTITY}/@baseVersion").value == "4"
    entity = etree.fromstring(session.serialise(final=True)).find("meta/entity")
    assert entity is not None
    assert {str(name): str(value) for name, value in entity.attrib.items()} == {
        "dataset": "tents",
        "create": "false",
        "update": "true",
        "id": "t7",
        "baseVersion": "4",
        "trunkVersion": "4",
        "branchId": "b",
    }


def test_a_restored_sheet_has_the_same_attributes(form: xforms.Form) -> None:
    session = form.new(now=noon)
    session.answer("/data/tent", "12")
    draft = session.serialise()
    restored = form.restore(draft, now=noon)
    assert restored.states() == session.states()
    assert restored.serialise() == draft
    assert session.evaluate_all() == frozenset()


def test_an_attribute_takes_no_answer(form: xforms.Form) -> None:
    with pytest.raises(xforms.AnswerError) as refused:
        form.new().answer(f"{ENTITY}/@create", "1")
    assert refused.value.code == "calculated"


IN_A_REPEAT = """
| survey |
| | type | name | label | save_to |
| | begin repeat | room | Room | |
| | text | number | Number | number |
| | end repeat | | | |
| entities |
| | dataset | label | repeat |
| | rooms | ${number} | ${room} |
"""


def test_each_instance_of_a_repeat_is_an_entity_of_its_own() -> None:
    form = xforms.load(xform_of(IN_A_REPEAT))
    session = form.new(now=noon)
    session.new_repeat("/data/room")
    ids = [session.state(f"/data/room[{at}]/meta/entity/@id").value for at in (1, 2)]
    assert all(ids)
    assert ids[0] != ids[1]
    session.answer("/data/room[2]/number", "204")
    assert session.state("/data/room[2]/meta/entity/label").value == "204"
    restored = form.restore(session.serialise(), now=noon)
    assert restored.states() == session.states()
    session.remove_repeat("/data/room[1]")
    assert session.state("/data/room[1]/meta/entity/@id").value == ids[1]
    assert len(etree.fromstring(session.serialise(final=True)).findall("room/meta/entity[@id]")) == 1


def test_rules_read_attributes_and_attributes_do_not_get_into_texts() -> None:
    session = start(
        '<a/><box size="" colour="red"><label>L</label></box><r/><all/><named/>',
        bind("box/@size", calculate="/data/a * 2")
        + bind("r", calculate="concat(/data/box/@size, ' ', /data/box/@colour)")
        + bind("all", calculate="count(/data/box/@*) + count(/data/box/*)")
        + bind("named", calculate="/data/box"),
    )
    assert session.answer("/data/a", "3") == {"/data/a", "/data/box/@size", "/data/r"}
    assert session.state("/data/r").value == "6 red"
    assert session.state("/data/all").value == "3"
    assert session.state("/data/named").value == "L"


def test_an_attribute_that_is_not_relevant_is_not_submitted() -> None:
    session = start('<a/><box size="7"/>', bind("box/@size", relevant="/data/a = 'yes'"))
    assert 'size="7"' in session.serialise()
    assert "size" not in session.serialise(final=True)
    session.answer("/data/a", "yes")
    assert 'size="7"' in session.serialise(final=True)


def test_attributes_that_read_each_other_are_refused_as_a_ring() -> None:
    binds = bind("box/@x", calculate="/data/box/@y") + bind("box/@y", calculate="/data/box/@x")
    with pytest.raises(xforms.FormError, match=r"/data/box/@x -> /data/box/@y -> /data/box/@x"):
        xforms.load(document('<box x="" y=""/>', binds))


@pytest.mark.parametrize("repeat", ["", '<repeat nodeset="/data/r"/>'], ids=["flat", "repeat"])
def test_a_rule_may_be_about_an_attribute_of_the_whole_sheet(repeat: str) -> None:
    xml = document("<a/><r/>", bind("@note", calculate="/data/a"), repeat).replace("<data ", '<data note="" ')
    form = xforms.load(xml)
    session = form.new(now=noon)
    session.answer("/data/a", "x")
    assert etree.fromstring(session.serialise(final=True)).get("note") == "x"
    assert form.restore(session.serialise(), now=noon).states() == session.states()


def test_what_a_sheet_is_known_by_takes_no_rule() -> None:
    with pytest.raises(xforms.FormError):
        xforms.load(document("<a/>", bind("@version", calculate="/data/a")))
