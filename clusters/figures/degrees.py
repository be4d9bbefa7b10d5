"""Degrees: the best connected, the distribution of all, and what fits its tail (Tables 3, 4, Figure 10)."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from clusters.figures._style import (
    BLUE,
    GIVES,
    GREEN,
    GREY,
    INK,
    ORANGE,
    QUIET,
    TAKES,
    TEXT,
    WIDTH,
    bar_names,
    bar_texts,
    bars_height,
    canvas,
    key,
    log_axis,
    no_data,
    panels,
    tidy,
)
from clusters.figures._text import Words, shorten

DEGREES = ("out", "in", "total")
COLORS = {"out": BLUE, "in": ORANGE, "total": GREEN}
MARKS = {"out": "o", "in": "^", "total": "s"}


def top_degrees(
    table: pd.DataFrame,
    *,
    top: int = 20,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw the best connected organisations: what they give and what they take, stacked (Tables 3, 4).

    Parameters
    ----------
    table
        ``node`` (or ``label``), ``out_degree``, ``in_degree``, ``degree`` in rank order.
    top
        Longest list.
    lang
        Language of the words in the picture. Names are written as they are.
    ax
        Axes to draw on; a new figure by default.
    title
        Title instead of the default; empty for none.
    synthetic
        Mark the picture as one of synthetic data.

    Returns
    -------
    Axes
        The first patches are the out-degrees from the top down, then the in-degrees.

    Examples
    --------
    >>> table = pd.DataFrame({"node": ["华为"], "in_degree": [2502], "out_degree": [4882], "degree": [7384]})
    >>> ax = top_degrees(table)
    >>> [int(bar.get_width()) for bar in ax.patches], ax.texts[0].get_text()
    ([4882, 2502], '7,384')
    """
    given = {"out_degree", "in_degree"} <= set(table.columns)
    rows = table[table[["out_degree", "in_degree"]].notna().all(axis=1)].head(top) if given else table.head(0)
    with canvas(
        ax,
        lang=lang,
        size=bars_height(len(rows)),
        title=title,
        term="figure.top_degrees",
        synthetic=synthetic,
    ) as (axes, words):
        if rows.empty:
            no_data(axes, words)
            return axes
        out = rows["out_degree"].to_numpy(dtype=float)
        into = rows["in_degree"].to_numpy(dtype=float)
        places = np.arange(len(rows))
        axes.barh(places, out, height=0.72, color=GIVES)
        axes.barh(places, into, left=out, height=0.72, color=TAKES)
        bar_names(axes, [shorten(name, 34) for name in _names(rows, words)])
        bar_texts(axes, out + into, [words.count(v) for v in out + into])
        key(axes, [GIVES, TAKES], [words.term("out_degree"), words.term("in_degree")])
    return axes


