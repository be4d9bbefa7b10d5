"""Arithmetic of columns, written as text: ``(journals + proceedings) / firms``.

A formula has numbers, names of columns, ``+ - * / **``, parentheses and the functions ``log``
(natural), ``log1p``, ``sqrt``, ``abs``, ``min`` and ``max``. A name that is not one word stands in
backticks: ```企业数量（家）` / population``. The text is never run as a program: it is taken apart by
Python's parser, and anything else in it is refused.

What has no value is NaN: a missing cell, a division by 0, the logarithm of 0, the root of a negative
number, a result too large for a number.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import ArrayLike, NDArray

from clusters.errors import DataError

Floats = NDArray[np.float64]

OPERATORS: Mapping[type[ast.operator], tuple[str, Callable[[Floats, Floats], Floats]]] = {
    ast.Add: ("+", np.add),
    ast.Sub: ("-", np.subtract),
    ast.Mult: ("*", np.multiply),
    ast.Div: ("/", np.divide),
    ast.Pow: ("**", np.power),
}
SINGLE: Mapping[str, Callable[[Floats], Floats]] = {
    "log": np.log,
    "log1p": np.log1p,
    "sqrt": np.sqrt,
    "abs": np.abs,
}
SEVERAL: Mapping[str, Callable[[Floats, Floats], Floats]] = {"min": np.minimum, "max": np.maximum}
FUNCTIONS = (*SINGLE, *SEVERAL)
LONGEST = 2000
"""Characters of a formula."""
DEEPEST = 200
"""Levels of a formula: more is no formula that somebody wrote."""
HINT = f"a formula has numbers, columns, + - * / **, parentheses and {', '.join(FUNCTIONS)}"
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | str.maketrans("×÷\u2212\u3000", "*/- ")
_QUOTED = re.compile(r"`([^`]*)`")
_PLACE = "quoted_{}_"


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that has been read; ``parse`` makes it."""

    text: str
    names: tuple[str, ...]
    """Columns that it needs, in the order in which they come."""
    tree: ast.expr
    quoted: Mapping[str, str]
    """Word put for each name in backticks -> the name."""

    def evaluate(self, columns: Mapping[str, ArrayLike]) -> Floats:
        """Compute the formula row by row.

        Parameters
        ----------
        columns
            Numbers of every column in ``names``; NaN where missing.

        Returns
        -------
        ndarray
            One number per row; NaN where it is undefined or a column is missing.

        Examples
        --------
        >>> parse("new / (firms - new)").evaluate({"new": [1, 2], "firms": [5, 2]}).tolist()
        [0.25, nan]
        """
        arrays = {name: np.asarray(columns[name], dtype=float) for name in self.names}
        with np.errstate(all="ignore"):
            value = self._value(self.tree, arrays)
        return np.array(np.broadcast_arrays(value, *arrays.values())[0])

    def _value(self, node: ast.expr, arrays: Mapping[str, Floats]) -> Floats:
        if isinstance(node, ast.Constant):
            return np.asarray(float(node.value))  # type: ignore[arg-type]  # parse lets only numbers pass
        if isinstance(node, ast.Name):
            return arrays[self.quoted.get(node.id, node.id)]
        if isinstance(node, ast.UnaryOp):
            value = self._value(node.operand, arrays)
            return -value if isinstance(node.op, ast.USub) else value
        if isinstance(node, ast.BinOp):
            both = (self._value(node.left, arrays), self._value(node.right, arrays))
            return _defined(OPERATORS[type(node.op)][1](*both), *both)
        assert isinstance(node, ast.Call)
        assert isinstance(node.func, ast.Name)
        given = [self._value(argument, arrays) for argument in node.args]
        name = node.func.id
        found = SINGLE[name](given[0]) if name in SINGLE else reduce(SEVERAL[name], given)
        return _defined(found, *given)


def _defined(value: Floats, *given: Floats) -> Floats:
    """Leave no infinity, and nothing where an operand is missing: NaN ** 0 is 1 in numpy."""
    missing = reduce(np.logical_or, [np.isnan(array) for array in given])
    return np.where(missing | ~np.isfinite(value), np.nan, value)


