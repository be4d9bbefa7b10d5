"""Lists of investment events in Chinese: one row per event, its investors in one cell.

Two wide-spread headers are known by themselves: ``事件资讯,投资方,融资方,融资时间,轮次,金额`` and
``date,link,company,field,place,round,amount,investor``, and many words for their columns. A row
makes one relation for each investor that it names.
"""

from __future__ import annotations

import re

import numpy as np

from clusters.intake.amounts import APPROXIMATE, EXACT, RANGE, read_amount
from clusters.intake.public import deals
from clusters.intake.public.frame import Account, Converted, Layout, Options, Table
from clusters.intake.public.package import Package
from clusters.intake.public.participations import long
from clusters.intake.public.parties import Divided, divide, parted_by_blanks
from clusters.intake.public.sheets import Cells, Flags, Sheet, read_sheets
from clusters.intake.rows import LONGEST_NAME

TABLE = Table(
    "events", ("investor", "company"), ("date", "round", "amount", "field", "place", "title", "link")
)
_WORDS = {
    "investor": "投资方 投资人 投资者 投资机构 投资企业 投资主体 投资方名称 投资机构名称 投资机构invests "
    "investors invests",
    "company": "融资方 公司 公司名称 公司简称 企业 企业名称 企业简称 被投资方 被投方 被投企业 被投资企业 "
    "融资企业 融资公司 项目 项目名称 公司company 标的公司",
    "date": "融资时间 投资时间 融资日期 投资日期 披露时间 披露日期 交易时间 事件时间 时间 日期 日期time time",
    "round": "轮次 融资轮次 投资轮次 融资轮数 融资轮数round 融资阶段 投资阶段 stage",
    "amount": "金额 融资金额 投资金额 融资额 投资额 交易金额 金额amount money",
    "field": "行业 所属行业 行业领域 领域 赛道 行业分类 一级行业 industry category",
    "place": "地区 地点 所在地 所在地区 所属地区 注册地 location",
    "city": "城市 所在城市",
    "province": "省份 省 所在省份 所属省份",
    "title": "事件资讯 事件 标题 资讯 事件名称 新闻标题",
    "link": "链接 网址 url",
}
ALIASES = {word: name for name, words in _WORDS.items() for word in words.split()}
ROUND = re.compile(
    r"(?:种子|天使|pre-?[a-z]|[a-h](?:\+*|\d*)|战略|新三板|定增|众筹)\+?轮(?:-上市前|及以后)?"
    r"|战略(?:投资|融资)|pre-?[a-z]\+*|不明确|未披露|新三板(?:定增)?|ipo(?:上市)?(?:后|前)?|pre-?ipo|天使|并购|收购|已?被收购|尚未获投|股权(?:融资|转让)"
    r"|债权融资|定向增发|私有化|(?:主板|上市公司)?定向?增发|(?:天使|[a-h])\+轮?",
    re.IGNORECASE,
)
_BOUGHT = re.compile("并购|收购|merger|acquisition", re.IGNORECASE)
_TEXTS = 50


def convert(package: Package, options: Options) -> Converted:
    """Convert lists of investment events."""
    account = Account()
    sheets = read_sheets(package, LAYOUT, options, account)[TABLE.name]
    parts = [_relations(sheet, options, account) for sheet in sheets]
    return deals.finish(parts, account, [sheet.name for sheet in sheets])


