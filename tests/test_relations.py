"""The checked relation table: direction, roles, rows, organisations."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import networks
from clusters.errors import DataError, UsageError
from clusters.relations import (
    AllRejectedError,
    from_frame,
    in_years,
    of_kinds,
    of_platforms,
    read_relations,
    sample_nodes,
)


@pytest.fixture
def write(tmp_path):
    def make(text, name="r.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return make


@pytest.fixture
def read(write):
    return lambda text, **options: read_relations(write(text), **options)


def edges(relations):
    return [tuple(row) for row in relations.frame[["source", "target"]].astype(str).to_numpy()]


def said(relations, what):
    """Return the warnings that speak of something."""
    return [text for text in relations.account.warnings if what in text]


def texts(series):
    return series.astype(object).fillna("").tolist()


# Direction


def test_direction_by_hand(read):
    # 甲 gives to 乙, 丙 gives to 甲; taking both rows the same way gives another pair.
    relations = read("企业,合作方,方向\n甲,乙,赋能\n甲,丙,输入\n")
    assert edges(relations) == [("甲", "乙"), ("丙", "甲")]


def test_attributes_turn_with_their_ends(read):
    relations = read(
        "企业,合作方,方向,企业省份,合作方省份,是否平台\n甲,乙,赋能,广东,北京,是\n甲,丙,输入,广东,上海,是\n"
    )
    assert relations.frame[["source_province", "target_province"]].to_numpy().tolist() == [
        ["广东省", "北京市"],
        ["上海市", "广东省"],
    ]
    assert relations.nodes["province"].to_dict() == {"甲": "广东省", "乙": "北京市", "丙": "上海市"}
    assert relations.nodes["platform"].to_dict() == {"甲": True, "乙": False, "丙": False}


def test_a_place_of_the_enterprise_alone_turns_too(read):
    relations = read("企业,合作方,方向,企业省份\n甲,乙,赋能,广东\n甲,丙,输入,广东\n")
    assert texts(relations.frame["source_province"]) == ["广东省", ""]
    assert texts(relations.frame["target_province"]) == ["", "广东省"]


def test_direction_beside_source_and_target_turns_nothing(read):
    relations = read("source,target,direction\na,b,输入\n")
    assert edges(relations) == [("a", "b")]
    assert relations.classes == ["direction"]
    assert said(relations, "turns nothing")
    assert not said(read("source,target,direction\na,b,directed\n"), "turns nothing")


def test_a_relation_listed_from_both_sides_is_one(read):
    # 甲 and 乙 are both enterprises: 甲 empowers 乙 is 乙 receives from 甲, places turned as well.
    relations = read(
        "企业,合作方,方向,年份,企业省份,合作方省份\n"
        "甲,乙,赋能,2019,广东,北京市\n乙,甲,输入,2019,北京,广东省\n乙,甲,输入,2020,北京,广东\n乙,甲,赋能,2019,北京,广东\n"
    )
    assert relations.account.duplicates == 1
    assert relations.account.relations == 3
    assert "listed from both sides" in said(relations, "both sides")[0]
    assert relations.account.set_aside[["line", "reason"]].to_numpy().tolist() == [[3, "duplicate"]]


def test_directions_that_are_none_are_rejected(read):
    relations = read("企业,合作方,方向\n甲,乙,赋能\n甲,丙,\n甲,丁,双向\n,丁,\n")
    assert relations.account.reasons == {"bad_direction": 3}


def test_a_missing_enterprise_is_the_end_it_would_be(read):
    relations = read("企业,合作方,方向\n甲,乙,赋能\n,乙,赋能\n,乙,输入\n甲,,输入\n")
    assert relations.account.rejects["reason"].tolist() == [
        "missing_source",
        "missing_target",
        "missing_source",
    ]


# Roles


def test_enterprises_are_the_sample_and_others_partners(read):
    relations = read("企业,合作方,方向\n甲,乙,赋能\n甲,丙,输入\n丙,丁,赋能\n")
    assert relations.nodes["role"].to_dict() == {
        "甲": "sample",
        "乙": "partner",
        "丙": "sample",
        "丁": "partner",
    }
    assert sample_nodes(relations).tolist() == [True, False, True, False]


def test_roles_beside_the_ends(read):
    relations = read("source,target,source_role,target_role\na,b,样本,关系节点\nb,c,sample,x\nc,d,,\n")
    assert relations.nodes["role"].to_dict() == {"a": "sample", "b": "sample", "c": "partner", "d": "partner"}
    assert "1 (first: line 3, 'x')" in said(relations, "neither sample nor partner")[0]
    assert "1 (first: 'b')" in said(relations, "called both")[0]
    assert "2 (first: 'c')" in said(relations, "without a role")[0]
    # c -> d joins two partners (D4); the roles are no level.
    assert "1 (first: line 4, 'c' to 'd')" in said(relations, "between two partners")[0]
    assert relations.levels == []


def test_the_nodes_table_decides_on_roles(read, write):
    nodes = write("name,role\na,partner\nb,sample\n", "n.csv")
    relations = read("企业,合作方,方向\na,b,赋能\na,c,赋能\n", nodes=nodes)
    assert relations.nodes["role"].to_dict() == {"a": "partner", "b": "sample", "c": "partner"}
    assert said(relations, "another role in the nodes table")


def test_without_any_role_there_is_none(read):
    relations = read("source,target\na,b\n")
    assert not relations.has_roles
    assert not sample_nodes(relations).any()


def test_time_in_the_sample(read, write):
    nodes = write("name,role,sample_from,sample_to\na,sample,2015,2018\nb,sample,,\n", "n.csv")
    relations = read("source,target,year\na,b,2014\na,b,2019\n", nodes=nodes)
    assert [sample_nodes(relations, y).tolist() for y in (2014, 2015, 2018, 2019)] == [
        [False, True],
        [True, True],
        [True, True],
        [False, True],
    ]


# Rows


DIRTY = """源,目标,年份,关系类型,权重
甲,乙,2019,技术,1
,乙,2019,技术,1
甲, ,2019,技术,1
甲,丙,,技术,1
甲,丙,去年,技术,1
甲,丙,2019.5,技术,1
甲,丙,1899,技术,1
甲,丙,2019,技术,-1
甲,丙,2019,技术
甲,丙,2019,技术,1,2
甲,甲,2019,技术,1
甲,乙,2019.0,技术合作,1.0

