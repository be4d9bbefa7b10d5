"""Figures of a report as files, drawn by other processes while the tables are still computed.

Each figure is drawn from its own tables alone, so the files do not depend on how many
processes share the work or in which order they finish.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from clusters.report.items import Figure

WORTH_A_POOL = 12
"""Fewer figures than this are drawn here: a process takes a second or two to start."""


class Drawing:
    """Draws figures into a folder; when the ``with`` block ends well, all of them are there.

    Each figure becomes ``NAME.png`` and ``NAME.svg``. An error or an interrupt in the
    block ends the other processes at once.

    Parameters
    ----------
    folder
        Existing folder.
    lang
        Language of the words in the pictures.
    synthetic
        Mark every picture as one of synthetic data.
    workers
        Processes that draw. With one, the figures are drawn here, at the end of the block.
    """

    def __init__(self, folder: Path, *, lang: str = "en", synthetic: bool = False, workers: int = 1) -> None:
        self.folder, self.lang, self.synthetic, self.workers = folder, lang, synthetic, workers
        self._waiting: list[Figure] = []
        self._begun: dict[Future[None], Figure] = {}
        self._pool: ProcessPoolExecutor | None = None

    def add(self, figures: Sequence[Figure]) -> None:
        """Draw these figures too, the ones with the largest tables first."""
        self._waiting += sorted(figures, key=lambda f: -sum(map(len, f.tables.values())))
        if self.workers < 2 or (self._pool is None and len(self._waiting) < WORTH_A_POOL):
            return
        # Some systems allow no further process, or no memory for one: then one must do.
        with suppress(BrokenProcessPool, OSError):
            self._pool = self._pool or _started(self.workers)
            while self._waiting:
                figure = self._waiting[0]
                task = self._pool.submit(draw, figure, self.folder, self.lang, self.synthetic)
                self._begun[task] = self._waiting.pop(0)

    def __enter__(self) -> Drawing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self._end()

    def _finish(self) -> None:
        with suppress(BrokenProcessPool):
            for task in as_completed(list(self._begun)):
                task.result()
                del self._begun[task]
        for figure in [*self._begun.values(), *self._waiting]:
            draw(figure, self.folder, self.lang, self.synthetic)

    def _end(self) -> None:
        """End the processes without waiting for work that is left."""
        if self._pool is None:
            return
        # Python before 3.14 has no public way to end workers at once.
        processes = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()


def draw(figure: Figure, folder: Path, lang: str, synthetic: bool) -> None:
    """Draw one figure as PNG and SVG."""
    from clusters.figures import FontWarning, settled, to_bytes

    with warnings.catch_warnings():
        # The page says once what the fonts cannot write; see ``figures.font_note``.
        warnings.simplefilter("ignore", FontWarning)
        axes = figure.spec.draw(figure.tables, lang=lang, synthetic=synthetic)
        axes = settled(axes)  # laid out once for both files
        (folder / f"{figure.name}.png").write_bytes(to_bytes(axes, "png"))
        (folder / f"{figure.name}.svg").write_bytes(to_bytes(axes, "svg"))


def _started(workers: int) -> ProcessPoolExecutor:
    import multiprocessing

    # A fresh process has no threads or locks of this one (igraph, BLAS) to stumble over.
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """Leave Ctrl-C to the parent and draw without a screen."""
    import os
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ["MPLBACKEND"] = "Agg"
