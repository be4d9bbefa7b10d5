"""Tables on disk: the same rows, counts and tables as in memory."""

from __future__ import annotations

import csv
import gzip
import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clusters import networks, relations, synthetic, tables
from clusters.engines import counts
from clusters.engines.large import read_large
from clusters.errors import ClustersError, DataError, UsageError
from clusters.measures.flows import flow_matrix
from clusters.tables import large as large_tables
from clusters.tables._check import row_account

SAMPLE = Path(relations.__file__).parent / "reference" / "sample"
STRUCTURE = [
    *("year", "sample_nodes", "partner_nodes", "nodes", "edges", "relations"),
    *("average_degree", "density", "reciprocity"),
]


def counted(small, mode="cumulative", parallel="merge"):
    """The columns of the structure that need no search, from the networks in memory."""
    from clusters.measures import cohesion, degree

    rows = []
    for year, network in networks.by_mode(small, mode, parallel=parallel).items():
        sample = np.nan if network.sample is None else int(network.sample.sum())
        rows.append(
            [
                *(np.nan if year is None else year, sample, network.n_nodes - sample),
                *(network.n_nodes, network.n_edges, network.n_relations),
                *(degree.average_degree(network), cohesion.density(network), cohesion.reciprocity(network)),
            ]
        )
    return pd.DataFrame(rows, columns=STRUCTURE)


MODES = ("cumulative", "yearly", "window:2")
PARALLEL = ("merge", "kinds", "relations")
EVERY = tuple(
    (mode, parallel, distinct) for mode in MODES for parallel in PARALLEL for distinct in (False, True)
)
SOME = tuple(EVERY[i] for i in (0, 3, 8, 13))


def check_equal(small, large, choices=SOME):
    """Compare everything that both can say, in some of the ways in which it can be counted."""
    first, second = row_account(small), row_account(large)
    assert second.to_dict("records") == first.drop(columns="warnings").to_dict("records")
    assert (small.years, small.kinds, set(small.levels)) == (large.years, large.kinds, set(large.levels))
    if not len(small):
        return
    assert small.has_roles == large.has_roles
    for mode, parallel, distinct in choices:
        expected = counted(small, mode, parallel)
        found = large_tables.structure(large, mode=mode, parallel=parallel)
        pd.testing.assert_frame_equal(found, expected, check_dtype=False)
        last = networks.last(networks.by_mode(small, mode, parallel=parallel))
        other = counts.network(large, mode=mode, parallel=parallel)
        role = "sample" if small.has_roles and distinct else "all"
        same_table(
            tables.top_degrees(last, 50, role, weighted=distinct),
            large_tables.top_degrees(other, 50, role, weighted=distinct),
        )
        for level in small.levels:
            options = {
                "level": level,
                "distinct": distinct,
                "foreign": "unit" if mode == "yearly" else "leave",
            }
            same_table(tables.flows(small, **options), tables.flows(large, **options))
            if small.frame[f"source_{level}"].nunique() < 100:
                same_table(tables.flow_margins(small, **options), tables.flow_margins(large, **options))
                square = tables.flow_matrix_table
                same_table(square(small, **options), square(large, **options))


def same_table(expected, found):
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, check_column_type=False)
    assert found.attrs["notes"] == expected.attrs["notes"]


def test_rows_by_hand(tmp_path):
    # Ten rows: a loop, a double after cleaning, four rejected for different reasons.
    path = tmp_path / "r.csv"
    path.write_text(
        "源,目标,年份\n甲,乙,2020\n甲 , 乙,2020年\n甲,甲,2020\n,乙,2020\n甲,,2020\n甲,丙,\n甲,丙,1234\n"
        "乙,甲,2021\nＡ１,乙,2021\nA1,乙,2022\n",
        encoding="utf-8",
    )
    with read_large(path) as large:
        account = large.account
        assert (account.rows, account.accepted, account.rejected, account.relations) == (10, 6, 4, 4)
        assert (account.self_loops, account.duplicates, large.n_nodes) == (1, 1, 3)
        assert account.reasons == {"missing_source": 1, "missing_target": 1, "missing_year": 1, "bad_year": 1}
        rows = large_tables.structure(large)[["year", "nodes", "edges", "relations"]].values.tolist()
        # In 2022 the pair A1 -> 乙 is there already: one relation more, no edge more.
        assert rows == [[2020, 2, 1, 1], [2021, 3, 3, 3], [2022, 3, 3, 4]]


