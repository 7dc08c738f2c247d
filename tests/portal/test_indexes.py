"""Listings, feeds, sitemaps and pages of workbooks: read until what is known, and nothing of them believed."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from ingestion.fetching import Span
from ingestion.landing import kind_of
from tests.portal.conftest import LISTING, kinds, source
from tests.portal.portal import HOST, LOGIN, Exchange, article, listing, page, redirect, status, tagged

FEED = {"kind": "feed", "url": f"http://{HOST}/rss"}
BOOKS = {"kind": "workbook_link", "url": f"http://{HOST}/bieu", "items": "a"}


def archive_of_pages(portal, pages: int, on_each: int = 3) -> None:
    """A listing of several pages, newest first: /tin, /tin?trang=2, …"""
    for number in range(1, pages + 1):
        paths = [f"/{number}-{one}" for one in range(on_each)]
        following = f"/tin?trang={number + 1}" if number < pages else None
        portal.pages["/tin" if number == 1 else f"/tin?trang={number}"] = page(listing(paths, following))
        for one, path in enumerate(paths):
            portal.pages[path] = tagged(article(number * 10 + one), f'"{path}"')


def test_a_listing_is_read_to_its_depth_first_and_then_until_what_is_known(portal, warehouse):
    archive_of_pages(portal, 6)
    first = warehouse.night(source(**LISTING, depth=3))
    assert (first.new, first.alerts) == (9, ())
    assert len([seen for seen in portal.asked() if seen.path.startswith("/tin")]) == 3
    before = len(portal.asked())
    portal.pages["/tin"] = page(listing(["/moi", "/1-0", "/1-1", "/1-2"], "/tin?trang=2"))
    portal.pages["/moi"] = page(article(99))
    second = warehouse.night(source(**LISTING, depth=3, recheck=2))
    assert (second.new, second.changed) == (1, 0)
    asked = [seen.path for seen in portal.asked()[before:]]
    assert asked[:2] == ["/tin", "/moi"]
    assert len(asked) <= 2 + 2 * 2  # the newest two and the two that were asked longest ago
    assert all("If-None-Match" in seen.headers for seen in portal.asked()[before + 2 :])


def test_a_pinned_notice_does_not_hide_what_is_new_below(portal, warehouse):
    portal.pages["/tin"] = page(listing(["/ghim", "/a", "/b", "/c"], "/tin-2"))
    portal.pages["/tin-2"] = page(listing(["/d"]))
    portal.pages |= {f"/{name}": page(article(n + 1)) for n, name in enumerate(["ghim", *"abcdefgh"])}
    warehouse.night(source(**LISTING))
    portal.pages["/tin"] = page(listing(["/ghim", "/e", "/f", "/g"], "/tin-2"))
    portal.pages["/tin-2"] = page(listing(["/ghim", "/h", "/a", "/b", "/c"]))
    intake = warehouse.night(source(**LISTING))
    assert intake.new == 4


def test_more_than_one_night_can_take_follows_in_the_next(portal, warehouse):
    archive_of_pages(portal, 2)
    first = warehouse.night(source(**LISTING, documents=4))
    assert (first.new, first.waiting, kinds(first)) == (4, 2, ["more_to_come"])
    second = warehouse.night(source(**LISTING, documents=4))
    assert (second.new, second.waiting, kinds(second)) == (2, 0, [])


def test_a_listing_that_grew_beyond_a_night_is_gone_on_with_in_the_next(portal, warehouse):
    archive_of_pages(portal, 1)
    warehouse.night(source(**LISTING))
    for number in (1, 2, 3):
        following = f"/tin?trang={number + 1}"
        portal.pages["/tin" if number == 1 else f"/tin?trang={number}"] = page(
            listing([f"/moi-{number}-{one}" for one in range(3)], following)
        )
        portal.pages |= {f"/moi-{number}-{one}": page(article(100 * number + one)) for one in range(3)}
    portal.pages["/tin?trang=4"] = page(listing(["/1-0", "/1-1", "/1-2"]))
    first = warehouse.night(source(**LISTING, pages=2))
    assert (first.new, kinds(first)) == (6, ["more_to_come"])
    second = warehouse.night(source(**LISTING, pages=2))
    assert (second.new, kinds(second)) == (3, ["more_to_come"])  # one page of those it had to come back to
    third = warehouse.night(source(**LISTING, pages=2))
    assert (third.new, third.waiting, kinds(third)) == (0, 0, [])


def test_a_listing_that_breaks_off_is_gone_on_with_where_it_did(portal, warehouse):
    archive_of_pages(portal, 3)
    good = portal.pages["/tin?trang=2"]
    portal.pages["/tin?trang=2"] = status(500)
    assert kinds(warehouse.night(source(**LISTING, attempts=1))) == ["server_error", "more_to_come"]
    portal.pages["/tin?trang=2"] = good
    assert warehouse.night(source(**LISTING)).waiting == 0
    assert len(warehouse.documents()) == 9


def test_history_is_fetched_when_it_is_asked_for(portal, warehouse):
    archive_of_pages(portal, 5)
    warehouse.night(source(**LISTING, depth=1))
    intake = warehouse.night(source(**LISTING, depth=1), depth=5)
    assert (intake.new, len(warehouse.documents())) == (12, 15)


def test_a_backfill_asks_for_the_documents_of_its_days_and_no_others(portal, warehouse):
    """Five pages, each of three bulletins and a month older; the newest two are known; March and April are asked."""

    def dated(number: int, day: str) -> None:
        path = "/tin" if number == 1 else f"/tin?trang={number}"
        following = f"/tin?trang={number + 1}" if number < 5 else None
        paths = [f"/{number}-{one}" for one in range(3)]
        portal.pages[path] = tagged(listing(paths, following).replace("15/01/2026", day), f'"{number}"')

    archive_of_pages(portal, 5)
    for number, month in enumerate(("06", "05", "04", "03", "02"), start=1):
        dated(number, f"15/{month}/2025")
    warehouse.night(source(**LISTING, depth=2))
    [known] = [one.artefact for one in warehouse.documents() if one.delivery.file.endswith("/2-1")]
    before, asked_before = warehouse.state(), len(portal.asked())

    span = Span(dt.date(2025, 3, 1), dt.date(2025, 4, 30), warehouse.now.date(), known=frozenset({known}))
    intake = warehouse.night(source(**LISTING), depth=500, span=span)
    asked = [seen.path for seen in portal.asked()[asked_before:]]
    # the page of February says that all behind it is older still, and ends the search
    assert [path for path in asked if path.startswith("/tin")] == ["/tin", *(f"/tin?trang={n}" for n in (2, 3, 4, 5))]
    assert sorted(path for path in asked if not path.startswith("/tin")) == [
        "/2-1", "/3-0", "/3-1", "/3-2", "/4-0", "/4-1", "/4-2",
    ]  # fmt: skip
    assert (intake.new, intake.waiting) == (6, 0)

    # an ordinary night goes on as if there had been none: it does not take what the backfill left out
    after = warehouse.state()
    assert {url for url in after.items if url not in before.items} == {
        f"http://{HOST}/{page}-{one}" for page in (3, 4) for one in range(3)
    }
    assert warehouse.night(source(**LISTING)).new == 0


def test_a_backfill_by_arrival_asks_for_nothing_new_unless_today_is_asked_for(portal, warehouse):
    archive_of_pages(portal, 1)
    day = dt.date(2026, 1, 15)  # of all documents, by their index
    of = source(**LISTING)
    assert warehouse.night(of, depth=500, span=Span(day, day, warehouse.now.date(), by_arrival=True)).new == 0
    today = warehouse.now.date()
    assert warehouse.night(of, depth=500, span=Span(today, today, today, by_arrival=True)).new == 3


def test_a_listing_that_leads_in_a_circle_ends(portal, warehouse):
    portal.pages |= {"/tin": page(listing(["/a"], "/tin-2")), "/tin-2": page(listing(["/b"], "/tin"))}
    portal.pages |= {"/a": page(article()), "/b": page(article(2))}
    assert warehouse.night(source(**LISTING, depth=50)).new == 2


def test_the_date_beside_a_link_is_the_publication_date(portal, warehouse):
    portal.pages |= {"/tin": page(listing(["/a"])), "/a": page(article())}
    warehouse.night(source(**LISTING))
    [document] = warehouse.documents()
    assert document.delivery.published == dt.date(2026, 1, 15)
    assert warehouse.state().items[f"http://{HOST}/a"].title == "Tin hợp tác xã /a"


def test_only_titles_that_are_wanted_are_taken(portal, warehouse):
    portal.pages |= {"/tin": page(listing(["/a", "/b"]).replace("hợp tác xã /b", "giao thông")), "/a": page(article())}
    intake = warehouse.night(source(**LISTING, title_words=["HỢP TÁC XÃ"]))
    assert (intake.new, intake.alerts) == (1, ())
    assert not portal.asked("/b")


def test_links_to_other_hosts_are_told_and_not_followed(portal, warehouse):
    portal.pages |= {
        "/tin": page(listing(["/a", "http://127.0.0.1:1/", "http://khac.example/b"])),
        "/a": page(article()),
    }
    intake = warehouse.night(source(**LISTING))
    assert (intake.new, kinds(intake)) == (1, ["other_hosts"])
    assert intake.alerts[0].found == "127.0.0.1, khac.example"


RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Tin</title>
<item><title><![CDATA[<b>Hợp tác xã</b> mới]]></title><link>http://{host}/a?utm_source=rss</link>
<pubDate>Thu, 15 Jan 2026 18:30:00 GMT</pubDate></item>
<item><title>Giao thông</title><guid>http://{host}/b</guid></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Hợp tác xã mới</title>
<link rel="alternate" href="/a"/><updated>2026-01-16T01:30:00+07:00</updated>
<published>2026-01-16T01:30:00+07:00</published></entry></feed>"""


