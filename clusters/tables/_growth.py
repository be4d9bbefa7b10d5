"""How the network grows: by year, the exponents of growth, and the points they come from.

All but the densification of a table of sizes is read off the cumulative network of the last
year, whose edges carry the year of their first relation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.errors import UsageError
from clusters.measures import attachment as kernels
from clusters.measures import growth as measures
from clusters.measures import paths
from clusters.networks import ValueNetwork, last
from clusters.sentences import Note
from clusters.tables._structure import Sources

Degree = Literal["out", "in", "total"]
Networks = Mapping[int | None, ValueNetwork]
Sizes = Networks | pd.DataFrame
"""Networks by year, or any table with ``nodes`` and ``edges`` in successive years."""
BOTH: tuple[Degree, ...] = ("out", "in")
ALL: tuple[Degree, ...] = ("out", "in", "total")
NAN = float("nan")
DISTANCES = ("diameter", "average_path_length", "effective_diameter", "path_per_log_nodes")
ESTIMATES = ("diameter_at_least", "average_path_length_estimate", "low", "high", "sources")
"""Columns beside ``DISTANCES`` where a network was too large to search from every node."""
NEW = ("new_new_share", "new_old_share", "old_old_share", "new_to_old_share", "old_to_new_share")
EXPONENT = ("exponent", "standard_error", "exponent_low", "exponent_high")
FIT = (
    *("measure", "series", "degree", "role", *EXPONENT, "robust_error", "years"),
    *("r_squared", "durbin_watson", "new_ends", "newcomer_share", "zero_share"),
)


def growth(
    networks: Networks, *, degree: Degree = "total", top: int = 20, sources: Sources = "auto", seed: int = 0
) -> pd.DataFrame:
    """Tabulate how the network grew, one row per year.

    Parameters
    ----------
    networks
        Cumulative networks by year, as ``networks.cumulative`` gives them.
    degree, top
        Degree that ranks the organisations, and the length of the top list.
    sources, seed
        How distances are found, see ``yearly_structure``.

    Returns
    -------
    DataFrame
        ``year``, ``nodes``, ``edges``; the columns of ``newcomers``; ``rank_tau`` and
        ``top_turnover`` of ``rank_mobility``; ``diameter``, ``average_path_length``,
        ``effective_diameter`` and ``path_per_log_nodes`` (L / ln N), all along edge direction,
        with columns of estimates as in ``yearly_structure`` where a network is too large. Shares
        and comparisons with the year before are NaN in the first year of the table.

    Raises
    ------
    UsageError
        The networks are undated, or not cumulative.

    References
    ----------
    Nankai report 2023, Table 2; Leskovec, Kleinberg, Faloutsos 2005.

    Examples
    --------
    >>> from clusters.networks import cumulative
    >>> table = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "year": [2020, 2021]})
    >>> growth(cumulative(table))[["year", "nodes", "new_edges", "old_to_new_share"]].values.tolist()
    [[2020.0, 2.0, 1.0, nan], [2021.0, 3.0, 1.0, 1.0]]
    """
    moved = rank_mobility(networks, degrees=[degree], top=top)
    far = growth_distances(networks, sources=sources, seed=seed)
    new = newcomers(networks, degree=degree, top=top)
    table = _sizes(networks).join(new.drop(columns="year"))
    table = table.join(moved[["rank_tau", "top_turnover"]]).join(far.drop(columns=["year", "nodes"]))
    table.attrs["notes"] = [*new.attrs["notes"], Note("note.growth_tau"), *far.attrs["notes"]]
    return table


def newcomers(networks: Networks, *, degree: Degree = "total", top: int = 20) -> pd.DataFrame:
    """Tabulate who the new edges of each year join.

    Parameters
    ----------
    networks
        Cumulative networks by year.
    degree, top
        Which degree makes the top list of the year before, and its length.

    Returns
    -------
    DataFrame
        ``year``, ``new_nodes``, ``new_edges`` and shares of the new edges: ``new_new_share``,
        ``new_old_share`` (one end new) and ``old_old_share`` sum to 1, ``new_to_old_share`` and
        ``old_to_new_share`` are the two directions of the second; ``from_top_share`` and
        ``to_top_share`` say how many start and end at the top list.

    References
    ----------
    Methods G4.

    Examples
    --------
    >>> from clusters.networks import cumulative
    >>> table = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "year": [2020, 2021]})
    >>> newcomers(cumulative(table), top=1)[["new_old_share", "from_top_share"]].values.tolist()[1]
    [1.0, 0.0]
    """
    final = _final(networks)
    rows: list[tuple[float, ...]] = []
    for year in _years(networks):
        found = measures.newcomers(final, year, degree=degree, top=top)
        mixed = found.new_to_old + found.old_to_new
        shares = (found.new_new, mixed, found.old_old, found.new_to_old, found.old_to_new)
        rows.append((year, found.new_nodes, found.new_edges, *shares, found.from_top, found.to_top))
    columns = ["year", "new_nodes", "new_edges", *NEW, "from_top_share", "to_top_share"]
    table = pd.DataFrame(rows, columns=columns)
    table.attrs["notes"] = [Note("note.growth_new"), _top(degree, top)]
    return table


def rank_mobility(networks: Networks, *, degrees: Sequence[Degree] = ALL, top: int = 20) -> pd.DataFrame:
    """Tabulate how far the order of the organisations moved from year to year.

    Parameters
    ----------
    networks
        Cumulative networks by year.
    degrees
        Degrees that order them.
    top
        Length of the top list.

    Returns
    -------
    DataFrame
        ``year``, ``degree``, ``organisations`` there in both years, ``rank_tau`` (Kendall's
        tau-b over them), ``top_entrants`` and ``top_turnover`` (their share of the list). NaN in
        the first year.

    References
    ----------
    Kendall 1945; methods G5.

    Examples
    --------
    >>> from clusters.networks import cumulative
    >>> rows = [("a", "b", 2020), ("a", "c", 2020), ("b", "c", 2021)]
    >>> table = pd.DataFrame(rows, columns=["source", "target", "year"])
    >>> rank_mobility(cumulative(table), degrees=["out"])[["organisations", "top_turnover"]].values.tolist()
    [[0.0, nan], [3.0, 0.5]]
    """
    final, rows = _final(networks), []
    for year in _years(networks):
        for degree in degrees:
            found = measures.rank_mobility(final, year, degree=degree, top=top)
            entrants = found.entrants if found.nodes else NAN
            rows.append((year, degree, found.nodes, found.tau, entrants, found.turnover))
    columns = ["year", "degree", "organisations", "rank_tau", "top_entrants", "top_turnover"]
    table = pd.DataFrame(rows, columns=columns)
    table.attrs["notes"] = [Note("note.growth_tau"), Note("note.growth_list", top=top)]
    return table


def growth_distances(source: Sizes, *, sources: Sources = "auto", seed: int = 0) -> pd.DataFrame:
    """Tabulate whether distances shrink or grow with the network, one row per year.

    Parameters
    ----------
    source
        Cumulative networks by year, or a table with ``nodes`` and ``average_path_length``, such as
        a printed one.
    sources, seed
        How distances are found, see ``yearly_structure``.

    Returns
    -------
    DataFrame
        ``year``, ``nodes``, ``diameter``, ``average_path_length``, ``effective_diameter`` (those
        that a given table has; lengths in edges along edge direction) and ``path_per_log_nodes``,
        L / ln N: steady where distances grow as in a random network, falling where the network
        shrinks against its size. Where they are estimated, as in ``yearly_structure``, the ratio
        uses the estimate.

    References
    ----------
    Leskovec, Kleinberg, Faloutsos 2005; Nankai report 2023, Table 2 (0.720 falls to 0.385).

    Examples
    --------
    >>> from clusters import published
    >>> table = growth_distances(published.load("nankai_2023", table=2))
    >>> table["path_per_log_nodes"].round(3).tolist()[::8]
    [0.72, 0.385]
    """
    if isinstance(source, pd.DataFrame):
        table = _given(source, "average_path_length", *(c for c in DISTANCES[:3] if c in source.columns))
        lengths = table["average_path_length"]
        notes = []
    else:
        _final(source)
        rows = [{"year": year, **_distances(network, sources, seed)} for year, network in source.items()]
        searched = [row["sources"] for row in rows if "sources" in row]
        columns = ["year", "nodes", *DISTANCES[:3], *(ESTIMATES if searched else ())]
        table = pd.DataFrame(rows, columns=columns)
        lengths = table["average_path_length"]
        notes = [Note("note.growth_distances")]
        if searched:
            lengths = lengths.astype(float).fillna(table["average_path_length_estimate"])
            about = {"years": len(searched), "n": max(searched), "seed": seed}
            notes.append(Note("note.path_estimate", **about))
    at = list(table.columns).index("average_path_length") + 1
    at += "effective_diameter" in table.columns
    sizes = zip(lengths.astype(float), table["nodes"], strict=True)
    table.insert(at, "path_per_log_nodes", [measures.path_per_log_nodes(length, n) for length, n in sizes])
    table.attrs["notes"] = notes
    return table


def densification(source: Sizes) -> pd.DataFrame:
    """Tabulate nodes and edges beside the power of the nodes that fits them best.

    Parameters
    ----------
    source
        Cumulative networks by year, or any table with ``nodes`` and ``edges`` in successive years.

    Returns
    -------
    DataFrame
        ``year`` (where known), ``nodes``, ``edges``, ``fitted_edges`` (what the fit of ln E on
        ln N gives) and ``residual`` (ln E minus ln of it). NaN where nothing can be fitted. The
        exponent itself stands in ``growth_fit``.

    References
    ----------
    Leskovec, Kleinberg, Faloutsos 2005; Nankai report 2023, Table 2.

    Examples
    --------
    >>> table = densification(pd.DataFrame({"nodes": [10, 100], "edges": [10, 1000]}))
    >>> table["fitted_edges"].round(6).tolist()
    [10.0, 1000.0]
    """
    table = _sizes(source)
    found = measures.densification(table["nodes"], table["edges"])
    residuals = np.array(found.residuals)
    with np.errstate(divide="ignore"):
        table["fitted_edges"] = np.exp(np.log(table["edges"].astype(float)) - residuals)
    table["residual"] = residuals
    table.attrs["notes"] = _densification_notes(found)
    return table


def growth_fit(source: Sizes, *, degrees: Sequence[Degree] = BOTH) -> pd.DataFrame:
    """Tabulate the exponents of growth with their uncertainty, one row per fit.

    Parameters
    ----------
    source
        Cumulative networks by year. A table with ``nodes`` and ``edges`` gives the densification
        exponents only.
    degrees
        Degrees whose attachment exponent is estimated: ``"out"`` for giving, ``"in"`` for
        receiving, ``"total"``.

    Returns
    -------
    DataFrame
        ``measure`` (``densification`` or ``attachment``), ``series`` of the former and ``degree``
        and ``role`` (``all``, and ``sample`` and ``partner`` where roles are known) of the latter;
        ``exponent``, ``standard_error``, the 95 % interval ``exponent_low`` to ``exponent_high``,
        ``robust_error``, ``years`` (points of the fit), ``r_squared``, ``durbin_watson``, and of
        attachment the ``new_ends`` with the shares that organisations new in the year
        (``newcomer_share``) and those of degree 0 (``zero_share``) got, which no exponent describes.
        What does not apply or is undefined is null.

    References
    ----------
    Nankai report 2023, Table 2 (1.266); methods G1 and G3.

    Examples
    --------
    >>> from clusters import published
    >>> table = growth_fit(published.load("nankai_2023", table=2))
    >>> table[["series", "exponent"]].round(3).values.tolist()
    [['cumulative', 1.266], ['differences', 1.254], ['increments', 1.262]]
    """
    sizes = _sizes(source)
    rows: list[dict[str, Any]] = []
    for series in measures.SERIES:
        found = measures.densification(sizes["nodes"], sizes["edges"], series)
        values = _uncertain(found) | {"r_squared": found.r_squared, "durbin_watson": found.durbin_watson}
        rows.append({"measure": "densification", "series": series, **values, "years": found.n})
    notes = [Note("note.densification")]
    if not isinstance(source, pd.DataFrame):
        rows += [{"measure": "attachment", **row} for row in _attachments(source, degrees)]
        notes += [Note("note.attachment"), *_roles(_final(source))]
    columns = [c for c in FIT if not isinstance(source, pd.DataFrame) or any(c in row for row in rows)]
    table = pd.DataFrame(rows, columns=columns)
    table.attrs["notes"] = notes
    return table


def attachment_kernel(networks: Networks, *, degrees: Sequence[Degree] = BOTH) -> pd.DataFrame:
    """Tabulate how many new ends organisations of each degree got, for a picture.

    Parameters
    ----------
    networks
        Cumulative networks by year; the growth of these years is used.
    degrees
        As in ``growth_fit``.

    Returns
    -------
    DataFrame
        ``degree``, ``role``, ``k``, ``organisation_years``, ``new_ends``, ``pafit``, ``newman``,
        ``jeong``: see ``measures.attachment.attachment_kernel``. The slope of these points on
        logarithmic axes is a biased estimate of the exponent, which ``growth_fit`` gives.

    References
    ----------
    Pham, Sheridan, Shimodaira 2015; Newman 2001; Jeong, Neda, Barabasi 2003.

    Examples
    --------
    >>> from clusters.networks import cumulative
    >>> rows = [("p", "a", 2020), ("q", "b", 2020), ("r", "b", 2020), ("s", "a", 2021), ("t", "b", 2021)]
    >>> table = pd.DataFrame(rows, columns=["source", "target", "year"])
    >>> attachment_kernel(cumulative(table), degrees=["in"])[["k", "new_ends", "pafit"]].values.tolist()
    [[1.0, 1.0, 1.0], [2.0, 1.0, 1.0]]
    """
    final, parts = _final(networks), []
    for degree, role, among in _kinds(final, degrees):
        part = kernels.attachment_kernel(final, degree, years=_years(networks), among=among)
        part.insert(0, "role", role)
        part.insert(0, "degree", degree)
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    table.attrs["notes"] = [Note("note.attachment_kernel"), *_roles(final)]
    return table


def _attachments(networks: Networks, degrees: Sequence[Degree]) -> Iterator[dict[str, Any]]:
    final, years = _final(networks), _years(networks)
    for degree, role, among in _kinds(final, degrees):
        found = kernels.attachment(final, degree, years=years, among=among)
        yield {
            "degree": degree,
            "role": role,
            **_uncertain(found),
            "robust_error": found.robust_error,
            "years": found.years,
            "new_ends": found.new_ends,
            "newcomer_share": found.newcomer_share,
            "zero_share": found.zero_share,
        }


def _uncertain(found: measures.Densification | kernels.Attachment) -> dict[str, float]:
    return dict(zip(EXPONENT, (found.exponent, found.standard_error, found.low, found.high), strict=True))


def _kinds(
    network: ValueNetwork, degrees: Sequence[Degree]
) -> Iterator[tuple[Degree, str, NDArray[np.bool_] | None]]:
    """Give each degree with each group of organisations that compete for new ends."""
    roles: dict[str, NDArray[np.bool_] | None] = {"all": None}
    if network.sample is not None:
        roles |= {"sample": network.sample, "partner": ~network.sample}
    for degree in degrees:
        for role, among in roles.items():
            yield degree, role, among


def _distances(network: ValueNetwork, sources: Sources, seed: int) -> dict[str, Any]:
    row: dict[str, Any] = {"nodes": network.n_nodes}
    if sources == "exact" or (sources == "auto" and len(network) <= paths.EXACT_UP_TO):
        found: Any = paths.path_summary(network)
        names: Sequence[str] = DISTANCES[:3]
    else:
        number = sources if isinstance(sources, int) else paths.SOURCES
        found, names = paths.path_estimate(network, number, seed=seed), ESTIMATES
    return row | {name: getattr(found, name) for name in names}


def _sizes(source: Sizes) -> pd.DataFrame:
    """Return year (where known), nodes and edges of successive years."""
    if isinstance(source, pd.DataFrame):
        return _given(source, "edges")
    final, years = _final(source), _years(source)
    dates = final.first_years
    assert dates is not None
    rows = []
    for year in years:
        edges = dates <= year
        there = np.zeros(len(final), dtype=bool)
        there[final.sources[edges]] = there[final.targets[edges]] = True
        rows.append((year, int(there.sum()), int(edges.sum())))
    return pd.DataFrame(rows, columns=["year", "nodes", "edges"])


def _given(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return year (where there is one), nodes and other columns of a table, years ascending."""
    names = ["nodes", *dict.fromkeys(columns)]
    missing = [name for name in names if name not in table.columns]
    if missing:
        raise UsageError(
            f"the table has no column {missing[0]!r}", hint=f"growth needs the columns {', '.join(names)}"
        )
    numbers: pd.DataFrame = table[names].apply(pd.to_numeric)
    if "year" in table.columns:
        numbers.insert(0, "year", pd.to_numeric(table["year"]))
        numbers = numbers.sort_values("year", kind="stable")
    return numbers.reset_index(drop=True)


def _years(networks: Networks) -> list[int]:
    return [year for year in networks if year is not None]


def _final(networks: Networks) -> ValueNetwork:
    """Return the last network, if all years can be read off it."""
    final = last(networks)
    if final.first_years is None or None in networks:
        raise UsageError(
            "growth compares years, but the table has no year column",
            hint="name the column with the years: --map year=COLUMN",
        )
    first = _years(networks)[0]
    if networks[first].n_edges != int((final.first_years <= first).sum()):
        raise UsageError(
            "growth needs cumulative networks, in which relations of earlier years stay",
            hint="leave --mode at cumulative",
        )
    return final


def _top(degree: Degree, top: int) -> Note:
    return Note("note.growth_top", top=top, degree=degree)


def _roles(final: ValueNetwork) -> list[Note]:
    return [] if final.sample is None else [Note("note.growth_roles")]


def _densification_notes(found: measures.Densification) -> list[Note]:
    if not np.isfinite(found.standard_error):
        return [Note("note.densification")]
    said = {"a": found.exponent, "error": found.standard_error, "low": found.low, "high": found.high}
    return [Note("note.densification_exponent", **said), Note("note.densification")]
