"""``clusters report``: its folder, its messages, its exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from clusters.cli import app

ROWS = "source,target,year,source_city,target_city\na,b,2019,x,y\nb,c,2020,y,x\nc,a,2021,x,x\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "my relations.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


@pytest.fixture
def quick(monkeypatch):
    """Leave the drawing out: the page and the manifest are what is looked at here."""
    from clusters.report import contents

    monkeypatch.setattr(contents, "illustrated", lambda section, found: [])


def run(*arguments):
    return CliRunner().invoke(app, ["report", *map(str, arguments)])


@pytest.mark.usefixtures("quick")
def test_standard_output_is_the_path_of_the_page(table, tmp_path):
    out = tmp_path / "out"
    result = run(table, "--out", out, "--replicates", 5)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == f"{out / 'index.html'}\n"
    assert "[1/" in result.stderr
    assert "\x1b" not in result.stderr


@pytest.mark.usefixtures("quick")
def test_folder_is_named_after_the_table(table, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(table, "--replicates", 0).stdout.strip() == os.path.join(
        "reports", "my relations", "index.html"
    )


@pytest.mark.usefixtures("quick")
def test_options_are_recorded_without_folders(table, tmp_path):
    out = tmp_path / "out"
    result = run(
        table,
        "--out",
        out,
        "--level",
        "city",
        "--lang",
        "zh",
        "--seed",
        7,
        "--title",
        "T",
        "--years",
        "2020:",
    )
    assert result.exit_code == 0, result.stderr
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["options"] == {
        "relations": "my relations.csv",
        "level": "city",
        "lang": "zh",
        "seed": 7,
        "title": "T",
        "years": "2020:",
    }
    assert manifest["seed"] == 7
    page = (out / "index.html").read_text(encoding="utf-8")
    assert (
        "clusters report &#39;my relations.csv&#39; --years 2020: --seed 7 --level city --title T --lang zh"
        in page
    )
    assert str(tmp_path) not in page


@pytest.mark.usefixtures("quick")
def test_existing_report_needs_force(table, tmp_path):
    out = tmp_path / "out"
    assert run(table, "--out", out, "--replicates", 0).exit_code == 0
    again = run(table, "--out", out, "--replicates", 0)
    assert again.exit_code == 2
    assert "--force replaces it" in again.stderr
    assert run(table, "--out", out, "--replicates", 0, "--force").exit_code == 0


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--level", "planet"], 2, "it has city"),
        (["--mode", "monthly"], 2, "use cumulative, yearly or window:N"),
        (["--kinds", "technology"], 2, "no kind column"),
        (["--years", "1950:1960"], 2, "no relation in these years"),
        (["--lang", "fr"], 2, "fr"),
        (["--replicates", "-1"], 2, "replicates"),
    ],
)
def test_requests_that_do_not_fit_end_with_2(table, tmp_path, options, code, message):
    result = run(table, "--out", tmp_path / "out", *options)
    assert result.exit_code == code
    assert message in result.stderr
    assert not (tmp_path / "out").exists()


def test_missing_file_ends_with_3(tmp_path):
    result = run(tmp_path / "absent.csv", "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert "absent.csv" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("quick")
def test_quiet_says_nothing_but_the_result(table, tmp_path):
    result = CliRunner().invoke(app, ["--quiet", "report", str(table), "--out", str(tmp_path / "out")])
    assert result.exit_code == 0
    assert result.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_from_outside_leaves_nothing(tmp_path, number):
    out = tmp_path / "reports" / "sample"
    process = subprocess.Popen(
        [sys.executable, "-c", "from clusters.cli import main; main()", "report", "--out", str(out)],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("[1/"):
            break
    time.sleep(0.3)
    process.send_signal(number)
    rest = process.communicate(timeout=60)[1]
    assert process.returncode != 0
    assert "Traceback" not in rest
    assert list(tmp_path.iterdir()) == []
