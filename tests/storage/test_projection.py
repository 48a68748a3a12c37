"""What is shown is always the centre's version with the pending events laid over it, whatever came in which order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import sqlalchemy as sa
from hypothesis import example, given, settings
from hypothesis import strategies as st

import xforms
from inspector_app.storage import cases, database, delivery, feed, intake, migrations, outbox, projection, rows, visits
from inspector_app.storage.cache import Cache
from inspector_app.storage.outbox import NewEvent
from sync.contract import events as e
from sync.contract import records as r
from sync.contract.effects import Actor, Effect, effect_of
from sync.contract.problems import Refused
from sync.domain.rules import Priority, Rules
from tests.storage.field_season import (
    CHECKLIST,
    EVENING,
    NOON,
    SEASON,
    company,
    fill,
    opening,
    page,
    place,
    step,
    submission,
)
from tests.support.season import COMMITTEE, INSPECTOR, RULES, SUPERVISOR, XFORM

SECOND = msgspec.structs.replace(COMMITTEE, id="k12", number=12, name_ar="لجنة مكة الثانية", name_en="Second committee")
PEOPLE = {person.id: person for person in (INSPECTOR, SUPERVISOR)}
Shown = dict[tuple[str, str], r.Record]


class Shelf:
    """A book in memory: the centre in these tests, and the reference the cache is compared with."""

    def __init__(self, rows_: Shown | None = None) -> None:
        register = (place(), company(), COMMITTEE, SECOND)
        self.rows: Shown = {**{(r.KIND_OF[type(record)], record.id): record for record in register}, **(rows_ or {})}

    def get(self, kind: str, record_id: str) -> r.Record | None:
        return self.rows.get((kind, record_id))

    def rules(self) -> Rules:
        return RULES

    def history(self, case_id: str) -> tuple[r.Record, ...]:
        hanging = (row for row in self.rows.values() if isinstance(row, r.CaseEntry | r.Contact))
        return tuple(row for row in hanging if row.case_id == case_id)

    def form(self, checklist_id: str) -> xforms.Form | None:
        return xforms.load(XFORM) if checklist_id == CHECKLIST.id else None

    def take(self, event: e.Event, *, at_centre: bool) -> Effect:
        effect = effect_of(event, Actor(PEOPLE[event.user], at_centre), self)
        for record in effect.records:
            self.rows[r.KIND_OF[type(record)], record.id] = record
        return effect


def fold(base: Shown, pending: list[e.Event]) -> Shown:
    """The reference: the centre's rows, then each pending event that is still legal; the centre's children stay."""
    shelf = Shelf(dict(base))
    for event in pending:
        before = dict(shelf.rows)
        try:
            effect = shelf.take(event, at_centre=False)
        except Refused:
            continue
        for record in effect.records:
            key = (r.KIND_OF[type(record)], record.id)
            if key != (event.kind, event.record) and key in base:
                shelf.rows[key] = before[key]
    return shelf.rows


def about(rows_: Shown) -> Shown:
    return {key: record for key, record in rows_.items() if key[0] in KINDS}


KINDS = ("visit", "visit_revision", "finding", "decision", "case", "case_entry")


def shown(conn: sa.Connection) -> Shown:
    return {(kind, record.id): record for kind in KINDS for record in rows.where(conn, kind, "true")}


@contextmanager
def device() -> Iterator[sa.Connection]:
    with TemporaryDirectory() as folder, database.new(Path(folder) / "a.db", bytes(32)) as conn:
        migrations.upgrade(conn)
        fill(conn)
        rows.put(conn, "committee", [rows.Row(SECOND, rev=1)])
        yield conn


class World:
    """One device and its centre, with a link that loses answers and splits pages."""

    def __init__(self, conn: sa.Connection, *, backwards: bool = False) -> None:
        self.conn = conn
        self.order = -1 if backwards else 1
        self.centre = Shelf()
        self.feed: list[r.Record] = []
        self.base: Shown = {}
        self.pending: list[e.Event] = []
        self.arrived: set[str] = set()
        self.since = 0

    def do(self, new: NewEvent, person: r.Person) -> None:
        try:
            event = outbox.commit(self.conn, new, person, NOON)
        except Refused:
            return
        if self.conn.exec_driver_sql("SELECT laid FROM event WHERE id = ?", (event.id,)).scalar_one():
            self.pending.append(event)  # what is so already is sent, and shows nothing

    def push(self, *, answered: bool) -> None:
        results = []
        for sent in delivery.waiting(self.conn, 500):
            event = e.decode(sent.line)
            results.append(self._result(event))
        if answered:
            delivery.settle(self.conn, results, EVENING)
            refused = {result.id for result in results if not result.accepted}
            self.pending = [event for event in self.pending if event.id not in refused]
            self._lift()

    def _result(self, event: e.Event) -> e.EventResult:
        if event.id not in self.arrived:
            try:
                effect = self.centre.take(event, at_centre=True)
            except Refused as refusal:
                return e.EventResult(id=event.id, outcome="rejected", code=refusal.code)
            self.arrived.add(event.id)
            self.feed += effect.records[:: self.order]
        return e.EventResult(id=event.id, outcome="applied")

    def decide(self, action: str) -> None:
        """Somebody else's work at the centre."""
        visit = self.centre.get("visit", "v1")
        if isinstance(visit, r.Visit):
            remarks = (r.Remark(item="I01", text="صور المخرج"),) if action == "return" else ()
            data = e.VisitReview(revision=visit.revision, remarks=remarks)
            self._elsewhere("visit", "v1", action, data)

    def comment(self) -> None:
        self._elsewhere("case", "c1", "comment", e.CaseStep(text="من المركز"))

    def move_committee(self, region: str) -> None:
        """The committee that cases are handed over to works in another region from now on."""
        moved = msgspec.structs.replace(SECOND, region=region)
        self.centre.rows["committee", moved.id] = moved
        self.feed.append(moved)

    def _elsewhere(self, kind: str, record: str, action: str, data: r.Part) -> None:
        event = e.Event(
            id=f"elsewhere{len(self.feed)}",
            n=1,
            kind=kind,
            record=record,
            action=action,
            user=SUPERVISOR.id,
            made_at=EVENING,
            data=msgspec.to_builtins(data),
        )
        try:
            self.feed += self.centre.take(event, at_centre=True).records[:: self.order]
        except Refused:
            return

    def pull(self, count: int) -> None:
        arriving = self.feed[self.since : self.since + count]
        newest = {(r.KIND_OF[type(record)], record.id): record for record in arriving}
        feed.apply(self.conn, page(*newest.values(), since=self.since, more=True), EVENING)
        self.since += len(arriving)
        self.base |= newest
        self._lift()

    def _lift(self) -> None:
        """An event is pending until the row that shows that it was applied has come."""
        traces = {key[1] for key in self.base if key[0] in projection.TRACES}
        kept = []
        for event in self.pending:
            trace = f"{event.record}.{event.data['revision']}" if event.action == "submit" else event.id
            if trace not in traces:
                kept.append(event)
        self.pending = kept


