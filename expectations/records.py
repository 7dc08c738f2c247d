"""The gate ``records``: rows and statements of newly read documents, judged before anything is built from them.

The suites look at the lake as the readers wrote it. One artefact's verdict depends on that artefact and on the suites
and on nothing else, so that a document is judged once, whatever else arrives and in whatever order.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations import suites, verdicts
from expectations.judge import NOTHING, Failure, Judge, Judged, text
from expectations.suites import Expectation, Suite

if TYPE_CHECKING:
    import duckdb

GATE = "records"
RECORD_TYPES = ("cooperative_status", "training_class", "loan", "support", "indicator_report", "statement")
AUDITED = "audited"
# Code that a verdict depends on besides the suites.
_CODE = ("records.py", "judge.py", "suites.py")
_FEWEST_ROWS = 10  # a share of fewer rows says nothing
_USUAL_TOLERANCE = 0.5
_MOST_SOUND = "most_rows_sound"


@dataclasses.dataclass(frozen=True)
class RecordVerdict:
    """One row (or, without a place, one artefact) that failed one expectation; columns of the lake's record_verdict."""

    artefact: str
    record_type: str | None
    sheet: str | None
    place: str | None
    suite: str | None
    expectation: str | None
    severity: str | None
    effect: str
    field: str | None
    found: str | None
    found_vi: str | None
    expected_vi: str | None
    expected_en: str | None
    reason_vi: str | None
    reason_en: str | None
    audit: str


@dataclasses.dataclass(frozen=True)
class RecordsReport:
    """What the gate said of the artefacts it was given: their verdicts, and how many expectations failed anywhere."""

    verdicts: Mapping[str, Sequence[RecordVerdict]]  # by artefact; each ends with its row `audited`
    expectations: int
    failed: int
    judged: int  # rows and statements that were looked at

    @property
    def quarantined(self) -> int:
        """Rows and artefacts that are quarantined, each once."""
        return len(
            {
                (verdict.artefact, verdict.record_type, verdict.sheet, verdict.place)
                for own in self.verdicts.values()
                for verdict in own
                if verdict.effect.startswith("quarantine")
            }
        )


def fingerprint(folder: Path = suites.FOLDER) -> str:
    """Return what a verdict depends on besides the reading: suites and the code that applies them."""
    digest = hashlib.sha256()
    code = [Path(__file__).with_name(name) for name in _CODE]
    for path in [*sorted((folder / GATE).glob("*.yml")), *code]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def run_records_gate(
    lake_folder: Path,
    audits: Mapping[str, str],
    *,
    out: Path | None = None,
    tolerances: Mapping[str, float] | None = None,
    folder: Path = suites.FOLDER,
) -> RecordsReport:
    """Judge the records of the artefacts in ``audits`` (artefact → the audit its verdicts are to be marked with).

    ``tolerances`` gives for each layout the share of its rows that may fail before the whole artefact is
    quarantined. With ``out`` the library's validation results are kept there for the documentation. Raises
    `suites.SuiteError` for a wrong suite and `GateError` when one can't be run.
    """
    import duckdb

    loaded = suites.load(GATE, folder)
    expectations = sum(len(suite.expectations) for suite in loaded)
    if not audits:  # a night without new documents doesn't even load the library
        return RecordsReport({}, expectations, 0, 0)
    found: dict[str, list[RecordVerdict]] = {artefact: [] for artefact in sorted(audits)}
    failed = looked_at = 0
    with duckdb.connect() as connection:
        rows = _lay_out(connection, lake_folder, audits)
        judge = Judge(connection)
        for suite in loaded:
            answers = judge.judge(suite, suite.subject.sql(None), ("artefact", "sheet", "layout"))
            looked_at += max(judged.checked for judged in answers) if suite.subject.name != "artefact" else 0
            for judged in answers:
                failed += bool(judged.failures)
                for verdict in _verdicts(suite, judged, audits):
                    found[verdict.artefact].append(verdict)
    for artefact, own in found.items():
        own.extend(_too_many(artefact, own, rows.get(artefact, {}), tolerances or {}, audits[artefact]))
        own.sort(key=_order)
        own.append(_audited(artefact, audits[artefact]))
    if out is not None:
        (out / GATE).mkdir(parents=True, exist_ok=True)
        verdicts.replace(out / GATE / "validation.json", json.dumps(judge.documents, default=str).encode())
    return RecordsReport(found, expectations, failed, looked_at)


