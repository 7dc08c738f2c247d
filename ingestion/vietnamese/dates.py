"""Dates and periods in Vietnamese text: "30/6/2023", "tháng 10/2021", "6 tháng đầu năm 2018", "giai đoạn 2021-2025".

All functions take folded text (`ingestion.vietnamese.text.fold`). What the text leaves out (the year of "Ngày 16-8") is
taken from a reference date when one is given, else the expression is passed over.
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
import re

_DAY = r"(?P<d>\d{1,2}) ?[/.-] ?(?P<m>\d{1,2}) ?[/.-] ?(?P<y>(?:19|20)\d\d)"
_FULL_DATE = re.compile(rf"(?<![\d/.,]){_DAY}(?!\d)")
_LONG_DATE = re.compile(r"ngày (?P<d>\d{1,2}) tháng (?P<m>\d{1,2}) năm (?P<y>(?:19|20)\d\d)")
_YEAR = r"(?:19|20)\d\d"
_TIME = re.compile(
    rf"(?<![^\W\d_])(?=[\dbcđghnstq])(?:(?P<span>(?:từ )?(?:đầu )?(?:năm |tháng \d{{1,2}} ?[/-] "
    rf"?)?(?P<from>{_YEAR}) ?(?:-|đến(?: hết| cuối)?(?: năm| tháng \d{{1,2}}(?: ?[/-]| "
    rf"năm)?)?) ?(?P<to>{_YEAR})(?!\d))"
    r"|(?P<date>(?<![\d/.,])(?:ngày )?(?P<d>\d{1,2}) ?[/.-] ?(?P<m>\d{1,2}) ?[/.-] ?(?P<y>(?:19|20)\d\d)(?!\d))"
    r"|(?P<longdate>ngày (?P<ld>\d{1,2}) tháng (?P<lm>\d{1,2}) năm (?P<ly>(?:19|20)\d\d))"
    rf"|(?P<months>(?P<n>\d{{1,2}}|ba|sáu|chín) tháng (?:(?P<half>đầu|cuối) (?:của )?năm(?: (?P<my>{_YEAR}))?"
    rf"|(?:của )?năm (?P<my2>{_YEAR})))"
    rf"|(?P<quarter>quý (?P<q>[1-4]|i{{1,3}}|iv)(?: ?[/-]| năm)? ?(?P<qy>{_YEAR})?(?![^\W]))"
    rf"|(?P<month>(?:(?P<part>đầu|cuối|hết|giữa) )?tháng (?P<mm>\d{{1,2}})(?: ?[/-] ?| năm )(?P<mmy>{_YEAR})(?!\d))"
    rf"|(?P<year>(?:(?P<edge>đầu|cuối|hết|trước) )?năm (?P<yy>{_YEAR})(?!\d)|(?<=đến "
    rf")(?P<bare>{_YEAR})(?![\d.,]\d|\d| ?[/%-]| ?(?:htx|hợp tác|tổ|thành viên|người|lao động"
    rf"|xã|hộ)))"
    r"|(?P<sofar>từ đầu năm(?: đến nay)?)|(?P<day>(?:ngày |hết |đến )(?P<dd>\d{1,2}) ?[/-] "
    r"?(?P<dm>\d{1,2})(?![\d/-])))"
)
_MONTHS_IN_WORDS = {"ba": 3, "sáu": 6, "chín": 9}
_QUARTERS = {"1": 1, "2": 2, "3": 3, "4": 4, "i": 1, "ii": 2, "iii": 3, "iv": 4}


@dataclasses.dataclass(frozen=True)
class Time:
    """A stretch of time in the text: ``first``/``last`` day, and whether a single point is meant ("cuối năm 2016").

    ``shape`` is the kind of expression: span, date, months, quarter, month, year, sofar or day.
    """

    start: int
    end: int
    first: dt.date
    last: dt.date
    shape: str
    point: bool = False


def find_times(text: str, start: int, end: int, today: dt.date | None = None) -> list[Time]:
    """Return the dates and periods of folded `text` in [start, end), in order; `today` fills in a missing year."""
    found = []
    for match in _TIME.finditer(text, start, end):
        time = _read(match, today)
        if time is not None:
            found.append(time)
    return found


def find_date(text: str, start: int, end: int) -> dt.date | None:
    """The first complete date in folded `text` [start, end), or None."""
    match = _FULL_DATE.search(text, start, end) or _LONG_DATE.search(text, start, end)
    return None if match is None else _date(int(match["y"]), int(match["m"]), int(match["d"]))


def _read(match: re.Match[str], today: dt.date | None) -> Time | None:
    at, until = match.span()
    if match["span"]:
        first, last = int(match["from"]), int(match["to"])
        if not 0 <= last - first <= 40:
            return None
        return Time(at, until, dt.date(first, 1, 1), dt.date(last, 12, 31), "span")
    if match["date"] or match["longdate"]:
        day = _date(int(match["y"] or match["ly"]), int(match["m"] or match["lm"]), int(match["d"] or match["ld"]))
        return None if day is None else Time(at, until, day, day, "date", point=True)
    if match["months"]:
        return _months(match, today)
    if match["quarter"]:
        year = int(match["qy"]) if match["qy"] else today and today.year
        if not year:
            return None
        quarter = _QUARTERS[match["q"]]
        return Time(at, until, dt.date(year, 3 * quarter - 2, 1), _month_end(year, 3 * quarter), "quarter")
    if match["month"]:
        year, month = int(match["mmy"]), int(match["mm"])
        if not 1 <= month <= 12:
            return None
        begins = dt.date(year, month, 1)
        ends = begins if match["part"] == "đầu" else _month_end(year, month)
        return Time(at, until, begins, ends, "month", point=match["part"] is not None)
    if match["year"]:
        year = int(match["yy"] or match["bare"])
        begins, ends = dt.date(year, 1, 1), dt.date(year, 12, 31)
        if match["edge"] == "đầu":
            ends = begins
        return Time(at, until, begins, ends, "year", point=match["edge"] is not None)
    if today is None:
        return None
    if match["sofar"]:
        return Time(at, until, dt.date(today.year, 1, 1), today, "sofar")
    day = _date(today.year, int(match["dm"]), int(match["dd"]))
    if day is not None and day > today:
        day = _date(today.year - 1, int(match["dm"]), int(match["dd"]))
    return None if day is None else Time(at, until, day, day, "day", point=True)


def _months(match: re.Match[str], today: dt.date | None) -> Time | None:
    said = match["my"] or match["my2"]
    year = int(said) if said else today and today.year
    count = _MONTHS_IN_WORDS.get(match["n"]) or int(match["n"])
    if not year or not 1 <= count <= 12:
        return None
    if match["half"] != "cuối":
        return Time(*match.span(), dt.date(year, 1, 1), _month_end(year, count), "months")
    return Time(*match.span(), dt.date(year, 13 - count, 1), dt.date(year, 12, 31), "months")


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
