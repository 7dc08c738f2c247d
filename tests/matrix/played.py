"""One round of the matrix from its night to what is wrong with it; a process of its own can play it."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import duckdb

from htx.home import Home
from tests.matrix import landing, nights, rounds, tampering


@dataclasses.dataclass(frozen=True)
class Told:
    """What one round found: trials, numbers that were published, those nobody audited, and all that is otherwise."""

    trials: int
    numbers: int
    unaudited: int
    problems: tuple[str, ...]
    faults: int = 0  # of a release, and pairs of them


def round_of(folder: Path, number: int, trials: list[tuple[str, ...]], *, with_releases: bool) -> Told:
    """Publish one night with these trials and the same night without, and compare them."""
    (this,) = rounds.rounds(trials, frozenset(landing.KINDS))
    before = Home(folder / "before")
    with nights.copied(before, folder / f"dirty-{number}") as home, nights.emptied(folder / f"good-{number}") as other:
        dirty = nights.night(home, this.dirty, landing.inbox(folder / f"bad-{number}", this.landing))
        good = nights.night(other, this.good, landing.inbox(folder / f"sound-{number}", frozenset()))
        problems = rounds.problems(this, home, dirty, good)
        counted = rounds.unaudited(dirty, good)
        faults = _faults() if with_releases else []
        for names in faults:
            problems += _fault(home.build, good.path / "htx.duckdb", names, folder)
    return Told(len(this.trials), counted.numbers, counted.unaudited, tuple(problems), len(faults))


def _faults() -> list[tuple[str, ...]]:
    return [*((name,) for name in tampering.KINDS), *itertools.combinations(tampering.KINDS, 2)]


def _fault(build: Path, previous: Path, names: tuple[str, ...], scratch: Path) -> list[str]:
    """What the release gate says of a candidate with these faults, where it is not what it must say."""
    try:
        found = tampering.stops(tampering.judged(build, previous, names, scratch))
    except duckdb.Error as error:  # faults that can't be put in together
        return [f"{' + '.join(names)}: {error}"]
    wanted = frozenset().union(*(tampering.KINDS[name][0] for name in names))
    if wanted <= found and (len(names) > 1 or found == wanted):
        return []
    return [f"{' + '.join(names)}: expected {sorted(wanted)}, found {sorted(found)}"]
