"""Lists (registers, classes, loans): the rows under a header become typed records, column by column."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ingestion.vietnamese.text import match_key
from ingestion.workbooks import personal
from ingestion.workbooks.checks import check_list_totals
from ingestion.workbooks.grids import (
    NOT_CALCULATED,
    Cell,
    ErrorCell,
    Grid,
    column_name,
    is_empty,
    is_text,
    plain_text,
    range_address,
    runs,
    tidy,
)
from ingestion.workbooks.headers import Column, Header, HeaderFinder, personal_kind
from ingestion.workbooks.labels import without_numbering
from ingestion.workbooks.layouts import FieldLayout, ListLayout, labels
from ingestion.workbooks.results import Columns, Drift, Finding, Ignored, PersonalData, QuarantinedCells, Sheet, Total
from ingestion.workbooks.rows import (
    Section,
    is_footnote,
    is_ordinal,
    is_place_or_field,
    is_section_number,
    is_signature,
    is_total,
    looks_like_section,
    ordinal_text,
    section_rank,
)
from ingestion.workbooks.titles import Title
from ingestion.workbooks.units import Unit, money_unit, time_in
from ingestion.workbooks.values import (
    Broken,
    Locale,
    Setting,
    code_of,
    decide_locale,
    is_ditto,
    mark_value,
    month_end,
    parse,
)

_NUMERIC = {"count", "money", "interest", "months"}
# What a spreadsheet program would run as a formula when it opens a file of separated values.
_FORMULA_LIKE = re.compile(r"^(?:[=@]|\+(?=[^\d\s])|-(?=\w+[(|]))", re.MULTILINE)
_DISTRICT_STARTS = {"hu", "qu", "th", "tp", "tx"}
_DISTRICT = re.compile(r"(?:huyện|quận|thị xã|thành phố|tp|tx)[ .]")
_KIND_BY_NAME = tuple(
    (kind, tuple(map(match_key, starts)))
    for kind, starts in (
        ("union", ("lhhtx", "liên hiệp")),
        ("cooperative_group", ("tht", "tổ hợp tác")),
        ("people_credit_fund", ("qtdnd", "quỹ tín dụng", "quỹ tdnd")),
        ("cooperative", ("htx", "hợp tác xã")),
    )
)


@dataclasses.dataclass
class Places:
    """Addresses of a grid; of a transposed one in the sheet's own terms."""

    transposed: bool = False

    def range(self, top: int, left: int, bottom: int, right: int) -> str:
        """Return a range's address as the sheet has it."""
        return range_address(left, top, right, bottom) if self.transposed else range_address(top, left, bottom, right)

    def cell(self, row: int, column: int) -> str:
        """Return one cell's address as the sheet has it."""
        return self.range(row, column, row, column)


@dataclasses.dataclass
class TotalRow:
    """A total as printed: its row, label, and how many sections are open there."""

    row: int
    label: str


@dataclasses.dataclass
class Sorted:
    """The rows of a table by what they are."""

    data: list[int] = dataclasses.field(default_factory=list)
    ignored: list[tuple[int, str]] = dataclasses.field(default_factory=list)
    totals: list[TotalRow] = dataclasses.field(default_factory=list)
    sections: list[Section] = dataclasses.field(default_factory=list)


def read_list(
    grid: Grid, header: Header, stop: int, title: Title, finder: HeaderFinder, places: Places | None = None
) -> Sheet:
    """Return the table under a list's header, down to row `stop` (exclusive)."""
    return _ListReader(grid, header, stop, title, finder, places or Places()).read()


