"""Cells → values: numbers, money, dates, marks and codes of one field, or `Broken` with what was expected.

A cell is never guessed at. "1.234" is a thousand in a sheet that writes thousands with dots and broken in a
sheet that writes both ways; "50-60" is no number; an empty cell is None and never 0.
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from ingestion.vietnamese.text import match_key
from ingestion.workbooks.grids import (
    NOT_CALCULATED,
    Cell,
    ErrorCell,
    PercentCell,
    is_empty,
    plain_text,
    tidy,
)
from ingestion.workbooks.labels import has_words
from ingestion.workbooks.layouts import FieldLayout, labels, words
from ingestion.workbooks.units import Unit, money_unit

Locale = Literal["vi", "en", "mixed", "unknown"]


class Broken(ValueError):
    """A cell that can't become a value of its field."""

    def __init__(self, expected: str, reason: str) -> None:
        super().__init__(reason)
        self.expected = expected
        self.reason = reason


@dataclasses.dataclass(frozen=True)
class Setting:
    """What a cell's meaning depends on besides itself."""

    locale: Locale = "unknown"
    unit: Unit | None = None  # of a money or interest column
    year: int | None = None  # of the sheet's period: for dates without a year


Parsed = tuple[object, str | None]  # value, note

_GROUPS_DOT = re.compile(r"\d{1,3}(?:\.\d{3})+")
_GROUPS_COMMA = re.compile(r"\d{1,3}(?:,\d{3})+")
_VI_SURE = re.compile(r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|\d{1,3}(?:\.\d{3})+,\d+|\d+,(?:\d{1,2}|\d{4,})|0,\d+")
_EN_SURE = re.compile(r"\d{1,3}(?:,\d{3}){2,}(?:\.\d+)?|\d{1,3}(?:,\d{3})+\.\d+|\d+\.(?:\d{1,2}|\d{4,})|0\.\d+")
_SPACED = re.compile(r"\d{1,3}(?: \d{3})+(?:[.,]\d+)?")
_NUMBER = re.compile(
    r"(?P<open>\()?\s*(?P<sign>[-+−–])?\s*(?P<digits>\d[\d., ]*?)\s*(?P<percent>%)?\s*(?P<close>\))?"
    r"\s*(?P<words>[^\d()\[\]?~<>]*?)\s*(?P<note>[(\[][^()\[\]]*[)\]])?"
)


def decide_locale(texts: Iterable[str], whole: Iterable[str] = ()) -> Locale:
    """Decide how a sheet writes numbers as text, from all of them; `whole` are those of counts.

    A count has no decimals, so "1,490" in a column of members proves the comma to be a thousands sign.
    """
    vi = en = False
    for text in texts:
        digits = _digits(text)
        vi = vi or bool(_VI_SURE.fullmatch(digits))
        en = en or bool(_EN_SURE.fullmatch(digits))
    for text in whole:
        digits = _digits(text)
        vi = vi or bool(_GROUPS_DOT.fullmatch(digits))
        en = en or bool(_GROUPS_COMMA.fullmatch(digits))
    if vi and en:
        return "mixed"
    return "vi" if vi else "en" if en else "unknown"


def _digits(text: str) -> str:
    found = _NUMBER.fullmatch(tidy(text))
    return found["digits"].strip() if found else ""


def number_of(text: str, locale: Locale, whole: bool = False) -> Decimal:
    """Return digits with separators as a number; raise Broken where the sheet's way of writing leaves it open."""
    expected = "a whole number ≥ 0" if whole else "a number"
    if text.isdigit():
        return Decimal(text)
    if _SPACED.fullmatch(text):
        text = text.replace(" ", "")
        if text.isdigit():
            return Decimal(text)
    if " " in text:
        raise Broken(expected, "the digits are not grouped in threes")
    as_vi, as_en = text.replace(".", "").replace(",", "."), text.replace(",", "")
    if text.count(",") and text.count("."):
        if _GROUPS_DOT.fullmatch(text.split(",")[0]) and text.count(",") == 1 and text.split(",")[1].isdigit():
            return Decimal(as_vi)
        if _GROUPS_COMMA.fullmatch(text.split(".")[0]) and text.count(".") == 1 and text.split(".")[1].isdigit():
            return Decimal(as_en)
        raise Broken(expected, "points and commas don't group the digits in threes")
    dot = "." in text
    parts = text.split("." if dot else ",")
    if not all(part.isdigit() for part in parts):
        raise Broken(expected, "points or commas without digits on both sides")
    grouped = bool((_GROUPS_DOT if dot else _GROUPS_COMMA).fullmatch(text))
    if len(parts) > 2:
        if grouped:
            return Decimal("".join(parts))
        raise Broken(expected, "points or commas don't group the digits in threes")
    if not grouped or parts[0] == "0":
        return Decimal(".".join(parts))  # only a decimal sign stands before other than three digits
    if whole:
        return Decimal("".join(parts))
    thousands = {"vi": dot, "en": not dot, "unknown": True if dot else None, "mixed": None}[locale]
    if thousands is None:
        raise Broken(expected, f"{text!r} can mean thousands or decimals, and this sheet does not settle which")
    return Decimal("".join(parts)) if thousands else Decimal(".".join(parts))


def quantity(
    value: Cell, setting: Setting, *, whole: bool = False, signed: bool = False
) -> tuple[Decimal | None, str, str | None]:
    """Return a cell as (number, unit words beside it, note); the number is None for "-" and its like."""
    expected = ("a whole number" if whole else "a number") + ("" if signed else " ≥ 0")
    if isinstance(value, (bool, dt.date, dt.time, dt.timedelta)):
        raise Broken(expected, "the cell holds a date or a yes/no value")
    if isinstance(value, (int, float)):
        if value != value or value in (float("inf"), float("-inf")):
            raise Broken(expected, "the cell holds no finite number")
        number = Decimal(repr(float(value))) if isinstance(value, float) else Decimal(value)
        unit_words, note = "", None
        if isinstance(value, PercentCell):
            number, unit_words = number * 100, "%"
    else:
        text = tidy(str(value).replace("\u200b", ""))
        if match_key(text) in _no_data():
            return None, "", text if any(sign.isalpha() for sign in text) else None
        found = _NUMBER.fullmatch(text)
        if found is None:
            bracket = re.fullmatch(r"([^()]*)\(([^()]*)\)", text)
            if bracket and match_key(bracket[1]) in _no_data():
                return None, "", bracket[2]
            raise Broken(expected, "the cell holds text that is no single number")
        number = number_of(found["digits"].strip(), setting.locale, whole)
        unit_words = ("%" if found["percent"] else "") + (found["words"] or "")
        note = found["note"].strip("()[] ") if found["note"] else None
        if bool(found["open"]) != bool(found["close"]):
            raise Broken(expected, "a bracket is missing")
        if found["open"] or (found["sign"] and found["sign"] != "+"):
            number = -number
    if number < 0 and not signed:
        raise Broken(expected, "the number is negative")
    return number, unit_words.strip(), note


def _no_data() -> frozenset[str]:
    return _keys("no_data")


_key_sets: dict[str, frozenset[str]] = {}


def _keys(name: str) -> frozenset[str]:
    if name not in _key_sets:
        _key_sets[name] = frozenset(match_key(word) for word in getattr(words(), name))
    return _key_sets[name]


def is_ditto(value: Cell) -> bool:
    """Say whether a cell is a mark that repeats the cell above."""
    return isinstance(value, str) and value.strip() in _dittos()


def _dittos() -> frozenset[str]:
    return _keys("ditto")


# --- one parser for each type of field -------------------------------------------------------------------


def text_value(value: Cell, field: FieldLayout, setting: Setting) -> Parsed:
    text = tidy(plain_text(value))
    if match_key(text) in _keys("no_data") and not any(sign.isalnum() for sign in text):
        return None, None
    if field.place:
        bracket = re.fullmatch(r"([^()]+?)\s*\(([^()]*(?:b/c|báo cáo|số liệu|chưa|quý)[^()]*)\)", text)
        if bracket:
            return bracket[1], bracket[2]
    return text, None


def code_value(value: Cell, field: FieldLayout, setting: Setting) -> Parsed:
    if isinstance(value, (dt.date, dt.time)):
        raise Broken("a number or code as text", "the spreadsheet has turned the code into a date")
    text = tidy(plain_text(value)).lstrip("'")
    if "e+" in text.lower() and re.fullmatch(r"[\d.,]+e\+\d+", text.lower()):
        raise Broken("a number or code as text", "the spreadsheet has rounded the code to scientific notation")
    return (None, None) if match_key(text) in _no_data() else (text, None)


def count_value(value: Cell, field: FieldLayout, setting: Setting) -> Parsed:
    number, unit_words, note = quantity(value, setting, whole=True)
    if number is None:
        return None, note
    if "%" in unit_words or money_unit(unit_words):
        raise Broken("a whole number ≥ 0", f"the number has the unit {unit_words!r}")
    if unit_words and not _is_count_word(unit_words):
        raise Broken("a whole number ≥ 0", f"words beside the number that are no unit: {unit_words!r}")
    if number != number.to_integral_value():
        raise Broken("a whole number ≥ 0", "the number has decimals")
    if number >= 10**12:
        raise Broken("a whole number ≥ 0", "the number is absurdly large")
    return int(number), note


def _is_count_word(text: str) -> bool:
    key = match_key(text).strip(" .,;:")
    return any(key in map(match_key, alternatives) for alternatives in words().count_units.values())


_TWO_SCALES = re.compile(
    r"(\d{1,6})\s*t[ỷỉ](?:\s*đồng)?\s*(\d{1,3})\s*(?:triệu|tr\.?)(?:\s*(?:đồng|đ))?"
)  # 1 tỷ 200 triệu


def money_value(value: Cell, field: FieldLayout, setting: Setting) -> Parsed:
    expected = "an amount of money" + ("" if field.signed else " ≥ 0")
    if isinstance(value, str) and (both := _TWO_SCALES.fullmatch(match_key(value).strip(" ."))):
        return int(both[1]) * 10**9 + int(both[2]) * 10**6, None
    whole_dong = setting.unit is not None and setting.unit.factor == 1
    number, unit_words, note = quantity(value, setting, whole=whole_dong and _grouped(value), signed=field.signed)
    if number is None:
        return None, note
    own = money_unit(unit_words) if unit_words else None
    if unit_words and own is None:
        raise Broken(expected, f"words beside the number that are no unit of money: {unit_words!r}")
    unit = own or setting.unit
    if unit is None:
        if number and abs(number) < 100_000:
            raise Broken(expected + " with a unit", "no unit is stated in the header, the title or the cell")
        unit = Unit(1)
    amount = number * unit.factor
    per = unit.per or (setting.unit.per if setting.unit else None)
    if field.per == "month" and per == "year":
        amount /= 12
    if field.per == "year" and per == "month":
        amount *= 12
    amount = amount.quantize(Decimal(1), ROUND_HALF_EVEN)
    if abs(amount) >= 10**18:
        raise Broken(expected, "the amount is absurdly large")
    return int(amount), note


def _grouped(value: Cell) -> bool:
    return isinstance(value, str) and bool(
        _GROUPS_COMMA.fullmatch(_digits(value)) or _GROUPS_DOT.fullmatch(_digits(value))
    )


def interest_value(value: Cell, field: FieldLayout, setting: Setting) -> Parsed:
    expected = "an interest rate in percent a year or a month"
    number, unit_words, note = quantity(value, setting)
    if number is None:
        return None, note
    key = match_key(unit_words)
    per = (
        "month"
        if "tháng" in key or re.search(r"/ ?th\.?$", key)
        else "year"
        if "năm" in key
        else setting.unit.per
        if setting.unit
        else None
    )
    leftover = re.sub(r"%|/|một|1|tháng|th|năm|p\.?a\.?|mỗi|theo|\.", "", key).strip()
    if leftover:
        raise Broken(expected, f"words beside the number that are no unit of interest: {unit_words!r}")
    rate = number * 12 if per == "month" else number
    if rate > 100:
        raise Broken(expected, "the rate is above 100 % a year")
    return rate, note


_TERM = re.compile(r"(\d+(?:[.,]\d+)?)\s*(tháng|năm|th|t)?\.?")


def months_value(value: Cell, field: FieldLayout, setting: Setting) -> Parsed:
    expected = "a term in months"
    per = setting.unit.per if setting.unit else None
    if isinstance(value, str):
        key = match_key(value)
        if key in _no_data():
            return None, None
        found = _TERM.fullmatch(key)
        both = re.fullmatch(r"(\d+)\s*năm\s*(\d+)\s*tháng", key)
        if both:
            return int(both[1]) * 12 + int(both[2]), None
        if found is None:
            raise Broken(expected, "the cell holds no single number of months or years")
        number = number_of(found[1], setting.locale)
        years = found[2] == "năm" or (found[2] is None and per == "year")
    else:
        plain, _, _ = quantity(value, setting)
        assert plain is not None
        number, years = plain, per == "year"
    number = number * 12 if years else number
    if number != number.to_integral_value() or number > 1200:
        raise Broken(expected, "not a whole number of months")
    return int(number), None


def mark_value(value: Cell, field: FieldLayout, setting: Setting) -> Parsed:
    if isinstance(value, bool):
        return value, None
    key = match_key(plain_text(value))
    if key in _keys("marks_yes"):
        return True, None
    if key in _keys("marks_no"):
        return False, None
    if key in _no_data():
        return None, None
    bracket = re.fullmatch(r"([^()]+?)\s*\(([^()]*)\)", tidy(plain_text(value)))
    if bracket and match_key(bracket[1]) in _keys("marks_yes"):
        return True, bracket[2]
    raise Broken("a yes/no mark such as x", "the cell holds something else")


_STARS = re.compile(r"(?:ocop\s*)?(?:hạng\s*|đạt\s*)?(\d)\s*(?:sao|\*|★|⭐)?(?:\s*ocop)?")


def stars_value(value: Cell, field: FieldLayout, setting: Setting) -> Parsed:
    key = match_key(plain_text(value))
    if key in _no_data() and key != "*":
        return None, None
    if key and not key.strip("*★⭐ "):
        stars = len(key.replace(" ", ""))
    else:
        found = _STARS.fullmatch(key)
        if found is None:
            raise Broken("3, 4 or 5 stars", "the cell holds no single number of stars")
        stars = int(found[1])
    if stars not in (3, 4, 5):
        raise Broken("3, 4 or 5 stars", f"{stars} stars do not exist in OCOP")
    return stars, None


def enumeration_value(value: Cell, field: FieldLayout, setting: Setting) -> Parsed:
    text = plain_text(value)
    code = code_of(text, field)
    if code is None:
        key = match_key(text)
        if key in _no_data():
            return None, None
        bracket = re.fullmatch(r"([^()]+?)\s*\(([^()]*)\)", tidy(text))
        if bracket and (code := code_of(bracket[1], field)):
            return code, bracket[2]
        raise Broken(f"one of: {', '.join(field.codes)}", "the words belong to none of the codes, or to several")
    return code, None


_code_tables: dict[int, tuple[FieldLayout, dict[str, str]]] = {}


def code_of(text: str, field: FieldLayout) -> str | None:
    """Return the code a text means: an exact phrase first, then the only code one of whose phrases it contains."""
    if id(field) not in _code_tables:
        fold = labels().label
        _code_tables[id(field)] = (field, {fold(p): code for code, phrases in field.codes.items() for p in phrases})
    table = _code_tables[id(field)][1]
    label = labels().label(text)
    if label in table:
        return table[label]
    if not label:
        return None
    found = [phrase for phrase in table if len(phrase) > 2 and has_words(label, phrase)]
    found = [phrase for phrase in found if not any(phrase != other and has_words(other, phrase) for other in found)]
    codes = {table[phrase] for phrase in found}
    negated = label.startswith(("không ", "chưa ", "phi "))
    return codes.pop() if len(codes) == 1 and not negated else None


# --- dates -----------------------------------------------------------------------------------------------

_DAY = re.compile(r"(?:ngày\s*)?(\d{1,2})\s*(?:[/.\-]|tháng)\s*(\d{1,2})\s*(?:[/.\-]|năm)\s*(\d{4})")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ t]00:00(?::00)?(?:\.0+)?)?")
_MONTH = re.compile(
    r"(?:tháng\s*|t\.?\s*)?(\d{1,2})\s*(?:[/.\-]|năm)\s*(\d{4})|tháng\s*(\d{1,2})\s*,?\s*(?:[/.\-]|năm)?\s*(\d{4})"
)
_YEAR = re.compile(r"(?:năm\s*)?(\d{4})")
_SHORT = re.compile(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2}")
_QUARTER = re.compile(r"(?:quý|qúy)\s*(iv|iii|ii|i|[1-4])\s*(?:[/.\-]|năm)?\s*(\d{4})")
_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_EPOCH = dt.date(1899, 12, 30)
_EXPECTED_DATE = "a date: day/month/year, month/year or a year"


