"""The command index coupling."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from clusters.cli import app


def run(*arguments):
    return CliRunner().invoke(app, ["index", "coupling", *arguments])


def test_printed_dimensions_are_coupled():
    result = run("kr36_2020", "kr36_2020", "--scale", "100", "--format", "json")
    first = json.loads(result.stdout)["rows"][0]
    assert first["unit"] == "北京"
    scores = [0.9054, 0.9268, 0.9091, 0.9609, 0.9433]
    product = 1.0
    for score in scores:
        product *= score
    assert first["coupling"] == pytest.approx(5 * product**0.2 / sum(scores))
    assert first["development"] == pytest.approx(0.929285)  # the total with its weights


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ([], 3, "dimensions score up to 96.09"),
        (["--scale", "0"], 2, "--scale 0 is not above 0"),
        (["--scale", "100", "--years", "2020:2020"], 2, "the table has no years"),
    ],
)
def test_what_cannot_be_done_is_explained(options, code, said):
    result = run("kr36_2020", "kr36_2020", *options)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr
