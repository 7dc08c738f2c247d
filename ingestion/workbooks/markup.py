"""Web pages and XML spreadsheets that were saved with a workbook's name."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, NoReturn

from ingestion.documents import UnreadableDocument
from ingestion.vietnamese.encodings import decode_bytes
from ingestion.workbooks import limits
from ingestion.workbooks.grids import Cell, ErrorCell, Grid, Range, is_empty, rectangle

_START = re.compile(
    r"\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|div|style)\b",
    re.I | re.S,
)
_SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"
_DECLARED = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "div", "caption", "center", "b", "font", "span"}


def is_markup(content: bytes) -> bool:
    """Say whether the bytes are an HTML page or an XML spreadsheet (of Excel 2003)."""
    start = _decoded(content[:8192])
    return (
        bool(_START.match(start))
        or (start.lstrip().startswith("<?xml") and _SPREADSHEET in start)
        or (start.lstrip().startswith("<") and "<table" in start.lower())
    )


def read(content: bytes, name: str) -> tuple[list[Grid], str]:
    """Return the sheets and "html" or "xml"; raise UnreadableDocument when there is no table."""
    if len(content) > limits.MOST_TEXT:
        _refuse(name, f"{len(content):,} bytes", "the page is too large")
    text = _decoded(content)
    if _SPREADSHEET in text[:8192] and "<html" not in text[:2000].lower():
        return _spreadsheet(text, name), "xml"
    return [_page(text, name)], "html"


def _decoded(content: bytes) -> str:
    declared = _DECLARED.search(content[:4096])
    if declared and not content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        charset = declared[1].decode().lower()
        if charset in ("windows-1258", "cp1258"):
            return decode_bytes(content)[0]
        if charset not in ("utf-16", "unicode"):
            try:
                return content.decode(charset)
            except (LookupError, UnicodeDecodeError):
                pass
    return decode_bytes(content)[0]


def _page(text: str, name: str) -> Grid:
    """One sheet, as a spreadsheet program shows a page: the tables below each other, headings as rows above."""
    from lxml import etree, html

    text = re.sub(r"<\?xml[^>]*\?>", "", text, count=1)
    parser = html.HTMLParser(huge_tree=False, no_network=True, remove_comments=True)
    try:
        root = html.document_fromstring(text, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        _refuse(name, f"a structure that can't be followed ({str(error)[:200]})", "the page can't be taken apart")
    rows: list[list[Cell]] = []
    merges: list[Range] = []
    hidden: set[int] = set()
    tables = [table for table in root.iter("table") if not table.xpath(".//table")]
    if not tables:
        _refuse(name, "a web page without a table", "the page has no table")
    body = root.find("body")
    for element in (body if body is not None else root).iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag == "table" and element in tables:
            _add_table(element, rows, merges, hidden, name)
        elif element.tag in _BLOCKS and not element.xpath("ancestor::table | .//table"):
            innermost = not any(child.tag in _BLOCKS for child in element.iterdescendants())
            inside = element.xpath("ancestor::p | ancestor::h1 | ancestor::h2 | ancestor::h3 | ancestor::center")
            words = " ".join(element.text_content().split())
            if words and not inside and (innermost or (element.text or "").strip()):
                rows.append([words])
    return Grid("Sheet1", rectangle(rows), merges=tuple(merges), hidden_rows=frozenset(hidden))


def _add_table(table: Any, rows: list[list[Cell]], merges: list[Range], hidden: set[int], name: str) -> None:
    taken: dict[tuple[int, int], bool] = {}
    for line in table.iter("tr"):
        row = len(rows)
        cells: dict[int, Cell] = {}
        column = 0
        for cell in line.iterchildren("td", "th"):
            while (row, column) in taken:
                column += 1
            across, down = _span(cell.get("colspan")), _span(cell.get("rowspan"))
            if across > 1 or down > 1:
                merges.append((row, column, row + down - 1, column + across - 1))
                if across * down > 100_000 or len(taken) > limits.MOST_CELLS:
                    _refuse(name, f"a cell over {across} x {down}", "the table spans an absurd range")
                taken.update({(r, c): True for r in range(row, row + down) for c in range(column, column + across)})
            cells[column] = _cell(cell)
            column += across
        width = max(cells, default=-1) + 1
        rows.append([cells.get(index, "") for index in range(width)])
        if re.search(r"display\s*:\s*none", line.get("style") or "", re.I) or line.get("hidden") is not None:
            hidden.add(row)


def _cell(cell: Any) -> Cell:
    for key, value in cell.attrib.items():
        if key.lower() in ("x:num", "num") and value:
            try:
                return float(value)
            except ValueError:
                break
    for line_break in cell.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    text = str(cell.text_content()).replace("\r", "")
    lines = [re.sub(r"[ \t\n]+", " ", line) if "\n" not in line else line for line in text.split("\n")]
    joined = "\n".join(line.rstrip() for line in lines).strip("\n")
    return "" if is_empty(joined) else joined


def _span(text: str | None) -> int:
    return min(max(int(text), 1), 20_000) if text and text.strip().isdigit() else 1


def _spreadsheet(text: str, name: str) -> list[Grid]:
    from lxml import etree

    if re.search(r"<!(?:ENTITY|DOCTYPE)", text[:65536], re.I):
        _refuse(name, "a document type declaration", "the file declares XML entities, as attacks do")
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff"))
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=False)
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        _refuse(name, f"a structure that can't be followed ({str(error)[:200]})", "the XML spreadsheet is damaged")
    ss = f"{{{_SPREADSHEET}}}"
    grids = []
    for sheet in root.iter(f"{ss}Worksheet"):
        rows: list[list[Cell]] = []
        merges: list[Range] = []
        hidden: set[int] = set()
        for line in sheet.iterfind(f"{ss}Table/{ss}Row"):
            index = _span(line.get(f"{ss}Index")) - 1 if line.get(f"{ss}Index") else len(rows)
            while len(rows) < index and len(rows) < 2**20:
                rows.append([])
            cells: list[Cell] = []
            for cell in line.iterfind(f"{ss}Cell"):
                if cell.get(f"{ss}Index"):
                    cells.extend([""] * (min(int(cell.get(f"{ss}Index")), 16_384) - 1 - len(cells)))
                across, down = int(cell.get(f"{ss}MergeAcross", "0")), int(cell.get(f"{ss}MergeDown", "0"))
                if across or down:
                    merges.append((len(rows), len(cells), len(rows) + down, len(cells) + across))
                cells.append(_typed(cell.find(f"{ss}Data"), ss))
                cells.extend([""] * min(across, 16_384))
            if line.get(f"{ss}Hidden") == "1":
                hidden.add(len(rows))
            rows.append(cells)
        options = sheet.find("{urn:schemas-microsoft-com:office:excel}WorksheetOptions")
        shown = options is None or options.find("{urn:schemas-microsoft-com:office:excel}Visible") is None
        grids.append(Grid(sheet.get(f"{ss}Name", "Sheet1"), rectangle(rows), shown, tuple(merges), frozenset(hidden)))
    if not grids:
        _refuse(name, "an XML spreadsheet without sheets", "the file has no table")
    return grids


def _typed(data: Any, ss: str) -> Cell:
    if data is None:
        return ""
    text = "".join(data.itertext())
    kind = data.get(f"{ss}Type")
    try:
        if kind == "Number":
            return float(text)
        if kind == "DateTime":
            moment = dt.datetime.fromisoformat(text)
            return moment.date() if moment.time() == dt.time() else moment
    except ValueError:
        return text
    if kind == "Boolean":
        return text == "1"
    return ErrorCell(text) if kind == "Error" else text


def _refuse(name: str, found: str, reason: str) -> NoReturn:
    raise UnreadableDocument(
        name,
        expected="a workbook, or a page with a table",
        found=found,
        reason=reason,
        advice="Open the page, copy the table into a spreadsheet, save it as .xlsx and deliver that file.",
    )
