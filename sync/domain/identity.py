"""Anonymity: no name and no contact of an anonymous reporter is written anywhere, drafts included.

Source: domain catalogue, "What is recorded on site", cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sync.domain.errors import DomainError

_FIELDS: Final = frozenset({"name", "phone", "email", "contact", "passport", "identity"})
_PREFIXES: Final = ("reporter_", "contact_")


class ReporterNamed(DomainError):
    """Something about an anonymous case names its reporter; ``params`` has ``fields``, never what stood in them."""


def names_reporter(field: str) -> bool:
    """Whether a field of a case, its draft or its form says who reported it or how to reach him."""
    return field in _FIELDS or field.startswith(_PREFIXES)


def scrub_reporter(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of an anonymous case without the fields that name its reporter: before anything is written down."""
    return {field: value for field, value in data.items() if not names_reporter(field)}


def refuse_reporter(data: Mapping[str, Any]) -> None:
    """Checks the data of an anonymous case where it is received; an empty field names nobody.

    Raises:
        ReporterNamed: A field names the reporter.
    """
    named = sorted(field for field, value in data.items() if names_reporter(field) and value not in (None, ""))
    if named:
        raise ReporterNamed("reporter_named", fields=",".join(named))
