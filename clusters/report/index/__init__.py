"""The page of a composite index: the ten steps of the OECD and the JRC, told of one index.

``write_index_report`` makes a folder with the page, every stage as CSV and in one workbook, figures
and a manifest. The same framework, table, options and seed give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from clusters.index.framework import Framework
from clusters.index.scoring import IndexResult
from clusters.intake.indicators import IndicatorTable
from clusters.intake.printed import PrintedScores
from clusters.report.folder import check_folder, staged_folder
from clusters.sentences import say

Progress = Callable[[int, int, str], None]
COMMAND = "index report"


def write_index_report(
    result: IndexResult,
    out: Path | str,
    *,
    title: str | None = None,
    lang: str = "en",
    draws: int = 1000,
    seed: int = 0,
    link: str | None = None,
    synthetic: bool = False,
    printed: PrintedScores | None = None,
    workers: int = 1,
    inputs: Sequence[Path] = (),
    options: Mapping[str, Any] | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Write the report of an index into a folder.

    Parameters
    ----------
    result
        Of ``index.scoring.score``.
    out
        Folder to make.
    title
        Title of the page; by default that of the framework.
    lang
        Language of all words: ``en`` or ``zh``.
    draws
        Draws behind the intervals of ranks; 0 leaves them out.
    seed
        Seed of the draws.
    link
        Column of the table of indicators, such as gross domestic product, that ranks are compared with.
    synthetic
        Say on the page and in the pictures that the data are made up.
    printed
        Published scores of the dimensions and totals (``intake.printed.read_printed``): the page then tells
        which weights explain them.
    workers
        Processes that draw figures.
    inputs
        Files that were read, for the manifest; only their names are recorded.
    options
        Options to record and to print as a command; by default those of this call.
    force
        Replace an existing report. Files in it that no report wrote are kept.
    progress
        Called before each step with steps done, steps in all and a text.

    Returns
    -------
    Path
        The page, ``index.html`` in ``out``.

    Raises
    ------
    UsageError
        The folder exists and may not be replaced.
    DataError
        The folder cannot be written, or the column to compare with is not there.

    References
    ----------
    Nardo et al. 2008, OECD/JRC handbook: the ten steps.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from clusters.index.frameworks import read_framework
    >>> from clusters.index.scoring import score
    >>> framework = read_framework({"indicator": [{"id": i, "parent": "total"} for i in "ab"]})
    >>> table = pd.DataFrame({"a": [1.0, 2, 5], "b": [2.0, 4, 3]}, index=["x", "y", "z"])
    >>> with tempfile.TemporaryDirectory() as place:
    ...     page = write_index_report(score(framework, table), Path(place) / "report", draws=20)
    ...     sorted(path.name for path in page.parent.iterdir())
    ['figures', 'index.html', 'manifest.json', 'tables']
    """
    from clusters.report.index.study import IndexStudy

    folder = Path(out)
    check_folder(folder, force=force)
    study = IndexStudy(
        result, lang=lang, draws=draws, seed=seed, link=link, synthetic=synthetic, printed=printed
    )
    if options is None:
        given = {"title": title, "lang": lang, "draws": draws, "seed": seed, "link": link}
        usual = {"title": None, "lang": "en", "draws": 1000, "seed": 0, "link": None}
        options = {"framework": result.framework.name, "indicators": result.table.file}
        options |= {name: value for name, value in given.items() if value != usual[name]}
    with staged_folder(folder, force=force) as stage:
        _fill(stage, study, title=title, workers=workers, inputs=inputs, options=options, progress=progress)
    return folder / "index.html"


def _fill(
    stage: Path,
    study: Any,
    *,
    title: str | None,
    workers: int,
    inputs: Sequence[Path],
    options: Mapping[str, Any],
    progress: Progress | None,
) -> None:
    """Write all files of a report into an empty folder."""
    from clusters import __version__
    from clusters.report import drawing, files, html, manifest, matter
    from clusters.report.index import findings, pages

    names = [*pages.SECTIONS, "files", "figures", "page"]
    tell = progress or (lambda done, steps, text: None)

    def step(name: str) -> None:
        tell(names.index(name), len(names), say(f"progress.{name}", study.lang))

    (stage / "figures").mkdir()
    with drawing.Drawing(
        stage / "figures", lang=study.lang, synthetic=study.synthetic, workers=workers
    ) as pictures:
        found = pages.build(study, tell=step, figures=pictures.add)
        step("files")
        files.write_tables(found.tables, stage / "tables", study.lang)
        files.write_workbook(found.tables, stage / "tables" / "tables.xlsx", study)
        step("figures")
    step("page")
    page = html.render(
        [
            findings.summary(study),
            *found.sections,
            findings.definitions(study),
            matter.reproduction(study, options, __version__, COMMAND),
            matter.files(study, found, []),
        ],
        title=title or study.title,
        lead=findings.lead(study),
        lang=study.lang,
        version=__version__,
        synthetic=study.synthetic,
        cards=findings.cards(study),
        footer=study.say("page.footer", version=__version__),
        figures=stage / "figures",
        banner="page.index_synthetic",
    )
    (stage / "index.html").write_text(page, encoding="utf-8", newline="\n")
    manifest.write_document(
        stage,
        command=COMMAND,
        options=options,
        inputs=inputs,
        seed=study.seed,
        draws={"ranks": study.draws if study.robust is not None else 0, "sobol": study.sobol_runs},
        synthetic=study.synthetic,
        table={"file": study.result.table.file, "values_sha256": _digest(study.result.table)},
        more={"framework": _described(study.framework), "warnings": list(study.result.warnings)},
    )
    tell(len(names), len(names), say("progress.done", study.lang))


def _digest(table: IndicatorTable) -> str:
    from clusters.report.manifest import digest_of

    return digest_of(table.frame.to_csv(lineterminator="\n"))


def _described(framework: Framework) -> dict[str, Any]:
    return {
        "name": framework.name,
        "source": framework.source,
        "indicators": len(framework.indicators),
        "aggregates": len(framework.aggregates),
        "steps": repr(framework.steps),
    }
