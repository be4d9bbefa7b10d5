"""Polarisation (极化) by year: of organisations, of places that give and take, of flows; and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from clusters import networks as build
from clusters import places
from clusters.errors import UsageError
from clusters.measures import composition as classes_of
from clusters.measures import flows as flow_measures
from clusters.networks import ValueNetwork
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables import _composition, _flows, _polarised
from clusters.tables._concentration import CONCENTRATION, Degree, degree_note
from clusters.tables._intervals import DROPPED, UNHELD, who
from clusters.tables._polarisation_words import OF_ORGANISATIONS, READ, of_all, of_classes
from clusters.tables._polarised import OF_PLACES, SIDES, Ends, Floats, Flows
from clusters.tables._reading import Change, change_table
from clusters.tables._relations import chosen

Table = Literal["yearly", "places", "organisations", "flows", "lorenz", "reading"]
TABLES: tuple[Table, ...] = ("yearly", "places", "organisations", "flows", "lorenz", "reading")
OF_PLACES_ONLY = ("places", "flows", "lorenz")
DEGREES: tuple[Degree, ...] = ("out", "in", "total")
NAMED = {"net_giver_balance": "net_giver", "net_taker_balance": "net_taker"}
FLOW_COLUMNS = tuple(name for name in OF_PLACES if not name.startswith(SIDES))
NAN = float("nan")


@dataclass(frozen=True)
class _Study:
    """All that the tables are made from."""

    years: list[int | None]
    groups: list[str | None]
    by: str | None
    level: str | None
    flows: Flows | None
    of_places: Ends | None
    networks: list[list[ValueNetwork | None]]
    degree: Degree
    weighted: bool
    replicates: int | None
    seed: int
    notes: list[Note]

    def keys(self) -> pd.DataFrame:
        """Return the class and year of each row."""
        years = [np.nan if year is None else year for year in self.years]
        table = pd.DataFrame({"year": years * len(self.groups)})
        if self.by is not None:
            table.insert(0, "class", np.repeat(np.array(self.groups, dtype=object), len(years)))
        return table

    def organisations(self, degree: Degree, names: Sequence[str]) -> Ends:
        return _polarised.of_organisations(
            self.networks,
            degree,
            names,
            weighted=self.weighted,
            replicates=self.replicates,
            seed=self.seed,
        )


def polarisation(
    relations: Relations,
    networks: Mapping[int | None, ValueNetwork] | None = None,
    *,
    table: Table = "yearly",
    level: str | None = None,
    poles: Sequence[str] | None = None,
    by: str | None = None,
    kinds: Sequence[str] | None = None,
    cumulative: bool = True,
    years: Sequence[int] | None = None,
    foreign: flow_measures.Foreign = "leave",
    degree: Degree = "out",
    weighted: bool = False,
    replicates: int | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Tabulate how polarised organisations, places and flows are, by year.

    Parameters
    ----------
    relations
        Checked relations.
    networks
        Networks by year for the degrees of organisations; by default those of the relations, one edge
        per ordered pair. With ``by`` each class has networks of its own.
    table
        ``yearly``: the core of all; ``places``: more about what places give and take; ``organisations``:
        degrees in, out and total; ``flows``: within places, of poles, net balances; ``lorenz``: Lorenz
        curves of the last year; ``reading``: the last year less the first, and one paragraph in the notes.
    level
        Place level; by default province where the table has it, else its first level. Without any level
        only organisations are told of.
    poles
        Places; by default the two that most flows of the last year touch.
    by
        A class of relations, such as ``technology``: one row per class and year.
    kinds
        Kinds of relations between places; by default technology where the table has it (decision D2).
    cumulative
        Relations up to each year; else those of the single year.
    years
        Years to report; by default those of the networks.
    foreign
        As in ``flows``.
    degree, weighted
        Degree of organisations, as in ``concentration``.
    replicates, seed
        Samples for 95 % intervals, and their seed; ``None`` for no intervals. The same samples serve
        all years, so that differences of two years have intervals too.

    Returns
    -------
    DataFrame
        ``year`` (after ``class`` with ``by``), then numbers ``X``, with intervals ``X_low`` and ``X_high``.
        ``yearly``: ``relations`` between ``places``; ``top_10_percent`` to ``gini`` of degrees;
        ``giving_X`` and ``taking_X`` for X of ``measures.polarisation.OF_AMOUNTS``; those of ``OF_FLOWS``;
        ``net_giver``, ``net_taker`` and their balances. NaN where nothing is counted.

    References
    ----------
    Nankai report 2023, chapter 6, Tables 7 and 8, Figure 15; methods 3.1.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": list("aab"), "target": list("bca"), "year": [2020, 2021, 2021]})
    >>> frame = frame.assign(source_city=["深圳市"] * 2 + ["北京市"], target_city=["北京市"] * 2 + ["深圳市"])
    >>> found = polarisation(from_frame(frame), level="city")
    >>> found[["year", "giving_hhi", "intra_share", "net_giver"]].round(3).values.tolist()
    [[2020, 1.0, 0.0, '深圳市'], [2021, 0.556, 0.0, '深圳市']]
    """
    if table not in TABLES:
        raise ValueError(f"table {table!r} is not known; use {', '.join(TABLES)}")
    if table == "reading" and not relations.dated:
        raise UsageError(Note("note.years_unknown"), hint="name the column of years with --map year=COLUMN")
    study = _study(
        relations,
        networks,
        level,
        poles,
        by,
        kinds,
        cumulative,
        years,
        foreign,
        degree,
        weighted,
        replicates,
        seed,
    )
    if table == "reading" and len(study.years) < 2:
        raise UsageError(
            Note("note.reading_years", year=study.years[0] if study.years else Note("note.none"))
        )
    if table in OF_PLACES_ONLY and study.flows is None:
        raise UsageError(Note("note.no_level", level=level or places.PROVINCE, known=Note("note.none")))
    make = {
        "yearly": _yearly,
        "places": _places,
        "organisations": _organisations,
        "flows": _of_flows,
        "lorenz": _lorenz,
        "reading": _read,
    }
    return make[table](study)


