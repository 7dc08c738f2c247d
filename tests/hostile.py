"""Documents that try to be more than text: markup, scripts and formulas wherever a document can put words."""

from __future__ import annotations

import html
from pathlib import Path

import openpyxl

# What each of them would do if it were believed: name itself in the title of the page, or ask for a picture.
RAN = "HOSTILE SCRIPT RAN"
MARKUP = (
    f"<script>document.title='{RAN}'</script>",
    f'"><img src=http://127.0.0.1:9/stolen onerror="document.title=\'{RAN}\'">',
    "javascript:document.title='HOSTILE'",
    "{{constructor.constructor('document.title=1')()}}",
)
# A spreadsheet program would run these.
FORMULAS = ("=cmd|' /C calc'!A0", "+1+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0")
# What tells about a person, and no release may say; all of it made up.
CONTACTS = ("0912.345.678", "036085001234", "lan.nguyen@example.vn", "0123 4567 890", "Trần Thị Bé")
# The same where a sentence, a line or a cell ends between a number and the word that marks it.
CUT = ("3825 1234", "036085002", "4567 8902", "3825 9876", "036085003")


def bulletin(path: Path) -> None:
    """A page whose title, lead and measurable sentences carry all of it, as text."""
    said = html.escape(" ".join(MARKUP))
    sentences = (
        f"<p>Trong hai năm 2022-2023, toàn tỉnh {said} đã thành lập mới 60 HTX.</p>",
        f"<p>Đến năm 2025, tỉnh Bình Phước {said} phấn đấu thành lập mới ít nhất 75 HTX, liên hệ {CONTACTS[0]}, "
        f"CCCD số {CONTACTS[1]}, thư {CONTACTS[2]}, STK {CONTACTS[3]}.</p>",
        f"<p>Tỉnh đã hỗ trợ vốn cho 41 HTX. Điện thoại. {CUT[0]} thành viên HTX năm 2023 được tập huấn.</p>",
        f"<table><tr><td>Năm 2023 có 42 HTX, CCCD:</td><td>{CUT[1]} người của 43 HTX năm 2023.</td></tr>"
        f"<tr><td>Số tài khoản:</td><td>{CUT[2]} thành viên của 44 HTX năm 2023.</td></tr></table>",
        *(f"<p>{html.escape(formula)} tỉnh đã mở 38 lớp tập huấn trong năm 2023.</p>" for formula in FORMULAS),
    )
    path.write_text(
        "<!doctype html><html lang='vi'><head><meta charset='utf-8'>"
        f"<title>{html.escape(FORMULAS[0])} {said}</title>"
        "<meta property='article:published_time' content='2024-03-20T18:53:00+07:00'></head>"
        f"<body><article><h1>{html.escape(FORMULAS[0])} Hợp tác xã tỉnh Bình Phước {said}</h1>"
        f"{''.join(sentences)}</article></body></html>",
        encoding="utf-8",
    )


def register(path: Path, model: Path) -> None:
    """The register `model` with hostile names, one for each text, and one in a cell that should hold a number."""
    book = openpyxl.load_workbook(model)
    sheet = book.worksheets[0]
    header = next(cell.row for cell in sheet["C"] if cell.value == "Tên tổ chức")
    first = next(cell.row for cell in sheet["A"] if cell.row > header + 2 and cell.value == 1)
    for number, text in enumerate((*FORMULAS, *MARKUP)):
        cell = sheet.cell(first + number, 3)
        cell.value, cell.data_type = text, "s"  # a text that looks like a formula, which is what is dangerous
    sheet.cell(first + 9, 3).value = f"HTX bà {CONTACTS[4]} {CONTACTS[0]}"
    sheet.cell(first + 10, 8).value = MARKUP[0]
    sheet.cell(first + 11, 3).value = f"HTX Một. Điện thoại: {CUT[3]}"
    sheet.cell(first + 12, 3).value, sheet.cell(first + 12, 4).value = "HTX Hai, CCCD số:", CUT[4]
    book.save(path)
