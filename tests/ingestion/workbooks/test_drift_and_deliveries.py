"""Changed headers stop with a draft that one command accepts; re-deliveries are recognised and nothing is replaced."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from made import REGISTER, indicator_table, register
from writers import to_xls, to_xlsx

from ingestion.documents import Known, UnreadableDocument
from ingestion.workbooks import examine, read
from ingestion.workbooks.deliveries import latest, supersession
from ingestion.workbooks.drafts import accept_drafts, drafts_for
from ingestion.workbooks.layouts import LAYOUTS, LayoutError, ListLayout, _load

FIELDS = ["tt", "name", "district", "members", "rating"]


def _renamed() -> bytes:
    return to_xlsx(register(FIELDS, headers={"name": ["Danh xưng"]}, count=5).drawn)


def test_a_missing_required_column_stops_the_file_and_says_what_to_do() -> None:
    with pytest.raises(UnreadableDocument) as caught:
        read(_renamed(), name="moi.xlsx")
    assert "name" in caught.value.found
    assert "htx layout draft moi.xlsx" in caught.value.advice


def test_a_stopped_table_gives_no_record_and_accounts_for_its_rows() -> None:
    sheet = examine(_renamed(), name="moi.xlsx").sheets[0]
    assert sheet.layout is None and not sheet.records
    assert [entry.cells for entry in sheet.quarantined] == ["A5:E9"]
    assert sheet.drift is not None and sheet.drift.stops and sheet.drift.removed == ("name",)


def test_the_draft_names_the_renamed_column_and_accepting_it_makes_the_file_readable(tmp_path: Path) -> None:
    folder = tmp_path / "layouts"
    shutil.copytree(LAYOUTS, folder)
    drafts = drafts_for(_renamed(), name="moi.xlsx")
    assert [draft.renamed for draft in drafts] == [(("name", "Danh xưng"),)]
    assert 'name: "Danh xưng"' in drafts[0].to_yaml()
    assert accept_drafts(drafts, folder) == [folder / "cooperative_register.yml"]
    layout: ListLayout = _load(folder / "cooperative_register.yml", ListLayout)
    assert layout.fields["name"].headers[0] == "Danh xưng"


def test_a_draft_tells_added_and_moved_columns() -> None:
    fields = ["tt", "members", "name", "Hạng mục lạ", "district"]
    draft = drafts_for(to_xlsx(register(fields, count=3).drawn), name="a.xlsx")[0]
    assert draft.added == ("D: Hạng mục lạ",)
    assert "members" in draft.moved and draft.removed == ()


def test_the_header_fingerprint_is_the_same_in_any_order_and_another_with_another_column() -> None:
    def fingerprint(fields: list[str]) -> str | None:
        return read(to_xlsx(register(fields, count=2).drawn), name="a.xlsx").sheets[0].fingerprint

    assert fingerprint(FIELDS) == fingerprint(FIELDS[::-1])
    assert fingerprint(FIELDS) != fingerprint([*FIELDS, "workers"])


def test_a_workbook_without_a_known_table_is_refused_as_a_whole() -> None:
    from writers import Drawn

    with pytest.raises(UnreadableDocument, match="no table is known"):
        read(to_xlsx(Drawn("A", [["Lịch trực"], ["Thứ hai", "An"], ["Thứ ba", "Bình"]])), name="a.xlsx")


def test_a_wrong_layout_file_is_named_with_its_key(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yml"
    path.write_text(
        (LAYOUTS / "loans.yml").read_text(encoding="utf-8").replace("required:", "requred:"), encoding="utf-8"
    )
    with pytest.raises(LayoutError, match=r"wrong\.yml.*(?s:.*)requred"):
        _load(path, ListLayout)


def test_what_a_person_knows_wins_and_fills_the_period() -> None:
    import datetime as dt

    table = register(FIELDS, count=2, titles=["DANH SÁCH HỢP TÁC XÃ TỈNH NAM ĐỊNH"])
    known = Known(province="Hà Nam", published=dt.date(2023, 7, 4))
    sheet = read(to_xlsx(table.drawn), name="a.xlsx", known=known).sheets[0]
    assert (sheet.province, sheet.period) == ("Hà Nam", dt.date(2023, 7, 4))


def test_the_same_cells_in_other_bytes_are_recognised() -> None:
    table = register(count=6)
    first, second = read(to_xlsx(table.drawn), name="a.xlsx"), read(to_xls(table.drawn), name="b.xls")
    assert first.artefact != second.artefact
    relation = supersession(first, second)
    assert relation is not None and relation.relation == "same_cells"


def test_a_correction_supersedes_and_says_which_rows_it_changes() -> None:
    old, new, other = register(count=6), register(count=6), register(count=6, seed=99)
    new.drawn.rows[5][REGISTER_AT["members"]] = 1_234.0
    first, second = read(to_xlsx(old.drawn), name="a.xlsx"), read(to_xlsx(new.drawn), name="b.xlsx")
    relation = supersession(first, second)
    assert relation is not None and (relation.relation, relation.changed) == ("corrects", ("A6:U6",))
    different = read(to_xlsx(other.drawn), name="c.xlsx")
    assert supersession(first, different) is None
    assert latest([first, second, different]) == [second, different]


def test_a_corrected_indicator_table_supersedes() -> None:
    old, _ = indicator_table()
    new, _ = indicator_table()
    new.rows[7][5] = 324.0
    relation = supersession(read(to_xlsx(old), name="a.xlsx"), read(to_xlsx(new), name="b.xlsx"))
    assert relation is not None and relation.relation == "corrects" and len(relation.changed) == 1


REGISTER_AT = {field: at for at, field in enumerate(REGISTER)}
