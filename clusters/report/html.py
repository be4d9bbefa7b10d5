"""The page of a report: one file that opens anywhere and asks the network for nothing.

Styles and figures are inside the page; a policy in its head forbids everything else.
Every word that comes from the data passes Jinja's escaping, so a name such as
``<script>`` is a name.
"""

from __future__ import annotations

import base64
import math
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from clusters import labels, places
from clusters.export import tabular
from clusters.report.items import Code, Figure, Links, Section, Table, View
from clusters.sentences import number, say

if TYPE_CHECKING:
    from jinja2 import Environment

LANGUAGE_TAGS = {"en": "en", "zh": "zh-Hans"}
SVG_LIMIT = 300_000
"""Bytes up to which a figure goes into the page as SVG; larger ones go in as PNG."""
SMALL = ("density", "hhi")
"""Columns of small numbers: three digits for the smallest, the same decimals for all."""
PROBABILITIES = ("p", "p_value")
WHOLE = ("xmin",)
"""Columns of numbers that are whole for degrees and not for other values."""
LAST_WORD = re.compile(r"(?<=..)(?=(?:节点数|分量数|节点对|系数|长度|占比|直径|指数|差额)(?:$|（))")
NAMES = ("node", "label", "source", "target")
"""Columns of names, which are never translated."""
UNSHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
"""Characters that no page may hold (HTML Standard, 13.2.3.5), and signs that turn around the text
behind them."""
LINE = 24
"""Columns of text that a cell keeps on one line."""
CELL_LIMIT = 160
"""Characters of one cell on the page; the files hold the whole text."""


class Head(NamedTuple):
    """Heading of a column."""

    text: str
    numeric: bool


class Cell(NamedTuple):
    """Cell of a table; ``shade`` is 0 to 100 in a matrix."""

    text: str
    shade: int | None = None
    long: bool = False
    """Whether the text may break over lines."""


class Rendered(NamedTuple):
    """A view as text."""

    heads: list[Head]
    rows: list[list[Cell]]
    key: int
    matrix: bool


def render(
    sections: Sequence[Section],
    *,
    title: str,
    lead: str,
    lang: str,
    version: str,
    synthetic: bool,
    cards: Sequence[Mapping[str, str]],
    footer: str,
    figures: Path,
    banner: str = "page.synthetic",
) -> str:
    """Return the page.

    Parameters
    ----------
    sections
        In order; empty ones are left out. Tables and figures are numbered through.
    title, lead, footer
        Plain text.
    lang
        ``en`` or ``zh``.
    version
        Version of the program.
    synthetic
        Whether a banner says that the data are made up.
    banner
        Sentence of that banner.
    cards
        Key numbers: mappings with ``label`` and ``value``.
    figures
        Folder with ``NAME.svg`` and ``NAME.png`` of every figure.
    """
    environment = _environment(lang)
    blocks: Any = environment.get_template("blocks.html.j2").module
    counts = {"table": 0, "figure": 0}
    shown = []
    for section in filter(None, sections):
        parts = []
        for item in section.items:
            if isinstance(item, Table):
                if not item.views:
                    continue
                counts["table"] += 1
                parts.append(blocks.table(_table(item, counts["table"], lang)))
            elif isinstance(item, Figure):
                if not item.shown:
                    continue
                counts["figure"] += 1
                parts.append(blocks.figure(_figure(item, counts["figure"], lang, figures)))
            elif isinstance(item, Code):
                parts.append(blocks.code(item.text))
            elif isinstance(item, Links):
                parts.append(blocks.links(item.entries))
            else:
                parts.append(blocks.definitions(item.entries))
        shown.append(
            {
                "id": section.id,
                "title": section.title,
                "paragraphs": section.paragraphs,
                "points": section.points,
                "blocks": parts,
            }
        )
    from markupsafe import Markup

    page = environment.get_template("report.html.j2").render(
        html_lang=LANGUAGE_TAGS[lang],
        version=version,
        title=title,
        lead=lead,
        synthetic=synthetic,
        banner=say(banner, lang),
        cards=cards,
        sections=shown,
        footer=footer,
        style=Markup(_style()),  # our own file, not data
    )
    return re.sub(r"\n\s*\n+", "\n", UNSHOWN.sub("", page))


def _environment(lang: str) -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("clusters.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=False
    )
    environment.globals["say"] = lambda term, **values: say(term, lang, **values)
    return environment


