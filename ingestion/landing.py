"""The landing gate: what kind of document an original is, by its first bytes and then by its name."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Literal

from ingestion.documents import UnreadableDocument

Kind = Literal["bulletin", "workbook"]

_WORKBOOK_NAMES = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".tsv"}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # xlsx, xlsm, xlsb, ods
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # xls, and every encrypted Office file


def kind_of(content: bytes, name: str) -> Kind:
    """Return which reader a document belongs to; raise UnreadableDocument for one that has no content."""
    if not content.strip(b"\x00\t\r\n "):
        raise UnreadableDocument(
            name,
            expected="a document with content",
            found="0 bytes" if not content else f"{len(content):,} blank bytes",
            reason="the file is empty",
            advice="Ask the sender to deliver it again.",
        )
    if content.startswith((*_ZIP, _OLE)) or PurePosixPath(name).suffix.lower() in _WORKBOOK_NAMES:
        return "workbook"
    return "bulletin"
