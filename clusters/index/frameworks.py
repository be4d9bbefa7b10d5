"""Frameworks from files."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from importlib import resources
from pathlib import Path
from typing import Any

from clusters.errors import DataError
from clusters.index.framework import Aggregate, Framework, Indicator, Normalisation, Steps, TierRule


def shipped() -> list[str]:
    """Return the names of the frameworks that come with the package."""
    folder = resources.files("clusters.reference") / "frameworks"
    return sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))


def read_framework(source: str | Path | Mapping[str, Any] | Framework) -> Framework:
    """Read a framework: a shipped name, a TOML file, or what such a file holds."""
    if isinstance(source, Framework):
        return source
    if isinstance(source, Mapping):
        return _built(source, "framework")
    if str(source) in shipped():
        file = resources.files("clusters.reference") / "frameworks" / f"{source}.toml"
        return _built(tomllib.loads(file.read_text(encoding="utf-8")), str(source))
    try:
        text = Path(source).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise DataError(f"{source} cannot be read ({error})") from None
    return _built(tomllib.loads(text), Path(source).stem)


def _built(content: Mapping[str, Any], name: str) -> Framework:
    index = dict(content.get("index", {}))
    tiers = dict(content.get("tiers", {}))
    aggregates = [Aggregate(**{"parent": None, **node}) for node in content.get("aggregate", [])]
    impute = dict(content.get("impute", {}))
    indicators = [
        Indicator(**{**node, "normalise": _normalisation(node["normalise"]) if "normalise" in node else None})
        for node in content["indicator"]
    ]
    if not any(node.parent is None for node in aggregates):
        aggregates.insert(0, Aggregate("total", None))
    ordered = [node for node in aggregates if node.parent is None]
    for above in ordered:
        ordered += [node for node in aggregates if node.parent == above.id]
    steps = Steps(
        screen=content.get("screen"),
        impute=impute.pop("method", "none"),
        impute_options=impute,
        outliers=content.get("outliers"),
        normalise=_normalisation(content.get("normalise", {})),
        **{key: index[key] for key in (f.name for f in fields(Steps)) if key in index},
    )
    words = ("title_en", "title_zh", "source", "note_en", "note_zh", "unit_column", "published")
    return Framework(
        name=index.get("name", name),
        indicators=tuple(indicators),
        aggregates=tuple(ordered),
        steps=steps,
        tiers=TierRule(
            tiers.pop("method"),
            names_en=tuple(tiers.pop("names_en", ())),
            names_zh=tuple(tiers.pop("names_zh", ())),
            options=tiers,
        )
        if tiers
        else None,
        **{key: index[key] for key in words if key in index},
    )


def _normalisation(content: Mapping[str, Any]) -> Normalisation:
    options = dict(content)
    return Normalisation(options.pop("method", "min-max"), options)