def _study(
    relations: Relations,
    networks: Mapping[int | None, ValueNetwork] | None,
    level: str | None,
    poles: Sequence[str] | None,
    by: str | None,
    kinds: Sequence[str] | None,
    cumulative: bool,
    years: Sequence[int] | None,
    foreign: flow_measures.Foreign,
    degree: Degree,
    weighted: bool,
    replicates: int | None,
    seed: int,
) -> _Study:
    used = chosen(relations, kinds)
    shown: list[int | None] = [None]
    if relations.dated:
        known = list(relations.years) if networks is None else [y for y in networks if y is not None]
        shown = [*sorted(set(known if years is None else years))]
    if not shown:
        build.last({})  # says that no relation is in use
    mode = "cumulative" if cumulative else "yearly"
    parts: pd.DataFrame | None = None
    groups: list[str | None] = [None]
    if by is not None:
        parts, groups = _classes(used, by)
        built = [_networks(used.where(_has(used, parts, name)), mode, shown) for name in groups]
    else:
        built = [[(networks or {}).get(y) for y in shown] if networks else _networks(relations, mode, shown)]
    level = _level(relations, level)
    flows = ends = None
    notes: list[Note] = []
    if level is not None:
        names = [name for name in groups if name is not None]
        flows = _polarised.flows_of(
            used, level, parts, names, shown, cumulative=cumulative, foreign=foreign, poles=poles
        )
        ends = _polarised.of_flows(flows, replicates, seed)
        within = _flows._within(used, None if cumulative else shown[0], shown[-1]) if used.dated else used
        notes = _flows._notes(_flows._used(within, level, kinds, False), level, foreign, False)
        notes += _about(flows, level, poles)
    elif poles is not None:
        raise UsageError(Note("note.no_level", level=places.PROVINCE, known=Note("note.none")))
    return _Study(shown, groups, by, level, flows, ends, built, degree, weighted, replicates, seed, notes)


def _networks(relations: Relations, mode: str, years: Sequence[int | None]) -> list[ValueNetwork | None]:
    dated = {"years": years} if relations.dated else {}
    found = build.by_mode(relations, mode, **dated) if len(relations) else {}
    return [
        network if (network := found.get(year)) is not None and network.n_nodes else None for year in years
    ]


