"""Outputs appear whole or not at all."""

from __future__ import annotations

import os

import pytest

from clusters.errors import DataError, UsageError
from clusters.export.files import atomic_path, safe_name


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "table.csv"
    target.write_text("old")

    def interrupted():
        with atomic_path(target, force=True) as temporary:
            temporary.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["table.csv"]


def test_an_existing_file_is_refused_unless_forced(tmp_path):
    target = tmp_path / "table.csv"
    target.write_text("old")
    with pytest.raises(UsageError, match=r"table\.csv exists already"), atomic_path(target):
        pass
    with atomic_path(target, force=True) as temporary:
        temporary.write_text("new")
    assert target.read_text() == "new"


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(DataError, match="does not exist"), atomic_path(tmp_path / "no" / "table.csv"):
        pass


def test_a_folder_is_not_a_file_name(tmp_path):
    with pytest.raises(UsageError, match="is a folder"), atomic_path(tmp_path):
        pass


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder_is_named(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(DataError, match="cannot be written"), atomic_path(tmp_path / "table.csv"):
        pass


def test_the_temporary_name_keeps_the_suffix(tmp_path):
    with atomic_path(tmp_path / "table.xlsx") as temporary:
        assert temporary.suffix == ".xlsx"


@pytest.mark.parametrize(
    "text", ["../../etc/passwd", "a/b", "a\\b", "x\x00", "a:b", "..", "", "名" * 300, "a%2e", "x."]
)
def test_a_name_made_of_any_text_stays_in_its_folder(tmp_path, text):
    name = safe_name(text)
    (tmp_path / f"{name}.csv").write_text("x")
    assert [path.name for path in tmp_path.iterdir()] == [f"{name}.csv"]
    assert name[-1] not in ". "
    assert len(name.encode()) < 220


def test_different_texts_have_different_names():
    texts = ["a/b", "a\\b", "a_b", "a//b", "名" * 100, "名" * 101]
    assert len({safe_name(text) for text in texts}) == len(texts)
    assert safe_name("composition_应用领域") == "composition_应用领域"
