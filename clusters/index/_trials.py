"""Are the options of a choice possible? Each method is tried on three numbers when a framework is read.

Every step checks its own options when it is called; a framework that cannot work should say so before a
table is read, with its file, as an error of the file and not of the call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from clusters.errors import DataError, UsageError
from clusters.index.framework import Framework

ROWS = pd.DataFrame({"x": [1.0, 2.0, 4.0, np.nan], "y": [3.0, 1.0, 2.0, 5.0]}, index=pd.Index(list("abcd")))


def options(choice: str, method: str, given: Mapping[str, Any], where: str, direction: int = 1) -> None:
    """Try a method with its options.

    Raises
    ------
    DataError
        An option is missing or impossible; ``where`` is the file and the place in it.
    """
    if choice == "normalise":
        from clusters.index.normalise import normalise_values

        _try(lambda: normalise_values([1.0, 2.0, 3.0], method, direction, **given), where)
    elif choice == "mean":
        from clusters.index.aggregate import mean

        _try(lambda: mean([[1.0, 2.0], [2.0, 3.0]], None, method, **given), where)
    elif choice == "tiers":
        from clusters.index.tiers import tiers

        _try(lambda: tiers(pd.Series([3.0, 2.0, 1.0], list("abc")), method, **given), where)
    elif choice == "impute":
        _impute(method, dict(given), where)


def step(section: str, given: Mapping[str, Any], where: str) -> None:
    """Try the options of a step that is switched on: ``outliers``, ``screen``."""
    lists = ("skip",) if section == "outliers" else ("keep", "drop")
    for name in lists:
        _texts(name, given.get(name, []), where)
    rest = {name: value for name, value in given.items() if name not in (*lists, "by")}
    if section == "outliers":
        from clusters.index.outliers import treat_outliers

        _try(lambda: treat_outliers(ROWS, **rest), where)
    else:
        from clusters.index.screening import screen

        by = {"by": given["by"]} if "by" in given else {}
        _try(lambda: screen(ROWS, **rest, **by), where)


def whole(framework: Framework, file: str) -> None:
    """Try what depends on the whole framework: its normalisation, for either direction, and its weights."""
    chosen = framework.steps.normalise
    for direction in sorted({leaf.direction for leaf in framework.indicators if leaf.normalise is None}):
        where = f"{file}: [normalise] ({chosen.method})"
        options("normalise", chosen.method, chosen.options, where, direction)
    if framework.steps.weights_options or framework.steps.weights == "ahp":
        _weights(framework, f"{file}: [index] weights ({framework.steps.weights})")


def _weights(framework: Framework, where: str) -> None:
    from clusters.index.weights import weigh_framework

    given = dict(framework.steps.weights_options)
    year = given.pop("reference_year", None)
    if year is not None and (isinstance(year, bool) or not isinstance(year, int)):
        raise DataError(f"{where}: reference_year is {year!r}, not a year")
    ids = [leaf.id for leaf in framework.indicators]
    values = np.arange(1.0, 4.0)[:, None] ** np.linspace(0.5, 2.0, len(ids))
    _try(lambda: weigh_framework(framework, pd.DataFrame(values, columns=ids), **given), where)


def _impute(method: str, given: dict[str, Any], where: str) -> None:
    from clusters.index.impute import impute

    groups = given.pop("groups", None)
    if groups is not None and not isinstance(groups, str):
        _texts("groups", groups, where)
    if method.startswith("group"):
        if not groups:
            raise DataError(
                f"{where}: {method} needs groups",
                hint='name a column of the table, such as groups = "province"',
            )
        given["groups"] = pd.Series(["g"] * len(ROWS), ROWS.index)
    _try(lambda: impute(ROWS, method, **given), where)


def _texts(name: str, value: Any, where: str) -> None:
    if not isinstance(value, list | tuple) or not all(isinstance(text, str) for text in value):
        raise DataError(f"{where}: {name} is {value!r}", hint=f'a list of names: {name} = ["a", "b"]')


def _try(call: Callable[[], object], where: str) -> None:
    try:
        call()
    except DataError:
        return  # of the three numbers, not of the options
    except (ValueError, UsageError) as error:
        if str(error).startswith("could not convert"):  # of float(), of a text where a number belongs
            raise _wrong_kind(where) from None
        raise DataError(f"{where}: {error}") from None
    except (TypeError, LookupError, AttributeError, OverflowError):
        raise _wrong_kind(where) from None


def _wrong_kind(where: str) -> DataError:
    return DataError(f"{where}: an option is of the wrong kind", hint="numbers without quotes, lists in [ ]")
