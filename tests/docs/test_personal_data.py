"""What is published is a list, and nothing that identifies a person reaches a release."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import pytest

from publication import catalogue, personal
from publication.personal import Holds
from publication.release import ReleaseRefused
from tests import hostile
from tests.publication.candidate_warehouse import Warehouse, warehouse
from tests.publication.test_release import publish
from tests.refreshing import PROJECT, Refreshed

# Written apart from the patterns that cover: what a person would take for such a number.
LOOKS_LIKE = {
    "telephone": re.compile(
        r"(?<![\d.,/])(?:\+84|0)[ .-]?[35789](?:[ .-]?\d){8}(?!\d)"
        r"|(?<!\d)\(?02\d{1,2}\)?[ .-]?\d{3,4}[ .-]?\d{4}(?!\d)"
    ),
    "identity number": re.compile(r"(?<![\d.,])0\d{11}(?!\d)|(?i:cmnd|cccd|căn cước|chứng minh)\D{0,30}\d{9}"),
    "bank account": re.compile(r"(?i:stk|số tài khoản|tk số)\D{0,30}\d{6}"),
    "e-mail": re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
}  # fmt: skip
# Texts in which such a number is not a person's.
NOT_A_PERSON = {Holds.OURS, Holds.NUMBER}
IDENTIFIES = re.compile(
    r"person|phone|telephone|mobile|dien_thoai|email|e_mail|cccd|cmnd|identity_(?:no|number|card)|passport|bank|account_no|"
    r"birth|gender|representative|director|chairman|leader|signed_by|contact|full_name|first_name|last_name"
)
SECRETS = ("0912.345.678", "0912345678", "036085001234", "lan.nguyen@example.vn", "0123 4567 890")
SENTENCE = (
    "Năm 2023 tỉnh thành lập mới 12 HTX, liên hệ chị Lan 0912.345.678, CCCD số 036085001234, "
    "thư lan.nguyen@example.vn, STK 0123 4567 890."
)


def _found(text: str) -> list[str]:
    return [kind for kind, pattern in LOOKS_LIKE.items() if pattern.search(text)]


def _texts(release: Path) -> dict[tuple[str, str], set[str]]:
    """Every distinct text of a release, by table and column."""
    texts = {}
    with catalogue.connect() as connection:
        catalogue.attach(connection, release / "htx.duckdb", "release")
        for table in catalogue.tables_of(connection, "release"):
            for column in table.columns:
                if column.is_text:
                    values = connection.execute(
                        f"SELECT DISTINCT {column.name} FROM release.{table.qualified_name}"
                    ).fetchall()
                    texts[table.name, column.name] = {value for (value,) in values if value is not None}
    return texts


@pytest.mark.parametrize("home", ["sample", "unwelcome"])
def test_no_text_of_a_release_holds_a_number_of_a_person(home: str, request: pytest.FixtureRequest) -> None:
    release = request.getfixturevalue(home).release
    for (table, column), values in _texts(release).items():
        if personal.listed()[table, column].holds not in NOT_A_PERSON:
            assert not [(value, _found(value)) for value in values if _found(value)], f"{table}.{column}"
    for path in (release / "texts").glob("*.txt"):
        assert not _found(path.read_text(encoding="utf-8")), path


def test_what_documents_tell_of_persons_is_nowhere_in_the_folder_of_a_release(unwelcome: Refreshed) -> None:
    """The bulletin and the register of this release name a person; the sentence and the row are there without."""
    assert unwelcome.query("select name from marts.dim_cooperative where name like 'HTX••%'")
    sentences = unwelcome.query("select sentence from marts.fct_kpi_target where value = 75")
    assert [text for (text,) in sentences if "75 HTX, liên hệ••" in text]
    for path in unwelcome.release.rglob("*"):
        if path.suffix in (".html", ".csv", ".md", ".json", ".txt"):
            page = path.read_text(encoding="utf-8")
            assert not [secret for secret in hostile.CONTACTS + hostile.CUT if secret in page], path


def test_no_column_of_a_release_is_meant_for_a_person(sample: Refreshed) -> None:
    for table, column in personal.listed():
        assert not IDENTIFIES.search(column), f"{table}.{column}"
    # the list is neither shorter nor longer than what is published
    columns = sample.query(
        "select table_name, column_name from duckdb_columns() where schema_name in ('marts', 'publication')"
    )
    assert set(columns) == set(personal.listed())
    assert all(line.why.strip() for line in personal.listed().values())


@pytest.fixture
def secretive(tmp_path: Path) -> Warehouse:
    """A warehouse whose documents say what is nobody's business, wherever words of a document go."""
    built = warehouse(PROJECT)
    built.rows["marts.fct_kpi_result"][0]["sentence"] = SENTENCE
    for row in built.rows["publication.quarantine"]:
        row["found"] = "Bà Trần Thị Bé 0912345678"
    return built


