"""Names of organisations: their spelling, what a name is made of, and which may be one organisation.

``spelling`` cleans names as they are read and follows the chains of a thesaurus, ``features``
takes a name apart (core, legal form, branch, place), ``matching`` compares two names and
``candidates`` finds the pairs worth comparing. Only cleaning changes a stored name, and nothing
here merges two of them: that is said in a thesaurus.
"""

from __future__ import annotations

from clusters.names.spelling import (
    casefold_lines,
    clean,
    clean_lines,
    fold_lookalikes,
    hides,
    plain,
    resolve,
    tidy,
    tidy_lines,
    without_controls,
)

__all__ = [
    "casefold_lines",
    "clean",
    "clean_lines",
    "fold_lookalikes",
    "hides",
    "plain",
    "resolve",
    "tidy",
    "tidy_lines",
    "without_controls",
]
