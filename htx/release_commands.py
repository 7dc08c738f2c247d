"""``htx explain`` and ``htx release …``: what is published, why it says so, and taking it back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from htx import postgres, storage
from htx.failure import fail
from htx.home import Home

if TYPE_CHECKING:
    from publication.notes import Changes
    from publication.shelf import Release, Shelf

app = typer.Typer(no_args_is_help=True)
WAIT_SECONDS = 120.0  # for a refresh that works in the same bucket

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Where data goes.", envvar="HTX_HOME", show_default="./var")
]
LanguageOption = Annotated[str, typer.Option("--lang", help="en or vi.")]
FormatOption = Annotated[str, typer.Option("--format", help="text or json.")]


def explain(
    programme: Annotated[str, typer.Argument(help="Code or name of a programme, or a part of it.")],
    indicator: Annotated[str, typer.Argument(help="Code or Vietnamese or English name of an indicator.")],
    scope: Annotated[str | None, typer.Option(help="Only this scope; 'all' is the whole.")] = None,
    period: Annotated[str | None, typer.Option(help="Only this period: 2023, 2021-2025 or 2023-06-30.")] = None,
    release: Annotated[str, typer.Option(help="A release id instead of the current one.")] = "current",
    lang: LanguageOption = "en",
    output: FormatOption = "text",
    home: HomeOption = None,
) -> None:
    """Show every step from the originals to a published number, with the quote or the cell."""
    from publication import explain as explaining
    from publication.shelf import ShelfProblem

    _check_choice("--lang", lang, ("en", "vi"))
    _check_choice("--format", output, ("text", "json"))
    try:
        found = explaining.explain(_find(home, release).path, programme, indicator, scope=scope, period=period)
    except (ShelfProblem, explaining.NotPublished) as problem:
        fail(str(problem))
    if output == "json":
        typer.echo(json.dumps(explaining.as_json(found), ensure_ascii=False, indent=1))
    else:
        typer.echo("\n".join(explaining.lines(found, lang)))


@app.command("list")
def list_releases(home: HomeOption = None, output: FormatOption = "text") -> None:
    """List the releases, the last published first."""
    _check_choice("--format", output, ("text", "json"))
    releases = _shelf(home).newest_first()
    if output == "json":
        rows = [
            {
                "release_id": release.release_id,
                "as_of": release.as_of.isoformat(),
                "published_at": release.published_at.isoformat(timespec="seconds"),
                "rows": release.rows,
                "current": release.is_current,
                "pinned": release.pinned,
                "withdrawn": release.withdrawn,
            }
            for release in releases
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    if not releases:
        typer.echo("Nothing is published yet. Run `htx refresh`.")
    for release in releases:
        marks = [
            *(["current"] if release.is_current else []),
            *([f"pinned: {release.pinned}"] if release.pinned is not None else []),
            *([f"taken back: {release.withdrawn}"] if release.withdrawn is not None else []),
        ]
        published = f"{release.published_at:%Y-%m-%d %H:%M} UTC"
        typer.echo(f"{release.release_id}  published {published}  {release.rows:>8} rows  {'; '.join(marks)}".rstrip())


@app.command()
def show(
    release: Annotated[str, typer.Argument(help="Release id, its beginning, 'current' or 'previous'.")] = "current",
    home: HomeOption = None,
    output: FormatOption = "text",
) -> None:
    """Show what a release holds: tables, inputs, gates, where it lies."""
    from publication.shelf import ShelfProblem

    _check_choice("--format", output, ("text", "json"))
    try:
        found = _shelf(home).find(release)
    except ShelfProblem as problem:
        fail(str(problem))
    if output == "json":
        typer.echo(json.dumps(found.manifest, ensure_ascii=False, indent=1))
        return
    inputs = found.manifest["inputs"]
    unread = sum(document["status"] != "read" for document in inputs)
    typer.echo(f"{found.release_id}{'  (current)' if found.is_current else ''}")
    typer.echo(f"  path          {found.path}")
    typer.echo(f"  content hash  {found.content_hash}")
    typer.echo(f"  as of         {found.as_of}")
    typer.echo(f"  code          {found.code_version}")
    typer.echo(f"  supersedes    {found.supersedes or 'nothing, it is the first'}")
    if found.pinned is not None:
        typer.echo(f"  pinned        {found.pinned}")
    if found.withdrawn is not None:
        typer.echo(f"  taken back    {found.withdrawn}")
    typer.echo(f"  inputs        {len(inputs)} documents, {unread} of them quarantined")
    for report in found.manifest["gates"]["reports"]:
        typer.echo(f"  gate          {report['gate']}: {report['checked']} expectations, {report['failed']} failed")
    for table in found.manifest["tables"]:
        typer.echo(f"  table         {table['schema']}.{table['table']}: {table['rows']} rows")


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="The earlier release: id, its beginning, 'previous' or 'current'.")],
    after: Annotated[str, typer.Argument(help="The later release.")] = "current",
    lang: LanguageOption = "en",
    output: FormatOption = "text",
    home: HomeOption = None,
) -> None:
    """Say which KPI cells differ between two releases: from what to what, and because of which document."""
    from publication import notes
    from publication.published import Published
    from publication.shelf import ShelfProblem

    _check_choice("--lang", lang, ("en", "vi"))
    _check_choice("--format", output, ("text", "json"))
    try:
        old, new = _find(home, before), _find(home, after)
    except ShelfProblem as problem:
        fail(str(problem))
    with Published.open(old.path) as was, Published.open(new.path) as now:
        changes = notes.compare(was, now, since=old.release_id, until=new.release_id)
    if output == "json":
        typer.echo(json.dumps(notes.as_json(changes), ensure_ascii=False, indent=1))
    else:
        _print_changes(changes, lang)


@app.command()
def rollback(
    release: Annotated[str, typer.Argument(help="The release to go back to: id, its beginning or 'previous'.")],
    reason: Annotated[str, typer.Option(help="Why the current release is taken back.")],
    home: HomeOption = None,
) -> None:
    """Make an earlier release current again; what the current one says is not published again by itself."""
    from publication.shelf import ShelfProblem

    try:
        with _changing(home) as shelf:
            taken_back, back_to = shelf.roll_back(release, reason)
    except ShelfProblem as problem:
        fail(str(problem))
    typer.echo(f"{back_to.release_id} is current. {taken_back.release_id} is taken back: {reason}")
    if postgres.configured() is not None:
        _serve(_find(home, back_to.release_id))


@app.command()
def serve(
    release: Annotated[str, typer.Argument(help="Release id, its beginning, 'current' or 'previous'.")] = "current",
    home: HomeOption = None,
) -> None:
    """Load a release into the PostgreSQL that HTX_POSTGRES names, and make it the one that is read there."""
    from publication.shelf import ShelfProblem

    if postgres.configured() is None:
        fail(
            f"{postgres.SETTING} is not set: expected a PostgreSQL address such as "
            "postgresql://loader@host/htx (the password in a password file). Set it and run this again."
        )
    try:
        found = _find(home, release)
    except ShelfProblem as problem:
        fail(str(problem))
    _serve(found)


def _serve(release: Release) -> None:
    from publication.serving import ServingFailed

    try:
        served = postgres.serve(release)
    except ServingFailed as problem:
        fail(str(problem))
    if served is not None:
        how = f"loaded in {served.load_seconds:.1f} s" if served.loaded else "was there already"
        typer.echo(f"PostgreSQL serves {served.release_id} ({served.rows} rows, {how}).")


@app.command()
def pin(
    release: Annotated[str, typer.Argument(help="Release id, its beginning, 'current' or 'previous'.")],
    reason: Annotated[str, typer.Option(help="Why it is kept.")] = "",
    home: HomeOption = None,
) -> None:
    """Keep a release whatever its age."""
    from publication.shelf import ShelfProblem

    try:
        with _changing(home) as shelf, shelf.locked():
            found = shelf.find(release)
            shelf.pin(found.release_id, reason)
    except ShelfProblem as problem:
        fail(str(problem))
    typer.echo(f"{found.release_id} is pinned.")


@app.command()
def unpin(
    release: Annotated[str, typer.Argument(help="Release id, its beginning, 'current' or 'previous'.")],
    home: HomeOption = None,
) -> None:
    """Let a pinned release age like others."""
    from publication.shelf import ShelfProblem

    try:
        with _changing(home) as shelf, shelf.locked():
            found = shelf.find(release)
            shelf.unpin(found.release_id)
    except ShelfProblem as problem:
        fail(str(problem))
    typer.echo(f"{found.release_id} is not pinned.")


def _print_changes(changes: Changes, language: str) -> None:
    from publication import notes

    for line in notes.lines(changes, language):
        typer.echo(line)


def _shelf(home: Path | None) -> Shelf:
    from publication.shelf import Shelf

    return Shelf(storage.opened(home).path)


@contextmanager
def _changing(home: Path | None) -> Iterator[Shelf]:
    """The shelf, to change something on it: of a home in a bucket as its only writer."""
    from publication.shelf import Shelf

    resolved = Home.resolve(home)
    with storage.changing(resolved, WAIT_SECONDS, lambda text: typer.echo(text, err=True)):
        yield Shelf(resolved.path)


def _find(home: Path | None, name: str) -> Release:
    """A release with all its files; raises ShelfProblem."""
    return storage.find(storage.opened(home), name)


def _check_choice(option: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        fail(f"{option} {value!r}: expected {' or '.join(choices)}. Write one of them.")
