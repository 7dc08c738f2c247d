-- One row is one target period whose flow was reported, with the sum of one series over the days it covers; beside it
-- the held result that would have been in the sum.
with summed as (

    select
        attainment_key,
        with_held,
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
    group by attainment_key, with_held, series, programme, origin, source_system, precedence

),

ranked as (

    select
        summed.*,
        last_piece.result_key,
        row_number() over (
            partition by summed.attainment_key, summed.with_held
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
            and summed.with_held = last_piece.with_held
            and summed.series = last_piece.series
            and summed.covered_to = last_piece.reporting_end

),

chosen as (

    select * from ranked
    where place = 1 and not with_held

),

-- Held results of the series that would have been taken if nothing were held: the last of them is named, the first of
-- them says since when.
held as (

    select
        piece.attainment_key,
        piece.result_key,
        piece.held_by,
        piece.artefact,
        piece.held_reason_vi,
        piece.held_reason_en,
        min({{ held_since('piece.known_on') }}) over (partition by piece.attainment_key) as held_since,
        row_number() over (
            partition by piece.attainment_key
            order by piece.reporting_end desc, piece.result_key asc
        ) as place
    from {{ ref('int_flow_chain') }} as piece
    inner join ranked
        on
            piece.attainment_key = ranked.attainment_key
            and piece.with_held = ranked.with_held
            and piece.series = ranked.series
    where piece.with_held and piece.is_held and ranked.place = 1

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
    held.held_since,
    held.held_by,
    held.artefact as held_artefact,
    held.held_reason_vi,
    held.held_reason_en
from answered
inner join {{ ref('int_target_period') }} as target on answered.attainment_key = target.attainment_key
left join chosen on answered.attainment_key = chosen.attainment_key
left join held on answered.attainment_key = held.attainment_key and held.place = 1
