"""The files of a release: DuckDB, Parquet and CSV of every published table.

All three have their rows in one order: by programme, province, indicator and period as far as a table has these, then
by its key. What people ask for together lies together, and is read without decompressing the whole country: questions
for a programme take a third to a half of what they take of rows in the order of their keys, which are hashes.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from publication import personal
from publication.catalogue import Column, PublishedTable, attach, connect, identifier, literal

# A spreadsheet program runs a text that begins like this as a formula. Blanks before it do not protect, and
# East Asian input methods produce the full-width signs.
_FORMULA = r"^\s*[=+\-@＝＋－＠]|^[\t\r\n]"
_BYTE_ORDER_MARK = "\ufeff"
_ORDER = ("programme", "province_key", "indicator", "period_end")
# Numbers of 16 bytes are slow to decompress, and a page reads many.
_WIDE_NUMBER = re.compile(r"DECIMAL\((19|2\d|3\d),")


@dataclasses.dataclass(frozen=True)
class TableFiles:
    """Where a table lies inside the release, as paths relative to it."""

    parquet: str
    csv: str


def files_of(table: PublishedTable) -> TableFiles:
    return TableFiles(parquet=f"parquet/{table.name}.parquet", csv=f"csv/{table.name}.csv")


def write_tables(
    build: Path, tables: Sequence[PublishedTable], directory: Path, passages: Sequence[personal.Passage] = ()
) -> None:
    """Copy `tables` of the DuckDB file `build` into ``htx.duckdb``, ``parquet/`` and ``csv/`` of `directory`.

    The order of rows never depends on how they came in. What tells about a person is covered
    (`publication.personal`), in `passages` of bulletins as these say. CSV files are UTF-8 with a byte order mark (Excel
    needs it for Vietnamese), and a text that a spreadsheet program would run as a formula gets an apostrophe in front;
    DuckDB and Parquet hold it unchanged.
    """
    (directory / "parquet").mkdir()
    (directory / "csv").mkdir()
    database = directory / "htx.duckdb"
    connection = connect(database)
    try:
        attach(connection, build, "candidate")
        personal.show(connection, "candidate", "shown", tables, passages)
        for schema in sorted({table.schema for table in tables}):
            connection.execute(f"CREATE SCHEMA {identifier(schema)}")
        for table in tables:
            _write_table(connection, table, directory)
        connection.execute("DETACH shown")
        connection.execute("DETACH candidate")
        connection.execute("CHECKPOINT")
    finally:
        connection.close()


def _write_table(connection: duckdb.DuckDBPyConnection, table: PublishedTable, directory: Path) -> None:
    name = f"{identifier(table.schema)}.{identifier(table.name)}"
    columns = [_declared(column) for column in table.columns]
    if table.primary_key:
        columns.append(f"PRIMARY KEY ({', '.join(identifier(column) for column in table.primary_key)})")
    connection.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
    connection.execute(f"INSERT INTO {name} SELECT * FROM shown.{name} ORDER BY {_order(table)}")
    if table.description:
        connection.execute(f"COMMENT ON TABLE {name} IS {literal(table.description)}")
    for column in table.columns:
        if column.description:
            connection.execute(f"COMMENT ON COLUMN {name}.{identifier(column.name)} IS {literal(column.description)}")

    files = files_of(table)
    connection.execute(f"COPY {name} TO {literal(str(directory / files.parquet))} (FORMAT parquet, COMPRESSION zstd)")
    cells = ", ".join(_csv_cell(column, first=number == 0) for number, column in enumerate(table.columns))
    connection.execute(
        f"COPY (SELECT {cells} FROM {name}) TO {literal(str(directory / files.csv))} (FORMAT csv, HEADER)"
    )


def _declared(column: Column) -> str:
    stored = " USING COMPRESSION uncompressed" if _WIDE_NUMBER.match(column.type) else ""
    return f"{identifier(column.name)} {column.type}{stored}"


def _order(table: PublishedTable) -> str:
    names = [column.name for column in table.columns]
    return ", ".join(identifier(name) for name in (*[n for n in _ORDER if n in names], *(table.primary_key or names)))


def _csv_cell(column: Column, *, first: bool) -> str:
    name = identifier(column.name)
    # The byte order mark is part of the first header: the writer has no option for it.
    heading = identifier(_BYTE_ORDER_MARK + column.name if first else column.name)
    if column.is_nested:
        return f"to_json({name})::VARCHAR AS {heading}"
    if column.is_text:
        return f"CASE WHEN regexp_matches({name}, {literal(_FORMULA)}) THEN '''' || {name} ELSE {name} END AS {heading}"
    return f"{name} AS {heading}"


def write_vietnamese_csv(connection: duckdb.DuckDBPyConnection, table: PublishedTable, path: Path) -> None:
    """Write a table as CSV that Excel opens by double click on a computer set to Vietnamese.

    There the list separator is the semicolon and the decimal sign the comma; days are dd/mm/yyyy. UTF-8 with a byte
    order mark, formulas disarmed as in the CSV files of a release.
    """
    cells = ", ".join(_vietnamese_cell(column, first=number == 0) for number, column in enumerate(table.columns))
    source = f"{identifier(table.schema)}.{identifier(table.name)}"
    connection.execute(
        f"COPY (SELECT {cells} FROM (SELECT * FROM {source} ORDER BY ALL))"
        f" TO {literal(str(path))} (FORMAT csv, HEADER, DELIMITER ';')"
    )


def write_parquet(connection: duckdb.DuckDBPyConnection, table: PublishedTable, path: Path) -> None:
    """Write a table as one Parquet file, rows sorted by all columns."""
    source = f"{identifier(table.schema)}.{identifier(table.name)}"
    connection.execute(
        f"COPY (SELECT * FROM {source} ORDER BY ALL) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd)"
    )


def _vietnamese_cell(column: Column, *, first: bool) -> str:
    name = identifier(column.name)
    heading = identifier(_BYTE_ORDER_MARK + column.name if first else column.name)
    if column.type.startswith(("DECIMAL", "DOUBLE", "FLOAT")):
        return f"replace({name}::VARCHAR, '.', ',') AS {heading}"
    if column.type == "DATE":
        return f"strftime({name}, '%d/%m/%Y') AS {heading}"
    return _csv_cell(column, first=first)
