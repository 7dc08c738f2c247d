"""A workbook from bytes to records: open → grids → tables → typed rows, with nothing dropped uncounted."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import hashlib
import unicodedata
from collections.abc import Iterator

from ingestion.documents import Known, UnreadableDocument
from ingestion.vietnamese.encodings import decide, decode_cell, of_font
from ingestion.vietnamese.text import match_key
from ingestion.workbooks.formats import open_workbook
from ingestion.workbooks.grids import Grid, is_empty, is_text, plain_text, range_address, runs, tidy
from ingestion.workbooks.headers import Header, HeaderFinder
from ingestion.workbooks.indicators import read_indicators
from ingestion.workbooks.layouts import ListLayout, list_layouts, words
from ingestion.workbooks.results import Drift, Finding, Ignored, QuarantinedCells, Sheet, Workbook
from ingestion.workbooks.tables import Places, read_list
from ingestion.workbooks.titles import Title, read_title

_ROWS_THAT_TELL = 10  # a share of fewer rows says nothing


def read(content: bytes, *, name: str, known: Known = Known()) -> Workbook:  # noqa: B008 (a frozen default)
    """Return what a workbook says.

    Raises UnreadableDocument when the file can't be opened, when a required column is missing (the message says
    how to draft a layout change), and when no sheet holds a table that a layout knows.
    """
    workbook = examine(content, name=name, known=known)
    for sheet in workbook.sheets:
        if sheet.drift is not None and sheet.drift.stops:
            raise UnreadableDocument(
                name,
                place=f"sheet {sheet.sheet!r}, header {sheet.header}",
                expected=f"the columns of {sheet.drift.nearest}",
                found=f"no column for {', '.join(sheet.drift.removed)}",
                reason="a required column is missing",
                advice=f"Run `htx layout draft {name}` and accept or correct the drafted layout change.",
            )
        if _mostly_broken(sheet):
            raise UnreadableDocument(
                name,
                place=f"sheet {sheet.sheet!r}",
                expected=f"most rows of {sheet.layout} to be readable",
                found=f"{len({entry.cells for entry in sheet.quarantined})} broken rows, {len(sheet.table)} sound ones",
                reason="most rows of a table are broken",
                advice=f"Look at them with `htx workbook read {name} --format table`; a column may be misread.",
            )
    if not any(sheet.record_type for sheet in workbook.sheets):
        raise UnreadableDocument(
            name,
            expected="a table of a known layout",
            found=f"{len(workbook.sheets)} sheet(s) without one",
            reason="no table is known",
            advice=f"Run `htx layout draft {name}` if the workbook holds records; else take it out of the folder.",
        )
    return workbook


def _mostly_broken(sheet: Sheet) -> bool:
    """Say whether more rows of a list are in quarantine than its layout allows: then its columns are in doubt."""
    layout = next((each for each in list_layouts() if each.layout == sheet.layout), None)
    if layout is None:
        return False
    broken = len({entry.cells for entry in sheet.quarantined})
    rows = broken + len(sheet.table)
    return rows >= _ROWS_THAT_TELL and broken > layout.tolerances.quarantined_share * rows


def examine(content: bytes, *, name: str, known: Known = Known()) -> Workbook:  # noqa: B008
    """Return what a workbook says, even where a person must decide; raise only when it can't be opened."""
    with _no_cycle_collection():
        return _examine(content, name, known)


