"""dbt as a night uses it: the candidate before the KPI gate, the marts after it, in one database that is kept.

A night builds what changed. The database of the night before is taken up where it is: each large table compares
itself with what should be there (``dbt_project/macros/incremental.sql``), all others are made anew. That holds in any
order of arrival, for any day asked for, and after a night that was killed, because nothing is remembered about a night
but what its committed tables hold. Only another project, another dbt or DuckDB, a database that can't be opened, or a
build that fails on it mean that everything is built from nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import pydantic

from htx import plan
from htx.dbt_process import Result, Results
from htx.home import PROJECT, Home
from ingestion.files import write_bytes

DBT_PROJECT = PROJECT / "dbt_project"
GATES = ("kpi", "release")
_MADE_BY = ("dbt-core", "dbt-duckdb", "duckdb")

log = logging.getLogger(__name__)


class BuildFailed(RuntimeError):
    """dbt ended with an error; the message ends with dbt's own last words."""


class BuildKilled(OSError):
    """dbt was ended by a signal, as a machine that runs out of memory does: trying again may help."""


class Built(pydantic.BaseModel):
    """What dbt built, and whether from nothing."""

    models: int
    tests: int
    full: bool = False


def build_candidate(home: Home, as_of: dt.date) -> Built:
    """Build everything up to the candidate KPI cells, on the database of the night before where that can be used."""
    from expectations.verdicts import write_none

    for name in GATES:
        write_none(home.gates, name)
    selection = ("--exclude", "source:gates+")
    if _can_be_taken_up(home):
        try:
            return _build(home, as_of, "candidate", selection)
        except BuildFailed as error:
            log.warning("%s: building on it failed, so everything is built from nothing. %s", home.build, error)
    start_over(home)
    write_bytes(_made_by(home), fingerprint().encode())
    return _build(home, as_of, "candidate", selection).model_copy(update={"full": True})


def build_marts(home: Home, as_of: dt.date) -> Built:
    """Build the marts and what is published of them, with the KPI gate's verdicts applied."""
    return _build(home, as_of, "marts", ("--select", "source:gates+"))


def start_over(home: Home) -> None:
    """Delete the build database, so that the next night builds everything."""
    _made_by(home).unlink(missing_ok=True)
    home.build.parent.mkdir(parents=True, exist_ok=True)
    for leftover in home.build.parent.glob(f"{home.build.name}*"):
        if leftover.is_file():
            leftover.unlink()
    # dbt does not notice every macro that a changed project calls by way of another one
    (target(home) / "partial_parse.msgpack").unlink(missing_ok=True)
    for phase in ("candidate", "marts"):
        _plan(home, phase).unlink(missing_ok=True)


def dbt(home: Home, as_of: dt.date, *words: str) -> Sequence[Result]:
    """Run one dbt command on the build database; return what became of each node. Raises BuildFailed when it fails."""
    results = target(home) / "results.json"
    command = [
        *(sys.executable, "-m", "htx.dbt_process", str(results), *words),
        *("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)),
        *("--target-path", str(target(home)), "--log-path", str(home.logs / "dbt")),
    ]
    environment = {
        **os.environ,
        "HTX_LAKE": str(home.lake),
        "HTX_BUILD_DB": str(home.build),
        "HTX_GATES": str(home.gates),
        # not --vars, of which another value makes dbt parse the whole project anew
        "HTX_AS_OF": as_of.isoformat(),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    # A subprocess: dbt in-process keeps its locks on the database (dbt-duckdb #616). It inherits the lock on the
    # home, so that a dbt run that outlives a killed refresh is waited for.
    done = subprocess.run(command, env=environment, capture_output=True, text=True, close_fds=False, check=False)
    said = (done.stdout + done.stderr).strip()
    log.info("dbt %s%s", " ".join(words), f"\n{said}" if said else "")
    if done.returncode < 0:
        raise BuildKilled(f"dbt {' '.join(words)} was ended by signal {-done.returncode}; is there memory enough?")
    if done.returncode:
        last_lines = "\n".join(said.splitlines()[-40:])
        raise BuildFailed(f"dbt {' '.join(words)} failed in {DBT_PROJECT}:\n{last_lines}")
    return Results.model_validate_json(results.read_bytes()).root


def target(home: Home) -> Path:
    """Where dbt keeps what it parsed and ran; one for all commands, so that the next finds the project parsed."""
    return home.path / "warehouse" / "dbt"


def fingerprint() -> str:
    """Return what the tables of the build database depend on besides the lake: the dbt project and what runs it."""
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in _MADE_BY).encode())
    digest.update(Path(plan.__file__).read_bytes())
    for path in sorted(path for path in DBT_PROJECT.rglob("*") if path.is_file()):
        place = path.relative_to(DBT_PROJECT)
        if not {"target", "logs"} & set(place.parts):
            digest.update(place.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _can_be_taken_up(home: Home) -> bool:
    """Say whether the database of the night before was made by this project and can be opened."""
    made_by = _made_by(home)
    if not home.build.exists() or not made_by.exists() or made_by.read_text() != fingerprint():
        return False
    import duckdb

    try:
        duckdb.connect(str(home.build)).close()
    except duckdb.Error as error:
        log.warning("%s: can't be opened, so everything is built from nothing. %s", home.build, error)
        return False
    return True


def _made_by(home: Home) -> Path:
    return home.build.with_suffix(".made_by")


def _build(home: Home, as_of: dt.date, phase: str, selection: Sequence[str]) -> Built:
    """Build one phase, and put its data tests to what was built.

    By dbt on the first night of a database and, leaving out what belongs to the project and not to the data, on the
    second; by what was written down of these two on all others.
    """
    kept = _plan(home, phase)
    if not kept.exists():
        # unit tests are of the rules, not of the data
        made = dbt(home, as_of, "build", "--exclude-resource-types", "unit_test", *selection)
        steps = plan.Plan(tests=plan.tests_of(made))
        write_bytes(kept, steps.model_dump_json().encode())
        return Built(models=sum(result.kind in ("model", "seed") for result in made), tests=len(steps.tests))
    steps = plan.Plan.model_validate_json(kept.read_bytes())
    if steps.models:
        _run(steps.models + steps.tests, home, as_of)
    else:
        only_models = ("--exclude-resource-types", "unit_test", "seed", "test")
        made = dbt(home, as_of, "build", "--no-write-json", *only_models, *selection)
        steps.models = plan.models_of(made, home, as_of)
        _run(steps.tests, home, as_of)
        write_bytes(kept, steps.model_dump_json().encode())
    return Built(models=len(steps.models), tests=len(steps.tests))


def _run(steps: Sequence[plan.Step], home: Home, as_of: dt.date) -> None:
    settings = {
        # as in profiles.yml
        "threads": os.environ.get("HTX_DBT_THREADS", "2"),
        "memory_limit": os.environ.get("HTX_DUCKDB_MEMORY", "2GB"),
        "preserve_insertion_order": "false",
        # most of what a night writes is written anew by the next: to pack it is an eighth of the night
        "force_compression": "uncompressed",
    }
    try:
        plan.run(steps, home, as_of, settings)
    except plan.StepsFailed as error:
        raise BuildFailed(str(error)) from error


def _plan(home: Home, phase: str) -> Path:
    return home.path / "warehouse" / f"plan_{phase}.json"
