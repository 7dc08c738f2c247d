"""What is remembered of a source between two nights: ``fetch/<source>.json`` in the home.

It saves requests and tells what changed. It decides nothing about a release: that is the archive's part, and what
is lost here is taken from the archive's sidecars again, or costs a request.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal

import pydantic

from ingestion.alerts import Alert
from ingestion.archive import Archive
from ingestion.files import locked, write_bytes

_EVENTS_KEPT = 500


class _Kept(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="ignore")  # a newer version may have written more


class Item(_Kept):
    """One document of a source, by its address."""

    url: str
    title: str | None = None
    published: dt.date | None = None
    stamp: str | None = None
    artefact: str | None = None  # the version that counts now; None while it has not been taken
    versions: list[str] = []  # every version, oldest first
    fingerprint: str | None = None  # of the text that counts as content
    etag: str | None = None
    last_modified: str | None = None
    status: int | None = None
    first_seen: dt.datetime
    last_seen: dt.datetime | None = None  # the site last answered with it
    asked: dt.datetime | None = None  # we last asked for it
    gone_since: dt.datetime | None = None
    problem: Alert | None = None  # why it could not be taken

    @property
    def waits(self) -> bool:
        """Whether it has never been taken."""
        return self.artefact is None


class IndexPage(_Kept):
    """One listing page, feed, sitemap or page of workbooks."""

    etag: str | None = None
    last_modified: str | None = None
    artefact: str | None = None
    matched: int = 0  # elements the selector found when it last found any


class Event(_Kept):
    """Something that happened to a document."""

    at: dt.datetime
    kind: Literal["changed", "vanished", "returned"]
    url: str
    before: str | None = None
    after: str | None = None


class FetchState(_Kept):
    """Everything remembered of one source."""

    source: str
    definition: str | None = None  # of the source's file: another one is a reason to try again
    items: dict[str, Item] = {}
    pages: dict[str, IndexPage] = {}
    events: list[Event] = []
    resume: str | None = None  # the page of a listing at which the night before had to stop
    first_attempt: dt.datetime | None = None
    last_attempt: dt.datetime | None = None
    last_success: dt.datetime | None = None  # the last night without an error of the source as a whole
    last_new: dt.datetime | None = None  # the last night that brought a new document
    alerts: list[Alert] = []  # of the last attempt

    def note(self, event: Event) -> None:
        """Remember an event; the oldest ones make room."""
        self.events = [*self.events, event][-_EVENTS_KEPT:]


@dataclasses.dataclass(frozen=True)
class States:
    """The states of all sources, in one folder of the home."""

    folder: Path

    def read(self, source: str) -> FetchState | None:
        """Return what is remembered of a source; None when nothing is, or nothing that can be read."""
        try:
            return FetchState.model_validate_json(self._path(source).read_bytes())
        except (FileNotFoundError, pydantic.ValidationError):
            return None

    def write(self, state: FetchState) -> None:
        """Remember a state, whole or not at all."""
        write_bytes(self._path(state.source), state.model_dump_json(indent=1, exclude_defaults=True).encode())

    def only_one(self, source: str) -> AbstractContextManager[bool]:
        """Give whether this worker is the only one at a source."""
        return locked(self.folder / f"{source}.lock", wait=False)

    def _path(self, source: str) -> Path:
        return self.folder / f"{source}.json"


def from_archive(source: str, archive: Archive) -> FetchState:
    """Return what the archive alone knows of a source: a restored home asks for nothing that it has."""
    state = FetchState(source=source)
    found = [
        (delivery.fetched_at, sidecar.artefact, delivery)
        for sidecar in archive
        for delivery in sidecar.deliveries
        if delivery.source == source and delivery.web is not None and delivery.role == "document"
    ]
    for at, artefact, delivery in sorted(found, key=lambda entry: (entry[0], entry[1])):
        assert delivery.web is not None
        item = state.items.setdefault(
            delivery.file, Item(url=delivery.file, first_seen=at, published=delivery.published)
        )
        item.versions = [*item.versions, artefact]
        item.artefact, item.last_seen, item.asked, item.status = artefact, at, at, delivery.web.status
        item.etag, item.last_modified = delivery.web.etag, delivery.web.last_modified
        state.last_new = at
    return state
