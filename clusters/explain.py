"""What every printed number means: definition, formula, denominator, variants, source.

The words lie in ``reference/definitions.toml``, one entry per term of the label table that
a command prints. A *variant* is the same word as Gephi, networkx, igraph or a textbook
uses it: whether it gives our number, and by which call. In calls ``g`` is
``network.simple().to_igraph()``, ``u`` is ``g.as_undirected()``, ``G`` is
``network.simple().to_networkx()`` and ``U`` is ``G.to_undirected()``; tests run them all.

Examples
--------
>>> entry = find("平均度")
>>> entry.term, entry.formula
('average_degree', 'E / N')
>>> [v.name for v in entry.variants]
['Gephi', 'igraph', 'networkx', 'OSMnx']
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from clusters import labels
from clusters.errors import UnknownTermError
from clusters.sentences import say

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Variant:
    """The same word elsewhere."""

    name: str
    """Program or book."""
    equal: bool
    """Whether it gives the number printed here, for every network."""
    text: str
    call: str = ""
    """Python expression for it, see the module's text."""


@dataclass(frozen=True, slots=True)
class Entry:
    """All that is said about one term, in one language."""

    term: str
    label: str
    definition: str
    formula: str
    denominator: str
    unit: str
    range: str
    undefined: str
    variants: tuple[Variant, ...]
    source: str
    commands: tuple[str, ...]
    example: str
    lang: str = "en"


def terms() -> list[str]:
    """Return all explained terms, in the order of the commands that print them.

    Examples
    --------
    >>> "average_clustering" in terms()
    True
    """
    return list(_definitions())


def entry(term: str, lang: str = "en") -> Entry:
    """Return what is said about a term.

    Raises
    ------
    UnknownTermError
        The identifier is not explained; ``find`` also takes printed words and makes suggestions.
    """
    try:
        raw = _definitions()[term]
    except KeyError:
        raise UnknownTermError(f"{term!r} is not explained") from None
    word = labels.label(term, lang)  # first, as it refuses an unknown language
    own = raw[lang]
    return Entry(
        term=term,
        label=word,
        definition=own["definition"],
        formula=raw.get("formula", ""),
        denominator=own.get("denominator", ""),
        unit=labels.unit(term),
        range=raw.get("range", ""),
        undefined=own.get("undefined", ""),
        variants=tuple(
            Variant(v["name"], bool(v.get("equal", False)), v[lang], v.get("call", ""))
            for v in raw.get("variants", [])
        ),
        source=raw["source"],
        commands=tuple(raw["commands"]),
        example=own.get("example", ""),
        lang=lang,
    )


def find(words: str, lang: str = "en") -> Entry:
    """Return the entry of a term, named by identifier, printed word or another usual name.

    Case, spaces, hyphens and underscores do not matter.

    Raises
    ------
    UnknownTermError
        Nothing is called so; the message suggests the nearest names.

    Examples
    --------
    >>> find("Average clustering").term, find("PageRank").term, find("clustering coefficient").term
    ('average_clustering', 'pagerank', 'average_clustering')
    """
    names = _names()
    key = _fold(words)
    if key in names:
        return entry(names[key], lang)
    close = difflib.get_close_matches(key, names, n=5, cutoff=0.5)
    near = list(dict.fromkeys(names[c] for c in close))
    within = [t for n, t in names.items() if key and key in n and t not in near]
    guess = list(dict.fromkeys([*near, *within]))[:5]
    raise UnknownTermError(
        f"{words!r} is not a measure known here" + (f"; did you mean {', '.join(guess)}?" if guess else ""),
        hint="clusters explain lists all of them",
    )


def table(chosen: list[str] | None = None, lang: str = "en") -> pd.DataFrame:
    """Return entries as a table, one row per term; variants are lines of text in one cell.

    Examples
    --------
    >>> table(["density"])[["term", "formula"]].values.tolist()
    [['density', 'E / (N (N - 1))']]
    """
    import pandas as pd

    rows = []
    for term in terms() if chosen is None else chosen:
        item = entry(term, lang)
        rows.append(
            {
                "term": item.term,
                "label": item.label,
                "definition": item.definition,
                "formula": item.formula,
                "denominator": item.denominator,
                "unit": item.unit,
                "range": item.range,
                "undefined": item.undefined,
                "variants": "\n".join(variant_line(v, lang) for v in item.variants),
                "source": item.source,
                "commands": ", ".join(item.commands),
                "example": item.example,
            }
        )
    return pd.DataFrame(rows)


