"""The shelf of releases in a home: which there are, which is current, how one takes another's place.

    releases/<release id>/     complete and never changed; what is not complete has a name that begins with a dot
    releases/.pins/<id>        kept whatever its age; the file says why
    releases/.withdrawn/<id>   taken back; its content is not published again by itself
    current -> releases/<id>   moved by replacing the link in one step: a reader sees the old or the new release

A reader resolves `current` once and opens what it points to; it then reads one release to its end, however many
are published meanwhile. Everything that changes the shelf holds its lock, which the operating system frees when a
process dies.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
_LOCK = ".lock"
_PINS = ".pins"
_WITHDRAWN = ".withdrawn"
_NEW_LINK = ".current.new"
_CANDIDATE = ".candidate"
_DISCARDED = ".discarded"


class ShelfProblem(Exception):
    """What was asked of the shelf can't be done: the message says what was found and what to do next."""


@dataclasses.dataclass(frozen=True)
class Release:
    """One release on the shelf. `sequence` counts publications in this home, from 1."""

    release_id: str
    path: Path
    content_hash: str
    as_of: dt.date
    sequence: int
    supersedes: str | None
    code_version: str
    rows: int
    is_current: bool
    pinned: str | None  # the reason, or None when it is not pinned
    withdrawn: str | None  # the reason, or None when it was not taken back
    manifest: dict[str, Any] = dataclasses.field(repr=False, compare=False)

    @property
    def published_at(self) -> dt.datetime:
        """When the manifest was written on this machine (UTC). Not part of the content: copies keep or lose it."""
        return dt.datetime.fromtimestamp((self.path / MANIFEST).stat().st_mtime, tz=dt.UTC)

    @property
    def database(self) -> Path:
        return self.path / "htx.duckdb"


