"""Text that every network format can carry: characters no file may hold are taken out and counted.

XML 1.0 has no way to write most control characters, lone surrogates or U+FFFE and
U+FFFF; one of them makes a whole GEXF or GraphML file unreadable, and a lone
surrogate cannot be encoded at all. Everything else stays: right-to-left marks,
emoji, zero-width joiners.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# Written with escapes: the source stays readable, the ranges are those of XML 1.0, production 2.
_INVALID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile("[&<>\"'\t\n\r]")
# Line breaks and tabs as references: a parser turns raw ones in attributes into blanks.
_REFERENCES = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "'": "&#39;",
        "\t": "&#9;",
        "\n": "&#10;",
        "\r": "&#13;",
    }
)


class Cleaner:
    r"""Take out what cannot be written and keep count.

    Examples
    --------
    >>> cleaner = Cleaner()
    >>> cleaner("a\x00b"), cleaner("fine"), cleaner.stripped
    ('ab', 'fine', 1)
    """

    def __init__(self) -> None:
        self.stripped = 0

    def __call__(self, text: object) -> str:
        """Return the text without the characters that no format can hold."""
        cleaned, count = _INVALID.subn("", str(text))
        self.stripped += count
        return cleaned


def escape(text: str) -> str:
    """Return text for an XML attribute in double quotes or for element content.

    Examples
    --------
    >>> escape('<a> & "b"')
    '&lt;a&gt; &amp; &quot;b&quot;'
    """
    return text.translate(_REFERENCES) if _SPECIAL.search(text) else text


def unique(texts: Sequence[str], *, blank: str = "node") -> tuple[list[str], int]:
    """Return texts made distinct and not blank by a number in brackets, and how many changed.

    Examples
    --------
    >>> unique(["a", "a", "a (2)", ""])
    (['a', 'a (3)', 'a (2)', 'node'], 2)
    """
    wanted = [text if text.strip() else blank for text in texts]
    taken = set(wanted)
    if len(taken) == len(wanted):
        return wanted, sum(map(str.__ne__, wanted, texts))
    seen: dict[str, int] = {}
    for position, text in enumerate(wanted):
        number = seen.get(text, 0) + 1
        if number > 1:
            while f"{text} ({number})" in taken:
                number += 1
            wanted[position] = f"{text} ({number})"
            taken.add(wanted[position])
        seen[text] = number
    return wanted, sum(map(str.__ne__, wanted, texts))
