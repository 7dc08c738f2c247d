"""What a sentence says: lists, brackets, breakdowns, shares, plans, changes, money, time, place. Our own sentences."""

import datetime as dt

import pytest

from tests.ingestion.bulletins.helpers import figures, statements


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Năm 2023, toàn tỉnh thành lập mới 31 HTX, 44 tổ hợp tác và 02 liên hiệp HTX.",
            [("result", "coop_new", 31), ("result", "coop_group_new", 44), ("result", "union_new", 2)],
        ),
        (
            "Phấn đấu đến năm 2030 thành lập mới ít nhất 90 HTX (mỗi năm 15 HTX).",
            [("target", "coop_new", 90), ("target", "coop_new", 15)],
        ),
        (
            "Toàn tỉnh có 412 HTX, trong đó có 287 HTX nông nghiệp; 33 HTX ngừng hoạt động.",
            [("result", "coop_total", 412), ("result", "coop_total", 287), ("result", "coop_inactive", 33)],
        ),
        (
            "Trong năm có 17 HTX thành lập mới, đạt 85% kế hoạch; giải thể 6 HTX.",
            [("result", "coop_new", 17), ("result", "coop_new_plan_pct", 85), ("result", "coop_dissolved", 6)],
        ),
        ("Đến nay toàn tỉnh có 530 HTX, tăng 41 HTX so với năm 2021.", [("result", "coop_total", 530)]),
        (
            "Qua xếp loại, có 61 HTX tốt (15%), 140 HTX khá (34%), 52 HTX yếu (13%).",
            [
                ("result", "coop_rated_good_count", 61), ("result", "coop_rated_good_share", 15),
                ("result", "coop_rated_good_count", 140), ("result", "coop_rated_good_share", 34),
                ("result", "coop_rated_weak_count", 52), ("result", "coop_rated_weak_share", 13),
            ],
        ),
        (
            "Mục tiêu đến năm 2030: 70% HTX hoạt động hiệu quả, 40% liên kết với doanh nghiệp, 25% "
                "ứng dụng công nghệ cao.",
            [
                ("target", "coop_effective_share", 70), ("target", "coop_linked_share", 40),
                ("target", "coop_hightech_share", 25),
            ],
        ),
        (
            "Hiện có 320 HTX với 21.400 thành viên; 610 tổ hợp tác với 7.300 tổ viên.",
            [
                ("result", "coop_total", 320), ("result", "coop_members", 21400),
                ("result", "coop_group_total", 610), ("result", "coop_group_members", 7300),
            ],
        ),
        (
            "Tỉnh chưa có liên hiệp hợp tác xã nào, nhưng hiện có 95 HTX.",
            [("result", "union_total", 0), ("result", "coop_total", 95)],
        ),
        (
            "Quỹ đã giải ngân 12,5 tỷ đồng cho 19 HTX vay vốn.",
            [("result", "loan_disbursed", 12_500_000_000), ("result", "loan_coops", 19)],
        ),
        (
            "Đã mở 14 lớp tập huấn với 820 học viên.",
            [("result", "training_classes", 14), ("result", "training_learners", 820)],
        ),
        (
            "Tỉnh phấn đấu đến năm 2030 nâng tỷ lệ HTX hoạt động hiệu quả từ 55% lên 75%.",
            [("result", "coop_effective_share", 55), ("target", "coop_effective_share", 75)],
        ),
        (
            "Liên minh HTX tỉnh hiện có 812 thành viên. Toàn tỉnh có 60 HTX, vượt 20% kế hoạch.",
            [("result", "coop_total", 60)],
        ),
    ],
)  # fmt: skip
def test_sentences_are_read(text: str, expected: list[tuple[str, str, int]]) -> None:
    assert figures(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "HTX nông nghiệp Bình Minh có 37 thành viên và doanh thu bình quân 5 tỷ đồng/năm.",
        "Luật định nghĩa hợp tác xã là tổ chức do ít nhất 07 thành viên cùng lập ra.",
        "Các hợp tác xã ở Đức có 18 triệu thành viên.",
        "Hội nghị có 120 đại biểu của các hợp tác xã tham dự.",
        "Thực hiện Nghị quyết số 20-NQ/TW, Điều 54 của Luật Hợp tác xã năm 2012 và tiêu chí 13.1.",
    ],
)
def test_no_claim_is_made_of_other_things(text: str) -> None:
    assert figures(text) == []


@pytest.mark.parametrize(
    ("words", "qualifier"),
    [
        ("ít nhất 40 HTX", "ge"), ("từ 40 HTX trở lên", "ge"), ("trên 40 HTX", "gt"), ("hơn 40 HTX", "gt"),
        ("gần 40 HTX", "lt"), ("khoảng 40 HTX", "approx"), ("40 HTX", "eq"), ("40 - 50 HTX", "range"),
    ],
)  # fmt: skip
def test_qualifiers(words: str, qualifier: str) -> None:
    (statement,) = statements(f"Toàn tỉnh hiện có {words}.")
    assert statement.qualifier == qualifier


