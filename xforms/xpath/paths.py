"""Location paths to closures over elements, of answer sheets and of lists alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from xforms.data import Element
from xforms.errors import XPathError
from xforms.xpath.axes import walker
from xforms.xpath.lookup import looked_up
from xforms.xpath.scope import Env
from xforms.xpath.tree import Call, Expr, Literal, Operation, Path, Step
from xforms.xpath.values import Value, number_of, strings_of, truth_of

if TYPE_CHECKING:
    from xforms.xpath.compile import Compiler

Elements: TypeAlias = Callable[[Env], list[Element]]
Pick: TypeAlias = Callable[[Env], Value]
"""Which of its namesakes a step takes, from 1: settled where the whole path begins, not at the step."""

NO_PICKS: Mapping[int, Pick] = {}
_PLAIN = frozenset({("parent", "node()"), ("self", "node()")})
_IN_ORDER = frozenset({"child", "self", "attribute", "parent"})
POSITION = Call("position", ())
NOTHING = "null"
"""A name that published forms use for nothing at all; elsewhere an unknown name is a mistake of the author."""


def elements_of(path: Path, compiler: Compiler, picks: Mapping[int, Pick] = NO_PICKS) -> Elements:
    """Compiles a path to a closure that gives its nodes in document order, what is not relevant left out.

    Raises:
        XPathError: ``unknown_field``, ``unknown_instance``, ``unsupported_axis``, or what a condition raises.
    """
    if isinstance(path.start, Call) and path.start.name == "instance":
        return _from_list(path, path.start, compiler)
    if not isinstance(path.start, str) and not _is_current(path):
        return _from_expression(path, compiler)
    if compiler.scope is None or (path.start == "context" and compiler.here is None):
        return _steps(_start(path, compiler), path.steps, compiler, picks, None, 0)
    return _of_sheet(path, compiler, picks)


def _is_current(path: Path) -> bool:
    return isinstance(path.start, Call) and path.start.name == "current" and not path.filters


def _start(path: Path, compiler: Compiler) -> Elements:
    if path.start == "root":
        return lambda env: [env.root]
    if path.start == "context":
        compiler.reads_item = True
        return lambda env: [env.node]
    return lambda env: [env.origin]


def _from_list(path: Path, call: Call, compiler: Compiler) -> Elements:
    name = call.arguments[0] if len(call.arguments) == 1 else None
    if compiler.scope is None and isinstance(name, Literal):
        wanted = name.value
        found = _filtered_all(lambda env: _instances(env.root, wanted), path.filters, compiler)
        return _steps(found, path.steps, compiler, NO_PICKS, None, 0)
    if not isinstance(name, Literal):
        raise XPathError("unsupported_path", "instance() takes the name of an instance in quotes")
    scope = compiler.scope
    document = scope.instances.get(name.value) if scope is not None else None
    if document is None:
        raise XPathError("unknown_instance", f"there is no secondary instance {name.value!r}")
    # instance('x') is the outermost element, so that '/root/item' below it finds 'root' in the document above.
    start = _filtered_all(_document(name.value, document, compiler), path.filters, compiler)
    if not path.steps:
        return lambda env: [child for node in start(env) for child in node.children]
    above = [document] if scope is not None and not path.filters and name.value not in scope.saved else None
    return _steps(start, path.steps, compiler, NO_PICKS, None, 0, above)


def _document(name: str, document: Element, compiler: Compiler) -> Elements:
    if compiler.scope is None or name not in compiler.scope.saved:
        return lambda env: [document]
    # Taken up later, a sheet keeps what the one before it gave: another has been saved since.
    compiler.volatile = compiler.saved = True
    return lambda env: [env.saved]


def _instances(root: Element, identifier: str) -> list[Element]:
    return [
        node
        for node in _top(root).below()
        if node.name == "instance" and node.kind == "element" and node.attributes.get("id") == identifier
    ]


def _from_expression(path: Path, compiler: Compiler) -> Elements:
    if isinstance(path.start, str):
        raise XPathError("unsupported_path", path.shown())
    many = compiler.part(path.start).many
    if many is None:
        raise XPathError("not_a_node_set", "a path or a condition in brackets may only follow a path")
    return _steps(_filtered_all(many, path.filters, compiler), path.steps, compiler, NO_PICKS, None, 0)


def _of_sheet(path: Path, compiler: Compiler, picks: Mapping[int, Pick]) -> Elements:
    """A path among the form's own fields: checked, its dependencies noted, and settled as far as it can be."""
    scope, home = compiler.scope, compiler.home
    assert scope is not None  # noqa: S101  # the caller asked
    start = {-1} if path.start == "root" else set(compiler.here or ()) if path.start == "context" else {home}
    targets, passed = scope.walk(start, path.steps)
    if not targets:
        if not scope.strict or [step.test for step in path.steps] == [NOTHING] or passed - start == {-1}:
            return lambda env: []
        raise XPathError("unknown_field", f"there is no field {path.shown()}")
    settled = _single(path, compiler)
    shared = _shared(path, compiler, picks) if path.start == "root" else 0
    if path.start == "root":
        anchor = scope.chain(home)[shared - 1] if shared else 0
    else:
        anchor = home
        for each in passed:
            anchor = scope.common(anchor, each)
        if path.start == "context" and compiler.ground is not None:
            # What is asked of an item may be another instance than where the expression stands.
            anchor = scope.common(anchor, compiler.ground)
        compiler.reads_item = compiler.reads_item or path.start == "context"
    if path.steps and path.steps[-1].axis == "attribute":
        targets = [target for target in targets if scope.nodes[target].attribute]
    compiler.reads(targets, max(anchor, 0))
    if settled is not None:
        return settled
    outer, compiler.ground = compiler.ground, max(anchor, 0)
    found = _walked(path, compiler, picks, start, shared)
    compiler.ground = outer
    return found


