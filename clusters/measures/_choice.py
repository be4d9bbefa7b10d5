"""Which kernels do the work: NumPy's, or the compiled ones of the extra ``clusters[fast]``.

Compiled kernels give the same results. Loading them takes a moment, the first time on a
machine some seconds, so they are used where they are installed and the input is large
enough to repay that. ``CLUSTERS_KERNELS`` forces the choice: ``numpy``, ``numba`` or
``auto``.
"""

from __future__ import annotations

import atexit
import importlib
import importlib.util
import os
import tempfile
from contextvars import ContextVar
from functools import cache
from typing import Any

from clusters import progress
from clusters.errors import UsageError
from clusters.sentences import Note

VARIABLE = "CLUSTERS_KERNELS"
CHOICES = ("auto", "numpy", "numba")
_OFTEN: ContextVar[bool] = ContextVar("often", default=False)


def compiled(name: str, *, repays: bool) -> Any | None:
    """Return the module of compiled kernels of a name where it shall be used, else ``None``.

    Parameters
    ----------
    name
        ``"triangles"`` stands for the module ``_triangles_numba``.
    repays
        Whether this input is large enough to repay loading the kernels.

    Raises
    ------
    UsageError
        ``CLUSTERS_KERNELS`` has an unknown value, or asks for numba where it is missing.
    """
    choice = chosen()
    repays = repays or _OFTEN.get()
    if choice == "numpy" or (choice == "auto" and not (repays and installed())):
        return None
    if not installed():
        raise UsageError(
            f"{VARIABLE}=numba, but numba is not installed",
            hint='pip install "clusters[fast]", or leave the variable unset',
        )
    progress.mention(Note("note.kernels", variable=VARIABLE))
    return _loaded(f"clusters.measures._{name}_numba")


def often() -> None:
    """Say that the same work will be done many times in this context, so kernels of any size repay."""
    _OFTEN.set(True)


def _loaded(module: str) -> Any:
    """Load a module of compiled kernels, also where no folder can be written to for their code."""
    try:
        return importlib.import_module(module)
    except RuntimeError:
        # Neither the package's folder nor the user's: keep the code for this process only.
        from numba import config

        config.CACHE_DIR = _folder()
        return importlib.import_module(module)


@cache
def _folder() -> str:
    """Return a folder that lasts as long as the process."""
    folder = tempfile.TemporaryDirectory(prefix="clusters-")
    atexit.register(folder.cleanup)
    return folder.name


def chosen() -> str:
    """Return what ``CLUSTERS_KERNELS`` asks for."""
    choice = os.environ.get(VARIABLE, "").strip().lower() or "auto"
    if choice not in CHOICES:
        raise UsageError(f"{VARIABLE}={choice!r} is not known; use {', '.join(CHOICES)}")
    return choice


@cache
def installed() -> bool:
    """Tell whether numba is there, without loading it."""
    return importlib.util.find_spec("numba") is not None
