"""The steps of a night as plain functions: what each takes, does and reports. Airflow gives them their order.

Each step can be killed at any moment and run again; each reports the rows it took in and gave out.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pydantic

from htx.home import PROJECT, Home
from ingestion.archive import Archive
from ingestion.documents import Quarantined, UnreadableDocument
from ingestion.drop_folder import Intake, take_in
from ingestion.files import remove_leftovers, write_bytes
from ingestion.lake import Lake
from ingestion.sources import Source, adhoc, load_sources

TIME_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
GATES = ("kpi", "release")
STOPS_RELEASE = "stop release"
BATCH = 200  # originals read by one task: large enough to be worth a task, small enough to spread over workers

log = logging.getLogger(__name__)


class Fetched(pydantic.BaseModel):
    """What one source brought."""

    source: str
    delivered: int
    new: int
    known: int
    problems: int


class Read(pydantic.BaseModel):
    """What one batch of originals gave."""

    artefacts: int
    quarantined_artefacts: int
    records: int
    statements: int
    quarantined: int


class Built(pydantic.BaseModel):
    """What dbt built."""

    models: int
    tests: int


class Gated(pydantic.BaseModel):
    """What a gate decided."""

    gate: str
    expectations: int
    failed: int
    held: int


class Published(pydantic.BaseModel):
    """What was published; not `new` when the content is that of the current release."""

    release_id: str
    new: bool


class RunReport(pydantic.BaseModel):
    """The whole night, for the summary and the digest."""

    as_of: dt.date
    fetched: list[Fetched]
    read: list[Read]
    gates: list[Gated]
    published: Published


class GateStopped(Exception):
    """The release gate found what must not be published."""


def local_date(moment: dt.datetime) -> dt.date:
    """Return the date of `moment` where the warehouse works."""
    return moment.astimezone(TIME_ZONE).date()


def sources_of(inbox: str | None) -> list[Source]:
    """Return the sources of this night: the folder somebody named, else the registered ones."""
    return [adhoc(Path(inbox))] if inbox else load_sources()


def prepare(home: Home) -> None:
    """Make the lake's folders and take away what a killed night left half written."""
    Lake(home.lake).prepare()
    for folder in (home.archive, home.lake, home.texts, home.gates):
        remove_leftovers(folder)


def fetch(home: Home, source: Source) -> Fetched:
    """Archive what a source has; a source that can't be reached is reported and never ends the night."""
    folder = source.path if source.path.is_absolute() else PROJECT / source.path
    try:
        intake = take_in(source, folder, Archive(home.archive), dt.datetime.now(dt.UTC))
    except UnreadableDocument as error:
        log.error("source %s: %s", source.name, error)
        problem = Quarantined("landing", error.place, error.expected, error.found, f"{error.reason}. {error.advice}")
        intake = Intake(source.name, 0, 0, ((".", problem),))
    rows = [
        {
            "file": file,
            "gate": problem.gate,
            "place": problem.place,
            "field": problem.field,
            "expected": problem.expected,
            "found": problem.found,
            "reason": problem.reason,
        }
        for file, problem in intake.problems
    ]
    Lake(home.lake).write("quarantine", f"source.{source.name}", rows)
    return Fetched(
        source=source.name, delivered=intake.delivered, new=intake.new, known=intake.known, problems=len(rows)
    )


def batches(home: Home) -> list[list[str]]:
    """Return the originals to read, in batches; none when everything has been read."""
    from ingestion.reading import unread

    artefacts = unread(Archive(home.archive), Lake(home.lake))
    return [artefacts[start : start + BATCH] for start in range(0, len(artefacts), BATCH)]


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
    import dataclasses

    from ingestion.programmes import load_programmes, unregistered

    lake = Lake(home.lake)
    registry = load_programmes()
    named = [
        (row["programme_text"], row["province"], row["publisher"])
        for row in lake.read("artefact", ["programme_text", "province", "publisher"])
        if row["programme_text"]
    ]
    programmes = [*registry, *unregistered(named, registry)]
    lake.write("programme", "registry", [dataclasses.asdict(programme) for programme in programmes])
    return len(programmes)


