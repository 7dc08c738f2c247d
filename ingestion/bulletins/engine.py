"""Text → statements: the quantities of each sentence, what they measure, when, where, and how sure that is."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal

from ingestion.bulletins import context
from ingestion.bulletins.lexicon import Lexicon
from ingestion.bulletins.meaning import Meaning, Memory, note_subject, note_topic, read_meanings
from ingestion.bulletins.model import REVIEW_LINE, Statement, sentence_sha
from ingestion.bulletins.quantities import Quantity, find_quantities
from ingestion.bulletins.segments import Line, Sentence, read_lines, sentences
from ingestion.vietnamese.dates import Time, find_times
from ingestion.vietnamese.text import Folded

_PER_YEAR = re.compile(r"(?:hàng|hằng|mỗi|bình quân) năm|mỗi năm|/năm|một năm")
_EACH_YEAR_BEHIND = re.compile(
    r"(?: ra đời| thành lập(?: mới)?| mới)? *(?:/ ?năm(?! ?\d)|(?:mỗi|hàng|hằng|một) năm)(?!\w)"
)
_ESTIMATED = re.compile(
    r"(?<!\w)(?:dự ước|ước(?: tính)?(?: thực hiện)?)(?: đến| cả)?(?: cuối| hết)? (?:năm|tháng|quý|\d+ tháng)"
)
_RELEVANT = re.compile(r"htx|hợp tác xã|tổ hợp tác|kinh tế (?:tập thể|hợp tác)|quỹ tín dụng|(?<!\w)tht(?!\w)")
_ECONOMY = re.compile(
    r"giá trị sản xuất|grdp|(?<!\w)gdp(?!\w)|thu ngân sách|tổng sản phẩm|du lịch|vốn đầu tư|fdi|diện tích tự nhiên"
    r"|diện tích gieo trồng|kim ngạch|bán lẻ|hộ nghèo|dân số \d"
)
_SINCE = re.compile(r" (?:đến|tới) (?:nay|thời điểm)")
_LOOKING_BACK = re.compile(r"sau \d+ năm|sơ kết|tổng kết|kết quả|thực hiện")
_TIME_WORD = re.compile(r"từ đầu năm|quý [iv]")
_DIGIT_WITH_NOUN = re.compile(r"\d+ (?:htx|hợp tác xã|tổ hợp tác|tht|lớp|khóa|người|học viên)(?!\w)")
_DIGIT = re.compile(r"\d|(?<!\w)(?:hai|ba|bốn|sáu|bảy|tám|chín|mười|chưa có) ")


@dataclasses.dataclass
class Reading:
    """What reading a text gives: its statements, lines passed over as furniture, and figures that became nothing."""

    statements: list[Statement]
    title: str | None
    furniture: int
    unread: int


@dataclasses.dataclass(frozen=True)
class _Draft:
    """A statement before headline repeats are dropped."""

    statement: Statement
    unit_class: str
    headline: bool


def read_text(
    original: str,
    folded: Folded,
    lexicon: Lexicon,
    *,
    published: dt.date | None,
    province: str | None,
    title: str | None,
) -> Reading:
    """Read every statement of `original` (whose folding is `folded`)."""
    text, cased = folded.text, folded.cased
    lines = read_lines(cased, text, lexicon)
    story = context.Story(today=published, province=province)
    first_title = next((line for line in lines if line.role == "title"), None)
    if first_title:
        title = title or original[slice(*folded.original(first_title.start, first_title.end))].strip()
    _begin(text, lines, title, story, lexicon)
    drafts: list[_Draft] = []
    unread = 0
    memory = Memory()
    for line in lines:
        if line.role == "furniture":
            continue
        memory.relevant = _RELEVANT.search(text, line.start, line.end) is not None
        memory.general = not memory.relevant and _ECONOMY.search(text, line.start, line.end) is not None
        memory.paragraph = line.start
        memory.heading = text[slice(*line.heading)] if line.heading else ""
        for sentence in sentences(cased, text, line):
            if line.role == "title":
                place, level = context.read_place(cased, text, sentence, sentence.end, sentence.end, story, lexicon)
                if place and level in ("district", "region"):
                    story.main = (place, level)
            if story.paragraph is not line:
                story.paragraph, story.paragraph_kind = line, None
            found, skipped = _read_sentence(original, folded, sentence, story, lexicon, memory)
            drafts += found
            unread += skipped
    statements = _with_details(_without_repeats(drafts))
    return Reading(statements, title, sum(line.role == "furniture" for line in lines), unread)


def _begin(text: str, lines: list[Line], title: str | None, story: context.Story, lexicon: Lexicon) -> None:
    from ingestion.vietnamese.text import fold

    heads = [line for line in lines if line.role in ("title", "heading")][:3]
    for line in [*heads, *[line for line in lines if line.role == "body"][:2]]:
        if story.programme is None:
            end = min(line.end, line.start + 1200)
            context.note_programme(text, line.start, find_times(text, line.start, end), story)
    if story.province is None and lexicon.country.search(text):
        story.main = (next(iter(lexicon.places.country)), "country")
    first = next((i for i, line in enumerate(lines) if line.role == "body"), len(lines))
    names = [fold(title).text] if title else []
    names += [text[line.start : line.end] for line in lines[:first] if line.role in ("title", "heading")]
    if any(lexicon.target_title.search(name) and not _LOOKING_BACK.search(name) for name in names[:4]):
        story.title_kind = "target"


def _read_sentence(
    original: str, folded: Folded, sentence: Sentence, story: context.Story, lexicon: Lexicon, memory: Memory
) -> tuple[list[_Draft], int]:
    text = folded.text
    _note_programme_scope(text, sentence, story, lexicon)
    figures = _DIGIT.search(text, sentence.start, sentence.end)
    times = (
        context.usable_times(text, sentence, story)
        if figures or _TIME_WORD.search(text, sentence.start, sentence.end)
        else []
    )
    if not figures:
        _leave(folded, sentence, story, lexicon, times, None)
        note_subject(folded, sentence.start, sentence.end, lexicon, memory)
        note_topic(text, sentence.start, sentence.end, lexicon, memory)
        memory.told = None
        return [], 0
    quantities, rest = find_quantities(text, sentence.start, sentence.end, lexicon)
    quantities = [q for q in quantities if not _inside_time(q, times)]
    kinds = [context.read_kind(text, sentence, q.start, story, lexicon, times) for q in quantities]
    meanings = read_meanings(
        folded, sentence.start, sentence.end, quantities, lexicon, memory, [kind == "target" for kind, _ in kinds]
    )
    drafts = []
    qualifiers = _shared_qualifiers(text, sentence, quantities)
    for i, (quantity, meaning) in enumerate(zip(quantities, meanings, strict=True)):
        if meaning is None:
            continue
        statement = _statement(
            original, folded, sentence, quantities, i, meaning, kinds[i], qualifiers[i], story, lexicon, times
        )
        if statement is not None:
            drafts.append(_Draft(statement, quantity.noun.kind, sentence.line.role in ("title", "heading")))
    if kinds and kinds[-1][1] is None:
        story.paragraph_kind = story.last_kind = kinds[-1][0]
        if sentence.first:
            story.listing = (
                kinds[0][0] == "target"
                and re.search(r"mục tiêu|chỉ tiêu", text[sentence.start : sentence.start + 70]) is not None
            )
        elif kinds[-1][0] == "result":
            story.listing = False
    _leave(folded, sentence, story, lexicon, times, quantities[0].start if quantities else None)
    return drafts, len(rest)


def _inside_time(q: Quantity, times: Iterable[Time]) -> bool:
    return any(time.start <= q.number.start < time.end for time in times)


def _leave(
    folded: Folded, sentence: Sentence, story: context.Story, lexicon: Lexicon, times: list[Time], first: int | None
) -> None:
    """What this sentence leaves to the next: its time, its place, its programme period."""
    lasting = [
        t
        for t in times
        if not (t.shape == "span" and story.today and t.last > story.today)
        and not (t.shape == "year" and _SINCE.match(folded.text, t.end))  # "từ năm 2013 đến nay" ends today
        and t.shape in ("year", "months", "span", "quarter", "sofar", "month", "date")
    ]
    if lasting:
        story.time, story.time_line = lasting[-1], sentence.line
    until = first if first is not None else min(sentence.end, sentence.start + 60)
    place, level = context.read_place(
        folded.cased, folded.text, sentence, until, until, story, lexicon, whole=first is not None
    )
    if place and level:
        if (place, level) != story.place:
            story.place_line = sentence.line
        story.place = (place, level)
        if level in ("region", "district"):
            story.region = story.place
    story.abroad = level == "abroad"


def _shared_qualifiers(text: str, sentence: Sentence, quantities: list[Quantity]) -> list[str]:
    """What holds for a list: "ít nhất 25 HTX, 120 tổ hợp tác" for all of it, "khoảng" for the first or over "và"."""
    result: list[str] = []
    for i, q in enumerate(quantities):
        qualifier = q.qualifier
        if (
            qualifier == "eq"
            and i
            and result[-1] in ("ge", "approx")
            and q.noun.kind in ("cooperative", "group", "union", "credit_fund")
        ):
            before = quantities[i - 1]
            between = text[before.end : q.start]
            if (
                before.noun.kind in ("cooperative", "group", "union", "credit_fund")
                and before.qualifier_start != before.number.start
            ) or (i and result[-1] == quantities[i - 1].qualifier == "eq"):
                if result[-1] == "ge" and re.fullmatch(
                    r"[\s,]*(?:(?:nông nghiệp|trong lĩnh vực nông nghiệp)\s*)?(?:và)?\s*", between
                ):
                    qualifier = "ge"
                elif result[-1] == "approx" and re.fullmatch(r"\s*và\s*", between):
                    qualifier = "approx"
        if qualifier == "eq":
            clause = text[sentence.start : q.start]
            if _ESTIMATED.search(clause):
                qualifier = "approx"
        result.append(qualifier)
    return result


def _statement(
    original: str, folded: Folded, sentence: Sentence, quantities: list[Quantity], i: int,
    meaning: Meaning, kind: tuple[str, str | None],
    qualifier: str, story: context.Story, lexicon: Lexicon, times: list[Time],
) -> Statement | None:  # fmt: skip
    q = quantities[i]
    text = folded.text
    limit = quantities[i + 1].qualifier_start if i + 1 < len(quantities) else sentence.end
    begin = quantities[i - 1].end if i else sentence.start
    doubts: list[tuple[float, str]] = [(meaning.doubt, reason) for reason in meaning.reasons]
    claim = kind[0]
    if (
        claim == "target"
        and meaning.aspect == "total"
        and re.match(r"[^,;.\d]{0,25}(?<!\w)hiện (?:có|nay|hữu)", text[q.end : limit])
    ):
        claim = "result"
    if kind[1]:
        doubts.append((0.05, kind[1]))
    if (
        claim == "target"
        and re.search(r"(?:^|[^\w])từ *$", text[max(begin, q.start - 6) : q.start])
        and re.match(r"[^.;]{0,60}(?:(?<!trở )lên|tăng lên|xuống)(?!\w)", text[q.end : q.end + 70])
    ):
        claim = "result"
    place, level = context.read_place(folded.cased, text, sentence, q.start, limit, story, lexicon)
    if level == "abroad":
        return None
    time, _ = context.read_time(text, sentence, q.start, q.end, limit, story, times, claim)
    if (
        claim == "result"
        and not meaning.flow
        and time is not None
        and time.end <= q.start
        and context._NOW.search(text, time.end, q.start)
    ):
        time = None
    now = context._NOW.search(text, sentence.start, q.start) is not None
    period_start, period_end, as_of, doubt = _dates(text, sentence, time, story, claim, meaning, now)
    if doubt:
        doubts.append(doubt)
    per = "year" if _is_yearly(text, sentence, quantities, i, limit, times, claim, meaning) else None
    scope = _scope(text, sentence, quantities, i, begin, limit, q, lexicon, meaning) or _inherited_scope(
        text, sentence, quantities, i, meaning, story, lexicon
    )
    _note_scope(sentence, meaning, scope, story)
    scope_note = None
    if meaning.indicator.startswith("loan_") and scope is None:
        scope, scope_note = _lending_programme(text, sentence, quantities, i, lexicon)
    if q.number.doubtful:
        doubts.append((0.2, q.number.doubtful))
    band = meaning.measure.band if meaning.measure else None
    value = _plain(q.number.value)
    if band and not band[0] <= value <= band[1]:
        if level != "district" and meaning.indicator in ("coop_members", "coop_workers") and value < band[0]:
            return None
        doubts.append((0.5, f"{value} is outside of {band[0]} to {band[1]}, what {meaning.indicator} plausibly is"))
    if meaning.indicator.startswith("other:"):
        doubts.append((0.5, "not an indicator of the registry"))
    confidence = round(max(0.05, 0.98 - sum(d for d, _ in doubts)), 2)
    start, end = folded.original(q.qualifier_start, q.end)
    sentence_start, sentence_end = folded.original(sentence.start, sentence.end)
    whole = original[sentence_start:sentence_end]
    return Statement(
        quote=original[start:end], start=start, end=end,
        sentence=whole, sentence_start=sentence_start, sentence_end=sentence_end,
        sentence_sha=sentence_sha(whole), kind=claim, indicator=meaning.indicator, value=value,
        value_high=None if q.number.high is None else _plain(q.number.high), qualifier=qualifier, unit=meaning.unit,
        scope=scope, scope_note=scope_note, per=per, geography=place, geography_level=level,
        period_start=period_start, period_end=period_end, as_of=as_of, confidence=confidence,
        reasons="; ".join(reason for _, reason in doubts), in_review=confidence < REVIEW_LINE,
    )  # fmt: skip


_BESIDES = re.compile(r"\s*(?:ngoài ra|bên cạnh đó)(?!\w)", re.IGNORECASE)
_COUNTED = ("cooperative", "cooperative_group", "union", "person", "class")


def _is_yearly(
    text: str, sentence: Sentence, quantities: list[Quantity], i: int, limit: int, times: list[Time], kind: str,
    meaning: Meaning,
) -> bool:  # fmt: skip
    """Whether the number is meant for each year.

    "Hằng năm" at the head of a sentence holds for all of its numbers until another time is named; one in brackets holds
    inside of them ("50 HTX (mỗi năm 10 HTX)"), one further in up to the semicolon.
    """
    q = quantities[i]
    if meaning.unit.startswith("VND/") or not (kind == "target" or (meaning.flow and meaning.unit in _COUNTED)):
        return False
    if meaning.unit in _COUNTED and _EACH_YEAR_BEHIND.match(text, q.end, limit):
        return True
    for cue in _PER_YEAR.finditer(text, sentence.start, q.start):
        between = text[cue.end() : q.start]
        if text.rfind("(", sentence.start, cue.start()) > text.rfind(")", sentence.start, cue.start()):
            if ")" in between:
                continue
        elif "đồng thời" in between or (
            ";" in between
            and (cue.start() - sentence.start > 30 or any(other.start < cue.start() for other in quantities))
        ):
            continue
        told = [other.start for other in quantities[:i] if other.start >= cue.end()]
        if told and any(told[0] < time.start < q.start for time in times):
            continue
        return True
    return False


def _lending_programme(
    text: str, sentence: Sentence, quantities: list[Quantity], i: int, lexicon: Lexicon
) -> tuple[str | None, str | None]:
    """The lending programme, other than the cooperatives' own fund, that the clause names: its scope and note."""
    q = quantities[i]
    start = max(text.rfind(";", sentence.start, q.start) + 1, sentence.start)
    end = text.find(";", q.end, sentence.end)
    end = sentence.end if end < 0 else end
    for scope, pattern in lexicon.loan_scope:
        if pattern.search(text, start, end):
            return scope.scope, scope.note
    return None, None


