"""What fetched pages hold: the documents a listing, a feed or a page of workbooks names, and whether a page is one.

Everything here is hostile until shown otherwise: nothing of a page is run, no entity is expanded, nothing is
fetched while it is parsed.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import email.utils
import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import lxml.etree
import lxml.html

from ingestion.alerts import Kind
from ingestion.archive import WebResponse
from ingestion.fetching.addresses import normalise
from ingestion.sources import Feed, Listing, WebSource, WorkbookLink
from ingestion.sources.model import compiled
from ingestion.vietnamese.dates import find_date
from ingestion.vietnamese.text import fold, match_key

_LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
_LARGEST_INDEX = 10_000_000  # bytes of a listing or feed; a sitemap may have 50 MB unpacked, none of a portal does
_FEW_WORDS = 120  # a log-in or block page has fewer; an article of a portal that also shows a log-in box has more
_PASSWORD = re.compile(rb"<input[^>]{0,300}type\s*=\s*[\"']?password", re.IGNORECASE)
_LOGIN_PATH = re.compile(r"/(?:log-?in|sign-?in|dang-?nhap|sso|cas)(?:[/.?]|$)", re.IGNORECASE)
# What walls in front of Vietnamese and other portals say to people: content networks, challenges, local firewalls.
_BLOCK = re.compile(
    r"just a moment|attention required|checking your browser|ddos|access denied|request rejected"
    r"|unusual traffic|pardon our interruption|enable javascript"
    r"|truy cập bị (?:từ chối|chặn)|xác minh bạn là|xác thực truy cập|bạn không phải (?:là )?(?:robot|người máy)",
    re.IGNORECASE,
)
# Their scripts, which pages with content have too: these count only on a page that says next to nothing.
_BLOCK_SCRIPT = re.compile(r"cf[-_]chl|captcha|document\.cookie ?=", re.IGNORECASE)
_NO_WORDS = 25
_HTML = {"text/html", "application/xhtml+xml", None}


@dataclasses.dataclass(frozen=True)
class Link:
    """A document that an index names."""

    url: str
    title: str | None = None
    published: dt.date | None = None
    stamp: str | None = None  # what a feed or sitemap says of its last change; another one asks for a look


@dataclasses.dataclass(frozen=True)
class Index:
    """What one listing page, feed, sitemap or page of workbooks names."""

    links: tuple[Link, ...]
    matched: int  # elements that the selector, or the format, found; links and what was passed over come from them
    following: tuple[str, ...] = ()  # further pages of the listing, or files of the sitemap
    other_hosts: tuple[str, ...] = ()


class NotAsExpected(Exception):
    """A response that is not what it should be."""

    def __init__(self, kind: Kind, expected: str, found: str) -> None:
        self.kind, self.expected, self.found = kind, expected, found
        super().__init__(f"expected {expected}, found {found}")


@dataclasses.dataclass(frozen=True)
class Document:
    """A response that is a document."""

    title: str | None
    fingerprint: str | None  # of the text that counts as content; None where only the bytes can say
    selected: int | None  # characters that the article's selector found; None without one


# Indexes ---------------------------------------------------------------------------------------------------------


def read_index(source: WebSource, content: bytes, web: WebResponse) -> Index:
    """Return what an index of `source` names; raise NotAsExpected for one that is no index, or a log-in page."""
    _refuse_status(web)
    if len(content) > _LARGEST_INDEX:
        raise NotAsExpected("too_large", f"an index of at most {_LARGEST_INDEX:,} bytes", f"{len(content):,} bytes")
    if source.kind == "feed":
        return _feed(content, web)
    tree = _html(content, web)
    elements = _select(tree, source.items) if isinstance(source, Listing | WorkbookLink) and source.items else []
    if not elements and (wall := _wall(content, tree, web)):
        raise wall
    base = _base(tree, web)
    dates = _dates(tree, source) if isinstance(source, Listing) else {}
    links = []
    for element in elements:
        anchor = next(element.iter("a"), None)
        anchor = next(element.iterancestors("a"), None) if anchor is None else anchor
        if anchor is not None and (url := normalise(anchor.get("href", ""), base)) and anchor.get("href"):
            links.append(Link(url, _text(anchor) or anchor.get("title"), dates.get(anchor)))
    following = _select(tree, source.next_page) if isinstance(source, Listing) and source.next_page else []
    pages = [url for a in following if (url := normalise(a.get("href") or "", base)) and url != web.final_url]
    return Index(_unique(links), len(elements), tuple(dict.fromkeys(pages))[:1])


def _feed(content: bytes, web: WebResponse) -> Index:
    root = _xml(content, web)
    name = _local(root)
    links: list[Link] = []
    following: list[str] = []
    base = web.final_url
    if name in ("urlset", "sitemapindex"):
        entries = [child for child in root if _local(child) in ("url", "sitemap")]
        for entry in entries:
            url = normalise(_child(entry, "loc") or "", base)
            if url and _local(entry) == "sitemap":
                following.append(url)
            elif url:
                links.append(Link(url, stamp=_child(entry, "lastmod")))
    elif name in ("rss", "RDF", "feed"):
        entries = [node for node in root.iter() if _local(node) in ("item", "entry")]
        for entry in entries:
            address = _child(entry, "link") or _atom_link(entry) or _permanent(entry)
            url = normalise(address or "", base)
            if url:
                said = _child(entry, "pubDate") or _child(entry, "published") or _child(entry, "date")
                stamp = _child(entry, "updated") or said
                links.append(Link(url, _plain(_child(entry, "title")), _moment(said), stamp))
    else:
        raise NotAsExpected("unreadable_feed", "RSS, Atom or a sitemap", f"XML whose root is <{name}>")
    return Index(_unique(links), len(entries), tuple(dict.fromkeys(following)))


def _xml(content: bytes, web: WebResponse) -> Any:
    """Parse a feed; a document type that declares entities is refused before anything could expand."""
    # resolve_entities=False keeps entities as they are, no_network and load_dtd=False fetch nothing.
    parser = lxml.etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=True
    )
    if b"<!entity" in content[:100_000].lower():
        raise NotAsExpected("unreadable_feed", "a feed without a document type", "one that declares entities")
    try:
        root = lxml.etree.fromstring(content.lstrip(), parser)
    except (lxml.etree.XMLSyntaxError, ValueError) as error:
        root = None
        why = str(error)
    else:
        why = "nothing that parses as XML"
    if root is None or _local(root).lower() in ("html", "head", "body", "script", "div"):
        if wall := _wall(content, _html(content, web), web):
            raise wall
        raise NotAsExpected("unreadable_feed", "RSS, Atom or a sitemap", why if root is None else "an HTML page")
    document_type = root.getroottree().docinfo.internalDTD
    if document_type is not None and any(True for _ in document_type.iterentities()):
        raise NotAsExpected("unreadable_feed", "a feed without a document type", "one that declares entities")
    return root


def _local(node: Any) -> str:
    tag = node.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def _child(entry: Any, name: str) -> str | None:
    for child in entry:
        if _local(child) == name and (text := "".join(child.itertext(with_tail=False)).strip()):
            return str(text)
    return None


def _atom_link(entry: Any) -> str | None:
    for child in entry:
        if _local(child) == "link" and child.get("href") and child.get("rel", "alternate") == "alternate":
            return str(child.get("href"))
    return None


def _permanent(entry: Any) -> str | None:
    for child in entry:
        if _local(child) == "guid" and child.get("isPermaLink", "true") == "true":
            return (child.text or "").strip() or None
    return None


def _moment(text: str | None) -> dt.date | None:
    """The day, in Vietnam, of a moment as RSS or Atom write it."""
    if not text:
        return None
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            return None
    try:
        return (moment.astimezone(_LOCAL) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return None


def _plain(text: str | None) -> str | None:
    """A title without the markup that some feeds put into it."""
    return unicodedata.normalize("NFC", " ".join(re.sub(r"<[^<>]{0,500}>", " ", text).split())) if text else None


def _dates(tree: Any, source: Listing) -> dict[Any, dt.date]:
    """The date beside each link: of the one element that holds both."""
    dates: dict[Any, dt.date] = {}
    for entry in _select(tree, source.entry) if source.entry and source.date else []:
        found = [date for node in _select(entry, source.date or "") if (date := _date(_text(node) or ""))]
        if found:
            for anchor in entry.iter("a"):
                dates.setdefault(anchor, found[0])
    return dates


def _date(text: str) -> dt.date | None:
    try:
        folded = fold(text).text
        return find_date(folded, 0, len(folded))
    except ValueError:
        return None


def wanted(source: WebSource, links: Iterable[Link]) -> list[Link]:
    """Return the links that `source` takes: by the words of their titles, where there are any, and by address."""
    if not isinstance(source, Listing | Feed):
        return list(links)
    keys = [match_key(word) for word in source.title_words]
    pattern = re.compile(source.url_pattern or "")
    return [
        link
        for link in links
        if pattern.search(link.url)
        and (not keys or not link.title or any(key in match_key(link.title) for key in keys))
    ]


def _unique(links: Iterable[Link]) -> tuple[Link, ...]:
    """Each address once; the first title that says something counts (pictures link without one)."""
    found: dict[str, Link] = {}
    for link in links:
        before = found.get(link.url)
        if before is None:
            found[link.url] = link
        elif not before.title and link.title:
            found[link.url] = dataclasses.replace(link, published=link.published or before.published)
    return tuple(found.values())


# Documents -------------------------------------------------------------------------------------------------------


def read_document(source: WebSource, content: bytes, web: WebResponse) -> Document:
    """Return what a response is as a document of `source`; raise NotAsExpected when it is something else."""
    _refuse_status(web)
    if not _is_page(content, web) or len(content) > _LARGEST_INDEX:  # too large to look into: its reader decides
        return Document(title=None, fingerprint=None, selected=None)
    tree = _html(content, web)
    title = _text(tree.find(".//h1")) or _text(tree.find(".//title"))
    if source.article:
        bodies = _select(tree, source.article)
        text = " ".join(filter(None, (_text(body) for body in bodies)))
        if not text:
            if wall := _wall(content, tree, web):
                raise wall
            found = "an empty element" if bodies else "nothing"
            raise NotAsExpected("layout_changed", f"an article at {source.article!r}", found)
        return Document(title, _digest(text), len(text))
    if wall := _wall(content, tree, web):
        raise wall
    if source.kind == "workbook_link" and tree.find(".//table") is None:
        raise NotAsExpected("layout_changed", "a workbook", "a page without a table")
    return Document(title, _digest(_visible(tree)), None)


def _is_page(content: bytes, web: WebResponse) -> bool:
    head = content[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or (
        web.media_type in _HTML and head.startswith(b"<")
    )


def _refuse_status(web: WebResponse) -> None:
    if web.status == 401:
        raise NotAsExpected("login_page", "a document", "status 401")
    if web.status in (404, 410):
        raise NotAsExpected("not_found", "a document", f"status {web.status}")
    if web.status in (403, 407, 451):
        raise NotAsExpected("block_page", "a document", f"status {web.status}")
    if web.status != 200:
        raise NotAsExpected("server_error", "status 200", f"status {web.status}")


def _wall(content: bytes, tree: Any, web: WebResponse) -> NotAsExpected | None:
    """A log-in, block or challenge page, known by little text and what walls are made of."""
    text = _visible(tree)
    if len(text.split()) >= _FEW_WORDS:
        return None
    if _PASSWORD.search(content) or (web.redirects and _LOGIN_PATH.search(urlsplit(web.final_url).path)):
        return NotAsExpected("login_page", "a public page", "a page that asks for a password")
    match = _BLOCK.search(f"{_text(tree.find('.//title')) or ''} {text}")
    if match is None and len(text.split()) < _NO_WORDS:
        match = _BLOCK_SCRIPT.search(lxml.html.tostring(tree, encoding="unicode"))
    if match is not None:
        return NotAsExpected("block_page", "the page itself", f"a page that says {match[0]!r}")
    return None


def _html(content: bytes, web: WebResponse) -> Any:
    """Parse a page by its real characters: UTF-8 if it is that, else as the server says, else as the page says."""
    try:
        content.decode("utf-8")
        encoding: str | None = "utf-8"
    except UnicodeDecodeError:
        encoding = web.charset if web.charset not in ("utf-8", "iso8859-1", "ascii") else None
    for name in dict.fromkeys((encoding, None)):
        try:
            parser = lxml.html.HTMLParser(encoding=name, no_network=True)
            return lxml.html.document_fromstring(content, parser=parser)
        except LookupError:  # characters that Python knows and libxml2 does not
            continue
        except (lxml.etree.LxmlError, ValueError):
            break
    return lxml.html.document_fromstring("<html><body></body></html>")


def _base(tree: Any, web: WebResponse) -> str:
    base = tree.find(".//base[@href]")
    return (normalise(base.get("href"), web.final_url) if base is not None else None) or web.final_url


def _select(tree: Any, selector: str) -> list[Any]:
    found = compiled(selector)(tree)  # type: ignore[operator]
    return [node for node in found if isinstance(node, lxml.etree._Element)] if isinstance(found, list) else []


def _text(element: Any) -> str | None:
    if element is None:
        return None
    return unicodedata.normalize("NFC", " ".join("".join(element.itertext()).split())) or None


def _visible(tree: Any) -> str:
    pieces = tree.xpath("//body//text()[not(ancestor::script or ancestor::style or ancestor::noscript)]")
    return unicodedata.normalize("NFC", " ".join(" ".join(pieces).split()))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()
