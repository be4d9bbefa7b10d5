"""Every printed cell of the Nankai report that a relation table can answer, with our number.

One generator per printed table or figure; what a table at hand lacks for it is said by
``NotAnswerable`` or ``UsageError``. Numbers are assembled from the other tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from clusters import names, networks, published
from clusters.measures import composition as classes
from clusters.measures import degree as degrees
from clusters.networks import Parallel, ValueNetwork
from clusters.places import PearlRiverDelta
from clusters.relations import Relations, in_years, of_platforms, sample_nodes
from clusters.sentences import Note
from clusters.tables._composition import Of, composition
from clusters.tables._concentration import concentration
from clusters.tables._flows import flow_margins, flows
from clusters.tables._relations import chosen
from clusters.tables._structure import Role, top_degrees, yearly_structure

REPORT = "nankai_2023"
LAST = 2022
TYPES = {"university": (26, 27, 28), "institute": (29, 30, 31), "new_organisation": (32, 33, 34)}


class Cell(NamedTuple):
    """One printed number and ours."""

    table: str
    row: str
    column: str
    printed: str
    ours: float
    rounded: int = 1
    """How many rounded numbers the printed one is a sum of."""


class NotAnswerable(Exception):  # noqa: N818
    """The table at hand lacks what a printed table needs; the message says what."""


@dataclass(frozen=True)
class Case:
    """A relation table as the report's tables need it, each part made once."""

    table: Relations
    mode: str
    parallel: Parallel
    seed: int

    @cached_property
    def calibrated(self) -> bool:
        """Whether this is the made-up sample, which meets some numbers only closely."""
        return self.table.synthetic or "calibrated_to" in self.table.nodes.columns

    @cached_property
    def whole(self) -> Relations:
        """Relations up to the report's last year; an undated table is taken as that year's."""
        if not self.table.dated:
            return self.table
        last = max(self.table.years, default=LAST)
        if last < LAST:
            raise NotAnswerable(Note("note.ends_early", last=last, needed=LAST))
        return in_years(self.table, None, LAST)

    @cached_property
    def technology(self) -> Relations:
        """Technology relations up to the last year; all of a table without that kind."""
        return chosen(self.whole, None)

    @cached_property
    def last(self) -> ValueNetwork:
        """Network of the last year."""
        years = [LAST] if self.table.dated else None
        return networks.last(networks.by_mode(self.whole, self.mode, years=years, parallel=self.parallel))

    @cached_property
    def platforms(self) -> pd.DataFrame:
        """Structure of the network of platform enterprises, technology only (decision D2)."""
        return self.structure(of_platforms(chosen(self.table, None)), [2015, 2017, 2019, 2021])

    def structure(self, relations: Relations, years: list[int]) -> pd.DataFrame:
        """Return the yearly structure for those years that lie within the table."""
        if not relations.dated:
            raise NotAnswerable(Note("note.undated"))
        there = self.table.years
        within = [y for y in years if there and there[0] <= y <= there[-1]]
        if not within:
            raise NotAnswerable(Note("note.no_year_within", first=years[0], last=years[-1]))
        built = networks.by_mode(relations, self.mode, years=within, parallel=self.parallel)
        return yearly_structure(built, seed=self.seed).set_index("year")


def _table_2(case: Case) -> Iterator[Cell]:
    printed = published.load(REPORT, table=2, as_printed=True)
    return _yearly(2, printed, case.structure(case.table, [int(y) for y in printed["year"]]))


def _table_5(case: Case) -> Iterator[Cell]:
    printed = published.load(REPORT, table=5, as_printed=True)
    return _yearly(5, printed.assign(year="2021"), case.platforms)  # the year is that of Table 6 (I12)


def _table_6(case: Case) -> Iterator[Cell]:
    return _yearly(6, published.load(REPORT, table=6, as_printed=True), case.platforms)


def _yearly(number: int, printed: pd.DataFrame, ours: pd.DataFrame) -> Iterator[Cell]:
    """Compare a table with one row per year."""
    printed = printed.rename(columns={"relation_nodes": "partner_nodes"}).drop(columns="source")
    for row in _rows(printed):
        year = int(row.pop("year"))
        for column, text in row.items():
            value = float(ours[column].get(year, np.nan))
            if not np.isnan(value):
                yield Cell(f"Table {number}", str(year), column, text, value)


def _rows(printed: pd.DataFrame) -> list[dict[str, str]]:
    """Return the rows of a printed table, every cell as text."""
    return [{str(c): str(v) for c, v in row.items()} for row in printed.to_dict("records")]


