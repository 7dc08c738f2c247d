-- One row is two promises of one programme that cannot both be the whole truth; they are shown, not resolved.
with target as (

    select
        int_kpi_target.*,
        {{ year_of('period_end') }} - {{ year_of('period_start') }} + 1 as years
    from {{ ref('int_kpi_target') }} as int_kpi_target
    where superseded_by is null and not is_held and value is not null and origin <> 'derived'

),

-- "8 a year" and "25 by 2030": the years add up to another total than the one promised.
yearly_and_total as (

    select
        yearly.target_key,
        total.target_key as other_target_key,
        'yearly_and_total' as conflict,
        cast(yearly.value * yearly.years as decimal(22, 4)) as value,
        total.value as other_value,
        yearly.years
    from target as yearly
    inner join target as total
        on
            coalesce(yearly.programme, yearly.artefact) = coalesce(total.programme, total.artefact)
            and yearly.indicator = total.indicator
            and yearly.province_key is not distinct from total.province_key
            and yearly.period_end = total.period_end
            -- the plan of the last year alone is no total of all of them
            and (total.period_start is null or yearly.period_start >= total.period_start)
    where
        yearly.basis = 'flow_per_year'
        and total.basis = 'flow_over_period'
        -- a part that alone exceeds the whole contradicts it too; less than the whole does not
        and (
            (yearly.scope_key = total.scope_key and yearly.value * yearly.years <> total.value)
            or (total.scope_key = 'all' and yearly.scope_key <> 'all' and yearly.value * yearly.years > total.value)
        )

),

two_values as (

    select
        one.target_key,
        other.target_key as other_target_key,
        'two_values' as conflict,
        one.value,
        other.value as other_value,
        cast(null as integer) as years
    from target as one
    inner join target as other
        on
            coalesce(one.programme, one.artefact) = coalesce(other.programme, other.artefact)
            and one.indicator = other.indicator
            and one.scope_key = other.scope_key
            and one.province_key is not distinct from other.province_key
            and one.basis = other.basis
            and one.period_start is not distinct from other.period_start
            and one.period_end = other.period_end
            and one.target_key < other.target_key
    where one.value <> other.value

),

conflict as (

    select * from yearly_and_total
    union all
    select * from two_values

)

select
    {{ key_of(["'conflict'", 'conflict.target_key', 'conflict.other_target_key']) }} as conflict_key,
    target.programme,
    target.indicator,
    target.province_key,
    target.period_start,
    target.period_end,
    target.unit,
    conflict.conflict,
    conflict.target_key,
    conflict.other_target_key,
    conflict.value,
    conflict.other_value,
    cast(conflict.value - conflict.other_value as decimal(22, 4)) as difference,
    case
        when conflict.conflict = 'yearly_and_total'
            then
                'Mục tiêu hằng năm cộng ' || cast(conflict.years as string) || ' năm là '
                || {{ number_text('conflict.value', 'vi') }} || ', mục tiêu cả kỳ là '
                || {{ number_text('conflict.other_value', 'vi') }}
        else
            'Hai con số cho cùng một mục tiêu: ' || {{ number_text('conflict.value', 'vi') }} || ' và '
            || {{ number_text('conflict.other_value', 'vi') }}
    end as conflict_vi,
    case
        when conflict.conflict = 'yearly_and_total'
            then
                'The yearly target over ' || cast(conflict.years as string) || ' years is '
                || {{ number_text('conflict.value', 'en') }} || ', the target of the whole period is '
                || {{ number_text('conflict.other_value', 'en') }}
        else
            'Two numbers for one target: ' || {{ number_text('conflict.value', 'en') }} || ' and '
            || {{ number_text('conflict.other_value', 'en') }}
    end as conflict_en
from conflict
inner join target on conflict.target_key = target.target_key
