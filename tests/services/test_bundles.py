"""Work that travels on a stick: reviewed where there is no link, taken in whole, once, and only from who is known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from msgspec.structs import replace

from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.services.views.cases import CaseFields
from inspector_app.services.views.transfers import Received
from inspector_app.storage import carried, device, evidence, outbox, rows, tables
from inspector_app.storage.errors import DiskFull
from inspector_app.storage.outbox import EventState
from inspector_app.storage.rows import Row
from sync.contract import bundles as format_
from sync.contract import events as e
from sync.contract import records as r
from tests.services.test_visit_drafts import photo
from tests.support import by_hand, desks
from tests.support.by_hand import bundles


@pytest.fixture
def laptops(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    """An inspector's laptop, and that of his supervisor."""
    with ExitStack() as stack:
        field = stack.enter_context(by_hand.laptop(tmp_path, "field", desks.INSPECTOR, desks.COLLEAGUE))
        desk = stack.enter_context(by_hand.laptop(tmp_path, "desk", desks.SUPERVISOR))
        yield field, desk


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick" / "work.midan"


def carry(giver: Desk, taker: Desk, stick: Path) -> Received:
    """From one laptop to the other, by stick."""
    bundles(giver).export(stick, [taker.device.id])
    return bundles(taker).take_file(stick)


def write_visit(desk: Desk, picture: bytes | None = None) -> str:
    draft_id = desk.visits.start("p1", "co1")
    desks.fill_in(desk, draft_id, E01="nonconform")
    if picture:
        desk.visits.attach(draft_id, "E01", picture)
    desks.refuse_to_sign(desk, draft_id)
    return desk.visits.submit(draft_id).visit_id


def correct(desk: Desk, visit_id: str) -> None:
    draft_id = desk.visits.correct(visit_id)
    session = desk.visits.open_draft(draft_id).session
    session.answer(next(ref for ref in session.states() if ref.endswith("/E01")), "conform")
    desk.visits.save(draft_id, session.serialise())
    desks.refuse_to_sign(desk, draft_id)
    desk.visits.submit(draft_id)


def state_of(desk: Desk, visit_id: str) -> tuple[str, int]:
    visit = desk.visits.row(visit_id).visit
    return visit.state, visit.revision


def dump(desk: Desk) -> dict[str, list[object]]:
    """Everything that a bundle could change."""
    with desk.cache.read() as conn:
        shown: dict[str, list[object]] = {kind: list(rows.where(conn, kind, "1 = 1 ORDER BY id")) for kind in r.KINDS}
        for table in (tables.event, tables.batch, tables.evidence, tables.event_evidence):
            shown[table.name] = list(conn.execute(table.select()).all())
    shown["files"] = [*sorted(desk.cache.vault.names())]
    return shown


def test_a_report_is_reviewed_corrected_and_approved_without_any_link(laptops: tuple[Desk, Desk], stick: Path) -> None:
    field, desk = laptops
    visit_id = write_visit(field, photo(600, 400))
    came = carry(field, desk, stick)
    assert (came.load.reports, came.load.pieces, came.known, came.missing, came.refused) == (1, 1, 0, 0, ())
    assert came.sender.name == by_hand.row("field").name
    assert desk.review.queue() == [visit_id]
    seen = desk.review.detail(visit_id)
    assert [answer.item for answer in seen.nonconformities] == ["E01"]
    assert desk.evidence.read(seen.evidence[0].sha256)
    assert bundles(desk).is_carried("visit", visit_id)

    desk.review.give_back(visit_id, (r.Remark(item="E01", text="أين صورة الترخيص؟"),))
    back = carry(desk, field, stick)
    assert (back.load.decisions, back.load.reports) == (1, 0), "what is his own does not travel back to him"
    assert state_of(field, visit_id) == ("returned", 1)
    assert [row.visit.id for row in field.today.summary().returned] == [visit_id]

    correct(field, visit_id)
    again = carry(field, desk, stick)
    assert (again.load.reports, again.known) == (1, 1)
    desk.review.approve(visit_id, "مع الشكر")
    carry(desk, field, stick)
    for laptop in laptops:
        assert state_of(laptop, visit_id) == ("approved", 2)
        assert [view.decision.action for view in laptop.visits.detail(visit_id).decisions] == ["return", "approve"]