def degree_distribution(
    table: pd.DataFrame,
    fit: pd.DataFrame | None = None,
    *,
    style: Literal["fit", "report"] = "fit",
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw P(k) and the complementary cumulative distribution on logarithmic axes (Figure 10).

    Parameters
    ----------
    table
        ``degree`` (``in``, ``out``, ``total``), ``k``, ``nodes`` with that degree, ``ccdf``
        the share of nodes with at least that degree. Degree 0 has no place on the axes.
    fit
        Fitted tails: ``degree``, ``xmin``, ``alpha``. Each is drawn from its xmin on, through
        the distribution at xmin. A line is no test: whether a power law may be claimed is
        said by goodness of fit and comparison, not by this picture.
    style
        ``report`` draws instead a straight line through the points of P(k), as the Nankai
        report does: a picture only, without any statistical meaning.
    lang, ax, title, synthetic
        As in ``top_degrees``.

    Returns
    -------
    Axes
        Its ``child_axes`` are P(k) and the complementary cumulative distribution.

    References
    ----------
    Clauset, Shalizi, Newman 2009, section 3; Nankai report 2023, Figure 10.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"degree": "out", "k": [0, 1, 2], "nodes": [5, 4, 1], "ccdf": [1.0, 0.5, 0.1]}
    ... )
    >>> left, right = degree_distribution(table).child_axes
    >>> left.lines[0].get_ydata().tolist(), right.lines[0].get_ydata().tolist()
    ([0.4, 0.1], [0.5, 0.1])
    """
    with canvas(
        ax,
        lang=lang,
        size=(WIDTH + 1, 4.4),
        title=title,
        term="figure.degree_distribution",
        synthetic=synthetic,
        head=20,
    ) as (axes, words):
        drawn = [d for d in DEGREES if len(_positive(table, d))]
        if not drawn:
            no_data(axes, words)
            return axes
        left, right = panels(axes, 1, 2, gap=(0.16, 0))
        for degree in drawn:
            _points(left, right, table, degree, words)
        for panel, name in ((left, "probability_k"), (right, "ccdf_k")):
            panel.set(xscale="log", yscale="log", xlabel=words.term("k"))
            panel.set_title(words.term(name), loc="left", fontsize=TEXT["small"], color=QUIET)
            tidy(panel, grid="both", spines=("bottom", "left"))
            log_axis(panel.xaxis)
            log_axis(panel.yaxis)
        if style == "report":
            for degree in drawn:
                _straight_line(left, table, degree, words)
        elif fit is not None:
            for degree in drawn:
                _tail(right, table, fit, degree, words)
        left.legend(loc="upper right", handletextpad=0.2, borderaxespad=0.1, markerscale=1.8)
        if right.lines[len(drawn) :]:
            right.legend(loc="upper right", handlelength=1.6, borderaxespad=0.1)
    return axes


def powerlaw_comparison(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw the likelihood ratios of the power law against other distributions.

    Parameters
    ----------
    table
        ``degree``, ``alternative``, ``R`` (normalised: in standard deviations) and ``p``;
        rows without an alternative are passed over.
    lang, ax, title, synthetic
        As in ``top_degrees``.

    Returns
    -------
    Axes
        Points right of zero favour the power law, left of zero the alternative; those
        with p >= 0.1 are hollow: undecided.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("out", "exponential", 6.1, 0.0), ("out", "lognormal", -0.8, 0.42)],
    ...     columns=["degree", "alternative", "R", "p"],
    ... )
    >>> ax = powerlaw_comparison(table)
    >>> [line.get_xdata().tolist() for line in ax.lines if line.get_marker() == "o"]
    [[6.1], [-0.8]]
    """
    rows = _compared(table)
    alternatives = list(dict.fromkeys(rows["alternative"]))
    size = (WIDTH, 1.6 + 0.5 * max(len(alternatives), 2))
    with canvas(
        ax,
        lang=lang,
        size=size,
        title=title,
        term="figure.powerlaw_comparison",
        synthetic=synthetic,
        head=16,
    ) as (axes, words):
        if rows.empty:
            no_data(axes, words)
            return axes
        degrees = [d for d in dict.fromkeys([*DEGREES, *rows["degree"]]) if (rows["degree"] == d).any()]
        for degree, alternative, ratio, p in rows[["degree", "alternative", "R", "p"]].to_numpy(dtype=object):
            color = COLORS.get(degree, GREY)
            shift = 0.22 * (degrees.index(degree) - (len(degrees) - 1) / 2)
            axes.plot(
                [ratio],
                [alternatives.index(alternative) + shift],
                MARKS.get(degree, "o"),
                color=color,
                markerfacecolor=color if p < 0.1 else "white",
                markersize=7,
                clip_on=False,
            )
        _sides(axes, rows["R"].to_numpy(dtype=float), words)
        tidy(axes, grid="y", spines=("bottom",))
        axes.set_yticks(range(len(alternatives)), words.values("alternative", alternatives))
        axes.set_ylim(len(alternatives) - 0.5, -0.5)
        axes.set_xlabel(words.term("R"))
        _comparison_key(axes, degrees, words)
    return axes


def _names(rows: pd.DataFrame, words: Words) -> list[str]:
    ids = rows["node"].tolist() if "node" in rows.columns else None
    column = next((c for c in ("label", "node", "name") if c in rows.columns), None)
    return words.names(rows[column].tolist(), ids) if column else [f"#{n}" for n in range(1, len(rows) + 1)]


def _positive(table: pd.DataFrame, degree: str) -> pd.DataFrame:
    if not {"degree", "k", "nodes", "ccdf"} <= set(table.columns):
        return table.head(0)
    rows = table[(table["degree"] == degree) & (table["k"] > 0) & (table["nodes"] > 0)]
    return rows.sort_values("k")


