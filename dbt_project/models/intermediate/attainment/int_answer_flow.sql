-- One row is one target period whose flow was reported, with the sum of one series over the days it covers.
with summed as (

    select
        attainment_key,
        series,
        programme,
        origin,
        source_system,
        precedence,
        max(known_on) as known_on,
        count(*) as results_used,
        {{ joined('result_key', ' ', 'reporting_start') }} as result_keys,
        max(period_end) as period_end,
        min(period_start) as period_start,
        min(reporting_start) as covered_from,
        max(reporting_end) as covered_to,
        sum({{ days_in('reporting_start', 'reporting_end') }}) as days_answered,
        sum(value) as result_value,
        sum(coalesce(value_high, value)) as result_value_high,
        case
            when max(case when qualifier in ('lt', 'le') then 1 else 0 end) = 1 then 'lt'
            when max(case when qualifier in ('gt', 'ge') then 1 else 0 end) = 1 then 'ge'
            when max(case when qualifier = 'approx' then 1 else 0 end) = 1 then 'approx'
            else 'eq'
        end as result_qualifier
    from {{ ref('int_flow_chain') }}
    group by attainment_key, series, programme, origin, source_system, precedence

),

ranked as (

    select
        summed.*,
        last_piece.result_key,
        row_number() over (
            partition by summed.attainment_key
            order by
                -- the series that tells most, then the programme's own word, then the declared precedence
                summed.days_answered desc,
                case when summed.programme is null then 1 else 0 end,
                summed.precedence asc,
                summed.series asc
        ) as place
    from summed
    inner join {{ ref('int_flow_chain') }} as last_piece
        on
            summed.attainment_key = last_piece.attainment_key
            and summed.series = last_piece.series
            and summed.covered_to = last_piece.reporting_end

),

chosen as (

    select * from ranked
    where place = 1

),

-- Held results that would have told more, or told the same with more weight.
held as (

    select
        target.attainment_key,
        result.result_key,
        result.known_on,
        result.held_reason_vi,
        result.held_reason_en,
        row_number() over (
            partition by target.attainment_key
            order by result.reporting_end desc, result.precedence asc, result.known_on desc, result.result_key asc
        ) as place
    from {{ ref('int_target_period') }} as target
    inner join {{ ref('int_kpi_result') }} as result
        on
            {{ may_answer('target', 'result') }}
            and target.due_from <= result.reporting_start
            and target.due_on >= result.reporting_end
    left join chosen on target.attainment_key = chosen.attainment_key
    where
        target.is_measurable
        and target.basis in ('flow_over_period', 'flow_per_year')
        and result.is_held
        and (
            chosen.attainment_key is null
            or result.reporting_end > chosen.covered_to
            or (
                result.reporting_end = chosen.covered_to
                and result.precedence <= chosen.precedence
                and result.known_on >= chosen.known_on
            )
            -- it would have filled a gap of the series
            or (
                (coalesce(result.programme, '-') || '|' || result.source_system || '|' || result.origin) = chosen.series
                and chosen.days_answered < {{ days_in('target.due_from', 'chosen.covered_to') }}
                and result.known_on >= chosen.known_on
            )
        )

),

answered as (

    select attainment_key from chosen
    union
    select attainment_key from held

)

select
    answered.attainment_key,
    chosen.result_key,
    chosen.result_keys,
    coalesce(chosen.results_used, 0) as results_used,
    cast(chosen.result_value as decimal(22, 4)) as result_value,
    cast(
        case when chosen.result_value_high <> chosen.result_value then chosen.result_value_high end as decimal(22, 4)
    ) as result_value_high,
    chosen.result_qualifier,
    chosen.origin as result_origin,
    chosen.source_system as result_source_system,
    chosen.programme as result_programme,
    chosen.period_start as result_period_start,
    chosen.period_end as result_period_end,
    coalesce(chosen.days_answered >= {{ days_in('target.due_from', 'target.due_on') }}, false) as is_complete,
    cast(chosen.days_answered as decimal(22, 4)) as days_answered,
    held.result_key as held_result_key,
    held.known_on as held_since,
    held.held_reason_vi,
    held.held_reason_en
from answered
inner join {{ ref('int_target_period') }} as target on answered.attainment_key = target.attainment_key
left join chosen on answered.attainment_key = chosen.attainment_key
left join held on answered.attainment_key = held.attainment_key and held.place = 1
