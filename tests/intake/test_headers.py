"""Which column is which."""

from __future__ import annotations

import pytest

from clusters.errors import DataError, UsageError
from clusters.intake.headers import key, node_columns, relation_columns, score_nodes, score_relations
from clusters.intake.vocabulary import meanings, words


def columns(header, **mapping):
    return relation_columns(header.split(","), "a.csv", mapping)


@pytest.mark.parametrize(
    "header",
    [
        "source,target",
        "源,目标",
        "来源,去向",
        "赋能方,输入方",
        "提供方,接收方",
        "投资方,被投资方",
        "From,To",
        "Source Node,target-node",
        "SOURCE,Target",
        "供应商,需求方",
        "源 (source),目标（target）",
    ],
)
def test_both_ends_are_recognised(header):
    assert columns(header).ids == {"source": 0, "target": 1}


@pytest.mark.parametrize(
    "header",
    [
        "enterprise,partner,direction",
        "企业,合作方,方向",
        "样本企业,关系节点,方向",
        "样本节点,合作伙伴,赋能方向",
        "企业名称,合作方名称,方向",
        "company,counterparty,direction",
    ],
)
def test_the_enterprise_form_is_recognised(header):
    found = columns(header)
    assert found.sided
    assert found.ids == {"enterprise": 0, "partner": 1}
    assert found.single["direction"] == 2


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("年份", "year"),
        ("年度", "year"),
        ("年", "year"),
        ("时间", "year"),
        ("合作年份", "year"),
        ("Year", "year"),
        ("日期", "date"),
        ("start_date", "date"),
        ("签约日期", "date"),
        ("关系类型", "kind"),
        ("relation_type", "kind"),
        ("类型", "kind"),
        ("合作类型", "kind"),
        ("权重", "weight"),
        ("weight_eur", "weight"),
    ],
)
def test_columns_of_the_relation(header, name):
    assert columns(f"源,目标,{header}").single == {name: 2}


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("技术类别", "technology"),
        ("技术领域", "technology"),
        ("应用领域", "application_field"),
        ("行业", "industry"),
        ("产业", "industry"),
        ("三次产业", "sector"),
        ("project no", "project no"),
        ("备注", "备注"),
    ],
)
def test_classes_have_canonical_names_where_known(header, name):
    assert columns(f"源,目标,{header}").classes == {name: 2}


@pytest.mark.parametrize(
    ("header", "attribute"),
    [
        ("source_province,target_province", "province"),
        ("源省份,目标省份", "province"),
        ("赋能方省份,输入方省份", "province"),
        ("赋能地,输入地", "place"),
        ("来源城市,目标城市", "city"),
        ("source country,target country", "country"),
        ("country_from,country_to", "country"),
        ("SourceRegion,TargetRegion", "region"),
        ("源地区,目标地区", "region"),
        ("source_nuts,target_nuts", "nuts"),
        ("source_kind,target_kind", "type"),
        ("源机构类型,目标机构类型", "type"),
    ],
)
def test_pairs_of_ends_are_levels(header, attribute):
    assert columns(f"源,目标,{header}").attributes == {("source", attribute): 2, ("target", attribute): 3}


@pytest.mark.parametrize(
    ("header", "end", "attribute"),
    [
        ("企业省份", "enterprise", "province"),
        ("enterprise_province", "enterprise", "province"),
        ("合作方城市", "partner", "city"),
        ("partner_city", "partner", "city"),
        ("关系节点类型", "partner", "type"),
        ("样本企业成立年份", "enterprise", "founded"),
        ("是否平台", "enterprise", "platform"),
    ],
)
def test_attributes_in_the_enterprise_form(header, end, attribute):
    assert columns(f"企业,合作方,方向,{header}").attributes == {(end, attribute): 3}


def test_direction_is_not_taken_for_a_partner():
    # 合作方向 begins with 合作方, and is the direction.
    found = columns("企业,合作方,合作方向")
    assert (found.ids["partner"], found.single["direction"]) == (1, 2)


