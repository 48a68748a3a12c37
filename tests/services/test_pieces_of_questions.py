"""Any question of a form keeps what it asks for: sounds, films, documents, drawings, in repeats too."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from inspector_app.services import media
from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.services.evidence import is_asked, item_of
from inspector_app.services.views.drafts import media_name
from inspector_app.storage import evidence
from inspector_app.storage.cache import Cache
from inspector_app.storage.errors import StorageError
from sync.contract import records as r
from sync.contract.wire import MAX_EVIDENCE_BYTES
from tests.services.test_pictures import MAKKAH, camera, jpeg
from tests.services.test_visit_drafts import drawing, photo
from tests.support import desks, media_checklist

TAPE, FILM, CONTRACT, COOK, FRONT = (f"/data/M/{name}" for name in ("tape", "film", "contract", "cook", "front"))
VIEW = "/data/room/view"


def sound(seconds: float = 0.1) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\0" * int(8000 * seconds))
    return written.getvalue()


PDF = b"%PDF-1.7\n" + b"contract " * 50
MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2" + b"\0" * 200


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    records = [one for one in desks.season() if not isinstance(one, r.Checklist)]
    with desks.cache_in(tmp_path / "midan", (*records, media_checklist.checklist())) as made:
        yield made


@pytest.fixture
def draft_id(desk: Desk) -> str:
    return desk.visits.start("p1", "co1")


def answer(desk: Desk, draft_id: str, **answers: str) -> None:
    """Save these answers, by the last name of their question, beside what a report needs."""
    session = desk.visits.open_draft(draft_id).session
    session.answer("/data/K/K01", "conform")
    for ref in list(session.states()):
        name = ref.rsplit("/", 1)[-1]
        if name in answers:
            session.answer(ref, answers[name])
    desk.visits.save(draft_id, session.serialise())


def submit(desk: Desk, draft_id: str) -> r.VisitRevision:
    desks.refuse_to_sign(desk, draft_id)
    newest = desk.visits.detail(desk.visits.submit(draft_id).visit_id).newest
    assert newest is not None
    return newest.revision


@pytest.mark.parametrize(
    ("ref", "role", "data", "media_type", "ending"),
    [
        (TAPE, "voice", sound(), "audio/wav", ".wav"),
        (TAPE, "voice", b"OggS" + b"\0" * 90, "audio/ogg", ".ogg"),
        (TAPE, "voice", b"\0\0\0\x18ftypM4A " + b"\0" * 90, "audio/mp4", ".m4a"),
        (FILM, "video", MP4, "video/mp4", ".mp4"),
        (FILM, "video", b"\0\0\0\x18ftypqt  " + b"\0" * 90, "video/quicktime", ".mov"),
        (CONTRACT, "file", PDF, "application/pdf", ".pdf"),
        (COOK, "signature", drawing(), "image/png", ".png"),
        (FRONT, "photo", photo(640, 480), "image/jpeg", ".jpg"),
    ],
)
def test_what_a_question_asks_for_is_kept_and_goes_with_the_report(
    desk: Desk, draft_id: str, ref: str, role: str, data: bytes, media_type: str, ending: str
) -> None:
    kept = desk.visits.attach(draft_id, ref, data, role=role)
    assert (kept.media_type, kept.item, kept.role) == (media_type, ref, role)
    assert media_name(kept) == kept.sha256 + ending
    answer(desk, draft_id, **{ref.rsplit("/", 1)[-1]: media_name(kept)})
    assert submit(desk, draft_id).attachments == (kept,)
    assert desk.evidence.read(kept.sha256)


def test_a_document_is_kept_byte_for_byte_from_a_file(desk: Desk, draft_id: str, tmp_path: Path) -> None:
    path = tmp_path / "عقد.pdf"
    path.write_bytes(PDF * 2000)
    kept = desk.visits.attach(draft_id, CONTRACT, path, role="file")
    assert kept.size == len(PDF) * 2000
    assert desk.evidence.read(kept.sha256) == PDF * 2000


@pytest.mark.parametrize(
    ("role", "data", "code"),
    [
        ("voice", PDF, "recording_unreadable"),
        ("video", sound(), "video_unreadable"),
        ("file", b"MZ\x90\0" + b"\0" * 100, "file_unsupported"),
        ("file", b"#!/bin/sh\nrm", "file_unsupported"),
        ("file", b"", "file_unsupported"),
        ("voice", b"", "recording_unreadable"),
        ("signature", PDF, "image_unreadable"),
    ],
)
def test_what_is_not_what_was_asked_for_is_refused_and_leaves_nothing(
    desk: Desk, cache: Cache, draft_id: str, role: str, data: bytes, code: str
) -> None:
    with pytest.raises(UserError) as refused:
        desk.visits.attach(draft_id, CONTRACT, data, role=role)
    assert refused.value.code == code
    assert cache.vault.names() == frozenset()


def test_a_program_renamed_to_a_document_is_refused(desk: Desk, draft_id: str, tmp_path: Path) -> None:
    path = tmp_path / "contract.docx"
    path.write_bytes(b"MZ\x90\0" + b"\0" * 100)
    with pytest.raises(UserError) as refused:
        desk.visits.attach(draft_id, CONTRACT, path, role="file")
    assert refused.value.code == "file_unsupported"


def test_a_question_that_asks_for_some_types_takes_no_other(desk: Desk, draft_id: str, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("غرفة,عدد\n١,٢\n", "utf-8")
    with pytest.raises(UserError) as refused:
        desk.evidence.prepare(path, "file", accept=".pdf,.docx")
    assert (refused.value.code, refused.value.params["asked"]) == ("file_not_asked", ".pdf,.docx")
    assert desk.visits.attach(draft_id, CONTRACT, path, role="file").media_type == "text/csv"


def test_a_file_that_is_gone_is_told_by_its_name(desk: Desk, draft_id: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        desk.visits.attach(draft_id, CONTRACT, tmp_path / "gone.pdf", role="file")
    assert (refused.value.code, refused.value.params["file"]) == ("file_unreadable", "gone.pdf")


def test_a_picture_is_scaled_down_to_what_its_form_says(desk: Desk, draft_id: str) -> None:
    kept = desk.visits.attach_prepared(draft_id, FRONT, desk.evidence.prepare(photo(2000, 1000), "photo", side=800))
    with Image.open(io.BytesIO(desk.evidence.read(kept.sha256))) as image:
        assert image.size == (800, 400)


def test_a_picture_that_was_drawn_over_was_taken_where_and_when_the_one_below_was(desk: Desk, draft_id: str) -> None:
    below = desk.visits.attach(draft_id, FRONT, jpeg(exif=camera(**MAKKAH)))
    assert below.fix is not None
    drawn = desk.visits.attach_prepared(draft_id, FRONT, desk.evidence.prepare(photo(300, 200), "photo", over=below))
    assert (drawn.taken_at, drawn.fix) == (below.taken_at, below.fix)


def test_a_piece_that_is_prepared_for_a_draft_that_is_gone_leaves_nothing(
    desk: Desk, cache: Cache, draft_id: str
) -> None:
    piece = desk.evidence.prepare(sound(), "voice")
    desk.visits.discard(draft_id)
    with pytest.raises(UserError) as refused:
        desk.visits.attach_prepared(draft_id, TAPE, piece)
    assert refused.value.code == "draft_missing"
    assert cache.vault.names() == frozenset()


def test_a_file_larger_than_the_centre_takes_is_refused_and_leaves_nothing(
    desk: Desk, cache: Cache, draft_id: str, tmp_path: Path
) -> None:
    path = tmp_path / "film.mp4"
    with path.open("wb") as file:
        file.write(MP4)
        file.truncate(MAX_EVIDENCE_BYTES + 1)
    with pytest.raises(StorageError) as refused:
        desk.visits.attach(draft_id, FILM, path, role="video")
    assert refused.value.code == "evidence_too_large"
    assert cache.vault.names() == frozenset()


def test_what_no_answer_names_stays_behind_when_the_report_is_submitted(
    desk: Desk, cache: Cache, draft_id: str
) -> None:
    first = desk.visits.attach(draft_id, TAPE, sound(0.1), role="voice")
    second = desk.visits.attach(draft_id, TAPE, sound(0.2), role="voice")
    answer(desk, draft_id, tape=media_name(second))
    revision = submit(desk, draft_id)
    assert revision.attachments == (second,)
    assert not desk.evidence.has(first.sha256)
    assert len(cache.vault.names()) == 1
    with cache.read() as conn:
        assert [piece.sha256 for piece in evidence.unsent(conn)] == [second.sha256]


def test_a_refused_submission_loses_no_piece(desk: Desk, draft_id: str) -> None:
    kept = desk.visits.attach(draft_id, TAPE, sound(), role="voice")
    with pytest.raises(UserError):
        desk.visits.submit(draft_id)
    assert desk.visits.open_draft(draft_id).attachments == (kept,)


def test_pieces_of_a_repeat_follow_their_answers_when_instances_move(desk: Desk, draft_id: str) -> None:
    first, second = (desk.visits.attach(draft_id, VIEW, photo(100 + n, 80)) for n in range(2))
    session = desk.visits.open_draft(draft_id).session
    session.answer("/data/K/K01", "conform")
    session.new_repeat("/data/room")
    session.answer("/data/room[1]/view", media_name(first))
    session.answer("/data/room[2]/view", media_name(second))
    session.remove_repeat("/data/room[1]")
    assert session.state("/data/room[1]/view").value == media_name(second)
    desk.visits.save(draft_id, session.serialise())
    assert submit(desk, draft_id).attachments == (second,)


def test_a_form_s_signature_and_the_representative_s_do_not_mix(desk: Desk, draft_id: str) -> None:
    cook = desk.visits.attach(draft_id, COOK, drawing(), role="signature")
    answer(desk, draft_id, cook=media_name(cook))
    for name in ("أحمد", "ياسر"):  # signed twice: the second replaces the first
        desk.visits.sign(draft_id, r.Signature(status="signed", name=name), photo(300, 100))
    assert desk.visits.open_draft(draft_id).attachments == (cook,)
    newest = desk.visits.detail(desk.visits.submit(draft_id).visit_id).newest
    assert newest is not None
    assert newest.revision.attachments == (cook,)
    assert newest.revision.signature.sha256 not in (None, cook.sha256)


def test_a_piece_that_is_taken_away_leaves_the_same_file_of_another_question(desk: Desk, draft_id: str) -> None:
    one = desk.visits.attach(draft_id, FRONT, photo(100, 80))
    other = desk.visits.attach(draft_id, VIEW, photo(100, 80))
    desk.visits.detach(draft_id, one.sha256, item=FRONT)
    assert desk.visits.open_draft(draft_id).attachments == (other,)


@pytest.mark.parametrize(
    ("ref", "item"), [("/data/room[2]/view", VIEW), ("/data/a[1]/b[12]/c", "/data/a/b/c"), (TAPE, TAPE)]
)
def test_a_question_s_pieces_are_not_named_by_a_place_that_may_change(ref: str, item: str) -> None:
    assert item_of(ref) == item
    assert is_asked(item)
    assert not is_asked("E01")


@given(st.binary(max_size=600), st.sampled_from(["voice", "video", "file"]), st.sampled_from(["", "a.txt", "a.docx"]))
def test_any_bytes_have_a_known_type_or_are_refused(head: bytes, role: str, name: str) -> None:
    try:
        found = media.media_type(head, role, name)
    except UserError as error:
        assert error.code in {"recording_unreadable", "video_unreadable", "file_unsupported"}  # noqa: PT017
    else:
        assert found in media.ENDINGS


@given(st.integers(0, 20), st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"]), min_size=1))
def test_a_text_is_one_wherever_its_head_is_cut(shift: int, text: str) -> None:
    data = ("-" * shift + " " + text * media.HEAD_BYTES).encode()[: media.HEAD_BYTES]
    if b"ftyp" in data[:8] or b"WAVE" in data[:12] or b"AVI " in data[:12] or b"WEBP" in data[:12]:
        return
    assert media.media_type(data, "file", "notes.txt") == "text/plain"
