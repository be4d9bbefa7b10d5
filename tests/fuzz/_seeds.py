"""Small made-up inputs that the fuzzer starts from (``seeds/``), and words that it puts in."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pandas as pd

_FOLDER = Path(__file__).parent / "seeds"
_SAME = {"tsv": "csv", "settings_file": "settings"}
_TEXTS = (
    '" "" "\n , ; \t | \n \r\n \r \0 # \' ` \\ = **',
    "\u00a0 \u3000 \u200b \u202e \ufeff \u2028 \x85 \x1b[31m ² １ ½ ٣ ß İ 😀 ＝ （ ） 、 ；",
    "源 目标 企业 合作方 方向 赋能 输入 年份 类型 权重 技术 省份 城市 万 亿 年 月 投资方未透露",
    "source target year date kind weight direction source_province target_city role name label unit",
    "2019 1899 2101 2019-02-30 20190501 2019年5月 0 -1 1e999 -0.0 nan inf 99999999999999999999",
    "1,5 1_0 0x10 NA null true 10% 1.35亿美元 =1+1 '=1 -5 +a @x %s {0} {{7*7}} <a> &amp; ]]> ../",
    "北京市 吉林 朝阳区 海南 Suzhou Jiangsu Co., Ltd. 股份有限公司 有限公司 (北京) 分公司 OPPO ОРРО",
    '<![CDATA[ <!DOCTYPE [ ] [[ """ value',
)
TOKENS = [
    *(text.encode("utf-8") for texts in _TEXTS for text in texts.split(" ") if text),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xed\xa0\x80", b"\xa1", b"\x81", b" "),
    *("北京".encode("gb18030"), "企业".encode("utf-16-le"), b"A" * 60, b"(" * 30),
]
XML_TOKENS = [
    *(b"<row>", b"</row>", b'<c r="ZZZ1048577">', b'<c t="b">', b'<c t="e">', b"<v>1e308</v>"),
    *(b"<f>1+1</f>", b"<!DOCTYPE x [<!ENTITY e 'x'>]>", b"&e;", b"&#0;", b"&#xD800;", b"<![CDATA["),
    *(b"]]>", b'r="A99999999"', b"<hyperedge>", b"<data key='k'>", b"<edge source='a' target='b'/>"),
    *(b"<nodes>", b"<node id='a'/>", b"<!--", b"-->", b't="s"', b's="9"', b"\0", b"<t>=1+1</t>"),
    *(b"<dimension ref='A1:XFD1048576'/>", b"<spells>", b"<attvalue for='0' value='1'/>"),
]


def seeds(name: str) -> list[bytes]:
    """Return the inputs that a target starts from."""
    files = sorted((_FOLDER / _SAME.get(name, name)).glob("*.seed"))
    return [*_MADE.get(name, list)(), *(path.read_bytes() for path in files)]


def tokens(name: str) -> list[bytes]:
    """Return the words that are put into the inputs of a target."""
    return [*TOKENS, *XML_TOKENS] if name in ("xlsx", "gexf", "graphml") else TOKENS


def _packed() -> list[bytes]:
    return [part for data in seeds("csv")[:2] for part in (gzip.compress(data, mtime=0), data)]


def _parquet() -> list[bytes]:
    frames = [
        pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "year": [2019, 2020]}),
        pd.DataFrame({"源": ["甲"], "目标": ["乙"], "日期": pd.to_datetime(["2019-05-01"]), "w": [1.5]}),
    ]
    found = []
    for frame in frames:
        buffer = io.BytesIO()
        frame.to_parquet(buffer, index=False)
        found.append(buffer.getvalue())
    return found


_MADE = {"packed": _packed, "parquet": _parquet}
