"""``htx backup …``: copies of a home, and a home out of one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from htx.failure import fail
from htx.home import Home

app = typer.Typer(no_args_is_help=True)

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Where data goes.", envvar="HTX_HOME", show_default="./var")
]
PlaceArgument = Annotated[Path, typer.Argument(help="The folder that holds the backups.")]
MetadataOption = Annotated[bool, typer.Option(help="Restore Airflow's PostgreSQL database too.")]


@app.command()
def create(place: PlaceArgument, home: HomeOption = None) -> None:
    """Back the home up; a night may run meanwhile, and only what is new since the last backup is copied."""
    from htx import backup
    from htx.cluster import ClusterProblem
    from htx.locking import HomeInUse

    try:
        made = backup.create(_on_disk(home), place, _say)
    except (backup.BackupProblem, ClusterProblem, HomeInUse) as problem:
        fail(str(problem))
    typer.echo(
        f"{made.backup.name}: {len(made.backup.entries)} files, {_size(made.backup.size_bytes)}; "
        f"{made.stored} of them new here, {_size(made.stored_bytes)}; current release: {made.backup.current or 'none'}"
    )


@app.command()
def restore(
    place: PlaceArgument,
    home: HomeOption = None,
    backup_name: Annotated[str, typer.Option("--backup", help="Name of a backup.")] = "latest",
    metadata: MetadataOption = True,
) -> None:
    """Make an empty home out of a backup; every file is checked against its hash first."""
    from htx import backup
    from htx.cluster import ClusterProblem
    from htx.locking import HomeInUse

    resolved = _on_disk(home)
    try:
        restored = backup.restore(resolved, place, backup_name, metadata=metadata, say=_say)
    except (backup.BackupProblem, ClusterProblem, HomeInUse) as problem:
        fail(str(problem))
    typer.echo(f"{resolved.path}: restored from {restored.backup.name} of {restored.backup.made_at:%Y-%m-%d %H:%M} UTC")
    typer.echo(f"current release: {restored.backup.current or 'none'}")
    typer.echo(f"Airflow's database: {'restored' if restored.metadata else 'not part of it'}")
    for path in restored.differing:
        typer.echo(f"decisions that the project has otherwise are in {path}: compare, and keep what holds")


def _on_disk(home: Path | None) -> Home:
    resolved = Home.resolve(home)
    if resolved.bucket:
        fail(
            f"{resolved.bucket}: expected a home on a disk, found a bucket. Switch versioning on for the bucket and "
            "replicate it, which copies every object as it is written: docs/storage.md."
        )
    return resolved


@app.command("list")
def list_backups(place: PlaceArgument) -> None:
    """List the backups, the newest first."""
    from htx import backup

    kept = backup.Place(place)
    try:
        for name in reversed(kept.names()):
            found = kept.get(name)
            size = f"{len(found.entries):>8} files  {_size(found.size_bytes):>9}"
            typer.echo(f"{name}  {size}  current {found.current or 'none'}")
    except backup.BackupProblem as problem:
        fail(str(problem))


@app.command()
def verify(place: PlaceArgument) -> None:
    """Read every stored byte again and compare it with its hash; exit 1 when something is missing or changed."""
    from htx import backup

    try:
        problems = backup.verify(place)
    except backup.BackupProblem as problem:
        fail(str(problem))
    if problems:
        fail("\n".join(problems))
    typer.echo(f"{place}: {len(backup.Place(place).names())} backups, every file is what it was")


@app.command()
def prune(
    place: PlaceArgument,
    keep: Annotated[int, typer.Option(min=1, help="How many backups stay.")] = 30,
) -> None:
    """Remove the oldest backups and what only they needed."""
    from htx import backup
    from htx.locking import HomeInUse

    try:
        backups, files = backup.prune(place, keep, _say)
    except (backup.BackupProblem, HomeInUse) as problem:
        fail(str(problem))
    typer.echo(f"removed {backups} backups and {files} files that no other needs")


def _size(count: int) -> str:
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def _say(text: str) -> None:
    typer.echo(text, err=True)
