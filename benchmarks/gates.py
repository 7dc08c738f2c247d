"""How long the gates take, and how much of it is Great Expectations rather than the checks themselves.

    python -m benchmarks.gates --home var                       # a home that was refreshed
    python -m benchmarks.gates --home DIR --rounds 5

All suites of the three gates are held against the home's lake, its build database and its current release, and then
the same subjects and the same expectations as plain SQL in DuckDB: the same tables made of the same queries, and one
query for each expectation that fetches the rows that fail. Both in one process, turn by turn, after the libraries were
imported and every file was read once (at night it has just been written); medians. Exits 1 when the gates take longer
than ``--limit`` seconds, or more than 3 times the plain SQL.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from expectations import contract, records, runner, suites
from expectations.suites import Expectation, Suite
from htx.home import Home
from ingestion.lake import Lake

TIMES_PLAIN_SQL = 3.0


def condition(expectation: Expectation) -> str | None:
    """Return the SQL condition of the rows that fail an expectation; None for one about the table as a whole."""
    kwargs: dict[str, Any] = dict(expectation.kwargs)
    column = kwargs.get("column", "")
    match expectation.type.removeprefix("expect_"):
        case "column_values_to_not_be_null":
            return f"{column} is null"
        case "column_values_to_be_null":
            return f"{column} is not null"
        case "column_values_to_be_between":
            low, high = kwargs.get("min_value"), kwargs.get("max_value")
            sides = [f"{column} < {low}" if low is not None else "", f"{column} > {high}" if high is not None else ""]
            return " or ".join(side for side in sides if side)
        case "column_values_to_be_in_set":
            values = ", ".join(repr(value) for value in kwargs["value_set"])
            return f"{column} not in ({values})"
        case "column_values_to_be_unique":
            return f"{column} in (select {column} from subject group by {column} having count(*) > 1)"
        case "column_pair_values_to_be_equal":
            return f"{kwargs['column_A']} <> {kwargs['column_B']}"
        case "column_pair_values_a_to_be_greater_than_b":
            sign = "<" if kwargs.get("or_equal") else "<="
            return f"{kwargs['column_A']} {sign} {kwargs['column_B']}"
    return None


def plain_sql(connection: duckdb.DuckDBPyConnection, loaded: Sequence[Suite], as_of: dt.date | None) -> int:
    """Make each subject's table and fetch, for each expectation, the rows that fail; return how many there were."""
    failing = 0
    for suite in loaded:
        try:
            connection.execute(f"create or replace table memory.main.subject as {suite.subject.sql(as_of)}")
        except duckdb.CatalogException:  # a suite that compares with what this home does not have
            continue
        keys = ", ".join(name for name in (suite.subject.key, suite.subject.cell, suite.subject.value) if name)
        for expectation in suite.expectations:
            if (rule := condition(expectation)) is not None:
                rule = rule.replace("from subject", "from memory.main.subject")
                rows = connection.execute(f"select {keys} from memory.main.subject where {rule}").fetchall()
                failing += len(rows)
    return failing


def with_gates(home: Home, as_of: dt.date) -> int:
    """Run the three gates on everything the home has; return how many verdicts they give."""
    audits = {row["artefact"]: "benchmark" for row in Lake(home.lake).read("artefact", ["artefact"])}
    previous = home.current / "htx.duckdb"
    with tempfile.TemporaryDirectory() as out:
        judged = records.run_records_gate(home.lake, audits)
        reports = [
            runner.run_gate(gate, home.build, Path(out), as_of, previous=previous) for gate in ("kpi", "release")
        ]
    return sum(len(own) - 1 for own in judged.verdicts.values()) + sum(len(report.verdicts) for report in reports)


def with_plain_sql(home: Home, as_of: dt.date) -> int:
    """Hold the same suites against the same data in plain SQL."""
    audits = {row["artefact"] for row in Lake(home.lake).read("artefact", ["artefact"])}
    with duckdb.connect() as connection:
        records._lay_out(connection, home.lake, audits)
        failing = plain_sql(connection, suites.load("records"), None)
    with runner._build(home.build, home.current / "htx.duckdb") as connection:
        runner._lay_out(connection, [])
        for gate in ("kpi", "release"):
            failing += plain_sql(connection, suites.load(gate), as_of)
    return failing


def measure(works: Sequence[Callable[[], int]], rounds: int) -> list[tuple[float, int]]:
    """Return the median seconds of each work and what it gave, all of them once a round."""
    seconds: list[list[float]] = [[] for _ in works]
    given = [0] * len(works)
    for _ in range(rounds):
        for number, work in enumerate(works):
            began = time.perf_counter()
            given[number] = work()
            seconds[number].append(time.perf_counter() - began)
    return [(statistics.median(own), number) for own, number in zip(seconds, given, strict=True)]


def main() -> int:
    """Measure and print; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--home", type=Path, required=True, help="a home that was refreshed or built")
    parser.add_argument("--as-of", type=dt.date.fromisoformat, help="by default that of the current release")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=15, help="seconds that all gates may take")
    arguments = parser.parse_args()
    home = Home.resolve(arguments.home)
    as_of = arguments.as_of
    if as_of is None:
        as_of = dt.date.fromisoformat(json.loads((home.current / "manifest.json").read_bytes())["as_of"])
    # as the gates do before they import it; else it would look for its makers' server at every step
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    began = time.perf_counter()
    import duckdb_engine  # noqa: F401
    import great_expectations  # noqa: F401

    imported = time.perf_counter() - began
    with_plain_sql(home, as_of)  # else whoever comes first would pay for reading from the disk
    (gates, verdicts), (plain, failing) = measure(
        [lambda: with_gates(home, as_of), lambda: with_plain_sql(home, as_of)], arguments.rounds
    )
    checks = sum(len(suite.expectations) for gate in ("records", "kpi", "release") for suite in suites.load(gate))
    declared = len(contract.declared())
    print(f"{checks} expectations, {declared} columns under contract; as of {as_of}; {arguments.rounds} rounds")
    print(f"import    {imported:7.2f} s   once a process")
    print(f"gates     {gates:7.2f} s   {verdicts} verdicts")
    print(f"plain SQL {plain:7.2f} s   {failing} failing rows")
    print(f"ratio     {gates / plain:7.2f}     at most {TIMES_PLAIN_SQL:g}; gates at most {arguments.limit:g} s")
    return 0 if gates <= arguments.limit and gates <= TIMES_PLAIN_SQL * plain else 1


if __name__ == "__main__":
    sys.exit(main())
