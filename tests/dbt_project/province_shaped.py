"""A small lake with one document of each kind, shaped like the provinces' own; all numbers are made for the tests."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

from ingestion import bulletins
from ingestion.documents import Known
from ingestion.programmes import load_programmes
from tests.dbt_project.warehouse import Lake, day

AS_OF = "2026-11-22"


def lake() -> Lake:
    """Programmes of five provinces, before and after the merger of 2025-07-01."""
    made = Lake()
    _tra_vinh(made)
    _ha_nam(made)
    _nam_dinh(made)
    _dong_nai(made)
    _binh_phuoc(made)
    _ha_noi(made)
    _quang_ninh(made)
    _hue(made)
    _support(made)
    _sixth(made)
    made.quarantine(
        made.document("empty.xlsx", kind="unknown", status="quarantined"),
        file="empty.xlsx", expected="a workbook", found="0 bytes", reason="the file is empty", advice="ask again",
    )  # fmt: skip
    return made


def _tra_vinh(made: Lake) -> None:
    """Targets 2021–2025, then yearly registers: a running programme that ended."""
    made.programme("TV", "Trà Vinh", "2021-01-01", "2025-12-31", name="Chương trình phát triển Trà Vinh 2021–2025")
    plan = made.document(
        "tv/plan.html", published="2021-03-01", province="Trà Vinh", publisher="Cổng thông tin tỉnh Trà Vinh",
        programme="CHƯƠNG TRÌNH phát triển Trà Vinh 2021 - 2025",
    )  # fmt: skip
    period = {"period_start": "2021-01-01", "period_end": "2025-12-31"}
    made.statement(plan, "target", "coop_new", 50, unit="cooperative", **period)
    made.statement(plan, "target", "coop_new", 10, unit="cooperative", per="year", **period)
    made.statement(plan, "target", "union_new", 1, value_high=2, qualifier="range", unit="union", **period)
    made.statement(plan, "target", "coop_member_growth", 15, value_high=20, qualifier="range", unit="percent", **period)
    made.statement(plan, "target", "coop_linked_share", 30, qualifier="ge", unit="percent", **period)
    made.statement(plan, "target", "coop_inactive", 0, unit="cooperative", **period)
    made.statement(plan, "target", "communes_with_coop_share", 100, unit="percent", **period)
    # ten cooperatives founded in each of 2021–2024, eight in 2025
    founded = [day(f"{year}-05-04") for year in (2021, 2022, 2023, 2024) for _ in range(10)]
    for year, more, members in ((2023, 30, 100), (2024, 40, 120)):
        register = made.document(
            f"tv/register_{year}.xlsx", published=f"{year + 1}-01-10", province="Trà Vinh", publisher="Liên minh HTX",
            kind="workbook",
        )  # fmt: skip
        made.cooperatives(
            register, more, province="Trà Vinh", period_end=f"{year}-12-31", founded_on=founded[:more], members=members,
            status="active", linked=[True, None, None], sector=["agriculture", "trade_services"],
        )  # fmt: skip


def _ha_nam(made: Lake) -> None:
    """Yearly agricultural targets; a results bulletin of the province after it became part of Ninh Bình."""
    made.programme("HN", "Hà Nam", "2024-01-01", "2025-12-31")
    plan = made.document("hn/plan.html", published="2024-02-22", province="Hà Nam", programme="HN")
    period = {"period_start": "2024-01-01", "period_end": "2025-12-31", "scope": "agricultural"}
    made.statement(
        plan, "target", "coop_new", 8, value_high=10, qualifier="range", unit="cooperative", per="year", **period
    )
    made.statement(plan, "target", "coop_rated_good_share", 80, qualifier="ge", unit="percent", **period)
    review = made.document(
        "nb/review.html", published="2026-01-20", province="Ninh Bình", publisher="Liên minh HTX Ninh Bình"
    )
    made.statement(
        review, "result", "coop_new", 8, unit="cooperative", scope="agricultural", geography="Hà Nam (cũ)",
        period_start="2024-01-01", period_end="2024-12-31",
    )  # fmt: skip
    made.statement(
        review, "result", "coop_new", 7, unit="cooperative", scope="agricultural", geography="tỉnh Hà Nam cũ",
        period_start="2025-01-01", period_end="2025-12-31",
    )  # fmt: skip
    made.statement(
        review, "result", "coop_rated_good_share", 91, unit="percent", scope="agricultural", geography="Ninh Bình",
        as_of="2025-12-31",
    )  # fmt: skip


def _nam_dinh(made: Lake) -> None:
    """A bulletin, its correction, a wrong cell, and an indicator table of another counting system."""
    made.programme("ND", "Nam Định", "2023-01-01", "2023-12-31")
    bulletin = made.document(
        "nd/bulletin.html", published="2023-08-16", province="Nam Định", publisher="Liên minh Hợp tác xã tỉnh Nam Định",
        programme="ND",
    )  # fmt: skip
    half = {"period_start": "2023-01-01", "period_end": "2023-06-30"}
    made.statement(bulletin, "result", "coop_new", 12, unit="cooperative", **half)
    made.statement(bulletin, "result", "coop_new_plan_pct", 80, unit="percent", **half)
    made.statement(bulletin, "result", "coop_total", 514, unit="cooperative", as_of="2023-06-30")
    made.statement(bulletin, "result", "loan_outstanding", 99e9, qualifier="gt", unit="VND", as_of="2023-06-30")
    made.statement(bulletin, "result", "coop_total", 35, unit="cooperative", as_of="2023-06-30", geography="Ý Yên",
                   geography_level="district")  # fmt: skip
    made.statement(bulletin, "result", "coop_active", 500, unit="cooperative", as_of="2023-06-30", in_review=True)
    table = made.document(
        "nd/table.xlsx", published="2024-01-05", province="Nam Định", publisher="Sở Kế hoạch và Đầu tư", kind="workbook"
    )
    made.sheet(
        "indicator_report", table,
        [
            {"indicator": "coop_total", "kind": "plan", "value": 520, "unit": "cooperative", "cell": "D8",
             "period_start": day("2023-01-01"), "period_end": day("2023-12-31")},
            {"indicator": "coop_total", "kind": "result", "value": 530, "unit": "cooperative", "cell": "E9",
             "period_start": day("2023-01-01"), "period_end": day("2023-12-31")},
            {"indicator": "coop_total", "kind": "estimate", "value": 51400, "unit": "cooperative", "cell": "F10",
             "period_start": day("2024-01-01"), "period_end": day("2024-12-31")},
            {"indicator": None, "indicator_text": "Chỉ tiêu lạ", "kind": "result", "value": 3, "cell": "E11"},
        ],
        province="Nam Định", period_end="2023-12-31",
    )  # fmt: skip


def _dong_nai(made: Lake) -> None:
    """Targets of the province that Đồng Nai and Bình Phước became; registers before and after the merger."""
    made.programme("DN", "Đồng Nai", "2025-07-01", "2030-12-31")
    plan = made.document("dn/plan.html", published="2025-12-03", province="Đồng Nai", programme="DN")
    period = {"period_start": "2025-01-01", "period_end": "2030-12-31"}
    made.statement(plan, "target", "coop_new", 25, qualifier="ge", unit="cooperative", **period)
    made.statement(
        plan, "target", "coop_new", 8, qualifier="ge", unit="cooperative", per="year", scope="agricultural", **period
    )
    made.statement(plan, "target", "coop_linked_share", 15, qualifier="ge", unit="percent", per="year", **period)
    made.statement(plan, "target", "coop_hightech_share", 50, unit="percent", **period)
    for name, province, period_end, published, how_many in (
        ("old", "Đồng Nai", "2025-06-30", "2025-07-10", 30),
        ("old_bp", "Bình Phước", "2025-06-30", "2025-07-12", 20),
        ("new", "tỉnh Đồng Nai", "2025-12-31", "2026-01-15", 60),
    ):
        register = made.document(f"dn/{name}.xlsx", published=published, province=province, kind="workbook")
        made.cooperatives(
            register, how_many, province=province, period_end=period_end, members=[10, 20],
            founded_on=day("2025-08-15"),
            high_tech=[True, None, None, None, None], linked=[True, None, None, None, None],
            sector="agriculture",
            charter_capital_vnd=2_000_000_000, rating=["good", "fair", "weak", "unrated"],
        )  # fmt: skip


def _binh_phuoc(made: Lake) -> None:
    """Two schemes of one province that report the same indicators; lists of classes and of loans."""
    made.programme("BP1", "Bình Phước", "2022-01-01", "2025-12-31")
    made.programme("BP2", "Bình Phước", "2022-01-01", "2025-12-31")
    period = {"period_start": "2022-01-01", "period_end": "2025-12-31"}
    done = {"period_start": "2022-01-01", "period_end": "2023-12-31"}
    for programme, classes, learners in (("BP1", 38, 1915), ("BP2", 35, 1712)):
        review = made.document(
            f"bp/{programme}.html", published="2024-03-20", province="Bình Phước", programme=programme
        )
        made.statement(review, "target", "training_classes", 70, qualifier="ge", unit="class", **period)
        made.statement(review, "result", "training_classes", classes, unit="class", **done)
        made.statement(review, "result", "training_learners", learners, unit="person", **done)
    made.statement(review, "result", "training_learners", 500, qualifier="lt", unit="person", scope="detail",
                   scope_note="e-commerce", **done)  # fmt: skip
    classes = made.document("bp/classes.xlsx", published="2024-01-12", province="Bình Phước", kind="workbook")
    made.sheet(
        "training_class", classes,
        [{"title": f"Lớp {n}", "starts_on": day(f"{2022 + n % 2}-06-0{n}"), "learners": 40 + n} for n in range(1, 5)],
        province="Bình Phước", period_end="2023-12-31",
    )  # fmt: skip
    loans = made.document("bp/loans.xlsx", published="2024-01-12", province="Bình Phước", kind="workbook")
    made.sheet(
        "loan", loans,
        [
            {"borrower": borrower, "contract_no": f"0{n}", "signed_on": day(signed), "amount_vnd": 1_500_000_000,
             "disbursed_vnd": 1_000_000_000, "outstanding_vnd": 800_000_000}
            for n, (borrower, signed) in enumerate(
                [("HTX Một", "2022-03-01"), ("HTX Hai", "2023-03-01"), ("HTX  một", "2023-09-01")]
            )
        ],
        province="Bình Phước", period_end="2023-12-31",
    )  # fmt: skip


# What somebody writes to add a programme, and a bulletin of it: nothing else knows of it.
SIXTH = """\
code: son_la_2026_2030
name_vi: Đề án phát triển hợp tác xã tỉnh Sơn La giai đoạn 2026-2030
name_en: Sơn La scheme for cooperatives, 2026–2030
province: Sơn La
starts_on: 2026-01-01
ends_on: 2030-12-31
aliases:
  - Đề án HTX Sơn La
