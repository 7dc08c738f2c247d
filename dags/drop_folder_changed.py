"""A drop folder changed: what somebody has just put there is published within minutes instead of tomorrow.

Airflow's triggerer watches the folders of all registered sources. Once the files of a folder have changed and have
then stood still for half a minute, so that no half-copied file is taken, this DAG starts `nightly_refresh` for that
folder alone. It makes no release itself: whatever asks for one, `nightly_refresh` is the only DAG that writes.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import Asset, AssetWatcher, dag, get_current_context

from htx.orchestration import step
from htx.watching import DropFolders

DROP_FOLDERS = Asset(
    "drop_folders",
    uri="file://htx/drop_folders",
    group="htx",
    watchers=[AssetWatcher(name="drop_folders_watcher", trigger=DropFolders())],
)


@dag(
    schedule=[DROP_FOLDERS],
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Ho_Chi_Minh"),
    catchup=False,
    max_active_runs=1,
    default_args={"execution_timeout": timedelta(hours=4)},
    tags=["htx"],
    doc_md=__doc__,
)
def drop_folder_changed() -> None:
    @step()
    def changed_sources() -> list[str]:
        """Name the sources whose folders have changed. Rows: events in, sources out."""
        from htx import orchestration

        events = get_current_context()["triggering_asset_events"][DROP_FOLDERS]
        names = sorted({name for event in events for name in event.extra["payload"]["sources"]})
        orchestration.tell_rows(len(events), len(names))
        return names

    TriggerDagRunOperator(
        task_id="refresh",
        trigger_dag_id="nightly_refresh",
        conf={"sources": changed_sources()},
        wait_for_completion=True,
        deferrable=True,
        poke_interval=10,
        fail_when_dag_is_paused=True,
        doc_md="Start `nightly_refresh` for these sources alone, and wait for its release.",
    )


drop_folder_changed()
