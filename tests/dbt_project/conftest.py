"""One warehouse for all tests that only look at it."""

from __future__ import annotations

import pytest

from tests.dbt_project import province_shaped
from tests.dbt_project.warehouse import Warehouse, build


@pytest.fixture(scope="session")
def provinces(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The province-shaped lake, built in both phases with the KPI gate between them."""
    return build(province_shaped.lake(), tmp_path_factory.mktemp("provinces"), province_shaped.AS_OF)


@pytest.fixture(scope="session")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The same lake, asked what was known on a day two years before."""
    return build(province_shaped.lake(), tmp_path_factory.mktemp("earlier"), "2024-06-30", gate=False)
