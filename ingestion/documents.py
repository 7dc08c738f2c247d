"""What every reader shares: what is known of a document beforehand, and how one refuses it.

A reader either returns what a document says or raises `UnreadableDocument`; a part of a document that
can't be read becomes a `Quarantined` entry beside the parts that could.
"""

from __future__ import annotations

import dataclasses
import datetime as dt


@dataclasses.dataclass(frozen=True)
class Known:
    """What a person knows of a document that it may not say itself (a row of a folder's ``index.csv``).

    What the document says wins over nothing, never over this: a person wrote it down on purpose.
    """

    published: dt.date | None = None
    province: str | None = None
    publisher: str | None = None
    programme: str | None = None


@dataclasses.dataclass(frozen=True)
class Quarantined:
    """One row, field or document that could not be read, with its place and the reason.

    ``place`` is a cell range (``A9:N9``), a character span (``chars 120-180``) or ``file``.
    """

    gate: str
    place: str
    expected: str
    found: str
    reason: str
    sheet: str | None = None
    field: str | None = None


class UnreadableDocument(Exception):
    """A whole document that can't be read: which file, where, expected, found, and what to do next."""

    def __init__(self, file: str, *, place: str = "file", expected: str, found: str, reason: str, advice: str) -> None:
        self.file = file
        self.place = place
        self.expected = expected
        self.found = found
        self.reason = reason
        self.advice = advice
        super().__init__(f"{file}, {place}: {reason}: expected {expected}, found {found}. {advice}")
