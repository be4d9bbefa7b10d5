"""Figures of blocks and groups: what is drawn where."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clusters import figures


def test_dense_cells_are_framed_and_blocks_named():
    rows = [(1, 1, np.nan, 0), (1, 2, 0.1, 0), (2, 1, 0.8, 1), (2, 2, 0.0, 0)]
    columns = ["origin_block", "destination_block", "block_density", "image"]
    table = pd.DataFrame(rows, columns=columns)
    places = pd.DataFrame({"place": ["北京市", "上海市", "浙江省"], "block": [1, 2, 2]})
    ax = figures.block_density(table.sample(frac=1, random_state=1), places)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["1: Beijing", "2: Shanghai, Zhejiang"]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["1", "2"]
    (frame,) = ax.patches
    assert (round(frame.get_x() + 0.46), round(frame.get_y() + 0.46)) == (0, 1)  # from 2 to 1
    assert [t.get_text() for t in ax.texts] == ["–", "0.10", "0.80", "0.00"]
    plain = figures.block_density(table.drop(columns="image"))
    assert len(plain.patches) == 0
    assert [t.get_text() for t in plain.get_yticklabels()] == ["1", "2"]


def test_roles_are_named_and_rows_give():
    cells = {"origin": ["partner", "sample"], "partner": [0.0, 0.6], "sample": [0.4, 0.0]}
    ax = figures.mixing_matrix(pd.DataFrame(cells))
    names = [t.get_text() for t in ax.get_yticklabels()]
    shares = ax.images[0].get_array()
    assert shares[names.index("Sample"), names.index("Partner")] == 0.6
    assert ax.get_ylabel() == "Source (gives)"
