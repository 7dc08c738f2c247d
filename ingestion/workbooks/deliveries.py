"""Re-deliveries: the same cells in other bytes, and corrected versions of the same table.

Nothing is ever replaced: a later delivery supersedes an earlier one, and both stay.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from ingestion.workbooks.results import Record, Sheet, Value, Workbook, plain_value

Relation = Literal["same_bytes", "same_cells", "corrects", "unrelated"]

_SHARED = 0.5  # share of rows that two versions of one table have in common at least
_KEYS = {
    "cooperative_status": ("registration_no", "tax_code", "name"),
    "training_class": ("title", "starts_on"),
    "loan": ("contract_no", "borrower"),
    "support": ("decision_no", "beneficiary", "content"),
    "indicator_report": ("indicator_text", "parent", "kind", "period_end", "province"),
}


@dataclasses.dataclass(frozen=True)
class Place:
    """Where a value or a row stands: the sheet and the cells."""

    sheet: str
    cells: str


@dataclasses.dataclass(frozen=True)
class Change:
    """One value that differs: what it is of, its field, and place and value in the earlier and the later delivery."""

    subject: str
    field: str
    earlier_at: Place
    earlier: Value
    later_at: Place
    later: Value
    cells: str  # of the later one's whole row


@dataclasses.dataclass(frozen=True)
class Row:
    """A row that only one of two deliveries has: what it is of, where, and its values."""

    subject: str
    at: Place
    values: Mapping[str, Value]


@dataclasses.dataclass(frozen=True)
class Comparison:
    """How a later delivery relates to an earlier one, and every value in which they differ.

    `earlier` and `later` are the hashes of the files. Rows in quarantine take no part: `quarantined` counts them
    in the earlier and the later delivery, for a row may be missing from one of them because it is broken there.
    """

    earlier: str
    later: str
    relation: Relation
    changed: tuple[Change, ...] = ()
    added: tuple[Row, ...] = ()
    removed: tuple[Row, ...] = ()
    quarantined: tuple[int, int] = (0, 0)

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as plain JSON types (dates in ISO, money as whole numbers)."""
        return {
            "earlier": self.earlier,
            "later": self.later,
            "relation": self.relation,
            "changed": [
                {
                    "subject": change.subject,
                    "field": change.field,
                    "earlier": {**dataclasses.asdict(change.earlier_at), "value": plain_value(change.earlier)},
                    "later": {**dataclasses.asdict(change.later_at), "value": plain_value(change.later)},
                }
                for change in self.changed
            ],
            "added": [_row_json(row) for row in self.added],
            "removed": [_row_json(row) for row in self.removed],
            "quarantined": {"earlier": self.quarantined[0], "later": self.quarantined[1]},
        }


def _row_json(row: Row) -> dict[str, Any]:
    values = {name: plain_value(value) for name, value in row.values.items()}
    return {"subject": row.subject, **dataclasses.asdict(row.at), "values": values}


@dataclasses.dataclass(frozen=True)
class Supersession:
    """That one artefact takes the place of another: why, and which rows it changes."""

    earlier: str
    later: str
    relation: Relation
    changed: tuple[str, ...] = ()  # cells of the later one whose values differ
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()  # cells of the earlier one that the later one lacks


def compare(earlier: Workbook, later: Workbook) -> Comparison:
    """Return how a later delivery relates to an earlier one.

    Deliveries correct each other when every table of the earlier one has a counterpart for the same province,
    period and record type that shares at least half of its rows; else they are unrelated.
    """
    broken = (len(earlier.quarantined), len(later.quarantined))
    if earlier.artefact == later.artefact:
        return Comparison(earlier.artefact, later.artefact, "same_bytes", quarantined=broken)
    if earlier.content_fingerprint == later.content_fingerprint:
        return Comparison(earlier.artefact, later.artefact, "same_cells", quarantined=broken)
    unrelated = Comparison(earlier.artefact, later.artefact, "unrelated", quarantined=broken)
    changed: list[Change] = []
    added: list[Row] = []
    removed: list[Row] = []
    left = [sheet for sheet in later.sheets if len(sheet.table)]
    tables = [sheet for sheet in earlier.sheets if len(sheet.table)]
    for old in tables:
        new = _counterpart(old, left)
        if new is None:
            return unrelated
        left = [sheet for sheet in left if sheet is not new]
        before, after = _by_key(old), _by_key(new)
        for key, (row, record) in after.items():
            if key in before:
                changed.extend(_changes(old, before[key], new, (row, record)))
            else:
                added.append(_only(new, record))
        removed.extend(_only(old, record) for key, (_, record) in before.items() if key not in after)
    if not tables:
        return unrelated
    added.extend(_only(sheet, record) for sheet in left for record in sheet.table)
    return dataclasses.replace(
        unrelated, relation="corrects", changed=tuple(changed), added=tuple(added), removed=tuple(removed)
    )