@contextlib.contextmanager
def _no_cycle_collection() -> Iterator[None]:
    """Spare the collector of cyclic garbage: the many new rows of a large sheet wake it again and again for nothing."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _examine(content: bytes, name: str, known: Known) -> Workbook:
    opened = open_workbook(content, name)
    for grid in opened.grids:
        decode(grid)
    sheets: list[Sheet] = []
    for grid in opened.grids:
        if grid.height:
            sheets.extend(read_grid(grid))
    _share_titles(sheets)
    _ignore_hidden_copies(sheets)
    for sheet in sheets:
        sheet.province = known.province or sheet.province
        sheet.period = sheet.period or known.published
    return Workbook(
        hashlib.sha256(content).hexdigest(),
        name,
        opened.format,
        sheets,
        [Finding(kind, "file", message) for kind, message in opened.remarks],
        opened.grids,
    )


def decode(grid: Grid) -> None:
    """Turn TCVN3 or VNI text of a sheet into Unicode, in place; which one is decided over all its text."""
    # each text once, in its order: districts and codes repeat thousands of times
    texts = list({value: None for row in grid.rows for value in row if type(value) is str and not value.isascii()})
    if not unicodedata.is_normalized("NFC", "\n".join(texts)):
        for row in grid.rows:
            row[:] = [unicodedata.normalize("NFC", value) if type(value) is str else value for value in row]
    encoding = decide(texts, grid.fonts.values())
    if encoding == "unicode":
        return
    grid.encoding = encoding
    fonts = grid.fonts if any(of_font(font) for font in set(grid.fonts.values())) else {}
    for r, row in enumerate(grid.rows):
        for c, value in enumerate(row):
            if type(value) is str and value and not value.isascii():
                row[c] = decode_cell(value, encoding, fonts.get((r, c)))


def read_grid(grid: Grid) -> list[Sheet]:
    """Return the tables of one sheet; a sheet without one comes back as a single entry that ignores all its rows."""
    if match_key(grid.name) in {match_key(name) for name in words().source_sheets}:
        return _without_table(grid, "says where the numbers of other sheets come from")
    beginning = _begin(grid)
    sheets = _beside_each_other(grid, beginning.header) or list(_tables(grid, Places(), beginning))
    if not any(sheet.record_type for sheet in sheets):
        turned = list(_tables(transposed(grid), Places(transposed=True)))
        turned = [sheet for sheet in turned if sheet.record_type and sheet.record_type != "indicator_report"]
        sheets = turned or sheets
    if not sheets:
        return _without_table(grid, "no table that a layout knows")
    for sheet in sheets:
        sheet.encoding = grid.encoding
    return sheets


def _without_table(grid: Grid, why: str) -> list[Sheet]:
    """Return a sheet with every used row ignored."""
    used = [row for row in range(grid.height) if any(not is_empty(value) for value in grid.rows[row])]
    ignored = [Ignored(range_address(top, 0, bottom, grid.width - 1), why) for top, bottom in runs(used)]
    title = read_title(_texts(grid, 0, min(grid.height, 20)))
    return [Sheet(grid.name, grid.visible, ignored=ignored, title=title.text)] if used else []


@dataclasses.dataclass
class _Beginning:
    """Where the first table of a sheet begins, and what stands above it."""

    finder: HeaderFinder
    header: Header | None
    title: Title


def _begin(grid: Grid) -> _Beginning:
    title = read_title(_texts(grid, 0, min(grid.height, 15)))
    finder = HeaderFinder(grid, title.period)
    return _Beginning(finder, finder.find(0, grid.height), title)


def _beside_each_other(grid: Grid, header: Header | None) -> list[Sheet]:
    """Return the tables of a sheet on which they stand side by side, parted by empty columns; else nothing."""
    if header is None or not header.extra:
        return []
    rows = grid.rows[header.first_row :]
    used = [
        c for c in range(header.first_column, grid.width) if any(row[c] != "" and not is_empty(row[c]) for row in rows)
    ]
    blocks = list(runs(used))
    if len(blocks) < 2:
        return []
    found: list[Sheet] = []
    for first, last in blocks:
        part = dataclasses.replace(grid, rows=[])
        for r, row in enumerate(grid.rows):
            keep = range(grid.width) if r < header.first_row else range(first, last + 1)
            part.rows.append([value if c in keep else "" for c, value in enumerate(row)])
        tables = [sheet for sheet in _tables(part, Places()) if sheet.record_type]
        if not tables:
            return []
        found.extend(tables)
    return found


def _tables(grid: Grid, places: Places, beginning: _Beginning | None = None) -> Iterator[Sheet]:
    start, first_title = 0, Title()
    beginning = beginning or _begin(grid)
    finder, header, top_title = beginning.finder, beginning.header, beginning.title
    if places.transposed and header is not None:
        if not isinstance(header.layout, ListLayout):
            return
        header = trimmed(header)
        top_title = read_title(
            text for row in grid.rows for text in map(plain_text, row[: header.first_column]) if text
        )
    while header is not None:
        title = top_title if places.transposed else read_title(_texts(grid, start, header.first_row))
        first_title = first_title if first_title.text or first_title.period else title
        title = _filled(title, first_title)
        stop, following = _next_table(finder, header, grid)
        titles = _title_rows(grid, header.last_row + 1, stop) if following is not None else stop
        yield _read_table(grid, header, titles, title, finder, places, start)
        start, header = titles, following


def _filled(title: Title, first: Title) -> Title:
    return dataclasses.replace(
        title,
        province=title.province or first.province,
        period=title.period or first.period,
        units=title.units or first.units,
        scope=title.scope or first.scope,
    )


def _next_table(finder: HeaderFinder, header: Header, grid: Grid) -> tuple[int, Header | None]:
    """Return where the next table's header begins, and that header; (height, None) when there is none."""
    ordinal = header.ordinal
    for row in range(header.last_row + 1, grid.height):
        cells = grid.rows[row]
        number = cells[ordinal] if ordinal is not None else ""
        if type(number) is float or (isinstance(number, str) and number.isdigit()):
            continue
        if not finder.is_header_like(row):
            continue
        found = finder.find(row, row + 1)
        if found is None or found.missing or found.first_row <= header.last_row:
            continue
        same = sum(tidy(plain_text(cells[c.index])) in c.parts for c in header.columns if is_text(cells[c.index]))
        if same * 2 >= len(header.columns):
            continue  # the same header again, on the next printed page
        return found.first_row, found
    return grid.height, None


