"""What holds for every figure: words, glyphs, bytes, settings, odd tables, nothing on top of anything."""

from __future__ import annotations

import html
import inspect
import re
import warnings
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from clusters import figures, published, tables
from clusters.figures import _fonts
from clusters.figures.polarisation import PANELS

YEARS = range(2014, 2023)
PROVINCES = ["北京市", "广东省", "上海市", "浙江省", "江苏省", "内蒙古自治区", "香港特别行政区"]
NAMES = [
    "华为",
    "清华大学",
    "IBM",
    "A very long company name that goes on and on and never ends, Incorporated",
]


def structure() -> pd.DataFrame:
    columns = {"relation_nodes": "partner_nodes"}
    return published.load("nankai_2023", table=2).rename(columns=columns)


def degrees() -> pd.DataFrame:
    rows = [(name, 10 * n, 25 * n, 35 * n) for n, name in enumerate(NAMES * 5, 1)]
    return pd.DataFrame(rows[::-1], columns=["node", "in_degree", "out_degree", "degree"])


def matrix() -> pd.DataFrame:
    size = len(PROVINCES)
    cells = 1000 // (1 + np.arange(size)[:, None] + np.arange(size)) + 300 * np.eye(size, dtype=int)
    return pd.DataFrame(cells, index=pd.Index(PROVINCES, name="origin"), columns=PROVINCES)


def flows() -> pd.DataFrame:
    long = matrix().reset_index().melt("origin", var_name="destination", value_name="relations")
    long["share"] = long["relations"] / long["relations"].sum()
    return long.sort_values("relations", ascending=False, ignore_index=True)


def margins() -> pd.DataFrame:
    share = matrix() / matrix().to_numpy().sum()
    given, taken = share.sum(axis=1).to_numpy(), share.sum(axis=0).to_numpy()
    return pd.DataFrame({"place": PROVINCES, "empowerment_share": given, "input_share": taken * 0.9})


def composition() -> pd.DataFrame:
    classes = published.load("nankai_2023", name="list_technologies_17")["technology_zh"].tolist()
    counts = (20000 / np.arange(1, 18) ** 1.4).astype(int)
    return pd.DataFrame({"class": classes, "relations": counts, "share": counts / counts.sum()})


def composition_by_year() -> pd.DataFrame:
    parts = [composition().assign(year=year) for year in YEARS]
    return pd.concat(parts, ignore_index=True)


def distribution() -> pd.DataFrame:
    parts = []
    for degree, alpha in (("out", 1.9), ("in", 2.7), ("total", 2.5)):
        k = np.r_[0, np.unique(np.geomspace(1, 2000, 60).astype(int))]
        nodes = np.r_[500, np.maximum(1, 20000 * k[1:] ** -alpha).astype(int)]
        ccdf = nodes[::-1].cumsum()[::-1] / nodes.sum()
        parts.append(pd.DataFrame({"degree": degree, "k": k, "nodes": nodes, "ccdf": ccdf}))
    return pd.concat(parts, ignore_index=True)


def powerlaw() -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for degree, alpha in (("in", 2.73), ("out", 1.85), ("total", 2.52)):
        tested = {"sigma": 0.04, "n_tail": 1234, "p_value": 0.42, "verdict": "undecided"}
        rows.append({"row": "fit", "degree": degree, "xmin": 4.0, "alpha": alpha, **tested})
        for name, ratio, p in (("lognormal", -0.4, 0.7), ("exponential", 7.2, 0.0)):
            rows.append({"row": "comparison", "degree": degree, "alternative": name, "R": ratio, "p": p})
    return pd.DataFrame(rows)


def tail_curves() -> pd.DataFrame:
    k = np.geomspace(4, 2000, 30).round()
    parts = []
    for degree in ("in", "out", "total"):
        for name, slope in (("power_law", 1.5), ("lognormal", 1.7), ("exponential", 2.5)):
            ccdf = 0.05 * (k / 4) ** -slope
            parts.append(pd.DataFrame({"degree": degree, "distribution": name, "k": k, "ccdf": ccdf}))
    return pd.concat(parts, ignore_index=True)


