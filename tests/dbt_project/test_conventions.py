"""The project's conventions, read out of dbt's own manifest: nothing is published that is not described and tested."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from typing import Any

import pytest

from tests.dbt_project.warehouse import PROJECT, Warehouse

# Tables of which a row has no identity but all of its columns.
WITHOUT_KEY = {"gate_verdict", "quarantine"}
# A column of this name points to a dimension. A statement in review may measure what no registry has.
POINTERS = {
    "province_key", "current_province_key", "artefact", "programme", "indicator", "cooperative_key", "commune_key",
}  # fmt: skip
POINTS_NOWHERE = {("statement_review", "indicator")}
# A column of this name holds codes.
CODES = {
    "status", "qualifier", "origin", "basis", "restatement", "rating", "sector", "kind", "place_level", "direction",
    "measure", "record_type", "source_system", "funding_source", "due_rests_on", "link_rule",
}  # fmt: skip


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


@pytest.fixture(scope="module")
def column_tests(manifest: dict[str, Any]) -> dict[str, set[tuple[str, str]]]:
    """Of each model the (column, test) pairs."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and node["attached_node"]:
            found[node["attached_node"]].add((node["column_name"], node["test_metadata"]["name"]))
    return found


def test_every_published_model_has_a_key_that_is_tested(
    manifest: dict[str, Any], column_tests: dict[str, set[tuple[str, str]]]
) -> None:
    without = set()
    for model in published(manifest):
        tests = column_tests[model["unique_id"]]
        keys = {column for column, name in tests if name == "unique"} & {c for c, name in tests if name == "not_null"}
        if not keys and not any(name == "unique_together" for _, name in tests):
            without.add(model["name"])
    assert without == WITHOUT_KEY


def test_every_pointer_is_a_relationship_and_every_code_is_one_of_a_list(
    manifest: dict[str, Any], column_tests: dict[str, set[tuple[str, str]]]
) -> None:
    for model in published(manifest):
        tests = column_tests[model["unique_id"]]
        for column in set(model["columns"]) & POINTERS:
            is_own_key = {(column, "unique"), (column, "not_null")} <= tests or model["name"] == "dim_cooperative"
            tested = is_own_key or (column, "relationships") in tests
            assert tested or (model["name"], column) in POINTS_NOWHERE, f"{model['name']}.{column}"
        for column in set(model["columns"]) & CODES:
            if model["name"] not in ("gate_check", "gate_verdict"):
                assert (column, "accepted_values") in tests, f"{model['name']}.{column}"


def test_what_is_tested_where_it_is_kept_is_what_the_view_shows(
    provinces: Warehouse, manifest: dict[str, Any], column_tests: dict[str, set[tuple[str, str]]]
) -> None:
    tables = {
        node["name"]: f"{node['schema']}.{node['alias']}"
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
    }
    asked = set()
    for view in published(manifest):
        for kept, columns in view["config"]["meta"].get("kept_in", {}).items():
            for column in columns:
                shown = f"select {column} from {tables[view['name']]} where {column} is not null"
                stands = f"select {column} from {tables[kept]}"
                assert not provinces.rows(f"{shown} except {stands}"), f"{view['name']}.{column}"
                if (column, "unique") in column_tests[view["unique_id"]]:  # each row of the table once
                    assert not provinces.rows(f"({shown} except all {stands}) union all ({stands} except all {shown})")
                asked.add((view["name"], column))
    assert {("fct_cooperative_status", "status_key"), ("fct_cooperative_status", "cooperative_key")} <= asked
    # what others point to: the table has nothing that the view does not show
    history = f"select cooperative_key from {tables['int_cooperative_history']}"
    assert not provinces.rows(f"{history} except select cooperative_key from {tables['dim_cooperative']}")


def test_no_test_of_the_project_only_warns(manifest: dict[str, Any]) -> None:
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    assert len(tests) > 200
    assert {node["config"]["severity"].lower() for node in tests} == {"error"}


