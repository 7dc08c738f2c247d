"""The release in a real PostgreSQL: load, switch, roll back, and everything that can go wrong on the way."""

from __future__ import annotations

import dataclasses
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import psycopg
import pytest

from htx import digest, nightly
from htx import postgres as postgres_setting
from htx.home import Home
from publication import content, release, serving
from publication.catalogue import Column, PublishedTable
from publication.release import GateReport
from publication.shelf import Release, Shelf
from tests.postgres import Postgres, running_postgres
from tests.publication.candidate_warehouse import AS_OF, warehouse

PROJECT = Path(__file__).resolve().parents[2]
GATES = (GateReport("kpi", 1, 0), GateReport("release", 1, 0))


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Release]:
    """Five releases of one home; each says its number in two tables."""
    home = tmp_path_factory.mktemp("home")
    build = warehouse(PROJECT).write(home)
    found = {}
    for number in range(1, 6):
        with duckdb.connect(str(build)) as connection:
            connection.execute("COMMENT ON COLUMN marts.dim_province.code IS 'Official code · Mã đơn vị hành chính'")
            for table, column in (("fct_kpi_result", "value"), ("fct_kpi_attainment", "result_value")):
                key = "result_key = 'r-new'"
                connection.execute(f"UPDATE marts.{table} SET {column} = ? WHERE {key}", [Decimal(number)])
        release.publish(home, build=build, as_of=AS_OF, gates=GATES, code_version="1")
        found[number] = Shelf(home).required_current()
    return found


@dataclasses.dataclass
class Served:
    """A fresh database with its loader, a login that reads, and the releases."""

    server: serving.Server
    reader: str
    releases: dict[int, Release]

    def serve(self, number: int) -> serving.Served:
        return serving.serve(self.releases[number], self.server)

    def read(self, query: str = "SELECT value FROM published.fct_kpi_result WHERE result_key = 'r-new'") -> list[tuple]:
        with psycopg.connect(self.reader) as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def served(postgres: Postgres, releases: dict[int, Release]) -> Iterator[Served]:
    name, password = f"htx_{secrets.token_hex(4)}", secrets.token_hex(8)
    with psycopg.connect(postgres.superuser, autocommit=True) as admin:
        admin.execute("DROP ROLE IF EXISTS htx_reader")
        admin.execute(f"CREATE ROLE {name} LOGIN CREATEROLE PASSWORD '{password}'")
        admin.execute(f"CREATE DATABASE {name} OWNER {name}")
        admin.execute("CREATE ROLE htx_reader NOLOGIN")
        admin.execute(f"CREATE ROLE {name}_reads LOGIN PASSWORD '{password}' IN ROLE htx_reader")
    yield Served(
        server=serving.Server(postgres.conninfo(name, password, name)),
        reader=postgres.conninfo(f"{name}_reads", password, name),
        releases=releases,
    )
    with psycopg.connect(postgres.superuser, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        admin.execute("DROP OWNED BY htx_reader")


def test_the_server_holds_what_the_release_holds(served: Served) -> None:
    published = served.releases[1]
    done = served.serve(1)
    assert done.loaded and done.switched
    assert serving.served_release(served.server) == published.release_id
    with duckdb.connect(str(published.database), read_only=True) as own, psycopg.connect(served.reader) as remote:
        for entry in published.manifest["tables"]:
            ours = own.execute(f"SELECT * FROM {entry['schema']}.{entry['table']} ORDER BY ALL").fetchall()
            theirs = remote.execute(f"SELECT * FROM published.{entry['table']}").fetchall()
            assert sorted(ours, key=repr) == sorted(theirs, key=repr), entry["table"]
        (info,) = remote.execute("SELECT release_id, content_hash FROM published.release").fetchall()
        assert info == (published.release_id, published.content_hash)
    again = served.serve(1)
    assert not again.loaded and not again.switched


def test_tools_find_keys_relations_and_comments(served: Served) -> None:
    served.serve(1)
    with psycopg.connect(served.server.conninfo) as connection:
        keys = dict(
            connection.execute(
                "SELECT conname, conrelid::regclass::text FROM pg_constraint WHERE contype = 'p'"
            ).fetchall()
        )
        foreign = connection.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
        ).fetchall()
        comments = connection.execute(
            "SELECT count(*) FROM pg_description WHERE objoid = 'published.dim_province'::regclass"
        ).fetchone()
    assert "published.fct_kpi_target" in keys.values()
    assert ("published.fct_kpi_target", "published.dim_programme") in foreign
    assert ("published.fct_kpi_attainment", "published.fct_kpi_target") in foreign
    assert comments is not None and comments[0] > 0


