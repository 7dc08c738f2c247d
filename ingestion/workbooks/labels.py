"""Labels: header and row texts in a form in which the same meaning compares equal."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ingestion.vietnamese.text import match_key

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SIGNS = re.compile(r"[^\w%]+")
_UNDERSCORES = re.compile(r"_+")
_NUMBERING = re.compile(
    r"^\s*(?:[-+*•–—]|\(?\d+(?:\.\d+)*[.)]|\d+(?:\.\d+)+\s|\(?[ivx]+[.)]\s|\(?[a-zđ][.)]\s)\s*", re.IGNORECASE
)


class Labels:
    """Folds texts and expands abbreviations. Results are remembered: headers and labels repeat."""

    def __init__(self, abbreviations: Mapping[str, str]) -> None:
        plain = {_plain(short): _plain(long) for short, long in abbreviations.items()}
        self._long = plain
        alternatives = "|".join(re.escape(short) for short in sorted(plain, key=len, reverse=True))
        self._short = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")
        self._known: dict[str, str] = {}
        self._known_full: dict[str, str] = {}

    def label(self, text: str) -> str:
        """Return a text without bracketed parts and signs, folded, abbreviations written out."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._expanded(_BRACKETS.sub(" ", text))
        return known

    def full(self, text: str) -> str:
        """Return a text like `label`, but with the words inside brackets."""
        known = self._known_full.get(text)
        if known is None:
            known = self._known_full[text] = self._expanded(text)
        return known

    def _expanded(self, text: str) -> str:
        return self._short.sub(lambda found: self._long[found[0]], _plain(text))


def _plain(text: str) -> str:
    return _UNDERSCORES.sub(" ", _SIGNS.sub(" ", match_key(text))).strip()


def has_words(label: str, phrase: str) -> bool:
    """Say whether a label contains a phrase as whole words."""
    return f" {phrase} " in f" {label} "


def without_numbering(text: str) -> str:
    """Return a text without its bullet or number: "- HTX", "1.2 HTX", "a) HTX" become "HTX"."""
    previous = None
    while previous != text:
        previous, text = text, _NUMBERING.sub("", text, count=1)
    return text.strip()


def bracketed(text: str) -> list[str]:
    """Return what stands in brackets, innermost first."""
    return [found.strip("()[] ") for found in _BRACKETS.findall(text)]
