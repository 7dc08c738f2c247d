"""What a person reads at the end of a refresh."""

from __future__ import annotations

import json

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from htx.home import Home
from htx.nightly import RunReport, unchanged
from publication.shelf import Shelf

SHOWN = 10  # lines of a list before it is cut with a count of the rest


def show(home: Home, report: RunReport, seconds: float) -> None:
    """Print what came in, what was held back and why, what was published, and where the scorecard is."""
    console = Console(highlight=False, soft_wrap=True)
    release = home.current.resolve()
    manifest = json.loads((release / "manifest.json").read_bytes())
    with duckdb.connect(str(release / "htx.duckdb"), read_only=True) as database:
        _counts(console, report, database)
        _quarantined(console, database)
        _held(console, database)
    published = report.published or unchanged(home)
    assert published is not None  # a night without a release has failed, and shows no summary
    console.print()
    if published.withdrawn:
        reason = Shelf(home.path).get(published.withdrawn).withdrawn
        console.print(
            f"Nothing published: this is what release [bold]{published.withdrawn}[/] said, which was taken back"
            f" ({escape(reason or 'no reason given')}).\nRelease [bold]{published.release_id}[/] stays the current one."
            f" Correct or hold the document that was wrong, or roll forward: "
            f"htx release rollback {published.withdrawn} --reason …"
        )
    elif published.new:
        console.print(f"Published release [bold]{published.release_id}[/] (as of {report.as_of}).")
    else:
        reason = "no new document" if not sum(f.new for f in report.fetched) else "no change in what is published"
        console.print(
            f"Nothing new to publish: {reason}. Release [bold]{manifest['release_id']}[/] stays the current one."
        )
    if served := report.served:
        console.print(Text(served.problem or f"PostgreSQL serves {served.release_id} ({served.rows} rows)."))
    console.print(Text.assemble("Scorecard: ", (str(home.current / "scorecard.html"), "bold")))
    console.print(f"Took {seconds:.0f} s.")


def _counts(console: Console, report: RunReport, database: duckdb.DuckDBPyConnection) -> None:
    delivered, new, known = (sum(getattr(f, name) for f in report.fetched) for name in ("delivered", "new", "known"))
    quarantined, records, statements = _row(
        database,
        """
        select count(*) filter (where status = 'quarantined'), coalesce(sum(records), 0), coalesce(sum(statements), 0)
        from marts.dim_artefact
        """,
    )
    (rows,) = _row(database, "select count(*) from publication.quarantine")
    cells, held = _row(
        database,
        """
        select count(distinct kpi_cell), count(distinct kpi_cell) filter (where is_held)
        from (
            select kpi_cell, is_held from marts.fct_kpi_result
            union all
            select kpi_cell, is_held from marts.fct_kpi_target
        )
        """,
    )
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_row("Artefacts", f"{new} new, {known} known ({delivered} delivered); {quarantined} quarantined")
    table.add_row("Records", f"{records}; {rows} quarantine entries")
    table.add_row("Statements", f"{statements}")
    table.add_row("KPI cells", f"{cells - held} published, {held} held")
    console.print()
    console.print(table)


def _quarantined(console: Console, database: duckdb.DuckDBPyConnection) -> None:
    rows = database.execute(
        """
        select concat_ws('/', source, entry.file), sheet, place, reason_en, expected_en, found
        from publication.quarantine as entry
        left join marts.dim_artefact as document on entry.artefact = document.artefact
        order by gate, 1, sheet nulls first, place, field nulls first
        """
    ).fetchall()
    if rows:
        console.print("\nQuarantined:")
    for file, sheet, place, reason, expected, found in rows[:SHOWN]:
        where = ", ".join(part for part in (file, sheet, place) if part)
        console.print(Text(f"  {where}: {reason} (expected {expected}, found {found})"))
    _rest(console, len(rows))


def _held(console: Console, database: duckdb.DuckDBPyConnection) -> None:
    rows = database.execute(
        """
        select distinct kpi_cell, concat_ws('/', source, claim.file), sheet, cells, held_by, held_reason_en
        from (
            select kpi_cell, artefact, file, sheet, cells, held_by, held_reason_en, is_held from marts.fct_kpi_result
            union all
            select kpi_cell, artefact, file, sheet, cells, held_by, held_reason_en, is_held from marts.fct_kpi_target
        ) as claim
        left join marts.dim_artefact as document on claim.artefact = document.artefact
        where is_held
        order by all
        """
    ).fetchall()
    if rows:
        console.print("\nHeld:")
    for cell, file, sheet, cells, expectation, reason in rows[:SHOWN]:
        where = ", ".join(part for part in (file, sheet, cells) if part)
        console.print(Text(f"  {cell}: {reason} [{expectation}] ({where})"))
    _rest(console, len(rows))


def _rest(console: Console, count: int) -> None:
    if count > SHOWN:
        console.print(f"  … and {count - SHOWN} more; the scorecard lists all of them.")


def _row(database: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    row = database.execute(query).fetchone()
    assert row is not None  # an aggregate always gives one row
    return tuple(int(value) for value in row)
