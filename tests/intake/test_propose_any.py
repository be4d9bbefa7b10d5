"""Whatever a table holds: a proposal that is valid settings, or one clear error."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.errors import ClustersError, DataError
from clusters.intake.config import parsed
from clusters.intake.proposal import Tried, propose, written
from clusters.relations import read_relations

HEADERS = st.one_of(
    st.sampled_from(
        [
            *("source", "target", "企业", "合作方", "方向", "年份", "日期", "关系类型", "权重", "源", "目标"),
            *(
                "source_city",
                "target_city",
                "source_id",
                "省份",
                "企业省份",
                "技术类别",
                "类型",
                "来源",
                "输入",
            ),
            *("AA", "BB", "甲方", "乙方", "", " ", "year", "Year", "name", "a=b", "[x]", '"', "#", "a\nb"),
        ]
    ),
    st.text(max_size=6),
)
CELLS = st.one_of(
    st.sampled_from(
        [
            *("甲公司", "乙公司", "Acme Inc", "a", "b", "c", "", " ", "2019", "2020年5月", "1201", "2019-13"),
            *(
                "赋能",
                "输入",
                "双向",
                "技术合作",
                "战略",
                "投资",
                "广东",
                "深圳",
                "US",
                "样本",
                "是",
                "-1",
                "1,5",
            ),
            *("'''", '"""', "a\nb", "\\u0041", "# x", "\u202e", "\x00", "=1+1", "]]>", "𠮷"),
        ]
    ),
    st.text(max_size=8),
)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=6), max_size=8)


@st.composite
def tables(draw):
    width = draw(st.integers(1, 6))
    header = draw(st.lists(HEADERS, min_size=width, max_size=width))
    rows = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=8))
    above = draw(st.lists(st.lists(CELLS, min_size=1, max_size=2), max_size=2))
    return [*above, header, *rows, *draw(ROWS)[:1]]


def checked(path):
    """Propose for a file; the text must be read back as the settings that were meant."""
    try:
        proposal = propose(path)
    except DataError:
        return
    for lang in ("en", "zh"):
        text = written(proposal, Tried(), folder=path.parent, lang=lang, out="c'.toml")
        assert parsed(text, "c.toml", path.parent) == proposal.config
    assert written(propose(path), Tried(), folder=path.parent, lang="zh", out="c'.toml") == text
    try:
        account = read_relations(config=proposal.config, cache=False).account
    except ClustersError:
        return
    assert account.accepted + account.rejected == account.rows


@settings(deadline=None, max_examples=120)
@given(tables(), st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["utf-8", "gb18030", "utf-16"]))
def test_any_text_table(tmp_path_factory, rows, mark, encoding):
    out = io.StringIO()
    csv.writer(out, delimiter=mark, lineterminator="\n").writerows(rows)
    path = Path(tmp_path_factory.mktemp("any")) / "r.csv"
    path.write_bytes(out.getvalue().encode(encoding, "replace"))
    checked(path)


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=80))
def test_any_bytes(tmp_path_factory, data):
    path = Path(tmp_path_factory.mktemp("any")) / "r.csv"
    path.write_bytes(data)
    checked(path)


@settings(deadline=None, max_examples=30)
@given(st.lists(tables(), min_size=1, max_size=3))
def test_any_workbook(tmp_path_factory, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"s{number}")
        for row in rows:
            kept = (openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", cell) for cell in row)
            sheet.append(["".join(c for c in cell if not "\ud800" <= c <= "\udfff") for cell in kept])
    path = Path(tmp_path_factory.mktemp("any")) / "r.xlsx"
    book.save(path)
    checked(path)
