"""The same records come out whatever the order of columns, the unit, the file format and the encoding."""

from __future__ import annotations

import copy
import datetime as dt
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from made import REGISTER, SUPPORT, Table, all_made, lower_titles, register, support_table
from writers import Drawn, to_csv, to_html, to_ods, to_xls, to_xlsb, to_xlsx

from ingestion.workbooks import Workbook, read
from ingestion.workbooks.formats import open_workbook
from ingestion.workbooks.grids import NOT_CALCULATED, ErrorCell, PercentCell, is_empty
from ingestion.workbooks.reader import decode, read_grid

_FIELDS = [field for field in REGISTER if field != "tt"]
_PLAIN = ["tt", "name", "district", "commune", "sector", "members", "workers", "revenue_vnd", "rating"]
_UNITS = {"đồng": 1, "nghìn đồng": 1000, "triệu đồng": 10**6, "Tr.đ": 10**6, "tỷ đồng": 10**9, "1.000đ": 1000}


def _records(content: bytes) -> list[dict[str, Any]]:
    sheets = read(content, name="a").sheets
    assert len(sheets) == 1
    return [dict(sorted(record.fields.items())) for record in sheets[0].table]


def _truth(table: Table) -> list[dict[str, Any]]:
    return [
        {k: v for k, v in sorted(record.items()) if k not in ("row_no", "hidden")}
        for record in table.truth.records.values()
    ]


def _equal(found: list[dict[str, Any]], truth: list[dict[str, Any]]) -> bool:
    plain = [{k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in record.items()} for record in found]
    return [{k: r[k] for k in t} for r, t in zip(plain, truth, strict=True)] == truth


@settings(max_examples=40, deadline=None)
@given(st.permutations(_FIELDS), st.integers(0, 50))
def test_any_order_of_columns_gives_the_same_records(order: list[str], seed: int) -> None:
    table = register(["tt", *order], count=4, seed=seed)
    assert _equal(_records(to_xlsx(table.drawn)), _truth(table))


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(_UNITS)), st.sampled_from(["header", "unit row", "title"]), st.integers(0, 50))
def test_any_unit_in_any_place_gives_the_same_records(unit: str, place: str, seed: int) -> None:
    parts = {"header": [f"Doanh thu ({unit})"], "unit row": ["Doanh thu", f"({unit})"], "title": ["Doanh thu"]}[place]
    titles = ["DANH SÁCH HTX TỈNH NAM ĐỊNH NĂM 2023", *([f"ĐVT: {unit}"] if place == "title" else [])]
    table = register(
        ["tt", "name", "revenue_vnd"],
        headers={"revenue_vnd": parts},
        units={"revenue_vnd": _UNITS[unit]},
        count=4,
        seed=seed,
        titles=titles,
    )
    assert _equal(_records(to_xlsx(table.drawn)), _truth(table))


@settings(max_examples=30, deadline=None)
@given(st.permutations([field for field in SUPPORT if field != "tt"]), st.sampled_from(sorted(_UNITS)))
def test_a_list_of_support_is_the_same_in_any_order_of_columns_and_any_unit(order: list[str], unit: str) -> None:
    headers = {"amount_vnd": [f"Kinh phí hỗ trợ ({unit})"], "disbursed_vnd": [f"Đã giải ngân ({unit})"]}
    table = support_table(["tt", *order], factor=_UNITS[unit], headers=headers, count=3)
    assert _equal(_records(to_xlsx(table.drawn)), _truth(table))


_WRITERS: dict[str, Callable[[Drawn], bytes]] = {
    "xlsx": to_xlsx,
    "ods": to_ods,
    "xlsb": to_xlsb,
    "html": to_html,
    "xls": to_xls,
    "xls tcvn3": lambda drawn: to_xls(drawn, encoding="tcvn3"),
    "xls tcvn3 without fonts": lambda drawn: to_xls(drawn, encoding="tcvn3", fonts=False),
    "xls vni": lambda drawn: to_xls(drawn, encoding="vni"),
    "xls vni without fonts": lambda drawn: to_xls(drawn, encoding="vni", fonts=False),
    "csv utf-8": to_csv,
    "csv utf-8-sig": lambda drawn: to_csv(drawn, ";", "utf-8-sig"),
    "csv utf-16": lambda drawn: to_csv(drawn, "\t", "utf-16"),
    "csv cp1258": lambda drawn: to_csv(drawn, "|", "cp1258"),
}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(_WRITERS)), st.integers(0, 50), st.integers(3, 12))
def test_any_format_and_encoding_gives_the_same_records(writer: str, seed: int, count: int) -> None:
    table = register(_PLAIN, count=count, seed=seed)
    lower_titles(table)
    assert _equal(_records(_WRITERS[writer](table.drawn)), _truth(table))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=12))
def test_no_text_whatever_becomes_a_count_unless_it_is_one(text: str) -> None:
    from ingestion.workbooks.layouts import list_layouts
    from ingestion.workbooks.values import Broken, Setting, parse

    members = list_layouts()[0].fields["members"]
    try:
        value, _ = parse(text, members, Setting())
    except Broken:
        return
    assert value is None or any(sign.isdigit() for sign in text)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**12), st.sampled_from([("vi", "."), ("en", ",")]))
def test_grouped_digits_are_read_back_in_their_locale(number: int, style: tuple[Any, str]) -> None:
    from ingestion.workbooks.values import number_of

    locale, sign = style
    assert number_of(f"{number:,}".replace(",", sign), locale) == number


_ODD_CELLS: list[Any] = [
    "",
    "TT",
    "Tên HTX",
    "Chỉ tiêu",
    "Tổng cộng",
    "I",
    "Huyện A",
    "(1)",
    1.0,
    2023.0,
    "năm 2023",
    -5.5,
    1e18,
]
_ODD_CELLS += [
    float("nan"),
    True,
    dt.date(2020, 1, 1),
    dt.time(3),
    ErrorCell("#REF!"),
    NOT_CALCULATED,
    PercentCell(0.5),
]
_ODD_CELLS += ["Trong đó:", "- a", "Ghi chú: abc", "=1+1", "0912345678", "1.234", "1,234", "Người lập biểu", "a" * 500]
_GRIDS = [grid for made in all_made() for grid in open_workbook(made.content, made.name).grids if grid.height]


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_however_a_sheet_is_disturbed_every_used_row_is_accounted_for(data: st.DataObject) -> None:
    grid = copy.deepcopy(data.draw(st.sampled_from(_GRIDS)))
    for _ in range(data.draw(st.integers(1, 12))):
        row = data.draw(st.integers(0, grid.height - 1))
        if data.draw(st.integers(0, 9)) == 0:
            grid.rows.insert(row, [""] * grid.width)
        else:
            grid.rows[row][data.draw(st.integers(0, grid.width - 1))] = data.draw(st.sampled_from(_ODD_CELLS))
    used = {r + 1 for r, row in enumerate(grid.rows) if any(not is_empty(value) for value in row)}
    decode(grid)
    sheets = read_grid(grid)
    Workbook("0" * 64, "a.xlsx", "xlsx", sheets).to_lake()
    covered: set[int] = set()
    for sheet in (sheet.to_json() for sheet in sheets):
        ranges = [entry["cells"] for part in ("records", "quarantined", "ignored") for entry in sheet[part]]
        for cells in [*ranges, *([sheet["header"]] if sheet["header"] else [])]:
            numbers = [int(number) for number in re.findall(r"\d+", cells)]
            covered |= set(range(min(numbers), max(numbers) + 1))
    assert used <= covered
