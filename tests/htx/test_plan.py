"""A night that is written down: in order, for another home and another day, and no further than what failed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from htx import plan
from htx.dbt_process import Result
from htx.home import Home
from htx.plan import Step

DAY = dt.date(2026, 6, 30)


def _home(path: Path) -> Home:
    home = Home(path)
    home.build.parent.mkdir(parents=True)
    return home


def _model(name: str, *after: str, sql: str) -> Step:
    return Step(unique_id=f"model.{name}", after=[f"model.{key}" for key in after], statements=[sql])


def _rows(home: Home, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.build), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_what_was_told_of_one_home_and_day_is_run_for_another(tmp_path: Path) -> None:
    one, other = _home(tmp_path / "one's"), _home(tmp_path / "other")
    told = [
        "select column_name from information_schema.columns",
        f"\n  create or replace table seen as select '{tmp_path}/one''s/lake/loan/*.parquet' as lake, "
        f"cast('{DAY}' /* as_of */ as date) as day, '{DAY}' as text",
    ]
    steps = plan.models_of([Result(unique_id="model.seen", status="success", statements=told)], one, DAY)
    assert len(steps[0].statements) == 1
    plan.run(steps, other, DAY + dt.timedelta(days=1), {})
    # the day that stands in data stays
    assert _rows(other, "select lake, day, text from seen") == [
        (f"{other.lake}/loan/*.parquet", dt.date(2026, 7, 1), "2026-06-30")
    ]


def test_each_step_comes_after_what_it_is_made_of(tmp_path: Path) -> None:
    home = _home(tmp_path)
    chain = [_model("n0", sql="create table n0 as select 0 as n")]
    for number in range(1, 30):
        before = f"n{number - 1}"
        sql = f"create table n{number} as select n + 1 as n from {before}"
        chain.append(_model(f"n{number}", before, "of_a_seed", sql=sql))
    test = Step(unique_id="test.last", after=["model.n29"], statements=["select n from n29 where n <> 29"])
    plan.run([test, *reversed(chain)], home, DAY, {"threads": "2"})
    assert _rows(home, "select n from n29") == [(29,)]


def test_what_failed_is_undone_and_named_and_nothing_is_made_of_it(tmp_path: Path) -> None:
    home = _home(tmp_path)
    good = _model("good", sql="create table good as select 1 as n")
    bad = Step(
        unique_id="model.bad",
        after=["model.good"],
        statements=["insert into good values (2)", "create table bad as select no_such_column from good"],
    )
    made_of_bad = _model("made_of_bad", "bad", sql="create table made_of_bad as select 1 as n")
    last = _model("last", "made_of_bad", sql="create table last as select 1 as n")
    test = Step(unique_id="test.good_is_large", after=["model.good"], statements=["select n from good where n < 5"])
    with pytest.raises(plan.StepsFailed) as failed:
        plan.run([last, made_of_bad, bad, test, good], home, DAY, {})
    said = str(failed.value)
    assert said.startswith(f"{home.build}: 2 steps failed; 2 more were left out:")
    assert "model.bad: " in said and "no_such_column" in said
    assert "test.good_is_large: expected no row, found 1" in said
    assert _rows(home, "select table_name, (select max(n) from good) from duckdb_tables()") == [("good", 1)]
