"""Arabic search: two keys of a text, the same when storing and when asking, and one forgiven letter.

Source: domain catalogue, "Arabic search". The first key only evens out how letters are written. The second key also
lets go of what people leave out when they ask: articles, hamza on its seats, and the words every company's name has.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

LEAST_LETTERS: Final = 3
"""Letters that must remain when a prefix is stripped, and that a word needs before one letter of it is forgiven."""

LONGEST_NAME: Final = 1_000
"""Letters in the longest text that is taken apart where keys are made of very many."""
_PARTS_KEPT: Final = 16_384

# The other forms of alef, and hamza on its seats, come apart in NFKD and lose their mark; these do not come apart.
# Farsi and Urdu keyboards, which the feeds were typed on, write more of them than Arabic has.
_SAME_LETTER: Final = {
    "ٱ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ے": "ي",
    "ة": "ه",
    "ہ": "ه",
    "ھ": "ه",
    "ۃ": "ه",
    "ە": "ه",
    "ک": "ك",
    "ء": "",
    "ـ": "",
}
_MARKS_AND_FORMATS: Final = frozenset({"Mn", "Me", "Cf"})  # harakat, accents and bidi controls
_WORDS: Final = re.compile(r"\d+|[^\W\d_]+")
_SEATED_HAMZA: Final = str.maketrans("", "", "ؤئ")
_PREFIXES: Final = ("وال", "بال", "كال", "فال", "لل", "ال")
_SERVANT: Final = "عبد"


class _Letters(dict[int, str]):
    """A translation table that works a character out when it first meets it."""

    def __missing__(self, code: int) -> str:
        folded = "".join(_letter(part) for part in unicodedata.normalize("NFKD", chr(code).casefold()))
        self[code] = folded
        return folded


def _letter(char: str) -> str:
    if char in _SAME_LETTER:
        return _SAME_LETTER[char]
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    return "" if category in _MARKS_AND_FORMATS else char


_LETTERS: Final = _Letters()


def fold(text: str) -> str:
    """The first key: words of folded letters and of digits, one space between them.

    ``fold(fold(text)) == fold(text)`` for every text.
    """
    return _first(_parts(text))


def second_key(text: str) -> str:
    """The second key of an unfolded text; empty where it has noise words only.

    It has to be made from the text itself: the first key no longer tells ؤ from و.
    """
    return _second(_parts(text))


def keys(text: str) -> tuple[str, str]:
    """Both keys of a text: ``fold`` and ``second_key``, for less than each by itself."""
    parts = _parts(text)
    return _first(parts), _second(parts)


def _parts(text: str) -> list[str]:
    """What stands between spaces, each folded by itself, since no word of a key reaches over a space.

    Names are made of the same few thousand parts again and again, so what becomes of them is kept. A text as long as
    nobody's name is one part.
    """
    composed = unicodedata.normalize("NFKC", text)
    return composed.split() if len(composed) <= LONGEST_NAME else [composed]


def _first(parts: Sequence[str]) -> str:
    folded = map(_folded if len(parts) != 1 else _folded.__wrapped__, parts)
    return " ".join(part for part in folded if part)


def _second(parts: Sequence[str]) -> str:
    bare = map(_bare if len(parts) != 1 else _bare.__wrapped__, parts)
    words = _join_servant(list(chain.from_iterable(bare)))
    return " ".join(_without_noise([_strip(word) for word in words]))


@lru_cache(_PARTS_KEPT)
def _folded(part: str) -> str:
    return " ".join(_words(part))


@lru_cache(_PARTS_KEPT)
def _bare(part: str) -> tuple[str, ...]:
    return tuple(_words(part.translate(_SEATED_HAMZA)))


def _words(composed: str) -> list[str]:
    return _WORDS.findall(composed.translate(_LETTERS))


@lru_cache(_PARTS_KEPT)
def _strip(word: str) -> str:
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= LEAST_LETTERS:
            return word[len(prefix) :]
    return word


def _join_servant(words: list[str]) -> list[str]:
    if _SERVANT not in words:
        return words
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == _SERVANT:
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _noise(phrase: str) -> tuple[str, ...]:
    return tuple(_strip(word) for word in _words(phrase.translate(_SEATED_HAMZA)))


# The longer phrase first: its second word is noise behind its first one only.
_NOISE: Final = (_noise("لخدمات المعتمرين"), _noise("شركة"), _noise("مؤسسة"), _noise("موسسة"), _noise("فندق"))


_NOISE_BEGINS: Final = frozenset(noise[0] for noise in _NOISE)


def _without_noise(words: list[str]) -> list[str]:
    if _NOISE_BEGINS.isdisjoint(words):
        return words
    kept: list[str] = []
    place = 0
    while place < len(words):
        noise: tuple[str, ...] = ()
        if words[place] in _NOISE_BEGINS:
            noise = next((noise for noise in _NOISE if tuple(words[place : place + len(noise)]) == noise), ())
        if not noise:
            kept.append(words[place])
        place += len(noise) or 1
    return kept


class QueryKeys(NamedTuple):
    """What to look for: ``first`` in first keys, or ``second`` in second keys where it is not empty.

    A text is found when every word of one of them begins a word of the text's key of the same kind.
    """

    first: str
    second: str

    def find(self, first: str, second: str) -> bool:
        """Whether these keys of a text are found; an empty question finds every one."""
        return _begins(self.first, first) or (self.second != "" and _begins(self.second, second))


def query_keys(text: str) -> QueryKeys:
    """The keys of a question; a question of noise words alone has the first key only."""
    return QueryKeys(*keys(text))


def matches(query: str, text: str) -> bool:
    """Whether a question finds a text; an empty question finds every one."""
    return query_keys(query).find(*keys(text))


def _begins(query: str, key: str) -> bool:
    words = key.split()
    return all(any(word.startswith(asked) for word in words) for asked in query.split())


def nearly_matches(query: str, text: str) -> bool:
    """Whether a question finds a text once one letter in each word is forgiven.

    For when ``matches`` has found fewer than three. Numbers and words under three letters are not forgiven anything.
    """
    first, second = query_keys(query)
    return _nearly_begins(first, fold(text)) or (second != "" and _nearly_begins(second, second_key(text)))


def _nearly_begins(query: str, key: str) -> bool:
    words = key.split()
    return all(any(_nearly_starts(word, asked) for word in words) for asked in query.split())


def _nearly_starts(word: str, asked: str) -> bool:
    if word.startswith(asked):
        return True
    if len(asked) < LEAST_LETTERS or asked.isdigit():
        return False
    return any(within_one_letter(asked, word[: len(asked) + more]) for more in (-1, 0, 1))


def within_one_letter(a: str, b: str) -> bool:
    """Whether one letter added, dropped, changed or swapped with its neighbour (or nothing) makes ``a`` into ``b``."""
    if len(a) > len(b):
        a, b = b, a
    if len(b) - len(a) > 1:
        return False
    start = next((place for place, (one, other) in enumerate(zip(a, b, strict=False)) if one != other), len(a))
    if len(a) < len(b):
        return a[start:] == b[start + 1 :]
    swapped = a[start : start + 2][::-1] == b[start : start + 2] and a[start + 2 :] == b[start + 2 :]
    return swapped or a[start + 1 :] == b[start + 1 :]
