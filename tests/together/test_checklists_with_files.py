"""A checklist with lists and pictures from its workbook to a laptop and back; old versions beside new ones."""

from __future__ import annotations

from pathlib import Path

import pytest

import xforms
from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.storage import rows
from sync.contract import records as r
from sync.server.services import publishing
from tests.support import desks
from tests.support.server import LiveServer
from tests.support.workbooks import LODGINGS, PLAN, tour
from tests.together import laptops
from tests.together.conftest import Enrol

ABOUT = publishing.About("IT04", "2026-06-16", "جولة", "Tour")
IMAGE = "jr://images/plan.png"


def publish(centre: LiveServer, folder: Path, version: str, lodgings: str, *more: list[str]) -> str:
    """Publish a version of the tour with its files; returns its id."""
    (folder / "tour.xlsx").write_bytes(tour(version, *more))
    media = folder / "tour-media"
    media.mkdir(exist_ok=True)
    (media / "lodgings.csv").write_text(lodgings, encoding="utf-8")
    (media / "plan.png").write_bytes(PLAN)
    return publishing.publish(centre.centre, folder / "tour.xlsx", ABOUT).checklist.id


def answer(desk: Desk, draft_id: str, **given: str) -> xforms.Session:
    """Answer questions of a draft by their names and save it."""
    session = desk.visits.open_draft(draft_id).session
    refs = {ref.rsplit("/", 1)[-1]: ref for ref in session.states()}
    for name, value in given.items():
        session.answer(refs[name], value)
    desk.visits.save(draft_id, session.serialise())
    return session


def offered(desk: Desk, draft_id: str) -> list[str]:
    """The lodgings that a draft offers."""
    return [choice.label for choice in desk.visits.open_draft(draft_id).session.state("/data/lodging").choices]


def newest(desk: Desk) -> list[str]:
    """The tours that a new visit may be begun with."""
    return [one.id for one in desk.visits.checklists() if one.form_id == "tour"]


def test_lists_and_pictures_are_on_every_laptop_before_the_checklist_is_opened(
    centre: LiveServer, enrol: Enrol, tmp_path: Path
) -> None:
    here, later = enrol("makkah", "ahmad"), tmp_path
    first = publish(centre, later, "1", LODGINGS)
    desks.synchronise(here)
    late = enrol("makkah-2", "yasir")  # by a snapshot, not by the feed
    for desk in (here, late):
        draft_id = desk.visits.start(laptops.HOTEL, checklist_id=first)
        assert offered(desk, draft_id) == ["دار الصفا", "برج السلام"]
        assert desk.visits.file(first, IMAGE) == PLAN
        assert desk.visits.file(first, "jr://images/nothing.png") is None
        assert desk.visits.open_draft(draft_id).session.state("/data/lodging").media == {"image": IMAGE}


def test_a_report_with_repeats_goes_to_the_centre_which_checks_it_with_the_same_lists(
    centre: LiveServer, enrol: Enrol, tmp_path: Path
) -> None:
    first = publish(centre, tmp_path, "1", LODGINGS)
    ahmad = enrol("makkah", "ahmad")
    draft_id = ahmad.visits.start(laptops.HOTEL, checklist_id=first)
    session = answer(ahmad, draft_id, T01="nonconform", T01_note="لا ترخيص", lodging="h2")
    session.answer("/data/rooms[1]/room", "١٠١")
    session.new_repeat("/data/rooms")
    session.answer("/data/rooms[2]/room", "102")
    session.answer("/data/rooms[2]/beds", "4")
    ahmad.visits.save(draft_id, session.serialise())
    desks.refuse_to_sign(ahmad, draft_id)
    visit_id = ahmad.visits.submit(draft_id).visit_id
    desks.synchronise(ahmad)
    row = ahmad.visits.row(visit_id).visit
    assert (row.state, row.flags, row.findings, row.percent) == ("received", (), 1, 0.0)
    assert laptops.held_by(ahmad) == laptops.at_centre(centre)
    saad = enrol("none", "saad")
    sections = saad.review.detail(visit_id).detail.sections
    told = [(part.title, [(s.number, s.of) for s in part.steps], [f.value for f in part.facts]) for part in sections]
    assert told == [("Tour", [], ["h2"]), ("Rooms", [(1, 2)], ["١٠١"]), ("Rooms", [(2, 2)], ["102", "4"])]
    assert sections[0].facts[0].chosen == ("برج السلام",)


