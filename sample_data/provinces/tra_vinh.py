"""Trà Vinh, programme of 2021–2025: one file a table, money in whole đồng, dates as text; Vĩnh Long reports 2025.

The targets are real (Quyết định 298/QĐ-UBND of 2021-02-09). No result of the programme was published where we
looked: every result is invented, and its districts end on 2025-07-01, so the share of districts has none for 2025.
"""

from __future__ import annotations

import datetime as dt

from sample_data import areas, pages
from sample_data.files import Folder, SampleFile
from sample_data.organisations import (
    COOPERATIVE,
    UNION,
    Cohort,
    Loan,
    Marks,
    Standing,
    Support,
    TrainingClass,
    classes,
    days,
    found,
    loans,
    standings,
    supports,
)
from sample_data.sheets import Column, Line, Sheet, comma_separated, section, total, truncated, workbook

PROVINCE = "Trà Vinh"
PROGRAMME = "Chương trình hỗ trợ, phát triển kinh tế tập thể, HTX 2021–2025 (Quyết định 298/QĐ-UBND)"
ALLIANCE = "Liên minh Hợp tác xã tỉnh Trà Vinh"
SUCCESSOR = "Liên minh Hợp tác xã tỉnh Vĩnh Long"
_AREA_AFTER = "tỉnh Vĩnh Long (địa bàn tỉnh Trà Vinh cũ)"
_FIRST, _SECOND = dt.date(2024, 12, 31), dt.date(2025, 12, 31)
# Left uncalculated: the file holds the formula and no value.
_AGAINST_LAST_YEAR = "=F{row}/D{row}*100"
_SIGNATURE = (("Người lập biểu", "(Ký, ghi rõ họ tên)"), ("CHỦ TỊCH", "(Ký, đóng dấu)"))

# New cooperatives 2021 to 2025: 11, 12, 9, 10, 8, which is 50 in all; one union in 2023.
_COHORTS = (
    Cohort(dt.date(2003, 5, 1), dt.date(2020, 12, 15), 113, 84),
    Cohort(dt.date(2021, 1, 12), dt.date(2021, 12, 18), 11, 9),
    Cohort(dt.date(2022, 1, 12), dt.date(2022, 12, 18), 12, 10),
    Cohort(dt.date(2023, 1, 12), dt.date(2023, 12, 18), 9, 7),
    Cohort(dt.date(2023, 5, 9), dt.date(2023, 5, 9), 1, 1, UNION),
    Cohort(dt.date(2024, 1, 12), dt.date(2024, 12, 18), 10, 8),
    Cohort(dt.date(2025, 1, 12), dt.date(2025, 12, 18), 8, 7),
)


