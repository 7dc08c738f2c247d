-- One row is one number of one series as reported: of several claims the one that the declared precedence
-- chooses; where a held one would have been chosen, the last accepted one, marked stale.
{{ config(materialized='view') }}
select
    series_key,
    programme,
    indicator,
    scope,
    scope_note,
    province_key,
    current_province_key,
    source_system,
    origin,
    period_start,
    period_end,
    qualifier,
    value,
    numerator,
    denominator,
    unit,
    result_key,
    claims,
    speaks_for_province,
    is_stale,
    is_held,
    stale_since,
    cast({{ days_in('stale_since', as_of()) }} - 1 as bigint) as stale_days,
    stale_expectation,
    stale_artefact,
    stale_reason_vi,
    stale_reason_en,
    held_result_key
from {{ within_database(ref('int_kpi_series')) }}
