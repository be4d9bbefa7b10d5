"""Common ground of the benchmarks: interleaved runs, medians, ratios, peaks, result files.

Candidates of one comparison run in turn, round by round, in one process, because seconds drift
with what else a machine does while ratios of neighbours hardly do. CPU seconds are those of all
threads. The peak is what a run needs above what was there before it. A candidate whose runs
would together take longer than ``--limit`` seconds runs less often than asked, at least once;
one that could not finish within it at all works on a stated sample and is multiplied up, which
the results mark as extrapolated, or is listed as over the limit.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import gc
import importlib.metadata
import importlib.util
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parents[2] / "reports" / "benchmarks"
NUMPY, NUMBA = "clusters", "clusters[fast]"
PACKAGES = (
    *("numpy", "scipy", "pandas", "pyarrow", "igraph", "networkx", "networkit", "rustworkx"),
    *("scikit-network", "powerlaw", "numba", "duckdb", "matplotlib", "typer"),
)


@dataclass
class Case:
    """One candidate of a comparison."""

    name: str
    work: Callable[..., Any]
    fresh: Callable[[], Any] | None = None
    """Makes, outside the timing, what ``work`` is called with; before each run."""
    times: float = 1.0
    """What the seconds are multiplied by, where ``work`` does a sample of the whole."""
    sample: str = ""
    """Which sample, in words."""
    kernels: str = ""
    """Value of CLUSTERS_KERNELS during the run."""
    warm: bool = False
    """Run once before, untimed: compiles, loads."""
    rounds: int = 0
    """At most so many runs, where not as many as asked."""


@dataclass
class Row:
    """What one candidate took; the columns of the result file."""

    benchmark: str
    measure: str
    workload: str
    nodes: int
    edges: int
    candidate: str
    cpu: float = math.nan
    """Median CPU seconds of all threads."""
    wall: float = math.nan
    """Median seconds on the clock."""
    peak: float = math.nan
    """Largest memory above what was there before, in MB."""
    rounds: int = 0
    sample: str = ""
    """Where extrapolated: from what."""
    note: str = ""


@dataclass
class Figure:
    """A number that is not a time: a spread, a coverage, a ratio of start-ups."""

    benchmark: str
    name: str
    workload: str
    value: float
    unit: str = ""
    note: str = ""


@dataclass
class Session:
    """One run of one benchmark at one size."""

    benchmark: str
    size: str
    rounds: int
    limit: float
    only: str = ""
    full: bool = False
    nodes: int = 0
    edges: int = 0
    rows: list[Row] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def wants(self, measure: str) -> bool:
        """Whether a measure was asked for."""
        return self.only.lower() in measure.lower()

    def compare(
        self, measure: str, cases: list[Case], *, same: Callable[[Any], object] | None = None
    ) -> None:
        """Time candidates in turn; ``same`` must be equal for those that do the whole work."""
        if not self.wants(measure) or not cases:
            return
        runs: dict[str, list[tuple[float, float, float]]] = {case.name: [] for case in cases}
        found: dict[str, object] = {}
        failed: dict[str, str] = {}
        for case in cases:
            if case.warm:
                with kernels(case.kernels), contextlib.suppress(Exception):
                    _called(case)  # what fails here fails again below, and is told there
        for turn in range(self.rounds):
            for case in cases:
                done = runs[case.name]
                spent = sum(wall for _, wall, _ in done)
                if case.name in failed or (
                    turn and (turn >= (case.rounds or self.rounds) or spent * (turn + 1) / turn > self.limit)
                ):
                    continue
                try:
                    result, cost = timed(case)
                except Exception as error:
                    # The others still run and are written down; the whole ends with an error.
                    failed[case.name] = f"{type(error).__name__}: {error}"
                    self.failures.append(f"{measure}, {case.name}: {failed[case.name]}")
                    continue
                done.append(cost)
                if turn == 0 and same is not None and not case.sample:
                    found[case.name] = same(result)
                del result
        if len({repr(value) for value in found.values()}) > 1:
            raise SystemExit(f"{measure}: results differ: {found}")
        rows = [self._row(measure, case, runs[case.name], failed.get(case.name, "")) for case in cases]
        self.rows += rows
        _print(measure, self.size, rows)

    def _row(self, measure: str, case: Case, runs: list[tuple[float, float, float]], note: str) -> Row:
        row = Row(self.benchmark, measure, self.size, self.nodes, self.edges, case.name, note=note)
        if runs:
            cpu, wall, _ = (statistics.median(column) for column in zip(*runs, strict=True))
            row.cpu, row.wall, row.peak = cpu * case.times, wall * case.times, max(run[2] for run in runs)
            row.rounds, row.sample = len(runs), case.sample
        return row

    def add(self, measure: str, candidate: str, runs: list[tuple[float, float, float]], **more: Any) -> Row:
        """Take (CPU, wall, peak) of runs that were timed elsewhere."""
        times = more.pop("times", 1.0)
        row = self._row(measure, Case(candidate, print, times=times, sample=more.get("sample", "")), runs, "")
        row.note = more.get("note", "")
        self.rows.append(row)
        _print(measure, self.size, [row])
        return row

    def over(self, measure: str, candidate: str, why: str) -> None:
        """List a candidate that is over a stated limit."""
        if self.wants(measure):
            self.rows.append(
                Row(self.benchmark, measure, self.size, self.nodes, self.edges, candidate, note=why)
            )
            print(f"  {candidate:<30} {why}", flush=True)

    def figure(self, name: str, value: float, unit: str = "", note: str = "") -> None:
        """Keep a number that is not a time."""
        self.figures.append(Figure(self.benchmark, name, self.size, float(value), unit, note))
        print(f"  {name}: {value:.4g} {unit} {note}".rstrip(), flush=True)

    def save(self, folder: Path) -> None:
        """Write what was measured, with date, machine and versions; keep other measures of before."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.benchmark}-{self.size}.json"
        rows, figures = [asdict(r) for r in self.rows], [asdict(f) for f in self.figures]
        if self.only and path.exists():
            before = json.loads(path.read_text(encoding="utf-8"))
            new = {r["measure"] for r in rows}
            rows = [r for r in before["rows"] if r["measure"] not in new] + rows
            named = {f["name"] for f in figures}
            figures = [f for f in before["figures"] if f["name"] not in named] + figures
        content = {**machine(), "rounds": self.rounds, "limit": self.limit, "rows": rows, "figures": figures}
        path.write_text(json.dumps(_plain(content), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def has(package: str) -> bool:
    """Tell whether a peer is installed; say so where it is not."""
    if importlib.util.find_spec(package) is not None:
        return True
    print(f"  {package} is not installed and left out", flush=True)
    return False


def ours(
    work: Callable[..., Any], fresh: Callable[[], Any] | None = None, *, rounds: int = 0, **more: Any
) -> list[Case]:
    """Return the candidates of this package: NumPy alone and, where numba is installed, with it."""
    cases = [Case(NUMPY, work, fresh, kernels="numpy", rounds=rounds, **more)]
    if importlib.util.find_spec("numba") is not None:
        cases.append(Case(NUMBA, work, fresh, kernels="numba", warm=True, rounds=rounds, **more))
    return cases


@contextlib.contextmanager
def kernels(name: str) -> Iterator[None]:
    """Force the kernels of this package in a block."""
    before = os.environ.get("CLUSTERS_KERNELS")
    if name:
        os.environ["CLUSTERS_KERNELS"] = name
    try:
        yield
    finally:
        if name:
            os.environ.pop("CLUSTERS_KERNELS")
            if before is not None:
                os.environ["CLUSTERS_KERNELS"] = before


def timed(case: Case) -> tuple[Any, tuple[float, float, float]]:
    """Run once: result and (CPU seconds, wall seconds, peak MB above the start)."""
    with kernels(case.kernels):
        given = () if case.fresh is None else (case.fresh(),)
        gc.collect()
        floor = reset_peak()
        cpu, wall = time.process_time(), time.perf_counter()
        result = case.work(*given)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        return result, (cpu, wall, peak() - floor)


def _called(case: Case) -> None:
    case.work(*(() if case.fresh is None else (case.fresh(),)))


def _status(key: str) -> float:
    with contextlib.suppress(OSError), open("/proc/self/status") as lines:
        for line in lines:
            if line.startswith(key):
                return int(line.split()[1]) / 1024
    return math.nan


def reset_peak() -> float:
    """Forget the largest memory so far (Linux); return the present one in MB."""
    with contextlib.suppress(OSError), open("/proc/self/clear_refs", "w") as file:
        file.write("5")
    return _status("VmRSS")


def peak() -> float:
    """Return the largest memory since the last reset, in MB; NaN where the system does not tell."""
    return _status("VmHWM")


LAUNCHER = """
import json, os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[2:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
wall = time.perf_counter() - start
with open(sys.argv[1], "w") as file:
    code, cpu = os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime
    json.dump([code, cpu, wall, usage.ru_maxrss], file)
"""


def child(
    arguments: list[str], *, environment: Mapping[str, str] | None = None
) -> tuple[float, float, float]:
    """Run a process; return CPU seconds, wall seconds and peak MB of the process.

    A small process in between starts it: the system counts the memory of whoever starts a
    process towards its peak.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "cost.json"
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", LAUNCHER, str(report), *arguments],
            stderr=subprocess.PIPE,
            # Empty is unset: others' machines keep bytecode.
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(environment or {})},
            check=True,
        )
        code, cpu, wall, largest = json.loads(report.read_text(encoding="utf-8"))
    if code:
        said = done.stderr.decode(errors="replace")[-800:]
        raise RuntimeError(f"{' '.join(arguments)} left with {code}: {said}")
    return cpu, wall, largest / (2**20 if sys.platform == "darwin" else 1024)


def machine() -> dict[str, Any]:
    """Return date, machine and versions."""
    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[name] = importlib.metadata.version(name)
    return {
        "date": datetime.date.today().isoformat(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(_memory_gb(), 1),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": versions,
    }


def _processor() -> str:
    with contextlib.suppress(OSError), open("/proc/cpuinfo") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory_gb() -> float:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return math.nan


def _plain(value: Any) -> Any:
    """Round numbers for the file; NaN becomes null."""
    if isinstance(value, dict):
        return {key: _plain(cell) for key, cell in value.items()}
    if isinstance(value, list):
        return [_plain(cell) for cell in value]
    if isinstance(value, float):
        return float(f"{value:.5g}") if math.isfinite(value) else None
    return value


def _print(measure: str, size: str, rows: list[Row]) -> None:
    base = next((r.cpu for r in rows if r.candidate == NUMPY), math.nan)
    print(f"{measure} ({size})", flush=True)
    for r in rows:
        ratio = f"{r.cpu / base:9.2f}x" if math.isfinite(base) and r.candidate != NUMPY else " " * 10
        mark = f"  extrapolated: {r.sample}" if r.sample else ""
        print(
            f"  {r.candidate:<30}{r.cpu:>11.4f} CPU{r.wall:>11.4f} s{r.peak:>8.0f} MB{ratio}{mark} {r.note}"
        )
    sys.stdout.flush()


def main(benchmark: str, run: Callable[[Session], None], sizes: tuple[str, ...] = ("w1",)) -> None:
    """Read the options of a benchmark script, run it and write the results.

    Sizes that a benchmark does not know are passed over. Several sizes run one after another,
    each in a process of its own.
    """
    parser = argparse.ArgumentParser(description=(run.__doc__ or benchmark).strip())
    parser.add_argument("--size", choices=("w1", "w2", "w3", "all"), default="w1")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=40.0, metavar="SECONDS")
    parser.add_argument("--only", default="", metavar="TEXT", help="only measures whose name has this")
    parser.add_argument("--full", action="store_true", help="do in full what is otherwise extrapolated")
    parser.add_argument("--out", type=Path, default=RESULTS / "data", help="folder of the result files")
    parser.add_argument("--no-save", action="store_true")
    options = parser.parse_args()
    wanted = [s for s in sizes if options.size in (s, "all")]
    if len(wanted) > 1:
        for size in wanted:
            arguments = [a for a in sys.argv[1:] if a not in ("--size", "all", "--size=all")]
            subprocess.run([sys.executable, sys.argv[0], *arguments, "--size", size], check=True)
        return
    for size in wanted:
        # Of large tables fewer rounds: there nothing takes so little that chance decides.
        rounds = min(options.rounds, {"w1": options.rounds, "w2": 3, "w3": 2}[size])
        session = Session(benchmark, size, rounds, options.limit, options.only, options.full)
        run(session)
        if not options.no_save:
            session.save(options.out)
        if session.failures:
            raise SystemExit("\n".join(session.failures))