def test_the_embedded_sample_is_counted_alike():
    files = {"nodes": SAMPLE / "nodes.csv.gz"}
    small = relations.read_relations(SAMPLE / "relations.csv.gz", **files)
    with read_large(SAMPLE / "relations.csv.gz", **files, block=1 << 18) as large:
        check_equal(small, large)
        same_table(
            tables.yearly_degrees(networks.cumulative(small), top=30),
            large_tables.yearly_degrees(large, top=30),
        )
        for distinct in (False, True):
            found = counts.yearly_flow_matrices(large, "province", distinct=distinct)
            for year, matrix in found.items():
                part = relations.in_years(small, None, year)
                expected = flow_matrix(part, level="province", units=matrix.index, distinct=distinct)
                pd.testing.assert_frame_equal(matrix, expected, check_column_type=False, check_names=False)
        alone = counts.yearly_flow_matrices(large, "city", cumulative=False, years=[2016])[2016]
        assert (
            alone.to_numpy().sum()
            == flow_matrix(relations.in_years(small, 2016, 2016), level="city").to_numpy().sum()
        )
        only = ["talent", "investment"]
        same_table(tables.flows(small, kinds=only), tables.flows(large, kinds=only))
        late = relations.in_years(small, 2018, 2020)
        same_table(tables.flows(late, level="city"), tables.flows(large.in_years(2018, 2020), level="city"))
        kept = relations.of_kinds(small, only)
        assert (
            large_tables.structure(large.of_kinds(only))["edges"].tolist() == counted(kept)["edges"].tolist()
        )


def test_what_rows_say_of_organisations_is_taken_alike(tmp_path):
    # The self-contained sample names labels, roles and years beside both ends.
    path = tmp_path / "sample.csv"
    path.write_text(synthetic.packaged().self_contained_csv, encoding="utf-8")
    small = relations.read_relations(path)
    with read_large(path, block=1 << 20) as large:
        check_equal(small, large)


def test_real_relations_are_counted_alike(shared):
    path = shared / "data" / "cordis_h2020" / "relations.csv.gz"
    if not path.exists():
        pytest.skip("the CORDIS relations are not in ../shared")
    small = relations.read_relations(path)
    with read_large(path, block=1 << 20) as large:
        check_equal(small, large)


NAMES = st.sampled_from(
    [
        "甲",
        "乙",
        "丙",
        " 甲",
        "Ａ公司",
        "A公司",
        "A 公司",
        "a公司",
        "О公司",
        "O公司",
        "x\u200by",
        "xy",
        "",
        " ",
        "b,c",
        'q"r',
        "n\nm",
    ]
)
YEARS = st.sampled_from(
    ["2019", "2020", "2020年", "2020.0", "2021-05", "2021-05-01", "2021", "1800", "", "?", "2022"]
)
KINDS = st.sampled_from(["技术", "technology", "", "人才", "patent", "directed"])
PLACES = st.sampled_from(["广东", "广东省", "北京市", "Paris", "", " 上海"])
WEIGHTS = st.sampled_from(["", "1", "1.0", "2.5", "-1", "x"])
WAYS = st.sampled_from(["赋能", "输入", "input", "empowerment", "both", ""])
ROLES = st.sampled_from(["sample", "样本", "partner", "", "?"])
COLUMNS = {
    "源": NAMES,
    "目标": NAMES,
    "年份": YEARS,
    "日期": YEARS,
    "关系类型": KINDS,
    "source_province": PLACES,
    "target_province": PLACES,
    "source_role": ROLES,
    "target_role": ROLES,
    "source_label": NAMES,
    "权重": WEIGHTS,
    "技术类别": PLACES,
}
SIDED = {
    "企业": NAMES,
    "合作方": NAMES,
    "方向": WAYS,
    "年份": YEARS,
    "关系类型": KINDS,
    "合作方省份": PLACES,
    "企业省份": PLACES,
    "合作方名称": NAMES,
}


@st.composite
def dirty_tables(draw):
    every = draw(st.sampled_from([COLUMNS, SIDED]))
    needed = [c for c in every if c in ("源", "目标", "企业", "合作方", "方向")]
    others = [c for c in every if c not in needed]
    chosen = needed + draw(st.lists(st.sampled_from(others), unique=True))
    if "合作方名称" in chosen and "合作方" in chosen:
        chosen.remove("合作方名称")
    rows = draw(st.lists(st.tuples(*(every[c] for c in chosen)), min_size=1, max_size=30))
    # Blocks begin to differ from the whole file behind the sixty lines in which a header is looked for.
    length, seed = draw(st.sampled_from([0, 10, 200])), draw(st.integers(0, 99))
    again = np.random.default_rng(seed).integers(0, len(rows), length)
    return chosen, rows + [rows[i] for i in again]


def written(header, rows, mess=""):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue() + mess


