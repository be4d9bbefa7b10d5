"""A framework to begin with: a commented file, in English and Chinese side by side."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from clusters.errors import DataError
from clusters.index._choices import methods
from clusters.index._nodes import RESERVED

HEAD = """\
# Framework of a composite index / 综合指数框架
#
#   clusters index show {file}                   the tree with its weights / 层次结构与权重
#   clusters index check {file} indicators.csv   look at the indicators / 检查指标
#   clusters index score {file} indicators.csv   score and rank / 计算得分与排名
#
# indicators.csv has a row per city and a column per indicator (id, Chinese or English name).
# 指标表每行一个城市，每列一个指标（列名用 id、中文名或英文名）。
# Lines that begin with # are examples or explanations. / 以 # 开头的行是示例或说明。

[index]
name = {name}
title_en = {name}
title_zh = {name}
source = ""
unit_en = "city"                # what is ranked / 评价单元
unit_zh = "城市"
# unit_column = "city"          # column that names the units, if it is not found / 单位名称所在列
mean = "arithmetic"             # {means}
weights = "given"               # {weights}
# weights_sum = "any"           # rescale weights of siblings whatever their sum / 权重之和不要求为 1
minimum_share = 0.5             # least share of an aggregate's parts that must have data / 最低数据完整度
by_year = false                 # a panel: normalise every year by itself / 面板数据是否逐年标准化

# How indicators become comparable / 标准化:
# {normalise}
[normalise]
method = "min-max"
range = [0, 100]

# Missing values, filled in before anything else / 缺失值插补:
# {impute}
[impute]
method = "none"
# groups = "province"           # with group_mean / 分组均值所用的列

# Outliers: remove the # to winsorise skewed indicators / 去掉 # 即对偏态指标缩尾
# [outliers]

# Units with too little data: remove the # to leave them out / 去掉 # 即剔除数据过少的城市
# [screen]
# minimum = 0.667

# Tiers / 梯队: {tiers}
[tiers]
method = "sizes"
sizes = [10, 10, "rest"]
names_en = ["first tier", "second tier", "third tier"]
names_zh = ["第一梯队", "第二梯队", "第三梯队"]

# Aggregates: one without a parent (the root), all others below it.
# 上级指标：没有 parent 的一个为总指数，其余逐级归属。
# Weights are relative to siblings: all equal, whole numbers, or shares that sum to 1.
# 权重相对于同级：可以全部相等、取整数，或取和为 1 的小数。
[[aggregate]]
id = "total"
name_en = "Total"
name_zh = "总指数"
"""
GROUPS = """
[[aggregate]]
id = "research"
parent = "total"
name_en = "Research"
name_zh = "研发能力"
weight = 0.6
# mean = "geometric"            # instead of that of the index / 单独指定合成方法

[[aggregate]]
id = "industry"
parent = "total"
name_en = "Industry"
name_zh = "产业发展"
weight = 0.4
"""
LEAVES_HEAD = """
# Indicators: a column of the table each, or a formula of columns.
# 指标：对应指标表的一列，或由若干列计算。
# Not to be used as an id / 不可用作 id: {reserved}
"""
DIRECTION = """\
# direction = -1 where less is better, such as pollution / 逆向指标（越小越好）取 direction = -1
"""
LEAVES = """\
[[indicator]]
id = "papers"
parent = "research"
name_en = "Papers"
name_zh = "论文产出数量"
direction = 1                   # -1: less is better / 逆向指标取 -1
weight = 1
# unit = "count"                # unit of measure / 计量单位
# denominator = "population"    # column to divide by / 分母所在列
# error = 0.05                  # relative standard error, for robustness / 相对标准误

[[indicator]]
id = "patents"
parent = "research"
name_en = "Patents"
name_zh = "专利申请数量"
# normalise = {{ method = "goalposts", lower = 0, upper = 1000 }}   # its own / 单独指定标准化

[[indicator]]
id = "firms"
parent = "industry"
name_en = "Companies"
name_zh = "企业数量"

# [[indicator]]
# id = "growth"
# parent = "industry"
# name_en = "New companies relative to those before"
# name_zh = "企业增速"
# formula = "new_firms / (firms - new_firms)"   # + - * / **, {functions}; `列名` in backticks
"""


def template(name: str = "my_index", columns: Sequence[str] | None = None, file: str | None = None) -> str:
    """Write a commented framework that can be read as it is.

    Parameters
    ----------
    name
        Name of the index.
    columns
        Columns of a table of indicators: each becomes an indicator right below the root. Without them
        the file holds two groups with examples.
    file
        Name under which it will be kept, for the commands in its head.

    Raises
    ------
    DataError
        There are no columns.

    Examples
    --------
    >>> from clusters.index.frameworks import read_framework
    >>> import tomllib
    >>> [node.id for node in read_framework(tomllib.loads(template("x", ["论文（篇）", "rank"]))).indicators]
    ['论文（篇）', 'rank_2']
    """
    from clusters.intake.formula import FUNCTIONS

    if columns is not None and not columns:
        raise DataError("the table has no column of numbers to make indicators of")
    listed = {choice: ", ".join(methods(choice)) for choice in ("normalise", "impute", "tiers", "weights")}
    head = HEAD.format(
        name=_quoted(name), file=file or f"{name}.toml", means=", ".join(methods("mean")), **listed
    )
    begin = LEAVES_HEAD.format(reserved=", ".join(RESERVED))
    if columns is None:
        return head + GROUPS + begin + LEAVES.format(functions=", ".join(FUNCTIONS))
    named = [_name_and_unit(column) for column in columns]
    short = [name for name, _ in named]
    leaves = [
        _leaf(own, *(found if short.count(found[0]) == 1 else (column, "")))
        for (own, column), found in zip(_ids(columns), named, strict=True)
    ]
    return head + begin + DIRECTION + "\n".join(leaves)


def copied(shipped: str, name: str) -> str:
    """Return the file of a shipped framework under another name.

    Examples
    --------
    >>> copied("kr36_2020", "mine").count('name = "mine"')
    1
    """
    from clusters.index.frameworks import shipped_text

    own = f"name = {_quoted(name)}"
    return re.sub(r"^name = .*$", lambda _: own, shipped_text(shipped), count=1, flags=re.MULTILINE)


def _leaf(own: str, name: str, unit: str) -> str:
    named = "name_zh" if re.search("[\u3400-\u9fff]", name) else "name_en"
    measured = f"unit = {_quoted(unit)}\n" if unit else ""
    return (
        f'[[indicator]]\nid = {_quoted(own)}\nparent = "total"\n{named} = {_quoted(name)}\ndirection = 1\n'
        f"weight = 1\n{measured}"
    )


def _name_and_unit(column: str) -> tuple[str, str]:
    """Divide a header such as 专利授权量（件） into the name and the unit of measure at its end."""
    found = re.fullmatch(r"(.*\S)\s*[(（\[]([^()（）\[\]]{1,12})[)）\]]\s*", column, re.DOTALL)
    return (found[1], found[2].strip()) if found and found[2].strip() else (column, "")


def _ids(columns: Sequence[str]) -> list[tuple[str, str]]:
    """Make an id of every column: the column itself where it may be one."""
    taken = {*RESERVED, "total"}
    found = []
    for column in columns:
        own = base = re.sub(r"[,=`\s]+", "_", column).strip("_") or "indicator"
        number = 1
        while own.casefold() in taken:
            number += 1
            own = f"{base}_{number}"
        taken.add(own.casefold())
        found.append((own, column))
    return found


def _quoted(text: str) -> str:
    """Write a text as TOML does."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
