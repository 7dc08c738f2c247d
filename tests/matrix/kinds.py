"""The kinds of bad data that a document can bring, each with what must happen to it and to nothing else.

A kind adds bad data to a station and names the expectations that it trips. What it adds is held, quarantined or, where
the effect is to warn, published: then nothing at all may change.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

from tests.dbt_project.warehouse import day
from tests.matrix.stations import REPORTED, Station, artefact_of, good_row


@dataclasses.dataclass(frozen=True)
class Kind:
    """One kind of bad data; ``trips`` are the expectations that fail when it comes alone."""

    name: str
    trips: frozenset[str]
    add: Callable[[Station], None]
    warns: bool = False
    outranked: bool = False  # by a claim of another origin, so that it would not be used anyway


KINDS: dict[str, Kind] = {}


def kind(
    name: str, *trips: str, warns: bool = False, outranked: bool = False
) -> Callable[[Callable[[Station], None]], Callable[[Station], None]]:
    def register(add: Callable[[Station], None]) -> Callable[[Station], None]:
        KINDS[name] = Kind(name, frozenset(trips), add, warns, outranked)
        return add

    return register


# Claims of bulletins. Each comes with a good claim of the same document, which must be published.

_YEAR = {"period_start": "2024-01-01", "period_end": "2024-12-31"}


def _news(station: Station, name: str, *, published: str = "2025-02-10") -> str:
    """A bulletin that also has something right to say."""
    blame, station.blame = station.blame, None
    artefact = station.document(f"{name}.html", published)
    station.statement(artefact, "result", "coop_strengthened", 7, unit="cooperative", scope="detail", scope_note=name,
                      period_start="2024-07-01", period_end="2024-12-31")  # fmt: skip
    station.blame = blame
    return artefact


def _claim(
    name: str,
    *trips: str,
    indicator: str,
    value: float | None,
    warns: bool = False,
    unit: str | None = None,
    **more: Any,
) -> None:
    """A result that differs from the good one for the same cell and is delivered after it, so that it would be used."""
    if not {"as_of", "period_start"} & more.keys():
        more["as_of"] = "2024-12-31"

    @kind(name, *trips, warns=warns)
    def add(station: Station) -> None:
        station.statement(
            _news(station, name), "result", indicator, value, **{"unit": unit or REPORTED[indicator][1], **more}
        )


_claim("above_band", "result_not_above_band", indicator="coop_group_total", value=36000)
_claim("below_band", "result_not_below_band", indicator="coop_income_avg", value=6000)
_claim("share_above_100", "result_share_within_0_and_100", "result_not_above_band", indicator="contract_sales_share",
       value=136)  # fmt: skip
_claim("negative", "result_not_negative", "result_not_below_band", indicator="coop_group_members", value=-7200)
_claim("fraction", "result_counts_are_whole", indicator="coop_group_total", value=360.5)
_claim("range_reversed", "result_range_in_order", indicator="coop_group_total", value=370, value_high=350,
       qualifier="range")  # fmt: skip
_claim("of_the_future", "result_not_from_the_future", indicator="coop_group_total", value=365, as_of="2026-12-31")
_claim("wrong_unit", "result_unit_of_its_kind", indicator="coop_group_total", value=90, unit="percent")
_claim("no_number", "result_has_value", indicator="coop_group_total", value=None)
_claim("level_jump", "level_jump_believable", "level_jump_usual", indicator="coop_group_total", value=5000,
       as_of="2025-01-31")  # fmt: skip
_claim("flow_jump", "flow_jump_believable", "flow_jump_usual", "revision_by_less_than_half", indicator="fair_coops",
       value=2500, **_YEAR)  # fmt: skip
_claim("revised_by_half", "revision_by_less_than_half", indicator="coop_group_total", value=170)
_claim("share_jump", "share_jump_usual", indicator="coop_credit_share", value=99, as_of="2025-01-31", warns=True)


@kind("contradiction", "origins_not_far_apart", "origins_agree", outranked=True)
def _contradiction(station: Station) -> None:
    """Ten times what the table of the ministry's office says of the same cell."""
    station.statement(
        _news(station, "contradiction"), "result", "ntm13_communes", 720, unit="commune", as_of="2024-12-31"
    )