def _classes(used: Relations, by: str) -> tuple[pd.DataFrame, list[str | None]]:
    """Return the classes of each relation with their weights, and all classes, largest first.

    Of classes that its two ends have, each counts half.
    """
    columns = [column.astype(object) for column in _composition.columns_of(used, by, "cities")]
    parts = pd.concat([classes_of.split(column) for column in columns], ignore_index=True)
    parts["weight"] /= len(columns)
    return parts, list(classes_of.composition(pd.concat(columns, ignore_index=True)).counts.index)


def _has(used: Relations, parts: pd.DataFrame, name: str | None) -> np.ndarray:
    rows = np.zeros(len(used), dtype=bool)
    rows[parts.loc[parts["class"] == name, "row"].to_numpy()] = True
    return rows


def _level(relations: Relations, level: str | None) -> str | None:
    if level is not None:
        return level
    known = [*relations.levels, *(c for c in (places.PROVINCE, "city") if c in relations.nodes.columns)]
    return places.PROVINCE if places.PROVINCE in known else next(iter(known), None)


def _about(flows: Flows, level: str, poles: Sequence[str] | None) -> list[Note]:
    """Say which places are the poles and which the regions."""
    named = [str(flows.places[p]) for p in flows.poles]
    n = len(flows.places)
    if poles is None:
        notes = [Note("note.poles_chosen", n=n, poles=named)]
    else:
        notes = [Note("note.poles_named", n=n, poles=named)]
    if flows.regions is not None:
        notes.append(Note("note.theil_regions" if level == places.PROVINCE else "note.theil_provinces"))
    return notes


def _yearly(study: _Study) -> pd.DataFrame:
    result = _sized(study)
    ends = study.organisations(study.degree, OF_ORGANISATIONS)
    _put(result, ends, OF_ORGANISATIONS, study)
    notes = [*study.notes, degree_note(study.degree, study.weighted)]
    if study.of_places is not None:
        _put(result, study.of_places, OF_PLACES, study)
    notes += _intervals(study, ends)
    dated = [year for year in study.years if year is not None]
    if study.replicates and len(dated) > 1:
        notes.append(_words(study, _changes(study, ends)))
    return _finished(result, notes)


def _sized(study: _Study) -> pd.DataFrame:
    table = study.keys()
    if study.flows is not None:
        given = study.flows.margins()[0]
        counted = given.sum(axis=-1).ravel()
        table["relations"] = counted if study.by is not None else counted.astype(np.int64)
        table["places"] = len(study.flows.places)
    return table


def _put(result: pd.DataFrame, ends: Ends, names: Sequence[str], study: _Study, prefix: str = "") -> None:
    """Add numbers as columns, each with its interval where there are any, and the places of extremes."""
    for name in names:
        column = name.removeprefix(prefix)
        if name in NAMED and study.flows is not None:
            result[NAMED[name]] = _extreme(study.flows, ends.value[name], largest=name == "net_giver_balance")
        result[column] = ends.value[name]
        if study.replicates and name not in UNHELD:
            result[f"{column}_low"], result[f"{column}_high"] = ends.low[name], ends.high[name]


def _extreme(flows: Flows, values: Floats, *, largest: bool) -> list[str | None]:
    """Name the place with the largest or the smallest net balance in each row that has one."""
    if not len(flows.places):
        return [None] * len(values)
    at = flows.extremes[0 if largest else 1].ravel()
    return [
        None if np.isnan(value) else str(flows.places[int(i)]) for i, value in zip(at, values, strict=True)
    ]


def _places(study: _Study) -> pd.DataFrame:
    """One row per year and side: what places give, and what they take."""
    assert study.flows is not None
    assert study.of_places is not None
    margins = study.flows.margins()
    parts = []
    for i, side in enumerate(SIDES):
        part = _sized(study)
        part.insert(len(part.columns), "flow", side)
        held = margins[i].reshape(len(part), -1)
        part["largest"] = [str(study.flows.places[int(row.argmax())]) if row.any() else None for row in held]
        names = [name for name in OF_PLACES if name.startswith(side)]
        _put(part, study.of_places, names, study, prefix=f"{side}_")
        more = pd.DataFrame([_polarised.of_vector(row, study.flows.regions) for row in held])
        part = pd.concat([part, more], axis=1)
        parts.append(part)
    order = np.arange(2 * len(parts[0])).reshape(2, -1).T.ravel()  # both sides of a year together
    table = pd.concat(parts, ignore_index=True).iloc[order].reset_index(drop=True)
    return _finished(table, [*study.notes, *_intervals(study, None)])


