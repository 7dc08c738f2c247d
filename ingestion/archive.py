"""The archive: every original kept for ever, unchanged, under the SHA-256 of its bytes.

Beside each original lies a sidecar that says how it came: each delivery with its source, its file name and
what an index knew of it. The sidecar is written last, so an original without one is not archived yet.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import unquote, urlsplit

import pydantic

from ingestion.documents import Known
from ingestion.files import locked, write_bytes

# What a response is to its source. Only documents are read; the rest is kept as proof of what the site said.
#   document   a bulletin or workbook
#   index      a listing, feed or sitemap that names documents
#   unchanged  a document whose bytes differ from the version before and whose text does not (a counter, a side bar)
#   refused    not the document that was asked for: a log-in, block or challenge page, or one of another shape
Role = Literal["document", "index", "unchanged", "refused"]

_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel.sheet.macroenabled.12": ".xlsm",
    "application/vnd.ms-excel.sheet.binary.macroenabled.12": ".xlsb",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/rss+xml": ".xml",
    "application/atom+xml": ".xml",
    "application/xml": ".xml",
    "text/xml": ".xml",
}


class WebResponse(pydantic.BaseModel):
    """How an original came over the web."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    url: str  # as asked for
    final_url: str  # as answered, after redirects
    redirects: tuple[str, ...] = ()  # every address in between
    status: int
    etag: str | None = None
    last_modified: str | None = None
    media_type: str | None = None
    charset: str | None = None  # that the Content-Type named, if Python knows it
    file_name: str | None = None  # that the Content-Disposition named


class Delivery(pydantic.BaseModel):
    """One arrival of an original: from where, under which name, and what was known of it."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    source: str
    file: str  # path inside the source, with forward slashes, or the address on the web
    fetched_at: dt.datetime  # says when, for people; nothing published depends on it
    published: dt.date | None = None
    province: str | None = None
    publisher: str | None = None
    programme: str | None = None
    role: Role = "document"
    web: WebResponse | None = None

    @property
    def name(self) -> str:
        """The name that says what kind of file it is: of a web document its file name, by its media type if need be."""
        if self.web is None:
            return self.file
        name = PurePosixPath(self.web.file_name or unquote(urlsplit(self.web.final_url).path)).name or "page"
        suffix = _SUFFIXES.get(self.web.media_type or "", "")
        return name if PurePosixPath(name).suffix.lower() in _SUFFIXES.values() else name + suffix

    @property
    def charset(self) -> str | None:
        """The characters that the server named; none where it named a default that can't hold Vietnamese."""
        charset = self.web.charset if self.web else None
        return None if charset in ("iso8859-1", "cp1252", "ascii") else charset

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

    @property
    def read_as(self) -> tuple[object, ...]:
        """What a reading depends on besides the bytes."""
        return self.key, self.known, *((self.role, self.name, self.charset) if self.web else ())


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

    @property
    def is_document(self) -> bool:
        """Whether the original is to be read, or only kept."""
        return self.delivery.role == "document"


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
        with locked(self.folder / artefact[:2] / ".lock"):  # two sources may bring the same bytes at one time
            return self._add(artefact, content, delivery)

    def _add(self, artefact: str, content: bytes, delivery: Delivery) -> tuple[Sidecar, bool]:
        try:
            before = self.sidecar(artefact)
        except FileNotFoundError:
            extension = PurePosixPath(delivery.name).suffix.lower()
            extension = extension if extension[1:].isalnum() and len(extension) <= 6 else ".bin"
            before = Sidecar(artefact=artefact, size_bytes=len(content), extension=extension, deliveries=())
            write_bytes(self.original(before), content)
        same = [d for d in before.deliveries if d.key == delivery.key]
        if same and same[0].role == "document":  # what was taken as a document stays one
            delivery = delivery.model_copy(update={"role": "document"})
        if same and same[0].known == delivery.known and same[0].role == delivery.role:
            return before, False
        others = [d for d in before.deliveries if d.key != delivery.key]
        after = before.model_copy(update={"deliveries": tuple(sorted([*others, delivery], key=_rank))})
        write_bytes(self._sidecar(artefact), after.model_dump_json(indent=1).encode())
        return after, not same

    def join(self, other: Sidecar) -> Sidecar:
        """Keep what another copy of the archive knows of an original; return what both know.

        Of the same delivery the later facts count, and what was taken as a document on either side is one.
        """
        with locked(self.folder / other.artefact[:2] / ".lock"):
            ours = self.sidecar(other.artefact).deliveries if self.has(other.artefact) else ()
            joined: dict[tuple[str, str], Delivery] = {}
            for delivery in sorted((*ours, *other.deliveries), key=lambda d: (d.fetched_at, d.model_dump_json())):
                before = joined.get(delivery.key)
                role = before.role if before and before.role == "document" else delivery.role
                joined[delivery.key] = delivery.model_copy(update={"role": role})
            sidecar = other.model_copy(update={"deliveries": tuple(sorted(joined.values(), key=_rank))})
            if not ours or self.sidecar(other.artefact) != sidecar:
                write_bytes(self._sidecar(other.artefact), sidecar.model_dump_json(indent=1).encode())
            return sidecar

    def sidecar(self, artefact: str) -> Sidecar:
        """Return the sidecar of `artefact`; raise FileNotFoundError when it is not archived."""
        return Sidecar.model_validate_json(self._sidecar(artefact).read_bytes())

    def has(self, artefact: str) -> bool:
        """Say whether `artefact` is archived."""
        return self._sidecar(artefact).exists()

    def read(self, artefact: str) -> bytes:
        """Return the bytes of an original."""
        return self.original(self.sidecar(artefact)).read_bytes()

    def __iter__(self) -> Iterator[Sidecar]:
        """Yield the sidecar of every original, by hash."""
        for path in sorted(self.folder.glob("??/*.json")):
            yield Sidecar.model_validate_json(path.read_bytes())

    def original(self, sidecar: Sidecar) -> Path:
        """Return where the bytes of an original are."""
        return self.folder / sidecar.artefact[:2] / f"{sidecar.artefact}{sidecar.extension}"

    def _sidecar(self, artefact: str) -> Path:
        return self.folder / artefact[:2] / f"{artefact}.json"


def _rank(delivery: Delivery) -> tuple[bool, bool, tuple[str, str]]:
    """Documents before what is only kept, the one with facts before the one without, then by name."""
    facts = (delivery.published, delivery.province, delivery.publisher, delivery.programme)
    return delivery.role != "document", not any(facts), delivery.key
