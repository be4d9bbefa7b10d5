"""Whether a settings file fits its table: columns, labels, sheets, encodings, files.

Reading itself refuses what it cannot do; here every name in the file is looked for, and for one
that is not there the nearest that is.
"""

from __future__ import annotations

import codecs
import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clusters.errors import ClustersError, DataError, UsageError
from clusters.intake import config as configuration
from clusters.intake import files, headers, thesaurus, values
from clusters.intake.config import Config, nearest, place
from clusters.intake.table import RawTable

Score = Callable[[Any], int]
_MOST = 10


@dataclass(frozen=True)
class _File:
    """A settings file with its text, for the lines of messages."""

    name: str
    text: str

    def fault(self, message: str, *key: str) -> str:
        said = ".".join(key)
        return f"{said}{place(self.text, *key)}: {message}"


def verify(
    path: Path, *, relations: str | Path | None = None, given: Mapping[str, Any] | None = None
) -> None:
    """Check that what a settings file names is there.

    Parameters
    ----------
    path
        The settings file.
    relations
        The relation table, where it is not the one that the file names.
    given
        Options of ``read_relations`` that win over the file; what they replace is not checked.

    Raises
    ------
    DataError
        The file has unknown names or wrong values, or names files, sheets, encodings, columns or
        labels that are not there; the message says which, in which line, and what is nearest.
    """
    config = _overridden(configuration.load(path), given or {})
    table = relations if relations is not None else config.relations
    file = _File(path.name, configuration.text_of(path))
    # Where a file cannot be opened at all, its columns and labels cannot be looked for.
    faults = list(_file_faults(config, file, table))
    if not faults:
        roles: list[tuple[RawTable, int]] = []
        faults = [*_relation_faults(config, file, table, roles), *_node_faults(config, file, roles)]
        faults = faults or list(_role_faults(config, file, roles))
    if faults:
        more = f" and {len(faults) - _MOST} more" if len(faults) > _MOST else ""
        raise DataError(
            f"{path.name} does not fit: " + "; ".join(faults[:_MOST]) + more,
            hint="clusters init FILE proposes settings for a table",
        )


def _overridden(config: Config, given: Mapping[str, Any]) -> Config:
    """Leave out what the call says otherwise."""
    replaced: dict[str, Any] = {
        name: given[name]
        for name in ("encoding", "separator", "sheet", "names")
        if given.get(name) is not None
    }
    if given.get("nodes") is not None:
        replaced |= {"nodes": None, "node_sheet": None, "node_encoding": None, "node_separator": None}
        replaced["node_columns"] = {}
    if mapping := given.get("mapping"):
        replaced["columns"] = {**config.columns, **mapping}
    return dataclasses.replace(config, **replaced)


def _file_faults(config: Config, file: _File, table: str | Path | None) -> Iterator[str]:
    if table is not None and Path(table) == config.relations and not Path(table).is_file():
        yield file.fault(f"{table} does not exist", "relations")
    for key in ("nodes", "names"):
        named = getattr(config, key)
        if named is not None and not Path(named).is_file():
            yield file.fault(f"{named} does not exist", key)
    for key in ("encoding", "node_encoding"):
        if (named := getattr(config, key)) is not None and not _known_encoding(named):
            usual = ["utf-8", "gb18030", "gbk", "big5", "cp1252", "shift_jis", "utf-16", "utf-16-le"]
            yield file.fault(f"the encoding {named!r} is not known{nearest(named, usual)}", key)
    if config.nodes is None:
        for key in ("node_encoding", "node_sheet", "node_separator", "node_columns"):
            if getattr(config, key):
                yield file.fault("says how the table of organisations is read, but nodes names none", key)
    if config.names is not None and Path(config.names).is_file():
        try:
            thesaurus.read_thesaurus(config.names)
        except ClustersError as error:
            yield file.fault(str(error.args[0]), "names")


