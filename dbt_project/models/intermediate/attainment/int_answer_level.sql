-- One row is one target period whose level, share, average or growth was reported, with the one result that answers it;
-- beside it the held result that would have gone before it.
with considered as (

    select
        target.attainment_key,
        target.due_from,
        target.due_on,
        result.*,
        result.reporting_end >= target.due_on as is_final,
        row_number() over (
            partition by target.attainment_key
            order by
                -- what was measured at the end, or after it, decides; the nearest to the end first
                case when result.reporting_end >= target.due_on then 0 else 1 end,
                abs({{ days_in('target.due_on', 'result.reporting_end') }} - 1),
                -- then the programme's own word, the declared precedence, the newest delivery
                case when result.programme is null then 1 else 0 end,
                result.precedence asc,
                result.known_on desc,
                result.result_key asc
        ) as place
    from {{ ref('int_target_period') }} as target
    inner join {{ ref('int_kpi_result') }} as result
        on
            {{ may_answer('target', 'result') }}
            -- a result older than the target is where the way begins, not how far it has led
            and target.due_from <= result.reporting_end
            and (target.basis = 'level_at_end' or target.due_on >= result.reporting_end)
            and (target.basis <> 'growth_per_year' or target.due_from <= result.reporting_start)
    where
        target.is_measurable
        and target.basis in ('level_at_end', 'level_per_year', 'growth_per_year')
        and (result.is_held or result.value is not null)

),

accepted as (

    select
        attainment_key,
        min(place) as place
    from considered
    where not is_held
    group by attainment_key

),

-- Held results that would have gone before the accepted one: the first is named, the earliest says since when.
held as (

    select
        considered.attainment_key,
        min(considered.place) as place,
        min({{ held_since('considered.known_on') }}) as held_since
    from considered
    left join accepted on considered.attainment_key = accepted.attainment_key
    where considered.is_held and (accepted.place is null or considered.place < accepted.place)
    group by considered.attainment_key

),

answered as (

    select attainment_key from accepted
    union
    select attainment_key from held

)

select
    answered.attainment_key,
    chosen.result_key,
    chosen.result_key as result_keys,
    cast(case when chosen.result_key is null then 0 else 1 end as bigint) as results_used,
    chosen.value as result_value,
    chosen.value_high as result_value_high,
    chosen.qualifier as result_qualifier,
    chosen.origin as result_origin,
    chosen.source_system as result_source_system,
    chosen.programme as result_programme,
    chosen.period_start as result_period_start,
    chosen.period_end as result_period_end,
    coalesce(chosen.is_final, false) as is_complete,
    cast(
        {{ days_in('chosen.due_from', 'least(chosen.reporting_end, chosen.due_on)') }} as decimal(22, 4)
    ) as days_answered,
    withheld.result_key as held_result_key,
    held.held_since,
    withheld.held_by,
    withheld.artefact as held_artefact,
    withheld.held_reason_vi,
    withheld.held_reason_en
from answered
left join accepted on answered.attainment_key = accepted.attainment_key
left join considered as chosen
    on accepted.attainment_key = chosen.attainment_key and accepted.place = chosen.place
left join held on answered.attainment_key = held.attainment_key
left join considered as withheld
    on held.attainment_key = withheld.attainment_key and held.place = withheld.place
