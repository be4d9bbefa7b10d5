"""Hierarchies in tables: a row per node, in our own columns or in those of COINr's ``iMeta``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clusters.errors import DataError
from clusters.index._nodes import Raw, near
from clusters.intake import files, headers
from clusters.intake.numbers import read_number

WORDS = {
    "id": "id icode code indicator indicator_id 编号 编码 代码 指标 指标代码 指标编号",
    "parent": "parent parent_id 上级 上级指标 父级 所属",
    "name": "name iname label title 名称 指标名称",
    "name_en": "name_en english 英文 英文名称",
    "name_zh": "name_zh chinese 中文 中文名称",
    "direction": "direction sign 方向 指标方向 指标属性",
    "weight": "weight 权重",
    "unit": "unit 单位 计量单位",
    "denominator": "denominator 分母",
    "formula": "formula 公式 计算公式",
    "mean": "mean aggregation 合成方法",
    "type": "type kind 类型 节点类型",
    "level": "level 层级",
    "error": "error 误差",
    "target": "target 目标值",
}
HINT = "a hierarchy has id, parent and may have name_en, name_zh, direction, weight, denominator, formula"
MEANINGS = {word: meaning for meaning, words in WORDS.items() for word in words.split()}
NUMBERS = ("direction", "weight", "error")
SIGNS = {
    **dict.fromkeys(("+", "positive", "benefit", "正", "正向", "正指标", "效益型"), 1.0),
    **dict.fromkeys(("-", "negative", "cost", "负", "负向", "逆", "逆向", "逆指标", "成本型"), -1.0),
}
TYPES = {
    **dict.fromkeys(("indicator", "指标"), "indicator"),
    **dict.fromkeys(("aggregate", "维度", "汇总"), "aggregate"),
    **dict.fromkeys(("group", "denominator", "other"), ""),
}
"""Types of rows; groups and denominators of COINr are columns of the table of indicators, not nodes."""


def read_hierarchy(path: str | Path) -> tuple[str, list[Raw]]:
    """Read the nodes of a hierarchy from a table.

    Returns
    -------
    tuple
        The name of the file, and its nodes. A row that is the parent of another, or has none, is an
        aggregate, unless a column ``type`` says what it is.
    """
    try:
        table = files.read_table(path, score=_score)
    except DataError as error:
        raise DataError(error.args[0], hint=HINT if "relation" in error.hint else error.hint) from None
    at = _columns(table.header, table.name)
    rows = [column.texts() for column in table.columns]
    cells = [
        {key: rows[position][i].strip() for key, position in at.items()} for i in range(len(table.lines))
    ]
    places = [str(table.at(i)) for i in range(len(cells))]
    if table.ragged:
        raise DataError(f"{table.name}: {table.unit} {table.ragged[0].line} has too many or too few cells")
    parents = {row.get("parent", "") for row in cells}
    nodes = []
    for row, place in zip(cells, places, strict=True):
        what = _what(row, parents, table.name, place, flat="parent" not in at)
        if what:
            nodes.append(Raw(what, _content(row, what, table.name, place, at), table.name, place))
    return table.name, nodes


def _meaning(cell: str) -> str | None:
    key = headers.key(cell)
    return MEANINGS.get(key) or MEANINGS.get(key.replace("_", ""))


def _score(cells: Sequence[str]) -> int:
    found = {meaning for meaning in map(_meaning, cells) if meaning}
    return len(found) if "id" in found else 0


def _columns(header: Sequence[str], file: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for position, cell in enumerate(header):
        meaning = _meaning(cell)
        if meaning is None:
            guess = near(headers.key(cell), MEANINGS, 0.8)
            if guess:
                raise DataError(f"{file}: the column {cell!r} is not known", hint=f"is {guess!r} meant?")
        elif meaning in found:
            raise DataError(
                f"{file}: the columns {header[found[meaning]]!r} and {cell!r} both mean {meaning}",
                hint="leave one out",
            )
        else:
            found[meaning] = position
    if "id" not in found:
        raise DataError(
            f"{file}: no column id (or iCode); it has {', '.join(header)}",
            hint=HINT,
        )
    return found


def _what(row: dict[str, str], parents: set[str], file: str, place: str, *, flat: bool) -> str:
    """Tell whether a row is an indicator, an aggregate or none of both."""
    said = row.get("type", "").casefold()
    if said:
        if said not in TYPES:
            raise DataError(
                f"{file}: {place} has the unknown type {row['type']!r}",
                hint="Indicator, Aggregate, Group or Denominator",
            )
        return TYPES[said]
    if row.get("level") == "" and not row.get("parent") and row.get("id") not in parents:
        return ""  # a group or a denominator of COINr
    if read_number(row.get("level", "")) == 1:
        return "indicator"
    if flat:
        return "indicator"
    return "aggregate" if row.get("id") in parents or not row.get("parent") else "indicator"


def _content(row: dict[str, str], what: str, file: str, place: str, at: dict[str, int]) -> dict[str, Any]:
    content: dict[str, Any] = {
        key: value for key, value in row.items() if value and key not in ("type", "level", "name", "target")
    }
    if row.get("name"):
        content.setdefault("name_zh" if re.search("[\u3400-\u9fff]", row["name"]) else "name_en", row["name"])
    for key in NUMBERS:
        if key in content:
            value = SIGNS.get(content[key].casefold()) if key == "direction" else None
            content[key] = read_number(content[key]) if value is None else value
            if content[key] is None:
                raise DataError(f"{file}: {place} has the {key} {row[key]!r}, which is not a number")
    if what == "aggregate":
        if content.pop("direction", 1) == -1:
            raise DataError(
                f"{file}: {place}: aggregate {row.get('id')!r} has the direction -1",
                hint="directions belong to indicators; give them to those below it",
            )
        for key in ("unit", "denominator", "formula", "error"):
            content.pop(key, None)
    else:
        content.pop("mean", None)
        if "parent" not in at:
            content["parent"] = "total"
    return content
