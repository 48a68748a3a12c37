"""An XForm document to a definition: model first, then body, then the order in which to work things out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy

from lxml import etree

from xforms import actions, graph, safexml
from xforms.audit import AuditSettings, read_settings
from xforms.body import read_body
from xforms.data import XFORMS, split_tag
from xforms.datatypes import canonical
from xforms.definition import Definition, Field
from xforms.errors import FormError
from xforms.field_compiler import FieldCompiler, Place
from xforms.instances import secondary
from xforms.itext import XF, message_text, read_texts
from xforms.live import MAX_ELEMENTS, MAX_INSTANCES, is_template
from xforms.model import Node
from xforms.select_choices import ChoiceReader
from xforms.xpath.compile import merged
from xforms.xpath.scope import Scope

XHTML = "{http://www.w3.org/1999/xhtml}"
JR = "{http://openrosa.org/javarosa}"
ORX = "http://openrosa.org/xforms"

_BIND_ATTRIBUTES = frozenset(
    {"nodeset", "id", "type", "relevant", "required", "constraint", "calculate", "readonly", "saveIncomplete"}
)
_PRELOADS = frozenset({("uid", ""), ("date", "today"), ("timestamp", "start"), ("timestamp", "end")})
_MODEL_CHILDREN = frozenset(f"{XF}{name}" for name in ("itext", "instance", "bind", "submission")) | actions.TAGS
_SHEETS_OWN = re.compile(r"/[^/]+/@(id|version)")
_METHODS = frozenset({"post", "form-data-post", "multipart-post"})
_PROPERTIES = frozenset({"deviceid", "email", "phonenumber", "simserial", "subscriberid", "username"})


def read_form(
    xml: str | bytes, resources: Mapping[str, str], *, strict: bool = True, faults: list[FormError] | None = None
) -> Definition:
    """Reads a form.

    Args:
        xml: The document.
        resources: Texts of lists the form refers to, by address such as ``jr://file-csv/hotels.csv``.
        strict: Whether a rule or a question of a field that does not exist is refused, or passed over.
        faults: Gathers what is wrong with single rules, which are left out; None refuses the form for the first.

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
    submission = model.find(f"{XF}submission")
    if submission is not None and submission.get("method", "post") not in _METHODS:
        raise FormError("bad_submission", f"the submission method {submission.get('method')!r} is not supported")
    instances = model.findall(f"{XF}instance")
    if not instances or len(instances[0]) != 1:
        raise FormError("not_a_form", "the first instance must hold exactly one element")
    prefixes = {prefix: uri for prefix, uri in instances[0][0].nsmap.items() if prefix}
    data = deepcopy(instances[0][0])
    _add_meta(data, "orx" in prefixes)
    nodes = _nodes(data, _repeated(body), _ruled_attributes(model))
    namespaces = {prefix: uri for prefix, uri in model.nsmap.items() if prefix}
    lists = secondary(instances[1:], resources)
    scope = Scope(nodes, namespaces, lists.found, strict, lists.saved)
    fields = [Field(node) for node in nodes]
    compiler = FieldCompiler(scope, read_texts(model.find(f"{XF}itext")), faults)
    attributes = _read_binds(model, fields, compiler)
    title = root.findtext(f"{XHTML}head/{XHTML}title") or ""
    definition = Definition(
        identifier=data.get("id", ""),
        version=data.get("version", ""),
        title=title.strip(),
        attributes=nodes[0].attributes,
        texts=compiler.texts,
        fields=fields,
        layout=read_body(body, fields, attributes, ChoiceReader(compiler, resources)),
        setvalues=list(actions.read_setvalues(root, compiler)),
        recordings=actions.read_recordings(root, compiler),
        audit=_audit(nodes, attributes),
        index={node.ref: node.index for node in nodes},
        namespaces=prefixes,
        source=data,
        style=body.get("class", ""),
    )
    if not definition.identifier:
        raise FormError("not_a_form", "the form has no id", nodes[0].ref)
    for asked, place in scope.labelled:
        if fields[asked].choices is None:
            message = f"jr:choice-name() of {nodes[asked].ref}, which has no choices"
            raise FormError("no_choices", message, nodes[place].ref)
    for asked, place in scope.pointed:
        if fields[asked].type in ("geotrace", "geoshape"):
            message = f"distance() of several takes places, and {nodes[asked].ref} holds many"
            raise FormError("bad_place", message, nodes[place].ref)
    _arrange(definition, scope.labelled)
    return definition