def test_a_draft_of_version_one_stays_one_when_version_two_has_come_and_new_visits_begin_with_two(
    centre: LiveServer, enrol: Enrol, tmp_path: Path
) -> None:
    first = publish(centre, tmp_path, "9", LODGINGS)
    ahmad, saad = enrol("makkah", "ahmad"), enrol("none", "saad")
    draft_id = ahmad.visits.start(laptops.HOTEL, checklist_id=first)
    answer(ahmad, draft_id, T01="nonconform", T01_note="لا ترخيص", lodging="h1")

    second = publish(centre, tmp_path, "10", "name,label\nh7,فندق آخر\n", ["text", "asked_later", "Asked later"])
    desks.synchronise(ahmad)
    assert newest(ahmad) == [second]
    assert offered(ahmad, draft_id) == ["دار الصفا", "برج السلام"]
    opened = ahmad.visits.open_draft(draft_id)
    assert opened.head.checklist.id == first
    assert opened.session.state("/data/lodging").value == "h1"
    assert "/data/asked_later" not in opened.session.states()
    other = ahmad.visits.start(laptops.OTHER_HOTEL, checklist_id=second)
    assert offered(ahmad, other) == ["فندق آخر"]
    assert "/data/asked_later" in ahmad.visits.open_draft(other).session.states()

    # Submitted, returned and corrected by its own version, at the centre too.
    desks.refuse_to_sign(ahmad, draft_id)
    visit_id = ahmad.visits.submit(draft_id).visit_id
    desks.synchronise(ahmad)
    desks.synchronise(saad)
    saad.review.give_back(visit_id, [r.Remark(item="T01", text="أين؟")])
    desks.synchronise(saad)
    desks.synchronise(ahmad)
    correction = ahmad.visits.correct(visit_id)
    assert ahmad.visits.open_draft(correction).head.checklist.id == first
    answer(ahmad, correction, T01_note="عند المدخل")
    desks.refuse_to_sign(ahmad, correction)
    ahmad.visits.submit(correction)
    desks.synchronise(ahmad)
    shown = ahmad.visits.row(visit_id).visit
    assert (shown.revision, shown.checklist_id, shown.state, shown.flags) == (2, first, "received", ())
    assert laptops.held_by(ahmad) == laptops.at_centre(centre)


def test_a_correction_of_one_item_changes_nothing_in_a_repeat(centre: LiveServer, enrol: Enrol, tmp_path: Path) -> None:
    first = publish(centre, tmp_path, "1", LODGINGS)
    ahmad, saad = enrol("makkah", "ahmad"), enrol("none", "saad")
    draft_id = ahmad.visits.start(laptops.HOTEL, checklist_id=first)
    answer(ahmad, draft_id, T01="nonconform", T01_note="لا ترخيص", lodging="h1", room="101")
    desks.refuse_to_sign(ahmad, draft_id)
    visit_id = ahmad.visits.submit(draft_id).visit_id
    for desk in (ahmad, saad):
        desks.synchronise(desk)
    saad.review.give_back(visit_id, [r.Remark(item="T01", text="أين؟")])
    for desk in (saad, ahmad):
        desks.synchronise(desk)
    correction = ahmad.visits.correct(visit_id)
    desks.refuse_to_sign(ahmad, correction)
    for change in ("value", "more", "less"):
        session = ahmad.visits.open_draft(correction).session
        before = session.serialise()
        if change == "value":
            session.answer("/data/rooms[1]/room", "102")
        elif change == "more":
            session.new_repeat("/data/rooms")
        else:
            session.remove_repeat("/data/rooms[1]")
        ahmad.visits.save(correction, session.serialise())
        with pytest.raises(UserError) as refusal:
            ahmad.visits.submit(correction)
        assert (refusal.value.code, refusal.value.params["item"]) == ("closed_item_changed", "Number of the room")
        ahmad.visits.save(correction, before)
    ahmad.visits.submit(correction)


def test_a_device_that_lacks_a_part_of_a_list_says_so_and_goes_on_with_its_other_checklists(
    centre: LiveServer, enrol: Enrol, tmp_path: Path
) -> None:
    first = publish(centre, tmp_path, "torn", LODGINGS)  # of which no compiled form is kept from another test
    ahmad = enrol("makkah", "ahmad")
    with ahmad.cache.write() as conn:
        parts = rows.count(conn, "chunk")
        conn.exec_driver_sql("DELETE FROM chunk")
    with pytest.raises(UserError) as refusal:
        ahmad.visits.start(laptops.HOTEL, checklist_id=first)
    assert (refusal.value.code, refusal.value.params["reason"]) == ("checklist_unusable", "missing_resource")
    assert ahmad.visits.file(first, IMAGE) is None
    [other] = [one.id for one in ahmad.visits.checklists() if one.form_id == "accommodation"]
    assert ahmad.visits.start(laptops.HOTEL, checklist_id=other)
    # The daily comparison with the centre finds and mends it.
    with ahmad.cache.write() as conn:
        conn.exec_driver_sql("DELETE FROM meta WHERE key = 'feed.checked'")
    desks.synchronise(ahmad)
    with ahmad.cache.read() as conn:
        assert rows.count(conn, "chunk") == parts
    assert ahmad.visits.start(laptops.HOTEL, checklist_id=first)
