"""Start-up: every command's help, whole commands on the sample, and the first run on a new machine.

python tests/benchmarks/bench_commands.py [--rounds 5] [--only help]
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from _harness import Session, child, has, main

import clusters

EAGER = "igraph, matplotlib.pyplot, networkx, pandas, powerlaw, typer"
CARD = f"import {EAGER}"
COMMANDS = {
    "clusters structure": ["structure"],
    "clusters flows": ["flows"],
    "clusters degrees": ["degrees"],
    "clusters export x.gexf": ["export", "{out}.gexf"],
    "clusters replay nankai-2023": ["replay", "nankai-2023"],
    "clusters report": ["report", "--out", "{out}"],
}


def run(session: Session) -> None:
    """Measure processes: help, imports, whole commands, first run."""
    program = shutil.which("clusters", path=str(Path(sys.executable).parent))
    assert program
    if session.wants("help"):
        helps(session, program)
    if session.wants("whole commands"):
        whole(session, program)
    if session.wants("first run"):
        first_run(session, program)


def helps(session: Session, program: str) -> None:
    """Compare the help of every command with importing the packages of a straightforward tool."""
    candidates = {"clusters --help": [program, "--help"]}
    candidates |= {f"clusters {name} --help": [program, *name.split(), "--help"] for name in names()}
    candidates[CARD] = [sys.executable, "-c", CARD]
    runs: dict[str, list[tuple[float, float, float]]] = {name: [] for name in candidates}
    for arguments in candidates.values():
        child(arguments)
    for _ in range(max(session.rounds, 3)):
        for name, arguments in candidates.items():
            runs[name].append(child(arguments))
    for name, costs in runs.items():
        session.add("help", name, costs, note="whole process")
    own, card = (statistics.median(cost[1] for cost in runs[n]) for n in ("clusters --help", CARD))
    session.figure("clusters --help, wall", own, "s")
    session.figure("packages of the card over clusters --help", card / own, "x")
    slowest = max((statistics.median(c[1] for c in costs), n) for n, costs in runs.items() if n != CARD)
    session.figure("slowest help, wall", slowest[0], "s", slowest[1])


def names() -> list[str]:
    """Return all commands, those of groups as two words."""
    import typer.main

    from clusters.cli import app

    group = typer.main.get_command(app)
    found: list[str] = []
    for name, command in sorted(group.commands.items()):
        inner = getattr(command, "commands", None)
        found += [f"{name} {below}" for below in sorted(inner)] if inner else [name]
    return found


def whole(session: Session, program: str) -> None:
    """Run whole commands on the sample."""
    runs: dict[str, list[tuple[float, float, float]]] = {name: [] for name in COMMANDS}
    for turn in range(session.rounds):
        for name, arguments in COMMANDS.items():
            if turn and sum(wall for _, wall, _ in runs[name]) > session.limit / 4:
                continue
            with tempfile.TemporaryDirectory() as folder:
                filled = [a.format(out=Path(folder) / "out") for a in arguments]
                runs[name].append(child([program, *filled]))
    for name, costs in runs.items():
        session.add("whole commands", name, costs, note="whole process")


def first_run(session: Session, program: str) -> None:
    """Compare the first ``clusters structure`` on a new machine with the tenth.

    Once only what is new with this package is new: its modules have no bytecode and compiled
    kernels no cache. Once no package at all has bytecode, as after an installer that leaves
    that to the first import.
    """
    settings = [("auto", "this package", 10), ("auto", "all packages", 10)]
    if has("numba"):
        settings.append(("numba", "this package", 3))
    for kernels, what, times in settings:
        with tempfile.TemporaryDirectory() as place:
            everything = what == "all packages"
            runs = [run_in(Path(place), everything, kernels, program) for _ in range(times)]
        name = f"structure, no bytecode of {what}, kernels {kernels}"
        session.add("first run", f"{name}: first", runs[:1], note="whole process")
        session.add("first run", f"{name}: later", runs[times // 2 :], note="whole process")
        later = statistics.median(cost[1] for cost in runs[times // 2 :])
        session.figure(f"first run over later ones, {name}", runs[0][1] - later, "s")


def run_in(place: Path, everything: bool, kernels: str, program: str) -> tuple[float, float, float]:
    """Run with caches in a folder that is new at the first call."""
    environment = {"NUMBA_CACHE_DIR": str(place / "numba"), "CLUSTERS_KERNELS": kernels}
    if everything:
        environment["PYTHONPYCACHEPREFIX"] = str(place / "bytecode")
        return child([program, "structure"], environment=environment)
    copy = place / "code"
    if not copy.exists():
        source = Path(clusters.__file__).parent
        shutil.copytree(source, copy / "clusters", ignore=shutil.ignore_patterns("__pycache__"))
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(copy), os.environ.get("PYTHONPATH")]))
    return child(
        [sys.executable, "-c", "from clusters.cli import main; main()", "structure"], environment=environment
    )


if __name__ == "__main__":
    main("commands", run)
