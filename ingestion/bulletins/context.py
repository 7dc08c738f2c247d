"""What the words around a quantity say beside its meaning: target or result, when, where, and for which subset."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Sequence

from ingestion.bulletins.lexicon import Lexicon, find_places
from ingestion.bulletins.segments import Line, Sentence
from ingestion.vietnamese.dates import Time, find_times

_LAW = re.compile(
    r"(?:luật[^.;,]{0,30}|nghị định[^.;,]{0,30}|quyết định[^.;,]{0,30}|nghị quyết[^.;,]{0,30}|kế "
    r"hoạch số[^.;,]{0,30}|chỉ thị[^.;,]{0,30}|thông tư[^.;,]{0,30}|công văn[^.;,]{0,30}"
    r"|-(?:ub|tt|cp|tu|tw)\w*,? )$"
)
_COMPARED = re.compile(r"(?:so với|hơn|bằng|so)(?: với)?(?: thời điểm| cùng kỳ| cuối| đầu| kế hoạch| thực hiện)* *$")
_REACHING = re.compile(
    r"(?:đến|tới|hết|tính đến|trước|tại|cuối|vào)(?: thời điểm)?(?: hết| cuối| đầu| ngày| thời điểm)* *$"
)
_DISTRICT_BEFORE = re.compile(
    r"(?:^|[^\w])(huyện|thị xã|quận|thành phố|tp\.?|xã|phường|thị trấn|vùng"
    r"|khu vực|tỉnh) *$"
)
_NAMED_DISTRICT = re.compile(
    r"(?<!\w)(huyện|thị xã|quận|xã|phường|thị trấn|Huyện|Thị xã|Quận|Xã|Phường|Thị trấn) "
    r"([^\W\d_][\w']*(?: [^\W\d_][\w']*){0,3})"
)
_SAME = re.compile(r"(?<!\w)(?:khu vực|vùng|tỉnh|địa phương|huyện|thị xã|nơi) này(?!\w)")
_DENOMINATOR = re.compile(r"%[^,;.()%]{0,60}$|%[^,;.()%]{0,60}(?:trong|của|trên|ở|với) *$")
_OWN_DISTRICT = re.compile(
    r"toàn (?:huyện|thị xã|quận)|địa bàn (?:huyện|thị xã|quận)|(?<!\w)(?:huyện|thị xã|quận) (?:có|đã"
    r"|hiện|phấn đấu|thành lập)"
)
_OWN = re.compile(
    r"toàn tỉnh|trong tỉnh|của tỉnh|địa bàn tỉnh|(?<!\w)tỉnh (?:có|đã|hiện|ta|thành lập|phấn đấu|giải "
    r"thể|chi|nhà)|toàn thành phố"
)


@dataclasses.dataclass
class Story:
    """What the reader knows of the document so far, and what earlier sentences leave to later ones."""

    today: dt.date | None
    province: str | None
    title_kind: str | None = None
    programme: Time | None = None
    paragraph: Line | None = None
    paragraph_kind: str | None = None
    last_kind: str | None = None  # of the last sentence that said its kind outright
    listing: bool = False  # the lines are items of a list of targets
    time: Time | None = None
    time_line: Line | None = None
    place: tuple[str, str] | None = None
    place_line: Line | None = None
    named: tuple[tuple[int, int], list[tuple[int, str, str]]] | None = None  # the places of the sentence in hand
    region: tuple[str, str] | None = None  # the last part of the country spoken of: "khu vực này"
    main: tuple[str, str] | None = None  # the place the title names
    spoken_line: Line | None = None
    spoken_scope: str | None = None  # the subset that the paragraph's count of cooperatives is about
    scope: str | None = None
    scope_line: Line | None = None
    heading_scope: str | None = None
    abroad: bool = False


def read_kind(
    folded: str, sentence: Sentence, at: int, story: Story, lexicon: Lexicon, times: Sequence[Time]
) -> tuple[str, str | None]:
    """Return target or result for the quantity at `at`, and the reason when it is not said outright."""
    left = folded[sentence.start : at]
    if _PLANNED.search(left):
        return "target", None
    target = _last_cue(left, lexicon.target, lexicon.not_target)
    result = _last_cue(left, lexicon.result, None)
    if target < 0 and result < 0:
        result = _last_cue(left, lexicon.weak_result, None)
    for time in times:
        if time.start < at and story.today and time.first > story.today and time.shape in ("months", "quarter"):
            target = max(target, time.start - sentence.start)
        if (
            time.start < at
            and story.today
            and time.last.year > story.today.year
            and re.search(
                r"(?:đến|tới|hết|trong|vào|kế hoạch)(?: hết| cuối)? *$",
                folded[max(sentence.start, time.start - 12) : time.start] or "đến",
            )
        ) and not _LAW.search(folded[max(sentence.start, time.start - 40) : time.start]):
            target = max(target, time.start - sentence.start)
    for time in times:
        if time.shape != "year" or abs(time.start - at) > 250 or time.point:
            continue
        before = folded[max(sentence.start, time.start - 16) : time.start]
        reaching = re.search(r"(?:^|[^\w])(?:đến|tới|hết)(?: hết)? *$", before) and not re.search(
            r"tính (?:đến|tới)", before
        )
        past = story.today is not None and time.last.year <= story.today.year
        close = time.start < at or not re.search(r"[;:()]|[.,](?!\d)", folded[at : time.start])
        if reaching and close and not past:
            target = max(target, time.start - sentence.start if time.start < at else at - sentence.start)
    if target > result:
        return "target", None
    if (result > target >= 0 and ";" in left[target:result]) or (result >= 0 and target < 0):
        if sentence.line.section == "target" and result >= 0 and not re.search(r"đã|hiện|đến nay", left):
            return "target", None
        return "result", None
    if target >= 0:
        return ("target" if result < 0 else "result"), None
    if sentence.line.section:
        return sentence.line.section, "kind taken from the heading"
    if story.paragraph_kind and story.paragraph is sentence.line:
        return story.paragraph_kind, "kind taken from the sentence before"
    if story.listing and not times:
        return "target", "kind taken from the list's introduction"
    if story.title_kind:
        return story.title_kind, "kind taken from the title"
    if story.last_kind and _WITHIN.match(folded, sentence.start):
        return story.last_kind, "kind taken from the sentence before"
    if result < 0 and _AT_LEAST.search(folded[max(sentence.start, at - 24) : at]):
        return "target", "kind taken from 'at least'"
    return "result", None


_WITHIN = re.compile(r"\W*(?:trong đó|trong số đó)(?!\w)")
_AT_LEAST = re.compile(r"(?:ít nhất|tối thiểu|không dưới)(?: là| có| đạt)? *$")


# "đạt 31,5% kế hoạch (KH 2020: 38 HTX)"
_PLANNED = re.compile(
    r"\((?:kh|kế hoạch|chỉ tiêu)(?: được)?(?: giao)?(?: năm)?(?: ?\d{4})?(?: là|:)? *(?:khoảng|trên|hơn)? *$"
)


def _bracketed(folded: str, sentence: Sentence, at: int) -> bool:
    """Whether a bracket stands open at `at`."""
    return folded.rfind("(", sentence.start, at) > folded.rfind(")", sentence.start, at)


def _last_cue(left: str, pattern: re.Pattern[str], but: re.Pattern[str] | None) -> int:
    excluded = [(m.start(), m.end()) for m in but.finditer(left)] if but else []
    last = -1
    for match in pattern.finditer(left):
        if not any(a < match.end() and match.start() < b for a, b in excluded):
            last = match.start()
    return last


_AFTER_YEARS = re.compile(r"sau (?:hơn )?(\d{1,2}) năm (?:thực hiện|triển khai|thi hành)?")
_NOW = re.compile(
    r"(?<!thực )(?<!thể )(?<!xuất )(?<!phát )(?<!biểu )hiện(?: nay| có| tại)?(?!\w)|(?<!\w)(?:đến"
    r"|tới) (?:nay|thời điểm (?:này|hiện tại|hiện nay))|(?<!năm )(?<!\w)nay(?!\w)"
)


def elapsed(folded: str, sentence: Sentence, story: Story) -> Time | None:
    """ "Sau 2 năm thực hiện" a programme that began in 2022: 2022 to 2023."""
    match = _AFTER_YEARS.search(folded, sentence.start, sentence.end)
    programme = story.programme
    if match is None or programme is None or programme.shape != "span" or not 0 < int(match[1]) < 30:
        return None
    last = dt.date(programme.first.year + int(match[1]) - 1, 12, 31)
    if last > programme.last or (story.today and last.year > story.today.year):
        return None
    return Time(match.start(), match.end(), programme.first, last, "span")


def usable_times(folded: str, sentence: Sentence, story: Story) -> list[Time]:
    """The times of a sentence that can date a quantity: not a law's year, not what is compared with."""
    times = []
    spoken = find_times(folded, sentence.start, sentence.end, story.today)
    for time in spoken:
        before = folded[max(sentence.start, time.start - 45) : time.start]
        if _LAW.search(before) or _COMPARED.search(before):
            continue
        if time.shape in ("date", "day") and not (_REACHING.search(before) or time.start - sentence.start < 3):
            continue
        times.append(time)
    note_programme(folded, sentence.start, spoken, story)
    ago = elapsed(folded, sentence, story)
    return sorted([*times, ago], key=lambda t: t.start) if ago else times


