"""What the tables of flows and compositions share: which relations they are about."""

from __future__ import annotations

from collections.abc import Sequence

from clusters.relations import Relations, of_kinds

TECHNOLOGY = "technology"


def chosen(relations: Relations, kinds: Sequence[str] | None) -> Relations:
    """Keep relations of some kinds; by default technology where the table has it (decision D2)."""
    if kinds is None:
        kinds = [TECHNOLOGY] if TECHNOLOGY in relations.kinds else None
    return of_kinds(relations, kinds)


def what(relations: Relations) -> str:
    """Say which relations are counted, and of which years.

    Examples
    --------
    >>> import pandas as pd
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": ["a"], "target": ["b"], "kind": ["talent"], "year": [2020]})
    >>> what(from_frame(frame))
    'kind talent; 2020'
    """
    kinds, years = relations.kinds, relations.years
    words = [f"kind{'s' * (len(kinds) > 1)} {', '.join(kinds)}"] if kinds else []
    if years:
        words.append(f"{years[0]}" if len(years) == 1 else f"{years[0]} to {years[-1]}")
    return "; ".join(words) or "all"


def part(count: float, whole: float) -> str:
    """Write a count with its share of a whole.

    Examples
    --------
    >>> part(50, 200), part(0, 0)
    ('50 (25.00 %)', '0')
    """
    return f"{count:,.0f} ({100 * count / whole:.2f} %)" if whole else f"{count:,.0f}"
