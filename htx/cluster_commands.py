"""``htx cluster …`` and ``htx secrets …``: the whole installation on one machine without Docker, and its secrets."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from htx.failure import fail
from htx.home import Home

app = typer.Typer(no_args_is_help=True)
secrets_app = typer.Typer(no_args_is_help=True)

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Where data goes.", envvar="HTX_HOME", show_default="./var")
]


@app.command()
def up(
    home: HomeOption = None,
    workers: Annotated[int, typer.Option(min=1, help="Celery workers.")] = 2,
) -> None:
    """Start PostgreSQL, Redis, Airflow and Celery workers on loopback and stay with them until Ctrl-C."""
    from htx import cluster

    try:
        cluster.up(cluster.Cluster(Home.resolve(home), workers), _say)
    except cluster.ClusterProblem as problem:
        fail(str(problem))


@app.command()
def down(home: HomeOption = None) -> None:
    """End the cluster of this home; a task that runs gets a minute to finish."""
    from htx import cluster

    try:
        ran = cluster.down(cluster.Cluster(Home.resolve(home)))
    except cluster.ClusterProblem as problem:
        fail(str(problem))
    _say("ended" if ran else "no cluster runs here")


@app.command()
def status(home: HomeOption = None) -> None:
    """Show every process of the cluster; exit 1 when one of them does not run."""
    from htx import cluster

    found = cluster.Cluster(Home.resolve(home))
    if not cluster.running(found):
        fail(f"{found.folder}: no cluster runs here. `make up` starts one.")
    processes = cluster.status(found)
    for name, state in processes:
        typer.echo(f"{name:<14} {state}")
    typer.echo(f"{'pages':<14} {found.address}")
    sys.exit(0 if all(state.startswith("RUNNING") for _, state in processes) else 1)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def airflow(context: typer.Context, home: HomeOption = None) -> None:
    """Run Airflow's own command line with the settings of this cluster: `htx cluster airflow dags list`."""
    from htx import cluster

    found = cluster.Cluster(Home.resolve(home))
    if not (found.folder / "ports.json").exists():
        fail(f"{found.folder}: no cluster was ever started here. `make up` starts one.")
    os.execve(sys.executable, [sys.executable, "-m", "airflow", *context.args], {**os.environ, **found.settings()})


@secrets_app.command()
def create(
    folder: Annotated[Path, typer.Argument(help="A folder for the secrets; what is there already stays.")],
) -> None:
    """Generate the secrets that docker-compose.yml asks for (HTX_SECRETS), each in a file of its own."""
    from htx import secret_files

    written = secret_files.create(folder, secret_files.COMPOSE, file_mode=0o444)
    _say(f"{folder}: wrote {', '.join(written)}" if written else f"{folder}: every secret was there already")
    _say(f"The login of Airflow's pages is {secret_files.LOGIN}; its password is in {folder / 'logins.json'}.")


def _say(text: str) -> None:
    typer.echo(text)
    sys.stdout.flush()
