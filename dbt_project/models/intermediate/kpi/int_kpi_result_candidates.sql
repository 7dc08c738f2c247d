-- One row is one claim about a result that the KPI gate has yet to judge.
{% set columns = result_columns() | join(',\n    ') %}
with claim as (

    select
        {{ columns }}
    from {{ ref('int_kpi_stated_result') }}
    union all
    select
        {{ columns }}
    from {{ ref('int_result_from_growth') }}

)

select
    claim.*,
    {{ kpi_cell(
        'claim.programme', 'claim.indicator', 'claim.scope', 'claim.scope_note', 'claim.province_key', 'claim.geography',
        'indicator.measure', 'claim.period_start', 'claim.period_end'
    ) }} as kpi_cell,
    {{ scope_key('claim.scope', 'claim.scope_note', 'claim.result_key') }} as scope_key,
    {{ reporting_start('claim.period_start') }} as reporting_start,
    {{ reporting_end('claim.period_end') }} as reporting_end,

    -- what the gate compares with
    indicator.measure,
    indicator.additive,
    case when claim.province_key is not null then plausibility.plausible_low end as plausible_low,
    case when claim.province_key is not null then plausibility.plausible_high end as plausible_high,
    case
        when indicator.unit = 'percent' then 'percent'
        when indicator.unit like 'VND%' then 'money'
        when indicator.unit is not null then 'count'
    end as unit_family_expected,
    case
        when claim.unit = 'percent' then 'percent'
        when claim.unit like 'VND%' then 'money'
        when claim.unit is not null then 'count'
    end as unit_family,
    -- an estimate may run to the end of the year in which it is made
    {{ date_of(year_of('claim.known_on'), 12, 31) }} as latest_possible_end
from claim
left join {{ ref('indicators') }} as indicator on claim.indicator = indicator.code
left join {{ ref('indicator_plausibility') }} as plausibility on claim.indicator = plausibility.indicator
where coalesce(claim.known_on <= {{ as_of() }}, true)
