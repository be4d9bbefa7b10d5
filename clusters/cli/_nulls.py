"""Options of the structure command that compare it with random networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clusters.cli._common import tell
from clusters.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from clusters.networks import ValueNetwork

PANEL = "Random networks"


class Model(StrEnum):
    """How random networks are drawn."""

    rewired = "rewired"
    configuration = "configuration"
    random = "random"


Null = Annotated[
    int | None,
    typer.Option(
        "--null",
        min=1,
        metavar="N",
        help="Compare with N random networks of the same degrees (X_null_mean, X_null_sd, X_z, X_p); "
        "p cannot fall below 1/(N + 1).",
        rich_help_panel=PANEL,
    ),
]
Within = Annotated[
    str | None,
    typer.Option(
        "--null-within",
        metavar="roles,year,kind|none",
        help="Classes within which edges are swapped: roles of their ends (default), first year, kind.",
        rich_help_panel=PANEL,
    ),
]
Drawn = Annotated[
    Model | None,
    typer.Option(
        "--null-model",
        help="rewired keeps degrees exactly (default), configuration nearly, random ignores them.",
        rich_help_panel=PANEL,
        show_default=False,
    ),
]
Statistics = Annotated[
    str | None,
    typer.Option(
        "--null-of",
        metavar="COLUMN,COLUMN",
        help="Columns to compare; default clustering, path lengths and reciprocity. "
        "diameter and modularity can be asked for.",
        rich_help_panel=PANEL,
    ),
]


@dataclass(frozen=True)
class Nulls:
    """What a user asked for."""

    replicates: int
    options: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        null: int | None,
        within: str | None,
        model: Model | None,
        statistics: str | None,
        *,
        large: bool,
    ) -> Nulls | None:
        """Read the options; ``None`` where nothing was asked for."""
        if null is None:
            given = {"--null-within": within, "--null-model": model, "--null-of": statistics}
            for name, value in given.items():
                if value is not None:
                    raise UsageError(f"{name} says with what to compare", hint="add --null 200")
            return None
        if large:
            raise UsageError("--null is answered in memory only")
        options: dict[str, Any] = {}
        if within is not None:
            options["within"] = () if within.strip() == "none" else _words(within)
        if model is not None:
            options["model"] = model.value
        if statistics is not None:
            options["statistics"] = _words(statistics)
        return cls(null, options)

    def announce(self, networks: Mapping[int | None, ValueNetwork]) -> None:
        """Refuse what cannot be answered, and say what will take long."""
        from clusters.tables._nulls import nulls_outlook

        tell(nulls_outlook(networks, self.replicates, **self.options))

    def beside(
        self, table: pd.DataFrame, networks: Mapping[int | None, ValueNetwork], **options: Any
    ) -> pd.DataFrame:
        """Put the comparison beside a table of structure that was finished."""
        from clusters import tables

        if table.attrs.get("interrupted"):
            return table
        return tables.structure_with_nulls(
            table, networks, self.replicates, keep_partial=True, **self.options, **options
        )


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
