"""Archive to lake: each original is read once, and again when anything its reading depends on has changed."""

import datetime as dt

import pytest

from ingestion import reading
from ingestion.archive import Archive, Delivery
from ingestion.lake import Lake
from ingestion.reading import read_artefacts, unread

BULLETIN = "Đến hết 30-6-2023, toàn tỉnh có 512 hợp tác xã. Toàn tỉnh đã thành lập mới 11 HTX.\n"
REGISTER = (
    "STT;Tên HTX;Mã số thuế;Huyện;Lĩnh vực;Ngày thành lập;Số thành viên\n"
    "1;HTX Bình Minh;0099000001;Ý Yên;Nông nghiệp;05/6/2019;12\n"
    "2;HTX Đại Lộc;0099000002;Ý Yên;Nông nghiệp;2020;mười hai?\n"
)


class Warehouse:
    def __init__(self, folder):
        self.archive, self.lake, self.texts = Archive(folder / "archive"), Lake(folder / "lake"), folder / "text"
        self.lake.prepare()

    def deliver(self, file, content, **facts):
        content = content.encode() if isinstance(content, str) else content
        now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        return self.archive.add(content, Delivery(source="inbox", file=file, fetched_at=now, **facts))[0].artefact

    def unread(self):
        return unread(self.archive, self.lake)

    def read(self):
        return {r.artefact: r for r in read_artefacts(self.unread(), self.archive, self.lake, self.texts)}


@pytest.fixture
def warehouse(tmp_path):
    return Warehouse(tmp_path)


def test_a_bulletin_becomes_statements_whose_quotes_stand_in_the_text_kept_beside_it(warehouse):
    artefact = warehouse.deliver("a.txt", BULLETIN, province="Nam Định", published=dt.date(2023, 8, 16))
    assert warehouse.read()[artefact].statements == 2
    text = (warehouse.texts / f"{artefact}.txt").read_bytes().decode()
    rows = warehouse.lake.read("statement")
    assert {int(row["value"]) for row in rows} == {512, 11}
    assert all(text[row["start"] : row["end"]] == row["quote"] for row in rows)
    [about] = warehouse.lake.read("artefact")
    assert (about["kind"], about["status"], about["province"]) == ("bulletin", "read", "Nam Định")


def test_a_row_that_cannot_be_read_is_quarantined_with_its_cell_and_counted(warehouse):
    artefact = warehouse.deliver("a.csv", REGISTER, province="Nam Định", published=dt.date(2023, 8, 16))
    result = warehouse.read()[artefact]
    assert (result.records, result.quarantined) == (1, 1)
    [row] = warehouse.lake.read("quarantine")
    assert (row["file"], row["place"], row["field"], row["found"]) == ("a.csv", "G3", "members", "mười hai?")
    assert [row["name"] for row in warehouse.lake.read("cooperative_status")] == ["HTX Bình Minh"]


def test_what_has_been_read_is_not_read_again(warehouse):
    warehouse.deliver("a.txt", BULLETIN)
    assert len(warehouse.unread()) == 1
    warehouse.read()
    assert warehouse.unread() == []


def test_other_facts_in_the_index_mean_another_reading(warehouse):
    artefact = warehouse.deliver("a.txt", BULLETIN, province="Hà Nam")
    warehouse.read()
    warehouse.deliver("a.txt", BULLETIN, province="Nam Định")
    assert warehouse.unread() == [artefact]
    warehouse.read()
    assert {row["geography"] for row in warehouse.lake.read("statement")} == {"Nam Định"}


def test_changed_reader_data_means_another_reading_of_what_it_concerns(warehouse, tmp_path, monkeypatch):
    bulletin = warehouse.deliver("a.txt", BULLETIN)
    warehouse.deliver("a.csv", REGISTER)
    warehouse.read()
    phrasing = tmp_path / "phrasing.yml"
    phrasing.write_text("new: phrasing")
    monkeypatch.setattr("ingestion.bulletins.READER_DATA", (phrasing,))
    reading._fingerprint.cache_clear()
    try:
        assert warehouse.unread() == [bulletin]
    finally:
        reading._fingerprint.cache_clear()


def test_a_reading_that_was_killed_is_done_again_and_leaves_nothing_twice(warehouse):
    artefact = warehouse.deliver("a.txt", BULLETIN)
    warehouse.read()
    before = warehouse.lake.read("statement")
    warehouse.lake.path("artefact", artefact).unlink()  # the row that is written last
    assert warehouse.unread() == [artefact]
    warehouse.read()
    assert warehouse.lake.read("statement") == before


def test_each_delivery_of_unreadable_bytes_is_told(warehouse):
    warehouse.deliver("a.xlsx", b"")
    warehouse.deliver("b.html", b"")
    assert {r.status for r in warehouse.read().values()} == {"quarantined"}
    rows = warehouse.lake.read("quarantine")
    assert {(row["file"], row["gate"], row["place"]) for row in rows} == {
        ("a.xlsx", "landing", "file"), ("b.html", "landing", "file"),
    }  # fmt: skip
    assert all(row["expected"] and row["found"] and row["reason"] and row["advice"] for row in rows)


def test_a_document_that_becomes_unreadable_takes_its_records_with_it(warehouse, monkeypatch):
    artefact = warehouse.deliver("a.txt", BULLETIN)
    warehouse.read()
    assert warehouse.lake.read("statement")
    warehouse.lake.path("artefact", artefact).unlink()
    monkeypatch.setattr(warehouse.archive, "read", lambda _: b"%PDF-1.7 something")
    [result] = warehouse.read().values()
    assert (result.status, result.statements) == ("quarantined", 0)
    assert warehouse.lake.read("statement") == []


def test_the_same_documents_in_another_order_give_the_same_lake(tmp_path):
    documents = [("a.txt", BULLETIN), ("b.csv", REGISTER), ("c.txt", BULLETIN), ("d.xlsx", "")]
    lakes = []
    for number, order in enumerate((documents, documents[::-1])):
        warehouse = Warehouse(tmp_path / str(number))
        for file, content in order:
            warehouse.deliver(file, content)
        warehouse.read()
        lakes.append({kind: warehouse.lake.read(kind) for kind in ("artefact", "statement", "quarantine")})
    assert lakes[0] == lakes[1]


def test_the_same_cells_in_other_bytes_have_one_fingerprint(warehouse):
    first = warehouse.deliver("a.csv", REGISTER)
    again = warehouse.deliver("b.csv", REGISTER.encode("utf-16"))
    other = warehouse.deliver("c.csv", REGISTER.replace("12", "13"))
    warehouse.read()
    found = {row["artefact"]: row["content_fingerprint"] for row in warehouse.lake.read("artefact")}
    assert found[first] == found[again] != found[other]
