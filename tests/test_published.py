"""The printed tables keep the arithmetic among themselves that the report's numbers have.

Each test is an identity of the printed numbers, so it needs no other source: a slip of
the pen in one of the files breaks one of them.
"""

from __future__ import annotations

import csv
from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clusters import published
from clusters.errors import UnknownTermError

REPORT = "nankai_2023"
REFERENCE = Path(str(resources.files("clusters.reference")))


def load(**what):
    return published.load(REPORT, **what)


@pytest.fixture(scope="module")
def flows():
    """Table 8 as percent by (origin, destination)."""
    return load(table=8).set_index(["source_province_zh", "target_province_zh"])["share_percent"]


@pytest.fixture(scope="module")
def margins():
    """Table 7 as percent: empowerment and input share by province."""
    return load(table=7).pivot_table(index="province_zh", columns="direction", values="share_percent")


def test_all_ten_tables_and_twenty_two_figures_are_there():
    listed = published.tables(REPORT)
    assert listed["table"].dropna().tolist() == list(range(1, 11))
    assert listed["figure"].dropna().tolist() == [
        *(6, 7, 8, 11, 12, 13, 15, 18, 20, 22, 23, 24, 25),
        *range(26, 35),
    ]


@pytest.mark.parametrize("report", published.reports())
def test_files_are_returned_as_printed(report):
    for name in published.tables(report)["name"]:
        here = published.REPORTS[report]
        with (REFERENCE / here.folder / f"{here.prefix}{name}.csv").open(
            encoding="utf-8", newline=""
        ) as file:
            rows = list(csv.reader(file))
        frame = published.load(report, name=name, as_printed=True)
        assert [list(frame.columns), *frame.to_numpy().tolist()] == rows


def test_files_equal_the_reference_data(shared):
    for folder in ("nankai_2023", "nankai_2023_derived", "city_indices"):
        for path in sorted((shared / "reference" / folder).glob("*.csv")):
            assert (REFERENCE / folder / path.name).read_bytes() == path.read_bytes(), path.name


def test_every_file_is_named_in_the_list_of_sources():
    text = (REFERENCE / "SOURCES.md").read_text(encoding="utf-8")
    names = [p.name for p in REFERENCE.rglob("*") if p.suffix in {".csv", ".toml", ".gz", ".parquet"}]
    assert [n for n in names if f"`{n}`" not in text] == []


def test_numbers_are_numeric_and_words_stay_words():
    table = load(table=2)
    assert all(pd.api.types.is_numeric_dtype(table[c]) for c in table.columns.drop("source"))
    assert load(figure=18)["technology_zh"].tolist()[2] == "5G"
    assert np.isnan(load(figure=33)["share_percent"].iloc[-1])
    assert published.notes(REPORT).set_index("id").loc["I5", "value_a"] == "20"


def test_conflicting_values_are_both_kept_and_noted():
    assert [n.split(":")[0] for n in load(table=9).attrs["notes"]] == ["I3", "I4", "I8"]
    assert [n.split(":")[0] for n in published.load("kr36_2020").attrs["notes"]] == ["K1", "K2", "K3", "K4"]
    assert (
        "估计"
        in published.load("nankai_2023_derived", name="province_flow_matrix_ipf_estimate").attrs["notes"][0]
    )
    assert len(published.notes(REPORT)) == 18


@pytest.mark.parametrize(
    ("report", "what", "says"),
    [
        ("nankai_2024", {"table": 2}, "nankai_2023"),
        (REPORT, {"table": 11}, "tables here: 1, 2"),
        (REPORT, {"figure": 9}, "figures here: 6, 7"),
        (REPORT, {"name": "list_technologies"}, "did you mean 'list_technologies_17'"),
        (REPORT, {"table": 2, "figure": 6}, "name one of them"),
        (REPORT, {}, "table02_value_network_yearly"),
    ],
    ids=["report", "table", "figure", "name", "two", "none"],
)
def test_an_unknown_table_is_answered_with_those_there(report, what, says):
    with pytest.raises(UnknownTermError, match=says):
        published.load(report, **what)


def test_a_returned_table_is_a_copy():
    table = load(table=2)
    table.loc[:, "nodes"] = 0
    assert load(table=2)["nodes"].iloc[0] == 1973


# Identities among the printed numbers, in the order of SOURCES.md.


def test_1_nodes_are_sample_and_partner_and_average_degree_is_edges_per_node():
    yearly, platforms = load(table=2), load(table=5)
    for table in (yearly, platforms):
        assert (table["sample_nodes"] + table["relation_nodes"]).equals(table["nodes"])
    for table in (yearly, platforms, load(table=6)):
        assert ((table["edges"] / table["nodes"] - table["average_degree"]).abs() <= 0.0005).all()
    assert yearly["nodes"].is_monotonic_increasing
    assert yearly["edges"].is_monotonic_increasing