def _known_encoding(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding
    except LookupError:
        return False


def _relation_faults(
    config: Config, file: _File, table: str | Path | None, roles: list[tuple[RawTable, int]]
) -> Iterator[str]:
    if table is None or str(table) == "-":
        return
    raw = _opened(
        table,
        lambda cells: headers.score_relations(cells, config.columns),
        (("encoding", config.encoding), ("sheet", config.sheet), ("separator", config.separator)),
        file,
    )
    if isinstance(raw, str):
        yield raw
        return
    missing = list(_missing(config.columns, raw, file, "columns"))
    yield from missing
    if missing:
        return
    try:
        columns = headers.relation_columns(raw.header, raw.name, config.columns)
    except UsageError as error:
        yield file.fault(str(error.args[0]), "columns")
        return
    for section, single in (("kinds", "kind"), ("directions", "direction")):
        labels: Mapping[str, str] = getattr(config, section)
        position = columns.single.get(single)
        if labels and position is None:
            yield file.fault(f"labels are named, but {raw.name} has no column {single!r}", section)
        elif position is not None:
            yield from _absent(labels, [(raw, position)], file, section)
    roles += [(raw, position) for (_, what), position in columns.attributes.items() if what == "role"]


def _node_faults(config: Config, file: _File, roles: list[tuple[RawTable, int]]) -> Iterator[str]:
    if config.nodes is None:
        return
    options = config.node_options(None, own=True)
    mapped = set(config.node_columns.values())

    def score(cells: Any) -> int:
        row = [cell.strip() for cell in cells]
        return headers.score_nodes(row) or int(bool(mapped) and mapped <= set(row))

    named = tuple((f"node_{key}", options.get(key)) for key in ("encoding", "sheet", "separator"))
    raw = _opened(config.nodes, score, named, file)
    if isinstance(raw, str):
        yield raw
        return
    missing = list(_missing(config.node_columns, raw, file, "node_columns"))
    yield from missing
    if not missing:
        try:
            columns = headers.node_columns(raw.header, raw.name, config.node_columns)
        except UsageError as error:
            yield file.fault(str(error.args[0]), "node_columns")
        else:
            roles += [(raw, columns["role"])] if "role" in columns else []


def _role_faults(config: Config, file: _File, roles: list[tuple[RawTable, int]]) -> Iterator[str]:
    if config.roles and not roles:
        yield file.fault("labels are named, but no table has a column of roles", "roles")
    elif roles:
        yield from _absent(config.roles, roles, file, "roles")


def _opened(
    table: str | Path, score: Score, named: tuple[tuple[str, str | None], ...], file: _File
) -> RawTable | str:
    """Read a table in the way that the settings say, or return what is wrong with them."""
    encoding, sheet, separator = (
        next((value for key, value in named if key.endswith(what)), None)
        for what in ("encoding", "sheet", "separator")
    )
    try:
        return files.read_table(table, score=score, encoding_name=encoding, sheet=sheet, separator=separator)
    except UsageError as error:
        message = str(error.args[0])
        key = next((k for k, value in named if value and repr(value) in message), named[1][0])
        return file.fault(message, key)


def _missing(columns: Mapping[str, str], raw: RawTable, file: _File, section: str) -> Iterator[str]:
    for canonical, column in columns.items():
        if not headers.has_column(raw.header, column):
            known = [text.strip() for text in raw.header if text.strip()]
            yield file.fault(
                f"{raw.name} has no column {column!r}{nearest(column, known)}", section, canonical
            )


def _absent(
    labels: Mapping[str, str], columns: list[tuple[RawTable, int]], file: _File, section: str
) -> Iterator[str]:
    texts = [str(text) for raw, position in columns for text in raw.columns[position].values]
    there = {values.word(text): " ".join(text.split()) for text in texts}
    raw, position = columns[0]
    for label in labels:
        if values.word(label) not in there:
            close = nearest(label, sorted(text for text in there.values() if text))
            column = raw.header[position]
            yield file.fault(
                f"no row of {raw.name} has this label in column {column!r}{close}", section, label
            )
