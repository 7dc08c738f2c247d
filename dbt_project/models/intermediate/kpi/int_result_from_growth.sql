-- One row is the growth of one level over one calendar year, computed from two year-end levels of one series:
-- same origin, counting system, programme, scope and territory. A merger breaks a series. Where a level was delivered
-- more than once every pair has its row, the newest first: when the gate holds one the pair before it still counts.
with level as (

    select
        stated.*,
        growth.indicator as growth_indicator,
        {{ scope_key('stated.scope', 'stated.scope_note', 'stated.result_key') }} as scope_key,
        {{ reporting_end('stated.period_end') }} as year_end
    from {{ ref('int_kpi_stated_result') }} as stated
    inner join {{ ref('indicator_growth') }} as growth on stated.indicator = growth.level_indicator
    where stated.territory_key is not null and stated.value > 0 and stated.qualifier in ('eq', 'approx')

),

year_end_level as (

    select
        level.*,
        {{ year_of('year_end') }} as year,
        row_number() over (
            partition by
                growth_indicator, scope_key, territory_key, coalesce(programme, ''), origin, source_system, year_end
            order by known_on desc, result_key asc
        ) as choice
    from level
    where extract(month from year_end) = 12 and extract(day from year_end) = 31

)

select
    {{ key_of(["'growth'", 'later.result_key', 'earlier.result_key']) }} as result_key,
    later.programme,
    later.growth_indicator as indicator,
    later.scope,
    later.scope_note,
    later.province_key,
    later.territory_key,
    later.geography,
    later.geography_level,
    {{ date_of('later.year', 1, 1) }} as period_start,
    later.period_end,
    case when later.qualifier = 'eq' and earlier.qualifier = 'eq' then 'eq' else 'approx' end as qualifier,
    cast(100.0 * (later.value - earlier.value) / earlier.value as decimal(22, 4)) as value,
    cast(null as decimal(22, 4)) as value_high,
    cast(null as decimal(22, 4)) as numerator,
    cast(null as decimal(22, 4)) as denominator,
    'percent' as unit,
    later.origin,
    later.source_system,
    later.published_on,
    greatest(later.known_on, earlier.known_on) as known_on,
    later.artefact,
    later.file,
    later.sheet,
    later.cells,
    later.quote,
    later.span_start,
    later.span_end,
    later.sentence,
    'Mức tăng so với ' || {{ day_text('earlier.period_end') }} || ' (' || earlier.file || ')' as computation_vi,
    'Growth since ' || cast(earlier.period_end as string) || ' (' || earlier.file || ')' as computation_en,
    cast(2 as bigint) as rows_counted,
    earlier.result_key || ' ' || later.result_key as input_keys,
    {{ key_of(['later.growth_indicator', 'later.scope_key', 'later.territory_key', 'later.programme', 'later.origin',
               'later.source_system', 'later.year']) }} as growth_key,
    row_number() over (
        partition by
            later.growth_indicator, later.scope_key, later.territory_key, later.programme, later.origin,
            later.source_system, later.year
        order by later.choice asc, earlier.choice asc
    ) as place
from year_end_level as later
inner join year_end_level as earlier
    on
        later.growth_indicator = earlier.growth_indicator
        and later.scope_key = earlier.scope_key
        and later.territory_key = earlier.territory_key
        and coalesce(later.programme, '') = coalesce(earlier.programme, '')
        and later.origin = earlier.origin
        and later.source_system = earlier.source_system
        and later.year = earlier.year + 1
