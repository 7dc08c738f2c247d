-- One row is one organisation at one reporting date, as one sheet delivers it.
{# A view: millions of rows are kept once, with what keeping them up to date needs. #}
{{ config(materialized='view') }}
select
    record.status_key,
    naming.cooperative_key,
    record.province_key,
    record.current_province_key,
    mention.commune_key,
    record.programme,
    record.period_end,
    record.name,
    record.kind,
    record.registration_no,
    record.tax_code,
    record.province_text,
    record.district,
    record.commune,
    record.address,
    record.sector,
    record.founded_on,
    record.founded_on_precision,
    record.status,
    record.members,
    record.workers,
    record.charter_capital_vnd,
    record.revenue_vnd,
    record.profit_vnd,
    record.income_per_worker_month_vnd,
    record.rating,
    record.linked,
    record.high_tech,
    record.gap_certified,
    record.ocop_stars,
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
    naming.cooperative_key is not null
    and record.period_end is not null
    and superseded.status_key is null as is_newest
from {{ within_database(ref('int_cooperative_status')) }} as record
left join {{ within_database(ref('int_commune_mention')) }} as mention on record.mention_no = mention.mention_no
left join {{ within_database(ref('int_cooperative_naming')) }} as naming on record.naming_no = naming.naming_no
left join {{ within_database(ref('int_cooperative_superseded')) }} as superseded
    on record.status_key = superseded.status_key
