"""The project's conventions, read out of dbt's own manifest: nothing is published that is not described and tested."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.dbt_project.warehouse import Warehouse


@pytest.fixture(scope="module")
def manifest(provinces: Warehouse) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((provinces.home / "target" / "manifest.json").read_text(encoding="utf-8"))
    return content


def published(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    return [node for node in models if node["fqn"][1] in ("marts", "publication")]


def test_every_published_model_says_what_a_row_is_in_both_languages(manifest: dict[str, Any]) -> None:
    assert len(published(manifest)) >= 20
    for model in published(manifest):
        english, vietnamese = model["description"].strip().split("\n")
        assert english.startswith("One row is ") and vietnamese.startswith("Mỗi dòng là "), model["name"]
        # the SQL opens with the same sentence
        assert model["raw_code"].startswith("-- One row is "), model["name"]


def test_every_published_column_is_described_in_both_languages(manifest: dict[str, Any]) -> None:
    for model in published(manifest):
        for column in model["columns"].values():
            english, _, vietnamese = column["description"].partition(" · ")
            assert english and vietnamese, f"{model['name']}.{column['name']}"


def test_every_published_model_has_contract_owner_tests_and_a_reader(manifest: dict[str, Any]) -> None:
    tested = {node["attached_node"] for node in manifest["nodes"].values() if node["resource_type"] == "test"}
    read = {name for exposure in manifest["exposures"].values() for name in exposure["depends_on"]["nodes"]}
    for model in published(manifest):
        assert model["config"]["contract"]["enforced"], model["name"]
        assert model["config"]["meta"]["owner"], model["name"]
        assert model["unique_id"] in tested, model["name"]
        assert model["unique_id"] in read, model["name"]


def test_the_descriptions_stand_in_the_database(provinces: Warehouse) -> None:
    comment = provinces.one(
        "select comment from duckdb_columns() where schema_name = 'marts' and table_name = 'fct_kpi_result' "
        "and column_name = 'value'"
    )
    assert comment == {"comment": "Value; null while held. · Giá trị; trống khi bị giữ lại."}


def test_every_metric_says_what_it_adds_up_over(manifest: dict[str, Any]) -> None:
    metrics = manifest["metrics"].values()
    assert {metric["name"] for metric in metrics} >= {
        "cooperatives",
        "cooperatives_rated_good_share",
        "targets_achieved",
    }
    assert all("additive_over" in metric["config"]["meta"] for metric in metrics)


def test_every_rule_of_attainment_holds(provinces: Warehouse) -> None:
    said = provinces.dbt("test", "--select", "test_type:unit")
    assert "ERROR=0" in said and "PASS=0 " not in said


def test_the_documentation_builds_without_a_network(provinces: Warehouse) -> None:
    provinces.dbt("docs generate", "--static")
    page = provinces.home / "target" / "static_index.html"
    assert "fct_kpi_attainment" in page.read_text(encoding="utf-8")
