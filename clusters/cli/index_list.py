"""What frameworks there are, what one consists of, how one's own begins."""

from __future__ import annotations

from clusters.cli._common import Output, command
from clusters.cli.index import index


@command(index, name="list", example="clusters index list")
def list_(output: Output) -> None:
    """Frameworks that come with the package."""
    from clusters.tables._frameworks import frameworks

    output.emit("index list", frameworks())
