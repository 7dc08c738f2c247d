"""The kinds of fault that stop a release as a whole: no document brings them, so the candidate itself gets them.

Each kind is SQL on a copy of a candidate that the gate has let through, and names the expectations that fail then.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import duckdb

from expectations.runner import GateReport, run_gate
from tests.matrix.stations import AS_OF

_ONE_RESULT = "result_key = (select min(result_key) from marts.fct_kpi_result where {where})"
_ONE_ATTAINMENT = "attainment_key = (select min(attainment_key) from marts.fct_kpi_attainment where {where})"


def _result(change: str, where: str = "not is_held") -> str:
    return f"update marts.fct_kpi_result set {change} where {_ONE_RESULT.format(where=where)}"


def _target(change: str, where: str = "not is_held") -> str:
    chosen = f"(select min(target_key) from marts.fct_kpi_target where {where})"
    return f"update marts.fct_kpi_target set {change} where target_key = {chosen}"


def _attainment(change: str, where: str) -> str:
    return f"update marts.fct_kpi_attainment set {change} where {_ONE_ATTAINMENT.format(where=where)}"


def _twice(table: str, key: str, where: str = "true") -> str:
    return f"insert into {table} select * from {table} where {key} = (select max({key}) from {table} where {where})"


_STALE = "is_stale and held_result_key is not null"

# kind → the expectations that it trips, the SQL
KINDS: dict[str, tuple[frozenset[str], str]] = {
    "result_without_key": (
        frozenset({"published_result_key_present"}),
        _result("result_key = null", "not is_held and result_key not in "
                "(select result_key from marts.fct_kpi_attainment where result_key is not null)"),
    ),
    "result_twice": (
        frozenset({"published_result_key_unique"}), _twice("marts.fct_kpi_result", "result_key", "is_held")),
    "result_without_evidence": (frozenset({"published_result_has_evidence"}), _result("quote = null, cells = null")),
    "result_without_number": (
        frozenset({"published_result_has_value"}),
        _result("value = null", "not is_held and result_key not in "
                "(select result_key from marts.fct_kpi_attainment where result_key is not null)"),
    ),
    "held_result_shown": (frozenset({"held_result_shows_no_value"}), _result("value = 36000", "is_held")),
    "target_without_key": (
        frozenset({"published_target_key_present"}), _target("target_key = null", "is_held"),
    ),
    "target_twice": (
        frozenset({"published_target_key_unique"}), _twice("marts.fct_kpi_target", "target_key", "is_held")),
    "target_without_evidence": (frozenset({"published_target_has_evidence"}), _target("quote = null, cells = null")),
    "held_target_shown": (frozenset({"held_target_shows_no_value"}), _target("value = 36000", "is_held")),
    "attainment_twice": (
        frozenset({"attainment_key_unique"}), _twice("marts.fct_kpi_attainment", "attainment_key")),
    "strange_status": (
        frozenset({"attainment_status_known"}), _attainment("status = 'splendid'", "status = 'achieved'")),
    "held_result_used": (
        frozenset({"attainment_uses_no_held_result", "attainment_value_has_its_result"}),
        _attainment("result_key = held_result_key", _STALE)),
    "held_target_used": (
        frozenset({"attainment_shows_no_held_target"}),
        _attainment("target_key = held_target_key", "held_target_key is not null and target_value is not null")),
    "value_of_no_result": (
        frozenset({"attainment_value_has_its_result"}),
        _attainment("result_key = null", "result_value is not null and not is_stale")),
    "compared_with_nothing": (
        frozenset({"attainment_without_data_is_not_compared"}),
        # not the one of `strange_status`
        _attainment("status = 'no_data'", "ratio is not null and not is_stale and status <> 'splendid'")),
    "stale_without_reason": (
        frozenset({"attainment_stale_says_why"}), _attainment("stale_artefact = null", _STALE)),
    "held_cell_shown": (
        frozenset({"attainment_held_shows_no_value"}), _attainment("is_held = true, is_stale = false", _STALE)),
    "lost_over_the_merger": (
        frozenset({"conservation_over_the_merger"}),
        "update intermediate.int_conservation set lost = 1 where measure = "
        "(select min(measure) from intermediate.int_conservation)"),
    "no_indicators": (
        frozenset({"dimension_has_rows", "table_rows_not_halved"}), "delete from marts.dim_indicator"),
    "a_province_too_many": (
        frozenset({"provinces_of_their_day"}),
        "insert into marts.dim_province select * from marts.dim_province where valid_to is null limit 1"),
    "record_twice": (
        frozenset({"record_keys_unique"}), _twice("marts.fct_finance_loan", "loan_key")),
    "share_restated": (
        frozenset({"not_restatable_has_no_value"}),
        "update marts.fct_kpi_series_restated set restatement = 'not_restatable' where restated_key = (select "
        "min(restated_key) from marts.fct_kpi_series_restated where value is not null)"),
    "partial_sum_unmarked": (
        frozenset({"partial_sum_says_so"}),
        "update marts.fct_kpi_series_restated set restatement = 'complete', parts_reported = 0 where restated_key = "
        "(select max(restated_key) from marts.fct_kpi_series_restated where value is not null)"),
    "column_gone": (frozenset({"schema_as_declared"}), "alter table marts.fct_training_class drop column learners"),
    "column_of_another_type": (
        frozenset({"schema_as_declared"}), "alter table marts.fct_finance_loan alter column term_months type varchar"),
    "rows_halved": (
        frozenset({"table_rows_not_halved"}),
        # not the one of `record_twice`
        "delete from marts.fct_finance_loan where hash(loan_key) % 4 > 0 and loan_key <> "
        "(select max(loan_key) from marts.fct_finance_loan)"),
    "coverage_collapsed": (
        frozenset({"coverage_not_collapsed"}), "update publication.release_input set status = 'gone'"),
    "programme_halved": (
        frozenset({"programme_cells_not_halved"}),
        "update marts.fct_kpi_result set programme = null where programme = "
        "(select min(programme) from marts.fct_kpi_result)"),
    "mostly_unread": (
        frozenset({"most_is_read"}), "update marts.dim_artefact set quarantined = 100, records = 1"),
}  # fmt: skip

# Expectations of this gate that cannot stop a release: they warn.
WARNINGS = frozenset({"schema_kept", "table_rows_not_fallen", "coverage_kept", "programme_cells_not_fallen"})


def judged(build: Path, previous: Path, kinds: Iterable[str], scratch: Path) -> GateReport:
    """Tamper with a copy of a candidate and hold the release gate against it; the copy is gone afterwards."""
    candidate = scratch / "candidate.duckdb"
    shutil.copyfile(build, candidate)
    with duckdb.connect(str(candidate)) as connection:
        _as_released(connection)
        for kind in kinds:
            connection.execute(KINDS[kind][1])
        connection.execute("checkpoint")
    report = run_gate("release", candidate, scratch / "gates", AS_OF, previous=previous)
    candidate.unlink()
    return report


def _as_released(connection: duckdb.DuckDBPyConnection) -> None:
    """Make tables of what the candidate has as views, as a release does: only they can be tampered with."""
    views = connection.execute(
        "select schema_name, view_name from duckdb_views() where schema_name = 'marts'"
    ).fetchall()
    for _, view in views:
        connection.execute(f"create table marts.copy_of_{view} as from marts.{view}")
    for _, view in views:
        connection.execute(f"drop view marts.{view}")
        connection.execute(f"alter table marts.copy_of_{view} rename to {view}")


def stops(report: GateReport) -> set[str]:
    """The expectations that stop the release."""
    return {verdict.expectation for verdict in report.verdicts if verdict.effect == "stop release"}
