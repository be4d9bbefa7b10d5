"""What may not be claimed of degrees is printed nowhere: not in sentences, notes, pages or label tables."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clusters import explain, labels, tables
from clusters.measures.powerlaw import ALTERNATIVES, Category, Verdict
from clusters.networks import ValueNetwork
from clusters.relations import from_frame
from clusters.report import write_report
from clusters.report.summary import Facts, points
from clusters.sentences import in_language, say, sentences
from clusters.tables._claims import claims, p_text

lxml_html = pytest.importorskip("lxml.html")

SCALE_FREE = re.compile(r"scale[- ]free|无标度", re.IGNORECASE)
IS_A_LAW = re.compile(r"tail of [a-z -]+ \([^)]*\) is a power law|尾部（[^）]*）为幂律")
NEVER = re.compile(
    r"服从幂律|(follow|obey|display|show)s? (a|the) power.law|幂律得到证实"
    r"|straight line .{0,40}(proves|shows|confirms)|\bR2\b|R²|R\^2",
    re.IGNORECASE,
)
STRONG = ("strong", "strongest")
STRUCTURE = pd.DataFrame({"year": [2022], "nodes": [2000], "edges": [9000]})


def table_of(verdict: str, category: str, of_all: str | None) -> pd.DataFrame:
    """A table as ``tables.powerlaw`` gives it, with total degrees only."""
    ratio, p = {"alternative_better": (-3.0, 0.01), "consistent": (5.0, 0.0)}.get(verdict, (0.2, 0.8))
    tested = verdict not in ("undefined", "not_tested")
    low = verdict in ("rejected", "heavy_tail_rejected")
    fit = {
        "row": "fit",
        "degree": "total",
        "xmin": 4.0,
        "alpha": 2.517,
        "sigma": 0.05,
        "n_tail": 1234,
        "p_value": (0.03 if low else 0.4) if tested else np.nan,
        "replicates": 100 if tested else np.nan,
        "verdict": verdict,
        "degree_category": category,
        "network_category": of_all,
    }
    rows = [
        {"row": "comparison", "degree": "total", "alternative": name, "R": ratio, "p": p}
        for name in ALTERNATIVES
        if verdict != "undefined"
    ]
    return pd.DataFrame([fit, *rows])


def words(table: pd.DataFrame, lang: str) -> str:
    """All that summary and notes say of a table."""
    said = [point.text for point in points(Facts(STRUCTURE, powerlaw=table), lang)]
    return " ".join([*said, *(in_language(note, lang) for note in claims(table))])


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("verdict", Verdict.__args__)
def test_every_verdict_with_every_category(verdict, lang):
    for category, of_all in product(Category.__args__, ("undefined", "weak", "strong", "strongest", None)):
        text = words(table_of(verdict, category, of_all), lang)
        assert not NEVER.search(text)
        if of_all not in STRONG:
            assert not SCALE_FREE.search(text), (category, of_all)
        if category not in STRONG or of_all not in (*STRONG, None):
            assert not IS_A_LAW.search(text), (category, of_all)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("verdict", ["rejected", "heavy_tail_rejected", "undefined"])
def test_the_exponent_of_a_rejected_law_is_not_named(verdict, lang):
    assert "2.52" not in words(table_of(verdict, "not_scale_free", "not_scale_free"), lang)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("verdict", ["alternative_better", "undecided", "consistent"])
def test_an_exponent_comes_with_all_that_belongs_to_it(verdict, lang):
    text = words(table_of(verdict, "weak", "weak"), lang)
    for number in ("2.52 ± 0.05", "1,234", "p = 0.40", "100"):
        assert number in text


@pytest.mark.parametrize(
    ("verdict", "en", "zh"),
    [
        ("consistent", "and every alternative compared fits worse", "所比较的其他分布拟合均较差"),
        (
            "undecided",
            "no less compatible with lognormal, exponential",
            "但亦与对数正态、指数、拉伸指数分布相容",
        ),
    ],
)
def test_strong_is_said_with_its_criteria(verdict, en, zh):
    table = table_of(verdict, "strongest", "strong")
    for lang, phrase in (("en", en), ("zh", zh)):
        text = words(table, lang)
        assert IS_A_LAW.search(text)
        assert SCALE_FREE.search(text)
        assert phrase in text
        assert labels.value("network_category", "strong", lang) in text
        assert "Broido" in text
        assert "2.52 ± 0.05" in text


def test_alternatives_that_cannot_be_fitted_are_not_called_equal():
    table = table_of("undecided", "weak", "weak").assign(R=np.nan, p=np.nan)
    assert "could not be fitted" in words(table, "en")
    assert "lognormal" not in words(table, "en")


def test_the_cut_off_is_named_only_where_it_fits_better():
    # It contains the power law: "no less with a power law with cut-off" would say nothing.
    assert "cut-off" not in words(table_of("undecided", "weak", "weak"), "en")
    assert "cut-off" in words(table_of("alternative_better", "weak", "weak"), "en")


@pytest.mark.parametrize(
    ("p", "replicates", "text"),
    [
        (0.0, 20, "< 0.05"),  # "< 0.01" from twenty replicates would be made up
        (0.0, 2500, "< 0.0004"),
        (0.0996, 2500, "= 0.0996"),  # "= 0.10" would stand beside "rejected"
        (0.1, 100, "= 0.10"),
        (0.004, 1000, "= 0.004"),
        (0.62, 2500, "= 0.62"),
        (1.0, 100, "= 1.00"),
    ],
)
def test_p_is_printed_as_far_as_it_is_known(p, replicates, text):
    assert p_text(p, replicates) == text


def random_network(n: int = 400, share: float = 0.012) -> ValueNetwork:
    """Erdos and Renyi: no heavy tail."""
    joined = np.random.default_rng(1).random((n, n)) < share
    np.fill_diagonal(joined, False)
    return ValueNetwork.from_edges([(f"n{i}", f"n{j}") for i, j in zip(*np.nonzero(joined), strict=True)])


def grown_network(n: int = 4000, edges: int = 3) -> ValueNetwork:
    """Price: newcomers choose in proportion to degree; every out-degree is the same."""
    random = np.random.default_rng(1)
    ends, pairs = list(range(edges + 1)), []
    for new in range(edges + 1, n):
        chosen: set[int] = set()
        while len(chosen) < edges:
            chosen.add(ends[random.integers(len(ends))])
        pairs += [(f"n{new}", f"n{old}") for old in sorted(chosen)]
        ends += [*sorted(chosen), new]
    return ValueNetwork.from_edges(pairs)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_random_network_is_not_called_what_it_is_not(lang):
    text = words(tables.powerlaw(random_network(), replicates=50), lang)
    for pattern in (SCALE_FREE, IS_A_LAW, NEVER):
        assert not pattern.search(text)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_network_of_preferential_attachment_may_be_called_so(lang):
    table = tables.powerlaw(grown_network(), replicates=50)
    fits = table[table["row"] == "fit"].set_index("degree")
    assert fits["network_category"].unique().tolist() == ["strong"]
    assert fits["verdict"]["out"] == "undefined"
    assert set(fits["verdict"][["in", "total"]]) <= {"undecided", "consistent"}
    text = words(table, lang)
    assert SCALE_FREE.search(text)
    assert IS_A_LAW.search(text)
    assert not NEVER.search(text)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_whole_page_of_a_random_network(tmp_path, lang):
    network = random_network(150, 0.03)
    pairs = pd.DataFrame(
        {"source": network.nodes[network.sources], "target": network.nodes[network.targets], "year": 2022}
    )
    page = write_report(from_frame(pairs), tmp_path / "report", lang=lang, replicates=20)
    check_folder(page.parent)


@pytest.mark.parametrize("name", ["english", "chinese"])
def test_whole_folder_of_the_sample(request, name):
    check_folder(request.getfixturevalue(name))


def check_folder(folder: Path) -> None:
    """Look into the page, its pictures and its tables; only the sentence of a strong category may say it."""
    page = lxml_html.fromstring((folder / "index.html").read_text(encoding="utf-8"))
    texts = [page.text_content()]
    texts += [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.svg"))]
    texts += [path.read_text(encoding="utf-8-sig") for path in sorted(folder.rglob("*powerlaw*.csv"))]
    assert len(texts) > 2
    cells = set(re.split(r'[,\r\n"]+', texts[-1])) & {*STRONG, *of_all_labels()}
    granted = {
        say("claim.scale_free", lang, category=name) for name in STRONG for lang in labels.LANGUAGES if cells
    }
    for text in texts:
        rest = text
        for sentence in granted:
            rest = rest.replace(sentence, "")
        for pattern in (SCALE_FREE, re.compile(r"服从幂律|follows? a power.law", re.IGNORECASE)):
            assert not pattern.search(rest)
        assert granted or not IS_A_LAW.search(rest)


def of_all_labels() -> set[str]:
    return {labels.value("network_category", name, lang) for name in STRONG for lang in labels.LANGUAGES}


def test_only_the_sentences_of_the_category_have_the_word():
    found = [term for term, text in sentences().items() if SCALE_FREE.search(text["en"] + text["zh"])]
    assert found == ["claim.scale_free"]
    assert not [term for term, entry in labels.terms().items() if SCALE_FREE.search(entry.en + entry.zh)]
    explained = [
        entry.term
        for term in explain.terms()
        for entry in (explain.entry(term, lang) for lang in labels.LANGUAGES)
        if SCALE_FREE.search(f"{entry.definition} {entry.undefined}")
    ]
    assert set(explained) == {"network_category"}


def test_no_text_claims_a_law_from_a_line():
    texts = {term: f"{text['en']} {text['zh']}" for term, text in sentences().items()}
    texts |= {
        term: f"{entry.en} {entry.zh}"
        for term, entry in labels.terms().items()
        if not term.startswith(("r_squared", "pseudo_r2"))  # of growth and of gravity, not of degrees
    }
    assert {term for term, text in texts.items() if NEVER.search(text)} == set()


def test_every_claim_is_said_somewhere():
    from clusters.tables import _claims, _powerlaw

    code = "".join(Path(module.__file__).read_text(encoding="utf-8") for module in (_claims, _powerlaw))
    ends = {*Verdict.__args__, "undecided_alone", "power_law", "power_law_equalled"}
    reachable = {f"claim.{verdict}" for verdict in ends}
    reachable |= {f"claim.what.{degree}" for degree in ("all", "in", "out", "total")}
    reachable |= {f"claim.alternative.{name}" for name in ALTERNATIVES}
    reachable |= {f"claim.tail.{name}" for name in ("undefined", "light", "hardly", "heavy", "very_heavy")}
    reachable |= set(re.findall(r'"(claim\.[a-z_.]+)"', code))
    assert {term for term in sentences() if term.startswith("claim.")} == reachable
