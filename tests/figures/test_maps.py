from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.patches import FancyArrowPatch, Rectangle

from clusters import places
from clusters.figures import _fonts, tile_map
from clusters.figures.maps import TILES


@pytest.fixture
def margins():
    return pd.DataFrame(
        {
            "place": ["北京市", "西藏自治区", "DE"],
            "empowerment_share": [0.3, 0.001, 0.2],
            "input_share": [0.25, 0.002, 0.1],
        }
    )


def tiles(ax):
    return [p for p in ax.patches if isinstance(p, Rectangle)]


def arrows(ax):
    return [p for p in ax.patches if isinstance(p, FancyArrowPatch)]


def test_every_province_has_its_own_tile():
    assert sorted(TILES) == sorted(places.provinces())
    assert len(set(TILES.values())) == 34


@pytest.mark.parametrize(
    ("west", "east"),
    [("四川省", "湖北省"), ("新疆维吾尔自治区", "北京市"), ("云南省", "广东省"), ("安徽省", "上海市")],
)
def test_west_lies_left_of_east(west, east):
    assert TILES[west][0] < TILES[east][0]


@pytest.mark.parametrize(
    ("north", "south"),
    [("黑龙江省", "辽宁省"), ("北京市", "山东省"), ("江苏省", "浙江省"), ("广东省", "海南省")],
)
def test_north_lies_above_south(north, south):
    assert TILES[north][1] < TILES[south][1]


def test_tiles_say_what_is_given_and_taken(margins):
    ax = tile_map(margins)
    said = [t.get_text() for t in ax.texts]
    assert len(tiles(ax)) == 34
    assert "↑30.0  ↓25.0" in said
    assert "↑0.1  ↓0.2" in said
    assert "Tibet" in said
    assert sum(text.startswith("↑") and "↓" in text and "gives" not in text for text in said) == 2


@pytest.mark.skipif(not _fonts.fonts().chinese, reason="no Chinese font on this system")
def test_chinese_tiles_carry_short_names(margins):
    said = [t.get_text() for t in tile_map(margins, lang="zh").texts]
    assert {"内蒙古", "香港", "北京"} <= set(said)


def test_more_given_is_darker(margins):
    fill = {p.get_xy(): sum(p.get_facecolor()[:3]) for p in tiles(tile_map(margins))}
    at = {
        name: next(v for (x, y), v in fill.items() if (int(x), round((y - 0.03) / 0.8)) == TILES[name])
        for name in TILES
    }
    assert at["北京市"] < at["西藏自治区"] < at["台湾省"]


def test_arrows_join_different_provinces_only_and_the_largest(margins):
    flows = pd.DataFrame(
        {
            "origin": ["北京市", "北京市", "广东省", "DE", "上海市"],
            "destination": ["北京市", "广东省", "北京市", "北京市", "浙江省"],
            "share": [0.5, 0.2, 0.1, 0.1, 0.01],
        }
    )
    assert len(arrows(tile_map(margins, flows))) == 3
    two = arrows(tile_map(margins, flows, arrows=2))
    assert [a.get_linewidth() for a in two] == pytest.approx([0.8 + 2.6, 6.0])
    assert len(arrows(tile_map(margins))) == 0


def test_countries_are_no_provinces(margins):
    ax = tile_map(margins[margins["place"] == "DE"])
    assert [t.get_text() for t in ax.texts] == ["No data"]
