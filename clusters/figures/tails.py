"""The distribution of degrees, the tails fitted to it, and which of them fits better (Figure 10)."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from clusters.figures._style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    QUIET,
    RED,
    TEXT,
    WIDTH,
    canvas,
    log_axis,
    no_data,
    panels,
    picture_only,
    tidy,
)
from clusters.figures._text import Words, wrap
from clusters.tables._claims import decided, p_text

DEGREES = ("out", "in", "total")
COLORS = {"out": BLUE, "in": ORANGE, "total": GREEN}
MARKS = {"out": "o", "in": "^", "total": "s"}
TAILS: dict[str, tuple[str, Any]] = {
    "power_law": (RED, "-"),
    "truncated_power_law": (PURPLE, (0, (6, 1.5))),
    "lognormal": (BLUE, (0, (4, 1.5))),
    "stretched_exponential": (GREEN, (0, (4, 1.5, 1, 1.5))),
    "exponential": (GREY, (0, (1, 1.5))),
}
"""Colour and dashes of the fitted distributions, told apart in black and white too."""
DOTS: dict[str, Any] = {"linestyle": "none", "marker": "o", "markeredgewidth": 0}
CLAIMED = ("undecided", "consistent")
"""Verdicts beside which an exponent may stand: a power law was tested and not put behind another."""
PER_DECADE = 5
"""Bins of P(k) in each power of ten."""
LINES = {1: 56, 2: 56, 3: 42}
"""Columns of a line above a panel, by the kinds of degree side by side."""


def degree_distribution(
    table: pd.DataFrame,
    fit: pd.DataFrame | None = None,
    curves: pd.DataFrame | None = None,
    *,
    style: Literal["fit", "report"] = "fit",
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw P(k) and the complementary cumulative distribution on logarithmic axes (Figure 10).

    Each kind of degree has its own column: in words what the tests allow to say; the share of
    nodes with at least degree k, with the tails fitted to it; the share with degree k (small
    points), and the same averaged over bins of equal width on the axis.

    Parameters
    ----------
    table
        ``degree`` (``in``, ``out``, ``total``), ``k``, ``nodes`` with that degree, ``ccdf``
        the share of nodes with at least that degree. Degree 0 has no place on the axes.
    fit
        Fitted tails, as ``tables.powerlaw`` gives them: ``degree``, ``xmin``, ``alpha``, and where known
        ``sigma``, ``n_tail``, ``p_value``, ``verdict``. The exponent is written only beside a verdict
        that lets a power law stand.
    curves
        What was fitted, as ``tables.tail_curves`` gives it: ``degree``, ``distribution``, ``k``, ``ccdf``.
        Without it the power law alone is drawn, from its xmin on through the distribution there.
    style
        ``report`` draws instead the points of P(k) of the total degree with a straight line
        through them, as such distributions are often shown: a picture, not a test, and
        said to be one.
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
        Its ``child_axes`` are the cumulative distributions of each kind of degree, then their P(k).

    References
    ----------
    Clauset, Shalizi, Newman 2009, section 3; Nankai report 2023, Figure 10.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"degree": "out", "k": [0, 1, 2], "nodes": [5, 4, 1], "ccdf": [1.0, 0.5, 0.1]}
    ... )
    >>> cumulative, single = degree_distribution(table).child_axes
    >>> cumulative.lines[0].get_ydata().tolist(), single.lines[0].get_ydata().tolist()
    ([0.5, 0.1], [0.4, 0.1])
    """
    if style == "report":
        return _straight_line_picture(table, lang=lang, ax=ax, title=title, synthetic=synthetic)
    drawn = [d for d in DEGREES if len(_positive(table, d))]
    several = len(drawn) > 1
    size = (WIDTH + 1.5, 7.2 if several else 4.8)
    with canvas(
        ax, lang=lang, size=size, title=title, term="figure.degree_distribution", synthetic=synthetic, head=78
    ) as (axes, words):
        if not drawn:
            no_data(axes, words)
            return axes
        grid = (2, len(drawn)) if several else (1, 2)
        places = panels(axes, *grid, gap=(0.05 if several else 0.14, 0.14))
        tails, shares = places[: len(drawn)], places[len(drawn) :]
        for tail, panel, degree in zip(tails, shares, drawn, strict=True):
            rows, found = _positive(table, degree), _one(fit, degree)
            tail.plot(rows["k"], rows["ccdf"], color=INK, markersize=3, alpha=0.45, **DOTS)
            _fitted(tail, rows, found, _of(curves, degree))
            _points(panel, rows, float(table.loc[table["degree"] == degree, "nodes"].sum()))
            _above(tail, words.value("degree", degree), _said(found, words, LINES[len(drawn)]))
        _frame(tails, [tail.lines[0] for tail in tails], words.term("ccdf_k"), words, room=6)
        _frame(shares, [line for panel in shares for line in panel.lines], words.term("probability_k"), words)
        _key(axes, tails, words, below=-0.1 if several else -0.17)
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
        ``degree``, ``alternative``, ``R`` (normalised: in standard deviations), ``p`` and, where it
        is known, ``loglikelihood_ratio``; rows without an alternative are passed over.
    lang, ax, title, synthetic
        As in ``top_degrees``.

    Returns
    -------
    Axes
        Points right of zero favour the power law, left of zero the alternative; those
        with p >= 0.1, or right of zero by less than 1.35 nats, are hollow: undecided.

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
        drawn = rows[["degree", "alternative", "R", "decided"]].to_numpy(dtype=object)
        for degree, alternative, ratio, told in drawn:
            color = COLORS.get(degree, GREY)
            shift = 0.22 * (degrees.index(degree) - (len(degrees) - 1) / 2)
            axes.plot(
                [ratio],
                [alternatives.index(alternative) + shift],
                MARKS.get(degree, "o"),
                color=color,
                markerfacecolor=color if told else "white",
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


def _positive(table: pd.DataFrame, degree: str) -> pd.DataFrame:
    if not {"degree", "k", "nodes", "ccdf"} <= set(table.columns):
        return table.head(0)
    rows = table[(table["degree"] == degree) & (table["k"] > 0) & (table["nodes"] > 0)]
    return rows.sort_values("k")


def _one(fit: pd.DataFrame | None, degree: str) -> pd.Series | None:
    """Return what was found about the tail of one kind of degree; comparisons are rows of their own."""
    if fit is None or not {"degree", "xmin", "alpha"} <= set(fit.columns):
        return None
    said = fit["verdict"].notna() if "verdict" in fit.columns else False
    found = fit[(fit["degree"] == degree) & (fit["xmin"].notna() & fit["alpha"].notna() | said)]
    return found.iloc[0] if len(found) else None


def _of(curves: pd.DataFrame | None, degree: str) -> pd.DataFrame:
    needed = ["degree", "distribution", "k", "ccdf"]
    if curves is None or not set(needed) <= set(curves.columns):
        return pd.DataFrame(columns=needed)
    return curves[(curves["degree"] == degree) & curves["ccdf"].notna() & (curves["ccdf"] > 0)]


def _points(ax: Axes, rows: pd.DataFrame, everyone: float) -> None:
    """Draw the share of nodes with each degree, and its mean over bins of equal width on the axis."""
    k, share = rows["k"].to_numpy(dtype=float), rows["nodes"].to_numpy(dtype=float) / everyone
    ax.plot(k, share, color=GREY, markersize=2.6, alpha=0.6, **DOTS)
    middle, mean = _binned(k, share)
    ax.plot(middle, mean, color=INK, linewidth=1, marker="o", markersize=3.6, markeredgewidth=0)


def _binned(k: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Average shares over the whole numbers of each bin, those that no node has included.

    Single degrees stay bins of their own up to where the bins are wider than one degree.

    Examples
    --------
    >>> middle, mean = _binned(np.array([1.0, 2.0, 10.0]), np.array([0.6, 0.3, 0.1]))
    >>> middle.round(2).tolist(), mean.round(4).tolist()
    ([1.0, 2.0, 12.25], [0.6, 0.3, 0.0167])
    """
    steps = np.arange(PER_DECADE * np.log10(max(k.max(), 1.0)) + 2)
    edges = np.unique(np.round(10 ** (steps / PER_DECADE)))
    held = np.histogram(k, edges, weights=share)[0]
    middle = np.sqrt(edges[:-1] * (edges[1:] - 1))
    seen = held > 0
    return middle[seen], (held / np.diff(edges))[seen]


def _fitted(ax: Axes, rows: pd.DataFrame, fit: pd.Series | None, curves: pd.DataFrame) -> None:
    """Draw what was fitted to a tail, and where the tail begins."""
    for name, (color, dashes) in TAILS.items():
        part = curves[curves["distribution"] == name].sort_values("k")
        if len(part):
            ax.plot(part["k"], part["ccdf"], color=color, linestyle=dashes, linewidth=1.5, label=name)
    if fit is None or not (fit["xmin"] >= 1 and fit["alpha"] > 1):
        return
    top, xmin, start = float(rows["k"].max()), float(fit["xmin"]), rows[rows["k"] >= fit["xmin"]]
    if curves.empty and len(start):
        k = np.geomspace(xmin, max(top, xmin * 1.01), 50)
        # The sum over k of k^-alpha is taken as the integral from k - 1/2.
        height = float(start["ccdf"].iloc[0]) * ((k - 0.5) / (xmin - 0.5)) ** (1 - float(fit["alpha"]))
        ax.plot(k, height, color=RED, linewidth=1.5, label="power_law")
    ax.axvline(xmin, color=QUIET, linewidth=1, linestyle=":")
    right = np.log(max(xmin, 1.0)) < 0.6 * np.log(max(top, 2.0))
    ax.annotate(
        f"xmin = {xmin:g}",
        (xmin, 1),
        xycoords=("data", "axes fraction"),
        xytext=(4 if right else -4, -4),
        textcoords="offset points",
        ha="left" if right else "right",
        va="top",
        fontsize=TEXT["small"],
        color=QUIET,
    )


def _said(fit: pd.Series | None, words: Words, columns: int) -> list[str]:
    """Put a fit into words: verdict, tail size, p, and the exponent only where a power law may stand."""
    if fit is None:
        return []
    verdict, parts = str(fit.get("verdict", "")), []
    if pd.notna(fit.get("n_tail")) and fit["n_tail"]:
        parts.append(words.sentence("figure.tail", n=int(fit["n_tail"])))
    if pd.notna(fit.get("p_value")):
        replicates = fit.get("replicates")
        parts.append("p " + p_text(float(fit["p_value"]), 100 if pd.isna(replicates) else int(replicates)))
    lines = [wrap(words.value("verdict", verdict), columns, 3)] if verdict else []
    lines += [("，" if words.lang == "zh" else ", ").join(parts)] if parts else []
    if verdict in CLAIMED:
        error = f" ± {fit['sigma']:.2f}" if pd.notna(fit.get("sigma")) else ""
        lines.append(f"α = {fit['alpha']:.2f}{error}")
    return lines


def _above(ax: Axes, name: str, lines: list[str]) -> None:
    """Write a name and what is said of it above a panel, from the top down."""
    for text, up, size, weight in (
        (name, 74, TEXT["normal"], "bold"),
        ("\n".join(lines), 58, TEXT["tiny"], "normal"),
    ):
        ax.annotate(
            text,
            (0, 1),
            xycoords="axes fraction",
            xytext=(0, up),
            textcoords="offset points",
            va="top",
            fontsize=size,
            fontweight=weight,
            linespacing=1.3,
        )


def _frame(row: list[Axes], lines: list[Line2D], name: str, words: Words, *, room: float = 1.6) -> None:
    """Give panels side by side the same logarithmic axes, wide enough for some lines, named once."""
    k = np.concatenate([np.asarray(line.get_xdata(), dtype=float) for line in lines])
    share = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in lines])
    for number, ax in enumerate(row):
        ax.set(xscale="log", yscale="log")
        ax.set_xlim(0.8, max(float(k.max()) * 1.5, 12))
        ax.set_ylim(float(share.min()) / 2, max(float(share.max()), float(share.min()) * 20) * room)
        tidy(ax, grid="both", spines=("bottom", "left"))
        log_axis(ax.xaxis)
        log_axis(ax.yaxis)
        ax.set_xlabel(words.term("k_degree"), fontsize=TEXT["small"])
        if number:
            ax.tick_params(labelleft=False)
        else:
            ax.set_ylabel(name, fontsize=TEXT["small"])


def _key(ax: Axes, row: list[Axes], words: Words, *, below: float) -> None:
    """Explain below the picture the distributions that are drawn in it."""
    drawn = {line.get_label() for panel in row for line in panel.lines}
    handles = [
        Line2D([], [], color=color, linestyle=dashes, linewidth=1.5, label=words.value("distribution", name))
        for name, (color, dashes) in TAILS.items()
        if name in drawn
    ]
    if handles:
        columns = 3 if len(handles) > 3 else len(handles)
        ax.legend(
            handles=handles,
            loc="upper center",
            bbox_to_anchor=(0.5, below),
            ncols=columns,
            handlelength=2.8,
            borderaxespad=0,
        )


def _straight_line_picture(
    table: pd.DataFrame, *, lang: str, ax: Axes | None, title: str | None, synthetic: bool
) -> Axes:
    """Draw P(k) of one kind of degree, the total one where it is known, and a straight line through it."""
    degree = next((d for d in ("total", "out", "in") if len(_positive(table, d))), "")
    with canvas(
        ax,
        lang=lang,
        size=(WIDTH, 4.6),
        title=title,
        term="figure.degree_distribution_report",
        synthetic=synthetic,
    ) as (axes, words):
        if not degree:
            no_data(axes, words)
            return axes
        rows = _positive(table, degree)
        share = rows["nodes"].to_numpy(dtype=float) / float(
            table.loc[table["degree"] == degree, "nodes"].sum()
        )
        k = rows["k"].to_numpy(dtype=float)
        axes.plot(k, share, color=BLUE, markersize=4, alpha=0.75, **DOTS)
        if len(k) > 1:
            slope, height = np.polyfit(np.log10(k), np.log10(share), 1)
            ends = np.array([k.min(), k.max()])
            axes.plot(ends, 10**height * ends**slope, color=RED, linewidth=1.4)
        _frame([axes], axes.lines[:1], words.term("probability_k"), words)
        axes.set_xlabel(words.value("degree", degree))
        picture_only(axes, words)
    return axes


def _compared(table: pd.DataFrame) -> pd.DataFrame:
    if not {"degree", "alternative", "R", "p"} <= set(table.columns):
        return pd.DataFrame({"degree": [], "alternative": [], "R": [], "decided": []})
    rows = table[table["alternative"].notna() & table["R"].notna()]
    return rows.assign(decided=decided(rows))


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
    def entry(mark: str, color: str, fill: str, text: str) -> Line2D:
        return Line2D([], [], marker=mark, color=color, markerfacecolor=fill, linestyle="none", label=text)

    handles = [
        entry(MARKS.get(d, "o"), COLORS.get(d, GREY), COLORS.get(d, GREY), words.value("degree", d))
        for d in degrees
    ]
    handles.append(entry("o", INK, "white", words.term("not_significant")))
    ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=len(handles))