甲,乙,2020,专利,
"""


def test_every_row_is_accounted_for(read):
    account = read(DIRTY).account
    assert (account.rows, account.accepted, account.rejected) == (13, 5, 8)
    assert account.reasons == {
        "missing_source": 1,
        "missing_target": 1,
        "missing_year": 1,
        "bad_year": 3,
        "ragged_row": 2,
    }
    # Line 9 has a weight below 0, which is reported but costs no relation.
    # Line 13 repeats line 2 with other spellings of year, kind and weight.
    assert (account.self_loops, account.duplicates, account.relations) == (1, 1, 3)
    assert account.set_aside[["line", "reason"]].to_numpy().tolist() == [[12, "self_loop"], [13, "duplicate"]]
    assert account.rejects["line"].tolist() == [3, 4, 5, 6, 7, 8, 10, 11]
    assert account.rejects.loc[3].tolist() == [6, "bad_year", "甲", "丙", "去年", "技术", "1", ""]
    assert account.rejects.loc[7].tolist() == [11, "ragged_row", "甲", "丙", "2019", "技术", "1", "2"]


def test_kept_loops_and_doubles_are_in_use_and_counted(read):
    account = read(DIRTY, loops="keep").account
    assert (account.self_loops, account.duplicates, account.relations) == (1, 1, 4)
    account = read(DIRTY, loops="keep", duplicates="keep").account
    assert (account.self_loops, account.duplicates, account.relations) == (1, 1, 5)
    assert account.set_aside.empty


def test_the_frame_holds_lines_and_compact_types(read):
    relations = read(DIRTY)
    frame = relations.frame
    assert frame.index.tolist() == [2, 9, 15]
    assert frame["year"].dtype == np.int32
    assert frame["weight"].fillna(-1).tolist() == [1.0, -1.0, -1.0]
    assert frame["kind"].tolist() == ["technology", "technology", "专利"]
    assert relations.kinds == ["technology", "专利"]
    assert isinstance(frame["source"].dtype, pd.CategoricalDtype)
    assert frame["source"].cat.categories.tolist() == relations.nodes.index.tolist() == ["甲", "乙", "丙"]


def test_doubles_are_equal_in_every_column(read):
    relations = read("source,target,project\na,b,1\na,b,2\na,b, 1\nb,a,1\n")
    assert relations.account.duplicates == 1
    assert relations.frame.index.tolist() == [2, 3, 5]


def test_organisations_of_rejected_rows_are_not_there(read):
    assert read("source,target,year\na,b,2019\nc,d,\ne,e,2019\n").nodes.index.tolist() == ["a", "b"]


def test_order_is_of_first_appearance_after_the_nodes_table(read, write):
    nodes = write("name\nz\nb\n", "n.csv")
    relations = read("source,target\nc,b\na,c\n", nodes=nodes)
    assert relations.nodes.index.tolist() == ["z", "b", "c", "a"]
    assert edges(relations) == [("c", "b"), ("a", "c")]
    assert "1 of 4 (first: 'z')" in said(relations, "nodes table without a relation")[0]
    assert "2 of 4 (first: 'c')" in said(relations, "not in the nodes table")[0]


def test_a_table_without_years_is_undated(read):
    relations = read("source,target\na,b\n")
    assert not relations.dated
    assert relations.years == []


def test_dates_give_the_year(read):
    relations = read("源,目标,日期\na,b,2019-05-01\na,c,2020/6/7\na,d,2021年8月\na,e,soon\na,f,\n")
    assert relations.frame["year"].tolist() == [2019, 2020, 2021]
    assert relations.frame["date"].tolist() == ["2019-05-01", "2020-06-07", "2021-08"]
    assert relations.account.reasons == {"missing_year": 1, "bad_year": 1}


def test_the_year_column_wins_over_the_date(read):
    relations = read("source,target,year,date\na,b,2019,2018-01-01\na,c,2019,soon\na,d,,2019-01-01\n")
    assert relations.frame["year"].tolist() == [2019, 2019]
    assert texts(relations.frame["date"]) == ["2018-01-01", ""]
    assert relations.account.reasons == {"missing_year": 1}
    assert said(relations, "another year than the year column")
    assert said(relations, "hold no date")


def test_the_range_of_years_can_be_set(read):
    text = "source,target,year\na,b,1850\na,c,2019\n"
    assert read(text, year_range=(1800, 1900)).years == [1850]
    assert read(text).years == [2019]


def test_missing_kinds_are_counted_and_kept(read):
    relations = read("source,target,kind\na,b,技术\na,c,\n")
    assert texts(relations.frame["kind"]) == ["technology", ""]
    assert "1 of 2 (first: line 3)" in said(relations, "without a kind")[0]


def test_gephi_edge_tables_have_no_kinds(read):
    relations = read("Source,Target,Type,Id,Weight\na,b,Directed,0,2.0\nb,c,Undirected,1,1.0\n")
    assert relations.kinds == []
    assert "1 (first: line 3)" in said(relations, "undirected edges")[0]
    assert relations.frame["weight"].tolist() == [2.0, 1.0]


# Names and places


def test_names_that_read_the_same_are_one(read):
    relations = read("source,target\n\u041e\u0420\u0420\u041e,华为\nOPPO , ＯＰＰＯ（深圳）\na\x00b,华为\n")
    assert relations.nodes.index.tolist() == ["OPPO", "华为", "OPPO(深圳)", "ab"]
    assert "1 (first: line 2" in said(relations, "look-alike letters")[0]
    assert "1 (first: line 4" in said(relations, "control or invisible")[0]


def test_names_that_differ_in_case_stay_apart(read):
    relations = read("source,target\nVivo,x\nvivo,y\nVI VO,z\n")
    assert len(relations.nodes) == 6
    assert "1 (first: 'Vivo' and 'vivo')" in said(relations, "only in case or blanks")[0]


def test_a_name_of_control_characters_is_missing(read):
    assert read("source,target\n\x01\x02,b\na,b\n").account.reasons == {"missing_source": 1}


def test_the_thesaurus_joins_names(read, write):
    names = write("variant,preferred\n华为技术有限公司,华为技术\n华为技术,华为\n", "t.csv")
    relations = read("源,目标\n华为技术有限公司,华为\n华为技术,中兴\n", names=names)
    assert edges(relations) == [("华为", "中兴")]
    assert relations.account.self_loops == 1


def test_na_is_a_country(read):
    relations = read("source,target,source_country,target_country\na,b,NA,None\n")
    assert relations.frame["source_country"].tolist() == ["NA"]
    assert relations.nodes["country"].tolist() == ["NA", "None"]


def test_conflicting_places_count_the_most_frequent(read):
    relations = read("source,target,source_city,target_city\na,b,X,\na,b,Y,\na,c,Y,\nd,b,P,Q\nd,b,Q,\n")
    assert relations.nodes["city"].fillna("").to_dict() == {"a": "Y", "b": "Q", "c": "", "d": "P"}
    assert "2 (first: 'a', 'X' in line 2, 'Y' in line 3)" in said(relations, "more than one city")[0]
    # Each relation keeps the place it was written with.
    assert relations.frame["source_city"].tolist() == ["X", "Y", "Y", "P", "Q"]


def test_the_nodes_table_fills_and_wins(read, write):
    nodes = write("name,province,type\na,广东,firm\nb,北京,\n", "n.csv")
    relations = read("source,target,source_province,target_province\na,b,上海,\nc,a,,\n", nodes=nodes)
    assert relations.nodes["province"].fillna("").to_dict() == {"a": "广东省", "b": "北京市", "c": ""}
    assert texts(relations.frame["source_province"]) == ["上海市", ""]
    assert relations.frame["target_province"].tolist() == ["北京市", "广东省"]
    # A level that only the nodes table knows becomes one of the relations.
    assert relations.levels == ["province", "type"]
    assert texts(relations.frame["source_type"]) == ["firm", ""]
    assert "1 of 3 (first: 'c')" in said(relations, "without a province")[0]


def test_both_ends_of_a_level_share_categories(read):
    frame = read("source,target,source_city,target_city\na,b,X,Y\n").frame
    assert (
        frame["source_city"].cat.categories.tolist()
        == frame["target_city"].cat.categories.tolist()
        == ["X", "Y"]
    )


def test_labels_are_names_of_ids(read):
    relations = read("source_id,source,target_id,target\n1,A,2,\n2,B,1,A\n2,B,3,\n2,Bb,1,A\n")
    assert relations.nodes["label"].to_dict() == {"1": "A", "2": "B", "3": "3"}
    assert "'B' in line 3, 'Bb' in line 5" in said(relations, "more than one name")[0]


# Options and sources


def test_options_from_a_file_and_from_the_call(write):
    config = write(
        'encoding = "gbk"\nloops = "keep"\n'
        '[columns]\nsource = "甲"\ntarget = "乙"\n[kinds]\n"联合" = "technology"\n',
        "c.toml",
    )
    table = write("甲,乙,类型\nA,A,联合\nA,B,x\n", encoding="gbk")
    relations = read_relations(table, config=config)
    assert len(relations) == 2
    assert relations.kinds == ["technology", "x"]
    assert len(read_relations(table, config=config, loops="drop")) == 1
    assert read_relations(table, config=config, mapping={"source": "乙", "target": "甲"}).frame[
        "source"
    ].tolist() == [
        "A",
        "B",
    ]


def test_the_table_and_its_labels_may_stand_in_the_file(write):
    write("企业,合作方,方向,合作方角色\n甲,乙,进,核心\n甲,丙,出,x\n")
    config = write(
        'relations = "r.csv"\n[directions]\n"进" = "input"\n[roles]\n"核心" = "sample"\n', "c.toml"
    )
    relations = read_relations(config=config)
    # 进 is input here: it goes from the partner to the enterprise; 出 is known without help.
    assert relations.frame[["source", "target"]].values.tolist() == [["乙", "甲"], ["甲", "丙"]]
    assert relations.nodes["role"].tolist() == ["sample", "sample", "partner"]
    assert len(read_relations(config=write("loops = 'keep'", "d.toml"))) == len(read_relations())


@pytest.mark.parametrize("name", ["r.csv", "r.tsv", "r.csv.gz", "r.xlsx", "r.parquet", "r.data"])
def test_all_forms_give_the_same_table(tmp_path, name):
    frame = pd.DataFrame(
        {"源": ["甲", "丙"], "目标": ["乙", "甲"], "年份": [2019, 2020], "行业": ["NA", "软件"]}
    )
    path = tmp_path / name
    if name.endswith(".xlsx"):
        frame.to_excel(path, index=False)
    elif name.endswith(".parquet"):
        frame.to_parquet(path)
    else:
        text = frame.to_csv(index=False, sep="\t" if "tsv" in name else ",")
        data = text.encode("gbk" if "data" in name else "utf-8")
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    relations = read_relations(path)
    assert relations.frame.astype(str).to_numpy().tolist() == [
        ["甲", "乙", "2019", "NA"],
        ["丙", "甲", "2020", "软件"],
    ]
    assert relations.classes == ["industry"]
    assert relations.name == "r"
    assert relations.account.source["file"] == name


def test_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"source,target\na,b\n")))
    assert edges(read_relations("-")) == [("a", "b")]


def test_a_comment_marks_made_up_data(read):
    assert read("# 合成数据\nsource,target\na,b\n").synthetic
    assert not read("source,target\na,b\n").synthetic


def test_nothing_left_lists_reasons_and_keeps_the_rows(read):
    with pytest.raises(AllRejectedError) as caught:
        read("source,target,year\na,b,x\na,,2019\nb,c,y\n")
    assert str(caught.value) == (
        "r.csv: all 3 rows are rejected: 1 missing_target (first: line 3); "
        "2 bad_year (first: line 2, column 'year': found 'x', expected a year from 1900 to 2100)"
    )
    assert caught.value.rejects["line"].tolist() == [2, 3, 4]


# Filters


def test_filters():
    frame = pd.DataFrame(
        {"source": ["a", "b"], "target": ["b", "c"], "year": [2019, 2020], "kind": ["technology", "x"]}
    )
    table = from_frame(frame, pd.DataFrame({"platform": [True, False, False]}, index=["a", "b", "c"]))
    assert len(of_kinds(table, ["x"])) == 1
    assert len(of_kinds(table, None)) == 2
    assert len(in_years(table, 2020)) == 1
    assert len(in_years(table, None, 2019)) == 1
    assert edges(of_platforms(table)) == [("a", "b")]
    with pytest.raises(UsageError, match="kind 'talent' does not occur"):
        of_kinds(table, ["talent"])
    bare = from_frame(frame[["source", "target"]])
    for call, message in (
        (lambda: of_kinds(bare, ["x"]), "no kind column"),
        (lambda: in_years(bare, 2019), "no year column"),
        (lambda: of_platforms(bare), "flagged as a platform"),
    ):
        with pytest.raises(UsageError, match=message):
            call()


def test_a_blank_weight_counts_one_as_in_gephi(read):
    relations = read("source,target,weight\na,b,2\na,b,\nb,c,\n")
    assert networks.cumulative(relations)[None].weights.tolist() == [3.0, 1.0]


@pytest.mark.parametrize("weight", ["NA", '"1,200"', "12 万", "-3", "inf"])
def test_an_unusable_weight_costs_no_relation_and_is_reported(read, weight):
    relations = read(f"source,target,weight\na,b,{weight}\nb,c,2\n")
    assert relations.account.rejected == 0
    assert networks.cumulative(relations)[None].weights.tolist() == [1.0, 2.0]
    assert any("hold no number of at least 0: 1 (first: line 2" in w for w in relations.account.warnings)


def test_a_table_without_rows_is_refused_unless_its_nodes_are_wanted(read, tmp_path):
    nodes = tmp_path / "nodes.csv"
    nodes.write_text("id\na\nb\n", encoding="utf-8")
    with pytest.raises(DataError, match="has a header but no rows"):
        read("source,target\n", nodes=nodes)
    relations = read("source,target\n", nodes=nodes, allow_empty=True)
    assert networks.cumulative(relations, isolates=True)[None].n_nodes == 2


# Properties


cell = st.sampled_from(["", " ", "a", "b", "甲", "a,b", 'q"q', "l\nl", "\x00", "2019", "x" * 50])
year = st.sampled_from(["2019", "2020.0", "", " ", "x", "2019.5", "1800", "2019-05-01", "2019年"])
row = st.one_of(st.tuples(cell, cell, year, cell), st.lists(cell, min_size=1, max_size=6).map(tuple))


@settings(deadline=None)
@given(st.lists(row, max_size=12))
def test_no_row_is_lost_in_a_dirty_table(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("dirty") / "r.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["source", "target", "year", "note"])
        writer.writerows(rows)
    rows = [row for row in rows if row != (" ",)]  # a line of blanks
    try:
        account = read_relations(path).account
    except AllRejectedError as error:
        rejects, accepted = error.rejects, 0
    except DataError:
        rejects, accepted = pd.DataFrame({"line": []}), 0
    else:
        rejects, accepted = account.rejects, account.accepted
        assert account.accepted + account.rejected == account.rows
        assert account.relations + len(account.set_aside) == account.accepted
        assert sum(account.reasons.values()) == account.rejected
    assert accepted + len(rejects) == len(rows)
    assert rejects["line"].between(2, path.read_bytes().count(b"\n")).all()


# A name of dashes alone names nobody.
names = st.text(alphabet=st.sampled_from("abcAB 甲乙é'\"-"), min_size=1, max_size=8).filter(
    lambda t: t.replace("-", "").strip()
)


@settings(deadline=None)
@given(st.lists(st.tuples(names, names, st.integers(1900, 2100)), min_size=1, max_size=20))
def test_a_clean_table_comes_back_as_it_was(rows):
    frame = pd.DataFrame(rows, columns=["source", "target", "year"])
    relations = read_relations(frame, loops="keep", duplicates="keep")
    got = [(*pair, y) for pair, y in zip(edges(relations), relations.frame["year"], strict=True)]
    assert got == [(" ".join(s.split()), " ".join(t.split()), y) for s, t, y in rows]
    again = read_relations(relations.frame, loops="keep", duplicates="keep")
    assert edges(again) == edges(relations)


dirty = st.sampled_from(
    [
        "",
        "甲",
        " 甲",
        "ОРРО",
        "OPPO",
        "a\x00b",
        "ab",
        "乙（深圳）",
        "乙(深圳)",
        "Vivo",
        "vivo",
        "VI VO",
        "?\ufffd",
        "x" * 10_001,
    ]
)
level = st.sampled_from(["", "北京", "广东省", "Berlin", "NA", "a  b"])
dirty_row = st.tuples(dirty, dirty, year, st.sampled_from(["赋能", "输入", "?"]), level, level, dirty)


@settings(deadline=None, max_examples=60)
@given(st.lists(dirty_row, min_size=1, max_size=12), st.booleans(), st.booleans(), st.booleans())
def test_long_columns_are_read_like_short_ones(tmp_path_factory, rows, sided, renamed, listed):
    from clusters.intake import pieces, texts

    base = tmp_path_factory.mktemp("long")
    header = ["企业", "合作方", "年份", "方向", "企业省份", "合作方省份", "备注"]
    if not sided:
        header = ["源", "目标", "年份", "x", "源省份", "目标省份", "源名称"]
    pd.DataFrame(rows, columns=header).to_csv(base / "r.csv", index=False)
    pd.DataFrame(rows, columns=header).to_parquet(base / "r.parquet")
    options = {}
    if renamed:
        (base / "t.csv").write_text("ab,OPPO\nVivo,甲\nnobody,x\n", encoding="utf-8")
        options["names"] = base / "t.csv"
    if listed:
        (base / "n.csv").write_text("name,province\nz,广东\nOPPO,上海\n乙（深圳）,\n", encoding="utf-8")
        options["nodes"] = base / "n.csv"

    def seen(name):
        try:
            table = read_relations(base / name, cache=False, **options)
        except DataError as error:
            return str(error)
        account = table.account
        parts = [table.frame, table.nodes, account.rejects, account.set_aside]
        counts = (account.reasons, account.self_loops, account.duplicates, account.warnings)
        return [(part.reset_index().to_dict("list"), dict(part.dtypes)) for part in parts], counts

    for name in ("r.csv", "r.parquet"):
        whole = seen(name)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(texts, "FEW", 0)
            patch.setattr(pieces, "BLOCK", 50)
            patch.setattr("clusters.intake.assembly._STEP", 2)
            patch.setattr("clusters.intake.organisations._STEP", 2)
            patch.setattr("clusters.intake.rows._STEP", 2)
            assert repr(seen(name)) == repr(whole)


# Real data


def test_cordis_agrees_with_an_independent_count(shared):
    path = shared / "data" / "cordis_h2020" / "relations.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [row for row in rows if row["year"].strip()]
    relations = read_relations(path)
    account = relations.account
    assert (account.rows, account.rejected, account.reasons) == (113_275, 1, {"missing_year": 1})
    assert account.rejects["line"].tolist() == [
        2 + i for i, row in enumerate(rows) if not row["year"].strip()
    ]
    loops = [row for row in kept if row["source_id"] == row["target_id"]]
    others = Counter(tuple(row.values()) for row in kept if row["source_id"] != row["target_id"])
    assert (account.self_loops, account.duplicates) == (len(loops), sum(others.values()) - len(others))
    assert account.relations == len(others)
    ends = dict.fromkeys(row[end] for row in kept for end in ("source_id", "target_id"))
    assert relations.nodes.index.tolist() == list(ends)
    frame = relations.frame
    assert Counter(frame["year"]) == Counter(int(row["year"]) for row in kept)
    assert Counter(frame["kind"]) == Counter(row["relation_type"] for row in kept)
    assert Counter(zip(frame["source_country"], frame["target_country"], strict=True)) == Counter(
        (row["source_country"], row["target_country"]) for row in kept
    )
    assert int(frame["weight"].isna().sum()) == sum(not row["weight_eur"] for row in kept)
    assert relations.levels == ["country", "city", "nuts", "type"]
    assert relations.nodes.loc["998616262", "label"] == "TRANSPORT & MOBILITY LEUVEN NV"


def test_github_flows_are_read(shared):
    relations = read_relations(shared / "data" / "github_innovation_graph" / "flows.csv.gz")
    assert relations.account.rows == relations.account.accepted == 74_127
    assert relations.classes == ["quarter"]
    assert relations.years[0] == 2020


def test_a_column_that_only_rows_out_of_use_fill_is_not_called_empty():
    frame = pd.DataFrame({"source": ["a", "b"], "target": ["b", None], "note": ["", "x"], "other": ["", ""]})
    assert [text for text in read_relations(frame).account.warnings if "empty" in str(text)] == [
        "data frame: column 'other' is empty"
    ]
