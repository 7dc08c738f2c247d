"""Addresses, dates and definitions that anybody could have written: one spelling, no surprise, no way inside."""

from __future__ import annotations

import datetime as dt
import email.utils
import ipaddress
import ssl
import time
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import pydantic
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingestion import alerts, fetching
from ingestion.archive import WebResponse
from ingestion.definitions import DefinitionError
from ingestion.fetching import pages
from ingestion.fetching.addresses import is_public, normalise, origin
from ingestion.fetching.politeness import Robots, RobotsAnswer, retry_after
from ingestion.sources import Source, all_sources, load_sources, readable_sources
from tests.portal.conftest import LISTING, PAGE, Warehouse, kinds, source
from tests.portal.portal import HOST, Portal, article, page

ADDRESSES = st.one_of(
    st.text(max_size=60),
    st.builds(
        "{}://{}{}{}".format,
        st.sampled_from(["http", "https", "HTTP", "ftp", "javascript", ""]),
        st.text("abcĐđ.-:@[]%_ \t\n0123456789", max_size=25),
        st.sampled_from(["", "/", "?a=b&utm_source=x", "/ă;jsessionid=1?q=ờ#z", "/%2e%2e/%zz"]),
        st.text(max_size=10),
    ),
)


@settings(max_examples=150, deadline=None)
@given(ADDRESSES, st.sampled_from([None, "http://a.example/x/y?z"]))
@example("http://[::1", None)
@example("http://a.example:99999/", None)
@example("//\\evil.example\\@b.example/", "http://a.example/")
def test_an_address_has_one_spelling(address, base):
    once = normalise(address, base)
    if once is None:
        return
    assert normalise(once) == once
    scheme, host, port = origin(once)
    parts = urlsplit(once)
    assert scheme in ("http", "https") and host and 0 <= port < 65536
    assert once.isascii() and not parts.fragment and parts.username is None and "utm_" not in parts.query
    assert not any(c.isspace() for c in once)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTTP://A.Example:80/tin#cuoi", "http://a.example/tin"),
        ("http://a.example", "http://a.example/"),
        ("https://a.example./x", "https://a.example/x"),
        ("http://a.example/tin;jsessionid=AB12?id=3&utm_source=zalo", "http://a.example/tin?id=3"),
        ("http://a.example/tin tức", "http://a.example/tin%20t%E1%BB%A9c"),
        ("http://tỉnh.example/", "http://xn--tnh-dlz.example/"),
    ],
)
def test_spellings_of_one_page(one, other):
    assert normalise(one) == normalise(other) == other


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_only_the_public_internet_is_public_however_it_is_wrapped(address):
    assert not is_public(str(address)) or (address.is_global and not address.is_multicast)
    if address.version == 4:
        public = is_public(str(address))
        number = int(address)
        mapped = ipaddress.IPv6Address((0xFFFF << 32) | number)
        nat64 = ipaddress.IPv6Address((0x64FF9B << 96) | number)
        six_to_four = ipaddress.IPv6Address((0x2002 << 112) | (number << 80))
        assert {is_public(str(ip)) for ip in (mapped, nat64, six_to_four)} == {public}


@pytest.mark.parametrize(
    "address", ["", "localhost", "127.1", "0x7f000001", "169.254.169.254", "fe80::1%eth0", "100.64.0.1"]
)
def test_what_is_no_public_address(address):
    assert not is_public(address)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=40), st.integers().map(str), st.dates().map(str)))
@example("Thu, 99 Jan 2026 99:99:99 GMT")
@example("٣")
def test_a_retry_after_is_seconds_or_nothing(header):
    seconds = retry_after(header)
    assert seconds is None or seconds >= 0


@given(st.integers(0, 100_000))
def test_a_retry_after_in_seconds(seconds):
    assert retry_after(f" {seconds} ") == min(seconds, 21_600)


