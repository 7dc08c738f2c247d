"""How the sources are doing, looked at every morning before the offices open.

Nothing is fetched: each source is judged by what its last nights left behind. Who needs a hand is told in the log and
in the XCom of the task, with what to do next; `htx source health` shows the same on a terminal.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import dag

from htx.orchestration import AGAIN, step


@dag(
    schedule="0 7 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Ho_Chi_Minh"),
    catchup=False,
    max_active_runs=1,
    default_args={"execution_timeout": timedelta(minutes=30), **AGAIN},
    tags=["htx"],
    doc_md=__doc__,
)
def source_health() -> None:
    @step()
    def judge() -> list[dict[str, Any]]:
        """Name the sources that are late or need a hand, and what to do. Rows: sources in, those to look after out."""
        from htx import orchestration
        from htx.home import Home
        from htx.source_health import source_health

        sources = source_health(Home.resolve())
        to_look_after = [source for source in sources if not source.ok]
        for source in to_look_after:
            logging.getLogger(__name__).warning("source %s: %s", source.source, source.advice)
        orchestration.tell_rows(len(sources), len(to_look_after))
        return [source.model_dump(mode="json") for source in to_look_after]

    judge()


source_health()
