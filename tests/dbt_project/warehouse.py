"""Build a small warehouse for a test: records as the readers write them, then the two phases around the gate."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from expectations.runner import GateReport, run_gate, write_empty_verdicts
from ingestion.lake import SCHEMAS

PROJECT = Path(__file__).parents[2] / "dbt_project"
REGISTER_FIELDS = (
    "name", "status", "sector", "founded_on", "members", "workers", "charter_capital_vnd", "rating", "linked",
    "high_tech",
)  # fmt: skip


def day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


class Lake:
    """Records of a few documents, in the shape of `ingestion.lake.SCHEMAS`."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {kind: [] for kind in SCHEMAS}

    def programme(self, code: str, province: str, start: str, end: str, *, name: str | None = None) -> None:
        self.rows["programme"].append(
            {
                "programme": code, "name_vi": name or f"Chương trình {code}", "name_en": f"Programme {code}",
                "province": province, "starts_on": day(start), "ends_on": day(end), "aliases": [], "registered": True,
            }
        )  # fmt: skip

    def document(
        self, file: str, *, published: str | None = None, province: str | None = None, publisher: str | None = None,
        programme: str | None = None, kind: str = "bulletin", status: str = "read",
    ) -> str:  # fmt: skip
        artefact = hashlib.sha256(file.encode()).hexdigest()
        self.rows["artefact"].append(
            {
                "artefact": artefact, "source": "test", "file": file, "kind": kind, "status": status,
                "title": file, "published_on": day(published), "province": province, "publisher": publisher,
                "programme_text": programme, "records": 0, "statements": 0, "quarantined": 0, "ignored": 0,
                "size_bytes": 1, "reader_version": "test",
            }
        )  # fmt: skip
        return artefact

    def statement(self, artefact: str, kind: str, indicator: str, value: float | None, **more: Any) -> None:
        ordinal = sum(row["artefact"] == artefact for row in self.rows["statement"])
        quote = f"{indicator} {value} ({ordinal})"
        row = {
            "artefact": artefact, "ordinal": ordinal, "quote": quote, "start": 100 * ordinal,
            "end": 100 * ordinal + len(quote), "sentence": f"Câu {ordinal}: {quote}.", "sentence_start": 100 * ordinal,
            "sentence_end": 100 * ordinal + 99, "sentence_sha": hashlib.sha256(quote.encode()).hexdigest(),
            "kind": kind, "indicator": indicator, "value": value, "qualifier": "eq",
            "geography_level": "province", "confidence": 1.0, "in_review": False,
        }  # fmt: skip
        for name in ("period_start", "period_end", "as_of"):
            row[name] = day(more.pop(name, None))
        self.rows["statement"].append(row | more)

    def sheet(
        self, kind: str, artefact: str, rows: list[dict[str, Any]], *, province: str, period_end: str,
        sheet: str = "Biểu 1", fields: tuple[str, ...] | None = None,
    ) -> None:  # fmt: skip
        for number, row in enumerate(rows, start=8):
            record = {
                "artefact": artefact, "sheet": sheet, "cells": f"A{number}:N{number}", "row_no": str(number - 7),
                "layout": "test/v1", "hidden": False, "report_province": province, "report_period_end": day(period_end),
            } | row  # fmt: skip
            if "fields" in SCHEMAS[kind].names:
                record["fields"] = list(fields or sorted(row))
            self.rows[kind].append(record)

    def cooperatives(
        self, artefact: str, how_many: int, *, province: str, period_end: str, sheet: str = "Biểu 1",
        fields: tuple[str, ...] = REGISTER_FIELDS, **same: Any,
    ) -> None:  # fmt: skip
        """A register of ``how_many`` cooperatives that differ in name only; lists in ``same`` run over the rows."""
        rows = []
        for n in range(how_many):
            row: dict[str, Any] = {"name": f"HTX {n:04d}", "kind": "cooperative", "status": "active"}
            for field, value in same.items():
                row[field] = value[n % len(value)] if isinstance(value, list) else value
            rows.append(row)
        self.sheet(
            "cooperative_status", artefact, rows, province=province, period_end=period_end, sheet=sheet, fields=fields
        )

    def quarantine(self, artefact: str, **fields: Any) -> None:
        self.rows["quarantine"].append({"artefact": artefact, "gate": "landing", "place": "file"} | fields)

    def write(self, folder: Path) -> Path:
        """One Parquet file per artefact and record type, and an empty one per type."""
        for kind, schema in SCHEMAS.items():
            (folder / kind).mkdir(parents=True, exist_ok=True)
            pq.write_table(schema.empty_table(), folder / kind / "_empty.parquet")
            owners = sorted({str(row.get("artefact", row.get("programme"))) for row in self.rows[kind]})
            for owner in owners:
                rows = [row for row in self.rows[kind] if str(row.get("artefact", row.get("programme"))) == owner]
                pq.write_table(typed_table(rows, schema), folder / kind / f"{owner}.parquet")
        return folder


