"""Checks that an indicator table itself offers: parts against wholes, places against regions, percentages."""

from __future__ import annotations

import dataclasses
import re
from decimal import Decimal
from typing import TYPE_CHECKING

from ingestion.vietnamese.text import match_key
from ingestion.workbooks.grids import Grid, is_empty, plain_text
from ingestion.workbooks.headers import Column, Header
from ingestion.workbooks.results import Finding, Sheet, Total
from ingestion.workbooks.titles import province_of
from ingestion.workbooks.values import Broken, Locale, Setting, quantity

if TYPE_CHECKING:
    from ingestion.workbooks.tables import Places

_COUNTRY = {"cả nước", "toàn quốc", "tổng số", "tổng cộng", "việt nam", "toàn tỉnh", "cộng", "tổng"}


@dataclasses.dataclass
class Line:
    """One line of an indicator table, with what was understood of it."""

    row: int
    text: str
    mark: str | None
    parent: Line | None
    indent: int = 0
    unit_text: str | None = None
    heading: str | None = None
    of_which: bool = False
    divided: bool = False
    remark: str | None = None  # beside the name of a place
    indicator: str | None = None
    scope: str | None = None
    measured_code: str | None = None
    factor: Decimal = Decimal(1)
    values: dict[int, Decimal] = dataclasses.field(default_factory=dict)  # by column
    broken: set[int] = dataclasses.field(default_factory=set)


def _plain(value: Decimal) -> Decimal | int:
    return int(value) if value == value.to_integral_value() else value.normalize()


def _compare(
    sheet: Sheet, places: Places, whole: Line, parts: list[Line], column: int, *, at_most: bool, kind: str
) -> None:
    if column not in whole.values or not parts:
        return
    known = [part for part in parts if column in part.values]
    if not known:
        return
    stated, computed = whole.values[column], sum((part.values[column] for part in known), Decimal(0))
    tolerance = _tolerance(whole, known, column)
    agrees = computed <= stated + tolerance if at_most else abs(stated - computed) <= tolerance
    of = places.range(known[0].row, column, known[-1].row, column)
    cell = places.cell(whole.row, column)
    missing = len(parts) - len(known)
    note = f"{missing} of its parts have no value" if missing else None
    if not at_most:
        sheet.totals.append(Total(cell, "value", _plain(stated), _plain(computed), agrees, of, note))
    if not agrees:
        words = "are more than" if at_most else "do not add up to"
        sheet.findings.append(
            Finding(
                kind,
                cell,
                f"the parts of {whole.text!r} {words} the whole: "
                f"{_plain(stated)} is stated, its parts give {_plain(computed)}",
                found=str(_plain(stated)),
                expected=str(_plain(computed)),
                against=of,
            )
        )


def _tolerance(whole: Line, parts: list[Line], column: int) -> Decimal:
    """Rounded parts may miss their whole by half a step each, when the numbers have decimals."""
    steps = []
    for line in (whole, *parts):
        value = line.values[column] / line.factor
        exponent = value.normalize().as_tuple().exponent
        steps.append(-exponent if isinstance(exponent, int) and exponent < 0 else 0)
    decimals = max(steps)
    if decimals == 0:
        return Decimal(0)
    return Decimal(10) ** -decimals * whole.factor * (len(parts) + 1) / 2


def check_places(lines: list[Line], header: Header, sheet: Sheet, places: Places) -> None:
    """Check every region against the provinces printed under it, and the country against its regions."""
    country = [line for line in lines if match_key(line.text) in _COUNTRY]
    groups: list[tuple[Line, list[Line]]] = []
    for line in lines:
        if line in country:
            continue
        if province_of(line.text) is None:
            groups.append((line, []))
        elif groups:
            groups[-1][1].append(line)
    if not _adds_up(lines):
        return
    regions = [(region, members) for region, members in groups if len(members) >= 2]
    for column in (value.index for value in header.values):
        if _is_average(regions, country, lines, column):
            continue
        for region, members in regions:
            _compare(sheet, places, region, members, column, at_most=False, kind="total_disagrees")
        for whole in country:
            parts = [region for region, _ in regions]
            members = [line for line in lines if line not in country and line not in parts]
            # A wrong region must not make the country look wrong when its provinces do add up to it.
            _compare(
                sheet,
                places,
                whole,
                members if not parts or _sums_to(whole, members, column) else parts,
                column,
                at_most=False,
                kind="total_disagrees",
            )


def _is_average(regions: list[tuple[Line, list[Line]]], country: list[Line], lines: list[Line], column: int) -> bool:
    """Densities and averages don't add up: most wholes lie below the largest of their parts."""
    wholes = [(region, members) for region, members in regions] + [
        (each, [line for line in lines if line not in country]) for each in country
    ]
    known = [
        (whole.values[column], [part.values[column] for part in parts if column in part.values])
        for whole, parts in wholes
        if column in whole.values
    ]
    below = sum(1 for stated, values in known if values and stated < max(values))
    return below * 2 > len(known)


def _adds_up(lines: list[Line]) -> bool:
    """Averages and shares don't add up; counts and amounts do."""
    return all(line.measured_code != "percent" for line in lines)


