"""Decisions of people about holds: ``reviewed_holds.csv``, a file under version control, one row a decision.

A decision is about one subject (key of a result or target, or a KPI cell), one expectation and the value that was
looked at. It applies while all three are the same: a changed value is reviewed anew. ``release`` publishes the number
with the decision beside it, ``keep`` says that the hold is right and needs no further alarm.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from expectations.verdicts import Check, Verdict

FILE = "reviewed_holds.csv"
COLUMNS = ("subject", "expectation", "value", "decision", "reason", "signed_by", "signed_on")
DECISIONS = ("release", "keep")
RELEASED = "hold released"
_SUITE = "kpi/reviewed_holds"
_PROTECTS = (
    "Mỗi quyết định về số bị giữ vẫn còn đối tượng",
    "Every decision about a hold still has something to decide about",
)


class ReviewError(ValueError):
    """Rows of the file that can't be used: which file and line, expected, found, what to do."""


@dataclasses.dataclass(frozen=True)
class Decision:
    """One signed decision; ``line`` is its place in the file."""

    subject: str
    expectation: str
    value: str
    decision: str
    reason: str
    signed_by: str
    signed_on: dt.date
    line: int = 0


def load(path: Path) -> tuple[Decision, ...]:
    """Return the decisions of the file, none when there is no file; raise `ReviewError` that names all wrong rows."""
    if not path.is_file():
        return ()
    reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""), strict=True)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise ReviewError(
            f"{path}, line 1: expected the columns {','.join(COLUMNS)}, found {','.join(reader.fieldnames or ())}. "
            "Correct the header; `htx gates release` writes rows in the right form."
        )
    decisions: list[Decision] = []
    wrong: list[str] = []
    for row in reader:
        problems = list(_problems(row))
        about = (row["subject"], row["expectation"])
        if again := next((d for d in decisions if (d.subject, d.expectation) == about), None):
            problems.append(f"expected one decision a subject and expectation, found another one in line {again.line}")
        if problems:
            wrong.extend(f"{path}, line {reader.line_num}: {problem}" for problem in problems)
            continue
        decisions.append(
            Decision(
                **{name: row[name].strip() for name in COLUMNS if name != "signed_on"},
                signed_on=dt.date.fromisoformat(row["signed_on"].strip()),
                line=reader.line_num,
            )
        )
    if wrong:
        raise ReviewError("\n".join([*wrong, "Correct these rows, or take them out: the holds then stay."]))
    return tuple(decisions)


def _problems(row: dict[str, str]) -> Iterable[str]:
    if None in row or None in row.values():
        yield f"expected {len(COLUMNS)} fields, found {len([v for k, v in row.items() if k and v is not None])}"
        return
    for name in COLUMNS:
        if not row[name].strip():
            yield f"{name}: expected a text, found nothing"
    if row["decision"].strip() not in DECISIONS:
        yield f"decision: expected {' or '.join(DECISIONS)}, found {row['decision']!r}"
    try:
        dt.date.fromisoformat(row["signed_on"].strip())
    except ValueError:
        yield f"signed_on: expected a day as YYYY-MM-DD, found {row['signed_on']!r}"


def append(path: Path, decisions: Sequence[Decision]) -> None:
    """Write decisions at the end of the file; an earlier one about the same subject and expectation makes place."""
    about = {(each.subject, each.expectation) for each in decisions}
    kept = [each for each in load(path) if (each.subject, each.expectation) not in about]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in (*kept, *decisions):
        writer.writerow([getattr(each, name) for name in COLUMNS])
    path.write_text(out.getvalue(), encoding="utf-8")


def applied(decisions: Sequence[Decision], found: Sequence[Verdict]) -> list[Verdict]:
    """Return the verdicts with the decisions about their holds; a released hold holds no more."""
    by_subject = {(each.subject, each.expectation): each for each in decisions}
    return [_decided(verdict, by_subject) for verdict in found]


def unused(decisions: Sequence[Decision], found: Sequence[Verdict]) -> list[Verdict]:
    """Return a warning for every decision that no hold answers to, and why."""
    verdicts = []
    for decision in decisions:
        about = [verdict for verdict in found if _is_about(decision, verdict)]
        if any(verdict.reviewed_by for verdict in about):
            continue
        vi, en = "Không còn số nào bị giữ như vậy", "Nothing is held for this any more"
        if about:
            vi = f"Giá trị nay là {about[0].value}: cần xem lại"
            en = f"The value is now {about[0].value}: it is to be reviewed anew"
        verdicts.append(
            Verdict(
                gate="kpi",
                suite=_SUITE,
                expectation="review_in_use",
                severity="warning",
                effect="warn",
                subject_type="review",
                subject_key=f"{FILE} line {decision.line}",
                kpi_cell=about[0].kpi_cell if about else None,
                found=f"{decision.subject}, {decision.expectation}, value = {decision.value}",
                reason_vi=vi,
                reason_en=en,
            )
        )
    return verdicts


def check(decisions: Sequence[Decision], unused_ones: Sequence[Verdict]) -> Check:
    """Return how many decisions there are and how many are without use."""
    return Check(
        gate="kpi", suite=_SUITE, expectation="review_in_use", severity="warning", effect="warn",
        protects_vi=_PROTECTS[0], protects_en=_PROTECTS[1], checked=len(decisions), failed=len(unused_ones),
        success=not unused_ones,
    )  # fmt: skip


def _is_about(decision: Decision, verdict: Verdict) -> bool:
    return (
        verdict.effect in ("hold cell", RELEASED)
        and decision.expectation == verdict.expectation
        and decision.subject in (verdict.subject_key, verdict.kpi_cell)
    )


def _decided(verdict: Verdict, by_subject: dict[tuple[str, str], Decision]) -> Verdict:
    if verdict.effect != "hold cell":
        return verdict
    subjects = (verdict.subject_key, verdict.kpi_cell)
    for decision in (by_subject.get((str(subject), verdict.expectation)) for subject in subjects):
        if decision is not None and _same(decision.value, verdict.value):
            return dataclasses.replace(
                verdict,
                effect=RELEASED if decision.decision == "release" else verdict.effect,
                reviewed_by=decision.signed_by,
                reviewed_on=decision.signed_on.isoformat(),
                review_reason=decision.reason,
            )
    return verdict


def _same(signed: str, found: str | None) -> bool:
    try:
        return Decimal(signed) == Decimal(str(found))
    except InvalidOperation:
        return signed == found