def text(item: Entry) -> str:
    """Return an entry as lines to read."""
    lang = item.lang
    lines = [f"{item.label} ({item.term})", "", item.definition, ""]
    facts = {
        "formula": item.formula,
        "denominator": item.denominator,
        "unit": labels.value("unit", item.unit, lang),
        "range": item.range,
        "undefined": item.undefined,
        "example": item.example,
        "commands": ", ".join(f"clusters {c}" for c in item.commands),
        "source": item.source,
    }
    colon = "：" if lang == "zh" else ": "
    lines += [f"{labels.label(f'explain.{name}', lang)}{colon}{fact}" for name, fact in facts.items() if fact]
    if item.variants:
        lines += ["", f"{labels.label('explain.variants', lang)}{colon.strip()}"]
        lines += [f"- {variant_line(v, lang)}" for v in item.variants]
        if any(v.call for v in item.variants):
            lines += ["", labels.label("explain.calls", lang)]
    return "\n".join(lines) + "\n"


def variant_line(variant: Variant, lang: str = "en") -> str:
    """Return one variant as a line: name, same number or not, text, call.

    Examples
    --------
    >>> variant_line(Variant("igraph", True, "loops left out", "g.density()"))
    'igraph (same number): loops left out [g.density()]'
    """
    sign = labels.label("explain.equal" if variant.equal else "explain.differs", lang)
    gap, colon = ("", "：") if lang == "zh" else (" ", ": ")
    said = f"{colon}{variant.text}" if variant.text else ""
    return f"{variant.name}{gap}{sign}{said}" + (f" [{variant.call}]" if variant.call else "")


@cache
def _definitions() -> dict[str, dict[str, Any]]:
    source = resources.files("clusters.reference") / "definitions.toml"
    found = tomllib.loads(source.read_text(encoding="utf-8"))
    for term, raw in list(found.items()):
        if "interval" in raw:
            found |= {f"{term}_{end}": _end(term, end, raw) for end in labels.ENDS}
        if "null" in raw:
            found |= {f"{term}_{end}": _null(term, end, raw) for end in labels.NULLS}
    return found


def _end(term: str, end: str, raw: dict[str, Any]) -> dict[str, Any]:
    """Explain one end of the interval of a number, in the commands that print it."""
    entry: dict[str, Any] = {
        "commands": raw["interval"],
        "range": raw["range"],
        "source": "Davison, Hinkley 1997, 3.8 (clusters); Shao, Wu 1989 (delete-d jackknife)",
    }
    for lang in labels.LANGUAGES:
        definition = say(f"interval.{end}", lang, term=term)
        entry[lang] = {"definition": definition, "undefined": say("interval.undefined", lang)}
    return entry


def _null(term: str, end: str, raw: dict[str, Any]) -> dict[str, Any]:
    """Explain one column of a comparison with random networks, in the commands that print it."""
    ranges = {"null_mean": raw["range"], "null_sd": "[0, inf)", "z": "(-inf, inf)", "p": "(0, 1]"}
    formulas = {"z": "(x - mean) / sd", "p": "(1 + #{|x_i - mean| >= |x - mean|}) / (1 + n)"}
    source = "Maslov, Sneppen 2002; Davison, Hinkley 1997, section 4.2"
    entry: dict[str, Any] = {"commands": raw["null"], "range": ranges[end], "source": source}
    if end in formulas:
        entry["formula"] = formulas[end]
    for lang in labels.LANGUAGES:
        definition = say(f"null.{end}", lang, term=term)
        entry[lang] = {"definition": definition, "undefined": say("null.undefined", lang)}
    return entry


@cache
def _names() -> dict[str, str]:
    """Return every folded name of every explained term: identifiers first, then words, then aliases."""
    found: dict[str, str] = {}
    for term in _definitions():
        found.setdefault(_fold(term), term)
    for lang in labels.LANGUAGES:
        for term in _definitions():
            found.setdefault(_fold(labels.label(term, lang)), term)
    for term, raw in _definitions().items():
        for alias in raw.get("aliases", []):
            found.setdefault(_fold(alias), term)
    return found


def _fold(words: str) -> str:
    return "".join(words.casefold().split()).replace("_", "").replace("-", "")
