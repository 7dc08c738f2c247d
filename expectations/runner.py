"""The one runner of all gates: prepares each subject once, lets Great Expectations judge it, writes the verdicts.

Great Expectations costs seconds to import, so it is imported here when a gate runs and nowhere else.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from expectations import contract, reviews, suites, verdicts
from expectations.judge import Failure, GateError, Judge, Judged, text
from expectations.suites import Expectation, Suite
from expectations.verdicts import Check, Verdict

if TYPE_CHECKING:
    import duckdb

__all__ = ["GateError", "GateReport", "run_gate", "write_empty_verdicts"]

# What a suite with `reads_verdicts` finds in the table verdict.found.
_FOUND = ("expectation", "effect", "subject_key", "kpi_cell", "reviewed_by")


@dataclasses.dataclass(frozen=True)
class GateReport:
    """What one gate said: its verdicts (failures only), every check, and where both are written."""

    gate: str
    as_of: dt.date
    verdicts: tuple[Verdict, ...]
    checks: tuple[Check, ...]
    verdict_file: Path
    check_file: Path

    @property
    def stops_release(self) -> bool:
        """True when something failed whose effect is to stop the release."""
        return any(verdict.effect == "stop release" for verdict in self.verdicts)

    @property
    def stop_reasons(self) -> tuple[str, ...]:
        """What stops the release, one sentence for each expectation that does."""
        stopping = [verdict for verdict in self.verdicts if verdict.effect == "stop release"]
        return tuple(
            dict.fromkeys(f"{v.expectation}: {v.reason_en} ({v.subject_key}, found {v.found})" for v in stopping[:20])
        )

    @property
    def expectations(self) -> int:
        """How many expectations were checked."""
        return len(self.checks)

    @property
    def failed(self) -> int:
        """How many expectations at least one subject failed."""
        return sum(not check.success for check in self.checks)

    @property
    def held_cells(self) -> int:
        """How many KPI cells have a number that is held."""
        return len({verdict.kpi_cell for verdict in self.verdicts if verdict.effect == "hold cell"})

    @property
    def held(self) -> tuple[str, ...]:
        """Keys of the candidates that are held, each once, sorted."""
        return tuple(sorted({v.subject_key for v in self.verdicts if v.effect == "hold cell"}))


def write_empty_verdicts(out: Path) -> None:
    """Write the files of a KPI gate that has not spoken yet, so that the first phase of a build works from nothing."""
    verdicts.write_none(out, "kpi")


def run_gate(
    gate: str,
    database: Path,
    out: Path,
    as_of: dt.date,
    *,
    folder: Path = suites.FOLDER,
    previous: Path | None = None,
    reviewed: Path | None = None,
) -> GateReport:
    """Hold the suites of ``gate`` against the build database and write the verdicts under ``out/<gate>/``.

    ``previous`` is the database of the last release, which some suites of the release gate compare with.
    ``reviewed`` is the file of decisions about holds, by default ``reviewed_holds.csv`` in ``folder``.
    A subject that fails is reported, not raised. Raises `suites.SuiteError` for a suite file that can't be used,
    `reviews.ReviewError` for a wrong decision and `GateError` when a query or an expectation itself can't be run: a
    gate that can't speak lets nothing pass.
    """
    loaded = sorted(suites.load(gate, folder), key=lambda suite: suite.subject.reads_verdicts)
    reviewed = reviewed or folder / reviews.FILE
    decisions = reviews.load(reviewed) if gate == "kpi" else ()
    found: list[Verdict] = []
    checks: list[Check] = []
    with _build(database, previous) as connection:
        judge = Judge(connection)
        for suite in loaded:
            if suite.subject.reads_verdicts:
                found = reviews.applied(decisions, found)
                _lay_out(connection, found)
            judged = _judged(judge, connection, suite, as_of)
            found.extend(
                _verdict(suite, each.expectation, failure) for each in judged for failure in _one_each(suite, each)
            )
            checks.extend(_check(suite, each) for each in judged)
    if gate == "kpi" and reviewed.is_file():
        found = reviews.applied(decisions, found)
        unused = reviews.unused(decisions, found)
        found.extend(unused)
        checks.append(reviews.check(decisions, unused))
    verdict_file, check_file = verdicts.write(out, gate, found, checks)
    verdicts.replace(out / gate / "validation.json", json.dumps(judge.documents, default=str).encode())
    return GateReport(gate, as_of, tuple(sorted(found, key=_order)), tuple(sorted(checks)), verdict_file, check_file)


def _judged(judge: Judge, connection: duckdb.DuckDBPyConnection, suite: Suite, as_of: dt.date) -> list[Judged]:
    missing = [table for table in suite.subject.previous if not _exists(connection, f"previous.{table}")]
    if missing:  # nothing to compare with: the first release, or one of before this table was published
        return [Judged(expectation, 0, ()) for expectation in suite.expectations]
    return judge.judge(suite, suite.subject.sql(as_of))


def _one_each(suite: Suite, judged: Judged) -> Iterator[Failure]:
    """The failures of one expectation, each subject once: a join may show it several times."""
    seen: set[str] = set()
    for failure in judged.failures:
        key = text(failure.row[suite.subject.key]) if failure.row else ""
        if key not in seen:
            seen.add(key)
            yield failure


def _verdict(suite: Suite, expectation: Expectation, failure: Failure) -> Verdict:
    subject, row = suite.subject, failure.row
    return Verdict(
        gate=suite.gate,
        suite=suite.name,
        expectation=expectation.id,
        severity=expectation.severity,
        effect=expectation.effect,
        subject_type=subject.type if row else "table",
        subject_key=text(row[subject.key]) if row else subject.name,
        kpi_cell=text(row[subject.cell]) if row and subject.cell and row[subject.cell] is not None else None,
        found=failure.found,
        reason_vi=expectation.reason.vi,
        reason_en=expectation.reason.en,
        value=text(row[subject.value]) if row and subject.value else None,
    )


def _check(suite: Suite, judged: Judged) -> Check:
    expectation = judged.expectation
    return Check(
        gate=suite.gate,
        suite=suite.name,
        expectation=expectation.id,
        severity=expectation.severity,
        effect=expectation.effect,
        protects_vi=expectation.protects.vi,
        protects_en=expectation.protects.en,
        checked=judged.checked,
        failed=sum(1 for _ in judged.failures),
        success=not judged.failures,
    )


def _order(verdict: Verdict) -> tuple[str, str, str, str]:
    return verdict.suite, verdict.expectation, verdict.subject_type, verdict.subject_key


@contextlib.contextmanager
def _build(database: Path, previous: Path | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that finds the build's tables under their own names and the last release's under ``previous``."""
    import duckdb

    if not database.is_file():
        raise GateError(f"{database}: expected the build database, found no file; run the build of phase 1 first")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{_quoted(database)}' as build (read_only)")
        if previous is not None and previous.is_file():
            connection.execute(f"attach '{_quoted(previous)}' as previous (read_only)")
        connection.execute("use build")
        contract.lay_out(connection)
        _lay_out_counts(connection)
        yield connection


