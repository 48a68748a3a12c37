"""What is kept with a visit's questions, for the inputs of its checklist."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from inspector_app.services.desk import Desk
from inspector_app.ui.forms.inputs.base import Kind
from inspector_app.viewmodels.visit_editor import VisitEditor
from sync.contract import records as r


class VisitKeeper:
    """Keeps pieces as evidence of a draft: a ``Keeper`` for inputs."""

    def __init__(self, desk: Desk, editor: VisitEditor) -> None:
        self._desk, self._editor = desk, editor

    def pieces(self, ref: str) -> Sequence[r.Attachment]:
        """What the answer of a question names."""
        return self._editor.pieces(ref)

    def attach(self, ref: str, source: Path | bytes, kind: Kind) -> None:
        """Keep a piece with a question."""
        self._editor.keep(ref, source, kind)

    def detach(self, ref: str, piece: r.Attachment) -> None:
        """Take a piece away."""
        self._editor.let_go(ref, piece)

    def read(self, piece: r.Attachment) -> bytes:
        """The bytes of a piece."""
        return self._desk.evidence.read(piece.sha256)

    def thumbnail(self, piece: r.Attachment, side: int) -> bytes:
        """A small JPEG of a picture."""
        return self._desk.evidence.thumbnail(piece.sha256, side)

    def fix(self) -> r.Fix | None:
        """Where the visit is written."""
        return self._editor.fix