def read_time(
    folded: str, sentence: Sentence, start: int, end: int, limit: int, story: Story, times: Sequence[Time], kind: str
) -> tuple[Time | None, str | None]:
    """Return the time of the quantity [start, end) whose right neighbour begins at `limit`, and how it was found."""
    close = re.match(r"[^,;.:()]{0,90}", folded[end:limit])
    for time in times:
        if end <= time.start < end + (close.end() if close else 0) and (
            time.start - end < 14 or re.search(r"(?:đến|vào|trong|tại|hết)(?: cuối| hết)? *$", folded[end : time.start])
        ):
            return time, None
    before = [time for time in times if time.end <= start + 2]
    if kind == "result" and story.today:
        # "giai đoạn 2021-2025" told within 2025 is what was done so far
        before = [time for time in before if not (time.shape == "span" and time.last.year > story.today.year)]
    if before:
        spans = [t for t in before if t.shape == "span"]
        if kind == "target" and spans and before[-1].shape not in ("year",):
            return spans[-1], None
        return before[-1], None
    return None, None


def note_programme(folded: str, start: int, times: Sequence[Time], story: Story) -> None:
    """Remember the programme period a passage names: "giai đoạn 2021-2025", "nhiệm kỳ 2020 - 2025", "đến năm 2025"."""
    for time in times:
        if time.shape not in ("span", "year"):
            continue
        before = folded[max(start, time.start - 24) : time.start]
        if time.shape == "span" and re.search(r"giai đoạn|nhiệm kỳ|\(|năm *$", before):
            if story.programme is None or time.last >= story.programme.last:
                story.programme = time
        elif (
            time.shape == "year"
            and re.search(r"(?:đến|tới|hết)(?: hết| cuối)? *$", before)
            and story.programme is None
            and not re.search(r"tính (?:đến|tới)", before)
        ):
            story.programme = time


