"""Expressions of a form compiled where they stand, so that every error carries the field's name."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from xforms.definition import ChoiceList
from xforms.errors import FormError, XPathError
from xforms.itext import Compile, Texts
from xforms.xpath.compile import Compiler, Expression, compile_expression
from xforms.xpath.parser import parse
from xforms.xpath.paths import Elements, elements_of
from xforms.xpath.scope import Scope
from xforms.xpath.tree import Call, Path, Step


class Place:
    """Gives errors inside a ``with`` block the place ``ref`` and the role, such as ``relevant``."""

    __slots__ = ("ref", "role")

    def __init__(self, ref: str, role: str = "") -> None:
        self.ref = ref
        self.role = role

    def __enter__(self) -> None:
        """There is nothing to begin."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        """Says where, if nobody within has said it yet."""
        if isinstance(error, FormError) and not error.where.startswith("/"):
            message = f"{self.role}: {error.message}" if self.role else error.message
            raise FormError(error.code, message, self.ref, self.role) from error


_SETTLING = frozenset({"relevant", "calculate", "count"})
"""Rules that others are worked out after: what reads itself there has no end."""


@dataclass(slots=True)
class FieldCompiler:
    """Compiles what stands at a field, against the form's nodes, lists and texts."""

    scope: Scope
    texts: Texts
    faults: list[FormError] | None = None
    """What is wrong is gathered here where all of it is asked for; None raises the first."""
    _anywhere: dict[str, Expression] = field(init=False, default_factory=dict)
    """Expressions by their text: a condition that many fields repeat is compiled once."""
    _lists: dict[tuple[str, str, str, bool], ChoiceList] = field(init=False, default_factory=dict)
    """Choices likewise, by how they are found: many questions of a checklist offer the same few."""

    def fault(self, error: FormError) -> None:
        """Raises an error, or keeps it and goes on without what it is about.

        Raises:
            FormError: The error, unless all are gathered.
        """
        if self.faults is None:
            raise error
        self.faults.append(error)

    def expression(self, source: str | None, index: int, role: str) -> Expression | None:
        """Compiles the expression of a field; None when there is none.

        Raises:
            FormError: With the field and the role, whatever is wrong with the expression.
        """
        if source is None or not source.strip():
            return None
        known = self._anywhere.get(source)
        if known is not None:
            return known
        try:
            with Place(self.scope.nodes[index].ref, role):
                expression = compile_expression(source, self.scope, index, role not in _SETTLING)
        except FormError as error:
            self.fault(error)
            return None
        if expression.anywhere:
            self._anywhere[source] = expression
        return expression

    def outputs(self, index: int) -> Compile:
        """What compiles the outputs in texts of a field."""
        return partial(self._output, index)

    def _output(self, index: int, source: str) -> Expression:
        expression = self.expression(source, index, "output")
        if expression is None and self.faults:
            return compile_expression("''", self.scope, index)
        if expression is None:
            raise FormError("bad_output", "an output without a value", self.scope.nodes[index].ref)
        return expression

    def passes_over(self, reference: str, context: int) -> bool:
        """Whether a rule or question is left out because its field does not exist and nobody minds."""
        if self.scope.strict:
            return False
        try:
            self.resolve(reference, context, "")
        except FormError as error:
            return error.code == "unknown_field"
        return False

    def resolve(self, reference: str, context: int, role: str) -> int:
        """The one node that a ``ref`` or ``nodeset`` names.

        Raises:
            FormError: ``unknown_field``, or not a plain path.
        """
        known = self.scope.place(reference.strip())
        if known is not None:
            return known
        with Place(reference, role):
            path = parse(reference)
            if not isinstance(path, Path) or not (isinstance(path.start, str) or path.start == Call("current", ())):
                raise XPathError("xpath_syntax", f"not a path: {reference}")
            found = self.scope.resolve(context, path.steps, path.start == "root")
            if len(found) != 1:
                raise XPathError("unknown_field", f"there is no field {reference}")
            return found[0]

    def targets(self, reference: str, context: int) -> Elements:
        """What finds the nodes that a path names from where it stands.

        Raises:
            FormError: ``unknown_field``, or not a path.
        """
        with Place(reference, "setvalue"):
            path = parse(reference)
            if not isinstance(path, Path):
                raise XPathError("xpath_syntax", f"not a path: {reference}")
            return elements_of(path, Compiler(self.scope, context))

    def item_list(self, nodeset: str, index: int, value: str, label: str, translated: bool) -> ChoiceList:
        """Compiles the itemset of a select.

        Raises:
            FormError: ``unsupported_itemset`` when it is no path, or whatever is wrong in it.
        """
        asked = (nodeset, value, label, translated)
        if asked in self._lists:
            return self._lists[asked]
        with Place(self.scope.nodes[index].ref, "choices"):
            parsed = parse(nodeset)
            shuffled = isinstance(parsed, Call) and parsed.name == "randomize" and 1 <= len(parsed.arguments) <= 2
            path = parsed.arguments[0] if isinstance(parsed, Call) and shuffled else parsed
            if not isinstance(path, Path):
                raise XPathError("unsupported_itemset", f"choices must come from a path, not from {nodeset}")
            compiler = Compiler(self.scope, index)
            items = compiler.part(parsed).many
            if items is None or (compiler.volatile and not compiler.saved) or compiler.lingual:
                raise XPathError("unsupported_itemset", "choices cannot depend on the clock or on translated texts")
            unconditional = Path(path.start, tuple(Step(step.axis, step.test) for step in path.steps))
            found = ChoiceList(
                items=items,
                every=elements_of(unconditional, Compiler(self.scope, index)),
                value=value,
                label=label,
                translated=translated,
                deps=compiler.deps,
                listed=isinstance(path.start, Call) and path.start.name == "instance" and not compiler.saved,
                shared=not compiler.saved,
            )
        if compiler.anywhere and not shuffled:
            self._lists[asked] = found
        return found
