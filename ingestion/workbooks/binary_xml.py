"""What python-calamine leaves out of .xlsb sheets: error cells, hidden rows and columns, merged ranges.

Record numbers: [MS-XLSB] 2.3.1; a record is a number and a size, both in 7-bit groups, and a body.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ingestion.workbooks.archives import Package
from ingestion.workbooks.grids import ErrorCell, Grid
from ingestion.workbooks.limits import MOST_CELLS, wide_sheet
from ingestion.workbooks.ole import ERRORS

_ROW, _CELL_ERROR, _FORMULA_ERROR, _COLUMN, _MERGE, _SHEET = 0, 3, 11, 60, 176, 156


def annotated(grid: Grid, package: Package) -> Grid:
    """Return the grid with error cells marked and hidden rows, hidden columns and merged ranges noted."""
    part = _parts(package).get(grid.name)
    if part is None:
        return grid
    hidden_rows: set[int] = set()
    hidden_columns: set[int] = set()
    merges: list[tuple[int, int, int, int]] = []
    row = -1
    for kind, body in _records(package.read(part)):
        if kind == _ROW and len(body) >= 12:
            row = struct.unpack_from("<I", body)[0]
            if body[11] & 0x10:
                hidden_rows.add(row)
        elif kind in (_CELL_ERROR, _FORMULA_ERROR) and len(body) >= 9:
            column = struct.unpack_from("<I", body)[0]
            if 0 <= row < grid.height and column < grid.width:
                grid.rows[row][column] = ErrorCell(ERRORS.get(body[8], "#ERROR!"))
        elif kind == _COLUMN and len(body) >= 18 and body[16] & 1:
            first, last = struct.unpack_from("<II", body)
            hidden_columns.update(range(first, min(last, 16_383) + 1))
        elif kind == _MERGE and len(body) >= 16:
            top, bottom, left, right = struct.unpack_from("<IIII", body)
            merges.append((top, left, bottom, right))
    grid.hidden_rows, grid.hidden_columns = frozenset(hidden_rows), frozenset(hidden_columns)
    grid.merges = grid.merges or tuple(merges)
    return grid


def check_used_range(package: Package) -> None:
    """Refuse a workbook one of whose sheets spans an absurd range, before it is unpacked into memory."""
    for part in package.parts:
        if not (part.startswith("xl/worksheets/") and part.endswith(".bin")):
            continue
        rows = columns = 0
        for kind, body in _records(package.read(part)):
            if kind == _ROW and len(body) >= 4:
                rows = max(rows, struct.unpack_from("<I", body)[0] + 1)
            elif 2 <= kind <= 11 and len(body) >= 8:
                columns = max(columns, struct.unpack_from("<I", body)[0] + 1)
        if rows * columns > MOST_CELLS:
            raise wide_sheet(package.name, part, f"{rows:,} rows x {columns:,} columns")


def _parts(package: Package) -> dict[str, str]:
    from ingestion.workbooks.open_xml import relationships

    targets = relationships(package, "xl/_rels/workbook.bin.rels")
    names = {}
    for kind, body in _records(package.read("xl/workbook.bin")):
        if kind == _SHEET and len(body) > 16:
            reference, at = _wide(body, 8)
            name, _ = _wide(body, at)
            names[name] = targets.get(reference, "")
    return names


def _wide(body: bytes, at: int) -> tuple[str, int]:
    length = struct.unpack_from("<I", body, at)[0]
    end = at + 4 + 2 * length
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    at, end = 0, len(stream)
    while at < end:
        kind = stream[at]
        at += 1
        if kind & 0x80 and at < end:
            kind = (kind & 0x7F) | (stream[at] & 0x7F) << 7
            at += 1
        size = shift = 0
        while at < end and shift < 28:
            byte = stream[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, stream[at : at + size]
        at += size