@given(st.integers(60, 20_000))
def test_a_retry_after_as_a_date(seconds):
    found = retry_after(email.utils.formatdate(time.time() + seconds, usegmt=True))
    assert found is not None and seconds - 5 <= found <= seconds + 1


def test_a_retry_after_that_has_passed_asks_for_nothing():
    assert retry_after("Thu, 15 Jan 2015 03:00:00 GMT") == 0


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text("UserDisalowg-nt: *\n/#$abt0123é", max_size=200).map(str.encode)))
def test_any_robots_txt_gives_an_answer(tmp_path_factory, content):
    folder = tmp_path_factory.getbasetemp() / "robots"
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    (folder / "http_a.example_80.robots.json").unlink(missing_ok=True)
    rules = Robots(folder, lambda url: RobotsAnswer(200, content), now).rules("http://a.example/tin?x=1")
    assert rules.allowed in (True, False) and rules.delay >= 0


def web(media_type: str = "text/html") -> WebResponse:
    return WebResponse(url=f"http://{HOST}/tin", final_url=f"http://{HOST}/tin", status=200, media_type=media_type)


HTML = st.one_of(
    st.binary(max_size=300),
    st.lists(
        st.sampled_from(
            ["<li class=tin>", "</li>", "<a href=", "'/a'", "'http://[::1'", ">", "<base href='javascript:1'>",
             "<table>", "<a class=sau href='//x'>", "<!--", "]]>", "<svg><script>", "Ngày 99/99/2026", "&#0;",
             "<span>15/01/2026</span>", "<h1>\ud7ff", "&#xD800;", "<div class=noi-dung>", "<meta charset=utf-7>"]
        ),
        max_size=40,
    ).map(lambda pieces: "".join(pieces).encode()),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(HTML)
def test_any_page_is_a_listing_or_a_refusal(content):
    try:
        index = pages.read_index(source(**LISTING), content, web())
    except pages.NotAsExpected as error:
        assert error.kind in ("login_page", "block_page")
        return
    assert all(normalise(link.url) == link.url for link in index.links)
    assert len({link.url for link in index.links}) == len(index.links)


@settings(max_examples=150, deadline=None)
@given(HTML)
def test_any_page_is_a_document_or_a_refusal(content):
    try:
        pages.read_document(source(**LISTING), content, web())
    except pages.NotAsExpected as error:
        assert error.kind in ("login_page", "block_page", "layout_changed")


XML = st.one_of(
    st.binary(max_size=200),
    st.lists(
        st.sampled_from(
            ["<?xml version='1.0'?>", "<rss>", "<item>", "<link>", "http://a.example/1", "</link>", "</item>", "<feed>",
             "<entry>", "<link href='/x'/>", "</entry>", "<urlset>", "<url><loc>/y</loc></url>", "<pubDate>x</pubDate>",
             "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/hostname'>]>", "&b;", "<![CDATA[", "]]>", "<guid>z</guid>"]
        ),
        max_size=30,
    ).map(lambda pieces: "".join(pieces).encode()),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(XML)
def test_any_feed_is_a_feed_or_a_refusal(content):
    try:
        index = pages.read_index(source(kind="feed", url=f"http://{HOST}/rss"), content, web("text/xml"))
    except pages.NotAsExpected as error:
        assert error.kind in ("unreadable_feed", "login_page", "block_page")
        return
    assert all(normalise(link.url) == link.url for link in index.links)


def test_a_name_that_is_a_test_host_must_be_on_this_machine(monkeypatch):
    monkeypatch.setenv("HTX_FETCH_TEST_HOSTS", "cong.example=10.0.0.1:80")
    with pytest.raises(DefinitionError, match="HTX_FETCH_TEST_HOSTS: expected name=127"):
        fetching.Settings.from_environment()


def test_the_pace_of_tests_never_shortens_the_pause_of_a_real_host():
    fast = fetching.Settings(test_hosts={HOST: ("127.0.0.1", 1)}, pace=0.01)
    assert fast.delay(HOST, 5) == 0.05
    assert fast.delay("namdinh.gov.vn", 5) == 5


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"kind": "pages"}, "Input tag 'pages' found using 'kind'"),
        ({"colour": "red"}, "colour\n  Extra inputs are not permitted"),
        ({"url": "ftp://a.example/"}, "expected an address that begins with http"),
        ({"url": "http://ten:mat-khau@a.example/"}, "without a user name or password"),
        ({"items": "li..a"}, "expected a CSS selector, or an XPath"),
        ({"items": "//li["}, "expected a CSS selector, or an XPath"),
        ({"entry": None}, "key date needs the key entry"),
        ({"delay_seconds": 0.1}, "greater than or equal to 1"),
        ({"megabytes": 5000}, "less than or equal to 200"),
        ({"url_pattern": "("}, "expected a regular expression"),
        ({"hosts": ["http://a"]}, "String should match pattern"),
    ],
)
def test_what_a_source_file_gets_wrong_is_told(keys, message):
    with pytest.raises(pydantic.ValidationError, match=None) as caught:
        source(**LISTING | keys)
    assert message in str(caught.value)


