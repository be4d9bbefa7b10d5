"""Large seeded relation tables with the shape of the sample, for tests of speed: 合成数据, synthetic data.

The generator of the sample meets printed numbers one relation at a time. This one draws
millions of relations at once and only keeps the shape that decides how long an algorithm
runs: enterprises with a heavy tail of partners, partners without relations among each other,
half of all organisations with one partner only, many that only give or only receive, most
years' relations in the last years, and some triangles. Every relation is an ordered pair of
its own. Kinds, technologies and provinces have the shares of the sample and mean nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clusters.progress import task
from clusters.sentences import Note
from clusters.synthetic.draws import Draws
from clusters.synthetic.files import MARK

if TYPE_CHECKING:
    import pyarrow as pa

VERSION = 1
"""Raised whenever the same seed gives other bytes."""
BULK_STAGE = 100
"""First integer of the streams of this module; the sample's stages have their own below."""
SAMPLE_SIZE = (30_765, 83_815)
"""Organisations and relations of the sample: what ``scale`` multiplies."""
YEARS = range(2014, 2023)
GROWTH = 1.543
"""Relations up to a year over those up to the year before (2,602 in 2014, 83,815 in 2022)."""
HUBS = ((83_815, 4_882), (5_000_000, 60_000), (15_000_000, 160_000))
"""Relations of a table and out-degree of its largest enterprise."""
STARS = ((83_815, 437), (5_000_000, 3_000), (15_000_000, 6_000))
"""Relations of a table and links of its largest partner."""

ENTERPRISES = 0.0715
"""Share of the organisations that are in the sample."""
ONLY_RECEIVES, ONLY_GIVES, ONE_BOTH_WAYS = 0.1873, 0.1915, 0.1419
"""Shares with one partner: takes from it, gives to it, or both."""
NEVER_GIVES, NEVER_RECEIVES = 0.0912, 0.02
"""Shares with several partners that only receive, or only give."""
LINKS = 0.76
"""Pairs of organisations per relation: 48 % of the relations are answered."""
AMONG_SAMPLE = 0.0056
"""Relations between two enterprises of the sample, as a share of all."""
CLOSING = 0.3
"""Probability that a further enterprise of a partner is tied to its first one: the triangles."""
ANSWERED, GIVEN = 0.31, 0.81
"""Of the links of partners that give and receive: answered; of the others, given by the enterprise."""

CHUNK = 1_000_000
"""Rows of text made at once."""

Codes = NDArray[np.int32]
Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class BulkTable:
    """A large relation table as codes; organisations are numbered as the rows first name them."""

    seed: int
    source: Codes
    target: Codes
    year: NDArray[np.int16]
    kind: NDArray[np.int8]
    """Position in ``kinds``."""
    technology: NDArray[np.int8]
    """Position in ``technologies``; 0 is the empty one, of relations of other kinds."""
    sample: NDArray[np.bool_]
    """For each organisation, whether it is an enterprise of the sample; the others are partners."""
    number: Codes
    """For each organisation, the number in its name; the largest enterprise has 1."""
    province: NDArray[np.int8]
    """For each organisation, position in ``provinces``; the empty one is abroad."""
    kinds: tuple[str, ...]
    technologies: tuple[str, ...]
    provinces: tuple[str, ...]

    def __len__(self) -> int:
        return self.source.size

    @property
    def n_nodes(self) -> int:
        """Organisations; each has a relation."""
        return self.sample.size

    @cached_property
    def names(self) -> NDArray[np.object_]:
        """Names of the organisations: 样本企业0000001, 关系节点0000001."""
        digits = max(7, len(str(self.n_nodes)))
        stems = {True: "样本企业", False: "关系节点"}
        pairs = zip(self.sample.tolist(), self.number.tolist(), strict=True)
        return np.array([f"{stems[inside]}{number:0{digits}d}" for inside, number in pairs], dtype=object)

    def csv_chunks(self, *, roles: bool = True, rows: int = CHUNK) -> Iterator[bytes]:
        """Yield the relations as CSV in UTF-8, the header first, with LF line ends.

        Parameters
        ----------
        roles
            With the columns ``source_role`` and ``target_role``.
        rows
            Rows per chunk.
        """
        dictionaries = self._dictionaries()
        header = [MARK, "source", "target", "year", "kind", "technology"]
        ends: list[str] = ["role", "province"] if roles else ["province"]
        header += [f"{end}_{name}" for name in ends for end in ("source", "target")]
        yield (",".join(header) + "\n").encode()
        with task(Note("note.progress_write"), total=len(self), unit="count") as done:
            for start in range(0, len(self), rows):
                yield self._text(slice(start, min(start + rows, len(self))), dictionaries, roles)
                done(min(start + rows, len(self)))

    def nodes_csv_chunks(self, rows: int = CHUNK) -> Iterator[bytes]:
        """Yield the organisations as CSV in UTF-8: name, role and province."""
        yield f"{MARK},node,role,province\n".encode()
        d = self._dictionaries()
        for start in range(0, self.n_nodes, rows):
            part = slice(start, min(start + rows, self.n_nodes))
            columns = [
                _running("N", part, self.n_nodes),
                d["names"].slice(start, part.stop - start),
                _taken(d["roles"], self.sample[part].view(np.int8)),
                _taken(d["provinces"], self.province[part]),
            ]
            yield _lines(columns)

    def _dictionaries(self) -> dict[str, pa.Array]:
        import pyarrow as pa

        return {
            "names": pa.array(self.names, pa.string()),
            "kinds": pa.array(self.kinds),
            "technologies": pa.array(self.technologies),
            "provinces": pa.array(self.provinces),
            "roles": pa.array(["partner", "sample"]),
            "years": pa.array([str(y) for y in YEARS]),
        }

    def _text(self, part: slice, d: dict[str, pa.Array], roles: bool) -> bytes:
        source, target = self.source[part], self.target[part]
        columns = [
            _running("R", part, len(self)),
            _taken(d["names"], source),
            _taken(d["names"], target),
            _taken(d["years"], self.year[part] - YEARS[0]),
            _taken(d["kinds"], self.kind[part]),
            _taken(d["technologies"], self.technology[part]),
        ]
        if roles:
            columns += [_taken(d["roles"], self.sample[end].view(np.int8)) for end in (source, target)]
        columns += [_taken(d["provinces"], self.province[end]) for end in (source, target)]
        return _lines(columns)


