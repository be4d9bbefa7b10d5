"""Sentences of a report, and names inside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clusters import labels, places
from clusters.sentences import say


class Spoken:
    """What a report is about, in one language."""

    lang: str

    def say(self, term: str, /, **values: Any) -> str:
        """Return a sentence in the language of the report."""
        return say(term, self.lang, **values)

    def join(self, *texts: str) -> str:
        """Return sentences as one text; Chinese sets no space between them."""
        return ("" if self.lang == "zh" else " ").join(text.strip() for text in texts if text)

    def word(self, term: str) -> str:
        """Return a column or level as it stands inside a sentence."""
        return inside(labels.heading(term, self.lang), self.lang)

    def place(self, name: object) -> str:
        """Return the printed name of a place."""
        return places.label(str(name), self.lang)

    def model(self, kind: str, numbers: str) -> str:
        """Say which table or figure of the Nankai report has this layout."""
        return self.say("clause.model", table=self.say(f"model.{kind}", n=numbers))


def listing(items: Sequence[str], lang: str = "en") -> str:
    """Return names as one phrase.

    Examples
    --------
    >>> listing(["a", "b", "c"]), listing(["a", "b"], "zh")
    ('a, b and c', 'a、b')
    """
    if lang == "zh":
        return "、".join(items)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def inside(word: str, lang: str = "en") -> str:
    """Return a heading as it stands inside a sentence: no capital unless the word is an acronym.

    Examples
    --------
    >>> inside("Application field"), inside("GDP")
    ('application field', 'GDP')
    """
    return word if lang == "zh" or word[:2].isupper() else word[:1].lower() + word[1:]