class _ListReader:
    def __init__(
        self, grid: Grid, header: Header, stop: int, title: Title, finder: HeaderFinder, places: Places
    ) -> None:
        assert isinstance(header.layout, ListLayout)
        self.grid, self.header, self.stop, self.title, self.finder = grid, header, stop, title, finder
        self.layout: ListLayout = header.layout
        self.places = places
        self.sheet = Sheet(
            grid.name,
            grid.visible,
            self.layout.layout,
            self.layout.record_type,
            title.province,
            title.period[1] if title.period else None,
            places.range(header.first_row, header.first_column, header.last_row, header.last_column),
            fingerprint=header.fingerprint,
            title=title.text,
            scope=title.scope,
        )
        self.sheet.transposed = places.transposed
        for name, column in header.fields.items():
            for given in self.layout.fields[name].fills or (name,):
                self.sheet.columns[given] = column.index
        if "founded_on" in self.sheet.columns:
            self.sheet.columns["founded_on_precision"] = self.sheet.columns["founded_on"]
        self.broken: dict[int, list[QuarantinedCells]] = {}
        self.notes: dict[int, list[str]] = {}

    def read(self) -> Sheet:
        rows = self._sort_rows()
        values = self._values(rows.data)
        self._add_from_sections(rows, values)
        self._mask_personal_data(rows.data, values)
        self._report_columns(rows.data)
        self.sheet.totals = check_list_totals(
            self.grid, self.header, self.layout, rows, values, self._settings, self.broken, self.places
        )
        self.sheet.findings.extend(_disagreement(total) for total in self.sheet.totals if not total.agrees)
        self._finish(rows, values)
        return self.sheet

    # --- rows ------------------------------------------------------------------------------------------

    def _sort_rows(self) -> Sorted:
        header, found = self.header, Sorted()
        self._fill_merged()
        name = header.fields[self.layout.required[0]].index
        mapped = [column.index for column in header.fields.values()]
        mapped += [column.index for choices in header.choices.values() for column, _ in choices[1:]]
        others = [column for column in mapped if column != name]
        ordinal = header.ordinal
        signed = False
        for row in range(header.last_row + 1, self.stop):
            cells = self.grid.rows[row]
            named = cells[name] != ""
            if ordinal is not None and not signed:
                number = cells[ordinal]
                if named and (type(number) is float or is_ordinal(number)) and any(cells[c] != "" for c in others):
                    text = cells[name]
                    if isinstance(text, str) and text[:2].lower() in _DISTRICT_STARTS and self._is_district(text):
                        signed = self._sort_row(row, cells, name, others, signed, found)
                        continue
                    if not (isinstance(text, str) and row - header.last_row < 3 and self.finder.is_number_row(row)):
                        found.data.append(row)
                        continue
            signed = self._sort_row(row, cells, name, others, signed, found)
        if header.number_row is not None:
            found.ignored.append((header.number_row, "column numbers"))
        return found

    def _sort_row(self, row: int, cells: list[Cell], name: int, others: list[int], signed: bool, found: Sorted) -> bool:
        filled = [column for column, value in enumerate(cells) if value != "" and not is_empty(value)]
        if not filled:
            found.ignored.append((row, "blank"))
            return signed
        ordinal = self.header.ordinal
        number: Cell = cells[ordinal] if ordinal is not None else ""
        texts = [column for column in filled if is_text(cells[column])]
        first_text = tidy(plain_text(cells[texts[0]])) if texts else ""
        label = self._label(cells, name, texts)
        numbered = ordinal is not None and is_ordinal(number)
        if signed:
            found.ignored.append((row, "signature"))
            return True
        if self.finder.is_number_row(row) and not (numbered and any(len(plain_text(cells[c])) > 3 for c in filled)):
            found.ignored.append((row, "column numbers"))
            return signed
        if self._repeats_header(cells):
            found.ignored.append((row, "header repeated"))
            return signed
        if (
            label
            and is_total(label)
            and not (numbered and is_text(cells[name]) and not is_total(plain_text(cells[name])))
        ):
            found.ignored.append((row, "total"))
            found.totals.append(TotalRow(row, label))
            return signed
        if not numbered and len(filled) <= 4 and any(is_signature(plain_text(cells[c])) for c in texts):
            distinct_fields = [c for c in filled if c in others and not is_text(cells[c])]
            if not distinct_fields:
                found.ignored.append((row, "signature"))
                return True
        if not numbered and len(filled) <= 2 and is_footnote(first_text):
            found.ignored.append((row, "footnote"))
            return signed
        field_cells = [column for column in filled if column in others]
        own_texts = [
            c for c in field_cells if is_text(cells[c]) and not _looks_numeric(cells[c]) and not self._is_spread(row, c)
        ]
        named = not is_empty(cells[name]) and not self._is_spread(row, name)
        if numbered and not named and not field_cells and set(filled) <= {ordinal}:
            found.ignored.append((row, "blank"))  # a form's numbered line that nobody filled in
            return signed
        alone = not field_cells and not (ordinal is None and _kind_by_name(label) and not self._is_group(label))
        district = is_text(cells[name]) and self._is_district(plain_text(cells[name]))
        section_like = (
            not own_texts
            and label
            and (district or not (numbered and field_cells))
            and (
                alone
                or district
                or (is_section_number(number) and not numbered)
                or (is_empty(number) and (self._is_group(label) or (ordinal is not None and looks_like_section(label))))
            )
        )
        if section_like and (not (numbered and named) or self._is_group(label)):
            if field_cells:
                found.totals.append(TotalRow(row, label))  # subtotals printed on the section's own line
            found.ignored.append((row, "section title"))
            found.sections.append(Section(row, label, section_rank(number, label)))
            return signed
        found.data.append(row)
        return signed

    def _label(self, cells: list[Cell], name: int, texts: list[int]) -> str:
        """The words that say what a row is: its name cell, else its first text that is no number."""
        ordinal = self.header.ordinal
        if ordinal is not None and is_text(cells[ordinal]) and is_total(plain_text(cells[ordinal])):
            return tidy(plain_text(cells[ordinal]))
        if is_text(cells[name]):
            return tidy(plain_text(cells[name]))
        for column in texts:
            text = tidy(plain_text(cells[column]))
            if column != ordinal or len(texts) == 1 or len(text) > 6:
                return text
        return ""

    def _is_spread(self, row: int, column: int) -> bool:
        """Say whether a cell only repeats one that is merged across the row from further left."""
        return any(top <= row <= bottom and left < column <= right for top, left, bottom, right in self._wide_merges)

    def _repeats_header(self, cells: list[Cell]) -> bool:
        same = sum(
            1
            for column in self.header.columns
            if is_text(cells[column.index]) and tidy(plain_text(cells[column.index])) in column.parts
        )
        return same >= max(2, len([c for c in self.header.columns if c.parts]) // 2)

    def _fill_merged(self) -> None:
        """Merged row labels count for every row they span; merged numbers stay with their first row."""
        columns = {column.index: self.layout.fields[field] for field, column in self.header.fields.items()}
        self._wide_merges = [
            merge for merge in self.grid.merges if merge[3] > merge[1] and merge[0] > self.header.last_row
        ]
        for top, left, bottom, right in self.grid.merges:
            if top <= self.header.last_row or top >= self.stop or bottom == top or left != right or left not in columns:
                continue
            if columns[left].type in _NUMERIC:
                continue
            for row in range(top + 1, min(bottom, self.stop - 1) + 1):
                if self.grid.rows[row][left] == "":
                    self.grid.rows[row][left] = self.grid.rows[top][left]

    # --- values ----------------------------------------------------------------------------------------

    def _values(self, rows: list[int]) -> dict[str, list[Any]]:
        picked = [self.grid.rows[row] for row in rows]
        by_column = list(zip(*picked, strict=True)) or [()] * self.grid.width
        raw = {name: by_column[column.index] for name, column in self.header.fields.items()}
        locale = self._locale(raw)
        self._settings: dict[str, Setting] = {}
        values: dict[str, list[Any]] = {}
        order = [name for name in self.layout.fields if name in raw]
        header_choices = self.header.choices
        for name in order:
            field, column = self.layout.fields[name], self.header.fields[name]
            setting = self._settings[name] = Setting(locale, self._unit(field, column), self._year())
            if name in header_choices:
                parsed = self._chosen(name, header_choices[name], rows)
            else:
                parsed = self._parsed(name, field, raw[name], rows, setting)
            self._place_values(name, field, parsed, values, rows)
        for name in self.layout.required:
            self._require(name, values[name], rows)
        return values

    def _locale(self, raw: Mapping[str, Sequence[Cell]]) -> Locale:
        numeric = [name for name in raw if self.layout.fields[name].type in ("count", "money", "interest")]
        texts = [value for name in numeric for value in raw[name] if type(value) is str and value]
        whole = [
            value
            for name in numeric
            if self.layout.fields[name].type == "count"
            for value in raw[name]
            if type(value) is str
        ]
        return decide_locale(texts, whole) if texts else "unknown"

    def _unit(self, field: FieldLayout, column: Column) -> Unit | None:
        if field.type == "money":
            if column.unit:
                return column.unit
            noted = next((unit for text in self.title.units if (unit := money_unit(text))), None)
            return Unit(noted.factor, noted.per or time_in(" ".join(column.parts))) if noted else None
        if field.type in ("interest", "months"):
            key = match_key(" ".join(column.parts))
            if field.type == "interest":
                return Unit(1, "month" if "tháng" in key else "year")
            return Unit(1, "year" if "năm" in key and "tháng" not in key else "month")
        return None

    def _year(self) -> int | None:
        return self.title.period[1].year if self.title.period else None

    def _parsed(
        self, name: str, field: FieldLayout, raw: Sequence[Cell], rows: list[int], setting: Setting
    ) -> list[Any]:
        """Parse one column. Equal texts are parsed once; plain whole numbers take a short way."""
        out: list[Any] = []
        append = out.append
        memory: dict[str, Any] = {}
        factor = (
            setting.unit.factor
            if setting.unit and field.type == "money" and not (field.per and setting.unit.per not in (None, field.per))
            else None
        )
        quick = field.type == "count" or (factor is not None)
        scale = factor or 1
        lowest = -1e15 if field.signed else 0
        is_money, is_code = field.type == "money", field.type == "code"
        is_plain_text = field.type == "text" and not field.place
        is_date = field.type == "date"
        cell: Any  # told apart by its exact type below, which is what makes this loop fast
        for index, cell in enumerate(raw):
            value, kind = cell, type(cell)
            if kind is str:
                if value == "":
                    append(None)
                    continue
                if value in memory:
                    append(memory[value])
                    continue
                if (
                    is_plain_text
                    and value.isprintable()
                    and "  " not in value
                    and len(value) > 4
                    and value[0] != " "
                    and value[-1] != " "
                    and value[-1] != ")"
                ):
                    memory[value] = value
                    append(value)
                    continue
                if is_code and value.isalnum() and len(value) > 4:
                    append(value)
                    continue
            elif quick and kind is float and lowest <= value < 1e9:
                exact = value * scale
                whole = round(exact)
                # Below 1e15 the product is off by far less than this; what is no whole đồng is rounded exactly below.
                if (exact == whole) if not is_money else (-1e15 < exact < 1e15 and -0.001 < exact - whole < 0.001):
                    append(whole)
                    continue
            elif is_date and kind is dt.date and 1930 <= value.year <= 2100:
                append((value, "day"))
                continue
            if is_ditto(value) and field.type in ("text", "code", "enumeration", "date") and index:
                append(out[-1])
                continue
            try:
                result, note = parse(value, field, setting)
            except Broken as problem:
                self._quarantine(rows[index], name, value, problem)
                append(None)
                continue
            if note == "not calculated":
                self.sheet.findings.append(
                    Finding(
                        "not_calculated",
                        self.places.cell(rows[index], self.header.fields[name].index),
                        "the formula was saved without its result; the value is unknown, not 0",
                    )
                )
            elif note:
                self.notes.setdefault(rows[index], []).append(f"{name}: {personal.masked(note)}")
            elif kind is str:
                memory[value] = result
            append(result)
        return out

    def _chosen(self, name: str, choices: list[tuple[Column, str | int]], rows: list[int]) -> list[str | int | None]:
        """Return the code whose column is marked, row by row; two marks, or anything but a mark, are broken."""
        out: list[str | int | None] = []
        for row in rows:
            marked: list[str | int] = []
            for column, code in choices:
                value = self.grid.rows[row][column.index]
                if is_empty(value):
                    continue
                try:
                    if isinstance(value, ErrorCell):
                        raise Broken("a mark such as x", "the cell holds a spreadsheet error")
                    if value is not NOT_CALCULATED and mark_value(value, self.layout.fields[name], Setting())[0]:
                        marked.append(code)
                except Broken as problem:
                    self._quarantine(row, name, value, problem, column.index)
            if len(marked) > 1:
                found = ", ".join(map(str, marked))
                self._quarantine(row, name, found, Broken("one mark", "several columns are marked"))
            out.append(marked[0] if len(marked) == 1 else None)
        return out

    def _quarantine(self, row: int, name: str, value: Cell, problem: Broken, column: int | None = None) -> None:
        header = self.header
        column = header.fields[name].index if column is None else column
        name = next(iter(self.layout.fields[name].fills), name)  # a span of days is named by its first day
        self.broken.setdefault(row, []).append(
            QuarantinedCells(
                self.places.range(row, header.first_column, row, header.last_column),
                name,
                personal.masked(tidy(plain_text(value)))[:200],
                problem.expected,
                problem.reason,
                self.places.cell(row, column),
            )
        )

    def _place_values(
        self, name: str, field: FieldLayout, parsed: list[Any], values: dict[str, list[Any]], rows: list[int]
    ) -> None:
        if field.type == "period":
            for position, target in enumerate(field.fills):
                values[target] = [None if span is None else span[position] for span in parsed]
        elif field.type == "date" and name == "founded_on":
            values[name] = [None if date is None else date[0] for date in parsed]
            values["founded_on_precision"] = [None if date is None else date[1] for date in parsed]
        elif field.type == "date":
            values[name] = [
                None if date is None else self._whole_date(name, date, row)
                for date, row in zip(parsed, rows, strict=True)
            ]
        else:
            values[name] = parsed

    def _whole_date(self, name: str, date: tuple[dt.date, str], row: int) -> dt.date | None:
        day, precision = date
        if precision == "day":
            return day
        if name == "starts_on":
            return day
        if name == "ends_on":
            return month_end(day.year, day.month if precision == "month" else 12)
        value = self.grid.rows[row][self.header.fields[name].index]
        self._quarantine(row, name, value, Broken("a day", f"only a {precision} is stated"))
        return None

    def _require(self, name: str, column: Sequence[Any], rows: list[int]) -> None:
        for index, value in enumerate(column):
            if value is None and not any(entry.field == name for entry in self.broken.get(rows[index], ())):
                cell = self.grid.rows[rows[index]][self.header.fields[name].index]
                reason = "a formula without its result" if cell is NOT_CALCULATED else "a required value is missing"
                self._quarantine(rows[index], name, cell, Broken("a value", reason))

    # --- what section titles and names say ---------------------------------------------------------------

    def _is_district(self, text: str) -> bool:
        """Say whether a name is a district's: in a list of organisations that is a section, even when numbered."""
        return self.layout.record_type != "training_class" and _DISTRICT.match(match_key(text)) is not None

    def _is_group(self, text: str) -> bool:
        """Say whether a label names a group and no single organisation: "Huyện Hải An", "Hợp tác xã nông nghiệp:"."""
        if is_place_or_field(text) or text.rstrip().endswith(":"):
            return True
        known = labels(self.layout.layout)
        label = known.label(without_numbering(text))
        enumerations = [self.layout.fields[name] for name in self.layout.section_fields]
        return any(
            label == known.label(p) for field in enumerations for phrases in field.codes.values() for p in phrases
        )

    def _section_says(self, text: str) -> dict[str, str]:
        said = {}
        plain = without_numbering(text)
        for name, starts in self.layout.section_fields.items():
            field = self.layout.fields[name]
            if field.type == "enumeration":
                code = code_of(plain, field)
                if code is not None:
                    said[name] = code
            elif any(f"{match_key(plain)} ".startswith(f"{match_key(start)} ") for start in starts):
                said[name] = tidy(plain).rstrip(":").strip()
        return said

    def _add_from_sections(self, rows: Sorted, values: dict[str, list[Any]]) -> None:
        """Give rows the fields that their section titles say, and organisations the kind their names say."""
        sections = iter(sorted(rows.sections, key=lambda section: section.row))
        upcoming = next(sections, None)
        open_sections: list[tuple[int, dict[str, str]]] = []
        added: dict[str, list[Any]] = {
            name: [None] * len(rows.data) for name in self.layout.section_fields if name not in values
        }
        if upcoming is not None and added:
            for index, row in enumerate(rows.data):
                while upcoming is not None and upcoming.row < row:
                    rank = upcoming.rank
                    open_sections = [(depth, said) for depth, said in open_sections if depth < rank]
                    open_sections.append((rank, self._section_says(upcoming.text)))
                    upcoming = next(sections, None)
                for _, said in open_sections:
                    for name, value in said.items():
                        if name in added:
                            added[name][index] = value
        if "kind" in added and self.layout.record_type == "cooperative_status":
            self._add_kinds(added["kind"], values["name"])
        for name, column in added.items():
            if any(value is not None for value in column):
                values[name] = column

    def _add_kinds(self, kinds: list[Any], names: Sequence[Any]) -> None:
        heading = " ".join([self.title.text or "", *self.header.fields["name"].parts])
        said = code_of(heading, self.layout.fields["kind"])
        for index, name in enumerate(names):
            if kinds[index] is None:
                kinds[index] = "cooperative" if name and name[:4] == "HTX " else _kind_by_name(name) or said

    # --- personal data and unknown columns ---------------------------------------------------------------

    def _mask_personal_data(self, rows: list[int], values: dict[str, list[Any]]) -> None:
        for name, column in values.items():
            field = self.layout.fields.get(name)
            if field is None or field.type != "text" or name not in self.header.fields:
                continue
            at = self.header.fields[name].index
            texts = [value for value in column if value]
            if _FORMULA_LIKE.search("\n".join(texts)):
                for row, value in zip(rows, column, strict=True):
                    if value and _FORMULA_LIKE.match(value):
                        place, words = self.places.cell(row, at), "the text begins as a formula does"
                        self.sheet.findings.append(Finding("formula_like_text", place, words))
            if not personal.may_hold_any(texts):
                continue
            for index, value in enumerate(column):
                if value and (kinds := personal.kinds_in(value)):
                    column[index] = personal.masked(value)
                    place = self.places.cell(rows[index], at)
                    self.sheet.personal_data.append(PersonalData(place, kinds[0], None, 1))

    def _report_columns(self, rows: list[int]) -> None:
        header, unknown = self.header, []
        read = {column.index for column in header.fields.values()}
        read |= {column.index for choices in header.choices.values() for column, _ in choices}
        for column in header.columns:
            kind = personal_kind(column)
            if column.index in read or column.index == header.ordinal:
                continue
            texts = [plain_text(self.grid.rows[row][column.index]) for row in rows]
            filled = sum(bool(text.strip()) for text in texts)
            kind = kind or personal.kind_of_column(texts)
            if kind is None and personal.may_hold_any(texts):
                for row, text in zip(rows, texts, strict=True):
                    for cell_kind in personal.kinds_in(text)[:1]:
                        self.sheet.personal_data.append(
                            PersonalData(self.places.cell(row, column.index), cell_kind, None, 1)
                        )
            if kind and filled and rows:
                place = self.places.range(rows[0], column.index, rows[-1], column.index)
                self.sheet.personal_data.append(PersonalData(place, kind, " / ".join(column.parts), filled))
            elif column in header.extra and kind is None:
                unknown.append(column)
        if unknown:
            named = tuple(f"{column_name(column.index)}: {' / '.join(column.parts)}" for column in unknown)
            if self.places.transposed:
                named = tuple(f"row {column.index + 1}: {' / '.join(column.parts)}" for column in unknown)
            self.sheet.drift = Drift(self.layout.layout, added=named)
            for column, text in zip(unknown, named, strict=True):
                place = self.places.range(header.first_row, column.index, header.last_row, column.index)
                self.sheet.findings.append(
                    Finding("unknown_column", place, f"no field of {self.layout.layout} takes column {text}")
                )

    # --- putting it together -------------------------------------------------------------------------------

    def _finish(self, rows: Sorted, values: dict[str, list[Any]]) -> None:
        header, grid, places = self.header, self.grid, self.places
        data = rows.data
        keep = range(len(data)) if not self.broken else [i for i, row in enumerate(data) if row not in self.broken]
        if self.broken:
            values = {name: [column[i] for i in keep] for name, column in values.items()}
            kept = [data[i] for i in keep]
        else:
            kept = data
        first, last = column_name(header.first_column), column_name(header.last_column)
        if places.transposed:
            cells = [places.range(row, header.first_column, row, header.last_column) for row in kept]
        else:
            cells = [f"{first}{row + 1}:{last}{row + 1}" for row in kept]
        row_nos: list[str | None] = [None] * len(kept)
        if header.ordinal is not None:
            at = header.ordinal
            row_nos = [
                str(int(v)) if type(v := grid.rows[row][at]) is float and v.is_integer() else ordinal_text(v)
                for row in kept
            ]
        hidden_rows = grid.hidden_rows
        all_hidden = not grid.visible
        hidden = (
            [all_hidden or row in hidden_rows for row in kept] if hidden_rows or all_hidden else [False] * len(kept)
        )
        self.sheet.table = Columns(
            kept, values, cells, row_nos, hidden, {row: tuple(notes) for row, notes in self.notes.items()}
        )
        self.sheet.quarantined = [entry for row in sorted(self.broken) for entry in self.broken[row]]
        self.sheet.ignored = ignored_runs(rows.ignored, header, places)
        for column in sorted(grid.hidden_columns & {c.index for c in header.columns}):
            self.sheet.findings.append(
                Finding(
                    "hidden_column",
                    places.range(header.first_row, column, header.last_row, column),
                    "the column is hidden; it was read like the others",
                )
            )


def _disagreement(total: Total) -> Finding:
    message = f"{total.field}: {total.stated} is stated, the rows {total.of} give {total.computed}"
    if total.note:
        message += f" ({total.note})"
    return Finding("total_disagrees", total.cells, message, str(total.stated), str(total.computed), total.of)


def ignored_runs(ignored: Iterable[tuple[int, str]], header: Header, places: Places) -> list[Ignored]:
    """Return ignored rows with neighbours of the same reason joined when they are blank, each row else by itself."""
    result: list[tuple[int, Ignored]] = []
    by_why: dict[str, list[int]] = {}
    for row, why in ignored:
        by_why.setdefault(why, []).append(row)
    for why, numbers in by_why.items():
        spans = (
            runs(sorted(numbers)) if why in ("blank", "title", "signature") else ((row, row) for row in sorted(numbers))
        )
        for top, bottom in spans:
            result.append((top, Ignored(places.range(top, header.first_column, bottom, header.last_column), why)))
    return [entry for _, entry in sorted(result, key=lambda item: item[0])]


def _kind_by_name(name: str | None) -> str | None:
    key = f"{match_key(name or '')} "
    return next((kind for kind, starts in _KIND_BY_NAME if key.startswith(starts)), None)


def _looks_numeric(value: Cell) -> bool:
    text = plain_text(value).strip()
    return bool(text) and not any(sign.isalpha() for sign in text)