def bulk(seed: int, nodes: int, relations: int) -> BulkTable:
    """Draw a table of this many organisations and relations, each relation a pair of its own.

    Parameters
    ----------
    seed
        Same seed and sizes, same table, on every machine.
    nodes, relations
    Sizes; 2 to 20 relations per organisation, and 1,000 organisations at least.

    Examples
    --------
    >>> table = bulk(1, 2_000, 6_000)
    >>> len(table), table.n_nodes, len(set(zip(table.source.tolist(), table.target.tolist())))
    (6000, 2000, 6000)
    """
    if nodes < 1000 or not 2 <= relations / nodes <= 20:
        raise ValueError(f"{nodes} organisations with {relations} relations cannot have the sample's shape")
    with task(Note("note.progress_draw"), total=7, unit="count") as done:
        shape = _Shape(nodes, relations)
        partner, direction_of = _partners(shape, Draws(seed, BULK_STAGE, 1))
        done(1)
        among = _among_sample(shape, Draws(seed, BULK_STAGE, 2))
        enterprise = _enterprises(shape, partner, among, Draws(seed, BULK_STAGE, 3))
        done(3)
        kept = enterprise >= 0
        source, target, time = _relations(
            shape,
            partner[kept],
            enterprise[kept],
            direction_of[kept],
            among,
            Draws(seed, BULK_STAGE, 4),
        )
        done(5)
        return _finish(shape, seed, source, target, time, Draws(seed, BULK_STAGE, 5), done)


def of_scale(seed: int, scale: float) -> BulkTable:
    """Draw a table with the organisations and relations of the sample times ``scale``.

    Examples
    --------
    >>> table = of_scale(1, 0.1)
    >>> table.n_nodes, len(table)
    (3076, 8382)
    """
    return bulk(seed, round(SAMPLE_SIZE[0] * scale), round(SAMPLE_SIZE[1] * scale))


@dataclass(frozen=True)
class _Shape:
    """Sizes of the groups. Enterprises are 0 to ``n_sample`` - 1 by size, partners follow."""

    nodes: int
    relations: int

    @property
    def n_sample(self) -> int:
        return round(self.nodes * ENTERPRISES)

    @property
    def n_partner(self) -> int:
        return self.nodes - self.n_sample

    def share(self, of_nodes: float) -> int:
        return round(self.nodes * of_nodes)

    @property
    def weights(self) -> Numbers:
        """Whole-number weights of the enterprises: a power of the rank that meets the largest hub."""
        given = 0.66  # of the links drawn for an enterprise, those along which it gives at last
        links = LINKS * self.relations
        top = min(_between(HUBS, self.relations) / given / links, 0.2)
        return _power_of_rank(self.n_sample, top)


ANSWER, FROM_ENTERPRISE, FROM_PARTNER = 0, 1, 2


