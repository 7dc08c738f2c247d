"""The archive: every original kept for ever, unchanged, under the SHA-256 of its bytes.

Beside each original lies a sidecar that says how it came: each delivery with its source, its file name and
what an index knew of it. The sidecar is written last, so an original without one is not archived yet.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pydantic

from ingestion.documents import Known
from ingestion.files import write_bytes


class Delivery(pydantic.BaseModel):
    """One arrival of an original: from where, under which name, and what was known of it."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    source: str
    file: str  # path inside the source, with forward slashes
    fetched_at: dt.datetime  # says when, for people; nothing published depends on it
    published: dt.date | None = None
    province: str | None = None
    publisher: str | None = None
    programme: str | None = None

    @property
    def known(self) -> Known:
        """What the index knew of the document."""
        return Known(
            published=self.published, province=self.province, publisher=self.publisher, programme=self.programme
        )

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same delivery: source and file."""
        return self.source, self.file


class Sidecar(pydantic.BaseModel):
    """What lies beside an original."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    artefact: str
    size_bytes: int
    extension: str
    deliveries: tuple[Delivery, ...]

    @property
    def delivery(self) -> Delivery:
        """The delivery that speaks for the original: the same one in whatever order they arrived."""
        return self.deliveries[0]


class Archive:
    """Originals by content hash under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def add(self, content: bytes, delivery: Delivery) -> tuple[Sidecar, bool]:
        """Keep `content`; return its sidecar and whether its bytes or this delivery are new.

        The same bytes again cost one comparison; the same delivery with other facts in its index replaces
        those facts.
        """
        artefact = hashlib.sha256(content).hexdigest()
        try:
            before = self.sidecar(artefact)
        except FileNotFoundError:
            extension = PurePosixPath(delivery.file).suffix.lower()
            extension = extension if extension[1:].isalnum() and len(extension) <= 6 else ".bin"
            before = Sidecar(artefact=artefact, size_bytes=len(content), extension=extension, deliveries=())
            write_bytes(self._original(before), content)
        same = [d for d in before.deliveries if d.key == delivery.key]
        if same and same[0].known == delivery.known:
            return before, False
        others = [d for d in before.deliveries if d.key != delivery.key]
        after = before.model_copy(
            update={"deliveries": tuple(sorted([*others, delivery], key=lambda d: (not any(_facts(d)), d.key)))}
        )
        write_bytes(self._sidecar(artefact), after.model_dump_json(indent=1).encode())
        return after, not same

    def sidecar(self, artefact: str) -> Sidecar:
        """Return the sidecar of `artefact`; raise FileNotFoundError when it is not archived."""
        return Sidecar.model_validate_json(self._sidecar(artefact).read_bytes())

    def read(self, artefact: str) -> bytes:
        """Return the bytes of an original."""
        return self._original(self.sidecar(artefact)).read_bytes()

    def __iter__(self) -> Iterator[Sidecar]:
        """Yield the sidecar of every original, by hash."""
        for path in sorted(self.folder.glob("??/*.json")):
            yield Sidecar.model_validate_json(path.read_bytes())

    def _original(self, sidecar: Sidecar) -> Path:
        return self.folder / sidecar.artefact[:2] / f"{sidecar.artefact}{sidecar.extension}"

    def _sidecar(self, artefact: str) -> Path:
        return self.folder / artefact[:2] / f"{artefact}.json"


def _facts(delivery: Delivery) -> tuple[object, ...]:
    return delivery.published, delivery.province, delivery.publisher, delivery.programme
