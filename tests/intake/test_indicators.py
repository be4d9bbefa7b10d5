"""Tables of indicators: every usual form gives the same numbers; every doubt is said with its row."""

from __future__ import annotations

import gzip
import io
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters import published
from clusters.errors import DataError, UsageError
from clusters.index.frameworks import read_framework
from clusters.intake.indicators import read_indicators

PAIR = {
    "indicator": [
        {"id": "papers", "parent": "total", "name_zh": "论文产出数量", "name_en": "Papers written"},
        {"id": "firms", "parent": "total", "name_zh": "企业数量"},
    ]
}


@pytest.fixture
def pair():
    return read_framework(PAIR)


@pytest.fixture
def write(tmp_path):
    def writer(text: str, name: str = "data.csv", encoding: str = "utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return writer


def frame(*rows, columns=("papers", "firms"), units=("北京", "上海")):
    return pd.DataFrame(list(rows), columns=list(columns), index=pd.Index(units, name="unit"), dtype=float)


EXPECTED = frame((1200, 3), (np.nan, 4))
WIDE = 'city,papers,firms\n北京,"1,200",3\n上海,n.a.,4\n'


def same(found: pd.DataFrame, expected: pd.DataFrame = EXPECTED) -> None:
    pd.testing.assert_frame_equal(found, expected, check_index_type=False, check_column_type=False)


# --- rows and columns that are no data ----------------------------------------------------


def test_totals_and_notes_below_a_table_are_no_units(write):
    # As offices publish it: numbered rows, the sum and the mean below, and where it is from.
    path = write(
        '序号,城市,论文\n1,北京,10\n2,上海,20\n,合 计,30\n,全国,90\n注：数据来源于年鉴。,,\n,"注：A, B",\n'
    )
    table = read_indicators(path)
    assert list(table.frame.index) == ["北京", "上海"]
    assert list(table.frame.columns) == ["论文"]
    assert [warning.term for warning in table.warnings] == ["note.rows_are_notes", "note.rows_are_totals"]
    assert "'合 计', '全国'" in table.warnings[1]


def test_a_total_in_merged_cells_is_told_by_the_cell_before(write):
    table = read_indicators(write("序号,城市,论文\n1,北京,10\n2,上海,20\n合计,,30\n"))
    assert list(table.frame.index) == ["北京", "上海"]
    assert "'合计'" in table.warnings[0]


def test_numbers_without_a_unit_stay_an_error(write):
    with pytest.raises(DataError, match="line 3: column 'city' is blank"):
        read_indicators(write("city,papers\n北京,10\n,20\n"))


def test_units_that_are_all_called_total_are_units(write):
    assert list(read_indicators(write("city,papers\nTotal,10\n")).frame.index) == ["Total"]


# --- forms --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        WIDE,
        "城市;论文产出数量;企业数量\n北京;1,200;3\n上海;—;4\n",
        "Firms\tPapers Written\tCity\n３\t１，２００\t北京\n4\t\t上海\n",
        "城市|firms|备注|论文产出数量（篇）\n北京|3|x|1200\n上海|4||缺失\n",
        "市级指标表,,\n,,\ncity,papers,firms\n北京,1200,3\n上海,,4\n",
        "city,papers,firms,\n北京,1200,3,\n上海,,4,\n,,,\n",
        "表 1,单位：个,\n谁,papers,firms\n北京,1200,3\n上海,,4\n",
        "city,indicator,value\n北京,papers,1200\n北京,firms,3\n上海,firms,4\n",
        "城市,指标,数值\n上海,企业数量,4\n北京,论文产出数量,1200\n北京,企业数量,3\n",
        "city,year,papers,firms\n北京,2020,1200,3\n上海,2021,,4\n",
    ],
    ids=[
        "wide",
        "chinese",
        "tabs",
        "units",
        "title",
        "ends",
        "no word for units",
        "long",
        "long chinese",
        "a year per city",
    ],
)
def test_every_layout_gives_the_same_numbers(pair, write, text):
    found = read_indicators(write(text), pair)
    same(found.frame.loc[["北京", "上海"]])
    assert not found.panel
    assert found.names is None
    assert found.file == "data.csv"


