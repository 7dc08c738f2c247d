"""What one pass over a source brought."""

from __future__ import annotations

import dataclasses

from ingestion.alerts import Alert
from ingestion.documents import Quarantined


@dataclasses.dataclass(frozen=True)
class Intake:
    """Counts of documents, and what could not be taken in.

    `problems` go into quarantine and so into the release: documents, or rows of an index, that will not come by
    trying again. `alerts` are for people: everything worth telling of this night.
    """

    source: str
    delivered: int  # documents that the source was seen to have
    new: int
    problems: tuple[tuple[str, Quarantined], ...]  # (file or address, what is wrong)
    alerts: tuple[Alert, ...] = ()
    changed: int = 0  # known documents that came with other content
    vanished: int = 0  # known documents that are no longer there
    waiting: int = 0  # documents that are known to be there and have not been taken yet

    @property
    def known(self) -> int:
        """Deliveries whose bytes and name were archived before."""
        return self.delivered - self.new
