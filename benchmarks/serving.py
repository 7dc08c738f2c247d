"""What readers wait for at national size while a release is published, and what loading PostgreSQL costs.

    python -m benchmarks.serving --home /some/folder                     # makes, builds and publishes it if absent
    python -m benchmarks.serving --home DIR --cooperatives 5000 --quarters 4

Eight processes ask what a page of the scorecard shows, and `--pause` seconds later for the next page: the overview of
all programmes, then for one programme after the other its targets and results, where they come from, the series behind
them, what differs, what is owed. First of the DuckDB file of the current release, while the next one is published
beside it (a reader keeps the file open until `current` points to another); then of PostgreSQL, while the next one is
loaded and switched to.

Then loading: `publication.serving.serve` (copy, keys, comments, and everything read back and compared) against a bare
``COPY`` of the same rows from files that lie ready, turn by turn on one server, medians.

Asked: p95 ≤ 50 ms from DuckDB, ≤ 100 ms from PostgreSQL, no error, loading ≤ 2 × COPY. Needs Debian's `postgresql`.
"""

from __future__ import annotations

import argparse
import datetime as dt
import itertools
import multiprocessing
import shutil
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from benchmarks import national
from htx import building
from htx.home import Home
from publication import release, serving
from publication.release import GateReport
from publication.shelf import Release, Shelf
from tests.postgres import Postgres, running_postgres

AS_OF = dt.date(2026, 6, 30)
READERS = 8
LIMITS_MS = {"DuckDB": 50.0, "PostgreSQL": 100.0}
TIMES_COPY = 2.0
_GATES = (GateReport("kpi", 1, 0), GateReport("release", 1, 0))  # what is measured here is not what they find

# ? is the programme of the page.
PAGE = {
    "overview": "select programme, status, count(*) from fct_kpi_attainment group by programme, status",
    "targets": "select a.*, i.name_vi, i.unit, t.quote, t.file from fct_kpi_attainment a"
    " left join dim_indicator i on i.indicator = a.indicator left join fct_kpi_target t on t.target_key = a.target_key"
    " where a.programme = ? order by a.period_end, a.indicator",
    "sources": "select r.* from fct_kpi_result r where r.result_key in"
    " (select a.result_key from fct_kpi_attainment a where a.programme = ?)",
    "series": "select s.indicator, s.period_end, s.value, s.source_system from fct_kpi_series s"
    " inner join dim_programme p on p.province_key = s.province_key where p.programme = ? order by 1, 2, 4",
    "differences": "select * from fct_discrepancy where programme = ? order by abs(difference_pct) desc limit 50",
    "owed": "select c.* from fct_reporting_coverage c"
    " inner join dim_programme p on p.province_key = c.province_key where p.programme = ? order by c.due_on",
}

