"""How ready a company is, by what the register says of it: what is in order, and what is missing.

Source: domain catalogue, "What supervision needs to see": packages approved, contracts certified, licence and
guarantee valid. Staff present is known only on site, so the staff a company owes is shown and not counted here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from inspector_app.services.views.register import Missing, Readiness
from sync.contract import records as r

SOON: Final = timedelta(days=30)
"""How long before its end a licence or guarantee is worth a warning."""


def readiness(company: r.Company, today: date) -> Readiness:
    """The readiness of a company on a day; every point weighs the same."""
    points = [tuple(point) for point in _points(company, today)]
    met = sum(1 for point in points if not any(missing.blocking for missing in point))
    return Readiness(
        met=met,
        checked=len(points),
        percent=met * 100 // len(points),
        missing=tuple(missing for point in points for missing in point),
    )


def _points(company: r.Company, today: date) -> Iterator[Iterator[Missing]]:
    yield _state(company)
    yield _valid("licence", company.licence_expires, today)
    yield _valid("guarantee", company.guarantee_expires, today)
    if not company.packages:
        yield iter((Missing(code="no_packages"),))
    for package in company.packages:
        yield _package(package)
    if company.kind == "umrah" and not company.contracts:
        yield iter((Missing(code="no_contracts"),))
    for contract in company.contracts:
        yield _contract(contract, today)


def _state(company: r.Company) -> Iterator[Missing]:
    if company.state != "active":
        yield Missing(code="licence_not_active", params={"state": company.state})


def _valid(what: str, day: r.Day | None, today: date) -> Iterator[Missing]:
    if day is None:
        yield Missing(code=f"{what}_day_unknown")
    elif date.fromisoformat(day) < today:
        yield Missing(code=f"{what}_expired", params={"day": day})
    elif date.fromisoformat(day) <= today + SOON:
        yield Missing(code=f"{what}_expiring", params={"day": day}, blocking=False)


def _package(package: r.Package) -> Iterator[Missing]:
    if not package.approved:
        names = {"code": package.code, "name_ar": package.name_ar, "name_en": package.name_en}
        yield Missing(code="package_not_approved", params=names)


def _contract(contract: r.AgentContract, today: date) -> Iterator[Missing]:
    named = {"agent": contract.agent, "country": contract.country}
    if not contract.certified:
        yield Missing(code="contract_not_certified", params=named)
    if contract.expires is not None and date.fromisoformat(contract.expires) < today:
        yield Missing(code="contract_expired", params={**named, "day": contract.expires})
