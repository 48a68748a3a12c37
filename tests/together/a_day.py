"""One day at one laptop, by hand: ``python -m tests.together.a_day first|again SERVER PROFILE PHOTO PDF``."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from inspector_app.app.main import qt_application, run_on_loop
from inspector_app.app.tour import moves
from inspector_app.app.tour.moves import Fault
from inspector_app.app.tour.person import Person
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from tests.support.server import CODES, password_of

PLACE = "اجیاد الذهبی"
NOTE = "رأيت مخرج الطوارئ مغلقا بسلسلة حديدية"
REPRESENTATIVE = "حسن بن علي المالكي"
COMPLAINT = "وجدت المرأة المسنة ملقاة عند باب المصعد"
PILGRIM, PHONE = "خديجة بنت أبي بكر الفلانية", "0500417733"
UNFINISHED = "لم نستطع دخول المطبخ لأن المفتاح ضائع"
NUMBERED = "11-001-"
"""How the number of a submitted report begins; a draft has none."""
PASSPHRASE = "نخلة باسقة في وادي فاطمة"
INSPECTOR = "أحمد بن صالح الغامدي"


async def first(person: Person, server: str, photo: Path) -> None:
    """Set the laptop up; offline, write a visit, a complaint and a part of another visit; come online, and send."""
    await person.enrol(server, CODES["makkah"], "ahmad", password_of("ahmad"), PASSPHRASE)
    hands = person.hands
    await hands.click("side.register")
    await hands.until(lambda: hands.rows("register.list"), "the register")
    await moves.work_offline(hands, True)
    await moves.start_visit(hands, PLACE, PLACE)
    await moves.fill(hands, {"I01": Fault(NOTE, photo)})
    await moves.sign(hands, REPRESENTATIVE, "مدير الاستقبال")
    await moves.submit(hands)
    await complain(person)
    await moves.work_offline(hands, False)
    await hands.until(lambda: not hands.text_at("side.sync.count"), "everything to be sent")
    await hands.click("sync.tab.receipts")
    await hands.until(lambda: len(hands.rows("sync.receipts")) >= 3, "the receipts")
    await moves.start_visit(hands, PLACE, PLACE)
    await leave_unfinished(person, photo)


async def complain(person: Person) -> None:
    """Open a complaint of a pilgrim who gives her name and her number."""
    hands = person.hands
    await hands.click("side.cases")
    await hands.click("cases.new")
    await hands.click("case.kind.complaint")
    await hands.choose("case.category", "السكن")
    await hands.click("case.priority.P1")
    await hands.write("case.text", COMPLAINT)
    await hands.write("case.place.search", PLACE)
    await hands.pick("case.place.list", PLACE)
    await hands.click("case.reporter.named")
    await hands.write("case.reporter_name", PILGRIM)
    await hands.write("case.reporter_phone", PHONE)
    await hands.click("case.save")
    await hands.click("case.opened.close")


async def leave_unfinished(person: Person, photo: Path) -> None:
    """Write a part of a visit, and walk away from the desk."""
    hands = person.hands
    while not hands.sees("visit.answer.I01.nonconform"):
        await hands.click("visit.next")
    await moves.record_fault(hands, "I01", Fault(UNFINISHED, photo))
    await hands.click("topbar.lock")
    await hands.see("unlock.passphrase")


async def again(person: Person, pdf: Path) -> None:
    """Come in with the passphrase, look at everything that was written, and write the report as a PDF."""
    await person.unlock(PASSPHRASE)
    hands = person.hands
    await hands.click("side.cases")
    await hands.pick("cases.list", "")
    await hands.read(PHONE)
    await hands.click("side.visits")
    await hands.click("visits.filter.submitted")
    await hands.pick("visits.list", NUMBERED)
    await hands.read(NOTE)
    await hands.click("visit.detail.pdf")
    await hands.give_file(pdf)
    await hands.until(pdf.exists, "the PDF")
    await hands.click("box.tell.close")


def main() -> None:
    """Do one part of the day, to its end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=["first", "again"])
    parser.add_argument("server")
    parser.add_argument("profile", type=Path)
    parser.add_argument("photo", type=Path)
    parser.add_argument("pdf", type=Path)
    told = parser.parse_args()
    qt_application()
    look = Look()
    look.apply()
    tasks = Tasks()
    person = Person(told.profile, look, tasks)

    async def day() -> None:
        if told.part == "first":
            await first(person, told.server, told.photo)
        else:
            await again(person, told.pdf)
        await asyncio.sleep(0.2)

    try:
        run_on_loop(day)
    finally:
        person.application.stop()
        tasks.close()
        person.profile.release()


if __name__ == "__main__":
    main()
