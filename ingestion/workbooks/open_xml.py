"""What python-calamine leaves out of .xlsx and .xlsb sheets, read from their own parts.

Hidden rows and columns, error cells, formulas without a saved result, percent formats and numbers shown with
leading zeros. A sheet is only scanned cell by cell when its XML holds a sign of one of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingestion.documents import UnreadableDocument
from ingestion.workbooks.archives import Package
from ingestion.workbooks.grids import NOT_CALCULATED, ErrorCell, Grid, PercentCell, column_name, is_empty, is_number
from ingestion.workbooks.limits import MOST_CELLS, MOST_REPEATED_TEXT, wide_sheet

_ROW = re.compile(rb"<(?:\w+:)?row\s([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^>]*)>")
_CELL = re.compile(rb"<((?:\w+:)?c)\s([^>]*?)(?:/>|>(.*?)</\1>)", re.DOTALL)
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*[\"']([^\"']*)[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)</")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_RELATIONSHIP = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\s([^>]*)>")
_STYLES = re.compile(rb"<(?:\w+:)?cellXfs[ >].*?</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLE = re.compile(rb"<(?:\w+:)?xf\s([^>]*)>")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_PERCENT_FORMATS = {9, 10}
_ZEROS = re.compile(r"0{4,}")


def annotated(grid: Grid, package: Package) -> Grid:
    """Return the grid with broken, uncalculated, percent and zero-padded cells marked, and hidden rows and columns."""
    part = _parts(package).get(grid.name)
    if part is None or not part.endswith(".xml"):
        return grid
    xml = package.read(part)
    if b"hidden=" in xml:
        grid.hidden_rows = frozenset(_hidden_rows(xml))
        grid.hidden_columns = frozenset(_hidden_columns(xml))
    styles = _special_styles(package)
    if styles or b't="e"' in xml or b"<f" in xml:
        _mark_cells(grid, xml, styles)
    package.forget(part)
    return grid


def _attributes(text: bytes) -> dict[str, str]:
    return {key.decode(): value.decode("utf-8", "replace") for key, value in _ATTRIBUTE.findall(text)}


def _parts(package: Package) -> dict[str, str]:
    """Sheet names (as the workbook part writes them) and the parts that hold them."""
    import html

    targets = relationships(package, "xl/_rels/workbook.xml.rels")
    names = {}
    for found in _SHEET.findall(package.read("xl/workbook.xml")):
        about = _attributes(found)
        reference = next((value for key, value in about.items() if key.endswith(":id")), "")
        names[html.unescape(about.get("name", ""))] = targets.get(reference, "")
    return names


def relationships(package: Package, part: str) -> dict[str, str]:
    """Return the parts that a relationships part names, by id."""
    targets = {}
    for found in _RELATIONSHIP.findall(package.read(part)):
        about = _attributes(found)
        target = about.get("Target", "")
        targets[about.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return targets


def _hidden_rows(xml: bytes) -> Iterator[int]:
    for found in _ROW.findall(xml):
        if b"hidden" in found:
            about = _attributes(found)
            if about.get("hidden") in ("1", "true") and about.get("r", "").isdigit():
                yield int(about["r"]) - 1


def _hidden_columns(xml: bytes) -> Iterator[int]:
    for found in _COLUMN.findall(xml.split(b"<sheetData", 1)[0]):
        about = _attributes(found)
        if about.get("hidden") in ("1", "true"):
            first, last = int(about.get("min", "1")), int(about.get("max", "1"))
            yield from range(first - 1, min(last, 16_384))


def _special_styles(package: Package) -> dict[str, int]:
    """Style numbers that change how a number reads: 0 for percent, else the digits it is padded to with zeros."""
    styles = package.read("xl/styles.xml")
    formats = {}
    for found in _FORMAT.findall(styles):
        about = _attributes(found)
        formats[about.get("numFmtId", "")] = about.get("formatCode", "")
    special = {}
    block = _STYLES.search(styles)
    for number, found in enumerate(_STYLE.findall(block[0]) if block else ()):
        format_id = _attributes(found).get("numFmtId", "0")
        code = formats.get(format_id, "")
        if (format_id.isdigit() and int(format_id) in _PERCENT_FORMATS) or ("%" in code and '"%"' not in code):
            special[str(number)] = 0
        elif _ZEROS.fullmatch(code):
            special[str(number)] = len(code)
    return special


def _mark_cells(grid: Grid, xml: bytes, styles: dict[str, int]) -> None:
    for _, head, body in _CELL.findall(xml):
        error = b't="e"' in head
        formula = b"<f" in body or b":f" in body
        style = _style_of(head) if styles else ""
        if not (error or formula or style in styles):
            continue
        about = _attributes(head)
        place = _REFERENCE.fullmatch(about.get("r", ""))
        if place is None:
            continue
        row, column = int(place[2]) - 1, _column_number(place[1])
        value = _VALUE.search(body)
        text = value[1].decode("utf-8", "replace").strip() if value else ""
        if error or (formula and not text and about.get("t") != "str"):
            _grow(grid, row, column)
        if row >= grid.height or column >= grid.width:
            continue
        found = grid.rows[row][column]
        if error:
            grid.rows[row][column] = ErrorCell(text or "#ERROR!")
        elif formula and not text and is_empty(found):
            if about.get("t") != "str" or value is None:
                grid.rows[row][column] = NOT_CALCULATED
        elif style in styles and is_number(found) and isinstance(found, (int, float)):
            width = styles[style]
            if width == 0:
                grid.rows[row][column] = PercentCell(found)
            elif float(found).is_integer() and found >= 0:
                grid.rows[row][column] = str(int(found)).zfill(width)


def _style_of(head: bytes) -> str:
    at = head.find(b' s="')
    return head[at + 4 : head.find(b'"', at + 4)].decode() if at >= 0 else ""


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _grow(grid: Grid, row: int, column: int) -> None:
    """Make room for a marked cell: calamine leaves cells without a value out of the used range."""
    if row < grid.height and column < grid.width:
        return
    height, width = max(grid.height, row + 1), max(grid.width, column + 1)
    if height * width > MOST_CELLS:
        return
    for cells in grid.rows:
        cells.extend([""] * (width - len(cells)))
    grid.rows.extend([""] * width for _ in range(height - len(grid.rows)))


def check_used_range(package: Package) -> None:
    """Refuse a workbook one of whose sheets spans an absurd range, before it is unpacked into memory."""
    for part in package.parts:
        if not (part.startswith("xl/worksheets/") and part.endswith(".xml")):
            continue
        xml = package.read(part)
        rows = _last_row(xml)
        columns = _last_column(xml)
        if rows * columns > MOST_CELLS:
            raise wide_sheet(package.name, part, f"cells as far as row {rows:,} and column {column_name(columns - 1)}")


def check_texts(package: Package) -> None:
    """Refuse a workbook whose cells repeat huge shared texts until they fill the memory."""
    strings = package.read("xl/sharedStrings.xml")
    if len(strings) < 1000:
        return
    texts = strings.split(b"<si")
    longest = max(map(len, texts))
    for part in package.parts:
        if part.startswith("xl/worksheets/") and part.endswith(".xml"):
            xml = package.read(part)
            if longest * xml.count(b't="s"') <= MOST_REPEATED_TEXT:
                continue
            used = (int(found) for found in _SHARED.findall(xml))
            repeated = sum(len(texts[number + 1]) for number in used if number + 1 < len(texts))
            if repeated > MOST_REPEATED_TEXT:
                raise UnreadableDocument(
                    package.name,
                    place=part,
                    expected=f"at most {MOST_REPEATED_TEXT:,} characters in all cells",
                    found=f"{repeated:,} characters",
                    reason="the cells repeat long texts to an absurd size",
                    advice="Don't open it. If the data is real, split it into smaller workbooks.",
                )


def _last_row(xml: bytes) -> int:
    end = xml.rfind(b"</c>")
    start = xml.rfind(b"<c ", 0, end) if end >= 0 else -1
    place = _CELL_PLACE.match(xml, start) if start >= 0 else None
    return int(place[2]) if place else 0


def _last_column(xml: bytes) -> int:
    for pattern in _FAR_CELLS:
        letters = max(pattern.findall(xml), default=b"")
        if letters:
            return _column_number(letters.decode()) + 1
    return 26


_SHARED = re.compile(rb't="s"[^>]*><v>(\d+)</v>')
_CELL_PLACE = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')
# cells that hold something, in columns beyond ZZ and beyond Z
_FAR_CELLS = [re.compile(rb'<c r="([A-Z]{%d})[0-9]{1,7}"[^>]*[^/]>' % letters) for letters in (3, 2)]
