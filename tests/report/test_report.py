"""The whole folder: complete, consistent, self-contained, reproducible."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from clusters import networks, published, tables
from clusters.errors import UsageError
from clusters.relations import from_frame, of_kinds, read_relations
from clusters.report import write_report

FEW = {"replicates": 10, "null": 4, "resamples": 10}  # as in conftest
lxml_html = pytest.importorskip("lxml.html")

NASTY = "<script>alert('x')</script>"


@pytest.fixture(scope="module", params=["english", "chinese"])
def folder(request) -> Path:
    return request.getfixturevalue(request.param)


@pytest.fixture
def tree(folder):
    return parsed(folder)


def parsed(folder: Path):
    return lxml_html.fromstring((folder / "index.html").read_text(encoding="utf-8"))


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def csv_of(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / "tables" / f"{name}.csv", encoding="utf-8-sig")


# -- the page ---------------------------------------------------------------------------


def test_page_asks_the_network_for_nothing(folder, tree):
    sources = tree.xpath("//@src | //link/@href | //@srcset | //@data | //*[local-name() = 'use']/@href")
    assert sources
    assert all(source.startswith(("data:", "#")) for source in sources)
    assert not tree.xpath("//script | //iframe | //object | //embed | //form")
    text = (folder / "index.html").read_text(encoding="utf-8")
    assert "@import" not in text
    assert not re.findall(r"url\((?!#)", text)
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'")


def test_page_is_small_enough_to_send(folder):
    assert (folder / "index.html").stat().st_size < 10_000_000


def test_ids_are_unique_and_links_lead_somewhere(folder, tree):
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    for link in tree.xpath("//a/@href"):
        assert link[1:] in ids if link.startswith("#") else (folder / link).is_file(), link
    for reference in tree.xpath("//@aria-labelledby"):
        assert reference in ids


def test_pictures_and_tables_can_be_read_aloud(tree):
    pictures = tree.xpath("//img/@alt | //*[local-name() = 'svg']/@aria-label")
    assert len(pictures) == len(tree.xpath("//img | //*[local-name() = 'svg']"))
    assert all(text.strip() for text in pictures)
    for table in tree.xpath("//table"):
        assert table.xpath("./caption")
        assert table.xpath("./thead/tr/th[@scope='col']")
        assert all(row.xpath("./th[@scope='row']") for row in table.xpath("./tbody/tr"))


def test_headings_have_one_top_and_skip_no_level(tree):
    assert len(tree.xpath("//h1")) == 1
    assert not tree.xpath("//h3 | //h4")
    assert [h.text_content() for h in tree.xpath("//main//h2")] == [
        a.text_content() for a in tree.xpath("//nav//a")
    ]


def test_rows_of_a_table_have_as_many_cells_as_its_head(tree):
    for table in tree.xpath("//table"):
        widths = {len(row.xpath("./th | ./td")) for row in table.xpath(".//tr")}
        assert len(widths) == 1


def test_synthetic_data_says_so_on_the_page_and_in_the_networks(folder, tree):
    assert "合成数据" in tree.xpath("//*[@class='banner']")[0].text_content()
    for name in ("network.gexf", "network_dynamic.gexf"):
        assert "合成数据" in (folder / name).read_text(encoding="utf-8")[:5000]
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["synthetic"] is True


def test_page_shows_the_numbers_of_the_network(cluster, english):
    last = networks.last(networks.cumulative(cluster))
    values = [dd.text_content() for dd in parsed(english).xpath("//dl[@class='cards']//dd")]
    assert values[:2] == [f"{last.n_nodes:,}", f"{last.n_edges:,}"]
    rows = parsed(english).xpath("//figure[@id='t-structure']//tbody/tr")
    assert rows[8].text_content().startswith(f"{last.year}{last.sample.sum():,}")


def test_first_page_accounts_for_the_rows(cluster, english):
    text = parsed(english).xpath("//section[@id='rows']")[0].text_content()
    assert (
        f"Of {cluster.account.rows:,} rows, {cluster.account.accepted:,} are accepted and 0 rejected" in text
    )


def test_every_table_and_figure_is_numbered_through(tree):
    for kind in ("table", "figure"):
        numbers = [
            int(re.search(r"\d+", b.text_content())[0])
            for b in tree.xpath(f"//figure[@class='{kind}']//b[@class='number']")
        ]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) > 15


def test_chinese_report_is_chinese(chinese):
    tree = parsed(chinese)
    known = {
        "Gephi",
        "Leiden",
        "PageRank",
        "Clauset",
        "Shalizi",
        "Newman",
        "Broido",
        "Kendall",
        "Durbin",
        "Watson",
        "PAFit",
        "Vuong",
        "clusters",
        "parity",
        "Lite",
    }
    known |= {"alpha", "xmin", "tables", "xlsx", "figures"}
    for part in tree.xpath(
        "//h1 | //h2 | //figcaption | //main//p[not(@class)] | //thead | //ul[@class='points']"
    ):
        words = set(re.findall(r"[A-Za-z]{4,}", part.text_content())) - known
        assert not words, part.text_content()[:200]


def test_english_report_translates_places_and_terms(english):
    text = parsed(english).xpath("//figure[@id='t-flows']")[0].text_content()
    assert "Beijing" in text
    assert "Within the place" in text


# -- tables, figures, networks ----------------------------------------------------------


def test_tables_of_the_model_report_are_there(english):
    names = {path.stem for path in (english / "tables").glob("*.csv")}
    assert names >= {
        *("row_account", "structure", "degrees_sample", "degrees_partner", "nodes", "platform"),
        *("platform_yearly", "flow_margins", "flows", "flow_matrix", "city_flows", "city_flow_margins"),
        *("concentration", "concentration_curve", "degree_distribution", "powerlaw"),
        *("composition_kind", "composition_technology", "composition_technology_by_year"),
        *("composition_application_field", "composition_sector", "composition_tertiary"),
        *("sample_by_region", "sample_by_province", "sample_by_city", "platforms_by_province"),
        *("universities_by_province", "institutes_by_province"),
    }


def test_every_figure_that_can_be_drawn_is_there(english):
    from clusters.figures import catalogue

    frames = {path.stem: csv_of(english, path.stem) for path in (english / "tables").glob("*.csv")}
    drawable = {spec.id for spec in catalogue(frames) if spec.skipped(frames) is None}
    drawn = {path.stem for path in (english / "figures").glob("*.png")}
    assert drawn == {path.stem for path in (english / "figures").glob("*.svg")}
    assert drawn == drawable | {"network_map", "platform_map", "null_comparison"}


def test_files_hold_what_the_table_functions_give(cluster, english):
    expected = tables.yearly_structure(networks.cumulative(cluster))
    pd.testing.assert_frame_equal(csv_of(english, "structure"), expected, check_dtype=False)
    flows = tables.flow_intervals(tables.flows(cluster, top=None), cluster, replicates=10)
    found = csv_of(english, "flows")
    pd.testing.assert_frame_equal(found.drop(columns="kept"), flows, check_dtype=False)


def test_identities_of_the_printed_tables_hold(english):
    structure = csv_of(english, "structure")
    assert (structure["sample_nodes"] + structure["partner_nodes"] == structure["nodes"]).all()
    assert (structure["edges"] / structure["nodes"]).tolist() == pytest.approx(
        structure["average_degree"].tolist()
    )
    nodes = csv_of(english, "nodes")
    assert nodes["in_degree"].sum() == nodes["out_degree"].sum() == structure["edges"].iloc[-1]
    margins, matrix = csv_of(english, "flow_margins"), csv_of(english, "flow_matrix").set_index("origin")
    assert margins["empowerment_share"].sum() == pytest.approx(1)
    given = margins.set_index("place")["empowerment"].reindex(matrix.index)
    assert (matrix.sum(axis=1) == given).all()
    platform = csv_of(english, "platform")
    assert platform["edges"].iloc[0] == csv_of(english, "platform_yearly")["edges"].iloc[-1]


def test_organisations_by_place_add_up(english):
    table = csv_of(english, "sample_by_province")
    assert table["share"].sum() == pytest.approx(1)
    assert table["cumulative_share"].iloc[-1] == pytest.approx(1)
    assert table["organisations"].sum() == csv_of(english, "structure")["sample_nodes"].iloc[-1]


def test_csv_files_open_in_a_spreadsheet(folder):
    for path in (folder / "tables").glob("*.csv"):
        content = path.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf"), path.name
        assert b"\r" not in content


def test_chinese_files_have_chinese_headings_and_values(chinese):
    kinds = csv_of(chinese, "composition_kind")
    assert list(kinds.columns) == ["关系类型", "关系条数", "占比", "占比下限", "占比上限"]
    assert "技术合作" in kinds["关系类型"].tolist()
    assert csv_of(chinese, "structure").columns[0] == "年份"


def test_workbook_has_a_sheet_for_every_table(folder):
    from openpyxl import load_workbook

    book = load_workbook(folder / "tables" / "tables.xlsx", read_only=True)
    names = [path.stem for path in (folder / "tables").glob("*.csv")]
    assert len(book.sheetnames) == len(names) + 1
    listed = [row[0].value for row in book.worksheets[0].iter_rows(min_row=2)]
    assert [name for name in listed if name] == book.sheetnames[1:]
    book.close()


def test_networks_open_with_the_right_counts(cluster, english):
    import networkx

    last = networks.last(networks.cumulative(cluster))
    graph = networkx.read_gexf(english / "network.gexf")
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (last.n_nodes, last.n_edges)
    technology = sum(data["Relations: technology"] for _, _, data in graph.edges(data=True))
    assert technology == (cluster.frame["kind"] == "technology").sum()


# -- the manifest -----------------------------------------------------------------------


def test_manifest_lists_every_file_with_its_digest(folder):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = bytes_of(folder)
    content = files.pop("manifest.json")
    assert {entry["file"]: entry["sha256"] for entry in manifest["outputs"]} == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items()
    }
    assert {"version", "options", "seed", "inputs", "rows", "libraries", "reading"} <= set(manifest)
    text = content.decode("utf-8")
    assert str(folder.parent) not in text
    assert not re.search(r"\d\d:\d\d:\d\d", text)


def test_no_file_of_a_report_holds_a_path_or_the_time(folder):
    for name, content in bytes_of(folder).items():
        assert str(folder.parent).encode() not in content, name
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"\b20\d\d-\d\d-\d\d\b", page)


def test_same_input_gives_the_same_bytes(cluster, chinese, tmp_path):
    again = write_report(cluster, tmp_path / "other name", lang="zh", workers=1, **FEW).parent
    first, second = bytes_of(chinese), bytes_of(again)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_manifest_says_how_often_what_was_drawn(english):
    manifest = json.loads((english / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["seed"] == 0
    assert manifest["options"] == FEW
    assert manifest["draws"] == {
        "power_law_replicates": 10,
        "random_networks": 4,
        "samples_of_enterprises": 10,
        "sensitivity_repeats": 10,
        "permutations_of_places": 199,
    }


# -- growth, chance and intervals -------------------------------------------------------


def test_random_networks_stand_beside_the_last_year(cluster, english):
    rows = csv_of(english, "null_comparison").set_index("statistic")
    built = networks.cumulative(cluster)
    last = tables.yearly_structure(built).tail(1)
    expected = tables.structure_with_nulls(last, {2022: networks.last(built)}, 4).iloc[0]
    for name, row in rows.iterrows():
        assert row["observed"] == pytest.approx(expected[name])
        assert row["null_mean"] == pytest.approx(expected[f"{name}_null_mean"])
        assert row["p"] == pytest.approx(expected[f"{name}_p"])
    assert "reciprocity" in rows.index


def test_intervals_stand_beside_concentration_flows_and_compositions(english):
    for name in ("concentration", "flows", "flow_margins", "composition_technology"):
        table = csv_of(english, name)
        ends = [c for c in table.columns if c.endswith("_low")]
        assert ends, name
        for low in ends:
            known = table[table[low].notna()]
            assert (known[low] <= known[low.replace("_low", "_high")]).all()


def test_growth_is_reported_with_its_exponents(cluster, english):
    fits = csv_of(english, "growth_fit")
    expected = tables.growth_fit(networks.cumulative(cluster))
    assert fits["exponent"].tolist() == pytest.approx(expected["exponent"].tolist(), nan_ok=True)
    tree = parsed(english)
    assert tree.xpath("//section[@id='growth']//figure[@id='f-densification']")
    assert "Edges grow as the number of organisations to the power" in (
        tree.xpath("//section[@id='summary']")[0].text_content()
    )


@pytest.mark.usefixtures("without_figures")
def test_what_is_not_drawn_is_left_out_and_said_so(cluster, tmp_path):
    none = {"replicates": 3, "null": 0, "resamples": 0}
    for lang, option in (("en", "the option --null"), ("zh", "可用选项 --null")):
        folder = write_report(cluster, tmp_path / lang, lang=lang, **none).parent
        text = parsed(folder).xpath("//section[@id='uncertainty']")[0].text_content()
        assert option in text
        assert "--resamples" in text
        assert not (folder / "tables" / "null_comparison.csv").exists()
        assert not (folder / "tables" / "sensitivity.csv").exists()
        assert not [c for c in csv_of(folder, "flows").columns if "下限" in c or c.endswith("_low")]
    with pytest.raises(UsageError, match="one sample of enterprises gives no interval"):
        write_report(cluster, tmp_path / "one", resamples=1)


@pytest.mark.usefixtures("without_figures")
def test_growth_needs_cumulative_years(cluster, tmp_path):
    few = {"replicates": 0, "null": 0, "resamples": 0}
    for choice in ({"mode": "yearly"}, {"years": [2020]}):
        folder = write_report(cluster, tmp_path / str(choice), **few, **choice).parent
        assert not (folder / "tables" / "growth.csv").exists()


def test_of_large_networks_nothing_is_drawn_unasked(cluster, monkeypatch):
    from clusters.report import study

    usual = study.Study(cluster)
    assert (usual.random_networks, usual.samples) == (20, 100)
    monkeypatch.setattr(study, "RESAMPLED_UP_TO", 100)
    assert (usual.random_networks, usual.samples) == (0, 0)
    asked = study.Study(cluster, null=3, resamples=5)
    assert (asked.random_networks, asked.samples) == (3, 5)


# -- odd tables -------------------------------------------------------------------------


def tiny(**columns) -> pd.DataFrame:
    return pd.DataFrame({"source": ["a", "b", "c"], "target": ["b", "c", "a"]} | columns)


def test_table_of_pairs_only(tmp_path):
    page = write_report(from_frame(tiny()), tmp_path / "r", replicates=5)
    text = lxml_html.fromstring(page.read_text(encoding="utf-8")).text_content()
    assert "The network has 3 organisations and 3 edges; the relations carry no year." in text
    assert not (page.parent / "network_dynamic.gexf").exists()
    assert not (page.parent / "tables" / "flows.csv").exists()
    assert not re.search(r"\bnan\b", text.lower())


@pytest.fixture
def without_figures(monkeypatch):
    """Leave the drawing out where a test is not about it; it takes most of the time."""
    from clusters.report import contents

    monkeypatch.setattr(contents, "illustrated", lambda section, found: [])


@pytest.mark.usefixtures("without_figures")
def test_one_relation(tmp_path):
    table = from_frame(pd.DataFrame({"source": ["a"], "target": ["b"], "year": [2020]}))
    text = parsed(write_report(table, tmp_path / "r", replicates=5).parent).text_content()
    assert "In 2020 the network has 2 organisations and 1 edge." in text


def test_names_from_the_data_stay_text_everywhere(tmp_path):
    nodes = pd.DataFrame(
        {"label": [NASTY, "=1+1", "c"], "province": [NASTY, "北京市", "北京市"]}, index=list("abc")
    )
    frame = tiny(year=[2020, 2021, 2021], category=[NASTY, "x|y", "x"])
    for end in ("source", "target"):
        frame[f"{end}_province"] = frame[end].map(nodes["province"])
    folder = write_report(
        from_frame(frame, nodes, name=NASTY), tmp_path / "r", title=NASTY, replicates=5
    ).parent
    tree = parsed(folder)
    assert not tree.xpath("//script")
    assert tree.xpath("//h1")[0].text_content() == NASTY
    assert NASTY in tree.xpath("//figure[@id='t-degrees']")[0].text_content()
    for path in (folder / "figures").glob("*.svg"):
        assert b"<script" not in path.read_bytes()
    assert "'=1+1" in (folder / "tables" / "nodes.csv").read_text(encoding="utf-8-sig")


@pytest.mark.usefixtures("without_figures")
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "choices",
    [
        {"mode": "yearly", "parallel": "kinds"},
        {"mode": "window:3", "parallel": "relations"},
        {"years": [2018, 2019, 2020], "level": "country"},
        {"years": [2020], "level": "type"},
        {"kinds": ["talent", "investment"], "level": "city", "replicates": 0, "null": 0, "resamples": 0},
    ],
    ids=lambda choices: "-".join(map(str, choices)),
)
def test_every_choice_makes_a_report(cluster, tmp_path, lang, choices):
    chosen = {"lang": lang, "replicates": 3, "null": 2, "resamples": 3, **choices}
    table = of_kinds(cluster, chosen.pop("kinds", None))
    folder = write_report(table, tmp_path / "r", **chosen).parent
    text = parsed(folder).xpath("//main")[0].text_content()
    assert not re.search(r"\b(nan|NaN|None(?! of)|inf)\b", text)
    if table is not cluster and lang == "en":
        assert f"about {len(table):,} relations of them: talent and investment." in text


@pytest.mark.usefixtures("without_figures")
@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"source": ["a"], "target": ["a"]}),
        pd.DataFrame({"source": ["a", "a"], "target": ["a", "b"], "year": [2020, 2020]}),
        pd.DataFrame({"source": [1, 2], "target": [2, 3], "year": [2019, 2022]}),
        tiny(year=[2019, 2020, 2022], source_city=[None] * 3, target_city=[None] * 3, kind=["x"] * 3),
        tiny(source_city=["x", "x", None], target_city=["x", "y", "z"], topic=["u", None, "v"]),
    ],
    ids=["one-loop", "loop-and-edge", "numbers-as-ids", "places-all-unknown", "places-partly-known"],
)
def test_small_and_incomplete_tables_make_a_report(tmp_path, frame):
    for lang in ("en", "zh"):
        folder = write_report(from_frame(frame), tmp_path / lang, lang=lang, replicates=3).parent
        assert not re.search(
            r"\b(nan|NaN|None(?! of)|inf)\b", parsed(folder).xpath("//main")[0].text_content()
        )


@pytest.mark.usefixtures("without_figures")
def test_rejected_rows_are_counted_and_listed(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("source,target,year\na,b,2020\n,b,2020\na,c,x\na,a,2020\na,b,2020\n", encoding="utf-8")
    folder = write_report(read_relations(path), tmp_path / "r", inputs=[path], replicates=5).parent
    text = parsed(folder).xpath("//section[@id='rows']")[0].text_content()
    assert (
        "Of 5 rows, 3 are accepted and 2 rejected. Among the accepted ones are 1 self-loop and "
        "1 exact double; 2 rows are set aside and 1 relation is in use."
    ) in text
    rejects = pd.read_csv(folder / "rejects.csv", encoding="utf-8-sig")
    assert rejects["line"].tolist() == [3, 4]
    aside = pd.read_csv(folder / "set_aside.csv", encoding="utf-8-sig")
    assert aside[["line", "reason"]].values.tolist() == [[5, "self_loop"], [6, "duplicate"]]
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["inputs"] == [
        {
            "bytes": path.stat().st_size,
            "file": "rows.csv",
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
    ]
    assert manifest["rows"]["rejected"] == 2


@pytest.mark.usefixtures("without_figures")
@pytest.mark.parametrize(
    ("lang", "said", "cells"),
    [
        ("en", "Spelling of a name in 1 row", ["Checks", "Rejected", "Giver is not named", "1", "3"]),
        ("zh", "名称写法规范 1 行", ["逐行检查", "拒绝", "赋能方未指明", "1", "3"]),
    ],
)
def test_the_first_page_says_what_happened_to_the_rows(tmp_path, lang, said, cells):
    path = tmp_path / "rows.csv"
    path.write_text("source,target,year\na,b,2020\n未透露,b,2020\n Ｃ,b,2021\n", encoding="utf-8")
    folder = write_report(read_relations(path), tmp_path / lang, lang=lang, replicates=0).parent
    section = parsed(folder).xpath("//section[@id='rows']")[0]
    assert said in section.text_content()
    rows = [[cell.text_content().strip() for cell in row.xpath("./*")] for row in section.xpath(".//tr")]
    assert cells in [row[:5] for row in rows], rows
    table = csv_of(folder, "row_steps")
    assert len(table) == 3 + 2 + 1 + 2
    with pd.ExcelFile(folder / "tables" / "tables.xlsx", engine="openpyxl") as book:
        assert any(("row_steps" if lang == "en" else "逐文件") in name for name in book.sheet_names)


@pytest.mark.usefixtures("without_figures")
def test_warnings_of_reading_are_in_the_language_of_the_page(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("source,target,year,kind\na,b,2020,\nA,c,2021,talent\n\n", encoding="utf-8")
    table = read_relations(path)
    assert len(table.account.warnings) == 3
    said = {
        "en": "relations without a kind in column 'kind': 1 of 2",
        "zh": "2 条关系中有 1 条在列“kind”中未注明",
    }
    for lang, other in (("en", "zh"), ("zh", "en")):
        folder = write_report(table, tmp_path / lang, lang=lang, replicates=0).parent
        text = parsed(folder).xpath("//section[@id='rows']")[0].text_content()
        assert said[lang] in text
        assert said[other] not in text
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        assert manifest["rows"]["warnings"] == list(table.account.warnings)


def test_unknown_level_is_refused_before_any_work(cluster, tmp_path):
    with pytest.raises(UsageError, match="level 'planet' is not in the table; it has"):
        write_report(cluster, tmp_path / "r", level="planet")
    assert list(tmp_path.iterdir()) == []


def test_table_without_a_relation_is_refused(tmp_path):
    empty = from_frame(tiny().head(0))
    with pytest.raises(UsageError, match="nothing to report"):
        write_report(empty, tmp_path / "r")


@pytest.mark.usefixtures("without_figures")
@pytest.mark.parametrize("step", [0, 3, 8, 9, 10])
def test_interrupt_at_any_step_leaves_the_old_report(tmp_path, step):
    out = tmp_path / "r"
    write_report(from_frame(tiny()), out, replicates=5)
    before = bytes_of(out)

    def interrupt(done, steps, text):
        if done == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_report(from_frame(tiny()), out, title="new", force=True, replicates=5, progress=interrupt)
    assert bytes_of(out) == before
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.usefixtures("without_figures")
def test_many_places_make_no_matrix_of_millions(tmp_path, monkeypatch):
    from clusters.report.sections import flows

    monkeypatch.setattr(flows, "MATRIX_PLACES", 3)
    monkeypatch.setattr(flows, "MATRIX_TOP", 2)
    names = [f"n{i}" for i in range(10)]
    frame = pd.DataFrame({"source": names, "target": names[1:] + names[:1]})
    frame["source_country"], frame["target_country"] = frame["source"], frame["target"]
    frame = pd.concat([frame, frame.head(2)], ignore_index=True)
    folder = write_report(from_frame(frame), tmp_path / "r", replicates=5).parent
    assert csv_of(folder, "flow_matrix")["origin"].tolist() == ["n0", "n1", "n2"]
    assert len(csv_of(folder, "flows")) == 10
    assert "the 3 places with the most relations of 10" in parsed(folder).text_content()


# -- against the printed report ---------------------------------------------------------


@pytest.mark.slow
def test_sample_report_shows_the_printed_counts(tmp_path):
    from clusters.relations import sample

    folder = write_report(sample(), tmp_path / "r", workers=2).parent
    printed = published.load("nankai_2023", table=2)
    ours = csv_of(folder, "structure")
    for column in ("nodes", "edges"):
        assert ours[column].tolist() == printed[column].tolist()
    assert (folder / "index.html").stat().st_size < 10_000_000


@pytest.mark.slow
def test_cordis_report_by_country(shared, tmp_path):
    path = shared / "data" / "cordis_h2020" / "relations.csv.gz"
    if not path.is_file():
        pytest.skip("the CORDIS relations are not in ../shared")
    folder = write_report(
        read_relations(path), tmp_path / "r", level="country", inputs=[path], workers=2
    ).parent
    account = csv_of(folder, "row_account").iloc[0]
    assert account["rows"] == 113_275
    assert account["accepted"] + account["rejected"] == 113_275
    assert csv_of(folder, "flow_margins")["empowerment"].sum() == account["relations"]
    assert (folder / "index.html").stat().st_size < 10_000_000
