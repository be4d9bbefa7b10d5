"""Technology, application field and industry of each technology relation, with the printed shares.

Counts of the classes are exact (largest remainder of the printed shares); classes that no
figure prints share what is left in a decreasing sequence below the last printed one.
An enterprise leans to some technologies and a partner to some fields, and the mix moves
over the years; the industry is that of the partner (methods: decision D15).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clusters import published
from clusters.synthetic import anchors
from clusters.synthetic.draws import Draws
from clusters.synthetic.growth import Growth
from clusters.synthetic.kinds import FOREIGN, GOVERNMENT, INSTITUTE, NEW, TECHNOLOGY, UNIVERSITY, Kinds
from clusters.synthetic.rounding import IntVector, largest_remainder
from clusters.synthetic.targets import REPORT, Targets, figure, printed

_STAGE = 4
PRIMARY, SECONDARY, TERTIARY = "第一产业", "第二产业", "第三产业"
AGRICULTURE, MINING, MANUFACTURING = "农、林、牧、渔业", "采矿业", "制造业"
SOFTWARE, RESEARCH, EDUCATION = "信息传输、软件和信息技术服务业", "科学研究和技术服务业", "教育"
PUBLIC = "公共管理、社会保障和社会组织"

OTHER_SERVICES = {
    EDUCATION: 5.20,
    PUBLIC: 4.10,
    "交通运输、仓储和邮政业": 2.60,
    "文化、体育和娱乐业": 1.95,
    "卫生和社会工作": 1.55,
    "房地产业": 1.15,
    "水利、环境和公共设施管理业": 0.80,
    "居民服务、修理和其他服务业": 0.55,
    "住宿和餐饮业": 0.42,
}
"""Tertiary sections that Figure 23 does not print, in percent; they add up to what it leaves."""

OTHER_MANUFACTURING = (
    "医药制造业",
    "仪器仪表制造业",
    "铁路、船舶、航空航天和其他运输设备制造业",
    "化学原料和化学制品制造业",
    "食品制造业",
    "非金属矿物制品业",
    "黑色金属冶炼和压延加工业",
    "金属制品业",
    "纺织服装、服饰业",
    "橡胶和塑料制品业",
    "家具制造业",
    "酒、饮料和精制茶制造业",
    "农副食品加工业",
    "有色金属冶炼和压延加工业",
    "纺织业",
    "文教、工美、体育和娱乐用品制造业",
    "石油、煤炭及其他燃料加工业",
    "其他制造业",
    "造纸和纸制品业",
    "印刷和记录媒介复制业",
    "皮革、毛皮、羽毛及其制品和制鞋业",
    "烟草制品业",
    "木材加工和木、竹、藤、棕、草制品业",
    "化学纤维制造业",
    "金属制品、机械和设备修理业",
    "废弃资源综合利用业",
)
"""Divisions of manufacturing that Figure 25 does not print, in the order in which they are filled."""

TREND = {
    "大数据和云计算": 0.02,
    "物联网": -0.03,
    "5G": 0.30,
    "智能机器人": -0.02,
    "计算机视觉": 0.03,
    "语音识别": -0.06,
    "智能推荐": -0.06,
    "自动驾驶": 0.12,
    "智能芯片": 0.06,
    "知识图谱": 0.10,
    "智能制造": 0.06,
    "智能网联汽车": 0.10,
    "智慧城市": 0.03,
    "智能营销与新零售": -0.05,
    "智能家居": -0.05,
    "智能硬件": -0.04,
    "智能能源": 0.08,
}
"""Growth of a class against the others per year, as a log ratio."""


@dataclass(frozen=True)
class Classes:
    """Classes of each relation; empty text where it is not technology."""

    technology: list[str]
    application_field: list[str]
    sector: list[str]
    industry: list[str]
    """Section of GB/T 4754."""
    manufacturing_division: list[str]
    """Division of GB/T 4754, only within manufacturing."""


def classify(growth: Growth, kinds: Kinds, targets: Targets, seed: int) -> Classes:
    """Label the technology relations."""
    rows = np.flatnonzero(kinds.kind == TECHNOLOGY)
    first = growth.n_sample
    enterprise = np.where(growth.source[rows] < first, growth.source[rows], growth.target[rows])
    other = np.where(growth.source[rows] < first, growth.target[rows], growth.source[rows])
    year, n = growth.year[rows], growth.n_sample + growth.n_partner
    technology = _lean(
        _shares(18, "technology_zh", "list_technologies_17"), year, enterprise, n, Draws(seed, _STAGE, 0)
    )
    field = _lean(
        _shares(20, "application_zh", "list_application_fields_19"), year, other, n, Draws(seed, _STAGE, 1)
    )
    industry = _industries(other, first, kinds, targets, Draws(seed, _STAGE, 2))
    size = growth.source.size

    def spread(labels: list[str]) -> list[str]:
        full = [""] * size
        for row, label in zip(rows.tolist(), labels, strict=True):
            full[row] = label
        return full

    return Classes(
        technology=spread(technology),
        application_field=spread(field),
        sector=spread([i[0] for i in industry]),
        industry=spread([i[1] for i in industry]),
        manufacturing_division=spread([i[2] for i in industry]),
    )


def _shares(number: int, column: str, listing: str) -> dict[str, float]:
    """Return the percentages of all classes of a figure, largest first."""
    table = figure(number)
    shares = {str(n): float(s) for n, s in zip(table[column], table["share_percent"], strict=True)}
    every = published.load(REPORT, name=listing)[column]
    rest = [str(n) for n in every if n not in shares]
    return shares | dict(
        zip(rest, _decreasing(len(rest), 100 - sum(shares.values()), min(shares.values())), strict=True)
    )


def _decreasing(count: int, total: float, below: float) -> list[float]:
    """Return falling numbers with a given sum, all below a limit.

    Examples
    --------
    >>> parts = _decreasing(3, 6.0, 2.5)
    >>> [round(p, 3) for p in parts], round(sum(parts), 9)
    ([2.362, 1.979, 1.658], 6.0)
    """
    slow, fast = 0.0, 1.0  # the quicker the fall, the larger the first
    for _ in range(60):
        speed = (slow + fast) / 2
        first = total / np.exp(-speed * np.arange(count)).sum()
        slow, fast = (speed, fast) if first < 0.945 * below else (slow, speed)
    steps = np.exp(-slow * np.arange(count))
    return [float(step) for step in total * steps / steps.sum()]


def _lean(shares: dict[str, float], year: IntVector, leaning: IntVector, n: int, draws: Draws) -> list[str]:
    """Give labels with exact totals that move over the years and cling to organisations.

    Half of the labels of a year are dealt at random. The other half lie in the order of the
    classes and are dealt in the order of a number that each organisation keeps for life.
    """
    names = list(shares)
    years = np.unique(year)
    sizes = np.array([int((year == y).sum()) for y in years])
    totals = largest_remainder(list(shares.values()), int(sizes.sum()))
    slope = np.array([TREND.get(name, 0.0) for name in names])
    start = np.exp(np.outer(years - years.mean(), slope)) * np.array(list(shares.values()))
    table = table_with_margins(start, sizes, totals)
    taste = draws.many(n)
    result = np.empty(year.size, np.int64)
    for y, counts in zip(years.tolist(), table, strict=True):
        rows = np.array(draws.shuffled(np.flatnonzero(year == y).tolist()), np.int64)
        labels = np.array(draws.shuffled(np.repeat(np.arange(len(names)), counts).tolist()), np.int64)
        half = rows.size // 2
        result[rows[half:]] = labels[half:]
        ordered = rows[:half][np.argsort(taste[leaning[rows[:half]]], kind="stable")]
        result[ordered] = np.sort(labels[:half])
    return [names[i] for i in result.tolist()]


def table_with_margins(start: NDArray[np.float64], rows: IntVector, columns: IntVector) -> IntVector:
    """Return whole numbers near a start table, with exact sums of rows and columns.

    Examples
    --------
    >>> table_with_margins(np.ones((2, 2)), np.array([3, 2]), np.array([4, 1])).tolist()
    [[2, 1], [2, 0]]
    """
    fitted = start.copy()
    for _ in range(200):
        fitted *= (rows / np.maximum(fitted.sum(axis=1), 1e-300))[:, None]
        fitted *= columns / np.maximum(fitted.sum(axis=0), 1e-300)
    whole = np.floor(fitted * (1 - 1e-9)).astype(np.int64)
    left_rows, left_columns = rows - whole.sum(axis=1), columns - whole.sum(axis=0)
    # The largest fractions first, then whatever is open in a row and a column at once.
    for cell in np.argsort(-(fitted - whole).ravel(), kind="stable").tolist():
        i, j = divmod(cell, whole.shape[1])
        if left_rows[i] > 0 and left_columns[j] > 0:
            whole[i, j] += 1
            left_rows[i] -= 1
            left_columns[j] -= 1
    for i in np.flatnonzero(left_rows > 0).tolist():
        for j in np.flatnonzero(left_columns > 0).tolist():
            more = int(min(left_rows[i], left_columns[j]))
            whole[i, j] += more
            left_rows[i] -= more
            left_columns[j] -= more
    return whole


Industry = tuple[str, str, str]


def industry_counts(total: int) -> dict[Industry, int]:
    """Split a number of relations by sector, section and division of manufacturing (Figures 22 to 25).

    Examples
    --------
    >>> counts = industry_counts(100_000)
    >>> sum(counts.values()), sum(n for key, n in counts.items() if key[0] == "第三产业")
    (100000, 75790)
    """
    sectors = _exact(_printed(22), total)
    services = _printed(23) | OTHER_SERVICES
    secondary = _printed(24)
    secondary[MINING] = 100 - sum(secondary.values())
    divisions = _printed(25)
    rest = _decreasing(len(OTHER_MANUFACTURING), 100 - sum(divisions.values()), min(divisions.values()))
    divisions |= dict(zip(OTHER_MANUFACTURING, rest, strict=True))
    counts: dict[Industry, int] = {(PRIMARY, AGRICULTURE, ""): sectors[PRIMARY]}
    counts |= {(TERTIARY, name, ""): n for name, n in _exact(services, sectors[TERTIARY]).items()}
    for name, n in _exact(secondary, sectors[SECONDARY]).items():
        if name == MANUFACTURING:
            counts |= {(SECONDARY, name, division): m for division, m in _exact(divisions, n).items()}
        else:
            counts[SECONDARY, name, ""] = n
    return counts


def _printed(number: int) -> dict[str, float]:
    table = figure(number)
    return {str(n): float(s) for n, s in zip(table["industry_zh"], table["share_percent"], strict=True)}


def _exact(shares: dict[str, float], total: int) -> dict[str, int]:
    parts = largest_remainder(list(shares.values()), total)
    return {name: int(n) for name, n in zip(shares, parts, strict=True)}


def _industries(other: IntVector, first: int, kinds: Kinds, targets: Targets, draws: Draws) -> list[Industry]:
    """Give each partner one industry so that the relations have the printed shares.

    Large partners choose first among the industries that still have room for all their
    relations; the many small ones fill them to the last relation.
    """
    left = industry_counts(other.size)
    keys = {name: key for key in left for name in key[1:] if name and name != MANUFACTURING}
    relations = np.bincount(other, minlength=first + kinds.partner_type.size)
    chosen: dict[int, Industry] = {}

    def choose(node: int, key: Industry) -> None:
        chosen[node] = key
        left[key] -= int(relations[node])

    for node in np.flatnonzero(relations[:first]).tolist():  # the receiving end of two sample enterprises
        choose(node, keys[SOFTWARE])
    if targets.pinned:
        for j, name in enumerate(printed(4)["name_zh"]):
            choose(first + j, keys[anchors.STARS[name].industry])
    usual = {UNIVERSITY: EDUCATION, INSTITUTE: RESEARCH, NEW: RESEARCH, GOVERNMENT: PUBLIC}
    order = sorted(np.flatnonzero(relations[first:]).tolist(), key=lambda j: (-relations[first + j], j))
    free = []
    for j in order:
        key = keys.get(usual.get(int(kinds.partner_type[j]), ""))
        if first + j in chosen:
            continue
        if key is not None and left[key] >= relations[first + j]:
            choose(first + j, key)
        else:
            free.append(j)
    for j in free:
        node = first + j
        _choose_free(
            node, int(relations[node]), left, chosen, draws, foreign=int(kinds.partner_type[j]) == FOREIGN
        )
    return [chosen[node] for node in other.tolist()]


def _choose_free(
    node: int,
    size: int,
    left: dict[Industry, int],
    chosen: dict[int, Industry],
    draws: Draws,
    *,
    foreign: bool,
) -> None:
    keys = list(left)
    room = [float(n) if n >= size else 0.0 for n in left.values()]
    if foreign:  # no foreign administration or school takes part here
        room = [0.0 if key[1] in (PUBLIC, EDUCATION) else r for key, r in zip(keys, room, strict=True)]
    if sum(room) <= 0:
        room = [float(max(n, 0)) for n in left.values()]
    key = keys[draws.weighted(room)]
    chosen[node] = key
    left[key] -= size
