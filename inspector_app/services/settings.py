"""Settings of the person signed in: language, theme, text size, digits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from inspector_app.services.errors import UserError
from inspector_app.services.ground import Ground
from inspector_app.storage import settings

CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "language": ("ar", "en"),
    "theme": ("system", "light", "dark"),
    "text_size": ("normal", "large", "larger"),
    "digits": ("auto", "arabic", "latin"),  # auto: those of the language
}
"""Every setting with its values, the default first."""


class Settings:
    """What one person chose on this device."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def get(self, key: str) -> str:
        """The value, or the default; a value that an older version wrote and this one does not know is the default.

        Raises:
            UserError: ``setting_unknown``.
        """
        known = _choices(key)
        with self._ground.cache.read() as conn:
            value = settings.get(conn, self._ground.person.id, key)
        return value if value in known else known[0]

    def set(self, key: str, value: str) -> None:
        """Choose a value.

        Raises:
            UserError: ``setting_unknown``, ``setting_value``.
        """
        if value not in _choices(key):
            raise UserError("setting_value", key=key, value=value)
        with self._ground.cache.write() as conn:
            settings.put(conn, self._ground.person.id, key, value)


def _choices(key: str) -> tuple[str, ...]:
    try:
        return CHOICES[key]
    except KeyError as error:
        raise UserError("setting_unknown", key=key) from error
