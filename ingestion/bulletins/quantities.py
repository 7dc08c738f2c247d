"""Sentence → quantities: a number, what it counts, its qualifier, and what it is meant per."""

from __future__ import annotations

import dataclasses
import re
from decimal import Decimal

from ingestion.bulletins.lexicon import Lexicon, Noun
from ingestion.vietnamese.numbers import Number, find_number_words, find_numbers

MONEY = Noun.model_validate({"class": "money", "unit": "VND", "phrases": []})
PERCENT = Noun.model_validate({"class": "percent", "unit": "percent", "phrases": []})
RATIO = Noun.model_validate({"class": "ratio", "unit": "ratio", "phrases": []})

_CURRENCY = re.compile(r"[. ]{0,2}(?:đồng|vnđ|vnd|đ)(?![^\W\d_])")
_FOREIGN = re.compile(r" {0,2}(?:đô la|usd|euro|đô-la|eur|yên|nhân dân tệ|won)")
_PER = re.compile(
    r" *(?:/|mỗi|một|trên một|cho một|1) *(?P<a>htx|hợp tác xã|năm(?! ?\d{4})|tháng|người|lao động"
    r"|tỉnh|huyện|xã|ha|con|ngày|thành viên|hộ|kg|tấn|vụ|m2|tht)"
    r"(?: *(?:/|mỗi|một) *(?P<b>htx|hợp tác xã|năm(?! ?\d{4})|tháng|người|lao động|thành viên|hộ|vụ))?"
)
_RATIO = re.compile(r" ?lần(?![^\W\d_])")
_OTHER_MEASURE = re.compile(
    r" ?(?:tấn|kg|km|m2|m3|m|ngày|tháng|năm|giờ|tuổi|phút|vụ|tạ|lít|con|cây|°|sao|tầng|điểm(?! bán)"
    r"|triệu dân|dân)(?![^\W\d_])"
)
_SCALED_MEASURE = re.compile(r" ?(?:ha|tấn|con|cây|dân|m2|m3|lít|lượt|cành|quả|trứng|kg|mã)(?![^\W\d_])")
_PER_UNIT = re.compile(r"(?:bình quân|trung bình|của|mỗi|cho|tính trên|doanh thu|lãi)(?: của)? *$")
_SHORT_FORM = re.compile(r" ?\([^()\d,;]{2,10}\)")  # "hợp tác xã (HTX)"
_SPACE = re.compile(r"[ ]{0,3}")
_LATER_NOUN = re.compile(
    r" {1,2}(?:là (?=(?:các )?(?:htx|hợp tác xã)(?!\w))|(?:trong số (?:đó|này)|trong đó|số này)(?= ))"
)
_ANOTHER_NOUN = re.compile(r" +(?!(?:và|với|còn|trong|so với|tăng|giảm|chiếm)(?!\w))[^\W\d_]")
# "Tổ hợp tác hiện có 315 tổ"
_TEAMS = re.compile(r" tổ(?= *(?:[,;.()]|với|đang|$))")
_GROUPS = re.compile(r"tổ hợp tác|(?<!\w)tht(?!\w)")
_NOUN_BEFORE = re.compile(r"(?:^|[^\w])(?:số(?: lượng)?|tổng số|toàn bộ|các|về) *$")
_BEING = re.compile(r"(?<!\w)(?:là|có|đạt|lên|còn|gần|khoảng|trên|hơn)(?!\w)|:")
_NONE_YET = re.compile(
    r"(?:tỉnh|thành phố|địa bàn|huyện|hiện|nay)(?: [^\W\d_]+){0,5}? chưa (?:có|thành lập được)(?: "
    r"(?:một|được))? (?=liên hiệp|quỹ tín dụng|lh htx)"
)
_LINK = re.compile(
    r" *(?:(?:ngừng|ngưng|lĩnh vực|ngành|này|chiếm|chủ yếu|đa số|với|của|toàn|trên|trong|tỉnh|cả nước|địa bàn"
    r"|hiện|nay|có|là|đạt|lên|tới|đến|khoảng|trên|hơn"
    r"|gần|ước|chỉ|thuộc|đang|theo luật|mới|xếp|phân|loại|đánh giá|tốt|khá|trung bình|yếu|kém"
    r"|hiệu quả|giải thể|:|,|năm \d{4}|cuối năm \d{4}|còn|bằng|"
    r"htx|hợp tác xã|tổ hợp tác|tht|nông nghiệp|phi nông nghiệp|dịch vụ|xã|toàn tỉnh|luật|theo|được"
    r"|thành lập|hoạt động|đăng ký) *)*$"
)


