"""Turns of language that bulletins of other provinces use: each was once read wrongly. Our own sentences."""

import datetime as dt

import pytest

from ingestion.bulletins import read
from tests.ingestion.bulletins.helpers import figures, statements


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Năm 2023, tỉnh đã thành lập mới 7 HTX dịch vụ. Đến ngày 31/12/2023, tỉnh có 210 HTX.",
            [("result", "coop_new", 7), ("result", "coop_total", 210)],
            id="the next sentence's capital is no name",
        ),
        pytest.param(
            "Tỉnh có 90 HTX, trong đó có 3 HTX công nghiệp - TTCN, 4 HTX vận tải.",
            [("result", "coop_total", 90), ("result", "coop_total", 3), ("result", "coop_total", 4)],
            id="an abbreviated sector is no name",
        ),
        pytest.param(
            "Trong tổng số 240 HTX có 155 là HTX nông nghiệp.",
            [("result", "coop_total", 240), ("result", "coop_total", 155)],
            id="number, then the verb, then the noun",
        ),
        pytest.param(
            "Cả vùng có 420 hợp tác xã nông nghiệp chủ yếu làm dịch vụ tổng hợp.",
            [("result", "coop_total", 420)],
            id="chủ yếu is not weak",
        ),
        pytest.param(
            "Toàn tỉnh có 31 HTX hoạt động kém hiệu quả và 12 HTX xếp loại yếu.",
            [("result", "coop_rated_weak_count", 12)],
            id="little effect is not a rating",
        ),
        pytest.param(
            "Tỉnh hiện có 44 HTX ngừng hoạt động lâu ngày nhưng chưa tiến hành giải thể.",
            [("result", "coop_inactive", 44)],
            id="not yet dissolved",
        ),
        pytest.param(
            "Hiện có 88 HTX đang hoạt động và 9 HTX ngưng hoạt động.",
            [("result", "coop_active", 88), ("result", "coop_inactive", 9)],
            id="what stands before và belongs to the number before",
        ),
        pytest.param(
            "Cả tỉnh có tổng số 61 HTX ứng dụng công nghệ cao.",
            [("result", "coop_hightech_count", 61)],
            id="a total of those that …",
        ),
        pytest.param(
            "Tỉnh có 45 HTX (chiếm 15%) ứng dụng công nghệ cao.",
            [("result", "coop_hightech_count", 45), ("result", "coop_hightech_share", 15)],
            id="the share stands between noun and predicate",
        ),
        pytest.param(
            "Huyện nhiều HTX nhất là các huyện ven biển, nhiều nhất ở huyện Kim Sơn với 24 HTX.",
            [],
            id="a place's part",
        ),
        pytest.param(
            "Năm 2024 tỉnh có 300 HTX, đạt 96% kế hoạch (KH 2024: 312 HTX).",
            [("result", "coop_total", 300), ("target", "coop_total", 312)],
            id="the plan's figure in brackets",
        ),
        pytest.param(
            "Trong năm thành lập mới 14 THT, đạt 100% KH 2024.", [("result", "coop_group_new", 14)], id="a plan's year"
        ),
        pytest.param(
            "Tỉnh thành lập mới 70 tổ hợp tác, hợp tác xã, liên hiệp hợp tác xã (40 tổ hợp tác, 29 hợp tác xã, 1 liên "
            "hiệp hợp tác xã).",
            [("result", "coop_group_new", 40), ("result", "coop_new", 29), ("result", "union_new", 1)],
            id="a sum and its parts",
        ),
        pytest.param(
            "Năm 2024, tỉnh đã thành lập mới 26 HTX. Trong đó gồm các lĩnh vực: nông nghiệp (20 HTX), vận tải (6 HTX).",
            [("result", "coop_new", 26), ("result", "coop_new", 20), ("result", "coop_new", 6)],
            id="the parts in the next sentence",
        ),
        pytest.param(
            "Trong năm có 2 HTX giải thể. Theo đó, thành phố hiện có 33 HTX.",
            [("result", "coop_dissolved", 2), ("result", "coop_total", 33)],
            id="theo đó begins something new",
        ),
        pytest.param(
            "Phấn đấu thành lập 5 tổ hợp tác, 3 HTX hoạt động có hiệu quả.",
            [("target", "coop_group_new", 5), ("target", "coop_new", 3)],
            id="founded, and to be effective",
        ),
        pytest.param("Phấn đấu mỗi xã thành lập ít nhất 1 tổ hợp tác.", [], id="one in each place"),
        pytest.param(
            "Tổng số thành viên của 16 HTX này là 2.140 người.", [("result", "coop_members", 2140)], id="these 16"
        ),
        pytest.param(
            "Trong năm sáp nhập 4 HTX, thành lập mới 6 HTX.", [("result", "coop_new", 6)], id="merged is no total"
        ),
        pytest.param(
            "Có 18 HTX chia lợi nhuận cho thành viên, cao nhất 9 triệu đồng/người.", [], id="paid to a person"
        ),
        pytest.param(
            "Các HTX có chênh lệch thu chi ước đạt 40 tỷ đồng.", [], id="a surplus is no support from the budget"
        ),
        pytest.param(
            "Hiện vốn điều lệ của Quỹ Hỗ trợ phát triển HTX là 41 tỷ đồng.",
            [("result", "fund_capital", 41_000_000_000)],
            id="the fund's capital",
        ),
        pytest.param(
            "Tỉnh có 25 quỹ tín dụng nhân dân, dư nợ cho vay 900 tỷ đồng.",
            [("result", "credit_fund_total", 25)],
            id="what credit funds lend",
        ),
        pytest.param(
            "Tổng số THT là 112 THT. Doanh thu bình quân đạt 380 triệu đồng/năm.",
            [("result", "coop_group_total", 112)],
            id="the groups' revenue",
        ),
        pytest.param(
            "Giá trị sản xuất của huyện đạt 7.000 tỷ đồng, 150 dự án đang vay vốn 900 tỷ đồng.",
            [],
            id="the economy at large",
        ),
        pytest.param(
            "Trong nhóm này có ít nhất 30% HTX tham gia liên kết chuỗi.",
            [("target", "coop_linked_share", 30)],
            id="at least is a target",
        ),
        pytest.param("Tỉnh có 3 HTX trong số 80 HTX tiêu biểu cả nước nhận giải thưởng.", [], id="honoured"),
        pytest.param(
            "Tỉnh có 500 HTX. Trong đó: HTX nông nghiệp 350 (chiếm 70%), HTX phi nông nghiệp 150.",
            [("result", "coop_total", 500), ("result", "coop_total", 350), ("result", "coop_total", 150)],
            id="the number after its noun, before a bracket",
        ),
        pytest.param(
            "Tổ hợp tác toàn tỉnh hiện có 315 tổ.", [("result", "coop_group_total", 315)], id="tổ for tổ hợp tác"
        ),
    ],
)
def test_indicators(text: str, expected: list[tuple[str, str, int]]) -> None:
    assert figures(text) == expected


