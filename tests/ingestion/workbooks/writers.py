"""Writes sheets in every format that offices send, so that tests need no files of other people.

A `Drawn` sheet is rows of cells with merges and hidden parts; each `to_…` function returns the bytes of a file.
The old formats are written by hand, record by record ([MS-XLS], [MS-XLSB], OpenDocument 1.2).
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import html
import io
import struct
import zipfile
from typing import Any

from ingestion.vietnamese import encodings


@dataclasses.dataclass
class Formula:
    """A formula; without `result` the file holds none."""

    text: str = "1+1"
    result: float | str | None = None


@dataclasses.dataclass
class ErrorValue:
    """A cell with a spreadsheet error."""

    text: str = "#REF!"


@dataclasses.dataclass
class Drawn:
    """One sheet to be written; rows and columns count from 0."""

    name: str
    rows: list[list[Any]]
    merges: list[tuple[int, int, int, int]] = dataclasses.field(default_factory=list)
    hidden_rows: set[int] = dataclasses.field(default_factory=set)
    hidden_columns: set[int] = dataclasses.field(default_factory=set)
    visible: bool = True
    formats: dict[tuple[int, int], str] = dataclasses.field(default_factory=dict)
    unicode_rows: set[int] = dataclasses.field(default_factory=set)  # rows a legacy file holds in Unicode


def to_xlsx(*sheets: Drawn, macros: bool = False) -> bytes:
    import openpyxl
    from openpyxl.cell import Cell

    book = openpyxl.Workbook()
    book.remove(book.active)
    for drawn in sheets:
        sheet = book.create_sheet(drawn.name)
        for r, row in enumerate(drawn.rows):
            for c, value in enumerate(row):
                if value is None or value == "":
                    continue
                cell = sheet.cell(r + 1, c + 1)
                assert isinstance(cell, Cell)
                if isinstance(value, Formula):
                    cell.value = f"={value.text}"
                elif isinstance(value, ErrorValue):
                    cell.value = value.text
                    cell.data_type = "e"
                else:
                    cell.value = value
                    if isinstance(value, str):
                        cell.data_type = "s"  # a text that begins with "=" stays a text
                if (r, c) in drawn.formats:
                    cell.number_format = drawn.formats[r, c]
        for top, left, bottom, right in drawn.merges:
            sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
        for r in drawn.hidden_rows:
            sheet.row_dimensions[r + 1].hidden = True
        for c in drawn.hidden_columns:
            sheet.column_dimensions[openpyxl.utils.get_column_letter(c + 1)].hidden = True
        if not drawn.visible:
            sheet.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    content = out.getvalue()
    return with_part(content, "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 macros") if macros else content


def with_part(package: bytes, name: str, content: bytes) -> bytes:
    """Return a zip with one part added or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info, old.read(info))
        new.writestr(name, content)
    return out.getvalue()


def text_of(value: Any, decimal: str = ".") -> str:
    """A cell as a delimited file has it."""
    if value is None or isinstance(value, Formula):
        return ""
    if isinstance(value, ErrorValue):
        return value.text
    if isinstance(value, dt.date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value).replace(".", decimal)
    return str(value)


def to_csv(drawn: Drawn, separator: str = ",", encoding: str = "utf-8", decimal: str = ".") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    width = max(map(len, drawn.rows))
    for row in drawn.rows:
        writer.writerow([text_of(value, decimal) for value in [*row, *[None] * (width - len(row))]])
    text = out.getvalue()
    if encoding == "cp1258":
        return in_cp1258(text)
    return text.encode(encoding)


def in_cp1258(text: str) -> bytes:
    """Code page 1258 writes letters with hats whole and tones as signs of their own."""
    import unicodedata

    out = bytearray()
    for sign in text:
        try:
            out += sign.encode("cp1258")
            continue
        except UnicodeEncodeError:
            pass
        parts = unicodedata.normalize("NFD", sign)
        tones = [part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323"]
        base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones))
        out += base.encode("cp1258") + "".join(tones).encode("cp1258")
    return bytes(out)


