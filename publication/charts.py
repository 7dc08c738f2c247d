"""The way to a target as a picture: results over time, the promise, and where the result should have been by when.

Drawn by Vega through Altair and vl-convert, in this process and without a browser; what goes into the page is an SVG
that holds no script and asks for nothing. A text in it that differs between the languages is there in both, and the
page's switch shows one of them.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from lxml import etree
from markupsafe import Markup

from publication import wording
from publication.wording import Text

_WIDTH, _HEIGHT = 360, 120
_LABELLED = 7  # points that all get their number; of more, only the first and the last do
_INK, _SOFT, _LINE = "#17212b", "#4a5663", "#d9dee4"
_HELD = "#7b3f94"
_STATUS = {"achieved": "#13693b", "on_track": "#0b5394", "behind": "#c2710c", "missed": "#a3191b"}


@dataclasses.dataclass(frozen=True)
class Point:
    """A result at the end of its period; `status` is that of the target it was set against, "" for none.

    `is_stale`: it stands in for a newer one that is held.
    """

    day: dt.date
    value: Decimal
    words: Text
    status: str = ""
    is_stale: bool = False


@dataclasses.dataclass(frozen=True)
class Way:
    """What one picture shows. Values are in the unit of the target.

    `expected` is the level at the start of the period that the pro-rata line begins at, None where there is no such
    line; `yearly` results are measured one by one (bars), others lead to one another (a line); `held` are the ends of
    the periods whose results are not published.
    """

    title: Text
    status: str
    start: dt.date
    end: dt.date
    target: Decimal
    target_words: Text
    points: tuple[Point, ...]
    expected: Decimal | None = None
    yearly: bool = False
    held: tuple[dt.date, ...] = ()


def draw(way: Way) -> Markup:
    """The picture as an ``<svg>`` element to put into a page, with a title and description in both languages."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(_chart(way).to_dict(validate=False))
    # Vega escapes what it draws, lxml what it writes: nothing in a label can become an element.
    return Markup(_bilingual(drawn, way))


def _chart(way: Way) -> Any:
    import altair

    first = min([way.start, *(point.day for point in way.points)])
    last = max([way.end, *(point.day for point in way.points), *way.held])
    years = list(range(first.year, last.year + 1))
    x = altair.X(
        "x:Q",
        scale=altair.Scale(domain=[years[0], years[-1] + 1], nice=False, zero=False),
        axis=altair.Axis(
            values=[year + 0.5 for year in years],
            labelExpr="floor(datum.value)",
            ticks=False,
            grid=False,
            title=None,
            domainColor=_SOFT,
            labelColor=_SOFT,
            labelFontSize=11,
        ),
    )
    values = [way.target, *(point.value for point in way.points), way.expected or Decimal(0)]
    top, bottom = max(values), min([*values, Decimal(0)])
    room = (top - bottom) * Decimal("0.22") or Decimal(1)
    y = altair.Y("y:Q", scale=altair.Scale(domain=[float(bottom), float(top + room)], nice=False), axis=None)

    def layer(rows: Iterable[dict[str, Any]]) -> Any:
        return altair.Chart(altair.Data(values=list(rows)))  # type: ignore[no-untyped-call]  # altair leaves it untyped

    colour = _STATUS.get(way.status, _SOFT)
    # The number of a result that comes near the target stands above it; that of the target then goes below its line.
    is_near = any(point.value > way.target - room and point.day >= way.start for point in way.points)
    baseline = "top" if is_near else "bottom"
    start, end, target = _year(way.start), _year(way.end, end=True), float(way.target)
    layers = [
        layer({"x": year} for year in years[1:]).mark_rule(color=_LINE).encode(x=x),
        layer({"x": at, "y": target} for at in (start, end)).mark_line(color=_INK, strokeWidth=1.5).encode(x=x, y=y),
    ]
    if way.expected is not None:
        line = [{"x": start, "y": float(way.expected)}, {"x": end, "y": target}]
        layers.append(layer(line).mark_line(color=_SOFT, strokeDash=[4, 3], strokeWidth=1.2).encode(x=x, y=y))
    rows = [
        # A bar stands in the middle of its year, a level at the day it was reached.
        {
            "x": point.day.year + 0.5 if way.yearly else _year(point.day, end=True),
            "y": float(point.value),
            "colour": _STATUS.get(point.status, _SOFT),
        }
        for point in way.points
    ]
    own = altair.Color("colour:N", scale=None)
    if way.yearly:
        layers.append(layer(rows).mark_bar(width=18, opacity=0.85).encode(x=x, y=y, color=own))
    else:
        layers.append(layer(rows).mark_line(color=colour, strokeWidth=2).encode(x=x, y=y))
        for stale in (False, True):
            marks = [row for row, point in zip(rows, way.points, strict=True) if point.is_stale is stale]
            fill = "#fff" if stale else colour
            layers.append(layer(marks).mark_point(size=42, color=colour, fill=fill, opacity=1).encode(x=x, y=y))
    # Words come last, over all lines; the page gives them a white edge.
    layers.append(
        layer([{"x": start, "y": target, "label": way.target_words.vi}])
        .mark_text(
            align="left",
            baseline=baseline,
            dx=2,
            dy=4 if is_near else -3,
            color=_INK,
            fontSize=11,
        )
        .encode(x=x, y=y, text="label:N")
    )
    labels = [row | {"label": point.words.vi} for row, point in zip(rows, way.points, strict=True)]
    if len(labels) > _LABELLED:
        labels = [labels[0], labels[-1]]
    layers.append(
        layer(labels)
        .mark_text(baseline="bottom", dy=-5, fontSize=11, fontWeight="bold")
        .encode(x=x, y=y, text="label:N", color=own)
    )
    if way.held:
        held = [{"x": _year(day, end=True), "y": float(bottom), "label": wording.HELD.vi} for day in way.held]
        layers.append(layer(held).mark_rule(color=_HELD, strokeDash=[2, 2], strokeWidth=2).encode(x=x))
        layers.append(
            layer(held)
            .mark_text(align="right", baseline="bottom", dx=-4, dy=-2, color=_HELD, fontSize=11)
            .encode(x=x, y=y, text="label:N")
        )
    return (
        altair.layer(*layers)
        .properties(width=_WIDTH, height=_HEIGHT, background="transparent")
        .configure(aria=False, padding={"left": 4, "right": 24, "top": 4, "bottom": 4})
        .configure_view(stroke=None)
    )


