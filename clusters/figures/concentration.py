"""How few organisations hold how much (Figure 15)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullLocator

from clusters.figures._style import (
    BLUE,
    GREY,
    INK,
    QUIET,
    RED,
    TEXT,
    WIDTH,
    canvas,
    end_labels,
    log_axis,
    no_data,
    picture_only,
    shade,
    share_axis,
    tidy,
    year_axis,
)
from clusters.figures._text import Words

MARKS = (0.001, 0.01, 0.1)
TOPS = ("top_10_percent", "top_1_percent", "top_0_1_percent")
ACROSS = ("nodes_share", "node_share", "fraction")
UP = ("total_share", "degree_share", "share")


def concentration_curve(
    table: pd.DataFrame,
    shares: pd.DataFrame | None = None,
    *,
    degree: Literal["out", "in", "total"] = "out",
    style: Literal["curve", "report"] = "curve",
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw the share of all degree held by the best connected share of organisations (Figure 15).

    Parameters
    ----------
    table
        ``nodes_share`` and ``total_share``, both cumulative from the largest down. Where the
        table holds several degrees, a column ``degree`` tells them apart; ``total_share_low`` and
        ``total_share_high`` are drawn as a band.
    shares
        Intervals of the marks, from ``tables.concentration``: the last row's ``top_1_percent_low``,
        ``top_1_percent_high`` and so on. Bars through the marks show them.
    degree
        Which degree the curve is of.
    style
        ``report`` makes both axes logarithmic and lays a straight line through the marks, as
        power laws are often shown: a picture, not a test, and said to be one.
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
        The horizontal axis is logarithmic, so that the top 0.1 % can be seen; marks stand
        at 0.1, 1 and 10 % where the network is large enough to have them. The grey line is
        that of equal degrees.

    References
    ----------
    Nankai report 2023, Figure 15.

    Examples
    --------
    >>> table = pd.DataFrame({"nodes_share": [0.0, 0.1, 1.0], "total_share": [0.0, 0.7, 1.0]})
    >>> ax = concentration_curve(table)
    >>> ax.lines[0].get_ydata().tolist(), ax.texts[0].get_text()
    ([0.7, 1.0], 'Top 10 %: 70.0 %')
    """
    term = "figure.concentration_curve" + ("_report" if style == "report" else "")
    with canvas(ax, lang=lang, size=(WIDTH, 4.4), title=title, term=term, synthetic=synthetic) as (
        axes,
        words,
    ):
        rows = _curve(table[table["degree"] == degree] if "degree" in table.columns else table)
        if rows.empty:
            no_data(axes, words)
            return axes
        across, up = (rows[c].to_numpy(dtype=float) for c in ("across", "up"))
        name = words.value("degree", degree)
        name = name.lower() if words.lang == "en" else name
        axes.plot(across, up, color=BLUE, clip_on=False, solid_capstyle="round")
        if rows["low"].notna().any():
            axes.fill_between(across, rows["low"], rows["high"], color=BLUE, alpha=0.18, linewidth=0)
        axes.set_xscale("log")
        axes.set_xlim(across[0] if across[0] < 1 else 0.1, 1)
        tidy(axes, grid="both", spines=("bottom", "left"))
        log_axis(axes.xaxis, lambda x: words.share(x, max(0, -2 - round(np.log10(x)))))
        share_axis(axes.yaxis, words)
        axes.set(xlabel=words.term("nodes_share"), ylabel=words.term("total_share_of").format(name))
        marks = []
        for fraction, column in zip(MARKS, TOPS[::-1], strict=True):
            if fraction >= across[0]:
                at = _rounded(fraction, across)
                marks.append((at, float(np.interp(at, across, up))))
                _mark(axes, fraction, *marks[-1], _interval(shares, column), words)
        if style == "report":
            _straight_line(axes, marks, up, words)
        else:
            axes.set_ylim(0, 1.01)
            _equality(axes, across, words)
    return axes