def _dates(
    text: str, sentence: Sentence, time: Time | None, story: context.Story, kind: str, meaning: Meaning, now: bool
) -> tuple[dt.date | None, dt.date | None, dt.date | None, tuple[float, str] | None]:
    """Period start, period end, as-of date, and the doubt about them."""
    doubt = None
    if kind == "target":
        if time is None or (
            time.shape in ("date", "day")
            and time.last.year == (story.today.year if story.today else time.last.year)
            and time.last.month != 12
            and not re.search(r"trước|hết|đến", text[max(sentence.start, time.start - 12) : time.start])
        ):
            time = story.programme or story.time
            doubt = (0.05, "period taken from the programme") if time else (0.15, "no period found")
        if time is None:
            return None, None, None, doubt
        start: dt.date | None = time.first
        if time.shape == "year" and re.search(
            r"(?:đến|tới|hết|cuối)(?: hết| cuối)? *$", text[max(0, time.start - 10) : time.start]
        ):
            start = (
                story.programme.first
                if story.programme and story.programme.shape == "span" and story.programme.last.year == time.last.year
                else (dt.date(story.today.year, 1, 1) if story.today and story.today.year <= time.last.year else None)
            )
        if time.shape == "date":
            start = None
        return start, time.last, None, doubt
    if (
        time is None
        and story.time is not None
        and not (story.today and story.time.first > story.today)  # a target's year dates no result
        and (
            meaning.flow
            or (not now and (story.time_line is sentence.line or _adjacent(text, story.time_line, sentence)))
        )
    ):
        time = story.time
        doubt = (0.05, "time taken from the sentence before")
    if meaning.flow:
        if time is None:
            if story.today:
                return (
                    dt.date(story.today.year, 1, 1),
                    story.today,
                    None,
                    (0.15, "period taken from the publication date"),
                )
            return None, None, None, (0.15, "no period found")
        if (
            time.shape == "year"
            and story.today
            and _SINCE.match(text, time.end)
            and text.endswith("từ ", 0, time.start)
        ):
            return time.first, story.today, None, doubt
        if time.point and time.shape in ("date", "day", "month"):
            return dt.date(time.last.year, 1, 1), time.last, None, doubt
        return time.first, time.last, None, doubt
    if time is None:
        if story.today:
            return None, None, story.today, (0.05, "as-of date taken from the publication date")
        return None, None, None, (0.1, "no date found")
    if story.today and time.last > story.today and time.shape in ("year", "span"):
        return None, None, time.last if time.point else story.today, doubt
    return None, None, time.last, doubt


