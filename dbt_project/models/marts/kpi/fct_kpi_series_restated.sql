-- One row is one number of one series restated to one of today's provinces.
select
    {{ key_of(['indicator', 'scope_key', 'province_key', 'form_from', 'reporting_start', 'reporting_end',
               'source_system']) }} as restated_key,
    indicator,
    scope,
    scope_note,
    province_key,
    form_from,
    source_system,
    period_start,
    period_end,
    qualifier,
    value,
    numerator,
    denominator,
    unit,
    restatement,
    parts_expected,
    parts_reported,
    parts,
    result_keys
from {{ ref('int_kpi_restated') }}
