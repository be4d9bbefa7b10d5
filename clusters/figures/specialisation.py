"""What places are specialised in, which classes go together, and how complex either is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path

from clusters.figures._style import (
    BLUE,
    EMPTY,
    GREY,
    INK,
    ORANGE,
    QUIET,
    TEXT,
    WIDTH,
    bars_height,
    canvas,
    no_data,
    tidy,
)
from clusters.figures._text import shorten, width

MORE = LinearSegmentedColormap.from_list(
    "clusters_more", ["#b35f00", "#f3cf9f", "#ffffff", "#9ecae1", "#08457e"]
)
"""Orange for less than the share of all places, white for as much, blue for more."""
REACH = 2.0
"""Location quotients from 1/4 to 4, two doublings, have their own colour."""


def location_quotients(
    table: pd.DataFrame,
    *,
    top: int = 20,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw location quotients: places down, classes across, blue above 1 and orange below.

    Parameters
    ----------
    table
        ``place``, ``class``, ``relations``, ``location_quotient``.
    top
        Places with the most relations, largest first.
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
        Its first image holds the quotients as doublings, from -2 to 2; grey where there is none. Cells
        above 1 carry their quotient.

    Examples
    --------
    >>> table = pd.DataFrame({"place": ["北京市"] * 2, "class": ["5G", "物联网"], "relations": [3, 1]})
    >>> ax = location_quotients(table.assign(location_quotient=[2.0, 0.5]))
    >>> ax.images[0].get_array().tolist(), [text.get_text() for text in ax.texts]
    ([[1.0, -1.0]], ['2.0'])
    """
    wide = _quotients(table, top)
    high = 2.0 + 0.27 * max(len(wide), 4)
    with canvas(
        ax,
        lang=lang,
        size=(WIDTH, high),
        title=title,
        term="figure.location_quotients",
        synthetic=synthetic,
    ) as (axes, words):
        if wide.empty:
            no_data(axes, words)
            return axes
        values = wide.to_numpy(dtype=np.float64)
        with np.errstate(divide="ignore"):
            doublings = np.clip(np.log2(values), -REACH, REACH)
        axes.set_facecolor(EMPTY)
        axes.imshow(np.ma.masked_invalid(doublings), cmap=MORE, vmin=-REACH, vmax=REACH, aspect="auto")
        for row, column in zip(*np.nonzero(values > 1), strict=True):
            axes.text(
                column,
                row,
                f"{values[row, column]:.1f}",
                ha="center",
                va="center",
                fontsize=TEXT["tiny"] - 1,
                color="white" if doublings[row, column] > 1.2 else INK,
            )
        tidy(axes, grid="", spines=())
        places = [shorten(name, 18) for name in words.values("place", wide.index.tolist())]
        classes = [shorten(name, 20) for name in words.values("class", wide.columns.tolist())]
        axes.set_yticks(range(len(places)), places)
        axes.set_xticks(range(len(classes)), classes, rotation=90)
        axes.tick_params(labelsize=TEXT["tiny"])
    return axes


