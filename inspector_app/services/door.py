"""What a device remembers of its door while nobody is signed in: the language it speaks, which is no secret."""

from __future__ import annotations

from typing import Final

from inspector_app.storage import durable
from inspector_app.storage.profile import Profile
from sync.domain.text import Language

_FILE: Final = "language"
_SPOKEN: Final[dict[bytes, Language]] = {b"ar": "ar", b"en": "en"}


def last_language(profile: Profile) -> Language | None:
    """The language last spoken on this device; None where none was, or the file is not readable as one."""
    try:
        return _SPOKEN.get((profile.root / _FILE).read_bytes().strip())
    except OSError:
        return None  # a door in the first language is no reason to stay shut


def remember_language(profile: Profile, language: Language) -> None:
    """Keep the language for the next time somebody stands at the door; nothing is written where it is the same.

    Raises:
        DiskFull: There is no room.
    """
    if last_language(profile) != language:
        durable.write(profile.root / _FILE, language.encode())
