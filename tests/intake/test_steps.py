"""The account of reading, and lines of rejected rows, whatever form the table comes in."""

from __future__ import annotations

import gzip
import io

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.errors import DataError
from clusters.intake import files, steps
from clusters.intake.account import COLUMNS, Account
from clusters.relations import AllRejectedError, read_relations

TEXT = """关系表（2023 年导出）

源,目标,年份,源名称
甲,乙,2019,甲公司
"丙
一号",,2020,"line
break"
丁,乙,1201,丁
源,目标,年份,源名称
甲,"乙
",2019,甲公司
戊,己,2020
合计,,7,
己,未披露,2021,x
甲,甲,2020,甲公司
庚,"辛,2020,x
庚,辛,3201,x
"""
LINES = {
    5: "missing_target",
    8: "bad_year",
    9: "repeated_header",
    12: "ragged_row",
    13: "total_row",
    14: "placeholder_target",
    16: "unclosed_quote",
    17: "bad_year",
}


def by_line(table):
    return dict(zip(table["line"].tolist(), table["reason"], strict=True))


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("form", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "gz", "stdin", "pieces"])
def test_lines_are_those_of_the_file_in_every_form(form, ends, tmp_path, monkeypatch):
    encoding = form if form.startswith(("utf", "gb")) else "utf-8"
    data = TEXT.replace("\n", ends).encode(encoding)
    path = tmp_path / ("r.csv.gz" if form == "gz" else "r.csv")
    path.write_bytes(gzip.compress(data) if form == "gz" else data)
    if form == "stdin":
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    if form == "pieces":
        monkeypatch.setattr("clusters.intake.pieces.BLOCK", 64)
    table = read_relations("-" if form == "stdin" else path, cache=False)
    account = table.account
    assert by_line(account.rejects) == LINES
    assert by_line(account.set_aside) == {10: "duplicate", 15: "self_loop"}
    assert (account.rows, account.accepted, account.relations) == (11, 3, 1)
    found = account.steps
    assert list(found.columns) == list(COLUMNS)
    told = {(r.stage, r.outcome, r.reason): (r.rows, r.line) for r in found.itertuples()}
    assert told[("read", "rows", "")][0] == 11
    assert told[("read", "skipped", "title_line")] == (1, 1)
    assert told[("check", "rejected", "bad_year")] == (2, 8)
    assert told[("clean", "changed", "name_spelling")] == (1, 10)
    assert told[("use", "accepted", "")] == (1, 4)


