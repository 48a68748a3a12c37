"""The zone of the field: Saudi Arabia keeps one, without a summer time."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Final

RIYADH: Final = timezone(timedelta(hours=3), "AST")
"""What day it is for a committee, on a device and at the centre, wherever their machines believe to stand."""
