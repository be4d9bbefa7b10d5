"""Result files to one page, one CSV and pictures: what was measured and what had to be reached.

python tests/benchmarks/_render.py [FOLDER]
"""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import _summary
from _harness import NUMBA, NUMPY, RESULTS

WORKLOADS = ("w1", "w2", "w3")
CARD = "import igraph, matplotlib.pyplot, networkx, pandas, powerlaw, typer"
# Okabe and Ito's colours: one for each library in every panel.
COLOURS = {
    "clusters": "#000000",
    "clusters[fast]": "#D55E00",
    "igraph": "#0072B2",
    "networkx": "#CC79A7",
    "networkit": "#009E73",
    "rustworkx": "#56B4E9",
    "scikit-network": "#E69F00",
    "powerlaw": "#999933",
}
STEEP = ("exact", "communities")
"""Measures that may grow faster than 1.35: exact distances, exact betweenness, communities."""


class Goal(NamedTuple):
    """Something to be reached."""

    name: str
    measured: float
    least: float
    most: float
    unit: str = "x"

    @property
    def state(self) -> str:
        if not math.isfinite(self.measured):
            return "not measured"
        return "yes" if self.least <= self.measured <= self.most else "**no**"

    @property
    def wanted(self) -> str:
        if math.isfinite(self.least) and math.isfinite(self.most):
            return f"{self.least:g} to {self.most:g} {self.unit}"
        return (
            f"≥ {self.least:g} {self.unit}" if math.isfinite(self.least) else f"≤ {self.most:g} {self.unit}"
        )


class Results:
    """All rows and figures of a folder."""

    def __init__(self, folder: Path) -> None:
        self.files = [json.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.glob("*.json"))]
        self.rows: list[dict[str, Any]] = [r for f in self.files for r in f["rows"]]
        self.figures: list[dict[str, Any]] = [x for f in self.files for x in f["figures"]]

    def get(self, measure: str, workload: str, candidate: str, column: str = "cpu") -> float:
        """Return a number; NaN where it was not measured."""
        for row in self.rows:
            if (row["measure"], row["workload"], row["candidate"]) == (measure, workload, candidate):
                return math.nan if row[column] is None else float(row[column])
        return math.nan

    def sampled(self, measure: str, workload: str, candidate: str) -> bool:
        """Whether a number was extrapolated."""
        wanted = (measure, workload, candidate)
        return any(x["sample"] for x in self.rows if (x["measure"], x["workload"], x["candidate"]) == wanted)

    def figure(self, name: str, workload: str = "w1") -> float:
        for figure in self.figures:
            if (figure["name"], figure["workload"]) == (name, workload):
                return math.nan if figure["value"] is None else float(figure["value"])
        return math.nan

    def ratio(self, measure: str, workload: str, candidate: str, own: str = NUMPY) -> float:
        return self.get(measure, workload, candidate) / self.get(measure, workload, own)

    @property
    def measures(self) -> list[str]:
        return list(dict.fromkeys(r["measure"] for r in self.rows))

    def candidates(self, measure: str) -> list[str]:
        return list(dict.fromkeys(r["candidate"] for r in self.rows if r["measure"] == measure))

    def growth(self, measure: str, candidate: str, first: str = "w1", last: str = "w3") -> float:
        """Return the exponent of CPU seconds in edges between two workloads."""
        low, high = (self.get(measure, w, candidate) for w in (first, last))
        edges = [self.get(measure, w, candidate, "edges") for w in (first, last)]
        if not (low > 0 and high > 0):
            return math.nan
        return math.log(high / low) / math.log(edges[1] / edges[0])


INF = math.inf


