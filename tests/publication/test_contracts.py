"""What publication reads is what the models promise: the enforced contracts of marts/ and publication/."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from publication import counted, published
from tests.publication.candidate_warehouse import DDL

MODELS = Path(__file__).resolve().parents[2] / "dbt_project" / "models"
KINDS = (
    published.Province,
    published.Programme,
    published.Indicator,
    published.Artefact,
    published.Target,
    published.Result,
    published.Attainment,
    published.TargetConflict,
    published.Discrepancy,
    published.SeriesPoint,
    published.RestatedPoint,
    published.ReportDue,
    published.Check,
    published.Verdict,
    published.QuarantineEntry,
    published.ReleaseInput,
)
# dbt's portable type names and the DuckDB types they become.
TYPES = {
    "string": "VARCHAR",
    "bigint": "BIGINT",
    "integer": "INTEGER",
    "int": "INTEGER",
    "boolean": "BOOLEAN",
    "date": "DATE",
}


def _promised() -> dict[str, dict[str, str]]:
    """Column name to type of every model with a contract, by schema-qualified name."""
    promised: dict[str, dict[str, str]] = {}
    for schema in ("marts", "publication"):
        for path in sorted((MODELS / schema).rglob("*.yml")):
            models: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
            for model in models:
                promised[f"{schema}.{model['name']}"] = {
                    column["name"]: str(column["data_type"]) for column in model.get("columns", [])
                }
    return promised


@pytest.mark.parametrize("kind", KINDS, ids=[kind.TABLE for kind in KINDS])
def test_every_column_that_is_read_is_promised(kind: type[Any]) -> None:
    promised = _promised()[kind.TABLE]
    assert {field.name for field in dataclasses.fields(kind)} - promised.keys() == set()


@pytest.mark.parametrize("table", DDL)
def test_the_tests_own_warehouse_keeps_to_the_contracts(table: str) -> None:
    promised = _promised()[table]
    for line in re.split(r",(?![^(]*\))", DDL[table]):
        name, data_type = line.split(None, 1)
        data_type = data_type.replace(" PRIMARY KEY", "").replace(", ", ",").strip()
        assert name in promised, f"{table}.{name}"
        found = promised[name]
        assert TYPES.get(found, found.upper().replace(", ", ",")) == data_type, f"{table}.{name}"


def test_the_rules_of_counted_rows_use_promised_columns() -> None:
    promised = _promised()
    for rule in counted.rules().values():
        words = set(
            re.findall(r"[a-z_]{4,}", re.sub(r"'[^']*'|\$\w+", "", f"{rule.counted_where} {rule.value_column}"))
        )
        functions = {"coalesce", "true", "distinct"}
        assert words - functions <= promised[rule.table].keys(), rule
