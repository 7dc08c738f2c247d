-- One row is one claim and how far it is from the claims of its own series for the periods before it.
with claim as (

    select
        candidate.*,
        case
            when candidate.measure in ('flow', 'growth') and candidate.period_start is not null
                then {{ days_in('candidate.reporting_start', 'candidate.reporting_end') }}
        end as days
    from {{ ref('int_kpi_result_candidates') }} as candidate
    where
        candidate.territory_key is not null
        and candidate.value is not null
        and candidate.period_end is not null
        and candidate.measure is not null
        -- a number that fails for itself is nothing to compare with
        and coalesce(candidate.value between candidate.plausible_low and candidate.plausible_high, true)
        and coalesce(candidate.unit_family = candidate.unit_family_expected, true)

),

-- The last word of each series for each period.
spoken as (

    select *
    from (
        select
            claim.*,
            row_number() over (
                partition by
                    programme, indicator, scope_key, territory_key, origin, source_system, days, reporting_start,
                    reporting_end
                order by known_on desc, result_key asc
            ) as choice
        from claim
    ) as ranked
    where choice = 1

),

before as (

    select
        spoken.*,
        lag(value, 1) over series as value_before,
        lag(value, 2) over series as value_before_that,
        lag(reporting_end, 1) over series as before_on
    from spoken
    window series as (
        partition by
            programme, indicator, scope_key, territory_key, origin, source_system, coalesce(days >= 350, false),
            coalesce(days <= 100, false)
        order by reporting_end asc, reporting_start asc, result_key asc
    )

)

-- The nearer of the two values before counts: a slip of the pen in between makes the next right value no jump.
select
    result_key,
    kpi_cell,
    measure,
    value,
    value_before,
    value_before_that,
    before_on,
    case
        when measure in ('share', 'growth') then null
        when value <= 0 or value_before <= 0 then null
        when
            value_before_that > 0
            and greatest(value / value_before_that, value_before_that / value)
            < greatest(value / value_before, value_before / value)
            then cast(greatest(value / value_before_that, value_before_that / value) as decimal(22, 4))
        else cast(greatest(value / value_before, value_before / value) as decimal(22, 4))
    end as times,
    case
        when measure = 'share'
            then least(abs(value - value_before), coalesce(abs(value - value_before_that), abs(value - value_before)))
    end as points,
    greatest(value, value_before) as larger
from before
where value_before is not null
