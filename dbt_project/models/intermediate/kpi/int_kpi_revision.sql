-- One row is one claim that revises a claim of the same series, cell and origin from an earlier delivery.
with claim as (

    select
        candidate.*,
        lag(candidate.value, 1) over series as value_before,
        lag(candidate.value, 2) over series as value_before_that,
        lag(candidate.known_on) over series as known_before
    from {{ ref('int_kpi_result_candidates') }} as candidate
    where
        candidate.province_key is not null
        and candidate.value is not null
        and candidate.unit_family = 'count'
        -- a number that fails for itself is nothing to compare with
        and coalesce(candidate.value between candidate.plausible_low and candidate.plausible_high, true)
    window series as (
        partition by
            candidate.programme, candidate.indicator, candidate.scope_key, candidate.province_key,
            candidate.reporting_start, candidate.reporting_end, candidate.origin, candidate.source_system
        order by candidate.known_on asc, candidate.result_key asc
    )

)

-- The nearer of the two deliveries before counts: what corrects a slip of the one between them is held by nothing.
select
    result_key,
    kpi_cell,
    value,
    value_before,
    cast(
        case
            when
                value > 0 and value_before_that > 0
                and greatest(value / value_before_that, value_before_that / value)
                < greatest(value / value_before, value_before / value)
                then value / value_before_that
            else value / value_before
        end as decimal(22, 4)
    ) as ratio
from claim
where value_before >= 4 and known_on > known_before
