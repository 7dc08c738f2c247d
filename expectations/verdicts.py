"""What a gate leaves behind: two Parquet files, written whole or not at all.

``<out>/<gate>/verdicts.parquet`` has one row per subject that failed one expectation,
``<out>/<gate>/checks.parquet`` one row per expectation that was checked.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


@dataclasses.dataclass(frozen=True, order=True)
class Verdict:
    """One subject that failed one expectation; ``subject_key`` is the table's name when the whole table failed.

    A hold that a person released with a signed reason has the effect ``hold released`` and says who, when and why.
    """

    gate: str
    suite: str
    expectation: str
    severity: str
    effect: str
    subject_type: str
    subject_key: str
    kpi_cell: str | None
    found: str
    reason_vi: str
    reason_en: str
    value: str | None = None  # the number that is held, as a reviewer signs for it
    reviewed_by: str | None = None  # who decided about this hold
    reviewed_on: str | None = None  # ISO date
    review_reason: str | None = None


@dataclasses.dataclass(frozen=True, order=True)
class Check:
    """One expectation, how many subjects it was held against and how many of them failed."""

    gate: str
    suite: str
    expectation: str
    severity: str
    effect: str
    protects_vi: str
    protects_en: str
    checked: int
    failed: int
    success: bool


def _schema(row: type[Verdict] | type[Check]) -> pa.Schema:
    types = {"int": pa.int64(), "bool": pa.bool_()}
    return pa.schema([(field.name, types.get(str(field.type), pa.string())) for field in dataclasses.fields(row)])


VERDICT_SCHEMA = _schema(Verdict)
CHECK_SCHEMA = _schema(Check)


def write(out: Path, gate: str, verdicts: Sequence[Verdict], checks: Sequence[Check]) -> tuple[Path, Path]:
    """Write a gate's verdicts and checks under ``out/<gate>/``, in one order whatever order they come in.

    Returns the paths of ``verdicts.parquet`` and ``checks.parquet``. Each is replaced in one step.
    """
    folder = out / gate
    folder.mkdir(parents=True, exist_ok=True)
    ordered = sorted(verdicts, key=lambda v: (v.suite, v.expectation, v.subject_type, v.subject_key, v.found))
    return (
        _replace(folder / "verdicts.parquet", [dataclasses.asdict(row) for row in ordered], VERDICT_SCHEMA),
        _replace(folder / "checks.parquet", [dataclasses.asdict(row) for row in sorted(checks)], CHECK_SCHEMA),
    )


def write_none(out: Path, gate: str) -> tuple[Path, Path]:
    """Write empty files for a gate that has not been run: a build of everything before it works from nothing."""
    return write(out, gate, [], [])


def replace(path: Path, content: bytes) -> Path:
    """Replace a file by ``content`` in one step."""
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return unfinished.replace(path)


def _replace(path: Path, rows: list[dict[str, object]], schema: pa.Schema) -> Path:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), sink)
    return replace(path, sink.getvalue().to_pybytes())