def to_html(drawn: Drawn, encoding: str = "utf-8") -> bytes:
    """A page with one table, as web applications save with the name .xls."""
    covered = {
        (r, c)
        for top, left, bottom, right in drawn.merges
        for r in range(top, bottom + 1)
        for c in range(left, right + 1)
        if (r, c) != (top, left)
    }
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in drawn.merges}
    lines = []
    width = max(map(len, drawn.rows))
    for r, row in enumerate(drawn.rows):
        cells = []
        for c in range(width):
            if (r, c) in covered:
                continue
            down, across = spans.get((r, c), (1, 1))
            span = (f' rowspan="{down}"' if down > 1 else "") + (f' colspan="{across}"' if across > 1 else "")
            value = row[c] if c < len(row) else None
            cells.append(f"<td{span}>{html.escape(text_of(value))}</td>")
        hidden = ' style="display:none"' if r in drawn.hidden_rows else ""
        lines.append(f"<tr{hidden}>{''.join(cells)}</tr>")
    page = (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={encoding}"></head>'
        f'<body><table border="1">{"".join(lines)}</table></body></html>'
    )
    return page.encode(encoding)


# --- OpenDocument ---------------------------------------------------------------------------------------------


def to_ods(*sheets: Drawn) -> bytes:
    names = {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    }
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in names.items())
    parts = []
    for drawn in sheets:
        style = ' table:style-name="hidden"' if not drawn.visible else ""
        parts.append(f'<table:table table:name="{html.escape(drawn.name)}"{style}>')
        width = max(map(len, drawn.rows))
        for c in range(width):
            hidden = ' table:visibility="collapse"' if c in drawn.hidden_columns else ""
            parts.append(f"<table:table-column{hidden}/>")
        spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in drawn.merges}
        for r, row in enumerate(drawn.rows):
            hidden = ' table:visibility="collapse"' if r in drawn.hidden_rows else ""
            cells = "".join(_ods_cell(value, spans.get((r, c))) for c, value in enumerate(row))
            parts.append(f"<table:table-row{hidden}>{cells}</table:table-row>")
        parts.append("</table:table>")
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {declared}><office:automatic-styles>'
        '<style:style style:name="hidden" style:family="table"><style:table-properties table:display="false"/>'
        "</style:style>"
        f"</office:automatic-styles><office:body><office:spreadsheet>{''.join(parts)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        package.writestr("META-INF/manifest.xml", "<manifest/>")
    return out.getvalue()


def _ods_cell(value: Any, span: tuple[int, int] | None) -> str:
    extra = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"' if span else ""
    if value is None or value == "":
        return f"<table:table-cell{extra}/>"
    if isinstance(value, Formula):
        return f'<table:table-cell{extra} table:formula="of:={value.text}"/>'
    shown = html.escape(str(value))
    if isinstance(value, ErrorValue):
        shown = html.escape(value.text)
        about = 'table:formula="of:=1/0" office:value-type="string" office:string-value=""'
    elif isinstance(value, dt.date):
        about = f'office:value-type="date" office:date-value="{value}"'
    elif isinstance(value, bool):
        about = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, (int, float)):
        about = f'office:value-type="float" office:value="{value}"'
    else:
        stripped = value.lstrip(" ")
        blanks = f'<text:s text:c="{len(value) - len(stripped)}"/>' if len(value) > len(stripped) else ""
        lines = "".join(f"<text:p>{blanks}{html.escape(line)}</text:p>" for line in stripped.split("\n"))
        return f'<table:table-cell{extra} office:value-type="string">{lines}</table:table-cell>'
    return f"<table:table-cell{extra} {about}><text:p>{shown}</text:p></table:table-cell>"


# --- .xls, BIFF8 in an OLE container --------------------------------------------------------------------------

_LEGACY_FONTS = {"tcvn3": ".VnTime", "vni": "VNI-Times", "unicode": "Arial"}


def in_legacy(text: str, encoding: str) -> str:
    """Return text as the characters that a TCVN3 or VNI file holds."""
    import unicodedata

    if encoding == "unicode":
        return text
    text = unicodedata.normalize("NFC", text)
    if encoding == "tcvn3":
        backwards = {letter: sign for sign, letter in encodings._TCVN3.items()}
        out = []
        for letter in text:  # TCVN3 has no capitals with tones; a font for capitals shows the small ones
            out.append(backwards.get(letter) or backwards.get(letter.lower()) or letter)
        return "".join(out)
    marks = {marks: sign for sign, marks in encodings._VNI_MARKS.items() if sign.islower()}
    letters = {letter: sign for sign, letter in encodings._VNI_LETTERS.items()}
    out = []
    for letter in text:
        if letter in letters:
            out.append(letters[letter])
            continue
        parts = unicodedata.normalize("NFD", letter)
        if len(parts) == 1:
            out.append(letter)
            continue
        base, accents = parts[0], parts[1:]
        if "\u031b" in accents:
            base = letters[unicodedata.normalize("NFC", base + "\u031b")]
            accents = accents.replace("\u031b", "")
        tones = "".join(a for a in accents if a in "\u0301\u0300\u0309\u0303\u0323")
        shape = "".join(a for a in accents if a not in tones)
        sign = marks[shape + tones] if shape + tones else ""
        out.append(base + (sign.upper() if letter.isupper() else sign))
    return "".join(out)


