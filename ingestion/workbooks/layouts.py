"""Layouts as data: what columns a family of workbooks has, how they may be called, and what they hold.

`layouts/*.yml` are the layouts, `words.yml` the words they share. Both can be edited without reading Python.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, Literal

import pydantic
import yaml

from ingestion.workbooks.labels import Labels

HERE = Path(__file__).parent
LAYOUTS = HERE / "layouts"
WORDS = HERE / "words.yml"

FieldType = Literal[
    "text", "code", "count", "money", "interest", "months", "date", "period", "enumeration", "mark", "stars"
]
RecordType = Literal["cooperative_status", "training_class", "loan", "support", "indicator_report"]


# The C loader reads the same YAML ten times faster, where it is built in.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class LayoutError(ValueError):
    """A layout file that can't be used: which file, which key, what is wrong."""


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class FieldLayout(_Strict):
    """One column: its type, the header texts it is known by, words that tell it, words that rule it out."""

    type: FieldType
    headers: tuple[str, ...]
    words: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    fills: tuple[str, ...] = ()  # fields a period column gives
    codes: dict[str, tuple[str, ...]] = {}
    place: bool = False
    signed: bool = False
    per: Literal["month", "year"] | None = None


class Tolerances(_Strict):
    """How much may be wrong: the share of rows in quarantine, and the difference of a money total in its unit."""

    quarantined_share: float = 0.5
    money_total_units: float = 0.5


class ListLayout(_Strict):
    """A list: one row a thing."""

    layout: str
    record_type: RecordType
    title_words: tuple[str, ...]
    required: tuple[str, ...]
    least_fields: int
    abbreviations: dict[str, str] = {}
    tolerances: Tolerances = Tolerances()
    fields: dict[str, FieldLayout]
    passed_over: tuple[str, ...] = ()
    section_fields: dict[str, tuple[str, ...]] = {}  # with the words a section title begins with; none: by its codes

    @pydantic.model_validator(mode="after")
    def _required_fields_exist(self) -> ListLayout:
        missing = [name for name in (*self.required, *self.section_fields) if name not in self.fields]
        if missing:
            raise ValueError(f"required or section_fields name fields that the layout lacks: {missing}")
        return self


class IndicatorColumns(_Strict):
    """Header texts of an indicator table's own columns."""

    indicator: tuple[str, ...]
    unit: tuple[str, ...]
    ordinal: tuple[str, ...]
    passed_over: tuple[str, ...]
    places: tuple[str, ...]


class IndicatorLayout(_Strict):
    """An indicator table: one row an indicator, one column a plan or result of some period."""

    layout: str
    record_type: RecordType
    title_words: tuple[str, ...]
    columns: IndicatorColumns
    kinds: dict[Literal["estimate", "plan", "result"], tuple[str, ...]]
    comparisons: tuple[str, ...]
    preliminary: tuple[str, ...]
    phrasings: dict[str, tuple[str, ...]]
    scopes: dict[str, tuple[str, ...]]


class Words(_Strict):
    """The words that all layouts share; see the comments in words.yml."""

    abbreviations: dict[str, str]
    money_units: dict[str, int]
    count_units: dict[str, tuple[str, ...]]
    no_data: tuple[str, ...]
    ditto: tuple[str, ...]
    marks_yes: tuple[str, ...]
    marks_no: tuple[str, ...]
    ditto_units: tuple[str, ...]
    totals: tuple[str, ...]
    total_starts: tuple[str, ...]
    signatures: tuple[str, ...]
    place_and_date: str
    footnotes: tuple[str, ...]
    of_which: tuple[str, ...]
    divided: tuple[str, ...]
    title_scopes: dict[str, tuple[str, ...]]
    source_sheets: tuple[str, ...]
    personal_headers: dict[str, tuple[str, ...]]


def _load(path: Path, model: type[pydantic.BaseModel]) -> Any:
    try:
        return model.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER))
    except (yaml.YAMLError, pydantic.ValidationError, ValueError) as error:
        raise LayoutError(f"{path}: {error}. Correct the file; docs/workbooks.md describes every key.") from error


@functools.cache
def words() -> Words:
    """Return the shared words."""
    loaded: Words = _load(WORDS, Words)
    return loaded


@functools.cache
def list_layouts() -> tuple[ListLayout, ...]:
    """Return the layouts of lists, in the order of their file names."""
    return tuple(_load(path, ListLayout) for path in sorted(LAYOUTS.glob("*.yml")) if path.stem != "indicator_table")


@functools.cache
def indicator_layout() -> IndicatorLayout:
    """Return the layout of indicator tables."""
    loaded: IndicatorLayout = _load(LAYOUTS / "indicator_table.yml", IndicatorLayout)
    return loaded


@functools.cache
def labels(layout: str | None = None) -> Labels:
    """Return what turns header texts into comparable labels, with a list layout's own abbreviations."""
    own = next((each.abbreviations for each in list_layouts() if each.layout == layout), {})
    return Labels({**words().abbreviations, **own})
