"""A whole night, by the command people use, with a portal that does everything a portal can do wrong."""

from __future__ import annotations

import datetime as dt
import json

import duckdb
import pytest
import yaml

from htx import nightly
from htx.home import Home
from htx.source_health import source_health
from tests.portal.conftest import LISTING
from tests.portal.portal import (
    CHALLENGE,
    HOST,
    LOGIN,
    Portal,
    article,
    chunked,
    listing,
    page,
    redirect,
    status,
    tagged,
)  # fmt: skip
from tests.refreshing import AS_OF, htx

BAD = {
    "slow": chunked((b"<p>" for _ in range(10_000)), pause=0.2),
    "large": chunked(b"a" * 100_000 for _ in range(2000)),
    "circle": redirect("/circle"),
    "inside": redirect("http://127.0.0.1/"),
    "metadata": redirect("http://169.254.169.254/latest/"),
    "login": page(LOGIN),
    "challenge": page(CHALLENGE),
    "broken": status(500),
    "gone": status(404),
    "forbidden": page(article()),
    "layout": page(article().replace("noi-dung", "khac")),
}
TOLD = {
    "slow": "too_slow",
    "large": "too_large",
    "circle": "too_many_redirects",
    "inside": "refused_address",
    "metadata": "refused_address",
    "login": "login_page",
    "challenge": "block_page",
    "broken": "server_error",
    "gone": "not_found",
    "forbidden": "robots_disallowed",
    "layout": "layout_changed",
}