def goals(r: Results) -> Iterator[Goal]:
    """Yield everything that must be reached, with what was measured."""
    for word in ("directed", "undirected"):
        measure = f"exact distances, {word}"
        for own, least in ((NUMPY, 30), (NUMBA, 120)):
            got = r.ratio(measure, "w1", "igraph path_length_hist", own)
            yield Goal(f"W1 {measure}: {own} against igraph", got, least, INF)
        yield Goal(f"W1 {measure}: against networkx", r.ratio(measure, "w1", "networkx"), 800, INF)
        yield Goal(f"W1 {measure}: against NetworKit", r.ratio(measure, "w1", "NetworKit SPSP"), 100, INF)
    measure, peer = "clustering of every node", "igraph, undirected average"
    got = r.ratio(measure, "w1", "networkx, directed")
    yield Goal("W1 clustering, all conventions: against networkx directed", got, 100, INF)
    for own, workload, most in ((NUMBA, "w1", 1.0), (NUMBA, "w2", 1.0), (NUMPY, "w2", 2.5)):
        got = 1 / r.ratio(measure, workload, peer, own)
        yield Goal(f"{workload.upper()} clustering: {own} over igraph's one average", got, -INF, most)
    measure = "structure of nine years"
    got = r.ratio(measure, "w1", "igraph + networkx, usual calls")
    yield Goal("Nine-year structure table: against the straightforward pipeline", got, 40, INF)
    yield Goal("Nine-year structure table: CPU", r.get(measure, "w1", NUMPY), -INF, 4, "s")
    for own in (NUMPY, NUMBA):
        got = r.figure(f"peak above the imports, {own}")
        yield Goal(f"Nine-year structure table: peak above the imports, {own}", got, -INF, 300, "MB")
    for own, least in ((NUMPY, 25), (NUMBA, 150)):
        got = r.ratio("512 sampled sources, directed", "w2", "igraph distances", own)
        yield Goal(f"W2 512 sampled sources: {own} against igraph", got, least, INF)
    for word in ("directed", "undirected"):
        name = f"1024 sources, {word}"
        yield Goal(f"W1 {name}: standard deviation", r.figure(f"standard deviation, {name}"), -INF, 0.5, "%")
        yield Goal(f"W1 {name}: coverage of the intervals", r.figure(f"coverage, {name}"), 90, 98, "%")
    yield from power_laws(r)
    yield from whole_way(r)
    yield from indices(r)
    for name, value in growths(r):
        yield Goal(f"Growth exponent W1 to W3: {name}", value, -INF, 1.35, "")
    yield Goal("clusters --help", r.figure("clusters --help, wall"), -INF, 0.25, "s")
    got = r.figure("packages of the card over clusters --help")
    yield Goal("Importing the card's packages over clusters --help", got, 6, INF)
    # The others' bytecode is made by pip when it installs them; see the figures for without.
    got = r.figure("first run over later ones, structure, no bytecode of this package, kernels auto")
    yield Goal("First clusters structure after installing over later ones", got, -INF, 2, "s")


def power_laws(r: Results) -> Iterator[Goal]:
    fit, tests = "power law, one fit", "power law, 27 tests of 1,000 replicates"
    for measure, workload in (
        *((f"{fit}{which}", "w1") for which in ("", ", in-degrees", ", total degrees")),
        ("power law, 27 fits", "w1"),
        (fit, "w2"),
    ):
        got = r.ratio(measure, workload, "powerlaw")
        yield Goal(f"{workload.upper()} {measure}: against powerlaw", got, 40, INF)
    one = "power law, 1,000 replicates"
    for measure in (f"{one}, out-degrees", f"{one}, total degrees", tests):
        for own, least in ((NUMPY, 1.5), (NUMBA, 8)):
            got = r.ratio(measure, "w1", "igraph power_law_fit", own)
            yield Goal(f"W1 {measure}: {own} against igraph", got, least, INF)
    yield Goal(f"W1 {tests}: {NUMPY}, on the clock", r.get(tests, "w1", NUMPY, "wall"), -INF, 40, "s")


def whole_way(r: Results) -> Iterator[Goal]:
    for encoding in ("UTF-8", "GB18030"):
        measure = f"CSV in {encoding} to tables"
        stages = ("reading", "degree tables", "flow matrices", "clustering")
        for own in (NUMPY, NUMBA) if encoding == "UTF-8" else (NUMPY,):
            wall = sum(r.get(f"{measure}: {stage}", "w3", own, "wall") for stage in stages)
            largest = r.get(f"{measure}: clustering", "w3", own, "peak") / 1024
            sampled = r.get(f"{measure}: sampled distances", "w3", own, "wall")
            yield Goal(f"W3 {measure}, {own}: to clustering", wall, -INF, 120, "s")
            yield Goal(f"W3 {measure}, {own}: peak to clustering", largest, -INF, 6, "GB")
            yield Goal(f"W3 {measure}, {own}: sampled distances", sampled, -INF, 60, "s")