ACTIONS = st.lists(
    st.one_of(
        st.sampled_from([1, 2]).map(lambda n: ("submit", n)),
        st.sampled_from(["conform", "nonconform"]).map(lambda answer: ("submit2", answer)),
        st.sampled_from(["take_up", "return", "approve", "annul"]).map(lambda action: ("review", action)),
        st.sampled_from(["open", "comment", "check", "resolve", "close", "reopen"]).map(lambda a: ("case", a)),
        st.booleans().map(lambda answered: ("push", answered)),
        st.sampled_from(["take_up", "return", "approve"]).map(lambda action: ("centre", action)),
        st.just(("comment", "")),
        st.just(("hand over", "")),
        st.sampled_from(["makkah", "madinah"]).map(lambda region: ("committee", region)),
        st.sampled_from([1, 2, 9]).map(lambda count: ("pull", count)),
        st.just(("refresh", "")),
    ),
    max_size=25,
)


def handed_over() -> NewEvent:
    return NewEvent(kind="case", record="c1", action="move", data=e.CaseMove(committee_id=SECOND.id, text="أقرب"))


def play(world: World, action: str, value: object) -> None:
    conn = world.conn
    match action:
        case "submit":
            world.do(submission(f"v{value}"), INSPECTOR)
        case "submit2":
            world.do(submission("v1", revision=2, exit_=str(value)), INSPECTOR)
        case "review":
            visit = visits.get(conn, "v1")
            data = e.VisitReview(
                revision=1 if visit is None else visit.revision,
                text="سبب",
                remarks=(r.Remark(item="I01", text="صور"),) if value == "return" else (),
            )
            world.do(NewEvent(kind="visit", record="v1", action=str(value), data=data), SUPERVISOR)
        case "case":
            new = opening() if value == "open" else step(str(value), text="نص")
            world.do(new, SUPERVISOR if value in ("close", "reopen") else INSPECTOR)
        case "push":
            world.push(answered=bool(value))
        case "centre":
            world.decide(str(value))
        case "comment":
            world.comment()
        case "hand over":
            world.do(handed_over(), SUPERVISOR)
        case "committee":
            world.move_committee(str(value))
        case "pull":
            world.pull(int(str(value)))
        case _:
            for kind, record_id in (("visit", "v1"), ("visit", "v2"), ("case", "c1")):
                projection.refresh(conn, kind, record_id)


