"""The official report table of a province or a programme: TT · Chỉ tiêu · ĐVT · thực hiện · kế hoạch · ước · so sánh.

A line is one indicator and scope. Its results are taken from one counting system (register, alliance, ministry, …),
the one that ranks first for the year; systems are never mixed in a line, so the comparison with the year
before is one of like with like. Plans are the targets that are due at the end of the year. A number that was held back
is not in it.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from publication.published import Indicator, Programme, Province, Published
from publication.wording import fold

# A level of 14 December stands for the year, and a flow from 15 December to 14 December too (Circular 09/2024).
DOMAINS = ("cooperatives", "training", "finance")
_GRACE = dt.timedelta(days=17)


class NoAnnex(Exception):
    """There is no annex for what was asked: what was expected, what was found, what to do next."""


@dataclasses.dataclass(frozen=True)
class Period:
    """A year, or its first half."""

    year: int
    half: bool = False

    @classmethod
    def parse(cls, text: str) -> Period:
        """``2024`` or ``2024-H1``; `NoAnnex` for anything else."""
        found = re.fullmatch(r"(19|20)(\d\d)(-H1)?", text.strip(), re.IGNORECASE)
        if not found:
            raise NoAnnex(f"period {text!r}: expected a year such as 2024, or a half-year such as 2024-H1. Write one.")
        return cls(int(found[1] + found[2]), half=bool(found[3]))

    @property
    def start(self) -> dt.date:
        return dt.date(self.year, 1, 1)

    @property
    def end(self) -> dt.date:
        return dt.date(self.year, 6, 30) if self.half else dt.date(self.year, 12, 31)

    @property
    def year_end(self) -> dt.date:
        return dt.date(self.year, 12, 31)

    @property
    def before(self) -> Period:
        return Period(self.year - 1, self.half)

    @property
    def name(self) -> str:
        """As headers say it in Vietnamese."""
        return f"6 tháng đầu năm {self.year}" if self.half else f"năm {self.year}"

    def holds(self, start: dt.date | None, end: dt.date) -> bool:
        """Whether a level at `end`, or a flow from `start` to `end`, is this period's."""
        grace = dt.timedelta() if self.half else _GRACE
        if not self.end - grace <= end <= self.end:
            return False
        return start is None or self.start - grace <= start <= self.start


@dataclasses.dataclass(frozen=True)
class Number:
    """One number of the annex, and where it comes from. Money is in VND, shares in percent."""

    value: Decimal
    high: Decimal | None
    qualifier: str
    key: str
    origin: str
    system: str | None
    file: str | None
    place: str  # sheet and cells, or the sentence
    artefact: str | None
    computation: str | None


@dataclasses.dataclass(frozen=True)
class Line:
    """One indicator and scope. `note` says in Vietnamese what a reader must know (a stale number, several plans)."""

    indicator: Indicator
    scope: str | None
    before: Number | None
    plan: Number | None
    done: Number | None
    estimated: Number | None
    next_plan: Number | None
    note: str

    @property
    def numbers(self) -> dict[str, Number]:
        """The numbers of the line by the name of their column."""
        found = {
            "before": self.before,
            "plan": self.plan,
            "done": self.done,
            "estimated": self.estimated,
            "next_plan": self.next_plan,
        }
        return {name: number for name, number in found.items() if number is not None}


@dataclasses.dataclass(frozen=True)
class Annex:
    """The lines of one province or programme and period, by domain; `left_out` counts series too special for it."""

    province: Province
    programme: Programme | None
    period: Period
    lines: tuple[Line, ...]
    left_out: int
    release_id: str


def annex(published: Published, name: str, period: Period, release_id: str) -> Annex:
    """The annex of the province or programme called `name` (code or name, with or without accents) in `period`.

    Raises `NoAnnex` when nothing or more than one thing bears the name, or when there is no number for the period.
    """
    province, programme = _find(published, name, period)
    points = _points(published, province, programme)
    plans = _plans(published, province, programme)
    special = {(p.indicator, p.scope, p.note) for p in points if p.note is not None or p.scope == "detail"}
    keys = {(p.indicator, p.scope) for p in points if p.note is None and p.scope != "detail"}
    keys |= {(p.indicator, p.scope) for p in plans if p.indicator in published.indicators}
    lines = []
    for indicator, scope in keys:
        line = _line(
            published.indicators[indicator],
            scope,
            [p for p in points if (p.indicator, p.scope) == (indicator, scope) and p.note is None],
            [p for p in plans if (p.indicator, p.scope) == (indicator, scope)],
            period,
        )
        if line.numbers:
            lines.append(line)
    if not lines:
        years = sorted({p.end.year for p in points} | {p.end.year for p in plans})
        known = f"{years[0]} to {years[-1]}" if years else "none"
        raise NoAnnex(
            f"{name!r}, {period.name}: expected published numbers, found none. Years with numbers: {known}. Name one."
        )
    lines.sort(key=_order)
    return Annex(province, programme, period, tuple(lines), len(special), release_id)


