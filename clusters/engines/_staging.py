"""Blocks of rows, checked like any table, as Parquet parts that DuckDB can count.

The checks, the cleaning of names and the decision on direction are those of
``clusters.relations``; a part holds the accepted rows of one block. Its columns have safe
names: ``s0, t0, s1, ...`` for what is said of the two ends, ``c0, c1, ...`` for classes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusters.engines._account import Account
from clusters.errors import DataError
from clusters.intake import headers, rows, values
from clusters.intake.headers import RelationColumns
from clusters.intake.table import Column, RawTable
from clusters.intake.texts import FEW, Texts
from clusters.names import tidy
from clusters.relations import orient

DIRECTED = {"directed", "undirected", "mixed"}


@dataclass
class Layout:
    """What the columns of all files together are."""

    dated: bool | None = None
    sided: bool = False
    has_kind: bool = False
    has_date: bool = False
    weighted: bool = False
    attributes: list[str] = field(default_factory=list)
    classes: list[str] = field(default_factory=list)
    drawn: bool = True
    """Whether every kind seen so far says how an edge is drawn (Gephi's "Type"), not what it is."""

    def number(self, which: str, name: str) -> int:
        """Return the number of an attribute or class, a new one at its first mention."""
        known: list[str] = getattr(self, which)
        if name not in known:
            known.append(name)
        return known.index(name)

    @property
    def columns(self) -> list[str]:
        """Safe names of all that must be equal in exact doubles, ends aside."""
        found = ["year"] * bool(self.dated) + ["date"] * self.has_date
        found += ["kind"] * (self.has_kind and not self.drawn) + ["weight"] * self.weighted
        found += [f"{end}{k}" for k in range(len(self.attributes)) for end in "st"]
        return found + [f"c{k}" for k in range(len(self.classes))]


@dataclass(frozen=True)
class Rules:
    """How rows are read, as in ``read_relations``."""

    mapping: Mapping[str, str]
    thesaurus: Mapping[str, str]
    kinds: Mapping[str, str]
    year_range: tuple[int, int]
    directions: Mapping[str, str]
    roles: Mapping[str, str]
    keep_placeholders: bool


class Stage:
    """Takes blocks in turn and writes accepted rows, and on request rejected ones, to a folder."""

    def __init__(self, folder: Path, rules: Rules, *, keep_rejects: bool = False) -> None:
        self.folder, self.rules = folder, rules
        self.layout, self.account = Layout(), Account()
        self._keep_rejects = keep_rejects
        self._parts = 0
        self._columns: RelationColumns | None = None
        self._said_nothing_left: Callable[[], str] | None = None

    def begin(self) -> None:
        """Start another file, whose header is its own."""
        self._columns = None

    def take(self, raw: RawTable) -> None:
        """Check one block and write its rows."""
        if self._columns is None:
            self._columns = headers.relation_columns(raw.header, raw.name, self.rules.mapping)
            self._describe(raw, self._columns)
            self.account.warn(self._columns.warnings)
        raw = dataclasses.replace(raw, columns=[_packed(column) for column in raw.columns])
        columns, account = self._columns, self.account
        account.warn(raw.warnings)
        oriented = orient(raw, columns, self.rules.thesaurus, self.rules.directions, self.rules.roles)
        account.warn(oriented.warnings)
        reasons = rows.Reasons(len(raw.lines))
        rows.check_form(raw, columns, reasons)
        rows.check_ends(
            oriented.source,
            oriented.target,
            oriented.unclear,
            reasons,
            keep_placeholders=self.rules.keep_placeholders,
        )
        read = rows.read_values(
            raw, columns, reasons, year_range=self.rules.year_range, kinds=self.rules.kinds
        )
        account.warn(read.warnings)
        kept = np.flatnonzero(reasons.accepted)
        data: dict[str, Any] = {
            "pos": np.arange(account.accepted, account.accepted + kept.size),
            "line": raw.lines[kept],
            "source": _texts(oriented.source, kept),
            "target": _texts(oriented.target, kept),
        }
        if oriented.enterprise is not None:
            data["ent"] = oriented.enterprise.codes[kept] == oriented.source.codes[kept]
        if read.year is not None:
            data["year"] = read.year[kept]
        fuller = False
        if read.year is not None:
            date = _date(raw, columns)
            fuller = any(len(text) > 4 for text in date.values)
            data["date"] = _texts(date, kept)
        if "kind" in columns.single:
            data["kind"] = _texts(self._kind(raw, columns), kept)
        if read.weight is not None:
            data["weight"] = _numbers(read.weight[kept])
        for attribute, pair in oriented.pairs.items():
            k = self.layout.number("attributes", attribute)
            data[f"s{k}"], data[f"t{k}"] = (_texts(column, kept) for column in pair)
        for name, position in columns.classes.items():
            data[f"c{self.layout.number('classes', name)}"] = _texts(raw.columns[position].map(tidy), kept)
        ends = (oriented.source, oriented.target)
        keep_nobody = self.rules.keep_placeholders
        account.warn(rows.form_warnings(raw, reasons.codes, ends, keep_placeholders=keep_nobody))
        account.add(raw, reasons.codes, [*oriented.changes, *read.changes])
        self._see(columns, oriented.enterprise is not None, fuller, raw.name)
        self._write(data)
        self._reject(raw, columns, reasons.codes)

    def _kind(self, raw: RawTable, columns: RelationColumns) -> Column:
        column = raw.columns[columns.single["kind"]]
        kind = column.map(lambda text: values.canonical_kind(text, self.rules.kinds))
        if not {text.lower() for text in kind.values} <= DIRECTED:
            self.layout.drawn = False
            self.account.drop("note.undirected")
        return kind

    def _see(self, columns: RelationColumns, sided: bool, fuller: bool, name: str) -> None:
        layout = self.layout
        dated = bool({"year", "date"} & set(columns.single))
        if layout.dated is not None and layout.dated != dated:
            raise DataError(
                f"{name} has {'a' if dated else 'no'} year column, unlike the files before it",
                hint="files that are read together either all have a year column or none has",
            )
        layout.dated = dated
        layout.sided |= sided
        layout.has_date |= fuller or {"year", "date"} <= set(columns.single)
        layout.has_kind |= "kind" in columns.single
        layout.weighted |= "weight" in columns.single

    def _describe(self, raw: RawTable, columns: RelationColumns) -> None:
        source = self.account.source
        if source:
            source["file"] = f"{source['file']}, {raw.name}"
        else:
            source.update({"file": raw.name, **raw.source, "columns": columns.described(raw.header)})

    def _write(self, data: dict[str, Any]) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        table = pa.table(data)
        parquet.write_table(
            table, self.folder / f"part-{self._parts:06}.parquet", compression="lz4", write_statistics=False
        )
        self._parts += 1

    def _reject(self, raw: RawTable, columns: RelationColumns, codes: NDArray[np.int8]) -> None:
        if not codes.any() and not raw.ragged:
            return
        if self._said_nothing_left is None:
            text = rows.nothing_left(raw, columns, codes, self.rules.year_range)
            self._said_nothing_left = lambda: text
        if self._keep_rejects:
            frame = rows.rejects(raw, codes)
            frame.to_parquet(self.folder / f"rejects-{self._parts:06}.parquet", index=False)

    def nothing_left(self) -> str:
        """Say why every row was rejected."""
        account = self.account
        if self._parts == 1 and self._said_nothing_left is not None:
            return self._said_nothing_left()
        parts = "; ".join(f"{count} {reason}" for reason, count in account.reasons.items())
        return f"{account.source['file']}: all {account.rows} rows are rejected: {parts}"


def _date(raw: RawTable, columns: RelationColumns) -> Column:
    """Return the date of each row; whether any says more than a year is known only at the end."""
    single = columns.single
    position = single["date"] if "date" in single else single["year"]
    return raw.columns[position].map(values.read_date)


def _packed(column: Column) -> Column:
    """Put many distinct texts into one block of memory, where all are cleaned at once."""
    return Column(column.codes, Texts.of(column.values)) if len(column.values) > FEW else column


def _texts(column: Column, kept: NDArray[np.intp]) -> Any:
    """Return some cells as an Arrow dictionary of the texts they hold."""
    import pyarrow as pa

    codes = column.codes[kept]
    texts = Texts.of(column.values).array
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32(), mask=codes < 0), texts)


def _numbers(weights: NDArray[np.float64]) -> Any:
    import pyarrow as pa

    # Adding 0 makes the negative zero an ordinary one.
    return pa.array(weights + 0.0, pa.float64(), mask=np.isnan(weights))
