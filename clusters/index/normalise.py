"""Bring indicators to a common scale, on which more is better.

An indicator of direction -1 is multiplied by -1 first, and so are the policy values, goalposts and
targets given for it: they are always written in the indicator's own unit. Parameters that come from
the data (minimum, mean, ranks ...) are those of all units and years of a panel together, so that
years compare; ``by="year"`` takes each year by itself.

===============  ==========================================================  ==================
method           score (x after direction)                                   range
===============  ==========================================================  ==================
``min-max``      (x - min) / (max - min), to ``range``                       ``range``
``efficacy``     60 + 40 (x - min) / (max - min)                             [60, 100]
``goalposts``    clip((x - l) / (u - l), 0, 1), to ``range``                 ``range``
``z-score``      mean + sd (x - m) / s                                       unbounded
``rank``         rank from below, 1 = worst, n = best                        1 ... n
``borda``        rank - 1                                                    0 ... n - 1
``percentile``   (rank - 1) / (n - 1), to ``range``                          ``range``
``max``          x / max; a cost: min / x                                    (-inf, 1]
``reference``    1 - (ref - x) / (ref - min)                                 [0, inf)
``target``       (x - min) / (target - min)                                  [0, inf)
``share``        x / sum                                                     [0, 1]
``none``         x                                                           as it is
===============  ==========================================================  ==================
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from clusters.errors import DataError
from clusters.index._frames import By, flat, numbers, panel, slices
from clusters.index.framework import Normalisation
from clusters.index.stage import Entry, Stage
from clusters.sentences import Note

Floats = NDArray[np.float64]
Found = tuple[Floats, dict[str, Any]]
"""Scores, and the parameters they were computed with."""

METHODS: Mapping[str, tuple[str, ...]] = {
    "min-max": ("range", "lower", "upper", "clip"),
    "efficacy": ("base", "span", "lower", "upper", "clip"),
    "goalposts": ("lower", "upper", "range", "clip"),
    "z-score": ("mean", "sd"),
    "rank": ("ties",),
    "borda": ("ties",),
    "percentile": ("ties", "range"),
    "max": ("range",),
    "reference": ("reference", "cap", "range"),
    "target": ("target", "lower", "cap", "range"),
    "share": (),
    "none": (),
}
"""Methods, with the options that each takes."""
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "goalposts": ("lower", "upper"),
    "reference": ("reference",),
    "target": ("target",),
}
"""Options without which a method cannot work."""
TIES = ("min", "average", "max")
TURNED = {
    "low": "high",
    "high": "low",
    **{name: name for name in ("data_mean", "reference", "target", "sum")},
}
"""What is found of the turned values, with its name among the values themselves."""
OWN_UNIT = ("lower", "upper", "target", "reference")
"""Options in the unit of the indicator, which turn with its direction."""


def normalise_values(
    values: ArrayLike, method: str = "min-max", direction: int = 1, **options: Any
) -> Floats:
    """Normalise one indicator, or the columns of a matrix that share direction and options.

    Parameters
    ----------
    values
        Vector, or matrix units x indicators; NaN where missing.
    method
        One of ``METHODS``.
    direction
        1 where more is better, -1 where less is.
    options
        ``range`` (a, b)
            Ends of the scale that 0 and 1 are taken to; default (0, 1). COINr's ``l_u``, its goalposts'
            scale.
        ``lower``, ``upper``
            Instead of the minimum and maximum of the data: policy values, goalposts (required there).
        ``clip``
            Cut scores off at the ends of the scale; default only for ``goalposts``.
        ``base``, ``span``
            Of ``efficacy`` (功效系数法): 60 and 40.
        ``mean``, ``sd``
            Of ``z-score``: 0 and 1. The standard deviation of the data has n - 1 below.
        ``ties``
            ``min`` (default), ``average`` or ``max``: the rank that equal values share.
        ``reference``, ``target``
            The value that scores 1; ``cap`` (default false) keeps what is beyond it at 1.

    Returns
    -------
    ndarray
        Scores of the same shape, larger is better; NaN stays NaN. A column is all NaN where its score
        is 0/0: a constant one under ``min-max``, ``efficacy``, ``z-score`` (without policy values), one
        value under ``percentile``, the reference or target no better than the minimum, no positive
        maximum under ``max`` (for a cost, no positive minimum), a negative value or sum 0 under
        ``share``.

    Raises
    ------
    ValueError
        Unknown method or option, a missing or impossible one; ``share`` of a cost, which has no
        direction left.

    Notes
    -----
    COINr's names: ``n_minmax``, ``n_goalposts``, ``n_zscore``, ``n_rank``, ``n_borda``, ``n_prank``
    (``percentile``), ``n_fracmax`` (``max``), ``n_dist2ref``, ``n_dist2targ``; ``n_dist2max``
    is ``min-max`` on (0, 1), ``n_scaled`` is ``goalposts`` on (0, 100) without ``clip``. Its ``n_fracmax``
    of a cost gives x/min, by which more is still better; here it is min/x.

    References
    ----------
    Methods 2.5 step 5; Nardo et al. 2008, OECD/JRC handbook, step 5.

    Examples
    --------
    >>> normalise_values([1, 3, 5], range=(0, 100)).tolist()
    [0.0, 50.0, 100.0]
    >>> normalise_values([1, 3, 5], "efficacy", -1).tolist()
    [100.0, 80.0, 60.0]
    >>> normalise_values([0, 5, 11], "target", target=10).tolist()
    [0.0, 0.5, 1.1]
    """
    return _normalised(values, method, direction, options)[0]


def normalise(
    frame: pd.DataFrame,
    method: str = "min-max",
    directions: Mapping[str, int] | pd.Series | None = None,
    *,
    by: By = None,
    choices: Mapping[str, Normalisation] | None = None,
    **options: Any,
) -> Stage:
    """Normalise every indicator of a frame.

    Parameters
    ----------
    frame
        Units (and years) x indicators.
    method, options
        As in ``normalise_values``; an option may be a mapping from indicator to value, and
        ``reference`` a unit (of a panel: a pair of unit and year, or a unit with ``by="year"``).
    directions
        1 or -1 by indicator; 1 where none is given.
    by
        ``None``: years of a panel share their parameters; ``"year"``: each has its own.
    choices
        Other methods for some indicators.

    Returns
    -------
    Stage
        Scores, larger is better; an entry for each indicator (and year) with its parameters, and a
        warning that names the indicators that became NaN since their score is 0/0.

    Raises
    ------
    DataError
        Text or infinite values in the frame; an unknown reference unit.
    ValueError
        As in ``normalise_values``; the message names the indicator.

    References
    ----------
    Methods 2.5 step 5.

    Examples
    --------
    >>> frame = pd.DataFrame({"papers": [2, 4, 8], "dust": [30, 10, 20]}, index=["a", "b", "c"])
    >>> normalise(frame, "rank", {"dust": -1}).frame.to_dict("list")
    {'papers': [1.0, 2.0, 3.0], 'dust': [1.0, 3.0, 2.0]}
    """
    data = numbers(frame, "normalise")
    given = dict(directions) if directions is not None else {}
    chosen = dict(choices or {})
    log: list[Entry] = []
    undefined: dict[str, None] = {}
    result = data.copy()
    for year, rows in slices(data, by):
        part = data.iloc[rows]
        for place, item in enumerate(data.columns):
            choice = chosen.get(item, Normalisation(method, options))
            used = {k: v[item] if isinstance(v, Mapping) else v for k, v in choice.options.items()}
            direction = given.get(item, 1)
            values = part[item]
            try:
                used = _resolved(used, values)
                scores, found = _normalised(values, choice.method, direction, used)
            except ValueError as error:
                raise ValueError(f"{item}: {error}") from None
            result.iloc[rows, place] = scores
            detail = _said(choice.method, direction, used, found)
            log.append(Entry("normalise", "normalised", str(item), year=year, detail=detail))
            if values.notna().any() and np.isnan(scores).all():
                undefined[str(item)] = None
    warnings = (Note("note.index_undefined_scores", n=len(undefined), items=list(undefined)),)
    return Stage("normalise", result, tuple(log), warnings if undefined else ())


def _normalised(values: ArrayLike, method: str, direction: int, options: Mapping[str, Any]) -> Found:
    _check(method, direction, options)
    x = np.asarray(values, dtype=np.float64)
    if x.ndim not in (1, 2):
        raise ValueError("values are a vector or a matrix")
    turned = dict(options)
    if direction == -1:
        turned |= {name: -turned[name] for name in OWN_UNIT if turned.get(name) is not None}
        if method not in ("reference", "target"):
            ends = {"lower": turned.get("upper"), "upper": turned.get("lower")}
            turned |= {name: end for name, end in ends.items() if end is not None or name in turned}
    turned = {name: value for name, value in turned.items() if value is not None}
    # Zero has no sign: a score is not printed as -0.
    square = (x * direction if x.ndim == 2 else x[:, None] * direction) + 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        scores, found = FORMULAS[method](square, direction, turned)
    return scores.reshape(x.shape), found


def _check(method: str, direction: int, options: Mapping[str, Any]) -> None:
    if method not in METHODS:
        raise ValueError(f"there is no normalisation {method!r}; use one of {', '.join(METHODS)}")
    if direction not in (1, -1):
        raise ValueError(f"direction {direction!r} is neither 1 nor -1")
    for name in options:
        if name not in METHODS[method]:
            known = ", ".join(METHODS[method]) or "none"
            raise ValueError(f"the normalisation {method} has no option {name!r}; it takes {known}")
    for name in REQUIRED.get(method, ()):
        if options.get(name) is None:
            raise ValueError(f"the normalisation {method} needs {name!r}")
    if method == "share" and direction == -1:
        raise ValueError("shares of an indicator of direction -1 are no scores; use another normalisation")
    low, high = options.get("lower"), options.get("upper")
    if low is not None and high is not None and not low < high:
        raise ValueError(f"lower ({low:g}) must be below upper ({high:g})")
    if "range" in options:
        ends = options["range"]
        if len(ends) != 2 or not ends[0] < ends[1]:
            raise ValueError(f"range {ends!r} must be two rising numbers")
    for name in ("span", "sd"):
        if name in options and not options[name] > 0:
            raise ValueError(f"{name} must be above 0, not {options[name]!r}")
    if options.get("ties", "min") not in TIES:
        raise ValueError(f"ties {options['ties']!r} is not known; use one of {', '.join(TIES)}")


def _extremes(x: Floats) -> tuple[Floats, Floats]:
    """Least and greatest value of every column; NaN for one without any."""
    low = np.where(np.isnan(x), np.inf, x).min(axis=0, initial=np.inf)
    high = np.where(np.isnan(x), -np.inf, x).max(axis=0, initial=-np.inf)
    empty = low > high
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high)


def _scale(x: Floats, options: Mapping[str, Any]) -> Found:
    """Take the least value, or policy value, to 0 and the greatest to 1."""
    low, high = _extremes(x)
    low = np.full_like(low, options["lower"]) if "lower" in options else low
    high = np.full_like(high, options["upper"]) if "upper" in options else high
    unit = (x - low) / np.where(flat(low, high), np.nan, high - low)
    return (np.clip(unit, 0, 1) if options.get("clip") else unit), {"low": low, "high": high}


def _onto(unit: Floats, options: Mapping[str, Any]) -> Floats:
    """Stretch 0 ... 1 to the ends of the scale; 1 arrives at the upper end exactly."""
    if "range" not in options:
        return unit
    a, b = map(float, options["range"])
    return np.where(unit == 1, b, a + (b - a) * unit)


def _min_max(x: Floats, direction: int, options: Mapping[str, Any]) -> Found:
    unit, found = _scale(x, options)
    return _onto(unit, options), found


def _efficacy(x: Floats, direction: int, options: Mapping[str, Any]) -> Found:
    unit, found = _scale(x, options)
    base, span = float(options.get("base", 60)), float(options.get("span", 40))
    return base + span * unit, found | {"base": base, "span": span}


def _goalposts(x: Floats, direction: int, options: Mapping[str, Any]) -> Found:
    return _min_max(x, direction, {"clip": True, **options})


def _z_score(x: Floats, direction: int, options: Mapping[str, Any]) -> Found:
    low, high = _extremes(x)
    n = (~np.isnan(x)).sum(axis=0)
    mean = np.nansum(x, axis=0) / np.where(n > 0, n, np.nan)
    squares = np.nansum((x - mean) ** 2, axis=0)
    sd = np.sqrt(squares / np.where((n > 1) & ~flat(low, high), n - 1, np.nan))
    z = (x - mean) / sd
    return options.get("mean", 0.0) + options.get("sd", 1.0) * z, {"data_mean": mean, "data_sd": sd}


def _rank(x: Floats, direction: int, options: Mapping[str, Any]) -> Found:
    ranks = pd.DataFrame(x).rank(method=options.get("ties", "min")).to_numpy(np.float64)
    return ranks, {"n": (~np.isnan(x)).sum(axis=0).astype(float)}


def _borda(x: Floats, direction: int, options: Mapping[str, Any]) -> Found:
    ranks, found = _rank(x, direction, options)
    return ranks - 1, found


def _percentile(x: Floats, direction: int, options: Mapping[str, Any]) -> Found:
    ranks, found = _rank(x, direction, options)
    steps = found["n"] - 1
    return _onto((ranks - 1) / np.where(steps > 0, steps, np.nan), options), found


def _max(x: Floats, direction: int, options: Mapping[str, Any]) -> Found:
    _, best = _extremes(x)
    if direction == -1:  # best is minus the least raw value
        return _onto(np.where(best < 0, best / x, np.nan), options), {"high": best}
    return _onto(x / np.where(best > 0, best, np.nan), options), {"high": best}


def _up_to(x: Floats, goal: float, low: Floats, options: Mapping[str, Any]) -> Floats:
    """Take the least value to 0 and the goal to 1."""
    goals = np.full_like(low, goal)
    unit = (x - low) / np.where(flat(low, goals), np.nan, goals - low)
    return _onto(np.minimum(unit, 1) if options.get("cap") else unit, options)


def _reference(x: Floats, direction: int, options: Mapping[str, Any]) -> Found:
    low, _ = _extremes(x)
    goal = float(options["reference"])
    return _up_to(x, goal, low, options), {"low": low, "reference": goal}


def _target(x: Floats, direction: int, options: Mapping[str, Any]) -> Found:
    low, _ = _extremes(x)
    low = np.full_like(low, options["lower"]) if "lower" in options else low
    goal = float(options["target"])
    return _up_to(x, goal, low, options), {"low": low, "target": goal}


def _share(x: Floats, direction: int, options: Mapping[str, Any]) -> Found:
    total = np.nansum(x, axis=0)
    usable = (total > 0) & ~(x < 0).any(axis=0)
    return x / np.where(usable, total, np.nan), {"sum": total}


def _none(x: Floats, direction: int, options: Mapping[str, Any]) -> Found:
    return x.copy(), {}


FORMULAS: Mapping[str, Callable[[Floats, int, Mapping[str, Any]], Found]] = {
    "min-max": _min_max,
    "efficacy": _efficacy,
    "goalposts": _goalposts,
    "z-score": _z_score,
    "rank": _rank,
    "borda": _borda,
    "percentile": _percentile,
    "max": _max,
    "reference": _reference,
    "target": _target,
    "share": _share,
    "none": _none,
}


def _resolved(options: dict[str, Any], values: pd.Series) -> dict[str, Any]:
    """Put the value of a reference unit in the place of its name."""
    unit = options.get("reference")
    if not isinstance(unit, (str, tuple, list)):
        return options
    if not panel(values.to_frame()):
        label: Any = unit
    elif isinstance(unit, str):
        years = [label for label in values.index if label[0] == unit]
        if len(years) > 1:
            raise ValueError(f"the reference {unit!r} has several years; name unit and year, or by='year'")
        label = years[0] if years else (unit, None)
    else:
        label = tuple(unit)
    if label not in values.index:
        raise DataError(f"normalise: the reference unit {unit!r} is not in the table")
    return options | {"reference": float(values[label])}


def _said(method: str, direction: int, options: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """Write method, direction, options and what was found in the data, for the log."""
    parts = {"method": method, "direction": direction, **options}
    for name, value in found.items():
        number = float(np.ravel(value)[0])
        # The log tells values in the indicator's own unit.
        if direction == -1 and name in TURNED:
            name, number = TURNED[name], -number
        parts[name] = number
    return "; ".join(f"{k}={_short(v)}" for k, v in parts.items() if v is not None)


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    return " ".join(map(_short, value)) if isinstance(value, (list, tuple)) else str(value)
