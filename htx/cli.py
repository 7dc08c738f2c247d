"""``htx``: the command line. Heavy libraries are imported by the command that needs them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.core

from htx import (
    airflow_commands,
    backfill_commands,
    backup_commands,
    bulletin_commands,
    cluster_commands,
    export_commands,
    gates_commands,
    metrics_commands,
    notify_commands,
    release_commands,
    source_commands,
    workbook_commands,
)
from htx.bucket import StorageProblem, StorageUnreachable
from htx.failure import fail
from htx.home import Home
from htx.locking import HomeInUse


class _Commands(typer.core.TyperGroup):
    """All commands, with one way to tell what is wrong with the place where data lies."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (StorageProblem, StorageUnreachable, HomeInUse) as error:
            fail(str(error))


app = typer.Typer(
    name="htx",
    cls=_Commands,
    help="HTX Warehouse: which promises to cooperatives are being kept, every number with its source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(bulletin_commands.app, name="bulletin", help="Read bulletins.")
app.add_typer(workbook_commands.app, name="workbook", help="Read workbooks.")
app.add_typer(workbook_commands.layout_app, name="layout", help="Work on the layouts of workbooks.")
app.add_typer(source_commands.app, name="source", help="Where documents come from: list, try, health.")
app.add_typer(gates_commands.app, name="gates", help="What is held and why, and deciding about it.")
app.add_typer(release_commands.app, name="release", help="List, compare, take back and keep releases.")
app.add_typer(export_commands.app, name="export", help="Published numbers as Excel and CSV files.")
app.add_typer(metrics_commands.app, name="metrics", help="Metrics of the semantic layer, answered on a release.")
app.add_typer(backup_commands.app, name="backup", help="Copy a home, and make one out of a copy.")
app.add_typer(cluster_commands.app, name="cluster", help="Airflow with Celery workers on this machine, without Docker.")
app.add_typer(cluster_commands.secrets_app, name="secrets", help="The secrets that docker-compose.yml asks for.")
app.command("explain")(release_commands.explain)
app.command("evaluate")(bulletin_commands.evaluate)
app.add_typer(airflow_commands.app, name="airflow", help="Airflow for this home: setup, its own commands, its logs.")
app.add_typer(backfill_commands.app, name="backfill", help="Requests to go over old documents again.")
app.add_typer(notify_commands.app, name="notify", help="The digest of the night, and whether it arrives.")
app.command("coverage")(notify_commands.coverage)
app.add_typer(bulletin_commands.review_app, name="review", help="Decide about statements that the reader is unsure of.")

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Where data goes.", envvar="HTX_HOME", show_default="./var")
]


@app.command()
def refresh(
    inbox: Annotated[
        Path | None, typer.Option(help="Take in this folder of documents instead of the registered sources.")
    ] = None,
    as_of: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The date to speak for; today by default.")
    ] = None,
    home: HomeOption = None,
    wait: Annotated[float, typer.Option(help="Seconds to wait for another refresh of the same home.")] = 120,
) -> None:
    """Run the nightly refresh: documents in, audited release and scorecard out."""
    if inbox is not None and not inbox.is_dir():
        found = "a file" if inbox.exists() else "nothing"
        fail(f"{inbox}: expected a folder of documents, found {found}. Name an existing folder with --inbox.")
    from htx.refresh import RefreshFailed
    from htx.refresh import refresh as run

    try:
        run(Home.resolve(home), inbox, as_of.date() if as_of else None, wait)
    except RefreshFailed as error:
        fail(str(error))


if __name__ == "__main__":
    app()
