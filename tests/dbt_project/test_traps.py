"""The thirteen traps of meaning, each as a test of the built tables and named after its trap."""

from __future__ import annotations

from decimal import Decimal

from tests.dbt_project.warehouse import Warehouse


def attainment(warehouse: Warehouse, where: str) -> list[dict[str, object]]:
    return warehouse.rows(f"select * from marts.fct_kpi_attainment where {where} order by indicator, period_start")


def test_trap_1_yearly_and_cumulative_targets_are_shown_and_not_resolved(provinces: Warehouse) -> None:
    conflict = provinces.one("select * from marts.fct_target_conflict where programme = 'DN'")
    assert (conflict["value"], conflict["other_value"], conflict["difference"]) == (48, 25, 23)
    # Trà Vinh: 10 a year and 50 in five years agree
    assert provinces.rows("select * from marts.fct_target_conflict where programme = 'TV'") == []
    bases = {row["basis"] for row in attainment(provinces, "programme = 'DN' and indicator = 'coop_new'")}
    assert bases == {"flow_per_year", "flow_over_period"}


def test_trap_2_stock_and_flow_are_two_kpis(provinces: Warehouse) -> None:
    rows = provinces.rows(
        "select distinct indicator, period_start is null as is_level from marts.fct_kpi_result "
        "where province_key = '75@2025-07-01' and indicator in ('coop_total', 'coop_new')"
    )
    assert sorted((row["indicator"], row["is_level"]) for row in rows) == [("coop_new", False), ("coop_total", True)]
    # nor does a stock ever answer a promise of a flow, or a flow one of a stock
    crossed = provinces.rows(
        "select a.attainment_key from marts.fct_kpi_attainment as a inner join marts.fct_kpi_result as r "
        "on a.result_keys like '%' || r.result_key || '%' where a.indicator <> r.indicator"
    )
    assert crossed == []


def test_trap_3_loans_and_borrowers_are_two_numbers(provinces: Warehouse) -> None:
    loans = {
        row["indicator"]: row["value"]
        for row in provinces.rows(
            "select indicator, value from marts.fct_kpi_result where file = 'bp/loans.xlsx' "
            "and period_end = date '2023-12-31'"
        )
    }
    # two contracts of 2023 by two borrowers; the borrower of 2022 came back under another spelling
    assert loans == {"loan_coops": 2, "loan_disbursed": 2_000_000_000, "loan_outstanding": 2_400_000_000}
    assert provinces.one("select count(*) as n from marts.fct_finance_loan") == {"n": 3}


def test_trap_4_a_range_is_met_at_its_low_end_and_nearly_is_below(provinces: Warehouse) -> None:
    met, missed = attainment(provinces, "programme = 'HN' and indicator = 'coop_new'")
    assert (met["result_value"], met["status"]) == (8, "achieved")
    assert (missed["result_value"], missed["status"]) == (7, "missed")
    nearly = provinces.one("select qualifier from marts.fct_kpi_result where value = 500")
    assert nearly == {"qualifier": "lt"}
    # "trên 99 tỷ" is above 99 billion
    assert provinces.one("select value, qualifier from marts.fct_kpi_result where value = 99000000000") == {
        "value": 99_000_000_000, "qualifier": "gt",
    }  # fmt: skip


def test_trap_5_shares_are_never_added(provinces: Warehouse) -> None:
    added = provinces.rows(
        "select * from marts.fct_kpi_series_restated as r inner join marts.dim_indicator as i using (indicator) "
        "where not i.additive and r.value > 100"
    )
    assert added == []
    # two provinces of 69.57 % and 66.67 %: neither their sum nor their plain mean, but 26 of 38
    merged = provinces.one(
        "select value, numerator, denominator, restatement from marts.fct_kpi_series_restated where scope is null "
        "and indicator = 'coop_rated_good_share' and province_key = '75@2026-04-30' and period_end = date '2025-06-30'"
    )
    assert (round(merged["value"], 2), merged["restatement"]) == (Decimal("68.42"), "complete")


def test_trap_6_no_result_is_no_data_and_not_zero(provinces: Warehouse) -> None:
    (union,) = attainment(provinces, "programme = 'TV' and indicator = 'union_new'")
    assert (union["status"], union["result_value"], union["ratio"]) == ("no_data", None, None)
    # a reported 0 is a result
    reported = attainment(provinces, "result_value = 0")
    assert reported and all(row["status"] != "no_data" for row in reported)


def test_trap_7_lower_is_better(provinces: Warehouse) -> None:
    (inactive,) = attainment(provinces, "programme = 'TV' and indicator = 'coop_inactive'")
    assert (inactive["target_value"], inactive["result_value"], inactive["status"]) == (0, 0, "achieved")
    assert inactive["ratio"] is None
    directions = provinces.rows("select indicator from marts.dim_indicator where direction = 'down' order by indicator")
    assert {"coop_inactive", "coop_rated_weak_share"} <= {row["indicator"] for row in directions}


