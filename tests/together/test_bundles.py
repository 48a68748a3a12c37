"""Reports and decisions that went by hand reach the centre exactly once, whichever way each of them comes first."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inspector_app.services.desk import Desk
from inspector_app.services.link.driver import SystemClock
from inspector_app.services.link.http import HttpTransport
from inspector_app.services.views.cases import CaseFields
from inspector_app.storage import carried
from inspector_app.storage.outbox import EventState
from inspector_app.storage.sync_store import SyncStore
from sync.contract import records as r
from sync.engine.engine import Engine
from tests.services.test_visit_drafts import photo
from tests.support import desks
from tests.support.sample_centre import copied
from tests.support.sample_centre import sample_season as sample_season
from tests.support.server import LiveServer
from tests.together.conftest import Enrol
from tests.together.laptops import HOTEL, assert_everything_once, at_centre, correct, ledger, write_visit

REMARK = (r.Remark(item="E01", text="أين صورة الترخيص؟"),)


@pytest.fixture
def centre(sample_season: Path, tmp_path: Path) -> Iterator[LiveServer]:
    """A centre with the sample season that answers on a real socket."""
    with copied(sample_season, tmp_path / "centre") as server:
        yield server


@pytest.fixture
def laptops(enrol: Enrol) -> tuple[Desk, Desk]:
    """An inspector's and his supervisor's, who have met the centre and know of each other."""
    field, desk = enrol("makkah", "ahmad"), enrol("none", "saad")
    for laptop in (field, desk):
        desks.synchronise(laptop)
    return field, desk


def carry(giver: Desk, taker: Desk, folder: Path) -> None:
    giver.bundles.export(folder / "work.midan", [taker.device.id])
    taker.bundles.take_file(folder / "work.midan")


def a_day_without_a_link(field: Desk, desk: Desk, folder: Path) -> str:
    """A report, its return, its correction and its approval, and a case with a word on it; all by stick."""
    visit_id = write_visit(field, HOTEL, photo(600, 400), E01="nonconform")
    case_id = field.cases.open(
        CaseFields(kind="complaint", category="CC01", priority="P1", text="ازدحام الغرف", place_id=HOTEL)
    ).case_id
    carry(field, desk, folder)
    desk.review.take_up(visit_id)
    desk.review.give_back(visit_id, REMARK)
    desk.cases.act(case_id, "comment", "أرسلوا فريقا")
    carry(desk, field, folder)
    correct(field, visit_id, "صورة الترخيص مرفقة", "E01")
    field.cases.act(case_id, "check")
    carry(field, desk, folder)
    desk.review.approve(visit_id, "مع الشكر")
    return visit_id


def settled(*laptops: Desk) -> None:
    """Each of them at the centre, one after the other, until nothing waits."""
    for laptop in laptops:
        desks.synchronise(laptop)


ORDERS: dict[str, Callable[[Desk, Desk], tuple[Desk, ...]]] = {
    "the inspector first": lambda field, desk: (field, desk, field, desk),
    "the supervisor first": lambda field, desk: (desk, field, desk, field),
    "the supervisor alone, then both": lambda field, desk: (desk, desk, desk, field, desk),
}


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("last_way", ["decision carried back", "decision not carried back"])
def test_a_day_by_stick_reaches_the_centre_once(
    centre: LiveServer, laptops: tuple[Desk, Desk], tmp_path: Path, order: str, last_way: str
) -> None:
    field, desk = laptops
    visit_id = a_day_without_a_link(field, desk, tmp_path)
    if last_way == "decision carried back":
        carry(desk, field, tmp_path)
        assert field.visits.row(visit_id).visit.state == "approved"
    settled(*ORDERS[order](field, desk))
    assert_everything_once(centre, laptops)
    for laptop in laptops:
        assert laptop.visits.row(visit_id).visit.state == "approved"
        assert (laptop.outbox.status().waiting, laptop.outbox.attention()) == (0, ())
        assert nothing_is_carried(laptop)
    assert {one.result.outcome for one in ledger(centre).values()} == {"applied"}


@pytest.mark.parametrize("seed", range(3))
def test_both_may_be_at_the_centre_at_the_same_time(
    centre: LiveServer, laptops: tuple[Desk, Desk], tmp_path: Path, seed: int
) -> None:
    field, desk = laptops
    visit_id = a_day_without_a_link(field, desk, tmp_path)
    carry(desk, field, tmp_path)
    choice = random.Random(seed)
    with ExitStack() as stack:
        engines = [stack.enter_context(engine(laptop)) for laptop in laptops]
        for _ in range(60):
            report = choice.choice(engines).step()
            assert not report.problem, report
    settled(field, desk, field)
    assert_everything_once(centre, laptops)
    assert [laptop.visits.row(visit_id).visit.state for laptop in laptops] == ["approved"] * 2
    assert all(nothing_is_carried(laptop) for laptop in laptops)


@contextmanager
def engine(desk: Desk) -> Iterator[Engine]:
    """The real engine of a laptop, to be turned by hand."""
    transport = HttpTransport(desk.device.server_url)
    try:
        store = SyncStore(desk.cache, lambda: datetime.now(UTC))
        yield Engine(store, transport, SystemClock(), random.SystemRandom())
    finally:
        transport.close()


def nothing_is_carried(desk: Desk) -> bool:
    with desk.cache.read() as conn:
        return carried.batches(conn) == () and carried.entries(conn, (EventState.CARRIED,)) == ()


def test_a_supervisor_alone_brings_everything_to_the_centre(
    centre: LiveServer, laptops: tuple[Desk, Desk], tmp_path: Path
) -> None:
    field, desk = laptops
    visit_id = a_day_without_a_link(field, desk, tmp_path)
    settled(desk)
    (visit,) = at_centre(centre)["visit"]
    assert isinstance(visit, r.Visit)
    assert (visit.id, visit.state, visit.revision) == (visit_id, "approved", 2)
    assert sorted(one.n for one in ledger(centre).values() if one.device_id == field.device.id) == [1, 2, 3, 4]
    assert desk.outbox.status().waiting == 0
    (piece,) = {one.sha256 for row in at_centre(centre)["visit_revision"] for one in attachments(row)}
    assert (centre.centre.evidence / piece[:2] / piece).exists()


def attachments(row: r.Record) -> tuple[r.Attachment, ...]:
    return row.attachments if isinstance(row, r.VisitRevision) else ()


def test_a_stick_that_comes_after_the_link_changes_nothing(
    centre: LiveServer, laptops: tuple[Desk, Desk], tmp_path: Path
) -> None:
    field, desk = laptops
    visit_id = write_visit(field, HOTEL, E01="nonconform")
    field.visits.annul(visit_id, "زيارة مكررة")
    field.bundles.export(tmp_path / "work.midan", [desk.device.id])
    settled(field, desk)
    came = desk.bundles.take_file(tmp_path / "work.midan")
    assert came.load.events == 2, "the events themselves are new here, what they did is not"
    assert desk.visits.row(visit_id).visit.state == "annulled"
    assert nothing_is_carried(desk)
    settled(desk)
    assert desk.outbox.attention() == ()
    assert_everything_once(centre, laptops)
