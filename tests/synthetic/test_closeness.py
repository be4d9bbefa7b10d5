"""How close the sample in the package comes to the printed tables.

What the generator promises exactly is compared exactly; the rest has the tolerances of the
design: path length 6 %, diameter 2, clustering 0.01, top shares 0.5 points, Table 7
0.1 points, Table 8 0.01 points, class shares to rounding.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import clusters
from clusters import networks, places, published
from clusters.measures.clustering import average_clustering
from clusters.measures.concentration import top_share
from clusters.measures.degree import in_degree, out_degree
from clusters.measures.paths import path_summary
from clusters.relations import of_kinds, of_platforms
from clusters.synthetic.targets import recovered

TABLE_2 = published.load("nankai_2023", table=2).set_index("year")
TABLE_6 = published.load("nankai_2023", table=6).set_index("year")


@pytest.fixture(scope="module")
def sample():
    return clusters.sample()


@pytest.fixture(scope="module")
def yearly(sample):
    return networks.cumulative(sample)


@pytest.fixture(scope="module")
def technology(sample):
    """Technology relations with the places of both ends, mainland provinces only."""
    frame = of_kinds(sample, ["technology"]).frame
    return frame[frame["source_province"].notna() & frame["target_province"].notna()]


@pytest.fixture(scope="module")
def platforms(sample):
    return networks.cumulative(of_platforms(of_kinds(sample, ["technology"])))


@pytest.fixture(scope="module")
def organisations(sample):
    """Organisations of the last year; enterprises that have left the sample are set apart."""
    nodes = sample.nodes.copy()
    nodes["role"] = nodes["role"].where(nodes["sample_to"].isna(), "former")
    return nodes


# -- Table 2 -------------------------------------------------------------------------------


@pytest.mark.parametrize("year", TABLE_2.index)
def test_counts_of_table_2_are_exact(yearly, year):
    network, printed = yearly[year], TABLE_2.loc[year]
    sample_nodes = int(network.sample.sum())
    found = (sample_nodes, network.n_nodes - sample_nodes, network.n_nodes, network.n_edges)
    assert found == tuple(printed[["sample_nodes", "relation_nodes", "nodes", "edges"]].astype(int))


@pytest.mark.parametrize("year", TABLE_2.index)
def test_structure_of_table_2_is_close(yearly, year):
    printed = TABLE_2.loc[year]
    paths = path_summary(yearly[year])
    assert paths.average_path_length == pytest.approx(printed["average_path_length"], rel=0.06)
    assert abs(paths.diameter - printed["diameter"]) <= 2
    clustering = average_clustering(yearly[year], convention="gephi")
    assert clustering == pytest.approx(printed["average_clustering"], abs=0.01)


def test_out_degree_is_as_concentrated_as_in_figure_15(yearly):
    given = out_degree(networks.last(yearly)).to_numpy()
    for row in published.load("nankai_2023", figure=15).itertuples():
        share = 100 * top_share(given, row.top_node_percent / 100)
        assert share == pytest.approx(row.outdegree_share_percent, abs=0.5)


# -- Tables 3 and 4 ------------------------------------------------------------------------


@pytest.mark.parametrize(("table", "role", "first"), [(3, "sample", "S0001"), (4, "partner", "P00001")])
def test_pinned_degrees_are_exact_and_nobody_else_comes_near(yearly, sample, table, role, first):
    network = networks.last(yearly)
    given, taken = out_degree(network), in_degree(network)
    printed = published.load("nankai_2023", table=table)
    marks = sample.nodes["calibrated_to"].dropna()
    pinned = [marks.index[marks == f"Table {table} row {row}"][0] for row in printed["rank"]]
    assert pinned[0] == first
    assert taken[pinned].tolist() == printed["in_degree"].tolist()
    assert given[pinned].tolist() == printed["out_degree"].tolist()
    others = sample.nodes.index[(sample.nodes["role"] == role)].difference(pinned)
    assert (given + taken)[others].max() < printed["degree"].min()


def test_forty_organisations_are_pinned(sample):
    assert sample.nodes["calibrated_to"].notna().sum() == 40


# -- the sample ----------------------------------------------------------------------------


def test_five_enterprises_leave_and_stay_tied_to_the_sample_only(sample):
    leavers = sample.nodes.index[sample.nodes["sample_to"].notna()]
    assert len(leavers) == 5
    assert set(sample.nodes.loc[leavers, "sample_to"]) == {2020}
    assert sample.nodes.loc[leavers, "role"].eq("sample").all()
    ends = sample.frame[["source", "target"]].astype(str)
    touching = ends[ends.isin(leavers).any(axis=1)]
    staying = sample.nodes["role"].eq("sample") & sample.nodes["sample_to"].isna()
    assert len(touching) >= 5
    assert (
        staying.reindex(touching["source"]).to_numpy() ^ staying.reindex(touching["target"]).to_numpy()
    ).all()


def test_every_relation_has_an_enterprise_of_the_sample_now(sample):
    staying = sample.nodes["role"].eq("sample") & sample.nodes["sample_to"].isna()
    source, target = (
        staying.reindex(sample.frame[end].astype(str)).to_numpy() for end in ("source", "target")
    )
    assert (source | target).all()


def test_an_enterprise_enters_with_its_first_relation(sample):
    years = sample.frame["year"].to_numpy()
    first = pd.Series(
        np.r_[years, years],
        index=np.r_[sample.frame["source"].astype(str), sample.frame["target"].astype(str)],
    )
    first = first.groupby(level=0).min()
    inside = sample.nodes[sample.nodes["role"] == "sample"]
    assert (first[inside.index] == inside["sample_from"]).all()


# -- places of organisations ---------------------------------------------------------------


def group(organisations, name):
    in_sample = organisations["role"] == "sample"
    return organisations[
        {
            "sample": in_sample,
            "platform": in_sample & organisations["platform"].eq(True),
            "university": organisations["type"] == "university",
            "institute": organisations["type"] == "institute",
            "new_organisation": organisations["type"] == "new_organisation",
        }[name]
    ]


@pytest.mark.parametrize(
    ("name", "size", "figures"),
    [
        ("sample", 2200, ("fig06", "fig07", "fig08")),
        ("platform", 200, ("fig11", "fig12", "fig13")),
        ("university", 438, ("fig26", "fig27", "fig28")),
        ("institute", 307, ("fig29", "fig30", "fig31")),
        ("new_organisation", 347, (None, "fig33", None)),
    ],
)
def test_places_of_groups_are_exact(organisations, name, size, figures):
    members = group(organisations, name)
    assert len(members) == size
    # 珠江三角洲 of Figure 6 is all of 广东 (582 in both figures); elsewhere it is nine cities.
    regions = places.regions(
        members["province"], members["city"], prd="province" if name == "sample" else "cities"
    )
    for figure, values in zip(figures, (regions, members["province"], members["city"]), strict=True):
        if figure is None:
            continue
        expected = {place: n for place, n in recovered(figure).items() if place != "其他地区"}
        counts = values.astype(object).value_counts()
        assert {place: int(counts[place]) for place in expected} == expected


def test_new_organisations_by_region_and_city(organisations):
    members = group(organisations, "new_organisation")
    regions = places.regions(members["province"], members["city"]).value_counts()
    for figure, column, counts in (
        (32, "region_zh", regions),
        (34, "city_zh", members["city"].astype(object).value_counts()),
    ):
        printed = published.load("nankai_2023", figure=figure)
        assert [int(counts[p]) for p in printed[column]] == printed["count"].tolist()


def test_partner_types_have_the_sizes_of_the_data_base(sample):
    counts = sample.nodes.loc[sample.nodes["role"] == "partner", "type"].value_counts()
    assert counts["investor"] == 5722
    assert counts["university"] == 438
    assert counts["institute"] == 307
    assert counts["new_organisation"] == 347
    givers = sample.frame["source"].astype(str).map(sample.nodes["type"].astype(str))
    takers = sample.frame["target"].astype(str).map(sample.nodes["type"].astype(str))
    assert (sample.frame["kind"][givers == "investor"] == "investment").all()
    assert not (takers == "investor").any()


def test_foreign_partners_have_a_country_and_no_province(sample):
    nodes = sample.nodes
    abroad = nodes["country"] != "中国"
    assert nodes.loc[abroad, ["province", "city"]].isna().all(axis=None)
    assert nodes.loc[~abroad, ["province", "city"]].notna().all(axis=None)
    assert (nodes.loc[nodes["type"] == "foreign", "country"] != "中国").all()
    marks = nodes.loc[abroad, "calibrated_to"].dropna()
    # 英特尔 高通 微软 英伟达 IBM Arm 亚马逊
    assert set(marks) == {f"Table 4 row {row}" for row in (2, 3, 4, 9, 13, 15, 16)}


# -- platform network ----------------------------------------------------------------------


def test_platform_network_of_table_5_is_exact(platforms):
    printed = published.load("nankai_2023", table=5).iloc[0]
    network = platforms[2021]
    sample_nodes = int(network.sample.sum())
    found = (sample_nodes, network.n_nodes - sample_nodes, network.n_nodes, network.n_edges)
    assert found == tuple(printed[["sample_nodes", "relation_nodes", "nodes", "edges"]].astype(int))


@pytest.mark.parametrize("year", TABLE_6.index)
def test_platform_network_of_table_6(platforms, year):
    network, printed = platforms[year], TABLE_6.loc[year]
    assert (network.n_nodes, network.n_edges) == (printed["nodes"], printed["edges"])
    # Path length and clustering come as they come; they stay near.
    paths = path_summary(network)
    assert paths.average_path_length == pytest.approx(printed["average_path_length"], rel=0.10)
    assert abs(paths.diameter - printed["diameter"]) <= 4
    clustering = average_clustering(network, convention="gephi")
    assert clustering == pytest.approx(printed["average_clustering"], abs=0.05)


# -- flows ---------------------------------------------------------------------------------


def shares(frame, *columns):
    return 100 * frame[list(columns)].astype(str).value_counts(normalize=True)


@pytest.mark.parametrize(
    ("table", "column", "tolerance"), [(7, "province", 0.1), (10, "city", 0.1)], ids=["Table 7", "Table 10"]
)
def test_margins_of_flows(technology, table, column, tolerance):
    printed = published.load("nankai_2023", table=table)
    for direction, end in (("empowerment", "source"), ("input", "target")):
        rows = printed[printed["direction"] == direction]
        found = 100 * technology[f"{end}_{column}"].astype(str).value_counts(normalize=True)
        gaps = found[rows[f"{column}_zh"]].to_numpy() - rows["share_percent"].to_numpy()
        assert np.abs(gaps).max() < tolerance


@pytest.mark.parametrize(
    ("table", "column", "tolerance"), [(8, "province", 0.01), (9, "city", 0.06)], ids=["Table 8", "Table 9"]
)
def test_cells_of_flows(technology, table, column, tolerance):
    # Table 9 prints 北京-上海 and 上海-北京 0.04 and 0.05 points below Table 8 (I3, I4).
    printed = published.load("nankai_2023", table=table)
    found = shares(technology, f"source_{column}", f"target_{column}")
    cells = list(zip(printed[f"source_{column}_zh"], printed[f"target_{column}_zh"], strict=True))
    gaps = np.array([found[cell] for cell in cells]) - printed["share_percent"].to_numpy()
    assert np.abs(gaps).max() < tolerance
    if table == 8:
        # No cell that is not printed comes up among the twenty.
        assert set(found.index[:20]) == set(cells)


# -- classes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "column", "name", "parent"),
    [
        (18, "technology", "technology_zh", None),
        (20, "application_field", "application_zh", None),
        (22, "sector", "industry_zh", None),
        (23, "industry", "industry_zh", ("sector", "第三产业")),
        (24, "industry", "industry_zh", ("sector", "第二产业")),
        (25, "manufacturing_division", "industry_zh", ("industry", "制造业")),
    ],
)
def test_shares_of_classes_round_to_the_printed_ones(sample, figure, column, name, parent):
    frame = of_kinds(sample, ["technology"]).frame
    if parent is not None:
        frame = frame[frame[parent[0]] == parent[1]]
    found = 100 * frame[column].astype(str).value_counts(normalize=True)
    printed = published.load("nankai_2023", figure=figure)
    assert [round(found[c], 2) for c in printed[name]] == printed["share_percent"].tolist()
    assert list(found.index[: len(printed)]) == printed[name].tolist()
    assert frame[column].notna().all()


def test_all_printed_classes_occur(sample):
    frame = sample.frame
    for listing, column, name in (
        ("list_technologies_17", "technology", "technology_zh"),
        ("list_application_fields_19", "application_field", "application_zh"),
    ):
        assert set(frame[column].dropna()) == set(published.load("nankai_2023", name=listing)[name])


def test_an_industry_belongs_to_the_partner(sample):
    frame = of_kinds(sample, ["technology"]).frame
    partner_is_target = frame["target"].astype(str).str.startswith("P")
    partner = frame["target"].astype(str).where(partner_is_target, frame["source"].astype(str))
    with_partner = frame[partner.str.startswith("P")]
    per_partner = with_partner["industry"].astype(str).groupby(partner[with_partner.index]).nunique()
    assert per_partner.max() == 1
