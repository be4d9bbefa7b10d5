"""Frameworks from files: what an index consists of, written so that a person can read and change it.

A framework is a TOML file, or a table of its nodes (see below). ``clusters index new`` writes a
commented one.

.. code-block:: toml

    [index]                       # everything here may be left out
    name = "my_index"
    title_en = "My index"
    title_zh = "我的指数"
    source = "where it comes from"
    note_en = "what a reader must know"
    note_zh = "读者须知"
    unit_en = "city"              # what is ranked
    unit_zh = "城市"
    unit_column = "city"          # column of the indicator table that names the units
    published = "kr36_2020"       # a published table of this index (clusters.published)
    mean = "arithmetic"           # or { method = "power", p = 2 }
    weights = "given"             # or "equal", "entropy", { method = "...", ... }
    weights_sum = "one"           # "any": weights of siblings are rescaled, whatever their sum
    minimum_share = 0.5           # least share of a parent's children that must have data
    by_year = false               # a panel: normalise every year by itself

    [[aggregate]]                 # an inner node; the one without a parent is the root
    id = "research"
    parent = "total"              # the root "total" need not be declared
    name_en = "Research"
    name_zh = "研发能力"
    weight = 0.25                 # among its siblings; left out: 1
    mean = "geometric"            # overrides the mean of the index

    [[indicator]]                 # a leaf: a column of the table, or a formula of columns
    id = "papers"
    parent = "research"
    name_en = "Papers"
    name_zh = "论文产出数量"
    direction = 1                 # -1: less is better
    weight = 1
    unit = "count"
    denominator = "population"    # column to divide by
    formula = "(journal + proceedings) / firms"
    normalise = { method = "min-max", range = [0, 1] }   # overrides [normalise]
    error = 0.05                  # relative standard error, for robustness

    [normalise]                   # default min-max to 0 ... 1
    method = "min-max"
    range = [0, 100]

    [impute]                      # default none: the mean of what is there
    method = "group_mean"
    groups = "region"

    [outliers]                    # left out: none are treated; empty: the default rule
    [screen]                      # left out: every unit is kept

    [tiers]
    method = "sizes"
    sizes = [10, 10, "rest"]
    names_en = ["first", "second", "third"]
    names_zh = ["第一梯队", "第二梯队", "第三梯队"]

A table (CSV, XLSX ...) has a row for every node: ``id, parent, name_en, name_zh, direction,
weight, denominator, formula``, or the columns of COINr's ``iMeta`` (``iCode, Parent, Level, Type,
Direction, Weight, Denominator ...``; its rows of groups and denominators are no nodes). It takes
the default steps.

Weights are relative to siblings. Equal ones and whole numbers are taken as they are; others are
shares and must sum to 1 (or 100), up to the rounding of their digits.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from clusters.errors import DataError
from clusters.index import _nodes, _trials
from clusters.index._choices import Choices
from clusters.index._hierarchy import read_hierarchy
from clusters.index._nodes import Raw, meant, near
from clusters.index._tree import ROOT, check_weights, tree
from clusters.index.framework import Framework
from clusters.intake import formula

TOML = ".toml"


def shipped() -> list[str]:
    """Return the names of the frameworks that come with the package.

    Examples
    --------
    >>> "kr36_2020" in shipped()
    True
    """
    return sorted(item.name.removesuffix(TOML) for item in _folder().iterdir() if item.name.endswith(TOML))


def read_framework(source: str | Path | Mapping[str, Any] | Framework) -> Framework:
    """Read a framework and check it.

    Parameters
    ----------
    source
        A shipped name, a TOML file, a table of the hierarchy (CSV, XLSX ...), or a mapping that holds
        what a TOML file holds. A framework is returned as it is.

    Raises
    ------
    DataError
        The first thing that is wrong, with file and node: a cycle, an unknown parent, key or method, an
        id that stands twice, weights that do not sum, a formula that cannot be read ...

    Examples
    --------
    >>> framework = read_framework({"indicator": [
    ...     {"id": "papers", "parent": "total"}, {"id": "patents", "parent": "total"}]})
    >>> framework.root, [node.id for node in framework.indicators]
    ('total', ['papers', 'patents'])
    """
    if isinstance(source, Framework):
        return source
    if isinstance(source, Mapping):
        return _framework(source, "framework", "framework")
    text = str(source)
    if _key(text) in shipped() and isinstance(source, str):
        return _from_toml(_folder() / f"{_key(text)}{TOML}", _key(text))
    path = Path(source)
    if not path.is_file():
        raise _absent(text, path)
    if path.suffix.lower() == TOML:
        return _from_toml(path, path.stem)
    file, nodes = read_hierarchy(path)
    return _built({}, nodes, file, path.stem)


def shipped_text(name: str) -> str:
    """Return a shipped framework as the text of its file, to begin one's own from."""
    if _key(name) not in shipped():
        raise DataError(f"no framework {name!r} is shipped", hint=meant(name, shipped()))
    return (_folder() / f"{_key(name)}{TOML}").read_text(encoding="utf-8")


