"""The declared contract of the published tables: which columns they have and of which type.

It is what the dbt project promises in its model files; the release gate compares it with what was built.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    import duckdb

MODELS = Path(__file__).parent.parent / "dbt_project" / "models"
_FOLDERS = {"marts": "marts", "publication": "publication"}
# A type of a model file as DuckDB calls it.
_TYPES = {
    "string": "VARCHAR", "bigint": "BIGINT", "integer": "INTEGER", "int": "INTEGER", "boolean": "BOOLEAN",
    "date": "DATE", "double": "DOUBLE",
}  # fmt: skip


def declared(models: Path = MODELS) -> list[tuple[str, str, str]]:
    """Return table (``schema.name``), column and DuckDB type of every column the model files promise, sorted."""
    columns = []
    for folder, schema in _FOLDERS.items():
        for file in sorted((models / folder).rglob("*.yml")):
            for model in (yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader) or {}).get("models", []):
                for column in model.get("columns", []):
                    if kind := column.get("data_type"):
                        name = _TYPES.get(kind, str(kind).upper().replace(" ", ""))
                        columns.append((f"{schema}.{model['name']}", str(column["name"]), name))
    return sorted(columns)


def lay_out(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table ``contract.declared`` (table_name, column_name, data_type) that suites compare with."""
    connection.execute("create schema memory.contract")
    connection.execute("create table memory.contract.declared (table_name text, column_name text, data_type text)")
    if rows := declared():
        connection.executemany("insert into memory.contract.declared values (?, ?, ?)", rows)
