"""The sample data says what its README promises, byte for byte and through the readers."""

from __future__ import annotations

import collections
import csv
import datetime as dt
import functools
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from ingestion import bulletins, workbooks
from ingestion.bulletins.model import Bulletin
from ingestion.documents import Known, UnreadableDocument
from ingestion.programmes import load_programmes
from ingestion.sources import load_sources
from ingestion.vietnamese.text import match_key
from ingestion.workbooks.results import Record, Sheet, Workbook
from sample_data.make_sample_data import write

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_data"
INBOX = SAMPLE / "inbox"
BROKEN = "tra_vinh/von-vay-quy-3-2025.xlsx"
WRONG = ("ha_nam/bieu-02-03-04-nam-2025.xlsx", "Biểu 04", "F11")

PROMISES = list(csv.DictReader((SAMPLE / "promises.csv").read_text(encoding="utf-8").splitlines()))
STATEMENTS = list(csv.DictReader((Path(__file__).parent / "statements.csv").read_text(encoding="utf-8").splitlines()))
FILES = sorted(path.relative_to(INBOX).as_posix() for path in INBOX.rglob("*") if path.is_file())
WORKBOOKS = [name for name in FILES if name.endswith((".xlsx", ".csv")) and "index" not in name and name != BROKEN]
PAGES = [name for name in FILES if name.endswith(".html")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    inbox = tmp_path_factory.mktemp("made")
    write(inbox)
    return inbox


def test_the_script_makes_the_files_of_the_repository(made: Path) -> None:
    assert sorted(path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()) == FILES
    different = [name for name in FILES if _bytes(made / name) != _bytes(INBOX / name)]
    assert different == []


def test_two_runs_make_the_same_bytes(made: Path, tmp_path: Path) -> None:
    write(tmp_path)
    assert [(tmp_path / name).read_bytes() == (made / name).read_bytes() for name in FILES] == [True] * len(FILES)


def test_nothing_in_a_workbook_tells_when_it_was_made(made: Path) -> None:
    for name in FILES:
        if name.endswith(".xlsx") and name != BROKEN:
            with zipfile.ZipFile(made / name) as package:
                assert {member.date_time for member in package.infolist()} == {(2025, 1, 1, 0, 0, 0)}, name
                stamps = re.findall(rb">(\d{4}-\d\d-\d\dT[^<]*)<", package.read("docProps/core.xml"))
                assert set(stamps) == {b"2025-01-01T00:00:00Z"}, name


def test_the_inbox_is_small() -> None:
    assert sum((INBOX / name).stat().st_size for name in FILES) < 2_000_000


def test_every_folder_has_an_index_of_exactly_its_files() -> None:
    for folder in sorted(path for path in INBOX.iterdir() if path.is_dir()):
        rows = _index(folder)
        assert list(rows[0]) == ["file", "published", "province", "publisher", "programme"]
        on_disk = sorted(path.name for path in folder.iterdir() if path.name != "index.csv")
        assert sorted(row["file"] for row in rows) == on_disk, folder.name


def test_every_index_names_a_registered_programme_of_its_province() -> None:
    programmes = {
        match_key(name): programme
        for programme in load_programmes()
        for name in (programme.name_vi, *programme.aliases)
    }
    for folder in sorted(path for path in INBOX.iterdir() if path.is_dir()):
        for row in _index(folder):
            assert programmes[match_key(row["programme"])].province == row["province"]


def test_the_sources_cover_the_inbox() -> None:
    paths = {source.path.as_posix() for source in load_sources() if source.name.startswith("sample_")}
    assert paths == {f"sample_data/inbox/{folder.name}" for folder in INBOX.iterdir() if folder.is_dir()}


def test_the_broken_file_is_refused_with_a_reason() -> None:
    content = (INBOX / BROKEN).read_bytes()
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(content))
    with pytest.raises(UnreadableDocument) as refusal:
        workbooks.read(content, name=BROKEN)
    assert BROKEN in str(refusal.value)
    assert refusal.value.advice


def test_one_share_is_impossible_and_only_one() -> None:
    impossible = []
    for name in WORKBOOKS:
        if name.endswith(".xlsx"):
            for sheet in openpyxl.load_workbook(INBOX / name).worksheets:
                for row in sheet.iter_rows(min_col=3, max_col=8):
                    if row[0].value == "%":
                        # A comparison with the plan may pass 100; those columns stand behind the value's.
                        values = [cell for cell in row[1:4] if isinstance(cell.value, (int, float))]
                        impossible += [(name, sheet.title, cell.coordinate) for cell in values if cell.value > 140]
    assert impossible == [WRONG]


@pytest.mark.parametrize("name", WORKBOOKS)
def test_every_used_row_under_a_header_is_accounted_for(name: str) -> None:
    workbook = _workbook(name)
    used = _used_rows(name)
    assert {sheet.sheet for sheet in workbook.sheets} == set(used)
    for sheet in workbook.sheets:
        assert sheet.record_type, f"{name}, {sheet.sheet}: no layout"
        assert sheet.header
        assert sheet.quarantined == []
        assert sheet.personal_data == []
        told = {row for record in sheet.records for row in _rows(record.cells)}
        told |= {row for entry in sheet.ignored for row in _rows(entry.cells)}
        told |= {row for total in sheet.totals for row in _rows(total.cells)}
        below = {row for row in used[sheet.sheet] if row > max(_rows(sheet.header))}
        assert below - told == set(), f"{name}, {sheet.sheet}"
        assert all(total.agrees for total in sheet.totals), f"{name}, {sheet.sheet}"


