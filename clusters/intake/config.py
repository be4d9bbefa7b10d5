"""Reading options in a TOML file, for tables that come again and again.

.. code-block:: toml

    relations = "events.csv"
    encoding = "gb18030"
    loops = "keep"

    [columns]
    source = "甲方"
    target = "乙方"

    [kinds]
    "联合研发" = "technology"

What is said on the command line or in a call wins over the file. ``[map]``, the word of the
command line, is the same as ``[columns]``. ``clusters init`` writes such a file for a table.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

from clusters.errors import DataError

Keep = Literal["drop", "keep"]
Direction = Literal["empowerment", "input"]
Role = Literal["sample", "partner"]
PATHS = ("relations", "nodes", "names")
"""Names of files; they are relative to the folder of the configuration."""

_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*=""")


@dataclass(frozen=True)
class Config:
    """Options of ``read_relations``; anything else in the file is an error."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    relations: Path | None = None
    """The relation table, where the command or call names none."""
    columns: dict[str, str] = field(default_factory=dict)
    """Canonical name -> column of the relation table."""
    node_columns: dict[str, str] = field(default_factory=dict)
    """Canonical name -> column of the nodes table."""
    kinds: dict[str, str] = field(default_factory=dict)
    """Label in the table -> kind."""
    directions: dict[str, Direction] = field(default_factory=dict)
    """Label in the direction column -> whether the enterprise gives or receives."""
    roles: dict[str, Role] = field(default_factory=dict)
    """Label in a role column, of either table -> whether it is a sample enterprise or a partner."""
    nodes: Path | None = None
    node_encoding: str | None = None
    """Encoding of the nodes table, where it is not that of the relation table."""
    node_sheet: str | None = None
    node_separator: str | None = None
    names: Path | None = None
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    loops: Keep | None = None
    duplicates: Keep | None = None
    placeholders: Keep | None = None
    """Whether rows are used whose end names nobody, such as 未透露 (undisclosed)."""
    year_range: tuple[int, int] | None = None
    """First and last year that is taken for a year."""

    def node_options(self, encoding: str | None, *, own: bool) -> dict[str, Any]:
        """Return how ``read_nodes`` reads the nodes table; ``own``: the one named here, no other.

        ``encoding`` was named in the call, for all files.
        """
        encoding = encoding or self.encoding
        if not own:
            return {"encoding": encoding, "roles": self.roles}
        return {
            "roles": self.roles,
            "encoding": self.node_encoding or encoding,
            "sheet": self.node_sheet,
            "separator": self.node_separator,
        }


def load(path: Path | str | Config) -> Config:
    """Read a configuration file; paths in it are relative to its folder.

    Raises
    ------
    DataError
        The file is missing, is not TOML, or holds an unknown name or a wrong value.
    """
    if isinstance(path, Config):
        return path
    path = Path(path)
    return parsed(text_of(path), path.name, path.parent)


def text_of(path: Path) -> str:
    """Return the text of a configuration file.

    Raises
    ------
    DataError
        It is missing or cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise DataError(f"{path} does not exist", hint="check the path given with --config") from None
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read ({error})") from None


def parsed(text: str, name: str, folder: Path) -> Config:
    """Read a configuration from its text.

    Examples
    --------
    >>> parsed('nodes = "n.csv"', "a.toml", Path("data")).nodes.as_posix()
    'data/n.csv'
    """
    from pydantic import TypeAdapter, ValidationError

    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DataError(
            f"{name} is not TOML: {error}",
            hint='texts and Chinese names need quotes: source = "甲方", "联合研发" = "technology"',
        ) from None
    if "map" in content and "columns" not in content:
        content["columns"] = content.pop("map")
    try:
        config = TypeAdapter(Config).validate_python(content)
    except ValidationError as error:
        faults = [_fault(text, e["loc"], e["type"], e["msg"]) for e in error.errors()]
        raise DataError(
            f"{name}: " + "; ".join(faults),
            hint="known names: "
            + ", ".join(f.name for f in dataclasses.fields(Config))
            + "; which column is which stands under [columns]",
        ) from None
    if config.year_range is not None and config.year_range[0] > config.year_range[1]:
        where = place(text, "year_range")
        raise DataError(f"{name}: year_range{where}: the first year is after the last", hint="[1900, 2100]")
    beside = {key: folder / value for key in PATHS if (value := getattr(config, key)) is not None}
    return dataclasses.replace(config, **beside)


def place(text: str, *key: str) -> str:
    r"""Return where a name stands in a TOML text, as `` (line 3)``, or nothing where it is not found.

    Examples
    --------
    >>> place('loops = "drop"\n[columns]\n"源" = "a"\n', "columns", "源")
    ' (line 3)'
    """
    *section, name = key
    wanted = {"columns": ("columns", "map")}.get(".".join(section), (".".join(section),))
    current = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if heading := re.match(r"\s*\[\s*([^\]]*?)\s*\]", line):
            current = heading[1].strip("\"'")
            if not section and current == name:
                return f" (line {number})"
        elif current in wanted and (found := _KEY.match(line)) and name in found.groups():
            return f" (line {number})"
    return ""


def nearest(name: str, known: Sequence[str]) -> str:
    """Return a question for the most similar of some names, or nothing where none is.

    Examples
    --------
    >>> nearest("encodng", ["encoding", "loops"]), nearest("x", ["encoding"])
    (", is 'encoding' meant?", '')
    """
    folded = {entry.lower(): entry for entry in reversed(known)}
    close = difflib.get_close_matches(name.lower(), list(folded), n=1, cutoff=0.5)
    return f", is {folded[close[0]]!r} meant?" if close else ""


def _fault(text: str, where: Sequence[int | str], kind: str, message: str) -> str:
    # An entry of a list stands where the list does.
    names = [part for part in where if isinstance(part, str)][:2]
    name = ".".join(names)
    line = place(text, *names) or place(text, names[0]) if names else ""  # none for a key that is no text
    if kind in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"{name!r} is not a known name{line}" + nearest(
            name, [f.name for f in dataclasses.fields(Config)]
        )
    return f"{name}: {message[0].lower()}{message[1:]}{line}"
