"""Whole commands on the embedded sample, each in a fresh process: wall, CPU and peak memory.

python tests/benchmarks/bench_commands.py [--rounds 3]
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMANDS = {
    "clusters --help": ["--help"],
    "clusters structure": ["structure"],
    "clusters flows": ["flows"],
    "clusters degrees": ["degrees"],
    "clusters export x.gexf": ["export", "{out}.gexf"],
    "clusters replay nankai-2023": ["replay", "nankai-2023"],
    "clusters report": ["report", "--out", "{out}"],
}


def measure(arguments: list[str]) -> tuple[float, float, float]:
    """Run once; return wall seconds, CPU seconds and peak megabytes (largest process)."""
    with tempfile.TemporaryDirectory() as folder:
        filled = [a.format(out=Path(folder) / "out") for a in arguments]
        executable = shutil.which("clusters", path=str(Path(sys.executable).parent))
        start = time.perf_counter()
        process = subprocess.Popen(
            [executable, *filled], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(filled)} left with exit code {process.returncode}")
        return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    runs: dict[str, list[tuple[float, float, float]]] = {name: [] for name in COMMANDS}
    for arguments in COMMANDS.values():
        if arguments == ["--help"]:
            measure(arguments)  # compiles the modules once
    for _ in range(options.rounds):
        for name, arguments in COMMANDS.items():
            runs[name].append(measure(arguments))
    print(f"whole commands on the sample, medians of {options.rounds} rounds")
    print(f"{'':<30}{'wall s':>8}{'CPU s':>8}{'MB':>7}")
    for name, values in runs.items():
        wall, cpu, peak = (statistics.median(column) for column in zip(*values, strict=True))
        print(f"{name:<30}{wall:>8.2f}{cpu:>8.2f}{peak:>7.0f}")


if __name__ == "__main__":
    main()
