"""Seeded relation tables shaped like those of the Nankai report: 合成数据, synthetic data.

The relations behind the report are not public. This generator draws relations between
made-up organisations so that the printed tables hold: exactly for the counts of Table 2, the
degrees of Tables 3 and 4, Table 5 and the places of the sample, closely for path lengths,
clustering, concentration and flows (design: methods section 4). Names are neutral
(样本企业0001, 关系节点00001); places, technologies and years are real categories.

One of these tables travels with the package (``clusters.sample()``); this package makes it
and others:

``targets``   what must come out, read from the printed tables and scaled
``recipe``    decisions no table prints, fitted once
``plan``      degrees to reach, entries, groups
``growth``    who is tied to whom in which year
``kinds``     technology, talent, investment; types of partners
``location``  where everybody sits (with ``flows`` and ``quotas``)
``classes``   technology, application field, industry
``files``     rows, CSV, the packed sample and its manifest
``bulk``      millions of relations that keep the shape of the network only
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd

from clusters.relations import Relations, read_relations
from clusters.synthetic.files import NODE_COLUMNS, RELATION_COLUMNS, SyntheticTables, make, read_package

SEED = 2023
"""Seed of the sample in the package."""
PACKAGED = Path(__file__).parents[1] / "reference" / "sample"
"""Folder of the sample in the package."""

__all__ = ["PACKAGED", "SEED", "SyntheticTables", "generate", "make", "packaged"]


def generate(seed: int = SEED, scale: float = 1.0) -> Relations:
    """Draw synthetic relations.

    Parameters
    ----------
    seed
        Same seed and scale, same relations, on every machine.
    scale
        Factor on all counts, in (0, 2]. Only at 1 are the degrees of Tables 3 and 4 met; at
        1 and the default seed the result is the sample in the package.

    Returns
    -------
    Relations
        With ``synthetic`` true. Relations carry year, kind, technology, application field and
        industry; organisations carry role, type, country, province, city and platform.

    Examples
    --------
    >>> relations = generate(scale=0.01)
    >>> relations.synthetic, relations.years[0], relations.kinds
    (True, 2014, ['technology', 'talent', 'investment'])
    """
    made = make(seed, scale)
    table = read_relations(
        pd.DataFrame(made.relations, columns=list(RELATION_COLUMNS)),
        nodes=pd.DataFrame(made.nodes, columns=list(NODE_COLUMNS)),
    )
    return dataclasses.replace(table, name=f"synthetic (seed {seed}, scale {scale:g})", synthetic=True)


def packaged() -> SyntheticTables:
    """Return the rows of the sample in the package, without drawing it again.

    Examples
    --------
    >>> tables = packaged()
    >>> tables.seed, len(tables.relations), tables.nodes[0][1]
    (2023, 83815, '样本企业0001')
    """
    return read_package(PACKAGED)
