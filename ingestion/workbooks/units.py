"""Units of money, counts and interest, as headers, unit columns, title notes and cells write them."""

from __future__ import annotations

import dataclasses
import functools
import re
from typing import Literal

from ingestion.vietnamese.text import match_key
from ingestion.workbooks.labels import bracketed
from ingestion.workbooks.layouts import words

Per = Literal["month", "year"]


@dataclasses.dataclass(frozen=True)
class Unit:
    """What a written number is multiplied by to be đồng, and the time it is meant for."""

    factor: int
    per: Per | None = None


_NOTE = re.compile(r"(?:đơn vị tính|đơn vị|đvt|đ\.v\.t|dvt|đv tính|đv)\s*[:：.]?\s*(?P<unit>[^()\[\]:]+)")
_TRAILING = re.compile(
    r"(?:^|[\s(,:])((?:1[.,]?000|nghìn|ngàn|triệu|tỷ|tỉ|tr|tr\.|trăm triệu|ng)\.? ?(?:đồng|đ|vnđ|vnd))\b"
)


def _key(text: str) -> str:
    return re.sub(r"\s+", " ", match_key(text)).strip(" .,;:()[]*")


@functools.cache
def _money() -> dict[str, int]:
    return {_key(written): factor for written, factor in words().money_units.items()}


@functools.cache
def _counts() -> dict[str, str]:
    return {_key(written): code for code, alternatives in words().count_units.items() for written in alternatives}


@functools.lru_cache(maxsize=4096)
def money_unit(text: str) -> Unit | None:
    """Return the unit of money that a text is, such as "triệu đồng/người/tháng"; None when it is none."""
    key = _key(text)
    head, *rest = [part.strip() for part in re.split(r"[/]", key)]
    factor = _money().get(head)
    if factor is None:
        return None
    per: Per | None = None
    for part in rest:
        if "tháng" in part:
            per = "month"
        elif "năm" in part:
            per = "year"
    return Unit(factor, per)


@functools.lru_cache(maxsize=4096)
def unit_in_header(parts: tuple[str, ...]) -> Unit | None:
    """Return the unit of money that a column's header texts (top to bottom) state, the lowest first."""
    for part in reversed(parts):
        for candidate in [*bracketed(part), part, *_after_separators(part)]:
            found = money_unit(candidate) or _noted(candidate)
            if found:
                return _with_time(found, " ".join(parts))
        trailing = _TRAILING.findall(match_key(part))
        if trailing and (found := money_unit(trailing[-1])):
            return _with_time(found, " ".join(parts))
    return None


def _after_separators(part: str) -> list[str]:
    return [piece for piece in re.split(r"[-–:;,\n]", part)[1:] if piece.strip()]


def _noted(text: str) -> Unit | None:
    found = _NOTE.fullmatch(_key(text))
    return money_unit(found["unit"]) if found else None


def _with_time(unit: Unit, text: str) -> Unit:
    return unit if unit.per else Unit(unit.factor, time_in(text))


def time_in(text: str) -> Per | None:
    """Return the time that a value is meant for where a text says "/tháng" or "/năm"."""
    key = match_key(text)
    if re.search(r"/ ?(?:1 ?)?tháng|một tháng|hàng tháng|tháng\)", key):
        return "month"
    return "year" if re.search(r"/ ?(?:1 ?)?năm|một năm|hàng năm", key) else None


def noted_units(text: str) -> list[str]:
    """Return the units that a title note states: "ĐVT: triệu đồng; người" gives two."""
    found = _NOTE.search(_key(text))
    return [piece.strip() for piece in re.split(r"[;,]", found["unit"]) if piece.strip()] if found else []


def money_in_note(text: str) -> Unit | None:
    """Return the unit of money that a title note states."""
    return next((unit for piece in noted_units(text) if (unit := money_unit(piece))), None)


@functools.lru_cache(maxsize=4096)
def count_unit(text: str) -> str | None:
    """Return the code of what is counted: "HTX" is cooperative, "người" is person, "%" is percent."""
    key = _key(text)
    key = key if key in _counts() else key.removesuffix("/năm").rstrip()  # a flow: "hội viên/năm"
    if key in _counts():
        return _counts()[key]
    return "percent" if key.startswith("%") else None
