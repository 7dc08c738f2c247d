"""What sites do at night, and how each of it ends: taken, told, or both; never an empty night without a word."""

from __future__ import annotations

import gzip
import itertools
import time
import zlib

import pytest

from ingestion import bulletins
from tests.portal.conftest import LISTING, PAGE, kinds, source
from tests.portal.portal import (
    CHALLENGE,
    HOST,
    LOGIN,
    Exchange,
    article,
    chunked,
    listing,
    page,
    redirect,
    silent,
    status,
    tagged,
)  # fmt: skip


def test_a_new_page_is_archived_with_how_it_came_and_read_as_what_the_server_said(portal, warehouse):
    portal.pages["/bai"] = redirect("/bai-moi.html")
    portal.pages["/bai-moi.html"] = page(article(), ETag='"v1"', Last_Modified="Thu, 15 Jan 2026 03:00:00 GMT")
    intake = warehouse.night(source(**PAGE, publisher="Liên minh Hợp tác xã tỉnh", programme="Kế hoạch 2025"))
    assert (intake.delivered, intake.new, intake.alerts) == (1, 1, ())
    [sidecar] = warehouse.archive
    delivery = sidecar.delivery
    assert (delivery.file, delivery.province) == (f"http://{HOST}/bai", "Nam Định")
    assert (delivery.publisher, delivery.programme) == ("Liên minh Hợp tác xã tỉnh", "Kế hoạch 2025")
    web = delivery.web
    assert (web.final_url, web.redirects) == (f"http://{HOST}/bai-moi.html", (f"http://{HOST}/bai",))
    assert (web.status, web.etag, web.media_type, web.charset) == (200, '"v1"', "text/html", "utf-8")
    assert web.last_modified == "Thu, 15 Jan 2026 03:00:00 GMT"
    assert (sidecar.extension, sidecar.size_bytes) == (".html", len(article().encode()))
    agent = portal.log[-1].headers["User-Agent"]
    assert "HTXWarehouse/" in agent and "kiem-thu@example.vn" in agent


def test_without_a_contact_nothing_is_asked(portal, warehouse):
    warehouse.settings = type(warehouse.settings)(test_hosts=warehouse.settings.test_hosts)
    assert kinds(warehouse.night(source(**PAGE))) == ["no_contact"]
    assert not portal.log


def test_unchanged_content_costs_one_conditional_request(portal, warehouse):
    portal.pages["/bai"] = tagged(article(), '"v1"')
    warehouse.night(source(**PAGE))
    intake = warehouse.night(source(**PAGE))
    assert (intake.delivered, intake.new, intake.alerts) == (1, 0, ())
    [_, only] = portal.asked()
    assert only.headers["If-None-Match"] == '"v1"'


def test_a_lost_state_is_taken_from_the_archive_and_costs_nothing_more(portal, warehouse):
    portal.pages["/bai"] = tagged(article(), '"v1"')
    warehouse.night(source(**PAGE))
    (warehouse.folder / "fetch" / "cong.json").unlink()
    intake = warehouse.night(source(**PAGE))
    assert (intake.delivered, intake.new) == (1, 0)
    assert portal.asked("/bai")[-1].headers["If-None-Match"] == '"v1"'


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(silent(4), id="no answer"),
        pytest.param(chunked((b"<p>" for _ in itertools.count()), pause=0.2), id="a chunked body that never ends"),
    ],
)
def test_a_slow_site_is_left_at_the_deadline_whatever_it_trickles(portal, warehouse, script):
    portal.pages["/bai"] = script
    started = time.monotonic()
    intake = warehouse.night(source(**PAGE, response_seconds=1))
    assert time.monotonic() - started < 3
    assert kinds(intake) == ["too_slow"]
    assert (intake.new, intake.waiting, intake.problems) == (0, 1, ())  # tomorrow may be better: not in the release
    assert not list(warehouse.archive)


def trickled_headers(exchange: Exchange) -> None:
    exchange.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(30):
        exchange.wfile.write(f"X-{number}: a\r\n".encode())
        time.sleep(0.2)


def test_headers_that_trickle_meet_the_deadline_too(portal, warehouse):
    portal.pages["/bai"] = trickled_headers
    started = time.monotonic()
    assert kinds(warehouse.night(source(**PAGE, response_seconds=1))) == ["too_slow"]
    assert time.monotonic() - started < 3


def declared(exchange: Exchange) -> None:
    exchange.send_response(200)
    exchange.send_header("Content-Length", "200000000")
    exchange.end_headers()
    exchange.wfile.write(b"a" * 10_000)


