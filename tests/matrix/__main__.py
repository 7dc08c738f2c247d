"""All pairs of bad data: ``python -m tests.matrix [--rounds N] [--workers N]``.

Every round is one night of 86 provinces with a pair of kinds in each, after the same night before. Then every two
faults of a release. Rounds know nothing of each other, so as many run at once as the machine has processors.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import dataclasses
import itertools
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path

from htx.home import Home
from tests.matrix import landing, nights, rounds, stations, tampering


@dataclasses.dataclass(frozen=True)
class Told:
    """What one round found: trials, numbers that were published, those nobody audited, and all that is otherwise."""

    trials: int
    numbers: int
    unaudited: int
    problems: tuple[str, ...]
    faults: int = 0  # of a release, and pairs of them


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.matrix", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, help="only so many rounds of documents")
    parser.add_argument("--without-releases", action="store_true", help="leave out the faults of a whole release")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="rounds at once")
    arguments = parser.parse_args()
    places, trials = len(stations.territories()), rounds.singles() + rounds.pairs()
    parts = [trials[start : start + places] for start in range(0, len(trials), places)][: arguments.rounds]
    told = []
    started = time.monotonic()
    # Processes of their own: what a round keeps in memory ends with it, and no thread is copied.
    pool = concurrent.futures.ProcessPoolExecutor(arguments.workers, multiprocessing.get_context("spawn"))
    with tempfile.TemporaryDirectory(prefix="htx-matrix-") as scratch, pool:
        folder = Path(scratch)
        nights.night(Home(folder / "before"), rounds.before())
        running = [
            pool.submit(_round, folder, number, part, with_releases=not (number or arguments.without_releases))
            for number, part in enumerate(parts)
        ]
        for number, done in enumerate(concurrent.futures.as_completed(running), 1):
            told.append(one := done.result())
            faults = f", {one.faults} faults of a release and pairs of them" if one.faults else ""
            seconds = time.monotonic() - started
            print(f"{number} of {len(parts)} rounds: {one.trials} trials{faults}, {seconds:.0f} s", flush=True)
            for problem in one.problems:
                print(f"  {problem}", flush=True)
    wrong, unaudited = sum(len(one.problems) for one in told), sum(one.unaudited for one in told)
    print(f"trials                      {sum(one.trials for one in told):9,}   of {len(trials):,}")
    print(f"faults of a release, pairs  {sum(one.faults for one in told):9,}")
    print(f"published numbers           {sum(one.numbers for one in told):9,}")
    print(f"of them unaudited           {unaudited:9,}   must be 0")
    print(f"problems                    {wrong:9,}   must be 0")
    return 1 if wrong or unaudited else 0


def _round(folder: Path, number: int, trials: list[tuple[str, ...]], *, with_releases: bool) -> Told:
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
    found = tampering.stops(tampering.judged(build, previous, names, scratch))
    wanted = frozenset().union(*(tampering.KINDS[name][0] for name in names))
    if wanted <= found and (len(names) > 1 or found == wanted):
        return []
    return [f"{' + '.join(names)}: expected {sorted(wanted)}, found {sorted(found)}"]


if __name__ == "__main__":
    sys.exit(main())
