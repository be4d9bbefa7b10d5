"""Notebooks run from top to bottom, carry no output, and equal their text form."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.py"))


@pytest.mark.parametrize("script", NOTEBOOKS, ids=lambda p: p.stem)
def test_cells_run_as_a_script(script):
    runpy.run_path(str(script))


@pytest.mark.parametrize("script", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_and_text_form_say_the_same_without_output(script):
    import jupytext

    notebook = jupytext.read(script.with_suffix(".ipynb"))
    text = jupytext.read(script)
    assert [(c.cell_type, c.source) for c in notebook.cells] == [(c.cell_type, c.source) for c in text.cells]
    assert all(not c.get("outputs") and c.get("execution_count") is None for c in notebook.cells)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("script", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_runs_in_a_kernel(script):
    import jupytext
    from nbclient import NotebookClient

    NotebookClient(jupytext.read(script.with_suffix(".ipynb")), timeout=600, kernel_name="python3").execute()
