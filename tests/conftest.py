"""Fixtures that tests of several rooms share."""

from __future__ import annotations

import shutil
from pathlib import Path

import msoffcrypto.format.ooxml
import openpyxl
import pytest

from tests import hostile
from tests.browser import Browser, find_browser
from tests.refreshing import PROJECT, Refreshed, refresh

SHARED = PROJECT.parent / "shared"


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    """The sample data, taken to a release by the real DAG, once for all tests."""
    return refresh(tmp_path_factory.mktemp("sample") / "home")


@pytest.fixture(scope="session")
def unwelcome(tmp_path_factory: pytest.TempPathFactory) -> Refreshed:
    """A release of a good bulletin, four documents that can't be read, and two that are full of markup and formulas."""
    place = tmp_path_factory.mktemp("unwelcome")
    folder = place / "inbox"
    folder.mkdir()
    (folder / "empty.xlsx").write_bytes(b"")
    (folder / "empty.html").write_bytes(b"")
    (folder / "text.xlsx").write_text("Kính gửi: Sở Kế hoạch và Đầu tư", encoding="utf-8")
    plain = place / "plain.xlsx"
    openpyxl.Workbook().save(plain)
    with plain.open("rb") as source, (folder / "encrypted.xlsx").open("wb") as target:
        msoffcrypto.format.ooxml.OOXMLFile(source).encrypt("a password of this test", target)
    inbox = PROJECT / "sample_data" / "inbox"
    shutil.copy(sorted(inbox.glob("*/*.html"))[0], folder / "good.html")
    hostile.bulletin(folder / "<b onmouseover=alert(1)>.html")
    hostile.register(folder / "=1+cmd.xlsx", inbox / "tra_vinh" / "danh-sach-2025.xlsx")
    return refresh(place / "home", inbox=folder)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """Chromium, where this machine has it."""
    return find_browser(tmp_path_factory.mktemp("browser"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference material that lies beside the project; it does not ship."""
    if not SHARED.is_dir():
        pytest.skip("needs the reference material in ../shared")
    return SHARED