def typed_table(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    def typed(value: Any, kind: pa.DataType) -> Any:
        if value is not None and pa.types.is_decimal(kind):
            return round(Decimal(str(value)), kind.scale)
        return value

    unknown = {name for row in rows for name in row} - set(schema.names)
    assert not unknown, f"not a field of the lake: {unknown}"
    return pa.Table.from_pylist(
        [{field.name: typed(row.get(field.name), field.type) for field in schema} for row in rows], schema=schema
    )


@dataclasses.dataclass
class Warehouse:
    """A built warehouse; `rows` asks it a question."""

    home: Path
    as_of: dt.date
    gate: GateReport | None = None

    @property
    def database(self) -> Path:
        return self.home / "build.duckdb"

    def environment(self) -> Mapping[str, str]:
        return os.environ | {
            "HTX_LAKE": str(self.home / "lake"), "HTX_BUILD_DB": str(self.database),
            "HTX_GATES": str(self.home / "gates"), "DBT_TARGET_PATH": str(self.home / "target"),
            "DBT_LOG_PATH": str(self.home / "logs"), "HTX_AS_OF": str(self.as_of),
        }  # fmt: skip

    def dbt(self, command: str, *arguments: str) -> str:
        """Run dbt on the project; fails the test with dbt's own words."""
        done = subprocess.run(
            [
                str(Path(sys.executable).with_name("dbt")), "--no-use-colors", *command.split(),
                "--project-dir", str(PROJECT),
                "--profiles-dir", str(PROJECT), *arguments,
            ],
            env=self.environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
        return done.stdout

    def rows(self, query: str) -> list[dict[str, Any]]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            answer = connection.execute(query)
            names = [column[0] for column in answer.description]
            return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]

    def one(self, query: str) -> dict[str, Any]:
        (row,) = self.rows(query)
        return row


def differences(one: Warehouse, other: Warehouse) -> dict[str, tuple[int, int]]:
    """Published tables in which two warehouses differ: how many rows only the first has, and only the second."""
    found = {}
    with duckdb.connect() as both:
        for name, warehouse in (("one", one), ("other", other)):
            both.execute(f"attach '{warehouse.database}' as {name} (read_only)")
        names = {
            name: {
                f"{schema}.{table}"
                for schema, table in both.execute(
                    "select distinct schema_name, table_name from duckdb_columns() "
                    f"where database_name = '{name}' and schema_name in ('marts', 'publication')"
                ).fetchall()
            }
            for name in ("one", "other")
        }
        assert names["one"] == names["other"] and len(names["one"]) > 20
        for table in sorted(names["one"]):
            only = []
            for here, there in (("one", "other"), ("other", "one")):
                extra = both.execute(f"select count(*) from (from {here}.{table} except all from {there}.{table})")
                only.append(extra.fetchall()[0][0])
            if any(only):
                found[table] = (only[0], only[1])
    return found


def build(lake: Lake, home: Path, as_of: str, *, gate: bool = True) -> Warehouse:
    """Both phases and the KPI gate between them, on the lake's documents; without the gate in one go and untested."""
    lake.write(home / "lake")
    warehouse = Warehouse(home, dt.date.fromisoformat(as_of))
    write_empty_verdicts(home / "gates")
    if not gate:
        warehouse.dbt("build", "--exclude-resource-types", "unit_test", "test")
        return warehouse
    warehouse.dbt("build", "--exclude", "source:gates+", "--exclude-resource-types", "unit_test")
    warehouse.gate = run_gate("kpi", warehouse.database, home / "gates", warehouse.as_of)
    warehouse.dbt("build", "--select", "source:gates+", "--exclude-resource-types", "unit_test")
    return warehouse
