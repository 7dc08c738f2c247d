"""The commands `htx explain` and `htx release …` as a person types them."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from htx import release_commands
from publication import release
from publication.release import GateReport
from tests.publication.candidate_warehouse import AS_OF, Warehouse

GATES = (GateReport("kpi", 12, 1), GateReport("release", 7, 0))


@pytest.fixture
def two(tmp_path: Path, built: Warehouse) -> tuple[Path, str, str]:
    """A home with two releases: 46 new cooperatives, then 47."""
    published = []
    for value in (46, 47):
        built.rows["marts.fct_kpi_result"][0]["value"] = Decimal(value)
        built.rows["marts.fct_kpi_attainment"][0]["result_value"] = Decimal(value)
        result = release.publish(tmp_path, build=built.write(tmp_path), as_of=AS_OF, gates=GATES, code_version="1")
        published.append(result.release_id)
    return tmp_path, published[0], published[1]


def run(home: Path, *arguments: str, fails: bool = False) -> str:
    app = typer.Typer()
    app.command("explain")(release_commands.explain)
    app.add_typer(release_commands.app, name="release")
    result = CliRunner().invoke(app, [*arguments, "--home", str(home)])
    assert result.exit_code == (1 if fails else 0), result.output
    return result.output


def test_list_and_show(two: tuple[Path, str, str]) -> None:
    home, first, second = two
    newest, oldest = run(home, "release", "list").splitlines()
    assert newest.startswith(second)
    assert newest.endswith("current")
    assert oldest.startswith(first)
    assert [row["release_id"] for row in json.loads(run(home, "release", "list", "--format", "json"))] == [
        second,
        first,
    ]

    shown = run(home, "release", "show", "previous")
    assert shown.startswith(first)
    assert "supersedes    nothing, it is the first" in shown
    assert "6 documents, 1 of them quarantined" in shown
    assert "marts.fct_kpi_target: 8 rows" in shown
    assert json.loads(run(home, "release", "show", second, "--format", "json"))["release_id"] == second


def test_diff_says_which_cells_from_what_to_what_because_of_which_document(two: tuple[Path, str, str]) -> None:
    home, first, second = two
    said = run(home, "release", "diff", first, second)
    assert "Targets that changed (1)" in said
    assert "result 46 cooperatives; On track → now: target at least 50 cooperatives; result 47 cooperatives" in said
    assert "because of: tra-vinh/so-theo-doi-2025-06.xlsx, sheet DS HTX, A9:N54" in said
    assert "Results that changed (1)" in said

    assert "trước: 46 HTX → nay: 47 HTX" in run(home, "release", "diff", first, second, "--lang", "vi")
    data = json.loads(run(home, "release", "diff", first, second, "--format", "json"))
    assert [change["kind"] for change in data["changes"]] == ["target", "result"]
    assert "Targets that changed (0)" in run(home, "release", "diff", first, first)


def test_rollback_and_pin(two: tuple[Path, str, str]) -> None:
    home, first, second = two
    said = run(home, "release", "rollback", "previous", "--reason", "wrong table")
    assert said == f"{first} is current. {second} is taken back: wrong table\n"
    assert (home / "current").resolve().name == first
    assert "taken back: wrong table" in run(home, "release", "list")
    run(home, "release", "pin", first, "--reason", "year report")
    assert "pinned: year report" in run(home, "release", "list")
    run(home, "release", "unpin", first)
    assert "pinned" not in run(home, "release", "list")


def test_explain_reads_the_current_release_or_the_one_named(two: tuple[Path, str, str]) -> None:
    home, first, _ = two
    assert "result 47 cooperatives" in run(home, "explain", "tra_vinh", "coop_new")
    assert "result 46 cooperatives" in run(home, "explain", "tra_vinh", "coop_new", "--release", first)
    data = json.loads(run(home, "explain", "tra_vinh", "coop_new", "--format", "json"))
    assert data[0]["value"]["vi"].startswith("chỉ tiêu ít nhất 50 HTX; kết quả 47 HTX")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("explain", "nowhere", "coop_new"), "expected the code or name of one programme"),
        (("explain", "tra_vinh", "coop_new", "--lang", "fr"), "--lang 'fr': expected en or vi"),
        (("release", "show", "2020"), "expected a release '2020', found none"),
        (("release", "rollback", "current", "--reason", "x"), "is current already"),
        (("release", "diff", "2020"), "found none"),
        (("release", "pin", "2020"), "found none"),
    ],
)
def test_a_mistake_is_one_plain_line(two: tuple[Path, str, str], arguments: tuple[str, ...], message: str) -> None:
    said = run(two[0], *arguments, fails=True)
    assert said.startswith("htx: ")
    assert message in said


def test_an_empty_home_says_what_to_do(tmp_path: Path) -> None:
    assert run(tmp_path, "release", "list") == "Nothing is published yet. Run `htx refresh`.\n"
    assert "Run `htx refresh`" in run(tmp_path, "explain", "a", "b", fails=True)


def test_asking_for_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, htx.release_commands; "
        "heavy = {'duckdb', 'jinja2', 'pandas', 'publication', 'airflow', 'great_expectations'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