"""
SIXTH_BULLETIN = """\
Sơn La phê duyệt Đề án phát triển hợp tác xã giai đoạn 2026-2030

Ủy ban nhân dân tỉnh Sơn La vừa phê duyệt Đề án phát triển hợp tác xã giai đoạn 2026-2030.
Mục tiêu đến năm 2030, toàn tỉnh thành lập mới ít nhất 120 hợp tác xã.
Đến năm 2030, tỷ lệ hợp tác xã xếp loại khá trở lên đạt trên 60%.
"""


def _sixth(made: Lake) -> None:
    """A programme added as a person adds one: a file in the registry's folder, and a page that the reader reads."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "son_la_2026_2030.yml").write_text(SIXTH, encoding="utf-8")
        [programme] = load_programmes(Path(folder))
    made.rows["programme"].append({**dataclasses.asdict(programme), "aliases": list(programme.aliases)})
    known = Known(day("2026-02-10"), "Sơn La", "Cổng thông tin tỉnh Sơn La", "ĐỀ ÁN  HTX Sơn La")
    read = bulletins.read(SIXTH_BULLETIN.encode(), name="sl/plan.txt", known=known)
    page = made.document(
        "sl/plan.txt", published="2026-02-10", province="Sơn La", publisher=known.publisher, programme=known.programme
    )
    for ordinal, statement in enumerate(read.statements):
        made.rows["statement"].append({"artefact": page, "ordinal": ordinal, **dataclasses.asdict(statement)})


