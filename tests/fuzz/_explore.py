"""A small coverage-guided fuzzer: inputs that reach new lines of the package are kept and changed further.

The same seed gives the same inputs on every machine with the same Python. An input is a string of
bytes; what is done with it, and what has to hold then, is the target's business: it raises nothing
but ``AssertionError`` where something is wrong.
"""

from __future__ import annotations

import contextlib
import random
import re
import signal
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType

import clusters

ROOT = str(Path(clusters.__file__).parent)
LONGEST = 2000
"""Bytes of an input: faults show in small ones, and small ones are quick."""
SECONDS = 5.0
"""CPU seconds after which an input counts as a hang."""

Target = Callable[[bytes], None]


class HangError(BaseException):
    """An input took too long; no ``except Exception`` may swallow it."""


@dataclass
class Fault:
    """Something that went wrong, with the first input that shows it."""

    data: bytes
    said: str


@dataclass
class Outcome:
    """What an exploration found."""

    runs: int = 0
    kept: list[bytes] = field(default_factory=list)
    lines: set[tuple[CodeType, int]] = field(default_factory=set)
    faults: dict[str, Fault] = field(default_factory=dict)

    def report(self) -> str:
        """Return every different fault with its input, ready to become a test."""
        return "\n".join(f"{fault.said}\n  input: {fault.data!r}" for fault in self.faults.values())


def explore(
    target: Target,
    seeds: Sequence[bytes],
    *,
    runs: int,
    seed: int = 0,
    tokens: Sequence[bytes] = (),
    most_faults: int = 10,
) -> Outcome:
    """Run a target on the seeds and on ``runs`` inputs in all, guided by the lines that they reach."""
    chance = random.Random(seed)
    outcome = Outcome()
    corpus = list(seeds)
    for data in seeds:
        _run(target, data, outcome)
    while outcome.runs < runs and len(outcome.faults) < most_faults:
        # What reached something new last is changed more often.
        at = max(chance.randrange(len(corpus)), chance.randrange(len(corpus)))
        data = mutated(corpus[at], corpus, tokens, chance)
        if _run(target, data, outcome):
            corpus.append(data)
            outcome.kept.append(data)
    return outcome


def _run(target: Target, data: bytes, outcome: Outcome) -> bool:
    """Run one input; tell whether it reached a line that none reached before."""
    known = len(outcome.lines)
    outcome.runs += 1
    try:
        with warnings.catch_warnings(), _limited(), _watched(outcome.lines):
            warnings.simplefilter("error")
            target(data)
    except (Exception, HangError) as error:
        where = traceback.extract_tb(error.__traceback__)
        ours = [f for f in where if f.filename.startswith(ROOT)] or where[-1:]
        said = f"{type(error).__name__}: {str(error)[:300]}"
        place = f"{ours[-1].filename.removeprefix(ROOT)}:{ours[-1].lineno}"
        outcome.faults.setdefault(f"{type(error).__name__} {place}", Fault(data, f"{place}: {said}"))
    return len(outcome.lines) > known


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    """Stop after ``SECONDS`` of CPU time (other work on the machine does not count)."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise HangError(f"more than {SECONDS:g} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextlib.contextmanager
def _watched(lines: set[tuple[CodeType, int]]) -> Iterator[None]:
    """Note which lines of the package run."""
    add = lines.add

    def line(frame: FrameType, event: str, argument: object) -> object:
        if event == "line":
            add((frame.f_code, frame.f_lineno))
        return line

    def call(frame: FrameType, event: str, argument: object) -> object:
        return line if frame.f_code.co_filename.startswith(ROOT) else None

    before = sys.gettrace()
    sys.settrace(call)  # type: ignore[arg-type]
    try:
        yield
    finally:
        sys.settrace(before)


def mutated(data: bytes, corpus: Sequence[bytes], tokens: Sequence[bytes], chance: random.Random) -> bytes:
    """Return a changed copy: bits, bytes, blocks, lines, tokens, and parts of other inputs."""
    work = bytearray(data)
    for _ in range(1 + chance.randrange(4)):
        chance.choice(_CHANGES)(work, corpus, tokens or (b"\0",), chance)
    return bytes(work[:LONGEST])


def _span(work: bytearray, chance: random.Random, longest: int = 40) -> slice:
    start = chance.randrange(len(work) + 1)
    return slice(start, start + chance.randrange(longest + 1))


def _flip(work: bytearray, corpus: Sequence[bytes], tokens: Sequence[bytes], chance: random.Random) -> None:
    if work:
        work[chance.randrange(len(work))] ^= 1 << chance.randrange(8)


def _byte(work: bytearray, corpus: Sequence[bytes], tokens: Sequence[bytes], chance: random.Random) -> None:
    work[_span(work, chance, 1)] = bytes([chance.randrange(256)])


def _insert(work: bytearray, corpus: Sequence[bytes], tokens: Sequence[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(work) + 1)
    work[at:at] = chance.choice(tokens)


def _replace(
    work: bytearray, corpus: Sequence[bytes], tokens: Sequence[bytes], chance: random.Random
) -> None:
    work[_span(work, chance, 8)] = chance.choice(tokens)


def _delete(work: bytearray, corpus: Sequence[bytes], tokens: Sequence[bytes], chance: random.Random) -> None:
    del work[_span(work, chance)]


def _double(work: bytearray, corpus: Sequence[bytes], tokens: Sequence[bytes], chance: random.Random) -> None:
    piece = work[_span(work, chance)]
    at = chance.randrange(len(work) + 1)
    work[at:at] = piece * (1 + chance.randrange(3))


def _splice(work: bytearray, corpus: Sequence[bytes], tokens: Sequence[bytes], chance: random.Random) -> None:
    other = chance.choice(corpus)
    start = chance.randrange(len(other) + 1)
    at = chance.randrange(len(work) + 1)
    work[at:] = other[start:]


def _lines(work: bytearray, corpus: Sequence[bytes], tokens: Sequence[bytes], chance: random.Random) -> None:
    lines = bytes(work).splitlines(keepends=True)
    if lines:
        line = lines.pop(chance.randrange(len(lines)))
        for _ in range(chance.randrange(3)):
            lines.insert(chance.randrange(len(lines) + 1), line)
        work[:] = b"".join(lines)


def _cell(work: bytearray, corpus: Sequence[bytes], tokens: Sequence[bytes], chance: random.Random) -> None:
    """Put a token in place of one cell of one line."""
    lines = bytes(work).split(b"\n")
    at = chance.randrange(len(lines))
    mark = next((m for m in (b",", b"\t", b";", b"|", b" ") if m in lines[at]), b",")
    cells = lines[at].split(mark)
    cells[chance.randrange(len(cells))] = chance.choice(tokens)
    lines[at] = mark.join(cells)
    work[:] = b"\n".join(lines)


def _value(work: bytearray, corpus: Sequence[bytes], tokens: Sequence[bytes], chance: random.Random) -> None:
    """Put a token in place of a quoted value, or of the text between two tags."""
    found = list(_VALUES.finditer(work))
    if found:
        match = chance.choice(found)
        work[match.start() + 1 : match.end() - 1] = chance.choice(tokens)


_VALUES = re.compile(rb'"[^"\n]*"|>[^<\n]*<')
_CHANGES = (
    *(_flip, _byte, _insert, _insert, _replace, _delete, _double, _splice),
    *(_lines, _lines, _cell, _cell, _value, _value),
)
