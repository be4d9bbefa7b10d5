"""What a score is made of: profiles of a few units, and contributions of the parts to the whole."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from clusters.figures._index import RESERVED, digits_of, known, latest, node_names, unit_names
from clusters.figures._style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PALETTE,
    QUIET,
    RED,
    RULE,
    TEXT,
    WIDTH,
    canvas,
    key,
    no_data,
    shade,
    tidy,
)
from clusters.figures._text import Words, width, wrap

COLORS = (BLUE, RED, GREEN, ORANGE)
MOST_AXES = 12
"""Dimensions that a radar can hold; more stand in the list of values only."""
MOST_ROWS = 30
"""Dimensions in the list of values."""
HEADS = {1: (14, 9.0, 24), 2: (11, 9.0, 17), 3: (9, 8.0, 14), 4: (8, 7.0, 12)}
"""By columns of values: columns of text and size of the names above them, and text of the rows' names."""
MOST_BARS = 30
PARTS = 8
"""Parts of a bar that have a colour; the others are one grey part."""


def index_profile(
    table: pd.DataFrame,
    *,
    units: Sequence[str] | None = None,
    dimensions: Sequence[str] | None = None,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Compare units over the dimensions of an index: a radar, and the exact values beside it.

    Parameters
    ----------
    table
        ``unit`` and one column of scores per dimension; ``attrs["words"]`` may name the dimensions.
        Of a panel the last year is drawn.
    units
        Two to four units; by default the first two rows, or those of the best ranks.
    dimensions
        Columns; by default all numbers but rank, score and tier.
    lang, ax, title, synthetic
        As in ``index_ranking``.

    Returns
    -------
    Axes
        Its ``child_axes`` are the radar, which is left out for fewer than 3 or more than 12 dimensions, and
        the values. Rings carry their score; the innermost one is not always 0, so areas say nothing.

    References
    ----------
    36Kr 2020, 北京 VS 上海.

    Examples
    --------
    >>> table = pd.DataFrame({"unit": ["a", "b"], "x": [90.0, 80.0], "y": [60.0, 70.0], "z": [75.0, 75.0]})
    >>> ax = index_profile(table)
    >>> [text.get_text() for text in ax.child_axes[-1].texts][-3:]
    ['z', '75.00', '75.00']
    """
    rows, columns = _profiles(table, units, dimensions)
    round_ = 3 <= len(columns) <= MOST_AXES
    with canvas(
        ax,
        lang=lang,
        size=(WIDTH + 1, 4.6 if round_ else 1.2 + 0.3 * max(2, len(columns))),
        title=title,
        term="figure.index_profile",
        synthetic=synthetic,
        head=24 if round_ else 0,
    ) as (axes, words):
        if rows.empty or not columns:
            no_data(axes, words)
            return axes
        axes.set_axis_off()
        names = node_names(table, columns, words)
        values = rows[columns].to_numpy(dtype=float)
        who = unit_names(rows, words, 30)
        if round_:
            everyone = table[columns].to_numpy(dtype=float)
            _radar(axes.inset_axes((0.04, 0, 0.46, 1)), values, everyone, names, words)
        _values(axes.inset_axes((0.63, 0, 0.37, 1) if round_ else (0, 0, 1, 1)), values, who, names, words)
    return axes


def _profiles(
    table: pd.DataFrame, units: Sequence[str] | None, dimensions: Sequence[str] | None
) -> tuple[pd.DataFrame, list[str]]:
    rows = known(latest(table), "unit")
    numbers = [str(c) for c in rows.select_dtypes("number").columns if c not in RESERVED]
    columns = [c for c in (dimensions or numbers) if c in rows.columns and rows[c].notna().any()][:MOST_ROWS]
    rows = rows[rows[columns].notna().any(axis=1)] if columns else rows.head(0)
    if units is not None and len(rows):
        rows = rows.drop_duplicates("unit").set_index("unit", drop=False)
        rows = rows.loc[[unit for unit in units if unit in rows.index]]
    elif "rank" in rows.columns:
        rows = rows.sort_values("rank", kind="stable")
    return rows.head(len(COLORS) if units is not None else 2).reset_index(drop=True), columns


def _rings(everyone: np.ndarray) -> list[float]:
    """Return round values for the rings: from 0, or from below the least where all are far above 0."""
    low, high = float(np.nanmin(everyone)), float(np.nanmax(everyone))
    base = low if low < 0 or low > 0.35 * high else 0.0
    span = (high - base) or abs(high) or 1.0
    step = next(
        s for s in (10 ** math.floor(math.log10(span / 4)) * m for m in (1, 2, 2.5, 5, 10)) if s * 5 >= span
    )
    first = math.floor(base / step - (0.05 if base > 0 else 0)) * step
    first = max(first, 0.0) if low >= 0 else first
    rings = [first]
    while rings[-1] < high - 1e-9 * abs(high):
        rings.append(round(rings[-1] + step, 10))
    return rings


def _radar(ax: Axes, values: np.ndarray, everyone: np.ndarray, names: Sequence[str], words: Words) -> None:
    rings = _rings(everyone)
    span = rings[-1] - rings[0] or 1.0
    angles = np.pi / 2 - 2 * np.pi * np.arange(len(names)) / len(names)
    directions = np.column_stack([np.cos(angles), np.sin(angles)])
    closed = [*range(len(names)), 0]
    for ring in rings[1:]:
        ax.plot(*(directions[closed] * (ring - rings[0]) / span).T, color=RULE, linewidth=0.8, zorder=1)
    for x, y in directions:
        ax.plot([0, x], [0, y], color=RULE, linewidth=0.8, zorder=1)
    for row, color in zip(values, COLORS, strict=False):
        reach = np.where(np.isfinite(row), (row - rings[0]) / span, np.nan)[:, None] * directions
        ax.plot(*reach[closed].T, color=color, marker="o", markersize=4.5, zorder=3)
        if np.isfinite(reach).all():
            ax.fill(*reach.T, color=color, alpha=0.1, zorder=2)
    _ring_marks(ax, rings, len(names), words)
    for (x, y), name in zip(directions, names, strict=True):
        ax.annotate(
            wrap(name, 18 if abs(x) < 0.9 else 14, 3),
            (x, y),
            xytext=(7 * x, 6 * y),
            textcoords="offset points",
            ha="center" if abs(x) < 0.2 else "left" if x > 0 else "right",
            va="center" if abs(y) < 0.2 else "bottom" if y > 0 else "top",
            fontsize=TEXT["small"],
            annotation_clip=False,
        )
    ax.set(xlim=(-1.05, 1.05), ylim=(-1.05, 1.05), aspect="equal")
    ax.set_axis_off()


def _ring_marks(ax: Axes, rings: Sequence[float], corners: int, words: Words) -> None:
    """Write the score of each ring between the first two axes, where no name and few lines are."""
    half = np.pi / corners
    angle = np.pi / 2 - half
    digits = 0 if all(float(r).is_integer() for r in rings) else 2 if rings[-1] < 1.0 else 1
    span = rings[-1] - rings[0] or 1.0
    for ring in rings:
        reach = (ring - rings[0]) / span * math.cos(half)
        ax.text(
            reach * math.cos(angle),
            reach * math.sin(angle),
            words.number(ring, digits),
            ha="center",
            va="center",
            fontsize=TEXT["tiny"] - 1,
            color=QUIET,
            zorder=4,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.85},
        )


def _values(ax: Axes, values: np.ndarray, who: Sequence[str], names: Sequence[str], words: Words) -> None:
    """Write the values as a list, the best of each row in bold and in its colour."""
    ax.set_axis_off()
    digits = digits_of(values)
    most, size, room = HEADS[len(who)]
    heads = [wrap(name, most, 3) for name in who]
    wide = [max(1, len(who) // 2) + max(6, *(width(line) for line in head.split("\n"))) for head in heads]
    places = 1 - np.r_[np.cumsum(wide[::-1])[::-1][1:], 0] * 0.0029 * size
    top = len(names) + 0.6
    rows = min(max(top + 1, 7), 40)
    ax.set(xlim=(0, 1), ylim=(-(rows - top) / 2 - 0.5, rows - (rows - top) / 2))
    for x, head, color in zip(places, heads, COLORS, strict=False):
        said = ax.text(x, top - 0.7, head, ha="right", va="bottom", fontsize=size, fontweight="bold")
        said.set_color(shade(color))
    for k, (name, row) in enumerate(zip(names, values.T, strict=True)):
        y = len(names) - 1 - k
        ax.axhline(y + 0.5, color=RULE, linewidth=0.8)
        ax.text(0, y, wrap(name, room, 3), ha="left", va="center", fontsize=TEXT["small"])
        best = np.nanmax(row) if np.isfinite(row).any() else np.nan
        for x, value in zip(places, row, strict=True):
            leads = value == best and (row == best).sum() == 1
            ax.text(
                x,
                y,
                words.number(value, digits),
                ha="right",
                va="center",
                fontsize=size,
                fontweight="bold" if leads else "normal",
                color=INK if leads else QUIET,
            )


def index_contributions(
    table: pd.DataFrame,
    *,
    top: int = MOST_BARS,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw what each indicator or dimension adds to the score of a unit, the best unit on top.

    Parameters
    ----------
    table
        ``unit``, ``indicator`` or ``dimension``, ``contribution`` (they add up to the score), as
        ``tables.index_decompose`` gives them; of a panel the last year is drawn.
    top
        Units with the largest sums that are drawn.
    lang, ax, title, synthetic
        As in ``index_ranking``.

    Returns
    -------
    Axes
        Stacked bars; negative contributions stand left of 0. The eight largest parts have colours.

    References
    ----------
    OECD/JRC handbook (Nardo et al. 2008), step 8: back to the data.

    Examples
    --------
    >>> rows = [("a", "x", 6.0), ("a", "y", 3.0), ("b", "x", 2.0), ("b", "y", 5.0)]
    >>> ax = index_contributions(pd.DataFrame(rows, columns=["unit", "indicator", "contribution"]))
    >>> [float(bar.get_width()) for bar in ax.patches], [text.get_text() for text in ax.texts]
    ([6.0, 2.0, 3.0, 5.0], ['9.000', '7.000'])
    """
    part = "dimension" if "indicator" not in table.columns else "indicator"
    wide, rows = _parts(table, part, top)
    units = known(latest(table), "unit", part, "contribution").get("unit", pd.Series()).nunique()
    with canvas(
        ax,
        lang=lang,
        size=(WIDTH + 1, 1.7 + 0.27 * max(len(wide), 3)),
        title=title,
        term="figure.index_contributions",
        synthetic=synthetic,
        head=14 if units > len(wide) else 0,
    ) as (axes, words):
        if wide.empty:
            no_data(axes, words)
            return axes
        colors = [*PALETTE[: min(len(wide.columns), PARTS)], GREY][: len(wide.columns)]
        ends = _stacked(axes, wide, colors)
        totals = wide.sum(axis=1).to_numpy(dtype=float)
        digits = digits_of(totals)
        for row, (end, total) in enumerate(zip(ends, totals, strict=True)):
            axes.annotate(
                words.number(total, digits),
                (end, row),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=TEXT["small"],
            )
        tidy(axes, grid="x", spines=("left",))
        axes.margins(x=0.1)
        axes.set_yticks(range(len(wide)), unit_names(rows, words))
        axes.set_ylim(len(wide) - 0.4, -0.6)
        nodes = [c for c in map(str, wide.columns) if c != OTHERS]
        names = node_names(table, nodes, words, part) + [words.term("axis.other_parts")] * (
            OTHERS in wide.columns
        )
        place = {"loc": "upper left", "bbox_to_anchor": (0.0, -0.25 / (0.27 * max(len(wide), 3)))}
        columns = max(1, min(4, 100 // (max(map(width, names)) + 6)))
        key(axes, colors, [wrap(name, 40) for name in names], ncols=columns, **place)
        if units > len(wide):
            said = words.sentence("index.first_of", shown=len(wide), n=units)
            axes.annotate(
                said,
                (0, 1),
                xycoords="axes fraction",
                xytext=(0, 3),
                textcoords="offset points",
                fontsize=TEXT["tiny"],
                color=QUIET,
            )
    return axes


OTHERS = "\0others"


def _parts(table: pd.DataFrame, part: str, top: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return contributions as units by parts: the largest parts by themselves, the others together."""
    rows = known(latest(table), "unit", part, "contribution")
    if rows.empty:
        return pd.DataFrame(), rows
    wide = rows.pivot_table(index="unit", columns=part, values="contribution", aggfunc="sum", sort=False)
    wide = wide.fillna(0.0)
    totals = wide.sum(axis=1)
    wide = wide.loc[totals.sort_values(ascending=False, kind="stable").index[:top]]
    if len(wide.columns) > PARTS:
        largest = wide.abs().sum().sort_values(ascending=False, kind="stable").index[:PARTS]
        kept = [c for c in wide.columns if c in set(largest)]
        wide = wide[kept].assign(**{OTHERS: wide.drop(columns=kept).sum(axis=1)})
    first = rows.drop_duplicates("unit").set_index("unit", drop=False)
    return wide, first.loc[wide.index].reset_index(drop=True)


def _stacked(ax: Axes, wide: pd.DataFrame, colors: Sequence[str]) -> np.ndarray:
    """Stack the parts to the right of 0 and the negative ones to the left; return the right ends."""
    right, left = np.zeros(len(wide)), np.zeros(len(wide))
    for column, color in zip(wide.columns, colors, strict=True):
        values = wide[column].to_numpy(dtype=float)
        ax.barh(
            np.arange(len(wide)), values, left=np.where(values >= 0, right, left), height=0.72, color=color
        )
        right, left = right + np.maximum(values, 0), left + np.minimum(values, 0)
    if left.min() < 0:
        ax.axvline(0, color=QUIET, linewidth=0.8)
    return right
