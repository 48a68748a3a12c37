"""Regular expressions in time that grows with the text alone: no answer and no form's author can make one hang.

Python's own engine tries alternatives one after the other, so that ``(a+)+b`` takes years on forty letters. A pattern
that repeats something of varying length inside a repetition is therefore run as an automaton, which follows all
alternatives at once; every other pattern is run by Python.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from xforms.errors import XPathError

MAX_STATES = 4_000
MAX_TEXT = 10_000
MAX_LOOKED_AT = 500
MAX_ENDLESS = 3
"""Repetitions without end in one pattern that Python runs; it tries at most about that power of the text's length."""

_CLASS = re.compile(r"\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]", re.DOTALL)
_COUNT = re.compile(r"\{(\d*)(,?)(\d*)\}")
_ENDLESS = re.compile(r"[*+]|\{\d*,\}")
_REPEATED_GROUP = re.compile(r"\)(?:[*+]|\{\d*,\d*\}|\{\d+\})")
_LOOKS = re.compile(r"\(\?(?!:)")
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)


@dataclass(slots=True)
class _State:
    """One state: a letter to match (None for none), and where it leads."""

    letter: re.Pattern[str] | None = None
    mark: str = ""
    to: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Automaton:
    """A compiled pattern: the states, the first of them, and the last."""

    states: list[_State]
    start: int
    end: int

    def fits(self, text: str) -> bool:
        """Whether the whole text fits."""
        now = self._reached({self.start}, 0, len(text))
        for place, letter in enumerate(text, 1):
            moved = {
                to
                for at in now
                if (test := self.states[at].letter) is not None and test.match(letter)
                for to in self.states[at].to
            }
            if not moved:
                return False
            now = self._reached(moved, place, len(text))
        return self.end in now

    def _reached(self, begin: set[int], place: int, size: int) -> set[int]:
        """All states reached without a letter."""
        found, waiting = set(begin), list(begin)
        while waiting:
            state = self.states[waiting.pop()]
            blocked = (state.mark == "^" and place != 0) or (state.mark == "$" and place != size)
            if state.letter is not None or blocked:
                continue
            for to in state.to:
                if to not in found:
                    found.add(to)
                    waiting.append(to)
        return found


@lru_cache(maxsize=512)
def compiled(pattern: str) -> re.Pattern[str] | Automaton:
    """Compiles a pattern once.

    Raises:
        XPathError: ``bad_regex`` with the reason: not a pattern, or one that could take beyond all time and uses what
            an automaton cannot follow (looking around, references back).
    """
    try:
        plain = re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise XPathError("bad_regex", f"the regular expression {pattern!r} is not valid: {error}") from error
    bare = _CLASS.sub("a", _ESCAPE.sub(lambda match: "#" if match[0][1:] in "123456789" else "a", pattern))
    endless, nested = len(_ENDLESS.findall(bare)), _REPEATED_GROUP.search(bare) is not None
    looks = "#" in bare or _LOOKS.search(bare) is not None
    if nested or (endless > 1 and not looks) or endless > MAX_ENDLESS:
        return _Builder(pattern).automaton()
    return plain


def fits(pattern: str, text: str) -> bool:
    """Whether the whole text fits; one above 10,000 letters (500 where a pattern looks around) fits nothing.

    Raises:
        XPathError: As of ``compiled``.
    """
    made = compiled(pattern)
    if isinstance(made, Automaton):
        return len(text) <= MAX_TEXT and made.fits(text)
    few = _LOOKS.search(pattern) is not None or len(_ENDLESS.findall(pattern)) > 1
    return len(text) <= (MAX_LOOKED_AT if few else MAX_TEXT) and made.fullmatch(text) is not None


