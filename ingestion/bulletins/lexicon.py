"""The lexicon: YAML files of phrasings, checked when read and compiled once.

A phrase is a regular expression over folded text (lower case, NFC, tone on the first vowel, plain dashes). A blank
stands for any run of blanks, "…" for up to 60 characters of the same clause; whole words are matched.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pydantic
import yaml

from ingestion.vietnamese.text import fold, fold_tones

FOLDER = Path(__file__).parent / "lexicon"
_WORD = r"[^\W_]"
_BLANK = re.compile(r"(\(\?<[!=][^)]*\))| ([?*]?)")
_Model = TypeVar("_Model", bound=pydantic.BaseModel)


class LexiconError(Exception):
    """A lexicon file that can't be used: which file, which entry, what is wrong with it."""


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)


class Noun(_Strict):
    """What a number can count."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    kind: str = pydantic.Field(alias="class")
    unit: str
    phrases: list[str]
    role: str | None = None
    aspect: str | None = None
    scope: str | None = None


class Aspect(_Strict):
    """What can be said of organisations: founded, dissolved, rated, linked …"""

    aspect: str
    strength: int = pydantic.Field(ge=1, le=3)
    before: list[str] = []
    after: list[str] = []


class Measure(_Strict):
    """The indicator that a noun and an aspect make, and its plausible values."""

    indicator: str
    band: tuple[Decimal, Decimal] | None = None
    flow: bool = False


class Predicated(Measure):
    """A measure known by words near the number."""

    phrases: list[str]


class Indicators(_Strict):
    counts: dict[str, dict[str, Measure]]
    shares: dict[str, dict[str, Measure]]
    persons: dict[str, Measure]
    units: dict[str, Measure]
    growth: Measure
    plan: Measure
    per_district: Measure
    staff: dict[str, Predicated]
    produce: Predicated


class Topic(_Strict):
    """What an amount of money is."""

    topic: str
    indicator: str | None = None
    average: bool = False
    flow: bool = False
    band: tuple[Decimal, Decimal] | None = None
    before: list[str] = []
    after: list[str] = []


class TargetCues(_Strict):
    sentence: list[str]
    heading: list[str]
    title: list[str]


class ResultCues(_Strict):
    sentence: list[str]
    weak: list[str]
    heading: list[str]
    not_target: list[str]


class Cues(_Strict):
    target: TargetCues
    result: ResultCues
    norms: list[str]
    increments: list[str]
    qualifiers: dict[str, list[str]]


class Scope(_Strict):
    """A subset. With a `note`, one that only loans have: those of a programme named apart ("detail")."""

    scope: str
    phrases: list[str]
    note: str | None = None


class Places(_Strict):
    provinces: dict[str, list[str]]
    country: dict[str, list[str]]
    regions: dict[str, list[str]]
    common: list[str]
    abroad: list[str]
    own: list[str]
    districts: list[str]
    communes: list[str]


class Furniture(_Strict):
    ends: list[str]
    line: list[str]


@dataclasses.dataclass(frozen=True)
class Lexicon:
    """The lexicon as the reader uses it: entries and their compiled patterns."""

    nouns: tuple[Noun, ...]
    aspects: tuple[Aspect, ...]
    indicators: Indicators
    topics: tuple[Topic, ...]
    cues: Cues
    scopes: tuple[Scope, ...]
    places: Places
    furniture: Furniture
    noun: re.Pattern[str]
    noun_start: re.Pattern[str]  # the same at the start of a word only, for searching
    aspect_before: tuple[tuple[Aspect, re.Pattern[str]], ...]
    aspect_after: tuple[tuple[Aspect, re.Pattern[str]], ...]
    topic_before: tuple[tuple[Topic, re.Pattern[str]], ...]
    topic_after: tuple[tuple[Topic, re.Pattern[str]], ...]
    scope: tuple[tuple[str, re.Pattern[str]], ...]
    loan_scope: tuple[tuple[Scope, re.Pattern[str]], ...]  # lending programmes told apart
    target: re.Pattern[str]
    result: re.Pattern[str]
    weak_result: re.Pattern[str]
    not_target: re.Pattern[str]
    target_heading: re.Pattern[str]
    result_heading: re.Pattern[str]
    target_title: re.Pattern[str]
    norm: re.Pattern[str]
    increment: re.Pattern[str]
    qualifiers: dict[str, re.Pattern[str]]
    place: re.Pattern[str]
    common_place: re.Pattern[str]  # the places written without capitals: "cả nước"
    country: re.Pattern[str]  # words that mean the whole country
    place_names: dict[str, tuple[str, str]]  # folded spelling -> (name, level)
    furniture_ends: re.Pattern[str]
    furniture_line: re.Pattern[str]


@functools.cache
def load(folder: Path = FOLDER) -> Lexicon:
    """Read and compile the lexicon in `folder`; raise `LexiconError` naming the file and entry at fault."""
    nouns = tuple(_entries(folder, "nouns.yml", Noun))
    aspects = tuple(_entries(folder, "aspects.yml", Aspect))
    topics = tuple(_entries(folder, "money.yml", Topic))
    scopes = tuple(_entries(folder, "scopes.yml", Scope))
    cues = _whole(folder, "cues.yml", Cues)
    places = _whole(folder, "places.yml", Places)
    furniture = _whole(folder, "furniture.yml", Furniture)
    names = _place_names(places)
    return Lexicon(
        nouns=nouns,
        aspects=aspects,
        indicators=_whole(folder, "indicators.yml", Indicators),
        topics=topics,
        cues=cues,
        scopes=scopes,
        places=places,
        furniture=furniture,
        noun=re.compile(
            "|".join(f"(?P<n{i}>{_any(n.phrases, 'nouns.yml', bare=True)}(?!{_WORD}))" for i, n in enumerate(nouns))
        ),
        noun_start=re.compile(
            rf"(?<!{_WORD})(?:"
            + "|".join(f"(?P<n{i}>{_any(n.phrases, 'nouns.yml', bare=True)}(?!{_WORD}))" for i, n in enumerate(nouns))
            + ")"
        ),
        aspect_before=tuple((a, _compile(a.before, "aspects.yml")) for a in aspects if a.before),
        aspect_after=tuple((a, _compile(a.after, "aspects.yml")) for a in aspects if a.after),
        topic_before=tuple((t, _compile(t.before, "money.yml")) for t in topics if t.before),
        topic_after=tuple((t, _compile(t.after, "money.yml")) for t in topics if t.after),
        scope=tuple((s.scope, _compile(s.phrases, "scopes.yml")) for s in scopes if s.note is None),
        loan_scope=tuple((s, _compile(s.phrases, "scopes.yml")) for s in scopes if s.note is not None),
        target=_compile(cues.target.sentence, "cues.yml"),
        result=_compile(cues.result.sentence, "cues.yml"),
        weak_result=_compile(cues.result.weak, "cues.yml"),
        not_target=_compile(cues.result.not_target, "cues.yml", bare=True),
        target_heading=_compile(cues.target.heading, "cues.yml"),
        result_heading=_compile(cues.result.heading, "cues.yml"),
        target_title=_compile(cues.target.title, "cues.yml"),
        norm=_compile(cues.norms, "cues.yml"),
        increment=_compile(cues.increments, "cues.yml"),
        qualifiers={name: _compile(phrases, "cues.yml") for name, phrases in cues.qualifiers.items()},
        common_place=re.compile(
            rf"(?<!{_WORD})(?:{'|'.join(re.escape(fold(n).text) for n in places.common)})(?!{_WORD})"
        ),
        place=re.compile(
            rf"(?<!{_WORD})(?:{'|'.join(re.escape(n) for n in sorted(names, key=len, reverse=True))})(?!{_WORD})"
        ),
        country=_compile(
            [fold(n).text for names_ in places.country.items() for n in [names_[0], *names_[1]]], "places.yml"
        ),
        place_names=names,
        furniture_ends=re.compile(rf"\W*(?:{'|'.join(map(phrase, furniture.ends))})\W*$"),
        furniture_line=re.compile(rf"\W*(?:{'|'.join(map(phrase, furniture.line))})\W*$"),
    )


def phrase(text: str) -> str:
    """The regular expression of a phrase of the lexicon.

    >>> phrase("thành lập… mới").startswith("thành lập")
    True
    """
    pattern = fold_tones(unicodedata.normalize("NFC", text))
    pattern = _BLANK.sub(lambda match: match[1] or (" *" if match[2] else " +"), pattern)
    return pattern.replace("…", r"[^.,;:()\d]{0,60}?")


def _any(phrases: list[str], file: str, bare: bool = False) -> str:
    for text in phrases:
        try:
            re.compile(phrase(text))
        except re.error as error:
            raise LexiconError(f"{FOLDER / file}: {text!r} is no valid phrase: {error}") from error
    union = "|".join(map(phrase, phrases))
    return f"(?:{union})" if bare else rf"(?<!{_WORD})(?:{union})(?!{_WORD})"


def _compile(phrases: list[str], file: str, bare: bool = False) -> re.Pattern[str]:
    return re.compile(_any(phrases, file, bare))


def _entries(folder: Path, file: str, model: type[_Model]) -> list[_Model]:
    entries = _read(folder, file)
    if not isinstance(entries, list):
        raise LexiconError(f"{folder / file}: expected a list of entries, found {type(entries).__name__}")
    return [_checked(folder / file, f"entry {i}", model, entry) for i, entry in enumerate(entries, 1)]


def _whole(folder: Path, file: str, model: type[_Model]) -> _Model:
    return _checked(folder / file, "file", model, _read(folder, file))


def _read(folder: Path, file: str) -> Any:
    try:
        return yaml.load((folder / file).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError) as error:
        raise LexiconError(f"{folder / file}: expected a readable YAML file: {error}") from error


def _checked(file: Path, where: str, model: type[_Model], data: Any) -> _Model:
    try:
        return model.model_validate(data)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        at = ".".join(map(str, first["loc"]))
        raise LexiconError(f"{file}, {where}, {at}: {first['msg']}, found {first.get('input')!r}") from error


_CAPITAL = re.compile(r"(?<![^\W\d_])(?:[A-ZÀ-ÖØ-ÞĂĐĨŨƠƯ]|[\u1ea0-\u1ef8])")


def find_places(cased: str, folded: str, start: int, end: int, lexicon: Lexicon) -> list[tuple[int, int, str, str]]:
    """Return (start, end, name, level) of the places named in [start, end): with a capital, or by a common word."""
    found = []
    at = start
    for match in _CAPITAL.finditer(cased, start, end):
        if match.start() < at or match[0].islower():
            continue
        place = lexicon.place.match(folded, match.start(), end)
        if place:
            name, level = lexicon.place_names[place[0]]
            found.append((place.start(), place.end(), name, level))
            at = place.end()
    for match in lexicon.common_place.finditer(folded, start, end):
        if not cased[match.start()].isupper():
            name, level = lexicon.place_names[match[0]]
            found.append((match.start(), match.end(), name, level))
    return sorted(found)


def _place_names(places: Places) -> dict[str, tuple[str, str]]:
    names: dict[str, tuple[str, str]] = {}
    for level, group in (("region", places.regions), ("country", places.country), ("province", places.provinces)):
        for name, others in group.items():
            for spelling in [name, *others]:
                names[fold(spelling).text] = (name, level)
    for spelling in places.abroad:
        names.setdefault(fold(spelling).text, (spelling, "abroad"))
    return names
