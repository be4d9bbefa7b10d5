"""Complexity of places and classes: what few places can do, and who can do it (F10).

All starts from a table of specialities: one row per place, one column per class, 1 where the place
is specialised in the class (a location quotient of at least 1, say). A place with many specialities
is *diverse*, a class found in many places is *ubiquitous*. Complexity asks in turn whether the
specialities of a place are found in few places, whether these are diverse, and so on.

Places (or classes) that share no speciality with the others, even through third ones, cannot be
compared with them: complexity is that of the largest connected part, NaN elsewhere. With few places
or classes the order of the indices is easily turned round by one cell; take them as a description.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.measures._cells import binary_of

Floats = NDArray[np.float64]
NAN = float("nan")
WEAK = 0.2
"""Correlation with diversity below which the sign of the index is open."""
ALMOST = 1e-9


@dataclass(frozen=True, slots=True)
class Complexity:
    """Complexity of places and classes."""

    places: pd.Series
    """Standardised over the places of the largest part (mean 0, standard deviation 1); NaN elsewhere."""
    classes: pd.Series
    """The same for classes."""
    diversity: pd.Series
    """Number of specialities of each place."""
    ubiquity: pd.Series
    """Number of places specialised in each class."""
    eigenvalues: Floats
    """Of the largest part, falling from 1."""
    correlation: float
    """Of complexity and diversity over places; the sign is chosen so that it is not negative."""
    parts: int
    """Connected parts of the table of specialities."""
    distinct: bool
    """Whether the second eigenvalue stands apart from 0 and from the third; else there is no index."""

    @property
    def sign_open(self) -> bool:
        """Whether diversity says too little of which end is complex: correlation below 0.2."""
        return not self.correlation >= WEAK


def reflections(binary: pd.DataFrame, steps: int = 2) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Average back and forth between places and classes: the method of reflections (F10).

    k_p,0 and k_t,0 are diversity and ubiquity; k_p,n = mean of k_t,n-1 over the specialities of p, and
    k_t,n = mean of k_p,n-1 over the places specialised in t.

    Parameters
    ----------
    binary
        One row per place, one column per class: whether the place is specialised in it.
    steps
        How often to average, 0 or more.

    Returns
    -------
    tuple of DataFrame
        Of places and of classes, columns 0 to ``steps``. Even steps of places and odd steps of classes
        speak of diversity, the others of ubiquity. NaN from step 1 on for a place or class without any.

    References
    ----------
    Hidalgo, Hausmann 2009.

    Examples
    --------
    >>> places, classes = reflections(pd.DataFrame([[1, 1], [1, 0]]), 1)
    >>> places.values.tolist(), classes.values.tolist()
    ([[2.0, 1.5], [1.0, 2.0]], [[2.0, 1.5], [1.0, 2.0]])
    """
    if steps < 0:
        raise ValueError(f"steps must be 0 or more, not {steps}")
    cells = binary_of(binary)
    of_places, of_classes = [cells.sum(axis=1)], [cells.sum(axis=0)]
    diversity, ubiquity = of_places[0], of_classes[0]
    for _ in range(steps):
        before = np.nan_to_num(of_places[-1]), np.nan_to_num(of_classes[-1])
        of_places.append(_divided(cells @ before[1], diversity))
        of_classes.append(_divided(cells.T @ before[0], ubiquity))
    return (
        pd.DataFrame(np.column_stack(of_places), index=binary.index),
        pd.DataFrame(np.column_stack(of_classes), index=binary.columns),
    )