def _adjacent(text: str, line: Line | None, sentence: Sentence) -> bool:
    """Whether `line` ends right above the sentence's own line."""
    return line is not None and line.end <= sentence.line.start and not text[line.end : sentence.line.start].strip()


def _scope(
    text: str,
    sentence: Sentence,
    quantities: list[Quantity],
    i: int,
    begin: int,
    limit: int,
    q: Quantity,
    lexicon: Lexicon,
    meaning: Meaning,
) -> str | None:
    if q.noun.scope:
        return q.noun.scope
    if "htxnn" in q.noun_text:
        return "agricultural"
    if q.noun_before:
        told = text[q.start : q.number.start]
        for scope, pattern in lexicon.scope:
            if pattern.search(told):
                return scope
    behind = re.split(r"[;:.()]", text[q.end : limit])[0][:60]
    if q.noun.kind in ("cooperative", "group", "union", "percent", "several"):
        behind = re.sub(
            r"^ *(?:(?:tổng )?số |các )?(?:cán bộ (?:chủ chốt )?|cán bộ quản lý )?(?:của )?(?:tổ hợp "
            r"tác và )?(?:htx|hợp tác xã)?",
            "",
            behind,
        )
        near = re.match(r"(?: *(?:trong|thuộc|hoạt động trong|ở|hoạt động)? *(?:các |ngành |lĩnh vực )*)", behind)
        at = near.end() if near else 0
        for scope, pattern in lexicon.scope:
            if pattern.match(behind, at):
                return scope
    if meaning.aspect == "rated_good":
        words = re.split(r"[;\d(]", text[max(begin, q.start - 40) : q.qualifier_start])[-1]
        if not re.search(r"khá|tốt", words):
            words = text[q.end : limit].split(";")[0][:70]
        if meaning.source == "list" and i and quantities[i - 1].noun.kind == "cooperative":
            words = (
                text[max(0, quantities[i - 1].start - 30) : quantities[i - 1].start]
                + text[quantities[i - 1].end : q.qualifier_start]
            )
        good, fair = re.search(r"(?<!\w)tốt(?!\w)", words), re.search(r"(?<!\w)khá(?!\w)", words)
        if good and not fair:
            return "rated_good_only"
        if fair and not good and not re.search(r"trở lên|giỏi", words):
            return "rated_fair_only"
    if q.noun.kind == "person":
        of = re.match(r" *(?:(?:của|trong|tại) )?(?:các )?(?:htx|hợp tác xã)? *", text[q.end : limit])
        for scope, pattern in lexicon.scope:
            if of and pattern.match(text, q.end + of.end(), limit):
                return scope
    if q.noun.kind == "percent" and (field := _OF_A_FIELD.search(text, begin, q.qualifier_start)):
        for scope, pattern in lexicon.scope:
            if pattern.fullmatch(field[1]):
                return scope
    if q.noun.kind in ("percent", "person"):
        whole = re.split(r"[;.]", text[q.end : limit])[0]
        if re.search(r"(?<!\w)htxnn(?!\w)", whole):
            return "agricultural"
        inside = re.search(r"trong (?:lĩnh vực |ngành )?(?=\w)", whole)
        if inside:
            for scope, pattern in lexicon.scope:
                if pattern.match(whole, inside.end()):
                    return scope
    if q.noun.kind in ("money", "percent", "person"):
        before = text[max(begin, q.start - 120) : q.start]
        found = None
        for match in re.finditer(r"(?:htx|hợp tác xã) (?=\w)", before):
            for scope, pattern in lexicon.scope:
                if pattern.match(before, match.end()):
                    found = scope
        return found
    if text[begin : q.qualifier_start].rstrip().endswith("("):  # "nông nghiệp (47 HTX)"
        label = re.split(r"[,;:.()]|(?<!\w)và(?!\w)", text[begin : q.qualifier_start].rstrip().rstrip("("))[-1].strip()
        label = re.sub(r"^(?:lĩnh vực|ngành) ", "", label)
        return next((scope for scope, pattern in lexicon.scope if pattern.fullmatch(label)), None)
    before = re.split(r"[;:.()]", text[begin : q.qualifier_start])[-1].strip()  # "nông, lâm nghiệp 580 HTX"
    before = "" if before.endswith(",") else before
    for scope, pattern in lexicon.scope:
        if scope == "people_credit_fund" and q.noun.kind == "credit_fund":
            continue
        for match in pattern.finditer(before):
            if scope == "construction" and not re.search(
                r"(?:nông nghiệp|vận tải|thương mại|dịch vụ|công nghiệp) \d", text[sentence.start : sentence.end]
            ):
                continue
            if len(before) - match.end() <= 1 or before[match.end() :].strip() in ("có", "là", "gồm", "với"):
                return scope
    return None


