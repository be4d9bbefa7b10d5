"""From checked, oriented rows to the two tables everything later works on.

The relation frame holds one row per relation in use, on categories; the node frame one row
per organisation, those of the nodes table first, then in order of first appearance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import names
from clusters.intake import values as cells
from clusters.intake.headers import RelationColumns
from clusters.intake.organisations import NODE_ONLY, Conflict, Organisations, most_frequent
from clusters.intake.rows import Values
from clusters.intake.table import Column, RawTable, cell_text, joined, missing
from clusters.sentences import Note


@dataclass(frozen=True)
class Oriented:
    """Rows with both ends decided; codes are positions in ``names``, -1 where one is missing."""

    source: Column
    target: Column
    pairs: dict[str, tuple[Column, Column]]
    """Attribute -> its cells for the source and for the target of each row, tidied."""
    enterprise: Column | None = None
    """In a table written from the enterprise's side: the enterprise of each row."""
    unclear: NDArray[np.bool_] | None = None
    """Rows whose direction is neither empowerment nor input."""
    warnings: list[str] = field(default_factory=list)

    @property
    def names(self) -> NDArray[np.object_]:
        """Cleaned names of both ends."""
        return self.source.values


@dataclass(frozen=True)
class Mentions:
    """Every mention of an organisation in the rows in use: source and target of each in turn."""

    table: RawTable
    rows: NDArray[np.intp]
    nodes: NDArray[np.int32]
    index: pd.Index

    def of(self, pair: tuple[Column, Column]) -> Column:
        """Return what is said of the organisation at each mention."""
        one, two = joined([column.take(self.rows) for column in pair])
        return Column(np.column_stack([one.codes, two.codes]).ravel(), one.values)

    def at(self, mention: int) -> Note:
        """Return the place of a mention for messages."""
        return self.table.at(int(self.rows[mention // 2]))


def mentions(
    table: RawTable, oriented: Oriented, rows: NDArray[np.intp], known: Organisations | None
) -> Mentions:
    """Number the organisations: the nodes table first, then as they appear in the rows."""
    both = np.column_stack([oriented.source.codes[rows], oriented.target.codes[rows]]).ravel()
    seen = np.asarray(pd.unique(both))
    position = np.full(len(oriented.names), -1, np.int32)
    ids: list[Any] = []
    if known is not None:
        ids = list(known.frame.index)
        at = pd.Index(oriented.names, dtype=object).get_indexer(pd.Index(ids, dtype=object))
        position[at[at >= 0]] = np.flatnonzero(at >= 0)
    new = seen[position[seen] < 0]
    position[new] = np.arange(len(ids), len(ids) + new.size)
    index = pd.Index([*ids, *oriented.names[new]], dtype=object, name="node")
    return Mentions(table, rows, position[both], index)


def relation_frame(
    columns: RelationColumns,
    oriented: Oriented,
    values: Values,
    said: Mentions,
    known: Organisations | None,
    warnings: list[str],
) -> pd.DataFrame:
    """Build the frame of the relations in use; its index holds their lines."""
    rows, table = said.rows, said.table
    data: dict[str, Any] = {}
    for k, end in enumerate(("source", "target")):
        data[end] = pd.Categorical.from_codes(said.nodes[k::2], categories=said.index)
    if values.year is not None:
        data["year"] = values.year[rows]
    if values.date is not None:
        data["date"] = categorical(values.date.take(rows))
    if values.kind is not None:
        kind = values.kind.take(rows)
        _warn_missing_kinds(table, columns, rows, kind, warnings)
        if (kind.codes >= 0).any():
            data["kind"] = categorical(kind)
    if values.weight is not None:
        data["weight"] = values.weight[rows]
    for level, pair in _levels(oriented, said, known).items():
        for end, categories in zip(("source", "target"), _same_categories(pair), strict=True):
            data[f"{end}_{level}"] = categories
    for name, position in columns.classes.items():
        column = table.columns[position].take(rows).map(names.tidy)
        if (column.codes >= 0).any():
            data.setdefault(name, categorical(column))
        elif (
            table.header[position].strip() and not (table.columns[position].map(names.tidy).codes >= 0).any()
        ):
            # Empty in the whole file, not only in the rows in use.
            warnings.append(Note("note.empty_column", name=table.name, column=table.header[position]))
    return pd.DataFrame(data, index=pd.Index(table.lines[rows]))


def _levels(
    oriented: Oriented, said: Mentions, known: Organisations | None
) -> dict[str, tuple[Column, Column]]:
    """Return the levels of both ends; a blank cell takes the value of the nodes table."""
    own = {level: pair for level, pair in oriented.pairs.items() if level not in NODE_ONLY}
    listed = [] if known is None else [c for c in known.frame.columns if c not in NODE_ONLY]
    result = {}
    for level in dict.fromkeys([*own, *listed]):
        pair = own.get(level)
        if pair is None:
            sides = (missing(said.rows.size), missing(said.rows.size))
        else:
            sides = (pair[0].take(said.rows), pair[1].take(said.rows))
        if known is not None and level in known.frame.columns:
            sides = _filled(sides, _listed_values(known.frame[level], len(said.index)), said)
        result[level] = sides
    return result


def _listed_values(series: pd.Series[Any], size: int) -> Column:
    """Code a column of the nodes table by node position; other nodes have no value."""
    column = Column.of([cell_text(value) for value in series]).map(str)
    codes = np.full(size, -1, np.int32)
    codes[: len(series)] = column.codes
    return Column(codes, column.values)


def _filled(pair: tuple[Column, Column], by_node: Column, said: Mentions) -> tuple[Column, Column]:
    source, target, listed = joined([*pair, by_node])
    sides = []
    for k, column in enumerate((source, target)):
        own = column.codes
        sides.append(Column(np.where(own >= 0, own, listed.codes[said.nodes[k::2]]), column.values))
    return sides[0], sides[1]


def categorical(column: Column) -> pd.Categorical:
    """Make a categorical of the values that occur, in the order of their characters."""
    return _same_categories((column,))[0]


def _same_categories(columns: tuple[Column, ...]) -> list[pd.Categorical]:
    together = joined(list(columns))
    values = together[0].values
    used = np.zeros(len(values) + 1, bool)
    for column in together:
        used[column.codes] = True
    occurring = np.flatnonzero(used[:-1])
    order = occurring[np.argsort(values[occurring].astype(str), kind="stable")]
    lookup = np.full(len(values) + 1, -1, np.int32)
    lookup[order] = np.arange(order.size)
    categories = pd.Index(values[order].tolist(), dtype=object if not order.size else None)
    return [pd.Categorical.from_codes(lookup[c.codes], categories=categories) for c in together]


def _warn_missing_kinds(
    table: RawTable, columns: RelationColumns, rows: NDArray[np.intp], kind: Column, warnings: list[str]
) -> None:
    blank = np.flatnonzero(kind.codes < 0)
    if blank.size:
        name = table.header[columns.single["kind"]]
        warnings.append(
            Note(
                "note.no_kinds",
                name=table.name,
                column=name,
                n=blank.size,
                of=rows.size,
                at=table.at(int(rows[blank[0]])),
            )
        )


def node_frame(
    oriented: Oriented, said: Mentions, known: Organisations | None, warnings: list[str]
) -> pd.DataFrame:
    """Build the frame of the organisations, roles left out.

    The nodes table wins; what it does not say is the most frequent value of the rows.
    """
    listed = pd.DataFrame() if known is None else known.frame
    nodes = pd.DataFrame(index=said.index)
    nodes["label"] = said.index.astype(str)
    for attribute in dict.fromkeys(["label", *oriented.pairs, *listed.columns]):
        if attribute == "role":
            continue
        stated: Any = None
        if attribute in listed.columns:
            stated = listed[attribute].reindex(said.index).astype(object)
        if attribute in oriented.pairs:
            heard = _heard(attribute, oriented, said, stated, warnings)
            stated = heard if stated is None else stated.where(stated.notna(), heard)
        if stated is None:
            continue
        if attribute == "label":
            nodes["label"] = stated.where(stated.notna(), nodes["label"]).infer_objects()
        elif attribute == "platform":
            nodes["platform"] = stated.eq(True).to_numpy(bool)
        elif attribute in ("founded", "sample_from", "sample_to"):
            nodes[attribute] = stated.astype(np.float64)
        else:
            nodes[attribute] = stated.infer_objects()
    return nodes


def _heard(
    attribute: str, oriented: Oriented, said: Mentions, stated: pd.Series[Any] | None, warnings: list[str]
) -> pd.Series[Any]:
    """Return what the rows say of each organisation, warning where they differ."""
    readers: dict[str, Callable[[str], bool | int | None]] = {
        "platform": cells.read_flag,
        "sample_from": cells.read_any_year,
        "sample_to": cells.read_any_year,
        "founded": cells.read_any_year,
    }
    column = said.of(oriented.pairs[attribute])
    result: NDArray[Any] = np.append(column.values, np.nan)
    if attribute in readers:
        read = [readers[attribute](text) for text in column.values]
        _warn_unread(attribute, column, read, said, warnings)
        column = column.replace([None if r is None else str(r) for r in read])
        by_text = {str(r): r for r in read if r is not None}
        result = np.array([*(by_text[text] for text in column.values), np.nan], object)
    nodes = said.nodes
    if stated is not None:
        nodes = np.where(stated.notna().to_numpy()[nodes], -1, nodes)
    best, conflict = most_frequent(nodes, column.codes, len(said.index), len(column.values))
    if conflict is not None:
        warnings.append(_conflict_text(attribute, conflict, column.values, said))
    return pd.Series(result[best], index=said.index, dtype=object)


def _warn_unread(
    attribute: str, column: Column, read: list[Any], said: Mentions, warnings: list[str]
) -> None:
    wrong = np.array([*(value is None for value in read), False])[column.codes]
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        warnings.append(
            Note(
                "note.no_flags" if attribute == "platform" else "note.no_years",
                name=said.table.name,
                attribute=attribute,
                n=int(wrong.sum()),
                at=said.at(first),
                text=column.values[column.codes[first]],
            )
        )


def _conflict_text(attribute: str, conflict: Conflict, values: NDArray[Any], said: Mentions) -> Note:
    one, two = (values[v] for v in conflict.values)
    first = {
        "node": said.index[conflict.node],
        "one": one,
        "at_one": said.at(conflict.rows[0]),
        "two": two,
        "at_two": said.at(conflict.rows[1]),
    }
    if attribute == "label":
        return Note("note.several_names", name=said.table.name, n=conflict.count, **first)
    return Note("note.several_values", name=said.table.name, attribute=attribute, n=conflict.count, **first)


def name_warnings(table: RawTable, ends: Sequence[Column]) -> list[str]:
    """Say what cleaning changed in names beyond blanks: invisible characters, look-alike letters."""
    counts: dict[str, tuple[int, dict[str, str]]] = {}
    for column in ends:
        size = np.bincount(column.codes[column.codes >= 0], minlength=len(column.values))
        for code, text in enumerate(column.values):
            if text.isascii() and text.isprintable():
                continue
            for what, found in _changes(text):
                before, example = counts.get(what, (0, found))
                if not before:
                    row = int(np.flatnonzero(column.codes == code)[0])
                    example = {"at": table.at(row), **found}
                counts[what] = (before + int(size[code]), example)
    return [Note(what, name=table.name, n=n, **example) for what, (n, example) in counts.items()]


def _changes(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    visible = names.without_controls(text)
    if visible != text:
        yield "note.controls", {"text": text[:60]}
    folded = names.fold_lookalikes(visible)
    if folded != visible:
        yield "note.lookalikes", {"text": visible, "latin": folded}
    if "\ufffd" in text:
        yield "note.lost_characters", {"text": text[:60]}


def look_alike_names(index: pd.Index, name: str) -> list[str]:
    """Say which names differ in case or blanks only; they are kept apart."""
    folded = pd.Series([str(text).casefold().replace(" ", "") for text in index])
    twins = folded.duplicated(keep=False)
    if not twins.any():
        return []
    groups = int((twins & ~folded.duplicated()).sum())
    first = folded[twins].iloc[0]
    one, two = (index[i] for i in np.flatnonzero(folded == first)[:2])
    return [Note("note.names_alike", name=name, n=groups, one=one, two=two)]


def cover_warnings(nodes: pd.DataFrame, said: Mentions, known: Organisations | None, name: str) -> list[str]:
    """Say which organisations lack a province, a row in the nodes table, or any relation."""
    result: list[str] = []

    def say(what: str, found: NDArray[np.bool_]) -> None:
        if found.any():
            first = nodes.index[int(np.flatnonzero(found)[0])]
            result.append(Note(what, name=name, n=int(found.sum()), of=len(nodes), node=first))

    if "province" in nodes.columns:
        say("note.no_province", nodes["province"].isna().to_numpy())
    if known is not None:
        listed = np.arange(len(nodes)) < len(known.frame)
        related = np.zeros(len(nodes), bool)
        related[said.nodes] = True
        say("note.no_relation", listed & ~related)
        say("note.not_listed", ~listed)
    return result


def cleaner(thesaurus: Mapping[str, str]) -> Callable[[str], str]:
    """Return the function that makes a name's spelling the one it is counted under."""
    if not thesaurus:
        return names.clean
    return lambda text: thesaurus.get(cleaned := names.clean(text), cleaned)
