"""Personal data that got into a table by accident: found, reported by place, and masked in what is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence

MASK = "[…]"  # stands where personal data stood

_PATTERNS = {
    "bank_account": re.compile(
        r"(?:stk|số tài khoản|số tk|tài khoản|tk)\s*:?\s*(?:số\s*)?\d[\d .\-]{6,20}\d", re.IGNORECASE
    ),
    "identity_number": re.compile(
        r"(?<![\d/.,-])0\d{11}(?![\d/])|(?:cccd|cmnd|cmt|căn cước)\s*(?:số)?\s*:?\s*\d[\d ]{7,14}\d", re.IGNORECASE
    ),
    "phone": re.compile(r"(?<![\d/.,-])(?:\+84|84|0)[\s.\-]?[235789]\d{1,2}[\s.\-]?\d{3}[\s.\-]?\d{3,4}(?![\d/])"),
    "email": re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"),
}
_ANY_DIGITS = re.compile(r"\d[\d .\-]{6,}\d|@")


def kinds_in(text: str) -> list[str]:
    """Return the kinds of personal data that a text seems to hold."""
    if not _ANY_DIGITS.search(text):
        return []
    return [kind for kind, pattern in _PATTERNS.items() if pattern.search(text)]


def masked(text: str) -> str:
    """Return a text with everything that looks like personal data replaced by `MASK`."""
    for pattern in _PATTERNS.values():
        text = pattern.sub(MASK, text)
    return text


def may_hold_any(texts: Sequence[str]) -> bool:
    """Say, cheaply and over a whole column, whether a closer look is needed."""
    return _ANY_DIGITS.search("\n".join(texts)) is not None


def kind_of_column(texts: Sequence[str]) -> str | None:
    """Return what an unknown column seems to hold when most of its cells look like the same personal data."""
    filled = [text for text in texts if text.strip()]
    if not filled:
        return None
    for kind in ("identity_number", "phone", "email"):
        if sum(_PATTERNS[kind].fullmatch(text.strip().lstrip("'")) is not None for text in filled) * 2 > len(filled):
            return kind
    return None
