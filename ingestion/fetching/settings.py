"""How this installation fetches: who it says it is, what it trusts, and the hosts of a test portal."""

from __future__ import annotations

import dataclasses
import ipaddress
import os
import re
import socket
from collections.abc import Callable, Mapping
from importlib.metadata import version

from ingestion.definitions import DefinitionError

AGENT = "HTXWarehouse"  # the name that a robots.txt calls us by


def resolve(host: str, port: int) -> list[str]:
    """Return every address of `host`; raise OSError when it has none."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


@dataclasses.dataclass(frozen=True)
class Settings:
    """Everything about fetching that belongs to the installation and not to a source."""

    contact: str | None = None  # whom a site's operator can write to; without one nothing is fetched
    ca_bundle: str | None = None  # certificates to trust instead of the usual ones
    test_hosts: Mapping[str, tuple[str, int]] = dataclasses.field(default_factory=dict)  # name → loopback address, port
    pace: float = 1.0  # shortens the waits between requests to test hosts; every other host gets its full delay
    resolve: Callable[[str, int], list[str]] = resolve

    @classmethod
    def from_environment(cls) -> Settings:
        """Read ``HTX_FETCH_CONTACT``, ``HTX_FETCH_CA_BUNDLE``; for tests ``HTX_FETCH_TEST_HOSTS`` and ``…_TEST_PACE``.

        ``HTX_FETCH_TEST_HOSTS`` is ``name=127.0.0.1:port`` (several separated by commas). Only such a name may be
        answered from this machine, and only at that port.
        """
        tests: dict[str, tuple[str, int]] = {}
        for entry in filter(None, os.environ.get("HTX_FETCH_TEST_HOSTS", "").split(",")):
            match = re.fullmatch(r"\s*([a-z0-9.-]+)=([0-9.]+):(\d{1,5})\s*", entry)
            if not match or not _is_loopback(match[2]):
                raise DefinitionError(
                    f"HTX_FETCH_TEST_HOSTS: expected name=127.0.0.1:port, found {entry!r}. Correct or unset it."
                )
            tests[match[1]] = (match[2], int(match[3]))
        return cls(
            contact=os.environ.get("HTX_FETCH_CONTACT", "").strip() or None,
            ca_bundle=os.environ.get("HTX_FETCH_CA_BUNDLE") or None,
            test_hosts=tests,
            pace=_pace(os.environ.get("HTX_FETCH_TEST_PACE") or "1"),
        )

    @property
    def user_agent(self) -> str:
        """What every request says of us."""
        contact = re.sub(r"[^\x20-\x7e]|[()]", "", self.contact or "no contact given")
        return f"{AGENT}/{version('htx-warehouse')} (statistics of cooperative programmes; contact: {contact})"

    def delay(self, host: str, seconds: float) -> float:
        """Return how long to wait instead of `seconds`: less for test hosts only."""
        return seconds * self.pace if host in self.test_hosts else seconds


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _pace(text: str) -> float:
    try:
        pace = float(text)
    except ValueError:
        pace = -1
    if not 0 < pace <= 1:
        raise DefinitionError(
            f"HTX_FETCH_TEST_PACE: expected a number above 0 and up to 1, found {text!r}. Correct it."
        )
    return pace
