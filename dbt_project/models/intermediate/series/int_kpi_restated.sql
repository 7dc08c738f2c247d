-- One row is one number of one series restated to a province of today: the sum of its predecessors' numbers, a share
-- recomputed from numerator and denominator, or neither.
with grouped as (

    select
        series.indicator,
        series.scope,
        series.scope_note,
        series.scope_key,
        series.current_province_key as province_key,
        series.form_from,
        series.source_system,
        series.measure,
        series.additive,
        series.reporting_start,
        series.reporting_end,
        min(series.period_start) as period_start,
        max(series.period_end) as period_end,
        min(series.unit) as unit,
        count(*) as parts_reported,
        sum(series.value) as value_sum,
        max(series.value) as value_single,
        count(series.denominator) as parts_with_denominator,
        sum(series.numerator) as numerator,
        sum(series.denominator) as denominator,
        max(case when series.qualifier in ('lt', 'le') then 1 else 0 end) as has_below,
        max(case when series.qualifier in ('gt', 'ge') then 1 else 0 end) as has_above,
        max(case when series.qualifier = 'approx' then 1 else 0 end) as has_about,
        {{ joined('series.result_key', ' ', 'series.province_key') }} as result_keys,
        {{ joined('series.province_key', ' ', 'series.province_key') }} as parts
    from {{ ref('int_kpi_series') }} as series
    where series.speaks_for_province
    group by
        series.indicator, series.scope, series.scope_note, series.scope_key, series.current_province_key,
        series.form_from, series.source_system, series.measure, series.additive, series.reporting_start,
        series.reporting_end

),

judged as (

    select
        grouped.*,
        part.parts_expected,
        case
            when part.parts_expected = 1 then 'same_territory'
            when grouped.additive <> 'yes' and grouped.parts_with_denominator < grouped.parts_reported
                then 'not_restatable'
            when grouped.parts_reported < part.parts_expected then 'partial'
            else 'complete'
        end as restatement
    from grouped
    inner join {{ ref('int_restatement_part') }} as part
        on grouped.province_key = part.current_province_key and grouped.form_from = part.form_from

)

select
    judged.*,
    cast(
        case
            when restatement = 'same_territory' then value_single
            when restatement = 'not_restatable' then null
            when additive = 'yes' then value_sum
            else 100.0 * numerator / nullif(denominator, 0)
        end as decimal(22, 4)
    ) as value,
    case
        when restatement = 'not_restatable' then null
        when has_below = 1 then 'lt'
        when has_above = 1 or (restatement = 'partial' and additive = 'yes') then 'ge'
        when has_about = 1 then 'approx'
        else 'eq'
    end as qualifier
from judged
