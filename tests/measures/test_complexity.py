"""Complexity: the published example, reflections without end as second implementation, odd tables."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from clusters.measures import complexity as measures

binaries = arrays(np.bool_, (6, 5)).map(pd.DataFrame)


@pytest.fixture(scope="module")
def published():
    """Hidalgo, Hausmann 2009, Figure S4 of the supporting information."""
    cells = [[1, 1, 1, 1], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]]
    return pd.DataFrame(cells, index=["C1", "C2", "C3", "C4"], columns=["P1", "P2", "P3", "P4"])


def test_published_reflections(published):
    places, classes = measures.reflections(published, 2)
    assert places[0].tolist() == [4, 1, 2, 1]
    assert classes[0].tolist() == [1, 2, 2, 3]
    assert places[1].tolist() == [2, 2, 2.5, 3]
    assert classes[1].round(4).tolist() == [4, 2.5, 3, 2.3333]
    assert places[2].round(4).tolist() == [2.9583, 2.5, 2.6667, 2.3333]


def test_published_eigenvalues(published):
    found = measures.complexity(published)
    assert found.eigenvalues.round(4).tolist() == [1, 0.5421, 0.1902, 0.1010]
    assert found.diversity.tolist() == [4, 1, 2, 1]
    assert found.ubiquity.tolist() == [1, 2, 2, 3]
    assert (found.parts, found.distinct) == (1, True)


def test_vectors_are_those_of_the_matrices_in_the_definition(published):
    cells = published.to_numpy(dtype=float)
    places = np.diag(1 / cells.sum(axis=1)) @ cells @ np.diag(1 / cells.sum(axis=0)) @ cells.T
    classes = np.diag(1 / cells.sum(axis=0)) @ cells.T @ np.diag(1 / cells.sum(axis=1)) @ cells
    found = measures.complexity(published)
    for matrix, index in ((places, found.places), (classes, found.classes)):
        values, vectors = np.linalg.eig(matrix)
        second = vectors[:, np.argsort(-values.real)[1]].real
        second = (second - second.mean()) / second.std()
        assert abs(second @ index.to_numpy()) / len(second) == pytest.approx(1)
        assert index.mean() == pytest.approx(0)
        assert index.std(ddof=0) == pytest.approx(1)


def test_sign_follows_diversity(published):
    found = measures.complexity(published)
    assert found.correlation == pytest.approx(abs(np.corrcoef(found.places, found.diversity)[0, 1]))
    assert np.corrcoef(found.places, found.diversity)[0, 1] >= 0
    # Classes have the sign of the places that they are found in.
    mean = [found.places[published[t] == 1].mean() for t in published.columns]
    assert np.corrcoef(mean, found.classes)[0, 1] == pytest.approx(1)


@given(binaries)
def test_reflected_twice_the_index_shrinks_by_its_eigenvalue(binary):
    found = measures.complexity(binary)
    if not found.distinct:
        return
    there, kept = found.places.notna().to_numpy(), found.classes.notna().to_numpy()
    cells = binary.to_numpy(dtype=float)[np.ix_(there, kept)]
    index = found.places[there].to_numpy()
    of_classes = cells.T @ index / cells.sum(axis=0)
    again = cells @ of_classes / cells.sum(axis=1)
    shift = (again - found.eigenvalues[1] * index)[0]
    np.testing.assert_allclose(again, found.eigenvalues[1] * index + shift, atol=1e-7)
    np.testing.assert_allclose(
        (of_classes - of_classes.mean()) / of_classes.std(), found.classes[kept], atol=1e-6
    )


@given(binaries)
def test_the_order_of_places_does_not_matter(binary):
    found = measures.complexity(binary)
    turned = measures.complexity(binary.iloc[::-1, ::-1])
    assert found.parts == turned.parts
    if found.parts > 1:  # of equal parts the first is taken
        return
    np.testing.assert_allclose(turned.eigenvalues, found.eigenvalues, atol=1e-9)
    assert found.distinct == turned.distinct
    if found.distinct and found.correlation > 1e-6:
        np.testing.assert_allclose(turned.places.loc[binary.index], found.places, atol=1e-6)
        np.testing.assert_allclose(turned.classes.loc[binary.columns], found.classes, atol=1e-6)


def test_rows_and_columns_without_a_speciality_have_no_complexity(published):
    wider = published.copy()
    wider["P5"] = 0
    wider.loc["C5"] = 0
    found, alone = measures.complexity(wider), measures.complexity(published)
    assert math.isnan(found.places["C5"])
    assert math.isnan(found.classes["P5"])
    np.testing.assert_allclose(found.places.drop("C5"), alone.places)
    np.testing.assert_allclose(found.classes.drop("P5"), alone.classes)
    assert found.correlation == pytest.approx(alone.correlation)
    places, _ = measures.reflections(wider, 1)
    assert places.loc["C5", 0] == 0
    assert math.isnan(places.loc["C5", 1])


def test_only_the_largest_connected_part_is_compared(published):
    apart = pd.DataFrame(0, index=[*published.index, "D1", "D2"], columns=[*published.columns, "Q1"])
    apart.loc[published.index, published.columns] = published
    apart.loc[["D1", "D2"], "Q1"] = 1
    found = measures.complexity(apart)
    assert found.parts == 2
    assert found.places[["D1", "D2"]].isna().all()
    assert math.isnan(found.classes["Q1"])
    np.testing.assert_allclose(found.places[published.index], measures.complexity(published).places)


@pytest.mark.parametrize(
    "cells",
    [[[1, 1], [1, 1], [1, 1]], [[1]], [[0, 0], [0, 0]], (1 - np.eye(4, dtype=int)).tolist()],
    ids=["all alike", "one place", "nothing", "tied eigenvalues"],
)
def test_without_a_second_eigenvector_there_is_no_index(cells):
    found = measures.complexity(pd.DataFrame(cells))
    assert not found.distinct
    assert found.places.isna().all()
    assert found.classes.isna().all()
    assert found.sign_open


def test_a_table_in_which_diversity_says_nothing_leaves_the_sign_open():
    # Two groups of places, each with its own classes and of equal diversity, and one bridge.
    cells = [[1, 1, 0, 0], [1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 1, 1], [0, 0, 1, 1]]
    found = measures.complexity(pd.DataFrame(cells))
    assert found.distinct
    assert found.sign_open
    assert not measures.complexity(pd.DataFrame([[1, 1, 1], [1, 1, 0], [1, 0, 0]])).sign_open


def test_wrong_calls():
    with pytest.raises(ValueError, match="true and false"):
        measures.complexity(pd.DataFrame([[0.5]]))
    with pytest.raises(ValueError, match="steps"):
        measures.reflections(pd.DataFrame([[1]]), -1)


def test_of_equally_many_specialities_the_part_of_more_places_counts():
    alone, two = [[1, 1, 1, 0, 0]], [[0, 0, 0, 1, 1], [0, 0, 0, 0, 1]]
    assert measures.complexity(pd.DataFrame(alone + two)).places.isna().tolist() == [True, False, False]
    assert measures.complexity(pd.DataFrame(two + alone)).places.isna().tolist() == [False, False, True]