@kind("small_contradiction", "origins_agree", warns=True)
def _small_contradiction(station: Station) -> None:
    station.statement(
        _news(station, "small_contradiction"), "result", "ntm13_communes", 100, unit="commune", as_of="2024-12-31"
    )


@kind("part_above_whole", "part_not_above_whole")
def _part_above_whole(station: Station) -> None:
    document = _news(station, "part_above_whole")
    blame, station.blame = station.blame, None
    station.statement(document, "result", "coop_total", 14, unit="cooperative", as_of="2025-01-31")
    station.blame = blame
    station.statement(document, "result", "coop_linked_count", 40, unit="cooperative", as_of="2025-01-31")


@kind("too_many_learners", "ratio_not_above_band")
def _too_many_learners(station: Station) -> None:
    _ratio(station, "too_many_learners", 40_000)


@kind("too_few_learners", "ratio_not_below_band")
def _too_few_learners(station: Station) -> None:
    _ratio(station, "too_few_learners", 30)


def _ratio(station: Station, name: str, learners: int) -> None:
    document = _news(station, name)
    quarter = {"period_start": "2025-01-01", "period_end": "2025-01-31", "scope": "ethnic_minority_areas"}
    blame, station.blame = station.blame, None
    station.statement(document, "result", "training_classes", 14, unit="class", **quarter)
    station.blame = blame
    station.statement(document, "result", "training_learners", learners, unit="person", **quarter)


@kind("two_numbers_in_one_document", "one_number_a_document", warns=True)
def _two_numbers(station: Station) -> None:
    document = _news(station, "two_numbers_in_one_document")
    for value in (4, 5):
        station.statement(document, "result", "model_coops", value, unit="cooperative", as_of="2025-01-31")


# Promises.


def _promise(name: str, *trips: str, indicator: str, value: float | None, unit: str | None = None, **more: Any) -> None:
    """A revision of the plan that would supersede it."""
    said = {"qualifier": "ge", "unit": unit or REPORTED[indicator][1], "period_start": "2023-01-01",
            "period_end": "2024-12-31", **more}  # fmt: skip

    @kind(name, *trips)
    def add(station: Station) -> None:
        station.statement(_news(station, name), "target", indicator, value, **said)


_promise("target_above_band", "target_not_above_band", indicator="coop_group_total", value=36000)
_promise("target_below_band", "target_not_below_band", indicator="coop_income_avg", value=6000)
_promise("target_above_100", "target_share_within_0_and_100", "target_not_above_band", indicator="contract_sales_share",
         value=135)  # fmt: skip
_promise("target_range_reversed", "target_range_in_order", indicator="coop_group_new", value=70, value_high=60,
         qualifier="range")  # fmt: skip
_promise("target_wrong_unit", "target_unit_of_its_kind", indicator="coop_group_total", value=50, unit="percent")
_promise("target_without_number", "target_has_value", indicator="coop_group_total", value=None)


# Rows of lists.


def _bad_row(label: str, *trips: str, record_type: str, warns: bool = False, **wrong: Any) -> None:
    @kind(label, *trips, warns=warns)
    def add(station: Station) -> None:
        document = artefact_of(station, "lists-2024.xlsx")
        station.row(record_type, document, **(good_row(record_type, 2024, 20) | _named(record_type, label) | wrong))


def _named(record_type: str, name: str) -> dict[str, Any]:
    """Of two bad rows of one list each is a row of its own."""
    field = {"cooperative_status": "name", "training_class": "title", "loan": "borrower", "support": "beneficiary"}
    code = (
        {"tax_code": f"02{len(name):04d}{sum(map(ord, name)) % 10000:04d}"}
        if record_type == "cooperative_status"
        else {}
    )
    return {field[record_type]: f"HTX {name}"} | code


_register = "cooperative_status"
_bad_row("no_name", "cooperative_has_name", record_type=_register, name=None)
_bad_row("founded_later", "cooperative_founded_before_report", record_type=_register, founded_on=day("2025-03-01"))
_bad_row("founded_1900", "cooperative_founded_since_1945", record_type=_register, founded_on=day("1900-01-01"))
_bad_row("minus_members", "cooperative_numbers_not_negative", record_type=_register, members=-4)
_bad_row("million_members", "cooperative_members_believable", record_type=_register, members=1_000_000)
_bad_row("capital_in_wrong_unit", "cooperative_capital_believable", record_type=_register,
         charter_capital_vnd=10**15)  # fmt: skip
