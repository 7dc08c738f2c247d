"""The objects of a home that lies in an S3 bucket, through fsspec; and the lease of its one writer.

An object is whole or absent, because a PUT is. Two kinds of PUT make an agreement between machines: one that succeeds
only where there is no object yet, and one that succeeds only on the version that was read. Credentials and endpoint
come from the environment, as the AWS SDKs take them; retries are the library's.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import errno
import logging
import mimetypes
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pydantic

from htx.locking import HomeInUse

LEASE = "lease.json"
LEASE_SECONDS = 90.0  # how long the lease of a machine that died keeps others waiting; renewed each third of it
_LARGE = 64 * 2**20  # bytes: from here on a file goes up in parts, without being in memory as a whole
_POLL = 1.0

log = logging.getLogger(__name__)


class StorageProblem(Exception):
    """The bucket can't be used as it is set up: what was expected, what was found, what to do next."""


class StorageUnreachable(OSError):
    """The bucket did not answer, or not now: trying again may help."""


class Changed(Exception):
    """Another machine wrote the object since it was read."""


@dataclasses.dataclass(frozen=True)
class Stored:
    """One object as the bucket lists it."""

    etag: str
    size: int
    modified: dt.datetime


class Bucket:
    """Objects by their path inside the home `address`, ``s3://bucket/prefix``."""

    def __init__(self, address: str) -> None:
        # here: it brings s3fs, which takes a while, and a local home has no use for it
        import fsspec  # type: ignore[import-untyped]

        self.address = address
        self._root = address.removeprefix("s3://")
        # A listing that was kept would hide what other machines do.
        self._files = fsspec.filesystem("s3", use_listings_cache=False)

    def list(self, prefix: str) -> dict[str, Stored]:
        """Return all objects under `prefix`, by path; nothing where there are none."""
        with self._told(prefix):
            found = self._files.find(f"{self._root}/{prefix}", detail=True)
        begin = len(self._root) + 1
        return {
            name[begin:]: Stored(info["ETag"], info["size"], info["LastModified"])
            for name, info in found.items()
            if info["type"] == "file"
        }

    def get(self, path: str) -> tuple[bytes, str] | None:
        """Return the bytes and the version of an object; None where there is none."""
        from s3fs.utils import FileExpired  # type: ignore[import-untyped]

        with self._told(path):
            while True:
                try:
                    with self._files.open(f"{self._root}/{path}", cache_type="all") as file:
                        return file.read(), file.details["ETag"]
                except FileExpired:
                    continue  # written anew between its version and its bytes
                except FileNotFoundError as error:
                    if _code(error) == "NoSuchBucket":
                        raise
                    return None

    def download(self, path: str, target: Path) -> None:
        """Write an object to the file `target`; raise FileNotFoundError where there is none any more."""
        with self._told(path):
            self._files.get_file(f"{self._root}/{path}", str(target))

    def put(self, path: str, content: bytes, *, only_on: str | None = None, only_new: bool = False) -> str:
        """Write an object and return its version.

        With `only_on` raise Changed unless that is its version, with `only_new` raise Changed where there is one.
        """
        media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
        condition: dict[str, Any] = {"mode": "create"} if only_new else {"IfMatch": only_on} if only_on else {}
        with self._told(path):
            try:
                answer = self._files.pipe_file(f"{self._root}/{path}", content, ContentType=media_type, **condition)
            except OSError as error:
                if condition and _code(error) in ("PreconditionFailed", "412", "ConditionalRequestConflict", "409"):
                    raise Changed(path) from error
                if only_on and _code(error) in ("NoSuchKey", "404"):
                    raise Changed(path) from error
                raise
        return str(answer["ETag"]) if "ETag" in (answer or {}) else self._version(path)

    def upload(self, path: str, file: Path) -> str:
        """Write an object out of a file, a large one in parts, and return its version."""
        if file.stat().st_size < _LARGE:
            return self.put(path, file.read_bytes())
        with self._told(path):
            self._files.put_file(str(file), f"{self._root}/{path}")
        return self._version(path)

    def delete(self, path: str) -> None:
        """Delete an object; nothing happens where there is none."""
        with self._told(path), contextlib.suppress(FileNotFoundError):
            self._files.rm_file(f"{self._root}/{path}")

    def _version(self, path: str) -> str:
        with self._told(path):
            return str(self._files.info(f"{self._root}/{path}")["ETag"])

    @contextlib.contextmanager
    def _told(self, path: str) -> Iterator[None]:
        """Say of an error what a person can do about it."""
        place = f"{self.address}/{path}"
        try:
            yield
        except Changed:
            raise
        except PermissionError as error:
            raise StorageProblem(
                f"{place}: expected to be let in, found: {error}. Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY or "
                "the role of this machine, and that they may list, read, write and delete under this address."
            ) from error
        except FileNotFoundError as error:
            if _code(error) not in ("NoSuchBucket", None):
                raise
            raise StorageProblem(
                f"{place}: expected the bucket {self._root.split('/')[0]!r}, found none of that name. "
                "Make the bucket, or correct HTX_HOME or AWS_ENDPOINT_URL."
            ) from error
        except OSError as error:
            raise StorageUnreachable(
                error.errno or errno.EIO, f"{place}: the storage answered: {error}. Run it again; it goes on from here."
            ) from error
        except Exception as error:
            # botocore's own errors, by name: importing it to ask would make every htx command slower
            if type(error).__name__ in ("NoCredentialsError", "PartialCredentialsError", "NoRegionError"):
                raise StorageProblem(
                    f"{place}: expected credentials in the environment, found: {error}. Set AWS_ACCESS_KEY_ID and "
                    "AWS_SECRET_ACCESS_KEY, or give this machine a role."
                ) from error
            if not type(error).__module__.startswith(("botocore", "aiobotocore", "aiohttp")):
                raise
            raise StorageUnreachable(
                errno.EHOSTUNREACH,
                f"{place}: the storage can't be reached: {error}. Check AWS_ENDPOINT_URL and the network, then run it "
                "again; it goes on from here.",
            ) from error


