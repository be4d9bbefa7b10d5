"""Which places are specialised in which classes, what goes together, and how complex either is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.measures import complexity as complexities
from clusters.measures import flow_structure as structures
from clusters.measures import specialisation as measures
from clusters.measures.intervals import cluster_bootstrap, clusters_of
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables._class_counts import Counted, End, counted
from clusters.tables._intervals import beside, who

FEW = 5
"""Relations below which a cell says little."""


def location_quotients(
    relations: Relations,
    *,
    level: str = "province",
    by: str = "technology",
    end: End = "source",
    kinds: Sequence[str] | None = None,
    min_count: float = 0,
    replicates: int | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Tabulate how specialised each place is in each class of relations.

    Parameters
    ----------
    relations
        Checked relations.
    level
        Place level: province, city or any other that the table has. Of provinces those of the mainland
        count where there are any (decision D10).
    by
        Class of the relations: ``technology``, ``application_field``, ``industry`` ...
    end
        Whose place a relation counts for: that of the giver (``source``), of the receiver (``target``),
        or half each (``both``).
    kinds
        Kinds of relations; by default technology where the table has it, else all (decision D2).
    min_count
        Cells with fewer relations have no quotient and are no speciality.
    replicates, seed
        Draws of enterprises for 95 % intervals, and their seed; none by default.

    Returns
    -------
    DataFrame
        ``place``, ``class``, ``relations``, ``share`` of the relations of the place, ``location_quotient``
        and ``specialised`` (a quotient of 1 or more), with an interval ``location_quotient_low`` and
        ``location_quotient_high``, NaN where a cell has fewer than five relations; places by code, classes
        by falling quotient. Cells without a relation have a row too.

    References
    ----------
    Balassa 1965; Davison, Hinkley 1997, 3.8 (intervals).

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": list("aabb"), "target": list("cccc")})
    >>> frame["source_city"] = ["深圳市"] * 2 + ["北京市"] * 2
    >>> frame["target_city"], frame["technology"] = "上海市", ["5G", "5G", "5G", "物联网"]
    >>> found = location_quotients(from_frame(frame), level="city")
    >>> found[["place", "class", "location_quotient"]].round(2).values.tolist()[:2]
    [['北京市', '物联网', 2.0], ['北京市', '5G', 0.67]]
    """
    table = counted(relations, level, by, end, kinds)
    amounts = table.amounts()
    wide = measures.location_quotient(amounts, min_count=min_count)
    result = _long(amounts, "relations")
    result["share"] = _long(amounts.div(amounts.sum(axis=1), axis=0), "share")["share"]
    result["location_quotient"] = wide.to_numpy().ravel()
    binary = measures.specialised(amounts, min_count=min_count)
    result["specialised"] = binary.to_numpy().ravel()
    order = _order(result, wide, "location_quotient")
    notes = [*table.notes, *_few(amounts, min_count)]
    if replicates:
        clusters = clusters_of(table.used).where(table.row)
        found = cluster_bootstrap(table.quotients, clusters, replicates=replicates, seed=seed)
        # What is rare varies more from sample to sample than draws from one sample show.
        unknown = wide.isna().to_numpy().ravel() | (amounts.to_numpy().ravel() < FEW)
        low, high = (np.where(unknown, np.nan, side) for side in (found.low, found.high))
        drawn = Note(
            "note.interval_bootstrap",
            n=len(clusters),
            who=who(clusters.of_sample),
            replicates=replicates,
            seed=seed,
        )
        result.attrs["notes"] = notes
        result = beside(result, {"location_quotient": (low, high)}, [drawn])
        notes = result.attrs["notes"]
    result = result.iloc[order].reset_index(drop=True)
    result.attrs["notes"] = notes
    return result


