"""Statements of the summary: computed, grammatical, and never more than was measured."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters.measures.flows import FlowCoverage
from clusters.report.summary import STATEMENTS, Facts, cards, points
from clusters.sentences import Note
from clusters.tables._reading import Change, paragraph


def structure(**columns) -> pd.DataFrame:
    usual = {
        "year": [2020, 2022],
        "sample_nodes": [1, 2],
        "partner_nodes": [2, 10],
        "nodes": [3, 12],
        "edges": [4, 16],
        "relations": [4, 20],
        "average_degree": [4 / 3, 16 / 12],
        "diameter": [1, 3],
        "average_path_length": [1.0, 1.5],
        "reachable_pairs": [4, 33],
        "average_clustering": [0.0, 0.25],
        "density": [4 / 6, 16 / 132],
        "reciprocity": [0.0, 0.5],
        "largest_component": [3, 9],
        "modularity": [np.nan, 0.4],
        "communities": [1, 3],
    }
    return pd.DataFrame(usual | columns)


def ranking(degrees: dict[str, int], partners: tuple[str, ...] = ()) -> pd.DataFrame:
    frame = pd.DataFrame({"label": list(degrees), "degree": list(degrees.values())})
    frame["out_degree"] = frame["degree"] - 1
    frame["in_degree"] = 1
    frame["role"] = ["partner" if name in partners else "sample" for name in degrees]
    return frame


def said(topic: str, facts: Facts, lang: str = "en") -> str:
    return STATEMENTS[topic](facts, lang)


def test_growth_rates_are_compound_over_the_years_between():
    # 3 -> 12 nodes and 4 -> 16 edges in two years: doubled every year.
    text = said("growth", Facts(structure()))
    assert "from 3 organisations and 4 edges to 12 organisations and 16 edges" in text
    assert "100.00 % and 100.00 % a year" in text
    assert text.endswith("2 organisations are sample enterprises, 10 are partners.")


def growth_fits(low: float, high: float) -> pd.DataFrame:
    rows = [("cumulative", (low + high) / 2, low, high, 9), ("increments", 1.9, 1.8, 2.0, 8)]
    return pd.DataFrame(rows, columns=["series", "exponent", "exponent_low", "exponent_high", "years"])


@pytest.mark.parametrize(
    ("low", "high", "words", "zh"),
    [
        (1.2, 1.3, "faster than the network", "快于节点数的增长"),
        (0.7, 0.9, "more slowly than the network", "慢于节点数的增长"),
        (0.9, 1.3, "not told apart from in proportion", "与按比例增长无法区分"),
    ],
)
def test_densification_is_claimed_only_where_the_interval_leaves_one_out(low, high, words, zh):
    facts = Facts(structure(), growth=growth_fits(low, high))
    assert f"to the power {(low + high) / 2:.3f} (95 % interval {low:.3f} to {high:.3f}" in said(
        "densification", facts
    )
    assert words in said("densification", facts)
    assert zh in said("densification", facts, "zh")


def test_an_exponent_without_an_interval_is_not_said():
    assert said("densification", Facts(structure(), growth=growth_fits(np.nan, np.nan))) == ""
    assert said("densification", Facts(structure())) == ""


def test_chance_names_what_degrees_alone_would_not_give():
    columns = ["statistic", "observed", "null_mean", "null_sd", "z", "p"]
    rows = [
        ("average_clustering", 0.042, 0.051, 0.003, -2.9, 0.048),
        ("average_path_length", 3.9, 3.95, 0.05, -1.0, 0.3),
        ("reciprocity", 0.48, 0.044, 0.001, 436.0, 0.048),
        ("average_clustering_undirected", 0.1, 0.2, 0.01, -10.0, 0.048),
    ]
    facts = Facts(structure(), nulls=pd.DataFrame(rows, columns=columns), draws=20)
    assert said("chance", facts) == (
        "Beside 20 random networks with the same degrees average clustering is lower (0.042 against 0.051); "
        "average path length is not told apart (3.900 against 3.950); "
        "reciprocity is higher (48.00 % against 4.40 %)."
    )
    assert "互惠性偏高（48.00%，随机网络为 4.40%）" in said("chance", facts, "zh")
    few = pd.DataFrame([("reciprocity", 0.48, 0.044, 0.001, 436.0, 0.25)], columns=columns)
    assert "not told apart" in said("chance", Facts(structure(), nulls=few))  # too few draws to tell
    assert said("chance", Facts(structure())) == ""


def test_the_interval_of_the_top_share_is_said_where_there_is_one():
    shares = {"top_10_percent": [0.7], "top_1_percent": [0.5], "top_0_1_percent": [0.3]}
    degrees = ranking({f"n{i}": 3 for i in range(30)})
    without = Facts(structure(), degrees=degrees, concentration=pd.DataFrame(shares))
    assert "interval" not in said("concentration", without)
    ends = {"top_10_percent_low": [0.66], "top_10_percent_high": [0.74]}
    facts = Facts(structure(), degrees=degrees, concentration=pd.DataFrame(shares | ends))
    assert said("concentration", facts).endswith("between 66.00 % and 74.00 % (95 % interval).")
    assert said("concentration", facts, "zh").endswith("66.00% 至 74.00% 之间（95% 区间）。")


def test_networks_of_single_years_do_not_grow():
    text = said("growth", Facts(structure(), cumulative=False))
    assert "grew" not in text
    assert "3 organisations and 4 edges" in text


def test_one_year_one_edge_is_singular():
    table = structure().tail(1).assign(nodes=2, edges=1, sample_nodes=1, partner_nodes=1)
    text = said("growth", Facts(table))
    assert text == (
        "In 2022 the network has 2 organisations and 1 edge. "
        "1 organisation is a sample enterprise, 1 is a partner."
    )


def test_undated_table_names_no_year():
    table = structure(year=[np.nan, np.nan]).tail(1)
    for lang in ("en", "zh"):
        for point in points(Facts(table), lang):
            assert "nan" not in point.text.lower()
            assert "2022" not in point.text
    assert "carry no year" in said("growth", Facts(table))


def test_unknown_roles_are_not_mentioned():
    table = structure(sample_nodes=[np.nan, np.nan], partner_nodes=[np.nan, np.nan])
    assert "partner" not in said("growth", Facts(table))


def test_ties_sparse_and_dense():
    # 16 of 132 ordered pairs are joined: 12.12 %; 1 in 10,000 is said as such.
    assert "12.12 % of the ordered pairs" in said("ties", Facts(structure()))
    assert "one in 10,000 ordered pairs" in said("ties", Facts(structure(density=[0.1, 1e-4])))


def test_distances_name_their_pairs():
    text = said("distances", Facts(structure()))
    assert "33 ordered pairs, 25.00 % of all" in text  # 33 of 12 * 11
    assert "1.500 edges and the longest 3" in text
    assert "In 2020 the average was 1.000 over 4 reachable pairs." in text


def test_one_reachable_pair_is_singular():
    table = structure().tail(1).assign(reachable_pairs=1, average_path_length=1.0, diameter=1, nodes=2)
    assert said("distances", Facts(table)) == (
        "A directed path joins 1 ordered pair, 50.00 % of all; over it the average distance is "
        "1.000 edge and the longest 1."
    )


def test_undefined_path_length_is_said_to_be_undefined():
    table = structure().tail(1).assign(reachable_pairs=0, average_path_length=np.nan, diameter=0)
    assert "undefined" in said("distances", Facts(table))
    assert "无定义" in said("distances", Facts(table), "zh")


def test_no_relation_is_one_statement():
    empty = [points(Facts(structure().head(0))), points(Facts(structure(edges=[0, 0])))]
    assert [len(found) for found in empty] == [1, 1]
    assert "nothing" in empty[0][0].text or "no network" in empty[0][0].text


@pytest.mark.parametrize(("nodes", "shares"), [(10, 0), (100, 1), (1000, 2), (5000, 3)])
def test_top_shares_only_where_they_are_several_organisations(nodes, shares):
    degrees = ranking({f"n{i}": 5 for i in range(nodes)})
    row = pd.DataFrame({"top_10_percent": [0.72], "top_1_percent": [0.54], "top_0_1_percent": [0.31]})
    text = said("concentration", Facts(structure(), degrees=degrees, concentration=row))
    assert sum(number in text for number in ("72.00 %", "54.00 %", "31.00 %")) == shares


def test_leaders_by_rank_with_the_first_partner():
    facts = Facts(structure(), degrees=ranking({"a": 9, "b": 7, "c": 5, "d": 2}, partners=("c", "d")))
    assert said("leaders", facts) == (
        "a has the highest degree, 9: 8 edges given and 1 received. Next come b (7) and c (5). "
        "Among partners c leads with 5."
    )
    assert said("leaders", facts, "zh") == (
        "a 的度数中心度最高，为 9（连出度 8，连入度 1）。其次为 b（7）、c（5）。关系节点中 c 最高，为 5。"
    )


def test_tied_leaders_share_the_lead():
    facts = Facts(structure(), degrees=ranking({"a": 5, "b": 5, "c": 1}))
    assert said("leaders", facts) == "2 organisations share the highest degree, 5: a and b."
    many = Facts(structure(), degrees=ranking({f"n{i}": 1 for i in range(9)}))
    assert said("leaders", many) == "9 organisations share the highest degree, 1."


def fits(verdict: str, *compared: tuple[str, float, float], **numbers) -> pd.DataFrame:
    fit = {
        "row": "fit",
        "degree": "total",
        "xmin": 4.0,
        "alpha": 2.52,
        "sigma": 0.05,
        "n_tail": 1234,
        "p_value": 0.31,
        "replicates": 100,
        "verdict": verdict,
    } | numbers
    rows = [
        {"row": "comparison", "degree": "total", "alternative": a, "R": r, "p": p} for a, r, p in compared
    ]
    other = {"row": "fit", "degree": "in", "verdict": "consistent", "xmin": 1, "alpha": 9.0}
    return pd.DataFrame([other, fit, *rows])


@pytest.mark.parametrize(
    ("table", "phrase"),
    [
        (fits("undefined", xmin=np.nan, alpha=np.nan, n_tail=0, p_value=np.nan), "too few"),
        (fits("not_tested", p_value=np.nan), "nothing is claimed"),
        (fits("rejected", p_value=0.04), "rejected for the tail of the degrees (p = 0.04"),
        (fits("heavy_tail_rejected", p_value=0.0), "heavy-tailed, but a power law is rejected (p < 0.01"),
        (
            fits("alternative_better", ("lognormal", -3.0, 0.01), ("exponential", 9.0, 0.0)),
            "but lognormal fits better",
        ),
        (
            fits("undecided", ("lognormal", -0.3, 0.7), ("exponential", 9.0, 0.0)),
            "(alpha = 2.52 ± 0.05, p = 0.31, 100 replicates), and no less with lognormal",
        ),
        (fits("undecided"), "other distributions were not compared"),
        (fits("consistent", ("exponential", 9.0, 0.0)), "every alternative compared fits worse"),
    ],
)
def test_power_law_words_follow_the_verdict(table, phrase):
    facts = Facts(structure(), powerlaw=table)
    assert phrase in said("power_law", facts)
    for lang in ("en", "zh"):
        text = said("power_law", facts, lang)
        assert "scale-free" not in text
        assert "无标度" not in text
        assert "服从幂律" not in text


@pytest.mark.parametrize(("n_tail", "thin"), [(3, True), (49, True), (50, False)])
def test_a_thin_tail_is_called_so(n_tail, thin):
    facts = Facts(structure(), powerlaw=fits("undecided", n_tail=n_tail))
    assert ("the test says little" in said("power_law", facts)) is thin
    assert ("检验说明不了多少问题" in said("power_law", facts, "zh")) is thin


def test_power_law_of_every_verdict_of_the_measure_can_be_said():
    from typing import get_args

    from clusters.measures.powerlaw import Verdict

    for verdict in get_args(Verdict):
        assert said("power_law", Facts(structure(), powerlaw=fits(verdict)))


@pytest.fixture
def two_poles() -> pd.DataFrame:
    places = ["北京市", "广东省", "上海市"]
    return pd.DataFrame([[5, 2, 1], [1, 4, 1], [0, 1, 5]], index=places, columns=places)


def test_flows_within_and_between(two_poles):
    facts = Facts(structure(), flows=two_poles, level="province", technology=True)
    text = said("flows", facts)
    assert "Of the technology relations" in text
    assert "70.00 % stay within one province and 30.00 % cross" in text  # 14 of 20
    assert "stays within Beijing (25.00 %)" in text  # the first of two equal cells
    two_poles.iloc[0, 1] = 9
    assert "from Beijing to Guangdong" in said("flows", Facts(structure(), flows=two_poles, level="province"))


def test_two_poles_by_hand(two_poles):
    # Beijing gives 8 and takes 6, Guangdong 6 and 7, Shanghai 6 and 7: Beijing first, then Guangdong.
    text = said("poles", Facts(structure(), flows=two_poles, level="province"))
    assert text == (
        "Beijing and Guangdong together give 70.00 % and receive 65.00 % of these flows; "
        "60.00 % run among the two, and 75.00 % touch at least one of them."
    )


def test_a_single_place_has_no_flows_to_compare():
    alone = pd.DataFrame([[7]], index=["x"], columns=["x"])
    facts = Facts(structure(), flows=alone, level="city")
    assert said("flows", facts) == said("poles", facts) == ""


@pytest.mark.parametrize(
    ("counted", "relations", "text"),
    [
        (0, 4, "Places (city) are known at both ends of none of the 4 relations, so flows cannot be shown."),
        (3, 4, "Places (city) are known at both ends of 3 of the 4 relations (75.00 %); "),
        (4, 4, "Places (city) are known at both ends of all 4 relations."),
        (1, 1, "Places (city) are known at both ends of 1 of the 1 relation (100.00 %); "),
    ],
)
def test_coverage_counts_what_is_left_out(counted, relations, text):
    found = FlowCoverage(relations, counted, relations - counted, 0, 0, 0)
    assert said("coverage", Facts(structure(), level="city", coverage=found)).startswith(text)


def test_composition_names_the_two_largest():
    table = pd.DataFrame({"class": ["5G", "物联网"], "relations": [3, 1], "share": [0.75, 0.25]})
    facts = Facts(structure(), compositions={"technology": table}, technology=True)
    assert said("composition", facts) == (
        "By technology, the largest class is 5G with 75.00 % of the technology relations, "
        "before Internet of Things with 25.00 %."
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_summary_is_five_to_twelve_statements_without_gaps(lang, two_poles):
    facts = Facts(
        structure(),
        degrees=ranking({f"n{i}": 50 - i for i in range(30)}),
        concentration=pd.DataFrame(
            {"top_10_percent": [0.7], "top_1_percent": [0.5], "top_0_1_percent": [0.3]}
        ),
        powerlaw=fits("undecided", ("lognormal", 0.2, 0.8)),
        flows=two_poles,
        level="province",
        coverage=FlowCoverage(20, 20, 0, 0, 0, 0),
    )
    found = points(facts, lang)
    assert 5 <= len(found) <= 12
    for point in found:
        assert point.text[-1] in ".。"
        assert not any(mark in point.text for mark in ("{", "}", "  ", "nan", "None", "–"))


def test_cards_leave_out_what_is_undefined():
    table = structure().tail(1).assign(average_path_length=np.nan)
    labels = [card["label"] for card in cards(Facts(table), "zh")]
    assert "节点数" in labels
    assert "平均路径长度" not in labels


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_estimated_distances_are_said_with_their_interval(lang):
    nothing = [np.nan, np.nan]
    frame = structure(
        diameter=nothing,
        average_path_length=nothing,
        reachable_pairs=nothing,
        average_path_length_estimate=[1.0, 1.5],
        low=[1.0, 1.4],
        high=[1.0, 1.6],
        sources=[2, 1024],
        diameter_at_least=[1, 3],
        reachable_pairs_estimate=[4.0, 33.0],
    )
    (said,) = [p.text for p in points(Facts(structure=frame), lang) if "1.400" in p.text]
    for part in ("25.00", "1.500", "1.400", "1.600", "1,024", "3"):
        assert part in said
    assert [card["value"] for card in cards(Facts(structure=frame), lang)][4:6] == ["1.500", "3"]


def test_readings_are_said_as_the_tables_say_them():
    change = Change("giving_hhi", 2020, 2022, 0.2, 0.3, -0.1, 0.3)
    reading = paragraph([change], opening=[Note("note.diffusion_opening", first=2020, last=2022)])
    facts = Facts(structure(), readings={"polarisation": reading, "diffusion": reading, "phases": reading})
    assert "the data cannot tell" in said("polarisation", facts)
    assert said("diffusion", facts) == f"{reading} {reading}"
    assert "极化" in said("polarisation", facts, "zh") or "扩散" in said("polarisation", facts, "zh")
    topics = [point.topic for point in points(facts)]
    assert topics[-2:] == ["Still concentrating?", "Already spreading?"]
    assert said("polarisation", Facts(structure())) == said("diffusion", Facts(structure())) == ""
