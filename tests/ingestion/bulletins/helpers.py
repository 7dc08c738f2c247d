"""Reading short texts in tests."""

from __future__ import annotations

import datetime as dt

from ingestion.bulletins import Statement, read
from ingestion.documents import Known

PUBLISHED = dt.date(2024, 3, 20)


def statements(
    text: str, province: str | None = "Hà Nam", published: dt.date | None = PUBLISHED
) -> tuple[Statement, ...]:
    """The statements of a plain text of a province, published on 20 March 2024."""
    return read(text.encode(), name="test.txt", known=Known(published=published, province=province)).statements


def figures(text: str) -> list[tuple[str, str, int]]:
    """Kind, indicator and value of each statement of `text` that is within the registry."""
    found = statements(text)
    return [(s.kind, s.indicator, int(s.value)) for s in found if not s.indicator.startswith("other:")]
