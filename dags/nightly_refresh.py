"""The nightly refresh: documents in, audited release out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import Param, TriggerRule, dag, get_current_context, task


def _home() -> Any:
    from htx.home import Home

    return Home.resolve()


def _as_of() -> Any:
    """The date that a night speaks for: the one asked for, else the day it began, however long it takes."""
    from datetime import date

    from htx import nightly

    context = get_current_context()
    asked = context["params"]["as_of"]
    return date.fromisoformat(asked) if asked else nightly.local_date(context["dag_run"].run_after)


def _sources() -> list[Any]:
    from htx import nightly

    return nightly.sources_of(get_current_context()["params"]["inbox"])


@dag(
    schedule="0 1 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Ho_Chi_Minh"),
    catchup=False,
    max_active_runs=1,  # one writer of the warehouse at a time
    default_args={"retries": 0, "execution_timeout": timedelta(hours=2)},
    params={
        "inbox": Param(None, type=["null", "string"], description="A folder to take in instead of the sources."),
        "as_of": Param(None, type=["null", "string"], description="YYYY-MM-DD; today where it is left out."),
    },
    tags=["htx"],
    doc_md=__doc__,
)
def nightly_refresh() -> None:
    @task
    def list_sources() -> list[str]:
        """Prepare the home and name the sources of this night."""
        from htx import nightly

        nightly.prepare(_home())
        return [source.name for source in _sources()]

    @task(map_index_template="{{ source }}")
    def fetch(source: str) -> dict[str, Any]:
        """Archive what one source has; known content costs a comparison."""
        from htx import nightly
        from ingestion.sources import named

        get_current_context()["source"] = source  # type: ignore[typeddict-unknown-key]
        return nightly.fetch(_home(), named(source, _sources())).model_dump()

    @task
    def list_unread(fetched: list[dict[str, Any]]) -> list[list[str]]:
        """Name the originals whose reading is missing or out of date, in batches."""
        from htx import nightly

        return nightly.batches(_home())

    @task
    def read(artefacts: list[str]) -> dict[str, Any]:
        """Read a batch of originals into typed records."""
        from htx import nightly

        return nightly.read(_home(), artefacts).model_dump()

    @task(trigger_rule=TriggerRule.NONE_FAILED)
    def register_programmes() -> int:
        """Write the programme registry beside the records."""
        from htx import nightly

        return nightly.register_programmes(_home())

    @task.short_circuit(ignore_downstream_trigger_rules=False)
    def anything_new() -> bool:
        """Go on only when the current release was made of other inputs than there are now."""
        from htx import nightly

        return nightly.needs_publishing(_home(), _as_of())

    @task
    def build_candidate() -> dict[str, Any]:
        """Records to dimensions, facts and candidate KPI cells (dbt)."""
        from htx import nightly

        return nightly.build_candidate(_home(), _as_of()).model_dump()

    @task
    def kpi_gate() -> dict[str, Any]:
        """Hold the KPI cells that can't be trusted (Great Expectations)."""
        from htx import nightly

        return nightly.gate(_home(), "kpi", _as_of()).model_dump()

    @task
    def build_marts() -> dict[str, Any]:
        """Marts and publication tables, holds applied (dbt)."""
        from htx import nightly

        return nightly.build_marts(_home(), _as_of()).model_dump()

    @task
    def release_gate() -> dict[str, Any]:
        """Stop a candidate that must not go out as a whole (Great Expectations)."""
        from htx import nightly

        return nightly.gate(_home(), "release", _as_of()).model_dump()

    @task
    def publish(gates: list[dict[str, Any]]) -> dict[str, Any]:
        """Make the audited candidate the current release, in one move."""
        from htx import nightly

        return nightly.publish(_home(), _as_of(), [nightly.Gated.model_validate(gate) for gate in gates]).model_dump()

    @task(trigger_rule=TriggerRule.NONE_FAILED)
    def report(
        fetched: list[dict[str, Any]],
        readings: list[dict[str, Any]] | None,
        gates: list[dict[str, Any] | None],
        published: dict[str, Any] | None,
    ) -> str:
        """Keep what this night did, for the summary and the digest."""
        from htx import nightly

        home = _home()
        summary = nightly.RunReport.model_validate(
            {
                "as_of": _as_of(),
                "fetched": list(fetched),
                "read": list(readings or []),
                "gates": [gate for gate in gates if gate],
                "published": published or nightly.unchanged(home).model_dump(),
            }
        )
        return str(nightly.write_report(home, get_current_context()["run_id"], summary))

    fetched = fetch.expand(source=list_sources())
    readings = read.expand(artefacts=list_unread(fetched))
    registered = register_programmes()
    kpi, release = kpi_gate(), release_gate()
    published = publish([kpi, release])
    readings >> registered >> anything_new() >> build_candidate() >> kpi >> build_marts() >> release
    report(fetched, readings, [kpi, release], published)


nightly_refresh()