def _style() -> str:
    text = (resources.files("clusters.report") / "style.css").read_text(encoding="utf-8")
    return re.sub(r"\s*\n\s*", "\n", text).strip()


def _table(table: Table, position: int, lang: str) -> dict[str, Any]:
    frame = table.worded
    longest = max(len(v.rows) or v.head or len(frame) for v in table.views)
    cut = longest < len(frame) and not any(v.rows or v.where for v in table.views)
    more = say("page.rows_shown", lang, shown=longest, n=len(frame)) if cut else ""
    return {
        "id": table.name,
        "file": table.name,
        "number": say("page.table", lang, n=position),
        "title": table.title,
        "caption": table.caption,
        "notes": table.notes if len(frame) else (*table.notes, say("page.empty_table", lang)),
        "views": [_view(frame, view, table.key, lang) for view in table.views],
        "more": more,
    }


def _view(frame: pd.DataFrame, view: View, key: str, lang: str) -> Rendered:
    part = _part(frame, view)
    columns = list(part.columns)
    numeric = [pd.api.types.is_numeric_dtype(part[c]) and not _is_flag(part[c]) for c in columns]
    own = labels.words_of(frame)
    heads = [
        Head(_breakable(_heading(c, lang, short=view.matrix, own=own)), n)
        for c, n in zip(columns, numeric, strict=True)
    ]
    top = _largest(part, numeric) if view.matrix else 0.0
    least = _least(frame)
    writers = [
        _writer(part[c], lang, top if n else 0.0, least, own) for c, n in zip(columns, numeric, strict=True)
    ]
    rows = [
        [write(value) for write, value in zip(writers, row, strict=True)]
        for row in part.itertuples(index=False, name=None)
    ]
    position = columns.index(key) if key in columns else 0
    if view.upright:
        return _upright(heads, rows, position if key in columns else None, lang)
    return Rendered(heads, rows, position, view.matrix)


def _part(frame: pd.DataFrame, view: View) -> pd.DataFrame:
    """Return the rows and columns of a view; columns without any value only if they were asked for."""
    part = frame if view.where is None else frame[frame[view.where[0]] == view.where[1]]
    part = part.iloc[list(view.rows)] if view.rows else part
    part = part.head(view.head if view.head is not None else len(part))
    asked = [c for c in view.columns if c in part.columns]
    return part.loc[:, asked or [c for c in part.columns if part[c].notna().any() or part.empty]]


def _upright(heads: Sequence[Head], rows: Sequence[Sequence[Cell]], key: int | None, lang: str) -> Rendered:
    """Turn a table of few rows by 90 degrees: each column becomes a row."""
    turned = [[Cell(head.text), *(row[i] for row in rows)] for i, head in enumerate(heads) if i != key]
    values = [Head(say("page.value", lang) if key is None else row[key].text, True) for row in rows]
    return Rendered([Head(say("page.item", lang), False), *values], turned, 0, False)


def _heading(column: object, lang: str, *, short: bool, own: labels.Words) -> str:
    """Return the printed word of a column; columns of a flow matrix are places."""
    text = labels.heading(column, lang, own)
    if text != str(column):
        return _short(text)
    place = places.place(text) if short else None
    return _short(place.short_zh if place and lang == "zh" else places.label(text, lang))


def _least(frame: pd.DataFrame) -> float:
    """Return the smallest goodness-of-fit p that is told from 0: one of the replicates."""
    replicates = float(frame["replicates"].fillna(0).max()) if "replicates" in frame.columns else 0.0
    return 1 / replicates if replicates else 0.0


def _is_flag(column: pd.Series) -> bool:
    return bool(pd.api.types.is_bool_dtype(column))


def _largest(frame: pd.DataFrame, numeric: Sequence[bool]) -> float:
    values = frame.loc[:, list(numeric)].to_numpy(dtype=float)
    return float(values.max(initial=0.0, where=values == values))


def _breakable(text: str) -> str:
    """Allow a line break before the last word of a Chinese heading, where the style allows no other."""
    from markupsafe import Markup, escape

    return Markup("<wbr>").join(escape(part) for part in LAST_WORD.split(text))


