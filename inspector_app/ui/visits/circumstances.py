"""Who took part in a visit besides its author, and where it was written."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import msgspec
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QWidget

from inspector_app.services.desk import Desk
from inspector_app.ui.kit.buttons import QuietButton
from inspector_app.ui.kit.cards import Card
from inspector_app.ui.kit.fields import Field, LineEdit
from inspector_app.ui.kit.layout import column, row
from inspector_app.ui.kit.spoken import Spoken
from inspector_app.ui.kit.text import Heading
from inspector_app.ui.kit.wrap import WrapLayout
from inspector_app.ui.look import Look
from inspector_app.viewmodels import positions
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visit_editor import VisitEditor
from sync.contract import records as r

POSITION_WIDTH = 320


class Circumstances(Card):
    """A tick for each colleague, and a line for the position with the one a photo was taken at on offer."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, editor: VisitEditor) -> None:
        super().__init__(padding=16)
        self.setObjectName("visit.circumstances")
        self._look, self._editor = look, editor
        self._colleagues: tuple[r.Person, ...] = ()
        self._ticks: dict[str, QCheckBox] = {}
        spoken = Spoken(look, self)
        heading = Heading()
        spoken.put(heading.setText, "visits.members")
        self._people = QWidget()
        self._names = QWidget()
        self._wrap = WrapLayout(self._names, spacing=24)
        self._people.setLayout(column(heading, self._names, spacing=4))
        self.position = LineEdit("visit.position")
        self.position.setMaximumWidth(POSITION_WIDTH)
        self._position = Field(self.position)
        spoken.put(self._position.set_label, "visits.position")
        spoken.put(self._position.set_hint, "visits.position_hint")
        self.of_photo = QuietButton("visit.position.of_photo", look, "camera")
        spoken.put(self.of_photo.setText, "visits.position_of_photo")
        self.body.addWidget(self._people)
        self.body.addWidget(self._position)
        self.body.addLayout(row(self.of_photo, 1))
        self._people.hide()
        self.of_photo.hide()
        self.position.setText(positions.written(editor.fix))
        self.position.textEdited.connect(self._typed)
        self.position.editingFinished.connect(editor.settle_position)
        self.of_photo.clicked.connect(self._take_from_photo)
        editor.evidence_changed.connect(lambda _: self._offer_photo())
        look.changed.connect(self._say)
        self._say()
        self._offer_photo()
        tasks.run(desk.colleagues, done=self._know, owner=self)

    # ------------------------------------------------------------------------------------------------------- people

    def _know(self, colleagues: tuple[r.Person, ...]) -> None:
        self._colleagues = colleagues
        for person in colleagues:
            tick = QCheckBox(self._names)
            tick.setObjectName(f"visit.member.{person.id}")
            tick.setChecked(person.id in self._editor.members)
            tick.toggled.connect(partial(self._editor.take_part, person.id))
            self._wrap.addWidget(tick)
            self._ticks[person.id] = tick
        self._people.setVisible(bool(colleagues))
        self._say()

    # ----------------------------------------------------------------------------------------------------- position

    def _typed(self, text: str) -> None:
        position = positions.read(text)
        fault = positions.fault(position, self._editor.head.place)
        if not text.strip():
            self._editor.stand_at(None)
        elif position is not None and (fault is None or fault in positions.DOUBTFUL):
            now = datetime.now(UTC).isoformat(timespec="seconds")
            self._editor.stand_at(r.Fix(lat=position.lat, lon=position.lon, source="typed", at=now))
        else:
            self._editor.stand_at(None)  # what is not a position is not kept as one
        self._say_fault()

    def _photographed(self) -> r.Fix | None:
        """Where the newest photo that knows it was taken."""
        found = (one for one in reversed(self._editor.attachments) if one.role == "photo" and one.fix is not None)
        newest = next(found, None)
        if newest is None or newest.fix is None:
            return None
        return msgspec.structs.replace(newest.fix, source="photo", at=newest.fix.at or newest.taken_at)

    def _take_from_photo(self) -> None:
        fix = self._photographed()
        if fix is not None:
            with QSignalBlocker(self.position):
                self.position.setText(positions.written(fix))
            self._editor.stand_at(fix)
            self._editor.settle_position()
            self._say_fault()

    def _offer_photo(self) -> None:
        if self._photographed() is None:
            self.of_photo.hide()
        else:
            self.of_photo.show()

    # ------------------------------------------------------------------------------------------------------- saying

    def _say(self) -> None:
        for person in self._colleagues:
            self._ticks[person.id].setText(self._look.words.name(person))
        self._say_fault()

    def _say_fault(self) -> None:
        text = self.position.text().strip()
        fault = positions.fault(positions.read(text), self._editor.head.place) if text else None
        self._position.set_error(positions.told(self._look.words, fault))
