"""Indicator tables: one record for each value of TT · Chỉ tiêu · ĐVT · Kế hoạch · Thực hiện …

Also tables whose rows are places and whose title is the indicator. An indicator's text becomes a code of the
registry only when it is, after folding, exactly a known phrasing and its unit fits; else the code stays null and a
person decides.
"""

from __future__ import annotations

import csv
import dataclasses
import functools
import re
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Any

from ingestion.vietnamese.text import match_key
from ingestion.workbooks import personal
from ingestion.workbooks.grids import NOT_CALCULATED, Cell, ErrorCell, Grid, is_empty, is_text, plain_text, tidy
from ingestion.workbooks.headers import Header, HeaderFinder, ValueColumn
from ingestion.workbooks.indicator_checks import Line, check_lines, check_places
from ingestion.workbooks.labels import has_words, without_numbering
from ingestion.workbooks.layouts import indicator_layout, labels, words
from ingestion.workbooks.results import Columns, Finding, QuarantinedCells, Sheet, Value
from ingestion.workbooks.rows import is_footnote, is_signature, is_total
from ingestion.workbooks.tables import Places, ignored_runs
from ingestion.workbooks.titles import Title, province_of
from ingestion.workbooks.units import Unit, count_unit, money_unit, time_in
from ingestion.workbooks.values import Broken, Locale, Setting, decide_locale, quantity

REGISTRY = Path(__file__).parents[2] / "dbt_project" / "seeds" / "indicators.csv"

_ABSURD = Decimal(10) ** 17  # more than the lake can hold
_LEADING = re.compile(r"^(?:tổng số lượng|tổng số|số lượng|tổng|số)\s+")
_SCALED = re.compile(r"^(nghìn|ngàn|1000|1\.000|1,000|triệu)\s+(.+)$")
_SCALES = {"nghìn": 1000, "ngàn": 1000, "1000": 1000, "1.000": 1000, "1,000": 1000, "triệu": 1_000_000}
_SUBJECTS = tuple(map(match_key, ("liên hiệp hợp tác xã", "tổ hợp tác", "quỹ tín dụng nhân dân")))
_WHOLE = {"tổng số", "tổng", "số", "số lượng", "tổng cộng"}
_GENERIC_TOTALS = {"coop_total", "coop_group_total", "union_total"}
_DASH = re.compile(r"^\s*[-–—•*]\s*")
_PLUS = re.compile(r"^\s*\+\s*")
_LETTER = re.compile(r"^\s*[a-zđ]\s*[.)]\s*")
_IN_BRACKETS = re.compile(r"\(([^()]*)\)\s*$")


@dataclasses.dataclass(frozen=True)
class Measured:
    """A unit column's text: what to multiply by, and the unit's code (null when unknown)."""

    text: str | None
    factor: Decimal = Decimal(1)
    code: str | None = None
    money: Unit | None = None


@functools.cache
def _registry() -> dict[str, str]:
    with REGISTRY.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["unit"] for row in csv.DictReader(file)}


@functools.cache
def _phrases() -> dict[str, tuple[str, ...]]:
    """Folded phrasings and the codes they may stand for (a count and a share may share one)."""
    found: dict[str, list[str]] = {}
    with REGISTRY.open(encoding="utf-8", newline="") as file:
        names = [(row["code"], row["name_vi"]) for row in csv.DictReader(file)]
    for code, alternatives in indicator_layout().phrasings.items():
        names.extend((code, written) for written in alternatives)
    for code, name in names:
        codes = found.setdefault(_core(name), [])
        if code not in codes:
            codes.append(code)
    return {phrase: tuple(codes) for phrase, codes in found.items()}


@functools.lru_cache(maxsize=8192)
def _core(text: str) -> str:
    """Fold an indicator's text to what it is about: no bullet, no "trong đó", no leading "tổng số"."""
    label = labels().label(without_numbering(_without_of_which(without_numbering(text))))
    label = re.sub(r"\bmột\b", "1", re.sub(r"\b0(?=[1-9]\b)", "", label))  # "01 HTX", "một HTX"
    return _LEADING.sub("", label) if label not in ("tổng số", "số", "tổng") else label


def _without_of_which(text: str) -> str:
    return re.sub(
        r"^\s*(?:trong đó|trđ|tđ|trong số đó|chia ra|gồm|bao gồm)\s*[:;,]?\s*[-+]?\s*", "", text, flags=re.IGNORECASE
    )


