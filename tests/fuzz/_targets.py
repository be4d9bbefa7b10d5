"""What is done with the bytes of the fuzzer, and what has to hold then.

A target takes any bytes. Only a ``ClustersError`` with a message that can be printed may come out of
the package; whatever was read has to keep its promises.
"""

from __future__ import annotations

import gzip
import io
import math
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from clusters import names, places, sentences
from clusters.cli._terminal import visible
from clusters.errors import ClustersError
from clusters.index.frameworks import read_framework
from clusters.intake import amounts, config, files, formula, headers, numbers, values
from clusters.intake.indicators import read_indicators
from clusters.intake.organisations import read_nodes
from clusters.intake.public import LAYOUTS, Converted, Options, open_package
from clusters.intake.public.dates import read_day
from clusters.intake.public.parties import divide
from clusters.intake.thesaurus import read_thesaurus
from clusters.relations import Relations, read_relations

CHOICES: tuple[dict[str, object], ...] = (
    {},
    {"loops": "keep", "duplicates": "keep"},
    {"year_range": (2000, 2030)},
    {"mapping": {"source": "甲方", "target": "乙方"}},
    {"encoding": "gb18030"},
    {"separator": ";"},
    {},
    {"encoding": "utf-16"},
)
PARTS = b"\n====\n"
"""Between the files of a package; the first line of each is its name."""


def text_of(data: bytes) -> str:
    """Return any bytes as text; what is not UTF-8 becomes lone surrogates."""
    return data.decode("utf-8", "surrogateescape")


def said(error: ClustersError) -> None:
    """Hold that the message of an error can be printed."""
    printable(error.args[0])
    assert "Traceback" not in str(error)


def printable(text: str) -> None:
    """Hold that a message can be printed in both languages and is no novel."""
    for lang in ("en", "zh"):
        words = visible(sentences.in_language(text, lang))
        assert words.strip()
        assert len(words) < 20_000
        words.encode("utf-8")


def choice_of(data: bytes) -> dict[str, object]:
    """Choose options by the input, so that an input alone shows a fault."""
    return CHOICES[zlib.crc32(data) % len(CHOICES)]


