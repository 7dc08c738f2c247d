"""Every workbook of the made set against its truth: records, fields, quarantine, and every used row accounted for."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from made import Made, Truth, all_made

from ingestion.workbooks import examine
from ingestion.workbooks.formats import open_workbook
from ingestion.workbooks.grids import is_empty

_SET = all_made()


def compare(made: Made) -> dict[str, Any]:
    """Return counts of records and fields found right, and texts for everything that is wrong."""
    found = examine(made.content, name=made.name).to_json()
    result: dict[str, Any] = {"records": 0, "records_right": 0, "fields": 0, "fields_right": 0, "wrong": []}
    wrong: list[str] = result["wrong"]
    sheets = [sheet for sheet in found["sheets"] if sheet["record_type"]]
    if len(sheets) != len(made.truths):
        wrong.append(f"{len(sheets)} tables instead of {len(made.truths)}")
    for sheet, truth in zip(sheets, made.truths, strict=False):
        _compare_sheet(sheet, truth, result)
    return result


def _compare_sheet(sheet: dict[str, Any], truth: Truth, result: dict[str, Any]) -> None:
    wrong = result["wrong"]
    by_cell = truth.record_type == "indicator_report"
    for key in ("sheet", "record_type", "province", "period"):
        if sheet[key] != getattr(truth, key):
            wrong.append(f"{key} {sheet[key]!r} instead of {getattr(truth, key)!r}")
    records = {record["cell" if by_cell else "cells"]: record for record in sheet["records"]}
    for cells in records.keys() - truth.records.keys():
        wrong.append(f"a record too many at {cells}: {records[cells]}")
    for cells, expected in truth.records.items():
        result["records"] += 1
        record = records.get(cells)
        if record is None:
            wrong.append(f"no record at {cells}")
            continue
        result["records_right"] += 1
        for field, value in expected.items():
            result["fields"] += 1
            if (record.get(field) == value and type(record.get(field)) is type(value)) or (
                not isinstance(value, bool) and isinstance(value, (int, float)) and record.get(field) == value
            ):
                result["fields_right"] += 1
            else:
                wrong.append(f"{cells} {field}: {record.get(field)!r} instead of {value!r}")
    quarantined = {(entry["cells"], entry["field"]) for entry in sheet["quarantined"]}
    if quarantined != truth.quarantined:
        wrong.append(f"quarantined {sorted(quarantined ^ truth.quarantined)} differ")
    ignored = {entry["cells"]: entry["why"] for entry in sheet["ignored"]}
    for cells, why in truth.ignored.items():
        if not any(_covers(range_, cells) and said == why for range_, said in ignored.items()):
            wrong.append(f"{cells} not ignored as {why}: {ignored.get(cells)}")
    disagreeing = {total["cells"] for total in sheet["totals"] if not total["agrees"]}
    if disagreeing != truth.disagreeing:
        wrong.append(f"disagreeing totals {disagreeing} instead of {truth.disagreeing}")
    findings = {
        (finding["kind"], finding["cells"]) for finding in sheet["findings"] if finding["kind"] != "total_disagrees"
    }
    if findings != truth.findings:
        wrong.append(f"findings {findings} instead of {truth.findings}")
    personal = {entry["cells"] for entry in sheet["personal_data"]}
    if personal != truth.personal:
        wrong.append(f"personal data in {personal} instead of {truth.personal}")


def _rows(cells: str) -> tuple[int, int]:
    numbers = [int(number) for number in re.findall(r"\d+", cells)]
    return min(numbers), max(numbers)


def _covers(range_: str, cells: str) -> bool:
    (top, bottom), (first, last) = _rows(range_), _rows(cells)
    return top <= first and last <= bottom


def test_the_set_is_large_enough() -> None:
    assert len(_SET) >= 30


@pytest.mark.parametrize("made", _SET, ids=lambda made: made.name)
def test_records_fields_and_quarantine_equal_the_truth(made: Made) -> None:
    result = compare(made)
    assert not result["wrong"], "\n".join(result["wrong"])


def test_over_the_set_all_records_and_nearly_all_fields_are_right() -> None:
    results = [compare(made) for made in _SET]
    records, right = sum(r["records"] for r in results), sum(r["records_right"] for r in results)
    fields, fields_right = sum(r["fields"] for r in results), sum(r["fields_right"] for r in results)
    assert right == records > 200
    assert fields_right >= 0.995 * fields


@pytest.mark.parametrize("made", _SET, ids=lambda made: made.name)
def test_every_used_row_is_accounted_for(made: Made) -> None:
    workbook = examine(made.content, name=made.name).to_json()
    for grid in open_workbook(made.content, made.name).grids:
        sheets = [sheet for sheet in workbook["sheets"] if sheet["sheet"] == grid.name]
        covered: set[int] = set()
        for sheet in sheets:
            ranges = [entry["cells"] for part in ("records", "quarantined", "ignored") for entry in sheet[part]]
            ranges += [sheet["header"]] if sheet["header"] else []
            for cells in ranges:
                top, bottom = _rows(cells)
                covered |= set(range(top, bottom + 1))
        used = {r + 1 for r, row in enumerate(grid.rows) if any(not is_empty(value) for value in row)}
        assert used <= covered
