"""The official report table: read back by our own reader it says the same, it adds up, each number names its source."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from ingestion import workbooks
from publication import spreadsheet
from publication.annex import Annex, Period, annex
from publication.published import Published
from tests.refreshing import Refreshed, htx

PROVINCES = [("Nam Định", "2023"), ("Hà Nam", "2024"), ("Hà Nam", "2025"), ("Bình Phước", "2025")]
PROVINCES += [("Bình Phước", "2025-H1"), ("Trà Vinh", "2025"), ("Đồng Nai", "2025"), ("Đồng Nai", "2030")]
_KIND = {"before": "result", "plan": "plan", "done": "result", "estimated": "estimate", "next_plan": "plan"}


def _annex(sample: Refreshed, name: str, period: str) -> Annex:
    with Published.open(sample.release) as published:
        return annex(published, name, Period.parse(period), sample.release.name)


@pytest.mark.parametrize(("name", "period"), PROVINCES)
def test_the_annex_reads_back_to_the_same_values(sample: Refreshed, tmp_path: Path, name: str, period: str) -> None:
    made = _annex(sample, name, period)
    path = tmp_path / "annex.xlsx"
    spreadsheet.write_annex(made, path)

    (table, sources) = workbooks.read(path.read_bytes(), name=path.name).to_json()["sheets"]
    assert (table["record_type"], table["province"], table["quarantined"]) == ("indicator_report", name, [])
    assert sources["record_type"] is None
    read = {
        (record["indicator"], record["scope"], record["kind"], record["period_end"]): Decimal(str(record["value"]))
        for record in table["records"]
        if record["value"] is not None
    }
    ends = {
        "before": made.period.before.end,
        "plan": made.period.year_end,
        "done": made.period.end,
        "estimated": made.period.end,
        "next_plan": dt.date(made.period.year + 1, 12, 31),
    }
    written = {
        (line.indicator.indicator, line.scope, _KIND[column], ends[column].isoformat()): number.value
        for line in made.lines
        for column, number in line.numbers.items()
    }
    assert read.keys() == written.keys()
    assert all(abs(read[key] - value) <= Decimal("0.0001") for key, value in written.items())


def test_it_adds_up_and_each_number_has_its_source(sample: Refreshed, tmp_path: Path) -> None:
    made = _annex(sample, "ha nam", "2025")
    path = tmp_path / "annex.xlsx"
    spreadsheet.write_annex(made, path)
    formulas = openpyxl.load_workbook(path)["Phụ lục"]
    values = openpyxl.load_workbook(path, data_only=True)["Phụ lục"]
    compared = 0
    for row in range(7, values.max_row + 1):
        for column, against in ((8, 5), (9, 4)):
            if values.cell(row, column).value is not None and str(formulas.cell(row, column).value).startswith("="):
                now = values.cell(row, 6).value or values.cell(row, 7).value
                assert values.cell(row, column).value == pytest.approx(now / values.cell(row, against).value * 100)
                compared += 1
    assert compared > 20

    whole = {line.indicator.indicator: line for line in made.lines if line.scope is None}
    parts = [line for line in made.lines if line.scope is not None and line.indicator.indicator in whole]
    for part in parts:
        if part.indicator.measure in ("level", "flow") and part.done and whole[part.indicator.indicator].done:
            assert part.done.value <= whole[part.indicator.indicator].done.value, part.indicator.indicator

    sources = openpyxl.load_workbook(path)["Nguồn số liệu"]
    cells = [row[0].value for row in sources.iter_rows(min_row=2) if row[0].value]
    assert len(cells) == len(set(cells)) == sum(len(line.numbers) for line in made.lines)
    assert all(values[cell].value is not None for cell in cells)
    assert all(row[5].value and row[6].value for row in sources.iter_rows(min_row=2, max_row=len(cells) + 1))


def test_a_line_never_mixes_counting_systems(sample: Refreshed) -> None:
    for name, period in PROVINCES:
        for line in _annex(sample, name, period).lines:
            systems = {number.system for number in (line.before, line.done, line.estimated) if number}
            assert len(systems) <= 1, (name, line.indicator.indicator, systems)


def test_a_range_and_a_least_number_show_what_they_are(sample: Refreshed, tmp_path: Path) -> None:
    path = tmp_path / "annex.xlsx"
    spreadsheet.write_annex(_annex(sample, "ha_nam_2025", "2025"), path)
    plans = openpyxl.load_workbook(path)["Phụ lục"]
    formats = {plans.cell(row, 5).number_format for row in range(7, plans.max_row) if plans.cell(row, 5).value}
    assert '#,##0" – 10"' in formats
    assert '"≥ "#,##0' in formats


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("Nam Định", "--period", "2023-Q1"), "expected a year such as 2024"),
        (("Nam Đinhh", "--period", "2023"), "expected the code or name of a programme or a province"),
        (("Nam Định", "--period", "2010"), "expected published numbers, found none"),
        (("Nam Định", "--period", "2027"), "expected a province that existed then"),
        (("Nam Định", "--period", "2023", "--out", "x.pdf"), "expected a name ending in .xlsx"),
    ],
)
def test_what_cannot_be_exported_is_told(sample: Refreshed, words: tuple[str, ...], said: str) -> None:
    done = htx("export", "annex", *words, "--home", sample.home, check=False)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_table_as_excel_csv_and_parquet_says_the_same(sample: Refreshed, tmp_path: Path) -> None:
    for ending in ("xlsx", "csv", "parquet"):
        htx("export", "table", "fct_kpi_result", "--home", sample.home, "--out", tmp_path / f"t.{ending}")
    parquet = pd.read_parquet(tmp_path / "t.parquet")
    excel = pd.read_excel(tmp_path / "t.xlsx", engine="calamine")
    raw = (tmp_path / "t.csv").read_bytes()
    assert raw.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == len(parquet) == len(excel) > 100
    for row, ours, sheet in zip(rows, parquet.to_dict("records"), excel.to_dict("records"), strict=True):
        if not row["value"]:
            assert pd.isna(ours["value"]) and pd.isna(sheet["value"])
            continue
        value = Decimal(row["value"].replace(",", "."))
        assert value == ours["value"]
        assert float(value) == pytest.approx(sheet["value"])
        assert (row["period_end"] or None) == (ours["period_end"] and f"{ours['period_end']:%d/%m/%Y}")
        assert row["indicator"] == ours["indicator"] == sheet["indicator"]


def test_an_unknown_table_is_told_with_those_there_are(sample: Refreshed) -> None:
    done = htx("export", "table", "fct_nothing", "--home", sample.home, check=False)
    assert done.returncode == 1
    assert "expected a table 'fct_nothing'" in done.stderr and "fct_kpi_attainment" in done.stderr
