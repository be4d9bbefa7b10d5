"""Figures of a report as files, drawn by several processes when there are processors for it.

Each figure is drawn from its own arguments alone, so the files do not depend on how
many processes share the work or in which order they finish.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from pathlib import Path

from clusters.report.items import Figure

WORTH_A_POOL = 8
"""Fewer figures than this are drawn here: a process takes a second or two to start."""


@contextmanager
def drawn(
    figures: Sequence[Figure], folder: Path, *, lang: str = "en", synthetic: bool = False, workers: int = 1
) -> Iterator[None]:
    """Draw figures into ``folder`` while the block does something else; all are there when it ends.

    Each figure becomes ``NAME.png`` and ``NAME.svg``.

    Parameters
    ----------
    figures
        What to draw; names are distinct.
    folder
        Existing folder.
    lang
        Language of the words in the pictures.
    synthetic
        Mark every picture as one of synthetic data.
    workers
        Processes that draw. With one, the figures are drawn here, after the block.
    """
    done: set[str] = set()
    if workers > 1 and len(figures) >= WORTH_A_POOL:
        with _pool(min(workers, len(figures))) as pool:
            todo: dict[Future[None], str] = {}
            # Some systems allow no further process, or no memory for one: then one must do.
            with suppress(BrokenProcessPool):
                largest_first = sorted(figures, key=lambda f: -sum(map(len, f.tables.values())))
                todo.update((pool.submit(draw, f, folder, lang, synthetic), f.name) for f in largest_first)
            yield
            with suppress(BrokenProcessPool):
                for future in as_completed(todo):
                    future.result()
                    done.add(todo[future])
    else:
        yield
    for figure in figures:
        if figure.name not in done:
            draw(figure, folder, lang, synthetic)


def draw(figure: Figure, folder: Path, lang: str, synthetic: bool) -> None:
    """Draw one figure as PNG and SVG."""
    import matplotlib.pyplot as plt

    from clusters.figures import FontWarning, to_bytes

    with warnings.catch_warnings():
        # The page says once what the fonts cannot write; see ``figures.font_note``.
        warnings.simplefilter("ignore", FontWarning)
        axes = figure.spec.draw(figure.tables, lang=lang, synthetic=synthetic)
        for form in ("png", "svg"):
            (folder / f"{figure.name}.{form}").write_bytes(to_bytes(axes, form))
    plt.close(axes.get_figure(root=True))


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Give a pool that an interrupt ends at once instead of waiting for its work."""
    import multiprocessing

    # A fresh process has no threads or locks of this one (igraph, BLAS) to stumble over.
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_start)
    try:
        yield pool
    except BaseException:
        # Python before 3.14 has no public way to end workers at once.
        workers_now = list((pool._processes or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for process in workers_now:
            process.terminate()
        for process in workers_now:
            process.join()
        raise
    pool.shutdown()


def _start() -> None:
    """Leave Ctrl-C to the parent and draw without a screen."""
    import os
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["MPLBACKEND"] = "Agg"