def test_contacts_are_covered_and_the_rest_stays(tmp_path: Path, secretive: Warehouse) -> None:
    result = publish(tmp_path, secretive.write(tmp_path))
    texts = _texts(result.path)
    sentences = {text for (_, column), values in texts.items() if column == "sentence" for text in values}
    (covered,) = [text for text in sentences if text.startswith("Năm 2023 tỉnh thành lập mới 12 HTX, liên hệ chị Lan•")]
    assert len(covered) == len(SENTENCE)
    for path in result.path.rglob("*"):
        if path.suffix in (".html", ".csv", ".md", ".json", ".txt"):
            page = path.read_text(encoding="utf-8")
            assert not [secret for secret in SECRETS if secret in page], path


# Text, its sentence, what is quoted of it, and what of that is a contact.
CUT = {
    "sentence": ("Điện thoại. 3825 1234 thành viên HTX.", "3825 1234 thành viên HTX.", "1234 thành viên", "1234"),
    "line": ("Điện thoại:\r\n3825 1235 thành viên HTX.", "3825 1235 thành viên HTX.", "1235 thành viên", "1235"),
    "cell": ("CCCD:\n036085002 người.", "036085002 người.", "036085002 người", "036085002"),
    "number": ("Nộp vào TK 0123 4567 8906 HTX.", "Nộp vào TK 0123 4567 8906 HTX.", "8906 HTX", "8906"),
    "quote": ("Gọi,0912345678 thành viên.", "Gọi,0912345678 thành viên.", "0912345678 thành viên", "0912345678"),
}


def test_a_contact_cut_from_what_marks_it_is_covered_and_refuses_no_release(tmp_path: Path) -> None:
    built = warehouse(PROJECT)
    (row,) = (row for row in built.rows["marts.fct_kpi_result"] if row["result_key"] == "b-new")
    spans = {}
    for key, (text, sentence, quote, _) in CUT.items():
        start = len(built.texts[row["artefact"]]) + 1 + text.index(quote)
        built.texts[row["artefact"]] += f" {text}"
        spans[key] = slice(start, start + len(quote))
        claim = {"quote": quote, "span_start": start, "span_end": start + len(quote), "sentence": sentence}
        built.rows["marts.fct_kpi_result"].append({**row, "result_key": key, **claim})
    written = built.texts[row["artefact"]]

    result = publish(tmp_path, built.write(tmp_path))
    with catalogue.connect() as connection:
        catalogue.attach(connection, result.path / "htx.duckdb", "release")
        rows = connection.execute("SELECT result_key, quote, sentence FROM release.marts.fct_kpi_result").fetchall()
    shown = {key: (quote, sentence) for key, quote, sentence in rows}
    published = (result.path / "texts" / f"{row['artefact']}.txt").read_bytes().decode("utf-8")
    assert len(published) == len(written)
    for key, (_, sentence, quote, secret) in CUT.items():
        shown_quote, shown_sentence = shown[key]
        assert (len(shown_quote), len(shown_sentence)) == (len(quote), len(sentence))
        assert "•" * len(secret) in shown_quote
        assert shown_quote in shown_sentence
        assert published[spans[key]] == shown_quote
        assert secret not in shown_sentence + published
    # and nothing else of the same bulletin is
    assert shown["b-new"] == (row["quote"], row["sentence"])
    assert published.startswith(written[:60])


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("HTX Nông nghiệp Bà Rịa Vũng Tàu", "HTX Nông nghiệp Bà Rịa Vũng Tàu"),
        ("HTX Lê Hồng Phong", "HTX Lê Hồng Phong"),
        ("Tân Tiến", "Tân Tiến"),
        ("Nguyễn Thị Hoa", "•" * 14),
        ("Hộ ông Phạm Văn Ba, ấp 3", "•" * 18 + ", ấp 3"),
        ("THT bà TRẦN THỊ BÉ", "THT" + "•" * 15),
        ("tổng 2.056.123.456 đồng, năm 2021-2025, ngày 05-12-2023, số 0912/QĐ-UBND", None),
        ("(024) 3825 1234", "•" * 15),
        ("+84 912 345 678", "•" * 15),
    ],
)
def test_who_got_money_is_an_organisation(written: str, shown: str | None) -> None:
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT {personal.covered('words', personal.PARTIES)} FROM (SELECT ?::VARCHAR AS words)", [written]
        ).fetchone()
    assert found == (written if shown is None else shown,)


def test_a_column_that_is_not_listed_is_not_published(tmp_path: Path) -> None:
    build = warehouse(PROJECT).write(tmp_path)
    with duckdb.connect(str(build)) as connection:
        connection.execute("ALTER TABLE publication.quarantine ADD COLUMN director_phone VARCHAR")
    home = tmp_path / "home"
    with pytest.raises(ReleaseRefused, match=r"does not list, first quarantine\.director_phone"):
        publish(home, build)
    assert not (home / "current").exists()
    shutil.rmtree(home, ignore_errors=True)
