"""``htx backup``: copies of a home that a night may be running in, and a home made again out of one.

    objects/<sha[:2]>/<sha256>   every file once, whatever its name and however many backups hold it
    backups/<time>.json          one backup: each file of the home with its hash, mode and time

What can be computed again is left out (the private database that dbt builds, logs), and so are secrets. Parts are
copied in an order in which no part speaks of what another does not have yet: what is remembered of the sources before
the archive they filled, the note of what the release was made of before the release, readings before originals. A
night that goes on meanwhile is in the backup up to a point, and the next night after a restore does the rest.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import hashlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import pydantic

from htx import cluster
from htx.home import PROJECT, Home
from htx.locking import exclusively
from ingestion.files import write_bytes
from publication.shelf import Shelf

DUMP = "metadata/postgres.dump"
SQLITE = "airflow/airflow.db"
PUBLISHED_INPUTS = "warehouse/published_inputs"
# First what is remembered (the state of sources, digests, lineage: every folder that is not named here), then the
# releases, under the shelf's lock, then these.
AFTER_RELEASES = ("airflow/migrated", "text", "lake", "archive")
LEFT_OUT = ("warehouse", "logs", "cluster", "airflow", "restored")
# Decisions of people that are part of the project; `htx review` and `htx gates` write them.
REVIEWED = ("ingestion/bulletins/reviewed.csv", "expectations/reviewed_holds.csv", "backfills")
METADATA_FILE = "HTX_METADATA_FILE"  # names a file with the address of Airflow's PostgreSQL database


class BackupProblem(Exception):
    """A backup that can't be made, trusted or restored: which file, expected, found, what to do next."""


class Entry(pydantic.BaseModel):
    """One file, or one symbolic link, of the home (`path` with forward slashes)."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    path: str
    sha256: str | None = None
    size_bytes: int = 0
    mode: int = 0o644
    mtime_ns: int = 0
    link: str | None = None


class Backup(pydantic.BaseModel):
    """One backup. `current` is the release that was current, None where nothing was published."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    format: int = 1
    name: str
    made_at: dt.datetime
    code_version: str
    current: str | None
    entries: tuple[Entry, ...]

    @property
    def size_bytes(self) -> int:
        return sum(entry.size_bytes for entry in self.entries)


@dataclasses.dataclass(frozen=True)
class Made:
    """What making a backup did: `stored` files were new in the place, the others were there already."""

    backup: Backup
    stored: int
    stored_bytes: int


@dataclasses.dataclass(frozen=True)
class Restored:
    """What restoring did. `differing` are decisions in the backup that the project says differently."""

    backup: Backup
    metadata: bool
    differing: tuple[Path, ...]


