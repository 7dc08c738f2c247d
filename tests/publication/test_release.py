"""Publishing: what a release holds, when a new one is made, and what a killed run leaves."""

from __future__ import annotations

import csv
import dataclasses
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publication import export, notes, package, release, scorecard, sources
from publication.release import GateReport, PublishResult, ReleaseRefused
from publication.shelf import Shelf
from tests.publication.candidate_warehouse import AS_OF, Warehouse, sha, warehouse

GATES = (GateReport("kpi", 12, 1), GateReport("release", 7, 0))
PROJECT = Path(__file__).resolve().parents[2]


def publish(home: Path, build: Path, **changed: Any) -> PublishResult:
    options: dict[str, Any] = {"as_of": AS_OF, "gates": GATES, "code_version": "1.0", **changed}
    return release.publish(home, build=build, **options)


def content_of(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table in a release, read from its database."""
    with duckdb.connect(str(path / "htx.duckdb"), read_only=True) as connection:
        names = connection.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables() ORDER BY 1").fetchall()
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for (name,) in names}


def files_of(path: Path) -> set[str]:
    return {file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file()}


# What a release holds


def test_a_release_is_complete_and_current(tmp_path: Path, built: Warehouse) -> None:
    result = publish(tmp_path, built.write(tmp_path))

    assert result.new
    assert result.release_id == f"2025-09-30-{result.content_hash[:12]}"
    assert (tmp_path / "current").is_symlink()
    assert (tmp_path / "current").readlink() == Path("releases") / result.release_id
    assert (tmp_path / "current").resolve() == result.path
    files = files_of(result.path)
    assert {
        "htx.duckdb",
        "manifest.json",
        "datapackage.json",
        "scorecard.html",
        "scorecard.en.html",
        "notes.vi.md",
        "notes.en.md",
        "csv/fct_kpi_target.csv",
        "parquet/fct_kpi_target.parquet",
        f"texts/{sha(1)}.txt",
    } <= files
    assert not [name for name in files if name.endswith((".wal", ".tmp"))]
    assert all(not (result.path / name).stat().st_mode & 0o222 for name in files)


def test_the_database_holds_the_published_schemas_only_with_comments_and_keys(tmp_path: Path, built: Warehouse) -> None:
    result = publish(tmp_path, built.write(tmp_path))

    with duckdb.connect(str(result.path / "htx.duckdb"), read_only=True) as connection:
        schemas = connection.execute("SELECT DISTINCT schema_name FROM duckdb_tables() ORDER BY 1").fetchall()
        comment = connection.execute(
            "SELECT comment FROM duckdb_tables() WHERE table_name = 'dim_programme'"
        ).fetchone()
        keys = dict(
            connection.execute(
                "SELECT table_name, constraint_column_names FROM duckdb_constraints()"
                " WHERE constraint_type = 'PRIMARY KEY'"
            ).fetchall()
        )
    assert schemas == [("marts",), ("publication",)]
    assert comment == ("Chương trình / Programmes",)
    assert keys["dim_programme"] == ["programme"]  # the build has it as a constraint
    assert keys["fct_kpi_target"] == ["target_key"]  # its name promises it and the rows keep it


def test_a_key_that_the_rows_break_is_not_claimed(tmp_path: Path, built: Warehouse) -> None:
    for row in built.rows["marts.fct_cooperative_status"]:
        row["status_key"] = "the same"
    result = publish(tmp_path, built.write(tmp_path))

    manifest = json.loads((result.path / "manifest.json").read_text(encoding="utf-8"))
    keys = {table["table"]: table["primary_key"] for table in manifest["tables"]}
    assert keys["fct_cooperative_status"] == []


def test_parquet_csv_and_database_hold_the_same_rows_sorted(tmp_path: Path, built: Warehouse) -> None:
    result = publish(tmp_path, built.write(tmp_path, shuffle=5))

    rows = content_of(result.path)["marts.fct_kpi_result"]
    parquet = duckdb.sql(f"SELECT * FROM read_parquet('{result.path}/parquet/fct_kpi_result.parquet')").fetchall()
    assert rows == parquet
    keys = [row[0] for row in rows]
    with duckdb.connect(str(result.path / "htx.duckdb"), read_only=True) as connection:
        order = "programme, province_key, indicator, period_end, result_key"
        sought = connection.execute(f"SELECT result_key FROM marts.fct_kpi_result ORDER BY {order}").fetchall()
    assert keys == [key for (key,) in sought]
    data = (result.path / "csv" / "fct_kpi_result.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfresult_key,")
    lines = list(csv.DictReader(data.decode("utf-8-sig").splitlines()))
    assert [line["result_key"] for line in lines] == keys
    assert next(line for line in lines if line["result_key"] == "b-loans")["value"] == "1456000000.0000"


def test_the_manifest_says_what_the_release_was_made_of(tmp_path: Path, built: Warehouse) -> None:
    built.add(
        "publication.gate_verdict", gate="kpi", expectation="jump", effect="hold cell", subject_key="r-groups-held"
    )
    result = publish(tmp_path, built.write(tmp_path), code_version="abc123")

    manifest = json.loads((result.path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["content_hash"] == result.content_hash
    assert manifest["as_of"] == "2025-09-30"
    assert manifest["code_version"] == "abc123"
    assert manifest["supersedes"] is None
    assert {document["artefact"] for document in manifest["inputs"]} == {sha(number) for number in range(1, 7)}
    assert manifest["gates"]["findings_by_effect"] == {"hold cell": 1}
    assert manifest["gates"]["reports"][0] == {"gate": "kpi", "checked": 12, "failed": 1, "stops": []}
    assert sum(table["rows"] for table in manifest["tables"]) == result.rows
    assert manifest["quoted_texts"] == {"copied": 3, "missing": 0}


def test_the_data_package_describes_every_csv(tmp_path: Path, built: Warehouse) -> None:
    result = publish(tmp_path, built.write(tmp_path))

    described = json.loads((result.path / "datapackage.json").read_text(encoding="utf-8"))
    resources = {resource["path"]: resource for resource in described["resources"]}
    assert set(resources) == {name for name in files_of(result.path) if name.startswith("csv/")}
    for path, resource in resources.items():
        with (result.path / path).open(encoding=resource["encoding"], newline="") as stream:
            header, *rows = csv.reader(stream)
        assert header == [field["name"] for field in resource["schema"]["fields"]]
        assert len(rows) == resource["rows"]
    target = resources["csv/fct_kpi_target.csv"]["schema"]
    assert target["primaryKey"] == ["target_key"]
    types = {field["name"]: field["type"] for field in target["fields"]}
    assert (types["value"], types["period_end"], types["is_held"], types["span_start"]) == (
        "number",
        "date",
        "boolean",
        "integer",
    )


def test_attachments_travel_with_the_release_and_are_no_part_of_its_content(tmp_path: Path, built: Warehouse) -> None:
    docs = tmp_path / "data_docs"
    docs.mkdir()
    (docs / "index.html").write_text("first", encoding="utf-8")
    build = built.write(tmp_path)
    first = publish(tmp_path, build, attachments={"docs/data_docs": docs})
    (docs / "index.html").write_text("second", encoding="utf-8")
    again = publish(tmp_path, build, attachments={"docs/data_docs": docs})

    assert (first.path / "docs" / "data_docs" / "index.html").read_text(encoding="utf-8") == "first"
    assert not again.new


# When a new release is made


def test_the_same_content_is_published_once(tmp_path: Path, built: Warehouse) -> None:
    first = publish(tmp_path, built.write(tmp_path))
    again = publish(tmp_path, built.write(tmp_path, shuffle=1), code_version="2.0")

    assert not again.new
    assert (again.release_id, again.content_hash, again.path) == (first.release_id, first.content_hash, first.path)
    assert len(Shelf(tmp_path).newest_first()) == 1


def test_another_value_another_release_that_supersedes(tmp_path: Path, built: Warehouse) -> None:
    first = publish(tmp_path, built.write(tmp_path))
    built.rows["marts.fct_kpi_result"][0]["value"] = Decimal(47)
    second = publish(tmp_path, built.write(tmp_path))

    assert second.new
    assert second.previous == first.release_id
    assert [item.release_id for item in Shelf(tmp_path).newest_first()] == [second.release_id, first.release_id]


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.integers(min_value=0, max_value=10**6))
def test_the_hash_does_not_know_the_order_of_rows(
    tmp_path_factory: pytest.TempPathFactory, built: Warehouse, order: int
) -> None:
    here, there = tmp_path_factory.mktemp("here"), tmp_path_factory.mktemp("there")
    first = publish(here, built.write(here))
    second = publish(there, built.write(there, shuffle=order))

    assert first.content_hash == second.content_hash
    assert content_of(first.path) == content_of(second.path)


_texts = st.one_of(st.none(), st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=6))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=st.tuples(_texts, _texts), other=st.tuples(_texts, _texts))
def test_the_hash_knows_every_value(
    tmp_path_factory: pytest.TempPathFactory, one: tuple[str | None, ...], other: tuple[str | None, ...]
) -> None:
    """Two texts beside each other can't be told apart when they are only joined: NULL, "", "a"+"bc", "ab"+"c"."""
    from publication import catalogue, content

    hashes = []
    for pair in (one, other):
        build = tmp_path_factory.mktemp("hash") / "build.duckdb"
        with duckdb.connect(str(build)) as connection:
            connection.execute("CREATE SCHEMA marts")
            connection.execute("CREATE TABLE marts.t (a VARCHAR, b VARCHAR)")
            connection.execute("INSERT INTO marts.t VALUES (?, ?)", list(pair))
        with catalogue.connect() as connection:
            catalogue.attach(connection, build, "candidate")
            tables = catalogue.tables_of(connection, "candidate")
            hashes.append(content.content_hash(content.hash_tables(connection, "candidate", tables)))
    assert (hashes[0] == hashes[1]) == (one == other)


def test_duplicate_rows_count(tmp_path: Path, built: Warehouse) -> None:
    first = publish(tmp_path, built.write(tmp_path))
    built.rows["publication.quarantine"].append(built.rows["publication.quarantine"][0])
    second = publish(tmp_path, built.write(tmp_path))

    assert second.new
    assert second.content_hash != first.content_hash


# What is refused


@pytest.mark.parametrize(
    ("gates", "said"),
    [
        ((), "kpi, release"),
        ((GateReport("kpi", 12, 0),), "none of: release"),
        ((GATES[0], GateReport("release", 7, 1, stops=("coverage_collapse",))), "release: coverage_collapse"),
    ],
)
def test_without_the_gates_consent_nothing_is_published(
    tmp_path: Path, built: Warehouse, gates: tuple[GateReport, ...], said: str
) -> None:
    with pytest.raises(ReleaseRefused, match=said):
        publish(tmp_path, built.write(tmp_path), gates=gates)
    assert not (tmp_path / "current").exists()


def test_a_held_number_is_never_published(tmp_path: Path, built: Warehouse) -> None:
    held = next(row for row in built.rows["marts.fct_kpi_result"] if row["is_held"])
    held["value"] = Decimal(1210)
    with pytest.raises(ReleaseRefused, match="r-groups-held"):
        publish(tmp_path, built.write(tmp_path))


def test_a_target_is_never_set_against_a_held_result(tmp_path: Path, built: Warehouse) -> None:
    built.rows["marts.fct_kpi_attainment"][2]["result_key"] = "r-groups-held"
    with pytest.raises(ReleaseRefused, match="a-t-groups"):
        publish(tmp_path, built.write(tmp_path))


def test_a_quote_that_is_not_in_its_bulletin_is_refused(tmp_path: Path, built: Warehouse) -> None:
    built.rows["marts.fct_kpi_target"][0]["span_start"] += 1
    with pytest.raises(ReleaseRefused, match=r"tra-vinh/ke-hoach\.html, chars 73-86"):
        publish(tmp_path, built.write(tmp_path))
    assert not (tmp_path / "current").exists()


def test_a_build_without_models_is_refused(tmp_path: Path) -> None:
    build = tmp_path / "build.duckdb"
    duckdb.connect(str(build)).close()
    with pytest.raises(ReleaseRefused, match="marts, publication, found none"):
        publish(tmp_path, build)


# Texts as spreadsheet programs see them


FORMULAS = ("=1+1", "+84", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =cmd", "＝1", "＋1", "－1", "＠x")


def test_a_formula_is_a_text_in_csv_and_untouched_elsewhere(tmp_path: Path, built: Warehouse) -> None:
    for text in FORMULAS:
        built.add("publication.quarantine", file="x.xlsx", found=text)
    result = publish(tmp_path, built.write(tmp_path))

    with (result.path / "csv" / "quarantine.csv").open(encoding="utf-8-sig", newline="") as stream:
        shown = {row["found"] for row in csv.DictReader(stream)}
    found = duckdb.sql(f"SELECT found FROM '{result.path}/parquet/quarantine.parquet'").fetchall()
    assert {"'" + text for text in FORMULAS} <= shown
    assert {(text,) for text in FORMULAS} <= set(found)


def test_numbers_and_plain_texts_keep_their_look_in_csv(tmp_path: Path, built: Warehouse) -> None:
    built.rows["publication.quarantine"][0]["found"] = "5-6 HTX, tăng = 2"
    result = publish(tmp_path, built.write(tmp_path))

    text = (result.path / "csv" / "quarantine.csv").read_text(encoding="utf-8-sig")
    assert '"5-6 HTX, tăng = 2"' in text
    attained = (result.path / "csv" / "fct_kpi_attainment.csv").read_text(encoding="utf-8-sig")
    assert ",-129.0000," in attained


# Killed runs


def _raising(original: Callable[..., Any], *, after: bool) -> Callable[..., Any]:
    def step(*args: Any, **options: Any) -> Any:
        if after:
            original(*args, **options)
        raise KeyboardInterrupt

    return step


_STEPS = [
    (Shelf, "candidate_dir"),
    (export, "write_tables"),
    (sources, "copy_quoted_texts"),
    (notes, "changes_since"),
    (scorecard, "render"),
    (package, "descriptor"),
    (Shelf, "put"),
    (Shelf, "point_to"),
    (Shelf, "prune"),
]


@dataclasses.dataclass(frozen=True)
class Nights:
    """Two built warehouses, one night after the other, and what an undisturbed second night publishes."""

    old_build: Path
    new_build: Path
    texts: Path
    old_content: dict[str, Any]
    undisturbed: PublishResult

    def publish(self, home: Path, build: Path) -> PublishResult:
        return publish(home, build, texts=self.texts)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    rows = warehouse(PROJECT)
    old, new, home = (tmp_path_factory.mktemp(name) for name in ("old", "new", "undisturbed"))
    old_build = rows.write(old)
    rows.rows["marts.fct_kpi_result"][0]["value"] = Decimal(47)
    new_build = rows.write(new)
    first = publish(home, old_build, texts=old / "text")
    undisturbed = publish(home, new_build, texts=old / "text")
    return Nights(old_build, new_build, old / "text", content_of(first.path), undisturbed)


@pytest.mark.parametrize(
    ("owner", "step", "after"),
    [*((owner, step, False) for owner, step in _STEPS), (Shelf, "prune", True)],
    ids=[*(f"before {step}" for _, step in _STEPS), "after prune"],
)
def test_a_run_that_breaks_off_leaves_a_whole_release_and_the_next_ends_the_same(
    tmp_path: Path, nights: Nights, monkeypatch: pytest.MonkeyPatch, owner: Any, step: str, after: bool
) -> None:
    old = nights.publish(tmp_path, nights.old_build)
    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr(owner, step, _raising(getattr(owner, step), after=after))
        nights.publish(tmp_path, nights.new_build)

    undisturbed = nights.undisturbed
    seen = Shelf(tmp_path).required_current()
    switched = step == "prune"
    assert seen.release_id == (undisturbed.release_id if switched else old.release_id)
    assert content_of(seen.path) == (content_of(undisturbed.path) if switched else nights.old_content)

    again = nights.publish(tmp_path, nights.new_build)
    assert again.new is not switched
    assert again.content_hash == undisturbed.content_hash
    assert content_of(Shelf(tmp_path).required_current().path) == content_of(undisturbed.path)
    assert files_of(again.path) == files_of(undisturbed.path)
    left = {path.name for path in (tmp_path / "releases").iterdir()}
    assert left == {old.release_id, again.release_id, ".lock"}


def _publisher(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.publication.killed_publisher", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)


def test_sigkill_at_any_file_operation_leaves_a_whole_release(tmp_path: Path, nights: Nights) -> None:
    build, texts = str(nights.new_build), str(nights.texts)
    counted = _publisher(str(tmp_path / "counted"), build, texts, "0")
    assert counted.returncode == 0, counted.stderr
    operations = int(counted.stdout)
    assert operations > 20
    expected = content_of(nights.undisturbed.path)

    for number in range(6):
        home = tmp_path / f"killed-{number}"
        old = nights.publish(home, nights.old_build)
        killed = _publisher(str(home), build, texts, str(1 + number * (operations - 1) // 5))
        assert killed.returncode == -signal.SIGKILL, killed.stderr

        seen = Shelf(home).required_current()
        assert content_of(seen.path) == (nights.old_content if seen.release_id == old.release_id else expected)
        for item in Shelf(home).newest_first():
            assert content_of(item.path) in (nights.old_content, expected)
        again = nights.publish(home, nights.new_build)
        assert content_of(again.path) == expected
        assert {path.name for path in (home / "releases").iterdir()} == {old.release_id, again.release_id, ".lock"}


def test_a_reader_that_has_the_old_release_open_goes_on(tmp_path: Path, built: Warehouse) -> None:
    first = publish(tmp_path, built.write(tmp_path), keep=1)
    with duckdb.connect(str(tmp_path / "current" / "htx.duckdb"), read_only=True) as reader:
        before = reader.execute("SELECT value FROM marts.fct_kpi_result WHERE result_key = 'r-new'").fetchone()
        built.rows["marts.fct_kpi_result"][0]["value"] = Decimal(47)
        second = publish(tmp_path, built.write(tmp_path), keep=1)
        assert second.removed == (first.release_id,)
        after = reader.execute("SELECT value FROM marts.fct_kpi_result WHERE result_key = 'r-new'").fetchone()
        count = reader.execute("SELECT count(*) FROM marts.fct_cooperative_status").fetchone()
    assert before == after == (Decimal(46),)
    assert count == (46,)
    with duckdb.connect(str(second.path / "htx.duckdb"), read_only=True) as reader:
        found = reader.execute("SELECT value FROM marts.fct_kpi_result WHERE result_key = 'r-new'").fetchone()
    assert found == (Decimal(47),)
