"""Files in blocks: the rows of the whole file, wherever it is cut."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.engines._blocks import blocks
from clusters.errors import DataError
from clusters.intake import files, headers

CELLS = st.sampled_from(["甲", "b", "", " ", '"c"', '"d,e"', '"f\ng"', '"h', 'i"', '"j""k"', '"l\n\nm"', "1"])
LINES = st.lists(CELLS, min_size=1, max_size=4).map(",".join)


def rows_of(tables):
    """Line and cells of every row, ragged ones too."""
    rows, torn = [], []
    for table in tables:
        columns = [column.texts() for column in table.columns]
        rows += list(zip(np.asarray(table.lines[:]).tolist(), *columns, strict=True))
        torn += [(r.line, r.reason, tuple(r.cells)) for r in table.ragged]
    return rows, torn


def whole(path):
    return rows_of([files.read_table(path, score=headers.score_relations)])


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=12), st.sampled_from(["\n", "\r\n"]), st.integers(8, 80))
def test_blocks_hold_the_rows_of_the_file(tmp_path_factory, lines, end, size):
    path = tmp_path_factory.mktemp("blocks") / "r.csv"
    path.write_bytes(end.join(["source,target", *lines, ""]).encode())
    assert rows_of(blocks(path, score=headers.score_relations, block=size)) == whole(path)


def test_a_lost_quote_costs_its_row_only_also_across_blocks(tmp_path):
    path = tmp_path / "r.csv"
    lines = [f"a{i},b{i}" for i in range(5000)]
    lines[700] = '"a,b'
    lines[3000] = 'x,"y\nz"'
    path.write_text("\n".join(["source,target", *lines, ""]), encoding="utf-8")
    found = rows_of(blocks(path, score=headers.score_relations, block=4000))
    assert found == whole(path)
    assert [(line, reason) for line, reason, _ in found[1]] == [(702, "unclosed_quote")]


def test_comments_titles_and_trailing_separators_are_read_as_in_whole_files(tmp_path):
    path = tmp_path / "r.csv"
    body = "".join(f"甲{i};乙{i};2020;\n" for i in range(100))
    path.write_text("# 合成数据\n我们的表\n\n源;目标;年份\n" + body, encoding="utf-8")
    tables = list(blocks(path, score=headers.score_relations, block=200))
    assert len(tables) > 3
    assert rows_of(tables) == whole(path)
    assert tables[-1].header == ["源", "目标", "年份", ""]
    assert tables[-1].synthetic


@pytest.mark.parametrize(
    "encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "big5", "cp936"]
)
def test_other_encodings_are_transcoded_block_by_block(tmp_path, encoding):
    path = tmp_path / "r.csv.gz"
    text = "source,target\n" + "".join(f"台積電{i},中華電信{i}\n" for i in range(300))
    path.write_bytes(gzip.compress(text.encode(encoding)))
    named = encoding if encoding in ("utf-16-le", "big5", "cp936") else None
    found = rows_of(blocks(path, score=headers.score_relations, block=501, encoding_name=named))
    assert found[0][-1] == (301, "台積電299", "中華電信299")
    assert len(found[0]) == 300


def test_chinese_after_pages_of_ascii_is_still_told_apart(tmp_path):
    path = tmp_path / "r.csv"
    text = "source,target\n" + "a,b\n" * 500 + "甲公司,乙公司\n" * 5
    path.write_bytes(text.encode("gb18030"))
    found = rows_of(blocks(path, score=headers.score_relations, block=100))
    assert found[0][-1] == (506, "甲公司", "乙公司")


def test_mixed_encodings_are_refused_with_their_line(tmp_path):
    path = tmp_path / "r.csv"
    path.write_bytes(("source,target\n" + "甲,乙\n" * 100).encode() + "丙,丁\n".encode("gb18030"))
    with pytest.raises(DataError, match=r"line 102: 0xB1 0xFB is not utf-8"):
        list(blocks(path, score=headers.score_relations, block=200))


def test_damaged_files_are_refused(tmp_path):
    path = tmp_path / "r.csv.gz"
    path.write_bytes(gzip.compress(b"source,target\n" + b"a,b\n" * 9999)[:-20])
    with pytest.raises(DataError, match="damaged gzip"):
        list(blocks(path, score=headers.score_relations))
    path.write_bytes(b"source,target\n")
    with pytest.raises(DataError, match="not a gzip"):
        list(blocks(path, score=headers.score_relations))
    (tmp_path / "r.parquet").write_bytes(b"PAR1 but no more")
    with pytest.raises(DataError, match="not a readable Parquet"):
        list(blocks(tmp_path / "r.parquet", score=headers.score_relations))
    (tmp_path / "e.csv").write_bytes(b"")
    with pytest.raises(DataError, match="is empty"):
        list(blocks(tmp_path / "e.csv", score=headers.score_relations))
