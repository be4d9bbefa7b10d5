"""How the network grew: denser, shorter, through whom, towards whom, and who stayed on top."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullLocator

from clusters.figures._style import (
    BLUE,
    GREY,
    ORANGE,
    QUIET,
    RED,
    SKY,
    TEXT,
    WIDTH,
    canvas,
    end_labels,
    log_axis,
    no_data,
    panels,
    shade,
    share_axis,
    tidy,
    year_axis,
)
from clusters.figures._text import Words
from clusters.figures.tails import COLORS, DEGREES, MARKS
from clusters.figures.yearly import _dated, _lines

DISTANCES = ("diameter", "effective_diameter", "average_path_length")
ESTIMATED = ("diameter_at_least", "average_path_length_estimate")
LAYERS = {"old_old_share": GREY, "old_to_new_share": ORANGE, "new_to_old_share": SKY, "new_new_share": BLUE}
LAYER_NAMES = {name: f"layer.{name.removesuffix('_share')}" for name in LAYERS}
FIT = ("exponent", "exponent_low", "exponent_high")


def densification(
    table: pd.DataFrame,
    fit: pd.DataFrame | None = None,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw edges against nodes on logarithmic axes with the fitted power, and what it leaves over.

    Parameters
    ----------
    table
        ``nodes``, ``edges``, ``fitted_edges``, ``residual`` and, where known, ``year``.
    fit
        Rows of ``tables.growth_fit``: the exponent of the cumulative series is written beside
        the line with its standard error.
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
        Its ``child_axes`` are the sizes and the residuals in order of the years.

    References
    ----------
    Leskovec, Kleinberg, Faloutsos 2005; Nankai report 2023, Table 2.

    Examples
    --------
    >>> columns = {"nodes": [10, 100], "edges": [10, 1000], "fitted_edges": [10, 1000], "residual": [0, 0]}
    >>> left, right = densification(pd.DataFrame({"year": [2021, 2022], **columns})).child_axes
    >>> left.lines[-1].get_ydata().tolist()
    [10.0, 1000.0]
    """
    rows = _sized(table)
    with canvas(
        ax,
        lang=lang,
        size=(WIDTH + 1, 4.2),
        title=title,
        term="figure.densification",
        synthetic=synthetic,
        head=20,
    ) as (axes, words):
        if rows.empty:
            no_data(axes, words)
            return axes
        left, right = panels(axes, 1, 2, gap=(0.14, 0))
        _sizes(left, rows, _exponent(fit, "densification"), words)
        _residuals(right, rows, words)
    return axes