class Place:
    """A folder that holds backups."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """Return the names of the backups, the oldest first."""
        return sorted(path.stem for path in (self.folder / "backups").glob("[!.]*.json"))

    def get(self, name: str = "latest") -> Backup:
        """Return a backup; raise BackupProblem where there is none of that name."""
        names = self.names()
        wanted = names[-1] if name == "latest" and names else name
        if wanted not in names:
            raise BackupProblem(
                f"{self.folder}: expected a backup {name!r}, found {', '.join(names[-5:]) or 'none'}. "
                "`htx backup list` shows all."
            )
        path = self.folder / "backups" / f"{wanted}.json"
        try:
            return Backup.model_validate_json(path.read_bytes())
        except pydantic.ValidationError as error:
            raise BackupProblem(f"{path}: expected the list of a backup, found something else: {error}") from error

    def put(self, backup: Backup) -> None:
        write_bytes(self.folder / "backups" / f"{backup.name}.json", backup.model_dump_json(indent=1).encode())

    def object(self, sha256: str) -> Path:
        return self.folder / "objects" / sha256[:2] / sha256

    def store(self, file: Path) -> tuple[str, int]:
        """Keep the bytes of `file` as they are now; return their hash and how many of them were not here yet."""
        digest = hashlib.sha256()
        objects = self.folder / "objects"
        objects.mkdir(parents=True, exist_ok=True)
        with file.open("rb") as source, tempfile.NamedTemporaryFile(dir=objects) as copy:
            while block := source.read(1 << 20):
                digest.update(block)
                copy.write(block)
            place = self.object(digest.hexdigest())
            new = 0 if place.exists() else copy.tell()
            if not place.exists():
                copy.flush()
                os.fsync(copy.fileno())
                os.fchmod(copy.fileno(), 0o444)
                place.parent.mkdir(exist_ok=True)
                os.link(copy.name, place)  # the object has its name only now that it is whole
        return digest.hexdigest(), new

    def fetch(self, entry: Entry, target: Path) -> None:
        """Write an entry to `target`; raise BackupProblem where its bytes are missing or are not what they were."""
        target.parent.mkdir(parents=True, exist_ok=True)
        if entry.link is not None:
            target.symlink_to(entry.link)
            return
        found = self.check(entry)
        if found:
            raise BackupProblem(found)
        shutil.copyfile(self.object(str(entry.sha256)), target)
        target.chmod(entry.mode)
        os.utime(target, ns=(entry.mtime_ns, entry.mtime_ns))

    def check(self, entry: Entry) -> str | None:
        """Say what is wrong with the stored bytes of an entry, None where nothing is."""
        if entry.sha256 is None:
            return None
        place = self.object(entry.sha256)
        if not place.exists():
            return f"{place}: expected the bytes of {entry.path}, found nothing. Restore an older backup."
        with place.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != entry.sha256:
            return f"{place}: expected the bytes of {entry.path} ({entry.sha256[:12]}), found others ({found[:12]})."
        return None


def create(home: Home, folder: Path, say: Callable[[str], None]) -> Made:
    """Back `home` up into `folder`, which may hold earlier backups: only what is new is copied.

    A night may run meanwhile; a publication waits while releases are copied. Raises BackupProblem.
    """
    if not home.path.is_dir():
        raise BackupProblem(f"{home.path}: expected a home to back up, found nothing. Name it with --home.")
    if folder.resolve().is_relative_to(home.path):
        raise BackupProblem(f"{folder}: expected a place outside of {home.path}. Back up to another folder or disk.")
    place = Place(folder)
    with exclusively(folder, 600, say):
        for leftover in (folder / "objects").glob("tmp*"):  # of a backup that was killed
            leftover.unlink()
        known = {entry.path: entry for name in place.names()[-1:] for entry in place.get(name).entries}
        writer = _Writer(place, known)
        for part in (*_remembered(home), PUBLISHED_INPUTS):
            writer.take(home.path, part)
        shelf = Shelf(home.path)
        with shelf.locked():
            current = shelf.current_id()
            writer.take(home.path, "releases")
            if current is not None:
                writer.take(home.path, "current")
        for part in AFTER_RELEASES:
            writer.take(home.path, part)
        for part in REVIEWED:
            writer.take(PROJECT, part, under="reviewed/")
        writer.take_metadata(home)
        now = dt.datetime.now(dt.UTC)
        backup = Backup(
            name=f"{now:%Y%m%dT%H%M%S.%fZ}",
            made_at=now,
            code_version=_code_version(),
            current=current,
            entries=tuple(sorted(writer.entries, key=lambda entry: entry.path)),
        )
        place.put(backup)
    return Made(backup, writer.stored, writer.stored_bytes)


def restore(home: Home, folder: Path, name: str, *, metadata: bool, say: Callable[[str], None]) -> Restored:
    """Make `home`, which must hold nothing yet, out of a backup; every file is checked against its hash.

    `metadata` restores Airflow's PostgreSQL database too, where the backup has it: the one that HTX_METADATA_FILE
    names, else a new one for `htx cluster`. What was restored before an error stays, without `current`.
    """
    place = Place(folder)
    backup = place.get(name)
    occupied = sorted(path.name for path in home.path.iterdir()) if home.path.exists() else []
    if set(occupied) - {".lock", "cluster", "logs"}:
        raise BackupProblem(
            f"{home.path}: expected an empty home, found {', '.join(occupied[:5])}. "
            "Move it away first, or name another --home; nothing was changed."
        )
    damaged = [problem for entry in backup.entries if (problem := place.check(entry))]
    if damaged:
        raise BackupProblem(f"{len(damaged)} files of {backup.name} can't be trusted, the first: {damaged[0]}")
    differing: list[Path] = []
    with exclusively(home.path, 0, say):
        for entry in backup.entries:
            if entry.path.startswith("reviewed/"):
                differing.extend(_decision(place, entry, home))
            elif entry.path not in ("current", DUMP):
                place.fetch(entry, home.path / entry.path)
        restored = metadata and _restore_metadata(home, place, backup)
        for entry in backup.entries:
            if entry.path == "current":
                place.fetch(entry, home.current)
    return Restored(backup, restored, tuple(differing))


def verify(folder: Path) -> list[str]:
    """Return what is wrong with the backups in `folder`, file by file."""
    place = Place(folder)
    entries = {entry.sha256: entry for name in place.names() for entry in place.get(name).entries}
    return [problem for entry in entries.values() if (problem := place.check(entry))]


def prune(folder: Path, keep: int, say: Callable[[str], None]) -> tuple[int, int]:
    """Remove all but the newest `keep` backups and the bytes that none of them needs; return how many of each."""
    place = Place(folder)
    with exclusively(folder, 600, say):
        old = place.names()[:-keep]
        for name in old:
            (folder / "backups" / f"{name}.json").unlink()
        needed = {entry.sha256 for name in place.names() for entry in place.get(name).entries}
        surplus = [path for path in (folder / "objects").glob("??/*") if path.name not in needed]
        for path in surplus:
            path.unlink()
    return len(old), len(surplus)


class _Writer:
    """Gathers the entries of one backup."""

    def __init__(self, place: Place, known: Mapping[str, Entry]) -> None:
        self._place = place
        self._known = known
        self.entries: list[Entry] = []
        self.stored = 0
        self.stored_bytes = 0

    def take(self, root: Path, part: str, under: str = "") -> None:
        """Take a file or a folder below `root`."""
        for path in _files(root / part):
            try:
                self._take(path, under + path.relative_to(root).as_posix())
            except FileNotFoundError:
                if path.exists():  # else the night itself took it away since the folder was listed
                    raise

    def take_metadata(self, home: Home) -> None:
        """Take Airflow's own databases, each as it was at one moment."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "copy"
            if (home.path / SQLITE).exists():
                with (
                    contextlib.closing(sqlite3.connect(home.path / SQLITE)) as source,
                    contextlib.closing(sqlite3.connect(copy)) as target,
                ):
                    source.backup(target)
                self._take(copy, SQLITE)
            with _metadata_server(home, create=False) as environment:
                if environment is not None:
                    command = ["pg_dump", "--format=custom", "--no-owner", f"--file={copy}.dump"]
                    _run_postgres(command, environment)
                    self._take(copy.with_name("copy.dump"), DUMP)

    def _take(self, path: Path, name: str) -> None:
        if path.is_symlink():
            self.entries.append(Entry(path=name, link=str(path.readlink())))
            return
        facts = path.stat()
        before = self._known.get(name)
        unchanged = (
            before is not None
            and (before.size_bytes, before.mtime_ns) == (facts.st_size, facts.st_mtime_ns)
            and before.sha256 is not None
            and self._place.object(before.sha256).exists()
        )
        if unchanged and before is not None:
            sha256 = str(before.sha256)
        else:
            sha256, new = self._place.store(path)
            self.stored += new > 0
            self.stored_bytes += new
        size = self._place.object(sha256).stat().st_size
        self.entries.append(
            Entry(path=name, sha256=sha256, size_bytes=size, mode=facts.st_mode & 0o777, mtime_ns=facts.st_mtime_ns)
        )


