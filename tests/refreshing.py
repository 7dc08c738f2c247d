"""Refreshing a home with the command people use, for the end-to-end tests."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parents[1]
AS_OF = "2026-06-30"


@dataclasses.dataclass(frozen=True)
class Refreshed:
    """A home, and what its refresh printed."""

    home: Path
    output: str
    seconds: float

    @property
    def release(self) -> Path:
        return (self.home / "current").resolve()

    @property
    def manifest(self) -> dict:
        return json.loads((self.release / "manifest.json").read_bytes())

    def query(self, sql: str, *parameters: object) -> list[tuple]:
        with duckdb.connect(str(self.release / "htx.duckdb"), read_only=True) as database:
            return database.execute(sql, list(parameters)).fetchall()


def htx(*words: str | Path, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``htx`` as a person does."""
    command = [sys.executable, "-m", "htx.cli", *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, check=check, cwd=PROJECT, env={**os.environ, **environment}
    )


def refresh(home: Path, inbox: Path | None = None, as_of: str = AS_OF) -> Refreshed:
    """Refresh `home` and return what was printed; an exit code other than 0 fails the test with the output."""
    started = time.monotonic()
    words = ["refresh", "--home", home, "--as-of", as_of, *(["--inbox", inbox] if inbox else [])]
    done = htx(*words, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return Refreshed(home, done.stdout, time.monotonic() - started)