def _points(left: Axes, right: Axes, table: pd.DataFrame, degree: str, words: Words) -> None:
    rows = _positive(table, degree)
    everyone = float(table.loc[table["degree"] == degree, "nodes"].sum())
    k = rows["k"].to_numpy(dtype=float)
    look: dict[str, Any] = {
        "linestyle": "none",
        "marker": MARKS[degree],
        "markersize": 3.2,
        "color": COLORS[degree],
        "markeredgewidth": 0,
        "alpha": 0.75,
    }
    name = words.value("degree", degree)
    left.plot(k, rows["nodes"].to_numpy(dtype=float) / everyone, label=name, **look)
    right.plot(k, rows["ccdf"].to_numpy(dtype=float), **look)


def _tail(ax: Axes, table: pd.DataFrame, fit: pd.DataFrame, degree: str, words: Words) -> None:
    """Draw a fitted tail; the sum over k of k^-alpha is taken as the integral from k - 1/2."""
    if not {"degree", "xmin", "alpha"} <= set(fit.columns):
        return
    found = fit[(fit["degree"] == degree) & fit["xmin"].notna() & fit["alpha"].notna()]
    rows = _positive(table, degree)
    if found.empty:
        return
    xmin, alpha = float(found["xmin"].iloc[0]), float(found["alpha"].iloc[0])
    start = rows[rows["k"] >= xmin]
    if start.empty or xmin < 1:
        return
    k = np.geomspace(xmin, max(float(rows["k"].max()), xmin * 1.01), 50)
    height = float(start["ccdf"].iloc[0]) * ((k - 0.5) / (xmin - 0.5)) ** (1 - alpha)
    said = words.colon(words.value("degree", degree), f"α = {alpha:.2f}, k ≥ {xmin:g}")
    ax.plot(k, height, color=COLORS[degree], linewidth=1.4, linestyle="--", label=said)
    ax.plot([xmin], [height[0]], marker="o", markersize=7, color=COLORS[degree], markerfacecolor="none")


def _straight_line(ax: Axes, table: pd.DataFrame, degree: str, words: Words) -> None:
    rows = _positive(table, degree)
    if len(rows) < 2:
        return
    k = np.log10(rows["k"].to_numpy(dtype=float))
    everyone = float(table.loc[table["degree"] == degree, "nodes"].sum())
    slope, height = np.polyfit(k, np.log10(rows["nodes"].to_numpy(dtype=float) / everyone), 1)
    ends = np.array([k.min(), k.max()])
    ax.plot(10**ends, 10 ** (height + slope * ends), color=COLORS[degree], linewidth=1.2, alpha=0.9)


def _compared(table: pd.DataFrame) -> pd.DataFrame:
    if not {"degree", "alternative", "R", "p"} <= set(table.columns):
        return pd.DataFrame({"degree": [], "alternative": [], "R": [], "p": []})
    return table[table["alternative"].notna() & table["R"].notna()]


def _sides(ax: Axes, ratios: np.ndarray, words: Words) -> None:
    reach = max(float(np.abs(ratios).max()), 2.0) * 1.12
    ax.set_xlim(-reach, reach)
    ax.axvline(0, color=INK, linewidth=1)
    for side, term in (("left", "alternative_favoured"), ("right", "powerlaw_favoured")):
        ax.annotate(
            words.term(term),
            (0.5, 1),
            xycoords="axes fraction",
            xytext=(-8 if side == "left" else 8, 3),
            textcoords="offset points",
            ha="right" if side == "left" else "left",
            fontsize=TEXT["small"],
            color=QUIET,
        )


def _comparison_key(ax: Axes, degrees: list[str], words: Words) -> None:
    from matplotlib.lines import Line2D

    def entry(mark: str, color: str, fill: str, text: str) -> Line2D:
        return Line2D([], [], marker=mark, color=color, markerfacecolor=fill, linestyle="none", label=text)

    handles = [
        entry(MARKS.get(d, "o"), COLORS.get(d, GREY), COLORS.get(d, GREY), words.value("degree", d))
        for d in degrees
    ]
    handles.append(entry("o", INK, "white", words.term("not_significant")))
    ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=len(handles))
