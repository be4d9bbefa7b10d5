"""A drawing of the network: points and lines at given positions (Figures 9, 14)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.transforms import Bbox

from clusters.figures._style import (
    GREY,
    INK,
    PALETTE,
    PARTNER,
    SAMPLE,
    TEXT,
    WIDTH,
    canvas,
    key,
    no_data,
    root,
)
from clusters.figures._text import Words, shorten

MANY = 3000
"""Lines or points beyond this number are drawn as one image also in an SVG."""


def network_map(
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    *,
    labels: int = 15,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw organisations and their relations where a layout has placed them.

    Parameters
    ----------
    nodes
        ``node``, ``x``, ``y``; and where known ``size`` (drawn area grows with its square;
        a diameter in units of the positions), ``degree``, ``label``, and ``color``
        (``#RRGGBB``), else ``role`` or ``community`` for the colours.
    edges
        ``source`` and ``target`` as they stand in ``node``.
    labels
        Number of nodes that are named, largest first; a name that would cover another
        one is left out.
    lang
        Language of the words in the picture. Names are written as they are.
    ax
        Axes to draw on; a new figure by default.
    title
        Title instead of the default; empty for none.
    synthetic
        Mark the picture as one of synthetic data.

    Examples
    --------
    >>> nodes = pd.DataFrame({"node": ["a", "b"], "x": [0.0, 1.0], "y": [0.0, 1.0]})
    >>> ax = network_map(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]}))
    >>> ax.collections[0].get_segments()[0].tolist()
    [[0.0, 0.0], [1.0, 1.0]]
    """
    placed = _placed(nodes)
    with canvas(
        ax, lang=lang, size=(WIDTH, 7.2), title=title, term="figure.network_map", synthetic=synthetic
    ) as (axes, words):
        if placed.empty:
            no_data(axes, words)
            return axes
        axes.set_axis_off()
        axes.set_aspect("equal")
        _lines(axes, placed, edges)
        _dots(axes, placed)
        _frame(axes, placed)
        _legend(axes, placed, words)
        _label(axes, placed, labels, words)
    return axes


def _placed(nodes: pd.DataFrame) -> pd.DataFrame:
    """Return the nodes with a position, largest first."""
    if not {"x", "y"} <= set(nodes.columns):
        return nodes.head(0)
    frame = nodes if "node" in nodes.columns else nodes.rename_axis("node").reset_index()
    frame = frame[np.isfinite(frame["x"].astype(float)) & np.isfinite(frame["y"].astype(float))]
    weight = next((c for c in ("degree", "size") if c in frame.columns), None)
    if weight is None:
        return frame
    return frame.iloc[np.argsort(-frame[weight].fillna(0).to_numpy(dtype=float), kind="stable")]


def _lines(ax: Axes, nodes: pd.DataFrame, edges: pd.DataFrame) -> None:
    if not {"source", "target"} <= set(edges.columns) or edges.empty:
        return
    points = nodes.set_index("node")[["x", "y"]].astype(float)
    known = edges["source"].isin(points.index) & edges["target"].isin(points.index)
    ends = edges[known]
    segments = np.stack(
        [points.loc[ends["source"]].to_numpy(), points.loc[ends["target"]].to_numpy()], axis=1
    )
    many = len(segments)
    ax.add_collection(
        LineCollection(
            list(segments),
            colors="#555555",
            linewidths=0.5 if many < 1000 else 0.25,
            alpha=float(np.clip(9 / np.sqrt(max(many, 1)), 0.04, 0.6)),
            zorder=1,
            rasterized=many > MANY,
        )
    )


def _dots(ax: Axes, nodes: pd.DataFrame) -> None:
    size = _area(nodes)
    ax.scatter(
        nodes["x"].astype(float)[::-1],
        nodes["y"].astype(float)[::-1],
        s=size[::-1],
        c=_colors(nodes)[::-1],
        edgecolors="white",
        linewidths=np.where(size[::-1] > 20, 0.5, 0.0).tolist(),
        zorder=2,
        rasterized=len(nodes) > MANY,
    )


