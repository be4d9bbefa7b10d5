"""What is exported is read back: the same relations from every format."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from clusters import networks, relations
from clusters.export import export
from clusters.intake.values import canonical_kind
from clusters.synthetic import generate

FORMATS = [
    ("gexf", ".gexf"),
    ("gexf", ".gexf.gz"),
    ("graphml", ".graphml"),
    ("pajek", ".net"),
    ("gephi-csv", ".csv"),
]


def table(loops: bool, weights: bool) -> relations.Relations:
    """Relations with kinds, parallel ones, both ways, loops and names that need care."""
    names = ["甲 公司", "b & <co>", "=c", 'd "quoted"', "-e", "OPPO", "f;g"]
    draw = np.random.default_rng(4)
    source, target = draw.integers(0, len(names), (2, 60))
    frame = pd.DataFrame(
        {
            "source": np.array(names)[source],
            "target": np.array(names)[target],
            "year": draw.integers(2014, 2023, 60),
            "kind": draw.choice(["technology", "talent", "investment"], 60),
        }
    )
    if weights:
        frame["weight"] = draw.integers(1, 40, 60) / 4
    return relations.from_frame(frame if loops else frame[frame["source"] != frame["target"]])


def edges_of(network: networks.ValueNetwork, *, years: bool) -> list[tuple]:
    nodes = list(network.nodes)
    weights = network.weights if network.weights is not None else network.relations
    kinds = network.kind_names if network.kinds is not None else None
    return sorted(
        (
            nodes[s],
            nodes[t],
            kinds[network.kinds[i]] if kinds is not None else "",
            float(weights[i]),
            *([int(network.first_years[i])] if years else []),
        )
        for i, (s, t) in enumerate(zip(network.sources, network.targets, strict=True))
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("weights", [True, False])
@pytest.mark.parametrize("parallel", ["kinds", "merge"])
@pytest.mark.parametrize(("layout", "ending"), FORMATS)
def test_every_format_is_read_back(graphs, tmp_path, layout, ending, parallel, weights, lang):
    network = networks.last(networks.cumulative(table(True, weights), parallel=parallel))
    options = {"positions": "spiral"} if ending != ".csv" else {}
    report = export(network, tmp_path / f"a{ending}", lang=lang, **options)
    found = graphs.convert(layout, *report.files)
    frame = found.relations
    dated = layout != "pajek"
    kinds = frame["kind"] if "kind" in frame else pd.Series("", frame.index)
    kind = [canonical_kind(text) for text in kinds]
    columns = [frame["source"], frame["target"], kind, frame["weight"], *([frame["year"]] if dated else [])]
    quoted = [tuple(row) for row in zip(*columns, strict=True)]
    expected = edges_of(network, years=dated)
    if layout == "pajek":  # which has no sign for quotes within names
        expected = [tuple(v.replace('"', "'") if isinstance(v, str) else v for v in row) for row in expected]
    assert sorted(quoted) == sorted(expected)
    assert graphs.counts(found, report.files[-1].name) == (network.n_edges, 0)


@pytest.mark.parametrize("options", [{"dynamic": True}, {"slice_year": True}])
def test_timelines_are_read_back_through_the_checked_table(graphs, tmp_path, options):
    original = table(False, False)
    network = networks.last(networks.cumulative(original, parallel="kinds"))
    export(network, tmp_path / "a.gexf", positions="spiral", **options)
    found = graphs.convert("gexf", tmp_path / "a.gexf")
    found.relations.to_csv(tmp_path / "a.csv", index=False)
    again = relations.read_relations(tmp_path / "a.csv")
    assert again.account.rejected == 0
    for year, before in networks.cumulative(original, parallel="kinds").items():
        after = networks.cumulative(again, parallel="kinds")[year]
        assert [row[:3] for row in edges_of(after, years=False)] == [
            row[:3] for row in edges_of(before, years=False)
        ]


def test_a_made_up_table_of_many_organisations(graphs, tmp_path):
    original = generate(seed=1, scale=0.02)
    network = networks.last(networks.cumulative(original))
    export(network, tmp_path / "a.gexf", positions="spiral", dynamic=True)
    found = graphs.convert("gexf", tmp_path / "a.gexf")
    assert graphs.counts(found) == (network.n_edges, 0)
    assert found.relations["weight"].sum() == pytest.approx(
        sum(row[3] for row in edges_of(network, years=False))
    )
