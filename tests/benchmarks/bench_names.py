"""Candidate pairs of names, beside comparing all pairs.

    python tests/benchmarks/bench_names.py --size w2

10,000 (w1) or 100,000 (w2) made-up names, half of them Chinese. Comparing all pairs is done for the
first thousand names with the ratio of RapidFuzz, and multiplied up by the square.
"""

from __future__ import annotations

import random

from _harness import NUMPY, Case, Session, main

from clusters.names import candidates
from clusters.names.features import features

COUNTS = {"w1": 10_000, "w2": 100_000}
HAN = "华芯星澜宏远盛达瑞丰嘉禾睿智凌云泰康万通德润恒信锦程博雅启明创维联合长青蓝海中科天成金石安汇鼎新"
PLACES = ["北京", "上海市", "深圳市", "广东省深圳市", "杭州", "成都", "", "", ""]
BUSINESS = ["科技", "技术", "信息技术", "网络科技", "智能科技", "生物医药", "新能源", "电子", "投资", "机械"]
FORMS = ["有限公司", "股份有限公司", "集团有限公司", "有限责任公司", "", "（北京）有限公司"]
SYLLABLES = [
    "nor",
    "vik",
    "bal",
    "tor",
    "mex",
    "lin",
    "qua",
    "dra",
    "sol",
    "ven",
    "kar",
    "pel",
    "zim",
    "ost",
    "ria",
    "fen",
    "gal",
    "hux",
]
WORDS = ["Systems", "Technologies", "Energy", "Materials", "Software", "Medical", "Robotics"]
LATIN = ["Ltd", "GmbH", "Inc.", "SA", "AB", "Co., Ltd.", "", "S.r.l."]


def made_up(count: int) -> list[str]:
    """Return different names, the same in every run."""
    rng = random.Random(1)
    names: set[str] = set()
    while len(names) < count:
        if rng.random() < 0.5:
            core = "".join(rng.choice(HAN) for _ in range(rng.choice([2, 2, 3, 4])))
            names.add(f"{rng.choice(PLACES)}{core}{rng.choice(BUSINESS)}{rng.choice(FORMS)}")
        else:
            core = "".join(rng.choice(SYLLABLES) for _ in range(rng.choice([2, 3, 3])))
            names.add(f"{core.title()} {rng.choice(WORDS)} {rng.choice(LATIN)}".strip())
    return sorted(names)


def run(session: Session) -> None:
    """Time features and candidates."""
    names = made_up(COUNTS[session.size])
    session.nodes = len(names)
    session.compare("taking names apart", [Case(NUMPY, lambda: [features(name) for name in names])])
    some = names[:: len(names) // 1000][:1000]
    session.compare(
        "candidate pairs",
        [
            Case(NUMPY, lambda: candidates.find(names)),
            Case(
                "RapidFuzz, all pairs",
                lambda: all_pairs(some),
                times=(len(names) / len(some)) ** 2,
                sample="1,000 names",
            ),
        ],
    )


def all_pairs(names: list[str]) -> object:
    from rapidfuzz import fuzz, process

    return process.cdist(names, names, scorer=fuzz.ratio, score_cutoff=85)


if __name__ == "__main__":
    main("names", run, sizes=tuple(COUNTS))
