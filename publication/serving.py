"""The release in PostgreSQL, for tools that want a server: loaded beside the old one, checked, then switched.

    published              what people read; its comment names the release
    release_<id>           earlier releases, to go back to; readers don't see them
    loading_<id>           a load that is not finished; the next load clears it away

A load fills ``loading_<id>``, gives its tables keys and comments, reads everything back and compares rows and content
with the release. Only then are the schemas renamed, in one transaction. A load that fails or is killed leaves
`published` as it was.

A statement finds its tables one by one. So that none finds one table in the old release and the next in the new, the
switch first takes every old table for itself, and lets go again at once when somebody reads: a reader waits for
fractions of a second at most, and never gets an error. Where somebody reads without pause for longer than
`Server.patience_seconds`, the schemas are renamed without that; a statement that begins in the same
microseconds may then join two releases.
"""

from __future__ import annotations

import dataclasses
import functools
import logging
import random
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import LiteralString

import duckdb
import psycopg
from psycopg import sql

from publication import catalogue, content
from publication.catalogue import ForeignKey, PublishedTable
from publication.shelf import Release

PUBLISHED = "published"
READER = "htx_reader"
# Any number that no other program on the server uses for its own advisory lock: "htx" in ASCII.
_LOCK = 0x687478
_STREAMS = 2  # copies at a time: each keeps a core here and one on the server busy
_SLICE_ROWS = 245_760  # two row groups of DuckDB
_LOCK_TIMEOUT_MS = 250  # below the server's deadlock_timeout (1 s): the switch gives way, never a reader
_TYPES = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "HUGEINT": "numeric(38,0)",
    "DOUBLE": "double precision",
    "TIMESTAMP": "timestamp",
}

log = logging.getLogger(__name__)


class ServingFailed(Exception):
    """The release is not served: what was expected, what was found, what to do next. What was served still is."""


@dataclasses.dataclass(frozen=True)
class Server:
    """A PostgreSQL database to serve from.

    `conninfo` is a URL or a keyword string as libpq takes it; leave the password to a password file or to
    ``PGPASSWORD``. `keep` counts earlier releases that stay on the server.
    """

    conninfo: str
    reader: str = READER
    keep: int = 2
    patience_seconds: float = 20.0

    @property
    def where(self) -> str:
        """The server as messages name it, without a password."""
        try:
            parts = psycopg.conninfo.conninfo_to_dict(self.conninfo)
        except psycopg.ProgrammingError:
            return "PostgreSQL"
        return f"PostgreSQL {parts.get('dbname', '')} on {parts.get('host', 'the local socket')}"


@dataclasses.dataclass(frozen=True)
class Served:
    """What a server serves now. `loaded` is False when the release was there already and only had to be switched."""

    release_id: str
    loaded: bool
    switched: bool
    rows: int
    load_seconds: float
    switch_seconds: float


def serve(release: Release, server: Server) -> Served:
    """Make `release` the one that `server` serves, loading it if it is not there.

    Raises `ServingFailed`; the schema `published` is then what it was.
    """
    started = time.perf_counter()
    try:
        with psycopg.connect(server.conninfo, autocommit=True) as connection:
            _alone(connection, server)
            _check_reader(connection, server)
            schemas = _schemas(connection)
            if schemas.get(PUBLISHED) == release.release_id:
                return Served(release.release_id, False, False, release.rows, 0.0, 0.0)
            ready = next((name for name, found in schemas.items() if found == release.release_id), None)
            schema = ready or _load(connection, release, server)
            loaded = time.perf_counter()
            _switch(connection, schema, schemas.get(PUBLISHED), server)
            switched = time.perf_counter()
            _drop_old(connection, server)
    except (psycopg.Error, duckdb.Error) as problem:
        raise ServingFailed(_explained(problem, release, server)) from problem
    return Served(release.release_id, ready is None, True, release.rows, loaded - started, switched - loaded)


def served_release(server: Server) -> str | None:
    """The id of the release that `server` serves now; None when it serves none."""
    try:
        with psycopg.connect(server.conninfo, autocommit=True) as connection:
            return _schemas(connection).get(PUBLISHED)
    except psycopg.Error as problem:
        raise ServingFailed(f"{server.where}: expected to ask what is served, found: {_line(problem)}") from problem


# Loading


def _load(connection: psycopg.Connection, release: Release, server: Server) -> str:
    schema = _schema_name("loading", release.release_id)
    _clear_unfinished(connection)
    source = _duckdb(release.database)
    try:
        tables = catalogue.tables_of(source, "release")
        connection.execute(_sql("CREATE SCHEMA {}", schema))
        with connection.pipeline():
            for table in tables:
                connection.execute(_create_table(schema, table))
        _copy(source, tables, schema, release, server)
        connection.execute("SET maintenance_work_mem = '256MB'")
        foreign = catalogue.foreign_keys(source, "release", tables)
        with connection.transaction(), connection.pipeline():
            _add_keys(connection, schema, tables, foreign)
            _describe(connection, schema, tables, release)
        _compare(source, tables, schema, server)
    finally:
        source.close()
    connection.execute(_sql("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}", schema, server.reader))
    return schema


