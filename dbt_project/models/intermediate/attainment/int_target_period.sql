-- One row is one target and one period in which it is to be met: a target "each year" has one row a year begun so far.
with target as (

    select
        target.*,
        indicator.direction
    from {{ ref('int_kpi_target') }} as target
    left join {{ ref('indicators') }} as indicator on target.indicator = indicator.code
    -- A superseded promise stays in the ledger and is no longer measured. Nor is a held one in whose place an accepted
    -- one is measured; where there is none, the held one has its row, without a number.
    where target.superseded_by is null and target.kept_target_key is null

),

year_on as (
    {{ offsets(60) }}
),

yearly as (

    select
        target.*,
        greatest(
            target.period_start, {{ date_of(year_of('target.period_start') ~ ' + year_on.n', 1, 1) }}
        ) as due_from,
        least(
            target.period_end, {{ date_of(year_of('target.period_start') ~ ' + year_on.n', 12, 31) }}
        ) as due_on
    from target
    inner join year_on
        on
            {{ year_of('target.period_start') }} + year_on.n <= {{ year_of('target.period_end') }}
            and (year_on.n = 0 or {{ year_of('target.period_start') }} + year_on.n <= {{ year_of(as_of()) }})
    where
        target.basis in ('flow_per_year', 'level_per_year', 'growth_per_year')
        and target.period_start is not null

),

once as (

    select
        target.*,
        -- a level without a beginning is measured from the year in which it was promised
        coalesce(
            target.period_start,
            least({{ date_of(year_of('target.published_on'), 1, 1) }}, target.period_end),
            {{ date_of(year_of('target.period_end'), 1, 1) }}
        ) as due_from,
        target.period_end as due_on
    from target
    where
        target.basis not in ('flow_per_year', 'level_per_year', 'growth_per_year')
        or target.period_start is null

),

due as (

    select * from yearly
    union all
    select * from once

),

-- From here on a range has become one bar: its low end where more is better, its high end where less is better.
barred as (

    select
        due.*,
        case
            when qualifier in ('ge', 'gt') then 'at_least'
            when qualifier = 'le' or direction = 'down' then 'at_most'
            else 'at_least'
        end as sense
    from due

)

select
    {{ key_of(["'attainment'", 'target_key', 'due_from']) }} as attainment_key,
    target_key,
    kpi_cell,
    programme,
    indicator,
    scope,
    scope_note,
    scope_key,
    province_key,
    territory_key,
    measure,
    basis,
    due_from,
    due_on,
    qualifier,
    value,
    value_high,
    unit,
    file,
    sense,
    case when sense = 'at_most' then coalesce(value_high, value) else value end as bar,
    coalesce((sense = 'at_least' and qualifier = 'gt') or (sense = 'at_most' and qualifier = 'lt'), false) as is_strict,
    basis <> 'not_measurable'
    and not is_held
    and value is not null
    and territory_key is not null
    and due_from is not null as is_measurable,
    {{ as_of() }} > due_on as is_over,
    is_held,
    newer_held_key as held_target_key,
    newer_held_since as held_target_since,
    newer_held_by as held_target_by,
    newer_held_artefact as held_target_artefact,
    newer_held_reason_vi as held_target_reason_vi,
    newer_held_reason_en as held_target_reason_en
from barred
