-- One row is one loan at one reporting date, as one sheet delivers it.
{{ config(materialized='view') }}
select
    record.loan_key,
    record.province_key,
    province.current_province_key,
    record.programme,
    record.period_end,
    record.fund,
    record.borrower,
    record.contract_no,
    record.purpose,
    record.signed_on,
    record.due_on,
    record.term_months,
    record.interest_pct_year,
    record.amount_vnd,
    record.disbursed_vnd,
    record.outstanding_vnd,
    record.overdue_vnd,
    record.fields,
    record.published_on,
    record.known_on,
    record.artefact,
    record.file,
    record.sheet,
    record.cells,
    record.row_no,
    record.layout,
    record.is_hidden,
    record.loan_key not in (
        select superseded.loan_key from {{ within_database(ref('int_loan_superseded')) }} as superseded
    ) as is_newest
from {{ within_database(ref('int_loan')) }} as record
left join {{ within_database(ref('dim_province')) }} as province on record.province_key = province.province_key
