"""The steps of a night as plain functions: what each takes, does and reports. Airflow gives them their order.

Each step can be killed at any moment and run again; each reports the rows it took in and gave out.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import logging
import os
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pydantic

from htx.home import PROJECT, Home
from htx.notify import Told
from htx.orchestration import lanes_of
from ingestion import wording
from ingestion.alerts import Alert
from ingestion.archive import Archive
from ingestion.documents import Quarantined, UnreadableDocument
from ingestion.drop_folder import take_in
from ingestion.files import remove_leftovers, write_bytes
from ingestion.intake import Intake
from ingestion.lake import Lake
from ingestion.sources import DropFolder, Source, adhoc, named, readable_sources

if TYPE_CHECKING:
    from ingestion.fetching import Span

TIME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
GATES = ("records", "kpi", "release")
PUBLISHED_SCHEMAS = ("marts", "publication")
HISTORY_PAGES = 500  # of a listing, when a backfill asks a source again; the limits of the source hold all the same
STOPS_RELEASE = "stop release"
BATCH = 200  # originals read by one task: large enough to be worth a task, small enough to spread over workers

_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

log = logging.getLogger(__name__)


class Fetched(pydantic.BaseModel):
    """What one source brought."""

    source: str
    delivered: int
    new: int
    known: int
    problems: int
    changed: int = 0  # known documents that came with other content; the version before stays
    vanished: int = 0  # known documents that are no longer there; what was archived stays
    waiting: int = 0  # documents that are known to be there and have not been taken yet
    alerts: list[Alert] = []  # what people should be told, each with its severity and advice


class Read(pydantic.BaseModel):
    """What one batch of originals gave."""

    artefacts: int
    quarantined_artefacts: int
    records: int
    statements: int
    quarantined: int


class Gated(pydantic.BaseModel):
    """What a gate decided."""

    gate: str
    expectations: int
    failed: int
    held: int
    judged: int = 0  # rows and statements, of the gate that judges them


class Published(pydantic.BaseModel):
    """What was published; not `new` when the content is that of the current release.

    `withdrawn` is the release that said the same and was taken back: that content is not published again by itself.
    """

    release_id: str
    new: bool
    withdrawn: str | None = None


class Served(pydantic.BaseModel):
    """What became of serving the current release from PostgreSQL; `problem` says why it is not served."""

    release_id: str
    rows: int = 0
    loaded: bool = False
    problem: str | None = None


class Asked(pydantic.BaseModel):
    """What somebody wants of a night; nothing of it on an ordinary one."""

    inbox: str | None = None  # a folder to take in instead of the sources
    sources: list[str] | None = None  # only these
    backfill: str | None = None  # a reviewed request in backfills/


class Listed(pydantic.BaseModel):
    """The sources of a night, by lane: those that must be asked one after the other are in the same one."""

    files: int
    lanes: list[list[str]]


class Unread(pydantic.BaseModel):
    """The originals that a night reads, in batches, out of `artefacts`."""

    artefacts: int
    batches: list[list[str]]


class Rows(pydantic.BaseModel):
    """How much the candidate holds: records it was made of, and rows of its tables."""

    records: int
    claims: int  # candidate targets and results, which the KPI gate judges
    tables: int  # all tables
    published: int  # the tables that a release has


class RunReport(pydantic.BaseModel):
    """The whole night, for the summary and the digest."""

    as_of: dt.date
    fetched: list[Fetched]
    read: list[Read]
    gates: list[Gated]
    published: Published | None  # None while nothing has ever been published
    served: Served | None = None  # None where no PostgreSQL is set up
    told: Told | None = None  # None before anybody was told


class GateStopped(Exception):
    """The release gate found what must not be published."""


def local_date(moment: dt.datetime) -> dt.date:
    """Return the date of `moment` where the warehouse works."""
    return moment.astimezone(TIME_ZONE).date()


def sources_of(inbox: str | None) -> list[Source]:
    """Return the sources of this night: the folder somebody named, else the registered ones."""
    if inbox:
        return [adhoc(Path(inbox))]
    sources, errors = readable_sources()
    for error in errors.values():  # one wrong file never costs the other sources; `htx source health` tells it too
        log.error(error)
    return [source for source in sources if source.active]


def asked_sources(home: Home, asked: Asked) -> list[Source]:
    """Return the sources that a night asks; raise DefinitionError when one that somebody named is not registered."""
    from htx import backfill

    if asked.backfill:
        return backfill.load(asked.backfill).sources_of(sources_of(None))
    sources = sources_of(asked.inbox)
    return sources if asked.sources is None else [named(name, sources) for name in asked.sources]


def list_sources(home: Home, asked: Asked) -> Listed:
    """Name the sources of a night in lanes, by the host that they ask."""
    sources = asked_sources(home, asked)
    hosts = {source.name: None if isinstance(source, DropFolder) else source.host for source in sources}
    return Listed(files=len(sources), lanes=lanes_of(hosts))


def fetch_lane(home: Home, lane: Sequence[str], asked: Asked) -> list[Fetched]:
    """Archive what each source of a lane has, one after the other."""
    from htx import backfill

    sources = asked_sources(home, asked) if lane else []
    if not (lane and asked.backfill):
        return [fetch(home, named(name, sources)) for name in lane]
    today = local_date(dt.datetime.now(dt.UTC))
    span = backfill.load(asked.backfill).span(Archive(home.archive), Lake(home.lake), today)
    return [fetch(home, named(name, sources), HISTORY_PAGES, span) for name in lane]


def prepare(home: Home) -> None:
    """Make the lake's folders and take away what a killed night left half written."""
    Lake(home.lake).prepare()
    for folder in (home.archive, home.fetch, home.lake, home.texts, home.gates):
        remove_leftovers(folder)