@pytest.mark.parametrize(
    ("text", "indicator", "value", "unit"),
    [
        ("Doanh thu bình quân đạt 1,732 tỷ đồng/HTX.", "coop_revenue_avg", 1_732_000_000, "VND/year"),
        ("Lãi bình quân một HTX 210 triệu đồng.", "coop_profit_avg", 210_000_000, "VND/year"),
        (
            "Thu nhập bình quân của lao động trong HTX 5,5 triệu đồng/người/tháng.",
            "coop_income_avg",
            5_500_000,
            "VND/month",
        ),
        ("Dư nợ của Quỹ hỗ trợ phát triển HTX đạt 35 tỉ đồng.", "loan_outstanding", 35_000_000_000, "VND"),
    ],
)
def test_money(text: str, indicator: str, value: int, unit: str) -> None:
    (statement,) = statements(text)
    assert (statement.indicator, statement.value, statement.unit) == (indicator, value, unit)


def test_dates_come_from_the_text_then_from_the_publication() -> None:
    stated, unstated = statements("Đến hết năm 2022, tỉnh có 300 HTX.")[0], statements("Hiện toàn tỉnh có 310 HTX.")[0]
    assert stated.as_of == dt.date(2022, 12, 31)
    assert unstated.as_of == dt.date(2024, 3, 20) and "publication date" in unstated.reasons


def test_a_programme_dates_its_targets() -> None:
    text = "Kế hoạch phát triển kinh tế tập thể giai đoạn 2021 - 2025\n\nII. Mục tiêu\n- Hằng năm thành lập mới 12 HTX."
    (statement,) = statements(text)
    assert (statement.kind, statement.per) == ("target", "year")
    assert (statement.period_start, statement.period_end) == (dt.date(2021, 1, 1), dt.date(2025, 12, 31))


def test_a_number_of_the_country_is_not_the_province_s() -> None:
    country, own, district = statements(
        "Cả nước có 31.000 HTX. Toàn tỉnh có 412 HTX, trong khi huyện Kim Bảng có 40 HTX."
    )
    assert (country.geography, country.geography_level) == ("Việt Nam", "country")
    assert (own.geography, own.geography_level) == ("Hà Nam", "province")
    assert (district.geography, district.geography_level) == ("huyện Kim Bảng", "district")


def test_subsets_are_named() -> None:
    found = statements("Toàn tỉnh có 412 HTX, gồm 287 HTX nông nghiệp, 40 HTX vận tải và 85 HTX phi nông nghiệp.")
    assert [s.scope for s in found] == [None, "agricultural", "transport", "non_agricultural"]


def test_doubt_has_reasons_and_goes_to_review() -> None:
    (implausible,) = statements("Toàn tỉnh hiện có 990.000 HTX.")
    assert implausible.in_review and "plausibly" in implausible.reasons
    (outside,) = statements("Năm 2023, 14 HTX đã chuyển đổi theo luật mới.")
    assert outside.indicator.startswith("other:") and outside.in_review
    (sure,) = statements("Đến hết năm 2022, toàn tỉnh có 412 HTX.")
    assert not sure.in_review


def test_a_headline_that_rounds_the_body_states_nothing() -> None:
    found = statements(
        "Hà Nam: hơn 400 hợp tác xã trên toàn tỉnh\n\n"
        "Đến hết năm 2023, toàn tỉnh có 412 hợp tác xã đang sinh hoạt ổn định."
    )
    assert [int(s.value) for s in found] == [412]


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        ("Năm 2023, tỉnh mở 26 lớp tập huấn cho HTX; tổ chức 4 lớp tập huấn về kế toán.", [None, "detail"]),
        ("Năm 2023, tỉnh tổ chức 4 lớp tập huấn về kế toán trong số 26 lớp tập huấn cho HTX.", ["detail", None]),
        ("Năm 2023 tỉnh mở 26 lớp tập huấn. Ngoài ra, năm 2023 tổ chức 4 lớp tập huấn về kế toán.", [None, "detail"]),
        ("Năm 2023 tỉnh mở 26 lớp tập huấn. Năm 2023 tổ chức 4 lớp tập huấn về kế toán.", [None, None]),
        ("Năm 2022 tỉnh mở 31 lớp tập huấn, năm 2023 mở 26 lớp tập huấn.", [None, None]),
        ("Năm 2023 có 61 HTX xếp loại tốt, 140 HTX xếp loại khá.", ["rated_good_only", "rated_good_only"]),
    ],
)
def test_a_sentence_that_counts_the_same_twice_tells_a_detail(text: str, scopes: list[str | None]) -> None:
    assert [statement.scope for statement in statements(text)] == scopes