def _support(made: Lake) -> None:
    """Support of one data year, twice delivered; its communes before and after the end of districts."""
    first = {"kind": "founding", "content": "Tư vấn", "decision_no": "12/QĐ-UBND", "decided_on": day("2024-03-04")}
    rows = [
        first | {"beneficiary": "HTX Một", "amount_vnd": 100_000_000, "funding": "Ngân sách tỉnh",
                 "district": "Huyện Lộc Ninh", "commune": "Xã Lộc Thái"},
        {"beneficiary": "HTX Hai", "kind": "infrastructure", "content": "Nhà kho", "decision_no": "90/QĐ-UBND",
         "decided_on": day("2023-12-20"), "amount_vnd": 400_000_000, "funding": "NSTW", "commune": "Lộc Thái"},
        {"beneficiary": "HTX Ba", "kind": "training", "content": "Tập huấn", "decision_no": "5/QĐ-UBND",
         "decided_on": day("2024-06-01"), "amount_vnd": 30_000_000, "funding": "Quỹ hỗ trợ phát triển HTX"},
        {"beneficiary": "HTX Bốn", "kind": "other", "content": "Cũ", "decision_no": "1/QĐ-UBND",
         "decided_on": day("2022-06-01"), "amount_vnd": 900_000_000, "funding": "Ngân sách huyện",
         "district": "H. Lộc Ninh", "commune": "Thị trấn Lộc Ninh"},
    ]  # fmt: skip
    half = made.document("bp/support_half.xlsx", published="2024-07-10", province="Bình Phước", kind="workbook")
    made.sheet("support", half, rows[:2], province="Bình Phước", period_end="2024-06-30")
    year = made.document("bp/support.xlsx", published="2024-12-18", province="Bình Phước", kind="workbook")
    made.sheet("support", year, rows, province="Bình Phước", period_end="2024-12-14")
    # the successor's list: no purse named, a district where there are none any more
    after = made.document("dn/support.xlsx", published="2026-01-12", province="tỉnh Đồng Nai", kind="workbook")
    made.sheet(
        "support", after,
        [{"beneficiary": "HTX Năm", "kind": "training", "decided_on": day("2025-09-01"), "amount_vnd": 50_000_000,
          "district": "Huyện Lộc Ninh", "commune": "Xã Lộc Thái"},
         {"beneficiary": "HTX Sáu", "kind": "publicity", "decided_on": day("2025-10-01"), "commune": "Xã Lộc Thái"}],
        province="tỉnh Đồng Nai", period_end="2025-12-14",
    )  # fmt: skip


