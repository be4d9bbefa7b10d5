"""Work on all cores at once, for kernels that let go of the interpreter."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

InOrder = Callable[[Callable[[Any], Any], Sequence[Any]], Iterator[Any]]


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def pool(workers: int | None = None) -> Iterator[InOrder]:
    """Yield a ``map`` that works on parts at once and gives their results in order.

    Results never depend on the number of workers. Parts that have not begun are given up
    when the block is left early, as by Ctrl-C.

    Examples
    --------
    >>> with pool(2) as each:
    ...     list(each(abs, [-1, -2, 3]))
    [1, 2, 3]
    """
    number = cores() if workers is None else workers
    if number < 2:
        yield map
        return
    executor = ThreadPoolExecutor(number)
    try:
        yield executor.map
    finally:
        executor.shutdown(wait=True, cancel_futures=True)
