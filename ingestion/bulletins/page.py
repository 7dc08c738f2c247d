"""Page → text: what kind of file this is, its characters, its body text, and what it says of itself.

A plain-text file keeps its own decoded text. Of an HTML page the body text is extracted with trafilatura; a page too
large or too deep for that is reduced by a plain walk over its tags, in linear time.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import html
import itertools
import re
import unicodedata
from typing import TYPE_CHECKING

from ingestion.documents import UnreadableDocument
from ingestion.vietnamese.dates import find_date
from ingestion.vietnamese.encodings import decode_bytes, from_legacy
from ingestion.vietnamese.text import fold

if TYPE_CHECKING:
    import lxml.html

_MAGIC = [
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "an image or sound file (RIFF)"),
    (b"BM", "a bitmap image"),
    (b"PK\x03\x04", "a ZIP archive or Office document"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
]
_ADVICE = {
    "binary": "Save the page itself as .html or its text as .txt (UTF-8) and deliver that.",
    "empty": "Fetch the page again: it came without an article.",
    "login": "Log in by hand, save the article's page and deliver that, or take the page from a public address.",
    "language": "Deliver the Vietnamese page: translations are not read.",
}
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset=[\"'\s]*([\w-]{3,20})", re.IGNORECASE)
_HEADER_CHARSET = re.compile(rb"\Acontent-type:[^\n]{0,100}charset=([\w-]{3,20})", re.IGNORECASE)
_LOOKS_HTML = re.compile(r"<(?:!doctype html|html|head|body|div|article|section|table|p|meta|main)\b", re.IGNORECASE)
_VIETNAMESE = re.compile("[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE)
_ONLY_VIETNAMESE = re.compile("[ăđơưằắẳẵặầấẩẫậẻẽẹềếểễệỉịỏọồốổỗộờớởỡợủụừứửữựỷỹỵ]", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f]")
_HARD_LIMIT = 2_000_000  # characters of HTML that trafilatura is asked to read
_ARTICLE = 12  # letters below which there is nothing to read
_SHORT = 250  # characters of extracted text below which more of the page is taken
_DATE_METAS = (
    "article:published_time",
    "datepublished",
    "pubdate",
    "publishdate",
    "dc.date.issued",
    "dc.date",
    "dc.created",
    "date",
    "og:published_time",
)
_DATE_CLASS = re.compile(r"date|time|ngay|publish|post-?meta", re.IGNORECASE)
_DEEP = 200  # nested tags beyond which no real page goes, and tree walks get slow


@dataclasses.dataclass(frozen=True)
class Page:
    """The text of a document and what its markup says of it; `html` tells pages from plain text."""

    text: str
    html: bool
    title: str | None = None
    published_on: dt.date | None = None
    publisher: str | None = None


def open_page(content: bytes, name: str, charset: str | None = None) -> Page:
    """Return the text of the document `content`; raise `UnreadableDocument` when it holds no Vietnamese article."""
    if not content.strip(b" \t\r\n\0"):
        raise _refusal(name, "an empty file", "there is nothing in the file", "empty")
    for magic, what in _MAGIC:
        if content.startswith(magic):
            raise _refusal(name, what, "this is no text or HTML page", "binary")
    source = _decode(content, name, charset)
    page = _read(source)
    if not _is_vietnamese(page.text) and (decoded := from_legacy(source)) != source:
        source, page = decoded, _read(decoded)  # TCVN3 or VNI text that was saved as if it were Unicode
    _refuse_unless_vietnamese(page, source, name)
    return page


def _read(source: str) -> Page:
    return _read_html(source) if _LOOKS_HTML.search(source[:200_000]) else Page(source, html=False)


def _decode(content: bytes, name: str, sent_as: str | None) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        head = content[:4096]
        declared = _HEADER_CHARSET.search(head) or _META_CHARSET.search(head)
        for charset in [sent_as, declared[1].decode("ascii") if declared else None, "cp1258"]:
            if charset is None or charset.lower().replace("-", "") == "utf8":
                continue
            try:
                text = unicodedata.normalize("NFC", content.decode(charset, errors="strict"))
            except (LookupError, UnicodeDecodeError):
                continue
            if _is_text(text):
                as_bytes, encoding = decode_bytes(content)
                return from_legacy(as_bytes) if encoding == "latin-1" else text  # latin-1: TCVN3 or VNI bytes
        text = content.decode("utf-8", errors="replace")
        if text.count("\ufffd") * 200 > len(text):
            raise _refusal(
                name,
                f"byte 0x{content[error.start]:02x} at {error.start}",
                "the bytes are no text in a known encoding",
                "binary",
            ) from None
    if not _is_text(text):
        raise _refusal(name, "control characters", "this is no text or HTML page", "binary")
    return text


def _is_text(text: str) -> bool:
    sample = text[:100_000]
    return len(_CONTROL.findall(sample)) * 100 <= len(sample)


def _refuse_unless_vietnamese(page: Page, source: str, name: str) -> None:
    if re.search(r"<input[^>]{0,300}type=[\"']?password", source, re.IGNORECASE) and len(page.text.split()) < 120:
        raise _refusal(name, "a log-in form", "the page asks for a password and holds no article", "login")
    letters = len(_LETTERS.findall(sample := _sample(page.text)))
    if letters < _ARTICLE:
        raise _refusal(name, f"{letters} letters of text", "the page holds no article", "empty")
    if not _is_vietnamese(page.text):
        found = f"{100 * len(_VIETNAMESE.findall(sample)) // letters} % letters with Vietnamese marks"
        raise _refusal(name, found, "the text is not Vietnamese", "language")


def _is_vietnamese(text: str) -> bool:
    sample = _sample(text)
    letters = len(_LETTERS.findall(sample))
    marked, own = len(_VIETNAMESE.findall(sample)), len(_ONLY_VIETNAMESE.findall(sample))
    return marked >= 0.06 * letters and own >= 0.02 * letters


def _sample(text: str) -> str:
    middle = max(3_000, len(text) // 2)
    return unicodedata.normalize("NFC", text[:3_000] + text[middle : middle + 3_000])


def _refusal(name: str, found: str, reason: str, advice: str) -> UnreadableDocument:
    return UnreadableDocument(
        name,
        expected="a bulletin: an HTML page or plain text in Vietnamese",
        found=found,
        reason=reason,
        advice=_ADVICE[advice],
    )


def _read_html(source: str) -> Page:
    if len(source) > _HARD_LIMIT or _too_deep(source):
        return Page(_strip_tags(source), html=True)
    import lxml.etree
    import lxml.html
    import trafilatura

    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True)
    try:
        tree = lxml.html.document_fromstring(source.encode("utf-8", errors="replace"), parser=parser)
    except (ValueError, lxml.etree.LxmlError):
        return Page(_strip_tags(source), html=True)
    title, published, publisher = _read_head(tree)
    text = None
    try:
        text = trafilatura.extract(tree, include_comments=False, include_tables=True)
        if text is None or len(text) < _SHORT:
            text = trafilatura.extract(tree, include_comments=False, include_tables=True, favor_recall=True) or text
    except (RecursionError, ValueError, AttributeError, TypeError, lxml.etree.LxmlError):
        pass  # pages broken beyond the library's means are read by their tags alone
    return Page(text or _strip_tags(source), True, title, published, publisher)


def _read_head(tree: lxml.html.HtmlElement) -> tuple[str | None, dt.date | None, str | None]:
    """Title, publication date and publisher from the page's own markup, most explicit first."""
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        content = (meta.get("content") or "").strip()
        if name and content:
            metas.setdefault(name, content)
    publisher = (
        metas.get("og:site_name") or metas.get("publisher") or metas.get("dc.publisher") or metas.get("copyright")
    )
    given = (metas.get("og:title"), _text(next(tree.iter("h1"), None)), _text(next(tree.iter("title"), None)))
    title = next((name for text in given if (name := _without_site(text, publisher))), None)
    published = next((day for name in _DATE_METAS if (day := _iso_date(metas.get(name)))), None)
    return title, published or _dated_element(tree), publisher


