"""Which column is which: headers in Chinese and English become canonical names.

A header is compared by its *key*: compatibility forms folded, lower case, words joined by
underscores (``Source ID``, ``sourceId`` and ``source-id`` are one). A key is first looked
up as a whole (``年份``, ``relation_type``), then as one of the two ends (``赋能方``,
``partner``), then as an end with something said about it (``source_city``, ``合作方省份``).
Some words are *weak*: ``来源`` may be a source or the place where a fact was found. They
count only where no other column claims the same name.

What is not recognised is kept: a pair ``source_X``/``target_X`` is a level, any other
column a class of the relation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from clusters.errors import DataError, UsageError
from clusters.intake.table import marks_synthetic
from clusters.intake.vocabulary import meanings, words
from clusters.sentences import Note

SOURCE, TARGET, ENTERPRISE, PARTNER = "source", "target", "enterprise", "partner"
ENDS = (SOURCE, TARGET, ENTERPRISE, PARTNER)
OPPOSITE = {SOURCE: TARGET, TARGET: SOURCE, ENTERPRISE: PARTNER, PARTNER: ENTERPRISE}
IDENTITY = ("id", "label")
SINGLE = ("year", "date", "kind", "weight", "direction")


class AmbiguousColumnsError(DataError):
    """Several columns claim one meaning, and only the user can tell which has it."""

    def __init__(self, message: str, canonical: str, columns: Sequence[str]) -> None:
        super().__init__(message, hint=f"say which one is meant: --map {canonical}={columns[0]}")
        self.canonical, self.columns = canonical, tuple(columns)


class NoDirectionError(DataError):
    """Enterprise and partner are there, but nothing says who gives."""

    def __init__(self, name: str, columns: tuple[str, str]) -> None:
        super().__init__(
            f"{name}: the columns {columns[0]!r} and {columns[1]!r} do not say "
            "who gives; a column 'direction' (方向) with 赋能/输入 or empowerment/input is needed",
            hint=f"add it, or if the first always gives: --map source={columns[0]} --map target={columns[1]}",
        )
        self.columns = columns


_RESERVED = ("source", "target", "year", "date", "kind", "weight")
_OF_NODE = (
    "企业",
    "公司",
    "机构",
    "节点",
    "单位",
    "样本",
    "enterprise_",
    "company_",
    "organisation_",
    "org_",
)
_NODE_ONLY = ("role", "platform", "sample_from", "sample_to")
_PLACES = ("province", "city", "country", "region", "district", "place")
_CJK = "\u2e80-\u9fff"


@dataclass(frozen=True)
class RelationColumns:
    """Positions of the columns of a relation table by what they mean."""

    ids: dict[str, int]
    """Two ends: ``source`` and ``target``, or ``enterprise`` and ``partner``."""
    attributes: dict[tuple[str, str], int]
    """(end, attribute), such as ``("source", "province")`` or ``("partner", "label")``."""
    single: dict[str, int]
    """``year``, ``date``, ``kind``, ``weight``, ``direction`` where they are there."""
    classes: dict[str, int]
    unused_direction: int | None = None
    """A direction column beside source and target: a class that turns nothing."""
    warnings: list[str] = field(default_factory=list)

    @property
    def sided(self) -> bool:
        """Whether the table is written from the enterprise's side."""
        return ENTERPRISE in self.ids

    def described(self, header: Sequence[str]) -> str:
        """List what was recognised, as ``canonical=column; ...``."""
        names = {**self.ids, **{"_".join(k): v for k, v in self.attributes.items()}, **self.single}
        return "; ".join(f"{name}={header[at]}" for name, at in {**names, **self.classes}.items())


def key(text: str) -> str:
    """Return the form in which headers are compared.

    Examples
    --------
    >>> key("Source ID"), key("sourceProvince"), key("源 - 省份"), key("ＹＥＡＲ")
    ('source_id', 'source_province', '源省份', 'year')
    """
    text = unicodedata.normalize("NFKC", text).strip().strip("\"'\ufeff")
    text = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", text).lower()
    text = re.sub(r"[^\w]+", "_", text).strip("_")
    return re.sub(rf"(?<=[{_CJK}])_+|_+(?=[{_CJK}])", "", text)


