"""A whole report from one relation table: page, tables, figures, networks, manifest.

``write_report`` builds everything in a temporary folder and moves it into place when
it is complete. The same table, options and seed give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clusters.errors import UsageError
from clusters.relations import Relations
from clusters.report.folder import check_folder, staged_folder
from clusters.sentences import say

if TYPE_CHECKING:
    from clusters.index.scoring import IndexResult
    from clusters.report.study import Study

__all__ = ["check_folder", "write_report"]

Progress = Callable[[int, int, str], None]


def write_report(
    relations: Relations,
    out: Path | str,
    *,
    level: str | None = None,
    title: str | None = None,
    lang: str = "en",
    seed: int = 0,
    mode: str = "cumulative",
    parallel: str = "merge",
    years: Sequence[int] | None = None,
    replicates: int = 200,
    null: int | None = None,
    resamples: int | None = None,
    index: IndexResult | None = None,
    index_level: str = "",
    workers: int = 1,
    inputs: Sequence[Path] = (),
    options: Mapping[str, Any] | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Write the report of a relation table into a folder.

    Parameters
    ----------
    relations
        Checked table, as ``read_relations`` or ``sample`` give it.
    out
        Folder to make. Missing folders above it are made too.
    level
        Place level of the flow tables; by default province, else country, city, region.
    title
        Title of the page; by default the name of the table.
    lang
        Language of all words: ``en`` or ``zh``.
    seed
        Seed of everything random: communities, positions, replicates.
    mode, parallel, years
        Which relations one network holds, what counts as one edge, which years are reported:
        as in ``networks.by_mode``.
    replicates
        Bootstrap replicates of the power-law test; 0 leaves it untested.
    null
        Random networks that the last year's is compared with, 0 for none; by default 20 up to
        200,000 edges, none beyond.
    resamples
        Samples of enterprises from which intervals are made, 0 for none (then nothing is left out to
        see what moves, either); by default 100 up to 200,000 edges, none beyond.
    index
        Result of ``index.scoring.score`` for places, which gets a section of its own.
    index_level
        Place level of its indicators where they are network indicators of this table.
    workers
        Processes that draw. With more than one, they do so while the tables are computed; a
        script that calls this then needs the usual ``if __name__ == "__main__"``.
    inputs
        Files the table came from, for the manifest; only their names are recorded.
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
        The folder exists and may not be replaced, or the table lacks what was asked for.
    DataError
        The folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from clusters.relations import from_frame
    >>> table = from_frame(pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "year": [2021, 2022]}))
    >>> with tempfile.TemporaryDirectory() as place:
    ...     page = write_report(table, Path(place) / "report")
    ...     sorted(path.name for path in page.parent.iterdir())  # doctest: +NORMALIZE_WHITESPACE
    ['figures', 'index.html', 'manifest.json', 'network.gexf', 'network_dynamic.gexf', 'tables']
    """
    from clusters.report.study import Study, main_level

    folder = Path(out)
    check_folder(folder, force=force)
    if not len(relations):
        raise UsageError("the table has no relation in use, so there is nothing to report")
    if resamples == 1:
        raise UsageError("one sample of enterprises gives no interval", hint="draw 2 or more, or 0 for none")
    chosen = main_level(relations, level)
    study = Study(
        relations,
        lang=lang,
        level=chosen,
        mode=mode,
        parallel=parallel,
        years=years,
        seed=seed,
        replicates=replicates,
        null=null,
        resamples=resamples,
        index=index,
        index_level=index_level,
    )
    if options is None:
        given = {"level": level, "title": title, "lang": lang, "mode": mode, "parallel": parallel}
        usual = {"lang": "en", "mode": "cumulative", "parallel": "merge"}
        options = {name: value for name, value in given.items() if value != usual.get(name)}
        options |= {"seed": seed} if seed else {}
        drawn = {"replicates": (replicates, 200), "null": (null, None), "resamples": (resamples, None)}
        options |= {name: value for name, (value, usual) in drawn.items() if value != usual}
    with staged_folder(folder, force=force) as stage:
        _fill(stage, study, title=title, workers=workers, inputs=inputs, options=options, progress=progress)
    return folder / "index.html"


def _fill(
    stage: Path,
    study: Study,
    *,
    title: str | None,
    workers: int,
    inputs: Sequence[Path],
    options: Mapping[str, Any],
    progress: Progress | None,
) -> None:
    """Write all files of a report into an empty folder."""
    from clusters import __version__
    from clusters.report import contents, drawing, files, html, manifest, matter, summary
    from clusters.report.sections import flow_structure, organisations

    steps = _Steps(progress, [*contents.SECTIONS, "files", "figures", "page"], study.lang)
    (stage / "figures").mkdir()
    with drawing.Drawing(
        stage / "figures", lang=study.lang, synthetic=study.relations.synthetic, workers=workers
    ) as pictures:
        found = contents.build(study, tell=steps, figures=pictures.add)
        steps("files")
        files.write_tables(found.tables, stage / "tables", study.lang)
        files.write_workbook(found.tables, stage / "tables" / "tables.xlsx", study)
        networks = files.write_networks(study, stage)
        rows = files.write_rows(study, stage)
        steps("figures")
    steps("page")
    title = title or matter.title(study)
    account = found.sections[0]
    account.paragraphs, how = matter.reading(study)
    account.items += [how] if how.entries else []
    page = html.render(
        [
            matter.summary(found),
            *found.sections,
            matter.definitions(study),
            matter.reproduction(study, options, __version__),
            matter.files(study, found, [*networks, *rows]),
        ],
        title=title,
        lead=matter.lead(study),
        lang=study.lang,
        version=__version__,
        synthetic=study.relations.synthetic,
        cards=summary.cards(found.facts, study.lang),
        footer=study.say("page.footer", version=__version__),
        figures=stage / "figures",
    )
    (stage / "index.html").write_text(page, encoding="utf-8", newline="\n")
    manifest.write_manifest(
        stage,
        study.relations,
        options=options,
        inputs=inputs,
        seed=study.seed,
        draws={
            "power_law_replicates": study.replicates,
            "random_networks": study.random_networks,
            "samples_of_enterprises": study.samples,
            "sensitivity_repeats": organisations.REPEATS if study.samples else 0,
            "permutations_of_places": (
                flow_structure.PERMUTATIONS if any(t.name == "mixing" for t in found.tables) else 0
            ),
        },
    )
    steps.done()


class _Steps:
    """Tells the caller which step begins."""

    def __init__(self, progress: Progress | None, names: Sequence[str], lang: str) -> None:
        self.progress = progress or (lambda done, steps, text: None)
        self.names = list(names)
        self.lang = lang

    def __call__(self, name: str) -> None:
        self.progress(self.names.index(name), len(self.names), say(f"progress.{name}", self.lang))

    def done(self) -> None:
        self.progress(len(self.names), len(self.names), say("progress.done", self.lang))
