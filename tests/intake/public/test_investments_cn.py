"""Lists of investment events in Chinese: hand cases, and a second way to count."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.intake.public import LAYOUTS, Options
from clusters.intake.public.investments_cn import ROUND
from clusters.intake.public.package import Member, Package
from clusters.relations import read_relations

LAYOUT = LAYOUTS["investment-events-cn"]
HEADER = ["", "date", "link", "company", "field", "place", "round", "amount", "investor"]


def converted(data: bytes | str, name="events.csv", **options):
    content = data if isinstance(data, bytes) else data.encode()
    return LAYOUT.convert(Package((Member(name, lambda: content),)), Options(**options))


def listed(*rows, header=HEADER, encoding="gb18030"):
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue().encode(encoding)


def event(number, company, investor, *, date="2016-09-10", place="北京", stage="A轮", amount="1000万人民币"):
    return [number, date, f"https://example.org/{number}", company, "社交", place, stage, amount, investor]


def fates(found, stage="read"):
    table = found.account.table()
    table = table[(table["stage"] == stage) & ~table["outcome"].isin(["mended", "placeholder"])]
    return {(o, r): n for o, r, n in zip(table["outcome"], table["reason"], table["rows"], strict=True)}


def test_events_by_hand():
    found = converted(
        listed(
            event(0, "甲科技", "红石资本,蓝海基金", amount="1.35亿美元"),
            event(1, "乙科技", "投资方未透露", amount="数千万人民币"),
            event(2, "丙科技", "红石资本,投资方未透露", amount="数千万人民币"),
            event(3, "丁科技", "丁科技"),
            event(4, "戊科技", "红石资本", date="1201-03-01"),
            event(5, "己科技", "红石资本", date=""),
            event(6, "庚科技", "红石资本,庚科技"),
            event(7, "辛科技", "Alpha Capital", stage="并购"),
            event(8, "壬\n科技", ""),
        )
    )
    assert fates(found) == {
        ("rows", ""): 9,
        ("accepted", ""): 4,
        ("rejected", "bad_year"): 1,
        ("rejected", "missing_year"): 1,
        ("rejected", "missing_source"): 1,
        ("set_aside", "placeholder_source"): 1,
        ("set_aside", "self_relation"): 1,
    }
    # Names in the cells of the four accepted rows: 2 + 2 + 2 + 1.
    assert fates(found, "divide") == {
        ("rows", ""): 7,
        ("accepted", ""): 5,
        ("set_aside", "placeholder_source"): 1,
        ("set_aside", "self_relation"): 1,
    }
    pairs = found.relations[["source", "target", "deal", "currency"]].fillna("").values.tolist()
    assert pairs == [
        ["红石资本", "甲科技", "funding", "USD"],
        ["蓝海基金", "甲科技", "funding", "USD"],
        ["红石资本", "丙科技", "funding", "CNY"],
        ["红石资本", "庚科技", "funding", "CNY"],
        ["Alpha Capital", "辛科技", "acquisition", "CNY"],
    ]
    assert found.relations["amount"].isna().tolist() == [False, False, True, False, False]
    assert found.relations["amount_text"].tolist()[2] == "数千万人民币"
    assert found.account.not_used()["line"].tolist() == [6, 7, 10, 3, 5]


@pytest.mark.parametrize("stage", ["A轮", ""])
def test_a_row_that_moved_to_the_right_names_no_sum_of_money_for_an_investor(stage):
    # An unquoted comma in the company's name; the investor fell off the end.
    header = ["date", "link", "company", "field", "place", "round", "amount", "investor"]
    moved = ["2015-01-02", "u", "乙科技", "Inc", "教育", "北京", stage, "500万美元"]
    silent = ["2015-01-02", "v", "丙科技", "教育", "北京", "天使轮", "未披露", "500 Startups"]
    found = converted(listed(moved, silent, header=header))
    assert fates(found)["rejected", "shifted_row"] == 1
    assert found.relations["source"].tolist() == ["500 Startups"]


def test_a_row_whose_cells_have_moved_is_rejected():
    # Without a place the spider wrote the round there, and an investor as the round.
    moved = event(0, "甲科技", "蓝海基金", place="天使轮", stage="红石资本")
    dated = ["甲", "2016-01-01", "乙科技", "A轮"]
    assert fates(converted(listed(moved, event(1, "乙", "丙"))))["rejected", "shifted_row"] == 1
    other = listed(
        ["丙资本", "丁科技", "2016-01-01", "B轮"], dated, header=["投资方", "融资方", "融资时间", "轮次"]
    )
    found = converted(other)
    assert fates(found)["rejected", "shifted_row"] == 1
    assert found.relations["source"].tolist() == ["丙资本"]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "种子轮",
            "天使轮",
            "Pre-A轮",
            "A轮",
            "A+轮",
            "B++轮",
            "F轮-上市前",
            "E轮及以后",
            "IPO上市",
            "IPO上市后",
        ),
        *(
            "新三板",
            "新三板定增",
            "战略投资",
            "战略融资",
            "收购",
            "已被收购",
            "不明确",
            "Pre-IPO",
            "D1轮",
            "pre-A",
        ),
    ],
)
def test_rounds_are_known_and_places_are_none(text):
    assert ROUND.fullmatch(text)
    assert not any(
        ROUND.fullmatch(place) for place in ("北京", "上海市", "天津", "Boston", "美国", "A市", "轮台")
    )


def test_placeholders_are_counted_by_what_they_say_and_may_be_kept():
    rows = [event(n, f"公司{n}", "投资方未透露" if n % 3 else "未披露机构") for n in range(9)] + [
        event(9, "甲", "乙")
    ]
    found = converted(listed(*rows))
    said = found.account.table().query("outcome == 'placeholder'")
    assert dict(zip(said["example"], said["rows"], strict=True)) == {"投资方未透露": 6, "未披露机构": 3}
    assert fates(found)["set_aside", "placeholder_source"] == 9
    assert len(converted(listed(*rows), keep_placeholders=True).relations) == 10


def test_the_other_header_and_blanks_between_names():
    text = (
        "事件资讯,投资方,融资方,融资时间,轮次,金额\n"
        "甲A轮,红石资本 蓝海基金 Alpha Beta Partners,甲科技,2019-06-03,A轮,3.5亿人民币\n"
        "乙获投,仁 粤,乙科技,0002-12-02,未披露,未披露\n"
        "丙新三板,未披露机构,丙科技,2015-08-28,新三板,未披露\n"
        " 2500万美元并购丁,Bird,丁科技,2019-06-13,并购,2500万美元\n"
    )
    found = converted(text)
    assert found.relations["source"].tolist() == ["红石资本", "蓝海基金", "Alpha Beta Partners", "Bird"]
    assert fates(found) == {
        ("rows", ""): 4,
        ("accepted", ""): 2,
        ("rejected", "bad_year"): 1,
        ("set_aside", "placeholder_source"): 1,
    }


def test_a_list_without_dates_is_undated():
    found = converted("投资方,公司名称\n甲资本,乙科技\n")
    assert "year" not in found.relations
    assert "date" not in found.relations
    assert "no year" in found.notes[0]


def test_an_event_that_stands_twice_is_a_double_when_read():
    twice = event(0, "甲科技", "红石资本")
    found = converted(listed(twice, twice))
    assert read_relations(found.relations).account.duplicates == 1


def test_columns_of_the_account_may_be_names_of_the_file(tmp_path):
    found = converted("投资方,公司名称,file,outcome,line,reason\n甲资本,乙科技,,,,\n,丙,1,2,3,4\n")
    row = found.account.not_used().iloc[0]
    assert row[["file", "file_column", "outcome", "outcome_column", "line", "line_column"]].tolist() == [
        *("events.csv", "1", "rejected", "2"),
        *(3, "3"),
    ]


cells = st.text(st.sampled_from("甲乙丙A,、; '\"\n\r\t(（领投)未透露投资方-轮。"), max_size=12)
dates = st.sampled_from(
    ["2016-09-10", "", "0002-12-02", "3201-01-01", "2016年5月", "甲", "2016-02-30", "2016.5"]
)
rounds = st.sampled_from(["A轮", "天使轮", "并购", "", "北京", "x"])
rows = st.lists(
    st.one_of(
        st.tuples(cells, dates, cells, cells, cells, rounds, rounds, cells, cells),
        st.lists(cells, max_size=11).map(tuple),
    ),
    max_size=12,
)


@settings(max_examples=50, deadline=None)
@given(rows, st.sampled_from(["gb18030", "utf-8"]))
def test_every_row_has_one_fate_and_the_result_is_clean(rows, encoding):
    data = listed(
        ("0", "2016-09-10", "l", "子公司", "f", "北京", "A轮", "1万", "丑资本"), *rows, encoding=encoding
    )
    found = converted(data)
    for stage in ("read", "divide"):
        fate = fates(found, stage)
        assert fate["rows", ""] == sum(n for (outcome, _), n in fate.items() if outcome != "rows")
    read = fates(found)
    lost = found.account.not_used()
    assert read["rows", ""] == read["accepted", ""] + len(lost)
    assert fates(found, "divide")["accepted", ""] == len(found.relations)
    table = read_relations(found.relations)
    assert (table.account.rejected, table.account.self_loops) == (0, 0)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_break_it(data):
    from clusters.errors import ClustersError

    try:
        found = converted(listed(event(0, "甲科技", "红石资本")) + data)
    except ClustersError:
        return
    fate = fates(found)
    assert fate["rows", ""] == sum(n for (outcome, _), n in fate.items() if outcome != "rows")


@pytest.mark.slow
def test_a_million_rows_are_no_burden():
    # 6 s of processor time and 1.5 GB where this was written.
    lines = (f"资本{n % 5000},公司{n % 90000},2016-09-1{n % 10},{n % 977}万元\n" for n in range(1_000_000))
    found = converted("投资方,融资方,融资时间,金额\n" + "".join(lines))
    assert len(found.relations) == 1_000_000
