"""Composite indices: from a table of indicators to scores, ranks and tiers that can be questioned.

A ``Framework`` says what an index consists of (indicators, groups, weights, steps); every step is
a pure function of a frame (rows units, columns indicators); ``score`` runs them in their fixed
order and keeps every stage with its log. The names below are those of ``clusters index``; what a
command prints is made by ``clusters.tables.index_scores`` and its neighbours.

Examples
--------
>>> from clusters.index import read_framework, robustness, score, tiers
>>> result = score(read_framework("kr36_2020"), "kr36_2020")
>>> int(result.ranks["北京"]), f"{result.score['北京']:.2f}"
(1, '92.93')
>>> tiers(result.score, "sizes", sizes=[10, "rest"]).sizes
(10, 20)
>>> print(robustness(result, draws=100).table.loc[:1, ["unit", "rank", "rank_low", "rank_high"]])
  unit  rank  rank_low  rank_high
0   北京     1         1          1
1   上海     2         2          3

Steps can be used alone:

>>> import pandas as pd
>>> from clusters.index import normalise
>>> normalise(pd.DataFrame({"papers": [1.0, 2, 5]}), "min-max").frame["papers"].tolist()
[0.0, 0.25, 1.0]
"""

from __future__ import annotations

import importlib
import sys
from inspect import Signature, signature
from types import ModuleType
from typing import Any

_NAMES = {
    "AHP": "ahp",
    "Comparison": "compare",
    "Framework": "framework",
    "IndexResult": "scoring",
    "IndicatorTable": "intake.indicators",
    "Normalisation": "framework",
    "Recovered": "recover",
    "Robustness": "robustness",
    "Sensitivity": "robustness",
    "Steps": "framework",
    "TierRule": "framework",
    "Tiers": "tiers",
    "Uncertainty": "_uncertainty",
    "benchmark_type": "profiles",
    "check": "checks",
    "compensability": "removal",
    "consistency": "checks",
    "correlations": "checks",
    "critic": "weights",
    "decompose": "decomposition",
    "diagnose": "checks",
    "effective_weights": "weights",
    "entropy": "weights",
    "excess_kurtosis": "outliers",
    "leave_out": "removal",
    "mean": "aggregate",
    "normalise_values": "normalise",
    "pca": "weights",
    "rank_gap": "profiles",
    "read_framework": "frameworks",
    "read_indicators": "intake.indicators",
    "score": "scoring",
    "screen": "screening",
    "sensitivity": "robustness",
    "shipped": "frameworks",
    "skewness": "outliers",
    "treat_outliers": "outliers",
    "variation": "weights",
    "weigh": "weights",
    "weigh_framework": "weights",
}
_ALIKE = (
    *("aggregate", "ahp", "compare", "coupling", "denominate", "importance", "impute", "normalise"),
    *("outranking", "recover", "robustness", "sobol", "template", "tiers"),
)
"""Modules whose main function bears their name: calling the module calls the function, so that
``from clusters.index import tiers`` gives what can be called, whichever was imported before."""

__all__ = [*_NAMES, *_ALIKE]


class _Callable(ModuleType):
    """A module that can be called as its function of the same name."""

    @property
    def _main(self) -> Any:
        return vars(self)[self.__name__.rpartition(".")[2]]

    @property
    def __signature__(self) -> Signature:
        return signature(self._main)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._main(*args, **kwargs)


class _Front(ModuleType):
    """The package itself: importing a module of ``_ALIKE`` sets it here."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _ALIKE and type(value) is ModuleType:
            value.__class__ = _Callable
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Front


def __getattr__(name: str) -> Any:
    if name in _ALIKE:
        return importlib.import_module(f"clusters.index.{name}")
    if name in _NAMES:
        where = _NAMES[name]
        return getattr(
            importlib.import_module(f"clusters.{where if '.' in where else f'index.{where}'}"), name
        )
    raise AttributeError(f"module 'clusters.index' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
