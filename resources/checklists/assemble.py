"""Assembles the checklists, a workbook each with the lists it chooses from, out of the catalogue beside them.

Run it after a change of the catalogue: ``python resources/checklists/assemble.py``; a test compares the cells of what
it makes with the workbooks that are committed.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any, TypeAlias

from openpyxl import Workbook

HERE = Path(__file__).resolve().parent
CATALOGUE = HERE.parent / "catalogue"
SITES = HERE.parent / "sample" / "holy_sites_ports.csv"
CHECKLISTS = ("accommodation", "transport")

Row: TypeAlias = dict[str, str]
Texts: TypeAlias = dict[str, str]
Sheets: TypeAlias = dict[str, list[list[str]]]


def sheets(name: str = CHECKLISTS[0]) -> Sheets:
    """The cells of each sheet of a checklist, header first.

    Raises:
        KeyError: The checklist's table names an item that the catalogue does not have.
    """
    plan = _json(f"{name}.json")
    survey = [*_general(plan), *_sections(plan)]
    settings = _settings(plan["form"])
    return {
        "survey": _table(survey, plan["form"]),
        "choices": _table(_choices(plan), plan["form"]),
        "settings": [list(settings), list(settings.values())],
    }


def lists(name: str) -> dict[str, str]:
    """The files beside the workbook of a checklist, by name: places to choose from, by their city."""
    sites = _json(f"{name}.json").get("sites")
    if sites is None:
        return {}
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(("name", "label", "city"))
    with SITES.open(encoding="utf-8-sig", newline="") as file:
        for site in csv.DictReader(file):
            if site["city"] in sites["cities"] and site["kind"] not in ("city", "district", "landmark"):
                rows.writerow((site["code"], f"{site['name_ar']} · {site['name_en']}", site["city"]))
    return {sites["file"]: written.getvalue()}


def assemble() -> None:
    """Writes the workbooks, and the folders of their lists."""
    for name in CHECKLISTS:
        workbook = Workbook()
        workbook.remove(workbook.worksheets[0])
        for title, rows in sheets(name).items():
            sheet = workbook.create_sheet(title)
            sheet.freeze_panes = "C2"
            for row in rows:
                sheet.append([cell or None for cell in row])
        workbook.save(HERE / f"{name}.xlsx")
        for file, text in lists(name).items():
            folder = HERE / f"{name}-media"
            folder.mkdir(exist_ok=True)
            (folder / file).write_text(text, encoding="utf-8")


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
    rows += [*_questions(general["questions"]), {"type": "end_group", "name": "general"}]
    return rows + _questions(plan.get("more", []))


def _questions(questions: list[dict[str, Any]]) -> list[Row]:
    """Questions that are no items; groups and repeats hold questions of their own."""
    rows: list[Row] = []
    for question in questions:
        kind = question["type"]
        row = {"type": kind, "name": question["name"]}
        asked = kind not in ("note", "calculate") and "questions" not in question and not question.get("optional")
        row |= {"required": "yes"} if asked else {}
        rows.append(row | _rules(question) | question.get("columns", {}))
        if "questions" in question:
            end = {"type": kind.replace("begin", "end"), "name": question["name"]}
            rows += [*_questions(question["questions"]), end]
    return rows


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
