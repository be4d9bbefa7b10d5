"""What to say when the files are not of the layout that was named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clusters.errors import DataError
from clusters.intake.public.frame import Layout, Table
from clusters.intake.public.sheets import positions_of
from clusters.intake.table import RawTable


def lacking(layout: Layout, tables: Sequence[Table], strange: Sequence[RawTable]) -> DataError:
    """Say which columns lack, in which file, and which layout the file looks like.

    Parameters
    ----------
    layout
        What the user named.
    tables
        Its tables that were not found, of which one is needed.
    strange
        The files that are none of its tables.
    """
    if not strange:
        names = " or ".join(table.name for table in tables[:1] if not table.optional) or "needed"
        return DataError(
            f"{layout.name}: the table {names} is not among the files", hint=_columns_of(tables[0])
        )
    _, needed, closest = max(
        (
            (_share(table, positions_of(raw.header, layout.aliases)), table, raw)
            for raw in strange
            for table in tables
        ),
        key=lambda found: found[0],
    )
    there = positions_of(closest.header, layout.aliases)
    missing = [name for name in needed.required if name not in there]
    other = nearest(closest.header, layout.name)
    hint = f"it looks like {other}: clusters convert {other} ..." if other else _columns_of(needed)
    header = ", ".join(text for text in closest.header[:12] if text.strip())
    return DataError(
        f"{closest.name} is not the table {needed.name} of {layout.name}: no column {', '.join(missing)}; "
        f"it has {header}{' ...' if len(closest.header) > 12 else ''}",
        hint=hint,
    )


def nearest(header: Sequence[str], besides: str) -> str | None:
    """Return the layout that most of a header belongs to, where it has all that it needs."""
    from clusters.intake.public import LAYOUTS

    found: list[tuple[int, str]] = []
    for layout in LAYOUTS.values():
        if layout.name != besides:
            found.append((_best(header, layout), layout.name))
    best = max(found, default=(0, ""))
    return best[1] if best[0] else None


def _best(header: Sequence[str], layout: Layout) -> int:
    there = positions_of(header, layout.aliases)
    fits = [
        len(table.required) + sum(name in there for name in table.known)
        for table in layout.tables
        if table.required and all(name in there for name in table.required)
    ]
    return max(fits, default=0)


def _share(table: Table, there: Mapping[str, int]) -> float:
    return sum(name in there for name in table.required) / max(len(table.required), 1)


def _columns_of(table: Table) -> str:
    return f"the table {table.name} has the columns {', '.join(table.required)}"
