"""`htx explain`: every step from the original to the number, and help for who asks for what is not there."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from publication import release
from publication.explain import Explanation, NotPublished, explain, lines
from publication.release import GateReport
from tests.publication.candidate_warehouse import AS_OF, Warehouse, sha, warehouse

GATES = (GateReport("kpi", 12, 1), GateReport("release", 7, 0))


def published(home: Path, built: Warehouse) -> Path:
    return release.publish(home, build=built.write(home), as_of=AS_OF, gates=GATES, code_version="1").path


def said(explanations: list[Explanation], language: str = "en") -> str:
    return "\n".join(lines(explanations, language))


def steps(explanation: Explanation) -> list[str]:
    return [step.name.en for step in explanation.steps]


def test_a_target_with_a_register_result_is_explained_to_the_rows(tmp_path: Path, built: Warehouse) -> None:
    (found,) = explain(published(tmp_path, built), "tra_vinh_2021_2025", "coop_new")

    assert steps(found) == [
        *(f"Target: {name}" for name in ("original", "place", "claim", "gate")),
        *(f"Result: {name}" for name in ("original", "place", "claim", "rows counted", "gate")),
        "Choice",
        "Comparison",
    ]
    text = said([found])
    for part in (
        "target at least 50 cooperatives; result 46 cooperatives; On track",
        "file: tra-vinh/ke-hoach.html",
        f"sha256: {sha(1)}",
        "«ít nhất 50 HTX»",
        "sentence: Đến năm 2025, toàn tỉnh lập mới «ít nhất 50 HTX» và 250 tổ hợp tác.",
        "file: tra-vinh/so-theo-doi-2025-06.xlsx",
        f"sha256: {sha(4)}",
        "sheet DS HTX, cells A9:N54",
        "46 rows",
        "DS HTX A9:N9: HTX số 1",
        "DS HTX A54:N54: HTX số 46",
        "passed every check",
        "1 result taken",
        "way to the target: 92%",
        "gap: −4 cooperatives",
        "expected by now: 45 cooperatives",
        "status: On track",
    ):
        assert part in text
    assert "not the published number" not in text


def test_rows_that_do_not_give_the_number_back_are_said_not_to(tmp_path: Path, built: Warehouse) -> None:
    built.rows["marts.fct_cooperative_status"][0]["kind"] = "union"
    text = said(explain(published(tmp_path, built), "tra_vinh_2021_2025", "coop_new"))

    assert "45 rows" in text
    assert "these rows give 45 cooperatives, not the published number" in text


def test_a_held_result_is_explained_without_a_number(tmp_path: Path, built: Warehouse) -> None:
    cell = next(row["kpi_cell"] for row in built.rows["marts.fct_kpi_result"] if row["is_held"])
    built.add(
        "publication.gate_verdict",
        gate="kpi",
        expectation="jump",
        effect="hold cell",
        subject_type="result",
        subject_key="r-groups-held",
        kpi_cell=cell,
        reason_en="ten times the last accepted number",
    )
    (found,) = explain(published(tmp_path, built), "tra_vinh_2021_2025", "coop_group_new")
    text = said([found])

    assert "value: Held (no number is published)" in text
    assert "held: Ten times the last accepted number [jump_against_last_accepted]" in text
    assert "jump [hold cell]: ten times the last accepted number" in text
    assert "Stale since 30 Jun 2025: the newer number is held for checking" in text
    assert "not taken: Held, 1 Jan 2021 – 30 Jun 2025, tra-vinh/bieu-chi-tieu-2025.xlsx, sheet Biểu 01, F14" in text


def test_a_result_without_a_target_is_explained_too(tmp_path: Path, built: Warehouse) -> None:
    (found,) = explain(published(tmp_path, built), "binh_phuoc_2022_2025", "loan_disbursed")
    text = said([found], "vi")

    assert "kết quả 1,456 tỷ đồng" in text
    assert "số đầy đủ: 1.456.000.000 đồng" in text
    assert "«1 tỷ 456 triệu đồng»" in text
    assert "Chưa có chỉ tiêu nào được so với kết quả này." in text


@pytest.mark.parametrize(
    "programme", ["tra_vinh_2021_2025", "tra vinh", "TRÀ VINH", "Support programme, Trà Vinh 2021–2025"]
)
@pytest.mark.parametrize(
    "indicator",
    ["coop_new", "Số hợp tác xã thành lập mới", "so hop tac xa thanh lap moi", "newly founded cooperatives"],
)
def test_names_in_either_language_and_without_accents(explained: Path, programme: str, indicator: str) -> None:
    (found,) = explain(explained, programme, indicator)
    assert "(coop_new)" in found.of.en


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("explained")
    return published(home, warehouse(Path(__file__).resolve().parents[2]))


@pytest.mark.parametrize(
    ("programme", "indicator", "message"),
    [
        ("tra_vinh_2021_2026", "coop_new", r"one programme.*found none like it\. Close to it: tra_vinh_2021_2025"),
        (
            "tra_vinh_2021_2025",
            "coop_nwe",
            r"one indicator.*found none like it\. Close to it: coop_new \(Newly founded",
        ),
        ("2025", "coop_new", r"expected one programme, found 4: binh_phuoc_2022_2025"),
        ("zzzz", "coop_new", r"There is: binh_phuoc_2022_2025"),
        ("ha_nam_2025", "coop_new", r"ha_nam_2025: expected a target or result of coop_new, found none.*has: nothing"),
        ("dong_nai_2025_2030", "coop_total", r"This programme has: coop_credit_share, coop_new, loan_disbursed"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(explained: Path, programme: str, indicator: str, message: str) -> None:
    with pytest.raises(NotPublished, match=message):
        explain(explained, programme, indicator)


@pytest.mark.parametrize(
    ("scope", "period", "found"),
    [
        ("agricultural", None, 1),
        (None, "2025-2030", 1),
        (None, "2027-06-30", 1),
        ("agricultural", "2025–2030", 1),
    ],
)
def test_scope_and_period_narrow(explained: Path, scope: str | None, period: str | None, found: int) -> None:
    assert len(explain(explained, "dong_nai_2025_2030", "coop_credit_share", scope=scope, period=period)) == found


@pytest.mark.parametrize(
    ("scope", "period", "message"),
    [
        ("all", None, r"There is: --scope agricultural --period 2025-2030"),
        (None, "2020", r"There is: --scope agricultural --period 2025-2030"),
        (None, "soon", r"--period 'soon': expected a year \(2023\)"),
        (None, "2025-13-01", r"expected a year"),
    ],
)
def test_a_scope_or_period_that_is_not_there(
    explained: Path, scope: str | None, period: str | None, message: str
) -> None:
    with pytest.raises(NotPublished, match=message):
        explain(explained, "dong_nai_2025_2030", "coop_credit_share", scope=scope, period=period)


def test_results_of_the_province_outside_programmes_are_found(tmp_path: Path, built: Warehouse) -> None:
    built.result(
        "x-members",
        programme=None,
        indicator="coop_members",
        province_key="84@2008-08-01",
        period_end=dt.date(2025, 6, 30),
        value=sum((Decimal(20 + row) for row in range(9, 55)), Decimal(0)),
        unit="person",
        origin="register",
        artefact=sha(4),
        file="tra-vinh/so-theo-doi-2025-06.xlsx",
        sheet="DS HTX",
        cells="A9:N54",
        rows_counted=46,
    )
    (found,) = explain(published(tmp_path, built), "tra vinh", "coop_members")
    text = said([found])

    assert "HTX số 1 = 29" in text
    assert "not the published number" not in text


SHARES = [
    ("coop_rated_good_share", "rating", ["good", "weak", "unrated"], Decimal("50")),
    ("coop_linked_share", "linked", [True, None, False], Decimal("33.3333")),
]


@pytest.mark.parametrize(("indicator", "column", "values", "share"), SHARES, ids=[row[0] for row in SHARES])
def test_a_share_is_counted_over_its_denominator(
    tmp_path: Path, built: Warehouse, indicator: str, column: str, values: list[object], share: Decimal
) -> None:
    rows = built.rows["marts.fct_cooperative_status"][:45]
    built.rows["marts.fct_cooperative_status"] = rows
    for number, row in enumerate(rows):
        row[column] = values[number % 3]
    built.result(
        "x-share",
        programme=None,
        indicator=indicator,
        province_key="84@2008-08-01",
        period_end=dt.date(2025, 6, 30),
        value=share,
        unit="percent",
        origin="register",
        artefact=sha(4),
    )
    text = said(explain(published(tmp_path, built), "tra vinh", indicator))

    assert f"15 rows of {30 if column == 'rating' else 45}" in text
    assert "not the published number" not in text


def test_a_derived_number_names_what_it_was_derived_from(tmp_path: Path, built: Warehouse) -> None:
    built.result(
        "x-growth",
        programme="binh_phuoc_2022_2025",
        indicator="coop_member_growth",
        province_key="70@2008-08-01",
        period_start=dt.date(2023, 1, 1),
        period_end=dt.date(2023, 12, 31),
        value=Decimal(5),
        unit="percent",
        origin="register",
        input_keys="b-new b-total gone",
    )
    (found,) = explain(published(tmp_path, built), "binh phuoc", "coop_member_growth")
    derived = next(step for step in found.steps if step.name.en == "Result: derived from")

    assert [line.en for line in derived.says] == [
        "Newly founded cooperatives, 60 cooperatives, 2022–2023, binh-phuoc/hai-nam.html",
        "Cooperatives, 323 cooperatives, as of 31 Dec 2023, binh-phuoc/hai-nam.html",
        "result gone is not in this release",
    ]


def test_a_province_in_place_of_a_programme_is_explained_with_what_it_reported_outside_of_any(
    tmp_path: Path, built: Warehouse
) -> None:
    built.result(
        "x-total",
        programme=None,
        indicator="coop_total",
        province_key="36@2008-08-01",
        period_end=dt.date(2023, 6, 30),
        value=Decimal(514),
        unit="cooperative",
        origin="report",
        artefact=sha(5),
    )
    found = explain(published(tmp_path, built), "nam dinh", "coop_total")
    assert [item.value.en for item in found] == ["result 514 cooperatives"]


def test_a_restated_number_is_explained_by_the_former_provinces_it_was_made_of(
    tmp_path: Path, built: Warehouse
) -> None:
    built.add(
        "marts.fct_kpi_series_restated",
        restated_key="s",
        indicator="coop_new",
        province_key="86@2025-07-01",
        period_end=dt.date(2025, 6, 30),
        qualifier="ge",
        value=Decimal(46),
        unit="cooperative",
        restatement="partial",
        parts_expected=3,
        parts_reported=1,
        result_keys="r-new",
        is_stale=False,
    )
    *_, found = explain(published(tmp_path, built), "tra_vinh_2021_2025", "coop_new")
    text = said([found])
    assert found.of.en.startswith("Series restated to today's province")
    assert "1 of 3 former provinces reported" in text
    assert "sheet DS HTX, cells A9:N54" in text


def test_a_claim_that_was_not_taken_says_by_how_much_it_differs_and_why(tmp_path: Path, built: Warehouse) -> None:
    result = next(row for row in built.rows["marts.fct_kpi_result"] if row["result_key"] == "r-new")
    other = {key: value for key, value in result.items() if key not in ("result_key", "kpi_cell")}
    built.result("r-other", **other | {"value": Decimal(40)})
    built.add(
        "marts.fct_discrepancy",
        discrepancy_key="d",
        indicator="coop_new",
        unit="cooperative",
        chosen_result_key="r-new",
        other_result_key="r-other",
        difference=Decimal(-6),
        is_explained_by_wording=False,
        chosen_by="newest",
    )
    text = said(explain(published(tmp_path, built), "tra_vinh_2021_2025", "coop_new"))
    assert "differs by −6 cooperatives, the other was taken because it was delivered later" in text
