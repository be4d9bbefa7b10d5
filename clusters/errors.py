"""Errors that a user can act on; everything else is a fault of the program.

``ClustersError`` is the root. ``DataError`` says that an input cannot be used and
names file, row, column, what was found and what would be right. ``UsageError``
says that a request does not fit the table at hand (a kind, a level or a measure
it does not have). The command line prints either as one message, without a
traceback, and leaves with exit code 3 (data) or 2 (usage).
"""

from __future__ import annotations


class ClustersError(Exception):
    """Something the user can mend; ``hint`` says how, where it is known."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class DataError(ClustersError):
    """An input file or table cannot be used as it is."""

    exit_code = 3


class UsageError(ClustersError):
    """A request that the command line or the table at hand cannot answer."""

    exit_code = 2


class UnknownTermError(UsageError):
    """A name that is not in the vocabulary; the message lists the valid ones."""


class ReplayError(ClustersError):
    """A check against published numbers does not hold."""

    exit_code = 4
