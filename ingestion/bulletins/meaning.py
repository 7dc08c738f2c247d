"""Quantity → indicator: what a number measures, from the words around it and the quantities before it.

Of an organisation counted, something is said in front of the number ("giải thể 5 HTX") or behind its noun ("5 HTX giải
thể"), or the quantity shares what was said of the one before ("thành lập mới 5 HTX và 50 tổ hợp tác"). Shares take
their subject and predicate the same way, money its topic. What no rule of the lexicon knows is ``other:…``.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from decimal import Decimal

from ingestion.bulletins.lexicon import Aspect, Lexicon, Measure
from ingestion.bulletins.quantities import Quantity
from ingestion.vietnamese.text import Folded

ORGANISATIONS = ("cooperative", "group", "union", "credit_fund", "several")
_DELIMITER = re.compile(r"[;:,.()]|(?<= )- ")
_HARD = re.compile(r";|\.(?!\d)")
_GLUE = re.compile(
    r"[\s,;:()\-\"]*(?:(?:và|cùng|cùng với|với|gồm|bao gồm|gồm có|trong đó|có|là|khoảng|gần|trên|hơn"
    r"|riêng|còn lại|các|thêm|từ|ước|ít nhất|tối thiểu|đó|nâng|chỉ|trong|thuộc|mỗi năm|hàng "
    r"năm|hằng năm|bình quân|đến|nhất)[\s,:]*)*$"
)
_LIST_GLUE = re.compile(r"[\s,]*(?:và|cùng|cùng với)?\s*(?:khoảng|gần|trên|hơn|ít nhất|tối thiểu)?\s*$")
_BREAKDOWN = re.compile(r"(?:trong đó|trong số đó|gồm|bao gồm|chia ra|chia theo|cụ thể|:)")
_SET_APART = re.compile(
    r"(?:chọn|hỗ trợ|cho|tại|phỏng vấn|khảo sát|tư vấn|hướng dẫn|kiểm tra|vinh danh|khen thưởng|tặng"
    r"|giúp|của|giữa|kết nối|mời|cử|trao|công nhận|cấp|đầu tư"
    r"|làm việc với|liên kết với|ký kết với|thu phí|quản lý|bồi dưỡng|tuyên dương|gặp|thăm|đề nghị"
    r"|đưa)(?: (?:được|thêm|những|các|trên|hơn|gần|khoảng|nhất))* *$"
)
# "20 HTX này": spoken of before, not counted anew.
_REFERRED = re.compile(r" *(?:này|nói trên|kể trên)(?![^\W\d_])")
_HONOURED = re.compile(
    r"tôn vinh|bình chọn|giải thưởng|nhận giải|danh hiệu|vinh danh|bằng khen|ngôi sao (?:htx|hợp tác xã)|biểu dương"
    r"|tuyên dương"
)
_IN_EACH_PLACE = re.compile(
    r"(?<!\w)(?:mỗi|1|một) (?:thôn|ấp|bản|xã|phường|huyện|quận|địa phương|cụm)(?:[, ]*(?:phường|thị trấn|huyện|thị xã"
    r"|quận))*(?: [^\W\d_]+){0,4} *$"
)
_ASIDE = re.compile(r" *\((?:chiếm|đạt|bằng|tương đương|tỷ lệ|tỉ lệ|khoảng|hơn|trên|gần| )*")
# "nhiều nhất ở thành phố với 24 HTX", "như Tây Nguyên (57 HTX)": a place's part of a subset told before
_SINGLED_OUT = re.compile(
    r"(?:(?:nhiều|ít|cao|thấp) nhất (?:ở|là|tại)(?= [^.;,]{0,40}(?:với|có) *$)"
    r"|(?:nhất (?:ở|là|tại|như)|(?<!\w)như:?)(?= [^.;]{0,120}\( *$))"
)
_GOES_ON = re.compile(r"\W*(?:trong đó|trong số đó|bao gồm|gồm)(?!\w)(?![^.;,]{0,40}(?:hiện có|toàn tỉnh|cả tỉnh))")
_PREDICATE = re.compile(
    r" *(?:được|đã|chưa|đang|muốn|thuộc|tham gia|ký|áp dụng|có|sử dụng|thực hiện|nhận|bị|phải|để"
    r"|chuyên|đầu tư|sản xuất|xây dựng thương hiệu|cung cấp|tiêu thụ|chuyển|trả|không|còn"
    r"|góp mặt|tiêu biểu|xuất sắc|trên|này|nói trên|yếu kém|kinh doanh|cần|vi phạm|trở thành|hưởng|đạt"
    r"|do|duy trì|chia|nộp|mở|tự nguyện|xuất khẩu|với số tiền)(?![^\W\d_])"
)
_NEUTRAL = re.compile(
    r" *(?:có (?:tổng|doanh thu|vốn|số|quy mô)|có quy mô|được (?:cấp|đăng ký)|trên địa bàn|trong tỉnh"
    r"|toàn tỉnh|của tỉnh|trên toàn|trong cả nước|trong toàn|có đăng ký|các loại|đang hoạt "
    r"động)"
)
# A verb of its own between the noun and the cue: the cue is said of something else.
_OWN_VERB = re.compile(r"(?<!\w)(?:có|với|là|để|cho|do|thu hút|tham gia|tạo|giải quyết|tổng)(?!\w)")
_PLAN = re.compile(r" *(?:so với )?(?:chỉ tiêu|kế hoạch|kh(?![^\W])|mục tiêu|nghị quyết|dự toán)")
_GROWTH = re.compile(
    r"(?:tăng|giảm|tăng trưởng|tốc độ tăng)(?: (?:thêm|từ|khoảng|trên|hơn|gần|bình quân|trưởng|lên|đạt"
    r"|ít nhất|hàng năm|hằng năm|mỗi năm))*\W*$"
)
_AVERAGED = re.compile(r"doanh thu|thu nhập|lợi nhuận|(?<!\w)lãi(?!\w)")
# "13 tỷ đồng cho …, 8 tỷ đồng cho …": what follows the comma is one more of the same.
_SEPARATED = re.compile(r" (?:cho|để|bù|hỗ trợ)[^,;.()]{0,60},[^,;.()]{0,16}")
# "từ 60% lên 80%": both are levels of one thing.
_RISING = re.compile(r"(?:[^,;.:()\d]|năm \d{4}){0,40}?(?<!\w)(?:lên|xuống|thành)(?: đến| tới| còn)?\s*")
_SUBJECT = re.compile(r"(?:số|tỷ lệ|tỉ lệ)(?: lượng)? (?:htx|hợp tác xã)(?!\w)")
_COMMUNES = re.compile(r"(?:tỷ lệ|tỉ lệ|số) xã[^.;,]{0,20} có (?:htx|hợp tác xã)[^.;,]{0,30}$")
_THESE = re.compile(r" *(?:trong )?(?:tổng )?số (?:này|đó|trên)")
_TRAINING = re.compile(r"lớp|tập huấn|đào tạo|bồi dưỡng|khóa|học viên|học nghề")
_CAMPAIGN = re.compile(r"tuyên truyền|hội nghị|hội thảo|buổi|tọa đàm|đại hội|đại biểu")
_SECTOR_WORDS = (
    "nông nghiệp|nông|lâm|ngư|thủy sản|trồng trọt|chăn nuôi|vận tải|xây dựng|thương mại|dịch vụ|công nghiệp|ttcn"
    "|tiểu thủ công nghiệp|môi trường|tổng hợp|lĩnh vực|du lịch"
)
_SECTOR_LIST = re.compile(rf" (?:{_SECTOR_WORDS})(?:(?:,| và|, và)? (?:{_SECTOR_WORDS}))+(?! *\d)(?=[^,;.)]*[^\W\d_])")
_BODY_BEFORE = re.compile(r"(liên minh|quỹ hỗ trợ(?: phát triển)?|luật|nghị định về|chi cục|phòng|ban chỉ đạo) $")
_OF = re.compile(r" *(?:(?:của|trong|tại) )?(?:các )?")
# "Tổng số thành viên của 20 HTX này là 2.805 người"
_MEMBERS_OF = re.compile(
    r"(?:tổng số|số|số lượng) (thành viên|xã viên|lao động)(?: thường xuyên)? (?:của|trong|tại) (?:các )?\d[\d.]* "
    r"(?:htx|hợp tác xã|tổ hợp tác|tht)(?: [^\W\d_]+){0,3} (?:là|đạt|có|lên|:) *$"
)
_NEW_MEMBERS = re.compile(
    r"(?:kết nạp|kết nạp mới|thêm|mới|phát triển|tăng)(?: (?:mới|thêm|được|trên|hơn|khoảng|gần))*\W*$"
)


@dataclasses.dataclass(frozen=True)
class Meaning:
    """What a quantity measures. `aspect` is what lists inherit; `reasons` lower the confidence by `doubt`."""

    indicator: str
    unit: str
    aspect: str | None = None
    flow: bool = False
    source: str = "default"  # before, after, list, topic, default: where the aspect was said
    doubt: float = 0.0
    reasons: tuple[str, ...] = ()
    measure: Measure | None = None


@dataclasses.dataclass
class Memory:
    """What a sentence leaves to the next one: the money it spoke of, and whether it told of one named cooperative."""

    topic: str | None = None
    single: bool = False
    relevant: bool = False  # the paragraph speaks of cooperatives at all
    general: bool = False  # it speaks of the economy at large instead
    told: str | None = None  # what the sentence before said of the organisations it counted: "Trong đó …" goes on
    paragraph: int = 0  # where the paragraph in hand begins
    heading: str = ""  # the heading above it


@dataclasses.dataclass(frozen=True)
class Around:
    """The folded text around a quantity: up to its neighbours, and up to the nearest delimiter."""

    left: str
    right: str
    near_left: str
    near_right: str
    clause_left: str
    far_left: str  # `left` without what is still said of the quantity before


def read_meanings(
    folded: Folded,
    start: int,
    end: int,
    quantities: Sequence[Quantity],
    lexicon: Lexicon,
    memory: Memory,
    targets: Sequence[bool],
) -> list[Meaning | None]:
    """Return for each quantity of the sentence folded `text` [start, end) what it measures; None: nothing to state."""
    meanings: list[Meaning | None] = []
    text = folded.text
    note_subject(folded, start, end, lexicon, memory)
    surroundings = [_around(text, start, end, quantities, i) for i in range(len(quantities))]
    for i, quantity in enumerate(quantities):
        if _is_named(folded, quantity, end, lexicon):
            meanings.append(None)
            continue
        meanings.append(_read(text, start, end, quantities, surroundings, i, meanings, lexicon, memory, targets[i]))
    _share_backwards(text, quantities, meanings, lexicon)
    counts = [m.aspect for q, m in zip(quantities, meanings, strict=True) if m and q.noun.kind in ORGANISATIONS]
    if counts:
        memory.told = counts[-1]
    return meanings


_ORGANISATION = re.compile(r"(?<!\w)(?:hợp tác xã|htx|htxnn)(?!\w)")
_PLURAL = re.compile(
    r"(?:\d|các|những|nhiều|một số|số|mỗi|tổng số|của|khu vực"
    r"|hầu hết|đa số|phần lớn|toàn bộ|tỷ lệ|%|hệ thống|phát triển|luật"
    r"|liên minh|liên hiệp|quỹ|vào|trong|tập thể,|về|hai|ba|bốn) *(?:mô hình )?$"
)
_GENERAL = re.compile(
    r"toàn tỉnh|cả nước|toàn huyện|toàn quốc|trên địa bàn|các htx|các hợp tác xã"
    r"|toàn thành phố|nước ta|tỷ lệ|bình quân (?:một|1|mỗi|của các)|khu vực kinh tế tập thể"
)
_NAME_WORDS = re.compile(
    rf" *(?:(?:{_SECTOR_WORDS}|cn|sản xuất|kinh doanh|chế biến|tiêu thụ|dvnn|sxkd"
    rf"|nn|dv|và|-|&|kiểu mới|rau|an toàn|quản lý|chợ|điện|nước|du lịch|cộng đồng|xã)(?:[ &-]+|(?=[,;.()])))*"
)


def note_subject(folded: Folded, start: int, end: int, lexicon: Lexicon, memory: Memory) -> None:
    """Remember whether the sentence tells of one cooperative by name; one that speaks of all of them ends that."""
    text, cased = folded.text, folded.cased
    if _GENERAL.search(text, start, end) or re.search(r"\d\W*(?:htx|hợp tác xã|tổ hợp tác|tht)(?!\w)", text[start:end]):
        memory.single = False
        return
    for match in _ORGANISATION.finditer(text, start, end):
        if _names_one(cased, text, match.end(), end, lexicon) and not re.search(
            r"(?:\d|các|những) *$", text[max(start, match.start() - 8) : match.start()]
        ):
            memory.single = True
            return
    if memory.single and re.search(r"(?<!\w)tỉnh(?!\w)|liên minh|ubnd|toàn ngành|sở nông nghiệp", text[start:end]):
        memory.single = False


def _names_one(cased: str, text: str, at: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a proper name follows the noun that ends at `at`: "HTX nông nghiệp Bình Minh"."""
    after = _NAME_WORDS.match(text, at, end)
    begin = after.end() if after else at
    while begin < end and cased[begin] in " \"'":
        begin += 1
    word = re.match(r"[^\W_]+", cased[begin : min(end, begin + 24)])
    if word is None or not word[0][0].isupper() or cased[at : at + 1] not in " ":
        return bool(re.match(r" +\d{1,3}(?=\s*\()", text[begin - 1 : begin + 8]) and begin > at + 1) if word else False
    if lexicon.noun.match(text, begin) or re.match(r" *(?:và|,|-)", text[at : at + 4]):
        return False
    following = cased[begin : min(end, begin + 40)]
    return not (
        (following.isupper() and len(following) > 20)
        or lexicon.place.match(text, begin)
        or re.match(r"(?:việt nam|kiểu|nông|thành viên|theo|có|đã|hiện|vn|nn|luật)(?!\w)", text[begin : begin + 12])
    )


