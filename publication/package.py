"""The release as a Frictionless data package: what each CSV file holds, for tools that know nothing of us.

Written after https://specs.frictionlessdata.io (Data Package and Table Schema, version 1).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from publication import export
from publication.catalogue import Column, PublishedTable
from publication.content import TableContent

_TYPES: dict[str, dict[str, Any]] = {
    "BOOLEAN": {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]},
    "DATE": {"type": "date"},
    "DOUBLE": {"type": "number"},
    "FLOAT": {"type": "number"},
    "VARCHAR": {"type": "string"},
}
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")


def descriptor(release_id: str, as_of: dt.date, contents: Sequence[TableContent], directory: Path) -> str:
    """The text of ``datapackage.json`` for the CSV files in `directory`."""
    package = {
        "profile": "tabular-data-package",
        "name": f"htx-{release_id}",
        "title": "Mục tiêu và kết quả các chương trình hợp tác xã / Targets and results of cooperative programmes",
        "version": release_id,
        "as_of": as_of.isoformat(),
        "resources": [_resource(item, directory) for item in contents],
    }
    return json.dumps(package, ensure_ascii=False, indent=1) + "\n"


def _resource(item: TableContent, directory: Path) -> dict[str, Any]:
    path = export.files_of(item.table).csv
    with (directory / path).open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {
        "profile": "tabular-data-resource",
        # Names of a data package allow a-z, 0-9, ".", "-" and "_" only, which are those of our tables.
        "name": item.table.name.lower(),
        "path": path,
        "description": item.table.description,
        "format": "csv",
        "mediatype": "text/csv",
        # Frictionless takes "utf-8-sig" for UTF-8 with a byte order mark.
        "encoding": "utf-8-sig",
        "bytes": (directory / path).stat().st_size,
        "hash": f"sha256:{digest}",
        "rows": item.rows,
        "schema": _schema(item.table),
    }


def _schema(table: PublishedTable) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column, required=column.name in table.primary_key) for column in table.columns],
        "missingValues": [""],
    }
    if table.primary_key:
        schema["primaryKey"] = list(table.primary_key)
    return schema


def _field(column: Column, *, required: bool) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "description": column.description, **_type_of(column)}
    if required:
        field["constraints"] = {"required": True}
    return field


def _type_of(column: Column) -> dict[str, Any]:
    if column.is_nested:
        return {"type": "array" if column.type.endswith("]") else "object"}
    if column.type in _WHOLE or (column.type.startswith("DECIMAL") and column.type.endswith(",0)")):
        return {"type": "integer"}
    if column.type.startswith("DECIMAL"):
        return {"type": "number"}
    if column.type.startswith("TIMESTAMP"):
        return {"type": "datetime", "format": "any"}
    return dict(_TYPES.get(column.type, {"type": "any"}))
