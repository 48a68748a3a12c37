"""Giving a draft to another member of the committee who uses this device."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from inspector_app.services.desk import Desk
from inspector_app.ui import boxes
from inspector_app.ui.kit.fields import Field, Picker
from inspector_app.ui.look import Look
from inspector_app.viewmodels.tasks import Tasks
from inspector_app.viewmodels.visit_editor import VisitEditor
from sync.contract import records as r


def hand_over(desk: Desk, look: Look, tasks: Tasks, over: QWidget, editor: VisitEditor) -> None:
    """Ask to whom, and give it; with nobody else on the device, say so."""

    def done(people: tuple[r.Person, ...]) -> None:
        others = [one for one in people if one.id != desk.person.id]
        if others:
            _ask(look, over, others, editor)
        else:
            boxes.tell(look, over, look.words.say("visits.nobody_else"), look.words.say("visits.nobody_else_text"))

    tasks.run(desk.people, done=done, owner=over)


def _ask(look: Look, over: QWidget, others: list[r.Person], editor: VisitEditor) -> None:
    say = look.words.say
    people = Picker("visit.hand_over.to")
    people.offer([(one.id, look.words.name(one)) for one in others])
    box = boxes.ask(
        look,
        over,
        title=say("visits.hand_over_title"),
        text=say("visits.hand_over_text"),
        yes=say("visits.hand_over"),
        then=lambda: editor.hand_over(people.value),
        name="visit.hand_over.box",
    )
    field = Field(people)
    field.set_label(say("visits.hand_over_to"))
    box.body.addWidget(field)
