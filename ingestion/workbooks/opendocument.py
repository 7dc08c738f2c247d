"""OpenDocument spreadsheets (.ods): values, merged ranges, hidden rows and sheets, errors, formulas without results."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from ingestion.documents import UnreadableDocument
from ingestion.workbooks import limits
from ingestion.workbooks.archives import Package
from ingestion.workbooks.grids import NOT_CALCULATED, Cell, ErrorCell, Grid, PercentCell, Range, rectangle

_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE, _OFFICE, _TEXT, _STYLE = (f"{{{_NS}{part}:1.0}}" for part in ("table", "office", "text", "style"))


def read(package: Package) -> list[Grid]:
    """Return the sheets of an OpenDocument spreadsheet; raise UnreadableDocument when it is encrypted or damaged."""
    from lxml import etree

    if b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise UnreadableDocument(
            package.name,
            expected="a workbook without a password",
            found="an encrypted OpenDocument spreadsheet",
            reason="the workbook is protected with a password",
            advice="Save it without a password and deliver it again.",
        )
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        root = etree.parse(io.BytesIO(package.read("content.xml")), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise UnreadableDocument(
            package.name,
            place="content.xml",
            expected="well-formed XML",
            found=f"a structure that can't be followed ({str(error)[:200]})",
            reason="the file is damaged",
            advice="Open it in a spreadsheet program, save it again and deliver that file.",
        ) from error
    hidden_styles = {
        style.get(f"{_STYLE}name")
        for style in root.iter(f"{_STYLE}style")
        for properties in style.iterfind(f"{_STYLE}table-properties")
        if properties.get(f"{_TABLE}display") == "false"
    }
    return [
        _grid(table, package.name, table.get(f"{_TABLE}style-name") not in hidden_styles)
        for table in root.iter(f"{_TABLE}table")
    ]


def _grid(table: Any, name: str, visible: bool) -> Grid:
    rows: list[list[Cell]] = []
    merges: list[Range] = []
    hidden_rows: set[int] = set()
    hidden_columns: set[int] = set()
    column_at = 0
    for column in table.iter(f"{_TABLE}table-column"):
        repeat = min(_number(column.get(f"{_TABLE}number-columns-repeated")), 16_384)
        if column.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            hidden_columns.update(range(column_at, column_at + repeat))
        column_at += repeat
    pending = 0  # blank rows, kept back until a row with content follows
    count = 0
    for line in table.iter(f"{_TABLE}table-row"):
        repeat = _number(line.get(f"{_TABLE}number-rows-repeated"))
        cells, spans = _cells(line, len(rows) + pending)
        if not cells:
            pending += repeat
            continue
        count += (pending + repeat) * len(cells)
        if count > limits.MOST_CELLS or len(rows) + pending + repeat > 2**20:
            raise limits.wide_sheet(
                name, f"sheet {table.get(f'{_TABLE}name')!r}", f"{len(rows) + pending + repeat:,} rows"
            )
        rows.extend([] for _ in range(pending))
        pending = 0
        merges.extend(spans)
        if line.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            hidden_rows.update(range(len(rows), len(rows) + repeat))
        rows.extend(list(cells) for _ in range(repeat))
    return Grid(
        table.get(f"{_TABLE}name") or "Sheet1",
        rectangle(rows),
        visible,
        tuple(merges),
        frozenset(hidden_rows),
        frozenset(hidden_columns),
    )


def _cells(line: Any, row: int) -> tuple[list[Cell], list[Range]]:
    cells: list[Cell] = []
    spans: list[Range] = []
    pending = 0
    for cell in line:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        repeat = min(_number(cell.get(f"{_TABLE}number-columns-repeated")), 16_384)
        value = _value(cell)
        across, down = (
            _number(cell.get(f"{_TABLE}number-columns-spanned")),
            _number(cell.get(f"{_TABLE}number-rows-spanned")),
        )
        if (across > 1 or down > 1) and across * down <= 1_000_000:
            column = len(cells) + pending
            spans.append((row, column, row + down - 1, column + across - 1))
        if value == "":
            pending += repeat
            continue
        cells.extend([""] * pending)
        pending = 0
        cells.extend([value] * repeat)
    return cells, spans


def _value(cell: Any) -> Cell:
    kind = cell.get(f"{_OFFICE}value-type")
    number = cell.get(f"{_OFFICE}value")
    text = "\n".join(_paragraph(part) for part in cell.iterfind(f"{_TEXT}p"))
    if (text.startswith("#") and text.rstrip("!?").isupper()) or text.startswith("Err:"):
        return ErrorCell(text)
    try:
        if kind == "percentage" and number:
            return PercentCell(float(number))
        if kind in ("float", "currency") and number:
            return _padded(text, float(number))
        if kind == "date":
            moment = dt.datetime.fromisoformat(cell.get(f"{_OFFICE}date-value"))
            return moment.date() if moment.time() == dt.time() else moment
        if kind == "boolean":
            return bool(cell.get(f"{_OFFICE}boolean-value") == "true")
    except (TypeError, ValueError):
        return text
    if cell.get(f"{_TABLE}formula") and not text and kind is None:
        return NOT_CALCULATED
    return cell.get(f"{_OFFICE}string-value") or text


def _padded(text: str, number: float) -> Cell:
    """A number shown with leading zeros is a code: keep what is shown."""
    shown = text.strip()
    return shown if len(shown) > 3 and shown.startswith("0") and shown.isdigit() and float(shown) == number else number


def _paragraph(part: Any) -> str:
    pieces = [part.text or ""]
    for child in part:
        if child.tag == f"{_TEXT}s":  # runs of blanks are written as a count
            pieces.append(" " * min(_number(child.get(f"{_TEXT}c")), 1000))
        elif child.tag == f"{_TEXT}tab":
            pieces.append("\t")
        elif child.tag == f"{_TEXT}line-break":
            pieces.append("\n")
        elif child.tag != f"{_OFFICE}annotation":
            pieces.append(_paragraph(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _number(text: str | None) -> int:
    return max(int(text), 1) if text and text.isdigit() else 1