def test_one_wrong_file_costs_no_other_source(tmp_path, monkeypatch):
    (tmp_path / "a.yml").write_text("name: a\nkind: drop_folder\npath: a\nactive: true\n")
    (tmp_path / "b.yml").write_text("name: b\nkind: listing\nurl: http://a.example/\n")
    monkeypatch.setenv("HTX_SOURCES", str(tmp_path))
    sources, errors = readable_sources()
    assert [s.name for s in sources] == ["a"]
    assert f"{tmp_path / 'b.yml'}: key items: Field required" in errors["b.yml"]
    with pytest.raises(DefinitionError, match="key items"):
        load_sources()


def test_the_shipped_web_sources_are_off_and_of_public_portals():
    shipped = [s for s in all_sources() if s.kind != "drop_folder"]
    assert len(shipped) == 5 and not any(s.active for s in shipped)
    assert len({s.province for s in shipped}) == 5
    assert all(s.host.endswith(".vn") for s in shipped)


def test_a_source_is_a_small_thing_to_load():
    text = {"name": "a", "active": True, **LISTING}
    started = time.process_time()
    for _ in range(500):
        pydantic.TypeAdapter(Source).validate_python(text)
    assert time.process_time() - started < 5


@pytest.fixture
def certificate(tmp_path):
    """A certificate that signs itself, for the portal's name."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path / "portal.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


def test_a_certificate_is_checked_for_the_name_and_not_for_the_address(certificate, tmp_path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Portal(tls=context) as portal:
        portal.pages["/bai"] = page(article())
        other = "khac.example"
        hosts = {HOST: ("127.0.0.1", portal.port), other: ("127.0.0.1", portal.port)}
        trusting = fetching.Settings(contact="a@example.vn", ca_bundle=str(certificate), test_hosts=hosts, pace=0.01)
        safe = source(**PAGE | {"url": f"https://{HOST}/bai"})
        assert Warehouse(tmp_path / "1", trusting).night(safe).new == 1
        wrong_name = source(**PAGE | {"url": f"https://{other}/bai"})
        assert kinds(Warehouse(tmp_path / "2", trusting).night(wrong_name)) == ["tls_failed"]
        plain = fetching.Settings(contact="a@example.vn", test_hosts=hosts, pace=0.01)
        assert kinds(Warehouse(tmp_path / "3", plain).night(safe)) == ["tls_failed"]


def test_every_alert_has_its_advice_in_both_languages_and_its_line_in_the_documentation():
    told = (Path(__file__).parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")
    for kind in get_args(alerts.Kind):
        alert = alerts.Alert(kind=kind, place="a", expected="b", found="c")
        assert alert.advice.endswith(".") and alert.vi.endswith(".")
        row = next(line for line in told.splitlines() if line.startswith("| `") and f"`{kind}`" in line)
        assert f"| {alert.severity} |" in row, kind