_bad_row("revenue_in_wrong_unit", "cooperative_revenue_believable", record_type=_register, revenue_vnd=10**15)
_bad_row("income_of_a_year", "cooperative_income_believable", record_type=_register, warns=True,
         income_per_worker_month_vnd=600_000_000)  # fmt: skip
_bad_row("tax_code_too_short", "cooperative_tax_code_complete", record_type=_register, warns=True, tax_code="12345")
_bad_row("class_ends_first", "class_ends_after_start", record_type="training_class", ends_on=day("2024-04-01"))
_bad_row("class_of_1900", "class_not_too_early", record_type="training_class", starts_on=day("1900-01-01"))
_bad_row("class_to_come", "class_not_from_the_future", record_type="training_class", starts_on=day("2026-04-20"),
         ends_on=day("2026-04-21"))  # fmt: skip
_bad_row("more_women_than_learners", "class_part_not_above_learners", record_type="training_class", female=99)
_bad_row("class_of_thousands", "class_learners_believable", record_type="training_class", learners=5000)
_bad_row("minus_learners", "class_numbers_not_negative", record_type="training_class", learners=-3, female=None)
_bad_row("class_budget_in_wrong_unit", "class_budget_believable", record_type="training_class", budget_vnd=10**12)
_bad_row("loan_due_first", "loan_due_after_signing", record_type="loan", due_on=day("2023-01-01"))
_bad_row("loan_to_come", "loan_signed_before_report", record_type="loan", signed_on=day("2025-03-01"))
_bad_row("loan_of_1900", "loan_not_too_early", record_type="loan", signed_on=day("1900-01-01"))
_bad_row("minus_loan", "loan_numbers_not_negative", record_type="loan", amount_vnd=-5)
_bad_row("loan_in_wrong_unit", "loan_amount_believable", record_type="loan", amount_vnd=10**15, disbursed_vnd=10**15)
_bad_row("overdue_above_debt", "loan_overdue_not_above_outstanding", record_type="loan", overdue_vnd=700_000_000)
_bad_row("debt_above_loan", "loan_outstanding_not_above_amount", record_type="loan", warns=True,
         outstanding_vnd=1_900_000_000)  # fmt: skip
_bad_row("usury", "loan_interest_believable", record_type="loan", warns=True, interest_pct_year=600)
_bad_row("support_to_come", "support_decided_before_report", record_type="support", decided_on=day("2025-03-01"))
_bad_row("support_of_1900", "support_not_too_early", record_type="support", decided_on=day("1900-01-01"))
_bad_row("minus_support", "support_numbers_not_negative", record_type="support", disbursed_vnd=-1)
_bad_row("support_in_wrong_unit", "support_amount_believable", record_type="support", amount_vnd=10**12)


def _repeated(record_type: str, expectation: str) -> None:
    @kind(f"repeated_{record_type}", expectation)
    def add(station: Station) -> None:
        document = artefact_of(station, "lists-2024.xlsx")
        station.row(record_type, document, **good_row(record_type, 2024, 0))


_repeated("cooperative_status", "cooperative_row_once")
_repeated("training_class", "class_row_once")
_repeated("loan", "loan_row_once")
_repeated("support", "support_row_once")


@kind("shared_tax_code", "cooperative_tax_code_of_one", warns=True)
def _shared_tax_code(station: Station) -> None:
    document = artefact_of(station, "lists-2024.xlsx")
    for number in (30, 31):
        station.row(
            "cooperative_status",
            document,
            **(good_row("cooperative_status", 2024, number) | {"tax_code": "0300000000"}),
        )


# Cells of tables and statements that the readers should never write, and documents as a whole.


@kind("table_period_reversed", "indicator_period_in_order")
def _table_period_reversed(station: Station) -> None:
    _cell(station, indicator="fair_coops", unit="cooperative", value=30, cell="E20",
          period_start=day("2024-12-31"), period_end=day("2024-01-01"))  # fmt: skip