def test_2_in_and_out_degrees_add_up():
    sample, partners = load(table=3), load(table=4)
    for table in (sample, partners):
        assert (table["in_degree"] + table["out_degree"]).equals(table["degree"])
        assert table["degree"].is_monotonic_decreasing
    columns = ["in_degree", "out_degree", "degree"]
    assert sample[columns].sum().tolist() == [10_858, 22_945, 33_803]
    assert partners[columns].sum().tolist() == [2_043, 1_750, 3_793]
    edges = load(table=2)["edges"].iloc[-1]
    shares = (sample[columns].sum() / [edges, edges, 2 * edges]).round(4)
    assert shares.tolist() == [0.1295, 0.2738, 0.2017]
    assert round(sample["out_degree"].iloc[0] / edges, 4) == 0.0582


def test_3_the_platform_network_is_that_of_2021():
    table = load(table=5).iloc[0]
    last = load(table=6).set_index("year").loc[2021]
    assert (table[last.index.drop("source")] == last.drop("source")).all()
    assert round(table["edges"] / (table["nodes"] * (table["nodes"] - 1)), 6) == 0.000149


def test_4_sums_of_the_flow_tables(flows, margins):
    assert margins.sum().round(2).to_dict() == {"empowerment": 99.07, "input": 96.42}
    by_type = load(table=8).groupby("type")["share_percent"].sum().round(2)
    assert (by_type["intra"], by_type["inter"], round(flows.sum(), 2)) == (24.79, 37.05, 61.84)
    assert round(load(table=9)["share_percent"].sum(), 2) == 37.61
    cities = load(table=10).groupby("direction")["share_percent"].sum().round(2)
    assert (cities["empowerment"], cities["input"]) == (85.85, 73.62)


def test_5_listed_cells_stay_below_their_margins(flows, margins):
    rows, columns = flows.groupby(level=0).sum().round(2), flows.groupby(level=1).sum().round(2)
    assert (rows <= margins["empowerment"][rows.index]).all()
    assert (columns <= margins["input"][columns.index]).all()
    assert rows[["北京市", "广东省", "浙江省", "上海市"]].tolist() == [24.30, 22.83, 7.52, 6.29]
    assert columns[["北京市", "广东省", "浙江省", "上海市"]].tolist() == [23.16, 19.12, 6.35, 8.56]
    assert flows["浙江省", "广东省"] == flows["广东省", "浙江省"] == 1.80
    listed = flows["北京市"].index
    independent = margins.loc["北京市", "empowerment"] / 100 * (100 - margins["input"][listed].sum())
    assert round(margins.loc["北京市", "empowerment"] - rows["北京市"], 2) == 7.26
    assert round(independent, 2) == 7.27


def test_6_cities_lie_within_their_provinces(margins):
    province = {
        "深圳市": "广东省",
        "广州市": "广东省",
        "杭州市": "浙江省",
        "南京市": "江苏省",
        "苏州市": "江苏省",
        "合肥市": "安徽省",
        "武汉市": "湖北省",
        "成都市": "四川省",
        "青岛市": "山东省",
    }
    table = load(table=10)
    table["province"] = table["city_zh"].map(lambda city: province.get(city, city))
    sums = table.groupby(["province", "direction"])["share_percent"].sum().round(2)
    assert all(share <= margins.loc[place, direction] for (place, direction), share in sums.items())
    municipalities = table[table["city_zh"] == table["province"]]
    assert len(municipalities) == 5
    for row in municipalities.itertuples():
        assert row.share_percent == margins.loc[row.city_zh, row.direction]


def test_7_only_three_listed_provinces_give_more_than_they_take(margins):
    balance = (margins["empowerment"] - margins["input"]).round(2)
    assert balance[balance > 0].sort_values(ascending=False).to_dict() == {
        "广东省": 7.12,
        "北京市": 4.68,
        "浙江省": 2.12,
    }
    assert balance[["安徽省", "上海市", "天津市", "江苏省", "四川省", "山东省"]].tolist() == [
        *(-0.13, -0.46, -0.46, -0.97, -1.04, -1.22)
    ]


