"""A home in an S3 bucket: what a step needs comes into a working copy on this machine, what it made goes back.

The rooms work on files. With a local home nothing here does anything. With a bucket, only objects that are new or
have changed since they were last seen travel (an index beside the copy holds version, size and time of each), and the
bucket is what counts: what another machine changed or deleted there is changed or deleted here.

What goes back goes in an order in which a kill between two PUTs leaves what a re-run repairs: originals before
sidecars, and both before what is remembered of a source; records before the row that says that an original was read;
the files of a release before its manifest, and last `current.json`, the one object that names the current release.
The archive is never deleted from, here or there.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import sqlite3
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from htx.bucket import Bucket, Changed, StorageProblem, Stored, leased
from htx.home import Home
from htx.locking import HomeInUse, exclusively, held
from ingestion.archive import Archive, Sidecar
from ingestion.files import locked, replacing

if TYPE_CHECKING:
    from publication.shelf import Release

POINTER = "current.json"
MANIFEST = "manifest.json"  # as in `publication.shelf`, which every htx command would load by importing it here
PUBLISHED_INPUTS = "warehouse/published_inputs"
_INDEX = ".storage.db"
_AT_ONCE = 16  # objects under way at one time
_NOTES = (".pins", ".withdrawn")
_RELEASES = "releases"
_PULLING, _PUBLISHING = ".pulling.lock", ".publishing.lock"


@dataclasses.dataclass(frozen=True)
class Step:
    """What a step of a DAG that is not the writer's needs of a home, and what it makes in it."""

    needs: Sequence[str]
    makes: Sequence[str] = ()


STEPS = {
    "list_sources": Step(("archive", "fetch", "lake"), ("lake",)),
    "fetch": Step(("archive", "fetch"), ("archive", "fetch")),
    "list_unread": Step(("archive", "lake")),
    "read": Step(()),
    "anything_new": Step(("lake", "warehouse", "releases")),
    "serve": Step(("releases",)),
    "notify": Step(("runs", "releases"), ("runs",)),
    "report": Step(("runs", "releases"), ("runs",)),
    "plan": Step(("archive", "lake")),
    "judge": Step(("fetch",)),
}
_WRITER = ("archive", "lake", "text", "warehouse", "releases")


def opened(option: Path | None, *parts: str) -> Home:
    """Return the home as a command reads it, with `parts` of it up to date."""
    home = Home.resolve(option)
    if home.bucket:
        with _copy(home) as copy:
            copy.pull(parts or (_RELEASES,))
    return home


def find(home: Home, name: str) -> Release:
    """Return a release as `Shelf.find` does, with all its files on this machine."""
    from publication.shelf import Shelf

    found = Shelf(home.path).find(name)
    if home.bucket:
        with _copy(home) as copy:
            copy.pull_release(found.release_id)
    return found


def send(home: Home, *parts: str) -> None:
    """Take back what was made in `parts` of the home."""
    if home.bucket:
        with _copy(home) as copy:
            copy.push(parts)


@contextlib.contextmanager
def step(home: Home, name: str, arguments: Sequence[Any]) -> Iterator[None]:
    """Bring what a step of a DAG needs, and take back what it made, also when it failed.

    The steps of the writer bring and take back under `writing`, once the home is theirs.
    """
    if not home.bucket or name not in STEPS:
        yield
        return
    with _copy(home) as copy:
        # Several tasks at one time work in one copy, when it comes to fetching and reading. The others are alone.
        copy.pull(STEPS[name].needs, exact=name == "list_unread")
        if name == "fetch":
            copy.bring_forgotten(arguments[0])
        if name == "read":
            copy.bring_originals(arguments[0])
        try:
            yield
        finally:
            copy.push(part for part in STEPS[name].makes if part != "fetch")
            if name == "fetch":
                copy.send_own("quarantine", [f"source.{source}" for source in arguments[0]])
                copy.push(["fetch"])
            if name == "read":
                copy.send_readings(arguments[0])


