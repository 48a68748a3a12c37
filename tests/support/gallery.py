"""A form with every type of question and every appearance, in Arabic and English, and what comes with it.

``python -m tests.support.gallery FOLDER`` writes the workbook and its files, for the preview window.
"""

from __future__ import annotations

import io
import sys
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from openpyxl import Workbook
from PIL import Image, ImageDraw

import xforms
from sync.domain.findings import MIDAN_NS
from xforms.publish import publish

LANGUAGES: Final = ("Arabic (ar)", "English (en)")
HOTELS: Final = "name,label,city\nh1,فندق اجياد,makkah\nh2,فندق الروضة,madinah\nh3,Zamzam Tower,makkah\n"


class Ask(NamedTuple):
    """One row of the sheet ``survey``; ``more`` are its other columns."""

    type: str
    name: str
    ar: str = ""
    en: str = ""
    appearance: str = ""
    more: tuple[tuple[str, str], ...] = ()


TYPED: Final = (
    Ask("begin_group", "typed", "ما يُكتب", "What is typed"),
    Ask("note", "welcome", "اكتب **بوضوح**، و*لا تختصر*.", "Write **clearly**, and *do not abbreviate*."),
    Ask("text", "line", "اسم المناوب", "Name of the person on duty", "", (("required", "yes"),)),
    Ask("text", "long", "وصف المكان", "Describe the place", "multiline"),
    Ask("text", "figures", "رقم الجوال", "Mobile number", "numbers"),
    Ask(
        "integer", "beds", "عدد الأسرّة", "Number of beds", "",
        (("constraint", ". &lt; 500".replace("&lt;", "<")),
         ("constraint_message::Arabic (ar)", "لا يزيد على ٤٩٩"), ("constraint_message::English (en)", "At most 499"),
         ("guidance_hint::Arabic (ar)", "عدّ الأسرّة المفردة، والسرير المزدوج سريران."),
         ("guidance_hint::English (en)", "Count single beds; a double bed counts as two.")),
    ),
    Ask("integer", "guests", "عدد النزلاء", "Number of guests", "thousands-sep"),
    Ask("integer", "lifts", "عدد المصاعد", "Number of lifts", "counter"),
    Ask("decimal", "heat", "حرارة الماء", "Water temperature"),
    Ask("barcode", "code", "رمز الطفاية", "Code of the extinguisher"),
    Ask("end_group", "typed"),
)  # fmt: skip
RANGES: Final = (
    Ask("begin_group", "ranges", "ما يُقدَّر", "What is estimated"),
    Ask("range", "clean", "النظافة (من ١ إلى ١٠)", "Cleanliness", "", (("parameters", "start=1 end=10 step=1"),)),
    Ask("range", "noise", "الضوضاء", "Noise", "no-ticks", (("parameters", "start=0 end=1 step=0.1"),)),
    Ask("range", "tall", "الارتفاع", "Height", "vertical", (("parameters", "start=0 end=20 step=5"),)),
    Ask("range", "pick", "عدد الأدوار", "Number of floors", "picker", (("parameters", "start=1 end=30 step=1"),)),
    Ask("range", "stars", "التقييم", "Rating", "rating", (("parameters", "start=1 end=5 step=1"),)),
    Ask("end_group", "ranges"),
)  # fmt: skip
CHOSEN: Final = (
    Ask("begin_group", "chosen", "ما يُختار", "What is chosen"),
    Ask("select_one yes_no", "few", "هل يوجد مناوب؟", "Is somebody on duty?", "", (("required", "yes"),)),
    Ask("select_one city", "many", "المدينة", "City"),
    Ask("select_one city", "small", "مدينة القدوم", "City of arrival", "minimal"),
    Ask("select_one city", "typed_one", "مدينة المغادرة", "City of departure", "autocomplete"),
    Ask("select_one yes_no", "quick", "هل المدخل مفتوح؟", "Is the entrance open?", "quick"),
    Ask("select_one scale", "likert", "رضا النزلاء", "How content are the guests?", "likert"),
    Ask("select_one city", "wide", "أقرب مدينة", "Nearest city", "columns"),
    Ask("select_one city", "three", "مدينة أخرى", "Another city", "columns-3"),
    Ask("select_one sign", "signs", "لون اللوحة", "Colour of the sign", "columns-pack no-buttons"),
    Ask("select_multiple meal", "meals", "الوجبات المقدمة", "Meals served"),
    Ask("select_multiple meal", "meals_small", "وجبات رمضان", "Meals in Ramadan", "minimal"),
    Ask("rank scale_few", "order", "رتّب حسب الأهمية", "Put in order of importance"),
    Ask("select_one_from_file hotels.csv", "hotel", "الفندق", "Hotel"),
    Ask("acknowledge", "read", "اطلعت على التعليمات", "I have read the instructions"),
    Ask("end_group", "chosen"),
)
GRIDS: Final = (
    Ask("begin_group", "grid", "جدول", "Grid", "table-list"),
    Ask("select_one scale_few", "g_rooms", "الغرف", "Rooms"),
    Ask("select_one scale_few", "g_food", "الطعام", "Food"),
    Ask("select_one scale_few", "g_staff", "الموظفون", "Staff"),
    Ask("end_group", "grid"),
    Ask("begin_group", "ticks", "جدول علامات", "Grid of ticks", "table-list"),
    Ask("select_multiple scale_few", "t_am", "الصباح", "Morning"),
    Ask("select_multiple scale_few", "t_pm", "المساء", "Evening"),
    Ask("end_group", "ticks"),
)
TIMES: Final = (
    Ask("begin_group", "times", "الأوقات", "Times"),
    Ask("date", "day", "تاريخ الترخيص", "Date of the licence"),
    Ask("date", "typed_day", "تاريخ الانتهاء", "Date of expiry", "no-calendar"),
    Ask("date", "month", "شهر الافتتاح", "Month of opening", "month-year"),
    Ask("date", "year", "سنة البناء", "Year built", "year"),
    Ask("date", "lunar", "تاريخ هجري", "Hijri date", "islamic"),
    Ask("time", "hour", "وقت الإفطار", "Time of breakfast"),
    Ask("dateTime", "moment", "وقت الحادثة", "Moment of the incident"),
    Ask("end_group", "times"),
)
PLACES: Final = (
    Ask("begin_group", "places", "المواقع", "Places"),
    Ask("geopoint", "point", "موقع المدخل", "Place of the entrance"),
    Ask("geotrace", "trace", "مسار الإخلاء", "Way out"),
    Ask("geoshape", "shape", "حدود المبنى", "Outline of the building"),
    Ask("end_group", "places"),
)
FILES: Final = (
    Ask("begin_group", "files", "الصور والملفات", "Pictures and files"),
    Ask("image", "photo", "صورة المدخل", "Picture of the entrance", "", (("parameters", "max-pixels=1024"),)),
    Ask("image", "signed", "توقيع المناوب", "Signature of the person on duty", "signature"),
    Ask("image", "sketch", "مخطط الغرفة", "Sketch of the room", "draw"),
    Ask("image", "marked", "صورة عليها علامات", "A picture with marks", "annotate"),
    Ask("audio", "voice", "تسجيل صوتي", "Recording"),
    Ask("video", "film", "مقطع مصور", "Film"),
    Ask("file", "paper", "نسخة العقد", "Copy of the contract"),
    Ask("end_group", "files"),
)
REPEATS: Final = (
    Ask("integer", "floors", "كم دورًا تفقدت؟", "How many floors did you inspect?"),
    Ask("begin_repeat", "room", "الغرفة", "Room"),
    Ask("text", "number", "رقم الغرفة", "Number of the room", "", (("required", "yes"),)),
    Ask("integer", "room_beds", "عدد أسرّتها", "Its beds", "", (("constraint", ". < 9"),)),
    Ask("begin_repeat", "guest", "النزيل", "Guest"),
    Ask("text", "guest_name", "اسمه", "Name"),
    Ask("end_repeat", "guest"),
    Ask("end_repeat", "room"),
    Ask("begin_repeat", "floor", "الدور", "Floor", "", (("repeat_count", "${floors}"),)),
    Ask("select_one yes_no", "exit", "هل المخرج سالك؟", "Is the exit clear?"),
    Ask("end_repeat", "floor"),
)
SHOWN: Final = (
    Ask("begin_group", "shown", "ما يُعرض", "What is shown"),
    Ask(
        "note", "picture", "انظر إلى **المخطط**", "See the **plan**", "",
        (("media::image::Arabic (ar)", "plan.png"), ("media::image::English (en)", "plan.png"),
         ("media::big-image::Arabic (ar)", "red.png"), ("media::big-image::English (en)", "red.png"),
         ("media::audio::Arabic (ar)", "call.wav"), ("media::audio::English (en)", "call.wav")),
    ),
    Ask(
        "note", "marked_up",
        "# عنوان\nسطر فيه [رابط](https://example.org) و<span style=\"color:#b00020\">تحذير</span>\n<b>ليس وسمًا</b>",
        "# Heading\nA line with a [link](https://example.org) and a <span style=\"color:#b00020\">warning</span>\n"
        "<b>not a tag</b>",
    ),
    Ask("calculate", "sum", more=(("calculation", "coalesce(${beds}, 0) * 2"),)),
    Ask("text", "only_shown", "ضعف عدد الأسرّة", "Twice the beds", "",
        (("calculation", "coalesce(${beds}, 0) * 2"), ("readonly", "yes"))),
    Ask("end_group", "shown"),
)  # fmt: skip
SURVEY: Final = (*TYPED, *RANGES, *CHOSEN, *GRIDS, *TIMES, *PLACES, *FILES, *REPEATS, *SHOWN)
CHOICES: Final = {
    "yes_no": (("yes", "نعم", "Yes"), ("no", "لا", "No")),
    "scale": (
        ("s1", "سيئ جدًا", "Very poor"), ("s2", "سيئ", "Poor"), ("s3", "مقبول", "Fair"), ("s4", "جيد", "Good"),
        ("s5", "ممتاز", "Excellent"),
    ),
    "scale_few": (("a", "جيد", "Good"), ("b", "مقبول", "Fair"), ("c", "سيئ", "Poor")),
    "city": (
        ("makkah", "مكة المكرمة", "Makkah"), ("madinah", "المدينة المنورة", "Madinah"), ("jeddah", "جدة", "Jeddah"),
        ("taif", "الطائف", "Taif"), ("yanbu", "ينبع", "Yanbu"), ("riyadh", "الرياض", "Riyadh"),
        ("dammam", "الدمام", "Dammam"),
    ),
    "sign": (("red", "أحمر", "Red"), ("green", "أخضر", "Green"), ("blue", "أزرق", "Blue")),
    "answer": (
        ("conform", "مطابق", "Conforms"), ("nonconform", "غير مطابق", "Does not conform"),
        ("partial", "مطابق جزئيًا", "Partly"), ("na", "لا ينطبق", "Not applicable"),
    ),
    "meal": (("early", "السحور", "Suhoor"), ("noon", "الغداء", "Lunch"), ("late", "الإفطار", "Iftar")),
}  # fmt: skip


