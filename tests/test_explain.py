"""Every printed measure is explained, in both languages, and what is said of others holds."""

from __future__ import annotations

import json
import math

import igraph
import networkx
import numpy as np
import pytest
from typer.testing import CliRunner

from clusters import explain, labels
from clusters.cli import app
from clusters.errors import UnknownTermError
from clusters.networks import ValueNetwork

ENTRIES = [explain.entry(term, lang) for term in explain.terms() for lang in labels.LANGUAGES]
CALLS = [(e.term, v) for e in ENTRIES if e.lang == "en" for v in e.variants if v.call]


def test_every_column_of_every_table_is_explained(every_table):
    columns = {column for frame in every_table.values() for column in frame.columns}
    assert sorted(columns - set(explain.terms())) == []


COMMAND = {
    "row_account": "check",
    "row_steps": "check",
    "conversion_account": "convert",
    "name_features": "names features",
    **dict.fromkeys(("name_suggestions", "name_evaluation"), "names suggest"),
    **dict.fromkeys(("name_changes", "name_groups", "name_degrees", "unused_variants"), "names apply"),
    "yearly_structure": "structure",
    "yearly_degrees": "degrees",
    "yearly_flows": "flows",
    "yearly_flow_matrix_table": "flows",
    "node_measures": "nodes",
    "top_degrees": "degrees",
    "concentration_curve_table": "concentration",
    "degree_distribution": "powerlaw",
    "tail_curves": "powerlaw",
    "powerlaw_yearly": "powerlaw",
    "tail_index": "powerlaw",
    "flow_margins": "flows",
    "flow_intervals": "flows",
    "structure_intervals": "structure",
    "influence": "sensitivity",
    "structure_with_nulls": "structure",
    "concentration_intervals": "concentration",
    "composition_intervals": "composition",
    "flow_matrix_table": "flows",
    **dict.fromkeys(("flow_structure", "flow_pairs", "flow_destinations", "backbone"), "flows"),
    **dict.fromkeys(("location_quotients", "relatedness", "relatedness_density"), "specialisation"),
    **dict.fromkeys(("complexity", "specialisation_distance"), "specialisation"),
    **dict.fromkeys(("mixing", "mixing_matrix_table", "brokerage", "brokerage_groups"), "groups"),
    **dict.fromkeys(("blockmodel", "block_places", "block_density", "krackhardt"), "groups"),
    "consensus_communities": "groups",
    **dict.fromkeys(("community_timeline", "community_similarity", "community_flows"), "communities"),
    "phases": "polarisation",
    **dict.fromkeys(("cascade", "cascade_summary", "cascade_groups", "cascade_nodes"), "whatif cascade"),
    "marginal_reach": "whatif cascade",
    "frameworks": "index list",
    "framework_tree": "index show",
    **dict.fromkeys(("loss", "exposure", "exposure_by_place", "exposure_by_technology"), "whatif loss"),
    "attack_curve": "whatif loss",
    **dict.fromkeys(("core_shells", "main_core_places", "rich_club", "coreness"), "hierarchy"),
    **dict.fromkeys(("trophic_levels", "small_worlds"), "hierarchy"),
    **dict.fromkeys(("gravity_flows", "gravity_index", "qap"), "gravity"),
    "growth_fit": "growth",
    "growth_distances": "growth",
    "densification": "growth",
    "newcomers": "growth",
    "rank_mobility": "growth",
    "attachment_kernel": "growth",
    "polarisation_of_margins": "polarisation",
    "place_indicators": "indicators",
    "place_readings": "places",
    **dict.fromkeys(("index_scores", "index_stage", "index_log"), "index score"),
    "index_decomposition": "index decompose",
    **dict.fromkeys(("index_types", "rank_gap"), "index types"),
    "index_coupling": "index coupling",
    "index_changes": "index compare",
    **dict.fromkeys(("index_tiers", "index_tier_summary"), "index tiers"),
    **dict.fromkeys(("index_robustness", "rank_acceptability", "rank_dominance"), "index robustness"),
    **dict.fromkeys(("rank_sensitivity", "index_removal", "index_compensability"), "index robustness"),
    "rank_draws": "index robustness",
    **dict.fromkeys(("index_weights", "recovered_weights", "recovered_residuals"), "index weights"),
    **dict.fromkeys(("index_check", "index_check_pairs", "index_check_groups"), "index check"),
    **dict.fromkeys(("adoption", "adoption_survival", "adoption_curve", "adoption_hazard"), "diffusion"),
    **dict.fromkeys(("s_curves", "bass_curves", "convergence", "spatial_transitions"), "diffusion"),
    **dict.fromkeys(("diffusion_space", "lead_lag"), "diffusion"),
}


def test_an_entry_names_the_commands_that_print_it(every_table):
    printed: dict[str, set[str]] = {}
    for name, frame in every_table.items():
        function = name.partition(" ")[0]
        for column in frame.columns:
            printed.setdefault(column, set()).add(COMMAND.get(function, function))
    said = {e.term: set(e.commands) for e in ENTRIES}
    assert {t: c for t, c in said.items() if c != printed.get(t, set())} == {}


@pytest.mark.parametrize("item", ENTRIES, ids=lambda e: f"{e.term}-{e.lang}")
def test_an_entry_says_what_it_must(item):
    assert item.definition.endswith("。" if item.lang == "zh" else ".")
    assert item.source
    assert item.commands or "measures." in item.definition, "printed by a command, or a function is named"
    if item.unit in ("number", "share", "edges") and not {"parity", "replay"} & set(item.commands):
        assert item.range, "a measured number has a range"
    if item.unit in ("number", "share") and "/" in item.formula and "{" not in item.formula:
        assert item.undefined or item.denominator, "a ratio has a denominator or an undefined case"


