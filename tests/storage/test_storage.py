"""A home in a bucket does what a home in a folder does, whichever machine works on it and whenever it is killed."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import s3fs
from duckdb_extensions import import_extension
from typer.testing import CliRunner

from htx import bucket as buckets
from htx import candidate, storage
from htx.bucket import Bucket, StorageProblem, StorageUnreachable, leased
from htx.cli import app
from htx.home import Home
from htx.locking import HomeInUse
from ingestion.archive import Archive, Delivery
from ingestion.lake import Lake
from publication import release
from publication.release import GateReport
from publication.shelf import Release, Shelf
from tests.kills import broken
from tests.publication.candidate_warehouse import AS_OF, warehouse
from tests.refreshing import PROJECT
from tests.storage.conftest import Place, answer_only_after
from tests.storage.killed_writer import publish_small, put_on_shelf

GATES = (GateReport("kpi", 12, 1), GateReport("release", 7, 0))
NOW = dt.datetime(2026, 6, 30, 1, tzinfo=dt.UTC)


def publish_built(home: Home, folder: Path, value: int) -> str:
    """Publish a built warehouse, with that many new cooperatives in Trà Vinh, as a night does."""
    made = warehouse(PROJECT)
    made.rows["marts.fct_kpi_result"][0]["value"] = Decimal(value)
    made.rows["marts.fct_kpi_attainment"][0]["result_value"] = Decimal(value)
    folder.mkdir()
    build = made.write(folder)
    with storage.writing(home, 0, print):
        return release.publish(
            home.path, build=build, as_of=AS_OF, gates=GATES, code_version="1", texts=folder / "text"
        ).content_hash


def current(home: Home) -> Release:
    """The release that a reader finds, checked file by file against its manifest."""
    found = Shelf(storage.opened(Path(home.address)).path).required_current()
    assert broken(found.path) == []
    return found


def listed() -> dict[str, Any]:
    return {row["release_id"]: row for row in json.loads(htx("release", "list", "--format", "json"))}


def htx(*words: str) -> str:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.output
    return done.output


def deliver(home: Home, source: str, content: bytes) -> str:
    delivery = Delivery(source=source, file="bulletin.html", fetched_at=NOW)
    return Archive(home.archive).add(content, delivery)[0].artefact


# Releases


def test_what_one_machine_publishes_another_one_reads(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = place.on("one", monkeypatch)
    first = publish_built(home, tmp_path / "first", 46)
    second = publish_built(home, tmp_path / "second", 47)
    assert first != second
    newest, oldest = Shelf(home.path).newest_first()

    other = place.on("two", monkeypatch)
    assert (newest.content_hash, oldest.content_hash) == (second, first)
    assert current(other).content_hash == second
    assert "result 46 cooperatives" in htx("release", "diff", oldest.release_id, "current")
    assert "47" in htx("explain", "Trà Vinh", "Số hợp tác xã thành lập mới")
    place.on("three", monkeypatch)
    table = tmp_path / "targets.csv"
    htx("export", "table", "fct_kpi_target", "--release", oldest.release_id, "--out", str(table))
    assert table.stat().st_size
    assert htx("release", "show").startswith(newest.release_id)
    if place.is_bucket:
        _query_through_httpfs(place, newest.release_id)


def _query_through_httpfs(place: Place, release_id: str) -> None:
    """Ask the bucket itself, as docs/releases.md says."""
    endpoint = place.settings["AWS_ENDPOINT_URL"].removeprefix("http://")
    with duckdb.connect() as connection:
        import_extension("httpfs", con=connection)
        connection.execute(
            "create secret (type s3, key_id 'test', secret 'test', region 'us-east-1',"
            f" endpoint '{endpoint}', use_ssl false, url_style 'path')"
        )
        pointer = connection.execute(f"select path from read_json('{place.address}/current.json')").fetchall()
        assert pointer == [(f"releases/{release_id}",)]
        folder = f"{place.address}/{pointer[0][0]}"
        parquet = f"select count(*) from read_parquet('{folder}/parquet/fct_kpi_target.parquet')"
        connection.execute(f"attach '{folder}/htx.duckdb' as release (read_only)")
        rows = connection.execute("select count(*) from release.marts.fct_kpi_target").fetchall()
        assert rows == connection.execute(parquet).fetchall() == [(8,)]


def test_rollback_pins_and_pruning_hold_on_every_machine(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    home = place.on("one", monkeypatch)
    first = publish_small(home, "first")
    second = publish_small(home, "second")
    newest, oldest = (release.release_id for release in Shelf(home.path).newest_first())

    place.on("two", monkeypatch)
    htx("release", "rollback", "previous", "--reason", "wrong table")
    htx("release", "pin", "current", "--reason", "annual report")

    home = place.on("three", monkeypatch)
    assert (listed()[oldest]["current"], listed()[oldest]["pinned"]) == (True, "annual report")
    assert listed()[newest]["withdrawn"] == "wrong table"
    # What was taken back is not published again by itself, from no machine.
    assert publish_small(home, "second") == first
    assert current(home).content_hash == first

    htx("release", "unpin", "current")
    htx("release", "rollback", newest, "--reason", "it was right")
    home = place.on("two", monkeypatch)
    assert current(home).content_hash == second
    assert listed()[newest]["withdrawn"] is None
    assert listed()[oldest]["pinned"] is None

    publish_small(place.on("one", monkeypatch), "third")  # and only two are kept
    place.on("two", monkeypatch)
    assert newest in listed() and oldest not in listed()
    assert not any(oldest in path for path in (place.objects() if place.is_bucket else ()))


def test_a_killed_publication_shows_no_half_release_and_is_repaired_from_any_machine(
    bucket: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def night(machine: str, kill_at: int, home: str = bucket.address) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tests.storage.killed_writer", "later", str(kill_at)]
        environment = {**os.environ, **bucket.environment(machine), "HTX_HOME": home}
        return subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)

    first = publish_small(bucket.on("one", monkeypatch), "first")
    changes = int(night("counting", 0, f"{bucket.address}-counted").stdout)
    for kill_at in (1, changes // 2, changes - 1, changes):  # the last two PUTs are the manifest and the pointer
        killed = night("killed", kill_at)
        assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
        assert current(bucket.on("reader", monkeypatch)).content_hash == first
    # The same machine goes on at once: its own lease does not stop it.
    done = night("killed", 0)
    assert done.returncode == 0, done.stderr
    wanted = put_on_shelf(Home(bucket.folder / "alone"), "later")
    assert current(bucket.on("fresh", monkeypatch)).content_hash == wanted
    in_releases = {path for path in bucket.objects() if path.startswith("releases/")}
    complete = {path.split("/")[1] for path in in_releases if path.endswith("/manifest.json")}
    assert {path.split("/")[1] for path in in_releases} == complete and len(complete) == 2


def test_two_publications_at_one_time_never_both_become_current(bucket: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off, other = bucket.on("one", monkeypatch), bucket.on("two", monkeypatch)
    # The first one loses its lease while it works, as when its machine sleeps.
    with pytest.raises(HomeInUse, match="another machine published meanwhile"), storage.writing(cut_off, 0, print):
        Bucket(bucket.address).delete(buckets.LEASE)
        published = publish_small(other, "of the other")
        put_on_shelf(cut_off, "of the one that was cut off")
    assert current(bucket.on("reader", monkeypatch)).content_hash == published


# Archive and lake


def test_workers_on_two_machines_keep_what_the_other_brought(bucket: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = bucket.on("one", monkeypatch), bucket.on("two", monkeypatch)
    with storage.step(one, "fetch", [["a"]]), storage.step(two, "fetch", [["b"]]):
        same = deliver(one, "a", b"the same bytes"), deliver(two, "b", b"the same bytes")
        only_one, only_two = deliver(one, "a", b"of a"), deliver(two, "b", b"of b")
        Lake(one.lake).write("quarantine", "source.a", [{"file": "x"}])
    assert same[0] == same[1]

    third = bucket.on("three", monkeypatch)
    with storage.step(third, "list_unread", []):
        archive = Archive(third.archive)
        assert {sidecar.artefact for sidecar in archive} == {same[0], only_one, only_two}
        assert [delivery.source for delivery in archive.sidecar(same[0]).deliveries] == ["a", "b"]
        assert not archive.original(archive.sidecar(only_one)).exists()  # comes when it is read
        assert len(Lake(third.lake).read("quarantine")) == 1
    with storage.step(third, "read", [[only_two]]):
        assert Archive(third.archive).read(only_two) == b"of b"
    with storage.step(one, "fetch", [["a"]]):  # its problem is gone
        Lake(one.lake).write("quarantine", "source.a", [])
    assert not any("source.a" in path for path in bucket.objects())


def test_a_reading_that_is_killed_or_done_twice_leaves_one_set_of_records(
    bucket: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = bucket.on("one", monkeypatch), bucket.on("two", monkeypatch)
    with storage.step(one, "fetch", [["a"]]):
        artefact = deliver(one, "a", b"bytes")
    # the first machine is killed before it takes anything back
    with storage.step(two, "read", [[artefact]]):
        Lake(two.lake).write("artefact", artefact, [{"artefact": artefact, "reader_version": "2"}])
    Lake(one.lake).write("statement", artefact, [{"artefact": artefact}])
    Lake(one.lake).write("artefact", artefact, [{"artefact": artefact, "reader_version": "1"}])
    with storage.step(one, "list_unread", []):
        assert Lake(one.lake).read("artefact", ["reader_version"]) == [{"reader_version": "2"}]
        assert Lake(one.lake).read("statement") == []


def test_only_a_writer_deletes_and_a_wiped_copy_deletes_nothing(bucket: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    home = bucket.on("one", monkeypatch)
    with storage.writing(home, 0, print):
        for name in ("first", "second"):
            Lake(home.lake).write("record_verdict", name, [{"artefact": name}])
    with storage.step(home, "fetch", [["a"]]):
        artefact = deliver(home, "a", b"bytes")
    for path in [*home.lake.rglob("*.parquet"), *home.archive.rglob("*.*")]:
        path.unlink()
    with storage.writing(home, 0, print):
        assert {row["artefact"] for row in Lake(home.lake).read("record_verdict")} == {"first", "second"}
        assert Archive(home.archive).has(artefact)
        Lake(home.lake).write("record_verdict", "first", [])
    lake = {path for path in bucket.objects() if path.startswith(("lake/", "archive/"))}
    assert lake == {
        "lake/record_verdict/second.parquet",
        f"archive/{artefact[:2]}/{artefact}.html",
        f"archive/{artefact[:2]}/{artefact}.json",
    }


def test_originals_arrive_before_their_sidecars_and_both_before_what_is_remembered(
    bucket: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    put = Bucket.put
    monkeypatch.setattr(Bucket, "put", lambda self, path, *a, **n: (put(self, path, *a, **n), order.append(path))[0])
    home = bucket.on("one", monkeypatch)
    with storage.step(home, "fetch", [["a"]]):
        home.fetch.mkdir(parents=True)
        (home.fetch / "a.json").write_text("{}")
        deliver(home, "a", b"one")
        deliver(home, "a", b"two")
    assert [Path(path).suffix for path in order] == [".html", ".html", ".json", ".json", ".json"]
    assert order[-1] == "fetch/a.json"


# The lease


def test_a_lease_refuses_a_second_writer_until_it_expires(bucket: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = bucket.on("one", monkeypatch), bucket.on("two", monkeypatch)
    refused = pytest.raises(HomeInUse, match=r"another refresh .* works here")
    with storage.writing(one, 0, print), refused, storage.writing(two, 0, print):
        pass
    with storage.writing(two, 0, print):
        pass
    assert buckets.LEASE not in bucket.objects()

    # A machine that died leaves its lease, which nobody renews.
    def left_behind(seconds: float) -> None:
        until = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)
        lease = {"owner": "dead", "holder": "1", "where": "a machine that died", "until": until.isoformat()}
        Bucket(bucket.address).put(buckets.LEASE, json.dumps(lease).encode())

    left_behind(600)
    with pytest.raises(HomeInUse, match="a machine that died"), storage.writing(two, 0, print):
        pass
    left_behind(-1)
    with storage.writing(two, 0, print):
        pass
    assert buckets.LEASE not in bucket.objects()


def test_a_lease_is_renewed_while_it_is_held(bucket: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "LEASE_SECONDS", 0.6)

    def until() -> dt.datetime:
        found = Bucket(bucket.address).get(buckets.LEASE)
        assert found is not None
        return dt.datetime.fromisoformat(json.loads(found[0])["until"])

    with leased(Bucket(bucket.address), "one", 0, print):
        first, deadline = until(), time.monotonic() + 30
        while until() <= first:
            assert time.monotonic() < deadline, "the lease is not renewed"


# What a person is told


def test_a_bucket_that_can_not_be_used_says_what_to_do(
    bucket: Place, s3_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StorageProblem, match=r"(?s)no-such-bucket.*found none of that name.*Make the bucket"):
        storage.opened(Path("s3://no-such-bucket/x"))
    done = CliRunner().invoke(app, ["release", "list", "--home", "s3://no-such-bucket/x"])
    assert done.exit_code == 1 and done.output.startswith("htx: s3://no-such-bucket/x/")

    answer_only_after(s3_server, 0)
    try:
        with pytest.raises(StorageProblem, match=r"(?s)expected to be let in.*AWS_ACCESS_KEY_ID"):
            storage.opened(Path(bucket.address))
    finally:
        answer_only_after(s3_server, 1_000_000)

    done = CliRunner().invoke(app, ["backup", "create", "anywhere"])
    assert done.exit_code == 1 and "versioning" in done.output


def test_an_endpoint_that_does_not_answer_says_what_to_do(bucket: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    s3fs.S3FileSystem.clear_instance_cache()
    monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(StorageUnreachable, match=r"(?s)can't be reached.*Check AWS_ENDPOINT_URL"):
        storage.opened(Path(bucket.address))
    s3fs.S3FileSystem.clear_instance_cache()


def test_buckets_never_share_a_working_copy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HTX_WORK", str(tmp_path))
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    homes = [Home.resolve(Path(address)) for address in ("s3://a/b", "s3://a_b", "s3://a/b/c")]
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    homes.append(Home.resolve(Path("s3://a/b/")))
    assert len({home.path for home in homes}) == 4
    assert {home.address for home in homes} == {"s3://a/b", "s3://a_b", "s3://a/b/c"}
    assert all(home.path.parent == tmp_path for home in homes)


# The steps of a night, on whichever machine


def test_a_machine_without_the_candidate_makes_it_again(bucket: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(candidate, "_make", lambda home, as_of, stage: made.append(stage))
    one, two = bucket.on("one", monkeypatch), bucket.on("two", monkeypatch)
    for home in (one, two):
        home.build.parent.mkdir(parents=True)
        home.build.touch()
    day = NOW.date()

    def step(home: Home, name: str, as_of: dt.date = day) -> list[str]:
        made.clear()
        candidate.catch_up(home, as_of, name)
        candidate.reached(home, as_of, name)
        return list(made)

    assert step(one, "register_programmes") == []
    assert step(one, "records_gate") == step(one, "build_candidate") == step(one, "kpi_gate") == []
    assert step(two, "build_marts") == ["records_gate", "build_candidate", "kpi_gate"]
    assert step(two, "release_gate") == []
    assert step(one, "document") == list(candidate.STAGES[:-1])
    assert step(one, "publish") == []
    assert step(one, "publish", day + dt.timedelta(1)) == list(candidate.STAGES)
    one.build.unlink()
    assert step(one, "publish", day + dt.timedelta(1)) == list(candidate.STAGES)
    Lake(two.lake).write("artefact", "x", [{"artefact": "x", "reader_version": "1"}])  # a document arrived in between
    assert step(two, "document") == list(candidate.STAGES[:-1])
