"""Real files of offices and the statistics authority, where they lie beside the repository (they never enter it)."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from ingestion.vietnamese.encodings import from_tcvn3, from_vni
from ingestion.workbooks import examine, read
from ingestion.workbooks.formats import open_workbook
from ingestion.workbooks.reader import decode
from ingestion.workbooks.titles import province_of

_FOLDER = Path(__file__).parents[3].parent / "shared" / "spreadsheets"
_FILES = sorted(path for path in _FOLDER.glob("*/*") if path.suffix != ".txt") if _FOLDER.is_dir() else []
pytestmark = pytest.mark.skipif(not _FILES, reason="the folder ../shared/spreadsheets is not there")


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_every_file_is_read_without_a_crash(path: Path) -> None:
    workbook = examine(path.read_bytes(), name=path.name)
    assert workbook.sheets
    assert workbook.to_json()["sheets"]


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _has_letters(text: str) -> bool:
    return any(sign.isalpha() for sign in text)


def _differences(path: Path) -> tuple[int, list[tuple[str, str, str]]]:
    """Compare cells that hold words, in order of sheets, rows and columns, blanks folded and composed (NFC).

    Cells of numbers and of spreadsheet errors are no text and are left out. Returns the number of cells and
    (raw, ours, truth) of each that differs.
    """
    opened = open_workbook(path.read_bytes(), path.name)
    raw = [
        value
        for grid in opened.grids
        for row in grid.rows
        for value in row
        if isinstance(value, str) and _has_letters(value)
    ]
    for grid in opened.grids:
        decode(grid)
    ours = [
        value
        for grid in opened.grids
        for row in grid.rows
        for value in row
        if isinstance(value, str) and _has_letters(value)
    ]
    lines = path.with_suffix(".truth.txt").read_text(encoding="utf-8").split("\n")
    truth = [_tidy(cell) for line in lines for cell in line.split("\t") if _has_letters(cell)]
    assert len(raw) == len(ours) == len(truth)
    return len(ours), [(r, o, t) for r, o, t in zip(raw, map(_tidy, ours), truth, strict=True) if o != t]


def _is_misread(raw: str, truth: str) -> bool:
    """Say whether a truth cell is a wrong decoding: TCVN3 text read as VNI, or Unicode text read as TCVN3."""
    if "ŭ" in truth:  # VNI signs after a letter that never carries them
        return True
    return truth in (_tidy(from_vni(raw)), _tidy(from_tcvn3(unicodedata.normalize("NFC", raw))))


_LEGACY = sorted((_FOLDER / "legacy_encodings").glob("*.xls"))


@pytest.mark.parametrize("path", _LEGACY, ids=lambda path: path.stem[:30])
def test_legacy_text_equals_the_truth_except_where_the_truth_is_a_misreading(path: Path) -> None:
    _, differing = _differences(path)
    assert [entry for entry in differing if not _is_misread(entry[0], entry[2])] == []


def test_most_legacy_files_equal_their_truth_cell_by_cell() -> None:
    exact = [path.name for path in _LEGACY if not _differences(path)[1]]
    cells = sum(_differences(path)[0] for path in _LEGACY)
    differing = sum(len(_differences(path)[1]) for path in _LEGACY)
    assert len(exact) >= 9
    assert differing <= 0.015 * cells


@pytest.mark.parametrize(
    ("name", "indicator"),
    [
        ("Số hợp tác xã phân theo địa phương", "coop_total"),
        ("Số lao động trong hợp tác xã phân theo địa phương", "coop_workers"),
    ],
)
def test_official_tables_become_indicator_rows_for_provinces_regions_and_the_country(name: str, indicator: str) -> None:
    sheet = read((_FOLDER / "gso" / f"{name}.csv").read_bytes(), name=f"{name}.csv").sheets[0]
    places = {str(record.fields["province"]) for record in sheet.table}
    provinces = {place for place in places if province_of(place)}
    assert len(provinces) == 63
    assert len(places - provinces) == 7  # six regions and the country
    assert {record.fields["indicator"] for record in sheet.table} == {indicator}
    assert len(sheet.table) == 70 * 3
    assert not sheet.quarantined


def test_the_official_digit_loss_is_found_with_both_numbers_and_addresses() -> None:
    path = _FOLDER / "gso" / "Số lao động trong hợp tác xã phân theo địa phương.csv"
    sheet = read(path.read_bytes(), name=path.name).sheets[0]
    assert [(total.stated, total.computed, total.cells, total.of) for total in sheet.totals if not total.agrees] == [
        (2348, 23488, "D53", "D54:D59")
    ]
    found = [finding for finding in sheet.findings if finding.kind == "total_disagrees"]
    assert [(finding.found, finding.expected) for finding in found] == [("2348", "23488")]