def _walked(path: Path, compiler: Compiler, picks: Mapping[int, Pick], start: set[int], shared: int) -> Elements:
    """Compiles the steps of a path among the form's fields; the first ``shared`` are climbed to."""
    scope, home = compiler.scope, compiler.home
    if scope is None or not shared:
        return _steps(_start(path, compiler), path.steps, compiler, picks, start, 0)
    ups = len(scope.chain(home)) - shared

    def climbed(env: Env) -> list[Element]:
        node: Element | None = env.origin
        for _ in range(ups):
            node = node.parent if node is not None else None
        return [node] if node is not None else []

    return _steps(climbed, path.steps, compiler, picks, {scope.chain(home)[shared - 1]}, shared)


def single_field(path: Path, compiler: Compiler) -> int | None:
    """The one field that a path without conditions leads to, where it and all above it stand in no repeat."""
    scope = compiler.scope
    if scope is None or (path.start == "context" and compiler.here is None):
        return None
    if not isinstance(path.start, str) and not _is_current(path):
        return None
    for step in path.steps:
        if step.predicates or not (step.axis == "child" or (step.axis, step.test) in _PLAIN) or step.test == "text()":
            return None
    start = {-1} if path.start == "root" else compiler.here if path.start == "context" else {compiler.home}
    targets = scope.walk(start or set(), path.steps)[0]
    return targets[0] if len(targets) == 1 and not scope.repeats(targets[0]) else None


def _single(path: Path, compiler: Compiler) -> Elements | None:
    only = single_field(path, compiler)
    if only is None:
        return None

    def read(env: Env) -> list[Element]:
        node = env.single[only]
        return [node] if node.relevant else []

    return read


def _shared(path: Path, compiler: Compiler, picks: Mapping[int, Pick]) -> int:
    """How many first steps of an absolute path name what the expression itself stands in.

    Inside a repeat ``/data/visit/date`` means the date of the same visit, as JavaRosa reads it; the last step is left
    out, because ``/data/visit`` means all visits.
    """
    if compiler.scope is None:
        return 0
    chain, shared, at = compiler.scope.chain(compiler.home), 0, {-1}
    for place, step in enumerate(path.steps[:-1]):
        if step.axis != "child" or step.predicates or place in picks or place >= len(chain):
            break
        at = {end for begin in at for end in compiler.scope.step(begin, step)}
        if at != {chain[place]}:
            break
        shared += 1
    return shared


def _steps(
    items: Elements,
    steps: Sequence[Step],
    compiler: Compiler,
    picks: Mapping[int, Pick],
    here: set[int] | None,
    done: int,
    above: Sequence[Element] | None = None,
) -> Elements:
    """Compiles steps one after another.

    Args:
        items: Gives the elements from which they lead.
        steps: All steps of the path.
        compiler: What compiles the expression it is part of.
        picks: Which of its namesakes a step takes, by its place.
        here: The nodes from which they lead; None for items of a list.
        done: How many steps led there.
        above: Those elements, where they are known already because they are of a list.
    """
    listed = here is None and compiler.scope is not None
    for place in range(done, len(steps)):
        step = steps[place]
        if here is not None and compiler.scope is not None:
            here = {end for begin in here for end in compiler.scope.step(begin, step)}
        items = _step(items, step, compiler, picks.get(place), here, listed, above)
        above = [end for node in above for end in node.named(step.test)] if above and not step.predicates else None
    if listed:
        return items
    found = items
    return lambda env: [node for node in found(env) if node.relevant]