@contextlib.contextmanager
def writing(home: Home, wait_seconds: float, waiting: Callable[[str], None]) -> Iterator[None]:
    """Be the only writer of a home, on this machine and over its bucket, and take back what was written.

    Raises HomeInUse when another writer still works there after `wait_seconds`. What a block that fails has written is
    not taken back: it is computed again.
    """
    with contextlib.ExitStack() as stack:
        if not held(home.path):  # else the refresh that this process works for holds both
            stack.enter_context(alone(home, wait_seconds, waiting))
        if not home.bucket:
            yield
            return
        copy = stack.enter_context(_copy(home))
        stack.enter_context(locked(home.path / _PUBLISHING))
        copy.pull(_WRITER, exact=True)
        before = copy.local("lake")
        yield
        copy.push(["lake"], deleted=before - copy.local("lake"))
        copy.push_releases()
        copy.push(["warehouse"])


@contextlib.contextmanager
def alone(home: Home, wait_seconds: float, waiting: Callable[[str], None]) -> Iterator[None]:
    """Hold a home against other writers: by a lock on this machine, and by a lease on its bucket."""
    with exclusively(home.path, wait_seconds, waiting), contextlib.ExitStack() as stack:
        if home.bucket:
            copy = stack.enter_context(_copy(home))
            stack.enter_context(leased(copy.bucket, copy.name, wait_seconds, waiting))
        yield


@contextlib.contextmanager
def changing(home: Home, wait_seconds: float, waiting: Callable[[str], None]) -> Iterator[None]:
    """Change something on the shelf of a home, and take that back; on a disk the shelf's own lock is enough."""
    if not home.bucket:
        yield
        return
    with alone(home, wait_seconds, waiting), _copy(home) as copy, locked(home.path / _PUBLISHING):
        copy.pull([_RELEASES], exact=True)
        yield
        copy.push_releases()


@contextlib.contextmanager
def _copy(home: Home) -> Iterator[WorkingCopy]:
    assert home.bucket is not None
    copy = WorkingCopy(home, Bucket(home.bucket))
    try:
        yield copy
    finally:
        copy.close()


