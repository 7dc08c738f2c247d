"""Text → lines → sentences: which lines belong to the article, which heading governs them, where sentences end."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from ingestion.bulletins.lexicon import Lexicon

_LINE = re.compile(r"[^\n]+")
_SENTENCE_END = re.compile(r"(?:[.!?…]{1,8}[\"')\]]{0,4}(?=\s)|\./\.)")
_NEXT = re.compile(r"[\s\"'(\[\-]*")
# A full stop behind one of these ends no sentence.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:tp|tr|ths|ts|pgs|gs|đ/c|st|tx|tt|p|q|h|ub|ô|vv|v\.v|[ivx]{1,4}|\d{1,2}|[a-zđ])$", re.IGNORECASE
)
# "Thời sự 08:15, 14/05/2024 GMT+7" stands above a title.
_STAMP = re.compile(
    r"\d{1,2}[:h]\d{2}\W.{0,12}?\d{1,2}[/-]\d{1,2}[/-](?:19|20)\d\d|(?:19|20)\d\d.{0,5}\d{1,2}[:h]\d{2}"
)
_NUMBERED = re.compile(
    r"\s*(?:(?:[ivx]{1,4}|\d{1,2}(?:\.\d{1,2})*|[a-hđ])[.)/:]|phần (?:thứ )?\w+|[-+*•])\s*", re.IGNORECASE
)
_YEARS = re.compile(r"(?:19|20)\d\d")
_ENDLESS = 1500  # characters; no sentence of a bulletin is as long
_LONG = 140  # characters of a line that reads as a paragraph


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of the text, its role (title, heading, body, furniture) and the kind its heading gives it."""

    start: int
    end: int
    role: str
    section: str | None = None  # "target" or "result": what the heading above says
    heading: tuple[int, int] | None = None


@dataclasses.dataclass(frozen=True)
class Sentence:
    start: int
    end: int
    line: Line
    first: bool  # the first of its line


def read_lines(original: str, folded: str, lexicon: Lexicon) -> list[Line]:
    """Return the lines of a text with their roles; `original` and `folded` have equal places."""
    spans = []
    for match in _LINE.finditer(folded):
        stripped = match[0].strip()
        if stripped:
            start = match.start() + match[0].index(stripped[0])
            spans.append((start, start + len(stripped)))
    lines: list[Line] = []
    body = 0  # characters of paragraphs so far
    dropping = False
    section: str | None = None
    heading: tuple[int, int] | None = None
    titled = False
    for _i, (start, end) in enumerate(spans):
        text = folded[start:end]
        size = end - start
        paragraph = size >= _LONG or (
            (size >= 40 and text[-1] in '.;:!?…"' and any(c.isdigit() for c in text))
            or (size >= 60 and text[-1] in ".;:")
        )
        if size < 260 and lexicon.furniture_ends.match(text):
            dropping = True
            lines.append(Line(start, end, "furniture"))
            continue
        if size < 320 and lexicon.furniture_line.match(text):
            lines.append(Line(start, end, "furniture"))
            continue
        if dropping:
            if (body > 300 or not paragraph) and not (paragraph and body <= 300):
                lines.append(Line(start, end, "furniture"))
                continue
            dropping = False
        if paragraph:
            lines.append(Line(start, end, "body", section, heading))
            if _starts_section(text, lexicon) and text.endswith(":"):
                section, heading = _section(text, lexicon), (start, end)
            body += size
            titled = True
            continue
        role = "heading"
        if not titled and size >= 15 and not (_NUMBERED.match(text) or _STAMP.search(text)):
            role, titled = "title", True
        elif text[-1] in ".;," or (
            _NUMBERED.match(text) and any(c.isdigit() for c in _YEARS.sub("", _NUMBERED.sub("", text, count=1)))
        ):
            role = "body"
        if role == "heading":
            kind = _section(text, lexicon) if size < 160 else None
            if (kind or _NUMBERED.match(text)) and (kind or not _deeper(text)):
                section, heading = kind, (start, end)
        lines.append(Line(start, end, role, section, heading))
    return lines


def _starts_section(text: str, lexicon: Lexicon) -> bool:
    return len(text) < 200 and _section(text, lexicon) is not None


def _section(text: str, lexicon: Lexicon) -> str | None:
    target, result = lexicon.target_heading.search(text), lexicon.result_heading.search(text)
    if target and (not result or target.start() < result.start()):
        return "target"
    return "result" if result else None


def _deeper(text: str) -> bool:
    """A sub-heading ("1.", "a)", "-") leaves the section of the heading above ("II.") in force."""
    return re.match(r"\s*(?:\d{1,2}(?:\.\d{1,2})*[.)/:]|[a-hđ][.)]|[-+*•])", text) is not None


def sentences(original: str, folded: str, line: Line) -> Iterator[Sentence]:
    """Yield the sentences of a line. A full stop ends one when a capital letter or a figure follows.

    What runs on for more than `_ENDLESS` characters is cut at a semicolon, a comma or a blank, so that the time spent
    on a sentence stays bounded.
    """
    first = True
    for start, end in _sentence_spans(original, folded, line):
        while end - start > _ENDLESS:
            cut = max(folded.rfind(mark, start + _ENDLESS // 2, start + _ENDLESS) for mark in (";", ". "))
            if cut < 0:
                cut = max(folded.rfind(mark, start + 1, start + _ENDLESS) for mark in (",", " "))
            cut = start + _ENDLESS if cut < 0 else cut + 1
            yield Sentence(start, cut, line, first)
            first, start = False, cut
        yield Sentence(start, end, line, first)
        first = False


def _sentence_spans(original: str, folded: str, line: Line) -> Iterator[tuple[int, int]]:
    at = line.start
    for match in _SENTENCE_END.finditer(original, line.start, line.end):
        follows = _NEXT.match(original, match.end(), min(line.end, match.end() + 40))
        letter = original[follows.end() : follows.end() + 1] if follows else ""
        if match.end() < line.end and letter and not (letter.isupper() or letter.isdigit()):
            continue
        if (
            match.end() < line.end
            and match[0].startswith(".")
            and _ABBREVIATION.search(folded, max(at, match.start() - 6), match.start())
        ):
            continue
        if match.end() > at:
            yield at, match.end()
        at = match.end()
        while at < line.end and original[at].isspace():
            at += 1
    if at < line.end:
        yield at, line.end
