"""Being kind to a host: one request at a time with a pause after it, over all workers, and its robots.txt.

The turn of a host is an exclusive lock on a small file in the home, freed by the kernel however a worker ends; in
the file stands when the host may be asked again. That holds for every process that shares the home's folder with
working ``flock`` (one machine, or a shared file system that locks, such as NFS 4). Workers without such a folder
need one slot for each host from their scheduler.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import fcntl
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import protego
import pydantic
import urllib3.exceptions
import urllib3.util

from ingestion.alerts import Alert
from ingestion.fetching.addresses import origin
from ingestion.fetching.settings import AGENT
from ingestion.files import write_bytes

_POLL = 0.05  # seconds between two looks at a lock that another worker holds
_CLOCK_WENT_BACK = 86_400  # a pause longer than this was written by a clock that has been set since


class FetchFailed(Exception):
    """A request that brought nothing, with what to tell people."""

    def __init__(self, alert: Alert) -> None:
        self.alert = alert
        super().__init__(str(alert))


@dataclasses.dataclass(frozen=True)
class Deadline:
    """When the work on one source must end for tonight."""

    place: str
    at: float  # on the monotonic clock

    @classmethod
    def after(cls, place: str, seconds: float) -> Deadline:
        """Return the deadline `seconds` from now."""
        return cls(place, time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """Seconds that are left; 0 when it has passed."""
        return max(0.0, self.at - time.monotonic())

    def sleep(self, seconds: float) -> None:
        """Sleep; raise FetchFailed at once when that would go beyond the deadline."""
        if seconds >= self.left:
            raise FetchFailed(
                Alert(
                    kind="out_of_time",
                    place=self.place,
                    expected="all documents within limits.source_seconds",
                    found="the time of this night is used up",
                )
            )
        time.sleep(max(0.0, seconds))


@dataclasses.dataclass
class Turn:
    """The right to ask a host once."""

    pause: float  # seconds that nobody asks it afterwards

    def hold_off(self, seconds: float) -> None:
        """Leave the host alone for `seconds` after this turn: it asked for that."""
        self.pause = max(self.pause, seconds)


@dataclasses.dataclass(frozen=True)
class Hosts:
    """The turns of all hosts, in one folder of the home."""

    folder: Path

    @contextlib.contextmanager
    def turn(self, host: str, delay: float, longest: float, deadline: Deadline) -> Iterator[Turn]:
        """Wait for the turn of `host`, and keep it until the block ends.

        The pause after a turn is the longer of `delay` and what the worker before wanted. Raises FetchFailed when
        the host asked to be left alone for more than `longest` seconds, or when `deadline` comes first.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.folder / f"{file_name(host)}.turn", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    deadline.sleep(_POLL)
            ended, ready = _read(handle)
            wait = max(ready, ended + delay) - time.time()
            if wait > _CLOCK_WENT_BACK:
                wait = delay
            if wait > max(longest, 2 * delay):
                raise FetchFailed(
                    Alert(
                        kind="asked_to_wait",
                        place=host,
                        expected=f"a pause of at most {longest:g} s",
                        found="a host that asked to be left alone for longer",
                    )
                )
            deadline.sleep(wait)
            turn = Turn(pause=delay)
            _write(handle, turn.pause)  # a worker that is killed now has asked all the same
            try:
                yield turn
            finally:
                _write(handle, turn.pause)
        finally:
            os.close(handle)


def _read(handle: int) -> tuple[float, float]:
    """When the last turn ended and when the next may begin, in seconds since 1970; 0 when nobody has asked yet."""
    try:
        ended, ready = (float(part) for part in os.pread(handle, 100, 0).split())
    except ValueError:
        return 0.0, 0.0
    return ended, ready


def _write(handle: int, pause: float) -> None:
    now = time.time()
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{now:.6f} {now + pause:.6f}".encode(), 0)


def file_name(host: str) -> str:
    """Return a host, or a host and port, as the name of a file."""
    return re.sub(r"[^a-z0-9.-]", "_", host.lower())


