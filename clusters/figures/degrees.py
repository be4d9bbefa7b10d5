"""The best connected organisations (Tables 3, 4)."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from clusters.figures._style import (
    GIVES,
    TAKES,
    bar_names,
    bar_texts,
    bars_height,
    canvas,
    key,
    no_data,
)
from clusters.figures._text import Words, shorten


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


def _names(rows: pd.DataFrame, words: Words) -> list[str]:
    ids = rows["node"].tolist() if "node" in rows.columns else None
    column = next((c for c in ("label", "node", "name") if c in rows.columns), None)
    return words.names(rows[column].tolist(), ids) if column else [f"#{n}" for n in range(1, len(rows) + 1)]
