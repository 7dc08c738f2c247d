"""What Airflow loads of this project when it starts: the pools that the DAGs name, and which fetch task uses which.

Both are entry points of the package, so that every installation has them: no step of a deployment can be forgotten.
"""

from __future__ import annotations

from typing import Any

import pluggy
from airflow.plugins_manager import AirflowPlugin

from htx.orchestration import LANES, ensure_pools, fetch_pool

_listener = pluggy.HookimplMarker("airflow")
_policy = pluggy.HookimplMarker("airflow.policy")


class Pools:
    """Makes the pools when a part of Airflow starts that has the metadata database: the scheduler, for one."""

    @_listener
    def on_starting(self, component: Any) -> None:
        from airflow.jobs.job import Job

        if isinstance(component, Job):  # a task runner says that it starts, too, and has no database
            ensure_pools()


class HtxPlugin(AirflowPlugin):  # type: ignore[misc]
    """The part of this project that is Airflow's."""

    name = "htx"
    listeners = [Pools()]  # noqa: RUF012


@_policy
def task_instance_mutation_hook(task_instance: Any, dag_run: Any) -> None:
    """Put each fetch task into the pool of its lane: the one place where Airflow lets mapped tasks differ."""
    if task_instance.task_id == "fetch" and task_instance.dag_id == "nightly_refresh" and task_instance.map_index >= 0:
        task_instance.pool = fetch_pool(task_instance.map_index % LANES)
