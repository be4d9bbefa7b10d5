"""The synthetic relations as text: two tables for the package, one self-contained table for everyone.

Bytes depend on the seed and the recipe only: no clock, no locale, lines end with LF.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import numpy as np

from clusters.relations import PARTNER, SAMPLE
from clusters.synthetic.classes import Classes, classify
from clusters.synthetic.growth import Growth, grow
from clusters.synthetic.kinds import ENTERPRISE, KIND_NAMES, TYPES, Kinds, assign_kinds
from clusters.synthetic.location import Location, locate
from clusters.synthetic.recipe import Recipe
from clusters.synthetic.targets import Targets, targets

VERSION = 1
"""Version of the generator: raised whenever the same seed gives other bytes."""
MARK = "合成数据 (synthetic data)"
STATEMENT = (
    "合成数据：由程序按公开报告的汇总数字随机生成，不含任何真实企业或真实关系。 "
    "Synthetic data: drawn at random by a program to match the published totals of a report; "
    "it contains no real organisation and no real relation."
)
RELATION_COLUMNS = (
    *("source", "target", "year", "kind", "technology", "application_field"),
    *("sector", "industry", "manufacturing_division"),
)
NODE_COLUMNS = (
    *("node", "label", "role", "type", "country", "province", "city"),
    *("platform", "sample_from", "sample_to", "calibrated_to"),
)
JOINED = ("label", "role", "type", "country", "province", "city", "platform", "sample_to", "calibrated_to")
"""Node columns that the self-contained table carries for both ends."""
RELATIONS_FILE, NODES_FILE, MANIFEST_FILE = "relations.csv.gz", "nodes.csv.gz", "manifest.json"

Row = tuple[str, ...]


@dataclass(frozen=True)
class SyntheticTables:
    """Relations and organisations as rows of text, ready to be written or read."""

    seed: int
    scale: float
    recipe: Recipe
    relations: list[Row]
    """Rows of ``RELATION_COLUMNS``, by year, giver and receiver."""
    nodes: list[Row]
    """Rows of ``NODE_COLUMNS``, in the order in which the relations name them."""

    @cached_property
    def relations_csv(self) -> str:
        """The relations with the ids of organisations only."""
        return to_csv(RELATION_COLUMNS, self.relations)

    @cached_property
    def nodes_csv(self) -> str:
        """The organisations."""
        return to_csv(NODE_COLUMNS, self.nodes)

    @property
    def marked_nodes_csv(self) -> str:
        """The organisations with a running number under 合成数据, for files outside the package."""
        rows = ((f"N{k + 1:05d}", *row) for k, row in enumerate(self.nodes))
        return to_csv((MARK, *NODE_COLUMNS), rows)

    @property
    def self_contained_csv(self) -> str:
        """The relations with a running number and all that is known of both ends."""
        return self_contained(self.relations, self.nodes)


def make(seed: int, scale: float = 1.0, recipe: Recipe | None = None) -> SyntheticTables:
    """Run the generator."""
    recipe = recipe or Recipe()
    aim = targets(scale)
    growth = grow(aim, recipe, seed)
    kinds = assign_kinds(growth, aim, recipe, seed)
    location = locate(growth, kinds, aim, recipe, seed)
    classes = classify(growth, kinds, aim, seed)
    names = _names(growth)
    order = np.lexsort((growth.target, growth.source, growth.year))
    relations = _relation_rows(growth, kinds, classes, aim, names, order)
    nodes = _node_rows(growth, kinds, location, aim, names, relations)
    return SyntheticTables(seed, scale, recipe, relations, nodes)


def _names(growth: Growth) -> list[str]:
    return [f"S{i + 1:04d}" for i in range(growth.n_sample)] + [
        f"P{j + 1:05d}" for j in range(growth.n_partner)
    ]


def _relation_rows(
    growth: Growth, kinds: Kinds, classes: Classes, aim: Targets, names: list[str], order: np.ndarray
) -> list[Row]:
    source, target, year = growth.source.tolist(), growth.target.tolist(), growth.year.tolist()
    kind = kinds.kind.tolist()
    labels = (
        classes.technology,
        classes.application_field,
        classes.sector,
        classes.industry,
        classes.manufacturing_division,
    )
    return [
        (
            names[source[i]],
            names[target[i]],
            str(aim.years[year[i]]),
            KIND_NAMES[kind[i]],
            *(column[i] for column in labels),
        )
        for i in order.tolist()
    ]


def _node_rows(
    growth: Growth, kinds: Kinds, location: Location, aim: Targets, names: list[str], relations: list[Row]
) -> list[Row]:
    """Describe the organisations that occur; a reader meets them in this order."""
    number = {name: i for i, name in enumerate(names)}
    last = aim.years[int(np.flatnonzero(aim.leaving)[0]) - 1] if growth.leavers else None
    province = location.province
    types = kinds.partner_type.tolist()
    rows: list[Row] = []
    for name in dict.fromkeys(end for row in relations for end in row[:2]):
        i = number[name]
        place = (location.country[i], province[i], location.city[i])
        if i < growth.n_sample:
            label, role, type_ = f"样本企业{i + 1:04d}", SAMPLE, TYPES[ENTERPRISE]
            until = str(last) if i in growth.leavers else ""
            time = ("true" if growth.platform[i] else "false", str(aim.years[int(growth.entry[i])]), until)
            row, table = i, 3
        else:
            row, table = i - growth.n_sample, 4
            label, role, type_ = f"关系节点{row + 1:05d}", PARTNER, TYPES[types[row]]
            time = ("false", "", "")
        pinned = aim.pinned and row < (len(aim.hub_in) if table == 3 else growth.stars)
        rows.append(
            (name, label, role, type_, *place, *time, f"Table {table} row {row + 1}" if pinned else "")
        )
    return rows


def self_contained(relations: Sequence[Row], nodes: Sequence[Row]) -> str:
    """Join relations and organisations into one table that begins with 合成数据."""
    pick = [NODE_COLUMNS.index(name) for name in JOINED]
    known = {row[0]: tuple(row[i] for i in pick) for row in nodes}
    # Column by column: source_label, target_label, source_role, target_role ...
    header = (MARK, *RELATION_COLUMNS, *(f"{end}_{name}" for name in JOINED for end in ("source", "target")))
    rows = (
        (
            f"R{k + 1:06d}",
            *row,
            *(cell for pair in zip(known[row[0]], known[row[1]], strict=True) for cell in pair),
        )
        for k, row in enumerate(relations)
    )
    return to_csv(header, rows)


def to_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write rows as CSV text with LF line ends."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def write_package(tables: SyntheticTables, folder: Path) -> None:
    """Write the two packed tables and their manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ((RELATIONS_FILE, tables.relations_csv), (NODES_FILE, tables.nodes_csv)):
        (folder / name).write_bytes(packed(text.encode("utf-8")))
    text = json.dumps(manifest(tables), ensure_ascii=False, indent=2) + "\n"
    (folder / MANIFEST_FILE).write_text(text, encoding="utf-8", newline="\n")


