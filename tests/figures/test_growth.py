"""Figures of growth: what is drawn where, and what is left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import figures, published, tables
from clusters.figures import catalogue

PRINTED = published.load("nankai_2023", table=2)


@pytest.fixture
def fit():
    rows = [("densification", "cumulative", None, None, 1.266, 0.006, 1.252, 1.28)]
    rows += [("densification", "increments", None, None, 1.5, 0.1, 1.3, 1.7)]
    rows += [("attachment", None, "in", "sample", 3.0, 0.1, 2.8, 3.2)]
    rows += [("attachment", None, "in", "all", 1.0, 0.1, 0.8, 1.2)]
    columns = ["measure", "series", "degree", "role", "exponent", "standard_error"]
    return pd.DataFrame(rows, columns=[*columns, "exponent_low", "exponent_high"])


@pytest.fixture
def kernel():
    k = np.array([1, 2, 4, 8])
    rows = [
        pd.DataFrame({"degree": "in", "role": r, "k": k, "new_ends": 10, "pafit": k * 1.0})
        for r in ("all", "sample")
    ]
    return pd.concat([*rows, rows[0].assign(degree="out", pafit=[1.0, 0.0, 3.0, 0.0])], ignore_index=True)


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


class TestDensification:
    def test_line_and_exponent(self, fit):
        left, right = figures.densification(tables.densification(PRINTED), fit).child_axes
        assert left.lines[0].get_xdata().tolist() == PRINTED["nodes"].tolist()
        assert (left.get_xscale(), left.get_yscale()) == ("log", "log")
        assert legend(left) == ["a = 1.266 ± 0.006"]
        line = np.log(left.lines[1].get_xydata())
        slopes = np.diff(line[:, 1]) / np.diff(line[:, 0])
        assert slopes == pytest.approx(1.2658, abs=1e-3)
        assert np.nansum(right.lines[1].get_ydata()) == pytest.approx(0, abs=1e-9)

    def test_without_an_error_or_a_fit(self, fit):
        table = tables.densification(PRINTED)
        left, _ = figures.densification(table, fit.assign(standard_error=np.nan)).child_axes
        assert legend(left) == ["a = 1.266"]
        left, _ = figures.densification(table).child_axes
        assert left.get_legend() is None
        assert len(left.lines) == 2

    def test_without_years(self):
        left, right = figures.densification(tables.densification(PRINTED.drop(columns="year"))).child_axes
        assert len(left.texts) == 0
        assert right.lines[1].get_xdata().tolist() == list(range(1, 10))


def test_distances_stand_above_their_ratio_to_the_size():
    table = tables.growth_distances(PRINTED)
    above, below = figures.growth_distances(table).child_axes
    assert [line.get_ydata()[-1] for line in above.lines] == [12, 3.982]
    assert below.lines[0].get_ydata()[-1] == pytest.approx(0.385, abs=5e-4)


def test_newcomers_leave_the_first_year_out():
    shares = {"old_old_share": [np.nan, 0.5], "old_to_new_share": [np.nan, 0.3]}
    shares |= {"new_to_old_share": [np.nan, 0.2], "new_new_share": [np.nan, 0.0]}
    ax = figures.newcomers(pd.DataFrame({"year": [2020, 2021], **shares}))
    assert len(ax.patches) == 4
    assert sum(bar.get_height() for bar in ax.patches) == pytest.approx(1)
    assert ax.texts[0].get_text() == "Known to known  50.0 %"


def test_mobility_draws_one_line_per_degree():
    rows = [(2020, d, np.nan, np.nan) for d in ("out", "in")]
    rows += [(2021, "out", 0.9, 0.1), (2021, "in", 0.8, 0.25)]
    table = pd.DataFrame(rows, columns=["year", "degree", "rank_tau", "top_turnover"])
    above, below = figures.rank_mobility(table).child_axes
    assert [line.get_ydata().tolist() for line in above.lines] == [[0.9], [0.8]]
    assert [text.get_text() for text in below.texts] == ["Out-degree  10.0 %", "In-degree  25.0 %"]
    assert above.get_ylim() == (0, 1)


class TestKernel:
    def test_points_of_all_organisations_that_got_an_end(self, kernel, fit):
        giving, receiving = figures.attachment_kernel(kernel, fit).child_axes
        assert giving.lines[0].get_xdata().tolist() == [1, 4]
        assert receiving.lines[0].get_xdata().tolist() == [1, 2, 4, 8]
        assert giving.get_legend() is None  # no exponent of giving is known

    def test_the_line_has_the_exponent_of_the_likelihood(self, kernel, fit):
        _, receiving = figures.attachment_kernel(kernel, fit).child_axes
        line = np.log(receiving.lines[1].get_xydata())
        assert np.diff(line[:, 1]) / np.diff(line[:, 0]) == pytest.approx(1)
        assert legend(receiving) == ["PAFit", "a = 1.000 (0.800 – 1.200)"]
        assert len(receiving.collections) == 1  # the interval
        steep = fit.assign(exponent=2.0)
        _, receiving = figures.attachment_kernel(kernel, steep).child_axes
        line = np.log(receiving.lines[1].get_xydata())
        assert np.diff(line[:, 1]) / np.diff(line[:, 0]) == pytest.approx(2)  # not fitted to the points


def test_the_catalogue_draws_them_where_their_tables_are(every_table):
    names = {"densification", "growth_distances", "newcomers", "attachment_kernel", "rank_mobility"}
    specs = [spec for spec in catalogue() if spec.id in names]
    assert {spec.id for spec in specs} == names
    for spec in specs:
        assert spec.skipped(every_table) is None
        assert spec.draw(every_table, lang="zh") is not None
        assert "is not there" in spec.skipped({})
    one = {name: frame.head(1) for name, frame in every_table.items()}
    reasons = {spec.id: spec.skipped(one) for spec in specs}
    assert reasons["newcomers"] == "table growth holds fewer than two years"
