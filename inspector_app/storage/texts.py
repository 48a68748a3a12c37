"""What people typed or pasted, as text that every store, at both ends, can hold."""

from __future__ import annotations

from typing import Any

from xforms.safexml import printable


def clean(value: Any) -> Any:
    """Plain data with the characters dropped that no store holds: control characters, halves of a character.

    They come with what is pasted. SQLite cannot be given half a character, and the centre refuses a report with a
    U+0000 for good. The answers of a checklist drop the same ones.
    """
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {name: clean(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [clean(part) for part in value]
    return value
