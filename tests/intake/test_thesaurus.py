"""Forms of a thesaurus, its comments and what is not decided in it."""

from __future__ import annotations

import pandas as pd
import pytest

from clusters.errors import DataError
from clusters.intake.thesaurus import load_thesaurus, read_thesaurus


@pytest.fixture
def write(tmp_path):
    def writer(text: str, name: str):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return writer


@pytest.fixture
def of(write):
    return lambda text: load_thesaurus(write(text, "t.csv"))


@pytest.mark.parametrize(
    "text",
    [
        "id,name\n999,华为\n998,中兴\n",
        "name,id\n华为,999\n中兴,998\n",
        "编号,名称,省份\n999,华为,广东\n998,中兴,广东\n",
        "org_id\tname\n999\t华为\n998\t中兴\n",
    ],
)
def test_ids_are_given_names(write, text):
    found = load_thesaurus(write(text, "t.csv"))
    assert found.mapping == {"999": "华为", "998": "中兴"}
    assert found.ids


def test_ids_that_share_a_name_are_told(of):
    frame_text = "id,name\n1,a\n2,b\n3,a\n"
    assert of(frame_text).shared == {"a": 2}
    assert [note.term for note in of(frame_text).notes()] == ["note.thesaurus_shared"]


def test_a_missing_name_is_no_name_of_many_ids(of):
    found = of("id,name\n1,NA\n2,NA\n3,a\n")
    assert (found.mapping, found.undecided, found.shared) == ({"3": "a"}, 2, {})
    assert of("variant,preferred\nx,NA\n").mapping == {"x": "NA"}


def test_several_variants_of_one_name_are_nothing_to_tell(of):
    assert of("variant,preferred\nx,a\ny,a\n").shared == {}


def test_comments_and_undecided_lines_change_nothing(of):
    text = "# ours\nvariant,preferred\n# 华为 below,x\na,b\nc,\n#d\n,e\n"
    found = of(text)
    assert found.mapping == {"a": "b"}
    assert (found.comments, found.undecided, found.lines) == (2, 1, 3)


def test_a_comment_first_is_no_pair_and_no_header(of):
    assert of("# made in May, by hand\na,b\nc,d\n").mapping == {"a": "b", "c": "d"}


def test_the_apostrophe_before_a_formula_is_no_part_of_a_name(of):
    assert of("variant,preferred\n'=cmd,'-x\n'tHooft,t Hooft\n").mapping == {
        "=cmd": "-x",
        "'tHooft": "t Hooft",
    }


@pytest.mark.parametrize("header", [["variant", "preferred"], ["label", "replace by"], ["id", "name"]])
def test_a_workbook_is_read(tmp_path, header):
    path = tmp_path / "t.xlsx"
    rows = [["华为技术", "华为"], ["# note", ""], ["中兴通讯", ""]]
    pd.DataFrame(rows, columns=header).to_excel(path, index=False)
    assert read_thesaurus(path) == {"华为技术": "华为"}


def test_chains_and_contradictions(of):
    assert of("variant,preferred\na,b\nb,c\n").mapping == {"a": "c", "b": "c"}
    with pytest.raises(DataError, match="'1' is replaced by 'a' and by 'b'"):
        of("id,name\n1,a\n1,b\n")


def test_variants_that_do_not_occur(of):
    found = of("variant,preferred\na,b\nx,y\n")
    assert found.unused(["a", "q"]) == ["x"]


def test_many_lines_are_read_as_few_are(write):
    lines = [f"变体{i},名称{i % 7}" for i in range(25_000)]
    found = load_thesaurus(write("\n".join(["variant,preferred", *lines]) + "\n", "t.csv"))
    assert len(found.mapping) == 25_000
    assert found.mapping["变体24999"] == f"名称{24_999 % 7}"
