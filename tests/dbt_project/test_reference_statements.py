"""The statements of the five reference bulletins stand in the ledgers as their annotators read them."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.dbt_project.warehouse import Lake, Warehouse, build, day

TODAY = {
    "Đồng Nai": "75@2026-04-30",
    "Trà Vinh": "86@2025-07-01",
    "Hà Nam": "37@2025-07-01",
    "Nam Định": "37@2025-07-01",
    "Bình Phước": "75@2026-04-30",
}
# The plan of Đồng Nai has no day: its name means the province of the day the warehouse is asked for.
AS_REPORTED = {
    "Đồng Nai": "75@2026-04-30",
    "Trà Vinh": "84@2008-08-01",
    "Hà Nam": "35@2008-08-01",
    "Nam Định": "36@2008-08-01",
    "Bình Phước": "70@2008-08-01",
}
COLUMNS = (
    "file, indicator, value, value_high, qualifier, unit, scope, quote, period_start, period_end, province_key, "
    "current_province_key"
)
Reference = list[tuple[str, dict[str, Any]]]


@pytest.fixture(scope="module")
def reference(shared: Path) -> Reference:
    seeds = shared / "gold" / "seeds"
    return [
        (file.stem, statement)
        for file in sorted(seeds.glob("*.json"))
        for statement in json.loads(file.read_text(encoding="utf-8"))
    ]


@pytest.fixture(scope="module")
def ledgers(shared: Path, reference: Reference, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    lake = Lake()
    with (shared / "gold" / "seeds" / "index.csv").open(encoding="utf-8") as file:
        index = {row["id"]: row for row in csv.DictReader(file)}
    artefacts = {}
    for name, row in index.items():
        lake.programme(name, row["province"], "2021-01-01", "2030-12-31", name=row["programme"])
        artefacts[name] = lake.document(
            name, published=row["published"] or None, province=row["province"], publisher=row["publisher"],
            programme=row["programme"],
        )  # fmt: skip
    for name, statement in reference:
        lake.statement(
            artefacts[name], statement["kind"], statement["indicator"], statement["value"],
            quote=statement["quote"], value_high=statement["value_high"], qualifier=statement["qualifier"],
            unit=statement["unit"], scope=statement["scope"], scope_note=statement.get("scope_note"),
            per="year" if statement.get("scope_note") == "per year" else None, geography=statement["geography"],
            period_start=statement["period_start"], period_end=statement["period_end"], as_of=statement["as_of"],
        )  # fmt: skip
    return build(lake, tmp_path_factory.mktemp("reference"), "2026-11-22")


def test_every_reference_statement_stands_in_its_ledger(ledgers: Warehouse, reference: Reference) -> None:
    assert len(reference) >= 58
    rows = ledgers.rows(
        f"select 'target' as kind, {COLUMNS} from marts.fct_kpi_target where origin = 'bulletin' union all "
        f"select 'result', {COLUMNS} from marts.fct_kpi_result where origin = 'bulletin'"
    )
    assert len(rows) == len(reference)
    for name, said in reference:
        (row,) = [
            row for row in rows
            if (row["file"], row["kind"]) == (name, said["kind"])
            and (row["quote"], row["indicator"]) == (said["quote"], said["indicator"])
        ]  # fmt: skip
        high = said["value_high"]
        assert row["value"] == Decimal(str(said["value"])), said["quote"]
        assert row["value_high"] == (None if high is None else Decimal(str(high))), said["quote"]
        assert (row["qualifier"], row["unit"], row["scope"]) == (said["qualifier"], said["unit"], said["scope"])
        assert row["period_start"] == day(said["period_start"]), said["quote"]
        assert row["period_end"] == day(said["as_of"] or said["period_end"]), said["quote"]
        assert row["current_province_key"] == TODAY[said["geography"]], said["quote"]
        assert row["province_key"] == AS_REPORTED[said["geography"]], said["quote"]


def test_no_reference_statement_is_held(ledgers: Warehouse) -> None:
    held = ledgers.rows(
        "select quote, held_by from marts.fct_kpi_result where is_held union all "
        "select quote, held_by from marts.fct_kpi_target where is_held"
    )
    assert held == []


def test_targets_without_results_say_no_data(ledgers: Warehouse) -> None:
    statuses = ledgers.rows("select programme, status, count(*) as n from marts.fct_kpi_attainment group by all")
    assert {row["status"] for row in statuses} == {"no_data"}
    assert len({row["programme"] for row in statuses}) == 4  # the fifth bulletin promises nothing