def _duckdb(database: Path) -> duckdb.DuckDBPyConnection:
    """A connection that can reach both the release and PostgreSQL; the extension comes from its own package."""
    from duckdb_extensions import import_extension

    connection = catalogue.connect()
    import_extension("postgres_scanner", con=connection)
    connection.execute("LOAD postgres_scanner")
    catalogue.attach(connection, database, "release")
    return connection


def _copy(
    source: duckdb.DuckDBPyConnection,
    tables: Sequence[PublishedTable],
    schema: str,
    release: Release,
    server: Server,
) -> None:
    """Copy in several streams; a large table goes in slices, so that no stream is left alone with it."""
    source.execute(f"ATTACH {catalogue.literal(server.conninfo)} AS served (TYPE postgres)")
    rows = {entry["table"]: entry["rows"] for entry in release.manifest["tables"]}
    slices = [(table, first) for table in tables for first in range(0, rows[table.name], _SLICE_ROWS)]
    with ThreadPoolExecutor(_STREAMS) as streams:
        list(streams.map(functools.partial(_copy_slice, source, schema), slices))


def _copy_slice(source: duckdb.DuckDBPyConnection, schema: str, part: tuple[PublishedTable, int]) -> None:
    table, first = part
    name = catalogue.identifier(table.name)
    columns = ", ".join(
        f"to_json({catalogue.identifier(column.name)})::VARCHAR"
        if column.is_nested
        else catalogue.identifier(column.name)
        for column in table.columns
    )
    with source.cursor() as stream:
        stream.execute(
            f"INSERT INTO served.{catalogue.identifier(schema)}.{name}"
            f" SELECT {columns} FROM release.{catalogue.identifier(table.schema)}.{name}"
            f" WHERE rowid >= {first} AND rowid < {first + _SLICE_ROWS}"
        )


def _create_table(schema: str, table: PublishedTable) -> sql.Composed:
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column.name), _type(column.type)) for column in table.columns
    )
    return sql.SQL("CREATE TABLE {}.{} ({})").format(sql.Identifier(schema), sql.Identifier(table.name), columns)


def _type(duckdb_type: str) -> sql.SQL:
    decimal = re.fullmatch(r"DECIMAL\((\d+),\s?(\d+)\)", duckdb_type)
    name = f"numeric({decimal[1]},{decimal[2]})" if decimal else _TYPES.get(duckdb_type, "text")
    return sql.SQL(name)


def _add_keys(
    connection: psycopg.Connection, schema: str, tables: Sequence[PublishedTable], foreign: Sequence[ForeignKey]
) -> None:
    for table in tables:
        if table.primary_key:
            columns = sql.SQL(", ").join(map(sql.Identifier, table.primary_key))
            connection.execute(_sql("ALTER TABLE {}.{} ADD PRIMARY KEY (", schema, table.name) + columns + sql.SQL(")"))
    for key in foreign:
        # NOT VALID: that each value has its row was just seen in the release; asking again would read every row twice.
        connection.execute(
            _sql("ALTER TABLE {}.{} ADD FOREIGN KEY ({}) ", schema, key.table, key.column)
            + _sql("REFERENCES {}.{} ({}) NOT VALID", schema, key.referenced_table, key.referenced_column)
        )


def _describe(connection: psycopg.Connection, schema: str, tables: Sequence[PublishedTable], release: Release) -> None:
    for table in tables:
        if table.description:
            connection.execute(_sql("COMMENT ON TABLE {}.{} IS ", schema, table.name) + sql.Literal(table.description))
        for column in table.columns:
            if column.description:
                connection.execute(
                    _sql("COMMENT ON COLUMN {}.{}.{} IS ", schema, table.name, column.name)
                    + sql.Literal(column.description)
                )
        connection.execute(_sql("ANALYZE {}.{}", schema, table.name))
    connection.execute(_sql("COMMENT ON SCHEMA {} IS ", schema) + sql.Literal(f"release {release.release_id}"))
    connection.execute(
        _sql("CREATE TABLE {}.release (release_id text PRIMARY KEY, as_of date, content_hash text)", schema)
    )
    connection.execute(
        _sql("INSERT INTO {}.release VALUES (%s, %s, %s)", schema),
        (release.release_id, release.as_of, release.content_hash),
    )


def _compare(source: duckdb.DuckDBPyConnection, tables: Sequence[PublishedTable], schema: str, server: Server) -> None:
    """Read everything back: each table has to have the fingerprint that it has in the release."""
    for table in tables:
        rows, expected = content.fingerprint(source, "release", table)
        columns = tuple(dataclasses.replace(c, type="VARCHAR") if c.is_nested else c for c in table.columns)
        stored = dataclasses.replace(table, schema=schema, columns=columns)
        found_rows, found = content.fingerprint(source, "served", stored)
        if (found_rows, found) != (rows, expected):
            raise ServingFailed(
                f"{server.where}: {schema}.{table.name}: expected {rows} rows with content {expected:x}, found "
                f"{found_rows} with {found:x}. The release is not switched to; load it again, and look who else writes "
                "to this database if it happens twice."
            )