def test_what_is_done_with_carried_work_depends_on_it(laptops: tuple[Desk, Desk], stick: Path) -> None:
    field, desk = laptops
    visit_id = write_visit(field)
    carry(field, desk, stick)
    desk.review.take_up(visit_id)
    desk.review.give_back(visit_id, (r.Remark(item="", text="أعد"),))
    carry(desk, field, stick)
    correct(field, visit_id)
    with field.cache.read() as conn:
        mine = [e.decode(event.line) for event in carried.undelivered(conn)]
        (theirs,) = carried.batches(conn)
    decisions = [e.decode(line) for line in theirs.lines]
    assert [event.depends_on for event in decisions] == [(mine[0].id,)] * 2
    assert mine[1].depends_on == tuple(event.id for event in decisions)


def test_a_case_is_carried_with_its_reporter_and_its_steps_come_back(laptops: tuple[Desk, Desk], stick: Path) -> None:
    field, desk = laptops
    fields = CaseFields(
        kind="complaint",
        category="CC01",
        priority="P1",
        text="ازدحام الغرف",
        place_id="p1",
        reporter="confidential",
        reporter_name="محمد إقبال",
        reporter_phone="+923000000000",
    )
    case_id = field.cases.open(fields).case_id
    came = carry(field, desk, stick)
    assert (came.load.cases, came.load.steps) == (1, 1)
    seen = desk.cases.detail(case_id)
    assert seen.contact is not None
    assert seen.contact.name == "محمد إقبال"
    assert seen.case.state == "assigned", "it is in the hands of one who acts for the centre"
    desk.cases.act(case_id, "comment", "أرسلوا فريقا")
    carry(desk, field, stick)
    assert [view.entry.text for view in field.cases.detail(case_id).entries] == ["", "أرسلوا فريقا"]
    assert field.cases.detail(case_id).case.state == "assigned"


def test_a_bundle_imported_twice_changes_nothing(laptops: tuple[Desk, Desk], stick: Path) -> None:
    field, desk = laptops
    write_visit(field, photo(600, 400))
    carry(field, desk, stick)
    before = dump(desk)
    again = bundles(desk).take_file(stick)
    assert (again.load.events, again.load.pieces, again.known) == (0, 0, 1)
    assert dump(desk) == before


def test_our_own_work_that_comes_back_is_passed_over(laptops: tuple[Desk, Desk], tmp_path: Path) -> None:
    field, desk = laptops
    write_visit(field)
    carry(field, desk, tmp_path / "out.midan")
    both = tmp_path / "back.midan"
    with desk.cache.write() as conn:  # a colleague's device as a second recipient, so that his own work is in it, too
        rows.put(conn, "device", [Row(by_hand.row("other", committee_id="k11"), rev=2)])
    bundles(desk).export(both, ["field", "other"])
    before = dump(field)
    back = bundles(field).take_file(both)
    assert (back.load.events, back.known) == (0, 1)
    assert dump(field) == before


def test_carried_work_counts_nowhere_as_our_own(laptops: tuple[Desk, Desk], stick: Path) -> None:
    field, desk = laptops
    write_visit(field, photo(600, 400))
    carry(field, desk, stick)
    status = desk.outbox.status()
    assert (status.waiting, status.evidence_waiting, status.attention, status.unsent_since) == (0, 0, 0, None)
    assert desk.outbox.events() == ()
    with desk.cache.read() as conn:
        assert outbox.depth(conn).carried == 1
        assert outbox.entries(conn) == ()
    (row,) = bundles(desk).carried()
    assert (row.receipt.state, row.receipt.action, row.user) == ("carried", "submit", desks.INSPECTOR)
    assert row.device is not None
    assert row.device.id == "field"