def retry_after(header: str | None) -> float | None:
    """Return how many seconds a ``Retry-After`` header asks for, given as seconds or as a date; None without one."""
    if not header:
        return None
    try:
        return max(0.0, urllib3.util.Retry().parse_retry_after(header))
    except (urllib3.exceptions.InvalidHeader, ValueError, OverflowError, IndexError, TypeError):
        return None


# robots.txt (RFC 9309) -------------------------------------------------------------------------------------------

_FRESH = dt.timedelta(hours=24)  # section 2.4: a crawler should not use a cached copy for longer,
_USABLE = dt.timedelta(days=30)  # unless the file is unreachable
_NOT_THE_FILE = ("no_contact", "out_of_time", "tls_failed")  # what robots.txt has nothing to do with
LARGEST_ROBOTS = 512 * 1024  # section 2.5: at least 500 KiB are parsed


class _Kept(pydantic.BaseModel):
    status: int
    fetched_at: dt.datetime
    text: str


@dataclasses.dataclass(frozen=True)
class Rules:
    """What the robots.txt of a host says to us."""

    allowed: bool
    said: str  # in words, for a person
    delay: float = 0.0  # seconds between two requests that it asks for


@dataclasses.dataclass(frozen=True)
class RobotsAnswer:
    """What a request for robots.txt gave."""

    status: int
    content: bytes


@dataclasses.dataclass(frozen=True)
class Robots:
    """The robots.txt files of all hosts, kept for a day."""

    folder: Path
    fetch: Callable[[str], RobotsAnswer]  # raises FetchFailed
    now: dt.datetime

    def rules(self, url: str) -> Rules:
        """Return whether `url` may be fetched.

        2xx: what the file says. 4xx: everything, as if there were none; 429 counts as a server error, because the
        host is asking to be left alone. 5xx or no answer: the copy of at most 30 days, else nothing.
        """
        scheme, host, port = origin(url)
        path = self.folder / f"{file_name(f'{scheme}_{host}_{port}')}.robots.json"
        kept = _kept(path)
        if kept is None or not dt.timedelta(0) <= self.now - kept.fetched_at < _FRESH:
            answer: RobotsAnswer | None = None
            try:
                answer = self.fetch(f"{scheme}://{urlsplit(url).netloc}/robots.txt")
            except FetchFailed as error:
                if error.alert.kind == "too_many_redirects":  # section 2.3.1.2: as if there were none
                    answer, why = RobotsAnswer(404, b""), error.alert.found
                elif not error.alert.transient or error.alert.kind in _NOT_THE_FILE:
                    raise
                else:
                    why = error.alert.found
            else:
                why = f"status {answer.status}"
            if answer is not None and (answer.status < 300 or 400 <= answer.status < 500) and answer.status != 429:
                text = answer.content[:LARGEST_ROBOTS].decode("utf-8", errors="replace") if answer.status < 300 else ""
                kept = _Kept(status=answer.status, fetched_at=self.now, text=text)
                write_bytes(path, kept.model_dump_json().encode())
            elif kept is None or self.now - kept.fetched_at > _USABLE:
                return Rules(False, f"robots.txt could not be had ({why}): the host is left alone")
        if kept.status >= 400:
            return Rules(True, f"no robots.txt (status {kept.status}): everything may be fetched")
        parsed = protego.Protego.parse(kept.text)
        delay = parsed.crawl_delay(AGENT) or 0.0
        if rate := parsed.request_rate(AGENT):
            delay = max(delay, rate.seconds / max(1, rate.requests))
        allowed = parsed.can_fetch(url, AGENT)
        return Rules(allowed, f"robots.txt {'allows' if allowed else 'disallows'} it", delay)


def _kept(path: Path) -> _Kept | None:
    try:
        return _Kept.model_validate_json(path.read_bytes())
    except (FileNotFoundError, pydantic.ValidationError):
        return None
