"""A proposal as TOML with comments, in English or Chinese.

The text is read back by ``intake.config``; whatever stands in a cell reaches it only quoted,
without line breaks and without characters that cannot be seen.
"""

from __future__ import annotations

import os
import shlex
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from clusters.intake.proposal.columns import Use
from clusters.intake.proposal.found import YEARS, Label, Nodes, Proposal
from clusters.sentences import Note, in_language

_MOST_LABELS = 60
_MOST_WARNINGS = 12
_LONGEST = 400


@dataclass(frozen=True)
class Tried:
    """What reading with the proposal gives, or why it does not."""

    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    self_loops: int = 0
    duplicates: int = 0
    relations: int = 0
    nodes: int = 0
    reasons: tuple[tuple[str, int], ...] = ()
    warnings: tuple[str, ...] = ()
    fault: str = ""


def written(proposal: Proposal, tried: Tried, *, folder: Path, lang: str = "en", out: str = "") -> str:
    """Write a proposal as TOML.

    Parameters
    ----------
    proposal
        What was found.
    tried
        What reading with it gave.
    folder
        Folder of the file, to which paths are relative.
    lang
        Language of the comments.
    out
        Name of the file, for the commands at its end.
    """
    lines, out = _Lines(lang), out or "clusters.toml"
    _head(lines, proposal, tried)
    _files(lines, proposal, folder, out)
    _rows(lines, proposal, tried)
    _columns(lines, proposal)
    if proposal.nodes is not None and not proposal.nodes.fault and proposal.nodes.columns:
        lines.section("node_columns")
        for canonical, column in proposal.nodes.columns.items():
            lines.pair(canonical, column)
    _labels(lines, proposal)
    lines.blank()
    lines.comment(Note("note.init_next"))
    for words in ("check", "report"):
        lines.comment(f"  clusters {words} --config {shlex.quote(out)}")
    return lines.text()