def fetch(home: Home, source: Source, depth: int | None = None, span: Span | None = None) -> Fetched:
    """Archive what a source has; a source that can't be reached is reported and never ends the night.

    `depth` reads that many pages of a listing whatever is known of them, to fetch history; with a `span` only the
    documents of it are asked for.
    """
    now = dt.datetime.now(dt.UTC)
    archive = Archive(home.archive)
    if isinstance(source, DropFolder):
        intake = _take_in_folder(home, source, archive, now)
    else:
        from ingestion import fetching

        intake = fetching.fetch(source, archive, home.fetch, now, fetching.Settings.from_environment(), depth, span)
    rows = [{"file": file, **wording.worded(problem)} for file, problem in intake.problems]
    Lake(home.lake).write("quarantine", f"source.{source.name}", rows)
    for alert in intake.alerts:
        log.log(_LEVELS[alert.severity], "source %s: %s", source.name, alert)
    return Fetched(
        source=source.name,
        delivered=intake.delivered,
        new=intake.new,
        known=intake.known,
        problems=len(rows),
        changed=intake.changed,
        vanished=intake.vanished,
        waiting=intake.waiting,
        alerts=list(intake.alerts),
    )


def _take_in_folder(home: Home, source: DropFolder, archive: Archive, now: dt.datetime) -> Intake:
    from ingestion.fetching import FetchState, States

    folder = source.path if source.path.is_absolute() else PROJECT / source.path
    states = States(home.fetch)
    state = states.read(source.name) or FetchState(source=source.name)
    try:
        intake = take_in(source, folder, archive, now)
        state.last_success = now
    except UnreadableDocument as error:
        problem = Quarantined("landing", error.place, error.expected, error.found, f"{error.reason}. {error.advice}")
        intake = Intake(source.name, 0, 0, ((".", problem),))
    alerts = tuple(
        Alert(kind="folder_problem", place=f"{folder / file}, {p.place}", expected=p.expected, found=p.found)
        for file, p in intake.problems
    )
    state.first_attempt = state.first_attempt or now
    state.last_attempt, state.alerts = now, list(alerts)
    state.last_new = now if intake.new else state.last_new
    states.write(state)
    return dataclasses.replace(intake, alerts=alerts)


def list_unread(home: Home, asked: Asked) -> Unread:
    """Name the originals to read, in batches; none when everything has been read."""
    from htx import backfill
    from ingestion.reading import unread

    archive = Archive(home.archive)
    artefacts = unread(archive, Lake(home.lake))
    if asked.backfill:
        again = backfill.load(asked.backfill).artefacts(archive, Lake(home.lake))
        artefacts = sorted({*artefacts, *again})
    batches = [artefacts[start : start + BATCH] for start in range(0, len(artefacts), BATCH)]
    return Unread(artefacts=sum(1 for _ in home.archive.glob("??/*.json")), batches=batches)


def read(home: Home, artefacts: Sequence[str]) -> Read:
    """Read originals into the lake."""
    from ingestion.reading import read_artefacts

    readings = list(read_artefacts(artefacts, Archive(home.archive), Lake(home.lake), home.texts))
    return Read(
        artefacts=len(readings),
        quarantined_artefacts=sum(reading.status == "quarantined" for reading in readings),
        records=sum(reading.records for reading in readings),
        statements=sum(reading.statements for reading in readings),
        quarantined=sum(reading.quarantined for reading in readings),
    )