def bomb(exchange: Exchange) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    exchange.answer(200, packed, Content_Type="text/html", Content_Encoding="gzip")


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(declared, id="200 MB declared"),
        pytest.param(chunked(b"a" * 100_000 for _ in range(2000)), id="200 MB in chunks"),
        pytest.param(bomb, id="200 MB packed into 200 kB"),
    ],
)
def test_a_body_of_200_mb_is_never_held(portal, warehouse, script):
    portal.pages["/bai"] = script
    intake = warehouse.night(source(**PAGE, megabytes=1))
    assert kinds(intake) == ["too_large"]
    [(file, problem)] = intake.problems
    assert file == f"http://{HOST}/bai"
    assert (problem.gate, problem.expected) == ("landing", "at most 1 MB")
    assert not list(warehouse.archive)


def test_a_packed_page_is_archived_unpacked(portal, warehouse):
    portal.pages["/bai"] = page(gzip.compress(article().encode()), Content_Encoding="gzip")
    assert warehouse.night(source(**PAGE)).new == 1
    assert warehouse.archive.read(next(iter(warehouse.archive)).artefact) == article().encode()


def cut_off(exchange: Exchange) -> None:
    body = article().encode()
    exchange.send_response(200)
    exchange.send_header("Content-Type", "text/html")
    exchange.send_header("Content-Length", str(len(body) + 100))
    exchange.end_headers()
    exchange.wfile.write(body)


def test_half_a_page_is_no_page(portal, warehouse):
    portal.pages["/bai"] = [cut_off, page(article())]
    assert warehouse.night(source(**PAGE)).new == 1
    assert len(portal.asked("/bai")) == 2
    assert warehouse.archive.read(next(iter(warehouse.archive)).artefact) == article().encode()


def test_two_errors_and_then_a_good_answer_are_a_good_answer(portal, warehouse):
    portal.pages["/bai"] = [status(500), status(503), page(article())]
    intake = warehouse.night(source(**PAGE))
    assert (intake.new, intake.alerts) == (1, ())
    assert len(portal.asked("/bai")) == 3


def test_a_site_that_stays_broken_is_told_and_left(portal, warehouse):
    portal.pages["/bai"] = status(500)
    intake = warehouse.night(source(**PAGE))
    assert kinds(intake) == ["server_error"]
    assert intake.alerts[0].severity == "warning"
    assert intake.problems == ()
    assert len(portal.asked("/bai")) == 3


def test_retry_after_is_waited_for(portal, warehouse):
    portal.pages["/bai"] = [status(429, Retry_After="1"), page(article())]
    assert warehouse.night(source(**PAGE)).new == 1
    first, second = portal.asked("/bai")
    assert second.began - first.ended >= 0.99


def test_a_host_that_asks_for_an_hour_is_left_alone_by_every_source(portal, warehouse):
    portal.pages["/bai"] = status(429, Retry_After="3600")
    portal.pages["/khac"] = page(article())
    started = time.monotonic()
    assert kinds(warehouse.night(source(**PAGE))) == ["asked_to_wait"]
    other = warehouse.night(source(**PAGE | {"url": f"http://{HOST}/khac"}, name="khac"))
    assert kinds(other) == ["asked_to_wait"]
    assert [seen.path for seen in portal.asked()] == ["/bai"]
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("scripts", "kind"),
    [
        ({"/bai": redirect("/b"), "/b": redirect("/bai")}, "too_many_redirects"),
        ({f"/{n or 'bai'}": redirect(f"/{n + 1}") for n in range(9)}, "too_many_redirects"),
        ({"/bai": redirect("http://127.0.0.1/bai")}, "refused_address"),
        ({"/bai": redirect("http://169.254.169.254/latest/meta-data/")}, "refused_address"),
        ({"/bai": redirect("http://[::ffff:127.0.0.1]/")}, "refused_address"),
        ({"/bai": redirect("http://khac.example/bai")}, "refused_address"),
        ({"/bai": redirect(f"http://{HOST}:22/bai")}, "refused_address"),
        ({"/bai": redirect("file:///etc/hostname")}, "refused_address"),
        ({"/bai": redirect(f"http://ten:mat-khau@{HOST}/b")}, "refused_address"),
    ],
)
def test_redirects_lead_only_where_they_may(portal, warehouse, scripts, kind):
    portal.pages.update(scripts)
    intake = warehouse.night(source(**PAGE))
    assert kinds(intake) == [kind]
    assert len(intake.problems) == 1
    assert len(portal.asked()) <= 6
    assert not list(warehouse.archive)


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "169.254.169.254", "10.1.2.3", "::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1"]
)
def test_a_registered_name_that_leads_to_a_private_address_is_refused(portal, warehouse, address):
    looked_up = []

    def resolve(host, port):
        looked_up.append(host)
        return ["203.0.114.5", address]  # one good address does not make up for a bad one

    warehouse.settings = type(warehouse.settings)(contact="a@example.vn", resolve=resolve)
    portal_page = source(kind="page", url=f"http://xa.example:{portal.port}/bai", attempts=1)
    assert kinds(warehouse.night(portal_page)) == ["refused_address"]
    assert looked_up == ["xa.example"]
    assert not portal.log


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(portal, warehouse, monkeypatch):
    answers = iter([["203.0.114.5"], ["127.0.0.1"]])
    connected = []
    warehouse.settings = type(warehouse.settings)(contact="a@example.vn", resolve=lambda host, port: next(answers))

    def connect(address, timeout):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("ingestion.fetching.connection.create_connection", connect)
    warehouse.night(source(kind="page", url=f"http://xa.example:{portal.port}/bai", attempts=1))
    assert connected == [("203.0.114.5", portal.port)]
    assert not portal.log


