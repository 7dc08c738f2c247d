"""`htx gates` as a person types it, on the sample data: what is held and why, and signing for it."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from expectations import reviews
from expectations.runner import run_gate
from tests.refreshing import Refreshed, htx


@pytest.fixture(scope="module")
def listed(sample: Refreshed) -> list[dict]:
    return json.loads(htx("gates", "--format", "json", "--home", sample.home).stdout)


def test_what_is_held_is_listed_with_reason_document_and_command(sample: Refreshed, listed: list[dict]) -> None:
    said = htx("gates", "--home", sample.home).stdout
    [release, candidate] = listed
    assert release["name"].startswith("release ") and candidate["name"] == "candidate"
    assert {hold["subject_key"] for hold in release["holds"]} == {hold["subject_key"] for hold in candidate["holds"]}
    held = sample.query(
        "select result_key from marts.fct_kpi_result where is_held "
        "union select target_key from marts.fct_kpi_target where is_held"
    )
    assert {hold["subject_key"] for hold in release["holds"]} == {key for (key,) in held}
    for hold in release["holds"]:
        assert hold["kpi_cell"] in said and hold["document"] in said
        assert f"htx explain {hold['programme']} {hold['indicator']}" in said
        assert f"since {hold['known_on']}" in said
        assert all(reason in said for _, _, reason, _ in hold["found"])
    assert "ALARM" in said  # the held number of the sample data is known for longer than the limit


def test_a_signed_release_lifts_the_hold_and_silences_the_alarm(
    sample: Refreshed, listed: list[dict], tmp_path: Path
) -> None:
    hold = listed[0]["holds"][0]
    decisions = tmp_path / reviews.FILE
    words = ["--home", sample.home, "--reviews", decisions, "--on", "2026-06-01"]
    done = htx("gates", "release", hold["subject_key"][:10], "--reason", "Đã đối chiếu", "--by", "Nguyễn A", *words)
    assert str(decisions) in done.stdout and len(reviews.load(decisions)) == len(hold["found"])
    before = run_gate("kpi", sample.home / "warehouse/build.duckdb", tmp_path / "a", _as_of(sample))
    after = run_gate("kpi", sample.home / "warehouse/build.duckdb", tmp_path / "b", _as_of(sample), reviewed=decisions)
    assert hold["subject_key"] in before.held and hold["subject_key"] not in after.held
    alarms = [v.subject_key for v in after.verdicts if v.expectation == "hold_answered_in_time"]
    assert hold["subject_key"] not in alarms
    again = shutil.copy(decisions, tmp_path / "again.csv")
    htx("gates", "keep", hold["subject_key"], "--reason", "Sai", "--by", "B", "--home", sample.home, "--reviews", again)
    assert {decision.decision for decision in reviews.load(again)} == {"keep"}  # the later word replaces the earlier


def test_one_hold_is_shown_with_its_evidence_and_a_wrong_id_says_where_ids_are(
    sample: Refreshed, listed: list[dict]
) -> None:
    hold = listed[0]["holds"][0]
    said = htx("gates", "show", hold["subject_key"][:10], "--home", sample.home).stdout
    assert all(vietnamese in said for _, vietnamese, _, _ in hold["found"])
    assert "htx gates release" in said
    wrong = htx("gates", "show", "zzz", "--home", sample.home, check=False)
    assert wrong.returncode == 1 and "`htx gates` lists them" in wrong.stderr
    empty = htx(
        "gates", "release", hold["subject_key"], "--reason", " ", "--by", "A", "--home", sample.home, check=False
    )
    assert empty.returncode == 1 and "expected a reason" in empty.stderr


def _as_of(sample: Refreshed) -> dt.date:
    return dt.date.fromisoformat(sample.manifest["as_of"])
