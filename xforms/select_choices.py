"""The choices of a question as the body gives them: written out, from lists, by the old appearance ``search()``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from xforms.data import Element
from xforms.definition import ChoiceList, Fixed
from xforms.errors import FormError, XPathError
from xforms.field_compiler import FieldCompiler, Place
from xforms.instances import attached_table
from xforms.itext import NO_TEXT, XF, Text, element_text, reference_id
from xforms.table import Row
from xforms.xpath.compile import NO_DEPS, Compiler, merged
from xforms.xpath.parser import parse
from xforms.xpath.parts import as_text
from xforms.xpath.scope import Env
from xforms.xpath.tree import Call, Expr, Literal, Path

_LABEL_REFERENCE = re.compile(r"\s*(?:jr:itext\(\s*([\w.\-]+)\s*\)|([\w.\-]+))\s*")
_SEARCH = re.compile(r"search\s*\(.*\)", re.DOTALL)
_WHOLE_NUMBER = re.compile(r"-?[0-9]+")
_KEPT: Mapping[str, Callable[[str, str], bool]] = {
    "contains": lambda cell, wanted: wanted in cell,
    "startswith": lambda cell, wanted: cell.startswith(wanted),
    "endswith": lambda cell, wanted: cell.endswith(wanted),
    "matches": lambda cell, wanted: cell == wanted,
}


@dataclass(slots=True)
class ChoiceReader:
    """Reads choices; ``resources`` are the lists that stand beside the form."""

    compiler: FieldCompiler
    resources: Mapping[str, str]
    named: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def read(self, element: etree._Element, index: int) -> ChoiceList:
        """The choices of a ``select1``, ``select``, ``rank`` or of the ticks of a ``range``.

        Raises:
            FormError: ``unsupported_itemset``, ``bad_search``, ``missing_resource``, or what is wrong in an expression.
        """
        itemset = element.find(f"{XF}itemset")
        if itemset is not None:
            return self._itemset(itemset, index)
        fixed = tuple(self._fixed(item, index) for item in element.iterfind(f"{XF}item"))
        found = ChoiceList(fixed=fixed, deps=merged(*(each.label.deps for each in fixed)))
        search = _SEARCH.search(element.get("appearance", ""))
        return found if search is None else self._searched(found, search[0], index)

    def external(self, query: str, index: int) -> ChoiceList | None:
        """The choices of a ``select_one_external``, which come from the list ``itemsets.csv`` beside the form.

        Returns:
            None where that is missing and nobody minds: the question is then one of text.

        Raises:
            FormError: ``missing_resource``, ``unsupported_itemset``, or what is wrong in the expression.
        """
        try:
            found = self.compiler.item_list(query, index, "name", "label", translated=False)
        except FormError as error:
            if error.code != "unknown_instance":
                raise
            if not self.compiler.scope.strict:
                return None
            message = f"the list itemsets.csv was not given with the form: {query}"
            raise FormError("missing_resource", message, error.where) from error
        languages = self.compiler.texts.languages
        if languages:
            # Columns are translated there as in a workbook: label::English (en).
            by_language = [("label", f"label::{name}", f"label:{name}") for name in languages]
            found.columns = Text(tuple((",".join(names),) for names in by_language), NO_DEPS)
        return found

    def _fixed(self, item: etree._Element, index: int) -> Fixed:
        label = item.find(f"{XF}label")
        value = (item.findtext(f"{XF}value") or "").strip()
        identifier = reference_id(label.get("ref", "")) if label is not None else None
        return Fixed(value, self._text(label, index), identifier or "")

    def _text(self, label: etree._Element | None, index: int) -> Text:
        with Place(self.compiler.scope.nodes[index].ref):
            return element_text(label, "", self.compiler.texts, self.compiler.outputs(index))

    def _itemset(self, itemset: etree._Element, index: int) -> ChoiceList:
        ref = self.compiler.scope.nodes[index].ref
        value, label = itemset.find(f"{XF}value"), itemset.find(f"{XF}label")
        names = _LABEL_REFERENCE.fullmatch(label.get("ref", "") if label is not None else "")
        stored = (value.get("ref", "") if value is not None else "").strip()
        if names is None or not stored:
            raise FormError("unsupported_itemset", "choices need a plain value and label, or jr:itext(name)", ref)
        nodeset = itemset.get("nodeset", "")
        found = self.compiler.item_list(nodeset, index, stored, names[1] or names[2], translated=bool(names[1]))
        return self._woven(found, nodeset, index) if found.translated and self.compiler.texts.woven else found

    def _woven(self, found: ChoiceList, nodeset: str, index: int) -> ChoiceList:
        """The same with those labels compiled that hold values of fields, where this question stands."""
        parsed = parse(nodeset)
        path = parsed.arguments[0] if isinstance(parsed, Call) and parsed.name == "randomize" else parsed
        start = path.start if isinstance(path, Path) else None
        name = start.arguments[0] if isinstance(start, Call) and start.name == "instance" else None
        if not isinstance(name, Literal):
            return found  # drawn from answers, which are no ids of texts
        names = self._names(name.value, found.label)
        if not names:
            return found
        texts, output = self.compiler.texts, self.compiler.outputs(index)
        with Place(self.compiler.scope.nodes[index].ref, "choices"):
            woven = {each: texts.text(each, "", output) for each in names}
        deps = merged(found.deps, *(text.deps for text in woven.values()))
        # Other questions may have the same list, but not these texts.
        return replace(found, woven=woven, deps=deps, made={}, labels={}, stored=None)

    def _names(self, instance: str, label: str) -> list[str]:
        """The ids of texts among the labels of a list that hold values of fields."""
        if (instance, label) not in self.named:
            used = {each.child(label) for each in _items(self.compiler.scope.instances[instance])}
            self.named[instance, label] = sorted(used & self.compiler.texts.woven)
        return self.named[instance, label]

    # search(), the way of forms before there were lists

    def _searched(self, found: ChoiceList, search: str, index: int) -> ChoiceList:
        """Choices whose value is a whole number stay; of the one other, value and label name columns of the list."""
        columns = next((each for each in found.fixed if not _WHOLE_NUMBER.fullmatch(each.value)), None)
        with Place(self.compiler.scope.nodes[index].ref, "search"):
            call = parse(search)
            if not isinstance(call, Call) or len(call.arguments) not in (1, 4, 6):
                raise XPathError("bad_search", f"search() takes 1, 4 or 6 arguments: {search}")
            name = call.arguments[0]
            if not isinstance(name, Literal):
                raise XPathError("bad_search", "search() takes the name of a list in quotes")
            table = self.compiler.scope.instances.get(name.value) or attached_table(name.value, self.resources)
            if table is None:
                if self.compiler.scope.strict:
                    raise XPathError("missing_resource", f"the list {name.value}.csv was not given with the form")
                return found
            compiler = Compiler(self.compiler.scope, index)
            items = _rows(table, call.arguments[1:], compiler)
        return ChoiceList(
            fixed=tuple(each for each in found.fixed if each is not columns),
            items=items if columns is not None else None,
            every=_rows(table, (), compiler),
            value=columns.value if columns is not None else "",
            columns=columns.label if columns is not None else NO_TEXT,
            deps=merged(found.deps, compiler.deps),
        )


def _items(at: Element) -> Iterator[Element]:
    """All that may be an item of a list: rows of a table need not be taken apart for that."""
    yield at
    for child in at.children if not isinstance(at, Row) else ():
        yield from _items(child)


def _rows(table: Element, arguments: tuple[Expr, ...], compiler: Compiler) -> Callable[[Env], list[Element]]:
    """What finds the rows of a list: all, or those where a column fits a text, and another one reads a second."""
    rows = [row for root in table.children for row in root.named("item")]
    if not arguments:
        return lambda env: rows
    how, names, wanted, *narrow = (as_text(compiler.part(each)) for each in arguments)

    def found(env: Env) -> list[Element]:
        fits = _KEPT.get(how(env))
        if fits is None:
            return []
        columns, text = [name.strip() for name in names(env).split(",")], wanted(env)
        kept = [row for row in rows if any(fits(row.child(column), text) for column in columns)]
        if not narrow:
            return kept
        column, second = (read(env) for read in narrow)
        return [row for row in kept if row.child(column) == second]

    return found
