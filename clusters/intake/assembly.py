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
from clusters.intake import changes as changed
from clusters.intake import texts
from clusters.intake import values as cells
from clusters.intake.changes import Change
from clusters.intake.headers import RelationColumns
from clusters.intake.organisations import NODE_ONLY, Conflict, Organisations, most_frequent
from clusters.intake.place_reading import READ, PlaceReader
from clusters.intake.rows import Values
from clusters.intake.table import Column, Consecutive, RawTable, cell_text, joined, missing
from clusters.intake.texts import Texts
from clusters.sentences import Note

_STEP = 1 << 20
_PART = 1 << 16


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
    changes: list[Change] = field(default_factory=list)
    """What was written in another way."""
    variants: int = 0
    """Variants of the thesaurus that occur."""

    @property
    def names(self) -> NDArray[np.object_] | Texts:
        """Cleaned names of both ends."""
        return self.source.values


def said_of_ends(
    table: RawTable, columns: RelationColumns
) -> tuple[dict[tuple[str, str], Column], list[Note]]:
    """Return the cells of every attribute by (end, attribute), places in one form, and what to say of it.

    Free text may add provinces and cities, which come last.
    """
    reader = PlaceReader(table.name, any(attribute == "country" for _, attribute in columns.attributes))
    result: dict[tuple[str, str], Column] = {}
    added: dict[tuple[str, str], Column] = {}
    for end in dict.fromkeys(end for end, _ in columns.attributes):
        own = {a: table.columns[at] for (e, a), at in columns.attributes.items() if e == end and a in READ}
        for attribute, column in reader.columns(own, len(table.lines)).items():
            (result if attribute in own else added)[(end, attribute)] = column
    in_order = {
        pair: result[pair] if pair in result else tidied(table.columns[at])
        for pair, at in columns.attributes.items()
    }
    return in_order | added, reader.warnings()


