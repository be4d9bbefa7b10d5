"""The polarisation of a table in words: what moved, and whether the data can tell."""

from __future__ import annotations

from collections.abc import Sequence

from clusters.sentences import Note
from clusters.tables._concentration import TOPS, Degree
from clusters.tables._reading import Change, by_chance, paragraph

OF_ORGANISATIONS = (*TOPS, "gini")
READ = (
    *("top_1_percent", "gini", "giving_hhi", "taking_hhi"),
    *("poles_source", "poles_target", "poles_touching", "intra_share"),
)
"""What the words are about: numbers that the size of a year does not move by itself."""
POLARISED = ("top_1_percent", "gini", "giving_hhi", "taking_hhi", "poles_touching")
"""What is more when polarisation is."""
READ_BY = ("giving_hhi", "taking_hhi", "poles_touching")
"""What the words are about where there are many classes."""


def of_all(changes: Sequence[Change], first: int, last: int, *, degree: Degree, level: str | None) -> Note:
    """Tell of organisations, then of places, then of both together."""
    organisations = [change for change in changes if change.statistic in OF_ORGANISATIONS]
    opening = [
        Note("note.polarisation_opening", first=first, last=last),
        Note("note.reading_organisations", degree=degree),
    ]
    said = [paragraph(organisations, opening=opening)]
    if level is not None:
        said.append(Note("note.reading_places", level=level))
    places = [change for change in changes if change.statistic not in OF_ORGANISATIONS]
    return paragraph(
        places,
        opening=said,
        closing=[*_verdict(changes), Note("note.reading_overlap"), Note("note.reading_size")],
    )


def of_classes(changes: Sequence[Change], first: int, last: int) -> Note:
    """Name the classes in which places became more or less concentrated."""
    told = [change for change in changes if change.statistic in READ_BY]
    opening = Note("note.polarisation_opening", first=first, last=last)
    said = [opening, *_by_class(told), *by_chance(told), Note("note.reading_overlap")]
    return paragraph([], opening=said)


def _by_class(changes: Sequence[Change]) -> list[Note]:
    """Name the classes in which a number rose or fell."""
    found = []
    for name in READ_BY:
        of = [change for change in changes if change.statistic == name]
        if not of:
            continue
        rose, fell = ([c.group for c in of if c.direction == way] for way in ("rose", "fell"))
        found.append(
            Note(
                "note.reading_by",
                statistic=name,
                n=len(of),
                rose=_listed(rose),
                fell=_listed(fell),
                open=len(of) - len(rose) - len(fell),
            )
        )
    return found


def _listed(names: Sequence[str | None]) -> Note | list[str | None]:
    return list(names) or Note("note.none")


def _verdict(changes: Sequence[Change]) -> list[Note]:
    """Say in one sentence whether polarisation grew, as far as the data can tell."""
    of = [change for change in changes if change.statistic in POLARISED]
    if not any(change.direction in ("rose", "fell", "unclear", "same") for change in of):
        return []
    up, down = ([c.statistic for c in of if c.direction == way] for way in ("rose", "fell"))
    if up and down:
        return [Note("note.polarisation_mixed", up=up, down=down)]
    if up:
        return [Note("note.polarisation_more", up=up)]
    if down:
        return [Note("note.polarisation_less", down=down)]
    return [Note("note.polarisation_open", names=[change.statistic for change in of])]
