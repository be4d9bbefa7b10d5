"""Names inside the sentences of the report."""

from __future__ import annotations

from collections.abc import Sequence


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
