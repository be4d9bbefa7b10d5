"""Countries: any code or name is one country, and a column changes only where it must."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters import places
from clusters.places import _units, countries

EVERY = countries.all_countries()


def test_the_list_is_complete_and_without_doubles() -> None:
    assert len(EVERY) == 250
    assert [c.code for c in EVERY] == sorted({c.code for c in EVERY})
    for field in ("alpha3", "name_en", "name_zh"):
        assert len({getattr(c, field) for c in EVERY}) == 250


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.code)
def test_every_code_and_name_is_its_country(one: countries.Country) -> None:
    spellings = {one.code, one.alpha3, one.name_en, one.name_zh, one.name_en.upper(), *one.aliases}
    found = {text: places.country(text) for text in spellings}
    assert {text for text, code in found.items() if code != one.code} == (
        {"NA"} if one.code == "NA" else set()
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(
            ("EL", "GR"),
            ("UK", "GB"),
            ("Scotland", "GB"),
            ("PRC", "CN"),
            ("P.R. China", "CN"),
            ("u.s.a.", "US"),
        ),
        *(("Côte d’Ivoire", "CI"), ("Türkiye", "TR"), ("turkey", "TR"), ("Korea, Republic of", "KR")),
        *(("中国香港", "HK"), ("香港", "HK"), ("Macau", "MO"), ("台湾", "TW"), (" 中 国 ", "CN")),
        *(("EU", None), ("cn", None), ("it", None), ("NA", None), ("", None), ("Paris", None), (None, None)),
    ],
)
def test_spellings(text: object, code: str | None) -> None:
    assert places.country(text) == code


def test_no_name_of_a_country_is_that_of_a_place_in_china() -> None:
    shared = set(countries.names()) & {*_units.latin(), *_units.chinese()}
    assert {countries.names()[name] for name in shared} == {"HK", "MO", "TW"}


def test_labels_change_only_where_one_country_has_two() -> None:
    assert places.country_forms(["DE", "EL", "UK", "EU", "NA"]) == {}
    assert places.country_forms(["中国", "美国", "火星"]) == {}
    mixed = ["CN", "China", "CHN", "DE", "EL", "Atlantis"]
    assert places.country_forms(mixed) == {"China": "CN", "CHN": "CN", "EL": "GR"}
    assert places.country_forms(["Germany", "France", "GB", "UK"]) == {
        "Germany": "DE",
        "France": "FR",
        "UK": "GB",
    }
    assert places.country_forms(["Germany", "France", "Spain", "德国"]) == {"德国": "Germany"}
    assert places.country_forms(["中国", "美国", "CHN"]) == {"CHN": "中国"}


def test_namibia_counts_among_codes_only() -> None:
    assert places.country_forms(["NA", "DE", "FR", "Namibia"]) == {"Namibia": "NA"}
    assert places.country_forms(["NA", "Germany", "Namibia"]) == {}


@given(st.lists(st.sampled_from([*countries.codes(), *(c.name_zh for c in EVERY), "x", "NA"]), max_size=8))
def test_after_the_change_each_country_has_one_label(labels: list[str]) -> None:
    forms = places.country_forms(labels)
    written = {forms.get(text, text) for text in labels}
    known = [places.country(text) or text for text in written if text != "NA"]
    assert len(known) == len(set(known))
    assert places.country_forms(written) == {}


def test_printed_names() -> None:
    assert (places.label("德国"), places.label("Germany", "zh"), places.label("AI")) == (
        "Germany",
        "德国",
        "AI",
    )
    assert (places.country_name("TW", "zh"), places.country_name("XX", "zh")) == ("中国台湾", "XX")