def _degrees(case: Case, number: int, role: Role) -> Iterator[Cell]:
    """Compare a list of leading organisations, matched by pin, by name or by rank."""
    if not case.whole.has_roles:
        raise NotAnswerable(Note("note.no_roles"))
    printed = published.load(REPORT, table=number, as_printed=True)
    found = _match(case, number, role, [str(n) for n in printed["name_zh"]])
    count = {
        "in_degree": degrees.in_degree(case.last),
        "out_degree": degrees.out_degree(case.last),
        "degree": degrees.degree(case.last),
    }
    for row in _rows(printed):
        node = found.get(int(row["rank"]))
        for column, values in count.items():
            if node is not None:
                yield Cell(
                    f"Table {number}",
                    f"{row['rank']} {row['name_zh']}",
                    column,
                    row[column],
                    float(values[node]),
                )


def _match(case: Case, number: int, role: Role, wanted: list[str]) -> dict[int, Any]:
    """Return the organisation behind each rank of Table 3 or 4."""
    nodes = case.whole.nodes.loc[case.last.nodes]
    if "calibrated_to" in nodes.columns:
        pins = {str(pin): node for node, pin in nodes["calibrated_to"].dropna().items()}
        found = {r: pins.get(f"Table {number} row {r}") for r in range(1, len(wanted) + 1)}
        if any(node is not None for node in found.values()):
            return {r: node for r, node in found.items() if node is not None}
    spelled = {names.clean(str(label)): node for node, label in nodes["label"].items()}
    by_name = {
        r: spelled[names.clean(name)] for r, name in enumerate(wanted, 1) if names.clean(name) in spelled
    }
    if by_name:
        return by_name
    top = top_degrees(case.last, top=len(wanted), role=role)
    return {int(r): node for r, node in zip(top["rank"], top["node"], strict=True)}


def _table_3(case: Case) -> Iterator[Cell]:
    return _degrees(case, 3, "sample")


def _table_4(case: Case) -> Iterator[Cell]:
    return _degrees(case, 4, "partner")


def _margins(case: Case, number: int, level: str) -> Iterator[Cell]:
    ours = flow_margins(case.technology, level=level).set_index("place")
    printed = published.load(REPORT, table=number, as_printed=True)
    _refuse_strange(printed[f"{level}_zh"], ours.index, level)
    for row in _rows(printed):
        place, side = row[f"{level}_zh"], row["direction"]
        share = float(ours[f"{side}_share"].get(place, 0.0))
        yield Cell(f"Table {number}", place, f"{side}_share", row["share_percent"], 100 * share)


def _flows(case: Case, number: int, level: str) -> Iterator[Cell]:
    share = flows(case.technology, level=level, top=None).set_index(["origin", "destination"])["share"]
    printed = published.load(REPORT, table=number, as_printed=True)
    _refuse_strange(printed[f"source_{level}_zh"], share.index.get_level_values("origin"), level)
    for row in _rows(printed):
        ends = row[f"source_{level}_zh"], row[f"target_{level}_zh"]
        value = 100 * float(share.get(ends, 0.0))
        yield Cell(f"Table {number}", " → ".join(ends), "share", row["share_percent"], value)


def _refuse_strange(wanted: Iterable[str], there: Iterable[object], what: str) -> None:
    """Refuse a table about other things altogether: with a common name, a missing one is a true 0."""
    if not set(wanted) & set(there):
        raise NotAnswerable(Note("note.strange", what=what))


def _figure(number: int, table: pd.DataFrame, what: str) -> Iterator[Cell]:
    """Compare the printed shares of a figure with a composition."""
    share = table.set_index("class")["share"]
    printed = published.load(REPORT, figure=number, as_printed=True)
    word = next(c for c in printed.columns if c.endswith("_zh"))
    _refuse_strange(printed[word], share.index, what)
    for row in _rows(printed):
        if row["share_percent"]:
            ours = 100 * float(share.get(_CLASS.get(row[word], row[word]), 0.0))
            yield Cell(f"Figure {number}", row[word], "share", row["share_percent"], ours)


_CLASS = {"其他地区": classes.OTHER}


def _units(case: Case, of: Of, level: str, number: int) -> Iterator[Cell]:
    """Compare shares of sample or platform enterprises by place."""
    # 珠江三角洲 has the share of 广东 in Figures 6 and 7, but not in 11 and 12 (decision D11, I7).
    prd: PearlRiverDelta = "province" if number == 6 else "cities"
    table = composition(case.whole, by=level, of=of, prd=prd)
    yield from _figure(number, table, level)
    if number in (7, 8):
        text = published.load(REPORT, name="text_cumulative_shares", as_printed=True)
        wanted = text[text["source"] == f"Figure {number} text"].iloc[0]
        places = published.load(REPORT, figure=number)[f"{level}_zh"]
        ours = 100 * float(table.set_index("class")["share"].reindex(places).sum())
        yield Cell(f"Figure {number}", "top 5", "share", wanted["share_percent"], ours, rounded=len(places))


