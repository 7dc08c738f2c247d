"""Suites are data: what is in the repo is complete, and a wrong file is refused with its name and place."""

from __future__ import annotations

from pathlib import Path

import pytest

from expectations import suites

RIGHT = """
gate: kpi
subject: {name: t, type: kpi_result, key: k, cell: c, query: select 1 as k}
expectations:
  - id: has_value
    type: expect_column_values_to_not_be_null
    kwargs: {column: v}
    protects: {vi: Có số, en: There is a number}
    reason: {vi: Không có số, en: There is no number}
    severity: critical
    effect: hold cell
"""


def folder_with(tmp_path: Path, text: str, name: str = "result.yml") -> Path:
    (tmp_path / "kpi").mkdir(exist_ok=True)
    (tmp_path / "kpi" / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("gate", ["kpi", "release"])
def test_the_suites_of_the_project_can_be_read(gate: str) -> None:
    loaded = suites.load(gate)
    effects = {expectation.effect for suite in loaded for expectation in suite.expectations}
    assert ("hold cell" if gate == "kpi" else "stop release") in effects
    # what a failure of the KPI gate does never reaches beyond its cell, and the release gate holds no cell
    assert ("stop release" if gate == "kpi" else "hold cell") not in effects


def test_a_suite_says_what_it_protects_in_both_languages(tmp_path: Path) -> None:
    (suite,) = suites.load("kpi", folder_with(tmp_path, RIGHT))
    assert suite.name == "kpi/result"
    assert suite.expectations[0].protects.vi == "Có số"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (RIGHT.replace("effect: hold cell", "effect: explode"), "expectations.0.effect"),
        (RIGHT.replace("protects: {vi: Có số, en: There is a number}", "protects: {vi: Có số}"), "protects.en"),
        (RIGHT.replace("gate: kpi", "gate: kpi\nsurprise: 1"), "surprise"),
        (RIGHT.replace("gate: kpi", "gate: release"), "expected kpi, found release"),
        (RIGHT.replace("type: expect_column_values_to_not_be_null", "type: nonsense"), "expectations.0.type"),
        ("gate: [", "expected YAML"),
        ("just words", "expected the keys"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_the_place(tmp_path: Path, wrong: str, said: str) -> None:
    with pytest.raises(suites.SuiteError, match=r"expectations/kpi/result\.yml") as refused:
        suites.load("kpi", folder_with(tmp_path, wrong))
    assert said in str(refused.value)


def test_an_id_is_used_once_in_a_gate(tmp_path: Path) -> None:
    folder_with(tmp_path, RIGHT)
    with pytest.raises(suites.SuiteError, match="already used in kpi/again"):
        suites.load("kpi", folder_with(tmp_path, RIGHT, "again.yml"))


def test_a_gate_without_suites_is_refused(tmp_path: Path) -> None:
    with pytest.raises(suites.SuiteError, match="expected at least one suite file"):
        suites.load("release", tmp_path)
