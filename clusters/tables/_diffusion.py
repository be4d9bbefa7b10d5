"""Diffusion (扩散) by year: how many places take a technology, how evenly, within or across; in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.errors import UsageError
from clusters.measures import spread as measures
from clusters.measures.intervals import FEWEST, Intervals, cluster_bootstrap
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables._diffused import Choice, Floats, Study, finished, study
from clusters.tables._intervals import who
from clusters.tables._polarisation import _about
from clusters.tables._polarised import _enterprises
from clusters.tables._reading import Change, change_table, paragraph, with_mirror_image

Table = Literal["yearly", "reading"]
REACH = ("places_reached", "reached_share")
"""What gets no interval: resamples know fewer enterprises, so they never reach as far."""
READ = ("taking_hhi", "intra_share", "poles_target")
"""What the words are about: what a growing number of relations does not move by itself.

Effective places and the Gini coefficient of places are not among them: in a population without any
change they rise or fall with the relations known (``_reading.with_mirror_image``).
"""
SPREADING = {"taking_hhi": "fell", "poles_target": "fell"}
"""What happens to a number when a technology spreads."""
NAN = float("nan")


def diffusion(
    relations: Relations,
    *,
    table: Table = "yearly",
    replicates: int | None = None,
    seed: int = 0,
    **choice: Unpack[Choice],
) -> pd.DataFrame:
    """Tabulate how far technology is spread over the places that take it, by year.

    Parameters
    ----------
    relations
        Checked relations with years.
    table
        ``yearly``, or ``reading``: the last year less the first, and one paragraph in the notes.
    replicates, seed
        Samples of enterprises for 95 % intervals, and their seed; ``None`` for no intervals. The same
        samples serve all years, so that differences of two years have intervals too.
    choice
        ``level``: place level, default province. ``by``: a class of relations, such as ``technology``; one
        row per class and year. ``kinds``: kinds of relations, by default technology where the table has it
        (decision D2). ``cumulative``: relations up to each year (default), else those of the year alone.
        ``years``: years to report. ``foreign``: as in ``flows``. ``poles``: places, by default the two that
        most flows of the last year touch.

    Returns
    -------
    DataFrame
        ``year`` (after ``class`` with ``by``), ``relations``, ``places`` that could take something (at the
        level province the 31 of the mainland), ``places_reached``, ``reached_share``, and of what is taken
        ``taking_hhi``, ``taking_entropy``, ``taking_effective`` (e to it), ``taking_gini``; ``intra_share``,
        ``poles_target``, ``poles_touching``. With intervals ``X_low`` and ``X_high`` behind all but the
        reach. NaN where nothing is taken.

    References
    ----------
    Nankai report 2023, chapter 6; methods S5.

    Examples
    --------
    >>> from clusters.relations import from_frame
    >>> frame = pd.DataFrame({"source": list("aab"), "target": list("bca"), "year": [2020, 2021, 2021]})
    >>> frame = frame.assign(source_city=["深圳市"] * 2 + ["北京市"], target_city=["北京市"] * 2 + ["深圳市"])
    >>> found = diffusion(from_frame(frame), level="city")
    >>> found[["year", "places_reached", "taking_effective"]].round(3).values.tolist()
    [[2020.0, 1.0, 1.0], [2021.0, 2.0, 1.89]]
    """
    if table not in ("yearly", "reading"):
        raise ValueError(f"table {table!r} is not known; use yearly or reading")
    found = study(relations, **choice)
    if table == "reading" and len(found.years) < 2:
        raise UsageError(Note("note.reading_years", year=found.years[0]))
    drawn = _drawn(found, replicates, seed) if replicates else None
    notes = [*found.notes, *_about_poles(found, choice.get("poles")), *_about_intervals(found, drawn)]
    changes = _changes(found, drawn) if len(found.years) > 1 else []
    if table == "reading":
        result = change_table(changes, by="class" if found.groups != [None] else None)
        return finished(result, [*notes, _words(found, changes)])
    if drawn is not None and changes:
        notes.append(_words(found, changes))
    return finished(_yearly(found, drawn), notes)


def _statistics(found: Study, weights: Floats | None = None) -> Floats:
    """Return the numbers of ``measures.NAMES`` by class and year, numbers first."""
    given, taken, own, inside = found.flows.margins(weights)
    poles = np.zeros(taken.shape[-1], dtype=bool)
    poles[list(found.flows.poles)] = True
    touching = given[..., poles].sum(axis=-1) + taken[..., poles].sum(axis=-1) - inside
    spread = measures.spread_of(taken, own.sum(axis=-1), poles, touching).stacked()
    spread[measures.NAMES.index("reached_share")] *= taken.shape[-1] / max(len(found.universe), 1)
    return spread


def _drawn(found: Study, replicates: int, seed: int) -> Intervals:
    """Draw intervals of all numbers, and of the last year less the first."""

    def statistic(weights: Floats) -> Floats:
        numbers = _statistics(found, weights)
        return np.concatenate([numbers.ravel(), (numbers[..., -1] - numbers[..., 0]).ravel()])

    return cluster_bootstrap(statistic, found.flows.clusters, replicates=replicates, seed=seed)


def _ends(found: Study, drawn: Intervals) -> tuple[list[Floats], list[Floats]]:
    """Return low and high ends of the numbers, and of their changes; NaN where they are not to be had."""
    shape = (len(measures.NAMES), len(found.groups), len(found.years))
    few = _enterprises(found.flows) < FEWEST
    cut = np.prod(shape)
    numbers = [end[:cut].reshape(shape).copy() for end in (drawn.low, drawn.high)]
    changes = list(with_mirror_image(*(end[cut:] for end in (drawn.value, drawn.low, drawn.high))))
    for i, end in enumerate(numbers):
        end[[name in REACH for name in measures.NAMES]] = NAN
        end[:, few] = NAN
        changes[i] = changes[i].reshape(shape[:2])
        changes[i][[name not in READ for name in measures.NAMES]] = NAN
        changes[i][:, few[:, 0] | few[:, -1]] = NAN
    if found.flows.poles_move:  # chosen for what they have in the last year: that it rose is no news
        for end in changes:
            end[[name.startswith("poles_") for name in measures.NAMES]] = NAN
    return numbers, changes


def _yearly(found: Study, drawn: Intervals | None) -> pd.DataFrame:
    table = found.keys()
    table["relations"] = found.flows.margins()[1].sum(axis=-1).ravel()
    table["places"] = len(found.universe)
    values = _statistics(found)
    low, high = (None, None) if drawn is None else _ends(found, drawn)[0]
    for i, name in enumerate(measures.NAMES):
        table[name] = values[i].ravel()
        if low is not None and high is not None and name not in REACH:
            table[f"{name}_low"], table[f"{name}_high"] = low[i].ravel(), high[i].ravel()
    table["places_reached"] = table["places_reached"].astype(np.int64)
    return table


def _changes(found: Study, drawn: Intervals | None) -> list[Change]:
    values = _statistics(found)
    nothing: NDArray[np.float64] = np.full(values.shape[:2], NAN)
    low, high = (nothing, nothing) if drawn is None else _ends(found, drawn)[1]
    return [
        Change(
            name,
            found.years[0],
            found.years[-1],
            float(values[i, g, 0]),
            float(values[i, g, -1]),
            float(low[i, g]),
            float(high[i, g]),
            group,
        )
        for g, group in enumerate(found.groups)
        for i, name in ((measures.NAMES.index(name), name) for name in READ)
    ]


def _words(found: Study, changes: Sequence[Change]) -> Note:
    """Say in one paragraph which way things went, how far, and how sure that is."""
    opening = Note("note.diffusion_opening", first=found.years[0], last=found.years[-1])
    end = [Note("note.reading_overlap")] if found.cumulative else []
    if found.groups == [None]:
        reached = _statistics(found)[measures.NAMES.index("places_reached"), 0]
        ends = {"first_reached": int(reached[0]), "last_reached": int(reached[-1])}
        reach = Note("note.diffusion_reached", first=found.years[0], last=found.years[-1], **ends)
        return paragraph(changes, opening=[opening, reach], closing=[*_verdict(changes), *end])
    said = [_by_class(name, changes) for name in SPREADING]
    return paragraph([], opening=[opening, *said], closing=end)


def _by_class(name: str, changes: Sequence[Change]) -> Note:
    of = [change for change in changes if change.statistic == name]
    rose, fell = ([str(c.group) for c in of if c.direction == way] for way in ("rose", "fell"))
    return Note(
        "note.reading_by",
        statistic=name,
        n=len(of),
        rose=rose or Note("note.none"),
        fell=fell or Note("note.none"),
        open=len(of) - len(rose) - len(fell),
    )


def _verdict(changes: Sequence[Change]) -> list[Note]:
    """Say whether technology spread, as far as the data can tell."""
    of = [
        c for c in changes if c.statistic in SPREADING and c.direction in ("rose", "fell", "unclear", "same")
    ]
    if not of:
        return []
    moved = [c for c in of if c.direction in ("rose", "fell")]
    spread = [c.statistic for c in moved if c.direction == SPREADING[c.statistic]]
    gathered = [c.statistic for c in moved if c.direction != SPREADING[c.statistic]]
    if spread and gathered:
        return [Note("note.diffusion_mixed", spread=spread, gathered=gathered)]
    if spread:
        return [Note("note.diffusion_more", names=spread)]
    if gathered:
        return [Note("note.diffusion_less", names=gathered)]
    return [Note("note.diffusion_open", names=[c.statistic for c in of])]


def _about_poles(found: Study, poles: Sequence[str] | None) -> list[Note]:
    """Say which places are the poles."""
    return _about(found.flows, found.level, poles)[:1]


def _about_intervals(found: Study, drawn: Intervals | None) -> list[Note]:
    if drawn is None:
        return []
    clusters = found.flows.clusters
    drawing = Note(
        "note.interval_bootstrap",
        n=len(clusters),
        who=who(clusters.of_sample),
        replicates=drawn.replicates,
        seed=drawn.seed,
    )
    joint = [Note("note.interval_joint"), Note("note.interval_means")]
    return [drawing, Note("note.diffusion_reach", names=list(REACH)), *joint]
