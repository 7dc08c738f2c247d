"""The runner: what fails is named by its key and cell, what passes is counted, and a gate that can't speak says so."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from expectations.runner import GateError, GateReport, run_gate, write_empty_verdicts
from expectations.verdicts import CHECK_SCHEMA, VERDICT_SCHEMA

AS_OF = dt.date(2026, 11, 22)
SUITE = """
gate: kpi
subject:
  name: claims
  type: kpi_result
  key: k
  cell: c
  query: select k, c, v, low, high from claims order by k
expectations:
  - id: has_value
    type: expect_column_values_to_not_be_null
    kwargs: {column: v}
    protects: {vi: Có số, en: There is a number}
    reason: {vi: Không có số, en: There is no number}
    severity: critical
    effect: hold cell
  - id: within_band
    type: expect_column_pair_values_a_to_be_greater_than_b
    kwargs: {column_A: high, column_B: v, or_equal: true, ignore_row_if: either_value_is_missing}
    found: v
    protects: {vi: Hợp lý, en: It is believable}
    reason: {vi: Quá lớn, en: Too large}
    severity: critical
    effect: hold cell
  - id: enough_claims
    type: expect_table_row_count_to_be_between
    kwargs: {min_value: 100}
    protects: {vi: Đủ số liệu, en: There are enough claims}
    reason: {vi: Quá ít, en: Too few}
    severity: warning
    effect: stop release
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gate") / "build.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table claims as select * from (values ('a', 'cell a', 10, 0, 20), ('b', 'cell b', 514, 0, 20), "
            "('d', 'cell d', null, 0, 20), ('e', 'cell e', 20, 0, 20)) as t (k, c, v, low, high)"
        )
    return path


def gate(database: Path, tmp_path: Path, suite: str) -> GateReport:
    (tmp_path / "suites" / "kpi").mkdir(parents=True)
    (tmp_path / "suites" / "kpi" / "claims.yml").write_text(suite, encoding="utf-8")
    return run_gate("kpi", database, tmp_path / "out", AS_OF, folder=tmp_path / "suites")


def test_what_fails_is_named_and_what_passes_is_counted(database: Path, tmp_path: Path) -> None:
    report = gate(database, tmp_path, SUITE)
    assert [(v.expectation, v.subject_key, v.kpi_cell, v.found) for v in report.verdicts] == [
        ("enough_claims", "claims", None, "4"),
        ("has_value", "d", "cell d", "v = nothing"),
        ("within_band", "b", "cell b", "v = 514"),
    ]
    assert report.held == ("b", "d")
    assert (report.expectations, report.failed, report.held_cells) == (3, 3, 2)
    assert report.stops_release and report.stop_reasons == ("enough_claims: Too few (claims, found 4)",)
    written = pq.read_table(report.verdict_file)
    assert written.schema.equals(VERDICT_SCHEMA) and written.num_rows == 3
    checks = pq.read_table(report.check_file)
    assert checks.schema.equals(CHECK_SCHEMA)
    assert {row["expectation"]: (row["checked"], row["failed"]) for row in checks.to_pylist()} == {
        "enough_claims": (4, 1), "has_value": (4, 1), "within_band": (4, 1),
    }  # fmt: skip


def test_the_same_database_gives_the_same_bytes(database: Path, tmp_path: Path) -> None:
    first = gate(database, tmp_path / "1", SUITE)
    second = gate(database, tmp_path / "2", SUITE)
    assert first.verdict_file.read_bytes() == second.verdict_file.read_bytes()
    assert first.check_file.read_bytes() == second.check_file.read_bytes()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (SUITE.replace("from claims", "from nothing_of_the_kind"), "the query does not run"),
        (SUITE.replace("{column: v}", "{column: nowhere}"), "has_value"),
        (SUITE.replace("expect_column_values_to_not_be_null", "expect_the_impossible"), "has_value"),
    ],
)
def test_a_gate_that_cannot_speak_lets_nothing_pass(database: Path, tmp_path: Path, wrong: str, said: str) -> None:
    with pytest.raises(GateError, match=r"kpi/claims") as refused:
        gate(database, tmp_path, wrong)
    assert said in str(refused.value)


def test_a_missing_database_is_named(tmp_path: Path) -> None:
    with pytest.raises(GateError, match=r"nowhere\.duckdb: expected the build database"):
        gate(tmp_path / "nowhere.duckdb", tmp_path, SUITE)


def test_a_build_from_nothing_finds_empty_verdicts(tmp_path: Path) -> None:
    write_empty_verdicts(tmp_path)
    assert pq.read_table(tmp_path / "kpi" / "verdicts.parquet").num_rows == 0
    assert [file.name for file in sorted((tmp_path / "kpi").iterdir())] == ["checks.parquet", "verdicts.parquet"]


def test_naming_a_gate_costs_no_import_of_the_library() -> None:
    loaded = "import expectations.runner, sys; print({'great_expectations', 'pandas', 'duckdb'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
