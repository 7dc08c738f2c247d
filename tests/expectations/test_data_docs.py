"""Data Docs: what was checked, in pages that ask nothing of anybody and show documents' text as text."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import duckdb

from expectations import data_docs
from expectations.runner import run_gate
from tests.expectations.test_runner import SUITE

HOSTILE = '"><img onerror=alert(1) src=x><script>alert(1)</script>'


def test_text_of_documents_is_text_and_nothing_is_asked_of_anybody(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "build.duckdb")) as connection:
        connection.execute("create table claims (k text, c text, v integer, low integer, high integer)")
        connection.executemany(
            "insert into claims values (?, ?, 514, 0, 20)", [[f"{n} {HOSTILE}", HOSTILE] for n in range(40)]
        )
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "claims.yml").write_text(SUITE, encoding="utf-8")
    run_gate("kpi", tmp_path / "build.duckdb", tmp_path / "gates", dt.date(2026, 11, 22), folder=tmp_path)
    index = data_docs.build(tmp_path / "gates", tmp_path / "docs", folder=tmp_path)
    page = (tmp_path / "docs" / "kpi" / "claims.html").read_text(encoding="utf-8")
    assert 'href="kpi/claims.html"' in index.read_text(encoding="utf-8")
    assert "Hợp lý" in page and "It is believable" in page and "Quá lớn" in page
    assert page.count("&lt;script&gt;") >= 10 and "<script" not in page and "<img" not in page
    assert "10 / 40" in page  # a limit on what is kept
    for text in (page, index.read_text(encoding="utf-8")):
        assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", text)
    first = page
    data_docs.build(tmp_path / "gates", tmp_path / "docs", folder=tmp_path)
    assert (tmp_path / "docs" / "kpi" / "claims.html").read_text(encoding="utf-8") == first


def test_gates_that_have_not_run_have_pages_without_results(tmp_path: Path) -> None:
    index = data_docs.build(tmp_path / "nothing", tmp_path / "docs")
    assert "kpi/result" in index.read_text(encoding="utf-8")
    assert "nothing to check" in (index.parent / "records" / "loan.html").read_text(encoding="utf-8")