class Bench:
    """Targets that read files, which they write into one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, name: str, data: bytes) -> Path:
        """Write a file and return its path."""
        path = self.folder / name
        path.write_bytes(data)
        return path

    def relations(self, name: str, data: bytes, **options: object) -> Relations | None:
        """Read a relation table and check it; ``None`` where it is refused."""
        try:
            found = read_relations(self.file(name, data), cache=False, **options)  # type: ignore[arg-type]
        except ClustersError as error:
            said(error)
            return None
        check_relations(found)
        return found

    def csv(self, data: bytes) -> None:
        """Delimited text, read in several ways."""
        found = self.relations("r.csv", data, **choice_of(data))
        if found is not None and zlib.crc32(data) % 7 == 0:
            self.returns(found)

    def returns(self, found: Relations) -> None:
        """Hold that rejected rows that were written can be read again, cell by cell."""
        from clusters.export import tabular

        rejects = found.account.rejects
        if not len(rejects) or any(not str(column).strip() for column in rejects.columns):
            return
        text = tabular.to_csv(tabular.original_cells(rejects), safe=False)
        again = files.read_content(text.encode(), "rejects.csv", ".csv", score=len, encoding_name="utf-8")
        assert again.rows == len(rejects)
        if not again.ragged and "\r" not in text:
            for column, cells in zip(rejects.columns[2:], again.columns[2:], strict=True):
                written = [cell.strip(" ") for cell in rejects[column].fillna("").astype(str)]
                assert [cell.strip(" ") for cell in cells.texts()] == written

    def tsv(self, data: bytes) -> None:
        """Text with tabs."""
        self.relations("r.tsv", data)

    def packed(self, data: bytes) -> None:
        """A gzip file: damaged bytes, or any bytes packed well."""
        self.relations("r.csv.gz", data if data.startswith(b"\x1f") else gzip.compress(data, mtime=0))

    def parquet(self, data: bytes) -> None:
        """A Parquet file."""
        self.relations("r.parquet", data)

    def xlsx(self, data: bytes) -> None:
        """A workbook: damaged bytes, or any bytes as its one sheet."""
        if not data.startswith(b"PK"):
            data = workbook(data)
        self.relations("r.xlsx", data)

    def nodes(self, data: bytes) -> None:
        """A table of organisations."""
        try:
            found = read_nodes(self.file("n.csv", data), thesaurus={})
        except ClustersError as error:
            said(error)
            return
        assert found.frame.index.is_unique
        for warning in found.warnings:
            printable(warning)

    def thesaurus(self, data: bytes) -> None:
        """A thesaurus: no name leads to one that is replaced itself."""
        try:
            found = read_thesaurus(self.file("t.csv", data))
        except ClustersError as error:
            said(error)
            return
        assert not set(found).intersection(found.values())

    def settings(self, data: bytes) -> None:
        """A settings file."""
        try:
            config.parsed(text_of(data), "c.toml", self.folder)
        except ClustersError as error:
            said(error)

    def settings_file(self, data: bytes) -> None:
        """A settings file on disk with a table that it describes."""
        table = self.file("small.csv", "甲方,乙方,年份,方向\n甲,乙,2019,赋能\n".encode())
        try:
            check_relations(read_relations(table, config=self.file("c.toml", data), cache=False))
        except ClustersError as error:
            said(error)

    def indicators(self, data: bytes) -> None:
        """A table of indicators: numbers, each unit (and year) once."""
        try:
            found = read_indicators(self.file("i.csv", data))
        except ClustersError as error:
            said(error)
            return
        assert found.frame.index.is_unique
        assert not np.isinf(found.frame.to_numpy(float)).any()

    def framework(self, data: bytes) -> None:
        """A framework of an index."""
        try:
            read_framework(self.file("f.toml", data))
        except ClustersError as error:
            said(error)

    def formula(self, data: bytes) -> None:
        """A formula: its value is a number or missing."""
        try:
            found = formula.parse(text_of(data))
        except ClustersError as error:
            said(error)
            return
        given = {name: [0.0, 1.0, -2.5, math.nan, 1e308] for name in found.names}
        assert not np.isinf(found.evaluate(given)).any()

    def header(self, data: bytes) -> None:
        """A header: a column has one meaning at most."""
        cells = text_of(data).split(",")
        headers.score_nodes(cells)
        scored = headers.score_relations(cells, {})
        assert 0 <= scored <= len(cells)
        for find in (headers.relation_columns, headers.node_columns):
            try:
                find(cells, "h.csv", {})  # type: ignore[operator]
            except ClustersError as error:
                said(error)

    def cells(self, data: bytes) -> None:
        """One cell, by every reader of cells."""
        text = text_of(data)
        year = values.read_year(text)
        assert year is None or 1900 <= year <= 2100
        date = values.read_date(text)
        assert date is None or values.read_date(date) == date
        weight = values.read_weight(text)
        assert weight is None or (math.isfinite(weight) and weight >= 0)
        number = numbers.read_number(text)
        assert number is None or math.isfinite(number)
        kind = values.canonical_kind(text)
        assert values.canonical_kind(kind) == kind
        for read in (values.gives, values.read_flag, values.read_role, values.read_any_year):
            read(text)  # type: ignore[operator]
        for decimal in (None, ",", "."):
            amount = amounts.read_amount(text, decimal=decimal)
            assert math.isnan(amount.number) or 0 <= abs(amount.number) < math.inf
        read_day(text)
        for blanks in (False, True):
            divide(text, blanks=blanks)

    def places(self, data: bytes) -> None:
        """A place name or address: what is official reads as itself."""
        text = text_of(data)
        for level in (None, "province", "city"):
            found = places.resolve(text, text[:3], level=level)
            for name, again in ((found.province, places.province), (found.city, places.city)):
                assert name is None or again(name) == name
        places.country(text)
        places.label(text)

    def names(self, data: bytes) -> None:
        """Lines of names: cleaning is once and for all, and comparing is symmetric."""
        text = text_of(data)
        lines = text.split("\n")[:20]
        for line in lines:
            cleaned = names.clean(line)
            assert names.clean(cleaned) == cleaned
            names.hides(line)
        from clusters.names.candidates import find

        spelled = [name for name in (names.clean(line) for line in lines) if name]
        if spelled:
            for pair in find(spelled).pairs:
                assert 0 <= pair.match.score <= 100

    def package(self, layout: str) -> Callable[[bytes], None]:
        """Files of a public layout."""

        def target(data: bytes) -> None:
            options = Options()
            if "expand" in LAYOUTS[layout].choices and zlib.crc32(data) % 3 == 0:
                options = Options(expand="clique")
            try:
                found = self.converted(layout, data, options)
            except ClustersError as error:
                said(error)
                return
            check_converted(found)

        return target

    def converted(self, layout: str, data: bytes, options: Options | None = None) -> Converted:
        """Convert files of a public layout, parted by ``PARTS``; the first line of each is its name."""
        folder = self.folder / layout
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for part in data.split(PARTS)[:6]:
            name, _, content = part.partition(b"\n")
            safe = "".join(c for c in name.decode("ascii", "ignore") if c.isalnum() or c in "._-")[:60]
            (folder / (safe.strip(".") or "a.csv")).write_bytes(content)
        return LAYOUTS[layout].convert(open_package([folder]), options or Options())


def check_relations(found: Relations) -> None:
    """Hold what a checked table promises."""
    account = found.account
    assert account.accepted + account.rejected == account.rows
    assert sum(account.reasons.values()) == account.rejected == len(account.rejects)
    assert account.accepted == account.relations + len(account.set_aside)
    assert len(found.frame) == account.relations
    for end in ("source", "target"):
        assert not found.frame[end].isna().any()
        for name in found.nodes.index:
            assert name
            assert names.clean(name) == name
    assert found.nodes.index.is_unique
    if found.dated:
        assert all(1900 <= year <= 2100 for year in found.years)
    if "weight" in found.frame.columns:
        weights = found.frame["weight"].dropna()
        assert ((weights >= 0) & np.isfinite(weights)).all()
    for warning in account.warnings:
        printable(warning)
    lines = [*account.rejects.get("line", []), *account.set_aside.get("line", []), *found.frame.index]
    assert len(set(lines)) == len(lines), "a line is one row"


def check_converted(found: Converted) -> None:
    """Hold what a converted package promises."""
    relations = found.relations
    account = found.account
    table = account.table()
    for _, group in table.groupby(["file", "stage"]):
        total = group.loc[group["outcome"] == "rows", "rows"]
        if len(total):
            parts = group.loc[group["outcome"].isin(("accepted", "rejected", "set_aside")), "rows"]
            assert int(total.iloc[0]) == int(parts.sum())
    assert (table["rows"] >= 0).all()
    for note in found.notes:
        printable(note)
    if len(relations) and len(relations) < 50:
        again = read_relations(relations, loops="keep", duplicates="keep", placeholders="keep")
        assert again.account.accepted == len(relations), "what was converted can be read"


def workbook(sheet: bytes) -> bytes:
    """Pack a sheet's XML as a workbook."""
    types = (
        b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        b'<Default Extension="xml" ContentType="application/xml"/></Types>'
    )
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = (
        '<?xml version="1.0"?><Relationships '
        'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="{}/{}" Target="{}"/></Relationships>'
    )
    book = (
        '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        f'xmlns:r="{relation}"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        parts = {
            "[Content_Types].xml": types,
            "_rels/.rels": links.format(relation, "officeDocument", "xl/workbook.xml").encode(),
            "xl/workbook.xml": book.encode(),
            "xl/_rels/workbook.xml.rels": links.format(relation, "worksheet", "worksheets/s.xml").encode(),
            "xl/worksheets/s.xml": sheet,
        }
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), content)
    return buffer.getvalue()
