"""The title block of a table: the province and the period it is about, its title and its unit note."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import functools
import re
from collections.abc import Iterable
from pathlib import Path

from ingestion.vietnamese.text import match_key
from ingestion.workbooks.grids import tidy
from ingestion.workbooks.layouts import words
from ingestion.workbooks.units import noted_units
from ingestion.workbooks.values import Broken, date_of, month_end

SUCCESSION = Path(__file__).parents[2] / "dbt_project" / "seeds" / "province_succession.csv"

Period = tuple[dt.date | None, dt.date]  # first day (None: unknown), last day

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_NUMBER_WORDS = {"sáu": 6, "chín": 9, "ba": 3}
_DAY = r"(\d{1,2})\s*(?:[/.\-]|tháng)\s*(\d{1,2})\s*(?:[/.\-]|năm)\s*(\d{4})"
_AS_OF = re.compile(
    r"(?:tính đến|đến|tại thời điểm|thời điểm|tại|chốt|hết|kỳ báo cáo|ngày báo cáo|thời điểm báo cáo|"
    r"thời điểm lấy số liệu|kỳ số liệu|số liệu)\s*:?\s*"
    rf"(?:hết\s*)?(?:ngày\s*)?{_DAY}"
)
_AS_OF_MONTH = re.compile(r"(?:đến|hết)\s*(?:hết\s*)?tháng\s*(\d{1,2})\s*(?:[/.\-]|năm)\s*(\d{4})")
_DOCUMENT_DATE = re.compile(
    rf"ngày\s*[.…_\d]*\s*tháng\s*[.…_\d]*\s*năm\s*[.…_\d]*|ngày\s*{_DAY}|\d+/\d{{4}}/[\w-]+|số\s*:?\s*[\d.…]+\s*/[^\s]*"
)
_BOTH = re.compile(rf"từ\s*(?:ngày\s*)?{_DAY}\s*(?:đến|-)\s*(?:hết\s*)?(?:ngày\s*)?{_DAY}")
_MONTHS_OF = re.compile(r"(?<![\d/])(\d{1,2}|sáu|chín|ba)\s*(?:tháng|t(?!\w))\s*(đầu|cuối)?\s*(?:năm|/)?\s*(\d{4})?")
_QUARTER = re.compile(r"(?:quý|qúy)\s*(iv|iii|ii|i|[1-4])\s*(?:[/.\-,]|năm)*\s*(\d{4})?")
_MONTH = re.compile(r"(?:tháng|(?<!\w)t)\s*(\d{1,2})\s*(?:[/.\-]|năm)\s*(\d{4})")
_SPAN = re.compile(r"giai đoạn\s*(\d{4})\s*(?:-|–|đến)\s*(\d{4})")
_YEAR = re.compile(r"năm\s*:?\s*(\d{4})")
_BARE_YEAR = re.compile(r"(?<![\d/.,-])((?:19|20)\d{2})(?![\d/.,])")


@dataclasses.dataclass(frozen=True)
class Title:
    """What the texts above a table say; every part may be missing."""

    text: str | None = None
    province: str | None = None
    period: Period | None = None
    units: tuple[str, ...] = ()
    scope: str | None = None  # the part of the sector that the table is narrowed to


@functools.cache
def province_names() -> dict[str, str]:
    """Return the folded names of provinces, old and new, and the short name each stands for."""
    names: dict[str, str] = {}
    with SUCCESSION.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for short in (row["old_short"], row["new_short"]):
                names.setdefault(_place_key(short), short)
            for alias in filter(None, row["old_aliases"].split("|")):
                names.setdefault(_place_key(re.sub(r"\(.*\)", "", alias)), re.sub(r"\s*\(.*\)", "", alias).strip())
    names.setdefault(_place_key("TP.HCM"), "Hồ Chí Minh")
    return names


def _place_key(text: str) -> str:
    return re.sub(r"[\s\-–.]+", " ", match_key(text)).strip()


def province_of(name: str) -> str | None:
    """Return the short name of a province that a text is exactly, with or without "tỉnh" before it."""
    key = re.sub(r"^(?:tỉnh|thành phố|tp|t p)\s+", "", _place_key(name))
    return province_names().get(key)


@functools.cache
def _province_pattern() -> tuple[re.Pattern[str], re.Pattern[str]]:
    names = "|".join(re.escape(key) for key in sorted(province_names(), key=len, reverse=True))
    return re.compile(rf"(?:tỉnh|thành phố|tp)\s+({names})(?!\w)"), re.compile(rf"(?:^|\s)({names})\s*, ngày")


def province_in(text: str) -> str | None:
    """Return the province that a title names: "… tỉnh Nam Định" or "Nam Định, ngày …"."""
    key = _place_key(text)
    named, signed = _province_pattern()
    found = named.search(key) or signed.search(key)
    return province_names()[found[1]] if found else None


def period_in(text: str, year: int | None = None) -> Period | None:
    """Return the period a title or a column header states; `year` completes "6 tháng đầu năm".

    Dates of documents ("Báo cáo số … ngày 15/7/2023") are no reporting periods and are passed over.
    """
    key = re.sub(r"\s+", " ", match_key(text))
    try:
        if found := _BOTH.search(key):
            return date_of(f"{found[1]}/{found[2]}/{found[3]}")[0], date_of(f"{found[4]}/{found[5]}/{found[6]}")[0]
        if found := _AS_OF.search(key):
            day, _ = date_of(f"{found[1]}/{found[2]}/{found[3]}")
            return dt.date(day.year, 1, 1), day
    except Broken:
        return None
    key = _DOCUMENT_DATE.sub(" ", key)
    if found := _AS_OF_MONTH.search(key):
        return _months(int(found[2]), 1, int(found[1]))
    if found := _MONTHS_OF.search(key):
        months = int(found[1]) if found[1].isdigit() else _NUMBER_WORDS[found[1]]
        in_year = int(found[3]) if found[3] else _year_in(key) or year
        if in_year and months in (3, 6, 9, 12):
            return _months(in_year, 13 - months, 12) if found[2] == "cuối" else _months(in_year, 1, months)
    if found := _QUARTER.search(key):
        in_year = int(found[2]) if found[2] else _year_in(key) or year
        if in_year:
            quarter = _ROMAN[found[1]]
            return _months(in_year, quarter * 3 - 2, quarter * 3)
    if found := _MONTH.search(key):
        return _months(int(found[2]), int(found[1]), int(found[1]))
    if found := _SPAN.search(key):
        return dt.date(int(found[1]), 1, 1), dt.date(int(found[2]), 12, 31)
    in_year = _year_in(key)
    return _months(in_year, 1, 12) if in_year else None


def _year_in(key: str) -> int | None:
    found = _YEAR.search(key) or _BARE_YEAR.search(key)
    return int(found[1]) if found and 1980 <= int(found[1]) <= 2100 else None


def _months(year: int, first: int, last: int) -> Period | None:
    if not (1 <= first <= last <= 12 and 1980 <= year <= 2100):
        return None
    return dt.date(year, first, 1), month_end(year, last)


def read_title(texts: Iterable[str], names: Iterable[str] = ()) -> Title:
    """Return what the texts of a title block say, top to bottom; `names` (of sheet and file) fill no gap but a year."""
    lines = [tidy(text) for text in texts if text.strip()]
    province = next((name for line in lines if (name := province_in(line))), None)
    if province is None:
        province = next((name for line in lines if (name := province_of(line))), None)
    periods = [found for line in lines if (found := period_in(line))]
    units = tuple(dict.fromkeys(unit for line in lines for unit in noted_units(line)))
    return Title(_title_line(lines), province, _best(lines, periods), units, _scope(lines))


def _scope(lines: list[str]) -> str | None:
    keys = [match_key(line) for line in lines]
    for scope, phrases in words().title_scopes.items():
        if any(match_key(phrase) in key for phrase in phrases for key in keys):
            return scope
    return None


def _best(lines: list[str], periods: list[Period]) -> Period | None:
    """A stated day of reporting goes before a named period, a part of a year before a whole one."""
    for line in lines:
        if _AS_OF.search(re.sub(r"\s+", " ", match_key(line))) and (stated := period_in(line)):
            return stated
    partial = [period for period in periods if period[0] and (period[1] - period[0]).days < 360]
    return next(iter(partial or periods), None)


def _title_line(lines: list[str]) -> str | None:
    """The line that names the table: a long one in capitals or one that begins as titles do."""
    starts = (
        "biểu",
        "danh sách",
        "báo cáo",
        "tổng hợp",
        "bảng",
        "phụ lục",
        "tình hình",
        "kế hoạch",
        "kết quả",
        "thống kê",
    )
    candidates = [
        line
        for line in lines
        if not match_key(line).startswith(("cộng hòa", "độc lập", "ubnd", "ủy ban", "đơn vị", "đvt"))
    ]
    named = [line for line in candidates if match_key(line).startswith(starts) and len(line) > 12]
    capitals = [line for line in candidates if line.isupper() and len(line) > 12]
    for group in (named, capitals, candidates):
        if group:
            return group[0]
    return None