def top_shares(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw the shares of the top 10, 1 and 0.1 % by year.

    Parameters
    ----------
    table
        ``year``, ``top_10_percent``, ``top_1_percent``, ``top_0_1_percent`` as fractions. Where there
        are ``top_1_percent_low`` and ``top_1_percent_high`` too, they are drawn as a band.
    lang, ax, title, synthetic
        As in ``concentration_curve``.

    Examples
    --------
    >>> table = pd.DataFrame({"year": [2021, 2022], "top_10_percent": [0.73, 0.726]})
    >>> top_shares(table).texts[0].get_text()
    'Share of the top 10 %  72.6 %'
    """
    with canvas(
        ax, lang=lang, size=(WIDTH, 3.8), title=title, term="figure.top_shares", synthetic=synthetic
    ) as (axes, words):
        drawn = [c for c in TOPS if c in table.columns and table[c].notna().any()]
        dated = (
            table[table["year"].notna()].sort_values("year") if drawn and "year" in table else table.head(0)
        )
        if dated.empty:
            no_data(axes, words)
            return axes
        colors = dict(zip(TOPS, (BLUE, RED, INK), strict=True))
        ends, texts = [], []
        for column in drawn:
            rows = dated[dated[column].notna()]
            axes.plot(rows["year"], rows[column], marker="o", color=colors[column], clip_on=False)
            if {f"{column}_low", f"{column}_high"} <= set(rows.columns):
                low, high = rows[f"{column}_low"].astype(float), rows[f"{column}_high"].astype(float)
                axes.fill_between(rows["year"], low, high, color=colors[column], alpha=0.18, linewidth=0)
            ends.append((float(rows["year"].iloc[-1]), float(rows[column].iloc[-1])))
            texts.append(f"{words.term(column)}  {words.share(ends[-1][1])}")
        tidy(axes)
        axes.set_ylim(0, 1)
        share_axis(axes.yaxis, words)
        year_axis(axes, dated["year"].astype(int).tolist())
        end_labels(axes, ends, texts, [shade(colors[c]) for c in drawn])
    return axes


def _curve(table: pd.DataFrame) -> pd.DataFrame:
    """Return the points of a curve as ``across, up, low, high``, those at zero left out."""
    across = next((c for c in ACROSS if c in table.columns), None)
    up = next((c for c in UP if c in table.columns), None)
    if across is None or up is None:
        return pd.DataFrame(columns=["across", "up", "low", "high"])
    rows = pd.DataFrame({"across": table[across], "up": table[up]})
    for end in ("low", "high"):
        rows[end] = table.get(f"{up}_{end}", pd.Series(np.nan, table.index))
    return rows[rows["across"].notna() & rows["up"].notna() & (rows["across"] > 0)].sort_values("across")


def _rounded(fraction: float, across: np.ndarray) -> float:
    """Return the share of a whole number of organisations, as the top shares count them (decision D9)."""
    organisations = 1 / across[0]  # the first point is that of one organisation
    return float(max(1, int(fraction * organisations + 0.5)) / organisations)


def _interval(shares: pd.DataFrame | None, column: str) -> tuple[float, float] | None:
    """Return the interval of a top share in the last year, where the table has one."""
    ends = [f"{column}_low", f"{column}_high"]
    if shares is None or shares.empty or not set(ends) <= set(shares.columns):
        return None
    last = shares.sort_values("year") if "year" in shares.columns else shares
    low, high = (float(last[end].iloc[-1]) for end in ends)
    return (low, high) if low <= high else None


def _mark(
    ax: Axes, fraction: float, at: float, held: float, interval: tuple[float, float] | None, words: Words
) -> None:
    ax.plot([at, at], [0, held], color=RED, linewidth=1, alpha=0.6)
    ax.plot([at], [held], "o", color=RED, markersize=6, clip_on=False)
    said = words.colon(
        words.term("top_fraction").format(words.share(fraction, 0 if fraction >= 0.01 else 1)),
        words.share(held),
    )
    if interval is not None:
        # The interval of a biased statistic need not hold the observed value, as error bars must.
        ax.plot([at, at], interval, color=RED, linewidth=1.6, marker="_", markersize=9)
        said += f"\n{words.share(interval[0])} – {words.share(interval[1])}"
    ax.annotate(
        said,
        (at, held),
        xytext=(-7, 5),
        textcoords="offset points",
        ha="right",
        fontsize=TEXT["small"],
        color=shade(RED),
    )


def _equality(ax: Axes, across: np.ndarray, words: Words) -> None:
    """Draw what the curve would be if all degrees were equal."""
    equal = np.geomspace(across[0], 1, 60)
    ax.plot(equal, equal, color=GREY, linewidth=1.2, linestyle="--")
    at = float(np.sqrt(across[0]))
    ax.annotate(
        words.term("equal_degrees"),
        (at, at),
        xytext=(0, 4),
        textcoords="offset points",
        fontsize=TEXT["tiny"],
        color=QUIET,
        ha="right",
    )


def _straight_line(ax: Axes, marks: list[tuple[float, float]], up: np.ndarray, words: Words) -> None:
    """Make the vertical axis logarithmic too and lay a straight line through the marks."""
    ax.set_yscale("log")
    ax.set_ylim(min(float(up.min()), 0.5) / 1.5, 1.6)
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    ax.yaxis.set_minor_locator(NullLocator())
    share_axis(ax.yaxis, words)
    if len(marks) > 1:
        at, held = np.log10(np.array(marks)).T
        slope, height = np.polyfit(at, held, 1)
        ends = np.array(ax.get_xlim())
        ax.plot(ends, 10**height * ends**slope, color=RED, linewidth=1.4, linestyle="--")
    picture_only(ax, words)
