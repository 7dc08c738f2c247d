"""What of a person may stand in a document stays out of a release.

What is published is a list (``published_columns.csv``), not what is left over: each column of each table, with a class
that says what its texts may hold. A column that is not listed is not published. Where a text is taken from a document,
numbers of telephones, identity cards and bank accounts and e-mail addresses are covered with as many dots as they have
characters, so that every span still points to the same words; where it names an organisation, so are the names of
persons. The originals, which nobody but the keeper of the home reads, stay as they are.
"""

from __future__ import annotations

import csv
import dataclasses
import enum
import functools
from collections.abc import Sequence
from pathlib import Path

import duckdb

from publication.catalogue import Column, PublishedTable, identifier, literal

LIST = Path(__file__).parent / "published_columns.csv"
SIGNED = "người có trách nhiệm đã ký · signed by a person in charge"
COVER = "•"
# A table with these columns shows parts of bulletins.
QUOTING = ("artefact", "span_start", "span_end", "quote", "sentence")

# A number that begins with 0 is no amount, unless it is the end of one (2.056.123.456): hence the sign before it.
_TELEPHONE = r"(?:^|[^0-9.,/\n])\(?(?:\+84\)?[ .\-]?|0)[235789]\d(?:[ .\-)]{0,2}\d){7,8}\b"
_IDENTITY_CARD = (
    r"(?:^|[^0-9.,/\n])0\d{11}\b|(?:CMND|CMT|CCCD|[Cc]ăn cước|[Cc]hứng minh|[Đđ]ịnh danh)[^0-9\n]{0,40}\s{0,3}\d{9,12}"
)
# Without an area code only a label with a colon or full stop tells it from an amount ("điện thoại 1.250.000 máy").
_LABELLED_TELEPHONE = (
    r"(?:^|[^\p{L}])(?i:điện thoại|đt|sđt|hotline|zalo|fax|tel)(?i: số)?\s*[.:]\s*\(?\d(?:[ .\-)]{0,2}\d){6,11}\b"
)
# Of two cells of a table, or two lines, the first ends in a colon.
_BANK_ACCOUNT = r"(?:STK|TK|[Tt]ài khoản)(?:[^0-9\n]{0,40}|[^0-9\n]{0,40}:\s{0,3})\d(?:[ .\-]?\d){5,18}"
_E_MAIL = r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"
CONTACTS = f"(?m){_TELEPHONE}|{_LABELLED_TELEPHONE}|{_IDENTITY_CARD}|{_BANK_ACCOUNT}|{_E_MAIL}"

# The family names of more than nine in ten Vietnamese. After a form of address they are no place (Bà Rịa, Ông Lãnh).
_FAMILY = (
    "(?i:Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Đoàn|Lâm|Trịnh|Mai|Đào|Cao|Tạ|Hà|"
    "Lương|Lưu|Châu|Thạch|Kim|Điểu|Giàng|Lò|Vàng|Hứa|Nông|Triệu|Quách|Thái|Tô|Trương|Chu|Từ|Phùng)"
)
_GIVEN = r"(?:\s+\p{Lu}\p{L}*)"
_ADDRESSED = rf"(?:^|[^\p{{L}}])(?i:ông|bà|anh|chị|hộ|hộ ông|hộ bà|cá nhân)\s*:?\s+{_FAMILY}{_GIVEN}{{1,3}}"
PERSONS = f"{CONTACTS}|{_ADDRESSED}"
PARTIES = rf"{PERSONS}|^\s*{_FAMILY}{_GIVEN}{{2,3}}\s*$"


class UnlistedColumn(Exception):
    """A table or column that nobody has looked at for what it tells about persons."""


class Holds(enum.StrEnum):
    """What a column may hold; which parts of it are covered follows from this alone."""

    OURS = "ours"  # keys, codes, numbers, days, and words of our own
    OFFICIAL = "official"  # names and numbers out of public law, registries of the state or our own seeds
    NUMBER = "organisation number"  # tax code, registration and contract number of an organisation
    WRITTEN = "as written"  # words of a document about a matter: contacts are covered
    ORGANISATION = "organisation"  # an organisation as a document names it: also persons named in it
    PARTY = "organisation or person"  # who got money: also a name that is a person's as a whole
    SIGNATURE = "signature"  # a person who decided about a number: that somebody signed, never who


_COVERED = {Holds.WRITTEN: CONTACTS, Holds.ORGANISATION: PERSONS, Holds.PARTY: PARTIES}


@dataclasses.dataclass(frozen=True)
class ListedColumn:
    """One line of the list: a published column, what it holds, and why it tells nothing about a person."""

    table: str
    column: str
    holds: Holds
    why: str


