"""Drafted layout changes: what a workbook's header has that its nearest layout does not, for a person to accept.

A column is drafted as renamed when a field of the layout has no column and the column's cells read well as
that field. Accepting adds the header text to the field's `headers` in the layout's YAML, and nothing else.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from pathlib import Path

from ingestion.workbooks.formats import open_workbook
from ingestion.workbooks.grids import Grid, column_name, is_empty, plain_text, range_address, tidy
from ingestion.workbooks.headers import Column, Header, HeaderFinder
from ingestion.workbooks.layouts import LAYOUTS, FieldLayout, LayoutError, ListLayout, labels
from ingestion.workbooks.reader import decode
from ingestion.workbooks.values import Broken, Setting, parse

_SAMPLE = 60  # rows that show what a column holds
_READS_WELL = 0.8  # share of a column's cells that must be values of the field


@dataclasses.dataclass(frozen=True)
class Draft:
    """A drafted change of one layout by the header of one table."""

    layout: str
    sheet: str
    header: str
    fingerprint: str
    added: tuple[str, ...]  # columns that no field takes
    removed: tuple[str, ...]  # required fields without a column
    moved: tuple[str, ...]  # fields that stand in another order than in the layout
    renamed: tuple[tuple[str, str], ...]  # field, header text to be added to it

    def to_yaml(self) -> str:
        """Return the draft as the YAML that a person reads before accepting."""

        def listed(name: str, items: tuple[str, ...]) -> str:
            return f"{name}:" + ("".join(f"\n  - {item}" for item in items) if items else " []")

        renamed = tuple(f'{field}: "{text}"' for field, text in self.renamed)
        head = [
            f"layout: {self.layout}",
            f"sheet: {self.sheet!r}",
            f"header: {self.header}",
            f"fingerprint: {self.fingerprint}",
        ]
        parts = [listed("added", self.added), listed("removed", self.removed), listed("moved", self.moved)]
        return "\n".join([*head, *parts, listed("renamed", renamed)])


def drafts_for(content: bytes, *, name: str) -> list[Draft]:
    """Return a draft for every table of a workbook that resembles a list's layout and differs from it."""
    drafts = []
    for grid in open_workbook(content, name).grids:
        decode(grid)
        if not grid.height:
            continue
        finder = HeaderFinder(grid)
        header = finder.find(0, grid.height)
        if header is not None and isinstance(header.layout, ListLayout):
            drafts.append(_draft(grid, header, header.layout))
    return drafts


def _draft(grid: Grid, header: Header, layout: ListLayout) -> Draft:
    filled = {gives for field in header.fields for gives in (layout.fields[field].fills or (field,))}
    open_fields = [name for name in layout.fields if name not in filled and not layout.fields[name].fills]
    renamed: list[tuple[str, str]] = []
    free = list(header.extra)
    for field in sorted(open_fields, key=lambda name: name not in header.missing):
        column = _best(grid, header, layout, field, free)
        if column is not None:
            free.remove(column)
            renamed.append((field, tidy(" ".join(column.parts))))
    order = [field for field, _ in sorted(header.fields.items(), key=lambda item: item[1].index)]
    usual = [field for field in layout.fields if field in header.fields]
    return Draft(
        layout.layout,
        grid.name,
        range_address(header.first_row, header.first_column, header.last_row, header.last_column),
        header.fingerprint,
        tuple(f"{column_name(column.index)}: {' / '.join(column.parts)}" for column in free),
        header.missing,
        tuple(_out_of_order(order, usual)),
        tuple(renamed),
    )


def _best(grid: Grid, header: Header, layout: ListLayout, field: str, free: list[Column]) -> Column | None:
    required = field in header.missing
    known = labels(layout.layout)
    best: tuple[float, Column | None] = (0.0, None)
    for column in free:
        alike = max(
            (
                difflib.SequenceMatcher(None, column.label, known.label(text)).ratio()
                for text in layout.fields[field].headers
            ),
            default=0.0,
        )
        share = _share_read(grid, header, column, layout.fields[field])
        # A missing required field is worth a guess by content; an optional one needs a header much like its own.
        if share >= _READS_WELL and (alike >= 0.75 or (required and share > 0)):
            best = max(best, (alike + share, column), key=lambda item: item[0])
    return best[1]


def _share_read(grid: Grid, header: Header, column: Column, field: FieldLayout) -> float:
    cells = [row[column.index] for row in grid.rows[header.last_row + 1 : header.last_row + 1 + _SAMPLE]]
    cells = [cell for cell in cells if not is_empty(cell)]
    if not cells:
        return 0.0
    good = 0
    for cell in cells:
        try:
            parse(cell, field, Setting("vi", column.unit))
        except Broken:
            continue
        good += field.type != "text" or any(sign.isalpha() for sign in plain_text(cell))
    return good / len(cells)


def _out_of_order(order: list[str], usual: list[str]) -> list[str]:
    matcher = difflib.SequenceMatcher(None, usual, order, autojunk=False)
    kept = {usual[index] for block in matcher.get_matching_blocks() for index in range(block.a, block.a + block.size)}
    return [field for field in order if field not in kept]


def accept_drafts(drafts: list[Draft], folder: Path = LAYOUTS) -> list[Path]:
    """Add the header texts of drafted renamings to the layout files; return the files that were changed."""
    changed = []
    for path in sorted(folder.glob("*.yml")):
        text = before = path.read_text(encoding="utf-8")
        for draft in drafts:
            if f"layout: {draft.layout}\n" in text:
                for field, header in draft.renamed:
                    text = _with_header(text, field, header, path)
        if text != before:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def _with_header(text: str, field: str, header: str, path: Path) -> str:
    quoted = '"' + header.replace("\\", "").replace('"', "'") + '"'
    pattern = re.compile(rf"^(  {re.escape(field)}:\n(?:    (?!headers:).*\n)*    headers: \[)", re.MULTILINE)
    if not pattern.search(text):
        raise LayoutError(f"{path}: expected `headers: [` under field {field}, found none. Add {quoted} by hand.")
    return pattern.sub(lambda found: f"{found[1]}{quoted}, ", text, count=1)