def _add_meta(data: etree._Element, prefixed: bool) -> None:
    """Every sheet has an identifier of its own, also where the form forgot to provide for one."""
    meta = next((child for child in data if etree.QName(child).localname == "meta"), None)
    if meta is None:
        meta = (
            etree.SubElement(data, f"{{{ORX}}}meta", nsmap={"orx": ORX}) if prefixed else etree.SubElement(data, "meta")
        )
    elif any(etree.QName(child).localname == "instanceID" for child in meta):
        return
    namespace = etree.QName(meta).namespace
    identifier = etree.SubElement(meta, f"{{{namespace}}}instanceID" if namespace else "instanceID")
    identifier.set(f"{JR}preload", "uid")


def _audit(nodes: list[Node], attributes: list[dict[str, str]]) -> AuditSettings | None:
    """The field ``audit`` of the group ``meta``."""
    for node in nodes:
        if node.name == "audit" and node.parent >= 0 and nodes[node.parent].name == "meta":
            return read_settings(node.ref, attributes[node.index])
    return None


def _deprecated(meta: etree._Element) -> etree._Element:
    """What an edited sheet carries beside its new identifier."""
    namespace = etree.QName(meta).namespace
    return etree.SubElement(deepcopy(meta), f"{{{namespace}}}deprecatedID" if namespace else "deprecatedID")


def _repeated(body: etree._Element) -> frozenset[str]:
    return frozenset((repeat.get("nodeset") or repeat.get("ref") or "").strip() for repeat in body.iter(f"{XF}repeat"))


def _ruled_attributes(model: etree._Element) -> frozenset[str]:
    """The attributes that a bind is about, as entities have them: ``/data/meta/entity/@id``."""
    references = (bind.get("nodeset", "").strip() for bind in model.iterfind(f"{XF}bind"))
    # What a sheet is known by when it is taken up again is nothing that answers change.
    return frozenset(each for each in references if "/@" in each and not _SHEETS_OWN.fullmatch(each))


def _nodes(data: etree._Element, repeated: frozenset[str], ruled: frozenset[str]) -> list[Node]:
    """The primary instance as a list in document order; of the instances of a repeat only what is new in each."""
    nodes: list[Node] = []
    by_ref: dict[str, Node] = {}

    def add(element: etree._Element, parent: int, above: str) -> None:
        namespace, name = split_tag(str(element.tag))
        shown = f"{element.prefix}:{name}" if element.prefix else name
        ref = f"{above}/{shown}"
        known = by_ref.get(ref)
        if known is not None:
            if not known.repeat:
                raise FormError("duplicate_field", f"the field stands twice: {ref}", ref)
            if len(known.given) >= MAX_INSTANCES:
                raise FormError("too_large", f"the form begins with more than {MAX_INSTANCES} instances", ref)
            known.given = (*known.given, element)
            return
        if len(nodes) >= MAX_ELEMENTS:
            raise FormError("too_large", f"the form has more than {MAX_ELEMENTS} fields", ref)
        attributes = {str(key): str(value) for key, value in element.attrib.items() if not str(key).startswith(JR)}
        node = Node(
            len(nodes),
            ref,
            "" if namespace == XFORMS else namespace,
            name,
            parent,
            attributes,
            element,
            repeat=ref in repeated or is_template(element),
        )
        node.in_repeat = node.repeat or (parent >= 0 and nodes[parent].in_repeat)
        if node.repeat and not is_template(element):
            node.given = (element,)
        by_ref[ref] = node
        nodes.append(node)
        if parent >= 0:
            nodes[parent].children.append(node.index)
        for held in [key for key in attributes if f"{ref}/@{key}" in ruled]:
            del attributes[held]
            node.held.append(len(nodes))
            nodes.append(Node(len(nodes), f"{ref}/@{held}", "", held, node.index, {}, element, attribute=True))
            nodes[-1].in_repeat = node.in_repeat
        children = list(element)
        if parent == 0 and name == "meta" and not any(_local(each) == "deprecatedID" for each in children):
            children.append(_deprecated(element))
        for child in children:
            add(child, node.index, ref)
        if parent == 0 and name == "meta":
            nodes[-1].optional = nodes[-1].name == "deprecatedID"

    add(data, -1, "")
    return nodes


