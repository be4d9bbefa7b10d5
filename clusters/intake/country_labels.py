"""Countries under one label each, whatever labels a table and its organisations use.

As long as every country has one label nothing changes: a table with the codes EL and UK keeps
them. ``places.country_forms`` says what happens otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from clusters import places
from clusters.intake.assembly import Oriented
from clusters.intake.organisations import Organisations
from clusters.intake.table import Column, cell_text
from clusters.sentences import Note


def one_country_form(
    oriented: Oriented, known: Organisations | None, name: str
) -> tuple[Oriented, Organisations | None]:
    """Write every country under one label, in the relations and in the table of organisations."""
    pair = oriented.pairs.get("country", ())
    columns = [*pair, *listed_countries(known)]
    forms, first = country_texts(columns)
    if first is None:
        return oriented, known
    if pair:
        one, two = (column.map(lambda text: forms.get(text, text)) for column in pair)
        oriented = replace(oriented, pairs={**oriented.pairs, "country": (one, two)})
    n = sum(int(np.isin(c.codes, [k for k, v in enumerate(c.values) if v in forms]).sum()) for c in columns)
    note = country_note(name, n, forms, first)
    return replace(oriented, warnings=[*oriented.warnings, note]), with_countries(known, forms)


def country_note(name: str, n: int, forms: Mapping[str, str], first: tuple[str, str]) -> Note:
    """Say how many cells of countries were rewritten, with two labels that were one country."""
    form = forms.get(first[0], first[0])
    return Note("note.country_forms", name=name, n=n, one=first[0], two=first[1], form=form)


def with_countries(known: Organisations | None, forms: Mapping[str, str]) -> Organisations | None:
    """Rewrite the countries of a table of organisations."""
    if known is None or "country" not in known.frame.columns:
        return known
    listed = known.frame["country"].map(lambda text: forms.get(text, text), na_action="ignore")
    return replace(known, frame=known.frame.assign(country=listed))


def listed_countries(known: Organisations | None) -> list[Column]:
    """Return the countries of a table of organisations as a column, if it has one."""
    if known is None or "country" not in known.frame.columns:
        return []
    return [Column.of([cell_text(value) for value in known.frame["country"]])]


def country_texts(columns: Iterable[Column]) -> tuple[dict[str, str], tuple[str, str] | None]:
    """Return the new forms of countries that occur under several labels, and two labels of the first.

    ``places.country_forms`` says when and how they change.
    """
    labels = list(dict.fromkeys(text for column in columns for text in column.values))
    forms = places.country_forms(labels)
    seen: dict[str, str] = {}
    for text in labels if forms else ():
        code = "NA" if text == "NA" else places.country(text)
        if code is not None and seen.setdefault(code, text) != text:
            return forms, (seen[code], text)
    return forms, None