def date_of(value: Cell) -> tuple[dt.date, str]:
    """Return a cell as (date, precision "day", "month" or "year"); raise Broken."""
    if isinstance(value, dt.datetime):
        return _sane(value.date()), "day"
    if isinstance(value, dt.date):
        return _sane(value), "day"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if float(value).is_integer() and 1900 <= value <= 2100:
            return dt.date(int(value), 1, 1), "year"
        if 10_000 <= value <= 80_000:  # days since 1899-12-30: 1927 to 2119
            if 19_000 <= value < 21_000:
                raise Broken(_EXPECTED_DATE, "the number is a year with a digit too many, or a day of the 1950s")
            return _sane(_EPOCH + dt.timedelta(days=int(value))), "day"
        month = re.fullmatch(r"(\d{1,2})\.(\d{4})", repr(float(value)))
        if month:  # "6.2019" typed as a number
            return _built(int(month[2]), int(month[1]), 1), "month"
        raise Broken(_EXPECTED_DATE, "the number is neither a year nor the serial number of a day")
    if not isinstance(value, str):
        raise Broken(_EXPECTED_DATE, "the cell holds no date")
    key = re.sub(r"\s+", " ", match_key(value)).strip(" .,;'")
    if found := _DAY.fullmatch(key):
        return _built(int(found[3]), int(found[2]), int(found[1])), "day"
    if found := _ISO.fullmatch(key):
        return _built(int(found[1]), int(found[2]), int(found[3])), "day"
    if found := _MONTH.fullmatch(key):
        month_text, year = (found[1], found[2]) if found[1] else (found[3], found[4])
        return _built(int(year), int(month_text), 1), "month"
    if found := _YEAR.fullmatch(key):
        return _built(int(found[1]), 1, 1), "year"
    if key.isdigit() and len(key) == 5:
        return date_of(int(key))
    if _SHORT.fullmatch(key):
        raise Broken(_EXPECTED_DATE, "the year has only two digits")
    raise Broken(_EXPECTED_DATE, "the text is no single date")


