"""Proof of a number: the sentence with its quote marked, or the sheet and cell, and the original they are in."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from publication.published import Claim, Published


@dataclasses.dataclass(frozen=True)
class QuotedTexts:
    """How many bulletins' texts went into the release, how many were not there, and quotes not at their place."""

    copied: int
    missing: int
    misquoted: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class MarkedSentence:
    """A sentence cut at its quote: `quote` is verbatim, `before` and `after` are the rest of the sentence."""

    before: str
    quote: str
    after: str


def copy_quoted_texts(published: Published, texts: Path, directory: Path, covered: Mapping[str, str]) -> QuotedTexts:
    """Copy ``<artefact>.txt`` of every quoted bulletin to `directory` and check each quote.

    `covered` are the texts in which a contact is covered, by artefact; each is as long as the text it stands for.
    """
    directory.mkdir()
    misquoted: list[str] = []
    copied = missing = 0
    for artefact, claims in sorted(_quoted_claims(published).items()):
        source = texts / f"{artefact}.txt"
        if not source.is_file():
            missing += 1
            continue
        text = covered[artefact] if artefact in covered else source.read_bytes().decode("utf-8")
        (directory / f"{artefact}.txt").write_bytes(text.encode("utf-8"))
        copied += 1
        misquoted += [
            f"{claim.file or artefact}, chars {claim.span_start}-{claim.span_end}: {claim.quote!r}"
            for claim in claims
            if text[claim.span_start : claim.span_end] != claim.quote
        ]
    return QuotedTexts(copied, missing, tuple(misquoted))


class Texts:
    """The bulletins' texts of a release, each read when first asked for."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._texts: dict[str, str | None] = {}

    def get(self, artefact: str | None) -> str | None:
        """The text of a bulletin, None when the release does not carry it."""
        if artefact is None:
            return None
        if artefact not in self._texts:
            path = self._directory / f"{artefact}.txt"
            # Bytes are decoded here because reading as text would turn \r\n into \n and move every span.
            self._texts[artefact] = path.read_bytes().decode("utf-8") if path.is_file() else None
        return self._texts[artefact]

    def mark(self, claim: Claim) -> MarkedSentence | None:
        """The claim's sentence with its quote marked; None for a claim that has no quote."""
        if not claim.quote:
            return None
        sentence = claim.sentence or ""
        offset = self._offset(claim, sentence)
        if offset is None:
            return MarkedSentence("", claim.quote, "")
        return MarkedSentence(sentence[:offset], claim.quote, sentence[offset + len(claim.quote) :])

    def _offset(self, claim: Claim, sentence: str) -> int | None:
        """Where the quote begins in its sentence: a sentence may hold the same words twice, the span decides."""
        quote = claim.quote or ""
        text = self.get(claim.artefact)
        if text is not None and sentence and claim.span_start is not None:
            for start in _occurrences(text, sentence):
                offset = claim.span_start - start
                if offset >= 0 and sentence[offset : offset + len(quote)] == quote:
                    return offset
        found = sentence.find(quote)
        return found if found >= 0 else None


def _occurrences(text: str, part: str) -> Iterator[int]:
    start = text.find(part)
    while start >= 0:
        yield start
        start = text.find(part, start + 1)


def _quoted_claims(published: Published) -> dict[str, list[Claim]]:
    quoted: dict[str, list[Claim]] = defaultdict(list)
    for claim in [*published.targets.values(), *published.results.values()]:
        if claim.artefact and claim.quote and claim.span_start is not None:
            quoted[claim.artefact].append(claim)
    return quoted
