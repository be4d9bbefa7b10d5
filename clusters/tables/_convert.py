"""What became of the rows of files that were converted."""

from __future__ import annotations

import pandas as pd

from clusters.intake.public import Account


def conversion_account(account: Account) -> pd.DataFrame:
    """List what happened to the rows of converted files, by file and step.

    Parameters
    ----------
    account
        ``Converted.account``.

    Returns
    -------
    DataFrame
        ``file``, ``stage`` (read, divide, expand), ``outcome``, ``reason``, ``rows``, and the
        ``line`` of the original file and the cells (``example``) of the first such row. In each
        file and stage the rows accepted, rejected and set aside add up to the row ``rows``;
        ``mended`` rows are among the accepted ones, ``relations`` are what was made.

    Examples
    --------
    >>> account = Account()
    >>> account.count("a.csv", "read", "accepted", 2, line=2)
    >>> conversion_account(account)[["file", "outcome", "rows"]].values.tolist()
    [['a.csv', 'rows', 2], ['a.csv', 'accepted', 2]]
    """
    return account.table()
