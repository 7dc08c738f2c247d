"""Every query of docs/analysts.md, run on the sample release; each answer is compared with a count of its own.

The counts are made of other things than the query reads: the list of promises of the sample data, the rows of the
original workbooks, the texts of bulletins; where a query only selects, of the Parquet files with pandas.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from ingestion import workbooks
from tests.refreshing import AS_OF, PROJECT, Refreshed

Row = dict[str, Any]
PAGE = (PROJECT / "docs" / "analysts.md").read_text(encoding="utf-8")
QUERIES = {
    int(number): sql
    for number, sql in re.findall(r"^### (\d+)\. [^\n]*? · [^\n]*\n.*?```sql\n(.*?)```", PAGE, flags=re.M | re.S)
}
HA_NAM, NAM_DINH, BINH_PHUOC, TRA_VINH = "35@2008-08-01", "36@2008-08-01", "70@2008-08-01", "84@2008-08-01"
DONG_NAI_BEFORE, DONG_NAI = "75@2008-08-01", "75@2025-07-01"


@functools.cache
def promised(programme: str, what: str) -> Decimal:
    """A number of sample_data/promises.csv."""
    with (PROJECT / "sample_data" / "promises.csv").open(encoding="utf-8", newline="") as stream:
        (number,) = {
            row["number"] for row in csv.DictReader(stream) if (row["programme"], row["what"]) == (programme, what)
        }
    return Decimal(number)


@functools.cache
def workbook_rows(file: str, record_type: str) -> tuple[Row, ...]:
    """The records of one type in an original workbook of the sample data."""
    path = PROJECT / "sample_data" / "inbox" / file
    sheets = workbooks.read(path.read_bytes(), name=path.name).to_json()["sheets"]
    return tuple(record for sheet in sheets if sheet["record_type"] == record_type for record in sheet["records"])


@pytest.fixture(scope="module")
def answer(sample: Refreshed) -> Callable[[int], list[Row]]:
    def ask(number: int) -> list[Row]:
        with duckdb.connect(str(sample.release / "htx.duckdb"), read_only=True) as connection:
            found = connection.execute(QUERIES[number])
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    return ask


@pytest.fixture(scope="module")
def parquet(sample: Refreshed) -> Callable[[str], pd.DataFrame]:
    return lambda table: pd.read_parquet(sample.release / "parquet" / f"{table}.parquet")


def test_there_are_sixteen_questions_in_both_languages() -> None:
    assert list(QUERIES) == list(range(1, 17))
    assert PAGE.count("```sql") == len(QUERIES)


def test_01_kept_promises(answer: Any, parquet: Any) -> None:
    frame = parquet("fct_kpi_attainment")
    groups = {"achieved": "achieved", "missed": "missed", "on_track": "running", "behind": "running"}
    counted = Counter(
        (programme, groups.get(status, "unknown"))
        for programme, status in zip(frame["programme"], frame["status"], strict=True)
    )
    rows = answer(1)
    assert len(rows) == 5
    for row in rows:
        for group in ("achieved", "missed", "running", "unknown"):
            assert row[group] == counted[row["programme"], group], row


def test_02_one_programme(answer: Any) -> None:
    rows = {(row["indicator"], row["period_end"].year, row["target_value"]): row for row in answer(2)}
    new = [row for (indicator, _, _), row in rows.items() if indicator == "coop_new"]
    assert [(row["period_end"].year, row["result_value"], row["gap"], row["status"]) for row in new] == [
        (2024, promised("ha_nam_2025", "agricultural cooperatives founded in 2024"), 1, "achieved"),
        (2025, promised("ha_nam_2025", "agricultural cooperatives founded in 2025"), -1, "missed"),
    ]
    assert {row["target_value"] for row in new} == {
        promised("ha_nam_2025", "new agricultural cooperatives each year from")
    }
    rated = rows["coop_rated_good_share", 2025, 80]
    # 182 % is held, so the year before still stands
    assert rated["result_value"] == promised("ha_nam_2025", "share rated fair or better in 2024") == 81
    assert rated["is_stale"]
    assert rows["coop_ocop_count", 2025, 15]["gap"] == 2


def test_03_overdue_without_data(answer: Any) -> None:
    found = Counter((row["programme"], row["indicator"]) for row in answer(3))
    assert found == {
        ("binh_phuoc_2022_2025", "fair_coops"): 1,
        ("ha_nam_2025", "manager_trained_share"): 1,
        ("nam_dinh_2023", "fair_coops"): 1,
        ("tra_vinh_2021_2025", "coop_group_new"): 3,  # nobody reported 2021 to 2023 by the year
        ("tra_vinh_2021_2025", "coop_member_growth"): 3,
        ("tra_vinh_2021_2025", "districts_with_models_share"): 1,
        ("tra_vinh_2021_2025", "models_per_district"): 1,
    }


def test_04_held_and_stale(answer: Any) -> None:
    wrong = promised("ha_nam_2025", "share rated fair or better in 2025: wrong on purpose (82 meant)")
    rows = answer(4)
    assert {(row["programme"], row["indicator"], row["is_stale"], row["is_held"]) for row in rows} == {
        ("ha_nam_2025", "coop_rated_good_share", True, False)
    }
    assert all(row["found"].endswith(f"= {wrong}") and row["reason_vi"] for row in rows)
    assert {row["stale_days"] for row in rows} == {(dt.date.fromisoformat(AS_OF) - rows[0]["stale_since"]).days}


def test_05_from_number_to_source(answer: Any, sample: Refreshed) -> None:
    (row,) = answer(5)
    assert row["result_value"] == promised("tra_vinh_2021_2025", "new cooperative groups 2021–2025 (review)")
    text = (sample.release / "texts" / f"{row['artefact']}.txt").read_bytes().decode("utf-8")
    assert text[row["span_start"] : row["span_end"]] == row["quote"] == "237 tổ hợp tác"


def test_06_new_cooperatives(answer: Any) -> None:
    found = {(row["province_key"], row["founded_in"]): row["cooperatives"] for row in answer(6)}
    assert len(found) == len(answer(6))
    assert found[BINH_PHUOC, 2025] == promised("binh_phuoc_2022_2025", "new cooperatives in 2025")
    assert found[BINH_PHUOC, 2022] + found[BINH_PHUOC, 2023] == promised(
        "binh_phuoc_2022_2025", "new cooperatives 2022–2023"
    )
    assert found[DONG_NAI, 2025] == promised("dong_nai_2025_2030", "cooperatives on the register founded in 2025")
    assert found[NAM_DINH, 2023] == promised("nam_dinh_2023", "new cooperatives in 2023")
    assert sum(found[TRA_VINH, year] for year in range(2021, 2026)) == promised(
        "tra_vinh_2021_2025", "cooperatives founded 2021–2025"
    )
    # the register of 31/12/2024, row by row
    rows = workbook_rows("ha_nam/bao-cao-htx-2024.xlsx", "cooperative_status")
    assert found[HA_NAM, 2024] == sum(str(row["founded_on"]).startswith("2024") for row in rows)


def test_07_restated(answer: Any) -> None:
    by_parts = {(row["parts"], row["period_end"].isoformat()): row for row in answer(7)}
    funds = promised("nam_dinh_2023", "credit funds among them (the split is invented)")
    for parts, day, value in [
        (BINH_PHUOC, "2023-12-31", promised("binh_phuoc_2022_2025", "cooperatives at 2023-12-31")),
        (BINH_PHUOC, "2025-12-31", promised("binh_phuoc_2022_2025", "cooperatives at 2025-12-31")),
        (NAM_DINH, "2023-06-30", promised("nam_dinh_2023", "cooperatives and credit funds at 2023-06-30") - funds),
        (HA_NAM, "2025-12-31", promised("ha_nam_2025", "cooperatives on the register at 2025-12-31")),
        (TRA_VINH, "2025-12-31", promised("tra_vinh_2021_2025", "cooperatives on the register at 2025-12-31")),
    ]:
        row = by_parts[parts, day]
        # one of the two or three former provinces: a lower bound
        assert (row["value"], row["qualifier"], row["restatement"]) == (value, "ge", "partial")
        assert row["parts_reported"] < row["parts_expected"]
    whole = by_parts[DONG_NAI, "2025-12-31"]
    assert (whole["restatement"], whole["qualifier"], whole["value"]) == (
        "same_territory", "eq", promised("dong_nai_2025_2030", "cooperatives on the register at 2025-12-31"),
    )  # fmt: skip


def test_08_share_from_its_parts(answer: Any) -> None:
    found = {(row["province_key"], row["period_end"].year): row for row in answer(8)}
    # from the rows of the original workbook; what is not rated is in no share
    rows = workbook_rows("binh_phuoc/phu-luc-bao-cao-31-12-2025.xlsx", "cooperative_status")
    ratings = Counter(row["rating"] for row in rows if row["status"] != "dissolved" and row["kind"] == "cooperative")
    rated = sum(ratings[rating] for rating in ("good", "fair", "average", "weak"))
    good = ratings["good"] + ratings["fair"]
    row = found[BINH_PHUOC, 2025]
    assert (row["rated_fair_or_better"], row["rated"]) == (good, rated)
    assert float(row["share_pct"]) == pytest.approx(100 * good / rated, abs=0.006)


def test_09_active_by_sector(answer: Any) -> None:
    rows = workbook_rows("binh_phuoc/phu-luc-bao-cao-31-12-2025.xlsx", "cooperative_status")
    counted = Counter(row["sector"] for row in rows if row["status"] == "active" and row["kind"] == "cooperative")
    found = {row["sector"]: row["cooperatives"] for row in answer(9)}
    assert found == counted
    assert sum(found.values()) == promised("binh_phuoc_2022_2025", "active ones among them at 2025-12-31")


def test_10_history_of_a_cooperative(answer: Any) -> None:
    rows = answer(10)
    assert [(row["version_no"], row["valid_from"], row["valid_to"]) for row in rows] == [
        (1, dt.date(2024, 12, 31), dt.date(2025, 12, 30)),
        (2, dt.date(2025, 12, 31), None),
    ]
    for row in rows:
        (written,) = [
            record
            for record in workbook_rows(f"tra_vinh/{row['file']}", "cooperative_status")
            if record["tax_code"] == "0021501102"
        ]
        assert (row["name"], row["status"], row["members"], row["cells"]) == (
            written["name"], written["status"], written["members"], written["cells"],
        )  # fmt: skip


def test_11_training(answer: Any) -> None:
    rows = answer(11)
    found = {(row["file"], row["held_in"]): row for row in rows}
    for (file, year), programme, which in [
        (("dao-tao-2024.csv", 2024), "tra_vinh_2021_2025", "2024"),
        (("bao-cao-nam-2025.xlsx", 2025), "dong_nai_2025_2030", "2025"),
    ]:
        assert found[file, year]["classes"] == promised(programme, f"training classes in {which}")
        assert found[file, year]["learners"] == promised(programme, f"learners in {which}")
    minority = [row for row in rows if row["file"].startswith("tap-huan-vung-dong-bao")]
    assert sum(row["learners"] for row in minority) == promised(
        "binh_phuoc_2022_2025", "learners in ethnic-minority areas"
    )
    assert all(row["female_pct"] is None for row in minority)
    # the half-year's classes are in the year's list, which counts them
    assert not [row for row in rows if row["file"] in ("bao-cao-6-thang-2025.xlsx", "lop-tap-huan-6-thang-2023.csv")]
    classes = workbook_rows("tra_vinh/dao-tao-2025.xlsx", "training_class")
    women, all_learners = (sum(row[field] for row in classes) for field in ("female", "learners"))
    assert float(found["dao-tao-2025.xlsx", 2025]["female_pct"]) == pytest.approx(100 * women / all_learners, abs=0.006)


def test_12_debt(answer: Any) -> None:
    found = {row["province_key"]: row for row in answer(12)}
    assert found[DONG_NAI]["outstanding_vnd"] == promised("dong_nai_2025_2030", "loans outstanding at 2025-12-31 (VND)")
    assert found[TRA_VINH]["outstanding_vnd"] == promised("tra_vinh_2021_2025", "loans outstanding at 2025-12-31 (VND)")
    loans = workbook_rows("dong_nai/bao-cao-nam-2025.xlsx", "loan")
    assert found[DONG_NAI]["overdue_vnd"] == sum(row["overdue_vnd"] or 0 for row in loans) > 0
    assert {row["period_end"] for row in found.values()} == {
        dt.date(2023, 12, 31), dt.date(2025, 6, 30), dt.date(2025, 12, 31),
    }  # fmt: skip


def test_13_discrepancies(answer: Any, parquet: Any) -> None:
    rows = answer(13)
    values = parquet("fct_kpi_result").set_index("result_key")["value"]
    for row in rows:
        chosen, other = values[row["chosen_result_key"]], values[row["other_result_key"]]
        assert (row["difference"], row["chosen_value"], row["other_value"]) == (other - chosen, chosen, other)
        assert float(row["difference_pct"]) == pytest.approx(float(100 * (other - chosen) / chosen), abs=0.001)
        assert row["chosen_by"] in ("precedence", "newest", "key")
    sizes = [abs(row["difference_pct"]) for row in rows]
    assert sizes == sorted(sizes, reverse=True)
    everything = parquet("fct_discrepancy")
    assert sizes[0] == everything.loc[~everything["is_explained_by_wording"], "difference_pct"].abs().max()
    register = promised("binh_phuoc_2022_2025", "classes in ethnic-minority areas")
    assert register in {row["chosen_value"] for row in rows if row["indicator"] == "training_classes"}


def test_14_missing_reports(answer: Any) -> None:
    found = {(row["province_key"], row["duty"], row["year"]) for row in answer(14)}
    # the years of each programme for which sample_data has no register of the year's end
    assert {(province, year) for province, duty, year in found if duty == "register_year"} == {
        *((BINH_PHUOC, year) for year in (2022, 2024)),
        *((TRA_VINH, year) for year in (2021, 2022, 2023)),
        ("37@2025-07-01", 2025),  # what Hà Nam and Nam Định became: nobody wrote for the whole
        ("86@2025-07-01", 2025),
    }
    assert not found & {(BINH_PHUOC, "register_year", 2023), (HA_NAM, "register_year", 2024)}


def test_15_contradicting_promises(answer: Any) -> None:
    each = {("coop_new", "ít nhất 8 HTX"): 8, ("coop_group_new", "22 tổ hợp tác"): 22}
    whole = {
        "coop_new": promised("dong_nai_2025_2030", "new cooperatives to 2030 at least"),
        "coop_group_new": promised("dong_nai_2025_2030", "new cooperative groups to 2030"),
    }
    rows = answer(15)
    assert {(row["programme"], row["indicator"]) for row in rows} == {
        ("dong_nai_2025_2030", indicator) for indicator in whole
    }
    for row in rows:
        assert row["value"] == each[row["indicator"], row["quote"]] * 6  # 2025 to 2030
        assert row["other_value"] == whole[row["indicator"]]


def test_16_what_was_known(answer: Any) -> None:
    assert [(row["province_key"], row["value"]) for row in answer(16)] == [
        (NAM_DINH, promised("nam_dinh_2023", "cooperatives and credit funds at 2023-12-31")),
        (BINH_PHUOC, promised("binh_phuoc_2022_2025", "cooperatives at 2023-12-31")),
    ]


def test_the_page_names_only_files_and_tables_that_there_are(sample: Refreshed) -> None:
    for name in re.findall(r"current/((?:csv|parquet)/\w+\.\w+|htx\.duckdb)", PAGE):
        assert (sample.release / name).is_file(), name
    for link in re.findall(r"\]\(((?!http)[^)#]+)\)", PAGE):
        assert (Path(PROJECT) / "docs" / link).exists(), link
