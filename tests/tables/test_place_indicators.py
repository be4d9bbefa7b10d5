"""Network indicators of places: every number by hand once, and those of other commands on the sample."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import labels, networks, relations, tables
from clusters.errors import DataError, UsageError
from clusters.sentences import in_language
from clusters.tables._place_indicators import INDICATORS
from clusters.tables._relations import chosen

NAN = float("nan")
CITY = {"a": "北京市", "b": "北京市", "e": "北京市", "c": "深圳市", "d": "上海市"}  # u and g have none
ROWS = [
    ("a", "b", 2019, "5G"),  # within 北京
    ("a", "c", 2020, "5G"),
    ("a", "c", 2021, "5G"),  # the same pair again: two relations, one edge
    ("c", "a", 2021, "物联网"),
    ("c", "d", 2022, "物联网"),
    ("b", "u", 2022, "物联网"),  # nobody knows where u is
    ("d", "d", 2022, "5G"),  # a loop
    ("b", "c", 2022, "5G"),
    ("e", "g", 2022, "5G"),  # apart from all others
]


def made(rows=ROWS, *, kind: bool = True, years: bool = True) -> relations.Relations:
    frame = pd.DataFrame(rows, columns=["source", "target", "year", "technology"])
    frame["kind"] = "technology"
    if kind:  # not counted by default
        frame.loc[len(frame)] = ["a", "d", 2019, None, "talent"]
    roles = {"a": "sample", "c": "sample"}
    nodes = pd.DataFrame({"city": CITY}).reindex(list("abcdegu"))
    nodes["role"] = [roles.get(node, "partner") for node in nodes.index]
    return relations.from_frame(frame if years else frame.drop(columns="year"), nodes)


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    return tables.place_indicators(made(), span=1).set_index("unit")


BY_HAND = {  # 北京, 深圳, 上海
    "organisations": [3, 1, 1],
    "sample_organisations": [1, 1, 0],
    "relations": [5, 5, 2],
    "empowerment": [4, 2, 1],
    "input": [2, 3, 2],
    "empowerment_share": [4 / 7, 2 / 7, 1 / 7],
    "input_share": [2 / 7, 3 / 7, 2 / 7],
    "relative_balance": [1 / 3, -1 / 5, -1 / 3],
    "local_closure": [1 / 5, 0, 1 / 2],
    "external_dependence": [1 / 2, 1, 1 / 2],
    "outside_partners": [1, 3, 1],
    "partner_places": [1, 2, 1],
    "effective_partner_places": [1, 1 / 0.68, 1],
    "total_in_degree": [2, 2, 2],
    "total_out_degree": [5, 2, 1],
    "total_degree": [7, 4, 3],
    "mean_in_degree": [2 / 3, 2, 2],
    "mean_out_degree": [5 / 3, 2, 1],
    "mean_degree": [7 / 3, 4, 3],
    "largest_core": [2, 2, 1],
    "mean_core": [5 / 3, 2, 1],
    "giant_share": [2 / 3, 1, 1],
    "brokerage_share": [1 / 4, 3 / 4, 0],
    "gateway_share": [1, 0, NAN],
    "technologies": [2, 2, 2],
    "effective_technologies": [1 / 0.625, 1 / 0.52, 1.8],
    "adopted_technologies": [2, 1, 2],
    "first_adoptions": [2, 0, 0],
    "adoption_lag": [0, 1, 2],
    "restricted_lag": [0, 1.5, 2],
    "new_share": [1 / 3, 0, 1],
    "degree_growth": [0.75, 1, NAN],
}


@pytest.mark.parametrize("name", BY_HAND)
def test_by_hand(found, name):
    assert list(found.index) == ["北京市", "深圳市", "上海市"]
    assert found[name].to_list() == pytest.approx(BY_HAND[name], nan_ok=True)


def test_the_others_are_not_by_hand(found):
    left = set(found.columns) - set(BY_HAND)
    assert left == {"pagerank_share", "mean_clustering", "complexity", "mean_relatedness"}
    assert set(INDICATORS) - set(found.columns) == {"betweenness_share"}


def test_counts_are_whole_numbers_and_the_order_is_that_of_the_vocabulary(found):
    assert found["organisations"].dtype == np.int64 == found["partner_places"].dtype
    assert list(found.columns) == [name for name in INDICATORS if name != "betweenness_share"]
    assert not [name for name in INDICATORS if name not in labels.terms()]


def test_notes_say_who_is_left_out():
    notes = tables.place_indicators(made(), minimum=2).attrs["notes"]
    said = " ".join(notes)
    assert "7 (77.78 %) of 9 relations (kind technology; 2019 to 2022), those with a city" in said
    assert "2 organisations of 7 have no city that counts" in said
    assert "2 places of 3 have fewer than 2 organisations and are left out" in said
    assert "1 place of 1 has fewer than 5 organisations" in said
    assert "机构不足 2 个" in " ".join(in_language(note, "zh") for note in notes)


def test_a_minimum_leaves_places_out_and_changes_no_number():
    every = tables.place_indicators(made())
    kept = tables.place_indicators(made(), minimum=2)
    pd.testing.assert_frame_equal(kept, every.iloc[:1], check_dtype=False)


def test_sample_enterprises_alone_stand_for_their_places():
    table = tables.place_indicators(made(), role="sample").set_index("unit")
    assert table.index.to_list() == ["北京市", "深圳市"]
    assert table["organisations"].to_list() == [1, 1]
    assert table["total_degree"].to_list() == [3, 4]
    assert table["relations"].to_list() == [5, 5]  # flows are those of all
    assert table["brokerage_share"].to_list() == [0.25, 0.75]
    assert "of the role Sample only" in " ".join(table.attrs["notes"])
    partners = tables.place_indicators(made(), role="partner").set_index("unit")
    # b brokers nothing openly, c is no partner: nothing is left that crosses.
    assert partners.loc["北京市", "organisations"] == 2
    assert partners["brokerage_share"].isna().all()


def test_other_kinds_are_counted_where_they_are_asked_for():
    table = tables.place_indicators(made(), kinds=["technology", "talent"]).set_index("unit")
    assert table.loc["上海市", "relations"] == 3
    assert table.loc["北京市", "partner_places"] == 2


def test_a_panel_has_the_places_of_each_year():
    table = tables.place_indicators(made(), by_year=True, span=1)
    assert list(table.columns[:2]) == ["unit", "year"]
    assert table[["unit", "year", "relations"]].to_numpy().tolist() == [
        ["北京市", 2019, 1],
        ["北京市", 2020, 2],
        ["深圳市", 2020, 1],
        ["北京市", 2021, 4],
        ["深圳市", 2021, 3],
        ["北京市", 2022, 5],
        ["深圳市", 2022, 5],
        ["上海市", 2022, 2],
    ]
    last = table[table["year"] == 2022].drop(columns="year").reset_index(drop=True)
    pd.testing.assert_frame_equal(last, tables.place_indicators(made(), span=1), check_dtype=False)
    first = table.set_index(["unit", "year"]).loc[("北京市", 2019)]
    assert first["restricted_lag"] == 0
    assert np.isnan(first[["new_share", "degree_growth"]].to_numpy(float)).all()  # nobody knows before
    assert table.set_index(["unit", "year"]).loc[("深圳市", 2021), "restricted_lag"] == 1.0  # 1 year, and 1


def test_a_year_alone_or_a_window_holds_its_relations_only():
    alone = tables.place_indicators(made(), mode="yearly", by_year=True, years=[2021], span=1)
    assert alone[["unit", "relations", "total_degree"]].to_numpy().tolist() == [
        ["北京市", 2, 2],
        ["深圳市", 2, 2],
    ]
    assert alone["new_share"].to_list() == [0, 0]  # they were there before, which the year does not show
    wide = tables.place_indicators(made(), mode="window:2", years=[2021])
    assert wide["relations"].to_list() == [3, 3]
    assert "year" not in wide


def test_columns_come_as_they_are_asked_for():
    table = tables.place_indicators(made(), columns=["mean_degree", "organisations", "mean_degree"])
    assert list(table.columns) == ["unit", "mean_degree", "organisations"]
    assert table["unit"].to_list() == ["北京市", "深圳市", "上海市"]  # still by relations
    with pytest.raises(UsageError, match="'mean_degre' is not a network indicator") as caught:
        tables.place_indicators(made(), columns=["mean_degre"])
    assert "mean_degree" in (caught.value.hint or "")
    with pytest.raises(UsageError, match="takes long"):
        tables.place_indicators(made(), columns=["betweenness_share"])


def test_betweenness_is_a_share_of_all():
    table = tables.place_indicators(made(), betweenness="exact", columns=["betweenness_share"])
    from clusters.measures import centrality

    network = networks.last(networks.cumulative(chosen(made(), None)))
    values = centrality.betweenness(network)
    expected = values.groupby(network.nodes.map(CITY)).sum() / values.sum()
    assert table.set_index("unit")["betweenness_share"].to_dict() == pytest.approx(expected.to_dict())
    # Every organisation as a source: the estimate is exact.
    drawn = tables.place_indicators(made(), betweenness=7, columns=["betweenness_share"])
    assert drawn["betweenness_share"].to_numpy() == pytest.approx(table["betweenness_share"].to_numpy())


def test_without_years_or_technologies_their_indicators_are_empty_and_the_notes_say_so():
    table = tables.place_indicators(made(years=False))
    late = ["adopted_technologies", "first_adoptions", "adoption_lag", "restricted_lag", "new_share"]
    assert table[[*late, "degree_growth"]].isna().all(axis=None)
    assert table["technologies"].notna().all()
    assert "without years" in " ".join(table.attrs["notes"])
    plain = relations.from_frame(made().frame.drop(columns=["technology", "kind"]), made().nodes)
    without = tables.place_indicators(plain)
    assert without[["technologies", "complexity", "adoption_lag"]].isna().all(axis=None)
    assert without["degree_growth"].notna().any() or without["new_share"].notna().any()
    with pytest.raises(UsageError, match="year"):
        tables.place_indicators(made(years=False), by_year=True)


def test_places_that_only_relations_name_are_taken_from_them():
    table = made()
    frame = table.frame.drop(columns=[]).astype({"source": object, "target": object})
    for end in ("source", "target"):
        frame[f"{end}_city"] = frame[end].map(CITY)
    bare = relations.from_frame(frame, table.nodes.drop(columns="city"))
    pd.testing.assert_frame_equal(tables.place_indicators(bare), tables.place_indicators(table))
    with pytest.raises(UsageError, match="province"):
        tables.place_indicators(table, level="province")


def test_what_is_not_there_is_undefined_or_nothing():
    # Kinds without technologies, relations of which one end alone is located, no place at all.
    talent = tables.place_indicators(made(), kinds=["talent"]).set_index("unit")
    assert talent[["technologies", "adopted_technologies"]].isna().all(axis=None)
    half = tables.place_indicators(made([("a", "u", 2020, "5G"), ("b", "g", 2021, "5G")], kind=False))
    assert half["unit"].to_list() == ["北京市"]
    assert half[["relations", "outside_partners", "technologies"]].to_numpy().tolist() == [[0, 0, 1]]
    assert (
        half[["local_closure", "empowerment_share", "restricted_lag", "brokerage_share"]]
        .isna()
        .all(axis=None)
    )
    nowhere = tables.place_indicators(made([("u", "g", 2020, "5G")], kind=False))
    assert nowhere.empty
    assert list(nowhere.columns[:2]) == ["unit", "organisations"]


def test_roles_and_wrong_arguments():
    plain = relations.from_frame(made().frame, made().nodes.drop(columns="role"))
    assert tables.place_indicators(plain)["sample_organisations"].isna().all()
    with pytest.raises(UsageError, match="sample enterprises"):
        tables.place_indicators(plain, role="sample")
    with pytest.raises(UsageError, match="role 'all of them'"):
        tables.place_indicators(plain, role="all of them")
    with pytest.raises(ValueError, match="minimum"):
        tables.place_indicators(plain, minimum=0)


def test_joined_columns_find_places_by_any_of_their_names():
    people = pd.DataFrame({"population": [21.9, 17.6, 2.1]}, index=["Beijing", "深圳", "Paris"])
    table = tables.place_indicators(made(), columns=["relations"], join=people)
    assert table["population"].to_list() == pytest.approx([21.9, 17.6, NAN], nan_ok=True)
    said = " ".join(table.attrs["notes"])
    assert "2 of 3 places have joined columns" in said
    assert "1 place is not in the joined table: 上海市" in said
    assert "1 place of the joined table is not among the places here: Paris" in said


def test_a_joined_panel_needs_a_panel():
    index = pd.MultiIndex.from_tuples([("深圳", 2021), ("深圳", 2022)])
    growing = pd.DataFrame({"gdp": [3.0, 3.2]}, index=index)
    table = tables.place_indicators(made(), by_year=True, columns=["relations"], join=growing)
    known = table.dropna(subset="gdp")
    assert known[["unit", "year", "gdp"]].to_numpy().tolist() == [
        ["深圳市", 2021, 3.0],
        ["深圳市", 2022, 3.2],
    ]
    with pytest.raises(UsageError, match="has years"):
        tables.place_indicators(made(), join=growing)


def test_a_column_of_years_is_matched_where_there_are_years():
    once = pd.DataFrame({"year": [2021, 2022], "gdp": [4.0, 3.2]}, index=["北京", "深圳"])
    table = tables.place_indicators(made(), by_year=True, columns=["relations"], join=once)
    known = table.dropna(subset="gdp")[["unit", "year", "gdp"]].to_numpy().tolist()
    assert known == [["北京市", 2021, 4.0], ["深圳市", 2022, 3.2]]
    plain = tables.place_indicators(made(), columns=["relations"], join=once)
    assert list(plain.columns) == ["unit", "relations", "year", "gdp"]


def test_the_order_of_the_rows_does_not_matter():
    mixed = np.random.default_rng(3).permutation(len(ROWS))
    table = tables.place_indicators(made([ROWS[i] for i in mixed]), betweenness="exact")
    pd.testing.assert_frame_equal(table, tables.place_indicators(made(), betweenness="exact"), rtol=1e-9)


def test_joined_columns_must_be_unambiguous():
    with pytest.raises(DataError, match=r"names a place again \(first: 北京市\)"):
        tables.place_indicators(made(), join=pd.DataFrame({"x": [1, 2]}, index=["北京", "北京市"]))
    with pytest.raises(DataError, match="'relations' is called as a column"):
        tables.place_indicators(made(), join=pd.DataFrame({"relations": [1]}, index=["北京"]))


@pytest.fixture(scope="module")
def sample() -> relations.Relations:
    return relations.sample()


@pytest.fixture(scope="module")
def cities(sample) -> pd.DataFrame:
    return tables.place_indicators(sample).set_index("unit")


def test_flows_are_those_of_the_command_flows(sample, cities):
    margins = tables.flow_margins(sample, level="city").set_index("place")
    names = ["empowerment", "input", "empowerment_share", "input_share"]
    np.testing.assert_allclose(cities.loc[margins.index, names], margins[names], rtol=1e-12)
    assert (cities.drop(index=margins.index)["relations"] == 0).all()
    assert cities["empowerment_share"].sum() == pytest.approx(1)


def test_organisations_are_those_of_the_command_nodes(sample, cities):
    network = networks.last(networks.cumulative(chosen(sample, None)))
    nodes = tables.node_measures(network, seeds=1)
    groups = nodes.groupby(nodes["node"].map(sample.nodes["city"]))
    pairs = {
        "organisations": groups.size(),
        "total_degree": groups["degree"].sum(),
        "mean_in_degree": groups["in_degree"].mean(),
        "largest_core": groups["core"].max(),
        "mean_core": groups["core"].mean(),
        "pagerank_share": groups["pagerank"].sum(),
        "mean_clustering": groups["local_clustering"].mean(),
    }
    for name, expected in pairs.items():
        np.testing.assert_allclose(cities[name], expected.reindex(cities.index), rtol=1e-9, err_msg=name)


def test_technologies_are_those_of_other_commands(sample, cities):
    index = tables.complexity(sample, level="city", end="both").query("of == 'place'").set_index("item")
    expected = index["complexity"].reindex(cities.index)
    np.testing.assert_allclose(cities["complexity"], expected, rtol=1e-6, atol=1e-9)
    dates = tables.adoption(sample, level="city", by="technology")
    lags = dates.groupby("place")["lag"].mean().astype(float)
    np.testing.assert_allclose(cities["adoption_lag"], lags.reindex(cities.index), rtol=1e-12)
    first = (dates["rank"] == 1).fillna(False).astype(float).groupby(dates["place"]).sum()
    np.testing.assert_allclose(
        cities["first_adoptions"].dropna(), first.reindex(cities["first_adoptions"].dropna().index).fillna(0)
    )


def test_provinces_are_those_of_the_mainland(sample):
    table = tables.place_indicators(sample, level="province")
    assert len(table) == 31
    assert table["unit"].to_list()[:3] == ["北京市", "广东省", "上海市"]
