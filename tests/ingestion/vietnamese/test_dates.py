"""Dates and periods, with what the text leaves out taken from a reference date."""

import datetime as dt

import pytest

from ingestion.vietnamese.dates import find_times
from ingestion.vietnamese.text import fold


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("đến hết 30-6-2023", "2023-06-30", "2023-06-30"),
        ("tính đến tháng 10/2021", "2021-10-01", "2021-10-31"),
        ("6 tháng đầu năm 2018", "2018-01-01", "2018-06-30"),
        ("sáu tháng đầu năm 2022", "2022-01-01", "2022-06-30"),
        ("10 tháng năm 2023", "2023-01-01", "2023-10-31"),
        ("6 tháng cuối năm", "2024-07-01", "2024-12-31"),
        ("quý II/2023", "2023-04-01", "2023-06-30"),
        ("giai đoạn 2021 – 2025", "2021-01-01", "2025-12-31"),
        ("từ năm 2017 đến năm 2019", "2017-01-01", "2019-12-31"),
        ("tính từ năm 2022 đến tháng 12-2023", "2022-01-01", "2023-12-31"),
        ("ngày 07 tháng 9 năm 2022", "2022-09-07", "2022-09-07"),
        ("Ngày 16-8", "2023-08-16", "2023-08-16"),
        ("từ đầu năm đến nay", "2024-01-01", "2024-03-20"),
        ("đến 2030, tỉnh", "2030-01-01", "2030-12-31"),
    ],
)
def test_times_are_read(text: str, first: str, last: str) -> None:
    text = fold(text).text
    times = find_times(text, 0, len(text), dt.date(2024, 3, 20))
    assert [(time.first.isoformat(), time.last.isoformat()) for time in times] == [(first, last)]


def test_an_impossible_date_is_no_date() -> None:
    assert find_times("31/02/2023", 0, 10) == []
