"""Answers to XML and back."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from xforms import safexml
from xforms.definition import Definition
from xforms.errors import FormError, RestoreError

_XFORMS = "http://www.w3.org/2002/xforms"


def write(definition: Definition, values: Sequence[str], keep: Sequence[bool]) -> str:
    """Writes an answer sheet.

    Args:
        definition: The form.
        values: By node index, the value.
        keep: By node index, whether the node is written; what is left out takes everything below it along.
    """
    root = definition.fields[0].node
    nsmap = dict(definition.namespaces)
    elements: dict[int, etree._Element] = {}
    for field in definition.fields:
        node = field.node
        tag = f"{{{node.namespace}}}{node.name}" if node.namespace else node.name
        if node is root:
            elements[node.index] = etree.Element(tag, dict(node.attributes), nsmap=nsmap)
        elif keep[node.index] and node.parent in elements:
            elements[node.index] = etree.SubElement(elements[node.parent], tag, dict(node.attributes))
        else:
            continue
        if node.leaf and values[node.index]:
            elements[node.index].text = values[node.index]
    etree.cleanup_namespaces(elements[0])
    return etree.tostring(elements[0], encoding="unicode")


def read_draft(xml: str | bytes, definition: Definition) -> list[str]:
    """Reads an answer sheet back: values by node index, ``""`` for what it does not hold.

    Raises:
        RestoreError: ``malformed`` (or what bounded reading refuses), ``other_form``, ``other_version``,
            ``unknown_field`` or ``duplicate_field`` with the field's name.
    """
    try:
        root = safexml.read(xml)
    except FormError as error:
        raise RestoreError(error.code, error.message, error.where) from error
    if _name(root) != _expected(definition, 0) or root.get("id") != definition.identifier:
        raise RestoreError(
            "other_form", f"the draft is of the form {root.get('id', '')!r}, not of {definition.identifier!r}"
        )
    if root.get("version", "") != definition.version:
        raise RestoreError(
            "other_version", f"the draft is of version {root.get('version', '')!r}, not of {definition.version!r}"
        )
    values = [""] * len(definition.fields)
    _fill(root, 0, values, definition)
    return values


def _fill(element: etree._Element, index: int, values: list[str], definition: Definition) -> None:
    node = definition.fields[index].node
    children = {_expected(definition, child): child for child in node.children}
    if node.leaf:
        if len(element):
            raise RestoreError("unknown_field", f"the form has no such field: {_name(element[0])[1]}", node.ref)
        values[index] = element.text or ""
        return
    seen: set[int] = set()
    for child in element:
        place = children.get(_name(child))
        if place is None:
            raise RestoreError("unknown_field", f"the form has no such field: {_name(child)[1]}", node.ref)
        if place in seen:
            raise RestoreError("duplicate_field", "the field stands twice", definition.fields[place].node.ref)
        seen.add(place)
        _fill(child, place, values, definition)


def _expected(definition: Definition, index: int) -> tuple[str, str]:
    node = definition.fields[index].node
    return node.namespace, node.name


def _name(element: etree._Element) -> tuple[str, str]:
    name = etree.QName(element)
    namespace = name.namespace or ""
    return "" if namespace == _XFORMS else namespace, name.localname
