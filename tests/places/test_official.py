"""Places: names resolve exactly or not at all, and the reference table is complete."""

from __future__ import annotations

import pandas as pd
import pytest

from clusters import places, published
from clusters.places import official


@pytest.mark.parametrize(
    "spelling", ["北京", "北京市", "Beijing", " beijing ", "ＢＥＩＪＩＮＧ", "Beijing Municipality"]
)
def test_every_spelling_of_a_municipality_is_province_and_city(spelling: str) -> None:
    assert places.province(spelling) == places.city(spelling) == "北京市"


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        ("哈尔滨", "哈尔滨市"),
        ("Ha erbin", None),
        ("Xi'an", "西安市"),
        ("xi’an city", "西安市"),
        ("延边", "延边朝鲜族自治州"),
        ("延边州", "延边朝鲜族自治州"),
        ("Suzhou (Anhui)", "宿州市"),
        ("仙桃", "仙桃市"),
    ],
)
def test_city_spellings(spelling: str, expected: str | None) -> None:
    assert places.city(spelling) == expected


@pytest.mark.parametrize(
    "name", ["Suzhou", "Taizhou", "Yichun", "Fuzhou", "Yulin", "吉林", "Jilin", "海南", "Hainan"]
)
def test_a_name_that_several_places_bear_is_not_guessed(name: str) -> None:
    assert places.city(name) is None


def test_shared_short_names_still_name_the_province() -> None:
    assert (places.province("吉林"), places.province("海南")) == ("吉林省", "海南省")
    assert places.city("吉林市") == "吉林市"


@pytest.mark.parametrize("name", ["", " ", "Atlantis", "上海交通大学", None, float("nan"), 310000])
def test_what_is_no_place_is_none(name: object) -> None:
    assert places.province(name) is None
    assert places.city(name) is None


def test_table_is_complete() -> None:
    levels = pd.Series([p.level for p in official.all_places()]).value_counts()
    # National count at the end of 2023: 34 province-level, 333 prefecture-level units.
    assert levels.to_dict() == {"province": 34, "prefecture": 333, "county": 32}
    codes = [p.code for p in official.all_places()]
    assert codes == sorted(set(codes))
    assert all(len(code) == 6 and code.isdecimal() for code in codes)


def test_codes_begin_with_their_province_and_capitals_lie_in_it() -> None:
    code = {p.name_zh: p.code for p in official.all_places()}
    for place in official.all_places():
        assert place.code[:2] == code[place.province_zh][:2]
        if place.capital_zh:
            assert place.capital_zh in places.cities(place.name_zh)


def test_every_name_resolves_to_itself_and_every_english_label_is_unique() -> None:
    everything = official.all_places()
    for place in everything:
        resolve = places.province if place.level == "province" else places.city
        assert resolve(place.name_zh) == place.name_zh
    labels = [places.label(p.name_zh) for p in everything]
    assert len(labels) == len(set(labels))
    assert all(label.isascii() for label in labels)


def test_canonical_keeps_index_missing_and_unknown() -> None:
    names = pd.Series(["广东", "Paris", None, "深圳"], index=[7, 8, 9, 10])
    result = places.canonical(names, "province")
    assert list(result.index) == [7, 8, 9, 10]
    assert result[7] == "广东省"
    assert result[8] == "Paris"
    assert pd.isna(result[9])
    assert result[10] == "深圳"
    assert places.canonical(names.astype("category"), "city")[10] == "深圳市"
    assert places.canonical(names, "country") is names


def test_the_report_names_places_that_are_here() -> None:
    for table, column, resolve in ((7, "province_zh", places.province), (10, "city_zh", places.city)):
        names = published.load("nankai_2023", table=table)[column]
        assert [resolve(n) for n in names] == names.tolist()
    # Table 1 prints 哈尔滨 without 市.
    assert places.city(published.load("nankai_2023", table=1)["city_zh"].iloc[14]) == "哈尔滨市"


def test_order_is_by_code_not_by_character() -> None:
    names = ["浙江省", "广东省", "北京市", "上海市", "中国"]
    assert places.order(names) == ["北京市", "上海市", "浙江省", "广东省", "中国"]
    assert places.order(["深圳市", "广州市"]) == ["广州市", "深圳市"]


def test_regions_have_the_provinces_of_the_report() -> None:
    inside = {p: places.region(p) for p in places.provinces()}
    assert {p for p, r in inside.items() if r == "长江三角洲"} == {"上海市", "江苏省", "浙江省", "安徽省"}
    assert {p for p, r in inside.items() if r == "京津冀"} == {"北京市", "天津市", "河北省"}
    assert {p for p, r in inside.items() if r == "川渝"} == {"四川省", "重庆市"}
    nine = [c for c in places.cities("广东省") if places.region("广东省", c)]
    assert len(nine) == 9
    assert all(places.region("广东省", c, prd="province") for c in places.cities("广东省"))


def test_region_of_rows_tells_outside_from_unknown_place() -> None:
    result = places.regions(
        pd.Series(["广东省", "广东省", None, "湖北省"]),
        pd.Series(["汕头市", None, "北京市", "武汉市"]),
        prd="province",
    )
    assert result.tolist() == ["珠江三角洲", "珠江三角洲", None, None]
    with pytest.raises(ValueError, match="prd"):
        places.region("广东省", prd="nine")  # type: ignore[arg-type]


def test_english_labels() -> None:
    assert places.label("珠三角") == places.label("珠江三角洲") == "Pearl River Delta"
    assert (places.label("山西省"), places.label("陕西省")) == ("Shanxi", "Shaanxi")
    assert places.label("广东省", "zh") == "广东省"


def test_capitals_are_those_of_the_mainland_provinces_and_lie_in_china() -> None:
    found = places.capitals()
    assert found.index.tolist() == places.provinces(mainland=True)
    assert all(places.place(name).capital_zh == city for name, city in found["capital"].items())
    assert found["latitude"].between(18, 54).all()
    assert found["longitude"].between(73, 136).all()
    # From south to north and from west to east, as on any map.
    assert found["latitude"].idxmin() == "海南省"
    assert found["latitude"].idxmax() == "黑龙江省"
    assert found["longitude"].idxmin() == "新疆维吾尔自治区"
    assert found["longitude"].idxmax() == "黑龙江省"


def test_areas_of_the_provinces_add_up_to_the_country() -> None:
    area = places.capitals()["area"]
    assert area.sum() == pytest.approx(9.6e6, rel=0.01)
    assert area.idxmax() == "新疆维吾尔自治区"
    assert area.idxmin() == "上海市"
