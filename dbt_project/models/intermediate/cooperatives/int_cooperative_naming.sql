-- One row is one organisation at one reporting date as one sheet names it: what links its deliveries, as written.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ forget_old_deliveries() }}"
) }}
select
    {{ key_of([
        'record.kind', 'province.current_province_key', 'sheet.territory_key', 'record.name', 'record.tax_code',
        'record.registration_no', 'record.commune', 'record.district'
    ]) }} as naming_key,
    {{ key_of(['record.artefact', 'record.sheet', 'record.cells']) }} as status_key,
    record.artefact,
    record.sheet,
    record.cells,
    sheet.period_end,
    sheet.known_on,
    record.kind,
    province.current_province_key,
    sheet.territory_key,
    record.name,
    record.tax_code,
    record.registration_no,
    record.commune,
    record.district,
    delivery.delivery_version
from {{ ref('stg_cooperative_status') }} as record
inner join {{ ref('int_sheet_province') }} as sheet
    on
        record.artefact = sheet.artefact
        and record.sheet = sheet.sheet
        and record.report_province is not distinct from sheet.report_province
        and record.report_period_end is not distinct from sheet.report_period_end
inner join {{ ref('dim_province') }} as province on sheet.province_key = province.province_key
inner join {{ missing_deliveries('cooperative_status') }} as delivery on record.artefact = delivery.artefact
where
    record.name is not null
    and coalesce(sheet.known_on <= {{ as_of() }}, true)
    and {{ is_of_missing_delivery('record.artefact', 'cooperative_status') }}