class WorkingCopy:
    """The files of a home on this machine, and what is known of their objects in the bucket."""

    def __init__(self, home: Home, bucket: Bucket) -> None:
        from publication.shelf import Shelf

        self.home, self.bucket = home, bucket
        self._index = _Index(home.path / _INDEX)
        self._archive = Archive(home.archive)
        self._shelf = Shelf(home.path)
        self._pointer: str | None = None  # the version of `current.json` that the copy was made equal to,
        self._current: str | None = None  # and the release that it named
        self._published: dict[str, set[str]] = {}  # objects of each release that is complete in the bucket
        self._notes: set[str] = set()

    @property
    def name(self) -> str:
        """What tells this copy from those of other machines."""
        return self._index.name

    def close(self) -> None:
        self._index.close()

    def pull(self, parts: Iterable[str], *, exact: bool = False) -> None:
        """Make `parts` of the copy equal to the bucket.

        What was changed here and never arrived there stays, to be taken back later; with `exact` it goes too (outside
        of the archive): a step that was killed does it again.
        """
        for part in parts:
            if part == "archive":
                self._pull_sidecars()
            elif part == _RELEASES and exact:
                self._pull_releases(exact)
            elif part == _RELEASES:
                with locked(self.home.path / _PULLING), locked(self.home.path / _PUBLISHING, wait=False) as nobody:
                    if nobody:  # else a writer of this machine is between two releases: what is here is shown
                        self._pull_releases(exact)
            else:
                self._mirror(part, exact)

    def local(self, part: str) -> set[str]:
        """Return the files of a part that belong in the bucket."""
        folder = self.home.path / part
        found = set()
        for place, folders, names in os.walk(folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            found |= {
                (Path(place) / name).relative_to(self.home.path).as_posix()
                for name in names
                if not name.startswith(".") and not name.endswith((".lock", ".tmp"))
            }
        return {PUBLISHED_INPUTS} & found if part == "warehouse" else found

    # Bringing

    def _mirror(self, part: str, exact: bool) -> None:
        theirs = self.bucket.list(PUBLISHED_INPUTS if part == "warehouse" else part)
        known, ours = self._index.under(part), self.local(part)
        for path in ours - theirs.keys():
            if exact or path in known:
                (self.home.path / path).unlink(missing_ok=True)
        self._index.forget(known.keys() - theirs.keys())
        due = [
            path
            for path, stored in theirs.items()
            if path not in ours
            or path not in known
            or known[path].etag != stored.etag
            or (exact and not known[path].is_of(self.home.path / path))
        ]
        self._download({path: theirs[path] for path in due})

    def _pull_sidecars(self) -> None:
        theirs = self.bucket.list("archive")
        known = self._index.under("archive")
        self._index.forget(known.keys() - theirs.keys())
        due = [
            path
            for path, stored in theirs.items()
            if path.endswith(".json")
            and (path not in known or known[path].etag != stored.etag or not (self.home.path / path).exists())
        ]
        self._each(self._take_sidecar, due)

    def _take_sidecar(self, path: str) -> str | None:
        """Join a sidecar of the bucket with the one that is here; return its version there, None without one."""
        found = self.bucket.get(path)
        if found is None:
            return None
        content, etag = found
        joined = self._archive.join(Sidecar.model_validate_json(content))
        if joined.model_dump_json(indent=1).encode() == content:
            self._index.know(path, etag, self.home.path / path)
        return etag

    def bring_originals(self, artefacts: Iterable[str]) -> None:
        """Bring the originals of `artefacts` with their sidecars as they are now."""

        def bring(artefact: str) -> None:
            self._take_sidecar(f"archive/{artefact[:2]}/{artefact}.json")
            path = self._archive.original(self._archive.sidecar(artefact))
            if not path.exists():
                self._download_one(path.relative_to(self.home.path).as_posix(), None)

        self._each(bring, artefacts)

    def bring_forgotten(self, sources: Iterable[str]) -> None:
        """Bring the originals of sources of which nothing is remembered: they are compared with what comes."""
        forgotten = {name for name in sources if not (self.home.fetch / f"{name}.json").exists()}
        if forgotten:
            self.bring_originals(
                sidecar.artefact
                for sidecar in self._archive
                if any(delivery.source in forgotten and delivery.web for delivery in sidecar.deliveries)
            )

    def _pull_releases(self, exact: bool) -> None:
        """Bring the current release, and of the others what a list of them shows."""
        pointer = self.bucket.get(POINTER)
        theirs = self.bucket.list(_RELEASES)
        current = json.loads(pointer[0])["release_id"] if pointer else None
        self._pointer, self._current = pointer[1] if pointer else None, current
        self._published = _by_release(theirs)
        if current is not None and current not in self._published:
            raise StorageProblem(
                f"{self.bucket.address}/{POINTER}: expected to name a release with a {MANIFEST}, found "
                f"{current}, which has none. Bring its objects back, or write the id of another release into {POINTER}."
            )
        self._notes = {path for path in theirs if path.split("/")[1] in _NOTES}
        shown = {f"{_RELEASES}/{name}/{MANIFEST}" for name in self._published}
        whole = self._published.get(current, set()) if current else set()
        known = self._index.under(_RELEASES)
        due = {
            path: theirs[path]
            for path in (shown | whole | self._notes)
            if path not in known or known[path].etag != theirs[path].etag or not (self.home.path / path).exists()
        }
        self._download({path: stored for path, stored in due.items() if not path.endswith(f"/{MANIFEST}")})
        self._download({path: stored for path, stored in due.items() if path.endswith(f"/{MANIFEST}")})
        if current is not None and current != self._shelf.current_id():
            self._shelf.point_to(current)
        elif current is None and exact:
            self._shelf.current_link.unlink(missing_ok=True)
        for release in self._shelf.newest_first():
            gone = f"{_RELEASES}/{release.release_id}/{MANIFEST}" in known
            if release.release_id not in self._published and (gone or exact):
                self._shelf.discard(release.release_id)
        for path in self._local_notes() - self._notes:
            if exact or path in known:
                (self.home.path / path).unlink(missing_ok=True)
        self._index.forget(known.keys() - theirs.keys())

    def pull_release(self, release_id: str) -> None:
        """Bring all files of one release."""
        theirs = self.bucket.list(f"{_RELEASES}/{release_id}")
        self._download({path: stored for path, stored in theirs.items() if not (self.home.path / path).exists()})

    def _download(self, objects: dict[str, Stored]) -> None:
        self._each(lambda path: self._download_one(path, objects[path]), objects)

    def _download_one(self, path: str, stored: Stored | None) -> None:
        target = self.home.path / path
        try:
            with replacing(target) as temporary:
                self.bucket.download(path, temporary)
                if path.startswith(f"{_RELEASES}/"):
                    temporary.chmod(0o444)  # as `Shelf.put` leaves them
                if stored is not None:
                    os.utime(temporary, (stored.modified.timestamp(), stored.modified.timestamp()))
        except FileNotFoundError:
            if stored is None:
                raise
            return  # deleted since it was listed
        if stored is not None and stored.size == target.stat().st_size:
            self._index.know(path, stored.etag, target)

    # Taking back

    def push(self, parts: Iterable[str], deleted: Iterable[str] = ()) -> None:
        """Write to the bucket what was made or changed here, and delete there what a writer has `deleted`."""
        for part in parts:
            known = self._index.under(part)
            due = [
                path
                for path in sorted(self.local(part))
                if path not in known or not known[path].is_of(self.home.path / path)
            ]
            if part == "archive":
                self._each(self._upload, [path for path in due if not path.endswith(".json")])
                self._each(self._send_sidecar, [path for path in due if path.endswith(".json")])
            else:
                self._send(due)
        self._delete(deleted)

    def _send(self, paths: Iterable[str]) -> None:
        paths = list(paths)
        self._each(self._upload, [path for path in paths if not path.startswith("lake/artefact/")])
        self._each(self._upload, [path for path in paths if path.startswith("lake/artefact/")])

    def send_readings(self, artefacts: Sequence[str]) -> None:
        """Make the bucket hold what the readings of these originals left here, and nothing else of them."""
        from ingestion.reading import RECORD_TYPES

        self._send(path for artefact in artefacts if (self.home.path / (path := f"text/{artefact}.txt")).exists())
        for record_type in (*RECORD_TYPES, "quarantine", "artefact"):
            self.send_own(record_type, artefacts)

    def send_own(self, record_type: str, names: Iterable[str]) -> None:
        """Make the bucket hold the records of these names as they are here: no rows, no object."""
        paths = [f"lake/{record_type}/{name}.parquet" for name in names]
        there = {path for path in paths if (self.home.path / path).exists()}
        self._each(self._upload, sorted(there))
        self._delete(set(paths) - there)

    def _send_sidecar(self, path: str) -> None:
        """Write a sidecar; where another machine was faster, join the two and try again."""
        file = self.home.path / path
        seen = self._index.under(path).get(path)
        etag = seen.etag if seen else None
        while True:
            content = file.read_bytes()
            try:
                etag = self.bucket.put(path, content, only_on=etag, only_new=etag is None)
            except Changed:
                etag = self._take_sidecar(path)
                continue
            if file.read_bytes() == content:
                self._index.know(path, etag, file)
                return

    def push_releases(self) -> None:
        """Publish to the bucket what was published here: files, manifest, notes, and then in one PUT the pointer."""
        ours = {release.release_id for release in self._shelf.newest_first()}
        for name in sorted(ours - self._published.keys()):
            self._push_release(name)
        known, notes = self._index.under(_RELEASES), self._local_notes()
        changed = [path for path in notes if path not in known or not known[path].is_of(self.home.path / path)]
        self._each(self._upload, changed)
        current = self._shelf.current_id()
        if current is not None and current != self._current:
            content = json.dumps({"release_id": current, "path": f"{_RELEASES}/{current}"}).encode()
            try:
                self._pointer = self.bucket.put(POINTER, content, only_on=self._pointer, only_new=self._pointer is None)
            except Changed:
                raise HomeInUse(
                    f"{self.bucket.address}/{POINTER}: expected to find it as it was when this run began, found that "
                    f"another machine published meanwhile. {current} is not made current; run it again."
                ) from None
        self._delete(self._notes - notes)
        for name in sorted(self._published.keys() - ours - {current}):
            manifest = f"{_RELEASES}/{name}/{MANIFEST}"
            self._delete([manifest])  # what has no manifest is no release
            self._delete(self._published[name] - {manifest})

    def _push_release(self, name: str) -> None:
        manifest = f"{_RELEASES}/{name}/{MANIFEST}"
        folder = self._shelf.releases_dir / name
        files = {path.relative_to(self.home.path).as_posix() for path in folder.rglob("*") if path.is_file()}
        left_by_a_killed_run = self.bucket.list(f"{_RELEASES}/{name}").keys() - files
        self._delete(left_by_a_killed_run)
        self._each(self._upload, sorted(files - {manifest}))
        self._upload(manifest)
        self._published[name] = files

    def _local_notes(self) -> set[str]:
        return {
            f"{_RELEASES}/{kind}/{path.name}"
            for kind in _NOTES
            for path in (self._shelf.releases_dir / kind).glob("[!.]*")
        }

    def _upload(self, path: str) -> None:
        file = self.home.path / path
        before = _state(file)
        self._index.know(path, self.bucket.upload(path, file), file, before)

    def _delete(self, paths: Iterable[str]) -> None:
        paths = sorted(paths)
        self._each(self.bucket.delete, paths)
        self._index.forget(paths)

    @staticmethod
    def _each(work: Callable[[str], object], paths: Iterable[str]) -> None:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for _ in pool.map(work, paths):
                pass


@dataclasses.dataclass(frozen=True)
class _Known:
    """The version of an object that a file is equal to, as long as the file's size and time are these."""

    etag: str
    size: int
    mtime_ns: int

    def is_of(self, file: Path) -> bool:
        try:
            return _state(file) == (self.size, self.mtime_ns)
        except FileNotFoundError:
            return False


class _Index:
    """What is known of objects, in SQLite: several processes and threads write it at one time."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        self._database.execute("pragma journal_mode = wal")
        self._database.execute("pragma synchronous = normal")
        self._database.execute(
            "create table if not exists object (path text primary key, etag text, size integer, mtime_ns integer)"
        )
        self._database.execute("create table if not exists copy (one integer primary key, name text)")
        self._database.execute("insert or ignore into copy values (1, ?)", (uuid.uuid4().hex,))

    @property
    def name(self) -> str:
        [(name,)] = self._database.execute("select name from copy").fetchall()
        return str(name)

    def under(self, prefix: str) -> dict[str, _Known]:
        rows = self._database.execute(
            "select * from object where path >= ? and path < ?", (prefix, prefix + "\U0010ffff")
        ).fetchall()
        return {path: _Known(etag, size, mtime) for path, etag, size, mtime in rows}

    def know(self, path: str, etag: str, file: Path, state: tuple[int, int] | None = None) -> None:
        """Remember that `file` is that version; `state` is what it was when its bytes were read."""
        row = (path, etag, *(state or _state(file)))
        self._database.execute("insert or replace into object values (?, ?, ?, ?)", row)

    def forget(self, paths: Iterable[str]) -> None:
        self._database.executemany("delete from object where path = ?", [(path,) for path in paths])

    def close(self) -> None:
        self._database.close()


def _state(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_size, found.st_mtime_ns


def _by_release(objects: Iterable[str]) -> dict[str, set[str]]:
    """The objects of each release that has its manifest."""
    found: dict[str, set[str]] = {}
    for path in objects:
        name = path.split("/")[1]
        if not name.startswith("."):
            found.setdefault(name, set()).add(path)
    return {name: paths for name, paths in found.items() if f"{_RELEASES}/{name}/{MANIFEST}" in paths}
