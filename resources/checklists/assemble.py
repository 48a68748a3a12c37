"""Assembles the accommodation checklist, a workbook, from the catalogue beside it.

Run it after a change of the catalogue: ``python resources/checklists/assemble.py``; a test compares the cells of what
it makes with the workbook that is committed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeAlias

from openpyxl import Workbook

HERE = Path(__file__).resolve().parent
CATALOGUE = HERE.parent / "catalogue"
TARGET = HERE / "accommodation.xlsx"

Row: TypeAlias = dict[str, str]
Texts: TypeAlias = dict[str, str]
Sheets: TypeAlias = dict[str, list[list[str]]]


def sheets() -> Sheets:
    """The cells of each sheet, header first.

    Raises:
        KeyError: The accommodation table names an item that the catalogue does not have.
    """
    plan = _json("accommodation.json")
    survey = [*_general(plan), *_sections(plan)]
    settings = _settings(plan["form"])
    return {
        "survey": _table(survey, plan["form"]),
        "choices": _table(_choices(plan), plan["form"]),
        "settings": [list(settings), list(settings.values())],
    }


def assemble(target: Path = TARGET) -> None:
    """Writes the workbook."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets().items():
        sheet = workbook.create_sheet(name)
        sheet.freeze_panes = "C2"
        for row in rows:
            sheet.append([cell or None for cell in row])
    workbook.save(target)


def _json(name: str) -> Any:
    return json.loads((CATALOGUE / name).read_text(encoding="utf-8"))


def _settings(form: dict[str, Any]) -> Row:
    namespace = form["namespace"]
    return {
        "form_title": form["title"],
        "form_id": form["id"],
        "version": form["version"],
        "default_language": form["languages"]["ar"],
        "namespaces": f'{namespace["prefix"]}="{namespace["uri"]}"',
    }


def _choices(plan: dict[str, Any]) -> list[Row]:
    return [
        {"list_name": name, "name": choice["name"], **_texts("label", choice)}
        for name, choices in plan["choices"].items()
        for choice in choices
    ]


def _general(plan: dict[str, Any]) -> list[Row]:
    general = plan["general"]
    rows = [{"type": "begin_group", "name": "general", **_texts("label", general["label"])}]
    for question in general["questions"]:
        row = {"type": question["type"], "name": question["name"]}
        row |= {} if question["type"] == "note" else {"required": "yes"}
        rows.append(row | _rules(question))
    return [*rows, {"type": "end_group", "name": "general"}]


def _sections(plan: dict[str, Any]) -> list[Row]:
    catalogue = _json("checklist.json")
    names = {section["code"]: section for section in catalogue["sections"]}
    known = {item["code"]: item for item in catalogue["items"]}
    rows: list[Row] = []
    for section in plan["sections"]:
        code = section["code"]
        label = {"ar": names[code]["name_ar"], "en": names[code]["name_en"]}
        rows.append({"type": "begin_group", "name": code, **_texts("label", label), **_rules(section)})
        for item in plan["items"]:
            # A follow-up belongs to the section of the item it comes after and brings its own words.
            source = known[item.get("after", item["code"])]
            if source["section"] == code:
                rows += _item(item, source, plan["item"])
        rows.append({"type": "end_group", "name": code})
    return rows


def _item(item: dict[str, Any], source: dict[str, str], common: dict[str, Any]) -> list[Row]:
    """The question of an item, and the note and photo that a finding needs."""
    code = item["code"]
    label = item.get("text") or {"ar": source["text_ar"], "en": source["text_en"]}
    question = {
        "type": f"select_one {common['choices']}",
        "name": code,
        **_texts("label", label),
        "required": "yes",
        **_texts("required_message", common["required_message"]),
        **_rules(item),
        "bind::midan:code": code,
        "bind::midan:section": source["section"],
        "bind::midan:severity": item.get("severity", source["severity"]),
        "bind::midan:violation": item["violation"],
    }
    relevant = common["evidence_relevant"].replace("%s", code)
    evidence = [
        {
            "type": "text",
            "name": f"{code}_note",
            "appearance": "multiline",
            "required": "yes",
            **_rules(common["note"]),
        },
        {"type": "image", "name": f"{code}_photo", "parameters": "max-pixels=2048", **_rules(common["photo"])},
    ]
    roles = ("note", "photo")
    return [
        question,
        *(
            row
            | _texts("label", common[role]["label"])
            | {"relevant": relevant, "bind::midan:of": code, "bind::midan:role": role}
            for row, role in zip(evidence, roles, strict=True)
        ),
    ]


def _rules(source: dict[str, Any]) -> Row:
    """The columns that general questions, sections and items share."""
    row: Row = {name: source[name] for name in ("relevant", "constraint") if name in source}
    columns = {"label": "label", "guidance": "guidance_hint"}
    columns |= {name: name for name in ("required_message", "constraint_message")}
    for name, column in columns.items():
        if name in source:
            row |= _texts(column, source[name])
    return row


def _texts(column: str, texts: Texts) -> Row:
    """One column a language; the language's own code until the table is made."""
    return {f"{column}::{language}": texts[language] for language in ("ar", "en")}


def _table(rows: list[Row], form: dict[str, Any]) -> list[list[str]]:
    """A header of all columns in the order they first occur, then the rows."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return [
        [_heading(column, form["languages"]) for column in columns],
        *([row.get(column, "") for column in columns] for row in rows),
    ]


def _heading(column: str, languages: dict[str, str]) -> str:
    name, mark, language = column.rpartition("::")
    return f"{name}{mark}{languages[language]}" if language in languages else column


if __name__ == "__main__":
    assemble()
