from __future__ import annotations

from pathlib import Path

import pytest

from tests.publication.candidate_warehouse import Warehouse, warehouse

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def built() -> Warehouse:
    """The rows of a small built warehouse; `write` makes a database of them."""
    return warehouse(PROJECT)
