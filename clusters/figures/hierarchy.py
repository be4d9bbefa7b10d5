"""The well connected among themselves beside chance, and the shells of the network."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from clusters.figures._style import (
    BLUE,
    GREY,
    ORANGE,
    QUIET,
    TEXT,
    WIDTH,
    canvas,
    count_axis,
    log_axis,
    no_data,
    panels,
    share_axis,
    tidy,
)
from clusters.figures._text import Words

BAND = ("rich_club_null", "rich_club_null_from", "rich_club_null_to")


def rich_club(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw the rich-club ratio against the degree, beside the band of random networks.

    Parameters
    ----------
    table
        ``k``, ``rich_club_ratio``, ``rich_club_null``, ``rich_club_null_from`` and ``rich_club_null_to``, as
        ``tables.rich_club`` gives them. Rows without a ratio and k = 0, which has no place on the
        axis, are left out.
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
        Line: ratio; band: 95 % of the random networks over their mean, about 1.

    References
    ----------
    Colizza et al. 2006.

    Examples
    --------
    >>> null = {"rich_club_null": [0.1, 0.2], "rich_club_null_from": 0.1, "rich_club_null_to": 0.3}
    >>> ax = rich_club(pd.DataFrame({"k": [1, 10], "rich_club_ratio": [1.0, 1.5], **null}))
    >>> ax.lines[-1].get_ydata().tolist()
    [1.0, 1.5]
    """
    with canvas(
        ax, lang=lang, size=(WIDTH, 4.2), title=title, term="figure.rich_club", synthetic=synthetic
    ) as (axes, words):
        rows = _compared(table)
        if rows.empty:
            no_data(axes, words)
            return axes
        k, ratio = (rows[name].to_numpy(dtype=float) for name in ("k", "rich_club_ratio"))
        mean, low, high = (rows[name].to_numpy(dtype=float) for name in BAND)
        axes.fill_between(k, low / mean, high / mean, color=GREY, alpha=0.4, linewidth=0, step="post")
        axes.axhline(1, color=QUIET, linewidth=1, linestyle="--")
        axes.plot(k, ratio, color=BLUE, linewidth=1.6, drawstyle="steps-post")
        axes.set_xscale("log")
        axes.set_xlim(k[0] * 0.9, max(k[-1], 2 * k[0]))
        top = float(np.nanmax([ratio.max(), (high / mean).max()]))
        axes.set_ylim(0, min(top, 2.5 * float(ratio.max())) * 1.1)
        tidy(axes, spines=("bottom", "left"))
        log_axis(axes.xaxis)
        axes.set_xlabel(words.term("more_than_k"))
        axes.set_ylabel(words.term("rich_club_ratio"))
        axes.legend(
            handles=[
                Line2D([], [], color=BLUE, label=words.term("observed")),
                Patch(color=GREY, alpha=0.4, label=words.term("null_range")),
            ],
            loc="lower left",
            fontsize=TEXT["small"],
        )
    return axes


def core_shells(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw how many organisations each shell has, and how many of them are sample enterprises.

    Parameters
    ----------
    table
        ``core``, ``shell_nodes`` and, where roles are known, ``shell_sample_share``, as
        ``tables.core_shells`` gives them.
    lang, ax, title, synthetic
        As in ``rich_club``.

    Returns
    -------
    Axes
        Its ``child_axes`` are the sizes, on a logarithmic axis, and the shares where they are known.

    References
    ----------
    Seidman 1983; Alvarez-Hamelin et al. 2006.

    Examples
    --------
    >>> table = pd.DataFrame({"core": [2, 1], "shell_nodes": [3, 10], "shell_sample_share": [1.0, 0.2]})
    >>> sizes, shares = core_shells(table).child_axes
    >>> [float(bar.get_height()) for bar in sizes.patches], shares.lines[0].get_ydata().tolist()
    ([10.0, 3.0], [0.2, 1.0])
    """
    known = {"core", "shell_nodes"} <= set(table.columns)
    rows = table[table[["core", "shell_nodes"]].notna().all(axis=1)] if known else table.head(0)
    rows = rows.sort_values("core") if known else rows
    shares = "shell_sample_share" in rows.columns and rows["shell_sample_share"].notna().any()
    size = (WIDTH, 5.2 if shares else 3.8)
    with canvas(
        ax, lang=lang, size=size, title=title, term="figure.core_shells", synthetic=synthetic, head=18
    ) as (axes, words):
        if rows.empty:
            no_data(axes, words)
            return axes
        places = panels(axes, 2 if shares else 1, 1, gap=(0, 0.24))
        k = rows["core"].to_numpy(dtype=float)
        places[0].bar(k, rows["shell_nodes"].to_numpy(dtype=float), width=0.8, color=BLUE)
        places[0].set_yscale("log")
        places[0].set_ylim(0.7, float(rows["shell_nodes"].max()) * 1.6)
        log_axis(places[0].yaxis, words.count)
        if shares:
            places[1].plot(k, rows["shell_sample_share"], marker="o", color=ORANGE, clip_on=False)
            places[1].set_ylim(0, 1)
            share_axis(places[1].yaxis, words)
        for place, name in zip(places, ("shell_nodes", "shell_sample_share"), strict=False):
            _settled(place, k, name, words)
        places[-1].set_xlabel(words.term("core"))
    return axes


def _compared(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with a ratio and a band, k rising."""
    needed = ["k", "rich_club_ratio", *BAND]
    if not set(needed) <= set(table.columns):
        return table.head(0)
    rows = table[table[needed].notna().all(axis=1) & (table["k"] > 0)]
    return rows.sort_values("k")


def _settled(ax: Axes, k: np.ndarray, name: str, words: Words) -> None:
    """Give two panels the same axis of cores."""
    tidy(ax)
    ax.set_xlim(k.min() - 0.8, k.max() + 0.8)
    count_axis(ax.xaxis, words)
    ax.set_title(words.term(name), loc="left", fontsize=TEXT["small"], color=QUIET)
