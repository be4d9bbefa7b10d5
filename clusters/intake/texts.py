"""Many distinct texts in one block of memory.

Python keeps some 100 bytes for a Chinese name of ten characters; in one block of UTF-8
they are 30, and what concerns all of them runs over the block. Every operation here has a
twin on Python's own texts (``Column``), with the same results in the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from clusters import names

if TYPE_CHECKING:
    import pyarrow as pa

FEW = 20_000
"""So many distinct texts are handled as Python's own."""
_SLICE = 1 << 16


class Texts:
    """Texts like an array of them, kept as one Arrow array; a missing one is ``None``."""

    __slots__ = ("array",)

    def __init__(self, array: pa.LargeStringArray) -> None:
        self.array = array

    @classmethod
    def of(cls, texts: NDArray[np.object_] | Texts) -> Texts:
        """Put texts into one block."""
        import pyarrow as pa

        return texts if isinstance(texts, Texts) else cls(pa.array(texts, pa.large_string()))

    def __len__(self) -> int:
        return len(self.array)

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self.array), _SLICE):
            yield from self.array.slice(start, _SLICE).to_pylist()

    def __getitem__(self, at: Any) -> Any:
        import pyarrow as pa

        if isinstance(at, (int, np.integer)):
            return self.array[int(at)].as_py()
        chosen = self.array[at] if isinstance(at, slice) else self.array.take(pa.array(np.asarray(at)))
        return chosen.to_numpy(zero_copy_only=False)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[np.object_]:
        result: NDArray[np.object_] = self.array.to_numpy(zero_copy_only=False)
        return result

    def lengths(self) -> NDArray[np.int64]:
        """Return the number of characters of each text."""
        import pyarrow.compute as pc

        found: NDArray[np.int64] = pc.utf8_length(self.array).to_numpy(zero_copy_only=False)
        return found

    def bytes(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return the UTF-8 of all texts and where each begins and ends."""
        _, offsets, data = self.array.buffers()
        count = len(self.array) + 1
        where = np.frombuffer(offsets, np.int64)[self.array.offset : self.array.offset + count]
        content = np.empty(0, np.uint8) if data is None else np.frombuffer(data, np.uint8)
        return content[where[0] : where[-1]], where - where[0]

    def odd(self, *, folded: bool = False) -> NDArray[np.int64]:
        """Return the positions of texts that cleaning may change; see ``names.plain``."""
        return np.flatnonzero(~names.plain(*self.bytes(), folded=folded))

    def take(self, at: NDArray[Any]) -> Texts:
        """Return some of the texts."""
        import pyarrow as pa

        return Texts(self.array.take(pa.array(at)))

    def map_lines(
        self, one: Callable[[str], str | None], lines: Callable[[str], str], *, folded: bool = False
    ) -> Texts | None:
        """Change the texts that are not plain; empty ones become ``None``.

        ``None`` where that changes nothing.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        at = self.odd(folded=folded)
        if not at.size:
            return None
        before = self.take(at)
        after = before.map_all(one, lines).array
        if after.equals(before.array):
            return None
        mask = np.zeros(len(self), bool)
        mask[at] = True
        result = pc.replace_with_mask(self.array, pa.array(mask), after)
        return Texts(result.combine_chunks() if isinstance(result, pa.ChunkedArray) else result)

    def map_all(self, one: Callable[[str], str | None], lines: Callable[[str], str]) -> Texts:
        """Change every text; empty ones become ``None``."""
        import pyarrow as pa

        parts = [_changed(part, one, lines) for part in self.slices()]
        return Texts(pa.concat_arrays(parts) if parts else self.array)

    def renamed(self, other: Mapping[str, str]) -> Texts | None:
        """Put another text for some; ``None`` where none of them is there."""
        import pyarrow as pa
        import pyarrow.compute as pc

        keys = pa.array(list(other), pa.large_string())
        found = pc.index_in(self.array, value_set=keys)
        if found.null_count == len(found):
            return None
        new = pa.array(list(other.values()), pa.large_string()).take(found)
        return Texts(pc.coalesce(new, self.array))

    def order(self) -> NDArray[np.int64]:
        """Return the order of the texts by their characters."""
        import pyarrow.compute as pc

        found: NDArray[np.int64] = pc.array_sort_indices(self.array).to_numpy().astype(np.int64)
        return found

    def positions(self, wanted: NDArray[np.object_] | Texts) -> NDArray[np.int64]:
        """Return the position of each text that is asked for, -1 where it is not there."""
        import pyarrow.compute as pc

        found = pc.index_in(Texts.of(wanted).array, value_set=self.array).fill_null(-1)
        result: NDArray[np.int64] = found.to_numpy(zero_copy_only=False).astype(np.int64)
        return result

    def slices(self) -> Iterator[pa.LargeStringArray]:
        """Return the texts in handy parts."""
        for start in range(0, len(self.array), _SLICE):
            yield self.array.slice(start, _SLICE)

    @classmethod
    def joined(cls, lists: Sequence[Texts]) -> tuple[list[NDArray[np.int32]], Texts]:
        """Number the different texts of several lists in order of appearance.

        Returns
        -------
        list of arrays, Texts
            The number of every text of each list, -1 for a missing one; the different texts.
        """
        import pyarrow as pa

        full = [texts.array for texts in lists if len(texts)]
        if not full:
            return [np.empty(0, np.int32) for _ in lists], lists[0]
        coded = pa.chunked_array(full, pa.large_string()).dictionary_encode()
        chunks = iter(coded.chunks)  # of lists without a text there is none
        tables = [
            next(chunks).indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
            if len(texts)
            else np.empty(0, np.int32)
            for texts in lists
        ]
        return tables, cls(coded.chunks[-1].dictionary)


def release() -> None:
    """Give memory that Arrow keeps for later use back to the system."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()


def _changed(
    part: pa.LargeStringArray, one: Callable[[str], str | None], lines: Callable[[str], str]
) -> pa.LargeStringArray:
    """Change the texts of one part, all at once if none of them holds a line feed."""
    import pyarrow as pa

    texts = part.to_pylist()
    whole = "\n".join(texts)
    if whole.count("\n") >= len(texts):
        done: list[str | None] = [one(text) or None for text in texts]
    else:
        done = [text or None for text in lines(whole).split("\n")]
    return pa.array(done, pa.large_string())
