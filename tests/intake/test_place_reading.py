"""Places in tables: clean names stay, free text is read, doubts are counted and said."""

from __future__ import annotations

import pandas as pd
import pytest

from clusters.intake.organisations import read_nodes
from clusters.intake.place_columns import read_place_columns
from clusters.relations import read_relations


def table(**columns):
    size = len(next(iter(columns.values())))
    return pd.DataFrame({"source": [f"a{i}" for i in range(size)], "target": ["b"] * size, **columns})


def said(relations, words):
    return [str(w) for w in relations.account.warnings if words in w]


def test_clean_names_bring_no_word_and_no_level():
    relations = read_relations(
        table(
            source_province=["北京", "广东省", "Sichuan"],
            target_province=["上海市"] * 3,
            source_city=["北京市", "深圳", "Chengdu"],
            target_city=["上海"] * 3,
        )
    )
    assert relations.account.warnings == ()
    assert relations.levels == ["province", "city"]
    assert relations.frame["source_province"].tolist() == ["北京市", "广东省", "四川省"]
    assert relations.frame["source_city"].tolist() == ["北京市", "深圳市", "成都市"]


def test_addresses_in_a_column_of_cities_are_read_and_counted():
    relations = read_relations(
        table(
            source_city=["广东省深圳市南山区科技园", "杭州西湖区", "Paris"],
            target_city=["襄樊", "昆山市", "武汉"],
        )
    )
    assert relations.frame["source_city"].tolist() == ["深圳市", "杭州市", "Paris"]
    assert relations.frame["target_city"].tolist() == ["襄阳市", "苏州市", "武汉市"]
    assert relations.levels == ["city"]
    (read,) = said(relations, "were read as places")
    assert "cells of city" in read
    assert ": 3 (first: '广东省深圳市南山区科技园' as 深圳市" in read
    (unread,) = said(relations, "name no one place")
    assert ": 1 (first: 'Paris', Unknown" in unread


def test_the_province_of_the_row_tells_namesakes_apart():
    relations = read_relations(
        table(
            source_city=["Suzhou", "Suzhou", "Suzhou", "朝阳区"],
            source_province=["Jiangsu", "安徽省", "", "吉林"],
            target_city=["上海"] * 4,
            target_province=["上海"] * 4,
        )
    )
    assert relations.frame["source_city"].tolist() == ["苏州市", "宿州市", "Suzhou", "长春市"]
    assert said(relations, "name no one place") != []


def test_a_city_in_another_province_stays_and_is_said():
    relations = read_relations(
        table(
            source_city=["南昌", "南京"],
            source_province=["江苏"] * 2,
            target_city=["武汉"] * 2,
            target_province=["湖北"] * 2,
        )
    )
    assert relations.frame["source_city"].tolist() == ["南昌市", "南京市"]
    assert relations.frame["source_province"].tolist() == ["江苏省", "江苏省"]
    (apart,) = said(relations, "lies in another province")
    assert ": 1 (first: '南昌市' with '江苏省')" in apart


def test_a_column_of_addresses_says_province_and_city_where_there_is_none():
    frame = table(
        source_address=["深圳市南山区", "海南", ""],
        target_address=["北京市海淀区中关村", "上海", "成都高新区"],
    )
    relations = read_relations(frame)
    assert relations.levels == ["address", "province", "city"]
    assert relations.frame["source_province"].tolist()[:1] == ["广东省"]
    assert relations.frame["source_province"].isna().tolist() == [False, True, True]
    assert relations.frame["target_city"].tolist() == ["北京市", "上海市", "成都市"]
    assert relations.frame["source_address"].tolist()[0] == "深圳市南山区"


def test_an_address_fills_blank_cells_only():
    frame = table(
        source_address=["深圳市南山区", "广州市"],
        target_address=["", ""],
        source_city=["珠海", ""],
        target_city=["武汉", "武汉"],
    )
    relations = read_relations(frame)
    assert relations.frame["source_city"].tolist() == ["珠海市", "广州市"]
    assert relations.frame["target_city"].tolist() == ["武汉市", "武汉市"]


