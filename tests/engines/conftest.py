"""A table counted on disk and in memory, side by side."""

from __future__ import annotations

import pytest

pytest.importorskip("duckdb", reason="DuckDB (clusters[big]) is not installed")
