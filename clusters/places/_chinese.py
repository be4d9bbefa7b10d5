"""Addresses in Chinese, read from the left: country, province, city, county, then anything.

A name with its suffix (深圳市) counts wherever a part of the text begins with it. A short name
(深圳) counts alone, before a place that lies in it, or before what looks like the rest of an
address; before 路, 大学, 银行 and the like it is part of another name (南京路, 北京大学).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from clusters.places import _units
from clusters.places._units import TERRITORIES, Unit, merged
from clusters.places.countries import CHINA, names

_BETWEEN = re.compile(r"""[\s,、;/|\\·•.。\-_—–~()\[\]【】<>《》:+&"'“”]+""")
_FILLER = re.compile(
    "中华人民共和国|中国大陆|中国(?!香港|澳门|台湾)|市辖区|(?:省|自治区)直辖县级行政区划"
    "|生产建设兵团|第[一二三四五六七八九十]{1,2}师|CN(?![a-z])"
)
_ROAD = r"[东南西北中前后环]{0,2}[一二三四五]?[环纬经]?(?:路|街|大街|大道|胡同|巷)"
_OTHER_NAME = re.compile(
    rf"{_ROAD}|大[学厦酒桥]|学[院校]|[酒饭]店|公园|广场|银行|[区县镇乡村人话菜站港湾河湖山寺族省市州盟机]"
)
_REST = re.compile(r"[区县旗镇乡村路街巷弄号园楼室苑庄屯]|大道|大厦|新城|开发区|基地")
_BODY = re.compile(r"(?:公司|大学|学院|学校|研究[院所]|集团|银行|医院|中心|委员会|协会|[局厂所院部会社])$")
_FOREIGN_TWO = frozenset(
    ["日本", "印度", "越南", "荷兰", "瑞士", "瑞典", "丹麦", "挪威", "巴西", "波兰", "伊朗", "希腊", "埃及"]
)
_TRADITIONAL = str.maketrans(
    "廣東蘇遼龍陝灣門慶雲貴肅寧內廈濟連長瀋陽陰島煙鄭漢無紹興匯區縣鄉鎮國臺鹽揚張維爾烏魯齊銀蘭涼馬銅濱錦鐵嶺營綏雞鶴雙鴨開義"
    "樂麗瀘綿達資遵畢節盤臨紅薩圖黃華陸灘萬園號樓廳財顯澤龜豐徑澄讓歷淶淥羅從鋼萊膠嶗檢興衛閔楊寶嘉靜虹浦閘盧滬順懷門頭溝興",
    "广东苏辽龙陕湾门庆云贵肃宁内厦济连长沈阳阴岛烟郑汉无绍兴汇区县乡镇国台盐扬张维尔乌鲁齐银兰凉马铜滨锦铁岭营绥鸡鹤双鸭开义"
    "乐丽泸绵达资遵毕节盘临红萨图黄华陆滩万园号楼厅财显泽龟丰径澄让历涞渌罗从钢莱胶崂检兴卫闵杨宝嘉静虹浦闸卢沪顺怀门头沟兴",
)


@dataclass
class Found:
    """What a text says: units that it can mean, or a country abroad."""

    units: list[Unit] = field(default_factory=list)
    country: str | None = None
    exact: bool = False
    """The whole text is one name."""
    sure: bool = False
    """The units were named, not only hinted at."""
    against: list[Unit] = field(default_factory=list)
    """Units that contradict the ones before them."""


def read(text: str, given: Unit | None = None) -> Found:
    """Read a text that holds Chinese characters, already in compatibility form.

    ``given`` is the province that the row names elsewhere.
    """
    line = _BETWEEN.sub(" ", text.translate(_TRADITIONAL)).strip()
    walk = _Walk(line, given)
    walk.run()
    return walk.found


@dataclass
class _Step:
    units: list[Unit]
    end: int
    strong: bool


