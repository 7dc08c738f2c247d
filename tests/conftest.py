"""Fixtures that tests of several rooms share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.refreshing import PROJECT, Refreshed, refresh

SHARED = PROJECT.parent / "shared"


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    """The sample data, taken to a release by the real DAG, once for all tests."""
    return refresh(tmp_path_factory.mktemp("sample") / "home")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference material that lies beside the project; it does not ship."""
    if not SHARED.is_dir():
        pytest.skip("needs the reference material in ../shared")
    return SHARED
