"""The body of a form: groups and controls, their texts and choices."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from xforms import actions
from xforms.data import split_tag
from xforms.definition import ChoiceList, Field
from xforms.errors import FormError
from xforms.field_compiler import FieldCompiler, Place
from xforms.itext import MEDIA, NO_TEXT, XF, Text, element_text
from xforms.model import Group, Layout, Question, Repeat
from xforms.select_choices import ChoiceReader

_CONTROLS = frozenset({"input", "select1", "select", "upload", "range", "trigger", "rank"})
_SELECTS = frozenset({"select1", "select", "rank"})
_NOT_PARAMETERS = frozenset({"ref", "bind", "appearance", "mediatype"})
_CHILDREN = frozenset({f"{XF}{name}" for name in ("label", "hint", "item", "itemset", "help", "tag")}) | actions.TAGS
_LABEL, _HINT = f"{XF}label", f"{XF}hint"
_BESIDE = frozenset({_LABEL, _HINT}) | actions.TAGS
JR = "{http://openrosa.org/javarosa}"
_NAMESPACES = frozenset({XF[1:-1], "http://www.opendatakit.org/xforms", "http://www.opendatakit.org/xforms/"})


def read_body(
    body: etree._Element, fields: Sequence[Field], attributes: Sequence[dict[str, str]], choices: ChoiceReader
) -> Layout:
    """Reads the body: fills texts and choices into the fields and returns the tree of groups and questions.

    Raises:
        FormError: An unknown control, or a control without a field, by name.
    """
    return tuple(_Body(fields, attributes, choices).children(body, 0))


class _Body:
    def __init__(self, fields: Sequence[Field], attributes: Sequence[dict[str, str]], choices: ChoiceReader) -> None:
        self.fields = fields
        self.attributes = attributes
        self.choices = choices
        self.compiler: FieldCompiler = choices.compiler
        self.taken: set[int] = set()

    def children(self, element: etree._Element, context: int) -> list[Group | Question]:
        found: list[Group | Question] = []
        for child in element:
            namespace, name = split_tag(child.tag)
            if child.tag == f"{XF}group":
                found += self.group(child, context)
            elif child.tag == f"{XF}repeat":
                found.append(self.repeat(child, context))
            elif namespace in _NAMESPACES and name in _CONTROLS:
                if self.compiler.passes_over(child.get("ref", ""), context):
                    continue
                found.append(self.question(child, name, context))
            elif child.tag not in _BESIDE:
                raise FormError("unsupported_element", f"<{name}> in the body is not supported", child.get("ref", ""))
        return found

    def group(self, element: etree._Element, context: int) -> list[Group | Question]:
        reference = element.get("ref")
        repeat = element.find(f"{XF}repeat")
        if repeat is not None and (reference is None or reference == repeat.get("nodeset")):
            # The frame of a repeat: its label is that of every instance.
            index = self.compiler.resolve(repeat.get("nodeset", ""), context, "repeat")
            self.texts(element, index)
            return self.children(element, context)
        if reference is None:
            # Only its children are shown: without a field a label would have no state to stand in.
            return self.children(element, context)
        index = self.index(element, context)
        self.texts(element, index)
        children = self.children(element, index)
        ref = self.fields[index].node.ref
        return [Group(ref, element.get("appearance", ""), tuple(children), self.attributes[index])]

    def repeat(self, element: etree._Element, context: int) -> Repeat:
        index = self.compiler.resolve(element.get("nodeset") or element.get("ref") or "", context, "repeat")
        field = self.fields[index]
        if index in self.taken or not field.node.repeat:
            raise FormError("bad_repeat", f"the repeat stands twice or has no field: {field.node.ref}", field.node.ref)
        self.taken.add(index)
        field.count = self.compiler.expression(element.get(f"{JR}count"), index, "count")
        children = tuple(self.children(element, index))
        counted = field.count is not None or element.get(f"{JR}noAddRemove") in ("true()", "true", "1")
        field.node.counted, field.node.fixed = counted, counted and field.count is None
        return Repeat(field.node.ref, element.get("appearance", ""), children, self.attributes[index], counted)

    def question(self, element: etree._Element, control: str, context: int) -> Question:
        index = self.index(element, context)
        field = self.fields[index]
        ref = field.node.ref
        if not field.node.leaf:
            raise FormError("not_a_question", "a control stands at a group", ref)
        for child in element:
            if child.tag not in _CHILDREN:
                name = split_tag(child.tag)[1]
                raise FormError("unsupported_element", f"<{name}> in a question is not supported", ref)
        self.texts(element, index)
        try:
            if element.get("query") is not None and control == "input":
                field.choices = self.choices.external(element.get("query", ""), index)
                control = control if field.choices is None else "select1"
            elif control in _SELECTS or element.find(f"{XF}itemset") is not None:
                field.choices = self.choices.read(element, index)
        except FormError as error:
            self.compiler.fault(error)
            field.choices = ChoiceList()
        field.control = control
        parameters = {
            split_tag(str(name))[1]: str(value) for name, value in element.attrib.items() if name not in _NOT_PARAMETERS
        }
        tags = [tag.get("key", "") for tag in element.iterfind(f"{XF}tag")]
        if tags:
            parameters["tags"] = " ".join(tags)
        return Question(
            ref=ref,
            control=control,
            type=field.type,
            appearance=element.get("appearance", ""),
            mediatype=element.get("mediatype", ""),
            parameters=parameters,
            attributes=self.attributes[index],
        )

    def index(self, element: etree._Element, context: int) -> int:
        index = self.compiler.resolve(element.get("ref", ""), context, split_tag(element.tag)[1])
        if index in self.taken:
            ref = self.fields[index].node.ref
            raise FormError("duplicate_control", f"two controls for one field: {ref}", ref)
        self.taken.add(index)
        return index

    def texts(self, element: etree._Element, index: int) -> None:
        field = self.fields[index]
        label, hint = element.find(_LABEL), element.find(_HINT)
        field.label = self.text(label, "", index)
        field.hint = self.text(hint, "", index)
        used = self.compiler.texts.used
        if "guidance" in used:
            field.guidance = self.text(hint, "guidance", index)
        if label is not None and label.get("ref"):
            media = ((kind, self.text(label, kind, index)) for kind in MEDIA if kind in used)
            field.media = tuple((kind, text) for kind, text in media if text is not NO_TEXT)

    def text(self, element: etree._Element | None, form: str, index: int) -> Text:
        if element is None:
            return NO_TEXT
        with Place(self.fields[index].node.ref):
            return element_text(element, form, self.compiler.texts, self.compiler.outputs(index))