def folder() -> Folder:
    organisations = found("tra-vinh", "21", areas.TRA_VINH, _COHORTS)
    first = standings(organisations[:156], _FIRST, Marks(active=147, linked=38, gap=17, ocop=12), mean_income=4.9)
    gone = {standing.organisation.key for standing in [one for one in first if not one.active][:3]}
    kept = [organisation for organisation in organisations if organisation.key not in gone]
    second = standings(
        kept, _SECOND, Marks(active=154, linked=47, gap=22, ocop=16), mean_revenue=1_640, mean_income=5.3, growth=1.16
    )
    borrowers = [one.organisation.name for one in first if one.active and one.organisation.kind == COOPERATIVE]
    signed = days("tra-vinh/loans", 14, dt.date(2022, 4, 1), dt.date(2024, 11, 20))
    first_loans = loans("tra-vinh", borrowers, signed, amount=16_900, outstanding=11_260, overdue=40)
    second_loans = loans(
        "tra-vinh",
        borrowers,
        [*signed, *days("tra-vinh/loans/2025", 5, dt.date(2025, 2, 1), dt.date(2025, 11, 20))],
        amount=23_450,
        outstanding=15_730,
    )
    first_classes = classes(
        "tra-vinh/2024",
        16,
        702,
        dt.date(2024, 2, 19),
        dt.date(2024, 12, 6),
        organiser=ALLIANCE,
        places=("Huyện Càng Long", "Huyện Trà Cú", "Huyện Cầu Ngang", "Thành phố Trà Vinh"),
        funding="Ngân sách tỉnh",
        minority_pct=28,
    )
    second_classes = classes(
        "tra-vinh/2025",
        18,
        811,
        dt.date(2025, 2, 17),
        dt.date(2025, 12, 5),
        organiser=SUCCESSOR,
        places=("Xã Càng Long", "Xã Trà Cú", "Xã Cầu Ngang", "Phường Trà Vinh"),
        funding="Ngân sách tỉnh",
        minority_pct=28,
    )
    farms = [one for one in second if one.agricultural]
    granted = supports(
        "tra-vinh/support/province",
        farms[::2],
        days("tra-vinh/support/province", 9, dt.date(2025, 1, 20), dt.date(2025, 11, 28)),
        amount=1_980,
        funding="Ngân sách tỉnh",
        spent_pct=90,
    )
    given = supports(
        "tra-vinh/support/gift",
        farms[1::2],
        days("tra-vinh/support/gift", 2, dt.date(2025, 3, 3), dt.date(2025, 9, 30)),
        amount=120,
        funding="Liên minh HTX Việt Nam tài trợ",
    )
    january, after = dt.date(2025, 1, 14), dt.date(2026, 1, 20)
    return Folder(
        "tra_vinh",
        PROVINCE,
        PROGRAMME,
        (
            SampleFile(
                "2021-02-23-chuong-trinh-298.html",
                pages.page("tra_vinh_chuong_trinh_2021", portal="cong_thong_tin"),
                dt.date(2021, 2, 23),
                "Cổng thông tin tỉnh Trà Vinh",
            ),
            SampleFile(
                "2026-01-22-tong-ket-2021-2025.html",
                pages.page("tra_vinh_tong_ket_2025", portal="cong_thong_tin"),
                None,
                "Cổng thông tin tỉnh Vĩnh Long",
            ),
            SampleFile("danh-sach-2024.xlsx", workbook([_register(first, _FIRST)]), january, ALLIANCE),
            SampleFile(
                "dao-tao-2024.csv",
                comma_separated(_training(first_classes, _FIRST), delimiter=";"),
                january,
                ALLIANCE,
            ),
            SampleFile("von-vay-2024.xlsx", workbook([_loans(first_loans, _FIRST)]), january, ALLIANCE),
            SampleFile("bieu-chi-tieu-2024.xlsx", workbook([_first(first)]), january, ALLIANCE),
            SampleFile("danh-sach-2025.xlsx", workbook([_register(second, _SECOND)]), after, SUCCESSOR),
            SampleFile("dao-tao-2025.xlsx", workbook([_training(second_classes, _SECOND)]), after, SUCCESSOR),
            SampleFile("von-vay-2025.xlsx", workbook([_loans(second_loans, _SECOND)]), after, SUCCESSOR),
            # Broken on purpose: an upload that broke off, of a table that no promise of the sample needs.
            SampleFile(
                "von-vay-quy-3-2025.xlsx",
                truncated(workbook([_loans(second_loans[:16], dt.date(2025, 9, 30))])),
                dt.date(2025, 10, 8),
                SUCCESSOR,
            ),
            SampleFile("bieu-chi-tieu-2025.xlsx", workbook([_second(second)]), after, SUCCESSOR),
            SampleFile("ho-tro-2025.xlsx", workbook([_supports(granted, given)]), after, SUCCESSOR),
        ),
    )


def _office(on: dt.date) -> tuple[str, ...]:
    return ("LIÊN MINH HỢP TÁC XÃ TỈNH TRÀ VINH" if on == _FIRST else "LIÊN MINH HỢP TÁC XÃ TỈNH VĨNH LONG",)


def _area(on: dt.date) -> str:
    return "tỉnh Trà Vinh" if on == _FIRST else _AREA_AFTER


def _annex(on: dt.date) -> str:
    return f"(Kèm theo Báo cáo số {'11/BC-LMHTX ngày 14/01/2025' if on == _FIRST else '35/BC-LMHTX ngày 20/01/2026'})"


