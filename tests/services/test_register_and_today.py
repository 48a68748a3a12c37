"""The register's cards, what today holds, what waits to be sent, and what a person chose."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest

from inspector_app.services.desk import Desk
from inspector_app.services.errors import UserError
from inspector_app.services.readiness import readiness
from inspector_app.services.views.cases import CaseFields
from sync.contract import records as r
from tests.services.test_visit_drafts import photo
from tests.support import desks

TODAY = date(2026, 11, 22)


def test_a_search_finds_places_and_companies_however_they_are_written(desk: Desk) -> None:
    assert desk.register.search("أجياد الذهبى") == [("place", "p1")]
    assert desk.register.search("العليان") == [("company", "co1")]
    assert desk.register.search("العليان", kind="place") == []


def test_lists_narrow_by_what_the_filters_say(desk: Desk) -> None:
    assert desk.register.all("company", expiring=True) == ["co1", "co2"]
    assert desk.register.all("company", grade="B") == ["co2"]
    assert desk.register.all("company", state="active") == ["co1"]
    assert desk.register.all("place", region="madinah") == []
    assert set(desk.register.all("place")) == {"p1", "p2"}
    assert desk.register.all("place", query="ضيافة") == ["p2"]
    desks.write_visit(desk, E01="nonconform")
    assert desk.register.all("place", open_findings=True) == ["p1"]


def test_only_places_with_a_trusted_position_are_measured(desk: Desk) -> None:
    here = (21.4225, 39.8262)
    assert desk.register.all("place", near=here) == ["p1"]
    measured = desk.register.place_card("p1", here)
    assert measured.measurable
    assert measured.distance_m == pytest.approx(279, abs=5)
    vague = desk.register.place_card("p2", here)
    assert (vague.measurable, vague.distance_m) == (False, None)


def test_the_card_of_a_place_gathers_what_is_known_of_it(desk: Desk) -> None:
    draft_id = desk.visits.start("p1", "co1")
    desks.fill_in(desk, draft_id, E01="nonconform")
    kept = desk.visits.attach(draft_id, "E01", photo(300, 200))
    desks.refuse_to_sign(desk, draft_id)
    visit_id = desk.visits.submit(draft_id).visit_id
    case = CaseFields(kind="complaint", category="CC01", priority="P3", text="ضجيج", place_id="p1")
    case_id = desk.cases.open(case).case_id
    card = desk.register.place_card("p1")
    assert card.companies == (desks.COMPANY,)
    assert card.last_visit is not None
    assert card.last_visit.id == visit_id
    assert card.last_photos == (kept,)
    assert [(view.finding.item, view.photos) for view in card.open_findings] == [("E01", (kept,))]
    assert [row.case.id for row in card.open_cases] == [case_id]


def test_the_card_of_a_company_says_what_is_missing(desk: Desk) -> None:
    card = desk.register.company_card("co1")
    assert [(missing.code, missing.blocking) for missing in card.missing] == [
        ("licence_expiring", False),
        ("package_not_approved", True),
    ]
    assert (card.readiness.met, card.readiness.checked, card.readiness.percent) == (5, 6, 83)
    assert card.places == (desks.PLACE,)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"state": "suspended"}, ["licence_not_active"]),
        ({"licence_expires": "2026-11-21"}, ["licence_expired"]),
        ({"licence_expires": "2026-11-22"}, ["licence_expiring"]),
        ({"guarantee_expires": None}, ["guarantee_day_unknown"]),
        ({"packages": ()}, ["no_packages"]),
        ({"contracts": ()}, ["no_contracts"]),
        ({"kind": "tawafa", "contracts": ()}, []),
        (
            {"contracts": (r.AgentContract(agent="A", country="PK", certified=False, expires="2026-01-01"),)},
            ["contract_not_certified", "contract_expired"],
        ),
    ],
)
def test_readiness_names_each_thing_a_company_lacks(change: dict[str, object], codes: list[str]) -> None:
    sound = msgspec.structs.replace(desks.COMPANY, licence_expires="2027-06-01", packages=desks.COMPANY.packages[:1])
    assert readiness(sound, TODAY).percent == 100
    assert [missing.code for missing in readiness(msgspec.structs.replace(sound, **change), TODAY).missing] == codes


def test_today_shows_drafts_what_expires_and_what_waits(desk: Desk) -> None:
    draft_id = desk.visits.start("p1")
    desks.write_visit(desk, "p2", None)
    today = desk.today.summary()
    assert [draft.id for draft in today.drafts] == [draft_id]
    assert [(one.company.id, one.what, one.days_left, one.today) for one in today.expiring] == [
        ("co1", "licence", 13, True),
        ("co2", "licence", -21, False),
    ]
    assert today.waiting == 1
    assert today.unsent_since is not None


def test_today_is_empty_on_a_device_that_has_received_nothing(tmp_path: Path, clock: desks.Clock) -> None:
    with desks.cache_in(tmp_path / "new", records=()) as cache:
        today = desks.seat(cache, desks.INSPECTOR, clock).today.summary()
    assert (today.drafts, today.returned, today.cases_near, today.expiring) == ((), (), (), ())


def test_the_outbox_counts_events_and_evidence_in_the_order_of_sending(desk: Desk) -> None:
    empty = desk.outbox.status()
    assert (empty.waiting, empty.evidence_bytes, empty.last_sync) == (0, 0, None)
    first = desks.write_visit(desk)
    second = desks.write_visit(desk)
    assert [row.receipt.record_id for row in desk.outbox.events()] == [first, second]
    assert desk.outbox.status().waiting == 2
    receipt = desk.outbox.receipt("visit", first)
    assert receipt is not None
    assert (receipt.state, receipt.received_at) == ("waiting", "")
    assert desk.outbox.receipt("visit", "unknown") is None


def test_settings_are_each_persons_own(desk: Desk, colleague: Desk) -> None:
    assert desk.settings.get("language") == "ar"
    desk.settings.set("language", "en")
    assert (desk.settings.get("language"), colleague.settings.get("language")) == ("en", "ar")


@pytest.mark.parametrize(
    ("key", "value", "code"), [("volume", "1", "setting_unknown"), ("theme", "pink", "setting_value")]
)
def test_a_setting_nobody_knows_is_refused(desk: Desk, key: str, value: str, code: str) -> None:
    with pytest.raises(UserError) as refused:
        desk.settings.set(key, value)
    assert refused.value.code == code
