"""What a bulletin says of itself: title, publication date (not the day it was fetched), publisher, province."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import re

from ingestion.bulletins.lexicon import Lexicon, find_places
from ingestion.bulletins.page import Page
from ingestion.vietnamese.dates import find_date
from ingestion.vietnamese.text import Folded

_STAMP = re.compile(
    r"(?:cập nhật|ngày đăng|đăng (?:ngày|lúc|vào)|xuất bản|ngày xuất bản|thứ (?:hai|ba|tư|năm|sáu|bảy"
    r"|[2-7])|chủ nhật|\d{1,2}[:h]\d{2})[^\n]{0,40}"
    r"|^[\s|,-]*\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d\d[^\n]{0,20}$|số:[^\n]{0,40}ngày[^\n]{0,40}|^# "
    r"date = (?P<raw>\d{8})",
    re.MULTILINE,
)
_PUBLISHER = re.compile(
    r"(?:bản quyền(?: thuộc(?: về)?)?|cơ quan chủ quản) ?:? ?(?P<name>[^\n.|]{6,80})|^nguồn ?: "
    r"?(?P<source>[^\n]{3,80})",
    re.MULTILINE,
)


@dataclasses.dataclass(frozen=True)
class About:
    title: str | None
    published_on: dt.date | None
    publisher: str | None
    province: str | None


def read_about(page: Page, folded: Folded, lexicon: Lexicon, known_province: str | None = None) -> About:
    """Return what the page's markup and text say of the document; each field None when they don't."""
    province = known_province or _province(folded, lexicon)
    return About(
        title=page.title,
        published_on=page.published_on or _published(folded),
        publisher=page.publisher or _publisher(folded),
        province=province,
    )


def _published(folded: Folded) -> dt.date | None:
    """The last time stamp above the article: one that stands over menus is when the page was fetched."""
    text = folded.text
    body = next((m.start() for m in re.finditer(r"[^\n]{200,}", text)), min(len(text), 1500))
    line_end = text.find("\n", body)
    stamps = list(_STAMP.finditer(text, 0, min(body + 120, line_end if line_end >= 0 else len(text))))
    for match in reversed(stamps):
        if match["raw"]:
            try:
                return dt.datetime.strptime(match["raw"], "%Y%m%d").date()
            except ValueError:
                continue
        day = find_date(text, match.start(), match.end())
        if day is not None:
            return day
    return None


def _publisher(folded: Folded) -> str | None:
    match = _PUBLISHER.search(folded.text)
    if match is None:
        return None
    group = "name" if match["name"] else "source"
    return folded.cased[match.start(group) : match.end(group)].strip() or None


def _province(folded: Folded, lexicon: Lexicon) -> str | None:
    """The province named most, when it is named as a province or leads clearly."""
    counts: collections.Counter[str] = collections.Counter()
    text = folded.text[:8_000]
    for start, _, name, level in find_places(folded.cased, text, 0, len(text), lexicon):
        if level == "province":
            counts[name] += 3 if text.startswith("tỉnh ", max(0, start - 5)) else 1
        elif level in ("country", "region"):
            counts["*"] += 1
    ranked = [item for item in counts.most_common(3) if item[0] != "*"]
    if (
        not ranked
        or counts["*"] >= ranked[0][1]
        or (len(ranked) > 1 and ranked[0][1] < 2 * ranked[1][1])
        or ranked[0][1] < 2
    ):
        return None
    return ranked[0][0]
