"""The lake: one Parquet file per artefact and record type, ``lake/<record type>/<artefact>.parquet``.

One artefact's records never depend on another's, so reading scales to any number of workers and a crash
costs one artefact. A file appears whole or not at all; the row in ``lake/artefact`` is written last and
is what says that an artefact has been read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingestion.files import replacing, version_of

EMPTY = "_empty.parquet"
_WIDE = Context(prec=38, rounding=ROUND_HALF_EVEN)

_CELLS = [
    ("artefact", pa.string()),  # sha-256 of the original
    ("sheet", pa.string()),
    ("cells", pa.string()),  # A8:N8
    ("row_no", pa.string()),  # as printed in the TT column
    ("layout", pa.string()),
    ("hidden", pa.bool_()),
    ("report_province", pa.string()),  # province the sheet or the index is about
    ("report_scope", pa.string()),  # the part of the sector that its title narrows it to, or null
    ("report_period_end", pa.date32()),  # reporting date of the sheet
]
_MONEY = pa.decimal128(18, 0)  # whole VND
_NUMBER = pa.decimal128(22, 4)  # VND, persons, percent: whatever the unit says

SCHEMAS: dict[str, pa.Schema] = {
    "artefact": pa.schema(
        [
            ("artefact", pa.string()),
            ("source", pa.string()),
            ("file", pa.string()),  # path inside the source
            ("kind", pa.string()),  # bulletin, workbook or unknown
            ("media_type", pa.string()),
            ("size_bytes", pa.int64()),
            ("status", pa.string()),  # read or quarantined
            ("title", pa.string()),
            ("published_on", pa.date32()),
            ("province", pa.string()),
            ("publisher", pa.string()),
            ("programme_text", pa.string()),  # as the index or the document names it
            ("content_fingerprint", pa.string()),  # of a workbook's cells: equal for the same cells in other bytes
            ("text_sha", pa.string()),  # of the extracted text kept beside a bulletin
            ("records", pa.int64()),
            ("statements", pa.int64()),
            ("quarantined", pa.int64()),
            ("ignored", pa.int64()),
            ("reader_version", pa.string()),  # fingerprint of code and data the reading depends on
        ]
    ),
    "quarantine": pa.schema(
        [
            ("artefact", pa.string()),
            ("file", pa.string()),
            ("gate", pa.string()),  # landing or records
            ("sheet", pa.string()),
            ("place", pa.string()),
            ("field", pa.string()),
            ("expected", pa.string()),
            ("found", pa.string()),
            ("reason", pa.string()),
            ("advice", pa.string()),
            ("expected_vi", pa.string()),
            ("found_vi", pa.string()),  # null where it is the document's own text
            ("reason_vi", pa.string()),
            ("advice_vi", pa.string()),
        ]
    ),
    "statement": pa.schema(
        [
            ("artefact", pa.string()),
            ("ordinal", pa.int64()),
            ("quote", pa.string()),
            ("start", pa.int64()),
            ("end", pa.int64()),
            ("sentence", pa.string()),
            ("sentence_start", pa.int64()),
            ("sentence_end", pa.int64()),
            ("sentence_sha", pa.string()),
            ("kind", pa.string()),  # target or result
            ("indicator", pa.string()),
            ("value", _NUMBER),
            ("value_high", _NUMBER),
            ("qualifier", pa.string()),
            ("unit", pa.string()),
            ("scope", pa.string()),
            ("scope_note", pa.string()),
            ("per", pa.string()),  # year: the value is meant for each year; else null
            ("geography", pa.string()),
            ("geography_level", pa.string()),  # province, district, commune, region, country
            ("period_start", pa.date32()),
            ("period_end", pa.date32()),
            ("as_of", pa.date32()),
            ("confidence", pa.float64()),  # 0 to 1
            ("reasons", pa.string()),  # why the confidence is below 1, separated by "; "
            ("in_review", pa.bool_()),
        ]
    ),
    "cooperative_status": pa.schema(
        [
            *_CELLS,
            ("name", pa.string()),
            ("kind", pa.string()),
            ("registration_no", pa.string()),
            ("tax_code", pa.string()),
            ("province", pa.string()),
            ("district", pa.string()),
            ("commune", pa.string()),
            ("address", pa.string()),
            ("sector", pa.string()),
            ("founded_on", pa.date32()),
            ("founded_on_precision", pa.string()),
            ("status", pa.string()),
            ("members", pa.int64()),
            ("workers", pa.int64()),
            ("charter_capital_vnd", _MONEY),
            ("revenue_vnd", _MONEY),
            ("profit_vnd", _MONEY),
            ("income_per_worker_month_vnd", _MONEY),
            ("rating", pa.string()),
            ("linked", pa.bool_()),
            ("high_tech", pa.bool_()),
            ("gap_certified", pa.bool_()),
            ("ocop_stars", pa.int64()),
            ("fields", pa.list_(pa.string())),  # the fields this sheet has a column for
        ]
    ),
    "training_class": pa.schema(
        [
            *_CELLS,
            ("title", pa.string()),
            ("topic", pa.string()),
            ("organiser", pa.string()),
            ("place", pa.string()),
            ("starts_on", pa.date32()),
            ("ends_on", pa.date32()),
            ("learners", pa.int64()),
            ("female", pa.int64()),
            ("ethnic_minority", pa.int64()),
            ("managers", pa.int64()),
            ("budget_vnd", _MONEY),
            ("funding", pa.string()),
            ("fields", pa.list_(pa.string())),
        ]
    ),
    "loan": pa.schema(
        [
            *_CELLS,
            ("fund", pa.string()),
            ("borrower", pa.string()),
            ("contract_no", pa.string()),
            ("purpose", pa.string()),
            ("signed_on", pa.date32()),
            ("due_on", pa.date32()),
            ("term_months", pa.int64()),
            ("interest_pct_year", pa.decimal128(9, 4)),
            ("amount_vnd", _MONEY),
            ("disbursed_vnd", _MONEY),
            ("outstanding_vnd", _MONEY),
            ("overdue_vnd", _MONEY),
            ("fields", pa.list_(pa.string())),
        ]
    ),
    "support": pa.schema(
        [
            *_CELLS,
            ("policy", pa.string()),
            ("beneficiary", pa.string()),
            ("kind", pa.string()),
            ("content", pa.string()),
            ("decision_no", pa.string()),
            ("decided_on", pa.date32()),
            ("amount_vnd", _MONEY),
            ("disbursed_vnd", _MONEY),
            ("funding", pa.string()),
            ("district", pa.string()),
            ("commune", pa.string()),
            ("fields", pa.list_(pa.string())),
        ]
    ),
    "indicator_report": pa.schema(
        [
            *_CELLS,
            ("indicator_text", pa.string()),
            ("indicator", pa.string()),
            ("scope", pa.string()),
            ("parent", pa.string()),
            ("unit_text", pa.string()),
            ("unit", pa.string()),
            ("value", _NUMBER),
            ("kind", pa.string()),  # plan, result or estimate
            ("period_start", pa.date32()),
            ("period_end", pa.date32()),
            ("cell", pa.string()),  # the single cell of the value
        ]
    ),
    # What the gate `records` found in one artefact's rows: one row for each row (or artefact) and expectation that
    # failed, and one row of effect `audited` that says with which suites the artefact was judged.
    "record_verdict": pa.schema(
        [
            ("artefact", pa.string()),
            ("record_type", pa.string()),  # of the rows judged; null in the row `audited`
            ("sheet", pa.string()),  # null for a statement or a whole artefact
            (
                "place",
                pa.string(),
            ),  # cells of a row, cell of an indicator value, ordinal of a statement; null: artefact
            ("suite", pa.string()),
            ("expectation", pa.string()),
            ("severity", pa.string()),
            ("effect", pa.string()),  # quarantine row, quarantine artefact, warn or audited
            ("field", pa.string()),
            ("found", pa.string()),
            ("found_vi", pa.string()),
            ("expected_vi", pa.string()),
            ("expected_en", pa.string()),
            ("reason_vi", pa.string()),
            ("reason_en", pa.string()),
            ("audit", pa.string()),  # fingerprint of the suites and of the reading that were judged
        ]
    ),
    "programme": pa.schema(
        [
            ("programme", pa.string()),  # code
            ("name_vi", pa.string()),
            ("name_en", pa.string()),
            ("province", pa.string()),  # as named when the programme began
            ("starts_on", pa.date32()),
            ("ends_on", pa.date32()),
            ("legal_basis", pa.string()),
            ("publisher", pa.string()),
            ("aliases", pa.list_(pa.string())),
            ("registered", pa.bool_()),  # false: known only from an index.csv
        ]
    ),
}

# What the steps of a night ask of every original, and what this process knows of it: of each lake's folder the version
# of each file, and their rows.
ABOUT_READING = ("artefact", "kind", "reader_version", "programme_text", "province", "publisher")
_READINGS = pa.schema([SCHEMAS["artefact"].field(name) for name in ABOUT_READING])
_kept: dict[Path, tuple[dict[str, object], pa.Table]] = {}


@dataclasses.dataclass(frozen=True)
class Lake:
    """The lake's folder."""

    folder: Path

    def prepare(self) -> None:
        """Make a folder for each record type, each with one file without rows, so that no glob comes up empty."""
        for record_type, schema in SCHEMAS.items():
            empty = self.folder / record_type / EMPTY
            if not empty.exists() or not pq.read_schema(empty).equals(schema):
                with replacing(empty) as temporary:
                    pq.write_table(schema.empty_table(), temporary)

    def write(self, record_type: str, name: str, rows: Sequence[Mapping[str, object]]) -> None:
        """Replace the file `name` of `record_type` by `rows` (see `table_of`); no rows, no file."""
        self.write_table(record_type, name, table_of(record_type, rows))

    def write_table(self, record_type: str, name: str, table: pa.Table) -> None:
        """Replace the file `name` of `record_type` by `table`, which has that type's schema; no rows, no file."""
        path = self.path(record_type, name)
        if not table.schema.equals(SCHEMAS[record_type]):
            raise TypeError(
                f"record type {record_type}: expected the columns {SCHEMAS[record_type]}, found {table.schema}"
            )
        if not table.num_rows:
            path.unlink(missing_ok=True)
            return
        with replacing(path) as temporary:
            pq.write_table(table, temporary)

    def read(self, record_type: str, columns: list[str] | None = None) -> list[dict[str, Any]]:
        """Return all rows of a record type, file by file in the order of the files' names."""
        schema = SCHEMAS[record_type]
        wanted = schema if columns is None else pa.schema([schema.field(name) for name in columns])
        rows: list[dict[str, Any]] = _read(sorted((self.folder / record_type).glob("*.parquet")), wanted).to_pylist()
        return rows

    def artefacts(self, columns: list[str]) -> list[dict[str, Any]]:
        """Return `columns` (of `ABOUT_READING`) of the row of every original that has been read, by hash.

        Several steps of a night ask for them, and opening a file takes far longer than seeing that it is still the
        same: what this process has read before is read again only where it has changed.
        """
        folder = self.folder / "artefact"
        versions: dict[str, object] = {path.stem: version_of(path) for path in folder.glob("*.parquet")}
        before, kept = _kept.get(folder, ({}, _READINGS.empty_table()))
        changed = {name for name, version in versions.items() if before.get(name) != version}
        same = kept.filter(pc.is_in(kept["artefact"], pa.array(versions.keys() - changed, pa.string())))
        read = _read([self.path("artefact", name) for name in changed], _READINGS)
        table = pa.concat_tables([same, read]).sort_by("artefact")
        _kept[folder] = versions, table
        rows: list[dict[str, Any]] = table.select(columns).to_pylist()
        return rows

    def path(self, record_type: str, name: str) -> Path:
        """Return where the records of `name` are kept."""
        return self.folder / record_type / f"{name}.parquet"


