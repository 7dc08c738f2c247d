"""What the tasks of all DAGs share: when a task is tried again, what it tells of its rows, who writes alone.

Airflow is imported by the functions that need it, so that a DAG file costs nothing to parse beyond Airflow itself.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import inspect
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from htx.home import Home
from htx.locking import HomeInUse

WAREHOUSE_POOL = "warehouse"  # one slot: of all DAGs, one task at a time writes the warehouse
NAMESPACE = "htx"  # of OpenLineage datasets and jobs
LANES = 8  # fetch tasks of one night; a host is always in the same one, so that no two tasks ask it at once
WRITER_WAIT_SECONDS = 3600.0  # how long a step waits for a refresh that somebody runs by hand in the same home

# Trying again helps when a disk, a network, a database or another writer was in the way, and never when a document, a
# definition or a gate says no. Errors of optional libraries go by name: importing them to ask would cost more.
_PASSING = (OSError, HomeInUse)
_PASSING_NAMES = frozenset({"IOException", "OperationalError", "InterfaceError", "EndpointConnectionError"})

F = TypeVar("F", bound=Callable[..., Any])

log = logging.getLogger(__name__)

AGAIN: Mapping[str, Any] = {
    "retries": 3,
    "retry_delay": dt.timedelta(seconds=20),
    "retry_exponential_backoff": True,
    "max_retry_delay": dt.timedelta(minutes=10),
}


def pools() -> dict[str, tuple[int, str]]:
    """Return the pools that the DAGs use: slots and description, by name."""
    lanes = {fetch_pool(lane): (1, "the hosts of one fetch lane, asked one at a time") for lane in range(LANES)}
    return {WAREHOUSE_POOL: (1, "the one writer of the warehouse"), **lanes}


def fetch_pool(lane: int) -> str:
    """Return the pool of a fetch lane: one slot, so that over all runs and DAGs one task asks its hosts."""
    return f"hosts_{lane}"


def lane_of(host: str) -> int:
    """Return the lane of `host`, the same in every run, process and DAG."""
    return int.from_bytes(hashlib.sha256(host.encode()).digest()[:4], "big") % LANES


def lanes_of(hosts: Mapping[str, str | None]) -> list[list[str]]:
    """Return the sources (name → host, None for a folder) of each lane; the place in the list is the lane.

    A task for each source would cost more than fetching: a task takes 0.3 s, a source with nothing new far less.
    """
    lanes: list[list[str]] = [[] for _ in range(LANES)]
    folders = 0
    for source, host in sorted(hosts.items()):
        if host:
            lanes[lane_of(host)].append(source)
        else:
            lanes[folders % LANES].append(source)
            folders += 1
    return lanes[: max((lane + 1 for lane, sources in enumerate(lanes) if sources), default=0)]


def step(decorator: Callable[..., Any] | None = None, **options: Any) -> Callable[[F], F]:
    """Make a task of a function, with its docstring as the task's page.

    What trying again can't help fails at once and tells what is wrong. `decorator` is another one of Airflow's than
    ``task``; `options` are those of the task.
    """

    def make(function: F) -> F:
        from airflow.sdk import task

        about = inspect.cleandoc(function.__doc__ or "")
        # One XCom for what a step returns: Airflow would keep each key of a dictionary a second time.
        made: F = (decorator or task)(doc_md=about, multiple_outputs=False, **options)(_final(function))
        return made

    return make


def _final(function: F) -> F:
    @functools.wraps(function)
    def run(*arguments: Any, **named: Any) -> Any:
        from airflow.sdk.exceptions import AirflowException, AirflowFailException

        from htx import storage

        try:
            with storage.step(Home.resolve(), function.__name__, [*arguments, *named.values()]):
                return function(*arguments, **named)
        except (AirflowException, *_PASSING):
            raise
        except Exception as error:
            if type(error).__name__ in _PASSING_NAMES:
                raise
            raise AirflowFailException(str(error) or type(error).__name__) from error

    return run  # type: ignore[return-value]


def ensure_pools() -> None:
    """Make the pools that Airflow's metadata database lacks; one that somebody changed by hand stays as it is."""
    from airflow.models.pool import Pool
    from airflow.utils.session import create_session
    from sqlalchemy.exc import IntegrityError

    # Two parts of Airflow that start at once make the same pools: the second finds them made.
    with suppress(IntegrityError), create_session() as session:
        there = {pool.pool for pool in Pool.get_pools(session=session)}
        for name, (slots, description) in pools().items():
            if name not in there:
                Pool.create_or_update_pool(name, slots, description, include_deferred=False, session=session)


