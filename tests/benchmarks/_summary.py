"""The few figures of the README, in English and Chinese, from the result files.

They stand between two comments in ``README.md`` and ``README.zh.md``; ``_render.py`` puts them there.
"""

# ruff: noqa: E501 - sentences of a page
from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from _harness import NUMBA, NUMPY

BEGIN, END = "<!-- benchmarks -->", "<!-- end of benchmarks -->"
TOP = Path(__file__).parents[2]


class Line(NamedTuple):
    """One measure: its words, and the peers with the names they have in the results."""

    en: str
    zh: str
    measure: str
    workload: str
    peers: tuple[tuple[str, str], ...]


LINES = (
    Line(
        "exact distances of all ordered pairs, W1",
        "全部有序点对的精确距离，W1",
        "exact distances, directed",
        "w1",
        (
            ("igraph path_length_hist", "igraph"),
            ("NetworKit SPSP", "NetworKit"),
            ("rustworkx", "rustworkx"),
            ("networkx", "networkx"),
        ),
    ),
    Line(
        "the same, ignoring direction",
        "同上，不计方向",
        "exact distances, undirected",
        "w1",
        (("igraph path_length_hist", "igraph"), ("NetworKit SPSP", "NetworKit"), ("networkx", "networkx")),
    ),
    Line(
        "clustering of every node in all conventions, W1",
        "各节点聚类系数（全部定义），W1",
        "clustering of every node",
        "w1",
        (("igraph, undirected average", "igraph (one average)"), ("networkx, directed", "networkx (one)")),
    ),
    Line(
        "the same, W2",
        "同上，W2",
        "clustering of every node",
        "w2",
        (
            ("igraph, undirected average", "igraph (one average)"),
            ("NetworKit, undirected", "NetworKit (one)"),
        ),
    ),
    Line(
        "distances from 512 sources, W2",
        "512 个源点出发的距离，W2",
        "512 sampled sources, directed",
        "w2",
        (("igraph distances", "igraph"), ("NetworKit SPSP", "NetworKit")),
    ),
    Line(
        "structure table of nine years, every column, W1",
        "九年网络结构表（全部列），W1",
        "structure of nine years",
        "w1",
        (("igraph + networkx, usual calls", "igraph + networkx"),),
    ),
    Line(
        "power law of the out-degrees, W2",
        "出度的幂律拟合，W2",
        "power law, one fit",
        "w2",
        (("igraph power_law_fit", "igraph"), ("powerlaw", "powerlaw")),
    ),
    Line(
        "goodness of fit, 27 tests of 1,000 replicates, W1",
        "拟合优度检验：27 次，各 1,000 个模拟样本，W1",
        "power law, 27 tests of 1,000 replicates",
        "w1",
        (("igraph power_law_fit", "igraph"),),
    ),
)
HEADS = {
    "en": ("what (CPU seconds)", "NumPy only", "`clusters[fast]`", "others, same run (times as long)"),
    "zh": ("内容（处理器秒）", "仅 NumPy", "`clusters[fast]`", "其他软件，同一轮运行（倍数）"),
}


def text(r: Any, lang: str) -> Iterator[str]:
    """Yield the lines between the comments."""
    newest = max(r.files, key=lambda f: f["date"])
    where = f"{newest['processor']}, {newest['cores']} cores, {newest['memory_gb']:.0f} GB"
    if lang == "en":
        yield f"Measured {newest['date']} on {where}, Python {newest['versions']['python']};"
        yield "`./dev bench --size all` repeats it, [reports/benchmarks](reports/benchmarks/README.md) has all of it."
        yield "W1 is the sample (30,765 nodes, 83,815 edges), W2 has 1 and 5 million, W3 3 and 15 million."
        yield "`~`: the other one did a stated part and was multiplied up; the multiple is that of NumPy only."
    else:
        yield f"{newest['date']} 测于 {where}，Python {newest['versions']['python']}；`./dev bench --size all` 可重测，"
        yield "全部结果见 [reports/benchmarks](reports/benchmarks/README.md)。W1 即内置样本（30,765 节点、83,815 边），"
        yield "W2 为 100 万节点、500 万边，W3 为 300 万节点、1,500 万边。`~` 表示对方只运行了注明的部分再按比例换算；倍数相对仅 NumPy。"
    yield ""
    yield f"| {' | '.join(HEADS[lang])} |"
    yield "|---|---|---|---|"
    for line in LINES:
        row = cells(r, line)
        if row:
            yield f"| {line.en if lang == 'en' else line.zh} | {' | '.join(row)} |"
    yield from whole(r, lang)


def cells(r: Any, line: Line) -> list[str]:
    own = r.get(line.measure, line.workload, NUMPY)
    if not own > 0:
        return []
    others = []
    for candidate, name in line.peers:
        seconds = r.get(line.measure, line.workload, candidate)
        if math.isfinite(seconds):
            mark = "~" if r.sampled(line.measure, line.workload, candidate) else ""
            others.append(f"{name} {mark}{short(seconds)} ({times(seconds / own)})")
    return [short(own), short(r.get(line.measure, line.workload, NUMBA)), ", ".join(others)]


def whole(r: Any, lang: str) -> Iterator[str]:
    """Yield wall seconds of the whole way at W3, and of the help."""
    measure = "CSV in UTF-8 to tables"
    seconds = [r.get(measure, "w3", own, "wall") for own in (NUMPY, NUMBA)]
    if any(math.isfinite(x) for x in seconds):
        peak = r.get(measure, "w3", NUMPY, "peak") / 1024
        words = {
            "en": (
                "15 million rows of CSV to yearly tables, exact clustering and estimated distances (wall)",
                "peak",
            ),
            "zh": ("1,500 万行 CSV 到逐年表、精确聚类与距离估计（时钟秒）", "内存峰值"),
        }[lang]
        yield f"| {words[0]} | {short(seconds[0])} | {short(seconds[1])} | {words[1]} {peak:.1f} GB |"
    own = r.figure("clusters --help, wall")
    if math.isfinite(own):
        card = own * r.figure("packages of the card over clusters --help")
        name = {
            "en": "importing igraph, networkx, pandas, pyplot, powerlaw, typer",
            "zh": "导入所用各软件包",
        }[lang]
        wall = {"en": "(wall)", "zh": "（时钟秒）"}[lang]
        yield f"| `clusters --help` {wall} | {short(own)} | | {name} {short(card)} |"


def short(value: float) -> str:
    if not math.isfinite(value):
        return "–"
    return f"{value:,.0f} s" if value >= 10 else f"{value:.2g} s"


def times(value: float) -> str:
    return f"{value:,.0f}×" if value >= 10 else f"{value:.1f}×"


def put(r: Any) -> None:
    """Replace what stands between the comments."""
    for name, lang in (("README.md", "en"), ("README.zh.md", "zh")):
        path = TOP / name
        page = path.read_text(encoding="utf-8")
        before, found, rest = page.partition(BEGIN)
        _, ended, after = rest.partition(END)
        if found and ended:
            inner = "\n".join(text(r, lang))
            path.write_text(f"{before}{BEGIN}\n{inner}\n{END}{after}", encoding="utf-8")
