"""The commands: JSON in the contract's shape, a table for people, errors that say what to do."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent))

from made import REGISTER, add_values, broken_cells, four_types, organisations, personal_data, register
from writers import to_xls, to_xlsx

from htx.workbook_commands import app, layout_app
from ingestion.lake import SCHEMAS
from ingestion.workbooks import READER_DATA, read


def test_read_prints_one_json_object_in_the_contract_shape(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(broken_cells().content)
    result = CliRunner().invoke(app, ["read", str(path)])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert len(found["artefact"]) == 64
    sheet = found["sheets"][0]
    keys = {
        "sheet",
        "visible",
        "layout",
        "record_type",
        "province",
        "period",
        "header",
        "records",
        "quarantined",
        "ignored",
        "totals",
    }
    assert keys <= sheet.keys()
    assert {"cells", "row_no", "name", "members"} <= sheet["records"][0].keys()
    assert {"cells", "field", "found", "expected", "reason"} <= sheet["quarantined"][0].keys()


def test_read_shows_a_table_to_people(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(broken_cells().content)
    result = CliRunner().invoke(app, ["read", str(path), "--format", "table"])
    assert result.exit_code == 0
    assert "quarantined" in result.stdout and "records" in result.stdout


def test_read_refuses_a_broken_file_in_json_and_words(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 cut off")
    result = CliRunner().invoke(app, ["read", str(path)])
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["sheets"] == [] and found["quarantined"][0]["reason"]
    assert "a.xlsx" in result.stderr


def test_read_names_a_missing_file(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["read", str(tmp_path / "no.xlsx")])
    assert result.exit_code == 1 and "no.xlsx" in result.stderr and "expected a workbook" in result.stderr


def test_a_stopped_file_exits_with_1_and_prints_what_it_found(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        to_xlsx(register(["tt", "name", "district", "members"], headers={"name": ["Danh xưng"]}, count=3).drawn)
    )
    result = CliRunner().invoke(app, ["read", str(path)])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["sheets"][0]["drift"]["stops"] is True
    drafted = CliRunner().invoke(layout_app, ["draft", str(path)])
    assert drafted.exit_code == 0 and "Danh xưng" in drafted.stdout


def test_cells_prints_the_decoded_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(personal_data().content)
    result = CliRunner().invoke(app, ["cells", str(path)])
    assert result.exit_code == 0 and "TT\tTên hợp tác xã" in result.stdout


def test_lake_tables_have_the_lake_schemas() -> None:
    made = four_types()
    workbook = read(made.content, name=made.name)
    tables = workbook.to_lake()
    assert set(tables) == {"cooperative_status", "training_class", "loan", "indicator_report"}
    for record_type, table in tables.items():
        assert table.schema.equals(SCHEMAS[record_type])
        assert set(table["artefact"].to_pylist()) == {workbook.artefact}
    rows = [row for sheet in workbook.sheets for row in sheet.lake_rows()]
    assert len(rows) == workbook.record_count == sum(table.num_rows for table in tables.values())
    assert rows[0]["fields"] == sorted(rows[0]["fields"])


def test_personal_data_is_neither_in_records_nor_in_the_lake() -> None:
    made = personal_data()
    workbook = read(made.content, name=made.name)
    kept = json.dumps([sheet["records"] for sheet in workbook.to_json()["sheets"]], ensure_ascii=False)
    kept += str(workbook.to_lake()["cooperative_status"].to_pylist())
    assert "036099" not in kept and "0912" not in kept and "0987" not in kept


def test_reader_data_exists() -> None:
    assert all(path.exists() for path in READER_DATA)


def _deliveries(folder: Path) -> tuple[Path, Path, Path]:
    """Write an earlier delivery, the same cells in another format, and a correction of it."""
    old, new = register(count=6), register(count=6)
    at = list(REGISTER).index("members")
    new.drawn.rows[5][at] = 1_234.0
    new.drawn.rows.pop()
    extra = organisations(1, seed=77)[0]
    add_values(new, extra)
    paths = folder / "earlier.xlsx", folder / "again.xls", folder / "later.xlsx"
    for path, content in zip(paths, (to_xlsx(old.drawn), to_xls(old.drawn), to_xlsx(new.drawn)), strict=True):
        path.write_bytes(content)
    return paths


def test_compare_prints_the_relation_and_both_values_of_each_change(tmp_path: Path) -> None:
    earlier, again, later = _deliveries(tmp_path)
    result = CliRunner().invoke(app, ["compare", str(earlier), str(later), "--format", "json"])
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["relation"] == "corrects"
    before = organisations(6)[1]["members"]
    change = {"field": "members", "subject": organisations(6)[1]["name"]}
    change |= {"earlier": {"sheet": "Biểu 1", "cells": "K6", "value": before}}
    change |= {"later": {"sheet": "Biểu 1", "cells": "K6", "value": 1234}}
    assert found["changed"] == [change]
    assert [row["values"]["name"] for row in found["added"]] == [organisations(1, seed=77)[0]["name"]]
    assert [(row["cells"], row["values"]["name"]) for row in found["removed"]] == [
        ("A10:U10", organisations(6)[5]["name"])
    ]
    for other, relation in ((earlier, "same_bytes"), (again, "same_cells")):
        result = CliRunner().invoke(app, ["compare", str(earlier), str(other), "--format", "json"])
        assert json.loads(result.stdout)["relation"] == relation


def test_compare_shows_a_table_and_tells_unrelated_files(tmp_path: Path) -> None:
    earlier, _, later = _deliveries(tmp_path)
    shown = CliRunner().invoke(app, ["compare", str(earlier), str(later)])
    assert (
        shown.exit_code == 0 and "1234" in shown.stdout and "1 values changed, 1 rows added, 1 removed" in shown.stdout
    )
    other = tmp_path / "other.xlsx"
    other.write_bytes(to_xlsx(register(count=6, seed=99).drawn))
    found = CliRunner().invoke(app, ["compare", str(earlier), str(other), "--format", "json"])
    assert json.loads(found.stdout) | {"earlier": "", "later": ""} == {
        "earlier": "",
        "later": "",
        "relation": "unrelated",
        "changed": [],
        "added": [],
        "removed": [],
        "quarantined": {"earlier": 0, "later": 0},
    }


def test_compare_names_a_missing_or_broken_file_and_a_wrong_format(tmp_path: Path) -> None:
    earlier, again, _ = _deliveries(tmp_path)
    again.write_bytes(b"PK\x03\x04 cut off")
    for arguments, words in (
        ([str(earlier), str(tmp_path / "no.xlsx")], "no.xlsx"),
        ([str(earlier), str(again)], "again.xls"),
        ([str(earlier), str(earlier), "--format", "xml"], "expected json or table"),
    ):
        result = CliRunner().invoke(app, ["compare", *arguments])
        assert result.exit_code == 1 and words in result.stderr