def indices(r: Results) -> Iterator[Goal]:
    for words in ("weights", "weights and 36 combinations of methods"):
        measure = f"robustness of an index: {words}, 10,000 draws, 300 x 25"
        name = measure[0].upper() + measure[1:]
        yield Goal(f"{name}: on the clock", r.get(measure, "w1", NUMPY, "wall"), -INF, 10, "s")
        yield Goal(f"{name}: CPU", r.get(measure, "w1", NUMPY), -INF, 3, "s")
        yield Goal(f"{name}: peak", r.get(measure, "w1", NUMPY, "peak"), -INF, 500, "MB")
    measure = "robustness of an index: weights, 10,000 draws, 300 x 25"
    got = r.ratio(measure, "w1", "pandas, a loop")
    yield Goal(f"{measure[0].upper()}{measure[1:]}: against a loop of pandas", got, 50, INF)


def growths(r: Results) -> Iterator[tuple[str, float]]:
    for measure in r.measures:
        for candidate in r.candidates(measure):
            if candidate.startswith("clusters"):
                value = r.growth(measure, candidate)
                if math.isfinite(value) and not any(word in measure for word in STEEP):
                    yield f"{measure}, {candidate}", value


def page(r: Results) -> Iterator[str]:
    """Yield the lines of the page."""
    newest = max(r.files, key=lambda f: f["date"])
    yield "# Benchmarks"
    yield ""
    yield (
        f"Measured {newest['date']} on {newest['processor']}, {newest['cores']} cores, "
        f"{newest['memory_gb']} GB, {newest['system']}. `./dev bench --size all` repeats it; "
        "the files are in `data/`, all rows in `results.csv`."
    )
    yield ""
    versions = [f"{name} {version}" for name, version in newest["versions"].items()]
    yield f"Versions: {', '.join(versions)}."
    yield ""
    yield from HOW
    yield "## What had to be reached"
    yield ""
    yield from lines(
        ("goal", "wanted", "measured", "reached"),
        ((g.name, g.wanted, f"{number(g.measured)} {g.unit}".strip(), g.state) for g in goals(r)),
    )
    yield "## Seconds and ratios"
    yield ""
    yield "![CPU seconds by edges](times.png)"
    yield ""
    yield (
        "CPU seconds (and wall seconds where they differ by a tenth), peak memory above the start in MB, "
        f"ratio to `{NUMPY}`. `~` marks extrapolated figures."
    )
    for measure in r.measures:
        yield ""
        yield f"### {measure[0].upper()}{measure[1:]}"
        yield ""
        yield from table_of(r, measure)
    yield "## Other figures"
    yield ""
    yield from lines(
        ("figure", "workload", "value", ""),
        (
            (x["name"], x["workload"].upper(), f"{number(x['value'])} {x['unit']}", x["note"])
            for x in r.figures
        ),
    )


HOW = (
    "W1 is the embedded sample (30,765 organisations, 83,815 relations); W2 has 1 million and 5 million, W3",
    "3 million and 15 million, drawn by `clusters.synthetic.bulk`. All tables are synthetic data (合成数据).",
    "Candidates of one table ran in turn in one process; seconds are medians, CPU seconds those of all",
    "threads. `clusters` is NumPy alone, `clusters[fast]` with compiled kernels, warm. Peers that could not",
    "finish within the limit did the sample named beside them and were multiplied up; networkx and",
    "rustworkx, whose graphs are Python objects, ran at W1 only. In tables of reading and of the whole way",
    "W1 is a table of the sample's size from the same generator.",
    "",
)


