"""The lake holds typed rows, one file an artefact and record type, whole or not at all."""

import datetime as dt
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from ingestion.files import remove_leftovers, replacing
from ingestion.lake import ABOUT_READING, SCHEMAS, Lake, _read


@pytest.fixture
def lake(tmp_path):
    lake = Lake(tmp_path)
    lake.prepare()
    return lake


def test_every_record_type_can_be_read_before_anything_was_written(lake):
    assert [lake.read(record_type) for record_type in SCHEMAS] == [[]] * len(SCHEMAS)


def test_rows_come_back_typed_and_what_a_row_leaves_out_is_null(lake):
    lake.write("statement", "a", [{"artefact": "a", "value": Decimal("2300000000.5"), "as_of": dt.date(2023, 6, 30)}])
    [row] = lake.read("statement")
    assert (row["value"], row["as_of"], row["quote"]) == (Decimal("2300000000.5000"), dt.date(2023, 6, 30), None)


def test_a_reading_replaces_the_one_before(lake):
    lake.write("statement", "a", [{"artefact": "a"}, {"artefact": "a"}])
    lake.write("statement", "a", [{"artefact": "a"}])
    assert len(lake.read("statement")) == 1
    lake.write("statement", "a", [])
    assert lake.read("statement") == []
    assert not lake.path("statement", "a").exists()


def test_what_is_known_of_the_originals_follows_every_change_and_only_changed_files_are_opened(lake, monkeypatch):
    def known(columns=("artefact", "reader_version")):
        return [tuple(row.values()) for row in lake.artefacts(list(columns))]

    for name in ("b", "a", "c"):
        lake.write("artefact", name, [{"artefact": name, "reader_version": "1", "province": "Cà Mau"}])
    assert known() == [("a", "1"), ("b", "1"), ("c", "1")]
    opened = []
    monkeypatch.setattr(
        "ingestion.lake._read", lambda files, schema, real=_read: opened.extend(files) or real(files, schema)
    )
    lake.write("artefact", "b", [{"artefact": "b", "reader_version": "2"}])
    lake.write("artefact", "c", [])
    lake.write("artefact", "d", [{"artefact": "d", "reader_version": "1"}])
    assert known() == [("a", "1"), ("b", "2"), ("d", "1")]
    assert sorted(opened) == [lake.path("artefact", name) for name in ("b", "d")]
    assert known(["province"]) == [("Cà Mau",), (None,), (None,)]
    assert lake.artefacts(list(ABOUT_READING)) == lake.read("artefact", list(ABOUT_READING))


def test_a_field_the_record_type_does_not_have_is_an_error(lake):
    with pytest.raises(KeyError, match="record type loan has no field colour"):
        lake.write("loan", "a", [{"artefact": "a", "colour": "red"}])


@pytest.mark.parametrize(("written", "kept"), [("33.33335", "33.3334"), ("0.00005", "0.0000"), ("-7", "-7.0000")])
def test_more_decimals_than_a_field_keeps_are_rounded(lake, written, kept):
    lake.write("statement", "a", [{"artefact": "a", "value": Decimal(written)}])
    assert str(lake.read("statement")[0]["value"]) == kept


def test_money_beyond_what_a_field_holds_is_an_error_and_never_cut(lake):
    with pytest.raises(ValueError, match="Decimal"):
        lake.write("loan", "a", [{"artefact": "a", "amount_vnd": Decimal(10**19)}])
    assert not lake.path("loan", "a").exists()


def test_a_column_that_an_older_file_lacks_is_null(lake, monkeypatch):
    lake.write("programme", "registry", [{"programme": "p"}])
    monkeypatch.setitem(SCHEMAS, "programme", SCHEMAS["programme"].append(SCHEMAS["artefact"].field("source")))
    [row] = lake.read("programme")
    assert (row["programme"], row["source"]) == ("p", None)


def test_a_changed_schema_reaches_the_file_without_rows(lake, monkeypatch):
    monkeypatch.setitem(SCHEMAS, "loan", SCHEMAS["loan"].append(SCHEMAS["artefact"].field("source")))
    lake.prepare()
    assert "source" in pq.read_schema(lake.folder / "loan" / "_empty.parquet").names


def test_a_killed_write_leaves_the_former_file_and_is_cleared_away(tmp_path):
    path = tmp_path / "kept.txt"
    path.write_text("before")
    with pytest.raises(RuntimeError), replacing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "before"
    (tmp_path / ".kept.txt.0a1b.tmp").write_text("of a process that was killed")
    assert remove_leftovers(tmp_path) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["kept.txt"]
