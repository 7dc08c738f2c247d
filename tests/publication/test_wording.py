"""Numbers, periods and statuses as Vietnamese and English write them."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publication import wording
from publication.wording import Text
from tests.refreshing import PROJECT


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [
        ("1234.5000", "1.234,5", "1,234.5"),
        ("0", "0", "0"),
        ("-0.0000", "0", "0"),
        ("1000000", "1.000.000", "1,000,000"),
        ("12.3456", "12,3456", "12.3456"),
        ("-129.0000", "−129", "−129"),
        ("100", "100", "100"),
    ],
)
def test_plain_numbers(value: str, vietnamese: str, english: str) -> None:
    assert wording.plain_number(Decimal(value)) == Text(vietnamese, english)


@pytest.mark.parametrize(
    ("value", "high", "unit", "qualifier", "vietnamese", "english"),
    [
        ("50", None, "cooperative", "ge", "ít nhất 50 HTX", "at least 50 cooperatives"),
        ("1", None, "cooperative", "eq", "1 HTX", "1 cooperative"),
        ("8", "10", "cooperative", "range", "8–10 HTX", "8–10 cooperatives"),
        ("15", "20", "percent", "range", "15–20%", "15–20%"),
        ("500", None, "person", "lt", "dưới 500 người", "under 500 persons"),
        ("1456000000", None, "VND", "eq", "1,456 tỷ đồng", "1.456 billion VND"),
        ("99000000000", None, "VND", "gt", "trên 99 tỷ đồng", "over 99 billion VND"),
        ("3200000", None, "VND/month", "approx", "khoảng 3,2 triệu đồng/tháng", "about 3.2 million VND a month"),
        ("500000", None, "VND", "eq", "500.000 đồng", "500,000 VND"),
        ("1000000000", "1500000000", "VND/year", "range", "1–1,5 tỷ đồng/năm", "1–1.5 billion VND a year"),
        ("-2500000", None, "VND", "eq", "−2,5 triệu đồng", "−2.5 million VND"),
        ("7", None, "buffalo", "eq", "7 buffalo", "7 buffalo"),
        ("7", None, None, None, "7", "7"),
    ],
)
def test_quantities(
    value: str, high: str | None, unit: str | None, qualifier: str | None, vietnamese: str, english: str
) -> None:
    said = wording.quantity(Decimal(value), unit, high=Decimal(high) if high else None, qualifier=qualifier)
    assert said == Text(vietnamese, english)


def test_no_value_says_nothing_never_zero() -> None:
    assert wording.quantity(None, "cooperative") == Text("", "")
    assert wording.exact(None, "VND") == Text("", "")


def test_the_exact_number_stands_behind_a_rounded_amount() -> None:
    amount = Decimal("1234567890")
    assert wording.quantity(amount, "VND").vi == "1,235 tỷ đồng"
    assert wording.exact(amount, "VND") == Text("1.234.567.890 đồng", "1,234,567,890 VND")


@given(st.decimals(min_value=-(10**17), max_value=10**17, places=4))
def test_a_plain_number_reads_back_as_itself(value: Decimal) -> None:
    said = wording.plain_number(value)
    assert Decimal(said.en.replace(",", "").replace("−", "-")) == value
    assert Decimal(said.vi.replace(".", "").replace(",", ".").replace("−", "-")) == value


@pytest.mark.parametrize(
    ("ratio", "said"),
    [("0.996", "99,6%"), ("1.004", "100,4%"), ("1", "100%"), ("0.4840", "48%"), ("1.5", "150%"), ("0", "0%")],
)
def test_just_below_the_target_is_not_rounded_up_to_it(ratio: str, said: str) -> None:
    assert wording.percent(Decimal(ratio)).vi == said


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "end", "vietnamese", "english"),
    [
        ("2023-01-01", "2023-12-31", "năm 2023", "2023"),
        ("2021-01-01", "2025-12-31", "2021–2025", "2021–2025"),
        ("2023-01-01", "2023-06-30", "6 tháng đầu năm 2023", "first half of 2023"),
        ("2023-07-01", "2023-12-31", "6 tháng cuối năm 2023", "second half of 2023"),
        ("2023-01-01", "2023-09-30", "9 tháng đầu năm 2023", "January–September 2023"),
        ("2023-07-01", "2023-09-30", "quý III/2023", "quarter 3 of 2023"),
        ("2024-02-01", "2024-02-29", "tháng 2/2024", "Feb 2024"),
        ("2022-12-15", "2023-12-14", "15/12/2022 – 14/12/2023", "15 Dec 2022 – 14 Dec 2023"),
        (None, "2023-06-30", "đến 30/06/2023", "as of 30 Jun 2023"),
        ("2023-06-30", "2023-06-30", "ngày 30/06/2023", "on 30 Jun 2023"),
        ("2023-06-30", None, "từ 30/06/2023", "since 30 Jun 2023"),
        (None, None, "", ""),
        ("2021-03-01", "2025-12-31", "01/03/2021 – 31/12/2025", "1 Mar 2021 – 31 Dec 2025"),
    ],
)
def test_periods(start: str | None, end: str | None, vietnamese: str, english: str) -> None:
    said = wording.period(_day(start) if start else None, _day(end) if end else None)
    assert said == Text(vietnamese, english)


def test_every_status_has_a_name_and_a_meaning_in_both_languages() -> None:
    assert wording.STATUSES.keys() == wording.STATUS_MEANINGS.keys()
    assert all(text.vi and text.en and text.vi != text.en for text in wording.STATUSES.values())
    assert all(text.vi and text.en for text in wording.STATUS_MEANINGS.values())


def test_what_has_no_words_is_shown_as_it_is() -> None:
    assert wording.scope("new_scope") == Text("new scope", "new scope")
    assert wording.scope(None) == Text("", "")
    assert wording.status("odd") == Text("odd", "odd")


def test_every_duty_to_report_has_words() -> None:
    with (PROJECT / "dbt_project" / "seeds" / "reporting_duty.csv").open(encoding="utf-8", newline="") as stream:
        assert {row["duty"] for row in csv.DictReader(stream)} == set(wording.DUTIES)