def inputs_hash(home: Home, as_of: dt.date) -> str:
    """Return what a release depends on, as one hash: the readings, the configuration, the code, the date."""
    digest = hashlib.sha256(as_of.isoformat().encode())
    lake = Lake(home.lake)
    for record_type, columns in (("artefact", ["artefact", "reader_version"]), ("programme", None)):
        rows = sorted(json.dumps(row, default=str, sort_keys=True) for row in lake.read(record_type, columns))
        digest.update("\n".join(rows).encode())
    for path in sorted(lake.folder.glob("quarantine/source.*.parquet")):
        digest.update(path.name.encode() + path.read_bytes())
    for room in ("dbt_project", "expectations", "publication"):
        for path in sorted(p for p in (PROJECT / room).rglob("*") if p.is_file() and _is_code(p)):
            digest.update(path.relative_to(PROJECT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def needs_publishing(home: Home, as_of: dt.date) -> bool:
    """Say whether the current release was made of other inputs than there are now."""
    made_of = _published_inputs(home)
    return not home.current.exists() or not made_of.exists() or made_of.read_text() != inputs_hash(home, as_of)


def build_candidate(home: Home, as_of: dt.date) -> Built:
    """Build everything up to the candidate KPI cells."""
    from expectations.verdicts import write_none

    for name in GATES:
        write_none(home.gates, name)
    for leftover in home.build.parent.glob(f"{home.build.name}*"):
        leftover.unlink()
    return _dbt(home, as_of, "candidate", ["--exclude", "source:gates+"])


def build_marts(home: Home, as_of: dt.date) -> Built:
    """Build the marts and what is published of them, with the KPI gate's verdicts applied."""
    return _dbt(home, as_of, "marts", ["--select", "source:gates+"])


def gate(home: Home, name: str, as_of: dt.date) -> Gated:
    """Run the suites of one gate on the candidate; raise GateStopped when the release must not go out."""
    from expectations.runner import run_gate

    report = run_gate(name, home.build, home.gates, as_of)
    stops = [f"{v.expectation}: {v.reason_en} ({v.subject_key})" for v in report.verdicts if v.effect == STOPS_RELEASE]
    if stops:
        raise GateStopped(f"{home.build}: the {name} gate stops this release:\n" + "\n".join(stops[:20]))
    return Gated(
        gate=name,
        expectations=len(report.checks),
        failed=sum(not check.success for check in report.checks),
        held=len(report.held),
    )


def publish(home: Home, as_of: dt.date, gates: Sequence[Gated]) -> Published:
    """Turn the audited candidate into a release and make it the current one."""
    from publication import release

    made_of = inputs_hash(home, as_of)
    reports = [release.GateReport(gate.gate, gate.expectations, gate.failed) for gate in gates]
    result = release.publish(
        home.path, build=home.build, as_of=as_of, gates=reports, code_version=code_version(), texts=home.texts
    )
    write_bytes(_published_inputs(home), made_of.encode())
    return Published(release_id=result.release_id, new=result.new)


def unchanged(home: Home) -> Published:
    """Return the current release, to which this night adds nothing."""
    manifest = json.loads((home.current / "manifest.json").read_bytes())
    return Published(release_id=manifest["release_id"], new=False)


def write_report(home: Home, name: str, report: RunReport) -> Path:
    """Keep the report of a night."""
    path = home.runs / f"{name}.json"
    write_bytes(path, report.model_dump_json(indent=1).encode())
    return path


def code_version() -> str:
    """Return the version of this project, with the commit where it runs from a clone."""
    command = ["git", "-C", str(PROJECT), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        commit = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):  # an image without git or without the history
        commit = "unknown"
    return f"{version('htx-warehouse')}+{commit}"


def _published_inputs(home: Home) -> Path:
    return home.path / "warehouse" / "published_inputs"


def _dbt(home: Home, as_of: dt.date, name: str, selection: list[str]) -> Built:
    target = home.path / "warehouse" / "dbt"  # one for both builds: the second finds the project parsed
    command = [
        *(sys.executable, "-m", "dbt.cli.main", "build"),
        *("--project-dir", str(PROJECT / "dbt_project"), "--profiles-dir", str(PROJECT / "dbt_project")),
        *("--target-path", str(target), "--log-path", str(home.logs / "dbt")),
        *("--vars", json.dumps({"as_of": as_of.isoformat()})),
        *("--exclude-resource-types", "unit_test"),  # they test the rules, not the data
        *selection,
    ]
    environment = {
        **os.environ,
        "HTX_LAKE": str(home.lake),
        "HTX_BUILD_DB": str(home.build),
        "HTX_GATES": str(home.gates),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    # A subprocess: dbt in-process keeps its locks on the database (dbt-duckdb #616). It inherits the lock on the
    # home, so that a dbt run that outlives a killed refresh is waited for.
    done = subprocess.run(command, env=environment, capture_output=True, text=True, close_fds=False, check=False)
    log.info("dbt build (%s)\n%s", name, done.stdout)
    if done.returncode:
        raise RuntimeError(f"dbt build ({name}) failed; see {home.logs / 'dbt'}\n{_last_lines(done.stdout, 40)}")
    return _built(json.loads((target / "run_results.json").read_bytes())["results"])


def _built(results: Iterable[dict[str, Any]]) -> Built:
    kinds = [str(result["unique_id"]).split(".", 1)[0] for result in results]
    return Built(
        models=sum(kind in ("model", "seed", "snapshot") for kind in kinds),
        tests=sum(kind in ("test", "unit_test") for kind in kinds),
    )


def _last_lines(text: str, count: int) -> str:
    return "\n".join(text.splitlines()[-count:])


def _is_code(path: Path) -> bool:
    return not ({"target", "logs", "__pycache__"} & set(path.parts)) and path.suffix not in (".pyc", ".log")