VIETNAMESE = article(title="Hợp tác xã tiêu biểu của tỉnh").replace('<meta charset="utf-8">', "")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(VIETNAMESE.encode(), "text/html", id="utf-8 without a word"),
        pytest.param(VIETNAMESE.encode(), "text/html; charset=windows-1258", id="utf-8 called windows-1258"),
        pytest.param("windows-1258", "text/html; charset=windows-1258", id="windows-1258 called so"),
        pytest.param("windows-1258", "text/html; charset=utf-8", id="windows-1258 called utf-8"),
        pytest.param("windows-1258", "text/html; charset=ISO-8859-1", id="windows-1258 called latin-1"),
        pytest.param(VIETNAMESE.encode("utf-16"), "text/html; charset=utf-8", id="utf-16 called utf-8"),
        pytest.param(VIETNAMESE.encode(), "text/html; charset=no-such-thing", id="a charset that does not exist"),
    ],
)
def test_characters_are_read_by_what_they_are(portal, warehouse, content, said):
    raw = in_windows_1258(VIETNAMESE) if content == "windows-1258" else content
    portal.pages["/bai"] = page(raw, said)
    assert warehouse.night(source(**PAGE)).new == 1
    [sidecar] = warehouse.documents()
    assert warehouse.archive.read(sidecar.artefact) == raw
    delivery = sidecar.delivery
    read = bulletins.read(raw, name=delivery.name, known=delivery.known, charset=delivery.charset)
    assert "toàn tỉnh đã thành lập mới 21 hợp tác xã" in read.text
    assert [statement.value for statement in read.statements] == [21]


def in_windows_1258(text: str) -> bytes:
    """Windows-1258 writes five tone marks as characters of their own behind the letter."""
    import unicodedata

    pieces = []
    for character in unicodedata.normalize("NFC", text):
        try:
            pieces.append(character.encode("cp1258"))
        except UnicodeEncodeError:
            base, *marks = unicodedata.normalize("NFD", character)
            tones = [m for m in marks if m in "\u0300\u0301\u0303\u0309\u0323"]
            letter = unicodedata.normalize("NFC", base + "".join(m for m in marks if m not in tones))
            pieces.append((letter + "".join(tones)).encode("cp1258"))
    return b"".join(pieces)


def test_a_changed_article_is_noticed_and_both_versions_stay(portal, warehouse):
    portal.pages["/tin"] = page(listing(["/a", "/b"]))
    portal.pages |= {"/a": page(article(21)), "/b": page(article(5))}
    warehouse.night(source(**LISTING))
    portal.pages["/a"] = page(article(24))
    intake = warehouse.night(source(**LISTING))
    assert (intake.new, intake.changed, kinds(intake)) == (1, 1, ["changed"])
    assert intake.alerts[0].severity == "info"
    item = warehouse.state().items[f"http://{HOST}/a"]
    assert len(item.versions) == 2
    contents = {warehouse.archive.read(sidecar.artefact) for sidecar in warehouse.documents()}
    assert contents == {article(21).encode(), article(24).encode(), article(5).encode()}
    [event] = warehouse.state().events
    assert (event.kind, event.before, event.after) == ("changed", *item.versions)


def test_a_counter_that_moves_is_kept_and_is_no_other_version(portal, warehouse):
    portal.pages["/bai"] = page(article(views=1490))
    counted = source(**PAGE, article="div.noi-dung")
    warehouse.night(counted)
    portal.pages["/bai"] = page(article(views=1491))
    intake = warehouse.night(counted)
    assert (intake.new, intake.changed, intake.alerts) == (0, 0, ())
    assert sorted(sidecar.delivery.role for sidecar in warehouse.archive) == ["document", "unchanged"]
    assert len(warehouse.documents()) == 1


def test_a_counter_is_known_for_one_after_the_state_was_lost(portal, warehouse):
    portal.pages["/bai"] = page(article(views=1490))
    counted = source(**PAGE, article="div.noi-dung")
    warehouse.night(counted)
    (warehouse.folder / "fetch" / "cong.json").unlink()
    portal.pages["/bai"] = page(article(views=1491))
    assert warehouse.night(counted).changed == 0
    assert len(warehouse.documents()) == 1


