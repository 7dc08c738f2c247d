"""A real PostgreSQL server of our own for a test: in a temporary folder, on loopback, ended with the test."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_ACCOUNT = "postgres"  # the server refuses to run as root; Debian's package makes this account


@dataclasses.dataclass(frozen=True)
class Postgres:
    """A running server. `superuser` and `conninfo(…)` are libpq keyword strings."""

    port: int
    password: str
    data: Path

    @property
    def superuser(self) -> str:
        return self.conninfo(_ACCOUNT, self.password)

    def conninfo(self, user: str, password: str, database: str = "postgres") -> str:
        return f"host=127.0.0.1 port={self.port} user={user} password={password} dbname={database}"

    def control(self, *words: str) -> None:
        """Run ``pg_ctl`` on this server."""
        _run(_programme("pg_ctl"), "-D", self.data, "-w", *words)


@contextlib.contextmanager
def running_postgres(*, data_size_mb: int | None = None) -> Iterator[Postgres]:
    """A fresh server; the calling test is skipped where PostgreSQL is not installed.

    With `data_size_mb` its data lies on a file system of that size (needs root), so that it can run full.
    """
    if not _found("initdb"):
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="htx-postgres-"))
    password = secrets.token_hex(16)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Postgres(port, password, folder / "data")
    mounted = False
    try:
        if data_size_mb is not None:
            options = f"size={data_size_mb}m"
            if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True).returncode:
                pytest.skip("a file system of a limited size can't be mounted here")
            mounted = True
        secret = folder / "password"
        secret.write_text(password)
        if os.geteuid() == 0:
            account = pwd.getpwnam(_ACCOUNT)
            for path in (folder, secret):
                os.chown(path, account.pw_uid, account.pw_gid)
        _run(
            *(_programme("initdb"), "-D", server.data, "-U", _ACCOUNT, "--pwfile", secret),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
        )
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        server.control("-l", str(folder / "log"), "-o", options, "start")
        yield server
    finally:
        if (server.data / "postmaster.pid").exists():
            server.control("-m", "immediate", "stop")
        if mounted:
            subprocess.run(["umount", "-l", folder], check=True, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: str | Path) -> None:
    as_account = ["runuser", "-u", _ACCOUNT, "--"] if os.geteuid() == 0 else []
    subprocess.run([*as_account, *map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd="/")


def _programme(name: str) -> Path:
    found = _found(name)
    assert found is not None
    return found


def _found(name: str) -> Path | None:
    """A program of the newest PostgreSQL, where Debian puts it or on the path."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which(name)
    return places[-1] if places else Path(on_path) if on_path else None
