"""Blocks of places, and how far organisations or places form one hierarchy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from clusters.measures import blockmodel as measures
from clusters.measures import flows as flow_measures
from clusters.measures import reachability
from clusters.networks import ValueNetwork
from clusters.relations import Relations
from clusters.sentences import Note
from clusters.tables._relations import chosen, what

Networks = Mapping[int | None, ValueNetwork]
Flows = Relations | pd.DataFrame
"""Relations, or a square flow matrix."""
BLOCKS = {"places": "block_size", "inner": "block_inner", "given": "block_given", "taken": "block_taken"}
GTD = {
    "connectedness": "connectedness",
    "hierarchy": "krackhardt_hierarchy",
    "efficiency": "krackhardt_efficiency",
    "least_upper_bound": "least_upper_bound",
    "joined_pairs": "joined_pairs",
    "mutual_pairs": "mutual_pairs",
    "one_way_pairs": "one_way_pairs",
}
"""Columns of the four dimensions and what they are made of."""


def blockmodel(
    source: Flows,
    level: str = "province",
    *,
    splits: int = 2,
    cut: measures.Cut = None,
    kinds: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Tabulate blocks of places and the role of each, one row per block.

    Parameters
    ----------
    source
        Relations, or a flow matrix (rows give).
    level, kinds
        Places, and kinds of relations, as in ``flows``.
    splits
        Levels of splitting: two give up to four blocks.
    cut
        ``None`` takes flows as they are, ``"row_mean"`` or a number makes ties of them first.

    Returns
    -------
    DataFrame
        ``block``, ``block_size``, ``block_inner``, ``block_given``, ``block_taken`` (relations or ties
        within, to and from other blocks), ``inner_share``, ``expected_inner_share``,
        ``receiving_ratio``, ``block_role``. ``block_places`` says which places, ``block_density``
        how dense flows between blocks are.

    References
    ----------
    Breiger, Boorman, Arabie 1975; Wasserman, Faust 1994; methods H12.

    Examples
    --------
    >>> names = list("abcd")
    >>> flows = [[0, 9, 3, 3], [9, 0, 3, 3], [1, 1, 0, 0], [1, 1, 0, 0]]
    >>> table = blockmodel(pd.DataFrame(flows, index=names, columns=names), splits=1)
    >>> table[["block_size", "block_inner", "block_role"]].values.tolist()
    [[2, 18, 'bidirectional'], [2, 0, 'broker']]
    """
    found, notes = _model(source, level, splits, cut, kinds)
    table = found.roles.rename(columns=BLOCKS).reset_index()
    for column in list(BLOCKS.values())[1:]:
        if (table[column] % 1 == 0).all():
            table[column] = table[column].astype(np.int64)
    table.attrs["notes"] = notes
    return table