def relation_columns(
    header: Sequence[str], name: str, mapping: Mapping[str, str] | None = None
) -> RelationColumns:
    """Tell what each column of a relation table means.

    Parameters
    ----------
    header
        Column names as they stand in the file.
    name
        File name for messages.
    mapping
        Canonical name to column, for what is not recognised by itself; it wins.

    Raises
    ------
    DataError
        A required column is missing, or two columns claim the same meaning.
    UsageError
        ``mapping`` names a column that is not there.

    Examples
    --------
    >>> found = relation_columns(["企业", "合作方", "方向", "年份", "合作方省份"], "a.xlsx")
    >>> found.ids, found.single["year"], found.attributes
    ({'enterprise': 0, 'partner': 1}, 3, {('partner', 'province'): 4})
    """
    header = _checked(header, name)
    fixed = _mapped(header, mapping or {}, name, _meaning_of_name)
    claims = _Claims(header, name)
    for position, text in enumerate(header):
        if position not in fixed.values():
            for meaning, weak in _read(text):
                claims.add(meaning, position, weak)
    for meaning, position in fixed.items():
        claims.fix(meaning, position)
    found = _completed(claims.settle(), header, name, claims.warnings)
    ends = (SOURCE, TARGET)
    if not _has_ends(found, ends):
        ends = (ENTERPRISE, PARTNER)
        if not _has_ends(found, ends):
            raise _unrecognised(header, name, found)
    return _arrange(header, name, found, ends, claims.warnings)


