"""Robustness of ranks: chances known by hand, and every draw scored anew in full."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from clusters.errors import DataError, UsageError
from clusters.index import _alternatives, _draws
from clusters.index._alternatives import steps_of
from clusters.index._draws import dirichlet_weights, spread_weights
from clusters.index._prepared import shifted
from clusters.index._ranks import rank_rows
from clusters.index.framework import Aggregate, Framework, Indicator, Normalisation, Steps, TierRule
from clusters.index.robustness import Uncertainty, _Game, robustness, sensitivity
from clusters.index.scoring import score

LEAVES = {"a": "ab", "b": "ab", "c": "cde", "d": "cde", "e": "cde", "f": "total"}


def framework(**steps) -> Framework:
    leaves = tuple(
        Indicator(i, parent, direction=-1 if i == "d" else 1, weight=1 + k / 3)
        for k, (i, parent) in enumerate(LEAVES.items())
    )
    tree = (Aggregate("total", None), Aggregate("ab", "total", weight=2), Aggregate("cde", "total", weight=3))
    return Framework("made up", leaves, tree, Steps(**steps), TierRule("sizes", {"sizes": [3, 4, "rest"]}))


def table(n: int = 12, *, gaps: bool = False, seed: int = 2) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    values = random.lognormal(2, 0.7, (n, len(LEAVES)))
    if gaps:
        values[random.random(values.shape) < 0.15] = np.nan
        values[4, :3] = np.nan
    return pd.DataFrame(values, columns=list(LEAVES), index=[f"u{i}" for i in range(n)])


def flat(values: dict[str, list[float]], weights: list[float], units: str, **more) -> object:
    leaves = tuple(Indicator(i, "total", weight=w) for i, w in zip(values, weights, strict=True))
    steps = Steps(normalise=Normalisation("none"))
    made = Framework("flat", leaves, (Aggregate("total", None),), steps, **more)
    return score(made, pd.DataFrame(values, index=list(units)))


# --- chances by hand


def test_chance_of_an_order_that_turns_at_a_known_weight():
    # x beats y where w_a 0.4 > w_b 0.5, that is where the factors have f_a > 1.25 f_b. With both uniform on
    # (0.75, 1.25), f_b = 0.75 + s leaves f_a the part from 0.9375 + 1.25 s on, so that the chance is the
    # triangle 0.3125^2 / (2 x 1.25) over the square 0.25. z is always last.
    result = flat({"a": [0.9, 0.5, 0.0], "b": [0.1, 0.6, 0.0]}, [1, 1], "xyz")
    chance = 0.3125**2 / (2 * 1.25) / 0.25
    found = robustness(result, draws=40_000)
    assert found.dominance.loc["x", "y"] == pytest.approx(chance, abs=4 * np.sqrt(chance / 40_000))
    assert found.dominance.loc["y", "x"] == 1 - found.dominance.loc["x", "y"]
    assert found.acceptability.loc["x"].tolist() == pytest.approx([chance, 1 - chance, 0], abs=0.01)
    assert found.acceptability.loc["z"].tolist() == [0, 0, 1]
    # Only these two ever change places, by one each: R is 2/3 then.
    assert found.shift["mean"] == pytest.approx(2 / 3 * found.dominance.loc["x", "y"])


def test_even_weights_of_two_units_are_a_coin():
    found = robustness(flat({"a": [1, 0], "b": [0, 1]}, [1, 1], "xy"), draws=20_000)
    assert found.dominance.loc["x", "y"] == pytest.approx(0.5, abs=0.015)
    # Both share rank 1 as the index is, so every draw moves one of them by one place.
    assert found.table["rank"].tolist() == [1, 1]
    assert set(found.shifts["mean_shift"]) == {0.5}


def test_dirichlet_of_two_even_weights():
    # Beta(k/2, k/2) with k = 2 is uniform: x with 3/4 of the way wins where w > 1/4.
    result = flat({"a": [3, 0], "b": [0, 1]}, [1, 1], "xy")
    found = robustness(result, Uncertainty(dirichlet=2.0), draws=20_000)
    assert found.dominance.loc["x", "y"] == pytest.approx(0.75, abs=0.015)


def test_moments_of_dirichlet_weights():
    drawn = dirichlet_weights(
        np.array([5.0, 3.0, 2.0, 0.0]), np.random.default_rng(0).random((50_000, 4)), 20.0
    )
    mean = np.array([0.5, 0.3, 0.2, 0.0])
    assert drawn.mean(axis=1) == pytest.approx(mean, abs=0.002)
    assert drawn.var(axis=1) == pytest.approx(mean * (1 - mean) / 21, abs=0.0003)


def test_dirichlet_in_the_limit_gives_one_everything():
    drawn = dirichlet_weights(np.array([3.0, 1.0]), np.random.default_rng(0).random((4000, 2)), 1e-6)
    assert set(drawn.ravel()) == {0.0, 1.0}
    assert drawn[0].mean() == pytest.approx(0.75, abs=0.03)


def test_spread_of_weights():
    drawn = spread_weights(np.array([2.0, 1.0, 1.0]), np.array([[0.0, 1.0, 1.0], [0.5, 0.5, 0.5]]), 0.25)
    assert drawn.T.tolist() == [pytest.approx([0.375, 0.3125, 0.3125]), pytest.approx([0.5, 0.25, 0.25])]


def test_probability_of_the_tier_by_hand():
    # One unit in the upper tier: x keeps it as often as it beats y; z never moves.
    rule = TierRule("sizes", {"sizes": [1, "rest"]})
    result = flat({"a": [0.9, 0.5, 0.0], "b": [0.1, 0.52, 0.0]}, [1, 1], "xyz", tiers=rule)
    found = robustness(result, draws=2000)
    rows = found.table.set_index("unit")
    assert rows["tier"].tolist() == [1, 2, 2]
    assert found.table["unit"].tolist() == ["y", "x", "z"]
    assert rows.loc["y", "keeps_tier"] == found.acceptability.loc["y", 1]
    assert rows.loc["x", "keeps_tier"] == 1 - found.acceptability.loc["x", 1]
    assert rows["spans_border"].tolist() == [True, True, False]
    assert rows.loc["x", ["tier_low", "tier_high"]].tolist() == [1, 2]
    assert rows.loc["z", "keeps_tier"] == 1.0


# --- every draw scored anew

MEANS = [
    ("arithmetic", {}),
    ("geometric", {}),
    ("harmonic", {}),
    ("power", {"p": 2}),
    ("topsis", {}),
    ("copeland", {}),
]


def again(result, game, run: int) -> list[int]:
    """Ranks of one run by ``score`` itself."""
    runs = game.numbers.plain(run + 1)[run:]
    chosen = {kind: game.options[kind][int(codes[0])] for kind, codes in game.numbers.choices(runs).items()}
    base = result.framework
    steps = steps_of(base.steps, chosen)
    raw = result.stages["raw"]
    if game.numbers.noise_rows(runs) is not None:
        raw = raw * (1 + game.alternatives.errors * game.numbers.noise(run, raw.shape))
    simple = dataclasses.replace(steps, mean="arithmetic", mean_options={})
    plain = score(dataclasses.replace(base, steps=simple), raw, force_impute=True)
    values = plain.stages["normalised"]
    shift = steps.mean in ("geometric", "harmonic") and (values <= 0).any(axis=None)
    if not shift:
        plain = score(dataclasses.replace(base, steps=steps), raw, force_impute=True)
    weight = dict(plain.weight)
    for parent, uniform in game.numbers.uniform.items():
        parts = base.children[parent]
        drawn = spread_weights(
            np.array([weight[p] for p in parts]), uniform[run : run + 1], game.uncertainty.spread
        )
        weight |= dict(zip(parts, drawn[:, 0], strict=True))
    drawn_tree = dataclasses.replace(
        base,
        indicators=tuple(dataclasses.replace(i, weight=weight[i.id]) for i in base.indicators),
        aggregates=tuple(dataclasses.replace(a, weight=weight[a.id]) for a in base.aggregates),
        steps=dataclasses.replace(steps, weights="given", weights_options={}),
    )
    if shift:
        values = pd.DataFrame(shifted(values.to_numpy()), values.index, values.columns)
        bare = dataclasses.replace(
            drawn_tree.steps, normalise=Normalisation("none"), impute="none", outliers=None
        )
        ahead = tuple(dataclasses.replace(i, direction=1) for i in drawn_tree.indicators)
        drawn_tree, raw = dataclasses.replace(drawn_tree, indicators=ahead, steps=bare), values
    found = score(drawn_tree, raw, force_impute=True)
    return rank_rows(found.score.to_numpy()[None])[0].tolist()


def every_rank(game, draws: int) -> np.ndarray:
    runs = game.numbers.plain(draws)
    found = np.zeros((draws, len(game.units)), np.int64)
    for members, ranks in game.play(runs):
        found[members] = ranks
    return found


def same(result, uncertainty, draws: int = 6) -> None:
    game = _Game(result, uncertainty, draws, 3, None)
    found = every_rank(game, draws)
    assert found.any()
    for run in range(draws):
        assert found[run].tolist() == again(result, game, run)


@pytest.mark.parametrize("gaps", [False, True], ids=["whole", "gaps"])
@pytest.mark.parametrize(("mean", "options"), MEANS, ids=[m for m, _ in MEANS])
def test_weights_draw_by_draw(mean, options, gaps):
    steps = {
        "normalise": Normalisation("min-max", {"range": (1, 100)}),
        "mean": mean,
        "mean_options": options,
    }
    same(score(framework(**steps), table(gaps=gaps)), Uncertainty(spread=0.9))


def test_mazziotta_pareto_draw_by_draw():
    steps = {"normalise": Normalisation("z-score", {"mean": 100, "sd": 10}), "mean": "mpi"}
    same(score(framework(**steps), table(gaps=True)), Uncertainty(spread=0.9))


@pytest.mark.parametrize("gaps", [False, True], ids=["whole", "gaps"])
def test_choices_draw_by_draw(gaps):
    choices = Uncertainty(
        normalise=("min-max", "z-score", "rank"),
        mean=("arithmetic", "geometric"),
        impute=("none", "median") if gaps else (),
        outliers=(False, True),
        system=("given", "equal", "critic"),
    )
    same(score(framework(), table(gaps=gaps)), choices, draws=25)


@pytest.mark.parametrize("gaps", [False, True], ids=["whole", "gaps"])
def test_noise_draw_by_draw(gaps):
    same(score(framework(), table(gaps=gaps)), Uncertainty(noise=0.3))


def test_noise_with_treatment_imputation_and_weights_from_data():
    steps = {"outliers": {"max_skewness": 0.8, "max_kurtosis": 0.5}, "impute": "mean", "weights": "cv"}
    result = score(framework(**steps), table(gaps=True), force_impute=True)
    same(
        result,
        Uncertainty(noise=0.3, mean=("arithmetic", "geometric"), normalise=("min-max", "efficacy")),
        draws=8,
    )


@pytest.mark.parametrize("method", ["mean", "median", "zero", "nearest"])
def test_noise_and_imputation(method):
    result = score(framework(impute=method), table(gaps=True), force_impute=True)
    same(result, Uncertainty(noise=0.3))


def test_noise_and_imputation_by_groups():
    groups = pd.Series(list("xyz") * 4, index=[f"u{i}" for i in range(12)])
    steps = {"impute": "group_mean", "impute_options": {"groups": groups}}
    same(score(framework(**steps), table(gaps=True), force_impute=True), Uncertainty(noise=0.3))


def test_noise_and_treatment_without_imputation():
    steps = {"outliers": {"max_skewness": 0.8, "max_kurtosis": 0.5}}
    same(score(framework(**steps), table(gaps=True)), Uncertainty(noise=0.3))


# --- nothing else matters


def test_same_seed_same_table_whatever_the_blocks(monkeypatch):
    result = score(framework(), table(gaps=True))
    uncertain = Uncertainty(mean=("arithmetic", "geometric"), noise=0.1)
    first = robustness(result, uncertain, draws=60, seed=4)
    monkeypatch.setattr(_draws, "CELLS", 100)
    monkeypatch.setattr(_draws, "DRAWN", 1)
    second = robustness(result, uncertain, draws=60, seed=4)
    other = robustness(result, uncertain, draws=60, seed=5)
    for name in ("table", "acceptability", "dominance", "shifts"):
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name), check_exact=True)
    assert not first.acceptability.equals(other.acceptability)


def test_a_source_added_leaves_the_others_as_they_were():
    result = score(framework(), table())
    one, two = (
        _Game(result, u, 5, 1, None) for u in (Uncertainty(), Uncertainty(noise=0.1, mean=("mpi", "topsis")))
    )
    for parent, uniform in one.numbers.uniform.items():
        assert (uniform == two.numbers.uniform[parent]).all()


def test_first_draws_do_not_depend_on_their_number():
    result = score(framework(), table())
    uncertain = Uncertainty(mean=("arithmetic", "geometric"))
    few, many = (robustness(result, uncertain, draws=n).shifts for n in (30, 90))
    pd.testing.assert_frame_equal(few, many.head(30))


def test_without_spread_every_draw_is_the_index():
    result = score(framework(), table())
    found = robustness(result, Uncertainty(spread=0, mean=("arithmetic",) * 2), draws=20).table
    for column in ("rank_mean", "rank_median", "rank_low", "rank_high", "rank_best", "rank_worst"):
        assert found[column].tolist() == found["rank"].tolist()
    assert (found[["keeps_rank", "keeps_tier"]] == 1).all(axis=None)
    assert not found["spans_border"].any()


def test_equal_units_tie_in_every_draw():
    values = table()
    values.loc["u1"] = values.loc["u0"]
    found = robustness(score(framework(), values), draws=300)
    assert found.dominance.loc["u0", "u1"] == 0.5
    assert found.acceptability.loc["u0"].tolist() == found.acceptability.loc["u1"].tolist()


def test_rows_and_columns_sum_to_one():
    found = robustness(score(framework(), table()), draws=200)
    assert found.acceptability.sum(axis=1).tolist() == pytest.approx([1] * 12)
    assert found.acceptability.sum(axis=0).tolist() == pytest.approx([1] * 12)
    pairs = found.dominance + found.dominance.T
    assert pairs.to_numpy().ravel().tolist() == pytest.approx([1] * 144)


def test_only_some_weights():
    result = score(framework(), table())
    for vary, parents in (
        (("ab",), {"ab"}),
        ((1,), {"total"}),
        ((2,), {"ab", "cde"}),
        (None, {"total", "ab", "cde"}),
    ):
        game = _Game(result, Uncertainty(vary=vary), 2, 0, None)
        assert set(game.numbers.uniform) == parents


@pytest.mark.parametrize(
    ("blocks", "names"),
    [
        ("parent", ["weights:total", "weights:ab", "weights:cde"]),
        ("level", ["weights:total", "weights:ab+cde"]),
        ("all", ["weights:total+ab+cde"]),
    ],
)
def test_blocks_of_weights(blocks, names):
    result = score(framework(), table())
    found = sensitivity(result, Uncertainty(blocks=blocks), draws=40, resamples=0)
    assert found.shift.table.index.tolist() == names
    assert found.runs == 40 * (len(names) + 2)


def test_sensitivity_names_what_matters():
    # Of two groups one has parts that are all alike: its weights change nothing.
    values = table()
    values["b"] = values["a"]
    found = sensitivity(score(framework(), values), Uncertainty(vary=("ab", "cde"), spread=0.9), draws=400)
    rows = found.shift.table
    assert rows.loc["weights:ab", "total"] == 0
    assert rows.loc["weights:cde", ["first_order", "total"]].tolist() == pytest.approx([1, 1], abs=0.2)


def test_sensitivity_of_the_rank_of_a_unit():
    found = sensitivity(
        score(framework(), table()), Uncertainty(spread=0.9), draws=100, units=["u3"], resamples=20
    )
    assert list(found.units) == ["u3"]
    assert found.units["u3"].table["total"].between(0, 1.5).all()
    assert found.units["u3"].mean == pytest.approx(
        robustness(score(framework(), table()), Uncertainty(spread=0.9), draws=200)
        .table.set_index("unit")
        .loc["u3", "rank_mean"],
        abs=1e-9,
    )


def test_panel_ranks_one_year():
    both = pd.concat({2020: table(seed=2), 2021: table(seed=3)}, names=["year", "unit"]).swaplevel()
    result = score(framework(), both)
    last, first = robustness(result, draws=50), robustness(result, draws=50, year=2020)
    ranks = result.ranks.xs(2021, level="year")
    assert last.table.set_index("unit")["rank"].to_dict() == ranks.to_dict()
    assert not first.table["score"].equals(last.table["score"])
    noisy = robustness(result, Uncertainty(noise=0.1), draws=20, year=2020)
    assert len(noisy.table) == 12
    with pytest.raises(DataError, match="no year 1999"):
        robustness(result, year=1999)


def test_units_without_a_score_have_no_rank():
    values = table()
    values.loc["u2"] = np.nan
    found = robustness(score(framework(), values), draws=50).table.set_index("unit")
    assert found.index[-1] == "u2"
    assert found.loc["u2", ["rank", "rank_mean", "rank_low", "keeps_tier", "spans_border"]].isna().all()
    assert found.drop(index="u2").notna().all(axis=None)


def test_own_errors_of_indicators():
    made = framework()
    own = tuple(dataclasses.replace(i, error=0.2 if i.id == "a" else None) for i in made.indicators)
    result = score(dataclasses.replace(made, indicators=own), table())
    sizes = {
        n: _Game(result, Uncertainty(noise=n), 1, 0, None).alternatives.errors.tolist() for n in (0.0, 0.05)
    }
    assert sizes == {0.0: [0.2, 0, 0, 0, 0, 0], 0.05: [0.2, 0.05, 0.05, 0.05, 0.05, 0.05]}
    game = _Game(result, Uncertainty(noise={"b": 0.1}), 1, 0, None)
    assert game.alternatives.errors.tolist() == [0.2, 0.1, 0, 0, 0, 0]


def test_values_are_shifted_only_where_a_mean_needs_it():
    result = score(framework(), table())
    ground = _alternatives.Alternatives(result)
    assert ground.prepared({"mean": "geometric"}).values.min() == 1
    assert ground.prepared({"mean": "arithmetic"}).values.min() == 0
    assert ground.prepared({"mean": "geometric", "normalise": "efficacy"}).values.min() == 60


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: Uncertainty(spread=1.2), "spread 1.2"),
        (lambda: Uncertainty(dirichlet=0), "concentration 0"),
        (lambda: Uncertainty(mean=("median",)), "mean 'median' is not known"),
        (lambda: Uncertainty(normalise=("minmax",)), "normalisation 'minmax'"),
        (lambda: Uncertainty(system=("guess",)), "system of weights 'guess'"),
        (lambda: Uncertainty(impute=("guess",)), "imputation 'guess'"),
        (lambda: Uncertainty(blocks="each"), "blocks 'each'"),
        (lambda: Uncertainty(noise=-0.1), "noise -0.1"),
    ],
)
def test_wrong_requests_are_refused(made, said):
    with pytest.raises(UsageError, match=said):
        made()


def test_nothing_uncertain_and_unknown_names():
    result = score(framework(), table())
    with pytest.raises(UsageError, match="nothing is uncertain"):
        robustness(result, Uncertainty(spread=0, mean=("arithmetic",)))
    with pytest.raises(UsageError, match="aggregate 'xy' is not known"):
        robustness(result, Uncertainty(vary=("xy",)))
    with pytest.raises(UsageError, match="level 3 is not known"):
        robustness(result, Uncertainty(vary=(3,)))
    with pytest.raises(UsageError, match="indicator 'z' is not known"):
        robustness(result, Uncertainty(noise={"z": 0.1}))
    with pytest.raises(UsageError, match="at least 1"):
        robustness(result, draws=0)


def test_choices_are_told_draw_by_draw():
    found = robustness(
        score(framework(), table()),
        Uncertainty(mean=("arithmetic", "geometric"), outliers=(False, True)),
        draws=80,
    )
    assert found.shifts["draw"].tolist() == list(range(1, 81))
    assert set(found.shifts["mean"]) == {"arithmetic", "geometric"}
    assert set(found.shifts["outliers"]) == {"none", "treated"}