@pytest.mark.parametrize("feed", [RSS.replace("{host}", HOST), ATOM])
def test_a_feed_names_documents_with_their_dates_in_vietnam(portal, warehouse, feed):
    portal.pages |= {"/rss": tagged(feed, '"1"'), "/a": page(article()), "/b": page(article(3))}
    intake = warehouse.night(source(**FEED, title_words=["hợp tác xã"]))
    assert (intake.new, intake.alerts) == (1, ())
    [document] = warehouse.documents()
    assert (document.delivery.file, document.delivery.published) == (f"http://{HOST}/a", dt.date(2026, 1, 16))
    again = warehouse.night(source(**FEED, title_words=["hợp tác xã"], recheck=0))
    assert (again.delivered, again.alerts) == (0, ())
    assert portal.asked()[-1].headers["If-None-Match"] == '"1"'


def sitemap(*entries: tuple[str, str], of: str = "url") -> str:
    root = "urlset" if of == "url" else "sitemapindex"
    rows = "".join(f"<{of}><loc>http://{HOST}{path}</loc><lastmod>{day}</lastmod></{of}>" for path, day in entries)
    return f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</{root}>'


def test_a_sitemap_is_followed_and_what_it_says_has_changed_is_asked_for_again(portal, warehouse):
    portal.pages["/rss"] = page(sitemap(("/s1", "2026-01-01"), of="sitemap"), "application/xml")
    portal.pages["/s1"] = page(sitemap(("/tin/a", "2026-01-01"), ("/tin/b", "2026-01-01"), ("/anh/c", "2026-01-01")))
    portal.pages |= {"/tin/a": page(article(1)), "/tin/b": page(article(2))}
    of = source(**FEED, url_pattern="/tin/", recheck=0)
    assert warehouse.night(of).new == 2
    portal.pages["/s1"] = page(sitemap(("/tin/a", "2026-01-01"), ("/tin/b", "2026-01-09")))
    portal.pages["/tin/b"] = page(article(7))
    assert kinds(warehouse.night(of)) == ["changed"]
    assert len(portal.asked("/tin/a")) == 1


BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">{levels}]>
<rss><channel><item><title>&j;</title><link>http://h/&j;</link></item></channel></rss>""".replace(
    "{levels}", "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
)
EXTERNAL = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "http://{host}/bi-mat">]>
<rss><channel><item><title>&x;</title><link>http://{host}/a</link></item></channel></rss>"""
OUTSIDE = """<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://{host}/bi-mat">
<rss><channel><item><title>a</title><link>http://{host}/a</link></item></channel></rss>"""


@pytest.mark.parametrize(
    ("feed", "told"),
    [
        (BOMB, ["unreadable_feed"]),
        (BOMB.encode("utf-16"), ["unreadable_feed"]),
        (EXTERNAL.replace("{host}", HOST), ["unreadable_feed"]),
        (OUTSIDE.replace("{host}", HOST), []),
        ("<rss><channel>", ["nothing_found"]),
        ("<a><b/></a>", ["unreadable_feed"]),
        (article(), ["unreadable_feed"]),
        (LOGIN, ["login_page"]),
        (b"\x00\x01\x02", ["unreadable_feed"]),
        ("", ["unreadable_feed"]),
        ("<rss>" + "<a>" * 50_000, ["nothing_found"]),
    ],
)
def test_a_hostile_feed_costs_nothing_and_fetches_nothing(portal, warehouse, feed, told):
    portal.pages |= {"/rss": page(feed, "application/rss+xml"), "/bi-mat": page("x"), "/a": page(article())}
    assert kinds(warehouse.night(source(**FEED))) == told
    assert not portal.asked("/bi-mat")


