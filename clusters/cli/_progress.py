"""Progress of long work on stderr: one line that is rewritten, or now and then a line."""

from __future__ import annotations

import contextlib
import math
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from clusters.cli._terminal import say_aside, visible

if TYPE_CHECKING:
    from clusters.progress import Progress

AFTER = 0.7
"""Seconds of work before anything is shown on a terminal."""
EVERY = 10.0
"""Seconds between lines where stderr is a file or a pipe."""
ERASE = "\r\x1b[K"


@contextlib.contextmanager
def shown(lang: str, *, quiet: bool) -> Iterator[None]:
    """Show the progress of the work in this block."""
    from clusters import progress
    from clusters.sentences import in_language, say

    if quiet:
        yield
        return
    line = _Line(lang) if sys.stderr.isatty() else _Lines(lang)
    said: set[str] = set()

    def hear(what: str) -> None:
        if what not in said:
            said.add(what)
            line.end()
            say_aside(say("note.said", lang, text=in_language(what, lang)))

    try:
        with progress.told(line.tell, hear):
            yield
    finally:
        line.end()


def text(word: Progress, lang: str) -> str:
    """Say how far a piece of work is, how fast it goes and how long it will still take."""
    from clusters.progress import span
    from clusters.sentences import in_language, number, say

    rate = number(round(word.rate), "count", lang) if word.rate >= 10 else f"{word.rate:.1f}"
    left = span(0 if math.isnan(word.remaining) else word.remaining)
    return say(
        "progress.line",
        lang,
        what=in_language(word.what, lang),
        done=min(1.0, word.done / word.total) if word.total else 1.0,
        rate=f"{rate} MB" if word.unit == "MB" else rate,
        left=in_language(left, lang),
    )


class _Line:
    """One line of a terminal, rewritten in place and gone when the work is done."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.there = False

    def tell(self, word: Progress) -> None:
        if word.done >= word.total:
            self.end()
        elif word.seconds >= AFTER:
            typer.echo(ERASE + visible(text(word, self.lang)), err=True, nl=False)
            self.there = True

    def end(self) -> None:
        if self.there:
            typer.echo(ERASE, err=True, nl=False)
            self.there = False


class _Lines:
    """A line every ten seconds, for logs."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.said = 0.0

    def tell(self, word: Progress) -> None:
        if word.seconds < self.said:
            self.said = 0.0  # another piece of work has begun
        if word.done < word.total and word.seconds >= self.said + EVERY:
            self.said = word.seconds
            say_aside(text(word, self.lang))

    def end(self) -> None:
        self.said = 0.0