def test_an_id_is_the_node_and_the_name_its_label():
    found = columns("source,source_id,target,target_id")
    assert found.ids == {"source": 1, "target": 3}
    assert found.attributes == {("source", "label"): 0, ("target", "label"): 2}
    assert columns("source_name,target_name").ids == {"source": 0, "target": 1}


def test_direction_beside_source_and_target_is_a_class():
    found = columns("source,target,direction")
    assert not found.sided
    assert (found.classes, found.unused_direction) == ({"direction": 2}, 2)


def test_weak_words_give_way():
    found = columns("源,目标,来源,年份,时间,类型,关系类型")
    assert found.ids["source"] == 0
    assert found.single == {"year": 3, "kind": 6, "date": 4}
    assert found.classes == {"来源": 2, "类型": 5}


def test_a_place_that_names_no_end_is_a_class_and_said():
    found = columns("企业,合作方,方向,省份")
    assert found.classes == {"province": 3}
    assert "--map enterprise_province=省份" in found.warnings[0]


def test_one_sided_places_keep_a_canonical_name():
    assert columns("源,目标,源省份").classes == {"source_province": 2}


@pytest.mark.parametrize(
    ("header", "one", "two"),
    [
        ("源,来源方,目标", "源", "来源方"),
        ("源,目标,年份,年度", "年份", "年度"),
        ("源,目标,源城市,来源城市", "源城市", "来源城市"),
        ("赋能,来源,目标", "赋能", "来源"),
    ],
)
def test_two_columns_for_one_meaning_are_an_error(header, one, two):
    with pytest.raises(DataError, match=f"a.csv: the columns '{one}' and '{two}' can both be") as caught:
        columns(header)
    assert "--map" in caught.value.hint


def test_two_columns_for_one_class_keep_their_names():
    found = columns("源,目标,行业,产业")
    assert found.classes == {"行业": 2, "产业": 3}
    assert "can both be 'industry'" in found.warnings[0]


def test_mapping_wins_over_recognition():
    found = columns("甲方,乙方,源,目标,y", source="甲方", target="乙方", year="y")
    assert found.ids == {"source": 0, "target": 1}
    assert found.single == {"year": 4}
    assert found.classes == {"源": 2, "目标": 3}
    found = columns("甲,乙,d,p", enterprise="甲", partner="乙", direction="d", partner_province="p")
    assert found.sided
    assert found.attributes == {("partner", "province"): 3}


def test_mapping_to_a_column_that_is_not_there():
    with pytest.raises(UsageError, match=r"a.csv has no column '甲'; it has 'source', 'target'"):
        columns("source,target", source="甲")


def test_one_column_cannot_be_giver_and_receiver():
    with pytest.raises(UsageError, match=r"source and target are mapped to one column of a.csv"):
        columns("a,b", source="a", target="a")


def test_missing_ends_list_columns_and_what_is_accepted():
    with pytest.raises(DataError, match="no column for source and target; the table has 'a', 'b'") as caught:
        columns("a,b")
    assert "源" in caught.value.hint
    assert "--map source=COLUMN" in caught.value.hint
    with pytest.raises(DataError, match="no column for target; the table has"):
        columns("source,b")


def test_a_company_beside_an_investor_receives():
    found = columns("公司名称,公司城市,投资方,投资方城市,投资时间,轮次")
    assert found.ids == {"source": 2, "target": 0}
    assert found.attributes == {("target", "city"): 1, ("source", "city"): 3}
    assert found.single == {"date": 4}
    assert "column '公司名称' is read as the target" in found.warnings[0]
    assert columns("供应商,企业").ids == {"source": 0, "target": 1}
    with pytest.raises(DataError, match="no column for target"):
        columns("来源,企业")  # where a fact was found, perhaps


def test_the_enterprise_form_needs_a_direction():
    with pytest.raises(
        DataError, match=r"'企业' and '合作方' do not say who gives; a column 'direction' \(方向\)"
    ):
        columns("企业,合作方")