class _Walk:
    """One reading of one text from left to right."""

    def __init__(self, line: str, given: Unit | None) -> None:
        self._line, self._given = line, given
        self._here: list[Unit] = [] if given is None else [given]
        self._named = self._strong = False
        self.found = Found()

    def run(self) -> None:
        """Read the text into ``found``."""
        line, at, rest, last, chinese = self._line, 0, "", "", False
        while at < len(line):
            filler = _FILLER.match(line, at)
            if line[at] == " " or filler:
                if filler and "国" in filler[0]:
                    chinese = True
                    self.found.country = CHINA if line[filler.end() : filler.end() + 1] in ("", " ") else None
                at = filler.end() if filler else at + 1
                continue
            if not self._named and (abroad := _country_at(line, at)):
                code, end = abroad
                self.found = Found(country=code, exact=at == 0 and end == len(line), sure=True)
                return
            step = self._step(at)
            if self.found.against:
                self.found.units = self._here
                return
            if step is None:
                joined = at > 0 and line[at - 1] != " "
                if self._named:
                    rest = line[at:] if joined else ""
                    break
                space = line.find(" ", at)
                at = len(line) if space < 0 else space
                continue
            self.found.exact = at == 0 and step.end == len(line)
            self._named, self._strong = True, self._strong or step.strong
            if line[at : step.end] != last or any(u.depth == 0 for u in self._here):
                # 吉林吉林 is the city in the province; any other name said twice says no more.
                self._here = step.units
            last, at = line[at : step.end], step.end
        if self._named:
            self.found.country = CHINA if chinese else None
            self.found.units = self._here
            self.found.sure = self._strong or not rest or _continues(rest)

    def _step(self, at: int) -> _Step | None:
        """Take the longest name at a position that fits what came before."""
        line = self._line
        until = line.find(" ", at)
        until = len(line) if until < 0 else until
        spellings = _units.chinese()
        against: list[Unit] = []
        for end in range(min(until, at + _units.longest()), at + 1, -1):
            units = spellings.get(line[at:end])
            if units is None:
                continue
            usable = [u for u in units if self._usable(u, line[at:end], line[end:until])]
            if not usable:
                self._hint(units)
                continue
            strong = all(u.strong for u in usable)
            if not self._here:
                return _Step(with_namesakes(usable, units), end, strong)
            deeper = all_merged(self._here, usable)
            if deeper:
                return _Step(deeper, end, strong)
            alone = end == until and line[at - 1 : at] in ("", " ")
            against = against or [u for u in usable if (u.strong or alone) and u.county is None]
        if against and (self._named or self._given):
            self.found.against = against
        return None

    def _usable(self, unit: Unit, name: str, rest: str) -> bool:
        if unit.strong:
            # 深圳市场 is a market, 济南市中区 the district 市中区 of 济南.
            return not name.endswith("市") or not (rest[:1] == "场" or f"市{rest[:2]}" in _units.chinese())
        if unit.bare and not self._here:
            return False
        return not rest or not _OTHER_NAME.match(rest) or _part_follows(unit, rest)

    def _hint(self, units: Sequence[Unit]) -> None:
        """Keep what a name may mean that does not count where it stands."""
        if not self._named and not self.found.units:
            self.found.units = list(units)


def _part_follows(unit: Unit, rest: str) -> bool:
    """Tell whether a place in the unit comes next: 济南市中区 and 天津河西 are no 市 and no 河."""
    ends = (rest[:size] for size in range(2, min(len(rest), _units.longest()) + 1))
    following = (u for end in ends for u in _units.chinese().get(end, ()))
    return any((both := merged(unit, u)) is not None and both.depth > unit.depth for u in following)


def with_namesakes(units: Sequence[Unit], every: Sequence[Unit]) -> list[Unit]:
    """Add the districts that share a city's short name, where one is in a municipality: 朝阳."""
    if not units or any(u.level != "city" or u.strong for u in units):
        return list(units)
    bare = [u for u in every if u.bare]
    return [*units, *bare] if any(u.province == u.city for u in bare) else list(units)


def all_merged(here: Sequence[Unit], there: Sequence[Unit]) -> list[Unit]:
    """Merge what was read with what follows; where that leads deeper for some, only those count."""
    found: dict[tuple[str, str | None, str | None], Unit] = {}
    further = False
    if any(not u.bare and u.depth > one.depth and merged(one, u) for one in here for u in there):
        # Jinzhou in Liaoning is the city 锦州, not a district of Dalian.
        there = [u for u in there if not u.bare]
    for one in here:
        for two in there:
            unit = merged(one, two)
            if unit is None:
                continue
            deeper = unit.depth > one.depth
            if deeper and not further:
                found.clear()
            if deeper or not further:
                found.setdefault(unit.path, unit)
            further = further or deeper
    return list(found.values())


def _continues(rest: str) -> bool:
    """Tell whether what follows a short name looks like the rest of an address."""
    return bool(_REST.search(rest)) and not _BODY.search(rest)


@cache
def _countries() -> dict[str, str]:
    outside = {CHINA, *TERRITORIES.values()}
    return {n: code for n, code in names().items() if not n.isascii() and code not in outside}


def _country_at(line: str, at: int) -> tuple[str, int] | None:
    """Return the country abroad that a text goes on with, such as 美国加州, and where its name ends."""
    for end in range(min(len(line), at + 14), at + 1, -1):
        name = line[at:end]
        code = _countries().get(name)
        if code is None:
            continue
        rest = line[end : end + 1]
        if rest in ("", " ") or name.endswith("国") or len(name) > 2 or name in _FOREIGN_TWO:
            return None if rest == "路" else (code, end)
    return None
