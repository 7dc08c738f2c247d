"""Numbers in running Vietnamese text: `[qualifier] number [scale [number scale]]`, ranges, and what is not a number.

The grammar refuses instead of guessing: dates, years, document and article numbers, clock times, temperatures,
telephones and accounts are passed over, and what stays is a candidate that still needs a unit to become a quantity. It
works on folded text (`ingestion.vietnamese.text.fold`), where dashes and blanks have one form.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from decimal import Decimal

_THOUSAND = Decimal(1000)
_SCALES = {
    "nghìn": _THOUSAND,
    "ngàn": _THOUSAND,
    "triệu": _THOUSAND**2,
    "tr": _THOUSAND**2,
    "tỷ": _THOUSAND**3,
    "tỉ": _THOUSAND**3,
}
_WORDS = {"hai": 2, "ba": 3, "bốn": 4, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}

# One number as printed. Groups of three are thousands; "1 492" only when nothing else explains the blank.
_FIGURE = r"\d{1,3}(?:\.\d{3})+(?:,\d{1,4})?(?![\d])|\d{1,3}(?: \d{3})+(?![\d.,]\d|\d)|\d+(?:[.,]\d+)?"
_SCALE = r"(?:nghìn|ngàn|triệu|tỷ|tỉ|tr(?=[. ]?(?:đ|vnđ)))(?![^\W\d_])\.?"
_NUMBER = re.compile(
    rf"(?P<first>{_FIGURE})"
    rf"(?:(?P<pct1> ?%)?(?: ?(?P<scale1>{_SCALE}))? ?(?:-|đến|tới) ?(?P<second>{_FIGURE})(?! ?(?:người|xã viên)/))?"
    rf"(?P<pct> ?%)?(?: ?(?P<scale>{_SCALE})(?: (?P<more>\d{{1,3}}(?:,\d+)?) ?(?P<more_scale>{_SCALE}))?)?"
)
_WORD_NUMBER = re.compile(
    rf"(?<![^\W\d_])(?:{'|'.join(_WORDS)})(?![^\W\d_])|(?<=có )năm(?= (?:htx|hợp tác xã|tổ hợp tác|lớp)(?! ?\d))"
)
# Telephones begin with 0 and an account or a card with its label; what they are the number of is a person's business.
_CONTACT = (
    r"(?<!\d)(?<!\d[.,/])0[235789]\d(?:[ .)-]{0,2}\d){7,8}(?!\d)"
    r"|(?:stk|số tk|số tài khoản|tài khoản số|cccd|cmnd|căn cước|chứng minh nhân dân)(?: công dân)?(?: số)?[ :.]{0,3}"
    r"\d(?:[ .-]?\d){5,18}"
)
_DATE_OR_CONTACT = re.compile(
    rf"{_CONTACT}|"
    r"(?<![\d])(?:\d{1,2} ?[/.-] ?\d{1,2} ?[/.-] ?(?:19|20)\d\d|\d{4}-\d{2}-\d{2}|\d{1,2}[/-](?:19|20)\d\d"
    r"|\d{1,2} ?[:h] ?\d{2}(?::\d{2})?|(?:19|20)\d\d ?- ?(?:19|20)\d\d)(?![\d])"
)
# A number right behind one of these names a thing and measures nothing: "năm 2023", "Điều 54", "tiêu chí 13.1".
_NAMED = re.compile(
    r"(?:^|[^\w])(?:tháng|ngày|quý|sáng|chiều|trưa|tối|đêm|tết|điều|khoản|mục|chương|điểm|phụ lục|biểu"
    r"|mẫu số|số hiệu|tiêu chí(?: số)?|lần thứ|thứ"
    r"|khóa|khoá|kỳ|phường|quận|đường|tổ|ấp|khu phố|quốc lộ|ql|tỉnh lộ|đt|fax|điện thoại|đt:|tel"
    r"|hotline|trang|ảnh|hình"
    r"|thông tư|nghị quyết|nghị định|quyết định|chỉ thị|kế hoạch|công văn|kết luận|quy định|luật|đại "
    r"hội|hạng|loại|giai đoạn|bước|đợt"
    r"|nghị quyết số|nghị định số|quyết định số|chỉ thị số|kế hoạch số|công văn số|thông tư số|tờ "
    r"trình số|văn bản số|báo cáo số|thông báo số|kết luận số|chương trình số|luật số|số)[ "
    r":]*(?:tháng )?$"
)
_YEAR = re.compile(r"(?:19|20)\d\d$")


@dataclasses.dataclass(frozen=True)
class Number:
    """A number as the text gives it: ``value`` (and ``high`` for a range) with its scale applied.

    ``start``/``end`` are its span in the folded text, the scale and the percent sign included. ``scaled`` says that a
    magnitude word was there, ``doubtful`` why the reading needs a second look (or is empty).
    """

    start: int
    end: int
    value: Decimal
    high: Decimal | None
    percent: bool
    scaled: bool
    in_words: bool = False
    denominator: int | None = None
    doubtful: str = ""


def read_figure(figure: str) -> Decimal:
    """Read one figure: ``1.915`` and ``1 492`` are whole, ``1,732`` and ``13.1`` have decimals.

    >>> read_figure("1.915"), read_figure("1,732"), read_figure("2.5")
    (Decimal('1915'), Decimal('1.732'), Decimal('2.5'))
    """
    figure = figure.replace(" ", "")
    if "," in figure:
        return Decimal(figure.replace(".", "").replace(",", "."))
    whole, dot, rest = figure.partition(".")
    if dot and len(rest.split(".")[0]) == 3 and not whole.startswith("0"):
        return Decimal(figure.replace(".", ""))
    return Decimal(figure)


def find_numbers(text: str, start: int = 0, end: int | None = None) -> Iterator[Number]:
    """Yield the numbers of folded `text` in [start, end) that may measure something, in order.

    Linear in the length of the span: every pattern looks at a bounded neighbourhood.
    """
    end = len(text) if end is None else end
    taken = [(match.start(), match.end()) for match in _DATE_OR_CONTACT.finditer(text, start, end)]
    dates = iter([*taken, (end + 1, end + 1)])
    date_start, date_end = next(dates)
    at = start
    while match := _NUMBER.search(text, at, end):
        while date_end <= match.start():
            date_start, date_end = next(dates)
        if date_start < match.end() and not match["pct"]:
            if date_start <= match.start():
                at = date_end
                continue
            # "60 HTX - 12/2023" never reaches here; a range that runs into a date is cut before it.
            single = re.compile(_FIGURE).match(text, match.start(), date_start)
            at = date_end if single is None else match.end()
            continue
        number = _read(text, match, end)
        at = max(match.end(), at + 1)
        if number is not None:
            at = number.end
            yield number


def find_number_words(text: str, start: int, end: int) -> Iterator[Number]:
    """Yield numbers from two to ten in words ("Ba Quỹ tín dụng"); "một" and "năm" mean other things too often."""
    for match in _WORD_NUMBER.finditer(text, start, end):
        value = Decimal(_WORDS.get(match[0], 5))
        yield Number(match.start(), match.end(), value, None, False, False, in_words=True, doubtful="number in words")


def _read(text: str, match: re.Match[str], limit: int) -> Number | None:
    start, end = match.span()
    before = text[max(0, start - 24) : start]
    after = text[end : end + 12]
    if _glued(before, after):
        return None
    if _YEAR.match(match["first"]) and re.search(r"(?:^|[^\w])năm $", before):
        return None
    listed = before.rstrip().endswith(":") and not re.search(r"(?:thoại|fax|đt|tel|hotline|hiệu|số) ?: ?$", before)
    if (
        not listed
        and _NAMED.search(before)
        and not (before.endswith("số ") and re.search(r"(?:tổng|có|trong|là|được) số $", before))
    ):
        return None
    first, second = match["first"], match["second"]
    doubtful = ""
    if second is not None and _is_no_range(match):
        second = None
        end = match.end("first")
        return Number(start, end, read_figure(first), None, False, False, doubtful=doubtful)
    if after.startswith("/"):
        fraction = re.match(r"/ ?(\d{1,4})(?= ?[^\W\d_])", after)
        if fraction and second is None and not match["pct"] and not match["scale"]:
            return Number(
                start, end + fraction.end(), read_figure(first), None, False, False, denominator=int(fraction[1])
            )
        if re.match(r"/\d", after):
            return None
    scale, scale1 = _scale(match["scale"]), _scale(match["scale1"])
    percent = bool(match["pct"])
    value = read_figure(first)
    scaled = scale is not None
    if " " in first:
        doubtful = "blank as thousands mark"
    if re.fullmatch(r"\d{1,3},\d{3}", first) and not (percent or scaled):
        after_word = re.match(r" ?(?:đồng|%|lần|ha|tấn|km)", after)
        if not after_word:
            value, doubtful = Decimal(first.replace(",", "")), "comma as thousands mark"
    if scale is not None:
        value *= scale1 if scale1 is not None and second is not None else scale
        if match["more"]:
            value += read_figure(match["more"]) * (_scale(match["more_scale"]) or 1)
    high = None
    if second is not None:
        high = read_figure(second) * (scale or 1)
        if high <= value:
            return None
    return Number(start, end, value, high, percent, scaled, doubtful=doubtful)


def _glued(before: str, after: str) -> bool:
    """A figure inside a code, a model name or a longer run of digits: "QĐ-298", "H5N1", "0200.1234567", "30°C"."""
    if before and (
        before[-1].isdigit()
        or re.search(r"\d[.,/]$|\d ?/ ?$|[/_@&=?]$|[^\W\d_]-$|(?:^|[\s(])[^\W\d_]$|[qđhtkmnvcdsp]\.$", before)
    ):
        return True
    return bool(re.match(r"\d|[.,]\d| ?°|/[^\W\d_]{1,6}-|-[^\W\d_]{2,}[/-]| ?/ ?\d+ ?ký tự|[a-z]\d", after))


def _scale(word: str | None) -> Decimal | None:
    return None if word is None else _SCALES[word.rstrip(".")]


def _is_no_range(match: re.Match[str]) -> bool:
    """ "từ 2013 đến 2016" are years, and "22,8 đến 31,3" with a falling second number is not a range either."""
    first, second = match["first"], match["second"]
    if _YEAR.match(first) and _YEAR.match(second):
        return True
    return bool(not match["pct"] and not match["scale"] and "," in second and len(second.partition(",")[2]) == 3)
