"""Printed numbers beside ours: what is compared, how a cell is matched, what counts as agreement."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from clusters import published, relations, tables
from clusters.cli import app
from clusters.errors import UsageError
from clusters.relations import from_frame
from clusters.tables._replay import BANDS, TOUCHED

LIST = [f"p{k}" for k in range(5)]


def table(edges: str, *, year: int | None = 2022, nodes: pd.DataFrame | None = None, **columns):
    """Relations from a string such as ``a>b b>c``."""
    pairs = [edge.split(">") for edge in edges.split()]
    frame = pd.DataFrame(pairs, columns=["source", "target"]).assign(**columns)
    return from_frame(frame if year is None else frame.assign(year=year), nodes)


def cells(found: pd.DataFrame, name: str) -> pd.DataFrame:
    return found[found["table"] == name].set_index("cell")


@pytest.fixture(scope="module")
def cities() -> pd.DataFrame:
    """Replay of four technology relations: two from Beijing to Shenzhen, one back, one within."""
    place = {"h": "深圳市", "b": "北京市", "t": "深圳市"}
    edges = [("b", "h"), ("b", "t"), ("h", "b"), ("h", "t")]
    frame = pd.DataFrame(edges, columns=["source", "target"]).assign(year=2022, kind="technology")
    frame = pd.concat([frame, frame.assign(kind="talent")])
    for end in ("source", "target"):
        frame[f"{end}_city"] = frame[end].map(place)
    return tables.replay(from_frame(frame.reset_index(drop=True)))


def test_difference_is_ours_minus_published(cities):
    row = cells(cities, "Table 9").loc["北京市 → 深圳市 share"]
    # Talent relations do not count: 2 of 4 technology relations, in percent as printed.
    assert (row["published"], row["ours"], row["difference"]) == (4.04, 50.0, 45.96)
    assert cells(cities, "Table 9").loc["杭州市 → 杭州市 share", "ours"] == 0


def test_margins_are_matched_by_place_and_side(cities):
    rows = cells(cities, "Table 10")["ours"]
    assert rows["北京市 empowerment_share"] == 50
    assert rows["北京市 input_share"] == 25
    assert rows["深圳市 input_share"] == 75


def test_what_the_table_lacks_is_said(cities):
    notes = "\n".join(cities.attrs["notes"])
    assert "Tables 7" not in notes
    assert "Not answerable: Table 1: ranks" in notes
    assert "Figures 4, 5" in notes
    assert "Table 3, Table 4: the table does not tell sample enterprises from partners" in notes
    assert "flagged as a platform" in notes
    assert set(cities["table"]) == {"Table 2", "Table 9", "Table 10", "Figure 15"}


def test_contradictions_of_the_report_stand_beside_their_cells(cities):
    rows = cells(cities, "Table 9")["note"]
    assert rows["北京市 → 上海市 share"] == "I3: 2.86 (Table 8), 2.82 (Table 9)"
    assert rows["深圳市 → 北京市 share"] == ""


def test_only_years_within_the_table_are_compared():
    frame = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "year": [2016, 2018]})
    found = tables.replay(from_frame(frame))
    years = {cell.split()[0] for cell in cells(found, "Table 2").index}
    assert years == {"2016", "2017", "2018"}
    assert cells(found, "Table 2").loc[["2017 edges", "2018 edges"], "ours"].tolist() == [1, 2]
    assert any("the table ends in 2018, before 2022" in note for note in found.attrs["notes"])


def test_years_after_the_report_do_not_count():
    frame = pd.DataFrame({"source": ["a", "b", "c"], "target": ["b", "c", "a"], "year": [2022, 2023, 2014]})
    found = tables.replay(from_frame(frame))
    assert cells(found, "Table 2").loc["2022 edges", "ours"] == 2
    assert cells(found, "Figure 15").loc["2022 top_0_1_percent", "ours"] == 50


def test_an_undated_table_answers_what_needs_no_year():
    found = tables.replay(table("a>b b>c", year=None))
    assert set(found["table"]) == {"Figure 15"}
    assert any(
        note.startswith("Not answerable: Table 2") and "no year" in note for note in found.attrs["notes"]
    )


def nodes_of(names: dict[str, str], role: str = "sample", **more) -> pd.DataFrame:
    frame = pd.DataFrame({"label": list(names.values()), "role": role}, index=list(names))
    return frame.assign(**more)


def test_leading_enterprises_are_found_by_name():
    # By rank 腾讯 would be second; by name it is, whatever its degree, and widths do not matter.
    nodes = nodes_of({"x": "某企业", "y": "华为", "z": " 腾讯 "})
    rows = cells(tables.replay(table("x>y x>z y>z", nodes=nodes)), "Table 3")["ours"]
    assert rows.to_dict() == {
        "1 华为 in_degree": 1,
        "1 华为 out_degree": 1,
        "1 华为 degree": 2,
        "2 腾讯 in_degree": 2,
        "2 腾讯 out_degree": 0,
        "2 腾讯 degree": 2,
    }


def test_look_alike_letters_are_one_name():
    nodes = nodes_of({"x": "ОРРО"}, role="partner")  # Cyrillic, as in the report's text
    rows = cells(tables.replay(table("x>y", nodes=nodes)), "Table 4")
    assert rows.loc["17 OPPO out_degree", "ours"] == 1
    assert rows.loc["17 OPPO out_degree", "published"] == 27


def test_leading_enterprises_without_known_names_are_matched_by_rank():
    nodes = nodes_of({"a": "甲", "b": "乙", "c": "丙"})
    rows = cells(tables.replay(table("b>a b>c c>a", nodes=nodes)), "Table 3")["ours"]
    # All have degree 2: out-degree decides (D12), so b (2 out), c (1), a (0).
    assert [rows[f"{k} {n} out_degree"] for k, n in ((1, "华为"), (2, "腾讯"), (3, "京东"))] == [2, 1, 0]


def test_pinned_nodes_of_the_sample_go_before_names_and_ranks():
    nodes = nodes_of({"a": "华为", "b": "S2"}, calibrated_to=[None, "Table 3 row 1"])
    rows = cells(tables.replay(table("b>a", nodes=nodes)), "Table 3")["ours"]
    assert rows.to_dict() == {"1 华为 in_degree": 0, "1 华为 out_degree": 1, "1 华为 degree": 1}


def test_tolerance_is_the_rounding_of_the_print_and_wider_only_for_the_sample():
    edges = " ".join(f"n{k}>n{k + 1}" for k in range(12))
    real = tables.replay(table(edges))
    made = tables.replay(relations.Relations(**{**vars(table(edges)), "synthetic": True}))
    for found, expected in (
        (real, {"nodes": 0, "diameter": 0, "average_degree": 0.0005, "average_path_length": 0.0005}),
        (made, {"nodes": 0, "diameter": 2, "average_degree": 0.0005, "average_path_length": 0.06 * 3.982}),
    ):
        tolerance = cells(found, "Table 2")["tolerance"]
        assert {c: tolerance[f"2022 {c}"] for c in expected} == pytest.approx(expected)
    # A path of 13 nodes has diameter 12, as printed for 2022.
    assert cells(real, "Table 2").loc["2022 diameter", "within"]
    assert not cells(real, "Table 2").loc["2022 nodes", "within"]
    assert cells(real, "Figure 15")["tolerance"].unique() == pytest.approx([0.005])
    assert cells(made, "Figure 15")["tolerance"].unique() == [0.5]


def test_bands_name_cells_that_exist():
    columns = {c for t in (2, 5, 6) for c in published.load("nankai_2023", table=t).columns}
    assert {column for name, column in BANDS if not name} <= columns


def test_shares_of_units_and_their_sum():
    nodes = nodes_of({k: k for k in LIST}, province=["北京市", "北京市", "广东省", "广东省", "湖北省"])
    nodes["city"] = ["北京市", "北京市", "深圳市", "汕头市", "武汉市"]
    found = tables.replay(table("p0>p1 p2>p3 p4>p0", nodes=nodes))
    assert cells(found, "Figure 7").loc["北京市 share", "ours"] == 40
    assert cells(found, "Figure 7").loc["top 5 share", "ours"] == 80  # 湖北省 is not among the five printed
    assert cells(found, "Figure 7").loc["top 5 share", "tolerance"] == pytest.approx(0.025)
    # In Figure 6 the delta is the whole province, in Figure 11 nine cities without 汕头市 (I7).
    assert cells(found, "Figure 6").loc["珠江三角洲 share", "ours"] == 40
    platforms = tables.replay(table("p0>p1 p2>p3 p4>p0", nodes=nodes.assign(platform=True)))
    assert cells(platforms, "Figure 11").loc["珠江三角洲 share", "ours"] == 20


def test_partners_are_counted_by_type():
    nodes = nodes_of({k: k for k in LIST}, role="partner", province="江苏省", city="南京市")
    nodes["type"] = ["university", "university", "institute", "new_organisation", "investor"]
    nodes.loc["p0", ["province", "city"]] = ["山东省", "济南市"]
    found = tables.replay(table("p0>p1 p2>p3 p4>p0", nodes=nodes))
    assert cells(found, "Figure 27").loc["山东省 share", "ours"] == 50
    assert cells(found, "Figure 34").loc["南京市 count", "ours"] == 1
    assert cells(found, "Summary").loc["AI universities count", "ours"] == 2


def test_the_summary_counts_every_cell():
    found = tables.replay(table("a>b b>c"))
    exact = int((found["difference"].abs() <= found["tolerance"] + 1e-9).sum())
    first = found.attrs["notes"][0]
    assert first.startswith(f"Compared {len(found)} printed cells: {exact} equal as printed, 0 more")
    assert f"{len(found) - exact} outside" in first


@pytest.mark.parametrize(("report", "says"), [("kr36_2020", "nothing to replay"), ("nankai", "nankai_2023")])
def test_other_reports_are_refused(report, says):
    with pytest.raises(UsageError, match=says):
        tables.replay(table("a>b"), report)


def test_command_prints_all_rows_and_leaves_with_4(tmp_path):
    path = tmp_path / "relations.csv"
    path.write_text("source,target,year\na,b,2022\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["replay", "nankai-2023", str(path), "--format", "json"])
    assert result.exit_code == 4
    document = json.loads(result.stdout)
    row = next(r for r in document["rows"] if r["cell"] == "2022 edges")
    assert (row["published"], row["ours"], row["difference"], row["within"]) == (83815, 1, -83814, False)
    assert "outside their tolerance (first: Table 2, 2022 nodes" in result.stderr


@pytest.fixture(scope="module")
def on_sample() -> pd.DataFrame:
    return tables.replay(relations.sample())


def test_the_embedded_sample_meets_the_report(on_sample):
    outside = on_sample[~on_sample["within"].fillna(True)]
    assert outside[["table", "cell", "published", "ours"]].to_numpy().tolist() == []


def test_the_embedded_sample_answers_every_table_of_the_report(on_sample):
    wanted = {f"Table {k}" for k in range(2, 11)}
    wanted |= {f"Figure {k}" for k in (6, 7, 8, 11, 12, 13, 15, 18, 20, 22, 23, 24, 25, *range(26, 35))}
    assert wanted <= set(on_sample["table"])


def test_what_the_sample_is_not_fitted_to_is_shown_and_not_judged(on_sample):
    shown = on_sample[on_sample["within"].isna()]
    assert set(shown["table"]) == {"Table 5", "Table 6"}
    assert {cell.split()[1] for cell in shown["cell"]} == {
        *("diameter", "average_path_length", "average_clustering", "modularity")
    }
    assert len(shown) == 4 + 3 * 4
    assert "16 shown only" in on_sample.attrs["notes"][0]


def test_every_known_contradiction_meets_its_cell(on_sample):
    keys = {(row.table, row.cell.rsplit(" ", 1)[0]) for row in on_sample.itertuples()}
    keys |= {(row.table, row.cell) for row in on_sample.itertuples()}
    assert {cell for cells in TOUCHED.values() for cell in cells} <= keys
    noted = on_sample[on_sample["cell"] == "珠江三角洲 share"].set_index("table")["note"]
    assert "all of 广东省" in noted["Figure 6"]
    assert "I7" in noted["Figure 11"]


def test_counts_and_degrees_of_the_sample_are_exact(on_sample):
    table_2 = cells(on_sample, "Table 2")["difference"]
    counted = [
        c for c in table_2.index if c.split()[1] in {"sample_nodes", "partner_nodes", "nodes", "edges"}
    ]
    assert len(counted) == 36
    assert table_2[counted].abs().max() == 0
    for name in ("Table 3", "Table 4"):
        assert len(cells(on_sample, name)) == 60
        assert cells(on_sample, name)["difference"].abs().max() == 0


def test_a_table_about_other_places_answers_nothing_about_places():
    frame = pd.DataFrame({"source": ["a", "b"], "target": ["b", "a"], "year": 2022})
    frame = frame.assign(source_city=["Paris", "Torino"], target_city=["Torino", "Paris"])
    found = tables.replay(from_frame(frame))
    assert not {"Table 9", "Table 10"} & set(found["table"])
    assert any("Table 9, Table 10: no city printed there occurs" in note for note in found.attrs["notes"])


def test_an_undefined_number_is_not_compared():
    loops = pd.DataFrame({"source": [], "target": [], "year": []}, dtype=object)
    found = tables.replay(from_frame(loops))
    assert found.empty
    assert found.attrs["notes"][0].startswith("Compared 0 printed cells")


@pytest.mark.slow
def test_command_on_the_sample_leaves_with_0():
    result = CliRunner().invoke(app, ["replay", "nankai-2023", "--format", "csv"])
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 419
