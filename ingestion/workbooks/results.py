"""What reading a workbook gives: typed records, quarantined rows, ignored rows, checked totals, findings.

The JSON of `Workbook.to_json` is the shape that people and programs outside this room see; the lake gets the
same records as Arrow tables from `Workbook.to_lake`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ingestion.documents import Quarantined
from ingestion.workbooks.grids import Grid, range_address

if TYPE_CHECKING:
    import pyarrow as pa

Value = str | int | bool | Decimal | dt.date | None


@dataclasses.dataclass(frozen=True)
class Record:
    """One typed row (of an indicator table: one value) and the cells it came from."""

    cells: str
    row_no: str | None
    hidden: bool
    fields: Mapping[str, Value]
    notes: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class QuarantinedCells:
    """A row that is kept out because of one value: the row, the value's own cell, found, expected, why."""

    cells: str
    field: str | None
    found: str
    expected: str
    reason: str
    cell: str | None = None


@dataclasses.dataclass(frozen=True)
class Ignored:
    """Used rows that are no record, and why."""

    cells: str
    why: str


@dataclasses.dataclass(frozen=True)
class Total:
    """A total as stated in the file against the sum of its rows; money in VND."""

    cells: str
    field: str
    stated: Value
    computed: Value
    agrees: bool
    of: str  # the cells that were added up
    note: str | None = None


@dataclasses.dataclass(frozen=True)
class Finding:
    """Something a person should look at that keeps no row out: `kind`, where, and both values with their places."""

    kind: str
    cells: str
    message: str
    found: str | None = None
    expected: str | None = None
    against: str | None = None  # the cells the found value disagrees with


@dataclasses.dataclass(frozen=True)
class PersonalData:
    """A column or cell that looks like personal data; never its content."""

    cells: str
    kind: str
    header: str | None
    count: int


@dataclasses.dataclass(frozen=True)
class Drift:
    """How a header differs from the layout it is nearest to; columns are named by address and header text."""

    nearest: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    stops: bool = False  # a required column is missing: the file waits for a person


class Columns:
    """The records of one table by column: what makes large registers cheap. Rows are made when asked for."""

    def __init__(
        self,
        row_numbers: Sequence[int],
        values: Mapping[str, Sequence[Value]],
        cells: Sequence[str],
        row_nos: Sequence[str | None],
        hidden: Sequence[bool],
        notes: Mapping[int, tuple[str, ...]],
    ) -> None:
        self.row_numbers = row_numbers
        self.values = values
        self.cells = cells
        self.row_nos = row_nos
        self.hidden = hidden
        self.notes = notes

    def __len__(self) -> int:
        return len(self.cells)

    def __iter__(self) -> Iterator[Record]:
        names = list(self.values)
        columns = [self.values[name] for name in names]
        for index, cells in enumerate(self.cells):
            yield Record(
                cells,
                self.row_nos[index],
                self.hidden[index],
                {name: column[index] for name, column in zip(names, columns, strict=True)},
                self.notes.get(self.row_numbers[index], ()),
            )


NO_COLUMNS = Columns((), {}, (), (), (), {})


@dataclasses.dataclass
class Sheet:
    """One table of a sheet (a sheet with two tables gives two of these) or a sheet without a known table."""

    sheet: str
    visible: bool
    layout: str | None = None
    record_type: str | None = None
    province: str | None = None
    period: dt.date | None = None
    header: str | None = None
    table: Columns = NO_COLUMNS
    quarantined: list[QuarantinedCells] = dataclasses.field(default_factory=list)
    ignored: list[Ignored] = dataclasses.field(default_factory=list)
    totals: list[Total] = dataclasses.field(default_factory=list)
    findings: list[Finding] = dataclasses.field(default_factory=list)
    personal_data: list[PersonalData] = dataclasses.field(default_factory=list)
    drift: Drift | None = None
    fingerprint: str | None = None  # of the header: the same for the same columns in any order
    encoding: str = "unicode"
    title: str | None = None
    scope: str | None = None  # the part of the sector that the title narrows the table to
    columns: dict[str, int] = dataclasses.field(default_factory=dict)  # of a list: the column each field was read from
    transposed: bool = False  # then `columns` are rows of the sheet

    def cell_of(self, row: int, field: str) -> str | None:
        """Return the address of the cell that a field of a list's row was read from; None when it has no column.

        `row` is the record's number in `Columns.row_numbers`.
        """
        column = self.columns.get(field)
        if column is None:
            return None
        place = (column, row) if self.transposed else (row, column)
        return range_address(*place, *place)

    @property
    def records(self) -> list[Record]:
        """The records of this table, made from its columns."""
        return list(self.table)

    def lake_rows(self) -> list[dict[str, Any]]:
        """Return the records as rows of the lake's schema for this record type, without the artefact's hash."""
        from ingestion.workbooks.to_lake import table_of

        return table_of("", self).drop_columns(["artefact"]).to_pylist() if self.record_type else []

    def to_json(self) -> dict[str, Any]:
        """Return this table as plain JSON types."""
        return {
            "sheet": self.sheet,
            "visible": self.visible,
            "layout": self.layout,
            "record_type": self.record_type,
            "province": self.province,
            "period": plain_value(self.period),
            "scope": self.scope,
            "header": self.header,
            "title": self.title,
            "encoding": self.encoding,
            "fingerprint": self.fingerprint,
            "records": [_record_json(record) for record in self.table],
            "quarantined": [_plain(entry) for entry in self.quarantined],
            "ignored": [_plain(entry) for entry in self.ignored],
            "totals": [_plain(entry) for entry in self.totals],
            "findings": [_plain(entry) for entry in self.findings],
            "personal_data": [_plain(entry) for entry in self.personal_data],
            "drift": _plain(self.drift) if self.drift else None,
        }


