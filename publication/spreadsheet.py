"""Excel files for people: the annex as an official signs it, and any published table."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from publication import wording
from publication.annex import DOMAINS, Annex, Line, Number
from publication.catalogue import PublishedTable
from publication.published import Published

MOST_ROWS = 1_048_575  # of a sheet, without its header
_FONT = "Times New Roman"  # the font of official documents (Decree 30/2020/NĐ-CP, appendix I)
_MILLION = Decimal(10**6)
_UNITS = {
    "cooperative": "HTX",
    "cooperative_group": "THT",
    "union": "Liên hiệp HTX",
    "credit_fund": "Quỹ",
    "person": "Người",
    "household": "Hộ",
    "class": "Lớp",
    "commune": "Xã",
    "district": "Huyện",
    "product": "Sản phẩm",
    "project": "Dự án",
    "model": "Mô hình",
    "percent": "%",
    "VND": "Triệu đồng",
    "VND/year": "Triệu đồng/năm",
    "VND/month": "Triệu đồng/tháng",
}
_SECTIONS = {
    "cooperatives": "PHÁT TRIỂN KINH TẾ TẬP THỂ",
    "training": "ĐÀO TẠO, BỒI DƯỠNG, TẬP HUẤN",
    "finance": "TÀI CHÍNH, TÍN DỤNG",
}
_SIGNS = {"ge": "≥ ", "gt": "> ", "le": "≤ ", "lt": "< ", "approx": "≈ "}
_ORIGINS = {"register": "Sổ đăng ký", "report": "Biểu chỉ tiêu", "bulletin": "Bản tin", "derived": "Suy ra"}
_SYSTEMS = {
    "register": "sổ đăng ký",
    "ministry": "cơ quan quản lý nhà nước",
    "province": "UBND tỉnh",
    "alliance": "Liên minh HTX",
    "fund": "Quỹ hỗ trợ",
    "gso": "cơ quan thống kê",
    "press": "báo chí",
    "other": "nơi khác",
}
# Where each number of a line stands.
_COLUMNS = {"before": 3, "plan": 4, "done": 5, "estimated": 6, "next_plan": 9}
_TEXT_WIDTH = 50  # characters of the column of indicators
# Scopes that are a field of the economy, which official tables introduce so.
_FIELDS = ("agricultural", "non_agricultural", "transport", "construction", "trade_services", "industry", "environment")
_TO_PLAN, _TO_BEFORE, _NOTE = 7, 8, 10


def write_annex(annex: Annex, path: Path) -> None:
    """Write the annex as .xlsx: the table on the first sheet, the source of each number on the second.

    Comparisons are formulas with their value, so that the table goes on adding up when an official corrects a
    number before signing. Text is written as text and never as a formula.
    """
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    # The same annex gives the same bytes, whenever it is written.
    book.set_properties({"title": _title(annex), "created": dt.datetime.combine(annex.period.end, dt.time())})
    styles = _Styles(book)
    places = _write_table(book.add_worksheet("Phụ lục"), annex, styles)
    _write_sources(book.add_worksheet("Nguồn số liệu"), annex, places, styles)
    book.close()


class _Styles:
    """Cell formats by what they are for; one object for each combination."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def of(self, **properties: object) -> Format:
        wanted = {"font_name": _FONT, "font_size": 12, "valign": "vcenter", **properties}
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(wanted)
        return self._made[key]

    def cell(self, **properties: object) -> Format:
        return self.of(border=1, **properties)


def _title(annex: Annex) -> str:
    return f"TÌNH HÌNH THỰC HIỆN CHỈ TIÊU KINH TẾ TẬP THỂ, HỢP TÁC XÃ {annex.period.name.upper()}"