def parse(text: str) -> Formula:
    """Read a formula.

    Raises
    ------
    DataError
        The text is not a formula; the message says at which part.

    Examples
    --------
    >>> parse("log1p(`论文（篇）`) / population").names
    ('论文（篇）', 'population')
    """
    if len(text) > LONGEST:
        raise DataError(f"it has {len(text)} characters, more than {LONGEST}", hint=HINT)
    quoted: dict[str, str] = {}
    tree = _parsed(_without_quotes(text, quoted), text)
    names: dict[str, None] = {}
    todo = [(tree, 1)]
    while todo:
        node, depth = todo.pop()
        if depth > DEEPEST:
            raise DataError(f"it is nested more than {DEEPEST} levels deep", hint=HINT)
        todo += [(part, depth + 1) for part in reversed(_parts(node))]
        if isinstance(node, ast.Name):
            names[quoted.get(node.id, node.id)] = None
    if not names:
        raise DataError("it names no column", hint=HINT)
    return Formula(text, tuple(names), tree, quoted)


def _without_quotes(text: str, quoted: dict[str, str]) -> str:
    """Put a word for every name in backticks; outside them, wide signs become plain ones."""

    def word(match: re.Match[str]) -> str:
        name = match[1].strip()
        if not name:
            raise DataError("it has backticks with no name between them", hint=HINT)
        found = next((w for w, n in quoted.items() if n == name), "") or _free(len(quoted), text)
        quoted[found] = name
        return found

    pieces = []
    end = 0
    for match in _QUOTED.finditer(text):
        pieces += [text[end : match.start()].translate(_WIDE), " ", word(match), " "]
        end = match.end()
    rest = text[end:].translate(_WIDE)
    if "`" in rest:
        raise DataError("it has a backtick without its partner", hint=HINT)
    return "".join([*pieces, rest]).replace("\n", " ").strip()


def _free(number: int, text: str) -> str:
    place = _PLACE.format(number)
    while place in text:
        place += "_"
    return place


def _parsed(plain: str, text: str) -> ast.expr:
    if not plain:
        raise DataError("it is empty", hint=HINT)
    if "#" in plain:
        raise DataError("it has a '#' outside backticks", hint=HINT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as on "1(2)", which is refused below
            return ast.parse(plain, mode="eval").body
    except SyntaxError as error:
        where = "" if "`" in text or not error.offset else f" (at character {error.offset})"
        raise DataError(f"it cannot be read{where}", hint=HINT) from None
    except (ValueError, RecursionError, MemoryError):
        raise DataError("it cannot be read", hint=HINT) from None


def _parts(node: ast.expr) -> list[ast.expr]:
    """Return the parts of a piece of a formula; refuse a piece that is none."""
    if isinstance(node, ast.Name):
        return []
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        if not abs(node.value) <= 1e308:  # type: ignore[arg-type]
            raise DataError("it has a number that is too large", hint=HINT)
        return []
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        return [node.operand]
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return [node.left, node.right]
    if isinstance(node, ast.Call):
        return _arguments(node)
    raise DataError(f"{_said(node)!r} is no arithmetic of columns", hint=HINT)


def _said(node: ast.expr) -> str:
    """Return the beginning of a piece as text."""
    try:
        return ast.unparse(node)[:60]
    except RecursionError:
        return type(node).__name__


def _arguments(node: ast.Call) -> list[ast.expr]:
    name = _said(node.func)
    if not isinstance(node.func, ast.Name) or name not in FUNCTIONS:
        raise DataError(f"the function {name!r} is not known", hint=HINT)
    if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
        raise DataError(f"{name} takes columns or numbers only", hint=HINT)
    enough = len(node.args) == 1 if name in SINGLE else len(node.args) >= 2
    if not enough:
        takes = "one argument" if name in SINGLE else "two or more arguments"
        raise DataError(f"{name} takes {takes}, not {len(node.args)}", hint=HINT)
    return list(node.args)
