"""One portal a test, and a warehouse's archive that fetches from it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydantic
import pytest

from ingestion import fetching
from ingestion.archive import Archive, Sidecar
from ingestion.intake import Intake
from ingestion.sources import Source, WebSource
from tests.portal.portal import HOST, Portal

LISTING = {
    "kind": "listing",
    "url": f"http://{HOST}/tin",
    "items": "li.tin a",
    "next_page": "a.sau",
    "entry": "li.tin",
    "date": "span",
    "article": "div.noi-dung",
}
PAGE = {"kind": "page", "url": f"http://{HOST}/bai"}


def source(**keys: object) -> WebSource:
    """A source as its file would say it; limits are given by their own names and are short here."""
    names = {"delay_seconds": 1, "response_seconds": 5, "source_seconds": 60, "attempts": 3}
    limits = {**names, **{key: keys.pop(key) for key in list(keys) if key in pydantic_limits()}}
    made = {"name": "cong", "province": "Nam Định", "active": True, "limits": limits, **keys}
    return pydantic.TypeAdapter(Source).validate_python(made)  # type: ignore[return-value]


def pydantic_limits() -> set[str]:
    from ingestion.sources import Limits

    return set(Limits.model_fields)


@dataclasses.dataclass
class Warehouse:
    """An archive and a folder for states, and nights over them, each a day after the one before."""

    folder: Path
    settings: fetching.Settings
    now: dt.datetime = dt.datetime(2026, 1, 20, 18, tzinfo=dt.UTC)

    @property
    def archive(self) -> Archive:
        return Archive(self.folder / "archive")

    def night(self, of: WebSource, **options: Any) -> Intake:
        self.now += dt.timedelta(days=1)
        return fetching.fetch(of, self.archive, self.folder / "fetch", self.now, self.settings, **options)

    def state(self, name: str = "cong") -> fetching.FetchState:
        state = fetching.States(self.folder / "fetch").read(name)
        assert state is not None
        return state

    def documents(self) -> list[Sidecar]:
        return [sidecar for sidecar in self.archive if sidecar.is_document]


@pytest.fixture
def portal() -> Iterator[Portal]:
    with Portal() as running:
        yield running


@pytest.fixture
def warehouse(tmp_path: Path, portal: Portal) -> Warehouse:
    settings = fetching.Settings(
        contact="kiem-thu@example.vn", test_hosts={HOST: ("127.0.0.1", portal.port)}, pace=0.01
    )
    return Warehouse(tmp_path, settings)


def kinds(intake: Intake) -> list[str]:
    """What a night told, in order."""
    return [alert.kind for alert in intake.alerts]
