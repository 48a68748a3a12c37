"""The cards of a place and of a company, built from what the services know of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from inspector_app.services.desk import Desk
from inspector_app.services.views.cases import CaseRow
from inspector_app.services.views.register import CompanyCard, Missing, PlaceCard
from inspector_app.services.views.visits import FindingView, VisitRow
from inspector_app.ui.forms.photos import PhotoStrip
from inspector_app.ui.kit.layout import column, row
from inspector_app.ui.kit.text import Caption, Chip, Figure, Label, Lead, Title
from inspector_app.ui.look import Look
from inspector_app.ui.register.parts import Facts, Part, notice, short_list
from inspector_app.viewmodels import register as shown
from inspector_app.viewmodels.cases import case_face
from inspector_app.viewmodels.lists import Tone
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visits import finding_face, visit_face
from inspector_app.words import Words
from sync.contract import records as r

READY_FROM = 100
NEARLY_FROM = 60


def _machine(words: Words, text: str) -> str:
    """A number as it is printed elsewhere, or nothing."""
    return words.verbatim(text) if text else ""


def _day(words: Words, day: str | None) -> str:
    return words.date(day) if day else ""


@dataclass(frozen=True)
class Way:
    """Where a row of a card leads."""

    to_place: Callable[[str], object]
    to_company: Callable[[str], object]
    to_visit: Callable[[str], object]
    to_case: Callable[[str], object]


class CardMaker:
    """Makes the parts of a card, in the words of the moment."""

    def __init__(self, desk: Desk, look: Look, tasks: Tasks, way: Way) -> None:
        self._desk, self._look, self._tasks, self._way = desk, look, tasks, way

    # -------------------------------------------------------------------------------------------------------- place

    def place(self, card: PlaceCard) -> Iterator[QWidget]:
        """The card of a place, part by part."""
        place, words = card.place, self._look.words
        kind = shown.place_kind(self._desk, words, place.kind)
        yield self._head(place, (kind, "accent"), (shown.region(self._desk, words, place.region), "neutral"))
        if place.flags:
            yield self._flags(place.flags)
        yield Part("", Facts(self._place_facts(card)))
        if card.companies:
            faces = [(one.id, lambda words, one=one: shown.company_face(words, one)) for one in card.companies]
            lodged = short_list("register.place.companies", self._look, faces, self._way.to_company)
            yield Part(words.say("register.lodged"), lodged)
        else:
            yield Part(words.say("register.lodged"), Lead(words.say("register.nobody_lodged")))
        if card.last_visit is not None:
            yield self._last_visit(card, card.last_visit)
        yield from self._findings(card.open_findings)
        yield from self._cases(card.open_cases)
        yield from self._visits(card.visits)

    def _place_facts(self, card: PlaceCard) -> list[tuple[str, str]]:
        place, words = card.place, self._look.words
        position = ""
        if place.lat is not None and place.lon is not None:
            trust = words.say(f"register.confidence.{'measured' if card.measurable else 'rough'}")
            position = words.join(words.code(f"{place.lat:.5f}, {place.lon:.5f}"), trust)
        haram = "" if place.distance_haram_m is None else words.metres(place.distance_haram_m)
        return [
            (words.say("register.city"), shown.coded(self._desk, words, "city", place.city)),
            (words.say("register.capacity"), "" if place.capacity is None else words.number(place.capacity)),
            (words.say("register.stars"), "" if place.stars is None else words.number(place.stars)),
            (
                words.say("register.tourism_licence"),
                _machine(words, place.tourism_licence),
            ),
            (words.say("register.from_haram"), haram),
            (words.say("register.from_here"), "" if card.distance_m is None else words.metres(card.distance_m)),
            (words.say("register.position"), position or words.say("register.position_unknown")),
        ]

    def _last_visit(self, card: PlaceCard, visit: r.Visit) -> QWidget:
        words = self._look.words
        strip = PhotoStrip("register.place.photos", self._desk.evidence, self._look, self._tasks)
        percent = "" if visit.percent is None else words.percent(visit.percent)
        said = words.join(words.moment(visit.submitted_at), percent, words.code(visit.number))
        part = Part(words.say("register.last_visit"), Label(said, wrap=True), strip)
        strip.show_pictures(card.last_photos)
        return part

    # ------------------------------------------------------------------------------------------------------ company

    def company(self, card: CompanyCard) -> Iterator[QWidget]:
        """The card of a company, part by part."""
        company, words = card.company, self._look.words
        tone = shown.LICENCE_TONES.get(company.state, "warning")
        grade = words.say("register.grade", grade=company.grade) if company.grade else ""
        yield self._head(company, (shown.licence_state(words, company.state), tone), (grade, "neutral"))
        yield self._readiness(card)
        yield Part("", Facts(self._company_facts(company)))
        if company.staff_required:
            needs = [
                (
                    words.join(
                        shown.coded(self._desk, words, "staff_role", need.role),
                        shown.coded(self._desk, words, "city", need.city),
                    ),
                    words.number(need.required),
                )
                for need in company.staff_required
            ]
            yield Part(words.say("register.staff_required"), Facts(needs))
        if company.packages:
            yield Part(words.say("register.packages"), Facts([self._package(one) for one in company.packages]))
        if company.contracts:
            yield Part(words.say("register.contracts"), Facts([self._contract(one) for one in company.contracts]))
        if card.places:
            faces = [(one.id, lambda words, one=one: shown.place_face(self._desk, words, one)) for one in card.places]
            places = short_list("register.company.places", self._look, faces, self._way.to_place)
            yield Part(words.say("register.places"), places)
        yield from self._findings(card.open_findings)
        yield from self._cases(card.cases)
        yield from self._visits(card.visits)

    def _readiness(self, card: CompanyCard) -> QWidget:
        words, readiness = self._look.words, card.readiness
        tone: Tone = "danger"
        if readiness.percent >= NEARLY_FROM:
            tone = "good" if readiness.percent >= READY_FROM else "warning"
        part = Part(words.say("register.readiness"))
        figure = Figure(words.percent(readiness.percent))
        met = Chip(words.say("register.met", met=readiness.met, checked=readiness.checked), tone)
        part.body.addLayout(row(figure, met, 1))
        if not readiness.missing:
            part.body.addWidget(Lead(words.say("register.nothing_missing")))
        for missing in readiness.missing:
            chip_key = "register.is_missing" if missing.blocking else "register.is_near"
            chip = Chip(words.say(chip_key), "danger" if missing.blocking else "warning")
            line = row(chip, Label(self._missing(missing), wrap=True))
            line.setStretch(1, 1)
            part.body.addLayout(line)
        return part

    def _missing(self, missing: Missing) -> str:
        """What a company lacks, its days, names and states put into words first."""
        words, params = self._look.words, dict(missing.params)
        if day := params.get("day"):
            params["day"] = words.date(day)
        if state := params.get("state"):
            params["state"] = shown.licence_state(words, state)
        if {"name_ar", "name_en"} <= params.keys():
            params["name"] = params["name_ar"] if words.rtl else params["name_en"]
        if country := params.get("country"):
            params["country"] = shown.coded(self._desk, words, "country", country)
        return words.say(f"missing.{missing.code}", **params)

    def _company_facts(self, company: r.Company) -> list[tuple[str, str]]:
        words = self._look.words
        return [
            (words.say("register.licence"), words.verbatim(company.licence)),
            (
                words.say("register.licence_expires"),
                _day(words, company.licence_expires),
            ),
            (
                words.say("register.guarantee_expires"),
                _day(words, company.guarantee_expires),
            ),
            (words.say("register.company_kind"), shown.company_kind(self._desk, words, company.kind)),
            (words.say("register.city"), shown.coded(self._desk, words, "city", company.city)),
            (words.say("register.phone"), _machine(words, company.phone)),
        ]

    def _package(self, package: r.Package) -> tuple[str, str]:
        words = self._look.words
        price = "" if package.price_sar is None else words.say("register.price", n=package.price_sar)
        approved = words.say("register.approved" if package.approved else "register.not_approved")
        return words.name(package), words.join(approved, price)

    def _contract(self, contract: r.AgentContract) -> tuple[str, str]:
        words = self._look.words
        certified = words.say("register.certified" if contract.certified else "register.not_certified")
        until = words.say("register.until", day=words.date(contract.expires)) if contract.expires else ""
        return contract.agent, words.join(shown.coded(self._desk, words, "country", contract.country), certified, until)

    # ------------------------------------------------------------------------------------------------------- shared

    def _head(self, record: r.Place | r.Company, *chips: tuple[str, Tone]) -> QWidget:
        words = self._look.words
        other = record.name_en if words.rtl else record.name_ar
        shown_chips = [Chip(text, tone) for text, tone in chips if text]
        head = QWidget()
        title = Title(words.name(record), wrap=True)
        title.setObjectName("register.card.title")
        head.setLayout(column(title, Caption(other, wrap=True), row(*shown_chips, 1, spacing=8), spacing=8))
        return head

    def _flags(self, flags: tuple[str, ...]) -> QWidget:
        words = self._look.words
        said = [shown.coded(self._desk, words, "place_flag", flag) for flag in flags]
        return notice("register.flags", self._look, words.say("register.flagged"), "\n".join(said))

    def _findings(self, findings: tuple[FindingView, ...]) -> Iterator[QWidget]:
        if findings:
            faces = [(one.finding.id, lambda words, one=one: finding_face(words, one)) for one in findings]
            visits = {one.finding.id: one.finding.visit_id for one in findings}
            rows = short_list("register.findings", self._look, faces, lambda key: self._way.to_visit(visits[key]))
            yield Part(self._look.words.say("register.open_findings", n=len(findings)), rows)

    def _cases(self, cases: tuple[CaseRow, ...]) -> Iterator[QWidget]:
        if cases:
            faces = [(one.case.id, lambda words, one=one: case_face(words, one)) for one in cases]
            yield Part(
                self._look.words.say("register.cases", n=len(cases)),
                short_list("register.cases", self._look, faces, self._way.to_case),
            )

    def _visits(self, visits: tuple[VisitRow, ...]) -> Iterator[QWidget]:
        if visits:
            faces = [(one.visit.id, lambda words, one=one: visit_face(words, one)) for one in visits]
            yield Part(
                self._look.words.say("register.visits", n=len(visits)),
                short_list("register.visits", self._look, faces, self._way.to_visit),
            )