def _of_flows(study: _Study) -> pd.DataFrame:
    assert study.of_places is not None
    table = _sized(study)
    _put(table, study.of_places, FLOW_COLUMNS, study)
    return _finished(table, [*study.notes, *_intervals(study, None)])


def _lorenz(study: _Study) -> pd.DataFrame:
    """One row per place and side in the last year, those that have least first."""
    assert study.flows is not None
    margins = study.flows.margins()
    n = len(study.flows.places)
    key = study.keys().groupby("class", sort=False).tail(1) if study.by is not None else study.keys().tail(1)
    parts = []
    for g in range(len(study.groups)):
        for i, side in enumerate(SIDES):
            held = margins[i][g, -1]
            order = np.argsort(held, kind="stable")
            share = held[order] / held.sum() if held.any() else np.full(n, NAN)
            part = pd.DataFrame({"flow": side, "place": study.flows.places[order], "share": share})
            part["places_share"], part["cumulative_share"] = np.arange(1, n + 1) / n, np.cumsum(share)
            parts.append(pd.concat([key.iloc[[g] * n].reset_index(drop=True), part], axis=1))
    return _finished(pd.concat(parts, ignore_index=True), study.notes)


def _organisations(study: _Study) -> pd.DataFrame:
    """One row per year and degree."""
    parts = []
    for degree in DEGREES:
        part = study.keys()
        part["degree"] = degree
        part["nodes"] = [network.n_nodes if network else 0 for years in study.networks for network in years]
        ends = study.organisations(degree, CONCENTRATION)
        _put(part, ends, CONCENTRATION, study)
        parts.append(part)
    order = np.arange(3 * len(parts[0])).reshape(3, -1).T.ravel()
    table = pd.concat(parts, ignore_index=True).iloc[order].reset_index(drop=True)
    notes = [Note("note.polarisation_degrees"), *_intervals(study, ends, flows=False)]
    return _finished(table, notes + [Note("note.interval_none", names=list(UNHELD))] * bool(study.replicates))


def _read(study: _Study) -> pd.DataFrame:
    ends = study.organisations(study.degree, OF_ORGANISATIONS)
    changes = _changes(study, ends)
    table = change_table(changes, by=None if study.by is None else "class")
    return _finished(table, [*study.notes, *_intervals(study, ends), _words(study, changes)])


def _changes(study: _Study, ends: Ends) -> list[Change]:
    """List what the last year has more than the first."""
    dated = [year for year in study.years if year is not None]
    found = []
    for name in READ:
        of = ends if name in ends.value else study.of_places
        if of is None:
            continue
        values = of.value[name].reshape(len(study.groups), -1)
        for g, group in enumerate(study.groups):
            first, last = float(values[g, 0]), float(values[g, -1])
            low, high = float(of.change_low[name][g]), float(of.change_high[name][g])
            found.append(Change(name, dated[0], dated[-1], first, last, low, high, group))
    # Class by class: what is told of one stands together.
    return sorted(found, key=lambda change: study.groups.index(change.group))


def _words(study: _Study, changes: Sequence[Change]) -> Note:
    dated = [year for year in study.years if year is not None]
    if study.by is not None:
        return of_classes(changes, dated[0], dated[-1])
    return of_all(changes, dated[0], dated[-1], degree=study.degree, level=study.level)


def _intervals(study: _Study, ends: Ends | None, *, flows: bool = True) -> list[Note]:
    """Say how intervals were drawn."""
    if not study.replicates:
        return []
    drawn = {"replicates": study.replicates, "seed": study.seed}
    notes = []
    if flows and study.of_places is not None:
        of = study.of_places
        notes.append(Note("note.interval_bootstrap", n=of.drawn, who=who(of.of_sample), **drawn))
    if flows and study.flows is not None and study.flows.poles_move:
        former = [str(study.flows.places[p]) for p in study.flows.former]
        notes.append(Note("note.poles_moved", former=former))
    if ends is not None:
        whose = who(ends.of_sample)
        notes.append(Note("note.interval_jackknife", n=ends.drawn, who=whose, share=DROPPED, **drawn))
    return [*notes, Note("note.interval_joint"), Note("note.interval_means")]


def _finished(table: pd.DataFrame, notes: Sequence[Note]) -> pd.DataFrame:
    table.attrs["notes"] = list(notes)
    return table