def read_scope(text: str, lexicon: Lexicon, kind: str) -> str | None:
    """The subset that `text`, right behind or before a noun, names; None for all."""
    best: tuple[int, int, str] | None = None
    for scope, pattern in lexicon.scope:
        match = pattern.search(text)
        if match and (best is None or (match.start(), -match.end()) < best[:2]):
            best = (match.start(), -match.end(), scope)
    return best[2] if best else None


def read_place(
    cased: str, folded: str, sentence: Sentence, at: int, end: int, story: Story, lexicon: Lexicon, whole: bool = True
) -> tuple[str | None, str | None]:
    """Return the place of the quantity at `at`: the last one named before it in the sentence, else the document's."""
    if story.named is None or story.named[0] != (sentence.start, end):
        known = story.named is not None and story.named[0][0] == sentence.start and story.named[0][1] == sentence.end
        if not known:
            until = sentence.end if whole else end
            story.named = ((sentence.start, until), _named_places(cased, folded, sentence, until, story, lexicon))
    assert story.named is not None
    found = [item for item in story.named[1] if item[0] < end]
    if story.place:
        found += [
            (match.start(), *(story.region or story.place)) for match in _SAME.finditer(folded, sentence.start, end)
        ]
    if story.region and story.region[1] == "district":
        found += [(match.start(), *story.region) for match in _OWN_DISTRICT.finditer(folded, sentence.start, end)]
    found.sort()
    before = [item for item in found if item[0] < at]
    if before:
        return before[-1][1], before[-1][2]
    behind = [
        item
        for item in found
        if item[0] - at < 60
        and item[2] in ("province", "region", "country")
        and not re.search(r"[,;.(]", folded[at : item[0]])
    ]
    if behind:
        return behind[0][1], behind[0][2]
    if story.place and (story.place_line is sentence.line or story.place[1] in ("country", "province")):
        return story.place
    if story.main:
        return story.main
    return (story.province, "province") if story.province else (None, None)


