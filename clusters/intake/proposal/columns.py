"""What each column is taken for: by its header, or else by its values and its place.

A header that is known decides. Values only fill in what no header says, and only where the
headers name no ends: a table that is read without help is read in the same way with the
proposal.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from clusters.errors import ClustersError, DataError, UsageError
from clusters.intake import headers, values
from clusters.intake.headers import ENTERPRISE, PARTNER, SOURCE, TARGET, RelationColumns
from clusters.intake.proposal.looks import PLACES, Look, look, sample
from clusters.intake.table import Column, RawTable

_TIERS = {"organisation": 4, "name": 3, "city": 2, "province": 2, "country": 2, "code": 1, "number": 1}
"""How likely a look is that of an end; others are none."""
_CANDIDATES = 8
_EXAMPLES = 3
_SHORT = 40


@dataclass(frozen=True)
class Use:
    """One column of a table and what it was taken for."""

    column: str
    canonical: str | None
    """Name under ``[columns]``; ``None`` for a class under its own name."""
    guessed: bool
    look: Look
    usable: int
    """Cells that hold what the column was taken for; any text for a name or a class."""
    filled: int
    distinct: int
    examples: tuple[str, ...]


@dataclass
class Understood:
    """Which column is which, as far as it can be told."""

    columns: RelationColumns
    looks: list[Look]
    mapping: dict[str, str] = field(default_factory=dict)
    """Canonical name -> column, for the proposal."""
    guessed: dict[str, str] = field(default_factory=dict)
    """The part of it that values decided."""
    undecided: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    """Canonical name and the columns that can each be it."""
    suggested: list[tuple[str, str]] = field(default_factory=list)
    """What further columns look like: canonical name and column, for the user to take."""


def understood(raw: RawTable, *, recognised: bool) -> Understood:
    """Tell which column is which.

    Raises
    ------
    DataError
        The header names a column twice, or no two columns can be the ends of a relation.
    """
    header = plain_header(raw.header)
    looks = [look(column) for column in raw.columns]
    found = _Search(header, raw, looks)
    if not recognised:
        found.guess_ends()
        found.guess_singles()
    result = found.settled()
    result.mapping = _explicit(header, raw.name, result)
    result.suggested = _suggested(header, looks, result)
    return result


def plain_header(header: Sequence[str]) -> list[str]:
    """Return column names as they can be named in a mapping."""
    return [unicodedata.normalize("NFC", text).strip().lstrip("\ufeff") for text in header]


class _Search:
    """Tries what the headers say, and puts in what they leave open."""

    def __init__(self, header: list[str], raw: RawTable, looks: list[Look]) -> None:
        self.header, self.raw, self.looks = header, raw, looks
        self.nodes = [headers.said_of_node(text) for text in header]
        self.guessed: dict[str, str] = {}
        self.undecided: list[tuple[str, tuple[str, ...]]] = []

    def settled(self) -> Understood:
        """Read the header, with a first choice wherever several columns claim one meaning."""
        chosen: dict[str, str] = {}
        for _ in range(len(self.header) + 9):
            try:
                columns = headers.relation_columns(self.header, self.raw.name, {**self.guessed, **chosen})
            except headers.AmbiguousColumnsError as error:
                if error.canonical in chosen or not all(error.columns):
                    raise
                self.undecided.append((error.canonical, error.columns))
                chosen[error.canonical] = error.columns[0]
            except headers.NoDirectionError as error:
                if SOURCE in self.guessed:
                    raise
                self._give_direction(error.columns)
            except UsageError as error:
                raise DataError(str(error.args[0]), hint="rename some of the columns") from None
            else:
                return Understood(columns, self.looks, {}, self.guessed, self.undecided)
        raise DataError(f"{self.raw.name}: the columns cannot be told apart", hint="rename some of them")

    def _give_direction(self, columns: tuple[str, str]) -> None:
        directions = self._with_look("direction")
        if len(directions) == 1 and "direction" not in self.guessed:
            self.guessed["direction"] = self.header[directions[0]]
            return
        for end in (ENTERPRISE, PARTNER):
            self.guessed.pop(end, None)
        self.guessed.update({SOURCE: columns[0], TARGET: columns[1]})

    def _with_look(self, *what: str) -> list[int]:
        """Return the columns of a look whose header says nothing."""
        return [
            position
            for position, found in enumerate(self.looks)
            if found.what in what and self._free(position)
        ]

    def _free(self, position: int) -> bool:
        text = self.header[position]
        return bool(text) and text not in self.guessed.values() and not headers.names_something(text)

    def guess_ends(self) -> None:
        """Take the columns of names for the ends; of two, the first gives."""
        named = headers.ends_named(self.header)
        pairs = ((SOURCE, TARGET), (ENTERPRISE, PARTNER))
        for one, other in (*pairs, *(pair[::-1] for pair in pairs)):
            if one in named:
                position = self._other_end(named[one])
                self.guessed[other] = self.header[position]
                return
        first, second = self._both_ends()
        ends = (ENTERPRISE, PARTNER) if len(self._with_look("direction")) == 1 else (SOURCE, TARGET)
        self.guessed.update({ends[0]: self.header[first], ends[1]: self.header[second]})

    def _candidates(self) -> list[int]:
        free = [
            position
            for position, found in enumerate(self.looks)
            if found.what in _TIERS and self._free(position) and not self.nodes[position]
        ]
        ranked = sorted(
            free, key=lambda p: (-_TIERS[self.looks[p].what], -len(self.raw.columns[p].values), p)
        )
        return sorted(ranked[:_CANDIDATES])

    def _both_ends(self) -> tuple[int, int]:
        pairs = list(itertools.combinations(self._candidates(), 2))
        ranked = [(self._fit(one, other), (-one, -other)) for one, other in pairs]
        # In a table that names organisations only names can be ends: its codes say something of them.
        least = 3 if headers.score_nodes(self.header) else 1
        best = max((entry for entry in ranked if entry[0][0] >= least), default=None)
        if best is None:
            raise self._no_ends()
        return -best[1][0], -best[1][1]

    def _other_end(self, known: int) -> int:
        others = [p for p in self._candidates() if p != known]
        if not others:
            raise self._no_ends()
        return max(others, key=lambda p: (self._fit(known, p, asked=True), -p))

    def _fit(self, one: int, other: int, *, asked: bool = False) -> tuple[int, bool, int]:
        """Rank two columns as the ends: by look, by names that stand in both, by their number."""
        looks = [self.looks[one].what, self.looks[other].what]
        tiers = [_TIERS.get(what, 0) for what in looks]
        same = self.nodes[one] == self.nodes[other] == ""
        alike = not same and (looks[0] == looks[1] or not set(looks) & set(PLACES))
        texts = [set(sample(self.raw.columns[p])) for p in (one, other)]
        fewest = min(len(self.raw.columns[p].values) for p in (one, other))
        return (tiers[1] if asked else min(tiers) if alike else 0), bool(texts[0] & texts[1]), fewest

    def _no_ends(self) -> DataError:
        nodes = headers.score_nodes(self.header) > 0
        listed = ", ".join(repr(text[:40]) for text in self.header[:12])
        return DataError(
            f"{self.raw.name}: no two columns hold names that can be the ends of a relation; it has {listed}",
            hint="this looks like a table of organisations: name the relations first, this with --nodes"
            if nodes
            else "a relation table has one column for who gives and one for who receives",
        )

    def guess_singles(self) -> None:
        """Take the only column of years, of kinds and, where rows are sided, of directions."""
        named = {text for text in self.header if headers.names_something(text)}
        known = headers.singles_named(sorted(named))
        if not known & {"year", "date"}:
            years = self._with_look("year") or self._with_look("date")
            if len(years) == 1:
                self.guessed[self.looks[years[0]].what] = self.header[years[0]]
        if "kind" not in known and len(kinds := self._with_look("kind")) == 1:
            self.guessed["kind"] = self.header[kinds[0]]
        directions = self._with_look("direction")
        if "direction" not in known and ENTERPRISE in self.guessed and len(directions) == 1:
            self.guessed["direction"] = self.header[directions[0]]


def canonical_names(columns: RelationColumns) -> dict[int, str]:
    """Return the name under ``[columns]`` of each column that has one."""
    named = {position: end for end, position in columns.ids.items()}
    named |= {position: f"{end}_{attribute}" for (end, attribute), position in columns.attributes.items()}
    named |= {position: name for name, position in columns.single.items()}
    return named | {position: name for name, position in columns.classes.items()}


def _explicit(header: list[str], name: str, found: Understood) -> dict[str, str]:
    """Return a mapping that names every known column and changes nothing in how they are read."""
    open_names = {canonical for canonical, _ in found.undecided}
    open_columns = {column for _, columns in found.undecided for column in columns}
    chosen = {canonical: columns[0] for canonical, columns in found.undecided}
    every = {
        canonical: header[position]
        for position, canonical in sorted(canonical_names(found.columns).items())
        if header[position]
    }
    own = {c: text for c, text in every.items() if not headers.names_something(text)}
    core = {canonical: header[position] for canonical, position in found.columns.ids.items()}
    core |= {canonical: header[position] for canonical, position in found.columns.single.items()}
    core = {canonical: text for canonical, text in core.items() if text}
    known = {**core, **{c: text for c, text in every.items() if c not in own}, **found.guessed}
    for attempt in (known, {**core, **found.guessed}, found.guessed):
        kept = {c: t for c, t in attempt.items() if c not in open_names and t not in open_columns}
        if found.columns.unused_direction is not None:
            kept.pop("direction", None)
        try:
            again = headers.relation_columns(header, name, {**kept, **chosen})
        except ClustersError:
            continue
        if _same(again, found.columns):
            return kept
    return dict(found.guessed)


def _same(one: RelationColumns, other: RelationColumns) -> bool:
    return (one.ids, one.attributes, one.single, one.classes) == (
        other.ids,
        other.attributes,
        other.single,
        other.classes,
    )


def _suggested(header: list[str], looks: list[Look], found: Understood) -> list[tuple[str, str]]:
    """Say what columns without a known header look like and are not taken for."""
    free = [p for p in found.columns.classes.values() if header[p] and not headers.names_something(header[p])]
    result = []
    if not {"year", "date"} & set(found.columns.single):
        result += [(looks[p].what, header[p]) for p in free if looks[p].what in ("year", "date")]
    if "kind" not in found.columns.single:
        result += [("kind", header[p]) for p in free if looks[p].what == "kind"]
    for place in PLACES:
        alike = [p for p in free if looks[p].what == place]
        if len(alike) == 2:
            ends = list(found.columns.ids)
            result += [(f"{end}_{place}", header[p]) for end, p in zip(ends, alike, strict=True)]
    return result


_READERS: dict[str, Callable[[str], object]] = {
    "direction": values.gives,
    "weight": values.read_weight,
    "role": values.read_role,
    "platform": values.read_flag,
}


def usable(canonical: str | None, column: Column, years: tuple[int, int]) -> tuple[int, list[str]]:
    """Count the cells that hold what a column was taken for, and list the texts that do not."""
    attribute = (canonical or "").removeprefix("source_").removeprefix("target_")
    attribute = attribute.removeprefix("enterprise_").removeprefix("partner_")
    test = _READERS.get(attribute)
    if canonical in ("year", "date"):

        def test(text: str) -> object:
            return values.read_year(text, *years)

    texts = [str(text) for text in column.values]
    fine = [bool(t.strip()) and (test is None or test(t) not in (None, "")) for t in texts]
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(texts))
    wrong = [t for t, good, n in zip(texts, fine, counts, strict=True) if n and t.strip() and not good]
    return int(counts[np.array(fine, bool)].sum()) if texts else 0, wrong


def uses(raw: RawTable, found: Understood, years: tuple[int, int]) -> list[Use]:
    """Describe every column."""
    header = plain_header(raw.header)
    named = canonical_names(found.columns)
    return [
        _use(raw.columns[p], found.looks[p], text, named.get(p), text in found.guessed.values(), years)
        for p, text in enumerate(header)
    ]


def _use(
    column: Column, seen: Look, text: str, canonical: str | None, guessed: bool, years: tuple[int, int]
) -> Use:
    filled, _ = usable(None, column, years)
    good, _ = usable(canonical, column, years)
    shown = tuple(t[:_SHORT] for t in sample(column, _EXAMPLES))
    own = None if canonical == text and not headers.names_something(text) else canonical
    distinct = len({str(t).strip() for t in column.values} - {""})
    return Use(text, own, guessed, seen, good, filled, distinct, shown)
