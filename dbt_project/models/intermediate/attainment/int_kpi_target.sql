-- One row is one promise and revision as the gate judged it: a held one has no value, a superseded one names the newer.
-- A held revision leaves the last accepted one in force; that one then names it.
with judged as (

    select
        candidate.*,
        hold.subject_key is not null as is_held,
        hold.held_by,
        hold.held_reason_vi,
        hold.held_reason_en,
        -- the same promise: same programme (else same counting system), indicator, scope, territory, basis and period
        {{ key_of(["coalesce(candidate.programme, ('?' || candidate.source_system))", 'candidate.indicator',
                   'candidate.scope_key', "coalesce(candidate.territory_key, candidate.geography, '?')",
                   'candidate.basis', "candidate.origin = 'derived'",
                   "case when candidate.basis <> 'level_at_end' then candidate.period_start end",
                   'candidate.period_end']) }} as promise_key
    from {{ ref('int_kpi_target_candidates') }} as candidate
    left join {{ ref('int_kpi_hold') }} as hold on candidate.target_key = hold.subject_key

),

accepted as (

    select
        judged.*,
        row_number() over (
            partition by promise_key
            order by published_on desc nulls last, target_key asc
        ) as place
    from judged
    where not is_held

),

decided as (

    select
        judged.*,
        newest.target_key as newest_key,
        case
            when newest.artefact <> judged.artefact and newest.published_on > judged.published_on
                then newest.target_key
        end as superseded_by
    from judged
    left join accepted as newest on judged.promise_key = newest.promise_key and newest.place = 1

),

-- Held revisions that nothing accepted supersedes: the newest is named, the earliest says since when.
held as (

    select
        decided.promise_key,
        decided.target_key,
        decided.held_by,
        decided.artefact,
        decided.held_reason_vi,
        decided.held_reason_en,
        min({{ held_since('decided.published_on') }}) over (partition by decided.promise_key) as held_since,
        row_number() over (
            partition by decided.promise_key
            order by decided.published_on desc nulls last, decided.target_key asc
        ) as place
    from decided
    where decided.is_held and decided.superseded_by is null

)

select
    decided.target_key,
    decided.kpi_cell,
    decided.programme,
    decided.indicator,
    decided.scope,
    decided.scope_note,
    decided.scope_key,
    decided.province_key,
    decided.territory_key,
    decided.geography,
    decided.geography_level,
    decided.measure,
    decided.basis,
    decided.period_start,
    decided.period_end,
    decided.qualifier,
    cast(case when not decided.is_held then decided.value end as decimal(22, 4)) as value,
    cast(case when not decided.is_held then decided.value_high end as decimal(22, 4)) as value_high,
    decided.unit,
    decided.published_on,
    decided.origin,
    decided.source_system,
    decided.artefact,
    decided.file,
    decided.sheet,
    decided.cells,
    decided.quote,
    decided.span_start,
    decided.span_end,
    decided.sentence,
    decided.derivation_vi,
    decided.derivation_en,
    decided.input_keys,
    decided.superseded_by,
    decided.is_held,
    decided.held_by,
    decided.held_reason_vi,
    decided.held_reason_en,
    -- what is measured in place of this held revision
    case when decided.is_held then decided.newest_key end as kept_target_key,
    -- the held revision in whose place this one is measured
    case when decided.superseded_by is null then held.target_key end as newer_held_key,
    held.held_since as newer_held_since,
    held.held_by as newer_held_by,
    held.artefact as newer_held_artefact,
    held.held_reason_vi as newer_held_reason_vi,
    held.held_reason_en as newer_held_reason_en
from decided
left join held on decided.promise_key = held.promise_key and held.place = 1
