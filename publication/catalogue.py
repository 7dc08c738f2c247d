"""What a release consists of: the tables of a DuckDB file with their columns, keys and descriptions.

The list is never written by hand: every table or view of the schemas ``marts`` and ``publication`` is
published, because each of them is a model with an enforced contract.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import duckdb

PUBLISHED_SCHEMAS = ("marts", "publication")


@dataclasses.dataclass(frozen=True)
class Column:
    """One column: its DuckDB type and, where the model describes it, what it means."""

    name: str
    type: str
    description: str = ""

    @property
    def is_text(self) -> bool:
        return self.type == "VARCHAR"

    @property
    def is_nested(self) -> bool:
        return self.type.endswith("]") or self.type.startswith(("STRUCT", "MAP", "UNION"))


@dataclasses.dataclass(frozen=True)
class PublishedTable:
    """One published table. `primary_key` is empty where no key is known."""

    schema: str
    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    description: str = ""

    @property
    def qualified_name(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclasses.dataclass(frozen=True)
class ForeignKey:
    """A column of a published table whose every value is the primary key of a row of another one."""

    table: str
    column: str
    referenced_table: str
    referenced_column: str


def connect(database: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection, in memory or to a file to write, that never fetches an extension."""
    connection = duckdb.connect(
        str(database) if database else ":memory:",
        config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"},
    )
    # A release of a national register takes minutes; a bar drawn by the library would garble the log.
    connection.execute("SET enable_progress_bar = false")
    return connection


def attach(connection: duckdb.DuckDBPyConnection, database: Path, alias: str) -> None:
    """Attach a DuckDB file read-only under `alias`."""
    connection.execute(f"ATTACH {literal(str(database))} AS {identifier(alias)} (READ_ONLY)")


def identifier(name: str) -> str:
    """Quote a name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text for SQL."""
    return "'" + text.replace("'", "''") + "'"


def tables_of(connection: duckdb.DuckDBPyConnection, database: str) -> tuple[PublishedTable, ...]:
    """Every table and view of the published schemas of an attached `database`, sorted by schema and name.

    Descriptions are the comments of the database, keys its PRIMARY KEY constraints; a table without one
    gets the key that its name promises (`_promised_key`) when the data keep that promise.
    """
    schemas = ", ".join(literal(schema) for schema in PUBLISHED_SCHEMAS)
    where = f"database_name = {literal(database)} AND schema_name IN ({schemas})"
    comments = {
        (schema, name): comment or ""
        for schema, name, comment in connection.execute(
            f"SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE {where} AND NOT internal"
            f" UNION ALL SELECT schema_name, view_name, comment FROM duckdb_views() WHERE {where} AND NOT internal"
        ).fetchall()
    }
    columns: dict[tuple[str, str], list[Column]] = {key: [] for key in comments}
    for schema, table, column, data_type, comment in connection.execute(
        f"SELECT schema_name, table_name, column_name, data_type, comment FROM duckdb_columns() WHERE {where}"
        " ORDER BY schema_name, table_name, column_index"
    ).fetchall():
        columns[schema, table].append(Column(column, data_type, comment or ""))
    keys = {
        (schema, table): tuple(key)
        for schema, table, key in connection.execute(
            "SELECT schema_name, table_name, constraint_column_names FROM duckdb_constraints()"
            f" WHERE {where} AND constraint_type = 'PRIMARY KEY'"
        ).fetchall()
    }
    return tuple(
        PublishedTable(
            schema=schema,
            name=name,
            columns=tuple(columns[schema, name]),
            primary_key=keys.get((schema, name))
            or _promised_key(connection, database, schema, name, tuple(columns[schema, name])),
            description=comment,
        )
        for (schema, name), comment in sorted(comments.items())
    )


def _promised_key(
    connection: duckdb.DuckDBPyConnection, database: str, schema: str, name: str, columns: tuple[Column, ...]
) -> tuple[str, ...]:
    """The first column of a dimension, or a first column called ``…_key``, where it is unique and never empty."""
    first = columns[0].name if columns else ""
    if not (name.startswith("dim_") or first.endswith("_key")):
        return ()
    table = ".".join(identifier(part) for part in (database, schema, name))
    rows = connection.execute(f"SELECT count(*) = count(DISTINCT {identifier(first)}) FROM {table}").fetchone()
    return (first,) if rows and rows[0] else ()


def foreign_keys(
    connection: duckdb.DuckDBPyConnection, database: str, tables: Sequence[PublishedTable]
) -> tuple[ForeignKey, ...]:
    """The relations between `tables` of an attached `database`: by the names of columns, and kept by every row.

    A column refers to the table whose primary key bears its name, or the end of its name after an underscore
    (``current_province_key`` to ``dim_province.province_key``). A column that has one value without a row there
    (an indicator outside the registry) is no foreign key.
    """
    keyed = {table.primary_key[0]: table for table in tables if len(table.primary_key) == 1}
    found = []
    for table in tables:
        for column in table.columns:
            end = next((key for key in keyed if column.name == key or column.name.endswith(f"_{key}")), None)
            if end is None or table.primary_key == (column.name,):
                continue
            key = ForeignKey(table.name, column.name, keyed[end].name, end)
            if _is_kept(connection, database, table, key, keyed[end]):
                found.append(key)
    return tuple(found)


def _is_kept(
    connection: duckdb.DuckDBPyConnection, database: str, table: PublishedTable, key: ForeignKey, other: PublishedTable
) -> bool:
    here, there = (".".join(map(identifier, (database, part.schema, part.name))) for part in (table, other))
    column = identifier(key.column)
    row = connection.execute(
        f"SELECT count(*) FROM (SELECT DISTINCT {column} AS value FROM {here} WHERE {column} IS NOT NULL) AS used"
        f" WHERE value NOT IN (SELECT {identifier(key.referenced_column)} FROM {there})"
    ).fetchone()
    return row is not None and row[0] == 0