def _read_binds(model: etree._Element, fields: list[Field], compiler: FieldCompiler) -> list[dict[str, str]]:
    """Compiles all binds into the fields and returns, by field, the attributes that the engine has no use for."""
    attributes: list[dict[str, str]] = [{} for _ in fields]
    readonly: list[str | None] = [None] * len(fields)
    bound: list[set[str]] = [set() for _ in fields]
    written: list[str | None] = [None] * len(fields)
    for bind in model.iterfind(f"{XF}bind"):
        rules = {str(name): str(value) for name, value in bind.items()}
        nodeset = rules.pop("nodeset", "")
        if compiler.passes_over(nodeset, 0):
            continue
        index = compiler.resolve(nodeset, 0, "bind")
        field = fields[index]
        repeated = {name for name in bound[index] & rules.keys() if name != "type" or rules[name] != written[index]}
        written[index] = rules.get("type", written[index])
        if repeated:
            raise FormError("duplicate_bind", f"two binds for one field: {field.node.ref}", field.node.ref)
        bound[index] |= rules.keys()
        _read_bind(rules, field, compiler)
        readonly[index] = rules.get("readonly", readonly[index])
        attributes[index] |= {
            name: value for name, value in rules.items() if name not in _BIND_ATTRIBUTES and not name.startswith(JR)
        }
    for field in fields:  # document order: a parent's own are complete before its children add to them
        parent = field.node.parent
        inherited = fields[parent].readonly if parent >= 0 else ()
        own = compiler.expression(readonly[field.node.index], field.node.index, "readonly")
        field.own_readonly = (own,) if own else ()
        field.readonly = (*inherited, *field.own_readonly)
        generated = field.node.source.get(f"{JR}preload")
        if generated is not None and not field.preload:
            field.preload = generated
    return attributes


def _read_bind(rules: Mapping[str, str], field: Field, compiler: FieldCompiler) -> None:
    index, ref = field.node.index, field.node.ref
    for name in rules:
        if name not in _BIND_ATTRIBUTES and name.lower() in _BIND_ATTRIBUTES:
            compiler.fault(FormError("unsupported_attribute", f"the bind attribute {name} is misspelt", ref))
    kind = canonical(rules.get("type"))
    if kind is None:
        compiler.fault(FormError("unsupported_type", f"the type {rules['type']!r} is not supported", ref, "type"))
    elif "type" in rules:
        field.type = kind
    for role in ("relevant", "calculate", "required", "constraint"):
        if role in rules:
            setattr(field, role, compiler.expression(rules[role], index, role))
    with Place(ref):
        for role in ("constraint", "required"):
            message = rules.get(f"{JR}{role}Msg")
            if message is not None:
                setattr(field, f"{role}_message", message_text(message, compiler.texts, compiler.outputs(index)))
    if field.calculate and not field.node.leaf:
        raise FormError("bad_bind", "a group cannot be calculated", ref)
    _read_preload(rules, field)


def _read_preload(rules: Mapping[str, str], field: Field) -> None:
    preload = rules.get(f"{JR}preload")
    if preload is None:
        return
    parameters = "" if preload == "uid" else rules.get(f"{JR}preloadParams", "")
    if preload == "property" and parameters.removeprefix("uri:") in _PROPERTIES:
        field.preload, field.preload_name = preload, parameters
    elif (preload, parameters) in _PRELOADS:
        field.preload = parameters or preload
    else:
        message = f"the preload {preload} {parameters} is not supported"
        raise FormError("unsupported_preload", message, field.node.ref)