def _year(day: dt.date, *, end: bool = False) -> float:
    """A day as a point on an axis of years: its beginning, or its end (so that 31 December closes its year)."""
    length = dt.date(day.year + 1, 1, 1) - dt.date(day.year, 1, 1)
    return day.year + (day.timetuple().tm_yday - (0 if end else 1)) / length.days


def _bilingual(drawn: str, way: Way) -> str:
    """The drawing without its fixed size and marks of the tool, with texts in both languages."""
    svg = etree.fromstring(drawn.encode())
    namespace = f"{{{svg.nsmap[None]}}}"
    english = {text.vi: text.en for text in (way.target_words, wording.HELD, *(point.words for point in way.points))}
    for element in svg.iter(etree.Element):
        for name in list(element.attrib):
            if name.startswith("aria-") or name in ("role", "class", "font-family", "pointer-events"):
                del element.attrib[name]
    for element in list(svg.iter(f"{namespace}text")):
        other = english.get(element.text or "")
        if other is not None and other != element.text:
            twin = etree.Element(element.tag, dict(element.attrib))
            twin.text = other
            element.set("class", "vi")
            twin.set("class", "en")
            element.addnext(twin)
    for name in ("width", "height", "version"):
        svg.attrib.pop(name, None)
    svg.set("role", "img")
    svg.set("class", "way")
    said = _said(way)
    for tag, text in (("desc", said.en), ("desc", said.vi), ("title", way.title.en), ("title", way.title.vi)):
        element = etree.Element(f"{namespace}{tag}", {"lang": "vi" if text in (said.vi, way.title.vi) else "en"})
        element.text = text
        svg.insert(0, element)
    etree.cleanup_namespaces(svg)
    return str(etree.tostring(svg, encoding="unicode"))


def _said(way: Way) -> Text:
    """The picture in words, for those who hear the page."""
    parts: Sequence[Text] = [
        *(wording.day(point.day) + wording.same(": ") + point.words for point in way.points),
        Text("chỉ tiêu ", "target ") + way.target_words,
        *(Text("giữ lại: ", "held: ") + wording.day(day) for day in way.held),
    ]
    return Text("; ".join(part.vi for part in parts), "; ".join(part.en for part in parts))
