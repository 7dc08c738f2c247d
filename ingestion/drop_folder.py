"""Taking in a drop folder: every file goes to the archive with what the folder's ``index.csv`` knows of it."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

from ingestion.archive import Archive, Delivery
from ingestion.documents import Known, Quarantined, UnreadableDocument
from ingestion.intake import Intake
from ingestion.sources import DropFolder

INDEX = "index.csv"
COLUMNS = ("file", "published", "province", "publisher", "programme")
MAX_BYTES = 200 * 1024 * 1024


def take_in(source: DropFolder, folder: Path, archive: Archive, now: dt.datetime) -> Intake:
    """Archive every document of `folder`; raise UnreadableDocument only when the folder itself can't be read."""
    if not folder.is_dir():
        raise UnreadableDocument(
            str(folder),
            expected="a folder of documents",
            found="a file" if folder.exists() else "nothing",
            reason="the drop folder is missing",
            advice=f"Create the folder, or correct the path of source {source.name!r}.",
        )
    known, problems = read_index(folder)
    delivered = new = 0
    for path in sorted(p for p in folder.rglob("*") if _is_document(p.relative_to(folder)) and p.is_file()):
        file = path.relative_to(folder).as_posix()
        facts = known.pop(file, Known())
        try:
            content = _bytes(path)
        except UnreadableDocument as error:
            problems.append((file, _refused(error)))
            continue
        delivery = Delivery(
            source=source.name,
            file=file,
            fetched_at=now,
            published=facts.published,
            province=facts.province or source.province,
            publisher=facts.publisher or source.publisher,
            programme=facts.programme or source.programme,
        )
        _, is_new = archive.add(content, delivery)
        delivered += 1
        new += is_new
    problems.extend(
        (INDEX, _wrong(f"row of {file}", "file", "a file of this folder", repr(file), "no such file was delivered"))
        for file in known
    )
    return Intake(source.name, delivered, new, tuple(problems))


def read_index(folder: Path) -> tuple[dict[str, Known], list[tuple[str, Quarantined]]]:
    """Return what ``index.csv`` says of each file, and the rows or fields of it that can't be used.

    The file is UTF-8 (with or without a byte order mark) with the columns `COLUMNS`; only ``file`` is
    required. A wrong field costs that field, not the document.
    """
    path = folder / INDEX
    known: dict[str, Known] = {}
    problems: list[tuple[str, Quarantined]] = []
    if not path.is_file():
        return known, problems
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = _wrong(f"byte {error.start}", None, "UTF-8 text", repr(error.object[error.start :][:4]), "not UTF-8")
        return known, [(INDEX, problem)]
    rows = csv.DictReader(io.StringIO(text, newline=""))
    header = [name.strip() for name in rows.fieldnames or ()]
    rows.fieldnames = header
    if "file" not in header:
        found = ", ".join(header) or "an empty file"
        return known, [(INDEX, _wrong("row 1", "file", ", ".join(COLUMNS), found, "the column 'file' is missing"))]
    problems.extend(
        (INDEX, _wrong("row 1", name, ", ".join(COLUMNS), repr(name), "a column this index does not have"))
        for name in header
        if name not in COLUMNS
    )
    for row in rows:
        fields = {name: (row.get(name) or "").strip() or None for name in COLUMNS}
        place = f"row {rows.line_num}"
        file = fields["file"]
        if file is None:
            if any(fields.values()):
                problems.append((INDEX, _wrong(place, "file", "a file name", "an empty cell", "no file is named")))
            continue
        if file in known:
            problems.append((INDEX, _wrong(place, "file", "one row a file", repr(file), "named twice; first row used")))
            continue
        published = None
        if fields["published"]:
            try:
                published = dt.date.fromisoformat(fields["published"])
            except ValueError:
                found = repr(fields["published"])
                problems.append((INDEX, _wrong(place, "published", "YYYY-MM-DD", found, "not a date; left unknown")))
        known[file] = Known(published, fields["province"], fields["publisher"], fields["programme"])
    return known, problems


def _is_document(path: Path) -> bool:
    hidden = any(part.startswith((".", "~$")) for part in path.parts)  # ~$: lock files of office programs
    return not hidden and path != Path(INDEX)


def _bytes(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UnreadableDocument(
                path.name,
                expected=f"at most {MAX_BYTES:,} bytes",
                found=f"{size:,} bytes",
                reason="the file is too large",
                advice="Ask the sender to split it.",
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableDocument(
            path.name,
            expected="a readable file",
            found=error.strerror or type(error).__name__,
            reason="the file can't be opened",
            advice="Check its permissions and deliver it again.",
        ) from error


def _refused(error: UnreadableDocument) -> Quarantined:
    return Quarantined("landing", error.place, error.expected, error.found, f"{error.reason}. {error.advice}")


def _wrong(place: str, field: str | None, expected: str, found: str, reason: str) -> Quarantined:
    return Quarantined("landing", place, expected, found, f"{reason}. Correct the index.", field=field)