def _register(standings: list[Standing], on: dt.date) -> Sheet:
    after = on == _SECOND
    place = (
        [Column(("Địa chỉ", "Xã/phường"), 18)]
        if after
        else [Column(("Địa chỉ", "Xã/phường/thị trấn"), 18), Column(("Địa chỉ", "Huyện, thị xã, thành phố"), 16)]
    )
    columns = (
        Column(("STT",), 6),
        Column(("Mã số thuế",), 13),
        Column(("Tên tổ chức",), 44),
        Column(("Loại hình",), 20),
        Column(("Lĩnh vực",), 20),
        *place,
        Column(("Ngày cấp đăng ký",), 13),
        Column(("Số thành viên",), 9, "#,##0"),
        Column(("Số lao động",), 9, "#,##0"),
        Column(("Vốn điều lệ (đồng)",), 16, "#,##0"),
        Column(("Doanh thu (đồng)",), 16, "#,##0"),
        Column(("Lợi nhuận (đồng)",), 15, "#,##0"),
        Column(("Trạng thái hoạt động",), 16),
        Column(("Đánh dấu (x) nếu có", "Liên kết chuỗi"), 9),
        Column(("Đánh dấu (x) nếu có", "VietGAP/hữu cơ"), 9),
        Column(("OCOP (số sao)",), 9),
    )
    lines = [
        Line(
            (
                number,
                one.organisation.tax_code,
                one.organisation.name,
                "HTX" if one.organisation.kind == COOPERATIVE else "Liên hiệp HTX",
                one.organisation.sector,
                *([one.organisation.commune_today] if after else [one.organisation.commune, one.organisation.district]),
                f"{one.organisation.founded_on:%d/%m/%Y}",
                one.members,
                one.workers,
                one.capital * 1_000_000,
                one.revenue * 1_000_000,
                one.profit * 1_000_000,
                "Đang hoạt động" if one.active else "Tạm ngừng",
                "x" if one.linked else None,
                "x" if one.gap else None,
                one.ocop_stars,
            )
        )
        for number, one in enumerate(standings, start=1)
    ]
    first_sum = 7 if after else 8
    return Sheet(
        name="Danh sách",
        office=_office(on),
        title=(
            "BẢNG KÊ CÁC HỢP TÁC XÃ, LIÊN HIỆP HỢP TÁC XÃ",
            f"Địa bàn {_area(on)}, thời điểm {on:%d/%m/%Y}",
        ),
        annex=_annex(on),
        columns=columns,
        lines=(*lines, total("CỘNG", lines, range(first_sum, first_sum + 5), len(columns))),
        signature=_SIGNATURE,
    )


def _training(classes: list[TrainingClass], on: dt.date) -> Sheet:
    columns = (
        Column(("STT",), 6),
        Column(("Chủ đề",), 16),
        Column(("Tên khóa đào tạo, tập huấn",), 42),
        Column(("Ngày khai giảng",), 12, "dd/mm/yyyy"),
        Column(("Ngày bế giảng",), 12, "dd/mm/yyyy"),
        Column(("Nơi tổ chức",), 22),
        Column(("Tổng số học viên",), 9, "#,##0"),
        Column(("Nữ",), 9, "#,##0"),
        Column(("Dân tộc thiểu số",), 9, "#,##0"),
        Column(("Kinh phí (đồng)",), 14, "#,##0"),
        Column(("Nguồn vốn",), 18),
    )
    lines = [
        Line(
            (
                number,
                one.topic,
                one.title,
                one.starts_on,
                one.ends_on,
                one.place,
                one.learners,
                one.female,
                one.ethnic_minority,
                one.budget * 1_000_000,
                one.funding,
            )
        )
        for number, one in enumerate(classes, start=1)
    ]
    return Sheet(
        name="Đào tạo",
        office=_office(on),
        title=("DANH SÁCH KHÓA ĐÀO TẠO, TẬP HUẤN VỀ KINH TẾ TẬP THỂ", f"{_area(on)}, năm {on.year}"),
        annex=_annex(on),
        columns=columns,
        numbers=None if on == _FIRST else "{}",
        lines=(*lines, total("Tổng cộng", lines, range(6, 10), len(columns))),
        signature=_SIGNATURE,
    )


def _loans(loans: list[Loan], on: dt.date) -> Sheet:
    columns = (
        Column(("STT",), 6),
        Column(("Tên đơn vị vay",), 44),
        Column(("Hợp đồng số",), 15),
        Column(("Nội dung sử dụng vốn",), 34),
        Column(("Ngày ký hợp đồng",), 12),
        Column(("Ngày đáo hạn",), 12),
        Column(("Lãi suất năm (%)",), 9, "0.0"),
        Column(("Số vốn vay (đồng)",), 16, "#,##0"),
        Column(("Còn dư nợ (đồng)",), 16, "#,##0"),
        Column(("Nợ quá hạn (đồng)",), 14, "#,##0"),
    )
    lines = [
        Line(
            (
                number,
                loan.borrower,
                loan.contract_no,
                loan.purpose,
                f"{loan.signed_on:%d/%m/%Y}",
                f"{loan.due_on:%d/%m/%Y}",
                loan.interest_pct_year,
                loan.amount * 1_000_000,
                loan.outstanding * 1_000_000,
                loan.overdue * 1_000_000,
            )
        )
        for number, loan in enumerate(loans, start=1)
    ]
    return Sheet(
        name="Vốn vay",
        office=_office(on),
        title=("BẢNG TỔNG HỢP VAY VỐN TỪ QUỸ HỖ TRỢ PHÁT TRIỂN HTX", f"{_area(on)}, đến ngày {on:%d/%m/%Y}"),
        annex=_annex(on) if on.month == 12 else None,
        columns=columns,
        lines=(total("TỔNG SỐ", lines, (7, 8, 9), len(columns)), *lines),
        signature=_SIGNATURE,
    )