def _built(year: int, month: int, day: int) -> dt.date:
    try:
        return _sane(dt.date(year, month, day))
    except ValueError as error:
        if isinstance(error, Broken):
            raise
        raise Broken(_EXPECTED_DATE, f"there is no day {day:02}/{month:02}/{year}") from error


def _sane(date: dt.date) -> dt.date:
    if not 1930 <= date.year <= 2100:
        raise Broken(_EXPECTED_DATE, f"the year {date.year} is out of range")
    return date


def date_value(value: Cell, field: FieldLayout, setting: Setting) -> Parsed:
    if isinstance(value, str) and match_key(value) in _no_data():
        return None, None
    if isinstance(value, str):
        bracket = re.fullmatch(r"([^()]+?)\s*\(([^()]*)\)", tidy(value))
        if bracket:
            return date_of(bracket[1]), bracket[2]
    return date_of(value), None


_SPAN = re.compile(
    r"(?:từ\s*)?(?:ngày\s*)?(\d{1,2})(?:\s*(?:[/.]|tháng)\s*(\d{1,2}))?(?:\s*(?:[/.]|năm)\s*(\d{4}))?"
    r"\s*(?:đến hết ngày|đến hết|đến ngày|đến|tới ngày|tới|->|→|-|–|—|÷|~)\s*(?:ngày\s*)?"
    r"(\d{1,2})\s*(?:[/.\-]|tháng)\s*(\d{1,2})(?:\s*(?:[/.\-]|năm)\s*(\d{4}))?"
)
_SPAN_WITH_DASHES = re.compile(
    r"(?:từ\s*)?(?:ngày\s*)?(\d{1,2})-(\d{1,2})-(\d{4})\s*(?:đến hết ngày|đến ngày|đến|tới)\s*"
    r"(?:ngày\s*)?(\d{1,2})-(\d{1,2})-(\d{4})"
)
_DAY_LIST = re.compile(r"(?:ngày\s*)?(\d{1,2})(?:\s*(?:,|và|;)\s*(\d{1,2}))+\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})")
_DAYS_BEFORE = re.compile(r"\d{1,2}\s*(?:ngày|buổi)\s*[(:,]\s*(.*?)\)?")
_DAYS_BESIDE = re.compile(r"\s*[,;(]?\s*\(?(?:trong\s*)?\d{1,2}\s*(?:ngày|buổi)\)?$")


