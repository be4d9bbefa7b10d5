"""``clusters.index`` offers the main names, whichever module was imported before."""

from __future__ import annotations

import inspect
import subprocess
import sys
from types import ModuleType

import pandas as pd
import pytest

import clusters.index
from clusters.errors import DataError
from clusters.index import read_framework, score

PAIR = {"indicator": [{"id": "a", "parent": "total"}, {"id": "b", "parent": "total"}]}


@pytest.mark.parametrize("name", clusters.index.__all__)
def test_every_name_can_be_called_and_is_listed(name):
    assert callable(getattr(clusters.index, name))
    assert name in dir(clusters.index)


def test_unknown_names_are_unknown():
    with pytest.raises(AttributeError, match="no attribute 'tier'"):
        clusters.index.tier  # noqa: B018


@pytest.mark.parametrize(
    "first",
    [
        "import clusters.index.tiers",
        "from clusters.index.tiers import tiers",
        "import clusters.index.scoring",
    ],
)
def test_a_function_named_like_its_module_is_there_in_any_order(first):
    code = (
        f"{first}\nfrom clusters.index import tiers\nimport pandas as pd\n"
        "assert tiers(pd.Series([3.0, 2, 1]), 'sizes', sizes=[1, 'rest']).sizes == (1, 2)\n"
        "assert tiers.tiers.__name__ == 'tiers'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_such_a_module_has_the_signature_of_its_function():
    tiers = clusters.index.tiers
    assert isinstance(tiers, ModuleType)
    assert inspect.signature(tiers) == inspect.signature(tiers.tiers)


def test_importing_the_package_imports_nothing_heavy():
    code = "import sys, clusters.index; assert 'pandas' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_score_reads_what_it_is_given(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("city,a,b\nx,1,4\ny,3,1\n", encoding="utf-8")
    for table in (path, str(path), pd.read_csv(path)):
        assert score(PAIR, table).score.to_dict() == {"x": 0.5, "y": 0.5}


def test_a_named_index_of_numbers_names_the_units():
    # Codes of places are whole numbers; an index without a name only counts the rows.
    frame = pd.DataFrame({"a": [1.0, 2], "b": [1.0, 2]}, index=pd.Index([110000, 310000], name="code"))
    assert list(score(PAIR, frame).score.index) == [110000, 310000]
    with pytest.raises(DataError, match="no column names the cities"):
        score(PAIR, frame.rename_axis(None))


def test_a_framework_is_read_once():
    framework = read_framework(PAIR)
    assert read_framework(framework) is framework
