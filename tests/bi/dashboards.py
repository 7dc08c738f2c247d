"""``make test-bi``: Superset as a reader meets it. Every dashboard in Chromium, on a desk and on a phone.

    .venv-bi/bin/python -m tests.bi.dashboards --home HOME --pictures DIR

Superset starts on loopback with the release of HOME. Each chart has to show data and no error, and the browser may ask
nobody but this server. Before, the dashboards are imported twice: the second time must change nothing. Afterwards the
next query has to read a release that has become current meanwhile, and nothing else on this machine. The pictures are
for a person to look at: what is cut off or ugly is no error to a program.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
import yaml
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

PROJECT = Path(__file__).resolve().parents[2]
SIZES = {"desk": (1440, 1000), "phone": (390, 844)}
# What Superset keeps of an import. Days of change are no content.
CONTENT = ("dbs", "tables", "table_columns", "sql_metrics", "slices", "dashboards", "dashboard_slices")
_CHART = "[data-test='chart-grid-component']"
# How far down the last chart goes.
_HEIGHT = f'return Math.ceil(Math.max(...[...document.querySelectorAll("{_CHART}")].map('
_HEIGHT += "chart => chart.getBoundingClientRect().bottom)) + window.scrollY + 40)"
_DRAWN = "canvas, table, [role='treegrid'], [role='grid'], .header-line"
_WRONG = ".ant-alert-error, [data-test='error-alert'], .ant-empty, .chart-empty-state"


def main() -> None:
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("--home", type=Path, required=True, help="a home with a release")
    words.add_argument("--pictures", type=Path, required=True, help="folder for the screenshots")
    words.add_argument("--only", default="*", help="one dashboard, by the name in its address")
    asked = words.parse_args()
    asked.pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="htx-bi-") as folder:
        environment = {**os.environ, "HTX_HOME": str(asked.home.resolve()), "HTX_BI_FOLDER": folder}
        problems = import_twice(environment, Path(folder) / "superset.db")
        with served(environment) as (address, password):
            problems += look(address, password, asked.pictures, asked.only)
        if not os.environ.get("HTX_POSTGRES"):
            problems += follow(asked.home.resolve() / "current", Path(folder))
    for problem in problems:
        print(f"FAILED  {problem}")
    sys.exit(1 if problems else 0)


def import_twice(environment: Mapping[str, str], database: Path) -> list[str]:
    """Import twice; say which table of Superset's database the second import changed."""
    kept = []
    for _ in range(2):
        subprocess.run([sys.executable, "-m", "bi.server", "import"], cwd=PROJECT, env=environment, check=True)
        with contextlib.closing(sqlite3.connect(database)) as connection:
            kept.append({table: _rows(connection, table) for table in CONTENT})
    if not all(kept[0].values()):
        return ["the first import left a table of Superset empty"]
    return [f"the second import changed {table}" for table in CONTENT if kept[0][table] != kept[1][table]]


def _rows(connection: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    names = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")]
    # `id` of the two link tables counts insertions; what they link is the content.
    passing = {"changed_on", "changed_by_fk", "last_saved_at", *(["id"] if table == "dashboard_slices" else [])}
    columns = ", ".join(f'"{name}"' for name in names if name not in passing)
    return sorted(connection.execute(f"SELECT {columns} FROM {table}").fetchall(), key=repr)


@contextlib.contextmanager
def served(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Superset as `make bi` starts it; gives its address and the password that it prints."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-u", "-m", "bi.server", "serve", "--port", str(port)]
    server = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    password = ""
    try:
        for line in server.stdout:
            if found := re.match(r"\s+password (\S+)", line):
                password = found[1]
            if line.startswith("Ctrl-C"):
                break
        if not password:
            raise SystemExit("Superset did not start; what it said is above")
        yield f"http://127.0.0.1:{port}", password
    finally:
        server.terminate()
        server.wait(timeout=30)


def look(address: str, password: str, pictures: Path, only: str) -> list[str]:
    """Open every dashboard at every size; return what is wrong with which chart."""
    problems = []
    for size in SIZES:
        driver = _browser(size)
        try:
            _log_in(driver, address, password)
            for path in sorted((PROJECT / "bi" / "superset" / "dashboards").glob(f"{only}.yaml")):
                dashboard = yaml.safe_load(path.read_text(encoding="utf-8"))
                found = _open(driver, f"{address}/superset/dashboard/{dashboard['slug']}/", dashboard)
                picture = pictures / f"{dashboard['slug']}-{size}.png"
                _picture(driver, size, picture)
                print(f"{size:6} {dashboard['slug']:22} {len(found)} problems   {picture}", flush=True)
                problems += [f"{size} {dashboard['slug']}: {text}" for text in found]
            outside = _asked_outside(driver)
            problems += [f"{size}: the page asked {host}" for host in sorted(outside)]
        finally:
            driver.quit()
    return problems


def follow(current: Path, folder: Path) -> list[str]:
    """Move `current` under Superset's connection, and ask for what nobody may: say what was not as it should be."""
    for name in ("old", "new"):
        (folder / name).mkdir()
        shutil.copy(current / "htx.duckdb", folder / name / "htx.duckdb")
    with duckdb.connect(str(folder / "new" / "htx.duckdb")) as database:
        database.execute("delete from marts.dim_programme")
    (folder / "current").symlink_to("old")
    os.environ |= {"HTX_HOME": str(folder), "HTX_BI_FOLDER": str(folder)}
    from bi import server

    server._place()
    problems = []
    with server.prepared().app_context():
        from superset.extensions import db
        from superset.models.core import Database

        read, count = db.session.query(Database).one(), "select count(*) from dim_programme"
        with read.get_sqla_engine() as engine:
            reading = engine.raw_connection()  # somebody who is still reading the old release
            reading.cursor().execute(count)
            before = read.get_df(count).iloc[0, 0]
            (folder / "next").symlink_to("new")
            (folder / "next").replace(folder / "current")
            if not before or read.get_df(count).iloc[0, 0]:
                problems.append("a query after `current` has moved does not read the new release")
            reading.close()
        for refused in (
            "select * from read_csv('/etc/hosts')",
            "delete from dim_province",
            "set enable_external_access = true",
            f"attach '{current / 'htx.duckdb'}' as other",
        ):
            with contextlib.suppress(Exception):
                read.get_df(refused)
                problems.append(f"allowed: {refused}")
    return problems


def _browser(size: str) -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    width, height = SIZES[size]
    for flag in (
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"),
        # Whatever is asked for by name leads nowhere.
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        f"--window-size={width},{height}",
    ):
        options.add_argument(flag)
    if size == "phone":
        metrics = {"width": width, "height": height, "pixelRatio": 2.0, "touch": True}
        options.add_experimental_option("mobileEmulation", {"deviceMetrics": metrics})
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    programs = {name: shutil.which(name) for name in ("chromium", "chromedriver")}
    if not all(programs.values()):
        raise SystemExit("needs Chromium and its driver: apt-get install chromium chromium-driver")
    options.binary_location = str(programs["chromium"])
    # Named, so that Selenium does not look for a driver on the network.
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(programs["chromedriver"]))