def test_trap_8_one_of_three_predecessors_is_partial_and_says_so(provinces: Warehouse) -> None:
    ninh_binh = provinces.one(
        "select value, qualifier, restatement, parts_expected, parts_reported from marts.fct_kpi_series_restated "
        "where indicator = 'coop_total' and province_key = '37@2025-07-01' and period_end = date '2023-12-31'"
    )
    assert ninh_binh == {
        "value": 530,
        "qualifier": "ge",
        "restatement": "partial",
        "parts_expected": 3,
        "parts_reported": 1,
    }
    # with both predecessors there it is complete
    dong_nai = provinces.one(
        "select value, restatement, parts_expected, parts_reported from marts.fct_kpi_series_restated "
        "where scope is null and indicator = 'coop_total' and province_key = '75@2026-04-30' "
        "and period_end = date '2025-06-30'"
    )
    assert dong_nai == {"value": 50, "restatement": "complete", "parts_expected": 2, "parts_reported": 2}
    # and the share of the new province answers no target of the old one
    (share,) = attainment(provinces, "programme = 'HN' and indicator = 'coop_rated_good_share'")
    assert share["status"] == "no_data"


def test_trap_9_series_of_different_systems_never_mix(provinces: Warehouse) -> None:
    systems = provinces.rows(
        "select restated_key from marts.fct_kpi_series_restated as r where exists (select 1 from marts.fct_kpi_result "
        "as f where r.result_keys like '%' || f.result_key || '%' and f.source_system <> r.source_system)"
    )
    assert systems == []
    nam_dinh = provinces.rows(
        "select source_system, value from marts.fct_kpi_series where indicator = 'coop_total' "
        "and province_key = '36@2008-08-01' and not is_held order by source_system"
    )
    assert nam_dinh == [{"source_system": "alliance", "value": 514}, {"source_system": "ministry", "value": 530}]


def test_trap_10_a_correction_supersedes_and_both_stay(provinces: Warehouse) -> None:
    plans = provinces.rows(
        "select value, published_on, superseded_by is not null as superseded from marts.fct_kpi_target "
        "where programme = 'HNI' order by published_on"
    )
    assert [(plan["value"], plan["superseded"]) for plan in plans] == [(2600, True), (2500, False)]
    (measured,) = attainment(provinces, "programme = 'HNI'")
    assert measured["target_value"] == 2500
    corrected = provinces.rows(
        "select members, is_newest from marts.fct_cooperative_status where name like '%Tân Tiến' "
        "and period_end = date '2024-12-31' order by members"
    )
    assert corrected == [{"members": 22, "is_newest": True}, {"members": 200, "is_newest": False}]


def test_trap_11_bands_catch_mistakes_and_implied_values_are_kept_as_derived(provinces: Warehouse) -> None:
    held = provinces.rows(
        "select file, value from marts.fct_kpi_result where held_by like '%above_band%' order by file"
    )
    assert held == [{"file": "hni/wrong.html", "value": None}, {"file": "nd/table.xlsx", "value": None}]
    plan = provinces.one("select * from marts.fct_kpi_target where origin = 'derived'")
    assert (plan["value"], plan["qualifier"], len(plan["input_keys"].split())) == (15, "approx", 2)
    assert plan["derivation_vi"].startswith("Kế hoạch suy ra")


def test_trap_12_what_gives_no_statement_gives_no_number(provinces: Warehouse) -> None:
    numbers = provinces.one(
        "select count(*) as n from marts.fct_kpi_result where origin = 'bulletin' "
        "and (quote is null or sentence is null)"
    )
    assert numbers == {"n": 0}
    # what the reader was unsure of is in review and in no ledger
    assert provinces.rows("select quote from publication.statement_review") == [{"quote": "coop_active 500 (5)"}]
    assert provinces.rows("select * from marts.fct_kpi_result where quote = 'coop_active 500 (5)'") == []


def test_trap_13_two_schemes_of_one_province_are_not_added(provinces: Warehouse) -> None:
    for programme in ("BP1", "BP2"):
        (classes,) = attainment(provinces, f"programme = '{programme}' and indicator = 'training_classes'")
        assert classes["result_value"] is None or classes["result_value"] < 70
    bulletins = provinces.rows(
        "select programme, value, speaks_for_province from marts.fct_kpi_series where indicator = 'training_classes' "
        "and origin = 'bulletin' order by programme"
    )
    assert [(row["programme"], row["value"], row["speaks_for_province"]) for row in bulletins] == [
        ("BP1", 38, False),
        ("BP2", 35, False),
    ]
