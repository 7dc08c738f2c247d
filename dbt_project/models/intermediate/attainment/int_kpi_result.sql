-- One row is one claim about a result as the gate judged it: a held one has no value. Of the pairs of levels that a
-- growth can be computed from the newest is kept and, where that one is held, the newest accepted one.
with accepted_growth as (

    select
        growth.growth_key,
        min(growth.place) as place
    from {{ ref('int_result_from_growth') }} as growth
    left join {{ ref('int_kpi_hold') }} as hold on growth.result_key = hold.subject_key
    where hold.subject_key is null
    group by growth.growth_key

)

select
    candidate.result_key,
    candidate.kpi_cell,
    candidate.programme,
    candidate.indicator,
    candidate.scope,
    candidate.scope_note,
    candidate.scope_key,
    candidate.province_key,
    candidate.territory_key,
    candidate.geography,
    candidate.geography_level,
    candidate.measure,
    candidate.period_start,
    candidate.period_end,
    candidate.reporting_start,
    candidate.reporting_end,
    candidate.qualifier,
    cast(case when hold.subject_key is null then candidate.value end as decimal(22, 4)) as value,
    cast(case when hold.subject_key is null then candidate.value_high end as decimal(22, 4)) as value_high,
    cast(case when hold.subject_key is null then candidate.numerator end as decimal(22, 4)) as numerator,
    cast(case when hold.subject_key is null then candidate.denominator end as decimal(22, 4)) as denominator,
    candidate.unit,
    candidate.origin,
    candidate.source_system,
    coalesce(precedence.rank, 99) as precedence,
    candidate.published_on,
    candidate.known_on,
    candidate.artefact,
    candidate.file,
    candidate.sheet,
    candidate.cells,
    candidate.quote,
    candidate.span_start,
    candidate.span_end,
    candidate.sentence,
    candidate.computation_vi,
    candidate.computation_en,
    candidate.rows_counted,
    candidate.input_keys,
    hold.subject_key is not null as is_held,
    hold.held_by,
    hold.held_reason_vi,
    hold.held_reason_en
from {{ ref('int_kpi_result_candidates') }} as candidate
left join {{ ref('int_kpi_hold') }} as hold on candidate.result_key = hold.subject_key
left join {{ ref('result_precedence') }} as precedence
    on candidate.origin = precedence.origin and candidate.source_system = precedence.source_system
left join {{ ref('int_result_from_growth') }} as growth on candidate.result_key = growth.result_key
left join accepted_growth on growth.growth_key = accepted_growth.growth_key
where growth.result_key is null or growth.place = 1 or growth.place = accepted_growth.place
