"""Records of a workbook as Arrow tables in the lake's schemas, column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from ingestion.lake import SCHEMAS

if TYPE_CHECKING:
    from ingestion.workbooks.results import Sheet, Workbook


def tables(workbook: Workbook) -> dict[str, pa.Table]:
    """Return one table for each record type that the workbook holds records of."""
    parts: dict[str, list[pa.Table]] = {}
    for sheet in workbook.sheets:
        if sheet.record_type and len(sheet.table):
            parts.setdefault(sheet.record_type, []).append(table_of(workbook.artefact, sheet))
    return {record_type: pa.concat_tables(tables) for record_type, tables in parts.items()}


def table_of(artefact: str, sheet: Sheet) -> pa.Table:
    """Return the records of one table with a record type; `artefact` is the hash of the original."""
    assert sheet.record_type is not None
    schema = SCHEMAS[sheet.record_type]
    table, length = sheet.table, len(sheet.table)
    repeated = {
        "artefact": artefact,
        "sheet": sheet.sheet,
        "layout": sheet.layout,
        "report_province": sheet.province,
        "report_scope": sheet.scope,
        "report_period_end": sheet.period,
    }
    own = {"cells": table.cells, "row_no": table.row_nos, "hidden": table.hidden}
    arrays: list[pa.Array] = []
    for field in schema:
        if field.name in own:
            arrays.append(pa.array(own[field.name], field.type))
        elif field.name == "report_province" and sheet.record_type == "indicator_report":
            # a table of places says the place on each row
            places = table.values.get("province") or [sheet.province] * length
            arrays.append(pa.array(places, field.type))
        elif field.name in repeated:
            arrays.append(pa.repeat(pa.scalar(repeated[field.name], field.type), length))
        elif field.name == "fields":
            arrays.append(_repeated_list(sorted(table.values), length, field.type))
        elif field.name in table.values:
            arrays.append(pa.array(table.values[field.name], field.type))
        else:
            arrays.append(pa.nulls(length, field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def _repeated_list(values: list[str], length: int, list_type: pa.ListType) -> pa.Array:
    offsets = pa.array(range(0, len(values) * (length + 1), len(values) or 1), pa.int32())
    one = pa.array(values, list_type.value_type)
    return pa.ListArray.from_arrays(offsets, pa.concat_arrays([one] * length) if length else one[:0])
