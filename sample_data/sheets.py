"""Drawing tables as provincial offices lay them out, into xlsx or csv bytes that are the same at every run.

A `Sheet` is what stands on the paper, top to bottom: letterhead, title, annex line, unit note, a header over one
to three rows, a row of column numbers, the body, footnotes and the signature block.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

Cell = str | int | float | dt.date | None

_FIXED_TIME = (2025, 1, 1, 0, 0, 0)
_THIN = Side(style="thin")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


@dataclasses.dataclass(frozen=True)
class Column:
    """A column under one to three header cells, top first; equal neighbours in a header row are joined."""

    heads: tuple[str, ...]
    width: float = 12
    format: str | None = None


@dataclasses.dataclass(frozen=True)
class Line:
    """One body row: as many cells as columns (missing ones at the end are empty). ``bold`` for sections and totals.

    In a workbook a cell may be a formula, ``=F{row}/D{row}*100``.
    """

    cells: tuple[Cell, ...]
    bold: bool = False


@dataclasses.dataclass(frozen=True)
class Sheet:
    """One sheet; ``numbers`` is how the row of column numbers prints them (``"({})"``), None for no such row."""

    name: str
    office: tuple[str, ...]
    title: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    annex: str | None = None
    unit_note: str | None = None
    numbers: str | None = "{}"
    footnotes: tuple[str, ...] = ()
    signature: tuple[tuple[str, str], ...] = ()
    motto: bool = False
    hidden: bool = False


def section(number: str, label: str) -> Line:
    """A section title: ``A | HỢP TÁC XÃ``."""
    return Line((number, label), bold=True)


def total(label: str, lines: Iterable[Line], summed: Sequence[int], width: int) -> Line:
    """A total row over ``width`` columns: the label in the second one, sums in those of index ``summed``."""
    cells: list[Cell] = [None, label, *[None] * (width - 2)]
    counted = [line.cells for line in lines if not line.bold]
    for index in summed:
        values = [row[index] for row in counted]
        cells[index] = sum(value for value in values if isinstance(value, (int, float)))
    return Line(tuple(cells), bold=True)


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """An .xlsx of the sheets, in order."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _draw(book.create_sheet(sheet.name), sheet)
    book.properties.creator = "Dữ liệu mẫu"
    book.properties.created = dt.datetime(*_FIXED_TIME)
    content = io.BytesIO()
    book.save(content)
    return _repacked(content.getvalue())


