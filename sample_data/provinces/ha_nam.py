"""Hà Nam, plan for agricultural cooperatives to 2025: a four-sheet workbook for 2024, two files by Ninh Bình for 2025.

The targets are real (Kế hoạch 291/KH-UBND of 2024-02-22), the results invented. One cell is wrong on purpose: the
share of agricultural cooperatives rated fair or better at the end of 2025 reads 182 where 82 was meant.
"""

from __future__ import annotations

import datetime as dt

from sample_data import areas, pages
from sample_data.files import Folder, SampleFile
from sample_data.organisations import (
    Cohort,
    Loan,
    Marks,
    Standing,
    TrainingClass,
    classes,
    days,
    found,
    loans,
    standings,
)
from sample_data.sheets import Column, Line, Sheet, section, total, workbook

PROVINCE = "Hà Nam"
PROGRAMME = "Kế hoạch phát triển HTX nông nghiệp đến năm 2025 (Kế hoạch 291/KH-UBND)"
DEPARTMENT = "Sở Nông nghiệp và Phát triển nông thôn tỉnh Hà Nam"
SUCCESSOR = "Sở Nông nghiệp và Môi trường tỉnh Ninh Bình"
_AREA_AFTER = "tỉnh Ninh Bình (địa bàn tỉnh Hà Nam cũ)"
_FIRST, _SECOND = dt.date(2024, 12, 31), dt.date(2025, 12, 31)
_SIGNATURE = (("NGƯỜI LẬP BIỂU", "(Ký, ghi rõ họ tên)"), ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"))
# Meant: 82. Whoever typed it slipped a 1 in front.
SLIPPED_SHARE = 182
# So the targets of the plan itself stay the only ones, each with its sentence in the bulletin.
_NO_YEARLY_PLAN = "Ghi chú: các chỉ tiêu phát triển HTX giao chung cho cả kế hoạch, không giao từng năm."

_COHORTS = (
    Cohort(dt.date(1998, 3, 1), dt.date(2023, 12, 15), 183, 124),
    Cohort(dt.date(2024, 1, 15), dt.date(2024, 12, 15), 13, 9),
    Cohort(dt.date(2025, 1, 15), dt.date(2025, 12, 15), 11, 7),
)


def folder() -> Folder:
    organisations = found("ha-nam", "07", areas.HA_NAM, _COHORTS)
    first = standings(
        organisations[:196], _FIRST, Marks(active=190, linked=51, high_tech=12, gap=19, ocop=13), mean_income=5.1
    )
    # Two stopped ones merged into others during 2025: 196 + 11 - 2 = 205.
    gone = {standing.organisation.key for standing in [one for one in first if not one.active][:2]}
    kept = [organisation for organisation in organisations if organisation.key not in gone]
    second = standings(
        kept,
        _SECOND,
        Marks(active=201, linked=61, high_tech=17, gap=24, ocop=17),
        mean_revenue=1_720,
        mean_income=5.6,
        growth=1.05,
    )
    borrowers = [one.organisation.name for one in first if one.active and one.agricultural]
    signed = days("ha-nam/loans", 9, dt.date(2022, 5, 1), dt.date(2024, 11, 20))
    first_loans = loans("ha-nam", borrowers, signed, amount=8_200, outstanding=5_940)
    second_loans = loans(
        "ha-nam",
        borrowers,
        [*signed, *days("ha-nam/loans/2025", 3, dt.date(2025, 2, 10), dt.date(2025, 6, 20))],
        amount=11_150,
        outstanding=7_310,
        overdue=25,
    )
    first_classes = classes(
        "ha-nam/2024",
        11,
        538,
        dt.date(2024, 3, 4),
        dt.date(2024, 12, 6),
        organiser="Chi cục Phát triển nông thôn",
        places=("Thành phố Phủ Lý", "Thị xã Duy Tiên", "Huyện Kim Bảng", "Huyện Lý Nhân"),
        funding="Ngân sách tỉnh",
        minority_pct=0,
    )
    second_classes = classes(
        "ha-nam/2025",
        9,
        455,
        dt.date(2025, 3, 3),
        dt.date(2025, 12, 5),
        organiser="Chi cục Kinh tế hợp tác",
        places=("Phường Phủ Lý", "Phường Duy Tiên", "Phường Kim Bảng", "Xã Lý Nhân"),
        funding="Ngân sách tỉnh",
        minority_pct=0,
    )
    return Folder(
        "ha_nam",
        PROVINCE,
        PROGRAMME,
        (
            SampleFile(
                "2024-02-26-ke-hoach-291.html",
                pages.page("ha_nam_ke_hoach_2024", portal="cong_thong_tin"),
                dt.date(2024, 2, 26),
                "Văn phòng Sở, tỉnh Hà Nam",
            ),
            SampleFile(
                "2025-01-21-ket-qua-2024.html",
                pages.page("ha_nam_ket_qua_2024", portal="lien_minh", encoding="windows-1258"),
                dt.date(2025, 1, 21),
                "Văn phòng Sở, tỉnh Hà Nam",
            ),
            SampleFile(
                "bao-cao-htx-2024.xlsx",
                workbook(
                    [
                        _register(first, _FIRST),
                        _training(first_classes, _FIRST),
                        _loans(first_loans, _FIRST),
                        _first(first),
                    ]
                ),
                dt.date(2025, 1, 16),
                DEPARTMENT,
            ),
            SampleFile(
                "bieu-01-danh-sach-htx-2025.xlsx",
                workbook([_register(second, _SECOND)]),
                dt.date(2026, 1, 12),
                SUCCESSOR,
            ),
            SampleFile(
                "bieu-02-03-04-nam-2025.xlsx",
                workbook([_training(second_classes, _SECOND), _loans(second_loans, _SECOND), _second(first, second)]),
                dt.date(2026, 1, 12),
                SUCCESSOR,
            ),
        ),
    )


def _office(on: dt.date) -> tuple[str, ...]:
    if on == _FIRST:
        return ("UBND TỈNH HÀ NAM", "SỞ NÔNG NGHIỆP VÀ PHÁT TRIỂN NÔNG THÔN")
    return ("UBND TỈNH NINH BÌNH", "SỞ NÔNG NGHIỆP VÀ MÔI TRƯỜNG")


def _area(on: dt.date) -> str:
    return "tỉnh Hà Nam" if on == _FIRST else _AREA_AFTER


def _annex(on: dt.date) -> str:
    report = "12/BC-SNN ngày 16/01/2025" if on == _FIRST else "09/BC-SNNMT ngày 12/01/2026"
    return f"(Kèm theo Báo cáo số {report})"


def _register(standings: list[Standing], on: dt.date) -> Sheet:
    after = on == _SECOND
    columns = (
        Column(("TT",), 6),
        Column(("Tên HTX",), 42),
        Column(("Địa chỉ",), 34),
        Column(("Lĩnh vực hoạt động",), 20),
        Column(("Ngày thành lập",), 12, "dd/mm/yyyy"),
        Column(("MST",), 13),
        Column(("Quy mô", "Số thành viên"), 9, "#,##0"),
        Column(("Quy mô", "Số lao động"), 9, "#,##0"),
        Column(("Quy mô", "Vốn điều lệ (tỷ đồng)"), 10, "0.00"),
        Column(("Kết quả SXKD", "Doanh thu (tỷ đồng)"), 10, "0.00"),
        Column(("Kết quả SXKD", "Lợi nhuận (tỷ đồng)"), 10, "0.000"),
        Column(("Nội dung thực hiện", "Tham gia liên kết"), 9),
        Column(("Nội dung thực hiện", "Ứng dụng CNC"), 9),
        Column(("Nội dung thực hiện", "VietGAP/hữu cơ"), 9),
        Column(("Nội dung thực hiện", "OCOP (sao)"), 8),
        Column(("Tình trạng hoạt động",), 16),
    )
    farms = [one for one in standings if one.agricultural]
    others = [one for one in standings if not one.agricultural]
    lines: list[Line] = []
    for roman, label, group in (("I", "HTX NÔNG NGHIỆP", farms), ("II", "HTX PHI NÔNG NGHIỆP", others)):
        lines.append(section(roman, label))
        for number, standing in enumerate(group, start=1):
            organisation = standing.organisation
            lines.append(
                Line(
                    (
                        number,
                        organisation.name,
                        organisation.commune_today if after else f"{organisation.commune}, {organisation.district}",
                        organisation.sector,
                        organisation.founded_on,
                        organisation.tax_code,
                        standing.members,
                        standing.workers,
                        standing.capital / 1000,
                        standing.revenue / 1000,
                        standing.profit / 1000,
                        "có" if standing.linked else None,
                        "có" if standing.high_tech else None,
                        "có" if standing.gap else None,
                        standing.ocop_stars,
                        "Đang hoạt động" if standing.active else "Ngừng hoạt động",
                    )
                )
            )
    return Sheet(
        name="Biểu 01",
        office=_office(on),
        motto=True,
        title=(
            "Biểu 01: DANH SÁCH HỢP TÁC XÃ TRÊN ĐỊA BÀN",
            f"{_area(on)} (có đến {on:%d/%m/%Y})",
        ),
        annex=_annex(on),
        columns=columns,
        numbers="({})",
        lines=tuple(lines),
        footnotes=("Ghi chú: CNC là công nghệ cao.",),
        signature=_SIGNATURE,
    )


def _training(classes: list[TrainingClass], on: dt.date) -> Sheet:
    columns = (
        Column(("TT",), 6),
        Column(("Tên lớp tập huấn, bồi dưỡng",), 42),
        Column(("Cơ quan tổ chức",), 30),
        Column(("Thời gian", "Bắt đầu"), 12, "dd/mm/yyyy"),
        Column(("Thời gian", "Kết thúc"), 12, "dd/mm/yyyy"),
        Column(("Địa điểm",), 22),
        Column(("Số người tham gia", "Tổng"), 9, "#,##0"),
        Column(("Số người tham gia", "Cán bộ quản lý HTX"), 10, "#,##0"),
        Column(("Kinh phí (triệu đồng)",), 10, "#,##0"),
    )
    lines = [
        Line(
            (
                number,
                one.title,
                one.organiser,
                one.starts_on,
                one.ends_on,
                one.place,
                one.learners,
                one.managers,
                one.budget,
            )
        )
        for number, one in enumerate(classes, start=1)
    ]
    return Sheet(
        name="Biểu 02",
        office=_office(on),
        title=("Biểu 02: CÁC LỚP TẬP HUẤN CHO HTX NÔNG NGHIỆP", f"{_area(on)}, năm {on.year}"),
        annex=_annex(on),
        columns=columns,
        lines=(*lines, total("Cộng", lines, (6, 7, 8), len(columns))),
        signature=_SIGNATURE,
    )


def _loans(loans: list[Loan], on: dt.date) -> Sheet:
    columns = (
        Column(("TT",), 6),
        Column(("Tên HTX",), 42),
        Column(("Quỹ cho vay",), 32),
        Column(("Ngày ký hợp đồng",), 12, "dd/mm/yyyy"),
        Column(("Thời hạn vay (tháng)",), 9),
        Column(("Lãi suất (%/năm)",), 9, "0.0"),
        Column(("Số tiền vay (triệu đồng)",), 11, "#,##0"),
        Column(("Dư nợ (triệu đồng)",), 11, "#,##0"),
        Column(("Nợ quá hạn (triệu đồng)",), 11, "#,##0"),
    )
    lines = [
        Line(
            (
                number,
                loan.borrower,
                "Quỹ hỗ trợ phát triển HTX tỉnh",
                loan.signed_on,
                loan.term_months,
                loan.interest_pct_year,
                loan.amount,
                loan.outstanding,
                loan.overdue,
            )
        )
        for number, loan in enumerate(loans, start=1)
    ]
    return Sheet(
        name="Biểu 03",
        office=_office(on),
        title=("Biểu 03: HTX NÔNG NGHIỆP VAY VỐN", f"{_area(on)}, đến ngày {on:%d/%m/%Y}"),
        annex=_annex(on),
        columns=columns,
        lines=(*lines, total("Cộng", lines, (6, 7, 8), len(columns))),
        signature=_SIGNATURE,
    )


def _share(standings: list[Standing], mark: str) -> float:
    """Percent of agricultural cooperatives with a mark, to 0.1."""
    farms = [one for one in standings if one.agricultural]
    return round(100 * sum(bool(getattr(one, mark)) for one in farms) / len(farms), 1)


def _first(standings: list[Standing]) -> Sheet:
    farms = [one for one in standings if one.agricultural]
    return Sheet(
        name="Biểu 04",
        office=_office(_FIRST),
        motto=True,
        title=(
            "Biểu 04: KẾT QUẢ THỰC HIỆN CHỈ TIÊU PHÁT TRIỂN HTX NÔNG NGHIỆP",
            "tỉnh Hà Nam, năm 2024",
        ),
        annex=_annex(_FIRST),
        columns=(
            Column(("TT",), 6),
            Column(("Chỉ tiêu",), 58),
            Column(("ĐVT",), 9),
            Column(("KH năm 2024",), 12, "#,##0.##"),
            Column(("TH năm 2024",), 12, "#,##0.##"),
            Column(("So sánh (%)",), 10, "0.0"),
        ),
        lines=(
            Line((1, "Tổng số HTX nông nghiệp", "HTX", None, len(farms), None)),
            Line((2, "Số HTX nông nghiệp thành lập mới", "HTX", None, 9, None)),
            Line((3, "Tỷ lệ HTX nông nghiệp xếp loại khá trở lên", "%", None, 81, None)),
            Line((4, "Tỷ lệ HTX nông nghiệp tham gia liên kết", "%", None, _share(standings, "linked"), None)),
            Line((5, "Tỷ lệ HTX nông nghiệp ứng dụng công nghệ cao", "%", None, _share(standings, "high_tech"), None)),
            Line((6, "Tỷ lệ HTX nông nghiệp đạt VietGAP hoặc hữu cơ", "%", None, _share(standings, "gap"), None)),
            Line((7, "Số HTX có sản phẩm OCOP", "HTX", None, 13, None)),
            Line((8, "Số mô hình HTX nông nghiệp mỗi huyện", "mô hình", None, 1, None)),
            Line((9, "Tỷ lệ cán bộ HTX nông nghiệp được đào tạo, bồi dưỡng", "%", None, 88, None)),
            Line((10, "Số lớp tập huấn", "lớp", 10, 11, 110.0)),
            Line((11, "Số lượt học viên", "người", 500, 538, 107.6)),
        ),
        footnotes=(_NO_YEARLY_PLAN,),
        signature=_SIGNATURE,
    )


def _second(first: list[Standing], second: list[Standing]) -> Sheet:
    farms_before, farms = (sum(one.agricultural for one in standings) for standings in (first, second))
    return Sheet(
        name="Biểu 04",
        office=_office(_SECOND),
        motto=True,
        title=(
            "Biểu 04: KẾT QUẢ THỰC HIỆN CHỈ TIÊU PHÁT TRIỂN HTX NÔNG NGHIỆP",
            f"{_AREA_AFTER}, năm 2025",
        ),
        annex=_annex(_SECOND),
        columns=(
            Column(("TT",), 6),
            Column(("Chỉ tiêu",), 58),
            Column(("ĐVT",), 9),
            Column(("TH năm 2024",), 12, "#,##0.##"),
            Column(("KH năm 2025",), 12, "#,##0.##"),
            Column(("TH năm 2025",), 12, "#,##0.##"),
        ),
        lines=(
            Line((1, "Tổng số HTX nông nghiệp", "HTX", farms_before, None, farms)),
            Line((2, "Số HTX nông nghiệp thành lập mới", "HTX", 9, None, 7)),
            Line((3, "Tỷ lệ HTX nông nghiệp xếp loại khá trở lên", "%", 81, None, SLIPPED_SHARE)),
            Line((4, "Tỷ lệ HTX nông nghiệp tham gia liên kết", "%", *_shares(first, second, "linked"))),
            Line((5, "Tỷ lệ HTX nông nghiệp ứng dụng công nghệ cao", "%", *_shares(first, second, "high_tech"))),
            Line((6, "Tỷ lệ HTX nông nghiệp đạt VietGAP hoặc hữu cơ", "%", *_shares(first, second, "gap"))),
            Line((7, "Số HTX có sản phẩm OCOP", "HTX", 13, None, 17)),
            Line((8, "Tỷ lệ cán bộ HTX nông nghiệp được đào tạo, bồi dưỡng", "%", 88, None, "-")),
            Line((9, "Số lớp tập huấn", "lớp", 11, 10, 9)),
            Line((10, "Số lượt học viên", "người", 538, 500, 455)),
        ),
        footnotes=(_NO_YEARLY_PLAN, "Ghi chú: dấu (-) là chưa tổng hợp được số liệu."),
        signature=_SIGNATURE,
    )


def _shares(before: list[Standing], now: list[Standing], mark: str) -> tuple[float, None, float]:
    """Last year's share, no plan, this year's share."""
    return _share(before, mark), None, _share(now, mark)