def test_an_example_shows_the_cell_before_and_after(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text(
        "源,目标,日期,关系类型,权重,源省份,目标省份\n"
        "ＯＰＰＯ,乙,2019-05-01,技术合作,1,广东,北京市\n"
        "ОРРО,a\u200bb,2020,投资,\u2014,广东省,北京市\n",
        encoding="utf-8",
    )
    (tmp_path / "names.csv").write_text("variant,preferred\nOPPO,欧珀\n无人,丁\n", encoding="utf-8")
    found = read_relations(path, names=tmp_path / "names.csv", cache=False).account.steps
    changed = found[found["outcome"] == "changed"].set_index("reason")
    assert changed["rows"].to_dict() == {
        "name_lookalikes": 1,
        "name_controls": 1,
        "name_spelling": 2,
        "name_thesaurus": 2,
        "place_read": 1,
        "year_of_date": 1,
        "kind_translated": 2,
        "weight_unusable": 1,
    }
    assert changed["line"].to_dict()["name_lookalikes"] == 3
    examples = changed["example"]
    assert examples["name_spelling"] == "ＯＰＰＯ → OPPO"
    assert examples["name_controls"] == "a\\u200bb → ab"
    assert examples["name_thesaurus"] == "OPPO → 欧珀"
    assert examples["place_read"] == "广东 → 广东省"
    assert examples["year_of_date"] == "2019-05-01 → 2019"
    assert examples["kind_translated"] == "技术合作 → technology"
    assert examples["weight_unusable"] == "\u2014"
    apply = found[found["file"] == "names.csv"]
    assert dict(zip(apply["outcome"], apply["rows"], strict=True)) == {
        "rows": 2,
        "accepted": 1,
        "set_aside": 1,
    }


def test_only_accepted_rows_count_as_changed():
    frame = pd.DataFrame({"source": [" a", " b"], "target": ["c", ""], "year": ["2019", "2019"]})
    found = read_relations(frame).account.steps
    assert found.loc[found["outcome"] == "changed", "rows"].tolist() == [1]


def test_sheets_are_named_and_lines_are_their_rows(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "说明"
    book.active.append(["导出说明"])
    sheet = book.create_sheet("关系")
    for row in (
        ["标题"],
        [],
        ["源", "目标", "年份"],
        ["甲", "乙", 2019],
        [],
        ["甲", None, 2019],
        ["甲", "乙", 1201],
    ):
        sheet.append(row)
    book.save(tmp_path / "r.xlsx")
    account = read_relations(tmp_path / "r.xlsx", cache=False).account
    assert by_line(account.rejects) == {6: "missing_target", 7: "bad_year"}
    assert set(account.steps["file"]) == {"r.xlsx [关系]"}
    skipped = account.steps[account.steps["outcome"] == "skipped"]
    assert dict(zip(skipped["reason"], skipped["rows"], strict=True)) == {"title_line": 1, "blank_line": 1}


def test_parquet_rows_count_from_1_and_frames_keep_their_labels(tmp_path):
    frame = pd.DataFrame({"source": ["a", "", "c"], "target": ["b", "b", ""]})
    frame.to_parquet(tmp_path / "r.parquet")
    assert read_relations(tmp_path / "r.parquet", cache=False).account.rejects["line"].tolist() == [2, 3]
    assert read_relations(frame).account.rejects["line"].tolist() == [1, 2]
    assert read_relations(frame.set_axis([7, 5, 3])).account.rejects["line"].tolist() == [5, 3]
    labelled = read_relations(frame.set_axis(["x", "y", "z"]))
    assert labelled.account.rejects["line"].tolist() == ["y", "z"]
    twice = read_relations(frame.set_axis(["x", "x", "z"]))
    assert twice.account.rejects["line"].tolist() == [1, 2]
    with pytest.raises(AllRejectedError, match="row 'y'"):
        read_relations(frame.set_axis(["x", "y", "z"]).iloc[1:])


def test_a_table_of_organisations_has_lines_of_its_own(tmp_path):
    path = tmp_path / "n.csv"
    path.write_text("# 2023\nname,province\na,广东\na,广东\nb,\nc,\n", encoding="utf-8")
    (tmp_path / "t.csv").write_text("variant,preferred\nc,b\n", encoding="utf-8")
    frame = pd.DataFrame({"source": ["a"], "target": ["b"]})
    found = read_relations(frame, nodes=path, names=tmp_path / "t.csv").account.steps
    own = found[found["file"] == "n.csv"]
    told = {(r.stage, r.outcome, r.reason): r.rows for r in own.itertuples()}
    assert told == {
        ("read", "rows", ""): 4,
        ("read", "accepted", ""): 4,
        ("read", "skipped", "comment_line"): 1,
        ("use", "rows", ""): 4,
        ("use", "accepted", ""): 3,
        ("use", "set_aside", "repeated_organisation"): 1,
        ("apply", "rows", ""): 3,
        ("apply", "accepted", ""): 2,
        ("apply", "set_aside", "joined_by_thesaurus"): 1,
    }
    assert found.loc[found["file"] == "t.csv", "reason"].tolist() == ["", "", "not_in_table"]


def test_rows_that_were_kept_on_request_are_said():
    frame = pd.DataFrame({"source": ["a", "b", "b"], "target": ["a", "c", "c"]})
    found = read_relations(frame, loops="keep", duplicates="keep").account.steps
    use = found[found["stage"] == "use"]
    assert use[["outcome", "reason", "rows"]].to_numpy().tolist() == [
        ["rows", "", 3],
        ["accepted", "", 3],
        ["kept", "duplicate", 1],
        ["kept", "self_loop", 1],
    ]


def test_a_table_without_a_usable_row_is_accounted_for_in_its_error():
    with pytest.raises(AllRejectedError) as caught:
        read_relations(pd.DataFrame({"source": ["a", ""], "target": ["", "b"]}))
    found = caught.value.account.steps
    assert found.loc[found["outcome"] == "rejected", "reason"].tolist() == [
        "missing_source",
        "missing_target",
    ]


def test_a_total_with_both_ends_is_a_relation():
    # Total is a company; only a row that lacks an end is taken for a sum.
    frame = pd.DataFrame({"source": ["Total", "Total"], "target": ["a", ""]})
    account = read_relations(frame).account
    assert (account.relations, account.reasons) == (1, {"total_row": 1})


cells = st.sampled_from(
    ["", " ", "a", " a", "b", "ОРРО", "未透露", "Undisclosed", "合计", "source", "target"]
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(cells, cells, st.sampled_from(["2019", "2019-01-01", "x", ""])), min_size=1, max_size=8
    )
)
def test_every_step_passes_on_what_it_accepts(rows):
    try:
        account = read_relations(pd.DataFrame(rows, columns=["source", "target", "year"])).account
    except AllRejectedError as error:
        account = error.account
    found = account.steps
    left = len(rows)
    for stage in ("read", "check", "use"):
        part = found[found["stage"] == stage].groupby("outcome")["rows"].sum()
        assert part["rows"] == left == part.drop(["rows"]).sum()
        left = part["accepted"]
    assert (found.loc[found["stage"] == "clean", "rows"] <= len(rows)).all()


def test_the_account_of_a_kept_table_is_the_same(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text(TEXT, encoding="utf-8")
    fresh = read_relations(path, cache=False).account.steps
    for _ in range(2):
        table = read_relations(path, cache=tmp_path / "cache")
        pd.testing.assert_frame_equal(table.account.steps, fresh)


def test_names_of_files():
    raw = files.read_table(pd.DataFrame({"source": ["a"]}), score=lambda row: 1)
    assert steps.name_of(raw) == "data frame"
    account = Account()
    steps.of_file(account, raw, mended=[3, 4])
    assert account.total("mended") == 2
    with pytest.raises(DataError):
        files.read_table("nowhere.csv", score=lambda row: 1)