def _code(error: BaseException) -> str | None:
    """The code with which S3 itself named an error, where it was S3."""
    response: dict[str, Any] = getattr(error.__cause__, "response", None) or {}
    code = response.get("Error", {}).get("Code")
    return str(code) if code else None


class _Lease(pydantic.BaseModel):
    owner: str  # a working copy
    holder: str  # one holding of it
    where: str  # for people
    until: dt.datetime


@contextlib.contextmanager
def leased(bucket: Bucket, owner: str, wait_seconds: float, waiting: Callable[[str], None]) -> Iterator[None]:
    """Be the one writer of a bucket: raise HomeInUse when another one still is after `wait_seconds`.

    `owner` names the working copy, whose local lock the caller holds: a lease of the same owner is one that a killed
    process left, and is taken over at once. That of another machine is taken over when it has expired. A holder that
    is cut off for longer than that may go on working; it can't publish, because `current.json` is only replaced on the
    version that was read.
    """
    lease = _Lease(
        owner=owner, holder=secrets.token_hex(8), where=f"{socket.gethostname()}, process {os.getpid()}", until=_until()
    )
    version = _acquire(bucket, lease, wait_seconds, waiting)
    ended = threading.Event()
    renewer = threading.Thread(target=_renew, args=(bucket, lease, version, ended), daemon=True)
    renewer.start()
    try:
        yield
    finally:
        ended.set()
        renewer.join()
        found = _held(bucket)
        if found is not None and found[0].holder == lease.holder:
            bucket.delete(LEASE)


def _acquire(bucket: Bucket, lease: _Lease, wait_seconds: float, waiting: Callable[[str], None]) -> str:
    deadline = time.monotonic() + wait_seconds
    told = False
    while True:
        lease.until = _until()
        found = _held(bucket)
        with contextlib.suppress(Changed):  # another machine was faster: look again
            if found is None:
                return bucket.put(LEASE, lease.model_dump_json().encode(), only_new=True)
            if found[0].owner == lease.owner or found[0].until <= dt.datetime.now(dt.UTC):
                return bucket.put(LEASE, lease.model_dump_json().encode(), only_on=found[1])
            if time.monotonic() >= deadline:
                raise HomeInUse(
                    f"{bucket.address}: another refresh ({found[0].where}) works here. Wait for it to end, or use "
                    f"another --home. If its machine is gone, its lease ends by itself at "
                    f"{found[0].until:%Y-%m-%d %H:%M:%S} UTC."
                )
            if not told:
                waiting(f"another refresh ({found[0].where}) works in {bucket.address}; waiting for it to end")
                told = True
            time.sleep(min(_POLL, max(0.0, deadline - time.monotonic())))


def _renew(bucket: Bucket, lease: _Lease, version: str, ended: threading.Event) -> None:
    while not ended.wait(LEASE_SECONDS / 3):
        lease.until = _until()
        try:
            version = bucket.put(LEASE, lease.model_dump_json().encode(), only_on=version)
        except Changed:
            log.warning(
                "%s: the lease was lost to another machine, which may publish before this run and stop it",
                bucket.address,
            )
            return
        except (StorageProblem, StorageUnreachable) as error:
            log.warning("the lease could not be renewed, which is tried again: %s", error)


def _held(bucket: Bucket) -> tuple[_Lease, str] | None:
    found = bucket.get(LEASE)
    return None if found is None else (_Lease.model_validate_json(found[0]), found[1])


def _until() -> dt.datetime:
    return dt.datetime.now(dt.UTC) + dt.timedelta(seconds=LEASE_SECONDS)
