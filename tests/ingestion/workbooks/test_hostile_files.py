"""Files that are broken or mean harm: each gets a verdict that says what is wrong, quickly and in little memory."""

from __future__ import annotations

import io
import json
import resource
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from made import register
from writers import Drawn, ole_file, to_ods, to_xls, to_xlsb, to_xlsx, with_part

from ingestion.documents import UnreadableDocument
from ingestion.workbooks import examine, read


def _sheet_xml(cells: str) -> bytes:
    package = to_xlsx(Drawn("A", [["x"]]))
    body = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>'
    return with_part(package, "xl/worksheets/sheet1.xml", body.encode())


def _encrypted() -> bytes:
    msoffcrypto = pytest.importorskip("msoffcrypto.format.ooxml")
    out = io.BytesIO()
    msoffcrypto.OOXMLFile(io.BytesIO(to_xlsx(Drawn("A", [["x"]])))).encrypt("secret", out)
    return out.getvalue()


def _encrypted_xls() -> bytes:
    filepass = struct.pack("<HHHHII", 0x0809, 16, 0x0600, 5, 0, 0) + b"\0" * 4 + struct.pack("<HH", 0x2F, 6) + b"\0" * 6
    return ole_file("Workbook", filepass + struct.pack("<HH", 0x0A, 0))


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("xl/workbook.xml", "<workbook/>")
        with package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(500):
                part.write(b" " * 2**20)
    return out.getvalue()


def _entities() -> bytes:
    bomb = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    return with_part(to_xlsx(Drawn("A", [["x"]])), "xl/worksheets/sheet1.xml", bomb)


def _repeated_text() -> bytes:
    strings = f"<sst><si><t>{'a' * 32_000}</t></si></sst>".encode()
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 100_001))
    return with_part(_sheet_xml(cells), "xl/sharedStrings.xml", strings)


def _wide_ods() -> bytes:
    content = to_ods(Drawn("A", [["x"]]))
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        xml = package.read("content.xml").decode()
    xml = xml.replace("<table:table-row>", '<table:table-row table:number-rows-repeated="1000000">')
    xml = xml.replace("<table:table-cell office", '<table:table-cell table:number-columns-repeated="16000" office')
    return with_part(content, "content.xml", xml.encode())


def _zip(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


_FAR = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
_HTML_BOMB = b"<html><table><tr><td colspan='20000' rowspan='20000'>x</td></tr></table></html>"

_XML_ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'
    b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
)

HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("a.xlsx", lambda: b"", "empty"),
    "zeros": ("a.xls", lambda: b"\0" * 4096, "empty"),
    "text named .xlsx": (
        "a.xlsx",
        lambda: "Kính gửi: Liên minh hợp tác xã. Xin báo cáo như sau.\nTrân trọng.".encode(),
        "plain text",
    ),
    "random bytes": ("a.xls", lambda: bytes(range(256)) * 64, "no workbook"),
    "picture": ("a.xlsx", lambda: b"\x89PNG\r\n\x1a\n" + b"\0\1\2" * 500, "no workbook"),
    "truncated .xlsx": ("a.xlsx", lambda: to_xlsx(register().drawn)[:3000], "truncated"),
    "truncated .xls": ("a.xls", lambda: to_xls(register().drawn)[:700], "truncated"),
    "damaged part": ("a.xlsx", lambda: _sheet_xml("<row r='1'><c r='A1'><v>1</row>"), "damaged"),
    "encrypted .xlsx": ("a.xlsx", _encrypted, "password"),
    "encrypted .xls": ("a.xls", _encrypted_xls, "password"),
    "zip bomb": ("a.xlsx", _bomb, "absurd"),
    "XML entities": ("a.xlsx", _entities, "entities"),
    "absurd used range .xlsx": ("a.xlsx", lambda: _sheet_xml(_FAR), "absurd"),
    "absurd used range .xlsb": (
        "a.xlsb",
        lambda: to_xlsb(Drawn("A", [[*[None] * 900, 1.0], *[[1.0]] * 20_000])),
        "absurd",
    ),
    "absurd used range .ods": ("a.ods", _wide_ods, "absurd"),
    "repeated shared text": ("a.xlsx", _repeated_text, "absurd"),
    "spans of a page": ("a.xls", lambda: _HTML_BOMB, "absurd"),
    "page without table": ("a.xls", lambda: b"<html><body><p>Loading ...</p></body></html>", "no table"),
    "other zip": ("a.xlsx", lambda: _zip(**{"readme.txt": b"hello"}), "no workbook"),
    "Word document": ("a.xls", lambda: ole_file("WordDocument", b"x" * 5000), "no workbook"),
    "XML spreadsheet with entities": (
        "a.xls",
        lambda: _XML_ENTITIES,
        "entities",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_with_place_reason_and_advice(case: str) -> None:
    name, make, words = HOSTILE[case]
    with pytest.raises(UnreadableDocument) as caught:
        examine(make(), name=name)
    error = caught.value
    assert words in error.reason
    assert error.file == name
    assert error.place and error.expected and error.found and error.advice


@pytest.mark.parametrize("case", ["zip bomb", "absurd used range .xlsx", "repeated shared text", "spans of a page"])
def test_the_verdict_comes_within_ten_seconds_and_one_gigabyte(case: str, tmp_path: Path) -> None:
    name, make, _ = HOSTILE[case]
    path = tmp_path / name
    path.write_bytes(make())
    script = (
        "import sys, resource, json, time\nfrom ingestion.documents import UnreadableDocument\n"
        "from ingestion.workbooks import examine\nstart = time.perf_counter()\n"
        "try:\n    examine(open(sys.argv[1], 'rb').read(), name='a')\n    verdict = None\n"
        "except UnreadableDocument as error:\n    verdict = error.reason\n"
        "print(json.dumps([verdict, time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))"
    )
    limit = (4 * 2**30, 4 * 2**30)
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parents[3],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, limit),
    )
    verdict, seconds, kilobytes = json.loads(done.stdout)
    assert verdict
    assert seconds < 10
    assert kilobytes < 2**20


def test_macros_are_reported_and_not_run() -> None:
    workbook = read(to_xlsx(register().drawn, macros=True), name="a.xlsm")
    assert workbook.format == "xlsm"
    assert [finding.kind for finding in workbook.findings] == ["macros"]


def test_a_far_formatted_cell_without_a_value_does_no_harm() -> None:
    table = register(count=3)
    content = to_xlsx(table.drawn)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        xml = package.read("xl/worksheets/sheet1.xml")
    far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    workbook = read(with_part(content, "xl/worksheets/sheet1.xml", xml.replace(b"</sheetData>", far)), name="a.xlsx")
    assert workbook.record_count == 3