def _writer(
    column: pd.Series, lang: str, top: float, least: float, own: labels.Words
) -> Callable[[Any], Cell]:
    """Return the function that prints the cells of a column.

    ``top`` shades them by their share of it, ``least`` is the smallest p of a test by replicates,
    ``own`` are the words that the table brings along.
    """
    name, unit = str(column.name), labels.unit(str(column.name), own)
    digits = _digits(column) if name in SMALL else None

    def write(value: Any) -> Cell:
        if value is pd.NA:
            return Cell(number(math.nan, unit, lang))
        if isinstance(value, str):
            said = labels.value(name, value, lang, own)
            text = _short(said if said != value else words(name, value, lang))
            return Cell(text, long=tabular.display_width(text) > LINE)
        if isinstance(value, bool | np.bool_):
            return Cell(labels.value("within", str(value).lower(), lang))
        if name == "p_value" and value == value and value < least:
            return Cell(f"< {least:.2g}")
        if name in PROBABILITIES and value == value and abs(value) < 0.001:
            return Cell("< 0.001")
        if name in WHOLE and value == value and float(value).is_integer():
            return Cell(number(int(value), "count", lang))
        if digits is not None and value == value:
            return Cell(f"{value:.{digits}f}")
        if unit == "number" and value == value and 0 < abs(value) < 0.001:
            return Cell(f"{value:.3f}")
        # The square root keeps small flows visible beside the largest.
        shade = round(100 * (max(float(value), 0.0) / top) ** 0.5) if top > 0 and value == value else None
        return Cell(number(value, unit, lang), shade)

    return write


def _digits(column: pd.Series) -> int:
    """Return the decimals at which the smallest number of a column keeps three digits."""
    values = np.abs(column.to_numpy(dtype=float))
    smallest = np.min(values, initial=1.0, where=values > 0)
    return int(min(12, max(3, 2 - math.floor(math.log10(smallest)))))


def words(column: object, text: str, lang: str) -> str:
    """Return a cell's text as printed: coded values, classes and places in the language of the report."""
    word = labels.heading(text, lang) if column == "reason" else labels.value(column, text, lang)
    if word == text and column not in NAMES:
        word = labels.value("class", text, lang)
    if word == text and column not in NAMES:
        word = places.label(text, lang)
    return word


def _short(text: str) -> str:
    return text if len(text) <= CELL_LIMIT else text[: CELL_LIMIT - 1] + "…"


def _figure(figure: Figure, position: int, lang: str, folder: Path) -> dict[str, Any]:
    from markupsafe import Markup

    svg_file, png_file = folder / f"{figure.name}.svg", folder / f"{figure.name}.png"
    svg = None
    data, width, height = "", 0, 0
    if svg_file.stat().st_size <= SVG_LIMIT:
        text = inline_svg(svg_file.read_text(encoding="utf-8"), figure.name, figure.alt)
        svg = Markup(text)  # drawn by us; texts in it were escaped by the writer
    else:
        content = png_file.read_bytes()
        data = f"data:image/png;base64,{base64.b64encode(content).decode('ascii')}"
        width, height = png_size(content)
    return {
        "id": figure.name,
        "file": figure.name,
        "number": say("page.figure", lang, n=position),
        "title": figure.title,
        "caption": figure.caption,
        "alt": figure.alt or figure.title,
        "svg": svg,
        "data": data,
        "width": width,
        "height": height,
    }


def inline_svg(text: str, name: str, alt: str) -> str:
    """Return an SVG file as an element of a page: unique ids, a name, no fixed size.

    Examples
    --------
    >>> svg = '<?xml version="1.0"?><svg width="9" height="9" viewBox="0 0 9 9"><g id="a"/></svg>'
    >>> inline_svg(svg, "growth", "Nodes & edges")
    '<svg viewBox="0 0 9 9" role="img" aria-label="Nodes &amp; edges"><g id="growth-a"/></svg>'
    """
    from markupsafe import escape

    start = text.index("<svg")
    head, body = text[start:].split(">", 1)
    head = re.sub(r'\s(?:width|height|xmlns(?::\w+)?|version)="[^"]*"', "", head)
    head = f'{head} role="img" aria-label="{escape(alt)}"'
    for part in ("metadata", "style"):  # the one rule of the style is in style.css
        body = re.sub(rf"<{part}\b.*?</{part}>", "", body, flags=re.DOTALL)
    body = re.sub(r'\bid="([^"]*)"', rf'id="{name}-\1"', body)
    body = re.sub(r'(?:xlink:)?href="#([^"]*)"', rf'href="#{name}-\1"', body)
    body = re.sub(r"url\(#([^)]*)\)", rf"url(#{name}-\1)", body)
    return f"{head}>{body}".strip()


def png_size(content: bytes) -> tuple[int, int]:
    """Return width and height of a PNG in pixels."""
    width, height = struct.unpack(">II", content[16:24])
    return width, height