def block_places(
    source: Flows,
    level: str = "province",
    *,
    splits: int = 2,
    cut: measures.Cut = None,
    kinds: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Tabulate the block of each place.

    Parameters
    ----------
    source, level, splits, cut, kinds
        As in ``blockmodel``.

    Returns
    -------
    DataFrame
        ``place``, ``block``, ``block_role``, by block, then in the order of the flow matrix.

    Examples
    --------
    >>> names = list("abcd")
    >>> flows = [[0, 9, 3, 3], [9, 0, 3, 3], [1, 1, 0, 0], [1, 1, 0, 0]]
    >>> block_places(pd.DataFrame(flows, index=names, columns=names), splits=1)["block"].to_list()
    [1, 1, 2, 2]
    """
    found, notes = _model(source, level, splits, cut, kinds)
    member = found.membership
    table = pd.DataFrame({"place": member.index, "block": member.to_numpy()})
    table["block_role"] = found.roles["block_role"].reindex(table["block"]).to_numpy(dtype=object)
    table = table.sort_values("block", kind="stable", ignore_index=True)
    table.attrs["notes"] = notes
    return table


def block_density(
    source: Flows,
    level: str = "province",
    *,
    splits: int = 2,
    cut: measures.Cut = None,
    kinds: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Tabulate how dense flows between blocks are, and the image matrix.

    Parameters
    ----------
    source, level, splits, cut, kinds
        As in ``blockmodel``.

    Returns
    -------
    DataFrame
        ``origin_block``, ``destination_block``, ``block_density`` (mean flow between two different
        places) and ``image`` (1 where it exceeds that of the whole matrix), row by row.

    Examples
    --------
    >>> names = list("abcd")
    >>> flows = [[0, 9, 3, 3], [9, 0, 3, 3], [1, 1, 0, 0], [1, 1, 0, 0]]
    >>> block_density(pd.DataFrame(flows, index=names, columns=names), splits=1)["image"].to_list()
    [1, 1, 0, 0]
    """
    found, notes = _model(source, level, splits, cut, kinds)
    blocks = found.density.index
    table = pd.DataFrame(
        {
            "origin_block": np.repeat(blocks, len(blocks)),
            "destination_block": np.tile(blocks, len(blocks)),
            "block_density": found.density.to_numpy().ravel(),
            "image": found.image.to_numpy().ravel(),
        }
    )
    table.attrs["notes"] = [*notes, Note("note.block_image", alpha=found.alpha)]
    return table


def krackhardt(
    source: Networks | ValueNetwork | Flows,
    level: str = "province",
    *,
    cut: measures.Cut = "row_mean",
    kinds: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Tabulate Krackhardt's four dimensions of hierarchy, one row per year.

    Parameters
    ----------
    source
        Networks by year (or one) for organisations; relations or a flow matrix for places.
    level, kinds
        Places, and kinds of relations, as in ``flows``; relations of all years up to each.
    cut
        Which flows are ties between places, see ``measures.blockmodel.dichotomised``.

    Returns
    -------
    DataFrame
        ``year``, ``nodes``, ``edges``, ``connectedness``, ``krackhardt_hierarchy``,
        ``krackhardt_efficiency``, ``least_upper_bound`` (NaN in large networks), ``joined_pairs``,
        ``mutual_pairs``, ``one_way_pairs``.

    References
    ----------
    Krackhardt 1994; methods H11.

    Examples
    --------
    >>> circle = ValueNetwork.from_edges([("a", "b"), ("b", "c"), ("c", "a")])
    >>> columns = ["connectedness", "krackhardt_hierarchy", "krackhardt_efficiency"]
    >>> krackhardt(circle)[columns].values.tolist()
    [[1.0, 0.0, 0.75]]
    """
    notes = [Note("note.krackhardt")]
    if isinstance(source, ValueNetwork):
        source = {source.year: source}
    elif isinstance(source, Relations | pd.DataFrame):
        matrices, said = _matrices(source, level, kinds)
        source = {year: _tied(matrix, cut) for year, matrix in matrices.items()}
        notes += [*said, _cut_note(cut)]
    rows = []
    for year, network in source.items():
        found = reachability.krackhardt(network)
        row: dict[str, Any] = {"year": year, "nodes": network.n_nodes, "edges": network.n_edges}
        rows.append(row | {column: getattr(found, name) for name, column in GTD.items()})
    table = pd.DataFrame(rows, columns=["year", "nodes", "edges", *GTD.values()])
    if table["nodes"].max() > reachability.MOST_BOUNDS:
        notes.append(Note("note.krackhardt_large", n=reachability.MOST_BOUNDS))
    table.attrs["notes"] = notes
    return table


def _model(
    source: Flows, level: str, splits: int, cut: measures.Cut, kinds: Sequence[str] | None
) -> tuple[measures.BlockModel, list[Note]]:
    if isinstance(source, Relations):
        used = chosen(flow_measures.compress(source, level), kinds)
        counts = used.frame["relations"].to_numpy()
        matrix = flow_measures.flow_matrix(used, level=level, counts=counts)
        said = [Note("note.group_flows", what=what(used), level=level)]
    else:
        matrix, said = _square_matrix(source), []
    found = measures.blockmodel(matrix, splits=splits, cut=cut)
    notes = [*said, Note("note.blocks"), _cut_note(cut)]
    if not np.isnan(found.fit):
        notes.append(Note("note.blocks_fit", r=found.fit**2))
    return found, notes


def _matrices(
    source: Flows, level: str, kinds: Sequence[str] | None
) -> tuple[dict[int | None, pd.DataFrame], list[Note]]:
    """Return the flow matrix of each year, of all relations up to it."""
    if isinstance(source, pd.DataFrame):
        return {None: _square_matrix(source)}, []
    used = chosen(flow_measures.compress(source, level), kinds)
    said = [Note("note.group_flows", what=what(used), level=level)]
    if used.dated:
        yearly: dict[int | None, pd.DataFrame] = {}
        yearly.update(flow_measures.yearly_flow_matrices(used, level=level).items())
        return yearly, said
    counts = used.frame["relations"].to_numpy()
    return {None: flow_measures.flow_matrix(used, level=level, counts=counts)}, said


def _square_matrix(matrix: pd.DataFrame) -> pd.DataFrame:
    """Take the places of a flow matrix from its column ``origin``, if it has that."""
    return matrix.set_index("origin") if "origin" in matrix.columns else matrix


def _tied(matrix: pd.DataFrame, cut: measures.Cut) -> ValueNetwork:
    ties = measures.dichotomised(matrix, cut).to_numpy()
    giver, taker = np.nonzero(ties)
    pairs = zip(matrix.index.take(giver), matrix.index.take(taker), strict=True)
    return ValueNetwork.from_edges(pairs, nodes=matrix.index)


def _cut_note(cut: measures.Cut) -> Note:
    if cut is None:
        return Note("note.cut_none")
    return Note("note.cut_row_mean") if cut == "row_mean" else Note("note.cut_above", cut=float(cut))