def test_every_container_gives_the_same_numbers(pair, tmp_path, monkeypatch):
    raw = pd.DataFrame({"city": ["北京", "上海"], "papers": [1200.0, None], "firms": [3, 4]})
    raw.to_excel(tmp_path / "data.xlsx", index=False)
    raw.to_parquet(tmp_path / "data.parquet")
    (tmp_path / "gb.csv").write_bytes(WIDE.encode("gb18030"))
    (tmp_path / "data.csv.gz").write_bytes(gzip.compress(WIDE.encode()))
    for name in ("data.xlsx", "data.parquet", "gb.csv", "data.csv.gz"):
        same(read_indicators(tmp_path / name, pair).frame)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(WIDE.encode())))
    piped = read_indicators("-", pair)
    same(piped.frame)
    assert piped.file == "standard input"


def test_a_data_frame_may_name_its_units_in_the_index(pair):
    same(read_indicators(EXPECTED, pair).frame)
    same(read_indicators(EXPECTED.rename_axis("city"), pair).frame)
    same(read_indicators(EXPECTED.rename_axis(None), pair).frame)
    same(read_indicators(EXPECTED.assign(city="x"), pair).frame)  # the index tells the rows
    panel = pd.concat({2020: EXPECTED, 2021: EXPECTED}, names=["year", "unit"]).swaplevel()
    assert read_indicators(panel, pair).panel
    same(read_indicators(panel, pair).frame.xs(2021, level="year"))


def test_one_sheet_of_several_is_chosen_by_name(pair, tmp_path):
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path) as book:
        EXPECTED.reset_index().to_excel(book, sheet_name="2020", index=False)
        (EXPECTED * 2).reset_index().to_excel(book, sheet_name="2021", index=False)
    same(read_indicators(path, pair, sheet="2021").frame, EXPECTED * 2)
    with pytest.raises(DataError, match="has the sheets '2020', '2021'"):
        read_indicators(path, pair)


def test_a_panel_has_units_and_years(pair, write):
    text = "city,年份,papers,firms\n北京,2020,1,2\n北京,2021年,3,4\n上海,2020,5,6\n"
    found = read_indicators(write(text), pair)
    assert found.panel
    assert found.frame.index.tolist() == [("北京", 2020), ("北京", 2021), ("上海", 2020)]
    assert found.frame.index.names == ["unit", "year"]
    assert found.frame["papers"].tolist() == [1, 3, 5]


def test_a_long_panel_keeps_what_is_the_same_for_a_unit(pair, write):
    text = (
        "city,year,region,note,indicator,value\n北京,2020,华北,a,papers,1\n北京,2020,华北,b,firms,2\n"
        "北京,2021,华北,c,papers,3\n"
    )
    found = read_indicators(write(text), pair)
    assert found.frame.index.tolist() == [("北京", 2020), ("北京", 2021)]
    assert found.frame["firms"].tolist()[0] == 2
    assert np.isnan(found.frame["firms"].iloc[1])
    assert found.extra["region"].tolist() == ["华北", "华北"]
    assert [str(w) for w in found.warnings] == [
        "data.csv: columns that say several things of one unit, and are not read: 'note'"
    ]


def test_one_year_is_a_panel_if_it_is_asked_for(pair, write):
    path = write("city,year,papers,firms\n北京,2020,1,2\n")
    assert read_indicators(path, pair).extra["year"].tolist() == [2020]
    assert read_indicators(path, pair, year="year").frame.index.tolist() == [("北京", 2020)]


# --- which column is which ----------------------------------------------------------------


def test_codes_are_units_and_names_are_kept(shared):
    found = read_indicators(shared / "oracles" / "asem" / "indicators.csv", read_framework("asem"))
    assert found.frame.shape == (51, 49)
    assert found.frame.index[:2].tolist() == ["AUT", "BEL"]
    assert found.names.loc["AUT"] == "Austria"
    assert found.extra["Population"].dtype == float
    assert found.extra["EurAsia_group"].value_counts().to_dict() == {"Europe": 30, "Asia": 21}
    assert list(found.frame.columns) == [i.id for i in read_framework("asem").indicators]


def test_columns_can_be_named(pair, write):
    path = write("ort,jahr,p,f\n北京,2020,1,2\n北京,2021,3,4\n")
    found = read_indicators(path, pair, unit="ort", year="jahr", mapping={"papers": "p", "firms": "f"})
    assert found.frame.loc[("北京", 2021)].tolist() == [3, 4]
    with pytest.raises(UsageError, match=r"--unit 'Ort2': data\.csv has no column"):
        read_indicators(path, pair, unit="Ort2")
    with pytest.raises(UsageError, match=r"--map papers= 'q': data.csv has no column"):
        read_indicators(path, pair, unit="ort", year="jahr", mapping={"papers": "q"})
    with pytest.raises(UsageError, match="asks for no column 'paper'"):
        read_indicators(path, pair, unit="ort", year="jahr", mapping={"paper": "p"})