@dataclasses.dataclass(frozen=True)
class Quantity:
    """A number with its unit. Spans are of the folded text; `start`..`end` covers the number and its noun."""

    number: Number
    noun: Noun
    start: int
    end: int
    qualifier: str
    qualifier_start: int
    per: tuple[str, ...] = ()
    noun_text: str = ""
    noun_before: bool = False
    shared_noun: bool = False


def find_quantities(text: str, start: int, end: int, lexicon: Lexicon) -> tuple[list[Quantity], list[Number]]:
    """Return the quantities of folded `text` in [start, end), in order, and the numbers that no known unit follows."""
    found: list[Quantity] = []
    rest: list[Number] = []
    numbers = list(find_numbers(text, start, end))
    limits = [number.start for number in numbers[1:]] + [end] * bool(numbers)
    for number, limit in zip(numbers, limits, strict=True):
        quantity = _measure(text, number, start, limit, lexicon, found)
        if quantity is None:
            rest.append(number)
        else:
            found.append(quantity)
    for number in find_number_words(text, start, end):
        match = lexicon.noun.match(text, _SPACE.match(text, number.end).end(), end)  # type: ignore[union-attr]
        noun = _noun(match, lexicon) if match else None
        if (
            match
            and noun
            and noun.kind in ("cooperative", "group", "union", "credit_fund", "training")
            and _whole(text, match.end())
        ) and not re.match(r" (?:trên|này|nói trên|đó|kia)(?![^\W\d_])", text[match.end() : match.end() + 10]):
            found.append(_quantity(text, number, noun, match.end(), start, lexicon, text[match.start() : match.end()]))
    for match in _NONE_YET.finditer(text, start, end):
        head = lexicon.noun.match(text, match.end(), end)
        if head:
            zero = Number(
                match.end(), match.end(), Decimal(0), None, False, False, in_words=True, doubtful="number in words"
            )
            found.append(
                Quantity(zero, _noun(head, lexicon), match.start(), head.end(), "eq", match.start(), noun_text=head[0])
            )
    found.sort(key=lambda q: q.start)
    return found, rest


def _measure(
    text: str, number: Number, start: int, limit: int, lexicon: Lexicon, found: list[Quantity]
) -> Quantity | None:
    at = number.end
    if number.percent:
        return _quantity(text, number, PERCENT, at, start, lexicon)
    if _FOREIGN.match(text, at, limit):
        return None
    if currency := _CURRENCY.match(text, at, limit):
        at = currency.end()
        per = _PER.match(text, at, limit)
        return _quantity(text, number, MONEY, per.end() if per else at, start, lexicon, per=per)
    if _RATIO.match(text, at, limit) and not number.scaled:
        return _quantity(text, number, RATIO, at, start, lexicon)
    noun_at = _SPACE.match(text, at, limit).end()  # type: ignore[union-attr]
    match = lexicon.noun.match(text, noun_at, limit)
    if match and _whole(text, match.end()):
        noun = _noun(match, lexicon)
        if (
            number.value == 1
            and noun.kind in ("cooperative", "group", "person")
            and _PER_UNIT.search(text[max(start, number.start - 16) : number.start])
        ):
            return None
        short = _SHORT_FORM.match(text, match.end(), limit)
        return _quantity(
            text, number, noun, short.end() if short else match.end(), start, lexicon, text[match.start() : match.end()]
        )
    if number.scaled and not _SCALED_MEASURE.match(text, at, limit):
        per = _PER.match(text, at, limit)
        return _quantity(text, number, MONEY, per.end() if per else at, start, lexicon, per=per)
    if _OTHER_MEASURE.match(text, at, limit) or number.denominator:
        return None
    return _measure_by_context(text, number, start, limit, lexicon, found)


