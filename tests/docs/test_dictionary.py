"""The dictionary and the data model in docs/ are those of a release of today's models."""

from __future__ import annotations

from pathlib import Path

import pytest

from publication import catalogue, dictionary
from tests.refreshing import PROJECT, Refreshed


@pytest.mark.parametrize(("page", "options"), [("dictionary.md", []), ("data-model.md", ["--model"])])
def test_the_page_is_current(
    sample: Refreshed, capsys: pytest.CaptureFixture[str], page: str, options: list[str]
) -> None:
    assert dictionary.main([str(sample.release), *options]) == 0
    made = capsys.readouterr().out
    assert made == (PROJECT / "docs" / page).read_text(encoding="utf-8"), (
        f"docs/{page} is old. Write it anew: python -m publication.dictionary RELEASE {' '.join(options)}> docs/{page}"
    )


def test_every_table_and_column_is_described_in_both_languages(sample: Refreshed) -> None:
    with catalogue.connect() as connection:
        catalogue.attach(connection, sample.release / "htx.duckdb", "release")
        tables = catalogue.tables_of(connection, "release")
    for table in tables:
        assert len(table.description.splitlines()) >= 2, table.name
        for column in table.columns:
            english, _, vietnamese = column.description.partition(" · ")
            assert english.strip() and vietnamese.strip(), f"{table.name}.{column.name}"


def test_a_folder_without_a_release(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert dictionary.main([str(tmp_path)]) == 1
    assert "expected a release folder" in capsys.readouterr().err