def test_an_identifier_counts_before_a_name(write):
    # "firms" is the id of one indicator and the English name of another.
    framework = read_framework(
        {"indicator": [{"id": "companies", "name_en": "Firms"}, {"id": "firms", "name_en": "Small firms"}]}
    )
    found = read_indicators(write("city,firms,companies\nX,1,2\n"), framework)
    assert found.frame.loc["X"].to_dict() == {"companies": 2, "firms": 1}


def test_a_name_that_two_nodes_have_tells_neither(write):
    framework = read_framework(
        {"indicator": [{"id": "a", "name_en": "Rent"}, {"id": "b", "name_en": "Rent"}]}
    )
    with pytest.raises(DataError, match="2 indicators of the framework have no column: a, b"):
        read_indicators(write("city,rent\nX,1\n"), framework)


def test_a_column_without_its_unit_in_parentheses_is_told_and_said(pair, write):
    found = read_indicators(write("city,papers (count),firms\nX,1,2\n"), pair)
    assert found.frame.loc["X", "papers"] == 1
    assert "papers (count) -> papers" in str(found.warnings[0])


def test_two_columns_for_one_indicator_are_an_error(pair, write):
    with pytest.raises(DataError, match="columns 'Papers' and 'PAPERS' both read as 'papers'"):
        read_indicators(write("city,Papers,PAPERS,firms\nX,1,2,3\n"), pair)
    found = read_indicators(write("city,Papers,PAPERS,firms\nX,1,2,3\n"), pair, mapping={"papers": "PAPERS"})
    assert found.frame.loc["X", "papers"] == 2


def test_a_lacking_column_is_named_with_what_is_near(pair, write):
    with pytest.raises(DataError) as error:
        read_indicators(write("city,paper_count,firms\nX,1,2\n"), pair)
    assert str(error.value) == "data.csv: 1 indicator of the framework has no column: papers"
    assert error.value.hint.startswith("near: papers -> paper_count; columns not used: paper_count")


def test_the_finest_unit_is_taken(pair, write):
    text = "province,city,papers,firms\n广东,深圳,1,2\n广东,广州,3,4\n"
    found = read_indicators(write(text), pair)
    assert found.frame.index.tolist() == ["深圳", "广州"]
    assert found.extra["province"].tolist() == ["广东", "广东"]
    named = read_indicators(write("region,name,papers,firms\n南,深圳,1,2\n南,广州,3,4\n"), pair)
    assert named.frame.index.tolist() == ["深圳", "广州"]


def test_a_column_that_the_framework_asks_for_is_no_unit(write):
    framework = read_framework(
        {
            "indicator": [{"id": "a"}],
            "impute": {"method": "group_mean", "groups": "region"},
        }
    )
    found = read_indicators(write("Region,who,a\n南,x,1\n南,y,\n"), framework, unit="who")
    assert found.extra["region"].tolist() == ["南", "南"]
    guessed = read_indicators(write("who,region,a\nx,南,1\ny,南,\n"), framework)
    assert guessed.frame.index.tolist() == ["x", "y"]


def test_names_of_cities_stay_as_they_are_written(pair, write):
    text = "city,papers,firms\n北京,1,2\n北京市,3,4\nBeijing ,5,6\nNA,7,8\n010,9,9\n"
    found = read_indicators(write(text), pair)
    assert found.frame.index.tolist() == ["北京", "北京市", "Beijing", "NA", "010"]


# --- without a framework ------------------------------------------------------------------


def test_without_a_framework_columns_of_numbers_are_indicators(write):
    text = "city,region,papers,rank,tier,empty,growth\n北京,华北,1,1,1,,5%\n上海,华东,-,2,1,,-2%\n"
    found = read_indicators(write(text))
    assert list(found.frame.columns) == ["papers", "growth"]
    assert found.frame["growth"].tolist() == [0.05, -0.02]
    assert list(found.extra.columns) == ["region", "rank", "tier", "empty"]
    assert "percent sign" in str(found.warnings[0])


def test_one_word_among_numbers_is_an_error_without_a_framework_too(write):
    with pytest.raises(DataError, match=r"data.csv, line 4, column 'x': 'many' of C is not a number"):
        read_indicators(write("city,x\nA,1\nB,2\nC,many\n"))
    with pytest.raises(DataError, match="no column holds numbers"):
        read_indicators(write("city,x\nA,few\nB,some\n"))