@functools.cache
def _scope_phrases() -> tuple[tuple[str, str], ...]:
    known = [
        (labels().label(phrase), scope) for scope, phrases in indicator_layout().scopes.items() for phrase in phrases
    ]
    return tuple(sorted(known, key=lambda item: -len(item[0])))


def _scoped(core: str) -> tuple[str, str | None]:
    for phrase, scope in _scope_phrases():
        if core != phrase and has_words(core, phrase):
            rest = " ".join(f" {core} ".replace(f" {phrase} ", " ").split())
            return re.sub(r"\s*(?:trong lĩnh vực|lĩnh vực|thuộc|ngành|trong)$", "", rest), scope
        if core == phrase:
            return "", scope
    return core, None


def _fits(code: str, measured: Measured) -> bool:
    unit = _registry()[code]
    if unit == "VND/month":  # an income is meant for a month or a year: without a word on it, nobody can say
        return measured.money is not None and measured.money.per is not None
    if unit.startswith("VND"):
        return measured.money is not None
    if measured.money is not None:
        return False
    if measured.code is None:
        return measured.text is None
    return measured.code == unit or (measured.code == "model" and code in ("models_per_district", "model_coops"))


def _lookup(core: str, measured: Measured) -> str | None:
    codes = [code for code in _phrases().get(core, ()) if _fits(code, measured)]
    if not codes and measured.code == "percent":
        codes = [code for code in _phrases().get(f"tỷ lệ {core}", ()) if _fits(code, measured)]
    return codes[0] if len(codes) == 1 else None


def indicator_of(
    text: str, measured: Measured, parent: Line | None, heading: str | None
) -> tuple[str | None, str | None]:
    """Return (indicator code, scope) of a line, or (None, None) for a person to decide.

    `parent` is the line it belongs to, `heading` the section it stands under: "Thành viên" under "Tổ hợp tác"
    are not members of cooperatives.
    """
    core = _core(text)
    context = [_core(each) for each in ((parent.text if parent else None), heading) if each]
    bare, scope = _scoped(core)
    if parent is not None and (parent.indicator or parent.scope):
        inherits = bare == "" or _lookup(bare, dataclasses.replace(measured)) in _GENERIC_TOTALS
        if scope and inherits:
            if parent.indicator and _fits(parent.indicator, measured):
                return parent.indicator, scope
            if bare != "":  # narrower than a line that nobody knows: not the same as the whole of it
                return None, None
    subject = next((each for words_ in context for each in _SUBJECTS if has_words(words_, each)), None)
    own_subject = any(has_words(core, each) for each in (*_SUBJECTS, "hợp tác xã"))
    if subject is None or own_subject:
        code = _lookup(core, measured)
        if code:
            return code, None
        if scope and bare and (code := _lookup(bare, measured)):
            return code, scope
    for around in context:
        if core in _WHOLE and (code := _lookup(around, measured)):  # "Tổng số" under "Tổ hợp tác"
            return code, None
        for joined in (f"{around} {core}", f"{core} {around}"):
            joined_bare, joined_scope = _scoped(joined)
            if code := _lookup(joined, measured):
                return code, None
            if joined_scope and (code := _lookup(joined_bare, measured)):
                return code, joined_scope
    return None, None


def measured_by(text: str | None, indicator_text: str = "") -> Measured:
    """Return what a unit text means; without one, what the indicator's own text says in its last brackets."""
    if not text:
        found = _IN_BRACKETS.search(indicator_text)
        inner = _known_unit(found[1]) if found else None
        if inner is None and "%" in indicator_text:
            return Measured(None, Decimal(1), "percent")
        return dataclasses.replace(inner, text=None) if inner else Measured(None)
    known = _known_unit(text) or Measured(text)
    if known.money is not None and known.money.per is None and (per := time_in(indicator_text)):
        return dataclasses.replace(known, code=f"VND/{per}", money=Unit(known.money.factor, per))
    return known


def _in_registry_time(measured: Measured, indicator: str | None) -> Measured:
    """Incomes a year become incomes a month, and turnovers a month turnovers a year, as the registry counts them."""
    unit = _registry()[indicator] if indicator else ""
    per = measured.money.per if measured.money else None
    if unit == "VND/month" and per == "year":
        return dataclasses.replace(measured, factor=measured.factor / 12)
    if unit == "VND/year" and per == "month":
        return dataclasses.replace(measured, factor=measured.factor * 12)
    return measured