def register_programmes(home: Home) -> int:
    """Write the programme registry to the lake, with the programmes that only an index names."""
    from ingestion.programmes import load_programmes, unregistered

    lake = Lake(home.lake)
    registry = load_programmes()
    named = [
        (row["programme_text"], row["province"], row["publisher"])
        for row in lake.artefacts(["programme_text", "province", "publisher"])
        if row["programme_text"]
    ]
    programmes = [*registry, *unregistered(named, registry)]
    lake.write("programme", "registry", [dataclasses.asdict(programme) for programme in programmes])
    return len(programmes)


def inputs_hash(home: Home, as_of: dt.date) -> str:
    """Return what a release depends on, as one hash: the readings, the configuration, the code, the date."""
    digest = hashlib.sha256(as_of.isoformat().encode())
    lake = Lake(home.lake)
    for made_of in (lake.artefacts(["artefact", "reader_version"]), lake.read("programme")):
        rows = sorted(json.dumps(row, default=str, sort_keys=True) for row in made_of)
        digest.update("\n".join(rows).encode())
    for path in sorted(lake.folder.glob("quarantine/source.*.parquet")):
        digest.update(path.name.encode() + path.read_bytes())
    for room in ("dbt_project", "expectations", "publication"):
        for path in sorted(p for p in (PROJECT / room).rglob("*") if p.is_file() and _is_code(p)):
            digest.update(path.relative_to(PROJECT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def records_gate(home: Home) -> Gated:
    """Judge the rows and statements of documents that were not judged yet, or not with these suites."""
    from expectations.records import AUDITED, fingerprint, run_records_gate
    from ingestion.workbooks.layouts import list_layouts

    lake = Lake(home.lake)
    suites = fingerprint()
    audits = {
        row["artefact"]: hashlib.sha256(f"{suites} {row['reader_version']}".encode()).hexdigest()
        for row in lake.artefacts(["artefact", "reader_version"])
    }
    judged = lake.read("record_verdict", ["artefact", "effect", "audit"])
    done = {row["artefact"]: row["audit"] for row in judged if row["effect"] == AUDITED}
    due = {artefact: audit for artefact, audit in audits.items() if done.get(artefact) != audit}
    tolerances = {layout.layout: layout.tolerances.quarantined_share for layout in list_layouts()}
    report = run_records_gate(home.lake, due, out=home.gates, tolerances=tolerances)
    for artefact, verdicts in report.verdicts.items():
        lake.write("record_verdict", artefact, [dataclasses.asdict(verdict) for verdict in verdicts])
    return Gated(
        gate="records",
        expectations=report.expectations,
        failed=report.failed,
        held=report.quarantined,
        judged=report.judged,
    )


def needs_publishing(home: Home, as_of: dt.date) -> bool:
    """Say whether the current release was made of other inputs than there are now, and note what those are."""
    made_of, candidate = _published_inputs(home), _Inputs(as_of=as_of, hash=inputs_hash(home, as_of))
    write_bytes(_candidate_inputs(home), candidate.model_dump_json().encode())
    return not home.current.exists() or not made_of.exists() or made_of.read_text() != candidate.hash


def gate(home: Home, name: str, as_of: dt.date) -> Gated:
    """Run the suites of one gate on the candidate; raise GateStopped when the release must not go out."""
    from expectations.runner import run_gate

    report = run_gate(name, home.build, home.gates, as_of, previous=_comparable(home, as_of))
    stops = [f"{v.expectation}: {v.reason_en} ({v.subject_key})" for v in report.verdicts if v.effect == STOPS_RELEASE]
    if stops:
        raise GateStopped(f"{home.build}: the {name} gate stops this release:\n" + "\n".join(stops[:20]))
    return Gated(
        gate=name,
        expectations=len(report.checks),
        failed=sum(not check.success for check in report.checks),
        held=len(report.held),
    )


def _comparable(home: Home, as_of: dt.date) -> Path | None:
    """The database of the current release; none when it speaks for a later day, which knows more by right."""
    manifest = home.current / "manifest.json"
    if not manifest.is_file() or dt.date.fromisoformat(json.loads(manifest.read_bytes())["as_of"]) > as_of:
        return None
    return home.current / "htx.duckdb"


def publish(home: Home, as_of: dt.date, gates: Sequence[Gated]) -> Published:
    """Turn the audited candidate into a release and make it the current one.

    Raises GateStopped when another run has begun a candidate for another day meanwhile.
    """
    from htx import documentation
    from publication import release

    # As they were before the candidate was built: what has come since is in the next one, and looked for again.
    noted = _candidate_inputs(home)
    if noted.exists():
        inputs = _Inputs.model_validate_json(noted.read_bytes())
    else:
        inputs = _Inputs(as_of=as_of, hash=inputs_hash(home, as_of))
    if inputs.as_of != as_of:
        raise GateStopped(
            f"{home.build}: expected the candidate of {as_of}, found that of {inputs.as_of}: another run has begun "
            "one meanwhile. Run this night again."
        )
    reports = [release.GateReport(gate.gate, gate.expectations, gate.failed) for gate in gates]
    result = release.publish(
        home.path,
        build=home.build,
        as_of=as_of,
        gates=reports,
        code_version=code_version(),
        texts=home.texts,
        attachments=documentation.attachments(home),
    )
    write_bytes(_published_inputs(home), inputs.hash.encode())
    noted.unlink(missing_ok=True)
    return Published(release_id=result.release_id, new=result.new, withdrawn=result.withdrawn)


def serve(home: Home) -> Served | None:
    """Serve the current release from the PostgreSQL that is set up; None where there is none.

    A load that fails costs the night nothing: what was served before still is, the digest says why, and the next night
    tries again, whether it has a new release or not.
    """
    from htx import postgres
    from publication.serving import ServingFailed
    from publication.shelf import Shelf

    if postgres.configured() is None:
        return None
    current = Shelf(home.path).required_current()
    try:
        served = postgres.serve(current)
    except ServingFailed as problem:
        log.error(problem)
        return Served(release_id=current.release_id, problem=str(problem))
    assert served is not None
    return Served(release_id=served.release_id, rows=served.rows, loaded=served.loaded)


def rows(home: Home) -> Rows:
    """Count what is in the candidate, from DuckDB's own table statistics."""
    import duckdb

    with duckdb.connect(str(home.build), read_only=True) as database:
        sizes = database.execute("select schema_name, table_name, estimated_size from duckdb_tables()").fetchall()
        views = database.execute("select schema_name, view_name from duckdb_views() where not internal").fetchall()
        sizes += [
            (schema, view, *database.execute(f"select count(*) from {schema}.{view}").fetchall()[0])
            for schema, view in views
            if schema in PUBLISHED_SCHEMAS
        ]
        artefacts = {schema for schema, table, _ in sizes if table == "dim_artefact"}
        records = [
            database.execute(f"select coalesce(sum(records + statements), 0) from {schema}.dim_artefact").fetchall()
            for schema in artefacts
        ]
    return Rows(
        records=sum(int(count) for [(count,)] in records),
        claims=sum(size for _, table, size in sizes if table.startswith("int_kpi_") and table.endswith("_candidates")),
        tables=sum(size for *_, size in sizes),
        published=sum(size for schema, _, size in sizes if schema in PUBLISHED_SCHEMAS),
    )


def released_rows(home: Home) -> int:
    """Return how many rows the tables of the current release have."""
    from publication.shelf import Shelf

    return Shelf(home.path).required_current().rows


def unchanged(home: Home) -> Published | None:
    """Return the current release, to which this night adds nothing; None before the first."""
    if not home.current.exists():
        return None
    from publication.shelf import Shelf

    newest, current = Shelf(home.path).newest_first()[0], Shelf(home.path).required_current()
    withdrawn = newest.release_id if newest.withdrawn is not None and not newest.is_current else None
    return Published(release_id=current.release_id, new=False, withdrawn=withdrawn)


def write_report(home: Home, name: str, report: RunReport) -> Path:
    """Keep the report of a night."""
    path = home.runs / f"{name}.json"
    write_bytes(path, report.model_dump_json(indent=1).encode())
    return path


def code_version() -> str:
    """Return the version of this project, with the commit where it runs from a clone or an image that names it."""
    if built := os.environ.get("HTX_COMMIT"):
        return f"{version('htx-warehouse')}+{built}"
    command = ["git", "-C", str(PROJECT), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        commit = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):  # an image without git or without the history
        commit = "unknown"
    return f"{version('htx-warehouse')}+{commit}"


class _Inputs(pydantic.BaseModel):
    """What a candidate is made of."""

    as_of: dt.date
    hash: str


def _candidate_inputs(home: Home) -> Path:
    return home.path / "warehouse" / "candidate_inputs.json"


def _published_inputs(home: Home) -> Path:
    return home.path / "warehouse" / "published_inputs"


def _is_code(path: Path) -> bool:
    return not ({"target", "logs", "__pycache__"} & set(path.parts)) and path.suffix not in (".pyc", ".log")