def _is_named(folded: Folded, q: Quantity, end: int, lexicon: Lexicon) -> bool:
    """ "2 hợp tác xã Tân Tiến và Đồng Lợi": these are named, not counted. `end` is the sentence's."""
    return (
        q.noun.kind == "cooperative"
        and not q.noun_before
        and not q.shared_noun
        and _names_one(folded.cased, folded.text, q.end, min(end, q.end + 60), lexicon)
    )


def _around(text: str, start: int, end: int, quantities: Sequence[Quantity], i: int) -> Around:
    q = quantities[i]
    left_from = quantities[i - 1].end if i else start
    right_to = quantities[i + 1].qualifier_start if i + 1 < len(quantities) else end
    right_to = max(right_to, q.end)
    left, right = text[min(left_from, q.qualifier_start) : q.qualifier_start], text[q.end : right_to]
    delimiters = list(_DELIMITER.finditer(left))
    near_left = left[delimiters[-1].end() :] if delimiters else left
    if i + 1 < len(quantities) and quantities[i + 1].noun.kind == "percent":
        # "1.500 HTX (chiếm 10%) ứng dụng …": what is said of the number stands behind the bracket
        share = quantities[i + 1]
        if _ASIDE.fullmatch(right) and text.startswith(")", share.end):
            right_to = quantities[i + 2].qualifier_start if i + 2 < len(quantities) else end
            right = text[share.end + 1 : max(right_to, share.end + 1)]
    first = _DELIMITER.search(right)
    if first and (sectors := _SECTOR_LIST.match(right)) and sectors.end() > first.start():
        first = _DELIMITER.search(right, sectors.end())  # "6 HTX nông nghiệp, du lịch thành lập mới"
    near_right = right[: first.start()] if first else right
    if first and first[0] == "(" and 0 <= right.find(")") < 60:
        near_right = right[: right.find(")")]
    if first is None and i + 1 < len(quantities):
        cut = max(near_right.rfind(" và "), near_right.rfind(" cùng "), near_right.rfind(" nâng "))
        if cut >= 0:
            near_right = near_right[:cut]
    hard = [m.end() for m in _HARD.finditer(text, start, q.qualifier_start)]
    clause_from = hard[-1] if hard else start
    far_left = left[delimiters[0].end() :] if i and delimiters else left
    return Around(left, right, near_left, near_right, text[clause_from : q.qualifier_start], far_left)


