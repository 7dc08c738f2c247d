"""The number grammar: what it reads, and what it refuses."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.vietnamese.numbers import find_numbers
from ingestion.vietnamese.text import fold


def read(text: str) -> list[tuple[Decimal, Decimal | None]]:
    return [(number.value, number.high) for number in find_numbers(fold(text).text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.915 học viên", "1915"),
        ("1,732 tỷ đồng", "1732000000"),
        ("2.250 triệu đồng", "2250000000"),
        ("1 tỷ 456 triệu đồng", "1456000000"),
        ("17,1 tỉ đồng", "17100000000"),
        ("5.935 nghìn thành viên", "5935000"),
        ("97 ngàn thành viên", "97000"),
        ("ít nhất25 HTX", "25"),
        ("08 hợp tác xã", "8"),
        ("2036 hợp tác xã", "2036"),
        ("1 492 hợp tác xã", "1492"),
    ],
)
def test_numbers_are_read(text: str, value: str) -> None:
    assert read(text) == [(Decimal(value), None)]


@pytest.mark.parametrize("text", ["01 - 02 liên hiệp", "từ 1-2 liên hiệp", "1 đến 2 liên hiệp", "1% - 2%", "1 – 2 %"])
def test_ranges_have_two_ends(text: str) -> None:
    assert read(text) == [(Decimal(1), Decimal(2))]


@pytest.mark.parametrize(
    "text",
    [
        "ngày 03/12/2025", "đến hết 30-6-2023", "tháng 12-2023", "18:53 GMT", "giai đoạn 2021-2025", "năm 2023",
        "298/QĐ-UBND", "Nghị quyết 20-NQ/TW", "số 106", "Điều 54", "tiêu chí 13.1", "30°C/27°C - 33°C",
        "0 / 500 ký tự", "COVID-19", "gọi 0912.345.678 thành viên", "Điện thoại.0912345678 người",
        "số tài khoản 0123 4567 890 thành viên", "CCCD số: 036085001 người",
    ],
)  # fmt: skip
def test_dates_names_and_codes_are_no_numbers(text: str) -> None:
    assert read(text) == []


@given(st.integers(0, 10**12))
def test_a_grouped_whole_number_reads_as_itself(number: int) -> None:
    assert read(f"có {number:,} đồng".replace(",", ".")) == [(Decimal(number), None)]