def supersession(earlier: Workbook, later: Workbook) -> Supersession | None:
    """Return how a later delivery takes the place of an earlier one; None when they are different documents."""
    found = compare(earlier, later)
    if found.relation == "unrelated":
        return None
    return Supersession(
        found.earlier,
        found.later,
        found.relation,
        tuple(dict.fromkeys(change.cells for change in found.changed)),
        tuple(row.at.cells for row in found.added),
        tuple(row.at.cells for row in found.removed),
    )


def latest(workbooks: Iterable[Workbook]) -> list[Workbook]:
    """Return the deliveries that no later one supersedes; the order given is the order of delivery."""
    ordered = list(workbooks)
    return [one for at, one in enumerate(ordered) if not any(supersession(one, later) for later in ordered[at + 1 :])]


def _counterpart(old: Sheet, candidates: Iterable[Sheet]) -> Sheet | None:
    """The table of the same subject with the most rows in common, if these are enough; a sheet may be renamed."""
    keys = _by_key(old).keys()
    shared = [(len(keys & _by_key(new).keys()), new) for new in candidates if _same_subject(old, new)]
    most, best = max(shared, key=lambda pair: (pair[0], pair[1].sheet == old.sheet), default=(0, None))
    return best if most >= _SHARED * len(keys) else None


def _same_subject(one: Sheet, other: Sheet) -> bool:
    return (one.record_type, one.province, one.period) == (other.record_type, other.province, other.period)


def _by_key(sheet: Sheet) -> dict[tuple[object, ...], tuple[int, Record]]:
    rows: dict[tuple[object, ...], tuple[int, Record]] = {}
    seen: dict[tuple[object, ...], int] = {}
    names = _KEYS[sheet.record_type or ""]
    for row, record in zip(sheet.table.row_numbers, sheet.table, strict=True):
        key: tuple[object, ...] = tuple(record.fields.get(name) for name in names)
        seen[key] = seen.get(key, 0) + 1  # equal keys are told apart by their order
        rows[(*key, seen[key])] = (row, record)
    return rows


def _changes(old_sheet: Sheet, old: tuple[int, Record], new_sheet: Sheet, new: tuple[int, Record]) -> Iterable[Change]:
    before, after = old[1].fields, new[1].fields
    for name in dict.fromkeys((*before, *after)):
        if name != "cell" and before.get(name) != after.get(name):
            yield Change(
                _subject(new[1]),
                name,
                _place(old_sheet, *old, name),
                before.get(name),
                _place(new_sheet, *new, name),
                after.get(name),
                new[1].cells,
            )


def _place(sheet: Sheet, row: int, record: Record, field: str) -> Place:
    cell = record.fields.get("cell") or sheet.cell_of(row, field)
    return Place(sheet.sheet, str(cell or record.cells))


def _only(sheet: Sheet, record: Record) -> Row:
    cells = record.fields.get("cell") or record.cells
    values = {name: value for name, value in record.fields.items() if name != "cell" and value is not None}
    return Row(_subject(record), Place(sheet.sheet, str(cells)), values)


def _subject(record: Record) -> str:
    """What a person calls the row: its name, title, borrower or indicator."""
    for name in ("name", "title", "borrower", "indicator_text"):
        if record.fields.get(name):
            return str(record.fields[name])
    return record.cells
