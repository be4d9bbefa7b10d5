"""Tables of growth: the printed numbers, what years and networks they take, and what is undefined."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import networks, published, relations, tables
from clusters.errors import UsageError
from clusters.measures import attachment, growth

PRINTED = published.load("nankai_2023", table=2)


@pytest.fixture(scope="module")
def embedded():
    return networks.cumulative(relations.sample())


def built(rows, **options):
    return networks.cumulative(pd.DataFrame(rows, columns=["source", "target", "year"]), **options)


ROWS = [("a", "b", 2020), ("c", "b", 2020), ("a", "d", 2021), ("b", "a", 2021), ("e", "b", 2022)]


class TestYearly:
    def test_is_its_parts_side_by_side(self, embedded):
        table = tables.growth(embedded)
        assert table["year"].tolist() == list(range(2014, 2023))
        structure = PRINTED.set_index("year")
        assert table["nodes"].tolist() == structure["nodes"].tolist()
        assert table["edges"].tolist() == structure["edges"].tolist()
        assert table["edges"].diff().iloc[1:].tolist() == table["new_edges"].iloc[1:].tolist()
        assert table["nodes"].diff().iloc[1:].tolist() == table["new_nodes"].iloc[1:].tolist()
        parts = table[["new_new_share", "new_old_share", "old_old_share"]].iloc[1:].sum(axis=1)
        assert parts.tolist() == pytest.approx([1] * 8)
        split = table["new_to_old_share"] + table["old_to_new_share"]
        assert split.iloc[1:].tolist() == pytest.approx(table["new_old_share"].iloc[1:].tolist())
        ratio = table["average_path_length"] / np.log(table["nodes"])
        assert table["path_per_log_nodes"].tolist() == pytest.approx(ratio.tolist())
        assert table["path_per_log_nodes"].iloc[-1] == pytest.approx(0.385, abs=0.02)

    def test_by_hand(self):
        table = tables.growth(built(ROWS), top=1).set_index("year")
        assert table["nodes"].tolist() == [3, 4, 5]
        assert table["edges"].tolist() == [2, 4, 5]
        assert table.loc[2021, ["old_old_share", "old_to_new_share", "to_top_share"]].tolist() == [
            0.5,
            0.5,
            0,
        ]
        assert table.loc[2021, "from_top_share"] == 0.5  # b -> a, as b was first in 2020
        assert table.loc[2021, "top_turnover"] == 1  # a and b have degree 3, a the larger out-degree
        assert table.loc[2022, ["new_to_old_share", "to_top_share"]].tolist() == [1, 0]
        undefined = ["new_new_share", "from_top_share", "rank_tau", "top_turnover"]
        assert table.loc[2020, undefined].isna().all()

    def test_years_that_are_shown_do_not_change_them(self):
        whole = tables.growth(built(ROWS)).set_index("year")
        shown = tables.growth(built(ROWS, years=[2021, 2022])).set_index("year")
        pd.testing.assert_frame_equal(whole.loc[2021:], shown, check_dtype=False)

    def test_a_year_without_relations_changes_nothing(self):
        rows = [*ROWS[:4], ("e", "b", 2024)]
        table = tables.growth(built(rows, years=[2021, 2022, 2024])).set_index("year")
        assert table.loc[2022, ["nodes", "new_edges", "rank_tau", "top_turnover"]].tolist() == [4, 0, 1, 0]
        assert np.isnan(table.loc[2022, "old_old_share"])
        assert table.loc[2024, "new_to_old_share"] == 1

    def test_estimated_distances_stand_apart(self):
        table = tables.growth(built(ROWS), sources=3)
        assert table["average_path_length"].isna().all()
        estimate = table["average_path_length_estimate"]
        assert table["path_per_log_nodes"].tolist() == pytest.approx(
            (estimate / np.log(table["nodes"])).tolist()
        )

    @pytest.mark.parametrize(
        "function",
        [
            tables.growth,
            tables.growth_fit,
            tables.densification,
            tables.growth_distances,
            tables.newcomers,
            tables.rank_mobility,
            tables.attachment_kernel,
        ],
    )
    def test_networks_must_be_dated_and_cumulative(self, function):
        frame = pd.DataFrame(ROWS, columns=["source", "target", "year"])
        with pytest.raises(UsageError, match="no year column"):
            function(networks.cumulative(frame[["source", "target"]]))
        with pytest.raises(UsageError, match="no year column"):
            function({2020: networks.ValueNetwork.from_edges([("a", "b")])})
        for others in (networks.yearly(frame), networks.window(frame, 2)):
            with pytest.raises(UsageError, match="cumulative"):
                function(others)

    def test_one_year_is_undefined_throughout(self):
        one = built(ROWS[:2])
        assert tables.growth(one)["new_edges"].tolist() == [2]
        assert tables.growth_fit(one)["exponent"].isna().all()
        assert tables.densification(one)["fitted_edges"].isna().all()
        assert tables.attachment_kernel(one).empty


class TestDensification:
    def test_any_table_with_nodes_and_edges(self):
        fit = tables.growth_fit(PRINTED)
        assert fit["measure"].unique().tolist() == ["densification"]
        assert fit["exponent"].round(3).tolist()[0] == 1.266
        assert "new_ends" not in fit.columns
        shuffled = PRINTED.sample(frac=1, random_state=1)
        pd.testing.assert_frame_equal(tables.growth_fit(shuffled), fit)
        structure = tables.yearly_structure(built(ROWS), seeds=0)
        assert tables.growth_fit(structure)["exponent"].iloc[0] == pytest.approx(
            tables.growth_fit(built(ROWS))["exponent"].iloc[0]
        )

    def test_points_beside_the_fit(self):
        table = tables.densification(PRINTED)
        found = growth.densification(PRINTED["nodes"], PRINTED["edges"])
        fitted = np.exp(found.intercept) * PRINTED["nodes"] ** found.exponent
        assert table["fitted_edges"].tolist() == pytest.approx(fitted.tolist())
        assert table["residual"].tolist() == pytest.approx(np.log(PRINTED["edges"] / fitted).tolist())
        assert "to the power 1.266" in table.attrs["notes"][0]
        assert "autocorrelated" in table.attrs["notes"][1]

    def test_the_embedded_sample_has_the_printed_exponent(self, embedded):
        # Its nodes and edges are those of Table 2.
        pd.testing.assert_frame_equal(
            tables.densification(embedded)[["year", "nodes", "edges"]],
            PRINTED[["year", "nodes", "edges"]],
            check_dtype=False,
        )

    def test_two_years_say_nothing_of_an_error(self):
        fit = tables.growth_fit(pd.DataFrame({"nodes": [10, 100], "edges": [10, 1000]}))
        assert fit["exponent"].iloc[0] == pytest.approx(2)
        assert fit["standard_error"].isna().all()
        assert (
            len(tables.densification(pd.DataFrame({"nodes": [10, 100], "edges": [10, 1000]})).attrs["notes"])
            == 1
        )

    def test_a_table_without_sizes(self):
        with pytest.raises(UsageError, match="no column 'edges'"):
            tables.growth_fit(pd.DataFrame({"nodes": [1, 2]}))
        with pytest.raises(UsageError, match="no column 'average_path_length'"):
            tables.growth_distances(pd.DataFrame({"nodes": [1, 2]}))


def test_distances_of_the_printed_table():
    table = tables.growth_distances(PRINTED)
    assert table["path_per_log_nodes"].round(3).iloc[[0, -1]].tolist() == [0.720, 0.385]
    assert set(table.columns) == {"year", "nodes", "diameter", "average_path_length", "path_per_log_nodes"}


class TestAttachment:
    def test_rows_are_degrees_and_roles(self, embedded):
        table = tables.growth_fit(embedded, degrees=["out", "in", "total"])
        rows = table[table["measure"] == "attachment"]
        pairs = list(zip(rows["degree"], rows["role"], strict=True))
        assert pairs == [(d, r) for d in ("out", "in", "total") for r in ("all", "sample", "partner")]
        last = embedded[2022]
        found = attachment.attachment(last, "in", among=last.sample)
        row = rows[(rows["degree"] == "in") & (rows["role"] == "sample")].iloc[0]
        assert row["exponent"] == found.exponent
        assert row["exponent_low"] == found.low
        assert row["robust_error"] == found.robust_error
        ends = rows.set_index(["degree", "role"])["new_ends"]
        assert ends["out", "sample"] + ends["out", "partner"] == ends["out", "all"]

    def test_without_roles_there_is_one_group(self):
        table = tables.growth_fit(built(ROWS))
        assert table["role"].dropna().unique().tolist() == ["all"]
        assert tables.attachment_kernel(built(ROWS))["role"].unique().tolist() == ["all"]

    def test_the_years_shown_are_the_years_used(self):
        fit = tables.growth_fit(built(ROWS, years=[2022]), degrees=["in"])
        assert fit["new_ends"].iloc[-1] == 1

    def test_kernel(self, embedded):
        table = tables.attachment_kernel(embedded, degrees=["in"])
        own = attachment.attachment_kernel(embedded[2022], "in")
        pd.testing.assert_frame_equal(
            table[table["role"] == "all"][list(own.columns)], own, check_dtype=False
        )


def test_mobility_names_its_degrees(embedded):
    table = tables.rank_mobility(embedded, top=5)
    assert table["degree"].tolist()[:3] == ["out", "in", "total"]
    found = growth.rank_mobility(embedded[2022], 2020, degree="in", top=5)
    row = table[(table["year"] == 2020) & (table["degree"] == "in")].iloc[0]
    assert (row["rank_tau"], row["top_entrants"]) == (found.tau, found.entrants)
    assert table["top_entrants"].iloc[:3].isna().all()
