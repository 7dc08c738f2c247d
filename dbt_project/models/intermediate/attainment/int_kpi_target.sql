-- One row is one promise and revision as the gate judged it: a held one has no value, a superseded one names the newer.
with judged as (

    select
        candidate.*,
        hold.subject_key is not null as is_held,
        hold.held_by,
        hold.held_reason_vi,
        hold.held_reason_en
    from {{ ref('int_kpi_target_candidates') }} as candidate
    left join {{ ref('int_kpi_hold') }} as hold on candidate.target_key = hold.subject_key

),

-- The same promise: same programme (else same counting system), indicator, scope, territory, basis and period.
newest as (

    select
        target_key,
        first_value(target_key) over promise as newest_key,
        first_value(artefact) over promise as newest_artefact,
        first_value(published_on) over promise as newest_published_on
    from judged
    where not is_held
    window promise as (
        partition by
            coalesce(programme, ('?' || source_system)), indicator, scope_key, coalesce(territory_key, geography, '?'),
            basis, origin = 'derived', case when basis <> 'level_at_end' then period_start end, period_end
        order by published_on desc nulls last, target_key asc
    )

)

select
    judged.target_key,
    judged.kpi_cell,
    judged.programme,
    judged.indicator,
    judged.scope,
    judged.scope_note,
    judged.scope_key,
    judged.province_key,
    judged.territory_key,
    judged.geography,
    judged.geography_level,
    judged.measure,
    judged.basis,
    judged.period_start,
    judged.period_end,
    judged.qualifier,
    cast(case when not judged.is_held then judged.value end as decimal(22, 4)) as value,
    cast(case when not judged.is_held then judged.value_high end as decimal(22, 4)) as value_high,
    judged.unit,
    judged.published_on,
    judged.origin,
    judged.source_system,
    judged.artefact,
    judged.file,
    judged.sheet,
    judged.cells,
    judged.quote,
    judged.span_start,
    judged.span_end,
    judged.sentence,
    judged.derivation_vi,
    judged.derivation_en,
    judged.input_keys,
    case
        when newest.newest_artefact <> judged.artefact and newest.newest_published_on > judged.published_on
            then newest.newest_key
    end as superseded_by,
    judged.is_held,
    judged.held_by,
    judged.held_reason_vi,
    judged.held_reason_en
from judged
left join newest on judged.target_key = newest.target_key
