"""Review: the supervisor's queue, a report read like a page, and the word on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from inspector_app.services import answers, reading
from inspector_app.services.ground import Ground, known, maybe, position_of
from inspector_app.services.submission import remarks_on
from inspector_app.services.views.review import AnswerChange, ReviewDetail
from inspector_app.services.views.visits import AnswerView, VisitDetail
from inspector_app.storage import carried, outbox, visits
from sync.contract import events as e
from sync.contract import ids
from sync.contract import records as r
from sync.domain import geo
from sync.domain.findings import FAILING, ItemAnswer
from sync.domain.rules import Severity

_GRAVEST_FIRST = tuple(Severity)
_STEPS = ("take_up", "return", "approve", "annul")


class Review:
    """What a supervisor does with received reports."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def queue(self) -> list[str]:
        """Ids of the visits that wait for a word: gravest finding first, then the oldest."""
        with self._ground.cache.read() as conn:
            return list(visits.review_queue(conn, self._ground.person.regions))

    def detail(self, visit_id: str, language: str | None = None) -> ReviewDetail:
        """A report as a supervisor reads it.

        Raises:
            UserError: ``record_missing``.
        """
        with self._ground.cache.read() as conn:
            language = language or self._ground.language(conn)
            detail = reading.visit_detail(self._ground, conn, visit_id, language)
            visit, newest = detail.visit, detail.newest
            previous = visits.latest_at(conn, visit.place_id, visit_id) if visit.place_id else None
            now = self._answers(conn, visit, visit.revision, language)
            before = self._answers(conn, visit, visit.revision - 1, language)
            then = self._answers(conn, previous, previous.revision, language) if previous else None
            by_hand = carried.is_carried(conn, "visit", visit_id)
        words = {answer.item: answer.label for section in detail.sections for answer in section.answers}
        return ReviewDetail(
            detail=detail,
            nonconformities=_gravest_first(detail),
            evidence=newest.revision.attachments if newest else (),
            signature=newest.revision.signature if newest else None,
            since_revision=_changes(before, now, words),
            since_visit=_changes(then, now, words),
            previous_visit=previous,
            last_remarks=self._last_remarks(visit),
            distance_m=_distance(detail),
            actions=tuple(action for action in detail.actions if action in _STEPS),
            carried=by_hand,
        )

    def take_up(self, visit_id: str, *, revision: int | None = None) -> None:
        """Say that one is reading it: the revision that was read, or the newest.

        Raises:
            UserError: ``record_missing``, ``illegal_step``, ``revision_stale``, ``not_your_role``.
        """
        self._step(visit_id, "take_up", "", (), revision)

    def give_back(
        self, visit_id: str, remarks: Sequence[r.Remark], text: str = "", *, revision: int | None = None
    ) -> None:
        """Return the revision that was read, or the newest, with remarks on items (an empty item: the whole report).

        Raises:
            UserError: ``record_missing``, ``illegal_step``, ``revision_stale``, ``not_your_role``, ``own_report``,
                ``needs_remarks``.
        """
        said = tuple(remark for remark in remarks if remark.text.strip())
        self._step(visit_id, "return", text, said, revision)

    def approve(self, visit_id: str, text: str = "", *, revision: int | None = None) -> None:
        """Approve the revision that was read, or the newest.

        Raises:
            UserError: ``record_missing``, ``illegal_step``, ``revision_stale``, ``not_your_role``, ``own_report``.
        """
        self._step(visit_id, "approve", text, (), revision)

    def _step(self, visit_id: str, action: str, text: str, remarks: tuple[r.Remark, ...], revision: int | None) -> None:
        with self._ground.cache.write() as conn:
            visit = known(conn, r.Visit, visit_id)
            self._ground.commit(
                conn,
                outbox.NewEvent(
                    kind="visit",
                    record=visit_id,
                    action=action,
                    data=e.VisitReview(revision=revision or visit.revision, text=text, remarks=remarks),
                    expected_state=visit.state,
                ),
            )

    def _last_remarks(self, visit: r.Visit) -> tuple[r.Remark, ...]:
        with self._ground.cache.read() as conn:
            return remarks_on(conn, visit.id, visit.revision - 1)

    def _answers(
        self, conn: sa.Connection, visit: r.Visit, revision: int, language: str
    ) -> Mapping[str, ItemAnswer] | None:
        """The items of one revision as they were answered; None where this device cannot read them."""
        found = maybe(conn, r.VisitRevision, ids.revision_id(visit.id, revision))
        read = reading.opened(conn, visit, found, language) if found else None
        return answers.by_item(*read) if read else None


def _gravest_first(detail: VisitDetail) -> tuple[AnswerView, ...]:
    found = [answer for section in detail.sections for answer in section.answers if answer.answer in FAILING]
    return tuple(sorted(found, key=lambda answer: _GRAVEST_FIRST.index(Severity(answer.severity))))


def _changes(
    before: Mapping[str, ItemAnswer] | None, after: Mapping[str, ItemAnswer] | None, words: Mapping[str, str]
) -> tuple[AnswerChange, ...]:
    return () if before is None or after is None else answers.changes(before, after, words)


def _distance(detail: VisitDetail) -> float | None:
    """How far from its place a report was written, where the place's position may be measured from."""
    fix = detail.newest.revision.fix if detail.newest else None
    return geo.between(position_of(detail.place), None if fix is None else geo.Position(fix.lat, fix.lon))