def test_a_parked_event_goes_too_and_a_draft_never(laptops: tuple[Desk, Desk], stick: Path) -> None:
    field, desk = laptops
    write_visit(field)
    field.visits.start("p2")
    with field.cache.write() as conn:
        conn.exec_driver_sql("UPDATE event SET state = 'parked'")
    assert carry(field, desk, stick).load.events == 1
    with desk.cache.read() as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM draft").scalar_one() == 0


def test_nothing_to_give_and_nobody_to_give_it_to_are_said(laptops: tuple[Desk, Desk], stick: Path) -> None:
    field, _ = laptops
    with pytest.raises(UserError, match="bundle_empty"):
        bundles(field).export(stick)
    write_visit(field)
    with pytest.raises(UserError, match="bundle_peer_unknown"):
        bundles(field).export(stick, ["nobody"])
    with field.cache.write() as conn:
        for name in ("desk", "away"):
            rows.put(conn, "device", [Row(by_hand.row(name, revoked=True), rev=2)])
    assert [peer.id for peer in bundles(field).peers()] == ["other"]
    with pytest.raises(UserError, match="bundle_no_peer"):
        bundles(field).export(stick)
    assert not stick.exists()


def test_a_device_is_given_only_what_it_might_hold_by_the_centre_too(laptops: tuple[Desk, Desk], stick: Path) -> None:
    field, _ = laptops
    write_visit(field)
    for name in ("other", "away"):
        with pytest.raises(UserError, match="bundle_empty"):
            bundles(field).export(stick, [name])
    assert bundles(field).parcel(["desk"]).load.reports == 1
    assert [one.id for one in bundles(field).parcel().to] == ["desk"], (
        "who supervises us is asked where nobody is named"
    )


def test_what_waits_and_is_not_for_those_it_goes_to_is_counted(laptops: tuple[Desk, Desk], tmp_path: Path) -> None:
    field, desk = laptops
    write_visit(field)
    carry(field, desk, tmp_path / "ours.midan")
    with by_hand.laptop(tmp_path, "other", by_hand.STRANGER) as stranger:
        write_visit(stranger)
        carry(stranger, desk, tmp_path / "theirs.midan")
    for visit_id in desk.review.queue():
        desk.review.give_back(visit_id, (r.Remark(item="", text="أعد"),))
    load = bundles(desk).parcel(["field"]).load
    assert (load.decisions, load.reports, load.withheld) == (1, 0, 2)


def test_what_a_device_may_not_hold_is_relayed_and_never_shown(laptops: tuple[Desk, Desk], tmp_path: Path) -> None:
    field, _ = laptops
    visit_id = write_visit(field)
    with field.cache.write() as conn:  # as a laptop with a mistaken idea of who supervises what
        rows.put(conn, "device", [Row(by_hand.row("other", supervises=True), rev=2)])
    with by_hand.laptop(tmp_path, "other", by_hand.STRANGER) as stranger:
        came = carry(field, stranger, tmp_path / "work.midan")
        assert came.load.reports == 1
        with pytest.raises(UserError, match="record_missing"):
            stranger.visits.row(visit_id)
        with stranger.cache.read() as conn:
            assert len(carried.batches(conn)) == 1


def test_a_bundle_for_another_device_is_not_opened(laptops: tuple[Desk, Desk], stick: Path, tmp_path: Path) -> None:
    field, _ = laptops
    write_visit(field)
    bundles(field).export(stick, ["desk"])
    with by_hand.laptop(tmp_path, "other", by_hand.STRANGER) as stranger:
        with pytest.raises(UserError, match="bundle_not_for_us"):
            bundles(stranger).take_file(stick)
        assert dump(stranger)["event"] == []


