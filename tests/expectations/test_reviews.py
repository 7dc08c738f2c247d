"""Decisions about holds: a signed release frees exactly one value, and what is wrong or without use is told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from expectations import reviews
from expectations.reviews import Decision, ReviewError
from expectations.runner import run_gate
from expectations.verdicts import Verdict
from tests.expectations.test_runner import SUITE

HEADER = ",".join(reviews.COLUMNS) + "\n"
ROW = "b,within_band,514,release,Đã đối chiếu bản gốc,Nguyễn Thị A,2026-11-01\n"


def hold(value: str = "514", key: str = "b") -> Verdict:
    return Verdict(
        "kpi", "kpi/claims", "within_band", "critical", "hold cell", "kpi_result", key, f"cell {key}", f"v = {value}",
        "Quá lớn", "Too large", value,
    )  # fmt: skip


def decision(**other: str) -> Decision:
    fields = {"subject": "b", "expectation": "within_band", "value": "514.0", "decision": "release"} | other
    return Decision(**fields, reason="Right", signed_by="A", signed_on=dt.date(2026, 11, 1), line=2)


def test_a_decision_frees_the_value_it_was_signed_for() -> None:
    [freed] = reviews.applied([decision()], [hold()])
    assert (freed.effect, freed.reviewed_by, freed.reviewed_on, freed.review_reason) == (
        "hold released", "A", "2026-11-01", "Right",
    )  # fmt: skip
    [by_cell] = reviews.applied([decision(subject="cell b")], [hold()])
    assert by_cell.effect == "hold released"
    [kept] = reviews.applied([decision(decision="keep")], [hold()])
    assert (kept.effect, kept.reviewed_by) == ("hold cell", "A")
    assert reviews.unused([decision()], [freed]) == []


def test_a_changed_value_is_reviewed_anew_and_a_decision_without_use_is_told() -> None:
    [changed] = reviews.applied([decision()], [hold("515")])
    assert (changed.effect, changed.reviewed_by) == ("hold cell", None)
    [warning] = reviews.unused([decision()], [changed])
    assert "515" in warning.reason_vi and "515" in warning.reason_en and warning.effect == "warn"
    [nothing] = reviews.unused([decision()], [])
    assert nothing.subject_key == "reviewed_holds.csv line 2" and "nothing" in nothing.reason_en.lower()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("subject,value\n", r"line 1: expected the columns subject,expectation"),
        (HEADER + ROW.replace("release", "free"), r"line 2: decision: expected release or keep, found 'free'"),
        (HEADER + ROW.replace("2026-11-01", "01/11/2026"), r"line 2: signed_on: expected a day"),
        (HEADER + ROW.replace("Nguyễn Thị A", " "), r"line 2: signed_by: expected a text, found nothing"),
        (HEADER + ROW.replace(",2026-11-01", ""), r"line 2: expected 7 fields, found 6"),
        (HEADER + ROW + ROW, r"line 3: expected one decision .* line 2"),
    ],
)
def test_a_wrong_row_is_told_with_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / reviews.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ReviewError, match=rf"reviewed_holds\.csv, {said}"):
        reviews.load(tmp_path / reviews.FILE)


def test_the_file_of_the_project_can_be_read() -> None:
    reviews.load(Path(reviews.__file__).parent / reviews.FILE)


def test_a_gate_with_a_decision_holds_the_others_only(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "build.duckdb")) as connection:
        connection.execute(
            "create table claims as select * from (values ('b', 'cell b', 514, 0, 20), ('c', 'cell c', 99, 0, 20)) "
            "as t (k, c, v, low, high)"
        )
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "claims.yml").write_text(SUITE.replace("  cell: c\n", "  cell: c\n  value: v\n"), "utf-8")
    (tmp_path / reviews.FILE).write_text(HEADER + ROW, encoding="utf-8")
    report = run_gate("kpi", tmp_path / "build.duckdb", tmp_path / "out", dt.date(2026, 11, 22), folder=tmp_path)
    assert report.held == ("c",)
    [freed] = [verdict for verdict in report.verdicts if verdict.effect == "hold released"]
    assert (freed.subject_key, freed.reviewed_by) == ("b", "Nguyễn Thị A")
