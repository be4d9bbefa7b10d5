"""Tiers of an index, and two rankings beside each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from clusters.figures._index import known, latest, node_names, tier_name, unit_names
from clusters.figures._style import (
    BLUE,
    GREY,
    INK,
    QUIET,
    RED,
    TEXT,
    WIDTH,
    canvas,
    no_data,
)
from clusters.figures._text import Words, shorten, width

BETWEEN = re.compile(r"[、,，;]|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
TOP = 30
MEMBERS = 68
"""Columns of text for the members of a tier."""


def tier_pyramid(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw the tiers of an index as a pyramid: bars as wide as tiers have units, first members beside them.

    Parameters
    ----------
    table
        One row per unit (``unit``, ``tier`` and, where known, ``rank``, ``name``), or one per tier
        (``tier``, ``size`` and, where known, ``members`` with commas between them). Of a panel the last
        year is drawn.
    lang, ax, title, synthetic
        As in ``index_ranking``.

    Returns
    -------
    Axes
        One centred bar per tier, the best on top; widths are proportional to sizes.

    References
    ----------
    TMTPost 2024 (1 / 2 / 17 / 84 / 200 cities).

    Examples
    --------
    >>> ax = tier_pyramid(pd.DataFrame({"tier": [1, 2], "size": [1, 4], "members": ["北京", None]}))
    >>> [float(bar.get_width()) for bar in ax.patches]
    [1.0, 4.0]
    """
    with canvas(
        ax,
        lang=lang,
        size=(WIDTH + 1, 0.9 + 0.52 * max(2, _count(table))),
        title=title,
        term="figure.tier_pyramid",
        synthetic=synthetic,
    ) as (axes, words):
        found = _tiers(table, words)
        if not found:
            no_data(axes, words)
            return axes
        axes.set_axis_off()
        widest = max(1, *(size for _, size, _ in found))
        for row, (tier, size, members) in enumerate(found):
            axes.barh(
                row, size, left=-size / 2, height=0.82, color=BLUE, alpha=1 - 0.55 * row / max(1, len(found))
            )
            _beside(
                axes,
                row,
                f"{tier_name(tier, table, words)}",
                words.sentence("index.units", n=size),
                -1,
                widest,
            )
            _members(axes, row, members, size, widest)
        axes.set(xlim=(-0.86 * widest, 1.75 * widest), ylim=(len(found) - 0.5, -0.5))
    return axes


def _count(table: pd.DataFrame) -> int:
    return int(table["tier"].nunique()) if "tier" in table.columns else 0


def _tiers(table: pd.DataFrame, words: Words) -> list[tuple[int, int, list[str]]]:
    """Return number, size and members of every tier, the best first."""
    rows = known(latest(table), "tier")
    if "size" in rows.columns:
        rows = known(rows, "size").sort_values("tier", kind="stable")
        cells = (
            rows["members"] if "members" in rows.columns else pd.Series(None, index=rows.index, dtype=object)
        )
        return [
            (int(t), int(n), _listed(m, words))
            for t, n, m in zip(rows["tier"], rows["size"], cells, strict=True)
        ]
    rows = known(rows, "unit")
    if rows.empty:
        return []
    rows = rows.sort_values([c for c in ("tier", "rank") if c in rows.columns], kind="stable")
    names = pd.Series(unit_names(rows, words), index=rows.index)
    parts = rows.groupby("tier", sort=True)
    return [(int(float(str(tier))), len(part), names[part.index].tolist()) for tier, part in parts]


def _listed(cell: Any, words: Words) -> list[str]:
    """Part a list of names: at commas, and at blanks between Chinese names, which hold none."""
    text = "" if cell is None or cell != cell else str(cell)
    names = [name.strip() for name in BETWEEN.split(text) if name.strip()]
    return unit_names(pd.DataFrame({"unit": names}, dtype=object), words) if names else []


def _beside(ax: Axes, row: int, name: str, size: str, side: int, widest: float) -> None:
    ax.text(side * 0.53 * widest, row - 0.14, name, ha="right", va="center", fontsize=TEXT["small"])
    ax.text(
        side * 0.53 * widest, row + 0.2, size, ha="right", va="center", fontsize=TEXT["tiny"], color=QUIET
    )


def _members(ax: Axes, row: int, members: Sequence[str], size: int, widest: float) -> None:
    """Write as many members as there is room for, in two lines."""
    lines: list[str] = [""]
    for n, name in enumerate(members):
        between = "  " if lines[-1] else ""
        if width(lines[-1] + between + name) > MEMBERS - 4:
            if len(lines) == 2:
                lines[-1] += " …"
                break
            lines.append(name)
        else:
            lines[-1] += between + name
        if n + 1 == len(members) < size:
            lines[-1] += " …"
    if lines[0]:
        ax.text(
            0.54 * widest,
            row,
            "\n".join(lines),
            ha="left",
            va="center",
            fontsize=TEXT["tiny"],
            linespacing=1.5,
        )