def to_xls(*sheets: Drawn, encoding: str = "unicode", fonts: bool = True) -> bytes:
    """Write .xls; a legacy encoding writes its characters, and its font unless `fonts` is False."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def font(name: str) -> bytes:
        head = struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0)
        return record(0x0031, head + struct.pack("<BB", len(name), 0) + name.encode("latin-1"))

    legacy = _LEGACY_FONTS[encoding] if fonts else "Arial"
    globals_ = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)) + record(
        0x0042, struct.pack("<H", 1200)
    )
    globals_ += b"".join(font(name) for name in ("Arial", "Arial", "Arial", "Arial", legacy))  # indexes 0 1 2 3 5
    formats = ["dd/mm/yyyy", *sorted({code for drawn in sheets for code in drawn.formats.values()})]
    for number, code in enumerate(formats):
        globals_ += record(0x041E, struct.pack("<HHB", 164 + number, len(code), 0) + code.encode("latin-1"))
    xf_tail = b"\0" * 16
    styles = [(0, 0), (5, 0), (0, 164), *[(0, 164 + n) for n in range(1, len(formats))]]
    globals_ += b"".join(record(0x00E0, struct.pack("<HH", *style) + xf_tail) for style in styles)
    streams = []
    for drawn in sheets:
        body = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
        for c in sorted(drawn.hidden_columns):
            body += record(0x007D, struct.pack("<HHHHHH", c, c, 2560, 0, 1, 0))
        width = max(map(len, drawn.rows))
        body += record(0x0200, struct.pack("<IIHHH", 0, len(drawn.rows), 0, width, 0))
        for r in sorted(drawn.hidden_rows):
            body += record(0x0208, struct.pack("<HHHHHHHH", r, 0, width, 255, 0, 0, 0x20, 0))
        for r, row in enumerate(drawn.rows):
            for c, value in enumerate(row):
                style = 3 + formats[1:].index(drawn.formats[r, c]) if (r, c) in drawn.formats else 0
                if value is None or value == "":
                    continue
                if isinstance(value, Formula):
                    result = b"\x03\0\0\0\0\0\xff\xff"
                    body += record(
                        0x0006, struct.pack("<HHH", r, c, 0) + result + struct.pack("<HIH", 2, 0, 3) + b"\x1e\x01\0"
                    )
                elif isinstance(value, ErrorValue):
                    code = {"#REF!": 23, "#DIV/0!": 7, "#N/A": 42, "#VALUE!": 15, "#NAME?": 29}[value.text]
                    body += record(0x0205, struct.pack("<HHHBB", r, c, 0, code, 1))
                elif isinstance(value, bool):
                    body += record(0x0205, struct.pack("<HHHBB", r, c, 0, int(value), 0))
                elif isinstance(value, dt.date):
                    serial = (value - dt.date(1899, 12, 30)).days
                    body += record(0x0203, struct.pack("<HHHd", r, c, 2, serial))
                elif isinstance(value, (int, float)):
                    body += record(0x0203, struct.pack("<HHHd", r, c, style, value))
                else:
                    unicode_row = r in drawn.unicode_rows
                    text = value if unicode_row else in_legacy(value, encoding)
                    head = struct.pack("<HHHHB", r, c, 0 if unicode_row else 1, len(text), 1)
                    body += record(0x0204, head + text.encode("utf-16-le"))
        if drawn.merges:
            merged = b"".join(
                struct.pack("<HHHH", top, bottom, left, right) for top, left, bottom, right in drawn.merges
            )
            body += record(0x00E5, struct.pack("<H", len(drawn.merges)) + merged)
        streams.append(body + record(0x000A, b""))
    bounds = [
        record(0x0085, struct.pack("<IBBBB", 0, 0 if d.visible else 1, 0, len(d.name), 1) + d.name.encode("utf-16-le"))
        for d in sheets
    ]
    offset = len(globals_) + sum(map(len, bounds)) + 4
    for number, (drawn, body) in enumerate(zip(sheets, streams, strict=True)):
        head = struct.pack("<IBBBB", offset, 0 if drawn.visible else 1, 0, len(drawn.name), 1)
        bounds[number] = record(0x0085, head + drawn.name.encode("utf-16-le"))
        offset += len(body)
    return ole_file("Workbook", globals_ + b"".join(bounds) + record(0x000A, b"") + b"".join(streams))


def ole_file(stream_name: str, stream: bytes) -> bytes:
    """Return an OLE container with one stream ([MS-CFB], sectors of 512 bytes)."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    fat_sectors = -(-(sectors + 1 + 1) // 128) or 1
    while fat_sectors * 128 < sectors + 1 + fat_sectors:
        fat_sectors += 1
    fat = [0xFFFFFFFD] * fat_sectors + [0xFFFFFFFE]  # the table itself, then the directory
    first = fat_sectors + 1
    fat += [*range(first + 1, first + sectors), 0xFFFFFFFE]
    fat += [0xFFFFFFFF] * (fat_sectors * 128 - len(fat))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        raw = name.encode("utf-16-le") + b"\0\0"
        head = raw.ljust(64, b"\0") + struct.pack(
            "<HBBIII", len(raw) if name else 0, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child
        )
        return head + b"\0" * 36 + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(stream_name, 2, 0xFFFFFFFF, first, len(stream))
    directory += entry("", 0, 0xFFFFFFFF, 0, 0) * 2
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, fat_sectors, fat_sectors, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", *[*range(fat_sectors), *[0xFFFFFFFF] * (109 - fat_sectors)])
    return header + struct.pack(f"<{len(fat)}I", *fat) + directory + stream


