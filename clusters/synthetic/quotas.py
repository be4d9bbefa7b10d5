"""How many organisations of a group sit in each city: printed counts first, then a fair rest.

Counts of regions, provinces and cities come from the figures (the whole numbers behind
the printed shares). What a figure leaves open is shared among the places it does not
print, in proportion to weights and below the last printed count of that figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache

from clusters import places
from clusters.synthetic import flows
from clusters.synthetic.rounding import largest_remainder
from clusters.synthetic.targets import figure, recovered

MAIN_CITIES = {
    "河北省": "石家庄市 保定市 廊坊市 唐山市 邯郸市 秦皇岛市 沧州市 邢台市 张家口市",
    "山西省": "太原市 大同市 长治市 晋中市 运城市",
    "内蒙古自治区": "呼和浩特市 包头市 鄂尔多斯市 赤峰市",
    "辽宁省": "沈阳市 大连市 鞍山市 锦州市 营口市 抚顺市",
    "吉林省": "长春市 吉林市 延边朝鲜族自治州 四平市",
    "黑龙江省": "哈尔滨市 大庆市 齐齐哈尔市 牡丹江市 佳木斯市",
    "江苏省": "苏州市 南京市 无锡市 常州市 徐州市 南通市 镇江市 扬州市 盐城市 淮安市 连云港市 泰州市",
    "浙江省": "杭州市 宁波市 嘉兴市 温州市 绍兴市 湖州市 金华市 台州市",
    "安徽省": "合肥市 芜湖市 蚌埠市 滁州市 马鞍山市 安庆市 阜阳市",
    "福建省": "福州市 厦门市 泉州市 漳州市 龙岩市 莆田市",
    "江西省": "南昌市 赣州市 九江市 上饶市 鹰潭市 吉安市",
    "山东省": "青岛市 济南市 烟台市 潍坊市 威海市 淄博市 临沂市 济宁市 泰安市",
    "河南省": "郑州市 洛阳市 新乡市 开封市 南阳市 许昌市",
    "湖北省": "武汉市 宜昌市 襄阳市 荆州市 黄石市 孝感市",
    "湖南省": "长沙市 株洲市 湘潭市 衡阳市 岳阳市 常德市",
    "广东省": "深圳市 广州市 东莞市 佛山市 珠海市 惠州市 中山市 江门市 肇庆市 汕头市 湛江市 韶关市",
    "广西壮族自治区": "南宁市 柳州市 桂林市 北海市",
    "海南省": "海口市 三亚市 儋州市",
    "四川省": "成都市 绵阳市 宜宾市 德阳市 泸州市 南充市 乐山市",
    "贵州省": "贵阳市 遵义市 黔南布依族苗族自治州 六盘水市",
    "云南省": "昆明市 曲靖市 玉溪市 大理白族自治州",
    "西藏自治区": "拉萨市 日喀则市",
    "陕西省": "西安市 咸阳市 宝鸡市 榆林市 渭南市",
    "甘肃省": "兰州市 天水市 酒泉市",
    "青海省": "西宁市 海东市",
    "宁夏回族自治区": "银川市 石嘴山市",
    "新疆维吾尔自治区": "乌鲁木齐市 克拉玛依市 昌吉回族自治州",
}
"""Cities of each province by weight; the others follow far behind."""
UNIVERSITIES = {
    "天津市": 12,
    "河北省": 19,
    "上海市": 14,
    "浙江省": 18,
    "安徽省": 19,
    "重庆市": 11,
    "四川省": 23,
    "湖北省": 28,
    "陕西省": 26,
    "河南省": 24,
    "辽宁省": 22,
    "湖南省": 20,
    "黑龙江省": 16,
    "江西省": 15,
    "吉林省": 14,
    "福建省": 14,
    "山西省": 12,
    "广西壮族自治区": 12,
    "云南省": 10,
    "贵州省": 9,
    "甘肃省": 9,
    "内蒙古自治区": 8,
    "新疆维吾尔自治区": 6,
    "广东省": 5,
    "海南省": 3,
    "宁夏回族自治区": 3,
    "青海省": 2,
    "西藏自治区": 1,
}
"""Weights of the provinces that Figure 27 does not print (of 广东: outside the delta)."""
NEW_ORGANISATIONS = {
    "浙江省": 27,
    "上海市": 16,
    "天津市": 10,
    "北京市": 9,
    "河北省": 4,
    "湖北省": 3,
    "山东省": 3,
    "四川省": 2,
    "陕西省": 2,
}
"""The same for Figure 33, whose legend gives the order of the first five."""
DELTA = "珠江三角洲"
OTHERS = "其他地区"
GUANGDONG = "广东省"
OUTSIDE_DELTA = "汕头市"
"""Seat of the one Guangdong platform outside the delta: Figure 11 has 50, Figure 12 has 51."""

Counts = dict[str, int]


@cache
def city_weights(province: str) -> Mapping[str, float]:
    """Return the weights of the cities of a province: flows of the fitted matrix, then rank.

    Examples
    --------
    >>> weights = city_weights("福建省")
    >>> max(weights, key=weights.get), round(sum(weights.values()), 6)
    ('福州市', 1.0)
    """
    units, margin = flows.units(), flows.flow_shares().sum(axis=1)
    main = MAIN_CITIES.get(province, province).split()
    raw = {c: 1.0 / (main.index(c) + 1) ** 1.5 if c in main else 0.002 for c in places.cities(province)}
    inside: dict[int, float] = {}
    for city, weight in raw.items():
        inside[units.of_city(city)] = inside.get(units.of_city(city), 0.0) + weight
    weights = {c: margin[units.of_city(c)] * w / inside[units.of_city(c)] for c, w in raw.items()}
    total = sum(weights.values())
    return {c: float(w / total) for c, w in weights.items()}


@cache
def sample_quota() -> Counts:
    """Return the 2,200 sample enterprises by city (Figures 6 to 8)."""
    # Figure 6 gives 珠江三角洲 the 582 of all 广东 in Figure 7; only the platform outside stays outside.
    regions = {r: n for r, n in recovered("fig06").items() if r != DELTA}
    return _fill(
        2200,
        regions,
        recovered("fig07"),
        recovered("fig08"),
        weights=_table_weights(),
        outside=1,
        floor=platform_quota(),
    )


@cache
def platform_quota() -> Counts:
    """Return the 200 platforms by city (Figures 11 to 13)."""
    regions, provinces = recovered("fig11"), recovered("fig12")
    outside = provinces[GUANGDONG] - regions.pop(DELTA)
    return _fill(200, regions, provinces, recovered("fig13"), weights=_table_weights(), outside=outside)


@cache
def university_quota() -> Counts:
    """Return the 438 universities by city (Figures 26 to 28)."""
    regions = {r: n for r, n in recovered("fig26").items() if r != OTHERS}
    delta = regions.pop(DELTA)
    return _fill(438, regions, recovered("fig27"), recovered("fig28"), weights=UNIVERSITIES, delta=delta)


@cache
def institute_quota() -> Counts:
    """Return the 307 research institutes by city (Figures 29 to 31)."""
    regions = {r: n for r, n in recovered("fig29").items() if r != DELTA}
    return _fill(307, regions, recovered("fig30"), recovered("fig31"), weights=_table_weights())


@cache
def new_organisation_quota() -> Counts:
    """Return the 347 new innovation organisations by city (Figures 32 to 34)."""
    regions = _printed_counts(32, "region_zh")
    regions.pop(DELTA)
    cities = _printed_counts(34, "city_zh")
    return _fill(347, regions, recovered("fig33"), cities, weights=NEW_ORGANISATIONS)


def _fill(
    total: int,
    regions: Counts,
    provinces: Counts,
    cities: Counts,
    *,
    weights: Mapping[str, float],
    outside: int = 0,
    delta: int = 0,
    floor: Counts | None = None,
) -> Counts:
    """Fill provinces and their cities from the printed counts of a group.

    ``outside`` is how many of 广东 sit outside the delta; ``delta`` how many sit in it, where
    the figure prints that but not 广东 (what is shared out is then only the outside).
    """
    floor = floor or {}
    least = _sum_provinces({**floor, **{c: max(n, floor.get(c, 0)) for c, n in cities.items()}})
    if delta:
        least.pop(GUANGDONG, None)
    # A municipality is a city too and must stay below the printed cities.
    most = {p: min(cities.values()) - 1 for p in places.provinces() if places.cities(p) == [p]}
    by_province = _by_province(total - delta, regions, provinces, weights, least, most)
    if delta:
        outside = by_province[GUANGDONG]
        by_province[GUANGDONG] += delta
    return _by_city(by_province, cities, outside, floor)


def scaled(quota: Counts, total: int, *, floor: Counts | None = None) -> list[str]:
    """Return one city per organisation, in the order of place codes, for any total."""
    cities = places.order(quota)
    least = [(floor or {}).get(c, 0) for c in cities]
    numbers = largest_remainder([quota[c] for c in cities], total, floor=least)
    return [c for c, n in zip(cities, numbers, strict=True) for _ in range(n)]


def tally(cities: list[str]) -> Counts:
    """Count seats by city."""
    return dict(Counter(cities))


def _printed_counts(number: int, column: str) -> Counts:
    table = figure(number)
    return {str(n): int(c) for n, c in zip(table[column], table["count"], strict=True)}


@cache
def _table_weights() -> Mapping[str, float]:
    """Weights of provinces: what they give according to Table 7."""
    units, margin = flows.units(), flows.flow_shares().sum(axis=1)
    return {p: float(margin[units.of_province(p)].sum()) for p in places.provinces(mainland=True)}


def _sum_provinces(cities: Counts) -> Counts:
    result: Counts = {}
    for city, count in cities.items():
        here = places.place(city)
        assert here is not None
        result[here.province_zh] = result.get(here.province_zh, 0) + count
    return result


def _by_province(
    total: int, regions: Counts, provinces: Counts, weights: Mapping[str, float], least: Counts, most: Counts
) -> Counts:
    """Fill the provinces: printed ones, then what their region leaves, then what is left at all."""
    highest = min(provinces.values()) - 1
    limits = {p: min(highest, most.get(p, highest)) for p in places.provinces(mainland=True)}
    counts = dict(provinces)
    inside = {p: places.region(p) for p in places.provinces(mainland=True)}
    for name, count in regions.items():
        members = [p for p, own in inside.items() if own == name and p not in counts]
        rest = count - sum(n for p, n in provinces.items() if inside[p] == name)
        counts.update(_share(rest, members, weights, limits, least))
    open_ = [p for p, own in inside.items() if p not in counts and own not in regions]
    counts.update(_share(total - sum(counts.values()), open_, weights, limits, least))
    return counts


def _by_city(provinces: Counts, cities: Counts, outside: int, floor: Counts) -> Counts:
    """Fill the cities of each province."""
    highest = min(cities.values()) - 1
    counts: Counts = {}
    for province, total in provinces.items():
        here = places.cities(province)
        groups = [(here, total)]
        if province == GUANGDONG:
            delta = [c for c in here if places.region(province, c)]
            beyond = [OUTSIDE_DELTA] if outside == 1 else [c for c in here if c not in delta]
            groups = [(delta, total - outside), (beyond, outside)]
        for members, size in groups:
            known = {c: cities[c] for c in members if c in cities}
            rest = [c for c in members if c not in known]
            limits = {c: highest if len(rest) > 1 else size for c in rest}
            counts.update(known)
            counts.update(_share(size - sum(known.values()), rest, city_weights(province), limits, floor))
    return {c: n for c, n in counts.items() if n}


def _share(
    total: int, members: list[str], weights: Mapping[str, float], limits: Counts, floor: Counts
) -> Counts:
    weight = [weights.get(m, 0.0) for m in members]
    low = [floor.get(m, 0) for m in members]
    high = [max(limits[m], n) for m, n in zip(members, low, strict=True)]
    parts = largest_remainder(weight, total, floor=low, limit=high)
    return {m: int(n) for m, n in zip(members, parts, strict=True)}
