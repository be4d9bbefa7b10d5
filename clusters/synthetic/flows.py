"""One share matrix of technology flows behind Tables 7 to 10, by iterative proportional fitting.

The units are the mainland provinces, seven of them split into the cities that the tables
name and the rest (深圳, 广州 and the rest of 广东 ...). The tables are consistent as one matrix
(methods 1.5). Cells that are not printed are an estimate: they serve to place synthetic
organisations and must not be quoted.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters import places
from clusters.synthetic.targets import printed

REST = "其他"
SPLIT = {
    "广东省": ("深圳市", "广州市"),
    "浙江省": ("杭州市",),
    "江苏省": ("南京市", "苏州市"),
    "安徽省": ("合肥市",),
    "湖北省": ("武汉市",),
    "四川省": ("成都市",),
    "山东省": ("青岛市",),
}
UNLISTED = {
    "广西壮族自治区": 1.5,
    "山西省": 1.3,
    "吉林省": 1.2,
    "黑龙江省": 1.2,
    "云南省": 1.2,
    "内蒙古自治区": 1.0,
    "海南省": 0.9,
    "新疆维吾尔自治区": 0.8,
    "甘肃省": 0.7,
    "宁夏回族自治区": 0.5,
    "青海省": 0.3,
    "西藏自治区": 0.2,
}
"""How provinces outside the printed twenty share the remainder of a column of Table 7."""
_PERCENT = 100.0
_DIAGONAL = 2.0
"""Flows within a place start at twice what independence predicts."""
_REST_SHARE = 1.2
"""The rest of a province starts with this multiple of each of its named cities."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Units:
    """Places between which flows are fitted, in the order of their provinces' codes."""

    names: tuple[str, ...]
    """City, province that is not split, or province with 其他 for its rest."""
    provinces: tuple[str, ...]

    def index(self, name: str) -> int:
        """Return the position of a unit."""
        return self.names.index(name)

    def of_city(self, city: str) -> int:
        """Return the unit a city belongs to."""
        if city in self.names:
            return self.names.index(city)
        place = places.place(city)
        if place is None:
            raise KeyError(city)
        province = place.province_zh
        return self.names.index(province + REST if province in SPLIT else province)

    def of_province(self, province: str) -> list[int]:
        """Return the units of a province."""
        return [i for i, p in enumerate(self.provinces) if p == province]


@cache
def units() -> Units:
    """List the units.

    Examples
    --------
    >>> len(units().names), units().of_city("东莞市") == units().index("广东省其他")
    (40, True)
    """
    names, owners = [], []
    for province in places.provinces(mainland=True):
        inside = [*SPLIT.get(province, ()), province + REST] if province in SPLIT else [province]
        names += inside
        owners += [province] * len(inside)
    return Units(tuple(names), tuple(owners))


@cache
def flow_shares() -> NDArray[np.float64]:
    """Fit the matrix: rows give, columns receive, the sum is 1.

    Examples
    --------
    >>> shares = flow_shares()
    >>> beijing = units().index("北京市")
    >>> f"{shares[beijing].sum():.2%}, {shares[beijing, beijing]:.2%}"
    '31.56%, 10.87%'
    """
    here = units()
    constraints = _constraints(here)
    seed = np.outer(_start(here, "empowerment"), _start(here, "input"))
    same = np.array(here.provinces)[:, None] == np.array(here.provinces)[None, :]
    fitted = np.where(same, _DIAGONAL, 1.0) * seed / seed.sum()
    for _ in range(3000):
        worst = 0.0
        for rows, columns, share in constraints:
            block = np.ix_(rows, columns)
            total = fitted[block].sum()
            fitted[block] *= share / total
            worst = max(worst, abs(total - share))
        if worst < 1e-9:
            break
    shares: NDArray[np.float64] = fitted / fitted.sum()
    return shares


def printed_cells() -> Mask:
    """Tell which cells belong to a printed cell of Table 8 or 9."""
    here = units()
    mask = np.zeros((len(here.names), len(here.names)), bool)
    for rows, columns, _ in _constraints(here):
        if len(rows) < len(here.names) and len(columns) < len(here.names):
            mask[np.ix_(rows, columns)] = True
    return mask


def _start(here: Units, direction: str) -> NDArray[np.float64]:
    shares = _margin(printed(7), direction, "province_zh")
    default = min(shares.values()) / 4
    start = np.array([shares.get(p, default * UNLISTED.get(p, 1.0)) for p in here.provinces])
    rest = np.array([name.endswith(REST) for name in here.names])
    return np.where(rest, _REST_SHARE * start, start)


def _margin(table: pd.DataFrame, direction: str, column: str) -> dict[str, float]:
    rows = table[table["direction"] == direction]
    return {str(n): s / _PERCENT for n, s in zip(rows[column], rows["share_percent"], strict=True)}


def _constraints(here: Units) -> list[tuple[list[int], list[int], float]]:
    """List the printed sums as (rows, columns, share)."""
    every = list(range(len(here.names)))
    found: list[tuple[list[int], list[int], float]] = []
    for direction in ("empowerment", "input"):
        listed = _margin(printed(7), direction, "province_zh")
        margins = [(here.of_province(p), share) for p, share in listed.items()]
        margins.append(([i for i in every if here.provinces[i] not in listed], 1.0 - sum(listed.values())))
        cities = _margin(printed(10), direction, "city_zh")
        # A municipality is a province too, and Table 7 has it already.
        margins += [([here.index(c)], share) for c, share in cities.items() if _is_unit(here, c)]
        found += [(m, every, s) if direction == "empowerment" else (every, m, s) for m, s in margins]
    for giver, receiver, share in _cells(printed(8), "province_zh"):
        found.append((here.of_province(giver), here.of_province(receiver), share))
    for giver, receiver, share in _cells(printed(9), "city_zh"):
        # Between municipalities Table 8 speaks (and differs by 0.04 points twice: I3, I4).
        if _is_unit(here, giver) or _is_unit(here, receiver):
            found.append(([here.index(giver)], [here.index(receiver)], share))
    return found


def _cells(table: pd.DataFrame, column: str) -> list[tuple[str, str, float]]:
    ends = table[f"source_{column}"], table[f"target_{column}"]
    return [
        (str(a), str(b), float(s) / _PERCENT) for a, b, s in zip(*ends, table["share_percent"], strict=True)
    ]


def _is_unit(here: Units, city: str) -> bool:
    """Tell whether a city is a unit of its own without being a province."""
    return city in here.names and city not in here.provinces