@pytest.mark.parametrize(
    ("text", "yearly"),
    [
        ("Phấn đấu đến năm 2030 có thêm 200 tổ hợp tác (mỗi năm 40 tổ hợp tác), 60 HTX (mỗi năm 12 HTX).", [40, 12]),
        ("Hằng năm, phấn đấu 20% HTX liên kết với doanh nghiệp; 35% HTX tiếp cận vốn tín dụng.", [20, 35]),
        ("Mỗi năm phấn đấu thành lập mới 6 HTX; đến năm 2030 có 300 HTX.", [6]),
        ("Bình quân mỗi năm thành lập 13 HTX, đồng thời đã giải thể 81 HTX.", [13]),
        ("Từ năm 2002 - 2021 có 800 HTX ra đời, bình quân 40 HTX ra đời/năm.", [40]),
    ],
)
def test_what_is_meant_for_each_year(text: str, yearly: list[int]) -> None:
    found = statements(text)
    assert [int(s.value) for s in found if s.per == "year"] == yearly
    assert all(s.scope_note != "per year" for s in found)


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        (
            "Đối với Đề án hỗ trợ HTX vùng đồng bào dân tộc thiểu số, tập huấn được quan tâm. Năm 2023 đã mở 9 "
            "lớp tập huấn với 410 học viên. Có 12 HTX tham gia hội chợ.",
            ["ethnic_minority_areas"] * 3,
        ),
        (
            "Năm 2023, vùng đồng bào dân tộc thiểu số đã có 9 lớp tập huấn; toàn tỉnh mở 30 lớp tập huấn.",
            ["ethnic_minority_areas", None],
        ),
        ("Tỷ lệ HTX hiệu quả trong lĩnh vực nông nghiệp đạt 70%, trong lĩnh vực phi nông nghiệp đạt 80%.",
         ["agricultural", "non_agricultural"]),
        ("Tỉnh có nông, lâm nghiệp 80 HTX, vận tải 9 HTX.", ["agricultural", "transport"]),
        ("Tỉnh có 60 HTX chăn nuôi, 18 HTX lâm nghiệp và 7 HTX nuôi thủy sản.", ["livestock", None, "fishery"]),
    ],
)  # fmt: skip
def test_subsets(text: str, scopes: list[str | None]) -> None:
    assert [s.scope for s in statements(text)] == scopes


