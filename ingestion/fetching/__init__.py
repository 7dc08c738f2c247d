"""Polite fetching: a source on the web → the archive.

A night at one source: read its index until what is known, take the documents that are new, ask again for a few
that are known, and remember. Every response goes into the archive with how it came; only documents are read.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import hashlib
import logging
from collections.abc import Iterable
from pathlib import Path

from ingestion.alerts import Alert, Kind
from ingestion.archive import Archive, Delivery, Role
from ingestion.documents import Quarantined
from ingestion.fetching import pages
from ingestion.fetching.addresses import normalise, origin
from ingestion.fetching.client import Client, Response
from ingestion.fetching.politeness import FetchFailed
from ingestion.fetching.settings import Settings
from ingestion.fetching.state import Event, FetchState, IndexPage, Item, States, from_archive
from ingestion.intake import Intake
from ingestion.sources import Listing, WebSource

__all__ = ["FetchState", "Settings", "Span", "States", "fetch"]

_GIVE_UP = 3  # requests in a row that fail in a way that may pass: the host is not well, leave it for tonight
_WEEK = dt.timedelta(days=7)
# What stays wrong until somebody acts: tried again once a week, or as soon as the source's file has changed.
_WEEKLY = ("layout_changed", "not_found", "refused_address", "too_large", "too_many_redirects")
_KNOWN_TAIL = 3  # known documents at the end of a page that say the pages behind it are known
log = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Span:
    """The documents that a backfill asks for, and no others: `known` originals, and new ones of `first` to `last`.

    A new document is of the day that the index gives for it, and where it gives none, of `today`, when it came.
    """

    first: dt.date
    last: dt.date
    today: dt.date
    by_arrival: bool = False  # of two days of a document the one on which it came counts
    known: frozenset[str] = frozenset()

    def wants(self, item: Item) -> bool:
        """Whether a document is asked for."""
        return item.artefact in self.known if item.artefact else self.wants_new(item.published)

    def wants_new(self, published: dt.date | None) -> bool:
        """Whether a document is asked for that has not been taken yet."""
        day = self.today if self.by_arrival or published is None else published
        return self.first <= day <= self.last

    def is_before(self, links: Iterable[pages.Link]) -> bool:
        """Whether a page of a listing, which goes back in time, is of days before the span only."""
        days = [link.published for link in links]
        return not self.by_arrival and bool(days) and all(day is not None and day < self.first for day in days)


def fetch(
    source: WebSource,
    archive: Archive,
    folder: Path,
    now: dt.datetime,
    settings: Settings,
    depth: int | None = None,
    span: Span | None = None,
) -> Intake:
    """Take what `source` has that is new, and a look at what is known; never raise for what a site does.

    `folder` keeps the states of sources and the turns of hosts. `depth` reads that many pages of a listing
    whatever is known of them, to fetch history. With a `span` the documents of it are asked for and no others.
    Killed at any moment and called again, it goes on where it was.
    """
    states = States(folder)
    with states.only_one(source.name) as alone:
        if not alone:
            alert = Alert(kind="already_running", place=source.name, expected="one at a time", found="another fetch")
            return Intake(source.name, 0, 0, (), (alert,))
        state = states.read(source.name) or from_archive(source.name, archive)
        with Client(source, folder / "hosts", settings, now) as client:
            night = _Night(source, archive, states, state, client, now, depth, span)
            try:
                night.run()
            except Exception as error:  # one source never ends the night, whatever its pages do to us
                log.exception("source %s", source.name)
                night.tell("internal_error", source.url, "a night without a fault", f"{type(error).__name__}: {error}")
            return night.close()


class _Stop(Exception):
    """Nothing more can be done at this source tonight."""


@dataclasses.dataclass
class _Night:
    source: WebSource
    archive: Archive
    states: States
    state: FetchState
    client: Client
    now: dt.datetime
    depth: int | None
    span: Span | None = None
    alerts: list[Alert] = dataclasses.field(default_factory=list)
    delivered: int = 0
    new: int = 0
    changed: int = 0
    vanished: int = 0
    taken: int = 0
    failures_in_a_row: int = 0
    index_failed: bool = False
    redefined: bool = False
    # Documents of the index's first page, newest first, and those it says have changed.
    newest: list[str] = dataclasses.field(default_factory=list)
    touched: list[str] = dataclasses.field(default_factory=list)

    def run(self) -> None:
        definition = hashlib.sha256(self.source.model_dump_json().encode()).hexdigest()
        self.redefined = self.state.definition not in (None, definition)
        self.state.definition = definition
        try:
            if _has_index(self.source):
                self._read_index()
            else:
                self._know([pages.Link(_own_address(self.source))])
            asked = [item for item in self.state.items.values() if self.span is None or self.span.wants(item)]
            for item in [item for item in asked if item.waits and self._is_due(item)]:
                self._take_unless_full(item)
            for item in self._to_recheck() if self.span is None else asked:
                if not item.waits and item.asked != self.now:
                    self._take(item)
        except _Stop:
            pass
        except FetchFailed as error:  # the night's time is used up
            self.alerts.append(error.alert)
        left = sum(item.waits and item.problem is None for item in self.state.items.values())
        if left:
            self.tell("more_to_come", self.source.url, "every document", f"{left} that wait for the next night")

    def close(self) -> Intake:
        whole = [alert for alert in self.alerts if not alert.is_news and alert.place not in self.state.items]
        own = self.state.items.get(_own_address(self.source))
        if not (self.index_failed or (own and own.problem) or any(alert.severity == "error" for alert in whole)):
            self.state.last_success = self.now
        if self.new:
            self.state.last_new = self.now
        self.state.first_attempt = self.state.first_attempt or self.now
        self.state.last_attempt = self.now
        self.state.alerts = self.alerts
        self.states.write(self.state)
        return Intake(
            source=self.source.name,
            delivered=self.delivered,
            new=self.new,
            problems=tuple(self._problems(whole)),
            alerts=tuple(self.alerts),
            changed=self.changed,
            vanished=self.vanished,
            waiting=sum(item.waits for item in self.state.items.values()),
        )

    def tell(self, kind: Kind, place: str, expected: str, found: str) -> Alert:
        alert = Alert(kind=kind, place=place, expected=expected, found=found)
        self.alerts.append(alert)
        return alert

    # The index ---------------------------------------------------------------------------------------------------

    def _read_index(self) -> None:
        """Read listing pages, or files of a sitemap, until what is known."""
        first_night = not self.state.pages
        queue = [_own_address(self.source)]
        seen: set[str] = set()
        limits = self.source.limits
        most = self.depth or (limits.depth if first_night and isinstance(self.source, Listing) else limits.pages)
        other_hosts: dict[str, None] = {}
        resume, self.state.resume = self.state.resume, None
        while queue:
            url = queue.pop(0)
            if url in seen:
                continue
            if len(seen) >= most:
                # History beyond the first night's depth is left on purpose; anything else is read tomorrow.
                if isinstance(self.source, Listing) and not first_night and not self.depth:
                    self.state.resume = url
                    self.tell("more_to_come", url, f"known documents within {most} pages", "a page with new ones")
                break
            seen.add(url)
            try:
                index = self._index_page(url, first=len(seen) == 1)
            except (_Stop, FetchFailed):  # what lies behind must not be taken for read
                if first_night:
                    self.state.pages.clear()
                else:
                    self.state.resume = resume if len(seen) == 1 else url
                raise
            if index is None:
                known = True
            else:
                here = [link for link in index.links if self.client.is_registered(link.url)]
                other_hosts.update((origin(link.url)[1], None) for link in index.links if link not in here)
                links = pages.wanted(self.source, here)
                known = self._know(links)
                past = self.span is not None and self.span.is_before(links)
                if len(seen) == 1:
                    self.newest = [link.url for link in links if link.url in self.state.items]
                following = [f for f in index.following if self.client.is_registered(f)]
                wanted = (not known or first_night or self.depth) and not past
                if wanted or not isinstance(self.source, Listing):
                    queue.extend(following)
            if isinstance(self.source, Listing) and known and not queue and resume:
                queue, resume = [resume], None
        if resume:
            self.state.resume = self.state.resume or resume
        if other_hosts:
            self.tell("other_hosts", self.source.url, "links to registered hosts", ", ".join(sorted(other_hosts)))

    def _index_page(self, url: str, *, first: bool) -> pages.Index | None:
        """Return what an index page names; None when it has not changed or brought nothing to go by."""
        before = self.state.pages.get(url, IndexPage())
        # An unchanged first page says nothing of the pages behind it, which are wanted where history is.
        conditional = first and not self.depth and self._archived(before.artefact)
        response = self._ask(url, before.etag, before.last_modified) if conditional else self._ask(url)
        if response is None:
            self.index_failed = True
            return None
        if response.status == 304:
            return None
        role: Role = "index"
        try:
            index = pages.read_index(self.source, response.content, response.web)
            if first and not index.matched:
                kind: Kind = "layout_changed" if before.matched else "nothing_found"
                raise pages.NotAsExpected(kind, _what_is_listed(self.source, before.matched), "nothing")
        except pages.NotAsExpected as error:
            self.index_failed, role = True, "refused"
            self.tell(error.kind, url, error.expected, error.found)
            index = None
        artefact = self._keep(url, response, role) if response.content else None
        if index is not None:
            self.state.pages[url] = IndexPage(
                etag=response.web.etag,
                last_modified=response.web.last_modified,
                artefact=artefact,
                matched=index.matched or before.matched,
            )
        return index

    def _know(self, links: Iterable[pages.Link]) -> bool:
        """Remember the documents of a page; return whether those at its end were known before."""
        tail: list[bool] = []
        for link in links:
            item = self.state.items.get(link.url)
            tail.append(item is not None)
            if item is None:
                if self.span is not None and not self.span.wants_new(link.published):
                    continue  # nor in the nights to come, which would take whatever waits
                item = self.state.items[link.url] = Item(url=link.url, first_seen=self.now)
            elif item.stamp and link.stamp and item.stamp != link.stamp:
                self.touched.append(link.url)
            item.title = link.title or item.title
            item.published = link.published or item.published
            item.stamp = link.stamp or item.stamp
        return bool(tail) and all(tail[-_KNOWN_TAIL:])

    # Documents ---------------------------------------------------------------------------------------------------

    def _to_recheck(self) -> list[Item]:
        """Known documents to ask for again: all of a page or of linked workbooks, of a listing a few."""
        known = [item for item in self.state.items.values() if not item.waits and item.asked != self.now]
        if self.source.kind in ("page", "workbook_link"):
            return known
        few = self.source.limits.recheck
        newest = [item for url in self.newest if (item := self.state.items[url]) in known and not item.gone_since]
        oldest = sorted(known, key=lambda item: (item.asked or item.first_seen, item.url))
        touched = [self.state.items[url] for url in self.touched if not self.state.items[url].waits]
        chosen = {item.url: item for item in (*touched, *newest[:few], *oldest[:few])}
        return list(chosen.values())

    def _is_due(self, item: Item) -> bool:
        """Whether to try a document again that could not be taken."""
        if item.problem is None or item.asked is None or item.problem.kind not in _WEEKLY or self.redefined:
            return True
        return self.now - item.asked >= _WEEK or not _has_index(self.source)

    def _take_unless_full(self, item: Item) -> None:
        if self.taken < self.source.limits.documents:
            self.taken += 1
            self._take(item)

    def _take(self, item: Item) -> None:
        """Ask for one document; archive what comes, and remember."""
        conditional = self._archived(item.artefact)
        item.asked = self.now
        item.problem = None
        if conditional:
            response = self._ask(item.url, item.etag, item.last_modified, item)
        else:
            response = self._ask(item.url, item=item)
        if response is not None:
            item.status = response.status
            if response.status == 304:
                self._confirm(item)
            elif response.status in (404, 410) and not item.waits:
                self._vanish(item)
            else:
                self._judge(item, response)
        self.states.write(self.state)

    def _judge(self, item: Item, response: Response) -> None:
        try:
            document = pages.read_document(self.source, response.content, response.web)
        except pages.NotAsExpected as error:
            if response.content:
                self._keep(item.url, response, "refused", item)
            item.problem = self.tell(error.kind, item.url, error.expected, error.found)
            return
        artefact = hashlib.sha256(response.content).hexdigest()
        item.etag, item.last_modified = response.web.etag, response.web.last_modified
        if item.title is None:
            item.title = document.title
        if item.artefact and item.artefact != artefact and self._says_the_same(item, document):
            self._keep(item.url, response, "unchanged", item)
            self._confirm(item)
            return
        self._keep(item.url, response, "document", item)
        self.new += artefact not in item.versions
        if item.artefact and item.artefact != artefact:
            self.changed += 1
            self.state.note(Event(at=self.now, kind="changed", url=item.url, before=item.artefact, after=artefact))
            self.tell("changed", item.url, f"the version {item.artefact[:12]}", f"another one, {artefact[:12]}")
        item.artefact, item.fingerprint = artefact, document.fingerprint
        item.versions = [*(v for v in item.versions if v != artefact), artefact]
        self._confirm(item)

    def _says_the_same(self, item: Item, document: pages.Document) -> bool:
        """Whether other bytes have the text of the version that counts; what a lost state knew is read again."""
        if item.artefact and item.fingerprint is None and self._archived(item.artefact):
            [web, *_] = [d.web for d in self.archive.sidecar(item.artefact).deliveries if d.file == item.url and d.web]
            with contextlib.suppress(pages.NotAsExpected):
                item.fingerprint = pages.read_document(self.source, self.archive.read(item.artefact), web).fingerprint
        return document.fingerprint is not None and document.fingerprint == item.fingerprint

    def _confirm(self, item: Item) -> None:
        self.delivered += 1
        item.last_seen = self.now
        if item.gone_since:
            item.gone_since = None
            self.state.note(Event(at=self.now, kind="returned", url=item.url, after=item.artefact))
            self.tell("returned", item.url, "a document that had vanished", "it is there again")

    def _vanish(self, item: Item) -> None:
        if item.gone_since is None:
            item.gone_since = self.now
            self.vanished += 1
            self.state.note(Event(at=self.now, kind="vanished", url=item.url, before=item.artefact))
            self.tell("vanished", item.url, "a document that was there", f"status {item.status}")

    # Asking and keeping ------------------------------------------------------------------------------------------

    def _ask(
        self, url: str, etag: str | None = None, last_modified: str | None = None, item: Item | None = None
    ) -> Response | None:
        """Return the answer, or None after telling why there is none; raise _Stop when the host is not well."""
        try:
            response = self.client.get(url, etag, last_modified)
        except FetchFailed as error:
            alert = error.alert
            if alert.kind == "out_of_time":
                raise
            whole_host = alert.kind in ("asked_to_wait", "no_contact", "robots_unreachable", "tls_failed")
            if item is not None:
                alert = item.problem = alert.model_copy(update={"place": item.url})
                self.states.write(self.state)
            self.alerts.append(alert)
            self.failures_in_a_row += alert.transient
            if whole_host or self.failures_in_a_row >= _GIVE_UP or (item is None and alert.transient):
                self.index_failed = True
                raise _Stop from error
            return None
        self.failures_in_a_row = 0
        return response

    def _keep(self, url: str, response: Response, role: Role, item: Item | None = None) -> str:
        delivery = Delivery(
            source=self.source.name,
            file=url,
            fetched_at=self.now,
            published=item.published if item else None,
            province=self.source.province,
            publisher=self.source.publisher,
            programme=self.source.programme,
            role=role,
            web=response.web,
        )
        sidecar, _ = self.archive.add(response.content, delivery)
        return sidecar.artefact

    def _archived(self, artefact: str | None) -> bool:
        return artefact is not None and self.archive.has(artefact)

    def _problems(self, whole: list[Alert]) -> Iterable[tuple[str, Quarantined]]:
        """What stays untaken for a reason that tomorrow will not change: that, and only that, enters a release."""
        of_items = [item.problem for _, item in sorted(self.state.items.items()) if item.problem is not None]
        for alert in dict.fromkeys([*whole, *of_items]):
            if not alert.transient:
                yield alert.place, quarantined(alert)


def quarantined(alert: Alert) -> Quarantined:
    """Return an alert as an entry of the quarantine."""
    reason = f"{alert.kind.replace('_', ' ')}. {alert.advice}"
    return Quarantined("landing", "file", alert.expected, alert.found, reason)


def _has_index(source: WebSource) -> bool:
    return source.kind in ("listing", "feed") or getattr(source, "items", None) is not None


def _own_address(source: WebSource) -> str:
    return normalise(source.url) or source.url


def _what_is_listed(source: WebSource, before: int) -> str:
    what = "entries of a feed" if source.kind == "feed" else f"links at {getattr(source, 'items', '')!r}"
    return f"{what}, as before ({before})" if before else what