def _order(line: Line) -> tuple[int, bool, str, bool, str]:
    """By domain, totals first; a part follows its whole."""
    code = line.indicator.indicator
    return (
        DOMAINS.index(line.indicator.domain),
        not code.endswith("_total"),
        code,
        line.scope is not None,
        line.scope or "",
    )


@dataclasses.dataclass(frozen=True)
class _Point:
    indicator: str
    scope: str | None
    note: str | None
    start: dt.date | None
    end: dt.date
    rank: int
    number: Number
    flag: str = ""


def _line(
    indicator: Indicator, scope: str | None, points: Sequence[_Point], plans: Sequence[_Point], period: Period
) -> Line:
    now = [point for point in points if period.holds(point.start, point.end)]
    then = [point for point in points if period.before.holds(point.start, point.end)]
    # One system for the whole line: that which ranks first this year, else last year.
    chosen = min(now or then, key=lambda point: (point.rank, point.number.key), default=None)
    system = chosen.number.system if chosen else None
    done = _first(point for point in now if point.number.system == system and point.number.qualifier != "approx")
    estimated = _first(point for point in now if point.number.system == system and point.number.qualifier == "approx")
    before = _first(point for point in then if point.number.system == system)
    plan, several = _plan(plans, period)
    next_plan, _ = _plan(plans, Period(period.year + 1))
    notes = [point.flag for point in (done, estimated, plan) if point is not None and point.flag]
    if several:
        notes.append(f"có {several + 1} kế hoạch, xem bảng nguồn")
    return Line(
        indicator=indicator,
        scope=scope,
        before=before.number if before else None,
        plan=plan.number if plan else None,
        done=done.number if done else None,
        estimated=estimated.number if estimated and not done else None,
        next_plan=next_plan.number if next_plan else None,
        note="; ".join(dict.fromkeys(notes)),
    )


def _first(points: Iterable[_Point]) -> _Point | None:
    return min(points, key=lambda point: (point.rank, -point.end.toordinal(), point.number.key), default=None)


def _plan(plans: Sequence[_Point], period: Period) -> tuple[_Point | None, int]:
    """The plan that is due at the end of the year, and how many others say another number."""
    due = [plan for plan in plans if plan.end == period.year_end and plan.start in (None, period.start)]
    first = min(due, key=lambda plan: (plan.rank, plan.number.key), default=None)
    if first is None:
        return None, 0
    return first, len(
        {(plan.number.value, plan.number.high) for plan in due} - {(first.number.value, first.number.high)}
    )


def _points(published: Published, province: Province, programme: Programme | None) -> list[_Point]:
    """The accepted numbers of the province's series; a programme's annex takes its own and those of no programme."""
    rows = published.connection.execute(
        "SELECT s.indicator, s.scope, s.scope_note, s.period_start, s.period_end, s.qualifier, s.value, s.origin,"
        " s.source_system, s.result_key, r.value_high, r.file, r.sheet, r.cells, r.sentence, r.artefact,"
        " r.computation_vi"
        " FROM marts.fct_kpi_series s JOIN marts.fct_kpi_result r USING (result_key)"
        " WHERE list_contains(?, s.province_key) AND s.value IS NOT NULL"
        " AND (s.speaks_for_province OR s.programme = ?) AND (? IS NULL OR s.programme IS NULL OR s.programme = ?)",
        [_forms(published, province), *[programme.programme if programme else None] * 3],
    ).fetchall()
    return [
        _Point(
            indicator=row[0],
            scope=row[1],
            note=row[2],
            start=row[3],
            end=row[4],
            rank=_RANKS.get(row[7], 9),
            number=_number(row[6], row[10], row[5], row[9], row[7], row[8], row[11:17]),
        )
        for row in rows
        if row[0] in published.indicators
    ]


