"""The cards of a place and of a company, and how ready a company is."""

from __future__ import annotations

import msgspec

from inspector_app.services.views.cases import CaseRow
from inspector_app.services.views.visits import FindingView, VisitRow
from sync.contract import records as r


class Missing(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a company lacks: a stable ``code`` for the words (``missing.<code>``) and its particulars.

    Codes: ``licence_not_active`` (state), ``licence_expired`` (day), ``licence_expiring`` (day),
    ``licence_day_unknown``, ``guarantee_expired`` (day), ``guarantee_expiring`` (day), ``guarantee_day_unknown``,
    ``package_not_approved`` (code, name_ar, name_en), ``no_packages``, ``contract_not_certified`` (agent, country),
    ``contract_expired`` (agent, country, day), ``no_contracts``. ``blocking`` is False for what is about to be missing
    only.
    """

    code: str
    params: dict[str, str] = msgspec.field(default_factory=dict)
    blocking: bool = True


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """How ready a company is by the register: ``met`` of ``checked`` points, as 0 to 100, and what is missing."""

    met: int
    checked: int
    percent: int
    missing: tuple[Missing, ...]


class PlaceCard(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the card of a place shows; ``distance_m`` is None where the register's position is not measurable."""

    place: r.Place
    companies: tuple[r.Company, ...]
    last_visit: r.Visit | None
    last_photos: tuple[r.Attachment, ...]
    visits: tuple[VisitRow, ...]
    open_findings: tuple[FindingView, ...]
    open_cases: tuple[CaseRow, ...]
    measurable: bool
    distance_m: float | None = None


class CompanyCard(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the card of a company shows."""

    company: r.Company
    readiness: Readiness
    places: tuple[r.Place, ...]
    open_findings: tuple[FindingView, ...]
    visits: tuple[VisitRow, ...]
    cases: tuple[CaseRow, ...]

    @property
    def missing(self) -> tuple[Missing, ...]:
        """What the company lacks."""
        return self.readiness.missing