@dataclass(frozen=True)
class Mentions:
    """Every mention of an organisation in the rows in use: source and target of each in turn."""

    table: RawTable
    rows: NDArray[np.intp] | Consecutive
    nodes: NDArray[np.int32]
    index: pd.Index

    @property
    def chosen(self) -> NDArray[np.intp] | slice:
        """The rows in use, as a slice where that is all of them."""
        return slice(None) if isinstance(self.rows, Consecutive) else self.rows

    def of(self, pair: tuple[Column, Column]) -> Column:
        """Return what is said of the organisation at each mention."""
        one, two = joined([column.take(self.chosen) for column in pair])
        codes = np.empty(self.nodes.size, np.int32)
        codes[0::2], codes[1::2] = one.codes, two.codes
        return Column(codes, one.values)

    def at(self, mention: int) -> Note:
        """Return the place of a mention for messages."""
        return self.table.at(int(self.rows[mention // 2]))


def mentions(
    table: RawTable, oriented: Oriented, used: NDArray[np.bool_], known: Organisations | None
) -> Mentions:
    """Number the organisations: the nodes table first, then as they appear in the rows in use."""
    rows = Consecutive(0, used.size) if used.all() else np.flatnonzero(used)
    chosen = slice(None) if isinstance(rows, Consecutive) else rows
    source, target = oriented.source.codes[chosen], oriented.target.codes[chosen]
    size = len(oriented.names)
    position = np.full(size, -1, np.int32)
    ids = np.empty(0, object)
    if known is not None:
        ids = np.asarray(known.frame.index, object)
        at = _positions(oriented.names, ids)
        position[at[at >= 0]] = np.flatnonzero(at >= 0)
    first = _first_mention(source, target, size)
    new = np.flatnonzero((first < _NEVER) & (position < 0))
    new = new[np.argsort(first[new])]
    position[new] = np.arange(len(ids), len(ids) + new.size)
    nodes = np.empty(2 * rows.size, np.int32)
    nodes[0::2], nodes[1::2] = position[source], position[target]
    index = pd.Index(
        np.concatenate([ids, np.asarray(oriented.names[new], object)]), name="node", dtype=object
    )
    return Mentions(table, rows, nodes, index)


_NEVER = np.iinfo(np.int64).max


def _first_mention(source: NDArray[np.int32], target: NDArray[np.int32], size: int) -> NDArray[np.int64]:
    """Return where each name is first mentioned, source before target in each row."""
    firsts = []
    for codes, offset in ((source, 0), (target, 1)):
        first = np.full(size, _NEVER)
        for start in reversed(range(0, len(codes), _STEP)):
            # Of several values given to one place the last one stays.
            part = codes[start : start + _STEP][::-1]
            first[part] = 2 * np.arange(start + part.size - 1, start - 1, -1) + offset
        firsts.append(first)
    result: NDArray[np.int64] = np.minimum(*firsts)
    return result


def _positions(names: NDArray[np.object_] | Texts, wanted: NDArray[np.object_]) -> NDArray[np.integer]:
    if isinstance(names, Texts):
        return names.positions(wanted)
    found: NDArray[np.integer] = pd.Index(names, dtype=object).get_indexer(pd.Index(wanted, dtype=object))
    return found


def relation_frame(
    columns: RelationColumns,
    oriented: Oriented,
    values: Values,
    said: Mentions,
    known: Organisations | None,
    warnings: list[str],
) -> pd.DataFrame:
    """Build the frame of the relations in use; its index holds their lines."""
    table, rows = said.table, said.chosen
    data: dict[str, Any] = {}
    ends = pd.CategoricalDtype(said.index)
    for k, end in enumerate(("source", "target")):
        data[end] = pd.Categorical.from_codes(said.nodes[k::2], dtype=ends)
    if values.year is not None:
        data["year"] = values.year[rows]
    if values.date is not None:
        data["date"] = categorical(values.date.take(rows))
    if values.kind is not None:
        kind = values.kind.take(rows)
        _warn_missing_kinds(table, columns, said.rows, kind, warnings)
        if (kind.codes >= 0).any():
            data["kind"] = categorical(kind)
    if values.weight is not None:
        data["weight"] = values.weight[rows]
    for level, pair in _levels(oriented, said, known).items():
        for end, categories in zip(("source", "target"), _same_categories(pair), strict=True):
            data[f"{end}_{level}"] = categories
    for name, position in columns.classes.items():
        column = tidied(table.columns[position].take(rows))
        if (column.codes >= 0).any():
            data.setdefault(name, categorical(column))
        elif table.header[position].strip() and not (tidied(table.columns[position]).codes >= 0).any():
            # Empty in the whole file, not only in the rows in use.
            warnings.append(Note("note.empty_column", name=table.name, column=table.header[position]))
    return pd.DataFrame(data, index=_numbers(table.lines, rows))


def _numbers(lines: NDArray[np.int64] | Consecutive, rows: NDArray[np.intp] | slice) -> pd.Index:
    """Return the lines of rows as an index, which is a mere range where none is left out."""
    if isinstance(lines, Consecutive) and isinstance(rows, slice):
        return pd.RangeIndex(lines.first, lines.first + lines.size)
    chosen = lines[rows]
    if chosen.size and chosen[-1] - chosen[0] + 1 == chosen.size and (np.diff(chosen) == 1).all():
        return pd.RangeIndex(int(chosen[0]), int(chosen[-1]) + 1)
    return pd.Index(chosen)


def tidied(column: Column) -> Column:
    """Return a column with every text tidied."""
    return column.map(names.tidy, names.tidy_lines)


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
            sides = (pair[0].take(said.chosen), pair[1].take(said.chosen))
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
    order = occurring[_by_characters(values, occurring)]
    small = np.int8 if order.size < 127 else np.int16 if order.size < 32767 else np.int32
    lookup: NDArray[np.integer] = np.full(len(values) + 1, -1, small)
    lookup[order] = np.arange(order.size)
    categories = pd.Index(list(values[order]), dtype=object if not order.size else None)
    return [pd.Categorical.from_codes(lookup[c.codes], categories=categories) for c in together]


def _by_characters(values: NDArray[np.object_] | Texts, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the order of some texts by the numbers of their characters, which is that of UTF-8."""
    if isinstance(values, Texts):
        return values.take(chosen).order()
    texts = values[chosen]
    # An array of Python's texts is compared one by one, a fixed-width one is as wide as the longest.
    wide = texts.size * max(map(len, texts), default=0) > 1 << 22
    order: NDArray[np.int64] = np.argsort(texts if wide else texts.astype(str), kind="stable")
    return order


def _warn_missing_kinds(
    table: RawTable,
    columns: RelationColumns,
    rows: NDArray[np.intp] | Consecutive,
    kind: Column,
    warnings: list[str],
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


def _conflict_text(attribute: str, conflict: Conflict, values: NDArray[Any] | Texts, said: Mentions) -> Note:
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


def name_warnings(table: RawTable, ends: Sequence[Column], changes: list[Change] | None = None) -> list[str]:
    """Say what cleaning changed in names beyond blanks: invisible characters, look-alike letters.

    The rows are added to ``changes``.
    """
    counts: dict[str, int] = {}
    found_codes: dict[str, list[list[int]]] = {}
    for end, column in enumerate(ends):
        size: NDArray[np.intp] | None = None
        for code, text in _suspects(column.values):
            for what, _ in _changes(text):
                if size is None:
                    size = np.bincount(column.codes[column.codes >= 0], minlength=len(column.values))
                counts[what] = counts.get(what, 0) + int(size[code])
                found_codes.setdefault(what, [[] for _ in ends])[end].append(code)
    if changes is not None:
        known = [(what, reason) for what, reason in _REASONS.items() if what in found_codes]
        changes += [changed.of_codes(reason, ends, found_codes[what], names.clean) for what, reason in known]
    result: list[str] = []
    for what, n in counts.items():
        row, text = _first_case(ends, found_codes[what])
        result.append(Note(what, name=table.name, n=n, at=table.at(row), **dict(_changes(text))[what]))
    return result


def _first_case(ends: Sequence[Column], codes: Sequence[Sequence[int]]) -> tuple[int, str]:
    """Return the first row that names somebody by one of the codes, of which each end has its own."""
    found: list[tuple[int, str]] = []
    for column, own in zip(ends, codes, strict=True):
        wanted = np.zeros(len(column.values) + 1, bool)
        wanted[list(own)] = True
        rows = wanted[column.codes]
        if rows.any():
            row = int(rows.argmax())
            found.append((row, column.values[column.codes[row]]))
    return min(found, key=lambda case: case[0])


_REASONS = {"note.controls": "name_controls", "note.lookalikes": "name_lookalikes"}


def _suspects(values: NDArray[np.object_] | Texts) -> Iterator[tuple[int, str]]:
    """Return the names that may hold what cannot be seen, with their codes."""
    codes = values.odd() if isinstance(values, Texts) else np.arange(len(values))
    for start in range(0, codes.size, _PART):
        part = codes[start : start + _PART]
        found = list(values[part])
        if names.hides("\n".join(found)):
            yield from (
                (int(code), text) for code, text in zip(part, found, strict=True) if names.hides(text)
            )


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
    codes = _fold_codes(index)
    alike = np.bincount(codes[codes >= 0])
    first = np.flatnonzero((codes >= 0) & (alike[codes] > 1))[:1]
    if not first.size:
        return []
    one, two = (index[i] for i in np.flatnonzero(codes == codes[first[0]])[:2])
    return [Note("note.names_alike", name=name, n=int((alike > 1).sum()), one=one, two=two)]


def _fold_codes(index: pd.Index) -> NDArray[np.integer]:
    """Number names so that those which differ in case or blanks only are one."""
    if len(index) <= texts.FEW:
        return pd.factorize(np.array([*map(_folded, index), ""], object))[0][:-1]
    own = Texts.of(index.to_numpy(object))
    at = own.odd(folded=True)
    folded = own.take(at).map_all(_folded, names.casefold_lines)
    # A name is its own form or another's: only those that folding changes can meet another.
    _, different = Texts.joined([folded])
    if len(different) == at.size and not (np.delete(different.positions(own), at) >= 0).any():
        return np.empty(0, np.int32)
    whole = np.asarray(own)
    whole[at] = np.asarray(folded)
    return pd.factorize(whole)[0]


def _folded(text: object) -> str:
    return str(text).casefold().replace(" ", "")


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


def clean_names(
    columns: Sequence[Column], thesaurus: Mapping[str, str], changes: list[Change] | None = None
) -> tuple[list[Column], int]:
    """Write names in the spelling they are counted under, on one list of names.

    The number of the thesaurus's variants that occur comes second; ``changes`` gets what changed.
    """
    together = joined(columns)
    values = together[0].values
    own = Column(np.arange(len(values), dtype=np.int32), values)
    every = spelled = own.map(names.clean, names.clean_lines)
    found = 0
    if thesaurus:
        found = changed.variants_found(spelled, thesaurus)
        every = spelled.rename(thesaurus)
    if changes is not None:
        changes += changed.of_names(together, own, spelled, every)
    if isinstance(values, Texts):
        texts.release()
    if every.values is values:
        return together, found
    lookup = np.append(every.codes, np.int32(-1))
    return [Column(lookup[column.codes], every.values) for column in together], found
