"""Releases on their shelf: listed, found, pinned, pruned, taken back."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from htx import nightly
from htx.home import Home
from publication import release
from publication.release import GateReport, PublishResult
from publication.shelf import Shelf, ShelfProblem
from tests.publication.candidate_warehouse import AS_OF, Warehouse


def publish(home: Path, build: Path, value: int, keep: int = 14) -> PublishResult:
    """Publish the warehouse with another number of new cooperatives."""
    with duckdb.connect(str(build)) as connection:
        connection.execute("UPDATE marts.fct_kpi_result SET value = ? WHERE result_key = 'r-new'", [Decimal(value)])
    gates = (GateReport("kpi", 1, 0), GateReport("release", 1, 0))
    return release.publish(home, build=build, as_of=AS_OF, gates=gates, code_version="1", keep=keep)


@pytest.fixture
def build(tmp_path: Path, built: Warehouse) -> Path:
    return built.write(tmp_path)


def ids(home: Path) -> list[str]:
    return [item.release_id for item in Shelf(home).newest_first()]


def test_nothing_published_is_said_with_what_to_do(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    assert shelf.current() is None
    assert shelf.newest_first() == []
    with pytest.raises(ShelfProblem, match=r"nothing is published here yet\. Run `htx refresh`"):
        shelf.required_current()


def test_the_newest_are_kept_and_the_pinned(tmp_path: Path, build: Path) -> None:
    first = publish(tmp_path, build, 1)
    second = publish(tmp_path, build, 2)
    shelf = Shelf(tmp_path)
    shelf.pin(first.release_id, "report of the year")
    third = publish(tmp_path, build, 3, keep=2)
    fourth = publish(tmp_path, build, 4, keep=2)

    assert third.removed == ()
    assert fourth.removed == (second.release_id,)
    assert ids(tmp_path) == [fourth.release_id, third.release_id, first.release_id]
    assert shelf.get(first.release_id).pinned == "report of the year"
    shelf.unpin(first.release_id)
    assert publish(tmp_path, build, 5, keep=2).removed == (third.release_id, first.release_id)


def test_rollback_and_what_was_taken_back_stays_back(tmp_path: Path, build: Path) -> None:
    first = publish(tmp_path, build, 1)
    second = publish(tmp_path, build, 2)
    shelf = Shelf(tmp_path)

    taken_back, now = shelf.roll_back("previous", "wrong table")
    assert (taken_back.release_id, now.release_id) == (second.release_id, first.release_id)
    assert shelf.current_id() == first.release_id
    assert shelf.get(second.release_id).withdrawn == "wrong table"

    again = publish(tmp_path, build, 2)
    assert not again.new
    assert again.withdrawn == second.release_id
    assert again.release_id == first.release_id
    # A night that finds nothing new says so too: what was taken back is why.
    assert nightly.unchanged(Home(tmp_path)).withdrawn == second.release_id

    corrected = publish(tmp_path, build, 3)
    assert corrected.new
    assert corrected.previous == first.release_id
    assert shelf.current_id() == corrected.release_id


def test_rolling_forward_again_ends_the_withdrawal(tmp_path: Path, build: Path) -> None:
    first = publish(tmp_path, build, 1)
    second = publish(tmp_path, build, 2)
    shelf = Shelf(tmp_path)
    shelf.roll_back(first.release_id, "by mistake")
    shelf.roll_back(second.release_id, "it was right")

    assert shelf.current_id() == second.release_id
    assert shelf.get(second.release_id).withdrawn is None
    assert shelf.get(first.release_id).withdrawn == "it was right"


def test_a_release_can_be_named_by_its_beginning(tmp_path: Path, build: Path) -> None:
    first = publish(tmp_path, build, 1)
    second = publish(tmp_path, build, 2)
    shelf = Shelf(tmp_path)

    assert shelf.find("current").release_id == second.release_id
    assert shelf.find("previous").release_id == first.release_id
    assert shelf.find(first.release_id[:14]).release_id == first.release_id
    with pytest.raises(ShelfProblem, match="beginning of 2 releases"):
        shelf.find("2025-09-30")
    with pytest.raises(ShelfProblem, match=f"found none of that name. The newest are: {second.release_id}"):
        shelf.find("2024")
    with pytest.raises(ShelfProblem, match="found none"):
        shelf.find("../releases")
    with pytest.raises(ShelfProblem, match="current already"):
        shelf.roll_back("current", "no reason")


def test_content_that_comes_back_makes_its_old_release_current(tmp_path: Path, build: Path) -> None:
    first = publish(tmp_path, build, 1)
    publish(tmp_path, build, 2)
    back = publish(tmp_path, build, 1)

    assert back.new
    assert back.release_id == first.release_id
    assert Shelf(tmp_path).current_id() == first.release_id
    assert len(ids(tmp_path)) == 2


def test_a_folder_in_place_of_current_is_named_and_not_replaced(tmp_path: Path, build: Path) -> None:
    (tmp_path / "current").mkdir()
    with pytest.raises(ShelfProblem, match="expected a symbolic link"):
        publish(tmp_path, build, 1)
    assert (tmp_path / "current").is_dir()


def test_a_release_that_was_moved_away_is_published_again(tmp_path: Path, build: Path) -> None:
    first = publish(tmp_path, build, 1)
    first.path.rename(tmp_path / "elsewhere")
    assert Shelf(tmp_path).current() is None
    again = publish(tmp_path, build, 1)

    assert again.new
    assert again.release_id == first.release_id
    assert (tmp_path / "current" / "scorecard.html").is_file()


def test_a_folder_with_a_releases_name_is_never_written_over(tmp_path: Path, build: Path) -> None:
    first = publish(tmp_path, build, 1)
    second = publish(tmp_path, build, 2)
    (first.path / "manifest.json").unlink()
    with pytest.raises(release.ReleaseRefused, match=r"found a folder without a manifest.*move the folder away"):
        publish(tmp_path, build, 1)
    assert Shelf(tmp_path).current_id() == second.release_id
