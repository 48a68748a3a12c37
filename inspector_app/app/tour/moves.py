"""What hands do in the middle of the work: fill a checklist, sign, submit, review; each a few clicks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from PySide6.QtWidgets import QAbstractButton, QLabel, QPushButton, QWidget

from inspector_app.app.tour.hands import Hands

_ITEM = re.compile(r"visit\.item\.(\w+)")
_QUESTION = re.compile(r"visit\.question\.(\w+)")


class Fault(NamedTuple):
    """What is wrong with one item, and the photograph of it."""

    note: str
    photo: Path | None = None


LODGING = "سكن"
"""What the title of the lodgings' checklist holds."""
GENERAL: Mapping[str, str] = {
    "lodging_kind": "hotel",
    "capacity": "220",
    "registered_count": "180",
    "head_count": "176",
    "floors": "9",
    "has_lifts": "yes",
    "had_outage": "no",
    "lodging_changed": "no",
}
"""What the tour's inspector writes on the first page; what a page does not ask is left out."""


async def work_offline(hands: Hands, offline: bool) -> None:
    """Turn the switch of the Sync screen, if it is not as wanted."""
    await hands.click("side.sync")
    switch = await hands.see_a(QAbstractButton, "sync.offline")
    if switch.isChecked() != offline:
        await hands.click("sync.offline")


async def begin_visit(hands: Hands) -> None:
    """Begin the visit of a lodging; where there are several checklists, its own is chosen."""
    begin = await hands.see("visit.start.begin")
    await hands.until(begin.isEnabled, "a visit that can be begun")
    if hands.sees("visit.start.checklist"):
        await hands.choose("visit.start.checklist", LODGING)
    await hands.click("visit.start.begin")


async def start_visit(hands: Hands, search: str, words: str) -> None:
    """Find a place in the register and begin a visit to it."""
    await hands.click("side.register")
    await hands.write("register.search", search)
    await hands.pick("register.list", words)
    await hands.click("register.start_visit")
    await begin_visit(hands)
    await hands.see("visit.sections")


async def write_complaint(hands: Hands, text: str, search: str, words: str) -> None:
    """Write an urgent complaint of somebody who wants no name written down, about a place found by a search."""
    await hands.click("side.cases")
    if hands.sees("case.detail.back"):
        await hands.click("case.detail.back")
    await hands.click("cases.new")
    await hands.click("case.kind.complaint")
    await hands.choose("case.category", "السكن")
    await hands.click("case.priority.P1")
    await hands.write("case.text", text)
    await hands.write("case.place.search", search)
    await hands.pick("case.place.list", words)
    await hands.click("case.reporter.anonymous")


async def open_case(hands: Hands) -> None:
    """Open the case that was written."""
    await hands.click("case.save")
    await hands.click("case.opened.close")


async def give_nearby(giver: Hands, taker: Hands) -> None:
    """One opens the window for a transfer, the other types what it shows; both close it when it is through."""
    for hands in (taker, giver):
        await hands.click("side.sync")
        await hands.click("sync.tab.transfers")
    await taker.click("transfers.nearby_take")
    address = await taker.see_a(QLabel, "transfer.window.address")
    await taker.until(lambda: ":" in address.text(), "the address")
    code = _digits(taker.text_at("transfer.window.code"))
    port = _digits(address.text().rpartition(":")[2])
    await giver.click("transfers.nearby_give")
    await giver.write("transfer.visit.address", f"127.0.0.1:{port}")  # both laptops of the tour are one machine
    await giver.write("transfer.visit.code", code)
    await giver.click("transfer.visit.act")
    for hands, box in ((giver, "transfer.visit"), (taker, "transfer.window")):
        await hands.see(f"{box}.outcome")
        await hands.click(f"{box}.close")


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())


async def fill(hands: Hands, faults: Mapping[str, Fault]) -> None:
    """Answer every page to the last: general questions, then every item; what is not a fault conforms."""
    while True:
        await _answer_general(hands)
        await _answer_items(hands, faults)
        if _on_screen(hands, re.compile(r"visit\.submit")):
            return
        await hands.click("visit.next")


async def _answer_general(hands: Hands) -> None:
    done: set[str] = set()
    while todo := [name for name in _on_screen(hands, _QUESTION) if name in GENERAL and name not in done]:
        name = todo[0]
        done.add(name)
        answer = GENERAL[name]
        if answer.isdigit():
            await hands.write(f"visit.question.{name}", answer)
        else:
            await hands.click(f"visit.question.{name}.{answer}")


async def _answer_items(hands: Hands, faults: Mapping[str, Fault]) -> None:
    done: set[str] = set()
    while todo := [code for code in _on_screen(hands, _ITEM) if code not in done]:
        code = todo[0]
        done.add(code)
        if code in faults:
            await record_fault(hands, code, faults[code])
        else:
            await hands.click(f"visit.answer.{code}.conform")


async def record_fault(hands: Hands, code: str, fault: Fault) -> None:
    """Say that an item does not conform, what was seen, and show it."""
    await hands.click(f"visit.answer.{code}.nonconform")
    await hands.write(f"visit.note.{code}", fault.note)
    if fault.photo is not None:
        await hands.click(f"visit.photo.{code}.choose")
        await hands.give_file(fault.photo)
        await hands.until(lambda: _pictures(hands, code), f"the photo of {code}")


def _pictures(hands: Hands, code: str) -> bool:
    strip = hands.window.findChild(QWidget, f"visit.photos.{code}")
    return strip is not None and strip.isVisible() and bool(strip.findChildren(QPushButton))


async def sign(hands: Hands, name: str, position: str) -> None:
    """The representative writes his name and signs."""
    await hands.click("visit.signature.status.signed")
    await hands.write("visit.signature.name", name)
    await hands.write("visit.signature.position", position)
    await hands.draw("visit.signature.pad")
    await hands.click("visit.signature.keep")


async def submit(hands: Hands) -> str:
    """Submit the visit.

    Returns:
        Its number, as the screen shows it.
    """
    await hands.click("visit.submit")
    label = await hands.see("visit.submitted.number")
    return hands.text_of(label)


def _on_screen(hands: Hands, names: re.Pattern[str]) -> list[str]:
    """The first group of the names (or the names) of what is visible, in the order of the screen."""
    found: list[tuple[int, str]] = []
    for widget in hands.window.findChildren(QWidget):
        match = names.fullmatch(widget.objectName())
        if match and widget.isVisible():
            top = widget.mapTo(hands.window, widget.rect().topLeft()).y()
            found.append((top, match[match.lastindex or 0]))
    return [name for _, name in sorted(found)]
