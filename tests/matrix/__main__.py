"""All pairs of bad data: ``python -m tests.matrix [--rounds N] [--workers N]``.

Every round is one night of 86 provinces with a pair of kinds in each, after the same night before. Then every two
faults of a release. Rounds know nothing of each other, so as many run at once as the machine has processors.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path

from htx.home import Home
from tests.matrix import nights, played, rounds, stations


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
            pool.submit(played.round_of, folder, number, part, with_releases=not (number or arguments.without_releases))
            for number, part in enumerate(parts)
        ]
        for number, done in enumerate(concurrent.futures.as_completed(running), 1):
            try:
                told.append(one := done.result())
            except Exception as error:  # the other rounds have something to tell nevertheless
                print(f"{number} of {len(parts)} rounds: {type(error).__name__}: {error}", flush=True)
                continue
            faults = f", {one.faults} faults of a release and pairs of them" if one.faults else ""
            seconds = time.monotonic() - started
            print(f"{number} of {len(parts)} rounds: {one.trials} trials{faults}, {seconds:.0f} s", flush=True)
            for problem in one.problems:
                print(f"  {problem}", flush=True)
    wrong, unaudited = sum(len(one.problems) for one in told), sum(one.unaudited for one in told)
    print(f"rounds that ended in error  {len(parts) - len(told):9,}   must be 0")
    print(f"trials                      {sum(one.trials for one in told):9,}   of {len(trials):,}")
    print(f"faults of a release, pairs  {sum(one.faults for one in told):9,}")
    print(f"published numbers           {sum(one.numbers for one in told):9,}")
    print(f"of them unaudited           {unaudited:9,}   must be 0")
    print(f"problems                    {wrong:9,}   must be 0")
    return 1 if wrong or unaudited or len(told) < len(parts) else 0


if __name__ == "__main__":
    sys.exit(main())
