"""What names are made of, which may be one organisation, and how well that is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from clusters import places, progress
from clusters.errors import UsageError
from clusters.intake.numbers import is_missing
from clusters.names import candidates, matching
from clusters.names.candidates import Pair
from clusters.names.features import NameFeatures, features
from clusters.relations import Relations
from clusters.sentences import Note

_LEVELS = ("country", "province", "city")
THRESHOLDS = tuple(range(50, 100, 5))


def name_features(names: Mapping[str, int]) -> pd.DataFrame:
    """Show what each name is made of.

    Parameters
    ----------
    names
        Name to the number of cells that hold it.

    Returns
    -------
    DataFrame
        ``node`` and its parts; a part that a name does not have is missing. Most frequent names first,
        then in order of characters.

    Examples
    --------
    >>> table = name_features({"深圳市华芯智能科技有限公司": 3})
    >>> table[["name_core", "name_stem", "legal_form", "head_place"]].values.tolist()
    [['华芯智能科技', '华芯', '有限公司', '深圳市']]
    """
    order = sorted(names, key=lambda name: (-names[name], name))
    rows = [(*_parts(features(name)), names[name]) for name in order]
    columns = [
        *("node", "name_core", "name_stem", "legal_form", "organisation_kind", "head_place", "branch_part"),
        *("in_brackets", "name_numbers", "script", "node_rows"),
    ]
    return pd.DataFrame(rows, columns=columns)


def _parts(found: NameFeatures) -> tuple[str | None, ...]:
    texts = (
        *(found.name, found.core, found.stem, found.legal_form, found.kind, found.place, found.branch),
        *("; ".join(found.brackets), ", ".join(found.numbers), found.script),
    )
    return tuple(text or None for text in texts)


def name_suggestions(
    relations: Relations,
    *,
    threshold: float = matching.THRESHOLD,
    merge_branches: bool = False,
    limit: int | None = None,
) -> pd.DataFrame:
    """Suggest which names of a relation table are one organisation; nothing is merged.

    Parameters
    ----------
    relations
        Table as read; where organisations have ids and names, the names are compared.
    threshold
        Least score, 0 to 100.
    merge_branches
        Also pair a head office and its branches, reason ``branch``.
    limit
        At most so many lines, those of the highest scores.

    Returns
    -------
    DataFrame
        A thesaurus to decide on: ``variant``, ``preferred`` (all missing: as it is written the file
        changes nothing), ``suggested``, ``score``, ``reason``, ``speaks_against``, rows and places of
        either; ``variant_name`` and ``suggested_name`` where organisations have ids. Pairs that follow
        from others are left out. Falling score, then order of characters.

    Examples
    --------
    >>> from clusters.relations import read_relations
    >>> frame = pd.DataFrame({"source": ["华芯科技有限公司"] * 2, "target": ["华芯科技", "甲"]})
    >>> table = name_suggestions(read_relations(frame))
    >>> table[["variant", "preferred", "suggested", "score", "reason"]].values.tolist()
    [['华芯科技', None, '华芯科技有限公司', 97.0, 'legal_form']]
    """
    check_threshold(threshold)
    ids = relations.nodes.index.astype(str).tolist()
    names = _names(relations, ids)
    rows = _rows(relations)
    known = _known_places(relations)
    task = Note("note.progress_names")
    with progress.task(task, total=len(names), unit="count") as done:
        found = candidates.find(
            names, rows=rows, places=known, threshold=threshold, branches=merge_branches, done=done
        )
        done(len(names))
    pairs = candidates.without_implied(found.pairs)
    shown = pairs if limit is None else pairs[:limit]
    table = _table(shown, ids, rows, known, found.parts)
    if names != ids:
        table.insert(3, "variant_name", [names[p.variant] for p in shown])
        table.insert(4, "suggested_name", [names[p.suggested] for p in shown])
    table.attrs["notes"] = _notes(table, len(pairs), found.cut, threshold)
    return table


def check_threshold(threshold: float) -> None:
    """Refuse a least score that is none."""
    if not 0 <= threshold <= 100:
        raise UsageError(f"--threshold {threshold:g} is no score", hint="scores go from 0 to 100")


def _names(relations: Relations, ids: list[str]) -> list[str]:
    labels = relations.nodes["label"].astype(str).tolist()
    return [one if is_missing(label) else label for one, label in zip(ids, labels, strict=True)]


def _rows(relations: Relations) -> list[int]:
    codes = [relations.frame[end].cat.codes.to_numpy() for end in ("source", "target")]
    counts: list[int] = np.bincount(np.concatenate(codes), minlength=len(relations.nodes)).tolist()
    return counts


def _known_places(relations: Relations) -> list[dict[str, str]]:
    """Return what the table says of places; a city only where its name is official, so of one spelling."""
    known: list[dict[str, str]] = [{} for _ in range(len(relations.nodes))]
    for level in _LEVELS:
        if level in relations.nodes.columns:
            for at, place in enumerate(relations.nodes[level].tolist()):
                if isinstance(place, str) and (level != "city" or places.place(place) is not None):
                    known[at][level] = place
    return known


def _table(
    pairs: Sequence[Pair],
    ids: Sequence[str],
    rows: Sequence[int],
    known: Sequence[Mapping[str, str]],
    parts: Sequence[NameFeatures],
) -> pd.DataFrame:
    def place(at: int) -> str | None:
        finest = [known[at][level] for level in _LEVELS if level in known[at]]
        return finest[-1] if finest else parts[at].place or None

    return pd.DataFrame(
        {
            "variant": _texts(ids[p.variant] for p in pairs),
            "preferred": _texts(None for _ in pairs),
            "suggested": _texts(ids[p.suggested] for p in pairs),
            "score": np.array([p.match.score for p in pairs], float),
            "reason": _texts(p.match.reason for p in pairs),
            "speaks_against": _texts(", ".join(p.match.apart) or None for p in pairs),
            "variant_rows": np.array([rows[p.variant] for p in pairs], np.int64),
            "suggested_rows": np.array([rows[p.suggested] for p in pairs], np.int64),
            "variant_place": _texts(place(p.variant) for p in pairs),
            "suggested_place": _texts(place(p.suggested) for p in pairs),
        }
    )


def _texts(items: Iterable[str | None]) -> pd.Series:
    return pd.Series(list(items), dtype=object)


def _notes(table: pd.DataFrame, found: int, cut: int, threshold: float) -> list[Note]:
    notes = [Note("note.names_undecided")] if len(table) else [Note("note.names_none", threshold=threshold)]
    if len(table) < found:
        notes.append(Note("note.names_limited", n=len(table), of=found))
    if cut:
        notes.append(Note("note.names_cut", n=cut))
    return notes


def name_evaluation(
    labelled: pd.DataFrame, *, threshold: float = matching.THRESHOLD, merge_branches: bool = False
) -> pd.DataFrame:
    """Measure suggestions on pairs that were judged by hand, at several thresholds.

    Parameters
    ----------
    labelled
        ``one``, ``two``, ``same``. All names of the file are one table, so that a pair which no block
        brings together counts as missed.
    threshold
        One more threshold beside 50, 55 ... 95.
    merge_branches
        As for suggestions.

    Returns
    -------
    DataFrame
        Per threshold: suggested pairs that are the same (``found_pairs``) and that are not
        (``wrong_pairs``), the same ones not suggested (``missed_pairs``); ``precision`` =
        found / (found + wrong), NaN without a suggestion; ``recall`` = found / (found + missed), NaN
        without a pair that is the same; ``f1`` = 2 found / (2 found + wrong + missed). Pairs that were
        not judged do not count.

    References
    ----------
    van Rijsbergen (1979), *Information Retrieval*, chapter 7.

    Examples
    --------
    >>> rows = [("华芯科技", "华芯科技有限公司", True), ("华芯科技", "华光科技", False)]
    >>> table = name_evaluation(pd.DataFrame(rows, columns=["one", "two", "same"]))
    >>> table.loc[table["threshold"] == 85, ["found_pairs", "wrong_pairs", "missed_pairs"]].values.tolist()
    [[1, 0, 0]]
    """
    check_threshold(threshold)
    names = list(dict.fromkeys([*labelled["one"], *labelled["two"]]))
    position = {name: at for at, name in enumerate(names)}
    found = candidates.find(names, threshold=0.0, branches=merge_branches)
    scores = {frozenset((pair.variant, pair.suggested)): pair.match.score for pair in found.pairs}
    pairs = zip(labelled["one"], labelled["two"], strict=True)
    score = np.array([scores.get(frozenset((position[a], position[b])), -1.0) for a, b in pairs], float)
    same = labelled["same"].to_numpy(bool)
    rows = []
    for least in sorted({*map(float, THRESHOLDS), float(threshold)}):
        said = score >= least
        hit, wrong, missed = (int(x.sum()) for x in (said & same, said & ~same, ~said & same))
        rows.append(
            {
                "threshold": least,
                "found_pairs": hit,
                "wrong_pairs": wrong,
                "missed_pairs": missed,
                "precision": _ratio(hit, hit + wrong),
                "recall": _ratio(hit, hit + missed),
                "f1": _ratio(2 * hit, 2 * hit + wrong + missed),
            }
        )
    table = pd.DataFrame(rows)
    note = Note("note.names_labelled", n=len(labelled), same=int(same.sum()), usual=matching.THRESHOLD)
    table.attrs["notes"] = [note]
    return table


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
