"""What an error message offers is an option of the command that says it."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from clusters.cli import app

COMMANDS = ("score", "tiers", "robustness", "decompose", "types", "weights")
FRAMEWORK = """
impute = "mean"
[[indicator]]
id = "a"
parent = "total"
[[indicator]]
id = "b"
parent = "total"
[[indicator]]
id = "c"
parent = "total"
"""
GAPS = "city,a,b,c\nx,1,4,2\ny,2,,\nz,3,1,5\nw,5,2,5\n"
CONSTANT = "city,a,b,c\nx,1,4,2\ny,1,3,4\nz,1,1,5\nw,1,2,5\n"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("option", "text"), [("--force-impute", GAPS), ("--allow-constant", CONSTANT)])
def test_an_option_that_is_offered_is_there(tmp_path, command, option, text):
    framework, table = tmp_path / "own.toml", tmp_path / "data.csv"
    framework.write_text(FRAMEWORK, encoding="utf-8")
    table.write_text(text, encoding="utf-8")
    arguments = ["index", command, str(framework), str(table)]
    refused = CliRunner().invoke(app, arguments)
    assert refused.exit_code == 3
    assert option in refused.stderr
    assert CliRunner().invoke(app, [*arguments, option]).exit_code == 0


def test_printed_scores_have_nothing_to_fill_in():
    result = CliRunner().invoke(app, ["index", "tiers", "--scores", "kr36_2020", "--force-impute"])
    assert result.exit_code == 2
    assert "go with a framework" in result.stderr