# Switching


def _switch(connection: psycopg.Connection, schema: str, former: str | None, server: Server) -> None:
    """Rename `schema` to `published`, and what was published to its own name, in one transaction."""
    until = time.monotonic() + server.patience_seconds
    while True:
        patient = former is not None and time.monotonic() < until
        try:
            with connection.transaction():
                connection.execute(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT_MS}ms'")
                if patient:
                    connection.execute(_lock_all(connection))
                if former is not None:
                    old = _schema_name("release", former)
                    connection.execute(_sql("ALTER SCHEMA {} RENAME TO {}", PUBLISHED, old))
                    connection.execute(_sql("REVOKE USAGE ON SCHEMA {} FROM {}", old, server.reader))
                connection.execute(_sql("ALTER SCHEMA {} RENAME TO {}", schema, PUBLISHED))
                connection.execute(_sql("GRANT USAGE ON SCHEMA {} TO {}", PUBLISHED, server.reader))
        except psycopg.errors.LockNotAvailable:
            if not patient:
                raise
            time.sleep(random.uniform(0.01, 0.1))
            continue
        if former is not None and not patient:
            log.warning("%s: switched without waiting for readers that never paused", server.where)
        return


def _lock_all(connection: psycopg.Connection) -> sql.Composed:
    names = connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s AND c.relkind = 'r' ORDER BY 1",
        (PUBLISHED,),
    ).fetchall()
    tables = sql.SQL(", ").join(sql.Identifier(PUBLISHED, name) for (name,) in names)
    return sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(tables)


def _drop_old(connection: psycopg.Connection, server: Server) -> None:
    """Drop all but the newest earlier releases; one that is still read, or used by somebody's view, stays."""
    earlier = [
        name
        for (name,) in connection.execute(
            "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'release_') ORDER BY oid DESC"
        )
    ]
    for schema in earlier[server.keep :]:
        try:
            with connection.transaction():
                connection.execute(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT_MS}ms'")
                _drop(connection, schema)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DependentObjectsStillExist) as problem:
            log.warning("%s: %s stays for now: %s", server.where, schema, _line(problem))


def _drop(connection: psycopg.Connection, schema: str) -> None:
    names = connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s AND c.relkind = 'r'",
        (schema,),
    ).fetchall()
    if names:
        # RESTRICT: somebody's view on an old release is not ours to drop.
        tables = sql.SQL(", ").join(sql.Identifier(schema, name) for (name,) in names)
        connection.execute(sql.SQL("DROP TABLE {} RESTRICT").format(tables))
    connection.execute(_sql("DROP SCHEMA {} RESTRICT", schema))


# The server


def _alone(connection: psycopg.Connection, server: Server) -> None:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
    if not (row and row[0]):
        raise ServingFailed(
            f"{server.where}: another load is running on this database. Wait until it has ended and load again."
        )


def _check_reader(connection: psycopg.Connection, server: Server) -> None:
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (server.reader,)).fetchone() is None:
        try:
            connection.execute(_sql("CREATE ROLE {} NOLOGIN", server.reader))
        except psycopg.errors.InsufficientPrivilege as problem:
            raise ServingFailed(
                f"{server.where}: expected the role {server.reader}, found none, and may not create it. "
                f"Have an administrator run: CREATE ROLE {server.reader} NOLOGIN"
            ) from problem


def _schemas(connection: psycopg.Connection) -> dict[str, str]:
    """The schemas that hold a whole release, with its id; `published` first."""
    found = connection.execute(
        "SELECT nspname, obj_description(oid, 'pg_namespace') FROM pg_namespace"
        " WHERE nspname = %s OR starts_with(nspname, 'release_') ORDER BY nspname <> %s, nspname",
        (PUBLISHED, PUBLISHED),
    ).fetchall()
    return {name: comment.removeprefix("release ") for name, comment in found if comment}


def _clear_unfinished(connection: psycopg.Connection) -> None:
    for (name,) in connection.execute(
        "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'loading_')"
    ).fetchall():
        connection.execute(_sql("DROP SCHEMA {} CASCADE", name))


def _schema_name(prefix: str, release_id: str) -> str:
    return f"{prefix}_{re.sub(r'[^a-z0-9]', '_', release_id.lower())}"


def _sql(text: LiteralString, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*map(sql.Identifier, names))


def _explained(problem: Exception, release: Release, server: Server) -> str:
    return (
        f"{server.where}: expected to load release {release.release_id}, found: {_line(problem)}. "
        "What was served before still is. Correct the cause (connection, password, space on the server's disk) and "
        "run `htx release serve`."
    )


def _line(problem: Exception) -> str:
    return " ".join(str(problem).split())[:300]