class _Builder:
    """A recursive descent over a pattern."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.states: list[_State] = []

    def automaton(self) -> Automaton:
        start, end = self.alternatives()
        if self.at < len(self.pattern):
            raise self.refused()
        return Automaton(self.states, start, end)

    def refused(self) -> XPathError:
        rest = self.pattern[self.at : self.at + 10]
        return XPathError("bad_regex", f"the regular expression {self.pattern!r} may run without end, at {rest!r}")

    def state(self, letter: re.Pattern[str] | None = None, mark: str = "") -> int:
        if len(self.states) >= MAX_STATES:
            raise XPathError("bad_regex", f"the regular expression {self.pattern!r} has more than {MAX_STATES} states")
        self.states.append(_State(letter, mark))
        return len(self.states) - 1

    def ahead(self, text: str) -> bool:
        return self.pattern.startswith(text, self.at)

    def alternatives(self) -> tuple[int, int]:
        branches = [self.sequence()]
        while self.ahead("|"):
            self.at += 1
            branches.append(self.sequence())
        if len(branches) == 1:
            return branches[0]
        start, end = self.state(), self.state()
        for first, last in branches:
            self.states[start].to.append(first)
            self.states[last].to.append(end)
        return start, end

    def sequence(self) -> tuple[int, int]:
        start = end = self.state()
        while self.at < len(self.pattern) and not self.ahead("|") and not self.ahead(")"):
            first, last = self.repeated()
            self.states[end].to.append(first)
            end = last
        return start, end

    def repeated(self) -> tuple[int, int]:
        begin = self.at
        piece = self.piece()
        least, most = self.bounds()
        after = self.at
        if (least, most) == (1, 1):
            return piece
        start, final = self.state(), self.state()
        end = start
        for copy in range(least if most is None else most):
            if copy >= least:
                self.states[end].to.append(final)
            end = self.again(begin, end)
        if most is None:
            hub = self.state()
            self.states[end].to.append(hub)
            self.states[self.again(begin, hub)].to.append(hub)
            end = hub
        self.states[end].to.append(final)
        self.at = after
        return start, final

    def again(self, begin: int, behind: int) -> int:
        """One more copy of the piece that begins at a place, behind a state; returns its last state."""
        self.at = begin
        first, last = self.piece()
        self.states[behind].to.append(first)
        return last

    def bounds(self) -> tuple[int, int | None]:
        """How often a piece is repeated, None for without end; a mark of laziness changes nothing for a whole text."""
        counted = _COUNT.match(self.pattern, self.at)
        if self.ahead("*"):
            found: tuple[int, int | None] = 0, None
        elif self.ahead("+"):
            found = 1, None
        elif self.ahead("?"):
            found = 0, 1
        elif counted is not None and (counted[1] or counted[3]):
            least = int(counted[1] or 0)
            found = least, int(counted[3]) if counted[3] else None if counted[2] else least
            self.at = counted.end() - 1
        else:
            return 1, 1
        self.at += 1
        if self.ahead("+"):
            raise self.refused()
        self.at += self.ahead("?")
        return found

    def piece(self) -> tuple[int, int]:
        if self.ahead("("):
            return self.group()
        if self.ahead("^") or self.ahead("$"):
            at = self.state(mark=self.pattern[self.at])
            self.at += 1
            end = self.state()
            self.states[at].to.append(end)
            return at, end
        match = _CLASS.match(self.pattern, self.at) or _ESCAPE.match(self.pattern, self.at)
        text = match[0] if match is not None else self.pattern[self.at]
        if text[0] == "\\" and text[1:2] in tuple("123456789bBAZ"):
            raise self.refused()
        self.at += len(text)
        letter = text if match is not None or text == "." else re.escape(text)
        start, end = self.state(re.compile(letter)), self.state()
        self.states[start].to.append(end)
        return start, end

    def group(self) -> tuple[int, int]:
        if self.ahead("(?") and not self.ahead("(?:"):
            raise self.refused()
        self.at += 3 if self.ahead("(?:") else 1
        found = self.alternatives()
        if not self.ahead(")"):
            raise self.refused()
        self.at += 1
        return found
