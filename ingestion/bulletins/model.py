"""What a bulletin is once read: its text, what it says of itself, and its statements."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from decimal import Decimal

REVIEW_LINE = 0.6  # a statement below this confidence waits for a reviewer and feeds no KPI


@dataclasses.dataclass(frozen=True)
class Statement:
    """One measurable claim: `quote` is ``text[start:end]``, `sentence` is ``text[sentence_start:sentence_end]``.

    `value` is in `unit` (money in VND, shares in percent); `value_high` only for a range. Dates are null where neither
    the text nor the publication date gives one. `reasons` says what lowered `confidence`, separated by "; ".
    """

    quote: str
    start: int
    end: int
    sentence: str
    sentence_start: int
    sentence_end: int
    sentence_sha: str
    kind: str
    indicator: str
    value: Decimal
    value_high: Decimal | None
    qualifier: str
    unit: str
    scope: str | None = None
    scope_note: str | None = None
    per: str | None = None
    geography: str | None = None
    geography_level: str | None = None
    period_start: dt.date | None = None
    period_end: dt.date | None = None
    as_of: dt.date | None = None
    confidence: float = 1.0
    reasons: str = ""
    in_review: bool = False


@dataclasses.dataclass(frozen=True)
class Bulletin:
    """A bulletin as read. Spans of `statements` index `text`.

    `text` is a plain-text file's own decoded text, unchanged, or what was extracted from a page. `furniture` counts the
    lines passed over as menus, counters and links; `unread` the figures in the body that became no statement.
    """

    text: str
    title: str | None
    published_on: dt.date | None
    province: str | None
    publisher: str | None
    statements: tuple[Statement, ...]
    furniture: int = 0
    unread: int = 0


def sentence_sha(sentence: str) -> str:
    """The SHA-256 that binds a reviewer's decision to a sentence: of its text with single blanks."""
    return hashlib.sha256(" ".join(sentence.split()).encode()).hexdigest()
