"""Settings of the person signed in: language, theme, text size, digits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from inspector_app.services.ground import Ground

CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "language": ("ar", "en"),
    "theme": ("system", "light", "dark"),
    "text_size": ("normal", "large", "larger"),
    "digits": ("latin", "arabic"),
}
"""Every setting with its values, the default first."""


class Settings:
    """What one person chose on this device."""

    def __init__(self, ground: Ground) -> None:
        raise NotImplementedError

    def get(self, key: str) -> str:
        """The value, or the default.

        Raises:
            UserError: ``setting_unknown``.
        """
        raise NotImplementedError

    def set(self, key: str, value: str) -> None:
        """Choose a value.

        Raises:
            UserError: ``setting_unknown``, ``setting_value``.
        """
        raise NotImplementedError
