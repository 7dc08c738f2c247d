"""A suite: the expectations of one gate about one subject, as written in ``expectations/<gate>/<subject>.yml``.

The file says what is looked at (a query over the build database), how its rows are named, and what is expected of
them, each expectation with what it protects, in words an official understands in both languages. A file that says
something else is refused with the file's name and the place in it.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any, Literal

import pydantic
import yaml

FOLDER = Path(__file__).parent

Effect = Literal["hold cell", "stop release", "warn", "quarantine row", "quarantine artefact"]
Text = Annotated[str, pydantic.StringConstraints(strip_whitespace=True, min_length=1)]


class SuiteError(ValueError):
    """A suite file that can't be used: which file, where in it, expected, found."""


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class Wording(_Strict):
    """The same thing said in Vietnamese and in English."""

    vi: Text
    en: Text


class Expectation(_Strict):
    """One thing that is expected of a subject.

    ``type`` and ``kwargs`` are those of Great Expectations; ``found`` names the column shown when it fails.
    """

    id: Annotated[str, pydantic.StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    type: Annotated[str, pydantic.StringConstraints(pattern=r"^expect_[a-z_]+$")]
    kwargs: dict[str, Any]
    protects: Wording
    reason: Wording
    severity: Literal["info", "warning", "critical"]
    effect: Effect
    found: str | None = None


class Subject(_Strict):
    """What is looked at: one query, the kind of thing a row is, and the columns that name it.

    ``key`` names a row, ``cell`` its KPI cell, ``value`` the number that a person who releases a hold signs for.
    ``$name`` in the query is one of ``limits``, or ``$as_of``. ``previous`` lists the tables of the last release
    that the query compares with (``previous.marts.…``); without a last release nothing is judged.
    ``reads_verdicts``: the query looks at what the other suites of the gate found (``verdict.found``).
    """

    name: Text
    type: Literal[
        "kpi_result", "kpi_target", "record", "statement", "artefact", "source", "province", "programme", "table"
    ]
    query: Text
    key: str
    cell: str | None = None
    value: str | None = None
    limits: dict[Annotated[str, pydantic.StringConstraints(pattern=r"^[a-z][a-z_]*$")], float] = {}
    previous: tuple[str, ...] = ()
    reads_verdicts: bool = False

    def sql(self, as_of: dt.date | None) -> str:
        """Return the query with the limits and the day it is asked for; the day is missing where a row has its own."""
        sql = self.query
        for name, value in sorted(self.limits.items(), reverse=True):  # a longer name before its own beginning
            sql = sql.replace(f"${name}", f"{value:g}")
        return sql.replace("$as_of", f"date '{as_of}'") if as_of else sql


class Suite(_Strict):
    """All expectations of one gate about one subject."""

    gate: Literal["records", "kpi", "release"]
    subject: Subject
    expectations: Annotated[tuple[Expectation, ...], pydantic.Field(min_length=1)]

    name: str = ""


def load(gate: str, folder: Path = FOLDER) -> tuple[Suite, ...]:
    """Return the suites of ``gate`` in the order of their file names.

    Raises `SuiteError` for a file that is not YAML, lacks or adds a key, belongs to another gate or repeats an id.
    """
    files = sorted((folder / gate).glob("*.yml"))
    if not files:
        raise SuiteError(f"{folder / gate}: expected at least one suite file *.yml, found none")
    suites = tuple(_read(file, gate) for file in files)
    seen: dict[str, str] = {}
    for suite in suites:
        for expectation in suite.expectations:
            if expectation.id in seen:
                raise SuiteError(
                    f"{suite.name}: expectation id {expectation.id} is already used in {seen[expectation.id]}; "
                    "give each expectation of a gate its own id"
                )
            seen[expectation.id] = suite.name
    return suites


def _read(file: Path, gate: str) -> Suite:
    place = f"expectations/{gate}/{file.name}"
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise SuiteError(f"{place}: expected YAML, found {error}") from error
    if not isinstance(content, dict):
        raise SuiteError(f"{place}: expected the keys gate, subject and expectations, found {type(content).__name__}")
    try:
        suite = Suite.model_validate({**content, "name": f"{gate}/{file.stem}"})
    except pydantic.ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']} (found {problem['input']!r:.80})"
            for problem in error.errors()
        )
        raise SuiteError(f"{place}: {problems}") from error
    if suite.gate != gate:
        raise SuiteError(f"{place}: gate: expected {gate}, found {suite.gate}; move the file to its gate's folder")
    return suite
