"""Bars and small lines of classes and places: what relations and organisations are made of.

Figures 6-8, 11-13 and 26-34 (places of organisations), 18 and 20 (technology, field of
application), 19 and 21 (the same by year) and 22-25 (industries) of the Nankai report.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from clusters.figures._style import (
    BLUE,
    GREY,
    INK,
    PALETTE,
    QUIET,
    TEXT,
    WIDTH,
    bars_height,
    canvas,
    end_labels,
    no_data,
    panels,
    ranked_bars,
    shade,
    share_axis,
    tidy,
    year_axis,
)
from clusters.figures._text import Words, shorten, wrap

COUNTS = ("organisations", "relations", "nodes", "count")
"""What the shares are of; tables of organisations carry their relations as well."""
NAMES = ("class", "place", "name")
RESIDUAL = ("other", "others", "unknown", "其他", "其他地区", "未知")
"""Classes that gather a remainder: last in the picture, and grey."""


def composition(
    table: pd.DataFrame,
    *,
    by: str = "",
    top: int = 20,
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw classes or places as horizontal bars in descending order, with count and share.

    Parameters
    ----------
    table
        One row per class: ``class`` (or ``place``, or the column ``by``), a count
        (``relations``, ``organisations`` or ``nodes``) and ``share``; either number may be missing.
    by
        What the classes are (``technology``, ``sector``, ``province`` ...): chooses the
        words of coded classes and the English names of places, and is the default title.
    top
        Longest list; the rest goes into one grey bar.
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
        Bars are its patches, from the top down.

    Examples
    --------
    >>> table = pd.DataFrame({"class": ["物联网", "5G"], "relations": [107, 81], "share": [0.107, 0.081]})
    >>> ax = composition(table, by="technology")
    >>> [int(bar.get_width()) for bar in ax.patches], ax.texts[0].get_text()
    ([107, 81], '107 (10.7 %)')
    """
    ranked = _ranked(table, by, top)
    names = _class_names(ranked, by, Words(lang))
    size = bars_height(len(ranked), each=0.34 if any("\n" in name for name in names) else 0.27)
    with canvas(ax, lang=lang, size=size, title=title, term=by, synthetic=synthetic) as (axes, words):
        if ranked.empty:
            no_data(axes, words)
            return axes
        ranked_bars(
            axes,
            names,
            ranked["value"].to_numpy(),
            [
                _number(count, share, words)
                for count, share in zip(ranked["count"], ranked["share"], strict=True)
            ],
            colors=[GREY if rest else BLUE for rest in ranked["rest"]],
        )
    return axes


