"""Nights on a bucket of which one is killed at a random moment: ``python -m tests.storage.nights``.

Takes minutes, so it is run by hand. A first night takes two documents to a release; a second one, on a machine that
has never seen the home, gets one more, is killed at a random second with all its processes, and is run again on a
third machine. At every look `current.json` names a release that is complete in the bucket, and what comes of it has
the content hash of one night on a disk.
"""

from __future__ import annotations

import argparse
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
from pathlib import Path

import fsspec

from tests.refreshing import AS_OF, PROJECT, refresh
from tests.storage.conftest import serve_s3

DOCUMENTS = ("2021-02-23-chuong-trinh-298.html", "bieu-chi-tieu-2024.xlsx", "bieu-chi-tieu-2025.xlsx")
ADDRESS = "s3://htx-nights/home"


class Watcher(threading.Thread):
    """Asks the bucket again and again what is current; `problems` is what a reader would have stumbled over."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.looks, self.problems = 0, set[str]()
        self._ended = threading.Event()
        self._root = ADDRESS.removeprefix("s3://")
        self._files = fsspec.filesystem("s3", skip_instance_cache=True, use_listings_cache=False)

    def run(self) -> None:
        while not self._ended.wait(0.2):
            if not self._files.exists(f"{self._root}/current.json"):
                continue
            self.looks += 1
            place = f"{self._root}/{json.loads(self._files.cat_file(f'{self._root}/current.json'))['path']}"
            there = set(self._files.find(place))
            wanted = {"manifest.json", "htx.duckdb", "scorecard.html", "datapackage.json"}
            if f"{place}/manifest.json" in there:
                for table in json.loads(self._files.cat_file(f"{place}/manifest.json"))["tables"]:
                    wanted |= set(table["files"])
            self.problems |= {f"{place}: {name} is missing" for name in wanted if f"{place}/{name}" not in there}

    def end(self) -> None:
        self._ended.set()
        self.join()


def night(folder: Path, machine: str, inbox: Path) -> subprocess.Popen[str]:
    """Begin a night on a machine of its own."""
    command = [sys.executable, "-m", "htx.cli", "refresh", "--home", ADDRESS, "--inbox", str(inbox), "--as-of", AS_OF]
    command += ["--wait", "900"]
    environment = {**os.environ, "HTX_WORK": str(folder / machine)}
    return subprocess.Popen(
        command, cwd=PROJECT, env=environment, start_new_session=True, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )  # fmt: skip


def undisturbed(folder: Path, machine: str, inbox: Path) -> float:
    """A night from beginning to end; return its seconds."""
    started = time.monotonic()
    process = night(folder, machine, inbox)
    said = process.communicate()[0]
    if process.returncode:
        raise SystemExit(said)
    seconds = time.monotonic() - started
    print(f"{machine}: {seconds:.0f} s; {said.strip().splitlines()[-3]}", flush=True)
    return seconds


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.storage.nights", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    seed = parser.parse_args().seed
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="htx-nights-") as scratch, serve_s3() as endpoint:
        folder = Path(scratch)
        os.environ.update(
            AWS_ENDPOINT_URL=endpoint, AWS_ACCESS_KEY_ID="t", AWS_SECRET_ACCESS_KEY="t", AWS_DEFAULT_REGION="us-east-1"
        )
        fsspec.filesystem("s3", skip_instance_cache=True).mkdir("htx-nights")
        inboxes = []
        for number in (2, 3):
            inboxes.append(folder / str(number) / "inbox")
            inboxes[-1].mkdir(parents=True)
            for name in DOCUMENTS[:number]:
                shutil.copy(PROJECT / "sample_data" / "inbox" / "tra_vinh" / name, inboxes[-1])
        wanted = refresh(folder / "disk", inboxes[1]).manifest["content_hash"]
        watcher = Watcher()
        watcher.start()
        seconds = undisturbed(folder, "first", inboxes[0])
        killed = night(folder, "killed", inboxes[1])
        moment = random.Random(seed).uniform(0.2, 1) * seconds
        time.sleep(moment)
        os.killpg(killed.pid, signal.SIGKILL)
        step = (killed.communicate()[0].strip().splitlines() or ["before the first step"])[-1]
        print(f"killed after {moment:.0f} s, in {step!r}", flush=True)
        undisturbed(folder, "third", inboxes[1])
        undisturbed(folder, "killed", inboxes[1])
        watcher.end()
        files = fsspec.filesystem("s3", skip_instance_cache=True, use_listings_cache=False)
        root = ADDRESS.removeprefix("s3://")
        manifest = f"{root}/{json.loads(files.cat_file(f'{root}/current.json'))['path']}/manifest.json"
        found = json.loads(files.cat_file(manifest))["content_hash"]
        if found != wanted:
            watcher.problems.add(f"content hash {found}, expected {wanted}")
        print(f"content hash {found}; {watcher.looks} looks: {'; '.join(watcher.problems) or 'always whole'}")
        subprocess.run(["chmod", "-R", "u+w", scratch], check=True)
    return 1 if watcher.problems else 0


if __name__ == "__main__":
    sys.exit(main())
