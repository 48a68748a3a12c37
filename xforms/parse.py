"""An XForm document to a definition: model first, then body, then the order in which to work things out."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from xforms import graph, safexml
from xforms.body import read_body
from xforms.datatypes import canonical
from xforms.definition import Definition, Field, SetValue
from xforms.errors import FormError
from xforms.field_compiler import FieldCompiler
from xforms.instances import Item, from_element, from_resource
from xforms.itext import XF, message_text, read_texts
from xforms.model import Node
from xforms.xpath.scope import Scope

XHTML = "{http://www.w3.org/1999/xhtml}"
JR = "{http://openrosa.org/javarosa}"
XFORMS_NAMESPACE = XF[1:-1]

_BIND_ATTRIBUTES = frozenset(
    {"nodeset", "id", "type", "relevant", "required", "constraint", "calculate", "readonly", "saveIncomplete"}
)
_PRELOADS = frozenset({("uid", ""), ("date", "today"), ("timestamp", "start"), ("timestamp", "end")})
_MODEL_CHILDREN = frozenset(f"{XF}{name}" for name in ("itext", "instance", "bind", "setvalue", "submission"))
_FIRST_LOAD = frozenset({"odk-instance-first-load"})


def read_form(xml: str | bytes, resources: Mapping[str, str]) -> Definition:
    """Reads a form.

    Args:
        xml: The document.
        resources: Texts of lists the form refers to, by address such as ``jr://file-csv/hotels.csv``.

    Raises:
        FormError: Something is wrong, hostile, or not supported; the message names it, ``where`` the place.
    """
    root = safexml.read(xml)
    model, body = root.find(f"{XHTML}head/{XF}model"), root.find(f"{XHTML}body")
    if root.tag != f"{XHTML}html" or model is None or body is None:
        raise FormError("not_a_form", "this is not an XForm: html with head/model and body is expected")
    for child in model:
        if child.tag not in _MODEL_CHILDREN:
            raise FormError("unsupported_element", f"<{_qualified(child)}> in the model is not supported")
    instances = model.findall(f"{XF}instance")
    if not instances or len(instances[0]) != 1:
        raise FormError("not_a_form", "the first instance must hold exactly one element")
    data = instances[0][0]
    nodes = _nodes(data)
    namespaces = {prefix: uri for prefix, uri in model.nsmap.items() if prefix}
    scope = Scope(nodes, namespaces, _secondary(instances[1:], resources))
    fields = [Field(node) for node in nodes]
    compiler = FieldCompiler(scope, read_texts(model.find(f"{XF}itext")))
    attributes = _read_binds(model, fields, compiler)
    title = root.findtext(f"{XHTML}head/{XHTML}title") or ""
    definition = Definition(
        identifier=data.get("id", ""),
        version=data.get("version", ""),
        title=title.strip(),
        attributes={str(name): str(value) for name, value in data.attrib.items()},
        texts=compiler.texts,
        fields=fields,
        layout=read_body(body, fields, attributes, compiler),
        setvalues=_setvalues(root, compiler),
        index={node.ref: node.index for node in nodes},
        namespaces={prefix: uri for prefix, uri in data.nsmap.items() if prefix},
    )
    if not definition.identifier:
        raise FormError("not_a_form", "the form has no id", nodes[0].ref)
    _arrange(definition)
    return definition


def _nodes(data: etree._Element) -> list[Node]:
    """The primary instance as a list in document order."""
    nodes: list[Node] = []
    taken: set[str] = set()

    def add(element: etree._Element, parent: int, above: str) -> None:
        name = etree.QName(element)
        shown = f"{element.prefix}:{name.localname}" if element.prefix else name.localname
        ref = f"{above}/{shown}"
        if element.get(f"{JR}template") is not None:
            raise FormError("unsupported_repeat", f"repeat groups are not supported yet: {ref}", ref)
        if ref in taken:
            raise FormError("duplicate_field", f"the field stands twice: {ref}", ref)
        taken.add(ref)
        namespace = name.namespace or ""
        attributes = {str(key): str(value) for key, value in element.attrib.items()}
        text = "" if len(element) else element.text or ""
        node = Node(
            len(nodes),
            ref,
            "" if namespace == XFORMS_NAMESPACE else namespace,
            name.localname,
            parent,
            text,
            attributes,
        )
        nodes.append(node)
        if parent >= 0:
            nodes[parent].children.append(node.index)
        for child in element:
            add(child, node.index, ref)

    add(data, -1, "")
    return nodes


def _secondary(elements: list[etree._Element], resources: Mapping[str, str]) -> dict[str, Item]:
    found: dict[str, Item] = {}
    for element in elements:
        identifier, source = element.get("id", ""), element.get("src")
        if not identifier or identifier in found:
            raise FormError("bad_instance", "every secondary instance needs an id of its own", identifier)
        if source is not None:
            if source not in resources:
                raise FormError("missing_resource", f"the list {source} was not given with the form", source)
            found[identifier] = from_resource(source, resources[source])
        elif len(element) == 1:
            found[identifier] = from_element(element[0])
        else:
            raise FormError("bad_instance", "a secondary instance must hold exactly one element", identifier)
    return found


def _read_binds(model: etree._Element, fields: list[Field], compiler: FieldCompiler) -> list[dict[str, str]]:
    """Compiles all binds into the fields and returns, by field, the attributes of foreign namespaces."""
    attributes: list[dict[str, str]] = [{} for _ in fields]
    readonly: list[str | None] = [None] * len(fields)
    bound: set[int] = set()
    for bind in model.iterfind(f"{XF}bind"):
        index = compiler.resolve(bind.get("nodeset", ""), 0, "bind")
        field = fields[index]
        if index in bound:
            raise FormError("duplicate_bind", f"two binds for one field: {field.node.ref}", field.node.ref)
        bound.add(index)
        _read_bind(bind, field, compiler)
        readonly[index] = bind.get("readonly")
        attributes[index] = {
            str(name): str(value)
            for name, value in bind.attrib.items()
            if str(name).startswith("{") and not str(name).startswith(JR)
        }
    for field in fields:  # document order: a parent's own are complete before its children add to them
        parent = field.node.parent
        inherited = fields[parent].readonly if parent >= 0 else ()
        own = compiler.expression(readonly[field.node.index], field.node.index, "readonly")
        field.readonly = (*inherited, own) if own else inherited
    return attributes


def _read_bind(bind: etree._Element, field: Field, compiler: FieldCompiler) -> None:
    index, ref = field.node.index, field.node.ref
    for name in map(str, bind.attrib):
        if not name.startswith("{") and name not in _BIND_ATTRIBUTES:
            raise FormError("unsupported_attribute", f"the bind attribute {name} is not supported", ref)
    kind = canonical(bind.get("type"))
    if kind is None:
        raise FormError("unsupported_type", f"the type {bind.get('type')!r} is not supported", ref)
    field.type = kind
    field.relevant = compiler.expression(bind.get("relevant"), index, "relevant")
    field.calculate = compiler.expression(bind.get("calculate"), index, "calculate")
    field.required = compiler.expression(bind.get("required"), index, "required")
    field.constraint = compiler.expression(bind.get("constraint"), index, "constraint")
    output = compiler.outputs(index)
    with compiler.place(ref):
        field.constraint_message = message_text(bind.get(f"{JR}constraintMsg"), compiler.texts, output)
        field.required_message = message_text(bind.get(f"{JR}requiredMsg"), compiler.texts, output)
    if field.calculate and not field.node.leaf:
        raise FormError("bad_bind", "a group cannot be calculated", ref)
    preload = bind.get(f"{JR}preload")
    if preload is not None:
        parameters = "" if preload == "uid" else bind.get(f"{JR}preloadParams", "")
        if (preload, parameters) not in _PRELOADS:
            raise FormError("unsupported_preload", f"the preload {preload} {parameters} is not supported", ref)
        field.preload = parameters or preload


def _setvalues(root: etree._Element, compiler: FieldCompiler) -> list[SetValue]:
    """All setvalue actions, in document order, wherever they stand."""
    found = []
    for element in root.iter(f"{XF}setvalue"):
        reference = element.get("ref") or element.get("bind") or ""
        events = frozenset((element.get("event") or "").split())
        if events != _FIRST_LOAD:
            names = " ".join(sorted(events)) or "(none)"
            raise FormError("unsupported_event", f"setvalue on the event {names} is not supported", reference)
        target = compiler.resolve(reference, 0, "setvalue")
        if not compiler.scope.nodes[target].leaf:
            raise FormError("bad_setvalue", "setvalue cannot fill a group", reference)
        expression = compiler.expression(element.get("value"), target, "setvalue")
        found.append(SetValue(target, expression or "".join(str(text) for text in element.itertext())))
    return found


def _arrange(definition: Definition) -> None:
    """Settles the order of evaluation and who is to be looked at when a field changes.

    Raises:
        FormError: ``cycle`` with the names of the fields in it.
    """
    fields = definition.fields
    reads: list[frozenset[int]] = []
    for field in fields:
        deps = {dep for each in (field.relevant, field.calculate) if each for dep in each.deps}
        if field.node.parent >= 0:
            deps.add(field.node.parent)
        reads.append(frozenset(deps))
    try:
        definition.order = graph.order(reads)
    except graph.CycleError as error:
        names = [fields[index].node.ref for index in error.ring]
        raise FormError("cycle", f"fields depend on each other: {' -> '.join([*names, names[0]])}", names[0]) from error
    rank = [0] * len(fields)
    for place, index in enumerate(definition.order):
        rank[index] = place
    definition.rank = rank
    readers: list[list[int]] = [[] for _ in fields]
    watchers: list[list[int]] = [[] for _ in fields]
    for index, field in enumerate(fields):
        for dep in reads[index]:
            readers[dep].append(index)
        for dep in field.shown_deps() - {index}:
            watchers[dep].append(index)
    definition.readers = [tuple(each) for each in readers]
    definition.watchers = [tuple(each) for each in watchers]


def _qualified(element: etree._Element) -> str:
    name = etree.QName(element).localname
    return f"{element.prefix}:{name}" if element.prefix else name
