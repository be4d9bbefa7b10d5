"""Polarisation (极化): who holds how much, and how that moves over the years."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from clusters import labels
from clusters.figures._style import (
    BLUE,
    GREY,
    ORANGE,
    QUIET,
    TEXT,
    WIDTH,
    canvas,
    end_labels,
    key,
    no_data,
    panels,
    shade,
    share_axis,
    tidy,
    year_axis,
)
from clusters.figures._text import Words
from clusters.figures.yearly import _dated

FLOWS = {"giving": BLUE, "taking": ORANGE}
PANELS: dict[str, dict[str, tuple[str, str]]] = {
    "panel.places_hhi": {"giving_hhi": ("flow.giving", BLUE), "taking_hhi": ("flow.taking", ORANGE)},
    "panel.places_effective": {
        "giving_effective": ("flow.giving", BLUE),
        "taking_effective": ("flow.taking", ORANGE),
    },
    "panel.flow_shares": {
        "poles_touching": ("panel.poles", BLUE),
        "intra_share": ("panel.intra", ORANGE),
    },
    "panel.organisations": {"gini": ("panel.gini", BLUE), "top_1_percent": ("panel.top_1", ORANGE)},
}
"""Panels, their columns and what stands at the end of each line."""
SIDES = ("left", "bottom")


def lorenz_curve(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw the cumulative share of the total against the cumulative share of places, smallest first.

    Parameters
    ----------
    table
        ``places_share`` and ``cumulative_share`` as ``tables.polarisation(..., table="lorenz")`` gives
        them, or ``nodes_share`` and ``total_share`` of ``measures.concentration.lorenz_curve``; where there
        is a column ``flow``, one curve for giving and one for taking.
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
        The diagonal is equality; the Gini coefficient, twice the area between it and a curve, is written
        beside the name of the curve.

    References
    ----------
    Lorenz 1905.

    Examples
    --------
    >>> table = pd.DataFrame({"places_share": [0.5, 1.0], "cumulative_share": [0.25, 1.0]})
    >>> ax = lorenz_curve(table)
    >>> ax.lines[1].get_ydata().tolist(), ax.get_legend().get_texts()[0].get_text()
    ([0.0, 0.25, 1.0], 'Gini coefficient 0.250')
    """
    with canvas(
        ax, lang=lang, size=(5.2, 5.0), title=title, term="figure.lorenz_curve", synthetic=synthetic
    ) as (
        axes,
        words,
    ):
        curves = {flow: points for flow, points in _curves(table).items() if len(points) > 1}
        if not curves:
            no_data(axes, words)
            return axes
        axes.plot([0, 1], [0, 1], color=GREY, linewidth=1.2, linestyle="--")
        colors, texts = [], []
        for flow, points in curves.items():
            color = FLOWS.get(flow, BLUE)
            axes.plot(*points.T, color=color, clip_on=False, solid_capstyle="round")
            across, up = points.T
            gini = 1 - float(np.sum(np.diff(across) * (up[1:] + up[:-1])))
            said = f"{words.term('gini')} {words.number(gini)}"
            texts.append(words.colon(words.term(f"flow.{flow}"), said) if flow in FLOWS else said)
            colors.append(color)
        axes.set(
            xlim=(0, 1), ylim=(0, 1), xlabel=words.term("places_share"), ylabel=words.term("cumulative_share")
        )
        tidy(axes, grid="both", spines=SIDES)
        share_axis(axes.xaxis, words)
        share_axis(axes.yaxis, words)
        key(axes, colors, texts, loc="upper left")
        _say_equality(axes, words)
    return axes


