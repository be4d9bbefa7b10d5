"""What places are specialised in, and which classes go together (F8, F9).

All starts from a table of amounts: one row per place, one column per class (technology, field ...),
such as the number of relations. A place is *specialised* in a class when the class makes up more of
it than of all places together. Classes are *related* when the same places are specialised in both.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.measures._cells import amounts_of, binary_of

Floats = NDArray[np.float64]
Relatedness = Literal["conditional", "association"]
NAN = float("nan")


def location_quotient(amounts: pd.DataFrame, *, min_count: float = 0) -> pd.DataFrame:
    """Compare the share of each class in each place with its share in all places (F8).

    LQ_pt = (x_pt / x_p.) / (x_.t / x_..).

    Parameters
    ----------
    amounts
        One row per place, one column per class; no amount below 0.
    min_count
        Cells with a smaller amount are NaN: a quotient of two relations says nothing.

    Returns
    -------
    DataFrame
        Like ``amounts``: 0 where a place has none of a class, 1 where it has its share, at most the number
        of times x_.. exceeds x_.t. NaN for a place or class without any amount.

    References
    ----------
    Balassa 1965; Florence 1939.

    Examples
    --------
    >>> location_quotient(pd.DataFrame([[3, 1], [1, 3]])).values.tolist()
    [[1.5, 0.5], [0.5, 1.5]]
    """
    cells = amounts_of(amounts)
    found = quotients(cells)
    found[cells < min_count] = NAN
    return pd.DataFrame(found, index=amounts.index, columns=amounts.columns)


def quotients(cells: Floats) -> Floats:
    """Return the location quotients of an array of amounts; see ``location_quotient``.

    Examples
    --------
    >>> quotients(np.array([[3.0, 1.0], [0.0, 0.0]])).tolist()
    [[1.0, 1.0], [nan, nan]]
    """
    expected = np.outer(cells.sum(axis=1), cells.sum(axis=0))
    found = np.divide(cells * cells.sum(), expected, out=np.full(cells.shape, NAN), where=expected > 0)
    return np.asarray(found)


def specialised(amounts: pd.DataFrame, *, threshold: float = 1.0, min_count: float = 0) -> pd.DataFrame:
    """Say which places are specialised in which classes: LQ >= threshold (F8).

    Parameters
    ----------
    amounts, min_count
        As in ``location_quotient``; a smaller amount is no specialisation.
    threshold
        Smallest quotient that counts.

    Returns
    -------
    DataFrame
        True or False, like ``amounts``; False where the quotient is NaN.

    Examples
    --------
    >>> specialised(pd.DataFrame([[3, 1], [1, 3]])).values.tolist()
    [[True, False], [False, True]]
    """
    found = location_quotient(amounts, min_count=min_count).to_numpy()
    # A quotient of exactly 1 must not be lost to rounding.
    return pd.DataFrame(found >= threshold - 1e-12, index=amounts.index, columns=amounts.columns)


def co_occurrence(binary: pd.DataFrame) -> pd.DataFrame:
    """Count the places specialised in both of two classes; the diagonal counts those of each.

    Examples
    --------
    >>> co_occurrence(pd.DataFrame([[1, 1], [1, 0]])).values.tolist()
    [[2, 1], [1, 1]]
    """
    cells = binary_of(binary)
    together = (cells.T @ cells).astype(np.int64)
    return pd.DataFrame(together, index=binary.columns, columns=binary.columns)


def relatedness(binary: pd.DataFrame, *, method: Relatedness = "conditional") -> pd.DataFrame:
    """Say how often two classes are specialities of the same places (F9).

    Parameters
    ----------
    binary
        One row per place, one column per class: whether the place is specialised in it.
    method
        ``conditional``: the smaller of the two conditional probabilities, c_ij / max(k_i, k_j), with c_ij
        places specialised in both and k_i in the first; ``association``: what is seen over what independent
        classes would give, n c_ij / (k_i k_j) over n places.

    Returns
    -------
    DataFrame
        Square and symmetric. Conditional 0 to 1, 1 on the diagonal; association at least 0, 1 for
        independent classes. NaN for a class that no place is specialised in.

    References
    ----------
    Hidalgo, Klinger, Barabasi, Hausmann 2007; van Eck, Waltman 2009.

    Examples
    --------
    >>> binary = pd.DataFrame([[1, 1], [1, 0], [0, 1]])
    >>> relatedness(binary).iat[0, 1], relatedness(binary, method="association").iat[0, 1]
    (np.float64(0.5), np.float64(0.75))
    """
    together = co_occurrence(binary).to_numpy().astype(np.float64)
    own = np.diag(together)
    if method == "conditional":
        base = np.maximum.outer(own, own) * np.where(np.outer(own, own) > 0, 1.0, 0.0)
    elif method == "association":
        base = np.outer(own, own) / max(len(binary), 1)
    else:
        raise ValueError(f"method {method!r} is not known; use conditional or association")
    found = np.divide(together, base, out=np.full(together.shape, NAN), where=base > 0)
    return pd.DataFrame(found, index=binary.columns, columns=binary.columns)


def relatedness_density(binary: pd.DataFrame, related: pd.DataFrame) -> pd.DataFrame:
    """Say how much of what is related to a class a place is specialised in (F9).

    omega_pt = sum_j M_pj phi_jt / sum_j phi_jt over the classes j other than t: whether the place has the
    class itself plays no part.

    Parameters
    ----------
    binary
        As in ``relatedness``.
    related
        Square table of relatedness of the same classes; NaN counts as not related.

    Returns
    -------
    DataFrame
        Like ``binary``: 0 (nothing related) to 1 (everything). NaN for a class to which nothing is related.

    References
    ----------
    Hidalgo, Klinger, Barabasi, Hausmann 2007; Boschma, Balland, Kogler 2015.

    Examples
    --------
    >>> binary = pd.DataFrame([[1, 1, 0], [1, 0, 0], [0, 1, 1]])
    >>> relatedness_density(binary, relatedness(binary)).values.tolist()
    [[1.0, 0.5, 1.0], [0.0, 0.5, 0.0], [1.0, 0.5, 1.0]]
    """
    cells = binary_of(binary)
    phi = np.nan_to_num(related.to_numpy(dtype=np.float64))
    if phi.shape != (cells.shape[1], cells.shape[1]):
        raise ValueError("relatedness needs a row and a column for each class")
    phi = phi * (1 - np.eye(len(phi)))
    around = np.broadcast_to(phi.sum(axis=0), cells.shape)
    found = np.divide(cells @ phi, around, out=np.full(cells.shape, NAN), where=around > 0)
    return pd.DataFrame(found, index=binary.index, columns=binary.columns)