Seen = list[tuple[str, float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--cooperatives", type=int, default=national.COOPERATIVES)
    parser.add_argument("--quarters", type=int, default=20)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds that a reader looks at a page")
    parser.add_argument("--rounds", type=int, default=3, help="loads that the medians are of")
    options = parser.parse_args()
    home = Home(options.home.resolve())
    prepare(home, options.cooperatives, options.quarters)
    too_slow = []

    first = Shelf(home.path).required_current()
    print(f"{first.release_id}: {first.rows} rows in {len(first.manifest['tables'])} tables")
    seen = read_during(_read_duckdb, str(home.current), options.pause, lambda: publish(home))
    too_slow += tell("DuckDB", seen)
    second = Shelf(home.path).required_current()
    assert second.release_id != first.release_id

    with running_postgres() as postgres:
        server = serving.Server(postgres.superuser, keep=0)  # each turn loads anew
        serving.serve(first, server)
        seen = read_during(_read_postgres, postgres.superuser, options.pause, lambda: serving.serve(second, server))
        too_slow += tell("PostgreSQL", seen)
        loads, copies = [], []
        files = exported(second, home.path / "copy")
        for turn in range(options.rounds):
            loads.append(serving.serve((first, second)[turn % 2], server).load_seconds)
            copies.append(copy(postgres, second, files))
    times = statistics.median(loads) / statistics.median(copies)
    print(f"load {statistics.median(loads):.1f} s, bare COPY {statistics.median(copies):.1f} s: {times:.2f} times")
    if times > TIMES_COPY:
        too_slow.append(f"loading took {times:.2f} × a bare COPY, at most {TIMES_COPY} were asked")
    shutil.rmtree(files)
    for text in too_slow:
        print(f"too slow: {text}")
    sys.exit(1 if too_slow else 0)


def prepare(home: Home, cooperatives: int, quarters: int) -> None:
    """A home with a release of the country."""
    if home.current.exists():
        return
    if not home.lake.exists():
        national.build(home.path, cooperatives=cooperatives, quarters=quarters)
    building.build_candidate(home, AS_OF)
    building.build_marts(home, AS_OF)
    publish(home)


def publish(home: Home) -> None:
    """Publish the candidate with one word changed, so that it is another release than the one before."""
    with duckdb.connect(str(home.build)) as connection:
        other = "case name_en when 'One' then 'Another' else 'One' end"
        connection.execute(f"update marts.dim_indicator set name_en = {other} where indicator = 'coop_total'")
    release.publish(home.path, build=home.build, as_of=AS_OF, gates=_GATES, code_version="benchmark")


def read_during(reader: Callable[..., Seen], address: str, pause: float, work: Callable[[], object]) -> Seen:
    """Let the readers read while `work` is done; return the milliseconds of every query."""
    context = multiprocessing.get_context("spawn")
    ended, reading = context.Event(), context.Semaphore(0)
    with context.Pool(READERS, initializer=_begin, initargs=(ended, reading, pause)) as pool:
        found = [pool.apply_async(reader, (address,)) for _ in range(READERS)]
        for _ in range(READERS):
            if not reading.acquire(timeout=300):
                sys.exit(f"after five minutes not all of {READERS} readers have read a page of {address}")
        began = time.perf_counter()
        work()
        print(f"published in {time.perf_counter() - began:.1f} s beside {READERS} readers")
        time.sleep(1)
        ended.set()
        return [query for one in found for query in one.get()]  # an error of a reader is raised here


def tell(what: str, seen: Seen) -> list[str]:
    """Print p50 and p95 of each query and of all; return what is slower than asked."""
    queries: dict[str, list[float]] = defaultdict(list)
    for name, milliseconds in seen:
        queries[name].append(milliseconds)
    queries["all"] = [milliseconds for name, milliseconds in seen if name != "open"]
    print(f"\n{what}, {READERS} readers      n    p50 ms    p95 ms")
    for name, found in queries.items():
        print(f"{name:18} {len(found):9} {statistics.median(found):9.1f} {_p95(found):9.1f}")
    slow = _p95(queries["all"])
    return [f"{what}: p95 is {slow:.0f} ms, at most {LIMITS_MS[what]:.0f} were asked"] if slow > LIMITS_MS[what] else []


def _p95(found: Sequence[float]) -> float:
    return statistics.quantiles(found, n=20)[-1]


def _begin(ended: Any, reading: Any, pause: float) -> None:
    global _ended, _reading, _pause
    _ended, _reading, _pause = ended, reading, pause


def _read_duckdb(current: str) -> Seen:
    seen: Seen = []
    database, connection = Path(), None
    for number in itertools.count():
        if _ended.wait(_pause):
            break
        if (newest := Path(current).resolve() / "htx.duckdb") != database:
            began = time.perf_counter()
            if connection:
                connection.close()
            # One thread: eight readers share the cores anyway.
            database, connection = newest, duckdb.connect(str(newest), read_only=True, config={"threads": 1})
            connection.execute("set search_path = 'marts,publication'")
            seen.append(("open", 1000 * (time.perf_counter() - began)))
        _page(_asking(connection), number, seen)
    if connection:
        connection.close()
    return seen


def _asking(connection: duckdb.DuckDBPyConnection) -> Callable[[str, list[Any]], list[Any]]:
    return lambda query, values: connection.execute(query, values).fetchall()


def _read_postgres(conninfo: str) -> Seen:
    seen: Seen = []
    with psycopg.connect(f"{conninfo} options='-c search_path=published'", autocommit=True) as connection:
        for number in itertools.count():
            if _ended.wait(_pause):
                break
            _page(lambda query, values: connection.execute(query.replace("?", "%s"), values).fetchall(), number, seen)
    return seen


def _page(ask: Callable[[str, list[Any]], list[Any]], number: int, seen: Seen) -> None:
    if number == 1:  # the first page is read
        _reading.release()
    programmes = sorted(row[0] for row in ask("select programme from dim_programme", []))
    for name, query in PAGE.items():
        values = [programmes[number % len(programmes)]] if "?" in query else []
        began = time.perf_counter()
        ask(query, values)
        seen.append((name, 1000 * (time.perf_counter() - began)))


def exported(published: Release, folder: Path) -> Path:
    """The rows of a release as CSV files for ``COPY``."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with duckdb.connect(str(published.database), read_only=True) as connection:
        for entry in published.manifest["tables"]:
            target = folder / f"{entry['table']}.csv"
            connection.execute(f"copy {entry['schema']}.{entry['table']} to '{target}' (format csv, header false)")
    return folder


def copy(postgres: Postgres, published: Release, files: Path) -> float:
    """Seconds of a bare ``COPY`` of all rows into tables without keys."""
    with psycopg.connect(postgres.superuser, autocommit=True) as connection:
        connection.execute("drop schema if exists bare cascade")
        connection.execute("create schema bare")
        tables = [entry["table"] for entry in published.manifest["tables"]]
        for table in tables:
            connection.execute(f"create table bare.{table} (like published.{table})")
        began = time.perf_counter()
        with connection.cursor() as cursor:
            for table in tables:
                command = f"copy bare.{table} from stdin (format csv)"
                with (files / f"{table}.csv").open("rb") as file, cursor.copy(command) as into:
                    while block := file.read(1 << 20):
                        into.write(block)
        took = time.perf_counter() - began
        connection.execute("drop schema bare cascade")
    return took


if __name__ == "__main__":
    main()
