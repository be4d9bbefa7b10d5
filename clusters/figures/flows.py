"""Flows between places: matrix, bands, chords, ranked flows, giving against taking (Figures 16, 17)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.patches import PathPatch, Wedge
from matplotlib.path import Path

from clusters import places
from clusters.figures._style import (
    BLUE,
    BLUES,
    GIVES,
    GREY,
    INK,
    ORANGE,
    PALETTE,
    QUIET,
    TAKES,
    TEXT,
    WIDTH,
    bars_height,
    canvas,
    key,
    no_data,
    ranked_bars,
    share_axis,
    spread,
    tidy,
)
from clusters.figures._text import Words, shorten

OTHER = "other"
INTRA, INTER = BLUE, ORANGE


def flow_heatmap(
    matrix: pd.DataFrame,
    *,
    top: int = 20,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw the flow matrix: rows give, columns receive, darker is more.

    Parameters
    ----------
    matrix
        Square table, index (or a column) ``origin``, one column per destination; counts
        or shares of all flows.
    top
        Places with the largest flows; all others are added up in a last row and column.
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
        Its first image holds the shares; cells of at least 0.1 % carry their percentage.

    Examples
    --------
    >>> matrix = pd.DataFrame([[4, 1], [0, 3]], index=["甲", "乙"], columns=["甲", "乙"])
    >>> flow_heatmap(matrix).images[0].get_array().tolist()
    [[0.5, 0.125], [0.0, 0.375]]
    """
    shares = _largest(flow_shares(matrix), top)
    side = 2.4 + 0.33 * max(len(shares), 4)
    with canvas(
        ax,
        lang=lang,
        size=(min(side + 0.9, 9.2), min(side, 8.6)),
        title=title,
        term="figure.flow_heatmap",
        synthetic=synthetic,
    ) as (axes, words):
        if shares.empty:
            no_data(axes, words)
            return axes
        values = shares.to_numpy()
        axes.imshow(values, cmap=BLUES, norm=PowerNorm(0.45, vmin=0, vmax=values.max() or 1.0), aspect="auto")
        _cell_texts(axes, values, len(shares))
        names = place_names(shares.index.tolist(), words)
        rotation = 0 if max(map(len, names)) <= 3 and len(names) <= 24 else 90
        axes.set_xticks(range(len(names)), names, rotation=rotation)
        axes.set_yticks(range(len(names)), names)
        axes.xaxis.tick_top()
        axes.xaxis.set_label_position("top")
        tidy(axes, grid="", spines=())
        axes.tick_params(labelsize=TEXT["tiny"] if len(names) > 12 else TEXT["small"])
        axes.set(xlabel=words.term("destination"), ylabel=words.term("origin"))
    return axes


