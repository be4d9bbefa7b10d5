"""Is it a tree? Do its weights add up? One clear message where not."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from clusters.errors import DataError
from clusters.index._nodes import near
from clusters.index.framework import Aggregate, Indicator

Node = Aggregate | Indicator

ROOT = "total"
"""The root that need not be declared."""
DEEPEST = 100
MOST = 0.005
"""Rounding of printed weights is taken for the reason of a sum this far from 1, not farther."""


def tree(
    indicators: Sequence[Indicator], aggregates: Sequence[Aggregate], file: str
) -> tuple[Aggregate, ...]:
    """Check that the nodes are one tree; return the aggregates, the root first, parents before children."""
    if not indicators:
        raise DataError(
            f"{file}: the framework has no indicator", hint="an index needs at least one [[indicator]]"
        )
    every: list[Node] = [*aggregates, *indicators]
    _unique(every, file)
    with_root = _with_root(aggregates, {node.parent for node in every})
    _parents(indicators, with_root, file)
    _no_cycle(with_root, file)
    roots = [node.id for node in with_root if node.parent is None]
    if len(roots) > 1:
        raise DataError(
            f"{file}: {len(roots)} aggregates have no parent ({', '.join(map(repr, roots))}), but an index "
            "has one root",
            hint=f"give all but one of them a parent, or all of them the parent {ROOT!r}",
        )
    named = {node.parent for node in every}
    for node in with_root:
        if node.id not in named:
            raise DataError(
                f"{file}: aggregate {node.id!r} has no children",
                hint=f"let an indicator or an aggregate have parent = {node.id!r}, or leave it out",
            )
    return _ordered(with_root, file)


def _unique(nodes: Sequence[Node], file: str) -> None:
    seen: dict[str, str] = {}
    for node in nodes:
        what = type(node).__name__.lower()
        if node.id in seen:
            both = f"twice as {what}" if seen[node.id] == what else f"as {seen[node.id]} and as {what}"
            raise DataError(f"{file}: the id {node.id!r} stands {both}", hint="every node has its own id")
        seen[node.id] = what


def _with_root(aggregates: Sequence[Aggregate], named: set[str | None]) -> list[Aggregate]:
    """Add the root that is named as a parent without being declared."""
    declared = {node.id for node in aggregates}
    if any(node.parent is None for node in aggregates) or ROOT in declared or ROOT not in named:
        return list(aggregates)
    return [Aggregate(ROOT, None, "Total", "总指数"), *aggregates]


def _parents(indicators: Sequence[Indicator], aggregates: Sequence[Aggregate], file: str) -> None:
    known = [node.id for node in aggregates]
    leaves = {node.id for node in indicators}
    every: list[Node] = [*aggregates, *indicators]
    for node in every:
        what = type(node).__name__.lower()
        if node.parent in leaves:
            raise DataError(
                f"{file}: {what} {node.id!r} has the parent {node.parent!r}, which is an indicator",
                hint="only an aggregate has children",
            )
        if node.parent is not None and node.parent not in known:
            guess = near(node.parent, known)
            raise DataError(
                f"{file}: {what} {node.id!r} has the unknown parent {node.parent!r}",
                hint=f"is {guess!r} meant?" if guess else f"declare [[aggregate]] id = {node.parent!r}",
            )


def _no_cycle(aggregates: Sequence[Aggregate], file: str) -> None:
    above = {node.id: node.parent for node in aggregates}
    safe: set[str] = set()
    for start in above:
        path: list[str] = []
        at: str | None = start
        while at is not None and at not in safe:
            if at in path:
                cycle = [*path[path.index(at) :], at]
                raise DataError(
                    f"{file}: the parents go round in a circle: {' -> '.join(cycle)}",
                    hint="one aggregate has no parent (the root), and every other one leads to it",
                )
            path.append(at)
            at = above[at]
        safe.update(path)


def _ordered(aggregates: Sequence[Aggregate], file: str) -> tuple[Aggregate, ...]:
    below: dict[str | None, list[Aggregate]] = {}
    for node in aggregates:
        below.setdefault(node.parent, []).append(node)
    ordered, level = list(below[None]), {below[None][0].id: 0}
    for node in ordered:  # grows while it is walked: level by level
        for child in below.get(node.id, []):
            level[child.id] = level[node.id] + 1
            if level[child.id] > DEEPEST:
                raise DataError(
                    f"{file}: {child.id!r} is more than {DEEPEST} levels below the root",
                    hint="an index has a few levels; leave out those with a single child",
                )
            ordered.append(child)
    return tuple(ordered)


def check_weights(nodes: Sequence[Node], file: str, *, sums: bool = True) -> None:
    """Check the weights of every set of siblings; without ``sums`` any sum will do.

    Whole numbers and equal weights of 1 or more are relative. Anything else is a share: the sum must
    be 1, or 100, up to the rounding of the printed digits.
    """
    siblings: dict[str, list[Node]] = {}
    for node in nodes:
        if node.parent is not None:
            siblings.setdefault(node.parent, []).append(node)
    for parent, children in siblings.items():
        if not any(node.weight for node in children):
            raise DataError(
                f"{file}: all children of {parent!r} have the weight 0",
                hint="at least one must weigh something",
            )
        wrong = unlike_one([node.weight for node in children]) if sums else None
        if wrong is not None:
            listed = ", ".join(f"{node.id} {node.weight:g}" for node in children)
            total = sum((_exact(node.weight) for node in children), Decimal())
            raise DataError(
                f"{file}: the weights of the children of {parent!r} sum to {float(total):g}, not {wrong:g} "
                f"({listed})",
                hint='correct them, or set weights_sum = "any" under [index] to have them rescaled',
            )


def unlike_one(weights: Sequence[float]) -> float | None:
    """Return the sum that weights of siblings should have and have not, or ``None``.

    Examples
    --------
    >>> unlike_one([0.15, 0.2, 0.25, 0.2, 0.2]), unlike_one([1, 1, 2]), unlike_one([0.3, 0.3])
    (None, None, 1.0)
    >>> unlike_one([0.5, 0.6]), unlike_one([30, 40, 35]), unlike_one([0.33, 0.33, 0.33])
    (1.0, 100.0, None)
    """
    exact = [_exact(weight) for weight in weights if weight]
    total = sum(exact, Decimal())
    if len(set(exact)) <= 1:
        return None if _equal(exact, total) else 1.0
    if all(weight == weight.to_integral_value() for weight in exact):
        percent = max(exact) >= 5 and 80 <= total <= 120 and total != 100
        return 100.0 if percent else None
    whole = 100 if max(exact) > 1 and total > 50 else 1
    digits = max(-int(weight.as_tuple().exponent) for weight in exact)
    rounding = min(len(exact) * Decimal(5).scaleb(-digits - 1), whole * Decimal(str(MOST)))
    return float(whole) if abs(total - whole) > rounding else None


def _equal(exact: Sequence[Decimal], total: Decimal) -> bool:
    """Tell whether equal weights are fine: 1 each, or any number; but fractions are shares and sum to 1."""
    if len(exact) <= 1 or exact[0] >= 1:
        return True
    digits = -int(exact[0].as_tuple().exponent)
    return abs(total - 1) <= len(exact) * Decimal(5).scaleb(-digits - 1)


def _exact(weight: float) -> Decimal:
    """Return a weight with the digits it was written with."""
    return Decimal(repr(float(weight)))
