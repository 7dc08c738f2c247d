"""Publishes a small release to the home of the environment, and kills itself before the n-th change of its bucket.

A test runs it in a process of its own: ``killed_writer CONTENT N`` (0: never; it prints how many changes there were).
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import threading
from typing import Any

from htx import storage
from htx.bucket import LEASE, Bucket
from htx.home import Home
from publication.shelf import MANIFEST, Shelf

TABLES = 12
_lock, _seen = threading.Lock(), 0


def publish_small(home: Home, content: str) -> str:
    """Publish `content` as a night does; return the content hash."""
    with storage.writing(home, 0, print):
        return put_on_shelf(home, content)


def put_on_shelf(home: Home, content: str) -> str:
    """What `publication.release.publish` does with a release, without the tables that take it most of its time."""
    shelf, digest = Shelf(home.path), hashlib.sha256(content.encode()).hexdigest()
    release_id = f"2026-06-30-{digest[:12]}"
    with shelf.locked():
        current, withdrawn = shelf.current(), shelf.withdrawn_with(digest)
        if current is not None and (current.content_hash == digest or withdrawn is not None):
            return current.content_hash
        if not (shelf.releases_dir / release_id).exists():
            candidate = shelf.candidate_dir()
            (candidate / "parquet").mkdir()
            names = [f"parquet/{number}.parquet" for number in range(TABLES)]
            for name in (*names, "htx.duckdb", "scorecard.html", "datapackage.json"):
                (candidate / name).write_text(f"{content} {name}")
            manifest = {
                "release_id": release_id,
                "content_hash": digest,
                "as_of": "2026-06-30",
                "code_version": "1",
                "sequence": max((release.sequence for release in shelf.newest_first()), default=0) + 1,
                "supersedes": current.release_id if current else None,
                "tables": [
                    {"rows": 1, "files": {name: hashlib.sha256(f"{content} {name}".encode()).hexdigest()}}
                    for name in names
                ],
            }
            (candidate / MANIFEST).write_text(json.dumps(manifest))
            shelf.put(candidate, release_id)
        shelf.point_to(release_id)
        shelf.prune(2)
    return digest


def main(content: str, kill_at: int) -> None:
    def counting(change: Any) -> Any:
        def changed(self: Bucket, path: str, *arguments: Any, **named: Any) -> Any:
            global _seen
            if path != LEASE:
                with _lock:
                    _seen += 1
                    if _seen == kill_at:
                        os.kill(os.getpid(), signal.SIGKILL)
            return change(self, path, *arguments, **named)

        return changed

    Bucket.put = counting(Bucket.put)  # type: ignore[method-assign]
    Bucket.delete = counting(Bucket.delete)  # type: ignore[method-assign]
    publish_small(Home.resolve(), content)
    print(_seen)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
