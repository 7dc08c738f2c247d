"""A home in a folder and a home in a bucket: moto's server on loopback stands in for S3."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import fsspec
import pytest

from htx.home import Home

_NUMBERS = itertools.count(1)


@dataclasses.dataclass(frozen=True)
class Place:
    """Where a home lies, as the machines that share it see it."""

    address: str
    folder: Path
    settings: dict[str, str]

    @property
    def is_bucket(self) -> bool:
        return self.address.startswith("s3://")

    def environment(self, machine: str = "one") -> dict[str, str]:
        """What the environment of a machine says."""
        return {**self.settings, "HTX_HOME": self.address, "HTX_WORK": str(self.folder / machine)}

    def on(self, machine: str, monkeypatch: pytest.MonkeyPatch) -> Home:
        """The home as this process sees it, were it on `machine`."""
        for name, value in self.environment(machine).items():
            monkeypatch.setenv(name, value)
        return Home.resolve()

    def objects(self) -> set[str]:
        """Every object of the bucket, by its path in the home."""
        files = fsspec.filesystem("s3", skip_instance_cache=True, use_listings_cache=False)
        root = self.address.removeprefix("s3://")
        return {name.removeprefix(f"{root}/") for name in files.find(root)}


@contextlib.contextmanager
def serve_s3() -> Iterator[str]:
    """Run an S3 on loopback; give its address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    environment = {**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": "1000000"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline, "moto's server does not start"
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of an S3 on loopback."""
    with serve_s3() as address:
        yield address


@pytest.fixture
def bucket(s3_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An empty bucket."""
    settings = {
        "AWS_ENDPOINT_URL": s3_server,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    name = f"htx-test-{next(_NUMBERS)}"
    place = Place(f"s3://{name}/warehouse", tmp_path, settings)
    place.on("one", monkeypatch)
    fsspec.filesystem("s3", skip_instance_cache=True).mkdir(name)
    return place


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A home of each kind."""
    if request.param == "bucket":
        found: Place = request.getfixturevalue("bucket")
        return found
    place = Place(str(tmp_path / "home"), tmp_path, {})
    place.on("one", monkeypatch)
    return place


def answer_only_after(address: str, requests: int) -> None:
    """Let moto refuse whoever has no user account, after this many requests."""
    asked = Request(
        f"{address}/moto-api/reset-auth", str(requests).encode(), {"Content-Type": "text/plain"}, method="POST"
    )
    urlopen(asked, timeout=10).close()