def test_8_each_printed_share_of_units_belongs_to_one_count():
    recovered = published.load("nankai_2023_derived", name="recovered_counts")
    counts = {(row.figure, row.name_zh): row.count_recovered for row in recovered.itertuples()}
    seen = 0
    for figure in (*range(6, 9), *range(11, 14), *range(26, 32), 33):
        table = load(figure=figure).dropna(subset=["share_percent"])
        place = next(c for c in table.columns if c.endswith("_zh"))
        for row in table.itertuples():
            fits = [
                k for k in range(row.base + 1) if abs(100 * k / row.base - row.share_percent) <= 0.005 + 1e-9
            ]
            assert fits == [counts[f"fig{figure:02d}", getattr(row, place)]]
            seen += 1
    assert seen == len(recovered) == 57
    universities = recovered.loc[recovered["figure"] == "fig26", "count_recovered"]
    assert universities.tolist() == [82, 59, 34, 21, 242]
    assert universities.sum() == 438


def test_9_two_poles(flows, margins):
    poles = ["北京市", "广东省"]
    among = round(sum(flows[a, b] for a in poles for b in poles), 2)
    gives, takes = margins.loc[poles, "empowerment"].sum(), margins.loc[poles, "input"].sum()
    assert (among, round(gives, 2), round(takes, 2)) == (33.22, 61.61, 49.81)
    assert round(gives + takes - among, 2) == 78.20


def test_10_most_technology_relations_cross_a_province_border(flows, margins):
    within = sum(share for (origin, destination), share in flows.items() if origin == destination)
    named = margins["empowerment"].dropna().index.difference(["北京市", "广东省", "浙江省", "上海市"])
    bound = margins.loc[named].min(axis=1).clip(upper=flows.min()).sum()
    unnamed = 100 - margins["empowerment"].sum()
    assert round(within, 2) == 24.79
    assert within + bound + unnamed <= 36.47


def test_11_lift_over_independence(flows, margins):
    lift = pd.Series(
        {
            (origin, destination): 100
            * share
            / margins.loc[origin, "empowerment"]
            / margins.loc[destination, "input"]
            for (origin, destination), share in flows.items()
        }
    ).round(2)
    assert [lift[p, p] for p in ("浙江省", "上海市", "广东省", "北京市")] == [2.76, 2.09, 1.36, 1.28]
    assert (lift["广东省", "北京市"], lift["北京市", "广东省"]) == (0.86, 0.84)
    between = lift[[a != b for a, b in lift.index]]
    assert between[between >= 1].to_dict() == {("浙江省", "上海市"): 1.01}


def test_12_platform_network_as_share_of_the_whole():
    whole = load(table=2).set_index("year")[["nodes", "edges"]]
    part = load(table=6).set_index("year")[["nodes", "edges"]]
    shares = (100 * part / whole.loc[part.index]).round(1)
    assert shares["nodes"].tolist() == [54.4, 60.3, 62.6, 69.1]
    assert shares["edges"].tolist() == [57.5, 63.2, 63.6, 68.4]


def test_13_edges_grow_faster_than_nodes():
    table = load(table=2)
    x, y = np.log(table["nodes"]), np.log(table["edges"])
    slope, offset = np.polyfit(x, y, 1)
    rest = y - (slope * x + offset)
    error = np.sqrt((rest**2).sum() / (len(x) - 2) / ((x - x.mean()) ** 2).sum())
    assert (round(slope, 3), round(error, 4)) == (1.266, 0.0058)
    growth = (table.iloc[-1][["edges", "nodes"]] / table.iloc[0][["edges", "nodes"]]).astype(float) ** (
        1 / 8
    ) - 1
    assert growth.round(3).tolist() == [0.543, 0.410]
    last, first = table.iloc[-1], table.iloc[0]
    assert round(first["edges"] / first["sample_nodes"], 2) == 5.28
    assert round(last["edges"] / last["sample_nodes"], 1) == 38.1
    assert round(last["relation_nodes"] / last["sample_nodes"], 1) == 13.0


def test_city_indices_agree_with_their_own_texts():
    index = published.load("kr36_2020").set_index("city_zh")
    top = published.load("kr36_2020", name="top3_text")
    assert all(index.loc[row.city_zh, row.dimension] == row.value for row in top.itertuples())
    weights = {"environment": 0.15, "funding": 0.20, "rnd": 0.25, "foundation": 0.20, "outcome": 0.20}
    rest = sum(w * index[c] for c, w in weights.items()) - index["total"]
    assert rest.abs().max() < 0.010
    shares = published.load("tmtpost_2024", name="hierarchy")["effective_weight"]
    assert shares.sum() == pytest.approx(1, abs=2e-5)
    assert published.load("tmtpost_2024")["city_count"].sum() == 304
    assert set(published.load("city_ai_2025")["tier"]) == {1, 2, 3}