# "trong lĩnh vực nông nghiệp đạt 70%"
_OF_A_FIELD = re.compile(
    r"(?:lĩnh vực|ngành|khu vực) ((?:[^\W\d_]|[ -]){3,30}?)(?: (?:đạt|là|chiếm|có|khoảng|trên|hơn))* *$"
)
_TOPIC_SCOPE = re.compile(r"\W*(?:đối với|riêng|về|trong|ở|thuộc)?\s*(?:các )?(?:lĩnh vực|ngành|khu vực)\s")
_PROGRAMME_SCOPE = re.compile(
    r"\W*(?:\d{1,2}[.)]+ *|[a-hđ][.)] *)?(?:đối với|thực hiện|triển khai|theo|sau \d+ năm|riêng|(?:về )?đề án|về)(?!\w)"
)
_ETHNIC_AREA = re.compile(
    r"(?:vùng|khu vực|địa bàn)(?: có)?(?: đông)? (?:đồng bào )?(?:(?:các )?dân tộc thiểu số|dân tộc|dtts)(?!\w)"
)
_WHOLE_PROVINCE = re.compile(r"toàn tỉnh|cả nước|cả tỉnh|trên địa bàn tỉnh|toàn quốc")
# What is held at a place: a class in the minorities' areas is no class of the whole province.
_HELD_SOMEWHERE = ("training_classes", "training_learners", "fair_coops")


