"""How numbers, dates, units and codes are said to people, in Vietnamese and in English.

Vietnamese writes 1.234,5 and "tỷ đồng", "triệu đồng"; English 1,234.5 and "billion", "million". A rounded
amount is never all there is: the proof beside it gives the exact number.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import unicodedata
from decimal import ROUND_HALF_EVEN, Decimal


@dataclasses.dataclass(frozen=True)
class Text:
    """The same thing said in both languages."""

    vi: str
    en: str

    def __add__(self, other: Text) -> Text:
        return Text(self.vi + other.vi, self.en + other.en)

    def __bool__(self) -> bool:
        return bool(self.vi or self.en)


def same(text: str) -> Text:
    """A text that is the same in both languages: a name, a code."""
    return Text(text, text)


def either(vi: str | None, en: str | None) -> Text:
    """Both languages where there are both, else the one there is in place of the other."""
    return Text(vi or en or "", en or vi or "")


STATUSES: dict[str, Text] = {
    "achieved": Text("Đạt", "Achieved"),
    "on_track": Text("Đúng tiến độ", "On track"),
    "behind": Text("Chậm tiến độ", "Behind"),
    "missed": Text("Không đạt", "Missed"),
    "no_data": Text("Chưa có số liệu", "No data"),
    "not_measurable": Text("Không đo được", "Not measurable"),
}
STATUS_MEANINGS: dict[str, Text] = {
    "achieved": Text(
        "Kết quả đã thỏa chỉ tiêu, trước hạn hoặc đúng hạn.", "The result met the target, before or at its end."
    ),
    "on_track": Text(
        "Kỳ chưa hết; kết quả bằng hoặc hơn mức phải có đến nay, tính đều theo thời gian.",
        "The period still runs; the result is at or above its share of the time gone by.",
    ),
    "behind": Text(
        "Kỳ chưa hết; kết quả thấp hơn mức phải có đến nay.",
        "The period still runs; the result is below its share of the time gone by.",
    ),
    "missed": Text("Kỳ đã hết mà chưa thỏa chỉ tiêu.", "The period is over and the target was not met."),
    "no_data": Text(
        "Chưa có kết quả nào cho chỉ tiêu này. Không có số liệu không phải là 0.",
        "No result has been received for this target. No data is not zero.",
    ),
    "not_measurable": Text(
        "Chỉ tiêu viết theo cách không so được với một con số.", "The target is worded so that no number can meet it."
    ),
}
STALE = Text("Số liệu cũ", "Stale")
STALE_MEANING = Text(
    "Số mới nhất bị giữ lại để kiểm tra; đang dùng số được chấp nhận gần nhất.",
    "The newest number is held for checking; the last accepted one is shown.",
)
HELD = Text("Đang giữ lại", "Held")
HELD_MEANING = Text(
    "Số liệu không qua kiểm tra nên chưa công bố; nêu rõ lý do và nguồn.",
    "The number failed a check and is not published; reason and source are shown.",
)

EFFECTS: dict[str, Text] = {
    "quarantine row": Text("cách ly dòng", "the row is quarantined"),
    "quarantine artefact": Text("cách ly văn bản", "the document is quarantined"),
    "hold cell": Text("giữ lại số liệu", "the number is held"),
    "stop release": Text("dừng công bố", "the release is stopped"),
    "warn": Text("cảnh báo", "a warning is given"),
    "hold released": Text("đã xem lại và cho công bố", "reviewed and published"),
}
ORIGINS: dict[str, Text] = {
    "register": Text("tính từ sổ theo dõi", "computed from registers"),
    "report": Text("biểu báo cáo", "indicator table"),
    "bulletin": Text("bản tin", "bulletin"),
    "derived": Text("suy ra từ các số khác", "derived from other numbers"),
}
BASES: dict[str, Text] = {
    "level_at_end": Text("mức đến cuối kỳ", "level at the end"),
    "level_per_year": Text("mức từng năm", "level each year"),
    "flow_over_period": Text("cộng cả kỳ", "sum over the period"),
    "flow_per_year": Text("mỗi năm", "each year"),
    "growth_per_year": Text("tăng mỗi năm", "growth each year"),
    "not_measurable": Text("không đo được", "not measurable"),
}
DOMAINS: dict[str, Text] = {
    "cooperatives": Text("Hợp tác xã", "Cooperatives"),
    "training": Text("Đào tạo", "Training"),
    "finance": Text("Vốn và thu nhập", "Finance"),
}
SCOPES: dict[str, Text] = {
    "agricultural": Text("nông nghiệp", "agricultural"),
    "non_agricultural": Text("phi nông nghiệp", "non-agricultural"),
    "ethnic_minority_areas": Text("vùng đồng bào dân tộc thiểu số", "ethnic minority areas"),
    "managers": Text("cán bộ quản lý", "managers"),
    "women": Text("phụ nữ", "women"),
    "trade_services": Text("thương mại, dịch vụ", "trade and services"),
    "transport": Text("vận tải", "transport"),
    "construction": Text("xây dựng", "construction"),
    "industry": Text("công nghiệp", "industry"),
    "environment": Text("môi trường", "environment"),
    "credit": Text("tín dụng", "credit"),
    "crops": Text("trồng trọt", "crops"),
    "livestock": Text("chăn nuôi", "livestock"),
    "fishery": Text("thủy sản", "fishery"),
    "forestry": Text("lâm nghiệp", "forestry"),
    "people_credit_fund": Text("quỹ tín dụng nhân dân", "people's credit funds"),
    "rated_good_only": Text("chỉ xếp loại tốt", "rated good only"),
    "rated_fair_only": Text("chỉ xếp loại khá", "rated fair only"),
    "detail": Text("một phần", "a part"),
}
# Why one of two claims was taken: the rules of fct_discrepancy.
CHOICES: dict[str, Text] = {
    "precedence": Text("nguồn có thứ tự ưu tiên cao hơn", "its source ranks higher"),
    "newest": Text("số nhận sau", "it was delivered later"),
    "key": Text(
        "hai nguồn ngang hàng, cùng ngày; chọn theo thứ tự cố định", "equal rank and date; taken by a fixed order"
    ),
}
RESTATEMENTS: dict[str, Text] = {
    "same_territory": Text("tỉnh không đổi địa giới: lấy nguyên số", "the same territory: the number as reported"),
    "complete": Text("cộng đủ các tỉnh cũ", "all former provinces added up"),
    "partial": Text("cộng các tỉnh cũ có số liệu; còn thiếu tỉnh", "of the former provinces, some have not reported"),
    "not_restatable": Text("không quy đổi được", "can't be restated"),
}
DUTIES: dict[str, Text] = {
    "register_year": Text("Sổ hợp tác xã, năm", "Cooperative register, year"),
    "training_year": Text("Đào tạo, năm", "Training, year"),
    "support_year": Text("Hỗ trợ, năm", "Support, year"),
    "table_year": Text("Biểu chỉ tiêu, năm", "Indicator table, year"),
    "loan_half_year": Text("Khoản vay, 6 tháng", "Loans, half-year"),
    "loan_year": Text("Khoản vay, năm", "Loans, year"),
}
RECEIPTS: dict[str, Text] = {
    "on_time": Text("đúng hạn", "on time"),
    "late": Text("muộn", "late"),
    "missing": Text("chưa nhận", "missing"),
    "not_due": Text("chưa đến hạn", "not due"),
}
_SCOPE_NOTES: dict[str, Text] = {
    "job-creation lending programme": Text(
        "chương trình cho vay giải quyết việc làm", "job-creation lending programme"
    ),
    "farmers' support fund": Text("Quỹ Hỗ trợ nông dân", "farmers' support fund"),
}
# Vietnamese has one form; English singular and plural.
_UNITS: dict[str, tuple[str, str, str]] = {
    "cooperative": ("HTX", "cooperative", "cooperatives"),
    "cooperative_group": ("THT", "cooperative group", "cooperative groups"),
    "union": ("liên hiệp HTX", "union", "unions"),
    "credit_fund": ("quỹ", "fund", "funds"),
    "person": ("người", "person", "persons"),
    "household": ("hộ", "household", "households"),
    "class": ("lớp", "class", "classes"),
    "commune": ("xã", "commune", "communes"),
    "district": ("huyện", "district", "districts"),
    "product": ("sản phẩm", "product", "products"),
    "project": ("dự án", "project", "projects"),
    "borrower": ("đơn vị vay", "borrower", "borrowers"),
    "borrowing": ("lượt vay", "loan", "loans"),
    "organisation": ("tổ chức", "organisation", "organisations"),
    "member organisation": ("đơn vị thành viên", "member organisation", "member organisations"),
    "chain": ("chuỗi", "chain", "chains"),
    "event": ("sự kiện", "event", "events"),
}
_PER = {"year": Text("/năm", " a year"), "month": Text("/tháng", " a month")}
_QUALIFIERS: dict[str, Text] = {
    "eq": Text("", ""),
    "ge": Text("ít nhất ", "at least "),
    "gt": Text("trên ", "over "),
    "le": Text("nhiều nhất ", "at most "),
    "lt": Text("dưới ", "under "),
    "approx": Text("khoảng ", "about "),
    "range": Text("", ""),
}


def plain_number(value: Decimal, places: int = 4) -> Text:
    """A number with at most `places` decimals and no trailing zeros: 1.234,5 and 1,234.5."""
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    english = f"{rounded:,f}"
    if "." in english:
        english = english.rstrip("0").rstrip(".")
    if english == "-0":
        english = "0"
    vietnamese = english.replace(",", "\0").replace(".", ",").replace("\0", ".")
    return Text(vietnamese.replace("-", "−"), english.replace("-", "−"))


def quantity(
    value: Decimal | None, unit: str | None, *, high: Decimal | None = None, qualifier: str | None = None
) -> Text:
    """A value with its unit as it is read aloud: "ít nhất 50 HTX", "at least 50 cooperatives"; "" without a value.

    Amounts of money of a million dong and more are given in millions (triệu) or billions (tỷ), with at most
    three decimals.
    """
    if value is None:
        return Text("", "")
    words = _QUALIFIERS.get(qualifier or "eq", Text("", ""))
    if unit and unit.split("/")[0] == "VND":
        return words + _money(value, high, unit)
    number = plain_number(value)
    if high is not None:
        number = number + same("–") + plain_number(high)
    if unit == "percent":
        return words + number + Text("%", "%")
    if unit in _UNITS:
        vietnamese, singular, plural = _UNITS[unit]
        english = singular if high is None and value == 1 else plural
        return words + number + Text(f" {vietnamese}", f" {english}")
    return words + number + same(f" {unit}" if unit else "")


def exact(value: Decimal | None, unit: str | None, high: Decimal | None = None) -> Text:
    """The whole number behind a rounded amount of money: "1.456.000.000 đồng"."""
    if value is None:
        return Text("", "")
    if not (unit and unit.split("/")[0] == "VND"):
        return quantity(value, unit, high=high)
    number = plain_number(value)
    if high is not None:
        number = number + same("–") + plain_number(high)
    return number + Text(" đồng", " VND") + _per(unit)


def _money(value: Decimal, high: Decimal | None, unit: str) -> Text:
    largest = max(abs(value), abs(high or Decimal(0)))
    if largest >= 10**9:
        scale, word = Decimal(10**9), Text(" tỷ đồng", " billion VND")
    elif largest >= 10**6:
        scale, word = Decimal(10**6), Text(" triệu đồng", " million VND")
    else:
        scale, word = Decimal(1), Text(" đồng", " VND")
    number = plain_number(value / scale, 3)
    if high is not None:
        number = number + same("–") + plain_number(high / scale, 3)
    return number + word + _per(unit)


def _per(unit: str) -> Text:
    return _PER.get(unit.partition("/")[2], Text("", ""))


def percent(ratio: Decimal) -> Text:
    """A ratio (1 = 100 %) in whole percent; one decimal just below or above 100 %, so that 99.6 is not read as met."""
    share = ratio * 100
    places = 1 if Decimal(99) < share < Decimal(101) and share != 100 else 0
    return plain_number(share, places) + same("%")


def day(date: dt.date | None) -> Text:
    """30/06/2023, and 30 Jun 2023 in English: a date of digits only would be read month first by some."""
    if date is None:
        return Text("", "")
    return Text(f"{date:%d/%m/%Y}", f"{date.day} {_MONTHS[date.month - 1]} {date.year}")


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_QUARTERS = {(1, 3): ("I", 1), (4, 6): ("II", 2), (7, 9): ("III", 3), (10, 12): ("IV", 4)}


def period(start: dt.date | None, end: dt.date | None) -> Text:
    """A period the way it is spoken of: "năm 2023", "2021–2025", "6 tháng đầu năm 2023", else its two dates."""
    if end is None:
        return Text("từ ", "since ") + day(start) if start else Text("", "")
    if start is None:
        return Text("đến ", "as of ") + day(end)
    if start == end:
        return Text("ngày ", "on ") + day(end)
    if start.day == 1 and (end + dt.timedelta(days=1)).day == 1:
        whole = _whole_months(start, end)
        if whole:
            return whole
    return day(start) + same(" – ") + day(end)


def _whole_months(start: dt.date, end: dt.date) -> Text | None:
    months = (start.month, end.month)
    if months == (1, 12):
        if start.year == end.year:
            return Text(f"năm {end.year}", f"{end.year}")
        return same(f"{start.year}–{end.year}")
    if start.year != end.year:
        return None
    if months == (1, 6):
        return Text(f"6 tháng đầu năm {end.year}", f"first half of {end.year}")
    if months == (7, 12):
        return Text(f"6 tháng cuối năm {end.year}", f"second half of {end.year}")
    if months == (1, 9):
        return Text(f"9 tháng đầu năm {end.year}", f"January–September {end.year}")
    if months in _QUARTERS:
        roman, number = _QUARTERS[months]
        return Text(f"quý {roman}/{end.year}", f"quarter {number} of {end.year}")
    if start.month == end.month:
        return Text(f"tháng {end.month}/{end.year}", f"{_MONTHS[end.month - 1]} {end.year}")
    return None


def scope(code: str | None) -> Text:
    """The subset a claim is about; "" for the whole."""
    if not code:
        return Text("", "")
    return SCOPES.get(code, same(code.replace("_", " ")))


def scope_note(note: str | None) -> Text:
    """What a document says of the part a claim is about, in its own words where we have none."""
    return _SCOPE_NOTES.get(note or "", same(note or ""))


def status(code: str) -> Text:
    return STATUSES.get(code, same(code))


def fold(text: str) -> str:
    """A text without accents, letter case and extra blanks, for looking up what a person typed and for order."""
    bare = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(sign for sign in bare if not unicodedata.combining(sign)).replace("_", " ").split())