def test_a_bundle_of_another_centre_or_of_an_unknown_sender_is_refused(laptops: tuple[Desk, Desk], stick: Path) -> None:
    field, desk = laptops
    write_visit(field)
    bundles(field).export(stick, ["desk"])
    with desk.cache.write() as conn:
        rows.delete(conn, "device", ["field"])
    with pytest.raises(UserError, match="bundle_sender_unknown"):
        bundles(desk).take_file(stick)
    with desk.cache.write() as conn:
        rows.put(conn, "device", [Row(by_hand.row("field", public_key=by_hand.row("away").public_key), rev=2)])
    with pytest.raises(UserError, match="bundle_signature_wrong"):
        bundles(desk).take_file(stick)
    with desk.cache.write() as conn:
        known = device.load(conn)
        assert known is not None
        device.save(conn, replace(known, server_id="another"))
    with pytest.raises(UserError, match="bundle_other_centre"):
        bundles(desk).take_file(stick)
    assert dump(desk)["event"] == []


def test_a_batch_that_its_device_did_not_sign_is_refused_and_the_rest_is_taken(
    laptops: tuple[Desk, Desk], stick: Path
) -> None:
    field, desk = laptops
    write_visit(field)
    with field.cache.read() as conn:
        lines = [event.line for event in carried.undelivered(conn)]
        identity = device.identity(conn)
    forged = format_.sign("centre", "other", identity.seed, lines)
    unknown = format_.sign("centre", "nobody", identity.seed, lines)
    right = format_.sign("centre", "field", identity.seed, lines)
    items = [format_.batch_item(batch) for batch in (forged, unknown, right)]
    about = format_.About("centre", "field", desks.NOON.isoformat(), 0)
    stick.write_bytes(b"".join(format_.pack(about, identity.seed, {"desk": by_hand.row("desk").public_key}, items)))
    came = bundles(desk).take_file(stick)
    assert [(one.device_id, one.code) for one in came.refused] == [
        ("other", "bundle_batch_signature_wrong"),
        ("nobody", "bundle_signer_unknown"),
    ]
    assert came.load.reports == 1


@pytest.mark.parametrize("changes", [{"n": 2**70}, {"n": 0}, {"id": ""}, {"id": "x" * 101}])
def test_an_event_that_no_device_could_have_made_refuses_its_batch(
    laptops: tuple[Desk, Desk], stick: Path, changes: dict[str, object]
) -> None:
    field, desk = laptops
    write_visit(field)
    with field.cache.read() as conn:
        (event,) = carried.undelivered(conn)
        identity = device.identity(conn)
    odd = e.encode(replace(e.decode(event.line), **changes))
    batches = [
        format_.sign("centre", "field", identity.seed, [odd]),
        format_.sign("centre", "field", identity.seed, [b"x"]),
    ]
    about = format_.About("centre", "field", desks.NOON.isoformat(), 0)
    to = {"desk": by_hand.row("desk").public_key}
    stick.write_bytes(b"".join(format_.pack(about, identity.seed, to, map(format_.batch_item, batches))))
    came = bundles(desk).take_file(stick)
    assert [one.code for one in came.refused] == ["bundle_batch_unreadable"] * 2
    assert dump(desk)["event"] == []


def test_another_body_under_a_known_id_is_refused(laptops: tuple[Desk, Desk], stick: Path) -> None:
    field, desk = laptops
    visit_id = write_visit(field)
    carry(field, desk, stick)
    before = dump(desk)
    with field.cache.write() as conn:
        (event,) = carried.undelivered(conn)
        other = e.encode(e.decode(event.line)).replace(b'"E01"', b'"E01"') + b" "
        conn.exec_driver_sql("UPDATE event SET line = ? WHERE id = ?", (other, event.id))
    came = carry(field, desk, stick)
    assert [one.code for one in came.refused] == ["bundle_event_changed"]
    assert dump(desk) == before
    assert state_of(desk, visit_id) == ("received", 1)


