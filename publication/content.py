"""The content hash: what a release says, whatever the machine, the order of rows or the time it was made.

A row is hashed from its values, each written with its length, so that no two different rows look alike; a
table from its column names, types and the sorted row hashes; a release from its tables. Files are not
hashed for this: DuckDB and Parquet writers may lay out equal contents in different bytes.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable

import duckdb

from publication.catalogue import Column, PublishedTable, identifier

# A change of the way values are written below changes every hash: count it up, so that it is seen to be deliberate.
_SCHEME = "htx-content-1"


@dataclasses.dataclass(frozen=True)
class TableContent:
    """A table's number of rows and the hash (hex SHA-256) of its columns and rows."""

    table: PublishedTable
    rows: int
    hash: str


def hash_tables(
    connection: duckdb.DuckDBPyConnection, database: str, tables: Iterable[PublishedTable]
) -> tuple[TableContent, ...]:
    """Hash each of `tables` in an attached `database`, in the order given."""
    return tuple(_hash_table(connection, database, table) for table in tables)


def fingerprint(connection: duckdb.DuckDBPyConnection, database: str, table: PublishedTable) -> tuple[int, int]:
    """The number of rows and the sum of their 64-bit hashes, of a table in an attached `database`.

    For comparing a copy with its original within one run: many times faster than `hash_tables`, but DuckDB's own hash,
    which may differ between its versions and keeps nobody from forging rows. Values are hashed as the types that
    `table` states, so a database that stores an equal value in another type has an equal fingerprint; the order of
    rows does not matter.
    """
    values = ", ".join(
        f"to_json({identifier(column.name)})::VARCHAR"
        if column.is_nested
        else f"{identifier(column.name)}::{column.type}"
        for column in table.columns
    )
    source = f"{identifier(database)}.{identifier(table.schema)}.{identifier(table.name)}"
    found = connection.execute(f"SELECT count(*), coalesce(sum(hash({values})), 0) FROM {source}").fetchone()
    assert found is not None  # an aggregate without GROUP BY always gives one row
    return int(found[0]), int(found[1])


def content_hash(contents: Iterable[TableContent]) -> str:
    """One hash (hex SHA-256) over all tables; the order they are given in does not matter."""
    lines = sorted(f"{item.table.qualified_name}\t{item.rows}\t{item.hash}" for item in contents)
    return hashlib.sha256("\n".join([_SCHEME, *lines]).encode()).hexdigest()


def _hash_table(connection: duckdb.DuckDBPyConnection, database: str, table: PublishedTable) -> TableContent:
    row = " || ".join(_written(column) for column in table.columns)
    source = f"{identifier(database)}.{identifier(table.schema)}.{identifier(table.name)}"
    # Row hashes are joined bucket by bucket: joining them all at once would hold every hash in one string.
    found = connection.execute(
        f"""
        SELECT coalesce(sum(n), 0)::BIGINT, sha256(coalesce(string_agg(bucket_hash, '' ORDER BY bucket), ''))
        FROM (
            SELECT
                row_hash[:2] AS bucket,
                count(*) AS n,
                sha256(string_agg(row_hash, '' ORDER BY row_hash)) AS bucket_hash
            FROM (SELECT sha256({row}) AS row_hash FROM {source})
            GROUP BY 1
        )
        """
    ).fetchone()
    assert found is not None  # an aggregate without GROUP BY always gives one row
    header = json.dumps([[column.name, column.type] for column in table.columns], ensure_ascii=False)
    return TableContent(table, int(found[0]), hashlib.sha256(f"{header}\n{found[1]}".encode()).hexdigest())


def _written(column: Column) -> str:
    name = identifier(column.name)
    text = f"to_json({name})::VARCHAR" if column.is_nested else f"{name}::VARCHAR"
    return f"CASE WHEN {name} IS NULL THEN '~' ELSE strlen({text}) || ':' || {text} END"
