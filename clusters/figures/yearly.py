"""Lines over the years: size, average degree, distances, clustering (Tables 2 and 6)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from clusters import labels
from clusters.figures._style import (
    BLUE,
    GREEN,
    PALETTE,
    QUIET,
    RED,
    TEXT,
    WIDTH,
    canvas,
    count_axis,
    end_labels,
    no_data,
    panels,
    shade,
    share_axis,
    tidy,
    year_axis,
)
from clusters.figures._text import Words

SIZE = ("edges", "nodes", "sample_nodes")
PATHS = ("diameter", "average_path_length")
ESTIMATED = ("diameter_at_least", "average_path_length_estimate")
"""The same of networks that were too large to search from every node."""


def yearly_line(
    table: pd.DataFrame,
    column: str | Sequence[str],
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw one or several columns of a yearly table as lines from a zero base.

    Parameters
    ----------
    table
        One row per year, with ``year`` and the columns asked for.
    column
        One column, or several of the same unit.
    lang
        Language of the words in the picture.
    ax
        Axes to draw on; a new figure by default.
    title
        Title instead of the name of the first column; empty for none.
    synthetic
        Mark the picture as one of synthetic data.

    Returns
    -------
    Axes
        Each line is named at its end, with its last value.

    Examples
    --------
    >>> table = pd.DataFrame({"year": [2021, 2022], "average_degree": [2.572, 2.724]})
    >>> yearly_line(table, "average_degree").lines[0].get_ydata().tolist()
    [2.572, 2.724]
    """
    columns = [column] if isinstance(column, str) else list(column)
    with canvas(ax, lang=lang, size=(WIDTH, 3.8), title=title, term=columns[0], synthetic=synthetic) as (
        axes,
        words,
    ):
        _lines(axes, table, columns, words)
    return axes


def network_size(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw nodes and edges of the network by year (Table 2).

    Columns ``edges``, ``nodes``, ``sample_nodes``, as far as they are there.

    Examples
    --------
    >>> table = pd.DataFrame({"year": [2021, 2022], "nodes": [24808, 30765], "edges": [63809, 83815]})
    >>> [text.get_text() for text in network_size(table).texts]
    ['Edges  83,815', 'Nodes  30,765']
    """
    with canvas(
        ax, lang=lang, size=(WIDTH, 4.2), title=title, term="figure.network_size", synthetic=synthetic
    ) as (axes, words):
        _lines(axes, table, [c for c in SIZE if c in table.columns and table[c].notna().any()], words)
    return axes


def average_degree(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw the average degree E/N by year (Table 2).

    Examples
    --------
    >>> table = pd.DataFrame({"year": [2021, 2022], "average_degree": [2.572, 2.724]})
    >>> average_degree(table, lang="en").get_title(loc="left")
    'Average degree (E/N)'
    """
    return yearly_line(table, "average_degree", lang=lang, ax=ax, title=title, synthetic=synthetic)


def distances(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw diameter and average path length by year, both in edges (Table 2).

    Examples
    --------
    >>> table = pd.DataFrame({"year": [2022], "diameter": [12], "average_path_length": [3.982]})
    >>> [text.get_text() for text in distances(table).texts]
    ['Diameter  12', 'Average path length  3.982']
    """
    with canvas(
        ax, lang=lang, size=(WIDTH, 3.8), title=title, term="figure.distances", synthetic=synthetic
    ) as (axes, words):
        _lines(axes, table, [c for c in PATHS + ESTIMATED if c in table.columns], words)
    return axes


def clustering(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw the average clustering coefficient by year (Table 2).

    Examples
    --------
    >>> table = pd.DataFrame({"year": [2021, 2022], "average_clustering": [0.036, 0.04]})
    >>> clustering(table).lines[0].get_ydata().tolist()
    [0.036, 0.04]
    """
    return yearly_line(table, "average_clustering", lang=lang, ax=ax, title=title, synthetic=synthetic)


def platform_structure(
    table: pd.DataFrame,
    *,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw size, average degree, distances and clustering in four panels (Table 6).

    Returns
    -------
    Axes
        The panels are its ``child_axes``.

    Examples
    --------
    >>> table = pd.DataFrame({"year": [2019, 2021], "nodes": [8384, 17132], "edges": [17984, 43624]})
    >>> len(platform_structure(table).child_axes)
    4
    """
    with canvas(
        ax,
        lang=lang,
        size=(WIDTH + 1, 5.6),
        title=title,
        term="figure.platform_structure",
        synthetic=synthetic,
        head=22,
    ) as (axes, words):
        if not len(_dated(table)):
            no_data(axes, words)
            return axes
        for panel, columns in zip(
            panels(axes, 2, 2, gap=(0.3, 0.19)),
            (("edges", "nodes"), PATHS, ("average_degree",), ("average_clustering",)),
            strict=True,
        ):
            _lines(panel, table, columns, words, named=len(columns) > 1)
            names = words.comma([words.term(c) for c in columns])
            panel.set_title(names, loc="left", fontsize=TEXT["small"], color=QUIET)
            few = _dated(table)["year"].astype(int).tolist()
            panel.set_xticks(few if len(few) <= 5 else [few[0], few[len(few) // 2], few[-1]])
    return axes


def _lines(
    ax: Axes, table: pd.DataFrame, columns: Sequence[str], words: Words, *, named: bool = True
) -> None:
    dated = _dated(table)
    drawn = [c for c in columns if c in dated.columns and dated[c].notna().any()]
    if not drawn:
        no_data(ax, words)
        return
    years = dated["year"].to_numpy(dtype=float)
    colors = dict(zip(drawn, _colors(drawn), strict=True))
    ends, texts = [], []
    for column in drawn:
        values = pd.to_numeric(dated[column]).to_numpy(dtype=float)
        ax.plot(years, values, marker="o", color=colors[column], clip_on=False)
        last = int(np.flatnonzero(np.isfinite(values))[-1])
        ends.append((years[last], values[last]))
        number = _figure(values[last], column, words)
        texts.append(f"{words.term(column)}  {number}" if named else number)
    tidy(ax)
    ax.set_ylim(0, _ceiling(dated[drawn]))
    year_axis(ax, dated["year"].astype(int).tolist())
    if all(labels.unit(c) == "share" for c in drawn):
        share_axis(ax.yaxis, words)
    elif _ceiling(dated[drawn]) > 10:
        count_axis(ax.yaxis, words)
    end_labels(ax, ends, texts, [shade(colors[c]) for c in drawn], size=TEXT["small"], x=float(years.max()))


def _dated(table: pd.DataFrame) -> pd.DataFrame:
    if "year" not in table.columns:
        return table.head(0)
    return table[table["year"].notna()].sort_values("year")


def _ceiling(values: pd.DataFrame) -> float:
    top = float(np.nanmax(values.to_numpy(dtype=float), initial=0.0))
    return top * 1.08 if top > 0 else 1.0


def _colors(columns: Sequence[str]) -> list[str]:
    paths = dict(zip(PATHS + ESTIMATED, (RED, BLUE) * 2, strict=True))
    known = {"edges": RED, "nodes": BLUE, "sample_nodes": GREEN, **paths}
    rest = iter([c for c in PALETTE if c not in known.values()] * len(columns))
    first = columns[0]
    return [known.get(c, BLUE if c == first else next(rest)) for c in columns]


def _figure(value: float, column: str, words: Words) -> str:
    unit = labels.unit(column)
    if unit == "share":
        return words.share(value)
    if unit == "count" or float(value).is_integer():
        return words.count(value)
    return words.number(value)