@contextmanager
def writing(home: Home) -> Iterator[None]:
    """Be the only writer of the warehouse; a refresh that somebody runs by hand is waited for."""
    from htx import storage

    with storage.writing(home, WRITER_WAIT_SECONDS, log.info):
        if not home.bucket:
            yield
            return
        from airflow.sdk import get_current_context

        from htx import candidate

        task = get_current_context()["ti"].task_id
        candidate.catch_up(home, as_of(), task)
        yield
        candidate.reached(home, as_of(), task)


def as_of() -> dt.date:
    """The date that a night speaks for: the one asked for, else the day it began, however long it takes."""
    from airflow.sdk import get_current_context

    from htx import nightly

    context = get_current_context()
    asked = context["params"]["as_of"]
    return dt.date.fromisoformat(asked) if asked else nightly.local_date(context["dag_run"].run_after)


def tell_rows(rows_in: int, rows_out: int, reads: Iterable[str] = (), writes: Iterable[str] = ()) -> None:
    """Show how many rows the running task took and gave: in its log, and in the UI as XComs ``rows_in``, ``rows_out``.

    `reads` and `writes` name the datasets for OpenLineage (see `htx.lineage`).
    """
    from airflow.sdk import get_current_context

    log.info("rows in %d, rows out %d", rows_in, rows_out)
    instance = get_current_context()["ti"]
    instance.xcom_push("rows_in", rows_in)
    instance.xcom_push("rows_out", rows_out)
    written = list(writes)
    _touched[str(instance.id)] = list(reads), dict.fromkeys(written, rows_out if len(written) == 1 else None)


def lineage_of(task_instance: str) -> tuple[list[str], dict[str, int | None]]:
    """Return the datasets that a task of this process read, and wrote with how many rows."""
    return _touched.get(task_instance, ([], {}))


_touched: dict[str, tuple[list[str], dict[str, int | None]]] = {}


def skip_what_follows() -> bool:
    """Skip, from a short circuit, every later task that runs only after a success; return False when there is none.

    A short circuit that keeps to the tasks' trigger rules skips the next task alone, and those behind it are skipped
    one after the other, each in a round of the scheduler: a second for each in `htx refresh`, on every quiet night.
    """
    from airflow.sdk import TriggerRule, get_current_context

    context = get_current_context()
    task: Any = context["task"]
    later = task.get_flat_relatives(upstream=False)
    task.skip(ti=context["ti"], tasks=[one for one in later if one.trigger_rule == TriggerRule.ALL_SUCCESS])
    return False


def pulled(task: str) -> list[Any]:
    """Return what each instance of `task` gave in this run; nothing of those that failed, were skipped or never ran."""
    from airflow.sdk import get_current_context

    return [value for value in get_current_context()["ti"].xcom_pull(task_ids=[task]) if value is not None]


def failed_tasks(dag_id: str, run_id: str) -> list[str]:
    """Return the tasks of a run that have failed so far, in the order of their names."""
    from airflow.sdk import get_current_context

    states = get_current_context()["ti"].get_task_states(dag_id=dag_id, run_ids=[run_id])[run_id]
    return sorted(task for task, state in states.items() if state == "failed")


def remember_failure(context: Mapping[str, Any]) -> None:
    """Keep why a task failed, for the digest of the night."""
    from htx import digest, storage

    instance = context["ti"]
    task = instance.task_id if instance.map_index < 0 else f"{instance.task_id}_{instance.map_index}"
    home = Home.resolve()
    digest.remember_failure(home, instance.run_id, task, str(context.get("exception") or ""))
    storage.send(home, "runs")
