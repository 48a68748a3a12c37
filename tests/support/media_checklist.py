"""A checklist whose questions ask for pictures, sounds, drawings, files and positions, some of them in a repeat."""

from __future__ import annotations

import io
from functools import lru_cache

from openpyxl import Workbook

from sync.contract import records as r
from sync.contract.ids import checklist_id
from sync.domain.findings import MIDAN_NS
from xforms import publish

_COLUMNS = (
    "type", "name", "label::Arabic (ar)", "label::English (en)", "appearance", "parameters", "required",
    "bind::midan:code", "bind::midan:severity", "bind::midan:violation", "body::accept",
)  # fmt: skip
_SURVEY = (
    ("begin group", "K", "المطبخ", "Kitchen"),
    ("select_one answers", "K01", "أرضية المطبخ نظيفة", "The floor is clean", "", "", "yes", "K01", "major", "V01"),
    ("end group",),
    ("begin group", "M", "الأدلة", "Evidence"),
    ("image", "front", "واجهة المبنى", "The front", "", "max-pixels=800"),
    ("image", "sketch", "رسم الموقع", "A sketch", "draw"),
    ("image", "marked", "صورة معلّم عليها", "A marked picture", "annotate"),
    ("image", "cook", "توقيع الطاهي", "The cook's signature", "signature"),
    ("audio", "tape", "إفادة مسجلة", "A recorded statement"),
    ("video", "film", "مقطع", "A film"),
    ("file", "contract", "العقد", "The contract", "", "", "", "", "", "", ".pdf,.docx"),
    ("geopoint", "door", "موقع الباب", "The door"),
    ("geotrace", "pipe", "مسار الأنبوب", "The pipe"),
    ("geoshape", "yard", "حدود الفناء", "The yard"),
    ("date", "opened", "تاريخ الافتتاح", "Opened on", "islamic"),
    ("time", "meal", "وقت الوجبة", "Time of the meal"),
    ("dateTime", "delivered", "وقت التوصيل", "Delivered at"),
    ("barcode", "label", "رمز الصنف", "Barcode"),
    ("end group",),
    ("begin repeat", "room", "غرفة", "Room"),
    ("text", "number", "رقم الغرفة", "Room number"),
    ("image", "view", "صورة الغرفة", "Picture of the room"),
    ("end repeat",),
)
_CHOICES = (
    ("answers", "conform", "مطابق", "Conforms"),
    ("answers", "nonconform", "غير مطابق", "Does not conform"),
)


def workbook() -> bytes:
    """The checklist as its author writes it."""
    book = Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    survey.append(_COLUMNS)
    for line in _SURVEY:
        survey.append(line)
    choices = book.create_sheet("choices")
    choices.append(("list_name", "name", "label::Arabic (ar)", "label::English (en)"))
    for line in _CHOICES:
        choices.append(line)
    settings = book.create_sheet("settings")
    settings.append(("form_title", "form_id", "version", "default_language", "namespaces"))
    settings.append(("Evidence", "evidence", "1", "Arabic (ar)", f'midan="{MIDAN_NS}"'))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


@lru_cache
def published() -> publish.Published:
    """The checklist as the centre publishes it."""
    return publish.publish(workbook())


def checklist() -> r.Checklist:
    """The record that devices have of it."""
    made = published()
    return r.Checklist(
        id=checklist_id(made.form_id, made.version),
        form_id=made.form_id,
        version=made.version,
        inspection_type="IT04",
        title_ar="أدلة الزيارة",
        title_en="Evidence of a visit",
        effective_from="2026-01-01",
        xform=made.xml,
    )
