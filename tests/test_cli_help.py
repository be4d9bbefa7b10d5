"""Every command explains itself, and asking for help costs nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
import typer
from typer.testing import CliRunner

from clusters.cli import app


def commands(group: typer.Typer, before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """All commands with their words, also those of groups."""
    for info in group.registered_commands:
        name = info.name or info.callback.__name__.replace("_", "-")
        yield (*before, name), info
    for sub in group.registered_groups:
        yield from commands(sub.typer_instance, (*before, sub.name or sub.typer_instance.info.name))


COMMANDS = list(commands(app))
each_command = pytest.mark.parametrize(("words", "info"), COMMANDS, ids=[" ".join(w) for w, _ in COMMANDS])


def help_text(words) -> str:
    result = CliRunner().invoke(app, [*words, "--help"])
    assert result.exit_code == 0, result.output
    return result.output


@each_command
def test_command_says_what_it_does(words, info):
    first = info.callback.__doc__.strip().splitlines()[0]
    assert first.endswith(".")
    assert first in " ".join(help_text(words).split())  # help wraps its lines


@each_command
def test_example_names_the_command_and_only_its_options(words, info):
    text = help_text(words)
    assert "Example:" in text
    examples = [line.strip() for line in info.epilog.splitlines() if line.strip().startswith("clusters ")]
    assert examples
    for example in examples:
        # Switches before the command name (--quiet) belong to the whole program.
        head, _, tail = f"{example} ".partition(f" {' '.join(words)} ")
        assert head.split()[0] == "clusters"
        options = [word.partition("=")[0] for word in tail.split("|")[0].split() if word.startswith("--")]
        assert [o for o in options if o not in text] == []


def parameters(group, before=()) -> Iterator[tuple[str, object]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from parameters(command, (*before, name))
        else:
            yield from ((" ".join((*before, name, p.name)), p) for p in command.params)


def test_every_option_has_help():
    assert [name for name, p in parameters(typer.main.get_command(app)) if not p.help] == []


def test_contract_commands_are_there():
    names = {words[0] for words, _ in COMMANDS}
    contract = {
        *("check", "structure", "nodes", "degrees", "concentration", "powerlaw", "flows", "composition"),
        *("parity", "explain", "export", "sample", "replay", "report"),
    }
    assert contract - names == set()


def test_importing_the_command_line_imports_nothing_heavy():
    code = (
        "import sys, clusters.cli; heavy = {'pandas', 'numpy', 'igraph', 'matplotlib', 'networkx', 'scipy', "
        "'openpyxl', 'jinja2', 'powerlaw', 'pyarrow', 'pydantic'}; print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
@pytest.mark.parametrize("words", [(), ("structure",), ("report",)], ids=["clusters", "structure", "report"])
def test_help_is_quick(words):
    # Processor time: on an idle machine it is what the clock shows, on a busy one it stays the same.
    resource = pytest.importorskip("resource")
    seconds = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-c", "from clusters.cli import main; main()", *words, "--help"],
            capture_output=True,
            check=True,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(seconds) < 0.4
