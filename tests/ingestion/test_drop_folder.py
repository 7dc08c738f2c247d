"""A drop folder's files are taken in; what its index gets wrong is told with its row, and costs only itself."""

import datetime as dt
from pathlib import Path

import pytest

from ingestion import drop_folder
from ingestion.archive import Archive
from ingestion.documents import UnreadableDocument
from ingestion.drop_folder import read_index, take_in
from ingestion.sources import DropFolder, adhoc

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def index(folder: Path, text: str | bytes):
    folder.mkdir(exist_ok=True)
    (folder / "index.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_index(folder)


def test_an_index_says_what_is_known_of_each_file(tmp_path):
    known, problems = index(
        tmp_path, "\ufefffile,published,province,publisher,programme\na.html,2024-02-22,Hà Nam,Sở,KH\n"
    )
    assert problems == []
    facts = known["a.html"]
    assert (facts.published, facts.province, facts.publisher, facts.programme) == (
        dt.date(2024, 2, 22), "Hà Nam", "Sở", "KH",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "place", "field", "reason"),
    [
        ("file,published\na,22/02/2024\n", "row 2", "published", "not a date"),
        ("published\n2024-02-22\n", "row 1", "file", "column 'file' is missing"),
        ("", "row 1", "file", "column 'file' is missing"),
        ("file,colour\na,red\n", "row 1", "colour", "does not have"),
        ("file,province\n,Hà Nam\n", "row 2", "file", "no file is named"),
        ("file,province\na,Hà Nam\na,Nam Định\n", "row 3", "file", "named twice"),
        ("file,province\na,Hà Nội\n".encode("utf-16"), "byte 0", None, "not UTF-8"),
    ],
)
def test_a_wrong_index_is_told_with_its_place(tmp_path, text, place, field, reason):
    _, problems = index(tmp_path, text)
    [(file, problem)] = problems
    assert file == "index.csv"
    assert (problem.place, problem.field) == (place, field)
    assert reason in problem.reason


def test_a_wrong_field_costs_that_field_only(tmp_path):
    known, _ = index(tmp_path, "file,published,province\na,soon,Hà Nam\n")
    assert known["a"].published is None
    assert known["a"].province == "Hà Nam"


def test_every_document_is_archived_and_counted(tmp_path):
    folder = tmp_path / "drop"
    index(folder, "file,province\nsub/b.txt,Hà Nam\nmissing.txt,Hà Nam\n")
    (folder / "a.txt").write_text("a")
    (folder / "sub").mkdir()
    (folder / "sub" / "b.txt").write_text("b")
    (folder / ".hidden").write_text("not a document")
    (folder / "~$open.xlsx").write_text("lock file of an office program")
    archive = Archive(tmp_path / "archive")
    intake = take_in(adhoc(folder), folder, archive, NOW)
    assert (intake.delivered, intake.new, intake.known) == (2, 2, 0)
    assert [(file, problem.place) for file, problem in intake.problems] == [("index.csv", "row of missing.txt")]
    assert {s.delivery.file: s.delivery.province for s in archive} == {"a.txt": None, "sub/b.txt": "Hà Nam"}
    again = take_in(adhoc(folder), folder, archive, NOW)
    assert (again.delivered, again.new, again.known) == (2, 0, 2)


def test_a_source_places_what_its_index_leaves_open(tmp_path):
    folder = tmp_path / "drop"
    index(folder, "file,province\na.txt,Hà Nam\n")
    (folder / "a.txt").write_text("a")
    (folder / "b.txt").write_text("b")
    source = DropFolder(name="office", kind="drop_folder", path=folder, province="Nam Định")
    archive = Archive(tmp_path / "archive")
    take_in(source, folder, archive, NOW)
    assert {s.delivery.file: s.delivery.province for s in archive} == {"a.txt": "Hà Nam", "b.txt": "Nam Định"}


def test_a_file_beyond_the_limit_is_told_and_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(drop_folder, "MAX_BYTES", 3)
    (tmp_path / "big.txt").write_text("1234")
    intake = take_in(adhoc(tmp_path), tmp_path, Archive(tmp_path / ".archive"), NOW)
    [(file, problem)] = intake.problems
    assert (file, problem.found, intake.delivered) == ("big.txt", "4 bytes", 0)


@pytest.mark.parametrize(("make", "found"), [(lambda p: None, "nothing"), (lambda p: p.write_text("x"), "a file")])
def test_a_missing_folder_is_told_with_what_to_do(tmp_path, make, found):
    folder = tmp_path / "gone"
    make(folder)
    with pytest.raises(UnreadableDocument, match=rf"gone.*expected a folder of documents, found {found}.*Create"):
        take_in(adhoc(folder), folder, Archive(tmp_path / "archive"), NOW)