def test_the_first_column_of_words_names_the_units_if_nothing_else_does(write):
    found = read_indicators(write("who,x\nA,1\nB,2\n"))
    assert found.frame.index.tolist() == ["A", "B"]
    assert "the first column, 'who', is taken" in str(found.warnings[0])
    with pytest.raises(DataError, match="no column names the cities; it has x, y"):
        read_indicators(write("x,y\n1,2\n"))


def test_a_published_table_is_read_by_name():
    found = read_indicators("kr36-2020")
    assert found.file == "kr36_2020"
    assert found.frame.shape == (30, 6)
    assert found.frame.loc["南京", "total"] == 79.55
    assert found.frame["rnd"].tolist() == published.load("kr36_2020")["rnd"].tolist()


# --- levels -------------------------------------------------------------------------------


def test_printed_scores_stand_for_the_indicators_below_them():
    framework = read_framework("kr36_2020")
    found = read_indicators("kr36_2020", framework)
    assert found.given == ("environment", "funding", "rnd", "foundation", "outcome")
    assert list(found.frame.columns) == list(found.given)
    assert found.extra["total"].iloc[0] == 92.93
    assert "taken as the scores" in str(found.warnings[-1])


NESTED = {
    "aggregate": [
        {"id": "left", "parent": "total"},
        {"id": "right", "parent": "total"},
        {"id": "low", "parent": "right"},
    ],
    "indicator": [
        {"id": "a", "parent": "left"},
        {"id": "b", "parent": "left"},
        {"id": "c", "parent": "low"},
        {"id": "d", "parent": "right"},
    ],
}


@pytest.mark.parametrize(
    ("columns", "given"),
    [
        ("a,b,c,d", ()),
        ("a,b,right", ("right",)),
        ("left,low,d", ("left", "low")),
        ("left,right", ("left", "right")),
        ("a,b,left,c,d", ()),  # indicators count before the score printed beside them
        ("left,right,low,d", ("left", "low")),  # the deepest level
        ("total,left,right", ("left", "right")),
    ],
)
def test_each_part_is_read_at_its_lowest_level(write, columns, given):
    names = columns.split(",")
    text = f"city,{columns}\nX,{','.join(str(i) for i in range(len(names)))}\n"
    found = read_indicators(write(text), read_framework(NESTED))
    assert found.given == given
    assert all(found.frame.loc["X", name] == names.index(name) for name in found.frame.columns)


@pytest.mark.parametrize(
    ("columns", "lacking"),
    [("a,c,d", "b"), ("a,left,c,d", "b"), ("total", "a, b, c, d"), ("left,low", "d"), ("a,b", "c, d")],
)
def test_a_part_that_is_nowhere_is_named(write, columns, lacking):
    text = f"city,{columns}\nX,{','.join('1' for _ in columns.split(','))}\n"
    with pytest.raises(DataError, match=f"no column: {lacking}$"):
        read_indicators(write(text), read_framework(NESTED))


# --- formulas and denominators ------------------------------------------------------------


@pytest.fixture
def rate():
    return read_framework(
        {
            "indicator": [
                {"id": "growth", "formula": "new / (`企业 数` - new)"},
                {"id": "x", "denominator": "people"},
            ]
        }
    )


def test_formulas_are_computed_and_denominators_kept(rate, write):
    found = read_indicators(write("city,new,企业 数,x,People\nA,1,5,7,10\nB,2,2,8,20\nC,,2,9,30\n"), rate)
    assert found.frame.loc["A", "growth"] == 0.25
    assert found.frame["growth"].isna().tolist() == [False, True, True]
    assert found.frame["x"].tolist() == [7, 8, 9]  # dividing is a step of its own
    assert found.extra["people"].tolist() == [10, 20, 30]
    assert found.computed == ("growth",)
    assert [str(w) for w in found.warnings] == [
        "growth = new / (`企业 数` - new): undefined for 1 unit (first: B)"
    ]


def test_a_column_of_its_own_serves_where_those_of_the_formula_lack(rate, write):
    found = read_indicators(write("city,growth,x,people\nA,0.5,7,10\n"), rate)
    assert found.frame.loc["A", "growth"] == 0.5


