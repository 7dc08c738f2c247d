"""The whole way, by the command people use: documents in, audited release and scorecard out."""

import hashlib
import re
import signal
import sqlite3
import subprocess
import sys
import time

from tests.refreshing import AS_OF, PROJECT, htx, refresh


def test_the_summary_says_what_came_in_what_was_held_back_and_where_the_scorecard_is(sample):
    assert re.search(r"Artefacts +\d+ new, 0 known \(\d+ delivered\); 1 quarantined", sample.output)
    assert re.search(r"Records +\d+; \d+ quarantine entr", sample.output)
    assert re.search(r"Statements +[1-9]\d*", sample.output)
    assert re.search(r"KPI cells +[1-9]\d* published, 1 held", sample.output)
    assert f"Published release {sample.manifest['release_id']}" in sample.output
    assert str(sample.home / "current" / "scorecard.html") in sample.output


def test_a_release_is_complete(sample):
    names = {path.relative_to(sample.release).as_posix() for path in sample.release.rglob("*") if path.is_file()}
    assert {"htx.duckdb", "manifest.json", "scorecard.html"} <= names
    tables = [row[0] for row in sample.query("select table_name from information_schema.tables")]
    assert {f"parquet/{table}.parquet" for table in tables} <= names
    assert {
        "dim_province", "dim_programme", "dim_indicator", "dim_artefact", "fct_cooperative_status",
        "fct_training_class", "fct_finance_loan", "fct_kpi_target", "fct_kpi_result", "fct_kpi_attainment",
    } <= set(tables)  # fmt: skip
    assert "releases" not in sample.home.joinpath("current").readlink().parts[1:]


def test_every_programme_of_the_sample_is_judged(sample):
    statuses = sample.query(
        "select programme, count(*), count(distinct status) from marts.fct_kpi_attainment group by 1"
    )
    programmes = {row[0] for row in sample.query("select programme from marts.dim_programme where registered")}
    assert len(programmes) == 5
    assert {programme for programme, *_ in statuses} <= programmes
    everything = {row[0] for row in sample.query("select distinct status from marts.fct_kpi_attainment")}
    assert {"achieved", "missed", "no_data"} <= everything
    assert everything & {"on_track", "behind"}
    # each programme has a target that a workbook answers, and one that nobody has reported on yet
    answered = sample.query(
        """
        select distinct a.programme from marts.fct_kpi_attainment a
        inner join marts.fct_kpi_result r on a.result_key like '%' || r.result_key || '%'
        where a.status in ('achieved', 'behind', 'on_track') and r.cells is not null
        """
    )
    assert {row[0] for row in answered} == programmes
    silent = sample.query("select distinct programme from marts.fct_kpi_attainment where status = 'no_data'")
    assert {row[0] for row in silent} == programmes
    missed = sample.query("select distinct programme from marts.fct_kpi_attainment where status = 'missed'")
    assert len(missed) >= 3


def test_support_of_the_sample_is_a_result_with_its_cells(sample):
    [(value, cells, period_end)] = sample.query(
        "select value, cells, cast(period_end as varchar) from marts.fct_kpi_result "
        "where indicator = 'state_support' and origin = 'register'"
    )
    assert (value, cells, period_end) == (1_980_000_000, "A10:J21", "2025-12-14")
    [(rows, communes)] = sample.query("select count(*), count(commune_key) from marts.fct_finance_support")
    assert (rows, communes) == (11, 11)


def test_every_published_number_has_its_cell_or_its_sentence(sample):
    for table in ("fct_kpi_target", "fct_kpi_result"):
        [(without,)] = sample.query(
            f"""
            select count(*) from marts.{table}
            where value is not null and (artefact is null or (cells is null and quote is null))
            """
        )
        assert without == 0


def test_quotes_are_verbatim_at_their_spans(sample):
    rows = sample.query(
        "select artefact, quote, span_start, span_end from marts.fct_kpi_result where quote is not null"
    )
    assert rows
    for artefact, quote, start, end in rows:
        assert (sample.home / "text" / f"{artefact}.txt").read_bytes().decode()[start:end] == quote


def test_the_broken_file_and_the_wrong_cell_are_held_back_and_shown(sample):
    [(file, reason)] = sample.query("select file, reason_en from publication.quarantine where gate = 'landing'")
    assert file in sample.output
    assert reason in sample.output
    held = sample.query(
        "select kpi_cell, value, held_by, held_reason_vi, held_reason_en from marts.fct_kpi_result where is_held"
    )
    [(cell, value, expectation, vietnamese, english)] = held
    assert value is None
    assert expectation and vietnamese and english
    assert cell in sample.output
    stale = sample.query("select result_value, stale_reason_en, is_stale from marts.fct_kpi_attainment where is_stale")
    assert stale
    assert all(value is not None and reason for value, reason, _ in stale)