def curve() -> pd.DataFrame:
    held = (30000 / np.arange(1, 5001) ** 1.1).astype(int)
    nodes = np.r_[0, np.arange(1, 5001) / 5000]
    return pd.DataFrame({"nodes_share": nodes, "total_share": np.r_[0, held.cumsum() / held.sum()]})


def top_shares() -> pd.DataFrame:
    columns = {"top_10_percent": 0.7, "top_1_percent": 0.5, "top_0_1_percent": 0.3}
    table = pd.DataFrame({"year": YEARS, **{c: v + 0.002 * np.arange(9) for c, v in columns.items()}})
    ends = {f"{c}_{end}": table[c] + d for c in columns for end, d in (("low", -0.04), ("high", 0.03))}
    return table.assign(**ends)


def nulls() -> pd.DataFrame:
    table = structure()[["year", "diameter", "average_path_length", "average_clustering"]]
    for name in ("diameter", "average_path_length", "average_clustering"):
        beside = {"null_mean": 0.8 * table[name], "null_sd": 0.03 * table[name], "z": 6.7, "p": 0.005}
        table = table.assign(**{f"{name}_{part}": value for part, value in beside.items()})
    return table


def dropped() -> pd.DataFrame:
    rows = [
        (name, share, value * (1 - share), value, value * (1 + share), value)
        for name, value in (
            ("density", 0.0001),
            ("edges", 83815.0),
            ("reciprocity", 0.04),
            ("diameter", 12.0),
        )
        for share in (0.1, 0.2, 0.3, 0.4, 0.5)
    ]
    return pd.DataFrame(rows, columns=["statistic", "share", "low", "median", "high", "observed"])


def nodes() -> pd.DataFrame:
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    ids = [*NAMES, *(f"P{n:03d}" for n in range(36))]
    frame = pd.DataFrame({"node": ids, "x": np.cos(angle) * 90, "y": np.sin(angle) * 90})
    return frame.assign(degree=np.arange(40, 0, -1), role=["sample"] * 10 + ["partner"] * 30)


def edges() -> pd.DataFrame:
    ids = nodes()["node"].tolist()
    return pd.DataFrame({"source": ids[:-1], "target": ids[1:]})


def growth() -> pd.DataFrame:
    """Yearly growth, whose first year has nothing before it."""
    table = structure()[["year", "nodes", "edges", "diameter", "average_path_length"]]
    new = np.r_[np.nan, np.linspace(0.14, 0, 8)]
    shares = {"new_new_share": new, "new_to_old_share": 0.2, "old_to_new_share": 0.3}
    table = table.assign(**shares, old_old_share=0.5 - new, effective_diameter=4.7)
    return table.assign(path_per_log_nodes=table["average_path_length"] / np.log(table["nodes"]))


def growth_fit() -> pd.DataFrame:
    rows: list[dict[str, Any]] = [{"measure": "densification", "series": "cumulative", "exponent": 1.266}]
    rows += [
        {"measure": "attachment", "degree": d, "role": r, "exponent": 1.1}
        for d in ("out", "in")
        for r in ("all", "sample")
    ]
    table = pd.DataFrame(rows).assign(standard_error=0.006)
    return table.assign(exponent_low=table["exponent"] - 0.1, exponent_high=table["exponent"] + 0.1)