def growth_distances(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw the distances by year, and the average path length against the size of the network.

    Parameters
    ----------
    table
        ``year``, ``path_per_log_nodes`` and those of ``diameter``, ``effective_diameter`` and
        ``average_path_length`` that are there.
    lang, ax, title, synthetic
        As in ``densification``.

    Returns
    -------
    Axes
        Its ``child_axes`` are the distances and L / ln N.

    Examples
    --------
    >>> table = pd.DataFrame({"year": [2021, 2022], "path_per_log_nodes": [0.403, 0.385]})
    >>> growth_distances(table.assign(diameter=12)).child_axes[1].lines[0].get_ydata().tolist()
    [0.403, 0.385]
    """
    with canvas(
        ax,
        lang=lang,
        size=(WIDTH, 5.2),
        title=title,
        term="figure.growth_distances",
        synthetic=synthetic,
        head=16,
    ) as (axes, words):
        dated = _dated(table)
        known = [c for c in (*DISTANCES, *ESTIMATED) if c in dated.columns and dated[c].notna().any()]
        parts = [known, [c for c in ["path_per_log_nodes"] if c in dated and dated[c].notna().any()]]
        if not all(parts):
            no_data(axes, words)
            return axes
        names = (words.term("path_lengths"), words.term("path_per_log_nodes"))
        for panel, columns, name in zip(panels(axes, 2, 1, gap=(0, 0.22)), parts, names, strict=True):
            _lines(panel, dated, columns, words, named=len(columns) > 1)
            _panel_title(panel, name)
    return axes


def newcomers(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw what share of each year's new edges joins newcomers, known organisations or both.

    Parameters
    ----------
    table
        ``year``, ``old_old_share``, ``old_to_new_share``, ``new_to_old_share``, ``new_new_share``.
        Years without them, as the first one, are left out.
    lang, ax, title, synthetic
        As in ``densification``.

    Returns
    -------
    Axes
        Stacked bars, one colour after the other from below.

    Examples
    --------
    >>> shares = {"old_old_share": [0.6], "old_to_new_share": [0.2], "new_to_old_share": [0.1]}
    >>> ax = newcomers(pd.DataFrame({"year": [2022], **shares, "new_new_share": [0.1]}))
    >>> [round(float(bar.get_height()), 6) for bar in ax.patches]
    [0.6, 0.2, 0.1, 0.1]
    """
    with canvas(
        ax, lang=lang, size=(WIDTH + 1, 4.2), title=title, term="figure.newcomers", synthetic=synthetic
    ) as (axes, words):
        rows = _dated(table) if set(LAYERS) <= set(table.columns) else table.head(0)
        rows = rows[rows[list(LAYERS)].notna().all(axis=1)] if len(rows) else rows
        if rows.empty:
            no_data(axes, words)
            return axes
        years, below = rows["year"].to_numpy(dtype=float), np.zeros(len(rows))
        middles, texts = [], []
        for column, color in LAYERS.items():
            values = rows[column].to_numpy(dtype=float)
            axes.bar(years, values, bottom=below, width=0.74, color=color)
            middles.append((years[-1] + 0.37, below[-1] + values[-1] / 2))
            texts.append(f"{words.term(LAYER_NAMES[column])}  {words.share(values[-1])}")
            below += values
        tidy(axes)
        axes.set_ylim(0, 1)
        share_axis(axes.yaxis, words)
        year_axis(axes, years.astype(int).tolist())
        end_labels(axes, middles, texts, [shade(c) for c in LAYERS.values()])
    return axes


def rank_mobility(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw how well the order by degree keeps from year to year, and how much of the top list is new.

    Parameters
    ----------
    table
        ``year``, ``degree``, ``rank_tau`` and ``top_turnover``. Years without them, as the first
        one, are left out.
    lang, ax, title, synthetic
        As in ``densification``.

    Returns
    -------
    Axes
        Its ``child_axes`` are Kendall's tau-b and the turnover.

    Examples
    --------
    >>> rows = [(2021, "out", 0.9, 0.05), (2022, "out", 0.92, 0.1)]
    >>> table = pd.DataFrame(rows, columns=["year", "degree", "rank_tau", "top_turnover"])
    >>> rank_mobility(table).child_axes[0].lines[0].get_ydata().tolist()
    [0.9, 0.92]
    """
    with canvas(
        ax,
        lang=lang,
        size=(WIDTH, 5.2),
        title=title,
        term="figure.rank_mobility",
        synthetic=synthetic,
        head=16,
    ) as (axes, words):
        columns = ("rank_tau", "top_turnover")
        rows = _dated(table) if {"degree", *columns} <= set(table.columns) else table.head(0)
        rows = rows[rows[list(columns)].notna().any(axis=1)] if len(rows) else rows
        if rows.empty:
            no_data(axes, words)
            return axes
        for panel, column in zip(panels(axes, 2, 1, gap=(0, 0.22)), columns, strict=True):
            _by_degree(panel, rows, column, words)
            _panel_title(panel, words.term(column))
    return axes


def attachment_kernel(
    table: pd.DataFrame,
    fit: pd.DataFrame | None = None,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw how attractive organisations of each degree are for new ends, and the fitted power.

    Parameters
    ----------
    table
        ``degree``, ``role``, ``k``, ``new_ends`` and ``pafit``; of the roles ``all`` is drawn.
        Degrees that got no end have no place on the axes.
    fit
        Rows of ``tables.growth_fit``: the exponent by maximum likelihood is drawn as a line with
        its interval. It is not fitted to these points, whose own slope would be biased.
    lang, ax, title, synthetic
        As in ``densification``.

    Returns
    -------
    Axes
        Its ``child_axes`` are one panel for each kind of degree.

    References
    ----------
    Pham, Sheridan, Shimodaira 2015.

    Examples
    --------
    >>> rows = [("in", "all", 1, 90, 1.0), ("in", "all", 2, 30, 2.1)]
    >>> table = pd.DataFrame(rows, columns=["degree", "role", "k", "new_ends", "pafit"])
    >>> attachment_kernel(table).child_axes[0].lines[0].get_ydata().tolist()
    [1.0, 2.1]
    """
    with canvas(
        ax,
        lang=lang,
        size=(WIDTH + 1, 4.2),
        title=title,
        term="figure.attachment_kernel",
        synthetic=synthetic,
        head=20,
    ) as (axes, words):
        drawn = [d for d in DEGREES if len(_points(table, d))]
        if not drawn:
            no_data(axes, words)
            return axes
        for panel, degree in zip(panels(axes, 1, len(drawn), gap=(0.12, 0)), drawn, strict=True):
            _kernel(panel, _points(table, degree), degree, words)
            found = _exponent(fit, "attachment", degree)
            if found is not None:
                _power(panel, _points(table, degree), found, words)
            _panel_title(panel, words.term(f"ends.{degree}"))
            tidy(panel, grid="both", spines=("bottom", "left"))
            panel.set_xlabel(words.term("k_degree"))
    axes.set_ylabel("")
    return axes


def _panel_title(ax: Axes, text: str) -> None:
    ax.set_title(text, loc="left", fontsize=TEXT["small"], color=QUIET)


def _sized(table: pd.DataFrame) -> pd.DataFrame:
    columns = ["nodes", "edges", "fitted_edges", "residual"]
    if not set(columns) <= set(table.columns):
        return table.head(0)
    rows = table[(table["nodes"] > 0) & (table["edges"] > 0)]
    return rows.sort_values("year") if "year" in rows.columns else rows


def _exponent(fit: pd.DataFrame | None, measure: str, degree: str | None = None) -> dict[str, float] | None:
    """Return exponent, interval and standard error of one row, where it is there and defined."""
    needed = {"measure", "standard_error", *FIT} | ({"degree", "role"} if degree else {"series"})
    if fit is None or not needed <= set(fit.columns):
        return None
    rows = fit[(fit["measure"] == measure) & fit["exponent"].notna()]
    if degree is None:
        rows = rows[rows["series"] == "cumulative"]
    else:
        rows = rows[(rows["degree"] == degree) & (rows["role"] == "all")]
    if rows.empty:
        return None
    return {name: float(rows[name].iloc[0]) for name in (*FIT, "standard_error")}


def _sizes(ax: Axes, rows: pd.DataFrame, found: dict[str, float] | None, words: Words) -> None:
    nodes, edges = (rows[c].to_numpy(dtype=float) for c in ("nodes", "edges"))
    ax.plot(nodes, edges, "o", color=BLUE, clip_on=False, zorder=3)
    fitted = rows[rows["fitted_edges"].notna()].sort_values("nodes")
    if len(fitted) > 1:
        text = None
        if found is not None:
            error = found["standard_error"]
            text = f"a = {words.number(found['exponent'])}"
            text += f" ± {words.number(error)}" if np.isfinite(error) else ""
        ends = fitted[["nodes", "fitted_edges"]].to_numpy(dtype=float)
        ax.plot(ends[:, 0], ends[:, 1], color=RED, linewidth=1.4, label=text)
        if text:
            ax.legend(loc="upper left", handlelength=1.6, borderaxespad=0.1)
    ax.set(xscale="log", yscale="log", xlabel=words.term("nodes"))
    _panel_title(ax, words.term("edges"))
    tidy(ax, grid="both", spines=("bottom", "left"))
    for axis, values in ((ax.xaxis, nodes), (ax.yaxis, edges)):
        log_axis(axis)
        if values.max() < 30 * values.min():  # too few whole powers of ten to read a number from
            axis.set_major_locator(LogLocator(base=10, subs=(1.0, 2.0, 5.0)))
            axis.set_major_formatter(lambda x, _: words.count(x) if x >= 1 else "")
            axis.set_minor_locator(NullLocator())
    if "year" in rows.columns and rows["year"].notna().all():
        for at in dict.fromkeys((0, len(rows) - 1)):
            ax.annotate(
                f"{int(rows['year'].iloc[at])}",
                (nodes[at], edges[at]),
                xytext=(7, -4),
                textcoords="offset points",
                va="top",
                fontsize=TEXT["tiny"],
                color=QUIET,
                annotation_clip=False,
            )
    ax.margins(0.08)


def _residuals(ax: Axes, rows: pd.DataFrame, words: Words) -> None:
    dated = "year" in rows.columns and bool(rows["year"].notna().all())
    across = rows["year"].to_numpy(dtype=float) if dated else np.arange(1.0, len(rows) + 1)
    values = rows["residual"].to_numpy(dtype=float)
    ax.axhline(0, color=QUIET, linewidth=0.8)
    ax.vlines(across, 0, np.nan_to_num(values), color=BLUE, linewidth=1.4)
    ax.plot(across, values, "o", color=BLUE, clip_on=False)
    reach = float(np.nanmax(np.abs(values), initial=0.0)) * 1.2 or 1.0
    ax.set_ylim(-max(reach, 1e-6), max(reach, 1e-6))
    tidy(ax)
    year_axis(ax, across.astype(int).tolist())
    few = across.astype(int).tolist()
    ax.set_xticks(few if len(few) <= 5 else [few[0], few[len(few) // 2], few[-1]])
    _panel_title(ax, words.term("residual"))


def _by_degree(ax: Axes, rows: pd.DataFrame, column: str, words: Words) -> None:
    share = column == "top_turnover"
    ends, texts, colors = [], [], []
    for degree in DEGREES:
        part = rows[(rows["degree"] == degree) & rows[column].notna()]
        if part.empty:
            continue
        years, values = part["year"].to_numpy(dtype=float), part[column].to_numpy(dtype=float)
        ax.plot(years, values, marker=MARKS[degree], color=COLORS[degree], clip_on=False)
        ends.append((years[-1], values[-1]))
        number = words.share(values[-1]) if share else words.number(values[-1])
        texts.append(f"{words.value('degree', degree)}  {number}")
        colors.append(shade(COLORS[degree]))
    tidy(ax)
    known = rows[column].to_numpy(dtype=float)
    low = min(0.0, float(np.nanmin(known, initial=0.0)))
    ax.set_ylim(low, max(0.1, float(np.nanmax(known, initial=0.0)) * 1.15) if share else 1)
    year_axis(ax, rows["year"].astype(int).unique().tolist())
    if share:
        share_axis(ax.yaxis, words)
    if ends:
        end_labels(ax, ends, texts, colors, x=float(rows["year"].max()))


def _points(table: pd.DataFrame, degree: str) -> pd.DataFrame:
    if not {"degree", "role", "k", "new_ends", "pafit"} <= set(table.columns):
        return table.head(0)
    rows = table[(table["degree"] == degree) & (table["role"] == "all")]
    return rows[(rows["k"] > 0) & (rows["pafit"] > 0) & (rows["new_ends"] > 0)].sort_values("k")


def _kernel(ax: Axes, rows: pd.DataFrame, degree: str, words: Words) -> None:
    k, height = rows["k"].to_numpy(dtype=float), rows["pafit"].to_numpy(dtype=float)
    look: dict[str, Any] = {"marker": MARKS[degree], "markersize": 3.4, "markeredgewidth": 0, "alpha": 0.6}
    ax.plot(k, height, linestyle="none", color=COLORS[degree], label="PAFit", **look)
    ax.set(xscale="log", yscale="log")
    log_axis(ax.xaxis)
    log_axis(ax.yaxis)
    for axis, values in (("x", k), ("y", height)):
        # At least one whole power of ten on either side, so that each axis has two marks.
        low, high = 10 ** np.floor(np.log10(values.min())), 10 ** np.ceil(np.log10(values.max()))
        (ax.set_xlim if axis == "x" else ax.set_ylim)(low * 0.8, max(high, low * 10) * 1.2)


def _power(ax: Axes, rows: pd.DataFrame, found: dict[str, float], words: Words) -> None:
    """Draw k^a and its interval through the middle of the points, by the ends behind them."""
    weights, logs = rows["new_ends"].to_numpy(dtype=float), np.log(rows["k"].to_numpy(dtype=float))
    middle = float(np.average(logs, weights=weights))
    height = float(np.average(np.log(rows["pafit"].to_numpy(dtype=float)), weights=weights))
    exponent, low, high = (found[name] for name in FIT)
    text = f"a = {words.number(exponent)}"
    across = np.array([logs.min(), middle, logs.max()])

    def line(power: float) -> np.ndarray:
        values: np.ndarray = np.exp(height + power * (across - middle))
        return values

    if np.isfinite([low, high]).all():
        text += f" ({words.number(low)} – {words.number(high)})"
        ends = np.sort([line(low), line(high)], axis=0)
        ax.fill_between(np.exp(across), ends[0], ends[1], color=RED, alpha=0.22, linewidth=0)
    ax.plot(np.exp(across), line(exponent), color=RED, linewidth=1.4, label=text)
    ax.legend(loc="upper left", handlelength=1.6, borderaxespad=0.1, markerscale=1.8)