def _read(
    text: str, start: int, end: int, quantities: Sequence[Quantity], surroundings: Sequence[Around], i: int,
    meanings: Sequence[Meaning | None], lexicon: Lexicon, memory: Memory, target: bool,
) -> Meaning | None:  # fmt: skip
    q, around = quantities[i], surroundings[i]
    if _is_increment(text, start, q, around, lexicon, target):
        return None
    if lexicon.norm.search(text, start, q.start):
        return None
    kind = q.noun.kind
    if memory.general and kind in ("money", "percent", "person", "product", "household", "project"):
        return None
    if memory.single and kind in ("money", "percent", "person", "product", "household"):
        return None
    if i and quantities[i - 1].noun.kind == kind and _RISING.fullmatch(text[quantities[i - 1].end : q.qualifier_start]):
        return meanings[i - 1]
    if kind == "money":
        return _money(text, start, q, around, lexicon, memory, quantities, meanings, i)
    if kind == "percent":
        return _percent(text, start, end, quantities, surroundings, i, meanings, lexicon, target, memory)
    if kind == "person":
        return _person(text, start, quantities, i, around, meanings, lexicon)
    if kind in ORGANISATIONS:
        return _organisation(text, start, quantities, i, around, meanings, lexicon, memory)
    return _thing(text, start, end, quantities, i, around, meanings, lexicon, memory, target)


def _is_increment(text: str, start: int, q: Quantity, around: Around, lexicon: Lexicon, target: bool) -> bool:
    """ "tăng 36 HTX so với năm 2021": the change is not the level. "tăng lên 36" and "tăng từ 30 lên 36" are levels."""
    left = text[max(start, q.start - 60) : q.start].rstrip()
    for match in lexicon.increment.finditer(left):
        if match.end() != len(left):
            continue
        word = match[0]
        if word in ("hơn", "vượt") and re.match(r" so với", around.near_right):
            return True
        if word in ("hơn", "vượt") or (word.startswith(("hơn ",)) and "năm" not in word):
            continue
        if q.noun.kind == "percent" and target:
            return False
        return not (word.endswith(" từ") and q.number.high is None)
    return False