def _lay_out_counts(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``counted.table_rows``: rows of each table of the marts in the last release and in this build."""
    connection.execute("create schema memory.counted")
    connection.execute("create table memory.counted.table_rows (name text, rows_before bigint, rows_now bigint)")
    listed = connection.execute(
        "select database_name, schema_name, table_name from duckdb_tables() where schema_name = 'marts'"
        " union select database_name, schema_name, view_name from duckdb_views() where schema_name = 'marts'"
    ).fetchall()
    counted: dict[str, dict[str, int]] = {}
    for database, schema, table in listed:
        (rows,) = connection.execute(f'select count(*) from {database}.{schema}."{table}"').fetchone() or (0,)
        counted.setdefault(f"{schema}.{table}", {})[database] = rows
    for name, rows in sorted(counted.items()):
        connection.execute(
            "insert into memory.counted.table_rows values (?, ?, ?)", [name, rows.get("previous"), rows.get("build")]
        )


def _lay_out(connection: duckdb.DuckDBPyConnection, found: Sequence[Verdict]) -> None:
    import pyarrow as pa

    rows = pa.table({name: pa.array([getattr(v, name) for v in found], pa.string()) for name in _FOUND})
    connection.register("verdicts_found", rows)
    connection.execute("create schema if not exists memory.verdict")
    connection.execute("create or replace table memory.verdict.found as select * from verdicts_found")
    connection.unregister("verdicts_found")


def _exists(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    catalog, schema, name = table.split(".")
    found = connection.execute(
        "select 1 from duckdb_tables() where database_name = ? and schema_name = ? and table_name = ?",
        [catalog, schema, name],
    ).fetchone()
    return found is not None


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
