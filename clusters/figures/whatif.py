"""Scenarios (情景模拟): reach of a cascade, attack curves, exposure to a loss.

Titles say that they are scenarios: nothing here was observed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from clusters import labels
from clusters.figures._style import (
    BLUE,
    GREEN,
    RED,
    WIDTH,
    bars_height,
    canvas,
    count_axis,
    end_labels,
    key,
    log_axis,
    no_data,
    ranked_bars,
    share_axis,
    tidy,
)
from clusters.figures._text import Words, shorten

ATTACKS = {"random": GREEN, "betweenness": BLUE, "degree": RED}
MOST_BARS = 20
FEW_STEPS = 30
"""Steps up to which each is marked."""


def cascade(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw how far a simulated cascade reaches, step by step.

    Parameters
    ----------
    table
        ``step``, ``reach``, ``reach_low``, ``reach_high`` and, where known, ``reach_share``, as
        ``tables.cascade`` gives them.
    lang
        Language of the words in the picture.
    ax
        Axes to draw on; a new figure by default.
    title
        Title instead of the default, which says that it is a scenario; empty for none.
    synthetic
        Mark the picture as one of synthetic data.

    Returns
    -------
    Axes
        Line: median; band: 5 to 95 % of the simulated cascades.

    Examples
    --------
    >>> table = pd.DataFrame({"step": [0, 1], "reach": [2, 9], "reach_low": [2, 6], "reach_high": [2, 12]})
    >>> ax = cascade(table)
    >>> ax.lines[0].get_ydata().tolist(), ax.get_title(loc="left")
    ([2.0, 9.0], 'Scenario: reach of a cascade')
    """
    with canvas(
        ax, lang=lang, size=(WIDTH, 4.0), title=title, term="figure.cascade", synthetic=synthetic
    ) as (axes, words):
        rows = _known(table, "step", "reach", "reach_low", "reach_high")
        if rows.empty:
            no_data(axes, words)
            return axes
        rows = rows.sort_values("step")
        step, reach, low, high = (
            rows[name].to_numpy(dtype=float) for name in ("step", "reach", "reach_low", "reach_high")
        )
        axes.fill_between(step, low, high, color=BLUE, alpha=0.18, linewidth=0)
        axes.plot(step, reach, marker="o" if step.size <= FEW_STEPS else "", color=BLUE, clip_on=False)
        tidy(axes)
        axes.set_ylim(0, 1.08 * float(high.max()))
        axes.set_xlabel(words.term("step"))
        axes.set_ylabel(words.term("reach"))
        axes.xaxis.set_major_locator(MaxNLocator(nbins=10, integer=True, min_n_ticks=1))
        count_axis(axes.yaxis, words)
        said = words.count(float(round(reach[-1])))
        share = rows["reach_share"].iloc[-1] if "reach_share" in rows.columns else np.nan
        end_labels(
            axes,
            [(step[-1], reach[-1])],
            [said if pd.isna(share) else words.bracket(said, words.share(float(share)))],
            [BLUE],
        )
    return axes


def attack_curve(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw the largest component while organisations are removed one by one.

    Parameters
    ----------
    table
        ``strategy``, ``removed_share``, ``largest_share`` and, where known, ``robustness``, as
        ``tables.attack_curve`` gives them.
    lang, ax, title, synthetic
        As in ``cascade``.

    Returns
    -------
    Axes
        One line for each order of removal; the horizontal axis is logarithmic, as most is lost early.

    References
    ----------
    Schneider, Moreira, Andrade, Havlin, Herrmann 2011.

    Examples
    --------
    >>> table = pd.DataFrame({"strategy": "degree", "removed_share": [0.5, 1], "largest_share": [0.2, 0]})
    >>> attack_curve(table).lines[0].get_ydata().tolist()
    [0.2, 0.0]
    """
    with canvas(
        ax, lang=lang, size=(WIDTH, 4.2), title=title, term="figure.attack_curve", synthetic=synthetic
    ) as (axes, words):
        rows = _known(table, "strategy", "removed_share", "largest_share")
        rows = rows[rows["removed_share"] > 0] if len(rows) else rows
        if rows.empty:
            no_data(axes, words)
            return axes
        names = [name for name in ATTACKS if (rows["strategy"] == name).any()]
        for name in names:
            part = rows[rows["strategy"] == name].sort_values("removed_share")
            axes.plot(part["removed_share"], part["largest_share"], color=ATTACKS[name])
        axes.set_xscale("log")
        tidy(axes, grid="both")
        log_axis(axes.xaxis, lambda x: words.share(x, max(0, round(-np.log10(x)) - 2)))
        share_axis(axes.yaxis, words)
        axes.set_ylim(0, 1.02)
        axes.set_xlabel(words.term("removed_share"))
        axes.set_ylabel(words.term("largest_share"))
        key(axes, [ATTACKS[n] for n in names], _strategies(rows, names, words), loc="lower left")
    return axes


def exposure(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw the mean exposure of enterprises by technology, or by place, the largest on top.

    Parameters
    ----------
    table
        ``class`` or ``place``, ``mean_exposure`` and, where known, ``exposed`` of the ``enterprises``, as
        ``tables.exposure_by_technology`` and ``exposure_by_place`` give them.
    lang, ax, title, synthetic
        As in ``cascade``.

    Returns
    -------
    Axes
        At most 20 bars; behind each the exposure, then exposed enterprises of all.

    Examples
    --------
    >>> table = pd.DataFrame({"class": ["5G"], "mean_exposure": [0.25], "exposed": [2], "enterprises": [8]})
    >>> [text.get_text() for text in exposure(table).texts]
    ['25.00 % (2 / 8)']
    """
    name = "class" if "class" in table.columns else "place"
    rows = _known(table, name, "mean_exposure")
    if len(rows):
        rows = rows.sort_values("mean_exposure", ascending=False, kind="stable").head(MOST_BARS)
    with canvas(
        ax, lang=lang, size=bars_height(len(rows)), title=title, term="figure.exposure", synthetic=synthetic
    ) as (axes, words):
        if rows.empty:
            no_data(axes, words)
            return axes
        values = rows["mean_exposure"].to_numpy(dtype=float)
        texts = [words.share(value, 2) for value in values]
        if {"exposed", "enterprises"} <= set(rows.columns):
            counts = [
                f"{words.count(part)} / {words.count(whole)}"
                for part, whole in zip(rows["exposed"], rows["enterprises"], strict=True)
            ]
            texts = [words.bracket(text, count) for text, count in zip(texts, counts, strict=True)]
        bars = [shorten(text, 40) for text in words.values(name, rows[name])]
        ranked_bars(axes, bars, values, texts)
    return axes


def _known(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return the rows in which some columns are known; none where one is missing."""
    if not set(columns) <= set(table.columns):
        return table.head(0)
    return table.dropna(subset=list(columns))


def _strategies(rows: pd.DataFrame, names: Sequence[str], words: Words) -> list[str]:
    """Name orders of removal with the robustness of their curves."""
    said = []
    for name in names:
        text = words.safe(labels.value("strategy", name, words.lang), name)
        robust = rows.loc[rows["strategy"] == name, "robustness"] if "robustness" in rows.columns else None
        known = None if robust is None else robust.dropna()
        more = "" if known is None or known.empty else f"R = {words.number(float(known.iloc[0]))}"
        said.append(words.bracket(text, more) if more else text)
    return said