def composition_by_year(
    table: pd.DataFrame,
    *,
    by: str = "",
    value: Literal["share", "relations"] = "share",
    style: Literal["panels", "area"] = "panels",
    lang: str = "en",
    ax: Axes | None = None,
    title: str | None = None,
    synthetic: bool = False,
) -> Axes:
    """Draw classes by year: one small panel per class, or the largest ones stacked.

    Parameters
    ----------
    table
        Rows of ``year``, ``class``, ``relations``, ``share``. A class without a row in a
        year has none in that year.
    by
        What the classes are, as in ``composition``.
    value
        Column to draw.
    style
        ``panels``: every class on its own scale from zero, largest of the last year
        first, with its first and last value; legible with 20 classes. ``area``: the seven
        largest stacked, the others together in grey.
    lang, ax, title, synthetic
        As in ``composition``.

    Returns
    -------
    Axes
        With ``style="panels"`` the panels are its ``child_axes``.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"year": [2021, 2022], "class": ["5G", "5G"], "relations": [3, 9], "share": [0.3, 0.45]}
    ... )
    >>> composition_by_year(table).child_axes[0].lines[0].get_ydata().tolist()
    [0.3, 0.45]
    """
    wide = _by_year(table, by, value)
    rows = -(-len(wide.columns) // 4)
    size = (WIDTH + 1, 1.0 + 1.25 * max(rows, 1)) if style == "panels" else (WIDTH, 4.6)
    with canvas(
        ax,
        lang=lang,
        size=size,
        title=title,
        term=by,
        synthetic=synthetic,
        head=24 if style == "panels" else 0,
    ) as (axes, words):
        if wide.empty:
            no_data(axes, words)
        elif style == "panels":
            _panels(axes, wide, by, value, words)
        else:
            _stack(axes, wide, by, value, words)
    return axes


def _ranked(table: pd.DataFrame, by: str, top: int) -> pd.DataFrame:
    """Return name, count, share, the drawn value and whether the row is a remainder, in drawing order."""
    name, count = _name_column(table, by), next((c for c in COUNTS if c in table.columns), None)
    shares = table["share"] if "share" in table.columns else pd.Series(np.nan, index=table.index)
    frame = pd.DataFrame(
        {
            "name": table[name] if name else None,
            "count": np.nan if count is None else pd.to_numeric(table[count], errors="coerce"),
            "share": pd.to_numeric(shares, errors="coerce"),
        },
        index=table.index,
    )
    # Published tables sometimes print only shares, sometimes only counts.
    complete = frame["count"].notna().all()
    frame["value"] = frame["count"] if complete else frame["share"]
    frame = frame[frame["value"].notna()]
    frame["rest"] = frame["name"].isna() | frame["name"].astype(str).isin(RESIDUAL)
    frame = frame.sort_values(["rest", "value"], ascending=[True, False], kind="stable")
    kept = frame[~frame["rest"]]
    if len(kept) > top:
        tail = pd.concat([kept.iloc[top - 1 :], frame[frame["rest"]]])
        rest = pd.DataFrame([{"name": "other", "rest": True, "classes": len(tail)}])
        for column in ("count", "share", "value"):
            rest[column] = tail[column].sum(min_count=1)
        frame = pd.concat([kept.iloc[: top - 1], rest])
    return frame.reset_index(drop=True)


def _name_column(table: pd.DataFrame, by: str) -> str | None:
    for column in (by, *NAMES):
        if column in table.columns:
            return column
    texts = [c for c in table.columns if not pd.api.types.is_numeric_dtype(table[c])]
    return str(texts[0]) if texts else None


def _class_names(ranked: pd.DataFrame, by: str, words: Words) -> list[str]:
    names = words.values(by or "class", ranked["name"].tolist())
    if "classes" in ranked.columns:
        names[-1] = words.bracket(words.term("other"), words.count(ranked["classes"].iloc[-1]))
    return [wrap(name, 32) for name in names]


def _number(count: float, share: float, words: Words) -> str:
    if np.isnan(count):
        return words.share(share)
    return words.count(count) if np.isnan(share) else words.bracket(words.count(count), words.share(share))


def _by_year(table: pd.DataFrame, by: str, value: str) -> pd.DataFrame:
    """Return one column per class, largest of the last year first, one row per year."""
    name = _name_column(table, by)
    if name is None or "year" not in table.columns or value not in table.columns:
        return pd.DataFrame()
    rows = table[table["year"].notna() & table[value].notna()]
    if rows.empty:
        return pd.DataFrame()
    long = pd.DataFrame(
        {
            "year": rows["year"].astype(int),
            "name": rows[name].astype(object),
            "value": rows[value].astype(float),
        }
    )
    wide = long.pivot_table(index="year", columns="name", values="value", aggfunc="sum", dropna=False)
    wide = wide.fillna(0.0)
    rest = np.array([str(c) in RESIDUAL for c in wide.columns])
    order = np.lexsort((-wide.iloc[-1].to_numpy(), rest))
    return wide.iloc[:, order]


def _panels(ax: Axes, wide: pd.DataFrame, by: str, value: str, words: Words) -> None:
    across = min(4, len(wide.columns))
    rows = -(-len(wide.columns) // across)
    names = words.values(by or "class", list(wide.columns))
    years = wide.index.to_numpy()
    cells = panels(ax, rows, across, gap=(0.06, 0.5 / (rows + 0.4) if rows > 1 else 0))
    for number, (panel, name) in enumerate(zip(cells, names, strict=False)):
        values = wide.iloc[:, number].to_numpy()
        panel.fill_between(years, values, color=BLUE, alpha=0.18, linewidth=0)
        panel.plot(years, values, color=BLUE, linewidth=1.6, clip_on=False)
        panel.set_title(shorten(name, 27), loc="left", fontsize=TEXT["tiny"], pad=13, color=INK)
        panel.set_ylim(0, values.max() * 1.05 or 1.0)
        tidy(panel, grid="")
        panel.set_yticks([])
        year_axis(panel, years.tolist())
        panel.set_xticks([int(years[0]), int(years[-1])] if len(years) > 1 else [int(years[0])])
        panel.tick_params(labelsize=TEXT["tiny"] - 1, labelcolor=QUIET, pad=2)
        _first_and_last(panel, values, value, words)
    for panel in cells[len(names) :]:
        panel.remove()


def _first_and_last(ax: Axes, values: np.ndarray, value: str, words: Words) -> None:
    ends = values if len(values) == 1 else values[[0, -1]]
    ax.annotate(
        " → ".join(words.share(v) if value == "share" else words.count(v) for v in ends),
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, 3),
        textcoords="offset points",
        fontsize=TEXT["tiny"] - 0.5,
        color=BLUE,
        annotation_clip=False,
    )


def _stack(ax: Axes, wide: pd.DataFrame, by: str, value: str, words: Words, largest: int = 7) -> None:
    names = [shorten(n, 26) for n in words.values(by or "class", list(wide.columns))]
    shown, colors = wide.iloc[:, :largest], list(PALETTE[: min(largest, len(names))])
    if len(wide.columns) > largest:
        rest = wide.iloc[:, largest:].sum(axis=1)
        names = [
            *names[:largest],
            words.bracket(words.term("other"), words.count(len(wide.columns) - largest)),
        ]
        shown, colors = pd.concat([shown, rest], axis=1), [*colors, GREY]
    layers = shown.to_numpy().T
    years = shown.index.to_numpy()
    ax.stackplot(years, layers, colors=colors, edgecolor="white", linewidth=0.6)
    tidy(ax)
    year_axis(ax, years.tolist())
    ax.set_ylim(0, max(float(layers.sum(axis=0).max()), 1e-9))
    if len(years) > 1:
        ax.set_xlim(years[0], years[-1])
    tops = np.cumsum(layers[:, -1])
    middles = tops - layers[:, -1] / 2
    if value == "share":
        share_axis(ax.yaxis, words)
    texts = [
        f"{name}  {words.share(v) if value == 'share' else words.count(v)}"
        for name, v in zip(names, layers[:, -1], strict=True)
    ]
    end_labels(ax, [(float(years[-1]), float(m)) for m in middles], texts, [shade(c) for c in colors])
