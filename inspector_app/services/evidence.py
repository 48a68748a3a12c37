"""Evidence: pictures, recordings and signatures, kept encrypted; pictures are cleaned before they are kept."""

from __future__ import annotations

from inspector_app.services.ground import Ground


class Evidence:
    """The evidence on this device."""

    def __init__(self, ground: Ground) -> None:
        raise NotImplementedError

    def read(self, sha256: str) -> bytes:
        """The plain bytes of one piece, checked against its hash.

        Raises:
            UserError: ``evidence_missing``.
            StorageError: The file is damaged.
        """
        raise NotImplementedError

    def has(self, sha256: str) -> bool:
        """Whether the piece is on this device."""
        raise NotImplementedError

    def thumbnail(self, sha256: str, side: int = 320) -> bytes:
        """A JPEG of the picture, at most ``side`` pixels either way.

        Raises:
            UserError: ``evidence_missing``, ``image_unreadable``.
        """
        raise NotImplementedError
