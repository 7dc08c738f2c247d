"""How well bulletins are read: scores against reference statements, and what went wrong, by phenomenon."""

from __future__ import annotations

import collections
import csv
import dataclasses
import datetime as dt
import importlib.util
import json
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

from ingestion.bulletins import read
from ingestion.documents import Known, UnreadableDocument

SHIPPED = Path(__file__).resolve().parents[2] / "evaluation"


class EvaluationError(Exception):
    """A folder that can't be evaluated: what was expected there, what was found, what to do."""


@dataclasses.dataclass(frozen=True)
class Level:
    """One level of agreement: number, statement, dated or full."""

    name: str
    hits: int
    found: int
    reference: int

    @property
    def precision(self) -> float:
        """The part of what was found that is right."""
        return self.hits / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """The part of the reference that was found."""
        return self.hits / self.reference if self.reference else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.hits / (self.found + self.reference) if self.hits else 0.0


@dataclasses.dataclass(frozen=True)
class Mistake:
    """A difference between reference and reading: the document, the phenomenon and the words."""

    document: str
    phenomenon: str
    quote: str
    reference: str
    found: str


@dataclasses.dataclass(frozen=True)
class Report:
    """Scores and mistakes over a folder of `documents` bulletins."""

    documents: int
    levels: tuple[Level, ...]
    mistakes: tuple[Mistake, ...]

    def by_phenomenon(self) -> list[tuple[str, int]]:
        """How many mistakes there are of each phenomenon, most frequent first."""
        return collections.Counter(mistake.phenomenon for mistake in self.mistakes).most_common()


def statement_row(statement: object) -> dict[str, Any]:
    """A statement in the shape of the reference files: ISO dates, plain numbers."""
    row: dict[str, Any] = {}
    for field in dataclasses.fields(statement):  # type: ignore[arg-type]
        value = getattr(statement, field.name)
        if isinstance(value, dt.date):
            value = value.isoformat()
        elif isinstance(value, Decimal):
            value = int(value) if value == value.to_integral_value() else float(value)
        row[field.name] = value
    return row


def read_document(file: Path, known: Known) -> list[dict[str, Any]]:
    """The statements of one bulletin as rows; none when it is refused."""
    try:
        return [
            statement_row(statement) for statement in read(file.read_bytes(), name=file.name, known=known).statements
        ]
    except UnreadableDocument:
        return []


def evaluate(folder: Path, scorer: Path = SHIPPED / "score.py") -> Report:
    """Score the bulletins of `folder` (NNN.txt or .html beside NNN.json, index.csv) with the scorer's four levels."""
    score = _load(scorer)
    references = sorted(folder.glob("*.json"))
    if not references:
        raise EvaluationError(
            f"{folder}: expected reference files NNN.json beside NNN.txt, found none. Name a folder "
            f"shaped like {SHIPPED / 'dev'}."
        )
    index: dict[str, dict[str, str]] = {}
    if (folder / "index.csv").exists():
        with (folder / "index.csv").open(encoding="utf-8", newline="") as lines:
            index = {row["id"]: row for row in csv.DictReader(lines)}
    totals = {name: [0, 0, 0] for name in score.LEVELS}
    mistakes: list[Mistake] = []
    for reference in references:
        document = reference.with_suffix(".txt")
        text = document.read_bytes().decode("utf-8") if document.exists() else None
        if text is None:
            document = reference.with_suffix(".html")
            if not document.exists():
                raise EvaluationError(
                    f"{reference}: expected the bulletin {reference.stem}.txt or .html beside it, "
                    f"found neither. Add it."
                )
        about = index.get(reference.stem, {})
        published = dt.date.fromisoformat(about["published"]) if about.get("published") else None
        found = read_document(document, Known(published=published, province=about.get("province") or None))
        expected = json.loads(reference.read_text(encoding="utf-8"))
        counts, missed, wrong = score.score_document(found, expected, text)
        for name in score.LEVELS:
            totals[name] = [a + b for a, b in zip(totals[name], counts[name], strict=True)]
        mistakes += _mistakes(score, reference.stem, found, expected, missed, wrong, text)
    return Report(
        len(references),
        tuple(Level(name, hits, found_, of) for name, (hits, found_, of) in totals.items()),
        tuple(mistakes),
    )


def _mistakes(
    score: ModuleType, document: str, found: list[dict[str, Any]], expected: list[dict[str, Any]],
    missed: list[dict[str, Any]], wrong: list[dict[str, Any]], text: str | None,
) -> list[Mistake]:  # fmt: skip
    mistakes = []
    explained: list[int] = []
    for gold in missed:
        near = [p for p in found if score.overlap(p, gold, text)]
        same = [p for p in near if score.same_number(p.get("value"), gold.get("value"))]
        best = (same or near)[0] if near else None
        explained += [id(p) for p in near]
        mistakes.append(
            Mistake(document, _why(score, gold, best, bool(same)), gold["quote"], _short(gold), _short(best))
        )
    mistakes += [
        Mistake(document, "states what the reference does not", p["quote"], "-", _short(p))
        for p in wrong
        if id(p) not in explained
    ]
    for gold in expected:
        if score.aside(gold) or gold in missed:
            continue
        near = [p for p in found if score.overlap(p, gold, text) and score.level(p, gold) >= 2]
        if not near:
            continue
        best = max(near, key=lambda p: int(score.level(p, gold)))
        if score.level(best, gold) < 4:
            mistakes.append(Mistake(document, _detail(score, gold, best), gold["quote"], _short(gold), _short(best)))
    return mistakes


def _why(score: ModuleType, gold: dict[str, Any], found: dict[str, Any] | None, same_number: bool) -> str:
    if found is None:
        return "number not read"
    if not same_number:
        return "value read wrongly"
    if found["kind"] != gold["kind"]:
        return "target taken for result, or the reverse"
    if score.unit(found) != score.unit(gold):
        return "unit"
    return "kept as outside of the registry" if found["indicator"].startswith("other:") else "indicator"


def _detail(score: ModuleType, gold: dict[str, Any], found: dict[str, Any]) -> str:
    if score.norm(found.get("qualifier")) != score.norm(gold.get("qualifier")):
        return "qualifier"
    if score.year(gold) and score.year(found) != score.year(gold):
        return "period or date"
    if gold.get("geography") and score.place(found.get("geography")) != score.place(gold.get("geography")):
        return "place"
    return "scope"


def _short(statement: dict[str, Any] | None) -> str:
    if statement is None:
        return "-"
    time = statement.get("as_of") or statement.get("period_end") or ""
    fields = [statement.get(name) for name in ("kind", "indicator", "qualifier", "value")]
    fields += [time[:4], statement.get("geography"), statement.get("scope")]
    return " ".join(str(field) for field in fields if field not in (None, ""))


def _load(scorer: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("htx_bulletin_scorer", scorer)
    if spec is None or spec.loader is None or not scorer.exists():
        raise EvaluationError(
            f"{scorer}: expected the scorer, found nothing. It ships in the evaluation folder: run from a checkout."
        )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
