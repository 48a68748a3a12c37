"""A submitted report as a page is read: header, non-conformities with their pictures, answers, signature, history."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from PySide6.QtWidgets import QLayout, QWidget

from inspector_app.services.desk import Desk
from inspector_app.services.views.visits import (
    AnswerView,
    DecisionView,
    FactView,
    FindingView,
    RevisionView,
    SectionView,
    VisitDetail,
)
from inspector_app.ui.forms.photos import LARGE, SIDE, PhotoStrip, coordinates
from inspector_app.ui.forms.pieces import PieceRow
from inspector_app.ui.kit.layout import column, row
from inspector_app.ui.kit.text import Caption, Chip, Figure, Label, Lead, Rule, Title
from inspector_app.ui.look import Look
from inspector_app.ui.register.parts import Facts, Part
from inspector_app.viewmodels import visits as shown
from inspector_app.viewmodels.register import called
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.words import Words
from inspector_app.words.answered import heading, question_asked, spoken
from inspector_app.words.markup import to_plain
from inspector_app.words.words import Named
from sync.contract import records as r
from sync.domain.workflow import VisitState

_SHORT: Final = 40
"""Letters of an answer that still stands beside its question."""

Extra = Callable[[str], QWidget | None]
"""What a reader of the report puts under an item, by its code: a supervisor's remark."""


def nothing_extra(item: str) -> QWidget | None:
    """A report that is only read."""
    return None


def spaced(number: str) -> str:
    """A report number with room between its parts, so that it can be read out over the telephone."""
    return "  ".join(number.split("-"))


