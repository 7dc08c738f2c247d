"""One refresh at a time in a home."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_HELD = "HTX_HOME_HELD"  # names the home that this process, or the one that started it, holds


class HomeInUse(Exception):
    """Another refresh works in this home."""


def held(home: Path) -> bool:
    """Say whether this process works for the one that holds `home`, and so must not wait for it."""
    return os.environ.get(_HELD) == str(home)


@contextmanager
def exclusively(home: Path, wait_seconds: float, waiting: Callable[[str], None]) -> Iterator[None]:
    """Hold `home` for this process and the ones it starts.

    The operating system frees the lock when the last of them ends, however it ends: a child that outlives a
    killed refresh (a dbt run, say) keeps the next refresh waiting until nobody writes any more.
    """
    home.mkdir(parents=True, exist_ok=True)
    handle = os.open(home / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    os.set_inheritable(handle, True)
    try:
        _acquire(handle, home, wait_seconds, waiting)
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
        os.environ[_HELD] = str(home)
        yield
    finally:
        if held(home):
            del os.environ[_HELD]
        os.close(handle)


def _acquire(handle: int, home: Path, wait_seconds: float, waiting: Callable[[str], None]) -> None:
    deadline = time.monotonic() + wait_seconds
    told = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            holder = os.pread(handle, 20, 0).decode() or "unknown"
            if time.monotonic() >= deadline:
                raise HomeInUse(
                    f"{home}: another refresh (process {holder}, or one it started) works here. "
                    "Wait for it to end, or use another --home."
                ) from None
            if not told:
                waiting(f"another refresh (process {holder}) works in {home}; waiting for it to end")
                told = True
            time.sleep(0.2)