@dataclasses.dataclass(frozen=True)
class Passage:
    """A quote and the sentence around it; `shown_quote` and `shown_sentence` are as long, contacts covered."""

    artefact: str
    span_start: int
    span_end: int
    quote: str
    sentence: str | None
    shown_quote: str
    shown_sentence: str | None


@functools.cache
def listed() -> dict[tuple[str, str], ListedColumn]:
    """The list of all columns that may be published, by table and column."""
    with LIST.open(encoding="utf-8", newline="") as stream:
        lines = [
            ListedColumn(row["table"], row["column"], Holds(row["holds"]), row["why"]) for row in csv.DictReader(stream)
        ]
    return {(line.table, line.column): line for line in lines}


def refuse_unlisted(tables: Sequence[PublishedTable]) -> None:
    """Raise `UnlistedColumn` when a column of `tables` is not in the list."""
    unlisted = [
        f"{table.name}.{column.name}"
        for table in tables
        for column in table.columns
        if (table.name, column.name) not in listed()
    ]
    if unlisted:
        raise UnlistedColumn(
            f"{LIST.name}: expected every published column, found {len(unlisted)} that it does not list, first "
            f"{unlisted[0]}. Look whether it can tell anything about a person, and list it with what it holds and why, "
            "or leave it out of the model."
        )


def show(
    connection: duckdb.DuckDBPyConnection,
    database: str,
    shown: str,
    tables: Sequence[PublishedTable],
    passages: Sequence[Passage] = (),
) -> None:
    """Attach a database of views called `shown`: `tables` of the attached `database` as they may be published.

    Quotes and sentences that are among `passages` show what these say, not what can be told from their words alone.
    """
    connection.execute(f"ATTACH ':memory:' AS {identifier(shown)}")
    connection.execute(
        f"CREATE TABLE {identifier(shown)}.main.passage (in_artefact VARCHAR, starts BIGINT, ends BIGINT,"
        " written VARCHAR, around VARCHAR, shown_quote VARCHAR, shown_sentence VARCHAR)"
    )
    if passages:
        rows = [dataclasses.astuple(passage) for passage in passages]
        connection.executemany(f"INSERT INTO {identifier(shown)}.main.passage VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    for schema in sorted({table.schema for table in tables}):
        connection.execute(f"CREATE SCHEMA {identifier(shown)}.{identifier(schema)}")
    for table in tables:
        columns = ", ".join(f"{_shown(table, column)} AS {identifier(column.name)}" for column in table.columns)
        place = f"{identifier(table.schema)}.{identifier(table.name)}"
        known = (
            f" LEFT JOIN {identifier(shown)}.main.passage ON artefact = in_artefact"
            " AND span_start = starts AND span_end = ends AND quote = written AND sentence IS NOT DISTINCT FROM around"
            if quotes(table)
            else ""
        )
        connection.execute(
            f"CREATE VIEW {identifier(shown)}.{place} AS SELECT {columns} FROM {identifier(database)}.{place}{known}"
        )


def quotes(table: PublishedTable) -> bool:
    """Whether the rows of a table show parts of bulletins."""
    return {column.name for column in table.columns}.issuperset(QUOTING)


def covered_text(connection: duckdb.DuckDBPyConnection, text: str) -> str:
    """A text with the contacts covered that it shows by itself; as long as before, so that spans stay right."""
    row = connection.execute(
        f"SELECT {covered('words', CONTACTS)} FROM (SELECT ?::VARCHAR AS words)", [text]
    ).fetchone()
    return str(row[0]) if row else text


def covered(expression: str, pattern: str) -> str:
    """SQL for a text in which each match of `pattern` (RE2) is covered with as many dots as it has characters.

    Line ends stay.
    """
    dots = f"lambda words, found: replace(words, found, regexp_replace(found, '[^\n]', {literal(COVER)}, 'g'))"
    every = f"list_prepend({expression}, regexp_extract_all({expression}, {literal(pattern)}))"
    return (
        f"CASE WHEN regexp_matches({expression}, {literal(pattern)}) THEN list_reduce({every}, {dots})"
        f" ELSE {expression} END"
    )


def _shown(table: PublishedTable, column: Column) -> str:
    name = identifier(column.name)
    holds = listed()[table.name, column.name].holds
    if holds is Holds.SIGNATURE:
        return f"CASE WHEN {name} IS NOT NULL THEN {literal(SIGNED)} END"
    text = covered(name, _COVERED[holds]) if holds in _COVERED and column.is_text else name
    if quotes(table) and column.name in ("quote", "sentence"):
        return f"CASE WHEN in_artefact IS NULL THEN {text} ELSE shown_{column.name} END"
    return text
