"""A visit while it is written: answers, what follows from them, saving as one types, evidence, submission."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

import xforms
from inspector_app.services import images
from inspector_app.services.desk import Desk
from inspector_app.services.evidence import Prepared, is_asked, item_of
from inspector_app.services.filling_log import FillingLog
from inspector_app.services.views.drafts import EarlierAnswer, OpenDraft, Outcome, Submitted, media_name
from inspector_app.viewmodels.checklist import Entry, Page, Progress, pages, progress
from inspector_app.viewmodels.filling import Filler
from inspector_app.viewmodels.positions import geopoint
from inspector_app.viewmodels.tasks import Tasks
from sync.contract import records as r

AFTER_TYPING_MS = 400
"""A draft is written this long after the last change at the latest."""
WHILE_TYPING_MS = 600
"""And at least this often while changes keep coming.

A death may cost one second of typing at most. The rest of the second is for a page of the feed that is being written
before it, a slow disk, and Qt's timers, which come up to 5 % late.
"""

_MAX_PIXELS = "{http://openrosa.org/xforms}max-pixels"
"""How a form says the most pixels of a picture either way."""


class VisitEditor(Filler):
    """One open draft. Everything but the session itself happens off the GUI thread.

    Signals:
        saved(str): The draft is on the disk as it was at this moment.
        evidence_changed(str): Pictures of this item were added or taken away.
        signature_changed(): The representative's answer was recorded.
        outcome_worked_out(Outcome): Score, findings and what is still required, asked for with ``work_out``.
        submit_failed(): It was not submitted; what was wrong is said elsewhere.
        submitted(Submitted): The visit is submitted and has its number.
        gone(): The draft was discarded or handed over, and this person has it no more.
    """

    saved = Signal(str)
    evidence_changed = Signal(str)
    signature_changed = Signal()
    outcome_worked_out = Signal(object)
    submit_failed = Signal()
    submitted = Signal(object)
    gone = Signal()

    def __init__(self, desk: Desk, tasks: Tasks, opened: OpenDraft, parent: QObject | None = None) -> None:
        super().__init__(opened.form, opened.session, parent)
        self._desk, self._tasks = desk, tasks
        self.head = opened.head
        self.paged = "pages" in opened.form.style.split()
        self.pages: tuple[Page, ...] = pages(opened.form)
        self.remarks = opened.remarks
        self.earlier_visit = opened.earlier_visit
        self.attachments: tuple[r.Attachment, ...] = opened.attachments
        self.signature = opened.signature
        self.note = opened.head.note
        self.members = opened.head.members
        self.fix = opened.head.fix
        self.saved_at = opened.head.saved_at
        self.busy = False
        self._earlier = opened.earlier
        self._log = opened.log
        self._correcting = opened.open_refs is not None
        self._settled = self.fix
        self._closed = _closed(opened)
        self._dirty = False
        self._after = self._timer(AFTER_TYPING_MS)
        self._while = self._timer(WHILE_TYPING_MS)
        self._removed = self._keeping = 0
        self._when_kept: list[Callable[[], object]] = []
        self._name_what_was_kept()
        self._let_go_of_the_unnamed()
        self.answered.connect(self._place)
        self._place()

    def _timer(self, milliseconds: int) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(self.save)
        return timer

    # ------------------------------------------------------------------------------------------------------ answers

    def may_answer(self, ref: str) -> bool:
        """Whether this question may be changed: in a correction, only what a remark opened."""
        return ref not in self._closed and super().may_answer(ref)

    def look_at(self, refs: Sequence[str]) -> None:
        """The user looks at these questions now; none: at something else."""
        if self._log is not None and not self.busy and self._log.looked_at(refs):
            self._touch()

    def answer(self, ref: str, value: str) -> None:
        """Commit an answer, wrong or right."""
        if self._log is None:
            super().answer(ref, value)
            return
        self._log.answering(ref)
        super().answer(ref, value)
        self._log.answered(ref)

    def add(self, ref: str) -> str:
        """Add an instance at the end of a repeat; returns its reference, ``/data/room[3]``."""
        one = super().add(ref)
        if self._log is not None:
            self._log.added(one)
        return one

    def may_add(self, ref: str) -> bool:
        """Whether an instance may be added to a repeat by hand, or taken away: in a correction, none."""
        return not self._correcting and super().may_add(ref)

    def write_note(self, text: str) -> None:
        """Change the note on the report as a whole."""
        if text != self.note:
            self.note = text
            self._touch()

    def take_part(self, person_id: str, took_part: bool) -> None:
        """Write down whether a colleague took part in the visit."""
        others = tuple(one for one in self.members if one != person_id)
        members = (*others, person_id) if took_part else others
        if members != self.members:
            self.members = members
            self._touch()

    def stand_at(self, fix: r.Fix | None) -> None:
        """Write down where the visit was written, or that it is not known."""
        if fix != self.fix:
            self.fix = fix
            self._touch()

    def settle_position(self) -> None:
        """The position stands as it was meant, no longer half typed: answers that wait for one get it."""
        if self._log is not None and self.fix is not None and self.fix != self._settled:
            self._log.located(self.fix)
        self._settled = self.fix
        self._place()

    def _place(self, _: object = None) -> None:
        """Fill in what the form wants filled with the position; a correction says what was found on the visit."""
        if self._settled is None or self._correcting or not self.session.unplaced:
            return
        changed = self.session.locate(geopoint(self._settled))
        self._touch()
        self.answered.emit(changed)

    def progress(self, page: Page) -> Progress:
        """How far a page has come."""
        return progress(page, self.session)

    def earlier(self, item: str) -> EarlierAnswer | None:
        """What the previous visit said of this item."""
        return self._earlier.get(item)

    def remarks_on(self, item: str) -> tuple[str, ...]:
        """What the supervisor asks of an item; the empty item is the report as a whole."""
        return tuple(remark.text for remark in self.remarks if remark.item == item)

    # ------------------------------------------------------------------------------------------------------- saving

    def _touch(self) -> None:
        self._dirty = True
        self._after.start()
        if not self._while.isActive():
            self._while.start()

    def save(self) -> None:
        """Write the draft now, if anything changed since it was last written."""
        self._after.stop()
        self._while.stop()
        if not self._dirty or self.busy:
            return
        self._dirty = False
        work = partial(
            self._desk.visits.save,
            self.head.id,
            self.session.serialise(),
            note=self.note,
            fix=self.fix,
            members=self.members,
            unplaced=self.session.unplaced,
            log=None if self._log is None else self._log.text,
        )
        self._write(work, self._was_saved, self._was_not_saved)

    def _was_saved(self, moment: str) -> None:
        self.saved_at = moment
        self._let_go_of_the_unnamed()
        self.saved.emit(moment)

    def _was_not_saved(self, error: Exception) -> None:
        """What is not on the disk stays to be written, with the next change or when the page is left."""
        self._dirty = True
        self._tasks.escape(error)

    # ----------------------------------------------------------------------------------------------------- evidence

    def pictures(self, item: str) -> tuple[r.Attachment, ...]:
        """The pictures of an item, oldest first."""
        return tuple(one for one in self.attachments if one.item == item and one.role == "photo")

    def attach(self, entry: Entry, source: Path | bytes) -> None:
        """Keep a picture with an item."""
        self.save()
        self._write(lambda: self._desk.visits.attach(self.head.id, entry.code, source), self._was_attached(entry))

    def _was_attached(self, entry: Entry) -> Callable[[r.Attachment], None]:
        def done(attachment: r.Attachment) -> None:
            if attachment.sha256 not in {one.sha256 for one in self.pictures(entry.code)}:
                self.attachments = (*self.attachments, attachment)
            self._name_pictures(entry)

        return done

    def detach(self, entry: Entry, attachment: r.Attachment) -> None:
        """Take a picture away from an item."""
        self.save()

        def done(_: object) -> None:
            self.attachments = tuple(one for one in self.attachments if one != attachment)
            self._name_pictures(entry)

        self._write(lambda: self._desk.visits.detach(self.head.id, attachment.sha256, item=attachment.item), done)

    def _name_pictures(self, entry: Entry) -> None:
        """Let the answers name the item's first picture, as the checklist's own image question does."""
        if entry.photo is not None:
            pictures = self.pictures(entry.code)
            self.answer(entry.photo.ref, media_name(pictures[0]) if pictures else "")
        self.evidence_changed.emit(entry.code)

    def _name_what_was_kept(self) -> None:
        """Pictures come and go before the answers say so; a death in between is made good when the draft is opened."""
        for entry in (entry for page in self.pages for entry in page.entries):
            if entry.photo is None:
                continue
            names = [media_name(one) for one in self.pictures(entry.code)]
            asked = self.session.state(entry.photo.ref)
            if asked.relevant and asked.value not in (names or [""]):
                self._name_pictures(entry)

    def piece(self, name: str) -> r.Attachment | None:
        """The piece that an answer names."""
        return next((one for one in self.attachments if name and media_name(one) == name), None)

    def keep(
        self,
        question: xforms.Question,
        source: Path | bytes,
        role: str,
        done: Callable[[str], None],
        over: r.Attachment | None = None,
    ) -> None:
        """Keep a piece with an upload; ``done`` is told the name that its answer is to be.

        It is not told where an instance of a repeat was taken away meanwhile: the answer might be another one's now.
        ``over`` is the picture that this one was drawn over: it was taken where and when that one was.
        """
        self.save()
        most = question.attributes.get(_MAX_PIXELS, "")
        prepare = partial(
            self._desk.evidence.prepare,
            source,
            role,
            accept=question.parameters.get("accept", ""),
            side=int(most) if most.isdecimal() else images.SIDE,
            over=over,
        )
        removed, item = self._removed, item_of(question.ref)
        self._keeping += 1

        def prepared(piece: Prepared) -> None:
            self._write(lambda: self._desk.visits.attach_prepared(self.head.id, item, piece), kept, refused)

        def kept(attachment: r.Attachment) -> None:
            if attachment not in self.attachments:
                self.attachments = (*self.attachments, attachment)
            if not self.busy and removed == self._removed:
                done(media_name(attachment))
            self.evidence_changed.emit(attachment.item)
            self._kept_one()

        def refused(error: Exception) -> None:
            if not self.busy:  # a draft that was thrown away meanwhile takes nothing, and misses nothing
                self._tasks.escape(error)
            self._kept_one()

        # A film takes a while to be encrypted, and what is typed meanwhile must not wait behind it.
        self._tasks.run(prepare, done=prepared, failed=refused, owner=self)

    def _kept_one(self) -> None:
        self._keeping -= 1
        if not self._keeping:
            waiting, self._when_kept = self._when_kept, []
            for then in waiting:
                then()

    def when_kept(self, then: Callable[[], object]) -> None:
        """Do something once every piece that is being kept at this moment has its answer; at once where none is."""
        if self._keeping:
            self._when_kept.append(then)
        else:
            then()

    def remove(self, ref: str) -> None:
        """Take an instance away, with its answers; its pieces go once that is on the disk."""
        self._removed += 1
        if self._log is not None:
            self._log.removing(ref)
        super().remove(ref)

    def _let_go_of_the_unnamed(self) -> None:
        """Take away what was kept for a question and is named by no answer on the disk: replaced, or gone with a row.

        Only after a save, so that a death in between leaves a piece too many and never an answer without its piece.
        """
        if self._keeping:  # one that is kept at this moment has no answer yet; the next save comes with its answer
            return
        asked = [one for one in self.attachments if is_asked(one.item)]
        answers = self.session.serialise() if asked else ""
        for one in asked:
            if one.sha256 not in answers:
                self.attachments = tuple(other for other in self.attachments if other != one)
                work = partial(self._desk.visits.detach, self.head.id, one.sha256, item=one.item)
                self._write(work, lambda _: None)

    def sign(self, signature: r.Signature, drawing: bytes | None) -> None:
        """Record how the representative answered, with the drawing as PNG where there is one."""

        def done(kept: r.Signature) -> None:
            self.signature = kept
            self.signature_changed.emit()

        self._write(lambda: self._desk.visits.sign(self.head.id, signature, drawing), done)

    # ------------------------------------------------------------------------------------------------------ the end

    def work_out(self) -> None:
        """Ask for score, findings and what is still required, as the draft stands now."""
        self._note(FillingLog.ended)
        self.save()
        self._write(lambda: self._desk.visits.outcome(self.head.id), self._was_worked_out)

    def _was_worked_out(self, outcome: Outcome) -> None:
        self.outcome_worked_out.emit(outcome)

    def submit(self) -> None:
        """Submit the visit; a second call while the first is under way does nothing."""
        self.settle_position()
        self.when_kept(self._submit)

    def _submit(self) -> None:
        if self.busy:
            return
        self._note(FillingLog.finished)
        self.save()
        self.busy = True

        def done(result: Submitted) -> None:
            self.close()
            self.submitted.emit(result)

        self._write(lambda: self._desk.visits.submit(self.head.id), done, self._not_submitted)

    def _not_submitted(self, error: Exception) -> None:
        self.busy = False
        self._note(FillingLog.refused)
        self.save()
        self.submit_failed.emit()
        self._tasks.escape(error)

    def discard(self) -> None:
        """Throw the draft away, with its evidence."""
        self._leave(lambda: self._desk.visits.discard(self.head.id))

    def hand_over(self, person_id: str) -> None:
        """Give the draft to another person of this device."""
        self.when_kept(lambda: self._hand_over(person_id))

    def _hand_over(self, person_id: str) -> None:
        self._note(FillingLog.closed)
        self.save()
        self._leave(lambda: self._desk.visits.hand_over(self.head.id, person_id))

    def _leave(self, work: Callable[[], Any]) -> None:
        """What is typed from here on has no draft to go to, unless leaving fails."""

        def done(_: object) -> None:
            self.close()
            self.gone.emit()

        def failed(error: Exception) -> None:
            self.busy = False
            self.save()
            self._tasks.escape(error)

        self.busy = True
        self._write(work, done, failed)

    def close(self) -> None:
        """Stop saving; what was typed until now is saved first unless the draft is gone."""
        self._note(FillingLog.closed)
        self.save()
        self._after.stop()
        self._while.stop()
        self.busy = True

    def _note(self, what: Callable[[FillingLog], None]) -> None:
        """Tell the log what becomes of the draft, where the form wants one; it is written with the next save."""
        if self._log is not None and not self.busy:
            what(self._log)
            self._dirty = True

    def _write(
        self, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[Exception], None] | None = None
    ) -> None:
        """Do something to the draft. One lane for all of it, so that what was asked first happens first."""
        self._tasks.run(work, done=done, failed=failed, lane="write", owner=self)


def _closed(opened: OpenDraft) -> frozenset[str]:
    """The questions of a correction that no remark opened; one that had not been asked then may be answered."""
    if opened.open_refs is None:
        return frozenset()
    states = opened.session.states()
    return frozenset(ref for ref, state in states.items() if state.relevant and ref not in opened.open_refs)


def relevant(session: xforms.Session, entry: Entry) -> bool:
    """Whether an entry is asked now."""
    return session.state(entry.question.ref).relevant