class _Lines:
    """Lines of TOML."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._lines: list[str] = []

    def text(self) -> str:
        return "\n".join(self._lines) + "\n"

    def blank(self) -> None:
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def section(self, name: str) -> None:
        self.blank()
        self._lines.append(f"[{name}]")

    def comment(self, text: str) -> None:
        self._lines.append(f"# {visible(in_language(text, self.lang))}")

    def pair(self, key: str, value: str, *, active: bool = True, note: str = "") -> None:
        """Write ``key = "value"``; as a comment where it is not active or cannot be TOML."""
        said = f"  # {visible(in_language(note, self.lang))}" if note else ""
        if _writable(key) and _writable(value):
            bare = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
            line = f"{key if bare else quoted(key)} = {quoted(value)}"
            self._lines.append(f"{'' if active else '# '}{line}{said}")
        else:
            self.comment(f"{key} = {value}")


def quoted(text: str) -> str:
    r"""Return a TOML string; what cannot be seen is written with escapes.

    Examples
    --------
    >>> print(quoted('a"b\n\u200b'))
    "a\"b\u000A\u200B"
    """
    return '"' + "".join(f"\\{c}" if c in '"\\' else _escaped(c) for c in text) + '"'


def visible(text: str) -> str:
    r"""Return a text that can stand in a comment: one line, everything in it visible, not too long.

    Examples
    --------
    >>> visible("a\nb = 1\x00")
    'a\\u000Ab = 1\\u0000'
    """
    shown = "".join(map(_escaped, text))
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def _escaped(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        number = ord(character)
        return f"\\u{number:04X}" if number < 0x10000 else f"\\U{number:08X}"
    return character


def _writable(text: str) -> bool:
    return not any(unicodedata.category(c) == "Cs" for c in text)


def _head(lines: _Lines, proposal: Proposal, tried: Tried) -> None:
    raw = proposal.raw
    lines.comment(Note("note.init_title", name=raw.name))
    lines.comment(Note("note.init_table", rows=raw.rows, columns=len(raw.header)))
    if proposal.layout is not None:
        path = shlex.quote(proposal.path.name)
        lines.comment(Note("note.init_layout", layout=proposal.layout, path=path))
    if proposal.found.guessed:
        lines.comment(Note("note.init_guesses", n=len(proposal.found.guessed)))
    if proposal.found.undecided:
        lines.comment(Note("note.init_undecided", n=len(proposal.found.undecided)))
    if tried.fault:
        lines.comment(Note("note.init_unreadable", why=tried.fault))
        return
    lines.comment(
        Note(
            "note.init_read",
            rows=tried.rows,
            accepted=tried.accepted,
            rejected=tried.rejected,
            used=tried.relations,
            nodes=tried.nodes,
        )
    )
    if tried.reasons:
        reasons = [f"{reason} {n:,}" for reason, n in tried.reasons]
        lines.comment(Note("note.init_reasons", reasons=reasons))
    for warning in tried.warnings[:_MOST_WARNINGS]:
        lines.comment(f"- {in_language(warning, lines.lang)}")


def _files(lines: _Lines, proposal: Proposal, folder: Path, out: str) -> None:
    config = proposal.config
    lines.blank()
    lines.pair("relations", _beside(proposal.path, folder))
    for sheet in proposal.sheets:
        lines.comment(_said_of_sheet(sheet.name, sheet.holds, sheet.rows, sheet.begins, proposal))
    for key in ("sheet", "encoding", "separator"):
        if (value := getattr(config, key)) is not None:
            lines.pair(key, value)
    if proposal.nodes is not None:
        _nodes(lines, proposal.nodes, config.encoding, folder)
    lines.comment(Note("note.init_names", path=shlex.quote(out)))
    lines.pair("names", "names.csv", active=False)


def _said_of_sheet(name: str, holds: str, rows: int, begins: str, proposal: Proposal) -> Note:
    if name == proposal.sheet:
        return Note("note.init_sheet_read", sheet=name, n=rows)
    term = {
        "relations": "note.init_sheet_relations",
        "nodes": "note.init_sheet_nodes",
        "other": "note.init_sheet_other",
        "empty": "note.init_sheet_empty",
    }[holds]
    values = {"sheet": name} if holds == "empty" else {"sheet": name, "n": rows, "begins": begins}
    return Note(term, **values)


def _nodes(lines: _Lines, nodes: Nodes, encoding: str | None, folder: Path) -> None:
    if nodes.fault:
        lines.comment(Note("note.init_nodes_fault", why=nodes.fault))
    else:
        lines.comment(Note("note.init_nodes", rows=nodes.rows, known=nodes.known))
    if nodes.guessed:
        lines.comment(Note("note.init_guess"))
    active = not nodes.fault
    lines.pair("nodes", _beside(nodes.path, folder), active=active)
    other = nodes.encoding if nodes.encoding != encoding else None
    own = {"node_sheet": nodes.sheet, "node_encoding": other, "node_separator": nodes.separator}
    for key, value in own.items():
        if value is not None:
            lines.pair(key, value, active=active)


def _rows(lines: _Lines, proposal: Proposal, tried: Tried) -> None:
    known = not tried.fault
    lines.pair("loops", "drop", note=Note("note.init_loops", n=tried.self_loops) if known else "")
    lines.pair("duplicates", "drop", note=Note("note.init_doubles", n=tried.duplicates) if known else "")
    years = proposal.years
    if years is None:
        lines.comment(Note("note.init_undated"))
    else:
        if years.first is not None and years.last is not None:
            lines.comment(Note("note.init_years", column=years.column, first=years.first, last=years.last))
        if years.blank:
            lines.comment(Note("note.init_years_blank", n=years.blank))
        if years.wrong:
            lines.comment(Note("note.init_years_wrong", n=years.wrong, examples=list(years.examples)))
    lines.comment(f"year_range = [{YEARS[0]}, {YEARS[1]}]")


def _columns(lines: _Lines, proposal: Proposal) -> None:
    found = proposal.found
    lines.section("columns")
    for canonical, columns in found.undecided:
        lines.comment(Note("note.init_choose", canonical=canonical))
        for column in columns:
            lines.pair(canonical, column, active=False)
    by_column = {column: canonical for canonical, column in found.mapping.items()}
    open_columns = {column for _, columns in found.undecided for column in columns}
    kept: list[Use] = []
    for use in proposal.uses:
        if use.column in by_column:
            lines.comment(_said_of(use, proposal.raw.rows))
            lines.pair(by_column[use.column], use.column)
        elif use.column not in open_columns or not use.column:
            kept.append(use)
    if kept:
        lines.comment(Note("note.init_kept"))
    for use in kept:
        lines.comment(_said_of(use, proposal.raw.rows))
    for canonical, column in found.suggested:
        lines.comment(Note("note.init_suggested"))
        lines.pair(canonical, column, active=False)
    for column, distinct, known, unknown in proposal.places:
        lines.comment(Note("note.init_places", column=column, distinct=distinct, known=known))
        if unknown:
            lines.comment(Note("note.init_places_unknown", n=distinct - known, examples=list(unknown)))


def _said_of(use: Use, rows: int) -> Note:
    if not use.filled:
        return Note("note.init_column_empty", column=use.column)
    if use.guessed:
        how = Note("note.init_guess")
    elif use.canonical is not None:
        how = Note("note.init_known", canonical=use.canonical)
    else:
        how = Note("note.init_unknown")
    return Note(
        "note.init_column",
        column=use.column,
        how=how,
        look=use.look.said(),
        usable=use.usable,
        rows=rows,
        distinct=use.distinct,
        examples=list(use.examples),
    )


def _labels(lines: _Lines, proposal: Proposal) -> None:
    parts: tuple[tuple[str, Sequence[Label], str], ...] = (
        ("kinds", proposal.kinds, "technology"),
        ("directions", proposal.directions, "empowerment"),
        ("roles", proposal.roles, "sample"),
    )
    for name, labels, usual in parts:
        if not labels:
            continue
        lines.section(name)
        if any(label.meaning is None for label in labels):
            lines.comment(Note(_FREE[name]))
        for label in _distinct(labels[:_MOST_LABELS]):
            found = label.meaning is not None
            lines.pair(
                label.text,
                label.meaning or usual,
                active=found,
                note=Note("note.init_rows", n=label.rows),
            )
        if len(labels) > _MOST_LABELS:
            lines.comment(Note("note.init_more", n=len(labels) - _MOST_LABELS))


_FREE = {
    "kinds": "note.init_free_kinds",
    "directions": "note.init_free_directions",
    "roles": "note.init_free_roles",
}


def _distinct(labels: Sequence[Label]) -> Iterator[Label]:
    seen: set[str] = set()
    for label in labels:
        if label.text not in seen:
            seen.add(label.text)
            yield label


def _beside(path: Path, folder: Path) -> str:
    """Return a path relative to a folder where that is possible."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        return path.resolve().as_posix()
