"""``htx export …``: published numbers as Excel and CSV files, for people who work with those."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from htx import storage
from htx.failure import fail

if TYPE_CHECKING:
    from publication.shelf import Release

app = typer.Typer(no_args_is_help=True)

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Where data is.", envvar="HTX_HOME", show_default="./var")
]
ReleaseOption = Annotated[str, typer.Option("--release", help="A release id instead of the current one.")]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="The file to write; by default named after what it holds.")
]


@app.command("annex")
def export_annex(
    name: Annotated[str, typer.Argument(metavar="PROGRAMME|PROVINCE", help="Code or name, accents may be left out.")],
    period: Annotated[str, typer.Option(help="A year (2024) or its first half (2024-H1).")],
    out: OutOption = None,
    release: ReleaseOption = "current",
    home: HomeOption = None,
) -> None:
    """Write the official report table (TT, Chỉ tiêu, ĐVT, thực hiện, kế hoạch, ước, so sánh) as .xlsx."""
    from publication import annex as annexes
    from publication.published import Published

    found = _release(home, release)
    try:
        with Published.open(found.path) as published:
            annex = annexes.annex(published, name, annexes.Period.parse(period), found.release_id)
    except annexes.NoAnnex as problem:
        fail(str(problem))
    subject = annex.programme.programme if annex.programme else annex.province.province_key
    path = out or Path(f"phu-luc-{subject}-{period}.xlsx")
    from publication import spreadsheet

    _check_ending(path, (".xlsx",))
    _written(path, lambda unfinished: spreadsheet.write_annex(annex, unfinished))
    numbers = sum(len(line.numbers) for line in annex.lines)
    typer.echo(f"{path}: {len(annex.lines)} lines, {numbers} numbers, each with its source on the second sheet.")


@app.command("table")
def export_table(
    name: Annotated[str, typer.Argument(help="A published table, as in `htx release show`.")],
    out: OutOption = None,
    release: ReleaseOption = "current",
    home: HomeOption = None,
) -> None:
    """Write a published table as .xlsx, as .csv for Excel in Vietnamese (semicolons, decimal comma) or as .parquet."""
    from publication import catalogue, export, spreadsheet
    from publication.published import Published

    found = _release(home, release)
    path = out or Path(f"{name.rpartition('.')[2]}.xlsx")
    _check_ending(path, (".xlsx", ".csv", ".parquet"))
    with catalogue.connect() as connection:
        catalogue.attach(connection, found.database, "release")
        tables = {table.name: table for table in catalogue.tables_of(connection, "release")}
    table = tables.get(name.rpartition(".")[2])
    if table is None:
        fail(f"{found.release_id}: expected a table {name!r}, found none. There are: {', '.join(sorted(tables))}.")
    with Published.open(found.path) as published:
        try:
            if path.suffix == ".xlsx":
                _written(path, lambda unfinished: spreadsheet.write_table(published, table, unfinished))
            elif path.suffix == ".csv":
                _written(path, lambda unfinished: export.write_vietnamese_csv(published.connection, table, unfinished))
            else:
                _written(path, lambda unfinished: export.write_parquet(published.connection, table, unfinished))
        except ValueError as problem:
            fail(f"{path}: an Excel sheet can't hold it, {name} has {problem}. Write it with --out {name}.csv.")
    typer.echo(f"{path}: {table.qualified_name} of {found.release_id}.")


def _written(path: Path, write: Callable[[Path], object]) -> None:
    """Write whole or not at all: a file that is open in Excel stays what it was when something fails."""
    unfinished = path.with_name(f".{path.name}.new{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(unfinished)
        unfinished.replace(path)
    except OSError as problem:
        fail(f"{path}: expected to write here, found: {problem.strerror}. Name another --out.")
    finally:
        unfinished.unlink(missing_ok=True)


def _check_ending(path: Path, endings: tuple[str, ...]) -> None:
    if path.suffix not in endings:
        fail(f"--out {path}: expected a name ending in {' or '.join(endings)}. Write one.")


def _release(home: Path | None, name: str) -> Release:
    from publication.shelf import ShelfProblem

    try:
        return storage.find(storage.opened(home), name)
    except ShelfProblem as problem:
        fail(str(problem))
