"""Where the tables of a sheet begin and what their columns mean.

Columns are recognised by the meaning of their header texts, wherever they stand: several header rows are read
as one path per column ("Học viên" / "Trong đó" / "Nữ"), units and numbers are told from names, and the
layout that explains most columns wins.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import re
from collections.abc import Callable, Sequence
from typing import Literal

from ingestion.vietnamese.text import match_key
from ingestion.workbooks.grids import Cell, Grid, is_empty, plain_text, tidy
from ingestion.workbooks.labels import Labels, has_words
from ingestion.workbooks.layouts import IndicatorLayout, ListLayout, indicator_layout, labels, list_layouts, words
from ingestion.workbooks.titles import Period, period_in, province_of
from ingestion.workbooks.units import Unit, count_unit, money_unit, unit_in_header
from ingestion.workbooks.values import month_end

MOST_HEADER_ROWS = 6
_GENERIC = {"tổng số", "tổng", "tổng cộng", "số lượng", "cộng", "số", "giá trị", "tổng cộng số", "chung"}
_COLUMN_NUMBER = re.compile(
    r"\(?\s*(?:\d{1,2}|[a-z])\s*\)?(?:\s*=\s*[\d\s()+\-*/x:%]+\)?)?|\(?\d{1,2}\s*=\s*.*", re.IGNORECASE
)
_DIGITS = re.compile(r"[-\d.,%/ ]+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")

Kind = Literal["plan", "result", "estimate"]


@dataclasses.dataclass(frozen=True)
class Column:
    """One column of a header: its texts from top to bottom and what they say."""

    index: int
    parts: tuple[str, ...]
    label: str  # of the lowest text that names something
    path: str  # of all texts
    full: str  # of all texts with brackets
    unit: Unit | None


@dataclasses.dataclass(frozen=True)
class ValueColumn:
    """A value column of an indicator table."""

    index: int
    kind: Kind
    period: Period | None
    header: str


@dataclasses.dataclass
class Header:
    """A table's header: rows, columns, and which field each column holds."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int
    layout: ListLayout | IndicatorLayout
    score: float
    columns: list[Column]
    fields: dict[str, Column] = dataclasses.field(default_factory=dict)
    choices: dict[str, list[tuple[Column, str | int]]] = dataclasses.field(default_factory=dict)  # one column a code
    ordinal: int | None = None
    extra: list[Column] = dataclasses.field(default_factory=list)  # unknown columns
    passed_over: list[Column] = dataclasses.field(default_factory=list)
    missing: tuple[str, ...] = ()  # required fields without a column
    # of indicator tables
    indicator: int | None = None
    unit: int | None = None
    values: list[ValueColumn] = dataclasses.field(default_factory=list)
    comparisons: list[Column] = dataclasses.field(default_factory=list)
    of_places: bool = False
    number_row: int | None = None  # the row of column numbers under the header

    @property
    def fingerprint(self) -> str:
        """A hash over the labels of the columns, the same in any order."""
        named = sorted(column.full for column in self.columns if column.full)
        return hashlib.sha256("\x1f".join(named).encode()).hexdigest()[:16]


