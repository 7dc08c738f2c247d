"""What each row under a header is: a record, or ignored for a stated reason.

The reasons are part of the record contract: section title, column numbers, total, signature, footnote, blank,
header repeated, title.
"""

from __future__ import annotations

import dataclasses
import functools
import re

from ingestion.vietnamese.text import match_key
from ingestion.workbooks.grids import Cell, is_empty, is_number, plain_text, tidy
from ingestion.workbooks.layouts import labels, words

_ORDINAL = re.compile(r"\d{1,6}(?:\.\d{1,3})*[.)]?")
_SECTION_NUMBER = re.compile(r"(?:[IVXLC]+|[A-ZĐa-zđ])(?:\.\d+)?[.)]?|[IVXLC]+\.[IVXLC]+[.)]?")
_PLACE_START = re.compile(
    r"(?:huyện|quận|thị xã|thành phố|tp\b|tx\b|xã|phường|lĩnh vực|nhóm|khối|phần|loại hình|cụm|vùng|ngành|nguồn)\b"
)


@dataclasses.dataclass(frozen=True)
class Section:
    """A section title: where, its text, and how deep it is (0 for A, 1 for I, 2 for 1, 3 without a number)."""

    row: int
    text: str
    rank: int


def is_ordinal(value: Cell) -> bool:
    """Say whether a TT cell numbers a record: 1, 01, 2., 1.1."""
    if isinstance(value, float):
        return value.is_integer() and value >= 0
    if isinstance(value, int):
        return not isinstance(value, bool)
    return isinstance(value, str) and _ORDINAL.fullmatch(value.strip()) is not None


def ordinal_text(value: Cell) -> str | None:
    """Return the TT cell as printed."""
    return None if is_empty(value) else tidy(plain_text(value))


def section_rank(ordinal: Cell, text: str) -> int:
    """Return how deep a section is by its number: letters, Roman numerals, numbers, none."""
    mark = plain_text(ordinal).strip() or (
        found[1] if (found := re.match(r"\s*([A-ZĐ]|[IVX]+|\d+)[.)\-:]", text)) else ""
    )
    mark = mark.strip(". )")
    if re.fullmatch(r"[IVX]+", mark):
        return 1
    if re.fullmatch(r"[A-ZĐ]", mark):
        return 0
    return 2 if mark[:1].isdigit() else 3


def is_section_number(value: Cell) -> bool:
    """Say whether a TT cell numbers a section: A, I, II.1."""
    return isinstance(value, str) and _SECTION_NUMBER.fullmatch(value.strip()) is not None


@functools.cache
def _folded(name: str) -> tuple[str, ...]:
    return tuple(match_key(word) if word.strip() == word else match_key(word) + " " for word in getattr(words(), name))


@functools.cache
def _totals() -> frozenset[str]:
    return frozenset(labels().label(word) for word in words().totals)


@functools.lru_cache(maxsize=8192)
def is_total(text: str) -> bool:
    """Say whether a row label is that of a total: "Tổng cộng", "Cộng huyện A", "TOÀN TỈNH"."""
    label = labels().label(re.sub(r"^\s*(?:[IVX]+|[A-Z])[.)]\s*", "", text))
    return label in _totals() or (f"{match_key(text)} ").startswith(_folded("total_starts"))


@functools.cache
def _signature_place() -> re.Pattern[str]:
    return re.compile(words().place_and_date)


def is_signature(text: str) -> bool:
    """Say whether a text opens the block of date and signatures under a table."""
    key = match_key(text)
    return len(key) < 90 and (key.startswith(_folded("signatures")) or _signature_place().search(key) is not None)


def is_footnote(text: str) -> bool:
    """Say whether a text is a note under a table."""
    key = match_key(text)
    return (key + " ").startswith(_folded("footnotes")) or bool(re.match(r"\*+|\(\*", key))


def is_place_or_field(text: str) -> bool:
    """Say whether a text begins as the name of a place or of a field of business does."""
    return bool(_PLACE_START.match(match_key(text)))


def looks_like_section(text: str) -> bool:
    """Say whether a text by itself names a group of rows: a district, a field of business, a group in capitals."""
    return is_place_or_field(text) or (text.isupper() and len(text) > 3) or text.rstrip().endswith(":")


def filled_cells(row: list[Cell], first: int, last: int) -> list[int]:
    """Return the columns of a row that hold something."""
    return [column for column in range(first, last + 1) if not is_empty(row[column])]


def is_numeric(value: Cell) -> bool:
    """Say whether a cell is a number or digits with signs."""
    return is_number(value) or (
        isinstance(value, str) and re.fullmatch(r"[-+(]?[\d., ]+\)?%?", value.strip()) is not None
    )
