"""``htx notify …`` and ``htx coverage``: what the digest tells, whether it arrives, and who owes which report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from htx import storage
from htx.failure import fail

app = typer.Typer(no_args_is_help=True)

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Where data goes.", envvar="HTX_HOME", show_default="./var")
]


@app.command()
def preview(
    home: HomeOption = None,
    html: Annotated[bool, typer.Option("--html", help="The page of the e-mail instead of its text.")] = False,
) -> None:
    """Show the digest of the last night, whether it was sent or not."""
    from htx import digest, digest_pages

    last = digest.last(storage.opened(home, "runs"))
    if last is None:
        fail("there is no digest yet. It is made by a night: htx refresh")
    typer.echo(digest_pages.html(last) if html else f"{digest_pages.subject(last)}\n{digest_pages.text(last)}")


@app.command()
def test(home: HomeOption = None) -> None:
    """Send the digest of the last night again, over every channel, and say what became of it."""
    import datetime as dt

    from htx import digest, notify

    last = digest.last(storage.opened(home, "runs")) or digest.Digest(
        run_id="test", as_of=dt.date.today(), state="unchanged", release_id=None, sections=[]
    )
    messages = notify.send(last, always=True)
    if not messages:
        typer.echo(
            f"Nobody is told: set {notify.PREFIX}SMTP_HOST or {notify.PREFIX}WEBHOOK_URL; see docs/orchestration.md"
        )
    for message in messages:
        typer.echo(f"{message.channel}: {message.error or 'taken'}")
    if any(message.error for message in messages):
        sys.exit(1)


def coverage(
    province: Annotated[str | None, typer.Option(help="Only this province, as it is called today or was.")] = None,
    home: HomeOption = None,
) -> None:
    """Show which reports are owed, by whom and by when, and what has come of each. Missing is never zero."""
    import duckdb
    from rich.console import Console
    from rich.table import Table

    current = storage.opened(home).current
    if not current.exists():
        fail("nothing is published yet. Run htx refresh.")
    with duckdb.connect(str(current.resolve() / "htx.duckdb"), read_only=True) as database:
        rows = database.execute(
            """
            select province.short_name, owed.record_type, owed.period_start, owed.period_end, owed.due_on, owed.status,
                owed.received_on, owed.records, owed.reporter_vi
            from marts.fct_reporting_coverage as owed
            inner join marts.dim_province as province using (province_key)
            where $province is null
                or lower($province) in (lower(province.short_name), lower(province.name_vi), lower(province.name_en))
            order by owed.due_on desc, all
            """,
            {"province": province},
        ).fetchall()
    if not rows:
        fail(f"no report is owed by {province!r}. Leave out --province to see all of them.")
    table = Table("province", "report", "from", "to", "due", "status", "received", "records", "who", box=None)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row))
    Console(soft_wrap=True).print(table)
