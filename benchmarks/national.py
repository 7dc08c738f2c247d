"""A national-size lake for speed measurements: every province, every quarter of five years.

    python -m benchmarks.national --home /some/folder            # the full size
    python -m benchmarks.national --home DIR --cooperatives 3500 --quarters 4

It writes ``HOME/lake`` as reading real documents would: for each province and quarter one artefact each for a
register, training classes, loans and an indicator table, and for each former province one bulletin with targets.
Quarters before 2025-07-01 are reported by 63 provinces, later ones by 34 (``province_succession.csv``).
Cooperatives persist from quarter to quarter: some are founded on the way, a few change their status, some registers
spell a name differently or leave the tax code out. Everything is made up and follows from the seed; originals are not
written, so nothing here can be explained down to a document.

At full size: 2,000,000 register rows, 200,000 loans, 100,000 classes and 20,000 indicator values in 4,871 artefacts.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import datetime as dt
import functools
import hashlib
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingestion.lake import SCHEMAS, Lake

_SUCCESSION = Path(__file__).parents[1] / "dbt_project" / "seeds" / "province_succession.csv"
_MERGER = dt.date(2025, 7, 1)
_LAST_QUARTER = dt.date(2025, 12, 31)
NEXT_QUARTER = dt.date(2026, 3, 31)
COOPERATIVES = 111_500  # of which the younger ones are in the later registers only: 2,000,000 rows in 20 quarters
_SECTORS = ("agriculture", "industry", "construction", "trade_services", "transport", "environment")
_RATINGS = ("good", "fair", "average", "weak", "unrated")
_REGISTER_FIELDS = [
    "name", "kind", "tax_code", "commune", "sector", "founded_on", "status", "members", "workers",
    "charter_capital_vnd", "revenue_vnd", "profit_vnd", "rating", "linked", "high_tech", "gap_certified", "ocop_stars",
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


def quarter_ends(quarters: int, last: dt.date = _LAST_QUARTER) -> list[dt.date]:
    """The last days of ``quarters`` quarters, the newest at ``last``."""
    ends = []
    for back in range(quarters):
        month_no = last.year * 12 + last.month - 3 * back
        ends.append(dt.date(month_no // 12, month_no % 12 + 1, 1) - dt.timedelta(days=1))
    return sorted(ends)


def build(home: Path, *, cooperatives: int = COOPERATIVES, quarters: int = 20, seed: int = 20251231) -> dict[str, int]:
    """Write the lake under ``home``; return the number of rows of each record type."""
    lake = Lake(home / "lake")
    lake.prepare()
    country = [_Area(area, number, seed) for number, area in enumerate(areas(cooperatives))]
    ends = quarter_ends(quarters)
    rows = dict.fromkeys(SCHEMAS, 0)
    for area in country:
        file = f"{area.name}/muc-tieu.html"
        _write(lake, file, "statement", _statements(area.about, _id(file), ends), rows)
    for end in ends:
        _write_quarter(lake, country, end, seed, rows)
    programmes = _table("programme", [_programme(area.about) for area in country])
    pq.write_table(programmes, lake.path("programme", "registry"))
    rows["programme"] = programmes.num_rows
    return rows


def deliver(
    home: Path, provinces: int, *, cooperatives: int = COOPERATIVES, seed: int = 20251231, end: dt.date = NEXT_QUARTER
) -> dict[str, int]:
    """Add what the first ``provinces`` provinces of today deliver for the quarter that ends on ``end``."""
    country = [_Area(area, number, seed) for number, area in enumerate(areas(cooperatives))]
    rows = dict.fromkeys(SCHEMAS, 0)
    _write_quarter(Lake(home / "lake"), country, end, seed, rows, provinces)
    return rows


class _Area:
    """A province of before the merger, with what stays the same of its cooperatives from quarter to quarter."""

    def __init__(self, about: Area, number: int, seed: int) -> None:
        self.about, self.name, self.number = about, about.name, number
        count = about.cooperatives
        own = np.random.default_rng([seed, number])
        serials = [number * 100_000 + n for n in range(count)]
        self.name_vi = pa.array([f"HTX Nông nghiệp số {serial}" for serial in serials])
        self.name_long = pa.array([f"Hợp tác xã  Nông nghiệp Số {serial}" for serial in serials])
        self.tax_code = pa.array([f"{serial:010d}" for serial in serials])
        self.commune = pa.array([f"Xã {number}.{commune}" for commune in own.integers(0, 150, count)])
        self.sector = pa.array(own.choice(_SECTORS, count, p=[0.64, 0.09, 0.04, 0.14, 0.06, 0.03]))
        # one in twenty-five is founded in each of the five years
        days = np.where(own.random(count) < 0.2, own.integers(7_670, 9_490, count), own.integers(0, 7_670, count))
        self.founded_on = (np.datetime64("2000-01-01") + days.astype("timedelta64[D]")).astype("datetime64[D]")
        self.founded = pa.array(self.founded_on)
        self.members = own.integers(7, 400, count)
        self.workers = own.integers(5, 60, count)
        self.capital = own.integers(2, 200, count) * 50_000_000
        self.revenue = own.integers(100, 9_000, count) * 1_000_000
        self.rating = own.random(count)
        self.fate = own.random(count)  # near 1: suspended sooner or later
        self.linked, self.high_tech, self.gap = own.random(count), own.random(count), own.random(count)
        self.stars = own.integers(-20, 6, count)


def _write_quarter(
    lake: Lake, country: Sequence[_Area], end: dt.date, seed: int, rows: dict[str, int], provinces: int | None = None
) -> None:
    """Write what the provinces of that day deliver for one quarter, or the first of them."""
    reporters: dict[str, list[_Area]] = {}
    for area in country:
        reporters.setdefault(area.name if end < _MERGER else area.about.successor, []).append(area)
    for reporter, parts in list(reporters.items())[:provinces]:
        random = np.random.default_rng([seed, parts[0].number, end.toordinal()])
        register = _joined([_register(part, end) for part in parts])
        count = len(register["name"])
        for record_type, records in (
            ("cooperative_status", register),
            ("training_class", _classes(count, end, random)),
            ("loan", _loans(register, end, random)),
            ("indicator_report", _indicators(count, end, random)),
        ):
            file = f"{reporter}/{end.isoformat()}-{record_type}.xlsx"
            _write(lake, file, record_type, _sheet(record_type, records, _id(file), reporter, end), rows)


def _write(lake: Lake, file: str, record_type: str, table: pa.Table, rows: dict[str, int]) -> None:
    artefact = _id(file)
    pq.write_table(table, lake.path(record_type, artefact))
    pq.write_table(_artefact(artefact, file, {record_type: table}), lake.path("artefact", artefact))
    rows[record_type] += table.num_rows
    rows["artefact"] += 1


def _register(area: _Area, end: dt.date) -> dict[str, Any]:
    """The cooperatives of one area that are founded by ``end``, as that quarter's register tells of them."""
    here = np.flatnonzero(area.founded_on <= np.datetime64(end))
    count, quarter = len(here), end.year * 4 + (end.month - 1) // 3
    index = pa.array(here)
    # a register of every fifth quarter writes names out, and one cooperative in eight leaves out its tax code then
    spelled_out = (quarter + area.number) % 5 == 0
    without_tax = pa.array(spelled_out & (here % 8 == 0))
    fate = area.fate[here] + (quarter - 8084) * 0.002
    members = area.members[here] + (quarter - 8084) * (here % 3)
    revenue = area.revenue[here] * (100 + here * quarter % 17) // 100
    rating = (area.rating[here] + (quarter // 4) * 0.01) % 1
    return {
        "name": (area.name_long if spelled_out else area.name_vi).take(index),
        "kind": pa.repeat("cooperative", count),
        "tax_code": pc.if_else(without_tax, pa.scalar(None, pa.string()), area.tax_code.take(index)),
        "commune": area.commune.take(index),
        "sector": area.sector.take(index),
        "founded_on": area.founded.take(index),
        "founded_on_precision": pa.repeat("day", count),
        "status": _one_of(("active", "suspended", "dissolving"), np.searchsorted([0.93, 0.98], fate)),
        "members": pa.array(members),
        "workers": pa.array(area.workers[here]),
        "charter_capital_vnd": pa.array(area.capital[here]),
        "revenue_vnd": pa.array(revenue),
        "profit_vnd": pa.array(revenue // 100 * (here % 18 - 3)),
        "rating": _one_of(_RATINGS, np.searchsorted([0.25, 0.63, 0.83, 0.9], rating)),
        "linked": pa.array(area.linked[here] + (quarter - 8084) * 0.004 < 0.3),
        "high_tech": pa.array(area.high_tech[here] < 0.09),
        "gap_certified": pa.array(area.gap[here] < 0.12),
        "ocop_stars": pa.array(area.stars[here], mask=area.stars[here] < 3),
        "fields": _fields(_REGISTER_FIELDS, count),
    }


def _one_of(words: Sequence[str], which: np.ndarray[Any, np.dtype[np.int64]]) -> pa.Array:
    return pa.array(words).take(pa.array(which))


def _fields(names: Sequence[str], count: int) -> pa.Array:
    offsets = np.arange(count + 1, dtype=np.int32) * len(names)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(list(names) * count))


def _joined(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {field: pa.concat_arrays([part[field] for part in parts]) for field in parts[0]}


def _classes(cooperatives: int, end: dt.date, random: np.random.Generator) -> dict[str, Any]:
    """One class for twenty cooperatives, in the quarter that ends on ``end``."""
    count = max(round(cooperatives / 20), 1)
    days = random.integers(2, 88, count).astype("timedelta64[D]")
    learners = random.integers(20, 90, count)
    return {
        "title": pa.array([f"Lớp {number + 1}" for number in range(count)]),
        "starts_on": pa.array(np.datetime64(end) - days),
        "ends_on": pa.array(np.datetime64(end) - days + np.timedelta64(1, "D")),
        "learners": pa.array(learners),
        "female": pa.array(learners // 3),
        "budget_vnd": pa.array(random.integers(15, 70, count) * 1_000_000),
        "fields": _fields(_TRAINING_FIELDS, count),
    }


def _loans(register: dict[str, Any], end: dt.date, random: np.random.Generator) -> dict[str, Any]:
    """One loan for ten cooperatives; contracts run for several quarters, so that their numbers come back."""
    count = max(round(len(register["name"]) / 10), 1)
    amounts = random.integers(4, 60, count) * 50_000_000
    return {
        "borrower": register["name"].take(pa.array(random.integers(0, len(register["name"]), count))),
        "contract_no": pa.array([f"{number + 1:04d}/HĐTD" for number in range(count)]),
        "signed_on": pa.array(np.datetime64(end) - random.integers(0, 1_000, count).astype("timedelta64[D]")),
        "amount_vnd": pa.array(amounts),
        "outstanding_vnd": pa.array(amounts // 100 * random.integers(10, 100, count)),
        "fields": _fields(_LOAN_FIELDS, count),
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
    places = {"cells": _cells(count), "row_no": _row_numbers(count)}
    columns = []
    for field in schema:
        if field.name in everywhere:
            columns.append(pa.repeat(pa.scalar(everywhere[field.name], field.type), count))
        elif (values := places.get(field.name, records.get(field.name))) is None:
            columns.append(pa.nulls(count, field.type))
        elif pa.types.is_decimal(field.type):
            # Arrow wants room for every 64-bit number before it narrows.
            wide = pa.decimal128(19 + field.type.scale, field.type.scale)
            columns.append(_array(values, pa.int64()).cast(wide).cast(field.type))
        else:
            columns.append(_array(values, field.type))
    return pa.table(columns, schema=schema)


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    return values.cast(kind) if isinstance(values, pa.Array) else pa.array(values, kind)


@functools.cache
def _cells(count: int) -> pa.Array:
    return pa.array([f"A{row + 9}:P{row + 9}" for row in range(count)])


@functools.cache
def _row_numbers(count: int) -> pa.Array:
    return pa.array([str(row + 1) for row in range(count)])


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
        "starts_on": dt.date(2021, 1, 1),
        "ends_on": dt.date(2025, 12, 31),
        "aliases": [],
        "registered": True,
    }


def _artefact(artefact: str, file: str, tables: dict[str, pa.Table]) -> pa.Table:
    area, name = file.split("/")
    is_page = name.endswith(".html")
    counted = sum(table.num_rows for table in tables.values())
    published = dt.date(2021, 1, 15) if is_page else dt.date.fromisoformat(name[:10]) + dt.timedelta(days=15)
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
    parser.add_argument("--cooperatives", type=int, default=COOPERATIVES)
    parser.add_argument("--quarters", type=int, default=20)
    parser.add_argument("--seed", type=int, default=20251231)
    options = parser.parse_args()
    began = time.perf_counter()
    rows = build(options.home, cooperatives=options.cooperatives, quarters=options.quarters, seed=options.seed)
    for record_type, count in rows.items():
        print(f"{record_type:20} {count:>9,}")
    print(f"written in {time.perf_counter() - began:.1f} s")


if __name__ == "__main__":
    main()