def relatedness(
    relations: Relations,
    *,
    level: str = "province",
    by: str = "technology",
    end: End = "source",
    kinds: Sequence[str] | None = None,
    min_count: float = 0,
) -> pd.DataFrame:
    """Tabulate which classes are specialities of the same places.

    Parameters
    ----------
    relations, level, by, end, kinds, min_count
        As in ``location_quotients``.

    Returns
    -------
    DataFrame
        One row per pair of classes, most related first: ``class``, ``other_class``, ``class_places`` and
        ``other_places`` specialised in each, ``both_places`` in both, ``relatedness`` (the smaller
        conditional probability) and ``association`` (both over what independence would give).

    References
    ----------
    Hidalgo, Klinger, Barabasi, Hausmann 2007; van Eck, Waltman 2009.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": list("aaabbc"), "target": "z", "target_city": "深圳市"})
    >>> frame["source_city"] = ["北京市"] * 3 + ["上海市"] * 2 + ["深圳市"]
    >>> frame["technology"] = ["5G", "物联网", "区块链", "5G", "物联网", "5G"]
    >>> found = relatedness(from_frame(frame), level="city")
    >>> found[["class", "other_class", "both_places", "relatedness"]].values.tolist()[0]
    ['5G', '物联网', 1, 0.5]
    """
    table = counted(relations, level, by, end, kinds)
    binary = _specialities(table, min_count)
    together = measures.co_occurrence(binary).to_numpy()
    first, second = np.triu_indices(binary.shape[1], 1)
    names = binary.columns
    result = pd.DataFrame(
        {
            "class": names.take(first).to_numpy(),
            "other_class": names.take(second).to_numpy(),
            "class_places": np.diag(together)[first],
            "other_places": np.diag(together)[second],
            "both_places": together[first, second],
            "relatedness": measures.relatedness(binary).to_numpy()[first, second],
            "association": measures.relatedness(binary, method="association").to_numpy()[first, second],
        }
    )
    result = result.sort_values(
        ["relatedness", "both_places"], ascending=False, kind="stable", ignore_index=True
    )
    result.attrs["notes"] = [*table.notes, *_few(table.amounts(), min_count)]
    return result


def relatedness_density(
    relations: Relations,
    *,
    level: str = "province",
    by: str = "technology",
    end: End = "source",
    kinds: Sequence[str] | None = None,
    min_count: float = 0,
) -> pd.DataFrame:
    """Tabulate how much of what is related to a class each place is specialised in.

    Parameters
    ----------
    relations, level, by, end, kinds, min_count
        As in ``location_quotients``.

    Returns
    -------
    DataFrame
        ``place``, ``class``, ``location_quotient``, ``specialised``, ``relatedness_density``; places by
        code, classes by falling density. Where it is high and the place not specialised, related
        capabilities are there.

    References
    ----------
    Hidalgo, Klinger, Barabasi, Hausmann 2007; Boschma, Balland, Kogler 2015.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": list("aaabbc"), "target": "z", "target_city": "深圳市"})
    >>> frame["source_city"] = ["北京市"] * 3 + ["上海市"] * 2 + ["深圳市"]
    >>> frame["technology"] = ["5G", "物联网", "区块链", "5G", "物联网", "5G"]
    >>> found = relatedness_density(from_frame(frame), level="city")
    >>> found.loc[found["place"] == "深圳市", ["class", "relatedness_density"]].values.tolist()
    [['物联网', 0.5], ['5G', 0.0], ['区块链', 0.0]]
    """
    table = counted(relations, level, by, end, kinds)
    amounts = table.amounts()
    binary = _specialities(table, min_count)
    density = measures.relatedness_density(binary, measures.relatedness(binary))
    wide = measures.location_quotient(amounts, min_count=min_count)
    result = _long(wide, "location_quotient")
    result["specialised"] = binary.to_numpy().ravel()
    result["relatedness_density"] = density.to_numpy().ravel()
    result = result.iloc[_order(result, density, "relatedness_density")].reset_index(drop=True)
    result.attrs["notes"] = [*table.notes, *_few(amounts, min_count)]
    return result


def complexity(
    relations: Relations,
    *,
    level: str = "province",
    by: str = "technology",
    end: End = "source",
    kinds: Sequence[str] | None = None,
    min_count: float = 0,
) -> pd.DataFrame:
    """Tabulate the complexity of places and of classes.

    Parameters
    ----------
    relations, level, by, end, kinds, min_count
        As in ``location_quotients``.

    Returns
    -------
    DataFrame
        ``of`` (``place`` or ``class``), ``rank``, ``item`` (its name), ``relations``, ``specialities``
        (classes of a place, places of a class), ``mean_specialities`` (of these, on average: the first
        reflection) and ``complexity``, standardised; by falling complexity, without one last. The notes say
        how far it goes with diversity, and what cannot be compared.

    References
    ----------
    Hidalgo, Hausmann 2009.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": list("aaabbc"), "target": "z", "target_city": "深圳市"})
    >>> frame["source_city"] = ["北京市"] * 3 + ["上海市"] * 2 + ["深圳市"]
    >>> frame["technology"] = ["5G", "物联网", "区块链", "5G", "物联网", "5G"]
    >>> found = complexity(from_frame(frame), level="city")
    >>> found.loc[found["of"] == "place", ["rank", "item", "specialities"]].values.tolist()
    [[1, '北京市', 2], [2, '上海市', 2], [3, '深圳市', 1]]
    """
    table = counted(relations, level, by, end, kinds)
    amounts = table.amounts()
    binary = _specialities(table, min_count)
    found = complexities.complexity(binary)
    means = complexities.reflections(binary, 1)
    parts = []
    for of, index, number, mean, total in (
        ("place", found.places, found.diversity, means[0][1], amounts.sum(axis=1)),
        ("class", found.classes, found.ubiquity, means[1][1], amounts.sum(axis=0)),
    ):
        # Thirds of relations leave a trace in sums.
        values = {"item": index.index.to_numpy(), "relations": total.round(6).to_numpy()}
        values |= {"specialities": number.to_numpy(), "mean_specialities": mean.to_numpy()}
        rows = pd.DataFrame({"of": of, **values, "complexity": index.to_numpy()})
        rows = rows.sort_values("complexity", ascending=False, kind="stable", na_position="last")
        rows.insert(1, "rank", np.arange(1, len(rows) + 1))
        parts.append(rows)
    result = pd.concat(parts, ignore_index=True)
    result.attrs["notes"] = [*table.notes, *_few(amounts, min_count), *_doubts(found)]
    return result