def complexity(binary: pd.DataFrame) -> Complexity:
    """Compute the complexity of places (ECI) and of classes (TCI, PCI) (F10).

    Places: the eigenvector of the second largest eigenvalue of D^-1 M U^-1 M^T, with diversity in D and
    ubiquity in U; classes: that of U^-1 M^T D^-1 M. Both standardised, with the sign that gives the
    places a correlation with diversity of 0 or more.

    Parameters
    ----------
    binary
        As in ``reflections``.

    Returns
    -------
    Complexity
        NaN throughout where fewer than two places or classes hang together, or the second eigenvalue is 0
        or equals the third.

    References
    ----------
    Hidalgo, Hausmann 2009; Hausmann et al. 2014, The Atlas of Economic Complexity; Mealy, Farmer,
    Teytelboym 2019.

    Examples
    --------
    >>> table = pd.DataFrame([[1, 1, 1], [1, 1, 0], [1, 0, 0]], index=list("abc"), columns=list("xyz"))
    >>> found = complexity(table)
    >>> (found.places.round(2) + 0).to_dict(), found.eigenvalues.round(3).tolist()
    ({'a': 1.22, 'b': 0.0, 'c': -1.22}, [1.0, 0.25, 0.111])
    """
    cells = binary_of(binary)
    diversity, ubiquity = cells.sum(axis=1), cells.sum(axis=0)
    rows, columns, parts = _largest_part(cells)
    of_places, of_classes = np.full(len(cells), NAN), np.full(cells.shape[1], NAN)
    part = cells[np.ix_(rows, columns)]
    values, found = _second(part)
    correlation = NAN
    if found is not None:
        place = _standardised(found)
        # What a class averages over its places is, up to a factor, the eigenvector of classes.
        kind = _standardised(part.T @ place / part.sum(axis=0))
        correlation = _correlation(place, diversity[rows])
        sign = -1.0 if correlation < 0 else 1.0
        of_places[rows], of_classes[columns] = sign * place, sign * kind
        correlation = abs(correlation)
    return Complexity(
        places=pd.Series(of_places, index=binary.index, name="complexity"),
        classes=pd.Series(of_classes, index=binary.columns, name="complexity"),
        diversity=pd.Series(diversity.astype(np.int64), index=binary.index, name="diversity"),
        ubiquity=pd.Series(ubiquity.astype(np.int64), index=binary.columns, name="ubiquity"),
        eigenvalues=values,
        correlation=correlation,
        parts=parts,
        distinct=found is not None,
    )


def _second(part: Floats) -> tuple[Floats, Floats | None]:
    """Return the eigenvalues, and the eigenvector of the second one where it is the only one of its kind."""
    if min(part.shape) == 0:
        return np.empty(0), None
    diversity, ubiquity = part.sum(axis=1), part.sum(axis=0)
    # D^-1/2 M U^-1/2 has the eigenvectors that are wanted as singular ones, and real numbers only.
    scaled = part / np.sqrt(np.outer(diversity, ubiquity))
    left, singular, _ = np.linalg.svd(scaled, full_matrices=False)
    values = np.zeros(len(part))
    values[: singular.size] = singular**2
    if values.size < 2 or values[1] < ALMOST or (values.size > 2 and values[1] - values[2] < ALMOST):
        return values, None
    return values, left[:, 1] / np.sqrt(diversity)


def _largest_part(cells: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp], int]:
    """Return places and classes of the connected part with the most specialities, and how many there are.

    Of parts with equally many specialities that of more places, then the first.
    """
    part = np.full(cells.shape[0], -1)
    number = 0
    for start in np.flatnonzero(cells.sum(axis=1)):
        if part[start] >= 0:
            continue
        reached = np.zeros(len(cells), dtype=bool)
        reached[start] = True
        while True:
            classes = cells[reached].sum(axis=0) > 0
            wider = cells[:, classes].sum(axis=1) > 0
            if wider.sum() == reached.sum():
                break
            reached = wider
        part[reached] = number
        number += 1
    if not number:
        return np.empty(0, np.intp), np.empty(0, np.intp), 0
    sizes = [(cells[part == k].sum(), (part == k).sum()) for k in range(number)]
    rows = np.flatnonzero(part == sizes.index(max(sizes)))
    return rows, np.flatnonzero(cells[rows].sum(axis=0)), number


def _standardised(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / values.std())


def _correlation(first: Floats, second: Floats) -> float:
    a, b = first - first.mean(), second - second.mean()
    scale = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / scale if scale > ALMOST else 0.0


def _divided(total: Floats, number: Floats) -> Floats:
    return np.asarray(np.divide(total, number, out=np.full(total.shape, NAN), where=number > 0))
