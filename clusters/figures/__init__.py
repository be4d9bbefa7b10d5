"""One function per figure: a table in, matplotlib axes out.

Each function takes a tidy table as ``clusters.tables`` makes it, draws on the axes it is
given or on a new figure, and returns the axes; none shows, saves or changes matplotlib's
settings. ``to_bytes`` turns a picture into a PNG or SVG file, ``catalogue`` lists all
figures with the tables they need.
"""

from clusters.figures._catalogue import FigureSpec, catalogue
from clusters.figures._fonts import FontWarning, font_note
from clusters.figures._style import settled, to_bytes
from clusters.figures.alluvial import alluvial
from clusters.figures.classes import composition, composition_by_year
from clusters.figures.concentration import concentration_curve, top_shares
from clusters.figures.degrees import top_degrees
from clusters.figures.diffusion import adoption_order, diffusion, s_curves
from clusters.figures.flows import flow_bands, flow_chord, flow_heatmap, flow_margins, top_flows
from clusters.figures.gravity import distance_decay
from clusters.figures.groups import block_density, mixing_matrix
from clusters.figures.growth import (
    attachment_kernel,
    densification,
    growth_distances,
    newcomers,
    rank_mobility,
)
from clusters.figures.hierarchy import core_shells, rich_club
from clusters.figures.index import index_ranking, rank_acceptability
from clusters.figures.index_parts import index_contributions, index_profile
from clusters.figures.index_tiers import rank_changes, tier_pyramid
from clusters.figures.index_weights import weight_recovery
from clusters.figures.maps import tile_map
from clusters.figures.network import network_map
from clusters.figures.phases import phases
from clusters.figures.polarisation import lorenz_curve, polarisation
from clusters.figures.specialisation import complexity, location_quotients, relatedness
from clusters.figures.tails import degree_distribution, powerlaw_comparison
from clusters.figures.uncertainty import null_comparison, sensitivity
from clusters.figures.whatif import attack_curve, cascade, exposure
from clusters.figures.yearly import (
    average_degree,
    clustering,
    distances,
    network_size,
    platform_structure,
    yearly_line,
)

__all__ = [
    "FigureSpec",
    "FontWarning",
    "adoption_order",
    "alluvial",
    "attachment_kernel",
    "attack_curve",
    "average_degree",
    "block_density",
    "cascade",
    "catalogue",
    "clustering",
    "complexity",
    "composition",
    "composition_by_year",
    "concentration_curve",
    "core_shells",
    "degree_distribution",
    "densification",
    "diffusion",
    "distance_decay",
    "distances",
    "exposure",
    "flow_bands",
    "flow_chord",
    "flow_heatmap",
    "flow_margins",
    "font_note",
    "growth_distances",
    "index_contributions",
    "index_profile",
    "index_ranking",
    "location_quotients",
    "lorenz_curve",
    "mixing_matrix",
    "network_map",
    "network_size",
    "newcomers",
    "null_comparison",
    "phases",
    "platform_structure",
    "polarisation",
    "powerlaw_comparison",
    "rank_acceptability",
    "rank_changes",
    "rank_mobility",
    "relatedness",
    "rich_club",
    "s_curves",
    "sensitivity",
    "settled",
    "tier_pyramid",
    "tile_map",
    "to_bytes",
    "top_degrees",
    "top_flows",
    "top_shares",
    "weight_recovery",
    "yearly_line",
]
