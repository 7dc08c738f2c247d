"""The commands `htx explain` and `htx release …` as a person types them."""

from __future__ import annotations

import datetime as dt
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


def test_diff_and_notes_say_what_became_held_and_what_was_released(tmp_path: Path, built: Warehouse) -> None:
    """Three nights: nothing held, a number that jumps is held, a person lets it through."""
    results, attained = built.rows["marts.fct_kpi_result"], built.rows["marts.fct_kpi_attainment"]
    held = next(row for row in results if row["result_key"] == "r-groups-held")
    groups = next(row for row in attained if row["target_key"] == "t-groups")
    stale = dict(groups)

    def night() -> str:
        build = built.write(tmp_path)
        return release.publish(tmp_path, build=build, as_of=AS_OF, gates=GATES, code_version="1").release_id

    results.remove(held)
    groups.update(is_stale=False, held_result_key=None)
    first = night()
    results.append(held)
    groups.update(stale)
    second = night()
    held.update(is_held=False, value=Decimal(1210), held_by=None, held_reason_vi=None, held_reason_en=None)
    groups.update(is_stale=False, held_result_key=None, result_key="r-groups-held", result_value=Decimal(1210))
    built.add(
        "publication.gate_verdict",
        gate="kpi",
        expectation="jump_against_last_accepted",
        effect="hold released",
        subject_key="r-groups-held",
        reviewed_by="Nguyễn Thị Mẫu",
        reviewed_on=dt.date(2025, 9, 1),
        review_reason="đã đối chiếu với sổ gốc",
    )
    third = night()

    place = {"en": "tra-vinh/bieu-chi-tieu-2025.xlsx, sheet Biểu 01, F14", "vi": "trang Biểu 01, F14"}
    held_words = {
        "en": "Held: Ten times the last accepted number [jump_against_last_accepted]",
        "vi": "Đang giữ lại: Tăng gấp 10 lần so với số đã chấp nhận [jump_against_last_accepted]",
    }
    freed_words = {
        "en": "(hold released on review of 1 Sep 2025: đã đối chiếu với sổ gốc [jump_against_last_accepted])",
        "vi": "(bỏ giữ lại sau khi xem lại ngày 01/09/2025: đã đối chiếu với sổ gốc [jump_against_last_accepted])",
    }
    number = {"en": "1,210 cooperative groups", "vi": "1.210 THT"}
    for language in ("en", "vi"):
        became = run(tmp_path, "release", "diff", first, second, "--lang", language)
        (target, result) = [line for line in became.splitlines() if line.startswith("- **")]
        for line in (target, result):
            now, because = line.split(" → ")[1].rsplit(" (", 1)
            assert held_words[language] in now
            assert place[language] in because
        let_go = run(tmp_path, "release", "diff", second, third, "--lang", language)
        (target, result) = [line for line in let_go.splitlines() if line.startswith("- **")]
        for line in (target, result):
            was, now = line.split(" → ")
            assert held_words[language] in was
            assert number[language] in now
            assert place[language] in now
            assert freed_words[language] in now
        assert "Nguyễn Thị Mẫu" not in let_go
        notes = (tmp_path / "releases" / third / f"notes.{language}.md").read_text(encoding="utf-8")
        assert number[language] in notes
        assert "jump\\_against\\_last\\_accepted" in notes

    # the same claim passes without anybody having looked at it
    built.rows["publication.gate_verdict"].clear()
    night()
    assert "(no longer held: passes jump_against_last_accepted)" in run(tmp_path, "release", "diff", second, "current")


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
