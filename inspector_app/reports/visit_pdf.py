"""The visit report on paper: what was found first, then every answer, the signature and the history."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from inspector_app.reports.page import ACCENT, ALARM, CAUTION, FAINT, GOOD, INK, Cell, Colour, Page
from inspector_app.reports.pictures import BadPicture, Picture, printable
from inspector_app.services import media
from inspector_app.services.errors import UserError
from inspector_app.services.views.visits import (
    AnswerView,
    DecisionView,
    FactView,
    RevisionView,
    SectionView,
    VisitDetail,
)
from inspector_app.storage.errors import StorageError
from inspector_app.words.answered import file_words, heading, question_asked, spoken
from inspector_app.words.markup import to_plain
from inspector_app.words.words import Words
from sync.contract import records as r
from sync.domain.findings import FAILING
from sync.domain.rules import CAPPED_RESULT, Severity

Evidence = Callable[[str], bytes]
"""Gives the plain bytes of a piece of evidence by its hash."""

_SEVERITY_COLOURS: Final[dict[str, Colour]] = {Severity.CRITICAL: ALARM, Severity.MAJOR: CAUTION}
_ANSWER_COLOURS: Final[dict[str, Colour]] = {"conform": GOOD, "nonconform": ALARM, "partial": CAUTION}
_GRAVEST_FIRST: Final = tuple(Severity)
_PICTURE_WITH_LABEL: Final = 54
"""Millimetres of a question with its picture: the question never stands alone at the foot of a page."""
_SHORT: Final = 30
_BESIDE: Final = 200
"""Letters of an answer that stands beside its question, in a narrow column or a wide one; a longer one goes below."""


def write_visit_pdf(detail: VisitDetail, words: Words, evidence: Evidence, to: Path, *, training: bool = False) -> None:
    """Write the report of a visit as a PDF, A4, in the language and direction of ``words``.

    Args:
        detail: The visit, with labels in the same language.
        words: The reader's language.
        evidence: Where pictures come from; one that is not there is named on the page.
        to: The file; it is whole or, after an error, as it was before.
        training: Whether every page says that nothing of this is real.

    Raises:
        OSError: The file cannot be written.
    """
    pictures: dict[str, Picture | None] = {}
    # The foot of each page says how many there are, which is known only afterwards.
    with _blank(detail, words, training, total=0) as trial:
        _Report(trial, detail, words, evidence, pictures, training).write()
        total = trial.page_no()
    partial = to.with_name(f".{to.name}.part")
    try:
        with _blank(detail, words, training, total=total) as page:
            _Report(page, detail, words, evidence, pictures, training).write()
            partial.write_bytes(bytes(page.output()))
        partial.replace(to)
    finally:
        partial.unlink(missing_ok=True)


def _blank(detail: VisitDetail, words: Words, training: bool, *, total: int) -> Page:
    """The document, with its foot, before anything is written."""
    product = words.say("report.training") if training else words.say("report.product")
    footer = words.say("report.page", page="{page}", pages=total)
    running = words.join(product, words.code(detail.visit.number))
    page = Page(rtl=words.rtl, running=running, footer=footer, digits=words.digits)
    page.set_lang(words.language)
    page.set_title(f"{words.say('report.title')} {detail.visit.number}")
    page.set_creator(words.say("report.product"))
    return page


class _Report:
    """What is written about one visit."""

    def __init__(
        self,
        page: Page,
        detail: VisitDetail,
        words: Words,
        evidence: Evidence,
        pictures: dict[str, Picture | None],
        training: bool,
    ) -> None:
        self._page = page
        self._detail = detail
        self._words = words
        self._evidence = evidence
        self._pictures = pictures
        self._training = training

    def write(self) -> None:
        """Write everything, in the order in which it is read."""
        self._head()
        self._facts()
        self._nonconformities()
        for section in self._detail.sections:
            self._section(section)
        if not self._detail.readable:
            self._page.text_block(self._words.say("report.checklist_missing"), colour=CAUTION)
        self._signature()
        self._history()

    def _head(self) -> None:
        visit, words, page = self._detail.visit, self._words, self._page
        if self._training:
            page.text_block(words.say("report.training"), size=12, bold=True, colour=ALARM)
        page.text_block(words.say("report.title"), size=20, bold=True, colour=ACCENT)
        page.text_block(words.code(visit.number), size=15, bold=True)
        page.ln(1)
        figures = words.say("report.not_scored") if visit.percent is None else words.percent(visit.percent)
        result = words.say(f"visits.result.{visit.result}") if visit.result else ""
        colour = ALARM if visit.result == CAPPED_RESULT else ACCENT
        page.row(
            (
                Cell(words.join(words.say("report.result"), result, figures), 0.6, bold=True, colour=colour),
                Cell(words.say(f"visits.state.{visit.state}"), 0.4, bold=True),
            ),
            size=12,
            wash=True,
            end_last=True,
        )
        if visit.percent is not None and self._detail.capped:
            page.text_block(words.say("visits.capped"), size=9.5, colour=FAINT)
        page.ln(2)

    def _facts(self) -> None:
        detail, words = self._detail, self._words
        visit, newest = detail.visit, detail.newest
        self._fact("place", self._place(detail.place))
        self._fact("company", self._company(detail.company))
        self._fact("committee", words.name(detail.committee) if detail.committee else "")
        self._fact("inspector", words.name(detail.inspector) if detail.inspector else "")
        if newest:
            self._fact("members", words.join(*(words.name(member) for member in newest.members)))
        self._fact("type", words.name(detail.inspection_type) if detail.inspection_type else "")
        if detail.checklist:
            title = detail.checklist.title_ar if words.rtl else detail.checklist.title_en
            self._fact("checklist", words.join(title, words.code(detail.checklist.version)))
        self._fact("started", words.moment(visit.started_at))
        self._fact("submitted", words.moment(visit.submitted_at))
        if newest and newest.revision.fix:
            self._fact("position", self._position(newest.revision.fix))
        if detail.receipt and detail.receipt.received_at:
            self._fact("received", words.moment(detail.receipt.received_at))
        if newest and newest.revision.note:
            self._fact("note", newest.revision.note)

    def _fact(self, name: str, value: str) -> None:
        if value:
            self._page.row((Cell(self._words.say(f"report.{name}"), 0.24, colour=FAINT), Cell(value, 0.76)))

    def _place(self, place: r.Place | None) -> str:
        if place is None:
            return ""
        licence = place.tourism_licence and self._words.say("report.licence", number=place.tourism_licence)
        return self._words.join(self._words.name(place), licence)

    def _company(self, company: r.Company | None) -> str:
        if company is None:
            return ""
        return self._words.join(self._words.name(company), self._words.say("report.licence", number=company.licence))

    def _position(self, fix: r.Fix) -> str:
        accuracy = (
            ""
            if fix.accuracy_m is None
            else self._words.say("report.accuracy", distance=self._words.metres(fix.accuracy_m))
        )
        return self._words.join(self._words.code(f"{fix.lat:.5f}, {fix.lon:.5f}"), accuracy)

    # ----------------------------------------------------------------------------------------------- findings

    def _nonconformities(self) -> None:
        words, page = self._words, self._page
        found = [answer for section in self._detail.sections for answer in section.answers if answer.answer in FAILING]
        found.sort(key=lambda answer: _GRAVEST_FIRST.index(Severity(answer.severity)))
        page.heading(words.say("report.findings", n=len(found)))
        if not found:
            page.text_block(words.say("report.no_findings"), colour=GOOD)
        for answer in found:
            self._finding(answer)

    def _finding(self, answer: AnswerView) -> None:
        words, page = self._words, self._page
        page.ensure(30)
        colour = _SEVERITY_COLOURS.get(answer.severity, INK)
        page.row(
            (
                Cell(words.join(words.code(answer.item), to_plain(answer.label)), 0.72, bold=True),
                Cell(
                    words.join(
                        words.say(f"visits.severity.{answer.severity}"), words.say(f"visits.answer.{answer.answer}")
                    ),
                    0.28,
                    bold=True,
                    colour=colour,
                ),
            ),
            size=10.5,
            wash=True,
            end_last=True,
        )
        if answer.violation:
            self._fact("violation", words.join(words.code(answer.violation.code), words.name(answer.violation)))
        if answer.note:
            self._fact("seen", answer.note)
        if answer.finding:
            self._fact("deadline", words.moment(answer.finding.deadline))
        page.ln(1)
        self._photos(answer.photos)
        page.ln(2)

    def _photos(self, photos: Iterable[r.Attachment]) -> None:
        shown, absent = [], 0
        for photo in photos:
            picture = self._picture(photo.sha256)
            if picture is None:
                absent += 1
            else:
                shown.append(picture)
        self._page.pictures(shown)
        if absent:
            self._page.text_block(self._words.say("report.photos_absent", n=absent), size=9, colour=FAINT)

    def _picture(self, sha256: str) -> Picture | None:
        if sha256 not in self._pictures:
            try:
                self._pictures[sha256] = printable(self._evidence(sha256))
            except (UserError, StorageError, BadPicture):
                self._pictures[sha256] = None  # the page says how many are not there
        return self._pictures[sha256]

    # ------------------------------------------------------------------------------------------------ answers

    def _section(self, section: SectionView) -> None:
        words, page = self._words, self._page
        page.heading(heading(words, section.title, [(step.label, step.number, step.of) for step in section.steps]))
        for fact in section.facts:
            self._said(fact)
            page.rule()
        for answer in section.answers:
            colour = _ANSWER_COLOURS.get(answer.answer, FAINT)
            said = words.say(f"visits.answer.{answer.answer or 'none'}")
            page.row(
                (
                    Cell(words.code(answer.item), 0.09, colour=FAINT),
                    Cell(to_plain(answer.label), 0.67),
                    Cell(said, 0.24, bold=True, colour=colour),
                ),
                end_last=True,
            )
            page.rule()

    def _said(self, fact: FactView) -> None:
        """A question that is no item, with its answer: beside it where that is short."""
        words, page, piece = self._words, self._page, fact.piece
        label = question_asked(words, fact.kind, fact.label, fact.ref)
        if piece is not None and piece.media_type.startswith("image/"):
            page.ensure(_PICTURE_WITH_LABEL)
            page.text_block(label, size=9.5, colour=FAINT)
            self._photos((piece,))
            return
        if piece is not None:
            value = file_words(words, piece.role, media.ENDINGS.get(piece.media_type, ""), piece.size)
        elif fact.kind == "file":
            value = words.say("answers.file_absent")
        else:
            value = spoken(words, fact.kind, fact.value, fact.chosen)
        if len(value) <= _BESIDE:
            share = 0.28 if len(value) <= _SHORT else 0.5
            page.row((Cell(label, 1 - share, colour=FAINT), Cell(value, share)), end_last=True)
        else:
            page.text_block(label, size=9.5, colour=FAINT)
            page.text_block(value, size=9.5, from_start=4)

    # --------------------------------------------------------------------------------- signature and history

    def _signature(self) -> None:
        newest, words, page = self._detail.newest, self._words, self._page
        if newest is None:
            return
        signature = newest.revision.signature
        page.heading(words.say("report.signature"))
        self._fact("answered", words.say(f"report.signature.{signature.status}"))
        self._fact("name", words.join(signature.name, signature.position))
        self._fact("reason", signature.reason)
        self._fact("witness", signature.witness)
        if signature.sha256:
            picture = self._picture(signature.sha256)
            if picture is None:
                page.text_block(words.say("report.photos_absent", n=1), size=9, colour=FAINT)
            else:
                page.pictures((picture,), height=28)

    def _history(self) -> None:
        words, page = self._words, self._page
        page.heading(words.say("report.history"))
        steps: list[tuple[str, RevisionView | DecisionView]] = [
            *((revision.revision.submitted_at, revision) for revision in self._detail.revisions),
            *((decision.decision.at, decision) for decision in self._detail.decisions),
        ]
        for at, step in sorted(steps, key=_order):
            page.ensure(14)
            page.row((Cell(self._step(step), 0.55, bold=True), Cell(words.moment(at), 0.45)), end_last=True)
            if isinstance(step, DecisionView):
                self._decision(step)
            page.rule()

    def _step(self, step: RevisionView | DecisionView) -> str:
        words = self._words
        if isinstance(step, DecisionView):
            by = words.name(step.by) if step.by else ""
            return words.join(words.say(f"report.decision.{step.decision.action}"), by)
        author = words.name(step.author) if step.author else ""
        figures = "" if step.revision.percent is None else words.percent(step.revision.percent)
        return words.join(words.say("report.revision", number=step.revision.revision), author, figures)

    def _decision(self, step: DecisionView) -> None:
        words, page = self._words, self._page
        if step.decision.text:
            page.text_block(step.decision.text, size=9.5, from_start=4)
        for remark in step.decision.remarks:
            label = to_plain(step.labels.get(remark.item, ""))
            about = words.join(words.code(remark.item), label) if remark.item else words.say("report.whole")
            page.text_block(f"{about}: {remark.text}", size=9.5, from_start=4)


def _order(known: tuple[str, RevisionView | DecisionView]) -> tuple[int, bool, str]:
    """Each revision, then what was decided on it: the clocks of two devices do not say what came first."""
    at, step = known
    if isinstance(step, DecisionView):
        return step.decision.revision, True, at
    return step.revision.revision, False, at