@dataclasses.dataclass
class Workbook:
    """A workbook as read: its tables, and what was found about the file as a whole."""

    artefact: str
    name: str
    format: str
    sheets: list[Sheet]
    findings: list[Finding] = dataclasses.field(default_factory=list)
    grids: Sequence[Grid] = dataclasses.field(default=(), repr=False, compare=False)

    @functools.cached_property
    def content_fingerprint(self) -> str:
        """A hash over the values and places of all cells: equal for the same cells in other bytes."""
        digest = hashlib.sha256()
        for grid in self.grids:
            # A lone sheet may be called anything; that of a CSV is called as its file.
            name = grid.name if len(self.grids) > 1 else ""
            digest.update(f"{name}\x1e{grid.fingerprint()}\x1e".encode())
        return digest.hexdigest()

    @property
    def title(self) -> str | None:
        """The first title found above a table."""
        return next((sheet.title for sheet in self.sheets if sheet.title), None)

    @property
    def province(self) -> str | None:
        """The province that the first table with one is about."""
        return next((sheet.province for sheet in self.sheets if sheet.province), None)

    @property
    def record_count(self) -> int:
        """Records over all tables."""
        return sum(len(sheet.table) for sheet in self.sheets)

    @property
    def ignored_count(self) -> int:
        """Entries for ignored rows over all tables."""
        return sum(len(sheet.ignored) for sheet in self.sheets)

    @property
    def quarantined(self) -> list[Quarantined]:
        """All quarantined rows in the form that every reader of documents gives."""
        return [
            Quarantined(
                gate="records",
                place=entry.cell or entry.cells,
                expected=entry.expected,
                found=entry.found,
                reason=entry.reason,
                sheet=sheet.sheet,
                field=entry.field,
            )
            for sheet in self.sheets
            for entry in sheet.quarantined
        ]

    def to_json(self) -> dict[str, Any]:
        """Return the workbook in the published JSON shape (plain types, dates in ISO, money as whole numbers)."""
        return {
            "artefact": self.artefact,
            "file": self.name,
            "format": self.format,
            "content_fingerprint": self.content_fingerprint,
            "sheets": [sheet.to_json() for sheet in self.sheets],
            "findings": [_plain(entry) for entry in self.findings],
        }

    def to_lake(self) -> dict[str, pa.Table]:
        """Return the records as one Arrow table a record type, with the columns and types of the lake's schemas."""
        from ingestion.workbooks.to_lake import tables

        return tables(self)


def plain_value(value: object) -> object:
    """Return a value as a plain JSON type: numbers as int or float, dates in ISO."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def _record_json(record: Record) -> dict[str, Any]:
    plain: dict[str, Any] = {"cells": record.cells, "row_no": record.row_no, "hidden": record.hidden}
    plain.update((name, plain_value(value)) for name, value in record.fields.items())
    if record.notes:
        plain["notes"] = list(record.notes)
    return plain


def _plain(entry: Any) -> dict[str, Any]:
    return {
        field.name: list(value) if isinstance(value, tuple) else plain_value(value)
        for field in dataclasses.fields(entry)
        if (value := getattr(entry, field.name)) is not None or field.name == "field"
    }
