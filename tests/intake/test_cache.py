"""Checked tables that are kept: the same as read, found by content, never trusted."""

from __future__ import annotations

import dataclasses
import os

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clusters import relations
from clusters.errors import DataError, UsageError
from clusters.intake import cache
from clusters.relations import AllRejectedError, read_relations
from clusters.sentences import Note, in_language

TABLE = """源,目标,年份,关系类型,权重,源省份,目标省份,备注
甲,乙,2019,技术,1,北京,广东,x
乙,丙,2020,专利,,广东,,y
甲,甲,2020,,3,,,
丁,,2020,,,,,
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "kept"


@pytest.fixture
def no_reading(monkeypatch):
    """Make reading from the file itself fail."""
    return lambda: monkeypatch.setattr(relations, "_read", lambda *_: pytest.fail("was read from the file"))


def assert_same(one, two):
    for part in ("frame", "nodes"):
        pd.testing.assert_frame_equal(
            getattr(one, part), getattr(two, part), check_exact=True, check_index_type="exact"
        )
        assert getattr(one, part).index.name == getattr(two, part).index.name
    for part in ("rejects", "set_aside"):
        pd.testing.assert_frame_equal(getattr(one.account, part), getattr(two.account, part))
    bare = [dataclasses.replace(t.account, rejects=None, set_aside=None, kept=None) for t in (one, two)]
    assert bare[0] == bare[1]
    assert [list(account.reasons) for account in bare] == [list(bare[0].reasons)] * 2
    for first, second in zip(one.account.warnings, two.account.warnings, strict=True):
        assert in_language(first, "zh") == in_language(second, "zh")
    assert (one.name, one.synthetic, one.listed) == (two.name, two.synthetic, two.listed)
    assert one.frame["source"].cat.categories is not None
    assert one.years == two.years
    assert (one.kinds, one.levels, one.classes) == (two.kinds, two.levels, two.classes)


def test_a_kept_table_is_the_table(table, folder, no_reading):
    plain = read_relations(table)
    first = read_relations(table, cache=folder)
    assert plain.account.kept is None
    assert first.account.kept is not None
    assert_same(plain, first)
    no_reading()
    again = read_relations(table, cache=folder)
    assert_same(plain, again)
    assert again.account.kept == first.account.kept
    assert again.frame["source"].cat.categories is again.frame["target"].cat.categories
    assert all(isinstance(text, Note) for text in again.account.warnings)


name = st.sampled_from(
    ["甲", " 甲", "ОРРО", "OPPO", "a\x00b", "", "乙（深圳）", "乙(深圳)", "Vivo", "vivo", 'q"q', "l\nl"]
)
year = st.sampled_from(["2019", "2020.0", "2021-05-01", "", "x"])
place = st.sampled_from(["", "北京", "广东省", "Berlin", "NA"])
row = st.tuples(
    name, name, year, st.sampled_from(["技术", "", "x"]), st.sampled_from(["1", "", "-"]), place, place
)
nodes = st.none() | st.lists(
    st.tuples(
        st.sampled_from(["甲", "乙", "z"]),
        st.sampled_from(["样本", "关系节点"]),
        place,
        st.sampled_from(["", "1999"]),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda r: r[0],
)


@settings(deadline=None, max_examples=60)
@given(st.lists(row, min_size=1, max_size=10), nodes, st.sampled_from(["drop", "keep"]), st.booleans())
def test_any_table_comes_back_as_it_was(tmp_path_factory, rows, nodes, keep, sided):
    base = tmp_path_factory.mktemp("cache")
    header = ["企业", "合作方", "年份", "关系类型", "权重", "企业省份", "合作方省份", "方向"]
    frame = pd.DataFrame([(*r, "赋能") for r in rows], columns=header)
    if not sided:
        frame = frame.drop(columns="方向").set_axis(
            ["源", "目标", *header[2:5], "源省份", "目标省份"], axis=1
        )
    path = base / "r.csv"
    frame.to_csv(path, index=False)
    options = {"loops": keep, "duplicates": keep}
    if nodes is not None:
        options["nodes"] = base / "n.csv"
        pd.DataFrame(nodes, columns=["名称", "角色", "省份", "sample_from"]).to_csv(
            options["nodes"], index=False
        )
    try:
        plain = read_relations(path, **options)
    except AllRejectedError:
        with pytest.raises(AllRejectedError):
            read_relations(path, cache=base / "kept", **options)
        assert not list((base / "kept").iterdir())
        return
    read_relations(path, cache=base / "kept", **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(relations, "_read", lambda *_: pytest.fail("was read from the file"))
        assert_same(plain, read_relations(path, cache=base / "kept", **options))


def test_real_tables_come_back_as_they_were(shared, folder):
    path = shared / "data" / "cordis_h2020" / "relations.csv.gz"
    plain = read_relations(path)
    read_relations(path, cache=folder)
    assert_same(plain, read_relations(path, cache=folder))


def test_every_command_takes_a_kept_table(table, tmp_path, monkeypatch, no_reading):
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "mine"))
    read_relations(table)
    assert not (tmp_path / "mine").exists()  # nobody asked for it
    plain = read_relations(table, cache=True)
    no_reading()
    assert_same(plain, read_relations(table))
    monkeypatch.undo()
    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "mine"))
    assert read_relations(table, cache=False).account.kept is None


def test_whatever_decides_on_the_result_is_in_the_key(table, tmp_path, folder):
    nodes, names, config = tmp_path / "n.csv", tmp_path / "t.csv", tmp_path / "c.toml"
    nodes.write_text("name,role\n甲,sample\n", encoding="utf-8")
    names.write_text("乙,丙\n", encoding="utf-8")
    config.write_text("loops = 'drop'\n", encoding="utf-8")

    def kept(**options):
        return read_relations(options.pop("path", table), cache=folder, **options).account.kept[0]

    options = {"nodes": nodes, "names": names, "config": config}
    seen = [kept(), kept(**options)]
    for path, text in ((nodes, "name,role\n甲,partner\n"), (names, "乙,丁\n"), (config, "loops = 'keep'\n")):
        path.write_text(text, encoding="utf-8")
        seen.append(kept(**options))
    for other in (
        {"loops": "keep"},
        {"duplicates": "keep"},
        {"year_range": (2000, 2100)},
        {"encoding": "utf-8"},
        {"separator": ","},
        {"mapping": {"weight": "备注"}},
        {"allow_empty": True},
    ):
        seen.append(kept(**other))
    renamed = tmp_path / "other.csv"
    renamed.write_text(TABLE, encoding="utf-8")
    seen.append(kept(path=renamed))  # its name stands in messages
    table.write_text(TABLE.replace("丙", "戊"), encoding="utf-8")
    seen.append(kept())
    assert len(set(seen)) == len(seen)
    assert "戊" in read_relations(table, cache=folder).nodes.index


def damage(path, how):
    data = path.read_bytes()
    if how == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif how == "flip":
        path.write_bytes(data[:50] + bytes([data[50] ^ 1]) + data[51:])
    elif how == "gone":
        path.unlink()
    elif how == "foreign":
        path.write_bytes(b"{}" if path.suffix == ".json" else b"PAR1 nothing of ours PAR1")
    else:
        path.write_bytes(b"")


@pytest.mark.parametrize("how", ["cut", "flip", "gone", "foreign", "empty"])
@pytest.mark.parametrize("part", ["relations.parquet", "nodes.parquet", "rejects.parquet", "about.json"])
def test_what_is_damaged_is_read_again(table, folder, part, how):
    plain = read_relations(table)
    kept = folder / read_relations(table, cache=folder).account.kept[0]
    damage(kept / part, how)
    again = read_relations(table, cache=folder)
    if (part, how) != ("about.json", "gone"):  # without it nothing is kept there
        warning = again.account.warnings[-1]
        assert warning.term == "note.cache_damaged"
        assert str(kept) in warning
        again = dataclasses.replace(
            again, account=dataclasses.replace(again.account, warnings=again.account.warnings[:-1])
        )
    assert_same(plain, again)
    assert_same(plain, read_relations(table, cache=folder))  # rebuilt


def test_a_folder_that_cannot_be_written_is_said_before_reading(table, tmp_path, no_reading):
    no_reading()
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"the cache folder .* cannot be written \(") as caught:
        read_relations(table, cache=tmp_path / "file" / "kept")
    assert cache.VARIABLE in caught.value.hint
    if os.geteuid() == 0:
        return  # the administrator may write anywhere
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(DataError, match="cannot be written"):
        read_relations(table, cache=tmp_path / "closed")


def test_only_files_are_kept(folder):
    for source in ("-", pd.DataFrame({"source": ["a"], "target": ["b"]})):
        with pytest.raises(UsageError, match="only tables in files"):
            read_relations(source, cache=folder)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, OSError])
def test_an_interruption_leaves_nothing_half_made(table, folder, monkeypatch, stop):
    def broken(part, path):
        path.write_bytes(b"half")
        raise stop

    monkeypatch.setattr(cache, "_written", broken)
    with pytest.raises(DataError if stop is OSError else stop):
        read_relations(table, cache=folder)
    assert list(folder.iterdir()) == []


def test_a_file_that_changes_while_it_is_read_is_not_kept(table, folder, monkeypatch):
    read = relations._read

    def changing(path, options):
        result = read(path, options)
        path.write_text(TABLE + "甲,庚,2021,,,,,\n", encoding="utf-8")
        return result

    monkeypatch.setattr(relations, "_read", changing)
    assert read_relations(table, cache=folder).account.kept is None
    assert list(folder.iterdir()) == []


def test_missing_files_are_said_as_ever(tmp_path, folder):
    for option in (folder, None, False):
        with pytest.raises(DataError, match="does not exist"):
            read_relations(tmp_path / "none.csv", cache=option)
        with pytest.raises(DataError, match="cannot be read"):
            read_relations("a\0b", cache=option)


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {"XDG_CACHE_HOME": "/x"}, "/x/clusters/tables"),
        ("linux", {"HOME": "/h"}, "/h/.cache/clusters/tables"),
        ("darwin", {"HOME": "/h"}, "/h/Library/Caches/clusters/tables"),
        ("linux", {"CLUSTERS_CACHE": "/c", "XDG_CACHE_HOME": "/x"}, "/c/tables"),
    ],
)
def test_the_users_cache_folder(monkeypatch, platform, variables, expected):
    for variable in ("XDG_CACHE_HOME", cache.VARIABLE):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setattr("sys.platform", platform)
    assert cache.default_folder().as_posix() == expected


def test_check_says_where_a_table_is_kept(table, tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from clusters.cli import app

    monkeypatch.setenv(cache.VARIABLE, str(tmp_path / "mine"))
    run = CliRunner().invoke
    plain = run(app, ["check", str(table), "--format", "csv"])
    assert "is kept in" not in plain.stderr
    kept = run(app, ["check", str(table), "--format", "csv", "--cache"])
    assert kept.stdout == plain.stdout
    assert "the checked table is kept in" in kept.stderr
    assert str(tmp_path / "mine") in kept.stderr
    assert "缓存在" in run(app, ["check", str(table), "--format", "csv", "--cache", "--lang", "zh"]).stderr
    with monkeypatch.context() as patch:
        patch.setattr(relations, "_read", lambda *_: pytest.fail("was read from the file"))
        assert run(app, ["check", str(table), "--format", "csv"]).stdout == plain.stdout
    assert run(app, ["check", "--cache"]).exit_code == 2
    assert run(app, ["check", "-", "--cache"], input=TABLE).exit_code == 2
