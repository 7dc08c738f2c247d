"""A national-size lake for speed measurements: every province, every quarter, about 35,000 cooperatives.

    python -m benchmarks.national --home /some/folder            # the full size
    python -m benchmarks.national --home DIR --cooperatives 3500 --quarters 4

It writes ``HOME/lake`` as reading real documents would: for each province and quarter one artefact each for a
register, training classes, loans and an indicator table, and for each former province one bulletin with targets.
Quarters before 2025-07-01 are reported by 63 provinces, later ones by 34 (``province_succession.csv``).
Everything is made up and follows from the seed; originals are not written, so nothing here can be explained down to
a document.

At full size with eight quarters: 1,847 artefacts, 280,000 register rows, about 20,000 classes, 56,000 loans, 7,600
indicator values and 504 targets; the lake takes about 42 MB and is written in 5 seconds on one core.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import datetime as dt
import hashlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.lake import SCHEMAS, Lake

_SUCCESSION = Path(__file__).parents[1] / "dbt_project" / "seeds" / "province_succession.csv"
_MERGER = dt.date(2025, 7, 1)
_LAST_QUARTER = dt.date(2025, 12, 31)
_SECTORS = ("agriculture", "industry", "construction", "trade_services", "transport", "environment")
_RATINGS = ("good", "fair", "average", "weak", "unrated")
_REGISTER_FIELDS = [
    "name", "kind", "tax_code", "sector", "founded_on", "status", "members", "workers", "charter_capital_vnd",
    "revenue_vnd", "profit_vnd", "rating", "linked", "high_tech", "gap_certified", "ocop_stars",
]  # fmt: skip
_TRAINING_FIELDS = ["title", "starts_on", "ends_on", "learners", "female", "budget_vnd"]
_LOAN_FIELDS = ["borrower", "contract_no", "signed_on", "amount_vnd", "outstanding_vnd"]


@dataclasses.dataclass(frozen=True)
class Area:
    """A province of before the merger: who reported for it then, and who does since."""

    name: str
    successor: str
    cooperatives: int


@dataclasses.dataclass(frozen=True)
class Target:
    """A target that every province's bulletin states."""

    indicator: str
    unit: str
    value: int
    per: str | None = None
    scope: str | None = None


_TARGETS = (
    Target("coop_new", "cooperative", 40),
    Target("coop_new", "cooperative", 20, per="year"),
    Target("coop_rated_good_share", "percent", 70),
    Target("coop_linked_share", "percent", 35, scope="agricultural"),
    Target("coop_hightech_share", "percent", 15),
    Target("training_classes", "class", 60),
    Target("training_learners", "person", 3000),
    Target("contract_sales_share", "percent", 30),
)


def areas(cooperatives: int) -> list[Area]:
    """The 63 provinces of before 2025-07-01, with ``cooperatives`` spread over them unevenly."""
    with _SUCCESSION.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    weights = np.array(
        [0.4 + (int(hashlib.sha256(row["old_short"].encode()).hexdigest()[:4], 16) % 1000) / 800 for row in rows]
    )
    counts = np.floor(weights / weights.sum() * cooperatives).astype(int)
    counts[0] += cooperatives - counts.sum()
    return [Area(row["old_short"], row["new_short"], int(count)) for row, count in zip(rows, counts, strict=True)]


