-- One row is one number of one series restated to a province of today: the sum of its predecessors' numbers, a share
-- recomputed from numerator and denominator, or neither. A predecessor whose number is held is missing, and the row
-- says so.
with part as (

    select
        series.*,
        case when not series.is_held then series.province_key end as accepted_province_key,
        {{ key_of(['series.indicator', 'series.scope_key', 'series.current_province_key', 'series.form_from',
                   'series.reporting_start', 'series.reporting_end', 'series.source_system']) }} as restated_key
    from {{ ref('int_kpi_series') }} as series
    where series.speaks_for_province

),

-- Of several predecessors with something held the first since when is named.
held as (

    select
        part.*,
        row_number() over (
            partition by restated_key
            order by stale_since asc, province_key asc, held_result_key asc
        ) as place
    from part
    where held_result_key is not null

),

grouped as (

    select
        series.restated_key,
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
        coalesce(
            min(case when not series.is_held then series.period_start end), min(series.period_start)
        ) as period_start,
        coalesce(
            max(case when not series.is_held then series.period_end end), max(series.period_end)
        ) as period_end,
        coalesce(min(case when not series.is_held then series.unit end), min(series.unit)) as unit,
        count(case when not series.is_held then 1 end) as parts_reported,
        sum(series.value) as value_sum,
        max(series.value) as value_single,
        count(series.denominator) as parts_with_denominator,
        sum(series.numerator) as numerator,
        sum(series.denominator) as denominator,
        max(case when series.qualifier in ('lt', 'le') then 1 else 0 end) as has_below,
        max(case when series.qualifier in ('gt', 'ge') then 1 else 0 end) as has_above,
        max(case when series.qualifier = 'approx' then 1 else 0 end) as has_about,
        {{ joined('series.result_key', ' ', 'series.province_key') }} as result_keys,
        {{ joined('series.accepted_province_key', ' ', 'series.province_key') }} as parts
    from part as series
    group by
        series.restated_key, series.indicator, series.scope, series.scope_note, series.scope_key,
        series.current_province_key, series.form_from, series.source_system, series.measure, series.additive,
        series.reporting_start, series.reporting_end

),

judged as (

    select
        grouped.*,
        part.parts_expected,
        case
            when grouped.parts_reported = 0 then 'held'
            when part.parts_expected = 1 then 'same_territory'
            when grouped.additive <> 'yes' and grouped.parts_with_denominator < grouped.parts_reported
                then 'not_restatable'
            when grouped.parts_reported < part.parts_expected then 'partial'
            else 'complete'
        end as restatement
    from grouped
    inner join {{ ref('int_restatement_part') }} as part
        on grouped.province_key = part.current_province_key and grouped.form_from = part.form_from

),

valued as (

    select
        judged.*,
        cast(
            case
                when restatement = 'same_territory' then value_single
                when restatement in ('not_restatable', 'held') then null
                when additive = 'yes' then value_sum
                else 100.0 * numerator / nullif(denominator, 0)
            end as decimal(22, 4)
        ) as value,
        case
            when restatement in ('not_restatable', 'held') then null
            when has_below = 1 then 'lt'
            when has_above = 1 or (restatement = 'partial' and additive = 'yes') then 'ge'
            when has_about = 1 then 'approx'
            else 'eq'
        end as qualifier
    from judged

)

select
    valued.*,
    valued.restatement = 'held' as is_held,
    valued.restatement <> 'held' and held.restated_key is not null as is_stale,
    held.stale_since,
    held.stale_expectation,
    held.stale_artefact,
    held.stale_reason_vi,
    held.stale_reason_en,
    held.held_result_key
from valued
left join held on valued.restated_key = held.restated_key and held.place = 1