def _ha_noi(made: Lake) -> None:
    """A province whose territory did not change: what it promised before can be set against what it reports now."""
    made.programme("HNI", "Hà Nội", "2024-01-01", "2026-12-31")
    plan = made.document("hni/plan.html", published="2024-02-01", province="Hà Nội", programme="HNI")
    made.statement(plan, "target", "coop_total", 2600, qualifier="ge", unit="cooperative",
                   period_start="2024-01-01", period_end="2026-12-31")  # fmt: skip
    revised = made.document("hni/revised.html", published="2025-02-01", province="Hà Nội", programme="HNI")
    made.statement(revised, "target", "coop_total", 2500, qualifier="ge", unit="cooperative",
                   period_start="2024-01-01", period_end="2026-12-31")  # fmt: skip
    for file, published, as_of, value in (
        ("before", "2024-01-15", "2023-12-31", 2300), ("now", "2026-01-15", "2025-12-31", 2440),
    ):  # fmt: skip
        news = made.document(
            f"hni/{file}.html", published=published, province="TP. Hà Nội", publisher="Liên minh HTX Hà Nội"
        )
        made.statement(news, "result", "coop_total", value, unit="cooperative", as_of=as_of)
    wrong = made.document(
        "hni/wrong.html", published="2026-07-15", province="TP. Hà Nội", publisher="Liên minh HTX Hà Nội"
    )
    made.statement(wrong, "result", "coop_total", 24600, unit="cooperative", as_of="2026-06-30")
    lost = made.document("hni/lost.html", published="2026-07-15", province="Tỉnh Không Có")
    made.statement(lost, "result", "coop_total", 10, unit="cooperative", as_of="2026-06-30")