@pytest.mark.parametrize("name", PAGES)
def test_every_statement_stands_in_its_page(name: str) -> None:
    bulletin = _bulletin(name)
    assert bulletin.statements, name
    for statement in bulletin.statements:
        assert bulletin.text[statement.start : statement.end] == statement.quote


@pytest.mark.parametrize("name", PAGES)
def test_a_page_gives_the_statements_it_was_written_for(name: str) -> None:
    meant = collections.Counter(
        (row["kind"], row["indicator"], row["value"], row["value_high"], row["period_end"] or row["as_of"])
        for row in STATEMENTS
        if row["file"] == name
    )
    read = collections.Counter(
        (s.kind, s.indicator, str(s.value), str(s.value_high or ""), str(s.period_end or s.as_of or ""))
        for s in _bulletin(name).statements
    )
    assert read == meant


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: f"{promise['file']}: {promise['what']}")
def test_the_number_is_in_the_file(promise: dict[str, str]) -> None:
    assert Decimal(promise["number"]) in _counted(promise["file"], promise["check"])


def test_the_readme_lists_every_promise() -> None:
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    for promise in PROMISES:
        cells = (promise["programme"], promise["what"], promise["number"], promise["origin"], f"`{promise['file']}`")
        assert f"| {' | '.join(cells)} |" in readme
    assert BROKEN in readme
    assert WRONG[0] in readme and WRONG[2] in readme


def _counted(file: str, check: str) -> list[Decimal]:
    """The numbers that a check of promises.csv finds: one for registers, as many as stated for tables and pages."""
    verb, *rest = check.split()
    if verb == "bulletin":
        kind, indicator = rest
        return [s.value for s in _bulletin(file).statements if (s.kind, s.indicator) == (kind, indicator)]
    if verb == "report":
        kind, indicator = rest
        return [
            Decimal(str(record.fields["value"]))
            for record in _records(file, "indicator_report")
            if (record.fields["kind"], record.fields["indicator"]) == (kind, indicator)
        ]
    record_type, *rest = rest
    filters = dict(part.split("=") for part in rest if "=" in part)
    kept = [record for record in _records(file, record_type) if _passes(record, filters)]
    if verb == "count":
        return [Decimal(len(kept))]
    values = [Decimal(str(record.fields[rest[0]])) for record in kept]
    return [sum(values) / (len(values) if verb == "mean" else 1)]


def _passes(record: Record, filters: dict[str, str]) -> bool:
    for field, wanted in filters.items():
        value = record.fields.get(field)
        if ".." in wanted:
            first, last = (dt.date.fromisoformat(day) for day in wanted.split(".."))
            if not isinstance(value, dt.date) or not first <= value <= last:
                return False
        elif value != wanted:
            return False
    return True


def _records(file: str, record_type: str) -> Iterator[Record]:
    return (record for sheet in _sheets(file, record_type) for record in sheet.records)


def _sheets(file: str, record_type: str) -> list[Sheet]:
    return [sheet for sheet in _workbook(file).sheets if sheet.record_type == record_type]


@functools.cache
def _workbook(name: str) -> Workbook:
    return workbooks.read((INBOX / name).read_bytes(), name=name, known=_known(name))


@functools.cache
def _bulletin(name: str) -> Bulletin:
    return bulletins.read((INBOX / name).read_bytes(), name=name, known=_known(name))


def _known(name: str) -> Known:
    row = next(row for row in _index((INBOX / name).parent) if row["file"] == Path(name).name)
    published = dt.date.fromisoformat(row["published"]) if row["published"] else None
    return Known(published, row["province"], row["publisher"], row["programme"])


def _index(folder: Path) -> list[dict[str, str]]:
    with (folder / "index.csv").open(encoding="utf-8", newline="") as index:
        return list(csv.DictReader(index))


def _used_rows(name: str) -> dict[str, set[int]]:
    if name.endswith(".csv"):
        delimiter = ";" if name.startswith("tra_vinh") else ","
        lines = (INBOX / name).read_text(encoding="utf-8-sig").splitlines()
        rows = {number for number, row in enumerate(csv.reader(lines, delimiter=delimiter), start=1) if any(row)}
        return {sheet.sheet: rows for sheet in _workbook(name).sheets}
    book = openpyxl.load_workbook(INBOX / name)
    return {
        sheet.title: {row[0].row for row in sheet.iter_rows() if any(cell.value is not None for cell in row)}
        for sheet in book.worksheets
    }


def _rows(cells: str) -> range:
    numbers = [int(number) for number in re.findall(r"\d+", cells)]
    return range(min(numbers), max(numbers) + 1)


def _bytes(path: Path) -> object:
    """A file's bytes; of a whole workbook its parts where this Python packs with another zlib than the one used."""
    if "ng" in zlib.ZLIB_RUNTIME_VERSION and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as package:
            return [(member.filename, package.read(member)) for member in package.infolist()]
    return path.read_bytes()
