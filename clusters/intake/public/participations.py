"""Participations in projects to relations: what CORDIS and the Horizon dashboard share.

A participation is a row that names a project, an organisation and its role. Relations carry the
project's start (``date``, ``year``), the kind that the role makes, and, in a star, the EU
contribution of the organisation at the receiving end as ``weight``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from clusters.intake.amounts import decimal_mark, plain_number
from clusters.intake.public import consortium
from clusters.intake.public.dates import read_dates, years_of
from clusters.intake.public.frame import Account, Converted, Options
from clusters.intake.public.parties import is_placeholder
from clusters.intake.public.sheets import Cells, Flags, Sheet, cleaned, repeated
from clusters.intake.rows import LONGEST_NAME
from clusters.intake.values import word
from clusters.sentences import Note

PARTICIPATION, LINKED = "project participation", "linked third party / partner"
COORDINATORS = ("coordinator", "co_ordinator")
FULL = ("participant", "beneficiary", "hostinstitution", "host_institution", "")
"""Roles of full members; others (third parties, associated partners) are linked ones."""
LEVELS = ("type", "country", "city", "nuts")


@dataclass(frozen=True)
class Columns:
    """Which columns of a layout say what of a participation."""

    project: str
    organisation: str
    """Id of the organisation."""
    name: str
    role: str = "role"
    type: str = "activity_type"
    country: str = "country"
    city: str = "city"
    nuts: str = "nuts_code"
    money: tuple[str, ...] = ("ec_contribution",)
    """Of several columns the first one that is there."""
    programme: str = ""
    """Programme of the project, where the table of participations says it."""


@dataclass(frozen=True)
class Projects:
    """What a table of projects says, by project id."""

    dates: Mapping[str, str]
    """Start, or the reason why there is none (``missing_year``, ``bad_year``)."""
    programme: dict[str, str]


def read_projects(
    sheets: Sequence[Sheet], column: str, date: str, programme: str, options: Options, account: Account
) -> Projects | None:
    """Read the start and the programme of each project; ``None`` without such a table."""
    if not sheets:
        return None
    dates: dict[str, str] = {}
    found: dict[str, str] = {}
    for sheet in sheets:
        ids = sheet.cells(column)
        sheet.reject(ids == "", "missing_project")
        twice = repeated(ids, dates)
        start, missing, bad = read_dates(sheet, date, options.year_range)
        sheet.reject(missing & ~twice, "missing_year")
        sheet.reject(bad & ~twice, "bad_year")
        for at in np.flatnonzero(~twice & (ids != "")).tolist():
            dates[ids[at]] = start[at] or str(sheet.reason[at]) or "missing_year"
        sheet.set_aside(twice, "repeated_project")
        alive = np.flatnonzero(sheet.alive)
        found.update(zip(ids[alive].tolist(), sheet.cells(programme)[alive].tolist(), strict=True))
        sheet.close(account)
    return Projects(dates, found)


@dataclass
class _Rows:
    """Participations of all sheets one below the other."""

    sheets: Sequence[Sheet]
    cells: dict[str, Cells]
    starts: list[int]

    def mark(self, which: Flags, reason: str, *, rejected: bool = False) -> None:
        """Reject rows or set them aside in the sheets that they come from."""
        for sheet, start in zip(self.sheets, self.starts, strict=True):
            own = which[start : start + sheet.rows]
            sheet.reject(own, reason) if rejected else sheet.set_aside(own, reason)

    def note(self, which: Flags, what: str) -> None:
        """Remember in the sheets that something was mended."""
        for sheet, start in zip(self.sheets, self.starts, strict=True):
            sheet.note_mended(what, which[start : start + sheet.rows])

    @property
    def alive(self) -> Flags:
        """Rows in use."""
        return np.concatenate([sheet.alive for sheet in self.sheets])


def convert(
    sheets: Sequence[Sheet],
    columns: Columns,
    dates: Projects | Sequence[tuple[Cells, Flags, Flags]] | None,
    options: Options,
    account: Account,
) -> Converted:
    """Make relations of participations.

    Parameters
    ----------
    sheets
        Tables of participations.
    columns
        Which of their columns is which.
    dates
        Starts by project, or by row of each sheet; ``None`` for an undated network.
    options
        ``expand``, ``largest``.
    account
        Gets the fate of every row.
    """
    rows = _gathered(sheets, columns)
    cells = rows.cells
    _check(rows)
    date, programme = _dated(rows, dates)
    alive = np.flatnonzero(rows.alive)
    roles = _roles(cells["role"])
    how = options.expand or consortium.STAR
    found = consortium.expand(
        cells["project"][alive],
        cells["id"][alive],
        np.isin(roles[alive], COORDINATORS),
        how=how,
        largest=options.largest,
    )
    fates = found.fates
    for reason, which in (
        ("repeated_participant", fates.repeated),
        ("single_participant", fates.single),
        ("large_consortium", fates.large),
        ("no_coordinator", fates.leaderless),
    ):
        rows.mark(_spread(which, alive, date.size), reason)
    rows.note(_spread(found.coordinated, alive, date.size), "further_coordinator")
    money = _money(rows, how)
    source, target = alive[found.source], alive[found.target]
    relations = _frame(cells, roles, date, programme, money, source, target, dated=dates is not None, how=how)
    for sheet in sheets:
        sheet.close(account)
    account.count(sheets[0].name, "expand", "relations", len(relations), reason=how)
    notes = [] if dates is not None else [Note("note.convert_undated", name=sheets[0].name)]
    return Converted(relations, account, _nodes(cells, alive), notes)


def _gathered(sheets: Sequence[Sheet], columns: Columns) -> _Rows:
    def column(name: str) -> Cells:
        return np.concatenate([sheet.cells(name) for sheet in sheets])

    money = [
        next((sheet.cells(name) for name in columns.money if sheet.has(name)), sheet.cells(""))
        for sheet in sheets
    ]
    cells = {
        "project": column(columns.project),
        "id": cleaned(column(columns.organisation)),
        "name": cleaned(column(columns.name)),
        "role": column(columns.role),
        "money": np.concatenate(money),
        **{level: column(getattr(columns, level)) for level in LEVELS},
        "programme": column(columns.programme),
    }
    # An organisation without an id is known by its name.
    own = _somebody(cells["id"])
    cells["id"] = np.where(own != "", own, _somebody(np.where(own != "", "", cells["name"])))
    return _Rows(sheets, cells, np.cumsum([0, *(sheet.rows for sheet in sheets)])[:-1].tolist())


def _check(rows: _Rows) -> None:
    cells = rows.cells
    rows.mark(cells["project"] == "", "missing_project", rejected=True)
    rows.mark(cells["id"] == "", "missing_organisation", rejected=True)
    rows.mark(long(cells["id"]) | long(cells["name"]), "long_name", rejected=True)


def _somebody(cells: Cells) -> Cells:
    """Return names without those that stand for nobody, such as N/A."""
    known = {text: "" if is_placeholder(text) else text for text in dict.fromkeys(cells.tolist())}
    return np.array([*(known[text] for text in cells), ""], object)[:-1]


def long(cells: Cells) -> Flags:
    """Tell which cells are too long to be a name."""
    return np.array([len(text) > LONGEST_NAME for text in cells], bool)


def _dated(rows: _Rows, dates: Projects | Sequence[tuple[Cells, Flags, Flags]] | None) -> tuple[Cells, Cells]:
    """Return the start and the programme of the project of each row; reject rows without a year."""
    project = rows.cells["project"]
    own = rows.cells["programme"]
    if dates is None:
        return np.full(project.size, "", object), own
    if not isinstance(dates, Projects):
        rows.mark(np.concatenate([missing for _, missing, _ in dates]), "missing_year", rejected=True)
        rows.mark(np.concatenate([bad for _, _, bad in dates]), "bad_year", rejected=True)
        return np.concatenate([date for date, _, _ in dates]), own
    found = np.array([*(dates.dates.get(text, "unknown_project") for text in project), ""], object)[:-1]
    for reason in ("unknown_project", "missing_year", "bad_year"):
        rows.mark(found == reason, reason, rejected=True)
    return found, np.array([*(dates.programme.get(text, "") for text in project), ""], object)[:-1]


def _roles(cells: Cells) -> Cells:
    folded = {text: word(text) for text in dict.fromkeys(cells.tolist())}
    return np.array([*(folded[text] for text in cells), ""], object)[:-1]


def _spread(which: Flags, at: NDArray[np.intp], size: int) -> Flags:
    found = np.zeros(size, bool)
    found[at[which]] = True
    return found


def _money(rows: _Rows, how: str) -> NDArray[np.float64] | None:
    """Return the EU contributions; NaN where none is stated, ``None`` where nobody has one."""
    if how != consortium.STAR:
        return None
    texts = rows.cells["money"]
    distinct = list(dict.fromkeys(texts.tolist()))
    mark = decimal_mark(distinct)
    read = {text: plain_number(text.replace("€", ""), mark) for text in distinct}
    numbers = np.array([*(np.nan if read[text] is None else read[text] for text in texts), 0.0])[:-1]
    blank = np.array([text in ("", "-") for text in texts], bool)
    rows.note(np.isnan(numbers) & ~blank, "unread_amount")
    rows.note(numbers < 0, "negative_amount")
    numbers[numbers < 0] = np.nan
    return numbers if np.isfinite(numbers).any() else None


def _frame(
    cells: Mapping[str, Cells],
    roles: Cells,
    date: Cells,
    programme: Cells,
    money: NDArray[np.float64] | None,
    source: NDArray[np.intp],
    target: NDArray[np.intp],
    *,
    dated: bool,
    how: str,
) -> pd.DataFrame:
    data: dict[str, object] = {
        "source_id": cells["id"][source],
        "source": cells["name"][source],
        "target_id": cells["id"][target],
        "target": cells["name"][target],
    }
    if dated:
        data["date"] = date[target]
        data["year"] = years_of(date[target]).astype(np.int64)
    linked = ~np.isin(roles, [*FULL, *COORDINATORS])
    either = linked[target] if how == consortium.STAR else linked[target] | linked[source]
    data["kind"] = np.where(either, LINKED, PARTICIPATION).astype(object)
    if money is not None:
        data["weight"] = money[target]
    for level in LEVELS:
        if (cells[level] != "").any():
            data[f"source_{level}"], data[f"target_{level}"] = cells[level][source], cells[level][target]
    if (programme != "").any():
        data["programme"] = programme[target]
    if how == consortium.STAR:
        data["participation"] = roles[target]
    data["project_id"] = cells["project"][target]
    return pd.DataFrame(data)


def _nodes(cells: Mapping[str, Cells], alive: NDArray[np.intp]) -> pd.DataFrame:
    """Return the organisations in use; of several values the first one."""
    frame = pd.DataFrame({"node": cells["id"][alive], "label": cells["name"][alive]})
    for level in LEVELS:
        if (cells[level] != "").any():
            frame[level] = cells[level][alive]
    filled = frame.replace("", np.nan).infer_objects()
    return filled.groupby("node", sort=False).first().reset_index().fillna("").astype(object)
