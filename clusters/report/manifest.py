"""The manifest of a report: what it was made from, how, with what, and what came out.

It holds no clock time and no path beyond file names, so that the same input, options
and seed give the same bytes on any machine with the same libraries.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from clusters.relations import Relations
from clusters.report.folder import MANIFEST, TOOL

SCHEMA_VERSION = 1
LIBRARIES = (
    "igraph",
    "jinja2",
    "matplotlib",
    "networkx",
    "numpy",
    "openpyxl",
    "pandas",
    "powerlaw",
    "pyarrow",
    "python-calamine",
    "scipy",
)


def write_manifest(
    folder: Path,
    relations: Relations,
    *,
    options: Mapping[str, Any],
    inputs: Sequence[Path] = (),
    seed: int = 0,
    draws: Mapping[str, int] | None = None,
) -> None:
    """Write ``manifest.json`` into a finished report folder.

    Parameters
    ----------
    folder
        Report folder with all its other files.
    relations
        The table the report is about; gives the row account and how the file was read.
    options
        Options of the command, as a reader would repeat them.
    inputs
        Files that were read, the relation table first. Only their names are recorded.
    seed
        Seed of everything random.
    draws
        How often what was drawn.
    """
    write_document(
        folder,
        command="report",
        options=options,
        inputs=inputs,
        seed=seed,
        draws=draws,
        synthetic=relations.synthetic,
        table=_table(relations),
        more={"reading": dict(relations.account.source), "rows": _account(relations)},
    )


def write_document(
    folder: Path,
    *,
    command: str,
    options: Mapping[str, Any],
    inputs: Sequence[Path],
    seed: int,
    draws: Mapping[str, int] | None,
    synthetic: bool,
    table: Mapping[str, Any],
    more: Mapping[str, Any],
) -> None:
    """Write ``manifest.json`` of any report.

    Parameters
    ----------
    folder, options, inputs, seed, draws
        As in ``write_manifest``.
    command
        Command that makes the folder.
    synthetic
        Whether the data are made up.
    table
        Describes what was read where it came from no file.
    more
        What is told of the reading, by key.
    """
    from clusters.figures._fonts import fonts  # pictures depend on the fonts of the system

    document = {
        "schema_version": SCHEMA_VERSION,
        "tool": TOOL,
        "version": metadata.version(TOOL),
        "command": command,
        "options": dict(options),
        "seed": seed,
        "draws": dict(draws or {}),
        "synthetic": synthetic,
        "inputs": [_input(path) for path in inputs] or [dict(table)],
        **more,
        "libraries": _libraries(),
        "fonts": list(fonts().families),
        "outputs": [
            {
                "file": path.relative_to(folder).as_posix(),
                "bytes": path.stat().st_size,
                "sha256": digest(path),
            }
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        ],
    }
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    # A file name that is no text has halves of characters, which JSON writes as \udcff.
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", errors="backslashreplace", newline="\n")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_of(text: str) -> str:
    """Return the SHA-256 of a text in hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _input(path: Path) -> dict[str, Any]:
    return {"file": path.name, "bytes": path.stat().st_size, "sha256": digest(path)}


def _table(relations: Relations) -> dict[str, Any]:
    """Describe a table that came from no file (standard input, a frame, the embedded sample)."""
    text = relations.frame.to_csv(index=False, lineterminator="\n")
    return {"file": relations.name or None, "relations_sha256": digest_of(text)}


def _account(relations: Relations) -> dict[str, Any]:
    account = relations.account
    counts = ("rows", "accepted", "rejected", "self_loops", "duplicates", "relations")
    return {
        **{name: getattr(account, name) for name in counts},
        "reasons": dict(account.reasons),
        "warnings": list(account.warnings),
    }


def _libraries() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:  # pragma: no cover - all are required
            continue
    return versions