def check_lines(lines: list[Line], header: Header, sheet: Sheet, places: Places, grid: Grid, locale: Locale) -> None:
    """Check "trong đó" and divided lines against their parents, and percentages against their parts."""
    children: dict[int, list[Line]] = {}
    for line in lines:
        if line.parent is not None:
            children.setdefault(line.parent.row, []).append(line)
    by_row = {line.row: line for line in lines}
    for row, parts in children.items():
        whole = by_row.get(row)
        if whole is None or not whole.values:
            continue
        parts = [part for part in parts if _same_unit(part, whole)]
        if not parts:
            continue
        columns = [value.index for value in header.values]
        equal = [c for c in columns if _sums_to(whole, parts, c)]
        divided = all(part.divided for part in parts)
        full = len(parts) >= 2 and (
            divided
            or (
                2 * len(equal) > len([c for c in columns if c in whole.values])
                or (equal and not any(p.of_which for p in parts))
            )
        )
        for column in columns:
            if full:
                _compare(sheet, places, whole, parts, column, at_most=False, kind="parts_disagree")
            else:
                for part in parts:
                    _compare(sheet, places, whole, [part], column, at_most=True, kind="of_which_exceeds")
    _check_numbered(lines, header, sheet, places)
    for comparison in header.comparisons:
        _check_percent(comparison, lines, header, sheet, places, grid, locale)


def _check_numbered(lines: list[Line], header: Header, sheet: Sheet, places: Places) -> None:
    """1.1, 1.2 … under 1: checked where they add up in at least one column, so that they are parts of it."""
    numbered = {
        line.mark.strip(". )"): line for line in lines if line.mark and re.fullmatch(r"\d+(?:\.\d+)*[.)]?", line.mark)
    }
    for number, whole in numbered.items():
        parts = [
            line for other, line in numbered.items() if other.rpartition(".")[0] == number and _same_unit(line, whole)
        ]
        columns = [value.index for value in header.values]
        if len(parts) >= 2 and any(_sums_to(whole, parts, column) for column in columns):
            for column in columns:
                _compare(sheet, places, whole, parts, column, at_most=False, kind="parts_disagree")


def _same_unit(part: Line, whole: Line) -> bool:
    if "percent" in (part.measured_code, whole.measured_code):
        return False
    return part.measured_code is None or whole.measured_code is None or part.measured_code == whole.measured_code


def _sums_to(whole: Line, parts: list[Line], column: int) -> bool:
    if column not in whole.values or not all(column in part.values for part in parts):
        return False
    total = sum((part.values[column] for part in parts), Decimal(0))
    return total != 0 and abs(total - whole.values[column]) <= _tolerance(whole, parts, column)


def _check_percent(
    comparison: Column, lines: list[Line], header: Header, sheet: Sheet, places: Places, grid: Grid, locale: Locale
) -> None:
    """A column of percentages is some value column over another: which two is found from the lines themselves."""
    stated: dict[int, Decimal] = {}
    for line in lines:
        cell = grid.rows[line.row][comparison.index]
        if is_empty(cell):
            continue
        try:
            number, _, _ = quantity(cell, Setting(locale), signed=True)
        except Broken:
            continue
        if number is not None:
            stated[line.row] = number
    best: tuple[int, tuple[int, int, int] | None] = (0, None)
    columns = [value.index for value in header.values]
    for over in columns:
        for under in columns:
            if over == under:
                continue
            for growth in (0, 100):
                hits = sum(_is_ratio(line, stated, over, under, growth) is True for line in lines)
                if hits > best[0]:
                    best = (hits, (over, under, growth))
    if best[1] is None or best[0] * 2 < len(
        [line for line in lines if _comparable(line, stated, best[1][0], best[1][1])]
    ):
        return
    over, under, growth = best[1]
    for line in lines:
        if _is_ratio(line, stated, over, under, growth) is False:
            value = line.values[over] / line.values[under] * 100 - growth
            rounded = value.quantize(Decimal("0.01"))
            cell = places.cell(line.row, comparison.index)
            against = f"{places.cell(line.row, over)} / {places.cell(line.row, under)}"
            sheet.findings.append(
                Finding(
                    "percent_disagrees",
                    cell,
                    f"{plain_text(grid.rows[line.row][comparison.index])} is stated, its parts give {rounded} %",
                    found=str(stated[line.row]),
                    expected=str(rounded),
                    against=against,
                )
            )


def _comparable(line: Line, stated: dict[int, Decimal], over: int, under: int) -> bool:
    return line.row in stated and over in line.values and line.values.get(under, Decimal(0)) != 0


def _is_ratio(line: Line, stated: dict[int, Decimal], over: int, under: int, growth: int) -> bool | None:
    if not _comparable(line, stated, over, under):
        return None
    expected = line.values[over] / line.values[under] * 100 - growth
    value = stated[line.row]
    exponent = value.normalize().as_tuple().exponent
    step = Decimal(10) ** (exponent if isinstance(exponent, int) and exponent < 0 else 0)
    if abs(value - expected) <= step / 2 + Decimal("0.0001"):
        return True
    return abs(value * 100 - expected) <= step * 50 + Decimal("0.0001")  # written as a fraction