def _partners(shape: _Shape, draws: Draws) -> tuple[Codes, NDArray[np.int8]]:
    """Return partner and direction of each link, several links of one partner one after another."""
    one = [
        (ONLY_RECEIVES, FROM_ENTERPRISE),
        (ONLY_GIVES, FROM_PARTNER),
        (ONE_BOTH_WAYS, ANSWER),
    ]
    single = np.concatenate([np.full(shape.share(share), way, np.int8) for share, way in one])
    several = shape.n_partner - single.size
    wanted = round((LINKS - AMONG_SAMPLE) * shape.relations) - single.size
    sizes = _link_counts(several, wanted, _between(STARS, shape.relations))
    # Those that only give or only receive are not among the largest.
    group = np.zeros(several, np.int8)
    small = np.argsort(draws.many(several - several // 10), kind="stable") + several // 10
    never_gives, never_receives = shape.share(NEVER_GIVES), shape.share(NEVER_RECEIVES)
    group[small[:never_gives]] = FROM_ENTERPRISE
    group[small[never_gives : never_gives + never_receives]] = FROM_PARTNER
    owner = np.repeat(np.arange(several, dtype=np.int32), sizes)
    u = draws.many(owner.size)
    way = np.where(u < ANSWERED, ANSWER, FROM_PARTNER).astype(np.int8)
    way[(u >= ANSWERED) & (u < ANSWERED + (1 - ANSWERED) * GIVEN)] = FROM_ENTERPRISE
    way = np.where(group[owner] == 0, way, group[owner])
    start = np.r_[0, np.cumsum(sizes)[:-1]]
    same = np.minimum.reduceat(way, start) == np.maximum.reduceat(way, start)
    way[start[same & (group == 0)]] = ANSWER
    first = shape.n_sample
    partner = np.concatenate([owner + first, np.arange(first + several, shape.nodes, dtype=np.int32)])
    return partner.astype(np.int32), np.concatenate([way, single])


def _link_counts(n: int, total: int, top: float) -> Numbers:
    """Return n counts of at least 2 that fall as a power of the rank and add up to the total."""
    rank = np.arange(1, n + 1, dtype=np.float64)
    low, high = 0.0, 4.0
    for _ in range(60):
        middle = (low + high) / 2
        counts = np.maximum(2, np.rint(top * rank**-middle))
        low, high = (middle, high) if counts.sum() > total else (low, middle)
    counts = np.maximum(2, np.rint(top * rank**-high)).astype(np.int64)
    missing = max(total - int(counts.sum()), 0)
    return counts + missing // n + (np.arange(n) < missing % n)


def _among_sample(shape: _Shape, draws: Draws) -> Numbers:
    """Return ordered pairs (giver * n_sample + receiver) of enterprises, few of them very large."""
    n, wanted = shape.n_sample, round(AMONG_SAMPLE * shape.relations)
    total = np.cumsum(_power_of_rank(n, 0.01))
    pairs = np.zeros(0, np.int64)
    for _ in range(20):
        u = draws.many(2 * wanted)
        ends = np.searchsorted(total, (u * total[-1]).astype(np.int64), side="right")
        giver, receiver = ends[:wanted], ends[wanted:]
        new = (giver * n + receiver)[giver != receiver]
        pairs = _first_seen(np.concatenate([pairs, new]))[:wanted]
        if pairs.size == wanted:
            break
    return pairs


def _enterprises(shape: _Shape, partner: Codes, among: Numbers, draws: Draws) -> Codes:
    """Choose the enterprise of each link; -1 where all draws met one that the partner has already."""
    n = shape.n_sample
    total = np.cumsum(shape.weights)
    u = draws.many(partner.size)
    chosen: Codes = np.searchsorted(total, (u * total[-1]).astype(np.int64), side="right").astype(np.int32)
    # One link each that no later draw changes: no enterprise stays without partner.
    sure = np.argsort(draws.many(partner.size), kind="stable")[:n]
    chosen[sure] = np.arange(n, dtype=np.int32)
    fixed = np.zeros(partner.size, dtype=bool)
    fixed[sure] = True
    _close(chosen, partner, fixed, among, n, draws)
    for last in (*[False] * 8, True):
        key = partner.astype(np.int64) * n + chosen
        # Sorted with the fixed one of equal keys first, all others of equal keys are repetitions.
        order = np.argsort(key * 2 + ~fixed, kind="stable")
        again = order[1:][key[order[1:]] == key[order[:-1]]]
        again = again[~fixed[again]]
        if last:
            chosen[again] = -1
            break
        u = draws.many(again.size)
        chosen[again] = np.searchsorted(total, (u * total[-1]).astype(np.int64), side="right")
    return chosen


def _close(
    chosen: Codes, partner: Codes, fixed: NDArray[np.bool_], among: Numbers, n: int, draws: Draws
) -> None:
    """Let some further links of a partner go to an enterprise that its first enterprise is tied to."""
    ends = np.concatenate([among // n, among % n])
    others = np.concatenate([among % n, among // n])[np.argsort(ends, kind="stable")]
    begin = np.searchsorted(np.sort(ends), np.arange(n + 1))
    first = np.flatnonzero(np.r_[True, partner[1:] != partner[:-1]])
    first_of = np.repeat(chosen[first], np.diff(np.r_[first, partner.size]))
    ties = np.diff(begin)[first_of]
    closing = (draws.many(partner.size) < CLOSING) & (ties > 0) & ~fixed
    closing[first] = False
    pick = (draws.many(partner.size)[closing] * ties[closing]).astype(np.int64)
    chosen[closing] = others[begin[first_of[closing]] + pick]


def _relations(
    shape: _Shape, partner: Codes, enterprise: Codes, way: NDArray[np.int8], among: Numbers, draws: Draws
) -> tuple[Codes, Codes, NDArray[np.float64]]:
    """Turn links into exactly as many ordered pairs as wanted, each with a time in [0, 1)."""
    wanted = shape.relations - among.size
    way = _adjusted(way, wanted, partner, draws)
    entry = draws.many(shape.nodes)
    start = entry[partner]
    time = start + (1 - start) * draws.many(partner.size)
    first = np.flatnonzero(np.r_[True, partner[1:] != partner[:-1]])
    time[first] = start[first]
    given, taken = way != FROM_PARTNER, way != FROM_ENTERPRISE
    answer = time + (1 - time) * draws.many(partner.size)
    back = np.where(way == ANSWER, answer, time)
    source = np.concatenate([enterprise[given], partner[taken], (among // shape.n_sample).astype(np.int32)])
    target = np.concatenate([partner[given], enterprise[taken], (among % shape.n_sample).astype(np.int32)])
    return source, target, np.concatenate([time[given], back[taken], draws.many(among.size)])


def _adjusted(way: NDArray[np.int8], wanted: int, partner: Codes, draws: Draws) -> NDArray[np.int8]:
    """Answer some more links, or fewer, of partners that give and receive, until the number is met."""
    way = way.copy()
    surplus = int(way.size + np.count_nonzero(way == ANSWER)) - wanted
    first = np.flatnonzero(np.r_[True, partner[1:] != partner[:-1]])
    size = np.diff(np.r_[first, partner.size])
    mixed = (np.minimum.reduceat(way, first) == ANSWER) & (size > 1)
    free = np.repeat(mixed, size)
    free[first] = False
    candidates = np.flatnonzero(free & ((way == ANSWER) == (surplus > 0)))
    chosen = candidates[np.argsort(draws.many(candidates.size), kind="stable")[: abs(surplus)]]
    if chosen.size < abs(surplus):
        raise ValueError(f"the draw has {surplus:+,} relations more than wanted: choose other sizes")
    # The first link of such a partner may be its only answered one, and stays.
    way[chosen] = FROM_ENTERPRISE if surplus > 0 else ANSWER
    return way


def _finish(
    shape: _Shape,
    seed: int,
    source: Codes,
    target: Codes,
    time: NDArray[np.float64],
    draws: Draws,
    done: Callable[[float], None],
) -> BulkTable:
    """Date the relations, order them, number the organisations as they come and classify."""
    cuts = [round(shape.relations * GROWTH ** (y - YEARS[-1])) for y in YEARS[:-1]]
    limits = np.partition(time, cuts)[cuts]
    year = (np.searchsorted(limits, time, side="right") + YEARS[0]).astype(np.int16)
    # Enterprises by size and partners in any order: the rows of a year come enterprise by enterprise.
    shuffled = np.argsort(draws.many(shape.n_partner), kind="stable").astype(np.int32) + shape.n_sample
    place = np.concatenate([np.arange(shape.n_sample, dtype=np.int32), shuffled])
    source, target = place[source], place[target]
    key = (year.astype(np.int64) - YEARS[0]) * shape.nodes * shape.nodes
    key += source.astype(np.int64) * shape.nodes + target
    order = np.argsort(key, kind="stable")
    source, target, year = source[order], target[order], year[order]
    del key, order
    done(6)
    seen = _order_of_appearance(source, target, shape.nodes)
    position = np.empty(shape.nodes, np.int32)
    position[seen] = np.arange(seen.size, dtype=np.int32)
    sample = seen < shape.n_sample
    shares = _shares()
    kind = _drawn(shares["kind"][1], draws.many(source.size))
    technology = _drawn(shares["technology"][1], draws.many(source.size)) + np.int8(1)
    technology[kind != shares["kind"][0].index("technology")] = 0
    u = draws.many(seen.size)
    province = np.where(sample, _drawn(shares["sample"][1], u), _drawn(shares["partner"][1], u))
    return BulkTable(
        seed=seed,
        source=position[source],
        target=position[target],
        year=year,
        kind=kind,
        technology=technology,
        sample=sample,
        number=np.where(sample, seen + 1, seen - shape.n_sample + 1).astype(np.int32),
        province=province,
        kinds=shares["kind"][0],
        technologies=("", *shares["technology"][0]),
        provinces=shares["sample"][0],
    )


def _order_of_appearance(source: Codes, target: Codes, n: int) -> Codes:
    ends = np.column_stack([source, target]).ravel()[::-1]
    first = np.full(n, -1, np.int64)
    first[ends] = np.arange(ends.size)[::-1]  # of repeated positions the last assignment stays
    order = np.argsort(first, kind="stable").astype(np.int32)
    return order[first[order] >= 0]


def _shares() -> dict[str, tuple[tuple[str, ...], Numbers]]:
    """Return labels and counts in the sample: kinds, technologies, provinces by role."""
    from clusters import synthetic
    from clusters.synthetic.files import NODE_COLUMNS, RELATION_COLUMNS

    tables = synthetic.packaged()
    column = {name: i for i, name in enumerate(RELATION_COLUMNS)}
    place, role = (NODE_COLUMNS.index(name) for name in ("province", "role"))
    kinds = [row[column["kind"]] for row in tables.relations]
    technologies = [cell for row in tables.relations if (cell := row[column["technology"]])]
    provinces = [row[place] for row in tables.nodes]
    every = sorted(set(provinces))
    result = {"kind": _counted(kinds, sorted(set(kinds))), "technology": _counted(technologies)}
    for name in ("sample", "partner"):
        result[name] = _counted([row[place] for row in tables.nodes if row[role] == name], every)
    return result


def _counted(values: list[str], labels: list[str] | None = None) -> tuple[tuple[str, ...], Numbers]:
    counts = Counter(values)
    labels = sorted(counts) if labels is None else labels
    return tuple(labels), np.array([counts[label] for label in labels], np.int64)


def _drawn(counts: Numbers, u: NDArray[np.float64]) -> NDArray[np.int8]:
    total = np.cumsum(counts)
    found: NDArray[np.int8] = np.searchsorted(total, (u * total[-1]).astype(np.int64), "right").astype(
        np.int8
    )
    return found


def _power_of_rank(n: int, top: float) -> Numbers:
    """Return whole-number weights rank**-a with the a at which the first has this share of the sum."""
    rank = np.arange(1, n + 1, dtype=np.float64)
    low, high = 0.0, 3.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if 1 / (rank**-middle).sum() < top else (low, middle)
    # Whole numbers: a last bit that differs between machines cannot move a draw.
    return np.maximum(1, np.rint(rank**-low * 2.0**40)).astype(np.int64)


def _first_seen(values: Numbers) -> Numbers:
    _, where = np.unique(values, return_index=True)
    return values[np.sort(where)]


def _between(points: tuple[tuple[int, int], ...], x: float) -> float:
    """Interpolate in logarithms; beyond the ends in proportion."""
    xs, ys = (np.array(column, float) for column in zip(*points, strict=True))
    inside = min(max(x, xs[0]), xs[-1])
    return float(np.exp(np.interp(np.log(inside), np.log(xs), np.log(ys))) * x / inside)


def _running(letter: str, part: slice, total: int) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    digits = max(8, len(str(total)))
    numbers = pa.array(np.arange(part.start + 1, part.stop + 1)).cast(pa.string())
    return pc.binary_join_element_wise(letter, pc.utf8_lpad(numbers, digits, "0"), "")


def _taken(labels: pa.Array, codes: NDArray[Any]) -> pa.Array:
    import pyarrow as pa

    return labels.take(pa.array(codes.astype(np.int32)))


def _lines(columns: list[pa.Array]) -> bytes:
    import pyarrow as pa
    from pyarrow import csv

    table = pa.table(columns, names=[str(i) for i in range(len(columns))])
    buffer = pa.BufferOutputStream()
    csv.write_csv(table, buffer, csv.WriteOptions(include_header=False, quoting_style="none"))
    return bytes(buffer.getvalue().to_pybytes())
