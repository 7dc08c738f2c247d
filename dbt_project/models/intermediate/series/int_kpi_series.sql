-- One row is one number of one series: indicator, scope, province in its form of the time, period, counting system and
-- programme; of several accepted claims the declared precedence chooses, then the newest delivery. A number of which
-- every claim is held has its row too, empty.
with claim as (

    select
        result.*,
        indicator.additive,
        {{ key_of(['result.indicator', 'result.scope_key', 'result.province_key', 'result.reporting_start',
                   'result.reporting_end', 'result.source_system', 'result.programme']) }} as series_key
    from {{ ref('int_kpi_result') }} as result
    inner join {{ ref('indicators') }} as indicator on result.indicator = indicator.code
    where
        (result.is_held or result.value is not null)
        and result.province_key is not null
        and result.period_end is not null

),

ranked as (

    select
        claim.*,
        row_number() over (
            partition by series_key
            order by precedence asc, known_on desc, result_key asc
        ) as place
    from claim

),

accepted as (

    select
        series_key,
        min(place) as place,
        count(*) as claims
    from ranked
    where not is_held
    group by series_key

),

-- Held claims that would have gone before the accepted one: the first is named, the earliest says since when.
held as (

    select
        ranked.series_key,
        min(ranked.place) as place,
        min({{ held_since('ranked.known_on') }}) as held_since
    from ranked
    left join accepted on ranked.series_key = accepted.series_key
    where ranked.is_held and (accepted.place is null or ranked.place < accepted.place)
    group by ranked.series_key

),

chosen as (

    select
        ranked.*,
        coalesce(accepted.claims, 0) as claims,
        held.place as held_place,
        held.held_since
    from ranked
    left join accepted on ranked.series_key = accepted.series_key
    left join held on ranked.series_key = held.series_key
    where ranked.place = coalesce(accepted.place, 1)

),

compared as (

    select
        chosen.*,
        -- Two schemes of one province that report the same indicator are not added, nor is one taken for the province:
        -- their overlap is unknown. What is held takes no voice from what is accepted.
        count(*) over cell as all_series,
        count(case when not chosen.is_held then 1 end) over cell as accepted_series,
        count(case when chosen.programme is null then 1 end) over cell as all_of_province,
        count(case when chosen.programme is null and not chosen.is_held then 1 end) over cell as accepted_of_province
    from chosen
    window cell as (
        partition by
            chosen.indicator, chosen.scope_key, chosen.province_key, chosen.reporting_start, chosen.reporting_end,
            chosen.source_system
    )

)

select
    compared.series_key,
    compared.programme,
    compared.indicator,
    compared.scope,
    compared.scope_note,
    compared.scope_key,
    compared.province_key,
    compared.territory_key,
    compared.measure,
    compared.additive,
    compared.period_start,
    compared.period_end,
    compared.reporting_start,
    compared.reporting_end,
    compared.source_system,
    compared.unit,
    case when not compared.is_held then compared.origin end as origin,
    case when not compared.is_held then compared.qualifier end as qualifier,
    case when not compared.is_held then compared.result_key end as result_key,
    compared.value,
    compared.numerator,
    compared.denominator,
    compared.claims,
    compared.programme is null
    or (not compared.is_held and compared.accepted_of_province = 0 and compared.accepted_series = 1)
    or (compared.is_held and compared.all_of_province = 0 and compared.all_series = 1) as speaks_for_province,
    province.current_province_key,
    province.valid_from as form_from,
    compared.is_held,
    compared.held_place is not null and not compared.is_held as is_stale,
    compared.held_since as stale_since,
    withheld.held_by as stale_expectation,
    withheld.artefact as stale_artefact,
    withheld.held_reason_vi as stale_reason_vi,
    withheld.held_reason_en as stale_reason_en,
    withheld.result_key as held_result_key
from compared
inner join {{ ref('dim_province') }} as province on compared.province_key = province.province_key
left join ranked as withheld
    on compared.series_key = withheld.series_key and compared.held_place = withheld.place
