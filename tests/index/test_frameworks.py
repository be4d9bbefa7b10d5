"""Frameworks: shipped ones are as printed, bad ones get one message that names file and node."""

from __future__ import annotations

import copy
import tomllib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters import published
from clusters.errors import DataError
from clusters.index._tree import unlike_one
from clusters.index.framework import Framework, Normalisation
from clusters.index.frameworks import read_framework, shipped
from clusters.index.template import copied, template
from clusters.index.weights import effective_weights


def plain() -> dict:
    """Two groups of two indicators below an undeclared root."""
    return {
        "aggregate": [{"id": "left", "parent": "total"}, {"id": "right", "parent": "total"}],
        "indicator": [
            {"id": "a", "parent": "left"},
            {"id": "b", "parent": "left"},
            {"id": "c", "parent": "right"},
            {"id": "d", "parent": "right"},
        ],
    }


def changed(path: str, value: object) -> dict:
    """A plain framework in which one thing is different: ``indicator.0.parent``."""
    content = copy.deepcopy(plain())
    *steps, last = path.split(".")
    here = content
    for step in steps:
        here = here[int(step)] if step.isdigit() else here.setdefault(step, {})
    if isinstance(here, list):
        here.append(value) if last == "+" else here.__setitem__(int(last), value)
    else:
        here[last] = value
    return content


# --- shipped ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_framework_has_both_names_of_everything(name):
    framework = read_framework(name)
    assert framework.name == name
    assert framework.title_en
    assert framework.title_zh
    assert framework.source
    assert [n.id for n in framework.nodes if not n.name_en or not n.name_zh] == []
    assert effective_weights(framework, exact=True).sum() == 1


@pytest.mark.parametrize(
    ("name", "below_root", "groups", "indicators"),
    [("kr36_2020", 5, 12, 20), ("tmtpost_2024", 4, 9, 25), ("asem", 2, 8, 49)],
)
def test_a_published_hierarchy_has_its_printed_size(name, below_root, groups, indicators):
    framework = read_framework(name)
    dimensions = framework.children[framework.root]
    assert len(dimensions) == below_root
    assert sum(len(framework.children[d]) for d in dimensions) == groups
    assert len(framework.indicators) == indicators


def test_36kr_is_the_printed_hierarchy():
    printed = published.load("kr36_2020", name="hierarchy")
    framework = read_framework("kr36-2020")
    found = [
        (framework.parent[i.parent], framework.name_of(i.parent, "zh"), i.name_zh)
        for i in framework.indicators
    ]
    assert found == list(
        printed[["level1_code", "level2_zh", "indicator_zh"]].itertuples(index=False, name=None)
    )
    weights = printed.drop_duplicates("level1_code").set_index("level1_code")["level1_weight"]
    assert {d: framework.weight[d] for d in framework.children["total"]} == weights.to_dict()
    assert framework.steps.normalise == Normalisation("efficacy", {"base": 60, "span": 40})
    assert framework.tiers.options["sizes"] == [10, 10, "rest"]


def test_tmtpost_weighs_as_derived_from_the_printed_hierarchy():
    printed = published.load("tmtpost_2024", name="hierarchy")
    framework = read_framework("tmtpost_2024")
    weights = effective_weights(framework, exact=True)
    assert weights.tolist() == [Fraction(w) for w in printed["effective_weight_fraction"]]
    groups = [framework.name_of(i.parent, "zh") for i in framework.indicators]
    assert groups == printed["level2_zh"].tolist()
    dimensions = [framework.name_of(framework.parent[i.parent], "zh") for i in framework.indicators]
    assert dimensions == printed["dimension_zh"].tolist()
    assert [i.formula for i in framework.indicators if i.formula] == [
        "new_firms / (firms - new_firms)",
        "ai_financing / all_financing",
    ]


