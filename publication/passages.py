"""A contact is covered in its bulletin, and so in every quote and sentence taken from there.

What marks a number as somebody's may stand outside the quote or the sentence that a release shows ("Số tài khoản." ends
one sentence, the number begins the next), and a cut number may look like another one. So what is covered is decided on
the whole text and on each part of it, and whatever one of them covers is covered in all of them.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from publication import personal
from publication.catalogue import PublishedTable, identifier
from publication.personal import CONTACTS, COVER, QUOTING, Passage


@dataclasses.dataclass(frozen=True)
class Covered:
    """The bulletins in which something is covered: their texts by artefact, and the passages taken from them."""

    texts: Mapping[str, str]
    passages: Sequence[Passage]


def cover(
    connection: duckdb.DuckDBPyConnection, database: str, tables: Sequence[PublishedTable], texts: Path
) -> Covered:
    """Cover contacts in all bulletins that `tables` of the attached `database` quote.

    `texts` is the folder of their extracted texts, ``<artefact>.txt``. A bulletin whose text is not there, and a quote
    that is not at its place, are left out: `publication.personal` covers what such a quote shows by itself.
    """
    covered_texts: dict[str, str] = {}
    covered_passages: list[Passage] = []
    for artefact, group in itertools.groupby(_passages(connection, database, tables), lambda passage: passage.artefact):
        path = texts / f"{artefact}.txt"
        if not path.is_file():
            continue
        text = path.read_bytes().decode("utf-8")
        passages = [passage for passage in group if text[passage.span_start : passage.span_end] == passage.quote]
        shown = _shown(text, personal.covered_text(connection, text), passages)
        if shown != text:
            covered_texts[artefact] = shown
            covered_passages += [_cut(shown, text, passage) for passage in passages]
    return Covered(covered_texts, covered_passages)


def _passages(connection: duckdb.DuckDBPyConnection, database: str, tables: Sequence[PublishedTable]) -> list[Passage]:
    """Every distinct passage of `tables`, covered as far as it can be by itself, sorted by artefact."""
    selects = [
        f"SELECT {', '.join(QUOTING)}, {personal.covered('quote', CONTACTS)}, {personal.covered('sentence', CONTACTS)}"
        f" FROM {identifier(database)}.{identifier(table.schema)}.{identifier(table.name)}"
        " WHERE artefact IS NOT NULL AND span_start IS NOT NULL AND span_end IS NOT NULL AND quote IS NOT NULL"
        for table in tables
        if personal.quotes(table)
    ]
    if not selects:
        return []
    return [Passage(*row) for row in connection.execute(f"{' UNION '.join(selects)} ORDER BY ALL").fetchall()]


def _shown(text: str, covered: str, passages: Sequence[Passage]) -> str:
    """A bulletin's `text` with what is covered in it as a whole or in one of its `passages`."""
    if covered == text and all((p.shown_quote, p.shown_sentence) == (p.quote, p.sentence) for p in passages):
        return text
    shown = list(covered)
    for passage in passages:
        _put_dots(shown, passage.span_start, passage.shown_quote)
        start = _sentence_start(text, passage)
        if start is not None and passage.shown_sentence:
            _put_dots(shown, start, passage.shown_sentence)
    return "".join(shown)


def _put_dots(shown: list[str], start: int, part: str) -> None:
    for offset, letter in enumerate(part):
        if letter == COVER:
            shown[start + offset] = COVER


def _cut(shown: str, text: str, passage: Passage) -> Passage:
    start = _sentence_start(text, passage)
    sentence = passage.sentence or ""
    return dataclasses.replace(
        passage,
        shown_quote=shown[passage.span_start : passage.span_end],
        shown_sentence=passage.shown_sentence if start is None else shown[start : start + len(sentence)],
    )


def _sentence_start(text: str, passage: Passage) -> int | None:
    """Where the sentence stands that holds the quote at its place: the same words may stand in the text twice."""
    if not passage.sentence:
        return None
    length = len(passage.sentence)
    start = text.find(passage.sentence, max(passage.span_end - length, 0), passage.span_start + length)
    return start if start >= 0 else None