def _note_programme_scope(text: str, sentence: Sentence, story: context.Story, lexicon: Lexicon) -> None:
    """A scheme for the minorities' areas, named where a paragraph begins, governs the paragraph."""
    if sentence.line is story.scope_line:
        return
    story.scope_line, story.heading_scope = sentence.line, None
    opening = _PROGRAMME_SCOPE.match(text, sentence.start, sentence.end)
    if opening is None:
        return
    first = _DIGIT_WITH_NOUN.search(text, opening.end(), sentence.end)
    if _ETHNIC_AREA.search(text, opening.end(), first.start() if first else sentence.end):
        story.heading_scope = "ethnic_minority_areas"


def _inherited_scope(
    text: str,
    sentence: Sentence,
    quantities: list[Quantity],
    i: int,
    meaning: Meaning,
    story: context.Story,
    lexicon: Lexicon,
) -> str | None:
    """The subset that the sentence or paragraph speaks of, where the quantity names none itself."""
    first = quantities[0].start if quantities else sentence.end
    opening = _TOPIC_SCOPE.match(text, sentence.start, first)
    if opening:
        for scope, pattern in lexicon.scope:
            if pattern.match(text, opening.end()):
                return scope
    if story.heading_scope and story.scope_line is sentence.line:
        return story.heading_scope
    q = quantities[i]
    if meaning.indicator in _HELD_SOMEWHERE:
        begin = max(text.rfind(";", sentence.start, q.start) + 1, sentence.start)
        place = next(reversed([*_ETHNIC_AREA.finditer(text, begin, q.start)]), None)
        if place and not _WHOLE_PROVINCE.search(text, place.end(), q.start):
            return "ethnic_minority_areas"
    spoken = story.spoken_scope if story.spoken_line is sentence.line else None
    if q.noun.kind in ("money", "person") or q.noun.kind == "percent" or q.shared_noun:
        return spoken
    if (
        spoken
        and q.noun.kind == "cooperative"
        and i
        and re.search(r"chỉ có|trong số", text[quantities[i - 1].end : q.start])
    ):
        return spoken
    return None