def _named_places(
    cased: str, folded: str, sentence: Sentence, end: int, story: Story, lexicon: Lexicon
) -> list[tuple[int, str, str]]:
    """The places a sentence names as its subject: not a denominator, a comparison, an address or a body's name."""
    found: list[tuple[int, str, str]] = []
    for start, stop, name, level in find_places(cased, folded, sentence.start, end, lexicon):
        if _DENOMINATOR.search(folded, max(sentence.start, start - 70), start) or re.search(
            r"(?:so|so với|hơn) *$", folded[max(sentence.start, start - 10) : start]
        ):
            continue
        if _bracketed(folded, sentence, start):
            continue
        before = folded[max(sentence.start, start - 16) : start]
        rank = _DISTRICT_BEFORE.search(before)
        if rank and rank[1] in ("huyện", "quận", "xã", "phường", "thị trấn", "thị xã"):
            continue
        if level == "abroad" and re.search(r"(?:đô la|usd|tổ chức|chuyên gia) *$", before):
            continue
        if (
            re.search(
                r"(?:liên minh (?:hợp tác xã|htx)|\bbáo|hội nông dân|ngân hàng|đoàn|mttq) *$",
                folded[max(sentence.start, start - 26) : start],
            )
            and level == "country"
        ):
            continue
        if level == "country" and re.search(r"(?:trung bình|bình quân|mức)(?: chung)?(?: của)? *$", before):
            continue  # "bằng mức trung bình cả nước"
        if folded.startswith(" (cũ)", stop):
            name += " (cũ)"
        found.append((start, name, level))
    for match in _OWN.finditer(folded, sentence.start, end):
        if story.province:
            found.append((match.start(), story.province, "province"))
    for match in _NAMED_DISTRICT.finditer(cased, sentence.start, end):
        if folded.find(")", match.end(), end) >= 0 and _bracketed(folded, sentence, match.start()):
            continue
        words = []
        for word in match[2].split(" "):
            if not word[:1].isupper():
                break
            words.append(word)
        if not words:
            continue
        if (
            re.search(
                r"(?:tại|ở|thuộc|(?:xã|phường|thị trấn|thôn|ấp)[^,;.]{1,24},|\() *(?:các )?$",
                folded[max(sentence.start, match.start() - 36) : match.start()],
            )
            and match.start() != sentence.start
        ):
            continue
        level = "commune" if match[1].lower() in ("xã", "phường", "thị trấn") else "district"
        if level == "district":
            found.append((match.start(), f"{match[1].lower()} {' '.join(words)}", level))
    found.sort()
    return found
