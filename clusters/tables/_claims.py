"""What may be said of a fitted tail: one sentence for each verdict, and never more than was tested.

The exponent of a law that was rejected is not named, nor is a straight line on logarithmic
axes ever an argument. A tail is called a power law, and a network scale-free, only from the
category ``strong`` of Broido and Clauset on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from clusters.measures.powerlaw import INDISTINCT, NESTED, SIGNIFICANT
from clusters.sentences import Note

STRONG = ("strong", "strongest")


def claim(fit: Mapping[Any, Any], compared: pd.DataFrame, what: str = "all") -> Note:
    """Put the fit of one degree into a sentence.

    Parameters
    ----------
    fit
        Row of a fit in ``powerlaw``.
    compared
        Rows of its comparisons; may be empty.
    what
        ``in``, ``out``, ``total``, or ``all`` where nothing else is spoken of: "the degrees".

    Returns
    -------
    Note
        One sentence.
    """
    verdict = str(fit["verdict"])
    subject = Note(f"claim.what.{what}")
    if verdict == "undefined":
        return Note("claim.undefined", what=subject)
    others = _others(compared, verdict)
    if verdict == "undecided" and not others:
        verdict = "undecided_alone"
    elif may_be_called(fit):
        verdict = "power_law_equalled" if others else "power_law"
    tested = pd.notna(fit["p_value"])
    return Note(
        f"claim.{verdict}",
        what=subject,
        xmin=_short(fit["xmin"]),
        n_tail=int(fit["n_tail"]),
        alpha=float(fit["alpha"]),
        sigma=float(fit["sigma"]),
        p=p_text(float(fit["p_value"]), int(fit["replicates"])) if tested else "",
        replicates=int(fit["replicates"]) if tested else 0,
        others=_listing(others),
        m=len(others),
    )


def may_be_called(fit: Mapping[Any, Any]) -> bool:
    """Tell whether a tail may be called a power law: the category is strong, its own and the network's.

    Examples
    --------
    >>> may_be_called({"degree_category": "strongest", "network_category": "weak"})
    False
    """
    of_all = fit.get("network_category")
    return fit.get("degree_category") in STRONG and (of_all is None or pd.isna(of_all) or of_all in STRONG)


def claims(table: pd.DataFrame) -> list[Note]:
    """Return one sentence for each fit of a table and, for three degrees, one on their category."""
    fits = table[table["row"] == "fit"]
    compared = table[table["row"] == "comparison"]
    found = [
        claim(fit, compared[compared["degree"] == fit["degree"]], fit["degree"])
        for fit in fits.to_dict("records")
    ]
    categories = fits["network_category"].dropna()
    return found + [network_claim(str(name)) for name in categories.head(1)]


def network_claim(category: str) -> Note:
    """Say in which category of Broido and Clauset a network falls; "scale-free" only from strong on."""
    if category in ("undefined", "not_tested"):
        return Note("claim.category_unknown")
    return Note("claim.scale_free" if category in STRONG else "claim.category", category=category)


def p_text(p: float, replicates: int) -> str:
    """Print a bootstrap p with the digits that its side of the threshold needs.

    Examples
    --------
    >>> p_text(0.31, 100), p_text(0.0, 100), p_text(0.0, 20), p_text(0.0996, 2500)
    ('= 0.31', '< 0.01', '< 0.05', '= 0.0996')
    """
    if p <= 0:
        return f"< {1 / max(replicates, 1):.2g}"
    digits = 2
    while digits < 6 and (not round(p, digits) or (round(p, digits) < SIGNIFICANT) != (p < SIGNIFICANT)):
        digits += 1
    return f"= {p:.{digits}f}"


def decided(compared: pd.DataFrame) -> pd.Series:
    """Tell for each comparison whether one of the two distributions fits better (``powerlaw.worse``)."""
    found = compared["p"] < SIGNIFICANT
    if "loglikelihood_ratio" in compared.columns:
        found &= ~((compared["R"] > 0) & (compared["loglikelihood_ratio"] < INDISTINCT))
    return found


def _others(compared: pd.DataFrame, verdict: str) -> list[str]:
    """Alternatives that a sentence names: those favoured, or those neither better nor worse."""
    if "alternative" not in compared.columns:
        return []
    rows = compared[compared["alternative"].notna() & compared["R"].notna() & compared["p"].notna()]
    if verdict == "alternative_better":
        rows = rows[(rows["p"] < SIGNIFICANT) & (rows["R"] < 0)]
    else:
        # The cut-off contains the power law: that it is no better speaks for the power law.
        rows = rows[~decided(rows) & (rows["alternative"] != NESTED)]
    return [str(name) for name in rows["alternative"]]


def _listing(names: Sequence[str]) -> Note | str:
    if not names:
        return ""
    *first, last = names
    return Note("claim.several", first=first, last=last) if first else Note("claim.one", name=last)


def _short(value: float) -> int | str:
    """Print a whole number as one, any other with the digits that matter."""
    return int(value) if np.floor(value) == value else f"{value:.4g}"
