"""Every kind of bad data, injected into good data: exactly what is bad is held, and everything else is published.

Here every kind comes alone, and with a few others at once, in one night of 86 provinces; every fault of a release comes
alone and with one other. ``python -m tests.matrix`` takes all pairs.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from htx.home import Home
from tests.matrix import kinds, landing, nights, rounds, tampering
from tests.matrix.nights import Release
from tests.matrix.rounds import Round


@dataclasses.dataclass(frozen=True)
class Audited:
    """One night with bad data after a night without, and the same night without it."""

    this: Round
    home: Home
    dirty: Release
    good: Release


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    folder = tmp_path_factory.mktemp("matrix")
    trials = rounds.singles()
    (this,) = rounds.rounds(trials + rounds.covering_pairs(86 - len(trials)), frozenset(landing.KINDS))
    home = Home(folder / "dirty")
    nights.night(home, rounds.before())
    dirty = nights.night(home, this.dirty, landing.inbox(folder / "bad", this.landing))
    good = nights.night(Home(folder / "good"), this.good, landing.inbox(folder / "sound", frozenset()))
    return Audited(this, home, dirty, good)


def test_every_expectation_has_a_kind_or_a_reason_why_no_document_trips_it() -> None:
    of_documents = {name for kind in kinds.KINDS.values() for name in kind.trips} | kinds.NOT_BY_A_DOCUMENT.keys()
    of_releases = {name for trips, _ in tampering.KINDS.values() for name in trips} | tampering.WARNINGS
    declared = {gate: rounds.expectations_of(gate) for gate in rounds.GATES}
    assert of_documents == declared["records"] | declared["kpi"] | {"most_rows_sound"}
    assert of_releases == declared["release"]
    assert all(reason.strip() for reason in kinds.NOT_BY_A_DOCUMENT.values())


def test_exactly_what_is_bad_is_held_and_all_else_is_published_with_its_new_values(audited: Audited) -> None:
    assert rounds.problems(audited.this, audited.home, audited.dirty, audited.good) == []
    read = audited.dirty.rows(f"select value from marts.fct_kpi_result where file = '{landing.GOOD}'")
    assert read == [{"value": 9}]


def test_no_unaudited_number_is_in_the_release(audited: Audited) -> None:
    found = rounds.unaudited(audited.dirty, audited.good)
    assert found.numbers > 5000
    assert found.unaudited == 0


def test_each_fault_of_a_release_alone_and_with_another_stops_it(audited: Audited, tmp_path: Path) -> None:
    build, previous = audited.home.build, audited.good.path / "htx.duckdb"
    assert tampering.stops(tampering.judged(build, previous, [], tmp_path)) == set()
    names = list(tampering.KINDS)
    for number, name in enumerate(names):
        assert tampering.stops(tampering.judged(build, previous, [name], tmp_path)) == tampering.KINDS[name][0], name
        if number % 3 == 0:
            both = [name, names[(number + 7) % len(names)]]
            wanted = tampering.KINDS[both[0]][0] | tampering.KINDS[both[1]][0]
            assert wanted <= tampering.stops(tampering.judged(build, previous, both, tmp_path)), both