def period_of(value: Cell, year: int | None = None) -> tuple[dt.date, dt.date]:
    """Return a cell such as "từ 05 đến 07/6/2023" as (first day, last day); raise Broken.

    `year` is used for spans that name none, such as "05-07/6".
    """
    expected = 'a day or a span of days such as "từ 05 đến 07/6/2023"'
    if isinstance(value, str):
        key = re.sub(r"\s+", " ", match_key(value)).strip(" .;'")
        if found := _DAYS_BEFORE.fullmatch(key):
            key = found[1]
        if not _QUARTER.fullmatch(key):
            key = _DAYS_BESIDE.sub("", key)
        if found := _SPAN_WITH_DASHES.fullmatch(key):
            first = _built(int(found[3]), int(found[2]), int(found[1]))
            last = _built(int(found[6]), int(found[5]), int(found[4]))
            return _ordered(first, last, expected)
        if found := _SPAN.fullmatch(key):
            last_year = int(found[6]) if found[6] else year
            if last_year is None:
                raise Broken(expected, "no year is stated")
            last = _built(last_year, int(found[5]), int(found[4]))
            first_month = int(found[2]) if found[2] else last.month
            first_year = int(found[3]) if found[3] else last.year
            return _ordered(_built(first_year, first_month, int(found[1])), last, expected)
        if found := _DAY_LIST.fullmatch(key):
            days = [int(day) for day in re.findall(r"\d{1,2}(?=\s*(?:,|và|;|[/.\-]\s*\d{1,2}\s*[/.\-]))", key)]
            month, in_year = int(found[3]), int(found[4])
            return _built(in_year, month, min(days)), _built(in_year, month, max(days))
        if found := _QUARTER.fullmatch(key):
            quarter, in_year = _QUARTERS[found[1]], int(found[2])
            return dt.date(in_year, quarter * 3 - 2, 1), month_end(in_year, quarter * 3)
        if found := re.fullmatch(r"(?:ngày\s*)?(\d{1,2})/(\d{1,2})", key):
            if year is None:
                raise Broken(expected, "no year is stated")
            day = _built(year, int(found[2]), int(found[1]))
            return day, day
        value = key
    day, precision = date_of(value)
    if precision == "month":
        return day, month_end(day.year, day.month)
    if precision == "year":
        return day, dt.date(day.year, 12, 31)
    return day, day


