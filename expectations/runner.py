"""The one runner of all gates: reads each subject once, lets Great Expectations judge it, writes the verdicts.

Great Expectations costs seconds to import, so it is imported here when a gate runs and nowhere else.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations import suites, verdicts
from expectations.suites import Expectation, Suite
from expectations.verdicts import Check, Verdict

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

# A subject of which every row fails is one fault, not a million.
_MOST_ROWS_SHOWN = 10_000


class GateError(RuntimeError):
    """A gate that could not be run: which suite and expectation, and what went wrong."""


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


def run_gate(gate: str, database: Path, out: Path, as_of: dt.date, *, folder: Path = suites.FOLDER) -> GateReport:
    """Hold the suites of ``gate`` against the build database and write the verdicts under ``out/<gate>/``.

    A subject that fails is reported, not raised. Raises `suites.SuiteError` for a suite file that can't be used
    and `GateError` when a query or an expectation itself can't be run: a gate that can't speak lets nothing pass.
    """
    loaded = suites.load(gate, folder)
    judge = _Judge()
    found: list[Verdict] = []
    checks: list[Check] = []
    with _read_only(database) as connection:
        frames: dict[str, pd.DataFrame] = {}
        for suite in loaded:
            query = suite.subject.query
            if query not in frames:
                frames[query] = _rows(connection, suite, as_of)
            for expectation in suite.expectations:
                failures, checked = judge.failures(suite, expectation, frames[query])
                found.extend(_verdict(suite, expectation, failure) for failure in failures)
                checks.append(_check(suite, expectation, checked, len(failures)))
    verdict_file, check_file = verdicts.write(out, gate, found, checks)
    return GateReport(gate, as_of, tuple(sorted(found, key=_order)), tuple(sorted(checks)), verdict_file, check_file)


@dataclasses.dataclass(frozen=True)
class _Failure:
    """One subject that failed; ``key`` is None when it is the whole table."""

    key: str | None
    cell: str | None
    found: str


class _Judge:
    """Great Expectations with everything that talks to the outside switched off."""

    def __init__(self) -> None:
        os.environ["GX_ANALYTICS_ENABLED"] = "false"
        warnings.filterwarnings("ignore", category=DeprecationWarning, module="great_expectations")
        import great_expectations as gx

        self._gx = gx
        self._context: Any = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = {"globally": False}
        self._source = self._context.data_sources.add_pandas("build")
        self._batches: dict[str, Any] = {}

    def failures(self, suite: Suite, expectation: Expectation, frame: pd.DataFrame) -> tuple[list[_Failure], int]:
        """Return what failed, and how many subjects were looked at."""
        subject = suite.subject
        if frame.empty and expectation.type.startswith("expect_column"):
            return [], 0
        names = [name for name in (subject.key, subject.cell, expectation.found) if name is not None]
        try:
            kind = self._gx.expectations.registry.get_expectation_impl(expectation.type)
            judged = self._batch(suite, frame).validate(
                kind(**expectation.kwargs),
                result_format={
                    "result_format": "COMPLETE",
                    "unexpected_index_column_names": list(dict.fromkeys(names)),
                    "partial_unexpected_count": 0,
                },
            )
        except Exception as error:
            raise GateError(
                f"{suite.name}, expectation {expectation.id}: expected {expectation.type} to run with "
                f"{expectation.kwargs}, found {error}. Compare its type and kwargs with the columns of the query."
            ) from error
        if raised := _raised(judged.exception_info or {}):
            raise GateError(
                f"{suite.name}, expectation {expectation.id}: {raised}. "
                "Compare its type and kwargs with the columns of the query."
            )
        if judged.success:
            return [], len(frame)
        return list(_failures(suite, expectation, judged.result)), len(frame)

    def _batch(self, suite: Suite, frame: pd.DataFrame) -> Any:
        if suite.subject.query not in self._batches:
            asset = self._source.add_dataframe_asset(suite.name)
            definition = asset.add_batch_definition_whole_dataframe("all")
            self._batches[suite.subject.query] = definition.get_batch({"dataframe": frame})
        return self._batches[suite.subject.query]


def _raised(info: dict[str, Any]) -> str | None:
    """What went wrong inside the library, which says it once for the expectation or once for each of its metrics."""
    if "raised_exception" in info:
        return str(info.get("exception_message")) if info["raised_exception"] else None
    return next((message for part in info.values() if (message := _raised(part))), None)


def _failures(suite: Suite, expectation: Expectation, result: dict[str, Any]) -> Iterator[_Failure]:
    rows = result.get("unexpected_index_list")
    if not rows:
        yield _Failure(None, None, _text(result.get("observed_value", result.get("unexpected_count", "failed"))))
        return
    subject = suite.subject
    seen: set[str] = set()
    for row in rows[:_MOST_ROWS_SHOWN]:
        key = _text(row[subject.key])
        if key in seen:
            continue
        seen.add(key)
        shown = expectation.found or expectation.kwargs.get("column") or subject.key
        yield _Failure(key, _text(row[subject.cell]) if subject.cell else None, f"{shown} = {_text(row.get(shown))}")


def _verdict(suite: Suite, expectation: Expectation, failure: _Failure) -> Verdict:
    return Verdict(
        gate=suite.gate,
        suite=suite.name,
        expectation=expectation.id,
        severity=expectation.severity,
        effect=expectation.effect,
        subject_type=suite.subject.type if failure.key is not None else "table",
        subject_key=failure.key if failure.key is not None else suite.subject.name,
        kpi_cell=failure.cell,
        found=failure.found,
        reason_vi=expectation.reason.vi,
        reason_en=expectation.reason.en,
    )


def _check(suite: Suite, expectation: Expectation, checked: int, failed: int) -> Check:
    return Check(
        gate=suite.gate,
        suite=suite.name,
        expectation=expectation.id,
        severity=expectation.severity,
        effect=expectation.effect,
        protects_vi=expectation.protects.vi,
        protects_en=expectation.protects.en,
        checked=checked,
        failed=failed,
        success=failed == 0,
    )


def _order(verdict: Verdict) -> tuple[str, str, str, str]:
    return verdict.suite, verdict.expectation, verdict.subject_type, verdict.subject_key


def _read_only(database: Path) -> duckdb.DuckDBPyConnection:
    import duckdb

    if not database.is_file():
        raise GateError(f"{database}: expected the build database, found no file; run the build of phase 1 first")
    return duckdb.connect(str(database), read_only=True)


def _rows(connection: duckdb.DuckDBPyConnection, suite: Suite, as_of: dt.date) -> pd.DataFrame:
    import duckdb

    parameters = {"as_of": as_of} if "$as_of" in suite.subject.query else None
    try:
        frame: pd.DataFrame = connection.execute(suite.subject.query, parameters).df()
    except duckdb.Error as error:
        raise GateError(f"{suite.name}, subject {suite.subject.name}: the query does not run: {error}") from error
    return frame


def _text(value: object) -> str:
    """A value as people read it: 514 and not 514.0, a day and not a moment, nothing and not NaN."""
    if str(value) in ("None", "nan", "<NA>", "NaT"):
        return "nothing"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    return str(value)
