"""Polarisation of printed margins: what a table that lists only its largest places allows to say."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import places
from clusters.errors import DataError
from clusters.measures import concentration as measures
from clusters.sentences import Note
from clusters.tables._polarised import SIDES

SIDE_OF = {"empowerment": "giving", "input": "taking"}
OF_AMOUNTS: dict[str, Callable[[NDArray[np.float64]], float]] = {
    "cr2": lambda x: measures.concentration_ratio(x, 2),
    "cr3": lambda x: measures.concentration_ratio(x, 3),
    "cr5": lambda x: measures.concentration_ratio(x, 5),
    "hhi": measures.hhi,
    "effective": lambda x: math.exp(measures.shannon(x)),
    "gini": measures.gini,
    "theil": measures.theil_t,
    "hoover": measures.hoover,
    "primacy": measures.primacy,
    "primacy_4": lambda x: measures.primacy(x, 4),
    "primacy_11": lambda x: measures.primacy(x, 11),
}


def polarisation_of_margins(
    margins: pd.DataFrame, *, units: int | None = None, poles: Sequence[str] = ()
) -> pd.DataFrame:
    """Tabulate how concentrated giving and taking are, from printed shares of the largest places.

    Parameters
    ----------
    margins
        As ``published.load("nankai_2023", table=7)`` gives it (``direction`` of empowerment and input, a
        place, ``share_percent``), or as ``tables.flow_margins`` does (``place``, ``empowerment_share``,
        ``input_share``).
    units
        Places of the full table; by default the 31 mainland provinces.
    poles
        Places whose shares of giving and taking are added up, such as 北京市 and 广东省.

    Returns
    -------
    DataFrame
        ``flow`` (giving, taking), ``statistic``, ``least`` and ``most``: the remainder spread equally over
        the places that are not listed, or packed under the smallest listed share, whichever gives less.
        Both are equal where what is listed decides. Notes say how much is listed.

    References
    ----------
    Nankai report 2023, Table 7; methods 3.1 (bounds for partial tables).

    Examples
    --------
    >>> from clusters import published
    >>> found = polarisation_of_margins(published.load("nankai_2023", table=7), poles=["北京市", "广东省"])
    >>> found[found["statistic"].isin(["hhi", "poles_source", "poles_target"])].round(4).values.tolist()
    [['giving', 'hhi', 0.2139, 0.2139], ['giving', 'poles_source', 0.6161, 0.6161], \
['taking', 'hhi', 0.1493, 0.1494], ['taking', 'poles_target', 0.4981, 0.4981]]
    """
    full = len(places.provinces(mainland=True)) if units is None else units
    rows, notes = [], []
    for side, shares in _sides(margins):
        listed = shares.to_numpy(dtype=np.float64)
        try:
            ends = {
                name: measures.bounds(measure, listed, max(full, listed.size))
                for name, measure in OF_AMOUNTS.items()
            }
        except ValueError as error:
            raise DataError(f"{side}: {error}") from error
        if poles:
            unknown = [pole for pole in poles if pole not in shares.index]
            if unknown:
                raise DataError(f"{side}: pole {unknown[0]!r} is not listed")
            held = float(shares[list(dict.fromkeys(poles))].sum())
            ends["poles_source" if side == SIDES[0] else "poles_target"] = (held, held)
        rows += [
            {"flow": side, "statistic": n, "least": low, "most": high} for n, (low, high) in ends.items()
        ]
        notes.append(
            Note(
                "note.margins_listed",
                flow=side,
                listed=listed.size,
                units=max(full, listed.size),
                share=float(listed.sum()),
            )
        )
    table = pd.DataFrame(rows, columns=["flow", "statistic", "least", "most"])
    table.attrs["notes"] = [*notes, Note("note.margins_bounds")]
    return table


def _sides(margins: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Yield what is listed of giving and of taking, as shares by place."""
    if {"direction", "share_percent"} <= set(margins.columns):
        name = next(
            (c for c in margins.columns if c in ("place", "province_zh", "province", "city_zh")), None
        )
        for direction, side in SIDE_OF.items():
            rows = margins[margins["direction"] == direction]
            index = None if name is None else [_official(x) for x in rows[name]]
            yield side, pd.Series(rows["share_percent"].to_numpy(dtype=float) / 100, index=index)
        return
    if not {"place", "empowerment_share", "input_share"} <= set(margins.columns):
        raise DataError(
            "margins need direction and share_percent, or place, empowerment_share and input_share"
        )
    for column, side in zip(("empowerment_share", "input_share"), SIDES, strict=True):
        yield side, pd.Series(margins[column].to_numpy(dtype=float), index=margins["place"].to_numpy(object))


def _official(name: object) -> str:
    """Return the official name of a province, which reports print in short."""
    return places.province(name) or str(name)
