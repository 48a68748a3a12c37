"""Whether the sheet that a recorded run took up was recorded with it, found out by comparing texts alone.

A few recorded tests hand the engine a sheet that the test itself wrote. What was recorded as that sheet (``from_xml``)
is the final document of the run before instead; from that no engine can come to what was recorded next: other values
stand in fields that nothing works out. Such a run says nothing about an engine, and is counted apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

_XF = "{http://www.w3.org/2002/xforms}"
_JR = "{http://openrosa.org/javarosa}"
_ACTIONS = frozenset({"setvalue", "setgeopoint", "recordaudio"})
_IDENTIFIERS = frozenset({"instanceID", "deprecatedID", "instanceName"})
_INSTANCE = re.compile(r"\[\d+\]")


def is_unrecorded(run: Mapping[str, Any], before: Mapping[str, Any] | None, form: str) -> bool:
    """Whether what a run took up is missing from the recording.

    Args:
        run: A run of a case.
        before: The run before it in the same case.
        form: The XForm.
    """
    if before is None or not run.get("from_xml") or run["via"] not in ("restore", "edit"):
        return False
    if run["from_xml"] != before.get("final_xml"):
        return False
    taken, shown = (dict(_leaves(etree.fromstring(run[name].encode()), "")) for name in ("from_xml", "init_xml"))
    settled = _settled(form)
    return any(
        taken.get(place, "") != text
        for place, text in shown.items()
        if (ref := _INSTANCE.sub("", place)) not in settled and ref.rpartition("/")[2] not in settled | _IDENTIFIERS
    )


def _leaves(element: etree._Element, above: str) -> Iterator[tuple[str, str]]:
    ref = f"{above}/{etree.QName(element).localname}"
    if not len(element):
        yield ref, (element.text or "").strip()
    seen: dict[str, int] = {}
    for child in element:
        name = str(child.tag)
        seen[name] = seen.get(name, 0) + 1
        for found, text in _leaves(child, ref):
            rest = found.removeprefix(f"{ref}/{etree.QName(child).localname}")
            yield f"{ref}/{etree.QName(child).localname}[{seen[name]}]{rest}", text


def _settled(form: str) -> frozenset[str]:
    """What a form fills by itself: references with a calculation or preload, and names of what an action fills."""
    root = etree.fromstring(form.encode())
    found = {
        str(bind.get("nodeset"))
        for bind in root.iter(f"{_XF}bind")
        if bind.get("calculate") is not None or bind.get(f"{_JR}preload") is not None
    }
    for element in root.iter("{*}*"):
        if etree.QName(element).localname in _ACTIONS:
            found.add((element.get("ref") or element.get("bind") or "").rpartition("/")[2])
    return frozenset(found)