def _organisation(
    text: str,
    start: int,
    quantities: Sequence[Quantity],
    i: int,
    around: Around,
    meanings: Sequence[Meaning | None],
    lexicon: Lexicon,
    memory: Memory,
) -> Meaning | None:
    q = quantities[i]
    kind = q.noun.kind
    if _REFERRED.match(around.near_right):
        return _other(_label(q, around.near_right), q)
    if _SINGLED_OUT.search(around.clause_left):
        place = re.split(r"[,:]", around.clause_left.rstrip("( "))[-1]
        if not any(pattern.search(place) for _, pattern in lexicon.scope):
            return _other(f"{_label(q)} of a place", q)
    if q.noun.aspect != "models" and _IN_EACH_PLACE.search(around.near_left):
        return _other(f"{_label(q)} in each place", q)
    if kind == "several":
        aspect, source = _aspect(q, around, lexicon)
        return dataclasses.replace(_other(_label(q), q), aspect=aspect, source=source)
    if _shared_with_next(text, q):
        return _other("cooperatives and groups", q)
    if q.noun.aspect == "models" and re.search(r"huyện|quận|thị xã|đơn vị cấp huyện", around.clause_left):
        if any(quantities[j].noun.kind == "district" for j in range(i)):
            return None
        return Meaning(
            lexicon.indicators.per_district.indicator,
            q.noun.unit,
            "models",
            False,
            "before",
            measure=lexicon.indicators.per_district,
        )
    if any(m is not None and m.indicator == "other:alliance members" for m in meanings[:i]):
        return _other("alliance members", q)
    if (
        i
        and quantities[i - 1].noun.kind == "percent"
        and re.fullmatch(r"\s*[(,]?\s*(?:tương ứng|tức|gồm|với)?\s*", text[quantities[i - 1].end : q.qualifier_start])
    ):
        share = meanings[i - 1]
        measure = lexicon.indicators.counts.get(kind, {}).get(share.aspect or "") if share else None
        if share and measure:
            return Meaning(measure.indicator, q.noun.unit, share.aspect, measure.flow, "list", measure=measure)
    if re.match(r" *(?:tham gia |gia nhập )?(?:vào )?(?:làm thành viên )?liên minh", around.near_right) or re.search(
        r"kết nạp(?: mới| thêm| được)* *$", around.near_left
    ):
        return _other("alliance members", q)
    if (
        kind == "cooperative"
        and q.noun.aspect != "models"
        and i
        and quantities[i - 1].noun.kind == "percent"
        and re.match(r" *(?:số )?(?:xã|huyện|phường)", text[quantities[i - 1].end :][:24])
    ):
        return _other("cooperatives in each place", q)
    if (
        kind == "cooperative"
        and i
        and quantities[i - 1].noun.kind == "product"
        and "ocop" in text[quantities[i - 1].start : q.end + 60]
        and re.search(r"(?:của|thuộc|do) *$", around.near_left)
    ):
        measure = lexicon.indicators.counts[kind]["ocop"]
        return Meaning(measure.indicator, q.noun.unit, "ocop", False, "after", measure=measure)
    if (
        kind == "cooperative"
        and i + 1 < len(quantities)
        and quantities[i + 1].noun.kind == "product"
        and re.fullmatch(r" (?:có|với|sở hữu) ", around.right)
        and "ocop" in text[q.end : q.end + 90]
    ):
        measure = lexicon.indicators.counts[kind]["ocop"]
        return Meaning(measure.indicator, q.noun.unit, "ocop", False, "after", measure=measure)
    if (
        kind == "cooperative"
        and re.search(r"(?:của|cho|với) *$", around.near_left)
        and re.search(r"giải ngân|cho vay|vay vốn", around.clause_left)
    ):
        measure = lexicon.indicators.counts[kind]["loan"]
        return Meaning(measure.indicator, q.noun.unit, "loan", True, "before", measure=measure)
    parent = next(
        (j for j in range(i - 1, -1, -1) if quantities[j].noun.kind in ORGANISATIONS and meanings[j] is not None), None
    )
    aspect, source = _aspect(q, around, lexicon)
    between = text[quantities[parent].end : min(q.start, q.qualifier_start)] if parent is not None else ""
    if parent is not None and source in ("default", "weak"):
        inherited = meanings[parent]
        assert inherited is not None
        if inherited.aspect and _GLUE.match(_without_sectors(between)):
            breakdown = _BREAKDOWN.search(between) is not None
            told = inherited.aspect in ("founded", "dissolved", "total", "active")
            if told if breakdown else inherited.source in ("before", "list"):
                aspect, source = inherited.aspect, "list"
        elif (
            inherited.aspect in ("founded", "dissolved", "active")
            and _BREAKDOWN.search(between)
            and ";" not in between
            and quantities[parent].noun.kind == kind
        ) or (
            inherited.source == "list"
            and inherited.aspect in ("founded", "dissolved")
            and ";" not in between
            and "." not in between
            and quantities[parent].noun.kind == kind
            and len(between) < 60
        ):
            aspect, source = inherited.aspect, "list"
        elif inherited.aspect == "founded" and re.search(r"mỗi năm|bình quân", between):
            aspect, source = "founded", "list"
    if (
        parent is not None
        and source == "after"
        and aspect in ("effective", "active")
        and (inherited := meanings[parent]) is not None
        and inherited.aspect == "founded"
        and inherited.source in ("before", "list")
        and quantities[parent].noun.kind != kind
        and _LIST_GLUE.match(between)
    ):
        aspect, source = "founded", "list"  # "thành lập 5 tổ hợp tác, 3 HTX hoạt động hiệu quả"
    if aspect is None and memory.told in ("founded", "dissolved", "active", "inactive") and _GOES_ON.match(text, start):
        aspect, source = memory.told, "list"
    if aspect in (None, "models") and _HONOURED.search(re.split(r"[.;](?!\d)", text[start : q.end + 200])[0]):
        return _other(f"{_label(q)} honoured", q)
    if aspect is None:
        if _SET_APART.search(around.near_left) or (
            _PREDICATE.match(_without_sectors(around.near_right)) and not _NEUTRAL.match(around.near_right)
        ):
            return _other(_label(q, around.near_right), q)
        aspect, source = "total", "default"
    measure = lexicon.indicators.counts.get(kind, {}).get(aspect)
    if measure is None:
        return dataclasses.replace(_other(f"{_label(q)} {aspect.replace('_', ' ')}", q), aspect=aspect, source=source)
    doubt, reasons = (
        (0.1, ("no word says what is counted: read as the total",))
        if source == "default" and not re.search(r"có|là|gồm|số|trong|với|đạt", around.near_left)
        else (0.0, ())
    )
    return Meaning(measure.indicator, q.noun.unit, aspect, measure.flow, source, doubt, reasons, measure)


