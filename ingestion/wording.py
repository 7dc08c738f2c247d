"""The Vietnamese of what readers say: reason, expectation, find and advice of a quarantine entry, from ``wording.yml``.

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

from ingestion import alerts
from ingestion.documents import Quarantined

CATALOGUE = Path(__file__).with_suffix(".yml")
Part = Literal["reasons", "expected", "found", "advice"]
# What a source on the network needs is said by its alert, in both languages.
_ALERTS = {alerts.ADVICE[kind]: advice for kind, (_, advice) in alerts.VIETNAMESE.items()}


@functools.cache
def catalogue(part: Part) -> Mapping[str, str]:
    """Return the sentences of one part, English to Vietnamese, with ``{}`` for what differs each time."""
    said: Mapping[str, str] = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))[part]
    return said


def in_vietnamese(part: Part, sentence: str) -> str | None:
    """Return the Vietnamese of a sentence; None when the catalogue does not have it."""
    for pattern, vietnamese in _patterns(part):
        if match := pattern.fullmatch(sentence):
            return vietnamese.format(*match.groups())
    return None


def worded(entry: Quarantined, advice: str | None = None) -> dict[str, str | None]:
    """Return a quarantine entry as a row of the lake, with the Vietnamese of what it says.

    `advice` says what to do next. An entry without one may carry it in its reason, after the first full stop.
    """
    reason = entry.reason
    if advice is None and in_vietnamese("reasons", reason) is None and ". " in reason:
        reason, advice = reason.split(". ", 1)
    return {
        **dataclasses.asdict(entry),
        "reason": reason,
        "advice": advice,
        "expected_vi": in_vietnamese("expected", entry.expected),
        "found_vi": in_vietnamese("found", entry.found),
        "reason_vi": in_vietnamese("reasons", reason),
        "advice_vi": in_vietnamese("advice", advice) if advice else None,
    }


@functools.cache
def _patterns(part: Part) -> tuple[tuple[re.Pattern[str], str], ...]:
    said = {**_ALERTS, **catalogue(part)} if part == "advice" else catalogue(part)
    exact_first = sorted(said.items(), key=lambda item: (item[0].count("{}"), -len(item[0])))
    return tuple(
        (re.compile("(.*)".join(re.escape(piece) for piece in english.split("{}")), re.DOTALL), vietnamese)
        for english, vietnamese in exact_first
    )