def test_dimensions_of_the_templates_are_the_printed_ones():
    for name, table in (
        ("city_ai_2025", published.load("city_ai_2025", name="dimensions")),
        ("nankai_2023", published.load("nankai_2023", name="list_competitiveness_dimensions_6")),
    ):
        framework = read_framework(name)
        below = framework.children[framework.root]
        assert [framework.name_of(d, "zh") for d in below] == table["dimension_zh"].tolist()


def test_asem_is_the_hierarchy_of_coinr(shared):
    ours, theirs = read_framework("asem"), read_framework(shared / "oracles" / "asem" / "hierarchy.csv")
    assert ours.root == theirs.root == "Index"
    assert dict(ours.parent) == dict(theirs.parent)
    for leaf in theirs.indicators:
        own = ours.indicator[leaf.id]
        assert (own.direction, own.denominator, own.weight) == (leaf.direction, leaf.denominator, leaf.weight)
    assert sum(i.direction == -1 for i in theirs.indicators) == 14
    assert sum(i.denominator is not None for i in theirs.indicators) == 17


# --- trees --------------------------------------------------------------------------------


def test_parents_come_before_children_whatever_the_order_in_the_file():
    content = plain()
    content["aggregate"] = [
        {"id": "deep", "parent": "left"},
        {"id": "left", "parent": "top"},
        {"id": "right", "parent": "top"},
        {"id": "top"},
    ]
    content["indicator"].append({"id": "e", "parent": "deep"})
    framework = read_framework(content)
    assert [a.id for a in framework.aggregates] == ["top", "left", "right", "deep"]
    assert framework.children["left"] == ("deep", "a", "b")
    assert framework.leaves("left") == ("a", "b", "e")


def test_a_flat_framework_needs_no_parents():
    framework = read_framework({"indicator": [{"id": "a"}, {"id": "b"}]})
    assert framework.root == "total"
    assert framework.children == {"total": ("a", "b")}


def test_one_child_and_a_root_of_another_name():
    framework = read_framework(
        {
            "aggregate": [{"id": "score_of_all"}],
            "indicator": [{"id": "a", "parent": "score_of_all", "weight": 0.4}],
        }
    )
    assert framework.root == "score_of_all"


