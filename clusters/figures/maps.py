"""A map of the provinces as equal tiles: no borders, no projection, small provinces legible (Figure 16)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize, PowerNorm
from matplotlib.patches import FancyArrowPatch, Rectangle

from clusters import places
from clusters.figures._style import BLUES, EMPTY, INK, ORANGE, QUIET, TEXT, WIDTH, canvas, no_data
from clusters.figures._text import Words

TILES: Mapping[str, tuple[int, int]] = {
    "黑龙江省": (6, 0),
    "内蒙古自治区": (3, 1), "北京市": (4, 1), "吉林省": (6, 1),
    "新疆维吾尔自治区": (0, 2), "宁夏回族自治区": (2, 2), "山西省": (3, 2), "河北省": (4, 2),
    "天津市": (5, 2), "辽宁省": (6, 2),
    "青海省": (0, 3), "甘肃省": (1, 3), "陕西省": (2, 3), "河南省": (3, 3), "山东省": (4, 3),
    "西藏自治区": (0, 4), "四川省": (1, 4), "重庆市": (2, 4), "湖北省": (3, 4), "安徽省": (4, 4),
    "江苏省": (5, 4), "上海市": (6, 4),
    "云南省": (1, 5), "贵州省": (2, 5), "湖南省": (3, 5), "江西省": (4, 5), "浙江省": (5, 5),
    "广西壮族自治区": (2, 6), "广东省": (3, 6), "福建省": (4, 6), "台湾省": (6, 6),
    "海南省": (2, 7), "澳门特别行政区": (3, 7), "香港特别行政区": (4, 7),
}  # fmt: skip
"""Column and row of each province-level unit; neighbours stay near each other."""

TALL = 0.8
"""Height of a tile whose width is 1."""


def tile_map(
    margins: pd.DataFrame,
    flows: pd.DataFrame | None = None,
    *,
    arrows: int = 12,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw provinces as tiles: colour and numbers for giving and taking, arrows for the largest flows.

    Parameters
    ----------
    margins
        ``place``, ``empowerment_share``, ``input_share``; places that are no province of
        China have no tile.
    flows
        ``origin``, ``destination``, ``share``; flows within a province have no arrow.
    arrows
        Number of flows drawn, largest first; the width grows with the share. Both
        directions of a pair are drawn, each bent to its own side.
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
        34 tiles, darker where more is given.

    Examples
    --------
    >>> table = pd.DataFrame({"place": ["北京市"], "empowerment_share": [0.3156], "input_share": [0.2688]})
    >>> [t.get_text() for t in tile_map(table).texts if "Beijing" in t.get_text() or "31.6" in t.get_text()]
    ['Beijing', '↑31.6  ↓26.9']
    """
    shares = _placed(margins)
    with canvas(
        ax, lang=lang, size=(WIDTH + 0.4, 7.4), title=title, term="figure.tile_map", synthetic=synthetic
    ) as (axes, words):
        if shares.empty:
            no_data(axes, words)
            return axes
        axes.set_axis_off()
        axes.set_aspect("equal")
        axes.set_xlim(-0.02, 7.02)
        axes.set_ylim(8 * TALL + 0.4, -0.02)
        top = float(np.nanmax(shares["empowerment_share"].to_numpy(), initial=0.0)) or 1.0
        norm = PowerNorm(0.45, vmin=0, vmax=top)
        for province, pair in shares.reindex(list(TILES)).iterrows():
            _tile(axes, str(province), float(pair.iloc[0]), float(pair.iloc[1]), norm, words)
        if flows is not None:
            _arrows(axes, flows, arrows)
        axes.text(
            0, 8 * TALL + 0.1, words.term("tile_map_key"), fontsize=TEXT["small"], color=QUIET, va="top"
        )
    return axes


def has_provinces(margins: pd.DataFrame) -> bool:
    """Tell whether a table of places names provinces of China, so that a map can be drawn."""
    return not _placed(margins).empty


def _placed(margins: pd.DataFrame) -> pd.DataFrame:
    columns = ["empowerment_share", "input_share"]
    margins = margins.reset_index() if margins.index.name == "place" else margins
    if not {"place", *columns} <= set(margins.columns):
        return pd.DataFrame(columns=columns)
    rows = margins[margins["place"].astype(str).isin(list(TILES))].drop_duplicates("place").set_index("place")
    return rows[columns].astype(float)


def _tile(ax: Axes, province: str, given: float, taken: float, norm: Normalize, words: Words) -> None:
    column, row = TILES[province]
    color = BLUES(norm(given)) if np.isfinite(given) else EMPTY
    ax.add_patch(
        Rectangle((column + 0.03, row * TALL + 0.03), 0.94, TALL - 0.06, facecolor=color, edgecolor="white")
    )
    known = places.place(province)
    name = words.safe(known.short_zh) if known and words.lang == "zh" else words.value("province", province)
    ink = "white" if np.isfinite(given) and norm(given) > 0.55 else INK
    ax.text(
        column + 0.5,
        (row + 0.36) * TALL,
        name,
        ha="center",
        va="center",
        color=ink,
        zorder=5,
        fontsize=TEXT["normal"] if len(name) < 9 else TEXT["tiny"] if len(name) < 13 else 7,
    )
    if np.isfinite(given) or np.isfinite(taken):
        text = f"↑{_percent(given)}  ↓{_percent(taken)}"
        ax.text(
            column + 0.5,
            (row + 0.68) * TALL,
            text,
            ha="center",
            va="center",
            color=ink,
            zorder=5,
            fontsize=TEXT["tiny"],
        )


def _percent(share: float) -> str:
    return "–" if not np.isfinite(share) else f"{100 * share:.1f}"


def _arrows(ax: Axes, flows: pd.DataFrame, most: int) -> None:
    if not {"origin", "destination", "share"} <= set(flows.columns):
        return
    rows = flows[flows["share"].notna() & (flows["origin"].astype(str) != flows["destination"].astype(str))]
    rows = rows[rows["origin"].isin(list(TILES)) & rows["destination"].isin(list(TILES))]
    rows = rows.iloc[np.argsort(-rows["share"].to_numpy(dtype=float), kind="stable")].head(most)
    parts = rows["share"].to_numpy(dtype=float) / (rows["share"].max() or 1.0)
    # The largest come last and lie on top.
    for origin, end, part in reversed(list(zip(rows["origin"], rows["destination"], parts, strict=True))):
        ax.add_patch(
            FancyArrowPatch(
                _centre(str(origin)),
                _centre(str(end)),
                connectionstyle="arc3,rad=0.18",
                arrowstyle="-|>",
                mutation_scale=6 + 10 * part,
                linewidth=0.8 + 5.2 * part,
                shrinkA=24,
                shrinkB=24,
                color=ORANGE,
                alpha=0.5,
                zorder=4,
            )
        )


def _centre(province: str) -> tuple[float, float]:
    column, row = TILES[province]
    return column + 0.5, (row + 0.5) * TALL
