"""Few undecodable lines cost their rows, many the file."""

from __future__ import annotations

import pytest

from clusters.errors import DataError
from clusters.intake.patience import Patience
from clusters.relations import read_relations

GOOD = "企业一,机构二,2019\n"


def table(tmp_path, bad, good, encoding="gb18030"):
    path = tmp_path / "r.csv"
    lines = [GOOD.encode(encoding)] * good
    lines[good // 2 : good // 2] = bad
    path.write_bytes("源,目标,年份\n".encode(encoding) + b"".join(lines))
    return path


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_a_line_that_cannot_be_decoded_is_rejected(tmp_path, encoding):
    path = table(tmp_path, [b'"a\n\xff\xff",b,2019\n', b"c,\xff\xfe,2020\n"], 300, encoding)
    account = read_relations(path, duplicates="keep", cache=False).account
    assert (account.rows, account.accepted, account.reasons) == (302, 300, {"unreadable_bytes": 2})
    assert account.rejects["line"].tolist() == [152, 154]  # the first holds a line break
    assert account.rejects["目标"].tolist()[1] == "\\xff\\xfe"
    assert account.source["encoding"] == encoding
    assert any(
        "rejected (Bytes that cannot be read): 2 rows (first: line 152)" in w for w in account.warnings
    )


def test_lines_in_the_other_encoding_are_read_and_counted(tmp_path):
    account = read_relations(
        table(tmp_path, ["企业三,机构四,2020\n".encode()], 300), duplicates="keep", cache=False
    ).account
    assert (account.rows, account.accepted) == (301, 301)
    steps = account.steps
    assert steps.loc[steps["outcome"] == "mended", ["reason", "rows", "line"]].to_numpy().tolist() == [
        ["other_encoding", 1, 152]
    ]


def test_more_than_one_in_a_hundred_is_another_encoding(tmp_path):
    with pytest.raises(DataError, match="neither UTF-8"):
        read_relations(table(tmp_path, [b"c,\xff\xfe,2020\n"] * 3, 200), cache=False)
    patience = Patience()
    with pytest.raises(DataError):
        patience.decode("源,目标\nMünster,Kraków\n".encode("cp1252", "replace"), "r.csv", "ascii")
    assert patience.torn == []
