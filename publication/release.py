"""Candidate to release: the one way in which numbers become public.

`publish` takes the built and gated database, writes a complete release beside the old one, and only then moves
`current` to it. Up to that last step nothing that a reader can see has changed, so a run that is killed anywhere
leaves the old release in place; the next run clears the leftovers and ends with the same release.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from publication import catalogue, content, export, notes, package, passages, personal, scorecard, sources
from publication.catalogue import PublishedTable
from publication.content import TableContent
from publication.published import Published
from publication.shelf import MANIFEST, Shelf

# Every release was seen by these gates; a caller that forgot one must not publish.
REQUIRED_GATES = ("kpi", "release")
DEFAULT_KEEP = 14


class ReleaseRefused(Exception):
    """The candidate may not be published: what was expected, what was found, and what to do next."""


@dataclasses.dataclass(frozen=True)
class GateReport:
    """What one gate found on this candidate.

    `checked` and `failed` count expectations; `stops` names the failed ones whose effect is to stop the release.
    """

    gate: str
    checked: int
    failed: int
    stops: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class PublishResult:
    """What `publish` did.

    `new` is False when the candidate says what the current release says, or what the release `withdrawn` said that was
    taken back; `release_id` and `path` are then those of the current release.
    """

    release_id: str
    path: Path
    content_hash: str
    new: bool
    previous: str | None
    tables: int
    rows: int
    swap_seconds: float | None = None
    removed: tuple[str, ...] = ()
    withdrawn: str | None = None

    @property
    def scorecard(self) -> Path:
        return self.path / "scorecard.html"


def publish(
    home: Path,
    *,
    build: Path,
    as_of: dt.date,
    gates: Sequence[GateReport],
    code_version: str,
    tables: Sequence[PublishedTable] | None = None,
    texts: Path | None = None,
    attachments: Mapping[str, Path] | None = None,
    keep: int = DEFAULT_KEEP,
) -> PublishResult:
    """Publish the models of the schemas ``marts`` and ``publication`` of the DuckDB file `build` under `home`.

    `gates` are the reports of the gates that saw this candidate (`REQUIRED_GATES` at least). `tables` gives
    descriptions and keys, by default those the database itself has. `texts` is the folder of the bulletins'
    extracted texts (``<artefact>.txt``, by default ``text`` of the home): those that are quoted go into the
    release, and every quote is checked against them. `attachments` are folders copied beside the tables
    (``{"docs/data_docs": path}``); they are no part of the content. The newest `keep` releases stay, with the
    pinned ones and the current.

    Raises `ReleaseRefused` when a gate stopped the candidate or is missing, when a column is not on the list of what is
    published, when a held number shows, or when a quote is not in its bulletin.
    """
    _refuse_ungated(gates)
    shelf = Shelf(home)
    with shelf.locked():
        with catalogue.connect() as connection:
            catalogue.attach(connection, build, "candidate")
            published = tuple(tables) if tables is not None else catalogue.tables_of(connection, "candidate")
            if not published:
                raise ReleaseRefused(
                    f"{build}: expected models in the schemas {', '.join(catalogue.PUBLISHED_SCHEMAS)}, found none. "
                    "Build the models before publishing."
                )
            _refuse_unlisted(published)
            _refuse_held_numbers(connection, published)
            covered = passages.cover(connection, "candidate", published, texts or home / "text")
            personal.show(connection, "candidate", "shown", published, covered.passages)
            contents = content.hash_tables(connection, "shown", published)
        digest = content.content_hash(contents)
        rows = sum(item.rows for item in contents)
        current = shelf.current()
        withdrawn = shelf.withdrawn_with(digest)
        if current is not None and (current.content_hash == digest or withdrawn is not None):
            return PublishResult(
                release_id=current.release_id,
                path=current.path,
                content_hash=current.content_hash,
                new=False,
                previous=current.supersedes,
                tables=len(contents),
                rows=rows,
                withdrawn=withdrawn.release_id if withdrawn and current.content_hash != digest else None,
            )

        release_id = f"{as_of.isoformat()}-{digest[:12]}"
        if not _is_on_shelf(shelf, release_id, digest):
            candidate = shelf.candidate_dir()
            export.write_tables(build, published, candidate, covered.passages)
            _write_documents(
                candidate,
                shelf=shelf,
                release_id=release_id,
                digest=digest,
                contents=contents,
                as_of=as_of,
                gates=gates,
                code_version=code_version,
                texts=texts or home / "text",
                covered=covered.texts,
                attachments=attachments or {},
            )
            shelf.put(candidate, release_id)
        started = time.perf_counter()
        shelf.point_to(release_id)
        swap_seconds = time.perf_counter() - started
        removed = shelf.prune(keep)
    return PublishResult(
        release_id=release_id,
        path=shelf.releases_dir / release_id,
        content_hash=digest,
        new=True,
        previous=current.release_id if current else None,
        tables=len(contents),
        rows=rows,
        swap_seconds=swap_seconds,
        removed=tuple(removed),
    )


def _refuse_ungated(gates: Iterable[GateReport]) -> None:
    reports = {report.gate: report for report in gates}
    missing = [gate for gate in REQUIRED_GATES if gate not in reports]
    if missing:
        raise ReleaseRefused(
            f"expected reports of the gates {', '.join(REQUIRED_GATES)}, found none of: {', '.join(missing)}. "
            "Run the gates on this candidate and hand their reports over."
        )
    stops = [f"{report.gate}: {name}" for report in reports.values() for name in report.stops]
    if stops:
        raise ReleaseRefused(
            f"the candidate failed {len(stops)} expectation(s) that stop a release: {'; '.join(sorted(stops))}. "
            "The last release stays. `htx gates` shows what was found; correct the cause and refresh again."
        )


def _refuse_unlisted(tables: Sequence[PublishedTable]) -> None:
    try:
        personal.refuse_unlisted(tables)
    except personal.UnlistedColumn as problem:
        raise ReleaseRefused(str(problem)) from problem


def _refuse_held_numbers(connection: duckdb.DuckDBPyConnection, tables: Iterable[PublishedTable]) -> None:
    """A last look that no held number shows: the gates hold, the models blank, and this makes sure of both."""
    names = {table.qualified_name for table in tables}
    for name, key in (("marts.fct_kpi_target", "target_key"), ("marts.fct_kpi_result", "result_key")):
        if name in names:
            shown = connection.execute(
                f"SELECT {key} FROM candidate.{name} WHERE is_held AND (value IS NOT NULL OR value_high IS NOT NULL)"
                " ORDER BY 1"
            ).fetchall()
            if shown:
                raise ReleaseRefused(
                    f"{name}: expected no number in a held row, found {len(shown)}, first {shown[0][0]}. "
                    "The model must leave value and value_high empty where is_held is true."
                )
    if {"marts.fct_kpi_attainment", "marts.fct_kpi_result"} <= names:
        chosen = connection.execute(
            "SELECT a.attainment_key FROM candidate.marts.fct_kpi_attainment a"
            " JOIN candidate.marts.fct_kpi_result r USING (result_key) WHERE r.is_held ORDER BY 1"
        ).fetchall()
        if chosen:
            raise ReleaseRefused(
                f"marts.fct_kpi_attainment: expected accepted results only, found {len(chosen)} held, "
                f"first {chosen[0][0]}. The model must choose among the results that are not held."
            )


def _is_on_shelf(shelf: Shelf, release_id: str, digest: str) -> bool:
    """Whether a run that was killed after its last file, or an earlier publication, already made this release."""
    path = shelf.releases_dir / release_id
    if not path.exists():
        return False
    found = shelf.get(release_id).content_hash if (path / MANIFEST).is_file() else "a folder without a manifest"
    if found != digest:
        raise ReleaseRefused(
            f"{path}: expected the content {digest}, found {found}. "
            "Releases are never changed: move the folder away and publish again."
        )
    return True


def _write_documents(
    candidate: Path,
    *,
    shelf: Shelf,
    release_id: str,
    digest: str,
    contents: Sequence[TableContent],
    as_of: dt.date,
    gates: Sequence[GateReport],
    code_version: str,
    texts: Path,
    covered: Mapping[str, str],
    attachments: Mapping[str, Path],
) -> None:
    """Everything beside the tables: quoted texts, scorecard, notes, attachments, data package and manifest."""
    previous = shelf.current()
    with Published.open(candidate) as published:
        quoted = sources.copy_quoted_texts(published, texts, candidate / "texts", covered)
        if quoted.misquoted:
            raise ReleaseRefused(
                f"expected every quote at its place in its bulletin, found {len(quoted.misquoted)} elsewhere, first "
                f"{quoted.misquoted[0]}. Read the bulletins again (a changed text needs new spans)."
            )
        changes = notes.changes_since(published, previous.path if previous else None)
        edition = scorecard.Edition(
            release_id=release_id,
            content_hash=digest,
            as_of=as_of,
            code_version=code_version,
            previous=previous.release_id if previous else None,
            attached=frozenset(attachments),
        )
        for name, page in scorecard.render(published, edition, changes, candidate / "texts").items():
            (candidate / name).parent.mkdir(exist_ok=True)
            (candidate / name).write_text(page, encoding="utf-8")
        for name, page in notes.render(changes, edition).items():
            (candidate / name).write_text(page, encoding="utf-8")
        manifest: dict[str, Any] = {
            "format": 1,
            "release_id": release_id,
            "content_hash": digest,
            "as_of": as_of.isoformat(),
            "code_version": code_version,
            "sequence": max((release.sequence for release in shelf.newest_first()), default=0) + 1,
            "supersedes": previous.release_id if previous else None,
            "inputs": [
                {
                    "artefact": document.artefact,
                    "file": document.file,
                    "published_on": document.published_on.isoformat() if document.published_on else None,
                    "status": document.status,
                }
                for document in published.inputs
            ],
            "gates": {
                "reports": [dataclasses.asdict(report) for report in sorted(gates, key=lambda report: report.gate)],
                "findings_by_effect": published.count_by("publication.gate_verdict", "effect"),
            },
            "quarantined": len(published.quarantine),
            "quoted_texts": {"copied": quoted.copied, "missing": quoted.missing},
        }
    for folder, source in sorted(attachments.items()):
        shutil.copytree(source, candidate / folder)
    manifest["tables"] = [_table_entry(item, candidate) for item in contents]
    (candidate / "datapackage.json").write_text(
        package.descriptor(release_id, as_of, contents, candidate), encoding="utf-8"
    )
    (candidate / MANIFEST).write_text(
        json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )


def _table_entry(item: TableContent, candidate: Path) -> dict[str, Any]:
    files = export.files_of(item.table)
    return {
        "schema": item.table.schema,
        "table": item.table.name,
        "rows": item.rows,
        "hash": item.hash,
        "primary_key": list(item.table.primary_key),
        "files": {name: _file_hash(candidate / name) for name in (files.parquet, files.csv)},
    }


def _file_hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
