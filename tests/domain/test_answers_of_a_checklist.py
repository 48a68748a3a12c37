"""Items read from a running checklist: real forms, answered through the checklist engine."""

from __future__ import annotations

from datetime import datetime

import pytest

import xforms
from sync.domain.findings import MIDAN_NS, Answer, ItemAnswer, UnfitChecklist, derive, from_session, score
from sync.domain.rules import Rules, Severity

FORM = f"""
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:midan="{MIDAN_NS}">
  <h:head>
    <h:title>Lodging</h:title>
    <model>
      <instance>
        <data xmlns="" id="lodging" version="1">
          <lifts/><E><E01/><E01_note/><E01_photo/><E01_photo2/><E13/></E><remark/>
        </data>
      </instance>
      <bind nodeset="/data/lifts" type="string"/>
      <bind nodeset="/data/E/E01" type="string" required="true()"
            midan:code="E01" midan:severity="critical" midan:violation="V03" midan:section="E"/>
      <bind nodeset="/data/E/E01_note" type="string" relevant="/data/E/E01 = 'nonconform' or /data/E/E01 = 'partial'"
            midan:of="E01" midan:role="note"/>
      <bind nodeset="/data/E/E01_photo" type="binary" relevant="/data/E/E01 = 'nonconform'"
            midan:of="E01" midan:role="photo"/>
      <bind nodeset="/data/E/E01_photo2" type="binary" relevant="/data/E/E01 = 'nonconform'"
            midan:of="E01" midan:role="photo"/>
      <bind nodeset="/data/E/E13" type="string" relevant="/data/lifts = 'yes'"
            midan:code="E13" midan:severity="minor"/>
      <bind nodeset="/data/remark" type="string"/>
    </model>
  </h:head>
  <h:body>
    <input ref="/data/lifts"><label>Lifts</label></input>
    <group ref="/data/E">
      <label>Licence</label>
      <input ref="/data/E/E01"><label>Licensed</label></input>
      <input ref="/data/E/E01_note"><label>What was seen</label></input>
      <upload ref="/data/E/E01_photo" mediatype="image/*"><label>Photo</label></upload>
      <upload ref="/data/E/E01_photo2" mediatype="image/*"><label>Photo</label></upload>
      <input ref="/data/E/E13"><label>Lifts are safe</label></input>
    </group>
    <input ref="/data/remark"><label>Anything else</label></input>
  </h:body>
</h:html>
"""


def answered(answers: dict[str, str], form_text: str = FORM) -> tuple[ItemAnswer, ...]:
    form = xforms.load(form_text)
    session = form.new()
    for ref, value in answers.items():
        session.answer(ref, value)
    return from_session(session, form)


def test_an_item_brings_its_severity_violation_words_and_pictures_along() -> None:
    assert answered(
        {
            "/data/E/E01": "nonconform",
            "/data/E/E01_note": " الترخيص منته ",
            "/data/E/E01_photo": "a.jpg",
            "/data/E/E01_photo2": "b.jpg",
            "/data/remark": "no item's words",
        }
    ) == (
        ItemAnswer(
            code="E01",
            severity=Severity.CRITICAL,
            violation="V03",
            answer=Answer.NONCONFORM,
            note="الترخيص منته",
            evidence=("a.jpg", "b.jpg"),
        ),
    )


def test_an_item_that_is_not_relevant_is_left_out_even_when_it_was_answered_before() -> None:
    form = xforms.load(FORM)
    session = form.new()
    seen = []
    for ref, value in [("/data/lifts", "yes"), ("/data/E/E13", "nonconform"), ("/data/lifts", "no")]:
        session.answer(ref, value)
        seen.append([item.code for item in from_session(session, form)])
    assert seen == [["E01", "E13"], ["E01", "E13"], ["E01"]]


def test_words_and_pictures_that_are_no_longer_relevant_are_left_out() -> None:
    changed_mind = {"/data/E/E01": "nonconform", "/data/E/E01_note": "x", "/data/E/E01_photo": "a.jpg"}
    form = xforms.load(FORM)
    session = form.new()
    for ref, value in [*changed_mind.items(), ("/data/E/E01", "conform")]:
        session.answer(ref, value)
    (item,) = from_session(session, form)
    assert (item.answer, item.note, item.evidence) == (Answer.CONFORM, "", ())


def test_an_item_nobody_has_answered_yet_is_there_without_an_answer() -> None:
    (item,) = answered({})
    assert item.answer is Answer.UNANSWERED


def test_a_restored_draft_gives_the_same_items_score_and_findings(rules: Rules) -> None:
    form = xforms.load(FORM)
    session = form.new()
    for ref, value in {"/data/lifts": "yes", "/data/E/E01": "partial", "/data/E/E13": "nonconform"}.items():
        session.answer(ref, value)
    here = from_session(session, form)
    there = from_session(form.restore(session.serialise()), form)
    centre = from_session(form.restore(session.serialise(final=True)), form)
    assert here == there == centre
    assert score(here, rules) == score(centre, rules)
    at = datetime.fromisoformat("2026-02-18T22:30:00+03:00")
    assert [finding.item for finding in derive(centre, at, rules)] == ["E01", "E13"]


def test_attributes_of_another_namespace_make_no_item() -> None:
    form = xforms.load(FORM)
    assert from_session(form.new(), form, "https://elsewhere.example/") == ()


@pytest.mark.parametrize(
    ("wrong", "answers", "code", "field", "value"),
    [
        (("critical", "deadly"), {}, "unknown_severity", "/data/E/E01", "deadly"),
        ((' midan:severity="critical"', ""), {}, "unknown_severity", "/data/E/E01", ""),
        (("", ""), {"/data/E/E01": "yes"}, "unknown_answer", "/data/E/E01", "yes"),
        (('code="E13"', 'code="E01"'), {"/data/lifts": "yes"}, "repeated_item", "/data/E/E13", "E01"),
    ],
)
def test_a_checklist_that_cannot_be_read_as_items_is_refused_by_field(
    wrong: tuple[str, str], answers: dict[str, str], code: str, field: str, value: str
) -> None:
    with pytest.raises(UnfitChecklist) as refusal:
        answered(answers, FORM.replace(*wrong))
    assert (refusal.value.code, refusal.value.params) == (code, {"field": field, "value": value})
