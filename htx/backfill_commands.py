"""``htx backfill …``: requests to go over old documents again, and what each would touch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from htx import storage
from htx.failure import fail

app = typer.Typer(no_args_is_help=True)

SHOWN = 20

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Where data goes.", envvar="HTX_HOME", show_default="./var")
]


@app.command("list")
def list_requests() -> None:
    """List the requests with who asked, who has read them, and why."""
    from htx import backfill
    from ingestion.definitions import DefinitionError

    if not backfill.names():
        typer.echo(f"There is no request in {backfill.folder()}. How one is written: docs/orchestration.md")
    for name in backfill.names():
        try:
            request = backfill.load(name)
        except DefinitionError as error:
            typer.echo(f"{name}: {error}")
            continue
        span = f"{request.from_day} to {request.to_day} ({request.days})"
        typer.echo(f"{name}: {request.action.replace('_', ' ')}, {', '.join(request.sources)}, {span}")
        typer.echo(f"    {request.requested_by}, read by {request.reviewed_by}: {request.why}")


@app.command()
def plan(
    name: Annotated[str, typer.Argument(help="Name of the request: its file without .yml.")], home: HomeOption = None
) -> None:
    """Show what a request would touch; nothing is changed."""
    from htx import backfill
    from ingestion.definitions import DefinitionError
    from ingestion.sources import load_sources

    try:
        planned = backfill.plan(storage.opened(home, "archive", "lake"), name, load_sources())
    except DefinitionError as error:
        fail(str(error))
    request = planned.request
    typer.echo(f"{name}: {request.action.replace('_', ' ')}, {request.from_day} to {request.to_day} ({request.days})")
    typer.echo(f"Asked by {request.requested_by}, read by {request.reviewed_by}: {request.why}")
    if planned.asked:
        typer.echo(f"Sources asked again: {', '.join(planned.asked)}")
    typer.echo(f"Originals read again: {len(planned.touched)}")
    for source, count in planned.by_source.items():
        typer.echo(f"  {source}: {count}")
    for one in planned.touched[:SHOWN]:
        typer.echo(f"    {one.day}  {one.file}  {one.artefact[:12]}  {one.status}")
    if len(planned.touched) > SHOWN:
        typer.echo(f"    … and {len(planned.touched) - SHOWN} more")
    typer.echo(f"To do it: trigger the DAG backfill with the request {name!r}.")