def test_a_damaged_bundle_leaves_what_came_whole_and_nothing_half(laptops: tuple[Desk, Desk], stick: Path) -> None:
    field, desk = laptops
    write_visit(field, photo(1200, 900))
    bundles(field).export(stick, ["desk"])
    whole = stick.read_bytes()
    before = dump(desk)
    for cut in (len(whole) // 3, len(whole) - 30, len(whole) - 1):
        stick.write_bytes(whole[:cut])
        with pytest.raises(UserError, match="bundle_damaged"):
            bundles(desk).take_file(stick)
        assert dump(desk) == before
    stick.write_bytes(whole)
    assert bundles(desk).take_file(stick).load.pieces == 1


def test_what_came_before_a_bundle_broke_off_is_kept_and_written_down(laptops: tuple[Desk, Desk], stick: Path) -> None:
    field, desk = laptops
    first, second = write_visit(field), write_visit(field)
    with field.cache.read() as conn:
        lines = [event.line for event in carried.undelivered(conn)]
        identity = device.identity(conn)
    batches = [format_.sign("centre", "field", identity.seed, [line]) for line in lines]
    about = format_.About("centre", "field", desks.NOON.isoformat(), 0)
    to = {"desk": by_hand.row("desk").public_key}
    whole = b"".join(format_.pack(about, identity.seed, to, map(format_.batch_item, batches)))
    stick.write_bytes(whole[:-10])
    with pytest.raises(UserError, match="bundle_damaged") as damaged:
        bundles(desk).take_file(stick)
    assert damaged.value.params["taken"] == "1"
    assert desk.review.queue() == [first]
    (row,) = bundles(desk).history()
    assert (row.direction, row.events) == ("in", 1)
    stick.write_bytes(whole)
    assert bundles(desk).take_file(stick).known == 1
    assert set(desk.review.queue()) == {first, second}


def test_evidence_that_is_not_what_its_report_names_is_never_kept(laptops: tuple[Desk, Desk], stick: Path) -> None:
    field, desk = laptops
    write_visit(field, photo(600, 400))
    parcel = bundles(field).parcel(["desk"])
    ((batch, ((sha256, size),)),) = parcel.groups
    wrong = format_.Item(format_.PieceHead(size=size, sha256=sha256), [bytes(size)])
    stray = format_.Item(format_.PieceHead(size=3, sha256="ab" * 32), [b"abc"])
    about = format_.About("centre", "field", desks.NOON.isoformat(), 0)
    for items, code in (([wrong], "bundle_damaged"), ([stray], "")):
        to = {"desk": by_hand.row("desk").public_key}
        made = format_.pack(about, parcel.identity.seed, to, [format_.batch_item(batch), *items])
        stick.write_bytes(b"".join(made))
        if code:
            with pytest.raises(UserError, match=code):
                bundles(desk).take_file(stick)
            assert dump(desk)["event"] == []
        else:
            came = bundles(desk).take_file(stick)
            assert (came.load.pieces, came.missing) == (0, 1)
        assert dump(desk)["files"] == []


def test_a_damaged_photo_does_not_keep_its_report_back(laptops: tuple[Desk, Desk], stick: Path) -> None:
    field, desk = laptops
    write_visit(field, photo(600, 400))
    (name,) = field.cache.vault.names()
    file = field.cache.vault.folder / name
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    assert bundles(field).export(stick, ["desk"]).unreadable == 1
    came = bundles(desk).take_file(stick)
    assert (came.load.reports, came.load.pieces, came.missing) == (1, 0, 1)


def test_what_a_withdrawn_device_did_is_relayed_and_not_shown(laptops: tuple[Desk, Desk], stick: Path) -> None:
    field, desk = laptops
    visit_id = write_visit(field)
    with desk.cache.write() as conn:
        rows.put(conn, "device", [Row(by_hand.row("field", revoked=True), rev=2)])
    came = carry(field, desk, stick)
    assert (came.load.reports, came.unshown) == (1, 1)
    with pytest.raises(UserError, match="record_missing"):
        desk.visits.row(visit_id)
    with desk.cache.read() as conn:
        assert len(carried.batches(conn)) == 1


def test_what_is_carried_may_be_carried_on(laptops: tuple[Desk, Desk], tmp_path: Path) -> None:
    field, desk = laptops
    visit_id = write_visit(field, photo(600, 400))
    with field.cache.read() as conn:
        lines = tuple(event.line for event in carried.undelivered(conn))
    carry(field, desk, tmp_path / "one.midan")
    with desk.cache.write() as conn:
        rows.put(conn, "device", [Row(by_hand.row("away", regions=("makkah",)), rev=2)])
    with by_hand.laptop(tmp_path, "away", desks.SUPERVISOR) as other:
        came = carry(desk, other, tmp_path / "two.midan")
        assert (came.sender.id, came.load.reports, came.load.pieces) == ("desk", 1, 1)
        assert state_of(other, visit_id) == ("received", 1)
        with other.cache.read() as conn:
            (batch,) = carried.batches(conn)
        assert (batch.device_id, batch.lines) == ("field", lines)


def test_a_full_stick_is_said_before_anything_is_written(
    laptops: tuple[Desk, Desk], stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    field, _ = laptops
    write_visit(field, photo(600, 400))
    usage = type("Usage", (), {"free": 100})
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    with pytest.raises(DiskFull):
        bundles(field).export(stick)
    assert list(stick.parent.iterdir()) == []


def test_an_export_that_is_given_up_leaves_no_file(laptops: tuple[Desk, Desk], stick: Path) -> None:
    field, _ = laptops
    write_visit(field, photo(600, 400))

    def give_up(done: int, total: int) -> None:
        assert 0 < done <= total
        raise UserError("transfer_cancelled")

    with pytest.raises(UserError, match="transfer_cancelled"):
        bundles(field).export(stick, progress=give_up)
    assert list(stick.parent.iterdir()) == []
    assert bundles(field).history() == ()


@pytest.mark.parametrize(("name", "code"), [("missing.midan", "bundle_unreadable"), ("note.txt", "bundle_foreign")])
def test_a_file_that_is_no_bundle_is_called_so(
    laptops: tuple[Desk, Desk], tmp_path: Path, name: str, code: str
) -> None:
    (tmp_path / "note.txt").write_text("قائمة المشتريات لهذا اليوم", encoding="utf-8")
    with pytest.raises(UserError, match=code):
        bundles(laptops[1]).take_file(tmp_path / name)


def test_what_went_and_came_is_written_down(laptops: tuple[Desk, Desk], stick: Path) -> None:
    field, desk = laptops
    write_visit(field, photo(600, 400))
    carry(field, desk, stick)
    (out,), (into,) = bundles(field).history(), bundles(desk).history()
    assert (out.direction, out.peer_id, out.way, out.events, out.pieces) == ("out", "desk", "file", 1, 1)
    assert (into.direction, into.peer_id, into.events, into.pieces) == ("in", "field", 1, 1)
    assert out.bytes == into.bytes == stick.stat().st_size
    assert into.peer is not None
    assert into.peer.committee == desks.COMMITTEE


def test_carried_evidence_waits_for_its_report_to_be_at_the_centre(laptops: tuple[Desk, Desk], stick: Path) -> None:
    field, desk = laptops
    write_visit(field, photo(600, 400))
    carry(field, desk, stick)
    with desk.cache.read() as conn:
        (piece,) = evidence.unsent(conn)
        (row,) = outbox.entries_by(conn, own=False)
    assert (piece.state, piece.role, piece.item, piece.owner) == ("waiting", "photo", "E01", row.record_id)
    assert row.state is EventState.CARRIED
