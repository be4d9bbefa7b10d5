"""Word of long work to whoever listens: what is done, how fast, how much longer.

Functions announce long work with ``task``; a program that wants to know listens with
``told``. Where nobody listens, announcing costs next to nothing and prints nothing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from clusters.sentences import Note

EVERY = 0.2
"""Least seconds between two words to the listener."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one piece of work is."""

    what: str
    """The work, as a sentence or a bilingual ``Note``."""
    done: float
    total: float
    unit: str
    """What is counted: a unit of the label table, or ``MB``."""
    seconds: float
    """Since the work began."""

    @property
    def rate(self) -> float:
        """Units per second; 0 at the beginning."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def remaining(self) -> float:
        """Seconds still needed at this rate; NaN as long as nothing is done."""
        return (self.total - self.done) / self.rate if self.rate > 0 else float("nan")


def span(seconds: float) -> Note:
    """Say a length of time as people do, in one unit.

    Examples
    --------
    >>> [str(span(seconds)) for seconds in (0.2, 14, 200, 9000, 400_000)]
    ['1 second', '14 seconds', '3 minutes', '3 hours', '5 days']
    """
    for unit, size, upto in (("seconds", 1, 90), ("minutes", 60, 90), ("hours", 3600, 48)):
        if seconds < upto * size:
            return Note(f"span.{unit}", n=max(1, math.floor(seconds / size + 0.5)))
    return Note("span.days", n=math.floor(seconds / 86_400 + 0.5))


Listener = Callable[[Progress], None]
Hearer = Callable[[str], None]
_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)
_HEARER: ContextVar[Hearer | None] = ContextVar("hearer", default=None)


@contextmanager
def told(listener: Listener, hearer: Hearer | None = None) -> Iterator[None]:
    """Tell a listener of the work done in this block, and a hearer what is mentioned beside it.

    Examples
    --------
    >>> heard = []
    >>> with told(heard.append), task("counting", total=2) as done:
    ...     done(2)
    >>> [(word.what, word.done, word.total) for word in heard]
    [('counting', 2, 2)]
    """
    listening, hearing = _LISTENER.set(listener), _HEARER.set(hearer)
    try:
        yield
    finally:
        _LISTENER.reset(listening)
        _HEARER.reset(hearing)


def mention(what: str) -> None:
    """Say something about how the work is done that does not change its result.

    Examples
    --------
    >>> heard = []
    >>> with told(print, heard.append):
    ...     mention("by hand")
    >>> heard
    ['by hand']
    """
    hearer = _HEARER.get()
    if hearer is not None:
        hearer(what)


def silence() -> None:
    """Tell nobody of the work in this context: it is a part of what is announced elsewhere."""
    _LISTENER.set(None)


@contextmanager
def task(what: str, *, total: float, unit: str = "count") -> Iterator[Callable[[float], None]]:
    """Announce work; call what this yields with all that is done so far.

    Parameters
    ----------
    what
        The work, as a ``sentences.Note`` where people of either language may listen.
    total
        All there is to do, in the unit of the later calls.
    unit
        What is counted.
    """
    listener = _LISTENER.get()
    if listener is None:
        yield lambda done: None
        return
    start = time.monotonic()
    last = start - EVERY

    def tell(done: float) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= EVERY or done >= total:
            last = now
            listener(Progress(what, done, total, unit, now - start))

    yield tell
