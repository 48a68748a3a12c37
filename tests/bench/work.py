"""A device's work by the hundred: small events and whole visits, committed as the services do, many a transaction."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final

from inspector_app.services.desk import Desk
from inspector_app.services.ground import system_clock
from inspector_app.storage import device, outbox, rows
from inspector_app.storage.outbox import NewEvent
from sync.contract import events as e
from sync.contract import ids
from sync.contract import records as r
from sync.domain import findings
from tests.chaos.material import sentence
from xforms import load

EVERY: Final = 4
"""Of small events one in so many opens a case; the others are comments to it."""


def small(desk: Desk, count: int, rng: random.Random) -> list[str]:
    """So many small events, waiting: cases opened and commented; returns the ids of the events."""
    made: list[str] = []
    with desk.cache.write() as conn:
        case_id = opened_by = ""
        for at in range(count):
            if at % EVERY == 0:
                case_id = ids.uuid7()
                new = NewEvent(kind="case", record=case_id, action="open", data=_opening(device.next_report(conn), rng))
            else:
                data = e.CaseStep(text=sentence(rng))
                new = NewEvent(kind="case", record=case_id, action="comment", data=data, depends_on=(opened_by,))
            event = outbox.commit(conn, new, desk.person, _now())
            opened_by = event.id if new.action == "open" else opened_by
            made.append(event.id)
    return made


def _opening(number: str, rng: random.Random) -> e.CaseOpening:
    return e.CaseOpening(
        number=number,
        kind="complaint",
        category="CC01",
        priority=rng.choice(("P1", "P2", "P3", "P4")),  # type: ignore[arg-type]  # the names of the enumeration
        region="makkah",
        text=sentence(rng),
        place_id=f"RP-{rng.randint(1, 9000):06d}",
    )


def visits(desk: Desk, count: int, rng: random.Random) -> tuple[list[str], int]:
    """So many submitted visits, waiting, no two answered alike; the ids of the events, and the answers in each."""
    made: list[str] = []
    with desk.cache.read() as conn:
        checklist = rows.where(conn, "checklist", "1 = 1")[0]
    assert isinstance(checklist, r.Checklist)
    instances, answers = _instances(checklist, rng)
    with desk.cache.write() as conn:
        for _ in range(count):
            data = e.VisitSubmission(
                number=device.next_report(conn),
                revision=1,
                inspection_type=checklist.inspection_type,
                checklist_id=checklist.id,
                region="makkah",
                started_at=_now(),
                instance=rng.choice(instances),
                signature=r.Signature(status="refused", name="المناوب", reason="رفض", witness="ياسر الحربي"),
                place_id=f"RP-{rng.randint(1, 9000):06d}",
                company_id=f"RC-{rng.randint(1, 9000):06d}",
                note=sentence(rng),
            )
            new = NewEvent(kind="visit", record=ids.uuid7(), action="submit", data=data)
            made.append(outbox.commit(conn, new, desk.person, _now()).id)
    return made, answers


def _instances(checklist: r.Checklist, rng: random.Random) -> tuple[Sequence[str], int]:
    """A dozen finished checklists with some items at fault."""
    form, made, answers = load(checklist.xform), [], 0
    for _ in range(12):
        session = form.new()
        for _ in range(3):  # some items become relevant by the answers to others
            for ref, state in session.states().items():
                if (
                    state.relevant
                    and not state.readonly
                    and not state.value
                    and (state.problem or state.choices or ref.endswith("_note"))
                ):
                    session.answer(ref, _answer([choice.value for choice in state.choices], rng))
        given = sum(bool(state.value) for state in session.states().values())
        answers = min(answers or given, given)
        assert findings.from_session(session, form)
        made.append(session.serialise(final=True))
    return made, answers


def _answer(values: list[str], rng: random.Random) -> str:
    if "conform" in values:
        return "nonconform" if rng.random() < 0.06 else "conform"
    return values[0] if values else "12"


def _now() -> r.Moment:
    return system_clock().isoformat(timespec="milliseconds")
