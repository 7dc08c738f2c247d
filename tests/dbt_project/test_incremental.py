"""A warehouse that is kept from night to night is the one that a build from nothing makes: promises 3 and 4.

Other orders of arrival by hand: ``HTX_NIGHT_SEEDS=2,3,4 pytest tests/dbt_project/test_incremental.py``.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
from pathlib import Path

import pytest

from htx import building
from htx.home import Home
from tests.dbt_project import province_shaped
from tests.dbt_project.warehouse import Lake, Warehouse, day, differences

# What readers are told of tables and columns, which a replaced table would lose.
_COMMENTS = """
    select table_name, '' as column_name, comment from duckdb_tables() where schema_name in ('marts', 'publication')
    union all
    select table_name, column_name, comment from duckdb_columns() where schema_name in ('marts', 'publication')
    order by 1, 2
"""
SEEDS = [int(seed) for seed in os.environ.get("HTX_NIGHT_SEEDS", "1").split(",")]


@pytest.mark.parametrize("seed", SEEDS)
def test_nights_in_any_partition_give_the_tables_of_a_build_from_nothing(
    seed: int, provinces: Warehouse, earlier: Warehouse, tmp_path: Path
) -> None:
    chance = random.Random(seed)

    # Half of the documents, some of them as an older reader read them, and one that is withdrawn later.
    first = _arrived(chance, share=0.5, older=0.4, withdrawn=True)
    assert _night(tmp_path, first, "2025-03-31", provinces).full
    # More of them, a few gone again; the gate `records` keeps rows back that it lets pass later.
    assert not _night(tmp_path, _arrived(chance, share=0.7, older=0.2, quarantined=0.4), "2026-06-30", provinces).full
    # All of them, without dbt from here on; then a night in which nothing has changed.
    complete = province_shaped.lake()
    kept = Warehouse(tmp_path / "warehouse", provinces.as_of)
    for _ in range(2):
        assert not _night(tmp_path, complete, province_shaped.AS_OF, provinces).full
        assert differences(provinces, kept) == {}
        assert kept.rows(_COMMENTS) == provinces.rows(_COMMENTS)
    # What was known on an earlier day, asked of the same database.
    assert not _night(tmp_path, complete, str(earlier.as_of), earlier).full
    assert differences(earlier, kept) == {}


def _night(path: Path, lake: Lake, as_of: str, judged: Warehouse) -> building.Built:
    """Both phases of a night with a gate between them that says what it said of `judged`."""
    home, day = Home(path), dt.date.fromisoformat(as_of)
    shutil.rmtree(home.lake, ignore_errors=True)
    lake.write(home.lake)
    built = building.build_candidate(home, day)
    shutil.copytree(judged.home / "gates", home.gates, dirs_exist_ok=True)
    building.build_marts(home, day)
    return built


def _arrived(
    chance: random.Random, *, share: float, older: float = 0, quarantined: float = 0, withdrawn: bool = False
) -> Lake:
    """A part of the province-shaped documents, some of them in another reading than they will have in the end."""
    lake = province_shaped.lake()
    if withdrawn:
        _withdrawn(lake)
    documents = sorted(row["artefact"] for row in lake.rows["artefact"])
    here = {artefact for artefact in documents if chance.random() < share}
    programmes = {row["programme"] for row in lake.rows["programme"] if chance.random() < share}
    for kind, rows in lake.rows.items():
        rows[:] = [
            row for row in rows if (row["programme"] in programmes if kind == "programme" else row["artefact"] in here)
        ]
    for artefact in sorted(here):
        if chance.random() < older:
            _as_an_older_reader_read_it(lake, artefact)
        if chance.random() < quarantined:
            _quarantine_its_first_row(lake, artefact)
    return lake


def _withdrawn(lake: Lake) -> None:
    """A register whose names and tax codes link organisations that are not linked without it."""
    register = lake.document("qn/wrong_province.xlsx", published="2024-03-01", province="Quảng Ninh", kind="workbook")
    rows = [
        {"name": "Hợp tác xã Bình Minh", "tax_code": "0100000009", "commune": "Tiên Yên", "members": 3},
        {"name": "HTX Sao Mai", "tax_code": "0100000003", "members": 4, "status": "dissolved"},
        {"name": "HTX Cũ", "registration_no": "22G8-01", "tax_code": "0100000008", "members": 5},
    ]
    lake.sheet(
        "cooperative_status", register, [row | {"kind": "cooperative"} for row in rows], province="Quảng Ninh",
        period_end="2023-12-31", fields=("name", "members"),
    )  # fmt: skip


def _as_an_older_reader_read_it(lake: Lake, artefact: str) -> None:
    for row in lake.rows["artefact"]:
        if row["artefact"] == artefact:
            row["reader_version"] = "older"
    for kind, number in (("cooperative_status", "members"), ("training_class", "learners"), ("loan", "amount_vnd")):
        own = [row for row in lake.rows[kind] if row["artefact"] == artefact]
        for row in own:
            row[number] = 7
            row["report_period_end"] = day("2023-12-31")
        if own:
            lake.rows[kind].remove(own[-1])


def _quarantine_its_first_row(lake: Lake, artefact: str) -> None:
    for kind in ("cooperative_status", "training_class", "loan"):
        own = [row for row in lake.rows[kind] if row["artefact"] == artefact]
        for row in own[:1]:
            lake.rows["record_verdict"].append(
                {
                    "artefact": artefact, "record_type": kind, "sheet": row["sheet"], "place": row["cells"],
                    "effect": "quarantine row", "audit": "of that night",
                }
            )  # fmt: skip