def _read(files: Sequence[Path], schema: pa.Schema) -> pa.Table:
    """Return the columns of `schema` of small files, one file after the other; what an older file lacks is null.

    Reading ahead within a file, or a dataset of all files, takes twice the time for thousands of a few rows each.
    """
    tables = (pq.ParquetFile(file, pre_buffer=False).read(schema.names, use_threads=False) for file in files)
    table = pa.concat_tables([schema.empty_table(), *tables], promote_options="default")
    return table.select(schema.names).cast(schema).combine_chunks()


def table_of(record_type: str, rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """Return `rows` in the schema of `record_type`.

    Fields that a row leaves out are null; a field that the record type does not have is an error. Numbers with
    more decimals than their field keeps are rounded half to even; one too large for it is an error.
    """
    schema = SCHEMAS[record_type]
    unknown = {field for row in rows for field in row} - set(schema.names)
    if unknown:
        raise KeyError(f"record type {record_type} has no field {', '.join(sorted(unknown))}")
    columns = [pa.array([_fitting(row.get(field.name), field.type) for row in rows], field.type) for field in schema]
    return pa.table(columns, schema=schema)


def _fitting(value: Any, kind: pa.DataType) -> Any:
    if not isinstance(value, Decimal) or not pa.types.is_decimal(kind):
        return value
    return value.quantize(Decimal(1).scaleb(-kind.scale), context=_WIDE)
