"""Lists as screens need them: ids, filtered and ordered by the database, and the rows behind a card."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from inspector_app.storage import book, cases, drafts, outbox, people, register, rows, settings, visits
from inspector_app.storage.cache import Cache
from inspector_app.storage.drafts import Draft
from inspector_app.storage.outbox import NewEvent
from inspector_app.storage.rows import Row
from sync.contract import events as e
from sync.contract import records as r
from tests.storage.field_season import CHECKLIST, EVENING, NOON, company, opening, place, step
from tests.support.season import HEAD, INSPECTOR, SUPERVISOR


def put(cache: Cache, *records: r.Record) -> None:
    with cache.write() as conn:
        for record in records:
            rows.put(conn, r.KIND_OF[type(record)], [Row(record, rev=1)])


def visit(visit_id: str, **change: object) -> r.Visit:
    made = r.Visit(
        id=visit_id,
        number="",
        inspection_type="IT04",
        checklist_id="f@1",
        place_id="p1",
        company_id="co1",
        committee_id="k11",
        region="makkah",
        inspector_id="ins",
        state="received",
        revision=1,
        started_at=NOON,
        submitted_at=NOON,
    )
    return replace(made, **change)


def finding(finding_id: str, **change: object) -> r.Finding:
    made = r.Finding(
        id=finding_id,
        visit_id="a",
        revision=1,
        item=finding_id,
        severity="minor",
        violation="V1",
        answer="nonconform",
        note="",
        deadline=NOON,
        place_id="p1",
        company_id="co1",
        region="makkah",
    )
    return replace(made, **change)


def test_places_are_narrowed_by_region_and_kind_and_come_by_name(cache: Cache) -> None:
    put(
        cache,
        place("b", "باء"),
        place("a", "الف"),
        place("far", "بعيد", region="madinah"),
        place("port", "ميناء", kind="port"),
    )
    with cache.read() as conn:
        assert register.ids(conn, "place", register.Filters(region="makkah", kinds=("hotel",))) == ("a", "b", "p1")
        assert len(register.ids(conn, "place")) == 5


def test_places_come_by_nearness_and_those_without_a_position_last(cache: Cache) -> None:
    put(
        cache,
        place("far", lat=21.5, lon=39.9),
        place("near", lat=21.42, lon=39.83),
        place("east", lat=21.42, lon=39.86),
    )
    with cache.read() as conn:
        found = register.ids(conn, "place", register.Filters(near=(21.4225, 39.8262)))
    assert found == ("near", "east", "far", "p1")


def test_companies_are_narrowed_by_state_expiry_and_findings(cache: Cache) -> None:
    put(
        cache,
        company("ends", licence_expires="2026-12-01"),
        company("guarantee", guarantee_expires="2026-11-25", licence_expires="2028-01-01"),
        company("stopped", state="suspended"),
        visit("a", company_id="ends"),
        visit("annulled", company_id="stopped", state="annulled"),
        finding("f1", company_id="ends"),
        finding("f2", visit_id="annulled", company_id="stopped"),
    )
    with cache.read() as conn:
        expiring = register.Filters(expiring_before="2026-12-31")
        assert set(register.ids(conn, "company", expiring)) == {"ends", "guarantee"}
        assert register.ids(conn, "company", register.Filters(states=("suspended",))) == ("stopped",)
        assert register.ids(conn, "company", register.Filters(with_findings=True)) == ("ends",)


def test_the_companies_lodged_at_a_place_are_known(cache: Cache) -> None:
    put(cache, place("p1", lodged_companies=("co2", "co1", "unknown")), company("co2", "الف"))
    with cache.read() as conn:
        assert [lodged.id for lodged in register.lodged_at(conn, "p1")] == ["co2", "co1"]


def test_a_code_list_comes_in_its_own_order(cache: Cache) -> None:
    codes = [("C02", 1, ""), ("C01", 2, ""), ("C01.1", 0, "C01")]
    put(
        cache,
        *(
            r.Code(
                id=f"complaint:{code}", list="complaint", code=code, name_ar="", name_en="", position=at, parent=parent
            )
            for code, at, parent in codes
        ),
    )
    with cache.read() as conn:
        assert [code.code for code in register.codes(conn, "complaint", "")] == ["C02", "C01"]
        assert [code.code for code in register.codes(conn, "complaint", "C01")] == ["C01.1"]
        assert len(register.codes(conn, "complaint")) == 3
        known = register.code(conn, "complaint", "C02")
        assert known is not None
        assert known.position == 1


def test_of_each_checklist_the_version_in_force_on_the_day_is_offered(cache: Cache) -> None:
    versions = [("1", "2026-01-01"), ("2", "2026-11-01"), ("3", "2027-01-01")]
    put(cache, *(replace(CHECKLIST, id=f"f@{v}", version=v, effective_from=day) for v, day in versions))
    put(cache, replace(CHECKLIST, id="g@1", form_id="g", title_ar="آخر"))
    with cache.read() as conn:
        assert {checklist.id for checklist in register.checklists(conn, "2026-11-22")} == {"f@2", "g@1"}
        assert register.checklists(conn, "2025-01-01") == ()


def test_visits_come_last_submitted_first_whatever_their_offset(cache: Cache) -> None:
    put(
        cache,
        visit("noon", submitted_at="2026-11-22T12:00:00+03:00"),
        visit("later", submitted_at="2026-11-22T11:00:00+00:00"),
        visit("other", submitted_at="2026-11-22T08:00:00+00:00", inspector_id="head", state="approved"),
    )
    with cache.read() as conn:
        assert visits.ids(conn) == ("later", "noon", "other")
        assert visits.ids(conn, visits.Filters(inspector_id="head")) == ("other",)
        assert visits.ids(conn, visits.Filters(states=("received",), place_id="p1")) == ("later", "noon")
        last = visits.latest_at(conn, "p1", other_than="later")
        assert last is not None
        assert last.id == "noon"


def test_the_review_queue_begins_with_the_gravest_and_the_longest_waiting(cache: Cache) -> None:
    put(
        cache,
        visit("young", worst="critical", submitted_at=EVENING),
        visit("old", worst="critical"),
        visit("minor", worst="minor", state="under_review"),
        visit("clean"),
        visit("done", state="approved", worst="critical"),
        visit("elsewhere", region="madinah", worst="critical"),
    )
    with cache.read() as conn:
        assert visits.review_queue(conn, ("makkah",)) == ("old", "young", "minor", "clean")


def test_findings_come_gravest_first_and_standing_ones_first_due_first(cache: Cache) -> None:
    put(
        cache,
        visit("a", revision=2),
        finding("old", revision=1),
        finding("slight", revision=2, deadline=NOON),
        finding("grave", revision=2, severity="critical", deadline=EVENING),
    )
    with cache.read() as conn:
        assert [found.id for found in visits.findings(conn, "a")] == ["grave", "slight"]
        assert [found.id for found in visits.findings(conn, "a", 1)] == ["old"]
        assert [found.id for found in visits.standing_findings(conn, place_id="p1")] == ["slight", "grave"]
        assert [found.id for found in visits.standing_findings(conn, company_id="co1")] == ["slight", "grave"]


def test_decisions_come_in_the_order_of_time(cache: Cache) -> None:
    put(cache, visit("a"))
    with cache.write() as conn:
        take_up = NewEvent(kind="visit", record="a", action="take_up", data=e.VisitReview(revision=1))
        approve = NewEvent(kind="visit", record="a", action="approve", data=e.VisitReview(revision=1))
        outbox.commit(conn, take_up, SUPERVISOR, NOON)
        outbox.commit(conn, approve, SUPERVISOR, EVENING)
        assert [decision.action for decision in visits.decisions(conn, "a")] == ["take_up", "approve"]


def test_cases_come_open_ones_first_and_first_due_first(cache: Cache) -> None:
    with cache.write() as conn:
        for case_id, priority in (("slow", "P4"), ("urgent", "P1"), ("settled", "P1")):
            outbox.commit(conn, opening(case_id, priority=priority), INSPECTOR, NOON)
        conn.exec_driver_sql("UPDATE \"case\" SET state = 'closed' WHERE id = 'settled'")
        assert cases.ids(conn) == ("urgent", "slow", "settled")
        assert cases.ids(conn, cases.Filters(due_before="2026-11-22T10:30:00Z")) == ("urgent",)
        assert cases.ids(conn, cases.Filters(open_only=True, priority="P4")) == ("slow",)
        assert cases.ids(conn, cases.Filters(states=("closed",))) == ("settled",)


def test_a_case_keeps_its_timeline_in_order(cache: Cache) -> None:
    with cache.write() as conn:
        outbox.commit(conn, opening(), INSPECTOR, NOON)
        outbox.commit(conn, step("comment", text="أول"), INSPECTOR, EVENING)
        timeline = cases.entries(conn, "c1")
    assert [(entry.action, entry.text) for entry in timeline] == [("open", ""), ("comment", "أول")]


def test_a_reporters_contact_is_kept_beside_the_case(cache: Cache) -> None:
    give = e.ContactGiven(case_id="c1", name="فلان", phone="050")
    with cache.write() as conn:
        outbox.commit(conn, opening(reporter="confidential"), INSPECTOR, NOON)
        assert cases.contact(conn, "c1") is None
        outbox.commit(conn, NewEvent(kind="contact", record="k1", action="give", data=give), INSPECTOR, NOON)
        contact = cases.contact(conn, "c1")
    assert contact is not None
    assert (contact.name, contact.phone) == ("فلان", "050")


def test_a_duplicate_is_looked_for_among_cases_of_the_category_since_a_moment(cache: Cache) -> None:
    with cache.write() as conn:
        outbox.commit(conn, opening("early"), INSPECTOR, "2026-11-20T12:00:00+03:00")
        outbox.commit(conn, opening("late"), INSPECTOR, NOON)
        outbox.commit(conn, opening("other", category="C02"), INSPECTOR, NOON)
        assert [case.id for case in cases.opened_since(conn, "C01", "2026-11-21T09:00:00Z")] == ["late"]


@pytest.fixture
def draft() -> Draft:
    return Draft(
        id="d1",
        kind="visit",
        user_id=INSPECTOR.id,
        record_id="v1",
        place_id="p1",
        checklist_id="f@1",
        revision=2,
        open_items=("I01", "E11"),
        instance="<data/>",
        extra={"note": "نص", "signature": None},
        started_at=NOON,
        saved_at=NOON,
    )


def test_a_draft_comes_back_as_it_was_saved(cache: Cache, draft: Draft) -> None:
    with cache.write() as conn:
        drafts.save(conn, draft)
        assert drafts.get(conn, "d1") == draft
        assert drafts.save_answers(conn, "d1", "<data>2</data>", EVENING)
        saved = drafts.get(conn, "d1")
        assert saved is not None
        assert (saved.instance, saved.saved_at, saved.extra) == ("<data>2</data>", EVENING, draft.extra)
        drafts.delete(conn, "d1")
        assert drafts.get(conn, "d1") is None
        assert not drafts.save_answers(conn, "d1", "<data/>", EVENING), "a save into nothing is not taken for one"


def test_all_items_of_a_first_revision_are_open(cache: Cache) -> None:
    first = Draft(id="d2", kind="case", user_id="ins", record_id="c1", started_at=NOON, saved_at=NOON)
    with cache.write() as conn:
        drafts.save(conn, first)
        assert drafts.get(conn, "d2") == first


def test_a_draft_is_handed_over_to_somebody_else(cache: Cache, draft: Draft) -> None:
    with cache.write() as conn:
        drafts.save(conn, draft)
        assert drafts.hand_over(conn, "d1", HEAD.id, EVENING)
        assert drafts.of_user(conn, INSPECTOR.id, "visit") == ()
        assert [found.id for found in drafts.of_user(conn, HEAD.id, "visit")] == ["d1"]
        assert [found.user_id for found in drafts.of_record(conn, "v1")] == [HEAD.id]
        assert not drafts.hand_over(conn, "nothing", HEAD.id, EVENING)


def test_each_person_has_settings_of_his_own(cache: Cache) -> None:
    with cache.write() as conn:
        settings.put(conn, "ins", "text_size", 18)
        settings.put(conn, "ins", "text_size", 20)
        settings.put(conn, "head", "language", "en")
        assert settings.get(conn, "ins", "text_size") == 20
        assert settings.get(conn, "ins", "language", "ar") == "ar"
        assert settings.every(conn, "head") == {"language": "en"}


def test_members_are_known_as_the_centre_describes_them_now(cache: Cache) -> None:
    put(cache, replace(INSPECTOR, role="committee_head"))
    with cache.read() as conn:
        assert [(member.id, member.role) for member in people.members(conn)] == [
            ("ins", "committee_head"),
            ("sup", "supervisor"),
        ]
        assert people.person(conn, "nobody") is None


def test_the_newest_season_is_in_force(cache: Cache) -> None:
    with cache.write() as conn:
        now = book.season_in_force(conn)
        assert now is not None
        older = replace(now, id="a", rules=replace(now.rules, season=1447))
        newer = replace(now, id="b", rules=replace(now.rules, season=1449))
        rows.put(conn, "season", [Row(older, 1), Row(newer, 1)])
        assert book.CacheBook(conn).rules().season == 1449