def table_of(r: Results, measure: str) -> Iterator[str]:
    """Yield one measure's table: a row per candidate, columns by workload."""
    there = [w for w in WORKLOADS if any(x["measure"] == measure and x["workload"] == w for x in r.rows)]
    header = ["candidate", *(f"{w.upper()}{part}" for w in there for part in (" s", " MB", " ratio"))]
    if len(there) > 1:
        header.append("growth")
    body = []
    remarks = []
    for candidate in r.candidates(measure):
        cells = [candidate]
        for w in there:
            row = next(
                (
                    x
                    for x in r.rows
                    if (x["measure"], x["workload"], x["candidate"]) == (measure, w, candidate)
                ),
                None,
            )
            cells += cells_of(r, row)
            if row and (row["sample"] or row["note"]):
                remarks.append(f"{candidate}, {w.upper()}: {row['sample'] or row['note']}")
        if len(there) > 1:
            value = r.growth(measure, candidate, there[0], there[-1])
            cells.append(f"{value:.2f}" if math.isfinite(value) else "")
        body.append(cells)
    yield from lines(header, body)
    if remarks:
        yield "; ".join(dict.fromkeys(remarks)) + "."
        yield ""


def cells_of(r: Results, row: dict[str, Any] | None) -> list[str]:
    if row is None or row["cpu"] is None:
        return ["", "", ""] if row is None else ["over the limit", "", ""]
    mark = "~" if row["sample"] else ""
    seconds = f"{mark}{number(row['cpu'])}"
    if row["wall"] is not None and abs(row["wall"] - row["cpu"]) > 0.1 * row["cpu"]:
        seconds += f" ({number(row['wall'])})"
    own = r.get(row["measure"], row["workload"], NUMPY)
    ratio = row["cpu"] / own if own > 0 and row["candidate"] != NUMPY else math.nan
    peak = "" if row["peak"] is None else f"{row['peak']:.0f}"
    return [seconds, peak, f"{number(ratio)}" if math.isfinite(ratio) else ""]


def number(value: float | None) -> str:
    """Print three digits."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def lines(header: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield a table in Markdown."""
    names = list(header)
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def picture(r: Results, path: Path) -> None:
    """Draw CPU seconds by edges, both logarithmic, a panel per measure with two workloads or more."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    shown = [
        m
        for m in r.measures
        if len({x["workload"] for x in r.rows if x["measure"] == m and x["cpu"]}) > 1 and ": " not in m
    ]
    if not shown:
        return
    columns = 3
    figure, axes = plt.subplots(
        -(-len(shown) // columns), columns, figsize=(12, 3.4 * -(-len(shown) // columns)), squeeze=False
    )
    for ax in axes.flat[len(shown) :]:
        ax.remove()
    for ax, measure in zip(axes.flat, shown, strict=False):
        for candidate in r.candidates(measure):
            points = sorted(
                (x["edges"], x["cpu"], bool(x["sample"]))
                for x in r.rows
                if x["measure"] == measure and x["candidate"] == candidate and x["cpu"]
            )
            if points:
                ours = candidate.startswith("clusters")
                xs, ys, guessed = zip(*points, strict=True)
                style = {"linewidth": 2.2, "zorder": 3} if ours else {"linewidth": 1, "alpha": 0.8}
                if (library := candidate.lower().split()[0].rstrip(",")) in COLOURS:
                    style["color"] = COLOURS[library]
                line = "--" if any(guessed) else "-"
                ax.plot(xs, ys, line, marker="o", markersize=4, label=candidate, **style)
        ax.set(xscale="log", yscale="log", title=measure, xlabel="edges", ylabel="CPU s")
        ax.grid(alpha=0.3)
        ax.legend(fontsize=6)
    figure.suptitle("CPU seconds by size (dashed: extrapolated)")
    figure.tight_layout(rect=(0, 0, 1, 0.985))
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS
    r = Results(folder / "data")
    if not r.rows:
        raise SystemExit(f"no results in {folder / 'data'}")
    (folder / "README.md").write_text("\n".join(page(r)).rstrip() + "\n", encoding="utf-8")
    with (folder / "results.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(r.rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(r.rows)
    picture(r, folder / "times.png")
    if folder == RESULTS:
        _summary.put(r)
    missed = [g for g in goals(r) if "no" in g.state]
    print(f"{folder / 'README.md'}: {sum(g.state == 'yes' for g in goals(r))} goals reached")
    for goal in missed:
        print(f"  {goal.state.strip('*')}: {goal.name}: {number(goal.measured)}, wanted {goal.wanted}")


if __name__ == "__main__":
    main()
