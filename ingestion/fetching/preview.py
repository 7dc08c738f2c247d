"""Trying a source: what it would take tonight, without taking it. Nothing is archived and nothing remembered.

The host is asked as politely as at night, through the same turns, so a try beside a running night disturbs nobody.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

from ingestion.fetching import pages
from ingestion.fetching.addresses import normalise
from ingestion.fetching.client import Client, Response
from ingestion.fetching.politeness import FetchFailed
from ingestion.fetching.settings import Settings
from ingestion.fetching.state import FetchState, States
from ingestion.sources import WebSource


@dataclasses.dataclass(frozen=True)
class Entry:
    """One document that would be taken, or is known."""

    url: str
    title: str | None
    published: dt.date | None
    known: bool


@dataclasses.dataclass(frozen=True)
class Tried:
    """One document that was fetched as a sample."""

    url: str
    answer: str
    title: str | None = None
    published: dt.date | None = None  # as the reader of bulletins finds it
    statements: int | None = None
    article: int | None = None  # characters that the selector found
    problem: str | None = None


@dataclasses.dataclass(frozen=True)
class Preview:
    """What a source would take."""

    robots: str
    answer: str | None = None  # status, media type and characters of the index or page
    matched: int | None = None  # elements that the selector of items found
    passed_over: int = 0  # links to other hosts, or whose title or address is not wanted
    next_page: str | None = None
    entries: tuple[Entry, ...] = ()
    tried: tuple[Tried, ...] = ()
    problem: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the source would work tonight."""
        return self.problem is None and not any(tried.problem for tried in self.tried)


def preview(source: WebSource, folder: Path, settings: Settings, now: dt.datetime, samples: int = 1) -> Preview:
    """Return what `source` would take tonight, and fetch `samples` of its documents to see what they are."""
    state = States(folder).read(source.name) or FetchState(source=source.name)
    url = normalise(source.url) or source.url
    with Client(source, folder / "hosts", settings, now) as client:
        try:
            robots = client.rules(url).said
        except FetchFailed as error:
            return Preview(robots="not asked", problem=str(error))
        if source.kind == "page" or (source.kind == "workbook_link" and source.items is None):
            known = url in state.items and not state.items[url].waits
            tried = _try(source, client, url)
            return Preview(robots, entries=(Entry(url, tried.title, tried.published, known),), tried=(tried,))
        try:
            response = client.get(url)
            index = pages.read_index(source, response.content, response.web)
        except FetchFailed as error:
            return Preview(robots, problem=str(error))
        except pages.NotAsExpected as error:
            return Preview(robots, _answer(response), problem=str(error))
        wanted = pages.wanted(source, (link for link in index.links if client.is_registered(link.url)))
        entries = tuple(
            Entry(link.url, link.title, link.published, link.url in state.items and not state.items[link.url].waits)
            for link in wanted
        )
        chosen = [entry.url for entry in sorted(entries, key=lambda entry: entry.known)][:samples]
        return Preview(
            robots=robots,
            answer=_answer(response),
            matched=index.matched,
            passed_over=len(index.links) - len(wanted),
            next_page=next(iter(index.following), None),
            entries=entries,
            tried=tuple(_try(source, client, entry) for entry in chosen),
            problem=None if entries or index.following else "nothing was found. Correct the selectors.",
        )


def _try(source: WebSource, client: Client, url: str) -> Tried:
    from ingestion import bulletins
    from ingestion.archive import Delivery
    from ingestion.documents import UnreadableDocument
    from ingestion.landing import kind_of

    try:
        response = client.get(url)
        document = pages.read_document(source, response.content, response.web)
    except FetchFailed as error:
        return Tried(url, "no answer", problem=str(error))
    except pages.NotAsExpected as error:
        return Tried(url, _answer(response), problem=f"{error.kind.replace('_', ' ')}: {error}")
    made = Delivery(
        source=source.name, file=url, fetched_at=dt.datetime.min, province=source.province, web=response.web
    )
    try:
        kind = kind_of(response.content, made.name)
        if kind == "workbook":
            return Tried(url, f"{_answer(response)}, a workbook of {len(response.content):,} bytes", document.title)
        read = bulletins.read(response.content, name=made.name, known=made.known, charset=made.charset)
    except UnreadableDocument as error:
        return Tried(url, _answer(response), document.title, article=document.selected, problem=str(error))
    return Tried(url, _answer(response), read.title, read.published_on, len(read.statements), article=document.selected)


def _answer(response: Response) -> str:
    web = response.web
    moved = f", redirected to {web.final_url}" if web.redirects else ""
    return f"status {web.status}, {web.media_type or 'no media type'}, charset {web.charset or 'not said'}{moved}"
