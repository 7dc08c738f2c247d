"""``htx workbook`` and ``htx layout``: read a workbook, show its cells, draft a layout change."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from htx.failure import fail

if TYPE_CHECKING:
    from ingestion.documents import UnreadableDocument
    from ingestion.workbooks.deliveries import Comparison
    from ingestion.workbooks.results import Workbook

app = typer.Typer(help="Read workbooks.", no_args_is_help=True)
layout_app = typer.Typer(help="Work on the layouts of workbooks.", no_args_is_help=True)

FileArgument = Annotated[Path, typer.Argument(help="The workbook: .xlsx .xlsm .xlsb .xls .ods .csv .tsv, or HTML.")]
ProvinceOption = Annotated[str | None, typer.Option(help="The province, where the workbook does not say it.")]


@app.callback()
def _workbook() -> None:
    """Read workbooks."""


@layout_app.callback()
def _layout() -> None:
    """Work on the layouts of workbooks."""


@app.command("read")
def read(
    file: FileArgument,
    format_: Annotated[str, typer.Option("--format", help="json, or table for people.")] = "json",
    province: ProvinceOption = None,
) -> None:
    """Turn a workbook into records; every used row is a record, quarantined, or ignored for a reason.

    Exit code 1 when the file is refused as a whole; the JSON then says why.
    """
    from ingestion.documents import Known, UnreadableDocument
    from ingestion.workbooks import examine

    content = _content(file)
    try:
        workbook = examine(content, name=file.name, known=Known(province=province))
    except UnreadableDocument as error:
        if format_ == "json":
            typer.echo(json.dumps(_refused(content, file, error), ensure_ascii=False))
        fail(str(error))
    if format_ == "json":
        typer.echo(json.dumps(workbook.to_json(), ensure_ascii=False))
    elif format_ == "table":
        _print_tables(workbook)
    else:
        fail(f"--format {format_}: expected json or table. Choose one of them.")
    stops = [sheet for sheet in workbook.sheets if sheet.drift is not None and sheet.drift.stops]
    for sheet in stops:
        assert sheet.drift is not None
        typer.echo(
            f"htx: {file}, sheet {sheet.sheet!r}: no column for {', '.join(sheet.drift.removed)} as in "
            f"{sheet.drift.nearest}. Run `htx layout draft {file}` and accept or correct the draft.",
            err=True,
        )
    if stops:
        sys.exit(1)


@app.command("cells")
def cells(file: FileArgument) -> None:
    """Print the text of all cells, sheet by sheet, values separated by tabs, legacy encodings decoded."""
    from ingestion.documents import UnreadableDocument
    from ingestion.workbooks.reader import cell_texts

    try:
        for sheet in cell_texts(_content(file), name=file.name):
            for row in sheet:
                typer.echo("\t".join(row))
    except UnreadableDocument as error:
        fail(str(error))


@app.command("compare")
def compare(
    earlier: Annotated[Path, typer.Argument(help="The delivery that came first.")],
    later: Annotated[Path, typer.Argument(help="The delivery that came after it.")],
    format_: Annotated[str, typer.Option("--format", help="json, or table for people.")] = "table",
) -> None:
    """Say how a later delivery relates to an earlier one, and every value it changes, adds or removes."""
    from ingestion.documents import UnreadableDocument
    from ingestion.workbooks import examine
    from ingestion.workbooks.deliveries import compare as compared

    if format_ not in ("json", "table"):
        fail(f"--format {format_}: expected json or table. Choose one of them.")
    try:
        before, after = (examine(_content(file), name=file.name) for file in (earlier, later))
    except UnreadableDocument as error:
        fail(str(error))
    found = compared(before, after)
    if format_ == "json":
        typer.echo(json.dumps(found.to_json(), ensure_ascii=False))
    else:
        _print_comparison(found)


@layout_app.command("draft")
def draft(
    file: FileArgument,
    accept: Annotated[
        bool, typer.Option("--accept", help="Write the drafted phrasings into the layout files.")
    ] = False,
) -> None:
    """Draft the layout change that a workbook needs: added, removed, moved and renamed columns."""
    from ingestion.documents import UnreadableDocument
    from ingestion.workbooks.drafts import accept_drafts, drafts_for

    try:
        drafts = drafts_for(_content(file), name=file.name)
    except UnreadableDocument as error:
        fail(str(error))
    if not drafts:
        typer.echo(f"{file}: no sheet has a table that resembles a layout; nothing to draft.")
        return
    for each in drafts:
        typer.echo(each.to_yaml())
    if accept:
        for path in accept_drafts(drafts):
            typer.echo(f"changed {path}", err=True)


def _content(file: Path) -> bytes:
    if not file.is_file():
        found = "a folder" if file.is_dir() else "nothing"
        fail(f"{file}: expected a workbook, found {found}. Check the path.")
    return file.read_bytes()


def _refused(content: bytes, file: Path, error: UnreadableDocument) -> dict[str, Any]:
    import hashlib

    entry = {"cells": error.place, "field": None, "found": error.found, "expected": error.expected}
    entry |= {"reason": error.reason, "advice": error.advice}
    return {"artefact": hashlib.sha256(content).hexdigest(), "file": file.name, "sheets": [], "quarantined": [entry]}


def _print_tables(workbook: Workbook) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    for sheet in workbook.sheets:
        shown = "" if sheet.visible else " (hidden)"
        console.print(
            f"[bold]{_plain(sheet.sheet)}[/bold]{shown} · {sheet.layout or 'no known layout'} · header {sheet.header}"
        )
        console.print(f"{sheet.province or 'province unknown'} · {sheet.period or 'period unknown'}")
        if len(sheet.table):
            names = [name for name, column in sheet.table.values.items() if any(v is not None for v in column)]
            table = Table("cells", "TT", *names)
            for record in sheet.table:
                texts = ["" if (value := record.fields[name]) is None else str(value) for name in names]
                table.add_row(record.cells, record.row_no or "", *map(_plain, texts))
            console.print(table)
        for entry in sheet.quarantined:
            console.print(
                f"  quarantined {entry.cell or entry.cells} {entry.field}: {_plain(entry.found)!r}: {entry.reason}"
            )
        for finding in sheet.findings:
            console.print(f"  {finding.kind} {finding.cells}: {_plain(finding.message)}")
        for total in sheet.totals:
            if not total.agrees:
                console.print(
                    f"  total {total.cells} {total.field}: {total.stated} stated, {total.of} give {total.computed}"
                )
        for personal in sheet.personal_data:
            console.print(f"  personal data ({personal.kind}) in {personal.cells}: kept out of the records")
        console.print(
            f"  {len(sheet.table)} records, {len(sheet.quarantined)} quarantined, {len(sheet.ignored)} ignored\n"
        )


_RELATIONS = {
    "same_bytes": "the same file",
    "same_cells": "the same cells in other bytes",
    "corrects": "the later one corrects the earlier one",
    "unrelated": "unrelated: different tables, provinces or periods, or fewer than half of the rows in common",
}


def _print_comparison(found: Comparison) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(soft_wrap=True)
    console.print(f"[bold]{_RELATIONS[found.relation]}[/bold]")
    if found.relation == "corrects":
        table = Table("what", "field", "earlier cell", "earlier value", "later cell", "later value")
        for change in found.changed:
            places = [f"{place.sheet}!{place.cells}" for place in (change.earlier_at, change.later_at)]
            values = ["" if value is None else str(value) for value in (change.earlier, change.later)]
            cells = (change.subject, change.field, places[0], values[0], places[1], values[1])
            table.add_row(*map(_plain, cells))
        if found.changed:
            console.print(table)
        for word, rows in (("added", found.added), ("removed", found.removed)):
            for row in rows:
                values = [f"{name} {value}" for name, value in row.values.items()]
                console.print(_plain(f"  {word} {row.at.sheet}!{row.at.cells}: {'; '.join(values)}"))
        console.print(
            f"  {len(found.changed)} values changed, {len(found.added)} rows added, {len(found.removed)} removed"
        )
    if any(found.quarantined):
        console.print(f"  {found.quarantined[0]} and {found.quarantined[1]} values in quarantine were not compared")


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)
