"""Elements left out one at a time, and compensation, by hand and against scoring anew."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from clusters.errors import UsageError
from clusters.index._ranks import rank_rows
from clusters.index.framework import Aggregate, Framework, Indicator, Normalisation, Steps
from clusters.index.removal import compensability, leave_out
from clusters.index.scoring import score

PARENTS = {"a": "ab", "b": "ab", "c": "cd", "d": "cd", "e": "alone", "f": "total"}


def made(mean: str = "arithmetic", **more) -> Framework:
    leaves = tuple(Indicator(i, p, weight=1 + k / 4) for k, (i, p) in enumerate(PARENTS.items()))
    inner = (
        Aggregate("ab", "total", weight=2),
        Aggregate("cd", "total", weight=3),
        Aggregate("alone", "total"),
    )
    steps = Steps(normalise=Normalisation("min-max", {"range": (1, 100)}), mean=mean, **more)
    return Framework("made up", leaves, (Aggregate("total", None), *inner), steps)


def table(*, gaps: bool = False) -> pd.DataFrame:
    random = np.random.default_rng(8)
    values = random.random((15, 6))
    if gaps:
        values[random.random(values.shape) < 0.15] = np.nan
    return pd.DataFrame(values, columns=list(PARENTS), index=[f"u{i}" for i in range(15)])


def test_one_of_three_by_hand():
    # a + b + c: x 6, y 5, z 4. Without a 1, 5, 4: x falls two places, the others rise one: R 4/3.
    # Without b 6, 2, 3: y and z change: 2/3. Without c 5, 3, 1: nobody moves.
    values = pd.DataFrame({"a": [5, 0, 0], "b": [0, 3, 1], "c": [1, 2, 3]}, index=list("xyz"))
    leaves = tuple(Indicator(i, "total") for i in "abc")
    plain = Steps(normalise=Normalisation("none"))
    found = leave_out(score(Framework("flat", leaves, (Aggregate("total", None),), plain), values))
    assert found["id"].tolist() == ["a", "b", "c"]
    assert found["mean_shift"].tolist() == pytest.approx([4 / 3, 2 / 3, 0])
    assert found["largest_shift"].tolist() == [2, 1, 0]
    assert found["unit"].tolist() == ["x", "y", None]
    assert found["moved"].tolist() == [3, 2, 0]
    assert found.loc[0, ["rank", "rank_without"]].tolist() == [1, 3]
    assert found["rank"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize("gaps", [False, True], ids=["whole", "gaps"])
@pytest.mark.parametrize("mean", ["arithmetic", "geometric", "harmonic", "topsis"])
def test_agrees_with_an_index_that_never_had_the_element(mean, gaps):
    framework, values = made(mean), table(gaps=gaps)
    result = score(framework, values)
    found = leave_out(result).set_index("id")
    reference = rank_rows(result.score.to_numpy()[None])[0]
    for node in found.index:
        gone = {node, *framework.leaves(node)} | ({"alone", "e"} if node in ("alone", "e") else set())
        less = dataclasses.replace(
            framework,
            indicators=tuple(i for i in framework.indicators if i.id not in gone),
            aggregates=tuple(a for a in framework.aggregates if a.id not in gone),
        )
        ranks = rank_rows(score(less, values).score.to_numpy()[None])[0]
        both = (ranks > 0) & (reference > 0)
        assert found.loc[node, "mean_shift"] == pytest.approx(np.abs(ranks - reference)[both].mean())
        assert found.loc[node, "unranked"] == ((ranks == 0) & (reference > 0)).sum()


def test_levels_and_effective_weights():
    result = score(made(), table())
    found = leave_out(result).set_index("id")
    assert found["level"].to_dict() == {"ab": 1, "cd": 1, "alone": 1, "f": 1} | dict.fromkeys("abcde", 2)
    expected = result.weights.set_index("id")["effective_weight"]
    assert found["effective_weight"].to_dict() == pytest.approx(expected.to_dict())


def test_without_its_only_indicator_there_is_no_index():
    only = Framework("one", (Indicator("a", "total"),), (Aggregate("total", None),))
    found = leave_out(score(only, pd.DataFrame({"a": [1.0, 2.0]}, index=["x", "y"])))
    assert np.isnan(found.loc[0, "mean_shift"])
    assert found.loc[0, "unranked"] == 2


def test_root_and_unknown_elements_are_refused():
    result = score(made(), table())
    with pytest.raises(UsageError, match="without its root 'total' there is no index"):
        leave_out(result, ["total"])
    with pytest.raises(UsageError, match="no element 'q'"):
        leave_out(result, ["a", "q"])


def test_compensation_by_hand():
    # 100 and 1 against 45 and 45 on [1, 100]: arithmetic 50.5 > 45, geometric 10 < 45.
    values = pd.DataFrame({"a": [100.0, 45.0, 1.0], "b": [1.0, 45.0, 2.0]}, index=["x", "even", "low"])
    steps = Steps(normalise=Normalisation("none"))
    result = score(
        Framework(
            "flat", (Indicator("a", "total"), Indicator("b", "total")), (Aggregate("total", None),), steps
        ),
        values,
    )
    found = compensability(result)
    assert found["unit"].tolist() == ["x", "even", "low"]
    assert found["rank_geometric"].tolist() == [2, 1, 3]
    assert found["compensability"].tolist() == [-1, 1, 0]
    assert found["score_arithmetic"].tolist() == pytest.approx([50.5, 45, 1.5])
    assert found["score_geometric"].tolist() == pytest.approx([10, 45, 2**0.5])


def test_compensation_takes_any_values_and_gaps():
    steps = {"normalise": Normalisation("z-score")}
    values = table(gaps=True)
    values.loc["u7"] = np.nan
    framework = dataclasses.replace(made(), steps=Steps(**steps))
    found = compensability(score(framework, values)).set_index("unit")
    assert found.loc["u7"].isna().all()
    ranks = score(framework, values).ranks
    assert found["rank_arithmetic"].dropna().to_dict() == ranks.dropna().to_dict()