def test_a_reader_reads_the_published_schema_and_nothing_else(served: Served) -> None:
    served.serve(1)
    served.serve(2)
    old = serving._schema_name("release", served.releases[1].release_id)
    assert served.read() == [(Decimal("2.0000"),)]
    for refused in (
        f"SELECT * FROM {old}.fct_kpi_result",
        "DELETE FROM published.fct_kpi_result",
        "CREATE TABLE published.mine (n int)",
        "DROP TABLE published.fct_kpi_result",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            served.read(refused)


def test_going_back_switches_without_a_load_and_old_releases_are_dropped(served: Served) -> None:
    served.serve(1)
    served.serve(2)
    back = served.serve(1)
    assert (back.loaded, back.switched) == (False, True)
    assert served.read() == [(Decimal("1.0000"),)]
    for number in (3, 4, 5):
        served.serve(number)
    with psycopg.connect(served.server.conninfo) as connection:
        kept = connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname ~ '^(release|loading)_'").fetchone()
    assert kept == (served.server.keep,)


def test_a_view_that_an_analyst_made_on_an_old_release_is_not_dropped(served: Served) -> None:
    served.serve(1)
    with psycopg.connect(served.server.conninfo, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA analyst")
        connection.execute("CREATE VIEW analyst.mine AS SELECT value FROM published.fct_kpi_result")
        for number in (2, 3, 4, 5):
            served.serve(number)
        assert connection.execute("SELECT count(*) FROM analyst.mine").fetchone() != (0,)
    assert served.read() == [(Decimal("5.0000"),)]


def test_readers_see_one_whole_release_at_every_moment(served: Served) -> None:
    served.serve(1)
    ended = threading.Event()
    seen: list[set[Decimal]] = []
    errors: list[Exception] = []

    def read() -> None:
        mine: set[Decimal] = set()
        query = (
            "SELECT r.value, a.result_value FROM published.fct_kpi_result r"
            " JOIN published.fct_kpi_attainment a USING (result_key)"
            " CROSS JOIN published.release CROSS JOIN (SELECT count(*) FROM published.fct_cooperative_status) s"
            " WHERE result_key = 'r-new'"
        )
        try:
            with psycopg.connect(served.reader, autocommit=True) as connection:
                while not ended.is_set():
                    for value, same in connection.execute(query).fetchall():
                        assert value == same
                        mine.add(value)
        except Exception as problem:
            errors.append(problem)
        seen.append(mine)

    readers = [threading.Thread(target=read) for _ in range(8)]
    for reader in readers:
        reader.start()
    switches = []
    for turn in range(15):
        switches.append(served.serve(turn % 3 + 1).switch_seconds)
        time.sleep(0.05)
    ended.set()
    for reader in readers:
        reader.join()
    assert errors == []
    assert all(len(mine) == 3 for mine in seen)
    assert max(switches) < served.server.patience_seconds


def test_a_reader_that_never_pauses_delays_the_switch_only_so_long(served: Served) -> None:
    served.serve(1)
    with psycopg.connect(served.reader) as connection:  # a transaction that keeps its lock on a table
        connection.execute("SELECT count(*) FROM published.fct_kpi_result")
        serving.serve(served.releases[2], dataclasses.replace(served.server, patience_seconds=1.0))
        assert served.read() == [(Decimal("2.0000"),)]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [("password=nonsense", "password authentication failed"), ("port=1", "connection"), ("dbname=nowhere", "nowhere")],
)
def test_a_server_that_cannot_be_reached_is_told_and_changes_nothing(served: Served, wrong: str, said: str) -> None:
    served.serve(1)
    broken = dataclasses.replace(served.server, conninfo=f"{served.server.conninfo} {wrong}")
    with pytest.raises(serving.ServingFailed, match=said) as problem:
        serving.serve(served.releases[2], broken)
    assert "What was served before still is" in str(problem.value)
    assert "nonsense" not in str(problem.value)
    assert served.read() == [(Decimal("1.0000"),)]


def test_a_load_that_is_killed_leaves_the_former_release_and_the_next_one_ends_it(served: Served) -> None:
    served.serve(1)
    second = served.releases[2]
    program = (
        "import sys, time\nfrom pathlib import Path\n"
        "from publication import serving\nfrom publication.shelf import Shelf\n"
        "def stop(*_):\n    print('loaded', flush=True); time.sleep(60)\n"
        "serving._add_keys = stop\n"
        "serving.serve(Shelf(Path(sys.argv[1])).get(sys.argv[3]), serving.Server(sys.argv[2]))\n"
    )
    loader = subprocess.Popen(
        [sys.executable, "-c", program, str(second.path.parents[1]), served.server.conninfo, second.release_id],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert loader.stdout is not None and loader.stdout.readline() == "loaded\n"
    loader.send_signal(signal.SIGKILL)
    loader.communicate()
    assert served.read() == [(Decimal("1.0000"),)]
    _until_free(served)
    served.serve(2)
    assert served.read() == [(Decimal("2.0000"),)]
    with psycopg.connect(served.server.conninfo) as connection:
        left = connection.execute("SELECT count(*) FROM pg_namespace WHERE starts_with(nspname, 'loading_')").fetchone()
    assert left == (0,)


def _until_free(served: Served) -> None:
    """Wait until the server has noticed that the killed loader is gone."""
    until = time.monotonic() + 10
    with psycopg.connect(served.server.conninfo, autocommit=True) as connection:
        while connection.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone() != (0,):
            assert time.monotonic() < until
            time.sleep(0.05)


def test_a_changed_number_is_found_before_the_switch(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    served.serve(1)

    def meddle(connection: psycopg.Connection, schema: str, *rest: object) -> None:
        connection.execute(f"UPDATE {schema}.fct_kpi_result SET value = 99 WHERE result_key = 'r-new'")

    monkeypatch.setattr(serving, "_describe", meddle)
    with pytest.raises(serving.ServingFailed, match=r"fct_kpi_result: expected .* found"):
        served.serve(2)
    assert served.read() == [(Decimal("1.0000"),)]


def test_a_full_disk_leaves_the_former_release(releases: dict[int, Release]) -> None:
    with running_postgres(data_size_mb=120) as full:
        home = Served(serving.Server(full.superuser), full.superuser, releases)
        home.serve(1)
        filler = full.data.parent / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * (1 << 20))
            except OSError:
                pass
            while True:  # the last bytes
                try:
                    file.write(b"\0" * 4096)
                except OSError:
                    break
        with pytest.raises(serving.ServingFailed) as problem:
            home.serve(2)
        assert "space" in str(problem.value)
        filler.unlink()
        assert home.read() == [(Decimal("1.0000"),)]
        home.serve(2)
        assert home.read() == [(Decimal("2.0000"),)]


def test_a_night_serves_its_release_says_when_it_could_not_and_tries_again(
    served: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home = Home(served.releases[1].path.parents[1])
    current = Shelf(home.path).required_current()
    monkeypatch.delenv(postgres_setting.SETTING, raising=False)
    assert nightly.serve(home) is None  # off by default
    served.serve(1)
    monkeypatch.setenv(postgres_setting.SETTING, f"{served.server.conninfo} password=nonsense")
    failed = nightly.serve(home)
    assert failed is not None and failed.problem is not None and "nonsense" not in failed.problem
    assert served.read() == [(Decimal("1.0000"),)]
    night = nightly.RunReport(as_of=AS_OF, fetched=[], read=[], gates=[], published=None, served=failed)
    [line] = digest.compose(Home(tmp_path), "a night", AS_OF, [], night).sections[0].lines
    assert current.release_id in line.en and "password authentication failed" in line.vi
    assert line.command == "htx release serve"
    monkeypatch.setenv(postgres_setting.SETTING, served.server.conninfo)
    again = nightly.serve(home)
    assert again is not None and again.problem is None and again.loaded
    assert serving.served_release(served.server) == current.release_id


def test_a_fingerprint_tells_every_changed_value_and_not_how_it_is_stored() -> None:
    """A load is checked by it: each type that a release may have counts, whatever type the server keeps it in."""
    values = {
        "VARCHAR": ("'Hợp tác xã'", "'Hợp tác xa'"),
        "BOOLEAN": ("true", "false"),
        "DATE": ("DATE '2026-06-30'", "DATE '2026-07-01'"),
        "INTEGER": ("1", "2"),
        "HUGEINT": ("1", "170141183460469231731687303715884105727 // 10"),
        "DOUBLE": ("0.1", "0.30000000000000004"),
        "DECIMAL(22,4)": ("100000000000000000.0001", "100000000000000000.0002"),
        "TIMESTAMP": ("TIMESTAMP '2026-06-30 12:00:00.000001'", "TIMESTAMP '2026-06-30 12:00:00.000002'"),
    }
    columns = tuple(Column(f"c{number}", duckdb_type) for number, duckdb_type in enumerate(values))
    table = PublishedTable("main", "all_types", columns)
    with duckdb.connect() as connection:

        def found(row: list[str], cast: str = "{0}") -> tuple[int, int]:
            cells = ", ".join(
                f"{cast.format(f'({cell})::{column.type}')} AS {column.name}"
                for cell, column in zip(row, columns, strict=True)
            )
            connection.execute(f"CREATE OR REPLACE TABLE all_types AS SELECT {cells} UNION ALL SELECT {cells}")
            return content.fingerprint(connection, "memory", table)

        row = [first for first, _ in values.values()]
        expected = found(row)
        assert expected[0] == 2
        assert found(row, "{0}::VARCHAR") == expected
        for place, (_, other) in enumerate(values.values()):
            for changed in (other, "NULL"):
                assert found([*row[:place], changed, *row[place + 1 :]]) != expected, columns[place]
