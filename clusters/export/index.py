"""An index as a workbook: every stage from the raw values to the ranks on a sheet of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from clusters.export.files import atomic_path
from clusters.export.tabular import notes_of, write_workbook
from clusters.sentences import in_language

if TYPE_CHECKING:
    from clusters.index.framework import Framework
    from clusters.index.scoring import IndexResult


def index_sheets(result: IndexResult, framework: Framework | None = None) -> dict[str, pd.DataFrame]:
    """Return the tables of an index by the term that names their sheet.

    Parameters
    ----------
    result
        Of ``index.scoring.score``.
    framework
        As it was read; by default the tree that was computed, which lacks what the table gives scores of.

    Returns
    -------
    dict
        Scores and ranks, framework, weights, every stage, decomposition by indicator, log.
    """
    from clusters import tables
    from clusters.index.scoring import STAGES

    return {
        "stage.scores": tables.index_scores(result),
        "stage.framework": tables.framework_tree(framework or result.framework),
        "stage.weights": tables.index_stage(result, "weights"),
        **{f"stage.{stage}": tables.index_stage(result, stage) for stage in STAGES},
        "stage.decomposition": tables.index_decomposition(result),
        "stage.log": tables.index_log(result),
    }


def write_index_workbook(
    result: IndexResult,
    path: Path,
    *,
    framework: Framework | None = None,
    lang: str = "en",
    force: bool = False,
) -> None:
    """Write the tables of an index to an XLSX file, notes on them and on reading on a sheet of their own.

    The file takes its name when all is written. Equal results give equal bytes.

    Raises
    ------
    UsageError
        The file exists and ``force`` is false.
    """
    sheets = index_sheets(result, framework)
    read = [in_language(note, lang) for note in result.table.warnings]
    notes = dict.fromkeys([*read, *(note for frame in sheets.values() for note in notes_of(frame, lang))])
    for frame in sheets.values():
        frame.attrs.pop("notes", None)
    if notes:
        sheets["stage.notes"] = pd.DataFrame({"note": list(notes)})
    with atomic_path(path, force=force) as temporary:
        write_workbook(sheets, temporary, lang=lang)
