"""The words that reading recognises; they stand in ``reference/vocabulary.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources


@cache
def words(section: str) -> dict[str, tuple[str, ...]]:
    """Return the words of each meaning of one section.

    Examples
    --------
    >>> words("flag")["false"][:3]
    ('false', 'no', 'n')
    """
    return {meaning: tuple(text.split()) for meaning, text in _content()[section].items()}


@cache
def meanings(section: str) -> dict[str, str]:
    """Return the meaning of each word of one section.

    Examples
    --------
    >>> meanings("kind")["人力资本"]
    'talent'
    """
    return {word: meaning for meaning, group in words(section).items() for word in group}


@cache
def _content() -> dict[str, dict[str, str]]:
    text = (resources.files("clusters.reference") / "vocabulary.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
