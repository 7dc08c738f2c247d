"""Definitions are data that people write: what is wrong in them is named with file and key."""

import pydantic
import pytest

from ingestion.definitions import DefinitionError, load
from ingestion.programmes import load_programmes, unregistered
from ingestion.sources import Source, load_sources, named

SOURCE = "name: office\nkind: drop_folder\npath: somewhere\nactive: true\n"


def write(folder, text, name="office.yml"):
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / name


def test_a_source_is_one_file(tmp_path):
    write(tmp_path, SOURCE)
    write(tmp_path, SOURCE.replace("office", "other").replace("true", "false"), "other.yml")
    assert [source.name for source in load_sources(tmp_path)] == ["office"]


def test_a_corrected_source_is_seen_by_a_process_that_has_read_it_before(tmp_path):
    write(tmp_path, SOURCE)
    assert load_sources(tmp_path)[0].name == "office"
    write(tmp_path, SOURCE.replace("office", "archive"))
    assert load_sources(tmp_path)[0].name == "archive"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SOURCE + "colour: red\n", r"office\.yml: key colour: Extra inputs are not permitted, found 'red'"),
        (
            SOURCE.replace("drop_folder", "ftp"),
            r"office\.yml: key kind: Input tag 'ftp'.+'drop_folder', 'page', 'listing', .+found 'ftp'",
        ),
        (SOURCE.replace("path: somewhere\n", ""), r"office\.yml: key path: Field required"),
        (SOURCE.replace("office", "Office 1"), r"office\.yml: key name: String should match"),
        ("- a\n- b\n", r"office\.yml: expected a mapping of keys to values, found list"),
        ("", r"office\.yml: expected a mapping of keys to values, found NoneType"),
        ("name: [", r"office\.yml: not readable as YAML"),
        (b"name: \xff\xfe", r"office\.yml: not readable as YAML"),
    ],
)
def test_a_wrong_definition_is_told_with_file_and_key(tmp_path, text, message):
    with pytest.raises(DefinitionError, match=message):
        load(write(tmp_path, text), pydantic.TypeAdapter(Source))


def test_two_sources_of_one_name_are_an_error(tmp_path):
    write(tmp_path, SOURCE)
    write(tmp_path, SOURCE, "again.yml")
    with pytest.raises(DefinitionError, match="two sources are named 'office'"):
        load_sources(tmp_path)


def test_an_unknown_source_is_told_with_the_known_ones(tmp_path):
    write(tmp_path, SOURCE)
    with pytest.raises(DefinitionError, match="no source is named 'depot'; known: office"):
        named("depot", load_sources(tmp_path))


def test_the_shipped_definitions_are_sound():
    assert load_sources()
    programmes = load_programmes()
    assert all(p.registered and p.starts_on and p.ends_on and p.starts_on < p.ends_on for p in programmes)


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("Đề án phát triển HTX giai đoạn 2022-2025", (2022, 2025)),
        ("Chương trình hỗ trợ kinh tế tập thể 2021–2025", (2021, 2025)),
        ("Kế hoạch phát triển HTX đến năm 2025", (None, 2025)),
        ("Kế hoạch kinh tế tập thể năm 2023", (2023, 2023)),
        ("Chương trình phối hợp", (None, None)),
    ],
)
def test_a_programme_that_only_an_index_names_has_its_row_and_its_years(text, years):
    [record] = unregistered([(text, "Hà Nam", None)], [])
    assert (record.starts_on and record.starts_on.year, record.ends_on and record.ends_on.year) == years
    assert not record.registered
    assert record.programme.startswith("ha_nam_")


PROGRAMME = """
code: p
name_vi: Kế hoạch HTX Hoà Bình
name_en: Plan
province: Hòa Bình
starts_on: 2021-01-01
ends_on: 2025-12-31
aliases: [KH 1/2021]
"""


def test_a_registered_programme_is_found_by_each_of_its_names_however_spelled(tmp_path):
    write(tmp_path, PROGRAMME)
    registry = load_programmes(tmp_path)
    names = ["kế hoạch  HTX HÒA BÌNH", "KH 1/2021", "kh\u00a01/2021"]
    assert unregistered([(name, None, None) for name in names], registry) == []
    assert len(unregistered([("Khác", None, None), ("KHÁC", None, None)], registry)) == 1
