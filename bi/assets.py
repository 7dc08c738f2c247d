"""Superset's datasets, charts and dashboards, written in its own export format from the short definitions beside this.

    python -m bi.assets RELEASE          # writes bi/superset/ from bi/dashboards/*.yml; a test keeps it current

A definition says what is asked (SQL on published tables, metrics, charts, their places); everything that Superset wants
to know besides is the same for all and stands here. Identifiers are made of names, so that a renamed title stays the
same chart. SQL names tables without a schema and runs on DuckDB and on PostgreSQL alike: the connection says where they
are (`bi.superset_config`).
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import yaml

from publication import wording

DEFINITIONS = Path(__file__).parent / "dashboards"
ASSETS = Path(__file__).parent / "superset"
DATABASE = "Kho dữ liệu hợp tác xã"
SEARCH_PATH = "marts,publication"

Definition = Mapping[str, Any]

_NAMES = uuid.UUID("8a2e8f0c-6f0a-5f6e-9a51-3a1f0c0f7b1d")  # of this project's assets; never changes
_COLOURS = {
    "Đạt": "#2e8b57",
    "Đúng tiến độ": "#7cb98b",
    "Chậm tiến độ": "#e0a030",
    "Không đạt": "#c0504d",
    "Chưa có số liệu": "#b8bcc2",
    "Không đo được": "#8a8f98",
    "đạt": "#2e8b57",
    "không đạt": "#c0504d",
    "đúng hạn": "#2e8b57",
    "muộn": "#e0a030",
    "chưa nhận": "#c0504d",
    "chưa đến hạn": "#b8bcc2",
    "đang hoạt động": "#2e8b57",
    "ngừng hoạt động": "#b8bcc2",
    "Mục tiêu": "#c0504d",
    "Kết quả": "#1f77b4",
}


def definitions() -> list[Definition]:
    """The dashboards, in the order of their files."""
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(DEFINITIONS.glob("[0-9]*.yml"))]


def sql_of(dataset: Definition) -> str:
    """The SQL of a dataset with a Vietnamese word for each code."""
    return re.sub(r"\{\{\s*([\w+]+):\s*(.+?)\s*\}\}", lambda found: _case(found[1], found[2]), dataset["sql"]).strip()


def _case(words: str, expression: str) -> str:
    own = yaml.safe_load((DEFINITIONS / "words.yml").read_text(encoding="utf-8"))
    said: dict[str, str] = {}
    for name in words.split("+"):
        said |= own[name] if name in own else {code: text.vi for code, text in getattr(wording, name).items()}
    whens = " ".join(f"when '{code}' then '{word}'" for code, word in said.items())
    return f"case {expression} {whens} else {expression} end"


def described(release: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[str, str]]:
    """Name and DuckDB type of each column that `sql` gives on a release."""
    release.execute(f"SET search_path = '{SEARCH_PATH}'")
    return [(name, kind) for name, kind, *_ in release.execute(f"DESCRIBE {sql}").fetchall()]


def write(release: Path, target: Path = ASSETS) -> None:
    """Write all assets; `release` is any release, which knows the types and descriptions of columns."""
    shutil.rmtree(target, ignore_errors=True)
    with duckdb.connect(str(release / "htx.duckdb"), read_only=True) as connection:
        for name, asset in _all(connection):
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            text = yaml.safe_dump(asset, allow_unicode=True, sort_keys=False, width=10**6)
            path.write_text(text, encoding="utf-8")


def _all(release: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, Definition]]:
    # No time in it: the same definitions give the same bytes.
    yield "metadata.yaml", {"version": "1.0.0", "type": "assets", "timestamp": "2026-01-01T00:00:00+00:00"}
    yield "databases/htx.yaml", _database()
    number = 0
    for definition in definitions():
        slug = definition["slug"]
        for key, dataset in definition["datasets"].items():
            yield f"datasets/htx/{slug}-{key}.yaml", _dataset(release, slug, key, dataset)
        numbers = {}
        for key, chart in definition["charts"].items():
            number += 1
            numbers[key] = number
            yield f"charts/{slug}-{key}.yaml", _chart(slug, key, chart, definition["datasets"][chart["dataset"]])
        yield f"dashboards/{slug}.yaml", _dashboard(definition, numbers)


def _id(*names: str) -> str:
    return str(uuid.uuid5(_NAMES, "/".join(names)))


def _database() -> Definition:
    return {
        "database_name": DATABASE,
        # A name for the kind of database only: `bi.superset_config` puts the current release in its place.
        "sqlalchemy_uri": "duckdb:///:memory:",
        "cache_timeout": None,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "extra": {"allows_virtual_table_explore": True},
        "impersonate_user": False,
        "uuid": _id("database"),
        "version": "1.0.0",
    }


def _dataset(release: duckdb.DuckDBPyConnection, slug: str, key: str, dataset: Definition) -> Definition:
    sql = sql_of(dataset)
    published = dict(
        release.execute("SELECT column_name, any_value(comment ORDER BY table_name) FROM duckdb_columns() GROUP BY 1")
        .fetchall()
    )  # fmt: skip
    return {
        "table_name": dataset["name"],
        "main_dttm_col": None,
        "description": dataset["about"],
        "default_endpoint": None,
        "offset": 0,
        "cache_timeout": None,
        "schema": None,
        "sql": sql,
        "params": None,
        "template_params": None,
        "filter_select_enabled": True,
        "fetch_values_predicate": None,
        "extra": None,
        "uuid": _id("dataset", slug, key),
        "metrics": [
            {
                "metric_name": name,
                "verbose_name": metric["label"],
                "metric_type": None,
                "expression": metric["sql"],
                "description": f"{metric['label']} · {metric['en']}",
                "d3format": metric["format"],
                "extra": None,
                "warning_text": None,
            }
            for name, metric in dataset["metrics"].items()
        ],
        "columns": [
            {
                "column_name": name,
                "verbose_name": dataset["columns"][name],
                "is_dttm": kind in ("DATE", "TIMESTAMP"),
                "is_active": True,
                "type": kind,
                "groupby": True,
                "filterable": True,
                "expression": None,
                "description": published.get(name),
                "python_date_format": None,
                "extra": None,
            }
            for name, kind in described(release, sql)
        ],
        "version": "1.0.0",
        "database_uuid": _id("database"),
    }


# Charts

_KINDS = {
    "number": "big_number_total",
    "bar": "echarts_timeseries_bar",
    "line": "echarts_timeseries_line",
    "table": "table",
    "pivot": "pivot_table_v2",
}


def _chart(slug: str, key: str, chart: Definition, dataset: Definition) -> Definition:
    kind = _KINDS[chart["type"]]
    params = {
        "viz_type": kind,
        "adhoc_filters": [_where(chart["where"])] if "where" in chart else [],
        "extra_form_data": {},
        **_FORMS[chart["type"]](chart, dataset),
    }
    return {
        "slice_name": chart["title"],
        "description": chart["en"],
        "certified_by": None,
        "certification_details": None,
        "viz_type": kind,
        "params": params,
        "query_context": None,
        "cache_timeout": None,
        "uuid": _id("chart", slug, key),
        "version": "1.0.0",
        "dataset_uuid": _id("dataset", slug, chart["dataset"]),
    }


def _where(sql: str) -> Definition:
    return {"expressionType": "SQL", "sqlExpression": sql, "clause": "WHERE"}


def _format(dataset: Definition, metric: str) -> str:
    return str(dataset["metrics"][metric]["format"])


def _axis(dataset: Definition, metric: str) -> str:
    """The same without zeros at the end, and with halves: an axis has them where counts are small."""
    return _format(dataset, metric).replace("d", ".1f").replace("f", "~f")


def _number(chart: Definition, dataset: Definition) -> Definition:
    return {
        "metric": chart["metric"],
        "y_axis_format": _format(dataset, chart["metric"]),
        "subtitle": chart.get("below", ""),
        "header_font_size": 0.4,
        "subtitle_font_size": 0.2,
    }


def _bars(chart: Definition, dataset: Definition) -> Definition:
    first = chart["metrics"][0]
    return {
        "x_axis": chart["x"],
        "xAxisForceCategorical": True,
        "metrics": chart["metrics"],
        "groupby": [chart["split"]] if "split" in chart else [],
        "orientation": "horizontal" if chart.get("across") else "vertical",
        "stack": "Stack" if chart.get("stack") else None,
        # A bar that lies is drawn from the bottom up: what comes first has to be sorted last.
        "x_axis_sort": chart["x"] if not chart.get("across") else first,
        "x_axis_sort_asc": True,
        "timeseries_limit_metric": first,
        "order_desc": True,
        "row_limit": 10000 if "split" in chart else chart.get("rows", 40),
        "y_axis_format": _axis(dataset, first),
        "show_value": bool(chart.get("values")),
        "show_legend": "split" in chart,
        "legendType": "scroll",
        "legendOrientation": "top",
        "rich_tooltip": True,
        "color_scheme": "supersetColors",
        "truncateYAxis": False,
    }


def _line(chart: Definition, dataset: Definition) -> Definition:
    return {
        "x_axis": chart["x"],
        "time_grain_sqla": None,
        "metrics": chart["metrics"],
        "groupby": [chart["split"]],
        "x_axis_time_format": "%m/%Y",
        "tooltipTimeFormat": "%d/%m/%Y",
        "y_axis_format": _axis(dataset, chart["metrics"][0]),
        "row_limit": 10000,
        "markerEnabled": True,
        "markerSize": 8,
        "show_legend": True,
        "legendOrientation": "top",
        "rich_tooltip": True,
        "color_scheme": "supersetColors",
        "truncateYAxis": False,
        "connectNulls": True,
    }


def _table(chart: Definition, dataset: Definition) -> Definition:
    order = [json.dumps([column, direction == "up"]) for column, direction in chart["order"]]
    metrics = chart.get("metrics", [])
    formats = {**{name: _format(dataset, name) for name in metrics}, **chart.get("formats", {})}
    asked = (
        {"query_mode": "raw", "all_columns": chart["columns"], "order_by_cols": order}
        if "columns" in chart
        else {"query_mode": "aggregate", "groupby": chart["by"], "metrics": metrics, "order_desc": True}
    )
    return {
        **asked,
        "row_limit": 10000,
        "page_length": 25,
        "include_search": True,
        "show_cell_bars": False,
        "allow_rearrange_columns": False,
        "table_timestamp_format": "%d/%m/%Y",
        "column_config": {
            name: {"d3NumberFormat": form, "d3SmallNumberFormat": form} for name, form in formats.items()
        },
    }


def _pivot(chart: Definition, dataset: Definition) -> Definition:
    return {
        "groupbyRows": chart["down"],
        "groupbyColumns": chart["over"],
        "all_columns_x": [*chart["down"], *chart["over"]],  # a dashboard gets the labels of columns that it finds here
        "metrics": [chart["metric"]],
        "metricsLayout": "COLUMNS",
        # Each cell is one number: nothing is added up, so there are no totals.
        "aggregateFunction": "Maximum",
        "rowTotals": False,
        "colTotals": False,
        "rowSubTotals": False,
        "colSubTotals": False,
        "valueFormat": _format(dataset, chart["metric"]),
        "date_format": "%d/%m/%Y",
        "rowOrder": "key_a_to_z",
        "colOrder": "key_a_to_z",
        "row_limit": 10000,
        "transposePivot": False,
        "combineMetric": False,
    }


_FORMS = {"number": _number, "bar": _bars, "line": _line, "table": _table, "pivot": _pivot}


# Dashboards


def _dashboard(definition: Definition, numbers: Mapping[str, int]) -> Definition:
    return {
        "dashboard_title": definition["title"],
        "description": f"{definition['about']['vi']} · {definition['about']['en']}",
        "css": "",
        "slug": definition["slug"],
        "certified_by": "",
        "certification_details": "",
        "published": True,
        "uuid": _id("dashboard", definition["slug"]),
        "position": _position(definition, numbers),
        "metadata": {
            "native_filter_configuration": [
                _filter(definition, index, asked, numbers) for index, asked in enumerate(definition["filters"])
            ],
            "filter_bar_orientation": "HORIZONTAL",
            "cross_filters_enabled": True,
            "color_scheme": "supersetColors",
            "label_colors": _COLOURS,
            "map_label_colors": _COLOURS,
            "shared_label_colors": list(_COLOURS),
            "refresh_frequency": 0,
            "timed_refresh_immune_slices": [],
            "expanded_slices": {},
        },
        "version": "1.0.0",
    }


def _position(definition: Definition, numbers: Mapping[str, int]) -> Definition:
    slug, rows = definition["slug"], definition["rows"]
    names = [f"ROW-{place}" for place, _ in enumerate(rows)]
    note = f"{definition['about']['vi']}\n\n*{definition['about']['en']}*"
    placed: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": ["ROW-about", *names], "parents": ["ROOT_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": definition["title"]}},
        **_row("ROW-about", ["MARKDOWN-about"]),
        "MARKDOWN-about": {
            "type": "MARKDOWN",
            "id": "MARKDOWN-about",
            "children": [],
            "parents": ["ROOT_ID", "GRID_ID", "ROW-about"],
            "meta": {"width": 12, "height": 10, "code": note},
        },
    }
    for name, row in zip(names, rows, strict=True):
        placed |= _row(name, [f"CHART-{key}" for key in row["charts"]])
        for key in row["charts"]:
            placed[f"CHART-{key}"] = {
                "type": "CHART",
                "id": f"CHART-{key}",
                "children": [],
                "parents": ["ROOT_ID", "GRID_ID", name],
                "meta": {
                    "chartId": numbers[key],
                    "uuid": _id("chart", slug, key),
                    "sliceName": definition["charts"][key]["title"],
                    "width": 12 // len(row["charts"]),
                    "height": row["height"],
                },
            }
    return placed


def _row(name: str, children: Sequence[str]) -> Definition:
    meta = {"background": "BACKGROUND_TRANSPARENT"}
    parents = ["ROOT_ID", "GRID_ID"]
    return {name: {"type": "ROW", "id": name, "children": list(children), "parents": parents, "meta": meta}}


def _filter(definition: Definition, index: int, asked: Definition, numbers: Mapping[str, int]) -> Definition:
    slug = definition["slug"]
    charts = asked.get("only", list(numbers))
    return {
        "id": f"NATIVE_FILTER-{slug}-{index}",
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "name": asked["name"],
        "description": "",
        "requiredFirst": bool(asked.get("first")),
        "targets": [{"column": {"name": asked["column"]}, "datasetUuid": _id("dataset", slug, asked["dataset"])}],
        "controlValues": {
            "multiSelect": not asked.get("first"),
            "defaultToFirstItem": bool(asked.get("first")),
            "enableEmptyFilter": bool(asked.get("first")),
            "searchAllOptions": False,
            "inverseSelection": False,
        },
        "defaultDataMask": {"extraFormData": {}, "filterState": {}, "ownState": {}},
        "cascadeParentIds": [],
        "scope": {
            "rootPath": ["ROOT_ID"],
            "excluded": [number for key, number in numbers.items() if key not in charts],
        },
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("bi.assets: expected the folder of a release, for example: python -m bi.assets var/current")
    write(Path(sys.argv[1]))
