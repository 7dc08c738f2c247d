"""The DAG names steps and their order, and nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PARSE = """
import importlib.util, json, sys, time
import airflow.sdk, airflow.dag_processing.dagbag, pendulum
before = set(sys.modules)
started = time.perf_counter()
spec = importlib.util.spec_from_file_location("nightly_refresh", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
took = time.perf_counter() - started
from airflow.serialization.serialized_objects import DagSerialization
dag = module.nightly_refresh()
print(json.dumps({
    "seconds": took,
    "imported": sorted({name.split(".")[0] for name in set(sys.modules) - before}),
    "downstream": {task.task_id: sorted(task.downstream_task_ids) for task in dag.tasks},
    "docs": {task.task_id: bool(task.doc_md or task.doc or task.python_callable.__doc__) for task in dag.tasks},
    "serialized": json.dumps(DagSerialization.serialize_dag(dag), sort_keys=True, default=str),
}))
"""


def parse(tmp_path):
    environment = {**os.environ, "AIRFLOW_HOME": str(tmp_path), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    command = [sys.executable, "-c", PARSE, str(PROJECT / "dags" / "nightly_refresh.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=PROJECT, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def parsed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("airflow")
    return [parse(folder) for _ in range(3)]


def test_parsing_imports_nothing_heavy(parsed):
    heavy = {"pandas", "dbt", "great_expectations", "duckdb", "pyarrow", "trafilatura", "lxml", "python_calamine"}
    assert heavy.isdisjoint(parsed[0]["imported"])


def test_parsing_takes_under_a_second_beyond_importing_airflow(parsed):
    assert min(one["seconds"] for one in parsed) < 1


def test_parsing_again_gives_the_same_dag(parsed):
    assert len({one["serialized"] for one in parsed}) == 1


def test_nothing_is_published_before_both_gates(parsed):
    downstream = parsed[0]["downstream"]

    def after(task):
        return {task, *(further for next_task in downstream[task] for further in after(next_task))}

    assert "publish" in after("release_gate")
    assert "release_gate" in after("build_marts")
    assert "build_marts" in after("kpi_gate")
    assert downstream["build_marts"] == ["release_gate"]
    assert [task for task, next_tasks in downstream.items() if "publish" in next_tasks] == ["kpi_gate", "release_gate"]


def test_every_task_says_what_it_does(parsed):
    assert [task for task, has_doc in parsed[0]["docs"].items() if not has_doc] == []
