"""The nightly refresh: documents in, audited release out, and the right person told.

Every night at 01:00 (Việt Nam): each source is asked for what is new, new documents are read, the warehouse is built
and audited, and what passes becomes the current release. A source that can't be reached costs the night nothing: the
release goes out with what there is, its coverage says what is missing, and the digest says whom to ask. A night on
which nothing is new ends after the fourth task.

Each task shows the rows that it took and gave as XComs `rows_in` and `rows_out`. What to do when one fails:
`docs/orchestration.md`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import Asset, Param, TriggerRule, chain, dag, get_current_context, task

from htx.orchestration import AGAIN, WAREHOUSE_POOL, remember_failure, step

RELEASE = Asset("release", uri="file://htx/current", group="htx")


def _home() -> Any:
    from htx.home import Home

    return Home.resolve()


def _as_of() -> Any:
    from htx import orchestration

    return orchestration.as_of()


def _asked() -> Any:
    from htx import nightly

    params = get_current_context()["params"]
    return nightly.Asked(inbox=params["inbox"], sources=params["sources"], backfill=params["backfill"])


@dag(
    schedule="0 1 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Ho_Chi_Minh"),
    catchup=False,
    max_active_runs=1,  # the other DAGs trigger this one, so that whatever asks for a release, one run makes it
    default_args={"execution_timeout": timedelta(hours=2), "on_failure_callback": remember_failure, **AGAIN},
    params={
        "inbox": Param(None, type=["null", "string"], description="A folder to take in instead of the sources."),
        "as_of": Param(None, type=["null", "string"], description="YYYY-MM-DD; today where it is left out."),
        "sources": Param(None, type=["null", "array"], description="Names of the sources to ask; all where left out."),
        "backfill": Param(None, type=["null", "string"], description="Name of a reviewed request in backfills/."),
    },
    tags=["htx"],
    doc_md=__doc__,
)
def nightly_refresh() -> None:
    @step()
    def list_sources() -> list[list[str]]:
        """Prepare the home and name the sources of this night, in lanes: a host is always in the same one.

        Rows: source files in, sources out.
        """
        from htx import nightly, orchestration

        nightly.prepare(_home())
        listed = nightly.list_sources(_home(), _asked())
        orchestration.tell_rows(listed.files, sum(len(lane) for lane in listed.lanes))
        return listed.lanes

    @step(map_index_template="{{ sources }}")
    def fetch(lane: list[str]) -> list[dict[str, Any]]:
        """Archive what the sources of one lane have, one after the other; known content costs a comparison.

        A source that fails is told by name and costs the others nothing. Rows: documents seen in, new ones out.
        """
        from htx import nightly, orchestration

        more = f" and {len(lane) - 3} more" if len(lane) > 3 else ""
        get_current_context()["sources"] = ", ".join(lane[:3]) + more  # type: ignore[typeddict-unknown-key]
        fetched = nightly.fetch_lane(_home(), lane, _asked())
        delivered, new = sum(one.delivered for one in fetched), sum(one.new for one in fetched)
        orchestration.tell_rows(delivered, new, [f"source.{one.source}" for one in fetched if one.new], ["archive"])
        return [one.model_dump(mode="json") for one in fetched]

    @step(task.short_circuit, ignore_downstream_trigger_rules=False, trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS)
    def list_unread() -> list[list[str]]:
        """Name the originals whose reading is missing or out of date, in batches; a lost fetch lane stops nothing.

        Rows: originals in the archive in, originals to read out.
        """
        from htx import nightly, orchestration

        unread = nightly.list_unread(_home(), _asked())
        orchestration.tell_rows(unread.artefacts, sum(len(batch) for batch in unread.batches))
        return unread.batches

    @step(map_index_template="{{ batch }}")
    def read(artefacts: list[str]) -> dict[str, Any]:
        """Read a batch of originals into typed records. Rows: originals in, records and statements out."""
        from htx import nightly, orchestration

        batch = f"{len(artefacts)} originals from {artefacts[0][:8]}"
        get_current_context()["batch"] = batch  # type: ignore[typeddict-unknown-key]
        reading = nightly.read(_home(), artefacts)
        orchestration.tell_rows(reading.artefacts, reading.records + reading.statements, ["archive"], ["lake"])
        return reading.model_dump()

    @step(trigger_rule=TriggerRule.NONE_FAILED, pool=WAREHOUSE_POOL)
    def register_programmes() -> int:
        """Write the programme registry beside the records. Rows: registered and named programmes, in and out."""
        from htx import nightly, orchestration

        with orchestration.writing(_home()):
            programmes = nightly.register_programmes(_home())
        orchestration.tell_rows(programmes, programmes, ["lake.artefact"], ["lake.programme"])
        return programmes

    @step(task.short_circuit, ignore_downstream_trigger_rules=False)
    def anything_new() -> bool:
        """Go on only when the current release was made of other inputs than there are now."""
        from htx import nightly, orchestration

        return nightly.needs_publishing(_home(), _as_of()) or orchestration.skip_what_follows()

    @step(pool=WAREHOUSE_POOL)
    def records_gate() -> dict[str, Any]:
        """Quarantine rows and statements that can't be right (Great Expectations). Rows: records in, accepted out."""
        from htx import nightly, orchestration

        with orchestration.writing(_home()):
            gated = nightly.records_gate(_home())
        orchestration.tell_rows(gated.judged, gated.judged - gated.held, ["lake"], ["lake.record_verdict"])
        return gated.model_dump()

    @step(pool=WAREHOUSE_POOL)
    def build_candidate() -> dict[str, Any]:
        """Records to dimensions, facts and candidate KPI cells (dbt). Rows: records in, rows of tables out."""
        from htx import building, nightly, orchestration

        with orchestration.writing(_home()):
            built = building.build_candidate(_home(), _as_of())
            counted = nightly.rows(_home())
        orchestration.tell_rows(counted.records, counted.tables, ["lake"], ["warehouse.candidate"])
        return built.model_dump()

    @step(pool=WAREHOUSE_POOL)
    def kpi_gate() -> dict[str, Any]:
        """Hold the KPI cells that can't be trusted (Great Expectations). Rows: candidate claims in, not held out."""
        from htx import nightly, orchestration

        with orchestration.writing(_home()):
            gated = nightly.gate(_home(), "kpi", _as_of())
            claims = nightly.rows(_home()).claims
        orchestration.tell_rows(claims, claims - gated.held, ["warehouse.candidate"], ["gates.kpi"])
        return gated.model_dump()

    @step(pool=WAREHOUSE_POOL)
    def build_marts() -> dict[str, Any]:
        """Marts and publication tables, holds applied (dbt). Rows: rows of facts in, rows of published tables out."""
        from htx import building, nightly, orchestration

        with orchestration.writing(_home()):
            before = nightly.rows(_home()).tables
            built = building.build_marts(_home(), _as_of())
            published = nightly.rows(_home()).published
        orchestration.tell_rows(before, published, ["warehouse.candidate", "gates.kpi"], ["warehouse.marts"])
        return built.model_dump()

    @step(pool=WAREHOUSE_POOL)
    def release_gate() -> dict[str, Any]:
        """Stop a candidate that must not go out as a whole (Great Expectations). Rows: published tables, in and out."""
        from htx import nightly, orchestration

        with orchestration.writing(_home()):
            gated = nightly.gate(_home(), "release", _as_of())
            published = nightly.rows(_home()).published
        orchestration.tell_rows(published, published, ["warehouse.marts"], ["gates.release"])
        return gated.model_dump()

    @step(pool=WAREHOUSE_POOL)
    def document() -> dict[str, Any]:
        """Describe the tables (dbt docs) and what the gates found (Data Docs). Rows: published tables, in and out."""
        from htx import documentation, nightly, orchestration

        with orchestration.writing(_home()):
            documented = documentation.document(_home(), _as_of())
            published = nightly.rows(_home()).published
        orchestration.tell_rows(published, published)
        return documented.model_dump()

    @step(pool=WAREHOUSE_POOL, outlets=[RELEASE])
    def publish() -> dict[str, Any]:
        """Make the audited candidate the current release, in one move. Rows: published tables in, release out."""
        from htx import nightly, orchestration

        gates = [nightly.Gated.model_validate(gate) for gate in _gates()]
        with orchestration.writing(_home()):
            candidate = nightly.rows(_home()).published
            published = nightly.publish(_home(), _as_of(), gates)
        released = nightly.released_rows(_home())
        orchestration.tell_rows(candidate, released, ["warehouse.marts", "gates.release"], ["release"])
        get_current_context()["outlet_events"][RELEASE].extra = {"rows": released, **published.model_dump()}
        return published.model_dump()

    @step(trigger_rule=TriggerRule.NONE_FAILED)
    def serve() -> dict[str, Any] | None:
        """Serve the current release from PostgreSQL too, also when an earlier night could not; off until it is set up.

        A load that fails is told and fails nothing. Rows: published tables in, served ones out.
        """
        from htx import nightly, orchestration

        served = nightly.serve(_home())
        if served is None:
            return None
        orchestration.tell_rows(nightly.released_rows(_home()), served.rows, ["release"], ["served"])
        return served.model_dump()

    @step(trigger_rule=TriggerRule.ALL_DONE)
    def notify() -> dict[str, Any]:
        """Tell people what is new, held, late and broken, also when the night failed; never fails a night itself.

        Off until it is set up: docs/orchestration.md. Rows: lines of the digest in, messages sent out.
        """
        from htx import notify, orchestration

        context = get_current_context()
        failed = orchestration.failed_tasks(context["dag_run"].dag_id, context["run_id"])
        told = notify.tell(_home(), context["run_id"], _as_of(), failed, _night())
        orchestration.tell_rows(told.lines, told.sent)
        return told.model_dump(mode="json")

    @step(trigger_rule=TriggerRule.NONE_FAILED)
    def report() -> str:
        """Keep what this night did, for the summary. Rows: documents seen in, new ones out."""
        from htx import nightly, orchestration

        night = _night()
        orchestration.tell_rows(sum(one.delivered for one in night.fetched), sum(one.new for one in night.fetched))
        return str(nightly.write_report(_home(), get_current_context()["run_id"], night))

    def _gates() -> list[Any]:
        """What the gates of this run have decided so far."""
        from htx import nightly, orchestration

        return [gate for name in nightly.GATES for gate in orchestration.pulled(f"{name}_gate")]

    def _night() -> Any:
        """What the tasks of this run have told so far."""
        from htx import nightly, orchestration

        def first(name: str) -> Any:
            return next(iter(orchestration.pulled(name)), None)

        return nightly.RunReport.model_validate(
            {
                "as_of": _as_of(),
                "fetched": [one for lane in orchestration.pulled("fetch") for one in lane],
                "read": orchestration.pulled("read"),
                "gates": _gates(),
                "published": first("publish") or nightly.unchanged(_home()),
                "served": first("serve"),
                "told": first("notify"),
            }
        )

    lanes = list_sources()
    fetched = fetch.expand(lane=lanes)
    unread = list_unread()
    published = publish()
    reported = report()
    chain([lanes, fetched], unread)  # lanes as well: without a list of sources there is nothing to go on with
    chain(
        read.expand(artefacts=unread),
        register_programmes(),
        anything_new(),
        records_gate(),
        build_candidate(),
        kpi_gate(),
        build_marts(),
        release_gate(),
        document(),
        published,
        serve(),
        notify(),
        reported,
    )
    published >> reported  # a night that could not publish has failed, whatever else was done


nightly_refresh()