BAD = {
    "cycle": (
        {**plain(), "aggregate": [{"id": "left", "parent": "right"}, {"id": "right", "parent": "left"}]},
        "the parents go round in a circle: left -> right -> left",
    ),
    "own parent": (changed("aggregate.0.parent", "left"), "in a circle: left -> left"),
    "cycle beside a root": (
        {
            "aggregate": [{"id": "top"}, {"id": "x", "parent": "y"}, {"id": "y", "parent": "x"}],
            "indicator": [{"id": "a", "parent": "top"}, {"id": "b", "parent": "x"}],
        },
        "in a circle: x -> y -> x",
    ),
    "unknown parent": (
        changed("indicator.1.parent", "lefft"),
        "indicator 'b' has the unknown parent 'lefft'",
    ),
    "unknown root": (
        changed("aggregate.0.parent", "totl"),
        "aggregate 'left' has the unknown parent 'totl'",
    ),
    "parent is an indicator": (
        changed("indicator.1.parent", "a"),
        "indicator 'b' has the parent 'a', which is an indicator",
    ),
    "no parent": (
        {**plain(), "indicator": [*plain()["indicator"], {"id": "e"}]},
        "indicator 'e' has no parent",
    ),
    "duplicate": (changed("indicator.1.id", "a"), "the id 'a' stands twice as indicator"),
    "duplicate across": (
        changed("indicator.1.id", "left"),
        "the id 'left' stands as aggregate and as indicator",
    ),
    "no children": (
        changed("aggregate.+", {"id": "empty", "parent": "total"}),
        "aggregate 'empty' has no children",
    ),
    "two roots": (
        {**plain(), "aggregate": [{"id": "left"}, {"id": "right"}]},
        "2 aggregates have no parent ('left', 'right')",
    ),
    "no indicator": ({"aggregate": plain()["aggregate"]}, "the framework has no indicator"),
    "empty": ({}, "the framework has no indicator"),
    "no id": (changed("indicator.2", {"parent": "left"}), r"indicator ([[indicator]] 3) has no id"),
    "blank id": (changed("indicator.2.id", " "), "has no id"),
    "id of another kind": (changed("indicator.2.id", 3), "has the id 3, which is not a text"),
    "reserved": (
        changed("indicator.0.id", "Rank"),
        "indicator 'Rank' has the name of a column of the results",
    ),
    "comma": (changed("indicator.0.id", "a,b"), "has a comma"),
    "direction": (changed("indicator.0.direction", 2), "indicator 'a' has the direction 2"),
    "direction word": (changed("indicator.0.direction", "up"), "has the direction 'up'"),
    "weight word": (changed("indicator.0.weight", "big"), "has the weight 'big'"),
    "weight below 0": (changed("indicator.0.weight", -1), "indicator 'a' has the weight -1"),
    "weight infinite": (changed("aggregate.0.weight", float("inf")), "aggregate 'left' has the weight inf"),
    "weight nan": (changed("aggregate.0.weight", float("nan")), "aggregate 'left' has the weight nan"),
    "weight true": (changed("aggregate.0.weight", True), "aggregate 'left' has the weight True"),
    "unknown key": (changed("indicator.0.wieght", 1), "indicator 'a' has the unknown key 'wieght'"),
    "unknown section": (changed("indicators", []), "the framework has the unknown key 'indicators'"),
    "unknown key of index": (changed("index.titel_en", "x"), "[index] has the unknown key 'titel_en'"),
    "key of another node": (
        changed("aggregate.0.direction", 1),
        "aggregate 'left' has the unknown key 'direction'",
    ),
    "normalise": (
        changed("normalise.method", "minmax"),
        "[normalise] has the unknown method 'minmax'",
    ),
    "normalise of one": (
        changed("indicator.0.normalise", "z"),
        "indicator 'a': normalise has the unknown method 'z'",
    ),
    "option": (
        changed("normalise", {"method": "min-max", "rang": [0, 1]}),
        "[normalise] (min-max) has the unknown key 'rang'",
    ),
    "mean": (changed("index.mean", "aritmetic"), "[index] mean has the unknown method 'aritmetic'"),
    "mean of one": (changed("aggregate.0.mean", "median"), "aggregate 'left': mean has the unknown method"),
    "weights": (changed("index.weights", "entropie"), "[index] weights has the unknown method 'entropie'"),
    "impute": (changed("impute.method", "mice"), "[impute] has the unknown method 'mice'"),
    "tiers": (changed("tiers.method", "jenk"), "[tiers] has the unknown method 'jenk'"),
    "tiers without method": (changed("tiers.k", 3), "[tiers] names no method"),
    "names of tiers": (
        changed("tiers", {"method": "sizes", "sizes": [1, "rest"], "names_en": ["one"]}),
        "[tiers] names_en has 1 names for 2 tiers",
    ),
    "screen": (changed("screen.minimun", 0.5), "[screen] has the unknown key 'minimun'"),
    "outliers": (changed("outliers.skew", 0.5), "[outliers] has the unknown key 'skew'"),
    "by_year": (changed("index.by_year", "yes"), "[index] by_year is 'yes'"),
    "minimum share": (changed("index.minimum_share", 2), "[index] minimum_share is 2"),
    "weights_sum": (changed("index.weights_sum", "all"), "[index] weights_sum is 'all'"),
    "title": (changed("index.title_en", 3), "[index] title_en is 3"),
    "index is no table": ({**plain(), "index": 3}, "index is 3, not a table"),
    "indicator is no list": ({"indicator": {"id": "a"}}, "indicator is not a list of tables"),
    "formula": (
        changed("indicator.0.formula", "x +"),
        "indicator 'a' has the formula 'x +': it cannot be read",
    ),
    "formula runs": (changed("indicator.0.formula", "exit()"), "the function 'exit' is not known"),
    "formula of another kind": (changed("indicator.0.formula", 3), "has the formula 3, which is not a text"),
    "denominator of itself": (changed("indicator.0.denominator", "a"), "'a' has itself as denominator"),
    "denominator": (changed("indicator.0.denominator", "left"), "has the aggregate 'left' as denominator"),
    "error": (changed("indicator.0.error", -0.1), "indicator 'a' has the error -0.1"),
    "option of another kind": (
        changed("normalise", {"method": "min-max", "range": 3}),
        "[normalise] (min-max): an option is of the wrong kind",
    ),
    "impossible option": (
        changed("normalise", {"method": "min-max", "range": [1, 0]}),
        "[normalise] (min-max): range [1, 0] must be two rising numbers",
    ),
    "option that lacks": (
        changed("indicator.0.normalise", "goalposts"),
        "indicator 'a': normalise (goalposts): the normalisation goalposts needs 'lower'",
    ),
    "share of a cost": (
        {**changed("indicator.0.direction", -1), "normalise": "share"},
        "[normalise] (share): ",
    ),
    "sizes that lack": (changed("tiers.method", "sizes"), "[tiers] (sizes): "),
    "sizes": (
        changed("tiers", {"method": "sizes", "sizes": [0, "rest"]}),
        "[tiers] (sizes): sizes: 0 is not",
    ),
    "power": (changed("index.mean", {"method": "power", "p": "two"}), "[index] mean (power): "),
    "groups that lack": (
        changed("impute.method", "group_mean"),
        "[impute] (group_mean): group_mean needs groups",
    ),
    "groups": (changed("impute", {"method": "group_mean", "groups": 3}), "(group_mean): groups is 3"),
    "limit": (changed("impute", {"method": "mean", "limit": "all"}), "[impute] (mean): "),
    "winmax": (changed("outliers.winmax", -1), "[outliers]: winmax"),
    "skip": (changed("outliers.skip", "a"), "[outliers]: skip is 'a'"),
    "screen minimum": (changed("screen.minimum", 3), "[screen]: 3 is not a share"),
    "upper": (changed("index.weights", {"method": "pca", "upper": "x"}), "[index] weights (pca): "),
    "reference year": (
        changed("index.weights", {"method": "pca", "reference_year": "x"}),
        "[index] weights (pca): reference_year is 'x', not a year",
    ),
    "matrices": (changed("index.weights", {"method": "ahp", "matrices": 3}), "[index] weights (ahp): "),
    "number beyond floats": (changed("indicator.0.weight", 10**400), "indicator 'a' has the weight 1000"),
    "deep": (
        {
            "aggregate": [{"id": f"n{i}", "parent": f"n{i - 1}" if i else "total"} for i in range(200)],
            "indicator": [{"id": "a", "parent": "n199"}],
        },
        "'n100' is more than 100 levels below the root",
    ),
    "all zero": (
        {
            **plain(),
            "indicator": [{"id": i, "parent": "left", "weight": 0} for i in "ab"] + plain()["indicator"][2:],
        },
        "all children of 'left' have the weight 0",
    ),
    "weights that do not sum": (
        {
            **plain(),
            "aggregate": [{**a, "weight": w} for a, w in zip(plain()["aggregate"], (0.5, 0.6), strict=True)],
        },
        "the weights of the children of 'total' sum to 1.1, not 1 (left 0.5, right 0.6)",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_framework_gets_one_message(case):
    content, said = BAD[case]
    with pytest.raises(DataError) as error:
        read_framework(content)
    assert said in str(error.value)
    assert str(error.value).startswith("framework: ")
    assert "\n" not in str(error.value)


def test_the_hint_names_what_may_be_meant():
    with pytest.raises(DataError) as error:
        read_framework(BAD["unknown parent"][0])
    assert error.value.hint == "is 'left' meant?"
    with pytest.raises(DataError) as error:
        read_framework(BAD["unknown key"][0])
    assert error.value.hint.startswith("is 'weight' meant?")
    with pytest.raises(DataError) as error:
        read_framework(BAD["normalise"][0])
    assert error.value.hint.startswith("is 'min-max' meant? known: min-max, efficacy")


def test_methods_may_be_spelled_with_underscores():
    framework = read_framework(
        {**plain(), "normalise": "min_max", "index": {"mean": {"method": "power", "p": 2}}}
    )
    assert framework.steps.normalise.method == "min-max"
    assert (framework.steps.mean, framework.steps.mean_options) == ("power", {"p": 2})


def test_steps_can_be_switched_on_and_off():
    on = read_framework({**plain(), "outliers": {}, "screen": True}).steps
    off = read_framework({**plain(), "outliers": False}).steps
    assert (on.outliers, on.screen, off.outliers, off.screen) == ({}, {}, None, None)


def test_a_choice_that_every_indicator_overrides_needs_no_options():
    own = {"method": "goalposts", "lower": 0, "upper": 1}
    leaves = [{"id": i, "normalise": own} for i in "ab"]
    framework = read_framework({"indicator": leaves, "normalise": "goalposts"})
    assert framework.indicators[0].normalise == Normalisation("goalposts", {"lower": 0, "upper": 1})


# --- weights ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "should"),
    [
        ([0.15, 0.2, 0.25, 0.2, 0.2], None),
        ([1, 1, 1], None),  # equal ones are relative
        ([1.5, 1.5], None),
        ([0.3, 0.3], 1),  # equal fractions are shares, of which one was lost
        ([0.6, 0.6], 1),
        ([0.33, 0.33, 0.33], None),  # rounded thirds
        ([0.17] * 6, None),
        ([0.2], None),  # an only child
        ([1, 2, 3], None),  # so are whole numbers
        ([3, 97], None),
        ([0.333, 0.333, 0.334], None),
        ([0.33, 0.33, 0.35], 1),  # 0.01 is more than rounding of two digits may be taken for
        ([0.333, 0.333, 0.335], None),  # within 3 half units of the last digit
        ([0.333, 0.333, 0.336], 1),
        ([0.3333, 0.3333, 0.3336], 1),
        ([0.5, 0.4999], None),  # half a unit each
        ([0.5, 0.6], 1),
        ([0.5, 0.25], 1),
        ([30, 40, 35], 100),  # percentages by their looks
        ([30, 40, 30], None),
        ([30, 40, 60], None),  # 130 do not look like percentages
        ([4, 4, 2], None),
        ([33.3, 33.3, 33.4], None),
        ([33.3, 33.3, 34.4], 100),
        ([0, 0.5, 0.5], None),  # what weighs nothing does not count
        ([0, 1, 1], None),
        ([0, 0.5, 0.4], 1),
        ([0.5, 1.5, 1.0], 1),
    ],
)
def test_which_weights_are_an_error(weights, should):
    assert unlike_one(weights) == should


def test_the_check_of_sums_can_be_turned_off():
    content = BAD["weights that do not sum"][0]
    framework = read_framework({**content, "index": {"weights_sum": "any"}})
    assert effective_weights(framework)["a"] == pytest.approx(0.5 / 1.1 / 2)


@given(st.lists(st.integers(1, 500), min_size=1, max_size=8), st.integers(1, 3))
def test_shares_printed_with_few_digits_are_never_refused_for_their_rounding(parts, digits):
    shares = [round(p / sum(parts), digits) for p in parts]
    rounding = min(len([s for s in shares if s]) * 0.5 * 10**-digits, 0.005)
    if any(shares) and abs(sum(shares) - 1) <= rounding - 1e-12 and len(str(max(shares))) == digits + 2:
        assert unlike_one(shares) is None


# --- files --------------------------------------------------------------------------------


def test_a_toml_file_is_named_in_its_errors(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('[index]\nname = "x"\n[[indicator]\nid = "a"\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"mine\.toml is not TOML: .*line 3"):
        read_framework(path)
    path.write_text('[[indicator]]\nid = "a"\nid = "b"\n', encoding="utf-8")
    with pytest.raises(DataError, match="Cannot overwrite a value"):
        read_framework(path)
    path.write_bytes('[[indicator]]\nname_zh = "论文"'.encode("gb18030"))
    with pytest.raises(DataError, match=r"mine\.toml is not UTF-8"):
        read_framework(str(path))
    path.write_bytes(b'\xef\xbb\xbf[[indicator]]\nid = "a"')  # as some editors save
    assert read_framework(path).name == "mine"


def test_an_unknown_name_is_answered_with_near_ones(tmp_path):
    with pytest.raises(DataError, match="'kr36_2021' is neither a shipped framework nor a file") as error:
        read_framework("kr36_2021")
    assert error.value.hint.startswith("is kr36_2020 meant? shipped: asem")
    with pytest.raises(DataError, match="is a folder"):
        read_framework(tmp_path)


OWN = "id,parent,name_en,name_zh,direction,weight,denominator,formula\n"


def table(tmp_path, text: str) -> Framework:
    path = tmp_path / "tree.csv"
    path.write_text(text, encoding="utf-8")
    return read_framework(path)


def test_a_hierarchy_is_read_from_a_table(tmp_path):
    framework = table(
        tmp_path,
        OWN + "total,,Total,总指数,,,,\nleft,total,Left,左,,0.4,,\nright,total,,右,,0.6,,\n"
        "a,left,A,,-1,1,,\nb,left,B,,1,3,people,\nc,right,C,,,1,,x / y\n",
    )
    assert framework.name == "tree"
    assert framework.root == "total"
    assert framework.indicator["a"].direction == -1
    assert framework.indicator["b"].denominator == "people"
    assert framework.indicator["c"].formula == "x / y"
    assert effective_weights(framework).tolist() == pytest.approx([0.1, 0.3, 0.6])


def test_a_table_may_speak_chinese_and_be_flat(tmp_path):
    framework = table(tmp_path, "指标,方向,权重,备注\n论文,正,0.4,x\n能耗,逆向,0.6,y\n")
    assert [(i.id, i.direction, i.parent) for i in framework.indicators] == [
        ("论文", 1, "total"),
        ("能耗", -1, "total"),
    ]


def test_levels_tell_rows_apart_where_there_are_no_types(tmp_path):
    framework = table(
        tmp_path,
        "iCode,Parent,Level,Weight\na,top,1,1\nb,top,1,3\ntop,,2,1\npeople,,,\nregion,,,\n",
    )
    assert [i.id for i in framework.indicators] == ["a", "b"]
    assert framework.root == "top"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,parent\na,b\nb,a\n", "in a circle|no indicator"),
        ("id,parent\ntop,\na,tpo\n", "has the unknown parent 'tpo'"),
        ("id,parent,wieght\na,total,1\n", "the column 'wieght' is not known"),
        ("id,parent,weight\na,total,much\n", "line 2 has the weight 'much'"),
        ("id,parent,direction\na,total,sideways\n", "line 2 has the direction 'sideways'"),
        ("id,parent,direction\na,total,3\n", "indicator 'a' has the direction 3"),
        ("name,parent\na,total\n", r"no column id \(or iCode\)"),
        ("iCode,Parent,Type\na,total,Thing\n", "line 2 has the unknown type 'Thing'"),
        ("iCode,Parent,Type,Direction\na,top,Indicator,1\ntop,,Aggregate,-1\n", "'top' has the direction -1"),
        ("id,parent\na,total\na,total\n", "the id 'a' stands twice"),
        ("id,parent\n,total\n", r"\(line 2\) has no id"),
        ("id,id,parent\na,b,total\n", "both mean id"),
    ],
)
def test_a_bad_table_gets_one_message(tmp_path, text, said):
    with pytest.raises(DataError, match=said) as error:
        table(tmp_path, text)
    assert str(error.value).startswith("tree.csv")


# --- templates ----------------------------------------------------------------------------


def test_the_template_can_be_read_as_it_is():
    framework = read_framework(tomllib.loads(template("mine")))
    assert framework.name == "mine"
    assert [a.id for a in framework.aggregates] == ["total", "research", "industry"]
    assert framework.steps.normalise.options["range"] == [0, 100]


def test_every_line_that_the_template_comments_out_can_be_switched_on():
    text = template("mine")
    for line in text.splitlines():
        if (
            line.startswith("# ")
            and "=" in line
            and line.split()[1].isidentifier()
            and line.split()[2] == "="
        ):
            tomllib.loads(line[2:])
    assert "new_firms / (firms - new_firms)" in text


def test_a_unit_in_a_header_is_the_unit_of_the_indicator():
    columns = ["论文（篇）", "生产总值(万元)", "GDP", "GDP (%)", "growth [%]"]
    framework = read_framework(tomllib.loads(template("x", columns)))
    assert [(i.name_zh or i.name_en, i.unit) for i in framework.indicators] == [
        ("论文", "篇"),
        ("生产总值", "万元"),
        ("GDP", ""),
        ("GDP (%)", ""),  # without its unit it would be called like another
        ("growth", "%"),
    ]


def test_columns_become_indicators_whatever_they_are_called():
    columns = ["papers", "论文（", 'a "quoted", = name', "rank", "total", "Papers", "a\\b", "`"]
    framework = read_framework(tomllib.loads(template("x", columns)))
    assert [i.name_zh or i.name_en for i in framework.indicators] == columns
    assert len({i.id.casefold() for i in framework.indicators}) == len(columns)
    with pytest.raises(DataError, match="no column of numbers"):
        template("x", [])


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_framework_can_be_copied_under_another_name(name):
    framework = read_framework(tomllib.loads(copied(name, 'my "own"')))
    assert framework.name == 'my "own"'
    assert framework.nodes == read_framework(name).nodes


def test_an_unknown_framework_cannot_be_copied():
    with pytest.raises(DataError, match="no framework 'asen' is shipped") as error:
        copied("asen", "x")
    assert error.value.hint.startswith("is 'asem' meant?")


# --- anything else ------------------------------------------------------------------------

JUNK = [
    None,
    True,
    0,
    -1,
    2.5,
    float("nan"),
    "",
    "x",
    "total",
    "a",
    "min-max",
    [],
    {},
    [1],
    ["a"],
    {"method": "rank"},
]


def places(content: object, before: tuple = ()) -> list[tuple]:
    inside = (
        content.items()
        if isinstance(content, dict)
        else enumerate(content if isinstance(content, list) else ())
    )
    return [before] * bool(before) + [
        place for key, value in inside for place in places(value, (*before, key))
    ]


FULL = tomllib.loads(template("full")) | {
    "impute": {"method": "group_mean", "groups": "province", "limit": 0.5},
    "outliers": {"winmax": 3},
    "screen": {"minimum": 0.5, "keep": ["x"]},
}


@given(st.data())
def test_whatever_is_in_a_framework_it_is_read_or_refused_in_one_line(data):
    content = copy.deepcopy(FULL)
    *steps, last = data.draw(st.sampled_from(places(content)))
    here = content
    for step in steps:
        here = here[step]
    here[last] = data.draw(st.sampled_from(JUNK))
    said = "framework: "
    try:
        read_framework(content)
    except DataError as error:
        said = str(error)
    assert said.startswith("framework: ")
    assert "\n" not in said