def _supports(granted: list[Support], given: list[Support]) -> Sheet:
    """The support of the data year that Thông tư 124/2021/TT-BTC counts, from 15 December to 14 December."""
    columns = (
        Column(("STT",), 6),
        Column(("Tên HTX được hỗ trợ",), 44),
        Column(("Xã/phường",), 18),
        Column(("Loại hỗ trợ",), 24),
        Column(("Nội dung hỗ trợ",), 40),
        Column(("Số quyết định",), 15),
        Column(("Ngày quyết định",), 12),
        Column(("Kinh phí (đồng)", "Được hỗ trợ"), 16, "#,##0"),
        Column(("Kinh phí (đồng)", "Đã giải ngân"), 16, "#,##0"),
        Column(("Nguồn kinh phí",), 26),
    )
    lines: list[Line] = []
    number = 0
    for roman, policy, group in (
        ("I", "Chính sách hỗ trợ phát triển HTX theo Quyết định 1804/QĐ-TTg", granted),
        ("II", "Chương trình hỗ trợ khác", given),
    ):
        lines.append(section(roman, policy))
        for one in group:
            number += 1
            lines.append(
                Line(
                    (
                        number,
                        one.beneficiary,
                        one.commune,
                        one.kind,
                        one.content,
                        one.decision_no,
                        f"{one.decided_on:%d/%m/%Y}",
                        one.amount * 1_000_000,
                        one.disbursed * 1_000_000,
                        one.funding,
                    )
                )
            )
    return Sheet(
        name="Hỗ trợ HTX",
        office=_office(_SECOND),
        title=("DANH SÁCH HTX ĐƯỢC HỖ TRỢ NĂM 2025", f"{_AREA_AFTER}, số liệu đến ngày 14/12/2025"),
        annex=_annex(_SECOND),
        columns=columns,
        lines=(*lines, total("Tổng cộng", lines, (7, 8), len(columns))),
        signature=_SIGNATURE,
    )


def _first(standings: list[Standing]) -> Sheet:
    cooperatives = [one for one in standings if one.organisation.kind == COOPERATIVE]
    return Sheet(
        name="Biểu chỉ tiêu",
        office=_office(_FIRST),
        title=(
            "TÌNH HÌNH THỰC HIỆN CHỈ TIÊU PHÁT TRIỂN KINH TẾ TẬP THỂ",
            "tỉnh Trà Vinh, năm 2024",
        ),
        annex=_annex(_FIRST),
        columns=(
            Column(("STT",), 6),
            Column(("Chỉ tiêu",), 58),
            Column(("Đơn vị tính",), 11),
            Column(("Năm 2024", "Kế hoạch"), 12, "#,##0.##"),
            Column(("Năm 2024", "Thực hiện"), 12, "#,##0.##"),
            Column(("So sánh TH/KH (%)",), 12, "0.0"),
        ),
        numbers="({})",
        lines=(
            section("I", "SỐ LƯỢNG"),
            Line((1, "Tổng số hợp tác xã", "HTX", None, len(cooperatives), None)),
            Line((2, "Số hợp tác xã thành lập mới", "HTX", 10, 10, 100.0)),
            Line((3, "Số tổ hợp tác thành lập mới", "THT", 50, 52, 104.0)),
            Line((4, "Tổng số liên hiệp hợp tác xã", "LHHTX", None, 1, None)),
            Line((5, "Tốc độ tăng thành viên", "%", None, 12.4, None)),
            section("II", "CHẤT LƯỢNG"),
            Line((6, "Tỷ lệ xã có hợp tác xã hoạt động", "%", None, 96.5, None)),
            Line((7, "Tỷ lệ huyện có đủ mô hình hợp tác xã kiểu mới", "%", None, 88.9, None)),
            Line((8, "Tỷ lệ cán bộ quản lý có trình độ chuyên môn", "%", None, 58.3, None)),
            Line((9, "Tỷ lệ cán bộ HTX nông nghiệp được đào tạo, bồi dưỡng", "%", None, 91.2, None)),
            Line((10, "Tỷ lệ nông sản tiêu thụ qua hợp đồng", "%", None, 18.6, None)),
            section("III", "HỖ TRỢ"),
            Line((11, "Số lớp đào tạo, tập huấn", "lớp", 15, 16, 106.7)),
            Line((12, "Số lượt học viên", "người", 700, 702, 100.3)),
            Line((13, "Dư nợ cho vay hợp tác xã", "triệu đồng", None, 11260, None)),
        ),
        signature=_SIGNATURE,
    )