def comma_separated(sheet: Sheet, *, delimiter: str = ",", byte_order_mark: bool = True) -> bytes:
    """A .csv of the sheet as a spreadsheet saves it: joined cells keep their text in the first cell only."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    width = len(sheet.columns)
    rows: list[Sequence[str]] = [*_above(sheet), *_header(sheet), *_column_numbers(sheet)]
    rows += [[_as_text(cell) for cell in line.cells] for line in sheet.lines]
    rows += [[note] for note in sheet.footnotes]
    rows += [["", *row] for row in zip(*sheet.signature, strict=True)]
    for row in rows:
        writer.writerow(_padded(row, width))
    return text.getvalue().encode("utf-8-sig" if byte_order_mark else "utf-8")


def truncated(content: bytes) -> bytes:
    """The first three fifths of a file: an upload that broke off."""
    return content[: len(content) * 3 // 5]


def _draw(page: Worksheet, sheet: Sheet) -> None:
    width = len(sheet.columns)
    plain, bold, italic = (
        Font(name="Times New Roman", size=11),
        Font(name="Times New Roman", size=11, bold=True),
        Font(name="Times New Roman", size=11, italic=True),
    )
    for index, column in enumerate(sheet.columns, start=1):
        page.column_dimensions[get_column_letter(index)].width = column.width
    row = 1
    for office in sheet.office:
        page.cell(row, 1, office).font = bold
        row += 1
    if sheet.motto:
        middle = width // 2 + 1
        page.cell(1, middle, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM").font = bold
        page.cell(2, middle, "Độc lập - Tự do - Hạnh phúc").font = bold
        row = max(row, 3)
    row += 1
    for text, font in [*((line, bold) for line in sheet.title), *([(sheet.annex, italic)] if sheet.annex else [])]:
        page.cell(row, 1, text).font = font
        page.cell(row, 1).alignment = Alignment(horizontal="center", wrap_text=False)
        page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=width)
        row += 1
    if sheet.unit_note:
        page.cell(row, max(width - 2, 1), sheet.unit_note).font = italic
        row += 1
    row = _draw_header(page, sheet, row, bold)
    for numbers in _column_numbers(sheet):
        for index, text in enumerate(numbers, start=1):
            cell = page.cell(row, index, int(text) if text.isdigit() else text)
            cell.font, cell.border, cell.alignment = italic, _BORDER, Alignment(horizontal="center")
        row += 1
    page.freeze_panes = page.cell(row, 3).coordinate
    for line in sheet.lines:
        for index, (column, value) in enumerate(zip(sheet.columns, line.cells, strict=False), start=1):
            # A formula names its own row; openpyxl stores no result with it, as some exports don't.
            is_formula = isinstance(value, str) and value.startswith("=")
            cell = page.cell(row, index, str(value).format(row=row) if is_formula else value)
            cell.font, cell.border = bold if line.bold else plain, _BORDER
            if column.format and isinstance(value, (int, float, dt.date)):
                cell.number_format = column.format
        row += 1
    for note in sheet.footnotes:
        page.cell(row, 1, note).font = italic
        row += 1
    if sheet.signature:
        row += 1
        for index, signed_by in enumerate(sheet.signature):
            for offset, text in enumerate(signed_by):
                page.cell(row + offset, 2 if index == 0 else max(width - 3, 3), text).font = bold
    if sheet.hidden:
        page.sheet_state = "hidden"


def _draw_header(page: Worksheet, sheet: Sheet, top: int, font: Font) -> int:
    """The header from row ``top`` on: joined sideways over equal heads, downwards where a column has fewer heads."""
    depth = max(len(column.heads) for column in sheet.columns)
    for level in range(depth):
        start = 0
        while start < len(sheet.columns):
            heads = sheet.columns[start].heads
            if level >= len(heads):
                start += 1
                continue
            end = start
            while (
                end + 1 < len(sheet.columns)
                and level < len(heads) - 1
                and sheet.columns[end + 1].heads[: level + 1] == heads[: level + 1]
            ):
                end += 1
            bottom = depth - 1 if level == len(heads) - 1 else level
            cell = page.cell(top + level, start + 1, heads[level])
            cell.font, cell.border = font, _BORDER
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            if end > start or bottom > level:
                page.merge_cells(
                    start_row=top + level, end_row=top + bottom, start_column=start + 1, end_column=end + 1
                )
            start = end + 1
    return top + depth


def _above(sheet: Sheet) -> Iterable[list[str]]:
    for line in sheet.office:
        yield [line]
    yield []
    for line in sheet.title:
        yield [line]
    if sheet.annex:
        yield [sheet.annex]
    if sheet.unit_note:
        yield [""] * (len(sheet.columns) - 2) + [sheet.unit_note]


def _header(sheet: Sheet) -> Iterable[list[str]]:
    depth = max(len(column.heads) for column in sheet.columns)
    for level in range(depth):
        cells: list[str] = []
        for index, column in enumerate(sheet.columns):
            text = column.heads[level] if level < len(column.heads) else ""
            before = sheet.columns[index - 1].heads if index else ()
            joined = level < len(column.heads) - 1 and before[: level + 1] == column.heads[: level + 1]
            cells.append("" if joined else text)
        yield cells


def _column_numbers(sheet: Sheet) -> Iterable[list[str]]:
    if sheet.numbers is not None:
        yield [sheet.numbers.format(number) for number in range(1, len(sheet.columns) + 1)]


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def _as_text(cell: Cell) -> str:
    """A value as a Vietnamese spreadsheet prints it: 31/12/2025, 1.250.000, 12,5."""
    if cell is None:
        return ""
    if isinstance(cell, dt.date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, float):
        return f"{cell:,}".translate(str.maketrans(",.", ".,"))
    if isinstance(cell, int):
        return f"{cell:,}".replace(",", ".")
    return cell


def _repacked(content: bytes) -> bytes:
    """The same package without the moment of its making: member times and the modified stamp are fixed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(packed, "w") as fixed:
        for name in made.namelist():
            part = made.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2025-01-01T00:00:00Z", part)
            member = zipfile.ZipInfo(name, date_time=_FIXED_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            member.create_system = 3
            fixed.writestr(member, part, compresslevel=9)
    return packed.getvalue()
