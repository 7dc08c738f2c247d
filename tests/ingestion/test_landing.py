"""The landing gate sends a document to its reader by its bytes first, then by its name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.documents import UnreadableDocument
from ingestion.landing import kind_of

ZIP, OLE = b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest"


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (ZIP, "bảng.xlsx", "workbook"),
        (ZIP, "renamed.html", "workbook"),
        (OLE, "old.xls", "workbook"),
        (OLE, "no extension", "workbook"),
        (b"a;b", "table.CSV", "workbook"),
        (b"<html>", "export.xls", "workbook"),
        (b"<html>", "page.html", "bulletin"),
        (b"<html>", "page.aspx", "bulletin"),
        ("Đến năm 2025".encode(), "text.txt", "bulletin"),
        (b"%PDF-1.7", "scan.pdf", "bulletin"),
    ],
)
def test_a_document_goes_to_its_reader(content, name, kind):
    assert kind_of(content, name) == kind


@given(st.sampled_from(["a.xlsx", "b.html", "c"]), st.text(" \t\r\n\x00", max_size=20))
def test_a_document_without_content_is_refused_with_what_to_do(name, blanks):
    with pytest.raises(UnreadableDocument) as refusal:
        kind_of(blanks.encode(), name)
    assert refusal.value.file == name
    assert "empty" in refusal.value.reason
    assert refusal.value.advice
