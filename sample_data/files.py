"""A file of the sample, with what a folder's ``index.csv`` says about it."""

from __future__ import annotations

import dataclasses
import datetime as dt


@dataclasses.dataclass(frozen=True)
class SampleFile:
    """``published`` is None where the document says it itself and nobody wrote it down."""

    name: str
    content: bytes
    published: dt.date | None
    publisher: str


@dataclasses.dataclass(frozen=True)
class Folder:
    """One province's folder: ``province`` is the one the numbers are about, whoever reports them."""

    name: str
    province: str
    programme: str
    files: tuple[SampleFile, ...]
