"""Short ways to write and convert graph files."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusters.intake.public import LAYOUTS, Converted, Options, open_package


class GraphFiles:
    """Writes graph files to a folder and converts them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def convert(self, layout: str, *paths: Path, **options) -> Converted:
        return LAYOUTS[layout].convert(open_package(paths), Options(**options))

    def rows(self, found: Converted, *columns: str) -> list[tuple]:
        """Return the relations as tuples; missing years are None."""
        frame = found.relations[list(columns or ("source", "target"))].astype(object)
        return [tuple(row) for row in frame.where(frame.notna(), None).itertuples(index=False)]

    def fates(self, found: Converted) -> list[tuple[str, int]]:
        """Return reason and line of each rejected edge."""
        listed = found.account.not_used()
        return list(zip(listed["reason"], listed["line"], strict=True)) if len(listed) else []

    def counts(self, found: Converted, file: str | None = None) -> tuple[int, int]:
        """Return how many edges are accepted and rejected."""
        account = found.account
        return account.total("accepted", file, "read"), account.total("rejected", file, "read")


@pytest.fixture
def graphs(tmp_path):
    return GraphFiles(tmp_path)
