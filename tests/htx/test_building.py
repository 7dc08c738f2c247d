"""When a night takes up the database of the night before, and when it builds everything from nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from htx import building
from htx.dbt_process import Result
from htx.home import Home

AS_OF = dt.date(2026, 6, 30)


class _Dbt:
    """Stands in for dbt: puts a table into the database, and fails when told to."""

    def __init__(self) -> None:
        self.fails_on_a_base = False

    def __call__(self, home: Home, as_of: dt.date, phase: str, selection: Sequence[str]) -> building.Built:
        is_new = not home.build.exists()
        if self.fails_on_a_base and not is_new:
            raise building.BuildFailed("dbt build failed")
        with duckdb.connect(str(home.build)) as database:
            database.execute("create table if not exists night as select 0 as number")
            database.execute("insert into night select max(number) + 1 from night")
        return building.Built(models=1, tests=0)


@pytest.fixture
def dbt(monkeypatch: pytest.MonkeyPatch) -> _Dbt:
    stand_in = _Dbt()
    monkeypatch.setattr(building, "_build", stand_in)
    return stand_in


@pytest.fixture
def home(dbt: _Dbt, tmp_path: Path) -> Home:
    """A home with one night behind it."""
    made = Home(tmp_path)
    assert building.build_candidate(made, AS_OF).full
    return made


def _nights(home: Home) -> int:
    with duckdb.connect(str(home.build), read_only=True) as database:
        return int(database.execute("select max(number) from night").fetchall()[0][0])


def test_the_next_night_takes_up_the_database(home: Home) -> None:
    assert not building.build_candidate(home, AS_OF).full
    assert _nights(home) == 2


def test_another_project_builds_from_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "fingerprint", lambda: "of another project")
    assert building.build_candidate(home, AS_OF).full
    assert _nights(home) == 1
    assert not building.build_candidate(home, AS_OF).full


def test_a_damaged_database_is_replaced(home: Home) -> None:
    home.build.write_bytes(b"half of a block")
    assert building.build_candidate(home, AS_OF).full
    assert _nights(home) == 1


def test_a_base_on_which_the_build_fails_is_replaced(home: Home, dbt: _Dbt) -> None:
    dbt.fails_on_a_base = True
    assert building.build_candidate(home, AS_OF).full
    assert _nights(home) == 1


def test_the_fingerprint_covers_models_and_seeds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(building, "DBT_PROJECT", tmp_path)
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "indicators.csv").write_text("code\n")
    before = building.fingerprint()
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "manifest.json").write_text("{}")
    assert building.fingerprint() == before
    (tmp_path / "seeds" / "indicators.csv").write_text("code\ncoop_new\n")
    assert building.fingerprint() != before


def test_dbt_runs_twice_and_then_what_was_written_down(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home, asked = Home(tmp_path), []
    test = Result(
        unique_id="test.unique_night",
        status="pass",
        after=["model.night"],
        sql="select n from night group by n having count(*) > 1",
    )

    def dbt(home: Home, as_of: dt.date, *words: str) -> list[Result]:
        asked.append("test" in words[words.index("--exclude-resource-types") :])
        night = f"insert into night values ('{as_of}' /* as_of */)"
        with duckdb.connect(str(home.build)) as database:
            database.execute("create table if not exists night (n date)")
            database.execute(night)
        model = Result(unique_id="model.night", status="success", statements=["select 1 limit 0", night])
        return [model] if asked[-1] else [model, test]

    monkeypatch.setattr(building, "dbt", dbt)
    building.start_over(home)
    for night in range(4):
        assert building.build_marts(home, AS_OF + dt.timedelta(days=night)) == building.Built(models=1, tests=1)
    assert asked == [False, True]
    with duckdb.connect(str(home.build), read_only=True) as database:
        assert database.execute("select count(*), max(n) from night").fetchall() == [(4, AS_OF + dt.timedelta(days=3))]
    # the last night brings the same row once more
    with pytest.raises(building.BuildFailed, match=r"test\.unique_night: expected no row, found 1"):
        building.build_marts(home, AS_OF + dt.timedelta(days=3))
    # whoever starts over has dbt ask again
    building.start_over(home)
    building.build_marts(home, AS_OF)
    assert asked == [False, True, False]
