"""What holds for every layout of tables, whatever stands in the cells."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters.errors import ClustersError
from clusters.intake.public import LAYOUTS, Options
from clusters.intake.public.frame import OUTCOMES
from clusters.intake.public.package import Member, Package
from clusters.relations import read_relations

GRAPHS = ("gexf", "graphml", "pajek", "gephi-csv")
TABULAR = [name for name in LAYOUTS if name not in GRAPHS]
SPECIAL = [
    *(
        "",
        " ",
        "a",
        "b",
        "c",
        "1",
        "2",
        "甲",
        "甲\n乙",
        "甲,乙",
        "投资方未透露",
        "N/A",
        r"\N",
        "NULL",
        "=1+1",
        "\u200b",
    ),
    *(
        "2016-05-01",
        "01/02/2019",
        "1/9/13",
        "0002-12-02",
        "3201-01-01",
        "0000-00-00",
        "2016",
        "2016.5",
        "x" * 50,
    ),
    *(
        "coordinator",
        "participant",
        "partner",
        "A轮",
        "并购",
        "1.35亿美元",
        "数千万人民币",
        "1,5",
        "1.5",
        "-3",
        "1e400",
    ),
    *('"', "'", "|a|b|", "<script>", "\u202eabc", "😀", "\ufeff", "file", "line"),
]
cells = st.one_of(st.sampled_from(SPECIAL), st.text(max_size=4))


@st.composite
def packages(draw, name):
    """Draw the files of a layout: all or some of its tables, columns in any order, any cells."""
    members = []
    layout = LAYOUTS[name]
    for number, table in enumerate(layout.tables):
        if table.optional and draw(st.booleans()) and number:
            continue
        known = draw(st.lists(st.sampled_from(table.known), unique=True)) if table.known else []
        header = draw(
            st.permutations([*table.required, *known, *draw(st.sampled_from([[], ["file"], [""]]))])
        )
        full = st.lists(cells, min_size=len(header), max_size=len(header))
        rows = draw(
            st.lists(
                st.one_of(full, full, full, st.lists(cells, max_size=20), st.just(list(header))), max_size=8
            )
        )
        out = io.StringIO()
        writer = csv.writer(out, delimiter=draw(st.sampled_from(",;\t")), lineterminator="\n")
        writer.writerows([header, *rows])
        encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
        data = out.getvalue().encode(encoding, "replace") + draw(
            st.sampled_from([b"", b"", b"\xff,\xff\n", b'"'])
        )
        members.append(Member(f"{number}.csv", lambda data=data: data))
    return Package(tuple(members))


@pytest.mark.parametrize("name", TABULAR)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_every_row_of_every_file_has_one_fate(name, data):
    layout = LAYOUTS[name]
    package = data.draw(packages(name))
    options = Options(
        expand=data.draw(st.sampled_from([None, "clique"])) if "expand" in layout.choices else None
    )
    try:
        found = layout.convert(package, options)
    except ClustersError:
        return
    table = found.account.table()
    for _, group in table.groupby(["file", "stage"]):
        fate = group.groupby("outcome")["rows"].sum()
        if "rows" in fate:
            assert fate["rows"] == sum(fate.get(outcome, 0) for outcome in OUTCOMES)
    read = table[table["stage"] == "read"]
    lost = found.account.not_used()
    assert read.loc[read["outcome"].isin(OUTCOMES[1:]), "rows"].sum() == len(lost)
    if len(found.relations):
        account = read_relations(found.relations).account
        assert (account.rejected, account.self_loops) == (0, 0)
        assert set(found.nodes["node"]) >= {
            *_ends(found.relations, "source"),
            *_ends(found.relations, "target"),
        }


def _ends(relations, end):
    return relations[f"{end}_id" if f"{end}_id" in relations else end]


@pytest.mark.parametrize("name", TABULAR)
def test_the_columns_of_every_table_are_written_as_they_are_looked_up(name):
    from clusters.intake.headers import key

    for table in LAYOUTS[name].tables:
        for column in (*table.required, *table.known):
            assert key(column) == column
