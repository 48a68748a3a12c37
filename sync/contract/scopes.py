"""Scopes: which rows a person may hold, and which scopes a row belongs to."""

from __future__ import annotations

from collections.abc import Iterable

from sync.contract import records as r

GLOBAL = "global"


def region(code: str) -> str:
    """Rows of the register that belong to one region."""
    return f"region:{code}"


def committee(committee_id: str) -> str:
    """What one committee recorded or was given."""
    return f"committee:{committee_id}"


def supervision(code: str) -> str:
    """What the supervisors of one region see of every committee in it."""
    return f"supervision:{code}"


def user(user_id: str) -> str:
    """What is for one person only."""
    return f"user:{user_id}"


def granted_to(person: r.Person) -> frozenset[str]:
    """The scopes a person's role and places give him (least privilege: a reader gets the register only)."""
    scopes = {GLOBAL, user(person.id)}
    scopes |= {region(code) for code in person.regions}
    if person.role in ("inspector", "committee_head") and person.committee_id:
        scopes.add(committee(person.committee_id))
    if person.role == "supervisor":
        scopes |= {supervision(code) for code in person.regions}
    return frozenset(scopes)


def granted_to_device(people: Iterable[r.Person]) -> frozenset[str]:
    """What a device holds: the union of what the people bound to it may hold."""
    return frozenset().union(*(granted_to(person) for person in people))


def of_register(record: r.Record) -> frozenset[str]:
    """The scopes of a row that no event makes: a place is its region's, everything else is everybody's."""
    return frozenset({region(record.region)}) if isinstance(record, r.Place) else frozenset({GLOBAL})


def of_field_record(committee_id: str, region_code: str) -> frozenset[str]:
    """The scopes of what a committee recorded: the committee itself and its region's supervisors."""
    return frozenset({committee(committee_id), supervision(region_code)})


def of_device(device: r.Device) -> frozenset[str]:
    """The scopes of a device's own row: the regions it works in; everybody's where it works in none yet."""
    return frozenset(map(region, device.regions)) or frozenset({GLOBAL})


def of_held_back(regions: Iterable[str]) -> frozenset[str]:
    """The scopes of an event that was held back: the supervisors of these regions."""
    return frozenset(map(supervision, regions))
