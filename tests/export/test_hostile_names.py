"""Names that try to break out of every format: all files stay well-formed and say what they should."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import warnings

import igraph
import networkx as nx
import numpy as np
import openpyxl
import pandas as pd
import pytest
from lxml import etree, html

from clusters import networks
from clusters.export import tabular
from clusters.export.edges import write_csv_pair, write_parquet_pair
from clusters.export.gexf import write_gexf
from clusters.export.graphml import write_graphml
from clusters.export.pajek import write_pajek
from clusters.export.vosviewer import write_vosviewer
from clusters.networks import ValueNetwork
from clusters.relations import from_frame, read_relations

NAMES = [
    *(
        "<script>alert(1)</script>",
        "]]>",
        '"><img src=x onerror=alert(1)>',
        "{{7*7}}",
        "<!--",
        "-->",
        "<?xml",
    ),
    *(
        "&amp;&lt;",
        "</style><b>",
        "</title>",
        "javascript:alert(1)",
        "%s%n{0}",
        "$\\alpha$ $x$",
        "\\",
        '"',
        "'",
    ),
    *("\u202eback\u202c", "\u200fרז", "zero\x00byte", "\x1b[31mred\x1b[0m", "\x9b31mred", "x\x85y\u2028z"),
    *(
        "😀𠮷",
        "half \ud83d",
        "\ufffe\uffff end",
        "=1+1",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        " =1",
        "＝1+1",
        "'=1",
        "''@x",
    ),
    *("../../etc/passwd", "CON", "#N/A", "#REF!", "_x0041_", "a|b", "`c`", "[a](b)", "*Arcs", "NA", "1e5"),
    "长" * 100_000,
]
SPREADSHEET = re.compile(r"[\s\u200b]*[=+\-@＝＋－＠].")
NUMBER = re.compile(r"[+-]?[\d.]+(?:e[+-]?\d+)?%?")


@pytest.fixture(scope="module")
def network() -> ValueNetwork:
    """A ring of all names as they are; nothing has cleaned them."""
    names = [_whole(name) for name in NAMES]
    frame = pd.DataFrame({"source": names, "target": [*names[1:], names[0]]})
    nodes = pd.DataFrame({"label": names, "type": names, "staff": np.inf}, index=names)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return networks.last(networks.cumulative(from_frame(frame, nodes)))


def _whole(value):
    """Halves of characters cannot stand in a data frame of text; reading replaces them."""
    return re.sub("[\ud800-\udfff]", "\ufffd", value) if isinstance(value, str) else value


def carried(text: str) -> str:
    """The name as XML may carry it."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", _whole(text))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_graph_files_are_well_formed_and_read_back(network, tmp_path, lang):
    options = {"positions": "spiral", "statistics": True, "lang": lang, "title": NAMES[2]}
    write_gexf(network, tmp_path / "a.gexf", **options)
    write_graphml(network, tmp_path / "a.graphml", **options)
    for name in ("a.gexf", "a.graphml"):
        etree.parse(str(tmp_path / name), etree.XMLParser(huge_tree=True, resolve_entities=False))
    wanted = sorted(carried(name) for name in NAMES)
    gexf, graphml = nx.read_gexf(tmp_path / "a.gexf"), nx.read_graphml(tmp_path / "a.graphml")
    assert sorted(data["label"] for _, data in gexf.nodes(data=True)) == wanted
    assert sorted(data["label"] for _, data in graphml.nodes(data=True)) == wanted
    assert gexf.number_of_edges() == graphml.number_of_edges() == len(NAMES)
    again = igraph.Graph.Read_GraphML(str(tmp_path / "a.graphml"))
    assert sorted(again.vs["label"]) == wanted


def test_pajek_and_vosviewer_read_back(network, tmp_path):
    write_pajek(network, tmp_path / "a.net", positions="spiral")
    again = igraph.Graph.Read_Pajek(str(tmp_path / "a.net"))
    assert (again.vcount(), again.ecount()) == (len(NAMES), len(NAMES))
    write_vosviewer(network, tmp_path / "a.json", positions="spiral", title=NAMES[0])
    document = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    items = document["network"]["items"]
    assert sorted(item["label"] for item in items) == sorted(carried(name) for name in NAMES)
    # Descriptions are shown as HTML: no tag but our own line breaks is in them.
    for item in items:
        tree = html.fromstring(f"<div>{item.get('description', '')}</div>")
        assert {element.tag for element in tree.iter()} <= {"div", "br"}
    assert "<" not in document["info"]["title"]


def test_pairs_of_tables_run_nothing_and_read_back(network, tmp_path):
    write_csv_pair(network, tmp_path / "a.csv")
    write_parquet_pair(network, tmp_path / "a.parquet")
    with (tmp_path / "a_edges.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not [c for c in cells if SPREADSHEET.match(c) and not NUMBER.fullmatch(c)]
    again = read_relations(tmp_path / "a_edges.csv", placeholders="keep")
    plain = pd.read_parquet(tmp_path / "a_edges.parquet")
    assert len(plain) == len(NAMES)
    assert again.account.rows == len(NAMES)
    # Names that reading changes by itself (blanks, marks, too long) are left aside.
    kept = {n for n in NAMES if n == unicodedata.normalize("NFKC", n) == " ".join(n.split()) and len(n) < 200}
    kept = {n for n in kept if n.isprintable() and "\ufffd" not in n}
    assert len(kept) > 30
    assert kept <= set(again.nodes.index)


def test_tables_run_nothing_in_a_spreadsheet(tmp_path):
    table = pd.DataFrame({"node": [_whole(n) for n in NAMES], "degree": -1}).rename(columns={"degree": "=x"})
    rows = list(csv.reader(io.StringIO(tabular.to_csv(table), newline="")))
    assert not [c for row in rows for c in row if SPREADSHEET.match(c) and not NUMBER.fullmatch(c)]
    assert {row[1] for row in rows[1:]} == {"-1"}, "a number is a number"
    tabular.write(table, tmp_path / "a.xlsx", command=NAMES[0], notes=NAMES)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n"}, "neither formulas nor errors"
    assert not set("[]:*?/\\") & set("".join(book.sheetnames))
    assert "#N/A" in [row[0].value for row in book.worksheets[0].iter_rows()]


@pytest.mark.parametrize("fmt", ["table", "markdown"])
def test_tables_for_people_cannot_steer_a_terminal(fmt):
    table = pd.DataFrame({"node": [_whole(n) for n in NAMES], "\x1b]0;x\x07": 1.5})
    text = tabular.render(table, fmt)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e\u2066-\u2069]", text)
    assert len(text.splitlines()) == len(NAMES) + 2, "one line a row"


def test_markdown_shows_signs_instead_of_obeying_them():
    text = tabular.render(pd.DataFrame({"node": ["<b>|`[a](b)\\"]}), "markdown")
    assert text.splitlines()[2] == r"| \<b>\|\`\[a](b)\\ |"


def test_json_keeps_every_name():
    table = pd.DataFrame({"node": [_whole(n) for n in NAMES]})
    rows = json.loads(tabular.to_json(table, command="x"))["rows"]
    assert [row["node"] for row in rows] == table["node"].tolist()
