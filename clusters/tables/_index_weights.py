"""Tables of weights: what each part of an index counts, and what a published index must have used."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from clusters import labels
from clusters.errors import UsageError
from clusters.index._weighing import factors
from clusters.index.framework import Framework
from clusters.index.recover import Recovered
from clusters.index.scoring import IndexResult, from_data, score
from clusters.index.weights import SYSTEMS, FrameworkWeights, importance, weigh_framework
from clusters.intake.indicators import IndicatorTable
from clusters.sentences import Note
from clusters.tables._index_words import node_names, worded

NAN = float("nan")
AS_WRITTEN = ("given", "equal", "equal_effective")
"""Systems whose weights are not computed from numbers."""
WRITTEN = 10_000
"""Largest denominator of an effective weight that is printed as a fraction."""
FEW = 5
"""Rows at fault that are named one by one."""
DIAGNOSTICS = (
    *("indicator_entropy", "indicator_deviation", "conflict", "variation_coefficient"),
    *("loading", "explained_share", "importance_target", "consistency_ratio"),
)


def index_weights(
    framework: Framework,
    table: IndicatorTable | pd.DataFrame | None = None,
    *,
    system: str | None = None,
    reference_year: int | None = None,
    allow_constant: bool = False,
    force_impute: bool = False,
    **options: Any,
) -> pd.DataFrame:
    """Tabulate the weights of an index: within each group, and in the score.

    Parameters
    ----------
    framework
        The tree.
    table
        Indicators; needed for weights from data. They are prepared and normalised as the framework says.
    system
        A name of ``index.weights.SYSTEMS``; by default that of the framework.
    reference_year
        Year of a panel that weights from data are computed on; by default the last one.
    allow_constant
        Let indicators that do not vary go without weight.
    force_impute
        Keep units of which more than the permitted share was filled in.
    options
        ``upper``, ``matrices``, ``of``, as in ``index.weights.weigh_framework``.

    Returns
    -------
    DataFrame
        A row per node but the root, in the order of the tree: ``id``, ``parent``, ``name``, ``node_level``
        (1 below the root), ``weight`` (among its siblings, sum 1), ``effective_weight`` (in the score;
        those of the indicators sum to 1), ``effective_fraction`` (the same as a fraction, where weights
        are written numbers); what the system rests on (``indicator_entropy``, ``loading`` ...); with a
        table ``importance`` (squared correlation with the parent) and ``importance_share`` of its siblings.

    Raises
    ------
    UsageError
        A system from data without a table, or an option that the system does not know.

    References
    ----------
    Methods 2.2 and 2.5, step 6; Paruolo, Saisana, Saltelli 2013 (importance).

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> found = index_weights(read_framework("tmtpost_2024")).set_index("id")
    >>> found.loc["policies", "effective_fraction"]
    '1/12'
    """
    chosen = _chosen(framework, system, options)
    if table is None:
        if from_data(chosen.steps):
            raise UsageError(
                f"{chosen.steps.weights} weights come from data",
                hint="name a table of indicators after the framework",
            )
        found = weigh_framework(chosen, **chosen.steps.weights_options)
        rows = _rows(chosen, found)
    else:
        result = score(
            chosen,
            table,
            reference_year=reference_year,
            allow_constant=allow_constant,
            force_impute=force_impute,
        )
        chosen, found = result.framework, result.weighing
        rows = _rows(chosen, found).join(_importance(result), on="id")
    for column in DIAGNOSTICS:
        if column in found.diagnostics:
            rows[column] = found.diagnostics[column].reindex(rows["id"]).to_numpy(float)
    notes = [Note("note.weights_by_data", system=found.system)] if from_data(chosen.steps) else []
    return _named(rows.reset_index(drop=True), chosen, [*notes, *found.warnings])


def recovered_weights(found: Recovered, framework: Framework | None = None) -> pd.DataFrame:
    """Tabulate the weights that explain a published index.

    Parameters
    ----------
    found
        Of ``index.recover.recover``.
    framework
        For the printed names of the parts, where they are its nodes.

    Returns
    -------
    DataFrame
        A row per part: ``id``, ``weight`` (round where round weights explain the print, else least
        squares), ``low`` and ``high`` (all that rounding allows; NaN where no weights explain the print),
        ``estimate`` (least squares with the conditions asked for), ``unconstrained`` (without),
        ``snapped`` and ``grid`` (round weights and their step), ``runner_up`` (the next best round weights).
        Notes say how well they are known.

    References
    ----------
    Methods 2.1 and 2.5, step 6.

    Examples
    --------
    >>> from clusters.index.recover import recover
    >>> x = pd.DataFrame({"a": ["1.0", "5.0", "3.0"], "b": ["4.0", "2.0", "9.0"]})
    >>> found = recover(x, pd.Series(["3.1", "2.9", "7.2"]))
    >>> recovered_weights(found)[["id", "weight", "snapped"]].values.tolist()
    [['a', 0.3, 0.3], ['b', 0.7, 0.7]]
    """
    nothing = pd.Series(NAN, index=found.weights.index)
    table = pd.DataFrame(
        {
            "id": [str(part) for part in found.weights.index],
            "weight": found.weights.to_numpy(),
            "low": found.low.to_numpy(),
            "high": found.high.to_numpy(),
            "estimate": found.estimate.to_numpy(),
            "unconstrained": found.unconstrained.to_numpy(),
            "snapped": (nothing if found.snapped is None else found.snapped).to_numpy(),
            "grid": NAN if found.grid is None else found.grid,
            "runner_up": (nothing if found.runner_up is None else found.runner_up).to_numpy(),
        }
    )
    table.attrs["words"] = {term: _as_share(term) for term in ("weight", "low", "high")}
    return worded(table, framework, [*_explained(found), *_round(found), *_doubts(found)])


def recovered_residuals(found: Recovered) -> pd.DataFrame:
    """Tabulate what recovered weights leave of every published total.

    Parameters
    ----------
    found
        Of ``index.recover.recover``.

    Returns
    -------
    DataFrame
        A row per unit: ``unit``, ``printed_total``, ``fitted_total``, ``residual`` (their difference) and
        ``bound`` (what rounding can make of it).

    References
    ----------
    Methods 2.1.

    Examples
    --------
    >>> from clusters.index.recover import recover
    >>> x = pd.DataFrame({"a": ["1.0", "5.0", "3.0"], "b": ["4.0", "2.0", "9.0"]}, index=list("xyz"))
    >>> found = recover(x, pd.Series(["3.1", "2.9", "7.2"], index=list("xyz")))
    >>> recovered_residuals(found)["residual"].round(6).tolist()
    [0.0, 0.0, 0.0]
    """
    table = pd.DataFrame(
        {
            "unit": found.totals.index.to_numpy(object),
            "printed_total": found.totals.to_numpy(),
            "fitted_total": found.fitted.to_numpy(),
            "residual": found.residuals.to_numpy(),
            "bound": found.bounds.to_numpy(),
        }
    )
    table.attrs["words"] = {"residual": _label("index.residual")}
    return worded(table, None, _explained(found))


def _chosen(framework: Framework, system: str | None, options: Mapping[str, Any]) -> Framework:
    """Return the framework with another system of weights."""
    steps = framework.steps
    chosen = system or steps.weights
    if chosen not in SYSTEMS:
        raise UsageError(f"weights {chosen!r} are not known; use {', '.join(SYSTEMS)}")
    given = {name: value for name, value in options.items() if value is not None}
    for name in given:
        if name not in SYSTEMS[chosen]:
            with_it = ", ".join(s for s, known in SYSTEMS.items() if name in known)
            raise UsageError(f"{chosen} weights have no option {name!r}", hint=f"it goes with {with_it}")
    if "of" in given:
        try:
            factors(given["of"])
        except ValueError as error:
            raise UsageError(str(error)) from None
    own = dict(steps.weights_options) if system in (None, steps.weights) else {}
    return dataclasses.replace(
        framework, steps=dataclasses.replace(steps, weights=chosen, weights_options={**own, **given})
    )


def _rows(framework: Framework, found: FrameworkWeights) -> pd.DataFrame:
    rows = []
    for node, level in _in_order(framework, framework.root, 0):
        effective = found.effective(node)
        rows.append(
            {
                "id": node,
                "parent": framework.parent[node],
                "node_level": level,
                "weight": found[node],
                "effective_weight": float(effective),
                "effective_fraction": _fraction(effective) if found.system in AS_WRITTEN else None,
            }
        )
    table = pd.DataFrame(rows)
    return table if table["effective_fraction"].notna().any() else table.drop(columns="effective_fraction")


def _in_order(framework: Framework, parent: str, level: int) -> list[tuple[str, int]]:
    """Return the nodes below a parent with their levels, each followed by its own parts."""
    found = []
    for child in framework.children.get(parent, ()):
        found += [(child, level + 1), *_in_order(framework, child, level + 1)]
    return found


def _fraction(weight: Fraction) -> str | None:
    if weight.denominator > WRITTEN:
        return None
    return f"{weight.numerator}/{weight.denominator}" if weight.denominator > 1 else f"{weight.numerator}"


def _importance(result: IndexResult) -> pd.DataFrame:
    """Compute how much of each aggregate goes with each of its parts."""
    tree = result.framework
    values = pd.concat([result.stages["normalised"], result.scores], axis=1)
    values = values.loc[:, ~values.columns.duplicated()]
    parts = []
    for parent, children in tree.children.items():
        squares = importance(values[list(children)], values[parent])
        total = squares.sum()
        share = squares / total if total else NAN
        parts.append(pd.DataFrame({"importance": squares, "importance_share": share}))
    return pd.concat(parts)


def _named(rows: pd.DataFrame, framework: Framework, notes: Sequence[Note]) -> pd.DataFrame:
    """Add printed names beside the identifiers."""
    names = node_names(framework)
    rows.insert(2, "name", [names[node]["en"] for node in rows["id"]])
    rows.attrs["words"] = {f"name.{names[node]['en']}": names[node] for node in rows["id"]}
    rows.attrs["words"]["weight"] = _as_share("weight")
    table = worded(rows, framework, notes)
    words = table.attrs["words"]
    table.attrs["words"] = {term: w for term, w in words.items() if not term.startswith("id.")}
    return table


def _label(term: str) -> dict[str, str]:
    words: dict[str, str] = {lang: labels.label(term, lang) for lang in labels.LANGUAGES}
    return {**words, "unit": labels.unit(term)}


def _as_share(term: str) -> dict[str, str]:
    """Return the words of a column that prints as percent here."""
    return {**_label(term), "unit": "share"}


def _explained(found: Recovered) -> list[Note]:
    """Say how far the totals are explained."""
    common = {"residual": f"{found.max_residual:.4g}", "bound": f"{found.bound:.4g}"}
    if found.feasible:
        n = len(found.totals)
        return [Note("note.recover_explained", n=n, digits=found.reproduced, **common), *_left_out(found)]
    notes = [Note("note.recover_infeasible", smallest=f"{found.smallest_bound:.4g}", **common)]
    units = [str(unit) for unit in found.broken.index]
    if 0 < len(units) <= FEW:
        notes.append(Note("note.recover_broken", units=units))
    elif units:
        notes.append(Note("note.recover_many_broken", n=len(units), of=len(found.totals), first=units[0]))
    return [*notes, *_left_out(found)]


def _left_out(found: Recovered) -> list[Note]:
    return [Note("note.recover_left_out", n=found.left_out)] if found.left_out else []


def _round(found: Recovered) -> list[Note]:
    """Say whether the weights are round, and whether others would do as well."""
    if not found.feasible:
        return []
    if found.snapped is None:
        return [Note("note.recover_not_round")]
    grid = f"{found.grid:g}"
    if found.fitting is None:
        return [Note("note.recover_undecided", grid=grid)]
    if found.fitting > 1:
        return [Note("note.recover_several", n=found.fitting, grid=grid)]
    if found.runner_up is None:
        return [Note("note.recover_only", grid=grid)]
    return [Note("note.recover_unique", grid=grid, residual=f"{found.runner_up_residual:.4g}")]


def _doubts(found: Recovered) -> list[Note]:
    """Name the weights that the totals do not tell."""
    if not found.feasible or found.identified.all():
        return []
    return [Note("note.recover_unidentified", names=[str(p) for p in found.weights.index[~found.identified]])]
