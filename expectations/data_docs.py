"""Data Docs: what the gates checked, as static pages for people.

They are made of Great Expectations' own validation results, once, after all gates. Its own site is not used: its pages
get Bootstrap, jQuery and Vega from six servers outside, the package ships none of them, and without them its index
stays empty; besides, they mix text of documents with markup. These pages have no script, ask nothing of anybody, and
show every text as text.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

from expectations import suites
from expectations.suites import Expectation, Suite

_GATES = {
    "records": "Cổng bản ghi: dòng và phát biểu của tài liệu mới · Gate records: rows and statements of new documents",
    "kpi": "Cổng chỉ tiêu: số liệu đề xuất · Gate KPI: candidate numbers",
    "release": "Cổng phát hành: toàn bộ bản phát hành · Gate release: the whole candidate",
}
_STATES = {
    "passed": "Đạt · passed",
    "failed": "Không đạt · failed",
    "skipped": "Không có gì để kiểm tra · nothing to check",
}


@dataclasses.dataclass(frozen=True)
class _Result:
    """One expectation with what the library found; a few of the rows that failed."""

    expectation: Expectation
    state: str  # passed, failed or skipped
    rows: int
    failed: int
    kwargs: str
    columns: tuple[str, ...]
    examples: tuple[dict[str, Any], ...]


@dataclasses.dataclass(frozen=True)
class _Page:
    suite: Suite
    file: str
    results: tuple[_Result, ...]

    @property
    def rows(self) -> int:
        return max((result.rows for result in self.results), default=0)

    @property
    def failed(self) -> int:
        return sum(result.state == "failed" for result in self.results)


def build(gates_folder: Path, target: Path, *, folder: Path = suites.FOLDER) -> Path:
    """Write the pages of all gates under ``target`` and return the first of them, ``index.html``.

    ``gates_folder`` is where the gates left ``<gate>/validation.json``; a gate that has not run has no results. What
    is in ``target`` is replaced.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
    )
    template = environment.get_template("data_docs.html.j2")
    gates = [(gate, _pages(gate, gates_folder, folder)) for gate in _GATES]
    shutil.rmtree(target, ignore_errors=True)
    for gate, pages in gates:
        (target / gate).mkdir(parents=True)
        for page in pages:
            html = template.render(
                title=page.suite.name,
                suite=page.suite,
                results=page.results,
                states=_STATES,
                subject_sql=page.suite.subject.query,
            )
            (target / page.file).write_text(html, encoding="utf-8")
    index = target / "index.html"
    index.write_text(template.render(title="Data Docs", suite=None, gates=gates, gate_names=_GATES), encoding="utf-8")
    return index


def _pages(gate: str, gates_folder: Path, folder: Path) -> list[_Page]:
    if not (folder / gate).is_dir():
        return []
    kept = gates_folder / gate / "validation.json"
    validated = {each["suite"]: each["result"] for each in json.loads(kept.read_bytes())} if kept.is_file() else {}
    pages = []
    for suite in suites.load(gate, folder):
        found = {
            each["expectation_config"]["meta"]["id"]: each for each in validated.get(suite.name, {}).get("results", ())
        }
        results = tuple(_result(suite, each, found.get(each.id)) for each in suite.expectations)
        pages.append(_Page(suite, f"{suite.name}.html", results))
    return pages


def _result(suite: Suite, expectation: Expectation, found: dict[str, Any] | None) -> _Result:
    kwargs = ", ".join(f"{name}: {value}" for name, value in expectation.kwargs.items())
    if found is None:
        return _Result(expectation, "skipped", 0, 0, kwargs, (), ())
    result = found["result"]
    examples = tuple(result.get("unexpected_index_list") or ())
    key = suite.subject
    shown = (key.key, key.cell, key.value, expectation.found, *expectation.kwargs.values())
    columns = tuple(dict.fromkeys(name for name in shown if isinstance(name, str) and examples and name in examples[0]))
    return _Result(
        expectation,
        "passed" if found["success"] else "failed",
        int(result.get("element_count") or 0),
        int(result.get("unexpected_count") or 0) if not found["success"] else 0,
        kwargs,
        columns,
        examples,
    )
