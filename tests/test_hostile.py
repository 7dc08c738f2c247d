"""Text from documents never becomes anything else: in a browser, in a spreadsheet program, on any page of a release."""

import csv
import re

import pytest

from tests import hostile

# Every published text in which the documents of this release could be more than text.
PAGES = ("scorecard.html", "scorecard.en.html", "docs/dbt/index.html", "docs/data_docs/index.html")


def page_files(release):
    """The pages of a release, with the inner pages of Data Docs that hold what was found."""
    inner = sorted((release / "docs" / "data_docs").rglob("*.html"), key=lambda path: -path.stat().st_size)
    return {name: release / name for name in PAGES} | {path.relative_to(release).as_posix(): path for path in inner[:1]}


def test_the_browser_of_these_tests_does_run_scripts_and_does_tell_requests(browser, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(f"<html><head><title>x</title></head><body>{hostile.MARKUP[0]}<p>{hostile.MARKUP[1]}", "utf-8")
    seen = browser.open(page)
    assert seen.title == hostile.RAN
    assert seen.asked == ("http://127.0.0.1:9/stolen",)


def test_the_documents_of_a_release_are_there(unwelcome):
    missing = [name for name, path in page_files(unwelcome.release).items() if not path.is_file()]
    assert not missing


@pytest.mark.parametrize("name", PAGES)
def test_no_page_runs_what_a_document_says_or_asks_anything_of_anybody(browser, unwelcome, name):
    seen = browser.open(page_files(unwelcome.release)[name])
    assert hostile.RAN not in seen.title
    assert seen.asked == ()
    assert len(seen.text) > 500  # it opened, from the disk


def test_the_scorecard_shows_it_as_text(browser, unwelcome):
    seen = browser.open(unwelcome.release / "scorecard.html")
    for text in hostile.MARKUP:
        assert " ".join(text.split()) in seen.text
    assert "<b onmouseover=alert(1)>.html" in seen.text
    assert not seen.document.xpath("//script | //img | //iframe | //b[@onmouseover]")
    assert not [link for link in seen.document.xpath("//@href") if re.match(r"\s*(javascript|data:text|https?:)", link)]


def test_the_largest_page_of_data_docs_shows_it_as_text_or_not_at_all(browser, unwelcome):
    *_, path = page_files(unwelcome.release).values()
    seen = browser.open(path)
    assert hostile.RAN not in seen.title
    assert seen.asked == ()
    assert not seen.document.xpath("//img[@onerror] | //script[contains(., $ran)]", ran=hostile.RAN)


def test_dbt_docs_say_what_the_tables_mean_and_nothing_of_the_documents(browser, unwelcome):
    seen = browser.open(unwelcome.release / "docs/dbt/index.html", "#!/model/model.htx_warehouse.fct_kpi_attainment")
    assert "fct_kpi_attainment" in seen.text
    assert "evaluated_on" in seen.text
    page = (unwelcome.release / "docs/dbt/index.html").read_text(encoding="utf-8")
    assert hostile.RAN not in page
    assert str(unwelcome.home) not in page


def test_dbt_docs_open_with_what_the_warehouse_is_in_vietnamese_first(browser, unwelcome):
    page = unwelcome.release / "docs/dbt/index.html"
    seen = browser.open(page)
    assert 0 < seen.text.index("Kho dữ liệu hợp tác xã") < seen.text.index("The cooperative warehouse")
    tables = {link.removeprefix("#!/model/model.htx_warehouse.") for link in seen.document.xpath("//td//a/@href")}
    assert len(tables) > 10
    assert tables <= {name for (name,) in unwelcome.query("select table_name from duckdb_tables()")}
    files = seen.document.xpath("//p/a/@href")
    assert len(files) > 4
    assert not [link for link in files if not (page.parent / link).is_file()]


def test_a_spreadsheet_program_finds_no_formula_in_any_cell(unwelcome):
    seen = set()
    for path in sorted((unwelcome.release / "csv").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader(stream)
            for row in rows:
                for column, cell in row.items():
                    if re.match(r"\s*[=+\-@＝＋－＠]|[\t\r\n]", cell or ""):
                        # A number below zero is one; nothing else may begin like this.
                        assert re.fullmatch(r"-\d+(\.\d+)?", cell), f"{path.name}, {column}: {cell!r}"
                    seen |= {text for text in hostile.FORMULAS if cell and cell.startswith(f"'{text}")}
    assert seen == set(hostile.FORMULAS)


def test_the_database_keeps_every_text_as_it_was_written(unwelcome):
    names = {name for (name,) in unwelcome.query("select name from marts.fct_cooperative_status")}
    assert {*hostile.FORMULAS, *hostile.MARKUP} <= names
    quotes = unwelcome.query("select sentence from marts.fct_kpi_result where quote is not null")
    assert any(hostile.MARKUP[0] in sentence for (sentence,) in quotes)
