"""Workbooks for tests, written as their sheets look, and turned into forms by the converter that publishing uses."""

from __future__ import annotations

from typing import Any

from pyxform.xls2xform import convert

SETTINGS = """
| settings |
| | form_title | form_id | version |
| | Visit | visit | 1 |
"""


def converted(sheets: str) -> Any:
    """What the converter makes of sheets in the manner of ``| survey |``, their rows below, each beginning ``| |``."""
    lines = [line.strip() for line in f"{sheets}\n{SETTINGS}".splitlines() if line.strip()]
    return convert("\n".join(lines), validate=False, file_type=".md")


def xform_of(sheets: str) -> str:
    return str(converted(sheets).xform)