def test_loans_of_a_named_programme_are_told_apart() -> None:
    found = statements(
        "Năm 2023, chương trình cho vay giải quyết việc làm đã giải ngân 2 tỷ đồng cho 5 HTX vay; Quỹ hỗ trợ "
        "phát triển HTX đã cho vay 14 HTX."
    )
    assert [(s.indicator, s.scope, s.scope_note) for s in found] == [
        ("loan_disbursed", "detail", "job-creation lending programme"),
        ("loan_coops", "detail", "job-creation lending programme"),
        ("loan_coops", None, None),
    ]


def test_the_average_of_the_country_is_no_place() -> None:
    text = "Năm 2023, thu nhập của xã viên bằng mức trung bình cả nước; tỉnh có 412 HTX."
    assert [s.geography for s in statements(text)] == ["Hà Nam"]


def test_a_place_in_brackets_does_not_govern_what_follows() -> None:
    text = "Trong quý thành lập mới 2 HTX (HTX Sao Mai, huyện Lý Nhân), nâng tổng số lên 160 HTX."
    assert [(int(s.value), s.geography) for s in statements(text)] == [(2, "Hà Nam"), (160, "Hà Nam")]


def test_a_running_period_told_within_its_last_year_is_that_period() -> None:
    found = statements("Trong giai đoạn 2020-2024, tỉnh thành lập mới 90 HTX.")
    assert (found[0].period_start, found[0].period_end) == (dt.date(2020, 1, 1), dt.date(2024, 12, 31))


def test_what_began_in_a_year_and_lasts_does_not_date_the_next_sentence() -> None:
    found = statements("Từ năm 2013 đến nay, có 68 HTX thành lập mới. Theo đó, toàn tỉnh có 430 HTX.")
    assert (found[0].period_start, found[1].as_of) == (dt.date(2013, 1, 1), dt.date(2024, 3, 20))


def test_a_target_s_year_does_not_date_the_results_after_it() -> None:
    found = statements("Phấn đấu đến năm 2030 có 900 HTX.\n\nQuỹ đã giải ngân 4 tỷ đồng cho các HTX vay vốn.")
    assert [(s.kind, s.period_end.year if s.period_end else None) for s in found] == [
        ("target", 2030),
        ("result", 2024),
    ]


BODY = "<p>Năm 2023, toàn tỉnh đã thành lập mới 31 HTX, trong đó có 20 HTX nông nghiệp và 4 HTX vận tải.</p>"


@pytest.mark.parametrize(
    ("named", "title"),
    [
        ("Cổng thông tin điện tử tỉnh nhà - Thêm 31 hợp tác xã", "Thêm 31 hợp tác xã"),
        ("Thêm 31 hợp tác xã | Báo tỉnh nhà", "Thêm 31 hợp tác xã"),
        ("Hợp tác xã - chặng đường mới", "Hợp tác xã - chặng đường mới"),
    ],
)
def test_a_title_does_not_name_the_site(named: str, title: str) -> None:
    page = f"<html><head><title>{named}</title></head><body><article>{BODY * 3}</article></body></html>"
    assert read(page.encode(), name="page.html").title == title


@pytest.mark.parametrize(
    "stamp", ["Thứ 7, 27/04/2024 17:35:58 GMT+7", "Cập nhật lúc 16:51, Thứ Hai, 22/05/2017 (GMT+7)"]
)
def test_a_time_stamp_is_no_title(stamp: str) -> None:
    text = f"{stamp}\nHà Nam có thêm hợp tác xã kiểu mới\nNăm 2023, toàn tỉnh đã thành lập mới 31 HTX trên địa bàn.\n"
    assert read(text.encode(), name="copied.txt").title == "Hà Nam có thêm hợp tác xã kiểu mới"