def flow_bands(
    matrix: pd.DataFrame,
    *,
    top: int = 8,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw flows as bands from the giving places (left) to the receiving ones (right).

    Parameters
    ----------
    matrix
        As in ``flow_heatmap``.
    top
        Places with the largest flows; the others are one place.
    lang, ax, title, synthetic
        As in ``flow_heatmap``.

    Returns
    -------
    Axes
        One band per flow, as wide as its share, in the colour of the place that gives.

    Examples
    --------
    >>> matrix = pd.DataFrame([[3, 1], [0, 4]], index=["甲", "乙"], columns=["甲", "乙"])
    >>> [text.get_text() for text in flow_bands(matrix).texts[:2]]
    ['乙  50.0 %', '甲  50.0 %']
    """
    shares = _largest(flow_shares(matrix), top)
    with canvas(
        ax, lang=lang, size=(WIDTH, 5.6), title=title, term="figure.flow_bands", synthetic=synthetic, head=14
    ) as (axes, words):
        if shares.empty or not shares.to_numpy().sum():
            no_data(axes, words)
            return axes
        axes.set_axis_off()
        names, colors = place_names(shares.index.tolist(), words), _place_colors(shares)
        values = shares.to_numpy()
        gap = 0.018 * values.sum()
        left, right = _stacked(values.sum(axis=1), gap), _stacked(values.sum(axis=0), gap)
        _bands(axes, values, left, right, colors)
        for x, heights, starts, side in (
            (0.0, values.sum(axis=1), left, "right"),
            (1.0, values.sum(axis=0), right, "left"),
        ):
            _blocks(
                axes,
                x,
                heights,
                starts,
                colors,
                [f"{n}  {words.share(h)}" for n, h in zip(names, heights, strict=True)],
                side,
            )
        axes.set_xlim(-0.05, 1.05)
        axes.set_ylim(-(values.sum() + gap * len(names)), 0)
        for x, term, side in ((-0.03, "empowerment", "left"), (1.03, "input", "right")):
            axes.annotate(
                words.term(term),
                (x, 0),
                xytext=(0, 5),
                textcoords="offset points",
                ha=side,
                fontsize=TEXT["small"],
                color=QUIET,
                annotation_clip=False,
            )
    return axes


def flow_chord(
    matrix: pd.DataFrame,
    *,
    top: int = 10,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw flows as chords of a circle: two bundles per pair, one for each direction.

    Parameters
    ----------
    matrix
        As in ``flow_heatmap``.
    top
        Places with the largest flows; the others are one place.
    lang, ax, title, synthetic
        As in ``flow_heatmap``.

    Returns
    -------
    Axes
        Each arc is as long as what a place gives (full) and takes (pale); each chord has
        the colour of the place that gives.

    Examples
    --------
    >>> matrix = pd.DataFrame([[3, 1], [0, 4]], index=["甲", "乙"], columns=["甲", "乙"])
    >>> [text.get_text() for text in flow_chord(matrix).texts]
    ['乙', '甲']
    """
    shares = _largest(flow_shares(matrix), top)
    with canvas(
        ax, lang=lang, size=(WIDTH - 0.5, 6.4), title=title, term="figure.flow_chord", synthetic=synthetic
    ) as (axes, words):
        if shares.empty or not shares.to_numpy().sum():
            no_data(axes, words)
            return axes
        axes.set_axis_off()
        axes.set_aspect("equal")
        _chords(axes, shares.to_numpy(), place_names(shares.index.tolist(), words), _place_colors(shares))
        axes.set_xlim(-1.45, 1.45)
        axes.set_ylim(-1.18, 1.18)
    return axes


def top_flows(
    table: pd.DataFrame,
    *,
    top: int = 20,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw the largest flows as bars, within a place and between places (Tables 8, 9).

    Parameters
    ----------
    table
        ``origin``, ``destination``, ``share`` in rank order, and where known ``relations``.
    top
        Longest list.
    lang, ax, title, synthetic
        As in ``flow_heatmap``.

    Examples
    --------
    >>> table = pd.DataFrame({"origin": ["广东省"], "destination": ["北京市"], "share": [0.0691]})
    >>> ax = top_flows(table)
    >>> ax.get_yticklabels()[0].get_text(), ax.texts[0].get_text()
    ('Guangdong → Beijing', '6.91 %')
    """
    given = {"origin", "destination", "share"} <= set(table.columns)
    rows = table[table["share"].notna()].head(top) if given else table.head(0)
    with canvas(
        ax, lang=lang, size=bars_height(len(rows)), title=title, term="figure.top_flows", synthetic=synthetic
    ) as (axes, words):
        if rows.empty:
            no_data(axes, words)
            return axes
        origins = words.values("origin", rows["origin"].tolist())
        ends = words.values("destination", rows["destination"].tolist())
        inside = (rows["origin"].astype(str) == rows["destination"].astype(str)).tolist()
        shares = rows["share"].to_numpy(dtype=float)
        texts = [words.share(s, 2) for s in shares]
        if "relations" in rows.columns and rows["relations"].notna().all():
            texts = [words.bracket(words.count(r), t) for r, t in zip(rows["relations"], texts, strict=True)]
        ranked_bars(
            axes,
            [f"{shorten(a, 20)} → {shorten(b, 20)}" for a, b in zip(origins, ends, strict=True)],
            shares,
            texts,
            colors=[INTRA if same else INTER for same in inside],
        )
        key(axes, [INTRA, INTER], [words.value("type", "intra"), words.value("type", "inter")])
    return axes


def flow_margins(
    table: pd.DataFrame,
    *,
    top: int = 20,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw what each place gives against what it takes (Tables 7, 10).

    Parameters
    ----------
    table
        ``place``, ``empowerment_share``, ``input_share``.
    top
        Longest list, by the larger of the two.
    lang, ax, title, synthetic
        As in ``flow_heatmap``.

    Returns
    -------
    Axes
        Two dots per place; the line between them has the colour of the larger one.

    Examples
    --------
    >>> table = pd.DataFrame({"place": ["上海市"], "empowerment_share": [0.0974], "input_share": [0.102]})
    >>> [text.get_text() for text in flow_margins(table).texts]
    ['10.2 %', '9.7 %']
    """
    rows = _margins(table).head(top)
    with canvas(
        ax,
        lang=lang,
        size=bars_height(len(rows), each=0.29),
        title=title,
        term="figure.flow_margins",
        synthetic=synthetic,
    ) as (axes, words):
        if rows.empty:
            no_data(axes, words)
            return axes
        places = np.arange(len(rows))
        gives, takes = rows["empowerment_share"].to_numpy(), rows["input_share"].to_numpy()
        line = [
            GIVES if g >= t else TAKES
            for g, t in zip(np.nan_to_num(gives), np.nan_to_num(takes), strict=True)
        ]
        axes.hlines(
            places, np.fmin(gives, takes), np.fmax(gives, takes), colors=line, linewidth=2.5, alpha=0.6
        )
        axes.plot(gives, places, "o", color=GIVES, markersize=7, label=words.term("empowerment_share"))
        axes.plot(takes, places, "o", color=TAKES, markersize=7, label=words.term("input_share"))
        _dumbbell_texts(axes, gives, takes, words)
        tidy(axes, grid="both", spines=())
        axes.set_yticks(places, [shorten(n, 30) for n in words.values("place", rows["place"].tolist())])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        reach = float(np.nanmax([gives, takes])) or 1.0
        axes.set_xlim(-0.09 * reach, 1.1 * reach)
        share_axis(axes.xaxis, words)
        axes.legend(loc="lower right", handletextpad=0.2)
    return axes


def flow_shares(matrix: pd.DataFrame) -> pd.DataFrame:
    """Return a flow matrix as shares of all flows, rows and columns in one order.

    Shares stay as they are, also where they do not add up to one (a partial table).

    Examples
    --------
    >>> flow_shares(pd.DataFrame({"origin": ["a", "b"], "a": [1, 0], "b": [0, 3]})).loc["b"].tolist()
    [0.0, 0.75]
    """
    square = matrix.set_index("origin") if "origin" in matrix.columns else matrix
    values: pd.DataFrame = square.apply(pd.to_numeric, errors="coerce").fillna(0.0).astype(float)
    values.index, values.columns = values.index.map(str), values.columns.map(str)
    names = list(dict.fromkeys([*values.index, *values.columns]))
    values = values.reindex(index=names, columns=names, fill_value=0.0)
    total = float(values.to_numpy().sum())
    return values if total <= 1 + 1e-9 else values / total


def place_names(names: list[str], words: Words) -> list[str]:
    """Return the names of places, in their short form in Chinese (北京 for 北京市)."""
    result = []
    for number, name in enumerate(names, 1):
        if name == OTHER:
            result.append(words.term("other"))
            continue
        known = places.place(name) if words.lang == "zh" else None
        result.append(words.safe(known.short_zh) if known else words.value("place", name, f"#{number}"))
    return [shorten(name, 18) for name in result]


def _largest(shares: pd.DataFrame, top: int) -> pd.DataFrame:
    """Keep the places with the largest flows, largest first, and add up the others."""
    if shares.empty:
        return shares
    weight = (shares.sum(axis=0) + shares.sum(axis=1)).sort_values(ascending=False, kind="stable")
    order = [n for n in weight.index if weight[n] > 0]
    kept, rest = order[:top], order[top:]
    if len(rest) <= 1:
        kept, rest = order, []
    result = shares.loc[kept, kept].copy()
    if rest:
        result[OTHER] = shares.loc[kept, rest].sum(axis=1)
        result.loc[OTHER] = [
            *shares.loc[rest, kept].sum(axis=0),
            float(shares.loc[rest, rest].to_numpy().sum()),
        ]
    return result


def _place_colors(shares: pd.DataFrame) -> list[str]:
    cycle = [*PALETTE, "#8C564B", "#17A2A2", "#B0506A"]
    return [GREY if n == OTHER else cycle[i % len(cycle)] for i, n in enumerate(shares.index)]


def _cell_texts(ax: Axes, values: np.ndarray, size: int) -> None:
    middle = values.max() * 0.3
    for row, column in zip(*np.nonzero(values >= 0.001), strict=True):
        value = values[row, column]
        ax.text(
            column,
            row,
            f"{100 * value:.1f}",
            ha="center",
            va="center",
            fontsize=6.5 if size > 14 else 8,
            color="white" if value > middle else INK,
        )


def _stacked(heights: np.ndarray, gap: float) -> np.ndarray:
    """Return the upper end of each block, from the top (0) down."""
    return np.asarray(-(np.cumsum(heights) - heights) - gap * np.arange(len(heights)))


def _blocks(
    ax: Axes,
    x: float,
    heights: np.ndarray,
    starts: np.ndarray,
    colors: list[str],
    texts: list[str],
    side: str,
) -> None:
    ax.bar(x, -heights, width=0.03, bottom=starts, color=colors)
    middles = starts - heights / 2
    total = float(heights.sum()) or 1.0
    for text, y in zip(texts, spread(middles.tolist(), 0.042 * total), strict=True):
        ax.annotate(
            text,
            (x, y),
            xytext=(-10 if side == "right" else 10, 0),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=TEXT["small"],
            annotation_clip=False,
        )


def _bands(ax: Axes, values: np.ndarray, left: np.ndarray, right: np.ndarray, colors: list[str]) -> None:
    into = right.copy()
    for row in range(len(values)):
        out = left[row]
        for column in range(len(values)):
            height = values[row, column]
            if height <= 0:
                continue
            ax.add_patch(_band(0.015, out, 0.985, into[column], height, colors[row]))
            out -= height
            into[column] -= height


def _band(x0: float, y0: float, x1: float, y1: float, height: float, color: str) -> PathPatch:
    middle = (x0 + x1) / 2
    points = [
        (x0, y0), (middle, y0), (middle, y1), (x1, y1),
        (x1, y1 - height), (middle, y1 - height), (middle, y0 - height), (x0, y0 - height),
        (x0, y0),
    ]  # fmt: skip
    codes: list[Any] = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    return PathPatch(Path(points, codes), facecolor=color, alpha=0.45, linewidth=0)


def _chords(ax: Axes, values: np.ndarray, names: list[str], colors: list[str]) -> None:
    size = values.sum(axis=0) + values.sum(axis=1)
    pause = 0.035
    scale = (2 * np.pi - pause * len(size)) / size.sum()
    # Clockwise from the top; an arc holds first what its place gives, then what it takes.
    start = np.pi / 2 - np.cumsum(np.r_[0, size[:-1] * scale + pause])
    out = start.copy()
    into = start - values.sum(axis=1) * scale
    for k, (name, color) in enumerate(zip(names, colors, strict=True)):
        middle, end = into[k], start[k] - size[k] * scale
        ax.add_patch(
            Wedge((0, 0), 1.0, np.degrees(middle), np.degrees(start[k]), width=0.06, facecolor=color)
        )
        ax.add_patch(
            Wedge((0, 0), 1.0, np.degrees(end), np.degrees(middle), width=0.06, facecolor=color, alpha=0.4)
        )
        angle = (start[k] + end) / 2
        x, y = 1.05 * np.cos(angle), 1.05 * np.sin(angle)
        ax.text(
            x,
            y,
            name,
            ha="left" if x > 0.1 else "right" if x < -0.1 else "center",
            va="bottom" if y > 0.95 else "top" if y < -0.95 else "center",
            fontsize=TEXT["small"],
        )
    for row, column in sorted(zip(*np.nonzero(values), strict=True), key=lambda rc: -values[rc]):
        length = values[row, column] * scale
        ax.add_patch(_chord(out[row], into[column], length, colors[row], 0.55 if length > 0.02 else 0.25))
        out[row] -= length
        into[column] -= length


def _chord(a: float, b: float, length: float, color: str, alpha: float) -> PathPatch:
    radius = 0.92

    def at(angle: float, r: float = radius) -> tuple[float, float]:
        return (r * float(np.cos(angle)), r * float(np.sin(angle)))

    def arc(first: float, last: float) -> list[tuple[float, float]]:
        return [at(angle) for angle in np.linspace(first, last, max(2, int(abs(first - last) / 0.03) + 2))]

    there, back = arc(a, a - length), arc(b, b - length)
    points = [*there, (0.0, 0.0), *back, (0.0, 0.0), there[0]]
    codes: list[Any] = [Path.MOVETO, *[Path.LINETO] * (len(there) - 1), Path.CURVE3, Path.CURVE3]
    codes += [*[Path.LINETO] * (len(back) - 1), Path.CURVE3, Path.CURVE3]
    return PathPatch(Path(points, codes), facecolor=color, alpha=alpha, linewidth=0.3, edgecolor=color)


def _margins(table: pd.DataFrame) -> pd.DataFrame:
    columns = ["empowerment_share", "input_share"]
    table = table.reset_index() if table.index.name == "place" else table
    if not {"place", *columns} <= set(table.columns):
        return pd.DataFrame({"place": [], **{c: [] for c in columns}})
    rows = table[["place", *columns]].dropna(subset=["place"]).dropna(subset=columns, how="all")
    rows = rows.astype(dict.fromkeys(columns, float))
    return rows.iloc[np.argsort(-rows[columns].max(axis=1).to_numpy(), kind="stable")]


def _dumbbell_texts(ax: Axes, gives: np.ndarray, takes: np.ndarray, words: Words) -> None:
    for row, pair in enumerate(zip(gives, takes, strict=True)):
        known = sorted((v for v in pair if np.isfinite(v)), reverse=True)
        for value, offset in zip(known, (7, -7), strict=False):
            ax.annotate(
                words.share(value),
                (value, row),
                xytext=(offset, 0),
                textcoords="offset points",
                va="center",
                ha="left" if offset > 0 else "right",
                fontsize=TEXT["tiny"],
                zorder=1.5,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            )
