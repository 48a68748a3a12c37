"""A checklist that asks things of the device: the sheet submitted last, its place, a recording, a log."""

from __future__ import annotations

from functools import lru_cache

from sync.contract import records as r
from sync.contract.ids import checklist_id
from tests.support import gallery
from tests.support.gallery import Ask
from xforms.publish import publish

GUARD, ITEM, BEGUN_AT, LOG = "/data/A/guard", "/data/A/A01", "/data/begun_at", "/data/meta/audit"
ROOM = "/data/A/room"
SURVEY = (
    Ask("start-geopoint", "begun_at"),
    Ask("background-audio", "talk"),
    Ask(
        "audit", "audit", more=(("parameters",
        "location-priority=balanced location-min-interval=10 location-max-age=60 track-changes=true "
        "identify-user=true"),),
    ),
    Ask("begin_group", "A", "المدخل", "The entrance"),
    Ask("text", "guard", "اسم الحارس", "Name of the guard", "", (("default", "${last-saved#guard}"),)),
    Ask(
        "select_one answer", "A01", "المدخل نظيف", "The entrance is clean", "",
        (("required", "yes"), ("bind::midan:code", "A01"), ("bind::midan:section", "A"),
         ("bind::midan:severity", "minor"), ("bind::midan:violation", "V01")),
    ),
    Ask("integer", "beds", "عدد الأسرّة", "Number of beds", "", (("constraint", ". < 9"),)),
    Ask("begin_repeat", "room", "غرفة", "Room"),
    Ask("text", "number", "رقم الغرفة", "Room number"),
    Ask("end_repeat", "room"),
    Ask("end_group", "A"),
)  # fmt: skip


@lru_cache
def checklist(version: str = "1") -> r.Checklist:
    """One version of it, published as the centre does it."""
    made = publish(gallery.workbook(SURVEY))
    return r.Checklist(
        id=checklist_id("asking", version),
        form_id="asking",
        version=version,
        inspection_type="IT04",
        title_ar="ما يُطلب من الجهاز",
        title_en="What is asked of the device",
        effective_from="2026-01-01",
        xform=made.xml,
    )


def versions() -> tuple[r.Checklist, ...]:
    """Both of its versions."""
    return checklist("1"), checklist("2")
