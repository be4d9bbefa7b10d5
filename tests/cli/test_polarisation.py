"""The command polarisation."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from clusters.cli import app


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    lines = ["source,target,year,kind,technology,source_province,target_province"]
    place = {"b": "北京市", "g": "广东省", "z": "浙江省"}
    for i in range(12):
        rows = [(f"b{i}", f"g{i}", 2020, "technology"), (f"b{i}", f"z{i % 3}", 2021, "technology")]
        rows += [(f"g{i}", f"b{i}", 2021, "talent")]
        for source, target, year, kind in rows:
            ends = f"{place[source[0]]},{place[target[0]]}"
            lines.append(f"{source},{target},{year},{kind},{'5G' if i % 2 else '物联网'},{ends}")
    path = tmp_path_factory.mktemp("relations") / "relations.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["polarisation", *(str(a) for a in arguments)])


def document(*arguments):
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_one_row_per_year(path):
    found = document(path)
    assert found["command"] == "polarisation"
    assert [row["year"] for row in found["rows"]] == [2020, 2021]
    keys = {
        "top_1_percent",
        "gini",
        "giving_hhi",
        "taking_hhi",
        "giving_effective",
        "intra_share",
        "intra_lift",
    }
    keys |= {"poles_inside", "poles_source", "poles_target", "poles_touching", "net_giver", "net_taker"}
    assert keys <= set(found["rows"][0])
    last = found["rows"][1]
    assert (last["relations"], last["giving_hhi"], last["taking_cr2"]) == (24, 1.0, 1.0)  # technology only
    assert document(path, "--kinds", "technology,talent")["rows"][1]["relations"] == 36
    assert document(path, "--mode", "yearly")["rows"][1]["relations"] == 12
    assert [row["year"] for row in document(path, "--years", "2021")["rows"]] == [2021]


def test_poles(path):
    row = document(path, "--poles", "北京市, 浙江省")["rows"][1]
    assert (row["poles_source"], row["poles_target"], row["poles_inside"]) == (1.0, 0.5, 0.5)
    assert any(
        "poles: 北京市, 浙江省" in note for note in document(path, "--poles", "北京市,浙江省")["notes"]
    )


def test_by_technology(path):
    rows = document(path, "--by", "technology")["rows"]
    assert [(row["class"], row["year"]) for row in rows] == [
        (name, year) for name in ("5G", "物联网") for year in (2020, 2021)
    ]
    assert rows[1]["relations"] == 12


def test_intervals_and_the_reading(path):
    found = document(path, "--interval", "--replicates", "10")
    assert found["rows"][1]["taking_hhi_low"] <= found["rows"][1]["taking_hhi_high"]
    assert "Polarisation (极化) from 2020 to 2021." in found["notes"][-1]
    read = document(path, "--reading", "--replicates", "10")
    assert read == document(path, "--table", "reading", "--replicates", "10")
    assert {"statistic", "first", "last", "difference", "difference_low", "direction"} <= set(read["rows"][0])
    assert read["notes"][-1] == found["notes"][-1]


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("places", {"flow", "largest", "cr2", "hhi", "rank_size", "wolfson"}),
        ("organisations", {"degree", "nodes", "top_1_percent", "hoover"}),
        ("lorenz", {"flow", "place", "places_share", "cumulative_share"}),
        ("flows", {"intra_share", "redistribution", "net_taker_balance"}),
    ],
)
def test_other_tables(path, name, keys):
    rows = document(path, "--table", name)["rows"]
    assert keys <= set(rows[0])


def test_published_margins():
    rows = document("--published", "nankai_2023", "--poles", "北京市,广东省")["rows"]
    found = {(row["flow"], row["statistic"]): (row["least"], row["most"]) for row in rows}
    assert found["taking", "hhi"] == pytest.approx((0.1493, 0.1494), abs=5e-5)
    assert found["giving", "poles_source"][0] == pytest.approx(0.6161)


def test_in_chinese(path):
    result = run(path, "--reading", "--replicates", "5", "--lang", "zh", "--format", "csv")
    assert result.exit_code == 0
    assert "变动方向" in result.stdout
    assert "无法判断" in result.stdout or "相同" in result.stdout
    assert "的极化情况：" in result.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--mode", "window:2"), "cumulative and yearly"),
        (("--reading", "--table", "places"), "two tables"),
        (("--replicates", "9"), "--interval"),
        (("--table", "lorenz", "--interval"), "not lorenz"),
        (("--published", "nankai_2023"), "no relations"),
        (("--poles", "火星"), "火星"),
        (("--by", "industry"), "industry"),
        (("--level", "city"), "city"),
        (("--reading", "--years", "2021"), "one only"),
    ],
)
def test_what_cannot_be_answered_is_one_clear_message(path, options, message):
    result = run(path, *options)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    "option", ["--interval", "--reading", "--by=technology", "--table=places", "--degree=in"]
)
def test_printed_shares_know_no_options_of_relations(option):
    result = CliRunner().invoke(app, ["polarisation", "--published", "nankai_2023", option])
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"error: {option.partition('=')[0]} needs relations" in result.stderr
