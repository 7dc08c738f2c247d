"""The DAGs name steps and their order, and nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.refreshing import htx

PROJECT = Path(__file__).resolve().parents[2]
PARSES = 20
SOURCES = 500
# One process parses the folder as Airflow's own DAG processor does, again and again: a process more would only show
# the time that Airflow takes to import.
PARSE = """
import json, sys, time
import airflow.sdk, airflow.dag_processing.dagbag, airflow.triggers.base, pendulum
import airflow.providers.standard.operators.trigger_dagrun
from airflow.dag_processing.dagbag import DagBag
from airflow.models.serialized_dag import SerializedDagModel
from airflow.serialization.serialized_objects import DagSerialization

before = set(sys.modules)
started = time.perf_counter()
first = DagBag(dag_folder=sys.argv[1])
took = time.perf_counter() - started
imported = sorted({name.split(".")[0] for name in set(sys.modules) - before})

def hashes(bag):
    return {name: SerializedDagModel.hash(DagSerialization.to_dict(dag)) for name, dag in sorted(bag.dags.items())}

every = [hashes(first)] + [hashes(DagBag(dag_folder=sys.argv[1])) for _ in range(int(sys.argv[2]) - 1)]
from airflow.sdk import Asset
print(json.dumps({
    "errors": first.import_errors,
    "seconds": took,
    "imported": imported,
    "hashes": every,
    "docs": {name: dag.doc_md for name, dag in first.dags.items()},
    "zones": {name: str(dag.timezone) for name, dag in first.dags.items()},
    "tasks": {
        name: {
            task.task_id: {
                "downstream": sorted(task.downstream_task_ids),
                "doc": task.doc_md or task.doc or "",
                "pool": task.pool,
                "retries": task.retries,
                "backoff": task.retry_exponential_backoff,
                "rule": getattr(task.trigger_rule, "value", task.trigger_rule),
                "outlets": [outlet.name for outlet in task.outlets],
            }
            for task in dag.tasks
        }
        for name, dag in first.dags.items()
    },
}))
"""

SOURCE = """\
name: generated_{number}
kind: listing
url: https://host{host}.example.org/tin-tuc
items: article a
province: Hà Nam
cadence: weekly
active: true
"""


@pytest.fixture(scope="module")
def parsed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("airflow")
    sources = tmp_path_factory.mktemp("sources")
    for number in range(SOURCES):
        (sources / f"generated_{number}.yml").write_text(
            SOURCE.format(number=number, host=number % 60), encoding="utf-8"
        )
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "HTX_SOURCES": str(sources),
    }
    command = [sys.executable, "-c", PARSE, str(PROJECT / "dags"), str(PARSES)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=PROJECT, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def night(parsed):
    return parsed["tasks"]["nightly_refresh"]


def test_every_dag_can_be_loaded(parsed):
    assert parsed["errors"] == {}
    assert set(parsed["tasks"]) == {"nightly_refresh", "drop_folder_changed", "backfill", "source_health"}


def test_airflow_itself_lists_no_import_error(sample):
    words = ("airflow", "run", "dags", "list-import-errors", "--local", "--output", "plain")
    done = htx(*words, HTX_HOME=str(sample.home))
    assert done.stdout.splitlines()[-1] == "No data found"


def test_parsing_imports_nothing_heavy(parsed):
    heavy = {"pandas", "dbt", "great_expectations", "duckdb", "pyarrow", "trafilatura", "lxml", "python_calamine"}
    assert heavy.isdisjoint(parsed["imported"])


def test_parsing_takes_under_a_second_with_500_sources(parsed):
    assert parsed["seconds"] < 1


def test_parsing_again_makes_no_new_version_of_a_dag(parsed):
    assert len(parsed["hashes"]) == PARSES
    assert all(hashes == parsed["hashes"][0] for hashes in parsed["hashes"])


def test_nothing_is_published_before_every_gate(night):
    def after(task):
        return {task, *(further for next_task in night[task]["downstream"] for further in after(next_task))}

    for gate in ("records_gate", "kpi_gate", "release_gate"):
        assert "publish" in after(gate)
    assert "release_gate" in after("build_marts")
    assert "build_marts" in after("kpi_gate")
    assert "build_candidate" in after("records_gate")
    assert night["build_marts"]["downstream"] == ["release_gate"]
    [before_publishing] = [task for task, one in night.items() if "publish" in one["downstream"]]
    assert before_publishing in after("release_gate")


def test_one_writer_of_the_warehouse_at_a_time(night):
    between = {"records_gate", "build_candidate", "kpi_gate", "build_marts", "release_gate", "document", "publish"}
    assert {task for task, one in night.items() if one["pool"] == "warehouse"} == between | {"register_programmes"}


def test_a_lost_fetch_lane_and_a_failed_night_are_still_told(night):
    assert night["list_unread"]["rule"] == "all_done_min_one_success"
    assert "list_unread" in night["list_sources"]["downstream"]  # the one success without which nothing goes on
    assert night["notify"]["rule"] == "all_done"
    assert night["notify"]["downstream"] == ["report"]
    assert "report" in night["publish"]["downstream"]  # so that a night without a release is a failed one


def test_a_release_is_served_on_quiet_nights_too_and_before_people_are_told(night):
    assert night["publish"]["downstream"] == ["report", "serve"]
    assert night["serve"]["rule"] == "none_failed"  # skipped tasks before it: an earlier load may have failed
    assert night["serve"]["downstream"] == ["notify"]


def test_what_is_tried_again_waits_longer_each_time(night):
    assert {(one["retries"] > 0, bool(one["backoff"])) for one in night.values()} == {(True, True)}


def test_a_release_is_an_asset(night):
    assert [task for task, one in night.items() if one["outlets"] == ["release"]] == ["publish"]


def test_every_dag_and_every_task_says_what_it_does(parsed):
    assert all(parsed["docs"].values())
    assert set(parsed["zones"].values()) == {"Asia/Ho_Chi_Minh"}
    assert [
        (dag, task) for dag, tasks in parsed["tasks"].items() for task, one in tasks.items() if not one["doc"]
    ] == []
