"""What the cells of a column look like, where its header does not say.

Every look is a share of the distinct values (the first ``SAMPLE`` of them), so that one value
that stands in every row counts once.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass

from clusters import places
from clusters.intake import values
from clusters.intake.table import Column
from clusters.intake.vocabulary import meanings
from clusters.sentences import Note

SAMPLE = 2000
_ORGANISATION = re.compile(
    r"公司|集团|大学|学院|研究院|研究所|研究中心|银行|基金|资本|创投|合伙|实验室|医院|协会|政府|委员会|"
    r"\b(?:inc|ltd|llc|corp|co|gmbh|ag|plc|s\.?a|b\.?v|oy|ab|group|university|universit\w+|institut\w*|"
    r"technolog\w*|capital|ventures?|partners|bank|holdings?|company|laborator\w+|hospital)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Za-z]{0,6}[-_]?\d+")
_SENTENCE = re.compile(r"[。；！？]|[.;!?] ")
LONG = 40
"""Mean length in characters from which texts are remarks rather than names."""


@dataclass(frozen=True)
class Look:
    """What most values of a column are, and how large the share is that is so."""

    what: str
    share: float

    def said(self) -> Note:
        """Return the look in words."""
        return Note(WORDS[self.what], share=self.share)


WORDS = {
    "empty": "note.init_look_empty",
    "direction": "note.init_look_direction",
    "role": "note.init_look_role",
    "kind": "note.init_look_kind",
    "flag": "note.init_look_flag",
    "year": "note.init_look_year",
    "date": "note.init_look_date",
    "number": "note.init_look_number",
    "code": "note.init_look_code",
    "country": "note.init_look_country",
    "province": "note.init_look_province",
    "city": "note.init_look_city",
    "remark": "note.init_look_remark",
    "organisation": "note.init_look_organisation",
    "name": "note.init_look_name",
}
PLACES = ("country", "province", "city")


def _is_year(text: str) -> bool:
    return len(values.read_date(text) or "") == 4 and values.read_year(text) is not None


_TESTS: tuple[tuple[str, float, int, Callable[[str], bool]], ...] = (
    ("direction", 0.9, 12, lambda text: values.gives(text) is not None),
    ("role", 0.9, 12, lambda text: values.read_role(text) is not None),
    ("kind", 0.5, 60, lambda text: values.word(text) in meanings("kind")),
    ("year", 0.8, SAMPLE, _is_year),
    ("date", 0.8, SAMPLE, lambda text: values.read_year(text) is not None),
    ("flag", 1.0, 4, lambda text: values.read_flag(text) is not None),
    ("number", 0.9, SAMPLE, lambda text: values.read_weight(text) is not None),
    ("code", 0.9, SAMPLE, lambda text: bool(_CODE.fullmatch(text))),
    ("province", 0.8, SAMPLE, lambda text: places.province(text) is not None),
    ("city", 0.8, SAMPLE, lambda text: places.city(text) is not None),
    ("country", 0.8, SAMPLE, lambda text: places.country(text) is not None),
)
"""Look, smallest share, largest number of distinct values, and what a value must be."""


def look(column: Column) -> Look:
    """Tell what a column's values look like.

    Examples
    --------
    >>> look(Column.of(["2019", "2020", "n.a.", "2021", "2022"]))
    Look(what='year', share=0.8)
    >>> look(Column.of(["甲", "乙"])).what, look(Column.of(["Acme Inc", "Beta Ltd", "x"])).what
    ('name', 'organisation')
    """
    texts = sample(column)
    if not texts:
        return Look("empty", 1.0)
    for what, least, most, test in _TESTS:
        if len(texts) <= most:
            share = sum(map(test, texts)) / len(texts)
            if share >= least:
                return Look(what, share)
    if sum(map(len, texts)) > LONG * len(texts) or _share(_SENTENCE, texts) >= 0.3:
        return Look("remark", 1.0)
    share = _share(_ORGANISATION, texts)
    return Look("organisation", share) if share >= 0.2 else Look("name", 1.0)


def sample(column: Column, most: int = SAMPLE) -> list[str]:
    """Return the first distinct values that are not blank."""
    stripped = (str(text).strip() for text in column.values)
    return list(itertools.islice((text for text in stripped if text), most))


def _share(pattern: re.Pattern[str], texts: list[str]) -> float:
    return sum(bool(pattern.search(text)) for text in texts) / len(texts)
