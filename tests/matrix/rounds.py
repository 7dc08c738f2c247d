"""A round: trials of bad data on one night, each in a province of its own, and what must come of it.

The release of the night must be that of the same night without the bad data, row by row and value by value, but for the
marks of holds on exactly the rows that the bad data was about. `problems` returns everything that is otherwise.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow.parquet as pq

from expectations import suites
from htx.home import Home
from tests.dbt_project.warehouse import Lake
from tests.matrix import kinds, landing, nights, stations
from tests.matrix.nights import MARKS, Release
from tests.matrix.stations import Bad, Station, Territory

GATES = ("records", "kpi", "release")
# Rows that tell of a hold without a number: a cell that never had an accepted value.
_CELLS = ("marts.fct_kpi_attainment", "marts.fct_kpi_series", "marts.fct_kpi_series_restated")
_LEDGERS = {"marts.fct_kpi_result": "result_key", "marts.fct_kpi_target": "target_key"}
_ABOUT_DOCUMENTS = ("marts.dim_artefact", "publication.release_input")
_ABOUT_GATES = ("publication.gate_verdict", "publication.gate_check", "publication.quarantine")


@dataclasses.dataclass(frozen=True)
class Trial:
    """The kinds of bad data that one province brings at once."""

    territory: Territory
    kinds: tuple[str, ...]


def expectations_of(gate: str) -> set[str]:
    """The ids of all expectations of a gate."""
    return {each.id for suite in suites.load(gate) for each in suite.expectations}


@functools.cache
def effects() -> Mapping[str, str]:
    """The effect of every expectation of every gate."""
    loaded = [suite for gate in GATES for suite in suites.load(gate)]
    found = {each.id: each.effect for suite in loaded for each in suite.expectations}
    return found | {"most_rows_sound": "quarantine artefact"}


def effect_of(kind: str) -> str:
    """The strongest effect among the expectations that a kind trips."""
    order = ("quarantine artefact", "quarantine row", "hold cell", "warn")
    return min((effects()[name] for name in kinds.KINDS[kind].trips), key=order.index)


def singles() -> list[tuple[str, ...]]:
    """Every kind alone."""
    return [(name,) for name in kinds.KINDS]


def pairs() -> list[tuple[str, ...]]:
    """Every two kinds."""
    return list(itertools.combinations(kinds.KINDS, 2))


def covering_pairs(number: int) -> list[tuple[str, ...]]:
    """Pairs spread over all pairs, the same at every run; every two effects meet."""
    by_effects: dict[frozenset[str], list[tuple[str, ...]]] = defaultdict(list)
    for pair in pairs():
        by_effects[frozenset(map(effect_of, pair))].append(pair)
    chosen = [group[len(group) * place // 5] for place in range(5) for group in by_effects.values()]
    return list(dict.fromkeys(chosen))[:number]


@dataclasses.dataclass
class Round:
    """The lakes of one round: with what is bad, and without it."""

    trials: tuple[Trial, ...]
    dirty: Lake
    bad: Bad
    landing: frozenset[str]  # kinds of files that can't be read, beside the trials

    @property
    def good(self) -> Lake:
        return self.bad.without(self.dirty)


def before() -> Lake:
    """The lake of the night before: a year of good documents from every province."""
    lake = Lake()
    for territory in stations.territories():
        stations.good(Station(territory, lake, Bad()), news=False)
    return lake


def rounds(trials: Sequence[tuple[str, ...]], landing: frozenset[str]) -> Iterator[Round]:
    """Spread trials over the provinces, in as many rounds as it takes; files of `landing` come with each."""
    places = stations.territories()
    for start in range(0, len(trials), len(places)):
        together = zip(places, trials[start : start + len(places)], strict=False)
        yield _round([Trial(place, one) for place, one in together], landing)


def _round(trials: Sequence[Trial], landing: frozenset[str]) -> Round:
    lake, bad = Lake(), Bad()
    for territory in stations.territories():
        stations.good(Station(territory, lake, bad), news=True)
    for trial in trials:
        for name in trial.kinds:
            # what only warns is published: it belongs to the good data too
            blame = None if kinds.KINDS[name].warns else name
            kinds.KINDS[name].add(Station(trial.territory, lake, bad, blame=blame))
    return Round(tuple(trials), lake, bad, landing)


def problems(this: Round, home: Home, dirty: Release, good: Release) -> list[str]:
    """Return all that the release of the night has besides, lacks, or says otherwise than it must."""
    return list(_Comparison(this, home, dirty, good).problems())


class _Comparison:
    def __init__(self, this: Round, home: Home, dirty: Release, good: Release) -> None:
        self.this, self.home, self.release = this, home, dirty
        self.differences = {table: nights.difference(dirty, good, table) for table in dirty.tables()}
        self.files = {row["artefact"]: row["file"] for row in this.dirty.rows["artefact"]}
        self.unreadable = {landing.KINDS[kind][0] for kind in this.landing}
        self.bad_claims: set[tuple[str, str]] = set()  # artefact, and quote or cell
        self.bad_rows: set[tuple[str, str]] = set()  # artefact, and cells or ordinal
        self.bad_artefacts: set[str] = set()
        for name, rows in this.bad.rows.items():
            effect = effect_of(name)
            for record_type, row in rows:
                if effect == "quarantine artefact" or record_type == "artefact":
                    self.bad_artefacts.add(row["artefact"])
                elif effect == "quarantine row":
                    self.bad_rows.add((row["artefact"], str(row.get("ordinal", row.get("cell", row.get("cells"))))))
                else:
                    self.bad_claims.add((row["artefact"], row.get("quote") or row["cell"]))

    def problems(self) -> Iterator[str]:
        for table, found in self.differences.items():
            if table not in _ABOUT_GATES:
                yield from (f"{table}: missing {_short(row)}" for row in found.missing)
        yield from self._ledgers()
        yield from self._cells()
        yield from self._documents()
        yield from self._quarantine()
        yield from self._verdicts()
        told = {*_LEDGERS, *_CELLS, *_ABOUT_DOCUMENTS, *_ABOUT_GATES}
        for table, found in self.differences.items():
            if table not in told:
                yield from (f"{table}: more {_short(row)}" for row in found.more)
                yield from (f"{table}: {sorted(columns)} of {_short(row)}" for row, columns in found.changed)

    def _ledgers(self) -> Iterator[str]:
        """Exactly the bad claims are there besides, held and without a number."""
        seen = set()
        for table in _LEDGERS:
            found = self.differences[table]
            for row in found.more:
                seen.add((row["artefact"], row["quote"] or row["cells"]))
                if not row["is_held"] or row["value"] is not None or row["value_high"] is not None:
                    yield f"{table}: unaudited {_short(row)}"
            yield from (f"{table}: {sorted(columns)} of {_short(row)}" for row, columns in found.changed)
        yield from (f"not held: {self._claim(claim)}" for claim in sorted(self.bad_claims - seen, key=str))
        yield from (f"held besides: {self._claim(claim)}" for claim in sorted(seen - self.bad_claims, key=str))

    def _cells(self) -> Iterator[str]:
        """Cells have the values that they would have without the bad data; every bad claim has left its mark."""
        held = {
            row[key]: (row["artefact"], row["quote"] or row["cells"])
            for table, key in _LEDGERS.items()
            for row in self.differences[table].more
        }
        marked = set()
        for table in _CELLS:
            found = self.differences[table]
            for row in found.more:
                if not row["is_held"] or row.get("value") is not None or row.get("result_value") is not None:
                    yield f"{table}: more {_short(row)}"
            for row, columns in found.changed:
                if columns - MARKS:
                    yield f"{table}: {sorted(columns - MARKS)} of {_short(row)}"
            for row in [*found.more, *(row for row, _ in found.changed)]:
                keys = {row.get("held_result_key"), row.get("held_target_key")} - {None}
                marked |= keys
                if not keys or not keys <= held.keys():
                    yield f"{table}: marked for no bad claim {_short(row)}"
                if not (row["is_stale"] or row["is_held"]) or row["stale_since"] is None or row["stale_days"] is None:
                    yield f"{table}: not marked {_short(row)}"
                if not row["stale_expectation"] or row["stale_artefact"] not in self.files:
                    yield f"{table}: no expectation or document {_short(row)}"
        # a claim that another outranks would not have been used: it is held, and no cell has anything to say of it
        outranked = {
            (row["artefact"], row.get("quote"))
            for name, rows in self.this.bad.rows.items()
            if kinds.KINDS[name].outranked
            for _, row in rows
        }
        # a cell names one of its holds: of two bad claims about one cell the other stands in the ledger alone
        about = {
            row[key]: (table, row["province_key"], row["indicator"], row["scope"], row["period_end"])
            for table, key in _LEDGERS.items()
            for row in self.differences[table].more
        }
        named = {about[key] for key in held.keys() & marked}
        unnamed = {key for key in held.keys() - marked if held[key] not in outranked and about[key] not in named}
        yield from (f"no cell names {self._claim(held[key])}" for key in sorted(unnamed))

    def _documents(self) -> Iterator[str]:
        for table in _ABOUT_DOCUMENTS:
            found = self.differences[table]
            more = {row["artefact"] for row in found.more}
            landed = {row["artefact"] for row in found.more if row["file"] in self.unreadable}
            if len(landed) != len(self.unreadable):
                yield f"{table}: {len(landed)} of {len(self.unreadable)} unreadable files"
            more -= landed
            yield from (f"{table}: more {self.files.get(key, key)}" for key in sorted(more - self.bad_artefacts))
            yield from (f"{table}: lacks {self.files[key]}" for key in sorted(self.bad_artefacts - more))
            yield from (f"{table}: {sorted(columns)} of {_short(row)}" for row, columns in found.changed)

    def _quarantine(self) -> Iterator[str]:
        """Exactly the bad rows and documents are in quarantine, and people can see them."""
        rows, artefacts = set(), set()
        for path in sorted((self.home.lake / "record_verdict").glob("*.parquet")):
            for verdict in pq.read_table(path).to_pylist():
                if verdict["effect"].startswith("quarantine") and verdict["place"] is None:
                    artefacts.add(verdict["artefact"])
                elif verdict["effect"] == "quarantine row":
                    rows.add((verdict["artefact"], verdict["place"]))
        rows = {row for row in rows if row[0] not in artefacts}
        yield from (f"not quarantined: {self._claim(row)}" for row in sorted(self.bad_rows - rows, key=str))
        yield from (f"quarantined besides: {self._claim(row)}" for row in sorted(rows - self.bad_rows, key=str))
        wanted = {
            row["artefact"]
            for name, found in self.this.bad.rows.items()
            if effect_of(name) == "quarantine artefact"
            for _, row in found
        }
        yield from (f"not quarantined as a whole: {self.files[key]}" for key in sorted(wanted - artefacts))
        yield from (f"quarantined as a whole: {self.files[key]}" for key in sorted(artefacts - wanted))
        listed = self.release.rows("select * from publication.quarantine")
        refused = {row["file"] for row in listed if row["gate"] == "landing"}
        yield from (f"read, or refused besides: {file}" for file in sorted(refused ^ self.unreadable))
        shown = {(row["artefact"], row["place"]) for row in listed}
        unseen = {row for row in rows if row not in shown and (row[0], f"statement {row[1]}") not in shown}
        yield from (f"in no list of quarantine: {self._claim(row)}" for row in sorted(unseen, key=str))

    def _verdicts(self) -> Iterator[str]:
        """What each trial tripped: alone exactly what its kind says, with another at least that."""
        tripped: dict[str, set[str]] = defaultdict(set)
        for path in sorted((self.home.lake / "record_verdict").glob("*.parquet")):
            for verdict in pq.read_table(path).to_pylist():
                if verdict["expectation"]:
                    tripped[self._folder(verdict["artefact"])].add(verdict["expectation"])
        claims = {
            row[key]: row["artefact"]
            for table, key in _LEDGERS.items()
            for row in self.release.rows(f"select {key}, artefact from {table}")
        }
        for verdict in pq.read_table(self.home.gates / "kpi" / "verdicts.parquet").to_pylist():
            if verdict["subject_key"] in claims and verdict["expectation"] not in kinds.NOT_BY_A_DOCUMENT:
                tripped[self._folder(claims[verdict["subject_key"]])].add(verdict["expectation"])
        for trial in self.this.trials:
            wanted = frozenset().union(*(kinds.KINDS[name].trips for name in trial.kinds))
            found = tripped.pop(trial.territory.folder, set())
            if wanted - found or (len(trial.kinds) == 1 and found - wanted):
                yield f"{' + '.join(trial.kinds)}: expected {sorted(wanted)} to fail, found {sorted(found)}"
        yield from (f"{folder}: nothing is bad there, and {sorted(found)} failed" for folder, found in tripped.items())

    def _folder(self, artefact: str) -> str:
        return str(self.files.get(artefact, artefact)).split("/")[0]

    def _claim(self, claim: tuple[str, str]) -> str:
        return f"{self.files.get(claim[0], claim[0])}, {claim[1]}"


@dataclasses.dataclass(frozen=True)
class Counted:
    """Numbers of a release, and how many of them the release without bad data does not have in the same place."""

    numbers: int
    unaudited: int


def unaudited(dirty: Release, good: Release) -> Counted:
    """Count every number that the ledgers and cells of a release show."""
    numbers = wrong = 0
    for table, columns in (
        ("marts.fct_kpi_result", ("value", "value_high")),
        ("marts.fct_kpi_target", ("value", "value_high")),
        ("marts.fct_kpi_attainment", ("target_value", "result_value", "baseline_value", "ratio", "gap")),
        ("marts.fct_kpi_series", ("value", "numerator", "denominator")),
        ("marts.fct_kpi_series_restated", ("value", "numerator", "denominator")),
    ):
        (key,) = dirty.tables()[table]
        for column in columns:
            query = f"select {key} as key, {column} as number from {table} where {column} is not null"
            sound = {(row["key"], row["number"]) for row in good.rows(query)}
            shown = {(row["key"], row["number"]) for row in dirty.rows(query)}
            numbers += len(shown)
            wrong += len(shown - sound)
    return Counted(numbers, wrong)


def _short(row: dict[str, Any]) -> str:
    shown = ("file", "programme", "indicator", "province_key", "period_end", "value", "result_value", "status", "name")
    return ", ".join(f"{key} {row[key]}" for key in shown if row.get(key) is not None)
