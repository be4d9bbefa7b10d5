"""The look of all pictures, the canvas they are drawn on, and their bytes.

Settings apply to one picture while it is drawn (``rc_context``); the caller's
matplotlib settings, backend and font list stay as they are. Colours are those of
Okabe and Ito, told apart by colour-blind readers, and matplotlib's cividis.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, cast

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from clusters.figures._fonts import fonts
from clusters.figures._text import Words, power_of_ten, width

INK, QUIET, RULE, EMPTY = "#222222", "#6b6b6b", "#d9d9d9", "#f2f2f2"
BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
SKY, PURPLE, YELLOW, GREY = "#56B4E9", "#CC79A7", "#F0E442", "#9a9a9a"

PALETTE = (BLUE, RED, GREEN, ORANGE, PURPLE, SKY, "#5D4A9C", YELLOW)
"""Colours of categories in the order of use; ``GREY`` is for all others."""

GIVES, TAKES = BLUE, ORANGE
SAMPLE, PARTNER = BLUE, ORANGE
BLUES = LinearSegmentedColormap.from_list("clusters_blues", ["#f4f8fb", "#9ecae1", "#3d8ec4", "#08457e"])
"""Light to dark in one hue: a reader needs no key to see which is more."""

WIDTH, DPI = 8.0, 150
"""Width of a picture in inches and its resolution, for a column of an HTML page."""

TEXT = {"title": 12.0, "normal": 10.0, "small": 9.0, "tiny": 8.0}


def settings() -> Any:
    """Return the matplotlib settings under which a picture is drawn."""
    return {
        "font.family": list(fonts().families),
        "font.size": TEXT["normal"],
        "font.weight": "normal",
        "text.color": INK,
        "text.usetex": False,
        "text.parse_math": False,  # a name with two dollar signs is no formula
        "axes.unicode_minus": True,
        "axes.axisbelow": True,
        "axes.edgecolor": QUIET,
        "axes.labelcolor": INK,
        "axes.labelsize": TEXT["normal"],
        "axes.linewidth": 0.8,
        "axes.titlesize": TEXT["title"],
        "axes.titlepad": 8.0,
        "figure.constrained_layout.h_pad": 0.08,
        "figure.constrained_layout.w_pad": 0.08,
        "axes.facecolor": "white",
        "figure.facecolor": "white",
        "grid.color": RULE,
        "grid.linewidth": 0.8,
        "legend.frameon": False,
        "legend.fontsize": TEXT["small"],
        "lines.linewidth": 2.0,
        "lines.markersize": 5.0,
        "patch.linewidth": 0.0,
        "path.simplify": True,
        "xtick.color": QUIET,
        "ytick.color": QUIET,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "xtick.labelsize": TEXT["small"],
        "ytick.labelsize": TEXT["small"],
        "svg.fonttype": "none",  # text stays text
        "svg.hashsalt": "clusters",
    }


@contextmanager
def canvas(
    ax: Axes | None,
    *,
    lang: str,
    size: tuple[float, float] = (WIDTH, 4.5),
    title: str | None = None,
    term: str = "",
    synthetic: bool = False,
    head: float = 0.0,
) -> Iterator[tuple[Axes, Words]]:
    """Give axes to draw on and words to write, and finish the picture afterwards.

    Parameters
    ----------
    ax
        Axes of the caller, or ``None`` for a new figure of ``size`` inches.
    title, term
        Title as given, or the printed word of ``term`` where none is given or its glyphs are
        missing; an empty title leaves it out.
    synthetic
        Mark the picture as one of synthetic data.
    head
        Room in points between the axes and the title, for what stands above the axes.
    """
    with mpl.rc_context(settings()):
        words = Words(lang)
        if ax is None:
            ax = Figure(figsize=size, dpi=DPI, layout="constrained").add_subplot()
        yield ax, words
        usual = words.term(term) if term else ""
        text = usual if title is None else words.safe(title, usual)
        pad = settings()["axes.titlepad"] + head
        if text:
            ax.set_title(text, loc="left", pad=pad)
        if synthetic:
            ax.set_title(
                words.term("synthetic_data"), loc="right", pad=pad, fontsize=TEXT["tiny"], color=QUIET
            )
        _settle(ax)


def _settle(ax: Axes) -> None:
    """Pin fonts, so that text which matplotlib makes later is drawn like the rest."""
    families = list(fonts().families)
    for child in [ax, *ax.child_axes]:
        child.tick_params(which="both", labelfontfamily=families)
    for text in ax.findobj(Text):
        text.set_fontfamily(families)
        text.set_parse_math(False)


def to_bytes(figure: Figure | Axes, fmt: Literal["png", "svg"] = "png", *, dpi: int = DPI) -> bytes:
    """Return a picture as a PNG or SVG file; equal pictures give equal bytes.

    Parameters
    ----------
    figure
        Figure, or axes in it. The figure stays usable.
    fmt
        ``"png"``, or ``"svg"`` in which text stays text: it can be searched, and is
        drawn with a font of the reader's system where ours is absent.
    dpi
        Resolution of the PNG, and of what is drawn as an image within the SVG.

    Returns
    -------
    bytes
        The file. No clock time and no version is written into it.

    Examples
    --------
    >>> import pandas as pd
    >>> from clusters.figures import average_degree
    >>> ax = average_degree(pd.DataFrame({"year": [2021, 2022], "average_degree": [2.572, 2.724]}))
    >>> to_bytes(ax, "svg") == to_bytes(ax, "svg")
    True
    """
    if fmt not in ("png", "svg"):
        raise ValueError(f"format {fmt!r} is not known; use png or svg")
    whole = root(figure)
    metadata = {"Software": None} if fmt == "png" else {"Date": None, "Creator": None}
    buffer = io.BytesIO()
    with mpl.rc_context(settings()), _as_found(whole):
        whole.savefig(buffer, format=fmt, dpi=dpi, metadata=metadata)
    content = buffer.getvalue()
    if fmt == "svg":
        # A reader without our fonts should see some other sans-serif, not a serif.
        last = repr(fonts().families[-1]).encode()
        content = content.replace(last + b";", last + b", sans-serif;").replace(
            last + b'"', last + b', sans-serif"'
        )
    return content


def settled(axes: Axes) -> Axes:
    """Lay a figure out for good, so that saving it in two formats need not do so twice.

    Examples
    --------
    >>> import pandas as pd
    >>> from clusters.figures import average_degree
    >>> ax = average_degree(pd.DataFrame({"year": [2021, 2022], "average_degree": [2.572, 2.724]}))
    >>> settled(ax) is ax
    True
    """
    whole = root(axes)
    with mpl.rc_context(settings()):
        whole.draw_without_rendering()
    whole.set_layout_engine(None)
    return axes


@contextmanager
def _as_found(figure: Figure) -> Iterator[None]:
    """Put axes back where they were: each layout starts anew and ends at the same digits."""
    found = [
        (ax, ax.get_position(original=True), ax.get_position(), ax.get_in_layout()) for ax in figure.axes
    ]
    try:
        yield
    finally:
        for ax, original, active, in_layout in found:
            ax.set_position(original, which="original")
            ax.set_position(active, which="active")
            ax.set_in_layout(in_layout)


def root(picture: Figure | Axes) -> Figure:
    """Return the figure that axes stand in."""
    return picture if isinstance(picture, Figure) else cast("Figure", picture.get_figure(root=True))


def panels(ax: Axes, rows: int, columns: int, *, gap: tuple[float, float] = (0.08, 0.12)) -> list[Axes]:
    """Divide axes into small ones, row by row; the large ones keep only their title."""
    ax.set_axis_off()
    across, down = gap
    wide = (1 - across * (columns - 1)) / columns
    high = (1 - down * (rows - 1)) / rows
    return [
        ax.inset_axes((c * (wide + across), 1 - high - r * (high + down), wide, high))
        for r in range(rows)
        for c in range(columns)
    ]


def tidy(ax: Axes, *, grid: Literal["x", "y", "both", ""] = "y", spines: Sequence[str] = ("bottom",)) -> None:
    """Keep only the named axis lines, and a quiet grid."""
    for side, spine in ax.spines.items():
        spine.set_visible(side in spines)
    ax.grid(visible=False)
    if grid:
        ax.grid(visible=True, axis=grid)
    ax.tick_params(which="both", length=0, pad=5)


def no_data(ax: Axes, words: Words) -> None:
    """Say in an empty picture that there is nothing to draw."""
    ax.set_axis_off()
    ax.text(0.5, 0.5, words.term("no_data"), transform=ax.transAxes, ha="center", va="center", color=QUIET)


def picture_only(ax: Axes, words: Words) -> None:
    """Say inside a picture that its straight line tests nothing."""
    ax.text(
        0.98,
        0.96,
        words.term("picture_only"),
        transform=ax.transAxes,
        ha="right",
        va="top",
        fontsize=TEXT["small"],
        color=shade(RED),
    )


def bars_height(rows: int, *, each: float = 0.27) -> tuple[float, float]:
    """Return the size of a picture with so many horizontal bars."""
    return WIDTH, 0.9 + each * max(rows, 3)


def ranked_bars(
    ax: Axes,
    names: Sequence[str],
    values: np.ndarray,
    texts: Sequence[str],
    *,
    colors: Sequence[str] | str = BLUE,
) -> None:
    """Draw horizontal bars from the top down, each with its number behind it."""
    rows = np.arange(len(names))
    ax.barh(rows, values, height=0.72, color=colors)
    bar_names(ax, names)
    bar_texts(ax, values, texts)


def bar_names(ax: Axes, names: Sequence[str]) -> None:
    """Name horizontal bars and drop the axis that their numbers make needless."""
    tidy(ax, grid="", spines=("left",))
    ax.set_yticks(np.arange(len(names)), list(names))
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_xticks([])


def bar_texts(ax: Axes, ends: np.ndarray, texts: Sequence[str]) -> None:
    """Write numbers behind bars and make room for them."""
    for row, (end, text) in enumerate(zip(ends, texts, strict=True)):
        ax.annotate(
            text,
            (end, row),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=TEXT["small"],
            annotation_clip=False,
        )
    room = [end / max(0.2, 1 - 0.013 * width(text) - 0.02) for end, text in zip(ends, texts, strict=True)]
    ax.set_xlim(0, max([r for r in room if math.isfinite(r)], default=1.0) or 1.0)


def year_axis(ax: Axes, years: Sequence[int]) -> None:
    """Mark whole years only."""
    ax.xaxis.set_major_locator(MaxNLocator(nbins=9, integer=True, min_n_ticks=1))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:.0f}"))
    if len(years) and min(years) == max(years):
        ax.set_xlim(years[0] - 1, years[0] + 1)
        ax.set_xticks([years[0]])


def count_axis(axis: Any, words: Words) -> None:
    """Write counts with thousands apart."""
    axis.set_major_locator(MaxNLocator(nbins=6, integer=True, min_n_ticks=1))
    axis.set_major_formatter(FuncFormatter(lambda x, _: words.count(round(x, 6))))


def share_axis(axis: Any, words: Words, digits: int = 0) -> None:
    """Write fractions as percent."""
    axis.set_major_formatter(FuncFormatter(lambda x, _: words.share(x, digits)))


def log_axis(axis: Any, formatter: Callable[[float], str] = power_of_ten) -> None:
    """Mark whole powers of ten."""
    axis.set_major_locator(LogLocator(base=10, numticks=12))
    axis.set_major_formatter(FuncFormatter(lambda x, _: formatter(x) if x > 0 else ""))
    axis.set_minor_locator(NullLocator())


def spread(positions: Sequence[float], gap: float) -> list[float]:
    """Move positions as little as needed so that neighbours are at least a gap apart.

    Examples
    --------
    >>> spread([0.0, 1.0, 1.1], 0.5)
    [0.0, 0.8, 1.3]
    """
    order = np.argsort(np.asarray(positions, dtype=float), kind="stable")
    groups: list[tuple[float, int]] = []  # centre and size of runs that touch
    for position in np.asarray(positions, dtype=float)[order]:
        groups.append((float(position), 1))
        while len(groups) > 1:
            (low, n), (high, m) = groups[-2:]
            if high - low >= gap * (n + m) / 2 - 1e-12:
                break
            groups[-2:] = [((low * n + high * m) / (n + m), n + m)]
    moved = [centre + gap * (i - (n - 1) / 2) for centre, n in groups for i in range(n)]
    result = [0.0] * len(moved)
    for place, value in zip(order, moved, strict=True):
        result[int(place)] = round(value, 12)
    return result


def end_labels(
    ax: Axes,
    points: Sequence[tuple[float, float]],
    texts: Sequence[str],
    colors: Sequence[str],
    *,
    size: float = TEXT["small"],
    x: float | None = None,
) -> None:
    """Write labels right of the ends of lines, moved apart where they would overlap."""
    box = ax.get_window_extent()
    high = box.height * 72 / ax.figure.dpi or 1.0
    heights = [ax.transData.transform(p)[1] - box.y0 for p in points]
    # The layout is made later and takes some of the height, hence the margin.
    wanted = [h / max(box.height, 1.0) * high * 0.85 for h in heights]
    for (px, py), at, before, text, color in zip(
        points, spread(wanted, size * 1.3), wanted, texts, colors, strict=True
    ):
        ax.annotate(
            text,
            (px if x is None else x, py),
            xytext=(7, at - before),
            textcoords="offset points",
            va="center",
            color=color,
            fontsize=size,
            annotation_clip=False,
        )


def key(ax: Axes, colors: Sequence[str], texts: Sequence[str], **place: Any) -> None:
    """Explain colours."""
    ax.legend(
        handles=[Patch(color=c, label=t) for c, t in zip(colors, texts, strict=True)],
        handlelength=1.0,
        handleheight=1.0,
        **{"loc": "lower right", "borderaxespad": 0.2, **place},
    )


def shade(color: str) -> str:
    """Return a darker tone for text in a colour that is too light to read.

    Examples
    --------
    >>> shade("#F0E442") != "#F0E442", shade("#0072B2")
    (True, '#0072B2')
    """
    rgb = np.array(mpl.colors.to_rgb(color))
    light = float(rgb @ [0.2126, 0.7152, 0.0722])
    return color if light < 0.45 else mpl.colors.to_hex(tuple(rgb * 0.45 / light))