def packed(content: bytes) -> bytes:
    """Compress by gzip without a time or a file name, so that the bytes are the same on every run."""
    buffer = io.BytesIO()
    write_packed(buffer, [content])
    return buffer.getvalue()


def write_packed(file: IO[bytes], chunks: Iterable[bytes]) -> None:
    """Compress chunks into an open file, without a time or a file name."""
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=file, mtime=0) as packing:
        packing.writelines(chunks)


def manifest(tables: SyntheticTables) -> Mapping[str, object]:
    """Say how the tables were made, what is in them and how to tell that they are unchanged."""
    role = NODE_COLUMNS.index("role")
    return {
        "synthetic": True,
        "statement": STATEMENT,
        "calibrated_to": "Nankai report 2023, Tables 2-10 and Figures 6-8, 11-13, 15, 18, 20, 22-34",
        "made_by": "clusters.synthetic, version " + str(VERSION),
        "made_with": f"clusters sample --seed {tables.seed} --scale {tables.scale:g}",
        "seed": tables.seed,
        "scale": tables.scale,
        "recipe": asdict(tables.recipe),
        "counts": {
            "relations": len(tables.relations),
            "organisations": len(tables.nodes),
            "sample_enterprises": sum(row[role] == SAMPLE for row in tables.nodes),
            "partners": sum(row[role] == PARTNER for row in tables.nodes),
            "years": sorted({int(row[2]) for row in tables.relations}),
            "kinds": {kind: sum(row[3] == kind for row in tables.relations) for kind in KIND_NAMES},
        },
        "files": {
            name: {
                "columns": list(columns),
                "rows": len(rows),
                "sha256_of_the_unpacked_text": hashlib.sha256(text.encode("utf-8")).hexdigest(),
            }
            for name, columns, rows, text in (
                (RELATIONS_FILE, RELATION_COLUMNS, tables.relations, tables.relations_csv),
                (NODES_FILE, NODE_COLUMNS, tables.nodes, tables.nodes_csv),
            )
        },
    }


def read_package(folder: Path) -> SyntheticTables:
    """Return the packed tables, without running the generator."""
    made = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in made["recipe"].items()}
    return SyntheticTables(
        made["seed"],
        made["scale"],
        Recipe(**values),
        _rows(folder / RELATIONS_FILE),
        _rows(folder / NODES_FILE),
    )


def _rows(path: Path) -> list[Row]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]
