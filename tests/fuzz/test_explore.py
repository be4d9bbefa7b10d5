"""The readers under a coverage-guided fuzzer: no traceback, no hang, every row accounted for.

By default some hundred inputs each; the slow run gives more than 10^5 in all, the same ones on every
machine. A fault prints the input that shows it: mend the module and put the input into
``test_found.py``.
"""

from __future__ import annotations

from collections.abc import Callable

import _explore
import _seeds
import _targets
import pytest

from clusters.intake.public import LAYOUTS

FILES = {
    "csv": 12,
    "tsv": 2,
    "packed": 3,
    "parquet": 3,
    "xlsx": 5,
    "nodes": 6,
    "thesaurus": 4,
    "settings": 5,
    "settings_file": 4,
    "indicators": 6,
    "framework": 6,
    "formula": 12,
    "header": 6,
    "cells": 12,
    "places": 10,
    "names": 6,
}
"""Target -> thousands of inputs of the slow run: what is quick gets more of them."""
LAYOUTS_OF = dict.fromkeys(LAYOUTS, 1) | {"gexf": 6, "graphml": 6, "pajek": 4}
THOUSANDS = FILES | LAYOUTS_OF


@pytest.fixture
def explored(tmp_path) -> Callable[[str, int], _explore.Outcome]:
    def run(name: str, runs: int) -> _explore.Outcome:
        bench = _targets.Bench(tmp_path)
        target = getattr(bench, name) if name in FILES else bench.package(name)
        return _explore.explore(target, _seeds.seeds(name), runs=runs, tokens=_seeds.tokens(name))

    return run


@pytest.mark.parametrize("name", THOUSANDS)
def test_a_few_inputs(explored, name):
    found = explored(name, 60 if name in FILES else 20)
    assert not found.faults, found.report()


@pytest.mark.slow
@pytest.mark.parametrize("name", THOUSANDS)
def test_many_inputs(explored, name):
    found = explored(name, 1000 * THOUSANDS[name])
    assert not found.faults, found.report()
    assert found.runs >= 1000 * THOUSANDS[name]


def test_the_slow_run_has_a_hundred_thousand_inputs():
    assert sum(THOUSANDS.values()) >= 100


def test_the_fuzzer_finds_what_only_three_right_bytes_show():
    def target(data: bytes) -> None:
        # The lines of the package guide, so each step calls another function of it.
        from clusters.intake.numbers import is_missing, is_percent, read_number

        if data[:1] == b"k":
            read_number("1")
            if data[1:2] == b"e":
                is_percent("1%")
                if data[2:3] == b"y":
                    is_missing("-")
                    raise ValueError("found")

    words = [b"k", b"e", b"y"]
    found = _explore.explore(target, [b"aaaa"], runs=20_000, tokens=words, most_faults=1)
    assert [fault.data[:3] for fault in found.faults.values()] == [b"key"]
    assert found.runs < 20_000
    blind = _explore.explore(target, [b"aaaa"], runs=20_000, tokens=words, most_faults=1)
    assert blind.runs == found.runs, "the same seed, the same inputs"


def test_a_hang_is_a_fault(monkeypatch):
    def target(data: bytes) -> None:
        while True:
            pass

    monkeypatch.setattr(_explore, "SECONDS", 0.05)
    found = _explore.explore(target, [b""], runs=1)
    assert "HangError" in found.report()


def test_seeds_are_read(tmp_path):
    bench = _targets.Bench(tmp_path)
    assert bench.relations("r.csv", _seeds.seeds("csv")[0]) is not None
    assert bench.relations("r.xlsx", _targets.workbook(_seeds.seeds("xlsx")[0])) is not None
    for name in THOUSANDS:
        assert _seeds.seeds(name), name
    for name in LAYOUTS_OF:
        assert len(bench.converted(name, _seeds.seeds(name)[0]).relations), name