def _note_scope(sentence: Sentence, meaning: Meaning, scope: str | None, story: context.Story) -> None:
    """A count of cooperatives sets what the paragraph is about; a breakdown does not change it."""
    if (
        meaning.indicator in ("coop_total", "coop_active")
        and meaning.source != "list"
        and (story.spoken_line is not sentence.line or scope is None)
    ):
        story.spoken_line, story.spoken_scope = sentence.line, scope


def _plain(value: Decimal) -> Decimal:
    """The value without trailing zeros and without an exponent."""
    value = value.normalize()
    return value if value.as_tuple().exponent <= 0 else value.quantize(Decimal(1))  # type: ignore[operator]


def _without_repeats(drafts: list[_Draft]) -> list[Statement]:
    """Drop what a headline repeats of the body, exactly or rounded ("hơn 1.400 hợp tác xã")."""
    body = [d for d in drafts if not d.headline]
    kept = []
    for draft in drafts:
        if draft.headline and any(_repeats(draft, other) for other in body):
            continue
        kept.append(draft.statement)
    return kept


def _with_details(statements: list[Statement]) -> list[Statement]:
    """Tell details from the whole: a sentence that gives an indicator twice for one cell counts different things.

    "38 lớp tập huấn …; 9 lớp tập huấn về VietGAP": the largest number speaks for the cell, the others are details; so
    is what a sentence that begins with "besides" adds to an earlier one. Only results that are counted or summed: a
    smaller target is a stage of the larger one, and an average or a share is no part of another.
    """
    cells: dict[tuple[object, ...], list[Statement]] = {}
    earlier: dict[tuple[object, ...], int] = {}
    details = set()
    for each in statements:
        averages_or_shares = each.unit == "percent" or "/" in each.unit
        grades = each.indicator.startswith("coop_rated_")  # "61 HTX tốt, 140 HTX khá" stand beside each other
        if each.kind != "result" or each.value_high is not None or averages_or_shares or grades:
            continue
        cell = (
            each.indicator, each.unit, each.scope, each.geography, each.period_start, each.period_end, each.as_of,
            each.per,
        )  # fmt: skip
        if earlier.setdefault(cell, each.sentence_start) < each.sentence_start and _BESIDES.match(each.sentence):
            details.add(each.start)
        cells.setdefault((each.sentence_start, *cell), []).append(each)
    for same in cells.values():
        largest = max(each.value for each in same)
        details |= {each.start for each in same if each.value < largest}
    return [dataclasses.replace(each, scope="detail") if each.start in details else each for each in statements]


def _repeats(headline: _Draft, body: _Draft) -> bool:
    a, b = headline.statement, body.statement
    if headline.unit_class != body.unit_class and "several" not in (headline.unit_class, body.unit_class):
        return False
    exact = a.value == b.value
    near = (
        a.qualifier in ("gt", "lt", "approx") and b.value and abs(a.value - b.value) <= abs(b.value) * Decimal("0.05")
    )
    return bool(exact or near)