def test_commands_named_are_commands():
    known = {c.name or c.callback.__name__ for c in app.registered_commands}
    for group in app.registered_groups:
        commands = group.typer_instance.registered_commands
        known |= {f"{group.name} {c.name or c.callback.__name__}" for c in commands}
    assert {c for e in ENTRIES for c in e.commands} - known == set()


def test_both_languages_say_the_same_amount():
    for english, chinese in zip(ENTRIES[::2], ENTRIES[1::2], strict=True):
        for part in ("denominator", "undefined", "example"):
            assert bool(getattr(english, part)) == bool(getattr(chinese, part)), (english.term, part)
        for one, other in zip(english.variants, chinese.variants, strict=True):
            assert bool(one.text) == bool(other.text), (english.term, one.name)


@pytest.mark.parametrize(
    ("words", "term"),
    [
        ("average_clustering", "average_clustering"),
        ("平均聚类系数", "average_clustering"),
        ("AVERAGE clustering", "average_clustering"),
        ("平均度", "average_degree"),
        ("k-core", "core"),
        ("模块化", "modularity"),
        ("page rank", "pagerank"),
    ],
)
def test_a_measure_is_found_by_any_of_its_names(words, term):
    assert explain.find(words).term == term
    assert explain.find(words, "zh").label == labels.label(term, "zh")


def test_an_unknown_name_is_answered_with_near_ones():
    with pytest.raises(UnknownTermError, match="did you mean modularity"):
        explain.find("modularty")
    with pytest.raises(UnknownTermError, match="not a measure known here"):
        explain.find("zzzzzzzzzzzz")


@pytest.fixture(scope="module")
def network() -> ValueNetwork:
    """40 nodes with mutual pairs, a self-loop, parallel relations, several components."""
    random = np.random.default_rng(4)
    edges = [(int(a), int(b)) for a, b in random.integers(0, 40, (110, 2))]
    return ValueNetwork.from_edges([*edges, *edges[:9], *[(b, a) for a, b in edges[:25]], (1, 1)])


@pytest.fixture(scope="module")
def printed(network):
    """What the commands print for the network: one number or one per node."""
    from clusters import tables

    simple = network.simple()
    rows = tables.yearly_structure({None: simple}).iloc[0].to_dict()
    nodes = tables.node_measures(simple, betweenness=True, closeness=True, eccentricity=True)
    by_node = nodes.set_index("node").loc[list(simple.nodes)]
    from clusters.measures import cohesion, degree, paths

    more = {
        "largest_strong_component": cohesion.component_summary(simple).largest_strong_component,
        "harmonic_closeness": paths.harmonic_closeness(simple).loc[list(simple.nodes)],
        "weighted_in_degree": degree.in_degree(simple, weighted=True),
        "weighted_out_degree": degree.out_degree(simple, weighted=True),
        "weighted_degree": degree.degree(simple, weighted=True),
    }
    return {**rows, **{c: by_node[c] for c in by_node.columns}, **more}


def as_numbers(value) -> list[float]:
    return [float(v) for v in np.atleast_1d(np.asarray(value, dtype=float))]


@pytest.mark.parametrize(("term", "variant"), CALLS, ids=[f"{t}-{v.name}" for t, v in CALLS])
def test_calls_of_others_give_our_number_or_another_as_said(term, variant, network, printed):
    simple = network.simple()
    g, G = simple.to_igraph(), simple.to_networkx()
    place = {"g": g, "u": g.as_undirected(), "G": G, "U": G.to_undirected()}
    place |= {"network": network, "networkx": networkx, "igraph": igraph}
    found = eval(variant.call, place)
    if isinstance(found, dict):
        found = [found[node] for node in simple.nodes]
    theirs, ours = as_numbers(found), as_numbers(printed[term])
    same = len(theirs) == len(ours) and all(
        math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) for a, b in zip(theirs, ours, strict=True)
    )
    assert same == variant.equal


def test_command_prints_rows_with_stable_keys():
    result = CliRunner().invoke(app, ["explain", "density", "--format", "json"])
    row = json.loads(result.stdout)["rows"][0]
    assert row["term"] == "density"
    assert row["unit"] == "number"
    keys = {"term", "label", "definition", "formula", "denominator", "unit", "range", "undefined"}
    assert {*keys, "variants", "source"} <= set(row)


def test_command_reads_as_text_in_either_language():
    english = CliRunner().invoke(app, ["explain", "平均路径长度", "--format", "table"]).stdout
    chinese = CliRunner().invoke(app, ["explain", "apl", "--format", "table", "--lang", "zh"]).stdout
    assert "reachable ordered pairs" in english
    assert "g.average_path_length" in english
    assert chinese.startswith("平均路径长度")
    assert "可达" in chinese


def test_command_without_a_name_lists_all():
    result = CliRunner().invoke(app, ["explain", "--format", "json"])
    assert [row["term"] for row in json.loads(result.stdout)["rows"]] == explain.terms()


def test_command_leaves_with_2_for_an_unknown_name():
    result = CliRunner().invoke(app, ["explain", "modularty"])
    assert result.exit_code == 2
    assert "modularity" in result.stderr
