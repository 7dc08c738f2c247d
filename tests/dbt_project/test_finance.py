"""Grants and other support: what is counted, for which year, from whose purse; and places below the province."""

from __future__ import annotations

import datetime as dt

from tests.dbt_project.warehouse import Warehouse


def test_every_delivered_row_stays_and_the_newest_of_each_support_counts(provinces: Warehouse) -> None:
    rows = provinces.rows(
        "select beneficiary, file, is_newest from marts.fct_finance_support "
        "where file like 'bp/%' order by beneficiary, file"
    )
    assert [(row["beneficiary"], row["file"], row["is_newest"]) for row in rows] == [
        ("HTX Ba", "bp/support.xlsx", True), ("HTX Bốn", "bp/support.xlsx", True),
        ("HTX Hai", "bp/support.xlsx", True), ("HTX Hai", "bp/support_half.xlsx", False),
        ("HTX Một", "bp/support.xlsx", True), ("HTX Một", "bp/support_half.xlsx", False),
    ]  # fmt: skip


def test_money_is_of_the_budget_only_where_its_source_says_so(provinces: Warehouse) -> None:
    sources = {
        row["beneficiary"]: (row["funding_source"], row["is_state_budget"])
        for row in provinces.rows("select * from marts.fct_finance_support")
    }
    assert sources == {
        "HTX Một": ("local_budget", True), "HTX Hai": ("central_budget", True), "HTX Ba": ("support_fund", False),
        "HTX Bốn": ("local_budget", True), "HTX Năm": (None, None), "HTX Sáu": (None, None),
    }  # fmt: skip


def test_support_is_a_result_of_its_data_year_with_its_cells(provinces: Warehouse) -> None:
    results = provinces.rows(
        "select * from marts.fct_kpi_result where indicator = 'state_support' order by period_end, file"
    )
    # the decision of 20 December 2023 is of the data year 2024; that of 2022 is of no year of this list, and the fund
    # is no budget; a list that names no purse gives no number
    assert [(row["file"], row["period_start"], row["period_end"], row["value"]) for row in results] == [
        ("bp/support_half.xlsx", dt.date(2024, 1, 1), dt.date(2024, 6, 30), 100_000_000),
        ("bp/support.xlsx", dt.date(2023, 12, 15), dt.date(2024, 12, 14), 500_000_000),
    ]
    year = results[1]
    assert (year["origin"], year["cells"], year["rows_counted"], year["qualifier"]) == ("register", "A8:N10", 2, "eq")
    # of today's provinces one predecessor of two is there, and its number is a lower bound
    [today] = provinces.rows(
        "select value, qualifier, restatement from marts.fct_kpi_series_restated where indicator = 'state_support' "
        "and period_end = date '2024-12-14'"
    )
    assert today == {"value": 500_000_000, "qualifier": "ge", "restatement": "partial"}


def test_support_is_in_the_coverage_and_its_due_day_is_marked_as_ours(provinces: Warehouse) -> None:
    owed = provinces.rows(
        "select year, status, records, due_rests_on from marts.fct_reporting_coverage "
        "where duty = 'support_year' and province_key = '70@2008-08-01' order by year"
    )
    assert [(row["year"], row["status"], row["records"]) for row in owed] == [
        (2022, "missing", 0), (2023, "missing", 0), (2024, "on_time", 4),
    ]  # fmt: skip
    assert {row["due_rests_on"] for row in owed} == {"assumption"}
    law = provinces.rows("select distinct duty from marts.fct_reporting_coverage where due_rests_on = 'law'")
    assert {row["duty"] for row in law} == {"register_year", "table_year"}


def test_communes_are_those_that_records_name_and_none_is_carried_over_the_end_of_districts(
    provinces: Warehouse,
) -> None:
    places = provinces.rows(
        "select place_level, name, spellings, valid_to, records from marts.dim_commune "
        "where province_key in ('70@2008-08-01', '75@2025-07-01') order by place_level, name, valid_to"
    )
    end = dt.date(2025, 6, 30)
    assert [tuple(row.values()) for row in places] == [
        ("commune", "Thị trấn Lộc Ninh", "Thị trấn Lộc Ninh", end, 1),
        ("commune", "Xã Lộc Thái", "Xã Lộc Thái; Lộc Thái", end, 4),
        ("commune", "Xã Lộc Thái", "Xã Lộc Thái", None, 2),
        ("district", "Huyện Lộc Ninh", "Huyện Lộc Ninh; H. Lộc Ninh", end, 3),
    ]
    # the name alone was enough where one commune bears it, and its row says which district that is
    [(known,)] = [
        tuple(row.values())
        for row in provinces.rows(
            "select distinct district.name from marts.fct_finance_support as fact "
            "inner join marts.dim_commune as commune on fact.commune_key = commune.commune_key "
            "inner join marts.dim_commune as district on commune.district_key = district.commune_key "
            "where fact.beneficiary = 'HTX Hai'"
        )
    ]
    assert known == "Huyện Lộc Ninh"


def test_a_place_that_fits_several_or_no_longer_exists_goes_to_review(provinces: Warehouse) -> None:
    review = provinces.rows("select province_key, district, undecided from publication.commune_review")
    assert review == [
        {"province_key": "75@2025-07-01", "district": "Huyện Lộc Ninh", "undecided": "district_has_ended"}
    ]
    both = provinces.one(
        "select count(distinct commune_key) as n from marts.fct_finance_support where commune ilike '%lộc thái'"
    )
    assert both == {"n": 2}


def test_old_and_new_provinces_hold_the_same_money_and_rows(provinces: Warehouse) -> None:
    measures = provinces.rows(
        "select measure, sum(reported) as reported, sum(restated) as restated from intermediate.int_conservation "
        "where measure not like 'kpi %' group by measure order by measure"
    )
    assert {row["measure"] for row in measures} >= {
        "rows of fct_cooperative_status", "rows of fct_training_class", "debt of fct_finance_loan",
        "money of fct_finance_support",
    }  # fmt: skip
    assert all(row["reported"] == row["restated"] > 0 for row in measures)
