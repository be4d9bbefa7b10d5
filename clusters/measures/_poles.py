"""How far flows run among, from and to a few places, from their margins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PoleDominance:
    """Shares of all flows that a few places (poles) take part in, 0 to 1."""

    inside: float
    """From a pole to a pole, itself included."""
    source: float
    """From a pole."""
    target: float
    """To a pole."""
    touching: float
    """From or to a pole."""
    balance: float
    """Smallest over largest of the poles' shares of the flows that touch each; 1 when equal."""


def dominance(inside: float, given: Floats, taken: Floats, own: Floats, total: float = 1.0) -> PoleDominance:
    """Put the shares together, from what flows among the poles and what each gives, takes and keeps."""
    source, target = float(given.sum()), float(taken.sum())
    each = given + taken - own
    most = float(each.max())
    return PoleDominance(
        inside=float(inside / total),
        source=float(source / total),
        target=float(target / total),
        touching=float((source + target - inside) / total),
        balance=float(each.min()) / most if most > 0 else float("nan"),
    )
