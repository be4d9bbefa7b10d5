"""Blocks of places and the flows between them, and edges from group to group."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.patches import Rectangle

from clusters.figures._style import BLUES, INK, ORANGE, TEXT, canvas, no_data, tidy
from clusters.figures._text import Words, wrap
from clusters.figures.flows import flow_heatmap, place_names

COLUMNS = ("origin_block", "destination_block", "block_density")


def block_density(
    table: pd.DataFrame,
    places: pd.DataFrame | None = None,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw densities of flows between blocks of places: rows give, columns receive, darker is denser.

    Parameters
    ----------
    table
        ``origin_block``, ``destination_block``, ``block_density`` and where known ``image``.
    places
        ``place`` and ``block`` of each place, to name blocks by their places.
    lang, ax, title, synthetic
        As in ``flow_heatmap``.

    Returns
    -------
    Axes
        Cells denser than the whole matrix (image 1) are framed.

    Examples
    --------
    >>> rows = [(1, 1, 0.9, 1), (1, 2, 0.1, 0), (2, 1, 0.8, 1), (2, 2, 0.0, 0)]
    >>> table = pd.DataFrame(rows, columns=["origin_block", "destination_block", "block_density", "image"])
    >>> len(block_density(table).patches)
    2
    """
    known = set(COLUMNS) <= set(table.columns)
    rows = table.dropna(subset=list(COLUMNS[:2])) if known else table.head(0)
    with canvas(
        ax, lang=lang, size=(7.4, 4.6), title=title, term="figure.block_density", synthetic=synthetic
    ) as (axes, words):
        if rows.empty:
            no_data(axes, words)
            return axes
        values, givers, takers = _square(rows, COLUMNS[2])
        most = float(np.nanmax(values)) if np.isfinite(values).any() else 0.0
        axes.imshow(values, cmap=BLUES, norm=PowerNorm(0.6, vmin=0, vmax=most or 1.0), aspect="auto")
        _texts(axes, values, most, words)
        if "image" in rows.columns:
            for row, column in zip(*np.nonzero(_square(rows, "image")[0] == 1), strict=True):
                axes.add_patch(
                    Rectangle((column - 0.46, row - 0.46), 0.92, 0.92, fill=False, edgecolor=ORANGE, lw=2)
                )
        axes.set_xticks(range(len(takers)), [f"{block:.0f}" for block in takers])
        axes.set_yticks(range(len(givers)), _names(givers, places, words))
        axes.xaxis.tick_top()
        axes.xaxis.set_label_position("top")
        tidy(axes, grid="", spines=())
        axes.tick_params(labelsize=TEXT["small"])
        axes.set(xlabel=words.term("destination_block"), ylabel=words.term("origin_block"))
    return axes


def mixing_matrix(
    matrix: pd.DataFrame,
    *,
    top: int = 20,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw shares of edges from group to group: rows give, columns receive, darker is more.

    Parameters
    ----------
    matrix
        Square table of ``tables.mixing_matrix_table``.
    top, lang, ax, title, synthetic
        As in ``flow_heatmap``.

    Examples
    --------
    >>> matrix = pd.DataFrame({"origin": ["partner", "sample"], "partner": [0, 0.6], "sample": [0.4, 0]})
    >>> mixing_matrix(matrix).get_title(loc="left")
    'Edges from group to group'
    """
    words = Words(lang)
    usual = words.term("figure.mixing_matrix")
    text = usual if title is None else words.safe(title, usual)
    if "origin" in matrix.columns:
        matrix = matrix.set_index("origin")
    named = matrix.rename(
        index=lambda name: words.value("role", name, str(name)),
        columns=lambda name: words.value("role", name, str(name)),
    )
    axes = flow_heatmap(named, top=top, lang=lang, ax=ax, title=text, synthetic=synthetic)
    # Groups need not be places; a table without rows has no axes to name.
    for axis, term in ((axes.xaxis, "target"), (axes.yaxis, "source")):
        if axis.label.get_text():
            axis.label.set_text(words.term(term))
    return axes


def _square(rows: pd.DataFrame, column: str) -> tuple[np.ndarray, pd.Index, pd.Index]:
    """Set a column out as a square of blocks; cells that are not there are NaN."""
    (at, givers), (to, takers) = (pd.factorize(rows[end], sort=True) for end in COLUMNS[:2])
    values = np.full((len(givers), len(takers)), np.nan)
    values[at, to] = pd.to_numeric(rows[column], errors="coerce").to_numpy(dtype=float)
    return values, pd.Index(givers), pd.Index(takers)


def _names(blocks: pd.Index, places: pd.DataFrame | None, words: Words) -> list[str]:
    """Name each block by its number and as many of its places as there is room for."""
    numbers = [f"{block:.0f}" for block in blocks]
    if places is None or not {"place", "block"} <= set(places.columns):
        return numbers
    names = pd.Series(place_names(places["place"].map(str).tolist(), words), dtype=object)
    result = []
    for number, block in zip(numbers, blocks, strict=True):
        inside = names[(places["block"] == block).to_numpy()].tolist()
        result.append(words.colon(number, wrap(words.comma(inside), 26, lines=3)) if inside else number)
    return result


def _texts(axes: Axes, values: np.ndarray, most: float, words: Words) -> None:
    digits = 2 if most <= 1 else 1 if most < 100 else 0
    for (row, column), value in np.ndenumerate(values):
        axes.text(
            column,
            row,
            words.number(value, digits),
            ha="center",
            va="center",
            fontsize=TEXT["small"],
            color="white" if value > 0.4 * most else INK,
        )
