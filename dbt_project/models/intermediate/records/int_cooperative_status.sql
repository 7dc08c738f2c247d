-- One row is one organisation at one reporting date, as one sheet delivers it, with province and programme resolved.
-- Which organisation it is, and whether this is the newest word on it, depends on other documents: that is asked by
-- fct_cooperative_status.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook=[
        "{{ forget_old(ref('int_delivery'), 'delivery_version') }}",
        "{{ name_files('cooperative_status', missing_deliveries('cooperative_status')) }}"
    ]
) }}
{% set columns = [
    'artefact', 'sheet', 'cells', 'row_no', 'layout', 'is_hidden', 'report_province', 'report_period_end', 'fields',
    'name', 'kind', 'registration_no', 'tax_code', 'province_text', 'district', 'commune', 'address', 'sector', 'founded_on',
    'founded_on_precision', 'status', 'members', 'workers', 'charter_capital_vnd', 'revenue_vnd', 'profit_vnd',
    'income_per_worker_month_vnd', 'rating', 'linked', 'high_tech', 'gap_certified', 'ocop_stars'
] %}
with placed as (

    select
        {{ key_of(['record.artefact', 'record.sheet', 'record.cells']) }} as status_key,
        delivery.delivery_version,
        {% for column in columns %}
        record.{{ column }},
        {% endfor %}
        sheet.province_key,
        sheet.territory_key,
        province.current_province_key,
        sheet.programme,
        sheet.period_end,
        sheet.published_on,
        sheet.known_on,
        sheet.file
    from {{ ref('stg_cooperative_status') }} as record
    inner join {{ ref('int_sheet_province') }} as sheet
        on
            record.artefact = sheet.artefact
            and record.sheet = sheet.sheet
            and record.report_province is not distinct from sheet.report_province
            and record.report_period_end is not distinct from sheet.report_period_end
    left join {{ ref('dim_province') }} as province on sheet.province_key = province.province_key
    inner join {{ missing_deliveries('cooperative_status') }} as delivery on record.artefact = delivery.artefact
    where
        coalesce(sheet.known_on <= {{ as_of() }}, true)
        and {{ is_in_named_file('record.lake_file', 'cooperative_status') }}

)

select
    placed.*,
    {{ number_of(['status_key', 'delivery_version']) }} as row_version,
    {{ commune_mention_no('placed') }} as mention_no,
    case
        when name is not null and province_key is not null then
            {{ number_of([
                'kind', 'current_province_key', 'territory_key', 'name', 'tax_code', 'registration_no', 'commune', 'district'
            ]) }}
    end as naming_no
from placed