def _write_table(sheet: Worksheet, annex: Annex, styles: _Styles) -> dict[tuple[Line, str], str]:
    """Write the table; return the cell of each number."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer("&C&P/&N")
    for column, width in enumerate((6, 52, 16, 13, 13, 13, 13, 11, 11, 13, 30)):
        sheet.set_column(column, column, width)
    last = _NOTE
    head = styles.of(bold=True, align="center", text_wrap=True, font_size=13)
    sheet.merge_range(0, 0, 0, last, f"{annex.province.name_vi}".upper(), styles.of(bold=True, align="center"))
    sheet.merge_range(1, 0, 1, last, _title(annex), head)
    subject = f"Chương trình: {annex.programme.name_vi or annex.programme.programme}" if annex.programme else ""
    sheet.merge_range(
        2, 0, 2, last, subject or f"(Số liệu công bố {annex.release_id})", styles.of(align="center", italic=True)
    )
    _write_header(sheet, annex, styles)
    row, places = 6, {}
    for letter, domain in zip("ABC", DOMAINS, strict=True):
        lines = [line for line in annex.lines if line.indicator.domain == domain]
        if not lines:
            continue
        bold = styles.cell(bold=True)
        sheet.write_string(row, 0, letter, styles.cell(bold=True, align="center"))
        sheet.write_string(row, 1, _SECTIONS[domain], bold)
        for column in range(2, last + 1):
            sheet.write_blank(row, column, None, bold)
        row += 1
        number, whole = 0, None
        for line in lines:
            is_part = line.scope is not None and whole == line.indicator.indicator
            if not is_part:
                number, whole = number + 1, line.indicator.indicator if line.scope is None else None
            _write_line(sheet, row, line, "" if is_part else str(number), is_part, styles)
            places.update({(line, name): xl_rowcol_to_cell(row, _COLUMNS[name]) for name in line.numbers})
            row += 1
    row += 1
    right = styles.of(align="center")
    sheet.merge_range(row, 6, row, last, "……, ngày …… tháng …… năm ……", styles.of(align="center", italic=True))
    sheet.merge_range(row + 1, 0, row + 1, 4, "NGƯỜI LẬP BIỂU", styles.of(bold=True, align="center"))
    sheet.merge_range(row + 1, 6, row + 1, last, "THỦ TRƯỞNG ĐƠN VỊ", styles.of(bold=True, align="center"))
    sheet.merge_range(row + 2, 0, row + 2, 4, "(Ký, ghi rõ họ tên)", right)
    sheet.merge_range(row + 2, 6, row + 2, last, "(Ký tên, đóng dấu)", right)
    sheet.repeat_rows(3, 5)
    sheet.freeze_panes(6, 2)
    sheet.print_area(0, 0, row + 6, last)
    return places


def _write_header(sheet: Worksheet, annex: Annex, styles: _Styles) -> None:
    top = styles.cell(bold=True, align="center", text_wrap=True, bg_color="#E7EEF5")
    period, before = annex.period, annex.period.before
    titles = {
        0: "TT",
        1: "Chỉ tiêu",
        2: "ĐVT",
        3: f"Thực hiện {before.name}",
        4: f"Kế hoạch năm {period.year}",
        5: f"Thực hiện {period.name}",
        6: f"Ước thực hiện {period.name}",
        9: f"Kế hoạch năm {period.year + 1}",
        10: "Ghi chú",
    }
    for column, title in titles.items():
        sheet.merge_range(3, column, 4, column, title, top)
    sheet.merge_range(3, _TO_PLAN, 3, _TO_BEFORE, "So sánh (%)", top)
    sheet.write_string(4, _TO_PLAN, f"với kế hoạch năm {period.year}", top)
    sheet.write_string(4, _TO_BEFORE, f"với {before.name}", top)
    sheet.set_row(3, 32)
    sheet.set_row(4, 48)
    for column in range(_NOTE + 1):
        sheet.write_string(5, column, f"({column + 1})", styles.cell(align="center", italic=True, font_size=10))


def _write_line(sheet: Worksheet, row: int, line: Line, number: str, is_part: bool, styles: _Styles) -> None:
    text = f"{'Trong đó: ' if is_part else ''}{_name(line)}"
    if len(text) > _TEXT_WIDTH:
        sheet.set_row(row, 32)  # two lines: nobody widens rows before printing
    sheet.write_string(row, 0, number, styles.cell(align="center"))
    sheet.write_string(row, 1, text, styles.cell(text_wrap=True, indent=2 if is_part else 0, italic=is_part))
    sheet.write_string(row, 2, _UNITS.get(line.indicator.unit, line.indicator.unit), styles.cell(align="center"))
    money = line.indicator.unit.split("/")[0] == "VND"
    for name, column in _COLUMNS.items():
        found = line.numbers.get(name)
        if found is None:
            sheet.write_blank(row, column, None, styles.cell())
        else:
            shown = _shown(found.value, money)
            sheet.write_number(
                row, column, float(shown), styles.cell(num_format=_number_format(found, money), align="right")
            )
    now = "done" if line.done else "estimated"
    for column, against in ((_TO_PLAN, "plan"), (_TO_BEFORE, "before")):
        _write_comparison(sheet, row, column, line, now, against, styles)
    sheet.write_string(row, _NOTE, line.note, styles.cell(text_wrap=True, font_size=10))


def _name(line: Line) -> str:
    if line.scope is None:
        return line.indicator.name_vi
    field = "lĩnh vực " if line.scope in _FIELDS else ""
    return f"{line.indicator.name_vi}, {field}{wording.scope(line.scope).vi}"


def _write_comparison(
    sheet: Worksheet, row: int, column: int, line: Line, now: str, against: str, styles: _Styles
) -> None:
    top, bottom = line.numbers.get(now), line.numbers.get(against)
    style = styles.cell(num_format="#,##0.0", align="right")
    if top is None or bottom is None or bottom.value == 0:
        sheet.write_blank(row, column, None, styles.cell())
        return
    cells = [xl_rowcol_to_cell(row, _COLUMNS[name]) for name in (now, against)]
    sheet.write_formula(row, column, f"={cells[0]}/{cells[1]}*100", style, float(top.value / bottom.value * 100))


def _number_format(number: Number, money: bool) -> str:
    """A format that shows what the number is without changing it: "≥ 25", "8 – 10"."""
    form = "#,##0" + ("" if _shown(number.value, money) % 1 == 0 else ".0#")
    if number.high is not None:
        high = wording.plain_number(_shown(number.high, money)).vi
        return f'{form}" – {high}"'
    sign = _SIGNS.get(number.qualifier, "")
    return f'"{sign}"{form}' if sign else form


def _shown(value: Decimal, money: bool) -> Decimal:
    return value / _MILLION if money else value


def _write_sources(sheet: Worksheet, annex: Annex, places: Mapping[tuple[Line, str], str], styles: _Styles) -> None:
    """One row for each number: its cell on the first sheet and where it was read."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    titles = (
        "Ô",
        "Chỉ tiêu",
        "Giá trị gốc",
        "Loại nguồn",
        "Hệ thống số liệu",
        "Tài liệu",
        "Vị trí hoặc câu gốc",
        "Cách tính",
        "SHA-256",
    )
    widths = (7, 46, 20, 14, 20, 34, 60, 40, 20)
    for column, (title, width) in enumerate(zip(titles, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, styles.cell(bold=True, align="center", text_wrap=True, bg_color="#E7EEF5"))
    wrapped = styles.cell(text_wrap=True, valign="top", font_size=11)
    row = 1
    for line in annex.lines:
        for name, number in line.numbers.items():
            said = wording.exact(number.value, line.indicator.unit, number.high).vi
            texts = (
                places[line, name],
                _name(line),
                said,
                _ORIGINS.get(number.origin, number.origin),
                _SYSTEMS.get(number.system or "", number.system or ""),
                number.file or "",
                number.place,
                number.computation or "",
                (number.artefact or "")[:16],
            )
            for column, text in enumerate(texts):
                sheet.write_string(row, column, text[:32767], wrapped)
            # LibreOffice gives a wrapped cell no height of its own; 409 points is the highest that there is.
            lines = max(math.ceil(len(text) / width) for text, width in zip(texts, widths, strict=True))
            sheet.set_row(row, min(15 * lines, 409))
            row += 1
    if annex.left_out:
        text = f"Không đưa vào phụ lục: {annex.left_out} dãy số liệu chỉ nói về một phần (xem marts.fct_kpi_series)."
        sheet.write_string(row + 1, 1, text, styles.of(italic=True))
    sheet.write_string(row + 2, 1, f"Bản công bố {annex.release_id}. Mỗi số: htx explain.", styles.of(italic=True))
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)


