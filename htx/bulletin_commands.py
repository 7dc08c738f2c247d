"""``htx bulletin extract``, ``htx evaluate``, ``htx review``: what is read out of bulletins, and how well."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from htx.failure import fail

if TYPE_CHECKING:
    from ingestion.bulletins import Bulletin, Statement

app = typer.Typer(help="Read bulletins.", no_args_is_help=True)
review_app = typer.Typer(help="See what waits for a reviewer, and decide.", no_args_is_help=True)


@app.callback()
def bulletins() -> None:
    """Read bulletins: statements with their sentences."""


@app.command()
def extract(
    file: Annotated[Path, typer.Argument(help="An HTML page or a plain-text file.")],
    published: Annotated[
        str | None, typer.Option(help="Publication date, YYYY-MM-DD, if the page does not say it.")
    ] = None,
    province: Annotated[str | None, typer.Option(help="The province the bulletin is about.")] = None,
    format: Annotated[str, typer.Option(help="json or table.")] = "json",
) -> None:
    """Print the statements of a bulletin as JSON, or as a table with the sentences for people."""
    from ingestion.bulletins.evaluation import statement_row

    if format not in ("json", "table"):
        fail(f"--format: expected json or table, found {format!r}. Choose one of the two.")
    bulletin = _read(file, _date(published), province)
    if format == "json":
        json.dump(
            [statement_row(statement) for statement in bulletin.statements], sys.stdout, ensure_ascii=False, indent=1
        )
        sys.stdout.write("\n")
    else:
        _print_bulletin(bulletin)


def evaluate(
    folder: Annotated[
        Path | None, typer.Argument(help="Bulletins NNN.txt or .html with NNN.json; the shipped set by default.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="List every mistake with its words.")] = False,
    require: Annotated[float | None, typer.Option(help="Exit 1 when statement F1 is below this.")] = None,
) -> None:
    """Score the reading of bulletins against reference statements, and count the mistakes by phenomenon."""
    from rich.console import Console
    from rich.table import Table

    from ingestion.bulletins.evaluation import SHIPPED, EvaluationError
    from ingestion.bulletins.evaluation import evaluate as run

    try:
        report = run(folder or SHIPPED / "dev")
    except EvaluationError as error:
        fail(str(error))
    console = Console(highlight=False)
    scores = Table("level", "precision", "recall", "F1", "right", "reference", "found")
    for level in report.levels:
        numbers = (f"{level.precision:.3f}", f"{level.recall:.3f}", f"{level.f1:.3f}")
        scores.add_row(level.name, *numbers, str(level.hits), str(level.reference), str(level.found))
    console.print(f"{report.documents} bulletins in {folder or SHIPPED / 'dev'}")
    console.print(scores)
    for phenomenon, count in report.by_phenomenon():
        console.print(f"{count:5}  {phenomenon}", markup=False)
        if show:
            for mistake in report.mistakes:
                if mistake.phenomenon == phenomenon:
                    console.print(f"         {mistake.document}: “{mistake.quote}”", markup=False)
                    console.print(f"           reference {mistake.reference} · read {mistake.found}", markup=False)
    statement = next(level for level in report.levels if level.name == "statement")
    if require is not None and statement.f1 < require:
        raise typer.Exit(1)


@review_app.command("list")
def review_list(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Bulletins to look through; the lake of the home by default.")
    ] = None,
    home: Annotated[Path | None, typer.Option("--home", help="Where data goes.", envvar="HTX_HOME")] = None,
) -> None:
    """List the statements that wait for a reviewer, each with its sentence and why it is doubted."""
    waiting: list[tuple[str, str, str, str, str, str]] = []
    if files:
        for file in files:
            waiting += [
                (
                    file.name,
                    s.sentence_sha[:12],
                    " ".join(s.quote.split()),
                    f"{s.kind} {s.indicator} {s.value}",
                    s.reasons,
                    s.sentence,
                )
                for s in _read(file, None, None).statements
                if s.in_review
            ]
    else:
        waiting = _waiting_in_lake(home)
    for name, sha, quote, reading, reasons, sentence in waiting:
        typer.echo(f"{name} · {sha} · “{quote}” · {reading}\n  why: {reasons}\n  {' '.join(sentence.split())}\n")
    typer.echo(
        f"{len(waiting)} statements wait. Decide with: htx review decide SENTENCE QUOTE INDICATOR "
        f"accept|correct|reject --by NAME --why TEXT"
    )


@review_app.command("decide")
def review_decide(
    sentence: Annotated[str, typer.Argument(help="The sentence's hash, or its first 8 characters or more, as listed.")],
    quote: Annotated[str, typer.Argument(help="The statement's quote, as listed.")],
    indicator: Annotated[str, typer.Argument(help="The indicator it was read as.")],
    decision: Annotated[str, typer.Argument(help="accept, correct or reject.")],
    by: Annotated[str, typer.Option(help="Who decides.")],
    why: Annotated[str, typer.Option(help="The reason, in one line.")],
    files: Annotated[
        list[Path] | None, typer.Option("--file", help="The bulletin it stands in; the lake by default.")
    ] = None,
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="With correct: field=value, repeated as needed.")
    ] = None,
    reviewed: Annotated[Path | None, typer.Option(help="The reviewed file; the project's own by default.")] = None,
    home: Annotated[Path | None, typer.Option("--home", help="Where data goes.", envvar="HTX_HOME")] = None,
) -> None:
    """Write a decision into the reviewed file, bound to the sentence as it stands."""
    from ingestion.bulletins import review

    if decision not in review.DECISIONS:
        fail(f"decision: expected one of {', '.join(review.DECISIONS)}, found {decision!r}.")
    hashes = (
        {s.sentence_sha for file in files for s in _read(file, None, None).statements}
        if files
        else _hashes_in_lake(home)
    )
    full = sorted(sha for sha in hashes if sha.startswith(sentence)) if len(sentence) >= 8 else []
    if len(full) != 1:
        fail(f"{sentence}: expected the hash of one sentence, found {len(full)}. Copy it from htx review list.")
    try:
        corrections = review.corrections(changes or [])
        if (decision == "correct") != bool(corrections):
            fail(f"--set: expected with correct and only there, found {len(corrections)} with {decision}.")
        made = review.Decision(
            full[0], " ".join(quote.split()), indicator, decision, by, dt.datetime.now(dt.UTC).date(), why, corrections
        )
        review.append(made, reviewed or review.REVIEWED)
    except review.ReviewFileError as error:
        fail(str(error))
    typer.echo(f"{decision}: “{quote}” as {indicator}. It holds as long as the sentence stays as it is.")


def _waiting_in_lake(home: Path | None) -> list[tuple[str, str, str, str, str, str]]:
    return [
        (
            row["artefact"][:12],
            row["sentence_sha"][:12],
            " ".join(row["quote"].split()),
            f"{row['kind']} {row['indicator']} {row['value']}",
            row["reasons"],
            row["sentence"],
        )
        for row in _lake_statements(home)
        if row["in_review"]
    ]


def _hashes_in_lake(home: Path | None) -> set[str]:
    return {row["sentence_sha"] for row in _lake_statements(home)}


def _lake_statements(home: Path | None) -> list[dict[str, str]]:
    import pyarrow.parquet

    from htx import storage

    folder = storage.opened(home, "lake").lake / "statement"
    rows: list[dict[str, str]] = []
    for file in sorted(folder.glob("*.parquet")):
        rows += pyarrow.parquet.read_table(file).to_pylist()
    return rows


def _read(file: Path, published: dt.date | None, province: str | None) -> Bulletin:
    from ingestion.bulletins import read
    from ingestion.bulletins.lexicon import LexiconError
    from ingestion.bulletins.review import ReviewFileError
    from ingestion.documents import Known, UnreadableDocument

    try:
        return read(file.read_bytes(), name=str(file), known=Known(published=published, province=province))
    except OSError as error:
        fail(f"{file}: expected a readable file, found: {error.strerror}. Check the path.")
    except (UnreadableDocument, LexiconError, ReviewFileError) as error:
        fail(str(error))


def _print_bulletin(bulletin: Bulletin) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    about = (bulletin.title, bulletin.province, bulletin.published_on, bulletin.publisher)
    console.print(" · ".join(str(item) for item in about if item), style="bold", markup=False)
    shown = None
    for s in bulletin.statements:
        if shown != s.sentence_start:
            shown = s.sentence_start
            sentence = Text(f"\n{s.sentence.strip()}")
            for other in bulletin.statements:
                if other.sentence_start == shown:
                    offset = other.start - other.sentence_start - (len(s.sentence) - len(s.sentence.lstrip())) + 1
                    sentence.stylize("bold reverse", offset, offset + len(other.quote))
            console.print(sentence)
        console.print(_line(s), markup=False)
    review = sum(s.in_review for s in bulletin.statements)
    console.print(
        f"\n{len(bulletin.statements)} statements, {review} for review; {bulletin.furniture} lines of "
        f"furniture passed over, {bulletin.unread} figures stated nothing"
    )


def _line(s: Statement) -> str:
    value = f"{s.qualifier} {s.value:,}" + (f" – {s.value_high:,}" if s.value_high is not None else "")
    time = str(s.as_of) if s.as_of else f"{s.period_start or '…'} – {s.period_end or '…'}"
    sure = f"{s.confidence:.2f}" + (f" review: {s.reasons}" if s.in_review else "")
    parts = [
        s.kind,
        s.indicator,
        f"{value} {s.unit}" + (" per year" if s.per else ""),
        s.scope,
        s.geography,
        time,
        sure,
    ]
    return "  " + " · ".join(part for part in parts if part)


def _date(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        fail(f"--published: expected a date YYYY-MM-DD, found {text!r}. Write it as 2024-03-20.")
