"""Answers of any kind of question as a reader is told them: numbers, days, places, choices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time as Time

from inspector_app.words.markup import to_plain
from inspector_app.words.words import Words
from sync.domain.text import isolate, with_digits
from xforms.xpath import geo as ground


def spoken(words: Words, kind: str, value: str, chosen: Sequence[str] = ()) -> str:
    """An answer in words; one that is not what its kind says is told as it was given.

    Args:
        words: The reader's language.
        kind: ``text``, ``number``, ``date``, ``time``, ``moment``, ``places``, ``choice``, ``order``, ``read`` or
            ``file``.
        value: The answer as the checklist keeps it.
        chosen: Of ``choice`` and ``order``, the labels.
    """
    if kind == "choice":
        return words.say("answers.and").join(isolate(to_plain(label)) for label in chosen)
    if kind == "order":
        return "\n".join(
            words.say("answers.place", place=at, label=to_plain(one)) for at, one in enumerate(chosen, start=1)
        )
    if kind == "read":
        return words.say("answers.read")
    try:
        return _told(words, kind, value)
    except ValueError:
        return value


def question_asked(words: Words, kind: str, label: str, ref: str) -> str:
    """What an answer is the answer to: the question's label, or else its name; the log of the filling has no question.

    Args:
        words: The reader's language.
        kind: As of ``spoken``, or ``log``.
        label: The question's label, with its small markdown.
        ref: Its reference.
    """
    return words.say("answers.log") if kind == "log" else to_plain(label) or ref.rpartition("/")[2]


def _told(words: Words, kind: str, value: str) -> str:
    if kind == "number":
        float(value)
        return with_digits(value.replace(".", "٫") if words.digits == "arabic" else value, words.digits)
    if kind == "date":
        return words.date(value[:10])
    if kind == "time":
        return with_digits(Time.fromisoformat(value).strftime("%H:%M"), words.digits)
    if kind == "moment":
        return words.moment(value)
    if kind == "places":
        return _places(words, value)
    return value


def _places(words: Words, value: str) -> str:
    """Positions to five places, latitude first, each kept in that order in any sentence; of several, how far or large.

    An area ends where it begins: its corners are told once.
    """
    parts = [point.strip() for point in value.split(";") if point.strip()]
    points = [_point(point) for point in parts]
    if len(points) == 1:
        return words.verbatim(points[0])
    area = len(parts) > 3 and parts[0] == parts[-1]
    length = words.say("answers.length", length=words.metres(ground.distance([value])))
    extent = words.say("answers.area", area=words.square_metres(ground.area([value]))) if area else ""
    shown = points[:-1] if area else points
    head = words.join(words.say("answers.points", n=len(shown)), length, extent)
    return "\n".join((head, *map(words.verbatim, shown)))


def _point(point: str) -> str:
    latitude, longitude, *rest = (float(part) for part in point.split())
    accuracy = f" ±{round(rest[1])} m" if len(rest) > 1 and rest[1] else ""
    return f"{latitude:.5f}, {longitude:.5f}{accuracy}"


def heading(words: Words, title: str, steps: Sequence[tuple[str, int, int]]) -> str:
    """The heading of a part of a report: its section, and below it groups and instances of repeats.

    Args:
        words: The reader's language.
        title: The section.
        steps: Of each step its label, and of an instance its number and how many there are.
    """
    told = [to_plain(title)]
    for marked, number, of in steps:
        label = to_plain(marked)
        counted = words.say("answers.instance", number=number, count=of) if number else ""
        told.append(f"{label} ({counted})" if label and counted else label or counted)
    return words.join(*told)


def file_words(words: Words, role: str, ending: str, size: int, seconds: float | None = None) -> str:
    """What a file is in a few words: ``تسجيل صوتي · MP3 · ١٫٢ م.ب``.

    Args:
        words: The reader's.
        role: The role of the piece; one that this version does not know is a file.
        ending: That of its media type, such as ``.mp3``; empty where that has none.
        size: Bytes.
        seconds: How long it lasts, where that is known.
    """
    key = f"sync.evidence.{role}"
    kind = ending.removeprefix(".").upper()
    return words.join(
        words.say(key if words.has(key) else "sync.evidence.file"),
        words.verbatim(kind) if kind else "",
        "" if seconds is None else words.lasting(seconds),
        words.bytes(size),
    )