def _folder() -> Traversable:
    return resources.files("clusters.reference") / "frameworks"


def _key(name: str) -> str:
    return name.strip().lower().replace("-", "_")


def _absent(text: str, path: Path) -> DataError:
    if path.is_dir():
        return DataError(f"{text} is a folder, not a framework", hint="name a file in it")
    files = [p.name for p in path.parent.iterdir() if p.is_file()] if path.parent.is_dir() else []
    guess = near(path.name, [*shipped(), *files])
    known = f"shipped: {', '.join(shipped())}"
    return DataError(
        f"{text!r} is neither a shipped framework nor a file",
        hint=f"is {guess} meant? {known}" if guess else known,
    )


def _from_toml(path: Path | Traversable, name: str) -> Framework:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8").removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise DataError(
            f"{path.name} is not TOML: {error}", hint='texts need quotes: name_zh = "论文产出数量"'
        ) from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path.name} is not UTF-8 (byte {error.start})", hint="save it as UTF-8") from None
    except OSError as error:
        raise DataError(f"{path.name} cannot be read ({error.strerror})") from None
    return _framework(content, path.name, name)


def _framework(content: Mapping[str, Any], file: str, name: str) -> Framework:
    nodes = [
        Raw(what, node, file, f"[[{what}]] {i}")
        for what in ("aggregate", "indicator")
        for i, node in enumerate(_listed(content, what, file), start=1)
    ]
    return _built(content, nodes, file, name)


def _listed(content: Mapping[str, Any], what: str, file: str) -> list[Mapping[str, Any]]:
    value = content.get(what, [])
    if not isinstance(value, list | tuple) or not all(isinstance(node, Mapping) for node in value):
        raise DataError(
            f"{file}: {what} is not a list of tables", hint=f"write [[{what}]] before each of them"
        )
    return list(value)


def _built(content: Mapping[str, Any], nodes: list[Raw], file: str, name: str) -> Framework:
    choices = Choices(content, file)
    texts = choices.texts()
    declared = [raw for raw in nodes if raw.what == "aggregate"]
    aggregates = [_nodes.aggregate(raw, choices.mean_of) for raw in declared]
    leaves = [raw for raw in nodes if raw.what == "indicator"]
    if not declared and not any("parent" in raw.content for raw in leaves):
        leaves = [Raw(raw.what, {**raw.content, "parent": ROOT}, raw.file, raw.place) for raw in leaves]
    indicators = [_nodes.indicator(raw, choices.normalisation) for raw in leaves]
    ordered = tree(indicators, aggregates, file)
    check_weights([*ordered, *indicators], file, sums=choices.sums)
    groups = {node.id for node in ordered}
    for raw, node in zip(leaves, indicators, strict=True):
        _check_columns(raw, node.id, node.formula, node.denominator, groups)
    framework = Framework(
        indicators=tuple(indicators),
        aggregates=ordered,
        steps=choices.steps(),
        tiers=choices.tiers(),
        **{"name": name, **texts},
    )
    _trials.whole(framework, file)
    return framework


def _check_columns(raw: Raw, own: str, text: str | None, denominator: str | None, groups: set[str]) -> None:
    """Refuse a formula that cannot be read and a denominator that cannot be one."""
    if text is not None:
        try:
            formula.parse(text)
        except DataError as error:
            shown = text if len(text) <= 80 else f"{text[:77]}..."
            raise raw.fault(f"has the formula {shown!r}: {error.args[0]}", error.hint) from None
    if denominator == own:
        raise raw.fault("has itself as denominator")
    if denominator in groups:
        raise raw.fault(
            f"has the aggregate {denominator!r} as denominator", "name a column of the table of indicators"
        )
