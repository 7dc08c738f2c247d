"""Decisions of reviewers: rows of a file under version control that win over the engine.

A decision is bound to the hash of the sentence it was made on: when the sentence changes, it no longer holds and the
statement is reviewed anew.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import functools
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from ingestion.bulletins.model import Statement

REVIEWED = Path(__file__).parent / "reviewed.csv"
DECISIONS = ("accept", "correct", "reject")
CORRECTABLE = (
    "kind", "indicator", "value", "value_high", "qualifier", "unit", "scope", "geography",
    "period_start", "period_end", "as_of",
)  # fmt: skip
_COLUMNS = ("sentence_sha", "quote", "was", "decision", "by", "on", "why", *CORRECTABLE)
_EMPTY = "-"  # in a column to correct: nothing belongs here


class ReviewFileError(Exception):
    """A reviewed file that can't be used: which file, which line and column, expected and found."""


@dataclasses.dataclass(frozen=True)
class Decision:
    """What a reviewer decided on the statement `was` (an indicator) read from `quote` in one sentence."""

    sentence_sha: str
    quote: str
    was: str
    decision: str
    by: str
    on: dt.date
    why: str
    corrections: tuple[tuple[str, object], ...] = ()


def load(file: Path = REVIEWED) -> tuple[Decision, ...]:
    """Read the decisions in `file`; raise `ReviewFileError` naming the line and column at fault."""
    return _load(file, file.stat().st_mtime_ns if file.exists() else None)


@functools.lru_cache(maxsize=8)
def _load(file: Path, changed: int | None) -> tuple[Decision, ...]:
    if changed is None:
        return ()
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        if tuple(reader.fieldnames or ()) != _COLUMNS:
            raise ReviewFileError(
                f"{file}, line 1: expected the columns {', '.join(_COLUMNS)}, found "
                f"{', '.join(reader.fieldnames or [])}. Restore the header."
            )
        return tuple(_decision(row, f"{file}, line {reader.line_num}") for row in reader)


def _decision(row: dict[str, str], place: str) -> Decision:
    if row["decision"] not in DECISIONS:
        raise ReviewFileError(
            f"{place}, decision: expected one of {', '.join(DECISIONS)}, found {row['decision']!r}. Correct the line."
        )
    for column in ("sentence_sha", "quote", "was", "by", "why"):
        if not (row[column] or "").strip():
            raise ReviewFileError(
                f"{place}, {column}: expected a text, found nothing. Say it: a decision without it can't be followed."
            )
    try:
        on = dt.date.fromisoformat(row["on"])
    except ValueError:
        raise ReviewFileError(
            f"{place}, on: expected a date YYYY-MM-DD, found {row['on']!r}. Correct the line."
        ) from None
    corrections = tuple((name, _value(name, row[name], place)) for name in CORRECTABLE if (row[name] or "").strip())
    if (row["decision"] == "correct") != bool(corrections):
        raise ReviewFileError(
            f"{place}: expected corrections exactly where the decision is correct, found "
            f"{len(corrections)} with {row['decision']!r}."
        )
    return Decision(
        row["sentence_sha"], row["quote"], row["was"], row["decision"], row["by"], on, row["why"], corrections
    )


def _value(name: str, text: str, place: str) -> object:
    text = text.strip()
    if text == _EMPTY:
        return None
    try:
        if name in ("value", "value_high"):
            return Decimal(text)
        if name in ("period_start", "period_end", "as_of"):
            return dt.date.fromisoformat(text)
    except (InvalidOperation, ValueError):
        raise ReviewFileError(
            f"{place}, {name}: expected "
            f"{'a number' if name.startswith('value') else 'a date YYYY-MM-DD'}, found "
            f"{text!r}."
        ) from None
    return text


def append(decision: Decision, file: Path = REVIEWED) -> None:
    """Add `decision` to `file`, which is made with its header when it is not there."""
    new = not file.exists()
    values = {**dataclasses.asdict(decision), **dict.fromkeys(CORRECTABLE, "")}
    values |= {name: _EMPTY if value is None else str(value) for name, value in decision.corrections}
    with file.open("a", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, _COLUMNS, extrasaction="ignore", lineterminator="\n")
        if new:
            writer.writeheader()
        writer.writerow(values)


def corrections(assignments: Iterable[str]) -> tuple[tuple[str, object], ...]:
    """Read ``field=value`` assignments; raise `ReviewFileError` for a field that can't be corrected."""
    result = []
    for assignment in assignments:
        name, _, text = assignment.partition("=")
        if name not in CORRECTABLE or not text:
            raise ReviewFileError(
                f"--set {assignment}: expected field=value with a field of {', '.join(CORRECTABLE)}. "
                f"Use {_EMPTY!r} for nothing."
            )
        result.append((name, _value(name, text, f"--set {assignment}")))
    return tuple(result)


def apply(statements: Sequence[Statement], decisions: Sequence[Decision]) -> tuple[Statement, ...]:
    """Return `statements` as the reviewers decided: rejected ones left out, others accepted or corrected."""
    if not decisions:
        return tuple(statements)
    known = {(d.sentence_sha, d.quote, d.was): d for d in decisions}  # a later line wins over an earlier one
    result = []
    for statement in statements:
        decision = known.get((statement.sentence_sha, " ".join(statement.quote.split()), statement.indicator))
        if decision is None:
            result.append(statement)
        elif decision.decision != "reject":
            note = f"{decision.decision}ed by {decision.by} on {decision.on}: {decision.why}"
            changes: dict[str, object] = {
                **dict(decision.corrections),
                "confidence": 1.0,
                "reasons": note,
                "in_review": False,
            }
            result.append(dataclasses.replace(statement, **changes))  # type: ignore[arg-type]
    return tuple(result)
