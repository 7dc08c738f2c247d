"""Being kind: robots.txt, one request at a time with a pause over all workers, and what survives a kill."""

from __future__ import annotations

import datetime as dt
import itertools
import multiprocessing
import os
import signal
import time

import pytest

from ingestion import fetching
from ingestion.archive import Archive
from tests.portal.conftest import LISTING, PAGE, Warehouse, kinds, source
from tests.portal.portal import HOST, article, listing, page, redirect, status, tagged

WORKERS = 4
DELAY = 0.2  # seconds: limits.delay_seconds of 1 at a pace of 0.2


def work(folder, port: int, number: int, pages: int) -> None:
    """One worker's night: its own source, the same host."""
    settings = fetching.Settings(contact="a@example.vn", test_hosts={HOST: ("127.0.0.1", port)}, pace=DELAY)
    for one in range(pages):
        mine = source(name=f"nguon_{number}_{one}", kind="page", url=f"http://{HOST}/{number}/{one}")
        fetching.fetch(mine, Archive(folder / "archive"), folder / "fetch", dt.datetime.now(dt.UTC), settings)


def test_four_workers_keep_the_pause_of_a_host_between_them(portal, tmp_path):
    for number in range(WORKERS):
        for one in range(3):
            portal.pages[f"/{number}/{one}"] = page(article(number * 10 + one + 1))
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=work, args=(tmp_path, portal.port, n, 3)) for n in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    requests = sorted(portal.log, key=lambda seen: seen.began)
    assert len([seen for seen in requests if seen.path != "/robots.txt"]) == WORKERS * 3
    pauses = [after.began - before.ended for before, after in itertools.pairwise(requests)]
    assert min(pauses) >= DELAY - 0.02, pauses  # the portal sees a request end a moment after we do
    assert len(list(Archive(tmp_path / "archive"))) == WORKERS * 3
    longest_run = max(len(list(run)) for run in runs_of([seen.path.split("/")[1] for seen in requests]))
    assert longest_run <= 6  # they took turns


def runs_of(names):
    return [list(run) for _, run in itertools.groupby(names)]


def die_at(folder, port: int, of: dict, after: int) -> None:
    """A night that is killed when it is about to ask for its n-th document."""
    from ingestion.fetching import client

    asked = 0
    plain = client.Client.get

    def get(self, *words):
        nonlocal asked
        asked += 1
        if asked > after:
            os.kill(os.getpid(), signal.SIGKILL)
        return plain(self, *words)

    client.Client.get = get
    settings = fetching.Settings(contact="a@example.vn", test_hosts={HOST: ("127.0.0.1", port)}, pace=0.01)
    Warehouse(folder, settings).night(source(**of))


def test_killed_at_any_request_and_run_again_it_has_what_an_undisturbed_night_has(portal, warehouse, tmp_path):
    portal.pages["/tin"] = page(listing(["/a", "/b", "/c"], following="/tin-2"))
    portal.pages["/tin-2"] = page(listing(["/d", "/e"]))
    for number, name in enumerate("abcde"):
        portal.pages[f"/{name}"] = tagged(article(number + 1), f'"{name}"')
    warehouse.night(source(**LISTING))
    expected = {sidecar.artefact for sidecar in warehouse.documents()}
    assert len(expected) == 5
    context = multiprocessing.get_context("fork")
    disturbed = Warehouse(tmp_path / "disturbed", warehouse.settings)
    for after in (1, 2, 4):
        killed = context.Process(target=die_at, args=(disturbed.folder, portal.port, LISTING, after))
        killed.start()
        killed.join(30)
        assert killed.exitcode == -signal.SIGKILL
    intake = disturbed.night(source(**LISTING))
    assert intake.alerts == ()
    assert {sidecar.artefact for sidecar in disturbed.documents()} == expected
    assert {s.artefact: s.deliveries[0].known for s in disturbed.documents()} == {
        s.artefact: s.deliveries[0].known for s in warehouse.documents()
    }


def test_robots_txt_is_obeyed_and_asked_once_a_day(portal, warehouse):
    portal.pages["/robots.txt"] = page("User-agent: *\nDisallow: /noi-bo/\n", "text/plain")
    portal.pages |= {"/tin": page(listing(["/a", "/noi-bo/b"])), "/a": page(article()), "/noi-bo/b": page(article(2))}
    intake = warehouse.night(source(**LISTING))
    assert (intake.new, kinds(intake)) == (1, ["robots_disallowed"])
    assert [file for file, _ in intake.problems] == [f"http://{HOST}/noi-bo/b"]
    assert not portal.asked("/noi-bo/b")
    assert len(portal.asked("/robots.txt")) == 1
    warehouse.now -= dt.timedelta(hours=12)
    warehouse.night(source(**LISTING))
    assert len(portal.asked("/robots.txt")) == 1


