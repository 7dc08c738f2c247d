"""Provinces in time: 63, then 34, then new names; what is reported, and what it is of today's provinces."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.dbt_project.warehouse import Warehouse


@pytest.mark.parametrize(
    ("day", "how_many"), [("2008-08-01", 63), ("2025-06-30", 63), ("2025-07-01", 34), ("2026-10-01", 34)]
)
def test_a_day_has_its_provinces(provinces: Warehouse, day: str, how_many: int) -> None:
    found = provinces.one(
        f"select count(*) as n from marts.dim_province where date '{day}' between valid_from and "
        "coalesce(valid_to, date '9999-12-31')"
    )
    assert found == {"n": how_many}


def test_a_code_alone_is_no_province(provinces: Warehouse) -> None:
    names = provinces.rows("select province_key, name_vi from marts.dim_province where code = '24' order by valid_from")
    assert names == [
        {"province_key": "24@2008-08-01", "name_vi": "Tỉnh Bắc Giang"},
        {"province_key": "24@2025-07-01", "name_vi": "Tỉnh Bắc Ninh"},
        {"province_key": "24@2026-09-20", "name_vi": "Thành phố Bắc Ninh"},
    ]


def test_succession_is_followed_through_merger_and_rename(provinces: Warehouse) -> None:
    old = provinces.one("select * from marts.dim_province where province_key = '70@2008-08-01'")
    assert old["successor_key"] == "75@2025-07-01"
    assert old["current_province_key"] == "75@2026-04-30"
    assert old["valid_to"] == dt.date(2025, 6, 30)
    current = provinces.one("select count(*) as n from marts.dim_province where is_current")
    assert current == {"n": 34}


def test_a_rename_keeps_the_territory_and_a_merger_does_not(provinces: Warehouse) -> None:
    territories = {
        row["province_key"]: row["territory_key"]
        for row in provinces.rows(
            "select province_key, territory_key from marts.dim_province where code in ('01', '75')"
        )
    }
    assert territories == {
        "01@2008-08-01": "01@2008-08-01",
        "01@2025-07-01": "01@2008-08-01",
        "75@2008-08-01": "75@2008-08-01",
        "75@2025-07-01": "75@2025-07-01",
        "75@2026-04-30": "75@2025-07-01",
    }


@pytest.mark.parametrize(
    ("place", "province_key", "resolution"),
    [
        ("Hà Nam (cũ)", "35@2008-08-01", "former"),
        ("tỉnh Hà Nam cũ", "35@2008-08-01", "former"),
        ("tỉnh Đồng Nai", "75@2025-07-01", "valid"),
        ("TP. Hà Nội", "01@2025-07-01", "valid"),
        ("Tỉnh Không Có", None, "unknown"),
    ],
)
def test_a_name_means_the_province_of_its_day(
    provinces: Warehouse, place: str, province_key: str | None, resolution: str
) -> None:
    found = provinces.rows(
        f"select distinct province_key, resolution from intermediate.int_place where place_text = '{place}' "
        "and on_date >= date '2025-07-01'"
    )
    assert {"province_key": province_key, "resolution": resolution} in found


def test_an_unknown_name_goes_to_review_and_to_no_province(provinces: Warehouse) -> None:
    assert provinces.rows("select place_text, documents, file from publication.place_review") == [
        {"place_text": "Tỉnh Không Có", "documents": 1, "file": "hni/lost.html"}
    ]
    lost = provinces.one("select province_key, kpi_cell from marts.fct_kpi_result where file = 'hni/lost.html'")
    assert lost["province_key"] is None


def test_old_provinces_add_up_to_new_ones(provinces: Warehouse) -> None:
    lines = provinces.rows("select * from intermediate.int_conservation")
    assert len(lines) > 50
    assert [line for line in lines if line["lost"] != 0] == []


def test_a_complete_sum_of_predecessors(provinces: Warehouse) -> None:
    dong_nai = provinces.one(
        "select value, qualifier, restatement, parts from marts.fct_kpi_series_restated where indicator = 'coop_total' "
        "and scope is null and province_key = '75@2026-04-30' and period_end = date '2025-06-30'"
    )
    assert dong_nai == {
        "value": 50,
        "qualifier": "eq",
        "restatement": "complete",
        "parts": "70@2008-08-01 75@2008-08-01",
    }


def test_a_share_is_recomputed_and_never_averaged(provinces: Warehouse) -> None:
    share = provinces.one(
        "select value, numerator, denominator from marts.fct_kpi_series_restated where scope is null and "
        "indicator = 'coop_rated_good_share' and province_key = '75@2026-04-30' and period_end = date '2025-06-30'"
    )
    # Đồng Nai 16 of 23 rated, Bình Phước 10 of 15
    assert (share["numerator"], share["denominator"]) == (26, 38)
    assert round(share["value"], 2) == round(share["numerator"] * 100 / share["denominator"], 2)


def test_growth_of_one_of_three_predecessors_is_not_restatable(provinces: Warehouse) -> None:
    growth = provinces.one(
        "select value, restatement from marts.fct_kpi_series_restated where indicator = 'coop_member_growth' "
        "and scope is null and province_key = '86@2025-07-01'"
    )
    assert growth == {"value": None, "restatement": "not_restatable"}
