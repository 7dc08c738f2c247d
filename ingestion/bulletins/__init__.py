"""Bulletins: page → text → statements, each statement tied to its sentence and its place in the text."""

from __future__ import annotations

from pathlib import Path

from ingestion.bulletins.model import REVIEW_LINE, Bulletin, Statement, sentence_sha
from ingestion.documents import Known

__all__ = ["READER_DATA", "REVIEW_LINE", "Bulletin", "Statement", "read", "sentence_sha"]

# Code and data that a reading depends on: when one of them changes, bulletins are read again.
READER_DATA: tuple[Path, ...] = (
    Path(__file__).parent,
    Path(__file__).parent.parent / "vietnamese",
    Path(__file__).parent.parent / "documents.py",
)


def read(
    content: bytes,
    *,
    name: str,
    known: Known = Known(),  # noqa: B008 - frozen
    charset: str | None = None,
) -> Bulletin:
    """Read the bulletin `content`, an HTML page or plain text called `name` in messages.

    What a person knows of the document (`known`) wins over what it says of itself. `charset` is the one that the
    server's Content-Type named; it decides where the bytes are no UTF-8, before what the page declares. Raises
    `ingestion.documents.UnreadableDocument` for anything that is no Vietnamese page with text.
    """
    from ingestion.bulletins import about, engine, lexicon, page, review
    from ingestion.vietnamese.text import fold

    opened = page.open_page(content, name, charset)
    words = lexicon.load()
    folded = fold(opened.text)
    facts = about.read_about(opened, folded, words, known.province)
    published = known.published or facts.published_on
    province = known.province or facts.province
    reading = engine.read_text(opened.text, folded, words, published=published, province=province, title=facts.title)
    return Bulletin(
        text=opened.text,
        title=reading.title,
        published_on=published,
        province=province,
        publisher=known.publisher or facts.publisher,
        statements=review.apply(reading.statements, review.load()),
        furniture=reading.furniture,
        unread=reading.unread,
    )
