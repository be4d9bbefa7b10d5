"""The package opens no connection, runs no text as a program and starts no other program.

One test reads the source, the other runs commands in a process that may not open a socket.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "clusters"
MODULES = sorted(PACKAGE.rglob("*.py"))
NAMES = [path.relative_to(PACKAGE).as_posix() for path in MODULES]

NETWORK = {"socket", "ssl", "urllib", "http", "ftplib", "smtplib", "imaplib", "xmlrpc", "socketserver"}
NETWORK |= {"asyncio", "requests", "httpx", "aiohttp", "urllib3", "websockets", "webbrowser", "fsspec"}
CODE = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml", "runpy", "code", "codeop"}
PROGRAMS = {"subprocess", "pty", "ctypes", "cffi"}
CALLS = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}
METHODS = {"eval", "query", "read_pickle", "to_pickle", "system", "popen", "startfile", "from_string"}
METHODS |= {
    "read_html",
    "read_sql",
    "read_clipboard",
    "urlopen",
    "execv",
    "execl",
    "spawnl",
    "spawnv",
    "fork",
}
FREE_IMPORTS = {"__init__.py", "index/__init__.py", "measures/__init__.py", "measures/_choice.py"}
FREE_IMPORTS |= {"intake/public/__init__.py"}
"""Where modules of our own are imported when their names are asked for."""


def faults(tree: ast.AST) -> list[str]:
    """Name what a source does that the package must not."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names if a.name.split(".")[0] in NETWORK | CODE | PROGRAMS]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if module.split(".")[0] in NETWORK | CODE | PROGRAMS:
                found.append(module)
            if module == "os":
                found += [a.name for a in node.names if a.name in METHODS]
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in CALLS:
                found.append(node.func.id)
            elif isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
                found.append(node.func.attr)
        elif isinstance(node, ast.keyword) and node.arg in ("shell", "allow_pickle"):
            found.append(node.arg)
    return found


def free_imports(tree: ast.AST) -> list[str]:
    """Name the modules whose import is decided by a value."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = [c.func.id if isinstance(c.func, ast.Name) else getattr(c.func, "attr", "") for c in calls]
    return [name for name in names if name == "import_module"]


@pytest.mark.parametrize("path", MODULES, ids=NAMES)
def test_no_network_no_pickle_no_programs(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not faults(tree)
    if path.relative_to(PACKAGE).as_posix() not in FREE_IMPORTS:
        assert not free_imports(tree)


@pytest.mark.parametrize(
    "source",
    [
        "import urllib.request",
        "from pickle import loads",
        "def f():\n    import subprocess",
        "eval('1')",
        "frame.eval('a + b')",
        "os.system('ls')",
        "from os import system",
        "np.load(path, allow_pickle=True)",
        "pd.read_pickle(path)",
    ],
)
def test_the_scan_finds_what_it_looks_for(source):
    assert faults(ast.parse(source))


def test_ours_is_not_mistaken():
    tree = ast.parse("import re\nre.compile('a')\nast.literal_eval('1')\nfrom urllib_of_ours import x")
    assert faults(tree) == []


RUN = """
import sys

def forbid(event, arguments):
    if event.startswith(("socket.", "urllib.", "ftplib.", "http.", "smtplib.", "webbrowser.")):
        if event != "socket.__new__" and event != "socket.gethostname":
            sys.stderr.write(f"FORBIDDEN {event} {arguments}")
            raise SystemExit(99)
    if event in ("os.system", "os.exec", "os.posix_spawn", "pty.spawn"):
        raise SystemExit(98)

sys.addaudithook(forbid)
from typer.testing import CliRunner
from clusters.cli import app

for line in sys.argv[1:]:
    result = CliRunner().invoke(app, line.split())
    if result.exit_code:
        sys.exit(f"{line}: {result.exit_code} {result.stderr[-500:]} {result.exception!r}")
"""


def test_commands_run_where_no_socket_may_be_opened(tmp_path):
    (tmp_path / "r.csv").write_text("源,目标,年份\n甲,http://a.b/c.csv,2020\n乙,甲,2021\n", encoding="utf-8")
    lines = [
        "check r.csv --rejects rejects.csv",
        "structure r.csv --format json",
        "degrees r.csv --out d.xlsx",
        "export r.csv r.gexf",
        "export r.csv net.csv",
        "convert gexf r.gexf --out back.csv",
        "places r.csv --column 源",
        "index list",
        "explain density",
    ]
    done = subprocess.run(
        [sys.executable, "-c", RUN, *lines], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    refused = subprocess.run(
        [sys.executable, "-c", RUN + "\nimport socket\nsocket.create_connection(('127.0.0.1', 9))"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 99, "the watch is awake"
