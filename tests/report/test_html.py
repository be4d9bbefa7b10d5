"""Tables, figures and words on the page: escaped, aligned, readable."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from clusters.report.html import inline_svg, png_size, render
from clusters.report.items import Code, Figure, Glossary, Links, Point, Section, Table, View

lxml_html = pytest.importorskip("lxml.html")

NASTY = "<script>alert(1)</script> & \"quotes\" 'too' {{ 7 * 7 }}"
SVG = (
    '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" width="460pt" height="300pt" '
    'viewBox="0 0 460 300" version="1.1">'
    '<metadata><dc>x</dc></metadata><defs><style type="text/css">*{stroke-linejoin: round}</style></defs>'
    '<g id="axes"><clipPath id="p1"/><use xlink:href="#m1" clip-path="url(#p1)"/></g></svg>'
)


def page(sections: list[Section], *, lang: str = "en", figures: Path = Path(), **more):
    text = render(
        sections,
        title=more.get("title", "Title"),
        lead=more.get("lead", ""),
        lang=lang,
        version="1",
        synthetic=more.get("synthetic", False),
        cards=(),
        footer="",
        figures=figures,
    )
    return lxml_html.fromstring(text), text


def table_of(frame: pd.DataFrame, *views: View, **more):
    tree, _ = page([Section("s", "S", items=[Table("t", frame, "T", views=views or (View(),), **more)])])
    return tree.xpath("//table")


def rows_of(table) -> list[list[str]]:
    return [[cell.text_content() for cell in row] for row in table.xpath("./tbody/tr")]


def heads_of(table) -> list[str]:
    return [head.text_content() for head in table.xpath("./thead/tr/th")]


def test_a_p_of_no_replicate_is_less_than_one_of_them():
    frame = pd.DataFrame({"p_value": [0.0, 0.01, np.nan], "replicates": [200, 200, None]})
    (table,) = table_of(frame, View(("p_value",)))
    assert [row[0] for row in rows_of(table)] == ["< 0.005", "0.010", "–"]


def test_everything_from_the_data_is_escaped():
    frame = pd.DataFrame({"label": [NASTY], NASTY: [1]})
    section = Section(
        "s",
        NASTY,
        paragraphs=[NASTY],
        points=[Point(NASTY, NASTY)],
        items=[
            Table("t", frame, NASTY, NASTY, notes=(NASTY,)),
            Code(NASTY),
            Glossary((Point(NASTY, NASTY),)),
            Links((Point("a.csv", NASTY),)),
        ],
    )
    tree, text = page([section], title=NASTY, lead=NASTY)
    assert not tree.xpath("//script")
    assert "{{ 7 * 7 }}" in text
    assert tree.xpath("//h1")[0].text_content() == NASTY
    assert rows_of(tree.xpath("//table")[0])[0][0] == NASTY


def test_numbers_print_by_their_unit():
    frame = pd.DataFrame(
        {
            "year": [2014, 2022],
            "nodes": [1973, 30765],
            "share": [0.5, np.nan],
            "average_degree": [1.3188, 2.7244],
        }
    )
    (table,) = table_of(frame)
    assert rows_of(table) == [["2014", "1,973", "50.00 %", "1.319"], ["2022", "30,765", "–", "2.724"]]


def test_small_densities_keep_three_digits_in_plain_notation():
    (table,) = table_of(pd.DataFrame({"year": [2014, 2022], "density": [1.0794e-3, 9.567e-5]}))
    assert [row[1] for row in rows_of(table)] == ["0.0010794", "0.0000957"]


def test_probabilities_have_no_powers_of_ten():
    (table,) = table_of(pd.DataFrame({"alternative": ["lognormal", "exponential"], "p": [1.4e-179, 0.25]}))
    assert rows_of(table) == [["Lognormal", "< 0.001"], ["Exponential", "0.250"]]


def test_columns_without_any_value_are_left_out_unless_asked_for():
    frame = pd.DataFrame({"node": ["a"], "role": [None]})
    assert heads_of(table_of(frame)[0]) == ["Organisation"]
    assert len(heads_of(table_of(frame, View(("node", "role")))[0])) == 2


def test_upright_tables_turn_columns_into_rows():
    frame = pd.DataFrame({"degree": ["in", "out"], "xmin": [3.0, 10.0]})
    (table,) = table_of(frame, View(upright=True), key="degree")
    assert heads_of(table)[1:] == ["In-degree", "Out-degree"]
    assert rows_of(table) == [["xmin", "3", "10"]]


def test_matrix_shades_cells_by_size():
    frame = pd.DataFrame({"origin": ["北京市", "广东省"], "北京市": [16, 4], "广东省": [0, 1]})
    (table,) = table_of(frame, View(matrix=True))
    assert heads_of(table) == ["Origin (gives)", "Beijing", "Guangdong"]
    shades = [cell.get("style") for cell in table.xpath(".//td")]
    assert shades == ["--shade:100%", "--shade:0%", "--shade:50%", "--shade:25%"]


def test_rows_beyond_the_first_are_announced():
    frame = pd.DataFrame({"node": [f"n{i}" for i in range(30)]})
    tree, _ = page([Section("s", "S", items=[Table("t", frame, "T", views=(View(head=20),))])])
    assert len(rows_of(tree.xpath("//table")[0])) == 20
    assert "The first 20 of 30 rows are shown" in tree.text_content()


def test_empty_table_says_so():
    tree, _ = page([Section("s", "S", items=[Table("t", pd.DataFrame({"node": []}), "T")])])
    assert "The table has no row." in tree.text_content()


def test_long_cells_are_cut_on_the_page():
    (table,) = table_of(pd.DataFrame({"label": ["x" * 1_000_000]}))
    assert len(rows_of(table)[0][0]) < 200


def test_names_are_not_translated_and_coded_values_are():
    frame = pd.DataFrame({"label": ["technology", "北京市"], "kind": ["technology", "talent"]})
    (table,) = table_of(frame)
    assert rows_of(table) == [["technology", "Technology"], ["北京市", "Talent"]]


def test_figures_go_in_as_svg_or_as_png_when_large(tmp_path, monkeypatch):
    import matplotlib as mpl
    from matplotlib.figure import Figure as Picture

    (tmp_path / "small.svg").write_text(SVG, encoding="utf-8")
    (tmp_path / "large.svg").write_text(SVG + " " * 400_000, encoding="utf-8")
    with mpl.rc_context():
        Picture(figsize=(2, 1)).savefig(tmp_path / "large.png", dpi=50)
    figures = [Figure(name, None, {}, name, alt=f"<{name}>") for name in ("small", "large")]
    tree, _ = page([Section("s", "S", items=figures)], figures=tmp_path)
    (image,) = tree.xpath("//img")
    assert image.get("src").startswith("data:image/png;base64,")
    assert (image.get("alt"), image.get("width"), image.get("height")) == ("<large>", "100", "50")
    (svg,) = tree.xpath("//*[local-name() = 'svg']")
    assert svg.get("aria-label") == "<small>"


def test_inlined_svg_has_own_ids_and_no_global_style():
    text = inline_svg(SVG, "flows", "x")
    assert 'id="flows-axes"' in text
    assert 'href="#flows-m1"' in text
    assert "url(#flows-p1)" in text
    for part in ("<style", "<metadata", "<?xml", "DOCTYPE", "xmlns", "width=", "http"):
        assert part not in text


def test_png_size_of_the_first_chunk():
    content = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\x00\x00\x00\x02"
    assert png_size(content) == (256, 2)


@pytest.mark.parametrize(("lang", "tag"), [("en", "en"), ("zh", "zh-Hans")])
def test_page_names_its_language_and_carries_the_banner(lang, tag):
    tree, _ = page([Section("s", "S", paragraphs=["x"])], lang=lang, synthetic=True)
    assert tree.get("lang") == tag
    assert "合成数据" in tree.xpath("//*[@class='banner']")[0].text_content()
    assert not page([Section("s", "S", paragraphs=["x"])], lang=lang)[0].xpath("//*[@class='banner']")


def test_empty_sections_are_not_on_the_page():
    tree, _ = page([Section("full", "F", paragraphs=["x"]), Section("empty", "E")])
    assert [s.get("id") for s in tree.xpath("//section")] == ["full"]
    assert tree.xpath("//nav//a/@href") == ["#full"]