_JOINT = re.compile(r"\s+[-–—|»:]{1,2}\s+|\s*\|\s*")
_SITE = re.compile(
    r"(?:cổng|trang) (?:thông tin|tin|giao tiếp|tttđt)|(?:báo|đài|tạp chí|cổng) (?!cáo)|trang chủ|tin tức|website"
    r"|(?:sở|ủy ban nhân dân|ubnd|liên minh (?:hợp tác xã|htx)|chi cục)(?: [^\W\d_]+){1,9}$"
    r"|[\w.-]+\.(?:vn|com|net|org)$"
)


def _without_site(text: str | None, publisher: str | None) -> str | None:
    """A page's name without the site's at either end ("Báo tỉnh - Hội nghị"); None when only the site is named.

    Parts are dropped from the ends only, so that a dash within a headline stays.
    """
    if not text:
        return None
    cuts = [(0, 0), *(match.span() for match in _JOINT.finditer(text)), (len(text), len(text))]
    parts = [(a[1], b[0]) for a, b in itertools.pairwise(cuts)]
    site = fold(publisher).text.strip() if publisher else None

    def is_site(part: tuple[int, int]) -> bool:
        said = fold(text[slice(*part)]).text.strip()
        return not said or said == site or (len(parts) > 1 and _SITE.match(said) is not None)

    while parts and is_site(parts[0]):
        del parts[0]
    while parts and is_site(parts[-1]):
        del parts[-1]
    return text[parts[0][0] : parts[-1][1]].strip() if parts else None


