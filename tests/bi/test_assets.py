"""Superset's assets: what the definitions say, on published columns alone, in Vietnamese, and answered by the sample.

How the dashboards look in a browser is `make test-bi`.
"""

import csv
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import duckdb
import psycopg
import pytest
import yaml

from bi import assets
from publication import serving
from publication.shelf import Shelf
from tests.postgres import running_postgres
from tests.refreshing import PROJECT

FOLDER = PROJECT / "bi" / "superset"
FILES = {path.relative_to(FOLDER).as_posix(): yaml.safe_load(path.read_text()) for path in FOLDER.rglob("*.yaml")}
DATASETS = {asset["uuid"]: asset for name, asset in FILES.items() if name.startswith("datasets/")}
CHARTS = {asset["uuid"]: asset for name, asset in FILES.items() if name.startswith("charts/")}
DASHBOARDS = {asset["slug"]: asset for name, asset in FILES.items() if name.startswith("dashboards/")}
# What a Vietnamese text has and an English one has not.
VIETNAMESE = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)


def test_they_are_what_the_definitions_say(sample, tmp_path):
    """If this fails: `python -m bi.assets var/current` after a refresh of the sample, and commit what it wrote."""
    assets.write(sample.release, tmp_path / "superset")
    made = {
        path.relative_to(tmp_path / "superset").as_posix(): path for path in (tmp_path / "superset").rglob("*.yaml")
    }
    assert set(made) == set(FILES)
    for name, path in made.items():
        assert path.read_text() == (FOLDER / name).read_text(), name


def test_every_identifier_is_used_once_and_every_reference_leads_somewhere():
    identifiers = [asset["uuid"] for asset in FILES.values() if "uuid" in asset]
    assert len(identifiers) == len(set(identifiers))
    database = FILES["databases/htx.yaml"]["uuid"]
    assert {dataset["database_uuid"] for dataset in DATASETS.values()} == {database}
    assert {chart["dataset_uuid"] for chart in CHARTS.values()} == set(DATASETS)  # and none is left over
    placed = [
        part["meta"]["uuid"]
        for dashboard in DASHBOARDS.values()
        for part in dashboard["position"].values()
        if isinstance(part, dict) and part.get("type") == "CHART"
    ]
    assert sorted(placed) == sorted(CHARTS)
    for dashboard in DASHBOARDS.values():
        for asked in dashboard["metadata"]["native_filter_configuration"]:
            [target] = asked["targets"]
            names = {column["column_name"] for column in DATASETS[target["datasetUuid"]]["columns"]}
            assert target["column"]["name"] in names


@pytest.mark.parametrize("name", sorted(name for name in FILES if name.startswith("charts/")))
def test_a_chart_asks_for_columns_and_metrics_of_its_dataset(name):
    chart = FILES[name]
    dataset, form = DATASETS[chart["dataset_uuid"]], chart["params"]
    columns = {column["column_name"] for column in dataset["columns"]}
    metrics = {metric["metric_name"] for metric in dataset["metrics"]}
    assert set(_columns(form)) <= columns
    assert len(set(_columns(form))) == len(_columns(form))  # Superset answers with an error otherwise
    assert set(_metrics(form)) <= metrics
    assert set(form.get("column_config", {})) <= columns | metrics
    assert chart["viz_type"] == form["viz_type"]


def test_what_people_read_is_vietnamese_and_composed():
    said = [dashboard["dashboard_title"] for dashboard in DASHBOARDS.values()]
    said += [chart["slice_name"] for chart in CHARTS.values()]
    for dataset in DATASETS.values():
        said += [dataset["table_name"], *(column["verbose_name"] for column in dataset["columns"])]
        said += [metric["verbose_name"] for metric in dataset["metrics"]]
    for dashboard in DASHBOARDS.values():
        said += [asked["name"] for asked in dashboard["metadata"]["native_filter_configuration"]]
    plain = {"ĐVT", "Nghĩa là"}
    assert [text for text in said if text not in plain and not VIETNAMESE.search(text)] == []
    assert all(unicodedata.is_normalized("NFC", text) for text in said)
    assert all(" · " in dashboard["description"] for dashboard in DASHBOARDS.values())  # and English after it


def test_numbers_are_written_by_formats_that_superset_turns_into_vietnamese():
    """Thousands are grouped everywhere: the comma of the format becomes a full stop by D3_FORMAT."""
    for dataset in DATASETS.values():
        for metric in dataset["metrics"]:
            assert re.fullmatch(r",(d|\.\d[f%])", metric["d3format"]), metric


@pytest.fixture(scope="module")
def release(sample):
    with duckdb.connect(str(sample.release / "htx.duckdb"), read_only=True) as connection:
        connection.execute(f"SET search_path = '{assets.SEARCH_PATH}'")
        yield connection


def test_only_published_tables_are_read(release):
    with (PROJECT / "publication" / "published_columns.csv").open(encoding="utf-8") as file:
        published = {row["table"] for row in csv.DictReader(file)}
    for dataset in DATASETS.values():
        assert set(release.get_table_names(dataset["sql"])) <= published, dataset["table_name"]


