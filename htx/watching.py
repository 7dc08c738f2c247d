"""Watching drop folders in Airflow's triggerer: an event once a folder's files have changed and stand still."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from htx.home import PROJECT

POLL_SECONDS = 15.0
SETTLE_SECONDS = 30.0  # longer than an upload over a slow line or a save of an office program pauses

Snapshot = Mapping[str, tuple[int, int]]  # file → size in bytes, time of its last change in ns


class DropFolders(BaseEventTrigger):  # type: ignore[misc]
    """Fires with the names of the drop folders whose files have changed and have then stood still.

    The registered sources are listed anew at every look, so that a new source is watched without a restart. When it
    begins, every folder that is not empty counts as changed: what came while nobody watched is taken in, and what is
    known costs a comparison.
    """

    def __init__(self, poll_seconds: float = POLL_SECONDS, settle_seconds: float = SETTLE_SECONDS) -> None:
        super().__init__()
        self.poll_seconds = poll_seconds
        self.settle_seconds = settle_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what the triggerer makes this object of again."""
        arguments = {"poll_seconds": self.poll_seconds, "settle_seconds": self.settle_seconds}
        return f"{type(self).__module__}.{type(self).__qualname__}", arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look, wait, look again: for ever."""
        told: dict[str, Snapshot] = {}
        seen: dict[str, tuple[Snapshot, float]] = {}
        clock = asyncio.get_running_loop().time
        while True:
            for name, now in (await asyncio.to_thread(snapshots)).items():
                before, since = seen.get(name, (None, clock()))
                if now != before:
                    since = clock()
                seen[name] = now, since
            settled = [
                name
                for name, (now, since) in seen.items()
                if now != told.get(name, {}) and clock() - since >= self.settle_seconds
            ]
            told |= {name: seen[name][0] for name in settled}
            if settled:
                yield TriggerEvent({"sources": sorted(settled)})
            await asyncio.sleep(self.poll_seconds)


def snapshots() -> dict[str, Snapshot]:
    """Return what lies in each registered drop folder; one that is missing or unreadable shows nothing."""
    from ingestion.sources import readable_sources
    from ingestion.sources.model import DropFolder

    sources, _ = readable_sources()
    folders = {source.name: source.path for source in sources if isinstance(source, DropFolder) and source.active}
    return {name: _snapshot(PROJECT / path) for name, path in folders.items()}  # an absolute path stays as it is


def _snapshot(folder: Path) -> Snapshot:
    found: dict[str, tuple[int, int]] = {}
    for path in folder.rglob("*"):
        if not any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts):
            try:
                status = path.stat()
            except OSError:  # taken away between two looks
                continue
            if path.is_file():
                found[path.relative_to(folder).as_posix()] = status.st_size, status.st_mtime_ns
    return found