def _dated_element(tree: lxml.html.HtmlElement) -> dt.date | None:
    """The date of a `time` element, of linked data, or of an element whose class says that it holds a date."""
    for element in tree.iter("time"):
        if day := _iso_date(element.get("datetime")):
            return day
    for element in tree.iter("script"):
        if element.get("type") == "application/ld+json":
            found = re.search(r'"datePublished"\s*:\s*"([^"]{8,40})"', element.text or "")
            if found and (day := _iso_date(found[1])):
                return day
    for element in tree.iter("div", "span", "p", "li", "em", "small"):
        if _DATE_CLASS.search(element.get("class") or ""):
            text = fold((element.text_content() or "")[:120]).text
            if len(text) < 100 and (day := find_date(text, 0, len(text))):
                return day
    return None


def _iso_date(text: str | None) -> dt.date | None:
    match = re.match(r"\s*(\d{4})-(\d{2})-(\d{2})", text or "")
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _text(element: lxml.html.HtmlElement | None) -> str | None:
    return None if element is None else " ".join((element.text_content() or "").split()) or None


def _too_deep(source: str) -> bool:
    """Whether tags nest deeper than any real page: counted over opening and closing tags, unclosed ones left out."""
    depth = 0
    for match in _NESTING.finditer(source):
        depth = max(0, depth + (-1 if match[1] else 1))
        if depth > _DEEP:
            return True
    return False


_NESTING = re.compile(
    r"<(/?)(?:div|span|table|ul|ol|section|b|i|em|strong|font|blockquote|a|article|center|form|small|u)\b",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]{0,20}|!--)[^<>]{0,4000}>?", re.IGNORECASE)
_SILENT = {"script", "style", "noscript", "nav", "footer", "aside", "select", "!--"}
_BLOCK = {
    "p",
    "div",
    "br",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "section",
    "article",
    "header",
    "main",
    "blockquote",
    "td",
    "title",
}


def _strip_tags(source: str) -> str:
    """The text between the tags, a line a block; menus, scripts and comments left out. One pass, linear in length."""
    pieces: list[str] = []
    never_closed: set[str] = set()
    at = 0
    while match := _TAG.search(source, at):
        pieces.append(source[at : match.start()])
        name = match[2].lower()
        at = match.end()
        if name in _SILENT and not match[1] and name not in never_closed:
            closing = "-->" if name == "!--" else f"</{name}"
            close = source.find(closing, match.start() + 1)
            if close < 0:
                never_closed.add(name)
            else:
                at = max(at, close + len(closing)) if name == "!--" else close
        pieces.append("\n" if name in _BLOCK else " ")
    pieces.append(source[at:])
    lines = (" ".join(line.split()) for line in html.unescape("".join(pieces)).splitlines())
    return "\n".join(line for line in lines if line)