def test_a_short_article_with_scripts_is_no_wall(portal, warehouse):
    scripts = "<script>document.cookie = 'a=1'; load('recaptcha')</script>"
    portal.pages["/bai"] = page(article().replace("</body>", scripts + "</body>"))
    assert warehouse.night(source(**PAGE)).new == 1


def test_a_vanished_article_is_noticed_once_and_stays(portal, warehouse):
    portal.pages["/tin"] = page(listing(["/a", "/b"]))
    portal.pages |= {"/a": page(article(21)), "/b": page(article(5))}
    warehouse.night(source(**LISTING))
    portal.pages["/a"] = status(410)
    intake = warehouse.night(source(**LISTING))
    assert (intake.vanished, kinds(intake), intake.problems) == (1, ["vanished"], ())
    assert kinds(warehouse.night(source(**LISTING))) == []
    portal.pages["/a"] = page(article(21))
    assert kinds(warehouse.night(source(**LISTING))) == ["returned"]
    assert [event.kind for event in warehouse.state().events] == ["vanished", "returned"]
    assert len(warehouse.documents()) == 2


def test_a_dead_link_is_quarantined_and_tried_again_after_a_week_only(portal, warehouse):
    portal.pages["/tin"] = page(listing(["/a", "/b"]))
    portal.pages["/a"] = page(article())
    intake = warehouse.night(source(**LISTING))
    assert (intake.new, intake.waiting) == (1, 1)
    assert [file for file, _ in intake.problems] == [f"http://{HOST}/b"]
    again = warehouse.night(source(**LISTING))
    assert again.problems == intake.problems
    assert len(portal.asked("/b")) == 1
    for _ in range(6):
        warehouse.night(source(**LISTING))
    assert len(portal.asked("/b")) == 2


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (listing(["/a"]), listing(["/a"], css="moi"), "layout_changed"),
        (listing(["/a"]), "<html><body></body></html>", "layout_changed"),
        (None, listing(["/a"], css="moi"), "nothing_found"),
        (listing(["/a"]), LOGIN, "login_page"),
        (listing(["/a"]), CHALLENGE, "block_page"),
    ],
)
def test_a_listing_of_another_shape_is_an_alert_and_not_an_empty_night(portal, warehouse, before, after, kind):
    portal.pages["/a"] = page(article())
    if before:
        portal.pages["/tin"] = page(before)
        assert warehouse.night(source(**LISTING)).alerts == ()
    portal.pages["/tin"] = page(after)
    intake = warehouse.night(source(**LISTING))
    assert kinds(intake) == [kind]
    assert intake.alerts[0].severity == "error"
    assert [file for file, _ in intake.problems] == [f"http://{HOST}/tin"]
    assert len(warehouse.documents()) == (1 if before else 0)
    assert after.encode() in [
        warehouse.archive.read(s.artefact) for s in warehouse.archive if s.delivery.role == "refused"
    ]  # what the site said instead is kept as proof


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (page(article().replace("noi-dung", "khac")), "layout_changed"),
        (page(LOGIN), "login_page"),
        (page(CHALLENGE), "block_page"),
        (status(401), "login_page"),
        (status(403), "block_page"),
        (redirect("/dang-nhap"), "login_page"),
    ],
)
def test_an_article_of_another_shape_is_not_taken_for_one(portal, warehouse, script, kind):
    portal.pages |= {"/tin": page(listing(["/a", "/b"])), "/a": script, "/b": page(article())}
    portal.pages["/dang-nhap"] = page("<html><body>Vui lòng đăng nhập</body></html>")
    intake = warehouse.night(source(**LISTING))
    assert (intake.new, kinds(intake)) == (1, [kind])
    assert [file for file, _ in intake.problems] == [f"http://{HOST}/a"]
    assert len(warehouse.documents()) == 1


def test_an_article_beside_a_login_box_is_an_article(portal, warehouse):
    box = '<form><input type="password"></form>'
    portal.pages["/bai"] = page(article(body=" hợp tác xã" * 150).replace("<h1>", box + "<h1>"))
    assert warehouse.night(source(**PAGE)).new == 1


def test_when_the_selectors_are_corrected_the_page_is_taken_at_once(portal, warehouse):
    portal.pages |= {"/tin": page(listing(["/a"])), "/a": page(article().replace("noi-dung", "moi"))}
    assert kinds(warehouse.night(source(**LISTING))) == ["layout_changed"]
    intake = warehouse.night(source(**LISTING | {"article": "div.moi"}))
    assert (intake.new, intake.problems) == (1, ())
    assert [sidecar.delivery.role for sidecar in warehouse.documents()] == ["document"]
