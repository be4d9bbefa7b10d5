"""One function per table of the report: relations or networks in, a tidy DataFrame out.

Columns are identifiers of the vocabulary, shares are fractions, numbers are unrounded, an
undefined value is NaN. What a reader must know beside the numbers stands in
``frame.attrs["notes"]``. Words and rounding come last, in ``labels`` and ``export``.
"""

from clusters.tables._adoption import (
    adoption,
    adoption_curve,
    adoption_survival,
    s_curves,
)
from clusters.tables._adoption_models import adoption_hazard, bass_curves
from clusters.tables._blocks import block_density, block_places, blockmodel, krackhardt
from clusters.tables._check import row_account, row_steps
from clusters.tables._composition import composition
from clusters.tables._concentration import concentration, concentration_curve_table
from clusters.tables._convert import conversion_account
from clusters.tables._diffusion import diffusion
from clusters.tables._flow_structure import backbone, flow_destinations, flow_pairs, flow_structure
from clusters.tables._flows import (
    flow_margins,
    flow_matrix_table,
    flows,
    yearly_flow_matrix_table,
    yearly_flows,
)
from clusters.tables._frameworks import framework_tree, frameworks
from clusters.tables._gravity import gravity, gravity_flows, gravity_index
from clusters.tables._groups import (
    brokerage,
    brokerage_groups,
    consensus_communities,
    mixing,
    mixing_matrix_table,
)
from clusters.tables._growth import (
    attachment_kernel,
    densification,
    growth,
    growth_distances,
    growth_fit,
    newcomers,
    rank_mobility,
)
from clusters.tables._hierarchy import (
    core_shells,
    coreness,
    hierarchy,
    main_core_places,
    trophic_levels,
)
from clusters.tables._hierarchy_nulls import rich_club, small_worlds
from clusters.tables._index import (
    index_changes,
    index_decomposition,
    index_log,
    index_scores,
    index_stage,
    index_types,
    rank_gap,
)
from clusters.tables._index_check import index_check, index_check_groups, index_check_pairs
from clusters.tables._index_coupling import index_coupling
from clusters.tables._index_robustness import (
    index_compensability,
    index_removal,
    index_robustness,
    rank_acceptability,
    rank_dominance,
    rank_draws,
    rank_sensitivity,
)
from clusters.tables._index_tiers import index_tier_summary, index_tiers
from clusters.tables._index_weights import index_weights, recovered_residuals, recovered_weights
from clusters.tables._intervals import concentration_intervals, structure_intervals
from clusters.tables._losses import (
    attack_curve,
    exposure,
    exposure_by_place,
    exposure_by_technology,
    loss,
)
from clusters.tables._names import name_evaluation, name_features, name_suggestions
from clusters.tables._nulls import structure_with_nulls
from clusters.tables._parity import parity
from clusters.tables._phases import community_flows, community_similarity, community_timeline, phases
from clusters.tables._place_indicators import place_indicators
from clusters.tables._places import place_readings
from clusters.tables._polarisation import polarisation
from clusters.tables._polarisation_margins import polarisation_of_margins
from clusters.tables._powerlaw import degree_distribution, powerlaw, powerlaw_yearly, tail_index
from clusters.tables._qap import qap
from clusters.tables._renamed import name_changes, name_degrees, name_groups, unused_variants
from clusters.tables._replay import replay
from clusters.tables._resampled import composition_intervals, flow_intervals
from clusters.tables._sensitivity import influence, sensitivity
from clusters.tables._space import convergence, diffusion_space, lead_lag, spatial_transitions
from clusters.tables._specialisation import (
    complexity,
    location_quotients,
    relatedness,
    relatedness_density,
    specialisation_distance,
)
from clusters.tables._structure import (
    node_measures,
    top_degrees,
    yearly_degrees,
    yearly_structure,
)
from clusters.tables._tail_curves import tail_curves
from clusters.tables._whatif import (
    cascade,
    cascade_groups,
    cascade_nodes,
    cascade_summary,
    marginal_reach,
)

__all__ = [
    "adoption",
    "adoption_curve",
    "adoption_hazard",
    "adoption_survival",
    "attachment_kernel",
    "attack_curve",
    "backbone",
    "bass_curves",
    "block_density",
    "block_places",
    "blockmodel",
    "brokerage",
    "brokerage_groups",
    "cascade",
    "cascade_groups",
    "cascade_nodes",
    "cascade_summary",
    "community_flows",
    "community_similarity",
    "community_timeline",
    "complexity",
    "composition",
    "composition_intervals",
    "concentration",
    "concentration_curve_table",
    "concentration_intervals",
    "consensus_communities",
    "convergence",
    "conversion_account",
    "core_shells",
    "coreness",
    "degree_distribution",
    "densification",
    "diffusion",
    "diffusion_space",
    "exposure",
    "exposure_by_place",
    "exposure_by_technology",
    "flow_destinations",
    "flow_intervals",
    "flow_margins",
    "flow_matrix_table",
    "flow_pairs",
    "flow_structure",
    "flows",
    "framework_tree",
    "frameworks",
    "gravity",
    "gravity_flows",
    "gravity_index",
    "growth",
    "growth_distances",
    "growth_fit",
    "hierarchy",
    "index_changes",
    "index_check",
    "index_check_groups",
    "index_check_pairs",
    "index_compensability",
    "index_coupling",
    "index_decomposition",
    "index_log",
    "index_removal",
    "index_robustness",
    "index_scores",
    "index_stage",
    "index_tier_summary",
    "index_tiers",
    "index_types",
    "index_weights",
    "influence",
    "krackhardt",
    "lead_lag",
    "location_quotients",
    "loss",
    "main_core_places",
    "marginal_reach",
    "mixing",
    "mixing_matrix_table",
    "name_changes",
    "name_degrees",
    "name_evaluation",
    "name_features",
    "name_groups",
    "name_suggestions",
    "newcomers",
    "node_measures",
    "parity",
    "phases",
    "place_indicators",
    "place_readings",
    "polarisation",
    "polarisation_of_margins",
    "powerlaw",
    "powerlaw_yearly",
    "qap",
    "rank_acceptability",
    "rank_dominance",
    "rank_draws",
    "rank_gap",
    "rank_mobility",
    "rank_sensitivity",
    "recovered_residuals",
    "recovered_weights",
    "relatedness",
    "relatedness_density",
    "replay",
    "rich_club",
    "row_account",
    "row_steps",
    "s_curves",
    "sensitivity",
    "small_worlds",
    "spatial_transitions",
    "specialisation_distance",
    "structure_intervals",
    "structure_with_nulls",
    "tail_curves",
    "tail_index",
    "top_degrees",
    "trophic_levels",
    "unused_variants",
    "yearly_degrees",
    "yearly_flow_matrix_table",
    "yearly_flows",
    "yearly_structure",
]