def _title_rows(grid: Grid, first: int, stop: int) -> int:
    """Return the first row of the title lines that stand directly above the next table."""
    row = stop
    blank_seen = False
    while row > first:
        filled = [value for value in grid.rows[row - 1] if not is_empty(value)]
        if not filled:
            blank_seen = True
        elif not (1 <= len(filled) <= 2 and all(is_text(value) for value in filled)) or blank_seen:
            break
        row -= 1
    return row


def _read_table(
    grid: Grid, header: Header, stop: int, title: Title, finder: HeaderFinder, places: Places, start: int
) -> Sheet:
    if header.missing and isinstance(header.layout, ListLayout):
        sheet = _stopped(grid, header, stop, title, places)
    elif isinstance(header.layout, ListLayout):
        sheet = read_list(grid, header, stop, title, finder, places)
    else:
        sheet = read_indicators(grid, header, stop, title, finder, places)
    if places.transposed:  # the lines above and below the table are columns here
        beside = [c for c in range(grid.width) if not header.first_column <= c <= header.last_column]
        used = [c for c in beside if any(not is_empty(row[c]) for row in grid.rows)]
        why = {c: "title" if c < header.first_column else "footnote" for c in used}
        titles = [Ignored(places.range(0, c, grid.height - 1, c), why[c]) for c in used]
    else:
        above = [row for row in range(start, header.first_row) if any(not is_empty(value) for value in grid.rows[row])]
        titles = [
            Ignored(places.range(top, 0, bottom, max(header.last_column, 0)), "title") for top, bottom in runs(above)
        ]
    sheet.ignored[:0] = titles
    return sheet


