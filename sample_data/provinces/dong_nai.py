"""Đồng Nai, joint programme of 2025–2030: one four-sheet workbook before the merger of 2025-07-01 and one after.

The targets are real (signed on 2025-12-03); every result is invented. The name stays while the territory doubles:
the workbook of June is the former province's, that of December says that former Bình Phước reports apart.
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

PROVINCE = "Đồng Nai"
PROGRAMME = "Chương trình phối hợp Liên minh HTX – Hội Nông dân – Sở Nông nghiệp và Môi trường 2025–2030"
ALLIANCE = "Liên minh Hợp tác xã tỉnh Đồng Nai"
_FIRST, _SECOND = dt.date(2025, 6, 30), dt.date(2025, 12, 31)
_SIGNATURE = (("Người tổng hợp", "(Ký, ghi rõ họ tên)"), ("TM. BAN THƯỜNG TRỰC", "CHỦ TỊCH"))

# New ones of 2025: 5 in the first half (3 in agriculture), 6 in the second (5), so 11 (8) in the year.
_COHORTS = (
    Cohort(dt.date(2005, 3, 1), dt.date(2024, 12, 15), 168, 118),
    Cohort(dt.date(2025, 1, 13), dt.date(2025, 6, 25), 5, 3),
    Cohort(dt.date(2025, 7, 7), dt.date(2025, 12, 15), 6, 5),
)


def folder() -> Folder:
    organisations = found("dong-nai", "36", areas.DONG_NAI, _COHORTS)
    first = standings(organisations[:173], _FIRST, Marks(active=166, linked=14, high_tech=26, gap=31), mean_income=6.4)
    gone = {standing.organisation.key for standing in [one for one in first if not one.active][:2]}
    kept = [organisation for organisation in organisations if organisation.key not in gone]
    second = standings(
        kept, _SECOND, Marks(active=172, linked=16, high_tech=32, gap=37), mean_revenue=2_450, mean_income=6.7
    )
    borrowers = [one.organisation.name for one in first if one.active]
    signed = days("dong-nai/loans", 21, dt.date(2022, 6, 1), dt.date(2025, 6, 20))
    first_loans = loans("dong-nai", borrowers, signed, amount=31_500, outstanding=22_640, interest_pct_year=7.2)
    second_loans = loans(
        "dong-nai",
        borrowers,
        [*signed, *days("dong-nai/loans/2", 4, dt.date(2025, 7, 14), dt.date(2025, 12, 10))],
        amount=38_200,
        outstanding=26_180,
        interest_pct_year=7.2,
        overdue=150,
    )
    first_classes = classes(
        "dong-nai/2025-1",
        9,
        437,
        dt.date(2025, 2, 17),
        dt.date(2025, 6, 24),
        organiser=ALLIANCE,
        places=("Thành phố Biên Hòa", "Thành phố Long Khánh", "Huyện Xuân Lộc", "Huyện Cẩm Mỹ"),
        funding="Ngân sách tỉnh",
    )
    second_classes = first_classes + classes(
        "dong-nai/2025-2",
        12,
        566,
        dt.date(2025, 7, 15),
        dt.date(2025, 12, 12),
        organiser=ALLIANCE,
        places=("Phường Biên Hòa", "Phường Long Khánh", "Xã Xuân Lộc", "Xã Cẩm Mỹ"),
        funding="Ngân sách tỉnh",
    )
    return Folder(
        "dong_nai",
        PROVINCE,
        PROGRAMME,
        (
            SampleFile(
                "2025-12-04-ky-ket-chuong-trinh-phoi-hop.html",
                pages.page("dong_nai_ky_ket_2025", portal="lien_minh"),
                None,
                ALLIANCE,
            ),
            SampleFile(
                "2026-01-16-ket-qua-2025.html",
                pages.page("dong_nai_ket_qua_2025", portal="lien_minh"),
                dt.date(2026, 1, 16),
                ALLIANCE,
            ),
            SampleFile(
                "bao-cao-6-thang-2025.xlsx",
                workbook(
                    [
                        _register(first, _FIRST),
                        _training(first_classes, _FIRST),
                        _loans(first_loans, _FIRST),
                        _first(),
                    ]
                ),
                dt.date(2025, 7, 10),
                ALLIANCE,
            ),
            SampleFile(
                "bao-cao-nam-2025.xlsx",
                workbook(
                    [
                        _register(second, _SECOND),
                        _training(second_classes, _SECOND),
                        _loans(second_loans, _SECOND),
                        _second(second),
                    ]
                ),
                dt.date(2026, 1, 14),
                ALLIANCE,
            ),
        ),
    )


def _office(on: dt.date) -> tuple[str, ...]:
    return ("LIÊN MINH HỢP TÁC XÃ TỈNH ĐỒNG NAI",)


def _annex(on: dt.date) -> str:
    report = "168/BC-LMHTX ngày 10/7/2025" if on == _FIRST else "15/BC-LMHTX ngày 14/01/2026"
    return f"(Kèm theo Báo cáo số {report} của Liên minh HTX tỉnh)"


def _footnotes(on: dt.date) -> tuple[str, ...]:
    return () if on == _FIRST else ("Ghi chú: địa bàn tỉnh Bình Phước cũ có biểu riêng, không tổng hợp vào biểu này.",)


def _register(standings: list[Standing], on: dt.date) -> Sheet:
    after = on == _SECOND
    place = (
        [Column(("Xã, phường",), 18)]
        if after
        else [Column(("Địa bàn", "Huyện, thành phố"), 16), Column(("Địa bàn", "Xã, phường"), 16)]
    )
    columns = (
        Column(("TT",), 6),
        Column(("Hợp tác xã",), 42),
        *place,
        Column(("Mã số thuế",), 13),
        Column(("Ngày thành lập",), 12, "dd/mm/yyyy"),
        Column(("Ngành nghề hoạt động",), 20),
        Column(("Hiện trạng hoạt động",), 16),
        Column(("Tổng số thành viên",), 9, "#,##0"),
        Column(("Tổng số lao động",), 9, "#,##0"),
        Column(("Tài chính (triệu đồng)", "Vốn điều lệ"), 10, "#,##0"),
        Column(("Tài chính (triệu đồng)", "Doanh thu"), 10, "#,##0"),
        Column(("Tài chính (triệu đồng)", "Lợi nhuận"), 10, "#,##0"),
        Column(("Thu nhập bình quân (triệu đồng/người/tháng)",), 12, "0.0"),
        Column(("Kết quả xếp loại",), 13),
        Column(("Tham gia liên kết chuỗi",), 10),
        Column(("Ứng dụng công nghệ cao",), 10),
        Column(("Chứng nhận VietGAP/hữu cơ",), 10),
    )
    lines: list[Line] = [
        Line(
            (
                number,
                one.organisation.name,
                *([one.organisation.commune_today] if after else [one.organisation.district, one.organisation.commune]),
                one.organisation.tax_code,
                one.organisation.founded_on,
                one.organisation.sector,
                "Đang hoạt động" if one.active else "Ngừng hoạt động",
                one.members,
                one.workers,
                one.capital,
                one.revenue,
                one.profit,
                one.income,
                one.rating,
                "X" if one.linked else None,
                "X" if one.high_tech else None,
                "X" if one.gap else None,
            )
        )
        for number, one in enumerate(standings, start=1)
    ]
    first_sum = 7 if after else 8
    return Sheet(
        name="1. Danh sách HTX",
        office=_office(on),
        title=(
            "PHỤ LỤC 1. DANH SÁCH HỢP TÁC XÃ TRÊN ĐỊA BÀN TỈNH ĐỒNG NAI",
            f"(Số liệu đến ngày {on:%d/%m/%Y})",
        ),
        annex=_annex(on),
        columns=columns,
        lines=(total("Toàn tỉnh", lines, range(first_sum, first_sum + 5), len(columns)), *lines),
        footnotes=_footnotes(on),
        signature=_SIGNATURE,
    )


def _training(classes: list[TrainingClass], on: dt.date) -> Sheet:
    columns = (
        Column(("TT",), 6),
        Column(("Tên lớp bồi dưỡng, tập huấn",), 42),
        Column(("Lĩnh vực",), 16),
        Column(("Đơn vị chủ trì",), 34),
        Column(("Ngày bắt đầu",), 12, "dd/mm/yyyy"),
        Column(("Ngày kết thúc",), 12, "dd/mm/yyyy"),
        Column(("Địa điểm",), 22),
        Column(("Số học viên",), 9, "#,##0"),
        Column(("Trong đó", "Nữ"), 9, "#,##0"),
        Column(("Trong đó", "Người DTTS"), 9, "#,##0"),
        Column(("Kinh phí (tr.đồng)",), 10, "#,##0"),
        Column(("Nguồn kinh phí",), 18),
    )
    lines = [
        Line(
            (
                number,
                one.title,
                one.topic,
                one.organiser,
                one.starts_on,
                one.ends_on,
                one.place,
                one.learners,
                one.female,
                one.ethnic_minority,
                one.budget,
                one.funding,
            )
        )
        for number, one in enumerate(classes, start=1)
    ]
    span = "6 tháng đầu năm 2025" if on == _FIRST else "năm 2025"
    return Sheet(
        name="2. Tập huấn",
        office=_office(on),
        title=("PHỤ LỤC 2. CÁC LỚP BỒI DƯỠNG, TẬP HUẤN", f"tỉnh Đồng Nai, {span}"),
        annex=_annex(on),
        columns=columns,
        lines=(*lines, total("Tổng cộng", lines, range(7, 11), len(columns))),
        footnotes=_footnotes(on),
        signature=_SIGNATURE,
    )


def _loans(loans: list[Loan], on: dt.date) -> Sheet:
    columns = (
        Column(("TT",), 6),
        Column(("Bên vay",), 42),
        Column(("Số hợp đồng",), 15),
        Column(("Ngày ký",), 12, "dd/mm/yyyy"),
        Column(("Ngày đáo hạn",), 12, "dd/mm/yyyy"),
        Column(("Thời hạn (tháng)",), 9),
        Column(("Lãi suất (%/tháng)",), 9, "0.00"),
        Column(("Số tiền (nghìn đồng)", "Cho vay"), 12, "#,##0"),
        Column(("Số tiền (nghìn đồng)", "Dư nợ"), 12, "#,##0"),
        Column(("Số tiền (nghìn đồng)", "Nợ quá hạn"), 12, "#,##0"),
        Column(("Mục đích sử dụng vốn",), 32),
    )
    lines = [
        Line(
            (
                number,
                loan.borrower,
                loan.contract_no,
                loan.signed_on,
                loan.due_on,
                loan.term_months,
                round(loan.interest_pct_year / 12, 2),
                loan.amount * 1000,
                loan.outstanding * 1000,
                loan.overdue * 1000,
                loan.purpose,
            )
        )
        for number, loan in enumerate(loans, start=1)
    ]
    return Sheet(
        name="3. Vay vốn",
        office=_office(on),
        title=(
            "PHỤ LỤC 3. DƯ NỢ CHO VAY CỦA QUỸ HỖ TRỢ PHÁT TRIỂN HỢP TÁC XÃ TỈNH ĐỒNG NAI",
            f"(Số liệu đến ngày {on:%d/%m/%Y})",
        ),
        annex=_annex(on),
        columns=columns,
        lines=(*lines, total("Tổng cộng", lines, (7, 8, 9), len(columns))),
        footnotes=_footnotes(on),
        signature=_SIGNATURE,
    )


def _first() -> Sheet:
    return Sheet(
        name="4. Chỉ tiêu",
        office=_office(_FIRST),
        title=(
            "PHỤ LỤC 4. KẾT QUẢ THỰC HIỆN MỘT SỐ CHỈ TIÊU KINH TẾ TẬP THỂ TỈNH ĐỒNG NAI",
            "6 tháng đầu năm 2025",
        ),
        annex=_annex(_FIRST),
        columns=(
            Column(("TT",), 6),
            Column(("Tên chỉ tiêu",), 58),
            Column(("Đơn vị tính",), 12),
            Column(("Thực hiện 6 tháng đầu năm 2025",), 16, "#,##0.##"),
        ),
        lines=(
            section("I", "Thành lập mới"),
            Line((1, "Số HTX thành lập mới", "HTX", 5)),
            Line((None, "Trong đó: Số HTX nông nghiệp thành lập mới", "HTX", 3)),
            Line((2, "Số tổ hợp tác thành lập mới", "THT", 7)),
            section("II", "Tập huấn"),
            Line((3, "Số lớp đào tạo, bồi dưỡng", "Lớp", 9)),
            Line((4, "Số lượt học viên", "Người", 437)),
            section("III", "Vốn"),
            Line((5, "Dư nợ cho vay HTX", "Triệu đồng", 22640)),
        ),
        signature=_SIGNATURE,
    )


def _second(standings: list[Standing]) -> Sheet:
    farms = [one for one in standings if one.agricultural]
    linked = round(100 * sum(one.linked for one in farms) / len(farms), 1)
    high_tech = round(100 * sum(one.high_tech for one in standings) / len(standings), 1)
    gap = round(100 * sum(one.gap for one in standings) / len(standings), 1)
    return Sheet(
        name="4. Chỉ tiêu",
        office=_office(_SECOND),
        title=(
            "PHỤ LỤC 4. KẾT QUẢ THỰC HIỆN CHƯƠNG TRÌNH PHỐI HỢP GIAI ĐOẠN 2025-2030 TỈNH ĐỒNG NAI",
            "Năm 2025 (số liệu đến ngày 31/12/2025)",
        ),
        annex=_annex(_SECOND),
        columns=(
            Column(("TT",), 6),
            Column(("Tên chỉ tiêu",), 62),
            Column(("Đơn vị tính",), 12),
            Column(("Thực hiện năm 2025",), 13, "#,##0.##"),
            Column(("Ghi chú",), 26),
        ),
        lines=(
            section("I", "Thành lập mới, củng cố"),
            Line((1, "Số hội viên nông dân tham gia kinh tế tập thể trong lĩnh vực nông nghiệp", "Người", 5320)),
            Line((2, "Số HTX thành lập mới", "HTX", 11)),
            Line((None, "Trong đó: Số HTX nông nghiệp thành lập mới", "HTX", 8)),
            Line((3, "Số tổ hợp tác thành lập mới", "THT", 18)),
            Line((None, "Trong đó: Số tổ hợp tác nông nghiệp thành lập mới", "THT", 17)),
            Line((4, "Số HTX nông nghiệp được củng cố", "HTX", 3)),
            section("II", "Liên kết, khoa học công nghệ"),
            Line((5, "Tỷ lệ HTX nông nghiệp tham gia liên kết", "%", linked)),
            Line((6, "Tỷ lệ HTX nông nghiệp tiếp cận vốn tín dụng", "%", 43.2)),
            Line((7, "Tỷ lệ HTX ứng dụng công nghệ cao", "%", high_tech)),
            Line((8, "Tỷ lệ HTX đạt VietGAP hoặc hữu cơ", "%", gap)),
            Line((9, "Tỷ lệ HTX có sản phẩm OCOP", "%", "..", "chưa có số liệu")),
            section("III", "Đào tạo, bồi dưỡng"),
            Line((10, "Tỷ lệ cán bộ HTX nông nghiệp được đào tạo, bồi dưỡng", "%", 41.5)),
            Line((11, "Tỷ lệ cán bộ Hội được tập huấn", "%", 38)),
            Line((12, "Số lớp đào tạo, bồi dưỡng", "Lớp", 21)),
            Line((13, "Số lượt học viên", "Người", 1003)),
            section("IV", "Vốn"),
            Line((14, "Dư nợ cho vay HTX", "Triệu đồng", 26180)),
        ),
        footnotes=_footnotes(_SECOND),
        signature=_SIGNATURE,
    )