def _log_in(driver: webdriver.Chrome, address: str, password: str) -> None:
    driver.get(f"{address}/login/")
    name = WebDriverWait(driver, 60).until(
        lambda page: page.find_element(By.CSS_SELECTOR, "input#username, [name='username']")
    )
    name.send_keys("htx")
    driver.find_element(By.CSS_SELECTOR, "input#password, [name='password']").send_keys(password + "\n")
    WebDriverWait(driver, 60).until(lambda page: "/login" not in page.current_url)


def _open(driver: webdriver.Chrome, address: str, dashboard: Mapping[str, Any]) -> list[str]:
    """Open a dashboard, pass by every chart, and say what does not show data."""
    driver.get(address)
    expected = {
        place["meta"]["sliceName"] for place in dashboard["position"].values()
        if isinstance(place, dict) and place.get("type") == "CHART"
    }  # fmt: skip
    WebDriverWait(driver, 90).until(lambda page: len(page.find_elements(By.CSS_SELECTOR, _CHART)) >= len(expected))
    problems, seen = [], set()
    for index in range(len(driver.find_elements(By.CSS_SELECTOR, _CHART))):
        chart = driver.find_elements(By.CSS_SELECTOR, _CHART)[index]
        driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", chart)
        said = _settled(driver, index)
        title = said.get_attribute("data-test-chart-name") or ""
        seen.add(title)
        if wrong := [part.text for part in said.find_elements(By.CSS_SELECTOR, _WRONG) if part.is_displayed()]:
            problems.append(f"{title}: {' '.join(wrong)[:200]!r}")
        elif not said.find_elements(By.CSS_SELECTOR, _DRAWN):
            problems.append(f"{title}: shows nothing: {said.text[:100]!r}")
    return problems + [f"{title}: is not on the page" for title in sorted(expected - seen)]


def _settled(driver: webdriver.Chrome, index: int) -> WebElement:
    """The chart, when it has stopped loading: neither a spinner nor an empty frame, or after a minute as it is."""
    until = time.monotonic() + 60
    while True:
        chart = driver.find_elements(By.CSS_SELECTOR, _CHART)[index]
        busy = chart.find_elements(By.CSS_SELECTOR, ".loading, [data-test='loading-indicator'], .ant-spin")
        drawn = chart.find_elements(By.CSS_SELECTOR, f"{_DRAWN}, {_WRONG}")
        if (drawn and not busy) or time.monotonic() > until:
            return chart
        time.sleep(0.2)


def _picture(driver: webdriver.Chrome, size: str, path: Path) -> None:
    """The whole page in one picture: the window is made as high as the page."""
    width, height = SIZES[size]
    metrics = {"width": width, "deviceScaleFactor": 2 if size == "phone" else 1, "mobile": size == "phone"}
    for _ in range(2):  # charts are drawn anew for the new window, and then the page has another height
        driver.execute_script("window.scrollTo(0, 0)")
        high = driver.execute_script(_HEIGHT)
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {**metrics, "height": high})
        time.sleep(2)
    driver.save_screenshot(str(path))
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {**metrics, "height": height})


def _asked_outside(driver: webdriver.Chrome) -> set[str]:
    """Hosts other than this machine that a page asked for; not those that its own policy forbade to ask."""
    hosts: dict[str, str | None] = {}
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            hosts[message["params"]["requestId"]] = urlsplit(message["params"]["request"]["url"]).hostname
        elif message["method"] == "Network.loadingFailed" and message["params"].get("blockedReason") == "csp":
            hosts.pop(message["params"]["requestId"], None)
    return {host for host in hosts.values() if host and host != "127.0.0.1"}


if __name__ == "__main__":
    main()