def _frame(ax: Axes, nodes: pd.DataFrame) -> None:
    """Show a square around all nodes, also where they stand on one line or on one spot."""
    low, high = nodes[["x", "y"]].astype(float).min(), nodes[["x", "y"]].astype(float).max()
    half = 0.53 * float((high - low).max()) or 1.0
    middle = (low + high) / 2
    ax.set_xlim(middle["x"] - half, middle["x"] + half)
    ax.set_ylim(middle["y"] - half, middle["y"] + half)


def _area(nodes: pd.DataFrame) -> np.ndarray:
    if "size" in nodes.columns:
        raw = nodes["size"].fillna(0).to_numpy(dtype=float) ** 2
    elif "degree" in nodes.columns:
        raw = nodes["degree"].fillna(0).to_numpy(dtype=float)
    else:
        return np.full(len(nodes), 20.0)
    crowd = np.clip(np.sqrt(300 / max(len(nodes), 1)), 0.05, 1.0)
    return np.asarray(1.5 + 600 * max(crowd, 0.4) * raw / (raw.max() or 1.0) + 12 * crowd)


def _groups(nodes: pd.DataFrame) -> tuple[str, dict[Any, str]]:
    """Return the column that colours stand for, and the colour of each of its values."""
    if "role" in nodes.columns and nodes["role"].notna().any():
        return "role", {"sample": SAMPLE, "partner": PARTNER}
    if "community" in nodes.columns and nodes["community"].notna().any():
        sizes = nodes["community"].value_counts()
        largest = sorted(sizes.index, key=lambda c: (-sizes[c], str(c)))[: len(PALETTE)]
        return "community", dict(zip(largest, PALETTE, strict=False))
    return "", {}


def _colors(nodes: pd.DataFrame) -> np.ndarray:
    if "color" in nodes.columns:
        return nodes["color"].fillna(GREY).to_numpy(dtype=object)
    column, colors = _groups(nodes)
    if not column:
        return np.full(len(nodes), SAMPLE, dtype=object)
    return np.array([colors.get(v, GREY) for v in nodes[column].astype(object)], dtype=object)


def _legend(ax: Axes, nodes: pd.DataFrame, words: Words) -> None:
    column, colors = _groups(nodes)
    if column == "role":
        roles = [r for r in ("sample", "partner") if (nodes["role"] == r).any()]
        drawn = dict(zip(nodes["role"].astype(object), _colors(nodes), strict=True))
        key(
            ax,
            [drawn.get(r, colors[r]) for r in roles],
            [words.value("role", r) for r in roles],
            loc="lower left",
        )


def _label(ax: Axes, nodes: pd.DataFrame, most: int, words: Words) -> None:
    """Name the largest nodes, each where its name covers no other and stays in the picture."""
    shown = nodes.head(most)
    column = "label" if "label" in nodes.columns else "node"
    names = [shorten(n, 24) for n in words.names(shown[column].tolist(), shown["node"].tolist())]
    figure = root(ax)
    figure.draw_without_rendering()  # positions on the page are known only after the layout
    taken: list[Bbox] = []
    for name, x, y, area in zip(names, shown["x"], shown["y"], _area(nodes)[:most], strict=True):
        away = float(np.sqrt(area)) / 2 + 2
        for side, above in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            text = ax.annotate(
                name,
                (float(x), float(y)),
                xytext=(side * away, above * away),
                textcoords="offset points",
                ha={1: "left", 0: "center", -1: "right"}[side],
                va={1: "bottom", 0: "center", -1: "top"}[above],
                fontsize=TEXT["tiny"],
                color=INK,
                zorder=3,
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.6},
            )
            text.set_in_layout(False)
            box = text.get_window_extent().padded(1)
            within = figure.bbox.contains(*box.min) and figure.bbox.contains(*box.max)
            if within and not any(box.overlaps(other) for other in taken):
                taken.append(box)
                break
            text.remove()
