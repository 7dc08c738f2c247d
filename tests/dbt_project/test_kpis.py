"""From claims to attainment: origins, holds, computed results, evidence, coverage."""

from __future__ import annotations

import datetime as dt

from tests.dbt_project.warehouse import PROJECT, Warehouse


def test_a_held_number_is_shown_nowhere_and_the_earlier_one_is_marked_stale(provinces: Warehouse) -> None:
    held = provinces.one("select * from marts.fct_kpi_result where file = 'hni/wrong.html'")
    assert held["is_held"] and held["value"] is None and held["held_by"] == "result_not_above_band"
    shown = provinces.one("select * from marts.fct_kpi_attainment where programme = 'HNI'")
    assert (shown["result_value"], shown["status"], shown["is_stale"]) == (2440, "on_track", True)
    assert shown["stale_since"] == dt.date(2026, 7, 15)
    assert shown["held_result_key"] == held["result_key"]
    assert shown["stale_reason_vi"] == "Cao hơn mức hợp lý của một tỉnh"
    assert (shown["stale_days"], shown["stale_expectation"]) == (130, "result_not_above_band")
    assert shown["stale_artefact"] == held["artefact"]
    # from 2,300 at the end of 2023 to 2,500 at the end of 2026, two of three years on
    assert 2433 < shown["expected_value"] < 2434
    assert shown["baseline_value"] == 2300


def test_a_register_is_counted_with_its_cells_and_its_gaps(provinces: Warehouse) -> None:
    counted = {
        row["indicator"]: row
        for row in provinces.rows(
            "select * from marts.fct_kpi_result where file = 'dn/new.xlsx' and scope is null "
            "and coalesce(period_start, date '2025-01-01') = date '2025-01-01'"
        )
    }
    assert counted["coop_total"]["value"] == 60
    assert counted["coop_members"]["value"] == 900
    assert counted["coop_capital"]["value"] == 120_000_000_000
    assert counted["coop_linked_share"]["value"] == 20
    # unrated ones are no part of the share
    assert (counted["coop_rated_good_share"]["numerator"], counted["coop_rated_good_share"]["denominator"]) == (30, 45)
    assert counted["coop_new"]["value"] == 60
    assert counted["coop_total"]["cells"] == "A8:N67"
    assert counted["coop_total"]["computation_vi"].endswith("(60/60 dòng có số liệu)")
    # the sheet has a column for workers and no number in it: nothing is known, and nothing is 0
    assert "coop_workers" not in counted


def test_a_column_that_the_sheet_lacks_gives_no_indicator(provinces: Warehouse) -> None:
    found = provinces.rows("select distinct indicator from marts.fct_kpi_result where file = 'qn/2024.xlsx'")
    assert {row["indicator"] for row in found} == {"coop_total", "coop_active", "coop_inactive", "coop_members"}


def test_an_empty_number_makes_a_sum_a_lower_bound(provinces: Warehouse) -> None:
    assert provinces.rows(
        "select distinct qualifier from marts.fct_kpi_result where indicator = 'coop_members' and file = 'dn/new.xlsx'"
    ) == [{"qualifier": "eq"}]


def test_growth_is_computed_from_one_series_and_names_its_inputs(provinces: Warehouse) -> None:
    growth = provinces.one(
        "select * from marts.fct_kpi_result where indicator = 'coop_member_growth' and scope is null "
        "and province_key like '84@%'"
    )
    # 30 cooperatives of 100 members, then 40 of 120
    assert growth["value"] == 60
    inputs = growth["input_keys"].split()
    values = provinces.rows(
        f"select value from marts.fct_kpi_result where result_key in {tuple(inputs)} order by value"
    )
    assert [row["value"] for row in values] == [3000, 4800]


def test_years_of_one_register_are_added_and_the_way_is_not_over(provinces: Warehouse) -> None:
    total = provinces.one(
        "select * from marts.fct_kpi_attainment where programme = 'TV' and indicator = 'coop_new' "
        "and basis = 'flow_over_period'"
    )
    # 2021 to 2024 are known, 2025 is not, and the period is over: what is known is shown and nothing is concluded
    assert (total["status"], total["result_value"], total["ratio"]) == ("no_data", 40, None)
    assert total["result_period_end"] == dt.date(2024, 12, 31)
    years = provinces.rows(
        "select status, result_value from marts.fct_kpi_attainment where programme = 'TV' and indicator = 'coop_new' "
        "and basis = 'flow_per_year' order by period_start"
    )
    assert [row["status"] for row in years] == ["achieved"] * 4 + ["no_data"]


def test_every_published_number_has_evidence(provinces: Warehouse) -> None:
    for table in ("fct_kpi_result", "fct_kpi_target"):
        bare = provinces.rows(f"select * from marts.{table} where not is_held and quote is null and cells is null")
        assert bare == []


