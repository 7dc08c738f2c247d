"""The SQLAlchemy dialect that Great Expectations reads DuckDB through.

No transactions, since nothing is written; and a table's columns are asked for directly: the way of PostgreSQL, which
the driver goes, looks through the catalogues of every attached database and costs more than all checks of a suite.
"""

from __future__ import annotations

from typing import Any

from duckdb_engine import Dialect
from sqlalchemy.types import NullType


class Reading(Dialect):
    """DuckDB, with every answer left as it is between two queries."""

    supports_statement_cache = True

    def do_begin(self, connection: Any) -> None:
        """Leave out the transaction around a query."""

    def do_rollback(self, connection: Any) -> None:
        """Leave out the roll-back that would empty the answer."""

    def do_commit(self, connection: Any) -> None:
        """Leave out the end of a transaction that never began."""

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **more: Any) -> list[Any]:
        """Return the names of a table's columns; the checks compare values and need no types."""
        rows = connection.exec_driver_sql(f'describe "{table_name}"').fetchall()
        return [{"name": row[0], "type": NullType(), "nullable": True, "default": None} for row in rows]
