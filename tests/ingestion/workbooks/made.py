"""The test set: workbooks made here with known truth, one or more for every trait of real ones.

`python tests/ingestion/workbooks/made.py FOLDER` writes them with their truth as JSON; `all_made()` returns them.
All names and numbers are invented.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import random
import sys
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from writers import Drawn, ErrorValue, Formula, to_csv, to_html, to_ods, to_xls, to_xlsb, to_xlsx

from ingestion.workbooks.grids import range_address


@dataclasses.dataclass
class Truth:
    """What reading one sheet must give."""

    sheet: str
    record_type: str
    province: str | None
    period: str | None
    records: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)  # by cells (by cell for indicators)
    quarantined: set[tuple[str, str]] = dataclasses.field(default_factory=set)  # cells, field
    ignored: dict[str, str] = dataclasses.field(default_factory=dict)  # cells, why
    disagreeing: set[str] = dataclasses.field(default_factory=set)  # cells of totals that don't add up
    findings: set[tuple[str, str]] = dataclasses.field(default_factory=set)  # kind, cells
    personal: set[str] = dataclasses.field(default_factory=set)  # cells


@dataclasses.dataclass
class Made:
    """One file of the set."""

    name: str
    content: bytes
    truths: list[Truth]
    traits: str


Broken = type("Broken", (), {})
BROKEN: Any = Broken()  # in a row's truth: this field's cell must be quarantined


class Table:
    """Draws one list: columns with header texts, rows with cells and truth side by side."""

    def __init__(
        self,
        record_type: str,
        columns: Sequence[tuple[str, Sequence[str]]],
        *,
        sheet: str = "Biểu 1",
        titles: Sequence[str] = (),
        province: str | None = "Nam Định",
        period: str | None = "2023-06-30",
        numbers_row: bool = False,
        merge_header: bool = True,
        first_row: int = 0,
    ) -> None:
        self.columns = [field for field, _ in columns]
        self.truth = Truth(sheet, record_type, province, period)
        self.drawn = Drawn(sheet, [[] for _ in range(first_row)])
        self.width = len(columns)
        for title in titles:
            self.drawn.rows.append([title])
        height = max(len(parts) for _, parts in columns)
        self.header_row = len(self.drawn.rows)
        for level in range(height):
            self.drawn.rows.append([parts[level] if level < len(parts) else None for _, parts in columns])
        if merge_header:
            self._merge_header(height, columns)
        if numbers_row:
            self.drawn.rows.append([float(number) for number in range(1, self.width + 1)])
            self.truth.ignored[self.cells()] = "column numbers"
        self.number = 0

    def _merge_header(self, height: int, columns: Sequence[tuple[str, Sequence[str]]]) -> None:
        top = self.header_row
        for c, (_, parts) in enumerate(columns):
            if len(parts) == 1 and height > 1:
                self.drawn.merges.append((top, c, top + height - 1, c))
        c = 0
        while c < len(columns) and height > 1:
            end = c
            while (
                end + 1 < len(columns) and len(columns[end + 1][1]) > 1 and columns[end + 1][1][0] == columns[c][1][0]
            ):
                end += 1
            if end > c and len(columns[c][1]) > 1:
                self.drawn.merges.append((top, c, top, end))
                for blank in range(c + 1, end + 1):
                    self.drawn.rows[top][blank] = None
            c = end + 1

    def cells(self, row: int | None = None) -> str:
        """The address of a row of the table, by default the last."""
        at = len(self.drawn.rows) - 1 if row is None else row
        return range_address(at, 0, at, self.width - 1)

    def add(self, raw: dict[str, Any], truth: dict[str, Any], *, hidden: bool = False, number: Any = "") -> None:
        """Add a record: cells by column name, and what each field must become."""
        self.number += 1
        printed = self.number if number == "" else number
        self.drawn.rows.append(
            [
                float(printed)
                if field == "tt" and isinstance(printed, int)
                else printed
                if field == "tt"
                else raw.get(field)
                for field in self.columns
            ]
        )
        cells = self.cells()
        broken = [field for field, value in truth.items() if value is BROKEN]
        if broken:
            self.truth.quarantined |= {(cells, field) for field in broken}
            return
        expected = {"row_no": None if printed is None else str(printed), "hidden": hidden}
        self.truth.records[cells] = expected | truth
        if hidden:
            self.drawn.hidden_rows.add(len(self.drawn.rows) - 1)

    def line(self, cells: Sequence[Any], why: str) -> str:
        """Add a row that is no record."""
        self.drawn.rows.append(list(cells))
        self.truth.ignored[self.cells()] = why
        return self.cells()


TITLES = ("LIÊN MINH HỢP TÁC XÃ TỈNH NAM ĐỊNH", "DANH SÁCH HỢP TÁC XÃ TRÊN ĐỊA BÀN TỈNH", "(Tính đến ngày 30/6/2023)")
REGISTER: dict[str, Sequence[str]] = {
    "tt": ["TT"],
    "name": ["Tên hợp tác xã"],
    "kind": ["Loại hình"],
    "registration_no": ["Số đăng ký"],
    "tax_code": ["Mã số thuế"],
    "district": ["Huyện"],
    "commune": ["Xã"],
    "sector": ["Lĩnh vực hoạt động"],
    "founded_on": ["Ngày thành lập"],
    "status": ["Tình trạng"],
    "members": ["Số thành viên"],
    "workers": ["Số lao động"],
    "charter_capital_vnd": ["Vốn điều lệ (triệu đồng)"],
    "revenue_vnd": ["Doanh thu (triệu đồng)"],
    "profit_vnd": ["Lợi nhuận (triệu đồng)"],
    "income_per_worker_month_vnd": ["Thu nhập BQ lao động (nghìn đồng/tháng)"],
    "rating": ["Xếp loại"],
    "linked": ["Tham gia liên kết"],
    "high_tech": ["Ứng dụng CNC"],
    "gap_certified": ["VietGAP"],
    "ocop_stars": ["OCOP"],
}
SECTORS = {
    "agriculture": "Nông nghiệp",
    "transport": "Vận tải",
    "construction": "Xây dựng",
    "environment": "Môi trường",
    "trade_services": "Thương mại - dịch vụ",
    "industry": "Tiểu thủ công nghiệp",
}
KINDS = {"cooperative": "HTX", "cooperative_group": "THT", "union": "Liên hiệp HTX", "people_credit_fund": "Quỹ TDND"}
RATINGS = {"good": "Tốt", "fair": "Khá", "average": "Trung bình", "weak": "Yếu", "unrated": "Chưa xếp loại"}
STATUSES = {
    "active": "Đang hoạt động",
    "suspended": "Tạm ngừng hoạt động",
    "dissolving": "Chờ giải thể",
    "dissolved": "Đã giải thể",
}
_SYLLABLES = [
    "An",
    "Bình",
    "Cường",
    "Đông",
    "Giang",
    "Hòa",
    "Khánh",
    "Lợi",
    "Minh",
    "Nghĩa",
    "Phú",
    "Quang",
    "Sơn",
    "Tân",
    "Thịnh",
    "Thủy",
    "Tiến",
    "Trung",
    "Vạn",
    "Xuân",
    "Yên",
]


def organisations(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Return invented organisations as their typed values."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        name = f"HTX Nông nghiệp {chance.choice(_SYLLABLES)} {chance.choice(_SYLLABLES)} {number + 1}"
        found.append(
            {
                "name": name,
                "kind": "cooperative",
                "registration_no": f"07{chance.randint(0, 9)}{chance.randint(1000, 9999)}/ĐK",
                "tax_code": f"06{chance.randint(10_000_000, 99_999_999)}",
                "district": f"Huyện {chance.choice(_SYLLABLES)} {chance.choice(_SYLLABLES)}",
                "commune": f"Xã {chance.choice(_SYLLABLES)} {chance.choice(_SYLLABLES)}",
                "sector": chance.choice(list(SECTORS)),
                "founded_on": f"{chance.randint(1996, 2022)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
                "founded_on_precision": "day",
                "status": chance.choice(list(STATUSES)),
                "members": chance.randint(7, 900),
                "workers": chance.randint(3, 90),
                "charter_capital_vnd": chance.randint(1, 90) * 100_000_000,
                "revenue_vnd": chance.randint(10, 9000) * 10_000_000,
                "profit_vnd": chance.randint(-20, 400) * 1_000_000,
                "income_per_worker_month_vnd": chance.randint(30, 120) * 100_000,
                "rating": chance.choice(list(RATINGS)),
                "linked": chance.choice([True, None]),
                "high_tech": chance.choice([True, None]),
                "gap_certified": chance.choice([True, None]),
                "ocop_stars": chance.choice([None, 3, 4, 5]),
            }
        )
    return found


def raw_of(values: dict[str, Any], units: dict[str, int] | None = None) -> dict[str, Any]:
    """Return the cells that an office would type for typed values; `units` gives đồng per written unit."""
    factors = {
        "charter_capital_vnd": 10**6,
        "revenue_vnd": 10**6,
        "profit_vnd": 10**6,
        "income_per_worker_month_vnd": 1000,
        **(units or {}),
    }
    raw: dict[str, Any] = {}
    for field, value in values.items():
        if value is None or field == "founded_on_precision":
            continue
        if field in factors:
            raw[field] = value / factors[field]
        elif field == "founded_on":
            raw[field] = dt.date.fromisoformat(value)
        elif isinstance(value, bool):
            raw[field] = "x"
        elif field in ("members", "workers"):
            raw[field] = float(value)
        elif field == "ocop_stars":
            raw[field] = f"{value} sao"
        else:
            table = {"sector": SECTORS, "kind": KINDS, "rating": RATINGS, "status": STATUSES}.get(field)
            raw[field] = table[value] if table else value
    return raw


def register(
    fields: Sequence[str] | None = None,
    count: int = 8,
    *,
    headers: dict[str, Sequence[str]] | None = None,
    units: dict[str, int] | None = None,
    seed: int = 1,
    **options: Any,
) -> Table:
    """Draw a plain register with the given columns, in their order."""
    wanted = list(fields or REGISTER)
    known = {**REGISTER, **(headers or {})}
    options.setdefault("titles", TITLES)
    table = Table("cooperative_status", [(field, known.get(field, [field])) for field in wanted], **options)
    for values in organisations(count, seed):
        add_values(table, values, units)
    return table


def add_values(table: Table, values: dict[str, Any], units: dict[str, int] | None = None, **changes: Any) -> None:
    shown = {field: value for field, value in values.items() if field in table.columns}
    if "founded_on" in shown:
        shown["founded_on_precision"] = values["founded_on_precision"]
    table.add(raw_of(shown, units), shown, **changes)


# --- the set --------------------------------------------------------------------------------------------------

_MAKERS: list[Callable[[], Made]] = []


def made(traits: str) -> Callable[[Callable[[], tuple[str, bytes, list[Truth]]]], Callable[[], Made]]:
    def wrap(function: Callable[[], tuple[str, bytes, list[Truth]]]) -> Callable[[], Made]:
        def make() -> Made:
            name, content, truths = function()
            return Made(name, content, truths, traits)

        make.__name__ = function.__name__
        _MAKERS.append(make)
        return make

    return wrap


def all_made() -> list[Made]:
    """Return the whole set, always the same bytes of data."""
    return [make() for make in _MAKERS]


@made("all columns, column numbers, plain .xlsx")
def plain() -> tuple[str, bytes, list[Truth]]:
    table = register(numbers_row=True)
    return "plain.xlsx", to_xlsx(table.drawn), [table.truth]


@made("columns in another order, optional ones missing, extra columns known and unknown")
def reordered() -> tuple[str, bytes, list[Truth]]:
    fields = ["tt", "rating", "members", "Ghi chú", "revenue_vnd", "name", "Hạng mục lạ", "district", "founded_on"]
    table = register(fields)
    for row in table.drawn.rows[4:]:
        row[3], row[6] = "đã kiểm tra", "giá trị lạ"
    table.truth.findings.add(("unknown_column", "G4"))
    return "reordered.xlsx", to_xlsx(table.drawn), [table.truth]


@made("header over three rows, merged; abbreviations; years in headers")
def merged_header() -> tuple[str, bytes, list[Truth]]:
    headers = {
        "name": ["Tên HTX, QTDND"],
        "members": ["Quy mô", "Số TV"],
        "workers": ["Quy mô", "Số LĐ"],
        "charter_capital_vnd": ["Kết quả SXKD năm 2023", "Vốn ĐL (tr.đ)"],
        "revenue_vnd": ["Kết quả SXKD năm 2023", "DT (tr.đ)"],
        "profit_vnd": ["Kết quả SXKD năm 2023", "LN (tr.đ)"],
    }
    fields = [
        "tt",
        "name",
        "district",
        "members",
        "workers",
        "charter_capital_vnd",
        "revenue_vnd",
        "profit_vnd",
        "rating",
    ]
    table = register(fields, headers=headers)
    return "merged_header.xlsx", to_xlsx(table.drawn), [table.truth]


@made("header words split over rows without merges; a unit row")
def split_header() -> tuple[str, bytes, list[Truth]]:
    headers = {
        "tt": ["Số", "TT", None],
        "name": ["Tên", "hợp tác xã", None],
        "district": ["Huyện", None, None],
        "members": ["Số", "thành viên", "(người)"],
        "charter_capital_vnd": ["Vốn", "điều lệ", "(tỷ đồng)"],
        "revenue_vnd": ["Doanh", "thu", "(nghìn đồng)"],
    }
    units = {"charter_capital_vnd": 10**9, "revenue_vnd": 1000}
    table = register(list(headers), headers=headers, units=units, merge_header=False)
    return "split_header.xls", to_xls(table.drawn), [table.truth]


@made("unit only in the title note")
def title_unit() -> tuple[str, bytes, list[Truth]]:
    headers = {field: [text[0].split(" (")[0]] for field, text in REGISTER.items()}
    fields = ["tt", "name", "charter_capital_vnd", "revenue_vnd", "profit_vnd"]
    units = dict.fromkeys(fields[2:], 10**9)
    table = register(fields, headers=headers, units=units, titles=[*TITLES, "Đơn vị tính: Tỷ đồng"])
    return "title_unit.ods", to_ods(table.drawn), [table.truth]


@made("sections with district and sector, subtotals, totals at the bottom, one wrong; signature and footnotes")
def sections() -> tuple[str, bytes, list[Truth]]:
    fields = ["tt", "name", "members", "workers", "revenue_vnd"]
    table = Table("cooperative_status", [(field, REGISTER[field]) for field in fields], titles=TITLES)
    chosen = organisations(9, 7)
    for number, part in enumerate((chosen[:4], chosen[4:])):
        district = ("Huyện Hải An", "Thành phố Tân Bình")[number]
        table.line([("I", "II")[number], district, None, None, None], "section title")
        table.number = 0
        for values in part:
            shown = {field: values[field] for field in fields[1:]}
            table.add(raw_of(shown), {**shown, "district": district, "kind": "cooperative"})
        wrong = 5 if number else 0
        sums = [
            float(sum(v["members"] for v in part) + wrong),
            float(sum(v["workers"] for v in part)),
            sum(v["revenue_vnd"] for v in part) / 1e6,
        ]
        cells = table.line([None, "Cộng", *sums], "total")
        if wrong:
            table.truth.disagreeing.add("C" + cells.split(":")[0][1:])
    totals = [
        float(sum(v["members"] for v in chosen)),
        float(sum(v["workers"] for v in chosen)),
        sum(v["revenue_vnd"] for v in chosen) / 1e6,
    ]
    table.line([None, "TỔNG CỘNG", *totals], "total")
    table.line([None, None, None, None, None], "blank")
    table.line(["Ghi chú: số liệu do các huyện báo cáo"], "footnote")
    table.line([None, None, None, "Nam Định, ngày 05 tháng 7 năm 2023"], "signature")
    table.line([None, "Người lập biểu", None, "CHỦ TỊCH"], "signature")
    return "sections.xlsx", to_xlsx(table.drawn), [table.truth]


@made("total in the first row, hidden rows and a hidden column")
def top_total() -> tuple[str, bytes, list[Truth]]:
    fields = ["tt", "name", "members", "workers"]
    table = Table("cooperative_status", [(field, REGISTER[field]) for field in fields], titles=TITLES)
    chosen = organisations(7, 3)
    table.line(
        [None, "Toàn tỉnh", float(sum(v["members"] for v in chosen)), float(sum(v["workers"] for v in chosen)) + 1],
        "total",
    )
    table.truth.disagreeing.add("D5")
    for number, values in enumerate(chosen):
        add_values(table, values, hidden=number in (2, 3))
    table.drawn.hidden_columns.add(3)
    table.truth.findings.add(("hidden_column", "D4"))
    return "top_total.xls", to_xls(table.drawn), [table.truth]


@made("a hidden sheet that copies a visible one, and an empty sheet")
def hidden_copy() -> tuple[str, bytes, list[Truth]]:
    table, copy = register(count=6), register(count=6, sheet="Nháp")
    copy.drawn.visible = False
    why = "hidden copy of sheet 'Biểu 1'"
    truth = Truth(
        "Nháp",
        "cooperative_status",
        "Nam Định",
        "2023-06-30",
        ignored=dict.fromkeys(copy.truth.records, why),
        findings={("hidden_copy", "A4:U4")},
    )
    return "hidden_copy.xlsx", to_xlsx(table.drawn, copy.drawn, Drawn("Trống", [[None]])), [table.truth, truth]


@made("a hidden sheet with records of its own")
def hidden_sheet() -> tuple[str, bytes, list[Truth]]:
    table, other = register(count=4), register(count=4, seed=9, sheet="Bổ sung")
    other.drawn.visible = False
    for record in other.truth.records.values():
        record["hidden"] = True
    return "hidden_sheet.ods", to_ods(table.drawn, other.drawn), [table.truth, other.truth]


def training_table(**options: Any) -> Table:
    columns = [
        ("tt", ["STT"]),
        ("title", ["Tên lớp"]),
        ("organiser", ["Đơn vị tổ chức"]),
        ("place", ["Địa điểm"]),
        ("held", ["Thời gian"]),
        ("learners", ["Số học viên", "Tổng số"]),
        ("female", ["Số học viên", "Nữ"]),
        ("ethnic_minority", ["Số học viên", "DTTS"]),
        ("managers", ["Số học viên", "Cán bộ quản lý"]),
        ("budget_vnd", ["Kinh phí (triệu đồng)"]),
        ("funding", ["Nguồn kinh phí"]),
    ]
    options.setdefault("titles", ("KẾT QUẢ MỞ LỚP ĐÀO TẠO, TẬP HUẤN NĂM 2023", "Tỉnh Hà Nam"))
    return Table("training_class", columns, **{"province": "Hà Nam", "period": "2023-12-31", **options})


def fill_training(table: Table) -> None:
    spans = [
        ("từ 05 đến 07/6/2023", "2023-06-05", "2023-06-07"),
        ("05-07/6/2023", "2023-06-05", "2023-06-07"),
        ("Từ ngày 28/5 đến ngày 02/6/2023", "2023-05-28", "2023-06-02"),
        ("12/9/2023", "2023-09-12", "2023-09-12"),
        (dt.date(2023, 10, 3), "2023-10-03", "2023-10-03"),
        ("15/3/2023 - 17/3/2023", "2023-03-15", "2023-03-17"),
        ("Tháng 4/2023", "2023-04-01", "2023-04-30"),
        ("từ ngày 30/12/2022 đến 02/01/2023", "2022-12-30", "2023-01-02"),
    ]
    for number, (written, first, last) in enumerate(spans, 1):
        learners = 30 + number
        raw = {
            "title": f"Kế toán hợp tác xã khóa {number}",
            "organiser": "Liên minh HTX tỉnh",
            "place": f"Xã Hòa Bình {number}",
        }
        typed = {"learners": learners, "female": 10 + number, "ethnic_minority": number, "managers": 5}
        cells = {field: float(value) for field, value in typed.items()}
        truth = {
            **raw,
            "starts_on": first,
            "ends_on": last,
            **typed,
            "budget_vnd": number * 10_500_000,
            "funding": "Ngân sách tỉnh",
        }
        table.add({**raw, **cells, "held": written, "budget_vnd": number * 10.5, "funding": "Ngân sách tỉnh"}, truth)


@made("training classes: spans of days, learners by group")
def training() -> tuple[str, bytes, list[Truth]]:
    table = training_table()
    fill_training(table)
    table.drawn.rows.append([None, "Tổng cộng", None, None, None, 276.0, 116.0, 36.0, 40.0, 378.0])
    table.truth.ignored[table.cells()] = "total"
    return "training.xlsx", to_xlsx(table.drawn), [table.truth]


def loan_table(**options: Any) -> Table:
    columns = [
        ("tt", ["STT"]),
        ("borrower", ["Tên đơn vị vay vốn"]),
        ("contract_no", ["Số hợp đồng"]),
        ("purpose", ["Mục đích vay"]),
        ("signed_on", ["Ngày ký"]),
        ("due_on", ["Ngày đến hạn"]),
        ("term_months", ["Thời hạn (tháng)"]),
        ("interest_pct_year", ["Lãi suất"]),
        ("amount_vnd", ["Số tiền vay"]),
        ("disbursed_vnd", ["Đã giải ngân"]),
        ("outstanding_vnd", ["Dư nợ", "Tổng số"]),
        ("overdue_vnd", ["Dư nợ", "Trong đó: quá hạn"]),
    ]
    options.setdefault(
        "titles", ("QUỸ HỖ TRỢ PHÁT TRIỂN HTX TỈNH TRÀ VINH", "Tình hình cho vay đến ngày 31/12/2024", "ĐVT: đồng")
    )
    return Table("loan", columns, **{"province": "Trà Vinh", "period": "2024-12-31", **options})


def fill_loans(table: Table) -> None:
    rates = [("0,55 %/tháng", 6.6), ("6,6%/năm", 6.6), (7.2, 7.2), ("0.5%/tháng", 6), ("8", 8)]
    for number, (written, rate) in enumerate(rates, 1):
        typed = {
            "amount_vnd": number * 150_000_000,
            "disbursed_vnd": number * 100_000_000,
            "outstanding_vnd": number * 90_000_000,
            "overdue_vnd": 0 if number % 2 else 5_000_000,
        }
        texts = {
            "borrower": f"HTX Vận tải Sông Hậu {number}",
            "contract_no": f"{number:02}/2023/HĐTD",
            "purpose": "Mua xe",
        }
        raw = {
            **texts,
            "signed_on": f"0{number}/3/2023",
            "due_on": dt.date(2026, 3, number),
            "term_months": 36.0,
            "interest_pct_year": written,
            **{k: float(v) for k, v in typed.items()},
        }
        truth = {
            **texts,
            "signed_on": f"2023-03-0{number}",
            "due_on": f"2026-03-0{number}",
            "term_months": 36,
            "interest_pct_year": rate,
            **typed,
        }
        table.add(raw, truth)


@made("loans: interest a month and a year, money in đồng, sub-headers under dư nợ")
def loans() -> tuple[str, bytes, list[Truth]]:
    table = loan_table()
    fill_loans(table)
    return "loans.xls", to_xls(table.drawn), [table.truth]


SUPPORT: dict[str, Sequence[str]] = {
    "tt": ["TT"],
    "beneficiary": ["Tên HTX được hỗ trợ"],
    "commune": ["Xã/phường"],
    "kind": ["Loại hỗ trợ"],
    "content": ["Nội dung hỗ trợ"],
    "decision_no": ["Số QĐ"],
    "decided_on": ["Ngày quyết định"],
    "amount_vnd": ["Kinh phí hỗ trợ (triệu đồng)"],
    "disbursed_vnd": ["Đã giải ngân (triệu đồng)"],
    "funding": ["Nguồn kinh phí"],
}
SUPPORT_TITLES = ("UBND TỈNH TRÀ VINH", "DANH SÁCH HTX ĐƯỢC HỖ TRỢ NĂM 2024", "(Số liệu đến ngày 14/12/2024)")
SUPPORT_KINDS = {
    "founding": "Thành lập mới",
    "strengthening": "Củng cố, tổ chức lại",
    "training": "Đào tạo, bồi dưỡng",
    "publicity": "Tuyên truyền",
    "infrastructure": "Kết cấu hạ tầng",
    "technology": "Ứng dụng KHCN mới: công nghệ mới",
    "trade_promotion": "Xúc tiến thương mại",
}


def support_table(fields: Sequence[str] | None = None, *, factor: int = 10**6, count: int = 6, **options: Any) -> Table:
    """Draw a list of support with the given columns, in their order; `factor` is đồng per written unit of money."""
    wanted = list(fields or SUPPORT)
    headers = {**SUPPORT, **options.pop("headers", {})}
    options = {"titles": SUPPORT_TITLES, "province": "Trà Vinh", "period": "2024-12-14", **options}
    table = Table("support", [(field, headers.get(field, [field])) for field in wanted], **options)
    for number in range(1, count + 1):
        kind = list(SUPPORT_KINDS)[number % len(SUPPORT_KINDS)]
        texts = {
            "beneficiary": f"HTX Nông nghiệp Phú Lợi {number}",
            "commune": f"Xã Long Sơn {number}",
            "content": f"Nội dung {number}",
            "decision_no": f"{120 + number}/QĐ-UBND",
            "funding": ("Ngân sách tỉnh", "NSTW", "Đối ứng")[number % 3],
        }
        typed = {"amount_vnd": number * 35_500_000, "disbursed_vnd": None if number == 2 else number * 30_000_000}
        raw = {
            **texts,
            "kind": SUPPORT_KINDS[kind],
            "decided_on": dt.date(2024, number, 14) if number % 2 else f"14/{number}/2024",
            **{name: value / factor for name, value in typed.items() if value is not None},
        }
        truth = {**texts, "kind": kind, "decided_on": f"2024-{number:02}-14", **typed}
        table.add(raw, {name: value for name, value in truth.items() if name in wanted})
    return table


@made("support: a policy over its rows, kinds in words, a total, rows with a bad kind, day and amount")
def support() -> tuple[str, bytes, list[Truth]]:
    table = support_table(count=5)
    table.line(["II", "Chương trình hỗ trợ khác", *[None] * 8], "section title")
    raw = {"beneficiary": "HTX Vận tải", "content": "Xe", "decision_no": "7/QĐ-UBND", "funding": "Viện trợ"}
    told = raw | {"policy": "Chương trình hỗ trợ khác", "disbursed_vnd": None, "commune": None}
    given = {"decided_on": "2024-05-02", "amount_vnd": 80_000_000, "kind": "technology"}
    plain = raw | {"decided_on": "02/5/2024", "amount_vnd": 80.0, "kind": "Chuyển đổi số"}
    table.add(plain, told | given)
    table.add(plain | {"kind": "Lạ"}, told | given | {"kind": BROKEN})
    table.add(plain | {"decided_on": "5/2024"}, told | given | {"decided_on": BROKEN})
    table.add(plain | {"amount_vnd": "50-60"}, told | given | {"amount_vnd": BROKEN})
    table.add(plain | {"beneficiary": None}, told | given | {"beneficiary": BROKEN})
    return "support.xlsx", to_xlsx(table.drawn), [table.truth]


@made("support in nghìn đồng under a two-line header; nobody was given anything in one line of the form")
def support_form() -> tuple[str, bytes, list[Truth]]:
    headers = {
        "beneficiary": ["Đối tượng thụ hưởng"],
        "decision_no": ["Quyết định", "Số quyết định"],
        "decided_on": ["Quyết định", "Ngày ban hành"],
        "amount_vnd": ["Kinh phí (nghìn đồng)", "Được hỗ trợ"],
        "disbursed_vnd": ["Kinh phí (nghìn đồng)", "Đã giải ngân"],
    }
    fields = ["tt", "beneficiary", "decision_no", "decided_on", "amount_vnd", "disbursed_vnd"]
    table = support_table(fields, factor=1000, headers=headers, count=3)
    table.line([4.0, *[None] * 5], "blank")
    return "support_form.xlsx", to_xlsx(table.drawn), [table.truth]


INDICATOR_ROWS: list[
    tuple[Any, str, str | None, float | None, float | None, float | None, str | None, str | None, int]
] = [
    ("I", "HỢP TÁC XÃ", None, None, None, None, None, None, 1),
    (1, "Tổng số HTX", "HTX", 310.0, 330.0, 323.0, "coop_total", None, 1),
    ("-", "HTX nông nghiệp", "HTX", 250.0, 260.0, 258.0, "coop_total", "Tổng số HTX", 1),
    ("-", "HTX phi nông nghiệp", '"', 60.0, 70.0, 65.0, "coop_total", "Tổng số HTX", 1),
    (2, "Số HTX thành lập mới", "HTX", 20.0, 25.0, 22.0, "coop_new", None, 1),
    (3, "Doanh thu bình quân 1 HTX", "Triệu đồng", 1500.0, 1600.0, 1550.5, "coop_revenue_avg", None, 10**6),
    (4, "Tỷ lệ HTX xếp loại khá trở lên", "%", 55.5, 60.0, 57.25, "coop_rated_good_share", None, 1),
    (5, "Chỉ tiêu chưa có trong danh mục", "Điểm", 1.0, 2.0, 3.0, None, None, 1),
    ("II", "TỔ HỢP TÁC", None, None, None, None, None, None, 1),
    (1, "Số tổ hợp tác", "THT", 900.0, 950.0, None, "coop_group_total", None, 1),
    (2, "Số thành viên", "Người", 9000.0, 9500.0, 9100.0, "coop_group_members", None, 1),
]


def indicator_table(sheet: str = "PL1", wrong_share: bool = False) -> tuple[Drawn, Truth]:
    drawn = Drawn(sheet, [])
    truth = Truth(sheet, "indicator_report", "Bình Phước", "2023-12-31")
    for title in (
        "UBND TỈNH BÌNH PHƯỚC",
        "TÌNH HÌNH THỰC HIỆN CÁC CHỈ TIÊU KINH TẾ TẬP THỂ NĂM 2023",
        "(Kèm theo Báo cáo số 15/BC-UBND ngày 10 tháng 01 năm 2024)",
    ):
        drawn.rows.append([title])
    drawn.rows.append(["TT", "Chỉ tiêu", "ĐVT", "TH năm 2022", "KH năm 2023", "ƯTH năm 2023", "So sánh (%)", None])
    drawn.rows.append([None, None, None, None, None, None, "ƯTH 2023/TH 2022", "ƯTH 2023/KH 2023"])
    drawn.merges += [(3, c, 4, c) for c in range(6)] + [(3, 6, 3, 7)]
    drawn.rows.append(["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7=6/4)", "(8=6/5)"])
    truth.ignored["A6:H6"] = "column numbers"
    for number, text, unit, *values, indicator, parent, factor in INDICATOR_ROWS:
        row = len(drawn.rows)
        before, plan, now = values
        shares = [round(now / over * 100, 1) if now and over else None for over in (before, plan)]
        if wrong_share and text == "Số HTX thành lập mới":
            shares[0] = 210.0
            truth.findings.add(("percent_disagrees", f"G{row + 1}"))
        drawn.rows.append(
            [float(number) if isinstance(number, int) else number, text, unit, before, plan, now, *shares]
        )
        cells = range_address(row, 0, row, 7)
        if before is None:
            truth.ignored[cells] = "section title"
            continue
        for column, (value, kind, year) in enumerate(
            ((before, "result", 2022), (plan, "plan", 2023), (now, "estimate", 2023))
        ):
            truth.records[f"{'DEF'[column]}{row + 1}"] = {
                "cells": cells,
                "row_no": str(number),
                "indicator_text": text,
                "indicator": indicator,
                "parent": parent,
                "unit_text": "HTX" if unit == '"' else unit,
                "value": None if value is None else value * factor,
                "kind": kind,
                "period_start": f"{year}-01-01",
                "period_end": f"{year}-12-31",
            }
    drawn.rows.append([None, None, None, None, None, "TM. ỦY BAN NHÂN DÂN"])
    truth.ignored[range_address(len(drawn.rows) - 1, 0, len(drawn.rows) - 1, 7)] = "signature"
    return drawn, truth


@made("indicator table: plans, results, estimates; of-which lines, ditto units, sections, a wrong percentage")
def indicators() -> tuple[str, bytes, list[Truth]]:
    drawn, truth = indicator_table(wrong_share=True)
    return "indicators.xlsx", to_xlsx(drawn), [truth]


@made("all four record types on four sheets")
def four_types() -> tuple[str, bytes, list[Truth]]:
    classes, credits = training_table(sheet="Đào tạo"), loan_table(sheet="Vay vốn")
    fill_training(classes)
    fill_loans(credits)
    drawn, truth = indicator_table()
    first = register(count=5)
    return (
        "four_types.ods",
        to_ods(first.drawn, classes.drawn, credits.drawn, drawn),
        [first.truth, classes.truth, credits.truth, truth],
    )


@made("two tables below each other on one sheet, the second with a title of its own")
def stacked() -> tuple[str, bytes, list[Truth]]:
    first = register(["tt", "name", "district", "members"], count=5)
    first.drawn.rows.append([])
    second = training_table(
        sheet="Biểu 1",
        titles=("KẾT QUẢ TẬP HUẤN TỈNH NAM ĐỊNH 6 THÁNG ĐẦU NĂM 2023",),
        province="Nam Định",
        period="2023-06-30",
        first_row=len(first.drawn.rows),
    )
    fill_training(second)
    second.drawn.rows[: len(first.drawn.rows)] = first.drawn.rows
    return "stacked.xlsx", to_xlsx(second.drawn), [first.truth, second.truth]


@made("two tables side by side, parted by an empty column")
def side_by_side() -> tuple[str, bytes, list[Truth]]:
    left, right = register(["tt", "name", "members"], count=4), register(["tt", "name", "members"], count=4, seed=9)
    rows = []
    for first, second in zip(left.drawn.rows, right.drawn.rows, strict=True):
        rows.append(first if len(first) == 1 else [*first, None, *second])
    letters = str.maketrans("AC", "EG")
    right.truth.records = {cells.translate(letters): record for cells, record in right.truth.records.items()}
    return "side_by_side.xlsx", to_xlsx(Drawn("Biểu 1", rows)), [left.truth, right.truth]


@made("transposed: fields down the first column, one organisation a column")
def transposed() -> tuple[str, bytes, list[Truth]]:
    fields = ["name", "district", "sector", "founded_on", "members", "workers", "charter_capital_vnd", "rating"]
    drawn = Drawn("Biểu 1", [[title] for title in TITLES] + [[]])
    truth = Truth("Biểu 1", "cooperative_status", "Nam Định", "2023-06-30")
    chosen = organisations(4, 5)
    for field in fields:
        drawn.rows.append([REGISTER[field][0], *[raw_of(values).get(field) for values in chosen]])
    for number, values in enumerate(chosen, 1):
        letter = "ABCDE"[number]
        truth.records[f"{letter}5:{letter}12"] = {field: values[field] for field in fields}
    return "transposed.xlsx", to_xlsx(drawn), [truth]


def as_text(table: Table, thousands: str, decimal: str) -> None:
    """Turn the numbers of a drawn table into text of a locale."""
    for row in table.drawn.rows[4:]:
        for c, value in enumerate(row):
            if isinstance(value, float) and c:
                row[c] = (
                    f"{value:,.1f}".removesuffix(".0").replace(",", "\0").replace(".", decimal).replace("\0", thousands)
                )


@made("numbers as Vietnamese text: 1.234,5")
def text_numbers_vi() -> tuple[str, bytes, list[Truth]]:
    table = register(
        ["tt", "name", "members", "charter_capital_vnd", "revenue_vnd", "profit_vnd"],
        count=12,
        units={"revenue_vnd": 10**8},
    )
    table.drawn.rows[3][4] = "Doanh thu (trăm triệu đồng)"
    as_text(table, ".", ",")
    table.add(
        {"name": "HTX Dấu phẩy", "members": "1.204", "revenue_vnd": "1,5"},
        {"name": "HTX Dấu phẩy", "members": 1204, "revenue_vnd": 150_000_000, "charter_capital_vnd": None},
    )
    return "text_numbers_vi.xlsx", to_xlsx(table.drawn), [table.truth]


@made("numbers as English text: 1,234.5")
def text_numbers_en() -> tuple[str, bytes, list[Truth]]:
    table = register(["tt", "name", "members", "charter_capital_vnd", "revenue_vnd", "profit_vnd"], count=12)
    as_text(table, ",", ".")
    table.add(
        {"name": "HTX Dấu chấm", "members": "1,204", "revenue_vnd": "1.5"},
        {"name": "HTX Dấu chấm", "members": 1204, "revenue_vnd": 1_500_000, "charter_capital_vnd": None},
    )
    return "text_numbers_en.xlsx", to_xlsx(table.drawn), [table.truth]


@made("numbers as text in both locales: what is open is quarantined, what is clear is read")
def text_numbers_mixed() -> tuple[str, bytes, list[Truth]]:
    table = register(["tt", "name", "members", "revenue_vnd"], count=0)
    cases: list[tuple[Any, Any]] = [
        ("12,5", 12_500_000),
        ("12.5", 12_500_000),
        ("1.234,5", 1_234_500_000),
        ("1.234", BROKEN),
        ("1,234", BROKEN),
        ("1 234", 1_234_000_000),
        ("12.345.678", 12_345_678_000_000),
    ]
    for number, (written, value) in enumerate(cases):
        table.add(
            {"name": f"HTX Lẫn lộn {number}", "members": 10.0, "revenue_vnd": written},
            {"name": f"HTX Lẫn lộn {number}", "members": 10, "revenue_vnd": value},
        )
    return "text_numbers_mixed.xlsx", to_xlsx(table.drawn), [table.truth]


@made("dates in every way of writing, and broken ones")
def dates() -> tuple[str, bytes, list[Truth]]:
    table = register(["tt", "name", "founded_on"], count=0)
    table.columns, table.width = ["tt", "name", "founded_on", "members"], 4
    table.drawn.rows[3].append("Số thành viên")
    cases: list[tuple[Any, Any, str | None]] = [
        (dt.date(2019, 6, 5), "2019-06-05", "day"),
        ("05/6/2023", "2023-06-05", "day"),
        ("5-6-2023", "2023-06-05", "day"),
        ("05.06.2023", "2023-06-05", "day"),
        ("2023-06-05", "2023-06-05", "day"),
        (45082.0, "2023-06-05", "day"),
        ("6/2019", "2019-06-01", "month"),
        ("tháng 3 năm 2020", "2020-03-01", "month"),
        ("Tháng 3/2020", "2020-03-01", "month"),
        (2019.0, "2019-01-01", "year"),
        ("2019", "2019-01-01", "year"),
        ("năm 2019", "2019-01-01", "year"),
        ("ngày 05 tháng 6 năm 2023", "2023-06-05", "day"),
        ("30/02/2023", BROKEN, None),
        ("khoảng 2015", BROKEN, None),
        ("20019", BROKEN, None),
        ("T6/2019", "2019-06-01", "month"),
        ("06/25/2023", BROKEN, None),
        ("05/06/23", BROKEN, None),
        (None, None, None),
        ("-", None, None),
        ("2018-2019", BROKEN, None),
    ]
    for number, (written, value, precision) in enumerate(cases):
        truth = {"name": f"HTX Ngày tháng {number}", "founded_on": value, "members": 12}
        if value is not BROKEN:
            truth["founded_on_precision"] = precision
        table.add({"name": truth["name"], "founded_on": written, "members": 12.0}, truth)
    return "dates.xlsx", to_xlsx(table.drawn), [table.truth]


@made("marks, stars, codes in many writings, and broken ones")
def marks() -> tuple[str, bytes, list[Truth]]:
    fields = ["tt", "name", "linked", "ocop_stars", "sector", "status", "rating"]
    table = register(fields, count=0)
    cases: list[tuple[Any, Any, Any, Any, Any, Any, Any, Any, Any, Any]] = [
        ("x", True, "3 sao", 3, "NÔNG NGHIỆP", "agriculture", "Hoạt động", "active", "TỐT", "good"),
        ("X", True, 4.0, 4, "Vận tải", "transport", "Ngừng hoạt động", "suspended", "khá", "fair"),
        ("có", True, "5*", 5, "TM-DV", "trade_services", "Đang làm thủ tục giải thể", "dissolving", "TB", "average"),
        (1.0, True, "★★★", 3, "Môi trường", "environment", "Giải thể", "dissolved", "Yếu", "weak"),
        ("✓", True, "****", 4, "Khác", "other", None, None, "Chưa xếp loại", "unrated"),
        ("không", False, None, None, "Tín dụng", "credit", "đang hoạt động", "active", None, None),
        ("?", BROKEN, "6 sao", BROKEN, "Vũ trụ", BROKEN, "Ngủ đông", BROKEN, "Xuất sắc", BROKEN),
        (None, None, "2", BROKEN, "Xây dựng", "construction", None, None, None, None),
        (True, True, "3-4 sao", BROKEN, "Thuỷ sản", "agriculture", None, None, "Loại tốt", "good"),
    ]
    for number, (mark, a, stars, b, sector, c, status, d, rating, e) in enumerate(cases):
        name = f"HTX Đánh dấu {number}"
        table.add(
            {"name": name, "linked": mark, "ocop_stars": stars, "sector": sector, "status": status, "rating": rating},
            {"name": name, "linked": a, "ocop_stars": b, "sector": c, "status": d, "rating": e},
        )
    return "marks.xlsx", to_xlsx(table.drawn), [table.truth]


@made("error cells, formulas never calculated, words and ranges for numbers, remarks in cells")
def broken_cells() -> tuple[str, bytes, list[Truth]]:
    table = register(["tt", "name", "district", "members", "revenue_vnd"], count=0)
    cases: list[tuple[Any, Any, Any, Any]] = [
        (ErrorValue("#REF!"), BROKEN, 5.0, 5_000_000),
        (ErrorValue("#DIV/0!"), BROKEN, 5.0, 5_000_000),
        (Formula("SUM(A1:A2)"), None, 5.0, 5_000_000),
        ("mười hai?", BROKEN, 5.0, 5_000_000),
        ("50-60", BROKEN, 5.0, 5_000_000),
        ("~50", BROKEN, 5.0, 5_000_000),
        (">50", BROKEN, 5.0, 5_000_000),
        (-3.0, BROKEN, 5.0, 5_000_000),
        (12.5, BROKEN, 5.0, 5_000_000),
        ("25 (b/c quý III)", 25, "500 triệu", 500_000_000),
        ("12 người", 12, "-", None),
        ("..", None, "Tăng 11-12%", BROKEN),
        (None, None, "x", BROKEN),
        (0.0, 0, 0.0, 0),
        ("12 HTX khác", BROKEN, 5.0, 5_000_000),
        ("1O", BROKEN, 5.0, 5_000_000),
        ("12/5", BROKEN, 5.0, 5_000_000),
        ("1,2,3", BROKEN, 5.0, 5_000_000),
    ]
    for number, (members, a, revenue, b) in enumerate(cases):
        name = f"HTX Ô hỏng {number}"
        table.add(
            {"name": name, "district": "Hải Minh", "members": members, "revenue_vnd": revenue},
            {"name": name, "district": "Hải Minh", "members": a, "revenue_vnd": b},
        )
        if isinstance(members, Formula):
            table.truth.findings.add(("not_calculated", f"D{len(table.drawn.rows)}"))
    table.add({"name": None, "district": "Hải Minh", "members": 5.0, "revenue_vnd": 1.0}, {"name": BROKEN})
    return "broken_cells.xlsx", to_xlsx(table.drawn), [table.truth]


@made("error cells in .xlsb, hidden rows, merged header")
def binary() -> tuple[str, bytes, list[Truth]]:
    headers = {"members": ["Quy mô", "Số thành viên"], "workers": ["Quy mô", "Số lao động"]}
    table = register(["tt", "name", "district", "members", "workers"], headers=headers, count=5)
    table.add({"name": "HTX Lỗi", "members": ErrorValue("#N/A")}, {"name": "HTX Lỗi", "members": BROKEN})
    table.add({"name": "HTX Ẩn", "members": 5.0}, {"name": "HTX Ẩn", "members": 5, "district": None}, hidden=True)
    return "binary.xlsb", to_xlsb(table.drawn), [table.truth]


@made("row labels merged over several rows; ditto marks")
def merged_labels() -> tuple[str, bytes, list[Truth]]:
    table = register(["tt", "district", "name", "commune", "members"], count=0)
    first = len(table.drawn.rows)
    for number in range(6):
        district = "Huyện Hải Tân" if number < 4 else "Huyện Yên Lợi"
        commune = f"Xã {_SYLLABLES[number // 2]}"
        table.add(
            {
                "district": district if number in (0, 4) else None,
                "name": f"HTX Gộp ô {number}",
                "commune": commune if number % 2 == 0 else '"',
                "members": 9.0,
            },
            {"district": district, "name": f"HTX Gộp ô {number}", "commune": commune, "members": 9},
        )
    table.drawn.merges += [(first, 1, first + 3, 1), (first + 4, 1, first + 5, 1)]
    return "merged_labels.ods", to_ods(table.drawn), [table.truth]


@made("personal data in columns and cells; a formula in a name; leading zeros")
def personal_data() -> tuple[str, bytes, list[Truth]]:
    fields = ["tt", "name", "Số CCCD", "Điện thoại", "address", "tax_code", "members", "Cột lạ"]
    table = register(fields, headers={"address": ["Địa chỉ"]}, count=0)
    for number in range(5):
        name = "=HYPERLINK(A1) HTX Lạ" if number == 3 else f"HTX Riêng tư {number}"
        address = "Thôn 3, ĐT 0912 345 678" if number == 1 else f"Thôn {number}, xã Hòa An"
        truth = {
            "name": name,
            "address": "Thôn 3, ĐT […]" if number == 1 else address,
            "tax_code": f"060012345{number}",
            "members": 8,
        }
        raw = {
            **truth,
            "address": address,
            "members": 8.0,
            "Số CCCD": f"03609900123{number}",
            "Điện thoại": f"091234567{number}",
            "Cột lạ": f"098765432{number}",
        }
        table.add(raw, truth)
    table.truth.findings.add(("formula_like_text", "B8"))
    table.truth.personal |= {"C5:C9", "D5:D9", "H5:H9", "E6"}
    return "personal_data.xlsx", to_xlsx(table.drawn), [table.truth]


@made("TCVN3 with font names, rows pasted in as Unicode, leading blanks")
def tcvn3() -> tuple[str, bytes, list[Truth]]:
    table = register(["tt", "name", "district", "sector", "members"], count=10)
    table.drawn.unicode_rows = {7, 8}
    lower_titles(table)
    return "tcvn3.xls", to_xls(table.drawn, encoding="tcvn3"), [table.truth]


@made("TCVN3 without a telling font")
def tcvn3_no_font() -> tuple[str, bytes, list[Truth]]:
    table = register(["tt", "name", "district", "sector", "members"], count=10)
    lower_titles(table)
    return "tcvn3_no_font.xls", to_xls(table.drawn, encoding="tcvn3", fonts=False), [table.truth]


def lower_titles(table: Table) -> None:
    """TCVN3 has no capitals with tones: titles in capitals come back small, so they are written small."""
    for row in table.drawn.rows[:3]:
        row[0] = row[0].lower()


@made("VNI with font names and pasted Unicode rows")
def vni() -> tuple[str, bytes, list[Truth]]:
    table = register(["tt", "name", "district", "sector", "members"], count=10)
    table.drawn.unicode_rows = {7, 8}
    return "vni.xls", to_xls(table.drawn, encoding="vni"), [table.truth]


@made("indicator table in TCVN3, levels by leading blanks")
def tcvn3_indicators() -> tuple[str, bytes, list[Truth]]:
    drawn = Drawn(
        "Bieu 1",
        [
            ["Tỉnh Bình Phước"],
            ["Tình hình thực hiện chỉ tiêu năm 2005"],
            ["Chỉ tiêu", "Đơn vị tính", "Thực hiện năm 2004", "Kế hoạch năm 2005"],
        ],
    )
    truth = Truth("Bieu 1", "indicator_report", "Bình Phước", "2005-12-31")
    rows = [
        ("Tổng số HTX", "HTX", 40.0, 50.0, "coop_total", None),
        ("   HTX nông nghiệp", "HTX", 30.0, 35.0, "coop_total", "Tổng số HTX"),
        ("   HTX giao thông vận tải", '"', 10.0, 15.0, "coop_total", "Tổng số HTX"),
        ("Số HTX giải thể", "HTX", 1.0, 0.0, "coop_dissolved", None),
    ]
    for text, unit, before, plan, indicator, parent in rows:
        drawn.rows.append([text, unit, before, plan])
        row = len(drawn.rows)
        for letter, value, kind, year in (("C", before, "result", 2004), ("D", plan, "plan", 2005)):
            truth.records[f"{letter}{row}"] = {
                "indicator_text": text.strip(),
                "indicator": indicator,
                "parent": parent,
                "value": value,
                "kind": kind,
                "period_end": f"{year}-12-31",
            }
    return "tcvn3_indicators.xls", to_xls(drawn, encoding="tcvn3"), [truth]


def _delimited(name: str, separator: str, encoding: str, decimal: str) -> tuple[str, bytes, list[Truth]]:
    table = register(
        ["tt", "name", "district", "sector", "founded_on", "members", "charter_capital_vnd", "revenue_vnd", "rating"],
        count=9,
        units={"revenue_vnd": 10**9},
        headers={"revenue_vnd": ["Doanh thu (tỷ đồng)"]},
        sheet=name.rsplit(".", 1)[0],
    )
    return name, to_csv(table.drawn, separator, encoding, decimal), [table.truth]


for _name, _separator, _encoding, _decimal in (
    ("semicolons.csv", ";", "utf-8-sig", ","),
    ("commas.csv", ",", "utf-8", "."),
    ("tabs.tsv", "\t", "utf-16", ","),
    ("pipes.csv", "|", "utf-16-le", "."),
    ("codepage.csv", ";", "cp1258", ","),
):
    made(f"delimited by {_separator!r} in {_encoding}, decimals with {_decimal!r}")(
        lambda name=_name, separator=_separator, encoding=_encoding, decimal=_decimal: _delimited(
            name, separator, encoding, decimal
        )  # type: ignore[misc]
    )


@made("an HTML table saved as .xls, spans and a hidden row")
def page() -> tuple[str, bytes, list[Truth]]:
    headers = {"members": ["Quy mô", "Số thành viên"], "workers": ["Quy mô", "Số lao động"]}
    table = register(
        ["tt", "name", "district", "members", "workers", "rating"], headers=headers, count=6, sheet="Sheet1"
    )
    table.add(
        {"name": "HTX Dòng ẩn", "members": "1.250"},
        {"name": "HTX Dòng ẩn", "members": 1250, "district": None},
        hidden=True,
    )
    return "page.xls", to_html(table.drawn), [table.truth]


@made("an .xlsx with the name .xls; macros")
def misnamed() -> tuple[str, bytes, list[Truth]]:
    table = register(count=4)
    return "misnamed.xls", to_xlsx(table.drawn, macros=True), [table.truth]


@made("an .xls with the name .xlsx")
def misnamed_old() -> tuple[str, bytes, list[Truth]]:
    table = register(count=4)
    return "misnamed_old.xlsx", to_xls(table.drawn), [table.truth]


@made("decomposed letters, non-breaking blanks, old tone placement, line breaks in headers")
def spelling() -> tuple[str, bytes, list[Truth]]:
    headers = {"name": ["Tên\nhợp tác xã"], "members": ["Số\u00a0thành viên"], "sector": ["Lĩnh  vực"]}
    table = register(["tt", "name", "district", "sector", "members"], headers=headers, count=4)
    for row in table.drawn.rows:
        for c, value in enumerate(row):
            if isinstance(value, str) and c != 1:
                row[c] = unicodedata.normalize("NFD", value)
    table.add(
        {"name": "HTX Thuỷ\u00a0sản  Hoà Bình ", "district": "Huyện A", "sector": "Thuỷ sản", "members": 7.0},
        {"name": "HTX Thuỷ sản Hoà Bình", "district": "Huyện A", "sector": "agriculture", "members": 7},
    )
    return "spelling.xlsx", to_xlsx(table.drawn), [table.truth]


@made("the header repeated on each printed page; blank rows; pre-numbered empty lines")
def repeated_header() -> tuple[str, bytes, list[Truth]]:
    table = register(["tt", "name", "district", "members"], count=4)
    table.line([], "blank")
    table.line(["TT", "Tên hợp tác xã", "Huyện", "Số thành viên"], "header repeated")
    for values in organisations(4, 8):
        add_values(table, values)
    table.line([9.0, None, None, None], "blank")
    return "repeated_header.xlsx", to_xlsx(table.drawn), [table.truth]


@made("kinds by section: cooperatives, groups, unions and funds in one list")
def kinds() -> tuple[str, bytes, list[Truth]]:
    table = Table(
        "cooperative_status",
        [(f, REGISTER[f]) for f in ("tt", "name", "members")],
        titles=("DANH SÁCH TỔ CHỨC KINH TẾ TẬP THỂ TỈNH NAM ĐỊNH", "Đến 30/6/2023"),
    )
    for mark, section, kind, name in (
        ("A", "HỢP TÁC XÃ", "cooperative", "Đại Lợi"),
        ("B", "TỔ HỢP TÁC", "cooperative_group", "Nuôi ong"),
        ("C", "LIÊN HIỆP HỢP TÁC XÃ", "union", "Muối sạch"),
        ("D", "QUỸ TÍN DỤNG NHÂN DÂN", "people_credit_fund", "Xuân Yên"),
    ):
        table.line([mark, section, None], "section title")
        table.number = 0
        for number in range(2):
            table.add(
                {"name": f"{name} {number}", "members": 20.0}, {"name": f"{name} {number}", "members": 20, "kind": kind}
            )
    return "kinds.xlsx", to_xlsx(table.drawn), [table.truth]


@made("number formats: percent, codes padded with zeros, income a year, interest as a percent cell")
def formats() -> tuple[str, bytes, list[Truth]]:
    table = loan_table()
    fill_loans(table)
    row = len(table.drawn.rows)
    table.add(
        {"borrower": "HTX Phần trăm", "contract_no": 123.0, "interest_pct_year": 0.065, "amount_vnd": 5e8},
        {"borrower": "HTX Phần trăm", "contract_no": "00123", "interest_pct_year": 6.5, "amount_vnd": 500_000_000},
    )
    table.drawn.formats[row, 7] = "0.0%"
    table.drawn.formats[row, 2] = "00000"
    return "formats.xlsx", to_xlsx(table.drawn), [table.truth]


@made("income a year becomes income a month; money in đồng with dots and no decimals")
def income() -> tuple[str, bytes, list[Truth]]:
    headers = {
        "income_per_worker_month_vnd": ["Thu nhập bình quân (triệu đồng/người/năm)"],
        "revenue_vnd": ["Doanh thu (đồng)"],
    }
    table = register(["tt", "name", "revenue_vnd", "income_per_worker_month_vnd"], headers=headers, count=0)
    table.add(
        {"name": "HTX Thu nhập", "revenue_vnd": "1.500.000.000", "income_per_worker_month_vnd": 60.0},
        {"name": "HTX Thu nhập", "revenue_vnd": 1_500_000_000, "income_per_worker_month_vnd": 5_000_000},
    )
    table.add(
        {"name": "HTX Thu nhập 2", "revenue_vnd": "500.000", "income_per_worker_month_vnd": 72.0},
        {"name": "HTX Thu nhập 2", "revenue_vnd": 500_000, "income_per_worker_month_vnd": 6_000_000},
    )
    return "income.xlsx", to_xlsx(table.drawn), [table.truth]


@made("no TT column; a table that does not begin in column A")
def shifted() -> tuple[str, bytes, list[Truth]]:
    table = register(["name", "district", "members", "revenue_vnd"], count=5)
    for record in table.truth.records.values():
        record["row_no"] = None
    table.drawn.rows = [row if len(row) <= 1 else [None, None, *row] for row in table.drawn.rows]
    moved = {cells.replace("D", "F").replace("A", "C"): record for cells, record in table.truth.records.items()}
    table.truth.records = moved
    return "shifted.xlsx", to_xlsx(table.drawn), [table.truth]


@made("places by row, years by column, a region that does not add up")
def places() -> tuple[str, bytes, list[Truth]]:
    drawn = Drawn("places", [["Số hợp tác xã phân theo địa phương"], [], [" ", "2021", "2022"]])
    truth = Truth("places", "indicator_report", None, "2022-12-31")
    rows = [
        ("CẢ NƯỚC", 66.0, 75.0),
        ("Đồng bằng sông Hồng", 30.0, 33.0),
        ("Hà Nam", 10.0, 11.0),
        ("Nam Định", 20.0, 22.0),
        ("Đông Nam Bộ", 36.0, 24.0),
        ("Bình Phước", 16.0, 20.0),
        ("Đồng Nai", 20.0, 22.0),
    ]
    for place, *values in rows:
        drawn.rows.append([place, *values])
        for letter, value, year in zip("BC", values, (2021, 2022), strict=True):
            truth.records[f"{letter}{len(drawn.rows)}"] = {
                "indicator_text": "Số hợp tác xã",
                "indicator": "coop_total",
                "province": place,
                "value": value,
                "kind": "result",
                "period_end": f"{year}-12-31",
            }
    truth.disagreeing |= {"C8"}
    return "places.csv", to_csv(drawn, ";"), [truth]


@made("of-which lines larger than their parent; values that are no numbers")
def of_which() -> tuple[str, bytes, list[Truth]]:
    drawn = Drawn(
        "PL",
        [
            ["TỈNH ĐỒNG NAI"],
            ["CHỈ TIÊU KINH TẾ TẬP THỂ 6 THÁNG ĐẦU NĂM 2025"],
            ["STT", "Chỉ tiêu", "Đơn vị tính", "Kế hoạch năm 2025", "Thực hiện 6 tháng đầu năm 2025", "Ghi chú"],
        ],
    )
    truth = Truth("PL", "indicator_report", "Đồng Nai", "2025-06-30")
    rows: list[tuple[Any, str, str, Any, Any]] = [
        (1, "Số HTX thành lập mới", "HTX", 50.0, 30.0),
        (None, "Trong đó: HTX nông nghiệp", "HTX", 20.0, 35.0),
        (2, "Số lượt học viên", "người", "600-700", 320.0),
        (3, "Dư nợ cho vay", "Tr. đồng", 12_000.5, "x"),
        (4, "Số lớp đào tạo, tập huấn", "lớp", "Tăng 11-12%", ErrorValue("#N/A")),
    ]
    for number, text, unit, plan, now in rows:
        drawn.rows.append([float(number) if number else None, text, unit, plan, now])
        row = len(drawn.rows)
        for letter, value, kind in (("D", plan, "plan"), ("E", now, "result")):
            if isinstance(value, float):
                factor = 10**6 if unit == "Tr. đồng" else 1
                truth.records[f"{letter}{row}"] = {
                    "indicator_text": text,
                    "value": value * factor,
                    "kind": kind,
                    "period_start": "2025-01-01",
                    "period_end": "2025-12-31" if kind == "plan" else "2025-06-30",
                    "parent": "Số HTX thành lập mới" if number is None else None,
                }
            else:
                truth.quarantined.add((f"A{row}:F{row}", "value"))
    truth.findings.add(("of_which_exceeds", "E4"))
    return "of_which.xlsx", to_xlsx(drawn), [truth]


@made("a title in two cells; one column a code with a mark in it; two marks are broken")
def marked_codes() -> tuple[str, bytes, list[Truth]]:
    groups = {
        "kind": ("Loại hình", {"HTX": "cooperative", "THT": "cooperative_group"}),
        "sector": ("Lĩnh vực", {"NN": "agriculture", "TM-DV": "trade_services", "Vận tải": "transport"}),
        "rating": ("Xếp loại năm 2023", {"Tốt": "good", "Khá": "fair", "TB": "average", "Yếu": "weak"}),
        "ocop_stars": ("Hạng OCOP", {"3 sao": 3, "4 sao": 4}),
    }
    drawn = Drawn("Biểu 1", [["DANH SÁCH TÊN HTX, THT NĂM 2023", "TỈNH NAM ĐỊNH"], ["Thời điểm báo cáo: 30/6/2023"]])
    drawn.rows += [["TT", "Tên đơn vị", "Số TV"], [None, None, None]]
    for title, codes in groups.values():
        first = len(drawn.rows[2])
        drawn.merges.append((2, first, 2, first + len(codes) - 1))
        drawn.rows[2] += [title, *[None] * (len(codes) - 1)]
        drawn.rows[3] += codes
    truth = Truth("Biểu 1", "cooperative_status", "Nam Định", "2023-06-30")
    for number, marked in enumerate((("HTX", "NN", "Tốt", "4 sao"), ("THT", "Vận tải"), ("HTX", "TM-DV", "TB", "Yếu"))):
        name = f"Đại Lợi {number}"
        cells = [float(number + 1), name, 20.0, *["x" if text in marked else None for text in drawn.rows[3][3:]]]
        drawn.rows.append(cells)
        at = range_address(len(drawn.rows) - 1, 0, len(drawn.rows) - 1, len(cells) - 1)
        if {"TB", "Yếu"} <= set(marked):
            truth.quarantined.add((at, "rating"))
            continue
        said = {
            field: next((code for text, code in codes.items() if text in marked), None)
            for field, (_, codes) in groups.items()
        }
        truth.records[at] = {"name": name, "members": 20, **said}
    return "marked_codes.xlsx", to_xlsx(drawn), [truth]


@made("sub-headers that only mean something under their group: certificate, address, representative, capital")
def grouped_columns() -> tuple[str, bytes, list[Truth]]:
    columns = [
        ("tt", ["Số TT"]),
        ("name", ["Tên HTX"]),
        ("registration_no", ["Giấy chứng nhận ĐKKD", "Số"]),
        ("founded_on", ["Giấy chứng nhận ĐKKD", "Ngày cấp"]),
        ("address", ["Địa chỉ", "Thôn"]),
        ("commune", ["Địa chỉ", "Xã"]),
        ("district", ["Địa chỉ", "Huyện/TX/TP"]),
        ("Họ tên", ["Người đại diện", "Họ tên"]),
        ("workers", ["Lao động", "TX"]),
        ("Thời vụ", ["Lao động", "Thời vụ"]),
        ("charter_capital_vnd", ["Vốn (tr.đ)", "Đăng ký"]),
        ("Lưu động", ["Vốn (tr.đ)", "Lưu động"]),
    ]
    table = Table("cooperative_status", columns, titles=TITLES)
    for values in organisations(3, 21):
        shown = {field: values[field] for field in table.columns if field in values}
        truth = {**shown, "founded_on_precision": "day", "address": "Thôn 1"}
        raw = {**raw_of(shown), "address": "Thôn 1", "Họ tên": "Người Nào Đó", "Thời vụ": 4.0, "Lưu động": 9.0}
        table.add(raw, truth)
    table.truth.personal.add("H6:H8")
    table.truth.findings |= {("unknown_column", "J4:J5"), ("unknown_column", "L4:L5")}
    return "grouped_columns.xls", to_xls(table.drawn), [table.truth]


@made("a quarter's report: plan of the year, cumulated, same period of the year before; totals of a section's subject")
def quarter() -> tuple[str, bytes, list[Truth]]:
    drawn = Drawn(
        "Q3",
        [
            ["BÁO CÁO TÌNH HÌNH KTTT QUÝ III NĂM 2023, TỈNH NAM ĐỊNH"],
            ["STT", "Chỉ tiêu", "ĐVT", "KH năm", "TH quý III", "LK 9 tháng", "CK năm trước", "LK 9T/KH (%)"],
        ],
    )
    truth = Truth("Q3", "indicator_report", "Nam Định", "2023-09-30")
    spans = (("2023-01-01", "2023-12-31"), ("2023-07-01", "2023-09-30"), ("2023-01-01", "2023-09-30"))
    spans += (("2022-07-01", "2022-09-30"),)
    for mark, text, unit, values, indicator in (
        ("I", "Liên hiệp HTX", None, (), None),
        (1.0, "Tổng số", "LH", (3.0, 3.0, 3.0, 2.0), "union_total"),
        ("II", "Hợp tác xã", None, (), None),
        (1.0, "Tổng số", "HTX", (330.0, 325.0, 325.0, 310.0), "coop_total"),
        (2.0, "Số HTX TLM", "HTX", (50.0, 10.0, 35.0, 9.0), "coop_new"),
        (3.0, "Doanh thu BQ 01 HTX/năm", "Tr.đồng/HTX", (1500.0, None, 1200.0, 1400.0), "coop_revenue_avg"),
    ):
        drawn.rows.append([mark, text, unit, *values])
        row = len(drawn.rows)
        if not values:
            truth.ignored[f"A{row}:H{row}"] = "section title"
        for letter, value, (start, end) in zip("DEFG", values, spans, strict=False):
            truth.records[f"{letter}{row}"] = {
                "indicator": indicator,
                "value": value * 10**6 if value and "Tr" in (unit or "") else value,
                "kind": "plan" if letter == "D" else "result",
                "period_start": start,
                "period_end": end,
            }
    return "quarter.ods", to_ods(drawn), [truth]


@made("loans as banks write them: contract in one group, terms and rates abbreviated, two scales in a cell")
def bank_loans() -> tuple[str, bytes, list[Truth]]:
    columns = [
        ("tt", ["TT"]),
        ("borrower", ["Bên vay"]),
        ("fund", ["Bên cho vay"]),
        ("contract_no", ["HĐTD", "Số"]),
        ("signed_on", ["HĐTD", "Thời điểm ký"]),
        ("amount_vnd", ["HĐTD", "Số tiền"]),
        ("term_months", ["Kỳ hạn"]),
        ("due_on", ["Thời gian kết thúc"]),
        ("interest_pct_year", ["L/s"]),
        ("outstanding_vnd", ["Dư nợ (tr.đ)", "Tổng cộng"]),
        ("Trong hạn", ["Dư nợ (tr.đ)", "Trong hạn"]),
        ("overdue_vnd", ["Dư nợ (tr.đ)", "Quá hạn"]),
    ]
    titles = ["DANH SÁCH CÁC ĐƠN VỊ VAY VỐN", "Tỉnh Nam Định, số liệu đến 30/6/2023"]
    table = Table("loan", columns, titles=titles)
    raw = {"borrower": "HTX Muối trắng", "fund": "NHCSXH", "contract_no": "05/HĐ", "signed_on": "15/5/2022"}
    raw |= {"amount_vnd": "1 tỷ 200 triệu", "term_months": "2 năm 6 tháng", "due_on": "15/11/2024"}
    raw |= {"interest_pct_year": "0,6%/th", "outstanding_vnd": 900.0, "Trong hạn": 850.0, "overdue_vnd": 50.0}
    truth = {"borrower": "HTX Muối trắng", "fund": "NHCSXH", "contract_no": "05/HĐ", "signed_on": "2022-05-15"}
    truth |= {"amount_vnd": 1_200_000_000, "term_months": 30, "due_on": "2024-11-15", "interest_pct_year": 7.2}
    truth |= {"outstanding_vnd": 900_000_000, "overdue_vnd": 50_000_000}
    table.add(raw, truth)
    table.truth.findings.add(("unknown_column", "K3:K4"))
    return "bank_loans.xlsx", to_xlsx(table.drawn), [table.truth]


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for each in all_made():
        (folder / each.name).write_bytes(each.content)
        truths = [dataclasses.asdict(truth) for truth in each.truths]
        (folder / f"{each.name}.truth.json").write_text(
            json.dumps(truths, ensure_ascii=False, default=sorted, indent=1), encoding="utf-8"
        )
    print(f"{len(_MAKERS)} workbooks in {folder}")


if __name__ == "__main__":
    main()
