"""What dbt does on a night, written down as SQL, so that later nights need dbt no more.

dbt takes eight seconds of every night to find out each time what it found out the night before: the project is the
same, so are its models and their order, and so is the SQL of a night, but for the day it is asked for and the folder it
reads. That SQL is written down while dbt runs it on the second night of a database (`htx.dbt_process`), together with
the data tests; after that DuckDB runs it by itself. Another project starts over with dbt (`htx.building`).
"""

from __future__ import annotations

import concurrent.futures
import datetime as dt
import graphlib
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pydantic

from htx.dbt_process import Result
from htx.home import Home

_AT_ONCE = 3  # some models keep one processor busy for long; DuckDB shares its threads among all
_WRITES = ("create", "insert", "delete", "comment", "set")

log = logging.getLogger(__name__)


class StepsFailed(Exception):
    """Models that could not be made and data tests that found rows; the message names each, with its SQL."""


class Step(pydantic.BaseModel):
    """One model with the statements that make it, or one data test with the query that finds what should not be."""

    unique_id: str
    after: list[str]
    statements: list[str]

    @property
    def is_test(self) -> bool:
        return self.unique_id.startswith("test.")


class Plan(pydantic.BaseModel):
    """The steps of one phase. `models` is empty until a night on a built database was written down."""

    tests: list[Step]
    models: list[Step] = []


def tests_of(results: Sequence[Result]) -> list[Step]:
    """The data tests among what dbt ran."""
    return [
        Step(unique_id=test.unique_id, after=test.after, statements=[test.sql])
        for test in results
        if test.kind == "test" and test.sql
    ]


def models_of(results: Sequence[Result], home: Home, as_of: dt.date) -> list[Step]:
    """The models among what dbt ran for `home` and `as_of`, with places for another home and another day."""
    steps = []
    for model in results:
        if model.kind == "model":
            # what dbt only looks at (the columns under a contract) depends on the project alone
            writes = [statement for statement in model.statements if statement.split(None, 1)[0].lower() in _WRITES]
            for place, words in _words(home, as_of).items():
                writes = [statement.replace(words, place) for statement in writes]
            steps.append(Step(unique_id=model.unique_id, after=model.after, statements=writes))
    return steps


def run(steps: Sequence[Step], home: Home, as_of: dt.date, settings: Mapping[str, str]) -> None:
    """Make the models and put the tests to what was made, each after what it is made of, a few at a time.

    A step whose models failed is left out. Raises `StepsFailed`.
    """
    by_id = {step.unique_id: step for step in steps}
    order = graphlib.TopologicalSorter({step.unique_id: [key for key in step.after if key in by_id] for step in steps})
    order.prepare()
    words = _words(home, as_of)
    failed: dict[str, str] = {}
    without: set[str] = set()
    waiting: list[Step] = []
    with (
        duckdb.connect(str(home.build), config=dict(settings)) as connection,
        concurrent.futures.ThreadPoolExecutor(_AT_ONCE) as pool,
    ):
        running: dict[concurrent.futures.Future[None], Step] = {}
        while order.is_active():
            waiting += [by_id[key] for key in order.get_ready()]
            waiting.sort(key=lambda step: step.is_test)  # what others wait for comes first
            while waiting and len(running) < _AT_ONCE:
                step = waiting.pop(0)
                if {*step.after} & (failed.keys() | without):
                    without.add(step.unique_id)
                    order.done(step.unique_id)  # what comes after it is taken up in the next turn
                    continue
                running[pool.submit(_run_step, step, connection.cursor(), words)] = step
            if not running:
                continue
            ended, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in ended:
                step = running.pop(future)
                error = future.exception()
                if isinstance(error, duckdb.Error | StepsFailed):
                    failed[step.unique_id] = f"{step.unique_id}: {error}\n" + ";\n".join(step.statements)
                elif error is not None:
                    raise error
                order.done(step.unique_id)
    if failed:
        also = f"; {len(without)} more were left out" if without else ""
        raise StepsFailed(f"{home.build}: {len(failed)} steps failed{also}:\n" + "\n".join(failed.values()))


def _run_step(step: Step, cursor: duckdb.DuckDBPyConnection, words: Mapping[str, str]) -> None:
    with cursor:
        if step.is_test:
            [(rows,)] = cursor.execute(f"select count(*) from ({step.statements[0]}) as failures").fetchall()
            if rows:
                raise StepsFailed(f"expected no row, found {rows}. They are those of:")
            return
        cursor.begin()
        for statement in step.statements:
            for place, said in words.items():
                statement = statement.replace(place, said)
            cursor.execute(statement)
        cursor.commit()


def _words(home: Home, as_of: dt.date) -> dict[str, str]:
    """What differs between nights: the place in a statement that is kept, and what stands there tonight."""
    return {
        "'<lake>/": f"'{_in_quotes(home.lake)}/",
        "'<gates>/": f"'{_in_quotes(home.gates)}/",
        "'<as_of>' /* as_of */": f"'{as_of}' /* as_of */",
    }


def _in_quotes(path: Path) -> str:
    return str(path).replace("'", "''")