class ReportMaker:
    """Makes the parts of a report, in the words of the moment."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, extra: Extra = nothing_extra) -> None:
        self._desk, self._look, self._tasks, self._extra = desk, look, tasks, extra

    # --------------------------------------------------------------------------------------------------------- head

    def head(self, detail: VisitDetail, *, carried: bool = False) -> QWidget:
        """Where, by whom, when, with what result.

        Args:
            detail: The visit.
            carried: It came in a bundle, so that nobody may say yet that the centre has received it.
        """
        words, visit = self._look.words, detail.visit
        title = Title(called(words, detail.place, detail.company), wrap=True)
        number = Caption(words.code(visit.number))
        number.setObjectName("visit.number")
        if carried and visit.state == VisitState.RECEIVED:
            chip = Chip(words.say("sync.state.carried"), "info")
        else:
            chip = Chip(shown.state(words, visit.state), shown.STATE_TONES.get(visit.state, "neutral"))
        part = Part("")
        line = row(title, chip)
        line.setStretch(0, 1)
        part.body.addLayout(column(line, number, spacing=4))
        if visit.percent is not None:
            figure = Figure(words.percent(visit.percent))
            said = Chip(shown.result(words, visit.result), shown.RESULT_TONES.get(visit.result, "neutral"))
            part.body.addLayout(row(figure, said, 1))
            if detail.capped:
                part.body.addWidget(Lead(words.say("visits.capped")))
        part.body.addWidget(Facts(self._facts(detail)))
        flags = [words.say(key) if words.has(key := f"visits.flag.{flag}") else flag for flag in visit.flags]
        if flags:
            part.body.addWidget(Label("\n".join(flags), role="error", wrap=True))
        return part

    def _facts(self, detail: VisitDetail) -> list[tuple[str, str]]:
        words, visit, newest = self._look.words, detail.visit, detail.newest
        members = [] if newest is None else [words.name(one) for one in newest.members]
        fix = None if newest is None else newest.revision.fix
        receipt = detail.receipt
        received = words.moment(receipt.received_at) if receipt is not None and receipt.received_at else ""
        return [
            (words.say("visits.fact.company"), _name(words, detail.company)),
            (
                words.say("visits.fact.type"),
                _name(words, detail.inspection_type),
            ),
            (words.say("visits.fact.inspector"), _name(words, detail.inspector)),
            (words.say("visits.fact.members"), words.join(*members)),
            (words.say("visits.fact.committee"), _name(words, detail.committee)),
            (words.say("visits.fact.started"), words.moment(visit.started_at)),
            (words.say("visits.fact.submitted"), words.moment(visit.submitted_at)),
            (words.say("visits.fact.received"), received or shown.mark(words, detail.mark)),
            (words.say("visits.fact.position"), "" if fix is None else coordinates(self._look, fix)),
            (words.say("visits.fact.note"), "" if newest is None else newest.revision.note),
        ]

    # ------------------------------------------------------------------------------------------------------ answers

    def findings(self, findings: Sequence[FindingView]) -> QWidget:
        """Every finding with its deadline and pictures."""
        words = self._look.words
        part = Part(words.say("visits.findings_title", n=len(findings)))
        if not findings:
            part.body.addWidget(Lead(words.say("visits.no_findings")))
        for number, view in enumerate(findings):
            if number:
                part.body.addWidget(Rule())
            part.body.addWidget(self._finding(view))
        return part

    def _finding(self, view: FindingView) -> QWidget:
        words, finding = self._look.words, view.finding
        violation = finding.violation if view.violation is None else words.name(view.violation)
        deadline = words.say("visits.mend_by", moment=words.moment(finding.deadline))
        return self._item(
            finding.item, view.label, finding.answer, finding.severity, (violation, deadline), finding.note, view.photos
        )

    def nonconformities(self, answers: Sequence[AnswerView]) -> QWidget:
        """The answers that are not conform, gravest first, each with what a reader wants to add."""
        words = self._look.words
        part = Part(words.say("visits.findings_title", n=len(answers)))
        if not answers:
            part.body.addWidget(Lead(words.say("visits.no_findings")))
        for number, view in enumerate(answers):
            if number:
                part.body.addWidget(Rule())
            part.body.addWidget(self._answer(view))
        return part

    def sections(self, sections: Sequence[SectionView], without: frozenset[str] = frozenset()) -> Iterator[QWidget]:
        """The answers section by section; the items in ``without`` stand elsewhere already."""
        for section in sections:
            answers = [view for view in section.answers if view.item not in without]
            if not answers and not section.facts:
                continue
            steps = [(step.label, step.number, step.of) for step in section.steps]
            part = Part(heading(self._look.words, section.title, steps))
            for fact in section.facts:
                part.body.addLayout(self._fact(fact))
            for number, view in enumerate(answers):
                if number or section.facts:
                    part.body.addWidget(Rule())
                part.body.addWidget(self._answer(view))
            yield part

    def _fact(self, fact: FactView) -> QLayout:
        words = self._look.words
        asked = Label(question_asked(words, fact.kind, fact.label, fact.ref), role="soft", wrap=True)
        if fact.piece is not None and fact.piece.media_type.startswith("image/"):
            name = f"report.picture.{fact.ref.removeprefix('/').replace('/', '.')}"
            strip = PhotoStrip(name, self._desk.evidence, self._look, self._tasks, side=LARGE)
            strip.show_pictures((fact.piece,))
            return column(asked, strip, spacing=6)
        if fact.piece is not None:
            name = f"report.piece.{fact.ref.removeprefix('/').replace('/', '.')}"
            kept = PieceRow(name, self._desk.evidence, self._look, self._tasks)
            kept.show_piece(fact.piece)
            return column(asked, kept, spacing=6)
        if fact.kind == "file":
            value = words.say("answers.file_absent")
        else:
            value = spoken(words, fact.kind, fact.value, fact.chosen)
        if len(value) > _SHORT or "\n" in value:
            return column(asked, Label(value, wrap=True), spacing=2)
        # A question is long: it wraps, and its answer keeps its place at the end of the line.
        line = row(asked, Label(value))
        line.setStretch(0, 1)
        return line

    def _answer(self, view: AnswerView) -> QWidget:
        words, finding = self._look.words, view.finding
        violation = "" if view.violation is None or finding is None else words.name(view.violation)
        deadline = "" if finding is None else words.say("visits.mend_by", moment=words.moment(finding.deadline))
        severity = view.severity if finding is not None else ""
        return self._item(view.item, view.label, view.answer, severity, (violation, deadline), view.note, view.photos)

    def _item(
        self,
        item: str,
        label: str,
        answer: str,
        severity: str,
        facts: Sequence[str],
        note: str,
        photos: Sequence[r.Attachment],
    ) -> QWidget:
        words = self._look.words
        whole = QWidget()
        chips = [Chip(shown.answer(words, answer), shown.ANSWER_TONES.get(answer, "neutral"))]
        if severity:
            chips.append(Chip(shown.severity(words, severity), shown.SEVERITY_TONES.get(severity, "neutral")))
        top = row(
            Caption(words.verbatim(item)),
            Label(to_plain(label), role="label" if severity else "", wrap=True),
            *chips,
            spacing=8,
        )
        top.setStretch(1, 1)
        body = column(top, spacing=6)
        whole.setLayout(body)
        said = words.join(*facts)
        if said:
            body.addWidget(Caption(said, wrap=True))
        if note:
            body.addWidget(Label(note, wrap=True))
        if photos:
            strip = PhotoStrip(
                f"report.photos.{item}", self._desk.evidence, self._look, self._tasks, side=LARGE if severity else SIDE
            )
            body.addWidget(strip)
            strip.show_pictures(photos)
        extra = self._extra(item)
        if extra is not None:
            body.addWidget(extra)
        return whole

    # ------------------------------------------------------------------------------------------------------ the end

    def signature(self, signature: r.Signature) -> QWidget:
        """How the representative answered, with the drawing."""
        words = self._look.words
        part = Part(words.say("forms.signature"))
        facts = [
            (words.say("visits.fact.representative"), words.say(f"forms.signature_{signature.status}")),
            (words.say("forms.signature_name"), signature.name),
            (words.say("forms.signature_position"), signature.position),
            (words.say("forms.signature_reason"), signature.reason),
            (words.say("forms.signature_witness"), signature.witness),
        ]
        part.body.addWidget(Facts(facts))
        if signature.sha256 is not None:
            strip = PhotoStrip("report.signature", self._desk.evidence, self._look, self._tasks, side=LARGE)
            drawing = r.Attachment(sha256=signature.sha256, size=0, media_type="image/png", role="signature")
            part.body.addWidget(strip)
            strip.show_pictures([drawing])
        return part

    def history(self, revisions: Sequence[RevisionView], decisions: Sequence[DecisionView]) -> QWidget:
        """Every submission and every decision, in the order of time."""
        words = self._look.words
        part = Part(words.say("visits.history"))
        told = [(one.revision.submitted_at, self._told_revision(words, one)) for one in revisions]
        told += [(one.decision.at, self._told_decision(words, one)) for one in decisions]
        for _, widget in sorted(told, key=lambda pair: pair[0]):
            part.body.addWidget(widget)
        return part

    def _told_revision(self, words: Words, view: RevisionView) -> QWidget:
        revision = view.revision
        percent = "" if revision.percent is None else words.percent(revision.percent)
        what = words.say("visits.revision_submitted", n=revision.revision)
        who = _name(words, view.author)
        return _told(what, words.join(who, words.moment(revision.submitted_at), percent), ())

    def _told_decision(self, words: Words, view: DecisionView) -> QWidget:
        decision = view.decision
        remarks = [_told_remark(words, one, view.labels) for one in decision.remarks]
        what = words.say(f"visits.decision.{decision.action}")
        who = _name(words, view.by)
        return _told(what, words.join(who, words.moment(decision.at)), (decision.text, *remarks))


def _name(words: Words, record: Named | None) -> str:
    return "" if record is None else words.name(record)


def _told_remark(words: Words, remark: r.Remark, labels: Mapping[str, str]) -> str:
    if not remark.item:
        return remark.text
    return words.say("visits.remark_on", item=labels.get(remark.item, remark.item), text=remark.text)


def _told(what: str, caption: str, lines: Sequence[str]) -> QWidget:
    """One line of a history, and under it what was written with it."""
    whole = QWidget()
    body = column(Label(what, role="label", wrap=True), Caption(caption, wrap=True), spacing=2)
    for line in lines:
        if line:
            body.addWidget(Label(line, wrap=True))
    whole.setLayout(body)
    return whole