def _plans(published: Published, province: Province, programme: Programme | None) -> list[_Point]:
    rows = published.connection.execute(
        "SELECT a.indicator, a.scope, a.basis, a.period_start, a.period_end, t.qualifier, t.value, t.origin,"
        " t.target_key, t.value_high, t.file, t.sheet, t.cells, t.sentence, t.artefact, t.derivation_vi,"
        " a.is_stale, a.stale_since"
        " FROM marts.fct_kpi_attainment a JOIN marts.fct_kpi_target t USING (target_key)"
        " WHERE list_contains(?, a.province_key) AND (? IS NULL OR a.programme = ?) AND t.value IS NOT NULL"
        " AND a.period_end IS NOT NULL AND a.scope_note IS NULL AND a.scope IS DISTINCT FROM 'detail'",
        [_forms(published, province), *[programme.programme if programme else None] * 2],
    ).fetchall()
    return [
        _Point(
            indicator=row[0],
            scope=row[1],
            note=None,
            # A level is due at the end whenever its way began; a flow belongs to a year only when it is that year's.
            start=None if row[2].startswith("level") else row[3],
            end=row[4],
            rank=_RANKS.get(row[7], 9),
            number=_number(row[6], row[9], row[5], row[8], row[7], None, row[10:16]),
            flag=f"kết quả mới đang được giữ lại từ {row[17]:%d/%m/%Y}" if row[16] and row[17] else "",
        )
        for row in rows
    ]


_RANKS = {"register": 0, "report": 1, "bulletin": 2, "derived": 3}


def _number(
    value: Decimal,
    high: Decimal | None,
    qualifier: str | None,
    key: str,
    origin: str,
    system: str | None,
    source: Sequence[Any],
) -> Number:
    file, sheet, cells, sentence, artefact, computation = source
    place = f"{sheet} · {cells}" if cells else sentence or ""
    return Number(value, high, qualifier or "eq", key, origin, system, file, place, artefact, computation)


def _find(published: Published, name: str, period: Period) -> tuple[Province, Programme | None]:
    wanted = fold(name)
    provinces = {province.province_key: province for province in published.provinces.values()}
    programmes = [
        programme
        for programme in published.programmes.values()
        if wanted in (fold(programme.programme), fold(programme.name_vi or ""), fold(programme.name_en or ""))
    ]
    if len(programmes) == 1 and programmes[0].province_key in provinces:
        return provinces[programmes[0].province_key], programmes[0]
    bearing = [
        province
        for province in provinces.values()
        if wanted
        in (fold(province.short_name), fold(province.name_vi), fold(province.name_en), fold(province.province_key))
    ]
    valid = [
        province
        for province in bearing
        if province.valid_from <= period.end and (province.valid_to is None or period.start <= province.valid_to)
    ]
    # A year in which the province changed its form: the form that reported at its end, else the one before.
    reporting = [p for p in valid if _reports(published, p)] or valid
    if reporting:
        return max(reporting, key=lambda province: province.valid_from), None
    if bearing:
        forms = ", ".join(f"{p.province_key} ({p.valid_from:%Y}–{p.valid_to or 'today'})" for p in bearing)
        raise NoAnnex(
            f"{name!r}, {period.name}: expected a province that existed then, found {forms}. Name the province of "
            "that time, or see marts.fct_kpi_series_restated for numbers added up to today's provinces."
        )
    near = sorted(
        {programme.programme for programme in published.programmes.values()}
        | {province.short_name for province in provinces.values() if wanted in fold(province.name_vi)}
    )
    raise NoAnnex(
        f"{name!r}: expected the code or name of a programme or a province, found none. "
        f"Programmes: {', '.join(near)}. Provinces are named as in marts.dim_province."
    )


def _reports(published: Published, province: Province) -> bool:
    row = published.connection.execute(
        "SELECT count(*) FROM marts.fct_kpi_series WHERE list_contains(?, province_key)", [_forms(published, province)]
    ).fetchone()
    return row is not None and row[0] > 0


def _forms(published: Published, province: Province) -> list[str]:
    """The keys of a province under all names it bore on the same territory: its numbers may be compared."""
    return [
        other.province_key
        for other in published.provinces.values()
        if other.province_key == province.province_key
        or (province.territory_key is not None and other.territory_key == province.territory_key)
    ]
