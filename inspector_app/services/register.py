"""The register on this device: searching it, and the cards of a place and a company."""

from __future__ import annotations

from typing import Literal

from inspector_app.services.ground import Ground
from inspector_app.services.views import CompanyCard, PlaceCard
from sync.contract import records as r

RegisterKind = Literal["place", "company"]


class Register:
    """Companies and places as the centre sent them."""

    def __init__(self, ground: Ground) -> None:
        raise NotImplementedError

    def search(
        self, query: str, kind: RegisterKind | None = None, region: str | None = None, limit: int = 200
    ) -> list[tuple[str, str]]:
        """(kind, id) of what fits the words, best first; one wrong letter is forgiven when little fits."""
        raise NotImplementedError

    def all(
        self,
        kind: RegisterKind,
        *,
        query: str = "",
        region: str | None = None,
        state: str | None = None,
        grade: str | None = None,
        place_kind: str | None = None,
        expiring: bool = False,
        open_findings: bool = False,
        near: tuple[float, float] | None = None,
        limit: int = 5_000,
    ) -> list[str]:
        """Ids of one kind, by name, or nearest first with ``near`` (latitude, longitude; measurable places only).

        Args:
            kind: ``place`` or ``company``.
            query: Words, as in ``search``.
            region: A region's code; places only.
            state: Of the licence; companies only.
            grade: A company's class.
            place_kind: Such as ``hotel``; places only.
            expiring: Only companies whose licence or guarantee ends within 30 days or has ended.
            open_findings: Only what has findings not yet past.
            near: Where to measure from.
            limit: At most so many.
        """
        raise NotImplementedError

    def place(self, place_id: str) -> r.Place:
        """One place (a key read).

        Raises:
            UserError: ``record_missing``.
        """
        raise NotImplementedError

    def company(self, company_id: str) -> r.Company:
        """One company (a key read).

        Raises:
            UserError: ``record_missing``.
        """
        raise NotImplementedError

    def codes(self, list_name: str) -> tuple[r.Code, ...]:
        """A code list in its order, such as ``region``."""
        raise NotImplementedError

    def code(self, list_name: str, code: str) -> r.Code | None:
        """One entry of a code list, or None where this device does not know it."""
        raise NotImplementedError

    def place_card(self, place_id: str, here: tuple[float, float] | None = None) -> PlaceCard:
        """Everything about a place; distance from ``here`` (latitude, longitude) where it may be measured.

        Raises:
            UserError: ``record_missing``.
        """
        raise NotImplementedError

    def company_card(self, company_id: str) -> CompanyCard:
        """Everything about a company.

        Raises:
            UserError: ``record_missing``.
        """
        raise NotImplementedError
