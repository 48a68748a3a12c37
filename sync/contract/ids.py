"""Identifiers made without asking anybody: UUIDv7 for events and records, UUIDv5 for what follows from them."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable

_FINDINGS = uuid.UUID("5d0a7c3e-6a53-5f0c-9a51-6d1dc2f3a9e1")


def uuid7(
    milliseconds: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
    random_bytes: Callable[[int], bytes] = os.urandom,
) -> str:
    """Make a UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then 74 random bits.

    Args:
        milliseconds: The clock, Unix time in milliseconds.
        random_bytes: The source of randomness, asked for ten bytes.

    Returns:
        The canonical text form, 36 characters, which sorts by the time of making.
    """
    value = (milliseconds() & ((1 << 48) - 1)) << 80 | int.from_bytes(random_bytes(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def finding_id(visit_id: str, revision: int, item: str) -> str:
    """Name the finding that one item of one revision gives rise to, alike at both ends."""
    return str(uuid.uuid5(_FINDINGS, f"{visit_id}/{revision}/{item}"))


def revision_id(visit_id: str, revision: int) -> str:
    """Name one revision of a visit, alike at both ends."""
    return f"{visit_id}.{revision}"


def checklist_id(form_id: str, version: str) -> str:
    """Name one published version of a checklist."""
    return f"{form_id}@{version}"


def form_of(checklist: str) -> str:
    """The form that a checklist is a version of."""
    return checklist.rpartition("@")[0]
