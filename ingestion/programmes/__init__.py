"""The programme registry: one YAML file a programme, and the programmes that only an index names."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import pydantic

from ingestion.definitions import Definition, load_all
from ingestion.vietnamese.text import match_key

FOLDER = Path(__file__).parent


class Programme(Definition):
    """A programme that promises something to cooperatives."""

    code: str = pydantic.Field(pattern=r"^[a-z][a-z0-9_]*$")
    name_vi: str
    name_en: str
    province: str  # the name it had when the programme began
    starts_on: dt.date
    ends_on: dt.date
    legal_basis: str | None = None
    publisher: str | None = None
    aliases: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class ProgrammeRecord:
    """One row of the lake's ``programme``: a registered programme, or one that only an index names."""

    programme: str
    name_vi: str
    name_en: str | None
    province: str | None
    starts_on: dt.date | None
    ends_on: dt.date | None
    legal_basis: str | None
    publisher: str | None
    aliases: tuple[str, ...]
    registered: bool


def load_programmes(folder: Path = FOLDER) -> list[ProgrammeRecord]:
    """Return the registered programmes, in the order of their codes."""
    programmes = sorted(load_all(folder, Programme), key=lambda p: p.code)
    return [
        ProgrammeRecord(**{**p.model_dump(exclude={"code"}), "programme": p.code, "registered": True})
        for p in programmes
    ]


def unregistered(
    named: Iterable[tuple[str, str | None, str | None]], registry: Iterable[ProgrammeRecord]
) -> list[ProgrammeRecord]:
    """Return a record for each programme that documents belong to and the registry does not hold.

    `named` yields (programme as written, province, publisher). Spellings that differ in composition, case or
    blanks are one programme. Such a programme has its row, so that nothing promised is lost, until somebody
    writes its file.
    """
    known = {match_key(name) for p in registry for name in (p.name_vi, *p.aliases)}
    found: dict[str, ProgrammeRecord] = {}
    for text, province, publisher in sorted(named, key=lambda n: tuple(part or "" for part in n)):
        key = match_key(text)
        if key and key not in known and key not in found:
            starts_on, ends_on = _years(text)
            found[key] = ProgrammeRecord(
                programme=_code(f"{province or ''} {text}"),
                name_vi=unicodedata.normalize("NFC", " ".join(text.split())),
                name_en=None,
                province=province,
                starts_on=starts_on,
                ends_on=ends_on,
                legal_basis=None,
                publisher=publisher,
                aliases=(),
                registered=False,
            )
    return list(found.values())


_SPAN = re.compile(r"\b((?:19|20)\d{2})\s*[-–—]\s*((?:19|20)\d{2})\b")
_UNTIL = re.compile(r"đến (?:hết )?năm ((?:19|20)\d{2})\b")
_YEAR = re.compile(r"\bnăm ((?:19|20)\d{2})\b")


def _years(text: str) -> tuple[dt.date | None, dt.date | None]:
    text = match_key(text)
    if span := _SPAN.search(text):
        return dt.date(int(span[1]), 1, 1), dt.date(int(span[2]), 12, 31)
    if until := _UNTIL.search(text):
        return None, dt.date(int(until[1]), 12, 31)
    if year := _YEAR.search(text):
        return dt.date(int(year[1]), 1, 1), dt.date(int(year[1]), 12, 31)
    return None, None


def _code(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return "_".join(re.findall(r"[a-z0-9]+", plain))[:80]