def workbook(value: int) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["TT", "Tên hợp tác xã", "Số thành viên"])
    book.active.append([1, "HTX Sông Đáy", value])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def sheet(content: bytes, etag: str, name: str | None = None):
    def script(exchange: Exchange) -> None:
        if exchange.headers.get("If-None-Match") == etag:
            exchange.answer(304)
            return
        more = {"Content_Disposition": f'attachment; filename="{name}"'} if name else {}
        exchange.answer(200, content, Content_Type="application/octet-stream", ETag=etag, **more)

    return script


def test_workbooks_that_a_page_links_are_taken_and_replaced_ones_noticed(portal, warehouse):
    portal.pages["/bieu"] = page(
        '<html><body><a href="/tai?id=1">Biểu 1</a><a href="/bieu-2.xlsx">Biểu 2</a></body></html>'
    )
    portal.pages["/tai?id=1"] = sheet(workbook(10), '"1"', "Bieu 1.xlsx")
    portal.pages["/bieu-2.xlsx"] = sheet(workbook(20), '"2"')
    assert warehouse.night(source(**BOOKS)).new == 2
    for document in warehouse.documents():
        assert document.extension == ".xlsx"
        assert kind_of(warehouse.archive.read(document.artefact), document.delivery.name) == "workbook"
    portal.pages["/bieu-2.xlsx"] = sheet(workbook(21), '"3"')
    intake = warehouse.night(source(**BOOKS))
    assert (intake.new, intake.known, kinds(intake)) == (1, 1, ["changed"])
    assert len(warehouse.documents()) == 3


@pytest.mark.parametrize(
    ("script", "told"), [(page(LOGIN), "login_page"), (page("<html><body>Hết</body></html>"), "layout_changed")]
)
def test_a_page_in_the_place_of_a_workbook_is_not_one(portal, warehouse, script, told):
    portal.pages["/so-lieu.xlsx"] = script
    direct = source(kind="workbook_link", url=f"http://{HOST}/so-lieu.xlsx")
    assert kinds(warehouse.night(direct)) == [told]


def test_a_file_name_from_the_web_is_only_a_name(portal, warehouse):
    portal.pages["/tai"] = sheet(workbook(1), '"1"', "../../../etc/hop-tac-xa.xlsx")
    warehouse.night(source(kind="workbook_link", url=f"http://{HOST}/tai"))
    [document] = warehouse.documents()
    assert document.delivery.name == "hop-tac-xa.xlsx"
    assert {path.parent.parent for path in warehouse.archive.folder.glob("*/*.xlsx")} == {warehouse.archive.folder}


def test_a_page_that_moved_for_good_is_known_by_its_own_address(portal, warehouse):
    portal.pages |= {"/tin": page(listing(["/a"])), "/a": redirect("/nam-2026/a", 301)}
    portal.pages["/nam-2026/a"] = tagged(article(), '"1"')
    warehouse.night(source(**LISTING))
    intake = warehouse.night(source(**LISTING))
    assert (intake.new, intake.known, intake.alerts) == (0, 1, ())
