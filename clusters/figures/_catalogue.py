"""Which figures there are, which tables they need, and which can be drawn."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from clusters import labels
from clusters.figures._text import Words
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
from clusters.figures.maps import has_provinces, tile_map
from clusters.figures.network import network_map
from clusters.figures.phases import phases
from clusters.figures.polarisation import lorenz_curve, polarisation
from clusters.figures.specialisation import complexity, location_quotients, relatedness
from clusters.figures.tails import degree_distribution, powerlaw_comparison
from clusters.figures.uncertainty import null_comparison, sensitivity
from clusters.figures.whatif import attack_curve, cascade, exposure
from clusters.figures.yearly import average_degree, clustering, distances, network_size, platform_structure

GROUPS = ("sample", "platforms", "universities", "institutes", "new_organisations", "organisations")
LEVELS = ("region", "province", "city")
CLASSES = ("technology", "application_field", "sector", "tertiary", "secondary", "manufacturing")
PRINTED = {
    "sample_by_region": "6", "sample_by_province": "7", "sample_by_city": "8",
    "platforms_by_region": "11", "platforms_by_province": "12", "platforms_by_city": "13",
    "universities_by_region": "26", "universities_by_province": "27", "universities_by_city": "28",
    "institutes_by_region": "29", "institutes_by_province": "30", "institutes_by_city": "31",
    "new_organisations_by_region": "32", "new_organisations_by_province": "33",
    "new_organisations_by_city": "34",
    "composition_technology": "18", "composition_technology_by_year": "19",
    "composition_application_field": "20", "composition_application_field_by_year": "21",
    "composition_sector": "22", "composition_tertiary": "23", "composition_secondary": "24",
    "composition_manufacturing": "25",
}  # fmt: skip
"""Number of the figure in the Nankai report 2023."""

YEARLY = frozenset(
    {
        network_size,
        average_degree,
        distances,
        clustering,
        platform_structure,
        top_shares,
        densification,
        growth_distances,
        newcomers,
        rank_mobility,
        polarisation,
        diffusion,
    }
)


@dataclass(frozen=True)
class FigureSpec:
    """One figure: its words, the tables it needs and the function that draws it."""

    id: str
    """Name of the figure and of its files."""
    title_term: str
    tables: tuple[str, ...]
    """Tables that must be there, in the order of the function's arguments."""
    function: Callable[..., Axes]
    caption_terms: tuple[str, ...] = ()
    title_of: tuple[str, ...] = ()
    """Terms that fill the blanks of the title."""
    optional: tuple[str, ...] = ()
    """Tables that are drawn as well where they are there."""
    options: tuple[tuple[str, Any], ...] = ()
    number: str = ""
    """Number of the figure in the Nankai report 2023, where it has one."""

    def title(self, lang: str = "en") -> str:
        """Return the short title that stands in the picture.

        Examples
        --------
        >>> [spec.title("en") for spec in catalogue() if spec.number in ("7", "18")]
        ['Sample enterprises by province', 'Relations by technology']
        """
        parts = [labels.heading(term, lang) for term in self.title_of]
        # Inside a title a word of ours begins small; abbreviations and the user's own names stay.
        parts = [
            p if p[:2].isupper() or t == p else p[:1].lower() + p[1:]
            for t, p in zip(self.title_of, parts, strict=True)
        ]
        return labels.label(self.title_term, lang).format(*parts)

    def caption(self, lang: str = "en") -> str:
        """Return what a reader should know about the picture, for the text below it."""
        return ("" if lang == "zh" else " ").join(labels.label(term, lang) for term in self.caption_terms)

    def arguments(self, tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
        """Return the tables and options as keyword arguments of ``function``."""
        names = list(inspect.signature(self.function).parameters)
        found = {
            n: tables[t] for n, t in zip(names, (*self.tables, *self.optional), strict=False) if t in tables
        }
        return found | dict(self.options)

    def skipped(self, tables: Mapping[str, pd.DataFrame], lang: str = "en") -> str | None:
        """Return why the figure cannot be drawn from these tables, or ``None`` if it can.

        Examples
        --------
        >>> spec = next(s for s in catalogue() if s.id == "average_degree")
        >>> spec.skipped({}), spec.skipped({"structure": pd.DataFrame({"year": [2022]})})
        ('table structure is not there', 'table structure holds fewer than two years')
        """
        for name in self.tables:
            if name not in tables:
                return labels.label("skipped.missing", lang).format(name)
            if tables[name].empty:
                return labels.label("skipped.empty", lang).format(name)
        first = tables[self.tables[0]]
        if self.function in YEARLY and ("year" not in first.columns or first["year"].nunique() < 2):
            return labels.label("skipped.years", lang).format(self.tables[0])
        if self.function in (composition, composition_by_year) and _classes(first, self.title_of) < 2:
            return labels.label("skipped.classes", lang).format(self.tables[0])
        if self.function is tile_map and not has_provinces(first):
            return labels.label("skipped.provinces", lang).format(self.tables[0])
        return None

    def draw(
        self,
        tables: Mapping[str, pd.DataFrame],
        *,
        lang: str = "en",
        synthetic: bool = False,
        ax: Axes | None = None,
    ) -> Axes:
        """Draw the figure with its title.

        Examples
        --------
        >>> table = pd.DataFrame({"year": [2021, 2022], "average_degree": [2.572, 2.724]})
        >>> spec = next(s for s in catalogue() if s.id == "average_degree")
        >>> spec.draw({"structure": table}, lang="en").get_title(loc="left")
        'Average degree by year'
        """
        title = self.title(Words(lang).lang)
        return self.function(**self.arguments(tables), lang=lang, ax=ax, title=title, synthetic=synthetic)


def _classes(table: pd.DataFrame, names: tuple[str, ...]) -> int:
    column = next((c for c in ("class", *names, "place") if c in table.columns), None)
    return len(table) if column is None else int(table[column].nunique())


def catalogue(tables: Iterable[str] = ()) -> list[FigureSpec]:
    """List the figures of a report, in the order of the Nankai report.

    Parameters
    ----------
    tables
        Names of the tables at hand (or a mapping of them): classes and place levels that
        they have beyond those of the Nankai report get figures too.

    Returns
    -------
    list of FigureSpec
        All figures, also those that these tables do not suffice for; ``skipped`` says why.

    Examples
    --------
    >>> len({spec.id for spec in catalogue()}) == len(catalogue())
    True
    >>> [s.id for s in catalogue(["composition_programme"]) if s.id not in {t.id for t in catalogue()}]
    ['composition_programme']
    """
    known = list(tables)
    return [
        *_structure(),
        *_places(known),
        *_degrees(),
        *_growth(),
        *_hierarchy(),
        *_polarisation(),
        *_diffusion(),
        *_uncertainty(),
        *_through_years(),
        *_scenarios(),
        *_flows(),
        *_groups(),
        *_specialisation(),
        *_compositions(known),
        *_indices(),
    ]


def _structure() -> Iterator[FigureSpec]:
    for function in (network_size, average_degree, distances, clustering):
        name = function.__name__
        yield FigureSpec(name, f"figure.{name}", ("structure",), function, (f"caption.{name}",))
    yield FigureSpec(
        "network_map",
        "figure.network_map",
        ("network_nodes", "network_edges"),
        network_map,
        ("caption.network_map",),
        number="9",
    )
    yield FigureSpec(
        "platform_structure",
        "figure.platform_structure",
        ("platform_yearly",),
        platform_structure,
        ("caption.platform_structure",),
    )


def _places(known: Iterable[str]) -> Iterator[FigureSpec]:
    matched = [re.fullmatch(r"(?!composition_)(\w+)_by_(\w+)", name) for name in known]
    found = [(m[1], m[2]) for m in matched if m]
    usual = [(group, level) for group in GROUPS for level in LEVELS]
    for group, level in dict.fromkeys([*usual, *found]):
        name = f"{group}_by_{level}"
        term = f"figure.{group}_by" if group in GROUPS else "figure.organisations_by"
        yield FigureSpec(
            name,
            term,
            (name,),
            composition,
            ("caption.bars",),
            title_of=(level,),
            options=(("by", level),),
            number=PRINTED.get(name, ""),
        )


def _degrees() -> Iterator[FigureSpec]:
    for role in ("sample", "partner", "all"):
        name = "degrees" if role == "all" else f"degrees_{role}"
        yield FigureSpec(f"top_{name}", f"figure.top_{name}", (name,), top_degrees, ("caption.top_degrees",))
    yield FigureSpec(
        "degree_distribution",
        "figure.degree_distribution",
        ("degree_distribution",),
        degree_distribution,
        ("caption.degree_distribution",),
        optional=("powerlaw", "tail_curves"),
        number="10",
    )
    yield FigureSpec(
        "degree_distribution_report",
        "figure.degree_distribution_report",
        ("degree_distribution",),
        degree_distribution,
        ("caption.degree_distribution_report",),
        options=(("style", "report"),),
        number="10",
    )
    yield FigureSpec(
        "powerlaw_comparison",
        "figure.powerlaw_comparison",
        ("powerlaw",),
        powerlaw_comparison,
        ("caption.powerlaw_comparison",),
    )
    yield FigureSpec(
        "concentration_curve",
        "figure.concentration_curve",
        ("concentration_curve",),
        concentration_curve,
        ("caption.concentration_curve",),
        optional=("concentration",),
        number="15",
    )
    yield FigureSpec(
        "concentration_curve_report",
        "figure.concentration_curve_report",
        ("concentration_curve",),
        concentration_curve,
        ("caption.concentration_curve_report",),
        options=(("style", "report"),),
        number="15",
    )
    yield FigureSpec(
        "top_shares", "figure.top_shares", ("concentration",), top_shares, ("caption.top_shares",)
    )


def _uncertainty() -> Iterator[FigureSpec]:
    for function, table in ((null_comparison, "structure_nulls"), (sensitivity, "sensitivity")):
        name = function.__name__
        yield FigureSpec(name, f"figure.{name}", (table,), function, (f"caption.{name}",))


def _polarisation() -> Iterator[FigureSpec]:
    for function, table in ((polarisation, "polarisation"), (lorenz_curve, "lorenz")):
        name = function.__name__
        yield FigureSpec(name, f"figure.{name}", (table,), function, (f"caption.{name}",))


def _diffusion() -> Iterator[FigureSpec]:
    drawn: tuple[tuple[Callable[..., Axes], str, tuple[str, ...]], ...] = (
        (diffusion, "diffusion", ()),
        (s_curves, "adoption_curve", ("s_curves",)),
        (adoption_order, "adoption", ()),
    )
    for function, table, optional in drawn:
        name = function.__name__
        yield FigureSpec(name, f"figure.{name}", (table,), function, (f"caption.{name}",), optional=optional)


def _scenarios() -> Iterator[FigureSpec]:
    drawn: tuple[tuple[Callable[..., Axes], str], ...] = (
        (cascade, "cascade"),
        (attack_curve, "attack_curve"),
        (exposure, "exposure_by_technology"),
    )
    for function, table in drawn:
        name = function.__name__
        yield FigureSpec(name, f"figure.{name}", (table,), function, (f"caption.{name}",))


def _through_years() -> Iterator[FigureSpec]:
    yield FigureSpec("phases", "figure.phases", ("phases",), phases, ("caption.phases",))
    tables = ("community_timeline", "community_flows")
    yield FigureSpec("alluvial", "figure.alluvial", tables, alluvial, ("caption.alluvial",))


def _growth() -> Iterator[FigureSpec]:
    drawn: tuple[tuple[Callable[..., Axes], str, tuple[str, ...]], ...] = (
        (densification, "densification", ("growth_fit",)),
        (growth_distances, "growth", ()),
        (newcomers, "growth", ()),
        (attachment_kernel, "attachment_kernel", ("growth_fit",)),
        (rank_mobility, "rank_mobility", ()),
    )
    for function, table, optional in drawn:
        name = function.__name__
        yield FigureSpec(name, f"figure.{name}", (table,), function, (f"caption.{name}",), optional=optional)


def _hierarchy() -> Iterator[FigureSpec]:
    for function in (core_shells, rich_club):
        name = function.__name__
        yield FigureSpec(name, f"figure.{name}", (name,), function, (f"caption.{name}",))


def _flows() -> Iterator[FigureSpec]:
    yield FigureSpec(
        "tile_map",
        "figure.tile_map",
        ("flow_margins",),
        tile_map,
        ("caption.tile_map",),
        optional=("flows",),
        number="16",
    )
    matrices: tuple[Callable[..., Axes], ...] = (flow_heatmap, flow_bands, flow_chord)
    for function in matrices:
        name = function.__name__
        number = "16" if function is flow_chord else ""
        yield FigureSpec(
            name, f"figure.{name}", ("flow_matrix",), function, (f"caption.{name}",), number=number
        )
    lists: tuple[tuple[Callable[..., Axes], str], ...] = (
        (top_flows, "flows"),
        (flow_margins, "flow_margins"),
    )
    for prefix, number in (("", ""), ("city_", "17")):
        for function, table in lists:
            name = function.__name__.replace("flow", f"{prefix}flow") if prefix else function.__name__
            yield FigureSpec(
                name,
                f"figure.{name}",
                (prefix + table,),
                function,
                (f"caption.{function.__name__}",),
                number=number if function is top_flows else "",
            )
    yield FigureSpec(
        "distance_decay",
        "figure.distance_decay",
        ("gravity_flows",),
        distance_decay,
        ("caption.distance_decay",),
        optional=("gravity",),
    )


def _groups() -> Iterator[FigureSpec]:
    drawn: tuple[tuple[Callable[..., Axes], tuple[str, ...]], ...] = (
        (block_density, ("block_places",)),
        (mixing_matrix, ()),
    )
    for function, optional in drawn:
        name = function.__name__
        yield FigureSpec(name, f"figure.{name}", (name,), function, (f"caption.{name}",), optional=optional)


def _specialisation() -> Iterator[FigureSpec]:
    drawn: tuple[tuple[Callable[..., Axes], tuple[tuple[str, str], ...]], ...] = (
        (location_quotients, ()),
        (relatedness, ()),
        (complexity, (("of", "class"),)),
        (complexity, (("of", "place"),)),
    )
    for function, options in drawn:
        name = "_".join([function.__name__, *(value for _, value in options)])
        yield FigureSpec(
            name,
            f"figure.{name}",
            (function.__name__,),
            function,
            (f"caption.{function.__name__}",),
            options=options,
        )


def _compositions(known: Iterable[str]) -> Iterator[FigureSpec]:
    found = [name.removeprefix("composition_") for name in known if name.startswith("composition_")]
    usual = [*CLASSES, *(f"{name}_by_year" for name in CLASSES[:2])]
    classes = dict.fromkeys(name.removesuffix("_by_year") for name in (*CLASSES, *found))
    wanted = {*usual, *found}
    for name in classes:
        for suffix, function in (("", composition), ("_by_year", composition_by_year)):
            table = f"composition_{name}{suffix}"
            if name + suffix not in wanted:
                continue
            own = f"figure.{table}"  # industries within a sector are no class of their own
            yield FigureSpec(
                table,
                own if own in labels.terms() else f"figure.composition{suffix}",
                (table,),
                function,
                ("caption.bars" if not suffix else "caption.composition_by_year",),
                title_of=(name,),
                options=(("by", name),),
                number=PRINTED.get(table, ""),
            )


def _indices() -> Iterator[FigureSpec]:
    drawn: tuple[tuple[Callable[..., Axes], str, tuple[str, ...]], ...] = (
        (index_ranking, "index_ranking", ()),
        (index_profile, "index_profile", ()),
        (index_contributions, "index_contributions", ()),
        (tier_pyramid, "index_tiers", ()),
        (rank_acceptability, "rank_acceptability", ()),
        (rank_changes, "rank_changes", ()),
        (weight_recovery, "recovered_weights", ("recovered_residuals",)),
    )
    for function, table, optional in drawn:
        name = function.__name__
        yield FigureSpec(name, f"figure.{name}", (table,), function, (f"caption.{name}",), optional=optional)