class Shelf:
    """The releases of one home. Reading it never takes a lock; every change is made under `locked`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.releases_dir = home / "releases"
        self.current_link = home / "current"

    # Reading

    def current_id(self) -> str | None:
        """The id that `current` points to, None when nothing has been published."""
        try:
            return self.current_link.readlink().name
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise ShelfProblem(
                f"{self.current_link}: expected a symbolic link into {self.releases_dir}, found something else "
                f"({problem.strerror}). Move it away; the next publication makes the link again."
            ) from problem

    def current(self) -> Release | None:
        """The current release; None when nothing has been published, or what was published has been moved away."""
        release_id = self.current_id()
        if release_id is None or not (self.releases_dir / release_id / MANIFEST).is_file():
            return None
        return self.get(release_id)

    def required_current(self) -> Release:
        """The current release; `ShelfProblem` when nothing has been published."""
        release = self.current()
        if release is None:
            raise ShelfProblem(
                f"{self.home}: nothing is published here yet. Run `htx refresh`, or name another --home."
            )
        return release

    def get(self, release_id: str) -> Release:
        """A release by its id; `ShelfProblem` when there is none of that id."""
        path = self.releases_dir / release_id
        if not _is_release_name(release_id) or not (path / MANIFEST).is_file():
            known = ", ".join(release.release_id for release in self.newest_first()[:5]) or "none"
            raise ShelfProblem(
                f"{self.releases_dir}: expected a release {release_id!r}, found none of that name. "
                f"The newest are: {known}. `htx release list` shows all."
            )
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        return Release(
            release_id=release_id,
            path=path,
            content_hash=manifest["content_hash"],
            as_of=dt.date.fromisoformat(manifest["as_of"]),
            sequence=manifest["sequence"],
            supersedes=manifest["supersedes"],
            code_version=manifest["code_version"],
            rows=sum(table["rows"] for table in manifest["tables"]),
            is_current=self.current_id() == release_id,
            pinned=_note(self.releases_dir / _PINS / release_id),
            withdrawn=_note(self.releases_dir / _WITHDRAWN / release_id),
            manifest=manifest,
        )

    def find(self, name: str) -> Release:
        """A release by its id, an unambiguous beginning of it, ``current`` or ``previous``."""
        if name == "current":
            return self.required_current()
        if name == "previous":
            current = self.required_current()
            if current.supersedes is None:
                raise ShelfProblem(
                    f"{current.release_id} is the first release of {self.home}: there is none before it."
                )
            return self.get(current.supersedes)
        begins = [release for release in self.newest_first() if release.release_id.startswith(name)]
        exact = [release for release in begins if release.release_id == name]
        if len(exact or begins) > 1:
            raise ShelfProblem(
                f"{name!r} is the beginning of {len(begins)} releases: "
                f"{', '.join(release.release_id for release in begins)}. Give more of the id."
            )
        return (exact or begins)[0] if begins else self.get(name)

    def newest_first(self) -> list[Release]:
        """All releases, the last published first."""
        if not self.releases_dir.is_dir():
            return []
        found = []
        for path in self.releases_dir.iterdir():
            if _is_release_name(path.name) and (path / MANIFEST).is_file():
                try:
                    found.append(self.get(path.name))
                except (FileNotFoundError, ShelfProblem):
                    continue  # pruned by another process since it was listed
        return sorted(found, key=lambda release: (-release.sequence, release.release_id))

    # Changing

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the shelf for one writer, and clear away what a killed one left."""
        self.releases_dir.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.releases_dir / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            self._clear_leftovers()
            yield
        finally:
            os.close(handle)

    def candidate_dir(self) -> Path:
        """An empty directory to build a release in; readers never look at it."""
        path = self.releases_dir / _CANDIDATE
        path.mkdir()
        return path

    def put(self, candidate: Path, release_id: str) -> Path:
        """Give a finished candidate its name. Its files are on the disk before the name is."""
        _make_read_only_and_durable(candidate)
        path = self.releases_dir / release_id
        candidate.rename(path)
        _sync_directory(self.releases_dir)
        return path

    def point_to(self, release_id: str) -> None:
        """Move `current` to a release in one step. A release that is made current is no longer withdrawn."""
        new_link = self.home / _NEW_LINK
        new_link.unlink(missing_ok=True)
        new_link.symlink_to(Path("releases") / release_id)
        new_link.replace(self.current_link)
        _sync_directory(self.home)
        (self.releases_dir / _WITHDRAWN / release_id).unlink(missing_ok=True)

    def withdraw(self, release_id: str, reason: str) -> None:
        """Note that a release was taken back: its content is not published again by itself."""
        _write_note(self.releases_dir / _WITHDRAWN / release_id, reason)

    def roll_back(self, name: str, reason: str) -> tuple[Release, Release]:
        """Make the release `name` current; return the one that was, now taken back, and the one that is.

        What is taken back stays on the shelf, marked with the reason, and the same content is not published again
        until somebody rolls forward to it.
        """
        with self.locked():
            current = self.required_current()
            found = self.find(name)
            if found.release_id == current.release_id:
                raise ShelfProblem(
                    f"{current.release_id} is current already: there is nothing to take back. "
                    "`htx release list` shows the others."
                )
            # The note comes first: killed in between, a release is current and noted, and the next rollback repeats it.
            self.withdraw(current.release_id, reason)
            self.point_to(found.release_id)
            return self.get(current.release_id), self.get(found.release_id)

    def withdrawn_with(self, content_hash: str) -> Release | None:
        """The release with this content that was taken back, if any."""
        for release in self.newest_first():
            if release.withdrawn is not None and release.content_hash == content_hash:
                return release
        return None

    def pin(self, release_id: str, reason: str) -> None:
        """Keep a release whatever its age."""
        _write_note(self.releases_dir / _PINS / self.get(release_id).release_id, reason)

    def unpin(self, release_id: str) -> None:
        """Let a release age like others."""
        (self.releases_dir / _PINS / release_id).unlink(missing_ok=True)

    def prune(self, keep: int) -> list[str]:
        """Remove all but the newest `keep` releases, the pinned ones and the current. Returns the ids removed.

        A removed release first loses its name, so that a half removed one is never seen. A reader that has its
        files open goes on reading them.
        """
        removed = []
        for release in self.newest_first()[keep:]:
            if release.is_current or release.pinned is not None:
                continue
            self.discard(release.release_id)
            removed.append(release.release_id)
        return removed

    def discard(self, release_id: str) -> None:
        """Remove one release: its name first, then its files."""
        discarded = self.releases_dir / f"{_DISCARDED}-{release_id}"
        (self.releases_dir / release_id).rename(discarded)
        (self.releases_dir / _WITHDRAWN / release_id).unlink(missing_ok=True)
        shutil.rmtree(discarded)

    def _clear_leftovers(self) -> None:
        (self.home / _NEW_LINK).unlink(missing_ok=True)
        for path in self.releases_dir.iterdir():
            if path.name.startswith((_CANDIDATE, _DISCARDED)):
                shutil.rmtree(path)


def _is_release_name(name: str) -> bool:
    return bool(name) and not name.startswith(".") and "/" not in name


def _note(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _write_note(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    unfinished = path.parent / f".{path.name}"
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
    _sync_directory(path.parent)


def _make_read_only_and_durable(directory: Path) -> None:
    for folder, _, names in os.walk(directory, topdown=False):
        for name in names:
            path = Path(folder) / name
            path.chmod(0o444)
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        _sync_directory(Path(folder))


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
