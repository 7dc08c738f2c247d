"""Readers and publications at once: eight processes query `current` while releases come, go and are taken back."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from publication import release
from publication.release import GateReport
from publication.shelf import Shelf
from tests.publication.candidate_warehouse import AS_OF, Warehouse

READERS = 8
RELEASES = 50
PROJECT = Path(__file__).resolve().parents[2]
GATES = (GateReport("kpi", 1, 0), GateReport("release", 1, 0))

# A reader resolves `current` once for each query, as a BI tool does at a refresh. Every release holds its number in
# two tables: a query that saw two releases at once would find them different.
READER = """
import sys, time, duckdb
from pathlib import Path
home = Path(sys.argv[1])
queries, seen = 0, set()
while not (home / "done").exists():
    with duckdb.connect(str((home / "current").resolve() / "htx.duckdb"), read_only=True) as connection:
        row = connection.execute(
            "SELECT (SELECT value FROM marts.fct_kpi_result WHERE result_key = 'r-new'),"
            " (SELECT result_value FROM marts.fct_kpi_attainment WHERE target_key = 't-new'),"
            " (SELECT count(*) FROM marts.fct_cooperative_status)"
        ).fetchone()
    assert row[0] == row[1] and row[2] == 46, row
    seen.add(row[0])
    queries += 1
    time.sleep(0.8)
print(queries, len(seen))
"""


def test_readers_never_fail_and_never_wait_while_releases_change(
    tmp_path: Path, built: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    # no reader of this test opens the page, and drawing it fifty times takes most of a publication
    monkeypatch.setattr(release.scorecard, "render", lambda *_: {"scorecard.html": "<!doctype html>"})
    build = built.write(tmp_path)
    shelf = Shelf(tmp_path)
    swaps = []

    def publish(number: int) -> None:
        with duckdb.connect(str(build)) as connection:
            for table, column in (("fct_kpi_result", "value"), ("fct_kpi_attainment", "result_value")):
                key = "result_key = 'r-new'"
                connection.execute(f"UPDATE marts.{table} SET {column} = ? WHERE {key}", [Decimal(number)])
        result = release.publish(tmp_path, build=build, as_of=AS_OF, gates=GATES, code_version="1", keep=5)
        assert result.new
        swaps.append(result.swap_seconds or 0.0)

    publish(1)
    # one that holds the first release open until the end, long after that was taken off the shelf
    patient = duckdb.connect(str(shelf.required_current().database), read_only=True)
    first = shelf.required_current().path
    command = [sys.executable, "-c", READER, str(tmp_path)]
    readers = [
        subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(READERS)
    ]
    try:
        for number in range(2, RELEASES + 1):
            publish(number)
            if number % 10 == 0:
                shelf.roll_back("previous", "a test takes it back")
    finally:
        (tmp_path / "done").touch()
        ends = [reader.communicate(timeout=60) for reader in readers]

    assert [error for _, error in ends if error] == []
    counts = [tuple(int(word) for word in out.split()) for out, _ in ends]
    assert len(counts) == READERS
    assert all(queries > 0 and releases > 1 for queries, releases in counts), counts
    # a busy machine may take the processor away in the middle of one
    assert sorted(swaps)[-2] < 0.05, sorted(swaps)[-5:]
    assert not first.exists()
    query = "SELECT value FROM marts.fct_kpi_result WHERE result_key = 'r-new'"
    assert patient.execute(query).fetchone() == (Decimal(1),)
    patient.close()
    assert len(shelf.newest_first()) <= 6
    print(f"{sum(q for q, _ in counts)} queries, {len(swaps)} publications, slowest swap {max(swaps) * 1000:.1f} ms")
