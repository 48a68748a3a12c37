"""Reports as a device would send them, over the sample season's checklist."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import xforms
from sync.contract import events as e
from sync.contract import records as r
from sync.domain import findings, numbers

MAKKAH_HOTEL = "HTL-MK-0129"
MADINAH_HOTEL = "HTL-MD-0001"


def report_number(device_number: int, running: int, committee: int = 11) -> str:
    """A report number with its check digit."""
    return numbers.format(numbers.Number(committee, device_number, running))


def lodging_checklist(records: Iterable[r.Record]) -> r.Checklist:
    """The accommodation checklist among the season's records."""
    [found] = [one for one in records if isinstance(one, r.Checklist) and one.form_id == "accommodation"]
    return found


def instance(checklist: r.Checklist, **answers: str) -> str:
    """A finished checklist: every item conforms but those given by their code."""
    form = xforms.load(checklist.xform)
    session = form.new()
    refs = {state_ref.rsplit("/", 1)[-1]: state_ref for state_ref in session.states()}
    for _ in range(2):  # some items become relevant by the answers to others
        for item in findings.from_session(session, form):
            session.answer(refs[item.code], answers.get(item.code, "conform"))
    return session.serialise(final=True)


def submission(checklist: r.Checklist, number: str, **more: Any) -> e.VisitSubmission:
    """The payload of ``visit.submit``: revision 1 of a Makkah hotel, unless said otherwise."""
    answers = more.pop("answers", {})
    given: dict[str, Any] = {
        "number": number,
        "revision": 1,
        "inspection_type": checklist.inspection_type,
        "checklist_id": checklist.id,
        "region": "makkah",
        "place_id": MAKKAH_HOTEL,
        "started_at": "2026-11-22T12:00:00+03:00",
        "instance": instance(checklist, **answers),
        "signature": r.Signature(status="refused", name="المناوب", reason="رفض التوقيع", witness="ياسر الحربي"),
        **more,
    }
    return e.VisitSubmission(**given)


def case(number: str, **more: Any) -> e.CaseOpening:
    """The payload of ``case.open``: a complaint about water in a Makkah hotel, unless said otherwise."""
    given: dict[str, Any] = {
        "number": number,
        "kind": "complaint",
        "category": "CC01",
        "subcategory": "CC01-06",
        "priority": "P2",
        "region": "makkah",
        "text": "انقطاع الماء منذ الفجر",
        "place_id": MAKKAH_HOTEL,
        **more,
    }
    return e.CaseOpening(**given)
