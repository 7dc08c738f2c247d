"""Which results make up the way to a target: what there is to draw, and which pictures are worth their time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from markupsafe import Markup

from publication import charts, notes, wording
from publication.charts import Point, Way
from publication.published import Attainment, Published, Result, SeriesPoint
from publication.wording import Text

# A picture takes about 65 ms; the sample has some forty, a national release two thousand. Those come first whose
# period still runs, and a target of which no picture is drawn has its bar and its numbers like every other.
MAX_PICTURES = 60
_FIRST = ("behind", "on_track", "missed", "achieved")
_YEARLY = ("flow_per_year", "level_per_year", "growth_per_year")
_FEW = 4  # results that have room for their unit

_Series = tuple[str | None, str, str | None, str | None, str | None, str | None]


def pictures(published: Published, attainments: Sequence[Attainment]) -> dict[str, Markup]:
    """The pictures of a release by attainment key: of targets with two results or more, `MAX_PICTURES` at most."""
    series: dict[_Series, list[SeriesPoint]] = defaultdict(list)
    for point in published.series:
        key = (
            point.programme,
            point.indicator,
            point.scope,
            point.scope_note,
            point.province_key,
            point.source_system,
        )
        series[key].append(point)
    held: dict[tuple[str, str | None, str | None], list[dt.date]] = defaultdict(list)
    for result in published.results.values():
        if result.is_held and result.period_end:
            held[result.indicator, result.scope, result.province_key].append(result.period_end)
    rows: dict[str, list[Attainment]] = defaultdict(list)
    for row in attainments:
        rows[row.target_key].append(row)
    ways = [
        (newest, way)
        for found in rows.values()
        if (newest := _newest_with_a_result(found)) and (way := _way(published, newest, found, series, held))
    ]
    ways.sort(key=lambda item: _FIRST.index(item[0].status) if item[0].status in _FIRST else len(_FIRST))
    return {row.attainment_key: charts.draw(way) for row, way in ways[:MAX_PICTURES]}


def _newest_with_a_result(rows: Iterable[Attainment]) -> Attainment | None:
    """A promise for each year has a row a year; the picture of all of them stands at the last that has a result."""
    found = [row for row in rows if row.result_value is not None]
    return max(found, key=lambda row: (row.period_end or dt.date.min, row.attainment_key), default=None)


def _way(
    published: Published,
    row: Attainment,
    years: Sequence[Attainment],
    series: dict[_Series, list[SeriesPoint]],
    held: dict[tuple[str, str | None, str | None], list[dt.date]],
) -> Way | None:
    result = published.results.get(row.result_key or "")
    if result is None or row.target_value is None or row.period_start is None or row.period_end is None:
        return None
    key = (
        result.programme,
        result.indicator,
        result.scope,
        result.scope_note,
        result.province_key,
        result.source_system,
    )
    found = [(point.period_end, point.value) for point in _of_basis(published, row, series[key]) if point.period_end]
    numbers = [(day, value) for day, value in found if value is not None and day <= row.evaluated_on]
    if row.basis == "flow_over_period":
        numbers = _running_sum(numbers)
        if not numbers or numbers[-1][1] != row.result_value:
            return None  # a picture that ends beside the published number would contradict it
    if len(numbers) < 2:
        return None
    yearly = row.basis in _YEARLY
    statuses = {year.result_period_end: year.status for year in years} if yearly else {}
    start = min(year.period_start for year in years if year.period_start)
    return Way(
        title=notes.indicator_name(published, row.indicator)
        + wording.same(", ")
        + wording.period(start, row.period_end),
        status=row.status,
        start=start,
        end=row.period_end,
        target=row.target_value,
        target_words=wording.quantity(row.target_value, row.unit, high=row.target_value_high, qualifier=row.qualifier),
        points=tuple(
            Point(
                day=day,
                value=value,
                words=_label(value, row.unit, few=len(numbers) <= _FEW),
                status=statuses.get(day, "") if yearly else row.status,
                is_stale=row.is_stale and day == row.result_period_end,
            )
            for day, value in numbers
        ),
        expected=None if yearly or row.expected_value is None else _beginning(published, row),
        yearly=yearly,
        held=tuple(sorted({day for day in held[row.indicator, row.scope, row.province_key] if day >= start})),
    )


def _of_basis(published: Published, row: Attainment, points: Iterable[SeriesPoint]) -> list[SeriesPoint]:
    """The results of a series that are measured as the target is: pieces of a sum, whole years, or levels."""
    ordered = sorted((point for point in points if point.period_end), key=lambda point: point.period_end or dt.date.min)
    if row.basis == "flow_over_period":
        pieces: list[Result | None] = [published.results.get(key) for key in (row.result_keys or "").split()]
        used = {piece.result_key for piece in pieces if piece}
        if len(used) > 1:
            return [point for point in ordered if point.result_key in used]
        return [
            point
            for point in ordered
            if _is_whole_year(point)
            and row.result_period_start is not None
            and row.result_period_end is not None
            and row.result_period_start <= (point.period_start or dt.date.min)
            and (point.period_end or dt.date.max) <= row.result_period_end
        ]
    if row.basis == "flow_per_year":
        return [point for point in ordered if _is_whole_year(point)]
    # Levels and growth: the last of each year where every year is judged, else all of them.
    if row.basis in _YEARLY:
        return list({point.period_end.year: point for point in ordered if point.period_end}.values())
    return list({point.period_end: point for point in ordered}.values())


def _is_whole_year(point: SeriesPoint) -> bool:
    start, end = point.period_start, point.period_end
    return (
        start is not None
        and end is not None
        and (start.month, start.day, end.month, end.day) == (1, 1, 12, 31)
        and start.year == end.year
    )


def _running_sum(numbers: Iterable[tuple[dt.date, Decimal]]) -> list[tuple[dt.date, Decimal]]:
    total, summed = Decimal(0), []
    for day, value in numbers:
        total += value
        summed.append((day, total))
    return summed


def _beginning(published: Published, row: Attainment) -> Decimal | None:
    """Where the straight line to the target begins: at 0 for a sum, at the baseline for a level (fct_kpi_attainment).

    None where the line is no way: a level that began beyond its target, or one that should fall from nobody knows
    where.
    """
    assert row.target_value is not None  # asked by the caller
    if row.basis == "flow_over_period":
        return Decimal(0)
    falls = row.qualifier in ("le", "lt") or _falls(published, row.indicator)
    if row.baseline_value is None:
        return None if falls else Decimal(0)
    is_beyond = row.baseline_value <= row.target_value if falls else row.baseline_value >= row.target_value
    return None if is_beyond else row.baseline_value


def _falls(published: Published, indicator: str) -> bool:
    known = published.indicators.get(indicator)
    return known is not None and known.direction == "down"


def _label(value: Decimal, unit: str | None, *, few: bool) -> Text:
    if few or unit == "percent" or (unit or "").startswith("VND"):
        return wording.quantity(value, unit)
    return wording.plain_number(value)
