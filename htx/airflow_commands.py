"""``htx airflow …``: Airflow made ready for a home, and its own commands and logs."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from htx.failure import fail
from htx.home import Home

app = typer.Typer(no_args_is_help=True)

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Where data goes.", envvar="HTX_HOME", show_default="./var")
]


@app.command()
def setup(home: HomeOption = None) -> None:
    """Bring the metadata database up to date and make the pools; safe to repeat. Each deployment begins with it."""
    from htx import airflow_home, orchestration

    airflow_home.setup(Home.resolve(home))
    typer.echo(f"ready: {len(orchestration.pools())} pools")


@app.command()
def env(home: HomeOption = None) -> None:
    """Print what Airflow has to find in its environment: eval "$(htx airflow env)"."""
    from htx import airflow_home

    for name, value in airflow_home.settings(Home.resolve(home)).items():
        typer.echo(f"export {name}={shlex.quote(value)}")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run(context: typer.Context, home: HomeOption = None) -> None:
    """Run one of Airflow's own commands for this home, such as: htx airflow run standalone."""
    from htx import airflow_home

    environment = {**os.environ, **airflow_home.settings(Home.resolve(home))}
    # Airflow starts its parts by name: those of this environment have to be the ones found.
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", os.defpath)])
    os.execve(sys.executable, [sys.executable, "-m", "airflow", *context.args], environment)


@app.command()
def logs(
    run_id: Annotated[str, typer.Argument(help="The run, as the digest names it.")],
    task: Annotated[str, typer.Argument(help="The task; of a mapped one with its index: fetch_3.")],
    home: HomeOption = None,
) -> None:
    """Show what a task of a run had to say."""
    where = Home.resolve(home).logs
    name, _, index = task.rpartition("_")
    mapped = f"task_id={name}/map_index={index}" if name and index.isdigit() else None
    found = sorted(
        path
        for folder in (f"task_id={task}", mapped)
        if folder
        for path in where.glob(f"airflow/dag_id=*/run_id={run_id}/{folder}/attempt=*.log")
    )
    if not found:  # `htx refresh` writes one log for the whole run
        found = [path for path in sorted(where.glob("refresh-*.log")) if run_id in path.read_text(errors="replace")]
    if not found:
        fail(f"{where}: no log of the task {task!r} in the run {run_id!r}. It may be on its worker.")
    for path in found:
        typer.echo(f"== {path}")
        typer.echo(path.read_text(errors="replace"))