def test_duplicate_headers_name_their_positions():
    with pytest.raises(DataError, match="names 'source' twice, in columns 1 and 3"):
        columns("source,target,source")


def test_blank_headers_are_numbered():
    assert columns("source,target,,").classes == {"column_3": 2, "column_4": 3}


def test_reserved_names_are_not_given_away():
    assert columns("a,b,kind,K", source="a", target="b", kind="K").classes == {"kind_column": 2}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("企业名称,省份", {"node": 0, "province": 1}),
        ("id,name,role", {"node": 0, "label": 1, "role": 2}),
        ("name,label", {"node": 0, "label": 1}),
        ("节点,角色,是否平台", {"node": 0, "role": 1, "platform": 2}),
        ("organisation,kind,staff", {"node": 0, "type": 1, "staff": 2}),
        ("name,sample", {"node": 0, "is_sample": 1}),
        ("企业,企业省份,成立年份", {"node": 0, "province": 1, "founded": 2}),
    ],
)
def test_tables_of_organisations(header, expected):
    assert node_columns(header.split(","), "n.csv") == expected


def test_a_table_without_organisations():
    with pytest.raises(DataError, match="no column names the organisation; the table has 'province'"):
        node_columns(["province"], "n.csv")
    assert node_columns(["x", "province"], "n.csv", {"node": "x"}) == {"node": 0, "province": 1}


def test_scores_tell_headers_from_rows():
    assert score_relations(["源", "目标", "年份"]) > score_relations(["源", "目标", "x"]) > 0
    assert score_relations(["华为", "中兴", "2019"]) == 0
    assert score_relations(["甲", "乙"], {"source": "甲", "target": "乙"}) > 0
    assert score_nodes(["名称", "省份"]) == 2
    assert score_nodes(["华为", "广东"]) == 0


def test_no_word_has_two_meanings():
    for section in ("ends", "relation", "attributes", "kind", "direction", "role", "flag"):
        listed = [word for group in words(section).values() for word in group]
        assert len(listed) == len(set(listed)), section
    assert not set(meanings("relation")) & set(meanings("ends"))


def test_every_word_is_its_own_key():
    for section in ("ends", "weak_ends", "relation", "weak_relation", "attributes", "organisation"):
        for word in (word for group in words(section).values() for word in group):
            assert key(word) == word, (section, word)


def test_a_title_that_names_one_mapped_column_is_no_header():
    mapping = {"source": "甲方", "target": "乙方", "year": "年份"}
    assert score_relations(["年份", "2022"], mapping) == 0
    assert score_relations(["甲方", "乙方", "no"], mapping) > 0
    # One of two may be misspelt: the message then names the right one.
    assert score_relations(["甲方", "乙"], {"source": "甲方", "target": "乙方"}) > 0


@pytest.mark.parametrize(
    ("layout", "header"),
    [
        ("crunchbase-2013", ["id", "acquiring_object_id", "acquired_object_id", "acquired_at"]),
        ("cordis", ["projectID", "organisationID", "name", "role", "country"]),
    ],
)
def test_a_table_of_a_public_layout_is_sent_to_its_converter(layout, header):
    with pytest.raises(DataError, match="no column for") as caught:
        relation_columns(header, "a.csv")
    assert f"clusters convert {layout} a.csv" in str(caught.value.hint)


@pytest.mark.parametrize("heading", ["注册地址", "address", "city", "所在城市"])
def test_a_place_of_neither_end_is_told(heading):
    columns = relation_columns(["source", "target", "year", heading], "a.csv")
    assert any("does not say whose" in str(note) and heading in str(note) for note in columns.warnings)
    assert not relation_columns(["source", "target", "year", f"source_{heading}"], "a.csv").warnings


def test_a_header_in_another_encoding_is_sent_to_encoding():
    header = "源,目標,年份".encode("big5").decode("gb18030").split(",")
    with pytest.raises(DataError, match="no column for") as caught:
        relation_columns(header, "a.csv")
    assert "--encoding big5" in str(caught.value.hint)
