"""Bình Phước, two schemes of 2022–2025: a four-sheet workbook before the merger, a four-sheet one by Đồng Nai after.

Real numbers (2022 to December 2023): 60 new cooperatives, 323 in all of which 248 active; 38 classes with 1,915
learners; 9 classes for nearly 500 on VietGAP; 26 cooperatives at fairs; 7 loans of 1.456 billion VND for jobs and
15 of nearly 29 billion from the support fund; in ethnic-minority areas 35 classes with 1,712 learners, 44
cooperatives at fairs, 5 at an online one, 5 classes on e-commerce. The rest, and all of 2025, is invented.
"""

from __future__ import annotations

import dataclasses
import datetime as dt

from sample_data import areas, pages
from sample_data.files import Folder, SampleFile
from sample_data.organisations import (
    AGRICULTURE,
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

PROVINCE = "Bình Phước"
PROGRAMME = "Hai đề án HTX giai đoạn 2022–2025"
ALLIANCE = "Liên minh Hợp tác xã tỉnh Bình Phước"
SUCCESSOR = "Liên minh Hợp tác xã tỉnh Đồng Nai"
_AREA_AFTER = "tỉnh Đồng Nai (địa bàn tỉnh Bình Phước cũ)"
_FIRST, _SECOND = dt.date(2023, 12, 31), dt.date(2025, 12, 31)
_PLACES = ("Thành phố Đồng Xoài", "Huyện Lộc Ninh", "Huyện Bù Đăng", "Huyện Bù Gia Mập", "Thị xã Chơn Thành")
_PLACES_AFTER = ("Phường Đồng Xoài", "Xã Lộc Ninh", "Xã Bù Đăng", "Xã Đa Kia", "Phường Chơn Thành")
_SIGNATURE = (("NGƯỜI LẬP BIỂU", "(Ký tên)"), ("CHỦ TỊCH", "(Ký tên, đóng dấu)"))

_COHORTS = (
    Cohort(dt.date(2004, 2, 1), dt.date(2021, 12, 20), 263, 198),
    Cohort(dt.date(2022, 1, 10), dt.date(2022, 12, 20), 27, 22),
    Cohort(dt.date(2023, 1, 10), dt.date(2023, 12, 20), 33, 26),
    Cohort(dt.date(2024, 1, 10), dt.date(2024, 12, 20), 16, 13),
    Cohort(dt.date(2025, 1, 10), dt.date(2025, 12, 20), 17, 14),
)


def folder() -> Folder:
    organisations = found("binh-phuoc", "38", areas.BINH_PHUOC, _COHORTS)
    first = standings(organisations[:323], _FIRST, Marks(active=248, rated_fair_or_better_pct=57), mean_income=5.6)
    # Nine of the inactive ones were struck off between the two dates: 323 + 33 - 9 = 347.
    gone = {standing.organisation.key for standing in [one for one in first if not one.active][:9]}
    kept = [organisation for organisation in organisations if organisation.key not in gone]
    second = standings(
        kept, _SECOND, Marks(active=281, rated_fair_or_better_pct=62), mean_revenue=1_900, mean_income=6.2, growth=1.1
    )
    borrowers = [one.organisation.name for one in first if one.active and one.organisation.sector == AGRICULTURE]
    first_loans = loans(
        "binh-phuoc/2023",
        borrowers,
        days("binh-phuoc/2023/loans", 15, dt.date(2022, 3, 1), dt.date(2023, 12, 10)),
        amount=28_850,
        outstanding=21_400,
        overdue=120,
    )
    second_loans = loans(
        "binh-phuoc/2025",
        borrowers,
        days("binh-phuoc/2025/loans", 11, dt.date(2025, 1, 15), dt.date(2025, 12, 5)),
        amount=19_600,
        outstanding=17_250,
        interest_pct_year=6.0,
    )
    scheme = classes(
        "binh-phuoc/scheme-1",
        38,
        1_915,
        dt.date(2022, 3, 7),
        dt.date(2023, 12, 15),
        organiser=ALLIANCE,
        places=_PLACES,
        funding="Ngân sách tỉnh",
        minority_pct=12,
    )
    minority_scheme = classes(
        "binh-phuoc/scheme-2",
        35,
        1_712,
        dt.date(2022, 4, 4),
        dt.date(2023, 12, 15),
        organiser=ALLIANCE,
        places=_PLACES[1:4],
        funding="Ngân sách tỉnh",
        minority_pct=74,
    )
    classes_2025 = classes(
        "binh-phuoc/2025",
        19,
        934,
        dt.date(2025, 2, 10),
        dt.date(2025, 12, 5),
        organiser=SUCCESSOR,
        places=_PLACES_AFTER,
        funding="Ngân sách tỉnh",
        minority_pct=20,
    )
    return Folder(
        "binh_phuoc",
        PROVINCE,
        PROGRAMME,
        (
            SampleFile(
                "2024-03-20-so-ket-hai-de-an.html",
                pages.page("binh_phuoc_so_ket_2024", portal="bao", no_break_spaces=True),
                dt.date(2024, 3, 20),
                "Báo Bình Phước",
            ),
            SampleFile(
                "phu-luc-bao-cao-31-12-2023.xlsx",
                workbook([_register(first, _FIRST), _training(scheme, _FIRST), _loans(first_loans, _FIRST), _first()]),
                dt.date(2024, 1, 19),
                ALLIANCE,
            ),
            SampleFile(
                "tap-huan-vung-dong-bao-dtts-2022-2023.xlsx",
                workbook([_minority_training(minority_scheme)]),
                dt.date(2024, 1, 19),
                ALLIANCE,
            ),
            SampleFile(
                "phu-luc-bao-cao-31-12-2025.xlsx",
                workbook(
                    [
                        _register(second, _SECOND),
                        _training(classes_2025, _SECOND),
                        _loans(second_loans, _SECOND),
                        # Whoever made the file kept a copy, hidden: it must not count twice.
                        dataclasses.replace(_loans(second_loans, _SECOND), name="Nháp", hidden=True),
                        _second(second),
                    ]
                ),
                dt.date(2026, 1, 15),
                SUCCESSOR,
            ),
        ),
    )


def _office(on: dt.date) -> tuple[str, ...]:
    return ("UBND TỈNH BÌNH PHƯỚC" if on == _FIRST else "UBND TỈNH ĐỒNG NAI", "LIÊN MINH HỢP TÁC XÃ")


def _area(on: dt.date) -> str:
    return "tỉnh Bình Phước" if on == _FIRST else _AREA_AFTER


def _annex(on: dt.date) -> str:
    return f"(Kèm theo Báo cáo số {'18/BC-LMHTX ngày 19/01/2024' if on == _FIRST else '22/BC-LMHTX ngày 15/01/2026'})"


def _register(standings: list[Standing], on: dt.date) -> Sheet:
    after = on == _SECOND
    place = (
        [Column(("Xã, phường (sau sắp xếp)",), 18)]
        if after
        else [Column(("Huyện, thị xã, thành phố",), 18), Column(("Xã, phường",), 16)]
    )
    columns = (
        Column(("TT",), 6),
        Column(("Tên hợp tác xã",), 42),
        Column(("Số GCNĐK HTX",), 15),
        *place,
        Column(("Năm thành lập",), 9),
        Column(("Ngành, lĩnh vực",), 20),
        Column(("Tình trạng",), 14),
        Column(("Thành viên (người)",), 10, "#,##0"),
        Column(("Lao động thường xuyên (người)",), 10, "#,##0"),
        Column(("Vốn điều lệ (tr.đ)",), 10, "#,##0"),
        Column(("Doanh thu (tr.đ)",), 10, "#,##0"),
        Column(("Lợi nhuận (tr.đ)",), 10, "#,##0"),
        Column(("Thu nhập BQ lao động (tr.đ/người/tháng)",), 11, "0.0"),
        Column(("Xếp loại HTX",), 13),
    )
    farms = [one for one in standings if one.agricultural]
    others = [one for one in standings if not one.agricultural]
    lines: list[Line] = []
    number = 0
    for roman, label, group in (("I", "LĨNH VỰC NÔNG NGHIỆP", farms), ("II", "LĨNH VỰC PHI NÔNG NGHIỆP", others)):
        lines.append(section(roman, label))
        for standing in group:
            number += 1
            organisation = standing.organisation
            lines.append(
                Line(
                    (
                        number,
                        organisation.name,
                        organisation.registration_no,
                        *([organisation.commune_today] if after else [organisation.district, organisation.commune]),
                        organisation.founded_on.year,
                        organisation.sector,
                        "Đang HĐ" if standing.active else "Ngừng HĐ",
                        standing.members,
                        standing.workers,
                        standing.capital,
                        standing.revenue,
                        standing.profit,
                        standing.income,
                        standing.rating,
                    )
                )
            )
    first_sum = 7 if after else 8
    lines.append(total("Tổng cộng", lines, range(first_sum, first_sum + 5), len(columns)))
    return Sheet(
        name="Biểu 1 - DS HTX",
        office=_office(on),
        title=(
            "Biểu 1. DANH SÁCH HỢP TÁC XÃ",
            f"trên địa bàn {_area(on)}, thời điểm {on:%d/%m/%Y}",
        ),
        annex=_annex(on),
        columns=columns,
        lines=tuple(lines),
        signature=_SIGNATURE,
    )


def _training(classes: list[TrainingClass], on: dt.date) -> Sheet:
    span = "giai đoạn 2022-2023" if on == _FIRST else "năm 2025"
    columns = (
        Column(("TT",), 6),
        Column(("Tên lớp",), 42),
        Column(("Thời gian tổ chức",), 26),
        Column(("Địa điểm tổ chức",), 22),
        Column(("Số học viên (người)", "Tổng số"), 9, "#,##0"),
        Column(("Số học viên (người)", "Trong đó", "Nữ"), 9, "#,##0"),
        Column(("Số học viên (người)", "Trong đó", "DTTS"), 9, "#,##0"),
        Column(("Số học viên (người)", "Trong đó", "Cán bộ quản lý"), 9, "#,##0"),
        Column(("Kinh phí (tr.đ)",), 10, "#,##0"),
        Column(("Đơn vị tổ chức",), 32),
    )
    lines = [
        Line(
            (
                number,
                one.title,
                _span(one),
                one.place,
                one.learners,
                one.female,
                one.ethnic_minority,
                one.managers,
                one.budget,
                one.organiser,
            )
        )
        for number, one in enumerate(classes, start=1)
    ]
    return Sheet(
        name="Biểu 2 - Tập huấn",
        office=_office(on),
        title=("Biểu 2. CÁC LỚP TẬP HUẤN, BỒI DƯỠNG KIẾN THỨC", f"{_area(on)}, {span}"),
        annex=_annex(on),
        columns=columns,
        lines=(*lines, total("Tổng cộng", lines, range(4, 9), len(columns))),
        signature=_SIGNATURE,
    )


def _minority_training(classes: list[TrainingClass]) -> Sheet:
    columns = (
        Column(("TT",), 6),
        Column(("Tên lớp tập huấn",), 42),
        Column(("Đơn vị tổ chức",), 32),
        Column(("Địa điểm",), 22),
        Column(("Từ ngày",), 12, "dd/mm/yyyy"),
        Column(("Đến ngày",), 12, "dd/mm/yyyy"),
        Column(("Số học viên",), 9, "#,##0"),
        Column(("Người DTTS",), 9, "#,##0"),
        Column(("Kinh phí (triệu đồng)",), 10, "#,##0"),
    )
    lines = [
        Line(
            (
                number,
                one.title,
                one.organiser,
                one.place,
                one.starts_on,
                one.ends_on,
                one.learners,
                one.ethnic_minority,
                one.budget,
            )
        )
        for number, one in enumerate(classes, start=1)
    ]
    return Sheet(
        name="ĐA vùng DTTS",
        office=_office(_FIRST),
        title=(
            "DANH SÁCH LỚP TẬP HUẤN, BỒI DƯỠNG TRONG VÙNG ĐỒNG BÀO DÂN TỘC THIỂU SỐ",
            "tỉnh Bình Phước, giai đoạn 2022-2023 (số liệu đến ngày 31/12/2023)",
        ),
        annex=_annex(_FIRST),
        columns=columns,
        numbers="({})",
        lines=(total("Tổng số", lines, (6, 7, 8), len(columns)), *lines),
        footnotes=("Ghi chú: danh sách riêng của đề án vùng đồng bào DTTS, không cộng với Biểu 2.",),
        signature=_SIGNATURE,
    )


def _loans(loans: list[Loan], on: dt.date) -> Sheet:
    columns = (
        Column(("TT",), 6),
        Column(("Tên HTX vay vốn",), 42),
        Column(("Nguồn vốn",), 32),
        Column(("Số hợp đồng",), 15),
        Column(("Ngày vay",), 12, "dd/mm/yyyy"),
        Column(("Ngày đến hạn",), 12, "dd/mm/yyyy"),
        Column(("Lãi suất (%/tháng)",), 9, "0.00"),
        Column(("Số tiền cho vay (tr.đ)",), 11, "#,##0"),
        Column(("Đã giải ngân (tr.đ)",), 11, "#,##0"),
        Column(("Dư nợ (tr.đ)",), 11, "#,##0"),
        Column(("Nợ quá hạn (tr.đ)",), 11, "#,##0"),
        Column(("Mục đích vay vốn",), 32),
    )
    lines = [
        Line(
            (
                number,
                loan.borrower,
                "Quỹ hỗ trợ phát triển hợp tác xã",
                loan.contract_no,
                loan.signed_on,
                loan.due_on,
                round(loan.interest_pct_year / 12, 2),
                loan.amount,
                loan.amount,
                loan.outstanding,
                loan.overdue,
                loan.purpose,
            )
        )
        for number, loan in enumerate(loans, start=1)
    ]
    return Sheet(
        name="Biểu 3 - Vay vốn",
        office=_office(on),
        title=("Biểu 3. HỢP TÁC XÃ VAY VỐN QUỸ HỖ TRỢ PHÁT TRIỂN HỢP TÁC XÃ", f"{_area(on)}, đến {on:%d/%m/%Y}"),
        annex=_annex(on),
        columns=columns,
        lines=(*lines, total("Cộng", lines, range(7, 11), len(columns))),
        signature=_SIGNATURE,
    )


def _first() -> Sheet:
    return Sheet(
        name="Biểu 4 - Chỉ tiêu",
        office=_office(_FIRST),
        title=(
            "Biểu 4. KẾT QUẢ 02 NĂM THỰC HIỆN CÁC ĐỀ ÁN VỀ HỢP TÁC XÃ",
            "tỉnh Bình Phước, giai đoạn 2022-2023 (số liệu đến ngày 31/12/2023)",
        ),
        annex=_annex(_FIRST),
        columns=(
            Column(("TT",), 6),
            Column(("Nội dung chỉ tiêu",), 56),
            Column(("ĐVT",), 11),
            Column(("Thực hiện giai đoạn 2022-2023",), 16, "#,##0.##"),
            Column(("Ghi chú",), 26),
        ),
        lines=(
            section("I", "PHÁT TRIỂN HỢP TÁC XÃ"),
            Line((1, "Số HTX thành lập mới", "HTX", 60, None)),
            Line((2, "Tổng số HTX", "HTX", 323, "đến 31/12/2023")),
            Line((None, "Trong đó: Số HTX đang hoạt động", "HTX", 248, None)),
            Line((None, "- Số HTX ngừng hoạt động", "HTX", 75, None)),
            section("II", "HỖ TRỢ PHÁT TRIỂN"),
            Line((3, "Số lớp tập huấn, bồi dưỡng", "Lớp", 38, None)),
            Line((4, "Số học viên", "Người", 1915, None)),
            Line((5, "Số HTX tham gia hội chợ xúc tiến thương mại", "HTX", 26, None)),
            Line((6, "Số HTX được vay vốn", "HTX", 15, None)),
            Line((7, "Số tiền cho vay", "Triệu đồng", 28850, None)),
            section("III", "VÙNG ĐỒNG BÀO DÂN TỘC THIỂU SỐ"),
            Line((8, "Số lớp tập huấn, bồi dưỡng vùng đồng bào dân tộc thiểu số", "Lớp", 35, None)),
            Line((9, "Số học viên vùng đồng bào dân tộc thiểu số", "Người", 1712, None)),
            Line((10, "Số HTX vùng đồng bào dân tộc thiểu số tham gia hội chợ xúc tiến thương mại", "HTX", 44, None)),
        ),
        signature=_SIGNATURE,
    )


def _second(standings: list[Standing]) -> Sheet:
    active = sum(one.active for one in standings)
    return Sheet(
        name="Biểu 4 - Chỉ tiêu",
        office=_office(_SECOND),
        title=(
            "Biểu 4. KẾT QUẢ THỰC HIỆN CHỈ TIÊU KINH TẾ TẬP THỂ NĂM 2025",
            f"{_AREA_AFTER}, số liệu đến ngày 31/12/2025",
        ),
        annex=_annex(_SECOND),
        columns=(
            Column(("TT",), 6),
            Column(("Nội dung chỉ tiêu",), 56),
            Column(("ĐVT",), 11),
            Column(("Kế hoạch năm 2025",), 13, "#,##0.##"),
            Column(("Thực hiện năm 2025",), 13, "#,##0.##"),
            Column(("TH/KH (%)",), 10, "0.0"),
            Column(("Ghi chú",), 22),
        ),
        lines=(
            section("I", "PHÁT TRIỂN HỢP TÁC XÃ"),
            Line((1, "Số HTX thành lập mới", "HTX", 15, 17, 113.3)),
            Line((2, "Tổng số HTX", "HTX", 350, len(standings), round(len(standings) / 3.5, 1))),
            Line((None, "Trong đó: Số HTX đang hoạt động", "HTX", 275, active, round(active / 2.75, 1))),
            Line((None, "- Số HTX ngừng hoạt động", "HTX", None, len(standings) - active, None)),
            section("II", "HỖ TRỢ PHÁT TRIỂN"),
            Line((3, "Số lớp tập huấn, bồi dưỡng", "Lớp", 20, 19, 95.0)),
            Line((4, "Số học viên", "Người", 900, 934, 103.8)),
            Line((5, "Số HTX tham gia hội chợ xúc tiến thương mại", "HTX", 25, "-", None, "chưa tổng hợp")),
            Line((6, "Số HTX được vay vốn", "HTX", 10, 11, 110.0)),
            Line((7, "Số tiền cho vay", "Triệu đồng", 22000, 19600, 89.1)),
        ),
        signature=_SIGNATURE,
    )


def _span(one: TrainingClass) -> str:
    """``từ 05 đến 07/6/2023``; one day as ``ngày 05/6/2023``; over two months with both written out."""
    start, end = one.starts_on, one.ends_on
    if start == end:
        return f"ngày {start.day:02d}/{start.month}/{start.year}"
    if start.month == end.month:
        return f"từ {start.day:02d} đến {end.day:02d}/{end.month}/{end.year}"
    return f"từ {start.day:02d}/{start.month}/{start.year} đến {end.day:02d}/{end.month}/{end.year}"
