"""Delimited text: separators, quotes, lines; the fast and the careful way agree."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clusters.errors import DataError, UsageError
from clusters.intake import delimited
from clusters.intake.headers import score_relations


def parse(text, **options):
    return delimited.parse(text.encode(), "a.csv", score_relations, **options)


def rows(table):
    return [list(cells) for cells in zip(*(c.texts() for c in table.columns), strict=True)]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_separators_are_found(mark):
    table = parse(f"源{mark}目标\na{mark}b\n")
    assert table.header == ["源", "目标"]
    assert rows(table) == [["a", "b"]]


def test_the_header_decides_when_cells_hold_other_separators():
    table = parse("source;target\na,b,c;d,e,f\ng,h,i;j,k,l\n")
    assert rows(table)[0] == ["a,b,c", "d,e,f"]


def test_no_separator_is_an_error_that_shows_the_header():
    with pytest.raises(
        DataError, match="no comma, semicolon, tab or bar divides the header 'source target year'"
    ):
        parse("source target year\na b 2019\n")


def test_a_wrong_separator_names_the_right_one():
    with pytest.raises(DataError, match="separator semicolon was named, but the header is divided by commas"):
        parse("source,target\na,b\n", separator=";")
    with pytest.raises(UsageError, match="is not one character"):
        parse("source,target\na,b\n", separator="::")
    assert rows(parse("source\ttarget\na\tb\n", separator="tab")) == [["a", "b"]]


def test_lines_count_quoted_breaks_and_blank_lines():
    # The third row starts on line 7: two lines in a cell, one blank line before it.
    table = parse('source,target\n"a\nx",b\nc,d\n\n"e\n\n",f\ng,h\n')
    assert table.lines.tolist() == [2, 4, 6, 9]
    assert "blank lines, which do not count as rows: 1" in table.warnings[0]


def test_ragged_rows_keep_line_and_cells():
    table = parse('source,target,year\n"a\nx",b,2019\n"q\nr",c\ne,f,2019,"1\n2",7\ng,h,2020\n')
    assert table.lines.tolist() == [2, 8]
    assert [(r.line, r.reason, r.cells) for r in table.ragged] == [
        (4, "ragged_row", ["q\nr", "c"]),
        (6, "ragged_row", ["e", "f", "2019", "1\n2", "7"]),
    ]
    assert table.rows == 4


def test_an_unclosed_quote_costs_its_own_row_only():
    table = parse(
        'source,target,year\na,b,2019\n"Foo,c,2019\nd,"Bar",2020\n5" disk,e,2021\n"un,closed,2022\n'
    )
    assert rows(table) == [["a", "b", "2019"], ["d", "Bar", "2020"], ['5" disk', "e", "2021"]]
    assert table.lines.tolist() == [2, 4, 5]
    assert [(r.line, r.reason) for r in table.ragged] == [(3, "unclosed_quote"), (6, "unclosed_quote")]
    assert table.ragged[0].cells == ['"Foo', "c", "2019"]


def test_blank_after_a_separator_does_not_hide_a_quote():
    assert rows(parse('source, target, note\na, "b, Inc", c\n')) == [["a", "b, Inc", "c"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end):
    table = parse(end.join(["source,target", "a,b", "", "c,d", ""]))
    assert rows(table) == [["a", "b"], ["c", "d"]]
    assert table.lines.tolist() == [2, 4]


def test_a_return_inside_a_line_is_a_blank():
    table = parse("source,target\na\rx,b\nc,d\n")
    assert rows(table) == [["a x", "b"], ["c", "d"]]
    assert "carriage returns inside lines" in table.warnings[0]


def test_a_line_of_separators_is_a_row_and_one_of_blanks_is_not():
    table = parse("source,target\n,\n   \na,b\n")
    assert table.lines.tolist() == [2, 4]
    assert "blank lines" in table.warnings[0]


def test_a_separator_at_the_end_of_every_row():
    assert rows(parse("source,target\na,b,\nc,d,\n")) == [["a", "b", ""], ["c", "d", ""]]
    assert len(parse("source,target\na,b,\nc,d,x\n").ragged) == 2


def test_titles_and_comments_above_the_header():
    table = parse("# 合成数据, seed 3\n\n关系表,\n源,目标\na,b\n")
    assert table.synthetic
    assert table.lines.tolist() == [5]
    assert table.warnings == ["a.csv: not read as data, since above the header: line 3"]


def test_a_header_may_begin_with_a_hash():
    assert parse("#,source,target\n1,a,b\n").header == ["#", "source", "target"]


def test_empty_and_commented_files():
    with pytest.raises(DataError, match=r"a.csv is empty"):
        parse("\n \n")
    with pytest.raises(DataError, match="holds only comments"):
        parse("# nothing here\n")


@pytest.mark.parametrize("quoted", [False, True])
def test_a_cell_of_a_million_characters(quoted):
    cell = "x" * 10**6
    text = f'"{cell}\n"' if quoted else cell
    table = parse(f"source,target\na,{text}\nc,d\n")
    assert len(rows(table)[0][1].strip()) == 10**6
    assert rows(table)[1] == ["c", "d"]


def test_a_cell_larger_than_a_block(monkeypatch):
    monkeypatch.setattr(delimited, "_BLOCK", 1 << 12)
    cell = "长" * 5000
    table = parse(f'source,target\na,{cell}\nc,d\n"e\n",f,g\n')
    assert rows(table) == [["a", cell], ["c", "d"]]
    assert table.lines.tolist() == [2, 3]
    assert table.ragged[0].line == 4


cells = st.text(alphabet=st.sampled_from([*'ab"\n\r ,;é源#\t']), max_size=6)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), max_size=8))
@example([["", "", ""]])
@example([["a\n\n", "b", '"'], ["c", "d", "e"]])
def test_written_by_the_csv_module_and_read_back(content):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["source", "target", "note"])
    writer.writerows(content)
    table = parse(text.getvalue())
    # A bare return cannot be told from a line end inside a cell; both are blanks later on.
    assert rows(table) == [
        [c.replace("\r\n", "\n").replace("\r", " ") for c in row] for row in content
    ] or any("\r" in c for row in content for c in row)
    assert table.rows == len(content)


@given(st.text(alphabet=st.sampled_from(list('ab,\t "\n')), max_size=40), st.sampled_from(",\t"))
@example('a,b\n"a\nb",c\n', ",")
@example('"a""b",c\n"",""\n,\n', ",")
def test_both_ways_agree_and_no_row_is_lost(body, mark):
    data = memoryview(body.encode())
    fast = delimited._body(data, 2, mark, 1)
    slow = delimited._row_by_row(data, 2, mark, 1)
    for one, other in zip(fast[0], slow[0], strict=True):
        # The careful way drops blanks behind a separator, so that a quote there is seen.
        assert [c.lstrip(" ") for c in one.texts()] == [c.lstrip(" ") for c in other.texts()]
    assert fast[1].tolist() == slow[1].tolist()
    assert [(r.line, r.cells) for r in fast[2]] == [(r.line, r.cells) for r in slow[2]]
    assert fast[3] == slow[3]
    # Every line that is not blank lies in some row.
    starts = {*fast[1].tolist(), *(r.line for r in fast[2])}
    assert len(starts) == fast[1].size + len(fast[2])


def test_small_files_are_read_without_threads(monkeypatch):
    # Threads of Arrow that still end while the interpreter does abort it now and then (exit code 134).
    from pyarrow import csv as arrow

    used = []
    options = arrow.ReadOptions
    monkeypatch.setattr(arrow, "ReadOptions", lambda **k: used.append(k["use_threads"]) or options(**k))
    for repeats in (10, 200_000):
        body = memoryview(b"a,b\n1,2\n" * repeats)
        assert delimited._by_arrow(body, 2, ",", line_breaks=False) is not None
    assert used == [False, True]
