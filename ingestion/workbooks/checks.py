"""Checks that a file itself offers: its totals against its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ingestion.vietnamese.text import match_key
from ingestion.workbooks.grids import Grid, is_empty
from ingestion.workbooks.headers import Header
from ingestion.workbooks.layouts import ListLayout
from ingestion.workbooks.results import QuarantinedCells, Total
from ingestion.workbooks.values import Broken, Setting, parse

if TYPE_CHECKING:
    from ingestion.workbooks.tables import Places, Sorted

_WHOLE = ("tổng cộng", "toàn tỉnh", "tổng số", "cả nước", "toàn huyện", "toàn quốc", "tổng toàn")


def check_list_totals(
    grid: Grid,
    header: Header,
    layout: ListLayout,
    rows: Sorted,
    values: Mapping[str, Sequence[Any]],
    settings: Mapping[str, Setting],
    broken: Mapping[int, Sequence[QuarantinedCells]],
    places: Places,
) -> list[Total]:
    """Return every stated total beside the sum of its rows.

    A total speaks for the rows of its section or for the whole table. Its words say which; where they don't,
    the reading that agrees on more columns is taken. Rows in quarantine are counted with the values that are sound.
    """
    totals: list[Total] = []
    position = {row: index for index, row in enumerate(rows.data)}
    additive = [
        name for name in header.fields if layout.fields[name].type in ("count", "money") and not layout.fields[name].per
    ]
    marks = [name for name in header.fields if layout.fields[name].type == "mark"]
    for total in sorted(rows.totals, key=lambda each: each.row):
        best: list[Total] = []
        for scope in _scopes(total.row, total.label, rows):
            indexes = [position[row] for row in scope]
            if not indexes:
                continue
            found = []
            for name in [*additive, *marks]:
                cell = grid.rows[total.row][header.fields[name].index]
                if is_empty(cell):
                    continue
                field = layout.fields[name]
                if field.type == "mark":
                    field = field.model_copy(update={"type": "count"})
                try:
                    stated, _ = parse(cell, field, settings[name])
                except Broken:
                    continue
                if not isinstance(stated, int):
                    continue
                column = values[name]
                computed = sum(int(column[i]) for i in indexes if column[i] is not None)
                setting = settings[name]
                tolerance = Decimal(0)
                if field.type == "money" and setting.unit and setting.unit.factor > 1:
                    tolerance = Decimal(setting.unit.factor) * Decimal(repr(layout.tolerances.money_total_units))
                    tolerance = (
                        tolerance
                        if stated % setting.unit.factor == 0 and computed % setting.unit.factor
                        else Decimal(0)
                    )
                left_out = [row for row in scope if any(entry.field == name for entry in broken.get(row, ()))]
                note = f"{len(left_out)} value(s) in quarantine not counted" if left_out else None
                at = header.fields[name].index
                of = places.range(scope[0], at, scope[-1], at)
                agrees = abs(stated - computed) <= tolerance
                found.append(Total(places.cell(total.row, at), name, stated, computed, agrees, of, note))
            if not best or sum(t.agrees for t in found) > sum(t.agrees for t in best):
                best = found
        totals.extend(best)
    return totals


def _scopes(row: int, label: str, rows: Sorted) -> list[list[int]]:
    """Return the sets of rows that a total may speak for, the likeliest first."""
    data = rows.data
    section_rows = sorted(section.row for section in rows.sections)
    own = next((section for section in rows.sections if section.row == row), None)
    if own is not None:  # printed on the section's line: until the next section of the same or a higher level
        ends = [section.row for section in rows.sections if section.row > row and section.rank <= own.rank]
        return [[r for r in data if row < r < min(ends, default=10**9)]]
    before = [r for r in data if r < row]
    marks = [section for section in section_rows if section < row] + [t.row for t in rows.totals if t.row < row]
    since = [r for r in before if r > max(marks, default=-1)]
    last_section = max((section for section in section_rows if section < row), default=None)
    in_section = [r for r in before if last_section is not None and r > last_section]
    after = [r for r in data if r > row]
    next_mark = min([s for s in section_rows if s > row] + [t.row for t in rows.totals if t.row > row], default=10**9)
    until = [r for r in after if r < next_mark]
    whole = match_key(label).startswith(_WHOLE)
    if not before:
        order = [data, until]
    elif whole:
        order = [data, since, in_section]
    else:
        order = [since, in_section, before, data]
    unique: list[list[int]] = []
    for scope in order:
        if scope and scope not in unique:
            unique.append(scope)
    return unique