def relatedness(
    table: pd.DataFrame,
    *,
    strong: float = 0.5,
    top: int = 24,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw which classes go together: a circle of classes, related ones near each other and joined.

    Parameters
    ----------
    table
        ``class``, ``other_class``, ``class_places``, ``other_places``, ``relatedness``.
    strong
        Pairs of at least this relatedness are joined, and those that hold the picture together (a
        spanning tree of the largest relatedness).
    top
        Classes that most places are specialised in.
    lang, ax, title, synthetic
        As in ``location_quotients``.

    Returns
    -------
    Axes
        One circle per class, larger for more places; wider and darker lines for more related pairs.

    Examples
    --------
    >>> table = pd.DataFrame({"class": ["5G"], "other_class": ["物联网"], "relatedness": [0.6]})
    >>> ax = relatedness(table.assign(class_places=3, other_places=5))
    >>> len(ax.patches), sorted(text.get_text() for text in ax.texts)
    (3, ['5G', 'Internet of Things'])
    """
    sizes, phi = _square(table, top)
    with canvas(
        ax, lang=lang, size=(WIDTH - 0.5, 6.2), title=title, term="figure.relatedness", synthetic=synthetic
    ) as (axes, words):
        if not len(sizes):
            no_data(axes, words)
            return axes
        axes.set_axis_off()
        axes.set_aspect("equal")
        order = _around(phi)
        angle = np.empty(len(order))
        angle[order] = np.pi / 2 - 2 * np.pi * np.arange(len(order)) / len(order)
        at = np.column_stack([np.cos(angle), np.sin(angle)])
        shown = sorted({*_tree(phi), *_strong(phi, strong)}, key=lambda pair: phi[pair])
        for first, second in shown:
            _link(axes, at[first], at[second], float(phi[first, second]), strong)
        for point, size in zip(at, sizes.to_numpy(), strict=True):
            radius = 0.02 + 0.035 * float(np.sqrt(size / max(sizes.max(), 1)))
            axes.add_patch(Circle((point[0], point[1]), radius, facecolor=BLUE, zorder=3))
        _names(axes, angle, words.values("class", sizes.index.tolist()))
        axes.set_xlim(-1.9, 1.9)
        axes.set_ylim(-1.35, 1.35)
    return axes


def complexity(
    table: pd.DataFrame,
    *,
    of: str = "class",
    top: int = 20,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw the complexity of classes or places as bars around the mean, most complex first.

    Parameters
    ----------
    table
        ``of``, ``item``, ``complexity``.
    of
        Rows that are drawn: ``class`` or ``place``.
    top
        Longest list; of more the upper and the lower half of it are drawn.
    lang, ax, title, synthetic
        As in ``location_quotients``.

    Examples
    --------
    >>> table = pd.DataFrame({"of": "class", "item": ["5G", "物联网"], "complexity": [1.0, -1.0]})
    >>> [float(bar.get_width()) for bar in complexity(table).patches]
    [1.0, -1.0]
    """
    rows = _ranked(table, of, top)
    with canvas(
        ax,
        lang=lang,
        size=bars_height(len(rows)),
        title=title,
        term=f"figure.complexity_{of}",
        synthetic=synthetic,
    ) as (axes, words):
        if rows.empty:
            no_data(axes, words)
            return axes
        values = rows["complexity"].to_numpy(dtype=np.float64)
        at = np.arange(len(rows))
        axes.barh(at, values, height=0.72, color=[BLUE if v >= 0 else ORANGE for v in values])
        reach = float(np.abs(values).max()) or 1.0
        for row, value in zip(at, values, strict=True):
            axes.annotate(
                words.number(round(value, 2) + 0.0, 2),  # no minus sign before 0.00
                (value, row),
                xytext=(4 if value >= 0 else -4, 0),
                textcoords="offset points",
                va="center",
                ha="left" if value >= 0 else "right",
                fontsize=TEXT["small"],
            )
        tidy(axes, grid="", spines=())
        axes.axvline(0, color=QUIET, linewidth=0.8)
        axes.set_yticks(at, [shorten(name, 30) for name in words.values(of, rows["item"].tolist())])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(-1.25 * reach, 1.25 * reach)
        axes.set_xticks([])
    return axes


def _quotients(table: pd.DataFrame, top: int) -> pd.DataFrame:
    """Return quotients of the largest places, classes by falling number of relations."""
    if not {"place", "class", "relations", "location_quotient"} <= set(table.columns):
        return pd.DataFrame()
    rows = table.dropna(subset=["place", "class"]).astype({"relations": float, "location_quotient": float})
    names = [
        rows.groupby(column, sort=False)["relations"].sum().sort_values(ascending=False, kind="stable").index
        for column in ("place", "class")
    ]
    wide = rows.pivot_table(index="place", columns="class", values="location_quotient")
    return wide.reindex(index=names[0][:top], columns=names[1])


def _square(table: pd.DataFrame, top: int) -> tuple[pd.Series, np.ndarray]:
    """Return the places of each class, and relatedness as a square; 0 where it is not known."""
    columns = ["class", "other_class", "class_places", "other_places", "relatedness"]
    if not set(columns) <= set(table.columns):
        return pd.Series(dtype=float), np.zeros((0, 0))
    rows = table[columns].dropna(subset=["class", "other_class"])
    pairs = (("class", "class_places"), ("other_class", "other_places"))
    ends = [rows.set_index(name)[number] for name, number in pairs]
    sizes = pd.concat(ends).astype(float).fillna(0.0)
    sizes = sizes[~sizes.index.duplicated()].sort_values(ascending=False, kind="stable").head(top)
    phi = np.zeros((len(sizes), len(sizes)))
    first, second = (sizes.index.get_indexer(rows[name]) for name in ("class", "other_class"))
    known = (first >= 0) & (second >= 0)
    values = np.nan_to_num(rows["relatedness"].to_numpy(dtype=np.float64))
    phi[first[known], second[known]] = phi[second[known], first[known]] = values[known]
    return sizes, phi


def _around(phi: np.ndarray) -> list[int]:
    """Order classes so that each is followed by the one left that it is most related to."""
    left = list(range(len(phi)))
    order = [left.pop(0)]
    while left:
        following = max(left, key=lambda one: (phi[order[-1], one], -one))
        left.remove(following)
        order.append(following)
    return order


def _tree(phi: np.ndarray) -> list[tuple[int, int]]:
    """Return the pairs of a spanning tree of the largest relatedness; none where it is 0."""
    if not len(phi):
        return []
    joined, pairs = {0}, []
    while len(joined) < len(phi):
        best = max(
            ((one, other) for one in sorted(joined) for other in range(len(phi)) if other not in joined),
            key=lambda pair: phi[pair],
        )
        joined.add(best[1])
        if phi[best] > 0:
            pairs.append((min(best), max(best)))
    return pairs


def _strong(phi: np.ndarray, strong: float) -> list[tuple[int, int]]:
    first, second = np.nonzero(np.triu(phi, 1) >= strong)
    return [(int(a), int(b)) for a, b in zip(first, second, strict=True) if phi[a, b] > 0]


def _link(ax: Axes, start: np.ndarray, end: np.ndarray, value: float, strong: float) -> None:
    """Draw a line bent towards the middle of the circle."""
    middle = 0.72 * (start + end) / 2
    path = Path([tuple(start), tuple(middle), tuple(end)], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
    color = BLUE if value >= strong else GREY
    ax.add_patch(
        PathPatch(
            path, facecolor="none", edgecolor=color, linewidth=0.5 + 3 * value, alpha=0.35 + 0.4 * value
        )
    )


def _names(ax: Axes, angle: np.ndarray, names: Sequence[str]) -> None:
    """Write names outside the circle."""
    for turn, name in zip(angle, names, strict=True):
        x, y = float(np.cos(turn)), float(np.sin(turn))
        text = shorten(name, 26)
        ax.text(
            1.1 * x,
            1.1 * y,
            text,
            ha="left" if x > 0.1 else "right" if x < -0.1 else "center",
            va="bottom" if y > 0.95 else "top" if y < -0.95 else "center",
            fontsize=TEXT["small"] if width(text) < 18 else TEXT["tiny"],
        )


def _ranked(table: pd.DataFrame, of: str, top: int) -> pd.DataFrame:
    if of not in ("class", "place"):
        raise ValueError(f"of {of!r} is not known; use class or place")
    if not {"of", "item", "complexity"} <= set(table.columns):
        return pd.DataFrame()
    rows = table[(table["of"] == of) & table["complexity"].notna()]
    rows = rows.sort_values("complexity", ascending=False, kind="stable")
    if len(rows) <= top:
        return rows
    half = (top + 1) // 2
    return pd.concat([rows.head(half), rows.tail(top - half)])