@pytest.mark.parametrize(
    "model",
    [
        "fct_kpi_attainment", "fct_reporting_coverage", "int_answer_flow", "int_answer_level", "int_artefact",
        "int_commune_mention", "int_kpi_restated", "int_kpi_series", "int_result_from_growth",
        "int_result_from_support", "int_target_implied", "int_target_period",
    ],
)  # fmt: skip
def test_every_model_that_decides_something_has_unit_tests(manifest: dict[str, Any], model: str) -> None:
    assert model in {test["model"] for test in manifest["unit_tests"].values()}


def test_every_source_of_the_lake_has_a_freshness_rule_that_warns_and_never_stops(manifest: dict[str, Any]) -> None:
    lake = [source for source in manifest["sources"].values() if source["source_name"] == "lake"]
    assert len(lake) >= 9
    # an empty quarantine is good news, and the gate's verdicts are as old as the artefacts
    assert {source["name"] for source in lake if not source["freshness"]} == {"quarantine", "record_verdict"}
    for source in lake:
        if source["freshness"]:
            assert source["loaded_at_field"], source["name"]
            assert source["freshness"]["warn_after"]["count"], source["name"]
            assert not source["freshness"]["error_after"]["count"], source["name"]


def test_freshness_is_asked_against_the_day_and_not_the_clock(provinces: Warehouse) -> None:
    provinces.dbt("source freshness")
    said = json.loads((provinces.home / "target" / "sources.json").read_text(encoding="utf-8"))["results"]
    by_table = {result["unique_id"].rsplit(".", 1)[1]: result for result in said}
    assert len(by_table) >= 8
    assert {result["snapshotted_at"][:10] for result in said} == {str(provinces.as_of)}
    # the last list of loans is of 2023, the last register of the end of 2025
    assert (by_table["loan"]["status"], by_table["loan"]["max_loaded_at"][:10]) == ("warn", "2023-12-31")
    assert (by_table["cooperative_status"]["status"]) == "pass"


def test_a_due_day_says_whether_it_is_law() -> None:
    with (PROJECT / "seeds" / "reporting_duty.csv").open(encoding="utf-8") as file:
        duties = {row["duty"]: row["due_rests_on"] for row in csv.DictReader(file)}
    assert duties["register_year"] == "law"
    # nobody has shown us the day in Circular 52/2022
    assert duties["loan_year"] == duties["loan_half_year"] == "assumption"


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
    for metric in metrics:
        if metric["type"] == "ratio":
            assert metric["config"]["meta"]["additive_over"] == [], metric["name"]


def test_a_level_is_never_added_over_time(provinces: Warehouse) -> None:
    said = json.loads((provinces.home / "target" / "semantic_manifest.json").read_text(encoding="utf-8"))
    measures = {measure["name"]: measure for model in said["semantic_models"] for measure in model["measures"]}
    windows = {}
    for metric in said["metrics"]:
        if metric["type"] == "simple":
            additive = metric["config"]["meta"]["additive_over"]
            window = measures[metric["type_params"]["measure"]["name"]]["non_additive_dimension"]
            windows[metric["name"]] = ("time" in additive, window is not None and window["window_groupings"])
    levels = ["current_province"]
    assert windows["cooperatives"] == windows["loans_outstanding"] == (False, levels)
    assert windows["training_learners"] == windows["support_granted"] == (True, False)
    [spine] = said["project_configuration"]["time_spines"]
    assert spine["primary_column"] == {"name": "date_day", "time_granularity": "day"}


def test_every_rule_of_attainment_holds(provinces: Warehouse) -> None:
    said = provinces.dbt("test", "--select", "test_type:unit")
    assert "ERROR=0" in said and "PASS=0 " not in said


def test_the_documentation_builds_without_a_network(provinces: Warehouse) -> None:
    provinces.dbt("docs generate", "--static")
    page = provinces.home / "target" / "static_index.html"
    assert "fct_kpi_attainment" in page.read_text(encoding="utf-8")
