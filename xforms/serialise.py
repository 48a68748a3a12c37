"""Answers to XML and back."""

from __future__ import annotations

from collections.abc import Mapping
from unicodedata import normalize
from uuid import uuid4

from lxml import etree

from xforms import safexml
from xforms.data import XFORMS, Element, document_of
from xforms.definition import Definition
from xforms.errors import FormError, RestoreError
from xforms.live import MAX_ELEMENTS, Live, Stored
from xforms.model import Node
from xforms.plan import Plan


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
    text = instead.get(live.index, live.text if final else live.kept or live.text)
    if not live.children and text:
        # What is submitted is compared and searched elsewhere: one spelling of each letter. A draft stays as it is.
        element.text = normalize("NFC", text) if final else text
    for held in live.held:
        if held.relevant or not final:
            element.set(held.name, normalize("NFC", held.text) if final else held.text)
    for child in live.children:
        if isinstance(child, Live) and (child.relevant or not final):
            _fill_element(etree.SubElement(element, _tag(child), dict(child.attributes)), child, instead, final)


def _tag(at: Live | Node) -> str:
    return f"{{{at.namespace}}}{at.name}" if at.namespace else at.name


def read_draft(xml: str | bytes, plan: Plan) -> Stored:
    """Reads an answer sheet and proves that it is one of this form.

    Raises:
        RestoreError: ``malformed`` (or what bounded reading refuses), ``too_large`` (50,000 elements),
            ``other_form``, ``other_version``, ``unknown_field`` or ``duplicate_field`` with the field's name.
    """
    definition = plan.definition
    try:
        root = safexml.read(xml)
    except FormError as error:
        raise RestoreError(error.code, error.message, error.where) from error
    first = plan.nodes[0]
    if _name_of(root) != (first.namespace, first.name) or root.get("id") != definition.identifier:
        raise RestoreError(
            "other_form", f"the draft is of the form {root.get('id', '')!r}, not of {definition.identifier!r}"
        )
    if root.get("version", "") != definition.version:
        raise RestoreError(
            "other_version", f"the draft is of version {root.get('version', '')!r}, not of {definition.version!r}"
        )
    # The last instance that a sheet took in before it was full may have been a large one.
    if sum(1 for _ in root.iter()) > MAX_ELEMENTS + sum(1 for _ in definition.source.iter()):
        raise RestoreError("too_large", f"the sheet holds more than {MAX_ELEMENTS} elements")
    texts = {0: "" if len(root) or not plan.leaves[0] else root.text or "", **_attributes(root, 0, plan)}
    _hold(root, 0, plan, texts, proven=False)
    return Stored(root, texts)


def read_saved(xml: str | bytes) -> Element:
    """Reads a sheet of any version as a list, in which expressions of another sheet look something up.

    Raises:
        RestoreError: ``malformed``, or what bounded reading refuses.
    """
    try:
        return document_of(safexml.read(xml))
    except FormError as error:
        raise RestoreError(error.code, error.message, error.where) from error


def renewed(draft: Stored, plan: Plan) -> Stored:
    """A submitted sheet with a new ``instanceID``; the one before stands in ``deprecatedID``."""
    root = _renewed(draft.root, plan.definition)
    texts = {0: draft.texts[0], **_attributes(root, 0, plan)}
    _hold(root, 0, plan, texts, proven=True)
    return Stored(root, texts)


def _renewed(root: etree._Element, definition: Definition) -> etree._Element:
    # A form that makes its identifier in a way of its own, not by the preload ``uid``, keeps it.
    made = [each.node for each in definition.fields if each.node.name == "instanceID" and each.preload == "uid"]
    own = made[0] if made else None
    fresh = f"uuid:{uuid4()}"
    for meta in root:
        found = {_name_of(child)[1]: child for child in meta}
        if _name_of(meta)[1] != "meta" or "instanceID" not in found:
            continue
        identifier = found["instanceID"]
        if "deprecatedID" not in found:
            found["deprecatedID"] = etree.SubElement(meta, _beside(identifier, "deprecatedID"))
        found["deprecatedID"].text = identifier.text
        identifier.text = fresh if own is not None else identifier.text
        return root
    if own is not None and own.parent > 0:
        above = definition.fields[own.parent].node
        known = [child for child in root if _name_of(child) == (above.namespace, above.name)]
        # A second one beside it would make a sheet that nobody can take up again.
        meta = known[0] if known else etree.SubElement(root, _tag(above))
        etree.SubElement(meta, _beside(meta, "instanceID")).text = fresh
    return root


def _beside(element: etree._Element, name: str) -> str:
    namespace = etree.QName(element).namespace
    return f"{{{namespace}}}{name}" if namespace else name


def _hold(element: etree._Element, index: int, plan: Plan, texts: dict[int, str], *, proven: bool) -> None:
    """Notes the texts of all below an element, and proves that all of it is of the form; what is ``proven`` may hold
    an identifier beside it that the form does not know.
    """
    tags, leaves = plan.tags[index], plan.leaves
    seen: set[int] = set()
    for child in element:
        place = tags.get(child.tag)
        if place is None:
            if proven:
                continue
            raise RestoreError(
                "unknown_field", f"the form has no such field: {_name_of(child)[1]}", plan.nodes[index].ref
            )
        if place in seen and not plan.nodes[place].repeat:
            raise RestoreError("duplicate_field", "the field stands twice", plan.nodes[place].ref)
        seen.add(place)
        if plan.nodes[place].held:
            texts |= _attributes(child, place, plan)
        if len(child):
            texts[place] = ""
            _hold(child, place, plan, texts, proven=proven)
        else:
            texts[place] = (child.text or "") if leaves[place] else ""


def _attributes(element: etree._Element, index: int, plan: Plan) -> dict[int, str]:
    """The attributes of an element that rules are about; one that is not there is empty."""
    return {held: element.get(plan.nodes[held].name, "") for held in plan.nodes[index].held}


def _name_of(element: etree._Element) -> tuple[str, str]:
    """Namespace and local name; the namespace of XForms is none."""
    name = etree.QName(element)
    namespace = name.namespace or ""
    return "" if namespace == XFORMS else namespace, name.localname
