"""``htx gates``: what the gates hold and why, in the current release and in the candidate, and deciding about a hold.

A decision is a row in ``expectations/reviewed_holds.csv``, a file under version control: the next refresh publishes a
released number with the decision beside it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from htx import storage
from htx.failure import fail
from htx.home import PROJECT, Home

app = typer.Typer(no_args_is_help=False, invoke_without_command=True, pretty_exceptions_enable=False)

REVIEWS = PROJECT / "expectations" / "reviewed_holds.csv"
_ID = 10  # signs of a key that are shown; more are only needed when two begin alike
_CLAIMS = """
    select result_key as subject_key, 'result' as kind, kpi_cell, programme, indicator, file, sheet, cells, sentence,
        quote, known_on, {value} from {result}
    union all
    select target_key, 'target', kpi_cell, programme, indicator, file, sheet, cells, sentence, quote,
        published_on, {value} from {target}
"""

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Where data goes.", envvar="HTX_HOME", show_default="./var")
]
ReviewsOption = Annotated[Path, typer.Option("--reviews", help="The file of decisions.", show_default=False)]


@dataclasses.dataclass(frozen=True)
class Hold:
    """One claim that is held, or was until a person released it, with every expectation it fails."""

    subject_key: str
    kind: str  # result or target
    kpi_cell: str
    programme: str | None
    indicator: str
    document: str
    evidence: str | None
    known_on: dt.date | None
    found: tuple[tuple[str, str, str, str], ...]  # expectation, reason vi, reason en, found
    value: str | None
    reviewed_by: str | None
    reviewed_on: dt.date | None
    review_reason: str | None
    is_released: bool

    @property
    def id(self) -> str:
        """The short form of the key, which the commands take."""
        return self.subject_key[:_ID]

    @property
    def look(self) -> str:
        """The command that shows the number and its document."""
        return f"htx explain {self.programme or ''} {self.indicator}".replace("  ", " ")


@dataclasses.dataclass(frozen=True)
class Look:
    """What one place (a release, or the candidate) holds, its warnings by expectation, and for which day it speaks."""

    name: str
    as_of: dt.date | None
    holds: tuple[Hold, ...]
    warnings: tuple[tuple[str, int, str], ...]  # expectation, how many, reason
    alerts: frozenset[str]  # subjects that are held for longer than the limit


@app.callback()
def gates(
    context: typer.Context,
    home: HomeOption = None,
    output: Annotated[str, typer.Option("--format", help="text or json")] = "text",
) -> None:
    """Show what is held and why, in the current release and in the candidate of the last night."""
    if context.invoked_subcommand is not None:
        return
    looks = _looks(storage.opened(home))
    if output == "json":
        typer.echo(
            json.dumps([dataclasses.asdict(look) for look in looks], default=_plain, ensure_ascii=False, indent=1)
        )
        return
    console = Console(highlight=False, soft_wrap=True)
    for look in looks:
        _show(console, look)


@app.command()
def show(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="The id that `htx gates` shows.")],
    home: HomeOption = None,
) -> None:
    """Show one hold: every expectation it fails, the document and sentence, and what was decided."""
    look, hold = _named(storage.opened(home), identifier)
    console = Console(highlight=False, soft_wrap=True)
    for line in _lines(look, hold):
        console.print(Text(line))
    console.print(Text(f"Evidence    {hold.evidence or 'none'}"))
    for expectation, reason_vi, reason_en, found in hold.found:
        console.print(Text(f"Fails       {expectation}: {reason_en} · {reason_vi} ({found})"))
    if hold.reviewed_by:
        word = "Released" if hold.is_released else "Kept"
        console.print(Text(f"{word:<11} by {hold.reviewed_by} on {hold.reviewed_on}: {hold.review_reason}"))
    else:
        console.print(Text(f"Decide      htx gates release {hold.id} --reason TEXT --by NAME   (or: htx gates keep …)"))


@app.command()
def release(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="The id that `htx gates` shows.")],
    reason: Annotated[str, typer.Option(help="Why the number may be published, for everybody to read.")],
    by: Annotated[str, typer.Option(help="Who signs for it.")],
    home: HomeOption = None,
    reviews: ReviewsOption = REVIEWS,
    on: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of signing; today.")] = None,
) -> None:
    """Sign that a held number is right: the next refresh publishes it, with the decision beside it."""
    _decide("release", identifier, reason, by, home, reviews, on)


@app.command()
def keep(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="The id that `htx gates` shows.")],
    reason: Annotated[str, typer.Option(help="Why the number stays held, for everybody to read.")],
    by: Annotated[str, typer.Option(help="Who signs for it.")],
    home: HomeOption = None,
    reviews: ReviewsOption = REVIEWS,
    on: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day of signing; today.")] = None,
) -> None:
    """Sign that a hold is right: it stays, and is no alarm any more."""
    _decide("keep", identifier, reason, by, home, reviews, on)


def _decide(
    decision: str, identifier: str, reason: str, by: str, home: Path | None, path: Path, on: dt.datetime | None
) -> None:
    from expectations import reviews

    if not reason.strip() or not by.strip():
        fail("expected a reason and a name, found an empty text. Say --reason and --by: both are published.")
    _, hold = _named(storage.opened(home), identifier)
    day = on.date() if on else dt.date.today()
    decisions = [
        reviews.Decision(hold.subject_key, expectation, str(hold.value), decision, reason.strip(), by.strip(), day)
        for expectation, *_ in hold.found
    ]
    try:
        reviews.append(path, decisions)
    except reviews.ReviewError as error:
        fail(str(error))
    typer.echo(f"{decision}: {hold.kpi_cell} = {hold.value}, {len(decisions)} row(s) in {path}.")
    typer.echo("Commit the file; the next `htx refresh` applies it. A changed value will be asked about anew.")


def _named(home: Home, identifier: str) -> tuple[Look, Hold]:
    found = {
        hold.subject_key: (look, hold) for look in _looks(home) for hold in look.holds
        if hold.subject_key.startswith(identifier)
    }  # fmt: skip
    if not identifier or len(found) != 1:
        what = ", ".join(sorted(found)) or "none"
        fail(f"{identifier}: expected the id of one hold, found {what}. `htx gates` lists them with their ids.")
    return next(iter(found.values()))


def _looks(home: Home) -> list[Look]:
    """The current release, and the candidate when the last night left one that was not published."""
    looks = []
    if (home.current / "htx.duckdb").is_file():
        manifest = json.loads((home.current / "manifest.json").read_bytes())
        looks.append(_look(f"release {manifest['release_id']}", home.current / "htx.duckdb", None, manifest["as_of"]))
    verdicts = home.gates / "kpi" / "verdicts.parquet"
    if home.build.is_file() and verdicts.is_file():
        looks.append(_look("candidate", home.build, verdicts, None))
    if not looks:
        fail(f"{home.path}: expected a release or a candidate, found neither. Run `htx refresh` first.")
    return looks


def _look(name: str, database: Path, verdict_file: Path | None, as_of: str | None) -> Look:
    import duckdb

    from publication import catalogue

    with duckdb.connect() as connection:
        catalogue.attach(connection, database, "it")
        if verdict_file is None:
            verdicts, schema = "it.publication.gate_verdict", "it.marts.fct_kpi_result it.marts.fct_kpi_target"
        else:
            verdicts = "read_parquet('" + str(verdict_file).replace("'", "''") + "')"
            schema = "it.intermediate.int_kpi_result_candidates it.intermediate.int_kpi_target_candidates"
        result, target = schema.split()
        known = {row[0] for row in connection.execute(f"describe select * from {result}").fetchall()}
        claims = _CLAIMS.format(result=result, target=target, value="value")
        if "known_on" not in known:
            claims = claims.replace("known_on", "coalesce(published_on, period_end)", 1)
        rows = connection.execute(
            f"""
            select c.*, v.expectation, v.reason_vi, v.reason_en, v.found, v.effect, v.value, v.reviewed_by,
                cast(v.reviewed_on as date), v.review_reason
            from {verdicts} as v
            inner join ({claims}) as c on c.subject_key = v.subject_key
            where v.effect in ('hold cell', 'hold released')
            order by c.kpi_cell, c.subject_key, v.expectation
            """
        ).fetchall()
        warnings = connection.execute(
            f"select expectation, count(*), min(reason_en) from {verdicts} where effect = 'warn' group by 1 order by 1"
        ).fetchall()
        alerts = connection.execute(
            f"select subject_key from {verdicts} where expectation = 'hold_answered_in_time'"
        ).fetchall()
    return Look(
        name,
        dt.date.fromisoformat(as_of) if as_of else None,
        tuple(_holds(rows)),
        tuple(warnings),
        frozenset(key for (key,) in alerts),
    )


def _holds(rows: Sequence[tuple[Any, ...]]) -> Iterable[Hold]:
    by_subject: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        by_subject.setdefault(row[0], []).append(row)
    for key, own in by_subject.items():
        _, kind, cell, programme, indicator, file, sheet, cells, sentence, quote, known_on, _value = own[0][:12]
        decided = next((row for row in own if row[18]), own[0])
        yield Hold(
            subject_key=key,
            kind=kind,
            kpi_cell=cell,
            programme=programme,
            indicator=indicator,
            document=", ".join(part for part in (file, sheet, cells) if part),
            evidence=sentence or quote,
            known_on=known_on,
            found=tuple(tuple(row[12:16]) for row in own),
            value=decided[17],
            reviewed_by=decided[18],
            reviewed_on=decided[19],
            review_reason=decided[20],
            is_released=all(row[16] == "hold released" for row in own),
        )


def _show(console: Console, look: Look) -> None:
    held = [hold for hold in look.holds if not hold.is_released]
    released = [hold for hold in look.holds if hold.is_released]
    of = f" as of {look.as_of}" if look.as_of else ""
    console.print(Text(f"{look.name}{of}: {len(held)} held, {len(released)} released by a person", style="bold"))
    for hold in held:
        for line in _lines(look, hold):
            console.print(Text(line))
        for expectation, _vi, reason, found in hold.found:
            console.print(Text(f"            {reason} ({found}) [{expectation}]"))
    for hold in released:
        console.print(
            Text(f"{hold.id}  {hold.kpi_cell} = {hold.value}: released by {hold.reviewed_by}: {hold.review_reason}")
        )
    for expectation, number, reason in look.warnings:
        console.print(Text(f"warning     {number} × {reason} [{expectation}]"))
    console.print()


def _lines(look: Look, hold: Hold) -> Iterable[str]:
    yield f"{hold.id}  {hold.kpi_cell} ({hold.kind})" + (f" = {hold.value}" if hold.value else "")
    alarm = "  ALARM: held for longer than the limit" if hold.subject_key in look.alerts else ""
    since = f"since {hold.known_on}" if hold.known_on else "day not known"
    yield f"            {since}, {hold.document}{alarm}"
    yield f"            {hold.look}"


def _plain(value: object) -> object:
    return sorted(value) if isinstance(value, frozenset) else str(value)
