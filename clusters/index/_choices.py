"""What a framework file chooses: methods by name, their options, the tiers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from clusters.errors import DataError
from clusters.index import _trials
from clusters.index._nodes import Raw, known_keys, meant, number
from clusters.index.framework import Normalisation, Steps, TierRule

DEFAULTS = Steps()
INDEX_TEXTS = (
    *("name", "title_en", "title_zh", "source", "note_en", "note_zh"),
    *("unit_en", "unit_zh", "unit_column", "published"),
)
INDEX_KEYS = (*INDEX_TEXTS, "mean", "weights", "weights_sum", "minimum_share", "by_year")
SECTIONS = ("index", "indicator", "aggregate", "normalise", "impute", "outliers", "screen", "tiers")
SUMS = ("one", "any")


def methods(choice: str) -> Mapping[str, Iterable[str]]:
    """Return the methods of a choice, each with the names of its options."""
    if choice == "normalise":
        from clusters.index.normalise import METHODS

        return METHODS
    if choice == "impute":
        from clusters.index import impute

        return dict.fromkeys(impute.METHODS, _keywords(impute.impute, "extra"))
    if choice == "weights":
        from clusters.index.weights import SYSTEMS

        return SYSTEMS
    if choice == "mean":
        from clusters.index._means import MEANS, OPTIONS

        return {name: OPTIONS[name] for name in MEANS}
    from clusters.index import tiers

    return {name: options for name, (_, options) in tiers.METHODS.items()}


class Choices:
    """Reads the choices of one file and says what is wrong with them."""

    def __init__(self, content: Mapping[str, Any], file: str) -> None:
        self.content, self.file = content, file
        self.index = self._table("index")
        known_keys(content, SECTIONS, file, "the framework")
        known_keys(self.index, INDEX_KEYS, file, "[index]")

    def texts(self) -> dict[str, str]:
        """Return the title, the source and what else of ``[index]`` is text."""
        found = {key: self.index[key] for key in INDEX_TEXTS if key in self.index}
        for key, value in found.items():
            if not isinstance(value, str):
                raise DataError(f"{self.file}: [index] {key} is {value!r}, not a text")
        return {key: value.strip() for key, value in found.items() if value.strip()}

    @property
    def sums(self) -> bool:
        """Whether weights that are shares must sum to 1."""
        chosen = self.index.get("weights_sum", "one")
        if chosen not in SUMS:
            raise DataError(f"{self.file}: [index] weights_sum is {chosen!r}", hint=meant(str(chosen), SUMS))
        return bool(chosen == "one")

    def steps(self) -> Steps:
        """Return the choices of the engine."""
        normalise, normalise_options = self._choice("normalise", self.content, DEFAULTS.normalise.method)
        impute, impute_options = self._choice("impute", self.content, DEFAULTS.impute)
        weights, weights_options = self._choice("weights", self.index, DEFAULTS.weights)
        mean, mean_options = self._choice("mean", self.index, DEFAULTS.mean)
        by_year = self.index.get("by_year", False)
        if not isinstance(by_year, bool):
            raise DataError(f"{self.file}: [index] by_year is {by_year!r}", hint="true or false")
        return Steps(
            screen=self._switched("screen"),
            impute=impute,
            impute_options=impute_options,
            outliers=self._switched("outliers"),
            normalise=Normalisation(normalise, normalise_options),
            by_year=by_year,
            weights=weights,
            weights_options=weights_options,
            mean=mean,
            mean_options=mean_options,
            minimum_share=self._share(),
        )

    def tiers(self) -> TierRule | None:
        """Return how scores become tiers, or ``None`` where nothing is said."""
        if "tiers" not in self.content:
            return None
        content = self._table("tiers")
        names = {
            lang: self._names(content.pop(f"names_{lang}", []), f"names_{lang}") for lang in ("en", "zh")
        }
        method, options = self._named("tiers", content, None, "[tiers]")
        number_of = _tiers_of(method, options)
        for lang, words in names.items():
            if words and number_of and len(words) != number_of:
                raise DataError(
                    f"{self.file}: [tiers] names_{lang} has {len(words)} names for {number_of} tiers",
                    hint="one name for every tier, the best tier first",
                )
        return TierRule(method, options, names["en"], names["zh"])

    def normalisation(self, value: Any, raw: Raw) -> Normalisation:
        """Read the normalisation of one indicator."""
        where = f"{raw.said}: normalise"
        cost = -1 if number(raw.content.get("direction", 1)) == -1 else 1
        return Normalisation(*self._named("normalise", self._as_table(value, where), None, where, cost))

    def mean_of(self, value: Any, raw: Raw) -> str:
        """Read the mean of one aggregate."""
        where = f"{raw.said}: mean"
        if not isinstance(value, str):
            raise DataError(f"{self.file}: {where} is {value!r}, not the name of a mean")
        return self._named("mean", {"method": value}, None, where)[0]

    def _table(self, section: str) -> dict[str, Any]:
        value = self.content.get(section, {})
        if not isinstance(value, Mapping):
            raise DataError(f"{self.file}: {section} is {value!r}, not a table", hint=f"write [{section}]")
        return dict(value)

    def _as_table(self, value: Any, where: str) -> dict[str, Any]:
        if isinstance(value, str):
            return {"method": value}
        if isinstance(value, Mapping):
            return dict(value)
        raise DataError(
            f"{self.file}: {where} is {value!r}, neither a method nor a table",
            hint='such as "min-max", or { method = "min-max", range = [0, 100] }',
        )

    def _choice(self, choice: str, content: Mapping[str, Any], default: str) -> tuple[str, dict[str, Any]]:
        where = f"[index] {choice}" if content is self.index else f"[{choice}]"
        value = self._as_table(content.get(choice, {}), where)
        return self._named(choice, value, default, where)

    def _named(
        self,
        choice: str,
        content: dict[str, Any],
        default: str | None,
        where: str,
        direction: int = 1,
    ) -> tuple[str, dict[str, Any]]:
        """Return a method, spelled as it is known, and its options."""
        given = content.pop("method", default)
        if given is None:
            raise DataError(
                f"{self.file}: {where} names no method", hint=f"one of {', '.join(methods(choice))}"
            )
        known = methods(choice)
        plain = {_plain(name): name for name in known}
        if not isinstance(given, str) or _plain(given) not in plain:
            raise DataError(
                f"{self.file}: {where} has the unknown method {given!r}", hint=meant(str(given), known)
            )
        method = plain[_plain(given)]
        known_keys(content, known[method], self.file, f"{where} ({method})")
        if where != "[normalise]":  # tried with the whole framework
            _trials.options(choice, method, content, f"{self.file}: {where} ({method})", direction)
        return method, content

    def _switched(self, section: str) -> Mapping[str, Any] | None:
        """Read a step that is left out, or done with options: ``[outliers]``, ``outliers = true``."""
        value = self.content.get(section, False)
        if value is False:
            return None
        options = {} if value is True else self._table(section)
        known_keys(options, _options_of(section), self.file, f"[{section}]")
        _trials.step(section, options, f"{self.file}: [{section}]")
        return options

    def _share(self) -> float:
        value = self.index.get("minimum_share", DEFAULTS.minimum_share)
        found = number(value)
        if found is None or not 0 <= found <= 1:
            raise DataError(f"{self.file}: [index] minimum_share is {value!r}", hint="a share from 0 to 1")
        return found

    def _names(self, value: Any, key: str) -> tuple[str, ...]:
        if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
            raise DataError(
                f"{self.file}: [tiers] {key} is {value!r}", hint='a list such as ["first", "second"]'
            )
        return tuple(value)


def _plain(name: str) -> str:
    return name.strip().casefold().replace("_", "-").replace(" ", "-")


def _options_of(section: str) -> list[str]:
    """Return the options of a step: the keywords of its function."""
    from clusters.index import outliers, screening

    return _keywords(screening.screen) if section == "screen" else _keywords(outliers.treat_outliers)


def _keywords(function: Callable[..., Any], *without: str) -> list[str]:
    found = inspect.signature(function).parameters.values()
    names = [p.name for p in found if p.kind is p.KEYWORD_ONLY or p.default is not p.empty]
    return [name for name in names if name not in (*without, "method")]


def _tiers_of(method: str, options: Mapping[str, Any]) -> int | None:
    """Return the number of tiers, where the choice alone says it."""
    if isinstance(options.get("sizes"), list):
        return len(options["sizes"])
    if isinstance(options.get("thresholds"), list):
        return len(options["thresholds"]) + 1
    return options["k"] if isinstance(options.get("k"), int) else None
