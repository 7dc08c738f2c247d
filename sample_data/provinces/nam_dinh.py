"""Nam Định, plan of 2023: registers of 514 and 517 organisations, separate files, an old portal page.

Real numbers (first half of 2023): 514 cooperatives and credit funds, 12 new ones at 80 % of the year's plan (so a
plan of 15), about 2,000 groups, 250 cooperatives at criterion 13.1, mean revenue 2.3 billion and income 3.2 million
VND, one project with a loan, more than 99 billion VND outstanding, three model cooperatives. The rest is invented.
"""

from __future__ import annotations

import datetime as dt

from sample_data import areas, pages
from sample_data.files import Folder, SampleFile
from sample_data.organisations import (
    CREDIT_FUND,
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
from sample_data.sheets import Column, Line, Sheet, comma_separated, section, total, workbook

PROVINCE = "Nam Định"
PROGRAMME = "Kế hoạch phát triển kinh tế tập thể, HTX năm 2023"
ALLIANCE = "Liên minh Hợp tác xã tỉnh Nam Định"
_OFFICE = ("UBND TỈNH NAM ĐỊNH", "LIÊN MINH HỢP TÁC XÃ TỈNH")
_SIGNATURE = (("NGƯỜI LẬP BIỂU", "(Ký, ghi rõ họ tên)"), ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"))
_MIDYEAR, _YEAR_END = dt.date(2023, 6, 30), dt.date(2023, 12, 31)

# 460 + 42 organisations before 2023, 12 in its first half: 514. Four more and one dissolved in its second: 517.
_COHORTS = (
    Cohort(dt.date(1997, 3, 1), dt.date(2022, 12, 20), 460, 372),
    Cohort(dt.date(1995, 4, 1), dt.date(2009, 10, 1), 42, 0, CREDIT_FUND),
    Cohort(dt.date(2023, 1, 9), dt.date(2023, 6, 28), 12, 9),
    Cohort(dt.date(2023, 7, 5), dt.date(2023, 12, 15), 4, 3),
)


def folder() -> Folder:
    organisations = found("nam-dinh", "06", areas.NAM_DINH, _COHORTS)
    midyear = standings(organisations[:514], _MIDYEAR, Marks(active=489), mean_revenue=2_300, mean_income=3.2)
    stayed = [organisation for organisation in organisations if organisation.key != "nam-dinh/0/17"]
    year_end = standings(
        stayed, _YEAR_END, Marks(active=492, rated_fair_or_better_pct=71), mean_revenue=4_700, mean_income=3.4
    )
    borrowers = [standing.organisation.name for standing in midyear if standing.agricultural]
    # One loan only was signed in the first half of 2023.
    signed = [*days("nam-dinh/loans", 43, dt.date(2019, 5, 6), dt.date(2022, 12, 16)), dt.date(2023, 4, 18)]
    midyear_loans = loans("nam-dinh", borrowers, signed, amount=148_600, outstanding=99_420, overdue=85)
    later = [*signed, dt.date(2023, 9, 12), dt.date(2023, 11, 21)]
    year_end_loans = loans("nam-dinh", borrowers, later, amount=156_900, outstanding=104_650, overdue=60)
    places = ["Thành phố Nam Định", "Huyện Ý Yên", "Huyện Hải Hậu", "Huyện Nam Trực", "Huyện Nghĩa Hưng"]
    midyear_classes = classes(
        "nam-dinh/2023-1",
        7,
        392,
        dt.date(2023, 2, 13),
        dt.date(2023, 6, 20),
        organiser=ALLIANCE,
        places=places,
        funding="Ngân sách tỉnh",
        minority_pct=0,
    )
    year_classes = midyear_classes + classes(
        "nam-dinh/2023-2",
        6,
        341,
        dt.date(2023, 7, 10),
        dt.date(2023, 12, 8),
        organiser=ALLIANCE,
        places=places,
        funding="Ngân sách Trung ương",
        minority_pct=0,
    )
    july, january = dt.date(2023, 7, 12), dt.date(2024, 1, 10)
    return Folder(
        "nam_dinh",
        PROVINCE,
        PROGRAMME,
        (
            SampleFile(
                "2023-08-17-so-ket-6-thang.html",
                pages.page("nam_dinh_so_ket_2023", portal="lien_minh", form="NFD"),
                dt.date(2023, 8, 17),
                ALLIANCE,
            ),
            SampleFile("danh-sach-htx-30-6-2023.xlsx", workbook([_register(midyear, _MIDYEAR)]), july, ALLIANCE),
            SampleFile("lop-tap-huan-6-thang-2023.csv", comma_separated(_training(midyear_classes)), july, ALLIANCE),
            SampleFile("vay-von-30-6-2023.xlsx", workbook([_loans(midyear_loans, _MIDYEAR)]), july, ALLIANCE),
            SampleFile("chi-tieu-6-thang-2023.xlsx", workbook([_midyear_indicators()]), july, ALLIANCE),
            SampleFile("danh-sach-htx-31-12-2023.xlsx", workbook([_register(year_end, _YEAR_END)]), january, ALLIANCE),
            SampleFile(
                "bieu-tap-huan-vay-von-chi-tieu-2023.xlsx",
                workbook([_training(year_classes), _loans(year_end_loans, _YEAR_END), _year_indicators()]),
                january,
                ALLIANCE,
            ),
        ),
    )


def _register(standings: list[Standing], on: dt.date) -> Sheet:
    rated = on == _YEAR_END
    span = "năm 2023" if rated else "6 tháng đầu năm 2023"
    results = f"Kết quả sản xuất kinh doanh {span}"
    columns = (
        Column(("STT",), 6),
        Column(("Tên HTX, Quỹ TDND",), 42),
        Column(("Mã số thuế",), 13),
        Column(("Địa chỉ", "Xã, phường, thị trấn"), 16),
        Column(("Địa chỉ", "Huyện, thành phố"), 16),
        Column(("Ngày thành lập",), 12, "dd/mm/yyyy"),
        Column(("Lĩnh vực hoạt động",), 20),
        Column(("Tình trạng hoạt động",), 16),
        Column(("Số thành viên (người)",), 10, "#,##0"),
        Column(("Số lao động (người)",), 10, "#,##0"),
        Column(("Vốn điều lệ",), 10, "#,##0"),
        Column((results, "Doanh thu"), 10, "#,##0"),
        Column((results, "Lợi nhuận"), 10, "#,##0"),
        Column(("Thu nhập BQ của người lao động (tr.đ/người/tháng)",), 12, "0.0"),
        *([Column(("Xếp loại",), 13)] if rated else []),
    )
    funds = [standing for standing in standings if standing.organisation.kind == CREDIT_FUND]
    cooperatives = [standing for standing in standings if standing.organisation.kind != CREDIT_FUND]
    lines: list[Line] = []
    for letter, label, group in (("A", "HỢP TÁC XÃ", cooperatives), ("B", "QUỸ TÍN DỤNG NHÂN DÂN", funds)):
        lines.append(section(letter, label))
        for number, standing in enumerate(group, start=1):
            organisation = standing.organisation
            lines.append(
                Line(
                    (
                        number,
                        organisation.name,
                        organisation.tax_code,
                        organisation.commune,
                        organisation.district,
                        organisation.founded_on,
                        organisation.sector,
                        "Đang hoạt động" if standing.active else "Ngừng hoạt động",
                        standing.members,
                        standing.workers,
                        standing.capital,
                        standing.revenue,
                        standing.profit,
                        standing.income,
                        *([standing.rating] if rated else []),
                    )
                )
            )
    lines.insert(0, total("TỔNG CỘNG", lines, range(8, 13), len(columns)))
    report = "07/BC-LMHTX ngày 10/01/2024" if rated else "215/BC-LMHTX ngày 12/7/2023"
    return Sheet(
        name="DS HTX",
        office=_OFFICE,
        motto=True,
        title=(
            "DANH SÁCH HỢP TÁC XÃ, QUỸ TÍN DỤNG NHÂN DÂN TRÊN ĐỊA BÀN TỈNH NAM ĐỊNH",
            f"(Tính đến ngày {on.day}/{on.month}/{on.year})",
        ),
        annex=f"(Kèm theo Báo cáo số {report} của Liên minh Hợp tác xã tỉnh)",
        unit_note="Đơn vị tính: Triệu đồng",
        columns=columns,
        numbers="({})",
        lines=tuple(lines),
        footnotes=("Ghi chú: Quỹ TDND là quỹ tín dụng nhân dân; số liệu tiền làm tròn đến triệu đồng.",),
        signature=_SIGNATURE,
    )


def _training(classes: list[TrainingClass]) -> Sheet:
    whole_year = len(classes) > 7
    lines = [
        Line(
            (
                number,
                one.title,
                one.topic,
                one.organiser,
                one.place,
                one.starts_on,
                one.ends_on,
                one.learners,
                one.female,
                one.budget,
                one.funding,
            )
        )
        for number, one in enumerate(classes, start=1)
    ]
    return Sheet(
        name="Tập huấn",
        office=_OFFICE,
        title=(
            "TỔNG HỢP CÁC LỚP ĐÀO TẠO, TẬP HUẤN, BỒI DƯỠNG TỈNH NAM ĐỊNH",
            "Năm 2023" if whole_year else "6 tháng đầu năm 2023",
        ),
        annex="(Kèm theo Báo cáo số "
        + ("07/BC-LMHTX ngày 10/01/2024" if whole_year else "215/BC-LMHTX ngày 12/7/2023")
        + ")",
        columns=(
            Column(("STT",), 6),
            Column(("Tên lớp tập huấn",), 40),
            Column(("Nội dung",), 16),
            Column(("Đơn vị tổ chức",), 30),
            Column(("Địa điểm",), 20),
            Column(("Ngày bắt đầu",), 12, "dd/mm/yyyy"),
            Column(("Ngày kết thúc",), 12, "dd/mm/yyyy"),
            Column(("Số học viên",), 10, "#,##0"),
            Column(("Trong đó nữ",), 10, "#,##0"),
            Column(("Kinh phí (triệu đồng)",), 12, "#,##0"),
            Column(("Nguồn kinh phí",), 18),
        ),
        numbers=None,
        lines=(*lines, total("Tổng cộng", lines, (7, 8, 9), 11)),
        signature=_SIGNATURE,
    )


def _loans(loans: list[Loan], on: dt.date) -> Sheet:
    lines = [
        Line(
            (
                number,
                loan.borrower,
                loan.contract_no,
                loan.signed_on,
                loan.purpose,
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
        name="Vay vốn",
        office=_OFFICE,
        title=(
            "TÌNH HÌNH CHO VAY HỢP TÁC XÃ TỈNH NAM ĐỊNH TỪ QUỸ HỖ TRỢ PHÁT TRIỂN HỢP TÁC XÃ",
            f"(Số liệu đến ngày {on.day:02d}/{on.month:02d}/{on.year})",
        ),
        unit_note="ĐVT: triệu đồng",
        columns=(
            Column(("STT",), 6),
            Column(("Đơn vị vay vốn",), 40),
            Column(("Hợp đồng tín dụng", "Số"), 15),
            Column(("Hợp đồng tín dụng", "Ngày ký"), 12, "dd/mm/yyyy"),
            Column(("Mục đích vay",), 32),
            Column(("Thời hạn (tháng)",), 9),
            Column(("Lãi suất (%/năm)",), 9, "0.0"),
            Column(("Số tiền vay",), 11, "#,##0"),
            Column(("Dư nợ", "Tổng số"), 11, "#,##0"),
            Column(("Dư nợ", "Trong đó: quá hạn"), 11, "#,##0"),
        ),
        lines=(*lines, total("Cộng", lines, (7, 8, 9), 10)),
        signature=_SIGNATURE,
    )


_INDICATOR_COLUMNS = (Column(("TT",), 6), Column(("Chỉ tiêu",), 52), Column(("Đơn vị", "tính"), 12))


def _midyear_indicators() -> Sheet:
    return Sheet(
        name="Chỉ tiêu",
        office=_OFFICE,
        motto=True,
        title=(
            "TÌNH HÌNH THỰC HIỆN CÁC CHỈ TIÊU KINH TẾ TẬP THỂ, HỢP TÁC XÃ TỈNH NAM ĐỊNH",
            "6 tháng đầu năm 2023",
        ),
        annex="(Kèm theo Báo cáo số 215/BC-LMHTX ngày 12/7/2023 của Liên minh Hợp tác xã tỉnh)",
        columns=(
            *_INDICATOR_COLUMNS,
            Column(("KH năm 2023",), 12, "#,##0.##"),
            Column(("TH 6 tháng đầu năm 2023",), 14, "#,##0.##"),
            Column(("TH/KH (%)",), 10, "0.0"),
        ),
        lines=(
            section("A", "PHÁT TRIỂN TỔ CHỨC"),
            Line((1, "Tổng số HTX", "HTX", None, 514, None)),
            Line((None, "Trong đó: Quỹ tín dụng nhân dân", "Quỹ", None, 42, None)),
            Line((2, "Số HTX thành lập mới", "HTX", 15, 12, 80.0)),
            Line((3, "Tổng số tổ hợp tác", "THT", None, 2000, None)),
            Line((4, "Số HTX đạt tiêu chí 13.1 NTM", "HTX", 270, 250, 92.6)),
            section("B", "HIỆU QUẢ HOẠT ĐỘNG"),
            Line((5, "Doanh thu bình quân 1 HTX", "Triệu đồng", None, 2300, None)),
            Line((6, "Thu nhập BQ lao động thường xuyên", "Tr.đ/người/tháng", None, 3.2, None)),
            section("C", "HỖ TRỢ"),
            Line((7, "Số lớp đào tạo, tập huấn", "Lớp", 12, 7, 58.3)),
            Line((8, "Số lượt học viên", "Người", 700, 392, 56.0)),
            Line((9, "Số dự án được giải ngân", "Dự án", None, 1, None)),
            Line((10, "Dư nợ cho vay HTX", "Triệu đồng", 100000, 99420, 99.4)),
        ),
        footnotes=("Ghi chú: KH là kế hoạch; TH là thực hiện; tổng số HTX gồm cả Quỹ TDND.",),
        signature=_SIGNATURE,
    )


def _year_indicators() -> Sheet:
    return Sheet(
        name="Chỉ tiêu",
        office=_OFFICE,
        title=(
            "KẾT QUẢ THỰC HIỆN CÁC CHỈ TIÊU KINH TẾ TẬP THỂ, HỢP TÁC XÃ TỈNH NAM ĐỊNH NĂM 2023",
            "(Số liệu đến ngày 31/12/2023)",
        ),
        annex="(Kèm theo Báo cáo số 07/BC-LMHTX ngày 10/01/2024 của Liên minh Hợp tác xã tỉnh)",
        columns=(
            *_INDICATOR_COLUMNS,
            Column(("KH năm 2023",), 12, "#,##0.##"),
            Column(("TH năm 2023",), 12, "#,##0.##"),
            Column(("TH/KH (%)",), 10, "0.0"),
        ),
        lines=(
            section("A", "PHÁT TRIỂN TỔ CHỨC"),
            Line((1, "Tổng số HTX", "HTX", None, 517, None)),
            Line((None, "Trong đó: Quỹ tín dụng nhân dân", "Quỹ", None, 42, None)),
            Line((2, "Số HTX thành lập mới", "HTX", 15, 16, 106.7)),
            Line((3, "Tổng số tổ hợp tác", "THT", None, 2015, None)),
            Line((4, "Số HTX đạt tiêu chí 13.1 NTM", "HTX", 270, 262, 97.0)),
            Line((5, "Số HTX xây dựng mô hình", "HTX", 3, 2, 66.7)),
            section("B", "HIỆU QUẢ HOẠT ĐỘNG"),
            Line((6, "Doanh thu bình quân 1 HTX", "Triệu đồng", None, 4700, None)),
            Line((7, "Thu nhập BQ lao động thường xuyên", "Tr.đ/người/tháng", None, 3.4, None)),
            section("C", "HỖ TRỢ"),
            Line((8, "Số lớp đào tạo, tập huấn", "Lớp", 12, 13, 108.3)),
            Line((9, "Số lượt học viên", "Người", 700, 733, 104.7)),
            Line((10, "Số dự án được giải ngân", "Dự án", None, 3, None)),
            Line((11, "Dư nợ cho vay HTX", "Triệu đồng", 100000, 104650, 104.7)),
            Line((12, "Số HTX tham gia hội chợ xúc tiến thương mại", "HTX", 30, "..", None)),
        ),
        footnotes=("Ghi chú: (..) chưa có số liệu; tổng số HTX gồm cả Quỹ TDND.",),
        signature=_SIGNATURE,
    )