def test_in_an_international_table_latin_names_are_left():
    relations = read_relations(
        table(
            source_city=["Jinan", "济南市历下区"],
            target_city=["Suzhou", "Lyon"],
            source_country=["US", "CN"],
            target_country=["CN", "FR"],
        )
    )
    assert relations.frame["source_city"].tolist() == ["Jinan", "济南市"]
    assert relations.frame["target_city"].tolist() == ["Suzhou", "Lyon"]


def test_tables_of_organisations_are_read_alike():
    nodes = read_nodes(
        pd.DataFrame(
            {"企业名称": ["a", "b", "c"], "注册地址": ["浙江省杭州市滨江区", "吉林", None], "行业": ["x"] * 3}
        )
    )
    assert nodes.frame["city"].tolist()[0] == "杭州市"
    assert nodes.frame["province"].tolist()[:2] == ["浙江省", "吉林省"]
    assert nodes.frame["city"].isna().tolist() == [False, True, True]
    assert any("read as places" in w for w in nodes.warnings)
    clean = read_nodes(pd.DataFrame({"name": ["a"], "city": ["深圳"]}))
    assert (clean.frame.columns.tolist(), clean.warnings) == (["city"], [])


def test_one_country_under_several_labels_becomes_one():
    frame = table(source_country=["CN", "China", "EL"], target_country=["DE", "中国", "XX"])
    relations = read_relations(frame)
    assert relations.frame["source_country"].tolist() == ["CN", "CN", "GR"]
    assert relations.frame["target_country"].tolist() == ["DE", "CN", "XX"]
    (note,) = said(relations, "countries that were written in several ways")
    assert ": 3 (first: 'CN' and 'China' are 'CN')" in note


def test_the_table_of_organisations_has_the_same_labels():
    frame = table(source_country=["CN"], target_country=["FR"])
    nodes = pd.DataFrame({"name": ["a0", "c"], "country": ["China", None]})
    relations = read_relations(frame, nodes=nodes)
    assert relations.nodes["country"].tolist()[:1] == ["CN"]
    assert set(relations.nodes["country"].dropna()) == {"CN", "FR"}


def test_labels_of_countries_stay_where_each_has_one():
    relations = read_relations(table(source_country=["EL", "UK", "NA"], target_country=["DE", "XX", "FR"]))
    assert relations.frame["source_country"].tolist() == ["EL", "UK", "NA"]
    assert said(relations, "countries") == []


def test_rows_written_from_the_enterprise_are_turned_with_their_places():
    frame = pd.DataFrame(
        {
            "企业": ["a", "a"],
            "合作方": ["b", "c"],
            "方向": ["赋能", "输入"],
            "企业地址": ["深圳市南山区"] * 2,
            "合作方地址": ["北京市海淀区", "上海市徐汇区"],
        }
    )
    relations = read_relations(frame)
    assert relations.frame["source_city"].tolist() == ["深圳市", "上海市"]
    assert relations.frame["target_city"].tolist() == ["北京市", "深圳市"]


def test_columns_of_places_are_recognised_with_what_stands_beside():
    frame = pd.DataFrame(
        {
            "source": ["a"],
            "target": ["b"],
            "source_city": ["Suzhou"],
            "source_province": ["安徽"],
            "target_country": ["FR"],
        }
    )
    found = read_place_columns(frame)
    assert list(found.cells) == ["source_city", "source_province", "target_country"]
    assert found.provinces == {"source_city": ["安徽"]}
    with pytest.raises(Exception, match="no column 'x'"):
        read_place_columns(frame, ["x"])
    with pytest.raises(Exception, match="no column known as one of places"):
        read_place_columns(frame[["source", "target"]])