def quarter_ends(quarters: int) -> list[dt.date]:
    """The last days of ``quarters`` quarters, the newest at the end of 2025."""
    ends = []
    for back in range(quarters):
        month_no = _LAST_QUARTER.year * 12 + _LAST_QUARTER.month - 3 * back
        ends.append(dt.date(month_no // 12, month_no % 12 + 1, 1) - dt.timedelta(days=1))
    return sorted(ends)


def build(home: Path, *, cooperatives: int = 35_000, quarters: int = 8, seed: int = 20251231) -> dict[str, int]:
    """Write the lake under ``home``; return the number of rows of each record type."""
    lake = Lake(home / "lake")
    lake.prepare()
    rows = dict.fromkeys(SCHEMAS, 0)
    for artefact, file, tables in _documents(cooperatives, quarters, seed):
        for record_type, table in tables.items():
            pq.write_table(table, lake.path(record_type, artefact))
            rows[record_type] += table.num_rows
        pq.write_table(_artefact(artefact, file, tables), lake.path("artefact", artefact))
        rows["artefact"] += 1
    programmes = _table("programme", [_programme(area) for area in areas(cooperatives)])
    pq.write_table(programmes, lake.path("programme", "registry"))
    rows["programme"] = programmes.num_rows
    return rows


def _documents(cooperatives: int, quarters: int, seed: int) -> Iterator[tuple[str, str, dict[str, pa.Table]]]:
    """Every document as (artefact, file, its records by type)."""
    ends = quarter_ends(quarters)
    provinces = areas(cooperatives)
    for area in provinces:
        file = f"{area.name}/muc-tieu.html"
        yield _id(file), file, {"statement": _statements(area, _id(file), ends)}
    for quarter, end in enumerate(ends):
        reporters: dict[str, list[int]] = {}
        for number, area in enumerate(provinces):
            reporters.setdefault(area.name if end < _MERGER else area.successor, []).append(number)
        for reporter, numbers in reporters.items():
            random = np.random.default_rng([seed, numbers[0], quarter])
            registers = [_register(provinces[number].cooperatives, number * 10_000, end, random) for number in numbers]
            count = sum(provinces[number].cooperatives for number in numbers)
            for record_type, records in (
                ("cooperative_status", _joined(registers)),
                ("training_class", _classes(count, end, random)),
                ("loan", _loans(count, end, random)),
                ("indicator_report", _indicators(count, end, random)),
            ):
                file = f"{reporter}/{end.isoformat()}-{record_type}.xlsx"
                yield _id(file), file, {record_type: _sheet(record_type, records, _id(file), reporter, end)}


def _register(count: int, first_serial: int, end: dt.date, random: np.random.Generator) -> dict[str, Any]:
    # What an organisation is stays the same from quarter to quarter, so it draws from its own serial.
    own = np.random.default_rng(first_serial)
    serials = np.arange(first_serial, first_serial + count)
    founded = np.datetime64("2000-01-01") + own.integers(0, 9_400, count).astype("timedelta64[D]")
    revenue = random.integers(100, 9_000, count) * 1_000_000
    return {
        "name": [f"HTX Nông nghiệp số {serial}" for serial in serials],
        "kind": ["cooperative"] * count,
        "tax_code": [f"00{serial:08d}" for serial in serials],
        "sector": own.choice(_SECTORS, count, p=[0.64, 0.09, 0.04, 0.14, 0.06, 0.03]).tolist(),
        "founded_on": np.minimum(founded, np.datetime64(end)).astype("datetime64[D]").tolist(),
        "founded_on_precision": ["day"] * count,
        "status": random.choice(["active", "suspended", "dissolving"], count, p=[0.9, 0.08, 0.02]).tolist(),
        "members": own.integers(7, 400, count).tolist(),
        "workers": own.integers(5, 60, count).tolist(),
        "charter_capital_vnd": (own.integers(2, 200, count) * 50_000_000).tolist(),
        "revenue_vnd": revenue.tolist(),
        "profit_vnd": (revenue // 100 * random.integers(-3, 15, count)).tolist(),
        "rating": own.choice(_RATINGS, count, p=[0.25, 0.38, 0.2, 0.07, 0.1]).tolist(),
        "linked": (own.random(count) < 0.3).tolist(),
        "high_tech": (own.random(count) < 0.09).tolist(),
        "gap_certified": (own.random(count) < 0.12).tolist(),
        "ocop_stars": [int(stars) if stars > 2 else None for stars in own.integers(-20, 5, count)],
        "fields": [_REGISTER_FIELDS] * count,
    }


def _joined(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {field: [value for part in parts for value in part[field]] for field in parts[0]}


def _classes(cooperatives: int, end: dt.date, random: np.random.Generator) -> dict[str, Any]:
    count = max(cooperatives // 14, 1)
    days = random.integers(0, 88, count)
    learners = random.integers(20, 90, count)
    return {
        "title": [f"Lớp {number + 1}" for number in range(count)],
        "starts_on": [end - dt.timedelta(days=int(day)) for day in days],
        "ends_on": [end - dt.timedelta(days=max(int(day) - 1, 0)) for day in days],
        "learners": learners.tolist(),
        "female": (learners // 3).tolist(),
        "budget_vnd": (random.integers(15, 70, count) * 1_000_000).tolist(),
        "fields": [_TRAINING_FIELDS] * count,
    }


def _loans(cooperatives: int, end: dt.date, random: np.random.Generator) -> dict[str, Any]:
    count = max(cooperatives // 5, 1)
    amounts = random.integers(4, 60, count) * 50_000_000
    return {
        "borrower": [f"HTX Nông nghiệp số {serial}" for serial in random.integers(0, 10_000, count)],
        "contract_no": [f"{number + 1:04d}/HĐTD" for number in range(count)],
        "signed_on": [end - dt.timedelta(days=int(day)) for day in random.integers(0, 1_000, count)],
        "amount_vnd": amounts.tolist(),
        "outstanding_vnd": (amounts // 100 * random.integers(10, 100, count)).tolist(),
        "fields": [_LOAN_FIELDS] * count,
    }


def _indicators(cooperatives: int, end: dt.date, random: np.random.Generator) -> dict[str, Any]:
    """Each target's indicator once as plan and once as result, and the total: 17 values."""
    start = dt.date(end.year, 1, 1)
    values = [(target, kind) for target in _TARGETS for kind in ("plan", "result")]
    codes = [target.indicator for target, _ in values] + ["coop_total"]
    return {
        "indicator_text": codes,
        "indicator": codes,
        "scope": [target.scope for target, _ in values] + [None],
        "unit": [target.unit for target, _ in values] + ["cooperative"],
        "unit_text": ["%" if target.unit == "percent" else "số" for target, _ in values] + ["HTX"],
        "value": [int(target.value * (0.6 + 0.7 * random.random())) for target, _ in values] + [cooperatives],
        "kind": [kind for _, kind in values] + ["result"],
        "period_start": [start] * len(codes),
        "period_end": [end] * len(codes),
        "cell": [f"{'D' if row % 2 == 0 else 'E'}{9 + row // 2}" for row in range(len(codes))],
    }


def _sheet(record_type: str, records: dict[str, Any], artefact: str, reporter: str, end: dt.date) -> pa.Table:
    """The records as rows of one sheet, with the place of each row."""
    schema = SCHEMAS[record_type]
    count = len(next(iter(records.values())))
    everywhere = {
        "artefact": artefact,
        "sheet": "Biểu 1",
        "layout": f"{record_type}/benchmark",
        "hidden": False,
        "report_province": reporter,
        "report_period_end": end,
    }
    places = {
        "cells": [f"A{row + 9}:P{row + 9}" for row in range(count)],
        "row_no": [str(row + 1) for row in range(count)],
    }
    columns = []
    for field in schema:
        if field.name in everywhere:
            columns.append(pa.repeat(pa.scalar(everywhere[field.name], field.type), count))
        elif (values := places.get(field.name, records.get(field.name))) is None:
            columns.append(pa.nulls(count, field.type))
        elif pa.types.is_decimal(field.type):
            # Arrow wants room for every 64-bit number before it narrows.
            wide = pa.decimal128(19 + field.type.scale, field.type.scale)
            columns.append(pa.array(values, pa.int64()).cast(wide).cast(field.type))
        else:
            columns.append(pa.array(values, field.type))
    return pa.table(columns, schema=schema)


def _statements(area: Area, artefact: str, ends: Sequence[dt.date]) -> pa.Table:
    rows = []
    for ordinal, target in enumerate(_TARGETS):
        sentence = f"Phấn đấu đạt {target.value} {target.unit}, mục tiêu {ordinal + 1}."
        start = ordinal * 100
        rows.append(
            {
                "artefact": artefact,
                "ordinal": ordinal,
                "quote": sentence,
                "start": start,
                "end": start + len(sentence),
                "sentence": sentence,
                "sentence_start": start,
                "sentence_end": start + len(sentence),
                "sentence_sha": hashlib.sha256(sentence.encode()).hexdigest(),
                "kind": "target",
                "indicator": target.indicator,
                "value": target.value,
                "qualifier": "ge",
                "unit": target.unit,
                "scope": target.scope,
                "per": target.per,
                "geography": area.name,
                "geography_level": "province",
                "period_start": dt.date(ends[0].year, 1, 1),
                "period_end": dt.date(ends[-1].year, 12, 31),
                "confidence": 0.98,
                "reasons": "",
                "in_review": False,
            }
        )
    return _table("statement", rows)


def _programme(area: Area) -> dict[str, Any]:
    return {
        "programme": f"benchmark_{_id(area.name)[:12]}",
        "name_vi": f"Chương trình thử tốc độ {area.name}",
        "name_en": f"Speed test programme of {area.name}",
        "province": area.name,
        "starts_on": dt.date(2024, 1, 1),
        "ends_on": dt.date(2025, 12, 31),
        "aliases": [],
        "registered": True,
    }


def _artefact(artefact: str, file: str, tables: dict[str, pa.Table]) -> pa.Table:
    area, name = file.split("/")
    is_page = name.endswith(".html")
    counted = sum(table.num_rows for table in tables.values())
    published = dt.date(2024, 1, 15) if is_page else dt.date.fromisoformat(name[:10]) + dt.timedelta(days=15)
    row = {
        "artefact": artefact,
        "source": "national",
        "file": file,
        "kind": "bulletin" if is_page else "workbook",
        "media_type": "text/html" if is_page else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "size_bytes": 200 * counted,
        "status": "read",
        "title": name,
        "published_on": published,
        "province": area,
        "publisher": f"Liên minh Hợp tác xã tỉnh {area}",
        "programme_text": f"Chương trình thử tốc độ {area}",
        "records": 0 if is_page else counted,
        "statements": counted if is_page else 0,
        "quarantined": 0,
        "ignored": 0,
        "reader_version": "benchmark",
    }
    return _table("artefact", [row])


def _table(record_type: str, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=SCHEMAS[record_type])


def _id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a national-size lake for speed measurements.")
    parser.add_argument("--home", type=Path, required=True, help="folder whose lake/ is written")
    parser.add_argument("--cooperatives", type=int, default=35_000)
    parser.add_argument("--quarters", type=int, default=8)
    parser.add_argument("--seed", type=int, default=20251231)
    options = parser.parse_args()
    began = time.perf_counter()
    rows = build(options.home, cooperatives=options.cooperatives, quarters=options.quarters, seed=options.seed)
    for record_type, count in rows.items():
        print(f"{record_type:20} {count:>9,}")
    print(f"written in {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
