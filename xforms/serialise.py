"""Answers to XML and back."""

from __future__ import annotations

from collections.abc import Mapping
from unicodedata import normalize
from uuid import uuid4

from lxml import etree

from xforms import safexml
from xforms.definition import Definition
from xforms.errors import FormError, RestoreError
from xforms.live import MAX_ELEMENTS, Live, name_of


def write(definition: Definition, root: Live, instead: Mapping[int, str], *, final: bool) -> str:
    """Writes an answer sheet.

    Args:
        definition: The form.
        root: The outermost element of the sheet.
        instead: By node index, values written in place of those of the sheet.
        final: Whether what is not relevant is left out, with everything below it.
    """
    top = etree.Element(_tag(root), dict(root.attributes), nsmap=dict(definition.namespaces))
    _fill_element(top, root, instead, final)
    etree.cleanup_namespaces(top)
    return etree.tostring(top, encoding="unicode")


def _fill_element(element: etree._Element, live: Live, instead: Mapping[int, str], final: bool) -> None:
    text = instead.get(live.index, live.text)
    if not live.children and text:
        # What is submitted is compared and searched elsewhere: one spelling of each letter. A draft stays as it is.
        element.text = normalize("NFC", text) if final else text
    for child in live.children:
        if isinstance(child, Live) and (child.relevant or not final):
            _fill_element(etree.SubElement(element, _tag(child), dict(child.attributes)), child, instead, final)


def _tag(live: Live) -> str:
    return f"{{{live.namespace}}}{live.name}" if live.namespace else live.name


def read_draft(xml: str | bytes, definition: Definition) -> etree._Element:
    """Reads an answer sheet and proves that it is one of this form.

    Raises:
        RestoreError: ``malformed`` (or what bounded reading refuses), ``too_large`` (50,000 elements),
            ``other_form``, ``other_version``, ``unknown_field`` or ``duplicate_field`` with the field's name.
    """
    try:
        root = safexml.read(xml)
    except FormError as error:
        raise RestoreError(error.code, error.message, error.where) from error
    if name_of(root) != _expected(definition, 0) or root.get("id") != definition.identifier:
        raise RestoreError(
            "other_form", f"the draft is of the form {root.get('id', '')!r}, not of {definition.identifier!r}"
        )
    if root.get("version", "") != definition.version:
        raise RestoreError(
            "other_version", f"the draft is of version {root.get('version', '')!r}, not of {definition.version!r}"
        )
    if sum(1 for _ in root.iter()) > MAX_ELEMENTS:
        raise RestoreError("too_large", f"the sheet holds more than {MAX_ELEMENTS} elements")
    _check(root, 0, definition)
    return root


def renewed(root: etree._Element, definition: Definition) -> etree._Element:
    """A submitted sheet with a new ``instanceID``; the one before stands in ``deprecatedID``.

    A form that makes its identifier in a way of its own, not by the preload ``uid``, keeps it.
    """
    made = [each.node for each in definition.fields if each.node.name == "instanceID" and each.preload == "uid"]
    own = made[0] if made else None
    fresh = f"uuid:{uuid4()}"
    for meta in root:
        found = {name_of(child)[1]: child for child in meta}
        if name_of(meta)[1] != "meta" or "instanceID" not in found:
            continue
        identifier = found["instanceID"]
        if "deprecatedID" not in found:
            found["deprecatedID"] = etree.SubElement(meta, _beside(identifier, "deprecatedID"))
        found["deprecatedID"].text = identifier.text
        identifier.text = fresh if own is not None else identifier.text
        return root
    if own is not None and own.parent > 0:
        above = definition.fields[own.parent].node
        meta = etree.SubElement(root, f"{{{above.namespace}}}{above.name}" if above.namespace else above.name)
        etree.SubElement(meta, _beside(meta, "instanceID")).text = fresh
    return root


def _beside(element: etree._Element, name: str) -> str:
    namespace = etree.QName(element).namespace
    return f"{{{namespace}}}{name}" if namespace else name


def _check(element: etree._Element, index: int, definition: Definition) -> None:
    node = definition.fields[index].node
    children = {_expected(definition, child): child for child in node.children}
    seen: set[int] = set()
    for child in element:
        place = children.get(name_of(child))
        if place is None:
            raise RestoreError("unknown_field", f"the form has no such field: {name_of(child)[1]}", node.ref)
        if place in seen and not definition.fields[place].node.repeat:
            raise RestoreError("duplicate_field", "the field stands twice", definition.fields[place].node.ref)
        seen.add(place)
        _check(child, place, definition)


def _expected(definition: Definition, index: int) -> tuple[str, str]:
    node = definition.fields[index].node
    return node.namespace, node.name
