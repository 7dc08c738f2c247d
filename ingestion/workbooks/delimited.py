"""Text files of separated values: encoding and separator are found from the content."""

from __future__ import annotations

import collections
import csv
import io
import unicodedata
from pathlib import PurePath
from typing import NoReturn

from ingestion.documents import UnreadableDocument
from ingestion.vietnamese.encodings import decode_bytes
from ingestion.workbooks import limits
from ingestion.workbooks.grids import Cell, Grid, rectangle

_SEPARATORS = ";\t,|^~:"
_LINES_TO_JUDGE = 400


def read(content: bytes, name: str) -> Grid:
    """Return a delimited file as one sheet named after the file; raise UnreadableDocument when it is none."""
    if len(content) > limits.MOST_TEXT:
        _refuse(name, f"{len(content):,} bytes of text", "the file is too large for a table of separated values")
    text, encoding = decode_bytes(content)
    if any(unicodedata.category(sign) == "Cc" and sign not in "\t\r\n\f\v\x1a\x85" for sign in text[:20_000]):
        _refuse(name, f"bytes that are no text: {content[:16]!r}", "the file is no workbook")
    separator, text = _separator(text)
    if separator is None:
        start = " ".join(text[:60].split())
        _refuse(name, f"running text: {start!r}", "the file is plain text, not a table")
    csv.field_size_limit(10 * 2**20)
    try:
        rows: list[list[Cell]] = [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)]
    except csv.Error as error:
        _refuse(name, f"a structure that can't be followed ({error})", "the separated values can't be told apart")
    if sum(map(len, rows)) > limits.MOST_CELLS:
        _refuse(name, f"{len(rows):,} rows", "the file has absurdly many cells")
    sheet = PurePath(name).stem[:31] or "Sheet1"
    return Grid(sheet, rectangle(rows), encoding=encoding)


def _separator(text: str) -> tuple[str | None, str]:
    """Return the sign that splits most lines into equally many parts, and the text without a ``sep=`` line."""
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[4], rest
    best: tuple[float, str | None] = (0.0, None)
    for separator in _SEPARATORS:
        try:
            sample = text[: 2**20].splitlines(keepends=True)[:_LINES_TO_JUDGE]
            widths = collections.Counter(len(row) for row in csv.reader(sample, delimiter=separator) if any(row))
        except csv.Error:
            continue
        wide = {width: count for width, count in widths.items() if width > 1}
        if not wide:
            continue
        width, count = max(wide.items(), key=lambda item: (item[1], item[0]))
        lines = sum(widths.values())
        # Running text has commas and colons too: half the lines must agree, and two lines at least.
        if count >= 2 and count * 2 >= lines * (1 if width > 2 else 1.2):
            # A comma inside numbers or names splits less evenly than the true separator.
            best = max(best, (count / lines + 0.01 * min(width, 20), separator), key=lambda item: item[0])
    return best[1], text


def _refuse(name: str, found: str, reason: str) -> NoReturn:
    raise UnreadableDocument(
        name,
        expected="a workbook, or rows of values separated by one sign on every line",
        found=found,
        reason=reason,
        advice="Check that the right file was sent; save the table as .xlsx and deliver it again.",
    )