def _remembered(home: Home) -> list[str]:
    named = {part.split("/")[0] for part in (*AFTER_RELEASES, *LEFT_OUT, "releases", "current", ".lock")}
    return sorted({path.name for path in home.path.iterdir()} - named)


def _files(path: Path) -> Iterator[Path]:
    if path.is_symlink() or path.is_file():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith((".candidate", ".discarded")))
        yield from (Path(folder) / name for name in sorted(names) if not _passing(name))


def _passing(name: str) -> bool:
    """Whether a file is half written, or a lock: nothing that a restored home needs."""
    return name.endswith(".lock") or (name.startswith(".") and name.endswith(".tmp"))


def _decision(place: Place, entry: Entry, home: Home) -> Iterable[Path]:
    """Keep a decision of the backup beside the data where the project has another: people merge it."""
    inside = PurePosixPath(entry.path).relative_to("reviewed")
    here = PROJECT / inside
    if here.exists() and hashlib.sha256(here.read_bytes()).hexdigest() == entry.sha256:
        return
    target = home.path / "restored" / inside
    place.fetch(entry, target)
    yield target


@contextlib.contextmanager
def _metadata_server(home: Home, *, create: bool) -> Iterator[Mapping[str, str] | None]:
    """Give the environment with which PostgreSQL's programmes reach Airflow's database; None where there is none."""
    named = os.environ.get(METADATA_FILE)
    local = cluster.Cluster(home)
    if named:
        yield _client_environment(Path(named).read_text().strip())
    elif local.database.exists() or create:
        if create:
            cluster.prepare(local)
        with cluster.database_running(local) as environment:
            yield environment
    else:
        yield None


def _restore_metadata(home: Home, place: Place, backup: Backup) -> bool:
    dumps = [entry for entry in backup.entries if entry.path == DUMP]
    for entry in dumps:
        with tempfile.TemporaryDirectory() as folder, _metadata_server(home, create=True) as environment:
            dump = Path(folder) / "metadata.dump"
            place.fetch(entry, dump)
            words = ["--clean", "--if-exists", "--no-owner", "--exit-on-error", "--single-transaction"]
            database = (environment or {})["PGDATABASE"]
            _run_postgres(["pg_restore", *words, f"--dbname={database}", str(dump)], environment or {})
    return bool(dumps)


def _client_environment(address: str) -> dict[str, str]:
    parts = urlsplit(address)
    return {
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port or 5432),
        "PGUSER": parts.username or "",
        "PGPASSWORD": parts.password or "",
        "PGDATABASE": parts.path.lstrip("/"),
    }


def _run_postgres(command: list[str], environment: Mapping[str, str]) -> None:
    programme = cluster.programme(command[0])
    if programme is None:
        raise BackupProblem(
            f"expected PostgreSQL's {command[0]}, found none. Install it (Debian: postgresql-client), "
            "or leave Airflow's database out with --no-metadata."
        )
    done = subprocess.run(
        [str(programme), *command[1:]], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupProblem(f"{command[0]} failed: {done.stderr.strip()[-1000:]}")


def _code_version() -> str:
    from htx.nightly import code_version

    return code_version()
