"""A small made-up cluster with everything in it, and its report in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusters import synthetic
from clusters.relations import Relations
from clusters.report import write_report

FEW = {"replicates": 10, "null": 4, "resamples": 10}
"""Draws enough to see that they are made."""


@pytest.fixture(scope="session")
def cluster() -> Relations:
    """About 600 organisations with roles, kinds, places, classes, platforms and years."""
    return synthetic.generate(scale=0.02)


@pytest.fixture(scope="session")
def english(cluster, tmp_path_factory) -> Path:
    """Folder of the English report."""
    return write_report(cluster, tmp_path_factory.mktemp("en") / "report", **FEW).parent


@pytest.fixture(scope="session")
def chinese(cluster, tmp_path_factory) -> Path:
    """Folder of the Chinese report, drawn by two processes."""
    out = tmp_path_factory.mktemp("zh") / "report"
    return write_report(cluster, out, lang="zh", workers=2, **FEW).parent
