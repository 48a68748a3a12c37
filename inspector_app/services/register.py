"""The register on this device: searching it, and the cards of a place and a company."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from inspector_app.services import reading
from inspector_app.services.ground import Ground, known, maybe, position_of
from inspector_app.services.readiness import SOON, readiness
from inspector_app.services.views.register import CompanyCard, PlaceCard
from inspector_app.storage import cases, register, visits
from inspector_app.storage.register import Filters
from sync.contract import ids
from sync.contract import records as r
from sync.domain import geo

RegisterKind = Literal["place", "company"]


class Register:
    """Companies and places as the centre sent them."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def search(
        self, query: str, kind: RegisterKind | None = None, region: str | None = None, limit: int = 200
    ) -> list[tuple[str, str]]:
        """(kind, id) of what fits the words, best first; one wrong letter is forgiven when little fits."""
        with self._ground.cache.read() as conn:
            kinds = (kind,) if kind else ("company", "place")
            return [(hit.kind, hit.id) for hit in register.search_ids(conn, query, kinds, region or "", limit)]

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
            query: Words, as in ``search``; the best fit comes first then.
            region: A region's code; places only.
            state: Of the licence; companies only.
            grade: A company's class.
            place_kind: Such as ``hotel``; places only.
            expiring: Only companies whose licence or guarantee ends within 30 days or has ended.
            open_findings: Only what has findings of a visit that stands.
            near: Where to measure from.
            limit: At most so many.
        """
        soon = (self._ground.clock().date() + SOON).isoformat()
        filters = Filters(
            region=region or "",
            kinds=(place_kind,) if place_kind else (),
            states=(state,) if state else (),
            expiring_before=soon if expiring else "",
            with_findings=open_findings,
            near=near,
        )
        with self._ground.cache.read() as conn:
            found: Iterable[str] = register.ids(conn, kind, filters)
            if query.strip():
                allowed = frozenset(found)
                hits = register.search_ids(conn, query, (kind,), limit=limit)
                found = [hit.id for hit in hits if hit.id in allowed]
            if grade and kind == "company":
                found = _only(
                    found, lambda one: (row := maybe(conn, r.Company, one)) is not None and row.grade == grade
                )
            if near is not None and kind == "place":
                found = _only(found, lambda one: position_of(maybe(conn, r.Place, one)) is not None)
            return [one for one, _ in zip(found, range(limit), strict=False)]

    def place(self, place_id: str) -> r.Place:
        """One place (a key read).

        Raises:
            UserError: ``record_missing``.
        """
        with self._ground.cache.read() as conn:
            return known(conn, r.Place, place_id)

    def company(self, company_id: str) -> r.Company:
        """One company (a key read).

        Raises:
            UserError: ``record_missing``.
        """
        with self._ground.cache.read() as conn:
            return known(conn, r.Company, company_id)

    def codes(self, list_name: str) -> tuple[r.Code, ...]:
        """A code list in its order, such as ``region``."""
        with self._ground.cache.read() as conn:
            return register.codes(conn, list_name)

    def code(self, list_name: str, code: str) -> r.Code | None:
        """One entry of a code list, or None where this device does not know it."""
        with self._ground.cache.read() as conn:
            return register.code(conn, list_name, code)

    def place_card(
        self, place_id: str, here: tuple[float, float] | None = None, language: str | None = None
    ) -> PlaceCard:
        """Everything about a place; distance from ``here`` (latitude, longitude) where it may be measured.

        Args:
            place_id: Which place.
            here: Where the reader is.
            language: Of the findings' labels; None: the one the person chose.

        Raises:
            UserError: ``record_missing``.
        """
        ground = self._ground
        with ground.cache.read() as conn:
            place = known(conn, r.Place, place_id)
            position = position_of(place)
            last = visits.latest_at(conn, place_id)
            revision = maybe(conn, r.VisitRevision, ids.revision_id(last.id, last.revision)) if last else None
            found = visits.standing_findings(conn, place_id=place_id)
            spoken = language or ground.language(conn)
            return PlaceCard(
                place=place,
                companies=register.lodged_at(conn, place_id),
                last_visit=last,
                last_photos=tuple(p for p in revision.attachments if p.role == "photo") if revision else (),
                visits=tuple(
                    reading.visit_row(ground, conn, one) for one in visits.ids(conn, visits.Filters(place_id=place_id))
                ),
                open_findings=reading.finding_views(ground, conn, found, spoken),
                open_cases=tuple(
                    reading.case_row(ground, conn, one)
                    for one in cases.ids(conn, cases.Filters(place_id=place_id, open_only=True))
                ),
                measurable=position is not None,
                distance_m=geo.between(position, None if here is None else geo.Position(*here)),
            )

    def company_card(self, company_id: str, language: str | None = None) -> CompanyCard:
        """Everything about a company.

        Args:
            company_id: Which company.
            language: Of the findings' labels; None: the one the person chose.

        Raises:
            UserError: ``record_missing``.
        """
        ground = self._ground
        with ground.cache.read() as conn:
            company = known(conn, r.Company, company_id)
            found = visits.standing_findings(conn, company_id=company_id)
            spoken = language or ground.language(conn)
            return CompanyCard(
                company=company,
                readiness=readiness(company, ground.clock().date()),
                places=register.lodgings_of(conn, company_id),
                open_findings=reading.finding_views(ground, conn, found, spoken),
                visits=tuple(
                    reading.visit_row(ground, conn, one)
                    for one in visits.ids(conn, visits.Filters(company_id=company_id))
                ),
                cases=tuple(
                    reading.case_row(ground, conn, one) for one in cases.ids(conn, cases.Filters(company_id=company_id))
                ),
            )


def _only(found: Iterable[str], fits: Callable[[str], bool]) -> Iterable[str]:
    return (one for one in found if fits(one))
