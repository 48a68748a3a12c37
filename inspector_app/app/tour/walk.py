"""The walk itself: one report, there and back, step by step as a person would do it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from inspector_app.app.tour import camera, moves
from inspector_app.app.tour.hands import NotSeen
from inspector_app.app.tour.moves import Fault
from inspector_app.app.tour.person import Person
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks

PLACE = "Ajyad Golden Hotel"
PLACE_AR = "اجیاد الذهبی"
VARIANT, MISTYPED = "أجياد الذهبي", "اجباد الذهبي"
NOTE = "صناديق كرتون تسد مخرج الطوارئ في الدور الثالث"
REMARK = "صورة أوضح للمخرج، واذكر رقم الدور في الوصف"
CORRECTED = "صناديق كرتون تسد مخرج الطوارئ الشرقي في الدور الثالث، بجوار الغرفة ٣١٢"
COMPLAINT = "انقطاع الماء في الدور الخامس منذ صلاة الفجر"
BY_HAND = "مصعد متوقف في الدور الثاني"
HELD = "رائحة غاز قرب المطبخ"
PASSPHRASE = "نخلة باسقة في وادي فاطمة"  # noqa: S105 - of the tour, printed for whoever runs it
OTHER_PASSPHRASE = "بئر زمزم لا تنضب أبدا"  # noqa: S105 - as above


class Walk:
    """The tour through the real windows; prints each step and keeps pictures."""

    def __init__(
        self,
        server: str,
        folder: Path,
        say: Callable[[str], None],
        look: Look,
        administer: Callable[..., str],
    ) -> None:
        """Where the server is, where pictures and profiles go, who hears of the steps, the server's command line."""
        self._server, self._folder, self._say, self._look = server, folder, say, look
        self._administer = administer
        self._count = 0
        self.inspector = Person(folder / "profiles" / "laptop", look, Tasks())
        self.supervisor = Person(folder / "profiles" / "office", look, Tasks())
        self.number = ""
        self.pdf = folder / "report.pdf"

    def leave(self) -> None:
        """Close both applications."""
        for person in (self.inspector, self.supervisor):
            person.leave()
            person.tasks.close()

    async def all(self) -> None:
        """Every step, in order.

        Raises:
            NotSeen: A person would be stuck; the message says at what.
        """
        await self.set_up()
        await self.find()
        await self.visit()
        await self.complain()
        await self.come_online()
        await self.review_and_return()
        await self.correct()
        await self.approve()
        await self.print_pdf()
        await self.give_by_hand()
        await self.withdraw()

    @contextmanager
    def _step(self, words: str) -> Iterator[None]:
        self._count += 1
        started = time.monotonic()
        try:
            yield
        except BaseException:
            self._say(f"{self._count:2}. {words}: FAILED")
            for name, person in (("inspector", self.inspector), ("supervisor", self.supervisor)):
                if person.application.window is not None:
                    person.hands.picture(self._folder / f"failed-{name}.png")
            raise
        self._say(f"{self._count:2}. {words}: done in {time.monotonic() - started:.1f} s")

    async def _picture(self, person: Person, name: str) -> None:
        """The window as it is, in both languages and themes, each once what it has to say is there."""
        for theme in ("light", "dark"):
            self._look.apply_setting("theme", theme)
            for language in ("ar", "en"):
                self._look.apply_setting("language", language)
                await self._settled(person)
                person.hands.picture(self._folder / f"{self._count:02}-{name}-{language}-{theme}.png")
        self._look.apply_setting("language", "ar")
        self._look.apply_setting("theme", "light")
        await self._settled(person)

    async def _settled(self, person: Person) -> None:
        await person.hands.until(lambda: person.tasks.idle, "the window to come to rest")

    async def set_up(self) -> None:
        """Enrol both laptops and let the first sync come in."""
        with self._step("the inspector's laptop is enrolled with a one-time code"):
            self.inspector.application.open()
            await self._picture(self.inspector, "enrol")
            await self.inspector.enrol(self._server, "MAKK-AH11-2345-ABCD", "ahmad", "ahmad-sample-1448", PASSPHRASE)
        with self._step("the register of his region comes in"):
            await _first_sync(self.inspector)
            await self.inspector.hands.click("side.today")
            await self._picture(self.inspector, "today")
        with self._step("the supervisor's laptop is enrolled"):
            await self.supervisor.enrol(
                self._server, "SUPE-RV00-2345-ABCD", "saad", "saad-sample-1448", OTHER_PASSPHRASE
            )
            await _first_sync(self.supervisor)

    async def find(self) -> None:
        """Offline, find a hotel however it is spelt."""
        hands = self.inspector.hands
        with self._step("the inspector goes offline"):
            await moves.work_offline(hands, True)
            await self._picture(self.inspector, "offline")
        with self._step(f"finds a hotel by a spelling variant: {VARIANT}"):
            await hands.click("side.register")
            await hands.write("register.search", VARIANT)
            await hands.pick("register.list", PLACE_AR)
            await self._picture(self.inspector, "register")
        with self._step(f"finds it with one wrong letter: {MISTYPED}"):
            await hands.write("register.search", MISTYPED)
            await hands.pick("register.list", PLACE_AR)

    async def visit(self) -> None:
        """Start a visit, fill it with two faults, a photo and a signature, and submit it."""
        hands = self.inspector.hands
        photo = camera.take(self._folder / "camera" / "exit.jpg")
        with self._step("starts a visit there"):
            await hands.click("register.start_visit")
            await moves.begin_visit(hands)
            await hands.see("visit.sections")
        with self._step("answers the checklist, two items do not conform, one with a photo"):
            await moves.fill(hands, {"I01": Fault(NOTE, photo), "E10": Fault("لا مناشف في الغرف ٤٠١ إلى ٤٠٥")})
            photo.unlink()  # the telephone is gone; the evidence has to be the application's own now
            await hands.click("visit.previous")
            await hands.click("visit.previous")
            await self._picture(self.inspector, "checklist")
            await hands.click("visit.next")
            await hands.click("visit.next")
        with self._step("the representative signs"):
            await moves.sign(hands, "حسن بن علي المالكي", "مدير الاستقبال")
            await self._picture(self.inspector, "finish")
        with self._step("submits, and reads out the number"):
            self.number = await moves.submit(hands)
            await self._picture(self.inspector, "submitted")
            self._say(f"    number {self.number}")

    async def complain(self) -> None:
        """Open a complaint of a pilgrim who wants no name written down."""
        hands = self.inspector.hands
        with self._step("opens a complaint of a pilgrim who wants no name written down"):
            await moves.write_complaint(hands, COMPLAINT, VARIANT, PLACE_AR)
            await self._picture(self.inspector, "complaint")
            await moves.open_case(hands)
            await self._picture(self.inspector, "cases")

    async def come_online(self) -> None:
        """Connect, watch it go, read the receipts."""
        hands = self.inspector.hands
        with self._step("comes online: report, complaint and evidence go, with progress"):
            await moves.work_offline(hands, False)
            await hands.until(lambda: not hands.text_at("side.sync.count"), "everything to be sent")
        with self._step("the centre's receipts are there"):
            await _receipts(self.inspector, 2)
            await self._picture(self.inspector, "receipts")

    async def review_and_return(self) -> None:
        """The supervisor reads the report and returns it with a remark on one item."""
        hands = self.supervisor.hands
        with self._step("the supervisor receives the report and reads it"):
            await _sync(self.supervisor)
            await hands.click("side.review")
            await hands.pick("review.queue", PLACE_AR)
            await hands.see("review.remark.I01.open")
            await self._picture(self.supervisor, "review")
        with self._step("returns it with a remark on one item"):
            await hands.click("review.remark.I01.open")
            await hands.write("review.remark.I01", REMARK)
            await hands.click("review.return")
            await hands.click("review.return.box.yes")
            await _receipts(self.supervisor, 1)

    async def correct(self) -> None:
        """The inspector corrects that item and submits revision 2."""
        hands = self.inspector.hands
        with self._step("the inspector sees that it came back"):
            await _sync(self.inspector)
            await hands.click("side.visits")
            await hands.click("visits.filter.returned")
            await hands.pick("visits.list", PLACE_AR)
            await hands.see("visit.detail.correct")
            await self._picture(self.inspector, "returned")
        with self._step("corrects just that item"):
            await hands.click("visit.detail.correct")
            await hands.see("visit.sections")
            await hands.click("visit.next")
            while not hands.sees("visit.note.I01"):
                await hands.click("visit.next")
            await hands.write("visit.note.I01", CORRECTED)
            await self._picture(self.inspector, "correction")
            while not hands.sees("visit.submit"):
                await hands.click("visit.next")
        with self._step("has it signed again and submits revision 2"):
            await moves.sign(hands, "حسن بن علي المالكي", "مدير الاستقبال")
            again = await moves.submit(hands)
            if again != self.number:
                raise NotSeen(f"the number changed from {self.number} to {again}")
            await _receipts(self.inspector, 3)

    async def approve(self) -> None:
        """The supervisor approves it, and the inspector sees that."""
        hands = self.supervisor.hands
        with self._step("the supervisor approves revision 2"):
            await _sync(self.supervisor)
            await hands.click("side.review")
            await hands.pick("review.queue", PLACE_AR)
            await hands.read(CORRECTED)
            await self._picture(self.supervisor, "revision")
            await hands.click("review.approve")
            await hands.click("review.approve.box.yes")
            await _receipts(self.supervisor, 2)
        hands = self.inspector.hands
        with self._step("the inspector sees that it is approved"):
            await _sync(self.inspector)
            await hands.click("side.visits")
            await hands.click("visits.filter.approved")
            await hands.pick("visits.list", PLACE_AR)
            await hands.see("visit.detail.pdf")
            await self._picture(self.inspector, "approved")

    async def print_pdf(self) -> None:
        """Write the report as a PDF."""
        hands = self.inspector.hands
        with self._step("writes the report as a PDF, Arabic, both calendars"):
            await hands.click("visit.detail.pdf")
            await hands.give_file(self.pdf)
            await hands.until(self.pdf.exists, "the PDF")
            await hands.click("box.tell.close")

    async def give_by_hand(self) -> None:
        """Without a link, hand a complaint to the supervisor's laptop beside."""
        hands, office = self.inspector.hands, self.supervisor.hands
        with self._step("offline again, the inspector writes another complaint"):
            await moves.work_offline(hands, True)
            await moves.work_offline(office, True)
            await moves.write_complaint(hands, BY_HAND, VARIANT, PLACE_AR)
            await moves.open_case(hands)
            await hands.click("side.sync")
            await hands.click("sync.tab.waiting")
            await self._picture(self.inspector, "waiting")
        with self._step("gives it to the supervisor's laptop beside, by address and code"):
            await moves.give_nearby(hands, office)
            await self._picture(self.supervisor, "bundles")
            await office.click("sync.tab.waiting")
            await office.until(lambda: _rows(self.supervisor, "sync.waiting") == 1, "what is to be handed on")
            await moves.work_offline(office, False)
            await office.until(lambda: _rows(self.supervisor, "sync.waiting") == 0, "it to be handed to the centre")

    async def withdraw(self) -> None:
        """The centre withdraws the inspector's laptop; what it still had is held, and the supervisor accepts it."""
        hands, office = self.inspector.hands, self.supervisor.hands
        with self._step("the centre withdraws the inspector's laptop while it is offline with one more complaint"):
            await moves.write_complaint(hands, HELD, VARIANT, PLACE_AR)
            await moves.open_case(hands)
            self._administer("revoke-device", self.inspector.device_id(PASSPHRASE))
        with self._step("it comes online: its screens lock, it delivers, its keys are destroyed"):
            await moves.work_offline(hands, False)
            await hands.see("withdrawn.act")
            await self._picture(self.inspector, "withdrawn")
        with self._step("the supervisor reads what is held, and accepts it"):
            await _sync(self.supervisor)
            await office.click("side.review")
            await office.click("review.which.held")
            await office.read(HELD)
            await self._picture(self.supervisor, "held")
            await office.click("quarantine.accept")
            await office.click("quarantine.accept.box.yes")
            await _receipts(self.supervisor, 3)


def _rows(person: Person, name: str) -> int:
    return len(person.hands.rows(name))


async def _receipts(person: Person, count: int) -> None:
    """Wait on the Sync screen until the centre has confirmed so many events."""
    hands = person.hands
    await hands.click("side.sync")
    await hands.click("sync.tab.receipts")
    await hands.until(lambda: _rows(person, "sync.receipts") >= count, f"{count} receipts")


async def _first_sync(person: Person) -> None:
    await person.hands.click("side.register")
    await person.hands.until(lambda: _rows(person, "register.list") > 0, "the register")


async def _sync(person: Person) -> None:
    """Press "sync now"; what comes is waited for where it shows."""
    hands = person.hands
    await hands.click("side.sync")
    await hands.click("sync.now")
