"""One polite request: registered hosts, public addresses, robots.txt, its turn, limits, redirects, retries."""

from __future__ import annotations

import codecs
import dataclasses
import datetime as dt
import email.message
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
import tenacity
import urllib3.exceptions

from ingestion.alerts import Alert, Kind
from ingestion.archive import WebResponse
from ingestion.fetching.addresses import normalise, origin
from ingestion.fetching.connection import CheckedAdapter, RefusedAddress, Watch, open_checked
from ingestion.fetching.politeness import (
    LARGEST_ROBOTS,
    Deadline,
    FetchFailed,
    Hosts,
    Robots,
    RobotsAnswer,
    Rules,
    Turn,
    retry_after,
)
from ingestion.fetching.settings import Settings
from ingestion.sources import Limits, WebSource

_REDIRECTS = {301, 302, 303, 307, 308}
_TRY_AGAIN = {408, 425, 429, 500, 502, 503, 504}
_WITHOUT_BODY = _TRY_AGAIN | {304, 404, 410}
_CONNECT_SECONDS = 15
_CHUNK = 64 * 1024
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@dataclasses.dataclass(frozen=True)
class Response:
    """What a request gave: 304 and errors come without content."""

    web: WebResponse
    content: bytes

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.web.status


class _TryAgain(Exception):
    """A failure that another attempt may cure."""

    def __init__(self, alert: Alert) -> None:
        self.alert = alert


class _Refused(Exception):
    """A failure that another attempt can't cure."""

    def __init__(self, kind: Kind, expected: str, found: str) -> None:
        self.kind, self.expected, self.found = kind, expected, found