def workbook(survey: tuple[Ask, ...] = SURVEY, style: str = "") -> bytes:
    """An XLSForm of these questions; ``style`` such as ``pages``."""
    book = Workbook()
    book.remove(book.worksheets[0])
    labels = [f"label::{language}" for language in LANGUAGES]
    rows = [
        {"type": one.type, "name": one.name, labels[0]: one.ar, labels[1]: one.en, "appearance": one.appearance}
        | dict(one.more)
        for one in survey
    ]
    choices = [
        {"list_name": name, "name": value, labels[0]: ar, labels[1]: en}
        | ({f"media::image::{language}": f"{value}.png" for language in LANGUAGES} if name == "sign" else {})
        for name, offered in CHOICES.items()
        for value, ar, en in offered
    ]
    settings = {
        "form_title": "معرض الأسئلة",
        "form_id": "gallery",
        "version": "1",
        "default_language": LANGUAGES[0],
        "namespaces": f'midan="{MIDAN_NS}"',
    }
    for name, lines in (("survey", rows), ("choices", choices), ("settings", [settings | {"style": style}])):
        sheet = book.create_sheet(name)
        columns = list(dict.fromkeys(column for line in lines for column in line))
        sheet.append(columns)
        for line in lines:
            sheet.append([line.get(column) or None for column in columns])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@lru_cache
