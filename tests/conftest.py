"""Shared fixtures: where the real data and the oracles lie, and a quiet environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("MPLBACKEND", "Agg")
os.environ["COLUMNS"] = "160"
os.environ["NO_COLOR"] = "1"

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with real data and oracles, beside the repository; the test skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("../shared (real data and oracles) is not beside the repository")
    return SHARED
