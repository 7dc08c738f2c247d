"""All pairs of bad data: ``python -m tests.matrix [--rounds N]``. About a quarter of an hour on a quiet machine.

Every round is one night of 86 provinces with a pair of kinds in each, after the same night before. Then every two
faults of a release.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import tempfile
import time
from pathlib import Path

from htx.home import Home
from tests.matrix import landing, nights, rounds, tampering


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.matrix", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, help="only so many rounds of documents")
    parser.add_argument("--without-releases", action="store_true", help="leave out the faults of a whole release")
    arguments = parser.parse_args()
    wrong = trials = numbers = unaudited = 0
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="htx-matrix-") as scratch:
        folder = Path(scratch)
        before = Home(folder / "before")
        nights.night(before, rounds.before())
        for number, this in enumerate(rounds.rounds(rounds.singles() + rounds.pairs(), frozenset(landing.KINDS))):
            if arguments.rounds is not None and number >= arguments.rounds:
                break
            with nights.copied(before, folder / "dirty") as home, nights.emptied(folder / "good") as other:
                dirty = nights.night(home, this.dirty, landing.inbox(folder / f"bad-{number}", this.landing))
                good = nights.night(other, this.good, landing.inbox(folder / f"sound-{number}", frozenset()))
                found = rounds.problems(this, home, dirty, good)
                counted = rounds.unaudited(dirty, good)
                if number == 0 and not arguments.without_releases:
                    wrong += _releases(home.build, good.path / "htx.duckdb", folder)
            trials += len(this.trials)
            numbers, unaudited, wrong = numbers + counted.numbers, unaudited + counted.unaudited, wrong + len(found)
            print(f"round {number + 1}: {len(this.trials)} trials, {time.monotonic() - started:.0f} s", flush=True)
            for problem in found:
                print(f"  {problem}", flush=True)
    print(f"{trials} trials, {numbers} published numbers, {unaudited} unaudited, {wrong} problems")
    return 1 if wrong or unaudited else 0


def _releases(build: Path, previous: Path, scratch: Path) -> int:
    wrong = 0
    everything = [*((name,) for name in tampering.KINDS), *itertools.combinations(tampering.KINDS, 2)]
    for names in everything:
        found = tampering.stops(tampering.judged(build, previous, names, scratch))
        wanted = frozenset().union(*(tampering.KINDS[name][0] for name in names))
        if not wanted <= found or (len(names) == 1 and found != wanted):
            wrong += 1
            print(f"  {' + '.join(names)}: expected {sorted(wanted)}, found {sorted(found)}", flush=True)
    print(f"{len(everything)} faults of a release and pairs of them", flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