def _stopped(grid: Grid, header: Header, stop: int, title: Title, places: Places) -> Sheet:
    """A table whose required column is missing: nothing of it is read until a person has decided."""
    assert isinstance(header.layout, ListLayout)
    named = tuple(
        f"{places.cell(header.first_row, column.index)}: {' / '.join(column.parts)}" for column in header.extra
    )
    last = max((row for row in range(stop) if any(not is_empty(v) for v in grid.rows[row])), default=header.last_row)
    cells = places.range(header.last_row + 1, header.first_column, max(last, header.last_row + 1), header.last_column)
    sheet = Sheet(
        grid.name,
        grid.visible,
        None,
        None,
        title.province,
        title.period[1] if title.period else None,
        places.range(header.first_row, header.first_column, header.last_row, header.last_column),
        title=title.text,
        fingerprint=header.fingerprint,
        drift=Drift(header.layout.layout, added=named, removed=header.missing, stops=True),
    )
    sheet.quarantined.append(
        QuarantinedCells(
            cells,
            ", ".join(header.missing),
            "no such column",
            f"a column for {', '.join(header.missing)} as in {header.layout.layout}",
            "a required column is missing: run `htx layout draft` on the file and accept or correct the draft",
        )
    )
    return sheet


def trimmed(header: Header) -> Header:
    """Return a transposed header without the titles above the first field and the notes below the last."""
    known = [column.index for column in header.fields.values()] + (
        [header.ordinal] if header.ordinal is not None else []
    )
    header.first_column, header.last_column = min(known), max(known)
    inside = range(header.first_column, header.last_column + 1)
    header.columns = [column for column in header.columns if column.index in inside]
    header.extra = [column for column in header.extra if column.index in inside]
    return header


def transposed(grid: Grid) -> Grid:
    """Return a sheet with rows and columns exchanged."""
    return Grid(
        grid.name,
        [list(column) for column in zip(*grid.rows, strict=True)],
        grid.visible,
        tuple((left, top, right, bottom) for top, left, bottom, right in grid.merges),
        grid.hidden_columns,
        grid.hidden_rows,
        grid.encoding,
    )


def _texts(grid: Grid, first: int, last: int) -> list[str]:
    texts = []
    for row in grid.rows[first:last]:
        line = [value for value in row if isinstance(value, str) and not is_empty(value)]
        texts.extend(line)
        if len(line) > 1:
            texts.append(" ".join(tidy(value) for value in line))
    return texts


def _share_titles(sheets: list[Sheet]) -> None:
    """Sheets that say nothing of province or period take what all other sheets agree on."""
    provinces = {sheet.province for sheet in sheets if sheet.province}
    periods = {sheet.period for sheet in sheets if sheet.period and sheet.record_type}
    for sheet in sheets:
        if sheet.province is None and len(provinces) == 1:
            sheet.province = next(iter(provinces))
        if sheet.period is None and len(periods) == 1:
            sheet.period = next(iter(periods))


def _ignore_hidden_copies(sheets: list[Sheet]) -> None:
    """A hidden table all of whose records also stand in a visible one is a copy: it is not counted twice."""
    visible = [sheet for sheet in sheets if sheet.visible and len(sheet.table)]
    for sheet in sheets:
        if sheet.visible or not len(sheet.table):
            continue
        own = _contents(sheet)
        original = next(
            (other for other in visible if other.record_type == sheet.record_type and own <= _contents(other)), None
        )
        if original is None:
            continue
        spans = {record.cells for record in sheet.table}
        why = f"hidden copy of sheet {original.sheet!r}"
        sheet.ignored.extend(Ignored(cells, why) for cells in sorted(spans, key=_row_of))
        sheet.table, sheet.totals = type(sheet.table)((), {}, (), (), (), {}), []
        sheet.findings.append(
            Finding(
                "hidden_copy",
                sheet.header or "sheet",
                f"this hidden sheet repeats {original.sheet!r} and was not counted",
            )
        )


def _row_of(cells: str) -> int:
    return int("".join(sign for sign in cells.split(":")[0] if sign.isdigit()))


def _contents(sheet: Sheet) -> set[tuple[object, ...]]:
    names = sorted(name for name in sheet.table.values if name != "cell")
    return set(zip(*(sheet.table.values[name] for name in names), strict=True))


def cell_texts(content: bytes, *, name: str) -> list[list[list[str]]]:
    """Return the texts of all cells, by sheet and row, with legacy encodings decoded and blanks kept."""
    opened = open_workbook(content, name)
    for grid in opened.grids:
        decode(grid)
    return [[[plain_text(value) for value in row] for row in grid.rows] for grid in opened.grids]