def _relations(sheet: Sheet, options: Options, account: Account) -> dict[str, object]:
    company, investors = sheet.names("company"), sheet.cells("investor")
    sheet.reject(_moved(sheet), "shifted_row")
    sheet.reject(sheet.names("investor") == "", "missing_source")
    sheet.reject(company == "", "missing_target")
    sheet.reject(long(company), "long_name")
    blanks = parted_by_blanks(dict.fromkeys(investors.tolist()))
    read = {
        text: divide(text, blanks=blanks, keep_placeholders=options.keep_placeholders)
        for text in dict.fromkeys(investors.tolist())
    }
    found = [read[text] for text in investors]
    sheet.reject(
        np.array([any(len(n) > LONGEST_NAME for n in one.names) for one in found], bool), "long_name"
    )
    nobody = np.array([not one.names and bool(one.placeholders) for one in found], bool)
    sheet.set_aside(nobody, "placeholder_source")
    if not options.keep_placeholders:
        sheet.set_aside(deals.placeholders(company), "placeholder_target")
    sheet.set_aside(np.array([not one.names for one in found], bool), "adviser_only")
    own = np.array(
        [bool(one.names) and set(one.names) == {to} for one, to in zip(found, company, strict=True)], bool
    )
    sheet.set_aside(own, "self_relation")
    dates = (
        deals.check_dates(sheet, "date", options) if sheet.has("date") else np.full(sheet.rows, "", object)
    )
    sheet.note_mended("several_investors", np.array([len(one.names) > 1 for one in found], bool))
    money = deals.amounts(sheet, "amount")
    alive = np.flatnonzero(sheet.alive)
    row, names = _divided(sheet, alive, found, company, account)
    sheet.close(account)
    _list_placeholders(sheet, nobody, investors, account)
    rounds = sheet.cells("round")
    bought = np.array([bool(_BOUGHT.search(text)) for text in rounds], bool)
    return {
        "source": names,
        "target": company[row],
        "date": dates[row],
        "kind": np.full(row.size, "investment", object),
        "deal": np.where(bought, deals.ACQUISITION, deals.FUNDING).astype(object)[row],
        "round": rounds[row],
        **{name: values[row] for name, values in money.items()},
        **{f"target_{name}": sheet.cells(name)[row] for name in ("place", "city", "province")},
        "field": sheet.cells("field")[row],
        # The line would tell apart what stands in the list twice; the event's page does not.
        "id": sheet.cells("link")[row],
    }


def _moved(sheet: Sheet) -> Flags:
    """Tell which rows have cells that belong to a column beside theirs.

    They hold a round where the place or the amount should be and none in its own column, or a
    sum of money for an investor.
    """
    moved = _sums(sheet.cells("investor"))
    if sheet.has("round"):
        beside = np.zeros(sheet.rows, bool)
        for name in ("place", "amount"):
            if sheet.has(name):
                # 未披露 is said of amounts and places, too.
                beside |= _rounds(sheet.cells(name)) & ~deals.placeholders(sheet.cells(name))
        moved |= beside & ~_rounds(sheet.cells("round"))
    return moved


def _sums(cells: Cells) -> Flags:
    """Tell which cells state a sum of money and its currency."""
    read = {text: read_amount(text) for text in dict.fromkeys(cells.tolist())}
    sums = {text: bool(one.currency) and one.how in (EXACT, APPROXIMATE, RANGE) for text, one in read.items()}
    return np.array([sums[text] for text in cells], bool)


def _rounds(cells: Cells) -> Flags:
    known = {text: bool(ROUND.fullmatch(text)) for text in dict.fromkeys(cells.tolist())}
    return np.array([known[text] for text in cells], bool)


def _divided(
    sheet: Sheet, rows: deals.Rows, found: list[Divided], company: Cells, account: Account
) -> tuple[deals.Rows, Cells]:
    """Return row and investor of each relation; account for every name in the cells of these rows."""
    at: list[int] = []
    names: list[str] = []
    lost: dict[str, list[int]] = {}
    for row in rows.tolist():
        one = found[row]
        for name in one.names:
            if name == company[row]:
                lost.setdefault("self_relation", []).append(row)
            else:
                at.append(row)
                names.append(name)
        for reason, count in (
            ("placeholder_source", len(one.placeholders)),
            ("adviser", len(one.advisers)),
            ("repeated_investor", one.repeated),
        ):
            if count:
                lost.setdefault(reason, []).extend([row] * count)
    account.count(sheet.name, "divide", "accepted", len(at))
    for reason, where in lost.items():
        line = int(np.asarray(sheet.raw.lines[:])[where[0]])
        example = sheet.cells("investor")[where[0]]
        account.count(
            sheet.name, "divide", "set_aside", len(where), reason=reason, line=line, example=example
        )
    return np.array(at, np.intp), np.array([*names, ""], object)[:-1]


def _list_placeholders(sheet: Sheet, nobody: Flags, investors: Cells, account: Account) -> None:
    """Count the rows that name nobody by what they say instead, the most frequent first."""
    rows = np.flatnonzero(nobody & (sheet.reason == "placeholder_source"))
    lines = np.asarray(sheet.raw.lines[:])
    where: dict[str, list[int]] = {}
    for row in rows.tolist():
        where.setdefault(investors[row], []).append(row)
    for text, own in sorted(where.items(), key=lambda item: -len(item[1]))[:_TEXTS]:
        account.count(
            sheet.name,
            "divide",
            "placeholder",
            len(own),
            reason="rows",
            line=int(lines[own[0]]),
            example=text,
        )


LAYOUT = Layout(
    "investment-events-cn",
    "lists of investment events in Chinese",
    convert,
    (TABLE,),
    ALIASES,
    frozenset({"keep_placeholders"}),
)
