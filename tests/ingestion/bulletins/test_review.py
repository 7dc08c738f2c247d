"""Decisions of reviewers win over the engine as long as the sentence stays as it was."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest

from ingestion.bulletins import review
from tests.ingestion.bulletins.helpers import statements

TEXT = "Năm 2023, toàn tỉnh có 14 HTX đã chuyển đổi theo luật mới."


def decide(decision: str, **corrections: object) -> review.Decision:
    (statement,) = statements(TEXT)
    quote = " ".join(statement.quote.split())
    return review.Decision(
        statement.sentence_sha,
        quote,
        statement.indicator,
        decision,
        "Lan",
        dt.date(2024, 4, 1),
        "seen",
        tuple(corrections.items()),
    )


def test_a_rejected_statement_is_gone_and_an_accepted_one_is_sure() -> None:
    found = statements(TEXT)
    assert review.apply(found, [decide("reject")]) == ()
    (accepted,) = review.apply(found, [decide("accept")])
    assert found[0].in_review and not accepted.in_review and accepted.confidence == 1.0
    assert "Lan" in accepted.reasons


def test_a_correction_changes_what_it_names() -> None:
    (corrected,) = review.apply(statements(TEXT), [decide("correct", indicator="coop_active", scope=None)])
    assert (corrected.indicator, corrected.value, corrected.in_review) == ("coop_active", 14, False)


def test_a_changed_sentence_is_reviewed_anew() -> None:
    changed = statements(TEXT.replace("luật mới", "Luật mới năm nay"))
    assert review.apply(changed, [decide("reject")]) == changed


def test_decisions_survive_the_file(tmp_path: Path) -> None:
    file = tmp_path / "reviewed.csv"
    for made in (decide("accept"), decide("correct", value=review.corrections(["value=15"])[0][1], as_of=None)):
        review.append(made, file)
    first, second = review.load(file)
    assert first == decide("accept")
    assert dict(second.corrections) == {"value": 15, "as_of": None}
    assert review.apply(statements(TEXT), (first, second))[0].value == 15


@pytest.mark.parametrize(
    ("column", "found", "message"),
    [("decision", "maybe", "line 2, decision"), ("on", "April", "line 2, on"), ("by", "", "line 2, by")],
)
def test_a_wrong_line_is_named(tmp_path: Path, column: str, found: str, message: str) -> None:
    file = tmp_path / "reviewed.csv"
    review.append(decide("accept"), file)
    header, line = file.read_text(encoding="utf-8").splitlines()
    cells = dict(zip(header.split(","), line.split(","), strict=True)) | {column: found}
    file.write_text(f"{header}\n{','.join(cells.values())}\n", encoding="utf-8")
    with pytest.raises(review.ReviewFileError, match=message):
        review.load(file)


def test_the_shipped_file_is_valid() -> None:
    assert all(dataclasses.is_dataclass(decision) for decision in review.load())
