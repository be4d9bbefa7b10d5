"""Choosing the format by the ending."""

from __future__ import annotations

import pytest

from clusters.errors import UsageError
from clusters.export import FORMATS, ending_of, export


@pytest.mark.parametrize("ending", FORMATS)
def test_every_ending_writes_the_same_twice(ending, two_years, tmp_path):
    first = export(two_years, tmp_path / f"a{ending}", seed=5)
    second = export(two_years, tmp_path / f"b{ending}", seed=5)
    assert (first.nodes, first.edges) == (5, 5)
    for one, other in zip(first.files, second.files, strict=True):
        assert one.exists()
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("name", ["a.txt", "a", ".gexf", "a.gexf.zip", "a.json"])
def test_unknown_endings_list_the_known_ones(name, two_years, tmp_path):
    with pytest.raises(UsageError) as caught:
        export(two_years, tmp_path / name)
    assert all(ending in caught.value.hint for ending in FORMATS)


def test_endings_in_capitals():
    assert ending_of("NETWORK.GEXF") == ".gexf"


@pytest.mark.parametrize("option", [{"dynamic": True}, {"target": "lite"}, {"slice_year": True}])
def test_options_of_gexf_do_not_go_with_other_formats(option, two_years, tmp_path):
    with pytest.raises(UsageError, match="graphml has no"):
        export(two_years, tmp_path / "a.graphml", **option)
    export(two_years, tmp_path / "a.graphml", dynamic=False, target="gephi")
