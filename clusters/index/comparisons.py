"""Files of pairwise comparisons for AHP: one matrix in a table, or one per group in TOML.

A table has the compared parts as its header and as its first column; the parts tell whose children they
are. In TOML every aggregate has its rows, of its children in the framework's order or of those listed:

    total = [[1, 3, 5], [1, 3], [1]]

    [research]
    ids = ["papers", "patents"]
    rows = [[1, "1/2"], [2, 1]]
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from clusters.errors import DataError
from clusters.index._nodes import near
from clusters.index.framework import Framework
from clusters.intake import files

HINT = "a matrix has the parts of one group in its header and in its first column"


def read_comparisons(path: str | Path, framework: Framework) -> dict[str, Any]:
    """Read matrices of pairwise comparisons, by the aggregate whose parts they compare.

    Parameters
    ----------
    path
        TOML file, or a table (CSV, TSV, XLSX ...). Parts are named by id, or by a printed name.
    framework
        Whose groups are compared.

    Returns
    -------
    dict
        Aggregate to matrix, as ``weights.weigh_framework`` takes them.

    Raises
    ------
    DataError
        The file cannot be read, or names something that is no part of the framework or not of one group.
    """
    if Path(path).suffix.lower() == ".toml":
        return _from_toml(Path(path), framework)
    known = {name for node in framework.nodes for name in (node.id, node.name_zh, node.name_en) if name}
    try:
        table = files.read_table(path, score=lambda cells: sum(cell.strip() in known for cell in cells))
    except DataError as error:
        raise DataError(error.args[0], hint=HINT if "relation" in error.hint else error.hint) from None
    names = [_node(text, framework, table.name) for text in table.header[1:]]
    rows = [_node(text, framework, table.name) for text in table.columns[0].texts()]
    cells = {name: column.texts() for name, column in zip(names, table.columns[1:], strict=True)}
    matrix = pd.DataFrame(cells, index=rows, dtype=object)
    parents = {framework.parent[node] for node in (*names, *rows)}
    parent = parents.pop() if len(parents) == 1 else None
    if parent is None or set(names) != set(rows) or set(names) != set(framework.children[parent]):
        raise DataError(
            f"{table.name}: the comparisons are not those of the parts of one aggregate "
            f"(header {', '.join(names)}; rows {', '.join(rows)})",
            hint="; ".join(f"{p}: {', '.join(c)}" for p, c in framework.children.items() if len(c) > 1),
        )
    return {parent: matrix}


def _from_toml(path: Path, framework: Framework) -> dict[str, Any]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path} cannot be read as TOML ({error})") from None
    return {
        _node(name, framework, str(path)): _matrix(given, name, framework, str(path))
        for name, given in content.items()
    }


def _matrix(given: Any, name: str, framework: Framework, file: str) -> Any:
    rows = given.get("rows") if isinstance(given, Mapping) else given
    if not isinstance(rows, Sequence) or not all(isinstance(row, list) for row in rows):
        raise DataError(f"{file}: {name} has no rows", hint=f"{name} = [[1, 3], [1]] for two parts")
    if not isinstance(given, Mapping) or "ids" not in given:
        return rows
    ids = [_node(str(part), framework, file) for part in given["ids"]]
    if [len(row) for row in rows] == list(range(len(rows), 0, -1)):
        rows = [[None] * at + row for at, row in enumerate(rows)]
    if len(rows) != len(ids) or any(len(row) != len(ids) for row in rows):
        raise DataError(f"{file}: {name} has {len(rows)} rows for {len(ids)} ids")
    return pd.DataFrame(rows, index=ids, columns=ids, dtype=object)


def _node(text: str, framework: Framework, file: str) -> str:
    """Return the node that a text names, by its id or by a printed name of its own."""
    plain = text.strip()
    if plain in framework.parent:
        return plain
    named = [node.id for node in framework.nodes if plain and plain in (node.name_zh, node.name_en)]
    if len(named) == 1:
        return named[0]
    guess = near(plain, [*framework.parent])
    raise DataError(
        f"{file}: {plain!r} is no part of the framework {framework.name}",
        hint=f"is {guess!r} meant?" if guess else f"its parts are {', '.join(framework.parent)}",
    )
