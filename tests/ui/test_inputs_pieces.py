"""Pictures, sounds, films, documents and drawings in a form: given, looked at, copied out, taken away."""

from __future__ import annotations

import io
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from inspector_app.services.desk import Desk
from inspector_app.storage.cache import Cache
from inspector_app.ui.forms.inputs.sketches import SketchInput
from inspector_app.ui.forms.inputs.uploads import FileInput, PictureInput
from inspector_app.ui.forms.photos import PhotoAdder
from inspector_app.ui.forms.pieces import PieceRow
from inspector_app.ui.forms.sketch import Sketch
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from tests.services.test_pictures import MAKKAH, camera, jpeg
from tests.services.test_pieces_of_questions import MP4, PDF, sound
from tests.services.test_visit_drafts import photo
from tests.support import pictures, screens
from tests.ui.filling import Filled, fill
from tests.ui.hands import draw, find, press
from tests.ui.keepers import DeskKeeper

Settle = Callable[[], None]


@pytest.fixture
def keeper(desk: Desk, tasks: Tasks) -> DeskKeeper:
    return DeskKeeper(desk, tasks)


@pytest.fixture
def upload(qtbot: QtBot, look: Look, keeper: DeskKeeper) -> Callable[..., Filled]:
    def make(mediatype: str, appearance: str = "", accept: str = "") -> Filled:
        return fill(
            qtbot,
            look,
            "binary",
            control="upload",
            appearance=appearance,
            keeper=keeper,
            mediatype=mediatype,
            accept=accept,
        )

    return make


def sheet(filled: Filled) -> Sketch:
    return filled.part("sheet", Sketch)


def kept_picture(keeper: DeskKeeper, value: str) -> Image.Image:
    piece = keeper.piece(value)
    assert piece is not None
    return Image.open(io.BytesIO(keeper.read(piece.sha256)))