def rank_changes(
    table: pd.DataFrame,
    *,
    before: str = "rank_a",
    after: str = "rank_b",
    names: tuple[str, str] | None = None,
    top: int = TOP,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw how ranks differ between two rankings: two years, two methods, with and without an indicator.

    Parameters
    ----------
    table
        ``unit`` and two columns of ranks; or ``unit``, ``year``, ``rank``: then the first and the last year
        are compared.
    before, after
        The two columns.
    names
        What stands above the two sides; by default the headings of the columns, or the years.
    top
        Units that are drawn: those with the best rank on either side.
    lang, ax, title, synthetic
        As in ``index_ranking``.

    Returns
    -------
    Axes
        One line per unit, blue where its rank improves, red where it worsens, grey where it stays. Numbers
        are ranks; heights are the order among the units drawn.

    Examples
    --------
    >>> table = pd.DataFrame({"unit": ["a", "b"], "rank_a": [1, 2], "rank_b": [2, 1]})
    >>> [line.get_ydata().tolist() for line in rank_changes(table).lines]
    [[0.0, 1.0], [1.0, 0.0]]
    """
    rows, sides = _two_rankings(table, before, after)
    shown = rows[rows[["before", "after"]].min(axis=1) <= top] if len(rows) > top else rows
    with canvas(
        ax,
        lang=lang,
        size=(WIDTH, 1.2 + 0.25 * max(3, len(shown))),
        title=title,
        term="figure.rank_changes",
        synthetic=synthetic,
        head=18,
    ) as (axes, words):
        if shown.empty:
            no_data(axes, words)
            return axes
        shown = shown.reset_index(drop=True)
        heads = names or node_names(table, sides, words)
        _slopes(axes, shown, [words.safe(str(head), "–") for head in heads], words)
        if len(rows) > len(shown):
            said = words.sentence("index.some_of", shown=len(shown), n=len(rows))
            axes.text(0, len(shown) + 0.1, said, ha="left", va="center", fontsize=TEXT["tiny"], color=QUIET)
    return axes


def _two_rankings(table: pd.DataFrame, before: str, after: str) -> tuple[pd.DataFrame, tuple[str, str]]:
    """Return ``unit``, ``name``, ``before``, ``after`` of the units on both sides, and what the sides are."""
    if {"unit", before, after} <= set(table.columns):
        rows = known(table, "unit", before, after).rename(columns={before: "before", after: "after"})
        return rows[[c for c in ("unit", "name", "before", "after") if c in rows.columns]], (before, after)
    rows = known(table, "unit", "year", "rank")
    if rows.empty or rows["year"].nunique() < 2:
        return pd.DataFrame(columns=["unit", "before", "after"]), (before, after)
    ends = int(rows["year"].min()), int(rows["year"].max())
    first, last = (rows[rows["year"] == year].drop_duplicates("unit").set_index("unit") for year in ends)
    found = last.assign(before=first["rank"], after=last["rank"]).dropna(subset=["before"]).reset_index()
    return found[[c for c in ("unit", "name", "before", "after") if c in found.columns]], (
        str(ends[0]),
        str(ends[1]),
    )


def _slopes(ax: Axes, rows: pd.DataFrame, heads: Sequence[str], words: Words) -> None:
    ranks = {side: rows[side].to_numpy(dtype=float) for side in ("before", "after")}
    at = {side: np.empty(len(rows)) for side in ranks}
    for side, other in (("before", "after"), ("after", "before")):
        order = np.lexsort((ranks[other], ranks[side]))
        at[side][order] = np.arange(len(rows), dtype=float)
    names = unit_names(rows, words, 26)
    for k, name in enumerate(names):
        change = ranks["before"][k] - ranks["after"][k]
        color = GREY if change == 0 else BLUE if change > 0 else RED
        ends = [at["before"][k], at["after"][k]]
        wide = 2.4 if abs(change) >= 3 else 1.5
        ax.plot([0, 1], ends, color=color, linewidth=wide, marker="o", markersize=4, solid_capstyle="round")
        ink = INK if change == 0 else color
        ax.text(
            -0.03,
            ends[0],
            f"{name}  {words.number(ranks['before'][k], 0)}",
            ha="right",
            va="center",
            color=ink,
            fontsize=TEXT["small"],
        )
        moved = "" if change == 0 else f"  {'+' if change > 0 else '−'}{words.number(abs(change), 0)}"
        ax.text(
            1.03,
            ends[1],
            f"{words.number(ranks['after'][k], 0)}  {name}{moved}",
            ha="left",
            va="center",
            color=ink,
            fontsize=TEXT["small"],
        )
    ax.set_axis_off()
    ax.set(xlim=(-0.85, 1.95), ylim=(len(rows) - 0.4 + (0.6 if len(rows) else 0), -0.6))
    for x, head, place in ((0, heads[0], "right"), (1, heads[1], "left")):
        ax.annotate(
            shorten(head, 40),
            (x, -0.6),
            xytext=(0, 4),
            textcoords="offset points",
            ha=place,
            va="bottom",
            fontsize=TEXT["small"],
            color=QUIET,
            annotation_clip=False,
        )