def test_a_district_claim_stays_in_the_ledger_and_out_of_the_province(provinces: Warehouse) -> None:
    district = provinces.one("select * from marts.fct_kpi_result where geography = 'Ý Yên'")
    assert (district["province_key"], district["value"], district["geography_level"]) == (None, 35, "district")


def test_a_programme_is_found_whatever_its_spelling(provinces: Warehouse) -> None:
    plan = provinces.one("select programme from marts.dim_artefact where file = 'tv/plan.html'")
    assert plan == {"programme": "TV"}


def test_a_sixth_programme_is_one_file(provinces: Warehouse) -> None:
    targets = provinces.rows(
        "select indicator, target_value, status, province_key from marts.fct_kpi_attainment "
        "where programme = 'son_la_2026_2030' order by indicator"
    )
    assert [(row["indicator"], row["target_value"]) for row in targets] == [
        ("coop_new", 120), ("coop_rated_good_share", 60),
    ]  # fmt: skip
    assert {row["status"] for row in targets} == {"no_data"}
    assert {row["province_key"] for row in targets} == {"14@2025-07-01"}
    named = provinces.one("select name_en, registered from marts.dim_programme where programme = 'son_la_2026_2030'")
    assert named == {"name_en": "Sơn La scheme for cooperatives, 2026–2030", "registered": True}


def test_no_code_knows_a_programme_by_its_name() -> None:
    root = PROJECT.parent
    codes = [path.stem for path in (root / "ingestion" / "programmes").glob("*.yml")]
    assert len(codes) == 5
    for room in ("ingestion", "dbt_project", "expectations", "publication", "htx", "dags"):
        for path in (root / room).rglob("*"):
            if path.suffix in (".py", ".sql", ".csv") and "target" not in path.parts:
                text = path.read_text(encoding="utf-8")
                assert not [code for code in codes if code in text], path


def test_coverage_says_what_is_owed_what_came_and_what_is_late(provinces: Warehouse) -> None:
    registers = provinces.rows(
        "select province_key, year, status, documents from marts.fct_reporting_coverage "
        "where duty = 'register_year' and province_key like '84@%' order by year"
    )
    assert [(row["year"], row["status"]) for row in registers] == [
        (2021, "missing"), (2022, "missing"), (2023, "late"), (2024, "late"),
    ]  # fmt: skip
    # Trà Vinh ended with 2025-06-30: for that year its successor owes the report
    successor = provinces.one(
        "select status from marts.fct_reporting_coverage where duty = 'register_year' and year = 2025 "
        "and province_key = '86@2025-07-01'"
    )
    assert successor == {"status": "missing"}


def test_discrepancies_show_both_claims_and_the_rule_that_chose(provinces: Warehouse) -> None:
    shown = {
        row["other_value"]: row
        for row in provinces.rows("select * from marts.fct_discrepancy where province_key like '46@%'")
    }
    assert set(shown) == {300, 310, 320}
    assert {row["chosen_value"] for row in shown.values()} == {305}
    assert shown[300]["is_explained_by_wording"]  # "more than 300" and 305
    assert (shown[310]["difference"], shown[310]["chosen_by"], shown[310]["is_same_system"]) == (5, "newest", True)
    assert (shown[320]["chosen_by"], shown[320]["is_same_system"]) == ("precedence", False)
    assert shown[310]["age_days"] == (provinces.as_of - dt.date(2026, 3, 1)).days


def test_what_was_not_known_on_the_day_is_not_in_the_warehouse(earlier: Warehouse) -> None:
    days = earlier.one("select max(known_on) as newest from marts.fct_kpi_result")
    assert days["newest"] <= earlier.as_of
    shown = earlier.one(
        "select result_value, target_value, is_stale from marts.fct_kpi_attainment where programme = 'HNI'"
    )
    # in mid 2024 the plan was 2,600, and the only level was older than the target
    assert shown == {"result_value": None, "target_value": 2600, "is_stale": False}
    assert earlier.one("select count(*) as n from marts.dim_province where is_current") == {"n": 63}


def test_a_partial_delivery_does_not_replace_a_whole_register(provinces: Warehouse) -> None:
    totals = provinces.rows(
        "select file, value, held_by from marts.fct_kpi_result where indicator = 'coop_total' and scope is null "
        "and province_key like '22@%' and period_end = date '2024-12-31' order by file"
    )
    # the register of 2024 has four of which one is dissolved; its correction has one row
    assert totals == [
        {"file": "qn/2024.xlsx", "value": 3, "held_by": None},
        {"file": "qn/2024_corrected.xlsx", "value": 1, "held_by": None},
    ]