def _aspect(q: Quantity, around: Around, lexicon: Lexicon) -> tuple[str | None, str]:
    """What is said of the organisations of `q`, and on which side it is said."""
    if q.noun.aspect == "union_member":
        return "union_member", "after"
    if q.noun.aspect == "models" and not re.search(r"thành lập", around.near_left):
        return "models", "after"
    if re.fullmatch(rf"[\s,]*(?:về )?(?:{_SECTOR_WORDS})[\s,-]*(?:{_SECTOR_WORDS})?\s*(?:có)?\s*", around.near_left):
        return None, "default"  # "xây dựng 6 HTX" in a list of sectors: a label, not a verb
    before, far = _best_before(around.near_left, lexicon), None
    after = _best_after(around, lexicon)
    if before is None and around.near_left != around.left:
        far = _best_before(around.far_left, lexicon)
    candidates: list[tuple[float, str, str]] = []
    if before:
        # "105 HTX đang hoạt động và 6 HTX ngừng hoạt động": what stands before "và" was said of the number before
        # and "tổng số" gives way to what is said behind: "tổng số 193 HTX ứng dụng công nghệ cao"
        joined = re.search(r"(?:^|\s)và *$", around.near_left) or before.aspect == "total"
        lead = -0.2 if after and joined else 0.2
        candidates.append((before.strength + lead, before.aspect, "before"))
    if after:
        candidates.append((after.strength, after.aspect, "after"))
    if subject := _SUBJECT.search(around.near_left):
        said = around.near_left[subject.end() :]
        behind = _best_after(dataclasses.replace(around, right=said, near_right=said), lexicon)
        if behind and before is None:
            candidates.append((behind.strength, behind.aspect, "before"))
    if far and far.strength > 1:
        candidates.append((min(far.strength, 2) - 0.5, far.aspect, "before"))
    if q.noun.aspect:
        candidates.append((2.6 if q.noun.aspect == "models" else 1.7, q.noun.aspect, "after"))
    if not candidates:
        return None, "default"
    _strength, aspect, source = max(candidates, key=lambda c: c[0])
    return aspect, source


def _best_before(text: str, lexicon: Lexicon) -> Aspect | None:
    best: tuple[int, int, Aspect] | None = None
    for aspect, pattern in lexicon.aspect_before:
        for match in pattern.finditer(text):
            if aspect.strength == 1 and not _GLUE.match(text, match.end()):
                continue
            if best is None or (match.end(), aspect.strength) > best[:2]:
                best = (match.end(), aspect.strength, aspect)
    return best[2] if best else None


def _best_after(around: Around, lexicon: Lexicon) -> Aspect | None:
    text = around.near_right
    whole = around.right
    best: tuple[int, int, Aspect] | None = None
    by = text.find(" do ")
    for aspect, pattern in lexicon.aspect_after:
        match = pattern.search(whole)
        if match is None or match.start() > len(text) or (0 <= by < match.start()):
            continue
        distance = match.start()
        if _OWN_VERB.search(whole, 0, distance) is not None:
            continue
        if best is None or (-aspect.strength, distance) < best[:2]:
            best = (-aspect.strength, distance, aspect)
    return best[2] if best else None


def _without_sectors(text: str) -> str:
    return re.sub(rf"(?<!\w)(?:{_SECTOR_WORDS})(?!\w)[ ,-]*", "", text)


def _shared_with_next(text: str, q: Quantity) -> bool:
    return (
        re.match(r",? (?:và |hoặc )?(?:tổ hợp tác|tht)(?!\w)(?! *(?:là|có|đạt|với))", text[q.end : q.end + 24])
        is not None
        and q.noun.kind == "cooperative"
    )


def _share_backwards(
    text: str, quantities: Sequence[Quantity], meanings: list[Meaning | None], lexicon: Lexicon
) -> None:
    """ "168 HTX và 506 THT ra đời": what is said behind the last of a list holds for all of it, if the nouns differ."""
    for i in range(len(quantities) - 1, 0, -1):
        last, first = meanings[i], meanings[i - 1]
        if last is None or first is None or last.source != "after" or first.source != "default" or last.aspect is None:
            continue
        a, b = quantities[i - 1], quantities[i]
        if (
            a.noun.kind == b.noun.kind
            or a.noun.kind not in ORGANISATIONS
            or not _LIST_GLUE.match(text[a.end : b.qualifier_start])
        ):
            continue
        measure = lexicon.indicators.counts.get(a.noun.kind, {}).get(last.aspect)
        if measure:
            meanings[i - 1] = Meaning(
                measure.indicator, a.noun.unit, last.aspect, measure.flow, "after", measure=measure
            )
        elif last.aspect != "union_member":
            meanings[i - 1] = dataclasses.replace(
                _other(f"{_label(a)} {last.aspect}", a), aspect=last.aspect, source="after"
            )


def _person(
    text: str,
    start: int,
    quantities: Sequence[Quantity],
    i: int,
    around: Around,
    meanings: Sequence[Meaning | None],
    lexicon: Lexicon,
) -> Meaning | None:
    q = quantities[i]
    role = q.noun.role or "people"
    measures = lexicon.indicators.persons
    clause = text[start : q.start]
    if role == "members_and_workers" or (
        role in ("members", "people")
        and re.match(r" *(?:(?:gồm )?cả )?(?:thành viên)? *và(?: người)? *lao động(?!\w)", around.right)
    ):
        return _other("members and workers", q)
    if role == "people" and (counted_in := _MEMBERS_OF.search(clause)):
        role = "workers" if counted_in[1] == "lao động" else "members"
        if re.search(r"tổ hợp tác|tht", counted_in[0]):
            role = "group_members" if role == "members" else role
    elif role in ("people", "staff", "learners"):
        subject = list(
            re.finditer(
                r"(số )?(thành viên|xã viên|tổ viên|lao động)(?! *[,;.])",
                re.split(r"[;,.()]", around.left)[-1].replace(":", " "),
            )
        )
        if role == "people" and subject:
            role = {"lao động": "workers", "tổ viên": "group_members"}.get(subject[-1][2], "members")
        elif role == "people" and re.search(r"(?:việc làm|lao động)[^.;,\d]{0,30}$", around.left):
            role = "workers"
        else:
            campaign = max((m.end() for m in _CAMPAIGN.finditer(clause)), default=-1)
            training = max((m.end() for m in _TRAINING.finditer(clause)), default=-1)
            after_training = re.match(
                r" *(?:[^\W\d_]+ ){0,2}?(?:dự|tham gia|tham dự|học|được|qua|theo học)"
                r"(?: [^\W\d_]+){0,4}? (?:lớp|tập huấn|đào tạo|bồi dưỡng|khóa)",
                around.near_right,
            )
            if after_training:
                campaign = -1
            if (
                (role == "learners" and q.noun_text.find("học viên") >= 0)
                or training > campaign
                or (after_training and campaign < 0)
            ):
                measure = measures["learners"]
                return Meaning(measure.indicator, q.noun.unit, "learners", True, "topic", measure=measure)
            if campaign >= 0 and "đại" in clause[campaign - 10 : campaign]:
                return None
            return _other(_label(q), q)
    if role == "farmers":
        if re.search(r"tham gia", around.near_right) or re.search(r"thu hút|vận động", around.near_left):
            measure = measures["farmers"]
            return Meaning(measure.indicator, q.noun.unit, "farmers", True, "topic", measure=measure)
        return _other(_label(q), q)
    if role == "members" and _NEW_MEMBERS.search(around.near_left) and not re.search(r"thu hút", around.near_left):
        return _other("new members", q)
    if (
        re.search(r"(?:bình quân|trung bình|mỗi (?:htx|hợp tác xã|tổ)|quy mô)[^.;,\d]{0,40}$", around.left)
        and role != "workers"
    ):
        return _other("average members", q)
    holder, aspect = _holder(text, start, quantities, i, meanings, lexicon)
    if holder == "alliance":
        return _other("alliance members", q)
    behind = lexicon.noun.match(around.right, _OF.match(around.right).end())  # type: ignore[union-attr]
    if behind and lexicon.nouns[int((behind.lastgroup or "n0")[1:])].kind in ORGANISATIONS:
        holder, aspect = lexicon.nouns[int((behind.lastgroup or "n0")[1:])].kind, None
    counted = any(quantities[k].noun.kind in ORGANISATIONS for k in range(i))
    band = measures[role].band
    if (
        role in ("members", "workers", "group_members")
        and band
        and q.number.value < band[0]
        and not counted
        and not re.search(r"(?:tổng )?số *(?:thành viên|lao động|xã viên)", around.left)
    ):
        return None
    if aspect in ("founded", "dissolved"):
        return _other(f"members of {aspect} organisations", q)
    if role == "members" and holder == "group":
        role = "group_members"
    if holder in ("union", "credit_fund", "several") or (role == "workers" and holder == "group"):
        return _other(f"{holder} {role.replace('_', ' ')}", q)
    measure = measures[role]
    return Meaning(measure.indicator, q.noun.unit, role, measure.flow, "topic", measure=measure)


