"""A small built warehouse with the columns of the marts' contract: what publication gets to see, without dbt.

The sentences are our own; the numbers are those of the real programmes.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

# The columns of the marts as their contracts promise them; `test_contracts.py` holds both against each other.
_CLAIM = """
    kpi_cell VARCHAR, programme VARCHAR, indicator VARCHAR, scope VARCHAR, scope_note VARCHAR, province_key VARCHAR,
    period_start DATE, period_end DATE, qualifier VARCHAR, value DECIMAL(22, 4), value_high DECIMAL(22, 4),
    unit VARCHAR, published_on DATE, origin VARCHAR, artefact VARCHAR, file VARCHAR, sheet VARCHAR, cells VARCHAR,
    quote VARCHAR, span_start BIGINT, span_end BIGINT, sentence VARCHAR, input_keys VARCHAR,
    is_held BOOLEAN, held_by VARCHAR, held_reason_vi VARCHAR, held_reason_en VARCHAR"""
_RECORD = """
    artefact VARCHAR, file VARCHAR, sheet VARCHAR, cells VARCHAR, province_key VARCHAR, programme VARCHAR,
    period_end DATE, fields VARCHAR"""
DDL = {
    "marts.dim_province": """
    province_key VARCHAR, code VARCHAR, name_vi VARCHAR, name_en VARCHAR, short_name VARCHAR,
    province_type VARCHAR, valid_from DATE, valid_to DATE, successor_key VARCHAR, current_province_key VARCHAR,
    territory_key VARCHAR, legal_instrument VARCHAR, is_current BOOLEAN""",
    "marts.dim_programme": """
    programme VARCHAR PRIMARY KEY, name_vi VARCHAR, name_en VARCHAR, province_key VARCHAR, starts_on DATE,
    ends_on DATE, legal_basis VARCHAR, publisher VARCHAR, registered BOOLEAN""",
    "marts.dim_indicator": """
    indicator VARCHAR, domain VARCHAR, unit VARCHAR, measure VARCHAR, additive BOOLEAN, direction VARCHAR,
    name_vi VARCHAR, name_en VARCHAR, plausible_low DECIMAL(22, 4), plausible_high DECIMAL(22, 4)""",
    "marts.dim_artefact": """
    artefact VARCHAR, source VARCHAR, file VARCHAR, kind VARCHAR, title VARCHAR, published_on DATE,
    province_key VARCHAR, province_text VARCHAR, publisher VARCHAR, programme VARCHAR, status VARCHAR,
    records BIGINT, statements BIGINT, quarantined BIGINT, ignored BIGINT""",
    "marts.fct_cooperative_status": f"""
    status_key VARCHAR, {_RECORD}, name VARCHAR, kind VARCHAR, status VARCHAR, sector VARCHAR, founded_on DATE,
    members BIGINT, workers BIGINT, charter_capital_vnd DECIMAL(18, 0), rating VARCHAR, linked BOOLEAN,
    high_tech BOOLEAN, gap_certified BOOLEAN, ocop_stars BIGINT""",
    "marts.fct_training_class": f"""
    class_key VARCHAR, {_RECORD}, title VARCHAR, starts_on DATE, learners BIGINT""",
    "marts.fct_finance_loan": f"""
    loan_key VARCHAR, {_RECORD}, borrower VARCHAR, contract_no VARCHAR, signed_on DATE, amount_vnd DECIMAL(18, 0),
    disbursed_vnd DECIMAL(18, 0), outstanding_vnd DECIMAL(18, 0)""",
    "marts.fct_finance_support": f"""
    support_key VARCHAR, {_RECORD}, beneficiary VARCHAR, decision_no VARCHAR, decided_on DATE,
    amount_vnd DECIMAL(18, 0), is_state_budget BOOLEAN""",
    "marts.fct_kpi_target": f"""
    target_key VARCHAR, {_CLAIM}, basis VARCHAR, derivation_vi VARCHAR, derivation_en VARCHAR,
    superseded_by VARCHAR""",
    "marts.fct_kpi_result": f"""
    result_key VARCHAR, {_CLAIM}, source_system VARCHAR, computation_vi VARCHAR, computation_en VARCHAR,
    rows_counted BIGINT""",
    "marts.fct_kpi_attainment": """
    attainment_key VARCHAR, target_key VARCHAR, evaluated_on DATE, programme VARCHAR, indicator VARCHAR,
    scope VARCHAR, scope_note VARCHAR, province_key VARCHAR, basis VARCHAR, period_start DATE, period_end DATE,
    qualifier VARCHAR, target_value DECIMAL(22, 4), target_value_high DECIMAL(22, 4), unit VARCHAR,
    result_key VARCHAR, result_keys VARCHAR, results_used BIGINT, result_value DECIMAL(22, 4),
    result_qualifier VARCHAR, result_origin VARCHAR, result_period_start DATE, result_period_end DATE,
    baseline_result_key VARCHAR, baseline_value DECIMAL(22, 4), ratio DECIMAL(22, 4), gap DECIMAL(22, 4),
    expected_value DECIMAL(22, 4), status VARCHAR, is_stale BOOLEAN, is_held BOOLEAN, stale_since DATE,
    stale_days BIGINT, stale_expectation VARCHAR, stale_artefact VARCHAR, stale_reason_vi VARCHAR,
    stale_reason_en VARCHAR, held_result_key VARCHAR, held_target_key VARCHAR, evidence_vi VARCHAR,
    evidence_en VARCHAR""",
    "marts.fct_target_conflict": """
    conflict_key VARCHAR, programme VARCHAR, indicator VARCHAR, province_key VARCHAR, target_key VARCHAR,
    other_target_key VARCHAR, conflict_vi VARCHAR, conflict_en VARCHAR""",
    "marts.fct_discrepancy": """
    discrepancy_key VARCHAR, programme VARCHAR, indicator VARCHAR, scope VARCHAR, scope_note VARCHAR,
    province_key VARCHAR, period_start DATE, period_end DATE, unit VARCHAR, chosen_result_key VARCHAR,
    other_result_key VARCHAR, difference DECIMAL(22, 4), difference_pct DECIMAL(22, 4),
    is_explained_by_wording BOOLEAN, chosen_by VARCHAR, age_days BIGINT""",
    "marts.fct_kpi_series": """
    series_key VARCHAR, programme VARCHAR, indicator VARCHAR, scope VARCHAR, scope_note VARCHAR,
    province_key VARCHAR, source_system VARCHAR, period_start DATE, period_end DATE, value DECIMAL(22, 4),
    unit VARCHAR, result_key VARCHAR""",
    "marts.fct_kpi_series_restated": """
    restated_key VARCHAR, indicator VARCHAR, scope VARCHAR, scope_note VARCHAR, province_key VARCHAR,
    source_system VARCHAR, period_start DATE, period_end DATE, qualifier VARCHAR, value DECIMAL(22, 4),
    numerator DECIMAL(38, 4), denominator DECIMAL(38, 4), unit VARCHAR, restatement VARCHAR, parts_expected BIGINT,
    parts_reported BIGINT, result_keys VARCHAR, is_stale BOOLEAN, stale_reason_vi VARCHAR, stale_reason_en VARCHAR""",
    "marts.fct_reporting_coverage": """
    coverage_key VARCHAR, duty VARCHAR, province_key VARCHAR, year INTEGER, due_on DATE, legal_basis VARCHAR,
    documents BIGINT, received_on DATE, status VARCHAR""",
    "publication.gate_check": """
    gate VARCHAR, suite VARCHAR, expectation VARCHAR, severity VARCHAR, effect VARCHAR, protects_vi VARCHAR,
    protects_en VARCHAR, checked BIGINT, failed BIGINT""",
    "publication.gate_verdict": """
    gate VARCHAR, expectation VARCHAR, severity VARCHAR, effect VARCHAR, subject_type VARCHAR,
    subject_key VARCHAR, kpi_cell VARCHAR, found VARCHAR, reason_vi VARCHAR, reason_en VARCHAR,
    reviewed_by VARCHAR, reviewed_on DATE, review_reason VARCHAR""",
    "publication.quarantine": """
    artefact VARCHAR, file VARCHAR, gate VARCHAR, sheet VARCHAR, place VARCHAR, field VARCHAR, expected_vi VARCHAR,
    expected_en VARCHAR, found VARCHAR, found_vi VARCHAR, reason_vi VARCHAR, reason_en VARCHAR,
    advice_vi VARCHAR, advice_en VARCHAR""",
    "publication.release_input": "artefact VARCHAR, file VARCHAR, published_on DATE, status VARCHAR",
}

AS_OF = dt.date(2025, 9, 30)


def sha(number: int) -> str:
    return f"{number:02x}" * 32


@dataclasses.dataclass
class Warehouse:
    """Rows of every table, to be changed by a test before `write` makes a DuckDB file of them."""

    rows: dict[str, list[dict[str, Any]]] = dataclasses.field(default_factory=lambda: {name: [] for name in DDL})
    texts: dict[str, str] = dataclasses.field(default_factory=dict)

    def add(self, table: str, **values: Any) -> dict[str, Any]:
        self.rows[table].append(values)
        return values

    def bulletin(self, number: int, text: str, *, file: str, province_key: str, programme: str | None) -> None:
        self.texts[sha(number)] = text
        self.document(number, file=file, kind="bulletin", province_key=province_key, programme=programme)

    def document(
        self,
        number: int,
        *,
        file: str,
        kind: str,
        province_key: str | None,
        programme: str | None = None,
        status: str = "read",
        title: str | None = None,
    ) -> None:
        published_on = dt.date(2024, 3, number % 27 + 1)
        self.add(
            "marts.dim_artefact",
            artefact=sha(number),
            source="drop",
            file=file,
            kind=kind,
            title=title,
            published_on=published_on,
            province_key=province_key,
            programme=programme,
            status=status,
            records=0,
            statements=0,
            quarantined=0,
            ignored=0,
        )
        self.add("publication.release_input", artefact=sha(number), file=file, published_on=published_on, status=status)

    def quoted(self, number: int, quote: str) -> dict[str, Any]:
        """The proof columns of a quote in the bulletin `number`; its sentence runs from full stop to full stop."""
        text = self.texts[sha(number)]
        start = text.index(quote)
        first = text.rfind(". ", 0, start) + 2 if ". " in text[:start] else 0
        last = text.find(". ", start)
        last = len(text) if last < 0 else last + 1
        file = next(row["file"] for row in self.rows["marts.dim_artefact"] if row["artefact"] == sha(number))
        return {
            "origin": "bulletin",
            "artefact": sha(number),
            "file": file,
            "quote": quote,
            "span_start": start,
            "span_end": start + len(quote),
            "sentence": text[first:last],
        }

    def target(self, key: str, **values: Any) -> None:
        self._claim("marts.fct_kpi_target", "target_key", key, values)

    def result(self, key: str, **values: Any) -> None:
        self._claim("marts.fct_kpi_result", "result_key", key, values)

    def _claim(self, table: str, key_name: str, key: str, values: dict[str, Any]) -> None:
        values = {"qualifier": "eq", "is_held": False, **values}
        period = f"{values.get('period_start') or ''}..{values.get('period_end') or ''}"
        values["kpi_cell"] = "|".join(
            [str(values.get(name) or "") for name in ("programme", "indicator", "scope", "province_key")] + [period]
        )
        self.add(table, **{key_name: key}, **values)

    def attain(self, target_key: str, result_key: str | None = None, **values: Any) -> None:
        """Set a target against a result with the status given."""
        target = next(row for row in self.rows["marts.fct_kpi_target"] if row["target_key"] == target_key)
        copied = (
            "programme",
            "indicator",
            "scope",
            "province_key",
            "basis",
            "period_start",
            "period_end",
            "qualifier",
            "unit",
        )
        row: dict[str, Any] = {name: target.get(name) for name in copied}
        row |= {
            "attainment_key": f"a-{target_key}",
            "target_key": target_key,
            "evaluated_on": AS_OF,
            "target_value": target.get("value"),
            "target_value_high": target.get("value_high"),
            "status": "no_data",
            "is_stale": False,
            "is_held": False,
        }
        if result_key is not None:
            result = next(row for row in self.rows["marts.fct_kpi_result"] if row["result_key"] == result_key)
            row |= {
                "result_key": result_key,
                "result_keys": result_key,
                "results_used": 1,
                "result_qualifier": result["qualifier"],
                "result_value": result["value"],
                "result_origin": result["origin"],
                "result_period_start": result.get("period_start"),
                "result_period_end": result["period_end"],
                "ratio": (result["value"] / target["value"]).quantize(Decimal("0.0001")),
                "gap": result["value"] - target["value"],
            }
        self.add("marts.fct_kpi_attainment", **(row | values))

    def write(self, home: Path, *, shuffle: int | None = None) -> Path:
        """Write ``warehouse/build.duckdb`` and the texts under `home`; `shuffle` seeds another order of rows."""
        build = home / "warehouse" / "build.duckdb"
        build.parent.mkdir(parents=True, exist_ok=True)
        build.unlink(missing_ok=True)
        connection = duckdb.connect(str(build))
        for schema in ("staging", "marts", "publication"):
            connection.execute(f"CREATE SCHEMA {schema}")
        connection.execute("CREATE TABLE staging.private AS SELECT 'not for publication' AS note")
        tables = list(DDL)
        if shuffle is not None:
            random.Random(shuffle).shuffle(tables)
        for table in tables:
            connection.execute(f"CREATE TABLE {table} ({DDL[table]})")
            rows = list(self.rows[table])
            if shuffle is not None:
                random.Random(shuffle).shuffle(rows)
            if rows:
                names = [column for (column, *_) in connection.execute(f"DESCRIBE {table}").fetchall()]
                assert not set().union(*rows) - set(names), table
                marks = ", ".join([f"({', '.join('?' * len(names))})"] * len(rows))
                values = [row.get(name) for row in rows for name in names]
                connection.execute(f"INSERT INTO {table} VALUES {marks}", values)
        connection.execute("COMMENT ON TABLE marts.dim_programme IS 'Chương trình / Programmes'")
        connection.execute("COMMENT ON COLUMN marts.dim_programme.programme IS 'Mã chương trình / Programme code'")
        connection.close()
        texts = home / "text"
        texts.mkdir(exist_ok=True)
        for artefact, text in self.texts.items():
            (texts / f"{artefact}.txt").write_bytes(text.encode())
        return build


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def warehouse(project: Path) -> Warehouse:
    """Three provinces and four programmes: every status, a stale and a held number, and unreadable documents."""
    made = Warehouse()
    _provinces(made, project)
    _indicators(made, project)
    for programme, name_vi, name_en, province_key, starts_on, ends_on in (
        (
            "tra_vinh_2021_2025",
            "Hỗ trợ phát triển HTX Trà Vinh 2021–2025",
            "Support programme, Trà Vinh 2021–2025",
            "84@2008-08-01",
            "2021-01-01",
            "2025-12-31",
        ),
        (
            "dong_nai_2025_2030",
            "Chương trình phối hợp Đồng Nai 2025–2030",
            "Joint programme, Đồng Nai 2025–2030",
            "75@2025-07-01",
            "2025-01-01",
            "2030-12-31",
        ),
        (
            "binh_phuoc_2022_2025",
            "Hai đề án HTX Bình Phước 2022–2025",
            "Two schemes, Bình Phước 2022–2025",
            "70@2008-08-01",
            "2022-01-01",
            "2025-12-31",
        ),
        (
            "ha_nam_2025",
            "Kế hoạch HTX nông nghiệp Hà Nam đến 2025",
            "Agricultural cooperatives, Hà Nam to 2025",
            "35@2008-08-01",
            "2024-01-01",
            "2025-12-31",
        ),
    ):
        made.add(
            "marts.dim_programme",
            programme=programme,
            name_vi=name_vi,
            name_en=name_en,
            province_key=province_key,
            starts_on=_date(starts_on),
            ends_on=_date(ends_on),
            publisher="Liên minh Hợp tác xã tỉnh",
            registered=True,
        )
    _documents(made)
    for expectation, failed in (("value_not_above_band", 0), ("value_not_below_band", 1)):
        made.add(
            "publication.gate_check",
            gate="kpi",
            suite="kpi/result",
            expectation=expectation,
            severity="critical",
            effect="hold cell",
            protects_vi="Con số nằm trong khoảng hợp lý",
            protects_en="The number is believable",
            checked=800,
            failed=failed,
        )
    for year, received_on, status in ((2023, None, "missing"), (2024, _date("2025-01-10"), "late")):
        made.add(
            "marts.fct_reporting_coverage",
            coverage_key=f"register {year}",
            duty="register_year",
            province_key="84@2008-08-01",
            year=year,
            due_on=_date(f"{year}-12-21"),
            legal_basis="Thông tư 09/2024/TT-BKHĐT",
            documents=0 if received_on is None else 1,
            received_on=received_on,
            status=status,
        )
    made.add(
        "marts.fct_target_conflict",
        conflict_key="c-new",
        programme="tra_vinh_2021_2025",
        indicator="coop_new",
        province_key="84@2008-08-01",
        target_key="t-new",
        other_target_key="t-new",
        conflict_vi="Mục tiêu hằng năm cộng 5 năm là 60, mục tiêu cả kỳ là 50",
        conflict_en="The yearly target over 5 years is 60, the target of the whole period is 50",
    )
    _tra_vinh(made)
    _dong_nai(made)
    _binh_phuoc(made)
    return made


def _provinces(made: Warehouse, project: Path) -> None:
    seed = str(project / "dbt_project" / "seeds" / "province_succession.csv").replace("'", "''")
    rows = duckdb.sql(
        f"SELECT old_code, old_name, old_short, new_code, new_name, new_short FROM read_csv('{seed}', all_varchar=true)"
    ).fetchall()
    today = {}
    for old_code, old_name, old_short, new_code, new_name, new_short in rows:
        current = f"{new_code}@2025-07-01"
        today[current] = (new_code, new_name, new_short)
        made.add(
            "marts.dim_province",
            province_key=f"{old_code}@2008-08-01",
            code=old_code,
            name_vi=old_name,
            name_en=old_name.replace("Tỉnh ", "").replace("Thành phố ", "") + " Province",
            short_name=old_short,
            valid_from=_date("2008-08-01"),
            valid_to=_date("2025-06-30"),
            successor_key=current,
            current_province_key=current,
            territory_key=f"{old_code} before",
            is_current=False,
        )
    for key, (code, name, short) in sorted(today.items()):
        made.add(
            "marts.dim_province",
            province_key=key,
            code=code,
            name_vi=name,
            name_en=name.replace("Tỉnh ", "").replace("Thành phố ", "") + " Province",
            short_name=short,
            valid_from=_date("2025-07-01"),
            current_province_key=key,
            territory_key=code,
            is_current=True,
        )


def _indicators(made: Warehouse, project: Path) -> None:
    seed = str(project / "dbt_project" / "seeds" / "indicators.csv").replace("'", "''")
    found = duckdb.sql(
        "SELECT code, domain, unit, measure, additive, direction, name_vi, name_en"
        f" FROM read_csv('{seed}', all_varchar=true)"
    )
    for code, *rest in found.fetchall():
        names = ("domain", "unit", "measure", "additive", "direction", "name_vi", "name_en")
        made.add("marts.dim_indicator", indicator=code, **dict(zip(names, rest, strict=True)))


def _documents(made: Warehouse) -> None:
    made.bulletin(
        1,
        "Tỉnh đặt ra nhiều việc cho năm năm tới. Đến năm 2025, toàn tỉnh lập mới ít nhất 50 HTX và 250 tổ hợp tác. "
        "Thành viên tăng 15 - 20% mỗi năm, 100% số xã có HTX. Nợ xấu không tăng.",
        file="tra-vinh/ke-hoach.html",
        province_key="84@2008-08-01",
        programme="tra_vinh_2021_2025",
    )
    made.bulletin(
        2,
        "Ba bên thống nhất: đến năm 2030 thành lập mới từ 25 HTX trở lên; 40% HTX tiếp cận tín dụng; "
        "mức cho vay tăng thêm 12,5 tỷ đồng.",
        file="dong-nai/phoi-hop.html",
        province_key="75@2025-07-01",
        programme="dong_nai_2025_2030",
    )
    made.bulletin(
        3,
        "Sau hai năm, trong tỉnh có thêm 60 HTX mới; tổng số nay là 323 HTX. Các lớp tập huấn đón 1.915 lượt người. "
        "Quỹ cho vay 1 tỷ 456 triệu đồng.",
        file="binh-phuoc/hai-nam.html",
        province_key="70@2008-08-01",
        programme="binh_phuoc_2022_2025",
    )
    made.document(
        4,
        file="tra-vinh/so-theo-doi-2025-06.xlsx",
        kind="workbook",
        province_key="84@2008-08-01",
        programme="tra_vinh_2021_2025",
        title="Danh sách hợp tác xã",
    )
    made.document(
        5,
        file="tra-vinh/bieu-chi-tieu-2025.xlsx",
        kind="workbook",
        province_key="84@2008-08-01",
        programme="tra_vinh_2021_2025",
    )
    made.document(6, file="ha-nam/hong.xlsx", kind="unknown", province_key="35@2008-08-01", status="quarantined")
    made.add(
        "publication.quarantine",
        artefact=sha(6),
        file="ha-nam/hong.xlsx",
        gate="landing",
        place="file",
        expected_vi="một bảng tính",
        expected_en="a workbook",
        found="plain text",
        found_vi="văn bản thường",
        reason_vi="nội dung không phải bảng tính",
        reason_en="the content is not a workbook",
        advice_vi="Lưu bảng dạng .xlsx rồi nộp lại.",
        advice_en="Save the table as .xlsx again and send it anew.",
    )
    made.add(
        "publication.quarantine",
        artefact=sha(4),
        file="tra-vinh/so-theo-doi-2025-06.xlsx",
        gate="records",
        sheet="DS HTX",
        place="A19:N19",
        field="members",
        expected_vi="a whole number of 0 or more",
        expected_en="a whole number of 0 or more",
        found="mười hai?",
        found_vi="mười hai?",
        reason_vi="not a number",
        reason_en="not a number",
        advice_vi="Viết số bằng chữ số.",
        advice_en="Write the number in digits.",
    )
    for row in range(9, 55):
        made.add(
            "marts.fct_cooperative_status",
            artefact=sha(4),
            sheet="DS HTX",
            cells=f"A{row}:N{row}",
            province_key="84@2008-08-01",
            programme="tra_vinh_2021_2025",
            period_end=_date("2025-06-30"),
            name=f"HTX số {row - 8}",
            kind="cooperative",
            status="active",
            founded_on=_date(f"{2021 + row % 4}-05-{row % 28 + 1:02d}"),
            members=20 + row,
            fields=",name,members,",
        )


def _tra_vinh(made: Warehouse) -> None:
    whole = {
        "programme": "tra_vinh_2021_2025",
        "province_key": "84@2008-08-01",
        "period_start": _date("2021-01-01"),
        "period_end": _date("2025-12-31"),
    }
    made.target(
        "t-new",
        indicator="coop_new",
        value=Decimal(50),
        unit="cooperative",
        basis="flow_over_period",
        **(whole | made.quoted(1, "ít nhất 50 HTX") | {"qualifier": "ge"}),
    )
    made.target(
        "t-groups",
        indicator="coop_group_new",
        value=Decimal(250),
        unit="cooperative_group",
        basis="flow_over_period",
        **(whole | made.quoted(1, "250 tổ hợp tác")),
    )
    made.target(
        "t-growth",
        indicator="coop_member_growth",
        value=Decimal(15),
        value_high=Decimal(20),
        unit="percent",
        basis="growth_per_year",
        **(whole | made.quoted(1, "15 - 20%") | {"qualifier": "range"}),
    )
    made.target(
        "t-communes",
        indicator="communes_with_coop_share",
        value=Decimal(100),
        unit="percent",
        basis="level_at_end",
        **(whole | made.quoted(1, "100% số xã có HTX")),
    )
    made.target(
        "t-debt",
        indicator="coop_dissolved",
        value=None,
        unit="cooperative",
        basis="not_measurable",
        **(whole | made.quoted(1, "Nợ xấu không tăng")),
    )
    register = {
        "programme": "tra_vinh_2021_2025",
        "province_key": "84@2008-08-01",
        "origin": "register",
        "source_system": "cooperative_status",
        "artefact": sha(4),
        "file": "tra-vinh/so-theo-doi-2025-06.xlsx",
        "sheet": "DS HTX",
        "cells": "A9:N54",
    }
    made.result(
        "r-new",
        indicator="coop_new",
        value=Decimal(46),
        unit="cooperative",
        period_start=_date("2021-01-01"),
        period_end=_date("2025-06-30"),
        rows_counted=46,
        computation_vi="đếm HTX thành lập trong kỳ",
        computation_en="cooperatives founded in the period",
        **register,
    )
    made.result(
        "r-communes",
        indicator="communes_with_coop_share",
        value=Decimal("100"),
        unit="percent",
        period_end=_date("2025-06-30"),
        **(
            register
            | {
                "origin": "report",
                "artefact": sha(5),
                "file": "tra-vinh/bieu-chi-tieu-2025.xlsx",
                "sheet": "Biểu 01",
                "cells": "F12",
            }
        ),
    )
    made.result(
        "r-groups",
        indicator="coop_group_new",
        value=Decimal(121),
        unit="cooperative_group",
        period_start=_date("2021-01-01"),
        period_end=_date("2024-12-31"),
        **(
            register
            | {
                "origin": "report",
                "artefact": sha(5),
                "file": "tra-vinh/bieu-chi-tieu-2025.xlsx",
                "sheet": "Biểu 01",
                "cells": "E14",
            }
        ),
    )
    made.result(
        "r-groups-held",
        indicator="coop_group_new",
        value=None,
        unit="cooperative_group",
        is_held=True,
        held_by="jump_against_last_accepted",
        held_reason_vi="Tăng gấp 10 lần so với số đã chấp nhận",
        held_reason_en="Ten times the last accepted number",
        period_start=_date("2021-01-01"),
        period_end=_date("2025-06-30"),
        **(
            register
            | {
                "origin": "report",
                "artefact": sha(5),
                "file": "tra-vinh/bieu-chi-tieu-2025.xlsx",
                "sheet": "Biểu 01",
                "cells": "F14",
            }
        ),
    )
    made.attain(
        "t-new",
        "r-new",
        status="on_track",
        expected_value=Decimal("45"),
        evidence_vi="46 trên 50; cần 45 đến 30/06/2025",
        evidence_en="46 of 50; 45 needed by 30 June 2025",
    )
    made.attain("t-communes", "r-communes", status="achieved")
    made.attain(
        "t-groups",
        "r-groups",
        status="behind",
        expected_value=Decimal("225"),
        is_stale=True,
        stale_since=_date("2025-06-30"),
        stale_days=92,
        stale_expectation="jump_against_last_accepted",
        stale_artefact=sha(5),
        held_result_key="r-groups-held",
        stale_reason_vi="số mới bị giữ lại để kiểm tra",
        stale_reason_en="the newer number is held for checking",
    )
    made.attain("t-growth")
    made.attain("t-debt", status="not_measurable")


def _dong_nai(made: Warehouse) -> None:
    whole = {
        "programme": "dong_nai_2025_2030",
        "province_key": "75@2025-07-01",
        "period_start": _date("2025-01-01"),
        "period_end": _date("2030-12-31"),
    }
    made.target(
        "d-new",
        indicator="coop_new",
        value=Decimal(25),
        unit="cooperative",
        basis="flow_over_period",
        **(whole | made.quoted(2, "từ 25 HTX trở lên") | {"qualifier": "ge"}),
    )
    made.target(
        "d-credit",
        indicator="coop_credit_share",
        value=Decimal(40),
        unit="percent",
        basis="level_at_end",
        scope="agricultural",
        **(whole | made.quoted(2, "40% HTX tiếp cận tín dụng")),
    )
    made.target(
        "d-loans",
        indicator="loan_disbursed",
        value=Decimal(12_500_000_000),
        unit="VND",
        basis="flow_over_period",
        **(whole | made.quoted(2, "12,5 tỷ đồng")),
    )
    made.attain("d-new")
    made.attain("d-credit")
    made.attain("d-loans")


def _binh_phuoc(made: Warehouse) -> None:
    base = {
        "programme": "binh_phuoc_2022_2025",
        "province_key": "70@2008-08-01",
        "period_start": _date("2022-01-01"),
        "period_end": _date("2023-12-31"),
    }
    made.result(
        "b-new", indicator="coop_new", value=Decimal(60), unit="cooperative", **(base | made.quoted(3, "60 HTX"))
    )
    made.result(
        "b-total",
        indicator="coop_total",
        value=Decimal(323),
        unit="cooperative",
        **(base | made.quoted(3, "323 HTX") | {"period_start": None}),
    )
    made.result(
        "b-learners",
        indicator="training_learners",
        value=Decimal(1915),
        unit="person",
        **(base | made.quoted(3, "1.915 lượt người")),
    )
    made.result(
        "b-loans",
        indicator="loan_disbursed",
        value=Decimal(1_456_000_000),
        unit="VND",
        **(base | made.quoted(3, "1 tỷ 456 triệu đồng")),
    )
