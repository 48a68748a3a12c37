"""What the screen had promised when the application was cut off, held against what is there afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from tests.chaos.held import Held, HeldDraft

LIMIT_S: Final = 1.0
"""So much of what was typed last may be missing."""

Line = dict[str, Any]
"""One line of the typist: ``at``, ``step`` and what it is about."""


@dataclass(frozen=True)
class Written:
    """One field of one draft while it was typed in: when each text began to stand there, oldest first."""

    draft: str | None
    case: int | None
    where: str
    states: tuple[tuple[float, str], ...]

    @property
    def last(self) -> str:
        """What stood there in the end."""
        return self.states[-1][1]

    def loss(self, found: str, killed_at: float) -> float | None:
        """How much typing is missing, in seconds before the death; None where such a text never stood there."""
        for at in range(len(self.states) - 1, -1, -1):
            if self.states[at][1] == found:
                lost = self.states[at + 1 :]
                return killed_at - lost[0][0] if lost else 0.0
        return None


class Promises:
    """Everything that was said on the screen between two states of a profile."""

    def __init__(self, before: Held, lines: list[Line], killed_at: float) -> None:
        self._before, self._lines, self._killed_at = before, lines, killed_at
        self._written = tuple(_fields(lines))
        self.worst_loss_s = 0.0

    def broken(self, after: Held) -> list[str]:
        """Every promise that was not kept."""
        return [
            *(f"trouble on the screen: {line['error']}" for line in self._said("trouble")),
            *self._shown_again(),
            *self._texts(after),
            *self._steps(after),
            *self._untouched(after),
            *self._unasked(after),
        ]

    def _said(self, *steps: str) -> list[Line]:
        return [line for line in self._lines if line["step"] in steps]

    # --------------------------------------------------------------------------------------------------------- texts

    def _shown_again(self) -> Iterator[str]:
        """What was found on the screen when a field was first looked at is what the profile held."""
        seen = set()
        for line in self._said("found", "typed"):
            draft = self._before.drafts.get(line["draft"] or "")
            key = (line["draft"], line["where"])
            if draft is not None and key not in seen and line["text"] != draft.texts.get(line["where"], ""):
                yield f"the screen showed {line['text']!r} for {draft.texts.get(line['where'])!r}"
            seen.add(key)

    def _texts(self, after: Held) -> Iterator[str]:
        for written in self._written:
            found = self._found(written, after)
            loss = written.loss(found, self._killed_at)
            if loss is None:
                yield f"{found!r} is there, which never stood in {written.where}; {written.last!r} did"
                continue
            self.worst_loss_s = max(self.worst_loss_s, loss)
            if loss > LIMIT_S:
                yield f"{loss * 1000:.0f} ms of typing are missing in {written.where}: {found!r} of {written.last!r}"

    def _found(self, written: Written, after: Held) -> str:
        """What is there now of a field: in its draft, or in the report that was made of it."""
        if written.draft in after.drafts:
            return after.drafts[written.draft].texts.get(written.where, "")
        if written.case is None:
            before = self._before.drafts.get(written.draft or "")
            report = None if before is None else after.reports.get(before.record)
            return "" if report is None else report.texts.get(written.where, "")
        # A case that was opened, or one whose draft was made after the last letter that we heard of.
        new = [one for key, one in after.reports.items() if key not in self._before.reports and one.kind == "case"]
        new_drafts = [one for key, one in after.drafts.items() if key not in self._before.drafts and one.kind == "case"]
        texts = [one.texts[written.where] for one in (*new, *new_drafts)]
        fitting = [text for text in texts if text and written.loss(text, self._killed_at) is not None]
        return fitting[0] if len(fitting) == 1 else "" if not fitting else f"{len(fitting)} times {fitting[0]}"

    # --------------------------------------------------------------------------------------------------------- steps

    def _steps(self, after: Held) -> Iterator[str]:
        numbers = {report.number for report in after.reports.values()}
        for line in self._said("submitted", "opened_case"):
            if line["number"] not in numbers:
                yield f"{line['number']} was shown and is not there"
            if line.get("draft") in after.drafts:
                yield f"the draft of {line['number']} is still there"
        for line in self._said("begun"):
            if line["draft"] not in after.drafts:
                yield f"draft {line['draft']} was begun and is not there"
        for line in self._said("photographed"):
            if self._pictures(line["draft"], line["item"], after) < line["pictures"]:
                yield f"a picture of {line['item']} was shown and is not there"
        for line in self._said("signed"):
            draft = after.drafts.get(line["draft"])
            if draft is not None and not draft.signed:
                yield f"draft {line['draft']} was signed and is not"

    def _pictures(self, draft_id: str, item: str, after: Held) -> int:
        if draft_id in after.drafts:
            return after.drafts[draft_id].pictures.get(item, 0)
        before = self._before.drafts.get(draft_id)
        report = None if before is None else after.reports.get(before.record)
        return 0 if report is None else report.pictures.get(item, 0)

    # ---------------------------------------------------------------------------------------------------- everything

    def _untouched(self, after: Held) -> Iterator[str]:
        """What nobody touched is as it was; what was once made stays made, and what was confirmed confirmed."""
        pressed = {line["draft"] for line in self._said("submitting")}
        typed = {(written.draft, written.where) for written in self._written}
        for draft_id, draft in self._before.drafts.items():
            now = after.drafts.get(draft_id)
            if now is None and not (draft_id in pressed and draft.record in after.reports):
                yield f"draft {draft_id} is gone"
            elif now is not None:
                yield from _changed(draft_id, draft, now, typed)
        for record, report in self._before.reports.items():
            if after.reports.get(record) != report:
                yield f"report {report.number} is gone or another"
        for event_id, event in self._before.events.items():
            now_event = after.events.get(event_id)
            if now_event is None or (event.state == "confirmed" != now_event.state):
                yield f"event {event.n} is {'gone' if now_event is None else now_event.state}"

    def _unasked(self, after: Held) -> Iterator[str]:
        """Nothing is there that nobody asked for."""
        new = [report for record, report in after.reports.items() if record not in self._before.reports]
        for kind, step in (("visit", "submitting"), ("case", "opening_case")):
            made, asked = sum(one.kind == kind for one in new), len(self._said(step))
            if made > asked:
                yield f"{made} reports of kind {kind} were made of {asked} requests"


def _fields(lines: list[Line]) -> Iterator[Written]:
    fields: dict[tuple[object, str], list[Line]] = {}
    for line in lines:
        if line["step"] in ("found", "typed"):
            fields.setdefault((line.get("case") or line["draft"], line["where"]), []).append(line)
    for (_, where), told in fields.items():
        states = tuple((float(line["at"]), str(line["text"])) for line in told)
        yield Written(told[-1]["draft"], told[0].get("case"), where, states)


def _changed(draft_id: str, before: HeldDraft, now: HeldDraft, typed: set[tuple[str | None, str]]) -> Iterator[str]:
    for where, text in before.texts.items():
        if (draft_id, where) not in typed and now.texts.get(where) != text:
            yield f"{where} of draft {draft_id} was {text!r} and is {now.texts.get(where)!r}"
    for item, count in before.pictures.items():
        if now.pictures.get(item, 0) < count:
            yield f"a picture of {item} of draft {draft_id} is gone"
    if before.signed and not now.signed:
        yield f"the signature of draft {draft_id} is gone"