class HeaderFinder:
    """Finds headers in one grid. `merged` cells are seen in every row and column they span."""

    def __init__(self, grid: Grid, title_period: Period | None = None) -> None:
        self.grid = grid
        self.title_period = title_period
        self.title_year = title_period[1].year if title_period else None
        self._merged = _merged_values(grid)
        self._hit_cache: dict[str, bool] = {}

    def cell(self, row: int, column: int) -> Cell:
        value = self.grid.rows[row][column]
        return self._merged.get((row, column), value) if value == "" else value

    def find(self, start: int, stop: int) -> Header | None:
        """Return the first header that begins in rows [start, stop), or None."""
        for row in range(start, stop):
            if self._hits(row) < 1 or self._filled(row) < 2:
                continue
            found = self._best_around(row, start)
            if found is not None:
                return self._below_title(found, row, stop)
        return None

    def _below_title(self, found: Header, row: int, stop: int) -> Header:
        """A title line in two or three cells may sound like a header: without it the header below fits better."""
        for below in range(row + 1, min(row + 4, stop, found.last_row + 1)):
            above = range(found.first_row, below)
            if any(self._filled(line) > 3 or self._joined_to_next(line) for line in above):
                break
            if self._hits(below) < 1 or self._filled(below) < 2:
                continue
            other = self._best_around(below, below)
            if other is not None and other.score > found.score + 10 and len(other.missing) <= len(found.missing):
                return other
        return found

    def _joined_to_next(self, row: int) -> bool:
        return any(top <= row < bottom for top, _, bottom, _ in self.grid.merges)

    def is_header_like(self, row: int) -> bool:
        """Say, cheaply, whether a row may be (part of) a header."""
        return self._hits(row) >= 2 and self._filled(row) >= 2

    def _best_around(self, row: int, start: int) -> Header | None:
        best: Header | None = None
        for first in range(row, max(start, row - 3) - 1, -1):
            if first < row and (self._filled(first) < 2 or not self._may_be_header(first)):
                break  # a line with one text is a title
            for height in range(max(1, row - first + 1), MOST_HEADER_ROWS + 1):
                last = first + height - 1
                if last >= self.grid.height or not self._may_be_header(last):
                    break
                for candidate in self._candidates(first, last):
                    if best is None or candidate.score > best.score + 1e-9:
                        best = candidate
        if best is None or (best.missing and best.score < 0):
            return None
        return self._settled(best, start)

    def _settled(self, header: Header, start: int) -> Header:
        """Widen the header to all rows its merged cells span, a unit row, and a row of column numbers."""
        rows = (header.first_row, header.last_row)
        changed = True
        while changed:
            changed = False
            for top, left, merged_to, right in self.grid.merges:
                bottom = min(merged_to, self.grid.height - 1)
                if bottom < header.first_row or top > header.last_row or bottom - top > MOST_HEADER_ROWS:
                    continue
                if right < header.first_column or left > header.last_column:
                    continue
                if top == bottom and right - left >= header.last_column - header.first_column:
                    continue
                if top < header.first_row and top >= start:
                    header.first_row, changed = top, True
                if bottom > header.last_row:
                    header.last_row, changed = bottom, True
        below = header.last_row + 1
        if below < self.grid.height and self._is_unit_row(below):
            header.last_row = below
            below += 1
        if rows != (header.first_row, header.last_row):
            again = self._candidates(header.first_row, header.last_row)
            same = [each for each in again if each.layout is header.layout and len(each.missing) <= len(header.missing)]
            header = same[0] if same else header
        if below < self.grid.height and self.is_number_row(below):
            header.number_row = header.last_row = below
        return header

    def is_number_row(self, row: int) -> bool:
        """Say whether a row holds column numbers: 1 2 3 …, (1) (2) (3=2/1), A B 1 2."""
        cells = [tidy(plain_text(value)) for value in self.grid.rows[row] if not is_empty(value)]
        if len(cells) < 2 or not all(_COLUMN_NUMBER.fullmatch(cell) for cell in cells):
            return False
        numbers = [
            int(found[0])
            for cell in cells
            if (found := re.match(r"\(?\s*(\d{1,2})(?!\d)", cell)) and (found := re.search(r"\d+", cell))
        ]
        ascending = all(b - a in (1, 2) for a, b in itertools.pairwise(numbers))
        return ascending and len(numbers) >= max(2, len(cells) - 3) and bool(numbers) and numbers[0] in (0, 1, 2)

    def _is_unit_row(self, row: int) -> bool:
        cells = [tidy(plain_text(value)).strip("() ") for value in self.grid.rows[row] if not is_empty(value)]
        return len(cells) >= 2 and all(money_unit(cell) or count_unit(cell) for cell in cells)

    def _may_be_header(self, row: int) -> bool:
        if self._filled(row) == 0:
            return False
        texts: list[str] = []
        for value in self.grid.rows[row]:
            if isinstance(value, str):
                if not is_empty(value):
                    texts.append(value.strip())
            elif not (isinstance(value, (int, float)) and value % 1 == 0 and 1980 <= value <= 2100):  # a year
                return False
        numeric = sum(bool(_DIGITS.fullmatch(text)) and not _YEAR.fullmatch(text) for text in texts)
        return numeric * 3 <= len(texts) and not self.is_number_row(row)

    def _filled(self, row: int) -> int:
        return sum(not is_empty(value) for value in self.grid.rows[row])

    def _hits(self, row: int) -> int:
        return sum(
            self._is_hit(value)
            for value in self.grid.rows[row]
            if isinstance(value, str) and value and len(value) < 120
        )

    def _is_hit(self, text: str) -> bool:
        known = self._hit_cache.get(text)
        if known is None:
            known = self._hit_cache[text] = any(check(text) for check in _hit_checks())
        return known

    # --- one block of rows against every layout -------------------------------------------------------

    def _candidates(self, first: int, last: int) -> list[Header]:
        parts = self._parts(first, last)
        if len(parts) < 2:
            return []
        found = []
        for layout in list_layouts():
            header = _match_list(first, last, parts, layout, self.title_year)
            if header is not None:
                found.append(header)
        header = self._match_indicators(first, last, parts)
        if header is not None:
            found.append(header)
        return found

    def _parts(self, first: int, last: int) -> dict[int, tuple[str, ...]]:
        """The header texts of each column from top to bottom, merged and spread group titles included."""
        grid: list[list[str]] = []
        for row in range(first, last + 1):
            grid.append([_header_text(self.cell(row, column)) for column in range(self.grid.width)])
        for level in range(len(grid) - 1):  # a group title written once over several columns, not merged
            for column in range(1, self.grid.width):
                above = grid[level]
                below = [grid[k][column] for k in range(level + 1, len(grid))]
                left_below = [grid[k][column - 1] for k in range(level + 1, len(grid))]
                free = (first + level, column) not in self._merged
                if not above[column] and above[column - 1] and any(below) and any(left_below) and free:
                    above[column] = above[column - 1]
        parts: dict[int, tuple[str, ...]] = {}
        for column in range(self.grid.width):
            texts: list[str] = []
            for line in grid:
                if line[column] and (not texts or texts[-1] != line[column]):
                    texts.append(line[column])
            if texts:
                parts[column] = tuple(texts)
        return parts

    def _match_indicators(self, first: int, last: int, parts: dict[int, tuple[str, ...]]) -> Header | None:
        layout = indicator_layout()
        known, columns = labels(), _columns(parts, labels())
        names = {
            name: {known.label(text) for text in getattr(layout.columns, name)}
            for name in ("indicator", "unit", "ordinal", "passed_over", "places")
        }
        header = Header(first, last, min(parts), max(parts), layout, 0.0, columns)
        for column in columns:
            if header.ordinal is None and header.indicator is None and column.path in names["ordinal"]:
                header.ordinal = column.index
            elif header.indicator is None and (column.path in names["indicator"] or column.label in names["indicator"]):
                header.indicator = column.index
            elif header.unit is None and header.indicator is not None and (column.path in names["unit"]):
                header.unit = column.index
            elif column.path in names["passed_over"] or column.label in names["passed_over"]:
                header.passed_over.append(column)
            elif is_comparison(column.parts):
                header.comparisons.append(column)
            else:
                value = value_column(column.index, column.parts, self.title_period)
                if value is not None:
                    header.values.append(value)
                else:
                    header.extra.append(column)
        if header.indicator is None:
            self._match_places(header, names["places"], last)
        if header.indicator is None or not header.values:
            return None
        if header.unit is None and not header.of_places and len(header.values) == 1 and header.extra:
            return None
        dated = sum(value.period is not None for value in header.values)
        header.score = 100 + 60 * (header.unit is not None) + 45 * dated + 25 * (len(header.values) - dated)
        header.score += 20 * (header.ordinal is not None) - 15 * len(header.extra)
        header.score -= 30 * _repeated(columns)
        if header.of_places:
            header.score -= 40
        return header

    def _match_places(self, header: Header, names: set[str], last: int) -> None:
        """A table of places has no header over its first column, or one such as "Địa phương"."""
        first_value = min((value.index for value in header.values), default=None)
        if first_value is None:
            return
        candidates = [column.index for column in header.columns if column.path in names and column.index < first_value]
        candidates += [
            column for column in range(first_value) if all(known.index != column for known in header.columns)
        ]
        for column in candidates:
            below = [self.grid.rows[row][column] for row in range(last + 1, min(last + 120, self.grid.height))]
            texts = [value for value in below if isinstance(value, str) and not is_empty(value)]
            places = sum(province_of(text) is not None for text in texts)
            in_words = [text for text in texts if any(sign.isalpha() for sign in text)]
            if len(texts) >= 3 and (
                places * 2 >= len(texts)
                or (column not in {c.index for c in header.columns} and len(in_words) * 2 > len(texts))
            ):
                header.indicator = column
                header.of_places = places * 2 >= len(texts)
                header.first_column = min(header.first_column, column)
                header.extra = [extra for extra in header.extra if extra.index != column]
                return


