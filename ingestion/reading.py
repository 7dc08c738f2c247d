"""Archive → lake: each original read by its reader into typed records, each with its place in the original.

A reading depends on the original's bytes, on what its index knew, and on the reader's code and data; while
these are the same, an original is not read again. The artefact's own row is written last: a reading that was
killed is done again from the start.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from ingestion import wording
from ingestion.archive import Archive, Delivery, Sidecar
from ingestion.documents import Quarantined, UnreadableDocument
from ingestion.files import write_bytes
from ingestion.lake import SCHEMAS, Lake, table_of
from ingestion.landing import kind_of

RECORD_TYPES = ("statement", "cooperative_status", "training_class", "loan", "support", "indicator_report")
_ROOM = Path(__file__).parent
# Libraries whose version changes what is read.
_LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "bulletin": ("trafilatura", "lxml"),
    "workbook": ("python-calamine", "lxml", "olefile"),
}


@dataclasses.dataclass(frozen=True)
class Reading:
    """What one original gave."""

    artefact: str
    status: str  # read or quarantined
    records: int
    statements: int
    quarantined: int
    ignored: int


def unread(archive: Archive, lake: Lake) -> list[str]:
    """Return the originals whose reading is missing or out of date, by hash."""
    done = {row["artefact"]: row for row in lake.artefacts(["artefact", "kind", "reader_version"])}
    documents = (sidecar for sidecar in archive if sidecar.is_document)
    return [
        sidecar.artefact
        for sidecar in documents
        if (row := done.get(sidecar.artefact)) is None or row["reader_version"] != _reader_version(sidecar, row["kind"])
    ]


def read_artefacts(artefacts: Iterable[str], archive: Archive, lake: Lake, texts: Path) -> Iterator[Reading]:
    """Read originals into the lake, one after the other; `texts` keeps the extracted text of bulletins."""
    for artefact in artefacts:
        yield _read(archive.sidecar(artefact), archive.read(artefact), lake, texts)


@dataclasses.dataclass
class _Read:
    """What a reader made of one original: columns of its own row, and its records by type."""

    about: dict[str, Any]
    tables: dict[str, pa.Table]
    quarantined: Sequence[Quarantined] = ()
    ignored: int = 0


def _read(sidecar: Sidecar, content: bytes, lake: Lake, texts: Path) -> Reading:
    delivery = sidecar.delivery
    kind, status = "unknown", "read"
    refusals: list[tuple[str, Quarantined, str | None]] = []
    found = _Read({}, {})
    try:
        kind = kind_of(content, delivery.name)
        found = _bulletin(sidecar, content, texts) if kind == "bulletin" else _workbook(sidecar, content)
        refusals.extend((delivery.file, entry, None) for entry in found.quarantined)
    except UnreadableDocument as error:
        status = "quarantined"
        entry = Quarantined("landing", error.place, error.expected, error.found, error.reason)
        # Each delivery of unreadable bytes is a document that somebody sent and that is missing now.
        refusals.extend((other.file, entry, error.advice) for other in sidecar.deliveries if other.role == "document")
    counts = {record_type: table.num_rows for record_type, table in found.tables.items()}
    reading = Reading(
        artefact=sidecar.artefact,
        status=status,
        records=sum(rows for record_type, rows in counts.items() if record_type != "statement"),
        statements=counts.get("statement", 0),
        quarantined=len(refusals),
        ignored=found.ignored,
    )
    for record_type in RECORD_TYPES:
        lake.write_table(
            record_type, sidecar.artefact, found.tables.get(record_type, SCHEMAS[record_type].empty_table())
        )
    quarantine = [
        {"artefact": sidecar.artefact, "file": file, **wording.worded(entry, advice)}
        for file, entry, advice in refusals
    ]
    lake.write("quarantine", sidecar.artefact, quarantine)
    own_row = {
        **found.about,
        **{name: value for name, value in _known(delivery).items() if value is not None},
        **dataclasses.asdict(reading),
        "source": delivery.source,
        "file": delivery.file,
        "kind": kind,
        "media_type": delivery.web.media_type if delivery.web else None,
        "size_bytes": sidecar.size_bytes,
        "reader_version": _reader_version(sidecar, kind),
    }
    lake.write("artefact", sidecar.artefact, [own_row])
    return reading


def _known(delivery: Delivery) -> dict[str, Any]:
    return {
        "published_on": delivery.published,
        "province": delivery.province,
        "publisher": delivery.publisher,
        "programme_text": delivery.programme,
    }


def _bulletin(sidecar: Sidecar, content: bytes, texts: Path) -> _Read:
    from ingestion import bulletins

    delivery = sidecar.delivery
    bulletin = bulletins.read(content, name=delivery.name, known=delivery.known, charset=delivery.charset)
    text = bulletin.text.encode()
    write_bytes(texts / f"{sidecar.artefact}.txt", text)
    about = {
        "title": bulletin.title,
        "published_on": bulletin.published_on,
        "province": bulletin.province,
        "publisher": bulletin.publisher,
        "text_sha": hashlib.sha256(text).hexdigest(),
    }
    statements = [
        {"artefact": sidecar.artefact, "ordinal": ordinal, **dataclasses.asdict(statement)}
        for ordinal, statement in enumerate(bulletin.statements)
    ]
    return _Read(about, {"statement": table_of("statement", statements)})


def _workbook(sidecar: Sidecar, content: bytes) -> _Read:
    from ingestion import workbooks

    workbook = workbooks.read(content, name=sidecar.delivery.name, known=sidecar.delivery.known)
    about = {
        "title": workbook.title,
        "province": workbook.province,
        "content_fingerprint": workbook.content_fingerprint,
    }
    return _Read(about, workbook.to_lake(), workbook.quarantined, workbook.ignored_count)


@functools.cache
def _fingerprint(kind: str) -> str:
    data: tuple[Path, ...] = ()
    if kind in _LIBRARIES:
        data = importlib.import_module(f"ingestion.{kind}s").READER_DATA
    digest = hashlib.sha256()
    for library in _LIBRARIES.get(kind, ()):
        digest.update(f"{library} {version(library)}\n".encode())
    seam = [
        _ROOM / name
        for name in ("alerts.py", "documents.py", "lake.py", "landing.py", "reading.py", "wording.py", "wording.yml")
    ]
    for path in sorted({file for entry in (*data, *seam) for file in _files(entry)}):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(entry: Path) -> Iterator[Path]:
    if entry.is_file():
        yield entry
    else:
        yield from (p for p in entry.rglob("*") if p.is_file() and p.suffix != ".pyc")


def _reader_version(sidecar: Sidecar, kind: str) -> str:
    """What a reading depends on besides the bytes: the reader, and every delivery's name and known facts."""
    digest = hashlib.sha256(_fingerprint(kind).encode())
    for delivery in sidecar.deliveries:
        digest.update(repr(delivery.read_as).encode())
    return digest.hexdigest()
