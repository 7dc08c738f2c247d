"""Nights of the matrix: the steps of the real night on a lake that trials have written, and what they publish."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from htx import building, nightly
from htx.home import Home
from ingestion.sources import adhoc
from tests.dbt_project.warehouse import Lake
from tests.matrix.stations import AS_OF, write


def night(home: Home, lake: Lake, inbox: Path | None = None, as_of: dt.date = AS_OF) -> Release:
    """Run a whole night on what `lake` holds and what lies in `inbox`; return what it published.

    The steps are those of the nightly DAG, in its order; the documents of `lake` enter as the readers would have
    written them.
    """
    nightly.prepare(home)
    if inbox is not None:
        nightly.fetch(home, adhoc(inbox))
        for batch in nightly.list_unread(home, nightly.Asked()).batches:
            nightly.read(home, batch)
    write(lake, home.lake)
    nightly.register_programmes(home)
    gates = [nightly.records_gate(home)]
    building.build_candidate(home, as_of)
    gates.append(nightly.gate(home, "kpi", as_of))
    building.build_marts(home, as_of)
    gates.append(nightly.gate(home, "release", as_of))
    nightly.publish(home, as_of, gates)
    return Release((home.path / "current").resolve())


@dataclasses.dataclass(frozen=True)
class Release:
    """One published release, table by table."""

    path: Path

    @property
    def manifest(self) -> dict[str, Any]:
        manifest: dict[str, Any] = json.loads((self.path / "manifest.json").read_bytes())
        return manifest

    def tables(self) -> dict[str, tuple[str, ...]]:
        """Each published table with its primary key."""
        return {f"{entry['schema']}.{entry['table']}": tuple(entry["primary_key"]) for entry in self.manifest["tables"]}

    def rows(self, query: str) -> list[dict[str, Any]]:
        with duckdb.connect(str(self.path / "htx.duckdb"), read_only=True) as connection:
            answer = connection.execute(query)
            names = [column[0] for column in answer.description]
            return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


@dataclasses.dataclass
class Difference:
    """How a table of the night with bad data differs from the same table without: rows that are there besides, rows
    that are missing, and rows that have other values, with the names of the columns."""

    more: list[dict[str, Any]]
    missing: list[dict[str, Any]]
    changed: list[tuple[dict[str, Any], frozenset[str]]]


# What a row may say of a hold without its number being another.
MARKS = frozenset(
    {
        "is_stale", "is_held", "stale_since", "stale_days", "stale_expectation", "stale_artefact", "stale_reason_vi",
        "stale_reason_en", "held_result_key", "held_target_key", "evidence_vi", "evidence_en",
    }
)  # fmt: skip


def difference(dirty: Release, good: Release, table: str) -> Difference:
    """Compare one table of two releases by its primary key, or as whole rows where it has none."""
    key = dirty.tables()[table]
    ours, theirs = (
        {_key(row, key): row for row in release.rows(f"select * from {table}")} for release in (dirty, good)
    )
    changed = []
    for name, row in ours.items():
        if name in theirs and row != theirs[name]:
            changed.append((row, frozenset(column for column in row if row[column] != theirs[name][column])))
    return Difference(
        more=[row for name, row in ours.items() if name not in theirs],
        missing=[row for name, row in theirs.items() if name not in ours],
        changed=changed,
    )


def _key(row: dict[str, Any], key: Sequence[str]) -> tuple[Any, ...]:
    return tuple(row[column] for column in key) if key else tuple(str(value) for value in row.values())


@contextlib.contextmanager
def copied(home: Home, target: Path) -> Iterator[Home]:
    """A copy of a home that is gone afterwards."""
    shutil.copytree(home.path, target, symlinks=True)
    try:
        yield Home(target)
    finally:
        _delete(target)


@contextlib.contextmanager
def emptied(target: Path) -> Iterator[Home]:
    """A new home that is gone afterwards."""
    try:
        yield Home(target)
    finally:
        _delete(target)


def _delete(folder: Path) -> None:
    """Releases are read-only; what is to be deleted must not be."""
    for path in folder.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(folder)