def _holder(
    text: str, start: int, quantities: Sequence[Quantity], i: int, meanings: Sequence[Meaning | None], lexicon: Lexicon
) -> tuple[str, str | None]:
    """Whose members or workers: the nearest organisation in front, brackets left out."""
    q = quantities[i]
    best_at, holder, aspect = -1, "", None
    clause = max(text.rfind(";", start, q.start), start)
    for j in range(i - 1, -1, -1):
        if quantities[j].start < clause and any(quantities[k].noun.kind == "cooperative" for k in range(i)):
            break
        if quantities[j].noun.kind in ORGANISATIONS:
            found = meanings[j]
            best_at, holder, aspect = quantities[j].start, quantities[j].noun.kind, found.aspect if found else None
            if found is not None and found.indicator.startswith("other:") and aspect is None:
                aspect = None
            break
    if best_at < 0 and any(quantities[k].noun.kind == "cooperative" for k in range(i)):
        start = clause
    left = re.sub(r"\([^()]*\)", lambda m: " " * len(m[0]), text[start : q.start])
    for match in lexicon.noun_start.finditer(left):
        noun = lexicon.nouns[int((match.lastgroup or "n0")[1:])]
        if (
            noun.kind in ORGANISATIONS
            and match.start() + start > best_at
            and (match.end() >= len(left) or not left[match.end()].isalpha())
        ):
            inside = best_at >= 0 and any(
                quantities[j].start <= match.start() + start < quantities[j].end for j in range(i)
            )
            named = _BODY_BEFORE.search(left, 0, match.start())
            if named:
                if named[1].startswith("liên minh"):
                    best_at, holder, aspect = match.start() + start, "alliance", None
                continue
            if not inside:
                best_at, holder, aspect = match.start() + start, noun.kind, None
    return holder, aspect


def _thing(
    text: str,
    start: int,
    end: int,
    quantities: Sequence[Quantity],
    i: int,
    around: Around,
    meanings: Sequence[Meaning | None],
    lexicon: Lexicon,
    memory: Memory,
    target: bool,
) -> Meaning | None:
    q = quantities[i]
    kind = q.noun.kind
    clause = text[start:end]
    measure = lexicon.indicators.units.get(kind)
    if kind == "training":
        assert measure
        return Meaning(measure.indicator, q.noun.unit, "training", True, "topic", measure=measure)
    if kind == "project" and measure and re.search(r"vay|giải ngân|quỹ", clause):
        return Meaning(measure.indicator, q.noun.unit, "loan", True, "topic", measure=measure)
    if kind == "product" and measure and re.search(r"ocop", clause):
        return Meaning(measure.indicator, q.noun.unit, "ocop", False, "topic", measure=measure)
    if kind == "commune" and measure and re.search(r"tiêu chí (?:số )?13", clause):
        return Meaning(measure.indicator, q.noun.unit, "ntm13", False, "topic", measure=measure)
    if kind == "ratio":
        return _other("ratio", q) if target and re.search(r"gấp|tăng|cao hơn", around.near_left) else None
    if memory.relevant:
        return _other(_label(q, around.near_right), q)
    return None