def _measure_by_context(
    text: str, number: Number, start: int, limit: int, lexicon: Lexicon, found: list[Quantity]
) -> Quantity | None:
    """The noun is in front ("số THT hiện có là 1.076") or that of the number before ("trong đó 45 thành lập mới")."""
    if re.match(r"[^\W\d_]", text[number.end : number.end + 1]):
        return None
    if _TEAMS.match(text, number.end) and _GROUPS.search(text, start, number.start):
        group = next(noun for noun in lexicon.nouns if noun.kind == "group")
        return _quantity(text, number, group, number.end + 3, start, lexicon, "tổ")
    later = _LATER_NOUN.match(text, number.end)
    previous = next(
        (q for q in reversed(found) if q.noun.kind in ("cooperative", "group", "union", "credit_fund")), None
    )
    if later and previous:
        return dataclasses.replace(
            _quantity(text, number, previous.noun, later.end(), start, lexicon), shared_noun=True
        )
    left = text[max(start, number.start - 110) : number.start]
    offset = number.start - len(left)
    floor = max((q.end for q in found), default=start) - offset
    heads = [
        m
        for m in lexicon.noun_start.finditer(left, max(floor, 0))
        if _whole(left, m.end()) and (m.start() == 0 or not left[m.start() - 1].isalnum())
    ]
    follows = text[number.end : number.end + 1]
    if re.fullmatch(r"(?:19|20)\d\d", text[number.start : number.end]) and re.search(
        r"luật|nghị định|năm|(?:(?<!\w)kh|kế hoạch|cùng kỳ|sck|quý|tháng|giai đoạn|nhiệm kỳ)\W*$", left[-40:]
    ):
        return None
    if heads and (
        follows in ",.;:)…"
        or follows == ""
        or re.match(r" (?:\(|-|với|và|so với|tăng|giảm|trong đó)", text[number.end : number.end + 10])
    ):
        for head in heads:
            sector = left[head.end() :].strip(" :")
            if (
                ((follows != "" and follows in ",.;)") or text.startswith(" (", number.end))
                and re.search(r"trong đó|gồm|chia ra|cụ thể|theo (?:lĩnh vực|ngành)", text[start : number.start])
                and any(pattern.fullmatch(sector) for _, pattern in lexicon.scope)
            ):
                quantity = _quantity(text, number, _noun(head, lexicon), number.end, start, lexicon, head[0])
                return dataclasses.replace(quantity, start=offset + head.start(), noun_before=True)
            if head is heads[-1] and previous is not None and not left[head.end() :].strip():
                quantity = _quantity(text, number, _noun(head, lexicon), number.end, start, lexicon, head[0])
                return dataclasses.replace(quantity, start=offset + head.start(), noun_before=True)
            if (_NOUN_BEFORE.search(left[: head.start()]) or head is heads[-1]) and _LINK.match(left, head.end()):
                if not (_NOUN_BEFORE.search(left[: head.start()]) or _BEING.search(left, head.end())):
                    continue
                noun = _noun(head, lexicon)
                quantity = _quantity(text, number, noun, number.end, start, lexicon, head[0])
                return dataclasses.replace(quantity, start=offset + head.start(), noun_before=True)
    if previous is not None and _labelled(
        text[found[-1].end : number.start], text[number.end : number.end + 24], lexicon
    ):
        counted = next((q for q in reversed(found) if q.noun.kind == "cooperative"), previous)
        return dataclasses.replace(_quantity(text, number, counted.noun, number.end, start, lexicon), shared_noun=True)
    if (
        previous is not None
        and found
        and re.search(r"(?:trong đó|gồm|bao gồm|chủ yếu(?: là)?|chia ra)[^.;]{0,40}$|với $", left)
        and text[number.end : number.end + 2].strip()[:1] in (*",.;)", "")
    ):
        return dataclasses.replace(_quantity(text, number, previous.noun, number.end, start, lexicon), shared_noun=True)
    return None


