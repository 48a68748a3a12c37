"""What people do at the devices, by the real services; each action is one that a screen offers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

from inspector_app.services.desk import Desk
from inspector_app.services.views.cases import CaseFields
from inspector_app.storage import device as devices
from inspector_app.storage import people
from sync.contract import records as r
from sync.contract import wire
from sync.engine import calls
from tests.simulation.device import DeviceProcess
from tests.simulation.season import VISITED_PLACES

_WORDS = ("الباب مغلق", "لا ماء منذ الفجر", "رخصة منتهية", "عاد كل شيء", "one word")
_REFUSED = r.Signature(status="refused", name="المناوب", reason="رفض", witness="ياسر")


class Work:
    """One person at one device for the time of one action; each method says what was done, or that nothing was."""

    def __init__(self, random: Random, device: DeviceProcess) -> None:
        self._random = random
        self._device = device
        self.given_to: frozenset[str] = frozenset()
        """For whom the bundle is that was written."""

    def anything(self) -> str:
        """One action, by somebody of this device."""
        members = self._device.members()
        if not members:
            return "nobody may use it"
        person = self._random.choice(members)
        actions = _BY_ROLE[person.role]
        action = self._random.choices([one for one, _ in actions], [weight for _, weight in actions])[0]
        desk = self._device.desk(person)
        return f"{person.id} {action.__name__.strip('_')}: {action(self, desk)}"

    def report(self, desk: Desk) -> str:
        """Write a report and submit it; one that was begun and not finished goes on."""
        begun = [draft.id for draft in desk.visits.drafts()]
        if begun:
            return self._finish(desk, self._random.choice(begun))
        visited = {known.id for known in VISITED_PLACES}
        places = [place_id for place_id in desk.register.all("place") if place_id in visited]
        if not places:
            return "nowhere to go"
        draft_id = desk.visits.start(self._random.choice(places), None)
        return "begun" if self._random.random() < 0.2 else self._finish(desk, draft_id)

    def _finish(self, desk: Desk, draft_id: str) -> str:
        session = desk.visits.open_draft(draft_id).session
        answer = self._random.choice(("conform", "nonconform", "partial"))
        session.answer("/data/A01", answer)
        if answer == "nonconform":
            session.answer("/data/A01_note", self._words())
        session.answer("/data/A02", self._random.choice(("conform", "nonconform")))
        desk.visits.save(draft_id, session.serialise(), note=self._words())
        self._evidence(desk, draft_id)
        desk.visits.sign(draft_id, _REFUSED)
        done = desk.visits.submit(draft_id)
        return f"{done.visit_id[-6:]} revision {done.revision}"

    def _evidence(self, desk: Desk, draft_id: str) -> None:
        """Some recordings; sometimes one that others have made too."""
        for _ in range(self._random.choice((0, 0, 1, 2))):
            common = self._random.random() < 0.2
            data = b"OggS common" if common else b"OggS" + self._random.randbytes(self._random.choice((40, 900, 5000)))
            desk.evidence.keep(draft_id, "", data, "voice")

    def _correct(self, desk: Desk) -> str:
        returned = [visit for visit in desk.visits.list() if desk.visits.row(visit).visit.state == "returned"]
        if not returned:
            return "nothing to correct"
        return self._finish(desk, desk.visits.correct(self._random.choice(returned)))

    def _open_case(self, desk: Desk) -> str:
        reporter = self._random.choice(("committee", "anonymous", "confidential", "named"))
        fields = CaseFields(
            kind="complaint",
            category="CC01",
            priority=self._random.choice(("P1", "P3")),
            text=self._words(),
            reporter=reporter,
            reporter_name="حاج",
            reporter_phone="0500000000",
        )
        if self._random.random() < 0.5:
            return desk.cases.open(fields).case_id[-6:]
        draft_id = desk.cases.save_draft(fields)
        self._evidence(desk, draft_id)
        return desk.cases.open(fields, draft_id).case_id[-6:]

    def _case_step(self, desk: Desk) -> str:
        cases = desk.cases.list()
        if not cases:
            return "no case"
        case_id = self._random.choice(cases)
        action = self._random.choice(desk.cases.actions(case_id) or ("comment",))
        desk.cases.act(case_id, action, self._words())
        return f"{action} {case_id[-6:]}"

    def _review(self, desk: Desk) -> str:
        queue = desk.review.queue()
        if not queue:
            return "nothing to review"
        visit_id = self._random.choice(queue)
        action = self._random.choice(("take_up", "return", "return", "approve"))
        if action == "take_up":
            desk.review.take_up(visit_id)
        elif action == "approve":
            desk.review.approve(visit_id, self._words())
        else:
            item = self._random.choice(("", "A01", "A02"))
            desk.review.give_back(visit_id, [r.Remark(item=item, text=self._words())], self._words())
        return f"{action} {visit_id[-6:]}"

    def _annul(self, desk: Desk) -> str:
        visits = desk.visits.list()
        if not visits:
            return "nothing to annul"
        visit_id = self._random.choice(visits)
        desk.visits.annul(visit_id, self._words())
        return visit_id[-6:]

    def _move_case(self, desk: Desk) -> str:
        """Give a case to another committee, which may be of another region."""
        cases = desk.cases.list()
        if not cases:
            return "no case"
        case_id = self._random.choice(cases)
        home = self._random.choice(desk.cases.committees(case_id))
        desk.cases.move(case_id, home.id, self._words())
        return f"{case_id[-6:]} to {home.id}"

    def _decide_held(self, desk: Desk) -> str:
        """Accept or refuse what stands in quarantine."""
        held = desk.quarantine.list()
        if not held:
            return "nothing held"
        held_id = self._random.choice(held)
        if self._random.random() < 0.6:
            desk.quarantine.accept(held_id, self._words())
            return f"accepted {held_id[-6:]}"
        desk.quarantine.refuse(held_id, self._words())
        return f"refused {held_id[-6:]}"

    def _words(self) -> str:
        return f"{self._random.choice(_WORDS)} {self._random.randrange(1000)}"

    def export(self, stick: Path) -> str:
        """Write a bundle for one or two other devices."""
        desk = self._device.desk(self._random.choice(self._device.members()))
        known = [peer.id for peer in desk.bundles.peers()]
        chosen = self._random.sample(known, min(len(known), self._random.choice((1, 1, 2))))
        load = desk.bundles.export(stick, chosen)
        self.given_to = frozenset(chosen)
        return f"bundle {stick.stem} with {load.events} events for {chosen}"

    def take(self, stick: Path) -> str:
        """Take a bundle in."""
        desk = self._device.desk(self._random.choice(self._device.members()))
        received = desk.bundles.take_file(stick)
        return f"bundle {stick.stem}: {received.load.events} events, {received.known} known, {received.refused}"

    def tidy(self) -> str:
        """What the application does when somebody has signed in."""
        members = self._device.members()
        if not members:
            return "nobody may use it"
        self._device.desk(self._random.choice(members)).tidy()
        return "tidied"

    def add_person(self) -> str:
        """Somebody else proves himself to the centre and may use this device from then on."""
        username = self._random.choice(self._device.seat.others)
        with self._device.cache.read() as conn:
            identity = devices.identity(conn)
        caller = calls.Caller(identity, self._device, self._device.clock)
        asked = wire.BindRequest(username=username, password=username)
        person = calls.post(caller, wire.BIND, asked, wire.BindReply).person
        with self._device.cache.write() as conn:
            people.bind(conn, person, self._device.clock.moment().isoformat())
        return f"{person.id} added"


_FIELD: tuple[tuple[Callable[[Work, Desk], str], int], ...] = (
    (Work.report, 5),
    (Work._correct, 3),
    (Work._open_case, 3),
    (Work._case_step, 4),
    (Work._annul, 1),
)
_BY_ROLE = {
    "inspector": _FIELD,
    "committee_head": _FIELD,
    "supervisor": (
        (Work._review, 8),
        (Work._case_step, 4),
        (Work._annul, 1),
        (Work._move_case, 2),
        (Work._decide_held, 6),
    ),
}
