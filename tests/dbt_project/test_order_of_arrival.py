"""The same documents give the same tables, whatever the order in which they came and however their files are named."""

from __future__ import annotations

import datetime as dt
import random
import shutil
from pathlib import Path

from tests.dbt_project import province_shaped
from tests.dbt_project.warehouse import Warehouse, differences


def test_the_order_of_arrival_changes_no_published_row(provinces: Warehouse, tmp_path: Path) -> None:
    chance = random.Random(7)
    lake = province_shaped.lake()
    for rows in lake.rows.values():
        chance.shuffle(rows)
    lake.write(tmp_path / "lake")
    files = sorted(tmp_path.glob("lake/*/*.parquet"))
    chance.shuffle(files)
    for number, file in enumerate(files):
        file.rename(file.with_name(f"{number:05}.parquet"))
    # what the gate said of the first build holds for the second: the keys are the same
    shutil.copytree(provinces.home / "gates", tmp_path / "gates")
    other = Warehouse(tmp_path, dt.date.fromisoformat(province_shaped.AS_OF))
    other.dbt("build", "--exclude-resource-types", "unit_test", "test")
    assert differences(provinces, other) == {}