def write_sources(folder, inbox) -> None:
    folder.mkdir()
    limits = {"delay_seconds": 1, "response_seconds": 1, "source_seconds": 60, "attempts": 2, "megabytes": 1}
    common = {"province": "Nam Định", "active": True, "limits": limits, "article": "div.noi-dung"}
    sources = [common | {"name": name, "kind": "page", "url": f"http://{HOST}/{name}"} for name in BAD]
    sources.append(common | LISTING | {"name": "good", "cadence": "weekly", "owner": "Liên minh Hợp tác xã tỉnh"})
    sources.append({"name": "folder", "kind": "drop_folder", "path": str(inbox), "active": True})
    sources.append({"name": "missing", "kind": "drop_folder", "path": str(inbox / "missing"), "active": True})
    for source in sources:
        (folder / f"{source['name']}.yml").write_text(yaml.safe_dump(source, allow_unicode=True), encoding="utf-8")
    (folder / "wrong.yml").write_text("name: wrong\nkind: page\nurl: nowhere\n")


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    """A refreshed home, what `htx refresh` printed, the portal, and the settings to do it again."""
    base = tmp_path_factory.mktemp("night")
    (base / "inbox").mkdir()
    (base / "inbox" / "bai.html").write_text(article(33), encoding="utf-8")
    write_sources(base / "sources", base / "inbox")
    with Portal() as portal:
        portal.pages |= {f"/{name}": script for name, script in BAD.items()}
        portal.pages["/robots.txt"] = page("User-agent: *\nDisallow: /forbidden\n", "text/plain")
        portal.pages["/tin"] = tagged(listing(["/a", "/b"]), '"tin"')
        portal.pages |= {"/a": tagged(article(21), '"a"'), "/b": tagged(article(5), '"b"')}
        environment = {
            "HTX_SOURCES": str(base / "sources"),
            "HTX_FETCH_CONTACT": "kiem-thu@example.vn",
            "HTX_FETCH_TEST_HOSTS": f"{HOST}=127.0.0.1:{portal.port}",
            "HTX_FETCH_TEST_PACE": "0.01",
        }
        done = htx("refresh", "--home", base / "home", "--as-of", AS_OF, check=False, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        yield Home(base / "home"), portal, environment


def test_the_night_publishes_and_tells_what_each_source_did(night):
    home, _, _ = night
    [report] = [nightly.RunReport.model_validate_json(path.read_bytes()) for path in home.runs.glob("*.json")]
    assert report.published is not None and report.published.new
    told = {fetched.source: [alert.kind for alert in fetched.alerts] for fetched in report.fetched}
    assert told == {name: [kind] for name, kind in TOLD.items()} | {
        "good": [],
        "folder": [],
        "missing": ["folder_problem"],
    }
    new = {fetched.source: fetched.new for fetched in report.fetched}
    assert (new["good"], new["folder"], sum(new.values())) == (2, 1, 3)
    assert all(alert.advice for fetched in report.fetched for alert in fetched.alerts)


def test_the_release_has_the_good_documents_and_says_what_is_missing_for_good(night):
    home, _, _ = night
    with duckdb.connect(str(home.current.resolve() / "htx.duckdb"), read_only=True) as database:
        files = database.execute("select file from marts.dim_artefact order by 1").fetchall()
        missing = database.execute("select file from publication.quarantine").fetchall()
    assert [file for (file,) in files] == ["bai.html", f"http://{HOST}/a", f"http://{HOST}/b"]
    for_good = {f"http://{HOST}/{name}" for name in TOLD if TOLD[name] not in ("too_slow", "server_error")}
    assert {file for (file,) in missing} == for_good | {"."}


def test_a_second_night_costs_little_and_changes_nothing(night, monkeypatch):
    home, portal, environment = night
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    before = len(portal.log)
    for source in nightly.sources_of(None):
        nightly.fetch(home, source)
    assert not nightly.needs_publishing(home, dt.date.fromisoformat(AS_OF))
    asked = [seen for seen in portal.log[before:] if seen.path in ("/tin", "/a", "/b")]
    assert len(asked) == 3 and all("If-None-Match" in seen.headers for seen in asked)


def test_health_says_who_needs_a_person(night, monkeypatch):
    home, _, environment = night
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = {health.source: health for health in source_health(home)}
    assert set(found) == {*TOLD, "good", "folder", "missing", "wrong.yml"}
    assert found["good"].ok and found["good"].last_success and found["good"].last_new
    assert {name for name, health in found.items() if not health.ok} == {
        *(name for name in TOLD if name not in ("slow", "broken")), "missing", "wrong.yml",
    }  # fmt: skip
    assert found["login"].last_success is None and "public address" in found["login"].advice
    later = {h.source: h for h in source_health(home, dt.datetime.now(dt.UTC) + dt.timedelta(days=20))}
    assert later["good"].late and not later["folder"].late
    assert "Ask Liên minh Hợp tác xã tỉnh" in later["good"].advice
    done = htx("source", "health", "--home", home.path, check=False, **environment)
    assert done.returncode == 1
    assert "login: error" in done.stdout and "wrong.yml: key url" in done.stdout


def test_check_shows_what_a_source_would_take_and_keeps_nothing(night, tmp_path):
    _, _, environment = night
    done = htx("source", "check", "good", "--home", tmp_path, check=False, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    for text in (
        "robots.txt  robots.txt allows it",
        "status 200, text/html, charset utf-8",
        "2 entries: 2 new, 0 known documents",
        "new    2026-01-15  Tin hợp tác xã /a",
        "statements 1",
        "characters at 'div.noi-dung'",
    ):
        assert text in done.stdout
    assert not (tmp_path / "archive").exists() and not list((tmp_path / "fetch").glob("*.json"))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("login", "a page that asks for a password"),
        ("layout", "an article at 'div.noi-dung'"),
        ("forbidden", "robots.txt disallows it"),
        ("metadata", "169.254.169.254"),
    ],
)
def test_check_says_why_a_source_would_not_work(night, tmp_path, name, message):
    _, _, environment = night
    (tmp_path / "sources").mkdir()
    source = yaml.safe_load((night[0].path.parent / "sources" / f"{name}.yml").read_text(encoding="utf-8"))
    (tmp_path / "sources" / f"{name}.yml").write_text(yaml.safe_dump(source), encoding="utf-8")
    environment = environment | {"HTX_SOURCES": str(tmp_path / "sources")}
    done = htx("source", "check", name, "--home", tmp_path / "home", check=False, **environment)
    assert done.returncode == 1
    assert message in done.stdout


def test_the_sidecar_holds_how_a_document_came(night):
    home, _, _ = night
    sidecars = [json.loads(path.read_bytes()) for path in home.archive.glob("??/*.json")]
    [came] = [d for s in sidecars for d in s["deliveries"] if d["file"] == f"http://{HOST}/a"]
    assert came["web"] | {"last_modified": None} == came["web"]
    assert (came["web"]["etag"], came["web"]["charset"], came["role"]) == ('"a"', "utf-8", "document")
