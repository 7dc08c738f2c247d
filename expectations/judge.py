"""Great Expectations on DuckDB: suites are held against tables, and what fails is named by key.

The library speaks to DuckDB through SQLAlchemy, so that the checks run inside the database whatever the number of
rows. It opens a transaction before and rolls it back after each query, which empties the answer of a DuckDB that has
not been fetched from yet; nothing is written here, so the dialect leaves both out.
"""

from __future__ import annotations

import dataclasses
import os
import warnings
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from expectations.suites import Expectation, Suite

if TYPE_CHECKING:
    import duckdb

NOTHING = "nothing"  # how a missing value is shown
_DIALECT = "duckdb.reading"
# Of each failed expectation this many examples are kept for the documentation; the verdicts have all of them.
_EXAMPLES = 10
# What else a validation result says in numbers; the rest of it are lists as long as what failed.
_TOLD = (
    "element_count",
    "unexpected_count",
    "unexpected_percent",
    "missing_count",
    "missing_percent",
    "observed_value",
)


class GateError(RuntimeError):
    """A gate that could not be run: which suite and expectation, and what went wrong."""


@dataclasses.dataclass(frozen=True)
class Failure:
    """One row that failed, by column; None when it is the whole table. ``found`` is what is shown."""

    row: Mapping[str, object] | None
    found: str


@dataclasses.dataclass(frozen=True)
class Judged:
    """One expectation, how many rows were looked at and which of them failed."""

    expectation: Expectation
    checked: int
    failures: tuple[Failure, ...]


