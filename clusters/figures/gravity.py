"""How flows fall with distance, once the sizes of places are taken out."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from clusters.figures._style import (
    BLUE,
    GREY,
    ORANGE,
    QUIET,
    RED,
    WIDTH,
    canvas,
    log_axis,
    no_data,
    tidy,
)
from clusters.figures._text import Words

CLASSES = 5
"""Classes of distance with equally many pairs."""
MANY = 1000.0
"""Ratio of the ends of an axis from which on only powers of ten are written."""
COLUMNS = ["origin", "destination", "distance", "relations", "fitted_relations", "size_relations"]
DECAY = ("coefficient", "coefficient_low", "coefficient_high")


def distance_decay(
    table: pd.DataFrame,
    fit: pd.DataFrame | None = None,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw observed over expected flows by distance, and what the gravity equation makes of it.

    Parameters
    ----------
    table
        All rows of ``tables.gravity_flows``: ``origin``, ``destination``, ``distance``,
        ``relations``, ``fitted_relations``, ``size_relations``. Pairs without a relation have no
        point on the logarithmic axis; they count in the classes.
    fit
        Rows of ``tables.gravity``: the interval of the distance decay is shaded and its exponent
        written; of several years the last.
    lang
        Language of the words in the picture.
    ax
        Axes to draw on; a new figure by default.
    title
        Title instead of the default; empty for none.
    synthetic
        Mark the picture as one of synthetic data.

    Returns
    -------
    Axes
        Relations over ``size_relations`` against distance, both logarithmic.

    References
    ----------
    Methods F7.

    Examples
    --------
    >>> rows = [("a", "b", 100.0, 20, 20.0, 10.0), ("b", "a", 400.0, 5, 5.0, 10.0)]
    >>> ax = distance_decay(pd.DataFrame(rows, columns=COLUMNS))
    >>> ax.collections[0].get_offsets().tolist()
    [[100.0, 2.0], [400.0, 0.5]]
    """
    with canvas(
        ax, lang=lang, size=(WIDTH, 4.8), title=title, term="figure.distance_decay", synthetic=synthetic
    ) as (axes, words):
        rows = _usable(table)
        apart = rows[rows["origin"] != rows["destination"]]
        if apart.empty or not (apart["relations"] > 0).any():
            no_data(axes, words)
            return axes
        own = rows[rows["origin"] == rows["destination"]]
        _points(axes, apart, own, words)
        _classes(axes, apart, words)
        _line(axes, apart, fit, words)
        axes.set(xscale="log", yscale="log")
        axes.set(xlabel=words.term("distance"), ylabel=words.term("axis.over_size"))
        axes.set_ylim(*_limits(rows))
        tidy(axes, grid="both", spines=("bottom", "left"))
        low, high = axes.get_ylim()
        log_axis(axes.yaxis)
        for axis in (axes.xaxis, axes.yaxis) if high < MANY * low else (axes.xaxis,):
            axis.set_major_locator(LogLocator(base=10, subs=(1.0, 2.0, 5.0)))
            axis.set_major_formatter(FuncFormatter(lambda x, _: words.count(x) if x >= 1 else f"{x:g}"))
        axes.xaxis.set_minor_locator(NullLocator())
        # Where flows fall with distance, no pair is near and exchanges little.
        axes.legend(loc="lower left", handlelength=1.6, borderaxespad=0.2)
    return axes


def _usable(table: pd.DataFrame) -> pd.DataFrame:
    if not set(COLUMNS) <= set(table.columns):
        return pd.DataFrame(columns=COLUMNS)
    numbers = table[COLUMNS[2:]].apply(pd.to_numeric, errors="coerce")
    good = np.isfinite(numbers).all(axis=1) & (numbers["distance"] > 0) & (numbers["size_relations"] > 0)
    found: pd.DataFrame = table.loc[good, COLUMNS]
    return found


def _ratio(rows: pd.DataFrame) -> pd.Series:
    return rows["relations"] / rows["size_relations"]


def _points(ax: Axes, apart: pd.DataFrame, own: pd.DataFrame, words: Words) -> None:
    """Draw each pair that has relations; larger where more are expected, so that chance shows less."""
    for rows, color, mark, term in (
        (apart, GREY, "o", "distance_mark.pairs"),
        (own, ORANGE, "s", "distance_mark.within"),
    ):
        seen = rows[rows["relations"] > 0]
        if seen.empty:
            continue
        area = np.clip(6 * np.sqrt(seen["size_relations"]), 4, 90)
        ax.scatter(
            seen["distance"],
            _ratio(seen),
            s=area,
            color=color,
            marker=mark,
            alpha=0.45,
            linewidths=0,
            label=words.term(term),
        )


def _classes(ax: Axes, apart: pd.DataFrame, words: Words) -> None:
    """Draw observed over expected relations of classes of distance, pairs without relations included."""
    ordered = apart.sort_values("distance", kind="stable")
    number = min(CLASSES, len(ordered))
    label: str | None = words.term("distance_mark.classes")
    for part in np.array_split(np.arange(len(ordered)), number):
        rows = ordered.iloc[part]
        ratio = rows["relations"].sum() / rows["size_relations"].sum()
        if ratio > 0:
            ends = [rows["distance"].min(), rows["distance"].max()]
            ax.plot(ends, [ratio, ratio], color=BLUE, linewidth=3.0, label=label, solid_capstyle="butt")
            label = None


def _line(ax: Axes, apart: pd.DataFrame, fit: pd.DataFrame | None, words: Words) -> None:
    ordered = apart.sort_values("distance", kind="stable")
    ends = ordered["distance"].iloc[[0, -1]].to_numpy(float)
    expected = (ordered["fitted_relations"] / ordered["size_relations"]).iloc[[0, -1]].to_numpy(float)
    text = words.term("distance_mark.fit")
    found = _decay(fit)
    if found is not None:
        g, low, high = found
        typical = float(np.exp(np.log(ordered["distance"].to_numpy(float)).mean()))
        across = np.geomspace(ends[0], ends[1], 50)
        ax.fill_between(
            across,
            (across / typical) ** -low,
            (across / typical) ** -high,
            color=RED,
            alpha=0.15,
            linewidth=0,
        )
        span = f"{words.number(low, 2)} – {words.number(high, 2)}"
        text = words.colon(text, f"g = {words.number(g, 2)} ({span})")
    ax.plot(ends, expected, color=RED, linewidth=1.4, label=text)
    ax.axhline(1.0, color=QUIET, linewidth=0.8, zorder=1)


def _decay(fit: pd.DataFrame | None) -> tuple[float, float, float] | None:
    if fit is None or not {"statistic", *DECAY} <= set(fit.columns):
        return None
    rows = fit.loc[fit["statistic"] == "distance_decay", list(DECAY)].to_numpy(float)
    if not len(rows) or not np.isfinite(rows[-1]).all():
        return None
    g, low, high = rows[-1].tolist()
    return g, low, high


def _limits(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of the vertical axis: a few pairs far off do not press the others together."""
    seen = np.log10(_ratio(rows[rows["relations"] > 0]).to_numpy(float))
    low, high = np.quantile(seen, [0.01, 0.99])
    return float(10 ** (min(low, -0.5) - 0.1)), float(10 ** (max(high, 0.5) + 0.1))