def _percent(
    text: str, start: int, end: int, quantities: Sequence[Quantity], surroundings: Sequence[Around], i: int,
    meanings: Sequence[Meaning | None], lexicon: Lexicon, target: bool, memory: Memory,
) -> Meaning | None:  # fmt: skip
    q, around = quantities[i], surroundings[i]
    table = lexicon.indicators
    previous = next(((quantities[j], meanings[j]) for j in range(i - 1, -1, -1) if meanings[j] is not None), None)
    if _PLAN.match(around.right):
        if re.search(r"vượt(?: hơn| trên| gần)? *$", text[max(start, q.number.start - 12) : q.number.start]):
            return _other("beyond plan", q)
        if previous and previous[1] and previous[1].indicator == "coop_new":
            return Meaning(table.plan.indicator, "percent", "plan", True, "after")
        return _other("share of plan", q)
    if _GROWTH.search(text[max(start, q.start - 40) : q.start]):
        subject = around.left[-120:]
        if re.search(r"thành viên|xã viên", subject) and not re.search(r"thu nhập|doanh thu|lãi|vốn", subject):
            return Meaning(table.growth.indicator, "percent", "growth", False, "before")
        return _other("growth", q) if target else None
    right = re.match(r" *(?:trên |trong |của )?(?:(?:tổng )?số|các)? *(?:lượng )?(?:các )?", around.right)
    offset = right.end() if right else 0
    match = lexicon.noun.match(around.right, offset)
    noun = (
        lexicon.nouns[int((match.lastgroup or "n0")[1:])]
        if match and (match.end() >= len(around.right) or not around.right[match.end()].isalpha())
        else None
    )
    predicate = around.near_right
    if noun is not None and noun.kind == "several" and "tổ chức" in around.right[:30]:
        noun = next(entry for entry in lexicon.nouns if entry.kind == "cooperative" and entry.aspect is None)
    if noun is not None and noun.kind in ("cooperative", "several", "union"):
        aspect = _share_aspect(around, predicate, lexicon, previous)
        measure = table.shares["cooperative"].get(aspect or "")
        if measure and noun.kind == "cooperative":
            return Meaning(measure.indicator, "percent", aspect, False, "after", measure=measure)
        return _other(f"share of cooperatives {aspect or ''}".strip(), q)
    if noun is not None and noun.kind == "commune":
        if re.search(r"(?:có|đều có|thành lập|xây dựng)…?.{0,40}?(?:htx|hợp tác xã)", text[q.end : q.end + 90]):
            return Meaning(table.shares["commune"]["total"].indicator, "percent", "communes", False, "after")
        return _other("share of communes", q)
    if noun is not None and noun.kind == "district":
        if "mô hình" in text[q.end : q.end + 120]:
            return Meaning(table.shares["district"]["models"].indicator, "percent", "districts", False, "after")
        return _other("share of districts", q)
    if noun is None and _COMMUNES.search(around.left):
        return Meaning(table.shares["commune"]["total"].indicator, "percent", "communes", False, "before")
    staff = _staff(text, start, q, around, noun, previous, lexicon)
    if staff is not None:
        return staff
    left = around.left
    if re.search(rf"(?<!\w){_words(table.produce.phrases)}", text[max(start, q.start - 110) : q.start]):
        return Meaning(table.produce.indicator, "percent", "produce", False, "before")
    if noun is None:
        best = (
            _best_after(around, lexicon)
            if re.match(
                r" *(?:được|đạt|có|ứng dụng|áp dụng|tham gia|hoạt động|xếp|loại|liên kết|tiếp cận|vào"
                r"|gia nhập|sử dụng|khá|tốt|yếu|kém|trung bình)(?!\w)",
                around.right,
            )
            else None
        )
        if best is None and _THESE.match(around.right):
            best = _best_after(
                dataclasses.replace(
                    around, right=_THESE.sub("", around.right, 1), near_right=_THESE.sub("", around.near_right, 1)
                ),
                lexicon,
            )
        subject_is_coop = re.search(r"htx|hợp tác xã", around.left) is not None or (
            previous is not None
            and previous[1] is not None
            and (previous[1].indicator.startswith("coop_") or "share of cooperatives" in previous[1].indicator)
        )
        if best and subject_is_coop:
            measure = table.shares["cooperative"].get(best.aspect)
            if measure:
                return Meaning(measure.indicator, "percent", best.aspect, False, "after", measure=measure)
            return _other(f"share of cooperatives {best.aspect}", q)
        before = _best_before_share(left, lexicon)
        if before:
            measure = table.shares["cooperative"].get(before)
            if measure and not re.search(r"tổng hợp|dịch vụ", left[-60:]):
                return Meaning(measure.indicator, "percent", before, False, "before", measure=measure)
        if (
            previous
            and previous[1]
            and previous[0].noun.kind in ("cooperative", "percent")
            and re.search(r"chiếm|bằng|đạt|tỷ lệ|tỉ lệ|\($|\( *$|là", around.left[-30:])
        ):
            measure = table.shares["cooperative"].get(previous[1].aspect or "")
            if measure and not re.search(r"htx|hợp tác xã", around.left):
                return Meaning(measure.indicator, "percent", previous[1].aspect, False, "list", measure=measure)
    if memory.relevant:
        return _other("share", q)
    return None


def _share_aspect(
    around: Around, predicate: str, lexicon: Lexicon, previous: tuple[Quantity, Meaning | None] | None
) -> str | None:
    after = _best_after(around, lexicon)
    if after is not None:
        return after.aspect
    before = _best_before_share(around.left[around.left.rfind(";") + 1 :], lexicon)
    if before:
        return before
    if previous and previous[1] and re.search(r"chiếm|bằng|tỷ lệ|đạt|\( *$", around.left[-25:]):
        return previous[1].aspect
    return None


def _best_before_share(left: str, lexicon: Lexicon) -> str | None:
    """A predicate in front of a share: "Tỷ lệ HTX hoạt động hiệu quả đạt 50%"."""
    best: tuple[int, int, str] | None = None
    for aspect, pattern in (*lexicon.aspect_after, *lexicon.aspect_before):
        if aspect.aspect in ("total", "active", "founded"):
            continue
        for match in pattern.finditer(left):
            if best is None or (match.end(), aspect.strength) > best[:2]:
                best = (match.end(), aspect.strength, aspect.aspect)
    return best[2] if best else None


def _words(phrases: Sequence[str]) -> str:
    return "(?:" + "|".join(p.replace("…", ".{0,60}?") for p in phrases) + ")"


def _staff(
    text: str,
    start: int,
    q: Quantity,
    around: Around,
    noun: object,
    previous: tuple[Quantity, Meaning | None] | None,
    lexicon: Lexicon,
) -> Meaning | None:
    table = lexicon.indicators.staff
    right, left = text[q.end : q.end + 160], text[max(start, q.start - 220) : q.start]
    right = re.split(r"[.;]|\d", right)[0]
    subject_right = re.match(
        r" *(?:tổng )?(?:số )?(?:lượng )?(?:thành viên ban |đội ngũ )?"
        r"(?:cán bộ|giám đốc|người quản lý|chủ tịch hội đồng|thành viên hội đồng|lãnh đạo)",
        right,
    )
    subject_left = re.search(r"cán bộ|giám đốc|đội ngũ quản lý", left)
    inherited = (
        previous is not None
        and previous[1] is not None
        and previous[1].indicator in {m.indicator for m in table.values()}
    )
    if (
        inherited
        and not subject_right
        and not re.search(
            _words([*table["trained"].phrases, *table["qualified"].phrases]), around.left + around.near_right
        )
    ):
        return None
    if not (subject_right or subject_left or inherited):
        return None
    taught = re.search(_words(table["trained"].phrases), left + right)
    if taught and re.search(
        table["association"].phrases[0], (right if subject_right else left)[:60] if subject_right else left
    ):
        return Meaning(table["association"].indicator, "percent", "association", False, "after")
    if (
        not subject_right
        and re.search(r"htx|hợp tác xã", around.left[-60:])
        and not inherited
        and not re.search("cán bộ", around.left)
    ):
        return None
    where = (
        [right, left]
        if subject_right
        else (
            [around.left, right, left[-140:]]
            if re.search(r"\w", around.left)
            and not re.match(_words([*table["trained"].phrases, *table["qualified"].phrases]), right.strip())
            else [right, left[-140:]]
        )
    )
    for scope in where:
        trained = re.search(_words(table["trained"].phrases), scope)
        qualified = re.search(_words(table["qualified"].phrases), scope)
        if (
            qualified
            and (not trained or (scope is not right) or qualified.start() < trained.start())
            and not (trained and "nâng cao trình độ" in scope)
        ):
            return Meaning(table["qualified"].indicator, "percent", "qualified", False, "after")
        if trained:
            return Meaning(table["trained"].indicator, "percent", "trained", False, "after")
    return _other("share of staff", q)


