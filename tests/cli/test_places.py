"""The command places."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from clusters.cli import app

TABLE = """\
企业,省份,城市,注册地址,备注
甲,安徽,Suzhou,广东省深圳市南山区科技园,北京大学
乙,,深圳,朝阳区,
丙,江苏,南昌,朝阳区,
丁,吉林,吉林,,武汉 光谷
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("places") / "companies.csv"
    path.write_bytes(TABLE.encode("gb18030"))
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["places", *(str(a) for a in arguments)])


def rows(*arguments):
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)["rows"]


def test_columns_of_places_are_found_and_read_with_their_province(path):
    found = {(r["column"], r["text"]): r for r in rows(path)}
    assert {column for column, _ in found} == {"省份", "城市", "注册地址"}
    assert found["城市", "Suzhou"] == {
        "column": "城市",
        "text": "Suzhou",
        "given_province": "安徽",
        "rows": 1,
        "level": "city",
        "province": "安徽省",
        "city": "宿州市",
        "county": None,
        "region": "长江三角洲",
        "country": "CN",
        "code": "341300",
        "how": "english",
        "candidates": None,
    }
    assert found["省份", "吉林"]["level"] == "province"
    assert found["城市", "吉林"]["city"] == "吉林市"
    assert found["城市", "南昌"]["how"] == "contradiction"
    assert found["注册地址", "广东省深圳市南山区科技园"]["candidates"] == "安徽省; 广东省"


def test_namesakes_in_different_provinces_are_different_rows(path):
    found = [(r["given_province"], r["how"], r["candidates"]) for r in rows(path) if r["text"] == "朝阳区"]
    assert [given for given, _, _ in found] == [None, "江苏"]
    assert found[0][1:] == ("ambiguous", "朝阳区 (北京市); 朝阳区 (长春市, 吉林省)")
    assert found[1][1] != "official"


def test_any_column_can_be_named(path):
    found = rows(path, "--column", "备注")
    assert [(r["text"], r["how"], r["city"], r["candidates"]) for r in found] == [
        ("北京大学", "unknown", None, "北京市"),
        ("武汉 光谷", "address", "武汉市", None),
    ]
    assert rows(path, "--column", "注册地址", "--province", "省份")[0]["how"] == "contradiction"
    result = run(path, "--column", "nowhere")
    assert result.exit_code == 2
    assert "'备注'" in result.stderr


def test_only_what_is_not_resolved(path):
    assert {r["how"] for r in rows(path, "--unresolved")} <= {"ambiguous", "contradiction", "unknown"}


def test_the_notes_say_the_shares(path):
    result = run(path, "--column", "备注")
    assert "备注: 2 cells with 2 texts: 50.00 % resolved" in result.stderr
    assert "50.00 % unknown; 2 empty" in result.stderr
    result = run(path, "--lang", "zh", "--column", "备注")
    assert "无法识别" in result.stdout
    assert "50.00%" in result.stderr


def test_the_result_goes_to_a_file(path, tmp_path):
    out = tmp_path / "read.csv"
    assert run(path, "--out", out).exit_code == 0
    assert out.read_text(encoding="utf-8-sig").startswith("column,text,given_province,rows,level")
    assert run(path, "--out", out).exit_code != 0
    assert run(path, "--out", out, "--force").exit_code == 0


def test_rows_that_cannot_be_divided_are_counted(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,地址\n1,北京\n2,上海,x\n3\n", encoding="utf-8")
    result = run(path)
    assert result.exit_code == 0
    assert "not read: 2 (first: line 3)" in result.stderr


def test_a_table_without_places_is_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    assert run(path).exit_code in (2, 3)


def test_all_places_of_the_sample_are_read():
    result = CliRunner().invoke(app, ["places", "--format", "json"])
    assert {r["how"] for r in json.loads(result.stdout)["rows"]} <= {"official", "short", "country"}


def test_codes_and_foreign_cities_of_real_data(shared):
    found = rows(shared / "data" / "cordis_h2020" / "organisations.csv.gz")
    country = {r["text"]: r for r in found if r["column"] == "country"}
    assert sum(r["rows"] for r in country.values()) == 35_871
    assert {t: country[t]["code"] for t in ("EL", "UK", "DE", "HK")} == {
        "EL": "GR",
        "UK": "GB",
        "DE": "DE",
        "HK": "810000",
    }
    assert (country["NA"]["rows"], country["NA"]["how"], country["NA"]["candidates"]) == (
        8,
        "missing",
        "NA (Namibia)",
    )
    assert all(r["how"] == "country" for t, r in country.items() if t not in ("NA", "HK", "MO", "TW"))
    cities = {r["text"]: r["city"] for r in found if r["column"] == "city" and r["country"] == "CN"}
    assert (cities["BEIJING"], cities["Beijing"], cities["HAIDIAN BEIJING"]) == ("北京市",) * 3
