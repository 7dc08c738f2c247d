-- One row is one number of one series as reported: of several claims the one that the declared precedence chooses.
select
    {{ key_of(['indicator', 'scope_key', 'province_key', 'reporting_start', 'reporting_end', 'source_system',
               'programme']) }} as series_key,
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
    speaks_for_province
from {{ ref('int_kpi_series') }}
