"""Which names are alike, by hand and by property."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.names.features import features
from clusters.names.matching import PLACES_DIFFER, THRESHOLD, compare, places_agree

PARTS = [
    *(
        "华芯",
        "华信",
        "星澜",
        "北京",
        "上海市",
        "科技",
        "电子",
        "信息技术",
        "有限公司",
        "股份有限公司",
        "集团",
        "第一",
        "第二",
    ),
    *("(北京)", "分公司", "大学", "Norvik ", "Norvic ", "Systems ", "Ltd ", "GmbH ", "(NSL)", "Univ ", "2 "),
]
names = st.lists(st.sampled_from(PARTS), min_size=1, max_size=6).map("".join)


def score(one: str, two: str):
    found = compare(features(one), features(two))
    return (None, "") if found is None else (found.score, found.reason)


@pytest.mark.parametrize(
    ("one", "two", "reason"),
    [
        ("华芯科技有限公司", "华芯 科技有限公司", "spelling"),
        ("华芯科技有限公司", "华芯科技", "legal_form"),
        ("华芯科技有限公司", "华芯科技股份有限公司", "legal_form"),
        ("深圳市华芯科技有限公司", "华芯科技有限公司", "place_part"),
        ("百度", "百度在线网络技术有限公司", "short_name"),
        ("星澜(Norvik)", "Norvik", "other_name"),
        ("NORVIK SYSTEMS LTD", "Norvik Systems Limited", "legal_form"),
        ("Norvik Systems", "Norvik System", "spelling"),
        ("Norvik Bio Systems", "Norvik Biosystems", "spelling"),
        ("University of Norvik", "Norvik Univ.", "word_order"),
        ("International Business Machines Corp.", "IBM", "acronym"),
        ("Norvik Institute of Technology", "NIT", "acronym"),
        ("Norvik Institute of Technology", "NIOT", "acronym"),
        ("Norvik Marine Instruments", "Norvyk Marine Instruments", "close_spelling"),
        ("Müldorf Optik", "Mueldorf Optik", "close_spelling"),
        ("星澜深海探测装备", "星澜深海探侧装备", "close_spelling"),
    ],
)
def test_one_organisation(one, two, reason):
    found = score(one, two)
    assert found[1] == reason
    assert found[0] >= THRESHOLD


@pytest.mark.parametrize(
    ("one", "two"),
    [
        # Nine of ten characters are the same: any measure of the whole names says 90.
        ("中国电信股份有限公司", "中国电科股份有限公司"),
        ("第一机床厂", "第二机床厂"),
        ("中铁一局集团有限公司", "中铁二局集团有限公司"),
        ("Fund I LP", "Fund II LP"),
        ("Plant 1", "Plant 2"),
        ("华芯科技有限公司", "华芯电子有限公司"),
        ("星澜大学", "星澜工业大学"),
        ("星澜大学", "星澜大学附属医院"),
        ("星澜大学", "星澜大学科技"),
        ("Nanlan University", "Nanlan University of Technology"),
        ("National Institute of Optics", "National Institute of Plastics"),
        ("星澜远洋东部航线", "星澜远洋西部航线"),
        ("科技", "科技信息"),
        ("", ""),
        ("---", "+++"),
    ],
)
def test_nothing_in_common(one, two):
    assert compare(features(one), features(two)) is None


@pytest.mark.parametrize(
    ("one", "two", "apart"),
    [
        ("北京华芯科技有限公司", "上海华芯科技有限公司", "place"),
        ("Norvik GmbH", "Norvik Ltd", "legal_form"),
        ("星澜资产有限公司", "星澜资产合伙企业（有限合伙）", "legal_form"),
        ("百度有限公司", "百度网络有限公司", "legal_form"),
        ("Norvik (Alps) SA", "Norvik (Tours) SA", "brackets"),
    ],
)
def test_what_speaks_against_keeps_a_pair_below_the_threshold(one, two, apart):
    found = compare(features(one), features(two))
    assert apart in found.apart
    assert found.score < THRESHOLD


def test_a_branch_is_told_as_one():
    assert score("华芯科技有限公司", "华芯科技有限公司北京分公司")[1] == "branch"
    assert score("华芯科技（北京）有限公司", "华芯科技（上海）有限公司")[1] == "branch"
    assert score("Norvik (China) Ltd", "Norvik Ltd")[1] == "branch"


def test_established_words_are_no_slips_of_each_other():
    one, two = features("Norvik Marlin Instruments"), features("Norvik Merlin Instruments")
    assert compare(one, two).reason == "close_spelling"
    assert compare(one, two, {"marlin": 3, "merlin": 3}) is None
    assert compare(one, two, {"marlin": 9, "merlin": 2}) is not None


def test_places():
    assert places_agree("深圳市", "广东省")
    assert not places_agree("深圳市", "广州市")
    assert compare(features("深圳华芯科技"), features("广东省华芯科技")).score > PLACES_DIFFER


@given(names, names)
def test_scores_are_symmetric_and_from_0_to_100(one, two):
    a, b = features(one), features(two)
    found = compare(a, b)
    assert found == compare(b, a)
    assert found is None or 0 <= found.score <= 100


@given(names)
def test_a_name_equals_itself(name):
    found = compare(features(name), features(name))
    assert found is None or (found.score, found.reason) == (100.0, "same_name")