def compare(text, encoding="utf-8", choices=SOME, **options):
    """Read a text in both ways; either both give the same or both refuse it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.csv"
        path.write_bytes(text.encode(encoding))
        block = options.pop("block", None)
        try:
            small = relations.read_relations(path, **options)
        except ClustersError as error:
            words = re.escape(str(error)) if block is None else None
            with pytest.raises(type(error), match=words), read_large(path, block=block, **options):
                pass
            return
        with read_large(path, block=block, **options) as large:
            check_equal(small, large, choices)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    dirty_tables(),
    st.sampled_from(["", "a,b\n", "\n\n  \n", '"甲,乙\n丙,丁\n', ",,,,,,,,,,,,,\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]),
    st.sampled_from(["drop", "keep"]),
    st.sampled_from(["drop", "keep"]),
    st.sampled_from([None, 64, 300]),
    st.sampled_from(EVERY),
)
def test_dirty_tables_are_counted_alike(table, mess, encoding, loops, duplicates, block, choice):
    if block is not None and encoding == "gb18030":
        block = None  # what a file is in is told from its beginning
    text = written(*table, mess)
    compare(text, encoding, [choice], loops=loops, duplicates=duplicates, block=block)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    dirty_tables(),
    st.sampled_from([None, 64, 300]),
    st.sampled_from(["drop", "keep"]),
    st.sampled_from(EVERY),
)
def test_a_thousand_dirty_tables_are_counted_alike(table, block, kept, choice):
    compare(written(*table), "utf-8", [choice], block=block, loops=kept, duplicates=kept)


def test_a_thesaurus_and_a_mapping_are_followed(tmp_path):
    (tmp_path / "same.csv").write_text("variant,preferred\n甲厂,甲\n", encoding="utf-8")
    text = "一,二,何时\n甲厂,乙,2020\n甲,乙,2020\n"
    compare(text, names=tmp_path / "same.csv", mapping={"source": "一", "target": "二", "year": "何时"})


def test_labels_of_directions_and_roles_are_followed(tmp_path):
    config = tmp_path / "c.toml"
    config.write_text('[directions]\n"进" = "input"\n[roles]\n"核心" = "sample"\n', encoding="utf-8")
    compare("企业,合作方,方向,年份\n甲,乙,赋能,2020\n甲,丙,进,2020\n甲,丁,出入,2020\n", config=config)
    compare("source,source_role,target,target_role\na,核心,b,伙伴\nb,伙伴,c,观察\n", config=config)


def test_a_relation_listed_from_both_sides_is_one(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("企业,合作方,方向\n甲,乙,赋能\n乙,甲,输入\n", encoding="utf-8")
    with read_large(path) as large:
        assert (large.account.duplicates, len(large)) == (1, 1)
        assert any("both sides" in text or "other side" in text for text in large.account.warnings)
        # Who is the sample is said by the row that counts.
        assert large_tables.structure(large)["sample_nodes"].tolist() == [1]


def test_several_files_are_one_table(tmp_path):
    first, second = "source,target,year\na,b,2020\n", "目标,源,年份,kind\nb,a,2020,\nc,a,2021,talent\n"
    (tmp_path / "r-1.csv").write_text(first, encoding="utf-8")
    with gzip.open(tmp_path / "r-2.csv.gz", "wb") as file:
        file.write(second.encode("gb18030"))
    with read_large(tmp_path / "r-*") as large:
        assert (large.account.rows, large.account.duplicates, len(large), large.n_nodes) == (3, 1, 2, 3)
    with read_large([tmp_path / "r-2.csv.gz", tmp_path / "r-1.csv"]) as large:
        assert len(large) == 2


def test_parquet_is_counted_alike(tmp_path):
    frame = pd.DataFrame(
        {
            "source": ["a", "b ", None, "a"],
            "target": ["b", "c", "c", "b"],
            "year": [2020.0, 2021.0, 2021.0, 2020.0],
        }
    )
    frame.to_parquet(tmp_path / "r.parquet")
    with read_large(tmp_path / "r.parquet") as large:
        check_equal(relations.read_relations(tmp_path / "r.parquet"), large)


def test_degrees_of_all_years_are_written(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text(
        "企业,合作方,方向,年份\n甲,乙,赋能,2020\n丙,甲,输入,2021\n甲,乙,输入,2021\n", encoding="utf-8"
    )
    small = relations.read_relations(path)
    expected = tables.yearly_degrees(networks.cumulative(small), weighted=True)
    with read_large(path) as large:
        assert counts.write_degrees(large, tmp_path / "d.parquet") == len(expected)
    found = pd.read_parquet(tmp_path / "d.parquet")
    columns = [c for c in expected.columns if c in found.columns]
    order = ["year", "node"]
    pd.testing.assert_frame_equal(
        found[columns].sort_values(order, ignore_index=True),
        expected[columns].sort_values(order, ignore_index=True),
        check_dtype=False,
    )


def test_an_undated_table_is_one_network():
    compare("source,target,kind\na,b,technology\nb,c,talent\nb,c,technology\n")


def test_rejected_rows_are_listed_as_in_memory(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("source,target,year\na,b,2020\n,b,2020\na,b\na,c,x\n", encoding="utf-8")
    with read_large(path, keep_rejects=True) as large:
        found = pd.concat(list(large.rejects()))
    pd.testing.assert_frame_equal(found, relations.read_relations(path).account.rejects, check_dtype=False)


@pytest.mark.parametrize(
    ("text", "options", "error", "words"),
    [
        ("a,b\n1,2\n", {}, DataError, "no column for"),
        ("source,target,year\n,,\n", {}, DataError, "all 1 rows are rejected"),
        ("source,target\n", {}, DataError, "no rows"),
        ("source,target\na,b\n", {"memory": "much"}, UsageError, "not a size"),
        ("source,target\na,b\n", {"mapping": {"source": "z"}}, UsageError, "no column 'z'"),
        ("source,target\na,b\n", {"folder": "/nowhere"}, DataError, "cannot write"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path, text, options, error, words):
    path = tmp_path / "r.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=words):
        read_large(path, **options)


def test_missing_files_are_named(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        read_large(tmp_path / "no.csv")
    with pytest.raises(DataError, match="no file fits"):
        read_large(tmp_path / "no-*.csv")
    with pytest.raises(UsageError, match="workbook"):
        read_large(tmp_path / "no.xlsx" if (tmp_path / "no.xlsx").touch() is None else "")
    with pytest.raises(UsageError, match="standard input"):
        read_large("-")


def test_without_duckdb_the_way_to_it_is_said(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "duckdb", None)
    (tmp_path / "r.csv").write_text("source,target\na,b\n", encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_large(tmp_path / "r.csv")
    assert "clusters[big]" in caught.value.hint


def test_temporary_files_go_with_the_table(tmp_path):
    (tmp_path / "r.csv").write_text("source,target\na,b\n", encoding="utf-8")
    folder = tmp_path / "temp"
    folder.mkdir()
    with read_large(tmp_path / "r.csv", folder=folder):
        assert any(folder.iterdir())
    assert not any(folder.iterdir())
    with pytest.raises(DataError):
        read_large(tmp_path / "r.csv", folder=folder, year_range=(1, 2), mapping={"year": "source"})
    assert not any(folder.iterdir())


MILLIONS = """
import resource, sys
from clusters import tables
from clusters.engines import counts
from clusters.engines.compact import compact
from clusters.engines.large import read_large
from clusters.tables import large as large_tables
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
from clusters.cli import app
import pyarrow.parquet, pyarrow.csv, duckdb
before = peak()
with read_large(sys.argv[1], memory="300MB", threads=2, folder=sys.argv[2]) as large:
    account = large.account
    years = large_tables.structure(large)
    top = large_tables.top_degrees(counts.network(large), 3)
    flows = tables.flow_matrix_table(large)
    compact(large, __import__("pathlib").Path(sys.argv[2]) / "c.parquet")