def _labelled(between: str, behind: str, lexicon: Lexicon) -> bool:
    """ "…, khá là 120 (35%), trung bình 100": a label of the list in front, and nothing that could be a noun behind."""
    follows = behind[:1]
    if follows not in ",;.)(… \n" and follows != "":
        return False
    if follows == " " and _ANOTHER_NOUN.match(behind):
        return False
    label = re.split(r"[,;:()]", between.rstrip(" :"))[-1]
    label = re.sub(
        r"^\s*(?:và|tiếp đến|tiếp theo|còn|trong đó|số|loại|lĩnh vực|ngành|về)*\s*|\s*(?:là|có|:"
        r"|khoảng|gần|trên|hơn|với)*\s*$",
        "",
        label,
    )
    if not 0 < len(label) <= 32:
        return False
    patterns = (
        [pattern for _, pattern in lexicon.scope]
        + [pattern for _, pattern in lexicon.aspect_before]
        + [pattern for _, pattern in lexicon.aspect_after]
    )
    return any(
        match and match.end() - match.start() >= len(label) - 4
        for match in (pattern.search(label) for pattern in patterns)
    )


def _whole(text: str, end: int) -> bool:
    return end >= len(text) or not text[end].isalpha()


def _noun(match: re.Match[str], lexicon: Lexicon) -> Noun:
    assert match.lastgroup is not None
    return lexicon.nouns[int(match.lastgroup[1:])]


def _quantity(
    text: str,
    number: Number,
    noun: Noun,
    end: int,
    start: int,
    lexicon: Lexicon,
    noun_text: str = "",
    per: re.Match[str] | None = None,
) -> Quantity:
    qualifier, begins = _qualifier(text, number, end, start, lexicon)
    units = tuple(unit for unit in (per["a"], per["b"]) if unit) if per else ()
    return Quantity(number, noun, number.start, end, qualifier, begins, units, noun_text)


def _qualifier(text: str, number: Number, end: int, start: int, lexicon: Lexicon) -> tuple[str, int]:
    if number.high is not None:
        return "range", number.start
    window = max(start, number.start - 30)
    left = text[window : number.start].rstrip()
    after = text[end : end + 12]
    best: tuple[int, int, str] | None = None
    for name, pattern in lexicon.qualifiers.items():
        if name.endswith("_after") or name == "spread":
            continue
        for match in pattern.finditer(left):
            gap = left[match.end() :]
            if gap.strip() in ("", "là", "có", "từ", "đạt", "được", "khoảng") and (
                best is None or match.end() > best[0] or (match.end() == best[0] and match.start() < best[1])
            ):
                best = (match.end(), match.start(), name)
    near = text[number.end : number.end + 34]
    for name, found in (("ge", "ge_after"), ("le", "le_after")):
        after_noun = lexicon.qualifiers[found].search(near)
        if (
            after_noun
            and (after_noun.end() <= len(near))
            and (
                lexicon.qualifiers[found].match(after.lstrip())
                or not re.search(r"[\d,.;(]", near[: after_noun.start()])
            )
        ) and (re.search(r"(?:^|[^\w])từ *$", left) or lexicon.qualifiers[found].match(after.lstrip())):
            return name, number.start
    if best is None:
        return "eq", number.start
    return best[2], window + best[1]