def _lay_out(
    connection: duckdb.DuckDBPyConnection, lake_folder: Path, artefacts: Collection[str]
) -> dict[str, dict[tuple[str, str | None], int]]:
    """Make a view for each record type over the files of these artefacts; return rows by artefact: type and layout."""
    connection.execute("create schema lake")
    rows: dict[str, dict[tuple[str, str | None], int]] = defaultdict(dict)
    for record_type in ("artefact", *RECORD_TYPES):
        own = [path for name in sorted(artefacts) if (path := lake_folder / record_type / f"{name}.parquet").is_file()]
        files = [*own, lake_folder / record_type / "_empty.parquet"]
        listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
        connection.execute(
            f"create view lake.{record_type} as select * from read_parquet([{listed}], union_by_name = true)"
        )
        if own and record_type in ("cooperative_status", "training_class", "loan", "support"):
            counted = connection.execute(
                f"select artefact, layout, count(*) from lake.{record_type} group by all"
            ).fetchall()
            for artefact, layout, number in counted:
                rows[artefact][record_type, layout] = number
    return rows


def _verdicts(suite: Suite, judged: Judged, audits: Mapping[str, str]) -> list[RecordVerdict]:
    by_place = {}
    for failure in judged.failures:
        verdict = _verdict(suite, judged.expectation, failure, audits)
        by_place[verdict.artefact, verdict.sheet, verdict.place] = verdict
    return list(by_place.values())


def _verdict(suite: Suite, expectation: Expectation, failure: Failure, audits: Mapping[str, str]) -> RecordVerdict:
    row = failure.row or {}
    artefact = str(row["artefact"])
    whole = expectation.effect == "quarantine artefact"
    return RecordVerdict(
        artefact=artefact,
        record_type=suite.subject.name,
        sheet=_optional(row["sheet"]),
        place=None if whole else _optional(row["place"]),
        suite=suite.name,
        expectation=expectation.id,
        severity=expectation.severity,
        effect=expectation.effect,
        field=expectation.found or expectation.kwargs.get("column"),
        found=failure.found,
        found_vi=re.sub(rf"(?<== ){NOTHING}$", "trống", failure.found),
        expected_vi=expectation.protects.vi,
        expected_en=expectation.protects.en,
        reason_vi=expectation.reason.vi,
        reason_en=expectation.reason.en,
        audit=audits[artefact],
    )


def _too_many(
    artefact: str,
    own: Sequence[RecordVerdict],
    rows: Mapping[tuple[str, str | None], int],
    tolerances: Mapping[str, float],
    audit: str,
) -> list[RecordVerdict]:
    """The artefact itself, when more of a list's rows fail than its layout allows: then its columns are in doubt."""
    broken = Counter(
        record_type
        for record_type, _, _ in {(v.record_type, v.sheet, v.place) for v in own if v.effect == "quarantine row"}
    )
    found = []
    for (record_type, layout), number in sorted(rows.items(), key=str):
        limit = tolerances.get(str(layout), _USUAL_TOLERANCE)
        failing = broken[record_type]
        if number < _FEWEST_ROWS or failing <= limit * number:
            continue
        found.append(
            RecordVerdict(
                artefact=artefact,
                record_type=record_type,
                sheet=None,
                place=None,
                suite=f"{GATE}/layout",
                expectation=_MOST_SOUND,
                severity="critical",
                effect="quarantine artefact",
                field=None,
                found=f"{failing} of {number} rows",
                found_vi=f"{failing} trong {number} dòng",
                expected_vi=f"Nhiều nhất {limit:.0%} số dòng không đạt",
                expected_en=f"At most {limit:.0%} of the rows fail",
                reason_vi="Quá nhiều dòng không đạt: có thể đọc nhầm cột",
                reason_en="Too many rows fail: a column may be misread",
                audit=audit,
            )
        )
    return found


def _audited(artefact: str, audit: str) -> RecordVerdict:
    nothing: dict[str, Any] = dict.fromkeys(field.name for field in dataclasses.fields(RecordVerdict))
    return RecordVerdict(**{**nothing, "artefact": artefact, "effect": AUDITED, "audit": audit})


def _order(verdict: RecordVerdict) -> tuple[str, ...]:
    return tuple(
        str(part or "")
        for part in (verdict.record_type, verdict.sheet, verdict.place, verdict.expectation, verdict.found)
    )


def _optional(value: object) -> str | None:
    return None if value is None else text(value)