def test_a_raw_column_may_bear_the_name_of_its_indicator(write):
    framework = read_framework({"indicator": [{"id": "papers", "formula": "papers / people"}]})
    found = read_indicators(write("city,papers,people\nA,6,3\n"), framework)
    assert found.frame.loc["A", "papers"] == 2


def test_a_lacking_column_of_a_formula_or_a_denominator_is_named(rate, write):
    with pytest.raises(DataError, match=r"has no column: growth \(= new / "):
        read_indicators(write("city,new,x,people\nA,1,2,3\n"), rate)
    with pytest.raises(DataError, match="no column 'people', the denominator of 'x'"):
        read_indicators(write("city,growth,x\nA,1,2\n"), rate)


# --- bad tables ---------------------------------------------------------------------------

BAD = {
    "text": (
        "city,papers,firms\n北京,1,2\n上海,many,3\n",
        "data.csv, line 3, column 'papers': 'many' of 上海 is not a number",
    ),
    "several texts": (
        "city,papers,firms\n北京,x,2\n上海,y,3\n",
        "'x' of 北京 is not a number (2 cells of this column are none)",
    ),
    "decimal comma": ("city;papers;firms\n北京;1,5;2\n", "column 'papers': '1,5' of 北京 is not a number"),
    "open quote": (
        'city,papers,firms\n"北京,1,2\n上海,3,4\n',
        "line 2: a quotation mark is opened and never closed",
    ),
    "infinite": ("city,papers,firms\n北京,inf,2\n", "'inf' of 北京 is not a number"),
    "blank unit": ("city,papers,firms\n北京,1,2\n,3,4\n", "data.csv, line 3: column 'city' is blank"),
    "duplicate": (
        "city,papers,firms\n北京,1,2\n上海,3,4\n北京,5,6\n",
        "data.csv: '北京' stands twice, in line 2 and line 4",
    ),
    "duplicate in a year": (
        "city,year,papers,firms\n北京,2020,1,2\n北京,2021,1,2\n北京,2021,5,6\n",
        "'北京' stands twice in 2021, in line 3 and line 4",
    ),
    "duplicate in long": (
        "city,indicator,value\n北京,papers,1\n北京,firms,1\n北京,papers,2\n",
        "indicator 'papers' of '北京' stands twice, in line 2 and line 4",
    ),
    "text in long": (
        "city,indicator,value\n北京,papers,1\n北京,firms,few\n",
        "data.csv, line 3, column 'firms': 'few' of 北京 is not a number",
    ),
    "no year": ("city,year,papers,firms\n北京,soon,1,2\n", "data.csv, line 2: 'soon' is not a year"),
    "percent beside none": (
        "city,papers,firms\n北京,12%,2\n上海,11,3\n",
        "column 'papers' has '12%' (line 2) beside '11' (line 3)",
    ),
    "no rows": ("city,papers,firms\n", "data.csv has no rows below its header"),
    "empty": ("", "data.csv is empty"),
    "repeated header": ("city,papers,papers,firms\n北京,1,2,3\n", "the header names 'papers' twice"),
    "ragged": (
        "city,papers,firms\n北京,1,234,5\n上海,1,2\n",
        "data.csv, line 2: 4 cells, but the header has 3",
    ),
    "no numbers for any indicator": ("city,x\n北京,1\n", "2 indicators of the framework have no column"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_table_gets_one_message(pair, write, case):
    text, said = BAD[case]
    with pytest.raises(DataError) as error:
        read_indicators(write(text), pair)
    assert said in str(error.value)
    assert "relation" not in f"{error.value} {error.value.hint}"


def test_zero_fits_beside_percents(pair, write):
    found = read_indicators(write("city,papers,firms\n北京,12%,2\n上海,0,3\n广州,,3\n"), pair)
    assert found.frame["papers"].tolist()[:2] == [0.12, 0]


cells = st.one_of(st.none(), st.floats(-1e6, 1e6), st.integers(-(10**6), 10**6).map(float))


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=8))
def test_wide_and_long_are_the_same_table(rows):
    wide = pd.DataFrame(rows, columns=["papers", "firms"], dtype=float)
    wide.insert(0, "city", [f"u{i}" for i in range(len(rows))])
    long = wide.melt("city", var_name="indicator", value_name="value")
    framework = read_framework(PAIR)
    found, turned = read_indicators(wide, framework), read_indicators(long, framework)
    same(turned.frame, found.frame)
    np.testing.assert_array_equal(found.frame.to_numpy(), wide[["papers", "firms"]].to_numpy())