def _step(
    items: Elements,
    step: Step,
    compiler: Compiler,
    pick: Pick | None,
    here: set[int] | None,
    listed: bool,
    above: Sequence[Element] | None,
) -> Elements:
    found = looked_up(items, step, compiler, here, above) if pick is None and compiler.scope is not None else None
    if found is not None:
        return _filtered_all(*found, compiler, here)
    walk = walker(step, compiler.scope, listed, compiler.namespaces)
    if step.axis == "child" and pick is None and not step.predicates:
        return lambda env: [end for node in items(env) for end in walk(node)]
    keep = [_keeper(predicate, compiler, here) for predicate in step.predicates]
    sort = step.axis not in _IN_ORDER

    def reached(env: Env) -> list[Element]:
        wanted = number_of(pick(env)) if pick is not None else 0.0
        groups: list[list[Element]] = []
        for node in items(env):
            env.looks -= 1
            if env.looks < 0:
                return []
            ends = walk(node)
            if pick is not None:
                at = int(wanted) if wanted == wanted and abs(wanted) < 1e9 else 0  # NaN
                ends = ends[at - 1 : at] if at > 0 else []
            for each in keep:
                ends = each(env, ends)
            groups.append(ends)
        if sort:
            env.looks -= 2 * sum(map(len, groups))
        if len(groups) == 1:
            return sorted_nodes(groups[0]) if sort and len(groups[0]) > 1 else groups[0]
        found = list(dict.fromkeys(node for group in groups for node in group))
        return sorted_nodes(found) if sort and len(found) > 1 else found

    return reached


def sorted_nodes(nodes: list[Element]) -> list[Element]:
    """Nodes of one or more trees in document order, each once."""
    order: dict[Element, tuple[int, int]] = {}
    for top in dict.fromkeys(_top(node) for node in nodes):
        for node in top.below():
            order[node] = (len(order), 0)
    unique = list(dict.fromkeys(nodes))
    for node in unique:
        # Attributes and synthesised texts are in no list of children: they stand right behind their element.
        if node not in order:
            behind = [*node.parent.attribute_nodes(), node] if node.parent is not None else [node]
            order[node] = (order[_owner(node)][0], behind.index(node) + 1)
    return sorted(unique, key=order.__getitem__)


def _top(node: Element) -> Element:
    while node.parent is not None:
        node = node.parent
    return node


def _owner(node: Element) -> Element:
    return node.parent if node.parent is not None else node


def _filtered_all(
    items: Elements, predicates: Sequence[Expr], compiler: Compiler, here: set[int] | None = None
) -> Elements:
    for predicate in predicates:
        items = _filtered(items, _keeper(predicate, compiler, here))
    return items


def _filtered(items: Elements, keep: Callable[[Env, list[Element]], list[Element]]) -> Elements:
    return lambda env: keep(env, items(env))


def _keeper(
    predicate: Expr, compiler: Compiler, here: set[int] | None
) -> Callable[[Env, list[Element]], list[Element]]:
    chosen = _chosen(predicate, compiler, here)
    if chosen is not None:
        return chosen
    part, _ = compiler.within(predicate, here)
    # A path as a condition asks whether there is such a node, answered or not.
    run = part.run if part.many is None else part.many

    def kept(env: Env, candidates: list[Element]) -> list[Element]:
        outer = env.node, env.position, env.size
        found = []
        try:
            env.size = len(candidates)
            for place, node in enumerate(candidates, 1):
                env.looks -= 1
                if env.looks < 0:
                    return []
                env.node, env.position = node, place
                value = run(env)
                if isinstance(value, list):
                    kept = bool(value)
                elif isinstance(value, float) and not isinstance(value, bool):
                    kept = value == place
                else:
                    kept = truth_of(value)
                if kept:
                    found.append(node)
        finally:
            env.node, env.position, env.size = outer
        return found

    return kept


def _chosen(
    predicate: Expr, compiler: Compiler, here: set[int] | None
) -> Callable[[Env, list[Element]], list[Element]] | None:
    """A place that no candidate has a say in, ``[3]`` or ``[position() = /data/which]``: taken, not searched for."""
    asked = predicate
    if isinstance(predicate, Operation) and predicate.operator == "=" and POSITION in predicate.operands:
        one, other = predicate.operands
        asked = other if one == POSITION else one
    part, reads_item = compiler.within(asked, here)
    if reads_item or part.gives not in (("n",) if asked is predicate else ("n", "s", "f", "l")):
        return None
    run, several = part.run, part.gives == "l"

    def chosen(env: Env, candidates: list[Element]) -> list[Element]:
        value = run(env)
        texts = strings_of(value) if several else [value]
        wanted = {number_of(text) for text in texts}
        return [candidates[int(at) - 1] for at in sorted(wanted) if at.is_integer() and 1 <= at <= len(candidates)]

    return chosen
