"""Printed numbers: what digits they have, and what they may stand for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.errors import DataError
from clusters.index._corridor import Corridor
from clusters.intake.numbers import is_missing, is_percent, read_number

Floats = NDArray[np.float64]
NAN = float("nan")
MOST_DIGITS = 10
"""Numbers with more decimals were not rounded for print."""


def printed_numbers(cells: pd.Series) -> tuple[pd.Series, float]:
    """Return the numbers of a printed column, NaN where a cell is empty, and the unit of its last digit.

    Examples
    --------
    >>> numbers, unit = printed_numbers(pd.Series(["85.10", "1,090.2", "-"]))
    >>> numbers.tolist(), unit
    ([85.1, 1090.2, nan], 0.01)
    """
    texts = [_text(cell) for cell in cells]
    found = [NAN if is_missing(text) else read_number(text) for text in texts]
    for label, text, number in zip(cells.index, texts, found, strict=True):
        if number is None:
            raise DataError(
                f"column {cells.name!r}: {text!r} of {label} is not a number",
                hint="leave a missing value blank, or write NA or -",
            )
    digits = max((_decimals(t) for t, x in zip(texts, found, strict=True) if x == x), default=0)
    return pd.Series(found, index=cells.index, name=cells.name, dtype=float), 10.0**-digits


def _text(cell: object) -> str:
    if isinstance(cell, float):  # numpy's too
        return "" if cell != cell else np.format_float_positional(float(cell), trim="-")
    return "" if cell is None or cell is pd.NA else str(cell)


def _decimals(text: str) -> int:
    plain = text.strip().rstrip("%").rstrip()
    digits = len(plain.partition(".")[2]) + (2 if is_percent(text) else 0)
    return min(digits, MOST_DIGITS)


def _one_scale(scores: pd.DataFrame, totals: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
    """Return numbers on one scale: a percent sign on some columns only is a matter of print.

    85.2 beside a total of 84.1 % means 84.1; but beside fractions such as 0.852, 84.1 % is 0.841.
    """
    columns = [*(scores[name] for name in scores.columns), totals]
    marked = [any(is_percent(_text(cell)) for cell in column) for column in columns]
    if all(marked) or not any(marked):
        return scores, totals
    plain = [printed_numbers(column)[0] for column, sign in zip(columns, marked, strict=True) if not sign]
    if max((float(numbers.abs().max()) for numbers in plain), default=0.0) <= 1:
        return scores, totals

    def bare(cells: pd.Series) -> pd.Series:
        texts = [_text(cell) for cell in cells]
        found = [text.rstrip()[:-1] if is_percent(text) else text for text in texts]
        return pd.Series(found, cells.index, dtype=object, name=cells.name)

    return scores.apply(bare), bare(totals)


@dataclass(frozen=True)
class Print:
    """What is printed: complete rows, units of the last digits, and the scale on which weights add up."""

    rows: pd.Index
    parts: pd.Index
    scores: Floats
    totals: Floats
    units: Floats
    unit: float
    geometric: bool
    left_out: int

    @classmethod
    def of(cls, scores: pd.DataFrame, totals: pd.Series, unit: float | None, mean: str) -> Print:
        if not scores.index.equals(totals.index):
            raise ValueError("scores and totals must have the same rows in the same order")
        if not scores.shape[1]:
            raise ValueError("there are no sub-scores")
        scores, totals = _one_scale(scores, totals)
        read = {column: printed_numbers(scores[column]) for column in scores.columns}
        values = pd.DataFrame({column: numbers for column, (numbers, _) in read.items()})
        total, total_unit = printed_numbers(totals)
        kept = (values.notna().all(axis=1) & total.notna()).to_numpy()
        if not kept.any():
            raise DataError("no row has a total and all its sub-scores")
        units = np.array([u if unit is None else unit for _, u in read.values()])
        own = total_unit if unit is None else unit
        found = cls(
            scores.index[kept],
            scores.columns,
            values.to_numpy()[kept],
            total.to_numpy()[kept],
            units,
            own,
            mean == "geometric",
            int((~kept).sum()),
        )
        if found.geometric and ((found.scores <= units / 2).any() or (found.totals <= own / 2).any()):
            raise DataError("a geometric mean needs numbers above 0; the table has 0 or less")
        return found

    def series(self, values: Floats) -> pd.Series:
        return pd.Series(values, index=pd.Index(self.parts, name="id"))

    def link(self, values: Floats) -> Floats:
        return np.log(values) if self.geometric else values

    def unlink(self, values: Floats) -> Floats:
        return np.exp(values) if self.geometric else values

    def corridor(self, nonnegative: bool, sum_to_one: bool, intercept: bool) -> Corridor:
        below, above = self.link(self.scores - self.units / 2), self.link(self.scores + self.units / 2)
        return Corridor(
            (below + above) / 2,
            (above - below) / 2,
            self.link(self.totals - self.unit / 2),
            self.link(self.totals + self.unit / 2),
            nonnegative,
            sum_to_one,
            intercept,
        )

    def within(self, corridor: Corridor, residual: float) -> Corridor:
        """Return the corridor of fits whose residual is at most so large, for the cells as printed."""
        least = self.totals - residual
        if self.geometric:
            least = np.maximum(least, 1e-12 * self.totals)
        return corridor.exactly(self.link(self.scores), self.link(least), self.link(self.totals + residual))

    def reach(self, corridor: Corridor, weights: Floats, constant: float) -> Floats:
        """Return how far rounding can set each total apart from the fit."""
        if not self.geometric:
            return np.full(len(self.totals), (self.units @ np.abs(weights) + self.unit) / 2)
        middle, half = corridor.middle @ weights + constant, corridor.half @ np.abs(weights)
        return (self.unlink(middle + half) - self.unlink(middle - half)) / 2 + self.unit / 2
