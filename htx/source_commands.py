"""``htx source``: which sources there are, what one would take, and how each is doing."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from htx import storage
from htx.failure import fail
from htx.home import PROJECT, Home

if TYPE_CHECKING:
    from ingestion.sources import DropFolder, Source

app = typer.Typer(no_args_is_help=True)
HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Where data is.", envvar="HTX_HOME", show_default="./var")
]
SHOWN = 10


@app.command("list")
def list_() -> None:
    """List the sources, switched on or not, and the files that can't be read."""
    from rich.console import Console
    from rich.table import Table

    from ingestion.definitions import DefinitionError
    from ingestion.sources import readable_sources

    try:
        sources, errors = readable_sources()
    except DefinitionError as error:
        fail(str(error))
    table = Table(box=None)
    for heading in ("source", "active", "kind", "province", "cadence", "where"):
        table.add_column(heading, no_wrap=True)
    for source in sources:
        where = str(source.path) if source.kind == "drop_folder" else source.url
        table.add_row(
            source.name, "yes" if source.active else "no", source.kind, source.province or "", source.cadence, where
        )
    Console(highlight=False, width=200).print(table)
    for text in errors.values():
        typer.echo(f"htx: {text}", err=True)
    if errors:
        sys.exit(1)


@app.command()
def check(
    name: Annotated[str, typer.Argument(help="The source, switched on or not.")],
    home: HomeOption = None,
    samples: Annotated[int, typer.Option(min=0, max=5, help="How many documents to fetch as samples.")] = 1,
) -> None:
    """Try a source: what it would take tonight, without archiving anything."""
    from ingestion import fetching
    from ingestion.definitions import DefinitionError
    from ingestion.fetching.preview import preview
    from ingestion.sources import named, readable_sources

    try:
        sources, errors = readable_sources()
        if not any(source.name == name for source in sources) and errors:
            fail("\n".join(errors.values()))  # the one that was asked for may be among them
        source: Source = named(name, sources)
        settings = fetching.Settings.from_environment()
    except DefinitionError as error:
        fail(str(error))
    typer.echo(f"{source.name}: {source.kind}, {'switched on' if source.active else 'switched off'}")
    if source.kind == "drop_folder":
        sys.exit(0 if _check_folder(source, storage.opened(home, "archive")) else 1)
    found = preview(source, storage.opened(home, "fetch").fetch, settings, dt.datetime.now(dt.UTC), samples)
    typer.echo(f"address     {source.url}\nrobots.txt  {found.robots}")
    if found.answer:
        typer.echo(f"answer      {found.answer}")
    if found.matched is not None:
        new = sum(not entry.known for entry in found.entries)
        typer.echo(f"found       {found.matched} entries: {new} new, {len(found.entries) - new} known documents")
        if found.passed_over:
            typer.echo(f"            {found.passed_over} links passed over: another host, or not wanted by the source")
        typer.echo(f"next page   {found.next_page or 'none'}")
    for entry in found.entries[:SHOWN]:
        mark = "known" if entry.known else "new"
        typer.echo(
            f"  {mark:5}  {entry.published or 'no date   '}  {entry.title or '(no title)'}\n         {entry.url}"
        )
    if len(found.entries) > SHOWN:
        typer.echo(f"  … and {len(found.entries) - SHOWN} more")
    for tried in found.tried:
        typer.echo(f"sample      {tried.url}\n  answer    {tried.answer}")
        if tried.problem is None:
            statements = "no bulletin" if tried.statements is None else str(tried.statements)
            typer.echo(f"  title     {tried.title}\n  published {tried.published}\n  statements {statements}")
        if source.article:
            typer.echo(f"  article   {tried.article or 0} characters at {source.article!r}")
        if tried.problem:
            typer.echo(f"  problem   {tried.problem}")
    if found.problem:
        typer.echo(f"problem     {found.problem}")
    if not found.ok:
        sys.exit(1)


@app.command()
def history(
    name: Annotated[str, typer.Argument(help="A listing.")],
    pages: Annotated[int, typer.Option(min=1, max=500, help="How many of its pages to read, the newest first.")],
    home: HomeOption = None,
) -> None:
    """Fetch older bulletins of a listing into the archive; the next night reads them."""
    from htx import nightly
    from ingestion.definitions import DefinitionError
    from ingestion.sources import named, readable_sources

    try:
        source = named(name, readable_sources()[0])
        resolved = Home.resolve(home)
        with storage.step(resolved, "fetch", [[name]]):
            fetched = nightly.fetch(resolved, source, depth=pages)
    except DefinitionError as error:
        fail(str(error))
    typer.echo(f"{name}: {fetched.new} new, {fetched.known} known documents; {fetched.waiting} wait for the next time.")
    for alert in fetched.alerts:
        typer.echo(f"{alert.severity}: {alert}")


@app.command()
def health(
    home: HomeOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Also sources that are switched off.")] = False,
) -> None:
    """Show how each source is doing; exit code 1 when one needs a person."""
    from rich.console import Console
    from rich.table import Table

    from htx.source_health import source_health
    from ingestion.definitions import DefinitionError

    try:
        found = source_health(storage.opened(home, "fetch"), inactive=everything)
    except DefinitionError as error:
        fail(str(error))
    console = Console(soft_wrap=True, highlight=False)
    table = Table("source", "state", "last success", "last new", "waiting", box=None)
    for source in found:
        state = "LATE" if source.late else "PROBLEM"
        if source.ok:
            state = "off" if not source.active else "ok" if source.last_attempt else "not asked yet"
        table.add_row(source.source, state, _day(source.last_success), _day(source.last_new), str(source.waiting or ""))
    console.print(table)
    for source in found:
        for problem in source.problems:
            console.print(f"{source.source}: {problem.severity}: {problem}", markup=False)
        if source.late:
            console.print(f"{source.source}: late: {source.late_advice}", markup=False)
    if not all(source.ok for source in found):
        sys.exit(1)


def _check_folder(source: DropFolder, home: Home) -> bool:
    import tempfile

    from ingestion.archive import Archive
    from ingestion.documents import UnreadableDocument
    from ingestion.drop_folder import take_in

    folder = source.path if source.path.is_absolute() else PROJECT / source.path
    archive = Archive(home.archive)
    with tempfile.TemporaryDirectory() as scratch:
        tried = Archive(Path(scratch))
        try:
            intake = take_in(source, folder, tried, dt.datetime.now(dt.UTC))
        except UnreadableDocument as error:
            typer.echo(f"problem     {error}")
            return False
        files = sorted(
            (delivery.file, archive.has(sidecar.artefact)) for sidecar in tried for delivery in sidecar.deliveries
        )
    new = sum(not known for _, known in files)
    typer.echo(f"folder      {folder}\nfound       {intake.delivered} documents: {new} new, {len(files) - new} known")
    for file, known in files[:SHOWN]:
        typer.echo(f"  {'known' if known else 'new':5}  {file}")
    for file, problem in intake.problems:
        typer.echo(f"problem     {file}, {problem.place}: {problem.reason} Found {problem.found}.")
    return not intake.problems


def _day(moment: dt.datetime | None) -> str:
    from htx.nightly import local_date

    return local_date(moment).isoformat() if moment else "never"
