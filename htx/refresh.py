"""``htx refresh``: the real nightly DAG, run in this process, with its progress and a summary for people."""

from __future__ import annotations

import dataclasses
import datetime as dt
import gc
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pluggy
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from htx import airflow_home, summary
from htx.home import PROJECT, Home
from htx.nightly import RunReport
from htx.storage import alone

_hook = pluggy.HookimplMarker("airflow")

DAG = "nightly_refresh"
# Objects made between two looks for garbage: Airflow's half a million stay, and to look among them took two seconds.
GARBAGE_THRESHOLD = 100_000
# What a person reads while a step works.
STEPS = {
    "list_sources": "listing sources",
    "fetch": "archiving documents",
    "list_unread": "looking for unread documents",
    "read": "reading documents into records",
    "register_programmes": "registering programmes",
    "anything_new": "comparing with the current release",
    "records_gate": "auditing rows and statements (Great Expectations)",
    "build_candidate": "building facts and candidate KPI cells (dbt)",
    "kpi_gate": "auditing KPI cells (Great Expectations)",
    "build_marts": "building marts (dbt)",
    "release_gate": "auditing the release (Great Expectations)",
    "document": "writing dbt docs and Data Docs",
    "publish": "publishing",
    "serve": "offering the release to PostgreSQL, where one is set up",
    "notify": "writing the digest",
    "report": "writing the report",
}


class RefreshFailed(Exception):
    """The night did not end with a published release; what was published before stays."""


def refresh(home: Home, inbox: Path | None, as_of: dt.date | None, wait_seconds: float) -> None:
    """Run the nightly DAG on `home`; print progress and a summary; raise RefreshFailed with the step and reason."""
    started = time.monotonic()
    gc.set_threshold(GARBAGE_THRESHOLD)
    with alone(home, wait_seconds, lambda text: print(text, file=sys.stderr, flush=True)):
        os.environ.update(airflow_home.settings(home))
        home.logs.mkdir(parents=True, exist_ok=True)
        log = home.logs / f"refresh-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}.log"
        with _output_to(log) as console, _Steps(console) as steps:
            steps.begin("setting up Airflow")
            airflow_home.migrate(home)
            run_id, failures = _run_dag(steps, inbox, as_of)
        if failures:
            raise RefreshFailed(
                f"step {failures[0].step!r} failed: {failures[0].error}\n"
                f"The log is {log}. What was published before is unchanged; correct the cause and run it again."
            )
    report = RunReport.model_validate_json((home.runs / f"{run_id}.json").read_bytes())
    summary.show(home, report, seconds=time.monotonic() - started)
    gc.freeze()  # nor is anything looked for when the process ends, which took two seconds more


@dataclasses.dataclass(frozen=True)
class Failure:
    """A step that failed, and why."""

    step: str
    error: str


def _run_dag(steps: _Steps, inbox: Path | None, as_of: dt.date | None) -> tuple[str, list[Failure]]:
    steps.begin("loading the DAG")
    from airflow.dag_processing.dagbag import DagBag
    from airflow.sdk.listener import get_listener_manager

    bag = DagBag(dag_folder=PROJECT / "dags" / f"{DAG}.py")
    if bag.import_errors:
        file, error = next(iter(bag.import_errors.items()))
        raise RefreshFailed(f"{file} can't be loaded:\n{error}")
    current_api_only()
    listener = _Listener(steps)
    get_listener_manager().add_listener(listener)
    conf = {"inbox": str(inbox.resolve()) if inbox else None, "as_of": as_of.isoformat() if as_of else None}
    run = bag.dags[DAG].test(run_conf=conf)
    if run.state != "success" and not listener.failures:
        listener.failures.append(Failure(DAG, f"the run ended as {run.state}"))
    return run.run_id, listener.failures


def current_api_only() -> None:
    """Have Airflow's API, which its steps ask within this process, made for the steps' own version of it alone.

    It is made when the first step asks, for tasks of every Airflow since 3.0, nine versions of sixty routes: two and a
    half seconds of each refresh. No setting limits it. In a cluster the API server makes it once, for all nights.
    """
    try:
        from airflow.api_fastapi.execution_api import versions
        from airflow.api_fastapi.execution_api.routes import execution_api_router
        from airflow.sdk.api.datamodels._generated import API_VERSION
        from cadwyn import HeadVersion, Version, VersionBundle
        from cadwyn.route_generation import _DELETED_ROUTE_TAG
    except ImportError:
        return  # another Airflow, made in another way: the refresh is slower and right all the same

    if versions.bundle.versions[0].value != API_VERSION:
        return  # the steps speak an older one, as another pair of Airflow and its SDK may
    versions.bundle = VersionBundle(HeadVersion(), Version(API_VERSION))
    # Those that only older versions have; the API refuses to be made with routes that are in none.
    routes = execution_api_router.routes
    routes[:] = [route for route in routes if _DELETED_ROUTE_TAG not in getattr(route, "tags", ())]


class _Steps:
    """The steps of a night on a terminal, or line by line where there is none."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Progress(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._running: Any = None

    def __enter__(self) -> _Steps:
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.end()
        self._live.stop()

    def begin(self, text: str) -> None:
        self.end()
        if self._console.is_terminal:
            self._running = self._live.add_task(text, total=1)
        else:
            self._console.print(f"{dt.datetime.now():%H:%M:%S}  {text}", highlight=False)

    def end(self) -> None:
        if self._running is not None:
            self._live.update(self._running, completed=1)
            self._running = None


class _Listener:
    """Airflow tells this what its tasks do."""

    def __init__(self, steps: _Steps) -> None:
        self._steps = steps
        self.failures: list[Failure] = []

    @_hook
    def on_task_instance_running(self, task_instance: Any) -> None:
        text = STEPS.get(task_instance.task_id, task_instance.task_id)
        part = "" if task_instance.map_index < 0 else f" ({task_instance.map_index + 1})"
        self._steps.begin(text + part)

    @_hook
    def on_task_instance_failed(self, task_instance: Any, error: Any) -> None:
        self.failures.append(Failure(task_instance.task_id, str(error)))


@contextmanager
def _output_to(log: Path) -> Iterator[Console]:
    """Send what Airflow, dbt and the gates print to `log`; give a console on the terminal that was there."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = os.dup(1), os.dup(2)
    with log.open("ab", buffering=0) as file, os.fdopen(os.dup(1), "w", 1, "utf-8") as terminal:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield Console(file=terminal, force_terminal=None if not os.isatty(kept[0]) else True)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for descriptor, original in zip((1, 2), kept, strict=True):
                os.dup2(original, descriptor)
                os.close(original)
