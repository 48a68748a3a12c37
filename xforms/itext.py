"""Texts of a form in its languages, with values of fields woven in (``output``)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from lxml import etree

from xforms.errors import FormError, LanguageError, XPathError
from xforms.model import NO_MEDIA
from xforms.xpath.compile import NO_DEPS, Deps, Expression, merged
from xforms.xpath.parser import parse
from xforms.xpath.scope import Env
from xforms.xpath.tree import Call, Expr, Literal

XF = "{http://www.w3.org/2002/xforms}"
Compile: TypeAlias = Callable[[str], Expression]
"""Compiles the expression of an ``output`` where the text stands."""

_VALUE = f"{XF}value"
_REFERENCE = re.compile(r"""\s*jr:itext\(\s*(?:'([^']*)'|"([^"]*)")\s*\)\s*""")
_CODE = re.compile(r"\(([^()]+)\)\s*$")
MEDIA = ("image", "big-image", "audio", "video")
_FORMS = frozenset({"", "short", "long", "guidance", *MEDIA})


@dataclass(frozen=True, slots=True)
class Text:
    """One text that belongs to a field: by language position, its pieces in order."""

    by_language: tuple[tuple[str | Expression, ...], ...]
    deps: Deps

    def render(self, env: Env, language: int) -> str:
        """The text in a language, with the values of now."""
        pieces = self.by_language[language if language < len(self.by_language) else 0]
        if not pieces:
            return ""
        if len(pieces) == 1 and isinstance(pieces[0], str):
            return pieces[0]
        return "".join(piece if isinstance(piece, str) else piece.text(env) for piece in pieces).strip()


NO_TEXT = Text(((),), NO_DEPS)


@dataclass(slots=True)
class Texts:
    """All translations: languages in the order of the form, and texts by language, form of text and id.

    ``forms`` tells by id in which forms some language has the text, ``used`` which there are at all. ``plain`` holds,
    by language, the texts without anything woven in that were asked for.
    """

    languages: tuple[str, ...] = ()
    default: int = 0
    values: list[dict[tuple[str, str], etree._Element]] = field(default_factory=list)
    forms: dict[str, set[str]] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    plain: list[dict[str, str]] = field(default_factory=list)
    beside: list[dict[str, Mapping[str, str]]] = field(default_factory=list)
    woven: frozenset[str] = frozenset()
    """Ids of texts that hold values of fields in some language."""

    def language(self, name: str) -> str:
        """The form's own name of a language, found by that name or by the code in brackets after it.

        Raises:
            LanguageError: The form has no such language.
        """
        for language in self.languages:
            code = _CODE.search(language)
            if name == language or (code is not None and name == code[1]):
                return language
        raise LanguageError("unknown_language", f"the form has no language {name!r}")

    def has(self, identifier: str, form: str = "") -> bool:
        """Whether any language has the text."""
        return form in self.forms.get(identifier, ())

    def text(self, identifier: str, form: str, compile_output: Compile) -> Text:
        """A text by its id; a language that lacks it shows the default language's.

        Raises:
            FormError: ``unknown_text`` when no language has it.
        """
        if not self.has(identifier, form):
            raise FormError("unknown_text", f"no translation has the text {identifier!r}")
        found = [self._find(identifier, form, at) for at in range(len(self.languages))]
        return _text([pieces(element, compile_output) if element is not None else () for element in found])

    def lookup(self, identifier: str, language: int) -> str:
        """The plain text of a choice, or of ``jr:itext()`` in an expression; ``""`` for an unknown id."""
        if not self.plain:
            return ""
        known = self.plain[language]
        if identifier not in known:
            elements = [self.values[at].get(("", identifier)) for at in (language, self.default)]
            texts = [plain(element) for element in elements if element is not None]
            if not texts:
                return ""
            known[identifier] = next(filter(None, texts), "")
        return known[identifier]

    def media(self, identifier: str, language: int) -> Mapping[str, str]:
        """The addresses of what is shown or played beside the text of a choice, by kind."""
        if not self.beside:
            return NO_MEDIA
        return self.beside[language].get(identifier) or self.beside[self.default].get(identifier, NO_MEDIA)

    def _find(self, identifier: str, form: str, language: int) -> etree._Element | None:
        found = self.values[language].get((form, identifier))
        return found if found is not None else self.values[self.default].get((form, identifier))


def read_texts(itext: etree._Element | None) -> Texts:
    """Reads the ``itext`` block of a model.

    Raises:
        FormError: ``unsupported_media`` for a text of a kind that nobody knows; ``bad_itext``.
    """
    texts = Texts()
    if itext is None:
        return texts
    languages: list[str] = []
    for translation in itext.iterfind(f"{XF}translation"):
        name = translation.get("lang", "")
        if not name or name in languages:
            raise FormError("bad_itext", "every translation needs a language of its own", name)
        if translation.get("default") is not None:
            texts.default = len(languages)
        languages.append(name)
        texts.values.append(_values(translation))
    texts.languages = tuple(languages)
    texts.plain = [{} for _ in languages]
    woven = set()
    for values in texts.values:
        for (form, identifier), element in values.items():
            texts.forms.setdefault(identifier, set()).add(form)
            if form == "" and len(element):
                woven.add(identifier)
    texts.woven = frozenset(woven)
    texts.used = frozenset().union(*texts.forms.values())
    if texts.used.intersection(MEDIA):
        texts.beside = [_media(values) for values in texts.values]
    return texts


