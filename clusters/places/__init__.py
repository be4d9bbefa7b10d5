"""Places: exact names of provinces and cities of China, countries, and free text that holds either.

``official`` knows names exactly or not at all, ``countries`` the names and codes of countries, and
``resolve`` reads addresses: what it cannot tell it reports, with candidates, and never guesses.

Examples
--------
>>> province("Beijing"), country("Deutschland"), resolve("广东省深圳市南山区科技园").city
('北京市', 'DE', '深圳市')
"""

from __future__ import annotations

from clusters.places.countries import country, country_forms, country_name, named
from clusters.places.official import (
    CITY,
    PROVINCE,
    PearlRiverDelta,
    Place,
    canonical,
    capitals,
    cities,
    city,
    label,
    order,
    place,
    province,
    provinces,
    region,
    regions,
    sort_key,
)
from clusters.places.reading import Resolved, resolve, resolve_all

__all__ = [
    "CITY",
    "PROVINCE",
    "PearlRiverDelta",
    "Place",
    "Resolved",
    "canonical",
    "capitals",
    "cities",
    "city",
    "country",
    "country_forms",
    "country_name",
    "label",
    "named",
    "order",
    "place",
    "province",
    "provinces",
    "region",
    "regions",
    "resolve",
    "resolve_all",
    "sort_key",
]