def polarisation(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw by year how concentrated places and organisations are and how much flows through the poles.

    Parameters
    ----------
    table
        One row per year as ``tables.polarisation`` gives it; where there are ``X_low`` and ``X_high``
        beside a column ``X``, a band shows them. Panels without a column are left out.
    lang, ax, title, synthetic
        As in ``lorenz_curve``.

    Returns
    -------
    Axes
        Its ``child_axes`` are the panels: concentration (HHI) and effective places of giving and taking,
        shares of flows, organisations.

    Examples
    --------
    >>> table = pd.DataFrame({"year": [2021, 2022], "giving_hhi": [0.21, 0.22], "taking_hhi": [0.2, 0.15]})
    >>> (panel,) = polarisation(table).child_axes
    >>> panel.lines[1].get_ydata().tolist(), panel.texts[1].get_text()
    ([0.2, 0.15], 'Taking  0.150')
    """
    rows = _dated(table)
    if "class" in rows.columns:
        rows = rows[rows["class"] == rows["class"].iloc[0]] if len(rows) else rows
    shown = {
        name: [c for c in columns if c in rows.columns and rows[c].notna().any()]
        for name, columns in PANELS.items()
    }
    shown = {name: columns for name, columns in shown.items() if columns}
    down = max(1, -(-len(shown) // 2))
    with canvas(
        ax,
        lang=lang,
        size=(WIDTH + 1, 0.9 + 2.5 * down),
        title=title,
        term="figure.polarisation",
        synthetic=synthetic,
        head=22,
    ) as (axes, words):
        if not shown:
            no_data(axes, words)
            return axes
        places = panels(axes, down, min(2, len(shown)), gap=(0.36, 0.2 if down > 1 else 0))
        for panel, (name, columns) in zip(places, shown.items(), strict=False):
            _lines_with_bands(panel, rows, {c: PANELS[name][c] for c in columns}, words)
            panel.set_title(words.term(name), loc="left", fontsize=TEXT["small"], color=QUIET)
        for empty in places[len(shown) :]:
            empty.set_visible(False)
    return axes


def _curves(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the points of each curve from the origin on, by side."""
    names = [("places_share", "cumulative_share"), ("nodes_share", "total_share")]
    pair = next((p for p in names if set(p) <= set(table.columns)), None)
    if pair is None:
        return {}
    known = table[table[list(pair)].notna().all(axis=1)]
    parts = (
        {str(f): p for f, p in known.groupby("flow", sort=False)} if "flow" in known.columns else {"": known}
    )
    return {
        flow: np.unique(np.vstack([[0.0, 0.0], part[list(pair)].to_numpy(dtype=float)]), axis=0)
        for flow, part in parts.items()
        if len(part)
    }


def _say_equality(ax: Axes, words: Words) -> None:
    ax.annotate(
        words.term("equality"),
        (0.62, 0.62),
        xytext=(-4, 4),
        textcoords="offset points",
        fontsize=TEXT["tiny"],
        color=QUIET,
        ha="right",
    )


def _lines_with_bands(
    ax: Axes, rows: pd.DataFrame, columns: dict[str, tuple[str, str]], words: Words
) -> None:
    """Draw some columns by year, their intervals as bands, and name the ends."""
    ends, texts = [], []
    years = rows["year"].to_numpy(dtype=float)
    for column, (term, color) in columns.items():
        values = rows[column].to_numpy(dtype=float)
        if {f"{column}_low", f"{column}_high"} <= set(rows.columns):
            low, high = (rows[f"{column}_{end}"].to_numpy(dtype=float) for end in ("low", "high"))
            ax.fill_between(years, low, high, color=color, alpha=0.18, linewidth=0)
        ax.plot(years, values, marker="o", markersize=4, color=color, clip_on=False)
        last = int(np.flatnonzero(np.isfinite(values))[-1])
        ends.append((years[last], values[last]))
        texts.append(f"{words.term(term)}  {_number(values[last], column, words)}")
    tidy(ax)
    ax.set_ylim(0, _top(rows, list(columns)))
    year_axis(ax, rows["year"].astype(int).tolist())
    # Four digits a year: in a narrow panel only a few have room.
    first, final = int(years.min()), int(years.max())
    ax.set_xticks(sorted({first, (first + final) // 2, final}))
    if all(labels.unit(c) == "share" for c in columns):
        share_axis(ax.yaxis, words)
    end_labels(ax, ends, texts, [shade(color) for _, color in columns.values()], x=float(years.max()))


def _top(rows: pd.DataFrame, columns: Sequence[str]) -> float:
    drawn = [c for c in (*columns, *(f"{c}_high" for c in columns)) if c in rows.columns]
    highest = float(np.nanmax(rows[drawn].to_numpy(dtype=float), initial=0.0))
    return highest * 1.08 if highest > 0 else 1.0


def _number(value: float, column: str, words: Words) -> str:
    if labels.unit(column) == "share":
        return words.share(value, 1)
    return words.number(value, 1 if column.endswith("effective") else 3)
