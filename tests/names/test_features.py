"""What names are made of, by hand and by property."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.names import clean
from clusters.names.features import features

PIECES = [
    *(
        "深圳市",
        "北京",
        "广东省",
        "吉林",
        "华芯",
        "第二",
        "智能",
        "科技",
        "大学",
        "医院",
        "银行",
        "集团",
        "控股",
    ),
    *("有限公司", "股份有限公司", "（有限合伙）", "(北京)", "分公司", "上海分行", "中国区", "·", " ", "3"),
    *("Norvik ", "Systems ", "Univ. of ", "Ltd", "Co., Ltd.", "S.p.A.", "GmbH ", "(UK)", "& ", "Shanghai "),
    *("The ", "II ", "Bank ", "China ", "A/S", "é", "ß", "'", "-", "ООО ", "Ростех", "(原名 甲乙丙)"),
]
names = st.one_of(st.lists(st.sampled_from(PIECES), max_size=7).map("".join), st.text(max_size=25))


@pytest.mark.parametrize(
    ("name", "core", "stem", "form", "place", "branch"),
    [
        ("华芯智能科技有限公司", "华芯智能科技", "华芯", "有限公司", "", ""),
        ("华芯智能科技（集团）股份有限公司", "华芯智能科技", "华芯", "集团+股份有限公司", "", ""),
        ("深圳市华芯科技有限责任公司", "华芯科技", "华芯", "有限责任公司", "深圳市", ""),
        ("广东省深圳市华芯科技", "华芯科技", "华芯", "", "深圳市", ""),
        ("华芯科技（北京）有限公司", "华芯科技", "华芯", "有限公司", "", "北京市"),
        ("华芯科技(中国)有限公司", "华芯科技", "华芯", "有限公司", "", "中国"),
        ("华芯科技有限公司深圳分公司", "华芯科技", "华芯", "有限公司", "", "深圳市分公司"),
        ("华芯科技中国区", "华芯科技", "华芯", "", "", "中国区"),
        ("嘉禾股权投资合伙企业（有限合伙）", "嘉禾股权投资", "嘉禾股权", "有限合伙+合伙企业", "", ""),
        # What is left has to tell one from another: these places are part of the name.
        ("北京大学", "北京大学", "北京大学", "", "", ""),
        ("浙江大学附属医院", "浙江大学附属医院", "浙江大学附属", "", "", ""),
        ("南京邮电大学", "南京邮电大学", "南京邮电", "", "", ""),
        ("上海市第一人民医院", "上海市第一人民医院", "上海市第一人民", "", "", ""),
        ("深圳市星澜研究院", "星澜研究院", "星澜", "", "深圳市", ""),
        ("上海银行股份有限公司", "上海银行", "上海银行", "股份有限公司", "", ""),
        ("上海汽车集团", "上海汽车", "上海汽车", "集团", "", ""),
        ("东方华芯科技", "东方华芯科技", "东方华芯", "", "", ""),
        # 公司 alone is no name, so it stays.
        ("有限公司", "有限公司", "有限公司", "", "", ""),
        ("Norvik Systems Co., Ltd.", "norvik systems", "norvik", "co ltd", "", ""),
        ("NORVIK S.p.A", "norvik", "norvik", "spa", "", ""),
        ("Norvik A/S", "norvik", "norvik", "as", "", ""),
        ("Norvik (China) Pty Ltd", "norvik", "norvik", "pty ltd", "", "CN"),
        (
            "Shenzhen Norvik Energy Holdings Limited",
            "norvik energy",
            "norvik",
            "limited+holdings",
            "深圳市",
            "",
        ),
        ("Norvik Deutschland GmbH", "norvik", "norvik", "gmbh", "", "DE"),
        ("Norvik Ltd, Shanghai Branch", "norvik", "norvik", "ltd", "", "上海市 branch"),
        ("The Norvik Company", "norvik", "norvik", "company", "", ""),
        ("Møller & Söhne K.G.", "moller and sohne", "moller and sohne", "kg", "", ""),
        ("Bank of China", "bank of china", "bank of china", "", "", ""),
        ("Air China Ltd", "air china", "air china", "ltd", "", ""),
        ("University of Shanghai", "university of shanghai", "university of shanghai", "", "", ""),
    ],
)
def test_parts_by_hand(name, core, stem, form, place, branch):
    found = features(name)
    parts = (found.core, found.stem, found.legal_form, found.place, found.branch)
    assert parts == (core, stem, form, place, branch)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("星澜大学", "university"),
        ("Univ. of Norvik", "university"),
        ("星澜应用物理研究所", "institute"),
        ("Norvik Hospital", "hospital"),
        ("星澜银行股份有限公司", "bank"),
        ("华芯科技有限公司", ""),
    ],
)
def test_kind_of_organisation_stays_in_the_core(name, kind):
    assert features(name).kind == kind


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("第一机床厂", ("1",)),
        ("第1机床厂", ("1",)),
        ("中铁二十三局", ("23",)),
        ("Fund II LP", ("2",)),
        ("Plant 007", ("7",)),
        ("Norvik", ()),
    ],
)
def test_numbers(name, numbers):
    assert features(name).numbers == numbers


def test_brackets_hold_other_names():
    assert features("星澜(Norvik Ltd)有限公司").brackets == ("norvik",)
    assert features("Norvik Institute of Technology [NIT]").brackets == ("nit",)
    assert features("Pelloria (formerly Zandrel Ltd)").brackets == ("zandrel",)
    assert features("((a)b)c").brackets == ("a", "b")


@pytest.mark.parametrize("name", ["", "  ", "---", "（）", "\x00"])
def test_a_name_without_letters_has_no_core(name):
    assert features(name).core == ""


@given(names)
def test_the_stored_name_is_only_cleaned(name):
    assert features(name).name == clean(name)


@given(names)
def test_a_core_is_its_own_core(name):
    core = features(name).core
    assert features(core).core == core


@given(names)
def test_the_stem_begins_the_core(name):
    found = features(name)
    assert found.core.startswith(found.stem)
    assert bool(found.core) == any(c.isalnum() for c in found.core)
