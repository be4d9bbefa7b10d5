"""A report folder is whole or not there, and nobody else's files are lost."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from clusters.errors import DataError, UsageError
from clusters.report.folder import check_folder, outputs_of, staged_folder


def make_report(folder: Path, text: str = "old") -> Path:
    folder.mkdir(parents=True)
    (folder / "tables").mkdir()
    (folder / "index.html").write_text(text)
    (folder / "tables" / "a.csv").write_text(text)
    outputs = [{"file": "index.html"}, {"file": "tables/a.csv"}]
    (folder / "manifest.json").write_text(
        json.dumps({"tool": "clusters", "command": "report", "outputs": outputs})
    )
    return folder


def write(path: Path, text: str, error: type[BaseException] | None = None) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    if error is not None:
        raise error


def contents(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*") if p.is_file()}


def test_new_folder_appears_whole_with_missing_parents(tmp_path):
    out = tmp_path / "a" / "b" / "report"
    with staged_folder(out) as stage:
        (stage / "x").write_text("1")
        assert not out.exists()
    assert contents(out) == {"x": "1"}
    assert list(tmp_path.iterdir()) == [tmp_path / "a"]
    assert out.stat().st_mode & 0o700 == 0o700


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_interrupt_leaves_nothing_new(tmp_path, error):
    out = tmp_path / "a" / "report"
    with pytest.raises(error), staged_folder(out) as stage:
        write(stage / "x", "1", error)
    assert list(tmp_path.iterdir()) == []


def test_interrupt_leaves_the_old_report(tmp_path):
    out = make_report(tmp_path / "report")
    before = contents(out)
    with pytest.raises(KeyboardInterrupt), staged_folder(out, force=True) as stage:
        write(stage / "index.html", "new", KeyboardInterrupt)
    assert contents(out) == before
    assert list(tmp_path.iterdir()) == [out]


def test_force_replaces_a_report_and_drops_its_old_outputs(tmp_path):
    out = make_report(tmp_path / "report")
    with staged_folder(out, force=True) as stage:
        (stage / "index.html").write_text("new")
    assert contents(out) == {"index.html": "new"}
    assert list(tmp_path.iterdir()) == [out]


def test_foreign_files_move_into_the_new_report(tmp_path):
    out = make_report(tmp_path / "report")
    (out / "network.gephi").write_text("mine")
    (out / "tables" / "notes.txt").write_text("mine")
    with staged_folder(out, force=True) as stage:
        (stage / "index.html").write_text("new")
    assert contents(out) == {"index.html": "new", "network.gephi": "mine", "tables/notes.txt": "mine"}


def test_foreign_file_in_the_way_is_not_overwritten(tmp_path):
    out = make_report(tmp_path / "report")
    (out / "tables" / "b.csv").write_text("mine")
    before = contents(out)
    with pytest.raises(UsageError, match=r"b\.csv"), staged_folder(out, force=True) as stage:
        write(stage / "tables" / "b.csv", "new")
    assert contents(out) == before


def test_existing_report_needs_force(tmp_path):
    out = make_report(tmp_path / "report")
    with pytest.raises(UsageError, match="holds a report already") as caught:
        check_folder(out)
    assert "--force" in caught.value.hint


def test_folder_of_somebody_else_is_never_replaced(tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(UsageError, match="not a report of clusters"):
        check_folder(tmp_path, force=True)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"tool": "other", "command": "report", "outputs": []}', "\x00"]
)
def test_manifest_of_somebody_else_does_not_count(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    assert outputs_of(tmp_path) is None


def test_empty_folder_may_be_used(tmp_path):
    out = tmp_path / "report"
    out.mkdir()
    with staged_folder(out) as stage:
        (stage / "x").write_text("1")
    assert contents(out) == {"x": "1"}


def test_file_in_place_of_the_folder(tmp_path):
    (tmp_path / "report").write_text("x")
    with pytest.raises(UsageError, match="not a folder"):
        check_folder(tmp_path / "report", force=True)
    with pytest.raises(DataError, match="not a folder"):
        check_folder(tmp_path / "report" / "below")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="rights do not bind the superuser")
def test_unwritable_place(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(DataError, match="cannot be written"):
            check_folder(tmp_path / "report")
    finally:
        tmp_path.chmod(0o700)


def test_full_disk_is_said(tmp_path):
    out = tmp_path / "report"
    with pytest.raises(DataError, match="No space left"), staged_folder(out):
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []
