"""Great-circle distances between places."""

from __future__ import annotations

import numpy as np
import pandas as pd

EARTH = 6371.0088
"""Mean radius of the earth in km (IUGG)."""


def distances(coordinates: pd.DataFrame) -> pd.DataFrame:
    """Measure how far places lie from each other and how far apart things are within each.

    Between two places it is the great circle on a sphere of radius 6,371 km; within a place of
    area A it is 2/3 sqrt(A / pi), the mean distance from the middle of a disc of that area.

    Parameters
    ----------
    coordinates
        One row per place with ``latitude`` and ``longitude`` in decimal degrees (north and east
        positive) and, if known, ``area`` in km2; such as ``places.capitals()``.

    Returns
    -------
    DataFrame
        Square, in km; index ``origin``, columns ``destination``. 0 to 20,015 between places.
        The diagonal is NaN where the area is not known.

    References
    ----------
    Head, Mayer 2002 (distance within a place); haversine formula. The flattening of the earth
    changes distances by less than 0.6 %.

    Examples
    --------
    >>> from clusters.places import capitals
    >>> distances(capitals().loc[["北京市", "上海市"]]).round().values.tolist()
    [[48.0, 1067.0], [1067.0, 30.0]]
    """
    latitude, longitude = (
        np.radians(coordinates[name].to_numpy(float)) for name in ("latitude", "longitude")
    )
    north = np.sin((latitude[:, None] - latitude) / 2) ** 2
    east = np.sin((longitude[:, None] - longitude) / 2) ** 2
    chord = north + np.cos(latitude)[:, None] * np.cos(latitude) * east
    apart = 2 * EARTH * np.arcsin(np.sqrt(np.minimum(chord, 1)))  # rounding can pass 1 at antipodes
    area = coordinates["area"].to_numpy(float) if "area" in coordinates.columns else np.nan
    within = np.broadcast_to(2 / 3 * np.sqrt(np.asarray(area) / np.pi), latitude.shape)
    apart[np.diag_indices_from(apart)] = within
    names = coordinates.index
    return pd.DataFrame(apart, index=names.rename("origin"), columns=names.rename("destination"))
