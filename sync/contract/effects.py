"""What an event means: the rows it makes, by the same rules at the device that sends it and at the centre."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

import xforms
from sync.contract import events as e
from sync.contract import records as r
from sync.contract import scopes
from sync.contract.acting import NUMBER_DUPLICATE, REGION_LEFT, Actor, Book, Effect, Group, moment, step
from sync.contract.case_effects import case_move, case_step, contact_given, opening
from sync.contract.problems import Refused
from sync.contract.visit_effects import review, submission
from sync.domain import findings
from sync.domain.workflow import Workflow

__all__ = [
    "NUMBER_DUPLICATE",
    "REGION_LEFT",
    "Actor",
    "Book",
    "Effect",
    "Group",
    "deciding_regions",
    "effect_of",
    "made_in",
    "understood",
    "words_in",
]


def effect_of(event: e.Event, actor: Actor, book: Book) -> Effect:
    """Work out what an event does to the rows in a book.

    Raises:
        Refused: The event is not understood, not legal in the record's state, or not this person's to make. This is
            final: the same event will not be accepted later.
    """
    payload = understood(event)
    return _EFFECTS[type(payload)](event, payload, actor, book)


def understood(event: e.Event) -> r.Part:
    """The payload of an event that can be read, whatever comes of it.

    Raises:
        Refused: ``event_unknown``, or ``event_malformed`` with what is wrong and where.
    """
    try:
        payload = e.payload_of(event)
    except e.UnknownEvent as error:
        raise Refused("event_unknown", kind=error.kind, action=error.action) from error
    except ValueError as error:  # msgspec.ValidationError; its message names the field
        raise Refused("event_malformed", detail=str(error)) from error
    if moment(event.made_at) is None:
        raise Refused("event_malformed", detail="made_at: not a moment with an offset")
    return payload


def made_in(event: e.Event) -> frozenset[str]:
    """The region that a report says it was made in, to be judged as one that its author's committee may have left."""
    return frozenset({str(event.data.get("region", ""))})


def words_in(event: e.Event, book: Book) -> str:
    """What the user wrote in an event, a report's notes on its items included, to show where the event was refused.

    Returns:
        One text a line, an item's after its code; only what can be read of an event that does not fit.
    """
    words = e.text_of(event)
    try:
        payload = e.payload_of(event)
    except (e.UnknownEvent, ValueError):
        return words
    if not isinstance(payload, e.VisitSubmission):
        return words
    try:
        form = book.form(payload.checklist_id)
        answers = findings.from_session(form.restore(payload.instance), form) if form else ()
    except (xforms.FormError, xforms.RestoreError, findings.UnfitChecklist):
        return words
    notes = (f"{answer.code}: {answer.note}" for answer in answers if answer.note)
    return "\n".join(filter(None, (words, *notes)))


def deciding_regions(event: e.Event | None, author: r.Person, device: r.Device | None, book: Book) -> frozenset[str]:
    """The regions whose supervisors decide about an event that is held back: where its author and its device work.

    A reporter's contact is seen, while it is held back, only where it may be read once it is accepted: in the region
    of its case.

    Args:
        event: The event; None where nothing of it was kept.
        author: Who made it.
        device: The device it was made on, where this end knows it.
        book: The rows.

    Returns:
        None at all for the contact of a case that nobody knows.
    """
    if event is not None and event.kind == "contact":
        return _regions_of_case(event, book)
    return frozenset({*author.regions, *(device.regions if device else ())})


def _regions_of_case(contact: e.Event, book: Book) -> frozenset[str]:
    """The region of the case that a contact belongs to, also while the opening of the case is itself held back."""
    case_id = contact.data.get("case_id")
    case = book.get("case", case_id) if isinstance(case_id, str) else None
    if isinstance(case, r.Case):
        return frozenset({case.region})
    for event_id in contact.depends_on:
        held = book.get("quarantined", event_id)
        opening = _event_in(held) if isinstance(held, r.Quarantined) and held.record_id == case_id else None
        if opening is not None and isinstance(opening.data.get("region"), str):
            return frozenset({opening.data["region"]})
    return frozenset()


def _event_in(held: r.Quarantined) -> e.Event | None:
    return e.decode(held.body.encode()) if held.body else None


def _quarantine(event: e.Event, payload: e.QuarantineDecision, actor: Actor, book: Book) -> Effect:
    """Decide about an event that was held back: accepted, it has the effect it would have had, as its author's."""
    held = book.get("quarantined", event.record)
    if not isinstance(held, r.Quarantined):
        raise Refused("record_unknown", kind="quarantined", record=event.record)
    author, device, inner = book.get("person", held.by), book.get("device", held.device_id), _event_in(held)
    if not isinstance(author, r.Person):
        raise Refused("record_unknown", kind="person", record=held.by)
    regions = deciding_regions(inner, author, device if isinstance(device, r.Device) else None, book)
    seen_by = scopes.of_held_back(regions)
    if not scopes.granted_to(actor.person) & seen_by:
        raise Refused("outside_scope", record=held.id)
    own = actor.person.id == author.id
    decided = msgspec.structs.replace(
        held,
        state=step(Workflow.QUARANTINED, held.state, event, actor, own=own, reason=payload.text),
        decided_by=actor.person.id,
        decided_at=event.made_at,
        note=payload.text,
        body="" if held.event_kind == "contact" else held.body,  # a contact is kept nowhere but in its own row
    )
    effect = _accepted(inner, author, actor, book) if event.action == "accept" else Effect(())
    return Effect((*effect.groups, Group((decided,), seen_by)), flags=effect.flags)


def _accepted(inner: e.Event | None, author: r.Person, actor: Actor, book: Book) -> Effect:
    if inner is None or inner.kind == "quarantined":  # a decision is made anew, by one who may
        raise Refused("illegal_step", action="accept", actual="open")
    # Where it was made is what the supervisor has judged.
    return effect_of(inner, Actor(author, actor.at_centre, made_in(inner)), book)


_EFFECTS: dict[type[r.Part], Callable[..., Effect]] = {
    e.VisitSubmission: submission,
    e.VisitReview: review,
    e.CaseOpening: opening,
    e.CaseStep: case_step,
    e.CaseMove: case_move,
    e.ContactGiven: contact_given,
    e.QuarantineDecision: _quarantine,
}
