"""What a form does by itself when something happens: values set, the place taken, sound recorded."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from xforms.definition import CHANGED, FIRST_LOAD, LOAD, NEW_REPEAT, SetValue
from xforms.errors import FormError
from xforms.field_compiler import FieldCompiler
from xforms.itext import XF
from xforms.model import Recording

ODK = ("{http://www.opendatakit.org/xforms}", "{http://www.opendatakit.org/xforms/}")
"""The namespace of ODK, and as some published forms misspell it."""
SET_VALUE = f"{XF}setvalue"
SET_PLACE = tuple(f"{space}setgeopoint" for space in ODK)
RECORD = tuple(f"{space}recordaudio" for space in ODK)
TAGS = frozenset({SET_VALUE, *SET_PLACE, *RECORD})
"""All actions: they may stand in the model, in a question, and in a repeat."""

_EVENTS = frozenset({FIRST_LOAD, LOAD, NEW_REPEAT, CHANGED})


def read_setvalues(root: etree._Element, compiler: FieldCompiler) -> Iterator[SetValue]:
    """All actions that fill a field, in document order, wherever they stand.

    Raises:
        FormError: ``unsupported_event``, ``unknown_field``, ``bad_setvalue`` (a group), or what is wrong in
            the expression.
    """
    for element in root.iter(SET_VALUE, *SET_PLACE):
        name = str(etree.QName(element).localname)
        reference = _reference(element)
        events = _events(element, reference)
        context = _context(element, compiler)
        target = compiler.resolve(reference, context, name)
        if not compiler.scope.nodes[target].leaf:
            raise FormError("bad_setvalue", f"{name} cannot fill a group", reference)
        finder = compiler.targets(reference, context)
        if element.tag in SET_PLACE:
            yield SetValue(finder, None, events, context)
            continue
        expression = compiler.expression(element.get("value"), target, name)
        yield SetValue(finder, expression or "".join(str(text) for text in element.itertext()), events, context)


def read_recordings(root: etree._Element, compiler: FieldCompiler) -> tuple[Recording, ...]:
    """All actions that record sound in the background.

    Raises:
        FormError: ``unsupported_event`` or ``unknown_field``.
    """
    found = []
    for element in root.iter(*RECORD):
        reference = _reference(element)
        target = compiler.resolve(reference, _context(element, compiler), "recordaudio")
        quality = next((element.get(f"{space}quality") for space in ODK if element.get(f"{space}quality")), None)
        found.append(Recording(compiler.scope.nodes[target].ref, _events(element, reference), quality or ""))
    return tuple(found)


def _reference(element: etree._Element) -> str:
    return element.get("ref") or element.get("bind") or ""


def _events(element: etree._Element, reference: str) -> frozenset[str]:
    events = frozenset((element.get("event") or "").split())
    if not events or events - _EVENTS:
        names, name = " ".join(sorted(events)) or "(none)", etree.QName(element).localname
        raise FormError("unsupported_event", f"{name} on the event {names} is not supported", reference)
    return events


def _context(element: etree._Element, compiler: FieldCompiler) -> int:
    """The node at which an action stands: its question or repeat, else the root."""
    context = 0
    for above in reversed(list(element.iterancestors(f"{XF}*"))):
        place = above.get("nodeset") or above.get("ref")
        context = compiler.resolve(place, context, str(etree.QName(element).localname)) if place else context
    return context
