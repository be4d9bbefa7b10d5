from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib import font_manager

from clusters.figures import _fonts


@pytest.fixture
def fresh(monkeypatch):
    """Look-ups of this test stay in this test."""
    monkeypatch.setattr(_fonts, "_said", set())
    remembered = _fonts.fonts
    remembered.cache_clear()
    yield monkeypatch
    remembered.cache_clear()


@pytest.fixture
def chinese():
    found = _fonts.chinese_font()
    if found is None:
        pytest.skip("no Chinese font on this system")
    return found


def entry_of(found):
    family, path, face = found
    return next(e for e in _fonts._entries() if (e.name, e.fname, _fonts._face(e)) == (family, path, face))


def test_latin_comes_first_and_the_chinese_font_holds_chinese(chinese):
    found = _fonts.fonts()
    assert found.families == (_fonts.LATIN, chinese[0])
    assert found.missing("华为 Huawei α≥−²（）、") == []


def test_families_are_taken_in_order_of_preference(fresh, chinese):
    entry = entry_of(chinese)
    fresh.setattr(
        _fonts, "_entries", lambda: [replace(entry, name=n) for n in ("SimHei", "PingFang SC", "KaiTi")]
    )
    assert _fonts.chinese_font()[0] == "PingFang SC"


def test_the_regular_upright_cut_is_looked_at(fresh, chinese):
    entry = entry_of(chinese)
    bold = replace(entry, name="SimHei", weight=700, fname="/nowhere/bold.ttf")
    fresh.setattr(_fonts, "_entries", lambda: [bold, replace(entry, name="SimHei")])
    assert _fonts.chinese_font() == ("SimHei", entry.fname, _fonts._face(entry))


def test_a_listed_file_that_is_gone_or_broken_is_passed_over(fresh, chinese, tmp_path):
    entry = entry_of(chinese)
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    listed = [
        replace(entry, name="PingFang SC", fname="/nowhere/x.ttf"),
        replace(entry, name="SimHei", fname=str(broken)),
        replace(entry, name="KaiTi"),
    ]
    fresh.setattr(_fonts, "_entries", lambda: listed)
    assert _fonts.chinese_font()[0] == "KaiTi"


def test_a_font_by_an_unknown_name_is_used_before_none(fresh, chinese):
    entry = entry_of(chinese)
    fresh.setattr(_fonts, "_entries", lambda: [replace(entry, name="House Font")])
    fresh.setattr(_fonts, "_read_new_files", lambda: None)
    assert _fonts.chinese_font()[0] == "House Font"


def test_a_font_that_draws_boxes_for_everything_is_none(fresh):
    # Matplotlib 3.11 ships Last Resort, which claims every character.
    own = [e for e in _fonts._entries() if Path(e.fname).is_relative_to(Path(font_manager.__file__).parent)]
    fresh.setattr(_fonts, "_entries", lambda: own)
    fresh.setattr(_fonts, "_read_new_files", lambda: None)
    assert _fonts.chinese_font() is None
    assert _fonts.fonts().families == (_fonts.LATIN,)
    assert _fonts.fonts().missing("a华") == ["华"]


def test_a_font_installed_after_the_list_was_made_is_found(fresh, chinese, tmp_path):
    path = chinese[1]
    copy = tmp_path / f"new{Path(path).suffix}"
    shutil.copy(path, copy)
    before = [e for e in _fonts._entries() if e.fname != path]
    fresh.setattr(
        font_manager.fontManager,
        "ttflist",
        [e for e in before if "CJK" not in e.name and "Han" not in e.name],
    )
    fresh.setattr(font_manager, "findSystemFonts", lambda: [str(copy), str(tmp_path / "absent.ttf")])
    found = _fonts._preferred(refresh=True)
    assert found is not None
    assert found[1] == str(copy)


def test_each_cause_is_said_once(fresh):
    fresh.setattr(
        _fonts, "fonts", lambda: _fonts.Fonts((_fonts.LATIN,), frozenset(range(128)), chinese=False)
    )
    with pytest.warns(_fonts.FontWarning, match="fonts-noto-cjk"):
        _fonts.warn_missing("华")
    _fonts.warn_missing("为")  # a second warning would be an error here
    with pytest.warns(_fonts.FontWarning, match="no font on this system holds ߊ"):
        _fonts.warn_missing("ߊ")
    assert _fonts.font_note() == _fonts.NO_CHINESE