def attachment_kernel() -> pd.DataFrame:
    k = np.unique(np.geomspace(1, 3000, 60).astype(int))
    part = pd.DataFrame({"k": k, "new_ends": 10_000 // k, "pafit": k**1.05 * (1 + 0.3 * np.sin(k))})
    return pd.concat([part.assign(degree=d, role=r) for d in ("out", "in") for r in ("all", "sample")])


def rank_mobility() -> pd.DataFrame:
    table = pd.DataFrame([(year, d) for year in YEARS for d in ("out", "in", "total")])
    table.columns = pd.Index(["year", "degree"])
    table["rank_tau"] = np.where(table["year"] > 2014, 0.85 + 0.01 * (table.index % 3), np.nan)
    table["top_turnover"] = np.where(table["year"] > 2014, 0.05 * (table.index % 4), np.nan)
    return table


def block_density() -> pd.DataFrame:
    rows = [(a, b, 900 / (a * b) ** 2, int(a * b < 4)) for a in range(1, 5) for b in range(1, 5)]
    return pd.DataFrame(rows, columns=["origin_block", "destination_block", "block_density", "image"])


def block_places() -> pd.DataFrame:
    return pd.DataFrame({"place": PROVINCES, "block": [1, 1, 2, 2, 3, 4, 4]})


def mixing_matrix() -> pd.DataFrame:
    cells = {"origin": ["partner", "sample"], "partner": [0.0, 0.616], "sample": [0.378, 0.006]}
    return pd.DataFrame(cells)


def location_quotients() -> pd.DataFrame:
    classes = composition()["class"].tolist()
    rows = [(p, c) for p in PROVINCES for c in classes]
    table = pd.DataFrame(rows, columns=["place", "class"])
    table["relations"] = 500 // (1 + np.arange(len(rows)) % 23)
    return table.assign(location_quotient=2.0 ** (np.arange(len(rows)) % 7 - 3))


def relatedness() -> pd.DataFrame:
    classes = composition()["class"].tolist()
    rows = [(a, b) for i, a in enumerate(classes) for b in classes[i + 1 :]]
    table = pd.DataFrame(rows, columns=["class", "other_class"]).assign(class_places=5, other_places=9)
    return table.assign(relatedness=(np.arange(len(rows)) % 11) / 14)


def complexity() -> pd.DataFrame:
    items = [("place", p) for p in PROVINCES] + [("class", c) for c in composition()["class"]]
    table = pd.DataFrame(items, columns=["of", "item"])
    return table.assign(complexity=np.linspace(2.4, -1.9, len(table)))


def polarisation() -> pd.DataFrame:
    table = pd.DataFrame({"year": YEARS})
    for i, columns in enumerate(PANELS.values()):
        for j, column in enumerate(columns):
            size = 10.0 if column.endswith("effective") else 0.3
            table[column] = size * (1 + j + (0.05 - 0.02 * i) * np.arange(9))
            table[f"{column}_low"], table[f"{column}_high"] = 0.9 * table[column], 1.1 * table[column]
    return table


def lorenz() -> pd.DataFrame:
    parts = []
    for flow, power in (("giving", 5), ("taking", 3)):
        across = np.arange(1, 32) / 31
        parts.append(pd.DataFrame({"flow": flow, "places_share": across, "cumulative_share": across**power}))
    return pd.concat(parts, ignore_index=True)


def cascade() -> pd.DataFrame:
    reach = np.array([10, 8052, 8374, 9949, 10401, 10516])
    table = pd.DataFrame({"step": range(6), "reach": reach, "reach_share": reach / 30765})
    return table.assign(reach_low=0.93 * reach, reach_high=1.08 * reach)


def attacks() -> pd.DataFrame:
    share = np.r_[0, np.geomspace(1 / 30765, 1, 60)]
    powers = {"degree": 0.1, "betweenness": 0.12, "random": 0.9}
    parts = [
        pd.DataFrame({"strategy": name, "removed_share": share, "largest_share": 1 - share**power})
        for name, power in powers.items()
    ]
    return pd.concat(parts, ignore_index=True).assign(robustness=0.01)


def exposure() -> pd.DataFrame:
    table = composition().rename(columns={"share": "mean_exposure"})
    return table.assign(exposed=np.arange(17), enterprises=1353)


def timeline() -> pd.DataFrame:
    """Twelve communities, of which some end or begin on the way."""
    rows = [(y, c, 40 + (7 * c * (y - 2013)) % 60) for y in YEARS for c in range(12) if (c + y) % 11 > 1]
    return pd.DataFrame(rows, columns=["year", "community", "members"])


def community_flows() -> pd.DataFrame:
    now = timeline()
    both = now.merge(now.assign(year=now["year"] - 1), on="year", suffixes=("", "_next"))
    both["shared_members"] = both["members"] // (2 + 3 * (both["community"] - both["community_next"]).abs())
    both = both.rename(columns={"community_next": "next_community"}).assign(next_year=both["year"] + 1)
    return both[["year", "community", "next_year", "next_community", "shared_members"]]


def phases() -> pd.DataFrame:
    steps = np.arange(len(YEARS))
    table = pd.DataFrame({"year": YEARS, "poles_touching": 0.84 - 0.007 * steps + 0.004 * np.sin(3 * steps)})
    table = table.assign(taking_effective=7 + 0.06 * steps**2, dominance_sd=0.03, spread_sd=0.35)
    return table.assign(phase_correlation=-0.8)


def rich_club() -> pd.DataFrame:
    k = np.unique(np.geomspace(1, 2200, 80).astype(int))
    mean = 0.0001 * k**0.9
    table = pd.DataFrame({"k": k, "rich_club_null": mean, "rich_club_null_from": mean * (1 - k / 4000)})
    return table.assign(rich_club_null_to=mean * (1 + k / 3000), rich_club_ratio=1 + 0.02 * np.log(k))


def core_shells() -> pd.DataFrame:
    k = np.arange(21, 0, -1)
    return pd.DataFrame({"core": k, "shell_nodes": 12_000 // k**2, "shell_sample_share": 0.6 - 0.02 * k})


def gravity_flows() -> pd.DataFrame:
    far = np.geomspace(110, 3200, 40)
    ends = [(f"p{k % 7}", f"q{k}") for k in range(40)]
    table = pd.DataFrame(ends, columns=["origin", "destination"]).assign(distance=far, size_relations=20.0)
    table["fitted_relations"] = 20 * (far / 900) ** -0.6
    return table.assign(relations=(table["fitted_relations"] * (1 + 0.5 * np.sin(9 * far))).round())


def gravity() -> pd.DataFrame:
    interval = {"coefficient": [0.6], "coefficient_low": [0.4], "coefficient_high": [0.8]}
    return pd.DataFrame({"statistic": ["distance_decay"], **interval})


def diffusion() -> pd.DataFrame:
    table = pd.DataFrame({"year": YEARS, "taking_effective": np.linspace(7, 11.2, 9)})
    shares = {"taking_gini": 0.8, "poles_target": 0.6, "intra_share": 0.28, "reached_share": 0.97}
    table = table.assign(**{name: x - 0.01 * np.arange(9) for name, x in shares.items()})
    ends = {"low": 0.95, "high": 1.04}
    return table.assign(**{f"{n}_{end}": table[n] * x for n in [*shares][:3] for end, x in ends.items()})


def adoption_curve() -> pd.DataFrame:
    classes = composition()["class"].tolist()[:8]
    parts = []
    for i, name in enumerate(classes):
        share = 1 / (1 + np.exp(-0.9 * (np.arange(9) - 1 - 0.6 * i)))
        part = pd.DataFrame({"class": name, "year": YEARS, "adopted_share": share.round(2)})
        part["adopted_share_low"], part["adopted_share_high"] = 0.7 * share, 0.7 * share + 0.3
        parts.append(part.assign(fitted_share=share))
    return pd.concat(parts, ignore_index=True)


def s_curves() -> pd.DataFrame:
    classes = composition()["class"].tolist()[:8]
    half = 2015 + 0.6 * np.arange(8)
    ends = {"t50_low": half - 0.7, "t50_high": half + 0.8}
    return pd.DataFrame({"class": classes, "curve": "logistic", "t50": half, **ends})


def adoption() -> pd.DataFrame:
    dates = [2014.0, 2014.0, 2016.0, 2017.0, 2017.0, 2020.0, np.nan]
    censoring = ["left"] * 2 + ["none"] * 4 + ["right"]
    return pd.DataFrame({"place": PROVINCES, "adoption_year": dates, "censoring": censoring})


CITIES = ["北京", "上海", "深圳", "杭州", "南京", "广州", "苏州", "合肥", "成都", "天津", "石家庄", "Zürich"]
DIMENSIONS = {
    "environment": {"en": "Environment of development", "zh": "发展环境"},
    "funding": {"en": "Funding", "zh": "资金支持"},
    "rnd": {"en": "Research and development", "zh": "研发能力"},
    "foundation": {"en": "Industrial base", "zh": "产业基础"},
    "outcome": {"en": "Outcome", "zh": "发展成效"},
}


def _indexed(table: pd.DataFrame, column: str = "") -> pd.DataFrame:
    """Let a table bring the names of its dimensions, as those of an index do."""
    table.attrs = {"words": {f"{column}.{k}" if column else k: v for k, v in DIMENSIONS.items()}}
    return table


def index_scores() -> pd.DataFrame:
    k = np.arange(12)
    table = pd.DataFrame(
        {"unit": CITIES, "rank": k + 1, "score": 93.0 - 3 * k, "tier": 1 + (k > 2) + (k > 7)}
    )
    values = {name: 90 - 3.0 * k + 2 * np.sin(k + i) for i, name in enumerate(DIMENSIONS)}
    table["rank_low"], table["rank_high"] = (k - 1).clip(1), (k + 4).clip(max=12)
    return _indexed(table.assign(rank_median=k + 1, **values))


def index_profiles() -> pd.DataFrame:
    return _indexed(index_scores()[["unit", *DIMENSIONS]])


def contributions() -> pd.DataFrame:
    table = index_profiles().melt("unit", var_name="indicator", value_name="contribution")
    return _indexed(table.assign(contribution=table["contribution"] / 5), "indicator")


def tier_sizes() -> pd.DataFrame:
    members = ["北京", "深圳 上海", "广州 杭州 西安", None, None]
    return pd.DataFrame({"tier": range(1, 6), "size": [1, 2, 17, 84, 200], "members": members})


def acceptability() -> pd.DataFrame:
    share = np.exp(-0.5 * (np.arange(12)[:, None] - np.arange(12)) ** 2 / 2)
    wide = pd.DataFrame(share / share.sum(axis=1, keepdims=True), columns=range(1, 13))
    long = wide.assign(unit=CITIES).melt("unit", var_name="rank", value_name="share")
    return long.astype({"rank": int}).sort_values("rank", ignore_index=True)


def two_rankings() -> pd.DataFrame:
    after = [2, 1, 3, 6, 4, 5, 7, 8, 12, 9, 10, 11]
    return pd.DataFrame({"unit": CITIES, "rank_a": range(1, 13), "rank_b": after})


def recovered() -> pd.DataFrame:
    weight = np.array([0.1502, 0.2001, 0.2497, 0.2003, 0.1998])
    table = pd.DataFrame(
        {"id": list(DIMENSIONS), "weight": weight, "low": weight - 0.001, "high": weight + 0.001}
    )
    return _indexed(table.assign(snapped=(weight * 20).round() / 20, grid=0.05), "id")


def residuals() -> pd.DataFrame:
    return pd.DataFrame({"unit": CITIES, "residual": 0.006 * np.sin(np.arange(12)), "bound": 0.01})


CASES: dict[str, tuple[Callable[..., Axes], list[Callable[[], pd.DataFrame]], dict[str, Any]]] = {
    "network_size": (figures.network_size, [structure], {}),
    "average_degree": (figures.average_degree, [structure], {}),
    "distances": (figures.distances, [structure], {}),
    "clustering": (figures.clustering, [structure], {}),
    "platform_structure": (figures.platform_structure, [structure], {}),
    "top_degrees": (figures.top_degrees, [degrees], {}),
    "degree_distribution": (figures.degree_distribution, [distribution, powerlaw, tail_curves], {}),
    "degree_distribution_report": (figures.degree_distribution, [distribution], {"style": "report"}),
    "powerlaw_comparison": (figures.powerlaw_comparison, [powerlaw], {}),
    "concentration_curve": (figures.concentration_curve, [curve, top_shares], {}),
    "concentration_curve_report": (figures.concentration_curve, [curve], {"style": "report"}),
    "null_comparison": (figures.null_comparison, [nulls], {}),
    "cascade": (figures.cascade, [cascade], {}),
    "attack_curve": (figures.attack_curve, [attacks], {}),
    "exposure": (figures.exposure, [exposure], {}),
    "sensitivity": (figures.sensitivity, [dropped], {}),
    "top_shares": (figures.top_shares, [top_shares], {}),
    "composition": (figures.composition, [composition], {"by": "technology"}),
    "composition_by_year": (figures.composition_by_year, [composition_by_year], {"by": "technology"}),
    "composition_area": (
        figures.composition_by_year,
        [composition_by_year],
        {"by": "technology", "style": "area"},
    ),
    "flow_heatmap": (figures.flow_heatmap, [matrix], {}),
    "flow_bands": (figures.flow_bands, [matrix], {}),
    "flow_chord": (figures.flow_chord, [matrix], {}),
    "distance_decay": (figures.distance_decay, [gravity_flows, gravity], {}),
    "top_flows": (figures.top_flows, [flows], {}),
    "flow_margins": (figures.flow_margins, [margins], {}),
    "tile_map": (figures.tile_map, [margins, flows], {}),
    "location_quotients": (figures.location_quotients, [location_quotients], {}),
    "relatedness": (figures.relatedness, [relatedness], {}),
    "complexity": (figures.complexity, [complexity], {"of": "class"}),
    "complexity of places": (figures.complexity, [complexity], {"of": "place"}),
    "densification": (figures.densification, [lambda: tables.densification(structure()), growth_fit], {}),
    "growth_distances": (figures.growth_distances, [growth], {}),
    "newcomers": (figures.newcomers, [growth], {}),
    "attachment_kernel": (figures.attachment_kernel, [attachment_kernel, growth_fit], {}),
    "rank_mobility": (figures.rank_mobility, [rank_mobility], {}),
    "block_density": (figures.block_density, [block_density, block_places], {}),
    "mixing_matrix": (figures.mixing_matrix, [mixing_matrix], {}),
    "polarisation": (figures.polarisation, [polarisation], {}),
    "lorenz_curve": (figures.lorenz_curve, [lorenz], {}),
    "diffusion": (figures.diffusion, [diffusion], {}),
    "s_curves": (figures.s_curves, [adoption_curve, s_curves], {}),
    "adoption_order": (figures.adoption_order, [adoption], {}),
    "phases": (figures.phases, [phases], {}),
    "alluvial": (figures.alluvial, [timeline, community_flows], {}),
    "rich_club": (figures.rich_club, [rich_club], {}),
    "core_shells": (figures.core_shells, [core_shells], {}),
    "index_ranking": (figures.index_ranking, [index_scores], {}),
    "index_profile": (figures.index_profile, [index_profiles], {}),
    "index_profile of four": (figures.index_profile, [index_profiles], {"units": CITIES[:4]}),
    "index_profile of four dimensions": (
        figures.index_profile,
        [index_profiles],
        {"dimensions": ["environment", "rnd", "foundation", "outcome"]},
    ),
    "index_contributions": (figures.index_contributions, [contributions], {}),
    "tier_pyramid": (figures.tier_pyramid, [tier_sizes], {}),
    "tier_pyramid of units": (figures.tier_pyramid, [index_scores], {}),
    "rank_acceptability": (figures.rank_acceptability, [acceptability], {}),
    "rank_changes": (figures.rank_changes, [two_rankings], {}),
    "weight_recovery": (figures.weight_recovery, [recovered, residuals], {}),
    "network_map": (figures.network_map, [nodes, edges], {}),
}
each_figure = pytest.mark.parametrize("name", CASES)
chinese_font = pytest.mark.skipif(
    not _fonts.fonts().chinese, reason="no Chinese font on this system, so Chinese cannot be drawn"
)


def draw(
    name: str, change: Callable[[pd.DataFrame], pd.DataFrame] = lambda table: table, **options: Any
) -> Axes:
    function, tables, fixed = CASES[name]
    return function(*[change(table()) for table in tables], **fixed, **options)


def texts(ax: Axes) -> list[Text]:
    """Everything that is really written: ticks beyond the ends of an axis, for example, are not."""
    written: dict[int, Text] = {}
    paint = Text.draw

    def note(self: Text, renderer: Any, *rest: Any, **options: Any) -> None:
        if self.get_visible() and self.get_text().strip():
            written[id(self)] = self
        paint(self, renderer, *rest, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", note)
        ax.get_figure(root=True).draw_without_rendering()
    return list(written.values())


@pytest.fixture
def no_chinese_font(monkeypatch):
    """A system on which only matplotlib's own fonts are installed."""
    own = [e for e in _fonts._entries() if "matplotlib" in e.fname]
    monkeypatch.setattr(_fonts, "_entries", lambda: own)
    monkeypatch.setattr(_fonts, "_read_new_files", lambda: None)
    monkeypatch.setattr(_fonts, "_said", set())
    _fonts.fonts.cache_clear()
    yield
    _fonts.fonts.cache_clear()


@each_figure
@pytest.mark.parametrize("lang", ["en", pytest.param("zh", marks=chinese_font)])
def test_nothing_covers_anything_or_leaves_the_picture(name, lang):
    ax = draw(name, lang=lang, synthetic=True)
    figure = ax.get_figure(root=True)
    boxes = [(t.get_text(), t.get_window_extent()) for t in texts(ax)]
    frame = figure.bbox.padded(2)
    assert [text for text, box in boxes if not (frame.contains(*box.min) and frame.contains(*box.max))] == []
    covering = [
        (a, b)
        for n, (a, first) in enumerate(boxes)
        for b, second in boxes[:n]
        if first.padded(-1).overlaps(second.padded(-1))
    ]
    assert covering == []
    svg = html.unescape(figures.to_bytes(ax, "svg").decode())
    lines = {line.strip() for text, _ in boxes for line in text.splitlines()}
    assert {line for line in lines if f">{line}<" not in svg} == set()  # text stays text
    assert ("合成数据" if lang == "zh" else "synthetic data") in dict(boxes)
    assert draw(name, lang=lang).get_title(loc="right") == ""


@each_figure
@pytest.mark.parametrize("lang", ["en", pytest.param("zh", marks=chinese_font)])
def test_every_character_has_a_glyph(name, lang):
    odd = {"华为": "华为🚀", "北京市": "北京\U0002a6d6", "物联网": "物\u0007联网"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", figures.FontWarning)
        ax = draw(name, lambda table: table.replace(odd), lang=lang)
    written = "".join(t.get_text() for t in texts(ax))
    assert _fonts.fonts().missing(written) == []


@each_figure
def test_without_a_chinese_font_words_are_english_and_names_are_numbers(name, no_chinese_font):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        ax = draw(name, lang="zh", synthetic=True)
        written = [t.get_text() for t in texts(ax)]
    assert [str(w.message) for w in seen] == [_fonts.NO_CHINESE]
    assert "fonts-noto-cjk" in _fonts.NO_CHINESE
    assert not re.search(r"[\u2e80-\uffff]", "".join(written))
    assert "synthetic data" in written


def test_without_a_chinese_font_places_are_english_and_names_are_numbered(no_chinese_font):
    with pytest.warns(figures.FontWarning, match="fonts-noto-cjk"):
        ax = figures.top_degrees(degrees(), lang="en")
    assert [t.get_text() for t in ax.get_yticklabels()][:4][1:] == ["IBM", "#3", "#4"]
    ax = figures.flow_margins(margins(), lang="zh")  # a second warning would be an error here
    assert ax.get_yticklabels()[0].get_text() == "Beijing"
    assert (
        figures.flow_margins(margins(), lang="zh", title="各省").get_title(loc="left")
        == "Giving and taking by place"
    )
    spec = next(s for s in figures.catalogue() if s.id == "average_degree")
    assert spec.draw({"structure": structure()}, lang="zh").get_title(loc="left") == "Average degree by year"
    assert figures.font_note() == _fonts.NO_CHINESE


@each_figure
def test_the_same_table_gives_the_same_bytes(name):
    first = draw(name)
    svg = figures.to_bytes(first, "svg")
    assert figures.to_bytes(first, "svg") == svg == figures.to_bytes(draw(name), "svg")
    assert b"<dc:date>" not in svg
    assert b"Matplotlib v" not in svg


@pytest.mark.parametrize("name", ["degree_distribution", "tile_map", "network_map"])
def test_a_png_is_the_same_too_and_stays_so_after_an_svg(name):
    first = draw(name)
    png = figures.to_bytes(first, "png", dpi=60)
    figures.to_bytes(first, "svg")
    assert figures.to_bytes(first, "png", dpi=60) == png == figures.to_bytes(draw(name), "png", dpi=60)
    assert png.startswith(b"\x89PNG")
    assert b"Software" not in png


@each_figure
def test_the_settings_of_the_caller_stay(name):
    before = dict(mpl.rcParams)
    tables = [table() for table in CASES[name][1]]
    copies = [table.copy(deep=True) for table in tables]
    CASES[name][0](*tables, **CASES[name][2])
    assert dict(mpl.rcParams) == before
    for table, copy in zip(tables, copies, strict=True):
        pd.testing.assert_frame_equal(table, copy)


@each_figure
def test_draws_on_the_axes_it_is_given(name):
    figure = Figure(figsize=(8, 6))
    ax = figure.add_subplot()
    with mpl.rc_context({"font.family": ["monospace"], "text.parse_math": True}):
        assert draw(name, ax=ax, title="cost in $ and $") is ax
    assert ax.get_title(loc="left") == "cost in $ and $"
    figure.draw_without_rendering()


@each_figure
@pytest.mark.parametrize("change", ["no rows", "no columns", "one row", "all missing", "first missing"])
def test_odd_tables_are_drawn_or_said_to_be_empty(name, change):
    def spoil(table: pd.DataFrame) -> pd.DataFrame:
        if change == "no rows":
            return table.head(0)
        if change == "no columns":
            return pd.DataFrame()
        if change == "one row":
            return table.head(1)
        numbers = table.select_dtypes("number").columns
        rows = table.index if change == "all missing" else table.index[:1]
        spoiled = table.astype(dict.fromkeys(numbers, float))
        spoiled.loc[rows, numbers] = np.nan
        return spoiled

    ax = draw(name, spoil, lang="en")
    written = [t.get_text() for t in texts(ax)]
    if change in ("no rows", "no columns"):
        assert "No data" in written


def test_every_public_figure_is_among_the_cases():
    public = {
        name
        for name in figures.__all__
        if inspect.isfunction(getattr(figures, name))
        and "ax" in inspect.signature(getattr(figures, name)).parameters
    }
    assert public - {"yearly_line"} == {function.__name__ for function, _, _ in CASES.values()}
    for name in public:
        parameters = inspect.signature(getattr(figures, name)).parameters
        assert {"lang", "ax", "title", "synthetic"} <= set(parameters)


def test_an_unknown_language_or_format_is_an_error():
    from clusters.errors import UnknownTermError

    with pytest.raises(UnknownTermError, match="use en or zh"):
        draw("average_degree", lang="fr")
    with pytest.raises(ValueError, match="use png or svg"):
        figures.to_bytes(draw("average_degree"), "gif")  # type: ignore[arg-type]


def test_nothing_opens_a_window_or_loads_pyplot():
    import subprocess
    import sys

    code = (
        "import sys, pandas as pd; from clusters import figures; "
        "table = pd.DataFrame({'year': [1, 2], 'average_degree': [1.0, 2.0]}); "
        "figures.to_bytes(figures.average_degree(table)); print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
