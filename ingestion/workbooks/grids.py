"""A grid: one sheet as a rectangle of cells, whatever file format it came from.

An empty cell is ``""``. A cell that is broken or was never calculated is not empty and not a number: it is
an `ErrorCell` or `NOT_CALCULATED`, so that no later step can mistake it for a value.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence


@dataclasses.dataclass(frozen=True)
class ErrorCell:
    """A cell that holds a spreadsheet error such as ``#REF!``."""

    text: str

    def __str__(self) -> str:
        return self.text


class _NotCalculated:
    """A formula saved without its result: the value exists, but not in this file."""

    def __str__(self) -> str:
        return "not calculated"

    __repr__ = __str__


NOT_CALCULATED = _NotCalculated()


class PercentCell(float):
    """A number shown with a percent format: 0.065 reads "6.5%"."""


Cell = str | float | int | bool | dt.date | dt.datetime | dt.time | dt.timedelta | ErrorCell | _NotCalculated
Range = tuple[int, int, int, int]  # first row, first column, last row, last column; 0-based, inclusive


@dataclasses.dataclass
class Grid:
    """One sheet: `rows` start at A1 and are all equally long; merged ranges hold their value in the first cell."""

    name: str
    rows: list[list[Cell]]
    visible: bool = True
    merges: tuple[Range, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    encoding: str = "unicode"
    fonts: Mapping[tuple[int, int], str] = dataclasses.field(default_factory=dict)

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def width(self) -> int:
        return len(self.rows[0]) if self.rows else 0

    def fingerprint(self) -> str:
        """Return a hash over the values of all cells and their places, not over the bytes of the file."""
        rows = [[plain_text(value) if type(value) not in (str, float) else value for value in row] for row in self.rows]
        return hashlib.sha256(repr(rows).encode()).hexdigest()


# Blanks that str.strip knows, and the zero-width space that web pages leave behind.
_BLANKS = " \u00a0\t\r\n\v\f\u200b\u3000"


def is_empty(value: Cell) -> bool:
    """Say whether a cell holds nothing: no value, or blanks only."""
    return value == "" or (isinstance(value, str) and not value.strip(_BLANKS))


def is_text(value: Cell) -> bool:
    """Say whether a cell holds text that is not blank."""
    return isinstance(value, str) and not is_empty(value)


def is_number(value: Cell) -> bool:
    """Say whether a cell holds a number (a yes/no cell is not one)."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def plain_text(value: Cell) -> str:
    """Return a cell as a person reads it: whole numbers without ``.0``, dates in ISO form."""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(float(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return str(value)


def tidy(text: str) -> str:
    """Return text with all blanks (line breaks, non-breaking ones) as single spaces and none at the ends."""
    return " ".join(text.split())


@functools.cache
def column_name(column: int) -> str:
    """Return the letters of a 0-based column: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """Return the address of one cell from 0-based indexes: (7, 5) is F8."""
    return f"{column_name(column)}{row + 1}"


def range_address(first_row: int, first_column: int, last_row: int, last_column: int) -> str:
    """Return a range address; a single cell is written once."""
    first, last = address(first_row, first_column), address(last_row, last_column)
    return first if first == last else f"{first}:{last}"


def runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Group ascending whole numbers into (first, last) runs without gaps."""
    first = last = None
    for number in numbers:
        if last is not None and number == last + 1:
            last = number
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = number
    if first is not None and last is not None:
        yield first, last


def rectangle(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Return rows of equal length, padded with empty cells at the right."""
    width = max((len(row) for row in rows), default=0)
    return [[*row, *[""] * (width - len(row))] for row in rows]