def _doubts(found: complexities.Complexity) -> list[Note]:
    """Say how far an index of complexity can be trusted."""
    if not found.distinct:
        return [Note("note.complexity_none")]
    notes = [Note("note.complexity", r=found.correlation, second=float(found.eigenvalues[1]))]
    if found.sign_open:
        notes.append(Note("note.complexity_sign", r=found.correlation))
    left = int(found.places.isna().sum()), int(found.classes.isna().sum())
    if any(left):
        notes.append(Note("note.complexity_apart", places=left[0], classes=left[1]))
    return notes


def specialisation_distance(
    relations: Relations,
    *,
    level: str = "province",
    by: str = "technology",
    end: End = "source",
    kinds: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Tabulate how different the classes of two places are (Krugman index).

    Parameters
    ----------
    relations, level, by, end, kinds
        As in ``location_quotients``.

    Returns
    -------
    DataFrame
        One row per pair of places, most alike first: ``place``, ``other_place``, ``krugman_index``, 0 (same
        shares) to 2 (nothing in common).

    References
    ----------
    Krugman 1991.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": list("aaabbc"), "target": "z", "target_city": "深圳市"})
    >>> frame["source_city"] = ["北京市"] * 3 + ["上海市"] * 2 + ["深圳市"]
    >>> frame["technology"] = ["5G", "物联网", "区块链", "5G", "物联网", "5G"]
    >>> specialisation_distance(from_frame(frame), level="city").round(2).values.tolist()[0]
    ['北京市', '上海市', 0.67]
    """
    table = counted(relations, level, by, end, kinds)
    square = structures.krugman_matrix(table.amounts())
    first, second = np.triu_indices(len(square), 1)
    result = pd.DataFrame(
        {
            "place": square.index.take(first).to_numpy(),
            "other_place": square.index.take(second).to_numpy(),
            "krugman_index": square.to_numpy()[first, second],
        }
    ).sort_values("krugman_index", kind="stable", ignore_index=True)
    result.attrs["notes"] = table.notes
    return result


def _specialities(table: Counted, min_count: float) -> pd.DataFrame:
    return measures.specialised(table.amounts(), min_count=min_count)


def _long(wide: pd.DataFrame, name: str) -> pd.DataFrame:
    """Write a table of places and classes as one row per cell."""
    return pd.DataFrame(
        {
            "place": np.repeat(wide.index.to_numpy(), wide.shape[1]),
            "class": np.tile(wide.columns.to_numpy(), len(wide)),
            name: wide.to_numpy().ravel(),
        }
    )


def _order(table: pd.DataFrame, wide: pd.DataFrame, column: str) -> NDArray[np.intp]:
    """Order rows by place as they stand, then by a falling number; NaN last."""
    place = np.repeat(np.arange(len(wide)), wide.shape[1])
    number = table[column].to_numpy(dtype=np.float64)
    return np.lexsort((-np.nan_to_num(number, nan=-np.inf), place))


def _few(amounts: pd.DataFrame, min_count: float) -> list[Note]:
    """Say how many cells rest on few relations."""
    cells = amounts.to_numpy()
    there = (cells > 0) & (cells >= min_count)
    few = int((there & (cells < FEW)).sum())
    return [Note("note.specialisation_few", n=few, of=int(there.sum()), few=FEW)] if few else []
