"""A settings file proposed for a table: what its columns, labels and years seem to be.

``propose`` looks at the table and asks nothing; ``written`` puts what it found into TOML with
comments. What cannot be told stays a comment with its alternatives.
"""

from __future__ import annotations

from clusters.intake.proposal.found import Proposal, propose
from clusters.intake.proposal.wording import Tried, written

__all__ = ["Proposal", "Tried", "propose", "written"]
