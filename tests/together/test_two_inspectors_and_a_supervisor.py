"""Two inspectors' laptops and a supervisor's at one centre: everything once, there and back, and no word is lost."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.services.link.driver import SystemClock
from inspector_app.services.link.http import HttpTransport
from inspector_app.services.views.cases import CaseFields
from inspector_app.services.views.sync import Status
from inspector_app.storage import device as devices
from inspector_app.storage import rows
from inspector_app.storage.evidence import PieceState
from sync.contract import records as r
from sync.contract.problems import Refused
from sync.engine import calls
from sync.engine.engine import fetch
from tests.services.test_visit_drafts import photo
from tests.support import desks
from tests.support.server import LiveServer
from tests.support.short_centre import FIELD
from tests.together import laptops
from tests.together.conftest import Enrol
from tests.together.laptops import HOTEL, OTHER_HOTEL

REMARK = "اذكر رقم الدور، والصورة غير واضحة"
CORRECTED = "مخرج الدور الثالث مسدود بجوار الغرفة ٣١٢"
WATER = CaseFields(
    kind="complaint",
    category="CC01",
    priority="P2",
    text="انقطاع الماء منذ الفجر",
    place_id=HOTEL,
    reporter="named",
    reporter_name="أبو بكر السوداني",
    reporter_phone="0500000002",
)


def state_of(desk: Desk, visit_id: str) -> tuple[str, int, str]:
    row = desk.visits.row(visit_id)
    return row.visit.state, row.visit.revision, row.mark


def test_reports_go_there_and_back_and_everybody_holds_each_thing_once(centre: LiveServer, enrol: Enrol) -> None:
    ahmad, yasir, saad = enrol("makkah", "ahmad"), enrol("makkah-2", "yasir"), enrol("none", "saad")
    everybody = (ahmad, yasir, saad)

    # Both work without a link at the same time.
    returned = laptops.write_visit(ahmad, HOTEL, photo(640, 480), E01="nonconform")
    clean = laptops.write_visit(yasir, OTHER_HOTEL)
    case = yasir.cases.open(WATER).case_id
    for desk in (ahmad, yasir, saad, ahmad):
        desks.synchronise(desk)
    assert {ahmad.visits.row(one).visit.state for one in (returned, clean)} == {"received"}
    assert yasir.visits.row(returned).visit.inspector_id == ahmad.person.id
    assert not yasir.visits.row(returned).mine
    assert saad.review.queue() == [returned, clean]  # the gravest first

    # The supervisor returns one with a remark and approves the other; a colleague answers to the case.
    saad.review.give_back(returned, [r.Remark(item="E01", text=REMARK)])
    saad.review.approve(clean)
    ahmad.cases.act(case, "comment", "سألت الاستقبال")
    for desk in (saad, ahmad, yasir):
        desks.synchronise(desk)
    assert state_of(ahmad, returned) == ("returned", 1, "confirmed")
    assert [remark.text for remark in ahmad.visits.open_draft(ahmad.visits.correct(returned)).remarks] == [REMARK]
    assert state_of(yasir, clean) == ("approved", 1, "confirmed")

    # The inspector corrects it, the supervisor approves the second revision.
    laptops.correct(ahmad, returned, CORRECTED, "E01")
    for desk in (ahmad, saad):
        desks.synchronise(desk)
    assert saad.review.queue() == [returned]
    assert [change.note_after for change in saad.review.detail(returned).since_revision] == [CORRECTED]
    saad.review.approve(returned)
    for desk in (saad, ahmad, yasir):
        desks.synchronise(desk)

    detail = ahmad.visits.detail(returned)
    assert (detail.visit.state, detail.visit.revision) == ("approved", 2)
    assert [view.decision.action for view in detail.decisions] == ["return", "approve"]
    assert [one.evidence_waiting + one.waiting + one.attention for one in map(_status, everybody)] == [0, 0, 0]
    laptops.assert_everything_once(centre, everybody)


def test_another_region_sees_nothing_of_it_and_is_given_nothing_of_it(centre: LiveServer, enrol: Enrol) -> None:
    ahmad, omar, nasser = enrol("makkah", "ahmad"), enrol("madinah", "omar"), enrol("none", "nasser")
    visit_id = laptops.write_visit(ahmad, HOTEL, photo(640, 480), E01="nonconform")
    ahmad.cases.open(WATER)
    desks.synchronise(ahmad)
    newest = ahmad.visits.detail(visit_id).newest
    assert newest is not None
    (picture,) = newest.revision.attachments
    for stranger in (omar, nasser):
        desks.synchronise(stranger)
        assert laptops.held_by(stranger) == dict.fromkeys(FIELD, frozenset())
        assert {place.region for place in _places(stranger)} == {"madinah"}
        assert stranger.visits.list() == []
        assert stranger.cases.list() == []
        assert stranger.review.queue() == []
        with pytest.raises(UserError, match="record_missing"):
            stranger.visits.detail(visit_id)
        with pytest.raises(Refused, match="not_found"):
            _ask_for(stranger, picture.sha256)
    assert _ask_for(ahmad, picture.sha256) == ahmad.visits.evidence(picture.sha256)


def test_a_lost_answer_is_asked_for_again_and_nothing_is_there_twice(centre: LiveServer, enrol: Enrol) -> None:
    ahmad, saad = enrol("makkah", "ahmad"), enrol("none", "saad")
    visit_id = laptops.write_visit(ahmad, HOTEL, photo(640, 480), E01="nonconform")
    ahmad.cases.open(WATER)
    lost = laptops.synchronise_losing_answers(ahmad)
    blobs = {("POST", "/v1/blobs"), ("HEAD", "/v1/blobs")}  # a picture this small goes with its announcement
    assert lost >= {("POST", "/v1/push"), ("GET", "/v1/changes"), ("GET", "/v1/hello"), ("POST", "/v1/token")} | blobs
    assert laptops.synchronise_losing_answers(saad) >= {("GET", "/v1/changes")}
    saad.review.give_back(visit_id, [r.Remark(item="E01", text=REMARK)])
    assert ("POST", "/v1/push") in laptops.synchronise_losing_answers(saad)
    desks.synchronise(ahmad)
    with ahmad.cache.read() as conn:
        states = set(conn.exec_driver_sql("SELECT state FROM evidence").scalars())
    assert states == {PieceState.COMPLETE}
    laptops.assert_everything_once(centre, (ahmad, saad))


def test_a_decision_that_came_too_late_is_refused_and_its_words_are_kept_on_both_sides(
    centre: LiveServer, enrol: Enrol
) -> None:
    ahmad, saad, hind = enrol("makkah", "ahmad"), enrol("none", "saad"), enrol("none-2", "hind")
    visit_id = laptops.write_visit(ahmad, HOTEL, E01="nonconform")
    for desk in (ahmad, saad, hind):
        desks.synchronise(desk)
    saad.review.give_back(visit_id, [r.Remark(item="E01", text=REMARK)], "يعاد للاستكمال")  # without a link
    hind.review.approve(visit_id)
    for desk in (hind, saad, ahmad):
        desks.synchronise(desk)

    (refused,) = saad.outbox.attention()
    assert (refused.receipt.state, refused.receipt.code) == ("refused", "illegal_step")
    assert refused.receipt.fields["actual"] == "approved"
    assert refused.text == f"يعاد للاستكمال\n{REMARK}"
    assert state_of(saad, visit_id) == ("approved", 1, "attention")
    assert saad.outbox.status().waiting == 0
    (kept,) = laptops.refusals(centre)
    assert (kept.by, kept.action, kept.record_id, kept.text) == (saad.person.id, "return", visit_id, refused.text)
    assert ahmad.outbox.attention() == hind.outbox.attention() == ()
    assert [view.decision.action for view in ahmad.visits.detail(visit_id).decisions] == ["approve"]
    laptops.assert_everything_once(centre, (ahmad, saad, hind))


def test_a_correction_that_a_colleague_made_first_is_refused_and_its_notes_are_kept_on_both_sides(
    centre: LiveServer, enrol: Enrol
) -> None:
    ahmad, yasir, saad = enrol("makkah", "ahmad"), enrol("makkah-2", "yasir"), enrol("none", "saad")
    visit_id = laptops.write_visit(ahmad, HOTEL, E01="nonconform")
    for desk in (ahmad, saad):
        desks.synchronise(desk)
    saad.review.give_back(visit_id, [r.Remark(item="E01", text=REMARK)])
    for desk in (saad, ahmad, yasir):
        desks.synchronise(desk)
    laptops.correct(ahmad, visit_id, CORRECTED, "E01")
    laptops.correct(yasir, visit_id, "رأيته أنا أيضا", "E01")
    for desk in (yasir, ahmad, saad):
        desks.synchronise(desk)

    (refused,) = ahmad.outbox.attention()
    assert (refused.receipt.action, refused.receipt.code) == ("submit", "revision_stale")
    assert refused.text == f"E01: {CORRECTED}"
    assert [kept.text for kept in laptops.refusals(centre)] == [refused.text]
    assert [found.finding.note for found in ahmad.visits.detail(visit_id).findings] == ["رأيته أنا أيضا"]
    laptops.assert_everything_once(centre, (ahmad, yasir, saad))


@pytest.mark.parametrize("seed", [4, 7, 1448])
@pytest.mark.timeout(120)
def test_in_whatever_order_people_work_and_links_come_and_go_everything_is_there_once(
    centre: LiveServer, enrol: Enrol, seed: int
) -> None:
    everybody = [
        enrol(*who) for who in (("makkah", "ahmad"), ("makkah-2", "yasir"), ("none", "saad"), ("none-2", "hind"))
    ]
    season = _Season(random.Random(seed))
    for _ in range(60):
        season.something_happens(season.chance.choice(everybody))
    for _ in range(2):
        for desk in everybody:
            desks.synchronise(desk)
    laptops.assert_everything_once(centre, everybody)
    assert any(desk.outbox.attention() for desk in everybody), "this seed has no two people at cross purposes"


class _Season:
    """People who do what their screens offer, whether or not the others have done the same."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def something_happens(self, desk: Desk) -> None:
        work = self._supervise if desk.person.role == "supervisor" else self._inspect
        link: list[Callable[[Desk], object]] = [desks.synchronise, laptops.synchronise_losing_answers]
        self.chance.choice([work, work, self._case, self.chance.choice(link)])(desk)

    def _inspect(self, desk: Desk) -> None:
        returned = [one for one in desk.visits.list() if desk.visits.detail(one).correctable]
        if returned:
            laptops.correct(desk, self.chance.choice(returned), CORRECTED, "E01")
        else:
            hotel = self.chance.choice((HOTEL, OTHER_HOTEL))
            laptops.write_visit(desk, hotel, photo(64, self.chance.randint(32, 64)), E01="nonconform")

    def _supervise(self, desk: Desk) -> None:
        waiting = desk.review.queue()
        if not waiting:
            return
        visit_id = self.chance.choice(waiting)
        action = self.chance.choice(desk.review.detail(visit_id).actions)
        if action == "return":
            desk.review.give_back(visit_id, [r.Remark(item="E01", text=f"{REMARK} {self.chance.random()}")])
        elif action == "annul":
            desk.visits.annul(visit_id, f"زيارة مكررة {self.chance.random()}")
        else:
            {"approve": desk.review.approve, "take_up": desk.review.take_up}[action](visit_id)

    def _case(self, desk: Desk) -> None:
        known = desk.cases.list()
        if known and self.chance.random() < 0.7:
            case_id = self.chance.choice(known)
            # A case that goes to another committee leaves these laptops, which are to hold the same in the end.
            actions = [action for action in desk.cases.actions(case_id) if action != "move"]
            if actions:
                desk.cases.act(case_id, self.chance.choice(actions), f"كلام {self.chance.random()}")
        elif desk.person.role == "inspector":
            desk.cases.open(WATER)


def _status(desk: Desk) -> Status:
    return desk.outbox.status()


def _places(desk: Desk) -> tuple[r.Place, ...]:
    with desk.cache.read() as conn:
        return tuple(one for one in rows.where(conn, "place", "1 = 1") if isinstance(one, r.Place))


def _ask_for(desk: Desk, sha256: str) -> bytes:
    """Ask the centre for a piece of evidence in this laptop's name, past everything that would keep it from asking."""
    transport = HttpTransport(desk.device.server_url)
    try:
        with desk.cache.read() as conn:
            return fetch(calls.Caller(devices.identity(conn), transport, SystemClock()), sha256)
    finally:
        transport.close()
