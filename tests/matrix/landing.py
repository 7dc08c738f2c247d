"""Files that the landing gate keeps back, each whole and with its reason, and one good bulletin among them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import msoffcrypto.format.ooxml
import openpyxl

GOOD = "so-ket.html"
_GOOD = """<html lang="vi"><head><meta charset="utf-8"><title>Cao Bằng sơ kết phong trào hợp tác xã</title></head><body>
<h1>Cao Bằng sơ kết phong trào hợp tác xã</h1>
<p>Đến ngày 31/12/2023, toàn tỉnh có 9 HTX đạt tiêu chí 13.1 của bộ tiêu chí nông thôn mới.</p>
</body></html>"""


def _workbook() -> bytes:
    content = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["STT", "Tên HTX", "Số thành viên"])
    book.active.append([1, "HTX Một", 12])
    book.save(content)
    return content.getvalue()


def _encrypted() -> bytes:
    content = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(_workbook())).encrypt("a password of this test", content)
    return content.getvalue()


def _bomb() -> bytes:
    """A few kilobytes that would unpack to gigabytes."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_workbook())) as book, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as bomb:
        for name in book.namelist():
            if name.startswith("xl/worksheets/"):
                cell = b'<c r="A1" t="inlineStr"><is><t>0</t></is></c>'
                bomb.writestr(
                    name, b"<worksheet><sheetData><row>" + cell * 12_000_000 + b"</row></sheetData></worksheet>"
                )
            else:
                bomb.writestr(name, book.read(name))
    return content.getvalue()


KINDS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "empty": ("empty.xlsx", lambda: b""),
    "blank": ("blank.html", lambda: b" \n\t \n"),
    "broken_off": ("broken_off.xlsx", lambda: _workbook()[:3000]),
    "encrypted": ("encrypted.xlsx", _encrypted),
    "text_named_workbook": ("letter.xlsx", lambda: "Kính gửi: Sở Kế hoạch và Đầu tư".encode()),
    "not_a_spreadsheet": ("archive.xlsx", lambda: _zip_of("a.txt")),
    "bomb": ("bomb.xlsx", _bomb),
}


def _zip_of(name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, "not a workbook")
    return content.getvalue()


def inbox(folder: Path, kinds: frozenset[str]) -> Path:
    """A drop folder with the bad files of `kinds` and one good bulletin."""
    folder.mkdir(parents=True)
    (folder / GOOD).write_text(_GOOD, encoding="utf-8")
    (folder / "index.csv").write_text(f"file,published,province\n{GOOD},2024-01-20,Cao Bằng\n", encoding="utf-8")
    for kind in kinds:
        name, content = KINDS[kind]
        (folder / name).write_bytes(content())
    return folder