def _ordered(first: dt.date, last: dt.date, expected: str) -> tuple[dt.date, dt.date]:
    if first > last:
        raise Broken(expected, "the span ends before it begins")
    return first, last


def month_end(year: int, month: int) -> dt.date:
    """Return the last day of a month."""
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def period_value(value: Cell, field: FieldLayout, setting: Setting) -> Parsed:
    if isinstance(value, str) and match_key(value) in _no_data():
        return None, None
    return period_of(value, setting.year), None


PARSERS: dict[str, Callable[[Cell, FieldLayout, Setting], Parsed]] = {
    "text": text_value,
    "code": code_value,
    "count": count_value,
    "money": money_value,
    "interest": interest_value,
    "months": months_value,
    "date": date_value,
    "period": period_value,
    "enumeration": enumeration_value,
    "mark": mark_value,
    "stars": stars_value,
}


def parse(value: Cell, field: FieldLayout, setting: Setting) -> Parsed:
    """Return (value, note) of one cell; (None, "not calculated") for a formula without a result; raise Broken."""
    if is_empty(value):
        return None, None
    if value is NOT_CALCULATED:
        return None, "not calculated"
    if isinstance(value, ErrorCell):
        raise Broken("a value", "the cell holds a spreadsheet error")
    return PARSERS[field.type](value, field, setting)
