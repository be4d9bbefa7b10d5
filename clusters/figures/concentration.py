"""How few organisations hold how much (Figure 15)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

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
    *,
    degree: Literal["out", "in", "total"] = "out",
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
        table holds several degrees, a column ``degree`` tells them apart.
    degree
        Which degree the curve is of.
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

    Examples
    --------
    >>> table = pd.DataFrame({"nodes_share": [0.0, 0.1, 1.0], "total_share": [0.0, 0.7, 1.0]})
    >>> ax = concentration_curve(table)
    >>> ax.lines[0].get_ydata().tolist(), ax.texts[0].get_text()
    ([0.7, 1.0], 'Top 10 %: 70.0 %')
    """
    with canvas(
        ax, lang=lang, size=(WIDTH, 4.4), title=title, term="figure.concentration_curve", synthetic=synthetic
    ) as (axes, words):
        across, up = _curve(table[table["degree"] == degree] if "degree" in table.columns else table)
        if not across.size:
            no_data(axes, words)
            return axes
        name = words.value("degree", degree)
        name = name.lower() if words.lang == "en" else name
        axes.plot(across, up, color=BLUE, clip_on=False, solid_capstyle="round")
        equal = np.geomspace(across[0], 1, 60)
        axes.plot(equal, equal, color=GREY, linewidth=1.2, linestyle="--")
        axes.set_xscale("log")
        axes.set_xlim(across[0] if across[0] < 1 else 0.1, 1)
        axes.set_ylim(0, 1.01)
        tidy(axes, grid="both", spines=("bottom", "left"))
        log_axis(axes.xaxis, lambda x: words.share(x, max(0, -2 - round(np.log10(x)))))
        share_axis(axes.yaxis, words)
        axes.set(xlabel=words.term("nodes_share"), ylabel=words.term("total_share_of").format(name))
        for fraction in MARKS:
            if fraction >= across[0]:
                at = _rounded(fraction, across)
                _mark(axes, fraction, at, float(np.interp(at, across, up)), words)
        at = float(np.sqrt(across[0]))
        axes.annotate(
            words.term("equal_degrees"),
            (at, at),
            xytext=(0, 4),
            textcoords="offset points",
            fontsize=TEXT["tiny"],
            color=QUIET,
            ha="right",
        )
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
        ``year``, ``top_10_percent``, ``top_1_percent``, ``top_0_1_percent`` as fractions.
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
            ends.append((float(rows["year"].iloc[-1]), float(rows[column].iloc[-1])))
            texts.append(f"{words.term(column)}  {words.share(ends[-1][1])}")
        tidy(axes)
        axes.set_ylim(0, 1)
        share_axis(axes.yaxis, words)
        year_axis(axes, dated["year"].astype(int).tolist())
        end_labels(axes, ends, texts, [shade(colors[c]) for c in drawn])
    return axes


def _curve(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    across = next((c for c in ACROSS if c in table.columns), None)
    up = next((c for c in UP if c in table.columns), None)
    if across is None or up is None:
        return np.array([]), np.array([])
    rows = table[table[across].notna() & table[up].notna() & (table[across] > 0)].sort_values(across)
    return rows[across].to_numpy(dtype=float), rows[up].to_numpy(dtype=float)


def _rounded(fraction: float, across: np.ndarray) -> float:
    """Return the share of a whole number of organisations, as the top shares count them (decision D9)."""
    organisations = 1 / across[0]  # the first point is that of one organisation
    return float(max(1, int(fraction * organisations + 0.5)) / organisations)


def _mark(ax: Axes, fraction: float, at: float, held: float, words: Words) -> None:
    ax.plot([at, at], [0, held], color=RED, linewidth=1, alpha=0.6)
    ax.plot([at], [held], "o", color=RED, markersize=6, clip_on=False)
    said = words.colon(
        words.term("top_fraction").format(words.share(fraction, 0 if fraction >= 0.01 else 1)),
        words.share(held),
    )
    ax.annotate(
        said,
        (at, held),
        xytext=(-7, 5),
        textcoords="offset points",
        ha="right",
        fontsize=TEXT["small"],
        color=shade(RED),
    )
