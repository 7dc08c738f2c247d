"""Backfill requests: strict, reviewed, and about exactly what they name."""

import datetime as dt

import pytest

from htx import backfill
from htx.home import Home
from ingestion.archive import Archive, Delivery
from ingestion.definitions import DefinitionError
from ingestion.lake import Lake
from ingestion.sources import named, readable_sources
from tests.refreshing import htx

REQUEST = """\
requested_by: Nguyễn Văn A, Liên minh Hợp tác xã
reviewed_by: Trần Thị B, Sở Kế hoạch
why: The reader took the wrong column of the lists of 2024.
sources: [first]
action: read_again
from_day: 2024-01-01
to_day: 2024-12-31
"""
SOURCE = "name: {name}\nkind: drop_folder\npath: /nowhere/{name}\nactive: true\n"


@pytest.fixture
def requests(tmp_path, monkeypatch):
    folder = tmp_path / "backfills"
    sources = tmp_path / "sources"
    folder.mkdir()
    sources.mkdir()
    for name in ("first", "second"):
        (sources / f"{name}.yml").write_text(SOURCE.format(name=name))
    monkeypatch.setenv("HTX_BACKFILLS", str(folder))
    monkeypatch.setenv("HTX_SOURCES", str(sources))

    def write(text=REQUEST, **changes):
        for key, value in changes.items():
            text = "\n".join(f"{key}: {value}" if line.startswith(f"{key}:") else line for line in text.splitlines())
        (folder / "lists-2024.yml").write_text(text, encoding="utf-8")

    write()
    return write


@pytest.fixture
def home(tmp_path):
    """Four originals: in the span, before it, of another source, and one that no date is known of."""
    home = Home(tmp_path / "home")
    archive = Archive(home.archive)
    received = dt.datetime(2024, 3, 1, 20, tzinfo=dt.UTC)  # the next day in Việt Nam
    for source, file, published in [
        ("first", "inside.csv", dt.date(2024, 6, 30)),
        ("first", "before.csv", dt.date(2023, 12, 31)),
        ("second", "other.csv", dt.date(2024, 6, 30)),
        ("first", "undated.csv", None),
    ]:
        delivery = Delivery(source=source, file=file, fetched_at=received, published=published)
        archive.add(file.encode(), delivery)
    Lake(home.lake).prepare()
    return home


def files(home):
    sources, _ = readable_sources()
    return sorted(one.file for one in backfill.plan(home, "lists-2024", sources).touched)


def test_a_request_touches_exactly_the_originals_of_its_sources_and_days(requests, home):
    assert files(home) == ["inside.csv", "undated.csv"]


def test_days_can_be_those_of_arrival_where_the_warehouse_works(requests, home):
    requests(REQUEST + "days: received\n", from_day="2024-03-02", to_day="2024-03-02")
    assert files(home) == ["before.csv", "inside.csv", "undated.csv"]
    requests(REQUEST + "days: received\n", from_day="2024-03-01", to_day="2024-03-01")
    assert files(home) == []


def test_sources_are_asked_only_where_the_request_says_so(requests, home):
    sources, _ = readable_sources()
    assert backfill.plan(home, "lists-2024", sources).asked == ()
    requests(action="fetch_again")
    assert backfill.plan(home, "lists-2024", sources).asked == ("first",)
    assert backfill.load("lists-2024").sources_of(sources) == [named("first", sources)]


def test_a_source_is_asked_for_the_same_originals_that_are_read_again(requests, home):
    requests(action="fetch_again")
    request = backfill.load("lists-2024")
    archive, lake = Archive(home.archive), Lake(home.lake)
    span = request.span(archive, lake, dt.date(2026, 6, 30))
    assert span.known == set(request.artefacts(archive, lake))
    assert (span.first, span.last, span.by_arrival) == (dt.date(2024, 1, 1), dt.date(2024, 12, 31), False)
    assert span.wants_new(dt.date(2024, 12, 31))
    assert not span.wants_new(dt.date(2025, 1, 1))
    assert not span.wants_new(None)  # it came today


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reviewed_by": "Nguyễn Văn A, Liên minh Hợp tác xã"}, "a reviewer other than"),
        ({"to_day": "2023-01-01"}, "from_day before to_day"),
        ({"from_day": "1024-01-01"}, "at most"),
        ({"why": "because"}, "why"),
        ({"action": "delete"}, "action"),
        ({"sources": "[]"}, "sources"),
    ],
)
def test_what_is_not_a_reviewed_request_is_refused_by_name(requests, changes, said):
    requests(**changes)
    with pytest.raises(DefinitionError, match=said) as error:
        backfill.load("lists-2024")
    assert "lists-2024.yml" in str(error.value)


def test_an_unknown_key_and_an_unknown_name_are_refused(requests):
    requests(REQUEST + "delete: true\n")
    with pytest.raises(DefinitionError, match="delete"):
        backfill.load("lists-2024")
    with pytest.raises(DefinitionError, match="lists-2024"):
        backfill.load("lists-2042")


def test_the_plan_shows_who_why_and_what_and_changes_nothing(requests, home):
    before = sorted((path, path.stat().st_mtime_ns) for path in home.path.rglob("*"))
    shown = htx("backfill", "plan", "lists-2024", "--home", home.path).stdout
    assert "Trần Thị B, Sở Kế hoạch" in shown
    assert "Originals read again: 2" in shown
    assert "inside.csv" in shown
    assert "before.csv" not in shown
    assert sorted((path, path.stat().st_mtime_ns) for path in home.path.rglob("*")) == before
