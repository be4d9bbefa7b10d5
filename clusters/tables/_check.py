"""What reading did with the rows of a table."""

from __future__ import annotations

import pandas as pd

from clusters.engines.large import LargeRelations
from clusters.intake.account import Account
from clusters.intake.rows import FILE_REASONS, REASONS
from clusters.relations import Relations
from clusters.sentences import Note


def row_account(relations: Relations | LargeRelations) -> pd.DataFrame:
    """Account for every row of the input, in one row.

    Parameters
    ----------
    relations
        Table as read, in memory or on disk.

    Returns
    -------
    DataFrame
        ``rows`` = ``accepted`` + ``rejected``; ``self_loops`` and ``duplicates`` are
        accepted rows, set aside unless they were to be kept; ``relations`` rows are in
        use, among ``nodes`` organisations (those without a relation included); then the
        rejected rows by reason, 0 where none. Blank lines are no rows. ``warnings`` are
        counted for a table in memory only. The notes say what the file was read as.

    Examples
    --------
    >>> from clusters.relations import read_relations
    >>> frame = pd.DataFrame({"source": ["a", "a", ""], "target": ["b", "a", "b"]})
    >>> row_account(read_relations(frame))[["rows", "accepted", "rejected", "self_loops"]].values.tolist()
    [[3, 2, 1, 1]]
    """
    account = relations.account
    counts = {
        "rows": account.rows,
        "accepted": account.accepted,
        "rejected": account.rejected,
        "self_loops": account.self_loops,
        "duplicates": account.duplicates,
        "relations": account.relations,
        "nodes": len(relations.nodes) if isinstance(relations, Relations) else relations.n_nodes,
    }
    reasons = [r for r in (*REASONS, *FILE_REASONS) if r]
    counts |= {reason: account.reasons.get(reason, 0) for reason in reasons}
    if isinstance(relations, Relations):
        counts["warnings"] = len(account.warnings)
    table = pd.DataFrame([counts])
    how = [_read(name, value) for name, value in account.source.items() if value]
    notes = [Note("note.read_as", items=how)] if how else []
    if isinstance(relations, LargeRelations):
        notes.append(Note("note.large_unread"))
    elif relations.account.kept is not None:
        folder, size = relations.account.kept
        notes.append(Note("note.cache_kept", path=folder, size=size / 1e6))
    table.attrs["notes"] = notes
    return table


def row_steps(relations: Relations | LargeRelations) -> pd.DataFrame:
    """Tell what happened to the rows, by file and step.

    Parameters
    ----------
    relations
        Table as read, in memory or on disk.

    Returns
    -------
    DataFrame
        ``file``, ``stage``, ``outcome``, ``reason``, ``rows``, and ``line`` and ``example`` of the
        first such row. In the stages read, check and use, the rows accepted, rejected and set
        aside add up to the row ``rows``; those accepted in one are all rows of the next. Rows
        ``changed`` (stage clean) are accepted ones with a cell that was written in another way,
        with the cell before and after; a row may count under several reasons. Tables of
        organisations and thesauri follow as files of their own. A reason without a row is left
        out. ``line`` is missing where all files are counted together, and for what has no first
        row. In a table on disk nothing is said of tables of organisations.

    Examples
    --------
    >>> from clusters.relations import read_relations
    >>> frame = pd.DataFrame({"source": [" a", "a", ""], "target": ["b", "a", "b"]})
    >>> table = row_steps(read_relations(frame))
    >>> table.loc[table["reason"] != "", ["stage", "outcome", "reason", "rows", "line"]].values.tolist()
    ... # doctest: +NORMALIZE_WHITESPACE
    [['check', 'rejected', 'missing_source', 1, 2],
     ['clean', 'changed', 'name_spelling', 1, 0],
     ['use', 'set_aside', 'self_loop', 1, 1]]
    """
    account = relations.account
    if account.told:
        return account.steps
    told = Account()  # of a table that was taken as it is
    told.count(relations.name, "use", "accepted", account.relations)
    return told.table()


def _read(name: str, value: str) -> Note:
    """Say one thing about how the file was read."""
    if name == "columns":
        return Note("note.read_columns", columns=value.split("; "))
    return Note("note.read_item", key=name, value=value)
