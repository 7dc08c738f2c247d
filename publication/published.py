"""The published tables as typed rows: what the scorecard, `htx explain` and the diff read.

Only a release (or the candidate about to become one) is read here, never the database that dbt builds.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import duckdb

from publication.catalogue import attach, connect, identifier


class UnexpectedTable(Exception):
    """A release lacks a table or a column that publication needs."""


@dataclasses.dataclass(frozen=True)
class Province:
    TABLE: ClassVar[str] = "marts.dim_province"
    province_key: str
    code: str
    name_vi: str
    name_en: str
    short_name: str
    valid_from: dt.date
    valid_to: dt.date | None
    successor_key: str | None
    current_province_key: str
    territory_key: str | None
    is_current: bool


@dataclasses.dataclass(frozen=True)
class Programme:
    TABLE: ClassVar[str] = "marts.dim_programme"
    programme: str
    name_vi: str | None
    name_en: str | None
    province_key: str | None
    starts_on: dt.date | None
    ends_on: dt.date | None
    legal_basis: str | None
    publisher: str | None
    registered: bool


@dataclasses.dataclass(frozen=True)
class Indicator:
    TABLE: ClassVar[str] = "marts.dim_indicator"
    indicator: str
    domain: str
    unit: str
    measure: str
    direction: str
    name_vi: str
    name_en: str


@dataclasses.dataclass(frozen=True)
class Artefact:
    TABLE: ClassVar[str] = "marts.dim_artefact"
    artefact: str
    source: str | None
    file: str | None
    kind: str | None
    title: str | None
    published_on: dt.date | None
    province_key: str | None
    province_text: str | None
    publisher: str | None
    programme: str | None
    status: str
    records: int | None
    statements: int | None
    quarantined: int | None
    ignored: int | None


@dataclasses.dataclass(frozen=True)
class Claim:
    """What a target and a result have in common: a number, and where it was written."""

    kpi_cell: str
    programme: str | None
    indicator: str
    scope: str | None
    scope_note: str | None
    province_key: str | None
    period_start: dt.date | None
    period_end: dt.date | None
    qualifier: str | None
    value: Decimal | None
    value_high: Decimal | None
    unit: str | None
    origin: str | None
    published_on: dt.date | None
    artefact: str | None
    file: str | None
    sheet: str | None
    cells: str | None
    quote: str | None
    span_start: int | None
    span_end: int | None
    sentence: str | None
    is_held: bool
    held_by: str | None
    held_reason_vi: str | None
    held_reason_en: str | None


@dataclasses.dataclass(frozen=True)
class Target(Claim):
    TABLE: ClassVar[str] = "marts.fct_kpi_target"
    target_key: str
    basis: str
    derivation_vi: str | None
    derivation_en: str | None
    input_keys: str | None
    superseded_by: str | None


@dataclasses.dataclass(frozen=True)
class Result(Claim):
    TABLE: ClassVar[str] = "marts.fct_kpi_result"
    result_key: str
    source_system: str | None
    computation_vi: str | None
    computation_en: str | None
    rows_counted: int | None
    input_keys: str | None


@dataclasses.dataclass(frozen=True)
class Attainment:
    TABLE: ClassVar[str] = "marts.fct_kpi_attainment"
    attainment_key: str
    target_key: str
    evaluated_on: dt.date
    programme: str | None
    indicator: str
    scope: str | None
    scope_note: str | None
    province_key: str | None
    basis: str
    period_start: dt.date | None
    period_end: dt.date | None
    qualifier: str | None
    target_value: Decimal | None
    target_value_high: Decimal | None
    unit: str | None
    result_key: str | None
    result_keys: str | None
    results_used: int | None
    result_value: Decimal | None
    result_qualifier: str | None
    result_origin: str | None
    result_period_start: dt.date | None
    result_period_end: dt.date | None
    baseline_result_key: str | None
    baseline_value: Decimal | None
    ratio: Decimal | None
    gap: Decimal | None
    expected_value: Decimal | None
    status: str
    is_stale: bool
    is_held: bool
    stale_since: dt.date | None
    stale_days: int | None
    stale_expectation: str | None
    stale_artefact: str | None
    stale_reason_vi: str | None
    stale_reason_en: str | None
    held_result_key: str | None
    held_target_key: str | None
    evidence_vi: str | None
    evidence_en: str | None


@dataclasses.dataclass(frozen=True)
class TargetConflict:
    TABLE: ClassVar[str] = "marts.fct_target_conflict"
    conflict_key: str
    programme: str | None
    indicator: str
    province_key: str | None
    target_key: str
    other_target_key: str
    conflict_vi: str | None
    conflict_en: str | None


@dataclasses.dataclass(frozen=True)
class Discrepancy:
    TABLE: ClassVar[str] = "marts.fct_discrepancy"
    discrepancy_key: str
    programme: str | None
    indicator: str
    scope: str | None
    scope_note: str | None
    province_key: str | None
    period_start: dt.date | None
    period_end: dt.date | None
    unit: str | None
    chosen_result_key: str
    other_result_key: str
    difference: Decimal | None
    difference_pct: Decimal | None
    is_explained_by_wording: bool
    chosen_by: str
    age_days: int | None


@dataclasses.dataclass(frozen=True)
class SeriesPoint:
    TABLE: ClassVar[str] = "marts.fct_kpi_series"
    programme: str | None
    indicator: str
    scope: str | None
    scope_note: str | None
    province_key: str
    source_system: str | None
    period_start: dt.date | None
    period_end: dt.date | None
    value: Decimal | None  # None where all that was reported is held
    unit: str | None
    result_key: str | None


@dataclasses.dataclass(frozen=True)
class RestatedPoint:
    TABLE: ClassVar[str] = "marts.fct_kpi_series_restated"
    restated_key: str
    indicator: str
    scope: str | None
    scope_note: str | None
    province_key: str
    source_system: str | None
    period_start: dt.date | None
    period_end: dt.date | None
    qualifier: str | None
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    unit: str | None
    restatement: str | None
    parts_expected: int | None
    parts_reported: int | None
    result_keys: str | None
    is_stale: bool
    stale_reason_vi: str | None
    stale_reason_en: str | None


@dataclasses.dataclass(frozen=True)
class ReportDue:
    TABLE: ClassVar[str] = "marts.fct_reporting_coverage"
    coverage_key: str
    duty: str
    province_key: str
    year: int
    due_on: dt.date | None
    legal_basis: str | None
    documents: int
    received_on: dt.date | None
    status: str


@dataclasses.dataclass(frozen=True)
class Check:
    TABLE: ClassVar[str] = "publication.gate_check"
    gate: str
    suite: str | None
    expectation: str
    severity: str | None
    effect: str | None
    protects_vi: str | None
    protects_en: str | None
    checked: int | None
    failed: int | None


@dataclasses.dataclass(frozen=True)
class Verdict:
    TABLE: ClassVar[str] = "publication.gate_verdict"
    gate: str
    expectation: str
    severity: str | None
    effect: str | None
    subject_type: str | None
    subject_key: str | None
    kpi_cell: str | None
    found: str | None
    reason_vi: str | None
    reason_en: str | None
    reviewed_by: str | None
    reviewed_on: dt.date | None
    review_reason: str | None


@dataclasses.dataclass(frozen=True)
class QuarantineEntry:
    TABLE: ClassVar[str] = "publication.quarantine"
    artefact: str | None
    file: str | None
    gate: str | None
    sheet: str | None
    place: str | None
    field: str | None
    expected_vi: str | None
    expected_en: str | None
    found: str | None
    found_vi: str | None
    reason_vi: str | None
    reason_en: str | None
    advice_vi: str | None
    advice_en: str | None


@dataclasses.dataclass(frozen=True)
class ReleaseInput:
    TABLE: ClassVar[str] = "publication.release_input"
    artefact: str
    file: str | None
    published_on: dt.date | None
    status: str | None


_Row = TypeVar(
    "_Row",
    Province,
    Programme,
    Indicator,
    Artefact,
    Target,
    Result,
    Attainment,
    TargetConflict,
    Discrepancy,
    SeriesPoint,
    RestatedPoint,
    ReportDue,
    Check,
    Verdict,
    QuarantineEntry,
    ReleaseInput,
)


def read_rows(connection: duckdb.DuckDBPyConnection, kind: type[_Row]) -> list[_Row]:
    """All rows of the table of `kind`, sorted by all its columns; `UnexpectedTable` when a column is missing."""
    columns = [field.name for field in dataclasses.fields(kind)]
    try:
        rows = connection.execute(
            f"SELECT {', '.join(identifier(column) for column in columns)} FROM {kind.TABLE} ORDER BY ALL"
        ).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException) as problem:
        raise UnexpectedTable(
            f"{kind.TABLE}: expected a table with the columns {', '.join(columns)}; found: {problem}. "
            "Build the models marts and publication again, or publish with the version that built them."
        ) from problem
    return [kind(**dict(zip(columns, row, strict=True))) for row in rows]


class Published:
    """The tables of one release, read once each when first asked for."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    @classmethod
    def open(cls, release: Path) -> Published:
        """Open the database of a release directory; the caller closes it with `close`.

        It is attached to a connection of its own: opened directly, DuckDB would refuse while the same process
        has it open with other settings.
        """
        connection = connect()
        attach(connection, release / "htx.duckdb", "release")
        connection.execute("USE release")
        return cls(connection)

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Published:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def provinces(self) -> dict[str, Province]:
        return {row.province_key: row for row in read_rows(self.connection, Province)}

    @cached_property
    def programmes(self) -> dict[str, Programme]:
        return {row.programme: row for row in read_rows(self.connection, Programme)}

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        return {row.indicator: row for row in read_rows(self.connection, Indicator)}

    @cached_property
    def artefacts(self) -> dict[str, Artefact]:
        return {row.artefact: row for row in read_rows(self.connection, Artefact)}

    @cached_property
    def targets(self) -> dict[str, Target]:
        return {row.target_key: row for row in read_rows(self.connection, Target)}

    @cached_property
    def results(self) -> dict[str, Result]:
        return {row.result_key: row for row in read_rows(self.connection, Result)}

    @cached_property
    def attainments(self) -> list[Attainment]:
        return read_rows(self.connection, Attainment)

    @cached_property
    def target_conflicts(self) -> list[TargetConflict]:
        return read_rows(self.connection, TargetConflict)

    @cached_property
    def discrepancies(self) -> list[Discrepancy]:
        return read_rows(self.connection, Discrepancy)

    @cached_property
    def series(self) -> list[SeriesPoint]:
        return read_rows(self.connection, SeriesPoint)

    @cached_property
    def restated(self) -> list[RestatedPoint]:
        return read_rows(self.connection, RestatedPoint)

    @cached_property
    def reports_due(self) -> list[ReportDue]:
        return read_rows(self.connection, ReportDue)

    @cached_property
    def checks(self) -> list[Check]:
        return read_rows(self.connection, Check)

    @cached_property
    def verdicts(self) -> list[Verdict]:
        return read_rows(self.connection, Verdict)

    @cached_property
    def quarantine(self) -> list[QuarantineEntry]:
        return read_rows(self.connection, QuarantineEntry)

    @cached_property
    def inputs(self) -> list[ReleaseInput]:
        return read_rows(self.connection, ReleaseInput)

    def count_by(self, table: str, column: str) -> dict[Any, int]:
        """Rows of `table` for each value of `column`."""
        return dict(
            self.connection.execute(
                f"SELECT {identifier(column)}, count(*) FROM {table} GROUP BY 1 ORDER BY 1"
            ).fetchall()
        )
