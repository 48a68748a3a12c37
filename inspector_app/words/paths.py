"""Where the files that ship with the product lie, in a checkout and in a frozen build."""

from __future__ import annotations

import sys
from pathlib import Path


def resource(*parts: str) -> Path:
    """The path of something below ``resources/``.

    Args:
        parts: Its place there, folder by folder: ``resource("theme", "light.json")``.
    """
    frozen = getattr(sys, "_MEIPASS", None)  # where a PyInstaller build unpacks itself
    root = Path(frozen) if frozen else Path(__file__).resolve().parents[2]
    return root.joinpath("resources", *parts)