def _repeated(columns: list[Column]) -> int:
    """Columns with the very same header as another: a sign that a row of sub-headers was left out."""
    return len(columns) - len({column.full for column in columns})


def _merged_values(grid: Grid) -> dict[tuple[int, int], Cell]:
    values: dict[tuple[int, int], Cell] = {}
    for top, left, bottom, right in grid.merges:
        if top >= grid.height or left >= grid.width:
            continue
        value = grid.rows[top][left]
        if is_empty(value) or (bottom - top + 1) * (right - left + 1) > 20_000:
            continue
        for row in range(top, min(bottom, grid.height - 1) + 1):
            for column in range(left, min(right, grid.width - 1) + 1):
                values[row, column] = value
    return values


def _header_text(value: Cell) -> str:
    return tidy(plain_text(value)) if not is_empty(value) else ""


def _hit_checks() -> Sequence[Callable[[str], bool]]:
    global _checks
    if _checks is None:
        known = labels()
        exact = {
            known.label(text) for layout in list_layouts() for field in layout.fields.values() for text in field.headers
        }
        columns = indicator_layout().columns
        exact |= {
            known.label(text) for name in ("indicator", "unit", "ordinal", "places") for text in getattr(columns, name)
        }
        exact.add("stt")
        phrases = [
            known.label(text) for layout in list_layouts() for field in layout.fields.values() for text in field.words
        ]
        pattern = re.compile("|".join(rf"(?<!\w){re.escape(phrase)}(?!\w)" for phrase in phrases if phrase))

        def by_field(text: str) -> bool:
            label = known.label(text)
            return label in exact or (len(label) < 70 and pattern.search(label) is not None)

        _checks = (by_field, _is_period_header)
    return _checks


