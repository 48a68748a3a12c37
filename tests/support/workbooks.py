"""Workbooks (XLSForm) written for a test."""

from __future__ import annotations

import io

from openpyxl import Workbook

Rows = list[list[str]]


def workbook(survey: Rows, choices: Rows, settings: Rows) -> bytes:
    """An ``.xlsx`` file of these sheets, headings first."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (("survey", survey), ("choices", choices), ("settings", settings)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


MIDAN = 'midan="https://midan.example/xforms"'
CONFORMITY: Rows = [["conformity", name, name.title()] for name in ("conform", "nonconform", "partial", "na")]


def tour(version: str = "1", *more: list[str]) -> bytes:
    """A checklist of one item, with rooms that repeat and a lodging from the list ``lodgings.csv``.

    Args:
        version: Of the checklist.
        more: Further rows of the survey: type, name, label.
    """
    survey = [
        ["type", "name", "label", "media::image", "bind::midan:code", "bind::midan:severity", "bind::midan:violation",
         "bind::midan:of", "bind::midan:role"],
        ["select_one conformity", "T01", "The licence hangs in sight", "", "T01", "major", "V03"],
        ["text", "T01_note", "What was seen", "", "", "", "", "T01", "note"],
        ["select_one_from_file lodgings.csv", "lodging", "Lodging", "plan.png"],
        ["begin_repeat", "rooms", "Rooms"],
        ["text", "room", "Number of the room"],
        ["integer", "beds", "Beds"],
        ["end_repeat"],
        *more,
    ]  # fmt: skip
    settings = [["form_title", "form_id", "version", "namespaces"], ["Tour", "tour", version, MIDAN]]
    return workbook(survey, [["list_name", "name", "label"], *CONFORMITY], settings)


LODGINGS = "name,label\nh1,دار الصفا\nh2,برج السلام\n"
PLAN = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415478da63f8cfc0000003010100"
    "c9fe92ef0000000049454e44ae426082"
)
"""One red pixel as PNG."""


def kinds() -> bytes:
    """A form in Arabic and English that asks for an answer of every kind, some in repeats within repeats."""
    survey = [
        ["type", "name", "label::Arabic (ar)", "label::English (en)", "repeat_count", "appearance"],
        ["text", "who", "اسم المستقبِل", "Who received"],
        ["begin_group", "facts", "الوقائع", "Facts"],
        ["integer", "beds", "عدد **الأسرّة**", "**Beds**"],
        ["decimal", "price", "السعر", "Price"],
        ["date", "opened", "تاريخ الافتتاح", "Opened on"],
        ["time", "meal", "وقت الوجبة", "Time of the meal"],
        ["dateTime", "came", "وقت الوصول", "Arrived at"],
        ["geopoint", "door", "موقع الباب", "The door"],
        ["geoshape", "yard", "حدود الفناء", "The yard"],
        ["select_multiple meals", "served", "الوجبات المقدمة", "Meals served"],
        ["rank meals", "order", "ترتيب الوجبات", "Meals by size"],
        ["acknowledge", "told", "أُبلغ المسؤول", "The head was told"],
        ["image", "front", "واجهة المبنى", "The front"],
        ["file", "contract", "العقد", "The contract"],
        ["text", "long", "وصف", "Description", "", "multiline"],
        ["begin_group", "kitchen", "المطبخ", "Kitchen"],
        ["text", "cook", "الطاهي", "Cook"],
        ["end_group"],
        ["begin_group", "inner"],
        ["text", "left", "ما تبقى", "What is left"],
        ["end_group"],
        ["end_group"],
        ["begin_repeat", "floors", "الدور", "Floor"],
        ["text", "name", "اسم الدور", "Name of the floor"],
        ["begin_repeat", "rooms", "الغرفة", "_Room_", "2"],
        ["integer", "guests", "عدد النزلاء", "Guests"],
        ["end_repeat"],
        ["end_repeat"],
    ]
    choices = [
        ["list_name", "name", "label::Arabic (ar)", "label::English (en)"],
        ["meals", "breakfast", "*فطور*", "*Breakfast*"],
        ["meals", "lunch", "غداء", "Lunch"],
        ["meals", "dinner", "عشاء", "Dinner"],
    ]
    settings = [["form_title", "form_id", "version", "default_language"], ["أنواع", "kinds", "1", "Arabic (ar)"]]
    return workbook(survey, choices, settings)
