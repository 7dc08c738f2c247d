"""Backfills: going over old documents again, as a request that somebody wrote and somebody else has read.

A request is a file ``backfills/<name>.yml`` under version control. It names sources and a span of days, and does
exactly that: `htx backfill plan NAME` shows what it would touch, the DAG `backfill` does it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pydantic

from htx.home import PROJECT, Home
from ingestion.archive import Archive, Sidecar
from ingestion.definitions import Definition, DefinitionError
from ingestion.definitions import load as load_definition
from ingestion.lake import Lake
from ingestion.sources import Source, named

if TYPE_CHECKING:
    from ingestion.fetching import Span

DAYS = 3660  # the longest span of one request: ten years, so that a mistyped year is noticed


class Request(Definition):
    """What is to be gone over again, and who answers for it."""

    requested_by: str = pydantic.Field(min_length=3)
    reviewed_by: str = pydantic.Field(min_length=3)
    why: str = pydantic.Field(min_length=10)
    sources: tuple[str, ...] = pydantic.Field(min_length=1)
    # read_again takes the originals in the archive; fetch_again asks the sources for them first.
    action: Literal["read_again", "fetch_again"]
    from_day: dt.date
    to_day: dt.date
    days: Literal["published", "received"] = "published"  # by the date of the document, or the day it came here

    @pydantic.model_validator(mode="after")
    def _reviewed(self) -> Request:
        if self.requested_by.casefold().strip() == self.reviewed_by.casefold().strip():
            raise ValueError("expected a reviewer other than who requests it")
        if not dt.timedelta(0) <= self.to_day - self.from_day <= dt.timedelta(DAYS):
            raise ValueError(f"expected from_day before to_day and at most {DAYS} days between them")
        return self

    def sources_of(self, registered: Sequence[Source]) -> list[Source]:
        """Return the sources that have to be asked again: none when the originals are enough."""
        asked = [named(name, registered) for name in self.sources]
        return asked if self.action == "fetch_again" else []

    def artefacts(self, archive: Archive, lake: Lake) -> list[str]:
        """Return the originals to read again, by hash."""
        return [touched.artefact for touched in self.touches(archive, lake)]

    def span(self, archive: Archive, lake: Lake, today: dt.date) -> Span:
        """Return which documents of a source on the network are asked for again."""
        from ingestion.fetching import Span

        known = frozenset(self.artefacts(archive, lake))
        return Span(self.from_day, self.to_day, today, self.days == "received", known)

    def touches(self, archive: Archive, lake: Lake) -> Iterator[Touched]:
        """Yield the archived originals that the request is about, by hash."""
        read = {row["artefact"]: row for row in lake.read("artefact", ["artefact", "published_on", "status"])}
        for sidecar in archive:
            row = read.get(sidecar.artefact, {})
            day = _day(sidecar, self, row.get("published_on"))
            if sidecar.is_document and day is not None and self.from_day <= day <= self.to_day:
                delivery = next(d for d in sidecar.deliveries if d.source in self.sources)
                yield Touched(sidecar.artefact, delivery.source, delivery.file, day, row.get("status", "not read yet"))


@dataclasses.dataclass(frozen=True)
class Touched:
    """An original that a request goes over again; `status` is that of its last reading."""

    artefact: str
    source: str
    file: str
    day: dt.date
    status: str


def _day(sidecar: Sidecar, request: Request, published_on: dt.date | None) -> dt.date | None:
    """The day by which an original falls into the span or not; None when it is of no source that is asked for."""
    from htx.nightly import local_date

    deliveries = [delivery for delivery in sidecar.deliveries if delivery.source in request.sources]
    if not deliveries:
        return None
    received = min(local_date(delivery.fetched_at) for delivery in deliveries)
    if request.days == "received":
        return received
    # A document whose date nobody knows is dated by its arrival: leaving it out could lose it for every request.
    return published_on or next((d.published for d in deliveries if d.published), None) or received


def folder() -> Path:
    """Return where requests lie: ``backfills`` in the project, or the folder that ``HTX_BACKFILLS`` names."""
    return Path(os.environ.get("HTX_BACKFILLS") or PROJECT / "backfills")


def names() -> list[str]:
    """Return the names of all requests."""
    return sorted(file.stem for file in folder().glob("*.yml"))


def load(name: str) -> Request:
    """Return a request; raise DefinitionError when there is none of that name or it is not complete."""
    if name not in names():
        known = ", ".join(names()) or "none"
        raise DefinitionError(
            f"{folder()}: no request is named {name!r}; there is: {known}. Add {name}.yml and have it read."
        )
    return load_definition(folder() / f"{name}.yml", Request)


@dataclasses.dataclass(frozen=True)
class Plan:
    """What a request would do, before it does it."""

    request: Request
    touched: tuple[Touched, ...]
    asked: tuple[str, ...]  # sources that would be asked

    @property
    def by_source(self) -> dict[str, int]:
        """How many originals of each source would be read again."""
        return {name: sum(one.source == name for one in self.touched) for name in self.request.sources}


def plan(home: Home, name: str, registered: Sequence[Source]) -> Plan:
    """Return what the request `name` would touch in `home`; nothing is changed."""
    request = load(name)
    asked = tuple(source.name for source in request.sources_of(registered))
    return Plan(request, tuple(request.touches(Archive(home.archive), Lake(home.lake))), asked)
