"""Kills at random moments of a refresh, each followed by a refresh that is let through: ``python -m tests.kills``.

Half of the kills hit the first night of a home, half the night that adds new documents to a home with a release. After
each the refresh that is let through must end with the content hash of the home that nobody disturbed, with the same
originals in the archive and the same records in the lake. Meanwhile a watcher follows `current`: whenever it is there
it must lead to a release whose files have the hashes that its manifest gives. The code must stay as it is meanwhile:
a verdict is marked with the code that gave it.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tests.refreshing import AS_OF, PROJECT, refresh

SAMPLE = PROJECT / "sample_data" / "inbox"
# What comes with the second night: a year's register, a bulletin, a list, a table; the first night has the rest.
NEWS = (
    "nam_dinh-danh-sach-htx-31-12-2023.xlsx", "ha_nam-2025-01-21-ket-qua-2024.html", "tra_vinh-von-vay-2025.xlsx",
    "tra_vinh-bieu-chi-tieu-2025.xlsx",
)  # fmt: skip
_LOOK_EVERY = 0.02  # seconds


@dataclasses.dataclass(frozen=True)
class Night:
    """A night that nobody disturbed: where it began, what it took in, and what must come of it."""

    name: str
    start: Path | None  # the home it began with; None for a new one
    inbox: Path
    home: Path
    seconds: float


@dataclasses.dataclass(frozen=True)
class Kill:
    """One kill and what came after it."""

    night: str
    second: float
    whole_group: bool
    step: str
    problems: tuple[str, ...]
    looks: int  # at `current`, while the night and the one after it ran


class Watcher(threading.Thread):
    """Looks at `current` of one home until it is told to end; `problems` is what a reader would have stumbled over."""

    def __init__(self, home: Path) -> None:
        super().__init__(daemon=True)
        self.home, self.looks, self.problems = home, 0, set[str]()
        self._ended, self._complete = threading.Event(), set[Path]()

    def run(self) -> None:
        there = False
        while not self._ended.wait(_LOOK_EVERY):
            current = self.home / "current"
            if not current.is_symlink():
                if there:
                    self.problems.add("current was there and is gone")
                continue
            there = True
            self.looks += 1
            release = current.resolve()
            if release not in self._complete:
                self.problems.update(broken(release))
                self._complete.add(release)

    def end(self) -> None:
        self._ended.set()
        self.join()


def broken(release: Path) -> list[str]:
    """What a release lacks, or has with other bytes than its manifest says."""
    manifest = release / "manifest.json"
    if not manifest.is_file():
        return [f"{release.name}: no manifest"]
    tables: list[dict[str, Any]] = json.loads(manifest.read_bytes())["tables"]
    wrong = [name for name in ("htx.duckdb", "scorecard.html", "datapackage.json") if not (release / name).is_file()]
    for table in tables:
        for name, digest in table["files"].items():
            path = release / name
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
                wrong.append(name)
    return [f"{release.name}: {name} is missing or has other bytes" for name in wrong]


def kept(home: Path) -> dict[str, str]:
    """What must never be lost: each original of the archive by its bytes, each file of the lake by its rows."""
    found = {}
    for path in sorted((home / "archive").rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            if path.suffix == ".json":  # the moment of fetching is the one thing that differs between two nights
                content = json.dumps(_undated(json.loads(content)), sort_keys=True).encode()
            found[path.relative_to(home).as_posix()] = hashlib.sha256(content).hexdigest()
    for path in sorted((home / "lake").rglob("*.parquet")):
        rows = json.dumps(pq.read_table(path).to_pylist(), default=str, sort_keys=True)
        found[path.relative_to(home).as_posix()] = hashlib.sha256(rows.encode()).hexdigest()
    return found


def _undated(sidecar: Any) -> Any:
    """A sidecar without the moments of fetching in its list of deliveries."""
    if isinstance(sidecar, dict):
        return {key: _undated(value) for key, value in sidecar.items() if key != "fetched_at"}
    return [_undated(value) for value in sidecar] if isinstance(sidecar, list) else sidecar


def drop_folder(folder: Path, without: Sequence[str] = ()) -> Path:
    """The sample of all provinces as one drop folder with one index, less the files that are named."""
    folder.mkdir(parents=True)
    rows: list[dict[str, str]] = []
    for province in sorted(path for path in SAMPLE.iterdir() if path.is_dir()):
        with (province / "index.csv").open(encoding="utf-8-sig", newline="") as index:
            rows += [{**row, "file": f"{province.name}-{row['file']}"} for row in csv.DictReader(index)]
        for path in sorted(province.iterdir()):
            if path.name != "index.csv" and f"{province.name}-{path.name}" not in without:
                shutil.copy(path, folder / f"{province.name}-{path.name}")
    with (folder / "index.csv").open("w", encoding="utf-8", newline="") as index:
        writer = csv.DictWriter(index, list(rows[0]))
        writer.writeheader()
        writer.writerows(row for row in rows if row["file"] not in without)
    return folder


def undisturbed(folder: Path) -> list[Night]:
    """Run both nights once without a kill."""
    first_inbox = drop_folder(folder / "first" / "inbox", NEWS)
    second_inbox = drop_folder(folder / "second" / "inbox")
    first = refresh(folder / "first" / "home", first_inbox)
    shutil.copytree(first.home, folder / "second" / "home", symlinks=True)
    second = refresh(folder / "second" / "home", second_inbox)
    return [
        Night("first", None, first_inbox, first.home, first.seconds),
        Night("second", first.home, second_inbox, second.home, second.seconds),
    ]


def kill_once(night: Night, home: Path, second: float, whole_group: bool) -> Kill:
    """Begin a night on `home`, kill it at that second, run it again, and compare with the undisturbed one."""
    if night.start is not None:
        shutil.copytree(night.start, home, symlinks=True)
    home.mkdir(parents=True, exist_ok=True)
    watcher = Watcher(home)
    watcher.start()
    command = [sys.executable, "-m", "htx.cli", "refresh", "--home", home, "--inbox", night.inbox, "--as-of", AS_OF]
    process = subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    time.sleep(second)
    # a child of the killed one may live on: then the next refresh waits for it
    (os.killpg if whole_group else os.kill)(process.pid, signal.SIGKILL)
    step = (process.communicate()[0].strip().splitlines() or ["before the first step"])[-1]
    again = refresh(home, night.inbox)
    watcher.end()
    problems = sorted(watcher.problems)
    wanted = json.loads((night.home / "current" / "manifest.json").read_bytes())["content_hash"]
    if again.manifest["content_hash"] != wanted:
        problems.append(f"content hash {again.manifest['content_hash']}, expected {wanted}")
    theirs, ours = kept(night.home), kept(home)
    problems += [f"lost: {name}" for name in sorted(theirs.keys() - ours.keys())]
    problems += [f"left over: {name}" for name in sorted(ours.keys() - theirs.keys())]
    problems += [f"other content: {name}" for name in sorted(theirs.keys() & ours.keys()) if theirs[name] != ours[name]]
    return Kill(night.name, second, whole_group, step, tuple(problems), watcher.looks)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.kills", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    arguments = parser.parse_args()
    print(f"{arguments.times} kills, seed {arguments.seed}", flush=True)
    draw = random.Random(arguments.seed)
    kills: list[Kill] = []
    with tempfile.TemporaryDirectory(prefix="htx-kills-") as scratch:
        folder = Path(scratch)
        nights = undisturbed(folder)
        print(", ".join(f"{night.name} night {night.seconds:.0f} s" for night in nights), flush=True)
        for number in range(arguments.times):
            night = nights[number % 2]
            home = folder / "home"
            kill = kill_once(night, home, draw.uniform(0.2, night.seconds), draw.random() < 0.5)
            kills.append(kill)
            print(_line(number + 1, kill), flush=True)
            for problem in kill.problems:
                print(f"      {problem}", flush=True)
            _make_writable(home)
            shutil.rmtree(home)
        for night in nights:
            _make_writable(night.home)
    failed = sum(bool(kill.problems) for kill in kills)
    looks = sum(kill.looks for kill in kills)
    print("\nkill  night   second  who        outcome  in the step")
    for number, kill in enumerate(kills, 1):
        print(_line(number, kill))
    print(f"{len(kills) - failed} of {len(kills)} kills left no trace; {looks:,} looks at current meanwhile")
    return 1 if failed or len(kills) < arguments.times else 0


def _line(number: int, kill: Kill) -> str:
    who = "all" if kill.whole_group else "refresh"
    outcome = f"{len(kill.problems)} wrong" if kill.problems else "same"
    return f"{number:4}  {kill.night:6}  {kill.second:6.1f}  {who:9}  {outcome:7}  {kill.step}"


def _make_writable(home: Path) -> None:
    """Releases are read-only; what is to be deleted must not be."""
    for path in home.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)


if __name__ == "__main__":
    sys.exit(main())
