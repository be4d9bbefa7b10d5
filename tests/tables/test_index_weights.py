"""Tables of weights: a row per node in the order of the tree, and what is said beside."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from clusters import published, tables
from clusters.errors import UsageError
from clusters.index.frameworks import read_framework
from clusters.index.recover import recover
from clusters.index.weights import entropy
from clusters.sentences import in_language

PARTS = ["environment", "funding", "rnd", "foundation", "outcome"]
KR36 = published.load("kr36_2020", as_printed=True).set_index("city_zh")


@pytest.fixture(scope="module")
def tmtpost():
    return read_framework("tmtpost_2024")


def notes(table, lang="en"):
    return " ".join(in_language(note, lang) for note in table.attrs["notes"])


def test_effective_weights_sum_to_1_exactly(tmtpost):
    found = tables.index_weights(tmtpost).set_index("id")
    leaves = found.loc[[i.id for i in tmtpost.indicators]]
    assert sum(Fraction(text) for text in leaves["effective_fraction"]) == 1
    assert leaves["effective_weight"].sum() == pytest.approx(1, abs=1e-15)
    assert found.loc["policy", ["weight", "effective_weight", "node_level"]].tolist() == [1 / 3, 1 / 12, 2]
    assert found.index[:3].tolist() == ["factor_reserve", "policy", "policies"]  # parts follow their parent
    assert not found.index.has_duplicates
    assert len(found) == 25 + 13


def test_names_are_printed_beside_the_identifiers(tmtpost):
    found = tables.index_weights(tmtpost)
    words = found.attrs["words"]
    assert words[f"name.{found['name'][1]}"]["zh"] == "政策机制"
    assert not [term for term in words if term.startswith("id.")]


def test_systems_that_need_no_data(tmtpost):
    found = tables.index_weights(tmtpost, system="equal_effective").set_index("id")
    assert found.loc[[i.id for i in tmtpost.indicators], "effective_fraction"].unique().tolist() == ["1/25"]
    with pytest.raises(UsageError, match="entropy weights come from data"):
        tables.index_weights(tmtpost, system="entropy")
    with pytest.raises(UsageError, match="equal weights have no option 'upper'"):
        tables.index_weights(tmtpost, system="equal", upper="given")
    with pytest.raises(UsageError, match="'entropie' are not known"):
        tables.index_weights(tmtpost, system="entropie")


def test_weights_from_data_and_what_parts_decide():
    leaves = [{"id": i, "parent": "total"} for i in "abc"]
    frame = pd.DataFrame({"a": [0.0, 1, 2, 4], "b": [0.0, 2, 1, 3], "c": [5.0, 4, 9, 1]}, index=list("wxyz"))
    found = tables.index_weights(read_framework({"indicator": leaves}), frame, system="entropy")
    scaled = (frame - frame.min()) / (frame.max() - frame.min())
    assert found["weight"].tolist() == pytest.approx(entropy(scaled).tolist())
    score = scaled @ entropy(scaled).to_numpy()
    squares = [np.corrcoef(scaled[i], score)[0, 1] ** 2 for i in "abc"]
    assert found["importance"].tolist() == pytest.approx(squares)
    assert found["importance_share"].sum() == pytest.approx(1)
    assert "effective_fraction" not in found
    assert "come from the data at hand" in notes(found)
    assert "熵权法权重来自现有数据" in notes(found, "zh")


def test_a_framework_keeps_its_own_system_and_options():
    leaves = [{"id": i, "parent": "total"} for i in "ab"]
    own = {"weights": {"method": "combined", "of": ["cv", "given"]}}
    frame = pd.DataFrame({"a": [0.0, 1, 2], "b": [0.0, 0, 1]}, index=list("xyz"))
    found = tables.index_weights(read_framework({"index": own, "indicator": leaves}), frame)
    assert found["weight"].tolist() == pytest.approx(
        tables.index_weights(read_framework({"indicator": leaves}), frame, system="cv")["weight"].tolist()
    )


def test_recovered_weights_of_36kr():
    found = recover(KR36[PARTS], KR36["total"])
    table = tables.recovered_weights(found, read_framework("kr36_2020"))
    assert table.columns[:4].tolist() == ["id", "weight", "low", "high"]
    assert table["weight"].tolist() == [0.15, 0.20, 0.25, 0.20, 0.20]
    assert (table["grid"] == 0.05).all()
    assert "largest residual 0.006, rounding alone can make 0.01); 26 of 30" in notes(table)
    assert "the next best miss one by 0.554" in notes(table)
    assert "别无其他组合" in notes(table, "zh")
    assert table.attrs["words"]["id.rnd"]["zh"] == "研发能力"
    left = tables.recovered_residuals(found)
    assert left["residual"].abs().max() == pytest.approx(0.006, abs=1e-9)
    assert left.loc[4, ["unit", "printed_total"]].tolist() == ["南京", 79.55]
    assert left.attrs["words"]["residual"]["en"] == "Residual"


def printed(values):
    return pd.DataFrame(values).map(lambda x: f"{x:.1f}")


def test_what_the_totals_do_not_tell_is_said():
    x = np.random.default_rng(3).uniform(10, 90, (12, 3))
    x[:, 2] = x[:, 1]
    table = tables.recovered_weights(recover(printed(x), printed(x @ [0.5, 0.3, 0.2])[0]))
    assert "do not tell the weights of 1, 2" in notes(table)
    assert "sets of weights on a grid of 0.05 explain the totals" in notes(table)
    exact = x @ [1 / 3, 1 / 3, 1 / 3]
    table = tables.recovered_weights(recover(printed(x[:, :2]), printed(exact)[0], grid=[0.05]))
    assert "no round weights explain the totals" in notes(table)


def test_totals_that_cannot_be_explained_are_said_with_the_rows_at_fault():
    totals = KR36["total"].copy()
    totals["南京"] = "77.74"
    table = tables.recovered_weights(recover(KR36[PARTS], totals))
    assert table["low"].isna().all()
    assert "no such weights explain the totals" in notes(table)
    assert "without 南京 all others can be explained" in notes(table)
    rng = np.random.default_rng(5)
    table = tables.recovered_weights(
        recover(printed(rng.uniform(0, 99, (40, 2))), printed(rng.uniform(0, 99, 40))[0])
    )
    assert "rows stand against it" in notes(table)


def test_a_row_with_an_empty_cell_is_said():
    scores = KR36[PARTS].copy()
    scores.iloc[3, 1] = ""
    assert "1 row with an empty cell left out" in notes(
        tables.recovered_weights(recover(scores, KR36["total"]))
    )