_checks: Sequence[Callable[[str], bool]] | None = None


def _is_period_header(text: str) -> bool:
    return len(text) < 40 and bool(_YEAR.search(text))


def _columns(parts: dict[int, tuple[str, ...]], known: Labels) -> list[Column]:
    columns = []
    for index, texts in sorted(parts.items()):
        named = [
            text
            for text in texts
            if not (
                money_unit(text.strip("() "))
                or (count_unit(text.strip("() ")) and len(texts) > 1 and text.startswith("("))
            )
        ]
        named = [text for text in named if known.label(text) not in ("trong đó", "chia ra")] or list(texts)
        while len(named) > 1 and known.label(named[-1]) in _GENERIC | {""}:
            named = named[:-1]
        columns.append(
            Column(
                index,
                texts,
                known.label(named[-1]),
                known.label(" ".join(named)),
                known.full(" ".join(texts)),
                unit_in_header(texts),
            )
        )
    return columns


def _match_list(
    first: int, last: int, parts: dict[int, tuple[str, ...]], layout: ListLayout, title_year: int | None
) -> Header | None:
    known = labels(layout.layout)
    columns = _columns(parts, known)
    header = Header(first, last, min(parts), max(parts), layout, 0.0, columns)
    passed_over = {known.label(text) for text in layout.passed_over}
    claims = []
    for column in columns:
        if header.ordinal is None and column.path == "stt":
            header.ordinal = column.index
            continue
        if column.path in passed_over and not _exact_field(column, layout, known):
            header.passed_over.append(column)
            continue
        if personal_kind(column) and not _exact_field(column, layout, known):
            continue
        for name, _ in layout.fields.items():
            score = _score(column, name, layout, known)
            if score:
                claims.append((score, _year_rank(column, title_year), -column.index, name, column))
    taken: set[int] = set()
    filled: set[str] = set()
    for name, choices in _choices(columns, layout, known).items():
        header.choices[name] = choices
        header.fields[name] = choices[0][0]
        header.score += 100 + 20 * len(choices)
        taken |= {column.index for column, _ in choices}
        filled.add(name)
    for score, _, _, name, column in sorted(claims, key=lambda claim: claim[:3], reverse=True):
        gives = set(layout.fields[name].fills or (name,))
        if column.index in taken or gives & filled:
            continue
        taken.add(column.index)
        filled |= gives
        header.fields[name] = column
        header.score += score
    known_columns = taken | {column.index for column in header.passed_over} | {header.ordinal}
    header.extra = [column for column in columns if column.index not in known_columns and not personal_kind(column)]
    header.missing = tuple(name for name in layout.required if name not in header.fields)
    known_count = len(header.fields) + len(header.missing) + (header.ordinal is not None)
    if known_count < layout.least_fields or len(header.fields) < 2:
        return None
    if header.ordinal is not None:
        header.score += 20
    header.score -= 8 * len(header.extra) + 120 * len(header.missing) + 30 * _repeated(columns)
    return header


