"""One function per table of the report: relations or networks in, a tidy DataFrame out.

Columns are identifiers of the vocabulary, shares are fractions, numbers are unrounded, an
undefined value is NaN. What a reader must know beside the numbers stands in
``frame.attrs["notes"]``. Words and rounding come last, in ``labels`` and ``export``.
"""

from clusters.tables.check import row_account
from clusters.tables.composition import composition
from clusters.tables.concentration import concentration, concentration_curve_table
from clusters.tables.flows import flow_margins, flow_matrix_table, flows
from clusters.tables.parity import parity
from clusters.tables.powerlaw import degree_distribution, powerlaw
from clusters.tables.replay import replay
from clusters.tables.structure import node_measures, top_degrees, yearly_structure

__all__ = [
    "composition",
    "concentration",
    "concentration_curve_table",
    "degree_distribution",
    "flow_margins",
    "flow_matrix_table",
    "flows",
    "node_measures",
    "parity",
    "powerlaw",
    "replay",
    "row_account",
    "top_degrees",
    "yearly_structure",
]