def test_a_second_run_publishes_nothing_and_says_so(sample):
    before = sample.release
    again = refresh(sample.home)
    assert "Nothing new to publish: no new document" in again.output
    assert again.release == before
    assert len([path for path in before.parent.iterdir() if not path.name.startswith(".")]) == 1
    with sqlite3.connect(again.home / "airflow" / "airflow.db") as database:
        [(run,)] = database.execute("select run_id from dag_run order by id desc limit 1")
        states = dict(database.execute("select task_id, state from task_instance where run_id = ?", [run]))
    skipped = {task for task, state in states.items() if state == "skipped"}
    assert skipped == {"read", "records_gate", "build_candidate", "kpi_gate", "build_marts", "release_gate", "document",
                       "publish"}  # fmt: skip
    assert set(states.values()) == {"skipped", "success"}
    # A round in which nothing can run costs a second: what is skipped must be skipped by the task before.
    [*_, log] = sorted((again.home / "logs").glob("refresh-*.log"))
    assert log.read_text(encoding="utf-8").count("No tasks to run") == 0


def test_explain_leads_from_the_number_to_the_original(sample):
    programme, indicator, quote, file = sample.query(
        """
        select programme, indicator, quote, file from marts.fct_kpi_target
        where quote is not null and programme is not null order by target_key limit 1
        """
    )[0]
    output = htx("explain", programme, indicator, "--home", sample.home).stdout
    assert file in output
    assert " ".join(quote.split()) in " ".join(output.split())


def test_explain_offers_what_there_is_when_a_name_is_unknown(sample):
    done = htx("explain", "nowhere", "coop_new", "--home", sample.home, check=False)
    assert done.returncode != 0
    assert "nowhere" in done.stderr


def test_five_real_bulletins_become_a_release(shared, tmp_path):
    real = refresh(tmp_path / "home", inbox=shared / "inbox")
    programmes = real.query("select programme from marts.dim_programme p where exists "
                            "(select 1 from marts.dim_artefact a where a.programme = p.programme)")  # fmt: skip
    assert len(programmes) == 5
    for (programme,) in programmes:
        [(claims,)] = real.query(
            """
            select (select count(*) from marts.fct_kpi_target where programme = $1)
                 + (select count(*) from marts.fct_kpi_result where programme = $1)
            """,
            programme,
        )
        assert claims > 0, programme
    quotes = real.query(
        """
        select file, quote, span_start, span_end from marts.fct_kpi_target
        union all select file, quote, span_start, span_end from marts.fct_kpi_result
        """
    )
    for file, quote, start, end in quotes:
        assert (shared / "inbox" / file).read_text(encoding="utf-8")[start:end] == quote
    no_result = real.query("select distinct status from marts.fct_kpi_attainment where result_value is null")
    assert no_result == [("no_data",)]


def test_documents_that_cannot_be_read_are_quarantined_and_the_rest_is_published(unwelcome):
    result = unwelcome
    rows = result.query(
        "select file, place, expected_en, found, reason_en from publication.quarantine where gate = 'landing'"
    )
    assert {row[0] for row in rows} == {"empty.xlsx", "empty.html", "text.xlsx", "encrypted.xlsx"}
    assert len(rows) == 4
    assert all(place and expected and found and reason for _, place, expected, found, reason in rows)
    assert "password" in next(row[4] for row in rows if row[0] == "encrypted.xlsx")
    assert result.query("select count(*) > 0 from publication.release_input where status = 'read'") == [(True,)]
    [(statements,)] = result.query("select sum(statements) from marts.dim_artefact")
    assert statements > 0


def test_killed_at_any_moment_and_run_again_it_ends_with_the_same_release(sample, tmp_path):
    home = tmp_path / "home"
    command = [sys.executable, "-m", "htx.cli", "refresh", "--home", str(home), "--as-of", AS_OF]
    # Moments spread over a whole run, other ones for each state of the code, the same for each run of the test.
    seed = int(hashlib.sha256(sample.manifest["content_hash"].encode()).hexdigest(), 16)
    for number in range(3):  # `make kills` does twenty
        share = (number + (seed >> 8 * number) % 256 / 256) / 3
        process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(share * sample.seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if (home / "current").exists():
            assert (home / "current" / "manifest.json").exists()
            assert (home / "current" / "scorecard.html").exists()
    result = refresh(home)
    assert result.manifest["content_hash"] == sample.manifest["content_hash"]
    assert result.manifest["release_id"] == sample.manifest["release_id"]


def test_a_folder_that_is_not_there_is_told_with_what_to_do(tmp_path):
    done = htx("refresh", "--inbox", tmp_path / "gone", "--home", tmp_path / "home", check=False)
    assert done.returncode == 1
    assert "gone: expected a folder of documents, found nothing. Name an existing folder with --inbox." in done.stderr