@kind("cell_read_twice", "indicator_value_once")
def _cell_read_twice(station: Station) -> None:
    for _ in range(2):
        _cell(station, indicator="union_new", unit="union", value=1, cell="E21")


def _cell(station: Station, **fields: Any) -> None:
    document = artefact_of(station, "lists-2024.xlsx")
    station.row(
        "indicator_report", document,
        **{"indicator_text": fields["indicator"], "kind": "result", "period_start": day("2024-01-01"),
           "period_end": day("2024-12-31"), "report_period_end": day("2024-12-31"), **fields},
    )  # fmt: skip


@kind("no_cell", "indicator_has_cell")
def _no_cell(station: Station) -> None:
    document = station.document("no_cell.xlsx", "2025-02-10", kind="workbook")
    station.row("indicator_report", document, indicator="union_total", indicator_text="union_total", kind="result",
                unit="union", value=9, cell=None, period_start=day("2024-01-01"), period_end=day("2024-12-31"),
                report_period_end=day("2024-12-31"))  # fmt: skip


def _statement(name: str, expectation: str, **wrong: Any) -> None:
    @kind(name, expectation)
    def add(station: Station) -> None:
        station.statement(_news(station, name), "result", "coop_group_total", 361, unit="cooperative_group",
                          as_of="2024-12-31")  # fmt: skip
        station.lake.rows["statement"][-1].update(wrong)


_statement("no_quote", "statement_has_quote", quote=None)
_statement("quote_of_another_sentence", "statement_quote_in_sentence", sentence="Một câu khác.")
_statement("span_reversed", "statement_span_in_order", end=0)
_statement("statement_period_reversed", "statement_period_in_order", period_start=dt.date(2025, 1, 1),
           period_end=dt.date(2024, 1, 1))  # fmt: skip
_statement("more_than_sure", "statement_confidence_is_a_share", confidence=7.0)


@kind("document_of_1900", "document_published_since_1990")
def _document_of_1900(station: Station) -> None:
    document = station.document("document_of_1900.html", "1900-01-01")
    station.statement(document, "result", "coop_group_total", 1, unit="cooperative_group", as_of="1899-12-31")


def _list_of_the_future(record_type: str, expectation: str) -> None:
    @kind(f"{record_type}_of_the_future", expectation)
    def add(station: Station) -> None:
        document = station.document(f"{record_type}_of_the_future.xlsx", "2025-02-10", kind="workbook")
        for number in range(12):
            row = good_row(record_type, 2024, number) | {"report_period_end": day("2026-12-31")}
            station.row(record_type, document, **row)


_list_of_the_future("cooperative_status", "cooperative_report_not_from_the_future")
_list_of_the_future("training_class", "class_report_not_from_the_future")
_list_of_the_future("loan", "loan_report_not_from_the_future")


@kind("column_misread", "most_rows_sound", "cooperative_numbers_not_negative")
def _column_misread(station: Station) -> None:
    """More than half of a register fails: the whole of it is in doubt."""
    document = station.document("column_misread.xlsx", "2025-02-10", kind="workbook")
    for number in range(12):
        wrong = {"workers": -1} if number % 4 else {}
        station.row("cooperative_status", document, **(good_row("cooperative_status", 2024, number) | wrong))


# Expectations that no document trips, or none within one province and one night, each with the reason.
NOT_BY_A_DOCUMENT: dict[str, str] = {
    "result_has_evidence": "every model sets a quote or cells; its twin of the release gate has a kind",
    "target_has_evidence": "as above, for promises",
    "result_period_in_order": "the gate records takes such a statement and such a cell away first",
    "target_period_in_order": "the gate records takes such a statement and such a cell away first",
    "result_has_a_day": "a claim without a day takes that of its publication; without either it has no province",
    "province_still_reports": "speaks of what did not come, not of bad data; holds nothing",
    "source_still_publishes": "speaks of what did not come, not of bad data; holds nothing",
    "source_rows_readable": "a share over all documents of a source; holds nothing",
    "source_statements_understood": "a share over all documents of a source; holds nothing",
    "source_documents_readable": "a share over all documents of a source; holds nothing",
    "hold_answered_in_time": "tells of holds that grew old, by the same verdicts; holds nothing",
}
