"""Text for a terminal: what names and cells of a table could do to it is spelled out."""

from __future__ import annotations

import re

import typer

# All control characters but tab and line feed, marks that turn a line around, and halves of characters.
_ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    r"""Return text that does nothing to a terminal but stand there.

    Examples
    --------
    >>> print(visible("a\x1b[31mb\u202ec"))
    a\x1b[31mb\u202ec
    """
    return _ACTING.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def say_aside(text: str) -> None:
    """Write a message to stderr."""
    typer.echo(visible(text), err=True)
