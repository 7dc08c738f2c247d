"""A night on Celery in which a worker is killed and Redis and PostgreSQL are restarted, against an undisturbed one.

In its middle a backup is made as well, and at the end a new home out of it, whose next night does what was left to do.
Run by ``make test-cluster``: real servers, real processes, about ten minutes. It ends with 0 when all three publish the
same content hash, and prints what was disturbed when. With ``--bucket`` (``make test-cluster-bucket``) the disturbed
home is in an S3 bucket, which moto serves on loopback; a bucket is not backed up by us, so a machine that has never
seen it looks at the release instead.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import requests

from htx import secret_files
from htx.cluster import Cluster, control
from htx.home import PROJECT, Home
from htx.nightly import local_date

DAG = "nightly_refresh"
WORKERS = 2
NIGHT_SECONDS = 1500
AWAY_SECONDS = 5  # how long a restarted server is gone


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.cluster.disturbed_night")
    parser.add_argument("--bucket", action="store_true", help="the disturbed home is in an S3 bucket")
    in_bucket = parser.parse_args().bucket
    folder = Path(tempfile.mkdtemp(prefix="htx-cluster-"))
    folder.chmod(0o755)  # the account of PostgreSQL passes through it
    say(f"working in {folder}")
    with contextlib.ExitStack() as stack:
        disturbed = stack.enter_context(bucket(folder)) if in_bucket else str(folder / "disturbed")
        same = compare(folder, disturbed, in_bucket)
    say("the same release" if same else f"NOT the same; everything is kept in {folder}")
    if same:
        subprocess.run(["chmod", "-R", "u+w", folder], check=True)  # a working copy keeps releases read-only
        shutil.rmtree(folder)
    return 0 if same else 1


@contextlib.contextmanager
def bucket(folder: Path) -> Iterator[str]:
    """The address of an empty bucket, which this process and those it starts can reach."""
    import fsspec

    from tests.storage.conftest import serve_s3

    with serve_s3() as endpoint:
        os.environ.update(
            AWS_ENDPOINT_URL=endpoint, AWS_ACCESS_KEY_ID="t", AWS_SECRET_ACCESS_KEY="t", AWS_DEFAULT_REGION="us-east-1",
            HTX_WORK=str(folder / "work"),
        )  # fmt: skip
        fsspec.filesystem("s3", skip_instance_cache=True).mkdir("htx-night")
        yield "s3://htx-night/home"


def compare(folder: Path, disturbed: str, in_bucket: bool) -> bool:
    """Whether the home `disturbed` and those it is compared with end with the same release, and nothing is left."""
    quiet, restored, backups = (folder / name for name in ("quiet", "restored", "backups"))
    cluster = Cluster(Home.resolve(Path(disturbed)), WORKERS)
    started = subprocess.Popen(
        [sys.executable, "-m", "htx.cli", "cluster", "up", "--home", disturbed, "--workers", str(WORKERS)], cwd=PROJECT
    )
    try:
        wait_for(lambda: started.poll() is not None or answers(cluster), 300, "the cluster to come up")
        night = Night(cluster)
        night.begin()
        night.disturb(None if in_bucket else backups)
        night.wait()
        night.tell()
    finally:
        if started.poll() is None:
            started.send_signal(signal.SIGTERM)
        started.wait(timeout=180)
    left = [process for process in psutil.process_iter(["cmdline"]) if mentions(process, cluster.home.path)]
    say(f"SIGTERM ended everything; processes left: {[process.info['cmdline'] for process in left] or 'none'}")

    say(f"an undisturbed night in one process (htx refresh --as-of {night.as_of})")
    htx("refresh", "--home", quiet, "--as-of", night.as_of)
    hashes = {"undisturbed, one process": content_hash(quiet), f"disturbed, {WORKERS} workers": content_hash(disturbed)}
    if in_bucket:
        os.environ["HTX_WORK"] = str(folder / "other machine")
        hashes["seen by another machine"] = content_hash(disturbed)
    else:
        say("a home out of the backup that was made in the middle of the disturbed night, and its next night")
        say(f"  {htx('backup', 'verify', backups)}")
        say(f"  {htx('backup', 'restore', backups, '--home', restored)}")
        htx("refresh", "--home", restored, "--as-of", night.as_of)
        hashes["restored from its backup"] = content_hash(restored)
    for name, found in hashes.items():
        say(f"{name:<26}: {found}")
    return len(set(hashes.values())) == 1 and not left


class Night:
    """One run of the nightly DAG on the cluster, and what is done to it."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.session = requests.Session()
        login = {"username": secret_files.LOGIN, "password": secret_files.password(cluster.secrets)}
        token = self.session.post(f"{cluster.address}/auth/token", json=login, timeout=30)
        token.raise_for_status()
        self.session.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
        self.dag = f"{cluster.address}/api/v2/dags/{DAG}"
        self.run = self.as_of = ""

    def begin(self) -> None:
        """Switch the DAG on: the scheduler then makes up for the night that it would have begun at 01:00 today."""
        wait_for(lambda: self.session.get(self.dag, timeout=30).ok, 180, f"{DAG} to be parsed")
        self.session.patch(self.dag, json={"is_paused": False}, timeout=30).raise_for_status()
        runs: list[dict] = []

        def made() -> bool:
            runs[:] = self.session.get(f"{self.dag}/dagRuns", timeout=30).json()["dag_runs"]
            return bool(runs)

        wait_for(made, 120, "the scheduler to begin a night")
        self.run = f"{self.dag}/dagRuns/{runs[0]['dag_run_id']}"
        self.as_of = local_date(dt.datetime.fromisoformat(runs[0]["run_after"])).isoformat()
        say(f"the night {runs[0]['dag_run_id']} begins on Celery with {WORKERS} workers")

    def tasks(self) -> list[dict]:
        """The task instances of the run; none while the API server can't reach the database."""
        try:
            answer = self.session.get(f"{self.run}/taskInstances", params={"limit": 100}, timeout=30)
            answer.raise_for_status()
        except requests.RequestException:
            return []
        return answer.json()["task_instances"]

    def state(self) -> str | None:
        try:
            answer = self.session.get(self.run, timeout=30)
            answer.raise_for_status()
        except requests.RequestException:
            return "unknown"
        return answer.json()["state"]

    def disturb(self, backups: Path | None) -> None:
        self.wait_until_begun("read")
        self.restart("redis")
        task = self.wait_until_begun("build_candidate")
        self.kill_worker_of(task)
        self.wait_until_begun("kpi_gate")
        if backups is not None:
            say(f"  {htx('backup', 'create', backups, '--home', self.cluster.home.path)}")
        self.wait_until_begun("build_marts")
        self.restart("postgres")

    def wait_until_begun(self, task: str) -> dict:
        found: list[dict] = []

        def begun() -> bool:
            if self.state() in ("success", "failed"):
                self.tell()
                sys.exit(f"the night ended before {task!r} began")
            found[:] = [one for one in self.tasks() if one["task_id"] == task and one["start_date"]]
            return bool(found)

        wait_for(begun, NIGHT_SECONDS, f"{task} to begin", every=0.2)
        say(f"{task} has begun: {found[0]['state']}, try {found[0]['try_number']}")
        return found[0]

    def restart(self, service: str) -> None:
        processes = control(self.cluster).supervisor
        processes.stopProcess(service)
        say(f"  {service} is stopped")
        time.sleep(AWAY_SECONDS)
        processes.startProcess(service)
        say(f"  {service} is started again after {AWAY_SECONDS} s")

    def kill_worker_of(self, task: dict) -> None:
        """End the worker that executes `task` while dbt works for it, as a machine that loses its power does."""
        tree: list[psutil.Process] = []

        def at_it() -> bool:
            tree[:] = self.worker_of(task)
            return any("dbt" in word for process in tree for word in command(process)[:3])

        wait_for(at_it, 60, "dbt to work for it", every=0.2)
        time.sleep(2)  # it has begun to write
        tree[:] = self.worker_of(task)
        for process in tree:
            with contextlib.suppress(psutil.Error):
                process.suspend()  # so that none sees another die
        names = [" ".join(command(process))[:60] for process in tree]
        for process in tree:
            with contextlib.suppress(psutil.Error):
                process.kill()
        say(f"  a worker and its {len(tree) - 1} children are killed (SIGKILL):")
        for name in names:
            say(f"    {name}")

    def worker_of(self, task: dict) -> list[psutil.Process]:
        """The worker that executes `task`, with every process it started."""
        info = control(self.cluster).supervisor.getAllProcessInfo()
        for worker in (psutil.Process(one["pid"]) for one in info if one["name"].startswith("worker-")):
            tree = [worker, *worker.children(recursive=True)]
            if task["pid"] in (process.pid for process in tree):
                return tree
        sys.exit(f"no worker executes process {task['pid']}")

    def wait(self) -> None:
        wait_for(lambda: self.state() in ("success", "failed"), NIGHT_SECONDS, "the night to end")

    def tell(self) -> None:
        say(f"the night ended as {self.state()}")
        for task in sorted(self.tasks(), key=lambda task: task["start_date"] or ""):
            part = "" if task["map_index"] < 0 else f"[{task['map_index']}]"
            tries = "" if task["try_number"] <= 1 else f"  on try {task['try_number']}"
            say(f"  {task['task_id'] + part:<22} {task['state']}{tries}")


def answers(cluster: Cluster) -> bool:
    try:
        return requests.get(f"{cluster.address}/api/v2/monitor/health", timeout=5).ok
    except (OSError, requests.RequestException):
        return False


def command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:  # it has ended since it was listed
        return []


def mentions(process: psutil.Process, home: Path) -> bool:
    return any(str(home) in word for word in process.info["cmdline"] or [])


def htx(*words: str | Path) -> str:
    command = [sys.executable, "-m", "htx.cli", *map(str, words)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return done.stdout.strip().replace("\n", "\n" + 12 * " ")


def content_hash(home: Path | str) -> str:
    command = [sys.executable, "-m", "htx.cli", "release", "show", "current", "--format", "json", "--home", home]
    shown = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return str(json.loads(shown.stdout)["content_hash"])


def wait_for(done, seconds: float, what: str, every: float = 1) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            sys.exit(f"waited {seconds:.0f} s for {what}")
        time.sleep(every)


def say(text: str) -> None:
    print(f"{dt.datetime.now():%H:%M:%S}  {text}", flush=True)


if __name__ == "__main__":
    os.environ.pop("HTX_HOME", None)
    sys.exit(main())