class Client:
    """Requests on behalf of one source, for one night."""

    def __init__(self, source: WebSource, folder: Path, settings: Settings, now: dt.datetime) -> None:
        self.deadline = Deadline.after(source.url, source.limits.source_seconds)
        self.settings = settings
        self._limits: Limits = source.limits
        self._registered = _registered(source)
        self._hosts = Hosts(folder)
        self._robots = Robots(folder, self._get_robots, now)
        self._watch: Watch | None = None
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy and no password file: what was checked is what is asked
        self._session.verify = settings.ca_bundle or True
        # One request a connection: each is resolved and checked anew, and none is left open while we pause.
        self._session.headers.update({"User-Agent": settings.user_agent, "Accept": _ACCEPT, "Connection": "close"})
        self._session.headers["Accept-Encoding"] = "gzip, deflate"
        self._session.mount("https://", adapter := CheckedAdapter(self._connect))
        self._session.mount("http://", adapter)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *error: object) -> None:
        self._session.close()

    def is_registered(self, url: str) -> bool:
        """Say whether `url`, normalised, is on a host and port that the source names."""
        _, host, port = origin(url)
        return (host, port) in self._registered

    def rules(self, url: str) -> Rules:
        """Return what robots.txt says about `url`."""
        return self._robots.rules(url)

    def get(self, url: str, etag: str | None = None, last_modified: str | None = None) -> Response:
        """Return the answer to `url` with any status that trying again would not change.

        `etag` and `last_modified` are of the version that is known: an unchanged one answers 304. Raises
        FetchFailed with the reason for everything else that brings no answer.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in conditions.items() if value}
        return self._follow(url, headers, self._limits.megabytes * 1_000_000)

    def _get_robots(self, url: str) -> RobotsAnswer:
        response = self._follow(url, {}, LARGEST_ROBOTS, is_robots=True)
        return RobotsAnswer(response.status, response.content)

    def _follow(self, url: str, headers: dict[str, str], largest: float, is_robots: bool = False) -> Response:
        if not self.settings.contact:
            found = "HTX_FETCH_CONTACT is not set"
            raise _failed("no_contact", url, "a contact that the user agent can name", found)
        passed: list[str] = []
        at = normalise(url) or url
        while True:
            self._check(at, passed)
            delay = self._limits.delay_seconds
            if not is_robots:
                rules = self._robots.rules(at)
                if not rules.allowed:
                    unreachable = "could not be had" in rules.said
                    kind: Kind = "robots_unreachable" if unreachable else "robots_disallowed"
                    raise _failed(kind, at, "a robots.txt that allows it", rules.said)
                delay = max(delay, rules.delay)
            answer, body = self._attempts(url, at, headers, delay, largest, cut=is_robots)
            target = answer.headers.get("Location") if answer.status_code in _REDIRECTS else None
            if target is None:
                return Response(_describe(url, at, passed, answer), body)
            passed.append(at)
            following = normalise(_as_text(target), at)
            if following is None:
                raise _failed("refused_address", url, "a redirect to a web address", repr(target[:200]))
            if following in passed:
                raise _failed("too_many_redirects", url, "a document", f"a redirect in a circle: {following}")
            if len(passed) > self._limits.redirects:
                raise _failed("too_many_redirects", url, f"at most {self._limits.redirects} redirects", "more")
            if at.startswith("https:") and following.startswith("http:"):
                raise _failed("refused_address", url, "encryption kept", f"a redirect to {following}")
            at = following

    def _check(self, url: str, passed: list[str]) -> None:
        if normalise(url) != url or not self.is_registered(url):
            hosts = ", ".join(sorted({host for host, _ in self._registered}))
            how = "a redirect to " if passed else ""
            raise _failed("refused_address", passed[0] if passed else url, f"an address on {hosts}", f"{how}{url}")

    def _attempts(
        self, asked: str, url: str, headers: dict[str, str], delay: float, largest: float, *, cut: bool
    ) -> tuple[requests.Response, bytes]:
        host = origin(url)[1]
        delay = self.settings.delay(host, delay)
        longest = self._limits.retry_after_seconds
        backoff = tenacity.wait_exponential_jitter(multiplier=2, max=60, jitter=2)
        attempts = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._limits.attempts),
            wait=lambda state: self.settings.delay(host, backoff(state)),
            retry=tenacity.retry_if_exception_type(_TryAgain),
            sleep=self.deadline.sleep,
            reraise=True,
        )

        def once() -> tuple[requests.Response, bytes]:
            with self._hosts.turn(host, delay, longest, self.deadline) as turn:
                return self._once(url, headers, largest, turn, cut)

        try:
            return attempts(once)
        except _TryAgain as error:
            raise FetchFailed(error.alert) from error
        except _Refused as error:
            raise _failed(error.kind, asked, error.expected, error.found) from error

    def _once(
        self, url: str, headers: dict[str, str], largest: float, turn: Turn, cut: bool
    ) -> tuple[requests.Response, bytes]:
        seconds = min(self._limits.response_seconds, self.deadline.left)
        request = self._session.prepare_request(requests.Request("GET", url, headers=headers))
        expected = f"an answer within {self._limits.response_seconds:g} s"
        with Watch(seconds) as watch:
            self._watch = watch
            try:
                timeout = (min(_CONNECT_SECONDS, seconds), seconds)
                answer = self._session.send(
                    request, stream=True, allow_redirects=False, timeout=timeout, verify=self._session.verify
                )
                try:
                    body = b"" if _has_no_body(answer.status_code) else _body(answer, largest, watch, cut)
                finally:
                    answer.close()
            except RefusedAddress as error:
                raise _Refused("refused_address", "an address on the public internet", str(error)) from error
            except requests.exceptions.SSLError as error:
                raise _Refused("tls_failed", "a certificate that can be trusted", _reason(error)) from error
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
                if watch.expired or _is_timeout(error):
                    raise _Refused("too_slow", expected, "a slower one") from error
                raise _TryAgain(_alert("unreachable", url, "an answer", _reason(error))) from error
        if watch.expired:  # a body that ends with its connection looks complete when we are the one who ends it
            raise _Refused("too_slow", expected, "a slower one")
        if answer.status_code in _TRY_AGAIN:
            asked = retry_after(answer.headers.get("Retry-After"))
            if asked is not None:
                turn.hold_off(asked)  # for every worker, not only for this one
            kind: Kind = "asked_to_wait" if answer.status_code == 429 else "server_error"
            raise _TryAgain(_alert(kind, url, "a document", f"status {answer.status_code}"))
        return answer, body

    def _connect(self, host: str, port: int, timeout: Any) -> socket.socket:
        connected = open_checked(self.settings, host, port, timeout)
        if self._watch is not None:
            self._watch.guard(connected)
        return connected


def _registered(source: WebSource) -> set[tuple[str, int]]:
    """The hosts of a source, each at the usual ports; its own also at the port of its address."""
    _, own, port = origin(normalise(source.url) or source.url)
    names = {own, *(origin(normalise(f"http://{host}/") or f"http://{host}/")[1] for host in source.hosts)}
    return {(name, usual) for name in names for usual in (80, 443)} | {(own, port)}


def _has_no_body(status: int) -> bool:
    return status in _REDIRECTS or status in _WITHOUT_BODY


def _body(answer: requests.Response, largest: float, watch: Watch, cut: bool) -> bytes:
    """The whole body, unpacked as it comes: neither a large one nor a packed one grows beyond `largest` bytes.

    With `cut`, what comes first of a larger one is enough.
    """
    declared = answer.headers.get("Content-Length", "")
    expected = f"at most {largest / 1_000_000:g} MB"
    if declared.isascii() and declared.isdigit() and int(declared) > largest and not cut:
        raise _Refused("too_large", expected, f"{int(declared):,} bytes")
    pieces: list[bytes] = []
    size = 0
    for piece in _pieces(answer):
        size += len(piece)
        if size > largest and cut:
            break
        if size > largest:
            raise _Refused("too_large", expected, "more")
        if watch.expired:
            break
        pieces.append(piece)
    return b"".join(pieces)


def _pieces(answer: requests.Response) -> Iterator[bytes]:
    while piece := answer.raw.read1(_CHUNK, decode_content=True):  # returns what has come, never waits for more
        yield piece


def _describe(url: str, final: str, passed: list[str], answer: requests.Response) -> WebResponse:
    headers = answer.headers
    content = email.message.Message()
    content["Content-Type"] = _as_text(headers.get("Content-Type", ""))
    content["Content-Disposition"] = _as_text(headers.get("Content-Disposition", ""))
    return WebResponse(
        url=url,
        final_url=final,
        redirects=tuple(passed),
        status=answer.status_code,
        etag=headers.get("ETag"),
        last_modified=headers.get("Last-Modified"),
        media_type=content.get_content_type() if headers.get("Content-Type") else None,
        charset=_charset(content),
        file_name=_file_name(content),
    )


def _charset(content: email.message.Message) -> str | None:
    try:
        named = content.get_content_charset()
        return codecs.lookup(named).name if named else None
    except (LookupError, ValueError, TypeError):
        return None


def _file_name(content: email.message.Message) -> str | None:
    try:
        name = content.get_filename()
    except (ValueError, TypeError, LookupError):
        return None
    name = "".join(c for c in (name or "").replace("\\", "/").rsplit("/", 1)[-1] if c.isprintable())[:200]
    return name.strip(". ") or None


def _as_text(header: str) -> str:
    """A header as a server meant it: requests gives bytes as Latin-1, servers send UTF-8."""
    try:
        text = header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        text = header
    return "".join(c for c in text if c.isprintable())


def _is_timeout(error: BaseException) -> bool:
    return isinstance(error, requests.exceptions.ReadTimeout | urllib3.exceptions.ReadTimeoutError | TimeoutError)


def _reason(error: BaseException) -> str:
    """What lies at the bottom of an exception of requests, without the addresses of objects in memory."""
    inner: BaseException = error
    while True:
        following = getattr(inner, "reason", None) or (inner.args[0] if inner.args else None)
        if not isinstance(following, BaseException):
            break
        inner = following
    text = inner.strerror if isinstance(inner, OSError) and inner.strerror else str(inner)
    return text.split(">: ")[-1][:200] or type(inner).__name__


def _alert(kind: Kind, place: str, expected: str, found: str) -> Alert:
    return Alert(kind=kind, place=place, expected=expected, found=found)


def _failed(kind: Kind, place: str, expected: str, found: str) -> FetchFailed:
    return FetchFailed(_alert(kind, place, expected, found))
