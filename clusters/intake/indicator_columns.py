"""Which column of a table is which indicator of a framework."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from clusters.errors import DataError, UsageError
from clusters.intake import formula, layouts
from clusters.intake.headers import key
from clusters.intake.layouts import Grid
from clusters.sentences import Note

_END = re.compile(r"\s*[(（\[【][^()（）\[\]【】]*[)）\]】]\s*$")
"""What stands in parentheses at the end of a header."""


class _Node(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name_en(self) -> str: ...
    @property
    def name_zh(self) -> str: ...


class _Leaf(_Node, Protocol):
    @property
    def denominator(self) -> str | None: ...
    @property
    def formula(self) -> str | None: ...


class Tree(Protocol):
    """What reading needs to know of a framework (``index.framework.Framework`` is one)."""

    @property
    def indicators(self) -> Sequence[_Leaf]:
        """Leaves."""

    @property
    def aggregates(self) -> Sequence[_Node]:
        """Inner nodes."""

    @property
    def root(self) -> str:
        """The aggregate that is the score."""

    @property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """Children of every aggregate."""

    @property
    def unit_column(self) -> str | None:
        """Column that names the units, where it is known."""

    @property
    def groups(self) -> tuple[str, ...]:
        """Columns that its steps need as they are, such as groups of units."""

    def leaves(self, node: str) -> tuple[str, ...]:
        """Return the indicators below a node."""


class Wanted:
    """The columns that a framework asks for, and where a table has them."""

    def __init__(self, framework: Tree | None, mapping: dict[str, str]) -> None:
        self.framework, self.mapping = framework, mapping
        self.formulas: dict[str, formula.Formula] = {}
        self.aliases: dict[str, tuple[str, ...]] = {}
        """Everything that may be a column, with its other names."""
        self.nodes: frozenset[str] = frozenset()
        if framework is None:
            return
        nodes: list[_Node] = [*framework.indicators, *framework.aggregates]
        self.aliases = {node.id: (node.name_zh, node.name_en) for node in nodes}
        self.nodes = frozenset(self.aliases)
        self.formulas = {i.id: formula.parse(i.formula) for i in framework.indicators if i.formula}
        inputs = [name for found in self.formulas.values() for name in found.names]
        inputs += [i.denominator for i in framework.indicators if i.denominator]
        for column in (*inputs, *framework.groups):
            self.aliases.setdefault(column, ())

    def words(self) -> frozenset[str]:
        """Return the keys of all names of all columns that are asked for."""
        names = [name for own, others in self.aliases.items() for name in (own, *others) if name]
        return frozenset(key(name) for name in (*names, *self.mapping.values()))

    def columns(self, grid: Grid, said: list[str]) -> dict[str, str]:
        """Return the column of everything that is asked for and there.

        A column is told by ``mapping``, by the id as it is, by the id folded, by a printed name, and last
        by any of them without what stands in parentheses at its end, such as a unit. No two nodes share
        a column; a denominator may be an indicator, too.
        """
        fixed = self._mapped(grid)
        claimed = {column for wanted, column in fixed.items() if wanted in self.nodes}
        shared = self._shared_names()
        names = {wanted: {key(n) for n in others if n} - shared for wanted, others in self.aliases.items()}
        self._claim(fixed, claimed, {c: {c} for c in grid.columns}, {w: {w} for w in names}, grid)
        folded = {column: {key(column)} for column in grid.columns}
        self._claim(fixed, claimed, folded, {w: {key(w)} for w in names}, grid)
        self._claim(fixed, claimed, folded, names, grid)
        before = dict(fixed)
        bare = {c: {key(_END.sub("", c))} for c in grid.columns if _END.search(c)}
        self._claim(fixed, claimed, bare, {w: {key(w), *names[w]} for w in names}, grid)
        taken = [f"{column} -> {wanted}" for wanted, column in fixed.items() if wanted not in before]
        if taken:
            said.append(Note("note.columns_without_end", name=grid.table.name, columns=taken))
        return fixed

    def _mapped(self, grid: Grid) -> dict[str, str]:
        fixed = {}
        for wanted, text in self.mapping.items():
            if self.framework is not None and wanted not in self.aliases:
                raise UsageError(
                    f"--map {wanted}={text}: the framework asks for no column {wanted!r}",
                    hint=f"it asks for {', '.join(self.aliases)}",
                )
            fixed[wanted] = layouts.column(list(grid.columns), text, grid.table.name, f"--map {wanted}=")
        return fixed

    def _claim(
        self,
        fixed: dict[str, str],
        claimed: set[str],
        offered: Mapping[str, set[str]],
        asked: Mapping[str, set[str]],
        grid: Grid,
    ) -> None:
        """Give every name that has no column yet the one that offers a key it asks for."""
        by_key: dict[str, list[str]] = {}
        for column, keys in offered.items():
            for one in keys:
                by_key.setdefault(one, []).append(column)
        for wanted, keys in asked.items():
            if wanted in fixed:
                continue
            node = wanted in self.nodes
            alike = [c for k in sorted(keys) for c in by_key.get(k, ()) if not (node and c in claimed)]
            alike = list(dict.fromkeys(alike))
            if len(alike) > 1:
                both = " and ".join(map(repr, alike))
                raise DataError(
                    f"{grid.table.name}: the columns {both} both read as {wanted!r}",
                    hint=f"name one with --map {wanted}=COLUMN",
                )
            if alike:
                fixed[wanted] = alike[0]
                if node:
                    claimed.add(alike[0])

    def _shared_names(self) -> set[str]:
        """Return the printed names that several nodes have: they tell none of them."""
        seen: dict[str, str] = {}
        shared = set()
        for own, others in self.aliases.items():
            for name in {key(own), *(key(n) for n in others if n)}:
                if seen.setdefault(name, own) != own:
                    shared.add(name)
        return shared