@settings(max_examples=60)
@given(ACTIONS, st.booleans())
@example([("case", "open"), ("hand over", ""), ("committee", "madinah"), ("pull", 1)], False)
def test_what_is_shown_is_the_centres_version_with_pending_events_laid_over_it(
    actions: list[tuple[str, object]], backwards: bool
) -> None:
    with device() as conn:
        world = World(conn, backwards=backwards)
        for action, value in actions:
            play(world, action, value)
            assert shown(conn) == about(fold(world.base, world.pending)), (action, value)


@settings(max_examples=30)
@given(ACTIONS, st.booleans())
def test_once_everything_is_sent_and_fetched_the_device_shows_what_the_centre_has(
    actions: list[tuple[str, object]], backwards: bool
) -> None:
    with device() as conn:
        world = World(conn, backwards=backwards)
        for action, value in actions:
            play(world, action, value)
        world.push(answered=True)
        world.pull(10_000)
        assert shown(conn) == about(world.centre.rows)
        assert not any(projection.is_laid_over(conn, kind, key) for kind, key in world.centre.rows)


def test_a_submission_shows_at_once_with_its_findings(cache: Cache) -> None:
    with cache.write() as conn:
        outbox.commit(conn, submission(), INSPECTOR, NOON)
    with cache.read() as conn:
        visit = visits.get(conn, "v1")
        assert visit is not None
        assert (visit.state, visit.findings, visit.worst) == ("submitted", 1, "critical")
        assert [finding.item for finding in visits.findings(conn, "v1")] == ["I01"]
        assert [revision.revision for revision in visits.revisions(conn, "v1")] == [1]


def test_a_refused_submission_leaves_the_screen_and_stays_in_the_tray_with_its_text(cache: Cache) -> None:
    with cache.write() as conn:
        event = outbox.commit(conn, opening(text="نص الشكوى"), INSPECTOR, NOON)
        delivery.settle(conn, [e.EventResult(id=event.id, outcome="rejected", code="outside_scope")], EVENING)
    with cache.read() as conn:
        assert cases.get(conn, "c1") is None
        assert cases.entries(conn, "c1") == ()
        [entry] = outbox.entries(conn, outbox.ATTENTION)
    assert entry.text == "نص الشكوى"
    assert entry.result is not None
    assert entry.result.code == "outside_scope"


def test_a_confirmed_submission_stays_shown_until_the_centres_row_comes(cache: Cache) -> None:
    with cache.write() as conn:
        event = outbox.commit(conn, submission(), INSPECTOR, NOON)
        delivery.settle(conn, [e.EventResult(id=event.id, outcome="applied", received_at=EVENING)], EVENING)
        visit = visits.get(conn, "v1")
        assert visit is not None
        assert visit.state == "submitted"


def test_work_on_a_row_that_the_centre_deletes_stays_until_it_is_answered(cache: Cache) -> None:
    with cache.write() as conn:
        event = outbox.commit(conn, opening(), INSPECTOR, NOON)
        case = cases.get(conn, "c1")
        assert case is not None
        [entry] = cases.entries(conn, "c1")
        delivery.settle(conn, [e.EventResult(id=event.id, outcome="applied")], EVENING)
        feed.apply(conn, page(case, entry), EVENING)
        comment = outbox.commit(conn, step("comment", text="تعليق"), INSPECTOR, NOON)
        feed.apply(conn, page(since=2, gone=(("case", "c1"),)), EVENING)
        assert cases.get(conn, "c1") == case, "the edit wins over the deletion"
        delivery.settle(conn, [e.EventResult(id=comment.id, outcome="rejected", code="record_unknown")], EVENING)
        assert cases.get(conn, "c1") is None