def _choices(columns: list[Column], layout: ListLayout, known: Labels) -> dict[str, list[tuple[Column, str | int]]]:
    """Enumerations written as one column a code with a mark in it: "Xếp loại" over "Tốt", "Khá", "TB", "Yếu"."""
    found: dict[str, list[tuple[Column, str | int]]] = {}
    columns = [column for column in columns if len(column.parts) > 1 and column.unit is None]
    if len(columns) < 2:
        return found
    for name, field in layout.fields.items():
        codes: dict[str, str | int]
        if field.type == "enumeration":
            codes = {known.label(phrase): code for code, phrases in field.codes.items() for phrase in phrases}
        elif field.type == "stars":
            codes = {written: stars for stars in (3, 4, 5) for written in (f"{stars} sao", str(stars))}
        else:
            continue
        groups: dict[str, list[tuple[Column, str | int]]] = {}
        for column in columns:
            above = known.label(" ".join(column.parts[:-1]))
            code = codes.get(known.label(column.parts[-1]))
            if code and _says(above, name, layout, known):
                groups.setdefault(above, []).append((column, code))
        for choices in groups.values():
            if len({code for _, code in choices}) == len(choices) > 1:
                found[name] = choices
    return found


def _says(label: str, name: str, layout: ListLayout, known: Labels) -> bool:
    """Say whether a group's title is one of a field's headers, a year beside it left out."""
    plain = " ".join(_YEAR.sub("", label).split()).removesuffix(" năm")
    return plain in _exact_labels(layout, name, known)


def _year_rank(column: Column, title_year: int | None) -> int:
    """Of two columns for one field, such as revenue of two years, the report's own year is meant, else the latest."""
    years = [int(found) for found in _YEAR.findall(column.full)]
    if not years:
        return 0
    return 10_000 if max(years) == title_year else max(years)


def _exact_field(column: Column, layout: ListLayout, known: Labels) -> bool:
    return any(column.path in _exact_labels(layout, name, known) for name in layout.fields)


_label_cache: dict[tuple[str, str, str], tuple[str, ...]] = {}


def _exact_labels(layout: ListLayout, name: str, known: Labels, attribute: str = "headers") -> tuple[str, ...]:
    key = (layout.layout, name, attribute)
    if key not in _label_cache:
        texts = getattr(layout.fields[name], attribute)
        _label_cache[key] = tuple(known.label(text) or text for text in texts)
    return _label_cache[key]


_score_cache: dict[tuple[str, str, str, str, str], float] = {}


def _score(column: Column, name: str, layout: ListLayout, known: Labels) -> float:
    """How surely a column holds a field: 0 for not at all, 120 for the exact header of the layout."""
    key = (layout.layout, name, column.label, column.path, column.full)
    if key not in _score_cache:
        _score_cache[key] = _uncached_score(column, name, layout, known)
    return _score_cache[key]


def _uncached_score(column: Column, name: str, layout: ListLayout, known: Labels) -> float:
    exact = _exact_labels(layout, name, known)
    path = _YEAR.sub("", column.path).replace(" năm ", " ").removesuffix(" năm").strip()
    path = " ".join(path.split())
    if column.path in exact or path in exact:
        return 120.0
    if any(
        has_words(column.full, phrase) or (phrase == "%" and "%" in column.full)
        for phrase in _exact_labels(layout, name, known, "without")
    ):
        return 0.0
    label = " ".join(_YEAR.sub("", column.label).replace(" năm ", " ").removesuffix(" năm").split())
    if column.label in exact or label in exact:
        return 100.0
    for text, base in ((label, 50.0), (path, 30.0)):
        covered = [
            len(phrase) / len(text)
            for phrase in _exact_labels(layout, name, known, "words")
            if text and has_words(text, phrase)
        ]
        if covered:
            return base + 30 * min(max(covered), 1.0)
    return 0.0