def _second(standings: list[Standing]) -> Sheet:
    cooperatives = [one for one in standings if one.organisation.kind == COOPERATIVE]
    return Sheet(
        name="Biểu chỉ tiêu",
        office=_office(_SECOND),
        title=(
            "TÌNH HÌNH THỰC HIỆN CHỈ TIÊU PHÁT TRIỂN KINH TẾ TẬP THỂ",
            f"{_AREA_AFTER}, năm 2025",
        ),
        annex=_annex(_SECOND),
        columns=(
            Column(("STT",), 6),
            Column(("Chỉ tiêu",), 58),
            Column(("Đơn vị tính",), 11),
            Column(("TH năm 2024",), 12, "#,##0.##"),
            Column(("Năm 2025", "Kế hoạch"), 12, "#,##0.##"),
            Column(("Năm 2025", "Thực hiện"), 12, "#,##0.##"),
            Column(("So sánh (%)", "TH/KH"), 10, "0.0"),
            Column(("So sánh (%)", "TH/CK"), 10, "0.0"),
        ),
        numbers="({})",
        lines=(
            section("I", "SỐ LƯỢNG"),
            Line((1, "Tổng số hợp tác xã", "HTX", 155, None, len(cooperatives), None, _AGAINST_LAST_YEAR)),
            Line((2, "Số hợp tác xã thành lập mới", "HTX", 10, 10, 8, 80.0, _AGAINST_LAST_YEAR)),
            Line((3, "Số tổ hợp tác thành lập mới", "THT", 52, 50, 41, 82.0, _AGAINST_LAST_YEAR)),
            Line((4, "Tổng số liên hiệp hợp tác xã", "LHHTX", 1, None, 1, None, _AGAINST_LAST_YEAR)),
            Line((5, "Tốc độ tăng thành viên", "%", 12.4, None, 16.1, None, _AGAINST_LAST_YEAR)),
            section("II", "CHẤT LƯỢNG"),
            Line((6, "Tỷ lệ xã có hợp tác xã hoạt động", "%", 96.5, None, 100, None, _AGAINST_LAST_YEAR)),
            Line((7, "Tỷ lệ huyện có đủ mô hình hợp tác xã kiểu mới", "%", 88.9, None, "..", None, None)),
            Line((8, "Tỷ lệ cán bộ quản lý có trình độ chuyên môn", "%", 58.3, None, 63.7, None, _AGAINST_LAST_YEAR)),
            Line(
                (
                    9,
                    "Tỷ lệ cán bộ HTX nông nghiệp được đào tạo, bồi dưỡng",
                    "%",
                    91.2,
                    None,
                    97.4,
                    None,
                    _AGAINST_LAST_YEAR,
                )
            ),
            Line((10, "Tỷ lệ nông sản tiêu thụ qua hợp đồng", "%", 18.6, None, 24.5, None, _AGAINST_LAST_YEAR)),
            section("III", "HỖ TRỢ"),
            Line((11, "Số lớp đào tạo, tập huấn", "lớp", 16, 18, 18, 100.0, _AGAINST_LAST_YEAR)),
            Line((12, "Số lượt học viên", "người", 702, 800, 811, 101.4, _AGAINST_LAST_YEAR)),
            Line((13, "Dư nợ cho vay hợp tác xã", "triệu đồng", 11260, None, 15730, None, _AGAINST_LAST_YEAR)),
        ),
        footnotes=("Ghi chú: cấp huyện kết thúc hoạt động từ ngày 01/7/2025, chỉ tiêu số 7 không còn số liệu.",),
        signature=_SIGNATURE,
    )