def node_columns(
    header: Sequence[str], name: str, mapping: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Tell what each column of a table of organisations means.

    Returns positions by canonical name: ``node`` (required), ``label``, ``role``,
    ``type``, ``province`` ...; other columns under their own names.

    Examples
    --------
    >>> node_columns(["企业名称", "省份", "staff"], "nodes.csv")
    {'node': 0, 'province': 1, 'staff': 2}
    """
    header = _checked(header, name)
    fixed = _mapped(header, mapping or {}, name, _node_meaning_of_name)
    claims = _Claims(header, name)
    for position, text in enumerate(header):
        if position not in fixed.values():
            meaning = _node_meaning(key(text))
            if meaning is not None:
                claims.add(meaning, position, meaning == ("node", "label"))
    for meaning, position in fixed.items():
        claims.fix(meaning, position)
    found = claims.settle()
    result = {}
    identity = [("node", attribute) for attribute in ("id", "", "label") if ("node", attribute) in found]
    if not identity:
        raise DataError(
            f"{name}: no column names the organisation; the table has {_listed(header)}",
            hint="accepted: node, id, name, 节点, 名称, 企业名称 ...",
        )
    result["node"] = found[identity[0]]
    if len(identity) > 1:
        result["label"] = found[identity[-1]]
    for (_, attribute), position in found.items():
        if attribute not in ("id", "", "label"):
            result[attribute] = position
    taken = set(found.values())
    for position, text in enumerate(header):
        if position not in taken and not marks_synthetic(text):
            result[_free(_plain(text, position), result)] = position
    return result


def score_relations(cells: Sequence[str], mapping: Mapping[str, str] | None = None) -> int:
    """Count the cells of a row that are column names; 0 unless both ends are among them."""
    mapped = {column.strip() for column in (mapping or {}).values()}
    if len({c.strip() for c in cells if c.strip()}) < 2:
        return 0
    found: set[tuple[str, str]] = set()
    for cell in cells:
        if cell.strip() not in mapped and len(cell) <= 60:
            found.update(meaning for meaning, _ in _read(cell))
    known = sum(cell.strip() in mapped for cell in cells)
    # A title may hold the name of one column; a header that half of them stand in is meant.
    if mapped and known * 2 >= len(mapped):
        found.update(_meaning_of_name(canonical) for canonical in mapping or {})
    ends = sum(any((end, how) in found for how in ("", *IDENTITY)) for end in ENDS)
    return len(found) + known if ends >= 2 else 0


def score_nodes(cells: Sequence[str]) -> int:
    """Count the cells of a row that are column names; 0 unless one names the organisation."""
    found = {_node_meaning(key(cell)) for cell in cells if len(cell) <= 60} - {None}
    return len(found) if any(("node", how) in found for how in ("", *IDENTITY)) else 0


def place_column(text: str) -> tuple[str, str] | None:
    """Tell of which end (empty: of the row) a column names which place; None for another column.

    Examples
    --------
    >>> place_column("合作方省份"), place_column("注册地址"), place_column("city"), place_column("year")
    (('partner', 'province'), ('', 'address'), ('', 'city'), None)
    """
    known = {*_PLACES, "address"} - {"region"}
    for (end, attribute), _ in _read(text):
        if attribute in known and end in ENDS:
            return end, attribute
    word = re.sub(r"_(code|name|zh|en)$", "", key(text))
    found = _node_meaning(word)
    if found is not None and found[1] in known:
        return "", found[1]
    ended = _end_and_rest(word)
    return ended if ended is not None and ended[1] in known else None


def ends_named(header: Sequence[str]) -> dict[str, int]:
    """Return the first column whose header names each end, of those ends that are named.

    Examples
    --------
    >>> ends_named(["投资方", "项目", "年份"])
    {'source': 0}
    """
    found: dict[str, int] = {}
    for position, text in enumerate(header):
        for (end, how), _ in _read(text):
            if end in ENDS and how in ("", *IDENTITY):
                found.setdefault(end, position)
    return found


def singles_named(header: Sequence[str]) -> set[str]:
    """Return which of ``SINGLE`` the header names."""
    return {word for text in header for (word, _), _ in _read(text) if word in SINGLE}


def said_of_node(text: str) -> str | None:
    """Return what a header says of an organisation, ``""`` where it names it; ``None`` for others.

    Examples
    --------
    >>> said_of_node("org_type"), said_of_node("机构"), said_of_node("备注")
    ('type', '', None)
    """
    found = _node_meaning(key(text))
    return None if found is None else "" if found[1] in IDENTITY else found[1]


def names_something(text: str) -> bool:
    """Tell whether a header is a word that reading knows."""
    return bool(_read(text))


Meaning = tuple[str, str]
"""(end, attribute), or (name, "") for what belongs to the relation as a whole."""


class _Claims:
    """Which columns claim which meaning, and who gets it."""

    def __init__(self, header: Sequence[str], name: str) -> None:
        self._header, self._name = header, name
        self._strong: dict[Meaning, list[int]] = {}
        self._weak: dict[Meaning, list[int]] = {}
        self._fixed: dict[Meaning, int] = {}
        self.warnings: list[str] = []

    def add(self, meaning: Meaning, position: int, weak: bool) -> None:
        (self._weak if weak else self._strong).setdefault(meaning, []).append(position)

    def fix(self, meaning: Meaning, position: int) -> None:
        self._fixed[meaning] = position

    def settle(self) -> dict[Meaning, int]:
        """Give each meaning to one column; two strong claims for one are an error."""
        found = dict(self._fixed)
        for meaning, positions in self._strong.items():
            if meaning in self._fixed:
                continue
            if len(positions) > 1:
                positions = self._plainest(meaning, positions)
            if positions:
                found[meaning] = positions[0]
        taken = set(found.values())
        for meaning, positions in self._weak.items():
            free = [p for p in positions if p not in taken]
            if meaning in found or not free:
                continue
            if len(free) > 1:
                if meaning[0] in ENDS:
                    raise self._ambiguous(meaning, free)
                if meaning != ("node", "label"):
                    continue
            found[meaning] = free[0]
            taken.add(free[0])
        return found

    def _plainest(self, meaning: Meaning, positions: list[int]) -> list[int]:
        """Choose among strong claims: the canonical name itself, except for what directs a relation.

        Classes without a canonical name among them all keep their own names.
        """
        core = meaning[0] in (*SINGLE, *ENDS) and not meaning[1]
        exact = [p for p in positions if key(self._header[p]) == "_".join(filter(None, meaning))]
        if len(exact) == 1 and not core:
            return exact
        if core or meaning[1]:
            raise self._ambiguous(meaning, positions)
        names = [self._header[p] for p in positions]
        self.warnings.append(
            Note("note.classes_alike", name=self._name, columns=names, meaning=meaning[0], first=names[0])
        )
        return []

    def _ambiguous(self, meaning: Meaning, positions: Sequence[int]) -> DataError:
        names = [self._header[p] for p in positions]
        canonical = "_".join(part for part in meaning if part).removeprefix("node_")
        return AmbiguousColumnsError(
            f"{self._name}: the columns {' and '.join(repr(n) for n in names)} can both be {canonical!r}",
            canonical,
            names,
        )


def _arrange(
    header: Sequence[str], name: str, found: dict[Meaning, int], ends: tuple[str, str], warnings: list[str]
) -> RelationColumns:
    """Order what was found into ends, attributes of ends, single columns and classes."""
    ids: dict[str, int] = {}
    attributes: dict[tuple[str, str], int] = {}
    for end in ends:
        ids[end], label = _identity(header, name, found, end)
        if label is not None:
            attributes[(end, "label")] = label
    # Levels may be named after giver and receiver even where rows are written from the enterprise's side.
    sides = ends if ends[0] == SOURCE else ENDS
    single_sided: dict[str, int] = {}
    for (end, attribute), position in found.items():
        if end not in sides or not attribute or attribute in IDENTITY:
            continue
        turned = end in (ENTERPRISE, PARTNER)
        if turned and all((e, attribute) in found for e in (SOURCE, TARGET)):
            continue
        known = attribute in words("attributes")
        if (OPPOSITE[end], attribute) in found or (known and (turned or attribute in _NODE_ONLY)):
            attributes[(end, attribute)] = position
        elif known:
            single_sided[f"{end}_{attribute}"] = position
    single = {word: found[(word, "")] for word in SINGLE if (word, "") in found}
    if ends[0] == ENTERPRISE and "direction" not in single:
        raise NoDirectionError(name, (header[ids[ENTERPRISE]], header[ids[PARTNER]]))
    taken = {*ids.values(), *attributes.values(), *single.values()}
    classes: dict[str, int] = {n: p for n, p in single_sided.items() if p not in taken}
    taken |= set(classes.values())
    unused = None
    if ends[0] == SOURCE and "direction" in single:
        unused = single.pop("direction")
        taken.discard(unused)
    for (word, attribute), position in found.items():
        if position not in taken and not attribute and word not in (*ENDS, *SINGLE):
            classes[_free(word, classes)] = position
            taken.add(position)
            if word in _PLACES:
                warnings.append(
                    Note("note.place_of_whom", name=name, column=header[position], word=word, end=ends[0])
                )
    for position, text in enumerate(header):
        if position not in taken and not marks_synthetic(text):
            place = place_column(text)
            if place is not None and not place[0]:
                of_whom = {"column": text, "word": place[1], "end": ends[0]}
                warnings.append(Note("note.place_of_whom", name=name, **of_whom))
            classes[_free(_plain(text, position), {*classes, *_RESERVED})] = position
    ordered = dict(sorted(classes.items(), key=lambda item: item[1]))
    return RelationColumns(ids, attributes, single, ordered, unused, warnings)


def _identity(
    header: Sequence[str], name: str, found: dict[Meaning, int], end: str
) -> tuple[int, int | None]:
    """Return the columns of an end's id and label: an id column is the node, a name its label."""
    there = [found[(end, how)] for how in ("id", "", "label") if (end, how) in found]
    if len(there) > 2:
        names = " and ".join(repr(header[p]) for p in there[1:])
        raise AmbiguousColumnsError(
            f"{name}: beside {header[there[0]]!r} the columns {names} can both be the name of the {end}",
            f"{end}_label",
            [header[p] for p in there[1:]],
        )
    return there[0], there[1] if len(there) == 2 else None


def _completed(
    found: dict[Meaning, int], header: Sequence[str], name: str, warnings: list[str]
) -> dict[Meaning, int]:
    """Take an enterprise or a partner for the end that lacks, as in a table of investors and companies."""
    there = [end for end in ENDS if _has_ends(found, (end,))]
    if len(there) != 2 or there in ([SOURCE, TARGET], [ENTERPRISE, PARTNER]):
        return found
    known, other = there
    position = _identity(header, name, found, other)[0]
    if key(header[_identity(header, name, found, known)[0]]) in meanings("weak_ends"):
        return found
    warnings.append(
        Note("note.end_beside", name=name, column=header[position], end=OPPOSITE[known], known=known)
    )
    return {(OPPOSITE[known] if e == other else e, attribute): at for (e, attribute), at in found.items()}


def _has_ends(found: Mapping[Meaning, int], ends: Iterable[str]) -> bool:
    return all(any((end, how) in found for how in ("", *IDENTITY)) for end in ends)


def _unrecognised(header: Sequence[str], name: str, found: Mapping[Meaning, int]) -> DataError:
    from clusters.intake.public.nearest import nearest

    lacking = [end for end in (SOURCE, TARGET) if not _has_ends(found, (end,))]
    what = f"{name}: no column for {' and '.join(lacking)}; the table has {_listed(header)}"
    layout = nearest(header, "gephi-csv")
    if layout is not None:
        return DataError(
            what,
            hint=f"its columns are those of the public layout {layout}: "
            f"clusters convert {layout} {name} --out relations.csv makes relations of it",
        )
    if re.search("[\ue000-\uf8ff\ufffd]", "".join(header)):
        return DataError(
            what,
            hint="its header holds characters that no text has: the encoding is probably another one, "
            "such as --encoding big5",
        )
    return DataError(
        what,
        hint="accepted are source/target (源, 赋能方, 投资方 / 目标, 输入方, 被投资方 ...) or "
        "enterprise/partner/direction (企业, 样本企业 / 合作方, 关系节点 / 方向); else name them: "
        + " ".join(f"--map {end}=COLUMN" for end in lacking),
    )


def _checked(header: Sequence[str], name: str) -> list[str]:
    """Refuse a header that holds the same name twice."""
    header = [unicodedata.normalize("NFC", text).strip().lstrip("\ufeff") for text in header]
    seen: dict[str, int] = {}
    for position, text in enumerate(header):
        if text and text in seen:
            raise DataError(
                f"{name}: the header names {text!r} twice, in columns {seen[text] + 1} and {position + 1}",
                hint="give the columns different names",
            )
        seen[text] = position
    return header


def _mapped(
    header: Sequence[str], mapping: Mapping[str, str], name: str, meaning: Callable[[str], Meaning]
) -> dict[Meaning, int]:
    result: dict[Meaning, int] = {}
    for canonical, column in mapping.items():
        alike = _named(header, column)
        if len(alike) != 1:
            raise UsageError(
                f"{canonical}={column}: {name} has no column {column!r}; it has {_listed(header)}",
                hint="the mapping is NAME=COLUMN, with the column as it stands in the file",
            )
        result[meaning(canonical)] = alike[0]
    ends = {end: position for (end, how), position in result.items() if end in ENDS and how in ("", "id")}
    if len(set(ends.values())) < len(ends):
        raise UsageError(
            f"{' and '.join(ends)} are mapped to one column of {name}",
            hint="the giver and the receiver of a relation stand in two columns",
        )
    return result


def has_column(header: Sequence[str], column: str) -> bool:
    """Tell whether a mapping can name a column in this way.

    Examples
    --------
    >>> has_column(["Source ID", "目标"], "source_id"), has_column(["目标"], "目标方")
    (True, False)
    """
    plain = [unicodedata.normalize("NFC", text).strip().lstrip("\ufeff") for text in header]
    return len(_named(plain, column)) == 1


def _named(header: Sequence[str], column: str) -> list[int]:
    exact = [p for p, text in enumerate(header) if text == column.strip()]
    return exact or [p for p, text in enumerate(header) if key(text) == key(column)]


def _meaning_of_name(canonical: str) -> Meaning:
    """Return the meaning of a name on the left of a mapping; an unknown one is a class."""
    word = key(canonical)
    return next((meaning for meaning, _ in _meanings(word)), (canonical.strip(), ""))


def _node_meaning_of_name(canonical: str) -> Meaning:
    return _node_meaning(key(canonical)) or ("node", canonical.strip())


def _read(text: str) -> tuple[tuple[Meaning, bool], ...]:
    """Return the meanings of a header; ``源 (source)`` and ``年份（年）`` are read without brackets."""
    whole = _meanings(key(text))
    parts = re.fullmatch(r"(.+?)[(（\[](.+?)[)）\]]\s*", text.strip())
    if parts is None or any(not a or a in words("attributes") for (_, a), _ in whole):
        return whole
    return _meanings(key(parts[1])) or _meanings(key(parts[2])) or whole


@cache
def _meanings(word: str) -> tuple[tuple[Meaning, bool], ...]:
    """Return the meanings a header's key may have in a relation table, each with whether it is weak."""
    for section, is_weak in (("relation", False), ("ends", False), ("weak_ends", True)):
        if word in meanings(section):
            return (((meanings(section)[word], ""), is_weak),)
    weak = tuple(((name, ""), True) for name in _weak_relation().get(word, ()))
    if weak:
        return weak
    if re.fullmatch(r"(weight|权重)_?[a-z]{1,4}", word):
        return ((("weight", ""), True),)
    attribute = meanings("attributes").get(word)
    if attribute in _PLACES:
        return (((str(attribute), ""), False),)
    if attribute in ("platform", "sample_from", "sample_to"):
        return (((ENTERPRISE, attribute), False),)
    ended = _end_and_rest(word)
    return (((ended[0], ended[1]), False),) if ended else ()


def _end_and_rest(word: str) -> Meaning | None:
    """Split ``source_city``, ``合作方省份`` or ``country_from`` into end and attribute."""
    for known, end in _prefixes():
        joint = "_" if known.isascii() else ""
        if word.startswith(known + joint) and len(word) > len(known + joint):
            rest = word[len(known + joint) :].strip("_")
            if rest:
                return end, meanings("attributes").get(rest, rest)
    for known, end in _prefixes():
        if known.isascii() and word.endswith("_" + known):
            attribute = meanings("attributes").get(word.removesuffix("_" + known))
            if attribute:
                return end, attribute
    return None


def _node_meaning(word: str) -> Meaning | None:
    known = words("organisation")
    if word in known["is_sample"]:
        return "node", "is_sample"
    if word in known["node"] or word in words("ends")[ENTERPRISE]:
        return "node", ""
    attribute = meanings("attributes").get(word)
    if attribute is None:
        rests = (word.removeprefix(prefix) for prefix in _OF_NODE)
        attribute = next(
            (meanings("attributes")[r] for r in rests if r != word and r in meanings("attributes")), None
        )
    return ("node", attribute) if attribute else None


@cache
def _weak_relation() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, group in words("weak_relation").items():
        for word in group:
            found[word] = (*found.get(word, ()), name)
    return found


@cache
def _prefixes() -> tuple[tuple[str, str], ...]:
    """Return the words for an end, longest first."""
    known = {**meanings("weak_ends"), **meanings("ends")}
    return tuple(sorted(known.items(), key=lambda item: -len(item[0])))


def _plain(text: str, position: int) -> str:
    return text or f"column_{position + 1}"


def _free(name: str, taken: Iterable[str]) -> str:
    used = set(taken)
    while name in used:
        name += "_column"
    return name


def _listed(header: Sequence[str], most: int = 30) -> str:
    shown = ", ".join(repr(text if len(text) <= 40 else text[:39] + "…") for text in header[:most])
    return shown + (f" and {len(header) - most} more" if len(header) > most else "")