def _arrange(definition: Definition, labelled: Sequence[tuple[int, int]]) -> None:
    """Settles the order of evaluation and who is to be looked at when a field changes.

    Args:
        definition: The form.
        labelled: Fields whose choices an expression asks for by name, each with the node where that expression stands.

    Raises:
        FormError: ``cycle`` with the names of the fields in it.
    """
    fields = definition.fields
    order, reads = _settled_order(fields)
    definition.rank = [0] * len(fields)
    for place, index in enumerate(order):
        definition.rank[index] = place
    readers: list[list[tuple[int, int]]] = [[] for _ in fields]
    watchers: list[list[tuple[int, int, int]]] = [[] for _ in fields]
    for index, field in enumerate(fields):
        for dep, anchor in reads[index].items():
            readers[dep].append((index, anchor))
        for dep, (anchor, aspects) in field.shown_deps().items():
            watchers[dep].append((index, anchor, aspects))
    for asked, index in labelled:
        choices = fields[asked].choices
        for dep in merged(*(text.deps for text in choices.woven.values())) if choices is not None else ():
            if dep != index:
                readers[dep].append((index, 0))
            watchers[dep].append((index, 0, fields[index].aspects()))
    definition.readers = [tuple(each) for each in readers]
    definition.watchers = [tuple(each) for each in watchers]


def _settled_order(fields: list[Field]) -> tuple[list[int], list[dict[int, int]]]:
    """The order, and what each field reads. Choices that depend on answers narrow the answer to what they offer."""
    narrowed = {field.node.index for field in fields if _narrows(field)}
    while True:
        reads = [_reads(field, field.node.index in narrowed) for field in fields]
        try:
            order = _order(fields, reads)
        except graph.CycleError as error:
            # Choices may come from what the answer itself settles: there they narrow nothing, and it is only flagged.
            if not narrowed.isdisjoint(error.ring):
                narrowed.difference_update(error.ring)
                continue
            names = [fields[index].node.ref for index in error.ring]
            message = f"fields depend on each other: {' -> '.join([*names, names[0]])}"
            raise FormError("cycle", message, names[0], "cycle") from error
        for index in narrowed:
            fields[index].narrowed = True
        return order, reads


def _narrows(field: Field) -> bool:
    choices = field.choices
    return choices is not None and choices.items is not None and bool(choices.deps) and field.control != "range"


def _reads(field: Field, narrowed: bool) -> dict[int, int]:
    deps = dict(merged(*(each.deps for each in (field.relevant, field.calculate, field.count) if each)))
    if narrowed and field.choices is not None:
        deps = dict(merged(deps, field.choices.deps))
    if field.node.parent >= 0:
        deps[field.node.parent] = min(field.node.parent, deps.get(field.node.parent, field.node.parent))
    return deps


def _order(fields: list[Field], reads: list[dict[int, int]]) -> list[int]:
    """Sorts fields by what they read.

    Instances of one repeat may read each other, and a repeat may count on what stands in it, so that an answer in the
    last instance asks for one more; a field may not read itself.

    Raises:
        CycleError: They read each other.
    """
    try:
        return graph.order([frozenset(deps) for deps in reads])
    except graph.CycleError:
        within = [
            {dep for dep in deps if not _elsewhere(fields, index, dep, deps[dep])} for index, deps in enumerate(reads)
        ]
    try:
        return graph.order([frozenset(deps) for deps in within])
    except graph.CycleError:
        for index, field in enumerate(fields):
            if field.count is not None and field.relevant is None:
                within[index] -= set(field.count.deps) - {field.node.parent}
    return graph.order([frozenset(deps) for deps in within])


def _elsewhere(fields: list[Field], reader: int, dep: int, anchor: int) -> bool:
    """Whether the reader may look into other instances of a repeat in which both stand."""
    above: set[int] = set()
    while reader > anchor:
        above.add(reader)
        reader = fields[reader].node.parent
    while dep > anchor:
        if fields[dep].node.repeat and dep in above:
            return True
        dep = fields[dep].node.parent
    return False


def _local(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _qualified(element: etree._Element) -> str:
    name = etree.QName(element).localname
    return f"{element.prefix}:{name}" if element.prefix else name
