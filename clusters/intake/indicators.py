"""Tables of indicators: a row per city (and year), a column per indicator, in any usual form.

Cells are read as people write them (``numbers.read_number``); a blank cell, ``NA``, a dash and the
like are missing, and any other text in a column of numbers is an error that names its row. Names of
units stay as they are written.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import published
from clusters.errors import DataError
from clusters.intake import files, layouts
from clusters.intake.headers import key
from clusters.intake.indicator_columns import Tree, Wanted
from clusters.intake.layouts import Asked, Grid
from clusters.intake.numbers import is_missing, is_percent, read_number
from clusters.intake.table import RawTable
from clusters.sentences import Note

Floats = NDArray[np.float64]
NO_INDICATOR = (
    *("rank", "tier", "排名", "名次", "位次", "梯队"),
    *("no", "nr", "s_n", "serial", "serial_number", "序号", "序", "编号", "行号"),
)
"""Columns of numbers that are no indicators: results, and numbers of rows."""


@dataclass(frozen=True)
class IndicatorTable:
    """Numbers of units (and years), and what else their table says of them."""

    frame: pd.DataFrame
    """Indicators (float64); index ``unit``, of a panel ``(unit, year)``; missing values are NaN."""
    extra: pd.DataFrame
    """Other columns with the same index: denominators, groups, raw columns of formulas. A column of
    nothing but numbers is float64, any other is text; missing is NaN."""
    names: pd.Series | None
    """Printed name of every row, where the table has one beside the identifier."""
    file: str
    """Name of the source, for messages."""
    given: tuple[str, ...] = ()
    """Aggregates that are columns of ``frame``, in place of the indicators below them."""
    computed: tuple[str, ...] = ()
    """Indicators of a formula whose column in ``frame`` is their value: nothing is left to compute."""
    warnings: tuple[str, ...] = ()

    @property
    def panel(self) -> bool:
        """Whether units come with years."""
        return isinstance(self.frame.index, pd.MultiIndex)


def read_indicators(
    source: str | Path | pd.DataFrame,
    framework: Tree | None = None,
    *,
    unit: str | None = None,
    name: str | None = None,
    year: str | None = None,
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    separator: str | None = None,
) -> IndicatorTable:
    """Read a table of indicators, wide or long.

    Parameters
    ----------
    source
        File (CSV, TSV, any of them ``.gz``, XLSX, Parquet), ``-`` for standard input, a data frame, or
        the name of a report whose main table is shipped (``kr36_2020``).
    framework
        What to read. Columns are recognised by the id, the Chinese or the English name of a node. Where
        none of the indicators below an aggregate is there, a column of the aggregate itself takes their
        place. Without a framework every column of numbers is an indicator.
    unit, name, year
        Columns of identifiers, printed names and years, where they are not recognised. A year column
        makes a panel if some unit stands more than once, or if it is named here.
    mapping
        Indicator (or denominator, column of a formula, group) to column, for what is not recognised.
    encoding, sheet, separator
        What cannot be told from the file itself.

    Raises
    ------
    DataError
        A unit is blank or stands twice, a cell is text where a number belongs, an indicator has no column.
    UsageError
        A column that was named is not there.

    Examples
    --------
    >>> table = read_indicators(pd.DataFrame({"city": ["北京", "上海"], "papers": ["1,200", "n.a."]}))
    >>> table.frame["papers"].tolist()
    [1200.0, nan]
    """
    wanted = Wanted(framework, dict(mapping or {}))
    if isinstance(source, pd.DataFrame):
        source, unit, year = _flat(source, unit, year)
    asked = Asked(unit, name, year, wanted.words(), framework.unit_column if framework else None)
    table = _raw(source, asked, encoding, sheet, separator)
    grid = layouts.grid(table, asked)
    said = list(grid.warnings)
    found = wanted.columns(grid, said)
    reading = _Free(grid, found) if framework is None else _Chosen(grid, found, framework, wanted)
    reading.warnings = said
    return reading.table()


def _raw(
    source: str | Path | pd.DataFrame,
    asked: Asked,
    encoding: str | None,
    sheet: str | None,
    separator: str | None,
) -> RawTable:
    report = _report(source)
    if report:
        printed = published.load(report, as_printed=True)
        return dataclasses.replace(files.read_table(printed, score=asked.score), name=report, unit="row")
    if isinstance(source, pd.DataFrame):
        return files.read_table(source, score=asked.score)
    try:
        return files.read_table(
            source, score=asked.score, encoding_name=encoding, sheet=sheet, separator=separator
        )
    except DataError as error:
        hint = layouts.HINT if "relation" in error.hint else error.hint
        if error.hint == "check the path" and isinstance(source, str) and not Path(source).suffix:
            tables = ", ".join(filter(_report, published.reports()))
            hint = f"check the path, or name a published table: {tables}"
        raise DataError(error.args[0], hint=hint) from None


def _flat(
    frame: pd.DataFrame, unit: str | None, year: str | None
) -> tuple[pd.DataFrame, str | None, str | None]:
    """Make columns of an index that names the units, or units and years."""
    if isinstance(frame.index, pd.RangeIndex):
        return frame, unit, year
    names = ["unit", "year"] if frame.index.nlevels == 2 else ["unit"]
    if len(names) != frame.index.nlevels:
        raise ValueError(f"the index has {frame.index.nlevels} levels; it may have two: unit and year")
    own = [str(found or name) for found, name in zip(frame.index.names, names, strict=True)]
    own = [f"{name} (index)" if name in frame.columns else name for name in own]
    flat = frame.set_axis([str(column) for column in frame.columns], axis=1)
    return flat.rename_axis(own).reset_index(), unit or own[0], year or (own[1] if len(own) > 1 else None)


def _report(source: str | Path | pd.DataFrame) -> str:
    """Return the report whose main table is meant, if one is."""
    if not isinstance(source, str) or Path(source).is_file():
        return ""
    name = source.strip().lower().replace("-", "_")
    return name if name in published.reports() and published.REPORTS[name].main else ""


class _Free:
    """A table without a framework: every column of numbers is an indicator."""

    def __init__(self, grid: Grid, found: Mapping[str, str]) -> None:
        self.grid, self.found = grid, found
        self.warnings: list[str] = []
        self.index = _index(grid)

    def table(self) -> IndicatorTable:
        """Return the columns of numbers as indicators, the others beside them."""
        renamed = {column: wanted for wanted, column in self.found.items()}
        numbers: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        for column, texts in self.grid.columns.items():
            name = renamed.get(column, column)
            if column in renamed or (key(column) not in NO_INDICATOR and layouts.mostly_numbers(texts)):
                numbers[name] = self.numbers(column)
            else:
                extra[name] = _plain(texts)
        if not numbers:
            raise DataError(f"{self.grid.table.name}: no column holds numbers", hint=layouts.HINT)
        return self.made(numbers, extra)

    def made(
        self,
        numbers: Mapping[str, Any],
        extra: Mapping[str, Any],
        given: tuple[str, ...] = (),
        computed: tuple[str, ...] = (),
    ) -> IndicatorTable:
        """Put the table together."""
        grid, index = self.grid, self.index
        names = None if grid.names is None else pd.Series(grid.names, index, dtype=object, name="name")
        return IndicatorTable(
            pd.DataFrame(dict(numbers), index=index, columns=list(numbers), dtype=float),
            pd.DataFrame(dict(extra), index=index, columns=list(extra)),
            names,
            grid.table.name,
            given,
            computed,
            tuple(self.warnings),
        )

    def numbers(self, column: str) -> Floats:
        """Read one column as numbers; the first cell that is none is an error."""
        texts = self.grid.columns[column]
        known = {text: np.nan if is_missing(text) else read_number(text) for text in dict.fromkeys(texts)}
        wrong = [i for i, text in enumerate(texts) if known[text] is None]
        if wrong:
            raise self._no_number(column, wrong)
        values = np.array([known[text] for text in texts], dtype=float)
        self._check_percent(column, values)
        return values

    def _no_number(self, column: str, wrong: Sequence[int]) -> DataError:
        grid, first = self.grid, wrong[0]
        text = grid.columns[column][first]
        more = f" ({len(wrong)} cells of this column are none)" if len(wrong) > 1 else ""
        comma = "," in text and read_number(text.replace(",", ".", 1)) is not None
        hint = "write 12.5, not 12,5" if comma else "leave a missing value blank, or write NA or -"
        return DataError(
            f"{grid.table.name}, {grid.at(column, first)}, column {column!r}: {text[:60]!r} of "
            f"{grid.label(first)} is not a number{more}",
            hint=hint,
        )

    def _check_percent(self, column: str, values: Floats) -> None:
        """Refuse a column in which only some numbers bear a percent sign: 12% beside 11 means nothing."""
        texts = self.grid.columns[column]
        marked = np.array([is_percent(text) for text in texts])
        if not marked.any():
            return
        plain = np.flatnonzero(~marked & np.isfinite(values) & (values != 0))
        if plain.size:
            bare, sign = int(plain[0]), int(np.flatnonzero(marked)[0])
            raise DataError(
                f"{self.grid.table.name}: column {column!r} has {texts[sign]!r} "
                f"({self.grid.at(column, sign)}) beside {texts[bare]!r} ({self.grid.at(column, bare)})",
                hint="give all its numbers a percent sign, or none",
            )
        self.warnings.append(Note("note.percent_is_share", name=self.grid.table.name, column=column))


class _Chosen(_Free):
    """What a framework asks for."""

    def __init__(self, grid: Grid, found: Mapping[str, str], framework: Tree, wanted: Wanted) -> None:
        super().__init__(grid, found)
        self.framework, self.formulas = framework, wanted.formulas

    def table(self) -> IndicatorTable:
        """Return the indicators, or the aggregates that stand for them, and everything else."""
        given, lacking = self._below(self.framework.root)
        if lacking:
            raise self._no_column(lacking)
        below = {leaf for node in given for leaf in self.framework.leaves(node)}
        numbers = {i.id: self._indicator(i.id) for i in self.framework.indicators if i.id not in below}
        numbers |= {node: self.numbers(self.found[node]) for node in given}
        if given:
            self.warnings.append(Note("note.given_aggregates", name=self.grid.table.name, nodes=list(given)))
        self._check_denominators(below)
        computed = tuple(leaf for leaf in self.formulas if leaf in numbers)
        return self.made(numbers, self._extra(numbers), tuple(given), computed)

    def _there(self, leaf: str) -> bool:
        made = self.formulas.get(leaf)
        return leaf in self.found or (made is not None and all(name in self.found for name in made.names))

    def _below(self, node: str) -> tuple[list[str], list[str]]:
        """Return the aggregates that stand for indicators below a node, and the indicators that lack."""
        children = self.framework.children
        if node not in children:
            return [], [] if self._there(node) else [node]
        leaves = self.framework.leaves(node)
        if not any(map(self._there, leaves)) and not self._deeper(node):
            # The total alone is no table of its parts.
            own = node in self.found and node != self.framework.root
            return ([node], []) if own else ([], list(leaves))
        parts = [self._below(child) for child in children[node]]
        return [n for part in parts for n in part[0]], [n for part in parts for n in part[1]]

    def _deeper(self, node: str) -> bool:
        """Whether an aggregate strictly below a node is a column."""
        below = [child for child in self.framework.children[node] if child in self.framework.children]
        return any(child in self.found or self._deeper(child) for child in below)

    def _no_column(self, lacking: Sequence[str]) -> DataError:
        import difflib

        free = [column for column in self.grid.columns if column not in self.found.values()]
        by_key = {key(column): column for column in free}
        guesses = []
        for leaf in lacking:
            made = self.formulas.get(leaf)
            for wanted in [leaf] if made is None else [n for n in made.names if n not in self.found]:
                close = difflib.get_close_matches(key(wanted), by_key, n=1, cutoff=0.5)
                guesses += [f"{wanted} -> {by_key[close[0]]}" for _ in close]
        said = [
            leaf if leaf not in self.formulas else f"{leaf} (= {self.formulas[leaf].text})"
            for leaf in lacking
        ]
        listed = ", ".join(said[:12]) + (f" and {len(said) - 12} more" if len(said) > 12 else "")
        several = len(lacking) > 1
        return DataError(
            f"{self.grid.table.name}: {len(lacking)} indicator{'s' if several else ''} of the framework "
            f"{'have' if several else 'has'} no column: {listed}",
            hint=(f"near: {'; '.join(guesses[:6])}; " if guesses else "")
            + f"columns not used: {', '.join(free[:20]) or 'none'}; name one with --map ID=COLUMN",
        )

    def _indicator(self, leaf: str) -> Floats:
        made = self.formulas.get(leaf)
        if made is None or not all(name in self.found for name in made.names):
            return self.numbers(self.found[leaf])
        columns = {name: self.numbers(self.found[name]) for name in made.names}
        values = made.evaluate(columns)
        there = ~np.any([np.isnan(column) for column in columns.values()], axis=0)
        undefined = np.flatnonzero(there & np.isnan(values))
        if undefined.size:
            first = self.grid.label(int(undefined[0]))
            self.warnings.append(
                Note("note.formula_undefined", item=leaf, formula=made.text, n=undefined.size, first=first)
            )
        return values

    def _check_denominators(self, skipped: Collection[str]) -> None:
        for leaf in self.framework.indicators:
            if leaf.denominator and leaf.id not in skipped and leaf.denominator not in self.found:
                raise DataError(
                    f"{self.grid.table.name}: there is no column {leaf.denominator!r}, the denominator of "
                    f"{leaf.id!r}; it has {', '.join(list(self.grid.columns)[:30])}",
                    hint=f"name it with --map {leaf.denominator}=COLUMN",
                )

    def _extra(self, numbers: Collection[str]) -> dict[str, Any]:
        """Return the columns that are no indicators, under the names that the framework has for them."""
        inputs = {name for made in self.formulas.values() for name in made.names}
        inputs |= {leaf.denominator for leaf in self.framework.indicators if leaf.denominator}
        extra: dict[str, Any] = {}
        used = {self.found[name] for name in numbers if name in self.found}
        renamed = {column: wanted for wanted, column in self.found.items()}
        for column, texts in self.grid.columns.items():
            name = renamed.get(column, column)
            if name in inputs:
                extra[name] = self.numbers(column)
            elif column not in used:
                extra[name] = _plain(texts)
        return extra


def _index(grid: Grid) -> pd.Index:
    if grid.years is None:
        return pd.Index(grid.units, dtype=object, name="unit")
    years = np.array(grid.years, dtype=np.int64)
    return pd.MultiIndex.from_arrays([pd.Index(grid.units, dtype=object), years], names=["unit", "year"])


def _plain(texts: Sequence[str]) -> Any:
    """Return a column as numbers if all of it is, else as text; blank is NaN."""
    values = [np.nan if is_missing(text) else read_number(text) for text in texts]
    if all(value is not None for value in values) and not all(is_missing(text) for text in texts):
        return np.array(values, dtype=float)
    return np.array([text or np.nan for text in texts], dtype=object)