def _media(values: Mapping[tuple[str, str], etree._Element]) -> dict[str, Mapping[str, str]]:
    found: dict[str, Mapping[str, str]] = {}
    for (form, identifier), element in values.items():
        if form in MEDIA:
            found[identifier] = {**found.get(identifier, {}), form: plain(element)}
    return found


def _values(translation: etree._Element) -> dict[tuple[str, str], etree._Element]:
    values: dict[tuple[str, str], etree._Element] = {}
    for text in translation.iterfind(f"{XF}text"):
        identifier = text.get("id", "")
        for value in text:
            if value.tag != _VALUE:
                continue
            form = value.get("form", "")
            if form not in _FORMS:
                raise FormError("unsupported_media", f"a text of the kind {form!r} is not supported", identifier)
            values[form, identifier] = value
        # A text that has only a long or a short form is shown in that.
        for form in ("long", "short"):
            if (form, identifier) in values:
                values.setdefault(("", identifier), values[form, identifier])
    return values


def element_text(element: etree._Element | None, form: str, texts: Texts, compile_output: Compile) -> Text:
    """The text of a ``label`` or ``hint`` element, written in it or referred to.

    Args:
        element: The element, or None for no text.
        form: ``""`` for the text itself, ``"guidance"`` for guidance beside a hint.
        texts: The form's translations.
        compile_output: Compiles an ``output`` of it.
    """
    if element is None:
        return NO_TEXT
    reference = element.get("ref")
    if reference is None:
        return _text([pieces(element, compile_output)]) if form == "" else NO_TEXT
    identifier = reference_id(reference)
    if identifier is None:
        if not reference.strip().startswith("jr:itext("):
            raise FormError("unsupported_text", f"a text must be jr:itext('id'), not {reference}")
        return _looked_up(reference, compile_output) if form == "" else NO_TEXT
    if texts.has(identifier, form):
        return texts.text(identifier, form, compile_output)
    if identifier in texts.forms:
        return NO_TEXT
    return texts.text(identifier, form, compile_output)


def message_text(message: str | None, texts: Texts, compile_output: Compile) -> Text:
    """The text of a ``jr:constraintMsg`` or ``jr:requiredMsg`` attribute, written out or referred to."""
    if not message:
        return NO_TEXT
    identifier = reference_id(message)
    if identifier is None:
        if message.strip().startswith("jr:itext("):
            return _looked_up(message, compile_output)
        return Text(((message,),), NO_DEPS)
    return texts.text(identifier, "", compile_output)


def reference_id(reference: str) -> str | None:
    """The id in ``jr:itext('id')``, which may be put together from fixed pieces; None where it is not known yet."""
    usual = _REFERENCE.fullmatch(reference)
    if usual is not None:
        return str(usual[1] if usual[1] is not None else usual[2])
    try:
        call = parse(reference.strip())
    except XPathError:
        return None
    if not isinstance(call, Call) or call.name != "jr:itext" or len(call.arguments) != 1:
        return None
    return _fixed(call.arguments[0])


def _fixed(expr: Expr) -> str | None:
    if isinstance(expr, Literal):
        return expr.value
    if not isinstance(expr, Call) or expr.name != "concat":
        return None
    found = [_fixed(argument) for argument in expr.arguments]
    return None if None in found else "".join(piece or "" for piece in found)


def _looked_up(reference: str, compile_output: Compile) -> Text:
    """A text whose id the answers settle: looked up each time, its own outputs not run."""
    return _text([(compile_output(reference),)])


def pieces(element: etree._Element, compile_output: Compile) -> tuple[str | Expression, ...]:
    """Splits an element's content into fixed text and compiled outputs.

    Raises:
        FormError: ``unsupported_element`` for any element in it but ``output``.
    """
    if not len(element):
        return ((element.text or "").strip(),)
    found: list[str | Expression] = [element.text or ""]
    for child in element:
        if child.tag != f"{XF}output":
            raise FormError("unsupported_element", f"<{etree.QName(child).localname}> in a text is not supported")
        found.append(compile_output(child.get("value") or child.get("ref") or "."))
        found.append(child.tail or "")
    return tuple(piece for piece in found if piece != "")


def plain(element: etree._Element) -> str:
    """The text of an element that weaves in nothing."""
    return "".join(str(text) for text in element.itertext()).strip()


def _text(by_language: Sequence[tuple[str | Expression, ...]]) -> Text:
    if all(len(parts) == 1 and isinstance(parts[0], str) for parts in by_language):
        return Text(tuple(by_language), NO_DEPS)
    deps = merged(*(part.deps for parts in by_language for part in parts if not isinstance(part, str)))
    return Text(tuple(by_language), deps)