def _quang_ninh(made: Lake) -> None:
    """Deliveries that spell the same cooperatives differently, a correction, and a name that two of them bear."""
    deliveries = {
        ("qn/2023.xlsx", "2024-01-10", "2023-12-31"): [
            {
                "name": "HTX DV NN Tân Tiến",
                "tax_code": "0100000001",
                "commune": "Hải Lạng",
                "members": 20,
                "status": "active",
            },
            {"name": "Hợp tác xã Bình Minh", "commune": "Tiên Yên", "members": 30, "status": "active"},
            {"name": "HTX Sao Mai", "tax_code": "0100000003", "commune": "Đông Ngũ", "members": 11, "status": "active"},
            {"name": "HTX Sao Mai", "tax_code": "0100000004", "commune": "Đông Hải", "members": 12, "status": "active"},
            {"name": "HTX Cũ", "registration_no": "22G8-01", "members": 9, "status": "active"},
        ],
        ("qn/2024.xlsx", "2025-01-10", "2024-12-31"): [
            {
                "name": "Hợp tác xã Dịch vụ Nông nghiệp Tân Tiến",
                "commune": "Hải Lạng",
                "members": 200,
                "status": "active",
            },
            {"name": "HTX  BÌNH MINH", "members": 31, "status": "suspended"},
            {"name": "HTX Sao Mai", "members": 13, "status": "active"},
            {"name": "HTX Đổi Tên", "registration_no": "22g8-01", "members": 9, "status": "dissolved"},
        ],
        # a correction of the year 2024: one number of members had a digit too many
        ("qn/2024_corrected.xlsx", "2025-02-20", "2024-12-31"): [
            {"name": "HTX DVNN Tân Tiến", "tax_code": "01 0000 0001", "members": 22, "status": "active"},
        ],
    }
    for (file, published, period_end), rows in deliveries.items():
        register = made.document(file, published=published, province="Quảng Ninh", kind="workbook")
        rows = [row | {"kind": "cooperative", "sector": "agriculture"} for row in rows]
        made.sheet(
            "cooperative_status", register, rows, province="Quảng Ninh", period_end=period_end,
            fields=("name", "status", "members", "sector"),
        )  # fmt: skip


def _hue(made: Lake) -> None:
    """One number of one province, claimed four times."""
    for file, publisher, published, value, qualifier in (
        ("hue/a", "Liên minh Hợp tác xã", "2026-03-01", 310, "eq"),
        ("hue/b", "Liên minh Hợp tác xã", "2026-04-01", 305, "eq"),
        ("hue/c", "Liên minh Hợp tác xã", "2026-02-01", 300, "gt"),
        ("hue/d", "Báo Huế", "2026-05-01", 320, "eq"),
    ):
        news = made.document(file, published=published, province="Huế", publisher=publisher)
        made.statement(news, "result", "coop_total", value, qualifier=qualifier, unit="cooperative", as_of="2025-12-31")
