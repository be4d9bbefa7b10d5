"""Shared fixtures: where the real data and the oracles lie, and a quiet environment."""

from __future__ import annotations

import dataclasses
import os
import signal
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

os.environ.setdefault("MPLBACKEND", "Agg")
os.environ["COLUMNS"] = "160"
os.environ["NO_COLOR"] = "1"

# A shell in the background lets its children ignore Ctrl-C, which some tests send.
ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
if ignored and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with real data and oracles, beside the repository; the test skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared (real data and oracles) is not beside the repository")
    return SHARED


@pytest.fixture(scope="session")
def every_table() -> dict[str, pd.DataFrame]:
    """Every table that a command prints, of a small made-up relation table that has everything.

    The key is the name of the table function, followed by what was asked for.
    """
    from clusters import networks, relations, tables
    from clusters.index.framework import Normalisation, TierRule
    from clusters.index.frameworks import read_framework
    from clusters.index.recover import recover
    from clusters.index.robustness import Uncertainty
    from clusters.index.scoring import score
    from clusters.intake.indicators import IndicatorTable
    from clusters.intake.public import Account
    from clusters.tables._check import row_account, row_steps
    from clusters.tables._nulls import OFFERED

    nodes = pd.DataFrame(
        {
            "label": ["S1", "S2", "S3", "P1", "P2"],
            "role": ["sample", "sample", "sample", "partner", "partner"],
            "platform": [True, False, False, False, False],
            "province": ["北京市", "广东省", "广东省", "上海市", "北京市"],
            "city": ["北京市", "深圳市", "汕头市", "上海市", "北京市"],
            "sector": ["第三产业"] * 5,
        },
        index=list("abcpq"),
    )
    pairs = [*("ab", "ba", "ap", "bp", "pc", "qa", "ac"), *("ab", "cb")]
    frame = pd.DataFrame(pairs, columns=["pair"])
    frame = pd.DataFrame({"source": frame["pair"].str[0], "target": frame["pair"].str[1]})
    frame["year"] = [2020, 2020, 2020, 2021, 2021, 2021, 2022, 2022, 2022]
    frame["kind"] = ["technology"] * 7 + ["talent", "investment"]
    frame["technology"] = ["5G", "物联网", "5G"] * 3
    for end in ("source", "target"):
        for level in ("province", "city"):
            frame[f"{end}_{level}"] = frame[end].map(nodes[level])
    table = relations.from_frame(frame, nodes)
    built = networks.cumulative(table)
    last = networks.last(built)
    scores_printed = pd.DataFrame({"a": ["1.0", "5.0"], "b": ["4.0", "2.0"]})
    read_back = recover(scores_printed, pd.Series(["3.1", "2.9"]))
    leaves = [{"id": leaf, "parent": "group"} for leaf in ("patents", "papers", "firms")]
    framework = read_framework({"indicator": leaves, "aggregate": [{"id": "group", "parent": "total"}]})
    cities = pd.DataFrame(
        {"patents": [1.0, 2, 3, 5], "papers": [1.0, 3, 2, 4], "firms": [3.0, 1, 4, 1]},
        index=pd.Index(list("wxyz"), name="unit"),
    )
    panel = pd.MultiIndex.from_product([["w", "x", "y"], [2020, 2021]], names=["unit", "year"])
    scores, names = pd.Series([9.0, 8, 7, 9, 3, 2], index=panel), pd.Series(list("ABCDEF"), index=panel)
    two_tiers = TierRule("sizes", {"sizes": [1, "rest"]}, ("first", "others"), ("第一", "其余"))
    flat = {"indicator": [{"id": leaf, "parent": "total"} for leaf in ("papers", "firms")]}
    steps = {"impute": {"method": "mean", "limit": 1}, "outliers": {}}
    scored = score(
        dataclasses.replace(read_framework({**flat, **steps}), tiers=two_tiers),
        IndicatorTable(
            pd.DataFrame({"papers": [1.0, 2, np.nan, 4, 5, 6], "firms": [1.0, 2, 1, 2, 3, 90]}, panel),
            pd.DataFrame({"gdp": [1.0, 2, 3, 3, 2, 1]}, panel),
            names,
            "cities",
        ),
    )
    above_0 = dataclasses.replace(scored.framework.steps, normalise=Normalisation("efficacy"))
    coupled = score(scored.framework, scored.table, steps=above_0)
    converted = Account()
    converted.count("events.csv", "read", "accepted", 2, line=2)
    converted.count("events.csv", "read", "set_aside", 1, reason="placeholder_source", line=4, example="x")
    firms = pd.DataFrame({"source": ["1", "2", "3"], "target": ["3", "3", "1"]})
    labels = ["华芯科技有限公司", "华芯科技", "Norvik Machine Works"]
    named = relations.from_frame(firms, pd.DataFrame({"label": labels}, index=["1", "2", "3"]))
    joined = relations.from_frame(firms.replace("2", "1").iloc[1:])
    judged = pd.DataFrame({"one": labels[:2], "two": labels[1:], "same": [True, False]})
    return {
        "row_account": row_account(table),
        "name_features": tables.name_features({labels[0]: 2}),
        "name_suggestions": tables.name_suggestions(named),
        "name_evaluation": tables.name_evaluation(judged),
        "name_changes": tables.name_changes(named, joined, {"2": "1"}),
        "name_groups": tables.name_groups(named, joined, {"2": "1"}),
        "name_degrees": tables.name_degrees(named, joined),
        "unused_variants": tables.unused_variants(named, {"9": "1"}),
        "row_steps": row_steps(table),
        "conversion_account": tables.conversion_account(converted),
        "yearly_structure": tables.yearly_structure(built),
        "yearly_structure estimated": tables.yearly_structure(built, sources=3),
        "structure_with_nulls": tables.structure_with_nulls(
            tables.yearly_structure(built), built, 2, statistics=OFFERED
        ),
        "node_measures": tables.node_measures(last, betweenness=True, closeness=True, eccentricity=True),
        "node_measures estimated": tables.node_measures(last, betweenness=True, sources=3),
        "top_degrees": tables.top_degrees(last),
        "top_degrees weighted": tables.top_degrees(last, weighted=True),
        "yearly_degrees": tables.yearly_degrees(built),
        "yearly_degrees top": tables.yearly_degrees(built, top=3),
        "parity": tables.parity(last),
        "concentration": tables.concentration(built),
        "concentration_curve_table": tables.concentration_curve_table(last),
        "powerlaw": tables.powerlaw(last, replicates=5),
        "powerlaw interval": tables.powerlaw(last, replicates=5, interval=True),
        "powerlaw_yearly": tables.powerlaw_yearly(built, replicates=5),
        "tail_index": tables.tail_index(last, resamples=25),
        "degree_distribution": tables.degree_distribution(last),
        "tail_curves": tables.tail_curves(last, tables.powerlaw(last, replicates=0)),
        "hierarchy": tables.hierarchy(built),
        "hierarchy exact": tables.hierarchy(built, betweenness="exact"),
        "hierarchy estimated": tables.hierarchy(built, betweenness=2),
        "core_shells": tables.core_shells(last),
        "main_core_places": tables.main_core_places(last),
        "rich_club": tables.rich_club(last, replicates=2),
        "coreness": tables.coreness(last),
        "trophic_levels": tables.trophic_levels(last),
        "small_worlds": tables.small_worlds(built, replicates=2),
        "growth": tables.growth(built),
        "growth estimated": tables.growth(built, sources=3),
        "growth_fit": tables.growth_fit(built),
        "growth_distances": tables.growth_distances(built),
        "densification": tables.densification(built),
        "newcomers": tables.newcomers(built),
        "rank_mobility": tables.rank_mobility(built),
        "attachment_kernel": tables.attachment_kernel(built),
        "structure_intervals": tables.structure_intervals(
            tables.yearly_structure(built), built, replicates=2
        ),
        "concentration_intervals": tables.concentration_intervals(tables.concentration(built), built),
        "flow_intervals": tables.flow_intervals(tables.flows(table), table, replicates=2),
        "flow_intervals of margins": tables.flow_intervals(tables.flow_margins(table), table, replicates=2),
        "composition_intervals": tables.composition_intervals(tables.composition(table), table, replicates=2),
        "influence": tables.influence(last, table, which=["a"]),
        "sensitivity": tables.sensitivity(last, table, shares=[0.3], repeats=2),
        "flows": tables.flows(table),
        "flow_margins": tables.flow_margins(table),
        "flow_matrix_table": tables.flow_matrix_table(table)[["origin"]],  # the others are places
        "yearly_flows": tables.yearly_flows(table),
        "yearly_flow_matrix_table": tables.yearly_flow_matrix_table(table)[["year", "origin"]],
        "place_indicators": tables.place_indicators(table, betweenness="exact"),
        "place_indicators by year": tables.place_indicators(table, by_year=True, span=1),
        "flow_structure": tables.flow_structure(table),
        "flow_pairs": tables.flow_pairs(table),
        "flow_destinations": tables.flow_destinations(table),
        "backbone": tables.backbone(table, alpha=0.5),
        "location_quotients": tables.location_quotients(table, replicates=2),
        "relatedness": tables.relatedness(table),
        "relatedness_density": tables.relatedness_density(table),
        "complexity": tables.complexity(table),
        "specialisation_distance": tables.specialisation_distance(table),
        "composition": tables.composition(table),
        "composition by year": tables.composition(table, by_year=True),
        "composition of sample": tables.composition(table, by="province", of="sample"),
        "polarisation": tables.polarisation(table),
        "polarisation by": tables.polarisation(table, by="technology", replicates=2),
        "polarisation places": tables.polarisation(table, table="places", replicates=2),
        "polarisation organisations": tables.polarisation(table, table="organisations", replicates=2),
        "polarisation flows": tables.polarisation(table, table="flows", replicates=2),
        "polarisation lorenz": tables.polarisation(table, table="lorenz"),
        "polarisation reading": tables.polarisation(table, table="reading", replicates=2),
        "polarisation reading by": tables.polarisation(table, table="reading", by="technology"),
        "polarisation_of_margins": tables.polarisation_of_margins(tables.flow_margins(table)),
        "frameworks": tables.frameworks(),
        "framework_tree": tables.framework_tree(read_framework("asem")),
        "framework_tree formulas": tables.framework_tree(read_framework("tmtpost_2024")),
        "index_tiers": tables.index_tiers(scores, two_tiers, names=names),
        "index_tier_summary": tables.index_tier_summary(scores, two_tiers),
        "mixing": tables.mixing(built, permutations=3),
        "mixing_matrix_table": tables.mixing_matrix_table(last)[["origin"]],  # the others are groups
        "brokerage": tables.brokerage(last),
        "brokerage_groups": tables.brokerage_groups(last, permutations=3),
        "consensus_communities": tables.consensus_communities(built, seeds=2),
        "blockmodel": tables.blockmodel(table),
        "block_places": tables.block_places(table),
        "block_density": tables.block_density(table),
        "krackhardt": tables.krackhardt(built),
        "krackhardt of places": tables.krackhardt(table),
        "community_timeline": tables.community_timeline(built, seeds=2),
        "community_similarity": tables.community_similarity(built, seeds=2),
        "community_flows": tables.community_flows(built, seeds=2),
        "phases": tables.phases(table, replicates=2),
        "place_readings": tables.place_readings(
            {"city": ["深圳", "Suzhou"]}, provinces={"city": ["广东", ""]}
        ),
        "cascade": tables.cascade(last, ["a"], replicates=5),
        "cascade_summary": tables.cascade_summary(last, "top:1", replicates=5, steps=3),
        "cascade_groups": tables.cascade_groups(last, "random:2", model="si", p=0.5, replicates=5),
        "cascade_nodes": tables.cascade_nodes(last, "platforms", model="lt", replicates=5),
        "marginal_reach": tables.marginal_reach(last, "greedy:2", p=0.5, replicates=5),
        "loss": tables.loss(last, ["p"], sets=4, path_sets=2),
        "exposure": tables.exposure(last, ["p", "a"]),
        "exposure_by_place": tables.exposure_by_place(last, "p"),
        "exposure_by_technology": tables.exposure_by_technology(table, last, ["p"]),
        "attack_curve": tables.attack_curve(last),
        "gravity": tables.gravity(table),
        "gravity by year": tables.gravity(table, by_year=True, years=[2022]),
        "gravity_flows": tables.gravity_flows(table),
        "gravity_index": tables.gravity_index(table),
        "qap": tables.qap(table, permutations=9),
        "diffusion": tables.diffusion(table, replicates=2),
        "diffusion by": tables.diffusion(table, by="technology"),
        "diffusion reading": tables.diffusion(table, table="reading", by="technology"),
        "adoption": tables.adoption(table, by="technology"),
        "adoption_survival": tables.adoption_survival(table),
        "adoption_curve": tables.adoption_curve(table),
        "adoption_hazard": tables.adoption_hazard(table),
        "s_curves": tables.s_curves(table, replicates=2),
        "bass_curves": tables.bass_curves(table),
        "convergence": tables.convergence(table),
        "spatial_transitions": tables.spatial_transitions(table),
        "diffusion_space": tables.diffusion_space(table, permutations=9),
        "lead_lag": tables.lead_lag(table, permutations=9),
        "replay": tables.replay(table),
        "index_scores": tables.index_scores(scored),
        "index_stage": tables.index_stage(scored, "normalised")[["unit", "name", "year"]],  # then indicators
        "index_stage weights": tables.index_stage(scored, "weights"),
        "index_log": tables.index_log(scored),
        "index_decomposition": tables.index_decomposition(scored, against="mean"),
        "index_decomposition by": tables.index_decomposition(scored, by="dimension"),
        "index_coupling": tables.index_coupling(coupled, scale=100),
        "index_types": tables.index_types(scored, gap="gdp"),
        "rank_gap": tables.rank_gap(scored, "gdp"),
        "index_robustness": tables.index_robustness(scored, draws=3),
        "rank_acceptability": tables.rank_acceptability(scored, draws=3),
        "rank_dominance": tables.rank_dominance(scored, draws=3),
        "rank_sensitivity": tables.rank_sensitivity(scored, draws=3, units=["w"], resamples=2),
        "index_removal": tables.index_removal(scored),
        "index_compensability": tables.index_compensability(scored),
        "rank_draws": tables.rank_draws(
            scored,
            Uncertainty(
                normalise=("min-max", "rank"),
                mean=("arithmetic", "geometric"),
                impute=("mean",),
                outliers=(False, True),
                system=("given", "equal"),
            ),
            draws=3,
        ),
        "index_changes": tables.index_changes(scored, scored, years=(2020, 2021)),
        "index_weights": tables.index_weights(framework),
        "index_weights of all": tables.index_weights(
            framework,
            cities,
            system="combined",
            of=("entropy", "critic", "cv", "pca", "optimised", "ahp"),
            matrices={"group": [[1, 3, 5], [1, 3], [1]]},
        ),
        "recovered_weights": tables.recovered_weights(read_back),
        "recovered_residuals": tables.recovered_residuals(read_back),
        "index_check": tables.index_check(framework, cities),
        "index_check_pairs": tables.index_check_pairs(framework, cities),
        "index_check_groups": tables.index_check_groups(framework, cities),
    }