def test_what_a_person_did_is_shown_even_after_the_centre_no_longer_names_him(cache: Cache) -> None:
    with cache.write() as conn:
        outbox.commit(conn, opening(), INSPECTOR, NOON)
        feed.apply(conn, page(gone=(("person", INSPECTOR.id),)), EVENING)
        projection.refresh(conn, "case", "c1")
        assert cases.get(conn, "c1") is not None


def test_a_row_the_centre_has_sent_is_never_taken_for_one_made_here(cache: Cache) -> None:
    with cache.write() as conn:
        outbox.commit(conn, submission(), INSPECTOR, NOON)
        [finding], [revision] = visits.findings(conn, "v1"), visits.revisions(conn, "v1")
        feed.apply(conn, page(finding, more=True), EVENING)
        projection.refresh(conn, "visit", "v1")
        feed.apply(conn, page(revision, since=1, more=True), EVENING)
        assert visits.findings(conn, "v1", 1) == (finding,)


def test_a_case_handed_over_here_goes_with_its_committee_to_another_region(cache: Cache) -> None:
    with cache.write() as conn:
        feed.apply(conn, page(SECOND, more=True), EVENING)
        outbox.commit(conn, opening(), INSPECTOR, NOON)
        outbox.commit(conn, handed_over(), SUPERVISOR, NOON)
        assert whereabouts(conn) == ("k12", "makkah")
        feed.apply(conn, page(msgspec.structs.replace(SECOND, region="madinah"), since=1, rev=2), EVENING)
        assert whereabouts(conn) == ("k12", "madinah"), "as the centre will judge it"


def test_a_case_stays_where_it_was_once_the_committee_it_was_handed_over_to_is_no_more(cache: Cache) -> None:
    with cache.write() as conn:
        feed.apply(conn, page(SECOND, more=True), EVENING)
        outbox.commit(conn, opening(), INSPECTOR, NOON)
        outbox.commit(conn, handed_over(), SUPERVISOR, NOON)
        intake.lose(conn, "committee", [SECOND.id])
        assert whereabouts(conn) == ("k11", "makkah")
        feed.apply(conn, page(SECOND, since=1, more=True), EVENING)
        assert whereabouts(conn) == ("k12", "makkah"), "what was done is still sent"


def whereabouts(conn: sa.Connection) -> tuple[str, str]:
    case = cases.get(conn, "c1")
    assert case is not None
    return case.committee_id, case.region


def test_what_a_supervisor_did_is_shown_as_long_as_he_may_do_it(cache: Cache) -> None:
    elsewhere = msgspec.structs.replace(SUPERVISOR, regions=("madinah",))
    with cache.write() as conn:
        feed.apply(conn, page(SECOND, more=True), EVENING)
        outbox.commit(conn, opening(), INSPECTOR, NOON)
        outbox.commit(conn, handed_over(), SUPERVISOR, NOON)
        feed.apply(conn, page(elsewhere, since=1, rev=2, more=True), EVENING)
        assert whereabouts(conn) == ("k11", "makkah")
        feed.apply(conn, page(SUPERVISOR, since=2, rev=3, more=True), EVENING)
        assert whereabouts(conn) == ("k12", "makkah")


def test_the_deadline_of_a_case_opened_here_follows_the_rules_of_the_season(cache: Cache) -> None:
    quicker = msgspec.structs.replace(RULES, case_hours={**RULES.case_hours, Priority.P2: 2})
    with cache.write() as conn:
        outbox.commit(conn, opening(), INSPECTOR, NOON)
        before = cases.get(conn, "c1")
        feed.apply(conn, page(msgspec.structs.replace(SEASON, rules=quicker), rev=2), EVENING)
        after = cases.get(conn, "c1")
    assert before is not None
    assert after is not None
    early = datetime.fromisoformat(before.due_at) - datetime.fromisoformat(after.due_at)
    assert early == timedelta(hours=2)
