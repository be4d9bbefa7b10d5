"""Files of pairwise comparisons: one group in a table, several in TOML."""

from __future__ import annotations

import pytest

from clusters.errors import DataError
from clusters.index.comparisons import read_comparisons
from clusters.index.frameworks import read_framework
from clusters.index.weights import weigh_framework

TREE = read_framework(
    {
        "aggregate": [{"id": "all"}, {"id": "inputs", "parent": "all"}, {"id": "outputs", "parent": "all"}],
        "indicator": [
            *({"id": i, "parent": "inputs", "name_zh": zh} for i, zh in zip("abc", "甲乙丙", strict=True)),
            {"id": "d", "parent": "outputs"},
        ],
    }
)


@pytest.fixture
def file(tmp_path):
    def written(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return written


def weights(path):
    return weigh_framework(TREE, system="ahp", matrices=read_comparisons(path, TREE))


SAATY = pytest.approx([0.6370, 0.2583, 0.1047], abs=5e-5)


@pytest.mark.parametrize(
    "text",
    [
        ",a,b,c\na,1,3,5\nb,,1,3\nc,,,1\n",
        "比较,甲,乙,丙\n甲,1,3,5\n乙,1/3,1,3\n丙,1/5,1/3,1\n",
        ",c,b,a\na,5,3,1\nb,3,1,\nc,1,,\n",
    ],
    ids=["triangle", "printed names", "another order"],
)
def test_a_table_of_one_group(file, text):
    found = weights(file("judged.csv", text))
    assert [found[i] for i in "abc"] == SAATY
    assert found["inputs"] == 0.5


def test_toml_of_several_groups(file):
    text = 'all = [[1, 2], [1]]\n[inputs]\nids = ["c", "甲", "b"]\nrows = [[1, "1/5", "1/3"], [1, 3], [1]]\n'
    found = weights(file("judged.toml", text))
    assert [found[i] for i in "abc"] == SAATY
    assert found["inputs"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.csv", ",a,b\na,1,3\nb,,1\n", "not those of the parts of one aggregate"),
        ("a.csv", ",a,b,d\na,1,3,2\nb,,1,2\nd,,,1\n", "not those of the parts of one aggregate"),
        ("a.csv", ",a,b,x\na,1,3,2\nb,,1,2\nx,,,1\n", "'x' is no part of the framework"),
        ("a.toml", "inputs = 3\n", "inputs has no rows"),
        ("a.toml", "input = [[1]]\n", "'input' is no part"),
        ("a.toml", "inputs = [[1\n", "cannot be read as TOML"),
        ("a.toml", '[inputs]\nids = ["a", "b"]\nrows = [[1, 2, 3], [1, 2], [1]]\n', "3 rows for 2 ids"),
    ],
)
def test_files_that_cannot_be_used_are_explained(file, name, text, message):
    with pytest.raises(DataError, match=message):
        read_comparisons(file(name, text), TREE)


def test_an_empty_matrix_is_not_told_to_be_a_relation_table(tmp_path):
    path = tmp_path / "empty.csv"
    path.write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="is empty") as error:
        read_comparisons(path, read_framework("kr36_2020"))
    assert "a matrix has the parts of one group" in error.value.hint