def _known_unit(text: str) -> Measured | None:
    money = money_unit(text)
    if money:
        code = {"year": "VND/year", "month": "VND/month", None: "VND"}[money.per]
        return Measured(text, Decimal(money.factor), code, money)
    counted = count_unit(text)
    if counted:
        return Measured(text, Decimal(1), counted)
    scaled = _SCALED.match(tidy(match_key(text)))
    if scaled and (counted := count_unit(scaled[2])):
        return Measured(text, Decimal(_SCALES[scaled[1]]), counted)
    return None


def read_indicators(
    grid: Grid, header: Header, stop: int, title: Title, finder: HeaderFinder, places: Places | None = None
) -> Sheet:
    """Return the table under an indicator header, down to row `stop` (exclusive), in long form."""
    return _IndicatorReader(grid, header, stop, title, finder, places or Places()).read()


class _IndicatorReader:
    def __init__(
        self, grid: Grid, header: Header, stop: int, title: Title, finder: HeaderFinder, places: Places
    ) -> None:
        assert header.indicator is not None
        self.grid, self.header, self.stop, self.title, self.finder, self.places = (
            grid,
            header,
            stop,
            title,
            finder,
            places,
        )
        self.at: int = header.indicator
        layout = indicator_layout()
        self.sheet = Sheet(
            grid.name,
            grid.visible,
            layout.layout,
            layout.record_type,
            title.province,
            title.period[1] if title.period else self._latest_period(),
            places.range(header.first_row, header.first_column, header.last_row, header.last_column),
            fingerprint=header.fingerprint,
            title=title.text,
            scope=title.scope,
        )
        self.ignored: list[tuple[int, str]] = []
        self.lines: list[Line] = []
        self.records: list[tuple[int, str, str | None, bool, dict[str, Value], tuple[str, ...]]] = []

    def _latest_period(self) -> Any:
        ends = [value.period[1] for value in self.header.values if value.period and value.kind == "result"]
        return max(ends, default=None)

    def read(self) -> Sheet:
        self.locale = self._locale()
        self._read_lines()
        if self.header.number_row is not None:
            self.ignored.append((self.header.number_row, "column numbers"))
        for line in self.lines:
            self._read_values(line)
        if self.header.of_places:
            check_places(self.lines, self.header, self.sheet, self.places)
        else:
            check_lines(self.lines, self.header, self.sheet, self.places, self.grid, self.locale)
        self._fill_table()
        self.sheet.ignored = ignored_runs(self.ignored, self.header, self.places)
        for column in self.header.extra:
            place = self.places.range(self.header.first_row, column.index, self.header.last_row, column.index)
            text = " / ".join(column.parts)
            self.sheet.findings.append(
                Finding("unknown_column", place, f"column {text!r} is neither plan nor result of a known period")
            )
        return self.sheet

    # --- rows --------------------------------------------------------------------------------------------

    def _read_lines(self) -> None:
        header, rows = self.header, self.grid.rows
        main: Line | None = None
        dash: Line | None = None
        of_which = divided = False
        signed = False
        above_unit: str | None = None
        heading: str | None = None
        for row in range(header.last_row + 1, self.stop):
            cells = rows[row]
            filled = [column for column, value in enumerate(cells) if value != "" and not is_empty(value)]
            if not filled:
                self.ignored.append((row, "blank"))
                continue
            valued = [value for value in header.values if not is_empty(cells[value.index])]
            text = plain_text(cells[self.at]) if not is_empty(cells[self.at]) else ""
            first_text = next((tidy(plain_text(cells[c])) for c in filled if is_text(cells[c])), "")
            if signed or (
                not any(_is_value(cells[v.index]) for v in valued)
                and any(is_signature(tidy(plain_text(cells[c]))) for c in filled if is_text(cells[c]))
                and len(filled) <= 4
            ):
                signed = True
                self.ignored.append((row, "signature"))
                continue
            if self.finder.is_number_row(row):
                self.ignored.append((row, "column numbers"))
                continue
            if self._repeats_header(cells):
                self.ignored.append((row, "header repeated"))
                continue
            if not valued and is_footnote(first_text) and len(filled) <= 2:
                self.ignored.append((row, "footnote"))
                continue
            unit_cell = cells[header.unit] if header.unit is not None else ""
            unit_text = self._unit_text(unit_cell, above_unit)
            above_unit = unit_text or above_unit
            ordinal = cells[header.ordinal] if header.ordinal is not None else ""
            if not tidy(text):
                self._without_text(row, filled, valued, first_text)
                continue
            key = match_key(text)
            starts_of_which = key.lstrip("-+* ").startswith(tuple(match_key(word) for word in words().of_which))
            starts_divided = key.lstrip("-+* ").startswith(tuple(match_key(word) for word in words().divided))
            mark = plain_text(ordinal).strip()
            indent = len(text) - len(text.lstrip(" \u00a0\t"))
            parent: Line | None = None
            if starts_of_which or starts_divided:
                parent = main
            elif _PLUS.match(text) or mark == "+":
                parent = dash or main
            elif (
                _DASH.match(text)
                or mark in ("-", "–", "*", "•")
                or (not mark and main is not None and (of_which or indent > main.indent) and not is_total(tidy(text)))
            ):
                parent = main
            line = Line(row, tidy(text), mark or None, parent, indent, unit_text, divided=divided or starts_divided)
            line.of_which = of_which or starts_of_which
            place, remark = _place_and_remark(line.text) if header.of_places else (line.text, None)
            line.text, line.remark = place, remark
            named_place = header.of_places and province_of(place) is not None
            if not named_place and ((not valued and unit_text is None) or (header.of_places and not valued)):
                why = "section title"
                self.ignored.append((row, why))
                bare_marker = (starts_of_which or starts_divided) and not _without_of_which(tidy(text)).strip(" :")
                if starts_of_which or starts_divided:
                    of_which, divided = starts_of_which, starts_divided
                if not bare_marker and parent is None:
                    main, dash = line, None
                    of_which = divided = False
                    if (mark and not mark[0].isdigit()) or not mark:
                        heading = line.text
                continue
            if parent is None:
                main, dash = line, None
                of_which = divided = False
                line.of_which = line.divided = False
            else:
                if not (_PLUS.match(text) or mark == "+"):
                    dash = line
                if starts_of_which:
                    of_which = True
                if starts_divided:
                    divided = True
            line.heading = heading
            self.lines.append(line)

    def _without_text(self, row: int, filled: list[int], valued: list[ValueColumn], first_text: str) -> None:
        if not valued:
            self.ignored.append((row, "footnote" if is_footnote(first_text) else "section title"))
            return
        header = self.header
        self.sheet.quarantined.append(
            QuarantinedCells(
                self.places.range(row, header.first_column, row, header.last_column),
                "indicator_text",
                "",
                "the text of an indicator",
                "values without the indicator they belong to",
                self.places.cell(row, self.at),
            )
        )

    def _repeats_header(self, cells: list[Cell]) -> bool:
        same = sum(is_text(cells[c.index]) and tidy(plain_text(cells[c.index])) in c.parts for c in self.header.columns)
        return same >= max(2, len(self.header.columns) // 2)

    def _unit_text(self, value: Cell, above: str | None) -> str | None:
        if is_empty(value):
            return None
        text = tidy(plain_text(value))
        return above if text in words().ditto_units else text

    # --- values --------------------------------------------------------------------------------------------

    def _locale(self) -> Locale:
        texts = [
            value
            for row in self.grid.rows[self.header.last_row + 1 : self.stop]
            for column in self.header.values
            if isinstance(value := row[column.index], str) and value
        ]
        return decide_locale(texts) if texts else "unknown"

    def _read_values(self, line: Line) -> None:
        header, cells = self.header, self.grid.rows[line.row]
        indicator_text = line.text
        place: str | None = None
        if header.of_places:
            place = line.text
            indicator_text = self._title_indicator()
        measured = measured_by(line.unit_text, indicator_text)
        if line.unit_text is None and measured.code is None:
            measured = self._from_title(measured, indicator_text)
        line.measured_code, line.factor = measured.code, measured.factor
        if header.of_places:
            line.indicator, line.scope = indicator_of(indicator_text, measured, None, None)
        else:
            parent = line.parent
            line.indicator, line.scope = indicator_of(line.text, measured, parent, line.heading)
        measured = _in_registry_time(measured, line.indicator)
        line.factor = measured.factor
        unit = self._unit(line.indicator, measured)
        row_range = self.places.range(line.row, header.first_column, line.row, header.last_column)
        for column in header.values:
            cell = cells[column.index]
            at = self.places.cell(line.row, column.index)
            notes: tuple[str, ...] = ()
            number: Decimal | None = None
            if cell is NOT_CALCULATED:
                self.sheet.findings.append(
                    Finding(
                        "not_calculated", at, "the formula was saved without its result; the value is unknown, not 0"
                    )
                )
                notes = ("not calculated",)
            elif not is_empty(cell):
                try:
                    number, note = self._number(cell, measured)
                except Broken as problem:
                    self.sheet.quarantined.append(
                        QuarantinedCells(
                            row_range,
                            "value",
                            personal.masked(tidy(plain_text(cell)))[:200],
                            problem.expected,
                            problem.reason,
                            at,
                        )
                    )
                    line.broken.add(column.index)
                    continue
                notes = (note,) if note else ()
            if line.remark:
                notes = (*notes, line.remark)
            if number is not None:
                line.values[column.index] = number
            fields: dict[str, Value] = {
                "indicator_text": personal.masked(indicator_text),
                "indicator": line.indicator,
                "scope": line.scope,
                "parent": line.parent.text if line.parent else None,
                "unit_text": line.unit_text,
                "value": number,
                "unit": unit,
                "kind": column.kind,
                "period_start": (column.period or self.title.period or (None, None))[0],
                "period_end": (column.period or self.title.period or (None, None))[1],
                "cell": at,
            }
            if header.of_places:
                fields["province"] = place
            hidden = (
                not self.grid.visible or line.row in self.grid.hidden_rows or column.index in self.grid.hidden_columns
            )
            self.records.append((line.row, row_range, line.mark, hidden, fields, notes))

    def _number(self, cell: Cell, measured: Measured) -> tuple[Decimal | None, str | None]:
        if isinstance(cell, ErrorCell):
            raise Broken("a number", "the cell holds a spreadsheet error")
        number, unit_words, note = quantity(cell, Setting(self.locale), signed=True)
        if number is None:
            return None, note
        factor = measured.factor
        if unit_words:
            own = _known_unit(unit_words)
            if own is None:
                raise Broken("a number", f"words beside the number that are no unit: {unit_words!r}")
            if measured.code is not None and not _same_kind(own, measured):
                raise Broken(
                    "a number", f"the unit beside the number ({unit_words}) is not that of the line ({measured.text})"
                )
            if measured.code == "percent" or own.code == "percent":
                factor = Decimal(1)
            else:
                factor = (
                    measured.factor
                    if measured.money and own.money and own.factor == measured.money.factor
                    else own.factor
                )
        value = number * factor
        if abs(value) >= _ABSURD:
            raise Broken("a number", "the number is absurdly large")
        if measured.money is not None:
            return value.quantize(Decimal(1), ROUND_HALF_EVEN), note
        return value.quantize(Decimal("0.0001"), ROUND_HALF_EVEN), note

    def _from_title(self, measured: Measured, text: str) -> Measured:
        """A title note such as "ĐVT: triệu đồng" is the unit of lines that have none, unless they count things."""
        for noted in self.title.units:
            known = _known_unit(noted)
            if known is not None and (
                known.money is None or not _phrases().get(_core(text)) or indicator_of(text, known, None, None)[0]
            ):
                return dataclasses.replace(known, text=None)
        return measured

    def _unit(self, indicator: str | None, measured: Measured) -> str | None:
        if indicator is not None and (measured.code is None or measured.money is not None):
            return _registry()[indicator]
        return measured.code

    def _title_indicator(self) -> str:
        """The indicator of a table of places is its title, without "phân theo địa phương" and the like."""
        text = self.title.text or self.grid.name
        text = re.sub(
            r"\s*(?:phân theo|chia theo|theo)\s+(?:địa phương|tỉnh|huyện|vùng).*$", "", text, flags=re.IGNORECASE
        )
        return tidy(text)

    def _fill_table(self) -> None:
        names = [
            "indicator_text",
            "indicator",
            "scope",
            "parent",
            "unit_text",
            "value",
            "unit",
            "kind",
            "period_start",
            "period_end",
            "cell",
        ]
        if self.header.of_places:
            names.append("province")
        if not self.records:
            return
        values = {name: [record[4][name] for record in self.records] for name in names}
        keys = list(range(len(self.records)))
        self.sheet.table = Columns(
            keys,
            values,
            [record[1] for record in self.records],
            [record[2] for record in self.records],
            [record[3] for record in self.records],
            {key: record[5] for key, record in enumerate(self.records) if record[5]},
        )


def _place_and_remark(text: str) -> tuple[str, str | None]:
    """Part "Nam Định (không có số liệu)" into the place and the remark."""
    found = re.fullmatch(r"([^()]+?)\s*\(([^()]+)\)", text)
    return (found[1], found[2]) if found and province_of(found[1]) else (text, None)


def _same_kind(own: Measured, measured: Measured) -> bool:
    return (own.money is not None) == (measured.money is not None) and (
        own.money is not None or own.code == measured.code
    )


def _is_value(value: Cell) -> bool:
    return not isinstance(value, str) or any(sign.isdigit() for sign in value)


def is_known_place(text: str) -> bool:
    """Say whether a row label of a table of places is a province."""
    return province_of(text) is not None
