"""Tables of gravity and QAP: what enters, what is left out, and what is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import places, relations, tables
from clusters.errors import DataError, UsageError
from clusters.measures import flows
from clusters.measures.gravity import distances
from clusters.measures.gravity import gravity as fitted
from clusters.sentences import in_language

FIVE = ["北京市", "上海市", "广东省", "四川省", "陕西省"]


def table_of(matrix: list[list[int]], names: list[str], level: str = "province", years=None):
    """Relations whose flow matrix is the one given."""
    cells = [
        (a, b)
        for a, row in zip(names, matrix, strict=True)
        for b, n in zip(names, row, strict=True)
        for _ in range(n)
    ]
    frame = pd.DataFrame(cells, columns=[f"source_{level}", f"target_{level}"])
    frame["source"], frame["target"] = (
        [f"s{k}" for k in range(len(cells))],
        [f"t{k}" for k in range(len(cells))],
    )
    if years is not None:
        frame["year"] = [years[k % len(years)] for k in range(len(cells))]
    return relations.from_frame(frame)


SQUARE = [[9, 4, 5, 2, 1], [3, 8, 4, 1, 0], [6, 5, 9, 2, 1], [1, 1, 2, 3, 1], [1, 0, 1, 1, 2]]


@pytest.fixture(scope="module")
def sample():
    return relations.sample()


def test_the_fit_is_that_of_the_flow_matrix(sample):
    found = tables.gravity(sample, fixed_effects=True)
    technology = relations.of_kinds(sample, ["technology"])
    matrix = flows.flow_matrix(technology, level="province")
    expected = fitted(matrix, distances(places.capitals()), fixed_effects=True)
    columns = ["coefficient", "coefficient_low", "standard_error", "clustered_error"]
    assert found[columns].to_numpy() == pytest.approx(expected.coefficients[columns].to_numpy())
    assert (found["pseudo_r2"] == expected.pseudo_r2).all()


def test_the_sample_does_not_know_distance_and_the_note_says_so(sample):
    # Its flows are drawn from margins and printed cells, not from distances.
    notes = tables.gravity(sample, fixed_effects=True).attrs["notes"]
    assert "cannot tell whether relations fall with distance" in notes[-1]
    assert "无法判断" in in_language(notes[-1], "zh")


def test_flows_that_fall_with_distance_are_said_to(sample):
    far = distances(places.capitals())
    size = np.geomspace(30, 2, 31)
    cells = np.round(np.outer(size, size) * 300 / far.to_numpy()).astype(int).tolist()
    found = tables.gravity(table_of(cells, list(far.index)), fixed_effects=True)
    row = found.set_index("statistic").loc["distance_decay"]
    assert row["coefficient"] == pytest.approx(1, abs=0.1)
    assert row["coefficient_low"] > 0
    assert "twice as far goes with" in found.attrs["notes"][-1]


def test_places_outside_the_mainland_and_without_a_place_are_left_out():
    names = [*FIVE, "香港特别行政区"]
    cells = [[*row, 7] for row in SQUARE] + [[7] * 6]
    found = tables.gravity(table_of(cells, names))
    assert found["pairs"].unique().tolist() == [25]
    assert found.drop(columns="year", errors="ignore").equals(tables.gravity(table_of(SQUARE, FIVE)))


def test_by_year_each_fit_is_of_its_relations():
    years = [2020, 2021]
    table = table_of(np.multiply(SQUARE, 2).tolist(), FIVE, years=years)
    found = tables.gravity(table, by_year=True)
    assert found["year"].drop_duplicates().tolist() == years
    whole = tables.gravity(table)
    last = found[found["year"] == 2021].drop(columns="year").reset_index(drop=True)
    assert last.to_numpy()[:, 1:].astype(float) == pytest.approx(whole.to_numpy()[:, 1:].astype(float))
    alone = tables.gravity(table, by_year=True, cumulative=False, years=[2020])
    assert alone["coefficient"].to_numpy() == pytest.approx(whole["coefficient"].to_numpy(), abs=1)
    assert alone["year"].unique().tolist() == [2020]
    assert "last year shown" in found.attrs["notes"][0]


def test_a_year_with_too_few_places_has_no_row():
    frame = table_of(SQUARE, FIVE, years=[2021]).frame.copy()
    frame.loc[0, "year"] = 2020
    found = tables.gravity(relations.from_frame(frame), by_year=True)
    assert found["year"].unique().tolist() == [2021]
    with pytest.raises(DataError, match="there must be 3"):
        tables.gravity(relations.from_frame(frame), by_year=True, years=[2020])


def test_years_are_needed_to_go_by_year():
    with pytest.raises(UsageError, match="no year column"):
        tables.gravity(table_of(SQUARE, FIVE), by_year=True)


CITIES = pd.DataFrame(
    {
        "latitude": [39.9, 31.2, 22.5, 30.6, 34.3],
        "longitude": [116.4, 121.5, 114.1, 104.1, 108.9],
        "size": [5.0, 6, 4, 3, 2],
    },
    index=pd.Index(["北京市", "上海市", "深圳市", "成都市", "西安市"], name="place"),
)


def test_other_levels_need_coordinates_and_use_their_sizes():
    table = table_of(SQUARE, list(CITIES.index), "city")
    with pytest.raises(UsageError, match="level 'city' lie is not known"):
        tables.gravity(table, level="city")
    found = tables.gravity(table, level="city", coordinates=CITIES)
    # No areas: flows within a place have no distance and are left out.
    assert found["statistic"].tolist() == ["constant", "origin_size", "destination_size", "distance_decay"]
    assert found["pairs"].unique().tolist() == [20]
    matrix = pd.DataFrame(SQUARE, index=CITIES.index, columns=CITIES.index)
    expected = fitted(matrix, distances(CITIES), origin_size=CITIES["size"], destination_size=CITIES["size"])
    assert found["coefficient"].to_numpy() == pytest.approx(expected.coefficients["coefficient"].to_numpy())


def test_places_without_coordinates_are_named():
    table = table_of(SQUARE, list(CITIES.index), "city")
    found = tables.gravity(table, level="city", coordinates=CITIES.drop("成都市"))
    assert found["pairs"].unique().tolist() == [12]
    assert "1 place without coordinates and 14 relations there left out (成都市)" in found.attrs["notes"][0]
    with pytest.raises(DataError, match="known for 2 of 5 places"):
        tables.gravity(table, level="city", coordinates=CITIES.iloc[:2])
    with pytest.raises(DataError, match="same coordinates"):
        tables.gravity(table, level="city", coordinates=CITIES.assign(latitude=30.0, longitude=110.0))
    with pytest.raises(DataError, match="1 places have no size"):
        tables.gravity(table, level="city", coordinates=CITIES.replace({"size": {3.0: np.nan}}))


def test_expected_flows_add_up_and_sizes_alone_lack_the_distance():
    table = table_of(SQUARE, FIVE)
    found = tables.gravity_flows(table)
    assert len(found) == 25
    assert found["relations"].is_monotonic_decreasing
    assert found["fitted_relations"].sum() == pytest.approx(found["relations"].sum())
    fit = tables.gravity(table).set_index("statistic")["coefficient"]
    inter = found[found["origin"] != found["destination"]]
    typical = np.exp(np.log(inter["distance"]).mean())
    ratio = (inter["distance"] / typical) ** -fit["distance_decay"]
    assert (inter["fitted_relations"] / inter["size_relations"]).to_numpy() == pytest.approx(ratio.to_numpy())
    own = found[found["origin"] == found["destination"]]
    ratio = (own["distance"] / typical) ** -fit["distance_decay"] * np.exp(fit["same_place"])
    assert (own["fitted_relations"] / own["size_relations"]).to_numpy() == pytest.approx(ratio.to_numpy())
    assert len(tables.gravity_flows(table, own=False)) == 20
    assert len(tables.gravity_flows(table, top=3)) == 3


def test_the_index_is_a_share_of_all_pairs():
    table = table_of(SQUARE, FIVE)
    found = tables.gravity_index(table, top=None)
    assert len(found) == 20
    assert found["gravity_share"].sum() == pytest.approx(1)
    assert found["share"].sum() == pytest.approx(1)
    first = found.iloc[0]
    mass = np.sum(SQUARE, axis=0) + np.sum(SQUARE, axis=1)
    m = dict(zip(FIVE, mass.tolist(), strict=True))
    one, other = m[first["origin"]], m[first["destination"]]
    assert first["gravity_index"] == pytest.approx(one * one * other / (one + other) / first["distance"] ** 2)
    near = tables.gravity_index(table, top=None, exponent=0.0)
    assert near["gravity_index"].iloc[0] > 10_000 * found["gravity_index"].iloc[0]


def test_qap_of_the_sample(sample):
    found = tables.qap(sample, permutations=499, seed=1).set_index("statistic")
    assert found.index.tolist() == ["log_distance", "same_region", "size_product"]
    assert found.loc["size_product", "mrqap_p"] == 1 / 500
    assert (found["pairs"] == 31 * 30).all()
    assert found["r_squared"].between(0.9, 1).all()
    alone = tables.qap(sample, permutations=499, seed=1, against=["log_distance"]).set_index("statistic")
    assert alone.loc["log_distance", "correlation"] == found.loc["log_distance", "correlation"]
    assert alone.loc["log_distance", "standardised"] == pytest.approx(
        found.loc["log_distance", "correlation"]
    )


def test_qap_uses_regions_of_provinces_of_cities_and_those_given():
    near = [[0, 9, 1, 1, 1], [9, 0, 1, 1, 1], [1, 1, 0, 1, 1], [1, 1, 1, 0, 9], [1, 1, 1, 9, 0]]
    provinces = ["上海市", "江苏省", "广东省", "四川省", "重庆市"]
    found = tables.qap(table_of(near, provinces), against=["same_region"], permutations=9)
    assert found["correlation"].iloc[0] == pytest.approx(1)
    where = places.capitals().loc[provinces]
    cities = ["上海市", "南京市", "广州市", "成都市", "重庆市"]
    where_cities = where.set_axis(cities)
    table = table_of(near, cities, "city")
    asked = {"level": "city", "against": ["same_region"], "permutations": 9}
    assert tables.qap(table, coordinates=where_cities, **asked)["correlation"].iloc[0] == pytest.approx(1)
    other = where_cities.assign(region=["a", "b", "a", "b", None])
    assert tables.qap(table, coordinates=other, **asked)["correlation"].iloc[0] < 0


def test_qap_refuses_what_it_does_not_know(sample):
    with pytest.raises(UsageError, match="not to language"):
        tables.qap(sample, against=["language"])


def test_a_regressor_that_is_the_same_everywhere_is_untold():
    found = tables.qap(table_of(SQUARE, FIVE), permutations=9).set_index("statistic")
    assert found.loc["same_region", ["correlation", "coefficient", "mrqap_p"]].isna().all()
    assert found.loc["log_distance", ["correlation", "coefficient", "mrqap_p"]].notna().all()
