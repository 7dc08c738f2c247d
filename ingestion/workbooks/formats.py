"""Bytes → grids: which format a file really is, whatever its name says, and its sheets as grids.

Everything here treats the file as hostile: sizes are checked before anything is unpacked, nothing in the
file is executed or fetched, and every refusal says why.
"""

from __future__ import annotations

import dataclasses
import io
from typing import NoReturn

from ingestion.documents import UnreadableDocument
from ingestion.workbooks import archives, binary_xml, delimited, markup, ole, open_xml, opendocument
from ingestion.workbooks.grids import Cell, Grid, rectangle
from ingestion.workbooks.limits import MOST_CELLS, MOST_FILE, wide_sheet

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


@dataclasses.dataclass
class Opened:
    """A file taken apart: its real format, its sheets, and facts about the file that a person should know."""

    format: str
    grids: list[Grid]
    remarks: list[tuple[str, str]] = dataclasses.field(default_factory=list)  # (kind, message)
    texts_only: bool = False  # csv and HTML: every cell is text


def open_workbook(content: bytes, name: str) -> Opened:
    """Return the sheets of a workbook; raise UnreadableDocument when it is none, is broken or is a danger."""
    if not content.strip(b"\0\t\r\n "):
        raise UnreadableDocument(
            name,
            expected="a workbook",
            found=f"{len(content)} bytes, none of them content",
            reason="the file is empty",
            advice="Ask the sender for the file again; the upload may have been cut off.",
        )
    if len(content) > MOST_FILE:
        raise UnreadableDocument(
            name,
            expected=f"at most {MOST_FILE:,} bytes",
            found=f"{len(content):,} bytes",
            reason="the file is too large for a workbook",
            advice="Split it, or take out pictures and attachments, and deliver it again.",
        )
    if content.startswith(_ZIP):
        return _open_zip(content, name)
    if content.startswith(_OLE):
        return _open_ole(content, name)
    if markup.is_markup(content):
        grids, kind = markup.read(content, name)
        return Opened(kind, grids, texts_only=kind == "html")
    return Opened("csv", [delimited.read(content, name)], texts_only=True)


def _open_zip(content: bytes, name: str) -> Opened:
    package = archives.Package(content, name)
    opened = Opened(package.format, [])
    if package.has_macros:
        opened.remarks.append(("macros", "the workbook carries macros; they were not run, only cell values were read"))
    if package.external_links:
        opened.remarks.append(("external_links", "the workbook links to other files; the links were not followed"))
    if package.format == "ods":
        opened.grids = opendocument.read(package)
        return opened
    if package.format == "xlsb":
        binary_xml.check_used_range(package)
    else:
        open_xml.check_used_range(package)
        open_xml.check_texts(package)
    for grid in _calamine(content, name, package.format):
        annotate = binary_xml.annotated if package.format == "xlsb" else open_xml.annotated
        opened.grids.append(annotate(grid, package))
    return opened


def _open_ole(content: bytes, name: str) -> Opened:
    book = ole.Book(content, name)
    opened = Opened("xls", [])
    if book.has_macros:
        opened.remarks.append(("macros", "the workbook carries macros; they were not run, only cell values were read"))
    for grid in _calamine(content, name, "xls"):
        opened.grids.append(book.annotated(grid))
    return opened


def _calamine(content: bytes, name: str, format_name: str) -> list[Grid]:
    """Read all sheets' values; charts and macro sheets have none and are left out."""
    import python_calamine as calamine

    try:
        book = calamine.load_workbook(io.BytesIO(content))
        grids = []
        for position, about in enumerate(book.sheets_metadata):
            if about.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_index(position)
            if sheet.total_height * sheet.total_width > MOST_CELLS:
                raise wide_sheet(
                    name, f"sheet {about.name!r}", f"{sheet.total_height:,} rows x {sheet.total_width:,} columns"
                )
            rows: list[list[Cell]] = sheet.to_python(skip_empty_area=False)
            merges = tuple((a, b, c, d) for (a, b), (c, d) in sheet.merged_cell_ranges or ())
            grids.append(
                Grid(
                    about.name,
                    rectangle(rows) if len({len(row) for row in rows}) > 1 else rows,
                    about.visible == calamine.SheetVisibleEnum.Visible,
                    merges,
                )
            )
        return grids
    except calamine.PasswordError as error:
        _encrypted(name, error)
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise UnreadableDocument(
            name,
            expected=f"a whole .{format_name} workbook",
            found=f"a structure that can't be followed ({str(error)[:200]})",
            reason="the workbook is damaged",
            advice="Open it in a spreadsheet program, save it again as .xlsx and deliver that file.",
        ) from error


def _encrypted(name: str, error: Exception) -> NoReturn:
    raise UnreadableDocument(
        name,
        expected="a workbook without a password",
        found="an encrypted workbook",
        reason="the workbook is protected with a password",
        advice="Save it without a password (File, Info, Protect Workbook) and deliver it again.",
    ) from error
