"""A backfill: old documents gone over again, exactly as a reviewed request says.

The request is a file `backfills/<name>.yml`: sources, a span of days, why, who asked and who has read it. Look at what
it would touch with `htx backfill plan <name>`, then trigger this DAG with its name. It starts `nightly_refresh`, which
reads those originals again (after asking the sources once more, where the request says so) beside its ordinary work.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import Param, dag, get_current_context

from htx.orchestration import step


@dag(
    schedule=None,
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Ho_Chi_Minh"),
    catchup=False,
    max_active_runs=1,
    default_args={"execution_timeout": timedelta(hours=12)},
    params={"request": Param(type="string", minLength=1, description="Name of a file in backfills/, without .yml.")},
    tags=["htx"],
    doc_md=__doc__,
)
def backfill() -> None:
    @step()
    def plan() -> dict[str, Any]:
        """Show what the request touches, source by source. Rows: originals of the request, in and out."""
        from htx import backfill, orchestration
        from htx.home import Home
        from ingestion.sources import load_sources

        planned = backfill.plan(Home.resolve(), get_current_context()["params"]["request"], load_sources())
        orchestration.tell_rows(len(planned.touched), len(planned.touched))
        return {"read_again": planned.by_source, "asked_again": list(planned.asked), "why": planned.request.why}

    plan() >> TriggerDagRunOperator(
        task_id="refresh",
        trigger_dag_id="nightly_refresh",
        conf={"backfill": "{{ params.request }}"},
        wait_for_completion=True,
        deferrable=True,
        poke_interval=10,
        fail_when_dag_is_paused=True,
        doc_md="Start `nightly_refresh` with this request, and wait for its release.",
    )


backfill()