def files() -> dict[str, bytes]:
    """What comes with the form, by file name."""
    found = {"hotels.csv": HOTELS.encode(), "call.wav": b"RIFF\x24\x00\x00\x00WAVEfmt "}
    for name, ink in (("red", "#b3262d"), ("green", "#0b6e4f"), ("blue", "#1558c0"), ("plan", "#57534a")):
        picture = Image.new("RGB", (480, 300) if name == "plan" else (96, 96), "#f5f3ee")
        drawing = ImageDraw.Draw(picture)
        drawing.rectangle((20, 20, picture.width - 20, picture.height - 20), fill=ink)
        stream = io.BytesIO()
        picture.save(stream, "PNG")
        found[f"{name}.png"] = stream.getvalue()
    return found


def read(address: str) -> bytes | None:
    """A file of the form by its address."""
    return files().get(address.rpartition("/")[2])


def load(survey: tuple[Ask, ...] = SURVEY, style: str = "") -> xforms.Form:
    """The form, or one of some of its questions."""
    lists = {"jr://file-csv/hotels.csv": HOTELS}
    return xforms.load(publish(workbook(survey, style), lists).xml, lists)


def main(folder: Path) -> None:
    """Write everything into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gallery.xlsx").write_bytes(workbook())
    for name, content in files().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
