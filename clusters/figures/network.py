"""A drawing of the network: points and lines at given positions (Figures 9, 14)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import patheffects
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
        axes.set_aspect("equal", adjustable="datalim")
        _lines(axes, placed, edges)
        _dots(axes, placed)
        axes.margins(0.03)
        _legend(axes, placed, words)
        _label(axes, placed.head(labels), words)
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


def _label(ax: Axes, nodes: pd.DataFrame, words: Words) -> None:
    """Name the largest nodes, each where its name covers no other."""
    column = next((c for c in ("label", "node") if c in nodes.columns), "node")
    names = [shorten(n, 24) for n in words.names(nodes[column].tolist(), nodes["node"].tolist())]
    root(ax).draw_without_rendering()
    taken: list[Bbox] = []
    radii = np.sqrt(_area(nodes)) / 2 if len(nodes) else np.array([])
    for name, x, y, radius in zip(
        names, nodes["x"].astype(float), nodes["y"].astype(float), radii, strict=True
    ):
        away = float(radius) + 2
        for dx, dy, ha, va in (
            (away, 0, "left", "center"), (-away, 0, "right", "center"), (0, away, "center", "bottom"),
            (0, -away, "center", "top"),
        ):  # fmt: skip
            text = ax.annotate(
                name,
                (x, y),
                xytext=(dx, dy),
                textcoords="offset points",
                ha=ha,
                va=va,
                fontsize=TEXT["tiny"],
                color=INK,
                zorder=3,
                path_effects=[patheffects.withStroke(linewidth=2.5, foreground="white")],
            )
            box = text.get_window_extent().padded(1)
            if not any(box.overlaps(other) for other in taken):
                taken.append(box)
                break
            text.remove()