def write_table(published: Published, table: PublishedTable, path: Path) -> int:
    """Write one published table as .xlsx with a header that explains its columns; return the number of rows.

    Raises ValueError when the table has more rows than a sheet.
    """
    book = xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    )
    book.set_properties({"title": table.name, "comments": table.description[:255], "created": dt.datetime(2026, 1, 1)})
    styles = _Styles(book)
    sheet = book.add_worksheet(table.name[:31])
    writers = [_writer(column.type, styles) for column in table.columns]
    head = styles.of(bold=True, bg_color="#E7EEF5", bottom=1)
    for number, column in enumerate(table.columns):
        sheet.set_column(number, number, min(max(len(column.name) + 3, 12), 40))
        sheet.write_string(0, number, column.name, head)
        if column.description:
            sheet.write_comment(0, number, column.description, {"x_scale": 2.5})
    result = published.connection.execute(f'SELECT * FROM "{table.schema}"."{table.name}" ORDER BY ALL')
    rows = 0
    while batch := result.fetchmany(10_000):
        for values in batch:
            rows += 1
            if rows > MOST_ROWS:
                book.close()
                path.unlink()
                raise ValueError(f"more than {MOST_ROWS:,} rows")
            for number, value in enumerate(values):
                if value is not None:
                    writers[number](sheet, rows, number, value)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(rows, 1), len(table.columns) - 1)
    book.close()
    return rows


def _writer(duckdb_type: str, styles: _Styles) -> Callable[[Worksheet, int, int, Any], object]:
    """How a value of this type is written; text stays text."""
    if duckdb_type == "DATE":
        day = styles.of(num_format="dd/mm/yyyy")
        # Excel's calendar begins in 1900: an earlier day is written as text.
        return lambda sheet, row, column, value: (
            sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), day)
            if value.year >= 1900
            else sheet.write_string(row, column, value.isoformat())
        )
    if duckdb_type == "BOOLEAN":
        return lambda sheet, row, column, value: sheet.write_boolean(row, column, value)
    if duckdb_type.startswith(("DECIMAL", "DOUBLE", "BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT")):
        form = styles.of(num_format="#,##0.####" if duckdb_type.startswith(("DECIMAL(22", "DOUBLE")) else "#,##0")
        return lambda sheet, row, column, value: sheet.write_number(row, column, float(value), form)
    return lambda sheet, row, column, value: sheet.write_string(row, column, str(value)[:32767])