class Judge:
    """Great Expectations with everything that talks to the outside switched off, on one DuckDB connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        os.environ["GX_ANALYTICS_ENABLED"] = "false"
        warnings.filterwarnings("ignore", category=DeprecationWarning, module="great_expectations")
        import great_expectations as gx
        from duckdb_engine import ConnectionWrapper
        from sqlalchemy.dialects import registry
        from sqlalchemy.pool import StaticPool

        registry.register(_DIALECT, "expectations.dialect", "Reading")
        connection.execute("attach ':memory:' as judged")
        self._connection = connection
        self._gx = gx
        self._context: Any = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = {"globally": False}
        self._source = self._context.data_sources.add_sql(
            "duckdb",
            connection_string=f"{_DIALECT.replace('.', '+')}:///:memory:",
            create_temp_table=False,
            kwargs={"creator": lambda: ConnectionWrapper(self._cursor()), "poolclass": StaticPool},
        )
        self._batches: dict[str, tuple[Any, int]] = {}
        self.documents: list[dict[str, Any]] = []  # one validation result for each suite, for the documentation

    def judge(self, suite: Suite, sql: str, columns: tuple[str, ...] = ()) -> list[Judged]:
        """Hold a suite against the rows of ``sql``, keyed by its key, cell and value and by ``columns``.

        Raises `GateError` when the query or an expectation can't be run.
        """
        batch, rows = self._batch(suite, sql)
        checked = [e for e in suite.expectations if rows or not e.type.startswith("expect_column")]
        passed = [Judged(e, 0, ()) for e in suite.expectations if e not in checked]
        if not checked:
            return passed
        # Whether everything holds is one question to the database, whatever the number of expectations. Which rows
        # break one takes two more for each, and only of those that something breaks is it asked.
        asked = self._validated(suite, checked, batch, {"result_format": "BOOLEAN_ONLY"})
        broken = [e for e in checked if not asked[e.id].success]
        keys = (suite.subject.key, suite.subject.cell, suite.subject.value, *columns)
        shown = [expectation.found for expectation in broken]
        complete = {
            "result_format": "COMPLETE",
            "unexpected_index_column_names": [name for name in dict.fromkeys((*keys, *shown)) if name],
            "partial_unexpected_count": rows,  # the keys of all that failed, not of the first ones
        }
        told = self._validated(suite, broken, batch, complete) if broken else {}
        judged = []
        for expectation in checked:
            own = told.get(expectation.id, asked[expectation.id])
            if raised := _raised(own.exception_info or {}):
                raise GateError(
                    f"{suite.name}, expectation {expectation.id}: {raised}. "
                    "Compare its type and kwargs with the columns of the query."
                )
            failures = () if own.success else tuple(_failures(suite, expectation, own.result))
            judged.append(Judged(expectation, rows, failures))
        self.documents.append(_document(suite, [told.get(e.id, asked[e.id]) for e in checked], rows))
        return judged + passed

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        cursor = self._connection.cursor()
        cursor.execute("use judged")
        return cursor

    def _batch(self, suite: Suite, sql: str) -> tuple[Any, int]:
        import duckdb

        if sql not in self._batches:
            name = f"{suite.name.replace('/', '_')}"
            try:
                self._connection.execute(f'create or replace table judged.main."{name}" as {sql}')
            except duckdb.Error as error:
                raise GateError(
                    f"{suite.name}, subject {suite.subject.name}: the query does not run: {error}"
                ) from error
            (rows,) = self._connection.execute(f'select count(*) from judged.main."{name}"').fetchone() or (0,)
            asset = self._source.add_table_asset(suite.name, table_name=name)
            self._batches[sql] = asset.add_batch_definition_whole_table("all").get_batch(), rows
        return self._batches[sql]

    def _validated(
        self, suite: Suite, expectations: list[Expectation], batch: Any, result_format: dict[str, Any]
    ) -> dict[str, Any]:
        """What the library says of each expectation, by its id."""
        kinds = self._gx.expectations.registry
        try:
            expected = [
                kinds.get_expectation_impl(e.type)(
                    **e.kwargs, meta={"id": e.id}, description=f"{e.id}: {e.protects.en} · {e.protects.vi}"
                )
                for e in expectations
            ]
            result = batch.validate(
                self._gx.ExpectationSuite(suite.name.replace("/", "_"), expectations=expected),
                result_format=result_format,
            )
        except Exception as error:
            raise GateError(
                f"{suite.name}: expected its expectations {', '.join(e.id for e in expectations)} to run, found "
                f"{error}. Compare types and kwargs with the columns of the query."
            ) from error
        return {each.expectation_config.meta["id"]: each for each in result.results}


def _raised(info: dict[str, Any]) -> str | None:
    """What went wrong inside the library, which says it once for the expectation or once for each of its metrics."""
    if "raised_exception" in info:
        return str(info.get("exception_message")) if info["raised_exception"] else None
    return next((message for part in info.values() if (message := _raised(part))), None)


def _failures(suite: Suite, expectation: Expectation, result: dict[str, Any]) -> Iterator[Failure]:
    rows = result.get("unexpected_index_list")
    if not rows:
        yield Failure(None, text(result.get("observed_value", result.get("unexpected_count", "failed"))))
        return
    shown = expectation.found or expectation.kwargs.get("column") or suite.subject.key
    for row in rows:
        yield Failure(row, f"{shown} = {text(row.get(shown))}")


def text(value: object) -> str:
    """A value as people read it: 514 and not 514.0, a day and not a moment, nothing and not NaN."""
    if str(value) in ("None", "nan", "<NA>", "NaT"):
        return NOTHING
    if isinstance(value, float | Decimal) and value == value.__floor__():
        return str(int(value))
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value).removesuffix("T00:00:00").removesuffix(" 00:00:00")


def _document(suite: Suite, results: list[Any], rows: int) -> dict[str, Any]:
    """Validation results with a few examples of what failed instead of all."""
    documents = []
    for each in results:
        # before the library makes JSON of it, for which it looks through the stack once for each decimal
        told = {name: each.result[name] for name in _TOLD if name in each.result}
        examples = (each.result.get("unexpected_index_list") or [])[:_EXAMPLES]
        each.result = {**told, "unexpected_index_list": examples}
        if each.success:
            each.result |= {"element_count": rows, "unexpected_count": 0}
        documents.append(each.to_json_dict())
    return {"suite": suite.name, "result": {"results": documents}}
