"""The dictionary of a release, and its data model as a picture: both are made of the release, never written by hand.

python -m publication.dictionary RELEASE > docs/dictionary.md
python -m publication.dictionary RELEASE --model > docs/data-model.md
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from publication import catalogue, personal
from publication.catalogue import Column, ForeignKey, PublishedTable

_KINDS = {
    "dim_": ("Dimensions", "Chiều dữ liệu"),
    "fct_": ("Facts", "Bảng số liệu"),
    "": ("What was checked, held and left open", "Kiểm tra, giữ lại và chờ xem xét"),
}
# Every fact has these; drawn, they would hide the rest.
_EVERYWHERE = ("dim_province", "dim_programme", "dim_indicator", "dim_artefact")


def dictionary(tables: Sequence[PublishedTable], keys: Sequence[ForeignKey]) -> str:
    """Markdown: each table and column with type, meaning in both languages, and where it leads."""
    leads = {(key.table, key.column): key.referenced_table for key in keys}
    lines = [
        "# Dictionary · Từ điển dữ liệu",
        "",
        "Made of a release by `python -m publication.dictionary RELEASE`; a test keeps it current. English first, then "
        "Vietnamese.",
        "Được lập tự động từ bản phát hành. Dấu → chỉ bảng mà cột dẫn tới; 🔑 là khóa chính. Types are DuckDB's; "
        "PostgreSQL has `text` for `VARCHAR`, `numeric` for `DECIMAL`.",
        "",
        "Where a text is taken from a document, telephone, identity card and account numbers and e-mail addresses are "
        f"covered ({personal.COVER * 3}); columns that may name an organisation are marked ◐, and persons named there "
        "are covered as well.",
        "Số điện thoại, số giấy tờ tùy thân, số tài khoản và thư điện tử trong văn bản được che; ở cột có dấu ◐, tên "
        "cá nhân cũng được che.",
    ]
    for prefix, (english, vietnamese) in _KINDS.items():
        lines += ["", f"## {english} · {vietnamese}"]
        for table in tables:
            if _kind(table.name) == prefix:
                lines += ["", *_entry(table, leads)]
    return "\n".join(lines) + "\n"


def data_model(tables: Sequence[PublishedTable], keys: Sequence[ForeignKey]) -> str:
    """Markdown with Mermaid diagrams: the tables of target against result, and how all others hang together."""
    names = {table.name: table for table in tables}
    between = [key for key in keys if key.referenced_table not in _EVERYWHERE and key.table in names]
    lines = [
        "# The data model · Mô hình dữ liệu",
        "",
        "Made of a release by `python -m publication.dictionary RELEASE --model`; a test keeps it current. An arrow is",
        "a column whose every value is a row of the other table (`publication.catalogue.foreign_keys`); in PostgreSQL",
        "these are foreign keys, which tools draw by themselves.",
        "",
        "## How facts lead to each other · Quan hệ giữa các bảng số liệu",
        "",
        *_diagram(between),
        "",
        "## Which dimension describes which table · Chiều dữ liệu của từng bảng",
        "",
        f"| | {' | '.join(f'`{name}`' for name in _EVERYWHERE)} |",
        f"| --- | {' | '.join('---' for _ in _EVERYWHERE)} |",
    ]
    for table in tables:
        cells = [
            ", ".join(f"`{key.column}`" for key in keys if (key.table, key.referenced_table) == (table.name, dimension))
            for dimension in _EVERYWHERE
        ]
        if any(cells):
            lines.append(f"| `{table.name}` | {' | '.join(cells)} |")
    lines += [
        "",
        "`cooperative_key` joins `fct_cooperative_status`, `fct_cooperative_event` and `dim_cooperative`; the",
        "dimension has a row for each version of an organisation, so a join also names the day:",
        "`period_end between valid_from and coalesce(valid_to, '9999-12-31')`.",
    ]
    return "\n".join(lines) + "\n"


def _kind(name: str) -> str:
    return next(prefix for prefix in _KINDS if name.startswith(prefix))


def _entry(table: PublishedTable, leads: dict[tuple[str, str], str]) -> Iterator[str]:
    yield f"### {table.qualified_name}"
    yield from (line for line in table.description.splitlines() if line)
    yield ""
    yield "| column · cột | type · kiểu | meaning | ý nghĩa |"
    yield "| --- | --- | --- | --- |"
    for column in table.columns:
        english, _, vietnamese = column.description.partition(" · ")
        lead = leads.get((table.name, column.name))
        marks = f"{' 🔑' if column.name in table.primary_key else ''}{_organisation(table, column)}"
        arrow = f" → `{lead}`" if lead else ""
        yield f"| `{column.name}`{marks} | {column.type} | {_cell(english)}{arrow} | {_cell(vietnamese)} |"


def _organisation(table: PublishedTable, column: Column) -> str:
    holds = personal.listed()[table.name, column.name].holds
    return " ◐" if holds in (personal.Holds.ORGANISATION, personal.Holds.PARTY) else ""


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _diagram(keys: Sequence[ForeignKey]) -> Iterator[str]:
    yield "```mermaid"
    yield "erDiagram"
    for key in sorted(keys, key=lambda key: (key.referenced_table, key.table, key.column)):
        yield f"    {key.referenced_table} ||--o{{ {key.table} : {key.column}"
    yield "```"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the dictionary or the data model of a release folder."""
    parser = argparse.ArgumentParser(prog="publication.dictionary", description=main.__doc__)
    parser.add_argument("release", type=Path, help="a release folder, e.g. var/current")
    parser.add_argument("--model", action="store_true", help="the data model instead of the dictionary")
    options = parser.parse_args(arguments)
    database = options.release / "htx.duckdb"
    if not database.is_file():
        print(f"{options.release}: expected a release folder with htx.duckdb, found none.", file=sys.stderr)
        return 1
    with catalogue.connect() as connection:
        catalogue.attach(connection, database, "release")
        tables = catalogue.tables_of(connection, "release")
        keys = catalogue.foreign_keys(connection, "release", tables)
    sys.stdout.write((data_model if options.model else dictionary)(tables, keys))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
