"""Files read in pieces give the table that they give as a whole."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clusters.errors import DataError
from clusters.intake import delimited, files, pieces, texts
from clusters.intake.headers import score_relations
from clusters.relations import read_relations

HEADER = "源,target,年份\n"


def seen(path, **options):
    """Return everything a table holds, or what is wrong with it."""
    try:
        table = files.read_table(path, score=score_relations, **options)
    except DataError as error:
        return str(error), error.hint
    return (
        table.header,
        [[c.lstrip(" ") for c in column.texts()] for column in table.columns],
        list(table.lines[:]),
        table.ragged,
        table.source,
        table.warnings,
    )


@pytest.fixture
def both(tmp_path, monkeypatch):
    """Read bytes as a whole and in pieces."""

    def read(data, name="a.csv", block=64, must=True, **options):
        path = tmp_path / name
        path.write_bytes(data)
        whole = seen(path, **options)
        with monkeypatch.context() as patch:
            patch.setattr(pieces, "BLOCK", block)
            patch.setattr(texts, "FEW", 0)
            if must:
                patch.setattr(files, "_content", lambda source: pytest.fail("was read as a whole"))
            return whole, seen(path, **options)

    return read


ROWS = "".join(f"甲{i % 7},公司（{i}）,20{i % 20:02}\n" for i in range(400))
START, REST = ROWS[:2015], ROWS[2015:]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "gbk"])
@pytest.mark.parametrize("packed", [False, True])
def test_encodings(both, encoding, packed):
    data = (HEADER + ROWS).encode(encoding)
    whole, parts = both(
        gzip.compress(data) if packed else data,
        "a.csv.gz" if packed else "a.csv",
        encoding_name="gbk" if encoding == "gbk" else None,
    )
    assert parts == whole
    assert len(whole[2]) == 400


@pytest.mark.parametrize(
    "extra",
    [
        "x\n" * 3,
        "\n\n  \n",
        'a,"b\nc",2019\n' * 9,
        'a,b "c" d,2019\n',
        'a,"b,2019\n',
        ",,\n",
        "a,b,2019,more\n",
        '"a","b","2019"\n' * 50,
    ],
)
def test_unusual_rows_among_others(both, extra):
    text = HEADER + START + extra + REST + extra + START + extra.rstrip("\n")
    for block in (64, 1000, 6000):
        whole, parts = both(text.encode(), block=block)
        assert parts == whole
    whole, parts = both(text.replace("\n", "\r\n").encode(), block=128)
    assert parts == whole


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    "data",
    [
        (HEADER + ROWS).encode() + b"\xff\xfe,b,2019\n",
        (HEADER + ROWS).encode("gb18030") + b"\xff\xff,b,2019\n",
        (HEADER + ROWS).encode() + "乙,丙,2019\n".encode("gbk"),
        (HEADER + ROWS).replace("\n", "\r").encode(),
        (HEADER + ROWS).encode() + b"a\rb,c,2019\n",
        "nom,prénom\n".encode("cp1252") + b"\xe9a,\xe9b\n" * 50,
        b"source,target\n" + b"a,b\n" * 40,
        b"a b c\n" * 40,
        b"\n" * 100,
        b"# note\n" + (HEADER + ROWS).encode(),
        b"title\n" + (HEADER + ROWS).encode(),
        b"source\n" * 50,
        b"<html>" + b"x" * 100,
        b"source,target\n",
    ],
    ids=range(14),
)
def test_unusual_files(both, data, packed):
    whole, parts = both(
        gzip.compress(data) if packed else data, f"a.csv{'.gz' * packed}", must=False, block=32
    )
    assert parts == whole


def test_a_damaged_archive_ends_in_the_usual_words(both):
    packed = gzip.compress((HEADER + ROWS).encode())[:-20]
    whole, parts = both(packed, "a.csv.gz", must=False)
    assert parts == whole
    assert "damaged gzip file" in whole[0]


def test_rows_that_grow_beyond_a_piece(both, monkeypatch):
    # A quote that is never closed makes the piece grow only up to the lines a row may span.
    monkeypatch.setattr(delimited, "_MAX_SPAN", 30)
    text = HEADER + ROWS + '"a,b,2019\n' + ROWS + '"c,d,2019\n' + ROWS
    whole, parts = both(text.encode())
    assert parts == whole
    assert [row.reason for row in whole[3]] == ["unclosed_quote", "unclosed_quote"]


def test_lines_without_gaps_take_no_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(pieces, "BLOCK", 64)
    path = tmp_path / "a.csv"
    path.write_text(HEADER + ROWS, encoding="utf-8")
    assert isinstance(read_relations(path, duplicates="keep").frame.index, pd.RangeIndex)
    lines = files.read_table(path, score=score_relations).lines
    assert (lines[0], len(lines), lines.tolist()[-1]) == (2, 400, 401)


def test_numberings_are_brought_together_now_and_then(both, monkeypatch):
    monkeypatch.setattr(pieces, "_PENDING", 200)
    monkeypatch.setattr(pieces, "_PARSE", 100)
    whole, parts = both((HEADER + ROWS).encode())
    assert parts == whole


def test_a_column_that_only_numbers_rows_is_not_compared(both):
    text = "合成数据 (synthetic data),source,target\n" + "".join(f"R{i % 5},a{i},b\n" for i in range(100))
    whole, parts = both(text.encode())
    assert parts == whole


cells = st.sampled_from(["", " ", "a", "乙", "a b", '"', '"x"', '"x\ny"', "\n", "\r\n", "，", "x" * 30])
line = st.lists(cells, min_size=1, max_size=4).map(",".join)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(line, max_size=25).map("\n".join),
    st.integers(20, 90),
    st.sampled_from(["utf-8", "gb18030"]),
)
@example('a,"b\n\n\nc,d\n"e,f\n', 20, "utf-8")
def test_any_text_in_pieces_of_any_size(tmp_path_factory, body, block, encoding):
    path = tmp_path_factory.mktemp("pieces") / "a.csv"
    path.write_bytes((HEADER + body).encode(encoding))
    with pytest.MonkeyPatch.context() as patch:
        whole = seen(path)
        patch.setattr(pieces, "BLOCK", block)
        patch.setattr(pieces, "_PARSE", 40)
        patch.setattr(texts, "FEW", 0)
        assert seen(path) == whole
