"""What a source file may say. One class a kind; a key that is not here is an error that names file and key."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import pydantic

from ingestion.definitions import Definition

Cadence = Literal["daily", "weekly", "monthly", "quarterly", "half_yearly", "yearly", "irregular"]

# Days within which something new is expected when a source does not say: the cadence and a time to prepare it.
EXPECTED_DAYS: dict[str, int | None] = {
    "daily": 3,
    "weekly": 14,
    "monthly": 45,
    "quarterly": 120,
    "half_yearly": 215,
    "yearly": 400,
    "irregular": None,
}


class Limits(Definition):
    """How much one source may ask of its site, and of the night. The bounds keep a typing error from doing harm."""

    delay_seconds: float = pydantic.Field(5, ge=1, le=3600)  # between two requests to its host, over all workers
    response_seconds: float = pydantic.Field(60, ge=1, le=900)  # for one response, from connecting to its last byte
    source_seconds: float = pydantic.Field(1800, ge=1, le=6 * 3600)  # for everything of one night
    megabytes: float = pydantic.Field(50, gt=0, le=200)  # of one response, unpacked
    redirects: int = pydantic.Field(5, ge=0, le=10)
    attempts: int = pydantic.Field(4, ge=1, le=6)  # of one request, where trying again can help
    retry_after_seconds: float = pydantic.Field(120, ge=0, le=600)  # the longest Retry-After that is waited for
    depth: int = pydantic.Field(3, ge=1, le=500)  # pages of a listing that are read on the first night
    pages: int = pydantic.Field(20, ge=1, le=500)  # pages of a listing, or files of a sitemap, in one night
    documents: int = pydantic.Field(200, ge=1, le=5000)  # new ones in one night; the rest follow in the next
    recheck: int = pydantic.Field(3, ge=0, le=100)  # known documents asked for again: the newest, and as many others


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("expected an address that begins with http:// or https:// and names a host")
    if parts.username or parts.password:
        raise ValueError("expected an address without a user name or password: source files are public")
    return value


def _selector(value: str) -> str:
    compiled(value)
    return value


def compiled(selector: str) -> object:
    """Return a CSS selector, or an XPath where it begins with ``/``, ``./`` or ``(``, as a compiled lxml XPath."""
    import cssselect
    import lxml.etree

    try:
        if selector.startswith(("/", "./", "(")):
            return lxml.etree.XPath(selector)
        return lxml.etree.XPath(cssselect.HTMLTranslator().css_to_xpath(selector))
    except (cssselect.SelectorError, lxml.etree.XPathError) as error:
        raise ValueError(
            f"expected a CSS selector, or an XPath that begins with / or ./ or (; it does not parse: {error}"
        ) from error


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"expected a regular expression; it does not parse: {error}") from error
    return value


Address = Annotated[str, pydantic.AfterValidator(_web_address)]
Selector = Annotated[str, pydantic.AfterValidator(_selector)]
Pattern = Annotated[str, pydantic.AfterValidator(_pattern)]
HostName = Annotated[str, pydantic.Field(pattern=r"^[^\s/:@]+$")]


class _Source(Definition):
    name: str = pydantic.Field(pattern=r"^[a-z][a-z0-9_]*$")
    province: str | None = None  # of every document that neither the index nor the document itself places
    programme: str | None = None
    publisher: str | None = None
    cadence: Cadence = "irregular"
    expected_days: int | None = pydantic.Field(None, ge=1, le=3660)  # no new document for longer: the source is late
    owner: str | None = None  # the office that answers for it
    active: bool = False

    @property
    def freshness_days(self) -> int | None:
        """Days within which something new is expected; None when nothing can be expected."""
        return self.expected_days or EXPECTED_DAYS[self.cadence]


class DropFolder(_Source):
    """A folder that people put documents into."""

    kind: Literal["drop_folder"]
    path: Path  # absolute, or relative to the root of the project


class _WebSource(_Source):
    url: Address
    hosts: tuple[HostName, ...] = ()  # further hosts that its links and redirects may lead to
    article: Selector | None = None  # the body of a document: must be there, and only its text counts as a change
    limits: Limits = Limits()

    @property
    def host(self) -> str:
        """The host that is asked, as written in the address."""
        return urlsplit(self.url).hostname or ""


class Page(_WebSource):
    """One page that is itself the document, and may change."""

    kind: Literal["page"]


class Listing(_WebSource):
    """A page that lists bulletins, newest first, perhaps over several pages."""

    kind: Literal["listing"]
    items: Selector  # the links to the bulletins: <a> elements, or elements that hold one
    next_page: Selector | None = None  # the link to the next page of the listing
    date: Selector | None = None  # the publication date, beside the link in the same entry
    entry: Selector | None = None  # what holds one link and its date; needed for `date`
    title_words: tuple[str, ...] = ()  # only bulletins whose title has one of these
    url_pattern: Pattern | None = None  # only bulletins whose address it is found in

    @pydantic.model_validator(mode="after")
    def _date_needs_entry(self) -> Listing:
        if self.date and not self.entry:
            raise ValueError("key date needs the key entry: which element holds a link and its date")
        return self


class Feed(_WebSource):
    """An RSS or Atom feed, or a sitemap."""

    kind: Literal["feed"]
    title_words: tuple[str, ...] = ()  # a sitemap has no titles: narrow it by `url_pattern`
    url_pattern: Pattern | None = None


class WorkbookLink(_WebSource):
    """A workbook at an address of its own, or, with `items`, a page that links workbooks."""

    kind: Literal["workbook_link"]
    items: Selector | None = None


WebSource = Page | Listing | Feed | WorkbookLink
Source = Annotated[DropFolder | Page | Listing | Feed | WorkbookLink, pydantic.Field(discriminator="kind")]