def personal_kind(column: Column) -> str | None:
    """Return which personal data a column's header announces, or None."""
    raw = " ".join(column.parts)
    key = labels().label(raw)
    for kind, alternatives in words().personal_headers.items():
        for written in alternatives:
            phrase = labels().label(written)
            if (
                key == phrase
                or (len(phrase) > 3 and has_words(key, phrase))
                or (len(phrase) <= 3 and key.startswith(phrase + " "))
            ):
                return kind
    return None


# --- value columns of indicator tables ----------------------------------------------------------------


def _has_phrase(key: str, phrases: Sequence[str]) -> bool:
    for phrase in phrases:
        folded = match_key(phrase)
        if any(sign.isalnum() for sign in folded):
            if re.search(rf"(?<!\w){re.escape(folded)}(?!\w)", key):
                return True
        elif folded in key:
            return True
    return False


def is_comparison(parts: tuple[str, ...]) -> bool:
    """Say whether a column compares others ("So sánh (%)", "TH/KH") instead of holding values of its own."""
    layout = indicator_layout()
    path = match_key(" ".join(parts))
    top, leaf = match_key(parts[0]), match_key(parts[-1])
    if _has_phrase(top, layout.comparisons) or _has_phrase(leaf, layout.comparisons):
        return True
    return bool(re.search(r"(?:th|kh|ưth|\d{4}|t\d)\s*/\s*(?:th|kh|ưth|ck|\d{4}|t\d)", path)) and not period_in(path)


def value_column(index: int, parts: tuple[str, ...], title_period: Period | None) -> ValueColumn | None:
    """Return what a column of an indicator table holds; None when its header names neither kind nor period."""
    layout = indicator_layout()
    text = " ".join(parts)
    key = re.sub(r"[.\s]+", " ", match_key(text.replace("Ư.TH", "ƯTH").replace("K.H", "KH").replace("T.H", "TH")))
    key = re.sub(r"(?<=[^\W\d_])(?=(?:19|20)\d{2})|(?<=\d{4})(?=[^\W\d_])", " ", key)
    order: tuple[Kind, ...] = ("estimate", "plan", "result")
    kind = next((name for name in order if _has_phrase(key, layout.kinds[name])), None)
    title_year = title_period[1].year if title_period else None
    period = period_in(key, title_year)
    if period is None and (found := re.fullmatch(r".*?\b(?:n|năm)\s*([-+])\s*(\d)\b.*", key)) and title_year:
        period = period_in(f"năm {title_year + int(found[1] + found[2])}")
    if re.search(r"cùng kỳ|\bck\b", key) and title_period and (period is None or _whole_year(period)):
        # "cùng kỳ 2023" in a report of a quarter means that quarter of 2023, not the year
        year = period[1].year if period and _YEAR.search(key) else title_period[1].year - 1
        period = _in_year(title_period, year)
    elif period and re.search(r"cùng kỳ|\bck\b|năm trước", key) and not _YEAR.search(key) and period[0]:
        period = _in_year(period, period[1].year - 1)
    elif period is None and title_year and "năm trước" in key:
        period = period_in(f"năm {title_year - 1}")
    if period is None and title_year and kind != "result" and re.search(r"\bcả năm\b|\bnăm(?: nay)?$", key):
        period = period_in(f"năm {title_year}")  # "KH năm" in a report of a quarter
    if kind is None and period is None:
        return None
    if kind is None and not _YEAR.search(key) and not re.search(r"tháng|quý|qúy|năm", key):
        return None
    return ValueColumn(index, kind or "result", period, tidy(text))


def _whole_year(period: Period) -> bool:
    return period[0] is not None and (period[1] - period[0]).days > 360


def _in_year(period: Period, year: int) -> Period:
    """Return the same part of another year; the last day of a February stays the last day."""
    first, last = period
    back = last.year - year
    day = last.day if (last.month, last.day) not in ((2, 28), (2, 29)) else month_end(year, 2).day
    begins = first.replace(year=first.year - back, day=min(first.day, 28)) if first else None
    return begins, last.replace(year=year, day=day)