def _money(
    text: str, start: int, q: Quantity, around: Around, lexicon: Lexicon, memory: Memory,
    quantities: Sequence[Quantity], meanings: Sequence[Meaning | None], i: int,
) -> Meaning | None:  # fmt: skip
    if i and quantities[i - 1].noun.kind == "money" and meanings[i - 1] is not None:
        near = around.near_left
        if _SEPARATED.fullmatch(around.left) and not any(pattern.search(near) for _, pattern in lexicon.topic_before):
            return meanings[i - 1]
    sentence = text[start : q.start]
    best: tuple[int, int] | None = None
    topic = None
    for candidate, pattern in lexicon.topic_before:
        for match in pattern.finditer(sentence):
            if best is None or (match.end(), match.end() - match.start()) > best:
                best, topic = (match.end(), match.end() - match.start()), candidate
    for candidate, pattern in lexicon.topic_after:
        found = pattern.search(around.near_right)
        if found and found.start() < 30 and (topic is None or candidate.topic == "support"):
            topic = candidate
            best = (len(sentence), 0)
    if topic is None and memory.topic and re.match(r"\W*(?:cụ thể|trong đó|theo đó|riêng|từ|bình quân)", sentence):
        topic = next((t for t in lexicon.topics if t.topic == memory.topic), None)
    if topic is None:
        return _other("money", q) if memory.relevant else None
    memory.topic = topic.topic
    if re.search(r"(?:gói|chương trình)(?: cho vay| tín dụng| hỗ trợ)* *$", sentence[-40:]):
        return _other("credit programme", q)
    per = set(q.per)
    unit = "VND"
    if topic.topic in ("revenue", "profit") and per & {"người", "lao động", "thành viên", "hộ"}:
        return _other(f"{topic.topic} of a person", q)
    if topic.topic == "outstanding" and _holder_named(text, memory, q) == "credit_fund":
        return _other("credit fund loans outstanding", q)
    if topic.topic == "capital":
        counted = [
            meaning.aspect
            for j in range(i)
            if quantities[j].noun.kind == "cooperative" and (meaning := meanings[j]) and meaning.aspect is not None
        ]
        if counted and counted[-1] == "founded":
            return _other("capital of founded organisations", q)
    if topic.average:
        owner = list(
            re.finditer(
                r"htx|hợp tác xã|tổ hợp tác|tht(?!\w)|liên hiệp|doanh nghiệp|dn(?!\w)|trang trại"
                r"|hộ (?:gia đình|nông dân|dân)",
                around.near_left + around.near_right,
            )
        )
        if (
            owner
            and re.match(r"tổ|tht|liên|doanh|dn|trang|hộ", owner[-1][0])
            and not any(m[0] in ("htx", "hợp tác xã") for m in owner)
        ):
            return _other(f"{topic.topic} of {owner[-1][0]}", q)
        if not owner and _holder_named(text, memory, q) == "group":
            return _other(f"{topic.topic} of groups", q)
        averaged = (
            best is None
            or per & {"htx", "hợp tác xã", "người", "lao động", "thành viên"}
            or re.search(
                r"bình quân|trung bình|mỗi|một (?:htx|hợp tác xã)|1 (?:htx|hợp tác xã)",
                sentence[max(0, sentence.rfind(";", 0, best[0]), best[0] - 90) :],
            )
            or topic.topic == "income"
        )
        if not averaged and not (per & {"năm", "tháng"}):
            return _other(f"total {topic.topic}", q)
        unit = (
            "VND/month"
            if "tháng" in per or re.match(r" *(?:mỗi|một|1)? *tháng", text[q.end : q.end + 12])
            else "VND/year"
        )
    elif per & {"htx", "hợp tác xã"} or re.search(r"bình quân|trung bình", sentence[best[0] if best else 0 :]):
        return _other(f"average {topic.topic}", q)
    if topic.indicator is None:
        return dataclasses.replace(_other(topic.topic.replace("_", " "), q), aspect=topic.topic)
    if per & {"con", "ha", "kg", "tấn", "hộ"}:
        return None
    measure = Measure(indicator=topic.indicator, band=topic.band, flow=topic.flow or topic.average)
    return Meaning(topic.indicator, unit, topic.topic, measure.flow, "topic", measure=measure)


_HOLDERS = re.compile(
    r"(?P<group>tổ hợp tác(?! xã)|(?<!\w)tht(?!\w))|(?P<credit_fund>quỹ tín dụng|(?<!\w)(?:qtd|qtdnd|quỹ tdnd)(?!\w))"
    r"|(?P<cooperative>(?<!\w)(?:htx|hợp tác xã)(?!\w))"
)


def _holder_named(text: str, memory: Memory, q: Quantity) -> str | None:
    """The organisations that the paragraph speaks of nearest before `q`; where it names none, those of its heading."""
    spoken = re.sub(r"liên minh (?:htx|hợp tác xã)|quỹ hỗ trợ[^.,;]{0,30}", " ", text[memory.paragraph : q.start])
    named = [match.lastgroup for match in _HOLDERS.finditer(spoken)]
    if named:
        return named[-1]
    headed = {match.lastgroup for match in _HOLDERS.finditer(memory.heading)}
    return headed.pop() if len(headed) == 1 else None


def note_topic(text: str, start: int, end: int, lexicon: Lexicon, memory: Memory) -> None:
    """Remember the money a sentence without figures spoke of last: the next one may go on with "Cụ thể, từ …"."""
    best = -1
    if not _AVERAGED.search(text, start, end):
        return
    for topic, pattern in lexicon.topic_before:
        for match in pattern.finditer(text, start, end):
            if topic.average and match.end() > best:
                best, memory.topic = match.end(), topic.topic


def _other(name: str, q: Quantity) -> Meaning:
    return Meaning(f"other:{name}", q.noun.unit, None, False, "default")


def _label(q: Quantity, after: str = "") -> str:
    words = {
        "cooperative": "cooperatives",
        "group": "cooperative groups",
        "union": "unions",
        "credit_fund": "credit funds",
        "several": "cooperatives and groups",
    }
    label = words.get(q.noun.kind, q.noun_text or q.noun.unit)
    tail = " ".join(after.split()[:4])
    return f"{label} {tail}".strip()


ZERO = Decimal(0)
