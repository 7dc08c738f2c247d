"""The gate `records`: exactly the wrong rows are named, each document is judged by itself and once."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from expectations import suites
from expectations.records import AUDITED, RecordVerdict, fingerprint, run_records_gate
from htx import nightly
from htx.home import Home
from ingestion.lake import Lake

REPORT = dt.date(2023, 12, 31)


def cells(number: int) -> dict[str, Any]:
    return {
        "sheet": "Biểu 1", "cells": f"A{number}:N{number}", "layout": "test/1", "hidden": False,
        "report_province": "Hà Nam", "report_period_end": REPORT,
    }  # fmt: skip


def cooperative(number: int, **other: Any) -> dict[str, Any]:
    row = {"name": f"HTX {number}", "kind": "cooperative", "founded_on": dt.date(2015, 3, 1), "members": 20 + number}
    return cells(number) | row | other


def training(number: int, **other: Any) -> dict[str, Any]:
    start = dt.date(2023, 6, 5)
    return cells(number) | {"title": f"Lớp {number}", "starts_on": start, "ends_on": start, "learners": 40} | other


def loan(number: int, **other: Any) -> dict[str, Any]:
    row = {"borrower": f"HTX {number}", "signed_on": dt.date(2022, 1, 5), "due_on": dt.date(2025, 1, 5)}
    return cells(number) | row | {"amount_vnd": Decimal(500), "outstanding_vnd": Decimal(300)} | other


def indicator(number: int, **other: Any) -> dict[str, Any]:
    row = {"indicator_text": "Tổng số HTX", "cell": f"D{number}", "value": Decimal(5), "kind": "result"}
    return cells(number) | row | {"period_start": dt.date(2023, 1, 1), "period_end": REPORT} | other


def statement(number: int, **other: Any) -> dict[str, Any]:
    row = {"ordinal": number, "quote": "46 HTX", "sentence": "Có 46 HTX.", "start": 3, "end": 9, "confidence": 0.9}
    return row | other


def support(number: int, **other: Any) -> dict[str, Any]:
    row = {"beneficiary": f"HTX {number}", "decided_on": dt.date(2023, 5, 5), "amount_vnd": Decimal(100)}
    return cells(number) | row | other


MADE = {
    "cooperative_status": cooperative, "training_class": training, "loan": loan, "indicator_report": indicator,
    "statement": statement, "support": support,
}  # fmt: skip
# What is wrong with row 15 of an otherwise right document of 20 rows, and the expectation that says so.
WRONG = [
    ("cooperative_status", {"name": None}, "cooperative_has_name"),
    ("cooperative_status", {"founded_on": dt.date(2024, 5, 1)}, "cooperative_founded_before_report"),
    ("cooperative_status", {"founded_on": dt.date(1915, 5, 1)}, "cooperative_founded_since_1945"),
    ("cooperative_status", {"members": -3}, "cooperative_numbers_not_negative"),
    ("cooperative_status", {"members": 900_000}, "cooperative_members_believable"),
    ("cooperative_status", {"charter_capital_vnd": Decimal(10**15)}, "cooperative_capital_believable"),
    ("cooperative_status", {"revenue_vnd": Decimal(10**15)}, "cooperative_revenue_believable"),
    ("cooperative_status", {"income_per_worker_month_vnd": Decimal(500)}, "cooperative_income_believable"),
    ("cooperative_status", {"name": "HTX 14", "members": 34}, "cooperative_row_once"),
    ("cooperative_status", {"tax_code": "123"}, "cooperative_tax_code_complete"),
    ("training_class", {"ends_on": dt.date(2023, 6, 1)}, "class_ends_after_start"),
    ("training_class", {"starts_on": dt.date(1970, 6, 1)}, "class_not_too_early"),
    ("training_class", {"starts_on": dt.date(2031, 6, 1), "ends_on": None}, "class_not_from_the_future"),
    ("training_class", {"female": 41}, "class_part_not_above_learners"),
    ("training_class", {"learners": 90_000}, "class_learners_believable"),
    ("training_class", {"learners": -1}, "class_numbers_not_negative"),
    ("training_class", {"budget_vnd": Decimal(10**12)}, "class_budget_believable"),
    ("training_class", {"title": "Lớp 14"}, "class_row_once"),
    ("loan", {"due_on": dt.date(2021, 1, 1)}, "loan_due_after_signing"),
    ("loan", {"signed_on": dt.date(2024, 6, 1)}, "loan_signed_before_report"),
    ("loan", {"signed_on": dt.date(1950, 6, 1)}, "loan_not_too_early"),
    ("loan", {"outstanding_vnd": Decimal(-5)}, "loan_numbers_not_negative"),
    ("loan", {"amount_vnd": Decimal(10**14)}, "loan_amount_believable"),
    ("loan", {"overdue_vnd": Decimal(301)}, "loan_overdue_not_above_outstanding"),
    ("loan", {"outstanding_vnd": Decimal(501)}, "loan_outstanding_not_above_amount"),
    ("loan", {"interest_pct_year": Decimal(600)}, "loan_interest_believable"),
    ("loan", {"borrower": "HTX 14"}, "loan_row_once"),
    ("indicator_report", {"period_start": dt.date(2024, 1, 1)}, "indicator_period_in_order"),
    ("statement", {"quote": None}, "statement_has_quote"),
    ("statement", {"quote": "47 HTX"}, "statement_quote_in_sentence"),
    ("statement", {"end": 2}, "statement_span_in_order"),
    ("statement", {"period_start": REPORT, "period_end": dt.date(2021, 1, 1)}, "statement_period_in_order"),
    ("statement", {"confidence": 7.0}, "statement_confidence_is_a_share"),
    ("support", {"decided_on": dt.date(2024, 6, 1)}, "support_decided_before_report"),
    ("support", {"decided_on": dt.date(1950, 6, 1)}, "support_not_too_early"),
    ("support", {"amount_vnd": Decimal(-1)}, "support_numbers_not_negative"),
    ("support", {"amount_vnd": Decimal(10**13)}, "support_amount_believable"),
    ("support", {"beneficiary": "HTX 14"}, "support_row_once"),
]  # fmt: skip


def lake_of(folder: Path, documents: dict[str, dict[str, list[dict[str, Any]]]], **about: Any) -> Lake:
    lake = Lake(folder)
    lake.prepare()
    for artefact, tables in documents.items():
        for record_type, rows in tables.items():
            lake.write(record_type, artefact, [{"artefact": artefact, **row} for row in rows])
        row = {"artefact": artefact, "file": f"{artefact}.xlsx", "published_on": dt.date(2024, 1, 12)} | about
        lake.write("artefact", artefact, [row | {"reader_version": "1"}])
    return lake


def told(verdicts: Any) -> list[tuple[str | None, str, str | None]]:
    return [(v.expectation, v.effect, v.place) for v in verdicts if v.effect != AUDITED]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[RecordVerdict]]:
    """One document for each wrong row, all judged at once, and one without a fault."""
    documents = {"sound": {kind: [make(number) for number in range(1, 21)] for kind, make in MADE.items()}}
    for number, (kind, wrong, _) in enumerate(WRONG):
        rows = [MADE[kind](row) for row in range(1, 21)]
        rows[14] |= wrong
        documents[f"{number:02}"] = {kind: rows}
    lake = lake_of(tmp_path_factory.mktemp("records"), documents)
    report = run_records_gate(lake.folder, dict.fromkeys(documents, "audit"))
    assert report.judged == 20 * (len(MADE) + len(WRONG))
    return {artefact: list(own) for artefact, own in report.verdicts.items()}


@pytest.mark.parametrize(("number", "kind", "expectation"), [(i, w[0], w[2]) for i, w in enumerate(WRONG)])
def test_exactly_the_wrong_row_is_named(judged, number: int, kind: str, expectation: str) -> None:
    own = judged[f"{number:02}"]
    [suite] = [suite for suite in suites.load("records") if suite.subject.name == kind]
    [rule] = [rule for rule in suite.expectations if rule.id == expectation]
    place = {"indicator_report": "D15", "statement": "15"}.get(kind, "A15:N15")
    assert told(own) == [(expectation, rule.effect, place)]
    assert own[0].record_type == kind and own[0].reason_vi and own[0].reason_en and own[0].expected_vi
    assert own[-1].effect == AUDITED and own[-1].audit == "audit"


def test_every_expectation_about_rows_is_proved_here() -> None:
    of_documents = {
        "cooperative_report_not_from_the_future", "class_report_not_from_the_future", "loan_report_not_from_the_future",
        "document_published_since_1990", "indicator_has_cell", "indicator_value_once", "cooperative_tax_code_of_one",
    }  # fmt: skip
    listed = {rule.id for suite in suites.load("records") for rule in suite.expectations}
    assert listed - of_documents == {expectation for _, _, expectation in WRONG}


def test_a_sound_document_has_no_verdict(judged) -> None:
    assert told(judged["sound"]) == []


def test_a_document_is_quarantined_for_itself_or_when_too_many_rows_fail(tmp_path: Path) -> None:
    broken = [cooperative(number, members=-1 if number <= 11 else 5) for number in range(1, 21)]
    lake = lake_of(
        tmp_path,
        {
            "future": {"cooperative_status": [cooperative(1, report_period_end=dt.date(2025, 12, 31))]},
            "broken": {"cooperative_status": broken},
            "fewer": {"cooperative_status": broken[2:]},
        },
    )
    report = run_records_gate(lake.folder, dict.fromkeys(("future", "broken", "fewer"), "a"), out=tmp_path / "gates")
    assert told(report.verdicts["future"]) == [("cooperative_report_not_from_the_future", "quarantine artefact", None)]
    assert ("most_rows_sound", "quarantine artefact", None) in told(report.verdicts["broken"])
    assert {effect for _, effect, _ in told(report.verdicts["fewer"])} == {"quarantine row"}
    assert (tmp_path / "gates" / "records" / "validation.json").is_file()


def test_a_night_judges_what_is_new_and_keeps_it_in_the_lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path)
    lake = lake_of(home.lake, {"a": {"loan": [loan(1, due_on=dt.date(2020, 1, 1))]}, "b": {"loan": [loan(1)]}})
    first = nightly.records_gate(home)
    assert (first.judged, first.failed, first.held) == (2, 1, 1)
    assert [(row["artefact"], row["effect"]) for row in lake.read("record_verdict")] == [
        ("a", "quarantine row"), ("a", AUDITED), ("b", AUDITED),
    ]  # fmt: skip
    lake_of(home.lake, {"c": {"loan": [loan(1)]}})
    assert nightly.records_gate(home).judged == 1
    assert nightly.records_gate(home).judged == 0
    monkeypatch.setattr("expectations.records.fingerprint", lambda: "other suites")
    assert nightly.records_gate(home).judged == 3


def test_the_fingerprint_follows_the_suites(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "loan.yml").write_text("1")
    before = fingerprint(tmp_path)
    (tmp_path / "records" / "loan.yml").write_text("2")
    assert fingerprint(tmp_path) != before
