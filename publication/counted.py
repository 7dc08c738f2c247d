"""The rows of a register that were counted for a published result.

The models count; this finds the rows again in the published facts by the rule in ``counted.csv``, and checks that they
give the published number back. Where they don't (a rule changed on one side only), the rows are still shown and the
difference is said: a proof that does not add up must not look like one that does.
"""

from __future__ import annotations

import csv
import dataclasses
import functools
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from publication.published import Published, Result

_HERE = Path(__file__).resolve().parent
_SHARE_PLACES = Decimal("0.0001")
# What a row is called and the cell range it came from, for each table of records.
_LABELS = {
    "marts.fct_cooperative_status": "name",
    "marts.fct_training_class": "title",
    "marts.fct_finance_loan": "concat_ws(' · ', borrower, contract_no)",
    "marts.fct_finance_support": "concat_ws(' · ', beneficiary, decision_no)",
}
# A register counts cooperatives that are not dissolved; one that was founded counts as founded whatever came after.
_KIND = {
    "marts.fct_cooperative_status": "kind = 'cooperative'",
}


@dataclasses.dataclass(frozen=True)
class CountedRow:
    """One row of a register: what it is called, where it stands, and what it adds to the number (None: it counts 1)."""

    label: str
    sheet: str
    cells: str
    value: Decimal | None


@dataclasses.dataclass(frozen=True)
class CountedRows:
    """The rows behind a result. `among` is the denominator of a share; `agrees`: they give the published value back."""

    rows: tuple[CountedRow, ...]
    among: int | None
    found: Decimal | None
    agrees: bool


def counted_rows(published: Published, result: Result) -> CountedRows | None:
    """The rows that were counted for `result`; None when it was not computed from a register."""
    rule = rules().get(result.indicator)
    if result.origin != "register" or result.artefact is None or rule is None:
        return None
    where, parameters = _delivery(rule, result)
    column = rule.value_column.removeprefix("distinct ")
    value = f"CAST({column} AS DECIMAL(22, 4))" if column and not rule.is_distinct else "NULL"
    rows = tuple(
        CountedRow(label or "", sheet or "", cells or "", amount)
        for label, sheet, cells, amount in _query(
            published.connection,
            f"SELECT {_LABELS[rule.table]}, sheet, cells, {value} FROM {rule.table}"
            f" WHERE {where} AND ({rule.counted_where})"
            " ORDER BY sheet, TRY_CAST(regexp_extract(cells, '[0-9]+') AS BIGINT), cells",
            parameters,
        )
    )
    among = None
    if rule.among_where:
        query = f"SELECT count(*) FROM {rule.table} WHERE {where} AND ({rule.among_where})"
        among = int(_query(published.connection, query, parameters)[0][0])
    found = _recount(rule, rows, among)
    if rule.is_distinct:
        query = (
            f"SELECT count(DISTINCT lower(trim({column}))) FROM {rule.table} WHERE {where} AND ({rule.counted_where})"
        )
        found = Decimal(_query(published.connection, query, parameters)[0][0])
    return CountedRows(rows=rows, among=among, found=found, agrees=found == result.value)


@dataclasses.dataclass(frozen=True)
class _Rule:
    table: str
    counted_where: str
    value_column: str
    among_where: str
    is_founding: bool

    @property
    def is_distinct(self) -> bool:
        return self.value_column.startswith("distinct ")


@functools.cache
def rules() -> dict[str, _Rule]:
    with (_HERE / "counted.csv").open(encoding="utf-8", newline="") as stream:
        return {
            line["indicator"]: _Rule(
                table=line["table"],
                counted_where=line["counted_where"],
                value_column=line["value_column"],
                among_where=line["among_where"],
                is_founding=line["indicator"] == "coop_new",
            )
            for line in csv.DictReader(stream)
        }


def _delivery(rule: _Rule, result: Result) -> tuple[str, dict[str, object]]:
    """The rows of the delivered register: all sheets of one file for one province, at one date where there are more."""
    conditions = ["artefact = $artefact", "province_key IS NOT DISTINCT FROM $province"]
    if rule.table in _KIND:
        conditions.append(_KIND[rule.table])
        if not rule.is_founding:
            conditions += ["coalesce(status, '') <> 'dissolved'", "period_end = $end"]
        if result.scope == "agricultural":
            conditions.append("sector = 'agriculture'")
    parameters: dict[str, object] = {
        "artefact": result.artefact,
        "province": result.province_key,
        "start": result.period_start,
        "end": result.period_end,
    }
    return " AND ".join(conditions), parameters


def _query(connection: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, object]) -> list[tuple[Any, ...]]:
    used = {name: value for name, value in parameters.items() if f"${name}" in query}
    rows: list[tuple[Any, ...]] = connection.execute(query, used).fetchall()
    return rows


def _recount(rule: _Rule, rows: tuple[CountedRow, ...], among: int | None) -> Decimal | None:
    if among is not None:
        return (Decimal(100 * len(rows)) / among).quantize(_SHARE_PLACES) if among else None
    if rule.value_column:
        return sum((row.value for row in rows if row.value is not None), Decimal(0))
    return Decimal(len(rows))
