"""Good data for the matrix: one programme in each province, a few documents of each kind, in two deliveries.

Each trial of the matrix has a province of its own, since provinces are independent: so one night carries as many
trials as there are provinces. What a trial adds is marked as bad; the same lake without what is marked is what the
release must look like.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from ingestion.lake import SCHEMAS
from tests.dbt_project.warehouse import PROJECT, Lake, day
from tests.dbt_project.warehouse import typed_table as _table

AS_OF = dt.date(2027, 6, 30)
# The good number of every indicator that the bulletins report, at the end of 2022; each year after is a tenth more.
REPORTED: Mapping[str, tuple[float, str]] = {
    "coop_group_total": (300, "cooperative_group"),
    "coop_group_members": (6000, "person"),
    "coop_group_new": (20, "cooperative_group"),
    "coop_dissolved": (5, "cooperative"),
    "contract_sales_share": (30, "percent"),
    "coop_credit_share": (40, "percent"),
    "coop_income_avg": (5_000_000, "VND/month"),
    "fund_capital": (20_000_000_000, "VND"),
    "state_support": (3_000_000_000, "VND"),
    "fair_coops": (25, "cooperative"),
}
FLOWS = ("coop_group_new", "coop_dissolved", "state_support", "fair_coops")
LIST_ROWS = 12


@dataclasses.dataclass(frozen=True)
class Territory:
    """A province as it was until 2025-06-30, or one that the merger made; the latter reports two years later."""

    name: str
    later: int = 0

    @property
    def folder(self) -> str:
        return f"{self.name} {2025 + self.later}"


def territories() -> list[Territory]:
    """The 63 provinces until 2025-06-30, and those of the 34 since that are another territory: 86 in all."""
    with (PROJECT / "seeds" / "province_succession.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    merged = sorted({row["new_short"] for row in rows if row["unchanged"] == "0"})
    return [*(Territory(row["old_short"]) for row in rows), *(Territory(name, 2) for name in merged)]


@dataclasses.dataclass
class Station:
    """One province's documents; whatever is added while `blame` is set is bad, and is the trial's of that name."""

    territory: Territory
    lake: Lake
    bad: Bad
    blame: str | None = None

    @property
    def province(self) -> str:
        return self.territory.name

    def document(self, name: str, published: str, *, kind: str = "bulletin") -> str:
        """Add a document of the provincial alliance; return its artefact."""
        artefact = self.lake.document(
            f"{self.territory.folder}/{name}", published=published, province=self.province, kind=kind,
            publisher=f"Liên minh Hợp tác xã tỉnh {self.province}",
            programme=f"Chương trình {self.territory.folder}",
        )  # fmt: skip
        self._mark("artefact", self.lake.rows["artefact"][-1])
        return artefact

    def statement(self, artefact: str, kind: str, indicator: str, value: float | None, **more: Any) -> None:
        self.lake.statement(artefact, kind, indicator, value, **more)
        self._mark("statement", self.lake.rows["statement"][-1])

    def row(self, record_type: str, artefact: str, **fields: Any) -> None:
        """Add one row of a list, below those that are there."""
        number = 8 + sum(row["artefact"] == artefact for row in self.lake.rows[record_type])
        self.lake.rows[record_type].append(
            {
                "artefact": artefact, "sheet": f"Biểu {record_type}", "row_no": str(number - 7),
                "cells": f"A{number}:N{number}",
                "layout": f"{record_type}/1", "hidden": False, "report_province": self.province,
            }
            | fields
        )  # fmt: skip
        self._mark(record_type, self.lake.rows[record_type][-1])

    def _mark(self, record_type: str, row: dict[str, Any]) -> None:
        for field, value in row.items():
            if isinstance(value, dt.date):
                row[field] = value.replace(year=value.year + self.territory.later)
        if self.blame:
            self.bad.rows.setdefault(self.blame, []).append((record_type, row))


@dataclasses.dataclass
class Bad:
    """What the trials added, by trial."""

    rows: dict[str, list[tuple[str, dict[str, Any]]]] = dataclasses.field(default_factory=dict)

    def without(self, lake: Lake) -> Lake:
        """The lake without what is bad."""
        marked = {id(row) for rows in self.rows.values() for _, row in rows}
        good = Lake()
        good.rows = {kind: [row for row in rows if id(row) not in marked] for kind, rows in lake.rows.items()}
        return good


def good(station: Station, *, news: bool) -> None:
    """Promises, a year of reports and lists; with ``news`` the second year, which comes on the night of the trials."""
    plan = station.document("plan.html", "2023-02-01")
    period = {"period_start": "2023-01-01", "period_end": "2024-12-31"}
    station.statement(plan, "target", "coop_group_total", 360, qualifier="ge", unit="cooperative_group", **period)
    station.statement(plan, "target", "coop_group_new", 46, qualifier="ge", unit="cooperative_group", **period)
    station.statement(plan, "target", "contract_sales_share", 35, qualifier="ge", unit="percent", **period)
    station.statement(plan, "target", "fair_coops", 26, qualifier="ge", unit="cooperative", per="year", **period)
    for year in (2023, 2024) if news else (2023,):
        _year(station, year)


def _year(station: Station, year: int) -> None:
    first, last, published = f"{year}-01-01", f"{year}-12-31", f"{year + 1}-01-20"
    more = 1 + (year - 2022) / 10
    review = station.document(f"review-{year}.html", published)
    for indicator, (value, unit) in REPORTED.items():
        when = {"period_start": first, "period_end": last} if indicator in FLOWS else {"as_of": last}
        station.statement(review, "result", indicator, round(value * more), unit=unit, **when)
    lists = station.document(f"lists-{year}.xlsx", published, kind="workbook")
    for cell, (indicator, value, unit) in enumerate(
        [("union_total", 4, "union"), ("ntm13_communes", 60, "commune"), ("communes_with_coop_share", 70, "percent")],
        start=9,
    ):
        station.row(
            "indicator_report", lists, indicator=indicator, indicator_text=indicator, kind="result", unit=unit,
            value=round(value * more), cell=f"E{cell}", period_start=day(first), period_end=day(last),
            report_period_end=day(last),
        )  # fmt: skip
    for record_type in LISTS:
        for number in range(LIST_ROWS + year - 2022):
            station.row(record_type, lists, **good_row(record_type, year, number))


LISTS = ("cooperative_status", "training_class", "loan", "support")


def good_row(record_type: str, year: int, number: int) -> dict[str, Any]:
    """A row of a list that nothing is wrong with; rows of one list differ from each other."""
    last = day(f"{year}-12-31")
    if record_type == "cooperative_status":
        return {
            "name": f"HTX số {number:03d}", "kind": "cooperative", "tax_code": f"01{number:08d}", "status": "active",
            "sector": "agriculture", "founded_on": day(f"20{10 + number % 10}-03-0{1 + number % 9}"),
            "members": 20 + number, "workers": 5 + number, "charter_capital_vnd": 1_000_000_000 + number * 1_000_000,
            "revenue_vnd": 2_000_000_000, "income_per_worker_month_vnd": 5_000_000, "rating": "good",
            "report_period_end": last,
            "fields": ["name", "status", "sector", "founded_on", "members", "workers", "charter_capital_vnd", "rating"],
        }  # fmt: skip
    if record_type == "training_class":
        return {
            "title": f"Lớp {number:03d}", "topic": "management", "starts_on": day(f"{year}-04-{1 + number:02d}"),
            "ends_on": day(f"{year}-05-{1 + number:02d}"), "learners": 40 + number, "female": 15,
            "budget_vnd": 30_000_000,
            "report_period_end": last, "fields": ["title", "starts_on", "learners"],
        }  # fmt: skip
    if record_type == "loan":
        return {
            "borrower": f"HTX số {number:03d}", "contract_no": f"{number:03d}/HĐ-{year}",
            "signed_on": day(f"{year}-02-{1 + number:02d}"), "due_on": day(f"{year + 2}-02-01"),
            "amount_vnd": 900_000_000 + number * 1_000_000, "disbursed_vnd": 900_000_000,
            "outstanding_vnd": 600_000_000,
            "overdue_vnd": 10_000_000, "interest_pct_year": 6, "report_period_end": last,
            "fields": ["borrower", "signed_on", "amount_vnd", "disbursed_vnd", "outstanding_vnd"],
        }  # fmt: skip
    return {
        "policy": "NĐ 113", "beneficiary": f"HTX số {number:03d}", "content": "máy móc", "decision_no": f"{number}/QĐ",
        "decided_on": day(f"{year}-06-{1 + number:02d}"), "amount_vnd": 200_000_000 + number * 1_000_000,
        "disbursed_vnd": 150_000_000, "report_period_end": last,
        "fields": ["beneficiary", "amount_vnd", "disbursed_vnd"],
    }  # fmt: skip


def artefact_of(station: Station, name: str) -> str:
    """The artefact of a document that the station has."""
    return hashlib.sha256(f"{station.territory.folder}/{name}".encode()).hexdigest()


def write(lake: Lake, folder: Path) -> None:
    """Write the lake's files, one for each artefact and record type, beside what the readers have written."""
    for record_type, rows in lake.rows.items():
        by_owner: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            by_owner[str(row.get("artefact", row.get("programme")))].append(row)
        for owner, own in by_owner.items():
            pq.write_table(_table(own, SCHEMAS[record_type]), folder / record_type / f"{owner}.parquet")
