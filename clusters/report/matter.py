"""The words around tables and figures: title, row account, definitions, files, reproduction."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from clusters.report.items import Code, Glossary, Links, Point, Section
from clusters.report.sections._base import Contents, Found
from clusters.report.sections.polarisation import applies_to
from clusters.report.study import Study
from clusters.report.summary import points
from clusters.report.wording import Spoken
from clusters.sentences import Note, has, notes_in

ARGUMENTS = {"report": ("relations",), "index report": ("framework", "indicators")}
"""Options that are named by their place."""
DEFINITIONS = (
    "rows",
    "direction",
    "network",
    "edge",
    "role",
    "degree",
    "distance",
    "clustering",
    "density",
    "modularity",
    "concentration",
    "power_law",
    "interval",
    "null_model",
    "flow",
    "share",
    "polarisation",
)


def title(study: Study) -> str:
    """Return the title of a report that was given none."""
    name = study.relations.name
    if study.relations.synthetic or not name:
        return study.say("page.title_sample" if study.relations.synthetic else "page.title_plain")
    return study.say("page.title", name=name)


def lead(study: Study) -> str:
    """Say in one line what the report is about."""
    relations = study.relations
    years = study.years or relations.years
    values: dict[str, Any] = {
        "n": study.last.n_relations,
        "nodes": study.last.n_nodes,
        "kinds": study.say("page.lead_kinds", kinds=study.kinds) if relations.kinds else "",
    }
    if not years:
        return study.say("page.lead_undated", **values)
    term = "page.lead_dated" if years[0] < years[-1] else "page.lead_one_year"
    return study.say(term, first=years[0], last=years[-1], **values)


def summary(contents: Contents) -> Section:
    """Return the summary in words."""
    study = contents.study
    return Section("summary", study.say("section.summary"), points=points(contents.facts, study.lang))


def reading(study: Study) -> tuple[list[str], Glossary]:
    """Say what happened to the rows, and how the file was read."""
    account = study.relations.account
    texts = [
        study.say(
            "rows.counts",
            n=account.rows,
            accepted=account.accepted,
            rejected=account.rejected,
            loops=account.self_loops,
            doubles=account.duplicates,
            found=account.self_loops + account.duplicates,
            aside=account.accepted - account.relations,
            used=account.relations,
        )
    ]
    if changed := [line for line in account.told if line["outcome"] == "changed"]:
        items = [Note("rows.changed_item", reason=line["reason"], n=line["rows"]) for line in changed]
        texts.append(study.say("rows.changed", items=items))
    if len(study.relations) != account.relations:
        texts.append(study.say("rows.chosen", n=len(study.relations), kinds=study.kinds))
    if study.years is not None and study.relations.dated:
        texts.append(study.say("rows.limited", first=study.years[0], last=study.years[-1]))
    details = [
        Point(_source_word(study, name), _columns(value, study) if name == "columns" else value)
        for name, value in account.source.items()
        if value
    ]
    details += [Point(study.say("source.note"), text) for text in notes_in(account.warnings, study.lang)]
    return texts, Glossary(tuple(details))


def _source_word(study: Study, name: str) -> str:
    return study.say(f"source.{name}") if has(f"source.{name}") else name


def _columns(mapping: str, study: Study) -> str:
    """Return ``name=column; ...`` as ``name`` or ``name ← column`` where the two differ."""
    pairs = [part.partition("=")[::2] for part in mapping.split("; ")]
    return study.say("page.comma").join(
        name if name == column else f"{name} ← {column}" for name, column in pairs
    )


def definitions(study: Study) -> Section:
    """Say what every number of the report means."""
    from clusters.figures import font_note

    computed = {
        "network": study.join(study.mode_clause, study.kinds_clause),
        "edge": study.parallel_clause,
    }
    entries = [
        Point(study.say(f"definition.{name}"), computed.get(name) or study.say(f"definition.{name}.text"))
        for name in DEFINITIONS
        if _applies(study, name)
    ]
    if font_note() is not None:
        entries.append(Point(study.say("definition.fonts"), study.say("definition.fonts.text")))
    if study.relations.synthetic:
        entries.append(Point(study.say("definition.synthetic"), study.say("page.synthetic")))
    return Section("methods", study.say("section.methods"), items=[Glossary(tuple(entries))])


def _applies(study: Study, name: str) -> bool:
    applies = {
        "role": study.relations.has_roles,
        "flow": bool(study.level),
        "interval": bool(study.samples),
        "null_model": bool(study.random_networks),
        "polarisation": applies_to(study),
    }
    return applies.get(name, True)


def files(study: Spoken, contents: Found, others: Sequence[str]) -> Section:
    """List the files beside the page; ``others`` are those that are no table and no figure."""
    entries = [Point("tables/tables.xlsx", study.say("files.workbook"))]
    entries += [Point(f"tables/{table.name}.csv", table.title) for table in contents.tables]
    entries += [Point(f"figures/{figure.name}.png", figure.title) for figure in contents.figures]
    entries += [Point(name, study.say(f"files.{Path(name).stem}")) for name in (*others, "manifest.json")]
    return Section(
        "files",
        study.say("section.files"),
        paragraphs=[study.say("files.text")],
        items=[Links(tuple(entries))],
    )


def reproduction(study: Spoken, options: Mapping[str, Any], version: str, command: str = "report") -> Section:
    """Give the command that makes the same report again."""
    return Section(
        "reproduce",
        study.say("section.reproduce"),
        paragraphs=[study.say("reproduce.text", version=version)],
        items=[Code(command_line(options, command))],
    )


def command_line(options: Mapping[str, Any], command: str = "report") -> str:
    """Return the command with these options; files are named without their folders.

    Examples
    --------
    >>> command_line({"relations": "my relations.csv", "level": "country", "map": ["kind=Art"]})
    "clusters report 'my relations.csv' --level country --map kind=Art"
    """
    parts = ["clusters", *command.split()]
    given = dict(options)
    parts += [str(given.pop(name)) for name in ARGUMENTS[command] if given.get(name)]
    for name, value in given.items():
        if value is None or value is False:
            continue
        for one in value if isinstance(value, list | tuple) else [value]:
            parts.append(f"--{name.replace('_', '-')}")
            parts += [] if one is True else [str(one)]
    return shlex.join(parts)
