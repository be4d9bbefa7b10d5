"""Imports run one way: a module uses only what stands below it in the list."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

LAYERS = (
    *(
        "errors",
        "labels",
        "sentences",
        "progress",
        "explain",
        "places",
        "names",
        "published",
        "intake",
        "relations",
        "synthetic",
    ),
    *("networks", "measures", "index", "engines", "tables", "figures", "export", "report", "cli"),
)
HEAVY = {
    *("igraph", "matplotlib", "powerlaw", "networkx", "scipy", "openpyxl", "jinja2", "python_calamine"),
    *("numba", "duckdb", "pyarrow", "rapidfuzz"),
}
PACKAGE = Path(__file__).parents[1] / "clusters"
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if p.parent != PACKAGE or p.stem != "__init__")
NAMES = [".".join(p.relative_to(PACKAGE).with_suffix("").parts) for p in MODULES]
each_module = pytest.mark.parametrize("path", MODULES, ids=NAMES)


def imported(tree: ast.AST) -> list[str]:
    """Full names of all that a piece of code imports, also inside functions."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the layer"
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def at_top(path: Path) -> list[str]:
    """What is imported when the module is: no functions, no ``if TYPE_CHECKING``."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return [name for node in body if isinstance(node, ast.Import | ast.ImportFrom) for name in imported(node)]


def faults(own: tuple[str, ...], names: list[str]) -> list[str]:
    """Imports of our own package that point upwards, or sideways in measures."""
    ours = [name.split(".")[1:] for name in names if name.startswith("clusters.")]
    known = [parts for parts in ours if parts[0] in LAYERS]
    upward = [p for p in known if LAYERS.index(p[0]) > LAYERS.index(own[0])]
    sideways = [
        p for p in known if own[0] == p[0] == "measures" and not p[1].startswith("_") and len(own) > 1
    ]
    return [".".join(p) for p in upward + sideways]


@each_module
def test_imports_point_downwards(path):
    own = path.relative_to(PACKAGE).with_suffix("").parts
    if own[0] == "reference":
        pytest.skip("data only")
    if own[-1] == "__init__":
        own = own[:-1]  # a package's front may name its own modules
    assert faults(own, imported(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    ("own", "name"),
    [
        (("networks",), "clusters.measures.paths"),
        (("measures", "paths"), "clusters.measures.degree.in_degree"),
        (("relations",), "clusters.tables"),
    ],
)
def test_a_planted_fault_is_found(own, name):
    assert faults(own, [name]) == [name.removeprefix("clusters.")]
    assert faults(("measures", "paths"), ["clusters.measures._kernels.bfs", "clusters.networks"]) == []


@each_module
def test_no_heavy_library_is_imported_at_the_top(path):
    # Figures are the one use of matplotlib, a compiled kernel the one of numba; pandas brings pyarrow
    # along where it is installed, so only the text tells who asks for it.
    allowed = {"matplotlib"} if "figures" in path.parts else set()
    allowed |= {"numba"} if path.stem.startswith("_") and path.stem.endswith("_numba") else set()
    assert {name.split(".")[0] for name in at_top(path)} & HEAVY - allowed == set()


def test_heavy_libraries_are_imported_where_they_are_used():
    # Figures are the one use of matplotlib: whoever imports them is about to draw.
    light = [name for name in NAMES if not name.startswith("figures")]
    public = [f"clusters.{name}" for name in light if not any(p.startswith("_") for p in name.split("."))]
    code = f"import sys, {', '.join(public)}; print(sorted({HEAVY - {'pyarrow'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("path", [p for p in MODULES if p.parent.name == "cli"], ids=lambda p: p.stem)
def test_commands_import_little_at_the_top(path):
    allowed = {*sys.stdlib_module_names, "typer"}
    names = [n for n in at_top(path) if n.split(".")[0] not in allowed and not n.startswith("clusters.cli.")]
    assert [n for n in names if not n.startswith("clusters.errors.")] == []


@pytest.mark.parametrize("path", [p for p in MODULES if p.parent.name == "measures"], ids=lambda p: p.stem)
def test_measures_neither_read_nor_print(path):
    calls = [n.func for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
    assert [f.id for f in calls if isinstance(f, ast.Name) and f.id in {"print", "open"}] == []
