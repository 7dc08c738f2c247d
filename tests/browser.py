"""A real browser for the tests: what a page becomes when its scripts may run, and what it asks the network for."""

from __future__ import annotations

import dataclasses
import json
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import lxml.html
import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome")
# A browser that looks for updates, or writes to a profile it shares, would not be the page's doing.
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-extensions",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
    "--metrics-recording-only", "--no-default-browser-check", "--hide-scrollbars",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Seen:
    """A page after its scripts have run: the document, and the addresses outside that it asked for."""

    document: lxml.html.HtmlElement
    asked: tuple[str, ...]

    @property
    def title(self) -> str:
        return self.document.findtext(".//title") or ""

    @property
    def text(self) -> str:
        """What is written on the page, without programs and styles."""
        return " ".join(" ".join(self.document.xpath("//body//text()[not(parent::script or parent::style)]")).split())


@dataclasses.dataclass(frozen=True)
class Browser:
    """A browser without a window, whose every page gets a profile of its own."""

    program: str
    folder: Path

    def open(self, page: Path, fragment: str = "") -> Seen:
        """Open a file, give its scripts ten seconds of the page's own time, and return what there is then."""
        log = self.folder / "net.json"
        command = [
            self.program, *_FLAGS, f"--user-data-dir={self.folder / 'profile'}", "--virtual-time-budget=10000",
            # Whatever is asked for by name leads nowhere: a test that fails sends nothing out of this machine.
            "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
            f"--log-net-log={log}", "--dump-dom", f"{page.resolve().as_uri()}{fragment}",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, timeout=120, check=True)
        document = lxml.html.document_fromstring(done.stdout.decode())
        asked = tuple(sorted(_requests(log)))
        log.unlink()
        shutil.rmtree(self.folder / "profile", ignore_errors=True)
        return Seen(document, asked)


def find_browser(folder: Path) -> Browser:
    """The Chromium of this machine; skips the test where there is none."""
    program = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    return Browser(program, folder)


# What the browser asks for by itself on an empty page.
_OWN = ("accounts.google.com", "clients2.google.com", "update.googleapis.com")


def _requests(log: Path) -> set[str]:
    """The addresses of all requests of a page over a network, from a log that Chromium has closed."""
    events = json.loads(log.read_text(encoding="utf-8"))["events"]
    addresses = {str(event.get("params", {}).get("url", "")) for event in events}
    return {
        address
        for address in addresses
        if urlsplit(address).scheme in ("http", "https", "ws", "wss") and urlsplit(address).hostname not in _OWN
    }
