-- One row is one loan at one reporting date, as one sheet delivers it, with province and programme resolved.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook=[
        "{{ forget_old(ref('int_delivery'), 'delivery_version') }}",
        "{{ name_files('loan', missing_deliveries('loan')) }}"
    ]
) }}
select
    {{ key_of(['record.artefact', 'record.sheet', 'record.cells']) }} as loan_key,
    record.*,
    {{ match_key('record.contract_no') }} as contract_match_key,
    {{ match_key('record.borrower') }} as borrower_match_key,
    sheet.province_key,
    sheet.territory_key,
    sheet.programme,
    sheet.period_end,
    sheet.published_on,
    sheet.known_on,
    sheet.file,
    delivery.delivery_version
from {{ ref('stg_loan') }} as record
inner join {{ ref('int_sheet_province') }} as sheet
    on
        record.artefact = sheet.artefact
        and record.sheet = sheet.sheet
        and record.report_province is not distinct from sheet.report_province
        and record.report_period_end is not distinct from sheet.report_period_end
inner join {{ missing_deliveries('loan') }} as delivery on record.artefact = delivery.artefact
where
    coalesce(sheet.known_on <= {{ as_of() }}, true)
    and {{ is_in_named_file('record.lake_file', 'loan') }}
