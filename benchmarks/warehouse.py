"""What the warehouse costs at national size: dbt against the bare SQL, a night against a full build, and memory.

    python -m benchmarks.warehouse --home /some/folder                     # makes the lake if absent
    python -m benchmarks.warehouse --home DIR --cooperatives 5000 --quarters 8
    python -m benchmarks.warehouse --home DIR --rounds 3                   # medians: machines are noisy

In each round, on one machine:

full      both phases as a night runs them, models and data tests, on an empty database
straight  the SQL that dbt compiled for them, models and tests, in the order of the DAG on one connection with as many
          threads; seeds are copied
second    both phases on the second night of the database, with nothing new: by dbt, written down for later ones
night     both phases again, a day later, after the next quarter's deliveries (register, classes, loans, indicator
          table) of a number of provinces: about 1 % of all artefacts
idle      both phases again, another day later, with nothing new
floor     the same night over an empty lake: what it costs to run the same models and tests over no rows

Asked: full ≤ 1.5 × straight, night ≤ 15 % of full, memory < 4 GB (resident memory of the whole process tree, looked at
ten times a second). Seconds of the clock mean something on a quiet machine only, so seconds of processor time stand
beside them.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import graphlib
import json
import resource
import shutil
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import psutil

from benchmarks import national
from htx import building
from htx.home import Home
from ingestion.lake import Lake

AS_OF = dt.date(2026, 6, 30)
_SHARE = 0.01
RATIOS = (
    ("full", "straight", 1.5),
    ("night", "full", 0.15),
    ("idle", "full", 0.15),
    ("floor", "full", 0.15),
)


class Meter:
    """Clock, processor time of this process and its ended children, and peak memory of the process tree."""

    def __init__(self) -> None:
        self.seconds = self.cpu = self.megabytes = 0.0

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        done = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(done,), daemon=True)
        watcher.start()
        began, cpu = time.perf_counter(), _cpu()
        try:
            yield
        finally:
            self.seconds, self.cpu = time.perf_counter() - began, _cpu() - cpu
            done.set()
            watcher.join()

    def _watch(self, done: threading.Event) -> None:
        own = psutil.Process()
        while not done.wait(0.1):
            resident = 0
            for process in [own, *own.children(recursive=True)]:
                with contextlib.suppress(psutil.Error):
                    resident += process.memory_info().rss
            self.megabytes = max(self.megabytes, resident / 1e6)

    def __str__(self) -> str:
        return f"{self.seconds:7.1f} s   {self.cpu:7.1f} s CPU   {self.megabytes:6.0f} MB"


def _cpu() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def measured(name: str, work: Callable[[], object]) -> Meter:
    meter = Meter()
    with meter.running():
        work()
    print(f"{name:10}{meter}", flush=True)
    return meter


class Compiled:
    """What dbt ran: every model, seed and test of both phases with its compiled SQL, in the order of the DAG."""

    def __init__(self) -> None:
        self.nodes: dict[str, dict[str, Any]] = {}
        self.sql: dict[str, str] = {}

    def add(self, target: Path) -> None:
        results = json.loads((target / "run_results.json").read_bytes())["results"]
        nodes = json.loads((target / "manifest.json").read_bytes())["nodes"]
        for result in results:
            if (node := nodes.get(result["unique_id"])) is not None:
                self.nodes[result["unique_id"]] = node
                self.sql[result["unique_id"]] = result["compiled_code"] or ""

    def run(self, built: Path, out: Path) -> None:
        """Make every table of `built` again in `out`, by SQL alone."""
        order = graphlib.TopologicalSorter(
            {key: set(node["depends_on"].get("nodes", ())) & set(self.nodes) for key, node in self.nodes.items()}
        )
        with duckdb.connect(str(out), config={"threads": 2, "memory_limit": "2GB"}) as connection:
            connection.execute("set preserve_insertion_order = false")
            connection.execute(f"attach '{built}' as built (read_only)")
            for key in order.static_order():
                node, sql = self.nodes[key], self.sql[key].replace(f'"{built.stem}".', "")
                table = f"{node['schema']}.{node['alias']}"
                if node["resource_type"] == "test":
                    connection.execute(f"select count(*) from ({sql}) as failures").fetchall()
                    continue
                connection.execute(f"create schema if not exists {node['schema']}")
                if node["resource_type"] == "seed":
                    connection.execute(f"create table {table} as from built.{table}")
                else:
                    kind = "view" if node["config"]["materialized"] == "view" else "table"
                    connection.execute(f"create {kind} {table} as ({sql})")


def build(home: Home, compiled: Compiled | None = None, as_of: dt.date = AS_OF) -> None:
    """Both phases of a night, without the gates between them."""
    for phase in (building.build_candidate, building.build_marts):
        phase(home, as_of)
        if compiled is not None:
            compiled.add(building.target(home))


def empty_home(home: Home) -> Home:
    """A home with nothing in its lake and two nights behind it."""
    empty = Home(home.path / "empty")
    if not empty.lake.exists():
        Lake(empty.lake).prepare()
        build(empty)
        build(empty)
    return empty


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure full and incremental builds at national size.")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--cooperatives", type=int, default=national.COOPERATIVES)
    parser.add_argument("--quarters", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    home = Home(options.home.resolve())
    if not home.lake.exists():
        national.build(home.path, cooperatives=options.cooperatives, quarters=options.quarters)

    rounds = []
    for number in range(options.rounds):
        # each on a lake of its own: the night's deliveries are new again
        turn = Home(home.path / "round")
        shutil.rmtree(turn.path, ignore_errors=True)
        shutil.copytree(home.lake, turn.lake)  # with the files' times, by which they are known
        if options.rounds > 1:
            print(f"round {number + 1}")
        rounds.append(one_round(turn, options.cooperatives))

    for part, whole, limit in RATIOS:
        seconds = [found[part].seconds / found[whole].seconds for found in rounds]
        cpu = [found[part].cpu / found[whole].cpu for found in rounds]
        said = f"{statistics.median(seconds):5.2f} (CPU {statistics.median(cpu):5.2f})"
        print(f"{part + ' / ' + whole:16} {said}   asked at most {limit}")
    peak = max(found[name].megabytes for found in rounds for name in ("full", "night"))
    print(f"{'peak memory':16} {peak:5.0f} MB            asked below 4000")


def one_round(home: Home, cooperatives: int) -> dict[str, Meter]:
    """Measure each kind of build once, on a home that has a lake and nothing else."""
    found = {}
    artefacts = len(list(home.lake.glob("artefact/[0-9a-f]*.parquet")))
    print(f"{artefacts} artefacts")
    compiled = Compiled()
    found["full"] = measured("full", lambda: build(home, compiled))
    out = home.path / "straight.duckdb"
    found["straight"] = measured("straight", lambda: compiled.run(home.build, out))
    out.unlink()

    measured("second", lambda: build(home))
    provinces = max(round(artefacts * _SHARE / 4), 1)  # each delivers four documents
    new = national.deliver(home.path, provinces, cooperatives=cooperatives)["artefact"]
    print(f"{new} new artefacts ({100 * new / artefacts:.1f} %): the next quarter of {provinces} provinces")
    empty_home(home)
    found["night"] = measured("night", lambda: build(home, as_of=AS_OF + dt.timedelta(days=1)))
    found["idle"] = measured("idle", lambda: build(home, as_of=AS_OF + dt.timedelta(days=2)))
    found["floor"] = measured("floor", lambda: build(empty_home(home), as_of=AS_OF + dt.timedelta(days=2)))
    return found


if __name__ == "__main__":
    main()