print(account.rows, account.accepted, account.self_loops, account.duplicates, large.n_nodes)
print(years["relations"].tolist()[-1], years["edges"].tolist()[-1], top["degree"].tolist()[0])
print(flows.iloc[:, 1:].sum().sum())
print(peak() - before)
"""


@pytest.mark.slow
def test_millions_of_rows_are_counted_within_a_bound_on_memory(tmp_path):
    # Row i: giver i mod 999,983, receiver 7 i mod 1,000,003 of other names; the first 1,000 come again.
    rows, provinces = 4_000_000, ("广东", "北京", "上海")
    path = tmp_path / "r.csv"
    numbers = np.append(np.arange(rows), np.arange(1000))
    with path.open("w", encoding="utf-8") as file:
        file.write("源,目标,年份,source_province,target_province\n")
        for part in np.array_split(numbers, 40):
            file.writelines(
                f"科技有限公司{i % 999_983},合作机构{7 * i % 1_000_003},{2014 + i % 9},"
                f"{provinces[i % 3]},{provinces[i % 2]}\n"
                for i in part.tolist()
            )
    folder = tmp_path / "temp"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", MILLIONS, str(path), str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    first, second, placed, third = done.stdout.splitlines()
    givers, takers = numbers[:rows] % 999_983, 7 * numbers[:rows] % 1_000_003
    edges = np.unique(givers * 1_000_003 + takers).size
    largest = max(np.bincount(givers).max(), np.bincount(takers).max())
    assert first.split() == ["4001000", "4001000", "0", "1000", str(999_983 + 1_000_003)]
    assert second.split() == [str(rows), str(edges), str(largest)]
    assert int(placed) == rows
    # DuckDB's 300 MB and a block in work; the table itself takes 260 MB as text, three times that as objects.
    assert float(third) < 900, f"{float(third):.0f} MB above the imports"
