"""What python-calamine leaves out of old .xls files, read from the records of the workbook stream.

Hidden rows and columns, error cells, percent and zero-padded formats, and the font of every text cell, which
tells TCVN3 and VNI text from Unicode. Encrypted files are recognised and refused.
Record layouts: [MS-XLS] 2.4.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from typing import NoReturn

from ingestion.documents import UnreadableDocument
from ingestion.vietnamese.encodings import of_font
from ingestion.workbooks.grids import NOT_CALCULATED, ErrorCell, Grid, PercentCell, is_empty, is_number

_BOF, _EOF, _FILEPASS, _BOUNDSHEET = 0x0809, 0x000A, 0x002F, 0x0085
_FONT, _XF, _FORMAT, _ROW, _COLINFO = 0x0031, 0x00E0, 0x041E, 0x0208, 0x007D
_BOOLERR, _FORMULA, _NUMBER, _RK, _MULRK = 0x0205, 0x0006, 0x0203, 0x027E, 0x00BD
_TEXTS = {0x00FD, 0x0204, 0x00D6}  # LABELSST, LABEL, RSTRING
ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_ZEROS = re.compile(r"0{4,}")
_HEADER = struct.Struct("<HH")


class Book:
    """The workbook stream of an .xls file. Raises UnreadableDocument for encrypted and damaged files."""

    def __init__(self, content: bytes, name: str) -> None:
        import olefile

        self.name = name
        try:
            file = olefile.OleFileIO(io.BytesIO(content))
            streams = {"/".join(path).lower() for path in file.listdir()}
            if "encryptedpackage" in streams:
                self._refuse_encrypted()
            stream = next((part for part in ("workbook", "book") if part in streams), None)
            if stream is None:
                self._refuse(
                    f"an OLE file with {', '.join(sorted(streams)[:3]) or 'no streams'}",
                    reason="the file is an Office document but no workbook",
                    advice="Deliver the workbook itself (.xlsx or .xls).",
                )
            self._stream = file.openstream(stream).read()
        except UnreadableDocument:
            raise
        except Exception as error:  # olefile raises many kinds for damaged files; all mean the same here
            self._refuse(
                f"an .xls file whose structure ends early or is damaged ({error})",
                reason="the file is truncated or damaged",
                advice="The upload was probably cut off: ask the sender for the file again.",
            )
        self.has_macros = any("_vba_project" in part for part in streams)
        self._fonts: list[str] = []
        self._xfs: list[tuple[int, int]] = []  # font, format
        self._formats: dict[int, str] = {}
        self._sheets: dict[str, int] = {}
        self._read_globals()

    def annotated(self, grid: Grid) -> Grid:
        """Return the grid with its broken, percent and zero-padded cells marked, hidden parts and fonts noted."""
        start = self._sheets.get(grid.name)
        if start is None:
            return grid
        special = {
            number: kind for number, (_, fmt) in enumerate(self._xfs) if (kind := self._special(fmt)) is not None
        }
        legacy = any(of_font(font) for font in self._fonts)
        hidden_rows: set[int] = set()
        hidden_columns: set[int] = set()
        fonts: dict[tuple[int, int], str] = {}
        depth = 0
        for kind, body in self._records(start):
            if kind == _BOF:
                depth += 1
            elif kind == _EOF:
                depth -= 1
                if depth <= 0:
                    break
            elif depth > 1:
                continue  # an embedded chart
            elif kind == _ROW and len(body) >= 14 and body[12] & 0x20:
                hidden_rows.add(body[0] | body[1] << 8)
            elif kind == _COLINFO and len(body) >= 10 and body[8] & 1:
                first, last = struct.unpack_from("<HH", body)
                hidden_columns.update(range(first, min(last, 255) + 1))
            elif kind in _TEXTS and legacy and len(body) >= 6:
                row, column, xf = struct.unpack_from("<HHH", body)
                fonts[row, column] = self._font(xf)
            elif kind == _BOOLERR and len(body) >= 8 and body[7]:
                self._mark(grid, body, ErrorCell(ERRORS.get(body[6], "#ERROR!")))
            elif kind == _FORMULA and len(body) >= 16 and body[12:14] == b"\xff\xff":
                if body[6] == 2:
                    self._mark(grid, body, ErrorCell(ERRORS.get(body[8], "#ERROR!")))
                elif body[6] == 3 and body[14] & 3:  # no result, to be calculated when the file is opened
                    self._mark(grid, body, NOT_CALCULATED)
            elif special and kind in (_FORMULA, _NUMBER, _RK) and len(body) >= 6:
                row, column, xf = struct.unpack_from("<HHH", body)
                if xf in special:
                    self._restyle(grid, row, column, special[xf])
            elif special and kind == _MULRK and len(body) >= 12:
                row, column = struct.unpack_from("<HH", body)
                for offset, at in enumerate(range(4, len(body) - 2, 6)):
                    xf = body[at] | body[at + 1] << 8
                    if xf in special:
                        self._restyle(grid, row, column + offset, special[xf])
        grid.hidden_rows, grid.hidden_columns = frozenset(hidden_rows), frozenset(hidden_columns)
        grid.fonts = fonts
        return grid

    def _records(self, start: int) -> Iterator[tuple[int, bytes]]:
        at, end = start, len(self._stream)
        while at + 4 <= end:
            kind, size = _HEADER.unpack_from(self._stream, at)
            yield kind, self._stream[at + 4 : at + 4 + size]
            at += 4 + size

    def _read_globals(self) -> None:
        wide = False
        for kind, body in self._records(0):
            if kind == _BOF:
                wide = body[:2] == b"\x00\x06"  # BIFF8 writes a flag byte before each string
            elif kind == _FILEPASS:
                self._refuse_encrypted()
            elif kind == _FONT and len(body) > 15:
                self._fonts.append(_short_text(body, 14, wide))
            elif kind == _XF and len(body) >= 4:
                self._xfs.append(struct.unpack_from("<HH", body))
            elif kind == _FORMAT and wide and len(body) > 5:
                self._formats[body[0] | body[1] << 8] = _text(body[5:], body[2] | body[3] << 8, body[4])
            elif kind == _BOUNDSHEET and len(body) > 7:
                self._sheets[_short_text(body, 6, wide)] = struct.unpack_from("<I", body)[0]
            elif kind == _EOF:
                break

    def _font(self, xf: int) -> str:
        number = self._xfs[xf][0] if xf < len(self._xfs) else 0
        number -= number > 4  # font 4 does not exist: [MS-XLS] 2.5.129
        return self._fonts[number] if number < len(self._fonts) else ""

    def _special(self, number: int) -> int | None:
        code = self._formats.get(number, "")
        if number in (9, 10) or "%" in code:
            return 0
        return len(code) if _ZEROS.fullmatch(code) else None

    def _mark(self, grid: Grid, body: bytes, value: ErrorCell | object) -> None:
        row, column = struct.unpack_from("<HH", body)
        if row < grid.height and column < grid.width:
            grid.rows[row][column] = value

    def _restyle(self, grid: Grid, row: int, column: int, width: int) -> None:
        if row >= grid.height or column >= grid.width:
            return
        found = grid.rows[row][column]
        if is_empty(found) or not is_number(found) or not isinstance(found, (int, float)):
            return
        if width == 0:
            grid.rows[row][column] = PercentCell(found)
        elif float(found).is_integer() and found >= 0:
            grid.rows[row][column] = str(int(found)).zfill(width)

    def _refuse_encrypted(self) -> NoReturn:
        self._refuse(
            "an encrypted workbook",
            expected="a workbook without a password",
            reason="the workbook is protected with a password",
            advice="Save it without a password (File, Info, Protect Workbook) and deliver it again.",
        )

    def _refuse(self, found: str, *, reason: str, advice: str, expected: str = "a whole workbook") -> NoReturn:
        raise UnreadableDocument(self.name, expected=expected, found=found, reason=reason, advice=advice)


def _text(body: bytes, length: int, flags: int) -> str:
    return body[: 2 * length].decode("utf-16-le", "replace") if flags & 1 else body[:length].decode("cp1252", "replace")


def _short_text(body: bytes, at: int, wide: bool) -> str:
    if wide:
        return _text(body[at + 2 :], body[at], body[at + 1])
    return body[at + 1 : at + 1 + body[at]].decode("cp1252", "replace")
