"""``htx``: the command line. Heavy libraries are imported by the command that needs them."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from htx import bulletin_commands, release_commands, workbook_commands
from htx.home import Home

app = typer.Typer(
    name="htx",
    help="HTX Warehouse: which promises to cooperatives are being kept, every number with its source.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(bulletin_commands.app, name="bulletin", help="Read bulletins.")
app.add_typer(workbook_commands.app, name="workbook", help="Read workbooks.")
app.add_typer(workbook_commands.layout_app, name="layout", help="Work on the layouts of workbooks.")
app.add_typer(release_commands.app, name="release", help="List, compare, take back and keep releases.")
app.command("explain")(release_commands.explain)
app.command("evaluate")(bulletin_commands.evaluate)
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
        _fail(f"{inbox}: expected a folder of documents, found {found}. Name an existing folder with --inbox.")
    from htx.locking import HomeInUse
    from htx.refresh import RefreshFailed
    from htx.refresh import refresh as run

    try:
        run(Home.resolve(home), inbox, as_of.date() if as_of else None, wait)
    except (RefreshFailed, HomeInUse) as error:
        _fail(str(error))


def _fail(text: str) -> NoReturn:
    typer.echo(f"htx: {text}", err=True)
    sys.exit(1)


if __name__ == "__main__":
    app()
