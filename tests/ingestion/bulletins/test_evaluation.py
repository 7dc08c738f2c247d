"""Accuracy over the reference bulletins, as promised, and the commands that show it."""

import csv
import datetime as dt
import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from htx import bulletin_commands
from ingestion.bulletins import evaluation, read
from ingestion.documents import Known

GOLD = evaluation.SHIPPED.parents[1] / "shared" / "gold"
FLOORS = [
    (evaluation.SHIPPED / "dev", {"number": 0.93, "statement": 0.92, "dated": 0.88}),
    (GOLD / "seeds", {"statement": 0.98, "full": 0.95}),
    (GOLD / "dev_press", {"statement": 0.85}),
]

root = typer.Typer()
root.add_typer(bulletin_commands.app, name="bulletin")
root.add_typer(bulletin_commands.review_app, name="review")
root.command("evaluate")(bulletin_commands.evaluate)


@pytest.mark.parametrize(("folder", "floors"), FLOORS, ids=lambda value: value.name if isinstance(value, Path) else "")
def test_scores_hold(folder: Path, floors: dict[str, float]) -> None:
    if not folder.exists():
        pytest.skip(f"{folder.name} is other people's text and not part of the repository")
    levels = {level.name: level.f1 for level in evaluation.evaluate(folder).levels}
    assert {name: levels[name] for name, floor in floors.items() if levels[name] < floor} == {}


def test_nothing_touches_the_negatives() -> None:
    folder = GOLD / "seeds"
    if not folder.exists():
        pytest.skip("seeds is other people's text and not part of the repository")
    index = {row["id"]: row for row in csv.DictReader((folder / "index.csv").open(encoding="utf-8"))}
    touched = []
    for row in csv.DictReader((folder / "negatives.csv").open(encoding="utf-8")):
        file = folder / row["seed"]
        about = index[file.stem]
        published = dt.date.fromisoformat(about["published"]) if about["published"] else None
        bulletin = read(file.read_bytes(), name=file.name, known=Known(published=published, province=about["province"]))
        at = bulletin.text.find(row["quote"])
        while at >= 0:
            touched += [s.quote for s in bulletin.statements if s.start < at + len(row["quote"]) and at < s.end]
            at = bulletin.text.find(row["quote"], at + 1)
    assert touched == []


def test_extract_prints_the_shape_of_the_reference_files(tmp_path: Path) -> None:
    file = tmp_path / "tin.txt"
    file.write_text("Đến hết năm 2023, toàn tỉnh Hà Nam có 412 hợp tác xã, 33.000 thành viên.", encoding="utf-8")
    run = CliRunner().invoke(
        root, ["bulletin", "extract", str(file), "--province", "Hà Nam", "--published", "2024-03-20"]
    )
    rows = json.loads(run.stdout)
    assert [(row["indicator"], row["value"], row["as_of"]) for row in rows] == [
        ("coop_total", 412, "2023-12-31"),
        ("coop_members", 33000, "2023-12-31"),
    ]
    table = CliRunner().invoke(root, ["bulletin", "extract", str(file), "--format", "table"])
    assert "412 hợp tác xã" in table.stdout and table.exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bulletin", "extract", "missing.txt"], "missing.txt"),
        (["bulletin", "extract", "missing.txt", "--published", "20/3"], "YYYY-MM-DD"),
        (["bulletin", "extract", "missing.txt", "--format", "xml"], "json or table"),
        (["evaluate", "."], "expected reference files"),
    ],
)
def test_wrong_arguments_are_named(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(root, arguments)
    assert run.exit_code == 1 and message in run.output


def test_evaluate_counts_mistakes_by_phenomenon(tmp_path: Path) -> None:
    (tmp_path / "1.txt").write_text("Đến hết năm 2023, toàn tỉnh có 412 hợp tác xã.", encoding="utf-8")
    gold = {
        "quote": "412 hợp tác xã",
        "kind": "target",
        "indicator": "coop_total",
        "value": 412,
        "unit": "cooperative",
        "qualifier": "eq",
    }
    (tmp_path / "1.json").write_text(json.dumps([gold]), encoding="utf-8")
    run = CliRunner().invoke(root, ["evaluate", str(tmp_path), "--show", "--require", "0.5"])
    assert run.exit_code == 1
    assert "target taken for result" in run.stdout


def test_review_lists_and_decides(tmp_path: Path) -> None:
    file, reviewed = tmp_path / "tin.txt", tmp_path / "reviewed.csv"
    file.write_text("Năm 2023, toàn tỉnh Hà Nam có 14 HTX đã chuyển đổi theo luật mới.", encoding="utf-8")
    (statement,) = read(file.read_bytes(), name="tin.txt").statements
    listed = CliRunner().invoke(root, ["review", "list", str(file)])
    assert statement.sentence_sha[:12] in listed.stdout and "1 statements wait" in listed.stdout
    decide = ["review", "decide", statement.sentence_sha[:12], statement.quote, statement.indicator]
    options = ["--by", "Lan", "--why", "seen", "--file", str(file), "--reviewed", str(reviewed)]
    assert CliRunner().invoke(root, [*decide, "accept", *options]).exit_code == 0
    assert CliRunner().invoke(root, [*decide, "correct", *options]).exit_code == 1
    assert statement.sentence_sha in reviewed.read_text(encoding="utf-8")