def test_every_chart_has_data_on_the_sample(release):
    for chart in CHARTS.values():
        dataset, form = DATASETS[chart["dataset_uuid"]], chart["params"]
        metrics = {metric["metric_name"]: metric["expression"] for metric in dataset["metrics"]}
        columns, asked = list(dict.fromkeys(_columns(form))), [metrics[name] for name in _metrics(form)]
        where = " and ".join(f"({one['sqlExpression']})" for one in form["adhoc_filters"]) or "true"
        grouped = f"group by {', '.join(columns)}" if columns and asked else ""
        rows = release.execute(
            f"select {', '.join([*columns, *asked])} from ({dataset['sql']}) where {where} {grouped}"
        )
        found = rows.fetchall()
        assert found and any(value is not None for value in found[0]), chart["slice_name"]


def test_no_metric_adds_up_levels_or_shares(release):
    """A level comes from one reporting date a province; a share is made of its parts; a series is never summed."""
    for dataset in DATASETS.values():
        one_number_a_row = re.search(r"fct_kpi_(series|series_restated|attainment)\b", dataset["sql"])
        for metric in dataset["metrics"]:
            if one_number_a_row and "numerator" not in metric["expression"]:
                assert not re.search(r"\b(sum|avg)\(", metric["expression"]), metric["metric_name"]
    # A level is counted at one date: no province of today shows two.
    for table in ("Hợp tác xã ở kỳ báo cáo cuối", "Khoản vay ở kỳ báo cáo cuối"):
        [dataset] = [dataset for dataset in DATASETS.values() if dataset["table_name"] == table]
        days = release.execute(
            f"select count(distinct period_end) from ({dataset['sql']}) group by province"
        ).fetchall()
        assert days and set(days) == {(1,)}


def test_headline_numbers_are_those_of_a_count_of_its_own(release):
    def answer(table, metric):
        [dataset] = [dataset for dataset in DATASETS.values() if dataset["table_name"] == table]
        [expression] = [one["expression"] for one in dataset["metrics"] if one["metric_name"] == metric]
        return release.execute(f"select {expression} from ({dataset['sql']})").fetchone()[0]

    rows = release.execute(
        "select current_province_key, period_end, kind, members from fct_cooperative_status where is_newest"
    ).fetchall()
    last = {province: max(day for other, day, *_ in rows if other == province) for province, *_ in rows}
    counted = [row for row in rows if row[1] == last[row[0]] and row[2] == "cooperative"]
    assert answer("Hợp tác xã ở kỳ báo cáo cuối", "cooperatives") == len(counted) > 0
    assert answer("Hợp tác xã ở kỳ báo cáo cuối", "members") == sum(row[3] or 0 for row in counted)
    loans = release.execute(
        "select current_province_key, period_end, outstanding_vnd, overdue_vnd from fct_finance_loan where is_newest"
    ).fetchall()
    last = {province: max(day for other, day, *_ in loans if other == province) for province, *_ in loans}
    owed = sum(loan[2] or 0 for loan in loans if loan[1] == last[loan[0]])
    late = sum(loan[3] or 0 for loan in loans if loan[1] == last[loan[0]])
    assert answer("Khoản vay ở kỳ báo cáo cuối", "outstanding") == pytest.approx(float(owed) / 1e9)
    assert answer("Khoản vay ở kỳ báo cáo cuối", "overdue_share") == pytest.approx(float(late / owed))
    status = dict(release.execute("select status, count(*) from fct_kpi_attainment group by status").fetchall())
    told = sum(count for name, count in status.items() if name not in ("no_data", "not_measurable"))
    assert answer("Mục tiêu và kết quả", "achieved_share") == pytest.approx(status["achieved"] / told)


def test_postgresql_gives_the_same_answers(sample, release):
    with running_postgres() as server:
        serving.serve(Shelf(sample.home).required_current(), serving.Server(server.superuser))
        with psycopg.connect(f"{server.superuser} options='-c search_path=published'") as served:
            for dataset in DATASETS.values():
                asked = ", ".join(metric["expression"] for metric in dataset["metrics"])
                for query in (
                    f"select count(*) from ({dataset['sql']}) as t",
                    f"select {asked} from ({dataset['sql']}) as t",
                ):
                    ours = [float(value) for value in release.execute(query).fetchone()]
                    theirs = [float(value) for value in served.execute(query).fetchone()]
                    assert theirs == pytest.approx(ours), dataset["table_name"]


def test_the_environment_is_locked_without_addresses():
    text = (PROJECT / "bi" / "requirements.lock").read_text()
    assert "://" not in text and "--" not in text
    locked = dict(line.split(" ;")[0].split("==") for line in text.splitlines() if "==" in line)
    own = dict(re.findall(r"^([\w-]+)==(\S+)$", (PROJECT / "requirements.lock").read_text(), re.MULTILINE))
    assert locked["apache-superset"] == "6.1.0"
    assert locked["duckdb"] == own["duckdb"]  # the version that writes a release reads it


def test_without_a_release_it_says_what_to_do(tmp_path):
    command = [sys.executable, "-m", "bi.server", "serve"]
    done = subprocess.run(
        command, cwd=PROJECT, env={"HTX_HOME": str(tmp_path), "PATH": ""}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("bi: ") and "make refresh" in done.stderr and "Traceback" not in done.stderr
    assert list(Path(tmp_path).iterdir()) == []


def _columns(form):
    several = [form.get(key, []) for key in ("groupby", "groupbyRows", "groupbyColumns", "all_columns")]
    return [*([form["x_axis"]] if "x_axis" in form else []), *(name for names in several for name in names)]


def _metrics(form):
    return [*([form["metric"]] if "metric" in form else []), *form.get("metrics", [])]
