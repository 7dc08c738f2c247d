"""The pictures: what is drawn, in both languages, and never anything but lines, marks and words of our own."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from lxml import etree

from publication import charts, ways
from publication.charts import Point, Way
from publication.published import Published
from publication.wording import Text, quantity
from tests.publication.candidate_warehouse import Warehouse

HOSTILE = '"><script>alert(1)</script>'


def way(*values: int, words: str = "") -> Way:
    return Way(
        title=Text("Số HTX thành lập mới", "New cooperatives"),
        status="behind",
        start=dt.date(2021, 1, 1),
        end=dt.date(2025, 12, 31),
        target=Decimal(50),
        target_words=quantity(Decimal(50), words or "cooperative", qualifier="ge"),
        points=tuple(
            Point(dt.date(2021 + number, 12, 31), Decimal(value), quantity(Decimal(value), "cooperative"), "behind")
            for number, value in enumerate(values)
        ),
        expected=Decimal(0),
        held=(dt.date(2024, 12, 31),),
    )


def drawn(picture: Way) -> etree._Element:
    return etree.fromstring(charts.draw(picture))


def texts(svg: etree._Element, tag: str) -> list[str]:
    return [element.text or "" for element in svg.iter(f"{{*}}{tag}")]


def test_every_point_the_target_and_the_hold_are_named_in_both_languages() -> None:
    svg = drawn(way(8, 19, 26))
    shown = texts(svg, "text")
    for both in (("ít nhất 50 HTX", "at least 50 cooperatives"), ("8 HTX", "8 cooperatives"), ("Đang giữ lại", "Held")):
        assert set(both) <= set(shown)
    assert {"2021", "2022", "2023", "2024", "2025"} <= set(shown)
    classes = [element.get("class") for element in svg.iter("{*}text")]
    assert classes.count("vi") == classes.count("en") == 5
    assert texts(svg, "title") == ["Số HTX thành lập mới", "New cooperatives"]
    assert "31/12/2023: 26 HTX; chỉ tiêu ít nhất 50 HTX; giữ lại: 31/12/2024" in texts(svg, "desc")[0]


def test_words_stand_over_the_lines() -> None:
    svg = drawn(way(8, 19, 48))
    parts = list(svg.iter("{*}text", "{*}line", "{*}path"))
    words = [number for number, part in enumerate(parts) if etree.QName(part).localname == "text"]
    target = next(number for number in words if parts[number].text == "ít nhất 50 HTX")
    dashed = [number for number, part in enumerate(parts) if part.get("stroke-dasharray") == "4,3"]
    assert dashed and max(dashed) < target


def test_a_picture_can_do_nothing() -> None:
    svg = drawn(way(8, 19, words=HOSTILE))
    tags = {etree.QName(element).localname for element in svg.iter(etree.Element)}
    assert tags <= {"svg", "g", "path", "rect", "line", "text", "title", "desc"}
    names = {etree.QName(name).localname for element in svg.iter(etree.Element) for name in element.attrib}
    assert not {name for name in names if name.startswith("on") or name in ("href", "style", "src")}
    assert any(HOSTILE in text for text in texts(svg, "text"))


def test_the_same_picture_is_the_same_bytes() -> None:
    assert charts.draw(way(8, 19)) == charts.draw(way(8, 19))


def test_pieces_of_a_sum_lead_to_the_published_number_or_are_not_drawn(tmp_path, built: Warehouse) -> None:
    target = next(row for row in built.rows["marts.fct_kpi_attainment"] if row["target_key"] == "t-new")
    result = next(row for row in built.rows["marts.fct_kpi_result"] if row["result_key"] == "r-new")
    target.update(result_period_start=dt.date(2021, 1, 1), result_period_end=dt.date(2024, 12, 31))
    target.update(result_value=Decimal(46), evaluated_on=dt.date(2025, 9, 30))
    for year, value in ((2021, 10), (2022, 20), (2023, 10), (2024, 6)):
        built.add(
            "marts.fct_kpi_series",
            series_key=str(year),
            period_start=dt.date(year, 1, 1),
            period_end=dt.date(year, 12, 31),
            value=Decimal(value),
            **{
                name: result.get(name)
                for name in ("programme", "indicator", "scope", "province_key", "source_system", "unit")
            },
        )

    def pictures() -> dict[str, str]:
        home = tmp_path / str(len(list(tmp_path.iterdir())))
        home.mkdir()
        built.write(home).rename(home / "htx.duckdb")
        with Published.open(home) as published:
            return {key: str(svg) for key, svg in ways.pictures(published, published.attainments).items()}

    picture = etree.fromstring(pictures()["a-t-new"])
    assert {"10 HTX", "30 HTX", "40 HTX", "46 HTX"} <= set(texts(picture, "text"))
    target["result_value"] = Decimal(47)
    assert "a-t-new" not in pictures()
