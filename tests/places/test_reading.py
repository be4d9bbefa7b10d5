"""Free text and addresses: hard cases by hand, every name of the table, and what must always hold."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clusters import places
from clusters.places import _units, official, reading

TABLE = (Path(__file__).parent / "hard_cases.csv").read_text(encoding="utf-8")
CASES = list(csv.DictReader(TABLE.splitlines()))
EVERY = official.all_places()
NAMES = sorted({*_units.chinese(), *(p.name_en for p in EVERY), *(c["text"] for c in CASES)})


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['text']}|{case['given']}")
def test_hard_cases_by_hand(case: dict[str, str]) -> None:
    found = places.resolve(case["text"], case["given"] or None)
    expected = (case["level"], case["province"] or None, case["city"] or None, case["how"] or found.how)
    assert (found.level, found.province, found.city, found.how) == expected


def test_what_is_not_resolved_has_candidates_unless_nothing_is_known_of_it() -> None:
    bare = {c["text"] for c in CASES if c["how"] in ("ambiguous", "contradiction")}
    assert all(
        len(places.resolve(text).candidates) > 1 for text in bare if not text.startswith(("南昌", "杭州市"))
    )
    assert places.resolve("海淀").candidates == ("海淀区 (北京市)",)
    assert places.resolve("巢湖").candidates == ("合肥市 (安徽省)", "芜湖市 (安徽省)", "马鞍山市 (安徽省)")
    assert places.resolve("广东省杭州市").candidates == ("广东省", "杭州市 (浙江省)")
    assert places.resolve("NA").candidates == ("NA (Namibia)",)


@pytest.mark.parametrize("place", EVERY, ids=lambda place: place.name_zh)
def test_an_official_name_is_its_own_reading(place: places.Place) -> None:
    found = places.resolve(place.name_zh)
    assert (found.city or found.province, found.how) == (place.name_zh, "official")
    assert (found.province, found.code) == (place.province_zh, place.code)


def resolved_otherwise(names: dict[str, str]) -> set[str]:
    """Names that are not read as the place that bears them."""
    wrong = set()
    for name, place in names.items():
        found = places.resolve(name)
        if not found.known:
            wrong.add(name)
        else:
            assert (found.city or found.province) == place, name
    return wrong


def test_short_names_are_read_but_for_three() -> None:
    short = {p.short_zh: p.name_zh for p in EVERY}
    assert resolved_otherwise(short) == {"吉林", "海南", "朝阳"}


def test_english_names_are_read_but_for_those_that_several_places_bear() -> None:
    shared = {"Yichun", "Suzhou", "Taizhou", "Fuzhou", "Yulin"}
    # A province and a city or prefecture; a city and a district of a municipality.
    shared |= {"Jilin", "Hainan", "Chaoyang", "Baoshan"}
    assert resolved_otherwise({p.name_en: p.name_zh for p in EVERY}) == shared


@pytest.mark.parametrize("place", [p for p in EVERY if p.level != "province"], ids=lambda p: p.name_zh)
def test_province_and_city_written_together_in_all_forms(place: places.Place) -> None:
    province = official.place(place.province_zh)
    assert province is not None
    for before in (province.name_zh, province.short_zh):
        for city in (place.name_zh, place.short_zh):
            assert places.resolve(before + city).city == place.name_zh
            assert places.resolve(f"中国 {before}，{city} 100号").city == place.name_zh
    assert places.resolve(f"{place.name_en}, {province.name_en}, China").city == place.name_zh
    assert places.resolve(place.short_zh, province.short_zh).city == place.name_zh


def test_a_former_name_is_read_as_what_the_place_is_now() -> None:
    for row in official.read_reference("former_places.csv"):
        found = places.resolve(row["name_zh"])
        now = row["now_zh"].split(";")
        if len(now) == 1:
            place = official.place(now[0])
            assert place is not None
            assert (found.city or found.province, found.how) == (now[0], "former"), row
        else:
            assert found.how == "ambiguous", row
        assert 1980 <= int(row["year"]) <= 2025


def test_counties_lie_in_known_cities_and_a_name_borne_twice_is_not_read() -> None:
    bearers: dict[str, set[str]] = {}
    for row in official.read_reference("counties.csv"):
        city = official.place(row["city_zh"] or row["province_zh"])
        assert city is not None
        assert city.province_zh == row["province_zh"]
        bearers.setdefault(row["name_zh"], set()).add(city.name_zh)
    for name, cities in bearers.items():
        found = places.resolve(name)
        if len(cities) > 1:
            assert found.how == "ambiguous", name
        elif found.known and found.county:
            assert (found.city or found.province) in cities
    shared = {name for name, cities in bearers.items() if len(cities) > 1}
    assert {"朝阳区", "南山区", "西湖区", "鼓楼区", "和平区", "白云区", "龙华区", "江北区"} <= shared


def test_every_spelling_is_found_in_the_same_forms() -> None:
    for name in _units.chinese():
        assert places.resolve(f" {name}　") == places.resolve(name)


@pytest.mark.parametrize("value", [None, float("nan"), 310000, "", "  ", "\u200b", b"x", ["北京"]])
def test_what_is_no_text_is_missing(value: object) -> None:
    assert places.resolve(value) == places.Resolved(how="missing")


def check(found: places.Resolved) -> None:
    """What holds of every reading."""
    assert found.known == (found.how not in reading.NOT_READ)
    assert found.known == bool(found.level)
    assert not (found.known and found.candidates)
    if found.city is not None:
        place = official.place(found.city)
        assert place is not None
        assert place.province_zh == found.province
        assert found.code == place.code
    if found.province is not None:
        assert found.province in places.provinces()
        assert found.country == _units.TERRITORIES.get(found.province, "CN")


pieces = st.one_of(
    st.sampled_from(NAMES), st.sampled_from(list("市区县省路号大学场 ,，-·()1")), st.text(max_size=3)
)


@given(st.lists(pieces, max_size=6).map("".join), st.one_of(st.none(), st.sampled_from(NAMES), st.text()))
@example("\ud800北京", None)
@example("北京" * 400, "北京")
@example("济南市中区中", "山东省")
def test_any_text_has_a_consistent_reading(text: str, province: str | None) -> None:
    check(places.resolve(text, province))


@given(st.text(), st.text())
def test_arbitrary_text_never_fails(text: str, province: str) -> None:
    check(places.resolve(text, province))


@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_blanks_and_width_do_not_matter(one: str, two: str) -> None:
    text = f"{one},{two}"
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    expected = places.resolve(text)
    assert places.resolve(f"\t {one} ,\u3000 {two}\n") == expected
    assert places.resolve(wide) == expected


@given(st.sampled_from(NAMES), st.sampled_from(places.provinces()))
def test_a_given_province_is_never_overruled(text: str, province: str) -> None:
    found = places.resolve(text, province)
    if found.known and found.level not in ("country", "abroad"):
        assert found.province == province


@given(st.sampled_from(NAMES))
def test_a_name_said_twice_says_no_more(name: str) -> None:
    once, twice = places.resolve(name), places.resolve(f"{name}, {name}")
    if once.known:
        assert (twice.province, twice.city, twice.country) == (once.province, once.city, once.country)
    elif once.candidates != ("吉林省", "吉林市 (吉林省)"):
        assert not twice.known


def test_many_texts_are_read_like_each() -> None:
    texts = ["深圳", "Suzhou", None, "深圳", 5.0]
    provinces = [None, "Anhui", "x", None, None]
    each = [places.resolve(text, province) for text, province in zip(texts, provinces, strict=True)]
    assert places.resolve_all(texts, provinces) == each


def test_in_a_column_of_a_level_its_names_count() -> None:
    assert places.resolve("吉林", level="province").level == "province"
    assert places.resolve("朝阳", level="city").city == "朝阳市"
    assert places.resolve("思茅", level="city").how == "former"
    assert places.resolve("Shenzhen", level="city").how == "english"
    assert places.resolve("南昌", "江苏", level="city").how == "contradiction"
    assert places.resolve("广东省深圳市", level="province").city == "深圳市"
