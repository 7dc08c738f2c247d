"""The Vietnamese of what readers say: every reason and expectation of a quarantine entry, from ``wording.yml``.

Readers refuse in English, in one short sentence at the place where they see what is wrong; the sentence is the key of
its Vietnamese. So a reader needs no code list, and an official reads every refusal in Vietnamese.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import yaml

from ingestion.documents import Quarantined

CATALOGUE = Path(__file__).with_suffix(".yml")
Part = Literal["reasons", "expected"]


@functools.cache
def catalogue(part: Part) -> Mapping[str, str]:
    """Return the sentences of one part, English to Vietnamese, with ``{}`` for what differs each time."""
    said: Mapping[str, str] = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))[part]
    return said


def in_vietnamese(part: Part, sentence: str) -> str | None:
    """Return the Vietnamese of a sentence; None when the catalogue does not have it.

    A reason may carry advice after its first full stop, which tells a data engineer what to do: it is left out.
    """
    for said in (sentence, sentence.split(". ", 1)[0]):
        for pattern, vietnamese in _patterns(part):
            if match := pattern.fullmatch(said):
                return vietnamese.format(*match.groups())
    return None


def worded(entry: Quarantined) -> dict[str, str | None]:
    """Return a quarantine entry as a row of the lake, with the Vietnamese of what it says."""
    return {
        **dataclasses.asdict(entry),
        "expected_vi": in_vietnamese("expected", entry.expected),
        "reason_vi": in_vietnamese("reasons", entry.reason),
    }


@functools.cache
def _patterns(part: Part) -> tuple[tuple[re.Pattern[str], str], ...]:
    exact_first = sorted(catalogue(part).items(), key=lambda item: (item[0].count("{}"), -len(item[0])))
    return tuple(
        (re.compile("(.*)".join(re.escape(piece) for piece in english.split("{}")), re.DOTALL), vietnamese)
        for english, vietnamese in exact_first
    )