def test_our_own_name_in_robots_txt_counts(portal, warehouse):
    portal.pages["/robots.txt"] = page(
        "User-agent: *\nAllow: /\n\nUser-agent: htxwarehouse\nDisallow: /\n", "text/plain"
    )
    portal.pages["/bai"] = page(article())
    assert kinds(warehouse.night(source(**PAGE))) == ["robots_disallowed"]
    assert not portal.asked()


def test_a_redirect_into_what_robots_txt_forbids_is_not_followed(portal, warehouse):
    portal.pages["/robots.txt"] = page("User-agent: *\nDisallow: /kin\n", "text/plain")
    portal.pages |= {"/bai": redirect("/kin"), "/kin": page(article())}
    assert kinds(warehouse.night(source(**PAGE))) == ["robots_disallowed"]
    assert not portal.asked("/kin")


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (status(404), []),
        (status(403), []),
        (status(500), ["robots_unreachable"]),
        (status(429), ["robots_unreachable"]),
        (redirect("/robots.txt"), []),
        (page("User-agent: *\nDisallow: /" + "a" * 600_000, "text/plain"), []),
        (page(b"\xff\xfe\x00<html>", "text/html"), []),
    ],
)
def test_what_stands_for_robots_txt_counts_as_the_standard_says(portal, warehouse, script, told):
    portal.pages |= {"/robots.txt": script, "/bai": page(article())}
    intake = warehouse.night(source(**PAGE, attempts=1))
    assert kinds(intake) == told
    assert len(portal.asked("/bai")) == (0 if told else 1)


def test_a_robots_txt_that_is_away_is_remembered_for_a_month(portal, warehouse):
    portal.pages |= {"/robots.txt": [page("User-agent: *\nAllow: /\n"), status(500)], "/bai": page(article())}
    warehouse.night(source(**PAGE, attempts=1))
    assert kinds(warehouse.night(source(**PAGE, attempts=1))) == []
    warehouse.now += dt.timedelta(days=31)
    assert kinds(warehouse.night(source(**PAGE, attempts=1))) == ["robots_unreachable"]


def test_a_pause_that_robots_txt_asks_for_is_kept(portal, warehouse):
    portal.pages |= {"/robots.txt": page("User-agent: *\nCrawl-delay: 40\n", "text/plain"), "/bai": page(article())}
    portal.pages["/tin"] = page(listing(["/bai"]))
    warehouse.night(source(**LISTING))
    first, second = portal.asked()
    assert second.began - first.ended >= 0.4 - 0.02  # 40 s at a pace of 0.01


def test_one_worker_at_a_source(portal, warehouse):
    portal.pages["/bai"] = page(article())
    with fetching.States(warehouse.folder / "fetch").only_one("cong") as alone:
        assert alone
        assert kinds(warehouse.night(source(**PAGE))) == ["already_running"]
    assert warehouse.night(source(**PAGE)).new == 1


def test_the_night_of_a_source_has_an_end(portal, warehouse):
    portal.pages["/tin"] = page(listing([f"/{n}" for n in range(200)]))
    for number in range(200):
        portal.pages[f"/{number}"] = page(article(number + 1))
    started = time.monotonic()
    intake = warehouse.night(source(**LISTING, source_seconds=1, delay_seconds=5))
    assert time.monotonic() - started < 3
    # the one page that was being fetched at that moment may be told too
    assert [kind for kind in kinds(intake) if kind != "too_slow"] == ["out_of_time", "more_to_come"]
    assert kinds(intake).count("too_slow") <= 1
    assert 0 < intake.new < 200
    again = warehouse.night(source(**LISTING, source_seconds=1, delay_seconds=5))
    assert again.new > 0
    assert len(warehouse.documents()) == intake.new + again.new


def test_two_sources_that_bring_the_same_bytes_at_one_time_are_both_remembered(tmp_path):
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=add_many, args=(tmp_path, f"nguon_{n}")) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    for sidecar in Archive(tmp_path):
        assert [delivery.source for delivery in sidecar.deliveries] == [f"nguon_{n}" for n in range(4)]


def add_many(folder, name: str) -> None:
    from ingestion.archive import Delivery

    for number in range(10):
        delivery = Delivery(source=name, file="a.txt", fetched_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        Archive(folder).add(f"{number}".encode(), delivery)
