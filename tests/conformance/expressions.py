"""Evaluates the recorded expressions and compares with what the reference engines gave."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import xforms
from tests.conformance.cases import read_json
from tests.conformance.documents import dom, prefixes
from tests.conformance.outcome import Outcome
from xforms.data import Element
from xforms.xpath.document import evaluate
from xforms.xpath.values import Value, number_of, text_of, truth_of

_STEP = re.compile(r"node\(\)\[(\d+)\]")
_TIERS = "ABCD"


def run() -> Outcome:
    outcome = Outcome()
    recorded = read_json("xpath_cases.json")
    for case in recorded["cases"]:
        if case["tier"] not in _TIERS:
            continue
        tally = outcome.areas[f"tier {case['tier']}"]
        reason = _evaluated(case, recorded["docs"])
        tally["cases"] += 1
        tally["passed"] += not reason
        if reason:
            outcome.failures.append((case["id"], case["expression"], reason))
    return outcome


_document = lru_cache(maxsize=512)(dom)
_prefixes = lru_cache(maxsize=512)(prefixes)


def _find(document: Element, path: str) -> Element | None:
    at = document
    for part in path.strip("/").split("/") if path != "/" else ():
        step = _STEP.fullmatch(part)
        if step is None:
            found = [each for each in at.attribute_nodes() if f"@{each.name}" == part]
        else:
            found = (at.children or at.texts())[int(step[1]) - 1 : int(step[1])]
        if not found:
            return None
        at = found[0]
    return at


def path_of(node: Element) -> str:
    """The place of a node, as the recorded cases write it."""
    if node.parent is None:
        return "/"
    if node.kind == "doctype":
        return "#10"
    above = path_of(node.parent).rstrip("/")
    if node.kind == "attribute":
        return f"{above}/@{{{node.namespace}}}{node.name}" if node.namespace else f"{above}/@{node.name}"
    place = node.parent.children.index(node) if node in node.parent.children else 0
    return f"{above}/node()[{place + 1}]"


def evaluated(
    expression: str, xml: str, context: str, root: str, language: str | None, namespaces: Mapping[str, str]
) -> Value:
    """The value of an expression at a place of a document, below another place that stands for its root.

    Raises:
        LookupError: There is no such place.
        XPathError: It cannot be evaluated.
    """
    document = _document(xml)
    node, top = _find(document, context), _find(document, root)
    if node is None or top is None:
        raise LookupError(f"there is no node {context} or {root}")
    known = {**_prefixes(xml), **namespaces}
    return evaluate(expression, node, top, known, lambda name: _texts(document, name, language))


def _evaluated(case: Mapping[str, Any], docs: Mapping[str, str]) -> str:
    """What differs from the recorded result; ``""`` when nothing does."""
    xml, context, root = docs[case["doc"]], case["context"], case["root"]
    try:
        got = evaluated(case["expression"], xml, context, root, case.get("lang"), case["ns"])
    except LookupError as error:
        return str(error)
    except xforms.XFormsError as error:
        return "" if case["expect"].get("error") else str(error)
    return "" if _right(got, case["expect"]) else f"{got!r} for {case['expect']}"


def _right(got: Value, expect: Mapping[str, Any]) -> bool:
    if "nodes" in expect:
        return isinstance(got, list) and [path_of(node) for node in got] == expect["nodes"]
    if "string_regex" in expect:
        return re.search(expect["string_regex"], text_of(got)) is not None
    if "number" in expect:
        wanted, number = float(expect["number"]), number_of(got)
        if math.isnan(wanted) or math.isinf(wanted):
            return math.isnan(number) if math.isnan(wanted) else wanted == number
        factor = expect.get("round_factor")
        if factor:
            return not math.isnan(number) and abs(number - wanted) <= 1 / float(factor)
        return abs(number - wanted) <= 1e-12 * max(1.0, abs(wanted))
    if "boolean" in expect:
        return truth_of(got) is bool(expect["boolean"])
    return text_of(got) == str(expect["string"])


def _texts(document: Element, identifier: str, language: str | None) -> list[Element]:
    """The values of a translation: of the language asked for, else of the default one, else of the first."""
    translations = [node for node in document.below() if node.kind == "element" and node.name == "translation"]
    chosen = [each for each in translations if each.attributes.get("lang") == language]
    chosen += [each for each in translations if "default" in each.attributes] + translations
    for translation in chosen[:1]:
        for text in translation.named("text"):
            if text.attributes.get("id") == identifier:
                return text.named("value")
    return []
