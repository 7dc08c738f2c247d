"""The history of each organisation across deliveries: what is linked, by which rule, and what stays undecided."""

from __future__ import annotations

from tests.dbt_project.warehouse import Warehouse


def versions(warehouse: Warehouse, words: str) -> list[dict[str, object]]:
    return warehouse.rows(
        "select distinct cooperative_key from marts.fct_cooperative_status "
        f"where province_key like '22@%' and lower(name) like '%{words}%'"
    )


def test_one_cooperative_spelled_three_ways_and_once_without_its_tax_code(provinces: Warehouse) -> None:
    assert len(versions(provinces, "tân tiến")) == 1


def test_a_missing_commune_links_to_the_only_one_of_that_name(provinces: Warehouse) -> None:
    assert len(versions(provinces, "bình minh")) == 1


def test_a_registration_number_links_through_a_new_name(provinces: Warehouse) -> None:
    events = provinces.rows(
        "select event, name from marts.fct_cooperative_event where province_key like '22@%' order by event"
    )
    assert events == [
        {"event": "dissolved", "name": "HTX Đổi Tên"},
        {"event": "suspended", "name": "HTX  BÌNH MINH"},
    ]
    history = provinces.rows(
        "select version_no, name, status, is_current from marts.dim_cooperative where registration_no ilike '22G8-01' "
        "order by version_no"
    )
    assert [(row["version_no"], row["status"], row["is_current"]) for row in history] == [
        (1, "active", False), (2, "dissolved", True),
    ]  # fmt: skip


def test_a_name_that_two_bear_is_not_guessed(provinces: Warehouse) -> None:
    review = provinces.rows(
        "select name, undecided, rows_counted from publication.cooperative_link_review where province_key like '22@%'"
    )
    assert review == [{"name": "HTX Sao Mai", "undecided": "several_of_that_name_in_province", "rows_counted": 1}]


def test_the_same_name_in_two_merged_provinces_is_two_cooperatives(provinces: Warehouse) -> None:
    found = provinces.rows(
        "select province_key, count(distinct cooperative_key) as n from marts.dim_cooperative "
        "where province_key like '7%' group by all order by province_key"
    )
    assert [(row["province_key"], row["n"]) for row in found] == [
        ("70@2008-08-01", 20), ("75@2008-08-01", 30), ("75@2025-07-01", 60),
    ]  # fmt: skip
    # a name that only one of the predecessors had leads back to it
    assert provinces.one(
        "select count(*) as n from intermediate.int_cooperative_link join (select distinct identity_key, current_province_key "
        "from intermediate.int_cooperative_identity) using (identity_key) "
        "where rule = 'name' and current_province_key = '75@2026-04-30'"
    ) == {"n": 10}


def test_one_row_of_each_cooperative_and_day_counts_and_all_stay(provinces: Warehouse) -> None:
    counted = provinces.one(
        "select count(*) as n, count(distinct (cooperative_key, period_end)) as things "
        "from marts.fct_cooperative_status where is_newest"
    )
    assert counted["n"] == counted["things"]
    everything = provinces.one("select count(*) as n from marts.fct_cooperative_status")
    assert everything["n"] == counted["n"] + 1  # the corrected row