def drop(filled: Filled, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    filled.input.dropEvent(event)


@pytest.mark.parametrize("appearance", ["", "new", "new-front", "selfie"])
def test_a_picture_is_chosen_shown_and_taken_away(
    upload: Callable[..., Filled], settle: Settle, keeper: DeskKeeper, tmp_path: Path, appearance: str
) -> None:
    front = upload("image/*", appearance)
    assert type(front.input) is PictureInput
    path = tmp_path / "front.jpg"
    path.write_bytes(photo(640, 480))
    front.press("choose")
    box = find(QFileDialog, front, "photo.file")
    box.filesSelected.emit([str(path)])
    settle()
    assert front.value == f"{keeper.kept[0].sha256}.jpg"
    assert (keeper.kept[0].role, keeper.kept[0].item) == ("photo", "/data/asked")
    front.press("picture.1")
    settle()
    press(front, "photo.viewer.remove")
    assert front.value == ""
    assert not front.part("picture").isVisible()


@pytest.mark.parametrize(
    ("mediatype", "name", "data", "role", "ending"),
    [
        ("audio/*", "tape.wav", sound(), "voice", ".wav"),
        ("video/*", "film.mp4", MP4, "video", ".mp4"),
        ("application/*", "contract.pdf", PDF, "file", ".pdf"),
    ],
)
def test_a_file_is_dropped_named_and_removed(
    upload: Callable[..., Filled],
    settle: Settle,
    keeper: DeskKeeper,
    look: Look,
    tmp_path: Path,
    mediatype: str,
    name: str,
    data: bytes,
    role: str,
    ending: str,
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    one = upload(mediatype)
    assert type(one.input) is FileInput
    drop(one, path)
    settle()
    assert one.value == keeper.kept[0].sha256 + ending
    assert keeper.kept[0].role == role
    assert look.words.say(f"sync.evidence.{role}") in one.words()
    assert look.words.bytes(len(data)) in one.words()
    one.press("remove")
    assert one.value == ""
    assert not one.part("piece").isVisible()


def test_a_recording_says_how_long_it_lasts(
    upload: Callable[..., Filled], settle: Settle, look: Look, tmp_path: Path
) -> None:
    path = tmp_path / "tape.wav"
    path.write_bytes(sound(125))
    tape = upload("audio/*")
    drop(tape, path)
    settle()
    settle()
    assert "٢:٠٥" in tape.words()
    look.set_language("en")
    assert "2:05" in tape.words()


def test_the_file_chosen_last_is_the_answer_however_long_the_first_one_takes(
    upload: Callable[..., Filled], settle: Settle, tmp_path: Path
) -> None:
    long, short = tmp_path / "long.wav", tmp_path / "short.wav"
    long.write_bytes(sound(120))
    short.write_bytes(sound(0.1))
    tape = upload("audio/*")
    for _ in range(3):
        drop(tape, long)
        drop(tape, short)
        settle()
        assert tape.value == f"{sha256(short.read_bytes()).hexdigest()}.wav"
    drop(tape, long)
    tape.press("remove")
    settle()
    assert tape.value == ""


def test_a_form_that_asks_for_documents_offers_those_and_refuses_others(
    upload: Callable[..., Filled], settle: Settle, tasks: Tasks, tmp_path: Path
) -> None:
    contract = upload("application/*", accept=".pdf,.docx")
    refused: list[str] = []
    tasks.refusal_escaped.connect(lambda error: refused.append(error.code))
    contract.press("choose")
    box = find(QFileDialog, contract, "piece.file")
    assert "*.pdf *.docx" in box.nameFilters()[0]
    path = tmp_path / "list.csv"
    path.write_text("a,b\n1,2\n", "utf-8")
    box.filesSelected.emit([str(path)])
    box.close()
    settle()
    assert (contract.value, refused) == ("", ["file_not_asked"])


def test_a_copy_leaves_the_application_only_after_asking(
    upload: Callable[..., Filled], settle: Settle, cache: Cache, tmp_path: Path
) -> None:
    path = tmp_path / "tape.wav"
    path.write_bytes(sound(0.3))
    tape = upload("audio/*")
    drop(tape, path)
    settle()
    path.unlink()
    for file in cache.vault.folder.iterdir():
        assert b"WAVE" not in file.read_bytes()
    tape.press("piece.save")
    press(tape, "piece.save.yes")
    box = find(QFileDialog, tape, "piece.where")
    assert box.selectedFiles()[0].endswith(".wav")
    copy = tmp_path / "copy.wav"
    box.fileSelected.emit(str(copy))
    box.close()
    settle()
    assert copy.read_bytes() == sound(0.3)
    assert "copy.wav" in tape.words()


def test_a_copy_that_cannot_be_written_is_told(
    upload: Callable[..., Filled], settle: Settle, tasks: Tasks, tmp_path: Path
) -> None:
    path = tmp_path / "tape.wav"
    path.write_bytes(sound())
    tape = upload("audio/*")
    drop(tape, path)
    settle()
    refused: list[str] = []
    tasks.refusal_escaped.connect(lambda error: refused.append(error.code))
    row = tape.part("piece", PieceRow)
    tape.press("piece.save")
    press(tape, "piece.save.yes")
    box = find(QFileDialog, row, "piece.where")
    box.fileSelected.emit(str(tmp_path / "nowhere" / "copy.wav"))
    box.close()
    settle()
    assert refused == ["copy_unwritable"]


def test_a_piece_that_did_not_come_along_says_so(upload: Callable[..., Filled], look: Look) -> None:
    for mediatype in ("image/*", "audio/*"):
        one = upload(mediatype)
        one.put("0" * 64 + ".jpg")
        assert look.words.say("answers.file_absent") in one.words()


def test_what_is_shut_can_be_looked_at_and_not_changed(
    upload: Callable[..., Filled], settle: Settle, tmp_path: Path
) -> None:
    path = tmp_path / "front.jpg"
    path.write_bytes(photo(640, 480))
    front, tape = upload("image/*"), upload("audio/*")
    front.part("adder", PhotoAdder).given.emit(path)
    settle()
    for one in (front, tape):
        one.input.set_open(False)
        one.renew()
    assert not front.part("choose").isVisible()
    front.press("picture.1")
    settle()
    assert not find(QPushButton, front, "photo.viewer.remove").isVisible()
    press(front, "photo.viewer.close")
    assert not tape.part("choose").isEnabled()


# ------------------------------------------------------------------------------------------------------------ drawing


@pytest.mark.parametrize(("appearance", "role"), [("signature", "signature"), ("draw", "drawing")])
def test_a_drawing_is_kept_with_every_stroke(
    upload: Callable[..., Filled], settle: Settle, keeper: DeskKeeper, qtbot: QtBot, appearance: str, role: str
) -> None:
    one = upload("image/*", appearance)
    assert type(one.input) is SketchInput
    draw(sheet(one), qtbot)
    settle()
    first = one.value
    assert first.endswith(".png")
    assert keeper.kept[0].role == role
    draw(sheet(one), qtbot)
    QTest.mousePress(sheet(one), Qt.MouseButton.LeftButton, pos=QPoint(50, 150))
    QTest.mouseMove(sheet(one), QPoint(250, 120))
    QTest.mouseRelease(sheet(one), Qt.MouseButton.LeftButton, pos=QPoint(250, 120))
    settle()
    assert one.value not in ("", first)
    darkest, _ = kept_picture(keeper, one.value).convert("L").getextrema()
    assert darkest == pytest.approx(16, abs=4)  # ink


def test_a_single_touch_is_no_drawing(upload: Callable[..., Filled], settle: Settle, keeper: DeskKeeper) -> None:
    one = upload("image/*", "signature")
    QTest.mouseClick(sheet(one), Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    settle()
    assert (one.value, keeper.kept) == ("", [])


def test_taking_the_only_stroke_back_takes_the_answer_away(
    upload: Callable[..., Filled], settle: Settle, qtbot: QtBot
) -> None:
    one = upload("image/*", "draw")
    draw(sheet(one), qtbot)
    settle()
    one.press("undo")
    settle()
    assert one.value == ""
    draw(sheet(one), qtbot)
    settle()
    assert one.value
    one.press("clear")
    settle()
    assert (one.value, sheet(one).blank) == ("", True)


def test_a_stroke_that_is_being_kept_when_all_is_cleared_does_not_come_back(
    upload: Callable[..., Filled], settle: Settle, qtbot: QtBot
) -> None:
    one = upload("image/*", "draw")
    draw(sheet(one), qtbot)
    one.press("clear")
    settle()
    assert one.value == ""


def test_a_kept_drawing_lies_on_the_sheet_and_is_drawn_on(
    upload: Callable[..., Filled], settle: Settle, keeper: DeskKeeper, qtbot: QtBot
) -> None:
    one = upload("image/*", "draw")
    one.press("pens.pen_red")
    draw(sheet(one), qtbot)
    settle()
    again = upload("image/*", "draw")
    again.put(one.value)
    settle()
    assert not sheet(again).blank
    QTest.mousePress(sheet(again), Qt.MouseButton.LeftButton, pos=QPoint(40, 160))
    QTest.mouseMove(sheet(again), QPoint(300, 160))
    QTest.mouseRelease(sheet(again), Qt.MouseButton.LeftButton, pos=QPoint(300, 160))
    settle()
    assert again.value != one.value
    found = kept_picture(keeper, again.value).convert("RGB").getcolors(1 << 24)
    assert found is not None
    colours = {colour for _, colour in found}
    assert (0xC3, 0x23, 0x2B) in colours  # the first stroke is still there
    assert (0x12, 0x10, 0x0C) in colours  # and the second one, in ink


def test_nothing_is_drawn_before_what_was_kept_lies_on_the_sheet(
    upload: Callable[..., Filled], settle: Settle, qtbot: QtBot, look: Look
) -> None:
    one = upload("image/*", "draw")
    draw(sheet(one), qtbot)
    settle()
    again = upload("image/*", "draw")
    again.put(one.value)
    draw(sheet(again), qtbot)  # it is still being read
    assert again.value == one.value
    settle()
    assert (again.value, sheet(again).isEnabled()) == (one.value, True)
    again.put("0" * 64 + ".png")
    settle()
    draw(sheet(again), qtbot)
    assert (again.value, sheet(again).blank) == ("0" * 64 + ".png", True)
    assert look.words.say("answers.file_absent") in again.words()
    again.press("clear")
    draw(sheet(again), qtbot)
    settle()
    assert again.value == one.value  # the same stroke is the same picture


def test_marks_are_drawn_over_a_picture_in_its_own_size(
    upload: Callable[..., Filled], settle: Settle, keeper: DeskKeeper, qtbot: QtBot
) -> None:
    one = upload("image/*", "annotate")
    assert not sheet(one).isVisible()
    one.part("adder", PhotoAdder).given.emit(jpeg((1200, 900), camera(**MAKKAH)))
    settle()
    plain = one.value
    assert sheet(one).isVisible()
    draw(sheet(one), qtbot)
    settle()
    assert one.value not in ("", plain)
    assert kept_picture(keeper, one.value).size == (900, 1200)  # the camera was held upright
    assert (keeper.kept[-1].role, keeper.kept[-1].fix) == ("photo", keeper.kept[0].fix)
    assert keeper.kept[-1].fix is not None


def test_a_hand_that_leaves_the_paper_goes_along_its_edge(
    upload: Callable[..., Filled], settle: Settle, keeper: DeskKeeper
) -> None:
    one = upload("image/*", "draw")
    QTest.mousePress(sheet(one), Qt.MouseButton.LeftButton, pos=QPoint(40, 60))
    QTest.mouseMove(sheet(one), QPoint(-500, 60))
    QTest.mouseRelease(sheet(one), Qt.MouseButton.LeftButton, pos=QPoint(-500, 60))
    settle()
    assert kept_picture(keeper, one.value).convert("L").crop((0, 110, 4, 130)).getextrema()[0] == 16


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_kind_of_piece_is_whole_in_every_dress(
    upload: Callable[..., Filled],
    settle: Settle,
    look: Look,
    qtbot: QtBot,
    tmp_path: Path,
    language: str,
    theme: str,
) -> None:
    look.set_language("ar" if language == "ar" else "en")
    look.set_theme("dark" if theme == "dark" else "light")
    tape, contract = tmp_path / "tape.wav", tmp_path / "contract.pdf"
    tape.write_bytes(sound())
    contract.write_bytes(PDF)
    picture = QImage(1200, 900, QImage.Format.Format_RGB32)
    picture.fill(QColor("#7a9cc6"))
    shot = tmp_path / "shot.png"
    picture.save(str(shot))
    for mediatype, appearance, source in (
        ("image/*", "", shot),
        ("image/*", "new", None),
        ("image/*", "annotate", shot),
        ("image/*", "draw", None),
        ("image/*", "signature", None),
        ("audio/*", "", tape),
        ("video/*", "", None),
        ("application/*", "", contract),
    ):
        one = upload(mediatype, appearance)
        if isinstance(one.input, FileInput) and source is not None:
            drop(one, source)
        elif source is not None:
            one.part("adder", PhotoAdder).given.emit(source)
        settle()
        if isinstance(one.input, SketchInput):
            draw(sheet(one), qtbot)
        settle()
        one.renew()
        assert screens.faults(one) == []
        name = f"input-{mediatype.partition('/')[0]}-{appearance or ('empty' if source is None else 'plain')}"
        pictures.grab(one, look, name)
    assert not [label for label in one.findChildren(QLabel) if "forms." in label.text()]
