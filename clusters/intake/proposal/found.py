"""What is found in a table: the parts of a proposal, before they are put into words."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from clusters import places
from clusters.errors import ClustersError, DataError
from clusters.intake import files, headers, organisations, values
from clusters.intake.config import Config, Direction, Role
from clusters.intake.proposal import opening
from clusters.intake.proposal.columns import Understood, Use, plain_header, understood, usable, uses
from clusters.intake.proposal.looks import look
from clusters.intake.proposal.opening import Opened, Sheet
from clusters.intake.table import Column, RawTable
from clusters.intake.vocabulary import meanings

YEARS = (1900, 2100)


@dataclass(frozen=True)
class Label:
    """A label of a coded column, how often it stands there, and what it is known for."""

    text: str
    rows: int
    meaning: str | None


@dataclass(frozen=True)
class Years:
    """The years of a table."""

    column: str
    first: int | None
    last: int | None
    blank: int
    wrong: int
    """Cells that hold no year of the usual range."""
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Nodes:
    """A table of organisations beside the relations."""

    path: Path
    sheet: str | None
    encoding: str | None
    separator: str | None
    columns: dict[str, str]
    guessed: bool
    rows: int
    known: int
    """Names of it that occur in the relations."""
    roles: tuple[Label, ...] = ()
    fault: str = ""
    """Why it cannot be read as it is."""


@dataclass(frozen=True)
class Proposal:
    """All that is found in a table."""

    path: Path
    raw: RawTable
    recognised: bool
    found: Understood
    uses: tuple[Use, ...]
    kinds: tuple[Label, ...]
    directions: tuple[Label, ...]
    roles: tuple[Label, ...]
    years: Years | None
    places: tuple[tuple[str, int, int, tuple[str, ...]], ...]
    """Column, distinct values, known ones among them, first unknown ones."""
    sheets: tuple[Sheet, ...]
    sheet: str | None
    nodes: Nodes | None
    layout: str | None
    """Public layout that the header fits."""

    @property
    def config(self) -> Config:
        """The proposal as options; paths are those of the files."""
        text = self.raw.source.get("format") == "text"
        directions = {label.text: label.meaning for label in self.directions if label.meaning}
        use = self.nodes if self.nodes is not None and not self.nodes.fault else None
        encoding = self.raw.source.get("encoding") if text else None
        return Config(
            relations=self.path,
            columns=dict(self.found.mapping),
            kinds={label.text: label.meaning for label in self.kinds if label.meaning},
            directions=cast("dict[str, Direction]", directions),
            roles=cast(
                "dict[str, Role]", {label.text: label.meaning for label in self.roles if label.meaning}
            ),
            encoding=encoding,
            separator=self.raw.source.get("separator") if text else None,
            sheet=self.sheet,
            loops="drop",
            duplicates="drop",
            nodes=use.path if use else None,
            node_columns=dict(use.columns) if use else {},
            node_sheet=use.sheet if use else None,
            node_encoding=use.encoding if use and use.encoding != encoding else None,
            node_separator=use.separator if use else None,
        )


def propose(
    path: str | Path,
    *,
    nodes: str | Path | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    separator: str | None = None,
) -> Proposal:
    r"""Look at a table and find out how it should be read.

    Parameters
    ----------
    path
        File in any form that ``read_relations`` takes.
    nodes
        Table of organisations; by default a sheet of the same workbook that is one.
    encoding, sheet, separator
        What cannot be told from the file itself.

    Raises
    ------
    DataError
        The file cannot be read as a table, or no two of its columns can be the ends of a relation.
    UsageError
        ``encoding``, ``sheet`` or ``separator`` does not fit the file.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.csv"
    ...     _ = path.write_text("企业,合作方,方向,何时\n甲,乙,赋能,2020\n", encoding="gb18030")
    ...     config = propose(path).config
    >>> config.encoding, config.columns
    ('gb18030', {'enterprise': '企业', 'partner': '合作方', 'direction': '方向'})
    """
    path = Path(path)
    if path.suffix.lower() == ".zip":
        raise DataError(
            f"{path.name} is a package of files, not a table",
            hint=f"clusters convert LAYOUT {path.name} reads public ones; else unpack it and name the table",
        )
    opened = opening.open_table(path, opening.Reading(encoding, sheet, separator))
    raw = opened.raw
    if not raw.rows:
        raise DataError(f"{raw.name} has a header but no rows", hint="is this the whole file?")
    layout = _layout(raw)
    if layout is not None and not opened.recognised:
        raise DataError(
            f"{raw.name} is no table of relations: its columns are those of the public layout {layout}",
            hint=f"clusters convert {layout} {path.name} makes relations of it",
        )
    found = understood(raw, recognised=opened.recognised)
    single = found.columns.single
    listed = _nodes(path, Path(nodes) if nodes is not None else None, opened, found)
    return Proposal(
        path,
        raw,
        opened.recognised,
        found,
        tuple(uses(raw, found, YEARS)),
        _kinds(raw.columns[single["kind"]]) if "kind" in single else (),
        _directions(raw.columns[single["direction"]]) if "direction" in single else (),
        _role_labels(raw, found, listed),
        _years(raw, single.get("year", single.get("date"))),
        tuple(_places(raw, found)),
        opened.sheets,
        opened.sheet,
        listed,
        layout,
    )


def _counts(column: Column) -> list[tuple[str, int]]:
    """Return the distinct texts of a column with their rows, the most frequent first."""
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.values))
    found: dict[str, int] = {}
    for text, rows in zip(column.values, counts.tolist(), strict=True):
        plain = " ".join(str(text).split())
        if plain and rows:
            found[plain] = found.get(plain, 0) + rows
    return sorted(found.items(), key=lambda entry: (-entry[1], entry[0]))


def _kinds(column: Column) -> tuple[Label, ...]:
    known = meanings("kind")
    return tuple(Label(text, rows, known.get(values.word(text))) for text, rows in _counts(column))


def _directions(column: Column) -> tuple[Label, ...]:
    words = {True: "empowerment", False: "input"}
    return tuple(
        Label(text, rows, None if (gives := values.gives(text)) is None else words[gives])
        for text, rows in _counts(column)
    )


def _role_labels(raw: RawTable, found: Understood, nodes: Nodes | None) -> tuple[Label, ...]:
    """Return the labels of all role columns of both tables."""
    labels = list(nodes.roles) if nodes is not None else []
    for (_, attribute), position in found.columns.attributes.items():
        if attribute == "role":
            labels += _roles(raw.columns[position])
    rows: dict[str, int] = {}
    for label in labels:
        rows[label.text] = rows.get(label.text, 0) + label.rows
    return tuple(Label(text, n, values.read_role(text)) for text, n in rows.items())


def _roles(column: Column) -> tuple[Label, ...]:
    return tuple(Label(text, rows, values.read_role(text)) for text, rows in _counts(column))


def _years(raw: RawTable, position: int | None) -> Years | None:
    if position is None:
        return None
    column = raw.columns[position]
    good, wrong = usable("year", column, YEARS)
    filled, _ = usable(None, column, YEARS)
    occurring = [text for text, _ in _counts(column)]
    years = [year for text in occurring if (year := values.read_year(text, *YEARS)) is not None]
    return Years(
        plain_header(raw.header)[position],
        min(years, default=None),
        max(years, default=None),
        len(column.codes) - filled,
        filled - good,
        tuple(wrong[:3]),
    )


def _places(raw: RawTable, found: Understood) -> list[tuple[str, int, int, tuple[str, ...]]]:
    result = []
    positions = {position: attribute for (_, attribute), position in found.columns.attributes.items()}
    positions |= {position: name for name, position in found.columns.classes.items()}
    abroad = any("country" in name for name in positions.values())
    for position, name in sorted(positions.items()):
        read = _PLACES.get(name.rpartition("_")[2])
        # In a table with countries a city may be abroad, where no list of places helps.
        if read is not None and (read is places.country or not abroad):
            texts = [text for text, _ in _counts(raw.columns[position])]
            wrong = [text for text in texts if read(text) is None]
            header = plain_header(raw.header)[position]
            result.append((header, len(texts), len(texts) - len(wrong), tuple(wrong[:3])))
    return result


_PLACES: dict[str, Callable[[str], str | None]] = {
    "province": lambda text: places.resolve(text).province,
    "city": lambda text: places.resolve(text).city,
    "country": places.country,
}


def _layout(raw: RawTable) -> str | None:
    from clusters.intake.public.nearest import nearest

    # An edge table of Gephi is a relation table as it is.
    return nearest(raw.header, "gephi-csv")


def _nodes(path: Path, asked: Path | None, opened: Opened, found: Understood) -> Nodes | None:
    """Look at the table of organisations that was named, or at a sheet that seems to be one."""
    ends = _names(opened.raw, found)
    if asked is not None:
        return _nodes_in(asked, None, ends)
    sheets = [sheet.name for sheet in opened.sheets if sheet.holds == "nodes" and sheet.name != opened.sheet]
    tried = [_nodes_in(path, sheet, ends) for sheet in sheets]
    best = max((nodes for nodes in tried if nodes.known), key=lambda nodes: nodes.known, default=None)
    return best or next(iter(tried), None)


def _names(raw: RawTable, found: Understood) -> set[str]:
    from clusters import names

    positions = found.columns.ids.values()
    return {names.clean(str(text)) for position in positions for text in raw.columns[position].values}


def _nodes_in(path: Path, sheet: str | None, ends: set[str]) -> Nodes:
    raw = files.read_table(path, score=headers.score_nodes, sheet=sheet)
    header = plain_header(raw.header)
    columns, guessed = {}, False
    fault = ""
    try:
        if not headers.score_nodes(raw.header):
            columns = {"node": header[_most_known(raw, ends)]}
            guessed = True
        named = headers.node_columns(raw.header, raw.name, columns)
        known = _known(raw.columns[named["node"]], ends)
    except ClustersError as error:
        named, known, fault = {}, 0, str(error.args[0])
    explicit = {name: header[p] for name, p in named.items() if header[p] and name != header[p]}
    if not fault and _differs(raw, named, explicit):
        explicit = columns
    text = raw.source.get("format") == "text"
    nodes = Nodes(
        path,
        sheet,
        raw.source.get("encoding") if text else None,
        raw.source.get("separator") if text else None,
        explicit,
        guessed,
        raw.rows,
        known,
        _roles(raw.columns[named["role"]]) if "role" in named else (),
        fault,
    )
    return nodes if fault else _tried(nodes)


def _differs(raw: RawTable, named: dict[str, int], explicit: dict[str, str]) -> bool:
    try:
        return headers.node_columns(raw.header, raw.name, explicit) != named
    except ClustersError:
        return True


def _tried(nodes: Nodes) -> Nodes:
    """Read the table of organisations, and keep what speaks against it."""
    try:
        organisations.read_nodes(
            nodes.path,
            mapping=nodes.columns,
            encoding=nodes.encoding,
            sheet=nodes.sheet,
            separator=nodes.separator,
        )
    except ClustersError as error:
        return dataclasses.replace(nodes, fault=str(error.args[0]))
    return nodes


def _known(column: Column, ends: set[str]) -> int:
    from clusters import names

    return len({names.clean(str(text)) for text in column.values} & ends)


def _most_known(raw: RawTable, ends: set[str]) -> int:
    texts = [p for p, column in enumerate(raw.columns) if look(column).what not in ("empty", "flag")]
    if not texts:
        raise DataError(f"{raw.name}: no column names the organisation")
    return max(texts, key=lambda p: (_known(raw.columns[p], ends), -p))
