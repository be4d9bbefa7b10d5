"""Reading options in a TOML file, for tables that come again and again.

.. code-block:: toml

    encoding = "gb18030"
    loops = "keep"

    [columns]
    source = "甲方"
    target = "乙方"

    [kinds]
    "联合研发" = "technology"

What is said on the command line or in a call wins over the file. ``[map]``, the word of the
command line, is the same as ``[columns]``.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

from clusters.errors import DataError

Keep = Literal["drop", "keep"]


@dataclass(frozen=True)
class Config:
    """Options of ``read_relations``; anything else in the file is an error."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    columns: dict[str, str] = field(default_factory=dict)
    """Canonical name -> column of the relation table."""
    node_columns: dict[str, str] = field(default_factory=dict)
    """Canonical name -> column of the nodes table."""
    kinds: dict[str, str] = field(default_factory=dict)
    """Label in the table -> kind."""
    nodes: Path | None = None
    names: Path | None = None
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    loops: Keep | None = None
    duplicates: Keep | None = None
    year_range: tuple[int, int] | None = None
    """First and last year that is taken for a year."""


def load(path: Path | str) -> Config:
    """Read a configuration file; paths in it are relative to its folder.

    Raises
    ------
    DataError
        The file is missing, is not TOML, or holds an unknown name or a wrong value.
    """
    from pydantic import TypeAdapter, ValidationError

    path = Path(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise DataError(f"{path} does not exist", hint="check the path given with --config") from None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read ({error})") from None
    except tomllib.TOMLDecodeError as error:
        raise DataError(
            f"{path.name} is not TOML: {error}",
            hint='texts and Chinese names need quotes: source = "甲方", "联合研发" = "technology"',
        ) from None
    if "map" in content and "columns" not in content:
        content["columns"] = content.pop("map")
    try:
        config = TypeAdapter(Config).validate_python(content)
    except ValidationError as error:
        raise DataError(
            f"{path.name}: " + "; ".join(_fault(e["loc"], e["type"], e["msg"]) for e in error.errors()),
            hint="known names: "
            + ", ".join(f.name for f in dataclasses.fields(Config))
            + "; which column is which stands under [columns]",
        ) from None
    beside = {name: path.parent / value for name in ("nodes", "names") if (value := getattr(config, name))}
    return dataclasses.replace(config, **beside)


def _fault(where: Sequence[int | str], kind: str, message: str) -> str:
    name = ".".join(str(part) for part in where)
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"{name!r} is not a known name"
    return f"{name}: {message[0].lower()}{message[1:]}"