def _figure_15(case: Case) -> Iterator[Cell]:
    ours = concentration({LAST: case.last}).iloc[0]
    columns = {"10": "top_10_percent", "1": "top_1_percent", "0.1": "top_0_1_percent"}
    for row in _rows(published.load(REPORT, figure=15, as_printed=True)):
        column = columns[row["top_node_percent"]]
        yield Cell("Figure 15", str(LAST), column, row["outdegree_share_percent"], 100 * float(ours[column]))


def _partners(case: Case, kind: str, level: str, number: int) -> Iterator[Cell]:
    """Compare universities, institutes or new organisations by place; counts where counts are printed."""
    prd: PearlRiverDelta = "cities" if kind == "university" else "province"
    member = _of_type(case, kind)
    place = classes.organisation_classes(case.whole, level, prd=prd)
    if place is None:
        raise NotAnswerable(Note("note.no_place", level=level))
    found = classes.composition(place[member], counting="full")
    frame = pd.DataFrame({"class": found.counts.index, "share": found.shares.to_numpy()})
    printed = published.load(REPORT, figure=number, as_printed=True)
    if (printed["count"] == "").all():
        yield from _figure(number, frame, level)
        return
    for row in _rows(printed):
        value = float(found.counts.get(row[f"{level}_zh"], 0))
        yield Cell(f"Figure {number}", row[f"{level}_zh"], "count", row["count"], value)


def _of_type(case: Case, kind: str) -> np.ndarray:
    nodes = case.whole.nodes
    if "type" not in nodes.columns:
        raise NotAnswerable(Note("note.no_types"))
    member = (nodes["type"] == kind).to_numpy(dtype=bool)
    if not member.any():
        raise NotAnswerable(Note("note.no_such_type", kind=kind))
    return member


def _database(case: Case) -> Iterator[Cell]:
    """Compare the sizes of the report's data base as its summary gives them."""
    printed = published.load(REPORT, name="text_sample_database_counts", as_printed=True)
    text = printed.set_index("item_en")["count"]
    ours: dict[str, float] = {}
    if case.whole.has_roles:
        ours["AI enterprises (sample)"] = float(sample_nodes(case.whole, LAST).sum())
    if case.whole.has_platforms:
        ours["platform enterprises (sub-sample)"] = float(
            case.whole.nodes["platform"].fillna(False).to_numpy(dtype=bool).sum()
        )
    types = {
        "investors": "investor",
        "AI universities": "university",
        "non-university research institutes": "institute",
        "new innovation organisations": "new_organisation",
    }
    for item, kind in types.items():
        try:
            ours[item] = float(_of_type(case, kind).sum())
        except NotAnswerable:
            continue
    if not ours:
        raise NotAnswerable(Note("note.no_roles_or_types"))
    for item, value in ours.items():
        yield Cell("Summary", item, "count", text[item], value)


def _relations(by: str, number: int, **within: str) -> Callable[[Case], Iterator[Cell]]:
    def section(case: Case) -> Iterator[Cell]:
        table = composition(case.technology, by=by, of="relations", within=within or None)
        return _figure(number, table, by)

    return section


def _enterprises(of: Of, level: str, number: int) -> Callable[[Case], Iterator[Cell]]:
    return lambda case: _units(case, of, level, number)


def _organisations(kind: str, level: str, number: int) -> Callable[[Case], Iterator[Cell]]:
    return lambda case: _partners(case, kind, level, number)


SECTIONS: dict[str, Callable[[Case], Iterator[Cell]]] = {
    "Table 2": _table_2,
    "Table 3": _table_3,
    "Table 4": _table_4,
    "Table 5": _table_5,
    "Table 6": _table_6,
    "Table 7": lambda case: _margins(case, 7, "province"),
    "Table 8": lambda case: _flows(case, 8, "province"),
    "Table 9": lambda case: _flows(case, 9, "city"),
    "Table 10": lambda case: _margins(case, 10, "city"),
    "Figure 6": _enterprises("sample", "region", 6),
    "Figure 7": _enterprises("sample", "province", 7),
    "Figure 8": _enterprises("sample", "city", 8),
    "Figure 11": _enterprises("platforms", "region", 11),
    "Figure 12": _enterprises("platforms", "province", 12),
    "Figure 13": _enterprises("platforms", "city", 13),
    "Figure 15": _figure_15,
    "Figure 18": _relations("technology", 18),
    "Figure 20": _relations("application_field", 20),
    "Figure 22": _relations("sector", 22),
    "Figure 23": _relations("industry", 23, sector="第三产业"),
    "Figure 24": _relations("industry", 24, sector="第二产业"),
    "Figure 25": _relations("manufacturing_division", 25, industry="制造业"),
    **{
        f"Figure {number}": _organisations(kind, level, number)
        for kind, numbers in TYPES.items()
        for level, number in zip(("region", "province", "city"), numbers, strict=True)
    },
    "Summary": _database,
}
