"""A text file in which few lines cannot be decoded is read without these lines.

Few are at most one in a hundred of the lines that are not plain ASCII: then the encoding of the
file is not in doubt. A file with more of them is refused as before, since it is most likely in an
encoding that has to be named.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from clusters.errors import DataError
from clusters.intake import encoding

MOST = 0.01
"""Share of the lines outside ASCII that may be undecodable or in another encoding."""


@dataclass
class Patience:
    """Decodes text and remembers which lines were a trouble."""

    torn: list[int] = field(default_factory=list)
    """Lines (from 1) with bytes that fit no encoding."""
    mixed: list[int] = field(default_factory=list)
    r"""Lines in another encoding than the rest, UTF-8 or GB18030."""

    def decode(self, data: bytes, name: str, asked: str | None) -> encoding.Text:
        r"""Decode a file strictly, or else without the few lines that cannot be decoded.

        Examples
        --------
        >>> data = "源,目标\n".encode("gb18030") + "甲,乙\n".encode("gb18030") * 200 + b"\xff\xff,a\n"
        >>> patience = Patience()
        >>> patience.decode(data, "a.csv", None).encoding, patience.torn
        ('gb18030', [202])
        """
        try:
            return encoding.decode(data, name, asked)
        except DataError:
            from clusters.intake.public.sheets import patient

            text, torn, mixed = patient(data, name, asked)
            outside = sum(not line.isascii() for line in data.split(b"\n"))
            if len(torn) + len(mixed) > MOST * outside:
                raise
            self.torn, self.mixed = torn, mixed
            return text
