"""Reading options in a TOML file and the thesaurus file."""

from __future__ import annotations

import pytest

from clusters.errors import DataError
from clusters.intake.config import Config, load
from clusters.intake.thesaurus import read_thesaurus


@pytest.fixture
def write(tmp_path):
    def make(text, name="a.toml", encoding="utf-8"):
        path = tmp_path / name
        path.write_text(text, encoding=encoding)
        return path

    return make


def test_options_and_paths(write, tmp_path):
    path = write(
        'encoding = "gb18030"\nloops = "keep"\nnodes = "n.csv"\nyear_range = [1950, 2050]\n'
        '[columns]\nsource = "甲方"\n[kinds]\n"联合研发" = "technology"\n'
    )
    assert load(path) == Config(
        encoding="gb18030",
        loops="keep",
        nodes=tmp_path / "n.csv",
        year_range=(1950, 2050),
        columns={"source": "甲方"},
        kinds={"联合研发": "technology"},
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('encodng = "x"', "a.toml: 'encodng' is not a known name"),
        ('loops = "maybe"', "a.toml: loops: input should be 'drop' or 'keep'"),
        ('columns = "x"', "a.toml: columns: "),
        ("a =", "a.toml is not TOML"),
        ("[columns]\n源 = x", "a.toml is not TOML"),
    ],
)
def test_faults_are_named(write, text, message):
    with pytest.raises(DataError, match=message) as caught:
        load(write(text))
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('a = 1\nencodng = "x"', r"'encodng' is not a known name \(line 2\), is 'encoding' meant\?"),
        ('[columns]\n"源" = 3', r"columns.源: input should be a valid string \(line 2\)"),
        ("[map]\nsource = 3", r"columns.source: input should be a valid string \(line 2\)"),
        ("year_range = [2100, 1900]", r"year_range \(line 1\): the first year is after the last"),
        ('[directions]\n"进" = "in"', r"directions.进: input should be 'empowerment' or 'input' \(line 2\)"),
    ],
)
def test_faults_name_their_line_and_the_nearest_name(write, text, message):
    with pytest.raises(DataError, match=message):
        load(write(text))


def test_a_table_of_organisations_in_its_own_form():
    config = Config(encoding="gb18030", node_encoding="utf-8", node_sheet="2")
    own = {"encoding": "utf-8", "sheet": "2", "separator": None, "roles": {}}
    assert config.node_options(None, own=True) == own
    assert config.node_options(None, own=False) == {"encoding": "gb18030", "roles": {}}
    assert Config(encoding="gb18030").node_options("big5", own=True)["encoding"] == "big5"


def test_the_word_of_the_command_line_serves_as_well(write):
    assert load(write('[map]\nsource = "甲方"')).columns == {"source": "甲方"}
    with pytest.raises(DataError, match="'map' is not a known name"):
        load(write('[map]\nsource = "甲方"\n[columns]\ntarget = "乙方"'))


def test_a_column_outside_its_section_is_sent_there(write):
    with pytest.raises(DataError, match="'source' is not a known name") as caught:
        load(write('source = "甲方"'))
    assert "[columns]" in caught.value.hint


def test_a_missing_file(tmp_path):
    with pytest.raises(DataError, match="does not exist"):
        load(tmp_path / "none.toml")


@pytest.mark.parametrize(
    "text",
    [
        "variant,preferred\n华为技术,华为\n",
        "label\treplace by\n华为技术\t华为\n",
        "原名,标准名\n华为技术,华为\n",
        "华为技术,华为\n",
        "华为技术,华为,checked\n中兴,,open\n",
        "canonical,alias\n华为,华为技术\n",
        "标准名,别名,checked\n华为,华为技术,yes\n,中兴,open\n",
    ],
)
def test_thesaurus_forms(write, text):
    assert read_thesaurus(write(text, "t.csv")) == {"华为技术": "华为"}
    assert read_thesaurus(write(text, "t.csv", "gb18030")) == {"华为技术": "华为"}


def test_thesaurus_faults(write):
    with pytest.raises(DataError, match="in a circle"):
        read_thesaurus(write("a,b\nb,a\n", "t.csv"))
    with pytest.raises(DataError, match="no comma"):
        read_thesaurus(write("a\nb\n", "t.csv"))