# --- .xlsb ----------------------------------------------------------------------------------------------------


def to_xlsb(*sheets: Drawn) -> bytes:
    def record(kind: int, body: bytes = b"") -> bytes:
        head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        size, length = len(body), b""
        while True:
            length += bytes([size & 0x7F | (0x80 if size > 127 else 0)])
            size >>= 7
            if not size:
                return head + length + body

    def wide(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    book = record(131) + record(143)
    relations = []
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for number, drawn in enumerate(sheets, 1):
            state = 0 if drawn.visible else 1
            book += record(156, struct.pack("<II", state, number) + wide(f"rId{number}") + wide(drawn.name))
            relations.append(
                f'<Relationship Id="rId{number}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
                f'worksheet" Target="worksheets/sheet{number}.bin"/>'
            )
            width = max(map(len, drawn.rows))
            body = record(129) + record(148, struct.pack("<IIII", 0, len(drawn.rows) - 1, 0, width - 1)) + record(145)
            for r, row in enumerate(drawn.rows):
                flags = 0x10 if r in drawn.hidden_rows else 0  # fDyZero: [MS-XLSB] 2.4.741
                body += record(0, struct.pack("<IIHBBBI", r, 0, 300, 0, flags, 0, 0))
                for c, value in enumerate(row):
                    place = struct.pack("<II", c, 0)
                    if value is None or value == "" or isinstance(value, Formula):
                        continue
                    if isinstance(value, ErrorValue):
                        body += record(3, place + bytes([{"#REF!": 23, "#DIV/0!": 7, "#N/A": 42}[value.text]]))
                    elif isinstance(value, bool):
                        body += record(4, place + bytes([value]))
                    elif isinstance(value, dt.date):
                        body += record(5, place + struct.pack("<d", (value - dt.date(1899, 12, 30)).days))
                    elif isinstance(value, (int, float)):
                        body += record(5, place + struct.pack("<d", value))
                    else:
                        body += record(6, place + wide(value))
            body += record(146)
            if drawn.merges:
                body += record(177, struct.pack("<I", len(drawn.merges)))
                for top, left, bottom, right in drawn.merges:
                    body += record(176, struct.pack("<IIII", top, bottom, left, right))
                body += record(178)
            package.writestr(f"xl/worksheets/sheet{number}.bin", body + record(130))
        package.writestr("xl/workbook.bin", book + record(144) + record(132))
        rel = "http://schemas.openxmlformats.org/package/2006/relationships"
        package.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<?xml version="1.0"?><Relationships xmlns="{rel}">{"".join(relations)}</Relationships>',
        )
        package.writestr(
            "_rels/.rels",
            f'<?xml version="1.0"?><Relationships xmlns="{rel}"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/'
            'officeDocument/2006/relationships/officeDocument" Target="xl/workbook.bin"/></Relationships>',
        )
        package.writestr(
            "[Content_Types].xml",
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        )
    return out.getvalue()
